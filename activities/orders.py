"""Orders on their way: from the record to whoever buys, the same one each time."""

import asyncio
from datetime import datetime
from typing import Any, NamedTuple

from temporalio import activity

from activities.correspondence import Correspondence
from activities.writing import Writing
from notifications.webhook import NotTaken, Receipt, Refused, TryLater, Webhook
from service.links import Links
from service.mailroom import ALL_TRIES, ONE_TRY, SEND_ORDER, Mailroom
from service.store import Store, canonical, cases, orders
from service.store import letters as ledger
from service.store.engine import Tx
from service.store.orders import OrderView
from service.telling import rules_of, title
from workflows.model import State
from workflows.rules import calendar

NOWHERE = "No address is set to send orders to."


class _Ready(NamedTuple):
    order: str
    attempt: int
    body: bytes
    real: datetime


class _Lost(NamedTuple):
    order: str
    why: str


class Orders(Writing):
    """Sends orders, keeps their receipts, and writes down what became of each."""

    def __init__(
        self, store: Store, mailroom: Mailroom, links: Links, webhook: Webhook | None, *, source: str
    ) -> None:
        super().__init__(store, mailroom)
        self._links = links
        self._webhook = webhook
        self._source = source
        """The address of this installation, by which receivers tell it from others."""

    @activity.defn(name=SEND_ORDER)
    async def send(self, key: str) -> None:
        """Send an order that is owed. One that cannot be sent is no error: the PMO is written to."""
        ready = await asyncio.to_thread(self._begin, key)
        if isinstance(ready, _Lost):
            await self._write(self._failed, ready)
        if not isinstance(ready, _Ready) or self._webhook is None:
            return
        try:
            receipt = await self._webhook.send(key, ready.body, at=ready.real)
        except Refused as refusal:
            await asyncio.to_thread(self._not_taken, ready, refusal)
            await self._write(self._failed, _Lost(key, str(refusal)))
        except TryLater as failure:
            if not await asyncio.to_thread(self._not_taken, ready, failure):
                raise
            await self._write(self._failed, _Lost(key, f"{failure} It was tried for three days."))
        else:
            await asyncio.to_thread(self._accepted, ready, receipt)

    def _begin(self, key: str) -> _Ready | _Lost | None:
        """Write that it is about to be sent, before it is; None if it is not to be sent."""
        with self._store.writing() as tx:
            order = orders.must(tx, key)
            if order.state == orders.FAILED:
                # An earlier try may have ended before the PMO's letter was on its way.
                return _Lost(key, order.why)
            if order.state == orders.OWED and self._webhook is None:
                return _Lost(key, NOWHERE)
            if order.of != key and orders.under_way(tx, order.of, ONE_TRY):
                # Called off before it has arrived, it would stand.
                raise TryLater("The order that it calls off is just being sent.")
            begun = orders.begun(tx, key)
            if begun is None:
                return None
            return _Ready(key, begun.number, event(tx, order, self._source, self._links), tx.real)

    def _accepted(self, ready: _Ready, receipt: Receipt) -> None:
        with self._store.writing() as tx:
            orders.accepted(
                tx,
                ready.order,
                ready.attempt,
                status=receipt.status,
                receipt=receipt.id,
                digest=receipt.digest,
                answer=_text(receipt.answer),
            )

    def _not_taken(self, ready: _Ready, failure: NotTaken) -> bool:
        """Write down a try that was in vain, and say whether it was the last."""
        with self._store.writing() as tx:
            orders.not_taken(
                tx,
                ready.order,
                ready.attempt,
                refused=isinstance(failure, Refused),
                status=failure.status,
                why=str(failure),
                answer=_text(failure.answer),
            )
            return tx.real - orders.tried_since(tx, ready.order) >= ALL_TRIES

    def _failed(self, tx: Tx, lost: _Lost) -> None:
        """Write down that an order will not be sent by itself any more, and tell the PMO."""
        orders.failed(tx, lost.order, lost.why)
        order = orders.must(tx, lost.order)
        if order.state != orders.FAILED:
            return
        desk = Correspondence(tx, cases.get(tx, order.case), self._links, tx.now)
        for letter in desk.order_failed(order):
            ledger.queue_direct(tx, letter)


def event(tx: Tx, order: OrderView, source: str, links: Links) -> bytes:
    """Return what is sent: a CloudEvents 1.0 event in its one canonical form, the same at every try."""
    said = {
        "specversion": "1.0",
        "id": order.key,
        "source": source,
        "type": f"assent.order.{order.kind}.v1",
        "subject": order.case,
        "time": order.raised,
        "datacontenttype": "application/json",
        "data": _raised(tx, order, links) if order.kind == orders.RAISED else _cancelled(tx, order),
    }
    return canonical.dumps(said).encode()


def _raised(tx: Tx, order: OrderView, links: Links) -> dict[str, Any]:
    case, content = cases.get(tx, order.case), order.content
    rules, day = rules_of(tx, case), calendar.local_day(order.raised)
    return {
        "number": order.number,
        "case": order.case,
        "version": order.version,
        "title": case.title,
        "size": content.size,
        "currency": "GBP",
        "amount": order.amount,
        **({"revenue_a_year": content.revenue} if content.revenue is not None else {}),
        "department": content.department,
        "requestor": {"post": content.sponsor, "title": title(rules, content.sponsor, day)},
        "shares": [
            {
                "post": share.post,
                "title": title(rules, share.post, day),
                "percent": share.percent,
                "amount": share.amount,
            }
            for share in content.shares
        ],
        "approvals": [
            {
                "step": made.step,
                "seat": made.seat,
                "post": made.post,
                "title": title(rules, made.post, day),
                "choice": str(made.choice),
            }
            for made in content.approvals
        ],
        "content_hash": content.content_hash,
        "page": links.page(f"cases/{order.case}"),
    }


def _cancelled(tx: Tx, order: OrderView) -> dict[str, Any]:
    # What a case has come to by the time its order is called off stays so.
    lapsed = cases.get(tx, order.case).state == State.LAPSED
    return {
        "number": order.number,
        "case": order.case,
        "version": order.version,
        "order": order.of,
        "reason": "lapsed" if lapsed else "withdrawn",
    }


def _text(answer: bytes) -> str:
    """Return the beginning of an answer as words that a database can hold."""
    return answer[: orders.LONGEST_ANSWER].decode(errors="replace").replace("\x00", "")
