"""The states of a proposal: every one is known, every one leads to an end, and the picture is true."""

from datetime import UTC, datetime

import pytest

from service import handbook
from tests.support import states as drawing
from tests.support.proposals import opened
from workflows.model import Choice, Ending, Leg, Outcome, Relation, Size, State
from workflows.rules import course, routing, states
from workflows.rules.routing import LEGS, choices_of

AT = datetime(2004, 10, 13, 9, tzinfo=UTC)
ENDS = {
    State.CLOSED,
    State.REJECTED,
    State.WITHDRAWN,
    State.LAPSED,
    State.CLOSED_UNFUNDED,
    State.CLOSED_REFUSED,
}


def outcome(
    choice: Choice | None = None, ending: Ending = Ending.DECIDED, step: str = "s", kind: str = ""
) -> Outcome:
    return Outcome(step=step, ending=ending, choice=choice, at=AT, kind=kind)


def test_every_state_says_what_may_follow_it() -> None:
    assert set(states.TRANSITIONS) == set(State)


def test_only_known_states_follow_and_none_twice() -> None:
    for state, following in states.TRANSITIONS.items():
        assert len(following) == len(set(following)), state
        assert state not in following


def test_every_state_but_a_draft_can_be_reached() -> None:
    reached = {following for nexts in states.TRANSITIONS.values() for following in nexts}
    assert set(State) - reached == {State.DRAFT}


@pytest.mark.parametrize("state", State)
def test_every_state_leads_to_an_end(state: State) -> None:
    seen = {state}
    waiting = [state]
    while waiting:
        new = [following for following in states.TRANSITIONS[waiting.pop()] if following not in seen]
        seen.update(new)
        waiting += new
    assert seen & ENDS


@pytest.mark.parametrize("state", State)
def test_the_ends_are_the_states_with_nothing_more_to_come(state: State) -> None:
    assert states.is_end(state) is (state in ENDS)


def leg(name: str) -> Leg:
    return Leg(leg=name, who=(), clause="", reason="")


BEFORE_APPROVAL = [each.leg for each in states.approval_legs([leg(name) for name in LEGS])]


RULES = handbook.load("leicester").routing()
TROUBLE = {"P04": "deviates", "P09": "issue", "P10": "issue"}
BRANCHES = {
    name
    for principles in (TROUBLE, {"P08": "issue"})
    for name in routing.branches(
        opened("INV-1").proposal.model_copy(
            update={"principles": principles, "corporate_systems": ("CS8",), "relation": "duplicates"}
        ),
        RULES,
    )
}
"""Every branch that answers may add to a way."""


def test_every_answer_that_adds_to_a_way_leads_to_a_branch_there_is() -> None:
    assert {*course.LED_TO.values()} | {"srg"} == BRANCHES


OFFERED = [
    (name, kind, choice)
    for name, passage in LEGS.items()
    for kind, choices in passage.kinds.items()
    for choice in choices
]
"""Each answer that a handbook may offer, with its question and the leg that puts it."""


@pytest.mark.parametrize(("passed", "kind", "choice"), OFFERED)
def test_every_answer_on_offer_leads_to_a_state_or_on_or_is_asked_again(
    passed: str, kind: str, choice: Choice
) -> None:
    passing = states.while_passing(leg(passed))
    if choice is Choice.DEFER or not choice.counted:
        # A deferral is asked again on its day, and no question comes to an abstention.
        return
    following = states.after(outcome(choice, kind=kind))
    if following is not None:
        assert following in states.TRANSITIONS[passing]
    elif branch := course.LED_TO.get((kind, choice)):
        assert branch in BRANCHES
    else:
        assert passed in BEFORE_APPROVAL
        assert choice.favourable or (choice is Choice.REFER_UP and passed != "srg")


WAYS = [
    opened(
        "INV-1",
        size=size,
        principles=principles,
        corporate_systems=systems,
        relation=relation,
        bid_pending=pending,
    )
    for size in Size
    for principles in (TROUBLE, {"P09": "issue", "P10": "issue"}, {"P10": "issue"}, {})
    for systems, relation in (((), Relation.NONE), (("CS8",), Relation.DUPLICATES))
    for pending in (False, True)
]
"""Proposals in every sort of trouble, with the ways that they go."""


def test_from_question_to_question_a_proposal_goes_only_where_the_states_allow() -> None:
    for way in WAYS:
        for leg in (*states.approval_legs(way.route), *way.branches.values()):
            for ask in course.asked_by(leg):
                for choice in choices_of(ask.kind):
                    ended = outcome(choice, kind=ask.kind)
                    if choice is Choice.DEFER or not choice.counted or states.after(ended) is not None:
                        continue
                    here = states.while_passing(leg)
                    for following in course.to_come({ask.key: ended}, way.route, way.branches)[:1]:
                        there = states.while_passing(following)
                        if LEGS[following.leg].after_approval:
                            there = State.APPROVED
                        assert here is there or there in states.TRANSITIONS[here], (here, choice, there)


@pytest.mark.parametrize(("passed", "kind", "choice"), OFFERED)
def test_what_is_answered_after_approval_ends_the_case(passed: str, kind: str, choice: Choice) -> None:
    if passed not in BEFORE_APPROVAL and choice is not Choice.DEFER:
        assert states.is_end(states.end(outcome(choice)))


@pytest.mark.parametrize("passed", [name for name, passage in LEGS.items() if passage.kinds])
@pytest.mark.parametrize("ending", [Ending.SILENT, Ending.WITHDRAWN])
def test_silence_and_withdrawal_are_ends_that_every_leg_allows(passed: str, ending: Ending) -> None:
    ended = states.end(outcome(ending=ending))
    assert ended in states.TRANSITIONS[states.while_passing(leg(passed))]


@pytest.mark.parametrize("kind", [kind for passage in LEGS.values() for kind in passage.kinds])
def test_every_question_has_a_way_on_and_can_be_put_off(kind: str) -> None:
    assert [choice for choice in choices_of(kind) if choice.favourable]
    assert Choice.DEFER in choices_of(kind)


@pytest.mark.parametrize(
    "choice",
    [
        Choice.DEFER,
        Choice.EXCEPTION_PLAN,
        Choice.CLOSE_EARLY,
        Choice.SEND_BACK,
        Choice.ABSTAIN,
        Choice.DECLARE_INTEREST,
    ],
)
def test_to_come_to_what_leads_nowhere_is_a_fault(choice: Choice) -> None:
    with pytest.raises(ValueError, match=f"s came to {choice}, which leads a proposal nowhere"):
        states.after(outcome(choice))


@pytest.mark.parametrize("choice", [Choice.APPROVE, Choice.NOTE, Choice.REFER_UP, Choice.RETURN])
def test_a_proposal_is_never_left_open_at_the_end_of_its_way(choice: Choice) -> None:
    with pytest.raises(ValueError, match="does not end a proposal"):
        states.end(outcome(choice))


def test_every_leg_but_those_that_carry_out_what_was_approved_comes_before_approval() -> None:
    assert set(LEGS) - {*BEFORE_APPROVAL} == {"project", "post_implementation_review", "completion"}


def test_a_leg_that_is_in_no_table_is_a_fault_and_not_passed_over() -> None:
    with pytest.raises(KeyError):
        states.approval_legs((leg("funding"), leg("a_leg_nobody_wrote_down")))


@pytest.mark.parametrize(
    ("ended", "state"),
    [
        (outcome(Choice.APPROVE), None),
        (outcome(Choice.NOTE), None),
        (outcome(Choice.REFER_UP), None),
        (outcome(Choice.REJECT), State.REJECTED),
        (outcome(Choice.RETURN), State.RETURNED),
        (outcome(Choice.VERIFY), State.CLOSED),
        (outcome(ending=Ending.SILENT), State.LAPSED),
        (outcome(ending=Ending.WITHDRAWN), State.WITHDRAWN),
    ],
)
def test_an_outcome_brings_a_proposal_to_its_state_or_lets_it_go_on(
    ended: Outcome, state: State | None
) -> None:
    assert states.after(ended) is state


SILENT = outcome(ending=Ending.SILENT, step="silent")
WITHDRAWN = outcome(ending=Ending.WITHDRAWN, step="withdrawn")
REJECTED = outcome(Choice.REJECT, step="rejected")
APPROVED = outcome(Choice.APPROVE, step="approved")
REFERRED = outcome(Choice.REFER_UP, step="referred")
RETURNED = outcome(Choice.RETURN, step="returned")
OUTSIDE = RETURNED.model_copy(update={"outside_guidelines": True})


@pytest.mark.parametrize(
    ("together", "counts"),
    [
        ([APPROVED], APPROVED),
        ([APPROVED, REJECTED], REJECTED),
        ([WITHDRAWN, REJECTED], REJECTED),  # the others were withdrawn because of the refusal
        ([APPROVED, WITHDRAWN], WITHDRAWN),
        ([WITHDRAWN, SILENT], SILENT),  # the others were called off because nobody answered
        ([SILENT, REJECTED], REJECTED),
        ([REFERRED, APPROVED], REFERRED),
        ([REFERRED, REJECTED], REJECTED),
        ([RETURNED, OUTSIDE], OUTSIDE),  # both return it, and its directorate is not let off
        ([REJECTED, OUTSIDE], REJECTED),
        ([OUTSIDE, REJECTED], REJECTED),  # what one funder refuses, no new version brings before them
        ([RETURNED, APPROVED, REJECTED], REJECTED),
    ],
)
def test_of_outcomes_reached_together_the_one_that_stops_the_case_counts(
    together: list[Outcome], counts: Outcome
) -> None:
    assert states.together(together) is counts


def test_a_case_from_before_goes_by_whichever_of_a_refusal_and_a_return_was_listed_first() -> None:
    assert states.together([RETURNED, REJECTED], refusal_first=False) is RETURNED
    assert states.together([REJECTED, RETURNED], refusal_first=False) is REJECTED


def test_the_picture_in_the_documents_is_drawn_from_the_states() -> None:
    assert drawing.PAGE.read_text("utf-8") == drawing.page(), "run python -m tests.support.states"
