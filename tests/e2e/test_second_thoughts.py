"""Second thoughts and validity on the whole stack: by email, with the engine down, and a year later."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.demo.browser import Page
from service.demo.people import Received
from service.handbook.reading import SHIPPED
from service.store import orders
from tests.chaos import checker
from tests.support.samples import SAMPLES
from tests.support.stack import Town, town, until
from workflows.model import Choice, State
from workflows.rules import calendar

BEGINS = datetime(2004, 5, 17, 8, tzinfo=UTC)
NO_CONCERN = {
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
    "choice": "note",
}


@pytest.fixture(scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """An installation whose handbook holds what is answered about money for half an hour."""
    folder = tmp_path_factory.mktemp("city")
    handbook = folder / "leicester"
    shutil.copytree(SHIPPED / "leicester", handbook)
    steps = handbook / "steps.yaml"
    written = steps.read_text("utf-8")
    steps.write_text(written.replace("  funding:\n", "  funding:\n    hold: 30 minutes\n"), "utf-8")
    async with town(folder / "town", BEGINS, handbook=(str(handbook),)) as running:
        yield running


@pytest.fixture(scope="module")
async def token(city: Town) -> str:
    return await city.token("pmo")


async def asked_for_money(city: Town, token: str, title: str) -> tuple[str, Received]:
    """Submit a small proposal, have it notified, and return it with the letter that asks its funder."""
    ref = await city.submits(token, SAMPLES["PROP-07"] | {"decision_needed_by": "2004-06-04", "title": title})
    letter = await city.asked("sd-ict-ca", "Reply by", ref)
    await city.holder("sd-ict-ca").decide(letter, NO_CONCERN)
    await city.becomes(ref, State.WITH_FUNDERS)
    funder = city.case(ref).proposal.shares[0].post
    return ref, await city.asked(funder, "Decide by", ref)


async def takes_back(city: Town, letter: Received) -> Page:
    """Go from a letter to its page, from there to the question, and confirm."""
    person = city.at(letter.to)
    page = await person.press(await person.open(letter.link), "Continue")
    return await person.press(await person.open(page.link("Take back")), "Take it back")


async def waiting(city: Town, token: str, ref: str) -> list[dict[str, Any]]:
    async with city.program(token) as program:
        found: list[dict[str, Any]] = (await program.get(f"/cases/{ref}")).json()["waiting"]
    return found


async def held(city: Town, ref: str) -> datetime:
    """Wait until the register says when a case's answer takes effect."""
    return await until(
        lambda: next((step.held_until for step in city.steps(ref) if step.held_until), None),
        f"what was answered about {ref} is held",
    )


async def test_an_answer_is_taken_back_from_the_receipt_and_another_takes_effect(
    city: Town, token: str
) -> None:
    ref, letter = await asked_for_money(city, token, "Wireless sites, thought over")
    await city.at(letter.to).decide(letter, {"choice": "approve"})
    await held(city, ref)
    [wait] = await waiting(city, token, ref)
    assert wait["next"] == "it takes effect unless it is taken back"
    receipt = await city.mail.letter(letter.to, "Recorded", ref)
    assert "You can take this back until" in receipt.text
    page = await takes_back(city, receipt)
    assert "Taken back" in page.text
    confirmed = await city.mail.letter(letter.to, "Taken back", ref)
    await city.at(letter.to).decide(confirmed, {"choice": "reject", "reason": "On second thoughts"})
    effect = await held(city, ref)
    assert city.case(ref).state == State.WITH_FUNDERS
    await city.jumps(effect + timedelta(seconds=1))
    await city.becomes(ref, State.REJECTED)
    assert [made.choice for made in city.decisions(ref)][-1] is Choice.REJECT


async def test_an_undo_while_the_engine_is_down_is_kept_and_counts(city: Town, token: str) -> None:
    ref, letter = await asked_for_money(city, token, "Wireless sites, engine away")
    await city.at(letter.to).decide(letter, {"choice": "approve"})
    effect = await held(city, ref)
    async with city.down("engine"):
        page = await takes_back(city, letter)
        assert "Your answer is being taken back" in page.text
    await city.ready()
    await until(lambda: not city.decisions(ref)[1:], "the answer is taken back")
    await city.jumps(effect + timedelta(hours=1))
    await city.settles()
    assert city.case(ref).state == State.WITH_FUNDERS
    [wait] = await waiting(city, token, ref)
    assert wait["on"] == city.case(ref).proposal.shares[0].post
    async with city.program(token) as program:
        gone = await program.post(f"/cases/{ref}/withdraw", headers={"Idempotency-Key": ref})
    assert gone.status_code in (200, 202), gone.text
    await city.becomes(ref, State.WITHDRAWN)


async def test_an_approval_that_nobody_puts_to_use_lapses_after_its_warnings(city: Town, token: str) -> None:
    ref, letter = await asked_for_money(city, token, "Wireless sites, forgotten")
    await city.at(letter.to).decide(letter, {"choice": "approve"})
    await city.jumps(await held(city, ref) + timedelta(seconds=1))
    await city.becomes(ref, State.APPROVED)
    until_day = city.case(ref).valid_until
    assert until_day is not None
    sponsor = city.case(ref).sponsor
    for days in (60, 20):
        # A few days after the warning is due, whatever holidays lie between.
        await city.jumps(calendar.nth_working_day(until_day, 5 - days, ()))
        await city.asked(sponsor, "or the approval lapses", ref)
    await city.jumps(calendar.closing(until_day) + timedelta(seconds=1))
    await city.becomes(ref, State.LAPSED)
    await city.asked(sponsor, "The approval has lapsed", ref)
    with city.store.reading() as tx:
        assert [order.state for order in orders.of_case(tx, ref)] == ["called_off"]


async def test_after_all_of_it_the_record_is_whole(city: Town) -> None:
    await city.settles()
    assert checker.faults(city) == []
    status, said, wrong = await city.command("audit", "verify")
    assert (status, wrong) == (0, ""), said
