"""Links in letters: what opening, following, forwarding and tampering do (and what they never do)."""

import re
import secrets
from datetime import date, timedelta

import pytest

from service.store import covers, intents, journal, letters, links
from service.store.intents import Intent
from tests.service.web.conftest import settings
from tests.service.web.office import BEGINS, SAME_ORIGIN, Browser, Office
from tests.support.real_time import RealTime
from workflows.model import Choice, Ending, Outcome, State, StepClosing, decision_key

HALL, SPORTS = "bh-dmh", "bh-sports"
FUNDING = "funding-bh-dmh"


@pytest.fixture
def minor(office: Office) -> str:
    """A question about £12,000, for which the link alone is enough; returns the step's id."""
    return office.asked(office.submitted("PROP-01"), "funding-cd-ce")


@pytest.fixture
def major(office: Office) -> str:
    """A question about £84,000, for which a code is asked; returns the step's id."""
    return office.asked(office.submitted("PROP-02"), FUNDING)


FUNDER = "cd-ce"
FUNDING_CE = "funding-cd-ce"


def kinds(office: Office, case: str) -> list[str]:
    with office.store.reading() as tx:
        return [line.kind for line in journal.lines(tx, case)]


# ---------------------------------------------------------------------------- opening


def test_opening_a_link_by_any_method_decides_nothing_and_spends_nothing(office: Office, minor: str) -> None:
    path = office.link(minor, FUNDER)
    scanner = office.browser()
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"):
        scanner.request(method, path)
    assert office.engine.decided == []
    person = office.browser()
    assert person.see(path) == 200
    assert person.press() == 200
    assert person.heading == "Do you approve £12,000 from your budget?"


def test_a_proposal_without_capital_is_asked_for_by_its_revenue(office: Office) -> None:
    costs = {"capital_gbp": 0, "revenue_gbp_per_year": 900000}
    step = office.asked(office.submitted("PROP-01", cost_profile=costs), "funding-cd-ce")
    person = office.browser()
    person.see(office.link(step, FUNDER))
    person.press()
    assert person.heading == (
        "Do you approve your share of £900,000 of revenue a year, with no capital, from your budget?"
    )


def _approved(office: Office, first: str) -> None:
    """Let a funder's question be answered with a yes."""
    with office.store.writing() as tx:
        view = office.step(first)
        intent = Intent(
            key=decision_key(first, 1, FUNDER),
            case=view.case,
            step=first,
            round=1,
            seat=FUNDER,
            person=view.seats[0].holders[0].person,
            post=FUNDER,
            choice=Choice.APPROVE,
            content_hash=view.content_hash,
            shown_hash="5" * 64,
            submitted_at=tx.now,
        )
        intents.submit(tx, intent)
        outcome = Outcome(step=first, ending=Ending.DECIDED, choice=Choice.APPROVE, at=tx.now)
    office.closed(first, StepClosing(step=first, outcome=outcome, unrecorded=(intent.decision(),)))


def test_a_page_says_how_much_of_a_budget_was_approved_here(office: Office) -> None:
    _approved(office, office.asked(office.submitted("PROP-01"), FUNDING_CE))
    second = office.asked(office.submitted("PROP-01"), FUNDING_CE)
    person = office.browser()
    person.see(office.link(second, FUNDER))
    person.press()
    assert "£90,000; committed £43,000, £12,000 of it approved here; £35,000 would remain." in person.words


def test_a_page_and_the_api_say_what_other_proposals_ask_of_a_budget(office: Office) -> None:
    office.asked(office.submitted("PROP-01"), FUNDING_CE)
    ref = office.submitted("PROP-01")
    person = office.browser()
    person.see(office.link(office.asked(ref, FUNDING_CE), FUNDER))
    person.press()
    assert "£90,000; committed £31,000; £47,000 would remain." in person.words
    assert (
        "Other proposals ask for £12,000 of it, and are not answered yet; "
        "with all of them approved, £35,000 would remain." in person.words
    )
    said = office.browser().get(f"/api/v1/cases/{ref}/appraisal", headers=office.token("cd-ce")).json()
    assert said["budgets"] == [
        {
            "post": FUNDER,
            "total": "90000.00",
            "committed": "31000.00",
            "approved_here": "0.00",
            "would_remain": "47000.00",
            "asked_here": "12000.00",
            "would_remain_of_all": "35000.00",
        }
    ]


def test_the_first_page_has_no_case_content_no_cookie_and_no_redirect(office: Office, minor: str) -> None:
    response = office.browser().get(office.link(minor, FUNDER))
    assert response.status_code == 200
    assert "set-cookie" not in response.headers
    assert "Consultation tool kit" not in response.text
    assert "12,000" not in response.text
    assert "<title>Approvals and actions</title>" in response.text
    assert "C••• E•••" in response.text or "•••" in response.text


def test_head_is_a_get_without_its_body_and_options_names_the_methods(office: Office, minor: str) -> None:
    browser, path = office.browser(), office.link(minor, FUNDER)
    head = browser.head(path)
    assert (head.status_code, head.content) == (200, b"")
    options = browser.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, POST, HEAD, OPTIONS")
    assert browser.put(path).status_code == 405


def test_a_scanner_that_presses_every_button_decides_nothing(office: Office, minor: str) -> None:
    scanner = office.browser()
    scanner.see(office.link(minor, FUNDER))
    scanner.press()
    assert scanner.press() == 422
    assert "Choose one of the answers" in scanner.words
    assert office.engine.decided == []


def test_a_reminders_link_and_the_requests_link_lead_to_the_same_question(office: Office, minor: str) -> None:
    first = office.row(minor, FUNDER)
    with office.store.writing() as tx:
        row = letters.get(tx, first.letter)
        assert row is not None
        again = links.reissue(
            tx,
            first.id,
            letters.QueuedLetter(
                **row.model_dump(include=set(letters.QueuedLetter.model_fields) - {"key", "link"}),
                key="reminder",
                link=letters.LinkBinding(
                    round=1, content_hash=first.content_hash, expires=tx.now + timedelta(days=14)
                ),
            ),
        )
        second = links.get(tx, again.link_id or "")
    assert second is not None
    for link in (first, second):
        browser = office.browser()
        assert browser.see(office.links.to(link.id, link.kid)) == 200
        assert browser.press() == 200


# -------------------------------------------------------------------------- tampering


def test_every_link_with_a_bit_changed_gets_the_very_same_page(office: Office, minor: str) -> None:
    browser, path = office.browser(), office.link(minor, FUNDER)
    kid, link_id, mac = path.removeprefix("/a/").split(".")
    bad = [
        f"{kid}.{link_id}.{mac[:-1]}{'0' if mac[-1] != '0' else '1'}",
        f"{kid}.{'0' * 32}.{mac}",
        f"x{kid}.{link_id}.{mac}",
        f"{kid}.{link_id}.{mac[:-2]}",
        f"{kid}.{link_id}.{mac}aa",
        f"{kid}.{link_id}",
        "nothing",
        f"{kid}.{link_id}.{mac.upper()}",
    ]
    pages = {
        (response.status_code, response.text) for response in (browser.get(f"/a/{token}") for token in bad)
    }
    assert len(pages) == 1
    assert pages.pop()[0] == 404


def test_bad_links_are_answered_only_so_often_with_the_same_page(office: Office) -> None:
    browser = office.browser()
    answers = [browser.get(f"/a/{secrets.token_hex(8)}") for _ in range(61)]
    assert [answer.status_code for answer in answers[-2:]] == [404, 429]
    assert answers[0].text == answers[-1].text


def test_a_session_opens_no_other_link_than_the_ones_it_followed(office: Office, minor: str) -> None:
    other = office.asked(office.submitted("PROP-02"), "funding-bh-sports")
    browser = office.browser()
    browser.see(office.link(minor, FUNDER))
    browser.press()
    foreign = office.row(other, SPORTS).id
    for path in (f"/a/read/{foreign}", f"/a/code/{foreign}", f"/a/done/{foreign}", f"/a/check/{foreign}/x"):
        assert browser.get(path).status_code == 404
    assert "attempt.refused" in kinds(office, office.step(other).case)


def test_a_page_of_a_link_is_unknown_to_a_browser_that_followed_none(office: Office, minor: str) -> None:
    assert office.browser().get(f"/a/read/{office.row(minor, FUNDER).id}").status_code == 404


# ---------------------------------------------------------------------------- session


def test_continuing_gives_a_new_session_and_a_planted_one_is_powerless(office: Office, minor: str) -> None:
    attacker = office.browser()
    attacker.see(office.link(minor, FUNDER))
    attacker.press()
    planted = attacker.cookies["sid"]
    victim = office.browser()
    victim.cookies.set("sid", planted)
    victim.see(office.link(minor, FUNDER))
    response = victim.post(
        victim.form().action, data=victim.form().hidden, headers=SAME_ORIGIN, follow_redirects=False
    )
    assert response.status_code == 303
    assert planted not in response.headers["set-cookie"]
    assert attacker.get(f"/a/read/{office.row(minor, FUNDER).id}").status_code == 403


def test_the_address_after_continuing_has_no_link_in_it(office: Office, minor: str) -> None:
    browser = office.browser()
    browser.see(office.link(minor, FUNDER))
    browser.press()
    assert browser.at == f"/a/read/{office.row(minor, FUNDER).id}"


# --------------------------------------------------------------- expired, renewed, retired


def test_an_expired_link_offers_a_new_one_to_the_approver_of_record_only(office: Office, minor: str) -> None:
    office.days_pass(15)
    browser = office.browser()
    assert browser.see(office.link(minor, FUNDER)) == 410
    assert browser.heading == "This link has expired"
    with browser:
        assert browser.press() == 200
    assert browser.heading == "A new link is on its way"
    letter = office.mail.sent[0]
    assert office.row(minor, FUNDER).address in str(letter["To"])
    fresh = re.search(r"http://approvals\.example(/a/\S+)", office.mail.text)
    assert fresh is not None
    again = office.browser()
    assert again.see(fresh[1]) == 200
    assert again.press() == 200


@pytest.mark.parametrize(("days", "left"), [(8, ["line", "pmo"]), (15, [])])
def test_a_letter_with_a_new_link_is_as_of_today_and_threatens_nothing_that_has_passed(
    office: Office, minor: str, days: int, left: list[str]
) -> None:
    path = office.link(minor, FUNDER)
    rotated = Office(
        office.store, settings(office.settings.data_dir, secret_keys="other:" + "A" * 43), office.edition
    )
    rotated.days_pass(days)
    browser = rotated.browser()
    browser.see(path)
    with browser:
        assert browser.press() == 200
    with office.store.reading() as tx:
        *_, again = (row.props for row in letters.of_step(tx, minor) if row.kind == "request")
        assert again["written"] == tx.today.isoformat()
    assert [one["then"] for one in again["if_silent"]] == left


def test_a_letter_with_a_new_link_tells_the_money_and_the_views_of_its_day(
    office: Office, minor: str
) -> None:
    ref = minor.partition(".")[0]
    _approved(office, office.asked(office.submitted("PROP-01"), FUNDING_CE))
    office.settled(office.asked(ref, "notification"), "heads-of-ict-secretary", Choice.NOTE)
    office.days_pass(15)
    browser = office.browser()
    browser.see(office.link(minor, FUNDER))
    with browser:
        assert browser.press() == 200
    with office.store.reading() as tx:
        first, *_, again = (row.props for row in letters.of_step(tx, minor) if row.kind == "request")
    committed = [letter["budget"]["committed"] for letter in (first, again)]
    assert committed == ["31000.00", "43000.00"]
    assert first["so_far"] == []
    assert [(answer["who"], answer["choice"]) for answer in again["so_far"]] == [
        ("Heads of ICT Group", "note")
    ]


def test_whoever_is_covered_and_asks_for_a_new_link_is_asked(office: Office) -> None:
    office.covers(FUNDER, by="cd-sch", until=date(2004, 9, 20))
    step = office.asked(office.submitted("PROP-01"), FUNDING_CE)
    path = office.link(step, FUNDER)
    office.days_pass(15)
    browser = office.browser()
    with browser:
        browser.see(path)
        assert browser.press() == 200
    with office.store.reading() as tx:
        told = [row for row in letters.of_step(tx, step) if row.person == office.holder(FUNDER)]
    assert [row.kind for row in told] == ["covered", "request"]
    assert "covers for you" not in office.mail.text
    assert "Chief Executive's department sponsor" in office.mail.text


def _covered_no_more(office: Office) -> None:
    with office.store.writing() as tx:
        covered = office.holder(FUNDER)
        covers.ended(tx, covered, tx.today - timedelta(days=1), by=covered)


def test_whoever_covers_no_more_is_offered_and_sent_no_new_link(office: Office) -> None:
    office.covers(FUNDER, by="cd-sch", until=date(2004, 9, 30))
    path = office.link(office.asked(office.submitted("PROP-01"), FUNDING_CE), "cd-sch")
    office.days_pass(15)
    browser = office.browser()
    with browser:
        browser.see(path)
        assert browser.heading == "This link has expired"
        _covered_no_more(office)
        assert browser.press() == 410
    assert office.mail.sent == []
    browser.see(path)
    assert browser.heading == "This is now for somebody else"
    assert "new link" not in browser.words


def test_whoever_covers_no_more_is_sent_no_link_to_a_later_version(office: Office) -> None:
    office.covers(FUNDER, by="cd-sch", until=date(2004, 9, 30))
    ref = office.submitted("PROP-01")
    step = office.asked(ref, FUNDING_CE)
    path = office.link(step, "cd-sch")
    returned = Outcome(step=step, ending=Ending.DECIDED, choice=Choice.RETURN, at=BEGINS)
    office.closed(step, StepClosing(step=step, outcome=returned))
    office.became(ref, State.RETURNED)
    office.resubmitted(ref, title="Consultation tool kit, smaller")
    office.asked(ref, FUNDING_CE, 2)
    browser = office.browser()
    with browser:
        browser.see(path)
        assert "Send me a new link" in browser.words
        _covered_no_more(office)
        assert browser.press() == 409
    assert office.mail.sent == []
    browser.see(path)
    assert "Send me a new link" not in browser.words


def test_a_fourth_new_link_within_the_hour_is_refused(office: Office, minor: str) -> None:
    office.days_pass(15)
    browser, path = office.browser(), office.link(minor, FUNDER)
    with browser:
        statuses = []
        for _ in range(4):
            browser.see(path)
            statuses.append(browser.press())
    assert statuses == [200, 200, 200, 429]


def test_a_link_whose_key_is_retired_gets_the_page_of_an_expired_one(office: Office, minor: str) -> None:
    path = office.link(minor, FUNDER)
    rotated = settings(office.settings.data_dir, secret_keys="other:" + "A" * 43)
    retired = Office(office.store, rotated, office.edition)
    browser = retired.browser()
    assert browser.see(path) == 410
    assert browser.heading == "This link has expired"


def test_saying_that_a_link_is_not_for_me_is_noted_and_reassigns_nothing(office: Office, minor: str) -> None:
    browser = office.browser()
    path = office.link(minor, FUNDER)
    browser.see(f"{path}/not-me")
    assert browser.press() == 200
    assert "The programme office has been told" in browser.heading
    assert "attempt.refused" in kinds(office, office.step(minor).case)
    assert office.browser().see(path) == 200


def test_the_pmo_is_told_once_that_a_letter_went_to_the_wrong_person(office: Office, minor: str) -> None:
    with office.browser() as browser:
        for _ in range(2):
            browser.see(f"{office.link(minor, FUNDER)}/not-me")
            browser.press()
    (letter,) = office.mail.sent
    assert "wrong person" in str(letter["Subject"])
    assert office.edition.posts[office.edition.roles["pmo"]].email in str(letter["To"])
    assert "/a/" not in office.mail.text


# ------------------------------------------------------------------------------- code


def test_whose_an_answered_question_is_nobody_is_asked_to_find_out(office: Office, minor: str) -> None:
    path, browser = office.link(minor, FUNDER), office.browser()
    browser.see(f"{path}/not-me")
    waiting = browser.page
    browser.see(path)
    browser.press()
    browser.press(choice="approve")
    browser.press()
    assert browser.see(path) == 200
    assert "This is not for me" not in browser.words
    assert browser.see(f"{path}/not-me") == 200
    assert "you have answered" in browser.words
    browser.page = waiting
    assert browser.press() == 200
    assert "you have answered" in browser.words
    with office.store.reading() as tx:
        lines = [line.kind for line in journal.lines(tx, minor.partition(".")[0])]
        told = [row for row in letters.of_case(tx, minor.partition(".")[0]) if row.kind == "stuck"]
    assert "attempt.refused" not in lines
    assert told == []


def test_a_larger_sum_needs_the_code_that_is_sent_to_the_address_in_the_handbook(
    office: Office, major: str
) -> None:
    with office.browser() as browser:
        browser.see(office.link(major, HALL))
        assert browser.press() == 200
        assert browser.heading == "Enter the code we sent you"
        assert "84,000" not in browser.page
    assert str(office.mail.sent[0]["To"]).endswith(f"<{office.edition.posts[HALL].email}>")
    assert browser.press(code=office.mail.code) == 200
    assert browser.heading == "Do you approve £84,000 from your budget?"


def test_nothing_of_the_case_is_reached_without_the_code(office: Office, major: str) -> None:
    browser = _at_code(office, major)
    link = office.row(major, HALL).id
    for path in (f"/a/read/{link}", f"/a/check/{link}/x", f"/a/done/{link}"):
        assert browser.get(path).headers["location"] == f"/a/code/{link}"
    refused = browser.post(
        f"/a/read/{link}", data={**browser.form().hidden, "choice": "approve"}, headers=SAME_ORIGIN
    )
    assert refused.headers["location"] == f"/a/code/{link}"


def test_a_code_works_once_for_ten_minutes_and_in_its_own_browser(
    office: Office, major: str, real: RealTime
) -> None:
    first = _at_code(office, major)
    code = office.mail.code
    stranger = _at_code(office, major)
    assert stranger.press(code=code) == 422
    real.passes(minutes=11)
    assert first.press(code=code) == 422
    third = _at_code(office, major)
    assert third.press(code=office.mail.code) == 200


def test_a_code_that_comes_too_late_is_not_shown_again(office: Office, major: str, real: RealTime) -> None:
    browser = _at_code(office, major)
    real.passes(minutes=31)
    assert browser.press(code="123 456") == 403
    assert "123 456" not in browser.page
    assert browser.heading == "You have been away for too long"


def test_a_code_for_one_link_is_no_use_for_another(office: Office, major: str) -> None:
    other = office.asked(office.submitted("PROP-02"), FUNDING)
    browser = _at_code(office, major)
    code = office.mail.code
    with browser:
        browser.see(office.link(other, HALL))
        browser.press()
    assert browser.at.startswith("/a/code/")
    assert browser.press(code=code) == 422


def test_five_wrong_codes_lock_that_code_and_nobody_else(office: Office, major: str) -> None:
    browser = _at_code(office, major)
    right = office.mail.code
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert [browser.press(code=wrong) for _ in range(5)] == [422] * 5
    assert browser.press(code=right) == 422
    other = office.asked(office.step(major).case, "funding-bh-sports")
    assert _at_code(office, other, SPORTS).press(code=office.mail.code) == 200


@pytest.mark.parametrize("known", [True, False], ids=["still named", "named no more"])
def test_whoever_has_left_is_asked_for_no_code(office: Office, major: str, known: bool) -> None:
    browser = _at_code(office, major)
    sent, leaver = len(office.mail.sent), office.holder(HALL)
    office.leaves(leaver)
    if not known:
        office.forgets(leaver)
    page = browser.page
    assert browser.see(browser.at) == 410
    browser.page = page
    assert browser.press(True, "/again") == 410
    assert len(office.mail.sent) == sent


def test_a_fourth_code_within_a_quarter_of_an_hour_is_refused(office: Office, major: str) -> None:
    browser = _at_code(office, major)
    with browser:
        assert [browser.press(True, "/again") for _ in range(3)] == [200, 200, 429]


def test_after_one_code_the_browser_decides_on_but_still_needs_each_link(office: Office, major: str) -> None:
    other = office.asked(office.submitted("PROP-02"), FUNDING)
    browser = _at_code(office, major)
    browser.press(code=office.mail.code)
    assert browser.get(f"/a/read/{office.row(other, HALL).id}").status_code == 404
    browser.see(office.link(other, HALL))
    assert browser.press() == 200
    assert browser.at.startswith("/a/read/")


def _at_code(office: Office, step: str, post: str = HALL) -> Browser:
    browser = office.browser()
    with browser:
        browser.see(office.link(step, post))
        browser.press()
    assert browser.at.startswith("/a/code/"), browser.words
    return browser
