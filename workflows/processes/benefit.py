"""Benefit: what was claimed is measured in the months after go-live, by its owner (SYS-15)."""

from temporalio import workflow

from workflows.delivery import BenefitOpened, BenefitState
from workflows.human_step import unbroken
from workflows.model import Ask, SeatAsk
from workflows.realising import Measuring
from workflows.rules import projects


@workflow.defn
class Benefit(Measuring):
    """Its owner is asked for one number in each of the handbook's months after go-live."""

    @workflow.init
    def __init__(self, case: str) -> None:
        super().__init__(case)

    @workflow.run
    @unbroken
    async def run(self, case: str) -> BenefitState:
        """Live from what is expected to the last reading; say if it came to that."""
        benefit = await self.take_up_benefit()
        if await self.until_live(benefit):
            benefit = await self.take_up_as_mandated(benefit)
            await self.become(BenefitState.MEASURING)
            await self.measure(benefit)
        state = BenefitState.WITHDRAWN if self.withdrawal else BenefitState.CONCLUDED
        await self.become(state)
        await self.end()
        return state

    async def measure(self, benefit: BenefitOpened) -> None:
        """Ask in each month for a reading. Silence is passed over: the next is asked for in its own month."""
        while month := await self.until_month(benefit):
            answer = await self.decide(self.ask(benefit, month))
            if answer.choice is not None:
                await self.read(month, answer)

    def ask(self, benefit: BenefitOpened, month: int) -> Ask:
        """Ask the owner how much of it has come about so long after go-live."""
        return Ask(
            case=self.case,
            key=f"benefit-{month}",
            round=0,
            version=1,
            content_hash=benefit.content_hash,
            clause=benefit.clause,
            seats=(SeatAsk(key=benefit.owner, post=benefit.owner),),
            terms=benefit.terms[projects.BENEFIT],
            inform=benefit.told,
        )
