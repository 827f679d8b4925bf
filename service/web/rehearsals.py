"""Rehearsals for pages: each worked out once, and again when anything was submitted or a meeting changed."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from service import publishing, sittings, telling
from service.handbook import Edition
from service.rehearsing import Tally
from service.store import cases
from service.store.engine import Tx
from service.store.meetings import Calendar
from service.web import words

AT_MOST = 200
"""Proposals that a page lists; the command line lists them all."""
_KEPT = 8
"""Rehearsals that a process remembers."""

Changes = frozenset[tuple[str, Calendar]]


@dataclass(frozen=True)
class Changed:
    """A proposal whose way the draft changes, as a page lists it."""

    ref: str
    title: str
    state: str
    missed_srg: bool
    newly_to_srg: bool
    sentences: tuple[str, ...]


@dataclass
class Found:
    """What a rehearsal came to, with the first of the proposals that change."""

    tally: Tally = field(default_factory=Tally)
    changed: list[Changed] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many proposals change beyond those listed."""
        return self.tally.other_way + self.tally.other_days + self.tally.not_routed - len(self.changed)


class Rehearsals:
    """Remembers the last few, so that a page that is looked at again is there at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, datetime | None, Changes], Found] = {}
        self._one_at_a_time = Lock()

    def of(self, tx: Tx, draft: Edition) -> Found:
        """Return what a draft would do to the proposals that a transaction sees."""
        changes = frozenset(sittings.changes(tx, draft.organisation).items())
        key = (draft.hash, *cases.proposals_so_far(tx, draft.organisation), changes)
        with self._one_at_a_time:
            if key not in self._known:
                found = _rehearsed(tx, draft)
                self._known = dict([*self._known.items(), (key, found)][-_KEPT:])
            return self._known[key]


def _rehearsed(tx: Tx, draft: Edition) -> Found:
    found = Found()
    for one in publishing.rehearsed(tx, draft):
        found.tally.take(one)
        if (one.changed or one.why) and len(found.changed) < AT_MOST:
            old = telling.edition(tx, one.stored.edition)
            found.changed.append(
                Changed(
                    ref=one.stored.ref,
                    title=one.stored.title,
                    state=one.stored.state,
                    missed_srg=one.missed_srg,
                    newly_to_srg=one.newly_to_srg,
                    sentences=publishing.changes(one, old, draft, words.leg),
                )
            )
    return found
