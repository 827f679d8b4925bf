"""When forums meet: by their rules, and as it has come to be since; and which cases that leaves behind."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256

from service.handbook import Edition
from service.store import steps
from service.store.editions import in_force_hash
from service.store.engine import Tx
from service.store.meetings import Calendar, calendar_changes, known_series
from service.telling import edition
from workflows.model import ForumRules, Frozen, RoutingRules, Sitting
from workflows.rules import calendar, series

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

    They are those of the handbook in force, whatever was in force when a case began: nobody meets by another.
    One that was moved has its earlier days in `formerly`; one that was called off is left out.
    """
    in_force = edition(tx, in_force_hash(tx, organisation) or rules.hash).routing()
    # A forum that the handbook in force does not have any more meets as the case's own has it.
    routing = in_force if forum in in_force.forums else rules.routing()
    known = routing.forums.get(forum)
    if known is None:
        return ()
    changes = Calendar.of(calendar_changes(tx, organisation, forum))
    return tuple(
        Sitting(
            day=day,
            papers_due=series.papers_due(day, known.papers_days, routing.days_off),
            formerly=changes.formerly(day),
        )
        for day in _days(known, changes)
        if since <= day <= until
    )


def routing(tx: Tx, rules: Edition, day: date) -> RoutingRules:
    """Return the rules by which a proposal of a day goes its way, with meetings as they are held now."""
    return as_held(rules.routing(day), changes(tx, rules.organisation))


def changes(tx: Tx, organisation: str) -> dict[str, Calendar]:
    """Return what has been changed of the calendars of an organisation's forums, by the forums' keys."""
    forums = (one.forum for one in known_series(tx).values() if one.organisation == organisation)
    changed = {forum: calendar_changes(tx, organisation, forum) for forum in forums}
    return {forum: Calendar.of(found) for forum, found in changed.items() if found}


def as_held(rules: RoutingRules, changed: Mapping[str, Calendar]) -> RoutingRules:
    """Return rules with forums that meet as they meet now."""

    def held(forum: ForumRules) -> ForumRules:
        calendar = changed.get(forum.key)
        return forum.model_copy(update={"meetings": _days(forum, calendar)}) if calendar else forum

    embargo = rules.embargo and rules.embargo.model_copy(
        update={
            "owners": tuple(
                owner.model_copy(update={"forum": held(owner.forum)}) for owner in rules.embargo.owners
            )
        }
    )
    return rules.model_copy(
        update={
            "notification_forum": rules.notification_forum and held(rules.notification_forum),
            "srg": rules.srg and held(rules.srg),
            "forums": {key: held(forum) for key, forum in rules.forums.items()},
            "embargo": embargo,
        }
    )


def _days(forum: ForumRules, changes: Calendar) -> tuple[date, ...]:
    return series.days(forum.meetings, changes.moved, changes.called_off, changes.added)


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
