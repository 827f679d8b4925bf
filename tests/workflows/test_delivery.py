"""A major proposal from its approval to its review, with its project and its benefits."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from tests.support.play import until
from tests.support.projects import (
    SRG_DAYS,
    Delivery,
    FakeBenefits,
    FakeProjects,
    Said,
    entrusted,
    entrusting,
    is_approved,
    plan,
)
from tests.support.proposals import action
from workflows.delivery import GoLive
from workflows.model import Choice, Guard, Validity
from workflows.processes.benefit import Benefit

STAGE_ENDS = date(2004, 12, 1)
ONE_STAGE = plan(STAGE_ENDS, go_live=STAGE_ENDS)
LIVE = date(2004, 11, 26)
REPORT_DAY = date(2004, 10, 11)


def one_stage(ref: str, **said: Said) -> FakeProjects:
    """Return a project of one stage that has gone live when it ends."""
    ends = {".".join(end.rsplit("_", 1)).replace("_", "-"): one for end, one in said.items()}
    says = {"end-project.1": Said(went_live=LIVE)} | ends
    return FakeProjects(ref, parent=ref.replace("PRJ", "INV"), initial=ONE_STAGE, says=says)


async def runs_its_course(play: Delivery) -> None:
    """The project passes its stage and its closure."""
    await play.begins_stage()
    await play.waits_until("highlight", REPORT_DAY)
    await play.jumps(STAGE_ENDS)
    await play.says("highlight.1", Choice.STAGE_DONE)
    await play.says("end-project.1")
    await play.board_says("gate-closure.1")
    await play.project_ends()


async def is_reviewed(play: Delivery, due: date) -> None:
    await play.becomes("in_review")
    await until(lambda: due in play.waits_of("review"))
    await play.jumps(due)
    await play.answers("review", Choice.REPORT)
    await play.answers("review-check", Choice.VERIFY)
    day = next(day for day in SRG_DAYS if day - timedelta(days=7) >= due)
    await until(lambda: day in play.waits_of("review-srg"))
    await play.jumps(day)
    await play.answers("review-srg", Choice.NOTE)


def states_of(play: Delivery, ref: str) -> list[str]:
    return play.outside.cases.states_of(ref)


def months_asked(play: Delivery, ref: str) -> list[str]:
    return [made.ask.key for made in play.outside.register.openings if made.ask.case == ref]


async def waits_for_month(play: Delivery, ref: str, day: date) -> None:
    def waited() -> bool:
        waits = play.outside.cases.waitings
        return any(w.case == ref and w.until and w.until.astimezone(UTC).date() == day for w in waits)

    await until(waited)


# ------------------------------------------------------------------------------- the whole way


async def test_a_major_proposal_is_delivered_reviewed_and_closed(client: Client) -> None:
    benefits = FakeBenefits("BEN-D1", months=(3, 12))
    async with entrusting(client, entrusted("INV-D1"), one_stage("PRJ-D1"), benefits) as play:
        await is_approved(play)
        await play.becomes("in_project")
        assert play.projects.opened_for == ["INV-D1"]
        await runs_its_course(play)
        await play.becomes("in_review")
        await waits_for_month(play, "BEN-D1", date(2005, 2, 28))
        await play.jumps(date(2005, 2, 28))
        await play.answers_step("BEN-D1.benefit-3.1", Choice.REPORT)
        await until(lambda: [made.month for made in benefits.readings] == [3])
        await is_reviewed(play, date(2005, 5, 26))
        await play.ends()
        assert play.states[-3:] == ["in_project", "in_review", "closed"]
        assert play.outside.cases.becomings[-1].because == "INV-D1.review-srg.1"
        # The benefits are measured on, whatever has become of the proposal.
        assert states_of(play, "BEN-D1") == ["measuring"]
        await play.jumps(date(2005, 11, 28))
        await play.answers_step("BEN-D1.benefit-12.1", Choice.REPORT)
        assert await client.get_workflow_handle("BEN-D1").result() == "concluded"
        assert states_of(play, "BEN-D1") == ["measuring", "concluded"]


async def test_the_project_waits_for_the_conditions_that_guard_it(client: Client) -> None:
    async with entrusting(client, entrusted("INV-D2"), one_stage("PRJ-D2")) as play:
        play.outside.cases.actions = (action("ACT-D2"),)
        play.outside.cases.guards = {"ACT-D2": Guard.PROJECT}
        await is_approved(play, funding=Choice.APPROVE_WITH_CONDITIONS)
        await play.waits("project")
        assert play.projects.opened_for == []
        await play.answers_on("ACT-D2", "action", Choice.CLAIM_COMPLETE)
        await play.answers_on("ACT-D2", "action_check", Choice.VERIFY)
        await play.becomes("in_project")
        await play.is_asked("mandate.1")
        await play.is_withdrawn()
        await play.ends()


async def test_under_an_edition_without_projects_it_waits_as_it_did(client: Client) -> None:
    case = entrusted("INV-D3").model_copy(update={"delivers": False})
    async with entrusting(client, case, one_stage("PRJ-D3")) as play:
        await is_approved(play)
        await play.waits("project")
        await asyncio.sleep(0.3)
        assert (play.projects.opened_for, play.states[-1]) == ([], "approved")
        await play.is_withdrawn()
        await play.ends()


async def test_an_approval_that_is_put_to_use_lapses_no_more(client: Client) -> None:
    case = entrusted("INV-D4").model_copy(update={"validity": Validity(months=2, warn_days=(5,))})
    async with entrusting(client, case, one_stage("PRJ-D4")) as play:
        await is_approved(play)
        await play.becomes("in_project")
        await play.is_asked("mandate.1")
        await play.jumps(date(2005, 2, 1))
        await play.says("mandate.1")
        await play.is_asked("gate-start-up.1")
        assert (play.states[-1], play.outside.cases.warnings) == ("in_project", [])
        await play.is_withdrawn()
        await play.ends()


async def test_an_approval_lapses_while_conditions_keep_its_project_from_beginning(client: Client) -> None:
    case = entrusted("INV-D5").model_copy(update={"validity": Validity(months=2)})
    async with entrusting(client, case, one_stage("PRJ-D5")) as play:
        play.outside.cases.actions = (action("ACT-D5"),)
        play.outside.cases.guards = {"ACT-D5": Guard.PROJECT}
        await is_approved(play, funding=Choice.APPROVE_WITH_CONDITIONS)
        await play.waits("project")
        await play.jumps(date(2005, 2, 1))
        await play.ends()
        assert (play.states[-1], play.projects.opened_for) == ("lapsed", [])


# ---------------------------------------------------------------------------------- go-live


async def test_a_late_go_live_moves_the_benefits_and_the_review(client: Client) -> None:
    later, live = date(2004, 12, 10), date(2004, 12, 8)
    gone = dict.fromkeys(("highlight_2", "end_project_1"), Said(went_live=live))
    projects = one_stage("PRJ-D6", highlight_1=Said(go_live=later), **gone)
    async with entrusting(client, entrusted("INV-D6"), projects, FakeBenefits("BEN-D6")) as play:
        await is_approved(play)
        await play.begins_stage()
        await play.waits_until("highlight", REPORT_DAY)
        await play.jumps(REPORT_DAY)
        await play.says("highlight.1")
        await until(lambda: projects.reports)
        # Until it has gone live nothing is measured, whatever is forecast.
        await play.waits_until("highlight", date(2004, 11, 8))
        await play.jumps(date(2004, 12, 15))
        await play.says("highlight.2", Choice.STAGE_DONE)
        await play.says("end-project.1")
        await play.board_says("gate-closure.1")
        await waits_for_month(play, "BEN-D6", date(2005, 3, 8))
        assert months_asked(play, "BEN-D6") == []
        await is_reviewed(play, date(2005, 6, 8))
        await play.ends()
        signals = [
            event.workflow_execution_signaled_event_attributes.input.payloads[0].data
            for event in (await client.get_workflow_handle("BEN-D6").fetch_history()).events
            if event.HasField("workflow_execution_signaled_event_attributes")
        ]
        told = [GoLive.model_validate_json(data) for data in signals]
        assert told == [
            GoLive(day=STAGE_ENDS),
            GoLive(day=later),
            GoLive(day=live, certain=True),
        ]


async def test_what_has_gone_live_is_measured_before_its_project_is_closed(client: Client) -> None:
    projects = one_stage("PRJ-D7", highlight_1=Said(went_live=date(2004, 10, 8)))
    async with entrusting(client, entrusted("INV-D7"), projects, FakeBenefits("BEN-D7")) as play:
        await is_approved(play)
        await play.begins_stage()
        await play.waits_until("highlight", REPORT_DAY)
        await play.jumps(REPORT_DAY)
        await play.says("highlight.1")
        await waits_for_month(play, "BEN-D7", date(2005, 1, 10))
        assert play.states[-1] == "in_project"
        await play.is_withdrawn()
        await play.ends()


# -------------------------------------------------------------------------------- the review


async def test_a_review_that_is_sent_back_is_asked_for_again(client: Client) -> None:
    async with entrusting(client, entrusted("INV-D8"), one_stage("PRJ-D8")) as play:
        await is_approved(play)
        await runs_its_course(play)
        await play.becomes("in_review")
        await until(lambda: date(2005, 5, 26) in play.waits_of("review"))
        await play.jumps(date(2005, 5, 26))
        await play.answers("review", Choice.REPORT)
        await play.answers("review-check", Choice.SEND_BACK)
        await play.answers("review", Choice.REPORT, round=2)
        await play.answers("review-check", Choice.VERIFY, round=2)
        day = next(day for day in SRG_DAYS if day >= date(2005, 6, 2))
        await until(lambda: day in play.waits_of("review-srg"))
        await play.jumps(day)
        await play.answers("review-srg", Choice.DEFER, to=day + timedelta(weeks=4), next_meeting=True)
        await until(lambda: len(play.waits_of("review-srg")) == 2)
        await play.jumps(day + timedelta(weeks=4))
        await play.answers("review-srg", Choice.NOTE, round=2)
        await play.ends()
        asks = {made.ask.key: made.ask for made in play.outside.register.openings}
        assert [seat.post for seat in asks["review"].seats] == ["hoict-rc"]
        assert [seat.post for seat in asks["review-check"].seats] == ["corporate-projects-manager"]
        assert (asks["review-srg"].forum, play.states[-1]) == ("srg", "closed")


async def test_without_an_srg_a_checked_review_closes_it(client: Client) -> None:
    async with entrusting(client, entrusted("INV-D9"), one_stage("PRJ-D9"), FakeBenefits(srg=False)) as play:
        await is_approved(play)
        await runs_its_course(play)
        await play.becomes("in_review")
        await until(lambda: date(2005, 5, 26) in play.waits_of("review"))
        await play.jumps(date(2005, 5, 26))
        await play.answers("review", Choice.REPORT)
        await play.answers("review-check", Choice.VERIFY)
        await play.ends()
        assert (play.states[-1], play.outside.cases.becomings[-1].because) == (
            "closed",
            "INV-D9.review-check.1",
        )


async def test_what_has_gone_live_is_reviewed_though_its_project_goes_on(client: Client) -> None:
    """Its last stage is long, and the review waits for no stage after go-live."""
    ends = date(2005, 9, 1)
    projects = one_stage("PRJ-D11", highlight_1=Said(went_live=date(2004, 10, 8)))
    projects.initial = plan(ends, go_live=STAGE_ENDS, weeks=40)
    async with entrusting(client, entrusted("INV-D11"), projects) as play:
        await is_approved(play)
        await play.begins_stage()
        await play.waits_until("highlight", date(2005, 6, 20))
        assert await play.gets_report_request()
        await play.says("highlight.1")
        await until(lambda: projects.reports)
        await play.jumps(date(2005, 4, 8))
        await play.becomes("in_review")
        await play.answers("review", Choice.REPORT)
        await play.answers("review-check", Choice.VERIFY)
        day = next(day for day in SRG_DAYS if day >= date(2005, 4, 15))
        await until(lambda: day in play.waits_of("review-srg"))
        await play.jumps(day)
        await play.answers("review-srg", Choice.NOTE)
        await play.jumps(ends)
        # It closes with its project only.
        assert play.states[-1] == "in_review"
        await play.says("end-project.1")
        await play.board_says("gate-closure.1")
        await play.ends()
        assert (play.states[-1], play.project_states[-1]) == ("closed", "closed")


async def test_what_is_withdrawn_as_its_review_is_noted_is_withdrawn_with_all_that_came_of_it(
    client: Client,
) -> None:
    projects = one_stage("PRJ-D15", highlight_1=Said(went_live=date(2004, 10, 8)))
    projects.initial = plan(date(2005, 9, 1), go_live=STAGE_ENDS, weeks=40)
    async with entrusting(client, entrusted("INV-D15"), projects, FakeBenefits("BEN-D15")) as play:
        await is_approved(play)
        await play.begins_stage()
        await play.waits_until("highlight", date(2005, 6, 20))
        assert await play.gets_report_request()
        await play.says("highlight.1")
        await until(lambda: projects.reports)
        await play.jumps(date(2005, 4, 8))
        await play.answers("review", Choice.REPORT)
        await play.answers("review-check", Choice.VERIFY)
        day = next(day for day in SRG_DAYS if day >= date(2005, 4, 15))
        await until(lambda: day in play.waits_of("review-srg"))
        await play.jumps(day)
        register = play.outside.register
        register.slow_step = "INV-D15.review-srg.1"
        register.may_close.clear()
        await play.answers("review-srg", Choice.NOTE)
        await until(lambda: register.slow_step in register.closes)
        await play.is_withdrawn()
        register.may_close.set()
        await play.ends()
        assert (play.states[-1], play.project_states[-1]) == ("withdrawn", "closed_early")
        assert await client.get_workflow_handle("BEN-D15").result() == "withdrawn"


async def test_a_proposal_that_is_withdrawn_in_review_takes_its_benefits_along(client: Client) -> None:
    benefits = FakeBenefits("BEN-D12")
    async with entrusting(client, entrusted("INV-D12"), one_stage("PRJ-D12"), benefits) as play:
        await is_approved(play)
        await runs_its_course(play)
        await play.becomes("in_review")
        await until(lambda: states_of(play, "BEN-D12") == ["measuring"])
        await play.is_withdrawn()
        await play.ends()
        assert await client.get_workflow_handle("BEN-D12").result() == "withdrawn"


@pytest.mark.parametrize("at", ["review", "review.1", "review-check.1", "review-srg"])
async def test_it_may_be_withdrawn_while_it_is_reviewed(client: Client, at: str) -> None:
    ref = f"INV-D10-{at.replace('.', '-')}"
    async with entrusting(client, entrusted(ref), one_stage(ref.replace("INV", "PRJ"))) as play:
        await is_approved(play)
        await runs_its_course(play)
        await play.becomes("in_review")
        await until(lambda: date(2005, 5, 26) in play.waits_of("review"))
        if at != "review":
            await play.jumps(date(2005, 5, 26))
            await play.asks("review")
        if at.startswith("review-"):
            await play.answers("review", Choice.REPORT)
            await play.asks("review-check")
        if at == "review-srg":
            await play.answers("review-check", Choice.VERIFY)
            await play.waits("review-srg")
        await play.is_withdrawn()
        await play.ends()
        assert (play.states[-1], play.outside.register.open_steps) == ("withdrawn", ())


# ------------------------------------------------------------------------- what ends with what


async def test_project_and_benefits_fall_away_with_the_proposal(client: Client) -> None:
    benefits = FakeBenefits("BEN-D11-1", "BEN-D11-2")
    async with entrusting(client, entrusted("INV-D16"), one_stage("PRJ-D16"), benefits) as play:
        await is_approved(play)
        await play.begins_stage()
        await play.waits_until("highlight", REPORT_DAY)
        await play.is_withdrawn()
        await play.ends()
        assert play.states[-1] == "withdrawn"
        assert play.project_states[-1] == "closed_early"
        for ref in benefits.refs:
            assert await client.get_workflow_handle(ref).result() == "withdrawn"
            assert states_of(play, ref) == ["withdrawn"]


async def test_a_project_in_a_later_run_falls_away_too_and_is_waited_for(client: Client) -> None:
    projects = one_stage("PRJ-D17")
    ends = date(2006, 1, 2)
    projects.initial = plan(ends, go_live=ends, weeks=1)
    async with entrusting(client, entrusted("INV-D17"), projects) as play:
        await is_approved(play)
        await play.begins_stage()
        number = 0
        while len(await play.runs_of_project()) < 2:
            number += 1
            await until(lambda number=number: len(play.waits_of("highlight")) == number)  # type: ignore[misc]
            await play.jumps(play.waits_of("highlight")[-1])
            await play.says(f"highlight.{number}")
        await until(lambda: len(play.waits_of("highlight")) == number + 1)
        assert play.states[-1] == "in_project"
        await play.is_withdrawn()
        await play.ends()
        assert play.project_states[-1] == "closed_early"


async def test_the_benefits_of_a_project_that_never_went_live_fall_away(client: Client) -> None:
    projects = one_stage("PRJ-D13", end_project_1=Said())
    async with entrusting(client, entrusted("INV-D13"), projects, FakeBenefits("BEN-D13")) as play:
        await is_approved(play)
        await play.says("mandate.1")
        await play.board_says("gate-start-up.1", Choice.CLOSE_EARLY)
        await play.says("end-project.1")
        # What was learnt is written down all the same, so long after the end.
        await play.becomes("in_review")
        assert await client.get_workflow_handle("BEN-D13").result() == "withdrawn"
        await is_reviewed(play, date(2005, 3, 14))
        await play.ends()
        assert play.states[-1] == "closed"


async def test_a_project_that_an_operator_has_broken_off_leaves_its_proposal_where_it_is(
    client: Client,
) -> None:
    async with entrusting(client, entrusted("INV-D14"), one_stage("PRJ-D14")) as play:
        await is_approved(play)
        await play.is_asked("mandate.1")
        await play.project.terminate()
        await asyncio.sleep(0.5)
        assert play.states[-1] == "in_project"
        await play.is_withdrawn()
        await play.ends()
        assert play.states[-1] == "withdrawn"


# ------------------------------------------------------------------------------ the benefits


async def begins(play: Delivery, ref: str) -> None:
    await play.client.start_workflow(Benefit.run, ref, id=ref, task_queue=play.queue)


async def test_of_months_that_have_passed_only_the_last_is_asked_for(client: Client) -> None:
    benefits = FakeBenefits("BEN-B1")
    benefits.go_live = GoLive(day=date(2004, 3, 1), certain=True)
    async with entrusting(client, entrusted("INV-B1"), one_stage("PRJ-B1"), benefits) as play:
        await begins(play, "BEN-B1")
        await play.answers_step("BEN-B1.benefit-6.1", Choice.REPORT)
        await waits_for_month(play, "BEN-B1", date(2005, 3, 1))
        assert months_asked(play, "BEN-B1") == ["benefit-6"]
        await play.is_withdrawn()
        await play.ends()


async def test_a_go_live_that_is_corrected_moves_the_months_to_come(client: Client) -> None:
    benefits = FakeBenefits("BEN-B2")
    benefits.go_live = GoLive(day=date(2004, 9, 1), certain=True)
    async with entrusting(client, entrusted("INV-B2"), one_stage("PRJ-B2"), benefits) as play:
        await begins(play, "BEN-B2")
        await waits_for_month(play, "BEN-B2", date(2004, 12, 1))
        handle = client.get_workflow_handle("BEN-B2")
        await handle.signal(Benefit.goes_live, GoLive(day=date(2004, 9, 6), certain=True))
        await waits_for_month(play, "BEN-B2", date(2004, 12, 6))
        await play.jumps(datetime(2004, 12, 6, 10, tzinfo=UTC))
        await play.answers_step("BEN-B2.benefit-3.1", Choice.DEFER, to=date(2004, 12, 13))
        await waits_for_month(play, "BEN-B2", date(2004, 12, 13))
        await play.jumps(date(2004, 12, 13))
        await play.answers_step("BEN-B2.benefit-3.2", Choice.REPORT)
        await until(lambda: [(made.month, made.step) for made in benefits.readings])
        assert benefits.readings[0].step == "BEN-B2.benefit-3.2"
        await handle.signal(Benefit.fall_away)
        assert await handle.result() == "withdrawn"
        await play.is_withdrawn()
        await play.ends()


async def test_nobody_is_asked_for_a_reading_on_a_day_that_is_not_worked(client: Client) -> None:
    benefits = FakeBenefits("BEN-B5", months=(1, 2))
    benefits.go_live = GoLive(day=date(2004, 9, 2), certain=True)
    benefits.non_working = (date(2004, 10, 4), date(2004, 11, 2))
    async with entrusting(client, entrusted("INV-B5"), one_stage("PRJ-B5"), benefits) as play:
        await begins(play, "BEN-B5")
        # The second of October is a Saturday, and the Monday after it is not worked either.
        await waits_for_month(play, "BEN-B5", date(2004, 10, 5))
        await play.jumps(date(2004, 10, 5))
        await play.answers_step("BEN-B5.benefit-1.1", Choice.REPORT)
        await waits_for_month(play, "BEN-B5", date(2004, 11, 3))
        await play.is_withdrawn()
        await play.ends()


async def test_a_benefit_that_has_been_asked_goes_on_with_the_next_month(client: Client) -> None:
    benefits = FakeBenefits("BEN-B3", months=(1, 2))
    benefits.go_live = GoLive(day=date(2004, 9, 1), certain=True)
    async with entrusting(client, entrusted("INV-B3"), one_stage("PRJ-B3"), benefits) as play:
        await begins(play, "BEN-B3")
        await waits_for_month(play, "BEN-B3", date(2004, 10, 1))
        described = await client.get_workflow_handle("BEN-B3").describe()
        assert described.status is WorkflowExecutionStatus.RUNNING
        await play.jumps(date(2004, 10, 1))
        await play.answers_step("BEN-B3.benefit-1.1", Choice.REPORT)
        await waits_for_month(play, "BEN-B3", date(2004, 11, 1))
        await play.jumps(date(2004, 11, 1))
        await play.answers_step("BEN-B3.benefit-2.1", Choice.REPORT)
        assert await client.get_workflow_handle("BEN-B3").result() == "concluded"
        assert [made.month for made in benefits.readings] == [1, 2]
        await play.is_withdrawn()
        await play.ends()
