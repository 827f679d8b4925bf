"""A proposal that is late for one meeting and is decided at another, on the whole stack and by email."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town
from workflows.model import State

BEGINS = datetime(2004, 9, 27, 8, tzinfo=UTC)
NO_CONCERN = {
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
    "choice": "note",
}


@pytest.fixture(scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town(tmp_path_factory.mktemp("city"), BEGINS) as running:
        yield running


async def test_late_papers_go_to_the_next_meeting_and_a_silent_board_decides_at_its_own(city: Town) -> None:
    token = await city.token("pmo")
    ref = await city.submits(token, SAMPLES["PROP-04"] | {"decision_needed_by": "2005-01-31"})
    letter = await city.asked("head-of-profession", "Reply by", ref)
    await city.jumps(date(2004, 10, 8))
    receipt = await city.holder("head-of-profession").decide(letter, {"choice": "support"})
    assert "Heads of ICT Group on Wednesday 10 November 2004" in receipt.text

    news = await city.asked("cd-rc", "To Heads of ICT Group on Wed 10 Nov, not Wed 13 Oct", ref)
    assert "papers for the meeting were due on Wednesday 6 October 2004" in " ".join(news.text.split())
    await city.asked("heads-of-ict-secretary", "On the agenda of Heads of ICT Group, Wed 10 Nov", ref)
    async with city.program(token) as program:
        case = (await program.get(f"/cases/{ref}")).json()
    [waits] = case["waiting"]
    assert (waits["on"], waits["next"], waits["at"][:10]) == (
        "heads-of-ict",
        "Heads of ICT Group meets",
        "2004-11-10",
    )
    meetings = {leg["leg"]: leg["meeting"] for leg in case["route"]}
    assert meetings["notification"] == "2004-11-10"

    await city.jumps(date(2004, 11, 10))
    letter = await city.asked("heads-of-ict-secretary", "Reply by", ref)
    assert "at its meeting of 10 November" in " ".join(letter.text.split())
    await city.holder("heads-of-ict-secretary").decide(letter, NO_CONCERN)
    letter = await city.asked("cd-rc", "Decide by", ref)
    await city.holder("cd-rc").decide(letter, {"choice": "approve"})

    # Nobody of SRG answers. Papers for its November meeting were due on the 18th.
    await city.asked("chief-executive", "Decide by", ref)
    await city.jumps(date(2004, 11, 25))
    await city.asked("cd-rc", "No decision by email, so to Strategic Resources Group on Thu 23 Dec", ref)
    closed = await city.asked("chief-executive", "Nothing more to do", ref)
    assert "it goes to the meeting of Strategic Resources Group on Thursday 23 December 2004" in " ".join(
        closed.text.split()
    )
    assert city.case(ref).state == State.WITH_SRG
    await city.jumps(date(2004, 12, 23))
    letter = await city.asked("srg-secretary", "Record by", ref)
    assert "what Strategic Resources Group decided at its meeting of 23 December" in " ".join(
        letter.text.split()
    )
    secretary = city.holder("srg-secretary")
    await secretary.sign_in()
    # The letter alone is not enough: the board's word is taken once its members are there.
    page = await secretary.press(await secretary.open(letter.link), "Continue")
    refused = await secretary.press(page, "Continue", {"choice": "approve"})
    assert (refused.status, "Say first who is at the meeting" in refused.text) == (422, True)
    there = {f"presence-{post}": "present" for post in leicester().forums["srg"].members}
    attendance = await secretary.open("/meetings/srg/2004-12-23/attendance")
    await secretary.press(attendance, "Save", there)
    await secretary.decide(letter, {"choice": "approve"})
    await city.becomes(ref, State.APPROVED)
    news = await city.asked("cd-rc", "Your proposal is approved", ref)
    assert "Strategic Resources Group approved" in " ".join(news.text.split())
