"""Standards exception: what a check of project standards found is closed by SRG alone (SYS-17)."""

from temporalio import workflow

from workflows.delivering import Excepting, ask_of, seat
from workflows.delivery import ExceptionState, ProjectInHand
from workflows.human_step import unbroken
from workflows.model import Ask, Choice, Outcome
from workflows.rules import projects


@workflow.defn
class StandardsException(Excepting):
    """It is put before SRG at its next meeting, which accepts it or has it put right."""

    @workflow.init
    def __init__(self, case: str) -> None:
        super().__init__(case)

    @workflow.run
    @unbroken
    async def run(self, case: str) -> ExceptionState:
        """Wait for SRG's word. What it wants put right is left to the project's manager as an action."""
        outcome = await self.before_srg(await self.take_up_exception())
        if outcome.choice is Choice.REJECT:
            await self.follow_up()
        state = ExceptionState.SETTLED if outcome.choice else ExceptionState.WITHDRAWN
        await self.become(state, because=outcome)
        await self.end()
        return state

    async def before_srg(self, project: ProjectInHand) -> Outcome:
        """Ask SRG at its meeting; the programme office stands for it where there is none."""
        if project.srg is None:
            return await self.decide(self.ask(project, project.programme_office))
        return await self.decide_at_meeting(self.ask(project, project.srg.secretary, project.srg.key))

    def ask(self, project: ProjectInHand, post: str, forum: str = "") -> Ask:
        """Ask whether the exception is accepted, or to be put right."""
        return ask_of(
            project,
            projects.STANDARDS_SRG,
            seat(post),
            case=self.case,
            key=projects.STANDARDS,
            forum=forum,
            inform=tuple(dict.fromkeys((project.manager, project.standards, *project.told))),
        )
