"""Conditions of an approval on the whole stack: claimed, sent back, checked, and guarding what they guard."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from service.store import actions, covers, rebuild
from service.store.actions import ActionView
from service.store.covers import Cover
from service.store.verify import verify
from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town, until
from workflows.model import ActionState, Capacity, State

BEGINS = datetime(2004, 7, 20, 8, tzinfo=UTC)
SMALL = SAMPLES["PROP-07"] | {
    "title": "Wireless sites",
    "funding_parties": [
        {"post": "bh-dmh", "share_percent": 50},
        {"post": "bh-sports", "share_percent": 50},
    ],
}
LEAD, SPONSOR, FUNDER = "hoict-rc", "cd-rc", "bh-dmh"
WITH_CONDITIONS = {
    "choice": "approve_with_conditions",
    "reason": "The sites must be looked after.",
    "conditions": "Train whoever looks after the sites",
    "condition_by-day": "1",
    "condition_by-month": "10",
    "condition_by-year": "2004",
    "condition_evidence": "The list of those trained",
    "condition_guards": "completion",
    "conditions_2": "Report what the sites cost to run",
    "condition_owner_2": SPONSOR,
    "condition_by_2-day": "1",
    "condition_by_2-month": "12",
    "condition_by_2-year": "2004",
}


@pytest.fixture(scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town(tmp_path_factory.mktemp("city"), BEGINS) as running:
        yield running


@pytest.fixture(scope="module")
async def token(city: Town) -> str:
    return await city.token("pmo")


async def told(city: Town, token: str, ref: str) -> dict[str, Any]:
    async with city.program(token) as program:
        found: dict[str, Any] = (await program.get(f"/cases/{ref}")).json()
    return found


def following(city: Town, ref: str) -> tuple[ActionView, ...]:
    with city.store.reading() as tx:
        return actions.of_case(tx, ref)


async def approved(city: Town, token: str, decide_by: str = "2004-09-01") -> tuple[str, str, str]:
    """A minor proposal, approved with two conditions of its year; its reference and theirs."""
    put = {name: value.replace("2004", decide_by[:4]) for name, value in WITH_CONDITIONS.items()}
    ref = await city.submits(token, SMALL | {"decision_needed_by": decide_by})
    letter = await city.asked("sd-ict-ca", "Reply by", ref)
    no_concern = dict.fromkeys(("fit", "infrastructure", "network_security"), "no_concern")
    await city.holder("sd-ict-ca").decide(letter, {**no_concern, "choice": "note"})
    await city.holder(FUNDER).decide(await city.asked(FUNDER, "Decide by", ref), put)
    await city.holder("bh-sports").decide(
        await city.asked("bh-sports", "Decide by", ref), {"choice": "approve"}
    )
    await city.becomes(ref, State.APPROVED)
    first, second = following(city, ref)
    return ref, first.ref, second.ref


async def test_a_guarded_completion_is_asked_when_its_condition_is_verified_and_the_other_lives_on(
    city: Town, token: str
) -> None:
    ref, first, second = await approved(city, token)
    news = await city.asked(LEAD, "Your proposal is approved", ref)
    words = " ".join(news.text.split())
    assert f"Followed up as {first}." in words
    assert f"Followed up as {second}." in words
    asked = await city.asked(LEAD, "Complete by Fri 1 Oct", first)
    words = " ".join(asked.text.split())
    for said in (
        "Train whoever looks after the sites",
        "What will show it: The list of those trained.",
        "Who checks it: Budget holder, De Montfort Hall.",
        "The work cannot be confirmed complete before it is met.",
    ):
        assert said in words
    await city.asked(SPONSOR, "Complete by Wed 1 Dec", second)

    await until(lambda: city.waits(ref), "it waits for its condition")
    case = await told(city, token, ref)
    assert [(one["on"], one["action"], one["at"][:10]) for one in case["waiting"]] == [
        (LEAD, first, "2004-10-01")
    ]
    assert [(one["action"], one["state"], one["guards"]) for one in case["conditions"]] == [
        (first, "in_progress", "completion"),
        (second, "in_progress", "nothing"),
    ]
    assert city.step(ref, "completion") is None

    claim = {"choice": "claim_complete", "reason": "Nine of twelve have been trained."}
    receipt = await city.holder(LEAD).decide(asked, claim)
    assert "it goes to Budget holder, De Montfort Hall" in " ".join(receipt.text.split())
    check = await city.asked(FUNDER, "Check by", first)
    assert "“Nine of twelve have been trained.”" in " ".join(check.text.split())
    await city.holder(FUNDER).decide(check, {"choice": "send_back", "reason": "Three are missing."})
    await city.becomes(first, ActionState.SENT_BACK)
    again = await city.asked(LEAD, "Complete by Fri 1 Oct", first)
    assert "“Three are missing.”" in " ".join(again.text.split())
    assert city.step(ref, "completion") is None
    await city.holder(LEAD).decide(again, {"choice": "claim_complete", "reason": "All twelve."})
    await city.holder(FUNDER).decide(await city.asked(FUNDER, "Check by", first), {"choice": "verify"})
    await city.becomes(first, ActionState.VERIFIED)
    await city.asked(LEAD, "It is confirmed as done", first)
    await city.asked(SPONSOR, "It is confirmed as done", first)

    letter = await city.asked(LEAD, "Confirm by", ref)
    await city.holder(LEAD).decide(letter, {"choice": "verify"})
    await city.becomes(ref, State.CLOSED)
    assert (await told(city, token, ref))["waiting"] == []
    assert (city.case(second).state, city.case(second).open) == ("in_progress", True)

    # It is chased for its own day, whatever has become of its proposal.
    await city.jumps(datetime(2004, 11, 24, 18, tzinfo=UTC))
    reminder = await city.asked(SPONSOR, "Reminder", second)
    cover_for_the_owner(city)
    # Whoever covers for its owner may not check it, nor may the line above them, who is the owner.
    reported = {"choice": "claim_complete", "reason": "It came to £900."}
    await city.holder(SPONSOR).decide(reminder, reported)
    check = await city.asked("chief-executive", "Check by", second)
    (seat,) = (await city.opened(second, "action_check")).seats
    assert (seat.post, [holder.capacity for holder in seat.holders]) == (FUNDER, [Capacity.LINE])
    assert "covers for somebody who did what is to be checked" in " ".join(check.text.split())
    await city.holder("chief-executive").decide(check, {"choice": "verify"})
    await city.becomes(second, ActionState.VERIFIED)
    await city.settles()
    assert rebuild.drift(city.store) == ()
    with city.store.reading() as tx:
        assert verify(tx).intact


def cover_for_the_owner(city: Town) -> None:
    """Let the owner of the second condition be covered by whoever was to check it."""
    day = date(2004, 11, 24)
    owner, cover = (leicester().holder(post, day) for post in (SPONSOR, FUNDER))
    assert owner
    assert cover
    with city.store.writing() as tx:
        assert covers.set(
            tx, Cover(person=owner.id, cover=cover.id, starts=day, ends=date(2004, 12, 31), set_by=owner.id)
        )


async def test_the_conditions_of_a_withdrawn_proposal_fall_away_and_their_people_are_told(
    city: Town, token: str
) -> None:
    await city.jumps(date(2005, 1, 4))
    ref, first, second = await approved(city, token, "2005-01-10")
    await city.asked(LEAD, "Complete by", first)
    await city.asked(SPONSOR, "Complete by", second)
    async with city.program(token) as program:
        refused = await program.post(f"/cases/{first}/withdraw")
        assert refused.status_code == 409, refused.text
        assert (await program.post(f"/cases/{ref}/withdraw")).status_code == 202
    for action, post in ((first, LEAD), (second, SPONSOR)):
        await city.becomes(action, ActionState.WITHDRAWN)
        news = await city.asked(post, "Nothing more to do", action)
        assert "was withdrawn or has lapsed, so it falls away" in " ".join(news.text.split())
    assert city.case(ref).state == State.WITHDRAWN
