"""Tolerances: how far a project is from what was approved, what that is past, and when it reports."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from workflows.delivery import (
    Authority,
    Band,
    Baseline,
    Crossing,
    Forecast,
    Plan,
    ProjectReported,
    Rag,
    Tolerance,
    Tolerances,
    Variance,
)
from workflows.rules import calendar, matrix

_CENT = Decimal("0.01")
RATED = (Tolerance.SCOPE, Tolerance.QUALITY, Tolerance.RISK, Tolerance.BENEFIT)
"""What is judged by the manager's own ratings; time and cost are by their figures."""


# ------------------------------------------------------------------------------ variances


def variance(forecast: Forecast, baseline: Baseline, non_working: Collection[date]) -> Variance:
    """Return by how much a forecast misses what was approved: pounds, percent and working days."""
    over = forecast.cost - baseline.cost
    return Variance(
        over=over,
        over_percent=_percent(over, baseline.cost),
        late=days_late(forecast.go_live, baseline.go_live, non_working),
        ratings=forecast.ratings,
        budget=baseline.cost,
    )


def plan_variance(plan: Plan, baseline: Baseline, non_working: Collection[date]) -> Variance:
    """Return by how much a plan goes past what was approved."""
    return variance(Forecast(cost=plan.cost, go_live=plan.go_live), baseline, non_working)


def together(variances: Iterable[Variance]) -> Variance:
    """Return the variance of linked projects together: their pounds are summed, and the latest counts.

    So what was cut into parts is measured as the whole that it is.
    """
    each = tuple(variances)
    over = sum((one.over for one in each), Decimal(0))
    budget = sum((one.budget for one in each), Decimal(0))
    return Variance(
        over=over,
        over_percent=_percent(over, budget),
        late=max((one.late for one in each), default=0),
        budget=budget,
    )


def days_late(day: date, planned: date, non_working: Collection[date]) -> int:
    """Return how many working days after a planned day another is; negative if it is before."""
    if day < planned:
        return -calendar.working_days_between(day, planned, non_working)
    return calendar.working_days_between(planned, day, non_working)


def _percent(over: Decimal, budget: Decimal) -> Decimal:
    """Return a part of a budget in percent, to two places; never rounded down to what is tolerated."""
    if budget == 0:
        return Decimal(100) if over > 0 else Decimal(0)
    return (over * 100 / budget).quantize(_CENT, ROUND_CEILING)


# ------------------------------------------------------------------------------ crossings


def crossed(
    variance: Variance, tolerances: Tolerances, accepted: Collection[Tolerance] = ()
) -> tuple[Tolerance, ...]:
    """Return what a variance is past. Exactly at the tolerance is within it.

    A red rating is past what is tolerated, unless it is `accepted`: somebody has decided on it already.
    """
    red = (of for of in RATED if variance.ratings.get(of) is Rag.RED and of not in accepted)
    return (
        *((Tolerance.TIME,) if variance.late > tolerances.days else ()),
        *((Tolerance.COST,) if variance.over_percent > tolerances.cost_percent else ()),
        *red,
    )


def crossing(
    reported: ProjectReported,
    tolerances: Tolerances,
    bands: Sequence[Band],
    accepted: Collection[Tolerance] = (),
    together: Variance | None = None,
) -> Crossing | None:
    """Return what a report is past, by itself or with the projects linked with it, and who decides.

    Of two authorities the greater counts. What is past by a rating goes to the board at least. What is no
    worse of all that is linked `together` than what was decided on, is not decided on again.
    """
    own = crossed(reported.variance, tolerances, accepted)
    linked = crossed(reported.linked, tolerances) if reported.linked else ()
    if reported.linked and together and _no_worse(reported.linked, together):
        linked = ()
    if not own and not linked:
        return None
    who = [matrix.authority(bands, reported.variance)] if {*own} & {Tolerance.TIME, Tolerance.COST} else []
    if reported.linked and linked:
        who.append(matrix.authority(bands, reported.linked))
    if {*own} & {*RATED}:
        who.append(Authority.BOARD)
    return Crossing(
        of=tuple(of for of in Tolerance if of in own or of in linked),
        variance=reported.variance,
        linked=reported.linked if linked else None,
        authority=matrix.greatest(*who),
    )


def still_accepted(accepted: Collection[Tolerance], variance: Variance) -> tuple[Tolerance, ...]:
    """Return which ratings that were decided on are still red: one that was better since counts anew."""
    return tuple(of for of in RATED if of in accepted and variance.ratings.get(of) is Rag.RED)


def still_together(
    together: Variance | None, reported: ProjectReported, tolerances: Tolerances
) -> Variance | None:
    """Return what was decided on of linked projects, unless they are within what is tolerated since."""
    past = reported.linked is not None and crossed(reported.linked, tolerances)
    return together if past else None


def _no_worse(now: Variance, than: Variance) -> bool:
    return now.over_percent <= than.over_percent and now.late <= than.late


def decided_on(crossing: Crossing) -> tuple[Tolerance, ...]:
    """Return the ratings that a decision on a crossing has accepted."""
    return tuple(of for of in RATED if crossing.variance.ratings.get(of) is Rag.RED)


# -------------------------------------------------------------------------------- reports


def next_report(since: date, weeks: int, today: date, non_working: Collection[date]) -> date:
    """Return the next day after today on which a stage reports that has begun on a day: every so many weeks,
    or on the next working day.
    """
    cycle = timedelta(weeks=max(weeks, 1))
    turns = max((today - since) // cycle, 0)
    while True:
        day = calendar.from_day(since + cycle * turns, non_working)
        if turns and day > today:
            return day
        turns += 1
