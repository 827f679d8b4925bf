"""Assessment: every way of delivering a service is weighed, and SRG chooses one (SYS-67)."""

from temporalio import workflow

from workflows.assessing import Assessing
from workflows.delivery import AssessmentInHand, AssessmentState
from workflows.human_step import unbroken
from workflows.model import Ask, Choice, Outcome, SeatAsk
from workflows.rules import assessments


@workflow.defn
class Assessment(Assessing):
    """Its owner weighs the options and recommends one; what is chosen is put in place by a day."""

    @workflow.init
    def __init__(self, case: str) -> None:
        super().__init__(case)

    @workflow.run
    @unbroken
    async def run(self, case: str) -> AssessmentState:
        """Have an option chosen, and stay open until that is in place."""
        assessment = await self.take_up_assessment()
        chosen = await self.have_chosen(assessment)
        state = AssessmentState.WITHDRAWN
        if chosen.choice is Choice.APPROVE and await self.put_in_place(assessment, chosen):
            state = AssessmentState.IN_PLACE
        else:
            await self.let_go()
        await self.become(state)
        await self.end()
        return state

    async def have_chosen(self, assessment: AssessmentInHand) -> Outcome:
        """Have the options weighed and one of them chosen; what is sent back is weighed again."""
        while True:
            assessed = await self.decide(self.asked_to_assess(assessment))
            if assessed.choice is None:
                return assessed
            await self.take_report(assessed)
            await self.become(AssessmentState.CHOOSING, because=assessed)
            chosen = await self.choose(assessment)
            if chosen.choice is not Choice.RETURN:
                return chosen
            await self.become(AssessmentState.ASSESSING, because=chosen)

    async def choose(self, assessment: AssessmentInHand) -> Outcome:
        """Ask SRG at its next meeting; the programme office where there is none."""
        if assessment.srg is None:
            asked = self.ask(assessment, assessments.CHOOSE, assessment.programme_office)
            return await self.decide(asked.model_copy(update=self.heard_by(assessment)))
        asked = self.ask(assessment, assessments.CHOOSE_SRG, assessment.srg.secretary)
        heard = self.heard_by(assessment) | {"forum": assessment.srg.key}
        return await self.decide_at_meeting(asked.model_copy(update=heard))

    async def put_in_place(self, assessment: AssessmentInHand, chosen: Outcome) -> bool:
        """Leave the choice to its owner as an action; False if the case was withdrawn before that is done."""
        await self.take_choice(chosen)
        await self.become(AssessmentState.IMPLEMENTING, because=chosen)
        return await self.until_in_place(assessment)

    # ------------------------------------------------------------------ the questions

    def asked_to_assess(self, assessment: AssessmentInHand) -> Ask:
        """Ask the owner for the options, each weighed, and for a recommendation, by the day it has."""
        ask = self.ask(assessment, assessments.ASSESS, assessment.owner)
        return ask.model_copy(update={"due": assessment.report_due})

    def heard_by(self, assessment: AssessmentInHand) -> dict[str, object]:
        """Say under which key an option is chosen, and who hears which: its owner, before all."""
        heard = tuple(dict.fromkeys((assessment.owner, *assessment.told)))
        return {"key": assessments.CHOICE, "inform": heard}

    def ask(self, assessment: AssessmentInHand, kind: str, post: str) -> Ask:
        """Put one of the assessment's questions to a post."""
        return Ask(
            case=self.case,
            key=kind,
            round=0,
            version=1,
            content_hash=assessment.content_hash,
            clause=assessment.clauses[kind],
            seats=(SeatAsk(key=post, post=post),),
            terms=assessment.terms[kind],
        )
