"""The page of a project: where it is, its gates, what is tolerated, its reports and its exceptions."""

import re

import pytest

from service.proposals import ProposalDocument, provided
from service.store import benefits, cases, documents, journal, projects
from service.store.rebuild import drift
from service.web import recounting
from service.web.projecting import late, over
from tests.service.web.delivered import (
    MANAGER,
    NOTHING,
    PLAN,
    SPONSOR,
    USER,
    Delivery,
    eventful,
    report,
)
from tests.service.web.office import Browser, Office
from tests.support.activities import done
from workflows.delivery import BenefitState, GateKind, ProjectState, Variance
from workflows.model import Choice, State

PMO = "corp-projects-manager"


def sees(office: Office, path: str, post: str = "cd-rc") -> Browser:
    browser = office.signed_in(post)
    assert browser.see(path) == 200, browser.words
    return browser


# ------------------------------------------------------------------------ where it is


def test_a_project_that_has_just_begun_says_what_will_be_shown(office: Office) -> None:
    one = Delivery(office)
    page = sees(office, f"/cases/{one.ref}").words
    assert "Starting up Project of INV-2004-0001" in page
    assert "It is starting up" in page
    assert "Nothing is tolerated yet" in page
    assert "There is no plan yet" in page
    assert "Nothing has been reported yet" in page
    assert "It has passed no gate yet" in page
    assert "Project manager Not named yet" in page
    assert "No document has been handed in" in page
    assert "<script" not in sees(office, f"/cases/{one.ref}").page


def test_the_way_is_a_drawing_and_a_list_that_says_where_it_is(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    browser = sees(office, f"/cases/{one.ref}")
    assert "Start-up Done. Start-up passed on 13 September 2004" in browser.words
    assert "Stage 1: Build You are here. Planned to end on 31 January 2005" in browser.words
    assert "Stage 2: Pilot in the hall To come. Planned to end on 15 March 2005. Pilot: De Montfort Hall" in (
        browser.words
    )
    assert browser.page.count('aria-current="step"') == 1
    assert 'role="img"' in browser.page
    assert "It is in stage 1 of 2, Build." in browser.words


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ProjectState.AT_GATE, "It is at the gate after stage 1 of 2, Build."),
        (ProjectState.IN_EXCEPTION, "It is stopped in stage 1 of 2, Build"),
        (ProjectState.CLOSING, "It is being closed."),
        (ProjectState.CLOSED_EARLY, "Closed early"),
    ],
)
def test_each_state_has_a_sentence(office: Office, state: ProjectState, said: str) -> None:
    one = Delivery(office)
    one.in_stage()
    if state is ProjectState.CLOSED_EARLY:
        one.becomes(ProjectState.CLOSING)
    one.becomes(state)
    assert said in sees(office, f"/cases/{one.ref}").words


def test_a_plan_that_is_not_approved_is_shown_as_proposed(office: Office) -> None:
    one = Delivery(office)
    one.named()
    one.planned()
    page = sees(office, f"/cases/{one.ref}").words
    assert (
        "A plan is proposed and not approved yet: 2 stages, £140,000, going live on Thursday 31 March 2005."
        in page
    )


# ---------------------------------------------------------------------------- figures


@pytest.mark.parametrize(
    ("missed", "money", "time"),
    [
        (Variance(), "As approved", "As approved"),
        (
            Variance(over="28000.00", over_percent="20.00", late=22),
            "£28,000 over (20%)",
            "22 working days late",
        ),
        (Variance(over="-500.50", over_percent="-0.36", late=-1), "£500.50 under", "1 working day early"),
        (Variance(over="5.00", over_percent="100"), "£5 over (100%)", "As approved"),
    ],
)
def test_a_variance_in_words(missed: Variance, money: str, time: str) -> None:
    assert (over(missed), late(missed.late)) == (money, time)


def test_one_report_is_shown_with_its_charts_and_as_it_was_made(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    office.days_pass(14)
    one.reports(report("147000.00", "2005-04-14", "amber"))
    browser = sees(office, f"/cases/{one.ref}")
    assert "Cost 5% over, 10% tolerated" in browser.words
    assert "Cost £7,000 over (5%) 10% over" in browser.words
    assert "Highlight report 1 , 27 September 2004 £147,000. £7,000 over (5%)" in browser.words
    assert 'id="chart-cost-title"' in browser.page
    assert 'id="chart-go-live-title"' in browser.page
    browser.see(f"/cases/{one.ref}/reports/1")
    assert browser.heading == "Highlight report, 27 September 2004"
    assert "Report 1 of 1. It stays as it was made" in browser.words
    assert "Forecast go-live Thursday 14 April 2005" in browser.words
    assert browser.see(f"/cases/{one.ref}/reports/2") == 404
    assert browser.see(f"/cases/{one.parent}/reports/1") == 404


def test_sixty_reports_fit_and_it_is_counted_how_often_nothing_had_changed(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    one.reports(report("140000.00", "2005-03-31"))
    for _ in range(59):
        office.days_pass(7)
        one.reports(NOTHING, Choice.UNCHANGED)
    browser = sees(office, f"/cases/{one.ref}")
    assert "That nothing had changed was reported 59 times in 60 reports, 59 of them in a row up to now." in (
        browser.words
    )
    assert browser.page.count("Highlight report ") >= 60


def test_a_plan_that_costs_nothing_and_one_that_costs_a_lot(office: Office) -> None:
    one = Delivery(office)
    free = {**PLAN, "stage_cost_1": "0.00", "stage_cost_2": "0.00"}
    one.in_stage(free)
    one.reports(report("0.00", "2005-03-31"))
    assert "0% over, 10% tolerated" in sees(office, f"/cases/{one.ref}").words
    one.reports(report("999999999.99", "2005-03-31"))
    assert "£999,999,999.99 over (100%)" in sees(office, f"/cases/{one.ref}").words


# -------------------------------------------------------------- gates and exceptions


def test_a_life_of_gates_exceptions_and_plans(office: Office) -> None:
    one = eventful(office)
    page = sees(office, f"/cases/{one.ref}").words
    assert (
        "Stage boundary after stage 1 Passed on Tuesday 11 January 2005 It let go on The next delivery stage."
        in page
    )
    assert "Budget £25,000 over (17.86%) Time 26 working days late Objectives Partly met" in page
    assert "Condition: Train the box office" in page
    assert "Exception 1, in stage 1 Raised on Sunday 12 December 2004" in page
    assert "Past what is tolerated Time (" in page
    assert "risk (rated red)" in page
    assert "Who decides the project board" in page
    assert "More is tolerated on 12 December 2004: 25% over and 40 working days late" in page
    assert "The forecast is past what is tolerated (exception 1), and the next gate waits." in page
    assert "Train the box office ACT-" in page
    assert "The project's next gate waits until it is met." in page
    since = "since 25 January 2005 (0 working days)."
    assert f"Waits for the next report of Head of ICT, Regeneration and Culture {since}" in page
    assert "On Tuesday 8 February 2005, the next highlight report is asked for." in page
    assert drift(office.store) == ()


def test_checks_of_standards_and_the_exception_they_raise(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    step = one.asks("standards_check", PMO, key="standards-1")
    said = {"standard_plan": "met", "standard_risks": "not_met"}
    told = one.answered(step, Choice.FALL_SHORT, said, reason="There is no list of risks")
    exception = done(one.activities.standards_checked(told))
    page = sees(office, f"/cases/{one.ref}").words
    assert "Not met: Its risks and issues are written down and have owners." in page
    assert exception in page
    browser = sees(office, f"/cases/{exception}")
    assert "Raised Exception from the project standards, of PRJ-2004-0001" in browser.words
    assert "SRG has not taken it up yet" in browser.words
    assert "Its risks and issues are written down and have owners" in browser.words
    assert f"It was opened, as it follows from {one.ref}." in browser.words
    assert exception in sees(office, "/cases?kind=standards_exception").words


def test_documents_are_listed_with_what_they_are(office: Office) -> None:
    one = Delivery(office)
    ref = one.ref
    paper = documents.Paper(
        kind="stage_plan", name="Plan.pdf", media_type="application/pdf", size=2_400_000, hash="a" * 64
    )
    with office.store.writing() as tx:
        data = paper.model_dump() | {"number": 1, "step": "", "by_post": MANAGER}
        tx.append(ref, "document.attached", data, key="document:1", actor=office.holder(MANAGER))
    page = sees(office, f"/cases/{one.ref}").words
    assert "Plan.pdf Plan of the next stage 2.3 MB 13 September 2004" in page
    assert "handed in Plan.pdf (2.3 MB, fingerprint aaaa aaaa aaaa aaaa)." in page


def test_no_line_of_the_record_is_without_words(office: Office) -> None:
    one = eventful(office)
    one.reads(one.benefits[0], 3, "2500")
    refs = (one.ref, one.parent, *one.benefits)
    with office.store.reading() as tx:
        kinds = {line.kind for ref in refs for line in journal.lines(tx, ref)}
    assert {"project.named", "gate.passed", "benefit.read"} <= kinds
    assert kinds - {*recounting.told_kinds()} == set()
    assert "It passed the gate after stage 1." in sees(office, f"/cases/{one.ref}/record").words


# ----------------------------------------------------------------- proposal, lists, work


def test_the_proposal_shows_its_project_and_its_benefits(office: Office) -> None:
    one = eventful(office)
    page = sees(office, f"/cases/{one.parent}").words
    assert f"Its project is {one.ref}. It is in stage 2 of 2, Pilot in the hall." in page
    assert "Its review follows when the project has ended." in page
    assert f"Project {one.ref} In a stage" in page
    assert "What has come of its benefits" in page
    assert one.benefits[0] in page
    assert "Waits for its project to go live since" in page


def test_the_map_goes_through_project_and_review(office: Office) -> None:
    one = Delivery(office)
    assert one.ref
    assert "Project Here now" in sees(office, f"/cases/{one.parent}").words
    office.became(one.parent, State.IN_REVIEW, number=3)
    page = sees(office, f"/cases/{one.parent}").words
    assert "Project Done" in page
    assert "Post-implementation review Here now" in page
    office.became(one.parent, State.CLOSED, number=4)
    assert "Post-implementation review Done" in sees(office, f"/cases/{one.parent}").words


def test_lists_and_my_work_know_projects_and_benefits(office: Office) -> None:
    one = eventful(office)
    listed = sees(office, "/cases?kind=project").words
    assert one.ref in listed
    assert "10 May 2005" in listed
    assert "Waits for the next report of" in listed
    assert one.benefits[0] in sees(office, "/cases?kind=benefit").words
    assert "No exception is like that" in sees(office, "/cases?kind=standards_exception").words
    work = sees(office, "/work", MANAGER).words
    assert "Your projects, benefits and assessments" in work
    assert "It is in stage 2 of 2, Pilot in the hall." in work
    one.asks("highlight", MANAGER, round=9)
    assert (
        "highlight report, as Head of ICT, Regeneration and Culture" in sees(office, "/work", MANAGER).words
    )
    assert "Your projects, benefits and assessments" not in sees(office, "/work", "internal-audit").words


# -------------------------------------------------------------------------------- people


def changing(office: Office, ref: str, by: str = PMO, **said: str) -> Browser:
    browser = office.signed_in(by)
    assert browser.see(f"/cases/{ref}/people") == 200
    browser.press(**{"reason": "She has left", **said})
    return browser


def test_the_pmo_puts_another_in_the_managers_place(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    browser = changing(office, one.ref, manager="hoict-sch")
    assert browser.heading == "Change who runs this project?"
    assert "in the place of Head of ICT, Regeneration and Culture" in browser.words
    assert office.engine.people_changed_of == []
    assert browser.press(True, "confirm") == 200
    assert office.engine.people_changed_of == [(one.ref, 1)]
    assert "became project manager on Monday 13 September 2004" in browser.words
    assert "She has left." in browser.words
    with office.store.reading() as tx:
        now = projects.must(tx, one.ref)
        assert (now.manager, now.people, now.people_heard) == ("hoict-sch", 1, 1)
    assert "as project manager." in browser.words
    assert drift(office.store) == ()


def test_what_the_engine_does_not_hear_is_told_again(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    office.engine.hears = False
    changing(office, one.ref, manager="hoict-sch").press(True, "confirm")
    with office.store.reading() as tx:
        assert [project.ref for project in projects.unheard_people(tx)] == [one.ref]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({}, "Choose another post in at least one of the places"),
        ({"manager": ""}, "Choose a post"),
        ({"manager": "nobody-knows"}, "Choose a post"),
        ({"manager": SPONSOR}, "The executive manages the project as well"),
        ({"manager": "hoict-sch", "reason": " "}, "Say why: it is shown on the project and kept"),
        ({"manager": "hoict-sch", "reason": "x" * 2_001}, "Use 2,000 characters or fewer"),
    ],
)
def test_people_who_cannot_be_are_refused_by_the_box(
    office: Office, said: dict[str, str], error: str
) -> None:
    one = Delivery(office)
    one.in_stage()
    browser = changing(office, one.ref, **said)
    assert error in browser.words
    assert "There is a problem" in browser.words
    assert office.engine.people_changed_of == []


def test_a_change_over_another_is_looked_at_first(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    late = changing(office, one.ref, manager="hoict-sch")
    changing(office, one.ref, by=SPONSOR, manager="hoict-ce").press(True, "confirm")
    assert late.press(True, "confirm") == 409
    with office.store.reading() as tx:
        assert projects.must(tx, one.ref).manager == "hoict-ce"


@pytest.mark.parametrize("act", ["people", "report-now", "links", "waits-for"])
def test_only_the_pmo_or_the_executive_steers_a_project(office: Office, act: str) -> None:
    one = Delivery(office)
    one.in_stage()
    path = f"/cases/{one.ref}/{act}"
    of_executive = act in ("people", "report-now")
    assert office.signed_in(PMO).see(path) == 200
    assert office.signed_in(SPONSOR).see(path) == (200 if of_executive else 403)
    assert office.signed_in(MANAGER).see(path) == 403
    assert office.signed_in(PMO).see(f"/cases/{one.parent}/{act}") == 409
    assert office.signed_in(PMO).see(f"/cases/PRJ-2004-0009/{act}") == 404
    assert ("Change the manager" in sees(office, f"/cases/{one.ref}", MANAGER).words) is False


def test_nothing_is_steered_once_it_is_over(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    one.becomes(ProjectState.CLOSING)
    one.becomes(ProjectState.CLOSED_EARLY)
    assert office.signed_in(PMO).see(f"/cases/{one.ref}/people") == 409
    assert "Change the manager" not in sees(office, f"/cases/{one.ref}", PMO).words


# ------------------------------------------------------------------------ report at once


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (True, "The project manager is asked for a report."),
        (False, "No report was asked for: one was asked for already"),
        (None, "asked for a report at once."),
    ],
)
def test_a_report_is_asked_for_at_once(office: Office, asked: bool | None, said: str) -> None:
    one = Delivery(office)
    one.in_stage()
    office.engine.in_time = asked
    browser = sees(office, f"/cases/{one.ref}/report-now", PMO)
    browser.press(reason="")
    assert "Say why" in browser.words
    assert office.engine.reports_wanted == []
    assert browser.press(reason="SRG asks") == 200
    assert office.engine.reports_wanted == [(one.ref, 1)]
    assert said in browser.words
    with office.store.reading() as tx:
        assert len(projects.unheard_wishes(tx)) == (asked is None)


def test_without_a_stage_there_is_nothing_to_report(office: Office) -> None:
    one = Delivery(office)
    browser = sees(office, f"/cases/{one.ref}/report-now", PMO)
    assert browser.press(reason="SRG asks") == 409
    assert "Ask for a report now" not in sees(office, f"/cases/{one.ref}", PMO).words


# ------------------------------------------------------------------------ links, waiting


def two(office: Office) -> tuple[Delivery, Delivery]:
    """Two projects whose plans are approved."""
    first, second = Delivery(office), Delivery(office, "PROP-03")
    first.in_stage()
    second.in_stage()
    return first, second


def joins(office: Office, ref: str, act: str, other: str, reason: str = "It needs its lines") -> Browser:
    browser = sees(office, f"/cases/{ref}/{act}", PMO)
    browser.press(other=other, reason=reason)
    return browser


def test_a_project_is_measured_together_with_another(office: Office) -> None:
    first, second = two(office)
    browser = joins(office, first.ref, "links", second.ref.lower())
    assert browser.heading == f"Measure it together with {second.ref}?"
    assert browser.press(True, "confirm") == 200
    assert f"Measured together with {second.ref}" in browser.words
    assert f"had it measured together with {second.ref}." in browser.words
    for other, error in (
        (second.ref, f"It is measured together with {second.ref} already"),
        (first.ref, "That is this project itself"),
        (first.parent, "That is this project itself"),
        ("PRJ-1999-0001", "Enter the reference of a project or a proposal"),
        ("", "Enter the reference of a project or a proposal"),
        (first.benefits[0], "Enter the reference of a project or a proposal"),
    ):
        assert error in joins(office, first.ref, "links", other).words


def test_a_project_waits_for_another_and_a_circle_is_refused(office: Office) -> None:
    first, second = two(office)
    browser = joins(office, first.ref, "waits-for", second.ref)
    assert browser.press(True, "confirm") == 200
    assert f"Waits for {second.ref}" in browser.words
    assert "It needs its lines" in browser.words
    for ref, other, error in (
        (second.ref, first.ref, f"Then nobody could begin: {second.ref}, which waits for {first.ref}"),
        (first.ref, second.ref, f"It waits for {second.ref} already"),
        (first.ref, first.ref, "A project does not wait for itself"),
        (first.ref, second.parent, "Enter the reference of a project, such as"),
    ):
        assert error in joins(office, ref, "waits-for", other).words
    ending = sees(office, f"/cases/{first.ref}/waits-for/{second.ref}/end", PMO)
    ending.press(reason="")
    assert "Say why" in ending.words
    assert ending.press(reason="They are there") == 200
    assert f"waits for {second.ref} no more." in ending.words
    assert office.signed_in(PMO).see(f"/cases/{first.ref}/waits-for/{second.ref}/end") == 404
    assert drift(office.store) == ()


# ------------------------------------------------------------------------------ benefits


def test_a_benefit_that_is_expected_says_when_it_is_asked(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    page = sees(office, f"/cases/{one.benefits[0]}").words
    assert f"Expected Benefit of {one.parent}" in page
    assert "3; 6; 12; and 24 months after go-live" in page or "3, 6, 12 and 24 months after go-live" in page
    assert "as it is forecast to go live on 31 March 2005" in page
    assert "Nothing has been read yet" in page
    assert "Correct a reading" not in page


def test_a_reading_is_corrected_by_a_new_one_and_both_are_shown(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    benefit = one.benefits[0]
    one.becomes(BenefitState.MEASURING, benefit)
    one.reads(benefit, 3, "2500")
    one.reads(benefit, 6, "4100", "amber")
    browser = sees(office, f"/cases/{benefit}", PMO)
    assert 'id="chart-readings-title"' in browser.page
    assert "6 months after go-live" in browser.words
    browser.see(f"/cases/{benefit}/correct")
    browser.press(month="6", value="£4,200", rating="", reason="")
    for error in (
        "Enter a number in digits",
        "Choose how it stands",
        "Say why the earlier reading was wrong",
    ):
        assert error in browser.words
    browser.press(month="6", value="4200", rating="green", reason="A week was left out")
    assert browser.heading == "Correct this reading?"
    assert browser.press(True, "confirm") == 200
    assert "corrected since" in browser.words
    assert "in the place of the one before" in browser.words
    assert "A week was left out" in browser.words
    assert browser.page.count("<del>") == 1
    assert "The earlier one is kept." in browser.words
    with office.store.reading() as tx:
        assert [each.value for each in benefits.readings(tx, benefit)] == ["2500", "4100", "4200"]
    assert drift(office.store) == ()


def test_only_its_owner_and_the_pmo_correct_a_reading(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    benefit = one.benefits[0]
    assert office.signed_in(PMO).see(f"/cases/{benefit}/correct") == 409
    one.reads(benefit, 3, "2500")
    with office.store.reading() as tx:
        owner = benefits.must(tx, benefit).owner
    assert office.signed_in(owner).see(f"/cases/{benefit}/correct") == 200
    assert office.signed_in("internal-audit").see(f"/cases/{benefit}/correct") == 403
    assert office.signed_in(PMO).see(f"/cases/{one.ref}/correct") == 409
    again = sees(office, f"/cases/{benefit}/correct", PMO)
    again.press(month="3", value="2500", rating="green", reason="To be sure")
    assert "That is what the reading says already" in again.words


# ------------------------------------------------------------------------------ programs


def test_programs_are_told_a_project_and_its_benefits(office: Office) -> None:
    one = eventful(office)
    one.reads(one.benefits[0], 3, "2500")
    headers, browser = office.token("cd-rc"), office.browser()
    told = browser.get(f"/api/v1/cases/{one.ref}", headers=headers).json()
    project = told["project"]
    assert (told["kind"], told["state"]) == ("project", "in_stage")
    assert told["waiting"][0]["next"] == "the next highlight report is asked for"
    assert (project["stage"], project["follows"], project["manager"]) == (2, one.parent, MANAGER)
    assert project["board"] == [SPONSOR, USER, "ict-services"]
    assert (project["baseline"]["cost"], project["baseline"]["tolerated_percent"]) == ("140000.00", "25")
    assert (project["forecast"]["cost"], project["forecast"]["over"]) == ("166000.00", "26000.00")
    assert [gate["gate"] for gate in project["gates"]] == ["start_up", "initiation", "boundary"]
    assert project["gates"][2]["objectives"] == "partly"
    assert project["exceptions"][0]["outcome"] == "more_tolerance"
    assert [report["unchanged"] for report in project["reports"]] == [False, True, True, False, False, False]
    assert [
        case["ref"] for case in browser.get("/api/v1/cases?kind=project", headers=headers).json()["items"]
    ] == [one.ref]
    benefit = browser.get(f"/api/v1/cases/{one.benefits[0]}", headers=headers).json()["benefit"]
    assert (benefit["follows"], benefit["readings"][0]["value"]) == (one.parent, "2500")
    described = browser.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert described["ProjectTold"]["example"]["baseline"]["cost"] == "140000.00"
    assert "example" in described["BenefitTold"]
    listed = browser.get("/api/v1/cases?kind=project&status=in_exception", headers=headers).json()
    assert listed["items"] == []


def test_a_proposal_and_a_standards_exception_have_no_project_of_their_own(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    told = one.answered(
        one.asks("standards_check", PMO, key="standards-1"), Choice.FALL_SHORT, reason="No plan"
    )
    exception = done(one.activities.standards_checked(told))
    headers, browser = office.token("cd-rc"), office.browser()
    parent = browser.get(f"/api/v1/cases/{one.parent}", headers=headers).json()
    assert (parent["state"], parent["project"], parent["benefit"]) == ("in_project", None, None)
    raised = browser.get(f"/api/v1/cases/{exception}", headers=headers).json()
    assert raised["standards_exception"]["follows"] == one.ref
    assert raised["project"] is None


def test_a_gate_that_was_passed_by_initiation_makes_the_plan(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    with office.store.reading() as tx:
        assert [gate.gate for gate in projects.gates(tx, one.ref)] == [GateKind.START_UP, GateKind.INITIATION]
    assert "Approved plan Number 1" in sees(office, f"/cases/{one.ref}").words


def test_a_plan_that_was_made_anew_is_a_second_step_in_the_charts(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    office.days_pass(28)
    one.reports(report("150000.00", "2005-04-29"))
    office.days_pass(14)
    another = {**PLAN, "stage_cost_1": "110000.00", "go_live": "2005-05-31", "stage_ends_2": "2005-05-13"}
    told = one.answered(one.asks("exception_plan", MANAGER, key="exception-plan-1"), said=another)
    done(one.activities.planned(told))
    assert (
        "Another plan is proposed and not approved yet: £160,000" in sees(office, f"/cases/{one.ref}").words
    )
    one.passes(3, GateKind.EXCEPTION_PLAN, 1, plan=told.step)
    browser = sees(office, f"/cases/{one.ref}")
    assert "Exception plan Passed on Monday 25 October 2004" in browser.words
    assert "Approved plan Number 2: what is reported from then on is held against it" in browser.words
    assert "Number 2 25 October 2004 £160,000 31 May 2005" in browser.words
    steps = re.findall(r'assent-chart__line--approved" d="(M4[^"]*V[^"]*)"', browser.page)
    assert len(steps) == 2, "of the cost and of the day"


def test_a_project_that_is_closed_has_all_its_way_behind_it(office: Office) -> None:
    one = Delivery(office)
    one.in_stage()
    one.passes(3, GateKind.BOUNDARY, 1)
    one.becomes(ProjectState.CLOSING)
    assert "Closure You are here" in sees(office, f"/cases/{one.ref}").words
    one.passes(4, GateKind.CLOSURE, 2)
    one.becomes(ProjectState.CLOSED)
    browser = sees(office, f"/cases/{one.ref}")
    assert "Closure Done. Closure passed on 13 September 2004" in browser.words
    assert 'aria-current="step"' not in browser.page
    assert "Closed on 13 September 2004." in browser.words


def test_a_project_that_shares_personal_data_says_what_it_cannot_go_live_without(office: Office) -> None:
    shares, does_not = Delivery(office, "PROP-03"), Delivery(office)
    owed = "It cannot go live without one"
    with office.store.reading() as tx:
        read = ProposalDocument.model_validate(cases.content(tx, shares.parent) or {})
    assert (owed in sees(office, f"/cases/{shares.ref}").words) is provided.shares_with_partner(
        read, office.edition
    )
    assert owed not in sees(office, f"/cases/{does_not.ref}").words
