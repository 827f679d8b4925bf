"""A report on its page: what shapes its boxes, what they hold before anybody types, and how they are read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.datastructures import FormData

from service import delivering, gating
from service.appraisal import Lacking
from service.handbook.delivering import DeliveryRules
from service.handbook.words import pounds
from service.reports import Context, Form, Post, Reading, Type, drafting, form, held, passed, read
from service.store import actions, assessments, benefits, cases, intents, projects, report_drafts, steps
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.projects import ProjectView, Report
from service.store.report_drafts import ReportDraft
from service.web import days, offering, words
from service.web.standing import Sight
from workflows.delivery import (
    Authority,
    Baseline,
    Crossing,
    GateKind,
    ProjectState,
    Rag,
    Tolerance,
    Tolerances,
)
from workflows.model import Choice, Guard
from workflows.rules import reports, tolerances
from workflows.rules.assessments import ASSESS
from workflows.rules.projects import PUT_TO

_CHOICE = "choice"
"""The name of the field of the choice."""


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


def keep(tx: Tx, sight: Sight, sent: FormData) -> None:
    """Keep what was typed into the boxes of a report, until its question comes to an answer."""
    if boxes := asked(tx, sight):
        # A box that was cleared is kept as such, or it would hold again what the record has in it.
        empty = {name: "" for box in boxes.form.boxes for name in box.names}
        typed = {**empty, **_typed(boxes.form, sent)}
        left = {name: typed[name] for name in empty}
        if typed.get(_CHOICE) in boxes.form.choices and not sight.open_step.terms.deciding:
            # Without it the boxes would not be seen. What is decided is chosen anew each time.
            left[_CHOICE] = typed[_CHOICE]
        report_drafts.keep(tx, left, **_own(sight))


def kept(tx: Tx, sight: Sight) -> ReportDraft | None:
    """Return what the person of a link has typed into the boxes of a report and not handed in."""
    return report_drafts.get(tx, **_own(sight))


def discard(tx: Tx, sight: Sight) -> None:
    """Take away what the person of a link has typed."""
    report_drafts.discard(tx, **_own(sight))


def _own(sight: Sight) -> dict[str, str]:
    return {"case": sight.case.ref, "key": sight.open_step.key, "person": sight.link.person}


def begins_with(asked: Asked, kept: ReportDraft | None) -> Mapping[str, str]:
    """Return what the boxes hold as their page opens: what was typed before, or what the record knows."""
    return {**asked.drafted, **(kept.boxes if kept else {})}


def reading(tx: Tx, sent: FormData, sight: Sight, asked: Asked, choice: Choice | None) -> Reading:
    """Read the boxes of a report as they were sent beside a choice, or before any was made."""
    return read(asked.form, asked.context, _typed(asked.form, sent), choice, _to_link(tx, sight))


def _typed(form: Form, sent: FormData) -> dict[str, str]:
    """Return what was typed, a day as one."""
    typed = {name: str(value) for name, value in sent.items() if isinstance(value, str)}
    for box in form.boxes:
        if box.type is Type.DAY:
            typed[box.name] = days.typed(sent, box.name)
    return typed


def outrun(asked: Asked | None, choice: Choice) -> dict[str, str]:
    """Say beside their boxes what the last report forecast for days that are over: it cannot stand so."""
    if asked is None or choice is not Choice.UNCHANGED:
        return {}
    return passed(asked.form, asked.context, asked.drafted)


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
    return Context(
        today=today,
        begun=words.local(project.opened) if project else None,
        baseline=baseline,
        called=delivering.called(tx, project) if project and baseline else {},
        stage=project.stage if project else 0,
        at_gate=project is not None and project.state is ProjectState.AT_GATE,
        went_live=project.went_live if project else None,
        early=_ends_early(tx, sight),
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
        **_of_exception(tx, sight, project, rules),
        papers=tuple(papers(tx, sight, project, rules).values()),
        success=_success(tx, project) if project else "",
        lacking=delivering.lacking(tx, project) if project and kind == "mandate" else Lacking(),
        rated=_rated(sight, project, rules),
        claimed=f"{pounds(benefit.claimed)} a year" if benefit and benefit.claimed is not None else "",
        in_pounds=benefit is not None and benefit.claimed is not None,
        delivery_options=_delivery_options(tx, sight, rules),
        recommended=assessment.recommended if assessment else "",
    )


_AUTHORITIES = {kind: authority for authority, kind in PUT_TO.items()}


def _of_exception(tx: Tx, sight: Sight, project: ProjectView | None, rules: DeliveryRules) -> dict[str, Any]:
    """Return who is asked about an exception, by what matrix, and what would have to be tolerated."""
    asked = _AUTHORITIES.get(sight.open_step.kind)
    raised = projects.exceptions(tx, project.ref)[-1:] if project and asked else ()
    if not raised:
        return {}
    if asked is Authority.BOARD and sight.edition.routing(sight.today).srg is None:
        asked = Authority.SRG
    crossing = raised[0].crossing
    each = [crossing.variance, *([crossing.linked] if crossing.linked else [])]
    figures = {*crossing.of} & {Tolerance.COST, Tolerance.TIME}
    needed = Tolerances(
        cost_percent=max(one.over_percent for one in each) if Tolerance.COST in figures else Decimal(0),
        days=max(one.late for one in each) if Tolerance.TIME in figures else 0,
    )
    return {"asked": asked, "matrix": rules.matrix, "needed": needed if figures else None}


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


def papers(tx: Tx, sight: Sight, project: ProjectView | None, rules: DeliveryRules) -> dict[str, str]:
    """Return the kinds of document that the gate asks for that follows a report, by name; none where no gate
    follows.
    """
    kind = sight.open_step.kind
    if project is None or kind not in gating.REPORTS or _ends_early(tx, sight):
        return {}
    if kind == "mandate":
        # It says itself which gates the project passes.
        return gating.before_mandate(rules)
    return gating.papers(rules, project, gating.REPORTS[kind], project.stage) if project.template else {}


def _success(tx: Tx, project: ProjectView) -> str:
    """Return what success looks like by the last plan of a project that says it."""
    made = intents.decisions_of(tx, project.ref, strict=False)
    said = [_said(made, one.step, "success") for one in made if one.kind in ("initiation", "exception_plan")]
    return next(filter(None, reversed(said)), "")


def _rated(sight: Sight, project: ProjectView | None, rules: DeliveryRules) -> bool:
    """Say whether a question is about a gate that ends in a rating of how confident its board is."""
    if project is None or sight.open_step.kind not in ("gate", "gate_srg"):
        return False
    gate, stage = gate_of(sight.open_step.key, project)
    # Another plan is approved at no gate of its template.
    return gate is not GateKind.EXCEPTION_PLAN and rules.gate(project.template, gate, stage).rating


def _ends_early(tx: Tx, sight: Sight) -> bool:
    """Say whether a question asks for the end project report of a project that ends before its time."""
    return sight.open_step.kind == "end_project" and delivering.closes_early(tx, sight.case.ref)


def _to_link(tx: Tx, sight: Sight) -> Callable[[str], bool]:
    """Return what says whether a project may be measured together with the case of a reference."""
    project = about(tx, sight)
    own = (project.ref, project.parent) if project else (sight.case.ref,)

    def known(reference: str) -> bool:
        case = cases.find(tx, reference)
        if case is None or case.organisation != sight.case.organisation:
            # Of another organisation nobody learns here whether there is such a case.
            return False
        return case.kind in projects.LINKED and reference not in own

    return known


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
    answers = again.answers if again else {}
    if again:
        old = _told_since(tx, sight, again.step)
        answers = {name: said for name, said in answers.items() if not name.startswith(old)}
    return {
        **drafting.defaults(boxes),
        **_from_the_record(tx, sight, boxes.kind, context, made),
        **held(answers),
    }


_STANDING, _PLANNED = ("forecast_", "rating_"), ("next_ends", "next_cost")
"""How the boxes begin that say how a project stands, and those that plan its next stage."""


def _told_since(tx: Tx, sight: Sight, step: str) -> tuple[str, ...]:
    """Return how the boxes begin that others have filled since an answer: those of a later report or plan."""
    project = about(tx, sight)
    reported = projects.reports(tx, project.ref) if project else ()
    own = _of_step(reported, step)
    if own is None:
        return ()
    if delivering.planned_since(tx, own):
        return (*_STANDING, *_PLANNED)
    return _STANDING if reported[-1].step != step else ()


def _of_step(reported: Iterable[Report], step: str) -> Report | None:
    return next((one for one in reported if one.step == step), None)


def _from_the_record(
    tx: Tx, sight: Sight, kind: str, context: Context, made: tuple[DecisionView, ...]
) -> dict[str, str]:
    project = about(tx, sight)
    if project is None or context.baseline is None:
        return {}
    reported = projects.reports(tx, project.ref)
    standing = delivering.before(tx, project, reported)
    match kind:
        case "highlight" | "end_stage" if standing:
            # Until somebody says otherwise the stage in hand ends as it was planned.
            same = bool(reported) and reported[-1].stage == project.stage
            ends = (standing.stage_ends if same else None) or project.stage_ends(project.stage)
            return drafting.standing(standing.model_copy(update={"stage_ends": ends}), _why(made, reported))
        case "exception_plan":
            again = {"success": context.success} if context.success else {}
            words = _planned_words(tx, project, made)
            return drafting.planned(context.baseline, context.called) | words | again
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
    every = projects.reports(tx, project.ref)
    reported = [one for one in every if raised and one.step == raised[0].step]
    if not raised or not reported or context.baseline is None:
        return {}
    crossing, baseline = raised[0].crossing, context.baseline
    passed = projects.gates(tx, project.ref)
    approved = next((one.at for one in passed if one.baseline == baseline.number), project.opened)
    known = drafting.Known(
        issues=_said(made, reported[0].step, "issues"),
        since=_since(crossing, baseline, [one for one in every if one.at >= approved], reported[0]),
        doubted=_doubted(crossing, every, made),
        ended=sum((one.cost for one in baseline.stages if one.number < project.stage), Decimal(0)),
        linked=delivering.beside(tx, project),
        lessons=tuple(
            f"{words.asked_as(one.kind)} of {words.short_day(one.submitted_at)}: {said}"
            for one in made
            if one.kind in ("end_stage", "exception_report") and (said := _said(made, one.step, "lessons"))
        ),
    )
    return drafting.exception_report(crossing, baseline, reported[0].forecast, _why(made, reported), known)


_IN_WORDS = (*(f"tolerance_{of}" for of in tolerances.RATED), "approach")
"""Boxes of a plan that are answered in words, and hold for the project and not for one of its stages."""


def _planned_words(tx: Tx, project: ProjectView, made: tuple[DecisionView, ...]) -> dict[str, str]:
    """Return what the last approved plan that says it says in words. What was erased is not said again."""
    steps_of = projects.planned_by(tx, project.ref)
    said = {
        name: next(filter(None, (_said(made, step, name) for step in steps_of)), "") for name in _IN_WORDS
    }
    return {name: text for name, text in said.items() if text and text != intents.ERASED}


def _since(
    crossing: Crossing, baseline: Baseline, every: Sequence[Report], last: Report
) -> dict[Tolerance, date]:
    """Return from which report on each tolerance has been past, up to the one that crossed."""
    found: dict[Tolerance, date] = {}
    for one in every:
        past = tolerances.crossed(one.variance, baseline.tolerances)
        found = {of: found.get(of, words.local(one.at)) for of in crossing.of if of in past}
        if one.step == last.step:
            break
    return found


def _doubted(
    crossing: Crossing, every: Sequence[Report], made: tuple[DecisionView, ...]
) -> dict[Tolerance, tuple[date, str]]:
    """Return which report first rated each tolerance that is past amber or red, and why."""
    found: dict[Tolerance, tuple[date, str]] = {}
    for one in every:
        for of in crossing.of:
            if of not in found and one.forecast.ratings.get(of) in (Rag.AMBER, Rag.RED):
                found[of] = words.local(one.at), _said(made, one.step, f"rating_{of}")
    return found


def _said(made: Iterable[DecisionView], step: str, name: str) -> str:
    """Return the words of a box in the answer to a question; nothing where there are none."""
    return next((one.answers[name].text for one in made if one.step == step and name in one.answers), "")


def _why(made: Iterable[DecisionView], reported: Iterable[Report]) -> dict[str, str]:
    """Return what was written beside the ratings of the last report that said anything."""
    told = [one.step for one in reported if not one.unchanged]
    answers = next((one.answers for one in made if told and one.step == told[-1]), {})
    return {name: answer.text for name, answer in answers.items() if name.startswith("rating_")}


# ----------------------------------------------------------------------------- conditions


def guarding(tx: Tx, ref: str) -> tuple[actions.ActionView, ...]:
    """Return the actions for which the next gate of a project waits, or has waited: what was done before the
    last gate guarded that one.
    """
    passed = [one.at for one in projects.gates(tx, ref) if one.gate is not GateKind.EXCEPTION_PLAN]
    return tuple(
        one
        for one in actions.of_case(tx, ref)
        if one.guards is Guard.GATE and (one.open or not passed or one.changed >= passed[-1])
    )
