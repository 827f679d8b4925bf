"""How an answer is spoken of: in a sentence about a case, of this very question, and with no case named."""

from datetime import date
from pathlib import Path

import pytest

from notifications import render
from service.web import words
from workflows.letters import Answer
from workflows.model import Choice
from workflows.rules import reports

CASE = "INV-2004-0001"

SPOKEN = {
    Choice.APPROVE: ("approving {}", "approved {}", "approved"),
    Choice.APPROVE_WITH_CONDITIONS: (
        "approving {} with conditions",
        "approved {} with conditions",
        "approved with conditions",
    ),
    Choice.REJECT: ("rejecting {}", "rejected {}", "rejected it"),
    Choice.RETURN: (
        "returning {} for information",
        "returned {} for information",
        "returned it for information",
    ),
    Choice.DEFER: ("deferring {}", "deferred {}", "deferred it"),
    Choice.REFER_UP: ("referring {} up", "referred {} up", "referred it up"),
    Choice.NOTE: ("noting {}", "noted {}", "noted it"),
    Choice.SUPPORT: ("supporting {}", "supported {}", "supported it"),
    Choice.SUPPORT_WITH_CONDITIONS: (
        "supporting {} with conditions",
        "supported {} with conditions",
        "supported it with conditions",
    ),
    Choice.NOT_SUPPORT: ("declining to support {}", "declined to support {}", "did not support it"),
    Choice.AUTHORISE: ("authorising {}", "authorised {}", "authorised it"),
    Choice.AUTHORISE_WITH_CONDITIONS: (
        "authorising {} with conditions",
        "authorised {} with conditions",
        "authorised it with conditions",
    ),
    Choice.EXCEPTION_PLAN: (
        "asking for an exception plan for {}",
        "asked for an exception plan for {}",
        "asked for an exception plan",
    ),
    Choice.CLOSE_EARLY: ("closing {} early", "closed {} early", "closed it early"),
    Choice.MORE_TOLERANCE: (
        "granting {} more tolerance",
        "granted {} more tolerance",
        "granted more tolerance",
    ),
    Choice.REPORT: ("reporting on {}", "reported on {}", "reported"),
    Choice.UNCHANGED: (
        "reporting no change in {}",
        "reported no change in {}",
        "reported no change",
    ),
    Choice.STAGE_DONE: (
        "reporting that a stage of {} is done,",
        "reported that a stage of {} is done",
        "reported that the stage is done",
    ),
    Choice.FALL_SHORT: (
        "reporting that {} falls short,",
        "reported that {} falls short",
        "reported that it falls short",
    ),
    Choice.CLAIM_COMPLETE: (
        "reporting that {} is complete,",
        "reported that {} is complete",
        "reported that it is complete",
    ),
    Choice.VERIFY: (
        "confirming that {} is complete,",
        "confirmed that {} is complete",
        "confirmed that it is complete",
    ),
    Choice.SEND_BACK: (
        "sending {} back because it is not complete,",
        "sent {} back because it is not complete",
        "sent it back because it is not complete",
    ),
    Choice.ABSTAIN: ("abstaining on {}", "abstained on {}", "abstained"),
    Choice.DECLARE_INTEREST: (
        "declaring an interest in {}",
        "declared an interest in {}",
        "declared an interest",
    ),
}
"""After "You are", before "as Chief Executive"; after "You", or "You have already"; after who answered."""


def test_pages_behind_links_say_programme_office_as_letters_do() -> None:
    said = {
        file.name: file.read_text() for file in (Path(words.__file__).parent / "templates/links").iterdir()
    }
    said["nudges"] = " ".join(words.NUDGES.values())
    said["refusals"] = " ".join(" ".join(each) for each in words.REFUSALS.values())
    assert [name for name, text in said.items() if "PMO" in text] == []


def test_every_answer_is_spoken_of() -> None:
    assert set(SPOKEN) == set(Choice)


@pytest.mark.parametrize("choice", SPOKEN)
def test_an_answer_reads_as_a_sentence_does(choice: Choice) -> None:
    doing, did, alone = SPOKEN[choice]
    assert words.doing(choice, "srg", CASE) == doing.format(CASE)
    assert words.did(choice, "srg", CASE) == did.format(CASE)
    assert words.did(choice, "srg", "this") == did.format("this")
    assert words.did(choice, "srg") == alone


def test_words_of_its_own_name_the_case_too() -> None:
    assert words.doing(Choice.REJECT, "embargo_exception", CASE) == f"refusing an exception for {CASE},"
    assert words.did(Choice.REJECT, "embargo_exception", "this") == "refused an exception for this"
    assert words.did(Choice.SUPPORT, "consent", "this") == "granted consent for this"
    assert words.did(Choice.NOT_SUPPORT, "head_of_profession", CASE) == f"declined to support {CASE}"


def test_an_action_that_is_sent_back_is_named_in_its_place() -> None:
    assert words.did(Choice.SEND_BACK, "action_check", "ACT-2004-0001") == (
        "sent ACT-2004-0001 back because it is not done"
    )
    assert words.did(Choice.SEND_BACK, "action_check") == "sent it back because it is not done"


@pytest.mark.parametrize("choice", SPOKEN)
def test_letters_and_pages_speak_of_an_answer_in_the_same_words(choice: Choice) -> None:
    answer = Answer(who="Chief Executive", choice=choice, kind="srg", on=date(2004, 10, 13))
    told = render.TEXT.get_template("_parts/words.txt").module
    assert told.answered(answer, date(2004, 10, 14)) == (  # type: ignore[attr-defined]
        f"Chief Executive {words.did(choice, 'srg')} on 13 October"
    )


@pytest.mark.parametrize(
    ("choice", "kind", "label", "came_to"),
    [
        (Choice.REJECT, "funding", "Reject", "it is rejected"),
        (Choice.DEFER, "srg", "Defer", "it is deferred"),
        (Choice.REFER_UP, "parameter", "Refer up", "it is referred up"),
        (Choice.NOT_SUPPORT, "consent", "Refuse consent", "consent is refused"),
        (Choice.REJECT, "embargo_exception", "Refuse the exception", "the exception is refused"),
    ],
)
def test_what_a_question_came_to_is_what_its_button_said(
    choice: Choice, kind: str, label: str, came_to: str
) -> None:
    assert (words.label(choice, kind), words.became(choice, kind)) == (label, came_to)


@pytest.mark.parametrize("kind", reports.KINDS)
def test_a_report_that_is_put_off_keeps_what_was_typed_and_says_so(kind: str) -> None:
    if Choice.DEFER not in reports.KINDS[kind].choices:
        return
    said = words.leads_to(Choice.DEFER, kind)
    assert said.startswith("You are asked again on the day you name.")
    assert ("What you have typed is kept for then." in said) is (kind in reports.DECIDES_NOTHING)
    assert "not kept" not in said


@pytest.mark.parametrize(
    ("kind", "choice", "otherwise", "last"),
    [
        (
            "end_project",
            Choice.REPORT,
            "The project board is asked to close the project.",
            "The project is closed, and its record is kept.",
        ),
        (
            "review",
            Choice.REPORT,
            "It is checked by somebody else, and then goes before SRG.",
            "It is checked by somebody else, and the proposal is closed",
        ),
        (
            "review_check",
            Choice.VERIFY,
            "SRG is asked to note it at its next meeting.",
            "The proposal is closed",
        ),
        ("review_check", Choice.SEND_BACK, "Its lead officer is told", "Its lead officer is told"),
        ("end_project", Choice.DEFER, "You are asked again", "You are asked again"),
        ("gate", Choice.AUTHORISE, "The project passes the gate", "The project passes the gate"),
    ],
)
def test_no_board_and_no_srg_is_promised_where_neither_is_asked(
    kind: str, choice: Choice, otherwise: str, last: str
) -> None:
    assert words.leads_to(choice, kind).startswith(otherwise)
    assert words.leads_to(choice, kind, last=True).startswith(last)
