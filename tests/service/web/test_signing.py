"""Signing in by a code that is mailed, and out again."""

import re
import time
from statistics import median

import pytest
from httpx2 import Response

from tests.service.web.office import BEGINS, SAME_ORIGIN, Browser, Office
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


KNOWN, UNKNOWN = "cd-rc@leicester.example", "nobody@leicester.example"


def asked(office: Office, address: str) -> tuple[Response, float]:
    """What a new browser is answered when it asks for a code, and the seconds it took."""
    with office.browser() as browser:
        browser.see("/sign-in")
        form = browser.form()
        begun = time.perf_counter()
        answer = browser.post(form.action, data={**form.hidden, "address": address}, headers=SAME_ORIGIN)
        return answer, time.perf_counter() - begun


def told(answer: Response) -> tuple[int, str, list[tuple[str, str]]]:
    """All that an answer tells, without the cookie's own value, which is new each time."""
    headers = [(name, re.sub(r"(?<=sid=)[^;]+", "", value)) for name, value in answer.headers.items()]
    return answer.status_code, answer.text, headers


def test_known_and_unknown_people_get_the_very_same_answers_however_often_they_ask(office: Office) -> None:
    known, unknown = ([told(asked(office, address)[0]) for _ in range(5)] for address in (KNOWN, UNKNOWN))
    assert known == unknown
    assert [status for status, *_ in known] == [303, 303, 303, 429, 429]
    assert len(office.mail.sent) == 3


def test_known_and_unknown_people_see_the_very_same_page_that_asks_for_the_code(office: Office) -> None:
    known, unknown = asking(office, KNOWN), asking(office, UNKNOWN)
    assert known.page == unknown.page
    assert len(office.mail.sent) == 1


@pytest.mark.long
@pytest.mark.parametrize("minutes", [6, 0.2], ids=["as often as is allowed", "too often"])
def test_known_and_unknown_people_wait_as_long_for_the_same_answer(
    office: Office, real: RealTime, minutes: float
) -> None:
    answers: dict[str, list[Response]] = {KNOWN: [], UNKNOWN: []}
    seconds: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for _ in range(200):
        real.passes(minutes=minutes)
        for address in answers:
            answer, took = asked(office, address)
            answers[address].append(answer)
            seconds[address].append(took)
    assert [told(answer) for answer in answers[KNOWN]] == [told(answer) for answer in answers[UNKNOWN]]
    assert abs(median(seconds[KNOWN]) - median(seconds[UNKNOWN])) < 0.005


def test_who_is_known_by_two_mailboxes_is_not_told_by_asking_at_the_other(office: Office) -> None:
    for _ in range(3):
        asking(office, office.edition.posts["head-of-profession"].email)
    posts = office.edition.posts_of(office.holder("head-of-profession"), BEGINS.date())
    other = next(post for post in posts if post != "head-of-profession")
    assert told(asked(office, office.edition.posts[other].email)[0]) == told(asked(office, UNKNOWN)[0])
    assert len(office.mail.sent) == 3


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


def test_whoever_asks_to_sign_in_as_an_approver_keeps_them_from_no_decision(office: Office) -> None:
    step = office.asked(office.submitted("PROP-02"), "funding-bh-dmh")
    answers = [asked(office, office.edition.posts["bh-dmh"].email)[0] for _ in range(4)]
    assert answers[-1].status_code == 429
    with office.browser() as browser:
        browser.see(office.link(step, "bh-dmh"))
        assert browser.press() == 200
    assert browser.press(code=office.mail.code) == 200
    assert browser.heading == "Do you approve £84,000 from your budget?"


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
