"""Where an investment proposal can be, and what moves it on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workflows.model import Choice, Ending, Leg, Outcome, State
from workflows.rules.routing import LEGS

_ENDS_OF_DECISIONS = (State.REJECTED, State.RETURNED, State.LAPSED, State.WITHDRAWN)

TRANSITIONS: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.SUBMITTED,),
    State.SUBMITTED: (
        State.CONSULTING,
        State.NOTIFYING,
        State.AWAITING_BID,
        State.WITH_FUNDERS,
        State.WITHDRAWN,
    ),
    State.CONSULTING: (
        State.NOTIFYING,
        State.AWAITING_BID,
        State.WITH_FUNDERS,
        State.WITH_SRG,
        State.CLOSED_REFUSED,
        *_ENDS_OF_DECISIONS,
    ),
    State.NOTIFYING: (
        State.CONSULTING,
        State.AWAITING_BID,
        State.WITH_FUNDERS,
        State.WITH_SRG,
        *_ENDS_OF_DECISIONS,
    ),
    State.AWAITING_BID: (State.WITH_FUNDERS, State.CLOSED_UNFUNDED, *_ENDS_OF_DECISIONS),
    State.WITH_FUNDERS: (State.WITH_SRG, State.APPROVED, *_ENDS_OF_DECISIONS),
    State.WITH_SRG: (
        State.CONSULTING,
        State.NOTIFYING,
        State.AWAITING_BID,
        State.WITH_FUNDERS,
        State.APPROVED,
        *_ENDS_OF_DECISIONS,
    ),
    State.RETURNED: (
        State.CONSULTING,
        State.NOTIFYING,
        State.AWAITING_BID,
        State.WITH_FUNDERS,
        State.WITH_SRG,
        State.APPROVED,
        State.WITHDRAWN,
    ),
    State.APPROVED: (State.IN_PROJECT, State.CLOSED, State.LAPSED, State.WITHDRAWN),
    State.IN_PROJECT: (State.IN_REVIEW, State.CLOSED, State.WITHDRAWN),
    State.IN_REVIEW: (State.CLOSED, State.WITHDRAWN),
    State.CLOSED: (),
    State.REJECTED: (),
    State.WITHDRAWN: (),
    State.LAPSED: (),
    State.CLOSED_UNFUNDED: (),
    State.CLOSED_REFUSED: (),
}
"""From each state, those it may change to."""

_BY_CHOICE = {
    Choice.REJECT: State.REJECTED,
    Choice.RETURN: State.RETURNED,
    Choice.VERIFY: State.CLOSED,
}
_BY_KIND = {
    (kind, choice): state
    for passage in LEGS.values()
    for kind in passage.kinds
    for choice, state in passage.ends.items()
} | {("review_srg", Choice.NOTE): State.CLOSED}
_BY_ENDING = {Ending.SILENT: State.LAPSED, Ending.WITHDRAWN: State.WITHDRAWN}


def is_end(state: State) -> bool:
    """Say whether a case in this state has nothing more to come."""
    return not TRANSITIONS[state]


def approval_legs(route: Sequence[Leg]) -> tuple[Leg, ...]:
    """Return the legs that come before approval."""
    return tuple(leg for leg in route if not LEGS[leg.leg].after_approval)


def while_passing(leg: Leg) -> State:
    """Return the state of a proposal while it passes a leg."""
    return LEGS[leg.leg].state


def after(outcome: Outcome) -> State | None:
    """Return the state an outcome brings a proposal to, or None if it goes on.

    No question offers a choice that does neither; to come to one all the same is a fault.
    """
    if outcome.choice is None:
        return _BY_ENDING[outcome.ending]
    state = _BY_KIND.get((outcome.kind, outcome.choice), _BY_CHOICE.get(outcome.choice))
    if state is not None:
        return state
    if outcome.stops:
        raise ValueError(f"{outcome.step} came to {outcome.choice}, which leads a proposal nowhere")
    return None


def end(outcome: Outcome) -> State:
    """Return the state in which an outcome ends a proposal.

    It is a fault if it does not: its process would be over, and the case open for ever.
    """
    state = after(outcome)
    if state is None or not is_end(state):
        raise ValueError(f"{outcome.step} came to {outcome.choice}, which does not end a proposal")
    return state


def together(outcomes: Sequence[Outcome], *, refusal_first: bool = True) -> Outcome:
    """Return the outcome that counts of several: one that ends the case, else one that returns it, else a
    referral.

    A question that nobody answered counts before those that were called off because of it; and of several
    that return the case, one that says it is outside the guidelines. Unless `refusal_first`, whichever of a
    refusal and a return was listed first counts.
    """
    ranks: tuple[Callable[[Outcome], bool], ...] = (
        lambda outcome: refusal_first and _refuses(outcome),
        lambda outcome: outcome.choice is not None and after(outcome) is not None,
        lambda outcome: outcome.ending is Ending.SILENT,
        lambda outcome: outcome.choice is None,
        lambda outcome: outcome.referred,
    )
    counts = next((outcome for rank in ranks for outcome in outcomes if rank(outcome)), outcomes[-1])
    if counts.choice is not Choice.RETURN:
        return counts
    return next((outcome for outcome in outcomes if outcome.outside_guidelines), counts)


def _refuses(outcome: Outcome) -> bool:
    """Say whether an answer ends a case."""
    return outcome.choice is not None and after(outcome) not in (None, State.RETURNED)


def diagram() -> str:
    """Draw the states as Mermaid text."""
    return drawn(TRANSITIONS, State.DRAFT)


def drawn(transitions: Mapping[Any, Sequence[Any]], *first: str) -> str:
    """Draw states and what follows each as Mermaid text; `first` are those in which something begins."""
    lines = ["stateDiagram-v2", *(f"    [*] --> {state}" for state in first)]
    for state, nexts in transitions.items():
        lines += [f"    {state} --> {following}" for following in nexts]
        if not nexts:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines) + "\n"
