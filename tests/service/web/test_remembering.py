"""What past cases say where later ones are decided: on pages, in letters, packs and the record."""

import io
import re
from collections.abc import Sequence
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from pypdf import PdfReader

from service.store import journal, letters, texts
from service.web import briefing, packs
from service.web.briefing import Brief
from tests.service.web.office import BEGINS, Browser, Office
from tests.service.web.test_deciding import SMALLER
from tests.service.web.test_packs import PACK, gathered, squeezed, whole
from tests.support import past
from workflows.letters import Request, read
from workflows.model import Choice, Ending, Outcome, State, StepClosing

REF = "INV-2004-0001"
COSTS = ("110000", "118000", "141000", "90000", "125000")
TURNED_OUT = "How closed major cases of Regeneration and Culture turned out"
OVERRUN = "18% over (5 cases, from 10% under to 41% over)"
RESTATED = "Net present value on that record"
NO_FIGURES: dict[str, Any] = {"cost": "", "went_live": None, "readings": {}}
LESSONS = "Lessons of proposals like this"


def remembers(office: Office, number: int = 5, **facts: Any) -> None:
    """Put closed major cases of a department on record, each with a lesson about bookings."""
    with office.store.writing() as tx:
        for place, cost in enumerate(COSTS[:number], start=1):
            given = {
                "department": "dept-rc",
                "title": f"Court bookings {place}",
                "lessons": [(f"Lesson {place}", "Train the staff\nbefore go-live.")],
                "cost": f"{cost}.00",
                "went_live": past.GO_LIVE + timedelta(days=7 * place),
                "readings": {1: [(3, "20000.00")]},
                "at": past.AT + timedelta(days=place),
                **facts,
            }
            past.closed(tx, f"INV-2003-000{place}", edition=office.edition.hash, **given)


def reading(office: Office, key: str = "funding-bh-sports", **changes: Any) -> Browser:
    """A browser on the page where the sports service decides on its share."""
    office.submitted("PROP-02", **{"cost_profile": SMALLER, **changes})
    browser = office.browser()
    browser.see(office.link(office.asked(REF, key), key.removeprefix("funding-")))
    browser.press()
    assert browser.at.startswith("/a/read/"), browser.words
    return browser


# ------------------------------------------------------------------------- track record


def test_a_decision_page_shows_the_track_record_and_what_the_proposal_comes_to_on_it(office: Office) -> None:
    remembers(office)
    page = reading(office).words
    assert TURNED_OUT in page
    assert f"Cost {OVERRUN}" in page
    assert (
        "Going live 15 working days late (5 cases, from 5 working days late to 25 working days late)" in page
    )
    assert "Cashable benefits 50% of what was claimed (5 cases, from 50% to 50%)" in page
    assert "Other benefits" not in page
    assert RESTATED in page
    assert "Capital, one-off and project management costs 18% more; revenue costs as claimed." in page


@pytest.mark.parametrize(
    "changes", [{"number": 4}, {"department": "dept-hsg"}, {"state": State.IN_REVIEW}, NO_FIGURES]
)
def test_nothing_is_told_of_too_few_cases(office: Office, changes: dict[str, Any]) -> None:
    remembers(office, **changes)
    page = reading(office).words
    assert "turned out" not in page
    assert RESTATED not in page


def told_to(office: Office, post: str) -> list[str]:
    """What letters that ask a post say of the track record, and in their words."""
    with office.store.reading() as tx:
        asked = [read(row.props) for row in letters.of_case(tx, REF) if row.post == post and row.step]
    return [letter.track_record for letter in asked if isinstance(letter, Request)]


@pytest.mark.parametrize(("number", "told"), [(5, True), (4, False)])
def test_a_letter_about_money_says_it_in_a_sentence(office: Office, number: int, told: bool) -> None:
    remembers(office, number)
    office.submitted("PROP-02")
    office.asked(REF, "funding-bh-dmh")
    (said,) = told_to(office, "bh-dmh")
    assert bool(said) is told
    if told:
        assert said.startswith(
            f"Closed major cases of Regeneration and Culture, the middle one of each: cost {OVERRUN}; "
        )
        assert "; net present value on that record " in said
        assert said.count(". ") == 0


def test_a_letter_that_is_not_about_money_says_nothing_of_it(office: Office) -> None:
    remembers(office)
    office.submitted("PROP-02")
    office.asked(REF, "notification", forum="heads-of-ict")
    assert told_to(office, "heads-of-ict-secretary") == [""]


def test_the_case_s_page_the_api_and_a_pack_tell_the_same(office: Office) -> None:
    remembers(office)
    office.submitted("PROP-02")
    step = office.asked(REF, "srg")
    browser = office.signed_in("cd-rc")
    assert browser.see(f"/cases/{REF}") == 200
    token = office.token("corp-projects-manager", "read:case")
    told = office.browser().get(f"/api/v1/cases/{REF}/appraisal", headers=token).json()["track_record"]
    item = gathered(office, step)
    paper = next(section for section in item.sections if section.heading == TURNED_OUT)
    assert told["directorate"] == "Regeneration and Culture"
    assert told["measures"]["Cost"] == OVERRUN
    assert dict(line_of(paper.lines))["Cost"] == OVERRUN
    assert (
        dict(line_of(paper.lines))[RESTATED] == f"{told['restated']['value']} {told['restated']['working']}"
    )
    for said in (TURNED_OUT, OVERRUN, RESTATED, told["restated"]["value"], told["restated"]["working"]):
        assert said in browser.words
    lessons = next(section for section in item.sections if section.heading == LESSONS)
    assert lessons.lines[0].which[-1] == "From the review of Court bookings 5 (INV-2003-0005)."
    printed = whole(packs.pack_pdf(PACK.model_copy(update={"items": (item,)})))
    for said in (TURNED_OUT, OVERRUN, told["restated"]["value"], LESSONS, lessons.lines[0].which[-1]):
        assert squeezed(said) in squeezed(printed)


def line_of(lines: Sequence[packs.Line]) -> list[tuple[str, str]]:
    return [(line.what, " ".join(line.which)) for line in lines]


def test_the_record_of_a_decision_tells_the_track_record_as_it_was_shown(office: Office) -> None:
    remembers(office)
    browser = reading(office)
    browser.press(choice="approve")
    browser.press()
    made = office.engine.decided[-1]
    outcome = Outcome(step=made.step, ending=Ending.DECIDED, choice=Choice.APPROVE, at=BEGINS)
    office.closed(made.step, StepClosing(step=made.step, outcome=outcome, unrecorded=(made,)))
    office.became(REF, State.APPROVED, because=made.step)
    # what came after it changes nothing of what was shown
    with office.store.writing() as tx:
        facts: dict[str, Any] = {"department": "dept-rc", "cost": "900000.00", "edition": office.edition.hash}
        past.closed(tx, "INV-2003-0099", **facts)
    signed_in = office.signed_in("cd-rc")
    signed_in.see(f"/cases/{REF}/decision-record")
    told = signed_in.get(f"/cases/{REF}/decision-record.json").json()["track_record"]
    pdf = PdfReader(io.BytesIO(signed_in.get(f"/cases/{REF}/decision-record.pdf").content))
    printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert told[0] == f"Cost: {OVERRUN}"
    assert told[-1].startswith(f"{RESTATED}: ")
    assert f"Cost: {OVERRUN}" in signed_in.words
    assert f"Cost: {OVERRUN}" in printed


def test_what_was_shown_before_there_was_a_track_record_still_reads(office: Office) -> None:
    browser = reading(office)
    with office.store.reading() as tx:
        hashes = [line.data.get("shown_hash", "") for line in journal.lines(tx, REF)]
    assert not any(hashes)
    browser.press(choice="approve")
    browser.press()
    with office.store.writing() as tx:
        line = next(line for line in journal.lines(tx, REF) if line.kind == "decision.submitted")
        brief = briefing.shown(tx, line.data["shown_hash"])
        assert brief
        old = brief.model_dump(mode="json", exclude={"track_record", "lessons"})
        read_again = Brief.model_validate(old)
        assert (read_again.track_record, read_again.lessons) == (None, ())
        assert texts.get(tx, line.data["shown_hash"]) == brief.text()


# ------------------------------------------------------------------------------ lessons


def test_a_later_proposal_is_shown_the_newest_five_lessons_of_its_like(office: Office) -> None:
    remembers(office, lessons=[("First", "Train."), ("Second", "Count.")])
    browser = reading(office)
    assert LESSONS in browser.words
    assert browser.words.count("From the review of Court bookings") == 5
    assert 'href="/lessons?case=INV-2003-0005"' in browser.page
    assert "Court bookings 2" not in browser.words


def test_what_was_typed_into_a_lesson_is_shown_as_it_was_typed(office: Office) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7 }} & more"
    remembers(office, 1, title=f"Bookings {hostile}", lessons=[(hostile, hostile)])
    decision, library = reading(office), office.signed_in("bh-dmh")
    library.see("/lessons")
    for page in (decision.page, library.page):
        assert "<script>alert" not in page
        assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} &amp; more") == 3


def test_lessons_of_another_kind_are_not_shown(office: Office) -> None:
    remembers(office, title="Cremation records")
    assert LESSONS not in reading(office).words


def test_a_sponsor_sees_the_lessons_before_submitting(office: Office) -> None:
    remembers(office)
    draft = office.draft({"title": "Bookings for halls"})
    browser = office.signed_in("hoict-rc")
    assert browser.see(f"/proposals/{draft.ref}/check") == 200
    assert LESSONS in browser.words
    assert (
        "Train the staff before go-live. From the review of Court bookings 5 (INV-2003-0005)" in browser.words
    )
    other = office.draft({"title": "Cremation"})
    browser.see(f"/proposals/{other.ref}/check")
    assert LESSONS not in browser.words


def test_the_library_is_searched_by_words_and_by_what_a_lesson_is_about(office: Office) -> None:
    remembers(office, 2, system_kind="web", strategy="customer-access")
    with office.store.writing() as tx:
        facts: dict[str, Any] = {"edition": office.edition.hash, "department": "dept-hsg"}
        past.closed(tx, "INV-2003-0009", title="Rents", lessons=[("Count at first", "Always.")], **facts)
    browser = office.signed_in("bh-dmh")
    found = {
        "": {"Lesson 1", "Lesson 2", "Count at first"},
        "words=train+GO-LIVE": {"Lesson 1", "Lesson 2"},
        "words=always": {"Count at first"},
        "department=dept-hsg": {"Count at first"},
        "department=dept-x": set(),
        "system_kind=web&words=2": {"Lesson 2"},
        "strategy=customer-access": {"Lesson 1", "Lesson 2"},
        "case=INV-2003-0001": {"Lesson 1"},
        "words=nothing": set(),
    }
    for query, titles in found.items():
        assert browser.see(f"/lessons?{query}") == 200, query
        told = browser.words
        for title in ("Lesson 1", "Lesson 2", "Count at first"):
            assert (title in told) is (title in titles), (query, title)
        assert ("No lesson is like that." in told) is (not titles), query
    browser.see("/lessons?system_kind=web&words=train")
    assert 'value="train"' in browser.page
    assert '<option value="web" selected' in browser.page


def test_a_case_tells_that_its_review_was_checked(office: Office) -> None:
    remembers(office, 2, lessons=[("One", "a"), ("Two", "b")])
    with office.store.writing() as tx:
        past.closed(tx, "INV-2003-0009", edition=office.edition.hash, department="dept-rc")
    browser = office.signed_in("bh-dmh")
    for ref, said in (("INV-2003-0001", "with 2 lessons"), ("INV-2003-0009", "with no lesson")):
        browser.see(f"/cases/{ref}")
        assert f"Its review was checked, {said}." in browser.words


def test_an_empty_library_says_what_it_will_have(office: Office) -> None:
    browser = office.signed_in("bh-dmh")
    assert browser.see("/lessons") == 200
    assert "There is no lesson yet. Each is listed here once the review that says it has been checked." in (
        browser.words
    )


def test_an_erased_lesson_shows_as_erased(office: Office) -> None:
    remembers(office, 1)
    with office.store.writing() as tx:
        line = next(line for line in journal.lines(tx, "INV-2003-0001") if line.kind == "review.checked")
        texts.erase(tx, line.data["lessons"][0])
    browser = office.signed_in("bh-dmh")
    browser.see("/lessons")
    assert "A lesson that was erased What was written here was erased." in browser.words
    assert "Train" not in browser.words


def test_the_library_is_turned_over_page_by_page(office: Office) -> None:
    many = [(f"Of many, number {number:02d}", "…") for number in range(1, 24)]
    remembers(office, 1, lessons=many)
    browser = office.signed_in("bh-dmh")
    browser.see("/lessons?words=many")
    assert "number 20" in browser.words
    assert "number 21" not in browser.words
    onward = re.search(r'href="([^"]+)">Older lessons', browser.page)
    assert onward
    browser.see(unescape(onward[1]))
    assert [f"number {number}" in browser.words for number in (20, 21, 23)] == [False, True, True]
    assert "Older lessons" not in browser.words
    assert browser.see("/lessons?cursor=nothing") == 422


def test_programs_read_the_library(office: Office) -> None:
    remembers(office, 3, lessons=[("One", "a"), ("Two", "b")])
    headers = office.token("corp-projects-manager", "read:case")
    browser = office.browser()
    found = browser.get("/api/v1/lessons?limit=4", headers=headers).json()
    rest = browser.get(f"/api/v1/lessons?limit=4&cursor={found['next']}", headers=headers).json()
    assert [(one["case"], one["number"]) for one in found["items"] + rest["items"]] == [
        ("INV-2003-0003", 1),
        ("INV-2003-0003", 2),
        ("INV-2003-0002", 1),
        ("INV-2003-0002", 2),
        ("INV-2003-0001", 1),
        ("INV-2003-0001", 2),
    ]
    assert rest["next"] is None
    assert found["items"][0]["text"] == "a"
    assert browser.get("/api/v1/lessons?words=b&case=INV-2003-0001", headers=headers).json()["items"] == [
        {
            "case": "INV-2003-0001",
            "case_title": "Court bookings 1",
            "number": 2,
            "at": "2003-06-03T09:00:00Z",
            "department": "dept-rc",
            "system_kind": "",
            "strategy": "",
            "title": "Two",
            "text": "b",
            "erased": False,
        }
    ]
    assert browser.get("/api/v1/lessons").status_code == 401
    assert browser.get("/api/v1/lessons?cursor=x", headers=headers).status_code == 422
