"""The one primitive: ask people, wait, and say what it came to."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import date, datetime, timedelta
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ApplicationError, FailureError

from workflows.model import (
    AnswersDue,
    Ask,
    Choice,
    Clock,
    Decision,
    Ending,
    Nudge,
    Outcome,
    Rung,
    RunningOut,
    Seat,
    Segment,
    Standing,
    StepClosing,
    StepDecided,
    StepHeld,
    StepNudged,
    StepOpening,
    StepReseated,
    StepUndone,
    Undo,
)
from workflows.ports import AT_ONCE, PATIENTLY, Register
from workflows.rules import clock, holding, ladder, quorum
from workflows.rules.quorum import Refusal

KIND = SearchAttributeKey.for_keyword("AssentKind")
STATE = SearchAttributeKey.for_keyword("AssentState")
CASE = SearchAttributeKey.for_keyword("AssentCase")
SEARCH_ATTRIBUTES = (KIND, STATE, CASE)

TURN = timedelta(seconds=5)
"""How long a worker may have a process in hand without a sign of life, before another takes it up."""

INTENT_PATIENCE = timedelta(seconds=10)
LONGEST_PATIENCE = timedelta(minutes=5)
"""How long, in real time, a rung waits for submitted decisions before asking for them again: first, and
at most. While nothing brings them, the wait doubles, or a day of it would fill the history."""

P = ParamSpec("P")
T = TypeVar("T")
Fact = TypeVar("Fact")


class Stoppable(Protocol):
    """A workflow that an operator may cancel."""

    def call_off(self) -> None:
        """End what is under way, because it is no longer wanted."""


Running = TypeVar("Running", bound=Stoppable)


def guarded(handler: Callable[P, T]) -> Callable[P, T]:
    """Let an unexpected error fail its own message and not the case.

    Temporal takes any other exception of a handler for a fault of the workflow's code and stops
    the whole case until new code comes.
    """

    @wraps(handler)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return handler(*args, **kwargs)
        except FailureError:
            raise
        except Exception as error:
            raise ApplicationError(
                "the message could not be handled", type=type(error).__name__, non_retryable=True
            ) from error

    return wrapped


def unbroken(
    run: Callable[Concatenate[Running, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Running, P], Coroutine[Any, Any, T]]:
    """Take an operator's cancellation for word that the work is no longer wanted, and not for its end.

    What has been begun is finished: people who were asked are told, and the record is closed.
    """

    @wraps(run)
    async def wrapped(self: Running, /, *args: P.args, **kwargs: P.kwargs) -> T:
        life = asyncio.create_task(run(self, *args, **kwargs))
        while True:
            try:
                return await asyncio.shield(life)
            except asyncio.CancelledError:
                if life.cancelled():
                    raise
                self.call_off()

    return wrapped


class Timed:
    """A workflow that lives by the installation's Clock, and by what it writes into the record."""

    def __init__(self) -> None:
        self.clock = Clock()

    @property
    def now(self) -> datetime:
        """What the Clock shows, in UTC."""
        return clock.read(self.clock, workflow.now())

    @workflow.update
    @guarded
    def clock_moved(self, segment: Segment) -> None:
        """Take a new segment of the Clock; every wait is worked out again."""
        self.clock = clock.moved(self.clock, segment)

    async def _wait(self, condition: Callable[[], bool], until: datetime | None, summary: str) -> bool:
        """Wait for a condition; return False if the Clock showed `until` first."""
        while not condition():
            known = self.clock
            left = clock.real_wait(known, until, workflow.now()) if until else None
            if left is not None and left <= timedelta(0):
                return False
            try:
                await workflow.wait_condition(
                    partial(self._stirred, condition, known),
                    timeout=left,
                    timeout_summary=summary,
                )
            except TimeoutError:
                continue
        return True

    async def _all_heard(self) -> None:
        """Let messages on their way be handled before a run ends."""
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _stirred(self, condition: Callable[[], bool], known: Clock) -> bool:
        return condition() or self.clock != known

    async def _write(self, port: Callable[[Any, Fact], Awaitable[T]], fact: Fact, summary: str) -> T:
        """Write a fact: at once if the record answers, else for as long as it takes.

        Written at once it leaves one event in the history, where an activity of its own leaves six.
        """
        try:
            return await workflow.execute_local_activity_method(port, fact, summary=summary, **AT_ONCE)
        except FailureError:
            return await self._write_later(port, fact, summary)

    async def _write_later(self, port: Callable[[Any, Fact], Awaitable[T]], fact: Fact, summary: str) -> T:
        """Write a fact that the answer to a message must not wait for."""
        return await workflow.execute_activity_method(port, fact, summary=summary, **PATIENTLY)

    def _hear(self, clock_of_record: Clock) -> None:
        """Take up the Clock as the record has it: a move that came too early for us is in it."""
        self.clock = clock.latest(self.clock, clock_of_record)


@workflow.defn
class HumanStep(Timed):
    """One question put to people, from the first letter to the outcome."""

    @workflow.init
    def __init__(self, ask: Ask, known: Clock) -> None:
        super().__init__()
        self.ask = ask
        self.clock = known
        self.seats: tuple[Seat, ...] = ()
        self.rungs: tuple[Rung, ...] = ()
        self.decisions: list[Decision] = []
        self.recorded = 0
        self.counting = False
        """Nobody else is waited for: the votes that have been cast decide, once they make a quorum."""
        self.ending: Ending | None = None
        self.choice: Choice | None = None
        self.why = ""
        self.moves = 0
        """How often people have moved since: come, gone, or named a cover."""
        self.reseated = 0
        """How many of those moves the seats have followed."""
        self.held_until: datetime | None = None
        """Until when any answer given here may be, or might have been, taken back."""
        self.undone: list[Undo] = []
        self.undone_recorded = 0
        self.effect_recorded: datetime | None = None
        """When the register says that the outcome takes effect."""
        self.effects = 0
        """How often it has been told so, or otherwise."""
        self.running_out: RunningOut | None = None

    @workflow.run
    @unbroken
    async def run(self, ask: Ask, known: Clock) -> Outcome:
        """Ask, remind only the silent, escalate by adding, resolve by rule, and tell everybody."""
        await self._open()
        await self._live()
        outcome = await self._close()
        await self._all_heard()
        return outcome

    def call_off(self) -> None:
        """Close the step without an answer."""
        self._end(Ending.WITHDRAWN, why="cancelled")

    # ------------------------------------------------------------------- messages

    @workflow.update(description="Count one person's answer")
    @guarded
    def decide(self, decision: Decision) -> Standing:
        """Count a decision. The main loop records it and tells people."""
        self.decisions.append(decision)
        if decision.held_until:
            self.held_until = max(self.held_until or decision.held_until, decision.held_until)
        # What may be taken back takes effect later, once the record was asked whether that is on its way.
        if self._takes_effect() is None:
            self._conclude()
        return Standing(step=self.ask.step, settled=self.choice)

    @decide.validator
    def _refuse(self, decision: Decision) -> None:
        refused = self._refusal(decision)
        if refused:
            raise ApplicationError(refused, type=refused, non_retryable=True)

    @workflow.update(description="Take back one person's own answer")
    @guarded
    def undo(self, undo: Undo) -> Standing:
        """Let a seat be silent again. What its answer had kept from the ladder goes on, less reminders."""
        place = next(number for number, made in enumerate(self.decisions) if undo.is_about(made))
        del self.decisions[place]
        self.recorded -= place < self.recorded
        self.undone.append(undo)
        self.rungs = ladder.without_missed_reminders(self.rungs, self.now)
        return Standing(step=self.ask.step)

    @undo.validator
    def _refuse_undo(self, undo: Undo) -> None:
        refused = Refusal.ENDED if self.ending else holding.refusal(undo, self.decisions)
        if refused:
            raise ApplicationError(refused, type=refused, non_retryable=True)

    @workflow.signal
    def withdraw(self, why: str) -> None:
        """End the step without an answer, because the case no longer needs one."""
        self._end(Ending.WITHDRAWN, why=why)

    @workflow.signal
    def run_out(self, running_out: RunningOut) -> None:
        """End the step at an instant: what was answered by then counts, and silence withdraws it."""
        self.running_out = running_out

    @workflow.signal
    def people_moved(self) -> None:
        """Look again at who may answer for the seats that are silent."""
        self.moves += 1

    def _refusal(self, decision: Decision) -> Refusal | None:
        if self.ending:
            return Refusal.ENDED
        if not self.seats:
            return Refusal.NOT_OPEN_YET
        return quorum.refusal(
            decision,
            round=self.ask.round,
            content_hash=self.ask.content_hash,
            choices=self.ask.terms.choices,
            seats=self.seats,
            decisions=self.decisions,
        )

    # ---------------------------------------------------------------------- life

    async def _open(self) -> None:
        opening = StepOpening(ask=self.ask, at=self.now)
        opened = await self._write(Register.opened, opening, "write the step, send its letters")
        self._hear(opened.clock)
        self.seats, self.rungs = opened.seats, opened.rungs

    async def _live(self) -> None:
        while not self.ending:
            self.rungs = self._left()
            rung = self.rungs[0] if self.rungs else None
            effect = self._takes_effect()
            if effect != self.effect_recorded and not self._news() and not (effect and effect <= self.now):
                await self._hold(effect)
                continue
            # What takes effect unless somebody thinks again needs nobody to be reminded meanwhile.
            woken = await self._wait(
                partial(self._stir, self.running_out),
                until=effect or (self._due(rung) if rung else None),
                summary=f"{rung.nudge} on {rung.at:%d %B %Y}" if rung else "",
            )
            if self.ending:
                return
            if woken and self._news():
                await self._record()
            elif woken and self.moves > self.reseated:
                await self._reseat()
            elif effect and not woken:
                await self._take_effect(effect)
            elif rung and not woken:
                # The Clock may have jumped past more rungs than the one that was waited for.
                due, *later = self._left()
                self.rungs = tuple(later)
                await self._climb(due)

    def _stir(self, running_out: RunningOut | None) -> bool:
        """Say whether there is anything to do before the next moment."""
        return bool(
            self.ending or self._news() or self.moves > self.reseated or self.running_out != running_out
        )

    def _left(self) -> tuple[Rung, ...]:
        """Return the rungs still to be climbed; a step whose time ends from outside only closes."""
        if self.running_out:
            return (Rung(number=0, at=self.running_out.at, nudge=Nudge.CLOSE),)
        return ladder.without_stale(self.rungs, self.now)

    def _due(self, rung: Rung) -> datetime:
        """Return when a rung is climbed: one that ends the question leaves time for second thoughts."""
        if self.held_until and rung.nudge in (Nudge.COUNT, Nudge.CLOSE):
            return max(rung.at, self.held_until)
        return rung.at

    async def _climb(self, rung: Rung) -> None:
        """Do what the ladder says to those who are silent, once no answer is on its way."""
        if rung.nudge is not Nudge.REMIND:
            await self._answers_on_their_way(self._due(rung))
        if self.ending:
            return
        if self._due(rung) > self.now or self._takes_effect():
            # An answer has come meanwhile that may still be taken back.
            self.rungs = (rung, *self.rungs)
            return
        if rung.nudge is Nudge.CLOSE:
            self._time_up()
            return
        if rung.nudge is Nudge.COUNT:
            self.counting = True
            if (choice := self._settled()) is not None:
                self._end(Ending.DECIDED, choice)
                return
        nudged = await self._write(
            Register.nudged,
            StepNudged(step=self.ask.step, rung=rung, silent=self._silent(), at=self.now),
            f"{rung.nudge} those who are silent",
        )
        self._hear(nudged.clock)
        self.seats = nudged.seats

    async def _hold(self, effect: datetime | None) -> None:
        """Let the register know when an outcome takes effect, or that there is none any more."""
        self.effect_recorded = effect
        self.effects += 1
        await self._write_later(
            Register.held,
            StepHeld(
                step=self.ask.step,
                number=self.effects,
                until=effect,
                at=self.now,
                climbed=self.rungs[0].number - 1 if self.rungs and effect is None else 0,
            ),
            "write when the outcome takes effect",
        )

    async def _take_effect(self, effect: datetime) -> None:
        """Let the answers count for good, unless one that was taken back in time is on its way here."""
        await self._answers_on_their_way(effect)
        still = self._takes_effect()
        if still and still <= self.now:
            self._conclude()

    async def _reseat(self) -> None:
        """Let a cover, or whoever has come in a leaver's place, answer for those who are silent."""
        self.reseated = self.moves
        reseated = await self._write(
            Register.reseated,
            StepReseated(step=self.ask.step, number=self.moves, silent=self._silent(), at=self.now),
            "look again at who may answer",
        )
        self._hear(reseated.clock)
        self.seats = reseated.seats

    async def _answers_on_their_way(self, before: datetime) -> None:
        """Wait for what was submitted in time, however late it is processed."""
        patience = INTENT_PATIENCE
        while not self.ending:
            keys = await self._write(
                Register.unsettled_intents,
                AnswersDue(step=self.ask.step, before=before),
                "look for answers on their way",
            )
            # An answer that is here already is on its way to the record only, and is not waited for.
            missing = self._not_here(keys)
            if not missing:
                return
            try:
                await workflow.wait_condition(
                    lambda missing=missing: bool(self.ending) or self._not_here(missing) != missing,  # type: ignore[misc]
                    timeout=patience,
                    timeout_summary="an answer submitted in time is on its way",
                )
            except TimeoutError:
                patience = min(patience * 2, LONGEST_PATIENCE)
            if not self.ending and self._news():
                await self._record()

    def _time_up(self) -> None:
        choice = self._settled(final=True)
        if choice is not None:
            self._end(Ending.DECIDED, choice)
        elif self.running_out:
            self._end(Ending.WITHDRAWN, why=self.running_out.why)
        else:
            self._end(Ending.SILENT, why="time_up")

    def _takes_effect(self) -> datetime | None:
        """Return when the answers take effect, if they make an outcome that may still be thought over."""
        ends = [made.held_until for made in self.decisions if made.held_until]
        return max(ends) if ends and self._outcome() else None

    def _conclude(self) -> None:
        """End the step if the answers make an outcome, or everybody has answered and they make none."""
        if outcome := self._outcome():
            ending, choice = outcome
            why = "" if choice else quorum.undecided(self.decisions, self.ask.terms.quorum)
            self._end(ending, choice, why)

    def _outcome(self) -> tuple[Ending, Choice | None] | None:
        everyone = not any(seat.holders for seat in self.seats if seat.key in self._silent())
        choice = self._settled(final=everyone)
        if choice is not None:
            return Ending.DECIDED, choice
        return (Ending.SILENT, None) if everyone or self._hopeless() else None

    def _settled(self, *, final: bool = False) -> Choice | None:
        """Return what the answers come to by the step's rule; `final` if no other can come."""
        return quorum.settled(
            self.decisions, self.seats, self.ask.terms.quorum, final=final, counted=self.counting
        )

    def _hopeless(self) -> bool:
        """Say whether no vote that is still to come could count, and the step is not to wait for any."""
        terms = self.ask.terms.quorum
        return terms.closes_hopeless and quorum.hopeless(self.decisions, self.seats, terms)

    def _end(self, ending: Ending, choice: Choice | None = None, why: str = "") -> None:
        """Fix the ending; the first one stands. From here on every answer is refused."""
        if self.ending is None:
            self.ending, self.choice, self.why = ending, choice, why

    async def _record(self) -> None:
        await self._record_undone()
        decisions = self._unrecorded()
        if not decisions:
            return
        self.recorded = len(self.decisions)
        await self._write_later(
            Register.decided,
            StepDecided(step=self.ask.step, decisions=decisions, at=self.now),
            "write the answer",
        )

    async def _record_undone(self) -> None:
        """Write what was taken back: first, for its seat may have answered anew since."""
        undone = tuple(self.undone[self.undone_recorded :])
        if undone:
            self.undone_recorded = len(self.undone)
            await self._write_later(
                Register.undone,
                StepUndone(step=self.ask.step, undone=undone, at=self.now),
                "write that an answer is taken back",
            )

    async def _close(self) -> Outcome:
        await self._record_undone()
        until = _until(self.decisions, self.choice)
        outcome = Outcome(
            step=self.ask.step,
            ending=self.ending or Ending.WITHDRAWN,
            choice=self.choice,
            at=self.now,
            until=until,
            next_meeting=any(made.next_meeting for made in self.decisions if until and made.until == until),
            kind=self.ask.kind,
            outside_guidelines=_outside_guidelines(self.decisions, self.choice),
        )
        await self._write_later(
            Register.closed,
            StepClosing(step=self.ask.step, outcome=outcome, unrecorded=self._unrecorded(), why=self.why),
            "write the outcome, send the letters that tell it",
        )
        return outcome

    # --------------------------------------------------------------------- facts

    def _unrecorded(self) -> tuple[Decision, ...]:
        return tuple(self.decisions[self.recorded :])

    def _news(self) -> bool:
        """Say whether there is anything that the register has not been told."""
        return bool(self._unrecorded()) or len(self.undone) > self.undone_recorded

    def _not_here(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Return which decisions and which wishes to take one back this step has not been brought."""
        made = [*(decision.key for decision in self.decisions), *(undo.key for undo in self.undone)]
        return tuple(key for key in keys if key not in made)

    def _silent(self) -> tuple[str, ...]:
        answered = [decision.seat for decision in self.decisions]
        return tuple(seat.key for seat in self.seats if seat.key not in answered)


def _until(decisions: Sequence[Decision], choice: Choice | None) -> date | None:
    """Return the day to which a step defers: the latest that anybody named."""
    days = [made.until for made in decisions if made.choice is choice and made.until]
    return max(days) if days else None


def _outside_guidelines(decisions: Sequence[Decision], choice: Choice | None) -> bool:
    """Say whether a step returns its proposal as outside the guidelines: any who return it may say so."""
    return choice is Choice.RETURN and any(
        made.outside_guidelines for made in decisions if made.choice is choice
    )
