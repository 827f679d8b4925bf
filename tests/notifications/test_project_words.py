"""Every question of delivery, and every answer to one, has words of its own."""

import pytest

from notifications import projects, sayings
from service import handbook
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
