"""Ladders: everything that will happen to a silent step, dated when it opens."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from workflows.model import Ladder, LadderRung, Nudge, Rung, Timetable
from workflows.rules import calendar


def dated(
    ladder: Ladder, opened: datetime, non_working: Collection[date], due: date | None = None
) -> Timetable:
    """Return by when a step that opens now is to be answered, and every rung it climbs if nobody does.

    A step whose answer is wanted by a day of its own, `due`, counts its ladder to that day. Once the day
    has passed, as for what was sent back after it, the ladder counts from the opening as any other does.
    """
    rungs = sorted(ladder.rungs, key=lambda rung: rung.day)
    if due is not None and due >= calendar.local_day(opened):
        return _dated_to(due, ladder.due, rungs, opened, non_working)
    return Timetable(
        due=calendar.deadline(opened, ladder.due, non_working),
        rungs=tuple(
            Rung(number=number, at=calendar.deadline(opened, rung.day, non_working), nudge=rung.nudge)
            for number, rung in enumerate(rungs, start=1)
        ),
    )


def _dated_to(
    due: date, length: int, rungs: Sequence[LadderRung], opened: datetime, non_working: Collection[date]
) -> Timetable:
    """Date a ladder so that its own due day is `due`; a rung whose day has passed is left out."""
    days = [calendar.nth_working_day(due, rung.day - length, non_working) for rung in rungs]
    left = [
        (rung, calendar.closing(day))
        for rung, day in zip(rungs, days, strict=True)
        if calendar.closing(day) > opened
    ]
    return Timetable(
        due=calendar.closing(due),
        rungs=tuple(
            Rung(number=number, at=at, nudge=rung.nudge) for number, (rung, at) in enumerate(left, start=1)
        ),
    )


def without_stale(rungs: Sequence[Rung], now: datetime) -> tuple[Rung, ...]:
    """Drop each reminder that a later rung, due as well by now, has overtaken.

    After an outage people get one letter that says how things stand, not all that were missed.
    """

    def overtaken(rung: Rung, place: int) -> bool:
        return rung.nudge is Nudge.REMIND and any(later.at <= now for later in rungs[place + 1 :][:1])

    return tuple(rung for place, rung in enumerate(rungs) if not overtaken(rung, place))


def without_missed_reminders(rungs: Sequence[Rung], now: datetime) -> tuple[Rung, ...]:
    """Drop the reminders that have come due by now: nobody is reminded of what they have just looked at."""
    return tuple(rung for rung in rungs if rung.nudge is not Nudge.REMIND or rung.at > now)
