"""The arithmetic of a business case: each figure worked out by hand beside ours."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import appraisal, handbook
from service.appraisal import Appraisal
from service.handbook import AppraisalRules
from service.handbook.edition import DiscountRate
from service.proposals.document import (
    Benefit,
    Claimed,
    CostProfile,
    Option,
    ProposalDocument,
    YearCost,
)

DAY = date(2004, 9, 13)
RULES = AppraisalRules(
    discount_rates=(
        DiscountRate(percent=Decimal(6)),
        DiscountRate(percent=Decimal("3.5"), since=date(2003, 4, 1)),
    ),
    horizon_years=3,
    optimism_bias_percent=Decimal(10),
)


def document(**given: Any) -> ProposalDocument:
    told = {
        "decision_needed_by": date(2004, 11, 30),
        "cost_profile": CostProfile(
            capital_gbp=Decimal(100_000),
            revenue_gbp_per_year=Decimal(10_000),
            project_management_gbp=Decimal(5_000),
        ),
    }
    return ProposalDocument(**{**told, **given})


def saves(amount: int, **given: Any) -> Benefit:
    return Benefit(title="Posts saved", cashable=True, amount_gbp_per_year=Decimal(amount), **given)


def worked_out(**given: Any) -> Appraisal:
    return appraisal.appraise(document(**given), RULES, DAY)


def test_without_costs_by_year_capital_falls_at_the_start_and_revenue_in_every_later_year() -> None:
    assert [(year.year, year.cost) for year in worked_out().years] == [
        ("2004/05", Decimal(105_000)),
        ("2005/06", Decimal(10_000)),
        ("2006/07", Decimal(10_000)),
        ("2007/08", Decimal(10_000)),
    ]
    assert worked_out().whole_life_cost == Decimal(135_000)


def test_costs_by_year_stand_as_given_and_revenue_goes_on_after_them() -> None:
    given = (
        YearCost(year="2005/06", capital=Decimal(60_000), one_off=Decimal(2_000)),
        YearCost(year="2004/05", capital=Decimal(40_000), project_management=Decimal(5_000)),
    )
    assert [(year.year, year.cost) for year in worked_out(costs_by_year=given).years] == [
        ("2004/05", Decimal(45_000)),
        ("2005/06", Decimal(62_000)),
        ("2006/07", Decimal(10_000)),
        ("2007/08", Decimal(10_000)),
    ]


@pytest.mark.parametrize(
    ("by_year", "management", "told"),
    [
        ((), [5_000, 0, 0, 0], False),
        ((0, 0), [5_000, 0, 0, 0], True),  # given in all, and for no year
        ((2_000, 3_000), [2_000, 3_000, 0, 0], False),
    ],
)
def test_project_management_is_counted_once_and_in_the_first_year_if_none_is_named(
    by_year: tuple[int, ...], management: list[int], told: bool
) -> None:
    given = tuple(
        YearCost(year=f"{2004 + number}", capital=Decimal(50_000), project_management=Decimal(amount))
        for number, amount in enumerate(by_year)
    )
    found = worked_out(costs_by_year=given)
    assert [year.project_management for year in found.years] == management
    said = "project management is given in all and for no year, and is counted in 2004/05."
    assert (said in found.figures()[0].working) is told


def test_a_proposal_that_gives_more_years_is_looked_at_for_as_many() -> None:
    given = tuple(YearCost(year=f"{year}", revenue=Decimal(1)) for year in range(2004, 2012))
    assert [year.number for year in worked_out(costs_by_year=given).years] == [*range(8)]


FAR = ("2004", "2005", "2060")
"""Years of costs, the last of them far from the others: something is cleared away at the end."""


@pytest.mark.parametrize(
    ("given", "benefit", "looked_at", "cashable", "end"),
    [
        # the handbook's period is four years, and a cost of a later one lengthens it for nothing
        (FAR, {}, [0, 1, 2, 3, 56], [0, 9, 9, 9, 0], "2007/08, the last year of the handbook's period"),
        (FAR, {"from_year": "2006"}, [0, 1, 2, 3, 56], [0, 0, 9, 9, 0], "2007/08, the last year of the"),
        ((), {}, [0, 1, 2, 3], [0, 9, 9, 9], "2007/08, the last year of the handbook's period"),
        # costs that are given year upon year are what the thing is kept for
        (
            range(2004, 2010),
            {},
            [0, 1, 2, 3, 4, 5],
            [0, 9, 9, 9, 9, 9],
            "2009/10, until when costs are given year by year",
        ),
        ((*range(2004, 2010), 2060), {}, [*range(6), 56], [0, 9, 9, 9, 9, 9, 0], "2009/10, until when"),
        # an end that is given holds, so far as years are looked at
        (FAR, {"years": 2}, [0, 1, 2, 3, 56], [0, 9, 9, 0, 0], ""),
        (FAR, {"years": 4}, [0, 1, 2, 3, 4, 56], [0, 9, 9, 9, 9, 0], ""),
        (("2004", "2007"), {"years": 3}, [0, 1, 2, 3], [0, 9, 9, 9], ""),
    ],
)
def test_what_has_no_end_is_counted_to_the_end_of_the_period(
    given: Iterable[object], benefit: dict[str, Any], looked_at: list[int], cashable: list[int], end: str
) -> None:
    costs = tuple(YearCost(year=str(year), one_off=Decimal(1)) for year in given)
    found = worked_out(costs_by_year=costs, benefits=(saves(9, **benefit),))
    assert [year.number for year in found.years] == looked_at
    assert [year.cashable for year in found.years] == cashable
    working = found.figures()[1].working
    assert (f"Benefits without an end are counted to {end}" in working) if end else ("an end" not in working)


@pytest.mark.parametrize(
    ("given", "revenue", "life"),
    [
        (("2004", "2005"), [0, 0, 10_000, 10_000], "2004/05 to 2007/08, as they fall"),
        (FAR, [0, 0, 10_000, 10_000, 0], "2004/05 to 2007/08, and of 2060/61 after that, as they fall"),
        (("2004", "2006"), [0, 0, 0, 10_000], "2004/05 to 2007/08, as they fall"),
    ],
)
def test_revenue_goes_on_for_as_long_as_benefits_do(
    given: Iterable[str], revenue: list[int], life: str
) -> None:
    costs = tuple(YearCost(year=year, one_off=Decimal(1)) for year in given)
    found = worked_out(costs_by_year=costs, benefits=(saves(9),))
    assert [year.revenue for year in found.years] == revenue
    assert life in found.figures()[0].working


def test_a_late_cost_is_counted_and_weighs_what_it_is_worth_at_the_start() -> None:
    costs = (YearCost(year="2004", one_off=Decimal(100)), YearCost(year="2060", one_off=Decimal(1_000)))
    found = worked_out(costs_by_year=costs, cost_profile=CostProfile(), benefits=(saves(50),))
    assert found.whole_life_cost == 1_100
    by_hand = -100 + 50 / 1.035 + 50 / 1.035**2 + 50 / 1.035**3 - 1_000 / 1.035**56
    assert float(found.present_value) == pytest.approx(by_hand, abs=0.005)
    assert found.payback is None, "the last cost is never made up for"


def test_a_benefit_that_begins_after_the_period_is_named_though_a_cost_comes_later_still() -> None:
    costs = tuple(YearCost(year=year, one_off=Decimal(1)) for year in FAR)
    late = worked_out(costs_by_year=costs, benefits=(saves(9, from_year="2020"),))
    assert late.left_out == ("Posts saved after 2007/08, the last year that is looked at",)


@pytest.mark.parametrize(
    ("benefit", "cashable"),
    [
        (saves(50_000), [0, 50_000, 50_000, 50_000]),
        (saves(50_000, from_year="2004/05"), [50_000] * 4),
        (saves(50_000, from_year="2006/07"), [0, 0, 50_000, 50_000]),
        (saves(50_000, years=2), [0, 50_000, 50_000, 0]),
        (saves(50_000, from_year="2004/05", years=1), [50_000, 0, 0, 0]),
        (Benefit(title="Quicker", amount_gbp_per_year=Decimal(9_000)), [0, 0, 0, 0]),
        (Benefit(title="Nicer"), [0, 0, 0, 0]),
    ],
)
def test_a_benefit_is_had_from_its_first_year_for_as_long_as_it_lasts(
    benefit: Benefit, cashable: list[int]
) -> None:
    assert [year.cashable for year in worked_out(benefits=(benefit,)).years] == cashable


def test_benefits_that_are_no_money_are_kept_apart() -> None:
    quicker = Benefit(title="Quicker", amount_gbp_per_year=Decimal(9_000))
    years = worked_out(benefits=(saves(50_000), quicker)).years
    assert [year.not_cashable for year in years] == [0, 9_000, 9_000, 9_000]
    assert years[1].net == Decimal(40_000)


def test_the_net_present_value_is_what_a_calculator_says() -> None:
    found = worked_out(benefits=(saves(50_000),))
    by_hand = -105_000 + 40_000 / 1.035 + 40_000 / 1.035**2 + 40_000 / 1.035**3
    assert float(found.present_value) == pytest.approx(by_hand, abs=0.005)
    assert float(found.present_value - found.overrun) == pytest.approx(by_hand - 10_000, abs=0.005)
    assert found.switching_value is not None
    now = 50_000 / 1.035 + 50_000 / 1.035**2 + 50_000 / 1.035**3
    assert float(found.switching_value) == pytest.approx(by_hand / now * 100, abs=0.005)


@pytest.mark.parametrize(
    ("saved", "year"), [(0, None), (40_000, None), (45_000, "2007/08"), (115_000, "2005/06")]
)
def test_it_has_paid_back_by_the_end_of_the_first_year_in_which_benefits_have_made_up_for_costs(
    saved: int, year: str | None
) -> None:
    found = worked_out(benefits=(saves(saved),) if saved else ())
    assert (found.payback.year if found.payback else None) == year


def test_nothing_spent_and_nothing_gained_is_no_payback() -> None:
    assert worked_out(cost_profile=CostProfile()).payback is None


@pytest.mark.parametrize(
    ("day", "rate"),
    [(date(2003, 3, 31), "6"), (date(2003, 4, 1), "3.5"), (date(2026, 1, 1), "3.5"), (date(1999, 1, 1), "6")],
)
def test_the_rate_is_that_of_the_day_of_submission(day: date, rate: str) -> None:
    assert appraisal.appraise(document(), RULES, day).rate == Decimal(rate)


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2004, 3, 31), "2003/04"), (date(2004, 4, 1), "2004/05"), (date(1999, 12, 31), "1999/00")],
)
def test_a_financial_year_begins_in_april(day: date, year: str) -> None:
    assert appraisal.written(appraisal.financial_year(day)) == year


def test_every_figure_comes_with_its_working() -> None:
    figures = {figure.name: figure for figure in worked_out(benefits=(saves(50_000),)).figures()}
    assert [*figures] == [
        "Whole-life cost",
        "Net present value",
        "Net present value with optimism bias",
        "Payback",
        "Switching value",
    ]
    assert figures["Whole-life cost"].value == "£135,000"
    assert figures["Net present value"].value == "£7,065"
    assert "3.5% a year: 2004/05 -£105,000; 2005/06 £38,647" in figures["Net present value"].working
    assert figures["Net present value with optimism bias"].value == "-£2,935"
    assert figures["Payback"].value == "By the end of 2007/08"
    assert "2006/07 -£25,000; 2007/08 £15,000." in figures["Payback"].working
    assert figures["Switching value"].value == "Benefits may be 5.0% lower before it no longer breaks even"


def test_without_cashable_benefits_there_is_no_switching_value_and_no_payback() -> None:
    figures = {figure.name: figure.value for figure in worked_out().figures()}
    assert "Switching value" not in figures
    assert figures["Payback"] == "Not by the end of 2007/08"


def test_where_benefits_are_too_few_it_is_said_by_how_much() -> None:
    figures = {figure.name: figure.value for figure in worked_out(benefits=(saves(20_000),)).figures()}
    assert figures["Switching value"] == "Benefits would have to be 137.4% higher to break even"


@pytest.mark.parametrize(
    ("claimed", "told"),
    [
        (Claimed(), ()),
        (Claimed(whole_life_cost_gbp=Decimal("135000.40")), ()),
        (
            Claimed(whole_life_cost_gbp=Decimal(120_000)),
            ("Whole-life cost: the sponsor says £120,000, but the figures given come to £135,000",),
        ),
        (
            Claimed(net_present_value_gbp=Decimal(45_000)),
            ("Net present value: the sponsor says £45,000, but the figures given come to £7,065",),
        ),
    ],
)
def test_totals_of_the_sponsors_own_that_do_not_agree_are_told_and_not_overwritten(
    claimed: Claimed, told: tuple[str, ...]
) -> None:
    read = document(benefits=(saves(50_000),), claimed=claimed)
    assert appraisal.disagreements(read, appraisal.appraise(read, RULES, DAY)) == told
    assert read.claimed == claimed


def test_what_a_business_case_leaves_out_is_told() -> None:
    read = document(benefits=(saves(50_000), Benefit(title="Nicer", how_realised="By training")))
    assert appraisal.gaps(read, major=True) == (
        "No option of doing nothing is given",
        "Costs are not given by financial year",
        "Nobody is named who sees to: Posts saved; Nicer",
        "It is not said how these will be measured: Posts saved; Nicer",
        "It is not said how these will be brought about: Posts saved",
        "No basis is given for the amount of: Posts saved",
    )
    assert appraisal.gaps(read, major=False) == ("No basis is given for the amount of: Posts saved",)
    whole = document(
        benefits=(
            saves(50_000, how_realised="In the budget", basis="Two posts", owner="bh-dmh", measure="Posts"),
        ),
        options=(Option(title="Stay as we are", do_nothing=True),),
        costs_by_year=(YearCost(year="2004/05", revenue=Decimal(10_000)),),
    )
    assert appraisal.gaps(whole, major=True) == ()
    bare = whole.model_copy(update={"costs_by_year": ()})
    assert appraisal.gaps(bare, major=True) == ("Costs are not given by financial year",)
    assert appraisal.gaps(bare, major=False) == ()


@pytest.mark.parametrize(
    ("in_all", "by_year", "told"),
    [
        (None, 0, ("No cost of managing the project is given",)),
        (12_000, 0, ()),
        (0, 0, ()),
        (None, 4_000, ()),
    ],
)
def test_a_major_case_that_names_no_cost_of_managing_its_project_is_told(
    in_all: int | None, by_year: int, told: tuple[str, ...]
) -> None:
    read = document(
        options=(Option(title="Stay as we are", do_nothing=True),),
        cost_profile=CostProfile(
            capital_gbp=Decimal(90_000), project_management_gbp=None if in_all is None else Decimal(in_all)
        ),
        costs_by_year=(YearCost(year="2004/05", project_management=Decimal(by_year)),),
    )
    assert appraisal.gaps(read, major=True) == told
    assert appraisal.gaps(read, major=False) == ()


@pytest.mark.parametrize(
    ("revenue", "by_year", "told"),
    [
        (None, (0, 5_000), ()),
        (5_000, (0, 5_000), ()),
        (5_000, (), ()),
        (
            6_000,
            (0, 5_000),
            ("Revenue: the sponsor says £6,000 a year, but by year gives £0 in 2004, £5,000 in 2005",),
        ),
    ],
)
def test_revenue_of_a_year_that_is_that_of_no_year_is_told(
    revenue: int | None, by_year: tuple[int, ...], told: tuple[str, ...]
) -> None:
    costs = tuple(
        YearCost(year=str(2004 + number), revenue=Decimal(amount)) for number, amount in enumerate(by_year)
    )
    profile = CostProfile(revenue_gbp_per_year=None if revenue is None else Decimal(revenue))
    read = document(costs_by_year=costs, cost_profile=profile)
    assert appraisal.disagreements(read, appraisal.appraise(read, RULES, DAY)) == told


@pytest.mark.parametrize(
    ("said", "worth"),
    [
        ({}, "Worth: £9,000 a year, from the second year, as nothing else is said, to the end of the period"),
        ({"from_year": "2005/06", "years": 1}, "Worth: £9,000 a year, from 2005/06, for 1 year"),
        ({"from_year": "2005/06", "years": 4}, "Worth: £9,000 a year, from 2005/06, for 4 years"),
    ],
)
def test_all_that_is_said_of_a_benefit_is_told(said: dict[str, Any], worth: str) -> None:
    whole = {"measure": "Queues", "how_realised": "By training", "basis": "Two posts"}
    told = appraisal.benefit(saves(9_000, **whole, **said), "Budget holder")
    assert told == (
        "Who sees to it: Budget holder",
        worth,
        "Cashable: yes",
        "How that was arrived at: Two posts",
        "How it is measured: Queues",
        "How it is brought about: By training",
    )


@given(
    st.lists(st.integers(0, 10**7), min_size=1, max_size=12),
    st.integers(0, 10**6),
    st.decimals(0, 20, places=2),
)
def test_whatever_is_given_the_parts_add_up(capital: list[int], saved: int, rate: Decimal) -> None:
    costs = tuple(
        YearCost(year=str(2004 + number), capital=Decimal(amount)) for number, amount in enumerate(capital)
    )
    rules = AppraisalRules(discount_rates=(DiscountRate(percent=rate),))
    read = document(costs_by_year=costs, cost_profile=CostProfile(), benefits=(saves(saved),))
    found = appraisal.appraise(read, rules, DAY)
    assert found.whole_life_cost == sum(capital)
    assert found.years[0].factor == 1
    assert all(one.factor >= other.factor for one, other in zip(found.years, found.years[1:], strict=False))
    assert found.present_value <= found.benefits_now
    assert found.figures()


def test_the_shipped_handbooks_discount_as_the_treasury_did() -> None:
    for name in handbook.names():
        rules = handbook.load(name).appraisal
        assert (rules.rate_on(date(2003, 3, 31)), rules.rate_on(DAY)) == (Decimal(6), Decimal("3.5"))


@pytest.mark.parametrize(
    ("benefit", "told"),
    [
        ({"from_year": "2012"}, "Posts saved after 2007/08, the last year that is looked at"),
        ({"years": 10}, "Posts saved after 2007/08, the last year that is looked at"),
        ({"from_year": "2002", "years": 3}, "Posts saved before 2004/05"),
        ({"from_year": "2005", "years": 3}, ""),
        ({}, ""),
    ],
)
def test_what_benefits_bring_in_other_years_is_named_in_the_working(
    benefit: dict[str, Any], told: str
) -> None:
    found = worked_out(benefits=(saves(1_000, **benefit),))
    assert found.left_out == ((told,) if told else ())
    working = found.figures()[1].working
    assert (f"Not counted: {told}." in working) if told else ("Not counted" not in working)


def test_it_has_not_paid_back_in_a_year_after_which_it_goes_under_again() -> None:
    costs = (YearCost(year="2004", revenue=Decimal(4_000)), YearCost(year="2007", revenue=Decimal(6_000)))
    once = saves(5_000, from_year="2005", years=1)
    free = CostProfile(capital_gbp=Decimal(0), revenue_gbp_per_year=Decimal(0))
    assert worked_out(costs_by_year=costs, cost_profile=free, benefits=(once,)).payback is None
    twice = (once, saves(6_000, from_year="2007", years=1))
    paid = worked_out(costs_by_year=costs, cost_profile=free, benefits=twice).payback
    assert paid is not None
    assert paid.year == "2005/06"


def test_what_rounds_to_nothing_is_nothing_and_not_less() -> None:
    free = CostProfile(capital_gbp=Decimal("100.3"), revenue_gbp_per_year=Decimal(0))
    rules = RULES.model_copy(update={"discount_rates": (DiscountRate(percent=Decimal(0)),)})
    read = document(cost_profile=free, benefits=(saves(100, years=1),))
    shown = {figure.name: figure.value for figure in appraisal.appraise(read, rules, DAY).figures()}
    assert shown["Net present value"] == "£0"
    almost = document(
        cost_profile=CostProfile(capital_gbp=Decimal("100000.3"), revenue_gbp_per_year=Decimal(0)),
        benefits=(saves(100_000, years=1),),
    )
    shown = {figure.name: figure.value for figure in appraisal.appraise(almost, rules, DAY).figures()}
    assert shown["Switching value"] == "Benefits may be 0.0% lower before it no longer breaks even"
