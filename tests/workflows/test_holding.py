"""Second thoughts: rules as tables, and steps on a real server whose outcomes wait for them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowHandle

from service.clock import real_now
from service.gateway import Answer, Counted, Gateway, Refused, Unknown
from tests.support.core import NON_WORKING, FakeOutside, ask, decision, terms, undo
from tests.support.proposals import from_monday
from workflows.human_step import HumanStep
from workflows.model import (
    Ask,
    Choice,
    Decision,
    Ending,
    Hold,
    Nudge,
    Outcome,
    Quorum,
    QuorumRule,
    Rung,
    Silence,
    Undo,
)
from workflows.rules import holding, ladder
from workflows.rules.quorum import Refusal

HALF_AN_HOUR = Hold(minutes=30)
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ------------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("hold", "answered", "until"),
    [
        (None, "2026-12-21T10:00", None),
        (Hold(minutes=30), "2026-12-21T10:00", "2026-12-21T10:30"),
        # Minutes run on whatever the hour, so that whoever answers at night need not stay up.
        (Hold(minutes=30), "2026-12-21T23:45", "2026-12-22T00:15"),
        (Hold(), "2026-12-21T10:00", "2026-12-21T17:00"),
        (Hold(), "2026-12-21T17:00", "2026-12-21T17:00"),
        (Hold(), "2026-12-21T17:01", "2026-12-22T17:00"),
        # After business before Christmas: Friday and Monday are not worked, nor is the weekend between.
        (Hold(), "2026-12-24T18:00", "2026-12-29T17:00"),
        (Hold(), "2026-12-26T10:00", "2026-12-29T17:00"),
        # In summer 17:00 in London is 16:00 UTC.
        (Hold(), "2026-07-01T10:00", "2026-07-01T16:00"),
    ],
)
def test_an_answer_may_be_taken_back_until(hold: Hold | None, answered: str, until: str | None) -> None:
    assert holding.until(hold, at(answered), NON_WORKING) == (at(until) if until else None)


HELD = decision("S.1", "hall", held_until=at("2026-12-21T10:30"))
AGAIN = HELD.model_copy(update={"attempt": 2})


@pytest.mark.parametrize(
    ("wish", "made", "why"),
    [
        (undo(HELD, at=at("2026-12-21T10:29")), [HELD], None),
        (undo(HELD, at=at("2026-12-21T10:30")), [HELD], None),
        (undo(HELD, at=at("2026-12-21T10:31")), [HELD], Refusal.TOO_LATE),
        (undo(HELD, at=at("2026-12-21T10:29"), person="cover-hall"), [HELD], Refusal.NOT_YOURS),
        (undo(HELD, at=at("2026-12-21T10:29")), [], Refusal.NOTHING_THERE),
        # An old page takes back no newer answer.
        (undo(HELD, at=at("2026-12-21T10:29")), [AGAIN], Refusal.NOTHING_THERE),
        (
            undo(decision("S.1", "hall"), at=at("2026-12-21T10:00")),
            [decision("S.1", "hall")],
            Refusal.TOO_LATE,
        ),
    ],
)
def test_an_answer_is_taken_back_by_whoever_gave_it_and_in_time(
    wish: Undo, made: list[Decision], why: Refusal | None
) -> None:
    assert holding.refusal(wish, made) == why


def test_reminders_that_fell_due_meanwhile_are_dropped_and_nothing_else() -> None:
    rungs = tuple(
        Rung(number=number, at=at(f"2026-12-{21 + number}T17:00"), nudge=nudge)
        for number, nudge in enumerate((Nudge.REMIND, Nudge.COVER, Nudge.REMIND), start=1)
    )
    assert ladder.without_missed_reminders(rungs, at("2026-12-23T17:00")) == rungs[1:]


# -------------------------------------------------------------------------------- steps


class Held:
    """A step whose outcome waits for second thoughts, with a Clock that jumps."""

    def __init__(self, client: Client, asked: Ask) -> None:
        self.client, self.asked = client, asked
        self.queue = f"{asked.step}-core"
        self.outside = FakeOutside()
        self.outside.clock = from_monday(real_now())
        self.gateway = Gateway(client, self.queue)
        self.handle: WorkflowHandle[HumanStep, Outcome]

    async def start(self) -> None:
        self.handle = await self.client.start_workflow(
            HumanStep.run,
            args=[self.asked, self.outside.clock],
            id=self.asked.step,
            task_queue=self.queue,
            task_timeout=timedelta(seconds=2),
        )
        await self.sees(lambda: self.outside.register.openings)

    def made(self, seat: str, choice: Choice = Choice.APPROVE, *, attempt: int = 1) -> Decision:
        now = self.outside.now
        held = holding.until(self.asked.terms.hold, now, NON_WORKING)
        made = decision(self.asked.step, seat, choice, held_until=held, attempt=attempt)
        return made.model_copy(update={"submitted_at": now})

    async def send(self, made: Decision) -> Answer:
        while isinstance(answer := await self.gateway.decide(made), Unknown):
            await asyncio.sleep(0.01)
        return answer

    async def answers(self, seat: str, choice: Choice = Choice.APPROVE, *, attempt: int = 1) -> Decision:
        made = self.made(seat, choice, attempt=attempt)
        assert await self.send(made) == Counted(None), "nothing is settled at once"
        await self.sees(lambda: made in self.outside.register.decisions)
        return made

    async def takes_back(self, made: Decision, *, person: str = "", when: datetime | None = None) -> Answer:
        return await self.gateway.undo(undo(made, at=when or self.outside.now, person=person))

    async def jumps(self, to: datetime) -> None:
        await self.outside.jump(self.gateway, to=to)

    async def sees(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.01)

    async def stays_open(self) -> None:
        await asyncio.sleep(0.2)
        assert self.outside.register.closings == []

    @property
    def effects(self) -> list[datetime | None]:
        return [held.until for held in self.outside.register.effects]

    @property
    def nudges(self) -> list[Nudge]:
        return [nudged.rung.nudge for nudged in self.outside.register.nudges]

    def rung(self, number: int) -> datetime:
        return self.outside.register.rungs(self.asked.step)[number - 1].at


@asynccontextmanager
async def held(client: Client, asked: Ask) -> AsyncIterator[Held]:
    play = Held(client, asked)
    async with play.outside.working(client, queue=play.queue), asyncio.timeout(60):
        await play.start()
        yield play


def question(
    case: str,
    *seats: str,
    quorum: Quorum | None = None,
    rungs: Sequence[tuple[int, Nudge]] = ((9, Nudge.PMO),),
    silence: Silence = Silence.KEEP_WAITING,
    choices: Sequence[Choice] = (Choice.APPROVE, Choice.REJECT),
) -> Ask:
    under = terms(*rungs, quorum=quorum, silence=silence, choices=choices, hold=HALF_AN_HOUR)
    return ask(*(seats or ("hall",)), under=under, case=case)


ALL = Quorum(rule=QuorumRule.ALL_OF)


async def test_an_outcome_takes_effect_when_its_hold_has_run_and_not_before(client: Client) -> None:
    async with held(client, question("HLD-1")) as play:
        made = await play.answers("hall")
        assert made.held_until is not None
        await play.sees(lambda: play.effects == [made.held_until])
        await play.jumps(made.held_until - timedelta(seconds=30))
        await play.stays_open()
        await play.jumps(made.held_until + SECOND)
        outcome = await play.handle.result()
        assert (outcome.ending, outcome.choice) == (Ending.DECIDED, Choice.APPROVE)
        assert outcome.at >= made.held_until
        (closing,) = play.outside.register.closings
        assert closing.unrecorded == (), "its receipt was sent when it was given"


async def test_an_answer_taken_back_leaves_its_seat_silent_for_another(client: Client) -> None:
    async with held(client, question("HLD-2")) as play:
        made = await play.answers("hall")
        await play.sees(lambda: len(play.effects) == 1)
        assert await play.takes_back(made) == Counted(None)
        await play.sees(lambda: play.effects == [made.held_until, None])
        assert [undone.decision for undone in play.outside.register.undone_answers] == [made.key]
        assert made.held_until is not None
        await play.jumps(made.held_until + SECOND)
        await play.stays_open()
        second = await play.answers("hall", Choice.REJECT, attempt=2)
        assert second.held_until is not None
        await play.jumps(second.held_until + SECOND)
        assert (await play.handle.result()).choice is Choice.REJECT


async def test_after_its_hold_an_answer_stands(client: Client) -> None:
    async with held(client, question("HLD-3", "hall", "sports", quorum=ALL)) as play:
        made = await play.answers("hall")
        assert made.held_until is not None
        await play.jumps(made.held_until + SECOND)
        assert await play.takes_back(made) == Refused(Refusal.TOO_LATE)
        # Submitted in time it counts, however late it comes.
        assert await play.takes_back(made, when=made.held_until) == Counted(None)
        await play.sees(lambda: len(play.outside.register.undone_answers) == 1)


async def test_after_the_outcome_nothing_is_taken_back(client: Client) -> None:
    async with held(client, question("HLD-4")) as play:
        made = await play.answers("hall")
        assert made.held_until is not None
        play.outside.register.may_close.clear()
        await play.jumps(made.held_until + SECOND)
        await asyncio.sleep(0.3)
        assert await play.takes_back(made, when=made.submitted_at) == Refused(Refusal.ENDED)
        play.outside.register.may_close.set()
        assert (await play.handle.result()).choice is Choice.APPROVE
        assert await play.takes_back(made, when=made.submitted_at) == Refused(Refusal.ENDED)


@pytest.mark.parametrize("person", ["cover-hall", "p-sports"])
async def test_nobody_takes_back_what_somebody_else_answered(client: Client, person: str) -> None:
    async with held(client, question(f"HLD-5-{person}", "hall", "sports", quorum=ALL)) as play:
        await play.handle.signal("people_moved")
        made = await play.answers("hall")
        assert await play.takes_back(made, person=person) == Refused(Refusal.NOT_YOURS)
        assert play.outside.register.undone_answers == []


async def test_taken_back_eight_times_is_taken_back_once(client: Client) -> None:
    async with held(client, question("HLD-6")) as play:
        made = await play.answers("hall")
        wish = undo(made, at=play.outside.now)
        said = await asyncio.gather(*(play.gateway.undo(wish) for _ in range(5)))
        assert set(said) == {Counted(None)}
        await play.sees(lambda: play.outside.register.undone_answers == [wish])
        await play.stays_open()


async def test_one_of_two_answers_is_taken_back_and_the_other_stands(client: Client) -> None:
    async with held(client, question("HLD-7", "hall", "sports", quorum=ALL)) as play:
        hall = await play.answers("hall")
        assert play.effects == [], "one of two settles nothing"
        sports = await play.answers("sports")
        await play.sees(lambda: play.effects == [sports.held_until])
        await play.takes_back(hall)
        await play.sees(lambda: play.effects == [sports.held_until, None])
        again = await play.answers("hall", Choice.REJECT, attempt=2)
        assert again.held_until is not None
        await play.jumps(again.held_until + SECOND)
        assert (await play.handle.result()).choice is Choice.REJECT


async def test_an_answer_of_another_and_an_undo_at_the_same_time_both_count(client: Client) -> None:
    async with held(client, question("HLD-8", "hall", "sports", quorum=ALL)) as play:
        hall = await play.answers("hall")
        sports = play.made("sports")
        said = await asyncio.gather(play.send(sports), play.takes_back(hall))
        assert set(said) == {Counted(None)}
        await play.sees(lambda: sports in play.outside.register.decisions)
        assert sports.held_until is not None
        await play.jumps(sports.held_until + SECOND)
        await play.stays_open()
        again = await play.answers("hall", attempt=2)
        assert again.held_until is not None
        await play.jumps(again.held_until + SECOND)
        assert (await play.handle.result()).choice is Choice.APPROVE


async def test_the_outcome_waits_for_the_last_answer_that_counts(client: Client) -> None:
    async with held(client, question("HLD-9", "hall", "sports")) as play:
        hall = await play.answers("hall", Choice.APPROVE)
        assert hall.held_until is not None
        await play.jumps(hall.held_until - timedelta(minutes=10))
        sports = await play.answers("sports", Choice.REJECT)
        await play.sees(lambda: play.effects == [hall.held_until, sports.held_until])
        await play.jumps(hall.held_until + SECOND)
        await play.stays_open()
        assert sports.held_until is not None
        await play.jumps(sports.held_until + SECOND)
        assert (await play.handle.result()).choice is Choice.APPROVE, "the first answer decides"


async def test_a_tie_that_the_chair_broke_is_open_again_when_a_vote_is_taken_back(client: Client) -> None:
    quorum = Quorum(rule=QuorumRule.MAJORITY, present=2, casting=True)
    async with held(client, question("HLD-10", "chair", "m1", "m2", "m3", quorum=quorum)) as play:
        await play.answers("chair")
        await play.answers("m1")
        await play.answers("m2", Choice.REJECT)
        assert play.effects == []
        tie = await play.answers("m3", Choice.REJECT)
        await play.sees(lambda: play.effects == [tie.held_until])
        await play.takes_back(tie)
        await play.sees(lambda: play.effects == [tie.held_until, None])
        assert tie.held_until is not None
        await play.jumps(tie.held_until + SECOND)
        await play.stays_open()
        last = await play.answers("m3", attempt=2)
        assert last.held_until is not None
        await play.jumps(last.held_until + SECOND)
        assert (await play.handle.result()).choice is Choice.APPROVE


async def test_what_ends_a_question_waits_for_second_thoughts(client: Client) -> None:
    asked = question("HLD-11", rungs=((2, Nudge.REMIND), (3, Nudge.CLOSE)), silence=Silence.EXPIRE)
    async with held(client, asked) as play:
        await play.jumps(play.rung(2) - timedelta(minutes=10))
        await play.sees(lambda: play.nudges == [Nudge.REMIND])
        made = await play.answers("hall")
        await play.jumps(play.rung(2) + SECOND)
        await play.stays_open()
        await play.takes_back(made)
        await play.sees(lambda: len(play.outside.register.undone_answers) == 1)
        await play.stays_open()
        # They have the rest of the hold to answer anew; after it the time is up.
        assert made.held_until is not None
        await play.jumps(made.held_until + SECOND)
        outcome = await play.handle.result()
        assert (outcome.ending, outcome.choice) == (Ending.SILENT, None)


async def test_the_votes_are_counted_once_none_can_be_taken_back(client: Client) -> None:
    quorum = Quorum(rule=QuorumRule.MAJORITY, present=1)
    asked = question("HLD-12", "a", "b", "c", "d", quorum=quorum, rungs=((2, Nudge.COUNT), (9, Nudge.PMO)))
    async with held(client, asked) as play:
        await play.jumps(play.rung(1) - timedelta(minutes=10))
        made = await play.answers("a", Choice.REJECT)
        await play.jumps(play.rung(1) + SECOND)
        await play.stays_open()
        assert made.held_until is not None
        await play.jumps(made.held_until + SECOND)
        assert (await play.handle.result()).choice is Choice.REJECT


async def test_a_ladder_rests_while_an_outcome_is_held_and_goes_on_without_missed_reminders(
    client: Client,
) -> None:
    asked = question("HLD-13", rungs=((2, Nudge.REMIND), (2, Nudge.COVER), (3, Nudge.REMIND), (9, Nudge.PMO)))
    async with held(client, asked) as play:
        await play.jumps(play.rung(1) - timedelta(minutes=10))
        made = await play.answers("hall")
        await play.jumps(play.rung(1) + timedelta(minutes=5))
        await play.stays_open()
        assert play.nudges == []
        await play.takes_back(made)
        await play.sees(lambda: play.nudges == [Nudge.COVER])
        await play.jumps(play.rung(3) + SECOND)
        await play.sees(lambda: play.nudges == [Nudge.COVER, Nudge.REMIND])
        assert play.outside.register.effects[-1].climbed == 1, "the register is told what was dropped"


async def test_a_step_that_is_withdrawn_while_it_is_held_is_withdrawn(client: Client) -> None:
    async with held(client, question("HLD-14")) as play:
        await play.answers("hall")
        await play.handle.signal(HumanStep.withdraw, "withdrawn")
        outcome = await play.handle.result()
        assert (outcome.ending, outcome.choice) == (Ending.WITHDRAWN, None)


async def test_an_undo_on_its_way_is_waited_for_before_the_outcome_takes_effect(client: Client) -> None:
    async with held(client, question("HLD-15")) as play:
        made = await play.answers("hall")
        assert made.held_until is not None
        wish = undo(made, at=play.outside.now)
        play.outside.register.unsettled = [wish.key]
        await play.jumps(made.held_until + timedelta(hours=2))
        await play.stays_open()
        assert {looked.before for looked in play.outside.register.looked} == {made.held_until}
        assert await play.gateway.undo(wish) == Counted(None)
        await play.sees(lambda: play.outside.register.undone_answers == [wish])
        await play.stays_open()


async def test_an_answer_and_its_undo_that_come_long_after_the_hold_both_count(client: Client) -> None:
    """The engine was away while somebody answered and thought again."""
    async with held(client, question("HLD-16")) as play:
        made = play.made("hall")
        wish = undo(made, at=play.outside.now)
        assert made.held_until is not None
        await play.jumps(made.held_until + timedelta(days=1))
        play.outside.register.unsettled = [made.key, wish.key]
        assert await play.send(made) == Counted(None)
        await play.stays_open()
        assert await play.gateway.undo(wish) == Counted(None)
        await play.sees(lambda: play.outside.register.undone_answers == [wish])
        await play.stays_open()
        assert play.effects == [], "nobody is told of an effect that is past"


async def test_a_jump_far_past_the_hold_lets_the_outcome_take_effect_once(client: Client) -> None:
    async with held(client, question("HLD-17")) as play:
        made = await play.answers("hall")
        await play.jumps(made.submitted_at + timedelta(days=400))
        assert (await play.handle.result()).choice is Choice.APPROVE
        assert len(play.outside.register.closings) == 1
        assert play.nudges == [], "nobody is nudged about what is decided"


async def test_a_worker_that_dies_during_a_hold_leaves_it_to_the_next(client: Client) -> None:
    play = Held(client, question("HLD-18"))
    async with AsyncExitStack() as first, asyncio.timeout(60):
        await first.enter_async_context(play.outside.working(client, queue=play.queue))
        await play.start()
        made = await play.answers("hall")
        await play.sees(lambda: len(play.effects) == 1)
    async with play.outside.working(client, queue=play.queue), asyncio.timeout(60):
        assert await play.takes_back(made) == Counted(None)
        second = await play.answers("hall", Choice.REJECT, attempt=2)
        assert second.held_until is not None
        await play.jumps(second.held_until + SECOND)
        assert (await play.handle.result()).choice is Choice.REJECT
        assert play.outside.register.decisions == [made, second]


async def test_a_step_whose_time_runs_out_from_outside_lets_a_held_answer_take_effect(client: Client) -> None:
    async with held(client, question("HLD-19", choices=(Choice.VERIFY,))) as play:
        made = await play.answers("hall", Choice.VERIFY)
        await play.handle.signal("run_out", {"at": play.outside.now.isoformat(), "why": "validity"})
        await play.stays_open()
        assert made.held_until is not None
        await play.jumps(made.held_until + SECOND)
        assert (await play.handle.result()).choice is Choice.VERIFY
