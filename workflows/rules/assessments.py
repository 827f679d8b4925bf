"""Assessments of business processes: where one can be, and the questions that it puts (SYS-67)."""

from collections.abc import Mapping

from workflows.delivery import AssessmentState
from workflows.rules import states

ASSESS = "assessment"
"""The kind of question by which an owner is asked to weigh the options and to recommend one."""
CHOOSE, CHOOSE_SRG = "assessment_choice", "assessment_srg"
"""The kinds of question by which an option is chosen: by the programme office, or by SRG at a meeting."""
CHOICE = "choice"
"""The key of the question by which an option is chosen, whoever chooses."""
IMPLEMENTATION = "implementation"
"""What an assessment waits for once an option is chosen: that it is in place."""

TRANSITIONS: Mapping[AssessmentState, tuple[AssessmentState, ...]] = {
    AssessmentState.ASSESSING: (AssessmentState.CHOOSING, AssessmentState.WITHDRAWN),
    AssessmentState.CHOOSING: (
        AssessmentState.ASSESSING,
        AssessmentState.IMPLEMENTING,
        AssessmentState.WITHDRAWN,
    ),
    AssessmentState.IMPLEMENTING: (AssessmentState.IN_PLACE, AssessmentState.WITHDRAWN),
    AssessmentState.IN_PLACE: (),
    AssessmentState.WITHDRAWN: (),
}
"""From each state, those it may change to. What is sent back is assessed again."""


def diagram() -> str:
    """Draw the states as Mermaid text."""
    return states.drawn(TRANSITIONS, AssessmentState.ASSESSING)
