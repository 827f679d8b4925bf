"""From reading to the receipt: one decision however often it is sent, and none on anything stale."""

import html
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from service import telling
from service.errors import Unavailable
from service.gateway import Counted, Refused, Unknown
from service.relay import Relay
from service.store import cases, covers, intents, journal, letters, links, sessions, steps
from service.store.covers import Cover
from service.store.letters import LinkBinding, QueuedLetter
from service.web import briefing, days, words
from tests.service.web.office import BEGINS, SAME_ORIGIN, Browser, FakeEngine, Office
from tests.service.web.test_decision_record import arrives
from tests.support.activities import done
from tests.support.real_time import RealTime
from workflows.model import (
    CaseMoved,
    CaseWaiting,
    Choice,
    Ending,
    Holder,
    Moving,
    Nudge,
    Outcome,
    Seat,
    SeatAsk,
    State,
    StepClosing,
    StepNudged,
    decision_key,
)
from workflows.rules.quorum import Refusal

FUNDER = "cd-ce"
CHALLENGE = "challenge-sd-ict-ca"
SMALLER = {"capital_gbp": 60000, "revenue_gbp_per_year": 0, "project_management_gbp": 0}
"""Major still, and with no share for which a code is asked."""
CONDITION = {"conditions": "Train the staff", "condition_owner": "hoict-ce", "condition_by": "2004-12-01"}


@pytest.fixture
def step(office: Office) -> str:
    """A question about £12,000, open; returns the step's id."""
    return office.asked(office.submitted("PROP-01"), "funding-cd-ce")


def reading(office: Office, step: str, post: str = FUNDER) -> Browser:
    """A browser on the page where one chooses."""
    browser = office.browser()
    browser.see(office.link(step, post))
    browser.press()
    assert browser.at.startswith("/a/read/"), browser.words
    return browser


def checking(office: Office, step: str, choice: str = "approve", **answers: str) -> Browser:
    """A browser on the page where one confirms."""
    browser = reading(office, step)
    browser.press(choice=choice, **answers)
    assert browser.at.startswith("/a/check/"), browser.words
    return browser


def choices(office: Office) -> list[Choice]:
    return [decision.choice for decision in office.engine.decided]


def of_case(step: str) -> str:
    return step.partition(".")[0]


def closed(office: Office, step: str, ending: Ending, why: str = "") -> None:
    outcome = Outcome(step=step, ending=ending, at=BEGINS + timedelta(hours=1))
    office.closed(step, StepClosing(step=step, outcome=outcome, why=why))


# ---------------------------------------------------------------------------- reading


def test_the_page_says_who_decides_on_what_for_how_much_and_why(office: Office, step: str) -> None:
    words = reading(office, step).words
    for told in (
        "Do you approve £12,000 from your budget?",
        "£12,000, the whole of it",
        "Version 1 of Monday 13 September 2004",
        "(clause FUND-1).",
        "You are deciding as",
        "Return for information The sponsor is told what you need",
        "Fingerprint of this version",
    ):
        assert told in words
    assert ". (clause" not in words


def test_nothing_is_chosen_beforehand(office: Office, step: str) -> None:
    assert " checked" not in reading(office, step).page


def test_the_check_page_says_back_what_is_about_to_be_decided(office: Office, step: str) -> None:
    browser = checking(office, step)
    assert "You are approving £12,000 as" in browser.words
    assert "What happens next" in browser.words


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({}, "Choose one of the answers"),
        ({"choice": "maybe"}, "Choose one of the answers"),
        ({"choice": "note"}, "Choose one of the answers"),
        ({"choice": "reject"}, "Give your reasons"),
        ({"choice": "return", "reason": "  "}, "Give your reasons"),
        ({"choice": "defer", "reason": "Not now"}, "Say on which day to ask you again"),
        ({"choice": "defer", "reason": "Not now", "until": "2004-09-01"}, "The day must be in the future"),
        ({"choice": "defer", "reason": "Not now", "until": "2004-09-31"}, "Enter a day that exists"),
        (
            {"choice": "defer", "reason": "Not now", "until": "2006-09-14"},
            "The day must be 13 September 2006 or before, within 2 years",
        ),
        (
            {"choice": "defer", "reason": "Not now", "until": "9999-12-31"},
            "The day must be 13 September 2006 or before, within 2 years",
        ),
        (
            {"choice": "defer", "reason": "Not now", "until": "2004-09-18"},
            "Saturday 18 September 2004 is not a working day; the next is Monday 20 September 2004",
        ),
        (
            {"choice": "defer", "reason": "Not now", "until": "2004-12-27"},
            "Monday 27 December 2004 is not a working day; the next is Tuesday 4 January 2005",
        ),
        ({"choice": "approve_with_conditions", **CONDITION}, "Give your reasons"),
        (
            {"choice": "approve_with_conditions", "reason": "If trained"},
            "Say at least one condition",
        ),
        (
            {
                "choice": "approve_with_conditions",
                "reason": "If trained",
                "conditions": "Train staff",
                "condition_owner": "",
            },
            "Choose who is to meet this condition",
        ),
        (
            {
                "choice": "approve_with_conditions",
                "reason": "If trained",
                **CONDITION,
                "condition_by": "2004-12",
            },
            "Enter a day that exists",
        ),
        (
            {
                "choice": "approve_with_conditions",
                "reason": "If trained",
                **CONDITION,
                "condition_by": "9999-12-31",
            },
            "The day must be 13 September 2014 or before, within 10 years",
        ),
        (
            {"choice": "approve", "conditions": "Train the staff"},
            "You typed a condition, but chose Approve: choose Approve with conditions, "
            "or take the condition out",
        ),
        (
            {"choice": "reject", "reason": "Too dear", "conditions_3": "Train the staff"},
            "You typed a condition, but chose Reject: choose Approve with conditions, "
            "or take the condition out",
        ),
        (
            {"choice": "approve_with_conditions", "reason": "If trained", "condition_owner": "cd-ce"},
            "Say what must be done",
        ),
        (
            {
                "choice": "approve_with_conditions",
                "reason": "If trained",
                **CONDITION,
                "condition_by_2-day": "1",
            },
            "Say what must be done",
        ),
        ({"choice": "reject", "reason": "x" * 5_001}, "Use 5,000 characters or fewer"),
    ],
)
def test_an_answer_that_lacks_something_is_told_what(
    office: Office, step: str, answers: dict[str, str], told: str
) -> None:
    browser = reading(office, step)
    assert browser.press(**answers) == 422
    assert f"There is a problem {told}" in browser.words


def test_conditions_have_an_owner_and_a_day(office: Office, step: str) -> None:
    browser = checking(
        office,
        step,
        "approve_with_conditions",
        **{
            "reason": "Nobody has been trained",
            "conditions": "Train the staff",
            "condition_owner": "hoict-ce",
            "condition_by-day": "1",
            "condition_by-month": "12",
            "condition_by-year": "2004",
        },
    )
    browser.press()
    with office.store.reading() as tx:
        made = intents.decisions_of(tx, of_case(step))[0]
    assert [(put.text, put.owner, put.by) for put in made.conditions] == [
        ("Train the staff", "hoict-ce", date(2004, 12, 1))
    ]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"choice": "approve", "conditions_2": "Train the staff"}, "conditions_2"),
        (
            {
                "choice": "approve_with_conditions",
                "reason": "x",
                **CONDITION,
                "condition_owner_3": "cd-ce",
            },
            "conditions_3",
        ),
    ],
)
def test_what_is_wrong_with_a_condition_is_said_beside_its_own_box(
    office: Office, step: str, answers: dict[str, str], field: str
) -> None:
    browser = reading(office, step)
    assert browser.press(**answers) == 422
    assert f'href="#{field}"' in browser.page
    assert f'id="{field}-error"' in browser.page


def test_a_plain_approval_has_no_use_for_an_owner_without_a_condition(office: Office, step: str) -> None:
    checking(office, step, condition_owner="hoict-ce").press()
    assert choices(office) == [Choice.APPROVE]


def test_a_question_is_put_off_by_two_years_and_no_more(office: Office, step: str) -> None:
    checking(office, step, "defer", reason="Not now", until="2006-09-13").press()
    assert office.engine.decided[0].until == date(2006, 9, 13)


def test_a_question_is_not_put_off_beyond_the_days_that_the_handbook_knows() -> None:
    with pytest.raises(days.Unfit, match="calendar goes no further than 27 December 2004"):
        days.worked(date(2005, 1, 4), date(2004, 9, 13), (date(2004, 12, 27),))


@pytest.mark.parametrize(("until", "warned"), [("2004-11-30", False), ("2004-12-01", True)])
def test_putting_it_off_past_the_day_it_is_needed_is_allowed_with_a_warning(
    office: Office, step: str, until: str, warned: bool
) -> None:
    browser = checking(office, step, "defer", reason="Not now", until=until)
    told = "The sponsor needs a decision by Tuesday 30 November 2004"
    assert (told in browser.words) is warned
    assert browser.press() == 200


def test_completion_is_put_off_within_the_days_of_the_approval_only(office: Office) -> None:
    ref = office.submitted("PROP-01")
    office.became(ref, State.APPROVED, number=2, valid_until=date(2005, 9, 13))
    browser = reading(office, office.asked(ref, "completion"), "hoict-ce")
    assert "The approval is valid until Tuesday 13 September 2005: on that day at the latest" in browser.words
    assert browser.press(choice="defer", reason="The supplier is late", until="2005-11-14") == 422
    told = "The approval is valid until Tuesday 13 September 2005, and lapses unless it is put to use by then"
    assert f"{told}: choose that day or one before it" in browser.words
    assert browser.press(choice="defer", reason="The supplier is late", until="2005-09-13") == 200
    assert browser.at.startswith("/a/check/")
    assert told in browser.words
    # It was decided long before the day by which the sponsor needed a decision.
    assert "needs a decision by" not in browser.words


@pytest.mark.parametrize(
    ("valid_until", "offered"),
    [
        (BEGINS.date(), False),
        (BEGINS.date() + timedelta(days=1), True),
    ],
)
def test_completion_cannot_be_put_off_once_no_day_of_the_approval_is_left(
    office: Office, valid_until: date, offered: bool
) -> None:
    ref = office.submitted("PROP-01")
    office.became(ref, State.APPROVED, number=2, valid_until=valid_until)
    browser = reading(office, office.asked(ref, "completion"), "hoict-ce")
    assert ("Defer" in browser.words) is offered
    tomorrow = (BEGINS + timedelta(days=1)).date().isoformat()
    put_off = browser.press(choice="defer", reason="The supplier is late", until=tomorrow)
    assert put_off == (200 if offered else 422)


def test_completion_cannot_be_put_off_to_a_weekend_that_ends_the_approval(office: Office) -> None:
    ref = office.submitted("PROP-01")
    office.became(ref, State.APPROVED, number=2, valid_until=date(2004, 9, 19))
    step = office.asked(ref, "completion")
    office.it_is(date(2004, 9, 17))
    assert "Defer" not in reading(office, step, "hoict-ce").words


def test_the_notified_forum_answers_its_three_questions(office: Office) -> None:
    step = office.asked(office.submitted("PROP-01"), "notification")
    browser = reading(office, step, "heads-of-ict-secretary")
    assert browser.press(choice="note", fit="no_concern", infrastructure="concern") == 422
    assert "Effect on the infrastructure: say what your concern is" in browser.words
    assert "Network security: say whether you have a concern" in browser.words
    browser.press(
        choice="note",
        fit="no_concern",
        infrastructure="concern",
        infrastructure_words="The server is full",
        network_security="no_concern",
    )
    browser.press()
    with office.store.reading() as tx:
        made = intents.decisions_of(tx, of_case(step))[0]
    assert made.answers["infrastructure"].text == "The server is full"


def test_a_forum_s_word_is_the_forum_s_whoever_writes_it_down(office: Office) -> None:
    office.leaves(office.holder("heads-of-ict-secretary"))
    step = office.asked(office.submitted("PROP-01"), "notification")
    (writes,) = office.step(step).seats[0].holders
    assert writes.post != "heads-of-ict-secretary"
    browser = reading(office, step, writes.post)
    plain = dict.fromkeys(("fit", "infrastructure", "network_security"), "no_concern")
    browser.press(choice="note", **plain)
    assert "You are recording that Heads of ICT Group noted it" in browser.words
    browser.press()
    assert "You recorded that Heads of ICT Group noted INV-2004-0001" in browser.words
    with office.store.reading() as tx:
        (made,) = intents.decisions_of(tx, of_case(step))
    assert telling.told(made, office.edition).who == "Heads of ICT Group"


# ------------------------------------------------------------------------- confirming


def test_confirming_records_the_decision_and_what_was_shown(office: Office, step: str) -> None:
    browser = checking(office, step)
    assert browser.press() == 200
    assert browser.at.startswith("/a/done/")
    assert "You approved £12,000" in browser.words
    with office.store.reading() as tx:
        made = intents.decisions_of(tx, of_case(step))[0]
        shown = briefing.shown(tx, made.shown_hash)
        kinds = [line.kind for line in journal.lines(tx, of_case(step))]
    assert shown is not None
    assert (shown.step, shown.title) == (step, "Consultation tool kit")
    assert "decision.submitted" in kinds
    assert office.engine.decided[0].key == decision_key(step, 1, FUNDER)


def test_the_receipt_says_in_words_what_the_question_came_to(office: Office, step: str) -> None:
    browser = checking(office, step)
    browser.press()
    office.recorded(step)
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=Choice.APPROVE, at=BEGINS)
    office.closed(step, StepClosing(step=step, outcome=outcome))
    browser.see(browser.at)
    assert "It is approved; it goes to Head of ICT" in browser.words


def test_the_receipt_counts_everybody_who_is_asked_together(office: Office) -> None:
    ref = office.submitted("PROP-02", cost_profile=SMALLER)
    told = []
    for funder in ("bh-dmh", "bh-sports"):
        office.asked(ref, f"funding-{funder}")
    for funder in ("bh-dmh", "bh-sports"):
        step = f"{ref}.funding-{funder}.1"
        office.engine.answer = Counted(Choice.APPROVE)
        browser = checking_as(office, step, funder)
        browser.press()
        told.append(browser.words)
        office.recorded(step)
        outcome = Outcome(step=step, ending=Ending.DECIDED, choice=Choice.APPROVE, at=BEGINS)
        office.closed(step, StepClosing(step=step, outcome=outcome))
    assert "1 of 2 funders has approved." in told[0]
    assert "With Budget holder, Sports Services since" in told[0]
    assert "2 of 2 funders have approved; it goes to Strategic Resources Group" in told[1]


def test_a_receipt_beside_a_refusal_asks_nobody_for_a_new_version(office: Office) -> None:
    ref = office.submitted("PROP-02", cost_profile=SMALLER)
    answers = {"bh-dmh": Choice.RETURN, "bh-sports": Choice.REJECT}
    for funder in answers:
        office.asked(ref, f"funding-{funder}")
    browsers = []
    for funder, choice in answers.items():
        step = f"{ref}.funding-{funder}.1"
        office.engine.answer = Counted(choice)
        browser = reading(office, step, funder)
        browser.press(choice=str(choice), reason="Too little is known")
        browser.press()
        browsers.append(browser)
        office.recorded(step)
        outcome = Outcome(step=step, ending=Ending.DECIDED, choice=choice, at=BEGINS)
        office.closed(step, StepClosing(step=step, outcome=outcome))
    for browser in browsers:
        browser.see(browser.at)
        assert "it ends here, and its sponsor is told why." in browser.words


@pytest.mark.parametrize(
    ("state", "told"), [(State.REJECTED, "Rejected on"), (State.WITHDRAWN, "Withdrawn on")]
)
def test_once_the_case_is_over_the_receipt_says_how(
    office: Office, step: str, state: State, told: str
) -> None:
    browser = checking(office, step)
    browser.press()
    office.recorded(step)
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=Choice.APPROVE, at=BEGINS)
    office.closed(step, StepClosing(step=step, outcome=outcome))
    office.became(of_case(step), state)
    browser.see(browser.at)
    assert told in browser.words
    assert "it goes to" not in browser.words


@pytest.mark.parametrize(
    ("choice", "more", "told"),
    [
        (Choice.RETURN, {}, "It is returned for information; its sponsor is asked for a new version."),
        (Choice.REJECT, {}, "It is rejected; it ends here, and its sponsor is told why."),
        (
            Choice.DEFER,
            {"until": "2004-11-30"},
            "It is deferred; it is asked again on Tuesday 30 November 2004.",
        ),
    ],
)
def test_the_receipt_says_what_comes_of_an_answer_that_lets_it_go_no_further(
    office: Office, step: str, choice: Choice, more: dict[str, str], told: str
) -> None:
    office.engine.answer = Counted(choice)
    browser = checking(office, step, str(choice), reason="Too little is known", **more)
    browser.press()
    pages = [browser.words]
    office.recorded(step)
    until = date.fromisoformat(more["until"]) if more else None
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=choice, at=BEGINS, until=until)
    office.closed(step, StepClosing(step=step, outcome=outcome))
    browser.see(browser.at)
    for page in (*pages, browser.words):
        assert told in page
        assert "next people" not in page


def test_once_it_is_back_with_its_sponsor_the_receipt_says_so(office: Office, step: str) -> None:
    browser = checking(office, step, "return", reason="Too little is known")
    browser.press()
    office.recorded(step)
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=Choice.RETURN, at=BEGINS)
    office.closed(step, StepClosing(step=step, outcome=outcome))
    ref = of_case(step)
    office.became(ref, State.RETURNED)
    wait = CaseWaiting(
        case=ref, number=1, key="resubmission", leg="resubmission", since=BEGINS, until=None, on="cd-ce"
    )
    done(office.course.waits(wait))
    browser.see(browser.at)
    assert "Nothing happens until the next version is submitted." in browser.words
    assert "goes on" not in browser.words
    assert "next people" not in browser.words


def test_a_referral_is_said_to_go_to_srg_and_not_where_the_way_went_before(office: Office, step: str) -> None:
    office.engine.answer = Counted(Choice.REFER_UP)
    browser = checking(office, step, "refer_up", reason="It is for the board")
    browser.press()
    assert "It is referred up; it goes to Strategic Resources Group." in browser.words


def test_what_settles_an_issue_is_wanted_only_of_whoever_settles_it(office: Office) -> None:
    step = office.asked(office.submitted("PROP-08"), "issue-P09")
    post = office.step(step).seats[0].post
    browser = reading(office, step, post)
    assert browser.press(choice="approve") == 422
    assert "Say which one source holds the data" in browser.words
    assert browser.press(choice="return", reason="Nothing is known of the sources") == 200
    assert browser.at.startswith("/a/check/")


def test_the_last_answer_of_all_is_not_said_to_go_on_to_others(office: Office) -> None:
    step = office.asked(office.submitted("PROP-07"), "completion")
    office.engine.answer = Counted(Choice.VERIFY)
    browser = reading(office, step, "hoict-rc")
    browser.press(choice="verify")
    browser.press()
    assert "It is confirmed as complete; nothing more is asked." in browser.words


def test_what_the_register_has_yet_to_close_is_not_said_to_wait(office: Office) -> None:
    step = office.asked(office.submitted("PROP-02"), "srg")
    office.engine.answer = Counted(Choice.APPROVE)
    browser = reading(office, step, "chief-executive")
    browser.press(choice="approve")
    browser.press()
    assert "its project is still to come" in browser.words.lower()
    assert "a reminder is sent" not in browser.words


def test_conditions_are_promised_no_more_than_is_done(office: Office, step: str) -> None:
    words = reading(office, step).words
    assert "Your conditions are recorded, told to the sponsor and shown to those asked after you." in words


def test_sent_three_times_it_is_one_decision_and_the_same_page(office: Office, step: str) -> None:
    browser = checking(office, step)
    form = browser.form()
    answers = [
        browser.post(form.action, data=form.hidden, headers=SAME_ORIGIN, follow_redirects=True)
        for _ in range(3)
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert choices(office) == [Choice.APPROVE]


def test_of_two_tabs_one_counts_and_the_other_is_told_which(office: Office) -> None:
    for _ in range(3):
        step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
        browser = reading(office, step)
        tabs = (Tab(browser, choice="approve"), Tab(browser, choice="reject", reason="Too dear"))
        with ThreadPoolExecutor(2) as both:
            statuses = list(both.map(Tab.confirm, tabs))
        assert sorted(statuses) == [303, 409]
        counted, other = sorted(tabs, key=lambda tab: tab.status)
        said = words.did(Choice(counted.choice), "funding", "this")
        assert f"You have already {said}" in other.text
        assert "If it was a mistake, tell the programme office now" in other.text
        with office.store.reading() as tx:
            assert [made.choice for made in intents.decisions_of(tx, of_case(step))] == [counted.choice]


class Tab:
    """One tab of a browser, on the page where one confirms."""

    def __init__(self, browser: Browser, **answers: str) -> None:
        self.browser, self.choice = browser, answers["choice"]
        browser.see(
            browser.at if browser.at.startswith("/a/read/") else f"/a/read/{browser.at.split('/')[3]}"
        )
        browser.press(**answers)
        self.form = browser.form()
        self.status, self.text = 0, ""

    def confirm(self) -> int:
        response = self.browser.post(self.form.action, data=self.form.hidden, headers=SAME_ORIGIN)
        self.status, self.text = response.status_code, response.text
        return self.status


def test_the_other_tab_is_told_what_stands(office: Office, step: str) -> None:
    one, other = checking(office, step), checking(office, step, "reject", reason="Too dear")
    one.press()
    assert other.press() == 409
    assert choices(office) == [Choice.APPROVE]


def test_the_link_opens_again_to_read_what_was_decided(office: Office, step: str) -> None:
    checking(office, step).press()
    browser = office.browser()
    assert browser.see(office.link(step, FUNDER)) == 200
    assert "you have answered" in browser.words
    assert browser.press() == 200
    assert "You approved £12,000" in browser.words


def test_while_nobody_knows_the_answer_is_being_recorded_and_the_relay_can_bring_it(
    office: Office, step: str
) -> None:
    office.engine.answer = Unknown()
    browser = checking(office, step)
    assert browser.press() == 202
    assert browser.heading == "Your answer is being recorded"
    assert "fail" not in browser.words.lower()
    with office.store.reading() as tx:
        assert [intent.key for intent in intents.unsettled(tx)] == [decision_key(step, 1, FUNDER)]


@pytest.mark.parametrize("why", list(Refusal))
def test_each_refusal_of_the_step_has_its_page(office: Office, step: str, why: Refusal) -> None:
    office.engine.answer = Refused(why)
    browser = checking(office, step)
    assert browser.press() == 409
    assert "not counted" in browser.words
    with office.store.reading() as tx:
        assert intents.decisions_of(tx, of_case(step)) == ()


def test_a_script_that_presses_confirm_is_refused(office: Office, step: str) -> None:
    browser = checking(office, step)
    form = browser.form()
    headers = {key: value for key, value in SAME_ORIGIN.items() if key != "Sec-Fetch-User"}
    assert browser.post(form.action, data=form.hidden, headers=headers).status_code == 403
    assert choices(office) == []


def test_a_browser_too_old_to_say_where_it_comes_from_may_confirm(office: Office, step: str) -> None:
    browser = checking(office, step)
    form = browser.form()
    assert browser.post(form.action, data=form.hidden).status_code == 303


def test_what_the_form_says_of_other_things_changes_nothing(office: Office, step: str) -> None:
    browser = reading(office, step)
    browser.press(choice="approve", person="p-001", seat="x", status="approved", round="9", version="9")
    browser.press(person="p-001", choice="reject", decided_by="p-001", step="other")
    made = office.engine.decided[0]
    assert (made.choice, made.person, made.round) == (Choice.APPROVE, office.holder(FUNDER), 1)


# --------------------------------------------------------------------- no longer so


def _withdrawn(office: Office, step: str) -> None:
    with office.store.writing() as tx:
        cases.withdrawal_requested(tx, of_case(step), office.holder("hoict-ce"), "withdraw:1")


def _changed(office: Office, step: str) -> None:
    closed(office, step, Ending.DECIDED)
    ref = of_case(step)
    office.became(ref, State.RETURNED)
    office.resubmitted(ref, title="Consultation tool kit, smaller")


def _time_up(office: Office, step: str) -> None:
    closed(office, step, Ending.SILENT, "time_up")


def _refused_by_another(office: Office, step: str) -> None:
    closed(office, step, Ending.WITHDRAWN, "refused_by_another")


def _returned_by_another(office: Office, step: str) -> None:
    closed(office, step, Ending.WITHDRAWN, "returned_by_another")


def _unanswered_beside(office: Office, step: str) -> None:
    closed(office, step, Ending.WITHDRAWN, "unanswered_beside")


def _revoked(office: Office, step: str) -> None:
    with office.store.writing() as tx:
        links.revoke_step(tx, step, "reassigned")


def _expired(office: Office, step: str) -> None:
    office.days_pass(15)


@pytest.mark.parametrize(
    ("happens", "status", "heading"),
    [
        (_withdrawn, 410, "withdrawn"),
        (_changed, 409, "has changed"),
        (_time_up, 410, "This question has closed"),
        (_refused_by_another, 409, "decided without you"),
        (_returned_by_another, 409, "not asked any more"),
        (_unanswered_beside, 409, "not asked any more"),
        (_revoked, 410, "for somebody else"),
        (_expired, 410, "expired"),
    ],
)
def test_a_link_tells_what_has_happened_opened_or_confirmed(
    office: Office, step: str, happens: Callable[[Office, str], None], status: int, heading: str
) -> None:
    open_page = checking(office, step)
    happens(office, step)
    assert open_page.press() == status
    assert heading in open_page.heading
    assert choices(office) == []
    fresh = office.browser()
    assert fresh.see(office.link(step, FUNDER)) == status
    assert heading in fresh.heading


def test_a_link_says_until_when_others_put_the_question_off(office: Office) -> None:
    step = office.asked(office.submitted("PROP-02"), "srg")
    until = date(2004, 11, 25)
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=Choice.DEFER, at=BEGINS, until=until)
    office.closed(step, StepClosing(step=step, outcome=outcome))
    member = office.browser()
    assert member.see(office.link(step, "cd-hsg")) == 409
    assert member.heading == "This has been put off"
    assert "deferred to Thursday 25 November 2004 without you. It is taken up again then." in member.words
    office.it_is(until)
    member.see(office.link(step, "cd-hsg"))
    assert "Use the link in the newest letter about it." in member.words
    office.became(step.partition(".")[0], State.REJECTED)
    member.see(office.link(step, "cd-hsg"))
    assert "put off" not in member.heading
    assert "newest letter" not in member.words


@pytest.mark.parametrize(
    ("ending", "why", "heading", "said"),
    [
        (Ending.DECIDED, "", "decided without you", "The others who were asked settled the question on"),
        (
            Ending.WITHDRAWN,
            "returned_by_another",
            "not asked any more",
            "returned INV-2004-0001 to its sponsor",
        ),
    ],
)
def test_an_answer_that_did_not_count_is_not_told_as_somebody_else_s(
    office: Office, step: str, ending: Ending, why: str, heading: str, said: str
) -> None:
    browser = checking(office, step)
    office.engine.answer = Refused(Refusal.ENDED)
    browser.press()
    closed(office, step, ending, why)
    browser.see(office.link(step, FUNDER))
    assert heading in browser.heading
    assert said in browser.words
    assert "Somebody else who could answer for the same post" not in browser.words


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (_refused_by_another, "one refusal is enough"),
        (_returned_by_another, "to its sponsor for information"),
        (_unanswered_beside, "was closed without an answer"),
    ],
)
def test_a_link_says_what_stopped_the_proposal_and_no_refusal_where_there_was_none(
    office: Office, step: str, happens: Callable[[Office, str], None], said: str
) -> None:
    happens(office, step)
    fresh = office.browser()
    fresh.see(office.link(step, FUNDER))
    assert said in fresh.words
    assert ("refus" in fresh.words) == (happens is _refused_by_another)


def test_a_changed_proposal_shows_what_has_changed(office: Office, step: str) -> None:
    browser = checking(office, step)
    _changed(office, step)
    browser.press()
    assert "Consultation tool kit, smaller" in browser.words


def test_a_refused_attempt_leaves_a_trace(office: Office, step: str) -> None:
    browser = checking(office, step)
    _withdrawn(office, step)
    browser.press()
    with office.store.reading() as tx:
        assert "attempt.refused" in [line.kind for line in journal.lines(tx, of_case(step))]


def test_the_cover_answers_on_behalf_of_the_covered_and_not_after_the_last_day(office: Office) -> None:
    ref = office.submitted("PROP-01")
    covered, cover = office.holder(FUNDER), office.holder("cd-sch")
    with office.store.writing() as tx:
        covers.set(
            tx,
            Cover(
                person=covered, cover=cover, starts=date(2004, 9, 13), ends=date(2004, 9, 14), set_by=covered
            ),
        )
    step = office.asked(ref, "funding-cd-ce")
    late = office.browser()
    late.see(office.link(step, "cd-sch"))
    late.press()
    browser = checking_as(office, step, "cd-sch")
    assert "covering for" in browser.words
    browser.press()
    made = office.engine.decided[0]
    with office.store.reading() as tx:
        intent = intents.get(tx, made.key)
    assert intent is not None
    assert (intent.person, intent.on_behalf_of) == (cover, covered)


def test_whoever_covers_for_the_line_manager_answers_on_the_manager_s_behalf(office: Office) -> None:
    step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
    manager, cover = office.holder("chief-executive"), office.holder("cd-sch")
    office.covers("chief-executive", by="cd-sch", until=date(2004, 12, 1))
    rung = next(rung for rung in office.step(step).rungs if rung.nudge is Nudge.LINE)
    done(office.register.nudged(StepNudged(step=step, rung=rung, silent=(FUNDER,), at=rung.at)))
    browser = checking_as(office, step, "cd-sch")
    with office.store.reading() as tx:
        name = telling.name(telling.edition(tx, cases.get(tx, of_case(step)).edition), manager)
    assert f"covering for {name}" in browser.words
    browser.press()
    with office.store.reading() as tx:
        intent = intents.get(tx, office.engine.decided[0].key)
    assert intent is not None
    assert (intent.person, intent.on_behalf_of) == (cover, manager)


def test_a_cover_whose_days_are_over_no_longer_answers(office: Office) -> None:
    ref = office.submitted("PROP-01")
    covered, cover = office.holder(FUNDER), office.holder("cd-sch")
    set_by = Cover(
        person=covered, cover=cover, starts=date(2004, 9, 13), ends=date(2004, 9, 14), set_by=covered
    )
    with office.store.writing() as tx:
        covers.set(tx, set_by)
    step = office.asked(ref, "funding-cd-ce")
    browser = checking_as(office, step, "cd-sch")
    office.days_pass(3)
    assert browser.press() == 410
    assert choices(office) == []


def test_a_cover_who_has_left_is_let_in_no_more_and_nothing_of_theirs_counts(office: Office) -> None:
    ref = office.submitted("PROP-01")
    office.covers(FUNDER, by="cd-sch", until=date(2004, 11, 30))
    step = office.asked(ref, "funding-cd-ce")
    link = office.link(step, "cd-sch")
    browser = checking_as(office, step, "cd-sch")
    office.leaves(office.holder("cd-sch"))
    assert browser.press() == 410
    assert office.browser().see(link) == 410
    assert choices(office) == []


@pytest.mark.parametrize("known", [True, False], ids=["still named", "named no more"])
def test_a_cover_who_has_left_is_not_asked(office: Office, known: bool) -> None:
    ref = office.submitted("PROP-01")
    cover, owner = office.holder("cd-sch"), office.holder(FUNDER)
    office.covers(FUNDER, by="cd-sch", until=date(2004, 11, 30))
    office.leaves(cover)
    if not known:
        office.forgets(cover)
    step = office.step(office.asked(ref, "funding-cd-ce"))
    assert [holder.person for holder in step.seats[0].holders] == [owner]
    with office.store.reading() as tx:
        asked = [(row.kind, row.person, row.address) for row in letters.of_step(tx, step.id)]
    assert asked == [("request", owner, office.edition.posts[FUNDER].email)]


def checking_as(office: Office, step: str, post: str) -> Browser:
    browser = reading(office, step, post)
    browser.press(choice="approve")
    return browser


def test_whoever_wrote_the_version_never_decides_it(office: Office, step: str) -> None:
    writer = office.holder("hoict-ce")
    found = office.step(step)
    seats = tuple(
        Seat(
            **seat.model_dump(include=set(SeatAsk.model_fields)),
            holders=(Holder(person=writer, post=FUNDER),),
        )
        for seat in found.seats
    )
    nudge = StepNudged(step=step, rung=found.rungs[0], silent=(FUNDER,), at=BEGINS)
    letter = QueuedLetter(
        key="to the writer",
        case=of_case(step),
        step=step,
        seat=FUNDER,
        person=writer,
        post=FUNDER,
        address="writer@leicester.example",
        kind="request",
        props={},
        link=LinkBinding(round=1, content_hash=found.content_hash, expires=BEGINS + timedelta(days=14)),
    )
    with office.store.writing() as tx:
        steps.nudged(tx, nudge, seats, [letter])
    browser = office.browser()
    assert browser.see(office.link(step, "hoict-ce")) == 403
    assert browser.heading == "You cannot decide this one"


def test_whoever_covers_for_a_writer_is_not_said_to_have_written_it(office: Office, step: str) -> None:
    office.covers("hoict-ce", by=FUNDER, until=date(2004, 9, 30))
    browser = office.browser()
    assert browser.see(office.link(step, FUNDER)) == 403
    assert f"You wrote or submitted {of_case(step)}, or cover for somebody who did" in browser.words


def test_somebody_who_left_has_no_session_left(office: Office, step: str) -> None:
    browser = checking(office, step)
    with office.store.writing() as tx:
        sessions.end_person(tx, office.holder(FUNDER))
    assert browser.press() == 403
    assert choices(office) == []


async def broken(*_: object) -> None:
    raise RuntimeError("of no kind that anybody expects")


def gone(*_: object) -> None:
    raise Unavailable


@pytest.mark.parametrize(
    ("part", "name", "fails"),
    [(FakeEngine, "decide", broken), (Relay, "_accepted", gone)],
    ids=["on its way to the engine", "once it counts"],
)
def test_whatever_fails_once_the_answer_is_in_the_record_nobody_is_told_that_it_is_not(
    office: Office, step: str, monkeypatch: pytest.MonkeyPatch, part: type, name: str, fails: object
) -> None:
    browser = checking(office, step)
    monkeypatch.setattr(part, name, fails)
    assert browser.press() == 202
    assert "It is kept safely and counts from that moment." in browser.words
    assert "Nothing you entered" not in browser.words
    with office.store.reading() as tx:
        assert [intent.choice for intent in intents.unsettled(tx)] == [Choice.APPROVE]


def test_a_page_left_open_for_too_long_says_so(office: Office, step: str, real: RealTime) -> None:
    browser = checking(office, step)
    form = browser.form()
    real.passes(minutes=31)
    response = browser.post(form.action, data=form.hidden, headers=SAME_ORIGIN)
    assert response.status_code == 403
    assert "You have been away for too long" in response.text
    assert "Open the link in your letter again" in response.text
    assert choices(office) == []


def test_what_was_typed_into_a_page_left_open_for_too_long_is_given_back(
    office: Office, step: str, real: RealTime
) -> None:
    browser = reading(office, step)
    assert "After half an hour" not in browser.words, "which is said above what takes long to write"
    real.passes(minutes=31)
    assert browser.press(True, "/a/read/", choice="reject", reason="<b>It costs</b>\ntoo much") == 403
    assert browser.heading == "You have been away for too long"
    assert "&lt;b&gt;It costs&lt;/b&gt;\ntoo much" in browser.page
    assert "Reason" in browser.words
    assert choices(office) == []
    assert browser.press(True, "/a/read/") == 403, "nobody is let in by that"
    assert browser.heading == "You have been away for too long"
    back, at = browser.page, browser.at
    browser.see(office.link(step, FUNDER))
    browser.press()
    browser.page, browser.at = back, at
    assert browser.press(True, "/a/read/") == 403
    assert browser.heading == "Send this once more"
    assert browser.press(True, "/a/read/") == 200
    assert browser.at.startswith("/a/check/")
    assert "It costs" in browser.words


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}], ids=str
)
def test_what_another_site_sends_to_a_page_that_is_over_is_not_shown(
    office: Office, step: str, real: RealTime, headers: dict[str, str]
) -> None:
    browser = reading(office, step)
    real.passes(minutes=31)
    sent = {"csrf": "0" * 64, "choice": "reject", "reason": "Send us your code"}
    answer = browser.post(browser.at, data=sent, headers=headers)
    assert answer.status_code == 403
    assert "Send us your code" not in answer.text
    stranger = office.browser()
    answer = stranger.post(browser.at, data=sent, headers=SAME_ORIGIN)
    assert answer.status_code == 404
    assert "Send us your code" not in answer.text


def test_the_database_down_nothing_is_said_to_be_lost(office: Office, step: str) -> None:
    browser = checking(office, step)
    form = browser.form()
    office.store.close()
    (office.settings.data_dir / "assent.db").rename(office.settings.data_dir / "gone.db")
    (office.settings.data_dir / "assent.db").mkdir()
    response = browser.post(form.action, data=form.hidden, headers=SAME_ORIGIN)
    assert response.status_code == 503
    assert "Traceback" not in response.text
    assert choices(office) == []


def test_what_was_answered_about_an_earlier_version_is_not_shown_as_said_of_this_one(
    office: Office, step: str
) -> None:
    checking(office, step).press()
    office.recorded(step)
    _changed(office, step)
    ref, key, _ = step.split(".")
    page = reading(office, office.asked(ref, key, round=2))
    assert "You are among the first to be asked." in page.words
    browser = office.signed_in("hoict-ce")
    browser.see(f"/cases/{ref}")
    assert "On version 1:" in browser.words


# --------------------------------------------------------------- a new version since the letter


def told_of_change(office: Office, step: str) -> tuple[str, str]:
    """What an old letter's link says, to somebody who opens it and to somebody who had opened it before."""
    fresh = office.browser()
    fresh.see(office.link(step, FUNDER))
    return fresh.words, "Send me a new link" if "Send me a new link" in fresh.page else ""


def test_an_old_link_offers_a_new_one_only_if_the_new_version_waits_for_its_reader(
    office: Office, step: str
) -> None:
    browser = checking(office, step)
    _changed(office, step)
    not_asked = "If you are asked about the new version, another letter will say so."
    assert browser.press() == 409
    assert not_asked in browser.words
    words, button = told_of_change(office, step)
    assert (not_asked in words, button) == (True, "")
    # It has come to them again.
    office.asked(of_case(step), "funding-cd-ce", round=2)
    words, button = told_of_change(office, step)
    assert (not_asked in words, button) == (False, "Send me a new link")
    with office.browser() as fresh:
        fresh.see(office.link(step, FUNDER))
        assert fresh.press() == 200
        assert fresh.heading == "A new link is on its way"


def test_an_old_link_says_that_its_reader_has_answered_about_the_new_version(
    office: Office, step: str
) -> None:
    _changed(office, step)
    second = office.asked(of_case(step), "funding-cd-ce", round=2)
    checking(office, second).press()
    office.recorded(second)
    words, button = told_of_change(office, step)
    assert "You have answered about the new version." in words
    assert button == ""


def test_an_old_link_says_that_the_case_is_over(office: Office, step: str) -> None:
    _changed(office, step)
    office.became(of_case(step), State.REJECTED, number=2)
    words, button = told_of_change(office, step)
    assert "The case is over. You need do nothing." in words
    assert button == ""


def test_an_old_link_to_a_withdrawn_case_says_that_it_was_withdrawn(office: Office, step: str) -> None:
    browser = checking(office, step)
    _changed(office, step)
    _withdrawn(office, step)
    assert browser.press() == 410
    assert browser.heading == "This has been withdrawn"


# --------------------------------------------------------------- closed without an answer


def test_a_question_that_nobody_answered_says_so_and_who_is_asked_instead(office: Office) -> None:
    ref = office.submitted("PROP-05", decision_needed_by="2005-01-31")
    step = office.asked(ref, CHALLENGE)
    path = office.link(step, office.step(step).seats[0].post)
    _time_up(office, step)
    browser = office.browser()
    assert browser.see(path) == 410
    assert browser.heading == "This question has closed"
    assert "The time for answers is over. Silence is never taken as a yes." in browser.words
    assert "It is now asked of Business forum for a corporate system." in browser.words


def test_the_next_up_the_line_reads_who_was_asked_before_them_and_since_when(office: Office) -> None:
    ref = office.submitted("PROP-01", sponsor_post="cd-rc")
    step = office.asked(ref, "funding-cd-ce")
    assert "You are among the first to be asked." in reading(office, step, FUNDER).words
    rung = next(rung for rung in office.step(step).rungs if rung.nudge is Nudge.LINE)
    done(office.register.nudged(StepNudged(step=step, rung=rung, silent=(FUNDER,), at=rung.at)))
    (_, manager) = office.step(step).seats[0].holders
    page = reading(office, step, manager.post)
    name = office.edition.people[office.holder(FUNDER)].name
    told = (
        f"{name} (Chief Executive's department sponsor) was asked on 13 September 2004, and may still answer"
    )
    assert told in page.words
    assert "You are among the first to be asked." not in page.words
    office.leaves(office.holder(FUNDER))
    page.see(page.at)
    assert name not in page.words
    assert "You are among the first to be asked." not in page.words


def test_who_is_asked_after_a_silence_is_not_told_that_nobody_was_before(office: Office) -> None:
    ref = office.submitted("PROP-05", decision_needed_by="2005-01-31")
    first = office.asked(ref, CHALLENGE)
    _time_up(office, first)
    with office.store.reading() as tx:
        following = telling.otherwise(cases.get(tx, ref), CHALLENGE)
    assert following is not None
    second = office.asked(ref, following.key)
    browser = reading(office, second, office.step(second).seats[0].post)
    assert "was asked before you, and did not answer." in browser.words
    assert "You are among the first to be asked." not in browser.words


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("inquorate", "Too few of those who could vote were present for the votes to count"),
        ("tied", "As many were for it as against it, and no casting vote broke the tie."),
    ],
)
def test_a_vote_that_came_to_nothing_is_told_as_the_letter_tells_it(
    office: Office, why: str, told: str
) -> None:
    step = office.asked(office.submitted("PROP-04", decision_needed_by="2005-01-31"), "srg")
    path = office.link(step, "cd-rc")
    closed(office, step, Ending.SILENT, why)
    browser = office.browser()
    browser.see(path)
    assert browser.heading == "This question has closed"
    assert told in browser.words
    assert "Nobody answered" not in browser.words


def test_a_vote_that_came_to_nothing_names_the_meeting_that_decides(office: Office) -> None:
    ref = office.submitted("PROP-04", decision_needed_by="2005-01-31")
    step = office.asked(ref, "srg")
    path = office.link(step, "cd-rc")
    _time_up(office, step)
    with office.store.reading() as tx:
        leg = next(leg for leg in cases.get(tx, ref).route if leg.leg == "srg")
    (members,) = leg.asks
    (then,) = members.otherwise
    then = then.model_copy(update={"meeting": date(2004, 10, 28)})
    moved = leg.model_copy(update={"asks": (members.model_copy(update={"otherwise": (then,)}),)})
    move = CaseMoved(
        case=ref,
        number=1,
        version=1,
        key=then.key,
        at=BEGINS,
        because=Moving.UNDECIDED,
        forum="srg",
        legs=(moved,),
    )
    done(office.course.moved(move))
    browser = office.browser()
    browser.see(path)
    decides = "it goes to the meeting of Strategic Resources Group on Thursday 28 October 2004."
    assert f"There is no decision by email: {decides}" in browser.words
    # What has been settled there since is asked of nobody any more.
    meeting = office.asked(ref, then.key)
    office.settled(meeting, office.step(meeting).seats[0].post, Choice.APPROVE)
    browser.see(path)
    assert browser.heading == "This question has closed"
    assert "There is no decision by email" not in browser.words


# --------------------------------------------------------------- days that are over


def test_pages_do_not_ask_for_an_answer_in_the_past(office: Office, step: str) -> None:
    path = office.link(step, FUNDER)
    browser = office.browser()
    browser.see(path)
    assert f"{of_case(step)}. An answer is due by Monday 20 September 2004." in browser.words
    office.days_pass(12)
    browser.see(path)
    assert f"{of_case(step)}. An answer was due on Monday 20 September 2004." in browser.words
    browser.press()
    assert "An answer was due on Monday 20 September 2004." in browser.words
    assert "Please answer by" not in browser.words


def test_the_pages_of_a_link_name_whoever_has_come_since_the_case_opened(office: Office) -> None:
    ref = office.submitted("PROP-01")
    arrives(office, FUNDER)
    office.covers(FUNDER, by="cd-sch", until=date(2004, 11, 30))
    step = office.asked(ref, "funding-cd-ce")
    browser = reading(office, step, "cd-sch")
    assert "covering for N. Newcomer" in browser.words
    browser.press(choice="approve")
    browser.press()
    told = "as Chief Executive's department sponsor, covering for N. Newcomer."
    assert told in browser.words
    office.recorded(step)
    browser.see(browser.at)
    assert told in browser.words


def test_the_pages_of_a_link_name_a_post_that_is_new_since_the_case_opened(office: Office) -> None:
    ref = office.submitted("PROP-01")
    arrives(office, "head-of-culture", "Head of Culture")
    rules = office.edition.model_dump()
    rules["posts"]["cd-ce"]["line"] = "head-of-culture"
    rules["holdings"] = [one for one in rules["holdings"] if one["post"] != FUNDER]
    office.brings_into_force(rules)
    browser = reading(office, office.asked(ref, "funding-cd-ce"), "head-of-culture")
    assert "You are deciding as N. Newcomer , Head of Culture." in browser.words
    browser.press(choice="approve")
    browser.press()
    assert ", as Head of Culture." in browser.words
    assert "head-of-culture" not in browser.words


def test_the_receipt_is_on_its_way_until_it_was_sent(office: Office, step: str) -> None:
    browser = checking(office, step)
    browser.press()
    done_page = browser.at
    assert "A receipt is on its way to you." in browser.words
    office.recorded(step)
    with office.store.writing() as tx:
        (receipt,) = [row for row in letters.of_step(tx, step) if row.kind == "receipt"]
        letters.sent(tx, receipt.key, subject="Recorded", body_hash="0" * 64)
    browser.see(done_page)
    assert "A receipt was sent to you." in browser.words
    assert "A receipt is on its way" not in browser.words


# --------------------------------------------------------------- in somebody's place


def test_a_cover_is_asked_about_the_budget_of_the_post_and_not_about_theirs(office: Office) -> None:
    ref = office.submitted("PROP-01")
    office.covers(FUNDER, by="cd-sch", until=date(2004, 9, 30))
    browser = reading(office, office.asked(ref, "funding-cd-ce"), "cd-sch")
    post = office.edition.posts[FUNDER].title_on(BEGINS.date())
    assert html.unescape(browser.heading) == f"Do you approve £12,000 from the budget of {post}?"
    assert "Why it is asked: " in browser.words
    assert "The budget £90,000" in browser.words
    assert "Why you" not in browser.words
