"""Asking one more post to approve a proposal: who may, whom, and what is told of it."""

import asyncio

import pytest

from service import handbook
from service.handbook import Edition
from service.store import approvers, letters
from tests.service.web.office import BEGINS, SAME_ORIGIN, Browser, Office
from tests.service.web.test_boards import votes
from workflows.model import Choice, Ending, Outcome, State, StepClosing

WHY = "The contract runs for seven years"
HR = "Service Director - HR"


def added(office: Office, ref: str, *, by: str = "cd-rc", post: str = "sd-hr", reason: str = WHY) -> Browser:
    browser = office.signed_in(by)
    browser.see(f"/cases/{ref}/approvers")
    browser.press(post=post, reason=reason)
    return browser


def test_a_post_is_chosen_checked_and_confirmed(office: Office) -> None:
    ref = office.submitted("PROP-02")
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}")
    assert "Ask for one more approval" in browser.words
    browser = added(office, ref)
    assert browser.heading == f"Ask {HR} to approve this?"
    assert office.engine.added == []
    assert browser.press(True, "confirm") == 200
    assert browser.at == f"/cases/{ref}"
    assert f"Asked besides To come: {HR} {WHY} (clause FUND-2)." in browser.words
    (brought,) = office.engine.added
    assert (brought[0], brought[1].who, brought[1].reason) == (ref, ("sd-hr",), "")
    with office.store.reading() as tx:
        (known,) = approvers.of_case(tx, ref)
    assert (known.state, known.by_post, known.reason) == (approvers.ASKED, "cd-rc", WHY)


def test_what_was_typed_comes_back_to_be_changed(office: Office) -> None:
    ref = office.submitted("PROP-02")
    browser = added(office, ref)
    form = browser.form("confirm")
    sent = {**form.fields, "change": "yes"}
    browser.page = browser.post(f"/cases/{ref}/approvers", data=sent, headers=SAME_ORIGIN).text
    typed = browser.form("approvers").fields
    assert (typed["post"], typed["reason"]) == ("sd-hr", WHY)


@pytest.mark.parametrize(
    ("post", "reason", "told"),
    [
        ("", WHY, "Choose whose approval is asked for"),
        ("nobody", WHY, "Choose whose approval is asked for"),
        ("sd-hr", " ", "Say why: everybody who is asked sees it"),
        ("sd-hr", "x" * 2001, "Use 2,000 characters or fewer"),
        ("bh-dmh", WHY, f"{'Budget holder, De Montfort Hall'} is asked already"),
        ("chief-executive", WHY, "is asked already"),
        ("hoict-rc", WHY, "wrote this proposal, or covers for somebody who did, and may not approve it"),
    ],
)
def test_what_cannot_be_asked_is_refused_field_by_field(
    office: Office, post: str, reason: str, told: str
) -> None:
    ref = office.submitted("PROP-02")
    browser = added(office, ref, post=post, reason=reason)
    assert told in browser.words
    headers = office.token("cd-rc", "start:case")
    path, body = f"/api/v1/cases/{ref}/approvers", {"post": post, "reason": reason}
    response = office.browser().post(path, json=body, headers=headers)
    assert response.status_code == 422
    assert any(told in error["message"] for error in response.json()["errors"])
    assert office.engine.added == []


def test_nobody_adds_themselves_nor_anybody_twice(office: Office) -> None:
    ref = office.submitted("PROP-02")
    pmo = "corp-projects-manager"
    told = f"You hold {office.edition.posts[pmo].title_on(BEGINS.date())} yourself: ask somebody else"
    assert told in added(office, ref, by=pmo, post=pmo).words
    office.hands_over("sd-hr", "bh-dmh")
    browser = added(office, ref)
    assert (
        f"{HR} is held by whoever is Budget holder, De Montfort Hall, who is asked already" in browser.words
    )
    assert 'value="sd-hr"' not in browser.page


def test_a_post_that_nobody_holds_is_not_asked(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.leaves(office.holder("sd-hr"))
    browser = added(office, ref)
    assert f"Nobody holds the post {HR} today" in browser.words


@pytest.mark.parametrize(
    ("by", "status"), [("cd-rc", 200), ("hoict-rc", 200), ("corp-projects-manager", 200)]
)
def test_the_sponsors_side_and_the_pmo_may_add_somebody(office: Office, by: str, status: int) -> None:
    ref = office.submitted("PROP-02")
    assert office.signed_in(by).see(f"/cases/{ref}/approvers") == status


def test_nobody_is_added_to_an_action(office: Office) -> None:
    action = office.action(office.submitted("PROP-02"))
    for by in ("hoict-rc", "cd-rc", "corp-projects-manager"):
        browser = office.signed_in(by)
        assert browser.see(f"/cases/{action}/approvers") == 409
        assert "It asks only whoever is to do it and whoever checks it." in browser.words
        body = {"post": "sd-hr", "reason": WHY}
        headers = office.token(by, "start:case", "read:case")
        api = office.browser().post(f"/api/v1/cases/{action}/approvers", json=body, headers=headers)
        assert api.status_code == 409
    assert office.engine.added == []


def test_others_may_not(office: Office) -> None:
    ref = office.submitted("PROP-02")
    browser = office.signed_in("bh-dmh")
    assert browser.see(f"/cases/{ref}/approvers") == 403
    browser.see(f"/cases/{ref}")
    assert "Ask for one more approval" not in browser.words


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.WITHDRAWN])
def test_once_it_is_decided_nobody_is_added(office: Office, state: State) -> None:
    ref = office.submitted("PROP-02")
    office.became(ref, state)
    browser = office.signed_in("cd-rc")
    assert browser.see(f"/cases/{ref}/approvers") == 409
    browser.see(f"/cases/{ref}")
    assert "Ask for one more approval" not in browser.words


def test_an_edition_frozen_before_there_was_such_a_question_lets_nobody_be_added(
    office: Office, edition: Edition
) -> None:
    older = {kind: terms for kind, terms in edition.steps.items() if kind != "extra"}
    office.edition = Edition.from_json(edition.model_copy(update={"steps": older}).to_json())
    office.leaves("nobody")
    ref = office.submitted("PROP-02")
    browser = office.signed_in("cd-rc")
    assert browser.see(f"/cases/{ref}/approvers") == 409
    assert "lets nobody be added" in browser.words


def test_confirmed_twice_it_is_asked_once(office: Office) -> None:
    ref = office.submitted("PROP-02")
    headers = office.token("cd-rc", "start:case", "read:case")
    path, body = f"/api/v1/cases/{ref}/approvers", {"post": "sd-hr", "reason": WHY}
    browser = office.browser()
    first, second = (browser.post(path, json=body, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    assert (first.json()["added_by"], first.json()["reason"]) == ("cd-rc", WHY)
    with office.store.reading() as tx:
        assert len(approvers.of_case(tx, ref)) == 1
    route = browser.get(f"/api/v1/cases/{ref}", headers=headers).json()["route"]
    (extra,) = (leg for leg in route if leg["leg"] == "extra")
    assert (extra["who"], extra["reason"], extra["clause"]) == (["sd-hr"], WHY, "FUND-2")


@pytest.mark.parametrize(
    ("in_time", "state"),
    [(True, approvers.ASKED), (False, approvers.TOO_LATE), (None, approvers.ADDED)],
)
def test_the_relay_brings_it_until_the_case_answers(office: Office, in_time: bool | None, state: str) -> None:
    ref = office.submitted("PROP-02")
    office.engine.in_time = None
    added(office, ref).press(True, "confirm")
    office.engine.in_time = in_time
    asyncio.run(office.app.desk.relay.approvers())
    asyncio.run(office.app.desk.relay.approvers())
    assert len(office.engine.added) == (2 if in_time is not None else 3)
    with office.store.reading() as tx:
        (known,) = approvers.of_case(tx, ref)
    assert known.state == state
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}")
    assert (f"Asked besides To come: {HR}" in browser.words) is (state != approvers.TOO_LATE)
    assert (f"{HR} was added too late to be asked besides." in browser.words) is (in_time is False)


def test_a_case_that_has_ended_meanwhile_asks_nobody(office: Office) -> None:
    ref = office.submitted("PROP-02")
    office.engine.in_time = None
    added(office, ref).press(True, "confirm")
    office.became(ref, State.REJECTED)
    asyncio.run(office.app.desk.relay.approvers())
    with office.store.reading() as tx:
        assert approvers.unheard(tx) == ()


def test_whoever_is_asked_reads_who_added_them_and_why(office: Office) -> None:
    ref = office.submitted("PROP-02")
    added(office, ref, by="corp-projects-manager").press(True, "confirm")
    office.became(ref, State.WITH_FUNDERS)
    step = office.asked(ref, "extra-sd-hr")
    browser = office.browser()
    browser.see(office.link(step, "sd-hr"))
    browser.press()
    assert browser.heading == "Do you approve this proposal of £140,000?"
    assert f"Corporate Projects Manager - ICT & CA added you: {WHY}." in browser.words


def test_everybody_asked_afterwards_reads_whom_somebody_added_and_why(office: Office) -> None:
    ref = office.submitted("PROP-02")
    added(office, ref).press(True, "confirm")
    told = f"Corporate Director, Regeneration and Culture asked for the approval of {HR} besides: {WHY}."
    step = office.asked(ref, "srg")
    member = office.browser()
    member.see(office.link(step, "cd-sch"))
    member.press()
    assert told in member.words
    own = office.asked(ref, "extra-sd-hr")
    with office.store.reading() as tx:
        asked = [row.props["coincidences"] for row in letters.of_step(tx, step)]
        (mine,) = [row.props["coincidences"] for row in letters.of_step(tx, own)]
    assert len(asked) == 8
    assert all(told in noted for noted in asked)
    assert told not in mine


def test_the_decision_record_says_who_added_an_approver_and_why(office: Office) -> None:
    ref = office.submitted("PROP-02")
    added(office, ref).press(True, "confirm")
    step = office.asked(ref, "extra-sd-hr")
    votes(office, step, "sd-hr", "reject", "Too long")
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=Choice.REJECT, at=BEGINS, kind="extra")
    office.closed(step, StepClosing(step=step, outcome=outcome))
    office.became(ref, State.REJECTED, because=step)
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}/decision-record")
    told = f"Corporate Director, Regeneration and Culture asked for the approval of {HR} besides: {WHY}."
    assert told in browser.words
    record = browser.get(f"/cases/{ref}/decision-record.json").json()
    assert [made["added"] for made in record["decided_by"]] == [told]


def test_a_program_that_sends_what_cannot_be_shown_is_told_so(office: Office) -> None:
    ref = office.submitted("PROP-02")
    body = {"post": "sd-hr", "reason": "a\u0000"}
    headers = office.token("cd-rc", "start:case")
    answer = office.browser().post(f"/api/v1/cases/{ref}/approvers", json=body, headers=headers)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["reason"]
    assert office.engine.added == []


def test_both_shipped_handbooks_say_how_somebody_is_added() -> None:
    for name in handbook.names():
        shipped = handbook.load(name)
        assert {"approve", "reject", "return"} <= {*shipped.steps["extra"].choices}
        assert shipped.clauses["extra"].number == "FUND-2"


# ------------------------------------------------------------------------- taken back


WHY_NOT = "The contract runs for two years only"


def let_go(office: Office, ref: str, *, by: str = "cd-rc", reason: str = WHY_NOT) -> Browser:
    browser = office.signed_in(by)
    browser.see(f"/cases/{ref}")
    assert f"Ask {HR} no more" in browser.words
    browser.see(f"/cases/{ref}/approvers/sd-hr/take-back")
    browser.press(reason=reason)
    return browser


def asked(office: Office) -> tuple[str, str]:
    """A proposal on which an approver was added and is asked; its reference and that of the step."""
    ref = office.submitted("PROP-02")
    added(office, ref).press(True, "confirm")
    office.became(ref, State.WITH_FUNDERS)
    return ref, office.asked(ref, "extra-sd-hr")


@pytest.mark.parametrize("by", ["cd-rc", "hoict-rc", "corp-projects-manager"])
def test_whoever_may_add_somebody_may_take_them_back_and_the_way_shows_it(office: Office, by: str) -> None:
    ref, step = asked(office)
    browser = let_go(office, ref, by=by)
    assert browser.at == f"/cases/{ref}", browser.words
    title = office.edition.posts[by].title_on(BEGINS.date())
    assert f"Asked besides Not asked any more: {HR} {title}: {WHY_NOT} (clause FUND-2)." in browser.words
    assert f"Ask {HR} no more" not in browser.words
    assert f"had {HR} asked no more" in browser.words
    (told,) = office.engine.taken_back
    assert (told[0], told[1].who, told[1].reason) == (ref, ("sd-hr",), "")
    with office.store.reading() as tx:
        (known,) = approvers.of_case(tx, ref)
        assert approvers.not_let_go(tx) == ()
    assert (known.state, known.taken_back_by, known.taken_back_why) == (approvers.TAKEN_BACK, by, WHY_NOT)
    # From that moment on the link answers nothing, though the step is yet to hear of it.
    link = office.browser()
    assert link.see(office.link(step, "sd-hr")) == 410
    assert link.heading == "Your approval is not asked for any more"
    assert added(office, ref).heading == "Whose approval is wanted besides?"
    assert "was asked besides and taken back, and cannot be added a second time" in added(office, ref).words


def test_they_are_told_that_their_answer_is_not_asked_for_by_whom_and_why(office: Office) -> None:
    ref, step = asked(office)
    let_go(office, ref)
    outcome = Outcome(step=step, ending=Ending.WITHDRAWN, at=BEGINS)
    office.closed(step, StepClosing(step=step, outcome=outcome, why="taken_back"))
    with office.store.reading() as tx:
        (letter,) = [row for row in letters.of_case(tx, ref) if row.kind == "closed_without_you"]
    assert letter.post == "sd-hr"
    assert (letter.props["taken_back_by"], letter.props["taken_back_why"]) == (
        office.edition.posts["cd-rc"].title_on(BEGINS.date()),
        WHY_NOT,
    )


@pytest.mark.parametrize(
    ("reason", "told"),
    [(" ", "Say why: whoever was asked is told"), ("x" * 2001, "Use 2,000 characters or fewer")],
)
def test_they_are_not_taken_back_without_a_reason(office: Office, reason: str, told: str) -> None:
    ref, _ = asked(office)
    assert told in let_go(office, ref, reason=reason).words
    headers = office.token("cd-rc", "start:case")
    path = f"/api/v1/cases/{ref}/approvers/sd-hr/take-back"
    answer = office.browser().post(path, json={"reason": reason}, headers=headers)
    assert answer.status_code == 422
    assert office.engine.taken_back == []


def test_others_may_not_take_them_back_and_nobody_is_taken_back_who_was_not_added(office: Office) -> None:
    ref, _ = asked(office)
    assert office.signed_in("sd-hr").see(f"/cases/{ref}/approvers/sd-hr/take-back") == 403
    assert office.signed_in("cd-rc").see(f"/cases/{ref}/approvers/bh-dmh/take-back") == 404


def test_what_they_have_answered_stands(office: Office) -> None:
    ref, step = asked(office)
    browser = office.browser()
    browser.see(office.link(step, "sd-hr"))
    browser.press()
    browser.press(choice="approve")
    browser.press()
    sponsor = office.signed_in("cd-rc")
    assert sponsor.see(f"/cases/{ref}/approvers/sd-hr/take-back") == 409
    assert f"{HR} has answered, and an answer that was given stands" in sponsor.words


def test_it_is_brought_to_the_case_until_that_has_heard_and_the_api_takes_back_once(office: Office) -> None:
    ref, _ = asked(office)
    office.engine.hears = False
    headers = office.token("cd-rc", "start:case", "read:case")
    path, browser = f"/api/v1/cases/{ref}/approvers/sd-hr/take-back", office.browser()
    first, second = (browser.post(path, json={"reason": WHY_NOT}, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()) == (202, second.json())
    assert (first.json()["taken_back_by"], first.json()["taken_back_why"]) == ("cd-rc", WHY_NOT)
    route = browser.get(f"/api/v1/cases/{ref}", headers=headers).json()["route"]
    assert [leg for leg in route if leg["leg"] == "extra"] == []
    office.engine.hears = True
    asyncio.run(office.app.desk.relay.taken_back())
    asyncio.run(office.app.desk.relay.taken_back())
    assert len(office.engine.taken_back) == 3
