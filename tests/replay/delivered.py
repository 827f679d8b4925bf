"""The paths of what is delivered, projects with exceptions, reviews and benefits; and of assessments."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from temporalio.client import Client

from tests.support.assessments import SECOND, Assessed, assessing
from tests.support.play import until
from tests.support.projects import (
    MANAGER,
    SRG_DAYS,
    Delivery,
    FakeBenefits,
    FakeProjects,
    Said,
    delivering,
    entrusted,
    entrusting,
    is_approved,
    plan,
)
from tests.support.proposals import action
from workflows.model import Choice, Guard

REPORT_DAY, STAGE_ENDS, LIVE = date(2004, 10, 11), date(2004, 12, 1), date(2004, 11, 26)
DUE = date(2005, 5, 26)
"""Half a year after it went live."""


@dataclass(frozen=True)
class Path:
    """A path of delivery: how it is played, and the processes whose histories are kept, with their names."""

    play: Callable[[Client], AbstractAsyncContextManager[Any]]
    story: Callable[[Any], Awaitable[None]]
    keeps: dict[str, str]


async def _closes_after_one_stage(play: Delivery) -> None:
    await play.begins_stage()
    await play.waits_until("highlight", REPORT_DAY)
    await play.jumps(REPORT_DAY)
    await play.says("highlight.1", Choice.UNCHANGED)
    await play.waits_until("highlight", date(2004, 11, 8))
    await play.jumps(STAGE_ENDS)
    await play.says("highlight.2", Choice.STAGE_DONE)
    await play.says("end-project.1")
    await play.board_says("gate-closure.1")
    await play.becomes("in_review")


async def delivered(play: Delivery) -> None:
    """A project of one stage, a reading of its benefit, and a review that is sent back once."""
    await is_approved(play)
    await _closes_after_one_stage(play)
    await until(lambda: DUE in play.waits_of("review"))
    await play.jumps(DUE)
    await play.answers_step("BEN-2004-0001.benefit-3.1", Choice.REPORT)
    await play.answers("review", Choice.REPORT)
    await play.answers("review-check", Choice.SEND_BACK)
    await play.answers("review", Choice.REPORT, round=2)
    await play.answers("review-check", Choice.VERIFY, round=2)
    await play.waits("review-srg")
    await play.jumps(next(day for day in SRG_DAYS if day - timedelta(days=7) >= DUE))
    await play.answers("review-srg", Choice.NOTE)
    await play.ends()


async def not_delivered(play: Delivery) -> None:
    """The proposal is withdrawn while its project waits for a report."""
    await is_approved(play)
    await play.begins_stage()
    await play.waits_until("highlight", REPORT_DAY)
    await play.is_withdrawn()
    await play.ends()


async def exceptional(play: Delivery) -> None:
    """A gate that is frozen, another plan, other people, and standards that are not met."""
    await play.begins_stage()
    await play.waits_until("highlight", REPORT_DAY)
    await play.jumps(STAGE_ENDS)
    await play.says("standards-1.1", Choice.FALL_SHORT)
    await play.says("end-stage-1.1")
    await play.is_asked("gate-1.1")
    await play.gets_report_request()
    await play.says("highlight.1")
    await play.is_dropped("gate-1.1")
    await play.says("exception-report-1.1")
    await play.is_asked("exception-1.1")
    await play.has_other_people(board=("cd-hsg", "user-hsg", "supplier-ict"))
    await play.board_says("exception-1.2", Choice.EXCEPTION_PLAN)
    await play.says("exception-plan-1.1")
    await play.board_says("plan-1.1", Choice.RETURN)
    await play.says("exception-plan-1.2")
    await play.board_says("plan-1.2")
    await play.waits_until("highlight", date(2004, 12, 6))
    play.outside.cases.actions = (action("ACT-2004-0011", owner=MANAGER),)
    await play.jumps(date(2005, 2, 1))
    await play.answers_step("EXC-2004-0001.standards.1", Choice.REJECT)
    await play.says("end-stage-1.2")
    await play.board_says("gate-1.2")
    await play.waits_until("highlight", date(2005, 3, 1))
    await play.jumps(date(2005, 6, 1))
    await play.says("highlight.2", Choice.STAGE_DONE)
    await play.says("standards-2.1", Choice.VERIFY)
    await play.says("end-project.1")
    await play.board_says("gate-closure.1")
    await play.project_ends()


async def referred(play: Delivery) -> None:
    """The board refers a gate up and the programme office an exception; SRG ends it before its time."""
    await play.says("mandate.1")
    await play.board_says("gate-start-up.1", Choice.REFER_UP)
    await play.waits_until("gate-start-up-srg", SRG_DAYS[0])
    await play.jumps(SRG_DAYS[0])
    await play.says("gate-start-up-srg.1", Choice.AUTHORISE)
    await play.says("initiation.1")
    await play.board_says("gate-initiation.1")
    await play.waits_until("highlight", date(2004, 11, 25))
    await play.jumps(date(2004, 11, 25))
    await play.says("highlight.1")
    await play.says("exception-report-1.1")
    await play.says("exception-1.1", Choice.REFER_UP)
    await play.waits("exception-1-srg")
    await play.jumps(SRG_DAYS[2])
    await play.says("exception-1-srg.1", Choice.CLOSE_EARLY)
    await play.says("end-project.1")
    await play.project_ends()


async def in_several_runs(play: Delivery) -> None:
    """Weekly reports fill a run; a condition of the first guards a gate that is put in a later one."""
    play.outside.cases.actions = (action("ACT-2004-0012"),)
    play.outside.cases.guards = {"ACT-2004-0012": Guard.GATE}
    await play.says("mandate.1")
    await play.board_says("gate-start-up.1")
    await play.says("initiation.1")
    await play.board_says("gate-initiation.1", Choice.AUTHORISE_WITH_CONDITIONS)
    number = 0
    while len(await play.runs_of_project()) < 2:
        number += 1
        await until(lambda number=number: len(play.waits_of("highlight")) == number)  # type: ignore[misc]
        await play.jumps(play.waits_of("highlight")[-1])
        await play.says(f"highlight.{number}", Choice.UNCHANGED)
    await until(lambda: len(play.waits_of("highlight")) == number + 1)
    await play.jumps(play.waits_of("highlight")[-1])
    await play.says(f"highlight.{number + 1}", Choice.STAGE_DONE)
    await play.says("end-stage-1.1")
    await until(lambda: play.waits_for("gate-1") == ["conditions"])
    await play.answers_on("ACT-2004-0012", "action", Choice.CLAIM_COMPLETE)
    await play.answers_on("ACT-2004-0012", "action_check", Choice.VERIFY)
    await play.board_says("gate-1.1", Choice.CLOSE_EARLY)
    await play.says("end-project.1")
    await play.project_ends()


async def assessed(play: Assessed) -> None:
    """An assessment that is sent back once; SRG chooses at its next meeting, and that is put in place."""
    await play.says("assessment.1")
    await play.goes_to_meeting()
    await play.says("choice.1", Choice.RETURN)
    await play.says("assessment.2")
    await play.goes_to_meeting(SECOND)
    await play.says("choice.2", Choice.APPROVE)
    await play.is_put_in_place()


async def withdrawn_assessment(play: Assessed) -> None:
    """Where there is no SRG the programme office chooses, and withdraws it before that is in place."""
    await play.says("assessment.1")
    await play.says("choice.1", Choice.APPROVE)
    await play.runs_action(play.assessments.milestone)
    await play.is_withdrawn()


ONE_STAGE = plan(STAGE_ENDS, go_live=STAGE_ENDS)
ANOTHER = plan(date(2005, 2, 1), date(2005, 6, 1), cost=120_000, go_live=date(2005, 5, 16))
SLOW = plan(date(2006, 9, 1), date(2007, 3, 1), go_live=date(2007, 3, 1))
YEARS = plan(date(2006, 9, 1), date(2007, 3, 1), go_live=date(2007, 3, 1), weeks=1)

PATHS: dict[str, Path] = {
    "delivered": Path(
        lambda client: entrusting(
            client,
            entrusted("INV-2004-0050"),
            FakeProjects(
                "PRJ-2004-0001",
                "INV-2004-0050",
                initial=ONE_STAGE,
                says={"end-project.1": Said(went_live=LIVE)},
            ),
            FakeBenefits("BEN-2004-0001", months=(3,)),
        ),
        delivered,
        {"case": "INV-2004-0050", "project": "PRJ-2004-0001", "benefit": "BEN-2004-0001"},
    ),
    "not-delivered": Path(
        lambda client: entrusting(
            client,
            entrusted("INV-2004-0051"),
            FakeProjects("PRJ-2004-0002", "INV-2004-0051"),
            FakeBenefits("BEN-2004-0002"),
        ),
        not_delivered,
        {"case": "INV-2004-0051", "project": "PRJ-2004-0002", "benefit": "BEN-2004-0002"},
    ),
    "exceptional": Path(
        lambda client: delivering(
            client,
            FakeProjects(
                "PRJ-2004-0003",
                "INV-2004-0052",
                standards="cpm",
                says={"highlight.1": Said(cost=109_200)},
                plans={"exception-plan-1.2": ANOTHER},
                shortfalls={"standards-1.1": "EXC-2004-0001"},
            ),
        ),
        exceptional,
        {"project": "PRJ-2004-0003", "standards-exception": "EXC-2004-0001"},
    ),
    "project-referred": Path(
        lambda client: delivering(
            client,
            FakeProjects(
                "PRJ-2004-0004", "INV-2004-0053", says={"highlight.1": Said(cost=96_600)}, initial=SLOW
            ),
        ),
        referred,
        {"project": "PRJ-2004-0004"},
    ),
    "assessed": Path(
        lambda client: assessing(client, "ASM-2004-0001"),
        assessed,
        {"assessment": "ASM-2004-0001", "action": "ACT-2004-0001"},
    ),
    "assessment-withdrawn": Path(
        lambda client: assessing(client, "ASM-2004-0002", srg=False),
        withdrawn_assessment,
        {"assessment": "ASM-2004-0002", "action": "ACT-2004-0002"},
    ),
    "in-several-runs": Path(
        lambda client: delivering(client, FakeProjects("PRJ-2004-0005", "INV-2004-0054", initial=YEARS)),
        in_several_runs,
        {"project": "PRJ-2004-0005", "action": "ACT-2004-0012"},
    ),
}
