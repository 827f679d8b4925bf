"""Project: start-up, initiation, its stages, closure, with a gate after each (SYS-15 to SYS-17, SYS-66)."""

from functools import partial

from temporalio import workflow

from workflows.delivering import Delivering, ask_of, seat
from workflows.delivery import (
    Authority,
    Carried,
    Crossing,
    GateKind,
    ProjectEnded,
    ProjectInHand,
    ProjectState,
)
from workflows.human_step import unbroken
from workflows.model import Ask, Choice, Guard, Outcome
from workflows.rules import matrix, projects, tolerances
from workflows.rules.projects import Then


@workflow.defn
class Project(Delivering):
    """A project passes its gates in turn. Each waits for its report, its conditions and its board."""

    @workflow.init
    def __init__(self, case: str, carried: Carried | None = None) -> None:
        super().__init__(case, carried)

    @workflow.run
    @unbroken
    async def run(self, case: str, carried: Carried | None = None) -> ProjectEnded:
        """Live from the mandate to closure. What is past tolerance is decided before all else goes on."""
        while not self.over:
            if self.past_tolerance:
                await self.meet_exception()
            else:
                await self.go_on(await self.in_hand())
            await self.rest()
        return await self.conclude()

    async def go_on(self, project: ProjectInHand) -> None:
        """Do what comes before the next gate, and put that."""
        in_stage = self.course.stage > 0 and not self.course.stage_over
        match self.next_gate:
            case _ if self.course.closing_early:
                await self.close(project)
            case GateKind.START_UP:
                await self.start_up()
            case GateKind.INITIATION:
                await self.initiate()
            case _ if in_stage:
                await self.work_on_stage()
            case GateKind.BOUNDARY:
                await self.end_stage(project)
            case _:
                await self.close(project)

    # ------------------------------------------------------------------ the handbook

    async def start_up(self) -> None:
        """The mandate names the manager and the board; without a manager no gate opens (SYS-16)."""
        mandate = await self.put(self.mandate)
        if mandate.choice is None:
            return
        project = await self.name_people(mandate)
        if project.manager and project.board:
            await self.come_from(GateKind.START_UP, await self.at_gate(GateKind.START_UP))

    async def initiate(self) -> None:
        """The manager plans stages, go-live and tolerances; the board makes the plan the baseline."""
        await self.become(ProjectState.INITIATING, because=self.course.decided)
        planned = await self.put(self.initiation)
        if planned.choice is None:
            return
        await self.propose(planned)
        self.mark(report=planned.step)
        await self.come_from(GateKind.INITIATION, await self.at_gate(GateKind.INITIATION))

    async def work_on_stage(self) -> None:
        """The manager reports on the stage's cycle, until the stage is done or its planned end comes."""
        await self.become(ProjectState.IN_STAGE, because=self.course.decided)
        if await self.until_report():
            await self.hear()

    async def hear(self) -> None:
        """Ask for a highlight report. Silence is passed over: the next is asked for on the cycle."""
        report = await self.put_until_next(self.highlight)
        if report.choice is None:
            return
        await self.take_report(report)
        if report.choice is Choice.STAGE_DONE:
            self.mark(stage_over=True)

    async def end_stage(self, project: ProjectInHand) -> None:
        """The manager reports on the stage and plans the next; the board decides. Reports go on beside."""
        self.check_standards(project)
        key = self.gate_key(GateKind.BOUNDARY)
        outcome = await self.while_reporting(
            self.come_to_boundary(project),
            self.hear,
            self.end_stage_report(project).key,
            key,
            projects.before_srg(key),
        )
        await self.come_from(GateKind.BOUNDARY, outcome)

    async def come_to_boundary(self, project: ProjectInHand) -> Outcome:
        """Ask for the end stage report, unless it is in, and put the gate unless that is past tolerance."""
        if not self.course.report:
            await self.become(ProjectState.IN_STAGE, because=self.course.decided)
            ended = await self.put(self.end_stage_report)
            if ended.choice is None:
                return ended
            await self.propose(ended)
            await self.take_report(ended)
            self.mark(report=ended.step)
        if self.past_tolerance:
            return self.nothing(self.asked_of_board(GateKind.BOUNDARY, project))
        await self.become(ProjectState.AT_GATE)
        return await self.at_gate(GateKind.BOUNDARY)

    async def close(self, project: ProjectInHand) -> None:
        """The manager reports on the whole, and the board closes it; what closes early needs no gate."""
        early = self.course.decided if self.course.closing_early else None
        await self.become(ProjectState.CLOSING, because=early)
        if not self.course.closing_early:
            self.check_standards(project)
        report = await self.put(self.end_project_report)
        if report.choice is None:
            return
        await self.take_report(report, measured=False)
        if self.course.closing_early:
            self.decided(report)
            self.mark(ended=ProjectState.CLOSED_EARLY)
        else:
            await self.come_from(GateKind.CLOSURE, await self.at_gate(GateKind.CLOSURE))

    # --------------------------------------------------------------------- gates

    async def at_gate(self, gate: GateKind) -> Outcome:
        """Put a gate to the board once its conditions are met and the stage's standards are checked."""
        key = self.gate_key(gate)
        if not await self.until_checked(key=key) or not await self.until_met(Guard.GATE, key=key):
            return self.nothing(self.asked_of_board(gate, self.project))
        return await self.by_board(gate)

    async def by_board(self, gate: GateKind) -> Outcome:
        """Let the board decide; what it refers up or leaves undecided goes to SRG's next meeting."""
        while True:
            outcome = await self.put(partial(self.asked_of_board, gate), until_answered=False)
            if projects.after_gate(outcome) is not Then.ASK_SRG:
                return outcome
            if self.project.srg is not None:
                return await self.by_srg(gate)

    async def by_srg(self, gate: GateKind) -> Outcome:
        """Let SRG decide at its next meeting."""
        key = projects.before_srg(self.gate_key(gate))
        return await self.decide_at_meeting(self.asked_of_srg(projects.GATE_SRG, key))

    async def come_from(self, gate: GateKind, outcome: Outcome) -> None:
        """Go on as a gate has decided: on, back to the report, to another plan, or to an early end."""
        self.decided(outcome)
        match projects.after_gate(outcome):
            case Then.GO_ON:
                plan = self.course.report if gate in (GateKind.INITIATION, GateKind.BOUNDARY) else ""
                await self.pass_gate(gate, outcome, plan=plan)
            case Then.REPORT_AGAIN:
                self.mark(report="")
            case Then.PLAN_ANEW:
                await self.plan_anew()
            case Then.CLOSE_EARLY if gate is GateKind.CLOSURE:
                self.mark(ended=ProjectState.CLOSED_EARLY)
            case Then.CLOSE_EARLY:
                self.close_early()
            case _:
                pass

    def close_early(self) -> None:
        """Go straight to the end project report."""
        self.mark(closing_early=True)

    # ----------------------------------------------------------------- exceptions

    async def meet_exception(self) -> None:
        """The manager reports on the exception; whoever has authority over so much decides."""
        crossing = await self.raise_exception()
        report = await self.put(self.exception_report)
        if report.choice is None:
            return
        decided = await self.by_authority(self.authority_over(crossing))
        self.decided(decided)
        match projects.after_exception(decided):
            case Then.TOLERATE_MORE:
                await self.settle(crossing, decided)
            case Then.PLAN_ANEW:
                if await self.plan_anew(of_srg=decided.kind == projects.PUT_TO[Authority.SRG]):
                    await self.settle(crossing, decided)
            case Then.CLOSE_EARLY:
                await self.settle(crossing, decided)
                self.close_early()
            case _:
                pass

    def authority_over(self, crossing: Crossing) -> Authority:
        """Return who decides on a crossing; where no SRG stands above, the board does."""
        return self.below_srg(crossing.authority)

    def authority_over_plan(self) -> Authority:
        """Return who decides on as much as the plan that is proposed goes past what was approved."""
        project = self.project
        if project.plan is None or project.baseline is None:
            return Authority.BOARD
        missed = tolerances.plan_variance(project.plan, project.baseline, project.non_working)
        return self.below_srg(matrix.authority(project.matrix, missed))

    def below_srg(self, authority: Authority) -> Authority:
        """Return the authority that there is: the board, where no SRG stands above it."""
        return Authority.BOARD if authority is Authority.SRG and self.project.srg is None else authority

    async def by_authority(self, authority: Authority) -> Outcome:
        """Let the programme office, the board or SRG decide; SRG too on what the others refer up."""
        key = f"exception-{self.course.exceptions}"
        if authority is Authority.SRG:
            return await self.decide_at_meeting(self.asked_of_srg(projects.PUT_TO[authority], key))
        while True:
            asking = partial(self.asked_about_exception, authority)
            decided = await self.put(asking, until_answered=False)
            if projects.after_exception(decided) is not Then.ASK_SRG:
                return decided
            if self.project.srg is not None:
                kind, key = projects.PUT_TO[Authority.SRG], projects.before_srg(key)
                return await self.decide_at_meeting(self.asked_of_srg(kind, key))

    async def plan_anew(self, *, of_srg: bool = False) -> bool:
        """Ask for an exception plan until one is approved or the project closes; False if it was dropped.

        It is approved where it was asked for, by the board or by SRG; and by SRG if it goes past what was
        approved by so much that the matrix names SRG.
        """
        self.mark(plans=self.course.plans + 1)
        while True:
            planned = await self.put(self.exception_plan)
            if planned.choice is None:
                return False
            await self.propose(planned)
            gate = GateKind.EXCEPTION_PLAN
            above = of_srg or self.authority_over_plan() is Authority.SRG
            outcome = await self.by_srg(gate) if above else await self.by_board(gate)
            self.decided(outcome)
            match projects.after_gate(outcome):
                case Then.GO_ON:
                    await self.pass_gate(gate, outcome, plan=planned.step)
                    return True
                case Then.CLOSE_EARLY:
                    self.close_early()
                    return True
                case Then.NOTHING:
                    return False
                case _:
                    continue

    # ------------------------------------------------------------------ standards

    def check_standards(self, project: ProjectInHand) -> None:
        """Have whoever monitors project standards check the stage, where any are in force (SYS-17)."""
        if project.standards and self.course.stage:
            kind, key = projects.STANDARDS_CHECK, f"{projects.STANDARDS}-{self.course.stage}"
            self.have_standards_checked(ask_of(project, kind, seat(project.standards), key=key))

    # ------------------------------------------------------------------ the questions

    def mandate(self, project: ProjectInHand) -> Ask:
        """Ask whoever answers for projects who is to manage this one, and who sits on its board."""
        return ask_of(project, projects.MANDATE, seat(project.authority))

    def initiation(self, project: ProjectInHand) -> Ask:
        """Ask the manager for the plan."""
        return self.of_manager(projects.INITIATION, project)

    def highlight(self, project: ProjectInHand) -> Ask:
        """Ask the manager how the stage is going."""
        return self.of_manager(projects.HIGHLIGHT, project)

    def end_stage_report(self, project: ProjectInHand) -> Ask:
        """Ask the manager how the stage went, and for the plan of the next."""
        return self.of_manager(projects.END_STAGE, project, f"end-stage-{self.course.stage}")

    def end_project_report(self, project: ProjectInHand) -> Ask:
        """Ask the manager how the whole project went."""
        return self.of_manager(projects.END_PROJECT, project, "end-project")

    def exception_report(self, project: ProjectInHand) -> Ask:
        """Ask the manager what has happened, and what can be done."""
        key = f"exception-report-{self.course.exceptions}"
        return self.of_manager(projects.EXCEPTION_REPORT, project, key)

    def exception_plan(self, project: ProjectInHand) -> Ask:
        """Ask the manager for another plan."""
        return self.of_manager(projects.EXCEPTION_PLAN, project, f"exception-plan-{self.course.plans}")

    def of_manager(self, kind: str, project: ProjectInHand, key: str = "") -> Ask:
        """Ask the manager; the board hears of it when it is put before them."""
        return ask_of(project, kind, seat(project.manager), key=key)

    def asked_of_board(self, gate: GateKind, project: ProjectInHand) -> Ask:
        """Ask the board whether the project may go on."""
        terms = projects.offering(project.terms[projects.GATE], gate, srg=project.srg is not None)
        return ask_of(
            project,
            projects.GATE,
            *project.board,
            key=self.gate_key(gate),
            terms=terms,
            inform=(project.manager, *project.told),
        )

    def asked_about_exception(self, authority: Authority, project: ProjectInHand) -> Ask:
        """Ask the board or the programme office what is to become of a project past what is tolerated."""
        kind, board = projects.PUT_TO[authority], authority is Authority.BOARD
        seats = project.board if board else (seat(project.programme_office),)
        # A board that is not asked was told of the exception, and hears what is decided of it as well.
        members = () if board else tuple(member.post for member in project.board)
        heard = tuple(dict.fromkeys((project.manager, *members, *project.told)))
        terms = projects.offering(project.terms[kind], None, srg=project.srg is not None)
        key = f"exception-{self.course.exceptions}"
        return ask_of(project, kind, *seats, key=key, terms=terms, inform=heard)

    def asked_of_srg(self, kind: str, key: str) -> Ask:
        """Ask SRG's secretary what SRG has decided at its meeting."""
        project, srg = self.project, self.project.srg
        assert srg is not None
        heard = (project.manager, *(member.post for member in project.board), *project.told)
        return ask_of(
            project, kind, seat(srg.secretary), key=key, forum=srg.key, inform=tuple(dict.fromkeys(heard))
        )

    def gate_key(self, gate: GateKind) -> str:
        """Return the key of a gate as it is put now."""
        plan = gate is GateKind.EXCEPTION_PLAN
        return projects.gate_key(gate, self.course.plans if plan else self.course.stage)
