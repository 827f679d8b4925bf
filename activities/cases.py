"""The course of a case: its beginning, its states, what it waits for."""

from temporalio import activity

from activities.correspondence import Correspondence
from activities.writing import Writing
from service.links import Links
from service.mailroom import Mailroom
from service.store import Store, cases, orders
from service.store.engine import Tx
from service.telling import edition, revenue
from workflows import ports
from workflows.model import Becoming, CaseOpened, CaseWaiting, Clock, State
from workflows.rules import course


class Cases(Writing, ports.Cases):
    """Writes the course of a case into the record, with the letters it sends."""

    def __init__(self, store: Store, mailroom: Mailroom, links: Links, *, orders_to: str = "") -> None:
        super().__init__(store, mailroom)
        self._links = links
        self._orders_to = orders_to
        """The host that orders are sent to; empty if they are sent nowhere."""

    @activity.defn(name="case_begun")
    async def begun(self, case: str) -> CaseOpened:
        """Write that the case's process has begun with the version last submitted; return it."""
        return await self._write(self._begun, case)

    @activity.defn(name="case_became")
    async def became(self, becoming: Becoming) -> Clock:
        """Write a new state, and send the letters and the order that it sends; return the Clock."""
        return await self._write(self._became, becoming)

    @activity.defn(name="case_waits")
    async def waits(self, waiting: CaseWaiting) -> Clock:
        """Write what the case waits for apart from people; return the Clock."""
        return await self._write(self._waits, waiting)

    def _begun(self, tx: Tx, case: str) -> CaseOpened:
        view = cases.get(tx, case)
        rules = edition(tx, view.edition)
        letters = Correspondence(tx, view, self._links, tx.now).begun()
        legs = (*view.route, *view.branches.values())
        asked = {ask.kind for leg in legs for ask in course.asked_by(leg)}
        terms = {kind: terms for kind, terms in rules.terms().items() if kind in asked}
        return cases.begun(tx, case, terms=terms, queued=letters)

    def _became(self, tx: Tx, becoming: Becoming) -> Clock:
        case, state = cases.get(tx, becoming.case), State(becoming.state)
        desk = Correspondence(tx, case, self._links, becoming.at)
        letters = desk.became(state, becoming.number, becoming.because, orders_to=self._orders_to)
        clock = cases.became(tx, becoming, letters)
        if state is State.APPROVED:
            yearly = revenue(cases.content(tx, case.ref, case.version) or {})
            orders.raised(tx, case, at=becoming.at, sending=bool(self._orders_to), revenue=yearly)
        if state is State.WITHDRAWN:
            orders.cancelled(tx, case.ref, at=becoming.at)
        return clock

    def _waits(self, tx: Tx, waiting: CaseWaiting) -> Clock:
        desk = Correspondence(tx, cases.get(tx, waiting.case), self._links, waiting.since)
        return cases.waiting(tx, waiting, desk.waits(waiting))
