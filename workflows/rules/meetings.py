"""When a forum meets, and which of its meetings a proposal can still reach."""

from datetime import date

from workflows.model import ForumRules, Proposal, RoutingRules
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
