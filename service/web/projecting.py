"""A project as its page tells it: where it is on its way, what was approved, reported and decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import takewhile

from markupsafe import Markup

from service import delivering, reporting, telling
from service.handbook import Edition
from service.handbook.delivering import DeliveryRules
from service.reports import facts
from service.store import projects
from service.store.documents import Attached
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.projects import Called, Exceeding, Gate, ProjectView, Report
from service.web import charts, words
from service.web.charts import Bar, Row, Series, Span, Stop
from workflows.delivery import (
    Baseline,
    Crossing,
    Forecast,
    GateKind,
    ProjectState,
    Rag,
    Stage,
    Tolerance,
    Variance,
)
from workflows.rules import calendar
from workflows.rules.tolerances import days_late

_OVER = (ProjectState.CLOSED, ProjectState.CLOSED_EARLY)


@dataclass(frozen=True)
class Phase:
    """A part of a project's way, with the gate at its end."""

    name: str
    place: str
    """done, here, to come, stopped or not reached."""
    planned: date | None
    """When it is to end by the last approved plan, or by the one that is proposed."""
    ended: date | None
    """When the gate at its end was passed."""
    gate: str
    """What that gate is called."""
    pilot: str = ""

    @property
    def when(self) -> str:
        """Say when it ended, or is to end."""
        if self.ended:
            return f"{self.gate} passed on {words.short_day(self.ended)}"
        if self.planned and self.place in ("here", "to come"):
            return f"Planned to end on {words.short_day(self.planned)}"
        return ""


@dataclass(frozen=True)
class PassedGate:
    """A gate that was passed: what it let go on, what its three variances were, and which answers it had."""

    gate: Gate
    name: str
    authorises: str
    rows: list[tuple[str, str]]
    answers: list[DecisionView]


@dataclass(frozen=True)
class ToldReport:
    """A report with its place in the order of all, from 1."""

    number: int
    report: Report
    kind: str
    who: str
    over: str
    late: str

    @property
    def rates(self) -> bool:
        """Say whether it was asked for ratings: the report on the whole is not, and keeps those before it."""
        return self.report.kind != "end_project"

    @property
    def worst(self) -> Rag | None:
        """The worst of its ratings; None if it has none."""
        found = {*self.report.forecast.ratings.values()} if self.rates else set()
        return next((rating for rating in (Rag.RED, Rag.AMBER, Rag.GREEN) if rating in found), None)

    @property
    def what(self) -> str:
        """Say what was reported, in a word or two, where it is more than how things stand."""
        if self.report.unchanged:
            return "Nothing had changed"
        if self.report.stage_done:
            return "The stage is done"
        if self.report.objectives:
            return f"Objectives: {words.OBJECTIVES[self.report.objectives].lower()}"
        return ""


@dataclass(frozen=True)
class ToldException:
    """A forecast past what is tolerated, and what came of it."""

    exception: Exceeding
    crossed: str
    authority: str
    came_to: str
    answers: list[DecisionView]


# ------------------------------------------------------------------------ where it is


def phases(
    project: ProjectView, passed: Sequence[Gate], rules: DeliveryRules | None, called: Mapping[int, Called]
) -> list[Phase]:
    """Return a project's way: start-up, initiation, each stage of its plan, closure.

    `called` has what its stages are called, by their numbers.
    """
    plan = project.baseline or project.plan
    at = {(one.gate, one.stage): words.local(one.at) for one in passed}
    here = _here(project, passed)

    def named(kind: GateKind, stage: int = 0) -> str:
        return rules.gate(project.template, kind, stage).name if rules and rules.templates else "Gate"

    ways: list[tuple[str, GateKind, int, date | None, str]] = [
        ("Start-up", GateKind.START_UP, 0, None, ""),
        ("Initiation", GateKind.INITIATION, 0, None, ""),
    ]
    stages = plan.stages if plan else ()
    ways += [
        (_stage(one, called), GateKind.BOUNDARY, one.number, one.ends, called[one.number].pilot)
        for one in stages
    ]
    ways.append(("Closure", GateKind.CLOSURE, len(stages), None, ""))
    found = []
    for number, (name, kind, stage, planned, pilot) in enumerate(ways):
        # After the last stage there is no gate but that of closure.
        gated = kind is not GateKind.BOUNDARY or stage < len(stages)
        found.append(
            Phase(
                name=name,
                place=_placed(number, here, project),
                planned=planned,
                ended=at.get((kind, stage)) if gated else None,
                gate=named(kind, stage) if gated else "",
                pilot=pilot,
            )
        )
    return found


def _here(project: ProjectView, passed: Sequence[Gate]) -> int:
    """Return the place of what is in hand in the order of all parts; beyond them all if it is closed."""
    plan = project.baseline or project.plan
    stages = len(plan.stages) if plan else 0
    match project.state:
        case ProjectState.STARTING:
            return 0
        case ProjectState.INITIATING:
            return 1
        case ProjectState.CLOSING:
            return 2 + stages
        case ProjectState.CLOSED:
            return 3 + stages
        case ProjectState.CLOSED_EARLY:
            if project.stage:
                return 1 + project.stage
            return 1 if any(one.gate is GateKind.START_UP for one in passed) else 0
        case _:
            return 1 + max(project.stage, 1)


def _stage(stage: Stage, called: Mapping[int, Called]) -> str:
    return f"Stage {stage.number}: {called[stage.number].name}"


def _placed(number: int, here: int, project: ProjectView) -> str:
    if number < here:
        return "done"
    if project.state is ProjectState.CLOSED_EARLY:
        return "stopped" if number == here else "not reached"
    return "here" if number == here else "to come"


def map_of(found: Sequence[Phase], title: str) -> Markup:
    """Draw the way."""
    return charts.map_of("map", [Stop(one.name, one.place) for one in found], title=title)


# ------------------------------------------------------------------- measured against


def over(missed: Variance) -> str:
    """Say by how much a forecast is over, with its percentage, or under what was approved."""
    if missed.over > 0:
        return f"{words.money(missed.over)} over ({words.percent(missed.over_percent)})"
    if missed.over < 0:
        return f"{words.money(-missed.over)} under"
    return "As approved"


def late(missed: int) -> str:
    """Say how many working days after, or before, the approved day something is."""
    if missed > 0:
        return f"{words.working_days(missed)} late"
    if missed < 0:
        return f"{words.working_days(-missed)} early"
    return "As approved"


def used(project: ProjectView, missed: Variance) -> list[Bar]:
    """Return how much of what is tolerated of cost and time is used; nothing without a baseline."""
    if project.baseline is None:
        return []
    tolerated = project.baseline.tolerances
    percent, of_percent = (
        words.percent(max(missed.over_percent, Decimal(0))),
        words.percent(tolerated.cost_percent),
    )
    days = words.working_days(max(missed.late, 0))
    return [
        Bar("Cost", missed.over_percent, tolerated.cost_percent, f"{percent} over, {of_percent} tolerated"),
        Bar(
            "Time", Decimal(missed.late), Decimal(tolerated.days), f"{days} late, {tolerated.days} tolerated"
        ),
    ]


def rated_by(told: Sequence[ToldReport]) -> ToldReport | None:
    """Return the last of some reports that was asked for ratings; None if none was."""
    return next((one for one in reversed(told) if one.rates), None)


def ratings(last: Report | None) -> list[tuple[str, Rag | None]]:
    """Return how the manager rates each tolerance by the last report; None for one that is not rated."""
    said = last.forecast.ratings if last else {}
    return [(words.TOLERANCES[of], said.get(of)) for of in Tolerance]


def costs_over_time(
    reported: Sequence[Report], approved: Sequence[tuple[date, Baseline]], today: date
) -> Markup:
    """Draw the forecast of cost against what was approved."""
    tolerated: tuple[tuple[date, Decimal], ...] = ()
    if approved:
        since, last = approved[-1]
        most = last.cost * (100 + last.tolerances.cost_percent) / 100
        tolerated = ((since, most), (max(today, since), most))
    return charts.lines(
        "cost",
        [
            Series("Forecast cost", "reported", _points(reported, lambda now: now.cost)),
            Series("Approved cost", "approved", _steps([(day, one.cost) for day, one in approved], today)),
            Series("Tolerated now", "tolerated", tolerated),
        ],
        title="Forecast cost over time",
        desc=_described(reported, lambda now: words.money(now.cost)),
        said=lambda value: words.money(value.quantize(Decimal(1))),
    )


def go_live_over_time(
    reported: Sequence[Report],
    approved: Sequence[tuple[date, Baseline]],
    today: date,
    non_working: Sequence[date],
) -> Markup:
    """Draw the forecast of go-live against what was approved: later days are higher."""
    tolerated: tuple[tuple[date, Decimal], ...] = ()
    if approved:
        since, last = approved[-1]
        most = Decimal(_tolerated_day(last, non_working).toordinal())
        tolerated = ((since, most), (max(today, since), most))
    return charts.lines(
        "go-live",
        [
            Series(
                "Forecast go-live",
                "reported",
                _points(reported, lambda now: Decimal(now.go_live.toordinal())),
            ),
            Series(
                "Approved go-live",
                "approved",
                _steps([(day, Decimal(one.go_live.toordinal())) for day, one in approved], today),
            ),
            Series("Tolerated now", "tolerated", tolerated),
        ],
        title="Forecast go-live over time",
        desc=_described(reported, lambda now: words.short_day(now.go_live)),
        said=lambda value: words.short_day(date.fromordinal(int(value))),
    )


def _tolerated_day(plan: Baseline, non_working: Sequence[date]) -> date:
    days = plan.tolerances.days
    return calendar.nth_working_day(plan.go_live, days, non_working) if days else plan.go_live


def _points(
    reported: Sequence[Report], of: Callable[[Forecast], Decimal]
) -> tuple[tuple[date, Decimal], ...]:
    return tuple((words.local(one.at), of(one.forecast)) for one in reported)


def _steps(found: Sequence[tuple[date, Decimal]], today: date) -> tuple[tuple[date, Decimal], ...]:
    """Return what was approved, on to today: it holds until then."""
    if not found:
        return ()
    day, value = found[-1]
    return (*found, (max(today, day), value))


def _described(reported: Sequence[Report], said: Callable[[Forecast], str]) -> str:
    if not reported:
        return "Nothing has been reported yet. The table has what was approved."
    first, last = reported[0], reported[-1]
    return (
        f"{words.count(len(reported), 'report')}: first {said(first.forecast)} on "
        f"{words.short_day(first.at)}, last {said(last.forecast)} on {words.short_day(last.at)}. "
        "The table has each."
    )


# ------------------------------------------------------------------------------ schedule


@dataclass(frozen=True)
class Part:
    """A stage, or going live, as it was approved and as it is now."""

    name: str
    approved: Span
    now: Span | None
    ended: bool
    """What is now is no forecast any more."""
    late: int | None
    """Working days; None where nothing is said of it yet."""
    missed: date | None = None
    """The day that was planned or forecast last, where it has passed and the part has not ended."""


def parts(
    project: ProjectView,
    passed: Sequence[Gate],
    reported: Sequence[Report],
    non_working: Sequence[date],
    called: Mapping[int, Called],
    today: date,
) -> list[Part]:
    """Return the stages of the last approved plan and its going live, with when each was or is forecast.

    What has not ended by a day that has passed ends today at the earliest.
    """
    plan = project.baseline
    if plan is None:
        return []
    begun = next((words.local(one.at) for one in passed if one.gate is GateKind.INITIATION), None)
    starts = now_starts = begun or words.local(project.opened)
    ends = _reported_done(project, passed, reported)
    ends |= {one.stage: words.local(one.at) for one in passed if one.gate is GateKind.BOUNDARY}
    if project.state in _OVER and project.stage not in ends:
        ends[project.stage] = words.local(project.changed)
    last = reported[-1] if reported else None
    found = []
    for stage in plan.stages:
        forecast = last.forecast.stage_ends if last and last.stage == stage.number else None
        ended = ends.get(stage.number)
        due = forecast or stage.ends
        gone = due if project.open and ended is None and due < today else None
        end = ended or (today if gone else forecast)
        now = Span(min(now_starts, end), end) if end else None
        missed = days_late(end, stage.ends, non_working) if end else None
        approved = Span(min(starts, stage.ends), stage.ends)
        found.append(Part(_stage(stage, called), approved, now, ended is not None, missed, gone))
        starts, now_starts = stage.ends, end or stage.ends
    gone = delivering.overdue(project, today)
    live = today if gone else project.went_live or project.go_live
    found.append(
        Part(
            "Going live",
            Span(plan.go_live, plan.go_live),
            Span(live, live) if live else None,
            project.went_live is not None,
            days_late(live, plan.go_live, non_working) if live else None,
            gone,
        )
    )
    return found


def _reported_done(
    project: ProjectView, passed: Sequence[Gate], reported: Sequence[Report]
) -> dict[int, date]:
    """Return the day on which the stage in hand was reported as done; a new plan has it go on."""
    planned = max((one.at for one in passed if one.gate is GateKind.EXCEPTION_PLAN), default=None)
    done = [
        one
        for one in reported
        if one.stage == project.stage
        and (one.stage_done or one.kind == "end_stage")
        and (planned is None or one.at > planned)
    ]
    return {project.stage: words.local(done[0].at)} if done else {}


def schedule(found: Sequence[Part], today: date | None) -> Markup:
    """Draw the plan against the forecast; of a project that is over there is no today."""
    slipped = [f"{one.name} {late(one.late).lower()}" for one in found if one.late]
    return charts.schedule(
        "plan",
        [Row(one.name, one.approved, one.now) for one in found],
        title="Plan against forecast",
        desc=f"{words.sentence('; '.join(slipped)) if slipped else 'Nothing differs from the plan.'} "
        "The table has each part.",
        today=today,
        others="Forecast, or as it was",
    )


# --------------------------------------------------------------- what was said of it


def gates(
    passed: Sequence[Gate],
    project: ProjectView,
    rules: DeliveryRules | None,
    made: Sequence[DecisionView],
) -> list[PassedGate]:
    """Tell the gates that a project was let through, the first first."""
    return [_gate(one, project, rules, made) for one in passed]


def _gate(
    gate: Gate, project: ProjectView, rules: DeliveryRules | None, made: Sequence[DecisionView]
) -> PassedGate:
    known = delivering.gate(rules, project, gate.gate, gate.stage) if rules else None
    missed = Variance(over=gate.over, over_percent=gate.over_percent, late=gate.late)
    rows = [("Passed on", words.day(gate.at))]
    if known and known.authorises:
        rows.append(("It let go on", words.sentence(known.authorises)))
    if gate.report:
        rows += [
            ("Budget", over(missed)),
            ("Time", late(gate.late)),
            ("Objectives", words.OBJECTIVES.get(gate.objectives, "Not reported on")),
        ]
    else:
        rows.append(("Variances", "Nothing had been reported against a plan yet"))
    answers = [one for one in made if one.step == gate.step]
    if gate.rating:
        _, ratings = reporting.rated(answers)
        rows.append(("Confidence of delivery", words.sentence(facts.confidence(gate.rating, ratings))))
    if any("recommendations" in one.answers for one in answers):
        rows.append(("Recommendations", "As below; the executive of the project owns them"))
    if gate.baseline:
        rows.append(
            ("Approved plan", f"Plan {gate.baseline}: what is reported from then on is held against it")
        )
    answers = [one for one in made if one.step == gate.step]
    return PassedGate(
        gate, _called(rules, project, gate.gate, gate.stage), known.authorises if known else "", rows, answers
    )


def _called(rules: DeliveryRules | None, project: ProjectView, kind: GateKind, stage: int) -> str:
    name = delivering.gate(rules, project, kind, stage).name if rules else "Gate"
    return f"{name} after stage {stage}" if stage and kind is GateKind.BOUNDARY else name


def gate_asking(one: Attached, project: ProjectView, rules: DeliveryRules | None) -> str:
    """Name the gate that asks for a document: the one that follows the report with which it was handed in; of
    one that came with no report, every gate that asks for its kind. Empty if none does.
    """
    if rules is None or not project.template:
        return ""
    plan = project.baseline or project.plan
    stages = plan.stages if plan else ()
    ways = [
        (f"{project.ref}.mandate.", GateKind.START_UP, 0, False),
        (f"{project.ref}.initiation.", GateKind.INITIATION, 0, False),
        # After the last stage there is no gate but that of closure.
        *(
            (f"{project.ref}.end-stage-{each.number}.", GateKind.BOUNDARY, each.number, bool(each.pilot))
            for each in stages[:-1]
        ),
        (f"{project.ref}.end-project.", GateKind.CLOSURE, len(stages), bool(stages and stages[-1].pilot)),
    ]
    asking = [
        _called(rules, project, kind, stage)
        for step, kind, stage, pilot in ways
        if (not one.step or one.step.startswith(step))
        and one.kind in rules.documents_at(project.template, kind, stage, pilot=pilot)
    ]
    return words.listed(asking) if asking else ""


def reports(found: Sequence[Report], edition: Edition) -> list[ToldReport]:
    """Tell what was reported, in order."""
    return [
        ToldReport(
            number=number,
            report=one,
            kind=words.asked_as(one.kind),
            who=telling.name(edition, one.person),
            over=over(one.variance),
            late=late(one.variance.late),
        )
        for number, one in enumerate(found, start=1)
    ]


def unchanged(found: Sequence[Report]) -> str:
    """Say how often it was reported that nothing had changed; nothing where it never was."""
    number = sum(one.unchanged for one in found)
    if not number:
        return ""
    row = len(list(takewhile(lambda one: one.unchanged, reversed(found))))
    said = (
        f"That nothing had changed was reported {words.times(number)} in {words.count(len(found), 'report')}"
    )
    return f"{said}, {row} of them in a row up to now." if row > 1 else f"{said}."


def exceptions(found: Sequence[Exceeding], made: Sequence[DecisionView]) -> list[ToldException]:
    """Tell the forecasts that were past what is tolerated, the first first, and what came of each."""
    return [
        ToldException(
            exception=one,
            crossed=crossed(one.crossing),
            authority=words.AUTHORITIES[one.crossing.authority],
            came_to=_came_to(one),
            answers=[
                answer
                for answer in made
                if answer.step == one.settled_by
                or (answer.kind in _ON_EXCEPTIONS and _number(answer) == one.number)
            ],
        )
        for one in found
    ]


_ON_EXCEPTIONS = ("exception_report", "exception", "exception_board", "exception_srg")


def _number(answer: DecisionView) -> int:
    """Return which exception of a project an answer is about, by the key of its question."""
    key = answer.step.removeprefix(f"{answer.case}.").partition(".")[0]
    digits = key.removesuffix("-srg").rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def crossed(crossing: Crossing) -> str:
    """Say of what a forecast is past what is tolerated, and by how much."""
    missed = crossing.linked or crossing.variance
    figures = {Tolerance.COST: over(missed), Tolerance.TIME: late(missed.late)}
    said = [
        f"{words.TOLERANCES[of].lower()} ({figures[of]})"
        if of in figures
        else f"{words.TOLERANCES[of].lower()} (rated red)"
        for of in crossing.of
    ]
    together = ", together with the projects linked with it" if crossing.linked else ""
    return words.sentence(f"{words.listed(said)}{together}")


def _came_to(one: Exceeding) -> str:
    if one.settled is None:
        return "Not decided yet"
    on = f" on {words.short_day(one.settled)}"
    if one.tolerances:
        days = words.working_days(one.tolerances.days)
        return f"More is tolerated{on}: {words.percent(one.tolerances.cost_percent)} over and {days} late"
    return f"{words.SETTLED.get(one.choice, 'Settled')}{on}" if one.choice else f"Settled{on}"


def approved(tx: Tx, project: ProjectView, passed: Sequence[Gate]) -> list[tuple[date, Baseline]]:
    """Return the plans that were approved, each with the day, the first first."""
    days = {one.baseline: words.local(one.at) for one in passed if one.baseline}
    opened = words.local(project.opened)
    return [(days.get(one.number, opened), one) for one in projects.baselines(tx, project.ref)]


def people(project: ProjectView, edition: Edition, day: date) -> list[tuple[str, str]]:
    """Return who manages a project and who sits on its board, by their posts."""
    rows = []
    for place, name in words.PLACES_OF_PROJECT.items():
        post = getattr(project, place)
        holder = edition.holder(post, day) if post else None
        title = telling.title(edition, post, day) if post else "Not named yet"
        who = f" ({holder.name})" if holder else " (nobody holds this post)" if post else ""
        rows.append((name, f"{title}{who}"))
    return rows
