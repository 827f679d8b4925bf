"""Orders: what an approval sends to whoever buys, exactly one for each, and what became of it.

An order's course is in the record. Each try to send it stands beside, as a letter's does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, literal, select, tuple_, update

from service.errors import NotFound
from service.store import cursors, intents, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.line import ENGINE
from service.store.tables import ORDER_ATTEMPTS, ORDERS
from workflows.model import Choice, Frozen, Share

RAISED, CANCELLED = "raised", "cancelled"
"""The two things that are sent: the order, and word that it is called off."""
OWED, ACCEPTED, FAILED, KEPT, CALLED_OFF = "owed", "accepted", "failed", "kept", "called_off"
"""To be sent; taken by its receiver; given up; raised where none is sent; its proposal withdrawn."""
BEGUN, REFUSED, TAKEN, LOST = "begun", "refused", "accepted", "failed"
"""How a try stands: under way, or what came of it. One that only failed may have arrived."""
_NOTICE = ":cancelled"
LONGEST_ANSWER = 1024
"""Characters of a receiver's answer that are kept."""
_LONGEST_PAGE = 100

_BY_KEY = select(ORDERS).where(ORDERS.c.key == bindparam("key"))
_OF_CASE = select(ORDERS).where(ORDERS.c.case == bindparam("case")).order_by(ORDERS.c.raised, ORDERS.c.key)
# Spelt out, for the index of these alone serves no query that leaves the state open.
_OWED = select(ORDERS.c.key).where(ORDERS.c.state == literal(OWED, literal_execute=True))
_TRIES = (
    select(ORDER_ATTEMPTS)
    .where(ORDER_ATTEMPTS.c.order == bindparam("order"))
    .order_by(ORDER_ATTEMPTS.c.number)
)
_LAST_TRY = (
    select(ORDER_ATTEMPTS)
    .where(ORDER_ATTEMPTS.c.order == bindparam("order"))
    .order_by(ORDER_ATTEMPTS.c.number.desc())
    .limit(1)
)
_NEW_TRY = insert(ORDER_ATTEMPTS)
_END_TRY = update(ORDER_ATTEMPTS).where(
    ORDER_ATTEMPTS.c.order == bindparam("its_order"),
    ORDER_ATTEMPTS.c.number == bindparam("its_number"),
    ORDER_ATTEMPTS.c.outcome == BEGUN,
)


class Approval(Frozen):
    """An answer on which an order rests."""

    step: str
    seat: str
    post: str
    choice: Choice


class Content(Frozen):
    """What an order says, as it was when the proposal was approved; the case has the rest."""

    content_hash: str
    edition: str
    """The hash of the edition of the handbook by which it was approved."""
    sponsor: str
    """The post that asked for it."""
    department: str
    size: str
    shares: tuple[Share, ...]
    """Who pays how much."""
    approvals: tuple[Approval, ...]
    revenue: Decimal | None = None
    """Pounds a year, as far as the sponsor said; None also for an order raised before it was told."""


class OrderView(Frozen):
    """An order, or word that one is called off, as it stands."""

    key: str
    kind: str
    case: str
    organisation: str
    number: str
    version: int
    amount: Decimal
    content: Content
    raised: datetime
    state: str
    round: int
    owed_real: datetime
    settled: datetime | None
    status: int | None
    receipt: str
    digest: str
    why: str

    @property
    def of(self) -> str:
        """The key of the order that it is, or that it calls off."""
        return self.key.removesuffix(_NOTICE)


class Attempt(Frozen):
    """A try to send an order."""

    order: str
    number: int
    at: datetime
    """On the Clock."""
    begun_real: datetime
    ended_real: datetime | None
    outcome: str
    status: int | None
    why: str
    answer: str


class OrderPage(Frozen):
    """Part of a list, and where the next part begins."""

    items: tuple[OrderView, ...]
    next_cursor: str | None


def key_of(ref: str, version: int) -> str:
    """Return the key of an approved version's one order."""
    return f"order:{ref}:{version}"


def number_of(ref: str) -> str:
    """Return the number of a case's order, which is the case's own: ORD-2004-0001 for INV-2004-0001."""
    return f"ORD{ref[3:]}"


# ------------------------------------------------------------------------------- facts


def raised(tx: Tx, case: CaseView, *, at: datetime, sending: bool, revenue: Decimal | None = None) -> str:
    """Raise the one order of an approved version; return its key. Raised again, it is the first one.

    `sending` says whether orders are sent from here; one that is not is kept.
    """
    key = key_of(case.ref, case.version)
    content = Content(
        content_hash=case.content_hash,
        edition=case.edition,
        sponsor=case.sponsor,
        department=case.department,
        size=case.size,
        shares=case.proposal.shares,
        approvals=tuple(_approvals(tx, case)),
        revenue=revenue.quantize(Decimal("0.01")) if revenue is not None else None,
    )
    data = content.model_dump(mode="json") | {
        "order": key,
        "number": number_of(case.ref),
        "organisation": case.organisation,
        "version": case.version,
        "amount": case.capital,
        "sending": sending,
    }
    tx.append(case.ref, "order.raised", data, key=key, actor=ENGINE, at=at)
    _send(tx, key)
    return key


def cancelled(tx: Tx, ref: str, *, at: datetime, why: str = "withdrawn") -> None:
    """Call off the order of a case that is withdrawn, or has lapsed. Whoever may have it is told, once."""
    tx.lock(ref)
    for order in of_case(tx, ref):
        if order.kind != RAISED:
            continue
        key = f"{order.key}{_NOTICE}"
        # A try that did not end with a refusal may have arrived, whatever we heard of it.
        told = any(made.outcome != REFUSED for made in tries(tx, order.key))
        data = {"order": order.key, "notice": key if told else "", "why": why}
        tx.append(ref, "order.cancelled", data, key=key, actor=ENGINE, at=at)
        _send(tx, key)


def accepted(tx: Tx, key: str, attempt: int, *, status: int, receipt: str, digest: str, answer: str) -> None:
    """Write that the receiver took it, with its receipt."""
    order = must(tx, key)
    data = {"order": key, "attempt": attempt, "status": status, "receipt": receipt, "digest": digest}
    tx.append(order.case, "order.accepted", data, key=f"{key}:accepted", actor=ENGINE)
    _ended(tx, key, attempt, TAKEN, status, "", answer)


def failed(tx: Tx, key: str, why: str) -> None:
    """Write that it will not be sent by itself any more, and why."""
    order = must(tx, key)
    if order.state == OWED:
        data = {"order": key, "why": why}
        tx.append(order.case, "order.failed", data, key=f"{key}:failed:{order.round}", actor=ENGINE)


def sent_again(tx: Tx, key: str, round: int, person: str) -> bool:
    """Write that somebody has it sent again; False if it is on its way, or has arrived, already.

    `round` is the one they saw: pressed twice, it is sent again once.
    """
    order = must(tx, key)
    if order.round != round or order.state not in (FAILED, KEPT):
        return False
    data = {"order": key, "round": round + 1}
    tx.append(order.case, "order.sent_again", data, key=f"{key}:again:{round + 1}", actor=person)
    return True


def begun(tx: Tx, key: str) -> Attempt | None:
    """Write that a try begins, before it does; None if it is not to be sent any more."""
    tx.lock(must(tx, key).case)
    if must(tx, key).state != OWED:
        return None
    before = last_try(tx, key)
    made = Attempt(
        order=key,
        number=before.number + 1 if before else 1,
        at=tx.now,
        begun_real=tx.real,
        ended_real=None,
        outcome=BEGUN,
        status=None,
        why="",
        answer="",
    )
    tx.run(_NEW_TRY, dict(made))
    return made


def not_taken(
    tx: Tx, key: str, attempt: int, *, refused: bool, status: int | None, why: str, answer: str
) -> None:
    """Write what a try came to that did not bring the order away."""
    _ended(tx, key, attempt, REFUSED if refused else LOST, status, why, answer)


# ------------------------------------------------------------------------------- reads


def get(tx: Tx, key: str) -> OrderView | None:
    """Return an order, or word that one is called off, by its key."""
    row = tx.one(_BY_KEY, key=key)
    return _order(row) if row else None


def must(tx: Tx, key: str) -> OrderView:
    """Return one that is known to be there."""
    order = get(tx, key)
    if order is None:
        raise NotFound(f"There is no order {key}.")
    return order


def of_case(tx: Tx, ref: str) -> tuple[OrderView, ...]:
    """Return a case's order, and word that it is called off, if there are such."""
    return tuple(map(_order, tx.all(_OF_CASE, case=ref)))


def number_raised(tx: Tx, ref: str) -> str:
    """Return the number of the order that a case's approval raised; empty if it raised none."""
    return next((order.number for order in of_case(tx, ref) if order.kind == RAISED), "")


def owed(tx: Tx, before: datetime | None = None, limit: int = 500) -> tuple[str, ...]:
    """Return the keys of what is still to be sent: all, or what was owed before a real instant."""
    wanted = _OWED if before is None else _OWED.where(ORDERS.c.owed_real < before)
    ordered = wanted.order_by(ORDERS.c.owed_real, ORDERS.c.key).limit(limit)
    return tuple(row.key for row in tx.all(ordered))


def page(
    tx: Tx, *, organisation: str, state: str | None = None, cursor: str | None = None, limit: int = 25
) -> OrderPage:
    """Return part of the list of an organisation's orders, the latest first."""
    wanted = select(ORDERS).where(ORDERS.c.organisation == organisation)
    if state is not None:
        wanted = wanted.where(ORDERS.c.state == state)
    if cursor:
        wanted = wanted.where(tuple_(ORDERS.c.raised, ORDERS.c.key) < cursors.read(cursor))
    limit = max(1, min(limit, _LONGEST_PAGE))
    ordered = wanted.order_by(ORDERS.c.raised.desc(), ORDERS.c.key.desc()).limit(limit + 1)
    items = tuple(map(_order, tx.all(ordered)))
    last = items[limit - 1] if len(items) > limit else None
    return OrderPage(items=items[:limit], next_cursor=cursors.after(last.raised, last.key) if last else None)


def counts(tx: Tx, organisation: str) -> dict[str, int]:
    """Return how many of an organisation's orders are in each state."""
    counted = select(ORDERS.c.state, func.count().label("orders")).where(
        ORDERS.c.organisation == organisation
    )
    return {row.state: row.orders for row in tx.all(counted.group_by(ORDERS.c.state))}


def tries(tx: Tx, key: str) -> tuple[Attempt, ...]:
    """Return every try to send it, the first first."""
    return tuple(Attempt(**row._mapping) for row in tx.all(_TRIES, order=key))


def last_try(tx: Tx, key: str) -> Attempt | None:
    """Return the last try to send it, whose number is how many there were."""
    row = tx.one(_LAST_TRY, order=key)
    return Attempt(**row._mapping) if row else None


def tried_since(tx: Tx, key: str) -> datetime:
    """Return the real instant of the first try since it is to be sent, or to be sent again; now if none."""
    owed = must(tx, key).owed_real
    return next((one.begun_real for one in tries(tx, key) if one.begun_real >= owed), tx.real)


def under_way(tx: Tx, key: str, within: timedelta) -> bool:
    """Say whether a try that began so lately that it may still arrive has not ended."""
    made = last_try(tx, key)
    return made is not None and made.outcome == BEGUN and made.begun_real > tx.real - within


# ---------------------------------------------------------------------------- workings


def _approvals(tx: Tx, case: CaseView) -> Iterable[Approval]:
    """Return the answers that brought the version in hand to its approval."""
    put = steps.of_version(tx, case.ref, case.version)
    agreed = {step.id for step in put if step.choice and step.choice.favourable}
    # Nothing of their words is told here, so that it does not matter if one of them was changed.
    for made in intents.decisions_of(tx, case.ref, strict=False):
        if made.step in agreed and made.choice.favourable:
            yield Approval(step=made.step, seat=made.seat, post=made.post, choice=made.choice)


def _send(tx: Tx, key: str) -> None:
    """Have it sent when this transaction is done, if it is to be sent."""
    order = get(tx, key)
    if order is not None and order.state == OWED:
        tx.orders.append(key)


def _ended(tx: Tx, key: str, attempt: int, outcome: str, status: int | None, why: str, answer: str) -> None:
    tx.run(
        _END_TRY,
        {
            "its_order": key,
            "its_number": attempt,
            "ended_real": tx.real,
            "outcome": outcome,
            "status": status,
            "why": why,
            "answer": answer[:LONGEST_ANSWER],
        },
    )


def _order(row: Row[Any]) -> OrderView:
    return OrderView(**dict(row._mapping) | {"content": Content.model_validate_json(row.content)})
