"""Until when an approval is good, wherever a case is told: page, list, API and decision record."""

from datetime import date

import pytest

from tests.service.web.office import BEGINS, Office
from tests.support.activities import done
from workflows.model import Becoming, Ending, Expiring, Outcome, StepClosing

UNTIL = date(2005, 9, 13)


@pytest.fixture(params=["PROP-01", "PROP-02"], ids=["minor", "major"])
def ref(office: Office, request: pytest.FixtureRequest) -> str:
    """An approved proposal that is good for a year."""
    ref = office.submitted(request.param)
    becoming = Becoming(case=ref, state="approved", at=BEGINS, number=1, valid_until=UNTIL)
    done(office.course.became(becoming))
    if request.param == "PROP-01":
        office.asked(ref, "completion")
    return ref


def test_a_case_says_until_when_its_approval_is_good_and_what_uses_it(office: Office, ref: str) -> None:
    pmo = office.signed_in("corp-projects-manager")
    for path in (f"/cases/{ref}", "/cases"):
        pmo.see(path)
        assert "The approval is valid until Tuesday 13 September 2005, and lapses unless" in pmo.words
    pmo.see(f"/cases/{ref}")
    used = "completion is confirmed by then." in pmo.words or "its project has begun by then." in pmo.words
    assert used
    assert "It became: approved, valid until 13 September 2005." in pmo.words


def test_the_api_and_the_decision_record_say_it_too(office: Office, ref: str) -> None:
    token = office.token("corp-projects-manager", "read:case")
    browser = office.browser()
    assert browser.get(f"/api/v1/cases/{ref}", headers=token).json()["valid_until"] == "2005-09-13"
    assert browser.get("/api/v1/cases", headers=token).json()["items"][0]["valid_until"] == "2005-09-13"
    record = browser.get(f"/api/v1/cases/{ref}/decision-record", headers=token).json()
    assert record["valid_until"] == "2005-09-13"
    pmo = office.signed_in("corp-projects-manager")
    pmo.see(f"/cases/{ref}/decision-record")
    assert "Valid until Tuesday 13 September 2005" in pmo.words


def test_the_record_tells_the_warning_and_once_it_is_over_nothing_is_said_to_be_valid(
    office: Office, ref: str
) -> None:
    done(office.course.expiring(Expiring(case=ref, number=1, valid_until=UNTIL, at=BEGINS)))
    done(office.course.became(Becoming(case=ref, state="lapsed", at=BEGINS, number=2)))
    pmo = office.signed_in("corp-projects-manager")
    pmo.see(f"/cases/{ref}")
    assert "were warned that the approval lapses after 13 September 2005." in pmo.words
    assert "The approval is valid until" not in pmo.words
    pmo.see(f"/cases/{ref}/decision-record")
    assert "Since then Lapsed" in pmo.words
    assert "Valid until" not in pmo.words
    token = office.token("corp-projects-manager", "read:case")
    assert pmo.get(f"/api/v1/cases/{ref}", headers=token).json()["valid_until"] is None


def test_a_case_without_an_approval_has_no_such_day(office: Office) -> None:
    ref = office.submitted("PROP-01")
    token = office.token("corp-projects-manager", "read:case")
    assert office.browser().get(f"/api/v1/cases/{ref}", headers=token).json()["valid_until"] is None


def test_the_link_to_confirm_says_that_the_approval_has_lapsed(office: Office) -> None:
    ref = office.submitted("PROP-01")
    becoming = Becoming(case=ref, state="approved", at=BEGINS, number=1, valid_until=UNTIL)
    done(office.course.became(becoming))
    step = office.asked(ref, "completion")
    outcome = Outcome(step=step, ending=Ending.WITHDRAWN, at=BEGINS)
    office.closed(step, StepClosing(step=step, outcome=outcome, why="validity"))
    browser = office.browser()
    assert browser.see(office.link(step, "hoict-ce")) == 410
    assert browser.heading == "The approval has lapsed"
    assert "until Tuesday 13 September 2005" in browser.words
