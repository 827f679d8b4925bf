"""When a forum meets, and which of its meetings a case can still reach."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from workflows.days import said
from workflows.model import (
    ForumRules,
    Lasting,
    Leg,
    LegAsk,
    Moving,
    Proposal,
    RoutingRules,
    SeatAsk,
    Sitting,
    Way,
)
from workflows.rules.series import papers_due

ITS_DAY = "{meeting}"
"""Stands in the reason of a leg for the day of a meeting that is not known yet."""

Calendar = Callable[[str], Iterable[Sitting]]
"""The meetings of a forum, by its key, in the order of their days."""


def sittings(forum: ForumRules, rules: RoutingRules, since: date) -> Iterator[Sitting]:
    """Go through the meetings of a forum from a day on, as its rules have them."""
    # A meeting that is over is never counted back from: an edition has hundreds of them.
    for day in forum.meetings[bisect_left(forum.meetings, since) :]:
        yield Sitting(day=day, papers_due=papers_due(day, forum.papers_days, rules.days_off))


def by_rule(forums: Mapping[str, ForumRules], rules: RoutingRules, since: date) -> Calendar:
    """Return when forums meet by their rules, from a day on."""
    return lambda forum: sittings(forums[forum], rules, since)


def last_day(proposal: Proposal) -> date:
    """Return the last day of a meeting that serves: it falls strictly before the decision date (A11)."""
    return proposal.decide_by - timedelta(days=1)


# ----------------------------------------------------------------------------- which one


def first(sittings: Iterable[Sitting], today: date, within: Lasting | None = None) -> Sitting | None:
    """Return the first meeting whose papers deadline is still made today, of those within some days."""
    coming = (one for one in sittings if one.day >= today and (within is None or within.on(one.day)))
    return next((one for one in coming if today <= one.papers_due), None)


def first_way(ways: Sequence[Way], calendar: Calendar, today: date) -> Leg:
    """Return a leg as it is passed by a case that comes to it today, with the day of its meeting."""
    for way in ways:
        if not way.meets:
            if way.on(today):
                return way.leg
        elif sitting := first(calendar(way.leg.forum), today, way):
            return _at(way.leg, sitting.day)
    return ways[-1].leg


def reached(leg: Leg, ways: Sequence[Way], calendar: Calendar, today: date, *, listed: bool = False) -> Leg:
    """Return a leg as it is passed by a case that has come to it.

    It keeps its meeting if its papers are in by the deadline, or were: it is `listed`. Moved, the meeting
    takes it along. If not, it goes to the first that it can reach, or the way it goes without one.
    """
    own = held(leg.meeting, calendar(leg.forum))
    if own and (listed or today <= own.papers_due):
        for way in ways:
            if way.meets and way.leg.forum == leg.forum and way.on(own.day):
                return leg if own.day == leg.meeting else _at(way.leg, own.day)
    return first_way(ways, calendar, today)


def put_down(
    leg: Leg,
    key: str,
    calendar: Calendar,
    today: date,
    *,
    listed: bool = False,
    wanted: date | None = None,
) -> Leg:
    """Return a leg with the meeting at which its question `key` is put: the first that it can reach.

    One that is `listed` keeps its meeting, wherever that is moved; the one that is `wanted` by those who put
    it off is kept to as well. Without any the day is left open.
    """

    def dated(ask: LegAsk) -> LegAsk:
        if ask.key != key:
            return ask
        own = held(ask.meeting if listed else wanted, calendar(ask.forum))
        found = own or first(calendar(ask.forum), today)
        return ask.model_copy(update={"meeting": found.day if found else None})

    asks = tuple(
        ask.model_copy(update={"otherwise": tuple(dated(other) for other in ask.otherwise)})
        for ask in leg.asks
    )
    return leg.model_copy(update={"asks": asks})


def held(day: date | None, sittings: Iterable[Sitting]) -> Sitting | None:
    """Return the meeting that is held on a day, or was to be before it was moved."""
    meant = [one for one in sittings if day == one.day or day in one.formerly]
    return next((one for one in meant if one.day == day), meant[0] if meant else None)


def comes_up(listed: date | None, sittings: Sequence[Sitting], today: date) -> date | None:
    """Return the day of the meeting that a case goes to: that on whose agenda it is, wherever that has moved,
    else the first whose papers deadline it still makes; None if none is to come.
    """
    found = held(listed, sittings) or first(sittings, today)
    return found.day if found else None


def following(sittings: Iterable[Sitting], day: date) -> date | None:
    """Return the day of the first meeting after a day; None if none is known."""
    return min((one.day for one in sittings if one.day > day), default=None)


def put_off_to(day: date, sittings: Sequence[Sitting]) -> date:
    """Return the day to which something is put off that was put off to the meeting of a day.

    Moved, the meeting takes it along. Called off, it goes to the one after; without any it keeps its day.
    """
    own = held(day, sittings)
    return own.day if own else following(sittings, day) or day


def why(own: Sitting | None, now: date | None, today: date, *, listed: bool) -> Moving:
    """Return why a case goes to the meeting of another day, or to none; `own` is what its own has become."""
    if own is None:
        return Moving.CALLED_OFF
    if own.day == now:
        return Moving.MOVED
    if listed or today <= own.papers_due:
        return Moving.OUT_OF_TIME
    return Moving.PASSED if own.day < today else Moving.LATE


def by_email_first(ask: LegAsk, forum: ForumRules) -> tuple[LegAsk, ...]:
    """Return a question to a forum, and the one put at its meeting if its members come to no decision."""
    if not forum.falls_back or ask.kind not in ("srg", "referral"):
        return (ask,)
    at_its_meeting = LegAsk(
        key=f"{ask.key}-meeting",
        kind=f"{ask.kind}_meeting",
        seats=(SeatAsk(key=forum.secretary, post=forum.secretary),),
        about=ask.about,
        forum=forum.key,
        meets=True,
    )
    return ask, at_its_meeting


def _at(leg: Leg, day: date) -> Leg:
    return leg.model_copy(update={"meeting": day, "reason": leg.reason.replace(ITS_DAY, said(day))})
