"""A forum's meeting on the whole stack: two proposals before it, one rolls on, the minutes are confirmed."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from service.demo.browser import Page
from service.demo.people import Person
from service.store import meetings
from service.store.meetings import Meeting, Series
from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town, until
from workflows.model import State

BEGINS = datetime(2004, 9, 13, 8, tzinfo=UTC)
OCTOBER, NOVEMBER = date(2004, 10, 13), date(2004, 11, 10)
SERIES = Series(organisation="leicester", forum="heads-of-ict")
SECRETARY = "heads-of-ict-secretary"
MEMBERS = leicester().forums["heads-of-ict"].members
NO_CONCERN = {
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
    "choice": "note",
}


@pytest.fixture
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town(tmp_path_factory.mktemp("city"), BEGINS) as running:
        yield running


def known(city: Town, day: date) -> Meeting | None:
    with city.store.reading() as tx:
        return meetings.find(tx, SERIES, day)


async def attends(secretary: Person, day: date) -> None:
    page = await secretary.open(f"/meetings/heads-of-ict/{day}/attendance")
    page = await secretary.press(
        page, "Save who is here", {f"presence-{post}": "present" for post in MEMBERS}
    )
    assert "6 of 6 present; 3 needed" in page.text


async def closes(secretary: Person, day: date) -> Page:
    page = await secretary.open(f"/meetings/heads-of-ict/{day}/close")
    return await secretary.press(page, "Close the meeting", {"how": "held"})


async def test_two_proposals_go_through_a_meeting_and_what_it_does_not_reach_through_the_next(
    city: Town,
) -> None:
    token = await city.token("pmo")
    wanted = {"decision_needed_by": "2004-12-20"}
    booking = await city.submits(token, SAMPLES["PROP-02"] | wanted)
    wireless = await city.submits(token, SAMPLES["PROP-07"] | wanted)
    for ref in (booking, wireless):
        await until(lambda ref=ref: city.waits(ref), f"{ref} waits for the forum")  # type: ignore[misc]
    await until(lambda: known(city, OCTOBER), "the meeting is looked after")

    # Its members are called, and sent the agenda when papers have closed.
    await city.jumps(date(2004, 9, 29))
    called = await city.asked("hoict-ce", "Come on")
    assert "13 October" in called.text
    invitation = next(one for one in city.mail.to(leicester().posts["hoict-ce"].email, "Come on"))
    assert invitation.headers["Content-Type"].startswith("multipart/mixed"), "an entry for the calendar"
    await city.jumps(date(2004, 10, 7))
    agenda = await city.asked("hoict-ce", "Read before")
    assert booking in agenda.text
    assert wireless in agenda.text

    # On the day its secretary records the one and rolls the other on.
    await city.jumps(OCTOBER)
    first, second = (
        (await city.opened(booking, "notification")).id,
        (await city.opened(wireless, "notification")).id,
    )
    secretary = city.holder(SECRETARY)
    await secretary.sign_in()
    await attends(secretary, OCTOBER)
    page = await secretary.open(f"/meetings/heads-of-ict/{OCTOBER}/items/{first}")
    page = await secretary.press(page, "Record and next", {**NO_CONCERN, "in_favour": "6"})
    assert page.url.endswith(second), "the next item without an outcome is open"
    await city.becomes(booking, State.WITH_FUNDERS)
    page = await secretary.press(page, "Roll it on", {"roll_why": "Its lead officer could not come"})
    page = await closes(secretary, OCTOBER)
    minutes = await city.asked("hoict-ce", "Check the minutes")
    assert "item 1" in minutes.text
    assert city.case(wireless).state == State.NOTIFYING

    # The next meeting confirms the minutes, and comes to what was carried over.
    await until(lambda: known(city, NOVEMBER), "the next meeting is looked after")
    await city.jumps(NOVEMBER)
    await until(lambda: (next_one := known(city, NOVEMBER)) and next_one.papers_closed, "its papers close")
    page = await secretary.open(f"/meetings/heads-of-ict/{NOVEMBER}")
    assert "Carried over from 13 October 2004" in page.text
    await attends(secretary, NOVEMBER)
    page = await secretary.open(f"/meetings/heads-of-ict/{NOVEMBER}/items/minutes-{OCTOBER}")
    assert "Its lead officer could not come. It rolls on to the next meeting." in page.text
    page = await secretary.press(page, "Record and next", {"confirmed": ["yes"]})
    assert page.url.endswith(second)
    await secretary.press(page, "Record and next", NO_CONCERN)
    await city.becomes(wireless, State.WITH_FUNDERS)
    await closes(secretary, NOVEMBER)
    page = await secretary.open(f"/meetings/heads-of-ict/{OCTOBER}/minutes")
    assert "Confirmed at the meeting of Wednesday 10 November 2004" in page.text
    await until(lambda: (held := known(city, NOVEMBER)) and held.minutes == "drafted", "minutes are drafted")

    status, said, wrong = await city.command("audit", "verify")
    assert (status, wrong) == (0, ""), said


async def test_a_proposal_follows_its_meeting_when_that_is_moved_and_leaves_it_when_that_is_called_off(
    city: Town,
) -> None:
    token = await city.token("pmo")
    ref = await city.submits(token, SAMPLES["PROP-02"] | {"decision_needed_by": "2004-12-20"})
    await until(lambda: city.waits(ref), f"{ref} waits for the forum")
    await until(lambda: known(city, OCTOBER), "the meeting is looked after")
    secretary = city.holder(SECRETARY)
    await secretary.sign_in()
    page = await secretary.open(f"/meetings/heads-of-ict/{OCTOBER}/change")
    moved = {"what": "move", "to-day": "20", "to-month": "10", "to-year": "2004", "move_why": "It is let"}
    await secretary.press(page, "Change the meeting", moved)
    sponsor = SAMPLES["PROP-02"]["sponsor_post"]
    await city.asked(sponsor, "To Heads of ICT Group on Wed 20 Oct, not Wed 13 Oct", ref)

    page = await secretary.open("/meetings/heads-of-ict/2004-10-20/change")
    await secretary.press(
        page, "Change the meeting", {"what": "call_off", "off_why": "Nothing else to decide"}
    )
    await city.asked(sponsor, "To Heads of ICT Group on Wed 10 Nov, not Wed 20 Oct", ref)
    await until(lambda: city.waits(ref), f"{ref} waits for the forum again")
    page = await secretary.open(f"/meetings/heads-of-ict/{NOVEMBER}")
    assert ref in page.text
    assert [leg.meeting for leg in city.case(ref).route if leg.meeting] == [NOVEMBER]
