"""Draws the states of proposals, actions and meetings: `python -m tests.support.states` writes the page."""

from pathlib import Path

from service.store import meetings
from service.store.meetings import MeetingState
from workflows.rules import actions, assessments, projects, states

PAGE = Path(__file__).parents[2] / "docs" / "states.md"

_WORDS = """# The states of an investment proposal

Drawn from `workflows/rules/states.py`, `workflows/rules/actions.py`, `workflows/rules/projects.py`,
`workflows/rules/assessments.py` and `service/store/meetings.py`, and compared with them by tests. After a
change of the states, `python -m tests.support.states` draws the page again.

"""

_ACTIONS = """
## The states of an action

A condition of an approval or of a project's gate, what a refused exception leaves to be done, or what SRG
wants put right of the project standards. It begins as agreed, for the decision agreed it; what is proposed
comes with the improvement plans.

"""
_MEETINGS = """
## The states of a meeting

Members are called to it, and its record is closed as held, not quorate or not held. What was moved begins on
its new day: as called, if members had been called to it. One that nobody was called to is missed, and one
whose record is open when the next is called is unrecorded; either may still be recorded.

"""

_PROJECTS = """
## The states of a project

Child of a major proposal. Between its stages it is at a gate, and in exception while a report past what is
tolerated waits for a decision. One whose proposal is withdrawn closes early.

"""
_EXCEPTIONS = """
## The states of an exception from the project standards

Raised by a check, and settled by SRG alone; or it falls away with a proposal that is withdrawn.

"""
_BENEFITS = """
## The states of a benefit

Expected until its project has gone live, and measured in the months after that.

"""
_ASSESSMENTS = """
## The states of an assessment

Of a business process, opened by the programme office. What is sent back is assessed again; what is chosen
becomes an action, and the assessment ends when that is checked.

"""


def page() -> str:
    """Return the page as it should be."""
    meeting = states.drawn(meetings.TRANSITIONS, MeetingState.PLANNED, MeetingState.CALLED)
    pictures = (
        states.diagram(),
        actions.diagram(),
        meeting,
        projects.diagram(),
        projects.exceptions_diagram(),
        projects.benefits_diagram(),
        assessments.diagram(),
    )
    drawn = [f"```mermaid\n{picture}```\n" for picture in pictures]
    words = (_WORDS, _ACTIONS, _MEETINGS, _PROJECTS, _EXCEPTIONS, _BENEFITS, _ASSESSMENTS)
    return "".join(f"{said}{picture}" for said, picture in zip(words, drawn, strict=True))


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
