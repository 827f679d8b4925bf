"""At which meeting a forum's question was answered, whenever and however its answer was written down."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from service import agendas
from service.agendas import ItemKind
from service.handbook import Edition
from service.store import cases, editions, meetings
from service.store.meetings import MeetingState
from tests.service.web import test_meetings
from tests.service.web.office import Browser, Office
from tests.service.web.test_meetings import (
    CLEAR,
    FORUM,
    MEETING,
    NOVEMBER,
    OCTOBER,
    SECRETARY,
    SERIES,
    attends,
    closes,
    from_the_letter,
    letters_of,
    meets_on,
)
from tests.support.activities import done
from workflows.model import Choice, Happening, State, StepNudged
from workflows.rules import calendar

board_meets = test_meetings.board_meets
NOVEMBERS, DECEMBER = f"{FORUM}/2004-11-10", date(2004, 12, 8)
Listed = list[tuple[ItemKind, str, bool]]


@pytest.fixture
def put(office: Office) -> str:
    """A question that was put to October's meeting; returns its step."""
    ref = office.submitted("PROP-02")
    office.it_is(OCTOBER)
    office.looks()
    return office.asked(ref, "notification")


def agenda(office: Office, day: date, forum: str = "heads-of-ict") -> Listed:
    """The items of a meeting that come from cases: what each is, its outcome, and whether it rolled on."""
    with office.store.reading() as tx:
        known = agendas.agenda(tx, office.edition, office.edition.forums[forum], day)
        view = meetings.view(tx, agendas.series_of(office.edition, office.edition.forums[forum]), day)
    return [(item.kind, item.came_to, item.rolls(view)) for item in known.items if item.case]


def notes(office: Office, browser: Browser, step: str, meeting: str) -> None:
    """Record on a meeting's page that a notification is noted, which the engine then writes."""
    browser.see(f"{meeting}/items/{step}")
    assert browser.press(True, "items", do="record", choice="note", **CLEAR) == 200
    office.recorded(step)
    office.settled(step, SECRETARY, Choice.NOTE)


def rolls(browser: Browser, step: str, meeting: str = MEETING) -> None:
    browser.see(f"{meeting}/items/{step}")
    assert browser.press(True, "items", do="roll", roll_why="Too few were here") == 200


NOTED = [(ItemKind.QUESTION, "note", False)]
WENT_ON = [(ItemKind.QUESTION, "", True)]


def test_what_is_recorded_late_on_a_meeting_s_page_was_decided_at_that_meeting(
    office: Office, put: str
) -> None:
    office.it_is(NOVEMBER)
    browser = office.signed_in(SECRETARY)
    attends(browser)
    notes(office, browser, put, MEETING)
    assert agenda(office, OCTOBER) == NOTED
    assert agenda(office, NOVEMBER) == []
    assert browser.see(f"{MEETING}/items/{put}") == 200
    closes(browser)
    with office.store.reading() as tx:
        (item,) = meetings.get(tx, SERIES, OCTOBER).items
    assert (item.choice, item.rolled) == ("note", False)


def test_what_is_recorded_before_nine_is_on_the_agenda_of_that_day(office: Office, put: str) -> None:
    office.it_is(NOVEMBER, hour=8)
    browser = office.signed_in(SECRETARY)
    attends(browser, meeting=NOVEMBERS)
    notes(office, browser, put, NOVEMBERS)
    assert agenda(office, NOVEMBER) == NOTED
    assert agenda(office, OCTOBER) == WENT_ON


@pytest.mark.parametrize("said", [True, False])
def test_a_meeting_from_which_a_question_rolled_on_says_so_when_it_was_decided_later(
    office: Office, put: str, said: bool
) -> None:
    browser = office.signed_in(SECRETARY)
    if said:
        rolls(browser, put)
    office.it_is(NOVEMBER)
    attends(browser, meeting=NOVEMBERS)
    notes(office, browser, put, NOVEMBERS)
    assert agenda(office, NOVEMBER) == NOTED
    assert agenda(office, OCTOBER) == WENT_ON
    browser.see(f"{MEETING}/items/{put}")
    assert "It was answered after this meeting, from which it rolled on." in browser.words
    assert "Record and next" not in browser.words
    closes(browser, "not_held")
    with office.store.reading() as tx:
        (item,) = meetings.get(tx, SERIES, OCTOBER).items
    assert (item.rolled, item.came_to) == (True, "")


def test_what_was_answered_between_meetings_is_told_at_the_next(office: Office, put: str) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    rolls(browser, put)
    closes(browser)
    office.it_is(date(2004, 10, 20))
    office.settled(put, SECRETARY, Choice.NOTE)
    assert agenda(office, NOVEMBER) == [(ItemKind.INFORMATION, "note", False)]
    assert agenda(office, DECEMBER) == []
    office.it_is(NOVEMBER)
    browser.see(NOVEMBERS)
    assert "For information: notification, answered between meetings." in browser.words
    attends(browser, meeting=NOVEMBERS)
    closes(browser, meeting=NOVEMBERS)
    with office.store.reading() as tx:
        held = meetings.get(tx, SERIES, NOVEMBER)
    assert held.state is MeetingState.HELD
    assert [item.came_to for item in held.items if item.case] == ["answered between meetings; it is noted"]
    office.happens(NOVEMBER, Happening.MINUTED)


def test_what_could_be_taken_back_until_a_meeting_s_day_is_told_at_the_meeting_after(
    office: Office, put: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    rolls(browser, put)
    closes(browser)
    office.it_is(NOVEMBER, 13)
    held = (datetime(2004, 11, 9, 15, tzinfo=UTC), datetime(2004, 11, 10, 12, tzinfo=UTC))
    office.settled(put, SECRETARY, Choice.NOTE, held=held)
    assert agenda(office, NOVEMBER) == []
    assert agenda(office, DECEMBER) == [(ItemKind.INFORMATION, "note", False)]


def test_what_the_next_meeting_is_told_of_is_the_version_that_was_answered(office: Office, put: str) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    rolls(browser, put)
    closes(browser)
    office.it_is(date(2004, 10, 20))
    office.settled(put, SECRETARY, Choice.RETURN)
    ref = put.partition(".")[0]
    with office.store.reading() as tx:
        answered = cases.get(tx, ref)
    office.became(ref, State.RETURNED)
    office.resubmitted(ref, summary="The depots first.", decision_needed_by="2004-12-15")
    office.it_is(NOVEMBER)
    browser.see(f"{NOVEMBERS}/items/told-{put}")
    pack = PdfReader(BytesIO(browser.get(f"{NOVEMBERS}/pack.pdf").content))
    printed = "".join("".join(page.extract_text() for page in pack.pages).split())
    for said in (browser.page, printed):
        assert "depotsfirst" not in "".join(said.split())
        assert "30November2004" in "".join(said.split())
    assert f"fingerprint{answered.content_hash}" in printed
    assert "returneditforinformationon20October2004" in printed


def test_what_is_answered_by_letter_while_the_record_is_open_was_decided_at_that_meeting(
    office: Office, put: str
) -> None:
    office.it_is(date(2004, 10, 20))
    office.settled(put, SECRETARY, Choice.NOTE)
    assert agenda(office, OCTOBER) == NOTED
    assert agenda(office, NOVEMBER) == []


def keeps(office: Office, forum: str, secretary: str) -> None:
    """Bring a handbook into force that gives a forum another secretary's post."""
    other = office.edition.forums[forum].model_copy(update={"secretary": secretary})
    forums = office.edition.forums | {forum: other}
    office.edition = Edition.model_validate(office.edition.model_dump() | {"forums": forums})
    with office.store.writing() as tx:
        editions.put(tx, office.edition.to_json(), organisation="leicester", name="leicester")


def test_a_question_stays_before_its_meeting_when_the_forum_gets_another_secretary(
    office: Office, put: str
) -> None:
    keeps(office, "heads-of-ict", "srg-secretary")
    assert agenda(office, OCTOBER) == [(ItemKind.QUESTION, "", False)]
    attends(office.signed_in("srg-secretary"))
    # Whoever was asked answers by their letter.
    browser = office.browser()
    browser.see(office.link(put, SECRETARY))
    browser.press()
    browser.press(choice="note", **CLEAR)
    assert browser.press() == 200
    assert [made.step for made in office.engine.decided] == [put]
    office.settled(put, SECRETARY, Choice.NOTE)
    assert agenda(office, OCTOBER) == NOTED


def test_a_board_s_quorum_holds_for_the_letter_of_the_secretary_before(
    office: Office, board_meets: str
) -> None:
    keeps(office, "srg", "heads-of-ict-secretary")
    assert [kind for kind, _, _ in agenda(office, date(2004, 10, 28), "srg")] == [ItemKind.QUESTION]
    browser = from_the_letter(office, board_meets, "srg-secretary")
    assert "Say first who is at the meeting of Thursday 28 October 2004, on its page" in browser.words
    assert office.engine.decided == []


def test_what_members_are_asked_by_email_is_before_no_meeting_though_its_secretary_is_a_member(
    office: Office,
) -> None:
    keeps(office, "srg", "chief-executive")
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31")
    office.asked(ref, "srg")
    office.it_is(date(2004, 10, 28))
    office.looks("srg")
    assert agenda(office, date(2004, 10, 28), "srg") == []


@pytest.mark.parametrize("how", ["not_held", "missed"])
def test_what_a_meeting_was_to_be_told_of_rolls_on_if_it_was_not_held(office: Office, how: str) -> None:
    office.looks()
    step = office.asked(office.submitted("PROP-02", decision_needed_by="2004-09-30"), "notification")
    assert not office.step(step).ask.forum
    office.settled(step, "sd-ict-ca", Choice.NOTE)
    told = [(ItemKind.INFORMATION, "note", False)]
    assert agenda(office, OCTOBER) == told
    assert agenda(office, NOVEMBER) == []
    browser = office.signed_in(SECRETARY)
    if how == "missed":
        office.it_is(date(2004, 10, 20))
        office.looks()
    else:
        office.it_is(OCTOBER)
        closes(browser, how)
        with office.store.reading() as tx:
            (item,) = meetings.get(tx, SERIES, OCTOBER).items
        assert (item.came_to, item.rolled) == ("", True)
    assert agenda(office, NOVEMBER) == told
    office.it_is(NOVEMBER)
    attends(browser, meeting=NOVEMBERS)
    closes(browser, meeting=NOVEMBERS)
    assert agenda(office, DECEMBER) == []


MOVED = {"what": "move", "move_why": "Too few are here", "to-month": "10", "to-year": "2004"}


@pytest.mark.parametrize(
    ("changes", "to"),
    [
        ([(MEETING, {**MOVED, "to-day": "20"})], date(2004, 10, 20)),
        (
            [(MEETING, {**MOVED, "to-day": "18"}), (f"{FORUM}/2004-10-18", {**MOVED, "to-day": "20"})],
            date(2004, 10, 20),
        ),
        ([(MEETING, {"what": "call_off", "off_why": "Too few are here"})], NOVEMBER),
    ],
)
def test_nobody_is_late_with_a_question_whose_meeting_was_put_off_on_its_day(
    office: Office, changes: list[tuple[str, dict[str, str]]], to: date
) -> None:
    ref = office.submitted("PROP-02")
    office.it_is(OCTOBER, hour=8)
    office.looks()
    step = office.asked(ref, "notification")
    browser = office.signed_in(SECRETARY)
    for meeting, change in changes:
        browser.see(f"{meeting}/change")
        assert browser.press(True, "change", **change) == 200
    before = letters_of(office, step)
    asked = office.step(step)
    for rung in asked.rungs:
        at = min(rung.at, calendar.closing(date(2004, 10, 19)))
        nudged = StepNudged(step=step, rung=rung, silent=asked.silent, at=at)
        assert done(office.register.nudged(nudged)).seats == asked.asked
    assert letters_of(office, step) == before
    with office.store.reading() as tx:
        on = agendas.rolled_on_to(tx, office.edition, asked, date(2004, 10, 19))
    assert on == to
    assert agenda(office, to) == [(ItemKind.QUESTION, "", False)]


@pytest.mark.parametrize("days", [(NOVEMBER, DECEMBER), (date(2004, 9, 8), NOVEMBER)])
def test_what_a_meeting_decided_stays_its_own_whatever_days_a_later_handbook_has(
    office: Office, put: str, days: tuple[date, ...]
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    office.happens(OCTOBER, Happening.CALLED)
    office.it_is(date(2004, 10, 20))
    office.settled(put, SECRETARY, Choice.NOTE)
    meets_on(office, "heads-of-ict", *days)
    assert agenda(office, OCTOBER) == NOTED
    assert agenda(office, NOVEMBER) == []
    closes(browser)
    with office.store.reading() as tx:
        (item,) = (one for one in meetings.get(tx, SERIES, OCTOBER).items if one.case)
    assert (item.choice, item.rolled) == ("note", False)
    assert agenda(office, NOVEMBER) == []


def test_what_was_answered_between_meetings_is_told_at_the_next_of_another_handbook(
    office: Office, put: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    rolls(browser, put)
    closes(browser)
    office.it_is(date(2004, 10, 20))
    office.settled(put, SECRETARY, Choice.NOTE)
    meets_on(office, "heads-of-ict", NOVEMBER, DECEMBER)
    assert agenda(office, NOVEMBER) == [(ItemKind.INFORMATION, "note", False)]


def test_a_question_of_a_meeting_that_was_brought_forward_is_reminded_of(office: Office) -> None:
    office.it_is(date(2004, 10, 8), hour=8)
    office.looks()
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/change")
    earlier = {**MOVED, "to-day": "11"}
    assert browser.press(True, "change", **earlier) == 200
    ref = office.submitted("PROP-02")
    office.it_is(date(2004, 10, 11))
    step = office.asked(ref, "notification")
    for day in (11, 12, 13, 14, 20):
        with office.store.reading() as tx:
            on = agendas.rolled_on_to(tx, office.edition, office.step(step), date(2004, 10, day))
        assert on is None, day
