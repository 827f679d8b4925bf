"""Action: from what was agreed to what somebody else has checked (DESIGN 7, SYS-46)."""

from temporalio import workflow

from workflows.human_step import unbroken
from workflows.model import ActionOpened, ActionState, Ask, Outcome, SeatAsk
from workflows.process import Process
from workflows.rules import actions


@workflow.defn
class Action(Process):
    """An owner is asked until whoever checks it is satisfied, or what it follows from is withdrawn."""

    @workflow.init
    def __init__(self, case: str, hearer: str = "") -> None:
        super().__init__(case)

    @workflow.run
    @unbroken
    async def run(self, case: str, hearer: str = "") -> ActionState:
        """Live from its beginning to the day on which it is verified or falls away; say which.

        The case that it follows from is told, where that is the one to hear.
        """
        action = await self.take_up()
        await self.become(ActionState.IN_PROGRESS)
        outcome = await self.see_it_done(action)
        came_to = actions.after(outcome)
        await self.become(came_to, because=outcome)
        await self.report_back(hearer, came_to)
        await self.end()
        return came_to

    async def see_it_done(self, action: ActionOpened) -> Outcome:
        """Ask for it, and have each claim checked; what is sent back is asked for again."""
        while True:
            claimed = await self.decide(self.asked_to_do(action))
            if actions.after(claimed) is ActionState.WITHDRAWN:
                return claimed
            await self.become(ActionState.CLAIMED_COMPLETE, because=claimed)
            checked = await self.decide(self.asked_to_check(action))
            if actions.after(checked) is not ActionState.SENT_BACK:
                return checked
            await self.become(ActionState.SENT_BACK, because=checked)

    # ------------------------------------------------------------------ the questions

    def asked_to_do(self, action: ActionOpened) -> Ask:
        """Ask the owner to say when it is done, and what shows it; open from the start, due on its day."""
        return self.ask(action, actions.DO, action.owner).model_copy(update={"due": action.due})

    def asked_to_check(self, action: ActionOpened) -> Ask:
        """Ask whoever checks it whether it is done. The verifier is not the owner."""
        check = self.ask(action, actions.CHECK, action.verifier)
        return check.model_copy(update={"inform": (action.owner, *action.told)})

    def ask(self, action: ActionOpened, kind: str, post: str) -> Ask:
        """Put one of the action's two questions to a post."""
        return Ask(
            case=self.case,
            key=kind,
            round=0,
            version=1,
            content_hash=action.content_hash,
            clause=action.clause,
            seats=(SeatAsk(key=post, post=post),),
            terms=action.terms[kind],
        )
