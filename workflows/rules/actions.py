"""Where an action can be, what moves it on, and who may not check it."""

from collections.abc import Mapping

from workflows.model import ActionState, Choice, Ending, Guard, Outcome, Size
from workflows.rules import states

DO, CHECK = "action", "action_check"
"""The two kinds of question that an action puts: to its owner, and to whoever checks it."""

CONDITIONS = "conditions"
"""The leg of a case that waits for conditions to be met before what they guard."""

KINDS: Mapping[str, tuple[Choice, ...]] = {
    DO: (Choice.CLAIM_COMPLETE,),
    CHECK: (Choice.VERIFY, Choice.SEND_BACK),
}
"""The choices that each of them offers: all of them, or an action could not come to its end."""

TRANSITIONS: Mapping[ActionState, tuple[ActionState, ...]] = {
    ActionState.PROPOSED: (ActionState.AGREED, ActionState.WITHDRAWN),
    ActionState.AGREED: (ActionState.IN_PROGRESS,),
    ActionState.IN_PROGRESS: (ActionState.CLAIMED_COMPLETE, ActionState.WITHDRAWN),
    ActionState.CLAIMED_COMPLETE: (ActionState.VERIFIED, ActionState.SENT_BACK, ActionState.WITHDRAWN),
    ActionState.SENT_BACK: (ActionState.CLAIMED_COMPLETE, ActionState.WITHDRAWN),
    ActionState.VERIFIED: (),
    ActionState.WITHDRAWN: (),
}
"""From each state, those it may change to. A condition begins as agreed: its approval agreed it."""

_AFTER = {
    Choice.CLAIM_COMPLETE: ActionState.CLAIMED_COMPLETE,
    Choice.VERIFY: ActionState.VERIFIED,
    Choice.SEND_BACK: ActionState.SENT_BACK,
}


def is_end(state: ActionState) -> bool:
    """Say whether an action in this state has nothing more to come."""
    return not TRANSITIONS[state]


def after(outcome: Outcome) -> ActionState:
    """Return the state an outcome brings an action to.

    Its ladders close no question, so that one without an answer was withdrawn; silence is a fault.
    """
    if outcome.ending is Ending.WITHDRAWN:
        return ActionState.WITHDRAWN
    if outcome.choice not in _AFTER:
        raise ValueError(f"{outcome.step} came to {outcome.choice}, which leads an action nowhere")
    return _AFTER[outcome.choice]


def diagram() -> str:
    """Draw the states as Mermaid text; a condition of an approval begins as agreed."""
    return states.drawn(TRANSITIONS, ActionState.PROPOSED, ActionState.AGREED)


def guards_of(size: Size) -> tuple[Guard, ...]:
    """Return what a condition of a proposal may guard: what is still to come for one of its size."""
    return (Guard.NOTHING, Guard.PROJECT if size is Size.MAJOR else Guard.COMPLETION)
