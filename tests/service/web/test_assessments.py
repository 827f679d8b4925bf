"""Assessments on pages: opened, weighed, chosen from, shown and withdrawn (SYS-67)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from activities.assessments import Assessments
from service.store import actions, assessments, cases, documents, journal, letters, texts
from service.store.rebuild import drift
from service.web import packs, recounting
from tests.service.web.office import BEGINS, SAME_ORIGIN, Browser, Office
from tests.support import files
from tests.support.activities import FakeMailroom, done
from workflows.delivery import AssessmentInHand, AssessmentState, AssessmentTold
from workflows.model import Ask, Choice, Ending, Outcome, SeatAsk, StepClosing, StepOpening

PMO, OWNER, SECRETARY = "corp-projects-manager", "head-technology", "srg-secretary"
FORM = {
    "title": "Desktop support",
    "purpose": "The contract ends, and users wait for days.",
    "owner": OWNER,
    "report_due-day": "29",
    "report_due-month": "10",
    "report_due-year": "2004",
    "in_place_by-day": "31",
    "in_place_by-month": "3",
    "in_place_by-year": "2005",
}
WEIGHED = {
    "weighed_in_house": "We know the users",
    "cost_in_house": "£92,000",
    "weighed_managed_service": "More hours",
    "left_out_shared": "Nobody is near enough",
    "left_out_partnership": "Nobody has offered one",
    "left_out_outsourced": "Our own staff would have to go",
    "recommendation": "managed_service",
    "recommendation_words": "It costs less",
}
TITLE = "Head of Technology"


def opening(office: Office, by: str = PMO, **changed: str) -> Browser:
    browser = office.signed_in(by)
    browser.see("/assessments/new")
    browser.press(True, "/assessments/new", **FORM | changed)
    return browser


def opened(office: Office) -> str:
    browser = opening(office)
    assert browser.press(True, "/assessments") == 200
    return browser.at.rpartition("/")[2]


@dataclass
class Assessed:
    """An assessment in an office, and what its process would do with it."""

    office: Office
    ref: str
    rounds: int = 0
    changes: int = 0

    @property
    def course(self) -> Assessments:
        return Assessments(self.office.store, FakeMailroom())

    @property
    def in_hand(self) -> AssessmentInHand:
        return done(self.course.in_hand(self.ref))

    def put(self, kind: str, post: str, *, key: str = "") -> str:
        self.rounds += 1
        known = self.in_hand
        ask = Ask(
            case=self.ref,
            key=key or kind,
            round=self.rounds,
            version=1,
            content_hash=known.content_hash,
            clause=known.clauses[kind],
            seats=(SeatAsk(key=post, post=post),),
            terms=known.terms[kind],
            forum="srg" if kind.endswith("_srg") else "",
            inform=(OWNER,),
            due=known.report_due if kind == "assessment" else None,
        )
        with self.office.store.reading() as tx:
            at = tx.now
        done(self.office.register.opened(StepOpening(ask=ask, at=at)))
        return ask.step

    def reading(self, step: str, post: str) -> Browser:
        browser = self.office.browser()
        browser.see(self.office.link(step, post))
        browser.press()
        return browser

    def answers(self, step: str, post: str, sent: Mapping[str, str], choice: Choice = Choice.REPORT) -> None:
        browser = self.reading(step, post)
        browser.press(True, "/a/read/", choice=choice, **sent)
        assert browser.at.startswith("/a/check/"), browser.words
        browser.press()
        assert browser.at.startswith("/a/done/"), browser.words
        with self.office.store.reading() as tx:
            at = tx.now + timedelta(hours=1)
        made = tuple(one for one in self.office.engine.decided if one.step == step)
        outcome = Outcome(step=step, ending=Ending.DECIDED, choice=choice, at=at)
        self.office.closed(step, StepClosing(step=step, outcome=outcome, unrecorded=made))

    def told(self, step: str) -> AssessmentTold:
        with self.office.store.reading() as tx:
            return AssessmentTold(case=self.ref, step=step, at=tx.now)

    def becomes(self, state: AssessmentState, because: str = "") -> None:
        self.changes += 1
        self.office.became(self.ref, state, number=self.changes, because=because)

    def weighed(self, **changed: str) -> str:
        step = self.put("assessment", OWNER)
        self.answers(step, OWNER, WEIGHED | changed)
        done(self.course.reported(self.told(step)))
        self.becomes(AssessmentState.CHOOSING, step)
        return step

    def chosen(self, **sent: str) -> str:
        step = self.put("assessment_srg", SECRETARY, key="choice")
        self.answers(step, SECRETARY, sent, Choice.APPROVE)
        done(self.course.chosen(self.told(step)))
        self.becomes(AssessmentState.IMPLEMENTING, step)
        return step


@pytest.fixture
def one(office: Office) -> Assessed:
    return Assessed(office, opened(office))


# ----------------------------------------------------------------------------- opening


def test_the_programme_office_opens_one_in_two_steps(office: Office) -> None:
    browser = office.signed_in(PMO)
    browser.see("/cases?kind=assessment")
    assert "Open an assessment" in browser.words
    browser = opening(office)
    for told in (
        "Open this assessment?",
        "What is assessed Desktop support",
        f"Assessed by {TITLE}",
        "To be assessed by Friday 29 October 2004",
        "To be in place by Thursday 31 March 2005",
    ):
        assert told in browser.words
    with office.store.reading() as tx:
        assert cases.page(tx, kind=assessments.KIND).items == ()
    browser.press(True, "/assessments")
    assert browser.at == "/cases/ASM-2004-0001"
    assert office.engine.started == ["ASM-2004-0001"]
    assert "Business process assessment" in browser.words
    assert "Nothing has been weighed yet." in browser.words
    with office.store.reading() as tx:
        case, found = cases.get(tx, "ASM-2004-0001"), assessments.must(tx, "ASM-2004-0001")
        waiting = cases.unstarted(tx)
    assert (case.kind, case.state, case.department) == (
        "assessment",
        "assessing",
        office.edition.posts[OWNER].department,
    )
    assert (found.owner, found.report_due, found.in_place_by) == (
        OWNER,
        date(2004, 10, 29),
        date(2005, 3, 31),
    )
    assert [(each.ref, each.kind) for each in waiting] == [("ASM-2004-0001", "assessment")]


def test_one_form_opens_one_assessment_however_often_it_is_sent(office: Office) -> None:
    browser = opening(office)
    form = browser.form("/assessments")
    for _ in range(3):
        answer = browser.post("/assessments", data=form.fields | form.hidden, headers=SAME_ORIGIN)
        assert answer.headers["location"] == "/cases/ASM-2004-0001"
    assert opened(office) == "ASM-2004-0002"


def test_a_form_that_has_opened_one_opens_no_other_that_says_something_else(office: Office) -> None:
    browser = opening(office)
    form = browser.form("/assessments")
    browser.post("/assessments", data=form.fields, headers=SAME_ORIGIN)
    other = form.fields | {"title": "Network support"}
    answer = browser.post("/assessments", data=other, headers=SAME_ORIGIN)
    assert answer.status_code == 409
    assert "It has opened ASM-2004-0001, which says something else." in answer.text
    # Without a mark, or with another than ours, it is shown again with one.
    for wish in ("", "x" * 32):
        answer = browser.post("/assessments", data=form.fields | {"wish": wish}, headers=SAME_ORIGIN)
        assert re.search(r'name="wish" value="[0-9a-f]{32}"', answer.text)
    with office.store.reading() as tx:
        assert len(cases.page(tx, kind=assessments.KIND).items) == 1


def test_what_was_typed_can_be_changed_before_it_is_opened(office: Office) -> None:
    browser = opening(office)
    browser.press(True, "/assessments/new", change="yes")
    fields = browser.form("/assessments/new").fields
    assert (fields["title"], fields["owner"], fields["report_due-day"]) == ("Desktop support", OWNER, "29")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": " "}, "Say what is assessed, such as desktop support"),
        ({"title": "x" * 201}, "Use one line of 200 characters or fewer"),
        ({"purpose": ""}, "Say what it is assessed for"),
        ({"owner": ""}, "Choose who is to assess it"),
        ({"owner": "nobody"}, "Choose who is to assess it"),
        ({"owner": PMO}, "Choose somebody else: the programme office checks that what is chosen is in place"),
        ({"report_due-day": ""}, "Enter a day that exists"),
        ({"report_due-day": "31", "report_due-month": "2"}, "Enter a day that exists"),
        ({"report_due-year": "2003"}, "The day must be in the future"),
        ({"report_due-day": "13", "report_due-month": "9"}, "The day must be in the future"),
        ({"in_place_by-year": "2004"}, "The day must be in the future"),
        (
            {"in_place_by-day": "29", "in_place_by-month": "10", "in_place_by-year": "2004"},
            "The day must be after Friday 29 October 2004, by which it is assessed",
        ),
        ({"in_place_by-year": "2099"}, "The day must be"),
    ],
)
def test_what_is_wrong_with_it_is_told_at_its_box(office: Office, changed: dict[str, str], told: str) -> None:
    browser = opening(office, **changed)
    (box,) = {name.partition("-")[0] for name in changed}
    assert told in browser.words
    assert f'href="#{box}' in browser.page
    typed = browser.form("/assessments/new").fields
    kept = {"purpose": FORM["purpose"], "title": FORM["title"], "in_place_by-day": "31"} | changed
    assert {name: typed[name] for name in ("purpose", "title", "in_place_by-day")} == {
        name: kept[name].strip() for name in ("purpose", "title", "in_place_by-day")
    }
    assert office.engine.started == []


def test_nobody_but_the_programme_office_opens_one(office: Office) -> None:
    browser = office.signed_in("cd-rc")
    assert browser.see("/assessments/new") == 403
    browser.see("/cases?kind=assessment")
    assert "Open an assessment" not in browser.words


def test_a_handbook_without_ways_of_delivery_has_none_opened(office: Office) -> None:
    rules = office.edition.model_dump(mode="json")
    rules["delivery"]["assessment"] = None
    office.brings_into_force(rules)
    browser = office.signed_in(PMO)
    browser.see("/assessments/new")
    assert "business processes are not assessed under it" in browser.words
    browser.see("/cases?kind=assessment")
    assert "Open an assessment" not in browser.words


# ------------------------------------------------------------------- weighed and chosen


def test_its_owner_is_asked_for_every_way_of_delivery_of_the_handbook(one: Assessed) -> None:
    step = one.put("assessment", OWNER)
    browser = one.reading(step, OWNER)
    assert browser.heading == "How should this be delivered?"
    assert "You are asked as" in browser.words
    assert "To be in place by Thursday 31 March 2005" in browser.words
    fields = browser.form("/a/read/").fields
    known = one.office.edition.delivery
    assert known is not None
    assert known.assessment is not None
    for key in known.assessment.options:
        assert {f"weighed_{key}", f"left_out_{key}", f"cost_{key}"} <= {*fields}
    browser.press(True, "/a/read/", choice="report", **WEIGHED | {"left_out_shared": ""})
    assert "Shared with other councils: say what speaks for and against it" in browser.words


def test_what_was_weighed_is_shown_as_a_table_with_what_is_recommended(one: Assessed) -> None:
    one.weighed()
    browser = one.office.signed_in("cd-rc")
    browser.see(f"/cases/{one.ref}")
    for told in (
        "To be chosen Business process assessment",
        "Recommended: Managed service.",
        "In-house We know the users £92,000",
        "Managed service More hours Not given Recommended",
        "Partnership Nobody has offered one Left out",
        f"{TITLE} recommended Managed service on",
        "“It costs less”",
        "2 of 5 options were weighed, and this one is recommended: Managed service.",
    ):
        assert told in browser.words


def test_srg_chooses_of_those_that_were_weighed_with_the_assessment_before_it(one: Assessed) -> None:
    one.weighed()
    step = one.put("assessment_srg", SECRETARY, key="choice")
    browser = one.reading(step, SECRETARY)
    assert browser.heading == "Which of these options did Strategic Resources Group choose?"
    for told in ("Recommended: Managed service.", "In-house, cost £92,000", "Partnership, left out"):
        assert told in browser.words
    assert browser.page.count('name="option"') == 2
    browser.press(True, "/a/read/", choice="approve", option="in_house")
    assert "Option: you chose in-house, so say why" in browser.words
    browser.press(True, "/a/read/", choice="return", reason="")
    assert "Say what is missing" in browser.words


def test_members_read_in_their_papers_what_was_weighed(one: Assessed) -> None:
    one.weighed()
    with one.office.store.reading() as tx:
        case = cases.get(tx, one.ref)
        item = packs.item(tx, case, None, one.office.edition, BEGINS.date(), 1)
    (weighed,) = [section for section in item.sections if section.heading == "What was weighed"]
    assert [(line.what, line.which) for line in weighed.lines][:2] == [
        ("In-house", ("We know the users", "£92,000 a year")),
        ("Shared with other councils", ("Nobody is near enough", "Left out")),
    ]
    assert ("To be in place by", "Thursday 31 March 2005") in item.figures


def test_words_that_were_erased_leave_what_was_weighed(one: Assessed) -> None:
    one.weighed()
    with one.office.store.writing() as tx:
        (made,) = (line for line in journal.lines(tx, one.ref) if line.kind == "decision.submitted")
        texts.erase(tx, made.data["words_hash"])
    browser = one.office.signed_in("cd-rc")
    browser.see(f"/cases/{one.ref}")
    assert "In-house (erased) £92,000" in browser.words
    assert "Managed service (erased) Not given Recommended" in browser.words


def test_what_is_chosen_is_left_to_its_owner_by_the_day_that_was_given(one: Assessed) -> None:
    one.weighed()
    step = one.chosen(option="in_house", option_words="It binds us for fewer years")
    with one.office.store.reading() as tx:
        (left,) = actions.of_case(tx, one.ref)
        content = cases.content(tx, left.ref) or {}
    assert (left.owner, left.verifier, left.due) == (OWNER, PMO, date(2005, 3, 31))
    assert content["summary"] == (
        "Put in place what was chosen for “Desktop support”: In-house. Why: “It binds us for fewer years”"
    )
    assert not left.outlives
    # Written twice, it is written once.
    done(one.course.chosen(one.told(step)))
    with one.office.store.reading() as tx:
        assert len(actions.of_case(tx, one.ref)) == 1
    browser = one.office.signed_in("cd-rc")
    browser.see(f"/cases/{one.ref}")
    for told in (
        "Chosen: In-house; Managed service was recommended.",
        f"To be in place by Thursday 31 March 2005: {left.ref}",
        "An option was chosen, which was not recommended: In-house.",
    ):
        assert told in browser.words
    assert drift(one.office.store) == ()


def test_what_was_sent_back_is_answered_from_what_was_said_before(one: Assessed) -> None:
    one.weighed()
    step = one.put("assessment_srg", SECRETARY, key="choice")
    one.answers(step, SECRETARY, {"reason": "What would a partnership cost?"}, Choice.RETURN)
    one.becomes(AssessmentState.ASSESSING, step)
    again = one.put("assessment", OWNER)
    with one.office.store.reading() as tx:
        (letter,) = (row for row in letters.of_step(tx, again) if row.kind == "request")
    assert letter.props["stands"] == [
        "It was sent back: “What would a partnership cost?”",
        "What is chosen is to be in place by Thursday 31 March 2005.",
    ]
    browser = one.reading(again, OWNER)
    assert "What would a partnership cost?" in browser.words
    fields = browser.form("/a/read/").fields
    assert (fields["weighed_in_house"], fields["cost_in_house"]) == ("We know the users", "92,000")
    one.answers(again, OWNER, WEIGHED | {"left_out_partnership": "", "weighed_partnership": "Dear"})
    done(one.course.reported(one.told(again)))
    with one.office.store.reading() as tx:
        weighed = [known.option for known in assessments.options(tx, one.ref) if known.weighed]
    assert weighed == ["in_house", "managed_service", "partnership"]
    assert drift(one.office.store) == ()


def test_whoever_made_it_does_not_choose(one: Assessed) -> None:
    one.weighed()
    one.office.hands_over(SECRETARY, OWNER)
    step = one.put("assessment_srg", SECRETARY, key="choice")
    with one.office.store.reading() as tx:
        (letter,) = letters.of_step(tx, step)
    assert letter.person != one.office.holder(OWNER)
    assert (letter.kind, letter.props["because"]) == ("escalation", "assessor")


# ------------------------------------------------------------------- lists, API, the end


def test_the_register_lists_it_with_the_day_on_which_it_is_due(one: Assessed) -> None:
    browser = one.office.signed_in("cd-rc")
    browser.see("/cases?kind=assessment")
    assert "Being assessed (1)" in browser.words
    assert f"{one.ref} Desktop support 29 October 2004 Being assessed" in browser.words
    browser = one.office.signed_in(OWNER)
    browser.see("/work")
    assert "Your projects, benefits and assessments" in browser.words
    assert f"Desktop support ({one.ref})" in browser.words


def test_a_program_reads_what_was_weighed_and_chosen(one: Assessed) -> None:
    one.weighed()
    one.chosen(option="managed_service")
    key = one.office.token(PMO, "read:case")
    told = one.office.browser().get(f"/api/v1/cases/{one.ref}", headers=key).json()
    assert told["state"] == "implementing"
    assessment = told["assessment"]
    assert (assessment["recommended"], assessment["chosen"]) == ("managed_service", "managed_service")
    assert assessment["in_place_by"] == "2005-03-31"
    assert [(option["name"], option["weighed"], option["cost"]) for option in assessment["options"]][:2] == [
        ("In-house", True, "92000.00"),
        ("Managed service", True, None),
    ]
    listed = one.office.browser().get("/api/v1/cases?kind=assessment", headers=key).json()
    assert [case["ref"] for case in listed["items"]] == [one.ref]


def test_the_programme_office_withdraws_it_and_nobody_else(one: Assessed) -> None:
    browser = one.office.signed_in(OWNER)
    browser.see(f"/cases/{one.ref}")
    assert "Withdraw it" not in browser.words
    assert browser.see(f"/cases/{one.ref}/withdraw") == 403
    assert "Only the programme office may withdraw it." in browser.words
    browser = one.office.signed_in(PMO)
    browser.see(f"/cases/{one.ref}/withdraw")
    assert "A withdrawn assessment cannot be taken up again" in browser.words
    browser.press(True, f"/cases/{one.ref}/withdraw")
    assert one.office.engine.withdrawn == [one.ref]


def test_its_documents_are_handed_in_with_it(one: Assessed) -> None:
    step = one.put("assessment", OWNER)
    browser = one.reading(step, OWNER)
    paper = {"document": ("Options.pdf", files.PDF)}
    assert browser.hand_in(paper, choice="report", **WEIGHED) == 200
    assert browser.at.startswith("/a/check/"), browser.words
    browser.press()
    with one.office.store.reading() as tx:
        assert [paper.name for paper in documents.of_case(tx, one.ref)] == ["Options.pdf"]
    browser = one.office.signed_in("cd-rc")
    browser.see(f"/cases/{one.ref}")
    assert "Its documents (1)" in browser.words


def test_no_line_of_its_record_is_without_words(one: Assessed) -> None:
    one.weighed()
    one.chosen(option="managed_service")
    with one.office.store.reading() as tx:
        kinds = {line.kind for line in journal.lines(tx, one.ref)}
    assert {"assessment.opened", "assessment.reported", "assessment.chosen"} <= kinds
    assert kinds - {*recounting.told_kinds()} == set()
    browser = one.office.signed_in("cd-rc")
    browser.see(f"/cases/{one.ref}/record")
    assert f"opened it: {TITLE} is to assess it by" in browser.words
    assert "An option was chosen, as was recommended: Managed service." in browser.words
