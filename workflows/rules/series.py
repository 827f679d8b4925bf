"""A forum's meetings one after another: on which days, when each is called, what follows it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from workflows.model import Happening, Turn
from workflows.rules import calendar


def papers_due(meeting: date, days: int, non_working: Collection[date]) -> date:
    """Return the last day on which papers for a meeting are taken, so many working days before it."""
    return calendar.nth_working_day(meeting, -days, non_working)


def papers_close(day: date, days: int, non_working: Collection[date]) -> datetime:
    """Return when a meeting's papers close: at the end of business so many working days before it."""
    return calendar.closing(papers_due(day, days, non_working))


def called_on(day: date, days: int, non_working: Collection[date]) -> datetime:
    """Return when a meeting is called: at the start of business so many working days before it."""
    return calendar.opening(calendar.nth_working_day(day, -days, non_working))


def turns(
    day: date, following: date | None, *, called: int, chased: int, told: int, non_working: Collection[date]
) -> tuple[Turn, ...]:
    """Return what follows a meeting for as long as nobody closes its record, in order.

    The secretary is reminded `chased` working days after it, the PMO told after `told`. It is left to be
    recorded later when the next meeting is called, `called` working days before that; of meetings so close
    together that the secretary has not been reminded by then, they are reminded then.
    """
    chases = (
        Turn(what=what, at=calendar.closing(calendar.nth_working_day(day, days, non_working)))
        for what, days in ((Happening.CHASED, chased), (Happening.PMO_TOLD, told))
    )
    left = called_on(following, called, non_working) if following else None
    # Of two meetings close together, the first has at least its own day.
    last = max(left, calendar.closing(day)) if left else None
    kept = tuple(turn for turn in chases if last is None or turn.at < last)
    if last is None:
        return kept
    return (*(kept or [Turn(what=Happening.CHASED, at=last)]), Turn(what=Happening.LEFT, at=last))


def overtaken(turn: Turn, turns: Sequence[Turn], now: datetime) -> bool:
    """Say whether a later turn has come as well, as after a jump of the Clock: only the last counts."""
    return any(turn.at < other.at <= now for other in turns)


def days(
    regular: Iterable[date], moved: Iterable[tuple[date, date]], off: Iterable[date], added: Iterable[date]
) -> tuple[date, ...]:
    """Return the days on which a forum really meets: as the handbook says, but for what was changed since."""
    changed = list(moved)
    gone = {*off, *(was for was, _ in changed)}
    kept = {day for day in regular if day not in gone}
    # A day that was moved to may itself have been moved on, or called off.
    new = {day for _, day in changed if day not in gone} | {day for day in added if day not in gone}
    return tuple(sorted(kept | new))
