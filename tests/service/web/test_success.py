"""What success looks like: said with the plan, and asked about at closure and in the review."""

import pytest

from service.store.intents import SAID, Answered
from tests.service.web import delivery
from tests.service.web.delivery import END_STAGE, MANAGER, Delivery, papers_for
from tests.service.web.office import Office
from tests.service.web.test_project_reports import errors

SUCCESS = "Half of all bookings are made on the web"
CLOSED = {
    "went_live": "2004-09-13",
    "final_cost": "152,000",
    "objectives": "met",
    "handover": "To the hall",
    "lessons": "Ask early",
}


@pytest.fixture
def town(office: Office) -> Delivery:
    return delivery.begun(office)


def planned(town: Delivery, **more: str) -> None:
    town.named()
    step = town.put("initiation", MANAGER)
    town.answers(step, MANAGER, delivery.PLAN | more)


def test_what_the_plan_calls_success_is_asked_about_at_closure(town: Delivery) -> None:
    planned(town, success=SUCCESS)
    step = town.put("end_project", MANAGER, key="end-project")
    browser = town.reading(step, MANAGER)
    assert f"The plan says: {SUCCESS}" in browser.words
    browser.hand_in(papers_for(browser), choice="report", **CLOSED)
    assert errors(browser) == [("succeeded", "Whether success came about: choose one")]
    browser.press(True, "/a/read/", choice="report", **CLOSED, succeeded="met")
    assert browser.at.startswith("/a/check/")


def test_it_is_asked_about_in_the_review(town: Delivery) -> None:
    planned(town, success=SUCCESS)
    step = town.put("review", MANAGER, case=town.parent)
    assert f"The plan says: {SUCCESS}" in town.reading(step, MANAGER).words


def test_a_plan_that_does_not_say_it_leaves_nothing_to_ask(town: Delivery) -> None:
    planned(town)
    town.answers(town.put("end_project", MANAGER, key="end-project"), MANAGER, CLOSED)


def test_an_end_stage_report_says_what_crosses_the_boundary_where_there_is_something(town: Delivery) -> None:
    town.in_stage()
    more = {
        "across": "The training of the staff",
        "benefits_reviewed": "Fewer calls: it can still be had",
        "causes": "Two people left the supplier",
    }
    step, _ = town.reported("end_stage", END_STAGE | more, key="end-stage-1")
    answers = town.made(step).answers
    assert {name: answers[name] for name in more} == {
        name: Answered(value=SAID, text=text) for name, text in more.items()
    }
