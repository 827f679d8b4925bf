"""How past cases turned out, and what a proposal comes to on that record: worked out by hand beside ours."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import appraisal, track_record
from service.appraisal import Appraisal
from service.handbook import AppraisalRules
from service.handbook.edition import DiscountRate
from service.proposals.document import Benefit, CostProfile, ProposalDocument, YearCost
from service.track_record import Measure, Past, Reading, Record

DAY = date(2004, 9, 13)
RULES = AppraisalRules(discount_rates=(DiscountRate(percent=Decimal(0)),), horizon_years=3)


def measure(middle: str | int, cases: int = 5, least: str | int = 0, most: str | int = 100) -> Measure:
    return Measure(cases=cases, middle=Decimal(middle), least=Decimal(least), most=Decimal(most))


def record(**measures: Measure) -> Record:
    return Record(directorate="Culture", **measures)


# ----------------------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    ("figures", "least", "told"),
    [
        # four are too few, and five are told with their middle and range
        (["1", "2", "3", "4"], 5, None),
        (["30", "-3", "18", "10", "41"], 5, ("18", "-3", "41", 5)),
        # one that went astray moves the middle no further than another would
        (["30", "-3", "18", "10", "900"], 5, ("18", "-3", "900", 5)),
        # of an even number the middle is halfway between two
        (["10", "20", "31", "40", "50", "60"], 5, ("35.5", "10", "60", 6)),
        # a tenth of a percent
        (["10.04", "10.05", "10.06"], 3, ("10.1", "10", "10.1", 3)),
        # who has no figure does not count, and does not stand in the way either
        (["1", None, "3", None, "5"], 5, None),
        (["1", None, "3", None, "5"], 3, ("3", "1", "5", 3)),
        (["0", "-0.01", "-0.04"], 3, ("0", "0", "0", 3)),
        ([None, None], 1, None),
        ([], 1, None),
    ],
)
def test_a_measure_is_told_from_so_many_cases_on(
    figures: list[str | None], least: int, told: tuple[str, str, str, int] | None
) -> None:
    past = [Past(f"INV-{n}", cost=Decimal(each) if each else None) for n, each in enumerate(figures)]
    found = track_record.record("Culture", past, least).cost
    assert (found and (found.middle, found.least, found.most, found.cases)) == (
        told and (*map(Decimal, told[:3]), told[3])
    )


def test_each_measure_counts_its_own_cases() -> None:
    past = [
        Past("INV-1", cost=Decimal(10), late=5),
        Past("INV-2", cost=Decimal(20), cashable=Decimal(50)),
        Past("INV-3", late=6, not_cashable=Decimal(80)),
    ]
    found = track_record.record("Culture", past, 2)
    assert (found.cost, found.late) == (measure(15, 2, 10, 20), measure(6, 2, 5, 6))
    assert (found.cashable, found.not_cashable, found.says_something) == (None, None, True)
    assert not track_record.record("Culture", past, 3).says_something


@pytest.mark.parametrize(
    ("readings", "cashable", "other"),
    [
        ([], None, None),
        ([(100, 50, True)], "50", None),
        # their pounds are summed: the larger counts for more
        ([(100, 100, True), (300, 0, True), (10, 20, False)], "25", "200"),
        # what was claimed at nothing says nothing, and a loss is a loss
        ([(0, 50, True), (100, -20, False)], None, "-20"),
    ],
)
def test_benefits_are_realised_in_percent_of_what_was_claimed(
    readings: list[tuple[int, int, bool]], cashable: str | None, other: str | None
) -> None:
    read = [Reading(Decimal(claimed), Decimal(came), sort) for claimed, came, sort in readings]
    assert track_record.realised(read, cashable=True) == (cashable and Decimal(cashable))
    assert track_record.realised(read, cashable=False) == (other and Decimal(other))


@pytest.mark.parametrize(
    ("cost", "approved", "over"),
    [("118", "100", "18"), ("100", "100", "0"), ("75", "100", "-25"), ("75", "0", None)],
)
def test_an_overrun_is_measured_against_what_was_approved(cost: str, approved: str, over: str | None) -> None:
    assert track_record.over(Decimal(cost), Decimal(approved)) == (over and Decimal(over))


@pytest.mark.parametrize(
    ("late", "months"),
    [(-40, 0), (0, 0), (10, 0), ("10.5", 1), (21, 1), (31, 1), (32, 2), (252, 12), (300, 14)],
)
def test_a_delay_is_counted_in_whole_months(late: str | int, months: int) -> None:
    assert track_record.months(Decimal(late)) == months


# --------------------------------------------------------------------- restated figures


def claims(**facts: object) -> Appraisal:
    """£100,000 at once and £10,000 a year, for £60,000 a year: £50,000 in three years without a discount."""
    document = ProposalDocument(
        decision_needed_by=date(2004, 11, 30),
        cost_profile=CostProfile(
            capital_gbp=Decimal(80_000),
            revenue_gbp_per_year=Decimal(10_000),
            project_management_gbp=Decimal(20_000),
        ),
        benefits=(
            Benefit(title="Posts saved", cashable=True, amount_gbp_per_year=Decimal(60_000)),
            Benefit(title="Fewer calls", cashable=False, amount_gbp_per_year=Decimal(999)),
        ),
    ).model_copy(update=facts)
    return appraisal.appraise(document, RULES, DAY)


@pytest.mark.parametrize(
    ("on", "value"),
    [
        # as it turned out before, it turns out now
        (record(cost=measure(0), late=measure(0), cashable=measure(100)), "£50,000"),
        # what is spent once is dearer: £20,000 more
        (record(cost=measure(20)), "£30,000"),
        (record(cost=measure("-12.5")), "£62,500"),
        # half of £180,000
        (record(cashable=measure(50)), "-£40,000"),
        (record(cashable=measure(110)), "£68,000"),
        # half a year's benefits fall after the last year; a whole year's; all but a month's
        (record(late=measure(126)), "£20,000"),
        (record(late=measure(252)), "-£10,000"),
        (record(late=measure(252 + 21)), "-£15,000"),
        (record(late=measure(2000)), "-£130,000"),
        # what was early brings nothing earlier
        (record(late=measure(-126)), "£50,000"),
        (record(cost=measure(18), late=measure(42), cashable=measure(61)), "-£44,300"),
    ],
)
def test_a_proposal_is_restated_on_the_record(on: Record, value: str) -> None:
    found = track_record.restated(claims(), on)
    assert found
    assert found.value == f"{value} (as claimed: £50,000)"


def test_each_year_is_worth_what_it_is_worth_then_and_the_working_says_so() -> None:
    costs = (YearCost(year="2004/05", capital=Decimal(100_000), one_off=Decimal(10_000)),)
    document = ProposalDocument(
        costs_by_year=costs,
        benefits=(Benefit(title="Posts", cashable=True, amount_gbp_per_year=Decimal(100_000), years=1),),
    )
    rules = RULES.model_copy(update={"discount_rates": (DiscountRate(percent=Decimal(25)),)})
    on = record(cost=measure("18.5"), late=measure(63), cashable=measure(60))
    found = track_record.restated(appraisal.appraise(document, rules, DAY), on)
    assert found
    # 60,000, of which nine months in the second year and three in the third: 45,000 x 0.8 + 15,000 x 0.64
    assert found.value == "-£84,750 (as claimed: -£30,000)"
    assert found.working == (
        "Capital, one-off and project management costs 18.5% more; revenue costs as claimed. "
        "Cashable benefits to 60% of what is claimed. "
        "Benefits 3 months later (63 working days, 21 to the month): that part of every year's benefits "
        "falls in the next, and what falls after the last year that is looked at is not counted. "
        "Discounted at 25% a year: 2004/05 -£130,350; 2005/06 £36,000; 2006/07 £9,600; 2007/08 £0."
    )


@given(
    capital=st.decimals(0, 10**6, places=2),
    yearly=st.decimals(0, 10**6, places=2),
    percents=st.tuples(st.integers(0, 300), st.integers(0, 300)),
    days=st.tuples(st.integers(0, 2000), st.integers(0, 2000)),
)
def test_a_dearer_or_a_later_record_never_makes_a_proposal_worth_more(
    capital: Decimal, yearly: Decimal, percents: tuple[int, int], days: tuple[int, int]
) -> None:
    worked_out = claims(
        cost_profile=CostProfile(capital_gbp=capital),
        benefits=(Benefit(title="Posts", cashable=True, amount_gbp_per_year=yearly),),
    )
    neutral = record(cost=measure(0), late=measure(0), cashable=measure(100))
    assert worth(worked_out, neutral) == appraisal.to_the_pound(worked_out.present_value)
    less, more = sorted(percents)
    assert worth(worked_out, record(cost=measure(more))) <= worth(worked_out, record(cost=measure(less)))
    assert worth(worked_out, record(cashable=measure(less))) <= worth(
        worked_out, record(cashable=measure(more))
    )
    early, late = sorted(days)
    assert worth(worked_out, record(late=measure(late))) <= worth(worked_out, record(late=measure(early)))


def worth(worked_out: Appraisal, on: Record) -> Decimal:
    found = track_record.restated(worked_out, on)
    assert found
    return Decimal(found.value.partition(" ")[0].replace("£", "").replace(",", ""))


def test_what_too_few_cases_say_changes_nothing_and_is_said() -> None:
    found = track_record.restated(claims(), record(cost=measure(20)))
    assert found
    for said in (
        "Cashable benefits as claimed: too few cases say how theirs turned out.",
        "Benefits when they are claimed to come: too few cases say when they went live.",
    ):
        assert said in found.working
    early = track_record.restated(claims(), record(late=measure(5)))
    assert early
    assert "Costs as claimed: too few cases say" in early.working
    assert "as the delay is less than half a month" in early.working


def test_a_record_of_other_benefits_alone_restates_nothing() -> None:
    assert track_record.restated(claims(), record(not_cashable=measure(50))) is None
    assert track_record.restated(claims(), record()) is None


# ------------------------------------------------------------------------------ in words


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (record(), []),
        (
            record(cost=measure("18.5", 11, -3, 41)),
            ["Cost: 18.5% over (11 cases, from 3% under to 41% over)"],
        ),
        (
            record(late=measure(1, 5, -12, 1200)),
            [
                "Going live: 1 working day late "
                "(5 cases, from 12 working days early to 1,200 working days late)"
            ],
        ),
        (
            record(cost=measure(0, 1, 0, 0), late=measure(0, 1, 0, 0)),
            [
                "Cost: as approved (1 case, from as approved to as approved)",
                "Going live: on the day (1 case, from on the day to on the day)",
            ],
        ),
        (
            record(cashable=measure(61, 5, 0, 110), not_cashable=measure("70.5", 6, -4, 100)),
            [
                "Cashable benefits: 61% of what was claimed (5 cases, from 0% to 110%)",
                "Other benefits: 70.5% of what was claimed (6 cases, from -4% to 100%)",
            ],
        ),
    ],
)
def test_measures_are_told_with_their_number_and_range(on: Record, told: list[str]) -> None:
    assert [f"{one.what}: {one.which}" for one in track_record.measured(on)] == told


def test_a_letter_says_it_in_a_sentence_and_nothing_of_too_few() -> None:
    on = record(cost=measure(18, 5, 3, 41), late=measure(35, 6, 0, 60))
    assert track_record.sentence(on, track_record.restated(claims(), on)) == (
        "Closed major cases of Culture, the middle one of each: cost 18% over (5 cases, from 3% over to 41% "
        "over); going live 35 working days late (6 cases, from on the day to 60 working days late); "
        "net present value on that record £22,000 (as claimed: £50,000)."
    )
    assert track_record.sentence(record()) == ""
