"""A forum's secretary runs a meeting in Chromium by keyboard: from its agenda to confirmed minutes."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from service.store import meetings
from service.store.meetings import Meeting, Series
from tests.browser.chromium import DESK, Screen, browsing, needs_chromium
from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town, until
from workflows.model import State

pytestmark = [pytest.mark.browser, needs_chromium]

BEGINS = datetime(2004, 9, 13, 8, tzinfo=UTC)
OCTOBER, NOVEMBER = date(2004, 10, 13), date(2004, 11, 10)
SERIES = Series(organisation="leicester", forum="heads-of-ict")
SECRETARY = leicester().posts["heads-of-ict-secretary"].email
MEMBERS = leicester().forums["heads-of-ict"].members


@pytest.fixture
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town(tmp_path_factory.mktemp("town"), BEGINS) as running:
        yield running


def known(city: Town, day: date) -> Meeting | None:
    with city.store.reading() as tx:
        return meetings.find(tx, SERIES, day)


async def attends(screen: Screen, name: str) -> None:
    """Say of each member that they are here."""
    await screen.follows("Say who is here")
    await screen.looks(f"{name}-attendance")
    for _ in MEMBERS:
        await screen.chooses("Present")
    await screen.follows("Save who is here")
    assert "The meeting is quorate" in await screen.page.inner_text("main")


async def closes(screen: Screen, name: str) -> None:
    await screen.follows("Close the meeting")
    await screen.looks(f"{name}-close")
    # Something was decided, so there is nothing to choose.
    assert "It is recorded that the meeting was held" in await screen.page.inner_text("main")
    await screen.follows("Close the meeting")


async def test_a_secretary_runs_a_meeting_by_keyboard_from_its_agenda_to_confirmed_minutes(
    city: Town, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shots: Path = tmp_path_factory.mktemp("pictures")
    token = await city.token("pmo")
    ref = await city.submits(token, SAMPLES["PROP-02"] | {"decision_needed_by": "2004-12-20"})
    await until(lambda: city.waits(ref) and known(city, OCTOBER), "the case waits for the meeting")
    await city.jumps(OCTOBER)
    await city.opened(ref, "notification")
    await until(lambda: (held := known(city, OCTOBER)) and held.papers_closed, "papers have closed")
    async with browsing(city.url, shots, DESK) as screen:
        await screen.opens(city.url)
        await screen.types("Email address", SECRETARY)
        await screen.follows("Continue")
        await screen.types("Code", (await city.mail.letter(SECRETARY, "code")).code)
        await screen.follows("Sign in")
        await screen.follows("Meetings")
        await screen.looks("forums")
        await screen.follows("Heads of ICT Group")
        await screen.looks("forum")
        await screen.follows("13 October 2004")
        await screen.looks("agenda")
        await screen.follows("Add other business")
        await screen.types("What is the item about?", "Dates for 2005")
        await screen.follows("Add the item")
        await screen.follows("Move down")
        assert (await screen.page.inner_text("main")).index("Dates") < (
            await screen.page.inner_text("main")
        ).index("On-line")
        await attends(screen, "october")
        # An item at a time: the business first, whose number is the second, and then the proposal, which
        # members have as the first.
        await screen.follows("Open item 2")
        await screen.looks("business")
        await screen.types("What came of it?", "Agreed as circulated")
        await screen.follows("Record and next")
        await screen.looks("item")
        await screen.follows("Record and next")
        await screen.looks("item-error")
        for _ in range(3):
            await screen.chooses("No concern")
        await screen.chooses("Note")
        await screen.follows("Record and next")
        await city.becomes(ref, State.WITH_FUNDERS)
        await screen.looks("recorded")
        await closes(screen, "october")
        await until(lambda: (held := known(city, OCTOBER)) and held.minutes, "minutes are drafted")
        await screen.page.reload()
        await screen.looks("minutes")
        await screen.follows("Correct the minutes")
        await screen.looks("correct")
        await screen.follows("Save the minutes")

        # The next meeting confirms them.
        await until(lambda: known(city, NOVEMBER), "the next meeting is looked after")
        await city.jumps(NOVEMBER)
        await screen.opens(f"{city.url}/meetings/heads-of-ict/{NOVEMBER}")
        await attends(screen, "november")
        await screen.follows("Open item 1")
        await screen.looks("confirm")
        await screen.tabs_to("true record")
        await screen.page.keyboard.press("Space")
        await screen.follows("Record and next")
        await closes(screen, "november")
        await screen.opens(f"{city.url}/meetings/heads-of-ict/{OCTOBER}/minutes")
        await screen.looks("confirmed")
        assert "Confirmed at the meeting of Wednesday 10 November 2004" in await screen.page.inner_text(
            "main"
        )
        assert screen.seen.problems == []
        assert screen.seen.refused == []
