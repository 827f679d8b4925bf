"""What the boxes of a report hold before anybody types: what was said last, or what the record knows."""

from collections.abc import Mapping
from decimal import Decimal

from service.handbook.words import listed, pounds
from service.reports.boxes import Form
from service.store.intents import ERASED
from service.store.projects import Called
from workflows import days
from workflows.delivery import Baseline, Crossing, Forecast, Plan, Rag, Tolerance, Variance


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


def exception_report(
    crossing: Crossing, baseline: Baseline, forecast: Forecast, words: Mapping[str, str]
) -> dict[str, str]:
    """Return what the report that crossed a tolerance says, as the draft of the exception report.

    `words` are what its manager wrote, by the ratings' boxes. What nobody has said yet is left to them.
    """
    variance = crossing.variance
    why = [
        f"{of.capitalize()}: {words[f'rating_{of}']}"
        for of in Tolerance
        if words.get(f"rating_{of}") and (of in crossing.of or variance.ratings.get(of) is not Rag.GREEN)
    ]
    told = [
        f"Cost: {pounds(forecast.cost)}, {over(variance)} "
        f"({pounds(baseline.cost)} approved, {percent(baseline.tolerances.cost_percent)} tolerated).",
        f"Go-live: {days.said(forecast.go_live)}, {late(variance)} "
        f"({days.said(baseline.go_live)} approved, {working_days(baseline.tolerances.days)} tolerated).",
    ]
    if red := [of.value for of, rated in variance.ratings.items() if rated is Rag.RED]:
        told.append(f"Rated red: {listed(red)}.")
    if crossing.linked:
        told.append(
            f"With the projects linked with it: {over(crossing.linked)}, the latest {late(crossing.linked)}."
        )
    return {"cause": "\n".join(why), "consequences": "\n".join(told)}


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
