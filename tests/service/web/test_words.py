"""How an answer is spoken of: in a sentence about a case, of this very question, and with no case named."""

import pytest

from service.web import words
from workflows.model import Choice

CASE = "INV-2004-0001"

SPOKEN = {
    Choice.APPROVE: ("approving {}", "approved {}", "approved"),
    Choice.APPROVE_WITH_CONDITIONS: (
        "approving {} with conditions",
        "approved {} with conditions",
        "approved with conditions",
    ),
    Choice.REJECT: ("rejecting {}", "rejected {}", "rejected"),
    Choice.RETURN: (
        "returning {} for information",
        "returned {} for information",
        "returned it for information",
    ),
    Choice.DEFER: ("deferring {}", "deferred {}", "deferred"),
    Choice.REFER_UP: ("referring {} up", "referred {} up", "referred it up"),
    Choice.NOTE: ("noting {}", "noted {}", "noted"),
    Choice.SUPPORT: ("supporting {}", "supported {}", "supported"),
    Choice.SUPPORT_WITH_CONDITIONS: (
        "supporting {} with conditions",
        "supported {} with conditions",
        "supported with conditions",
    ),
    Choice.NOT_SUPPORT: ("declining to support {}", "declined to support {}", "did not support it"),
    Choice.AUTHORISE: ("authorising {}", "authorised {}", "authorised"),
    Choice.AUTHORISE_WITH_CONDITIONS: (
        "authorising {} with conditions",
        "authorised {} with conditions",
        "authorised with conditions",
    ),
    Choice.EXCEPTION_PLAN: (
        "asking for an exception plan for {}",
        "asked for an exception plan for {}",
        "asked for an exception plan",
    ),
    Choice.CLOSE_EARLY: ("closing {} early", "closed {} early", "closed it early"),
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
