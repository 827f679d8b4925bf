"""Each part is killed, halted or kept away in mid-case: nothing is lost, and nothing is double."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client

from service.demo.browser import Browser, Page
from service.store import intents, letters, steps
from service.store.intents import StoredIntent
from service.store.steps import StepView
from tests.chaos import checker
from tests.chaos.checker import Shown
from tests.chaos.people import Patient
from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town, until, until_it_answers
from workflows.model import Nudge, Rung, State

pytestmark = pytest.mark.chaos

BEGINS = datetime(2004, 7, 20, 8, tzinfo=UTC)
"""The Heads of ICT meet next in September, so what is needed before then is notified directly."""
NO_CONCERN = {
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
    "choice": "note",
}
APPROVE = {"choice": "approve"}


class Scene:
    """An installation to be broken, and the diary of everybody who decides in it."""

    def __init__(self, town: Town, token: str) -> None:
        self.town = town
        self.token = token
        self.diary: list[Shown] = []

    def person(self, post: str) -> Patient:
        return Patient(self.town, leicester().posts[post].email, self.diary)

    async def with_funders(self, *funders: str) -> str:
        """Submit a small proposal and bring it to its funders; return its reference."""
        await self.town.ready()
        each = 100 / len(funders)
        parties = [{"post": post, "share_percent": each} for post in funders]
        document = SAMPLES["PROP-07"] | {"decision_needed_by": "2004-09-01", "funding_parties": parties}
        ref = await self.town.submits(self.token, document)
        letter = await self.town.asked("sd-ict-ca", "Reply by", ref)
        await self.person("sd-ict-ca").decides(letter, NO_CONCERN)
        await self.town.becomes(ref, State.WITH_FUNDERS)
        return ref

    async def checking(self, post: str, ref: str) -> tuple[Browser, Page]:
        """Have somebody go as far as the page on which they would confirm, and stay there."""
        letter = await self.town.asked(post, "Decide by", ref)
        browser = Browser(self.town.url)
        page = await self.person(post).to_check(browser, letter, APPROVE)
        assert "/a/check/" in page.url, page.text
        return browser, page

    def intent(self, ref: str, key: str) -> StoredIntent | None:
        with self.town.store.reading() as tx:
            return next((one for one in intents.unsettled(tx) if one.step == f"{ref}.{key}.1"), None)

    async def rung(self, ref: str, key: str, nudge: Nudge) -> tuple[StepView, Rung]:
        step = await self.town.opened(ref, key)
        return step, next(rung for rung in step.rungs if rung.nudge is nudge)


@pytest.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with town(tmp_path_factory.mktemp("broken"), BEGINS) as city:
        yield Scene(city, await city.token("pmo"))


async def test_a_worker_killed_while_it_writes_a_reminder_sends_the_reminder_once(scene: Scene) -> None:
    city = scene.town
    ref = await scene.with_funders("bh-dmh")
    step, rung = await scene.rung(ref, "funding-bh-dmh", Nudge.REMIND)
    client = await Client.connect(city.stack.settings.temporal_address)

    async def writing() -> bool:
        described = await client.get_workflow_handle(step.id).describe()
        started = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
        return any(one.state == started for one in described.raw_description.pending_activities)

    # A letter that is just being sent when its worker dies is sent again minutes later: another story. What
    # else falls due on the way, such as the papers of a meeting, has its letters sent before.
    await city.jumps(rung.at - timedelta(minutes=5))
    await city.settles()
    await city.jumps(rung.at - timedelta(seconds=1.5))
    with city.store.writing():
        # Nobody else can write now: the worker stands in the middle of it when it is killed.
        await until_it_answers(writing, "the worker writes the reminder")
        await city.kill("worker")
    letter = await city.asked("bh-dmh", "eminder", ref)
    await scene.person("bh-dmh").decides(letter, APPROVE)
    await city.becomes(ref, State.APPROVED)
    await city.settles()
    assert len(city.mail.to("budget-dmh@leicester.example", "eminder")) == 1


async def test_a_web_killed_between_writing_a_decision_and_answering_loses_no_decision(scene: Scene) -> None:
    city = scene.town
    ref = await scene.with_funders("bh-dmh", "bh-sports")
    browser, page = await scene.checking("bh-dmh", ref)
    with city.halted("worker"):
        confirming = asyncio.create_task(browser.press(page, "Confirm"))
        await until(lambda: scene.intent(ref, "funding-bh-dmh"), "the decision is written")
        await city.kill("web")
        with pytest.raises(httpx.TransportError):
            await confirming
    await browser.close()
    await city.ready()
    await until(lambda: not scene.intent(ref, "funding-bh-dmh"), "the decision is brought to its step")
    [made] = [made for made in city.decisions(ref) if made.seat == "bh-dmh"]
    assert (made.choice, made.recorded_at is not None) == ("approve", True)
    letter = next(
        one for one in city.mail.to("budget-dmh@leicester.example", "Decide by") if ref in one.subject
    )
    looking = Browser(city.url)
    again = await looking.press(
        await looking.open(next(at for at in letter.links if "/a/" in at)), "Continue"
    )
    assert "You approved" in again.text, "who comes back reads that it is done"
    await looking.close()


async def test_an_engine_killed_while_it_counts_a_decision_counts_it_once(scene: Scene) -> None:
    city = scene.town
    ref = await scene.with_funders("bh-dmh")
    browser, page = await scene.checking("bh-dmh", ref)
    with city.halted("worker"):
        confirming = asyncio.create_task(browser.press(page, "Confirm"))
        await until(lambda: scene.intent(ref, "funding-bh-dmh"), "the decision is written")
        await city.kill("engine")
    receipt = await confirming
    await browser.close()
    assert receipt.status in (200, 202), receipt.text
    await city.becomes(ref, State.APPROVED)
    assert [made.seat for made in city.decisions(ref)] == ["sd-ict-ca", "bh-dmh"]


async def test_with_the_engine_down_over_a_deadline_an_answer_in_time_wins_and_the_silent_hear_once(
    scene: Scene,
) -> None:
    city = scene.town
    ref = await scene.with_funders("bh-dmh", "bh-sports")
    in_time, page = await scene.checking("bh-dmh", ref)
    step, rung = await scene.rung(ref, "funding-bh-sports", Nudge.LINE)
    earlier = max(one.number for one in step.rungs if one.at < rung.at)
    await city.jumps(rung.at - timedelta(seconds=6))
    for key in ("funding-bh-dmh", "funding-bh-sports"):
        await until(lambda key=key: _climbed(city, ref, key) == earlier, "the rungs before it")  # type: ignore[misc]
    async with city.down("engine"):
        # Each waits as long as a page waits for the engine, so they wait together.
        told, meanwhile, said = await asyncio.gather(
            in_time.press(page, "Confirm"),
            city.submits(scene.token, SAMPLES["PROP-07"] | {"decision_needed_by": "2004-09-01"}),
            city.not_ready(),
        )
        assert (told.status, "being recorded" in told.text) == (202, True), told.text
        assert (said["database"], said["engine"]) == (True, False)
        intent = scene.intent(ref, "funding-bh-dmh")
        assert intent is not None
        assert intent.submitted_at < rung.at, "it was confirmed in time"
        await until(lambda: city.now > rung.at, "the deadline passes")
    await in_time.close()
    await city.becomes(ref, State.WITH_FUNDERS)
    # The next in the line is the sponsor, who decides in nobody's place.
    above = leicester().posts["chief-executive"].email
    letter = await city.mail.letter(above, "Decide now, unanswered", ref)
    await until(lambda: not scene.intent(ref, "funding-bh-dmh"), "the answer is counted")
    await scene.person("chief-executive").decides(letter, APPROVE)
    await city.becomes(ref, State.APPROVED)
    await city.becomes(meanwhile, State.NOTIFYING)
    await city.settles()
    escalations = [one for one in city.mail.to(above, "Decide now") if ref in one.subject]
    assert len(escalations) == 1, "the seat that answered in time is not escalated, the other once"
    made = {one.seat: (one.post, one.submitted_at < rung.at) for one in city.decisions(ref)}
    assert made["bh-dmh"] == ("bh-dmh", True)
    assert made["bh-sports"] == ("chief-executive", False)


def _climbed(city: Town, ref: str, key: str) -> int:
    step = city.step(ref, key)
    return step.climbed if step else 0


async def test_with_the_mail_server_down_the_case_goes_on_and_its_letters_come_later(scene: Scene) -> None:
    city = scene.town
    ref = await scene.with_funders("bh-dmh")
    letter = await city.asked("bh-dmh", "Decide by", ref)
    async with city.down("catcher"):
        shown = await scene.person("bh-dmh").decides(letter, APPROVE)
        assert shown.page == "recorded"
        await city.becomes(ref, State.APPROVED)
        await city.opened(ref, "completion")
        with city.store.reading() as tx:
            owed = [row.kind for row in letters.unsent(tx) if row.case == ref]
        assert {"receipt", "approved"} <= set(owed)
    for address, says in (
        ("budget-dmh@leicester.example", "Recorded, you approved"),
        ("cd-rc@leicester.example", "Your proposal is approved"),
        ("head-ict-rc@leicester.example", "Confirm by"),
    ):
        await city.mail.letter(address, says, ref)


async def test_a_catcher_killed_as_letters_come_loses_none_of_them(scene: Scene) -> None:
    city = scene.town
    ref = await scene.with_funders("bh-dmh", "bh-sports")
    asked = {post: await city.asked(post, "Decide by", ref) for post in ("bh-dmh", "bh-sports")}
    with city.halted("catcher"):
        await scene.person("bh-dmh").decides(asked["bh-dmh"], APPROVE)
        await city.kill("catcher")
    await scene.person("bh-sports").decides(asked["bh-sports"], APPROVE)
    await city.becomes(ref, State.APPROVED)
    await city.settles()


async def test_after_every_fault_nothing_is_lost_and_nothing_is_double(scene: Scene) -> None:
    city = scene.town
    await city.settles()
    told: dict[str, Any] = dict(city.fired)
    assert {"kill worker", "kill web", "kill engine", "kill catcher", "halt worker"} <= set(told), told
    # A worker or a catcher that dies between taking a letter and saying so leaves it to be sent again.
    again = told["kill worker"] + told["kill catcher"] + told["halt catcher"]
    assert checker.faults(city, again=again) == []
    assert await checker.unattended(city) == []
    with city.store.reading() as tx:
        assert steps.stalled(tx, before=tx.now - timedelta(seconds=60)) == ()
