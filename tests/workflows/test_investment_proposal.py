"""A proposal's whole way on a real server, with people who answer and a Clock that jumps."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import (
    Interceptor,
    SignalChildWorkflowInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from service.gateway import Counted, Refused, Unknown
from tests.support.core import decision, terms
from tests.support.engine import running
from tests.support.play import Play, down, playing, until
from tests.support.proposals import LADDER, MEETING, MONEY, opened
from workflows.human_step import CASE, KIND, STATE
from workflows.model import Choice, Ending, Nudge, Relation, Silence, Size
from workflows.rules.quorum import Refusal

MINOR = ["notifying", "with_funders", "approved", "closed"]
TWO = ("bh-dmh", "bh-sports")


# ---------------------------------------------------------------------- the usual way


async def test_a_minor_proposal_passes_its_legs_and_closes(client: Client) -> None:
    async with playing(client, opened("INV-1")) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh")
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.states == MINOR
        assert list(play.closed) == ["INV-1.notification.1", "INV-1.funding-bh-dmh.1", "INV-1.completion.1"]


async def test_a_proposal_waits_for_the_day_of_the_meeting_and_asks_its_secretary_then(
    client: Client,
) -> None:
    async with playing(client, opened("INV-2")) as play:
        await play.waits("notification")
        await play.jumps(MEETING - timedelta(days=1))
        await asyncio.sleep(0.3)
        assert play.opening("notification") is None
        await play.jumps(MEETING)
        await play.asks("notification")
        asked = play.opening("notification")
        assert asked is not None
        assert asked.at.date() == MEETING
        assert [seat.post for seat in asked.ask.seats] == ["heads-of-ict-secretary"]


async def test_a_proposal_that_no_meeting_serves_is_notified_at_once(client: Client) -> None:
    async with playing(client, opened("INV-3", decide_by=date(2004, 9, 30))) as play:
        await play.asks("notification")
        asked = play.opening("notification")
        assert asked is not None
        assert [seat.post for seat in asked.ask.seats] == ["sd-ict-ca"]
        assert play.outside.cases.waitings == []


@pytest.mark.parametrize("order", [TWO, TWO[::-1]])
async def test_a_major_proposal_is_approved_once_every_funder_and_srg_say_so(
    client: Client, order: tuple[str, str]
) -> None:
    ref = f"INV-4-{order[0]}"
    async with playing(client, opened(ref, *TWO, size=Size.MAJOR)) as play:
        await play.is_notified()
        for funder in order:
            assert "with_srg" not in play.states
            await play.answers(f"funding-{funder}")
        await play.answers("srg", seat="cd-hsg")
        await play.answers("srg", seat="chief-executive")
        await play.waits("project")
        assert play.states == ["notifying", "with_funders", "with_srg", "approved"]
        approved = play.outside.cases.becomings[-1]
        assert approved.because == f"{ref}.srg.1"
        await play.is_withdrawn()
        await play.ends()
        assert play.states[-1] == "withdrawn"


async def test_both_funders_are_asked_at_the_same_time(client: Client) -> None:
    async with playing(client, opened("INV-5", *TWO)) as play:
        await play.is_notified()
        await play.asks("funding-bh-dmh")
        await play.asks("funding-bh-sports")
        assert set(play.outside.register.open_steps) == {play.step(f"funding-{post}") for post in TWO}


# ------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("refuses", TWO)
async def test_one_funder_refuses_and_the_others_are_no_longer_asked(client: Client, refuses: str) -> None:
    other = TWO[TWO.index(refuses) - 1]
    async with playing(client, opened(f"INV-6-{refuses}", *TWO)) as play:
        await play.is_notified()
        await play.asks(f"funding-{other}")
        await play.answers(f"funding-{refuses}", Choice.REJECT)
        await play.ends()
        assert play.states == ["notifying", "with_funders", "rejected"]
        assert play.outside.cases.becomings[-1].because == play.step(f"funding-{refuses}")
        called_off = play.closed[play.step(f"funding-{other}")]
        assert (called_off.outcome.ending, called_off.why) == (Ending.WITHDRAWN, "refused_by_another")


@pytest.mark.parametrize("refuses", TWO)
async def test_a_refusal_counts_before_a_return_of_the_same_moment(client: Client, refuses: str) -> None:
    returns = TWO[TWO.index(refuses) - 1]
    async with playing(client, opened(f"INV-42-{refuses}", *TWO)) as play:
        await play.is_notified()
        for funder in TWO:
            await play.asks(f"funding-{funder}")
        play.outside.register.may_close.clear()
        await play.answers(f"funding-{returns}", Choice.RETURN)
        await play.answers(f"funding-{refuses}", Choice.REJECT)
        play.outside.register.may_close.set()
        await play.ends()
        assert play.states == ["notifying", "with_funders", "rejected"]
        assert play.outside.cases.becomings[-1].because == play.step(f"funding-{refuses}")


async def test_a_funder_who_has_approved_is_not_called_off(client: Client) -> None:
    async with playing(client, opened("INV-7", *TWO)) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh")
        await play.answers("funding-bh-sports", Choice.REJECT)
        await play.ends()
        assert play.states[-1] == "rejected"
        assert play.closed["INV-7.funding-bh-dmh.1"].outcome.choice is Choice.APPROVE


async def test_srg_refuses_what_the_funders_approved(client: Client) -> None:
    async with playing(client, opened("INV-8", size=Size.MAJOR)) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh")
        await play.answers("srg", Choice.REJECT, seat="cd-rc")
        await play.answers("srg", Choice.REJECT, seat="cd-hsg")
        await play.ends()
        assert play.states[-2:] == ["with_srg", "rejected"]


class _Late(Interceptor):
    """Lets the signal that calls a step off leave only when the step has ended by itself."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        return _LateInbound


class _LateInbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_LateOutbound(outbound))


class _LateOutbound(WorkflowOutboundInterceptor):
    async def signal_child_workflow(self, input: SignalChildWorkflowInput) -> None:
        await workflow.sleep(timedelta(seconds=1))
        await super().signal_child_workflow(input)


async def test_a_step_that_ends_by_itself_while_it_is_called_off_does_not_fail_the_case(
    client: Client,
) -> None:
    async with playing(client, opened("INV-9", *TWO), [_Late()]) as play:
        await play.is_notified()
        await play.asks("funding-bh-sports")
        await play.answers("funding-bh-dmh", Choice.REJECT)
        await play.becomes("with_funders")
        await until(lambda: "INV-9.funding-bh-dmh.1" in play.closed)
        assert isinstance(await play.answers("funding-bh-sports"), Counted)
        await play.ends()
        assert play.states[-1] == "rejected"
        assert play.closed["INV-9.funding-bh-sports.1"].outcome.choice is Choice.APPROVE


# --------------------------------------------------------------------- a second version


async def test_a_returned_proposal_begins_again_with_new_rounds(client: Client) -> None:
    async with playing(client, opened("INV-10")) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        await play.comes_back()
        await play.is_notified(round=2)
        await play.answers("funding-bh-dmh", round=2)
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.states == ["notifying", "with_funders", "returned", *MINOR]
        assert play.outside.cases.begun_versions == [1, 2]
        asked = [(made.ask.step, made.ask.version) for made in play.outside.register.openings]
        assert asked == [
            ("INV-10.notification.1", 1),
            ("INV-10.funding-bh-dmh.1", 1),
            ("INV-10.notification.2", 2),
            ("INV-10.funding-bh-dmh.2", 2),
            ("INV-10.completion.1", 2),
        ]
        assert all(quote(step, safe="") == step for step, _ in asked)


async def test_what_stands_from_the_version_before_is_not_asked_again(client: Client) -> None:
    async with playing(client, opened("INV-31", *TWO)) as play:
        await play.is_notified()
        await play.answers("funding-bh-sports")
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        await play.comes_back("notification", "funding-bh-sports")
        await play.answers("funding-bh-dmh", round=2)
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.states == ["notifying", "with_funders", "returned", *MINOR[1:]]
        assert len([wait for wait in play.outside.cases.waitings if wait.key == "notification"]) == 1
        asked = [made.ask.step for made in play.outside.register.openings if made.ask.version == 2]
        assert asked == ["INV-31.funding-bh-dmh.2", "INV-31.completion.1"]


async def test_only_whoever_returned_it_is_asked_where_all_else_stands(client: Client) -> None:
    async with playing(client, opened("INV-32", size=Size.MAJOR)) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh")
        for member in ("cd-rc", "cd-hsg"):
            await play.answers("srg", Choice.RETURN, seat=member)
        await play.becomes("returned")
        await play.comes_back("notification", "funding-bh-dmh")
        for member in ("cd-rc", "cd-hsg"):
            await play.answers("srg", seat=member, round=2)
        await play.waits("project")
        assert play.states[-3:] == ["returned", "with_srg", "approved"]
        await play.is_withdrawn()
        await play.ends()


async def test_an_answer_that_stands_adds_what_it_added_and_that_stands_too(client: Client) -> None:
    facts: dict[str, Any] = {"relation": Relation.DUPLICATES, "corporate_systems": ("CS8",)}
    async with playing(client, opened("INV-33", decide_by=date(2004, 9, 30), **facts)) as play:
        await play.answers("challenge-sd-ict-ca", Choice.SUPPORT)
        await play.answers("consultation-head-of-profession", Choice.SUPPORT)
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        await play.comes_back("challenge-sd-ict-ca", "consultation-head-of-profession", "notification")
        await play.answers("funding-bh-dmh", round=2)
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        asked = [made.ask.key for made in play.outside.register.openings if made.ask.version == 2]
        assert asked == ["funding-bh-dmh", "completion"]


async def test_a_case_withdrawn_while_it_comes_back_is_not_approved_by_what_stands(client: Client) -> None:
    async with playing(client, opened("INV-34")) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        await play.is_withdrawn()
        await play.ends()
        assert play.states[-1] == "withdrawn"


# --------------------------------------------------------------- approvers who are added


@pytest.mark.parametrize("before", ["notification", "funding-bh-dmh", "srg"])
async def test_who_is_added_is_asked_with_the_funders_or_straight_after_what_is_open(
    client: Client, before: str
) -> None:
    ref = f"INV-35-{before}"
    async with playing(client, opened(ref, size=Size.MAJOR, decide_by=date(2004, 9, 30))) as play:
        asked = [("notification", ""), ("funding-bh-dmh", ""), ("srg", "cd-rc"), ("srg", "cd-hsg")]
        for key, seat in asked:
            await play.asks(key)
            if key == before and play.opening("extra-sd-hr") is None:
                assert await play.asks_besides("sd-hr") is True
                assert await play.asks_besides("sd-hr") is True
            await play.answers(key, Choice.NOTE if key == "notification" else Choice.APPROVE, seat=seat)
            if key == ("srg" if before == "srg" else "funding-bh-dmh") and seat in ("", "cd-hsg"):
                assert play.states[-1] != "approved"
                await play.answers("extra-sd-hr")
        await play.waits("project")
        opened_in_order = [made.ask.key for made in play.outside.register.openings]
        assert len(opened_in_order) == 4
        assert opened_in_order[-1] == ("extra-sd-hr" if before == "srg" else "srg")
        await play.is_withdrawn()
        await play.ends()


@pytest.mark.parametrize(
    ("choice", "state", "why"),
    [
        (Choice.REJECT, "rejected", "refused_by_another"),
        (Choice.RETURN, "returned", "returned_by_another"),
    ],
)
async def test_whoever_was_added_refuses_and_returns_as_a_funder_does(
    client: Client, choice: Choice, state: str, why: str
) -> None:
    async with playing(client, opened(f"INV-36-{choice}")) as play:
        await play.waits("notification")
        await play.asks_besides("sd-hr")
        await play.is_notified()
        await play.asks("funding-bh-dmh")
        await play.answers("extra-sd-hr", choice)
        await play.becomes(state)
        assert play.closed[play.step("funding-bh-dmh")].why == why


async def test_a_new_version_asks_whoever_was_added_again_unless_their_answer_stands(client: Client) -> None:
    async with playing(client, opened("INV-37")) as play:
        await play.waits("notification")
        await play.asks_besides("sd-hr")
        await play.is_notified()
        await play.answers("extra-sd-hr")
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        await play.comes_back("notification")
        await play.answers("funding-bh-dmh", Choice.RETURN, round=2)
        await until(lambda: play.states.count("returned") == 2)
        assert play.opening("extra-sd-hr", round=2) is not None


async def test_whoever_is_taken_back_while_asked_with_the_funders_calls_nobody_else_off(
    client: Client,
) -> None:
    async with playing(client, opened("INV-39")) as play:
        await play.waits("notification")
        await play.asks_besides("sd-hr")
        await play.is_notified()
        await play.asks("extra-sd-hr")
        await play.asks("funding-bh-dmh")
        for _ in range(2):
            assert await play.asks_no_more("sd-hr")
        await until(lambda: play.step("extra-sd-hr") in play.closed)
        assert play.closed[play.step("extra-sd-hr")].why == "taken_back"
        # Of one who was taken back before the process heard of them, it hears in either order.
        await play.asks_no_more("sd-fin")
        assert await play.asks_besides("sd-fin") is False
        await play.answers("funding-bh-dmh")
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert "withdrawn" not in play.states


@pytest.mark.parametrize("asked", [True, False])
async def test_without_whoever_is_taken_back_the_proposal_goes_on_even_if_nobody_else_was_asked(
    client: Client, asked: bool
) -> None:
    async with playing(client, opened(f"INV-40-{asked}", decide_by=date(2004, 9, 30))) as play:
        await play.is_notified_at_once()
        await play.asks("funding-bh-dmh")
        await play.asks_besides("sd-hr")
        if not asked:
            await play.asks_no_more("sd-hr")
        await play.answers("funding-bh-dmh")
        if asked:
            await play.asks("extra-sd-hr")
            await play.asks_no_more("sd-hr")
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert (play.opening("extra-sd-hr") is not None) is asked
        assert play.states[-1] == "closed"


async def test_what_was_answered_before_they_were_taken_back_stands(client: Client) -> None:
    async with playing(client, opened("INV-41")) as play:
        await play.waits("notification")
        await play.asks_besides("sd-hr")
        await play.is_notified()
        await play.answers("extra-sd-hr", Choice.REJECT)
        await play.asks_no_more("sd-hr")
        await play.ends()
        assert play.states[-1] == "rejected"


async def test_a_new_version_does_not_ask_whoever_was_taken_back_and_withdrawal_still_withdraws(
    client: Client,
) -> None:
    async with playing(client, opened("INV-42")) as play:
        await play.waits("notification")
        await play.asks_besides("sd-hr")
        await play.is_notified()
        await play.asks("extra-sd-hr")
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        await play.asks_no_more("sd-hr")
        await play.comes_back("notification")
        await play.asks("funding-bh-dmh", round=2)
        await play.is_withdrawn()
        await play.ends()
        assert play.opening("extra-sd-hr", round=2) is None
        assert play.states[-1] == "withdrawn"


async def test_after_approval_nobody_is_added(client: Client) -> None:
    async with playing(client, opened("INV-38")) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh")
        await play.asks("completion")
        assert await play.asks_besides("sd-hr") is False
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.opening("extra-sd-hr") is None


async def test_after_a_refusal_nobody_is_added_however_long_it_takes_to_tell(client: Client) -> None:
    async with playing(client, opened("INV-43")) as play:
        await play.is_notified()
        await play.asks("funding-bh-dmh")
        play.outside.cases.may_become.clear()
        await play.answers("funding-bh-dmh", Choice.REJECT)
        await play.becomes("rejected")
        assert await play.asks_besides("sd-hr") is False
        play.outside.cases.may_become.set()
        await play.ends()


async def test_an_answer_to_the_first_version_does_not_count_for_the_second(client: Client) -> None:
    async with playing(client, opened("INV-11", decide_by=date(2004, 9, 30))) as play:
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        await play.comes_back()
        await play.is_notified_at_once(round=2)
        await play.asks("funding-bh-dmh", round=2)
        old = decision(play.step("funding-bh-dmh", 2), "bh-dmh", round=2, content_hash="c0ffee1")
        while isinstance(answer := await play.gateway.decide(old), Unknown):
            await asyncio.sleep(0.01)
        assert answer == Refused(Refusal.STALE)
        assert isinstance(await play.answers("funding-bh-dmh", round=2), Counted)


async def test_a_version_told_of_twice_is_taken_up_once(client: Client) -> None:
    async with playing(client, opened("INV-12", decide_by=date(2004, 9, 30))) as play:
        assert await play.gateway.resubmit("INV-12", 1)
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        await asyncio.sleep(0.2)
        assert play.states[-1] == "returned"
        await play.comes_back()
        assert await play.gateway.resubmit("INV-12", 2)
        await play.asks("notification", round=2)
        assert play.outside.cases.begun_versions == [1, 2]


# ------------------------------------------------------------------- deferral, referral


async def test_a_deferred_question_is_asked_again_on_its_day(client: Client) -> None:
    async with playing(client, opened("INV-13", *TWO)) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh", Choice.DEFER, to=date(2004, 11, 15))
        await play.waits("funding-bh-dmh")
        await play.answers("funding-bh-sports")
        assert play.opening("funding-bh-dmh", round=2) is None
        await play.jumps(date(2004, 11, 15))
        await play.answers("funding-bh-dmh", round=2)
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.states == MINOR
        again = play.opening("funding-bh-dmh", round=2)
        assert again is not None
        assert again.at.date() == date(2004, 11, 15)


async def test_a_refusal_ends_the_wait_for_a_question_that_another_deferred(client: Client) -> None:
    async with playing(client, opened("INV-14", *TWO)) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh", Choice.DEFER, to=date(2004, 11, 15))
        await play.waits("funding-bh-dmh")
        await play.answers("funding-bh-sports", Choice.REJECT)
        await play.ends()
        assert play.states[-1] == "rejected"
        assert play.opening("funding-bh-dmh", round=2) is None


async def test_a_deferral_without_a_day_is_refused_and_the_case_goes_on(client: Client) -> None:
    async with playing(client, opened("INV-15")) as play:
        await play.is_notified()
        assert await play.answers("funding-bh-dmh", Choice.DEFER) == Refused(Refusal.NOT_OFFERED)
        await play.answers("funding-bh-dmh")
        await play.becomes("approved")


@pytest.mark.parametrize(("word", "state"), [(Choice.APPROVE, "approved"), (Choice.REJECT, "rejected")])
async def test_srg_has_the_last_word_on_a_minor_proposal_that_its_funder_refers_up(
    client: Client, word: Choice, state: str
) -> None:
    async with playing(client, opened(f"INV-16-{word}")) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh", Choice.REFER_UP)
        await play.answers("srg", word, seat="cd-rc")
        await play.answers("srg", word, seat="cd-hsg")
        await play.becomes(state)
        assert play.states == ["notifying", "with_funders", "with_srg", state]


async def test_where_nobody_stands_above_the_funders_nothing_can_be_referred_up(client: Client) -> None:
    case = opened("INV-29").model_copy(update={"branches": {}})
    async with playing(client, case) as play:
        await play.is_notified()
        assert await play.answers("funding-bh-dmh", Choice.REFER_UP) == Refused(Refusal.NOT_OFFERED)
        await play.answers("funding-bh-dmh")
        await play.becomes("approved")


async def test_an_answer_that_leads_nowhere_is_never_offered_whatever_the_edition_says(
    client: Client,
) -> None:
    put = {
        "funding": terms(*LADDER, kind="funding", choices=(*MONEY, Choice.NOT_SUPPORT)),
        "completion": terms(
            *LADDER,
            kind="completion",
            choices=(Choice.APPROVE, Choice.SEND_BACK, Choice.RETURN, Choice.VERIFY),
        ),
    }
    async with playing(client, opened("INV-30", put=put)) as play:
        await play.is_notified()
        assert await play.answers("funding-bh-dmh", Choice.NOT_SUPPORT) == Refused(Refusal.NOT_OFFERED)
        await play.answers("funding-bh-dmh")
        for choice in (Choice.APPROVE, Choice.SEND_BACK, Choice.RETURN):
            assert await play.answers("completion", choice) == Refused(Refusal.NOT_OFFERED)
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.states == MINOR


# ------------------------------------------------------------------------- withdrawal


async def waiting_for_the_meeting(play: Play) -> None:
    await play.waits("notification")


async def with_one_open_step(play: Play) -> None:
    await play.waits("notification")
    await play.jumps(MEETING)
    await play.asks("notification")


async def with_two_open_steps(play: Play) -> None:
    await play.is_notified()
    for funder in TWO:
        await play.asks(f"funding-{funder}")


async def returned(play: Play) -> None:
    await play.is_notified()
    await play.answers("funding-bh-dmh", Choice.RETURN)
    await play.becomes("returned")
    await play.waits("resubmission")


async def deferred(play: Play) -> None:
    await play.is_notified()
    await play.answers("funding-bh-dmh", Choice.DEFER, to=date(2004, 11, 15))
    await play.answers("funding-bh-sports")
    await play.waits("funding-bh-dmh")
    await until(lambda: play.step("funding-bh-sports") in play.closed)


async def with_srg(play: Play) -> None:
    await play.is_notified()
    for funder in TWO:
        await play.answers(f"funding-{funder}")
    await play.answers("srg", seat="cd-hsg")


@pytest.mark.parametrize(
    ("arrives", "so_far", "open_steps"),
    [
        (waiting_for_the_meeting, ["notifying"], []),
        (with_one_open_step, ["notifying"], ["notification"]),
        (with_two_open_steps, ["notifying", "with_funders"], ["funding-bh-dmh", "funding-bh-sports"]),
        (returned, ["notifying", "with_funders", "returned"], []),
        (deferred, ["notifying", "with_funders"], []),
        (with_srg, ["notifying", "with_funders", "with_srg"], ["srg"]),
    ],
)
async def test_a_withdrawal_closes_everything_once_wherever_the_case_is(
    client: Client,
    arrives: Callable[[Play], Awaitable[None]],
    so_far: list[str],
    open_steps: list[str],
) -> None:
    case = opened(f"INV-17-{arrives.__name__}", *TWO, size=Size.MAJOR)
    async with playing(client, case) as play:
        await arrives(play)
        assert play.states == so_far
        before = set(play.closed)
        await asyncio.gather(play.is_withdrawn(), play.is_withdrawn())
        await play.ends()
        assert play.states == [*so_far, "withdrawn"]
        ended = {step: closing for step, closing in play.closed.items() if step not in before}
        assert set(ended) == {play.step(key) for key in open_steps}
        assert {closing.why for closing in ended.values()} <= {"withdrawn"}
        assert play.outside.register.open_steps == ()


async def test_an_answer_after_the_withdrawal_is_refused(client: Client) -> None:
    async with playing(client, opened("INV-18", decide_by=date(2004, 9, 30))) as play:
        await play.asks("notification")
        await play.is_withdrawn()
        await play.ends()
        assert await play.answers("notification", Choice.NOTE) == Refused(Refusal.ENDED)


# ----------------------------------------------------------------------------- silence


async def test_silence_at_a_question_that_expires_lets_the_proposal_lapse(client: Client) -> None:
    expiring = terms((3, Nudge.REMIND), (10, Nudge.CLOSE), choices=MONEY, silence=Silence.EXPIRE)
    async with playing(client, opened("INV-19", put={"funding": expiring})) as play:
        await play.is_notified()
        await play.asks("funding-bh-dmh")
        await play.jumps(date(2004, 10, 20))
        await until(lambda: play.nudges == [Nudge.REMIND])
        await play.jumps(date(2004, 11, 1))
        await play.ends()
        assert play.states[-1] == "lapsed"
        assert play.closed["INV-19.funding-bh-dmh.1"].outcome.ending is Ending.SILENT


async def test_who_was_asked_beside_a_question_that_nobody_answers_is_told_that_and_of_no_refusal(
    client: Client,
) -> None:
    expiring = terms((10, Nudge.CLOSE), choices=MONEY, silence=Silence.EXPIRE)
    async with playing(client, opened("INV-19-beside", put={"funding": expiring})) as play:
        await play.waits("notification")
        await play.asks_besides("sd-hr")
        await play.is_notified()
        await play.asks("funding-bh-dmh")
        await play.asks("extra-sd-hr")
        await play.jumps(date(2004, 11, 1))
        await play.ends()
        assert play.states[-1] == "lapsed"
        assert play.closed[play.step("extra-sd-hr")].why == "unanswered_beside"


async def test_a_jump_of_months_sends_one_letter_of_each_kind_and_no_stale_reminder(
    client: Client,
) -> None:
    async with playing(client, opened("INV-20", decide_by=date(2004, 9, 30))) as play:
        await play.asks("notification")
        await play.jumps(date(2005, 2, 1))
        await play.nudged(3)
        assert play.nudges == [Nudge.COVER, Nudge.LINE, Nudge.PMO]
        late = [nudged.at.date() for nudged in play.outside.register.nudges]
        assert late == [date(2005, 2, 1)] * 3
        assert isinstance(await play.answers("notification", Choice.NOTE), Counted)
        await play.asks("funding-bh-dmh")


async def test_each_rung_comes_once_however_the_clock_jumps_towards_it(client: Client) -> None:
    async with playing(client, opened("INV-21", decide_by=date(2004, 9, 30))) as play:
        await play.asks("notification")
        for rung in play.rungs("notification"):
            await play.jumps(rung.at - timedelta(hours=1))
            await play.jumps(rung.at + timedelta(seconds=1))
            await play.nudged(rung.number)
        assert play.nudges == [nudge for _, nudge in LADDER]


# ------------------------------------------------------------------------------ races


async def test_an_answer_that_comes_before_the_step_knows_its_people_is_not_lost(client: Client) -> None:
    async with playing(client, opened("INV-22", decide_by=date(2004, 9, 30))) as play:
        play.outside.register.may_open.clear()
        early = decision(play.step("notification"), "sd-ict-ca", Choice.NOTE, content_hash="c0ffee1")
        while isinstance(answer := await play.gateway.decide(early), Refused):
            await asyncio.sleep(0.01)
        assert answer == Unknown()
        play.outside.register.may_open.set()
        while isinstance(answer := await play.gateway.decide(early), Unknown):
            await asyncio.sleep(0.01)
        assert answer == Counted(Choice.NOTE)


@pytest.mark.parametrize("moment", ["started", "writing"])
async def test_a_step_that_opens_while_the_clock_jumps_learns_of_it_from_the_register(
    client: Client, moment: str
) -> None:
    async with playing(client, opened(f"INV-23-{moment}", decide_by=date(2004, 9, 30))) as play:
        play.outside.register.may_open.clear()
        step = play.client.get_workflow_handle(play.step("notification"))
        await play.runs("notification")
        if moment == "writing":
            await play.outside.register.opens.wait()
        await play.jumps(date(2005, 2, 1))
        play.outside.register.may_open.set()
        await play.nudged(3)
        assert play.nudges == [Nudge.COVER, Nudge.LINE, Nudge.PMO]
        accepted = [event async for event in step.fetch_history_events()]
        assert not any(
            event.HasField("workflow_execution_update_accepted_event_attributes") for event in accepted
        )


@pytest.mark.parametrize("moment", ["may_open", "may_close"])
async def test_a_step_that_is_cancelled_while_it_writes_still_closes_in_the_record(
    client: Client, moment: str
) -> None:
    async with playing(client, opened(f"INV-24-{moment}", decide_by=date(2004, 9, 30))) as play:
        gate = getattr(play.outside.register, moment)
        gate.clear()
        await play.runs("notification")
        step = play.client.get_workflow_handle(play.step("notification"))
        if moment == "may_close":
            await play.asks("notification")
            await play.answers("notification", Choice.NOTE)
        await step.cancel()
        await asyncio.sleep(0.2)
        gate.set()
        await until(lambda: play.step("notification") in play.closed)
        ending = play.closed[play.step("notification")].outcome.ending
        assert ending is (Ending.WITHDRAWN if moment == "may_open" else Ending.DECIDED)
        await play.becomes("withdrawn" if moment == "may_open" else "with_funders")


@pytest.mark.parametrize("moment", ["waiting", "asking", "approved"])
async def test_a_case_that_an_operator_cancels_is_withdrawn_and_its_people_are_told(
    client: Client, moment: str
) -> None:
    async with playing(client, opened(f"INV-26-{moment}", *TWO)) as play:
        await play.waits("notification")
        if moment != "waiting":
            await play.is_notified()
            for funder in TWO:
                await play.asks(f"funding-{funder}")
        if moment == "approved":
            for funder in TWO:
                await play.answers(f"funding-{funder}")
            await play.asks("completion")
        await play.handle.cancel()
        await play.ends()
        assert play.states[-1] == "withdrawn"
        called_off = {"waiting": [], "asking": list(TWO), "approved": ["completion"]}[moment]
        for step in (play.step(f"funding-{post}" if post in TWO else post) for post in called_off):
            assert play.closed[step].outcome.ending is Ending.WITHDRAWN
        assert play.outside.register.open_steps == ()


async def test_a_second_wish_to_withdraw_and_a_late_version_do_not_stop_the_case(client: Client) -> None:
    async with playing(client, opened("INV-25")) as play:
        await play.waits("notification")
        play.outside.register.may_close.clear()
        await play.jumps(MEETING)
        await play.asks("notification")
        await play.is_withdrawn()
        assert await play.gateway.resubmit(play.ref, 2)
        await play.jumps(date(2004, 12, 1))
        play.outside.register.may_close.set()
        await play.ends()
        assert play.states == ["notifying", "withdrawn"]
        assert await play.gateway.resubmit(play.ref, 3)


# -------------------------------------------------------------------- what operators see


async def test_operators_see_what_each_process_is_about_and_nobody_s_name(client: Client) -> None:
    async with playing(client, opened("INV-26")) as play:
        await play.is_notified()
        await play.asks("funding-bh-dmh")
        case = await play.handle.describe()
        step = await client.get_workflow_handle(play.step("funding-bh-dmh")).describe()
        shown = {
            "case": (await case.static_summary(), await case.static_details()),
            "step": (await step.static_summary(), await step.static_details()),
        }
        assert shown == {
            "case": ("INV-26: investment proposal", None),
            "step": ("INV-26: funding, round 1", "Version 1. Asked of: bh-dmh"),
        }
        assert dict(_attributes(case)) == {
            KIND.name: "investment_proposal",
            CASE.name: "INV-26",
            STATE.name: "with_funders",
        }
        assert dict(_attributes(step)) == {KIND.name: "funding", CASE.name: "INV-26"}


async def test_no_history_holds_a_person_s_name_or_address(client: Client) -> None:
    async with playing(client, opened("INV-27")) as play:
        await play.is_notified()
        await play.answers("funding-bh-dmh")
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        for id in (play.ref, *play.closed):
            history = (await client.get_workflow_handle(id).fetch_history()).to_json()
            assert "@" not in history
            assert "Holder" not in history


def _attributes(described: Any) -> list[tuple[str, Any]]:
    ours = (KIND, CASE, STATE)
    return [
        (pair.key.name, pair.value)
        for pair in described.typed_search_attributes.search_attributes
        if pair.key.name in [key.name for key in ours]
    ]


# -------------------------------------------------------------------------------- outages


@pytest.mark.parametrize("answered_in_time", [False, True])
async def test_an_outage_over_a_deadline_ends_with_one_escalation_or_with_the_answer_given_in_time(
    tmp_path: Path, answered_in_time: bool
) -> None:
    covered = terms((1, Nudge.COVER), (60, Nudge.PMO), kind="notification", choices=(Choice.NOTE,))
    case = opened("INV-28", decide_by=date(2004, 9, 30), put={"notification": covered})
    with running(tmp_path, {key.name: "Keyword" for key in (CASE, KIND, STATE)}) as server:
        client = await Client.connect(server.address, data_converter=pydantic_data_converter)
        async with playing(client, case) as play:
            await play.asks("notification")
            due = play.rungs("notification")[0].at
            await play.jumps(due - timedelta(seconds=1))
            made = decision(play.step("notification"), "sd-ict-ca", Choice.NOTE, content_hash="c0ffee1")
            with down(server):
                if answered_in_time:
                    play.outside.register.unsettled = [made.key]
                while play.outside.now < due + timedelta(seconds=0.5):
                    await asyncio.sleep(0.05)
            if answered_in_time:
                while not isinstance(await play.gateway.decide(made), Counted):
                    await asyncio.sleep(0.05)
                # The worker's pollers come back one after the other, within ten seconds.
                await until(lambda: play.opening("funding-bh-dmh"), within=40)
                assert play.nudges == []
            else:
                await until(lambda: play.nudges, within=40)
                await asyncio.sleep(0.5)
                assert play.nudges == [Nudge.COVER]
                assert due < play.outside.register.nudges[0].at < due + timedelta(seconds=60)
