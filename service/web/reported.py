"""A report on its page: what shapes its boxes, what they hold before anybody types, and how they are read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData

from service import delivering
from service.handbook.delivering import DeliveryRules
from service.handbook.words import pounds
from service.reports import Context, Form, Post, Reading, Type, drafting, form, held, read
from service.store import actions, assessments, benefits, cases, intents, projects, steps
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.projects import ProjectView, Report
from service.web import days, offering, words
from service.web.standing import Sight
from workflows.delivery import GateKind
from workflows.model import Choice, Guard
from workflows.rules import reports
from workflows.rules.assessments import ASSESS


@dataclass(frozen=True)
class Asked:
    """The boxes of a report, what shapes them, and what they hold."""

    form: Form
    context: Context
    drafted: Mapping[str, str]

    def always(self, choices: Iterable[Choice]) -> bool:
        """Say whether they are asked whichever of some choices is made."""
        return {*choices} <= {*self.form.choices}


def asked(tx: Tx, sight: Sight) -> Asked | None:
    """Return the boxes that are asked beside the choices of a question; None if it has none."""
    kind = sight.open_step.kind
    if kind not in reports.KINDS or sight.edition.delivery is None:
        return None
    context = _context(tx, sight, sight.edition.delivery)
    boxes = form(kind, context)
    return Asked(boxes, context, _drafted(tx, sight, boxes, context)) if boxes else None


def reading(tx: Tx, sent: FormData, asked: Asked, choice: Choice | None) -> Reading:
    """Read the boxes of a report as they were sent beside a choice, or before any was made."""
    typed = {name: str(value) for name, value in sent.items() if isinstance(value, str)}
    for box in asked.form.boxes:
        if box.type is Type.DAY:
            typed[box.name] = days.typed(sent, box.name)
    return read(asked.form, asked.context, typed, choice, _known(tx))


def about(tx: Tx, sight: Sight) -> ProjectView | None:
    """Return the project that a question is about, be it asked of its proposal, of itself or of what follows
    from it.
    """
    ref = sight.case.ref
    if found := projects.get(tx, ref) or projects.of_proposal(tx, ref):
        return found
    if exception := projects.standards_exception(tx, ref):
        return projects.get(tx, exception.parent)
    benefit = benefits.get(tx, ref)
    return projects.of_proposal(tx, benefit.parent) if benefit else None


def gate_of(key: str, project: ProjectView) -> tuple[GateKind, int]:
    """Return which gate a question is about by its key, with the stage that ends with it; by a key that says
    neither, the gate of the stage in hand.
    """
    name = key.removesuffix("-srg")
    number = name.rpartition("-")[2]
    if number.isdecimal():
        return GateKind.EXCEPTION_PLAN if name.startswith("plan-") else GateKind.BOUNDARY, int(number)
    by_name = {f"gate-{one.replace('_', '-')}": one for one in GateKind}
    return by_name.get(name, GateKind.BOUNDARY if project.stage else GateKind.START_UP), project.stage


def last(made: Iterable[DecisionView], *kinds: str) -> DecisionView | None:
    """Return the last report of some kinds among decisions, if there is one."""
    found = [one for one in made if one.kind in kinds and one.choice in (Choice.REPORT, Choice.STAGE_DONE)]
    return found[-1] if found else None


# ------------------------------------------------------------------------------- context


def _context(tx: Tx, sight: Sight, rules: DeliveryRules) -> Context:
    kind, project, today = sight.open_step.kind, about(tx, sight), sight.today
    baseline = project.baseline if project else None
    benefit, assessment = benefits.get(tx, sight.case.ref), assessments.get(tx, sight.case.ref)
    papers, confidence = _next_gate(kind, project, rules)
    return Context(
        today=today,
        begun=words.local(project.opened) if project else None,
        baseline=baseline,
        stage=project.stage if project else 0,
        went_live=project.went_live if project else None,
        early=kind == "end_project" and _closes_early(tx, sight),
        posts=_posts(sight) if kind == "mandate" else (),
        executive=sight.case.sponsor,
        templates=tuple((key, one.name) for key, one in rules.templates.items()),
        stages=rules.template(project.template).stages if project and project.template else 0,
        strategies=tuple((key, one.name) for key, one in rules.strategies.items()),
        standards=tuple((key, one.name) for key, one in rules.standards.checks.items())
        if rules.standards
        else (),
        weeks=rules.report_weeks,
        tolerances=baseline.tolerances if baseline else rules.tolerances,
        papers=papers,
        confidence=confidence,
        claimed=f"{pounds(benefit.claimed)} a year" if benefit and benefit.claimed is not None else "",
        in_pounds=benefit is not None and benefit.claimed is not None,
        delivery_options=_delivery_options(tx, sight, rules),
        recommended=assessment.recommended if assessment else "",
    )


def _delivery_options(tx: Tx, sight: Sight, rules: DeliveryRules) -> tuple[tuple[str, str], ...]:
    """Return the ways of delivery of the handbook's list; to whoever chooses one, those that were weighed."""
    known = rules.assessment.options if rules.assessment else {}
    weighed = [one.option for one in assessments.options(tx, sight.case.ref) if one.weighed]
    keys = [*known] if sight.open_step.kind == ASSESS else [key for key in known if key in weighed]
    return tuple((key, known[key].name) for key in keys)


def _posts(sight: Sight) -> tuple[Post, ...]:
    """Return whom a mandate may name, each with who would be asked."""
    people, today = sight.people, sight.today

    def person(post: str) -> str:
        holder = people.holder(people.answering(post, today) or post, today)
        return holder.id if holder else ""

    return tuple(
        Post(key=post, title=title, person=person(post)) for post, title in offering.condition_owners(sight)
    )


def _next_gate(kind: str, project: ProjectView | None, rules: DeliveryRules) -> tuple[tuple[str, ...], bool]:
    """Return what the gate asks for that follows a report: its documents, and whether for confidence."""
    stage = project.stage if project else 0
    gates = {
        "mandate": GateKind.START_UP,
        "initiation": GateKind.INITIATION,
        "end_stage": GateKind.BOUNDARY,
        "end_project": GateKind.CLOSURE,
    }
    if kind not in gates or project is None or not project.template:
        # Before its mandate names the gates that it passes, nobody knows what they ask for.
        return (), False
    return (
        documents(rules, project, gates[kind], stage),
        rules.gate(project.template, gates[kind], stage).rating,
    )


def documents(rules: DeliveryRules, project: ProjectView, gate: GateKind, stage: int) -> tuple[str, ...]:
    """Return the names of the documents that a gate asks for."""
    planned = project.baseline.stages if project.baseline else ()
    pilot = any(one.number == stage and one.pilot for one in planned)
    return tuple(rules.documents_at(project.template, gate, stage, pilot=pilot).values())


def _closes_early(tx: Tx, sight: Sight) -> bool:
    return any(step.choice is Choice.CLOSE_EARLY for step in steps.of_case(tx, sight.case.ref))


def _known(tx: Tx) -> Callable[[str], bool]:
    """Return what says whether there is a case of a reference."""

    return lambda reference: cases.find(tx, reference) is not None


# --------------------------------------------------------------------------------- drafts


def _drafted(tx: Tx, sight: Sight, boxes: Form, context: Context) -> dict[str, str]:
    """Return what the boxes hold before anybody types: what the record knows, and what was said before where
    the same is asked again.
    """
    made = intents.decisions_of(tx, sight.case.ref, strict=False)
    asked_keys = {step.id: step.key for step in steps.of_case(tx, sight.case.ref)}
    again = last((one for one in made if asked_keys.get(one.step) == sight.open_step.key), boxes.kind)
    if boxes.kind == "highlight":
        # The next report of a stage has the key of the one before; its lines are of another month.
        again = None
    return {
        **drafting.defaults(boxes),
        **_from_the_record(tx, sight, boxes.kind, context, made),
        **(held(again.answers) if again else {}),
    }


def _from_the_record(
    tx: Tx, sight: Sight, kind: str, context: Context, made: tuple[DecisionView, ...]
) -> dict[str, str]:
    project = about(tx, sight)
    if project is None or context.baseline is None:
        return {}
    reported = projects.reports(tx, project.ref)
    standing = delivering.before(project, reported)
    match kind:
        case "highlight" | "end_stage" if standing:
            # Until somebody says otherwise the stage in hand ends as it was planned.
            ends = standing.stage_ends or project.stage_ends(project.stage)
            return drafting.standing(standing.model_copy(update={"stage_ends": ends}), _why(made, reported))
        case "exception_plan":
            return drafting.planned(context.baseline)
        case "end_project" if standing:
            return {"final_cost": drafting.standing(standing, {})["forecast_cost"]}
        case "review" if standing:
            return {"final_cost": drafting.standing(standing, {})["forecast_cost"]}
        case "exception_report":
            return _of_the_exception(tx, project, context, made)
        case _:
            return {}


def _of_the_exception(
    tx: Tx, project: ProjectView, context: Context, made: tuple[DecisionView, ...]
) -> dict[str, str]:
    raised = projects.exceptions(tx, project.ref)[-1:]
    reported = [one for one in projects.reports(tx, project.ref) if raised and one.step == raised[0].step]
    if not raised or not reported or context.baseline is None:
        return {}
    return drafting.exception_report(
        raised[0].crossing, context.baseline, reported[0].forecast, _why(made, reported)
    )


def _why(made: Iterable[DecisionView], reported: Iterable[Report]) -> dict[str, str]:
    """Return what was written beside the ratings of the last report that said anything."""
    told = [one.step for one in reported if not one.unchanged]
    answers = next((one.answers for one in made if told and one.step == told[-1]), {})
    return {name: answer.text for name, answer in answers.items() if name.startswith("rating_")}


# ----------------------------------------------------------------------------- conditions


def guarding(tx: Tx, ref: str) -> tuple[actions.ActionView, ...]:
    """Return the actions for which the next gate of a project waits, or has waited."""
    return tuple(one for one in actions.of_case(tx, ref) if one.guards is Guard.GATE)
