"""A proposal outside the guidelines on the whole stack: sent back with reasons, and its directorate acts."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from service import handbook
from service.demo.people import Received
from service.store import actions, rebuild
from service.store.actions import ActionView
from service.store.verify import verify
from tests.support.samples import SAMPLES
from tests.support.stack import Town, town
from workflows.model import ActionState, State

BEGINS = datetime(2007, 4, 23, 8, tzinfo=UTC)
RULES = handbook.load("herefordshire")
DOCUMENT = SAMPLES["PROP-12"] | {"lead_post": "procurement-manager"}
SPONSOR, HEAD, SECRETARY, BOARD_DAY = "dir-ccs", "head-of-ict", "ipg-secretary", date(2007, 5, 16)
RETURNED = {
    "choice": "return",
    "reason": "It was bought outside the framework contract.",
    "guidelines": "outside",
}


@pytest.fixture(scope="module")
async def shire(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town(tmp_path_factory.mktemp("shire"), BEGINS, handbook=("herefordshire",)) as running:
        yield running


@pytest.fixture(scope="module")
async def token(shire: Town) -> str:
    return await shire.token(RULES.roles["pmo"])


async def asked(shire: Town, post: str, says: str, ref: str) -> Received:
    return await shire.mail.letter(RULES.posts[post].email, says, ref)


async def answers(shire: Town, post: str, says: str, ref: str, said: dict[str, str]) -> str:
    """Answer from the letter, and return the words of the receipt."""
    letter = await asked(shire, post, says, ref)
    receipt = await shire.at(RULES.posts[post].email).decide(letter, said)
    return " ".join(receipt.text.split())


def following(shire: Town, ref: str) -> tuple[ActionView, ...]:
    with shire.store.reading() as tx:
        return actions.of_case(tx, ref)


async def told(shire: Town, token: str, ref: str) -> dict[str, Any]:
    async with shire.program(token) as program:
        found: dict[str, Any] = (await program.get(f"/cases/{ref}")).json()
    return found


async def test_its_directorate_acts_until_whoever_returned_it_has_checked_that(
    shire: Town, token: str
) -> None:
    ref = await shire.submits(token, DOCUMENT)
    falling = await shire.submits(token, DOCUMENT | {"title": "Remote access for libraries"})
    await shire.settles()
    await shire.jumps(BOARD_DAY)
    for each in (ref, falling):
        receipt = await answers(shire, SECRETARY, "by", each, RETURNED)
        assert "Guidelines: The proposal is outside them" in receipt
        await shire.becomes(each, State.RETURNED)
    (left,) = following(shire, ref)
    assert (left.owner, left.verifier) == (HEAD, SECRETARY)

    news = " ".join((await asked(shire, SPONSOR, "it is outside the guidelines", ref)).text.split())
    assert "> It was bought outside the framework contract." in news
    assert "Left to be done: Head of ICT is asked to bring it within the guidelines or to end it" in news
    assert f"It is followed up as {left.ref}" in news
    wanted = await asked(shire, HEAD, "Complete by", left.ref)
    assert "It was returned: “It was bought outside the framework contract.”" in " ".join(wanted.text.split())
    await shire.at(RULES.posts[SPONSOR].email).sign_in()
    page = await shire.at(RULES.posts[SPONSOR].email).open(f"/cases/{ref}")
    assert left.ref in page.text
    assert "as outside the guidelines" in page.text

    async with shire.program(token) as program:
        changed = await program.patch(f"/proposals/{ref}", json={"summary": "By the framework contract."})
        assert changed.status_code == 200, changed.text
        again = await program.post(f"/proposals/{ref}/submit")
        assert again.status_code == 200, again.text
    await shire.settles()
    found = await told(shire, token, ref)
    assert found["version"] == 2
    assert [(one["action"], one["state"]) for one in found["conditions"]] == [(left.ref, "in_progress")]
    assert [one["outside_guidelines"] for one in found["decisions"]] == [True]

    # That its sponsor withdraws a proposal does not end what the directorate has to do.
    (other,) = following(shire, falling)
    async with shire.program(token) as program:
        assert (await program.post(f"/cases/{falling}/withdraw")).status_code == 202
    await shire.becomes(falling, State.WITHDRAWN)
    await shire.settles()
    assert shire.case(other.ref).state == ActionState.IN_PROGRESS

    claimed = {"choice": "claim_complete", "reason": "It is bought by the framework contract."}
    await shire.at(RULES.posts[HEAD].email).decide(wanted, claimed)
    await answers(shire, SECRETARY, "Check by", left.ref, {"choice": "verify"})
    await shire.becomes(left.ref, ActionState.VERIFIED)
    await shire.settles()
    assert rebuild.drift(shire.store) == ()
    with shire.store.reading() as tx:
        assert verify(tx).intact
