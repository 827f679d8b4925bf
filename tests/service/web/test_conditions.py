"""Conditions on the page where they are set, and the actions they become: claimed, checked, waited for."""

from datetime import date, timedelta

import pytest

from service.store import intents, letters
from tests.service.web.office import BEGINS, Browser, Office
from tests.support.activities import done
from workflows.model import (
    ActionState,
    CaseWaiting,
    Choice,
    Ending,
    Expiring,
    Guard,
    Outcome,
    State,
    StepClosing,
    StepDecided,
)

FUNDER, LEAD = "cd-ce", "hoict-ce"
TRAIN = {
    "choice": "approve_with_conditions",
    "reason": "Nobody has been trained",
    "conditions": "Train the staff",
    "condition_by": "2004-12-01",
}
ACTION = "ACT-2004-0001"


@pytest.fixture
def case(office: Office) -> str:
    return office.submitted("PROP-01")


def reading(office: Office, step: str, post: str) -> Browser:
    browser = office.browser()
    browser.see(office.link(step, post))
    browser.press()
    assert browser.at.startswith("/a/read/"), browser.words
    return browser


def deciding(office: Office, case: str) -> Browser:
    """The funder's browser on the page where one chooses."""
    return reading(office, office.asked(case, "funding-cd-ce"), FUNDER)


def answered(office: Office, step: str, browser: Browser, choice: Choice, **answers: str) -> None:
    """Choose and confirm, and have the step close with it."""
    browser.press(choice=choice, **answers)
    assert browser.at.startswith("/a/check/"), browser.words
    browser.press()
    made = tuple(one for one in office.engine.decided if one.step == step)
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=choice, at=BEGINS + timedelta(hours=1))
    office.closed(step, StepClosing(step=step, outcome=outcome, unrecorded=made))


def conditions(office: Office, case: str) -> tuple[intents.Condition, ...]:
    with office.store.reading() as tx:
        return intents.decisions_of(tx, case)[0].conditions


# ------------------------------------------------------------------------ setting a condition


def test_the_lead_officer_is_offered_as_owner_and_what_a_minor_proposal_may_wait_for(
    office: Office, case: str
) -> None:
    browser = deciding(office, case)
    assert browser.form().fields["condition_owner"] == LEAD
    assert browser.form().fields["condition_verifier"] == FUNDER
    assert 'value="completion"' in browser.page
    assert 'value="project"' not in browser.page
    assert "The work is confirmed complete only when it is met" in browser.words


def test_a_condition_says_what_shows_it_who_checks_it_and_what_waits(office: Office, case: str) -> None:
    browser = deciding(office, case)
    browser.press(
        **TRAIN,
        condition_evidence="The list of those trained",
        condition_verifier="head-of-profession",
        condition_guards="completion",
    )
    for told in (
        "Train the staff Head of ICT, Chief Executive's, by Wednesday 1 December 2004",
        "Shown by: The list of those trained",
        "Checked by: Head of Profession",
        "The work cannot be confirmed complete before it is met.",
    ):
        assert told in browser.words
    browser.press()
    (put,) = conditions(office, case)
    assert (put.owner, put.by, put.evidence, put.verifier, put.guards) == (
        LEAD,
        date(2004, 12, 1),
        "The list of those trained",
        "head-of-profession",
        Guard.COMPLETION,
    )


def test_without_more_it_is_checked_by_whoever_sets_it_and_nothing_waits(office: Office, case: str) -> None:
    browser = deciding(office, case)
    browser.press(**TRAIN)
    browser.press()
    (put,) = conditions(office, case)
    assert (put.owner, put.verifier, put.guards, put.evidence) == (LEAD, FUNDER, Guard.NOTHING, "")


def test_what_a_board_requires_is_checked_by_its_secretary(office: Office) -> None:
    step = office.asked(office.submitted("PROP-02"), "srg", forum="srg")
    browser = reading(office, step, "cd-rad")
    assert browser.form().fields["condition_verifier"] == office.edition.forums["srg"].secretary
    assert 'value="project"' in browser.page


@pytest.mark.parametrize(
    ("answers", "field", "told"),
    [
        (
            {"condition_verifier": LEAD},
            "condition_verifier",
            "Choose somebody else to check it: Head of ICT, Chief Executive's is to meet it",
        ),
        (
            {"condition_owner": FUNDER},
            "condition_verifier",
            "Choose somebody else to check it: Chief Executive's department sponsor is to meet it",
        ),
        ({"condition_verifier": "nobody"}, "condition_verifier", "Choose who checks that it is met"),
        (
            {"condition_guards": "project"},
            "condition_guards",
            "Choose what has to wait until it is met",
        ),
        (
            {"conditions": "", "condition_by": "", "condition_evidence": "A list"},
            "conditions",
            "Say what must be done",
        ),
    ],
)
def test_what_is_wrong_with_a_condition_is_said_in_words_beside_its_box(
    office: Office, case: str, answers: dict[str, str], field: str, told: str
) -> None:
    browser = deciding(office, case)
    assert browser.press(**{**TRAIN, **answers}) == 422
    assert told in browser.words
    assert f'id="{field}-error"' in browser.page
    if field != "conditions":
        assert '<details class="govuk-details" open>' in browser.page


def test_of_a_vacant_post_it_is_said_who_is_asked_instead(office: Office, case: str) -> None:
    browser = deciding(office, case)
    told = "Service Director, Information (held by nobody today; Corporate Director"
    assert told in browser.words
    browser.press(**TRAIN, condition_owner="sd-information")
    assert browser.heading == "Check your answer"
    assert told in browser.words


@pytest.mark.parametrize("field", ["condition_owner", "condition_verifier"])
def test_a_post_for_which_nobody_would_be_asked_meets_and_checks_nothing(
    office: Office, case: str, field: str
) -> None:
    office.leaves(office.holder("health-partner"))
    browser = deciding(office, case)
    assert 'value="health-partner"' not in browser.page
    assert browser.press(**{**TRAIN, field: "health-partner"}) == 422
    assert f'id="{field}-error"' in browser.page
    assert "nor any post above it, so nobody would be asked" in browser.words


def test_one_person_in_two_posts_does_not_check_what_they_do(office: Office, case: str) -> None:
    office.hands_over("head-of-profession", LEAD)
    browser = deciding(office, case)
    assert browser.press(**TRAIN, condition_verifier="head-of-profession") == 422
    assert "Choose somebody else to check it" in browser.words


def test_an_owner_that_is_only_offered_is_no_condition(office: Office, case: str) -> None:
    browser = deciding(office, case)
    assert browser.press(choice="approve_with_conditions", reason="If trained") == 422
    assert "Say at least one condition" in browser.words


# -------------------------------------------------------------------------- what becomes of it


@pytest.fixture
def approved(office: Office, case: str) -> str:
    """A proposal approved on condition that the staff are trained first, which waits for it."""
    step = office.asked(case, "funding-cd-ce")
    answered(
        office,
        step,
        reading(office, step, FUNDER),
        Choice.APPROVE_WITH_CONDITIONS,
        **{name: value for name, value in TRAIN.items() if name != "choice"},
        condition_guards="completion",
    )
    office.became(case, State.APPROVED, because=step)
    done(
        office.course.waits(
            CaseWaiting(
                case=case,
                number=1,
                key="completion",
                leg="conditions",
                since=BEGINS + timedelta(hours=2),
                until=None,
                on=LEAD,
            )
        )
    )
    return case


WAITS = f"Waits for condition {ACTION} of Head of ICT, Chief Executive's, due 1 December 2004."


def test_a_case_lists_its_conditions_with_their_actions_and_says_which_it_waits_for(
    office: Office, approved: str
) -> None:
    browser = office.signed_in(LEAD)
    browser.see(f"/cases/{approved}")
    assert WAITS in browser.words
    assert f'href="/cases/{ACTION}"' in browser.page
    assert (
        f"Train the staff {ACTION} Agreed Head of ICT, Chief Executive's, by Wednesday 1 December 2004. "
        "Checked by Chief Executive's department sponsor. "
        "The work cannot be confirmed complete before it is met."
    ) in browser.words


def test_what_waits_for_a_condition_that_was_broken_off_is_said_to_have_no_way_on(
    office: Office, approved: str
) -> None:
    office.became(ACTION, ActionState.WITHDRAWN)
    told = (
        f"Condition {ACTION} of Head of ICT, Chief Executive's was broken off before it was met: "
        "the proposal can only be withdrawn."
    )
    browser = office.signed_in(LEAD)
    browser.see(f"/cases/{approved}")
    assert told in browser.words
    browser.see("/cases")
    assert told in browser.words
    assert "Look again in a minute" not in browser.words
    client, token = office.browser(), office.token("corp-projects-manager")
    (wait,) = client.get(f"/api/v1/cases/{approved}", headers=token).json()["waiting"]
    assert (wait["action"], wait["at"]) == (ACTION, None)
    assert wait["next"] == "nothing: the proposal can only be withdrawn"
    with office.store.reading() as tx:
        at, valid_until = tx.now, date(2005, 9, 13)
    done(office.course.expiring(Expiring(case=approved, number=1, valid_until=valid_until, at=at)))
    with office.store.reading() as tx:
        warned = [row.props for row in letters.of_case(tx, approved) if row.kind == "expiring"]
    assert warned
    assert {(len(row["unmet"]), row["broken_off"]) for row in warned} == {(0, True)}


def test_conditions_of_an_answer_that_stands_no_more_are_not_listed_as_what_is_to_be_met(
    office: Office, case: str
) -> None:
    step, put = office.asked(case, "funding-cd-ce"), {**TRAIN, "condition_guards": "completion"}
    choice = Choice(put.pop("choice"))
    browser = reading(office, step, FUNDER)
    browser.press(choice=choice, **put)
    browser.press()
    done(office.register.decided(StepDecided(step=step, decisions=tuple(office.engine.decided), at=BEGINS)))
    assert listed(office, case) == ["Train the staff"]
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=choice, at=BEGINS)
    office.closed(step, StepClosing(step=step, outcome=outcome))
    office.became(case, State.RETURNED)
    assert listed(office, case) == ["Train the staff"]
    office.resubmitted(case, summary="Something else is bought")
    assert listed(office, case) == []
    browser = office.signed_in(LEAD)
    browser.see(f"/cases/{case}")
    assert "No condition that was set stands any more." in browser.words
    assert "On version 1: Chief Executive's department sponsor approved with conditions" in browser.words
    assert "cannot be confirmed complete" not in browser.words


@pytest.mark.parametrize(
    ("choice", "state"),
    [(Choice.REJECT, State.REJECTED), (None, State.LAPSED), (Choice.APPROVE, State.WITHDRAWN)],
)
def test_conditions_of_a_proposal_that_was_not_approved_are_not_listed(
    office: Office, case: str, choice: Choice | None, state: State
) -> None:
    step, put = office.asked(case, "funding-cd-ce"), dict(TRAIN)
    browser = reading(office, step, FUNDER)
    browser.press(choice=put.pop("choice"), **put)
    browser.press()
    ending = Ending.DECIDED if choice else Ending.SILENT
    outcome = Outcome(step=step, ending=ending, choice=choice, at=BEGINS)
    office.closed(step, StepClosing(step=step, outcome=outcome, unrecorded=tuple(office.engine.decided)))
    if state != State.WITHDRAWN:
        assert listed(office, case) == []
    office.became(case, state, because=step)
    assert listed(office, case) == []


def listed(office: Office, case: str) -> list[str]:
    """The conditions of a case that a program reads."""
    client, token = office.browser(), office.token("corp-projects-manager")
    told = client.get(f"/api/v1/cases/{case}", headers=token).json()
    return [one["text"] for one in told["conditions"]]


def test_proposals_and_actions_have_lists_of_their_own(office: Office, approved: str) -> None:
    browser = office.signed_in(LEAD)
    browser.see("/cases")
    assert approved in browser.words
    assert f'href="/cases/{ACTION}"' not in browser.page
    browser.see("/cases?kind=action")
    assert f'href="/cases/{ACTION}"' in browser.page
    assert "Train the staff: Condition on " in browser.words
    assert "Agreed (1)" in browser.words
    assert "1 December 2004" in browser.words
    browser.see("/cases?kind=action&state=verified")
    assert "No action is like that" in browser.words


def test_a_program_reads_conditions_with_their_states_and_lists_actions(
    office: Office, approved: str
) -> None:
    client, token = office.browser(), office.token("corp-projects-manager")
    told = client.get(f"/api/v1/cases/{approved}", headers=token).json()
    assert told["conditions"] == [
        {
            "text": "Train the staff",
            "owner": LEAD,
            "by": "2004-12-01",
            "evidence": "",
            "verifier": FUNDER,
            "guards": "completion",
            "action": ACTION,
            "state": "agreed",
        }
    ]
    assert [made["conditions"] for made in told["decisions"] if made["conditions"]] == [told["conditions"]]
    assert [(one["on"], one["action"], one["at"][:10]) for one in told["waiting"]] == [
        (LEAD, ACTION, "2004-12-01")
    ]
    for kind, refs in (("action", [ACTION]), ("proposal", [approved])):
        found = client.get(f"/api/v1/cases?kind={kind}", headers=token).json()["items"]
        assert [one["ref"] for one in found] == refs
    found = client.get(f"/api/v1/cases?kind=proposal&waiting_on={LEAD}", headers=token).json()["items"]
    assert [one["ref"] for one in found] == [approved]
    action = client.get(f"/api/v1/cases/{ACTION}", headers=token).json()
    assert (action["kind"], action["state"]) == ("action", "agreed")
    assert action["action"] == {
        "follows": approved,
        "text": "Train the staff",
        "owner": LEAD,
        "verifier": FUNDER,
        "due": "2004-12-01",
        "evidence": "",
        "guards": "completion",
    }


def test_an_action_is_reported_done_and_checked_by_links(office: Office, approved: str) -> None:
    step = office.asked_of_action(ACTION, "action")
    browser = reading(office, step, LEAD)
    for told in ("Is this done?", "Train the staff", "Who checks it", f"which follows from {approved}"):
        assert told in browser.words
    assert browser.press(choice="claim_complete") == 422
    assert "Say what shows that it is done" in browser.words
    browser = reading(office, step, LEAD)
    answered(office, step, browser, Choice.CLAIM_COMPLETE, reason="All twelve, on 1 October")
    browser.see(browser.at)
    assert "it goes to Chief Executive's department sponsor to be checked" in browser.words

    check = office.asked_of_action(ACTION, "action_check")
    browser = reading(office, check, FUNDER)
    assert "“All twelve, on 1 October”" in browser.words
    answered(office, check, browser, Choice.SEND_BACK, reason="Three are still to come")
    browser.see(browser.at)
    assert "it goes back to Head of ICT, Chief Executive's" in browser.words

    page = office.signed_in(FUNDER)
    page.see(f"/cases/{ACTION}")
    for told in ("What is to be done", "“Three are still to come”", "reported completion"):
        assert told in page.words


def test_whoever_came_to_do_it_may_not_check_it_with_an_old_link(office: Office, approved: str) -> None:
    check = office.asked_of_action(ACTION, "action_check")
    link = office.link(check, FUNDER)
    office.hands_over(LEAD, FUNDER)
    browser = office.browser()
    assert browser.see(link) == 403
    assert "nobody checks their own work" in browser.words


@pytest.mark.parametrize("post", [LEAD, FUNDER])
def test_an_action_is_not_withdrawn_by_those_it_binds(office: Office, approved: str, post: str) -> None:
    browser = office.signed_in(post)
    browser.see(f"/cases/{ACTION}")
    assert "Withdraw" not in browser.words
    assert browser.see(f"/cases/{ACTION}/withdraw") == 409
    assert browser.see(f"/cases/{ACTION}/agreement") == 404
