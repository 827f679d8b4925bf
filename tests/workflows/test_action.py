"""What follows from a decision: asked for until it is checked, and guarding what it guards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from tests.support.play import Play, playing, until
from tests.support.proposals import HEADS, MEETING, RULES, action, opened
from workflows.model import CaseOpened, Choice, EmbargoOwner, EmbargoRules, Ending, Guard, Size

CLAIM, VERIFY, SEND_BACK = Choice.CLAIM_COMPLETE, Choice.VERIFY, Choice.SEND_BACK
SOON = date(2004, 9, 30)


def minor(ref: str, **facts: Any) -> CaseOpened:
    return opened(ref, decide_by=SOON, **{"tracked": True, **facts})


@asynccontextmanager
async def approved(client: Client, case: CaseOpened, **guards: Guard) -> AsyncIterator[Play]:
    """A proposal that is approved with conditions, each with what it guards by the end of its reference."""
    async with playing(client, case) as play:
        cases = play.outside.cases
        refs = [f"{case.case.replace('INV', 'ACT')}-{name}" for name in guards]
        cases.actions = tuple(map(action, refs))
        cases.guards = dict(zip(refs, guards.values(), strict=True))
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh", Choice.APPROVE_WITH_CONDITIONS)
        yield play


def states(play: Play, ref: str) -> list[str]:
    return play.outside.cases.states_of(ref)


async def over(play: Play, ref: str) -> None:
    async with asyncio.timeout(20):
        await play.client.get_workflow_handle(ref).result()


# ------------------------------------------------------------------------ the action itself


async def test_an_action_is_claimed_sent_back_claimed_again_and_verified(client: Client) -> None:
    async with approved(client, minor("INV-A1"), x=Guard.NOTHING) as play:
        ref = "ACT-A1-x"
        await play.answers_on(ref, "action", CLAIM)
        await play.answers_on(ref, "action_check", SEND_BACK)
        await play.answers_on(ref, "action", CLAIM, round=2)
        await play.answers_on(ref, "action_check", VERIFY, round=2)
        await over(play, ref)
        assert states(play, ref) == [
            "in_progress",
            "claimed_complete",
            "sent_back",
            "claimed_complete",
            "verified",
        ]
        await play.answers("completion", VERIFY)
        await play.ends()


async def test_its_owner_is_asked_at_once_for_its_own_day_and_another_checks_it(client: Client) -> None:
    async with approved(client, minor("INV-A2"), x=Guard.NOTHING) as play:
        await play.answers_on("ACT-A2-x", "action", CLAIM)
        await until(lambda: any(made.ask.key == "action_check" for made in play.outside.register.openings))
        asked, check = (
            next(made.ask for made in play.outside.register.openings if made.ask.key == key)
            for key in ("action", "action_check")
        )
        assert ([seat.post for seat in asked.seats], asked.due) == (["hoict-rc"], date(2004, 11, 12))
        assert ([seat.post for seat in check.seats], check.due) == (["bh-dmh"], None)
        assert check.inform == ("hoict-rc", "cd-rc")
        assert {asked.content_hash, check.content_hash} == {"c0ffee"}
        await play.is_withdrawn()
        await play.ends()


# -------------------------------------------------------------------------------- the guards


async def test_completion_is_asked_only_when_the_condition_that_guards_it_is_verified(
    client: Client,
) -> None:
    async with approved(
        client, minor("INV-A3"), x=Guard.COMPLETION, y=Guard.NOTHING, z=Guard.COMPLETION
    ) as play:
        await play.waits("completion")
        (wait,) = [one for one in play.outside.cases.waitings if one.key == "completion"]
        assert (wait.leg, wait.on, wait.until) == ("conditions", "hoict-rc", None)
        for ref in ("ACT-A3-x", "ACT-A3-z"):
            assert play.opening("completion") is None
            await play.answers_on(ref, "action", CLAIM)
            assert play.opening("completion") is None
            await play.answers_on(ref, "action_check", VERIFY)
        await play.answers("completion", VERIFY)
        await play.ends()
        assert play.states[-1] == "closed"
        # What guards nothing lives on.
        assert states(play, "ACT-A3-y") == ["in_progress"]
        await play.answers_on("ACT-A3-y", "action", CLAIM)
        await play.answers_on("ACT-A3-y", "action_check", VERIFY)
        await over(play, "ACT-A3-y")


async def test_a_project_does_not_start_before_the_conditions_that_guard_it_are_verified(
    client: Client,
) -> None:
    case = minor("INV-A4", size=Size.MAJOR)
    async with approved(client, case, x=Guard.PROJECT) as play:
        for seat in ("cd-hsg", "chief-executive"):
            await play.answers("srg", seat=seat)
        await play.waits("project")
        assert [wait.leg for wait in play.outside.cases.waitings if wait.key == "project"] == ["conditions"]
        await play.answers_on("ACT-A4-x", "action", CLAIM)
        await play.answers_on("ACT-A4-x", "action_check", VERIFY)
        await until(lambda: play.outside.cases.waitings[-1].leg == "project")
        await play.is_withdrawn()
        await play.ends()


async def test_an_action_that_was_broken_off_keeps_what_it_guards(client: Client) -> None:
    async with approved(client, minor("INV-A5"), x=Guard.COMPLETION) as play:
        await play.waits("completion")
        await until(lambda: play.outside.register.open_steps == ("ACT-A5-x.action.1",))
        await client.get_workflow_handle("ACT-A5-x").terminate()
        await asyncio.sleep(0.5)
        assert play.opening("completion") is None
        await play.is_withdrawn()
        await play.ends()


async def test_an_action_that_an_operator_calls_off_keeps_what_it_guards_and_says_so(client: Client) -> None:
    async with approved(client, minor("INV-A11"), x=Guard.COMPLETION) as play:
        await play.waits("completion")
        await play.runs_action("ACT-A11-x")
        await client.get_workflow_handle("ACT-A11-x").cancel()
        await over(play, "ACT-A11-x")
        assert states(play, "ACT-A11-x")[-1] == "withdrawn"
        assert play.closed["ACT-A11-x.action.1"].why == "cancelled"
        await asyncio.sleep(0.5)
        assert play.opening("completion") is None
        await play.is_withdrawn()
        await play.ends()


# ------------------------------------------------------------------------- what ends with what


async def test_the_conditions_of_a_withdrawn_proposal_fall_away_with_it(client: Client) -> None:
    async with approved(client, minor("INV-A6"), x=Guard.COMPLETION, y=Guard.NOTHING) as play:
        await play.answers_on("ACT-A6-y", "action", CLAIM)
        await play.answers_on("ACT-A6-y", "action_check", VERIFY)
        await over(play, "ACT-A6-y")
        await until(lambda: play.outside.register.open_steps == ("ACT-A6-x.action.1",))
        await play.is_withdrawn()
        await play.ends()
        await over(play, "ACT-A6-x")
        assert states(play, "ACT-A6-x") == ["in_progress", "withdrawn"]
        assert states(play, "ACT-A6-y")[-1] == "verified"
        closing = play.closed["ACT-A6-x.action.1"]
        assert (closing.outcome.ending, closing.why) == (Ending.WITHDRAWN, "withdrawn")


async def test_a_case_under_an_edition_without_actions_begins_none(client: Client) -> None:
    async with approved(client, minor("INV-A7", tracked=False), x=Guard.COMPLETION) as play:
        await play.answers("completion", VERIFY)
        await play.ends()
        assert states(play, "ACT-A7-x") == []


async def test_a_refused_exception_leaves_something_to_do_that_outlives_it(client: Client) -> None:
    rules = RULES.model_copy(update={"embargo": EmbargoRules(owners=(EmbargoOwner(forum=HEADS),))})
    async with playing(client, opened("INV-A8", rules=rules, tracked=True)) as play:
        play.outside.cases.actions = (action("ACT-A8"),)
        await play.waits("embargo_exception")
        await play.jumps(MEETING)
        await play.answers("embargo_exception", Choice.REJECT)
        await play.ends()
        assert play.states[-1] == "closed_refused"
        described = await client.get_workflow_handle("ACT-A8").describe()
        assert described.status is WorkflowExecutionStatus.RUNNING
        await play.answers_on("ACT-A8", "action", CLAIM)
        await play.answers_on("ACT-A8", "action_check", VERIFY)
        await over(play, "ACT-A8")


async def test_what_is_outside_the_guidelines_leaves_something_to_do_that_no_new_version_closes(
    client: Client,
) -> None:
    async with playing(client, minor("INV-A10")) as play:
        play.outside.cases.outliving = ("ACT-A10-x", "ACT-A10-y")
        play.outside.cases.actions = (action("ACT-A10-x"),)
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh", Choice.RETURN, outside_guidelines=True)
        await play.runs_action("ACT-A10-x")
        await play.comes_back()
        await play.is_notified_at_once(round=2)
        play.outside.cases.actions += (action("ACT-A10-y"),)
        await play.answers("funding-bh-dmh", Choice.RETURN, round=2, outside_guidelines=True)
        await play.runs_action("ACT-A10-y")
        # What was begun at the first return goes on as it was, and ends by being checked.
        assert states(play, "ACT-A10-x") == ["in_progress"]
        await play.answers_on("ACT-A10-x", "action", CLAIM)
        await play.answers_on("ACT-A10-x", "action_check", VERIFY)
        await over(play, "ACT-A10-x")
        await play.is_withdrawn()
        await play.ends()
        # The sponsor's withdrawal does not end what the directorate has to do.
        assert states(play, "ACT-A10-y") == ["in_progress"]
        await play.answers_on("ACT-A10-y", "action", CLAIM)
        await play.answers_on("ACT-A10-y", "action_check", VERIFY)
        await over(play, "ACT-A10-y")


@pytest.mark.parametrize("choice", [Choice.REJECT, Choice.RETURN])
async def test_what_is_not_approved_begins_nothing(client: Client, choice: Choice) -> None:
    async with playing(client, minor(f"INV-A9-{choice}")) as play:
        play.outside.cases.actions = (action(f"ACT-A9-{choice}"),)
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh", choice)
        if choice is Choice.RETURN:
            await play.waits("resubmission")
            await play.is_withdrawn()
        await play.ends()
        assert states(play, f"ACT-A9-{choice}") == []
