"""A case's pages in Chromium: outside the guidelines, an approver taken back, a board that votes blind."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service import handbook
from service.handbook import Edition
from tests.browser.chromium import DESK, PHONE, Screen, browsing, needs_chromium
from tests.browser.test_pages import no_complaints
from tests.e2e import test_boards as boards
from tests.support.samples import SAMPLES
from tests.support.stack import Town, town
from workflows.model import State

pytestmark = [pytest.mark.browser, needs_chromium]

SHIRE = handbook.load("herefordshire")
BEGINS = datetime(2007, 4, 23, 8, tzinfo=UTC)
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
rules = boards.rules


@pytest.fixture(scope="module")
async def shire(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town(tmp_path_factory.mktemp("shire"), BEGINS, handbook=("herefordshire",)) as running:
        yield running


@pytest.fixture(scope="module")
async def board(
    rules: tuple[Path, Edition], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Town, str]]:
    """An installation whose board has one vote against a proposal, and its reference."""
    folder, edition = rules
    async with town(tmp_path_factory.mktemp("city"), boards.BEGINS, handbook=(str(folder),)) as city:
        boards.away(city, edition)
        ref = await boards.before_the_board(city, await city.token("pmo"), "Tickets for the hall")
        await boards.votes(city, "cd-hsg", ref, "reject", boards.SECRET)
        yield city, ref


async def signs_in(screen: Screen, city: Town, address: str, to: str) -> None:
    await screen.opens(f"{city.url}/sign-in?next={to}")
    await screen.types("Email address", address)
    await screen.follows("Continue")
    await screen.types("Code", (await city.mail.letter(address, "code")).code)
    await screen.follows("Sign in")


@SIZES
async def test_the_box_for_guidelines_comes_with_a_return_and_an_approver_is_taken_back(
    shire: Town, size: tuple[int, int], tmp_path: Path
) -> None:
    token = await shire.token(SHIRE.roles["pmo"])
    document = SAMPLES["PROP-12"] | {"lead_post": "procurement-manager", "submitted_on": None}
    ref = await shire.submits(token, document | {"decision_needed_by": "2007-12-31"})
    async with shire.program(token) as program:
        asked = {"post": "internal-audit", "reason": "They have looked at it before"}
        assert (await program.post(f"/cases/{ref}/approvers", json=asked)).status_code == 202
    await shire.settles()
    meeting = shire.case(ref).route[0].meeting
    assert meeting
    await shire.jumps(max(meeting, shire.now.date()))
    letter = await shire.mail.letter(SHIRE.posts["ipg-secretary"].email, "by", ref)
    async with browsing(shire.url, tmp_path, size) as screen:
        await screen.opens(letter.link)
        await screen.follows("Continue")
        box = screen.page.get_by_label("I return it because it is outside the guidelines")
        assert not await box.is_visible()
        await screen.chooses("Return")
        assert await box.is_visible()
        await screen.types("Your reasons", "It was bought outside the framework contract.")
        await screen.tabs_to("outside the guidelines")
        await screen.page.keyboard.press("Space")
        await screen.looks("guidelines")
        await screen.follows("Continue")
        await screen.looks("guidelines-check")
        await screen.follows("Confirm")
        await screen.looks("guidelines-receipt")
        await shire.becomes(ref, State.RETURNED)
        await signs_in(screen, shire, SHIRE.posts["dir-ccs"].email, f"/cases/{ref}")
        await screen.looks("guidelines-case")
        await screen.follows("Ask Internal Audit no more")
        await screen.looks("approver-leaves")
        await screen.follows("Ask them no more")
        await screen.looks("approver-leaves-error")
        await screen.types("Why?", "They have said that they need not look at it.")
        await screen.follows("Ask them no more")
        await screen.looks("approver-gone")
        assert "Not asked any more: Internal Audit" in await screen.page.inner_text("main")
        no_complaints(screen)


@SIZES
async def test_a_blind_board_reads_who_has_voted_and_not_how(
    board: tuple[Town, str], size: tuple[int, int], tmp_path: Path
) -> None:
    city, ref = board
    async with browsing(city.url, tmp_path, size) as screen:
        for post in (boards.SUBSTITUTE, boards.CHAIR, boards.VETO):
            address = handbook.load("leicester").posts[post].email
            letter = next(one for one in await city.mail.all() if one.to == address and ref in one.subject)
            await screen.opens(letter.link)
            await screen.follows("Continue")
            await screen.looks(f"blind-{post}")
            shown = await screen.page.inner_text("main")
            assert "How anybody votes is shown when it is decided." in shown
            assert boards.SECRET not in shown
        await signs_in(screen, city, handbook.load("leicester").posts["cd-rad"].email, f"/cases/{ref}")
        await screen.looks("blind-case")
        assert boards.SECRET not in await screen.page.inner_text("main")
        no_complaints(screen)
