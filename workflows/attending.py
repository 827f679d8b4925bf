"""Going to forums' meetings: which one a case can reach, and what if it is late, or the meeting moves."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial

from temporalio import workflow

from workflows.human_step import guarded
from workflows.model import (
    MEETING,
    Ask,
    CaseMoved,
    CaseOpened,
    Ending,
    Leg,
    LegAsk,
    Moving,
    Outcome,
    Sitting,
    SittingsAsked,
)
from workflows.ports import Cases
from workflows.process import Process
from workflows.rules import calendar, meetings

Legs = tuple[Leg, ...]
Going = Callable[[Legs, bool], Legs]
"""Gives legs as they are passed now; the second argument says if they are on a meeting's agenda already."""


class Attending(Process):
    """A process that goes to meetings.

    When it comes to one it asks when the forum meets; while it waits it is told of every change.
    """

    def __init__(self, case: str) -> None:
        super().__init__(case)
        self.sittings: dict[str, tuple[Sitting, ...]] = {}
        self._passing: dict[str, Leg] = {}
        """The legs that were attended to last, by the keys of all the questions that they may put."""
        self._moved = 0

    @property
    def today(self) -> date:
        """The day on which papers come that come now: after business, the next.

        Papers are due on days that are worked, so that it does not matter which others are not.
        """
        return calendar.day_of_receipt(self.now, ())

    @workflow.update(description="Take up the meetings of a forum as they are now")
    @guarded
    def sittings_changed(self, forum: str, sittings: tuple[Sitting, ...]) -> None:
        """Take up when a forum meets; a wait for one of its meetings is worked out again."""
        self.sittings[forum] = sittings

    async def attend(self, proposal: CaseOpened, legs: Sequence[Leg]) -> Legs:
        """Wait for the meeting that legs go to together, and return them as they are passed then.

        Those that come too late for it go to the next that they can reach, or the way that is meant where
        there is none; so do those whose meeting is moved or called off. Their sponsor is told why.
        """
        ways = proposal.ways

        def going(legs: Legs, listed: bool) -> Legs:
            return tuple(
                meetings.reached(leg, ways[leg.leg], self._calendar, self.today, listed=listed)
                if leg.meeting and leg.leg in ways
                else leg
                for leg in legs
            )

        there = tuple(legs)
        first = there[0]
        if first.meeting:
            # What was submitted in time is in, though the process may have begun late.
            in_time = first == proposal.route[0] and first.meeting >= self.today
            # A case that keeps its day whatever comes is told of no change either.
            awaited = MEETING if first.leg in ways else first.leg
            forums = (way.leg.forum for leg in there for way in ways.get(leg.leg, ()) if way.meets)
            await self._ask_when_they_meet(forums, since=first.meeting)
            there = await self._meet(
                proposal,
                there,
                going,
                first.leg,
                lambda legs: (legs[0].forum, legs[0].meeting),
                awaited,
                listed=in_time,
            )
        for leg in there:
            self._passing |= {ask.key: leg for first in leg.asks for ask in (first, *first.otherwise)}
        return there

    async def at_next_meeting(self, forum: str, *, key: str) -> bool:
        """Wait for the first meeting of a forum that papers handed in now can reach; returns as `until` does.

        Moved, the meeting takes the case along; called off, the case goes to the next. Where none is to come
        it goes on at once, and the forum's secretary is asked.
        """
        await self._ask_when_they_meet([forum], since=self.today)
        listed: date | None = None
        while (day := meetings.comes_up(listed, self._calendar(forum), self.today)) is not None:
            listed = day
            elsewhere = partial(self._elsewhere_than, day, forum)
            going = await self.until(day, unless=elsewhere, key=key, leg=MEETING, on=forum)
            if not going or not elsewhere():
                return going
        return self._off(key) is None

    async def decide_at_meeting(self, ask: Ask) -> Outcome:
        """Put a question at its forum's next meeting; at the one after, if nobody wrote down an answer."""
        while await self.at_next_meeting(ask.forum, key=ask.key):
            outcome = await self.decide(ask)
            if outcome.ending is not Ending.SILENT:
                return outcome
        return self.nothing(ask)

    def _elsewhere_than(self, day: date, forum: str) -> bool:
        return meetings.comes_up(day, self._calendar(forum), self.today) != day

    async def _turn_to(self, ask: Ask, left: Outcome) -> None:
        """Go to the forum's next meeting with what its members did not decide by email, or put off to it."""
        if not ask.meets or self.opened is None:
            return
        leg = self._passing[ask.key]
        # The time for votes ends with a day, and what they left open is still of that day.
        day = calendar.local_day(self.now)
        wanted = left.until if left.next_meeting and left.until and left.until >= day else None

        def going(legs: Legs, listed: bool) -> Legs:
            on = self.today if listed else day
            return tuple(
                meetings.put_down(leg, ask.key, self._calendar, on, listed=listed, wanted=wanted)
                for leg in legs
            )

        await self._ask_when_they_meet([ask.forum], since=day)
        await self._meet(
            self.opened,
            (leg,),
            going,
            ask.key,
            lambda legs: (ask.forum, _put(legs[0], ask.key).meeting),
            first=Moving.PUT_OFF if left.next_meeting else Moving.UNDECIDED,
        )

    async def _put_off(self, ask: Ask, outcome: Outcome, day: date) -> bool:
        """Wait for a deferral's day; what is put off to the forum's next meeting goes wherever that goes."""
        if not outcome.next_meeting:
            return await super()._put_off(ask, outcome, day)
        await self._ask_when_they_meet([ask.forum], since=day)
        while True:
            day = meetings.put_off_to(day, self._calendar(ask.forum))
            moved = partial(self._moved_from, day, ask.forum)
            going = await self.until(day, unless=moved, key=ask.key, leg=MEETING, on=ask.forum)
            if not going or not moved():
                return going

    def _moved_from(self, day: date, forum: str) -> bool:
        return meetings.put_off_to(day, self._calendar(forum)) != day

    async def _meet(
        self,
        proposal: CaseOpened,
        legs: Legs,
        going: Going,
        key: str,
        agenda: Callable[[Legs], tuple[str, date | None]],
        awaited: str = MEETING,
        *,
        listed: bool = False,
        first: Moving = Moving.UNDECIDED,
    ) -> Legs:
        """Wait for a meeting, and change to another for as long as it turns out not to be the one.

        Legs that are `listed` have their papers in. `first` is why those that had no meeting go to one.
        """
        while self._off(key) is None:
            if (now := going(legs, listed)) != legs:
                await self._change(proposal, key, agenda(legs), now, agenda(now)[1], first, listed=listed)
                legs = now
            forum, day = agenda(legs)
            if day is None:
                break
            listed = True
            elsewhere = partial(_elsewhere, going, legs)
            await self.until(day, unless=elsewhere, key=key, leg=awaited, on=forum)
            if not elsewhere():
                break
        return legs

    async def _change(
        self,
        proposal: CaseOpened,
        key: str,
        was: tuple[str, date | None],
        legs: Legs,
        day: date | None,
        first: Moving,
        *,
        listed: bool,
    ) -> None:
        """Write that a case goes to another meeting than it was to go to, or to none."""
        forum, planned = was
        own = meetings.held(planned, self._calendar(forum)) if planned else None
        self._moved += 1
        moved = CaseMoved(
            case=self.case,
            number=self._moved,
            version=proposal.version,
            key=key,
            at=self.now,
            because=meetings.why(own, day, self.today, listed=listed) if planned else first,
            forum=forum,
            was=planned,
            papers_due=own.papers_due if own else None,
            legs=legs,
        )
        self._hear(await self._write(Cases.moved, moved, f"{key}: to another meeting, or to none"))

    async def _ask_when_they_meet(self, forums: Iterable[str], *, since: date) -> None:
        """Take up when forums meet; nothing is asked by a case that keeps its days whatever comes."""
        asked = tuple(dict.fromkeys(forums))
        if asked:
            known = await self._write(
                Cases.sittings,
                SittingsAsked(case=self.case, forums=asked, since=min(since, self.today)),
                "ask when they meet",
            )
            self.sittings |= known.of

    def _calendar(self, forum: str) -> tuple[Sitting, ...]:
        return self.sittings.get(forum, ())


def _elsewhere(going: Going, legs: Legs) -> bool:
    """Say whether legs on a meeting's agenda go to another by now, or to none."""
    return going(legs, True) != legs


def _put(leg: Leg, key: str) -> LegAsk:
    return next(other for ask in leg.asks for other in ask.otherwise if other.key == key)
