"""How far a project is from what was approved, who decides on that, and when it reports: as tables."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from workflows.delivery import (
    Authority,
    Band,
    Baseline,
    Forecast,
    ProjectReported,
    Rag,
    Stage,
    Tolerance,
    Tolerances,
    Variance,
)
from workflows.rules import matrix, tolerances

EASTER = (date(2005, 3, 25), date(2005, 3, 28))
OFFICE, BOARD, SRG = Authority.PROGRAMME_OFFICE, Authority.BOARD, Authority.SRG
T = Tolerance


def day(text: str) -> date:
    return date.fromisoformat(text)


def baseline(cost: str = "100000.00", go_live: str = "2005-03-24") -> Baseline:
    stage = Stage(number=1, ends=day("2005-03-01"), cost=Decimal(cost))
    return Baseline(stages=(stage,), go_live=day(go_live))


def forecast(cost: str = "100000.00", go_live: str = "2005-03-24") -> Forecast:
    return Forecast(cost=Decimal(cost), go_live=day(go_live))


def off(
    percent: str = "0", late: int = 0, red: Sequence[Tolerance] = (), budget: str = "100000.00"
) -> Variance:
    over = Decimal(budget) * Decimal(percent) / 100
    return Variance(
        over=over,
        over_percent=Decimal(percent),
        late=late,
        ratings=dict.fromkeys(red, Rag.RED),
        budget=Decimal(budget),
    )


# ------------------------------------------------------------------------------ variances


@pytest.mark.parametrize(
    ("cost", "over", "percent"),
    [
        ("100000.00", "0", "0"),
        ("110000.00", "10000.00", "10"),
        ("95000.00", "-5000.00", "-5"),
        # What is past by a penny is past in percent too, and never rounded down to what is tolerated.
        ("110000.01", "10000.01", "10.01"),
        ("133333.33", "33333.33", "33.34"),
        ("66666.67", "-33333.33", "-33.33"),
    ],
)
def test_a_forecast_misses_the_cost_by_pounds_and_percent(cost: str, over: str, percent: str) -> None:
    found = tolerances.variance(forecast(cost), baseline(), ())
    assert (found.over, found.over_percent) == (Decimal(over), Decimal(percent))
    assert found.budget == Decimal("100000.00")


@pytest.mark.parametrize(("cost", "percent"), [("0.00", "0"), ("0.01", "100")])
def test_what_was_to_cost_nothing_is_all_overrun(cost: str, percent: str) -> None:
    assert tolerances.variance(forecast(cost), baseline("0.00"), ()).over_percent == Decimal(percent)


@pytest.mark.parametrize(
    ("go_live", "late"),
    [
        ("2005-03-24", 0),
        ("2005-03-23", -1),
        ("2005-03-17", -5),
        # Good Friday to Easter Monday are not worked.
        ("2005-03-25", 0),
        ("2005-03-28", 0),
        ("2005-03-29", 1),
        ("2005-04-04", 5),
    ],
)
def test_a_forecast_misses_go_live_by_working_days(go_live: str, late: int) -> None:
    assert tolerances.variance(forecast(go_live=go_live), baseline(), EASTER).late == late


def test_a_project_is_measured_together_with_those_that_are_linked_with_it() -> None:
    # Each is within a tolerance of ten percent of a budget that was cut in two, or only one is.
    found = tolerances.together([off("8", late=3), off("14", late=-2), off("-1", budget="50000.00")])
    assert (found.over, found.budget) == (Decimal(21_500), Decimal(250_000))
    assert (found.over_percent, found.late) == (Decimal("8.60"), 3)


def test_no_projects_together_miss_nothing() -> None:
    assert tolerances.together([]) == Variance()


# ------------------------------------------------------------------------------ crossings

TOLERATED = Tolerances(cost_percent=Decimal(10), days=20)


@pytest.mark.parametrize(
    ("variance", "accepted", "past"),
    [
        (off(), (), ()),
        (off("10", 20), (), ()),
        (off("10.01"), (), (T.COST,)),
        (off(late=21), (), (T.TIME,)),
        (off("-40", -40), (), ()),
        (off("11", 30, [T.SCOPE]), (), (T.TIME, T.COST, T.SCOPE)),
        (off(red=[T.SCOPE, T.QUALITY, T.RISK, T.BENEFIT]), (), (T.SCOPE, T.QUALITY, T.RISK, T.BENEFIT)),
        # Time and cost go by their figures, whatever the manager says of them.
        (off(red=[T.TIME, T.COST]), (), ()),
        # What was decided on is not asked about again; something else is.
        (off(red=[T.RISK]), (T.RISK,), ()),
        (off(red=[T.RISK, T.SCOPE]), (T.RISK,), (T.SCOPE,)),
        (off("11", red=[T.RISK]), (T.RISK,), (T.COST,)),
    ],
)
def test_what_is_past_tolerance(
    variance: Variance, accepted: Sequence[Tolerance], past: Sequence[Tolerance]
) -> None:
    assert tolerances.crossed(variance, TOLERATED, accepted) == tuple(past)


@pytest.mark.parametrize("rating", [Rag.GREEN, Rag.AMBER])
def test_a_rating_that_is_not_red_is_within_what_is_tolerated(rating: Rag) -> None:
    assert tolerances.crossed(Variance(ratings=dict.fromkeys(T, rating)), TOLERATED) == ()


BANDS = (
    Band(budget=Decimal(100_000), over_percent=Decimal(15), late=30, authority=OFFICE),
    Band(over_percent=Decimal(25), late=60, authority=BOARD),
    Band(authority=SRG),
)


@pytest.mark.parametrize(
    ("variance", "who"),
    [
        (off("15", 30), OFFICE),
        (off("15.01"), BOARD),
        (off("12", 31), BOARD),
        (off("12", budget="100000.01"), BOARD),
        (off("25", 60), BOARD),
        (off("25.01"), SRG),
        (off(late=61), SRG),
    ],
)
def test_the_matrix_names_who_decides(variance: Variance, who: Authority) -> None:
    assert matrix.authority(BANDS, variance) is who


def test_where_no_row_holds_srg_decides() -> None:
    assert matrix.authority(BANDS[:2], off("80")) is SRG
    assert matrix.authority((), off("1")) is SRG


@pytest.mark.parametrize(
    ("own", "linked", "past", "who"),
    [
        (off("10"), None, None, None),
        (off("12"), None, (T.COST,), OFFICE),
        (off("12"), off("4"), (T.COST,), OFFICE),
        # Of the two the greater authority counts, whichever of them it is for.
        (off("12"), off("18"), (T.COST,), BOARD),
        (off("26"), off("12"), (T.COST,), SRG),
        # Only together they are past it: cut in parts it is still one whole.
        (off("9"), off("14", budget="300000.00"), (T.COST,), BOARD),
        (off(late=25), off("14"), (T.TIME, T.COST), OFFICE),
        # By a rating alone it goes to the board, and no further down.
        (off(red=[T.BENEFIT]), None, (T.BENEFIT,), BOARD),
        (off("12", red=[T.BENEFIT]), None, (T.COST, T.BENEFIT), BOARD),
        (off("30", red=[T.BENEFIT]), None, (T.COST, T.BENEFIT), SRG),
    ],
)
def test_a_crossing_says_what_is_past_and_who_decides(
    own: Variance,
    linked: Variance | None,
    past: Sequence[Tolerance] | None,
    who: Authority | None,
) -> None:
    reported = ProjectReported(forecast=forecast(), variance=own, linked=linked)
    found = tolerances.crossing(reported, TOLERATED, BANDS)
    assert (found and found.of, found and found.authority) == (past, who)
    if found is not None:
        crosses = linked is not None and bool(tolerances.crossed(linked, TOLERATED))
        assert (found.variance, found.linked) == (own, linked if crosses else None)


def test_a_rating_that_was_decided_on_is_accepted_until_it_has_been_better() -> None:
    reported = ProjectReported(forecast=forecast(), variance=off("12", red=[T.RISK, T.COST]))
    found = tolerances.crossing(reported, TOLERATED, BANDS)
    assert found is not None
    accepted = tolerances.decided_on(found)
    assert accepted == (T.RISK,)
    assert tolerances.still_accepted(accepted, off(red=[T.RISK, T.SCOPE])) == (T.RISK,)
    assert tolerances.still_accepted(accepted, off()) == ()


# -------------------------------------------------------------------------------- reports


@pytest.mark.parametrize(
    ("since", "weeks", "today", "following"),
    [
        ("2004-09-13", 4, "2004-09-13", "2004-10-11"),
        ("2004-09-13", 4, "2004-10-10", "2004-10-11"),
        ("2004-09-13", 4, "2004-10-11", "2004-11-08"),
        # However late it is, the cycle stays as it was; what was passed is not asked for any more.
        ("2004-09-13", 4, "2004-12-20", "2005-01-03"),
        ("2004-09-13", 1, "2004-09-15", "2004-09-20"),
        # A day that is not worked gives way to the next that is, and the one after stays.
        ("2005-02-25", 4, "2005-03-01", "2005-03-29"),
        ("2005-02-25", 4, "2005-03-25", "2005-03-29"),
        ("2005-02-25", 4, "2005-03-29", "2005-04-22"),
        ("2004-09-18", 4, "2004-09-18", "2004-10-18"),
        # Before the stage begins, its first report is still the first.
        ("2004-09-13", 4, "2004-09-01", "2004-10-11"),
    ],
)
def test_a_stage_reports_every_so_many_weeks(since: str, weeks: int, today: str, following: str) -> None:
    assert tolerances.next_report(day(since), weeks, day(today), EASTER) == day(following)
