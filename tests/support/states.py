"""Draws the states of proposals, actions and meetings: `python -m tests.support.states` writes the page."""

from pathlib import Path

from service.store import meetings
from service.store.meetings import MeetingState
from workflows.rules import actions, states

PAGE = Path(__file__).parents[2] / "docs" / "states.md"

_WORDS = """# The states of an investment proposal

Drawn from `workflows/rules/states.py`, `workflows/rules/actions.py` and `service/store/meetings.py`, and
compared with them by tests. After a change of the states, `python -m tests.support.states` draws the page
again.

"""

_ACTIONS = """
## The states of an action

A condition of an approval, or what a refused exception leaves to be done. It begins as agreed, for the
decision agreed it; what is proposed comes with the improvement plans.

"""
_MEETINGS = """
## The states of a meeting

Members are called to it, and its record is closed as held, not quorate or not held. What was moved begins on
its new day: as called, if members had been called to it. One that nobody was called to is missed, and one
whose record is open when the next is called is unrecorded; either may still be recorded.

"""


def page() -> str:
    """Return the page as it should be."""
    meeting = states.drawn(meetings.TRANSITIONS, MeetingState.PLANNED, MeetingState.CALLED)
    drawn = [f"```mermaid\n{picture}```\n" for picture in (states.diagram(), actions.diagram(), meeting)]
    return "".join(
        f"{words}{picture}" for words, picture in zip((_WORDS, _ACTIONS, _MEETINGS), drawn, strict=True)
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
