"""Signing in by a code that is mailed, and out again."""

import pytest

from tests.service.web.office import SAME_ORIGIN, Browser, Office
from tests.support.real_time import RealTime


def asking(office: Office, address: str) -> Browser:
    browser = office.browser()
    with browser:
        browser.see("/sign-in")
        browser.press(address=address)
    return browser


@pytest.mark.parametrize("address", ["cd-rc@leicester.example", "  CD-RC@Leicester.Example "])
def test_the_code_that_is_mailed_signs_in(office: Office, address: str) -> None:
    browser = asking(office, address)
    before = browser.cookies["sid"]
    assert browser.press(code=office.mail.code) == 200
    assert browser.at == "/work"
    assert browser.cookies["sid"] != before
    assert "Corporate Director, Regeneration and Culture" in browser.words


def test_known_and_unknown_people_get_the_very_same_answer(office: Office) -> None:
    known, unknown = asking(office, "cd-rc@leicester.example"), asking(office, "nobody@leicester.example")
    assert known.page == unknown.page
    assert len(office.mail.sent) == 1


def test_an_unknown_person_cannot_guess_a_way_in(office: Office) -> None:
    browser = asking(office, "nobody@leicester.example")
    assert browser.press(code="000000") == 422
    assert browser.get("/work").status_code == 303


def test_the_code_goes_to_the_address_in_the_handbook_and_not_the_one_typed(office: Office) -> None:
    asking(office, "ＣＤ-RC@leicester.example")
    assert str(office.mail.sent[0]["To"]).endswith("<cd-rc@leicester.example>")


def test_whoever_holds_two_posts_gets_the_code_in_the_mailbox_they_named(office: Office) -> None:
    asking(office, "head-of-profession@leicester.example")
    assert str(office.mail.sent[0]["To"]).endswith("<head-of-profession@leicester.example>")


def test_the_code_works_only_in_the_browser_that_asked(office: Office) -> None:
    asking(office, "cd-rc@leicester.example")
    code = office.mail.code
    other = asking(office, "cd-rad@leicester.example")
    assert other.press(code=code) == 422


def test_without_asking_no_code_works(office: Office) -> None:
    browser = office.browser()
    browser.see("/sign-in/code")
    assert browser.press(code="123456") == 422


def test_what_is_no_address_is_told_beside_its_box(office: Office) -> None:
    browser = office.browser()
    browser.see("/sign-in")
    assert browser.press(address="somebody") == 422
    assert "Enter an email address" in browser.words


def test_after_signing_in_one_is_where_one_wanted_to_be(office: Office) -> None:
    browser = office.browser()
    with browser:
        browser.see("/cases")
        browser.press(address="cd-rc@leicester.example")
    browser.press(code=office.mail.code)
    assert browser.at == "/cases"


def test_signing_out_ends_the_session_here_and_there(office: Office) -> None:
    browser = office.signed_in("cd-rc")
    token = browser.cookies["sid"]
    browser.see("/work")
    form = browser.form("/sign-out")
    response = browser.post("/sign-out", data=form.hidden, headers=SAME_ORIGIN)
    assert response.headers["clear-site-data"] == '"cache","cookies","storage"'
    stolen = office.browser()
    stolen.cookies.set("sid", token)
    assert stolen.get("/work").status_code == 303


def test_a_session_left_alone_for_half_an_hour_is_over(office: Office, real: RealTime) -> None:
    browser = office.signed_in("cd-rc")
    real.passes(minutes=20)
    assert browser.get("/work").status_code == 200
    real.passes(minutes=20)
    assert browser.get("/work").status_code == 200
    real.passes(minutes=31)
    assert browser.get("/work").status_code == 303
