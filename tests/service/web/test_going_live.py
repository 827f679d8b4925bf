"""What shares personal data with a partner is not reported as live without an agreement in date (SYS-13)."""

from collections.abc import Mapping
from datetime import date

import pytest

from service.store import provisions
from tests.service.web.delivery import END_STAGE, HIGHLIGHT, MANAGER, Delivery, begun, papers_for
from tests.service.web.office import Browser, Office
from tests.service.web.test_gate_documents import END_PROJECT
from tests.service.web.test_project_reports import errors
from tests.support.activities import done
from workflows.model import Choice

SHARES = {"personal_data": True}
REPORTS: Mapping[str, Mapping[str, str]] = {
    "highlight": HIGHLIGHT,
    "end_stage": END_STAGE,
    "end_project": END_PROJECT,
}
LIVE = {"went_live": "2004-09-13"}


def agreed(town: Delivery, since: str, until: str = "2006-12-31") -> None:
    """Put an agreement on record, as its sponsor does on the page of the proposal."""
    with town.office.store.writing() as tx:
        days = {"since": date.fromisoformat(since), "until": date.fromisoformat(until)}
        provisions.agreed(tx, town.parent, reference="ISA 13", by=town.office.holder("cd-rc"), **days)


def reporting(town: Delivery, kind: str) -> Browser:
    return town.reading(town.put(kind, MANAGER), MANAGER)


def says(browser: Browser, kind: str, choice: str = Choice.REPORT, **more: str) -> int:
    """Report with all that the page asks for."""
    return browser.hand_in(papers_for(browser), choice=choice, **{**REPORTS[kind], **LIVE, **more})


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        ("highlight", "report"),
        ("highlight", "stage_done"),
        ("end_stage", "report"),
        ("end_project", "report"),
    ],
)
def test_no_report_says_that_it_is_live_before_there_is_an_agreement(
    office: Office, kind: str, choice: str
) -> None:
    town = begun(office, sharing=SHARES)
    town.in_stage()
    browser = reporting(town, kind)
    assert says(browser, kind, choice) == 422
    assert [anchor for anchor, _ in errors(browser)] == ["went_live"]
    assert (
        "It shares personal data with a partner, and no information sharing agreement was in date on "
        "13 September 2004. It cannot go live without one, so it cannot be reported as live on that day. Its "
        f"sponsor or lead officer can record an agreement on the page of {town.parent}; then answer again"
        in browser.words
    )
    sponsor = office.signed_in("cd-rc")
    sponsor.see(f"/cases/{town.parent}/agreement")
    begins = {"since-day": "1", "since-month": "9", "since-year": "2004"}
    ends = {"until-day": "31", "until-month": "8", "until-year": "2006"}
    assert sponsor.press(reference="ISA 12", **begins, **ends) == 200
    assert says(browser, kind, choice) == 200
    assert browser.press() == 200
    assert town.office.engine.decided[-1].choice == choice


@pytest.mark.parametrize(
    ("since", "until", "taken"),
    [
        ("2004-09-14", "2006-12-31", False),
        ("2004-01-01", "2004-09-12", False),
        ("2004-09-13", "2004-09-13", True),
    ],
)
def test_the_agreement_has_to_be_in_date_on_the_day_that_it_went_live(
    office: Office, since: str, until: str, taken: bool
) -> None:
    town = begun(office, sharing=SHARES)
    town.in_stage()
    agreed(town, since, until)
    assert (says(reporting(town, "highlight"), "highlight") == 200) is taken


@pytest.mark.parametrize("sharing", [None, {"personal_data": False}])
def test_what_shares_nothing_goes_live_without(office: Office, sharing: Mapping[str, bool] | None) -> None:
    town = begun(office, **({"sharing": sharing} if sharing else {}))
    town.in_stage()
    assert says(reporting(town, "highlight"), "highlight") == 200


def test_reports_that_say_nothing_of_going_live_are_taken_meanwhile(office: Office) -> None:
    town = begun(office, sharing=SHARES)
    town.in_stage()
    assert says(reporting(town, "highlight"), "highlight", went_live="") == 200


def test_the_day_that_is_on_record_stays_and_another_is_looked_at_anew(office: Office) -> None:
    town = begun(office, sharing=SHARES)
    town.in_stage()
    agreed(town, "2004-09-13", "2004-09-13")
    step = town.put("highlight", MANAGER)
    town.answers(step, MANAGER, {**HIGHLIGHT, **LIVE})
    done(town.course.reported(town.told(step, stage=1)))
    office.days_pass(2)
    browser = reporting(town, "highlight")
    assert says(browser, "highlight", went_live="2004-09-14", forecast_go_live="") == 422
    assert [anchor for anchor, _ in errors(browser)] == ["went_live"]
    assert says(browser, "highlight", forecast_go_live="") == 200
