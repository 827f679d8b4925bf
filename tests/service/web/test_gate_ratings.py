"""Gates that end in a rating: asked of the board with its answer, and the worst of what it says counts."""

import pytest

from service.store import projects
from tests.service.web import delivery
from tests.service.web.delivery import SPONSOR, SUPPLIER, USER, Delivery
from tests.service.web.office import Office
from tests.service.web.test_project_reports import errors
from tests.support.activities import done
from workflows.delivery import GateKind, GatePassed, Rag
from workflows.model import Choice

SAID = {
    SPONSOR: {"confidence": "green", "confidence_words": "The box office has seen it work"},
    USER: {
        "confidence": "amber",
        "confidence_words": "The lines are not tested",
        "recommendations": "Test the lines before the hall is told of a day",
    },
}


@pytest.fixture
def town(office: Office) -> Delivery:
    return delivery.begun(office)


def put(town: Delivery, template: str = "gateways", key: str = "gate-start-up") -> str:
    town.named(template=template)
    return town.put("gate", *town.project.board, key=key)


@pytest.mark.parametrize("choice", [Choice.AUTHORISE, Choice.AUTHORISE_WITH_CONDITIONS])
def test_whoever_lets_a_project_through_a_rated_gate_says_how_confident_they_are_and_why(
    town: Delivery, choice: Choice
) -> None:
    browser = town.reading(put(town), SPONSOR)
    assert "Red: unlikely as things are. Say why, whichever it is." in browser.words
    browser.press(True, "/a/read/", choice=choice)
    told = "Confidence of delivery: choose green, amber or red"
    assert ("confidence", told) in errors(browser)
    browser.press(True, "/a/read/", choice=choice, confidence="green")
    told = "Confidence of delivery: you chose green, so say why"
    assert ("confidence_words", told) in errors(browser)


def test_what_sends_a_project_back_needs_no_rating(town: Delivery) -> None:
    step = put(town)
    town.answers(step, SPONSOR, {"reason": "Nobody has asked the hall"}, Choice.RETURN)
    assert town.made(step).answers == {}


@pytest.mark.parametrize(
    ("template", "key"), [("prince2", "gate-start-up"), ("gateways", "plan-1"), ("gateways", "plan-1-srg")]
)
def test_other_gates_ask_for_no_rating(town: Delivery, template: str, key: str) -> None:
    step = put(town, template, key)
    assert "confidence" not in town.reading(step, SPONSOR).form("/a/read/").fields
    town.answers(step, SPONSOR, {}, Choice.AUTHORISE)


def test_the_manager_is_asked_for_no_rating_of_their_own(town: Delivery) -> None:
    town.named(template="gateways")
    browser = town.reading(town.put("initiation", delivery.MANAGER), delivery.MANAGER)
    assert "confidence" not in browser.form("/a/read/").fields


def test_the_worst_rating_counts_as_the_gate_s_and_each_is_shown(town: Delivery) -> None:
    step = put(town)
    for post, said in SAID.items():
        browser = town.reading(step, post)
        browser.press(True, "/a/read/", choice=Choice.AUTHORISE, **said)
        browser.press()
    town.closes(step, Choice.AUTHORISE)
    told = town.told(step)
    passed = GatePassed(case=town.ref, number=1, gate=GateKind.START_UP, stage=0, step=step, at=told.at)
    done(town.course.gate_passed(passed))
    with town.office.store.reading() as tx:
        assert projects.gates(tx, town.ref)[0].rating is Rag.AMBER
    browser = town.office.signed_in(SUPPLIER)
    browser.see(f"/cases/{town.ref}")
    page = browser.words
    assert "Confidence of delivery Amber, the worst of 2 ratings" in page
    assert "Recommendations As below; the executive of the project owns them" in page
    assert "Confidence of delivery: green: The box office has seen it work" in page
    assert "Confidence of delivery: amber: The lines are not tested" in page
    assert "It passed the gate of start-up. Confidence of delivery: amber." in page
