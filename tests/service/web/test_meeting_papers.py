"""What pages, papers and letters of a meeting say once its calendar, or the handbook, has changed."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from service.store import letters as ledger
from tests.service.web import test_meetings
from tests.service.web.office import Browser, Office
from tests.service.web.test_meetings import (
    FORUM,
    MEETING,
    OCTOBER,
    PMO,
    SECRETARY,
    SERIES,
    attends,
    closes,
    drafted,
    handbook_has,
    meets_on,
)
from workflows.model import Choice, Happening

sitting = test_meetings.sitting
NOVEMBERS = f"{FORUM}/2004-11-10"


def on_paper(browser: Browser, path: str) -> str:
    """The words of a PDF."""
    found = PdfReader(BytesIO(browser.get(path).content))
    return " ".join(" ".join(page.extract_text() for page in found.pages).split())


def test_draft_minutes_name_the_meeting_that_can_still_confirm_them(office: Office, sitting: str) -> None:
    browser = drafted(office, sitting)
    browser.see(f"{MEETING}/minutes")
    assert "To be confirmed at the meeting of Wednesday 10 November 2004" in browser.words
    browser.see(f"{NOVEMBERS}/change")
    assert browser.press(True, "change", what="call_off", off_why="Nothing to decide") == 200
    browser.see(f"{MEETING}/minutes")
    assert "To be confirmed at the meeting of Wednesday 8 December 2004" in browser.words
    office.it_is(date(2004, 12, 20))
    browser.see(f"{MEETING}/minutes")
    assert "To be confirmed at the meeting of Wednesday 12 January 2005" in browser.words
    meets_on(office, "heads-of-ict", OCTOBER)
    browser.see(f"{MEETING}/minutes")
    assert "To be confirmed at the next meeting." in browser.words


def test_the_pack_has_with_minutes_to_be_confirmed_who_was_there_and_where(
    office: Office, sitting: str
) -> None:
    secretary = office.signed_in(SECRETARY)
    secretary.see(f"{MEETING}/change")
    assert secretary.press(True, "change", what="arrange", time="09:30", place="Town Hall") == 200
    attends(secretary, there=5)
    closes(secretary)
    office.happens(OCTOBER, Happening.MINUTED)
    words = on_paper(secretary, f"{NOVEMBERS}/pack.pdf")
    minutes = words[words.index("Who was there") :]
    assert "13 October 2004 at 09:30, Town Hall" in minutes
    assert "Present Service Director" in minutes
    assert "Apologies Head of Technology" in minutes
    assert minutes.index("Apologies") < minutes.index("The minutes The meeting was quorate")


@pytest.mark.parametrize("days", [(), (date(2003, 1, 8),)])
def test_what_a_forum_did_is_read_when_a_later_handbook_has_no_days_for_it(
    office: Office, sitting: str, days: tuple[date, ...]
) -> None:
    browser = drafted(office, sitting)
    meets_on(office, "heads-of-ict", *days)
    assert browser.see("/meetings") == 200
    assert "Heads of ICT Group" in browser.words
    assert browser.see(FORUM) == 200
    assert "No meeting is known" in browser.words
    assert browser.see(MEETING) == 200
    assert browser.see(f"{MEETING}/minutes") == 200
    assert "It is noted." in browser.words
    assert browser.see(NOVEMBERS) == 404


def test_nobody_is_counted_where_the_handbook_names_no_members(office: Office) -> None:
    handbook_has(office, "heads-of-ict", members=(), chair="", quorum=None)
    office.it_is(OCTOBER)
    office.looks()
    browser = office.signed_in(SECRETARY)
    assert browser.see(f"{MEETING}/close") == 200
    assert "needed" not in browser.words


@pytest.mark.parametrize(
    ("was", "place", "said"),
    [
        ("", "Town Hall", ("Town Hall", "")),
        ("Town Hall", "Chapel", ("Chapel", "Town Hall")),
        ("Town Hall", "", ("", "Town Hall")),
    ],
)
def test_whoever_was_called_hears_of_a_place_and_of_the_one_before(
    office: Office, was: str, place: str, said: tuple[str, str]
) -> None:
    handbook_has(office, "heads-of-ict", place=was)
    office.looks()
    office.it_is(date(2004, 9, 29))
    office.happens(OCTOBER, Happening.CALLED)
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/change")
    assert browser.press(True, "change", what="arrange", time="10:00", place=place) == 200
    with office.store.reading() as tx:
        told = [row.props for row in ledger.of_case(tx, SERIES.ref) if row.kind == "meeting_moved"]
    assert {(one["sitting"]["place"], one["was_at"]) for one in told} == {said}


def test_papers_that_are_taken_still_have_not_closed_though_the_agenda_was_sent(office: Office) -> None:
    office.looks()
    pmo = office.signed_in(PMO)
    for _ in ("called", "agenda"):
        pmo.see(f"{FORUM}/now")
        assert pmo.press(True, "now") == 200
    assert "Papers closed" not in on_paper(pmo, f"{MEETING}/pack.pdf")
    office.it_is(date(2004, 10, 7))
    assert "Papers closed Wednesday 6 October 2004" in on_paper(pmo, f"{MEETING}/pack.pdf")


def test_what_is_late_is_done_now_and_not_only_on_a_day_that_is_over(office: Office) -> None:
    office.looks()
    office.it_is(date(2004, 9, 30))
    pmo = office.signed_in(PMO)
    pmo.see(FORUM)
    assert "Call the meeting of 13 October 2004 now" in pmo.words
    assert "not only on" not in pmo.words


def test_what_was_noted_is_noted_once(office: Office) -> None:
    ref = office.submitted("PROP-02", decision_needed_by="2004-09-30")
    step = office.asked(ref, "notification")
    office.settled(step, "sd-ict-ca", Choice.NOTE)
    office.it_is(OCTOBER)
    office.looks()
    browser = office.signed_in(SECRETARY)
    attends(browser)
    browser.see(f"{MEETING}/minutes")
    assert "Noted. Minute:" in browser.words
