"""An order in words: what it is, how it stands, and how the last try to send it went."""

from dataclasses import dataclass

from service.mailroom import ALL_TRIES
from service.store import cases, orders
from service.store.engine import Tx
from service.store.orders import Attempt, OrderView
from service.web import words
from workflows.model import State

STATES = {
    orders.OWED: "On its way",
    orders.ACCEPTED: "Accepted",
    orders.FAILED: "Could not be sent",
    orders.KEPT: "Not sent",
    orders.CALLED_OFF: "Called off",
}
COLOURS = {orders.ACCEPTED: "green", orders.FAILED: "red", orders.KEPT: "grey", orders.CALLED_OFF: "grey"}
"""Of a state's tag; blue for those not named."""


@dataclass(frozen=True)
class Told:
    """An order, told."""

    order: OrderView
    notice: bool
    """It is not the order itself but word that it is called off."""
    what: str
    state: str
    colour: str
    sentence: str
    again: str
    """What the button that sends it says; empty where it is on its way, has arrived or is called off."""


def told(tx: Tx, order: OrderView) -> Told:
    """Put an order into words."""
    notice = order.kind == orders.CANCELLED
    return Told(
        order=order,
        notice=notice,
        what=f"Word that {order.number} is called off" if notice else order.number,
        state=STATES[order.state],
        colour=COLOURS.get(order.state, "blue"),
        sentence=_called_off(tx, order)
        if order.state == orders.CALLED_OFF
        else _sentence(order, orders.last_try(tx, order.key)),
        again={orders.FAILED: "Send again", orders.KEPT: "Send it"}.get(order.state, ""),
    )


def of_case(tx: Tx, ref: str) -> list[Told]:
    """Tell a case's order, and what became of word that it is called off."""
    return [told(tx, order) for order in orders.of_case(tx, ref)]


def _sentence(order: OrderView, last: Attempt | None) -> str:
    match order.state:
        case orders.ACCEPTED:
            receipt = f" Receipt {order.receipt}." if order.receipt else ""
            return f"Sent, and accepted {_on(order)} (answer {order.status}).{receipt}"
        case orders.FAILED:
            return f"Given up {_on(order)}. {order.why} {_tried(last)}".strip()
        case orders.KEPT:
            return "Orders are sent nowhere from here, so whoever buys has to be told of it."
        case _:
            days = words.count(ALL_TRIES.days, "day")
            again = (
                f"{last.why} It is tried again, for {days} in all."
                if last and last.why
                else "It is being sent."
            )
            return f"{_tried(last)} {again}".strip()


def _called_off(tx: Tx, order: OrderView) -> str:
    """Say why an order is not sent any more, and who has to be told where it never was."""
    lapsed = cases.get(tx, order.case).state == State.LAPSED
    why = f"The approval lapsed {_on(order)}" if lapsed else f"The proposal was withdrawn {_on(order)}"
    if last := orders.last_try(tx, order.key):
        return f"{why}, and it is not sent any more. {_tried(last)}"
    return f"{why}. The order was never sent from here, so whoever was told of it has to be told."


def _on(order: OrderView) -> str:
    return f"on {words.moment(order.settled)}" if order.settled else ""


def _tried(last: Attempt | None) -> str:
    if last is None:
        return ""
    if last.number == 1:
        return f"Tried once, on {words.moment(last.at)}."
    return f"Tried {last.number} times, the last time on {words.moment(last.at)}."
