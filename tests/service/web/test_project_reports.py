"""Reports on their pages: boxes with what is known in them, read, checked, kept and told again."""

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from service.store import benefits, cases, documents, intents, journal, projects, texts
from service.store.intents import SAID, Answered
from tests.service.web import delivery
from tests.service.web.delivery import (
    END_STAGE,
    HIGHLIGHT,
    MANAGER,
    MANDATE,
    PLAN,
    SPONSOR,
    Delivery,
    papers_for,
)
from tests.service.web.office import SAME_ORIGIN, Browser, Office
from tests.support import files
from tests.support.activities import done
from tests.support.real_time import RealTime
from workflows.delivery import (
    Authority,
    BenefitRead,
    Crossing,
    ExceptionRaised,
    ExceptionSettled,
    GateKind,
    ProjectState,
    Rag,
    Tolerance,
)
from workflows.model import Choice


@pytest.fixture
def town(office: Office) -> Delivery:
    return delivery.begun(office)


@pytest.fixture
def stage(town: Delivery) -> Delivery:
    """In its first stage, with an approved plan."""
    town.in_stage()
    return town


def errors(browser: Browser) -> list[tuple[str, str]]:
    """What the summary of errors leads to, and says."""
    summary = re.search(r'<div class="govuk-error-summary".*?</ul>', browser.page, re.S)
    found = re.findall(r'<a href="#([^"]+)">(.*?)</a>', summary[0] if summary else "", re.S)
    return [(anchor, " ".join(told.split())) for anchor, told in found]


# ------------------------------------------------------------------------------- highlight


def test_how_a_project_stands_is_asked_with_the_choices_first_and_what_is_known_in_the_boxes(
    stage: Delivery,
) -> None:
    browser = stage.reading(stage.put("highlight", MANAGER), MANAGER)
    form = browser.form("/a/read/")
    assert browser.heading == "How does this project stand?"
    assert browser.page.index("Nothing has changed") < browser.page.index('name="choice"')
    assert browser.page.index('name="choice"') < browser.page.index('name="rating_time"')
    assert "choice" not in form.fields
    assert form.fields["forecast_cost"] == "140,000"
    assert form.fields["rating_time"] == "green"
    assert [form.fields[f"forecast_go_live-{part}"] for part in ("day", "month", "year")] == [
        "31",
        "3",
        "2005",
    ]
    assert form.fields["done"] == ""


def test_the_last_report_is_what_the_next_one_begins_with(stage: Delivery) -> None:
    stage.reported("highlight", HIGHLIGHT | {"rating_cost": "amber", "rating_cost_words": "Two more screens"})
    browser = stage.reading(stage.put("highlight", MANAGER), MANAGER)
    fields = browser.form("/a/read/").fields
    assert (fields["forecast_cost"], fields["rating_cost"]) == ("152,000", "amber")
    assert (fields["rating_cost_words"], fields["done"]) == ("Two more screens", "")
    assert "Last report" in browser.words
    assert "Cost amber: Two more screens" in browser.words


def test_nothing_has_changed_is_one_press(stage: Delivery) -> None:
    step = stage.put("highlight", MANAGER)
    browser = stage.reading(step, MANAGER)
    assert browser.press(True, "/a/unchanged/") == 200
    assert browser.at.startswith("/a/done/")
    assert f"You reported that nothing has changed for {stage.ref}" in browser.words
    (made,) = stage.office.engine.decided[-1:]
    assert (made.step, made.choice) == (step, Choice.UNCHANGED)
    stage.closes(step, Choice.UNCHANGED)
    assert done(stage.course.reported(stage.told(step, stage=1))).unchanged


@pytest.fixture
def over(town: Delivery) -> Delivery:
    """In a stage that goes on after go-live, on the day on which that was forecast and has not come."""
    town.named()
    step = town.put("initiation", MANAGER)
    after = {"stage_ends_1": "2005-12-30", "stage_ends_2": "2006-03-31", "after_go_live": "yes"}
    town.answers(step, MANAGER, PLAN | after)
    town.project = done(town.course.planned(town.told(step)))
    town.passes(1, GateKind.INITIATION, plan_step=step)
    town.reported("highlight", HIGHLIGHT | {"forecast_stage_ends": "2005-12-30"})
    town.office.it_is(date(2005, 3, 31))
    return town


LIVE_PASSED = (
    "forecast_go_live",
    "Forecast go-live: 31 March 2005 is in the past; today is 1 April 2005",
)


def test_a_forecast_that_has_passed_is_not_said_again_by_one_press(over: Delivery) -> None:
    step = over.put("highlight", MANAGER)
    early = over.reading(step, MANAGER)
    over.office.it_is(date(2005, 4, 1))
    browser = over.reading(step, MANAGER)
    told = f"You cannot say that nothing has changed. {LIVE_PASSED[1]}. Say below how it stands."
    assert told in browser.words
    assert '"/a/unchanged/' not in browser.page
    assert 'value="unchanged"' not in browser.page
    assert errors(browser) == []
    assert early.press(True, "/a/unchanged/") == 422
    assert errors(early) == [LIVE_PASSED]
    fields = early.form("/a/read/").fields
    assert (fields["forecast_cost"], fields["forecast_stage_ends-year"]) == ("152,000", "2005")
    fields = browser.form("/a/read/").fields
    assert (fields["forecast_cost"], fields["forecast_stage_ends-year"]) == ("152,000", "2005")
    assert "choice" not in fields
    assert browser.press(True, "/a/read/", choice="unchanged") == 422
    assert errors(browser) == [LIVE_PASSED]
    assert [one for one in over.office.engine.decided if one.step == step] == []


def test_what_was_checked_on_the_day_itself_is_not_confirmed_after_it(over: Delivery) -> None:
    step = over.put("highlight", MANAGER)
    browser = over.reading(step, MANAGER)
    assert browser.press(True, "/a/read/", choice="unchanged") == 200
    over.office.it_is(date(2005, 4, 1))
    assert browser.press() == 422
    assert "a day has passed meanwhile. Nothing was counted." in browser.words
    assert errors(browser) == [LIVE_PASSED]
    assert browser.form("/a/read/").fields["forecast_cost"] == "152,000", "what it does not use is as it was"
    assert [one for one in over.office.engine.decided if one.step == step] == []


def test_a_stage_that_has_begun_is_not_measured_by_the_end_of_the_one_before(stage: Delivery) -> None:
    stage.reported("highlight", HIGHLIGHT)
    stage.passes(2, GateKind.BOUNDARY, stage=1)
    stage.office.it_is(date(2005, 2, 1))
    browser = stage.reading(stage.put("highlight", MANAGER), MANAGER)
    ends = [browser.form("/a/read/").fields[f"forecast_stage_ends-{part}"] for part in ("day", "month")]
    assert ends == ["15", "3"]
    assert browser.press(True, "/a/unchanged/") == 200
    assert browser.at.startswith("/a/done/")


def test_what_was_uploaded_goes_with_a_report_that_nothing_has_changed(stage: Delivery) -> None:
    step = stage.put("highlight", MANAGER)
    browser = stage.reading(step, MANAGER)
    sent = {**HIGHLIGHT, "choice": "report", "done": ""}
    assert browser.hand_in({"document": ("Photos.pdf", files.PDF)}, **sent) == 422
    assert "The documents that you uploaded are handed in with it." in browser.words
    assert browser.press(True, "/a/unchanged/") == 200
    assert "Photos.pdf" in browser.words
    with stage.office.store.reading() as tx:
        last = documents.of_case(tx, stage.ref)[-1]
    assert (last.name, last.step) == ("Photos.pdf", step)


def test_a_long_report_says_how_long_it_may_take_and_is_given_back_with_what_was_chosen(
    stage: Delivery, real: RealTime
) -> None:
    step = stage.put("end_stage", MANAGER, key="end-stage-1")
    browser = stage.reading(step, MANAGER)
    assert "After half an hour without a press you are asked to open the link" in browser.words
    real.passes(minutes=31)
    papers, handed = papers_for(browser), {"document": ("../Plan.pdf", files.PDF)}
    assert browser.hand_in(handed, choice="report", **END_STAGE) == 403
    assert "Documents are not kept here. Choose Plan.pdf again before you confirm." in browser.words
    assert "The screens, and how they are used" in browser.page
    assert "csrf" not in browser.words.lower()
    back, at = browser.page, browser.at
    browser.see(stage.office.link(step, MANAGER))
    browser.press()
    browser.page, browser.at = back, at
    browser.press(True, "/a/read/")
    assert browser.heading == "Send this once more"
    # What was typed is there, and the documents that the gate asks for are still to be chosen.
    assert browser.press(True, "/a/read/") == 422
    assert browser.hand_in(papers) == 200
    assert browser.at.startswith("/a/check/")
    assert "The screens, and how they are used" in browser.words


def test_pressed_by_a_script_or_on_an_old_page_nothing_is_reported(stage: Delivery) -> None:
    step = stage.put("highlight", MANAGER)
    browser = stage.reading(step, MANAGER)
    form = browser.form("/a/unchanged/")
    scripted = SAME_ORIGIN | {"Sec-Fetch-User": "?0"}
    assert browser.post(form.action, data=form.hidden, headers=scripted).status_code == 403
    old = browser.post(form.action, data=form.hidden | {"content": "x"}, headers=SAME_ORIGIN)
    assert old.status_code == 409
    assert [one for one in stage.office.engine.decided if one.step == step] == []


def test_only_where_it_is_offered_may_nothing_have_changed(town: Delivery) -> None:
    step = town.put("mandate", town.project.authority)
    browser = town.reading(step, town.project.authority)
    form = browser.form("/a/read/")
    path = form.action.replace("/a/read/", "/a/unchanged/")
    assert browser.post(path, data=form.hidden, headers=SAME_ORIGIN).status_code == 422
    assert town.office.engine.decided == []


def test_a_report_is_checked_confirmed_and_kept_in_one_form(stage: Delivery) -> None:
    step = stage.put("highlight", MANAGER)
    browser = stage.reading(step, MANAGER)
    browser.press(
        True,
        "/a/read/",
        choice="report",
        **HIGHLIGHT | {"rating_time": "amber", "rating_time_words": "Supplier is two weeks late"},
    )
    assert browser.heading == "Check your answer"
    for told in (
        f"Project {title(stage)}",
        "Your answer Report how it stands Change",
        "Time amber: Supplier is two weeks late",
        "Forecast cost £152,000",
        "Forecast go-live Thursday 31 March 2005",
        "Done since the last report The screens are drawn",
    ):
        assert told in browser.words
    browser.press()
    assert "Forecast cost: £152,000" in browser.words
    stage.closes(step, Choice.REPORT)
    made = stage.made(step)
    assert made.answers["forecast_cost"] == Answered(value="152000.00")
    assert made.answers["rating_time"] == Answered(value="amber", text="Supplier is two weeks late")
    assert made.answers["next"] == Answered(value=SAID, text="Build them")
    came = done(stage.course.reported(stage.told(step, stage=1)))
    assert (came.variance.over, came.forecast.go_live) == (Decimal(12000), date(2005, 3, 31))


def title(town: Delivery) -> str:
    with town.office.store.reading() as tx:
        return cases.get(tx, town.ref).title


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        (
            {"forecast_cost": "about 1,52"},
            [("forecast_cost", "Forecast cost: enter an amount in pounds, such as 152,000 or 1,250.50")],
        ),
        (
            {"forecast_go_live-day": "3", "forecast_go_live-month": "3", "forecast_go_live-year": "2004"},
            [
                (
                    "forecast_go_live",
                    "Forecast go-live: 3 March 2004 is in the past; today is 13 September 2004",
                )
            ],
        ),
        (
            {"rating_risk": "red", "done": "", "forecast_cost": "-1"},
            [
                ("rating_risk_words", "Risk: you chose red, so say why"),
                ("forecast_cost", "Forecast cost: an amount cannot be below nothing"),
                ("done", "Done since the last report: say it in a line"),
            ],
        ),
    ],
)
def test_every_fault_is_told_at_once_at_its_own_box_and_nothing_typed_is_lost(
    stage: Delivery, changed: dict[str, str], wrong: list[tuple[str, str]]
) -> None:
    browser = stage.reading(stage.put("highlight", MANAGER), MANAGER)
    sent = {name: said for name, said in HIGHLIGHT.items() if f"{name}-day" not in changed} | changed
    assert browser.press(True, "/a/read/", choice="report", **sent) == 422
    assert errors(browser) == wrong
    for anchor, told in wrong:
        assert f'id="{anchor}"' in browser.page
        assert browser.words.count(told) == 2
    fields = browser.form("/a/read/").fields
    for name, said in sent.items():
        if not name.startswith("forecast_stage") and not name.startswith("forecast_go_live"):
            assert fields[name] == said
    for name in ("day", "month", "year"):
        typed = changed.get(f"forecast_go_live-{name}", {"day": "31", "month": "3", "year": "2005"}[name])
        assert fields[f"forecast_go_live-{name}"] == typed


def test_what_was_checked_can_be_changed_without_being_typed_again(stage: Delivery) -> None:
    browser = stage.reading(stage.put("highlight", MANAGER), MANAGER)
    browser.press(True, "/a/read/", choice="report", **HIGHLIGHT | {"issues": "A line is <b>down</b>"})
    change = re.findall(r'href="(/a/read/[^"]+draft=[^"]+)"', browser.page)
    assert len({*change}) == 1
    browser.see(change[0])
    fields = browser.form("/a/read/").fields
    assert (fields["choice"], fields["forecast_cost"]) == ("report", "152,000")
    assert fields["issues"] == "A line is <b>down</b>"
    assert "<b>down" not in browser.page
    browser.see(change[0].partition("draft=")[0] + "draft=none")
    fields = browser.form("/a/read/").fields
    assert fields["forecast_cost"] == "£152,000", "an answer that is held no longer leaves what was typed"


def test_a_stage_that_is_done_needs_no_forecast_of_its_end(stage: Delivery) -> None:
    sent = HIGHLIGHT | {"forecast_stage_ends": ""}
    step, came = stage.reported("highlight", sent, Choice.STAGE_DONE)
    assert came.stage_done
    assert "forecast_stage_ends" not in stage.made(step).answers


def test_what_was_shown_is_in_the_record_with_its_boxes_and_what_they_held(stage: Delivery) -> None:
    step, _ = stage.reported("highlight", HIGHLIGHT)
    made = stage.made(step)
    with stage.office.store.reading() as tx:
        shown = texts.get(tx, made.shown_hash) or ""
    for part in ('"name":"forecast_cost"', '"forecast_cost":"140,000"', "Plan 1", "Forecast go-live"):
        assert part in shown
    pmo = stage.office.signed_in("pmo")
    assert pmo.see(f"/cases/{stage.ref}/shown/{made.shown_hash}") == 200
    assert "The boxes, and what they held" in pmo.words
    assert "Forecast cost 140,000" in pmo.words
    assert "Forecast go-live 31 March 2005" in pmo.words


# ------------------------------------------------------------------------- mandate and plans


def test_a_mandate_offers_the_sponsor_as_executive_and_names_who_runs_it(town: Delivery) -> None:
    step = town.put("mandate", town.project.authority)
    browser = town.reading(step, town.project.authority)
    fields = browser.form("/a/read/").fields
    assert (fields["executive"], fields["choice"]) == (SPONSOR, "report")
    assert browser.form("/a/read/").hidden.get("choice") is None
    other = town.office.submitted("PROP-03")
    paper = papers_for(browser, "mandate")
    browser.hand_in(paper, **MANDATE | {"linked": f"{other.lower()}; INV-2004-0099"})
    assert errors(browser) == [
        ("linked", "Linked proposals or projects: there is no other proposal or project INV-2004-0099"),
    ]
    browser.press(True, "/a/read/", **MANDATE | {"linked": other, "senior_user": MANAGER})
    assert [anchor for anchor, _ in errors(browser)] == ["senior_user"]
    town.named(strategy="customer-access")
    with town.office.store.reading() as tx:
        project = projects.must(tx, town.ref)
    assert (project.manager, project.board[0], project.strategy) == (MANAGER, SPONSOR, "customer-access")


def test_a_mandate_names_as_linked_what_the_pmo_may_link_and_nothing_else(town: Delivery) -> None:
    """Of another organisation nobody learns whether there is such a case."""
    mine, theirs = town.office.submitted("PROP-03"), town.office.submitted("PROP-04")
    with town.office.store.writing() as tx:
        tx.run(text("UPDATE case_file SET organisation = 'elsewhere' WHERE ref = :ref"), {"ref": theirs})
    step = town.put("mandate", town.project.authority)
    browser = town.reading(step, town.project.authority)
    for linked in (theirs, town.ref, town.parent, f"{mine}, {town.ref}"):
        browser.hand_in(papers_for(browser), **MANDATE | {"linked": linked})
        told = f"Linked proposals or projects: there is no other proposal or project {linked.split(', ')[-1]}"
        assert errors(browser) == [("linked", told)]
    browser.press(True, "/a/read/", **MANDATE | {"linked": mine})
    assert browser.at.startswith("/a/check/")


def test_a_plan_is_typed_in_rows_and_becomes_the_plan(town: Delivery) -> None:
    town.named()
    step = town.put("initiation", MANAGER)
    browser = town.reading(step, MANAGER)
    fields = browser.form("/a/read/").fields
    assert (fields["tolerance_cost"], fields["tolerance_days"], fields["stage_weeks_1"]) == ("10", "20", "4")
    assert browser.page.count("<legend") > 10
    browser.hand_in(papers_for(browser), **PLAN | {"stage_name_3": "Support"})
    assert [anchor for anchor, _ in errors(browser)] == ["stage_ends_3", "stage_cost_3"]
    browser.press(True, "/a/read/", **PLAN | {"stage_name_3": ""})
    for told in (
        "Stage 1 Build, ends on Monday 31 January 2005, costs £90,000",
        "Stage 2 Pilot, ends on Tuesday 15 March 2005, costs £50,000",
        "2 weeks from one report to the next, a pilot at De Montfort Hall",
        "All stages £140,000",
        "Tolerance for cost 10%",
        "Tolerance for time 20 working days",
    ):
        assert told in browser.words
    browser.press()
    town.closes(step, Choice.REPORT)
    planned = done(town.course.planned(town.told(step))).plan
    assert planned is not None
    assert [(one.cost, one.report_weeks, one.pilot) for one in planned.stages] == [
        (Decimal(90000), 4, False),
        (Decimal(50000), 2, True),
    ]
    assert (planned.tolerances.cost_percent, planned.tolerances.days) == (Decimal(10), 20)


def test_a_plan_that_was_returned_is_planned_anew_with_the_reasons_first(town: Delivery) -> None:
    town.named()
    town.planned()
    gate = town.put("gate", *town.project.board, key="gate-initiation")
    town.answers(gate, SPONSOR, {"reason": "Say who trains the staff"}, Choice.RETURN)
    browser = town.reading(town.put("initiation", MANAGER), MANAGER)
    assert "Say who trains the staff" in browser.words
    assert browser.page.index("Say who trains the staff") < browser.page.index('name="stage_name_1"')
    fields = browser.form("/a/read/").fields
    assert (fields["stage_name_2"], fields["stage_cost_2"]) == ("Pilot", "50,000")
    assert fields["approach"] == PLAN["approach"]


def test_an_exception_plan_begins_with_the_approved_one(town: Delivery) -> None:
    town.in_stage(tolerance_scope="One site")
    stage = town
    browser = stage.reading(stage.put("exception_plan", MANAGER, key="exception-plan-1"), MANAGER)
    fields = browser.form("/a/read/").fields
    assert [fields[f"stage_name_{number}"] for number in (1, 2, 3)] == ["Build", "Pilot", ""]
    assert fields["go_live-month"] == "3"
    said = {name: fields[name] for name in PLAN if name.startswith("tolerance_") or name == "approach"}
    assert said == {name: PLAN[name] for name in said} | {
        "tolerance_cost": "10",
        "tolerance_scope": "One site",
    }
    assert len(said) == 7


def test_an_exception_plan_that_was_not_approved_is_not_begun_with(stage: Delivery) -> None:
    step = stage.put("exception_plan", MANAGER, key="exception-plan-1")
    stage.answers(step, MANAGER, PLAN | {"approach": "Written by ourselves"})
    done(stage.course.planned(stage.told(step, stage=1)))
    browser = stage.reading(stage.put("exception_plan", MANAGER, key="exception-plan-2"), MANAGER)
    assert browser.form("/a/read/").fields["approach"] == PLAN["approach"]


def test_what_was_erased_of_a_plan_is_not_said_again_and_its_figures_are(stage: Delivery) -> None:
    with stage.office.store.writing() as tx:
        (planned,) = (one.key for one in intents.decisions_of(tx, stage.ref) if one.kind == "initiation")
        for line in journal.lines(tx, stage.ref):
            if line.kind == "decision.submitted" and line.data["decision"] == planned:
                texts.erase(tx, line.data["words_hash"])
    browser = stage.reading(stage.put("end_stage", MANAGER, key="end-stage-1"), MANAGER)
    assert "The next stage: (erased)" in browser.words
    assert "2. (erased) (a pilot at (erased)) 15 March 2005 £50,000" in browser.words
    browser = stage.reading(stage.put("exception_plan", MANAGER, key="exception-plan-1"), MANAGER)
    fields = browser.form("/a/read/").fields
    assert [fields[name] for name in ("stage_name_1", "stage_pilot_2", "stage_cost_2")] == ["", "", "50,000"]
    assert [fields[name] for name in ("approach", "tolerance_risk")] == ["", ""]


# ----------------------------------------------------------------- ends, exceptions, standards


def test_an_end_stage_report_plans_the_next_stage(stage: Delivery) -> None:
    browser = stage.reading(stage.put("end_stage", MANAGER, key="end-stage-1"), MANAGER)
    fields = browser.form("/a/read/").fields
    assert (fields["next_cost"], fields["next_ends-day"]) == ("50,000", "15")
    stage.reported("end_stage", END_STAGE, key="end-stage-1")
    with stage.office.store.reading() as tx:
        project = projects.must(tx, stage.ref)
    assert project.plan is not None
    assert project.plan.stages[1].cost == 62000


def test_an_exception_report_is_drafted_from_the_report_that_crossed(stage: Delivery) -> None:
    stage.exceeds(Tolerance.TIME, Tolerance.COST)
    step = stage.put("exception_report", MANAGER, key="exception-report-1")
    browser = stage.reading(step, MANAGER)
    form = browser.form("/a/read/")
    assert form.hidden["choice"] == "report"
    assert 'type="radio" name="choice"' not in browser.page
    assert form.fields["cause"] == "Time: The supplier lost two people"
    assert "£28,000 (20%) over" in str(form.fields["consequences"])
    assert str(form.fields["options"]).startswith("More tolerance: 20% for cost and 22 working days")
    assert form.fields.get("recommendation") in (None, "")
    assert str(form.fields["recommendation_words"]).startswith("More tolerance is proposed")
    assert form.fields["lessons"] == (
        "Time was first in doubt in the report of 13 September 2004: The supplier lost two people"
    )
    assert "is a draft, made of what was reported" in browser.words
    browser.press(True, "/a/read/", **delivery.EXCEPTION)
    browser.press()
    stage.closes(step, Choice.REPORT)
    assert stage.made(step).answers["recommendation"] == Answered(
        value="more_tolerance", text="It is nearly done"
    )


def test_standards_are_checked_one_by_one_and_their_words_are_the_reason(stage: Delivery) -> None:
    checker = stage.project.standards
    assert checker
    step = stage.put("standards_check", checker, key="standards-1")
    rules = stage.office.edition.delivery
    assert rules is not None
    assert rules.standards is not None
    met = {f"standard_{key}": "met" for key in rules.standards.checks}
    first = next(iter(met))
    browser = stage.reading(step, checker)
    assert browser.page.index(f'name="{first}"') < browser.page.index('name="choice"')
    browser.press(True, "/a/read/", choice="fall_short", **met | {first: "not_met"})
    assert [anchor for anchor, _ in errors(browser)] == [f"{first}_words"]
    browser.press(True, "/a/read/", choice="verify", **met | {first: "not_met", f"{first}_words": "None"})
    assert [anchor for anchor, _ in errors(browser)] == [first]
    browser.press(True, "/a/read/", choice="fall_short", **met | {first: "not_met", f"{first}_words": "None"})
    assert browser.heading == "Check your answer"


def test_a_report_may_be_put_off_with_a_reason_and_a_day(town: Delivery) -> None:
    step = town.put("mandate", town.project.authority)
    browser = town.reading(step, town.project.authority)
    browser.press(True, "/a/read/", choice="defer", reason="The post is vacant", until="2004-10-01")
    assert browser.heading == "Check your answer"
    assert "Ask me again on Friday 1 October 2004" in browser.words
    browser.press()
    assert town.office.engine.decided[-1].choice is Choice.DEFER


# -------------------------------------------------------------------- reviews and benefits


REVIEW = {
    "objectives": "met",
    "benefits": "Most of them",
    "users": "Glad of it",
    "outturn": "As planned",
    "final_cost": "139,500.50",
    "lesson_title_1": "Ask early",
    "lesson_1": "Ask the users before the tender.\nTwice.",
}


def test_a_review_is_written_about_the_proposal_and_whoever_checks_it_reads_it_first(stage: Delivery) -> None:
    step = stage.put("review", MANAGER, case=stage.parent)
    asked = stage.reading(step, MANAGER).words
    assert "You are asked as" in asked
    assert "You are deciding" not in asked
    browser = stage.reading(step, MANAGER)
    assert browser.heading == "What has this proposal come to?"
    assert browser.form("/a/read/").fields["final_cost"] == "140,000"
    stage.answers(step, MANAGER, REVIEW)
    made = stage.made(step)
    assert made.answers["final_cost"].value == "139500.50"
    assert made.answers["lesson_1"].text == "Ask the users before the tender.\nTwice."
    checker = stage.office.edition.routing(date(2004, 9, 13)).reviewer
    check = stage.reading(stage.put("review_check", checker, case=stage.parent), checker)
    assert "Post-implementation review" in check.words
    assert "Lesson 1 Ask early Ask the users before the tender. Twice." in check.words
    assert check.words.index("Lesson 1") < check.words.index("Your answer")
    assert 'name="lesson_1"' not in check.page


def test_a_review_that_was_sent_back_is_written_anew_with_what_is_missing_first(stage: Delivery) -> None:
    stage.answers(stage.put("review", MANAGER, case=stage.parent), MANAGER, REVIEW)
    checker = stage.office.edition.routing(date(2004, 9, 13)).reviewer
    check = stage.put("review_check", checker, case=stage.parent)
    stage.answers(check, checker, {"reason": "Say what the users say of the web"}, Choice.SEND_BACK)
    browser = stage.reading(stage.put("review", MANAGER, case=stage.parent), MANAGER)
    told = "Say what the users say of the web"
    assert browser.page.index(told) < browser.page.index('name="users"')
    assert browser.form("/a/read/").fields["lesson_title_1"] == "Ask early"


def test_the_last_report_of_a_project_that_closes_early_promises_no_board(stage: Delivery) -> None:
    gate = stage.put("gate", *stage.project.board, key="gate-1")
    stage.answers(gate, SPONSOR, {"reason": "It is lost"}, Choice.CLOSE_EARLY)
    browser = stage.reading(stage.put("end_project", MANAGER, key="end-project"), MANAGER)
    closed = "The project is closed, and its record is kept."
    assert closed in browser.words
    sent = {
        "went_live": "",
        "final_cost": "1000",
        "objectives": "not_met",
        "objectives_words": "It was lost",
        "handover": "Nothing",
        "lessons": "Ask early",
        "follow_on": "None",
    }
    browser.press(True, "/a/read/", choice="report", **sent)
    assert browser.heading == "Check your answer", browser.words
    assert f"What happens next {closed}" in browser.words
    assert "board is asked" not in browser.words


def test_where_there_is_no_srg_a_review_goes_before_none(stage: Delivery) -> None:
    rules = stage.office.edition.model_dump()
    stage.office.brings_into_force(rules | {"route": rules["route"] | {"srg": None}})
    parent = stage.office.submitted("PROP-02")
    written = stage.reading(stage.put("review", MANAGER, case=parent), MANAGER)
    assert "It is checked by somebody else, and the proposal is closed" in written.words
    checker = stage.office.edition.routing(date(2004, 9, 13)).reviewer
    check = stage.reading(stage.put("review_check", checker, case=parent), checker)
    assert "The proposal is closed" in check.words
    for browser in (written, check):
        assert "SRG is asked" not in browser.words
        assert "goes before SRG" not in browser.words


def test_a_benefit_is_read_in_one_number_and_one_line(stage: Delivery) -> None:
    with stage.office.store.reading() as tx:
        benefit = benefits.of_proposal(tx, stage.parent)[0]
    step = stage.put("benefit", benefit.owner, key="benefit-3", case=benefit.ref)
    browser = stage.reading(step, benefit.owner)
    assert browser.heading == "How much of this benefit has come about, 3 months after go-live?"
    assert f"{benefit.ref}, which follows from {stage.parent}" in browser.words
    browser.press(True, "/a/read/", reading="lots", rating="", note="")
    assert [anchor for anchor, _ in errors(browser)] == ["reading", "rating", "note"]
    stage.answers(step, benefit.owner, {"reading": "1,250", "rating": "amber", "note": "Half the halls"})
    assert stage.made(step).answers["reading"].value == "1250"


def test_the_question_about_a_benefit_shows_what_was_claimed_and_read_before(stage: Delivery) -> None:
    with stage.office.store.reading() as tx:
        benefit = benefits.of_proposal(tx, stage.parent)[0]
    step = stage.put("benefit", benefit.owner, key="benefit-3", case=benefit.ref)
    browser = stage.reading(step, benefit.owner)
    assert "The reading before" not in browser.words
    assert "Green: it comes about as claimed." in browser.words
    assert "past what is tolerated" not in browser.words
    stage.answers(step, benefit.owner, {"reading": "1,250", "rating": "amber", "note": "Half the halls"})
    with stage.office.store.writing() as tx:
        read = BenefitRead(case=benefit.ref, step=step, month=3, at=tx.now)
        benefits.read(tx, read, person="p-owner", value="1250", rating=Rag.AMBER)
    step = stage.put("benefit", benefit.owner, key="benefit-6", case=benefit.ref)
    browser = stage.reading(step, benefit.owner)
    assert browser.heading == "How much of this benefit has come about, 6 months after go-live?"
    before = "The reading before £1,250, amber, 3 months after go-live, on 13 September 2004"
    assert ("Claimed £" in browser.words) is (benefit.claimed is not None)
    assert before.replace("£1,250", "£1,250" if benefit.claimed is not None else "1,250") in browser.words
    for of_the_project in ("How it stands £", "Stage in hand", "is tolerated"):
        assert of_the_project not in browser.words


def test_srg_reads_what_falls_short_before_it_accepts_it(stage: Delivery) -> None:
    checker = stage.project.standards
    step = stage.put("standards_check", checker, key="standards-1")
    rules = stage.office.edition.delivery
    assert rules is not None
    assert rules.standards is not None
    first, *others = rules.standards.checks
    found = {f"standard_{first}": "not_met", f"standard_{first}_words": "Nobody keeps it up to date"}
    stage.answers(step, checker, found | {f"standard_{key}": "met" for key in others}, Choice.FALL_SHORT)
    raised = done(stage.course.standards_checked(stage.told(step, stage=1)))
    secretary = stage.office.edition.forums["srg"].secretary
    browser = stage.reading(stage.put("standards_srg", secretary, key="standards", case=raised), secretary)
    assert "Check of project standards" in browser.words
    assert "Not met: Nobody keeps it up to date" in browser.words
    assert f"{raised}, which follows from {stage.ref}" in browser.words


def test_a_secretary_writes_down_the_tolerances_that_srg_grants(stage: Delivery) -> None:
    stage.exceeds(Tolerance.COST, authority=Authority.SRG)
    secretary = stage.office.edition.forums["srg"].secretary
    step = stage.put("exception_srg", secretary, key="exception-1")
    browser = stage.reading(step, secretary)
    assert "writing down what" in browser.words
    assert "By the handbook's matrix SRG decides." in browser.words
    sent = {"reason": "It is wanted", "tolerance_cost": "25", "tolerance_days": "20"}
    stage.answers(step, secretary, sent, Choice.MORE_TOLERANCE)
    assert stage.made(step).answers["tolerance_cost"].value == "25"


# ------------------------------------------------------------------- told again, wherever it is


def test_a_report_is_told_on_its_case_and_to_programs(stage: Delivery) -> None:
    step, _ = stage.reported("highlight", HIGHLIGHT)
    pmo = stage.office.signed_in("pmo")
    pmo.see(f"/cases/{stage.ref}/reports/1")
    assert "Forecast cost: £152,000" in pmo.words
    said = stage.office.browser().get(
        f"/api/v1/cases/{stage.ref}", headers=stage.office.token("pmo", "read:case")
    )
    assert said.status_code == 200, said.text
    told = next(one for one in said.json()["decisions"] if one["step"] == step)
    assert told["answers"]["forecast_cost"] == {"value": "152000.00", "text": ""}
    assert told["told"]["Forecast cost"] == "£152,000"


def test_erased_words_leave_the_figures(stage: Delivery) -> None:
    stage.reported("highlight", HIGHLIGHT)
    with stage.office.store.writing() as tx:
        written = [line.data for line in journal.lines(tx, stage.ref) if line.kind == "decision.submitted"]
        texts.erase(tx, str(written[-1]["words_hash"]))
    pmo = stage.office.signed_in("pmo")
    pmo.see(f"/cases/{stage.ref}/reports/1")
    assert "Forecast cost: £152,000" in pmo.words
    assert "The screens are drawn" not in pmo.words
    assert "Next: (erased)" in pmo.words


# ------------------------------------------------------------------------- what follows from it

PAST = {"forecast_cost": "158,340"}


@pytest.mark.parametrize(
    ("kind", "sent", "follows"),
    [
        ("highlight", HIGHLIGHT, "If it is within what is tolerated, the next report is asked for"),
        (
            "highlight",
            HIGHLIGHT | PAST,
            "£18,340 (13.1%) over is past the 10% that is tolerated: the project stops, you are asked why, "
            "and the project board decides.",
        ),
        ("end_stage", END_STAGE, "project board is asked whether the project may go on."),
        (
            "end_stage",
            END_STAGE | PAST | {"forecast_go_live": "2005-05-03"},
            "22 working days late is past the 20 working days that are tolerated and £18,340 (13.1%) over is "
            "past the 10% that is tolerated: the project stops",
        ),
        (
            "highlight",
            HIGHLIGHT | {"rating_risk": "red", "rating_risk_words": "The lines are late"},
            "Risk is rated red: the project stops, you are asked why, and the project board decides.",
        ),
    ],
)
def test_the_page_before_a_report_says_what_follows_from_its_figures(
    stage: Delivery, kind: str, sent: dict[str, str], follows: str
) -> None:
    key = "end-stage-1" if kind == "end_stage" else kind
    browser = stage.reading(stage.put(kind, MANAGER, key=key), MANAGER)
    if papers := papers_for(browser):
        browser.hand_in(papers, choice="report", **sent)
    else:
        browser.press(True, "/a/read/", choice="report", **sent)
    assert browser.heading == "Check your answer", browser.words
    assert follows in browser.words
    assert ("project board is asked whether" in browser.words) is (sent is END_STAGE)
    browser.press()
    assert "next people" not in browser.words


def test_what_was_decided_on_does_not_stop_the_project_again(stage: Delivery) -> None:
    red = HIGHLIGHT | {"rating_risk": "red", "rating_risk_words": "The lines are late"}
    step, came = stage.reported("highlight", red)
    crossing = Crossing(of=(Tolerance.RISK,), variance=came.variance, authority=Authority.BOARD)
    with stage.office.store.reading() as tx:
        at = tx.now
    raised = ExceptionRaised(case=stage.ref, number=1, stage=1, step=step, crossing=crossing, at=at)
    done(stage.course.exception_raised(raised))
    decided = stage.put("exception_board", *stage.project.board, key="exception-1")
    sent = {"tolerance_cost": "10", "tolerance_days": "20", "reason": "It is looked after"}
    stage.answers(decided, SPONSOR, sent, Choice.MORE_TOLERANCE)
    stage.office.days_pass(1)
    with stage.office.store.reading() as tx:
        at = tx.now
    done(stage.course.exception_settled(ExceptionSettled(case=stage.ref, number=1, step=decided, at=at)))
    browser = stage.reading(stage.put("highlight", MANAGER), MANAGER)
    browser.press(True, "/a/read/", choice="report", **red)
    assert "the project stops" not in browser.words
    # One that was better since stops it anew.
    stage.office.days_pass(1)
    stage.reported("highlight", HIGHLIGHT)
    browser = stage.reading(stage.put("highlight", MANAGER), MANAGER)
    browser.press(True, "/a/read/", choice="report", **red)
    assert "Risk is rated red: the project stops" in browser.words


def test_beside_a_gate_nobody_is_asked_when_the_stage_ends_that_has_ended(stage: Delivery) -> None:
    stage.reported("highlight", HIGHLIGHT)
    stage.reported("end_stage", END_STAGE, key="end-stage-1")
    stage.office.became(stage.ref, ProjectState.AT_GATE)
    stage.office.it_is(date(2005, 2, 14))
    browser = stage.reading(stage.put("highlight", MANAGER), MANAGER)
    assert "forecast_stage_ends-day" not in browser.form("/a/read/").boxes
    assert browser.press(True, "/a/unchanged/") == 200
    assert browser.at.startswith("/a/done/")


@pytest.mark.parametrize("why", ["next_due", "time_up"])
def test_what_was_typed_for_a_report_that_gave_way_is_not_of_the_next(stage: Delivery, why: str) -> None:
    step = stage.put("highlight", MANAGER)
    browser = stage.reading(step, MANAGER)
    browser.hand_in(
        {"document": ("Jan.pdf", files.PDF)}, choice="stage_done", **HIGHLIGHT | {"done": "January"}
    )
    stage.drops(step, why)
    again = stage.reading(stage.put("highlight", MANAGER), MANAGER)
    fields = again.form("/a/read/").fields
    assert (fields.get("choice"), fields["done"]) == (None, "")
    assert "Jan.pdf" not in again.words
