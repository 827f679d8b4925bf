"""Writing a proposal page by page, and submitting it once."""

import re
from typing import Any

import pytest

from service import proposals
from service.handbook import Edition
from service.store import cases, drafts
from service.web import tasks
from tests.service.web.office import SAME_ORIGIN, Browser, Office, proposal
from workflows.model import State

PAGES: dict[str, dict[str, str]] = {
    "about": {
        "title": "Consultation tool kit",
        "summary": "One tool in place of separate questionnaires",
        "department": "dept-ce",
        "size": "minor",
        "decision_needed_by-day": "30",
        "decision_needed_by-month": "11",
        "decision_needed_by-year": "2004",
    },
    "systems": {"corporate_system.relation": "none"},
    "why": {"why": "Many separate questionnaires"},
    "costs": {
        "cost_profile.capital_gbp": "12,000",
        "cost_profile.revenue_gbp_per_year": "1500",
        "cost_profile.project_management_gbp": "1000",
    },
    "years": {},
    "payers": {"funding_parties.0.post": "cd-ce", "funding_parties.0.share_percent": "100"},
    "benefits": {"benefits.0.title": "Wider engagement"},
    "people": {"sponsor_post": "cd-ce", "lead_post": "hoict-ce"},
    "stakeholders": {"stakeholders": "Everybody who is asked"},
    "data": {"personal_data": "no"},
    "system": {"system_kind": "web"},
    "services": {"shared_services.authentication": "shared"},
    "equality": {
        f"equality.{key}": "No effect"
        for key in (
            "race",
            "religion",
            "ethnic-origin",
            "age",
            "gender",
            "physical-ability",
            "financial-ability",
        )
    },
    "continuity": {"continuity.provision": "Restored elsewhere", "continuity.recovery_hours": "48"},
    "addresses": {"addresses.held": "no"},
    "partners": {"partners.0.name": "Health Authority", "partners.0.result": "It joins in"},
    "sharing": {"sharing.personal_data": "no"},
    "standards": {f"standards.{key}": "met" for key in ("BS7666", "e-GIF", "WCAG", "PRO")},
}


@pytest.fixture
def sponsor(office: Office) -> Browser:
    return office.signed_in("hoict-ce")


def started(sponsor: Browser) -> str:
    sponsor.see("/proposals")
    assert sponsor.press() == 200
    return sponsor.at.removeprefix("/proposals/")


def fill(sponsor: Browser, ref: str, edition: Edition) -> None:
    answers = {f"p{number:02}": "met" for number in range(1, 15)}
    for task in tasks.tasks(edition):
        for page in task.pages:
            sponsor.see(f"/proposals/{ref}/edit/{page.key}")
            given = PAGES.get(page.key) or {page.fields[0]: answers.get(page.key, "")}
            assert sponsor.press(**given) == 200, sponsor.words


def test_a_proposal_is_written_page_by_page_and_submitted(
    office: Office, sponsor: Browser, edition: Edition
) -> None:
    ref = started(sponsor)
    assert "of 8 tasks are complete" in sponsor.words
    fill(sponsor, ref, edition)
    sponsor.see(f"/proposals/{ref}")
    assert "8 of 8 tasks are complete" in sponsor.words
    sponsor.see(f"/proposals/{ref}/check")
    assert "What will happen" in sponsor.words
    assert "Heads of ICT Group at the meeting of Wednesday 13 October 2004" in sponsor.words
    assert "(clause FUND-1)." in sponsor.words
    assert ". (clause" not in sponsor.words
    assert "Submit by Wednesday 6 October 2004 for the Heads of ICT Group" in sponsor.words
    assert sponsor.press() == 200
    assert sponsor.at == f"/cases/{ref}"
    assert office.engine.started == [ref]
    with office.store.reading() as tx:
        case = cases.get(tx, ref)
    assert (case.title, f"{case.capital:.2f}", case.state) == (
        "Consultation tool kit",
        "12000.00",
        "submitted",
    )


def test_pressing_submit_again_finds_the_case(office: Office, sponsor: Browser, edition: Edition) -> None:
    ref = started(sponsor)
    fill(sponsor, ref, edition)
    sponsor.see(f"/proposals/{ref}/check")
    form = sponsor.form()
    answers = [sponsor.post(form.action, data=form.hidden, headers=SAME_ORIGIN) for _ in range(3)]
    assert {answer.headers["location"] for answer in answers} == {f"/cases/{ref}"}
    assert office.engine.started == [ref]


def test_what_somebody_changed_after_the_check_is_checked_again_before_it_is_submitted(
    office: Office, sponsor: Browser, edition: Edition
) -> None:
    ref = started(sponsor)
    fill(sponsor, ref, edition)
    sponsor.see(f"/proposals/{ref}/check")
    with office.store.writing() as tx:
        drafts.save(tx, ref, {"title": "Somebody was faster"})
    assert sponsor.press() == 409
    assert "was changed after you opened this page, so it was not submitted" in sponsor.words
    assert "Somebody was faster" in sponsor.words
    assert office.engine.started == []
    assert sponsor.press() == 200
    assert "after you opened this page" not in sponsor.words
    assert office.engine.started == [ref]


def test_what_cannot_be_read_is_told_beside_its_box_and_at_the_top(sponsor: Browser) -> None:
    ref = started(sponsor)
    sponsor.see(f"/proposals/{ref}/edit/costs")
    assert sponsor.press(**{"cost_profile.capital_gbp": "-5"}) == 422
    assert "There is a problem" in sponsor.words
    assert 'href="#cost_profile-capital_gbp"' in sponsor.page
    assert 'id="cost_profile-capital_gbp"' in sponsor.page
    assert 'value="-5"' in sponsor.page


def test_a_draft_may_be_left_and_taken_up_again(office: Office, sponsor: Browser) -> None:
    ref = started(sponsor)
    sponsor.see(f"/proposals/{ref}/edit/about")
    sponsor.press(title="Half a thought")
    again = office.signed_in("hoict-ce")
    again.see("/proposals")
    assert "Half a thought" in again.words
    again.see(f"/proposals/{ref}")
    assert "About it Incomplete" in again.words


def test_everything_still_needed_is_listed_with_the_page_that_asks_for_it(sponsor: Browser) -> None:
    ref = started(sponsor)
    assert sponsor.see(f"/proposals/{ref}/check") == 200
    assert "still needed" in sponsor.words
    assert f'href="/proposals/{ref}/edit/about"' in sponsor.page
    assert f'href="/proposals/{ref}/edit/p14"' in sponsor.page


def test_shares_that_do_not_make_a_whole_are_told_with_their_sum(sponsor: Browser) -> None:
    ref = started(sponsor)
    sponsor.see(f"/proposals/{ref}/edit/payers")
    sponsor.press(**{"funding_parties.0.post": "cd-ce", "funding_parties.0.share_percent": "60"})
    sponsor.see(f"/proposals/{ref}/check")
    assert "Shares add up to 60%" in sponsor.words


def test_two_who_write_at_once_do_not_overwrite_each_other(office: Office, sponsor: Browser) -> None:
    ref = started(sponsor)
    sponsor.see(f"/proposals/{ref}/edit/why")
    with office.store.writing() as tx:
        drafts.save(tx, ref, {"title": "Somebody was faster"})
    assert sponsor.press(why="Mine") == 409


def test_a_proposal_that_came_by_program_shows_in_the_boxes(office: Office, edition: Edition) -> None:
    draft = office.draft(proposal("PROP-02"), owner="hoict-rc")
    browser = office.signed_in("hoict-rc")
    for task in tasks.tasks(edition):
        for page in task.pages:
            assert browser.see(f"/proposals/{draft.ref}/edit/{page.key}") == 200
            assert browser.press() == 200, browser.words
    with office.store.reading() as tx:
        saved = drafts.get(tx, draft.ref).document
    before = proposals.normalise(proposal("PROP-02"), edition)
    after = proposals.normalise(saved, edition)
    assert before | {"personal_data": None} == after | {"personal_data": None}


def document(office: Office, ref: str) -> dict[str, Any]:
    with office.store.reading() as tx:
        return dict(drafts.get(tx, ref).document)


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_a_bid_can_be_taken_out_again(office: Office, edition: Edition, status: str) -> None:
    bid = {"kind": "capital_bid", "text": "A capital bid", "status": status, "decision_due": "2005-02-28"}
    draft = office.draft({**proposal("PROP-02"), "funding_condition": bid})
    browser = office.signed_in("hoict-rc")
    browser.see(f"/proposals/{draft.ref}/edit/bid")
    assert re.findall(r"<label[^>]*radios__label[^>]*>\s*([^<]+?)\s*<", browser.page)[0] == (
        "The money does not depend on a bid"
    )
    assert browser.press(**{"funding_condition.status": "none"}) == 200
    saved = document(office, draft.ref)
    assert saved["funding_condition"] == {"status": "none"}
    assert proposals.normalise(saved, edition)["funding_condition"] is None
    browser.see(f"/proposals/{draft.ref}/check")
    assert "A capital bid" not in browser.words
    assert "How does the bid stand? The money does not depend on a bid" in browser.words
    assert "What will happen" in browser.words


def test_a_bid_of_which_nobody_says_how_it_stands_is_asked_about(sponsor: Browser) -> None:
    ref = started(sponsor)
    sponsor.see(f"/proposals/{ref}/edit/bid")
    assert sponsor.press(**{"funding_condition.text": "A capital bid"}) == 422
    assert "Say how the bid stands, or that the money does not depend on a bid" in sponsor.words


def test_a_row_is_taken_out_by_emptying_it_whatever_no_is_left_in_it(
    office: Office, sponsor: Browser
) -> None:
    rows = [{"title": "Wider engagement", "cashable": False}, {"title": "Quicker", "measure": "Days"}]
    draft = office.draft({"benefits": rows}, owner="hoict-ce")
    page = f"/proposals/{draft.ref}/edit/benefits"
    sponsor.see(page)
    assert sponsor.press(**{"benefits.0.title": "", "benefits.0.cashable": "no"}) == 200
    assert [row["title"] for row in document(office, draft.ref)["benefits"]] == ["Quicker"]
    sponsor.see(page)
    assert sponsor.press(**{"benefits.0.title": ""}) == 422
    assert "Say what the benefit is, or leave its whole row empty to take it out" in sponsor.words
    assert sponsor.press(**{"benefits.0.measure": ""}) == 200
    assert document(office, draft.ref)["benefits"] == []


def test_what_is_checked_before_submitting_has_its_labels(office: Office) -> None:
    benefit = {"title": "Fewer cars", "cashable": True, "amount_gbp_per_year": "12000", "years": 3}
    draft = office.draft({**proposal("PROP-02"), "benefits": ["Quicker", benefit]})
    browser = office.signed_in("hoict-rc")
    browser.see(f"/proposals/{draft.ref}/check")
    assert (
        "Benefit 1 What will be better? Quicker Benefit 2 What will be better? Fewer cars "
        "Is it money that can be spent on something else? Yes What is it worth a year? £12,000 "
        "For how many years? 3"
    ) in browser.words
    assert "Funding party 1 Post: Budget holder, De Montfort Hall Share of the capital: 60%" in browser.words


def test_every_field_of_a_proposal_is_asked_for_on_one_page(edition: Edition) -> None:
    own = {"shared_services": {"security": "own"}}
    asked = [field for task in tasks.tasks(edition, own) for page in task.pages for field in page.fields]
    assert len(asked) == len(set(asked))
    tops = {field.partition(".")[0] for field in asked}
    known = set(proposals.ProposalDocument.model_fields)
    assert known - tops == {"organisation", "submitted_on", "embargo_exempt", "equality_checklist"}
    assert tops <= known


def test_a_returned_proposal_is_prepared_and_submitted_again(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.became(ref, State.RETURNED)
    browser = office.signed_in("hoict-rc")
    browser.see(f"/cases/{ref}")
    assert "Prepare the next version" in browser.words
    browser.see(f"/proposals/{ref}")
    assert "submit it as version 2" in browser.words
    browser.see(f"/proposals/{ref}/edit/about")
    browser.press(summary="Book and pay on the web")
    browser.see(f"/proposals/{ref}/check")
    browser.press()
    assert office.engine.resubmitted == [(ref, 2)]
