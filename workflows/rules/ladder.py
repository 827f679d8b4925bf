"""Ladders: everything that will happen to a silent step, dated when it opens."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from workflows.model import Ladder, Nudge, Rung
from workflows.rules import calendar


def dated(ladder: Ladder, opened: datetime, non_working: Collection[date]) -> tuple[Rung, ...]:
    """Return every rung this step will climb if nobody answers, in order."""
    return tuple(
        Rung(
            number=number,
            at=calendar.deadline(opened, rung.day, non_working),
            nudge=rung.nudge,
        )
        for number, rung in enumerate(sorted(ladder.rungs, key=lambda rung: rung.day), start=1)
    )


def due(ladder: Ladder, opened: datetime, non_working: Collection[date]) -> datetime:
    """Return the UTC instant by which an answer is asked for."""
    return calendar.deadline(opened, ladder.due, non_working)


def reach(ladder: Ladder, today: date, non_working: Collection[date]) -> tuple[date, ...]:
    """Return those of the days not worked that can matter to a step that opens today, or soon.

    With weekends and holidays, N working days pass within 2 N days, give or take a month.
    """
    last = max((ladder.due, *(rung.day for rung in ladder.rungs)))
    end = today + timedelta(days=2 * last + 31)
    return tuple(day for day in non_working if today <= day <= end)


def without_stale(rungs: Sequence[Rung], now: datetime) -> tuple[Rung, ...]:
    """Drop each reminder that a later rung, due as well by now, has overtaken.

    After an outage people get one letter that says how things stand, not all that were missed.
    """

    def overtaken(rung: Rung, place: int) -> bool:
        return rung.nudge is Nudge.REMIND and any(later.at <= now for later in rungs[place + 1 :][:1])

    return tuple(rung for place, rung in enumerate(rungs) if not overtaken(rung, place))
