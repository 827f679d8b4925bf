"""What a page about a project shows above all: what a gate authorises, or what an exception is past, with the
report on which it is decided, how far the plan is missed, the stages, and the conditions that guard it.
"""

from collections.abc import Iterable, Mapping, Sequence

from service import appraisal, delivering, gating, realised, telling
from service.handbook import Edition
from service.handbook.delivering import DeliveryRules
from service.handbook.words import pounds
from service.reporting import Answers
from service.reports import facts
from service.reports.facts import Guarding, Measure, ProjectShown
from service.store import cases, intents, projects
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.projects import Exceeding, ProjectView, Report
from service.store.steps import StepView
from service.web import reported, standards
from service.web.standing import Sight
from workflows.delivery import GateKind
from workflows.model import Choice
from workflows.rules import assessments, reports, tolerances

GATES = ("gate", "gate_srg")
EXCEPTIONS = ("exception", "exception_board", "exception_srg")
ON_A_PROJECT = ("highlight", "end_stage", "exception_report", "exception_plan", "end_project")
"""Kinds of report that are measured against a project's plan, which their pages show."""
_BEFORE = {
    GateKind.START_UP: "mandate",
    GateKind.INITIATION: "initiation",
    GateKind.BOUNDARY: "end_stage",
    GateKind.CLOSURE: "end_project",
    GateKind.EXCEPTION_PLAN: "exception_plan",
}
"""The report on which each gate is decided."""


def shown(tx: Tx, sight: Sight, made: Sequence[DecisionView]) -> ProjectShown | None:
    """Return what the page of a question about a project shows above all else; None where that is nothing.

    `made` are the decisions of the case that may be shown.
    """
    kind, rules, project = sight.open_step.kind, sight.edition.delivery, reported.about(tx, sight)
    if kind in _CHOSEN_ON:
        return _assessed(sight, made)
    if rules is None or project is None:
        return None
    if kind in GATES:
        return _gate(tx, sight, project, rules, made)
    if kind in EXCEPTIONS:
        return _exception(tx, sight, project, rules, made)
    if kind in ON_A_PROJECT:
        return _report(tx, project, made)
    if kind in reports.OF_REVIEWS:
        return _reviewed(tx, sight, project, made)
    if kind == "standards_srg":
        return _checked(tx, sight, made)
    return None


# ---------------------------------------------------------------------------------- gates


def _gate(
    tx: Tx, sight: Sight, project: ProjectView, rules: DeliveryRules, made: Sequence[DecisionView]
) -> ProjectShown:
    gate, stage = reported.gate_of(sight.open_step.key, project)
    report = reported.last(made, _BEFORE[gate])
    ahead = {GateKind.INITIATION: 1, GateKind.BOUNDARY: stage + 1}.get(gate, 0)
    plan = project.plan or project.baseline
    known = delivering.gate(rules, project, gate, stage)
    called = delivering.called(tx, project, proposed=True)
    return ProjectShown(
        gate=known.name,
        authorises=known.authorises,
        measures=_measured(tx, sight, project, gate, report),
        report=telling.told(report, sight.edition) if report else None,
        report_called=facts.REPORTS[_BEFORE[gate]],
        stages=facts.stages(plan, called, ahead) if plan and gate is not GateKind.CLOSURE else (),
        plan=_called(project),
        # A plan that is put forward amid a stage waits for no condition.
        guarding=() if gate is GateKind.EXCEPTION_PLAN else _guarding(tx, project, sight.edition),
        checks=standards.at_gate(tx, project.ref, stage, sight.edition),
        case=business_case(tx, project, sight.edition) if gate is GateKind.START_UP else (),
        papers=tuple(gating.papers(rules, project, gate, stage).values()),
        missing=tuple(gating.missing(tx, project, rules, gate, stage).values()),
    )


def business_case(tx: Tx, project: ProjectView, rules: Edition) -> tuple[tuple[str, str], ...]:
    """Return what it costs to manage a project, and what each of its benefits is, as the proposal and its
    mandate say together (SYS-15).
    """
    read = delivering.business_case(tx, project)
    cost = appraisal.management(read)
    benefits = (
        (one.title, "\n".join(appraisal.benefit(one, telling.title(rules, one.owner, tx.today))))
        for one in read.benefits
    )
    return ("Cost of managing the project", pounds(cost) if cost is not None else "Not said"), *benefits


def _called(project: ProjectView) -> str:
    if project.plan:
        return "The plan that is put forward"
    return f"Plan {project.baseline.number}, as approved" if project.baseline else ""


def _measured(
    tx: Tx, sight: Sight, project: ProjectView, gate: GateKind, report: DecisionView | None
) -> tuple[Measure, ...]:
    """Return budget, time and objectives, as far as there is something to measure them by."""
    baseline, plan = project.baseline, project.plan
    match gate:
        case GateKind.START_UP:
            return ()
        case GateKind.INITIATION if plan and not baseline:
            return facts.of_a_first_plan(plan, cases.get(tx, project.parent).capital)
        case GateKind.EXCEPTION_PLAN if plan and baseline:
            missed = tolerances.plan_variance(plan, baseline, sight.edition.non_working)
            return facts.of_a_plan(plan, baseline, missed)
        case _:
            return _reported(tx, project, report)


def _reported(tx: Tx, project: ProjectView, report: DecisionView | None) -> tuple[Measure, ...]:
    found = _of_step(projects.reports(tx, project.ref), report.step if report else "")
    if found is None or project.baseline is None:
        return ()
    words = report.answers["objectives"].text if report and "objectives" in report.answers else ""
    return facts.against_baseline(project.baseline, found.forecast, found.variance, found.objectives, words)


def _of_step(reports: Iterable[Report], step: str) -> Report | None:
    return next((one for one in reports if one.step == step), None)


def _guarding(tx: Tx, project: ProjectView, rules: Edition) -> tuple[Guarding, ...]:
    return tuple(
        Guarding(
            text=str((cases.content(tx, one.ref) or {}).get("summary") or one.ref),
            owner=telling.title(rules, one.owner, tx.today),
            by=one.due,
            met=not one.open,
            action=one.ref,
        )
        for one in reported.guarding(tx, project.ref)
    )


# ----------------------------------------------------------------------------- exceptions


def _exception(
    tx: Tx, sight: Sight, project: ProjectView, rules: DeliveryRules, made: Sequence[DecisionView]
) -> ProjectShown | None:
    raised = _raised(tx, project, sight.open_step.key)
    if raised is None:
        return _report(tx, project, made)
    report = reported.last(made, "exception_report")
    baseline, crossing = project.baseline, raised.crossing
    found = _of_step(projects.reports(tx, project.ref), raised.step)
    measures = (
        facts.against_baseline(baseline, found.forecast, found.variance, found.objectives)
        if found and baseline
        else ()
    )
    together = facts.together(crossing, baseline, delivering.beside(tx, project)) if baseline else None
    return ProjectShown(
        exception=raised.number,
        crossed=facts.crossed(crossing),
        decides=f"By the handbook's matrix {facts.AUTHORITIES[crossing.authority]} decides.",
        matrix=facts.bands(rules.matrix),
        measures=(*measures, *((together,) if together else ())),
        report=telling.told(report, sight.edition) if report else None,
        report_called=facts.REPORTS["exception_report"],
        stages=facts.stages(baseline, delivering.called(tx, project), project.stage) if baseline else (),
        plan=_called(project.model_copy(update={"plan": None})),
    )


def _raised(tx: Tx, project: ProjectView, key: str) -> Exceeding | None:
    """Return the exception that a question is about: the one of its number, or the last."""
    raised = projects.exceptions(tx, project.ref)
    number = key.removesuffix("-srg").rpartition("-")[2]
    found = [one for one in raised if number.isdecimal() and one.number == int(number)]
    return next(iter((*found, *reversed(raised))), None)


# -------------------------------------------------------------------------------- reports


_MEASURED = {"highlight": (Choice.REPORT, Choice.STAGE_DONE), "end_stage": (Choice.REPORT,)}
"""Reports with figures that are held against what is tolerated, by the choices that bring figures."""


def follows(tx: Tx, sight: Sight, choice: Choice, said: Answers) -> str:
    """Say what follows from a report whose figures are past what is tolerated; nothing for any other."""
    project, rules = reported.about(tx, sight), sight.edition.delivery
    if choice not in _MEASURED.get(sight.open_step.kind, ()) or project is None or rules is None:
        return ""
    crossing = delivering.crosses(tx, project, rules, said)
    if crossing is None or project.baseline is None:
        return ""
    return facts.stops(crossing, project.baseline.tolerances)


def _report(tx: Tx, project: ProjectView, made: Sequence[DecisionView]) -> ProjectShown | None:
    """Return the plan that a report is measured against, with the report before it."""
    baseline, before = project.baseline, projects.reports(tx, project.ref)
    if baseline is None:
        return None
    rules, standing = telling.rules_of(tx, cases.get(tx, project.ref)), delivering.before(tx, project, before)
    report = next((one for one in reversed(made) if before and one.step == before[-1].step), None)
    measures = (
        facts.against_baseline(
            baseline,
            standing,
            delivering.missed(project, standing, rules.non_working),
            before[-1].objectives,
        )
        if standing and before
        else ()
    )
    return ProjectShown(
        measures=measures,
        report=telling.told(report, rules) if report else None,
        report_called="Last report",
        stages=facts.stages(baseline, delivering.called(tx, project), project.stage),
        plan=f"Plan {baseline.number}, as approved",
    )


def _reviewed(
    tx: Tx, sight: Sight, project: ProjectView, made: Sequence[DecisionView]
) -> ProjectShown | None:
    """Return what has come of a proposal's benefits, beside its review once that is written."""
    report = reported.last(made, "review") if sight.open_step.kind != "review" else None
    benefits = realised.of_proposal(tx, project.parent)
    if report is None and not benefits:
        return None
    return ProjectShown(
        report=telling.told(report, sight.edition) if report else None,
        report_called=facts.REPORTS["review"],
        benefits=benefits,
        realised=realised.sentences(tx, project.parent),
    )


_CHOSEN_ON = (assessments.CHOOSE, assessments.CHOOSE_SRG)
"""Questions by which one of the options of an assessment is chosen."""


def _checked(tx: Tx, sight: Sight, made: Sequence[DecisionView]) -> ProjectShown | None:
    """Return the check of standards that a question is about."""
    kind = "standards_check"
    exception = projects.standards_exception(tx, sight.case.ref)
    about = intents.decisions_of_step(tx, exception.step, strict=False)[-1:] if exception else ()
    report = next(iter(about), None) or reported.last(made, kind)
    if report is None:
        return None
    return ProjectShown(report=telling.told(report, sight.edition), report_called=facts.REPORTS[kind])


def _assessed(sight: Sight, made: Sequence[DecisionView]) -> ProjectShown | None:
    """Return the assessment whose options are chosen from."""
    report = reported.last(made, assessments.ASSESS)
    if report is None:
        return None
    said = telling.told(report, sight.edition)
    return ProjectShown(report=said, report_called=facts.REPORTS[assessments.ASSESS])


def beside(step: StepView, made: Sequence[DecisionView], keys: Mapping[str, str]) -> tuple[DecisionView, ...]:
    """Return which of a project's decisions a question shows besides the report on which it is decided: what
    was answered to the same question before, and why the last gate sent a report back. `keys` are those of
    the steps.

    A project of years has hundreds of answers, of which a page shows those that it is about.
    """
    if step.kind == "highlight":
        return ()
    own = step.key.removesuffix("-srg")
    gates = [one for one in made if one.kind in (*GATES, "review_check", *_CHOSEN_ON)]
    back = [one.key for one in gates if one.step == gates[-1].step and one.choice in _SENDS_BACK]
    reports = step.kind not in (*GATES, *EXCEPTIONS, *_CHOSEN_ON)
    return tuple(
        one
        for one in made
        if one.step != step.id
        and one.choice.counted
        and (keys.get(one.step, "").removesuffix("-srg") == own or (reports and one.key in back))
    )


_SENDS_BACK = (Choice.RETURN, Choice.EXCEPTION_PLAN, Choice.CLOSE_EARLY, Choice.SEND_BACK)
