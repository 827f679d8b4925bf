"""Assessing business processes: what an assessment takes up and writes, and how it waits for its choice to be
in place.
"""

from workflows.attending import Attending
from workflows.delivery import AssessmentInHand, AssessmentState, AssessmentTold
from workflows.model import Outcome
from workflows.ports import Assessments
from workflows.rules import assessments


class Assessing(Attending):
    """A process of an assessment."""

    def __init__(self, case: str) -> None:
        super().__init__(case)
        self._state = AssessmentState.ASSESSING

    async def take_up_assessment(self) -> AssessmentInHand:
        """Take up the assessment: who makes it, who chooses, and by when."""
        assessment = await self._write(Assessments.in_hand, self.case, "take up the assessment")
        self._hear(assessment.clock)
        return assessment

    async def take_report(self, assessed: Outcome) -> None:
        """Write which options were weighed, at what cost, and which is recommended."""
        told = AssessmentTold(case=self.case, step=assessed.step, at=self.now)
        self._hear(await self._write(Assessments.reported, told, "write what was weighed"))

    async def take_choice(self, chosen: Outcome) -> None:
        """Write which option was chosen, and begin the action that puts it in place."""
        told = AssessmentTold(case=self.case, step=chosen.step, at=self.now)
        self._hear(await self._write(Assessments.chosen, told, "write what was chosen"))
        await self.follow_up()

    async def until_in_place(self, assessment: AssessmentInHand) -> bool:
        """Wait until what puts the choice in place is done and checked; returns as `until` does."""
        return await self.until(
            lambda: all(self._over(action) for action, _ in self._actions.values()),
            key=assessments.IMPLEMENTATION,
            leg=assessments.IMPLEMENTATION,
            on=assessment.owner,
        )
