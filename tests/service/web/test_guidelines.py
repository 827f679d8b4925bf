"""Returning a proposal because it is outside the guidelines: form, check, receipt and record."""

from datetime import date, timedelta
from typing import Any

import pytest

from service.handbook.edition import Edition, Embargo
from service.store import actions, editions, intents
from tests.service.web.office import BEGINS, Browser, Office
from workflows.model import Choice, Ending, Outcome, State, StepClosing

FUNDER = "cd-ce"
BOX = "I return it because it is outside the guidelines"
RETURNED = {"choice": "return", "reason": "It was bought outside the framework."}


@pytest.fixture
def office(office: Office) -> Office:
    """An office whose handbook names who acts: it had an embargo once, which stops nobody today."""
    over = Embargo(owners=(), since=date(2001, 1, 1), until=date(2001, 12, 31))
    puts(office, headed(office, "chief-executive") | {"embargo": over})
    return office


def headed(office: Office, post: str) -> dict[str, Any]:
    departments = office.edition.departments.items()
    return {"departments": {key: known.model_copy(update={"head": post}) for key, known in departments}}


def puts(office: Office, changes: dict[str, Any]) -> None:
    """Bring a changed handbook into force."""
    office.edition = Edition.model_validate(office.edition.model_copy(update=changes).model_dump())
    rules = office.edition
    with office.store.writing() as tx:
        editions.put(tx, rules.to_json(), organisation=rules.organisation, name=rules.name)


@pytest.fixture
def case(office: Office) -> str:
    return office.submitted("PROP-01")


def deciding(office: Office, case: str, key: str = "funding-cd-ce", post: str = FUNDER) -> Browser:
    browser = office.browser()
    browser.see(office.link(office.asked(case, key), post))
    browser.press()
    assert browser.at.startswith("/a/read/"), browser.words
    return browser


def head(office: Office) -> str:
    head = office.edition.directorate("dept-ce")
    return office.edition.posts[head].title_on(BEGINS.date())


def test_whoever_returns_it_may_say_that_it_is_outside_the_guidelines(office: Office, case: str) -> None:
    browser = deciding(office, case)
    assert BOX in browser.words
    assert f"{head(office)} is asked to bring it within the guidelines" in browser.words
    browser.press(**RETURNED, guidelines="outside")
    assert browser.at.startswith("/a/check/"), browser.words
    assert "Guidelines The proposal is outside them" in browser.words
    assert f"If it is returned, {head(office)} is asked" in browser.words
    browser.press()
    (made,) = office.engine.decided
    assert made.outside_guidelines
    assert "Guidelines: The proposal is outside them" in browser.words

    outcome = Outcome(
        step=made.step, ending=Ending.DECIDED, choice=Choice.RETURN, at=BEGINS + timedelta(hours=1)
    )
    office.closed(made.step, StepClosing(step=made.step, outcome=outcome, unrecorded=(made,)))
    office.became(case, State.RETURNED, because=made.step)
    with office.store.reading() as tx:
        (left,) = actions.of_case(tx, case)
    page = office.signed_in("hoict-ce")
    page.see(f"/cases/{case}")
    for said in (
        left.ref,
        f"{head(office)}, by",
        "returned it for information, as outside the guidelines",
        "Guidelines: The proposal is outside them",
    ):
        assert said in page.words
    answer = office.browser().get(f"/api/v1/cases/{case}", headers=office.token("pmo"))
    told = answer.json()
    assert [one["outside_guidelines"] for one in told["decisions"]] == [True]
    assert [(one["action"], one["state"]) for one in told["conditions"]] == [(left.ref, "agreed")]


def test_it_is_off_unless_they_say_so(office: Office, case: str) -> None:
    browser = deciding(office, case)
    browser.press(**RETURNED)
    assert "Guidelines" not in browser.words
    browser.press()
    assert [made.outside_guidelines for made in office.engine.decided] == [False]
    with office.store.reading() as tx:
        assert intents.decisions_of(tx, case)[0].answers == {}


def test_beside_another_answer_it_is_not_dropped_in_silence(office: Office, case: str) -> None:
    browser = deciding(office, case)
    browser.press(choice="approve", guidelines="outside")
    assert browser.at.startswith("/a/read/")
    assert (
        "You said that it is outside the guidelines, but chose Approve: "
        "choose Return for information, or clear this box"
    ) in browser.words
    browser.press(choice="approve", guidelines="")
    assert browser.at.startswith("/a/check/"), browser.words


def test_where_nobody_would_act_it_is_not_offered_and_what_is_sent_all_the_same_does_not_count(
    office: Office,
) -> None:
    puts(office, headed(office, ""))
    browser = deciding(office, office.submitted("PROP-01"))
    assert BOX not in browser.words
    browser.press(**RETURNED, guidelines="outside")
    browser.press()
    assert [made.outside_guidelines for made in office.engine.decided] == [False]
