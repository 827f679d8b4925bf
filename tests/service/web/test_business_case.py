"""The business case on the pages of a project: asked for with the mandate, and shown whole from then on."""

import pytest

from service.store import benefits
from tests.service.web import delivery
from tests.service.web.delivery import MANDATE, SPONSOR, USER, Delivery, papers_for
from tests.service.web.office import Office
from tests.service.web.test_project_reports import errors


@pytest.fixture
def town(office: Office) -> Delivery:
    return delivery.begun(office)


def test_a_mandate_is_not_given_without_what_the_business_case_leaves_out(town: Delivery) -> None:
    browser = town.reading(town.put("mandate", town.project.authority), town.project.authority)
    assert browser.form("/a/read/").fields["benefit_owner_1"] == SPONSOR
    # What it costs to manage is in the proposal.
    assert "management_cost" not in browser.form("/a/read/").fields
    left_out = {"benefit_measure_1": "", "benefit_how_realised_2": ""}
    browser.hand_in(papers_for(browser), choice="report", **(MANDATE | left_out))
    assert errors(browser) == [
        ("benefit_measure_1", "Benefit 1: how it is measured: say it in a line"),
        ("benefit_how_realised_2", "Benefit 2: how it is brought about: say it in words"),
    ]


def test_the_first_gate_and_the_project_show_the_business_case_as_it_is_then(town: Delivery) -> None:
    town.named(benefit_owner_1=USER)
    gate = town.reading(town.put("gate", *town.project.board, key="gate-start-up"), SPONSOR)
    project = town.office.signed_in(SPONSOR)
    project.see(f"/cases/{town.ref}")
    for page in (gate.words, project.words):
        assert "Cost of managing the project £12,000" in page
        assert "Booking at any hour Who sees to it: Budget holder, De Montfort Hall" in page
        assert "How it is measured: Bookings in a month" in page
        assert "How it is brought about: The box office sends callers to the web" in page
    with town.office.store.reading() as tx:
        first = benefits.of_proposal(tx, town.parent)[0].ref
    project.see(f"/cases/{first}")
    assert "Bookings in a month" in project.words
    assert "Who is asked Budget holder, De Montfort Hall" in project.words


def test_later_gates_show_it_no_more(town: Delivery) -> None:
    town.named()
    town.planned()
    step = town.put("gate", *town.project.board, key="gate-initiation")
    assert "Cost of managing the project" not in town.reading(step, SPONSOR).words
