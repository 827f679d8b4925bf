"""What a board sees before it decides on a gate or an exception: above all, and in the record."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from notifications.examples import rendered
from service import delivering
from service.store import actions, cases, projects, texts
from service.store import letters as ledger
from service.store.actions import Wanted
from service.web import packs, words
from tests.service.web import delivered, delivery
from tests.service.web.delivery import END_STAGE, EXCEPTION, HIGHLIGHT, MANAGER, SPONSOR, Delivery
from tests.service.web.office import SAME_ORIGIN, Browser, Office
from tests.service.web.test_project_reports import errors
from tests.support.activities import done
from workflows.delivery import Authority, Crossing, ExceptionState, GateKind, Tolerance
from workflows.letters import read
from workflows.model import ActionState, Choice, Guard

CHECKER, SECRETARY = "corp-projects-manager", "srg-secretary"


@pytest.fixture
def town(office: Office) -> Delivery:
    return delivery.begun(office)


@pytest.fixture
def stage(town: Delivery) -> Delivery:
    town.in_stage()
    return town


def above(browser: Browser) -> str:
    """What stands above all else: the words of the box under the heading."""
    box = browser.page.partition('<div class="assent-brief">')[2].partition("You are deciding")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", box).split()).replace(" :", ":").replace("&#39;", "'")


CONDITION = {
    "conditions": "Train the staff",
    "condition_owner": MANAGER,
    "condition_by": "2004-12-01",
    "reason": "Nobody is trained",
}


def at_gate(town: Delivery, key: str) -> Browser:
    return town.reading(town.put("gate", *town.project.board, key=key), SPONSOR)


def condition(town: Delivery, number: int) -> str:
    """A condition that guards the next gate, followed up as an action."""
    wanted = Wanted(
        source="dec:1",
        number=number,
        title=f"Train the staff, {number}",
        text=f"Train the staff, {number}",
        owner=MANAGER,
        verifier=SPONSOR,
        due=date(2004, 12, 1),
        guards=Guard.GATE,
    )
    with town.office.store.writing() as tx:
        return actions.opened(tx, cases.get(tx, town.ref), wanted, at=tx.now)


def test_the_first_gate_shows_its_mandate_and_nothing_to_measure(town: Delivery) -> None:
    town.named()
    browser = at_gate(town, "gate-start-up")
    assert browser.heading == "May this project pass the gate of start-up?"
    assert "Start-up: it authorises initiation, in which the project is planned." in above(browser)
    assert "Project mandate" in browser.words
    assert "Project brief Put the booking of the hall on the web" in browser.words
    assert "Against the plan" not in browser.words
    assert "The handbook asks for these at this gate: Project mandate." in browser.words
    assert "You are deciding as" in browser.words


def test_the_gate_of_initiation_shows_the_plan_that_would_become_the_baseline(town: Delivery) -> None:
    town.named()
    town.planned()
    browser = at_gate(town, "gate-initiation")
    assert "Initiation: it authorises the plan, and its first delivery stage." in above(browser)
    as_approved = "Budget: As much as the approved capital: reports are measured against the plan from now on"
    assert f"{as_approved} (£140,000)" in above(browser)
    for told in (
        "£140,000 of capital",
        "The plan that is put forward",
        "1. Build This stage 31 January 2005 £90,000",
        "2. Pilot (a pilot at De Montfort Hall) 15 March 2005 £50,000",
        "Tolerance for cost 10%",
    ):
        assert told in browser.words


def test_a_first_plan_says_by_how_much_it_differs_from_the_approved_capital(town: Delivery) -> None:
    town.named()
    town.planned(stage_cost_2="61,000")
    browser = at_gate(town, "gate-initiation")
    assert "Budget: £11,000 more than the approved capital: reports are measured" in above(browser)
    table = browser.page.partition("Against the plan")[2].partition("</table>")[0]
    for role in ("columnheader", "row", "cell"):
        assert f'role="{role}"' in table


def test_a_new_plan_waits_for_no_condition_and_shows_none(stage: Delivery) -> None:
    unmet = condition(stage, 1)
    step = stage.put("exception_plan", MANAGER, key="exception-plan-1")
    stage.answers(step, MANAGER, delivery.PLAN)
    stage.project = done(stage.course.planned(stage.told(step, stage=1)))
    browser = at_gate(stage, "plan-1")
    assert "No conditions guard this gate." in browser.words
    assert "that guards it" not in browser.words
    assert unmet not in browser.words


def test_what_guarded_an_earlier_gate_is_not_said_to_guard_the_next(stage: Delivery) -> None:
    early, late = condition(stage, 1), condition(stage, 2)
    stage.office.became(early, ActionState.VERIFIED)
    stage.office.days_pass(1)
    stage.passes(2, GateKind.BOUNDARY, 1)
    stage.office.days_pass(1)
    stage.has("acceptance")
    # A new plan is no gate at which conditions are waited for.
    stage.office.became(late, ActionState.VERIFIED)
    stage.office.days_pass(1)
    stage.passes(3, GateKind.EXCEPTION_PLAN, 2)
    browser = at_gate(stage, "gate-closure")
    assert "The condition that guards it is met" in above(browser)
    assert late in browser.words
    assert early not in browser.words


def test_a_gate_between_stages_shows_all_that_a_board_needs(stage: Delivery) -> None:
    met, unmet = condition(stage, 1), condition(stage, 2)
    stage.office.became(met, ActionState.VERIFIED)
    stage.reported("end_stage", END_STAGE, key="end-stage-1")
    browser = at_gate(stage, "gate-1")
    assert browser.heading == "May this project pass the gate after stage 1?"
    for told in (
        "Stage boundary: it authorises the next delivery stage.",
        "Budget: £12,000 (8.58%) over: within the 10% tolerated (£152,000)",
        "Time: 10 working days late: within the 20 working days tolerated (14 April 2005)",
        "Objectives: All screens but one (Partly met)",
        "1 of 2 conditions that guard it is not met.",
    ):
        assert told in above(browser)
    for told in (
        "End stage report",
        "reported on the stage on 13 September 2004",
        "Time amber: The supplier is two weeks late",
        "Objectives Partly met: All screens but one",
        "Next stage costs £62,000",
        "Budget £140,000 £152,000 £12,000 (8.58%) over",
        "2. Pilot (a pilot at De Montfort Hall) This stage 29 March 2005 £62,000",
        f"Met Train the staff, 1 (Head of ICT, Regeneration and Culture, by 1 December 2004; {met})",
        f"Not met Train the staff, 2 (Head of ICT, Regeneration and Culture, by 1 December 2004; {unmet})",
        "Plan of the next stage",
        "The handbook asks for these at this gate: Plan of the next stage.",
        "Needed unless you plainly authorise it.",
    ):
        assert told in browser.words
    assert '<dt class="govuk-summary-list__key">documents' not in re.sub(r">\s+", ">", browser.page)
    assert browser.words.index("Budget") < browser.words.index("Your answer")


def falls_short(stage: Delivery, reason: str = "") -> str:
    """A check after the first stage that finds standards not met; the exception that it raises, on which SRG
    decides where a `reason` to have it put right is given.
    """
    checker = stage.put("standards_check", CHECKER, key="standards-1")
    stage.answers(checker, CHECKER, fallen_short(stage), Choice.FALL_SHORT)
    exception = done(stage.course.standards_checked(stage.told(checker, stage=1)))
    if reason:
        step = stage.put("standards_srg", SECRETARY, key="standards", case=exception)
        stage.answers(step, SECRETARY, {"reason": reason}, Choice.REJECT)
        done(stage.office.course.follow_ups(exception))
        stage.office.became(exception, ExceptionState.SETTLED)
    return exception


def fallen_short(stage: Delivery) -> dict[str, str]:
    """What finds the risks of a project without owners, and the rest met."""
    rules = stage.office.edition.delivery
    assert rules
    assert rules.standards
    said = {f"standard_{key}": "met" for key in rules.standards.checks}
    return said | {"standard_risks": "not_met", "standard_risks_words": "No risk has an owner"}


def test_a_gate_says_what_the_check_of_standards_found_after_its_stage(stage: Delivery) -> None:
    exception = falls_short(stage)
    stage.reported("end_stage", END_STAGE, key="end-stage-1")
    browser = at_gate(stage, "gate-1")
    short = f"Project standards fell short after stage 1 ({exception}); SRG has not decided on it yet."
    assert short in above(browser)
    found = "Not met: Its risks and issues are written down and have owners."
    assert f"After stage 1, on 13 September 2004: {found} {exception} Raised" in browser.words


def test_a_gate_says_that_the_standards_were_met_and_nothing_of_that_at_the_next(stage: Delivery) -> None:
    step = stage.put("standards_check", CHECKER, key="standards-1")
    met = {key: "met" for key in fallen_short(stage) if not key.endswith("_words")}
    stage.answers(step, CHECKER, met, Choice.VERIFY)
    assert not done(stage.course.standards_checked(stage.told(step, stage=1)))
    browser = at_gate(stage, "gate-1")
    assert "After stage 1, on 13 September 2004: All project standards were met." in browser.words
    assert "fell short" not in browser.words
    stage.passes(2, GateKind.BOUNDARY, 1)
    assert "Project standards" not in at_gate(stage, "gate-closure").words


def test_what_is_not_put_right_is_named_at_the_last_gate_and_on_the_page_of_the_project(
    stage: Delivery,
) -> None:
    exception = falls_short(stage, reason="Name owners of the risks")
    with stage.office.store.reading() as tx:
        (action,) = actions.of_case(tx, exception)
    stage.passes(2, GateKind.BOUNDARY, 1)
    browser = at_gate(stage, "gate-closure")
    assert f"fell short after stage 1 ({exception}); it is not put right yet." in above(browser)
    owner = "Head of ICT, Regeneration and Culture"
    assert f"Not put right To be put right: {action.ref} ({owner}, by 11 October 2004)" in browser.words
    stage.office.days_pass(60)
    late = at_gate(stage, "gate-closure")
    assert f"Overdue To be put right: {action.ref}" in late.words
    page = stage.office.signed_in(SPONSOR)
    page.see(f"/cases/{stage.ref}")
    assert f"To be put right: {action.ref} , {owner}, by Monday 11 October 2004 Overdue" in page.words
    headers = stage.office.token(SPONSOR)
    told = page.get(f"/api/v1/cases/{stage.ref}", headers=headers).json()["project"]["checks"]
    assert [one["not_met"] for one in told] == [["risks"]]
    assert told[0]["put_right"] == [
        {"action": action.ref, "owner": MANAGER, "due": "2004-10-11", "state": "agreed"}
    ]
    stage.office.became(action.ref, ActionState.VERIFIED)
    page.see(f"/cases/{stage.ref}")
    assert "To be put right" not in page.words


def test_what_a_board_saw_is_kept(stage: Delivery) -> None:
    stage.reported("end_stage", END_STAGE, key="end-stage-1")
    step = stage.put("gate", *stage.project.board, key="gate-1")
    stage.answers(step, SPONSOR, {}, Choice.AUTHORISE)
    with stage.office.store.reading() as tx:
        shown = texts.get(tx, stage.made(step).shown_hash) or ""
    for part in ('"gate":"Stage boundary"', "£12,000 (8.58%) over", "All screens but one", "£62,000"):
        assert part in shown


def test_a_vote_says_that_it_is_one_and_what_it_leads_to(stage: Delivery) -> None:
    browser = at_gate(stage, "gate-1")
    assert "If that is what the board decides, the project passes the gate and goes on." in browser.words


def test_the_last_gate_says_that_the_project_is_closed_by_it(stage: Delivery) -> None:
    browser = at_gate(stage, "gate-closure")
    assert "Authorise: the project is closed" in browser.words
    assert (
        "If that is what the board decides, the project is closed, and its record is kept." in browser.words
    )
    assert "goes on" not in browser.words


def test_what_was_answered_at_a_gate_is_told_in_its_own_words_on_every_page(town: Delivery) -> None:
    town.named()
    plan = town.planned()
    step = town.put("gate", *town.project.board, key="gate-initiation")
    tabs = town.reading(step, SPONSOR), town.reading(step, SPONSOR)
    for tab, choice in zip(tabs, ("return", "close_early"), strict=True):
        tab.press(True, "/a/read/", choice=choice, reason="It is not whole")
    first, second = tabs
    assert "You are returning the plan" in first.words
    first.press()
    assert first.at.startswith("/a/done/")
    assert "You returned the plan for " in first.words
    assert second.press() == 409
    assert second.heading == "You have already returned the plan for this"
    town.closes(step, Choice.RETURN)
    again = town.reading(town.put("initiation", MANAGER), MANAGER)
    case = town.office.signed_in(MANAGER)
    case.see(f"/cases/{town.ref}")
    shown = town.office.signed_in(MANAGER)
    shown.see(f"/cases/{town.ref}/shown/{town.made(step).shown_hash}")
    for browser in (again, case, shown):
        assert "returned the plan" in browser.words, browser.at
    for browser in (first, second, again, case, shown):
        assert "returned the report" not in browser.words, browser.at
    assert plan


def test_what_srg_decided_at_a_gate_is_written_down_and_put_in_its_papers_in_its_own_words(
    stage: Delivery,
) -> None:
    secretary = stage.office.edition.forums["srg"].secretary
    for kind in ("end_project_report", "acceptance"):
        stage.has(kind)
    step = stage.put("gate_srg", secretary, key="gate-closure-srg")
    with stage.office.store.reading() as tx:
        case = cases.get(tx, stage.ref)
        item = packs.item(tx, case, stage.office.step(step), stage.office.edition, date(2004, 10, 14), 1)
    (offered,) = [each for each in item.sections if each.heading == "What may be answered"]
    assert "Authorise: the project is closed" in [line.what for line in offered.lines]
    assert offered.lines[0].which == ("The project is closed, and its record is kept.",)
    browser = stage.reading(step, secretary)
    browser.press(True, "/a/read/", choice="authorise_with_conditions", **CONDITION)
    assert browser.heading == "Check your answer", browser.words
    assert "authorised the closure with conditions" in browser.words


def test_no_page_tells_an_answer_without_saying_at_which_gate_it_was_given() -> None:
    """The words of a gate's answers go by its key, so that none may be left out where they are told."""
    pages = Path(words.__file__).parent / "templates"
    told = [
        (page.name, line)
        for page in pages.rglob("*.html")
        for line in re.findall(r"words\.(?:did|recording|leads_to)\((.*?)\) ?(?:}}|on )", page.read_text())
    ]
    assert len(told) > 8
    assert [one for one in told if "key" not in one[1]] == []


@pytest.mark.parametrize(
    ("key", "offered"), [("gate-1", True), ("gate-initiation", True), ("gate-closure", False)]
)
def test_a_condition_may_guard_the_gate_that_comes_next(stage: Delivery, key: str, offered: bool) -> None:
    for kind in ("initiation", "stage_plan", "acceptance"):
        stage.has(kind)
    browser = at_gate(stage, key)
    assert ('value="gate"' in browser.page) is offered
    assert 'value="project"' not in browser.page
    sent = {
        "conditions": "Train the staff",
        "condition_owner": MANAGER,
        "condition_by": "2004-12-01",
        "condition_guards": "gate",
        "reason": "Nobody is trained",
    }
    browser.press(True, "/a/read/", choice="authorise_with_conditions", **sent)
    if offered:
        assert "The project's next gate waits until it is met." in browser.words
    else:
        assert [anchor for anchor, _ in errors(browser)] == ["condition_guards"]


def test_the_gate_of_an_exception_plan_measures_the_new_plan_against_the_old(stage: Delivery) -> None:
    step = stage.put("exception_plan", MANAGER, key="exception-plan-1")
    stage.answers(step, MANAGER, delivery.PLAN | {"stage_cost_2": "70,000", "go_live": "2005-04-14"})
    stage.project = done(stage.course.planned(stage.told(step, stage=1)))
    browser = at_gate(stage, "plan-1")
    assert browser.heading == "May this project pass the gate of its new plan?"
    for told in (
        "Exception plan: it authorises the new plan, by which reports are measured from then on.",
        "Budget: £20,000 (14.29%) over: past the 10% tolerated (£160,000)",
        "Time: 10 working days late: within the 20 working days tolerated (14 April 2005)",
    ):
        assert told in above(browser)
    assert "The plan that is put forward" in browser.words


# ------------------------------------------------------------------------------- exceptions


def test_an_exception_shows_its_report_and_what_the_matrix_says(stage: Delivery) -> None:
    stage.exceeds(Tolerance.TIME, Tolerance.COST)
    report = stage.put("exception_report", MANAGER, key="exception-report-1")
    stage.answers(report, MANAGER, EXCEPTION)
    step = stage.put("exception_board", *stage.project.board, key="exception-1")
    browser = stage.reading(step, SPONSOR)
    for told in (
        "Exception 1: time and cost are past what is tolerated.",
        "By the handbook's matrix the project board decides.",
        "Budget: £28,000 (20%) over: past the 10% tolerated (£168,000)",
        "past the 20 working days tolerated (3 May 2005)",
    ):
        assert told in above(browser)
    for told in (
        "Exception report",
        "Cause The supplier lost two people",
        "Recommendation More tolerance: It is nearly done",
        "How the handbook says who decides",
        "A budget up to £100,000, over by up to 10% and late by up to 20 working days: the programme office",
        "Needed whatever is decided. They are shown to the project manager",
    ):
        assert told in browser.words
    assert "authorise" not in browser.words


def test_more_tolerance_is_granted_in_figures_and_only_where_it_is_chosen(stage: Delivery) -> None:
    stage.exceeds(Tolerance.TIME)
    step = stage.put("exception_board", *stage.project.board, key="exception-1")
    browser = stage.reading(step, SPONSOR)
    assert browser.form("/a/read/").fields["tolerance_cost"] == "10"
    assert "Now it is 10% for cost and 20 working days for time" in browser.words
    reason = {"reason": "It is nearly done"}
    browser.press(True, "/a/read/", choice="more_tolerance", tolerance_cost="5", tolerance_days="x", **reason)
    assert [anchor for anchor, _ in errors(browser)] == ["tolerance_cost", "tolerance_days"]
    browser.press(
        True, "/a/read/", choice="more_tolerance", tolerance_cost="20%", tolerance_days="40", **reason
    )
    assert "Tolerance for cost 20%" in browser.words
    assert "Tolerance for time 40 working days" in browser.words
    browser.press()
    stage.closes(step, Choice.MORE_TOLERANCE)
    made = stage.made(step)
    assert (made.answers["tolerance_cost"].value, made.answers["tolerance_days"].value) == ("20", "40")


def test_another_choice_beside_the_tolerances_keeps_none(stage: Delivery) -> None:
    stage.exceeds(Tolerance.TIME)
    step = stage.put("exception_board", *stage.project.board, key="exception-1")
    stage.answers(step, SPONSOR, {"reason": "It is lost"}, Choice.CLOSE_EARLY)
    assert stage.made(step).answers == {}


# ---------------------------------------------------------------------- what others are spared


def test_a_page_shows_what_it_is_about_and_not_every_report_of_years(stage: Delivery) -> None:
    for number in range(3):
        stage.reported("highlight", HIGHLIGHT | {"done": f"Report {number}"})
        stage.office.days_pass(1)
    browser = stage.reading(stage.put("highlight", MANAGER), MANAGER)
    assert "Report 2" in browser.words
    assert "Report 1" not in browser.words
    gate = at_gate(stage, "gate-1")
    assert "Report 2" not in gate.words
    assert "There is no report on it yet." in gate.words


# --------------------------------------------------------------------- links that lead no further


@pytest.mark.parametrize(
    ("why", "heading", "told"),
    [
        (
            "frozen",
            "This waits, because a forecast is past what is tolerated",
            "If it is asked again, another letter will say so.",
        ),
        (
            "board_changed",
            "This is asked anew, of the project board as it is now",
            "If you are on the board, you have a new letter. If you are not, you need do nothing.",
        ),
        ("gate_decided", "This is not asked any more", "It was decided at the gate"),
    ],
)
def test_whoever_answers_a_gate_that_was_dropped_is_told_why_and_nothing_is_counted(
    stage: Delivery, why: str, heading: str, told: str
) -> None:
    step = stage.put("gate", *stage.project.board, key="gate-1")
    browser = stage.reading(step, SPONSOR)
    form = browser.form("/a/read/")
    stage.drops(step, why)
    sent = browser.post(form.action, data={**form.fields, "choice": "authorise"}, headers=SAME_ORIGIN)
    browser.page = sent.text
    assert (sent.status_code, browser.heading) == (410, heading)
    assert told in browser.words
    assert [one for one in stage.office.engine.decided if one.step == step] == []


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("frozen", "A forecast is past what is tolerated."),
        ("board_changed", "The project board has other members now, and all of it is asked anew."),
        ("gate_decided", "It was decided at the gate, or of the whole project"),
    ],
)
def test_whoever_answered_a_gate_that_was_dropped_is_told_that_it_counts_no_more(
    stage: Delivery, why: str, told: str
) -> None:
    step = stage.put("gate", *stage.project.board, key="gate-1")
    browser = stage.reading(step, SPONSOR)
    browser.press(True, "/a/read/", choice="return", reason="Say who tests it")
    browser.press()
    stage.office.recorded(step)
    assert stage.reading_again(step, SPONSOR).heading == "Recorded"
    stage.drops(step, why)
    again = stage.reading_again(step, SPONSOR)
    assert again.heading == f"Your answer about {stage.ref} counts no more"
    assert f"Your answer counts no more. {told}" in again.words
    assert "1 of the 3" not in again.words


def test_whoever_no_longer_manages_a_project_is_told_that_somebody_else_is_asked(stage: Delivery) -> None:
    step = stage.put("highlight", MANAGER)
    browser = stage.reading(step, MANAGER)
    form = browser.form("/a/unchanged/")
    stage.drops(step, "manager_changed")
    sent = browser.post(form.action, data=form.hidden, headers=SAME_ORIGIN)
    browser.page = sent.text
    assert (sent.status_code, browser.heading) == (410, "This is now for somebody else")
    assert "Somebody else manages the project now, and is asked instead." in browser.words


def test_a_manager_who_also_holds_a_seat_does_not_decide_on_their_own_report(stage: Delivery) -> None:
    step = stage.put("gate", *stage.project.board, key="gate-1")
    link = stage.office.link(step, SPONSOR)
    stage.office.hands_over(MANAGER, SPONSOR)
    browser = stage.office.browser()
    browser.see(link)
    assert browser.heading == "You cannot decide this one"
    assert "You manage this project, or reported on it since its last gate" in browser.words


def letter(props: dict[str, Any]) -> str:
    """The words of a letter, its lines joined."""
    body = rendered(read(dict(props))).get_body(("plain",))
    assert body
    return " ".join(str(body.get_content()).split())


def test_what_is_past_only_together_names_the_other_project_on_pages_in_letters_and_in_the_draft(
    office: Office,
) -> None:
    one, other = delivered.Delivery(office), delivered.Delivery(office, "PROP-03")
    one.in_stage()
    other.in_stage()
    with office.store.writing() as tx:
        projects.linked(tx, one.ref, other.ref, by="p-pmo", by_post="pmo")
    other.reports(delivered.report("164000.00", "2005-03-31"))
    step = one.reports(delivered.report("151200.00", "2005-03-31"))
    with office.store.reading() as tx:
        said = projects.reports(tx, one.ref)[-1]
        stands = delivering.stands(tx, projects.must(tx, one.ref))
    assert said.linked
    together = f"Measured together with {other.ref}: £35,200 (12.58%) over the approved £280,000"
    past = f"{together}, the latest not late, past the 10% tolerated."
    assert past in stands
    crossing = Crossing(
        of=(Tolerance.COST,), variance=said.variance, linked=said.linked, authority=Authority.BOARD
    )
    one.exceeds(step, crossing)
    asked = one.asks("exception_report", MANAGER, key="exception-report-1")
    browser = office.browser()
    browser.see(office.link(asked, MANAGER))
    browser.press()
    draft = f"Cost is past what is tolerated only together with {other.ref}: £35,200 (12.58%) over"
    assert draft in browser.words
    assert "Cost is past what is tolerated." not in browser.words
    board = [seat.post for seat in one.in_hand.board]
    decides = one.asks("exception_board", *board, key="exception-1")
    browser = office.browser()
    browser.see(office.link(decides, SPONSOR))
    browser.press()
    assert past in browser.words
    with office.store.reading() as tx:
        sent = [*ledger.of_step(tx, asked), *ledger.of_step(tx, decides)]
    assert {row.post for row in sent} >= {MANAGER, SPONSOR}
    assert all(past in letter(row.props) for row in sent)
    assert f"With {other.ref}: £35,200 (12.58%) over" in above(browser)
