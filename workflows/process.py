"""What every case's process shares: the verbs in which it is written.

`decide` asks people, `until` waits for a moment or an event, `become` changes the case's state and tells
those whom that state concerns, `follow_up` begins what follows from it, and `while_valid` lets what follows
an approval lapse.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import date, datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import FailureError

from workflows.delivery import Tally
from workflows.human_step import CASE, KIND, STATE, TURN, HumanStep, Timed, guarded
from workflows.model import (
    ActionOpened,
    ActionState,
    Ask,
    Becoming,
    CaseOpened,
    CaseWaiting,
    Choice,
    Ending,
    Expiring,
    FollowUp,
    Guard,
    Outcome,
    Period,
    RunningOut,
    Withdrawal,
    key_of,
)
from workflows.ports import Action, Cases
from workflows.rules import actions, calendar, states, validity

Child = workflow.ChildWorkflowHandle[Any, Any]


class Process(Timed):
    """What every process of a case shares. The processes themselves say only what is asked."""

    hears_of_actions = False
    """Its actions tell it when they end: it lives through several runs, of which each sees only its own."""

    def __init__(self, case: str) -> None:
        super().__init__()
        self.case = case
        self.opened: CaseOpened | None = None
        self.withdrawal: Withdrawal | None = None
        self._rounds: dict[str, int] = {}
        self._called_off: dict[str, str] = {}
        self._dropped: set[str] = set()
        """The keys of questions that nobody wants answered any more, though the case goes on."""
        self._ran_out: RunningOut | None = None
        """What was approved has lapsed, and so has whatever is still asked about it."""
        self._state = ""
        self._changes = 0
        self._waits = 0
        self._warnings = 0
        self._tasks: set[asyncio.Task[None]] = set()
        """What is done beside the case's own course."""
        self._actions: dict[str, tuple[FollowUp, Child | None]] = {}
        """What follows from the case and has been begun, by its reference; in this run, or before."""
        self._actions_ended: dict[str, ActionState] = {}
        """What those came to that have said so."""
        self._in_use = False
        """What was approved is put to use, so that it does not lapse any more."""

    def call_off(self) -> None:
        """Withdraw the case, as its sponsor might."""
        self.withdrawal = self.withdrawal or Withdrawal(key="cancelled", by="", at=self.now)

    # ------------------------------------------------------------------- messages

    @workflow.update(description="End the case at its sponsor's wish")
    @guarded
    def withdraw(self, withdrawal: Withdrawal) -> None:
        """Withdraw the case: every open step closes and its people are told."""
        self.withdrawal = self.withdrawal or withdrawal

    @workflow.signal
    def fall_away(self) -> None:
        """Withdraw the case, because what it follows from was withdrawn or has lapsed."""
        self.withdrawal = self.withdrawal or Withdrawal(key="fallen_away", by="", at=self.now)

    @workflow.signal
    def action_ended(self, ref: str, state: ActionState) -> None:
        """Take up what an action that follows from the case has come to."""
        self._actions_ended[ref] = state

    # --------------------------------------------------------------------- verbs

    async def begin(self) -> CaseOpened:
        """Take up the version last submitted, under the rules in force when the case opened."""
        self.opened = await self._write(Cases.begun, self.case, "take up the version last submitted")
        self._hear(self.opened.clock)
        return self.opened

    async def take_up(self) -> ActionOpened:
        """Take up an action, under the rules of the case that it follows from."""
        action = await self._write(Cases.action_begun, self.case, "take up the action")
        self._hear(action.clock)
        return action

    async def follow_up(self) -> None:
        """Begin the actions that follow from the case and have not begun. Each outlives the case."""
        for action in await self._write(Cases.follow_ups, self.case, "look for actions that follow"):
            if action.ref in self._actions:
                continue
            heard = [action.ref, self.case] if self.hears_of_actions else [action.ref]
            handle = await self._start(
                Action.run, heard, kind="action", summary=f"action that follows from {self.case}"
            )
            self._actions[action.ref] = (action, handle)

    async def report_back(self, hearer: str, state: ActionState) -> None:
        """Tell the case that an action follows from what it came to, where that waits for word."""
        if hearer:
            await self._tell(hearer, Process.action_ended, self.case, state)

    async def let_go(self) -> None:
        """Let what follows from the case fall away with it, as far as it is not done nor outlives it."""
        for action, handle in self._actions.values():
            ended = action.ref in self._actions_ended or (handle is not None and handle.done())
            if not ended and not action.outlives:
                await self._tell(handle or action.ref, Process.fall_away)

    def drop(self, key: str) -> None:
        """Ask the question `key` no more: it closes if it is open, and the case goes on without it."""
        self._dropped.add(key)

    def dropped(self, outcome: Outcome) -> bool:
        """Say whether a question ended because it was dropped, so that it came to nothing."""
        ended = outcome.ending is Ending.WITHDRAWN and key_of(outcome.step) in self._dropped
        return ended and not self.withdrawal and not self._ran_out

    async def until_met(self, guard: Guard, *, key: str) -> bool:
        """Wait for the conditions that guard what is to come; returns as `until` does."""
        guarding = [action for action, _ in self._actions.values() if action.guards is guard]
        unmet = [action for action in guarding if not self._over(action)]
        if not unmet:
            return self._off(key) is None
        return await self.until(
            lambda: all(self._over(action) for action in unmet),
            key=key,
            leg=actions.CONDITIONS,
            on=unmet[0].owner,
        )

    async def decide(self, ask: Ask, *otherwise: Ask) -> Outcome:
        """Ask people and return what it came to; if nobody answers, whoever is to be asked otherwise.

        What was answered about an earlier version and still stands is not asked again.
        """
        if (kept := self.kept(ask.key)) is not None:
            return kept
        outcome = await self._decide_in_the_end(ask, *otherwise)
        for number, other in enumerate(otherwise, start=1):
            if outcome.ending is not Ending.SILENT and not _for_its_meeting(outcome, other):
                break
            await self._turn_to(other, outcome)
            outcome = await self._decide_in_the_end(other, *otherwise[number:])
        return outcome

    async def _turn_to(self, ask: Ask, left: Outcome) -> None:
        """Wait for whatever a question waits for that is put in the place of another; here for nothing."""

    async def _decide_in_the_end(self, ask: Ask, *otherwise: Ask) -> Outcome:
        """Ask until there is an answer other than to ask again: a deferral does so on its day.

        What members who are asked by email put off to their meeting is put to that, and not to them again.
        """
        while True:
            outcome = await self._decide_once(self._next_round(ask))
            if outcome.choice is not Choice.DEFER or outcome.until is None:
                return outcome
            if any(_for_its_meeting(outcome, other) for other in otherwise):
                return outcome
            if not await self._put_off(ask, outcome, outcome.until):
                return outcome.model_copy(update={"ending": Ending.WITHDRAWN, "choice": None})

    async def _put_off(self, ask: Ask, outcome: Outcome, day: date) -> bool:
        """Wait for the day on which a question is asked again; returns as `until` does."""
        return await self.until(day, key=ask.key, leg=ask.kind, on=ask.forum or ask.seats[0].post)

    async def decide_together(self, questions: Sequence[Sequence[Ask]]) -> tuple[Outcome, ...]:
        """Put several questions at once, each as `decide` takes it. One that stops the case calls the others
        off.
        """
        asking = [asyncio.create_task(self.decide(*question)) for question in questions]
        asks = [ask for question in questions for ask in question]
        waiting = set(range(len(asking)))
        while waiting:
            await workflow.wait_condition(lambda: any(asking[number].done() for number in sorted(waiting)))
            for number in sorted(waiting):
                if asking[number].done():
                    waiting.discard(number)
                    outcome = asking[number].result()
                    if outcome.stops and not self.dropped(outcome):
                        for ask in asks:
                            self._called_off.setdefault(ask.key, _why_off(outcome))
        for ask in asks:
            self._called_off.pop(ask.key, None)
        return tuple(task.result() for task in asking)

    def came_to(self, outcomes: Sequence[Outcome]) -> Outcome:
        """Return the outcome that counts of several. A case that went by the first of them goes on so."""
        counts, as_listed = states.together(outcomes), states.together(outcomes, refusal_first=False)
        if counts == as_listed or workflow.patched("refusal-before-return"):
            return counts
        return as_listed

    async def until(
        self,
        moment: date | datetime | Callable[[], bool],
        *,
        key: str,
        leg: str,
        on: str,
        unless: Callable[[], bool] | None = None,
    ) -> bool:
        """Wait for a day's start of business, an instant of the Clock or an event, `unless` another comes.

        Returns False if the case was withdrawn meanwhile.
        """
        event, at = (moment, None) if callable(moment) else (unless or _never, _instant(moment))
        if self._off(key) is not None:
            return False
        if at is None or at > self.now:
            self._waits += 1
            waiting = CaseWaiting(
                case=self.case, number=self._waits, key=key, leg=leg, since=self.now, until=at, on=on
            )
            self._hear(await self._write(Cases.waits, waiting, f"wait for {on}"))
        await self._wait(lambda: event() or self._off(key) is not None, until=at, summary=f"{leg}: {on}")
        return self._off(key) is None

    async def while_valid(self, period: Period | None, use: Coroutine[Any, Any, Outcome]) -> Outcome:
        """Let an approval be put to use while it is valid, with warnings before it lapses.

        If it lapses, what is asked about it closes, and the outcome is one of silence.
        """
        if period is None:
            return await use
        using = asyncio.create_task(use)
        *warnings, end = validity.moments(period)
        for warning, following in zip(warnings, [*warnings, end][1:], strict=True):
            put_to_use = await self._wait(
                lambda: using.done() or self._in_use, until=warning, summary="warn that the approval lapses"
            )
            # After a jump of the Clock people get the one warning that says how things stand.
            if not put_to_use and following > self.now:
                await self._warn(period.until)
        in_use = await self._wait(
            lambda: using.done() or self._in_use, until=end, summary="the approval lapses"
        )
        if not in_use:
            self._ran_out = RunningOut(at=end, why="validity")
        outcome = await using
        if self._ran_out is None or self.withdrawal or outcome.ending is not Ending.WITHDRAWN:
            return outcome
        return outcome.model_copy(update={"ending": Ending.SILENT})

    async def become(
        self, state: str, *, because: Outcome | None = None, valid_until: date | None = None
    ) -> None:
        """Change the case's state and tell those whom the new state concerns; no change is none."""
        if state == self._state:
            return
        self._state = state
        self._changes += 1
        becoming = Becoming(
            case=self.case,
            state=state,
            at=self.now,
            number=self._changes,
            because=because.step if because else "",
            valid_until=valid_until,
        )
        self._hear(await self._write(Cases.became, becoming, state))
        workflow.upsert_search_attributes([STATE.value_set(state)])
        workflow.set_current_details(f"**{self.case}**: {state}")

    async def end(self) -> None:
        """Let messages on their way arrive before the process ends."""
        await self._all_heard()

    def kept(self, key: str) -> Outcome | None:
        """Return what the question `key` came to about an earlier version, if that stands."""
        return self.opened.kept.get(key) if self.opened and self._off(key) is None else None

    # ------------------------------------------------------------------ machinery

    async def _warn(self, valid_until: date) -> None:
        self._warnings += 1
        expiring = Expiring(case=self.case, number=self._warnings, valid_until=valid_until, at=self.now)
        self._hear(await self._write(Cases.expiring, expiring, "warn that the approval lapses"))

    def nothing(self, ask: Ask) -> Outcome:
        """Return what a question comes to that nobody is asked."""
        return Outcome(step=ask.step, ending=Ending.WITHDRAWN, at=self.now, kind=ask.kind)

    async def _decide_once(self, ask: Ask) -> Outcome:
        if self._off(ask.key) is not None:
            return self.nothing(ask)
        handle = await workflow.start_child_workflow(
            HumanStep.run,
            args=[ask, self.clock],
            id=ask.step,
            task_timeout=TURN,
            parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
            static_summary=f"{self.case}: {ask.kind.replace('_', ' ')}, round {ask.round}",
            static_details=f"Version {ask.version}. Asked of: " + ", ".join(seat.post for seat in ask.seats),
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(KIND, ask.kind),
                    SearchAttributePair(CASE, self.case),
                ]
            ),
        )
        await workflow.wait_condition(
            lambda: handle.done() or self._off(ask.key) is not None,
        )
        if not handle.done():
            try:
                if self._ran_out and not self.withdrawal:
                    await handle.signal(HumanStep.run_out, self._ran_out)
                else:
                    await handle.signal(HumanStep.withdraw, self._off(ask.key) or "")
            except FailureError:
                # It has ended by itself meanwhile, and what it came to stands.
                workflow.logger.info("step already ended", extra={"step": ask.step})
        return await handle

    async def _start(
        self,
        run: Callable[..., Coroutine[Any, Any, Any]],
        args: Sequence[str],
        *,
        kind: str,
        summary: str,
        outlives: bool = True,
    ) -> Child:
        """Start the process of another case, by its reference; it lives on after this, or ends with it."""
        policy = workflow.ParentClosePolicy
        return await workflow.start_child_workflow(
            run,
            args=args,
            id=args[0],
            task_timeout=TURN,
            parent_close_policy=policy.ABANDON if outlives else policy.REQUEST_CANCEL,
            static_summary=f"{args[0]}: {summary}",
            search_attributes=TypedSearchAttributes(
                [SearchAttributePair(KIND, kind), SearchAttributePair(CASE, args[0])]
            ),
        )

    async def _tell(self, process: Child | str, signal: Callable[..., None], *said: Any) -> None:
        """Tell another process something, by its name if this run has not begun it. An ended one need not
        know.
        """
        handle = workflow.get_external_workflow_handle(process) if isinstance(process, str) else process
        try:
            await handle.signal(signal.__name__, args=said)
        except FailureError:
            workflow.logger.info("process already ended", extra={"case": self.case})

    def _counted(self) -> Tally:
        """Return what has been counted, for the next run."""
        return Tally(
            state=self._state,
            rounds=self._rounds,
            changes=self._changes,
            waits=self._waits,
            warnings=self._warnings,
            actions=tuple(action for action, _ in self._actions.values()),
            actions_ended=self._actions_ended,
        )

    def _go_on_counting(self, tally: Tally) -> None:
        """Go on where the run before has stopped."""
        self._state, self._rounds = tally.state, dict(tally.rounds)
        self._changes, self._waits, self._warnings = tally.changes, tally.waits, tally.warnings
        self._actions = {action.ref: (action, None) for action in tally.actions}
        # What has ended since may have said so before this run began.
        self._actions_ended = {**tally.actions_ended, **self._actions_ended}

    def _beside(self, part: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside the case's own course, which need not wait for it."""
        task = asyncio.create_task(part)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _next_round(self, ask: Ask) -> Ask:
        """Return a question as it is put now, with its round."""
        self._rounds[ask.key] = self._rounds.get(ask.key, 0) + 1
        return ask.model_copy(update={"round": self._rounds[ask.key]})

    def _over(self, action: FollowUp) -> bool:
        """Say whether an action is verified; one that was broken off or called off by an operator is not.

        Of one that ended before actions said what they came to, it is taken to be.
        """
        if (state := self._actions_ended.get(action.ref)) is not None:
            return state is not ActionState.WITHDRAWN
        _, handle = self._actions[action.ref]
        ended = handle is not None and handle.done() and handle.exception() is None
        return ended and handle is not None and handle.result() != ActionState.WITHDRAWN

    def _off(self, key: str) -> str | None:
        """Return why the question `key` is no longer wanted, if it is not."""
        if self.withdrawal:
            return "cancelled" if self.withdrawal.key == "cancelled" else "withdrawn"
        if self._ran_out:
            return self._ran_out.why
        return "taken_back" if key in self._dropped else self._called_off.get(key)


def _for_its_meeting(outcome: Outcome, ask: Ask) -> bool:
    """Say whether an outcome leaves the decision to the meeting at which a question is put."""
    return outcome.choice is Choice.DEFER and outcome.next_meeting and ask.meets


def _why_off(stopped: Outcome) -> str:
    """Say why those asked beside a question that stops the case are asked no more: a key of the reason."""
    if stopped.choice is Choice.RETURN:
        return "returned_by_another"
    if stopped.choice is not None:
        return "refused_by_another"
    return "unanswered_beside" if stopped.ending is Ending.SILENT else "cancelled"


def _never() -> bool:
    return False


def _instant(moment: date | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else calendar.opening(moment)
