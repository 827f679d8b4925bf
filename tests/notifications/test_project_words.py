"""Every question of delivery, and every answer to one, has words of its own."""

import pytest

from notifications import projects, sayings
from notifications.examples import EXAMPLES
from service import handbook
from service.web import words
from workflows.letters import Dependency
from workflows.model import Choice
from workflows.rules.reports import KINDS

PLAIN = (Choice.DEFER, Choice.ABSTAIN, Choice.DECLARE_INTEREST)
"""Answers that are called the same whatever is asked."""


def test_every_kind_of_question_is_asked_in_words() -> None:
    assert {*projects.ASKED} == {*KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_to_it_says_what_follows(kind: str) -> None:
    for choice in KINDS[kind].choices:
        if choice not in PLAIN:
            own = sayings.saying(kind, choice)
            assert own is not None, (kind, choice)
            assert own.leads_to.endswith("."), (kind, choice)
            assert sayings.then(kind, choice)


@pytest.mark.parametrize(
    ("kind", "choice", "key", "you", "last", "said"),
    [
        ("gate", "authorise", "gate-1", False, False, "the project passes the gate and goes on."),
        ("gate", "authorise", "gate-closure", False, False, "the project is closed, and its record is kept."),
        ("gate_srg", "authorise", "gate-closure-srg", False, False, "the project is closed, and its record"),
        ("gate", "authorise_with_conditions", "gate-closure", False, False, "the project is closed, and its"),
        ("gate", "authorise", "plan-2", False, False, "the project goes on under the new plan"),
        ("gate", "authorise", "gate-start-up", True, False, "the project passes the gate, and you are asked"),
        (
            "gate",
            "return",
            "gate-start-up",
            False,
            False,
            "whoever answers for the project is asked for the m",
        ),
        (
            "gate",
            "return",
            "gate-initiation",
            False,
            False,
            "the project manager is asked for the plan again",
        ),
        ("gate_srg", "return", "plan-1-srg", True, False, "you are asked for the new plan again"),
        ("gate", "return", "gate-3", False, False, "the project manager is asked for the end stage report"),
        ("gate", "return", "gate-closure", True, False, "you are asked for the end project report again"),
        (
            "gate",
            "close_early",
            "gate-2",
            False,
            False,
            "the project is brought to an orderly end, and the pr",
        ),
        ("gate", "close_early", "gate-closure", False, False, "the project is closed early, and its record"),
        ("gate", "refer_up", "gate-1", False, False, "SRG decides it at its next meeting."),
        (
            "exception",
            "exception_plan",
            "",
            False,
            False,
            "the project manager is asked for a new plan, and it",
        ),
        (
            "exception_srg",
            "exception_plan",
            "",
            True,
            False,
            "you are asked for a new plan, and its approval ",
        ),
        (
            "end_project",
            "report",
            "end-project",
            False,
            False,
            "the project board is asked to close the proj",
        ),
        (
            "end_project",
            "report",
            "end-project",
            False,
            True,
            "the project is closed, and its record is kept.",
        ),
        (
            "review_check",
            "verify",
            "review-check",
            False,
            False,
            "SRG is asked to note it at its next meeting",
        ),
        ("review_check", "verify", "review-check", False, True, "the proposal is closed"),
        (
            "review_check",
            "send_back",
            "review-check",
            False,
            True,
            "its lead officer is told what is missing",
        ),
        (
            "review",
            "report",
            "review",
            False,
            False,
            "it is checked by somebody else, and then goes before S",
        ),
        ("review", "report", "review", False, True, "it is checked by somebody else, and the proposal is cl"),
        (
            "review_check",
            "send_back",
            "review-check",
            True,
            False,
            "you are told what is missing, and asked ",
        ),
        (
            "standards_srg",
            "reject",
            "standards",
            False,
            False,
            "the project manager is asked to put it right",
        ),
        ("funding", "approve", "funding-x", False, False, ""),
    ],
)
def test_what_follows_is_said_by_the_gate_and_by_who_reads_it(
    kind: str, choice: str, key: str, you: bool, last: bool, said: str
) -> None:
    then = sayings.then(kind, choice, key, you=you, last=last)
    assert then.startswith(said)
    assert bool(then) is bool(said)


@pytest.mark.parametrize(
    ("kind", "choice", "last"),
    [
        ("review_srg", Choice.NOTE, False),
        ("review", Choice.REPORT, True),
        ("review_check", Choice.VERIFY, True),
    ],
)
def test_a_proposal_that_was_reviewed_is_closed_only_once_its_project_is_over(
    kind: str, choice: Choice, last: bool
) -> None:
    assert "once its project is over." in sayings.then(kind, choice, last=last)
    said = words.leads_to(choice, kind, last=last)
    assert "once its project is over." in said


@pytest.mark.parametrize("choice", [Choice.AUTHORISE, Choice.AUTHORISE_WITH_CONDITIONS])
@pytest.mark.parametrize(("kind", "key"), [("gate", "gate-start-up"), ("gate_srg", "gate-start-up-srg")])
def test_however_a_project_is_started_its_manager_is_asked_for_its_plan(
    kind: str, key: str, choice: Choice
) -> None:
    assert "its manager is asked for its plan." in words.leads_to(choice, kind, key)
    assert "the project manager is asked for its plan." in sayings.then(kind, choice, key)
    assert "you are asked for its plan." in sayings.then(kind, choice, key, you=True)


@pytest.mark.parametrize("choice", [Choice.REPORT, Choice.STAGE_DONE])
def test_what_comes_next_after_a_report_with_figures_is_said_of_one_within_tolerance(choice: Choice) -> None:
    within = " is within what is tolerated, "
    assert within in words.leads_to(choice, "highlight")
    assert within in sayings.then("highlight", choice)
    assert within in sayings.then("highlight", choice, you=True)


@pytest.mark.parametrize("kind", ["gate", "exception", "exception_board", "exception_srg"])
def test_a_plan_that_is_asked_for_is_not_said_to_go_before_the_board_in_any_case(kind: str) -> None:
    before = "before SRG." if kind == "exception_srg" else "or before SRG, where there is one, if it goes far"
    said = (
        words.leads_to(Choice.EXCEPTION_PLAN, kind),
        sayings.then(kind, Choice.EXCEPTION_PLAN),
        sayings.then(kind, Choice.EXCEPTION_PLAN, you=True),
    )
    assert [one for one in said if before not in one] == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_letter_says_your_of_what_another_reader_may_have_said(kind: str) -> None:
    for choice in KINDS[kind].choices:
        for key in ("", "gate-start-up", "gate-initiation", "gate-1", "plan-1", "gate-closure"):
            then = sayings.then(kind, choice, key)
            assert " your " not in f" {then} ", (kind, choice, key)
            assert "you name" not in then, (kind, choice, key)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("gate", "the same is asked again."),
        ("gate_srg", "the same is asked again at SRG's next meeting."),
        ("highlight", "the next report is asked for on its day, and that this one did not come is kept."),
        ("benefit", "it is asked again in the next of its months, if there is one."),
        ("funding", ""),
    ],
)
def test_what_follows_from_silence_is_said_by_the_question(kind: str, said: str) -> None:
    assert sayings.unanswered(kind) == said


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_question_that_is_put_off_and_not_the_matter(kind: str) -> None:
    said = sayings.put_off(kind, projects.about(kind, "gate-1" if "gate" in kind else "end-stage-1"))
    assert said.startswith("The question about ")
    assert "{" not in said


@pytest.mark.parametrize(
    ("kind", "key", "about"),
    [
        ("gate", "gate-start-up", "the gate of start-up"),
        ("gate", "gate-initiation", "the gate of initiation"),
        ("gate", "gate-3", "the gate after stage 3"),
        ("gate", "gate-closure", "the gate of closure"),
        ("gate", "plan-2", "the gate of its new plan"),
        ("gate_srg", "gate-3-srg", "the gate after stage 3"),
        ("gate_srg", "plan-1-srg", "the gate of its new plan"),
        ("end_stage", "end-stage-2", "stage 2"),
        ("benefit", "benefit-12", "12 months"),
        ("highlight", "highlight", ""),
        ("exception_srg", "exception-1-srg", ""),
    ],
)
def test_what_a_question_is_about_is_read_from_its_key(kind: str, key: str, about: str) -> None:
    assert projects.about(kind, key) == about


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_open_in_its_words(kind: str) -> None:
    asked = projects.ASKED[kind]
    for text in (asked.to_do, asked.question):
        said = sayings.worded(text, kind)
        assert "{" not in said
    assert asked.question.endswith(("?", "."))
    assert not asked.to_do.endswith(".")


def test_a_forum_is_named_by_its_own_name_where_its_word_is_written_down() -> None:
    leicester = handbook.load("leicester")
    assert leicester.route.srg is not None
    name = leicester.forums[leicester.route.srg].name
    words = sayings.worded(projects.ASKED["standards_srg"].question, "standards_srg", forum=name)
    assert words == f"What did {name} decide on this exception from the project management standards?"


@pytest.mark.parametrize(
    ("live", "went_live", "yours", "shown"),
    [
        (
            True,
            False,
            "waits",
            "If PRJ-2005-0002 goes live later than that, the programme shows by how much y",
        ),
        (
            True,
            False,
            "ahead",
            "If yours goes live later than that, the programme shows by how much the other",
        ),
        (True, True, "waits", "If that was later than planned, the programme shows by how much yours moves."),
        (
            True,
            True,
            "ahead",
            "If that was later than planned, the programme shows by how much the other move",
        ),
        (
            False,
            False,
            "waits",
            "If PRJ-2005-0002 goes live later than its first plan says, the programme sho",
        ),
        (
            False,
            False,
            "ahead",
            "If yours goes live later than its first plan says, the programme shows by how",
        ),
    ],
)
def test_what_follows_for_whoever_waits_goes_by_what_is_known_of_the_other(
    live: bool, went_live: bool, yours: str, shown: str
) -> None:
    letter = EXAMPLES["dependency"]
    assert isinstance(letter, Dependency)
    day = letter.live if live else None
    told = letter.model_copy(update={"live": day, "went_live": went_live, "yours": yours})
    assert projects.after_waiting(told).startswith(shown)
