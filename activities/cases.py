"""The course of a case: its beginning, its states, what it waits for."""

from datetime import timedelta

from temporalio import activity

from activities.correspondence import Correspondence
from service.links import Links
from service.store import Store, cases
from service.telling import edition
from workflows import ports
from workflows.model import Becoming, CaseOpened, CaseWaiting, Postbag, State

HORIZON = timedelta(days=3 * 365)
"""How far ahead a case is given the days on which nobody works."""


class Cases(ports.Cases):
    """Writes the course of a case into the record, with the letters it sends."""

    def __init__(self, store: Store, links: Links) -> None:
        self._store = store
        self._links = links

    @activity.defn(name="case_begun")
    def begun(self, case: str) -> CaseOpened:
        """Write that the case's process has begun with the version last submitted; return it."""
        with self._store.writing() as tx:
            view = cases.get(tx, case)
            rules = edition(tx, view.edition)
            letters = Correspondence(tx, view, self._links, tx.now).begun()
            days = (day for day in rules.non_working if tx.today <= day <= tx.today + HORIZON)
            return cases.begun(tx, case, terms=rules.terms(), non_working=tuple(days), queued=letters)

    @activity.defn(name="case_became")
    def became(self, becoming: Becoming) -> Postbag:
        """Write a new state, and queue the letters which that state sends."""
        with self._store.writing() as tx:
            desk = Correspondence(tx, cases.get(tx, becoming.case), self._links, becoming.at)
            letters = desk.became(State(becoming.state), becoming.number, becoming.because)
            return cases.became(tx, becoming, letters)

    @activity.defn(name="case_waits")
    def waits(self, waiting: CaseWaiting) -> Postbag:
        """Write what the case waits for apart from people."""
        with self._store.writing() as tx:
            desk = Correspondence(tx, cases.get(tx, waiting.case), self._links, waiting.since)
            return cases.waiting(tx, waiting, desk.waits(waiting))
