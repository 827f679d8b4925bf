"""The pages in Chromium: by keyboard, on a phone, for screen readers, with nothing from elsewhere."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.demo.people import Received
from tests.browser.chromium import DESK, PHONE, Screen, browsing, needs_chromium
from tests.support.receiver import receiving
from tests.support.samples import SAMPLES
from tests.support.stack import Town, as_json, leicester, town
from workflows.model import State

pytestmark = [pytest.mark.browser, needs_chromium]

BEGINS = datetime(2004, 9, 13, 8, tzinfo=UTC)
NO_CONCERN = {
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
    "choice": "note",
}


@dataclass
class Scene:
    """An installation in which both funders of a major proposal are asked."""

    town: Town
    ref: str
    shots: Path

    async def letter(self, post: str) -> tuple[Received, str]:
        """Wait for the letter that asks a post; return it and the page on which it is shown."""
        letter = await self.town.asked(post, "Decide by", self.ref)
        return letter, f"{self.town.url}/dev/mail/{letter.id}"

    async def code(self, post: str) -> str:
        return (await self.town.mail.letter(leicester().posts[post].email, "code")).code


@pytest.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with (
        receiving("400 Bad Request") as receiver,
        town(tmp_path_factory.mktemp("town"), BEGINS, **receiver.settings) as city,
    ):
        token = await city.token("pmo")
        document = SAMPLES["PROP-02"] | {"decision_needed_by": "2004-10-01"}
        ref = await city.submits(token, document)
        letter = await city.asked("sd-ict-ca", "Reply by", ref)
        await city.holder("sd-ict-ca").decide(letter, NO_CONCERN)
        await city.becomes(ref, State.WITH_FUNDERS)
        yield Scene(city, ref, tmp_path_factory.mktemp("pictures"))


async def test_an_approver_decides_by_keyboard_alone_on_a_phone(scene: Scene) -> None:
    letter, shown = await scene.letter("bh-dmh")
    async with browsing(scene.town.url, scene.shots) as screen:
        await screen.opens(shown)
        await screen.looks("letter")
        await screen.follows(letter.link)
        await screen.looks("continue")
        await screen.follows("Continue")
        await screen.looks("code")
        await screen.types("Code", await scene.code("bh-dmh"))
        await screen.follows("Continue")
        await screen.looks("read")
        await screen.follows("Continue")
        await screen.looks("read-error")
        await screen.chooses("Approve")
        await screen.follows("Continue")
        await screen.looks("check")
        await screen.follows("Confirm")
        await screen.looks("receipt")
        assert "You approved £84,000" in await screen.page.inner_text("main")
        no_complaints(screen)
    made = [made.seat for made in scene.town.decisions(scene.ref)]
    assert made == ["sd-ict-ca", "bh-dmh"]


async def test_the_box_for_reasons_comes_with_the_choice_that_needs_it(scene: Scene) -> None:
    letter, _ = await scene.letter("bh-sports")
    async with browsing(scene.town.url, scene.shots) as screen:
        await screen.opens(letter.link)
        await screen.follows("Continue")
        await screen.types("Code", await scene.code("bh-sports"))
        await screen.follows("Continue")
        assert not await screen.page.get_by_label("Your reasons").is_visible()
        await screen.chooses("Return")
        assert await screen.page.get_by_label("Your reasons").is_visible()
        await screen.looks("read-reasons")
        await screen.chooses("Approve with conditions")
        await screen.looks("read-conditions")
        no_complaints(screen)


async def test_a_sponsors_pages_serve_a_keyboard_and_a_screen_reader(scene: Scene) -> None:
    async with browsing(scene.town.url, scene.shots) as screen:
        await screen.opens(scene.town.url)
        await screen.looks("sign-in")
        await screen.types("Email address", "head-ict-rc@leicester.example")
        await screen.follows("Continue")
        await screen.looks("sign-in-code")
        await screen.types("Code", await scene.code("hoict-rc"))
        await screen.follows("Sign in")
        await screen.looks("work")
        await screen.opens(f"{scene.town.url}/proposals")
        await screen.looks("proposals")
        await screen.follows("Begin")
        await screen.looks("task-list")
        tasks = screen.page.url
        await screen.follows("Costs")
        await screen.looks("costs")
        await screen.types("apital", "lots")
        await screen.follows("Save and continue")
        await screen.looks("costs-error")
        await screen.opens(f"{tasks}/check")
        await screen.looks("check-incomplete")
        await screen.opens(f"{scene.town.url}/cases")
        await screen.looks("register")
        await screen.follows(scene.ref)
        await screen.looks("case")
        await screen.opens(f"{screen.page.url}/record")
        await screen.looks("record")
        await screen.opens(f"{scene.town.url}/cover")
        await screen.looks("cover")
        no_complaints(screen)


async def test_those_who_are_heard_before_the_money_see_what_they_are_asked(scene: Scene) -> None:
    token = await scene.town.token("pmo")
    changes = {"decision_needed_by": "2004-10-01", "submitted_on": None}
    deviating = await scene.town.submits(token, SAMPLES["PROP-04"] | changes)
    limited = await scene.town.submits(token, SAMPLES["PROP-06"] | changes)
    async with browsing(scene.town.url, scene.shots) as screen:
        letter = await scene.town.asked("head-of-profession", "Reply by", deviating)
        await screen.opens(letter.link)
        await screen.follows("Continue")
        await screen.looks("consultation")
        await screen.chooses("Do not support")
        await screen.types("Your reasons", "The corporate system is to come next year.")
        await screen.follows("Continue")
        await screen.looks("consultation-check")
        assert "A higher body is asked to decide" in await screen.page.inner_text("main")
        letter = await scene.town.asked("sd-ict-ca", "Decide by", limited)
        await scene.town.holder("sd-ict-ca").decide(letter, {"choice": "support"})
        letter = await scene.town.asked("sd-ict-ca", "Reply by", limited)
        await scene.town.holder("sd-ict-ca").decide(letter, NO_CONCERN)
        letter = await scene.town.asked("ict-services", "Reply by", limited)
        await screen.opens(letter.link)
        await screen.follows("Continue")
        await screen.chooses("There is a solution")
        await screen.follows("Continue")
        await screen.looks("solution-error")
        await screen.types("What is the solution?", "A gateway to Oracle, run by ICT Services.")
        await screen.follows("Continue")
        await screen.looks("solution-check")
        await screen.follows("Confirm")
        await screen.looks("solution-receipt")
        no_complaints(screen)


async def test_the_way_of_a_complete_draft_is_shown_before_it_is_submitted(scene: Scene) -> None:
    token = await scene.town.token("hoict-rc")
    async with scene.town.program(token) as program:
        document = SAMPLES["PROP-02"]
        begun = await program.post("/proposals", json=as_json(document))
    ref = begun.json()["ref"]
    async with browsing(scene.town.url, scene.shots, DESK) as screen:
        await screen.opens(f"{scene.town.url}/sign-in?next=/proposals/{ref}/check")
        await screen.types("Email address", "head-ict-rc@leicester.example")
        await screen.follows("Continue")
        await screen.types("Code", await scene.code("hoict-rc"))
        await screen.follows("Sign in")
        assert "What will happen" in await screen.page.inner_text("main")
        await screen.looks("check-route")
        await screen.opens(f"{scene.town.url}/proposals/{ref}")
        await screen.looks("task-list-done")
        await screen.opens(f"{scene.town.url}/cases/{scene.ref}")
        await screen.looks("case-desk")
        await screen.opens(f"{scene.town.url}/cases")
        await screen.looks("register-desk")
        no_complaints(screen)


async def test_an_order_that_could_not_be_sent_is_seen_and_sent_again_by_keyboard(scene: Scene) -> None:
    city = scene.town
    changes = {"decision_needed_by": "2004-10-01", "submitted_on": None}
    ref = await city.submits(await city.token("pmo"), SAMPLES["PROP-07"] | changes)
    for post, says, answer in (
        ("sd-ict-ca", "Reply by", NO_CONCERN),
        ("cd-rc", "Decide by", {"choice": "approve"}),
    ):
        await city.holder(post).decide(await city.asked(post, says, ref), answer)
    await city.becomes(ref, State.APPROVED)
    pmo = leicester().posts["corp-projects-manager"].email
    letter = await city.mail.letter(pmo, "an order could not be sent", ref)
    orders = next(link for link in letter.links if link.endswith("/orders"))
    for size in (PHONE, DESK):
        async with browsing(city.url, scene.shots, size) as screen:
            await screen.opens(orders)
            await screen.types("Email address", pmo)
            await screen.follows("Continue")
            await screen.types("Code", await scene.code("corp-projects-manager"))
            await screen.follows("Sign in")
            assert "The receiver refused it (400)" in await screen.page.inner_text("main")
            await screen.looks(f"orders-{size[0]}")
            if size == DESK:
                await screen.follows("Send again")
                shown = await screen.page.inner_text("main")
                # It is on its way, or was refused once more already.
                assert "Given up" not in shown or "Tried 2 times" in shown
            await screen.opens(f"{city.url}/cases/{ref}")
            await screen.looks(f"case-approved-{size[0]}")
            await screen.follows("Decision record")
            await screen.looks(f"decision-record-{size[0]}")
            no_complaints(screen)


async def test_what_is_said_beside_the_principles_is_asked_and_shown(scene: Scene) -> None:
    token = await scene.town.token("hoict-rc")
    said = {
        "principles": {**SAMPLES["PROP-03"]["principles"], "P06": "met"},
        "system_kind": "documents",
        "shared_services": {"authentication": "shared", "security": "own"},
        "shared_service_reasons": {"security": "The cell has no line out"},
        "continuity": {"provision": "Restored at the recovery centre", "recovery_hours": 96},
    }
    async with scene.town.program(token) as program:
        begun = await program.post("/proposals", json=as_json(SAMPLES["PROP-03"] | said))
    ref = begun.json()["ref"]
    async with browsing(scene.town.url, scene.shots) as screen:
        home = scene.town.url
        await screen.opens(f"{home}/sign-in?next=/proposals/{ref}/edit/services")
        await screen.types("Email address", "head-ict-rc@leicester.example")
        await screen.follows("Continue")
        await screen.types("Code", await scene.code("hoict-rc"))
        await screen.follows("Sign in")
        await screen.looks("services")
        await screen.follows("Save and continue")
        await screen.looks("services-built-again")
        for page in ("system", "equality", "continuity", "addresses", "partners", "sharing", "standards"):
            await screen.opens(f"{home}/proposals/{ref}/edit/{page}")
            await screen.looks(f"beside-{page}")
        await screen.opens(f"{home}/proposals/{ref}/check")
        await screen.looks("check-not-said")
        shown = await screen.page.inner_text("main")
        assert "Planned recovery takes 96 hours" in shown
        assert "An information sharing agreement that is in date" in shown
        await screen.follows("Submit")
        await screen.looks("case-outstanding")
        await screen.follows("Record an agreement")
        await screen.looks("agreement")
        await screen.follows("Put it on record")
        await screen.looks("agreement-error")
        await screen.opens(f"{home}/cases/{ref}/suppliers")
        await screen.looks("supplier")
        await screen.types("Supplier", "Acme")
        for box, typed in (("Day", "13"), ("Month", "9"), ("Year", "2004")):
            await screen.types(box, typed)
        await screen.follows("Put it on record")
        await screen.looks("tender")
        assert "Acme had TP1, TP2, TP3, TP4 and TP5" in await screen.page.inner_text("main")
        no_complaints(screen)


def no_complaints(screen: Screen) -> None:
    """Nothing was refused by a policy, asked of others or told to others, and axe is content."""
    seen = screen.seen
    assert seen.problems == []
    assert seen.refused == []
    assert seen.elsewhere == []
    assert seen.referers, "the browser tells where it comes from, so that it can be seen what it tells"
    assert seen.links_told == []
