"""The core on its own: its ports answered by short classes with lists one can look into."""

import asyncio
import sys
from asyncio import Event
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Interceptor, Worker

from activities.worker import RUNNER, WORKFLOWS
from service.clock import real_now
from service.gateway import Gateway
from workflows import ports
from workflows.model import (
    ActionOpened,
    AnswersDue,
    Ask,
    Becoming,
    CaseMoved,
    CaseOpened,
    CaseSized,
    CaseWaiting,
    Choice,
    Clock,
    Decision,
    Expiring,
    FollowUp,
    Guard,
    Happening,
    Hold,
    Holder,
    Ladder,
    LadderRung,
    MeetingHappens,
    MeetingNext,
    Nudge,
    Quorum,
    RoutingRules,
    Rung,
    Seat,
    SeatAsk,
    Segment,
    Silence,
    Sitting,
    Sittings,
    SittingsAsked,
    StepClosing,
    StepDecided,
    StepHeld,
    StepNudged,
    StepOpened,
    StepOpening,
    StepReseated,
    StepSeated,
    StepUndone,
    Terms,
    Undo,
    decision_key,
    undo_key,
)
from workflows.rules import calendar, clock, ladder, routing, series

QUEUE = "assent-core"
HASH = "c0ffee"
NON_WORKING = (date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1))


ENDS_WITHIN = 20.0
"""Seconds."""


class FakeRegister(ports.Register):
    """Finds for each seat one person named after its post, and remembers what it is told."""

    def __init__(self) -> None:
        self.openings: list[StepOpening] = []
        self.nudges: list[StepNudged] = []
        self.decisions: list[Decision] = []
        self.undone_answers: list[Undo] = []
        self.effects: list[StepHeld] = []
        self.closings: list[StepClosing] = []
        self.reseatings: list[StepReseated] = []
        self.unsettled: list[str] = []
        self.looked: list[AnswersDue] = []
        self.silent = 0
        """How many times the register will not answer before it opens a step."""
        self.clock = Clock()
        self.opens = Event()
        """That a step is being opened, or has been."""
        self.may_open, self.may_close = Event(), Event()
        self.may_open.set()
        self.may_close.set()
        self.slow_step = ""
        """The only step that waits until it may close, where not all do."""
        self.closes: list[str] = []
        """The steps that are being closed, or have been."""

    @property
    def open_steps(self) -> tuple[str, ...]:
        closed = [closing.step for closing in self.closings]
        return tuple(made.ask.step for made in self.openings if made.ask.step not in closed)

    @activity.defn(name="step_opened")
    async def opened(self, opening: StepOpening) -> StepOpened:
        self.opens.set()
        await self.may_open.wait()
        if self.silent:
            self.silent -= 1
            raise ConnectionError("the register does not answer")
        self.openings.append(opening)
        seats = tuple(seat_of(seat) for seat in opening.ask.seats)
        return StepOpened(seats=seats, rungs=self.rungs(opening.ask.step), clock=self.clock)

    def rungs(self, step: str) -> tuple[Rung, ...]:
        """What a step that is open was told of its ladder."""
        opening = next(made for made in self.openings if made.ask.step == step)
        return ladder.dated(opening.ask.terms.ladder, opening.at, NON_WORKING, opening.ask.due).rungs

    @activity.defn(name="step_nudged")
    async def nudged(self, nudged: StepNudged) -> StepSeated:
        self.nudges.append(nudged)
        asked = next(o.ask for o in self.openings if o.ask.step == nudged.step)
        covered = {
            key
            for earlier in self.nudges
            if earlier.step == nudged.step and earlier.rung.nudge is Nudge.COVER
            for key in earlier.silent
        }
        seats = [seat_of(seat) for seat in asked.seats]
        return StepSeated(
            seats=tuple(with_cover(seat) if seat.key in covered else seat for seat in seats),
            clock=self.clock,
        )

    @activity.defn(name="step_reseated")
    async def reseated(self, reseated: StepReseated) -> StepSeated:
        self.reseatings.append(reseated)
        asked = next(o.ask for o in self.openings if o.ask.step == reseated.step)
        seats = (seat_of(seat) for seat in asked.seats)
        return StepSeated(
            seats=tuple(with_cover(seat) if seat.key in reseated.silent else seat for seat in seats),
            clock=self.clock,
        )

    @activity.defn(name="step_decided")
    async def decided(self, decided: StepDecided) -> None:
        self.decisions += decided.decisions

    @activity.defn(name="step_undone")
    async def undone(self, undone: StepUndone) -> None:
        self.undone_answers += undone.undone

    @activity.defn(name="step_held")
    async def held(self, held: StepHeld) -> None:
        self.effects.append(held)

    @activity.defn(name="step_closed")
    async def closed(self, closing: StepClosing) -> None:
        self.closes.append(closing.step)
        if self.slow_step in ("", closing.step):
            await self.may_close.wait()
        self.closings.append(closing)
        self.decisions += closing.unrecorded

    @activity.defn(name="unsettled_intents")
    async def unsettled_intents(self, due: AnswersDue) -> tuple[str, ...]:
        self.looked.append(due)
        return tuple(self.unsettled)


class FakeCases(ports.Cases):
    """Gives the case it was made with, and remembers its course."""

    def __init__(self, opened: CaseOpened | None = None) -> None:
        self.opened = opened
        self.begun_versions: list[int] = []
        self.becomings: list[Becoming] = []
        self.waitings: list[CaseWaiting] = []
        self.warnings: list[Expiring] = []
        self.moves: list[CaseMoved] = []
        self.sizings: list[CaseSized] = []
        self.rules: RoutingRules | None = None
        """Those by which its way is worked out if it is made minor or major."""
        self.meetings: dict[str, tuple[Sitting, ...]] = {}
        """When each forum meets, for whoever asks."""
        self.actions: tuple[ActionOpened, ...] = ()
        """What follows from the case, once it is asked what does."""
        self.guards: dict[str, Guard] = {}
        """What each of those guards, by its reference; nothing where it says nothing."""
        self.outliving: tuple[str, ...] = ()
        self.may_become = Event()
        """Cleared, whoever writes down a new state is slow to."""
        self.may_become.set()
        self.clock = Clock()

    def states_of(self, case: str) -> list[str]:
        return [becoming.state for becoming in self.becomings if becoming.case == case]

    @activity.defn(name="case_begun")
    async def begun(self, case: str) -> CaseOpened:
        assert self.opened is not None
        self.begun_versions.append(self.opened.version)
        return self.opened.model_copy(update={"clock": self.clock})

    @activity.defn(name="case_became")
    async def became(self, becoming: Becoming) -> Clock:
        self.becomings.append(becoming)
        await self.may_become.wait()
        return self.clock

    @activity.defn(name="case_waits")
    async def waits(self, waiting: CaseWaiting) -> Clock:
        self.waitings.append(waiting)
        return self.clock

    @activity.defn(name="approval_expiring")
    async def expiring(self, expiring: Expiring) -> Clock:
        self.warnings.append(expiring)
        return self.clock

    @activity.defn(name="case_sittings")
    async def sittings(self, asked: SittingsAsked) -> Sittings:
        return Sittings(of={forum: self.meetings.get(forum, ()) for forum in asked.forums})

    @activity.defn(name="case_moved")
    async def moved(self, moved: CaseMoved) -> Clock:
        self.moves.append(moved)
        return self.clock

    @activity.defn(name="case_sized")
    async def sized(self, sized: CaseSized) -> CaseOpened:
        assert self.opened is not None
        assert self.rules is not None
        self.sizings.append(sized)
        await self.may_become.wait()
        proposal = self.opened.proposal.model_copy(update={"size": sized.sizing.size})
        changes = {"proposal": proposal, "route": routing.route(proposal, self.rules)}
        self.opened = self.opened.model_copy(update=changes)
        return self.opened.model_copy(update={"clock": self.clock})

    @activity.defn(name="case_follow_ups")
    async def follow_ups(self, case: str) -> tuple[FollowUp, ...]:
        return tuple(
            FollowUp(
                ref=made.case,
                owner=made.owner,
                guards=self.guards.get(made.case, Guard.NOTHING),
                outlives=made.case in self.outliving,
            )
            for made in self.actions
        )

    @activity.defn(name="action_begun")
    async def action_begun(self, case: str) -> ActionOpened:
        action = next(made for made in self.actions if made.case == case)
        return action.model_copy(update={"clock": self.clock})


class FakeMeetings(ports.Meetings):
    """Knows the days of a forum, and remembers what happened on which."""

    def __init__(self, *days: date) -> None:
        self.days = days
        self.happened: list[tuple[date, Happening]] = []
        self.missed: list[date] = []
        self.recorded: list[date] = []
        self.changes = 0
        """How often people have changed the calendar or closed a record."""
        self.looks = 0
        self.clock = Clock()

    def done(self, day: date) -> list[Happening]:
        return [what for on, what in self.happened if on == day]

    @activity.defn(name="meeting_next")
    async def next(self, _: str) -> MeetingNext:
        self.looks += 1
        as_of = f"e.{self.changes}"
        owed = next((day for day in self.recorded if Happening.MINUTED not in self.done(day)), None)
        if owed:
            return MeetingNext(as_of=as_of, day=owed, recorded=True, clock=self.clock)
        for day in self.days:
            if day in self.recorded or Happening.LEFT in self.done(day) or day in self.missed:
                continue
            if clock.read(self.clock, real_now()) > calendar.closing(day) and not self.done(day):
                self.missed.append(day)
                continue
            return self._next(as_of, day)
        return MeetingNext(as_of=as_of, clock=self.clock)

    def _next(self, as_of: str, day: date) -> MeetingNext:
        following = min((later for later in self.days if later > day), default=None)
        return MeetingNext(
            as_of=as_of,
            day=day,
            called=bool(self.done(day)),
            calls=series.called_on(day, 10, NON_WORKING),
            papers_close=series.papers_close(day, 5, NON_WORKING),
            sits=calendar.opening(day),
            over=calendar.closing(day),
            turns=series.turns(day, following, called=10, chased=2, told=5, non_working=NON_WORKING),
            clock=self.clock,
        )

    @activity.defn(name="meeting_happens")
    async def happens(self, happens: MeetingHappens) -> Clock:
        if happens.what not in self.done(happens.day):
            self.happened.append((happens.day, happens.what))
        return self.clock


class FakeOutside:
    """All ports together, with a worker to answer them."""

    def __init__(self, opened: CaseOpened | None = None) -> None:
        self.register = FakeRegister()
        self.cases = FakeCases(opened)
        self.meetings = FakeMeetings()

    @property
    def clock(self) -> Clock:
        """The installation's Clock, as both halves of the record know it."""
        return self.register.clock

    @clock.setter
    def clock(self, known: Clock) -> None:
        self.register.clock = self.cases.clock = self.meetings.clock = known

    @property
    def now(self) -> datetime:
        return clock.read(self.clock, real_now())

    async def jump(self, gateway: Gateway, *processes: str, to: datetime) -> Segment:
        """Move the Clock: first in the record, then in the case and in every step that is open."""
        segment = clock.jump(self.clock, to=to, real=real_now())
        self.clock = clock.moved(self.clock, segment)
        await gateway.clock_moved(segment, [*processes, *self.register.open_steps])
        return segment

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """What is done by others than the register, the cases and the meetings."""
        return []

    @asynccontextmanager
    async def working(
        self, client: Client, interceptors: Sequence[Interceptor] = (), queue: str = QUEUE
    ) -> AsyncIterator[None]:
        core = Worker(
            client,
            task_queue=queue,
            workflows=WORKFLOWS,
            activities=[
                self.register.opened,
                self.register.nudged,
                self.register.reseated,
                self.register.decided,
                self.register.undone,
                self.register.held,
                self.register.closed,
                self.register.unsettled_intents,
                self.cases.begun,
                self.cases.became,
                self.cases.waits,
                self.cases.expiring,
                self.cases.sittings,
                self.cases.moved,
                self.cases.sized,
                self.cases.follow_ups,
                self.cases.action_begun,
                self.meetings.next,
                self.meetings.happens,
                *self.activities,
            ],
            workflow_runner=RUNNER,
            interceptors=interceptors,
        )
        async with ending(core):
            try:
                yield
            finally:
                # An activity held back would hold the worker up as well.
                self.register.may_open.set()
                self.register.may_close.set()


@asynccontextmanager
async def ending(worker: Worker) -> AsyncIterator[None]:
    """Run a worker, and let go of it where it does not end: once in thousands of times one never does.

    What it still waits for is printed. A test has said all by then, its failure too, which is raised all the
    same; and no other has its queue.
    """
    patience = asyncio.timeout(None)
    failure: BaseException | None = None
    try:
        async with patience, worker:
            try:
                yield
            except BaseException as error:
                failure = error
                raise
            finally:
                patience.reschedule(asyncio.get_running_loop().time() + ENDS_WITHIN)
    except TimeoutError:
        if not patience.expired():
            raise
        print(f"A worker of {worker.task_queue} did not end.")
        for task in asyncio.all_tasks():
            task.print_stack(file=sys.stdout)
        if failure is not None:
            raise failure from None


def seat_of(seat: SeatAsk) -> Seat:
    return Seat(**seat.model_dump(), holders=(Holder(person=f"p-{seat.post}", post=seat.post),))


def with_cover(seat: Seat) -> Seat:
    cover = Holder(person=f"cover-{seat.post}", post=seat.post)
    return seat.model_copy(update={"holders": (*seat.holders, cover)})


def terms(
    *rungs: tuple[int, Nudge],
    kind: str = "funding",
    due: int = 5,
    quorum: Quorum | None = None,
    silence: Silence = Silence.KEEP_WAITING,
    choices: Sequence[Choice] = (
        Choice.APPROVE,
        Choice.REJECT,
        Choice.DEFER,
        Choice.ABSTAIN,
        Choice.DECLARE_INTEREST,
    ),
    hold: Hold | None = None,
) -> Terms:
    return Terms(
        kind=kind,
        choices=tuple(choices),
        ladder=Ladder(due=due, rungs=tuple(LadderRung(day=day, nudge=nudge) for day, nudge in rungs)),
        quorum=quorum or Quorum(),
        silence=silence,
        hold=hold,
    )


def ask(*posts: str, under: Terms, key: str = "funding", case: str = "INV-2004-0001") -> Ask:
    return Ask(
        case=case,
        key=key,
        round=1,
        version=1,
        content_hash=HASH,
        clause="FUND-1",
        seats=tuple(
            SeatAsk(key=post, post=post, amount=Decimal("84000.00"), chair=post == "chair") for post in posts
        ),
        terms=under,
    )


def decision(
    step: str,
    seat: str,
    choice: Choice = Choice.APPROVE,
    *,
    person: str = "",
    round: int = 1,
    content_hash: str = HASH,
    until: date | None = None,
    next_meeting: bool = False,
    held_until: datetime | None = None,
    attempt: int = 1,
    outside_guidelines: bool = False,
) -> Decision:
    return Decision(
        key=decision_key(step, round, seat),
        step=step,
        round=round,
        seat=seat,
        person=person or f"p-{seat}",
        choice=choice,
        content_hash=content_hash,
        payload_hash=f"{choice}",
        submitted_at=datetime(2004, 10, 13, 10, tzinfo=UTC),
        until=until,
        next_meeting=next_meeting,
        held_until=held_until,
        attempt=attempt,
        outside_guidelines=outside_guidelines,
    )


def undo(made: Decision, *, at: datetime, person: str = "") -> Undo:
    return Undo(
        key=undo_key(made.key, made.attempt),
        step=made.step,
        decision=made.key,
        attempt=made.attempt,
        seat=made.seat,
        person=person or made.person,
        submitted_at=at,
    )
