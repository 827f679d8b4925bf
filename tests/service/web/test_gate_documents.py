"""A gate whose documents are not all there is not authorised, and the report that leads to it is refused."""

from collections.abc import Mapping
from typing import Any

import pytest

from service.store import documents
from tests.service.web.delivery import (
    END_STAGE,
    MANAGER,
    MANDATE,
    PLAN,
    SPONSOR,
    SUPPLIER,
    USER,
    Delivery,
    begun,
    papers_for,
)
from tests.service.web.office import Browser, Office
from tests.service.web.test_project_reports import errors
from workflows.delivery import GateKind
from workflows.model import Choice

END_PROJECT = {
    "went_live": "2004-09-13",
    "final_cost": "140,000",
    "objectives": "met",
    "handover": "To the hall",
    "lessons": "Begin early",
}
REPORTS: Mapping[str, Mapping[str, str]] = {
    "mandate": MANDATE,
    "initiation": PLAN,
    "end_stage": END_STAGE,
    "end_project": END_PROJECT,
}
PILOTED = {"stage_pilot_1": "The hall", "stage_pilot_2": ""}
PUT_OFF = {"until_what": "day", "until-day": "20", "until-month": "9", "until-year": "2004"}
PLAN_WANTED = "The gate asks for Plan of the next stage, which has not been handed in for it"


@pytest.fixture
def town(office: Office) -> Delivery:
    return begun(office)


def come_to(town: Delivery, kind: str, **plan: str) -> Browser:
    """Bring a project to where a report is asked for; return the page on which it is given."""
    if kind == "initiation":
        town.named()
    elif kind != "mandate":
        town.in_stage(**plan)
    post = town.project.authority if kind == "mandate" else MANAGER
    return town.reading(town.put(kind, post), post)


def wanting(browser: Browser) -> list[str]:
    """The kinds of document whose boxes are said to be wanting."""
    return [anchor.removeprefix("document_") for anchor, _ in errors(browser) if "document_" in anchor]


def asks_for_nothing(office: Office) -> None:
    """Bring an edition into force whose gates ask for no documents."""
    rules: dict[str, Any] = office.edition.model_dump()
    for template in rules["delivery"]["templates"].values():
        gates = [template[name] for name in ("start_up", "initiation", "boundary", "closure")]
        for gate in [*filter(None, gates), *template["boundaries"]]:
            gate |= {"documents": (), "after_pilot": ()}
    office.brings_into_force(rules)


# ------------------------------------------------------------------------------- the report


@pytest.mark.parametrize(
    ("kind", "sent", "wanted"),
    [
        ("mandate", {}, ["mandate"]),
        ("mandate", {"template": "gateways"}, ["mandate", "business_case"]),
        ("initiation", {}, ["initiation"]),
        ("end_stage", {}, ["stage_plan"]),
        ("end_project", {}, ["acceptance"]),
    ],
)
def test_a_report_without_what_its_gate_asks_for_is_refused_at_the_boxes(
    town: Delivery, kind: str, sent: Mapping[str, str], wanted: list[str]
) -> None:
    browser = come_to(town, kind)
    report = {**REPORTS[kind], **sent, "choice": "report"}
    assert browser.hand_in({}, **report) == 422
    assert wanting(browser) == wanted
    assert "which has not been handed in for it: choose it here" in browser.words
    for number, one in enumerate(wanted, start=1):
        last = number == len(wanted)
        assert browser.hand_in(papers_for(browser, one), **report) == (200 if last else 422)
    assert browser.at.startswith("/a/check/")
    assert browser.press() == 200
    with town.office.store.reading() as tx:
        made = documents.of_case(tx, town.ref)
    assert {one.kind for one in made[-len(wanted) :]} == {*wanted}


def test_a_report_past_a_pilot_is_refused_without_what_the_pilot_showed(town: Delivery) -> None:
    browser = come_to(town, "end_stage", **PILOTED)
    assert browser.hand_in({}, **END_STAGE, choice="report") == 422
    assert wanting(browser) == ["stage_plan", "pilot_report"]
    assert browser.hand_in(papers_for(browser, "stage_plan"), **END_STAGE, choice="report") == 422
    assert wanting(browser) == ["pilot_report"]
    assert browser.hand_in(papers_for(browser, "pilot_report"), **END_STAGE, choice="report") == 200
    assert browser.press() == 200


@pytest.mark.parametrize("kind", [*REPORTS])
def test_what_was_handed_in_on_the_page_of_a_project_counts_and_what_is_no_report_needs_none(
    town: Delivery, kind: str
) -> None:
    put_off = come_to(town, kind)
    assert put_off.hand_in({}, choice="defer", reason="They are being written", **PUT_OFF) == 200
    assert put_off.at.startswith("/a/check/")
    for one in ("mandate", "initiation", "stage_plan", "acceptance"):
        town.has(one)
    browser = town.reading(town.put(kind, MANAGER), MANAGER)
    assert browser.hand_in({}, **REPORTS[kind], choice="report") == 200
    assert browser.at.startswith("/a/check/")
    assert browser.press() == 200


def test_two_of_the_same_words_are_two_documents_where_each_is_wanted(town: Delivery) -> None:
    browser = come_to(town, "mandate")
    report = {**MANDATE, "template": "gateways", "choice": "report"}
    same = {
        "document_mandate": ("Mandate.txt", b"See the case"),
        "document_business_case": ("Case.txt", b"See the case"),
    }
    assert browser.hand_in(same, **report) == 200
    assert browser.press() == 200
    with town.office.store.reading() as tx:
        made = documents.of_case(tx, town.ref)
    assert {(one.kind, one.name) for one in made} == {
        ("mandate", "Mandate.txt"),
        ("business_case", "Case.txt"),
    }


def test_what_served_an_earlier_gate_does_not_serve_the_next_that_asks_for_the_same(town: Delivery) -> None:
    three = {"stage_name_3": "Support", "stage_ends_3": "2005-03-30", "stage_cost_3": "1,000"}
    browser = come_to(town, "end_stage", stage_pilot_2="", stage_weeks_3="4", **three)
    town.has("stage_plan")
    assert browser.hand_in({}, **END_STAGE, choice="report") == 200
    town.office.days_pass(1)
    town.passes(2, GateKind.BOUNDARY, stage=1)
    town.office.days_pass(1)
    later = town.reading(town.put("end_stage", MANAGER, key="end-stage-2"), MANAGER)
    assert later.hand_in({}, **END_STAGE, choice="report") == 422
    assert wanting(later) == ["stage_plan"]
    town.has("stage_plan")
    assert later.hand_in({}, **END_STAGE, choice="report") == 200


def test_what_was_said_of_a_pilot_before_it_began_is_not_its_report(town: Delivery) -> None:
    town.has("pilot_report")
    town.office.days_pass(1)
    browser = come_to(town, "end_stage", **PILOTED)
    town.has("stage_plan")
    assert browser.hand_in({}, **END_STAGE, choice="report") == 422
    assert wanting(browser) == ["pilot_report"]
    town.has("pilot_report")
    assert browser.hand_in({}, **END_STAGE, choice="report") == 200


def test_a_project_that_ends_early_passes_no_gate_and_its_last_report_needs_nothing(town: Delivery) -> None:
    town.in_stage()
    step = town.put("exception_board", *town.project.board, key="exception-1")
    town.answers(step, SPONSOR, {"reason": "It is lost"}, Choice.CLOSE_EARLY)
    browser = town.reading(town.put("end_project", MANAGER), MANAGER)
    assert "The gate asks for" not in browser.words
    assert browser.hand_in({}, **{**END_PROJECT, "went_live": ""}, choice="report") == 200
    assert browser.at.startswith("/a/check/")


def test_a_document_that_is_erased_before_a_report_is_confirmed_is_missed(town: Delivery) -> None:
    browser = come_to(town, "end_stage")
    one = town.has("stage_plan")
    assert browser.hand_in({}, **END_STAGE, choice="report") == 200
    with town.office.store.writing() as tx:
        documents.erase(tx, one.hash)
    assert browser.press() == 409
    assert f"{PLAN_WANTED}. Nothing was counted." in browser.words
    assert town.office.engine.decided[-1].step.endswith("initiation.1"), "nothing was counted"


def test_under_an_edition_whose_gates_ask_for_none_nothing_is_wanted(office: Office) -> None:
    asks_for_nothing(office)
    town = begun(office)
    browser = come_to(town, "end_stage", **PILOTED)
    assert browser.hand_in({}, **END_STAGE, choice="report") == 200
    gate = town.reading(town.put("gate", *town.project.board, key="gate-1"), SPONSOR)
    assert "The handbook asks for these" not in gate.words
    assert gate.press(True, "/a/read/", choice="authorise") == 200


# --------------------------------------------------------------------------------- the gate


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("authorise", {}),
        (
            "authorise_with_conditions",
            {
                "reason": "Soon",
                "conditions": "Train the staff",
                "condition_owner": MANAGER,
                "condition_by": "2004-12-01",
            },
        ),
    ],
)
def test_a_gate_is_not_authorised_without_its_documents(
    town: Delivery, choice: str, sent: Mapping[str, str]
) -> None:
    town.in_stage()
    town.reported("end_stage", END_STAGE, key="end-stage-1")
    with town.office.store.writing() as tx:
        documents.erase(tx, documents.of_case(tx, town.ref)[-1].hash)
    browser = town.reading(town.put("gate", *town.project.board, key="gate-1"), SPONSOR)
    assert "Not handed in for it: Plan of the next stage. It cannot be authorised without." in browser.words
    assert browser.press(True, "/a/read/", choice=choice, **sent) == 422
    told = (
        f"{PLAN_WANTED}. Its manager, its lead officer or the PMO can hand it in on the page of {town.ref}; "
        "until then it can be returned or put off"
    )
    assert errors(browser) == [("choice", told)]
    town.has("stage_plan", b"Once more")
    assert browser.press(True, "/a/read/", choice=choice, **sent) == 200
    assert browser.press() == 200
    assert town.office.engine.decided[-1].choice == choice


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("return", {"reason": "Hand in the plan"}),
        ("defer", {"reason": "Until it is handed in", **PUT_OFF}),
        ("exception_plan", {"reason": "It is another project by now"}),
        ("close_early", {"reason": "It is lost"}),
        ("abstain", {"reason": "Others know more"}),
    ],
)
def test_a_gate_without_its_documents_can_be_answered_otherwise(
    town: Delivery, choice: str, sent: Mapping[str, str]
) -> None:
    town.in_stage()
    browser = town.reading(town.put("gate", *town.project.board, key="gate-1"), USER)
    assert browser.press(True, "/a/read/", choice=choice, **sent) == 200
    assert browser.press() == 200
    assert town.office.engine.decided[-1].choice == choice


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("gate-start-up", []),
        ("gate-1", ["Plan of the next stage", "Report of the pilot"]),
        ("gate-closure", ["Acceptance by its users"]),
        # Its plan is approved amid a stage, and asks for no other documents.
        ("plan-1", []),
    ],
)
def test_each_gate_goes_by_what_it_asks_for_itself(town: Delivery, key: str, named: list[str]) -> None:
    town.in_stage(**PILOTED)
    browser = town.reading(town.put("gate", *town.project.board, key=key), SUPPLIER)
    refused = browser.press(True, "/a/read/", choice="authorise") == 422
    assert refused is bool(named)
    if named:
        has = "has" if len(named) == 1 else "have"
        assert f"The gate asks for {' and '.join(named)}, which {has} not been handed in" in browser.words


def test_what_is_erased_before_an_authorisation_is_confirmed_is_missed(town: Delivery) -> None:
    town.in_stage()
    one = town.has("stage_plan")
    browser = town.reading(town.put("gate", *town.project.board, key="gate-1"), SPONSOR)
    assert browser.press(True, "/a/read/", choice="authorise") == 200
    with town.office.store.writing() as tx:
        documents.erase(tx, one.hash)
    assert browser.press() == 409
    assert PLAN_WANTED in browser.words
    assert [made for made in town.office.engine.decided if "gate-1" in made.step] == []


def test_srg_does_not_authorise_a_gate_without_its_documents_either(town: Delivery) -> None:
    town.in_stage()
    secretary = town.office.edition.forums["srg"].secretary
    browser = town.reading(town.put("gate_srg", secretary, key="gate-1-srg"), secretary)
    assert browser.press(True, "/a/read/", choice="authorise") == 422
    assert PLAN_WANTED in browser.words
    assert browser.press(True, "/a/read/", choice="return", reason="Hand in the plan") == 200
    town.has("stage_plan")
    again = town.reading(town.put("gate_srg", secretary, key="gate-1-srg"), secretary)
    assert again.press(True, "/a/read/", choice="authorise") == 200
