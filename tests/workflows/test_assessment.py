"""Assessment: options are weighed, one is chosen at a meeting, and that is put in place (SYS-67)."""

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from tests.support.assessments import (
    DUE,
    FIRST,
    IN_PLACE_BY,
    OFFICE,
    OWNER,
    SECOND,
    Assessed,
    assessing,
)
from tests.support.play import until
from workflows.delivery import AssessmentState
from workflows.model import Choice
from workflows.rules import assessments


async def ends(play: Assessed) -> str:
    return str(await play.client.get_workflow_handle(play.ref, result_type=str).result())


async def test_what_srg_chooses_becomes_an_action_and_ends_the_assessment_once_it_is_checked(
    client: Client,
) -> None:
    async with assessing(client, "ASM-T1") as play:
        await play.says("assessment.1")
        await play.goes_to_meeting()
        await play.says("choice.1", Choice.APPROVE)
        await play.becomes("implementing")
        await play.runs_action("ACT-T1")
        assert play.assessments.reports == ["assessment.1"]
        assert play.assessments.choices == ["choice.1"]
        assert not play.waits_of("implementation")
        await until(lambda: [w.on for w in play.outside.cases.waitings if w.leg == "implementation"])
        await play.is_put_in_place()
        assert await ends(play) == "in_place"
        assert play.states == ["choosing", "implementing", "in_place"]


async def test_the_owner_has_until_the_day_that_was_given_and_hears_what_is_chosen(client: Client) -> None:
    async with assessing(client, "ASM-T2") as play:
        await play.says("assessment.1")
        await play.goes_to_meeting()
        await play.asks("choice")
        asked, put = play.opening("assessment"), play.opening("choice")
        assert asked is not None
        assert put is not None
        assert (asked.ask.due, [seat.post for seat in asked.ask.seats]) == (DUE, [OWNER])
        assert asked.ask.forum == ""
        assert (put.ask.due, put.ask.forum, put.ask.kind) == (None, "srg", "assessment_srg")
        assert [seat.post for seat in put.ask.seats] == ["srg-secretary"]
        assert put.ask.inform == (OWNER, OFFICE)
        assert {asked.ask.clause, put.ask.clause} == {"ASSESS-1"}


async def test_what_is_sent_back_is_assessed_again_and_goes_to_the_next_meeting(client: Client) -> None:
    async with assessing(client, "ASM-T3") as play:
        await play.says("assessment.1")
        await play.goes_to_meeting()
        await play.says("choice.1", Choice.RETURN)
        await play.says("assessment.2")
        await play.goes_to_meeting(SECOND)
        await play.says("choice.2", Choice.APPROVE)
        await play.is_put_in_place()
        assert await ends(play) == "in_place"
        assert play.assessments.reports == ["assessment.1", "assessment.2"]
        assert play.assessments.choices == ["choice.2"]
        assert play.states == ["choosing", "assessing", "choosing", "implementing", "in_place"]


async def test_both_the_report_and_the_choice_may_be_put_off(client: Client) -> None:
    async with assessing(client, "ASM-T4") as play:
        await play.says("assessment.1", Choice.DEFER, to=DUE)
        await play.waits("assessment")
        await play.jumps(DUE)
        await play.says("assessment.2")
        await play.goes_to_meeting()
        await play.says("choice.1", Choice.DEFER, to=SECOND, next_meeting=True)
        await play.goes_to_meeting(SECOND)
        await play.says("choice.2", Choice.APPROVE)
        await play.becomes("implementing")
        assert play.states == ["choosing", "implementing"]


async def test_without_an_srg_the_programme_office_chooses_at_once(client: Client) -> None:
    async with assessing(client, "ASM-T5", srg=False) as play:
        await play.says("assessment.1")
        await play.says("choice.1", Choice.APPROVE)
        put = play.opening("choice")
        assert put is not None
        assert (put.ask.kind, put.ask.forum) == ("assessment_choice", "")
        assert [seat.post for seat in put.ask.seats] == [OFFICE]
        await play.becomes("implementing")


@pytest.mark.parametrize("at", ["assessment", "meeting", "choice", "implementation"])
async def test_withdrawn_wherever_it_is_it_ends_and_so_does_what_it_left(client: Client, at: str) -> None:
    async with assessing(client, f"ASM-W-{at}") as play:
        await play.asks("assessment")
        if at != "assessment":
            await play.says("assessment.1")
            await until(lambda: play.waits_of("choice") == [FIRST])
        if at in ("choice", "implementation"):
            await play.goes_to_meeting()
            await play.asks("choice")
        if at == "implementation":
            await play.says("choice.1", Choice.APPROVE)
            await play.runs_action(play.assessments.milestone)
            await play.waits("implementation")
        await play.is_withdrawn()
        assert await ends(play) == "withdrawn"
        assert play.states[-1] == "withdrawn"
        if at == "implementation":
            action = client.get_workflow_handle(play.assessments.milestone, result_type=str)
            assert await action.result() == "withdrawn"


async def test_begun_twice_it_is_one(client: Client) -> None:
    async with assessing(client, "ASM-T6") as play:
        await play.begins()
        await play.asks("assessment")
        assert [made.ask.step for made in play.outside.register.openings] == ["ASM-T6.assessment.1"]
        described = await client.get_workflow_handle(play.ref).describe()
        assert described.status is WorkflowExecutionStatus.RUNNING


async def test_the_action_is_due_on_the_day_that_was_given_for_it(client: Client) -> None:
    async with assessing(client, "ASM-T7") as play:
        await play.says("assessment.1")
        await play.goes_to_meeting()
        await play.says("choice.1", Choice.APPROVE)
        await play.runs_action("ACT-T7")
        asked = next(made for made in play.outside.register.openings if made.ask.case == "ACT-T7")
        assert (asked.ask.due, asked.ask.seats[0].post) == (IN_PLACE_BY, OWNER)


@pytest.mark.parametrize("state", AssessmentState)
def test_from_every_state_it_comes_to_an_end(state: AssessmentState) -> None:
    seen, waiting = {state}, [state]
    while waiting:
        new = [following for following in assessments.TRANSITIONS[waiting.pop()] if following not in seen]
        seen.update(new)
        waiting += new
    assert {known for known in seen if not assessments.TRANSITIONS[known]}
