"""What the boxes of a report hold before anybody types: what was said last, or what the record knows."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, Decimal

from pydantic import Field

from service.handbook.words import listed, pounds
from service.reports.boxes import Form
from service.store.intents import ERASED
from service.store.projects import Called
from workflows import days
from workflows.delivery import Authority, Baseline, Crossing, Forecast, Plan, Rag, Tolerance, Variance
from workflows.model import Frozen
from workflows.rules import tolerances


def defaults(form: Form) -> dict[str, str]:
    """Return what the boxes hold by themselves."""
    return {box.name: box.default for box in form.boxes if box.default}


def standing(forecast: Forecast, words: Mapping[str, str]) -> dict[str, str]:
    """Return how a project stood last, to be said again; `words` say why, by the ratings' boxes."""
    drafted = {
        "forecast_cost": _money(forecast.cost),
        "forecast_go_live": forecast.go_live.isoformat(),
    }
    if forecast.stage_ends:
        drafted["forecast_stage_ends"] = forecast.stage_ends.isoformat()
    for of, rated in forecast.ratings.items():
        drafted[f"rating_{of}"] = rated
        if why := words.get(f"rating_{of}"):
            drafted[f"rating_{of}_words"] = why
    return drafted


def planned(plan: Plan, called: Mapping[int, Called]) -> dict[str, str]:
    """Return the stages and tolerances of a plan, to be planned anew. What was erased is not said again."""
    drafted = {
        "go_live": plan.go_live.isoformat(),
        "tolerance_cost": f"{plan.tolerances.cost_percent.normalize():f}",
        "tolerance_days": str(plan.tolerances.days),
    }
    for stage in plan.stages:
        words = called.get(stage.number, Called())
        drafted |= {
            f"stage_name_{stage.number}": _again(words.name),
            f"stage_ends_{stage.number}": stage.ends.isoformat(),
            f"stage_cost_{stage.number}": _money(stage.cost),
            f"stage_weeks_{stage.number}": str(stage.report_weeks),
            f"stage_pilot_{stage.number}": _again(words.pilot),
        }
    if any(stage.ends > plan.go_live for stage in plan.stages):
        drafted["after_go_live"] = "yes"
    return drafted


class Known(Frozen):
    """What earlier reports, and the one that crossed a tolerance, say beside its figures."""

    issues: str = ""
    """The issues of the report that crossed."""
    since: dict[Tolerance, date] = Field(default_factory=dict)
    """The day of the report from which on each of them has been past what is tolerated."""
    doubted: dict[Tolerance, tuple[date, str]] = Field(default_factory=dict)
    """The day of the report that first rated each amber or red, with why."""
    ended: Decimal = Decimal(0)
    """Pounds that the stages that have ended were to cost by the plan."""
    lessons: tuple[str, ...] = ()
    """Those of earlier reports, the first first."""
    linked: tuple[str, ...] = ()
    """The references of the projects that it is measured together with."""


def exception_report(
    crossing: Crossing, baseline: Baseline, forecast: Forecast, words: Mapping[str, str], known: Known
) -> dict[str, str]:
    """Return a draft of the exception report, from the report that crossed a tolerance and those before it.

    `words` are what its manager wrote, by the ratings' boxes. It proposes in words what could be done, and
    chooses nothing.
    """
    told = {
        "cause": _cause(crossing, baseline, words, known),
        "consequences": _consequences(crossing, baseline, forecast, known),
        "options": _options(crossing, baseline, forecast, known),
        "recommendation_words": _recommendation(crossing),
        "lessons": _lessons(crossing, known),
    }
    return {name: "\n".join(lines) for name, lines in told.items() if lines}


def _cause(crossing: Crossing, baseline: Baseline, words: Mapping[str, str], known: Known) -> list[str]:
    """Say what the report gives as the reason; where it gives none, what is past, and since when. What is
    past only together with linked projects is no fault of this one's, so that comes first.
    """
    own = tolerances.crossed(crossing.variance, baseline.tolerances)
    alone = [of for of in crossing.of if crossing.linked is None or of in own]
    together = [of.value for of in crossing.of if of not in alone]
    linked = (
        [
            f"{listed(together).capitalize()} {'is' if len(together) == 1 else 'are'} past what is tolerated "
            f"only together with {_beside(known)}: {_both(crossing.linked)}."
        ]
        if together and crossing.linked
        else []
    )
    why = [
        f"{of.capitalize()}: {words[f'rating_{of}']}"
        for of in Tolerance
        if words.get(f"rating_{of}")
        and (of in crossing.of or crossing.variance.ratings.get(of) is not Rag.GREEN)
    ]
    issues = [f"Issues: {known.issues}"] if known.issues else []
    if why or issues:
        return [*linked, *why, *issues]
    return linked + [
        f"{of.capitalize()} is past what is tolerated since the report of {days.said(known.since[of])}."
        if of in known.since
        else f"{of.capitalize()} is past what is tolerated."
        for of in alone
    ]


def _beside(known: Known) -> str:
    """Name the projects that one is measured together with."""
    return listed(known.linked) if known.linked else "the projects linked with it"


def _both(linked: Variance) -> str:
    return f"{over(linked)}, the latest {late(linked)}"


def _consequences(crossing: Crossing, baseline: Baseline, forecast: Forecast, known: Known) -> list[str]:
    variance = crossing.variance
    told = [
        f"Cost: {pounds(forecast.cost)}, {over(variance)} "
        f"({pounds(baseline.cost)} approved, {percent(baseline.tolerances.cost_percent)} tolerated).",
        f"Go-live: {days.said(forecast.go_live)}, {late(variance)} "
        f"({days.said(baseline.go_live)} approved, {working_days(baseline.tolerances.days)} tolerated).",
    ]
    if red := [of.value for of, rated in variance.ratings.items() if rated is Rag.RED]:
        told.append(f"Rated red: {listed(red)}.")
    if crossing.linked:
        told.append(f"With {_beside(known)}: {_both(crossing.linked)}.")
    return told


def _options(crossing: Crossing, baseline: Baseline, forecast: Forecast, known: Known) -> list[str]:
    """Say what each outcome would mean in figures, as far as they are known."""
    found = [one for one in (crossing.variance, crossing.linked) if one]
    now = baseline.tolerances
    share = max(now.cost_percent, *(_up(one.over_percent) for one in found))
    most = max(now.days, *(one.late for one in found))
    ended = (
        f"the stages that have ended were to cost {pounds(known.ended)} by the plan"
        if known.ended
        else "no stage has ended"
    )
    told = [
        f"More tolerance: {percent(share)} for cost and {working_days(most)} for time would have to be "
        f"tolerated; now it is {percent(now.cost_percent)} and {working_days(now.days)}.",
        f"An exception plan: planned anew to the forecast, {pounds(forecast.cost)} and going live on "
        f"{days.said(forecast.go_live)}.",
        f"Closing it early: {ended}; say what has been spent so far, and what would be left.",
    ]
    if crossing.authority is not Authority.SRG:
        told.append("Referring it up: whoever stands above would decide, at a later day.")
    return told


def _recommendation(crossing: Crossing) -> list[str]:
    """Propose what to recommend. What no figure measures, or what goes to SRG, needs another plan."""
    rated = [of.value for of in crossing.of if of not in (Tolerance.COST, Tolerance.TIME)]
    past, are = listed([of.value for of in crossing.of]), "is" if len(crossing.of) == 1 else "are"
    if rated:
        need = "needs" if len(rated) == 1 else "need"
        return [f"An exception plan is proposed, since {listed(rated)} {need} more than money or time."]
    if crossing.authority is Authority.SRG:
        return [f"An exception plan is proposed, since {past} {are} so far past that SRG decides."]
    return [
        f"More tolerance is proposed, since only {past} {are} past, if the case for the project still holds."
    ]


def _lessons(crossing: Crossing, known: Known) -> list[str]:
    """Say what earlier reports have taught, and when this could first be seen."""
    seen = [
        f"{of.capitalize()} was first in doubt in the report of {days.said(day)}{f': {why}' if why else '.'}"
        for of in crossing.of
        if of in known.doubted
        for day, why in [known.doubted[of]]
    ]
    return [*known.lessons, *seen]


def _up(share: Decimal) -> Decimal:
    """Round a percentage up to a whole one: no tolerance is granted to two places."""
    return share.to_integral_value(ROUND_CEILING)


# ---------------------------------------------------------------------------------- words


def over(variance: Variance) -> str:
    """Say by how much a cost misses what was approved."""
    if variance.over == 0:
        return "as approved"
    much, share = pounds(abs(variance.over)), percent(abs(variance.over_percent))
    return f"{much} ({share}) {'over' if variance.over > 0 else 'under'}"


def late(variance: Variance) -> str:
    """Say by how much a day misses what was approved."""
    if variance.late == 0:
        return "as approved"
    return f"{working_days(abs(variance.late))} {'late' if variance.late > 0 else 'early'}"


def working_days(number: int) -> str:
    """Return "1 working day" or "20 working days"."""
    return f"{number:,} working day{'' if number == 1 else 's'}"


def percent(share: Decimal) -> str:
    """Return a share as "7.5%"."""
    return f"{share.normalize():f}%"


def _money(amount: Decimal) -> str:
    return pounds(amount).removeprefix("£")


def _again(words: str) -> str:
    return "" if words == ERASED else words
