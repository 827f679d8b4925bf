"""A forum's meetings on their pages: who may do what, the agenda, the record, the minutes."""

import re
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from service import agendas, minuting, publishing, sittings
from service.gateway import Counted, Refused, Unknown
from service.handbook import Edition
from service.store import cases, editions, intents, journal, meetings, rebuild, texts
from service.store import letters as ledger
from service.store.meetings import HeardItem, MeetingState, Series
from service.web.rehearsals import Rehearsals
from tests.service.web.office import SAME_ORIGIN, Browser, Office, proposal
from tests.service.web.test_second_thoughts import holding
from tests.support.activities import done
from workflows.days import in_full
from workflows.model import Choice, Ending, Happening, Hold, Outcome, State, StepClosing, StepNudged
from workflows.rules.quorum import Refusal

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


@pytest.mark.parametrize(
    ("day", "tag"),
    [
        (date(2004, 10, 12), "To be called"),
        (OCTOBER, "Meets today"),
        (date(2004, 10, 14), "To be called"),
    ],
)
def test_on_its_day_a_meeting_says_that_it_meets_today(office: Office, day: date, tag: str) -> None:
    office.it_is(day)
    browser = office.signed_in(SECRETARY)
    browser.see(MEETING)
    assert f"Meeting of Wednesday 13 October 2004 {tag} " in browser.words


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


@pytest.fixture
def board_meets(office: Office) -> str:
    """A proposal that SRG has not decided by email, on the day of its meeting; returns the step."""
    return board_asks(office, SRG_MEETS)


SRG_MEETS = date(2004, 10, 28)


def board_asks(office: Office, on: date, hour: int = 10) -> str:
    """Put to SRG's meeting of 28 October what its members have not decided by email; returns the step."""
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31")
    step = office.asked(ref, "srg")
    with office.store.reading() as tx:
        silent = Outcome(step=step, ending=Ending.SILENT, choice=None, at=tx.now, kind="srg")
    office.closed(step, StepClosing(step=step, outcome=silent, why="time_up"))
    office.course_waits(ref, "srg-meeting", SRG_MEETS, forum="srg")
    office.it_is(on, hour)
    office.looks("srg")
    return office.asked(ref, "srg-meeting")


SRG_MEETING = "/meetings/srg/2004-10-28"


def srg_attends(office: Office, there: int) -> None:
    secretary = office.signed_in("srg-secretary")
    secretary.see(f"{SRG_MEETING}/attendance")
    members = office.edition.forums["srg"].members
    said = {
        f"presence-{post}": "present" if number < there else "apologies"
        for number, post in enumerate(members)
    }
    assert secretary.press(True, "attendance", **said) == 200


def letters_of(office: Office, step: str) -> list[str]:
    with office.store.reading() as tx:
        return [row.key for row in ledger.of_step(tx, step)]


def from_the_letter(office: Office, step: str, post: str) -> Browser:
    """Answer a forum's question by the link in its letter."""
    browser = office.browser()
    browser.see(office.link(step, post))
    browser.press()
    browser.press(choice="approve")
    return browser


def test_a_letter_s_link_needs_the_board_s_quorum_as_its_page_does(office: Office, board_meets: str) -> None:
    browser = from_the_letter(office, board_meets, "srg-secretary")
    assert SRG_MEETING in browser.page
    assert "Say first who is at the meeting of Thursday 28 October 2004, on its page" in browser.words
    srg_attends(office, 2)
    browser = from_the_letter(office, board_meets, "srg-secretary")
    assert "Too few members are at the meeting of Thursday 28 October 2004 to decide this" in browser.words
    assert office.engine.decided == []
    srg_attends(office, 4)
    browser = from_the_letter(office, board_meets, "srg-secretary")
    assert browser.press() == 200
    assert [made.step for made in office.engine.decided] == [board_meets]


CALLED_OFF = {"what": "call_off", "off_why": "The hall is flooded"}
MOVED_ON = {"what": "move", "move_why": "The hall is let", "to-day": "4", "to-month": "11", "to-year": "2004"}


@pytest.mark.parametrize(
    ("asked", "change", "to"),
    [
        # Its meeting is called off, or moved, on the morning of its day.
        (SRG_MEETS, CALLED_OFF, date(2004, 11, 25)),
        (SRG_MEETS, MOVED_ON, date(2004, 11, 4)),
        # It was put only after the day of its meeting.
        (date(2004, 10, 29), {}, date(2004, 11, 25)),
    ],
)
def test_a_board_s_word_is_not_taken_by_letter_between_its_meetings(
    office: Office, asked: date, change: dict[str, str], to: date
) -> None:
    step = board_asks(office, asked, hour=7)
    if change:
        secretary = office.signed_in("srg-secretary")
        secretary.see(f"{SRG_MEETING}/change")
        assert secretary.press(True, "change", **change) == 200
    browser = from_the_letter(office, step, "srg-secretary")
    assert f"It is before the meeting of {in_full(to)}" in browser.words
    assert office.engine.decided == []
    before = letters_of(office, step)
    for rung in office.step(step).rungs:
        nudged = StepNudged(step=step, rung=rung, silent=office.step(step).silent, at=rung.at)
        done(office.register.nudged(nudged))
    assert letters_of(office, step) == before, "nobody is chased for it meanwhile"

    office.it_is(to, hour=11)
    there = {f"presence-{post}": "present" for post in office.edition.forums["srg"].members}
    secretary = office.signed_in("srg-secretary")
    secretary.see(f"/meetings/srg/{to}/attendance")
    assert secretary.press(True, "attendance", **there) == 200
    secretary.see(f"/meetings/srg/{to}/items/{step}")
    assert secretary.press(True, "items", do="record", choice="approve") == 200
    assert [made.step for made in office.engine.decided] == [step]


def test_a_board_of_which_no_meeting_is_known_gives_no_word_by_letter(office: Office) -> None:
    step = board_asks(office, date(2004, 10, 29))
    meets_on(office, "srg")
    browser = from_the_letter(office, step, "srg-secretary")
    assert "It is answered at a meeting of Strategic Resources Group, and no meeting to come" in browser.words
    assert office.engine.decided == []


def meets_on(office: Office, forum: str, *days: date) -> None:
    """Bring a handbook into force in which a forum meets on other days."""
    handbook_has(office, forum, meetings=days)


def handbook_has(office: Office, forum: str, **rules: object) -> None:
    """Bring a handbook into force with other rules for a forum."""
    other = office.edition.forums[forum].model_copy(update=rules)
    forums = office.edition.forums | {forum: other}
    office.edition = Edition.model_validate(office.edition.model_dump() | {"forums": forums})
    with office.store.writing() as tx:
        editions.put(tx, office.edition.to_json(), organisation="leicester", name="leicester")


def test_a_quorum_that_is_lost_before_it_is_confirmed_is_told_with_the_way_on(
    office: Office, board_meets: str
) -> None:
    srg_attends(office, 4)
    browser = from_the_letter(office, board_meets, "srg-secretary")
    srg_attends(office, 2)
    assert browser.press() == 409
    assert "Too few members are at the meeting of Thursday 28 October 2004 to decide this" in browser.words
    assert "On its page it can roll on to the next. Nothing was counted." in browser.words
    assert office.engine.decided == []


def test_an_old_page_changes_neither_the_votes_nor_who_took_part_in_what_was_decided(
    office: Office, board_meets: str
) -> None:
    srg_attends(office, 6)
    browser, old = office.signed_in("srg-secretary"), office.signed_in("srg-secretary")
    for one in (browser, old):
        one.see(f"{SRG_MEETING}/items/{board_meets}")
    assert browser.press(True, "items", do="record", choice="approve", in_favour="5", against="0") == 200
    said = {"choice": "reject", "reason": "Too dear", "in_favour": "1", "against": "4"}
    shown = old.page
    for do in ("record", "interests", "roll"):
        old.page = shown
        assert old.press(True, "items", do=do, interests=["cd-rc"], roll_why="No time", **said) == 422
    with office.store.reading() as tx:
        heard = meetings.view(tx, Series(organisation="leicester", forum="srg"), date(2004, 10, 28)).heard_of(
            board_meets
        )
    assert heard.votes is not None
    assert (heard.votes.in_favour, heard.votes.against) == (5, 0)
    assert (heard.interests, heard.rolled) == ((), False)


def test_whoever_covered_for_the_secretary_keeps_nothing_afterwards(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.it_is(OCTOBER)
    office.looks()
    office.covers(SECRETARY, by="bh-sports", until=date(2004, 10, 14))
    office.asked(ref, "notification")
    cover = office.signed_in("bh-sports")
    assert cover.see(f"{MEETING}/attendance") == 200
    office.it_is(date(2004, 10, 20))
    cover = office.signed_in("bh-sports")
    assert cover.see(MEETING) == 403
    assert cover.see(f"{FORUM}/2004-11-10/change") == 403


def test_whoever_is_asked_where_the_secretary_is_gone_keeps_the_record(office: Office) -> None:
    office.leaves(office.holder(SECRETARY))
    ref = office.submitted("PROP-02")
    office.it_is(OCTOBER)
    office.looks()
    step = office.asked(ref, "notification")
    (holder,) = office.step(step).seats[0].holders
    instead = office.signed_in(holder.post)
    assert attends(instead) == 200
    assert records(instead, step, choice="note", **CLEAR) == 200
    assert [made.person for made in office.engine.decided] == [holder.person]


def test_too_few_who_are_down_as_there_cannot_answer_by_letter_what_needs_no_attendance(
    office: Office, sitting: str
) -> None:
    attends(office.signed_in(SECRETARY), there=1)
    browser = office.browser()
    browser.see(office.link(sitting, SECRETARY))
    browser.press()
    browser.press(choice="note", **CLEAR)
    assert "Too few members are at the meeting of Wednesday 13 October 2004" in browser.words


def test_nobody_is_chased_for_what_has_rolled_on_to_the_next_meeting(
    office: Office, board_meets: str
) -> None:
    srg_attends(office, 2)
    secretary = office.signed_in("srg-secretary")
    secretary.see(f"{SRG_MEETING}/close")
    assert secretary.press(True, "close", how="inquorate") == 200
    step = office.step(board_meets)
    before = letters_of(office, board_meets)
    office.it_is(date(2004, 11, 5))
    for rung in step.rungs:
        nudged = StepNudged(step=board_meets, rung=rung, silent=step.silent, at=rung.at)
        assert done(office.register.nudged(nudged)).seats == step.asked
    assert letters_of(office, board_meets) == before
    secretary.see(f"/cases/{step.case}/record")
    told = "had not answered, and nobody was reminded: the meeting on 25 November 2004 has it."
    assert secretary.words.count(told) == len(step.rungs)
    browser = from_the_letter(office, board_meets, "srg-secretary")
    assert "The record of the meeting of Thursday 28 October 2004 is closed" in browser.words


@pytest.mark.parametrize(
    ("choice", "said"),
    [(None, "came to no decision by email"), (Choice.DEFER, "put the decision off to this meeting")],
)
def test_a_secretary_reads_what_the_members_made_of_it_and_not_that_the_chair_was_silent(
    office: Office, choice: Choice | None, said: str
) -> None:
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31")
    board = office.asked(ref, "srg")
    ending = Ending.DECIDED if choice else Ending.SILENT
    with office.store.reading() as tx:
        outcome = Outcome(step=board, ending=ending, choice=choice, at=tx.now)
    office.closed(board, StepClosing(step=board, outcome=outcome, why="" if choice else "time_up"))
    office.it_is(date(2004, 10, 28))
    browser = from_the_letter(office, office.asked(ref, "srg-meeting"), "srg-secretary")
    assert f"The members of Strategic Resources Group {said}." in browser.words
    assert "did not answer" not in browser.words


def before_srg(office: Office) -> tuple[str, str]:
    """A question that is before SRG on 28 October; returns it, and the meeting's page."""
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31")
    office.it_is(date(2004, 10, 28))
    office.looks("srg")
    page = "/meetings/srg/2004-10-28"
    browser = office.signed_in("srg-secretary")
    browser.see(f"{page}/attendance")
    there = {f"presence-{post}": "present" for post in office.edition.forums["srg"].members}
    assert browser.press(True, "attendance", **there) == 200
    return office.asked(ref, "srg-meeting"), page


def test_an_item_is_put_off_to_the_next_meeting_whose_day_is_found_when_it_is_recorded(
    office: Office,
) -> None:
    put, page = before_srg(office)
    browser = office.signed_in("srg-secretary")
    browser.see(f"{page}/items/{put}")
    assert "At the next meeting, on Thursday 25 November 2004" in browser.words
    # With neither it is asked for the day, as ever.
    reasons = {"choice": "defer", "reason": "The supplier's answers are to come"}
    assert browser.press(True, "items", do="record", **reasons) == 422
    assert "Say on which day to ask you again" in browser.words
    browser.see(f"{page}/items/{put}")
    assert browser.press(True, "items", do="record", until_what="meeting", **reasons) == 200
    (made,) = office.engine.decided
    assert (made.choice, made.until, made.next_meeting) == (Choice.DEFER, date(2004, 11, 25), True)
    browser.see(page)
    assert "It is deferred" in browser.words
    browser.see(f"{page}/minutes")
    assert "It is deferred, to the next meeting, on Thursday 25 November 2004." in browser.words
    office.recorded(put)
    before = rebuild.dump(office.store)
    rebuild.rebuild(office.store)
    assert rebuild.dump(office.store) == before


def test_what_is_put_off_to_a_meeting_that_moves_meanwhile_is_read_again(office: Office) -> None:
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31")
    office.it_is(date(2004, 10, 19))
    step = office.asked(ref, "srg")
    browser = office.browser()
    browser.see(office.link(step, "cd-rc"))
    browser.press()
    # The papers of SRG's meeting of 28 October close on the 21st.
    assert "At the next meeting, on Thursday 28 October 2004" in browser.words
    browser.press(choice="defer", until_what="meeting", reason="After the budget")
    assert "Ask me again on Thursday 28 October 2004, at the next meeting" in browser.words
    with office.store.writing() as tx:
        srg = Series(organisation="leicester", forum="srg")
        meetings.moved(tx, srg, date(2004, 10, 28), date(2004, 11, 4), why="Half term", by="p-pmo")
    browser.press()
    assert office.engine.decided == []
    assert (
        "The next meeting is on Thursday 4 November 2004 now, not on the day to which you deferred it. "
        "Nothing was counted." in browser.words
    )
    assert "At the next meeting, on Thursday 4 November 2004" in browser.words


def test_a_case_for_the_next_meeting_misses_this_one(office: Office) -> None:
    office.course_waits(office.submitted("PROP-02"), "notification", NOVEMBER)
    browser = office.signed_in("hoict-ce")
    browser.see(MEETING)
    assert "What waits for the next meeting" in browser.words
    assert "): Wednesday 10 November 2004" in browser.words


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


def test_the_items_of_a_meeting_after_the_next_are_moved_too(office: Office) -> None:
    office.looks()
    browser = office.signed_in(SECRETARY)
    later = f"{FORUM}/2004-11-10"
    for title in ("Dates for 2005", "Any other business"):
        browser.see(f"{later}/business")
        assert browser.press(True, "business", title=title) == 200
    assert order(browser, later) == ["Dates", "Any"]
    with office.store.reading() as tx:
        first, _ = meetings.view(tx, SERIES, NOVEMBER).heard
    assert browser.press(True, "order", move=f"down:{first.item}") == 200
    assert order(browser, later) == ["Any", "Dates"]
    # It is called as any other, when its turn comes.
    with office.store.reading() as tx:
        assert meetings.get(tx, SERIES, NOVEMBER).state is MeetingState.PLANNED
    assert office.looks().day == OCTOBER
    before = rebuild.dump(office.store)
    rebuild.rebuild(office.store)
    assert rebuild.dump(office.store) == before


def order(browser: Browser, meeting: str = MEETING) -> list[str]:
    """The first words of the items, as they stand on the page."""
    browser.see(meeting)
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
    office.it_is(OCTOBER)
    office.looks()
    attends(browser, there=2)
    browser.see(f"{MEETING}/close")
    assert browser.press(True, "close", how="not_held") == 200
    browser.see(f"{MEETING}/items/told-{step}")
    assert "It rolls on to the next meeting." in browser.words
    assert "Noted" not in browser.words


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


def test_a_cover_of_a_member_reads_and_that_of_the_secretary_is_written_to(office: Office) -> None:
    office.covers("hoict-ce", by="bh-sports", until=NOVEMBER)
    assert office.signed_in("bh-sports").see(MEETING) == 200
    office.covers(SECRETARY, by="bh-land-charges", until=NOVEMBER)
    office.looks()
    office.happens(OCTOBER, Happening.CALLED, Happening.CHASED)
    with office.store.reading() as tx:
        rows = ledger.of_case(tx, SERIES.ref)
    for kind in ("meeting_called", "meeting_unrecorded"):
        written = {row.person for row in rows if row.kind == kind}
        assert {office.holder(SECRETARY), office.holder("bh-land-charges")} <= written
    assert office.holder("bh-sports") not in {row.person for row in rows}, "a member's cover does not vote"


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


def test_whoever_wrote_a_proposal_or_is_out_of_its_question_takes_no_part_in_deciding_it(
    office: Office,
) -> None:
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31", co_authors=["cd-hsg"])
    by_email = office.asked(ref, "srg")
    member = office.browser()
    member.see(office.link(by_email, "chief-executive"))
    member.press()
    member.press(choice="declare_interest", reason="I am of their board")
    member.press()
    office.recorded(by_email)
    day, page = date(2004, 10, 28), "/meetings/srg/2004-10-28"
    office.it_is(day)
    office.looks("srg")
    put = office.asked(ref, "srg-meeting")
    members = office.edition.forums["srg"].members
    browser = office.signed_in("srg-secretary")

    def attend(*away: str) -> None:
        browser.see(f"{page}/attendance")
        there = {f"presence-{post}": "absent" if post in away else "present" for post in members}
        assert browser.press(True, "attendance", **there) == 200
        browser.see(f"{page}/items/{put}")

    attend(*[post for post in members if post not in ("chief-executive", "cd-hsg")][:3])
    assert "3 of 8 present; 4 needed; 1 has declared an interest in item 1; 1 wrote it" in browser.words
    assert f"{title_of(office, 'cd-hsg')} wrote it and takes no part" in browser.words
    assert "Chief Executive has declared an interest in it before, and takes no part" in browser.words
    assert browser.press(True, "items", do="record", choice="approve") == 422
    assert "Too few members are here to decide this" in browser.words
    attend()
    assert browser.press(True, "items", do="record", choice="approve", in_favour="7") == 422
    assert "7 votes are more than the 6 who may vote" in browser.words
    assert browser.press(True, "items", do="record", choice="approve", in_favour="6") == 200
    browser.see(f"{page}/items/{put}")
    assert "Chief Executive has an interest and takes no part." in browser.words
    assert f"{title_of(office, 'cd-hsg')} wrote it and takes no part. Vote: 6 in favour" in browser.words
    browser.see(page)
    assert "1 member has declared an interest in item 1" in browser.words
    browser.see(f"{page}/minutes")
    assert f"{title_of(office, 'cd-hsg')} wrote it and takes no part." in browser.words


def test_an_author_who_stayed_away_is_minuted_with_no_interest(office: Office) -> None:
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31", co_authors=["cd-hsg"])
    office.it_is(SRG_MEETS)
    office.looks("srg")
    put = office.asked(ref, "srg-meeting")
    srg_is_there(office, apologies=["cd-hsg"])
    browser = office.signed_in("srg-secretary")
    browser.see(f"{SRG_MEETING}/items/{put}")
    assert browser.press(True, "items", do="record", choice="approve", in_favour="7") == 200
    assert heard_of(office, put).interests == ()
    browser.see(SRG_MEETING)
    assert "declared an interest" not in browser.words
    browser.see(f"{SRG_MEETING}/minutes")
    assert f"Apologies: {title_of(office, 'cd-hsg')}" in browser.words
    assert "no part" not in browser.words


def srg_is_there(office: Office, **others: list[str]) -> None:
    """Say that all members of SRG are here but others, by what is to be said of them."""
    secretary = office.signed_in("srg-secretary")
    secretary.see(f"{SRG_MEETING}/attendance")
    said = {f"presence-{post}": "present" for post in office.edition.forums["srg"].members}
    said |= {f"presence-{post}": what for what, posts in others.items() for post in posts}
    assert secretary.press(True, "attendance", **said) == 200


def heard_of(office: Office, item: str) -> HeardItem:
    srg = Series(organisation="leicester", forum="srg")
    with office.store.reading() as tx:
        return meetings.view(tx, srg, SRG_MEETS).heard_of(item)


def test_an_interest_stays_declared_when_its_member_has_left(office: Office, board_meets: str) -> None:
    srg_is_there(office)
    browser = office.signed_in("srg-secretary")
    page = f"{SRG_MEETING}/items/{board_meets}"
    browser.see(page)
    assert browser.press(True, "items", do="interests", interests=["cd-rc"]) == 200
    srg_is_there(office, left=["cd-rc"])
    browser.see(page)
    assert browser.press(True, "items", do="roll", roll_why="Too little is known") == 200
    assert heard_of(office, board_meets).interests == ("cd-rc",)
    # What was ticked by mistake can still be taken back.
    browser.see(page)
    assert browser.press(True, "items", do="interests", interests=[]) == 200
    assert heard_of(office, board_meets).interests == ()


def test_an_older_page_takes_out_no_interest_that_was_declared_meanwhile(
    office: Office, board_meets: str
) -> None:
    srg_is_there(office)
    first, second = office.signed_in("srg-secretary"), office.signed_in("srg-secretary")
    for browser in (first, second):
        browser.see(f"{SRG_MEETING}/items/{board_meets}")
    assert first.press(True, "items", do="interests", interests=["cd-rc"]) == 200
    said = {"choice": "reject", "reason": "Too dear", "in_favour": "1", "against": "7"}
    assert second.press(True, "items", do="record", interests=["cd-sch"], **said) == 422
    told = f"Interests in it were changed meanwhile. Now it says: {title_of(office, 'cd-rc')}. Look again"
    assert told in second.words
    fields = second.form("items").fields
    assert fields["interests"] == ["cd-rc", "cd-sch"]
    assert {name: fields.get(name) for name in ("reason", "in_favour", "against")} == {
        name: said[name] for name in ("reason", "in_favour", "against")
    }
    assert heard_of(office, board_meets).interests == ("cd-rc",)
    assert office.engine.decided == []
    assert second.press(True, "items", do="record", choice="reject") == 422
    assert "8 votes are more than the 6 who may vote" in second.words
    assert second.press(True, "items", do="record", choice="reject", against="5") == 200
    assert heard_of(office, board_meets).interests == ("cd-rc", "cd-sch")


def test_an_older_page_puts_nobody_back_who_has_left_meanwhile(office: Office, board_meets: str) -> None:
    srg_is_there(office)
    first, second = office.signed_in("srg-secretary"), office.signed_in(PMO)
    for browser in (first, second):
        browser.see(f"{SRG_MEETING}/attendance")
    assert first.press(True, "attendance", **{"presence-cd-rc": "left", "presence-cd-hsg": "left"}) == 200
    late = {"presence-cd-sch": "apologies", "presence-cd-hsg": "absent"}
    assert second.press(True, "attendance", **late) == 422
    assert "Somebody else has written meanwhile who is here" in second.words
    assert "Somebody else has written: Was here, and left" in second.words
    fields = second.form("attendance").fields
    assert [fields[f"presence-{post}"] for post in ("cd-rc", "cd-hsg", "cd-sch")] == [
        "left",
        "absent",
        "apologies",
    ]
    assert second.press(True, "attendance", **{"presence-cd-hsg": "left"}) == 200
    with office.store.reading() as tx:
        view = meetings.view(tx, Series(organisation="leicester", forum="srg"), SRG_MEETS)
    said = {one.post: str(one.presence) for one in view.attendance}
    assert [said[post] for post in ("cd-rc", "cd-hsg", "cd-sch", "cd-rad")] == [
        "left",
        "left",
        "apologies",
        "present",
    ]
    # The same sent twice, or nothing that differs, is no quarrel.
    first.see(f"{SRG_MEETING}/attendance")
    shown = first.page
    for _ in range(2):
        first.page = shown
        assert first.press(True, "attendance", **{"presence-cd-rad": "left"}) == 200
    # Nor is it with spaces that are not kept, or with a name for somebody who sent nobody.
    first.see(f"{SRG_MEETING}/attendance")
    shown = first.page
    sent = {
        "presence-cd-rad": "substitute",
        "substitute-cd-rad": " A. Deputy ",
        "substitute-cd-rc": "B. Deputy",
    }
    for _ in range(2):
        first.page = shown
        assert first.press(True, "attendance", **sent) == 200


@pytest.mark.parametrize(
    ("others", "choice", "status"),
    [
        # The chair, or whoever was sent in their place, breaks an even vote.
        ({}, "approve", 200),
        ({"substitute": ["chief-executive"]}, "approve", 200),
        ({"apologies": ["chief-executive"]}, "approve", 422),
        ({"apologies": ["chief-executive"]}, "reject", 422),
        ({"left": ["chief-executive"]}, "approve", 422),
        # What settles nothing needs no majority.
        ({"apologies": ["chief-executive"]}, "defer", 200),
    ],
)
def test_an_even_vote_settles_nothing_without_a_casting_vote(
    office: Office, board_meets: str, others: dict[str, list[str]], choice: str, status: int
) -> None:
    secretary = office.signed_in("srg-secretary")
    secretary.see(f"{SRG_MEETING}/attendance")
    said = {f"presence-{post}": "present" for post in office.edition.forums["srg"].members}
    said |= {f"presence-{post}": what for what, posts in others.items() for post in posts}
    sent = {"substitute-chief-executive": "A. Deputy"}
    assert secretary.press(True, "attendance", **said | sent) == 200
    secretary.see(f"{SRG_MEETING}/items/{board_meets}")
    vote = {"in_favour": "3", "against": "3", "abstained": "1", "reason": "It is even"}
    later = {"until_what": "meeting"} if choice == "defer" else {}
    assert secretary.press(True, "items", do="record", choice=choice, **vote, **later) == status
    told = "As many voted for it as against it, and nobody here has a casting vote"
    assert (told in secretary.words) == (status == 422)
    assert len(office.engine.decided) == (status == 200)


def test_a_chair_with_an_interest_has_no_casting_vote(office: Office, board_meets: str) -> None:
    srg_is_there(office)
    browser = office.signed_in("srg-secretary")
    browser.see(f"{SRG_MEETING}/items/{board_meets}")
    said = {"choice": "approve", "in_favour": "3", "against": "3"}
    assert browser.press(True, "items", do="record", interests=["chief-executive"], **said) == 422
    assert "nobody here has a casting vote" in browser.words


def test_a_secretary_who_wrote_the_proposal_is_told_who_answers_instead(office: Office) -> None:
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31", co_authors=["srg-secretary"])
    office.it_is(SRG_MEETS)
    office.looks("srg")
    put = office.asked(ref, "srg-meeting")
    (held,) = office.step(put).seats[0].holders
    named = f"It was put to {office.edition.people[held.person].name} ({title_of(office, held.post)})"
    browser = office.signed_in("srg-secretary")
    browser.see(f"{SRG_MEETING}/items/{put}")
    assert f"{named}, and is answered from the letter to them. Say first who is here." in browser.words
    srg_is_there(office)
    browser.see(f"{SRG_MEETING}/items/{put}")
    assert named in browser.words
    assert "Record and next" not in browser.words
    assert "in_favour" not in browser.form("items").fields
    old = browser.page
    assert browser.press(True, "items", do="interests", interests=["cd-rc"]) == 200
    assert browser.press(True, "items", do="record", in_favour="6") == 422
    assert named in browser.words
    answering = from_the_letter(office, put, held.post)
    assert answering.press() == 200
    browser.page = old
    assert browser.press(True, "items", do="roll", roll_why="No time") == 422
    assert "Somebody has answered this already" in browser.words


def title_of(office: Office, post: str) -> str:
    return office.edition.posts[post].title_on(SRG_MEETS)


def test_an_interest_that_is_declared_in_something_that_rolls_on_is_known_at_the_next_meeting(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    browser.see(f"{MEETING}/items/{sitting}")
    why = "Too little is known"
    assert browser.press(True, "items", do="roll", roll_why=why, interests=["head-technology"]) == 200
    closes(browser)
    office.happens(OCTOBER, Happening.MINUTED)
    office.it_is(NOVEMBER)
    attends(browser, meeting=f"{FORUM}/2004-11-10")
    browser.see(f"{FORUM}/2004-11-10/items/{sitting}")
    assert "5 of 6 present; 3 needed; 1 has declared an interest" in browser.words
    assert "Head of Technology has declared an interest in it before, and takes no part" in browser.words


def test_what_was_decided_was_decided_by_a_meeting_that_was_held_whoever_left_afterwards(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    assert records(browser, sitting, choice="note", in_favour="6", **CLEAR) == 200
    assert attends(browser, there=2) == 422
    assert "Head of ICT, Regeneration and Culture was here when an item got its outcome" in browser.words
    browser.see(f"{MEETING}/attendance")
    said = {f"presence-{post}": "present" if number < 2 else "left" for number, post in enumerate(MEMBERS)}
    assert browser.press(True, "attendance", **said) == 200
    assert "2 of 6 present" in browser.words
    browser.see(f"{MEETING}/close")
    assert "Too few members came" not in browser.words
    closes(browser, "held")
    office.looks()
    office.happens(OCTOBER, Happening.MINUTED)
    browser.see(f"{MEETING}/minutes")
    assert "Head of ICT, Regeneration and Culture (for a part of the meeting)" in browser.words
    assert "every item rolls on" not in browser.words
    assert "6 in favour" in browser.words
    assert (
        "The meeting was quorate for what it decided. At its end: 2 of 6 present; 3 needed." in browser.words
    )


def test_an_outcome_that_has_not_reached_its_case_is_being_recorded_and_holds_the_record_open(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    office.engine.answer = Unknown()
    assert records(browser, sitting, choice="note", **CLEAR) == 200
    browser.see(MEETING)
    assert "Being recorded" in browser.words
    browser.see(f"{MEETING}/items/{sitting}")
    assert "Its outcome is being recorded" in browser.words
    assert "Record and next" not in browser.words
    assert browser.see(f"{MEETING}/close") == 409
    assert "The outcome of item 1 is still being recorded" in browser.words
    browser.see(f"{MEETING}/change")
    to = {"to-day": "20", "to-month": "10", "to-year": "2004"}
    assert browser.press(True, "change", what="move", move_why="Half term", **to) == 409
    office.recorded(sitting)
    closes(browser)
    with office.store.reading() as tx:
        held = meetings.get(tx, SERIES, OCTOBER)
    assert [(item.rolled, item.choice) for item in held.items] == [(False, "note")]


def test_an_outcome_that_may_be_taken_back_is_told_nobody_and_holds_the_record_open_until_then(
    office: Office,
) -> None:
    holding(office, "notification", Hold(minutes=120))
    ref = office.submitted("PROP-02")
    office.it_is(OCTOBER)
    office.looks()
    step = office.asked(ref, "notification")
    browser = office.signed_in(SECRETARY)
    attends(browser)
    assert records(browser, step, choice="note", in_favour="5", **CLEAR) == 200
    office.recorded(step)
    until = "It may be taken back until 13:00, and is told then."
    member, token = office.signed_in("hoict-ce"), office.token("hoict-ce")
    member.see(MEETING)
    assert until in member.words
    assert "noted" not in member.words
    for page in (f"{MEETING}/items/{step}", f"{MEETING}/minutes"):
        member.see(page)
        assert "Its outcome may be taken back until 13:00, and is told then." in member.words
        assert not [told for told in ("noted", "5 in favour") if told in member.words]
    told = member.get("/api/v1/forums/heads-of-ict/meetings/2004-10-13", headers=token).json()
    assert [(item["outcome"], item["rolled_on"]) for item in told["agenda"]] == [("", False)]
    assert browser.see(f"{MEETING}/close") == 409
    assert "The outcome of item 1 may be taken back until 13:00" in browser.words
    office.it_is(OCTOBER, 13)
    member.see(MEETING)
    assert "It is noted." in member.words
    closes(browser)


@pytest.mark.parametrize("late", [False, True])
def test_the_votes_for_an_outcome_that_did_not_count_are_not_minuted(
    office: Office, sitting: str, late: bool
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    # The engine says so at once, or the relay hears it later.
    office.engine.answer = Unknown() if late else Refused(Refusal.FAULT)
    assert records(browser, sitting, choice="note", in_favour="5", **CLEAR) == (200 if late else 409)
    if late:
        with office.store.writing() as tx:
            (intent,) = intents.unsettled(tx, sitting)
            intents.refused(tx, intent.key, Refusal.FAULT, intent.attempt)
    browser.see(f"{MEETING}/minutes")
    assert "It rolls on to the next meeting" in browser.words
    assert "Vote:" not in browser.words
    office.engine.answer = Counted(None)
    assert records(browser, sitting, choice="note", **CLEAR) == 200
    browser.see(f"{MEETING}/minutes")
    assert "It is noted." in browser.words
    assert "Vote:" not in browser.words


def test_the_votes_for_an_outcome_that_did_not_count_are_not_minuted_with_a_later_letters(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    browser.see(f"{MEETING}/minutes")
    assert "The meeting was quorate" in browser.words
    office.engine.answer = Unknown()
    assert records(browser, sitting, choice="note", in_favour="5", **CLEAR) == 200
    with office.store.writing() as tx:
        (intent,) = intents.unsettled(tx, sitting)
        intents.refused(tx, intent.key, Refusal.FAULT, intent.attempt)
    office.engine.answer = Counted(None)
    letter = office.browser()
    letter.see(office.link(sitting, SECRETARY))
    letter.press()
    letter.press(choice="note", **CLEAR)
    assert letter.press() == 200
    browser.see(f"{MEETING}/minutes")
    assert "It is noted." in browser.words
    assert "Vote:" not in browser.words


def test_votes_that_were_counted_for_a_refused_outcome_are_taken_out_of_the_record(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    office.engine.answer = Refused(Refusal.FAULT)
    assert records(browser, sitting, choice="note", in_favour="5", **CLEAR) == 409
    with office.store.reading() as tx:
        assert meetings.view(tx, SERIES, OCTOBER).heard_of(sitting).votes is None
    before = rebuild.dump(office.store)
    rebuild.rebuild(office.store)
    assert rebuild.dump(office.store) == before


@pytest.mark.parametrize("left", ["called off", "unrecorded", "closed late"])
def test_other_business_without_an_outcome_is_before_the_next_meeting_whatever_became_of_its_own(
    office: Office, left: str
) -> None:
    office.looks()
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/business")
    assert browser.press(True, "business", title="Dates for 2005") == 200
    november, december = f"{FORUM}/2004-11-10", f"{FORUM}/2004-12-08"
    browser.see(november)
    assert "Dates for 2005" not in browser.words, "it is before a meeting that is still to come"
    if left == "called off":
        browser.see(f"{MEETING}/change")
        assert browser.press(True, "change", what="call_off", off_why="Too little to decide") == 200
    office.it_is(NOVEMBER)
    browser.see(november)
    assert "Dates for 2005" in browser.words
    assert "Carried over from 13 October 2004" in browser.words
    if left == "closed late":
        closes(browser, "not_held", november)
        closes(browser, "not_held")
        browser.see(december)
        assert "Dates for 2005" in browser.words
        return
    attends(browser, meeting=november)
    browser.see(november)
    (item,) = {
        part.split('"')[0] for part in browser.page.split(f"{november}/items/")[1:] if "business" in part
    }
    browser.see(f"{november}/items/{item}")
    assert browser.press(True, "items", do="record", note="They are agreed.") == 200
    closes(browser, meeting=november)
    browser.see(december)
    assert "Dates for 2005" not in browser.words


def test_business_that_the_next_meeting_settled_waits_for_no_outcome_of_the_one_before(
    office: Office,
) -> None:
    office.looks()
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/business")
    assert browser.press(True, "business", title="Dates for 2005") == 200
    item = business(office)
    office.it_is(OCTOBER)
    attends(browser)
    browser.see(f"{MEETING}/items/{item}")
    before = browser.form("items")
    office.it_is(NOVEMBER)
    november = f"{FORUM}/2004-11-10"
    attends(browser, meeting=november)
    browser.see(f"{november}/items/{item}")
    assert browser.press(True, "items", do="record", note="They are agreed.") == 200
    browser.see(MEETING)
    assert "Rolls on" in browser.words
    browser.see(f"{MEETING}/items/{item}")
    assert "It was answered after this meeting, from which it rolled on." in browser.words
    assert "Record and next" not in browser.words
    said = {**before.fields, "do": "record", "note": "They are not agreed."}
    assert browser.post(before.action, data=said, headers=SAME_ORIGIN).status_code == 422
    closes(browser)
    with office.store.reading() as tx:
        (closed,) = meetings.get(tx, SERIES, OCTOBER).items
    assert (closed.rolled, closed.came_to, closed.note) == (True, "", "")


def test_what_was_rolled_on_may_still_be_decided_while_the_record_is_open(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/business")
    browser.press(True, "business", title="Dates for 2005")
    attends(browser, there=2)
    for key in (sitting, business(office)):
        browser.see(f"{MEETING}/items/{key}")
        assert browser.press(True, "items", do="roll", roll_why="Too few are here") == 200
    attends(browser)
    browser.see(f"{MEETING}/items/{business(office)}")
    assert "Too few are here. It rolls on to the next meeting." in browser.words
    assert browser.press(True, "items", do="record", note="They are agreed after all.") == 200
    assert records(browser, sitting, choice="note", **CLEAR) == 200
    closes(browser)
    with office.store.reading() as tx:
        held = meetings.get(tx, SERIES, OCTOBER)
    assert [(item.rolled, item.came_to) for item in held.items] == [
        (False, "it is noted"),
        (False, "They are agreed after all."),
    ]


def business(office: Office) -> str:
    with office.store.reading() as tx:
        view = meetings.view(tx, SERIES, OCTOBER)
    return next(one.item for one in view.heard if one.title)


def said_of_business(office: Office) -> HeardItem:
    with office.store.reading() as tx:
        return meetings.view(tx, SERIES, OCTOBER).heard_of(business(office))


def test_an_older_page_overwrites_nothing_that_a_colleague_wrote_of_other_business(
    office: Office, sitting: str
) -> None:
    first, second = office.signed_in(SECRETARY), office.signed_in(SECRETARY)
    first.see(f"{MEETING}/business")
    first.press(True, "business", title="Dates for 2005")
    attends(first)
    page = f"{MEETING}/items/{business(office)}"
    for browser in (first, second):
        browser.see(page)
    older = second.page
    assert first.press(True, "items", do="record", note="They are agreed.") == 200
    for said in (
        {"do": "record", "note": "They are put off."},
        {"do": "roll", "roll_why": "Too few are here"},
    ):
        second.page = older
        assert second.press(True, "items", **said) == 422
        assert "Somebody else has written meanwhile what came of it" in second.words
        told = "Somebody else has written: They are agreed." in second.words
        assert told is (said["do"] == "record")
        assert said_of_business(office).note == "They are agreed."
    # What says the same is no quarrel, and what was read again may be changed.
    second.page = older
    assert second.press(True, "items", do="record", note=" They are  agreed.") == 200
    second.see(page)
    assert second.press(True, "items", do="record", note="They are put off.") == 200
    second.see(page)
    older = second.page
    for _ in range(2):
        second.page = older
        assert second.press(True, "items", do="roll", roll_why="Too few are here") == 200
    assert said_of_business(office).rolled


def both_see(office: Office, item: str) -> tuple[Browser, Browser]:
    """Let two people open an item of a meeting where everybody is."""
    first, second = office.signed_in(SECRETARY), office.signed_in(SECRETARY)
    attends(first)
    for browser in (first, second):
        browser.see(f"{MEETING}/items/{item}")
    return first, second


def other_business(office: Office) -> str:
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/business")
    browser.press(True, "business", title="Dates for 2005")
    return business(office)


@pytest.mark.parametrize(
    "said",
    [
        {"do": "record", "note": "They are put off."},
        {"do": "roll", "roll_why": "There is no time"},
    ],
)
def test_an_older_page_tells_first_that_a_colleague_lets_other_business_roll_on(
    office: Office, sitting: str, said: dict[str, str]
) -> None:
    first, second = both_see(office, other_business(office))
    assert first.press(True, "items", do="roll", roll_why="Too few are here") == 200
    assert second.press(True, "items", **said) == 422
    assert "Somebody else has let it roll on meanwhile: look again before you record it" in second.words
    assert "Somebody else lets it roll on: Too few are here" in second.words
    told = said_of_business(office)
    assert (told.rolled, told.note) == (True, "Too few are here")
    # What was typed is there still, and what was read may be changed.
    assert second.press(True, "items", do=said["do"]) == 200
    told = said_of_business(office)
    assert (told.rolled, told.note) == (said["do"] == "roll", said.get("note") or said["roll_why"])


def test_an_older_page_tells_first_that_a_colleague_lets_a_question_roll_on(
    office: Office, sitting: str
) -> None:
    first, second = both_see(office, sitting)
    assert first.press(True, "items", do="roll", roll_why="The chair wants legal advice first") == 200
    assert second.press(True, "items", do="record", choice="note", **CLEAR) == 422
    assert "Somebody else lets it roll on: The chair wants legal advice first" in second.words
    assert office.engine.decided == []
    assert second.press(True, "items", do="record") == 200
    assert [made.choice for made in office.engine.decided] == [Choice.NOTE]


def test_a_page_that_is_shown_again_has_told_what_a_colleague_wrote_of_other_business(
    office: Office, sitting: str
) -> None:
    first, second = both_see(office, other_business(office))
    assert first.press(True, "items", do="record", note="They are agreed.", interests=["hoict-ce"]) == 200
    # Interests changed meanwhile too, and a reason stands beside the button that takes none.
    late = {"note": "They are put off.", "roll_why": "x"}
    assert second.press(True, "items", do="record", **late) == 422
    for told in (
        "Interests in it were changed meanwhile",
        "Somebody else has written: They are agreed.",
    ):
        assert told in second.words
    assert second.press(True, "items", do="record") == 422
    assert "Choose “Roll it on”, or leave this empty to record an outcome" in second.words
    heard = said_of_business(office)
    assert (heard.note, heard.interests) == ("They are agreed.", ("hoict-ce",))
    assert second.press(True, "items", do="record", roll_why="") == 200
    heard = said_of_business(office)
    assert (heard.note, heard.interests) == ("They are put off.", ("hoict-ce",))


def test_a_meeting_that_is_moved_takes_what_was_to_roll_on_along_as_open(office: Office) -> None:
    ref = office.submitted("PROP-02")
    # Its questions are put at nine, and it begins at ten.
    office.it_is(OCTOBER, 8)
    office.looks()
    step = office.asked(ref, "notification")
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/items/{step}")
    assert browser.press(True, "items", do="roll", roll_why="Too few can come") == 200
    browser.see(f"{MEETING}/change")
    to = {"to-day": "20", "to-month": "10", "to-year": "2004"}
    assert browser.press(True, "change", what="move", move_why="Too few can come", **to) == 200
    office.it_is(date(2004, 10, 20))
    attends(browser, meeting=f"{FORUM}/2004-10-20")
    browser.see(f"{FORUM}/2004-10-20/items/{step}")
    assert browser.press(True, "items", do="record", choice="note", **CLEAR) == 200
    assert [made.choice for made in office.engine.decided] == [Choice.NOTE]


def test_items_keep_the_numbers_that_they_had_when_papers_closed(office: Office) -> None:
    first, second = office.submitted("PROP-02"), office.submitted("PROP-05")
    for ref in (first, second):
        office.course_waits(ref, "notification", OCTOBER)
    office.looks()
    browser = office.signed_in(SECRETARY)
    browser.see(MEETING)
    assert browser.press(True, "order", move=f"up:{second}.notification") == 200
    office.it_is(date(2004, 10, 7))
    office.happens(OCTOBER, Happening.PAPERS_CLOSED)
    office.it_is(OCTOBER)
    late = office.asked(office.submitted("PROP-06"), "notification")
    steps = [office.asked(ref, "notification") for ref in (first, second)]
    with office.store.reading() as tx:
        known = agendas.agenda(tx, office.edition, office.edition.forums["heads-of-ict"], OCTOBER)
    assert [item.key for item in known.items] == [*reversed(steps), late]
    assert [item.number for item in known.items] == [1, 2, 3]


def test_what_is_on_the_agenda_of_one_proposal_twice_keeps_both_its_numbers(office: Office) -> None:
    ref = office.submitted("PROP-02", decision_needed_by="2004-09-30")
    steps = [office.asked(ref, "notification", round) for round in (1, 2)]
    for step in steps:
        office.settled(step, "sd-ict-ca", Choice.NOTE)
    office.looks()
    browser = office.signed_in(SECRETARY)
    browser.see(MEETING)
    assert browser.press(True, "order", move=f"up:told-{steps[1]}") == 200
    office.it_is(date(2004, 10, 7))
    office.happens(OCTOBER, Happening.PAPERS_CLOSED)
    with office.store.reading() as tx:
        known = agendas.agenda(tx, office.edition, office.edition.forums["heads-of-ict"], OCTOBER)
    told = [(item.key, item.number) for item in known.items]
    assert told == [(f"told-{steps[1]}", 1), (f"told-{steps[0]}", 2)]


def test_the_number_of_what_is_withdrawn_after_papers_closed_is_given_to_no_other(office: Office) -> None:
    first, second = office.submitted("PROP-02"), office.submitted("PROP-05")
    for ref in (first, second):
        office.course_waits(ref, "notification", OCTOBER)
    office.looks()
    office.it_is(date(2004, 10, 7))
    office.happens(OCTOBER, Happening.PAPERS_CLOSED)
    office.became(first, State.WITHDRAWN)
    office.it_is(OCTOBER)
    step = office.asked(second, "notification")
    late = office.asked(office.submitted("PROP-06"), "notification")
    browser = office.signed_in(SECRETARY)
    browser.see(MEETING)
    assert browser.press(True, "order", move=f"up:{late}") == 200
    with office.store.reading() as tx:
        known = agendas.agenda(tx, office.edition, office.edition.forums["heads-of-ict"], OCTOBER)
    # It is taken first, and members still find the other under the number that their papers have.
    assert [(item.key, item.number) for item in known.items] == [(late, 3), (step, 2)]
    attends(browser)
    browser.see(f"{MEETING}/items/{late}")
    assert browser.press(True, "items", do="record", choice="note", **CLEAR) == 200
    assert browser.at == f"{MEETING}/items/{step}"


def test_the_check_before_closing_lists_what_rolls_on_and_asks_if_it_was_held(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/minutes")
    assert "Too few members" not in browser.words, "nobody has said yet who is there"
    attends(browser, there=2)
    browser.see(f"{MEETING}/minutes")
    assert "Too few members were present for a decision" in browser.words
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
    # What was corrected is told with them: on the page, on paper, and to the members.
    corrected = "it now says: It was noted, with thanks."
    assert corrected in browser.words
    paper = PdfReader(BytesIO(browser.get(f"{MEETING}/minutes.pdf").content))
    assert corrected in " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    with office.store.reading() as tx:
        letters = [row for row in ledger.of_case(tx, SERIES.ref) if row.kind == "minutes_sent"]
    sent = {tuple(row.props["corrections"]) for row in letters}
    drafted = "where it said “Vote: 4 in favour, 0 against, 0 abstained. It is noted. "
    ((said,),) = sent - {()}
    assert drafted in said
    assert said.endswith(corrected)
    assert () in sent, "nothing was corrected when they were drafted"
    assert browser.see(f"{MEETING}/minutes/correct") == 409
    with office.store.reading() as tx:
        held = meetings.get(tx, SERIES, OCTOBER)
    assert (held.state, held.minutes, held.confirmed_at) == (MeetingState.HELD, "confirmed", NOVEMBER)


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (4, "The meeting was quorate: 4 of 6 present; 3 needed."),
        (2, "The meeting was not quorate: 2 of 6 present; 3 needed."),
        (None, "Who was there is not recorded, and so neither is whether the meeting was quorate."),
    ],
)
def test_minutes_say_by_who_is_recorded_as_there_whether_a_meeting_was_quorate(
    office: Office, sitting: str, there: int | None, said: str
) -> None:
    letter = office.browser()
    letter.see(office.link(sitting, SECRETARY))
    letter.press()
    letter.press(choice="note", **CLEAR)
    assert letter.press() == 200
    browser = office.signed_in(SECRETARY)
    if there:
        assert attends(browser, there) == 200
    closes(browser)
    office.happens(OCTOBER, Happening.MINUTED)
    browser.see(f"{MEETING}/minutes")
    assert said in browser.words
    assert browser.words.count("quorate") == 1
    paper = PdfReader(BytesIO(browser.get(f"{MEETING}/minutes.pdf").content))
    assert said in " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())


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


@pytest.mark.parametrize(
    ("time", "status"),
    [
        ("10:00", 200),
        ("9:05", 200),
        ("23:59", 200),
        ("24:00", 422),
        ("10:60", 422),
        ("10.00", 422),
        ("10:0", 422),
        ("", 422),
        # Digits that are no digits to a clock, and more of them than there are hours.
        ("10:٠٠", 422),
        ("١٠:00", 422),
        (f"{'1' * 5000}:00", 422),
    ],
)
def test_a_meeting_begins_at_a_time_that_there_is(office: Office, time: str, status: int) -> None:
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/change")
    assert browser.press(True, "change", what="arrange", time=time, place="Town Hall") == status


def test_an_outcome_against_the_vote_is_not_taken(office: Office, sitting: str) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    assert records(browser, sitting, choice="note", in_favour="1", against="5", **CLEAR) == 422
    assert "More voted against it than for it" in browser.words
    assert office.engine.decided == []
    assert records(browser, sitting, choice="note", in_favour="3", against="3", **CLEAR) == 200


def test_the_secretary_s_work_has_the_meetings_to_be_recorded(office: Office, sitting: str) -> None:
    line = "Heads of ICT Group, Wednesday 13 October 2004 : write down what the meeting came to"
    later = date(2004, 11, 10)
    with office.store.writing() as tx:
        for day in (OCTOBER, later):
            meetings.planned(tx, SERIES, day, missed=(), as_of=str(day), place="Town Hall", time="10:00")
    for post, told in ((SECRETARY, True), (PMO, False), ("hoict-ce", False)):
        browser = office.signed_in(post)
        browser.see("/work")
        assert (line in browser.words) is told, post
        assert "10 November 2004 : write down" not in browser.words
    browser = office.signed_in(SECRETARY)
    attends(browser)
    assert records(browser, sitting, choice="note", **CLEAR) == 200
    browser.see(f"{MEETING}/close")
    assert "It is recorded that the meeting was held" in browser.words
    assert browser.press(True, "close") == 200
    browser.see("/work")
    assert line not in browser.words


def test_a_refusal_against_the_vote_is_not_taken(office: Office, board_meets: str) -> None:
    srg_attends(office, 6)
    browser = office.signed_in("srg-secretary")
    said = {"choice": "reject", "reason": "Too dear", "do": "record"}
    browser.see(f"{SRG_MEETING}/items/{board_meets}")
    assert browser.press(True, "items", in_favour="4", against="2", **said) == 422
    assert "More voted for it than against it" in browser.words
    assert office.engine.decided == []
    browser.see(f"{SRG_MEETING}/items/{board_meets}")
    assert browser.press(True, "items", in_favour="2", against="4", **said) == 200


def test_a_new_secretary_reads_an_item_that_is_still_their_predecessors_to_answer(
    office: Office, sitting: str
) -> None:
    attends(office.signed_in(SECRETARY))
    office.hands_over(SECRETARY, "bh-sports")
    browser = office.signed_in(SECRETARY)
    assert browser.see(f"{MEETING}/items/{sitting}") == 200
    assert "On-line sales" in browser.words
    assert "It was put to" in browser.words
    assert "Record and next" not in browser.words


def test_a_meeting_that_has_begun_is_closed_and_neither_moved_nor_called_off(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    to = {"to-day": "20", "to-month": "10", "to-year": "2004"}
    for said in (
        {"what": "call_off", "off_why": "Nobody came"},
        {"what": "move", "move_why": "Nobody came", **to},
    ):
        browser.see(f"{MEETING}/change")
        assert browser.press(True, "change", **said) == 422
        assert "It has begun: close its record" in browser.words
    closes(browser, "not_held")
    browser.see(f"{MEETING}/minutes")
    assert "Absent" not in browser.words, "nobody has said who was there"


def test_a_meeting_that_was_called_off_has_no_minutes_and_each_meeting_one_address(office: Office) -> None:
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/change")
    assert browser.press(True, "change", what="call_off", off_why="Too little to decide") == 200
    assert browser.see(f"{MEETING}/minutes") == 404
    assert browser.see(f"{MEETING}/pack.pdf") == 404
    assert browser.see(f"{FORUM}/20041110") == 404
    assert browser.see(f"{FORUM}/2004-W46-3") == 404


def test_papers_are_not_asked_for_once_they_have_closed(office: Office) -> None:
    office.it_is(date(2004, 10, 18))
    browser = office.signed_in(SECRETARY)
    browser.see(f"{FORUM}/add")
    day = {"to-day": "20", "to-month": "10", "to-year": "2004"}
    assert browser.press(True, "add", why="For a bid", time="10:00", **day) == 200
    assert "Members are called to it now, or once the meeting before it is over." in browser.words
    assert "Papers for it closed on Wednesday 13 October 2004" in browser.words
    office.looks()
    office.happens(date(2004, 10, 20), Happening.CALLED)
    with office.store.reading() as tx:
        called = [row for row in ledger.of_case(tx, SERIES.ref) if row.kind == "meeting_called"]
    assert {row.props["papers_close"] for row in called} == {None}


@pytest.mark.parametrize(
    ("hour", "asked_for", "said"),
    [
        # 17:00 in London is 16:00 UTC until the end of October.
        (15, "2004-10-06", "what is submitted by then makes this meeting"),
        (17, None, "Papers for it closed on Wednesday 6 October 2004"),
    ],
)
def test_papers_are_taken_until_the_end_of_business_on_their_last_day(
    office: Office, hour: int, asked_for: str | None, said: str
) -> None:
    office.looks()
    office.it_is(date(2004, 10, 6), hour)
    browser = office.signed_in(SECRETARY)
    browser.see(MEETING)
    assert said in browser.words
    office.happens(OCTOBER, Happening.CALLED)
    with office.store.reading() as tx:
        called = [row for row in ledger.of_case(tx, SERIES.ref) if row.kind == "meeting_called"]
    assert {row.props["papers_close"] for row in called} == {asked_for}


def test_business_of_the_same_title_is_said_to_be_there(office: Office) -> None:
    office.looks()
    browser = office.signed_in(SECRETARY)
    for status in (200, 422):
        browser.see(f"{MEETING}/business")
        assert browser.press(True, "business", title="Dates for 2005") == status
    assert "An item of this title is on the agenda already" in browser.words


def test_the_handbooks_substitute_of_a_member_is_offered(office: Office) -> None:
    forum = office.edition.forums["heads-of-ict"]
    named = forum.model_copy(update={"substitutes": {"hoict-ce": "hoict-rc"}})
    forums = office.edition.forums | {"heads-of-ict": named}
    office.edition = Edition.model_validate(office.edition.model_dump() | {"forums": forums})
    with office.store.writing() as tx:
        editions.put(tx, office.edition.to_json(), organisation="leicester", name="leicester")
    office.it_is(OCTOBER)
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/attendance")
    fields = browser.form("attendance").fields
    assert fields["substitute-hoict-ce"] == "Head of ICT, Regeneration and Culture"
    assert fields["substitute-head-technology"] == ""


def test_a_record_that_is_closed_late_looks_ahead_and_not_back(office: Office, sitting: str) -> None:
    office.it_is(date(2004, 11, 24))
    browser = office.signed_in(SECRETARY)
    closes(browser, "not_held")
    office.looks()
    office.happens(OCTOBER, Happening.MINUTED)
    browser.see(f"{MEETING}/minutes")
    assert "To be confirmed at the meeting of Wednesday 8 December 2004" in browser.words


def test_cases_go_by_the_meetings_of_the_handbook_in_force(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.course_waits(ref, "notification", OCTOBER)
    forum = office.edition.forums["heads-of-ict"]
    without = forum.model_copy(update={"meetings": tuple(day for day in forum.meetings if day != OCTOBER)})
    forums = office.edition.forums | {"heads-of-ict": without}
    changed = Edition.model_validate(office.edition.model_dump() | {"forums": forums})
    with office.store.reading() as tx:
        assert list(sittings.overtaken(tx)) == []
    with office.store.writing() as tx:
        editions.put(tx, changed.to_json(), organisation="leicester", name="leicester")
    with office.store.reading() as tx:
        (behind,) = sittings.overtaken(tx)
    assert (behind.case, behind.sittings[0].day) == (ref, NOVEMBER)


def test_a_meeting_that_a_handbook_dropped_before_anybody_was_called_is_none(office: Office) -> None:
    assert office.looks().day == OCTOBER
    forum = office.edition.forums["heads-of-ict"]
    without = forum.model_copy(update={"meetings": tuple(day for day in forum.meetings if day != OCTOBER)})
    forums = office.edition.forums | {"heads-of-ict": without}
    changed = Edition.model_validate(office.edition.model_dump() | {"forums": forums})
    with office.store.writing() as tx:
        editions.put(tx, changed.to_json(), organisation="leicester", name="leicester")
    office.it_is(date(2004, 10, 14))
    browser = office.signed_in(SECRETARY)
    assert browser.see(MEETING) == 404
    browser.see(FORUM)
    assert "10 November" in browser.words
    assert "13 October" not in browser.words


def test_minutes_are_confirmed_as_they_were_shown(office: Office, sitting: str) -> None:
    secretary, pmo = office.signed_in(SECRETARY), office.signed_in(PMO)
    attends(secretary)
    records(secretary, sitting, choice="note", **CLEAR)
    closes(secretary)
    office.happens(OCTOBER, Happening.MINUTED)
    office.looks()
    office.it_is(NOVEMBER)
    attends(secretary, meeting=f"{FORUM}/2004-11-10")
    paper = PdfReader(BytesIO(secretary.get(f"{FORUM}/2004-11-10/pack.pdf").content))
    assert "It is noted." in " ".join(sheet.extract_text() for sheet in paper.pages)
    secretary.see(f"{FORUM}/2004-11-10/items/minutes-2004-10-13")
    pmo.see(f"{MEETING}/minutes/correct")
    assert pmo.press(True, "correct", **{"item-1": "It was refused."}) == 200
    assert secretary.press(True, "items", do="record", confirmed="yes") == 422
    assert "They were corrected meanwhile" in secretary.words
    assert "It was refused." in secretary.words
    assert secretary.press(True, "items", do="record", confirmed="yes") == 200


def test_the_pmo_has_done_now_what_a_series_would_do_next_and_each_thing_once(office: Office) -> None:
    office.looks()
    pmo = office.signed_in(PMO)
    assert office.signed_in(SECRETARY).see(f"{FORUM}/now") == 403
    pmo.see(FORUM)
    assert "Call the meeting of 13 October 2004 now , and not only on Wednesday 29 September" in pmo.words
    pmo.see(f"{FORUM}/now")
    first = pmo.form("now")
    assert pmo.press(True, "now") == 200
    assert "Called" in pmo.words
    told = [key for key in office.engine.delivered if ":called:" in key]
    assert len(told) == len(MEMBERS) + 1
    # The same press once more does nothing; neither does the series when its day comes.
    again = pmo.post(first.action, data=first.fields, headers=SAME_ORIGIN)
    assert again.status_code == 409
    assert "has been done meanwhile" in again.text
    before = office.record()
    office.happens(OCTOBER, Happening.CALLED)
    assert office.record() == before
    pmo.see(f"{FORUM}/now")
    assert "Papers are taken until Wednesday 6 October 2004 all the same" in pmo.words
    assert pmo.press(True, "now") == 200
    assert "papers are taken until Wednesday 6 October 2004" in pmo.words
    assert len([key for key in office.engine.delivered if ":agenda:" in key]) == len(MEMBERS) + 1
    before = office.record()
    office.happens(OCTOBER, Happening.PAPERS_CLOSED)
    assert office.record() == before
    pmo.see(f"{FORUM}/now")
    assert "Nothing is to be done now" in pmo.words
    with office.store.reading() as tx:
        done = {line.kind: line.actor for line in journal.lines(tx, SERIES.ref)}
    assert done["meeting.called"] == done["papers.closed"] == office.holder(PMO)


def test_of_two_meetings_close_together_the_pmo_prepares_whichever_is_due(office: Office) -> None:
    office.looks()
    with office.store.writing() as tx:
        meetings.added(tx, SERIES, date(2004, 10, 12), why="A bid", by="p", place="Town Hall", time="10:00")
        # Of this one it is not known yet where it is.
        meetings.business_added(tx, SERIES, NOVEMBER, "Dates for 2005", by="p")
    assert office.looks().day == date(2004, 10, 12)
    pmo = office.signed_in(PMO)
    offered = []
    while pmo.see(f"{FORUM}/now") == 200 and "Nothing is to be done now" not in pmo.heading:
        offered.append(pmo.heading)
        assert pmo.press(True, "now") == 200
    assert offered == [
        "Call the meeting of 12 October 2004 now",
        "Call the meeting of 13 October 2004 now",
        "Send the agenda of the meeting of 12 October 2004 now",
        "Send the agenda of the meeting of 13 October 2004 now",
    ]


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


def test_a_meeting_at_which_something_was_decided_is_not_moved(office: Office, sitting: str) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    records(browser, sitting, choice="note", **CLEAR)
    browser.see(f"{MEETING}/change")
    to = {"to-day": "20", "to-month": "10", "to-year": "2004"}
    assert browser.press(True, "change", what="move", move_why="Half term", **to) == 409
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


def test_a_rehearsal_goes_by_the_days_on_which_forums_meet_as_they_were_changed(office: Office) -> None:
    ref = office.submitted("PROP-02", decision_needed_by="2004-11-30")
    remembered = Rehearsals()

    def meets() -> set[date | None]:
        with office.store.reading() as tx:
            remembered.of(tx, office.edition)
            (one,) = publishing.rehearsed(tx, office.edition)
        assert (one.stored.ref, one.changed) == (ref, False)
        assert one.before is not None
        return {leg.meeting for leg in one.before.legs if leg.meeting}

    assert meets() == {OCTOBER}
    with office.store.writing() as tx:
        meetings.called_off(tx, SERIES, OCTOBER, why="Half term", by="p-pmo")
    assert meets() == {NOVEMBER}
    with office.store.writing() as tx:
        meetings.added(tx, SERIES, date(2004, 10, 20), why="For this one", by="p-pmo")
    assert meets() == {date(2004, 10, 20)}
    assert len(remembered._known) == 3, "what was worked out by another calendar is not shown again"


def drafted(office: Office, sitting: str, **said: str) -> Browser:
    """The secretary's browser, once the meeting is closed and its minutes are drafted."""
    browser = office.signed_in(SECRETARY)
    attends(browser)
    assert records(browser, sitting, choice="note", **{**CLEAR, **said}) == 200
    closes(browser)
    office.happens(OCTOBER, Happening.MINUTED)
    return browser


def test_minutes_that_were_corrected_meanwhile_are_not_corrected_over(office: Office, sitting: str) -> None:
    first, second = drafted(office, sitting), office.signed_in(PMO)
    for browser in (first, second):
        browser.see(f"{MEETING}/minutes/correct")
        assert "Who was there, when and where stays as it was recorded" in browser.words
    kept, typed = {"opening": "The chair was late.", "item-1": "Noted."}, {"item-1": "Noted, with thanks."}
    assert first.press(True, "correct", **kept) == 200
    assert second.press(True, "correct", **typed) == 422
    assert "They were corrected meanwhile" in second.words
    assert "Noted, with thanks." in second.page
    assert "They say now: Noted." in second.words
    # A box that was left as it was has what it says now, and nothing is to be told beside it.
    assert second.form("correct").fields["opening"] == "The chair was late."
    assert "They say now: The chair was late." not in second.words
    first.see(f"{MEETING}/minutes")
    assert "The chair was late." in first.words
    assert "Noted, with thanks." not in first.words
    assert second.press(True, "correct", **typed) == 200
    assert "The chair was late." in second.words
    assert "Noted, with thanks." in second.words


def test_minutes_that_are_saved_twice_are_corrected_once(office: Office, sitting: str) -> None:
    browser = drafted(office, sitting)
    browser.see(f"{MEETING}/minutes/correct")
    shown = browser.page
    for _ in range(2):
        browser.page = shown
        assert browser.press(True, "correct", opening="The chair  was late. ") == 200
        assert browser.at == f"{MEETING}/minutes"


def test_minutes_are_corrected_by_a_form_that_names_no_text_of_theirs(office: Office, sitting: str) -> None:
    browser = drafted(office, sitting)
    browser.see(f"{MEETING}/items/{sitting}")
    with office.store.writing() as tx:
        other = texts.put(tx, "The paper of another case")
    for hash in (other, "", "nothing"):
        browser.see(f"{MEETING}/minutes/correct")
        assert browser.press(True, "correct", minutes=hash, opening="The chair was late.") == 422
        assert browser.form("correct").fields["opening"] == "The chair was late."


def test_a_long_text_of_the_record_keeps_no_other_from_being_corrected(office: Office, sitting: str) -> None:
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/business")
    assert browser.press(True, "business", title="Dates for 2005") == 200
    attends(browser)
    browser.see(f"{MEETING}/items/{business(office)}")
    long = ("All the dates. " * 400)[:4990].strip()
    assert browser.press(True, "items", do="record", note=long, in_favour="6") == 200
    drafted(office, sitting)
    with office.store.reading() as tx:
        text = minuting.read(tx, meetings.get(tx, SERIES, OCTOBER).minutes_hash)
    assert text is not None
    said = {f"item-{line.number}": line.text for line in text.items}
    assert max(map(len, said.values())) > 5000
    noted = next(name for name, told in said.items() if len(told) < 5000)
    browser.see(f"{MEETING}/minutes/correct")
    assert browser.press(True, "correct", **said | {noted: "Noted, with thanks."}) == 200
    assert "Noted, with thanks." in browser.words
    browser.see(f"{MEETING}/minutes/correct")
    assert browser.press(True, "correct", **said | {noted: "x" * 5001}) == 422


def test_a_correction_that_lacks_a_box_says_which(office: Office, sitting: str) -> None:
    browser = drafted(office, sitting)
    browser.see(f"{MEETING}/minutes/correct")
    form = browser.form("correct")
    only = {name: value for name, value in form.fields.items() if name in ("csrf", "minutes")}
    response = browser.post(form.action, data=only, headers=SAME_ORIGIN)
    assert response.status_code == 422
    assert "Say what came of it" in response.text


def test_an_interest_stays_declared_where_the_rest_of_the_form_is_refused(
    office: Office, sitting: str
) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    browser.see(f"{MEETING}/items/{sitting}")
    assert browser.press(True, "items", do="roll", interests=["hoict-sch"]) == 422
    assert re.search(r'value="hoict-sch"[^>]*checked', browser.page)


@pytest.mark.parametrize("do", ["record", "interests"])
def test_a_reason_to_roll_on_is_not_dropped_by_another_button(office: Office, sitting: str, do: str) -> None:
    browser = office.signed_in(SECRETARY)
    attends(browser)
    browser.see(f"{MEETING}/items/{sitting}")
    assert browser.press(True, "items", do=do, choice="note", roll_why="No time", **CLEAR) == 422
    assert "or leave this empty to record an outcome" in browser.words
    assert 'value="No time"' in browser.page
    assert office.engine.decided == []


def test_the_handbook_s_substitute_reads_the_papers_and_a_cover_of_that_member_does_not(
    office: Office, sitting: str
) -> None:
    forums = office.edition.forums
    forum = forums["heads-of-ict"].model_copy(update={"substitutes": {"hoict-sch": "bh-sports"}})
    edition = office.edition.model_copy(update={"forums": {**forums, "heads-of-ict": forum}})
    with office.store.writing() as tx:
        editions.put(tx, edition.to_json(), organisation=edition.organisation, name=edition.name)
    office.covers("hoict-sch", by="bh-dmh", until=date(2004, 10, 30))
    assert office.signed_in("bh-sports").see(MEETING) == 200
    assert office.signed_in("bh-dmh").see(MEETING) == 403


def test_a_meeting_with_nothing_before_it_says_so_when_it_is_closed(office: Office) -> None:
    office.it_is(OCTOBER)
    office.looks()
    browser = office.signed_in(SECRETARY)
    browser.see(f"{MEETING}/close")
    assert "Nothing was before this meeting." in browser.words
    assert "Every item has its outcome" not in browser.words
