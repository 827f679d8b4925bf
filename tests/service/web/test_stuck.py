"""What a fault in Assent holds up: the PMO's page of it, and what the case's own page says."""

from datetime import timedelta

import pytest

from service.store import failing
from service.web import words
from tests.service.web.office import Office

PMO, ADMINISTRATOR = "corp-projects-manager", "pmo"


def fails(office: Office, ref: str, *, minutes: int = 12) -> None:
    with office.store.writing() as tx:
        failing.failed(
            tx,
            f"{ref}/1",
            case=ref,
            doing="asking a question",
            since=tx.real - timedelta(minutes=minutes),
            tries=14,
        )


@pytest.mark.parametrize("post", [PMO, ADMINISTRATOR])
def test_the_pmo_finds_in_the_menu_what_is_stuck_and_for_how_long(office: Office, post: str) -> None:
    browser = office.signed_in(post)
    assert browser.see("/work") == 200
    assert 'href="/stuck"' in browser.page
    assert browser.see("/stuck") == 200
    assert browser.heading == "What is stuck"
    assert "Nothing is stuck." in browser.words
    ref = office.submitted("PROP-02")
    fails(office, ref)
    browser.see("/stuck")
    assert "1 case does not move because of a fault in Assent." in browser.words
    assert f"{ref} Asking a question. 12 minutes 14" in browser.words
    with office.store.writing() as tx:
        failing.works(tx, f"{ref}/1")
    browser.see("/stuck")
    assert "Nothing is stuck." in browser.words


def test_the_page_of_a_case_says_that_a_fault_holds_it_up(office: Office) -> None:
    ref, other = office.submitted("PROP-02"), office.submitted("PROP-01")
    fails(office, ref, minutes=130)
    browser = office.signed_in(PMO)
    browser.see(f"/cases/{ref}")
    assert (
        "It has not moved for 2 hours because of a fault in Assent, which fails at asking a question and "
        "tries again every minute." in browser.words
    )
    browser.see(f"/cases/{other}")
    assert "fault in Assent" not in browser.words


def test_nobody_else_is_shown_the_list(office: Office) -> None:
    browser = office.signed_in("cd-rc")
    browser.see("/work")
    assert 'href="/stuck"' not in browser.page
    assert browser.see("/stuck") == 403


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(3, "3 minutes"), (119, "119 minutes"), (120, "2 hours"), (47 * 60 + 59, "47 hours"), (2880, "2 days")],
)
def test_how_long_something_has_lasted(minutes: int, said: str) -> None:
    assert words.lasting(timedelta(minutes=minutes)) == said
