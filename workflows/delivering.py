"""Delivering what was approved: how a project asks its people, reports, and lives through several runs."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import date
from typing import Any

from temporalio import workflow

from workflows.attending import Attending
from workflows.delivery import (
    Baseline,
    Carried,
    Course,
    Crossing,
    ExceptionRaised,
    ExceptionSettled,
    ExceptionState,
    GateKind,
    GatePassed,
    GoLive,
    ProjectEnded,
    ProjectInHand,
    ProjectReported,
    ProjectState,
    ProjectTold,
)
from workflows.human_step import guarded
from workflows.model import Ask, Choice, Ending, Outcome, SeatAsk, Terms
from workflows.ports import Benefit, Projects, StandardsException
from workflows.process import Process
from workflows.rules import calendar, projects, tolerances

Asking = Callable[[ProjectInHand], Ask]
"""Puts a question about a project as it is at the moment, to whoever has the place that is asked."""

LONGEST = 400
"""Events in the history of a run after which the next begins, as soon as nothing is open. A whole turn of a
stage or of an exception goes between, so that no run comes near Temporal's limits."""


class Delivering(Attending):
    """A process of a project.

    How that stands is in the record: it is looked up when a run begins and when its people change, and
    whatever is written of it returns it as it is since.
    """

    hears_of_actions = True

    def __init__(self, case: str, carried: Carried | None) -> None:
        super().__init__(case)
        self._state = ProjectState.STARTING
        self.course = Course()
        if carried:
            self.clock, self.course = carried.clock, carried.course
            self._go_on_counting(carried.tally)
        self._project: ProjectInHand | None = None
        self._past: tuple[Outcome, Crossing] | None = None
        """The report that is past what is tolerated, until somebody is asked about it."""
        self._open: dict[str, tuple[Asking, Ask]] = {}
        """What is asked of people of the project, by its key."""
        self._report_wanted = False
        self._at_gate = self._checking = self._listening = False
        """Whether reports go on beside what is asked at a gate, standards are being checked, and the next
        report of a stage is waited for.
        """
        self._reports_over = True
        self._hearing = self._decided_too_early = False
        """Whether a highlight report is asked for, and whether a gate was decided that is put anew."""

    # ------------------------------------------------------------------- messages

    @workflow.update(description="Look again who manages the project, and who sits on its board")
    @guarded
    def people_changed(self) -> None:
        """Look again whom the project asks. What is open for others is dropped, and put anew."""
        self._beside(self._look_again())

    @workflow.update(description="Ask for a highlight report at once")
    @guarded
    def report_now(self) -> bool:
        """Ask for a highlight report; False while one is asked, and where no stage is in hand."""
        asks = self._listening or not self._reports_over
        if self.withdrawal or not asks or projects.HIGHLIGHT in self._open:
            return False
        self._report_wanted = True
        return True

    # ---------------------------------------------------------------------- facts

    @property
    def project(self) -> ProjectInHand:
        """The project as it stands, once it was looked up."""
        assert self._project is not None
        return self._project

    @property
    def baseline(self) -> Baseline:
        """What was approved last; there is a plan from the first stage on."""
        assert self.project.baseline is not None
        return self.project.baseline

    @property
    def over(self) -> bool:
        """It has come to its end, or its proposal was withdrawn."""
        return self.course.ended is not None or self.withdrawal is not None

    @property
    def past_tolerance(self) -> bool:
        """A report is past what is tolerated, and nobody has been asked about it yet."""
        return self._past is not None and not self.course.closing_early

    @property
    def next_gate(self) -> GateKind:
        """The gate that comes next."""
        stages = len(self.project.baseline.stages) if self.project.baseline else 0
        return projects.gate_ahead(self.course.passed, self.course.stage, stages)

    def mark(self, **changes: Any) -> None:
        """Take down how far the project has come."""
        self.course = self.course.model_copy(update=changes)

    def decided(self, outcome: Outcome) -> None:
        """Take down what was decided last, if it was: the next state is because of it."""
        if outcome.choice is not None:
            self.mark(decided=outcome)

    # ---------------------------------------------------------------------- verbs

    async def in_hand(self) -> ProjectInHand:
        """Return the project as it stands: who runs it, and what was approved."""
        return self._project or await self._takes(Projects.in_hand, self.case, "look the project up")

    async def put(self, asking: Asking, *, until_answered: bool = True) -> Outcome:
        """Ask people of the project; whoever comes in the place of one who is asked, is asked anew.

        What has to be answered is asked again after silence.
        """
        while True:
            asked = asking(await self.in_hand())
            if self._off(asked.key) is not None:
                return self.nothing(asked)
            self._open[asked.key] = asking, asked
            outcome = await self.decide(asked)
            del self._open[asked.key]
            others = self._called_off.get(asked.key) in (projects.MANAGER_CHANGED, projects.BOARD_CHANGED)
            if others:
                del self._called_off[asked.key]
            anew = others and outcome.ending is Ending.WITHDRAWN and not self.withdrawal
            if not anew and not (until_answered and outcome.ending is Ending.SILENT):
                return outcome

    async def name_people(self, mandate: Outcome) -> ProjectInHand:
        """Write who manages the project and who sits on its board, as its mandate says."""
        return await self._takes(Projects.named, self._told(mandate), "name its manager and its board")

    async def propose(self, planned: Outcome) -> ProjectInHand:
        """Write the plan that an answer proposes; it holds once its gate is passed."""
        return await self._takes(Projects.planned, self._told(planned), "write the plan that is proposed")

    async def take_report(self, report: Outcome, *, measured: bool = True) -> None:
        """Write what a report says, hold it against what is tolerated, and tell its proposal of go-live.

        One that is not `measured` stops nothing any more.
        """
        reported = await self._write(Projects.reported, self._told(report), "write what is reported")
        accepted = tolerances.still_accepted(self.course.accepted, reported.variance)
        self.mark(accepted=accepted)
        if measured:
            allowed, matrix = self.baseline.tolerances, self.project.matrix
            together = tolerances.still_together(self.course.accepted_together, reported, allowed)
            self.mark(accepted_together=together)
            if crossing := tolerances.crossing(reported, allowed, matrix, accepted, together):
                self._past = report, crossing
        await self._tell_go_live(_go_live(reported))

    async def until_report(self) -> bool:
        """Wait for the stage's next report, or until one is wanted; False if the stage ends before.

        The last stage does not end before it is live, or its manager says that it is done.
        """
        self._listening = True
        going = await self.until(
            self._next_due(),
            unless=lambda: self._report_wanted or self.course.report_due,
            key=projects.HIGHLIGHT,
            leg=projects.HIGHLIGHT,
            on=self.project.manager,
        )
        self._listening = False
        if going and not self._report_wanted and self._stage_ended():
            self.mark(stage_over=True)
        return going and not self.course.stage_over

    async def while_reporting(
        self,
        at_gate: Coroutine[Any, Any, Outcome],
        hear: Callable[[], Awaitable[None]],
        *keys: str,
    ) -> Outcome:
        """Come to a gate while highlight reports go on beside. One past what is tolerated freezes it: the
        questions `keys` are dropped.
        """
        self._at_gate, self._reports_over = True, False
        self._beside(self._go_on_reporting(hear, keys))
        outcome = await at_gate
        self._at_gate = False
        why = projects.FROZEN if self._past else projects.GATE_DECIDED
        # Whoever has come in the place of the manager meanwhile is not asked anew either.
        self._called_off[projects.HIGHLIGHT] = why
        await self._wait(lambda: self._reports_over, until=None, summary="what is reported meanwhile")
        for key in (projects.HIGHLIGHT, *keys):
            self._called_off.pop(key, None)
        self.mark(report_due=False)
        if self._past and (outcome.favourable or outcome.choice is Choice.EXCEPTION_PLAN):
            # It was decided before that was heard of, and is put anew once the exception is decided.
            self._decided_too_early = True
            return Outcome(step=outcome.step, ending=Ending.WITHDRAWN, at=self.now, kind=outcome.kind)
        return outcome

    async def put_until_next(self, asking: Asking) -> Outcome:
        """Ask for a highlight report until the next is due, or the stage ends: then that comes first."""
        self._report_wanted, self._hearing = False, True
        self.mark(report_due=False)
        giving_way = self._beside(self._give_way(self._next_due()))
        report = await self.put(asking, until_answered=False)
        self._hearing = False
        # A run ends only where nothing goes on beside, be it for a moment.
        await giving_way
        if self._called_off.get(projects.HIGHLIGHT) == projects.NEXT_DUE:
            del self._called_off[projects.HIGHLIGHT]
            self.mark(report_due=self._at_gate or not self._stage_ended())
        return report

    async def pass_gate(self, gate: GateKind, outcome: Outcome, *, plan: str = "") -> None:
        """Write that a gate is passed, with the plan it makes the baseline; its conditions become actions."""
        self.mark(gates=self.course.gates + 1)
        passed = GatePassed(
            case=self.case,
            number=self.course.gates,
            gate=gate,
            stage=self.course.stage,
            step=outcome.step,
            plan_step=plan,
            at=self.now,
        )
        project = await self._takes(Projects.gate_passed, passed, "write that the gate is passed")
        today = calendar.local_day(self.now)
        self.mark(**projects.beyond(gate, self.course, today))
        if outcome.choice is not None and outcome.choice.conditional:
            await self.follow_up()
        if project.baseline and gate in (GateKind.INITIATION, GateKind.EXCEPTION_PLAN):
            await self._tell_go_live(GoLive(day=project.baseline.go_live))

    async def raise_exception(self) -> Crossing:
        """Write that a report is past what is tolerated; from here on nothing goes on without a decision."""
        assert self._past is not None
        report, crossing = self._past
        self._past = None
        if report.step != self.course.report:
            # What the next gate was put with says less than this: it is reported on anew before it.
            self.mark(report="")
        self.mark(exceptions=self.course.exceptions + 1)
        raised = ExceptionRaised(
            case=self.case,
            number=self.course.exceptions,
            stage=self.course.stage,
            step=report.step,
            crossing=crossing,
            asked_anew=self._decided_too_early,
            at=self.now,
        )
        self._decided_too_early = False
        await self._takes(Projects.exception_raised, raised, "write that it is past what is tolerated")
        await self.become(ProjectState.IN_EXCEPTION, because=report)
        return crossing

    async def settle(self, crossing: Crossing, decided: Outcome) -> None:
        """Write what an exception came to. The red ratings it was about are not asked about again."""
        settled = ExceptionSettled(
            case=self.case, number=self.course.exceptions, step=decided.step, at=self.now
        )
        await self._takes(Projects.exception_settled, settled, "write what the exception came to")
        together = crossing.linked or self.course.accepted_together
        self.mark(accepted=tolerances.decided_on(crossing), accepted_together=together)

    def have_standards_checked(self, ask: Ask) -> None:
        """Have the standards of the stage in hand checked, beside what else is asked; once (SYS-17)."""
        if not self._checking and self.course.checked < self.course.stage:
            self._checking = True
            self._beside(self._check_standards(ask))

    async def until_checked(self, *, key: str) -> bool:
        """Wait until the standards of the stage are checked; False if `key` is asked no more."""
        await self._wait(
            lambda: not self._checking or self._off(key) is not None,
            until=None,
            summary="the project standards are checked",
        )
        return self._off(key) is None

    async def rest(self) -> None:
        """Begin anew in a run of its own where this one has become long and nothing is open.

        What waits for a run to end is kept waiting by its open questions: those would be called off with it.
        """
        if workflow.info().get_current_history_length() < LONGEST or self._busy():
            return
        await self._all_heard()
        if not self._busy():
            carried = Carried(clock=self.clock, tally=self._counted(), course=self.course)
            workflow.continue_as_new(args=[self.case, carried])

    async def conclude(self) -> ProjectEnded:
        """End it, with what is still asked; what it leaves to be done falls away if it ends early."""
        ended = self.course.ended or ProjectState.CLOSED_EARLY
        await self.become(ended, because=None if self.withdrawal else self.course.decided)
        self._called_off.setdefault(self._standards_key, projects.GATE_DECIDED)
        await self._wait(lambda: not self._tasks, until=None, summary="what is asked beside ends")
        if ended is ProjectState.CLOSED_EARLY:
            await self.let_go()
        if self.withdrawal:
            for exception in await self._write(
                Projects.standards_exceptions, self.case, "look for exceptions that are not settled"
            ):
                await self._tell(exception, Process.fall_away)
        await self.end()
        return ProjectEnded(state=ended, go_live=self.course.go_live)

    # ------------------------------------------------------------------ machinery

    def _busy(self) -> bool:
        return bool(self.over or self._tasks or self._open or self._past or self._report_wanted)

    @property
    def _standards_key(self) -> str:
        return f"{projects.STANDARDS}-{self.course.stage}"

    def _told(self, answer: Outcome) -> ProjectTold:
        return ProjectTold(case=self.case, step=answer.step, at=self.now, stage=self.course.stage)

    async def _takes(
        self, port: Callable[[Any, Any], Awaitable[ProjectInHand]], fact: Any, summary: str
    ) -> ProjectInHand:
        """Write a fact of the project, or none, and take it up as it is since."""
        self._project = await self._write(port, fact, summary)
        self._hear(self._project.clock)
        return self._project

    def _next_due(self) -> date:
        """The day of the next report, or of the stage's end if that comes before its gate is asked."""
        next_report, ends = self._next_report(), projects.stage_in(self.baseline, self.course.stage).ends
        over = self.now >= calendar.opening(ends)
        return next_report if self._at_gate or (over and not self._stage_ended()) else min(next_report, ends)

    def _stage_ended(self) -> bool:
        """Say whether the stage is over by its plan; the last one is not before it has gone live."""
        over = self.now >= calendar.opening(projects.stage_in(self.baseline, self.course.stage).ends)
        live = self.course.go_live is not None and self.course.go_live.certain
        return over and (live or self.next_gate is not GateKind.CLOSURE)

    async def _give_way(self, day: date) -> None:
        """Ask no more for a report once the next is due: it would say the same, of a later day."""
        over = await self._wait(
            lambda: not self._hearing, until=calendar.opening(day), summary="the report after this"
        )
        if not over:
            self._called_off.setdefault(projects.HIGHLIGHT, projects.NEXT_DUE)

    def _next_report(self) -> date:
        stage = projects.stage_in(self.baseline, self.course.stage)
        today = calendar.local_day(self.now)
        since = self.course.since or today
        return tolerances.next_report(since, stage.report_weeks, today, self.project.non_working)

    async def _go_on_reporting(self, hear: Callable[[], Awaitable[None]], keys: tuple[str, ...]) -> None:
        try:
            while not self._past:
                await self._wait(
                    lambda: not self._at_gate or self.over or self._report_wanted or self.course.report_due,
                    until=calendar.opening(self._next_report()),
                    summary="the next highlight report",
                )
                if not self._at_gate or self.over:
                    return
                await hear()
            for key in keys:
                # Whoever has come onto the board meanwhile is not asked anew before it is decided.
                self._called_off[key] = projects.FROZEN
        finally:
            self._reports_over = True

    async def _look_again(self) -> None:
        project = await self._takes(Projects.in_hand, self.case, "look again who is asked")
        for key, (asking, asked) in self._open.items():
            if asking(project).seats != asked.seats:
                board = asked.kind in (projects.GATE, projects.PUT_TO_BOARD)
                why = projects.BOARD_CHANGED if board else projects.MANAGER_CHANGED
                self._called_off.setdefault(key, why)

    async def _check_standards(self, ask: Ask) -> None:
        stage = self.course.stage
        try:
            outcome = await self.decide(ask)
            if outcome.choice is not None:
                found = await self._write(Projects.standards_checked, self._told(outcome), "write the check")
                if found:
                    await self._start(
                        StandardsException.run,
                        [found],
                        kind="standards_exception",
                        summary=f"exception from the standards of {self.case}",
                    )
            self.mark(checked=stage)
        finally:
            self._checking = False

    async def _tell_go_live(self, go_live: GoLive) -> None:
        """Tell its proposal when it goes live, if that is news. Once it has, no forecast says otherwise."""
        known = self.course.go_live
        if go_live != known and (go_live.certain or not (known and known.certain)):
            self.mark(go_live=go_live)
            await self._tell(self.project.parent, Benefit.goes_live, go_live)


class Excepting(Attending):
    """A process of an exception from the project standards."""

    def __init__(self, case: str) -> None:
        super().__init__(case)
        self._state = ExceptionState.RAISED

    async def take_up_exception(self) -> ProjectInHand:
        """Take up the project that the exception is about."""
        project = await self._write(Projects.exception_in_hand, self.case, "take up the exception")
        self._hear(project.clock)
        return project


def ask_of(
    project: ProjectInHand,
    kind: str,
    *seats: SeatAsk,
    case: str = "",
    key: str = "",
    forum: str = "",
    terms: Terms | None = None,
    inform: tuple[str, ...] = (),
) -> Ask:
    """Put a question about a project, or about another `case` that follows from it."""
    return Ask(
        case=case or project.case,
        key=key or kind,
        round=0,
        version=1,
        content_hash=project.content_hash,
        clause=project.clauses[kind],
        seats=seats,
        terms=terms or project.terms[kind],
        inform=inform,
        forum=forum,
    )


def seat(post: str) -> SeatAsk:
    """Return the only seat of a question that one post answers."""
    return SeatAsk(key=post, post=post)


def _go_live(reported: ProjectReported) -> GoLive:
    if reported.went_live:
        return GoLive(day=reported.went_live, certain=True)
    return GoLive(day=reported.forecast.go_live)
