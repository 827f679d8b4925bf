"""The course of a forum's meetings: which comes next, what its days bring, its minutes."""

from collections.abc import Sequence
from datetime import date

from temporalio import activity

from activities.correspondence import correspondence
from activities.writing import Writing
from service import agendas, convening, minuting
from service.handbook import Edition, Forum
from service.links import Links
from service.mailroom import Mailroom
from service.store import Store, cases, meetings, steps
from service.store.engine import Tx
from service.store.line import ENGINE
from service.store.meetings import Meeting, MeetingState, Series
from workflows import ports
from workflows.model import Clock, Happening, MeetingHappens, MeetingNext
from workflows.rules import calendar
from workflows.rules import series as rule

GONE = "The handbook in force has no meeting on this day."
"""Why a meeting is called off of which a handbook that has come into force knows nothing."""


class Meetings(Writing, ports.Meetings):
    """Writes the course of a forum's meetings into the record, with the letters it sends."""

    def __init__(self, store: Store, mailroom: Mailroom, links: Links) -> None:
        super().__init__(store, mailroom)
        self._links = links

    @activity.defn(name="meeting_next")
    async def next(self, series: str) -> MeetingNext:
        """Write which meeting comes next, and which passed unseen; return it with its dates."""
        return await self._write(self._next, series)

    @activity.defn(name="meeting_happens")
    async def happens(self, happens: MeetingHappens) -> Clock:
        """Write what a meeting's day has brought, and send the letters that it sends; return the Clock."""
        return await self._write(self._happens, happens)

    def _next(self, tx: Tx, ref: str) -> MeetingNext:
        tx.lock(ref)
        found = convening.forum_of(tx, ref)
        if found is None:
            # A handbook has come into force that does not have the forum. Another may have it again.
            if gone := meetings.series_named(tx, ref):
                meetings.planned(tx, gone, None, missed=(), as_of="", place="", time="")
            return MeetingNext(as_of="", clock=tx.clock)
        rules, forum, series = found
        days = agendas.days(tx, rules, forum)
        self._call_off_what_is_gone(tx, rules, forum, series, days)
        as_of = convening.as_of(tx, rules, series)
        known = {meeting.day: meeting for meeting in meetings.of_series(tx, series)}
        since = _since(tx, series, rules)
        ahead = [day for day in days if day >= since or day in known]
        missed = [day for day in ahead if tx.now > calendar.closing(day) and _unseen(known.get(day))]
        meeting = _comes_next(known, [day for day in ahead if day not in missed])
        day = meeting.day if meeting else None
        meetings.planned(tx, series, day, missed=missed, as_of=as_of, place=forum.place, time=forum.time)
        if meeting is None:
            return MeetingNext(as_of=as_of, clock=tx.clock)
        return MeetingNext(
            as_of=as_of,
            day=meeting.day,
            called=meeting.called is not None,
            recorded=not meeting.open,
            calls=rule.called_on(meeting.day, forum.called_days, rules.non_working),
            papers_close=rule.papers_close(meeting.day, forum.papers_days, rules.non_working),
            sits=calendar.opening(meeting.day),
            over=calendar.closing(meeting.day),
            turns=rule.turns(
                meeting.day,
                agendas.after(days, meeting.day),
                called=forum.called_days,
                chased=forum.record_days,
                told=forum.told_days,
                non_working=rules.non_working,
            ),
            clock=tx.clock,
        )

    def _call_off_what_is_gone(
        self, tx: Tx, rules: Edition, forum: Forum, series: Series, days: Sequence[date]
    ) -> None:
        """Tell those who were called to a meeting which the handbook in force does not have any more."""
        desk = convening.Convening(tx, rules, forum, self._links.page, tx.now)
        for meeting in meetings.of_series(tx, series):
            # One of today may have begun, and is for people to record or to call off.
            called = meeting.state is MeetingState.CALLED and meeting.day > tx.today
            if called and meeting.day not in days:
                queued = desk.called_off(meeting.day, GONE)
                meetings.called_off(tx, series, meeting.day, why=GONE, by=ENGINE, queued=queued)

    def _happens(self, tx: Tx, happens: MeetingHappens) -> Clock:
        tx.lock(happens.series)
        found = convening.forum_of(tx, happens.series)
        if found is None:
            return tx.clock
        rules, forum, series = found
        day, at = happens.day, happens.at
        if not _may_happen(meetings.view(tx, series, day), happens.what):
            # It was moved, called off or closed while this was on its way.
            return tx.clock
        desk = convening.Convening(tx, rules, forum, self._links.page, at)
        match happens.what:
            case Happening.CALLED | Happening.PAPERS_CLOSED:
                desk.prepare(day, happens.what)
            case Happening.CHASED:
                meetings.chased(tx, series, day, "secretary", at=at, queued=desk.unrecorded(day))
            case Happening.PMO_TOLD:
                told = desk.unrecorded(day, to_pmo=True)
                meetings.chased(tx, series, day, "pmo", at=at, queued=told)
            case Happening.LEFT:
                meetings.left(tx, series, day, at=at)
            case Happening.MINUTED:
                self._minuted(tx, rules, forum, series, happens, desk)
        return tx.clock

    def _minuted(
        self,
        tx: Tx,
        rules: Edition,
        forum: Forum,
        series: Series,
        happens: MeetingHappens,
        desk: convening.Convening,
    ) -> None:
        meeting = meetings.get(tx, series, happens.day)
        following = agendas.still_open(tx, rules, forum, happens.day)
        text = minuting.draft(meeting, rules, forum, following)
        meetings.minutes_drafted(
            tx, series, happens.day, text.kept(tx), at=happens.at, queued=desk.minutes_sent(happens.day, text)
        )
        if following:
            for item in meeting.items:
                if item.rolled and (step := steps.get(tx, item.key)) and step.open:
                    desk_of_case = correspondence(tx, cases.get(tx, step.case), self._links, happens.at)
                    cases.rolled_on(
                        tx,
                        step.case,
                        step.id,
                        forum=step.ask.forum,
                        day=happens.day,
                        to=following,
                        at=happens.at,
                        queued=desk_of_case.rolled_on(step, meeting, item.note, following),
                    )


def _may_happen(meeting: Meeting, what: Happening) -> bool:
    """Say whether something can still happen to a meeting as it has become; a repetition always can."""
    match what:
        case Happening.MINUTED:
            return meeting.state in meetings.CLOSED
        case Happening.CALLED:
            # Whoever was called to it on another day has been told of this one.
            told = meeting.called is not None and meeting.moved_from is not None
            return meeting.state in (MeetingState.PLANNED, MeetingState.CALLED) and not told
        case Happening.LEFT:
            return meeting.state in (MeetingState.CALLED, MeetingState.UNRECORDED)
        case Happening.PAPERS_CLOSED | Happening.CHASED | Happening.PMO_TOLD:
            return meeting.open


def _since(tx: Tx, series: Series, rules: Edition) -> date:
    """Return the first day that is looked after: what was before it was not missed.

    It is the meeting that was planned last, which may have passed unseen. Days of a handbook that has come
    into force since were no days of the forum before.
    """
    last = meetings.last_planned(tx, series)
    if last is None:
        known = meetings.series_named(tx, series.ref)
        return known.since if known else tx.today
    if not last.as_of.startswith(rules.hash[:12]):
        return tx.today
    return min(last.day or tx.today, tx.today)


def _unseen(meeting: Meeting | None) -> bool:
    """Say whether nobody was called to a meeting, nor has anything been said of it."""
    return meeting is None or (meeting.state is MeetingState.PLANNED and meeting.called is None)


def _comes_next(known: dict[date, Meeting], days: list[date]) -> Meeting | None:
    """Return the first meeting whose minutes are owed, or else the first that is still to come."""
    owed = (m for m in known.values() if m.state in meetings.CLOSED and not m.minutes)
    first = next(owed, None)
    if first:
        return first
    for day in days:
        meeting = known.get(day)
        if meeting is None:
            return Meeting(series="", day=day, state=MeetingState.PLANNED)
        if meeting.state in (MeetingState.PLANNED, MeetingState.CALLED):
            return meeting
    return None
