"""What other programs are promised: everything wrong at once, nothing half-done, no decision ever."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from service.handbook import Edition
from service.store import cases, drafts, editions
from tests.service.store import samples
from tests.service.web.office import Browser, Office, proposal
from workflows.model import Choice, State

API = "/api/v1"


@pytest.fixture
def program(office: Office) -> Browser:
    """A program with a token of the lead officer."""
    made = office.browser()
    made.headers.update(office.token("hoict-rc"))
    return made


def begun(program: Browser, sample: str = "PROP-02", **changes: Any) -> str:
    response = program.post(f"{API}/proposals", json={**proposal(sample), **changes})
    assert response.status_code == 201, response.text
    ref: str = response.json()["ref"]
    return ref


def told(response: Any) -> dict[str, str]:
    """The problems of an answer, by field."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    return {error["field"]: error["message"] for error in response.json().get("errors", [])}


def test_a_proposal_is_begun_changed_and_submitted(office: Office, program: Browser) -> None:
    ref = begun(program)
    assert ref == "INV-2004-0001"
    changed = program.patch(f"{API}/proposals/{ref}", json={"title": "Booking on line"})
    assert changed.json() == {"ref": ref, "state": "draft"}
    assert program.get(f"{API}/cases/{ref}").json() == {"ref": ref, "state": "draft"}
    submitted = program.post(f"{API}/proposals/{ref}/submit")
    assert submitted.status_code == 200
    assert (submitted.json()["state"], submitted.json()["version"]) == ("submitted", 1)
    assert office.engine.started == [ref]


def test_everything_wrong_is_said_at_once_in_a_sponsors_words(office: Office, program: Browser) -> None:
    body = {
        "title": "Bell\x07",
        "department": "nowhere",
        "sponsor_post": "nobody",
        "size": "huge",
        "cost_profile": {"capital_gbp": -5, "revenue_gbp_per_year": "lots"},
        "funding_parties": [{"post": "bh-dmh", "share_percent": 160}],
        "decision_needed_by": "2004-02-31",
        "principles": {"P99": "met"},
    }
    response = program.post(f"{API}/proposals", json={key: body[key] for key in body if key != "title"})
    assert response.status_code == 422
    assert set(told(response)) >= {
        "department",
        "sponsor_post",
        "size",
        "cost_profile.capital_gbp",
        "cost_profile.revenue_gbp_per_year",
        "decision_needed_by",
        "principles.P99",
    }
    assert "title" in told(program.post(f"{API}/proposals", json=body))
    with office.store.reading() as tx:
        assert drafts.of_person(tx, office.holder("hoict-rc"), ()) == ()


ISSUE = {"principles": {"P08": "issue"}, "principle_notes": {"P08": "A map viewer of its own"}}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"funding_parties": [{"post": "bh-dmh", "share_percent": 60}]}, "funding_parties"),
        ({"decision_needed_by": "2004-09-13"}, "decision_needed_by"),
        ({"decision_needed_by": "2014-09-14"}, "decision_needed_by"),
        ({"title": None}, "title"),
        ({"benefits": []}, "benefits"),
        ({"principles": {"P01": "met"}}, "principles.P02"),
        ({"principles": {"P01": "deviates"}}, "principle_notes.P01"),
        ({"corporate_system": {"relation": "none", "ids": []}, **ISSUE}, "corporate_system.ids"),
        (
            {"funding_condition": {"status": "pending", "decision_due": "2004-09-12"}},
            "funding_condition.decision_due",
        ),
    ],
)
def test_what_is_not_complete_is_not_submitted(
    office: Office, program: Browser, changes: Mapping[str, Any], field: str
) -> None:
    ref = begun(program, **changes)
    response = program.post(f"{API}/proposals/{ref}/submit")
    assert response.status_code == 422
    assert field in told(response)
    assert office.engine.started == []
    assert program.get(f"{API}/cases/{ref}").json()["state"] == "draft"


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_request"),
        (b"", "application/json", 400, "bad_request"),
        (b'{"a": NaN}', "application/json", 400, "bad_request"),
        (b"\xff\xfe", "application/json", 400, "bad_request"),
        (b"[" * 100_000, "application/json", 400, "bad_request"),
        (b"[]", "application/json", 422, "malformed"),
        (b'"words"', "application/json", 422, "malformed"),
        (b'{"title": "\\u0000"}', "application/json", 422, "malformed"),
        (b'{"title": "\\ud800"}', "application/json", 422, "malformed"),
        (b'{"title": 7}', "application/json", 422, "malformed"),
        (b'{"title": {"a": 1}}', "application/json", 422, "malformed"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"{}", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{}", "", 415, "unsupported_media_type"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_as_what_it_is(
    program: Browser, content: bytes, kind: str, status: int, code: str
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    response = program.post(f"{API}/proposals", content=content, headers=headers)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


def test_what_only_the_engine_may_say_is_ignored(office: Office, program: Browser) -> None:
    mine: dict[str, Any] = {
        "status": "approved",
        "state": "approved",
        "approver_id": "p-001",
        "version": 9,
        "round": 3,
        "decided_by": "p-001",
        "ref": "INV-1900-0001",
        "owner": "p-001",
        "authors": [],
    }
    ref = begun(program, **mine)
    program.patch(f"{API}/proposals/{ref}", json=mine)
    program.post(f"{API}/proposals/{ref}/submit", json=mine)
    with office.store.reading() as tx:
        case = cases.get(tx, ref)
    assert (case.state, case.version, case.author) == ("submitted", 1, office.holder("hoict-rc"))


def test_submitting_again_starts_no_second_process(office: Office, program: Browser) -> None:
    ref = begun(program)
    answers = [
        program.post(f"{API}/proposals/{ref}/submit", headers={"Idempotency-Key": "k1"}) for _ in "123"
    ]
    answers.append(program.post(f"{API}/proposals/{ref}/submit"))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert office.engine.started == [ref]


def test_a_key_used_for_another_submission_is_refused(program: Browser) -> None:
    one, other = begun(program), begun(program)
    program.post(f"{API}/proposals/{one}/submit", headers={"Idempotency-Key": "k1"})
    again = program.post(f"{API}/proposals/{other}/submit", headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")


def test_what_has_been_submitted_is_not_changed(program: Browser) -> None:
    ref = begun(program)
    program.post(f"{API}/proposals/{ref}/submit")
    response = program.patch(f"{API}/proposals/{ref}", json={"title": "Other"})
    assert (response.status_code, response.json()["code"]) == (409, "not_editable")


def test_a_returned_proposal_comes_back_as_its_next_version(office: Office, program: Browser) -> None:
    ref = begun(program)
    program.post(f"{API}/proposals/{ref}/submit")
    office.became(ref, State.RETURNED)
    assert program.patch(f"{API}/proposals/{ref}", json={"title": "Better"}).status_code == 200
    assert program.post(f"{API}/proposals/{ref}/submit").json()["version"] == 2
    assert office.engine.resubmitted == [(ref, 2)]


def test_a_change_that_cannot_be_read_changes_nothing(office: Office, program: Browser) -> None:
    ref = begun(program)
    assert program.patch(f"{API}/proposals/{ref}", json={"title": "New", "size": "huge"}).status_code == 422
    with office.store.reading() as tx:
        assert drafts.get(tx, ref).document["title"] == proposal("PROP-02")["title"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("titel", "New", "There is no field titel; did you mean title?"),
        ("organisation", "herefordshire", "but this handbook is that of leicester (Leicester City Council)"),
    ],
)
def test_a_field_that_would_be_lost_is_refused(
    office: Office, program: Browser, field: str, value: str, said: str
) -> None:
    ref = begun(program)
    refused = program.patch(f"{API}/proposals/{ref}", json={"why": "New", field: value})
    assert refused.status_code == 422
    assert said in told(refused)[field]
    assert program.post(f"{API}/proposals", json={**proposal("PROP-02"), field: value}).status_code == 422
    with office.store.reading() as tx:
        assert drafts.get(tx, ref).document.get("why") != "New"
    assert program.patch(f"{API}/proposals/{ref}", json={"organisation": "leicester"}).status_code == 200


@pytest.mark.parametrize("field", ["submitted_on", "submitted", "submited_on"])
def test_a_day_of_submission_is_ours_to_say_however_it_is_written(
    office: Office, program: Browser, field: str
) -> None:
    ref = begun(program)
    said = {"why": "New", field: "2004-09-01"}
    assert program.patch(f"{API}/proposals/{ref}", json=said).status_code == 200
    with office.store.reading() as tx:
        document = drafts.get(tx, ref).document
    assert document["why"] == "New"
    assert field not in document


@pytest.mark.parametrize("value", [5, "Not needed any more", None])
def test_a_withdrawal_that_says_more_withdraws_nothing(office: Office, program: Browser, value: Any) -> None:
    ref = office.submitted("PROP-01")
    refused = program.post(f"{API}/cases/{ref}/withdraw", json={"reason": value})
    assert refused.status_code == 422
    assert [*told(refused)] == ["reason"]
    assert office.engine.withdrawn == []
    assert program.post(f"{API}/cases/{ref}/withdraw", json={}).status_code == 202


def test_the_way_is_told_with_its_clauses_before_anything_is_submitted(program: Browser) -> None:
    ref = begun(program)
    route = program.post(f"{API}/proposals/{ref}/route").json()["route"]
    assert [leg["leg"] for leg in route] == [
        "notification",
        "funding",
        "srg",
        "project",
        "post_implementation_review",
    ]
    assert route[0]["meeting"] == "2004-10-13"
    assert route[1]["who"] == ["bh-dmh", "bh-sports"]
    assert all(leg["clause"] and leg["clause_text"] for leg in route)


def test_what_would_be_submitted_after_business_is_told_the_days_that_count_from_the_next(
    office: Office, program: Browser
) -> None:
    ref = begun(program, "PROP-01", decision_needed_by="2004-09-20")
    by = program.post(f"{API}/proposals/{ref}/route").json()["route"][0]["by"]
    office.days_pass(0.5)
    later = program.post(f"{API}/proposals/{ref}/route").json()["route"][0]["by"]
    assert (by, later) == ("2004-09-16", "2004-09-17")


def test_a_case_says_on_whom_it_waits_since_when_what_next_and_when(office: Office, program: Browser) -> None:
    ref = office.submitted("PROP-02")
    office.became(ref, State.WITH_FUNDERS)
    step = office.asked(ref, "funding-bh-dmh")
    office.days_pass(2)
    case = program.get(f"{API}/cases/{ref}").json()
    assert case["state"] == "with_funders"
    assert case["waiting"] == [
        {
            "step": step,
            "on": "bh-dmh",
            "title": "Budget holder, De Montfort Hall",
            "since": case["waiting"][0]["since"],
            "working_days": 2,
            "next": "a reminder is sent",
            "at": "2004-09-16T16:00:00Z",
            "action": "",
        }
    ]
    assert case["waiting"][0]["since"].startswith("2004-09-13T")
    assert case["capital"] == "140000.00"
    assert program.get(f"{API}/steps").json()["steps"][0]["waiting_on"] == ["bh-dmh"]


def test_whoever_has_just_answered_is_no_longer_waited_for(office: Office, program: Browser) -> None:
    ref = office.submitted("PROP-01")
    step = office.asked(ref, "funding-cd-ce")
    approver = office.browser()
    approver.see(office.link(step, "cd-ce"))
    approver.press()
    approver.press(choice="approve")
    assert program.get(f"{API}/cases/{ref}").json()["waiting"] != []
    approver.press()
    assert program.get(f"{API}/cases/{ref}").json()["waiting"] == []
    assert program.get(f"{API}/cases").json()["items"][0]["waiting"] == []


def test_cases_are_listed_filtered_and_paged(office: Office, program: Browser) -> None:
    refs = [office.submitted("PROP-01") for _ in range(3)]
    office.became(refs[0], State.NOTIFYING)
    first = program.get(f"{API}/cases", params={"limit": 2}).json()
    rest = program.get(f"{API}/cases", params={"limit": 2, "cursor": first["next"]}).json()
    assert sorted(item["ref"] for item in (*first["items"], *rest["items"])) == refs
    assert rest["next"] is None
    found = program.get(f"{API}/cases", params={"status": "notifying"}).json()["items"]
    assert [item["ref"] for item in found] == [refs[0]]
    assert program.get(f"{API}/cases", params={"department": "dept-rc"}).json()["items"] == []
    assert program.get(f"{API}/cases", params={"q": "tool kit"}).json()["items"] != []


def test_open_questions_are_paged_and_are_those_of_the_readers_own_council(
    office: Office, program: Browser
) -> None:
    own = [office.asked(office.submitted("PROP-01"), "funding-cd-ce") for _ in range(3)]
    with office.store.writing() as tx:
        samples.submit(tx, "INV-2004-9999", organisation="herefordshire")
        samples.open_step(tx, samples.ask("INV-2004-9999"))
    first = program.get(f"{API}/steps", params={"limit": 2}).json()
    rest = program.get(f"{API}/steps", params={"limit": 2, "cursor": first["next"]}).json()
    assert [step["id"] for step in (*first["steps"], *rest["steps"])] == own
    assert rest["next"] is None
    assert program.get(f"{API}/steps", params={"case": "INV-2004-9999"}).json()["steps"] == []
    assert program.get(f"{API}/steps", params={"cursor": "x"}).status_code == 422


@pytest.mark.parametrize(
    "params", [{"status": "happy"}, {"limit": "0"}, {"limit": "x"}, {"cursor": "x"}, {"overdue": "perhaps"}]
)
def test_a_filter_that_means_nothing_is_refused(program: Browser, params: dict[str, str]) -> None:
    response = program.get(f"{API}/cases", params=params)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [wrong["field"] for wrong in response.json()["errors"]] == [*params]


def test_the_record_of_a_case_is_handed_out_line_by_line(office: Office, program: Browser) -> None:
    ref = office.submitted("PROP-01")
    lines = program.get(f"{API}/cases/{ref}/journal").json()["lines"]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[0]["kind"] == "proposal.submitted"


def test_a_case_is_withdrawn_by_its_own_people_and_once(office: Office, program: Browser) -> None:
    ref = begun(program)
    program.post(f"{API}/proposals/{ref}/submit")
    assert program.post(f"{API}/cases/{ref}/withdraw").status_code == 202
    assert office.engine.withdrawn == [ref]
    other = office.browser()
    other.headers.update(office.token("cd-rad"))
    assert other.post(f"{API}/cases/{ref}/withdraw").status_code == 403


def test_a_forums_meetings_come_with_the_last_day_for_their_papers(program: Browser) -> None:
    meetings = program.get(f"{API}/forums/heads-of-ict/meetings").json()["meetings"]
    assert (meetings[0]["date"], meetings[0]["papers_due"]) == ("2004-10-13", "2004-10-06")
    assert program.get(f"{API}/forums/nowhere/meetings").status_code == 404


def test_a_forum_that_no_proposal_passes_takes_papers_until_its_own_last_day(
    office: Office, program: Browser
) -> None:
    meets = {"meetings": (date(2004, 10, 11),), "papers_days": 8}
    cabinet = office.edition.forums["cabinet"].model_copy(update=meets)
    forums = {**office.edition.forums, "cabinet": cabinet}
    new = Edition.model_validate(office.edition.model_dump() | {"forums": forums})
    with office.store.writing() as tx:
        editions.put(tx, new.to_json(), organisation=new.organisation, name=new.name)
    told = program.get(f"{API}/forums/cabinet/meetings").json()["meetings"]
    assert [(one["date"], one["papers_due"]) for one in told] == [("2004-10-11", "2004-09-29")]


@pytest.mark.parametrize("token", ["", "nonsense", "as_k1_x_y"])
def test_a_token_that_is_not_ours_opens_nothing(office: Office, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = office.browser().get(f"{API}/cases", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"


def test_the_forums_that_meet_are_told_with_their_next_meeting(program: Browser) -> None:
    told = {forum["id"]: forum for forum in program.get(f"{API}/forums").json()["forums"]}
    assert set(told) == {"heads-of-ict", "srg"}
    assert told["heads-of-ict"]["next"] == "2004-10-13"
    assert "sd-ict-ca" in told["heads-of-ict"]["members"]


def test_a_meeting_is_told_with_its_agenda_and_what_came_of_it(office: Office, program: Browser) -> None:
    ref = office.submitted("PROP-02")
    office.it_is(date(2004, 10, 13))
    office.looks()
    step = office.asked(ref, "notification")
    at = f"{API}/forums/heads-of-ict/meetings/2004-10-13"
    told = program.get(at).json()
    assert (told["state"], told["papers_due"], told["items"]) == ("planned", "2004-10-06", 1)
    assert told["quorum"] == {
        "seats": 6,
        "present": 0,
        "interests": 0,
        "needed": 3,
        "wanting": 3,
        "quorate": False,
    }
    (item,) = told["agenda"]
    assert (item["key"], item["case"], item["outcome"]) == (step, ref, "")
    assert item["reference"] == "Heads of ICT Group 13 October 2004, item 1"
    office.settled(step, "heads-of-ict-secretary", Choice.NOTE)
    assert program.get(at).json()["agenda"][0]["outcome"] == "it is noted"
    assert program.get(f"{API}/forums/heads-of-ict/meetings/2004-10-14").status_code == 404
    assert program.get(f"{API}/forums/heads-of-ict/meetings/soon").status_code == 422


def test_a_token_opens_only_what_its_scope_names(office: Office) -> None:
    reader, program = office.token("cd-rc", "read:case"), office.browser()
    assert program.get(f"{API}/cases", headers=reader).status_code == 200
    assert program.post(f"{API}/proposals", json={}, headers=reader).status_code == 403


@pytest.mark.parametrize(
    ("post", "scope", "status"),
    [
        ("hoict-rc", "start:case", 200),
        ("cd-rc", "start:case", 200),
        ("hoict-ce", "start:case", 404),
        ("bh-dmh", "start:case", 404),
        ("hoict-ce", "read:case", 200),
    ],
    ids=["its lead", "its sponsor", "another lead", "its funder", "any reader"],
)
def test_a_token_that_starts_cases_reads_none_but_its_owners_own(
    office: Office, post: str, scope: str, status: int
) -> None:
    ref = office.submitted("PROP-02")
    headers = office.token(post, scope)
    assert office.browser().get(f"{API}/cases/{ref}", headers=headers).status_code == status


def test_a_session_is_no_token(office: Office) -> None:
    assert office.signed_in("cd-rc").get(f"{API}/cases").status_code == 401


def test_the_api_describes_itself_and_its_problems(office: Office) -> None:
    described = office.browser().get(f"{API}/openapi.json").json()
    assert set(described["paths"]) >= {
        f"{API}/proposals",
        f"{API}/proposals/{{ref}}/submit",
        f"{API}/cases/{{ref}}/journal",
    }
    assert all(path.startswith(API) for path in described["paths"])
    for path in described["paths"].values():
        for operation in path.values():
            assert {"400", "401", "403", "404", "422"} <= set(operation["responses"])
    assert "ProblemDetails" in described["components"]["schemas"]
    json.dumps(described)


def test_a_character_that_cannot_be_shown_hides_no_other_problem(program: Browser) -> None:
    refused = program.post(
        f"{API}/proposals", json={"title": "a\x00b", "benefits": ["c\x07"], "sponsor_post": "nobody"}
    )
    fields = {error["field"] for error in refused.json()["errors"]}
    assert (refused.status_code, fields) == (422, {"title", "benefits.0.title", "sponsor_post"})


@pytest.mark.parametrize("day", ["1097625600", "yesterday", "2004-02-30", "9" * 500])
def test_a_day_in_an_address_is_written_as_a_day(office: Office, day: str) -> None:
    headers = office.token("cd-rc", "read:case")
    answer = office.browser().get(f"/api/v1/forums/heads-of-ict/meetings/{day}", headers=headers)
    assert answer.status_code == 422


def test_a_kind_of_case_that_does_not_exist_is_refused_by_name(program: Browser) -> None:
    refused = program.get(f"{API}/cases?kind=nonsense")
    assert refused.status_code == 422
    assert "There is no kind nonsense of case; there are proposal, action, project" in told(refused)["kind"]
