"""What moves an action on, and what a condition may guard."""

from datetime import UTC, datetime

import pytest

from workflows.model import ActionState, Choice, Ending, Guard, Outcome, Size, State
from workflows.rules import actions, states

S = ActionState
NOON = datetime(2004, 9, 13, 12, tzinfo=UTC)


def outcome(choice: Choice | None, ending: Ending = Ending.DECIDED) -> Outcome:
    return Outcome(step="ACT-2004-0001.action.1", ending=ending, choice=choice, at=NOON)


@pytest.mark.parametrize(
    ("choice", "ending", "state"),
    [
        (Choice.CLAIM_COMPLETE, Ending.DECIDED, S.CLAIMED_COMPLETE),
        (Choice.VERIFY, Ending.DECIDED, S.VERIFIED),
        (Choice.SEND_BACK, Ending.DECIDED, S.SENT_BACK),
        (None, Ending.WITHDRAWN, S.WITHDRAWN),
    ],
)
def test_an_outcome_brings_an_action_to_a_state(
    choice: Choice | None, ending: Ending, state: ActionState
) -> None:
    assert actions.after(outcome(choice, ending)) is state


@pytest.mark.parametrize("choice", [None, Choice.APPROVE, Choice.DEFER])
def test_what_leads_an_action_nowhere_is_a_fault(choice: Choice | None) -> None:
    ending = Ending.DECIDED if choice else Ending.SILENT
    with pytest.raises(ValueError, match="leads an action nowhere"):
        actions.after(outcome(choice, ending))


def test_every_state_is_reached_and_only_two_are_ends() -> None:
    reached = {following for nexts in actions.TRANSITIONS.values() for following in nexts}
    assert reached == {*S} - {S.PROPOSED}
    assert [state for state in S if actions.is_end(state)] == [S.VERIFIED, S.WITHDRAWN]


def test_every_answer_that_is_offered_leads_to_a_state_that_follows() -> None:
    answered = {choice for choices in actions.KINDS.values() for choice in choices}
    assert all(actions.after(outcome(choice)) in {*S} for choice in answered)


def test_a_word_for_a_state_means_the_same_end_for_cases_of_every_kind() -> None:
    for state in {*map(str, states.TRANSITIONS)} & {*map(str, S)}:
        assert states.is_end(State(state)) == actions.is_end(S(state))


@pytest.mark.parametrize(
    ("size", "guards"),
    [(Size.MINOR, (Guard.NOTHING, Guard.COMPLETION)), (Size.MAJOR, (Guard.NOTHING, Guard.PROJECT))],
)
def test_a_condition_guards_what_is_still_to_come(size: Size, guards: tuple[Guard, ...]) -> None:
    assert actions.guards_of(size) == guards
