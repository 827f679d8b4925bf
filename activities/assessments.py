"""The course of assessments of business processes: what was weighed, what is chosen, and what follows."""

from temporalio import activity

from activities.following import option_to_put_in_place
from activities.writing import Writing
from service import assessing
from service.store import actions, assessments, cases, intents
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.telling import edition
from workflows import ports
from workflows.delivery import AssessmentInHand, AssessmentTold
from workflows.model import Clock


class Assessments(Writing, ports.Assessments):
    """Writes the course of assessments of business processes into the record."""

    @activity.defn(name="assessment_in_hand")
    async def in_hand(self, case: str) -> AssessmentInHand:
        """Write that an assessment's process has begun, unless it is written; return the assessment."""
        return await self._write(self._in_hand, case)

    @activity.defn(name="assessment_reported")
    async def reported(self, told: AssessmentTold) -> Clock:
        """Write which options were weighed, at what cost, and which is recommended; return the Clock."""
        return await self._write(self._reported, told)

    @activity.defn(name="assessment_chosen")
    async def chosen(self, told: AssessmentTold) -> Clock:
        """Write which option was chosen, and open the action that puts it in place; return the Clock."""
        return await self._write(self._chosen, told)

    def _in_hand(self, tx: Tx, case: str) -> AssessmentInHand:
        assessments.begun(tx, case)
        return assessing.in_hand(tx, case)

    def _reported(self, tx: Tx, told: AssessmentTold) -> Clock:
        options = assessing.rules_of(edition(tx, cases.get(tx, told.case).edition)).options
        said = _answer(tx, told.step).answers
        weighed, recommended = assessing.weighed(said, options), assessing.recommended(said)
        assessments.reported(tx, told, weighed, recommended)
        return tx.clock

    def _chosen(self, tx: Tx, told: AssessmentTold) -> Clock:
        case, made = cases.get(tx, told.case), _answer(tx, told.step)
        option = assessing.chosen(made.answers)
        assessments.chosen(tx, told, option)
        actions.opened(tx, case, option_to_put_in_place(tx, case, made, option), at=told.at)
        return tx.clock


def _answer(tx: Tx, step: str) -> DecisionView:
    """Return the answer of the one post that a question of an assessment is put to."""
    (made,) = intents.decisions_of_step(tx, step, strict=False)
    return made
