"""Confirming whether a proposal is major, or setting it: who may, until when, and what is told of it."""

import asyncio
from collections.abc import Callable

import pytest

from service.errors import Malformed
from service.store import cases, drafts, letters, sizes
from service.store.rebuild import drift
from tests.service.web.office import BEGINS, SAME_ORIGIN, Browser, Office
from tests.support.activities import done
from workflows.model import CaseSized, Choice, Size, State

PMO = "corp-projects-manager"
WHY = "It changes how every department works"
MINOR = "PROP-01"
MAJOR = "PROP-02"


def chosen(office: Office, ref: str, size: str, *, by: str = PMO, reason: str = WHY) -> Browser:
    browser = office.signed_in(by)
    browser.see(f"/cases/{ref}/size")
    browser.press(size=size, reason=reason)
    return browser


def becomes(office: Office, ref: str) -> None:
    """Its process takes up what was said last."""
    with office.store.reading() as tx:
        said, at = sizes.of_case(tx, ref)[-1], tx.now
    done(office.course.sized(CaseSized(case=ref, sizing=said.sizing, at=at)))


def made(office: Office, ref: str, size: Size) -> None:
    """The PMO sets a size, and the process takes it up."""
    assert chosen(office, ref, size).press(True, "confirm") == 200
    becomes(office, ref)


def costs_now(office: Office, ref: str, capital: int) -> None:
    """Its sponsor submits the next version, with another cost."""
    with office.store.reading() as tx:
        said = drafts.get(tx, ref).document
    profile, answers = {**said["cost_profile"], "capital_gbp": capital}, {**said["principles"], "P12": "met"}
    office.resubmitted(ref, cost_profile=profile, principles=answers)


def legs(office: Office, ref: str) -> list[str]:
    with office.store.reading() as tx:
        return [leg.leg for leg in cases.get(tx, ref).route]


# ------------------------------------------------------------------------- what happens


def test_a_minor_proposal_is_made_major_in_three_steps(office: Office) -> None:
    ref = office.submitted(MINOR)
    title = office.edition.posts[PMO].title_on(BEGINS.date())
    before = legs(office, ref)
    browser = office.signed_in(PMO)
    browser.see(f"/cases/{ref}")
    assert "Confirm or change its size" in browser.words
    browser = chosen(office, ref, "major")
    assert browser.heading == "Make this proposal major?"
    assert "It also goes to SRG: " in browser.words
    assert "It does not go to Completion: " in browser.words
    assert office.engine.sized == []
    assert browser.press(True, "confirm") == 200
    assert browser.at == f"/cases/{ref}"
    ((brought, sizing),) = office.engine.sized
    assert (brought, sizing.size) == (ref, Size.MAJOR)
    assert f"Minor, set to major by {title}: {WHY}" in browser.words
    becomes(office, ref)
    assert legs(office, ref) == [
        *(leg for leg in before if leg != "completion"),
        "srg",
        "project",
        "post_implementation_review",
    ]
    browser.see(f"/cases/{ref}")
    assert f"Major, set by {title}: {WHY}" in browser.words
    assert "said that it is to be major." in browser.words
    assert "It is major from now on." in browser.words
    assert drift(office.store) == ()


def test_a_major_proposal_is_made_minor_and_back(office: Office) -> None:
    ref = office.submitted(MAJOR)
    before = legs(office, ref)
    made(office, ref, Size.MINOR)
    assert {*legs(office, ref)} == {*before} - {"srg", "project", "post_implementation_review"} | {
        "completion"
    }
    made(office, ref, Size.MAJOR)
    assert legs(office, ref) == before
    assert drift(office.store) == ()


def test_a_confirmation_changes_nothing_and_is_shown(office: Office) -> None:
    ref = office.submitted(MAJOR)
    before = legs(office, ref)
    browser = chosen(office, ref, "major", reason="It is above £50,000")
    assert browser.heading == "Keep this proposal major?"
    assert "Nothing changes about its way." in browser.words
    browser.press(True, "confirm")
    becomes(office, ref)
    title = office.edition.posts[PMO].title_on(BEGINS.date())
    browser.see(f"/cases/{ref}")
    assert f"Major, confirmed by {title}: It is above £50,000" in browser.words
    assert "confirmed that it is major." in browser.words
    assert legs(office, ref) == before
    with office.store.reading() as tx:
        assert not [row for row in letters.of_case(tx, ref) if row.kind == "sized"]


def test_sponsor_and_lead_are_told_what_is_ahead_now(office: Office) -> None:
    ref = office.submitted(MINOR)
    made(office, ref, Size.MAJOR)
    with office.store.reading() as tx:
        told = [row for row in letters.of_case(tx, ref) if row.kind == "sized"]
        case = cases.get(tx, ref)
    assert {row.post for row in told} == {case.sponsor, case.lead}
    assert {(row.props["size"], row.props["reason"], row.props["board"]) for row in told} == {
        ("major", WHY, office.edition.forums["srg"].name)
    }


def test_whoever_decides_reads_who_has_set_it_and_why(office: Office) -> None:
    ref = office.submitted(MINOR)
    made(office, ref, Size.MAJOR)
    member = office.browser()
    member.see(office.link(office.asked(ref, "srg"), "cd-sch"))
    member.press()
    title = office.edition.posts[PMO].title_on(BEGINS.date())
    assert f"Size Major, set by {title}: {WHY}" in member.words


def test_the_decision_record_says_who_has_set_it_and_why(office: Office) -> None:
    ref = office.submitted(MAJOR)
    made(office, ref, Size.MINOR)
    step = office.asked(ref, "funding-bh-dmh")
    office.settled(step, "bh-dmh", Choice.REJECT)
    office.became(ref, State.REJECTED, because=step)
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}/decision-record")
    title = office.edition.posts[PMO].title_on(BEGINS.date())
    assert f"Size Minor, set by {title}: {WHY}" in browser.words
    record = browser.get(f"/cases/{ref}/decision-record.json").json()
    assert (record["size"], record["size_set"]) == ("minor", f"set by {title}: {WHY}")


# ----------------------------------------------------------------------- a next version


@pytest.mark.parametrize(("size", "then"), [("major", Size.MAJOR), ("minor", Size.MAJOR)])
def test_a_next_version_keeps_what_the_pmo_has_set_but_not_what_it_confirmed(
    office: Office, size: str, then: Size
) -> None:
    ref = office.submitted(MINOR)
    chosen(office, ref, size).press(True, "confirm")
    becomes(office, ref)
    office.became(ref, State.RETURNED)
    costs_now(office, ref, 90_000 if size == "minor" else 11_000)
    with office.store.reading() as tx:
        case = cases.get(tx, ref)
    assert (case.version, case.size) == (2, then)
    assert ("srg" in legs(office, ref)) is (then is Size.MAJOR)
    browser = office.signed_in(PMO)
    browser.see(f"/cases/{ref}")
    assert ("Major, set by" in browser.words) is (size == "major")
    assert "confirmed by" not in browser.words


def test_a_process_that_hears_of_a_confirmation_of_an_earlier_version_passes_it_over(office: Office) -> None:
    ref = office.submitted(MINOR)
    chosen(office, ref, "minor").press(True, "confirm")
    office.became(ref, State.RETURNED)
    costs_now(office, ref, 90_000)
    becomes(office, ref)
    with office.store.reading() as tx:
        assert cases.get(tx, ref).size is Size.MAJOR


def test_a_next_version_says_what_a_major_proposal_must_once_the_pmo_has_made_it_major(
    office: Office,
) -> None:
    ref = office.submitted(MINOR)
    made(office, ref, Size.MAJOR)
    office.became(ref, State.RETURNED)
    with pytest.raises(Malformed) as refused:
        office.resubmitted(ref, summary="Shorter")
    assert [problem.field for problem in refused.value.problems] == ["principles.P12"]


# ------------------------------------------------------------------------------- rights


@pytest.mark.parametrize("by", ["cd-rc", "hoict-rc", "bh-dmh"])
def test_others_may_not(office: Office, by: str) -> None:
    ref = office.submitted(MAJOR)
    browser = office.signed_in(by)
    assert browser.see(f"/cases/{ref}/size") == 403
    browser.see(f"/cases/{ref}")
    assert "Confirm or change its size" not in browser.words
    headers = office.token(by, "start:case", "read:case")
    body = {"size": "minor", "reason": WHY}
    assert office.browser().post(f"/api/v1/cases/{ref}/size", json=body, headers=headers).status_code == 403
    assert office.engine.sized == []


def test_whoever_may_not_read_cases_is_not_told_that_there_is_one(office: Office) -> None:
    ref = office.submitted(MAJOR)
    headers = office.token("bh-dmh", "start:case")
    body = {"size": "minor", "reason": WHY}
    assert office.browser().post(f"/api/v1/cases/{ref}/size", json=body, headers=headers).status_code == 404


def test_the_pmo_says_nothing_of_the_size_of_their_own_proposal(office: Office) -> None:
    ref = office.submitted(MAJOR)
    office.hands_over(PMO, "hoict-rc")
    browser = office.signed_in("hoict-rc")
    assert browser.see(f"/cases/{ref}/size") == 403
    assert "You wrote this proposal" in browser.words


def test_an_action_has_no_size(office: Office) -> None:
    action = office.action(office.submitted(MAJOR))
    browser = office.signed_in(PMO)
    assert browser.see(f"/cases/{action}/size") == 409
    assert "Only a proposal is minor or major." in browser.words


def asked_of_srg(office: Office, ref: str) -> None:
    office.became(ref, State.WITH_SRG)
    office.asked(ref, "srg")


def decided(state: State) -> Callable[[Office, str], None]:
    return lambda office, ref: office.became(ref, state)


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (asked_of_srg, "has been asked to decide it, so its size stays as it is."),
        (decided(State.APPROVED), "It has been decided or has come to its end"),
        (decided(State.REJECTED), "It has been decided or has come to its end"),
        (decided(State.WITHDRAWN), "It has been decided or has come to its end"),
    ],
)
def test_it_is_too_late_once_srg_is_asked_or_it_is_decided(
    office: Office, late: Callable[[Office, str], None], told: str
) -> None:
    ref = office.submitted(MAJOR)
    late(office, ref)
    browser = office.signed_in(PMO)
    assert browser.see(f"/cases/{ref}/size") == 409
    assert told in browser.words
    browser.see(f"/cases/{ref}")
    assert "Confirm or change its size" not in browser.words
    headers = office.token(PMO, "start:case", "read:case")
    answer = office.browser().post(
        f"/api/v1/cases/{ref}/size", json={"size": "minor", "reason": WHY}, headers=headers
    )
    assert answer.status_code == 409
    assert told in answer.json()["detail"]


def test_what_srg_returned_may_be_sized_before_its_next_version(office: Office) -> None:
    ref = office.submitted(MAJOR)
    asked_of_srg(office, ref)
    office.became(ref, State.RETURNED, number=2)
    assert office.signed_in(PMO).see(f"/cases/{ref}/size") == 200


# ------------------------------------------------------------------- what was said wrongly


@pytest.mark.parametrize(
    ("size", "reason", "field", "told"),
    [
        ("", WHY, "size", "Choose whether it is minor or major"),
        ("huge", WHY, "size", "Choose whether it is minor or major"),
        ("minor", " ", "reason", "Say why: everybody who decides sees it"),
        ("minor", "x" * 2001, "reason", "Use 2,000 characters or fewer"),
    ],
)
def test_what_is_missing_is_named_field_by_field(
    office: Office, size: str, reason: str, field: str, told: str
) -> None:
    ref = office.submitted(MAJOR)
    headers = office.token(PMO, "start:case", "read:case")
    answer = office.browser().post(
        f"/api/v1/cases/{ref}/size", json={"size": size, "reason": reason}, headers=headers
    )
    assert answer.status_code == 422
    assert [(error["field"], error["message"]) for error in answer.json()["errors"]] == [(field, told)]
    browser = office.signed_in(PMO)
    browser.see(f"/cases/{ref}/size")
    sent = {**browser.form("size").fields, "size": size, "reason": reason}
    page = browser.post(f"/cases/{ref}/size", data=sent, headers=SAME_ORIGIN)
    assert page.status_code == 422
    assert told in page.text
    assert office.engine.sized == []


# ------------------------------------------------------------------------------ the API


def test_a_program_sets_it_once_however_often_it_is_sent(office: Office) -> None:
    ref = office.submitted(MINOR)
    headers = office.token(PMO, "start:case", "read:case")
    path, browser = f"/api/v1/cases/{ref}", office.browser()
    assert browser.get(path, headers=headers).json()["size_set"] is None
    body = {"size": "major", "reason": WHY}
    first, second = (browser.post(f"{path}/size", json=body, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    with office.store.reading() as tx:
        assert len(sizes.of_case(tx, ref)) == 1
    becomes(office, ref)
    told = browser.get(path, headers=headers).json()
    assert (told["size"], told["size_set"]) == ("major", first.json())
    assert (first.json()["by"], first.json()["by_rule"], first.json()["reason"]) == (PMO, "minor", WHY)


def test_what_is_said_last_stands(office: Office) -> None:
    ref = office.submitted(MINOR)
    for size in ("major", "minor", "major"):
        chosen(office, ref, size).press(True, "confirm")
    with office.store.reading() as tx:
        assert [one.size for one in sizes.of_case(tx, ref)] == ["major", "minor", "major"]
        assert sizes.override(tx, ref) is Size.MAJOR
    assert [sizing.number for _, sizing in office.engine.sized] == [1, 2, 3]


@pytest.mark.parametrize(
    ("in_time", "state"), [(True, sizes.TAKEN_UP), (False, sizes.TOO_LATE), (None, sizes.SET)]
)
def test_the_relay_brings_it_until_the_case_answers(office: Office, in_time: bool | None, state: str) -> None:
    ref = office.submitted(MINOR)
    office.engine.in_time = None
    chosen(office, ref, "major").press(True, "confirm")
    office.engine.in_time = in_time
    for _ in range(2):
        asyncio.run(office.app.desk.relay.sizes())
    assert len(office.engine.sized) == (2 if in_time is not None else 3)
    with office.store.reading() as tx:
        (said,) = sizes.of_case(tx, ref)
        assert sizes.override(tx, ref) is (None if in_time is False else Size.MAJOR)
    assert said.state == state
    browser = office.signed_in(PMO)
    browser.see(f"/cases/{ref}")
    late = "What was said of its size came too late, and it stays as it was."
    assert (late in browser.words) is (in_time is False)
    assert ("set to major by" in browser.words) is (in_time is not False)


def test_a_case_that_has_ended_meanwhile_is_told_nothing_more(office: Office) -> None:
    ref = office.submitted(MINOR)
    office.engine.in_time = None
    chosen(office, ref, "major").press(True, "confirm")
    office.became(ref, State.REJECTED)
    asyncio.run(office.app.desk.relay.sizes())
    with office.store.reading() as tx:
        assert sizes.unheard(tx) == ()


def test_what_its_process_has_written_is_never_told_as_too_late(office: Office) -> None:
    ref = office.submitted(MINOR)
    office.engine.in_time = None
    chosen(office, ref, "major").press(True, "confirm")
    becomes(office, ref)
    with office.store.writing() as tx:
        sizes.heard(tx, ref, 1, in_time=False)
    with office.store.reading() as tx:
        assert sizes.override(tx, ref) is Size.MAJOR
        assert sizes.unheard(tx) == ()


def test_nothing_is_said_of_a_version_that_came_in_after_the_check(office: Office) -> None:
    ref = office.submitted(MINOR)
    browser = chosen(office, ref, Size.MINOR)
    office.became(ref, State.RETURNED)
    costs_now(office, ref, 90000)
    assert browser.press(True, "confirm") == 409
    assert "It has changed since: version 2 has come in" in browser.words
    with office.store.reading() as tx:
        assert sizes.of_case(tx, ref) == ()
    token = office.token(PMO, "start:case")
    said = {"size": "minor", "reason": WHY, "version": 1}
    path = f"/api/v1/cases/{ref}/size"
    assert office.browser().post(path, json=said, headers=token).status_code == 409
    assert office.browser().post(path, json=said | {"version": 2}, headers=token).status_code == 202


def test_the_sponsor_of_a_returned_proposal_is_told_that_it_is_with_them(office: Office) -> None:
    ref = office.submitted(MINOR)
    office.became(ref, State.RETURNED)
    made(office, ref, Size.MAJOR)
    with office.store.reading() as tx:
        told = [row.props["returned"] for row in letters.of_case(tx, ref) if row.kind == "sized"]
    assert told
    assert all(told)


def test_a_size_set_back_is_not_called_confirmed_before_its_process_goes_by_it(office: Office) -> None:
    ref = office.submitted(MINOR)
    made(office, ref, Size.MAJOR)
    assert chosen(office, ref, Size.MINOR, reason="On reflection it is small").press(True, "confirm") == 200
    browser = office.signed_in(PMO)
    browser.see(f"/cases/{ref}")
    assert "Major, set to minor by" in browser.words
    becomes(office, ref)
    browser.see(f"/cases/{ref}")
    assert "Minor, confirmed by" in browser.words
