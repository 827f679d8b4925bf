"""Versions on pages and in the API: what differs, whose answers stand, and what is said before submitting."""

from typing import Any

import pytest

from service.store import drafts
from tests.service.web.office import BEGINS, Browser, Office
from workflows.model import Choice, Ending, Outcome, State, StepClosing

WORDING = {"stakeholders": "Whoever books and pays on the web"}
SMALLER = {"capital_gbp": 60000, "revenue_gbp_per_year": 0, "project_management_gbp": 0}
"""Major still, and with no share for which a code is asked."""
MATERIAL = {"cost_profile": {**SMALLER, "capital_gbp": 64000}}
HALL, SPORTS = "Budget holder, De Montfort Hall", "Budget holder, Sports Services"


def answered(office: Office, ref: str, key: str, post: str, choice: str, round: int = 1) -> str:
    """Ask a question and have it answered on its page; returns the step."""
    step = office.asked(ref, key, round)
    approver = office.browser()
    approver.see(office.link(step, post))
    approver.press()
    assert approver.press(choice=choice, reason="Say how the amount was arrived at") == 200, approver.words
    assert approver.press() == 200, approver.words
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=Choice(choice), at=BEGINS)
    made = tuple(decision for decision in office.engine.decided if decision.step == step)
    office.closed(step, StepClosing(step=step, outcome=outcome, unrecorded=made))
    return step


def returned(office: Office) -> str:
    """A proposal that one funder approved and the other returned."""
    ref = office.submitted("PROP-02", cost_profile=SMALLER)
    office.became(ref, State.WITH_FUNDERS)
    answered(office, ref, "funding-bh-dmh", "bh-dmh", "approve")
    step = answered(office, ref, "funding-bh-sports", "bh-sports", "return")
    office.became(ref, State.RETURNED, 2, because=step)
    return ref


def sponsor_checks(office: Office, ref: str, **changes: Any) -> Browser:
    with office.store.writing() as tx:
        drafts.save(tx, ref, changes)
    browser = office.signed_in("hoict-rc")
    browser.see(f"/proposals/{ref}/check")
    return browser


def test_before_submitting_the_sponsor_reads_that_answers_stand(office: Office) -> None:
    browser = sponsor_checks(office, returned(office), **WORDING)
    assert "What you have changed since version 1" in browser.words
    assert "Nothing material has changed." in browser.words
    assert f"These answers stand, and are not asked for again: {HALL}." in browser.words
    assert "Asked again, although" not in browser.words


def test_before_submitting_the_sponsor_reads_that_a_change_is_material(office: Office) -> None:
    browser = sponsor_checks(office, returned(office), **MATERIAL)
    assert "Capital £60,000 £64,000" in browser.words
    assert "These changes are material: Capital." in browser.words
    assert f"Asked again, although they have answered: {HALL}." in browser.words


def test_whoever_has_come_to_write_it_is_said_to_be_asked_again(office: Office) -> None:
    browser = sponsor_checks(office, returned(office), **WORDING, co_authors=["bh-dmh"])
    assert f"Asked again, although they have answered: {HALL}." in browser.words
    assert "These answers stand" not in browser.words


def test_what_has_not_changed_is_not_submitted_again(office: Office) -> None:
    ref = returned(office)
    told = (
        f"Nothing has changed since version 1. What was asked for: {SPORTS}: “Say how the amount was "
        "arrived at”"
    )
    browser = sponsor_checks(office, ref)
    assert told in browser.words
    assert "What will happen" not in browser.words
    headers = office.token("hoict-rc", "start:case")
    response = office.browser().post(f"/api/v1/proposals/{ref}/submit", headers=headers)
    assert response.status_code == 409
    assert (response.json()["code"], response.json()["detail"]) == ("unchanged", told)
    assert office.engine.resubmitted == []


def test_the_case_tells_which_answer_was_kept_and_whom_it_waits_for(office: Office) -> None:
    ref = returned(office)
    office.resubmitted(ref, **WORDING)
    office.became(ref, State.WITH_FUNDERS, 3)
    step = office.asked(ref, "funding-bh-sports", 2)
    browser = office.signed_in("cd-rc")
    assert browser.see(f"/cases/{ref}") == 200
    assert f"Kept from version 1 (nothing material changed): {HALL} approved" in browser.words
    assert f"On version 1: {SPORTS} returned it for information" in browser.words
    assert f"With {SPORTS} since" in browser.words
    assert "Funding parties Here now" in browser.words
    decider = office.browser()
    decider.see(office.link(step, "bh-sports"))
    decider.press()
    assert "What has changed since version 1" in decider.words
    assert f"{HALL} approved" in decider.words


@pytest.mark.parametrize(
    ("changes", "kept"), [(WORDING, "Nothing of this is material."), (MATERIAL, "Material, so that answers")]
)
def test_the_page_of_versions_tells_what_differs(office: Office, changes: dict[str, Any], kept: str) -> None:
    ref = returned(office)
    office.resubmitted(ref, **changes)
    browser = office.signed_in("cd-rc")
    assert browser.see(f"/cases/{ref}/versions") == 200
    assert "What differs between version 1 and version 2" in browser.words
    assert kept in browser.words
    assert ("Kept from before, because nothing material changed" in browser.words) is (changes is WORDING)
    assert browser.see(f"/cases/{ref}/versions?earlier=2&later=2") == 200
    assert "Choose two different versions." in browser.words
    assert browser.see(f"/cases/{ref}/versions?earlier=&later=") == 200
    assert browser.see(f"/cases/{ref}/versions?earlier=1&later=7") == 404


def test_one_version_differs_from_nothing(office: Office) -> None:
    ref = office.submitted("PROP-02")
    browser = office.signed_in("cd-rc")
    assert browser.see(f"/cases/{ref}/versions") == 200
    assert "There is one version." in browser.words


def test_the_api_tells_versions_and_what_stands(office: Office) -> None:
    ref = returned(office)
    office.resubmitted(ref, **WORDING)
    headers = office.token("cd-rc", "read:case")
    browser = office.browser()
    told = browser.get(f"/api/v1/cases/{ref}/versions?earlier=1&later=2", headers=headers).json()
    assert [version["version"] for version in told["versions"]] == [1, 2]
    assert told["versions"][0]["changes"] == told["versions"][0]["kept"] == []
    assert told["versions"][1]["kept"] == [f"{ref}.funding-bh-dmh.1"]
    (change,) = told["differences"]
    assert change == told["versions"][1]["changes"][0]
    assert (change["what"], change["now"], change["material"]) == (
        "Who is affected",
        WORDING["stakeholders"],
        False,
    )
    decisions = browser.get(f"/api/v1/cases/{ref}", headers=headers).json()["decisions"]
    assert [(made["version"], made["kept_for"]) for made in decisions] == [(1, [2]), (1, [])]
    assert browser.get(f"/api/v1/cases/{ref}/versions?later=9", headers=headers).status_code == 404


def test_the_record_of_the_decision_says_which_answer_was_kept(office: Office) -> None:
    ref = returned(office)
    office.resubmitted(ref, **WORDING)
    step = answered(office, ref, "funding-bh-sports", "bh-sports", "approve", 2)
    office.became(ref, State.APPROVED, 3, because=step)
    browser = office.signed_in("cd-rc")
    assert browser.see(f"/cases/{ref}/decision-record") == 200
    assert browser.words.count("Kept from version 1 (nothing material changed).") == 1


def test_a_program_compares_two_versions_in_their_order_or_neither(office: Office) -> None:
    ref = returned(office)
    office.resubmitted(ref, **MATERIAL)
    program, token = office.browser(), office.token("cd-rc", "read:case")
    path = f"/api/v1/cases/{ref}/versions"
    forth, back = (
        program.get(f"{path}?earlier={one}&later={other}", headers=token).json()["differences"]
        for one, other in ((1, 2), (2, 1))
    )
    assert forth == back != []
    for half in ("earlier=1", "later=2"):
        answer = program.get(f"{path}?{half}", headers=token)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["message"] == "Give both versions, or neither"


def test_an_action_has_no_business_case(office: Office) -> None:
    action = office.action(office.submitted("PROP-02"))
    headers = office.token("cd-rc", "read:case")
    assert office.browser().get(f"/api/v1/cases/{action}/appraisal", headers=headers).status_code == 404
