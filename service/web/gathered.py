"""That enough members are there before anybody writes down what a board decided at its meeting."""

from collections.abc import Iterator

from service import agendas
from service.handbook.edition import Forum
from service.store import meetings
from service.store.engine import Tx
from service.web import minutebook
from service.web.standing import Sight
from workflows.rules import attendance, calendar
from workflows.rules.attendance import Meter

AT_A_MEETING = ("srg_meeting", "referral_meeting")
"""The kinds of question that the members of a board decide when they meet."""


def hindrance(tx: Tx, sight: Sight) -> str:
    """Say why the word of a board that meets cannot be taken now, whoever brings it; nothing if it can.

    A letter's link is no way around the quorum: the one who writes the word down, or whoever is asked in
    their place, is one person, and the board is not.
    """
    step = sight.open_step
    forum = sight.people.forums.get(step.ask.forum) if step.kind in AT_A_MEETING else None
    if forum is None:
        return ""
    meters = list(_sitting(tx, sight, forum))
    if any(meter.quorate for meter in meters):
        return ""
    said = f": {minutebook.metered(meters[-1])}" if meters else ""
    return (
        f"{forum.name} decides this when it meets, and no meeting is on record at which enough of its "
        f"members are there{said}. Its secretary first writes down who is there, on the page of the meeting"
    )


def _sitting(tx: Tx, sight: Sight, forum: Forum) -> Iterator[Meter]:
    """Go through the meetings since a question was put whose records are open, and who is there."""
    step = sight.open_step
    series = agendas.series_of(sight.people, forum)
    put = calendar.local_day(step.opened)
    for known in meetings.of_series(tx, series):
        if known.open and put <= known.day <= sight.today:
            view = meetings.view(tx, series, known.day)
            there = tuple(one.post for one in view.attendance if one.presence.counts)
            interested = view.heard_of(step.id).interests
            yield attendance.meter(forum.quorum, forum.members, there, interested)
