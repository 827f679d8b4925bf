"""When forums meet: by their rules, and as it has come to be since; and which cases that leaves behind."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import takewhile

from service.handbook import Edition
from service.store import steps
from service.store.engine import Tx
from service.telling import edition
from workflows.model import Frozen, Sitting
from workflows.rules import calendar, meetings

AHEAD = timedelta(days=2 * 365)
"""How far ahead a case is told of meetings: no deferral is longer, and its history stays small."""


class Overtaken(Frozen):
    """A case that waits for a meeting which is not held on that day any more."""

    case: str
    forum: str
    since: datetime
    """When it began to wait, which tells this wait from its others."""
    sittings: tuple[Sitting, ...]
    """The meetings of the forum as they are now."""

    @property
    def change(self) -> str:
        """Name what the case is to be told: this wait, and these meetings."""
        told = "".join(sitting.model_dump_json() for sitting in self.sittings)
        return f"{self.since.isoformat()}:{sha256(told.encode()).hexdigest()[:16]}"


def of(
    tx: Tx,
    organisation: str,
    rules: Edition,
    forum: str,
    *,
    since: date = date.min,
    until: date = date.max,
) -> tuple[Sitting, ...]:
    """Return the meetings of a forum from a day to a day, in the order of their days, as they are held now.

    This is the one place where meetings that were moved, called off or added have to be put among those of
    the handbook: one that was moved, with its earlier days in `formerly`; one called off, left out.
    """
    routing = rules.routing()
    known = routing.forums.get(forum)
    if known is None:
        return ()
    held = meetings.sittings(known, routing, since)
    return tuple(takewhile(lambda sitting: sitting.day <= until, held))


def ahead(
    tx: Tx, organisation: str, rules: Edition, forum: str, since: date | None = None
) -> tuple[Sitting, ...]:
    """Return the meetings that a case is told of, from a day on, or today, as far ahead as it need know."""
    return of(tx, organisation, rules, forum, since=since or tx.today, until=tx.today + AHEAD)


def overtaken(tx: Tx) -> Iterator[Overtaken]:
    """Go through the cases that wait for a meeting which is not held on that day any more."""
    for awaited in steps.awaited_meetings(tx):
        rules = edition(tx, awaited.edition)
        day = calendar.local_day(awaited.until)
        if any(
            one.day == day for one in of(tx, awaited.organisation, rules, awaited.forum, since=day, until=day)
        ):
            continue
        now = ahead(tx, awaited.organisation, rules, awaited.forum)
        for case, since in steps.waiting_for_meeting(tx, awaited):
            yield Overtaken(case=case, forum=awaited.forum, since=since, sittings=now)
