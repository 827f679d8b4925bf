"""Those who are heard before money is asked for, on a real server: what each answer leads to."""

from datetime import date
from typing import Any

import pytest
from temporalio.client import Client

from tests.support.core import terms
from tests.support.play import playing
from tests.support.proposals import HEADS, MEETING, RULES, opened
from workflows.model import Choice, EmbargoOwner, EmbargoRules, Ending, Nudge, Relation, Silence, Size

SOON = date(2004, 9, 30)
"""A decision date that no meeting can serve, so that the case is notified at once."""
DEVIATES = {"P04": "deviates"}
BOARD = ("cd-hsg", "chief-executive")


# ------------------------------------------------------------------- Head of Profession


@pytest.mark.parametrize("choice", [Choice.SUPPORT, Choice.SUPPORT_WITH_CONDITIONS])
async def test_a_supported_deviation_goes_on_to_its_notification_and_then_to_its_funders(
    client: Client, choice: Choice
) -> None:
    ref = f"INV-101-{choice}".replace("_", "-")
    async with playing(client, opened(ref, decide_by=SOON, principles=DEVIATES)) as play:
        await play.asks("consultation-head-of-profession")
        assert [made.ask.key for made in play.outside.register.openings] == [
            "consultation-head-of-profession"
        ]
        await play.answers("consultation-head-of-profession", choice)
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.states == ["consulting", "notifying", "with_funders", "approved", "closed"]


@pytest.mark.parametrize(
    ("srg", "states"),
    [
        (Choice.APPROVE, ["consulting", "with_srg", "notifying", "with_funders", "approved", "closed"]),
        (Choice.REJECT, ["consulting", "with_srg", "rejected"]),
    ],
)
async def test_an_unsupported_deviation_goes_to_srg_whose_word_stands(
    client: Client, srg: Choice, states: list[str]
) -> None:
    async with playing(client, opened(f"INV-102-{srg}", decide_by=SOON, principles=DEVIATES)) as play:
        await play.answers("consultation-head-of-profession", Choice.NOT_SUPPORT)
        for member in BOARD:
            await play.answers("srg-deviation", srg, seat=member)
        if srg is Choice.APPROVE:
            await play.is_notified_at_once()
            await play.answers("funding-bh-dmh")
            await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.states == states


async def test_srg_still_decides_a_major_proposal_whose_deviation_it_has_let_pass(client: Client) -> None:
    case = opened("INV-103", size=Size.MAJOR, decide_by=SOON, principles=DEVIATES)
    async with playing(client, case) as play:
        await play.answers("consultation-head-of-profession", Choice.NOT_SUPPORT)
        for member in BOARD:
            await play.answers("srg-deviation", seat=member)
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        for member in BOARD:
            await play.answers("srg", seat=member)
        await play.waits("project")
        assert play.states == [
            "consulting",
            "with_srg",
            "notifying",
            "with_funders",
            "with_srg",
            "approved",
        ]


# ------------------------------------------------------------------- Principal Customers

MAPPING: dict[str, Any] = {"relation": Relation.DUPLICATES, "corporate_systems": ("CS8",)}


async def test_a_duplicate_whose_system_can_be_used_goes_back_and_comes_again(client: Client) -> None:
    async with playing(client, opened("INV-110", decide_by=SOON, **MAPPING)) as play:
        await play.answers("challenge-sd-ict-ca", Choice.NOT_SUPPORT)
        await play.waits("resubmission")
        assert play.states == ["consulting", "returned"]
        play.outside.cases.opened = opened("INV-110", decide_by=SOON)
        await play.comes_back()
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.states[2:] == ["notifying", "with_funders", "approved", "closed"]


async def test_where_the_system_falls_short_the_head_of_profession_is_consulted_next(client: Client) -> None:
    async with playing(client, opened("INV-111", decide_by=SOON, **MAPPING)) as play:
        await play.answers("challenge-sd-ict-ca", Choice.SUPPORT)
        await play.answers("consultation-head-of-profession", Choice.SUPPORT)
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        await play.asks("completion")
        assert play.states == ["consulting", "notifying", "with_funders", "approved"]


async def test_one_who_is_not_supported_there_either_goes_to_srg(client: Client) -> None:
    async with playing(client, opened("INV-112", decide_by=SOON, **MAPPING)) as play:
        await play.answers("challenge-sd-ict-ca", Choice.SUPPORT)
        await play.answers("consultation-head-of-profession", Choice.NOT_SUPPORT)
        for member in BOARD:
            await play.answers("srg-deviation", seat=member)
        await play.asks("notification")
        assert play.states == ["consulting", "with_srg", "notifying"]


async def test_a_challenge_that_nobody_answers_goes_to_the_business_forum_and_then_to_srg(
    client: Client,
) -> None:
    async with playing(client, opened("INV-113", decide_by=date(2004, 12, 1), **MAPPING)) as play:
        asked = ("challenge-sd-ict-ca", "challenge-sd-ict-ca-business-forum")
        for number, key in enumerate(asked, start=1):
            await play.asks(key)
            await play.jumps(play.rungs(key)[-1].at)
            await play.asks((*asked, "challenge-sd-ict-ca-srg")[number])
        silent = [play.closed[play.step(key)].outcome.ending for key in asked]
        assert silent == [Ending.SILENT, Ending.SILENT]
        opening = play.opening(asked[1])
        assert opening is not None
        assert (opening.ask.forum, opening.ask.seats[0].post) == (
            "business-forum",
            "business-forum-secretary",
        )
        for member in BOARD:
            await play.answers("challenge-sd-ict-ca-srg", seat=member)
        await play.waits("notification")


@pytest.mark.parametrize("relation", [Relation.EXTENDS, Relation.REPLACES])
async def test_every_owner_of_a_system_that_is_extended_or_replaced_consents(
    client: Client, relation: Relation
) -> None:
    case = opened(f"INV-114-{relation}", decide_by=SOON, relation=relation, corporate_systems=("CS6", "CS8"))
    async with playing(client, case) as play:
        await play.answers("consent-sd-hr", Choice.SUPPORT)
        assert play.opening("notification") is None
        await play.answers("consent-sd-ict-ca", Choice.SUPPORT)
        await play.is_notified_at_once()
        await play.asks("funding-bh-dmh")


async def test_an_owner_who_does_not_consent_returns_it_once_the_others_have_been_heard(
    client: Client,
) -> None:
    case = opened("INV-115", decide_by=SOON, relation=Relation.EXTENDS, corporate_systems=("CS6", "CS8"))
    async with playing(client, case) as play:
        await play.answers("consent-sd-hr", Choice.NOT_SUPPORT)
        await play.answers("consent-sd-ict-ca", Choice.SUPPORT)
        await play.becomes("returned")
        assert {closing.outcome.ending for closing in play.closed.values()} == {Ending.DECIDED}


# -------------------------------------------------------------------------------- issues


async def test_issues_are_put_to_the_meeting_that_is_notified_and_settled_before_funders_are_asked(
    client: Client,
) -> None:
    case = opened("INV-120", principles={"P09": "issue", "P10": "issue"})
    async with playing(client, case) as play:
        await play.waits("notification")
        await play.jumps(MEETING)
        for key in ("notification", "issue-P09", "issue-P10"):
            await play.asks(key)
        await play.answers("issue-P09")
        await play.answers("issue-P10", Choice.SUPPORT)
        assert play.opening("solution-P10") is None, "the meeting has not replied yet"
        await play.answers("notification", Choice.NOTE)
        await play.answers("solution-P10")
        await play.answers("funding-bh-dmh")
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.states == ["notifying", "consulting", "with_funders", "approved", "closed"]


async def test_an_issue_that_no_meeting_can_serve_goes_to_the_post_that_is_notified(client: Client) -> None:
    async with playing(client, opened("INV-121", decide_by=SOON, principles={"P09": "issue"})) as play:
        await play.asks("issue-P09")
        opening = play.opening("issue-P09")
        assert opening is not None
        assert opening.ask.seats[0].post == "sd-ict-ca"


async def test_an_issue_that_is_referred_up_is_settled_by_srg_before_funders_are_asked(
    client: Client,
) -> None:
    async with playing(client, opened("INV-122", decide_by=SOON, principles={"P09": "issue"})) as play:
        await play.is_notified_at_once()
        await play.answers("issue-P09", Choice.REFER_UP)
        await play.asks("srg-issue")
        assert play.opening("funding-bh-dmh") is None
        for member in BOARD:
            await play.answers("srg-issue", seat=member)
        await play.answers("funding-bh-dmh")
        await play.asks("completion")
        assert play.states == ["notifying", "with_srg", "with_funders", "approved"]


async def test_each_answer_adds_its_own_to_the_way_and_funders_wait_for_all_of_it(client: Client) -> None:
    case = opened("INV-123", decide_by=SOON, principles={"P09": "issue", "P10": "issue"})
    async with playing(client, case) as play:
        await play.is_notified_at_once()
        await play.answers("issue-P09", Choice.REFER_UP)
        await play.answers("issue-P10", Choice.SUPPORT)
        await play.answers("solution-P10")
        await play.asks("srg-issue")
        assert play.opening("funding-bh-dmh") is None
        for member in BOARD:
            await play.answers("srg-issue", seat=member)
        await play.answers("funding-bh-dmh")
        await play.asks("completion")
        assert play.states == ["notifying", "consulting", "with_srg", "with_funders", "approved"]


async def test_srg_is_asked_once_about_all_that_is_referred_to_it(client: Client) -> None:
    case = opened("INV-124", decide_by=SOON, principles={"P09": "issue", "P10": "issue"})
    async with playing(client, case) as play:
        await play.is_notified_at_once()
        await play.answers("issue-P09", Choice.REFER_UP)
        await play.answers("issue-P10", Choice.SUPPORT)
        await play.answers("solution-P10", Choice.REFER_UP)
        for member in BOARD:
            await play.answers("srg-issue", seat=member)
        await play.answers("funding-bh-dmh")
        await play.asks("completion")
        asked = [opening.ask.step for opening in play.outside.register.openings]
        assert [step for step in asked if "srg" in step] == ["INV-124.srg-issue.1"]


async def test_what_nobody_answers_lapses_though_the_question_beside_it_is_called_off(client: Client) -> None:
    closing = terms(
        (3, Nudge.REMIND),
        (5, Nudge.CLOSE),
        kind="dataset",
        choices=(Choice.APPROVE, Choice.RETURN, Choice.DEFER),
        silence=Silence.EXPIRE,
    )
    case = opened("INV-125", decide_by=SOON, principles={"P09": "issue"}, put={"dataset": closing})
    async with playing(client, case) as play:
        await play.asks("issue-P09")
        await play.jumps(date(2004, 9, 21))
        await play.ends()
        assert play.states == ["notifying", "lapsed"]


# ---------------------------------------------------------------------------------- bids


@pytest.mark.parametrize(
    ("choice", "states"),
    [
        (Choice.APPROVE, ["notifying", "awaiting_bid", "with_funders"]),
        (Choice.REJECT, ["notifying", "awaiting_bid", "closed_unfunded"]),
    ],
)
async def test_a_bid_opens_the_way_to_the_funders_or_ends_it(
    client: Client, choice: Choice, states: list[str]
) -> None:
    due = date(2005, 2, 28)
    case = opened(f"INV-130-{choice}", decide_by=SOON, bid_pending=True, bid_due=due)
    async with playing(client, case) as play:
        await play.is_notified_at_once()
        await play.asks("bid_outcome")
        opening = play.opening("bid_outcome")
        assert opening is not None
        assert opening.ask.expected == due
        assert [seat.post for seat in opening.ask.seats] == ["chief-finance-officer"]
        await play.answers("bid_outcome", choice)
        await play.becomes(states[-1])
        assert play.states == states


# ------------------------------------------------------------------------------- embargo


def standstill(*owners: EmbargoOwner) -> EmbargoRules:
    return EmbargoRules(owners=owners or (EmbargoOwner(forum=HEADS),))


@pytest.mark.parametrize(
    ("choice", "states"),
    [
        (Choice.APPROVE, ["consulting", "notifying"]),
        (Choice.REJECT, ["consulting", "closed_refused"]),
        (Choice.RETURN, ["consulting", "returned"]),
    ],
)
async def test_what_an_embargo_holds_waits_for_its_owners_meeting_and_does_as_that_says(
    client: Client, choice: Choice, states: list[str]
) -> None:
    rules = RULES.model_copy(update={"embargo": standstill()})
    case = opened(f"INV-140-{choice}", rules=rules)
    async with playing(client, case) as play:
        await play.waits("embargo_exception")
        assert play.outside.register.openings == []
        await play.jumps(MEETING)
        await play.answers("embargo_exception", choice)
        await play.becomes(states[-1])
        assert play.states == states
