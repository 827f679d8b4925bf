"""A forum's meetings on their pages: who may do what, the agenda, the record, the minutes."""

from datetime import date

import pytest

from service import handbook, sittings
from service.store import cases, meetings
from service.store.meetings import MeetingState, Series
from service.web.gathered import AT_A_MEETING
from tests.service.web.office import Browser, Office, proposal
from workflows.model import Choice, Ending, Happening, Nudge, Outcome, StepClosing

SEPTEMBER, OCTOBER, NOVEMBER = date(2004, 9, 8), date(2004, 10, 13), date(2004, 11, 10)
SECRETARY, PMO, AUDITOR = "heads-of-ict-secretary", "corp-projects-manager", "internal-audit"
SERIES = Series(organisation="leicester", forum="heads-of-ict")
FORUM, MEETING = "/meetings/heads-of-ict", "/meetings/heads-of-ict/2004-10-13"
MEMBERS = ("sd-ict-ca", "hoict-ce", "hoict-rc", "hoict-sch", "head-ict-resources", "head-technology")
CLEAR = {"fit": "no_concern", "infrastructure": "no_concern", "network_security": "no_concern"}


@pytest.fixture
def sitting(office: Office) -> str:
    """A proposal whose question is before the Heads of ICT on 13 October; returns its step."""
    ref = office.submitted("PROP-02")
    office.it_is(OCTOBER)
    office.looks()
    return office.asked(ref, "notification")


def attends(browser: Browser, there: int = len(MEMBERS), meeting: str = MEETING) -> int:
    """Say that so many members are here, and the others not."""
    browser.see(f"{meeting}/attendance")
    said = {
        f"presence-{post}": "present" if number < there else "apologies"
        for number, post in enumerate(MEMBERS)
    }
    return browser.press(True, "attendance", **said)


def records(browser: Browser, step: str, **answers: str | list[str]) -> int:
    browser.see(f"{MEETING}/items/{step}")
    return browser.press(True, "items", do="record", **answers)


# ------------------------------------------------------------------------------- rights


@pytest.mark.parametrize(
    ("post", "path", "status"),
    [
        # The secretary and the PMO keep the meeting; members and the auditor read.
        (SECRETARY, MEETING, 200),
        (PMO, MEETING, 200),
        ("hoict-ce", MEETING, 200),
        (AUDITOR, MEETING, 200),
        ("bh-sports", MEETING, 403),
        (SECRETARY, f"{MEETING}/attendance", 200),
        (PMO, f"{MEETING}/attendance", 200),
        ("hoict-ce", f"{MEETING}/attendance", 403),
        (AUDITOR, f"{MEETING}/close", 403),
        ("hoict-ce", f"{MEETING}/change", 403),
        (SECRETARY, f"{FORUM}/add", 200),
        ("hoict-ce", f"{FORUM}/add", 403),
        ("bh-sports", "/meetings", 403),
        ("hoict-ce", "/meetings", 200),
        # What is no meeting, or no forum that meets, is nothing to anybody.
        (SECRETARY, f"{FORUM}/2004-10-14", 404),
        (SECRETARY, f"{FORUM}/tomorrow", 404),
        (SECRETARY, "/meetings/business-forum", 404),
        (SECRETARY, "/meetings/chess-club", 404),
    ],
)
def test_who_reads_and_who_keeps_a_meeting(
    office: Office, sitting: str, post: str, path: str, status: int
) -> None:
    assert office.signed_in(post).see(path) == status


def test_nobody_comes_in_without_signing_in(office: Office) -> None:
    assert office.browser().get(MEETING).headers["location"] == f"/sign-in?next={MEETING}"


def test_the_pmo_keeps_the_meeting_but_only_the_secretary_records_what_was_decided(
    office: Office, sitting: str
) -> None:
    pmo = office.signed_in(PMO)
    assert attends(pmo) == 200
    assert records(pmo, sitting) == 422
    assert "Only the forum's secretary" in pmo.words
    assert office.engine.decided == []


# ------------------------------------------------------------------------------- agenda


def test_a_case_that_waits_is_on_the_agenda_before_the_day_and_asks_on_it(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.course_waits(ref, "notification", OCTOBER)
    browser = office.signed_in(SECRETARY)
    browser.see(MEETING)
    assert "1. On-line sales" in browser.words
    assert "The case waits for this meeting" in browser.words
    browser.see(f"{FORUM}/2004-11-10")
    assert "Nothing is on the agenda" in browser.words
    office.it_is(OCTOBER)
    step = office.asked(ref, "notification")
    browser.see(MEETING)
    assert f"{MEETING}/items/{step}" in browser.page


def test_a_meeting_that_is_called_off_or_moved_changes_where_proposals_go(office: Office) -> None:
    draft = office.draft({**proposal("PROP-02"), "decision_needed_by": "2004-11-30"})
    sponsor, secretary = office.signed_in("hoict-rc"), office.signed_in(SECRETARY)
    sponsor.see(f"/proposals/{draft.ref}/check")
    assert "13 October 2004" in sponsor.words

    secretary.see(f"{MEETING}/change")
    assert secretary.press(True, "change", what="call_off", off_why="Nothing to decide") == 200
    assert held(office) == [(NOVEMBER, ())]
    sponsor.see(f"/proposals/{draft.ref}/check")
    assert "13 October 2004" not in sponsor.words
    assert "10 November 2004" in sponsor.words
    ref = office.submitted("PROP-02")
    with office.store.reading() as tx:
        assert {leg.meeting for leg in cases.get(tx, ref).route if leg.meeting} == {NOVEMBER}

    # Whoever waits for the day to which the next one was to fall is told of its new day.
    office.course_waits(ref, "notification", NOVEMBER)
    secretary.see(f"{FORUM}/2004-11-10/change")
    moved = {"to-day": "17", "to-month": "11", "to-year": "2004"}
    assert secretary.press(True, "change", what="move", move_why="The hall is let", **moved) == 200
    assert held(office) == [(date(2004, 11, 17), (NOVEMBER,))]
    with office.store.reading() as tx:
        (behind,) = sittings.overtaken(tx)
    assert (behind.case, behind.sittings[0].day) == (ref, date(2004, 11, 17))
    assert behind.sittings[0].formerly == (NOVEMBER,)


def held(office: Office) -> list[tuple[date, tuple[date, ...]]]:
    """The meetings of October and November, each with the days on which it was to be before."""
    with office.store.reading() as tx:
        found = sittings.of(
            tx, "leicester", office.edition, "heads-of-ict", since=OCTOBER, until=date(2004, 11, 30)
        )
    return [(one.day, one.formerly) for one in found]


def test_what_a_board_did_not_decide_by_email_is_before_its_meeting_and_recorded_there(
    office: Office,
) -> None:
    day, page = date(2004, 10, 28), "/meetings/srg/2004-10-28"
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31")
    step = office.asked(ref, "srg")
    with office.store.reading() as tx:
        silent = Outcome(step=step, ending=Ending.SILENT, choice=None, at=tx.now, kind="srg")
    office.closed(step, StepClosing(step=step, outcome=silent, why="time_up"))
    office.course_waits(ref, "srg-meeting", day, forum="srg")
    browser = office.signed_in("srg-secretary")
    browser.see(page)
    assert "The case waits for this meeting" in browser.words

    office.it_is(day)
    office.looks("srg")
    put = office.asked(ref, "srg-meeting")
    browser.see(f"{page}/attendance")
    there = {f"presence-{post}": "present" for post in office.edition.forums["srg"].members}
    assert browser.press(True, "attendance", **there) == 200
    browser.see(f"{page}/items/{put}")
    assert "Strategic Resources Group" in browser.words
    assert browser.press(True, "items", do="record", choice="approve") == 200
    (made,) = office.engine.decided
    assert (made.step, made.choice) == (put, Choice.APPROVE)
    browser.see(page)
    assert "Done Decision. It is approved." in browser.words


def test_no_link_is_a_way_around_the_quorum_of_a_board_that_meets(office: Office) -> None:
    day, page = date(2004, 10, 28), "/meetings/srg/2004-10-28"
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31")
    office.it_is(day)
    office.looks("srg")
    put = office.asked(ref, "srg-meeting")
    by_link = office.browser()
    by_link.see(office.link(put, "srg-secretary"))
    by_link.press()
    secretary, members = office.signed_in("srg-secretary"), office.edition.forums["srg"].members

    def attend(there: int) -> None:
        secretary.see(f"{page}/attendance")
        said = {
            f"presence-{post}": "present" if number < there else "apologies"
            for number, post in enumerate(members)
        }
        assert secretary.press(True, "attendance", **said) == 200

    assert by_link.press(choice="approve") == 422
    assert "no meeting is on record at which enough of its members are there" in by_link.words
    attend(2)
    assert by_link.press(choice="approve") == 422
    assert "are there: 2 of 8 present; 4 needed" in by_link.words
    attend(4)
    assert by_link.press(choice="approve") == 200
    assert by_link.at.startswith("/a/check/"), by_link.words
    # Two go home before it is confirmed.
    attend(2)
    by_link.press()
    assert office.engine.decided == []
    attend(4)
    by_link.press(choice="approve")
    by_link.press()
    assert [made.step for made in office.engine.decided] == [put]


def test_a_board_that_meets_is_not_answered_for_by_the_line_of_its_secretary() -> None:
    for name in handbook.names():
        terms = handbook.load(name).terms()
        nudges = {rung.nudge for kind in AT_A_MEETING if kind in terms for rung in terms[kind].ladder.rungs}
        assert Nudge.LINE not in nudges, name


def test_a_case_for_the_next_meeting_misses_this_one(office: Office) -> None:
    office.course_waits(office.submitted("PROP-02"), "notification", NOVEMBER)
    browser = office.signed_in("hoict-ce")
    browser.see(MEETING)
    assert "its papers came too late, and it waits for Wednesday 10 November 2004" in browser.words


def test_the_secretary_adds_business_and_moves_items_up_and_down(office: Office, sitting: str) -> None:
    browser = office.signed_in(SECRETARY)
    for title in ("Dates for 2005", "Any other business"):
        browser.see(f"{MEETING}/business")
        assert browser.press(True, "business", title=title) == 200
    assert order(browser) == ["On-line", "Dates", "Any"]
    assert moves(browser, "Dates", "down") == ["On-line", "Any", "Dates"]
    assert moves(browser, "Dates", "up") == ["On-line", "Dates", "Any"]
    browser.see(f"{MEETING}/business")
    assert browser.press(True, "business", title="") == 422
    assert "Say what the item is about" in browser.words


def order(browser: Browser) -> list[str]:
    """The first words of the items, as they stand on the page."""
    browser.see(MEETING)
    known = ("On-line", "Dates", "Any", "Minutes")
    return sorted(
        (word for word in known if word in browser.words), key=lambda word: browser.words.index(word)
    )


def moves(browser: Browser, word: str, way: str) -> list[str]:
    """Press an item's button, as a keyboard does."""
    with browser_store(browser).reading() as tx:
        heard = meetings.view(tx, SERIES, OCTOBER).heard
    key = next(item.item for item in heard if item.title.startswith(word))
    browser.see(MEETING)
    assert f'value="{way}:{key}"' in browser.page
    assert browser.press(True, "order", move=f"{way}:{key}") == 200
    return order(browser)


def browser_store(browser: Browser):  # type: ignore[no-untyped-def]
    return browser.app.desk.store  # type: ignore[attr-defined]


def test_what_was_told_directly_is_listed_for_information_at_the_next_meeting(office: Office) -> None:
    ref = office.submitted("PROP-02", decision_needed_by="2004-09-30")
    step = office.asked(ref, "notification")
    office.settled(step, "sd-ict-ca", Choice.NOTE)
    browser = office.signed_in(SECRETARY)
    browser.see(MEETING)
    assert "For information: notification, told directly because no meeting served" in browser.words
    browser.see(f"{FORUM}/2004-11-10")
    assert "told directly" not in browser.words


# ------------------------------------------------------------------------------- record


def test_the_record_of_an_item_moves_its_case_as_the_letter_would(office: Office, sitting: str) -> None:
    browser = office.signed_in(SECRETARY)
    assert attends(browser) == 200
    assert "6 of 6 present; 3 needed" in browser.words
    assert records(browser, sitting, choice="note", **CLEAR) == 200
    (made,) = office.engine.decided
    assert (made.step, made.seat, made.person) == (sitting, SECRETARY, office.holder(SECRETARY))
    assert made.choice is Choice.NOTE
    assert browser.at == MEETING
    assert "Done" in browser.words
    # The link in the letter says so, too, and decides nothing more.
    other = office.browser()
    other.see(office.link(sitting, SECRETARY))
    other.press()
    assert "noted" in other.words
    browser.see(f"{MEETING}/items/{sitting}")
    assert "What came of it It is noted." in browser.words
    assert f'action="{MEETING}/items' not in browser.page


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_decided(office: Office, sitting: str) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    assert records(browser, sitting, choice="note", **{**CLEAR, "fit": "concern"}) == 422
    assert "say what your concern is" in browser.words
    assert records(browser, sitting, choice="note", in_favour="9", **CLEAR) == 422
    assert "9 votes are more than the 6 who may vote" in browser.words
    assert office.engine.decided == []


def test_an_item_waits_until_enough_members_are_here(office: Office, sitting: str) -> None:
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/items/{sitting}")
    assert "Say first who is here" in browser.words
    attends(browser, there=2)
    assert records(browser, sitting, choice="note", **CLEAR) == 422
    assert "Too few members are here to decide this: 2 of 6 present; 3 needed" in browser.words
    attends(browser, there=3)
    assert records(browser, sitting, choice="note", **CLEAR) == 200
    assert len(office.engine.decided) == 1


def test_an_interest_takes_a_member_out_of_the_quorum_of_its_item(office: Office, sitting: str) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser, there=3)
    assert records(browser, sitting, choice="note", interests="hoict-rc", **CLEAR) == 422
    assert "1 has declared an interest in it" in browser.words
    assert office.engine.decided == []
    attends(browser, there=4)
    browser.see(f"{MEETING}/items/{sitting}")
    assert "1 has declared an interest in item 1" in browser.words
    assert records(browser, sitting, choice="note", interests="hoict-rc", in_favour="3", **CLEAR) == 200
    with office.store.reading() as tx:
        heard = meetings.view(tx, SERIES, OCTOBER).heard_of(sitting)
    assert heard.interests == ("hoict-rc",)
    assert heard.votes is not None
    assert heard.votes.in_favour == 3


def test_a_cover_of_the_secretary_records_in_their_place(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.it_is(OCTOBER)
    office.covers(SECRETARY, by="bh-sports", until=NOVEMBER)
    step = office.asked(ref, "notification")
    browser = office.signed_in("bh-sports")
    assert attends(browser) == 200
    assert records(browser, step, choice="note", **CLEAR) == 200
    assert [made.person for made in office.engine.decided] == [office.holder("bh-sports")]


def test_outcomes_are_not_recorded_before_the_day(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.course_waits(ref, "notification", OCTOBER)
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/items/{ref}.notification")
    assert "do=" not in browser.page
    assert browser.see(f"{MEETING}/close") == 409


# ------------------------------------------------------------------- closing and minutes


def test_what_has_no_outcome_rolls_on_and_is_carried_over_to_the_next_meeting(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    browser.see(f"{MEETING}/items/{sitting}")
    assert browser.press(True, "items", do="roll") == 422
    assert "Say why it rolls on" in browser.words
    assert browser.press(True, "items", do="roll", roll_why="The sponsor could not come") == 200
    closes(browser)
    office.happens(OCTOBER, Happening.MINUTED)
    browser.see(f"{MEETING}/minutes")
    assert "The sponsor could not come. It rolls on to the next meeting." in browser.words
    office.it_is(NOVEMBER)
    browser.see(f"{FORUM}/2004-11-10")
    assert "Minutes of the meeting of 13 October 2004" in browser.words
    assert "Carried over from 13 October 2004" in browser.words


def closes(browser: Browser, how: str = "held", meeting: str = MEETING) -> None:
    browser.see(f"{meeting}/close")
    assert browser.press(True, "close", how=how) == 200


def test_the_check_before_closing_lists_what_rolls_on_and_asks_if_it_was_held(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser, there=2)
    browser.see(f"{MEETING}/close")
    assert "these roll on to the next meeting Item 1: On-line sales" in browser.words
    assert "It was held" not in browser.words
    assert browser.press(True, "close") == 422
    assert "Say whether it was held" in browser.words
    assert browser.press(True, "close", how="inquorate") == 200
    office.happens(OCTOBER, Happening.MINUTED)
    browser.see(f"{MEETING}/minutes")
    assert "Too few members were present for a decision" in browser.words
    assert browser.see(f"{MEETING}/close") == 409
    assert browser.see(f"{MEETING}/attendance") == 409


def test_minutes_are_drafted_corrected_confirmed_at_the_next_meeting_and_frozen(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser, there=4)
    records(browser, sitting, choice="note", in_favour="4", **CLEAR)
    browser.see(f"{MEETING}/minutes")
    assert "What they would say if the meeting were closed now" in browser.words
    closes(browser)
    assert office.engine.stirred[-1][0] == SERIES.ref
    assert office.looks().recorded
    office.happens(OCTOBER, Happening.MINUTED)
    browser.see(f"{MEETING}/minutes")
    assert "Draft To be confirmed at the meeting of Wednesday 10 November 2004" in browser.words
    assert "Vote: 4 in favour, 0 against, 0 abstained. It is noted." in browser.words
    assert "Minute: Heads of ICT Group 13 October 2004, item 1" in browser.words
    browser.see(f"/cases/{sitting.partition('.')[0]}")
    assert "Minute: Heads of ICT Group 13 October 2004, item 1" in browser.words
    browser.see(f"{MEETING}/minutes/correct")
    assert browser.press(True, "correct", **{"item-1": ""}) == 422
    assert browser.press(True, "correct", **{"item-1": "It was noted, with thanks."}) == 200
    assert "It was noted, with thanks." in browser.words
    # The next meeting confirms them as its first item.
    office.looks()
    office.it_is(NOVEMBER)
    later = f"{FORUM}/2004-11-10"
    attends(browser, meeting=later)
    browser.see(f"{later}/items/minutes-2004-10-13")
    assert "It was noted, with thanks." in browser.words
    assert browser.press(True, "items", do="record") == 422
    assert browser.press(True, "items", do="record", confirmed="yes") == 200
    told = [key for key in office.engine.delivered if ":confirmed:" in key]
    assert len(told) == len(MEMBERS) + 1
    browser.see(f"{MEETING}/minutes")
    assert "Confirmed at the meeting of Wednesday 10 November 2004" in browser.words
    assert browser.see(f"{MEETING}/minutes/correct") == 409
    with office.store.reading() as tx:
        held = meetings.get(tx, SERIES, OCTOBER)
    assert (held.state, held.minutes, held.confirmed_at) == (MeetingState.HELD, "confirmed", NOVEMBER)


def test_the_papers_and_the_minutes_are_given_on_paper(office: Office, sitting: str) -> None:
    browser = office.signed_in("hoict-ce")
    paper = browser.get(f"{MEETING}/pack.pdf")
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF")
    assert browser.get(f"{MEETING}/minutes.pdf").status_code == 404
    secretary = office.signed_in(SECRETARY)
    attends(secretary)
    closes(secretary)
    office.happens(OCTOBER, Happening.MINUTED)
    assert browser.get(f"{MEETING}/minutes.pdf").content.startswith(b"%PDF")
    assert office.signed_in("bh-sports").get(f"{MEETING}/pack.pdf").status_code == 403


# ----------------------------------------------------------------------------- calendar


def test_a_meeting_is_moved_and_whoever_was_called_is_told(office: Office) -> None:
    office.looks()
    office.it_is(date(2004, 9, 29))
    office.happens(OCTOBER, Happening.CALLED)
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/change")
    assert browser.press(True, "change") == 422
    wrong = {"what": "move", "to-day": "16", "to-month": "10", "to-year": "2004"}
    assert browser.press(True, "change", **wrong) == 422
    assert "is not a working day" in browser.words
    assert "Say why it is moved" in browser.words
    right = {**wrong, "to-day": "20", "move_why": "The Town Hall is let"}
    assert browser.press(True, "change", **right) == 200
    assert browser.at == f"{FORUM}/2004-10-20"
    assert "It was moved from Wednesday 13 October 2004" in browser.words
    told = [key for key in office.engine.delivered if ":moved:" in key]
    assert len(told) == len(MEMBERS) + 1
    assert office.engine.stirred[-1][0] == SERIES.ref
    browser.see(MEETING)
    assert "It was moved to Wednesday 20 October 2004" in browser.words
    assert office.looks().day == date(2004, 10, 20)
    with office.store.reading() as tx:
        (change,) = meetings.calendar_changes(tx, "leicester", "heads-of-ict")
    assert (change.kind, change.day, change.to) == ("moved", OCTOBER, date(2004, 10, 20))


def test_a_meeting_is_called_off_or_added_with_a_reason(office: Office) -> None:
    office.looks()
    browser = office.signed_in(PMO)
    browser.see(f"{MEETING}/change")
    assert browser.press(True, "change", what="call_off", off_why="Nothing to decide") == 200
    assert "It was called off. Nothing to decide." in browser.words
    assert office.looks().day == NOVEMBER
    browser.see(f"{FORUM}/add")
    day = {"to-day": "27", "to-month": "10", "to-year": "2004"}
    assert browser.press(True, "add", **day, time="25:00", why="The bid") == 422
    assert "Enter the time at which it begins" in browser.words
    assert browser.press(True, "add", **day, time="9:30", why="The bid") == 200
    assert "09:30" in browser.words
    assert office.looks().day == date(2004, 10, 27)
    # Nobody had been called to it, so nobody is told that it is off.
    assert office.engine.delivered == []


def test_a_meeting_at_which_something_was_decided_is_not_called_off(office: Office, sitting: str) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    records(browser, sitting, choice="note", **CLEAR)
    browser.see(f"{MEETING}/change")
    assert browser.press(True, "change", what="call_off", off_why="Nothing to decide") == 409
    with office.store.reading() as tx:
        assert meetings.get(tx, SERIES, OCTOBER).open


def test_a_meeting_that_passed_unseen_may_still_be_recorded_but_not_moved(office: Office) -> None:
    office.looks()
    office.it_is(date(2004, 10, 20))
    assert office.looks().day == NOVEMBER
    browser = office.signed_in(SECRETARY)
    attends(browser)
    assert browser.see(f"{MEETING}/change") == 409
    assert "The day of this meeting has passed" in browser.words
    closes(browser)
    assert office.looks().recorded


def test_a_series_is_no_case(office: Office) -> None:
    office.looks()
    browser = office.signed_in(AUDITOR)
    assert browser.see(f"/cases/{SERIES.ref}") == 404
    with office.store.reading() as tx:
        assert cases.page(tx).items == ()
