"""Two major proposals, each from its draft to closed: project, review and benefits, by letters alone.

Everybody answers at once but for one reviewer, and the Clock jumps from each moment that something waits for
to the next. One project is past tolerance once, and a gate of the other opens on a condition.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest

from service.demo import delivery
from service.demo.people import Received
from service.store import actions, benefits, journal, letters, projects, rebuild, reviews
from service.store import steps as asked
from service.store.steps import StepView
from service.store.verify import verify
from tests.chaos import checker
from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town, until
from workflows.delivery import BenefitState, ProjectState
from workflows.model import ActionState, Choice, Ending, State
from workflows.rules import calendar

BEGINS = datetime(2004, 9, 13, 8, tzinfo=UTC)
NO_CONCERN = {
    "choice": "note",
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
}
CONDITION = "Test it with those who will use it"
CONDITION_BY = date(2005, 4, 29)
"""After the end of the first stage, so that the gate is seen to wait for it."""
MEASURED = (3, 6, 12, 24)
"""Months after go-live, of the shipped handbook."""
LAST = date(2007, 12, 31)
"""Both have come to their ends before this day."""


class Life:
    """A major proposal with all that comes of it, and what its people answer."""

    def __init__(
        self,
        sample: str,
        *,
        manager: str,
        user: str,
        stages: tuple[date, date],
        cost: int,
        **said: Any,
    ) -> None:
        self.sample, self.document = sample, {**SAMPLES[sample], **said}
        self.manager, self.user, self.stages, self.cost = manager, user, stages, cost
        self.dear = False
        """Whether the next report is past what is tolerated."""
        self.conditional = False
        """Whether the gate after initiation opens on a condition."""
        self.late = False
        """Whether its reviewer waits for a reminder."""
        self.ref = ""

    @property
    def each(self) -> str:
        """Pounds that one of its stages costs."""
        return str(self.cost // 2)

    def plan(self) -> delivery.Boxes:
        first, second = self.stages
        stages = (("Build", first, self.each), ("Launch", second, self.each))
        return delivery.plan(stages, second, weeks=8)

    def highlight(self, asked: date) -> delivery.Boxes:
        first, second = self.stages
        if asked >= second:
            return delivery.live(str(self.cost), second)
        if not self.dear:
            return {"choice": ""}
        self.dear = False
        return delivery.highlight(str(self.cost * 118 // 100), second, first, cost="red")

    def answer(self, step: StepView, post: str) -> delivery.Boxes:
        """Return what a post types to a question."""
        second, cost = self.stages[1], str(self.cost)
        match step.kind:
            case "notification":
                return NO_CONCERN
            case "funding" | "srg" | "authority":
                return {"choice": "approve"}
            case "mandate":
                return delivery.mandate(
                    self.manager,
                    self.document["sponsor_post"],
                    self.user,
                    "head-ict-resources",
                    benefits=len(self.document["benefits"]),
                )
            case "initiation":
                return self.plan()
            case "gate" if (step.key, post) == ("gate-initiation", self.document["sponsor_post"]):
                if not self.conditional:
                    return {"choice": "authorise"}
                return delivery.on_condition(CONDITION, CONDITION_BY)
            case "gate":
                return {"choice": "authorise"}
            case "highlight":
                return self.highlight(calendar.local_day(step.opened))
            case "end_stage":
                return delivery.end_stage(cost, second, second, self.each)
            case "exception_report":
                return delivery.EXCEPTION_REPORT
            case "exception_board":
                return delivery.more_tolerance(25)
            case "standards_check":
                return delivery.STANDARDS
            case "end_project":
                return delivery.end_project(second, cost)
            case "action":
                return {"choice": "claim_complete", "reason": "Twelve of them have tried it."}
            case "review":
                return delivery.review(cost, "Prices of links")
            case "action_check" | "review_check":
                return {"choice": "verify"}
            case "review_srg":
                return {"choice": "note"}
            case "benefit":
                return delivery.reading(40)
            case _:
                raise AssertionError(f"nobody expected {step.kind} {step.key} of {step.case}")


class Council:
    """An installation on which both are lived."""

    def __init__(self, town: Town, token: str, *lives: Life) -> None:
        self.town, self.token, self.lives = town, token, lives

    def cases(self, life: Life) -> list[str]:
        """The proposal and whatever has come of it so far."""
        with self.town.store.reading() as tx:
            found = [life.ref] if life.ref else []
            project = projects.of_proposal(tx, life.ref)
            found += [project.ref] if project else []
            found += [benefit.ref for benefit in benefits.of_proposal(tx, life.ref)]
            for ref in tuple(found):
                found += [action.ref for action in actions.of_case(tx, ref)]
        return found

    async def live(self) -> None:
        """Let both come to their ends."""
        waiting = sorted(self.lives, key=lambda life: life.document["submitted_on"]["date"])
        for life in waiting:
            await self.until(life.document["submitted_on"]["date"])
            life.ref = await self.town.submits(self.token, life.document)
        await self.until(LAST)

    async def until(self, day: date) -> None:
        """Let the Clock go on to a day, from each moment that something waits for to the next."""
        end = calendar.opening(day)
        while True:
            await self.answer()
            moments = [
                wait.at
                for life in self.lives
                for ref in self.cases(life)
                for wait in self.town.waits(ref)
                if wait.at
            ]
            coming = min((moment for moment in moments if moment <= end), default=None)
            if coming is None:
                break
            if coming <= self.town.now:
                # What waited for this moment has not gone on yet.
                await asyncio.sleep(0.03)
            await self.town.jumps(coming)
        await self.town.jumps(end)

    async def answer(self) -> None:
        """Answer whatever is asked, until nobody is asked anything but a late reviewer."""
        while True:
            await self.town.settles()
            if not (found := self._next()):
                return
            await self._decide(*found)

    def _next(self) -> tuple[Life, StepView] | None:
        for life in self.lives:
            for ref in self.cases(life):
                for step in self.town.steps(ref):
                    if step.open and not self._put_off(life, step):
                        return life, step
        return None

    def _put_off(self, life: Life, step: StepView) -> bool:
        """A late reviewer waits for a reminder, and a condition is met once a gate waits for it."""
        if step.kind == "review":
            return life.late and not step.climbed
        return step.kind == "action" and not self._awaited(step.case)

    def _awaited(self, action: str) -> bool:
        with self.town.store.reading() as tx:
            parent = actions.must(tx, action).parent
        return any(wait.action == action for wait in self.town.waits(parent))

    async def _decide(self, life: Life, step: StepView) -> None:
        seat = next(seat for seat in step.seats if not seat.answered)
        holder = seat.holders[0]
        address = leicester().address(holder.post, holder.person, self.town.now.date())
        letter = await self._letter(step.id, seat.key, holder.person)
        person = self.town.at(address)
        answers = life.answer(step, holder.post)
        if answers["choice"]:
            await person.decide(letter, answers, delivery.papers(step.kind))
        else:
            await person.nothing_changed(letter)
        await until(partial(self._recorded, step.id, seat.key), f"the answer of {seat.key} to {step.id}")

    def _recorded(self, step: str, seat: str) -> bool:
        made = self.town.decisions(asked.case_of(step))
        return any(one.recorded_at for one in made if (one.step, one.seat) == (step, seat))

    async def _letter(self, step: str, seat: str, person: str) -> Received:
        """Return the last letter by which somebody is asked one thing: a reminder, if there was one."""
        with self.town.store.reading() as tx:
            link = next(
                row.link_id
                for row in reversed(letters.of_step(tx, step))
                if (row.seat, row.person) == (seat, person) and row.link_id
            )

        def caught() -> Received | None:
            found = (one for one in self.town.mail.caught() if f".{link}." in one.text)
            return next((Received(one.id, one.to, one.subject, one.text, one.links) for one in found), None)

        return await until(caught, f"the letter that asks {person} about {step}")


def booking() -> Life:
    """On-line booking: past tolerance once, and reviewed late."""
    life = Life(
        "PROP-02",
        manager="hoict-rc",
        user="bh-sports",
        stages=(date(2005, 2, 28), date(2005, 6, 30)),
        cost=140_000,
    )
    life.dear = life.late = True
    return life


def mobile() -> Life:
    """Mobile access to care records: a gate opens on a condition."""
    life = Life(
        "PROP-03",
        manager="hoict-sch",
        user="health-partner",
        stages=(date(2005, 3, 31), date(2005, 8, 31)),
        cost=210_000,
        # Without it, it could not go live.
        sharing={
            "personal_data": True,
            "reference": "ISA 12",
            "since": "2004-10-01",
            "until": "2006-09-30",
        },
    )
    life.conditional = True
    return life


@pytest.fixture(scope="module")
async def council(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Council]:
    async with town(tmp_path_factory.mktemp("life"), BEGINS) as running:
        played = Council(running, await running.token("pmo"), booking(), mobile())
        await played.live()
        yield played


def life_of(council: Council, sample: str) -> Life:
    return next(life for life in council.lives if life.sample == sample)


def step_of(council: Council, ref: str, key: str) -> StepView:
    found = council.town.step(ref, key)
    assert found is not None, f"nobody was asked {key} of {ref}"
    return found


def project_of(council: Council, life: Life) -> projects.ProjectView:
    with council.town.store.reading() as tx:
        found = projects.of_proposal(tx, life.ref)
    assert found is not None
    return found


BOTH = pytest.mark.parametrize("sample", ["PROP-02", "PROP-03"])


@BOTH
async def test_it_is_closed_with_its_project_and_everybody_asked_has_answered(
    council: Council, sample: str
) -> None:
    life = life_of(council, sample)
    project = project_of(council, life)
    assert council.town.case(life.ref).state == State.CLOSED
    assert (council.town.case(project.ref).state, project.went_live) == (ProjectState.CLOSED, life.stages[1])
    for ref in council.cases(life):
        case = council.town.case(ref)
        assert not case.open, ref
        assert council.town.waits(ref) == ()
        assert {step.ending for step in council.town.steps(ref)} == {Ending.DECIDED}, ref


@BOTH
async def test_its_project_passed_every_gate_in_its_order(council: Council, sample: str) -> None:
    ref = project_of(council, life_of(council, sample)).ref
    keys = list(dict.fromkeys(step.key for step in council.town.steps(ref) if step.kind != "highlight"))
    exception = ["exception-report-1", "exception-1"] if sample == "PROP-02" else []
    assert [key for key in keys if not key.startswith("standards-")] == [
        "mandate",
        "gate-start-up",
        "initiation",
        "gate-initiation",
        *exception,
        "end-stage-1",
        "gate-1",
        "end-project",
        "gate-closure",
    ]
    assert [key for key in keys if key.startswith("standards-")] == ["standards-1", "standards-2"]
    reported = [step for step in council.town.steps(ref) if step.kind == "highlight"]
    assert len(reported) >= 2


@BOTH
async def test_its_states_are_those_of_its_way(council: Council, sample: str) -> None:
    life = life_of(council, sample)
    assert states(council, life.ref)[-5:] == ["with_srg", "approved", "in_project", "in_review", "closed"]
    exceptional = ["in_exception", "in_stage"] if sample == "PROP-02" else []
    assert states(council, project_of(council, life).ref) == [
        "initiating",
        "in_stage",
        *exceptional,
        "at_gate",
        "in_stage",
        "closing",
        "closed",
    ]


def states(council: Council, ref: str) -> list[str]:
    """The states that a case has had, in order."""
    with council.town.store.reading() as tx:
        return [line.data["state"] for line in journal.lines(tx, ref) if line.kind == "case.became"]


async def test_a_report_past_tolerance_was_decided_by_the_board_and_what_is_tolerated_was_raised(
    council: Council,
) -> None:
    project = project_of(council, life_of(council, "PROP-02"))
    with council.town.store.reading() as tx:
        (exception,) = projects.exceptions(tx, project.ref)
    assert step_of(council, project.ref, "exception-1").choice is Choice.MORE_TOLERANCE
    assert exception.choice is Choice.MORE_TOLERANCE
    assert project.baseline is not None
    assert project.baseline.tolerances.cost_percent == 25


async def test_a_gate_opened_on_a_condition_and_the_next_waited_until_it_was_checked(
    council: Council,
) -> None:
    project = project_of(council, life_of(council, "PROP-03"))
    with council.town.store.reading() as tx:
        (action,) = actions.of_case(tx, project.ref)
    assert council.town.case(action.ref).state == ActionState.VERIFIED
    assert step_of(council, project.ref, "gate-initiation").choice is Choice.AUTHORISE_WITH_CONDITIONS
    checked = step_of(council, action.ref, "action_check").closed
    reported = step_of(council, project.ref, "end-stage-1").closed
    assert checked is not None
    assert reported is not None
    assert reported < checked <= step_of(council, project.ref, "gate-1").opened


async def test_a_late_review_was_reminded_and_then_written_checked_and_noted(council: Council) -> None:
    life = life_of(council, "PROP-02")
    late = step_of(council, life.ref, "review")
    assert late.climbed > 0
    assert late.closed is not None
    assert (late.closed - late.opened).days > 1
    lead = leicester().posts[life.document["lead_post"]].email
    assert [one for one in council.town.mail.to(lead, "eminder") if life.ref in one.subject + one.text]
    with council.town.store.reading() as tx:
        found = reviews.of_case(tx, life.ref)
        assert found is not None
        assert [lesson.title for lesson in reviews.lessons(tx, [life.ref])] == ["Prices of links"]
    assert step_of(council, life.ref, "review-check").choice is Choice.VERIFY
    assert step_of(council, life.ref, "review-srg").choice is Choice.NOTE


@BOTH
async def test_each_benefit_was_read_in_each_of_its_months(council: Council, sample: str) -> None:
    life = life_of(council, sample)
    with council.town.store.reading() as tx:
        found = benefits.of_proposal(tx, life.ref)
        read = {benefit.ref: benefits.readings(tx, benefit.ref) for benefit in found}
    assert len(found) == len(life.document["benefits"])
    for benefit in found:
        assert council.town.case(benefit.ref).state == BenefitState.CONCLUDED
        assert tuple(reading.month for reading in read[benefit.ref]) == MEASURED


async def test_after_all_of_it_the_record_is_whole(council: Council) -> None:
    await council.town.settles()
    assert checker.faults(council.town) == []
    assert rebuild.drift(council.town.store) == ()
    with council.town.store.reading() as tx:
        assert verify(tx).intact
