"""What a board sees of a project before it decides: what it would authorise, and how the plan is missed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from service.handbook.words import listed, pounds
from service.reports.drafting import late, over, percent, working_days
from service.reports.kinds import MET, OBJECTIVES
from service.store.projects import Called
from workflows import days
from workflows.delivery import (
    Authority,
    Band,
    Baseline,
    Crossing,
    Forecast,
    Plan,
    Rag,
    Stage,
    Tolerance,
    Tolerances,
    Variance,
)
from workflows.letters import Answer
from workflows.model import Frozen

AUTHORITIES = {
    Authority.PROGRAMME_OFFICE: "the programme office",
    Authority.BOARD: "the project board",
    Authority.SRG: "SRG",
}
"""Who decides on an exception, in words."""


class Measure(Frozen):
    """One of the three things in which a project is measured: what was planned, what is now, and the miss."""

    what: str
    planned: str
    now: str
    said: str
    """By how much it misses the plan, and whether that is tolerated."""
    past: bool = False
    """It is past what is tolerated."""


class StageTold(Frozen):
    """A stage of a plan, in words."""

    name: str
    ends: str
    cost: str
    here: bool = False
    """It is the one that would be authorised."""


class Guarding(Frozen):
    """A condition that has to be met before the gate."""

    text: str
    owner: str
    by: date
    met: bool
    action: str


class PutRight(Frozen):
    """What is still to be done so that a project keeps to its standards, as SRG has it."""

    ref: str
    """The action."""
    owner: str
    by: date
    overdue: bool


class Checked(Frozen):
    """What a check of a project's standards found after a stage, and what has become of it."""

    stage: int
    on: date
    said: str
    """Which standards were not met, or that all were."""
    exception: str = ""
    """The reference of the exception that it raised; empty if it raised none."""
    state: str = ""
    """Where that exception is."""
    undecided: bool = False
    """SRG has not decided on that exception."""
    put_right: tuple[PutRight, ...] = ()
    """What SRG wants put right and is not done yet."""

    @property
    def open(self) -> bool:
        """Say whether anything is still to be decided or done about it."""
        return self.undecided or bool(self.put_right)


class Realised(Frozen):
    """A benefit as whoever reviews its proposal sees it: what was claimed, and what was read of it last."""

    ref: str
    what: str
    claimed: str
    """In pounds a year, or that no sum was claimed."""
    read: str
    """In the benefit's own measure, and after how many months."""
    said: str
    """How much of what was claimed that is, and how its owner rates it; empty before anything was read."""


class ProjectShown(Frozen):
    """What a question about a project shows above all else."""

    gate: str = ""
    """The gate's name; empty where the question is no gate."""
    authorises: str = ""
    """What passing it authorises."""
    exception: int = 0
    """The number of the exception; 0 where the question is none."""
    crossed: str = ""
    """What is past tolerance."""
    decides: str = ""
    """Who decides on that by the handbook's matrix."""
    matrix: tuple[str, ...] = ()
    """The rows of that matrix, in words."""
    measures: tuple[Measure, ...] = ()
    report: Answer | None = None
    """The report on which it is decided."""
    report_called: str = ""
    """What that report is: "End stage report"."""
    stages: tuple[StageTold, ...] = ()
    plan: str = ""
    """What the plan of those stages is: "Plan 2, as approved"."""
    guarding: tuple[Guarding, ...] = ()
    checks: tuple[Checked, ...] = ()
    """What was found of its standards: after the stage that ends with the gate, and before if it is still
    open.
    """
    case: tuple[tuple[str, str], ...] = ()
    """The business case, where the gate is the one that it has to be whole for."""
    papers: tuple[str, ...] = ()
    """The documents that the gate asks for, by name."""
    missing: tuple[str, ...] = ()
    """Those of them that have not been handed in for it."""
    benefits: tuple[Realised, ...] = ()
    """What has come about of the proposal's benefits, where a review is to tell it."""
    realised: tuple[str, ...] = ()
    """The same of all of them together, a sentence each."""

    @property
    def unmet(self) -> int:
        """How many of the conditions that guard the gate are not met."""
        return sum(not condition.met for condition in self.guarding)


REPORTS = {
    "mandate": "Project mandate",
    "initiation": "Project initiation document",
    "highlight": "Highlight report",
    "end_stage": "End stage report",
    "exception_report": "Exception report",
    "exception_plan": "Exception plan",
    "end_project": "End project report",
    "standards_check": "Check of project standards",
    "review": "Post-implementation review",
    "benefit": "Reading of the benefit",
    "assessment": "Assessment",
}
"""What the answers to each kind of question are called together."""


# ------------------------------------------------------------------------------- measures


def against_baseline(
    baseline: Baseline, forecast: Forecast, variance: Variance, objectives: str = "", words: str = ""
) -> tuple[Measure, ...]:
    """Return budget, time and objectives of a report against the last approved plan.

    `objectives` is what the report says of them, with its words; where it was not asked, its ratings tell.
    """
    return (*_figures(baseline, forecast.go_live, variance), _objectives(objectives, words, variance))


def _figures(baseline: Plan, go_live: date, variance: Variance) -> Iterator[Measure]:
    tolerated = baseline.tolerances
    yield Measure(
        what="Budget",
        planned=pounds(baseline.cost),
        now=pounds(baseline.cost + variance.over),
        said=_verdict(
            over(variance),
            miss=variance.over > 0,
            past=variance.over_percent > tolerated.cost_percent,
            tolerated=percent(tolerated.cost_percent),
        ),
        past=variance.over_percent > tolerated.cost_percent,
    )
    yield Measure(
        what="Time",
        planned=days.said(baseline.go_live),
        now=days.said(go_live),
        said=_verdict(
            late(variance),
            miss=variance.late > 0,
            past=variance.late > tolerated.days,
            tolerated=working_days(tolerated.days),
        ),
        past=variance.late > tolerated.days,
    )


def _verdict(miss_told: str, *, miss: bool, past: bool, tolerated: str) -> str:
    told = miss_told[:1].upper() + miss_told[1:]
    if not miss:
        return told
    return f"{told}: {'past' if past else 'within'} the {tolerated} tolerated"


def _objectives(objectives: str, words: str, variance: Variance) -> Measure:
    if objectives:
        told = dict(OBJECTIVES).get(objectives, objectives)
        return Measure(what="Objectives", planned="Met", now=told, said=words or told, past=objectives != MET)
    red = [of.value for of, rated in variance.ratings.items() if rated is Rag.RED]
    amber = [of.value for of, rated in variance.ratings.items() if rated is Rag.AMBER]
    parts = [f"Red: {listed(red)}" if red else "", f"Amber: {listed(amber)}" if amber else ""]
    said = ". ".join(filter(None, parts)) or "All rated green"
    return Measure(what="Objectives", planned="Rated green", now=said, said=said, past=bool(red))


def of_a_plan(plan: Plan, baseline: Baseline, variance: Variance) -> tuple[Measure, ...]:
    """Return budget and time of a new plan against the one that was approved last."""
    return tuple(_figures(baseline, plan.go_live, variance))


def together(crossing: Crossing, baseline: Baseline, others: Sequence[str]) -> Measure | None:
    """Return what a project and those linked with it come to together, where that is what is past; `others`
    are their references.
    """
    if crossing.linked is None:
        return None
    linked, tolerated = crossing.linked, baseline.tolerances
    past = linked.over_percent > tolerated.cost_percent or linked.late > tolerated.days
    return Measure(
        what=f"With {listed(others)}" if others else "With linked projects",
        planned=pounds(linked.budget),
        now=pounds(linked.budget + linked.over),
        said=f"{over(linked)[:1].upper()}{over(linked)[1:]}, the latest {late(linked)}",
        past=past,
    )


def of_a_first_plan(plan: Plan, capital: Decimal) -> tuple[Measure, ...]:
    """Return what a first plan comes to, beside the capital that was approved with the proposal, in pounds;
    0 where none was.
    """
    more = plan.cost - capital
    miss = f"{pounds(abs(more))} {'more' if more > 0 else 'less'} than the approved capital"
    verdict = f"{miss if more else 'As much as the approved capital'}: reports" if capital else "Reports"
    return (
        Measure(
            what="Budget",
            planned=f"{pounds(capital)} of capital" if capital else "",
            now=pounds(plan.cost),
            said=f"{verdict} are measured against the plan from now on",
        ),
        Measure(what="Time", planned="", now=days.said(plan.go_live), said="The go-live that is planned"),
    )


def confidence(rating: Rag, ratings: int) -> str:
    """Say how confident of delivery a board is, which of several ratings the worst says."""
    return f"{rating}, the worst of {ratings} ratings" if ratings > 1 else str(rating)


# ------------------------------------------------------------------------ stages and bands


def stages(plan: Plan, called: Mapping[int, Called], here: int) -> tuple[StageTold, ...]:
    """Return the stages of a plan in words; `here` is the one that would be authorised."""
    return tuple(
        StageTold(
            name=_titled(stage, called.get(stage.number, Called())),
            ends=days.said(stage.ends),
            cost=pounds(stage.cost),
            here=stage.number == here,
        )
        for stage in plan.stages
    )


def _titled(stage: Stage, called: Called) -> str:
    return f"{stage.number}. {called.name}" + (f" (a pilot at {called.pilot})" if called.pilot else "")


def crossed(crossing: Crossing) -> str:
    """Say what is past tolerance."""
    named = {Tolerance.BENEFIT: "benefits"}
    what = listed([named.get(of, of.value) for of in crossing.of])
    beside = ", counted with the projects that are linked with it" if crossing.linked else ""
    return f"{what.capitalize()} {'is' if len(crossing.of) == 1 else 'are'} past what is tolerated{beside}"


def stops(crossing: Crossing, tolerated: Tolerances) -> str:
    """Say of a report that is past what is tolerated what follows from it."""
    own, linked = crossing.variance, crossing.linked or crossing.variance
    dear, tardy = own.over_percent > tolerated.cost_percent, own.late > tolerated.days
    are = "is" if tolerated.days == 1 else "are"
    figures = {
        Tolerance.COST: f"{over(own if dear else linked)} is past the {percent(tolerated.cost_percent)} "
        "that is tolerated",
        Tolerance.TIME: f"{late(own if tardy else linked)} is past the {working_days(tolerated.days)} that "
        f"{are} tolerated",
    }
    rated = {Tolerance.BENEFIT: "benefits are"}
    said = [figures.get(of, f"{rated.get(of, f'{of.value} is')} rated red") for of in crossing.of]
    together = {Tolerance.COST: not dear, Tolerance.TIME: not tardy}
    with_others = crossing.linked and any(together.get(of) for of in crossing.of)
    beside = ", counted with the projects that are linked with it" if with_others else ""
    who = AUTHORITIES[crossing.authority]
    told = f"{' and '.join(said)}{beside}: the project stops, you are asked why, and {who} decides."
    return f"{told[:1].upper()}{told[1:]}"


def bands(matrix: Sequence[Band]) -> tuple[str, ...]:
    """Return the rows of an authority matrix in words, in the order in which they are tried."""
    return tuple(_band(band) for band in matrix)


def _band(band: Band) -> str:
    limits = [
        f"a budget up to {pounds(band.budget)}" if band.budget is not None else "",
        f"over by up to {percent(band.over_percent)}" if band.over_percent is not None else "",
        f"late by up to {working_days(band.late)}" if band.late is not None else "",
    ]
    *some, last = [limit for limit in limits if limit] or ["anything else"]
    # Amounts have commas of their own, and are no list of titles.
    known = " and ".join(filter(None, (", ".join(some), last)))
    return f"{known[:1].upper()}{known[1:]}: {AUTHORITIES[band.authority]} decides"
