"""When a forum meets, and which of its meetings a proposal can still reach."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from workflows.model import ForumRules, Happening, Proposal, RoutingRules, Turn
from workflows.rules import calendar


def papers_due(meeting: date, forum: ForumRules, rules: RoutingRules) -> date:
    """Return the last day on which papers for a meeting are taken."""
    return calendar.nth_working_day(meeting, -forum.papers_days, rules.non_working)


def next_meeting(proposal: Proposal, forum: ForumRules, rules: RoutingRules) -> date | None:
    """Return the first meeting whose papers deadline a proposal makes; None if none is known."""
    # A meeting that is over is never counted back from: an edition has hundreds of them.
    coming = (day for day in forum.meetings if day >= proposal.submitted)
    return next((day for day in coming if proposal.submitted <= papers_due(day, forum, rules)), None)


def meeting_for(proposal: Proposal, forum: ForumRules, rules: RoutingRules) -> date | None:
    """Return the meeting that serves a proposal, or None if none does.

    The proposal is in by its papers deadline, and it falls strictly before the decision date (A11).
    """
    meeting = next_meeting(proposal, forum, rules)
    return meeting if meeting and meeting < proposal.decide_by else None


def said(day: date) -> str:
    """Write a day as the reasons of a route give it: 13 October 2004."""
    return f"{day.day} {day:%B %Y}"


def due_before(day: date, days: int, non_working: Collection[date]) -> datetime:
    """Return the end of business of the day so many working days before a meeting."""
    return calendar.closing(calendar.nth_working_day(day, -days, non_working))


def called_on(day: date, days: int, non_working: Collection[date]) -> datetime:
    """Return when a meeting is called: at the start of business so many working days before it."""
    return calendar.opening(calendar.nth_working_day(day, -days, non_working))


def turns(
    day: date, following: date | None, *, called: int, chased: int, told: int, non_working: Collection[date]
) -> tuple[Turn, ...]:
    """Return what follows a meeting for as long as nobody closes its record, in order.

    The secretary is reminded `chased` working days after it, the PMO told after `told`. It is left to be
    recorded later when the next meeting is called, `called` working days before that.
    """
    chases = (
        Turn(what=what, at=calendar.closing(calendar.nth_working_day(day, days, non_working)))
        for what, days in ((Happening.CHASED, chased), (Happening.PMO_TOLD, told))
    )
    left = called_on(following, called, non_working) if following else None
    # Of two meetings close together, the first has at least its own day.
    last = max(left, calendar.closing(day)) if left else None
    kept = tuple(turn for turn in chases if last is None or turn.at < last)
    return (*kept, Turn(what=Happening.LEFT, at=last)) if last else kept


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
