"""Orders: what approvals have sent to whoever buys, what could not be sent, and sending it again."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from service.errors import NotFound
from service.store import orders
from service.web import numbers, ordering
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit

router = APIRouter(include_in_schema=False)


@router.get("/orders", name="orders")
@allowed(Role.PMO, Role.ADMINISTRATOR)
def listed(
    visit: Asker,
    state: Annotated[str, Query(max_length=40)] = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """List orders, the latest first."""
    chosen = state if state in ordering.STATES else ""
    organisation = visit.rules.organisation
    with visit.desk.store.reading() as tx:
        found = orders.page(tx, organisation=organisation, state=chosen or None, cursor=cursor or None)
        rows = [ordering.told(tx, order) for order in found.items]
        counts = orders.counts(tx, organisation)
    onward = {"state": chosen, "cursor": found.next_cursor or ""}
    return page(
        "orders.html",
        visit.frame(),
        rows=rows,
        failed=counts.get(orders.FAILED, 0),
        states=[("All", "", sum(counts.values()))]
        + [(words, state, counts[state]) for state, words in ordering.STATES.items() if state in counts],
        chosen=chosen,
        onward=f"/orders?{urlencode(onward)}" if found.next_cursor else "",
        sent_to=visit.desk.settings.order_host,
    )


@router.post("/orders/again", name="order_sent_again")
@allowed(Role.PMO, Role.ADMINISTRATOR)
async def again(visit: Asker, sent: Sent) -> Response:
    """Have an order sent again that could not be sent."""
    key, round = str(sent.get("order", "")), str(sent.get("round", ""))
    if await run_in_threadpool(_again, visit, key, round):
        await visit.desk.gateway.send(key)
    return RedirectResponse("/orders", 303)


def _again(visit: Visit, key: str, round: str) -> bool:
    """Write it down; False if there is nothing to send. The relay sends it if this process dies."""
    with visit.desk.store.writing() as tx:
        order = orders.get(tx, key)
        if order is None or order.organisation != visit.rules.organisation:
            raise NotFound
        seen = numbers.whole(round)
        if seen is None or not visit.desk.settings.order_url:
            return False
        return orders.sent_again(tx, key, seen, visit.me.id)
