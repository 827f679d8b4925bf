"""One human step on the real server, with the days passing by themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from tests.support.core import QUEUE, FakeOutside, ask, decision, terms
from workflows.human_step import HumanStep
from workflows.model import (
    AnswersDue,
    Ask,
    Choice,
    Clock,
    Decision,
    Ending,
    Nudge,
    Outcome,
    Quorum,
    QuorumRule,
    Silence,
    Standing,
)

LADDER = ((3, Nudge.REMIND), (5, Nudge.REMIND), (6, Nudge.COVER), (8, Nudge.LINE), (10, Nudge.PMO))

WITHIN = 60.0
"""Seconds for a whole play; a quiet machine needs one."""

Step = WorkflowHandle[HumanStep, Outcome]


class Play:
    """A step that is being played, and what the outside saw of it."""

    def __init__(self, env: WorkflowEnvironment, outside: FakeOutside, asked: Ask) -> None:
        self.env, self.outside, self.asked = env, outside, asked
        self.handle: Step
        self.passed = timedelta()

    async def start(self) -> None:
        with self.env.with_time_skipping_disabled():
            self.handle = await self.env.client.start_workflow(
                HumanStep.run, args=[self.asked, Clock()], id=self.asked.step, task_queue=QUEUE
            )
        await until(lambda: bool(self.outside.register.openings))

    async def pass_rung(self, number: int, by: timedelta = timedelta(seconds=1)) -> None:
        """Let time pass until a rung of the ladder is due, and a little more."""
        register = self.outside.register
        opening = register.openings[0]
        passing = register.rungs(opening.ask.step)[number - 1].at + by - opening.at - self.passed
        self.passed += passing
        skipping = asyncio.create_task(self.env.fast_forward(self.handle, passing))
        # With no timer left the engine has nothing to skip to, and would never say it has arrived.
        await asyncio.wait([skipping], timeout=1)
        skipping.cancel()

    async def answer(self, seat: str, choice: Choice = Choice.APPROVE, **other: object) -> Standing:
        return await self.send(decision(self.asked.step, seat, choice, **other))  # type: ignore[arg-type]

    async def send(self, made: Decision) -> Standing:
        while True:
            try:
                return await self.handle.execute_update(HumanStep.decide, made, id=made.key)
            except WorkflowUpdateFailedError as refused:
                # The register has the step a moment before the step knows it.
                if cause(refused) != "not_open_yet":
                    raise


async def until(condition: object, within: float = 10.0) -> None:
    """Wait for something the outside sees; bounded, in real time."""
    async with asyncio.timeout(within):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


Playing = Callable[..., AbstractAsyncContextManager[Play]]


@pytest.fixture
def playing(skipping: WorkflowEnvironment) -> Playing:
    @asynccontextmanager
    async def play(asked: Ask, outside: FakeOutside | None = None) -> AsyncIterator[Play]:
        played = Play(skipping, outside or FakeOutside(), asked)
        async with played.outside.working(skipping.client), asyncio.timeout(WITHIN):
            await played.start()
            yield played

    return play


def climbed(play: Play, rungs: int) -> bool:
    """Say whether the step has climbed so many rungs, as it writes in the register."""
    return len(play.outside.register.nudges) >= rungs


def nudges(play: Play) -> list[Nudge]:
    return [nudged.rung.nudge for nudged in play.outside.register.nudges]


def one_seat(case: str, *rungs: tuple[int, Nudge], silence: Silence = Silence.KEEP_WAITING) -> Ask:
    return ask("bh-dmh", under=terms(*(rungs or LADDER), silence=silence), case=case)


async def test_one_answer_settles_a_step_with_one_seat_and_is_recorded(playing: Playing) -> None:
    async with playing(one_seat("CASE-1")) as play:
        standing = await play.answer("bh-dmh")
        outcome = await play.handle.result()
        assert standing.settled is Choice.APPROVE
        assert (outcome.ending, outcome.choice) == (Ending.DECIDED, Choice.APPROVE)
        assert [made.seat for made in play.outside.register.decisions] == ["bh-dmh"]
        assert [closing.outcome for closing in play.outside.register.closings] == [outcome]


async def test_silence_climbs_the_ladder_and_is_never_a_yes(playing: Playing) -> None:
    async with playing(one_seat("CASE-2")) as play:
        await play.pass_rung(5)
        await until(lambda: climbed(play, 5))
        assert nudges(play) == [nudge for _, nudge in LADDER]
        assert play.outside.register.closings == []
        await play.handle.signal(HumanStep.withdraw, "withdrawn")
        await play.handle.result()


async def test_each_rung_falls_at_the_end_of_business_of_its_working_day_and_never_early(
    playing: Playing,
) -> None:
    async with playing(one_seat("CASE-3")) as play:
        await play.pass_rung(5)
        await until(lambda: climbed(play, 5))
        for nudged in play.outside.register.nudges:
            assert nudged.rung.at <= nudged.at < nudged.rung.at + timedelta(seconds=60)
        await play.answer("bh-dmh")
        await play.handle.result()


async def test_silence_to_the_end_expires_where_the_handbook_says_so(playing: Playing) -> None:
    asked = one_seat("CASE-4", (3, Nudge.REMIND), (10, Nudge.CLOSE), silence=Silence.EXPIRE)
    async with playing(asked) as play:
        await play.pass_rung(2)
        outcome = await play.handle.result()
        assert (outcome.ending, outcome.choice) == (Ending.SILENT, None)


async def test_only_the_silent_are_reminded(playing: Playing) -> None:
    quorum = Quorum(rule=QuorumRule.ALL_OF)
    async with playing(ask("a", "b", "c", under=terms(*LADDER, quorum=quorum), case="CASE-5")) as play:
        await play.answer("b")
        await until(lambda: len(play.outside.register.decisions) == 1)
        await play.pass_rung(5)
        await until(lambda: climbed(play, 5))
        assert {nudged.silent for nudged in play.outside.register.nudges} == {("a", "c")}
        await play.answer("a")
        await play.answer("c", Choice.REJECT)
        assert (await play.handle.result()).choice is Choice.REJECT


async def test_escalation_adds_a_person_and_takes_nobody_away(playing: Playing) -> None:
    async with playing(one_seat("CASE-6", (2, Nudge.COVER), (9, Nudge.PMO))) as play:
        with pytest.raises(WorkflowUpdateFailedError):
            await play.answer("bh-dmh", person="cover-bh-dmh")
        await play.pass_rung(2)
        await until(lambda: climbed(play, 2))
        await play.answer("bh-dmh", person="cover-bh-dmh")
        await play.handle.result()
        assert play.outside.register.decisions[0].person == "cover-bh-dmh"


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"seat": "bh-dmh", "person": "stranger"}, "not_yours"),
        ({"seat": "bh-sports"}, "not_yours"),
        ({"seat": "bh-dmh", "round": 2}, "another_round"),
        ({"seat": "bh-dmh", "content_hash": "other"}, "stale"),
        ({"seat": "bh-dmh", "choice": Choice.VERIFY}, "not_offered"),
    ],
)
async def test_an_answer_that_does_not_count_is_refused_before_history(
    playing: Playing, made: dict[str, Any], why: str
) -> None:
    async with playing(one_seat(f"CASE-7-{why}-{made['seat']}")) as play:
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await play.send(decision(play.asked.step, **made))
        assert cause(refused.value) == why
        events = [event.event_type async for event in play.handle.fetch_history_events()]
        assert EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED not in events
        await play.answer("bh-dmh")
        await play.handle.result()


async def test_one_person_never_fills_two_seats(playing: Playing) -> None:
    quorum = Quorum(rule=QuorumRule.ALL_OF)
    asked = ask("a", "b", under=terms((2, Nudge.COVER), (9, Nudge.PMO), quorum=quorum), case="CASE-8")
    async with playing(asked) as play:
        await play.pass_rung(2)
        await until(lambda: climbed(play, 2))
        await play.answer("a", person="cover-a")
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await play.answer("b", person="p-a")
        assert cause(refused.value) == "not_yours"
        await play.answer("b")
        await play.handle.result()


async def test_the_same_decision_sent_eight_times_counts_once(playing: Playing) -> None:
    async with playing(one_seat("CASE-9")) as play:
        made = decision(play.asked.step, "bh-dmh")
        standings = await asyncio.gather(*(play.send(made) for _ in range(8)))
        assert set(standings) == {Standing(step=play.asked.step, settled=Choice.APPROVE)}
        await play.handle.result()
        assert len(play.outside.register.decisions) == 1


async def test_five_at_once_for_one_seat_count_once_and_four_are_refused(playing: Playing) -> None:
    async with playing(ask("a", "b", "c", "d", "e", under=terms(*LADDER), case="CASE-10")) as play:
        sent = [play.answer(seat, Choice.APPROVE) for seat in "abcde"]
        answers = await asyncio.gather(*sent, return_exceptions=True)
        refused = [cause(answer) for answer in answers if isinstance(answer, WorkflowUpdateFailedError)]
        assert refused == ["ended"] * 4
        await play.handle.result()
        assert len(play.outside.register.decisions) == 1
        assert len(play.outside.register.closings) == 1


async def test_an_answer_on_its_way_is_waited_for_before_silence_counts(playing: Playing) -> None:
    outside = FakeOutside()
    asked = one_seat("CASE-11", (2, Nudge.REMIND), (3, Nudge.CLOSE), silence=Silence.EXPIRE)
    async with playing(asked, outside) as play:
        made = decision(play.asked.step, "bh-dmh")
        outside.register.unsettled = [made.key]
        await play.pass_rung(2, by=timedelta(seconds=15))
        assert play.outside.register.closings == []
        closing = outside.register.rungs(asked.step)[1]
        assert set(outside.register.looked) == {AnswersDue(step=play.asked.step, before=closing.at)}
        await play.send(made)
        assert (await play.handle.result()).choice is Choice.APPROVE


async def test_an_answer_that_is_long_on_its_way_does_not_fill_the_history(playing: Playing) -> None:
    outside = FakeOutside()
    asked = one_seat("CASE-11-long", (2, Nudge.REMIND), (3, Nudge.CLOSE), silence=Silence.EXPIRE)
    async with playing(asked, outside) as play:
        made = decision(play.asked.step, "bh-dmh")
        outside.register.unsettled = [made.key]
        await play.pass_rung(2, by=timedelta(days=2))
        events = [event async for event in play.handle.fetch_history_events()]
        assert len(events) < 500
        await play.send(made)
        assert (await play.handle.result()).choice is Choice.APPROVE


async def test_an_answer_that_came_is_recorded_while_another_is_still_on_its_way(playing: Playing) -> None:
    outside = FakeOutside()
    quorum = Quorum(rule=QuorumRule.ALL_OF)
    under = terms((2, Nudge.REMIND), (3, Nudge.CLOSE), quorum=quorum, silence=Silence.EXPIRE)
    async with playing(ask("a", "b", under=under, case="CASE-11-two"), outside) as play:
        one, two = (decision(play.asked.step, seat) for seat in "ab")
        # The record has heard of neither, however often it is asked.
        outside.register.unsettled = [one.key, two.key]
        await play.pass_rung(2, by=timedelta(seconds=15))
        await play.send(one)
        await until(lambda: outside.register.decisions == [one])
        events = [event async for event in play.handle.fetch_history_events()]
        assert len(events) < 100
        assert outside.register.closings == []
        await play.send(two)
        assert (await play.handle.result()).choice is Choice.APPROVE


async def test_after_the_outcome_every_answer_is_refused(playing: Playing) -> None:
    async with playing(ask("a", "b", under=terms(*LADDER), case="CASE-12")) as play:
        play.outside.register.may_close.clear()
        await play.answer("a")
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await play.answer("b")
        assert cause(refused.value) == "ended"
        play.outside.register.may_close.set()
        await play.handle.result()


@pytest.mark.parametrize("silent", [1, 2])
async def test_a_record_that_does_not_answer_is_written_to_again(playing: Playing, silent: int) -> None:
    outside = FakeOutside()
    outside.register.silent = silent
    async with playing(one_seat(f"CASE-13-{silent}"), outside) as play:
        await play.answer("bh-dmh")
        assert (await play.handle.result()).choice is Choice.APPROVE
        assert len(outside.register.openings) == 1


async def test_a_withdrawn_step_closes_and_says_why(playing: Playing) -> None:
    async with playing(one_seat("CASE-14")) as play:
        await play.handle.signal(HumanStep.withdraw, "refused_by_another")
        outcome = await play.handle.result()
        assert outcome.ending is Ending.WITHDRAWN
        assert [closing.why for closing in play.outside.register.closings] == ["refused_by_another"]


async def test_a_cancelled_step_still_closes_in_the_record(playing: Playing) -> None:
    async with playing(one_seat("CASE-15")) as play:
        await play.handle.cancel()
        outcome = await play.handle.result()
        assert outcome.ending is Ending.WITHDRAWN
        assert len(play.outside.register.closings) == 1


async def test_a_board_without_enough_members_present_comes_to_nothing(playing: Playing) -> None:
    quorum = Quorum(rule=QuorumRule.MAJORITY, present=2)
    asked = ask("chair", "b", under=terms(*LADDER, kind="srg", quorum=quorum), key="srg", case="CASE-16")
    async with playing(asked) as play:
        await play.answer("chair")
        await play.answer("b", Choice.DECLARE_INTEREST)
        outcome = await play.handle.result()
        assert (outcome.ending, outcome.choice) == (Ending.SILENT, None)


@pytest.mark.parametrize(("closes", "ending"), [(True, Ending.SILENT), (False, None)])
async def test_a_board_that_interests_leave_without_a_quorum_closes_before_everybody_has_answered(
    playing: Playing, closes: bool, ending: Ending | None
) -> None:
    quorum = Quorum(rule=QuorumRule.MAJORITY, present=2, closes_hopeless=closes)
    under = terms(*LADDER, kind="srg", quorum=quorum)
    async with playing(ask("chair", "b", "c", under=under, key="srg", case=f"CASE-17{closes:d}")) as play:
        await play.answer("b", Choice.DECLARE_INTEREST)
        await play.answer("c", Choice.DECLARE_INTEREST)
        if ending is None:
            # A case that opened before this was known waits for everybody, as it did.
            await play.answer("chair")
        outcome = await play.handle.result()
        assert (outcome.ending, outcome.choice) == (Ending.SILENT, None)
        assert [closing.why for closing in play.outside.register.closings] == ["inquorate"]
        register = play.outside.register
        told = [*register.decisions, *register.closings[0].unrecorded]
        assert len({made.key for made in told}) == (2 if closes else 3)


BOARD = ("chair", "member-1", "member-2", "member-3")
COUNTED = ((2, Nudge.REMIND), (4, Nudge.COUNT), (6, Nudge.PMO))


def board(case: str) -> Ask:
    quorum = Quorum(rule=QuorumRule.MAJORITY, present=2, casting=True)
    return ask(*BOARD, under=terms(*COUNTED, quorum=quorum), case=case)


async def test_when_the_votes_are_counted_those_there_are_decide_if_they_make_a_quorum(
    playing: Playing,
) -> None:
    async with playing(board("INV-40")) as play:
        assert (await play.answer("member-1")).settled is None
        assert (await play.answer("member-2")).settled is None, "two others could still outvote them"
        await play.pass_rung(2)
        outcome = await play.handle.result()
        assert (outcome.ending, outcome.choice) == (Ending.DECIDED, Choice.APPROVE)
        assert nudges(play) == [Nudge.REMIND]


async def test_too_few_votes_at_the_count_are_waited_for_and_the_one_that_makes_a_quorum_decides(
    playing: Playing,
) -> None:
    async with playing(board("INV-41")) as play:
        await play.answer("member-1", Choice.REJECT)
        await play.pass_rung(3)
        await until(lambda: nudges(play) == [Nudge.REMIND, Nudge.COUNT, Nudge.PMO])
        assert (await play.answer("member-2", Choice.REJECT)).settled is Choice.REJECT
        assert (await play.handle.result()).choice is Choice.REJECT


async def test_whoever_has_come_to_cover_may_answer_from_then_on(playing: Playing) -> None:
    async with playing(one_seat("INV-42")) as play:
        with pytest.raises(WorkflowUpdateFailedError):
            await play.answer("bh-dmh", person="cover-bh-dmh")
        await play.handle.signal("people_moved")
        await until(lambda: [looked.number for looked in play.outside.register.reseatings] == [1])
        assert (await play.answer("bh-dmh", person="cover-bh-dmh")).settled is Choice.APPROVE
        assert (await play.handle.result()).choice is Choice.APPROVE


async def test_an_error_in_one_message_does_not_stop_the_case(
    playing: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with playing(one_seat("CASE-17")) as play:
        with pytest.raises(WorkflowUpdateFailedError):
            # A Segment that cannot be put in order raises inside the handler.
            await play.handle.execute_update("clock_moved", {"number": "first"}, id="clock:broken")
        assert (await play.answer("bh-dmh")).settled is Choice.APPROVE
        await play.handle.result()


def cause(error: BaseException) -> str | None:
    inner = error.__cause__
    return inner.type if isinstance(inner, ApplicationError) else None
