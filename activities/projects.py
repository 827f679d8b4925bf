"""The course of a project: who runs it, what is planned and reported, which gates it passes."""

from collections.abc import Iterator
from decimal import Decimal

from temporalio import activity

from activities.correspondence import DeliveryLetters
from activities.following import gate_conditions
from activities.writing import Writing
from service import delivering, reporting
from service.delivering import rules_of
from service.links import Links
from service.mailroom import Mailroom
from service.store import Store, actions, benefits, cases, intents, projects, steps
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.projects import Report
from service.telling import edition
from workflows import ports
from workflows.delivery import (
    Baseline,
    ExceptionRaised,
    ExceptionSettled,
    Forecast,
    GateKind,
    GatePassed,
    Plan,
    ProjectInHand,
    ProjectReported,
    ProjectTold,
    Rag,
    Tolerances,
)
from workflows.model import Choice
from workflows.rules import calendar


class Projects(Writing, ports.Projects):
    """Writes the course of projects into the record, with the letters it sends."""

    def __init__(self, store: Store, mailroom: Mailroom, links: Links) -> None:
        super().__init__(store, mailroom)
        self._links = links

    @activity.defn(name="project_opened")
    async def opened(self, parent: str) -> str:
        """Open the project of an approved proposal, with a benefit for each that it claims; return its
        reference. Opened again, it is the one that was opened first.
        """
        return await self._write(self._opened, parent)

    @activity.defn(name="project_in_hand")
    async def in_hand(self, case: str) -> ProjectInHand:
        """Write that a project's process has begun, unless it is written; return the project as it is."""
        return await self._write(self._in_hand, case)

    @activity.defn(name="project_named")
    async def named(self, told: ProjectTold) -> ProjectInHand:
        """Write who manages a project and who sits on its board, as its mandate says."""
        return await self._write(self._named, told)

    @activity.defn(name="project_planned")
    async def planned(self, told: ProjectTold) -> ProjectInHand:
        """Write the plan that an answer proposes: at initiation, for the next stage, or in an exception."""
        return await self._write(self._planned, told)

    @activity.defn(name="project_reported")
    async def reported(self, told: ProjectTold) -> ProjectReported:
        """Write what a report says, measured against the last approved baseline; return what it comes to."""
        return await self._write(self._reported, told)

    @activity.defn(name="project_gate_passed")
    async def gate_passed(self, passed: GatePassed) -> ProjectInHand:
        """Write that a gate was passed, with its three variances and the baseline that it makes."""
        return await self._write(self._gate_passed, passed)

    @activity.defn(name="project_exception_raised")
    async def exception_raised(self, raised: ExceptionRaised) -> ProjectInHand:
        """Write that a forecast is past what is tolerated, and tell manager, board and programme office."""
        return await self._write(self._exception_raised, raised)

    @activity.defn(name="project_exception_settled")
    async def exception_settled(self, settled: ExceptionSettled) -> ProjectInHand:
        """Write what an exception came to."""
        return await self._write(self._exception_settled, settled)

    @activity.defn(name="standards_checked")
    async def standards_checked(self, told: ProjectTold) -> str:
        """Write what a check of project standards found; return the exception that it raises, or nothing."""
        return await self._write(self._standards_checked, told)

    @activity.defn(name="standards_exceptions")
    async def standards_exceptions(self, case: str) -> tuple[str, ...]:
        """Return the exceptions from the project standards of a project that are not settled."""
        return await self._write(self._standards_exceptions, case)

    @activity.defn(name="exception_in_hand")
    async def exception_in_hand(self, case: str) -> ProjectInHand:
        """Write that the process of a standards exception has begun, unless it is written; return the project
        that it is about.
        """
        return await self._write(self._exception_in_hand, case)

    def _opened(self, tx: Tx, parent: str) -> str:
        case = cases.get(tx, parent)
        content = cases.content(tx, parent, case.version) or {}
        rules = edition(tx, case.edition)
        claimed = delivering.claimed(case, delivering.proposed(tx, case), rules)
        benefits.opened(tx, case, claimed, due=case.decide_by)
        return projects.opened(tx, case, content.get("summary") or "")

    def _in_hand(self, tx: Tx, case: str) -> ProjectInHand:
        # It is looked up before every question, and has begun but once.
        if not cases.get(tx, case).taken_up:
            projects.begun(tx, case)
        return delivering.in_hand(tx, case)

    def _named(self, tx: Tx, told: ProjectTold) -> ProjectInHand:
        case = cases.get(tx, told.case)
        rules = rules_of(edition(tx, case.edition))
        said = _answer(tx, told.step).answers
        # One that fits any plan, if there is one: a frozen edition has them in the order of their keys.
        template = min(rules.templates, key=lambda key: rules.templates[key].stages)
        projects.named(tx, told, reporting.mandate(said, sponsor=case.sponsor, template=template))
        self._complete(tx, told)
        return delivering.in_hand(tx, told.case)

    def _complete(self, tx: Tx, told: ProjectTold) -> None:
        """Write to each benefit what the mandate says of it that the proposal left out."""
        project = projects.must(tx, told.case)
        parent = cases.get(tx, project.parent)
        read = delivering.business_case(tx, project)
        known = {one.number: one.ref for one in benefits.of_proposal(tx, parent.ref)}
        claimed = delivering.claimed(parent, read, edition(tx, parent.edition))
        for number, one in enumerate(claimed, start=1):
            if number in known:
                benefits.completed(tx, known[number], one, step=told.step, at=told.at)

    def _planned(self, tx: Tx, told: ProjectTold) -> ProjectInHand:
        if (plan := self._plan(tx, told)) is not None:
            projects.planned(tx, told, plan)
        return delivering.in_hand(tx, told.case)

    def _plan(self, tx: Tx, told: ProjectTold) -> Plan | None:
        """Return the plan that an answer proposes, if it proposes one."""
        case, project = cases.get(tx, told.case), projects.must(tx, told.case)
        said = _answer(tx, told.step)
        if said.kind == "end_stage":
            return (
                reporting.next_stage(said.answers, project.baseline, told.stage) if project.baseline else None
            )
        rules = rules_of(edition(tx, case.edition))
        tolerated = project.baseline.tolerances if project.baseline else rules.tolerances
        return reporting.plan(said.answers, weeks=rules.report_weeks, tolerances=tolerated)

    def _reported(self, tx: Tx, told: ProjectTold) -> ProjectReported:
        # Linked projects may report at once, and each is measured by how the others stand.
        beside = projects.linked_with(tx, projects.must(tx, told.case))
        for ref in sorted({told.case, *(one.ref for one in beside)}):
            tx.lock(ref)
        known = projects.report(tx, told.case, told.step)
        report = known or projects.reported(tx, told, self._report(tx, told))
        return ProjectReported(
            forecast=report.forecast,
            variance=report.variance,
            linked=report.linked,
            unchanged=report.unchanged,
            stage_done=report.stage_done,
            went_live=report.went_live,
        )

    def _report(self, tx: Tx, told: ProjectTold) -> Report:
        project, said = projects.must(tx, told.case), _answer(tx, told.step)
        reported = projects.last_report(tx, told.case)
        before = delivering.before(tx, project, reported)
        if before is None:
            # It closes before there was a plan: what it cost is all there is to say.
            before = Forecast(cost=Decimal(0), go_live=project.go_live or calendar.local_day(told.at))
        if not reported or reported[-1].stage != told.stage:
            before = before.model_copy(update={"stage_ends": project.stage_ends(told.stage)})
        now = reporting.forecast(said.answers, before)
        variance, linked = delivering.measured(tx, project, now)
        return Report(
            step=told.step,
            kind=said.kind,
            stage=told.stage,
            at=told.at,
            person=said.person,
            forecast=now,
            variance=variance,
            linked=linked,
            unchanged=said.choice is Choice.UNCHANGED,
            stage_done=said.choice is Choice.STAGE_DONE,
            objectives=reporting.objectives(said.answers),
            went_live=reporting.went_live(said.answers) or project.went_live,
        )

    def _gate_passed(self, tx: Tx, passed: GatePassed) -> ProjectInHand:
        case, project = cases.get(tx, passed.case), projects.must(tx, passed.case)
        reported = [one for one in projects.reports(tx, passed.case) if one.at <= passed.at]
        # The board was shown the report on the stage, whatever a highlight report has said beside the gate.
        of_stage = passed.gate is not GateKind.EXCEPTION_PLAN
        shown = [one for one in reported if of_stage and one.objectives and one.stage == passed.stage]
        last = next(iter((*reversed(shown), *reversed(reported))), None)
        plan = project.plan if passed.plan_step and passed.plan_step == project.plan_step else None
        number = project.baseline.number + 1 if project.baseline else 1
        makes = Baseline(number=number, **dict(plan)) if plan else None
        if makes and project.baseline and passed.gate is GateKind.BOUNDARY:
            # The next stage was planned before whatever was tolerated of the whole since.
            makes = makes.model_copy(update={"tolerances": project.baseline.tolerances})
        projects.passed(tx, passed, at_variance=last, makes=makes, rating=_rated(tx, passed.step))
        for wanted in gate_conditions(tx, case, passed.step):
            actions.opened(tx, case, wanted, at=passed.at)
        return delivering.in_hand(tx, passed.case)

    def _exception_raised(self, tx: Tx, raised: ExceptionRaised) -> ProjectInHand:
        desk = DeliveryLetters(tx, cases.get(tx, raised.case), self._links, raised.at)
        projects.exceeded(tx, raised, desk.exceeded(raised))
        return delivering.in_hand(tx, raised.case)

    def _exception_settled(self, tx: Tx, settled: ExceptionSettled) -> ProjectInHand:
        step = steps.get(tx, settled.step)
        choice = step.choice if step else None
        tolerances = settled.tolerances
        if choice is Choice.MORE_TOLERANCE and tolerances is None:
            tolerances = reporting.least(tuple(_granted(tx, settled.step)))
        projects.settled(tx, settled, choice, tolerances)
        return delivering.in_hand(tx, settled.case)

    def _standards_checked(self, tx: Tx, told: ProjectTold) -> str:
        case, said = cases.get(tx, told.case), _answer(tx, told.step)
        standards = rules_of(edition(tx, case.edition)).standards
        names = {key: one.name for key, one in standards.checks.items()} if standards else {}
        found = reporting.findings(said.answers)
        summary = ""
        if said.choice is Choice.FALL_SHORT:
            summary = (
                reporting.shortcomings(said.answers, names) or said.reason or "Not as the standards ask."
            )
        return projects.checked(
            tx, case, told, found, title=f"Project standards of {case.title}", summary=summary
        )

    def _standards_exceptions(self, tx: Tx, case: str) -> tuple[str, ...]:
        return tuple(one.ref for one in projects.standards_exceptions(tx, case) if one.open)

    def _exception_in_hand(self, tx: Tx, case: str) -> ProjectInHand:
        raised = projects.standards_exception(tx, case)
        if raised is None:
            raise LookupError(f"no exception from the project standards {case}")
        projects.begun(tx, case)
        project = delivering.in_hand(tx, raised.parent)
        # What is asked is asked of what the exception says.
        return project.model_copy(update={"content_hash": cases.get(tx, case).content_hash})


def _answer(tx: Tx, step: str) -> DecisionView:
    """Return the answer that a report, a plan or a check consists of: of several the last."""
    made = [one for one in intents.decisions_of_step(tx, step, strict=False) if one.choice.counted]
    if not made:
        raise LookupError(f"{step} has no answer")
    return made[-1]


def _rated(tx: Tx, step: str) -> Rag | None:
    """Return how confident of delivery those are who let a project through; None where it was not asked."""
    rating, _ = reporting.rated(intents.decisions_of_step(tx, step, strict=False))
    return rating


def _granted(tx: Tx, step: str) -> Iterator[Tolerances]:
    """Go through what each of those grants who grant more tolerance."""
    for made in intents.decisions_of_step(tx, step, strict=False):
        if made.choice is Choice.MORE_TOLERANCE:
            yield reporting.more_tolerance(made.answers)
