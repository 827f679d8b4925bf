"""The draft of an exception report: all five parts of it, from whatever has been reported."""

from datetime import date
from decimal import Decimal

import pytest

from service.reports import Context, drafting, form
from service.reports.drafting import Known
from tests.service.reports.test_reading import PLANNED, TODAY
from workflows.delivery import Authority, Crossing, Forecast, Rag, Tolerance, Variance

LATE = Variance(
    over=Decimal(12000), over_percent=Decimal("11.58"), late=25, ratings={Tolerance.TIME: Rag.RED}
)
FORECAST = Forecast(cost=Decimal(152000), go_live=date(2005, 5, 6))
SEEN = date(2005, 1, 14)


def drafted(
    *of: Tolerance,
    authority: Authority = Authority.BOARD,
    words: dict[str, str] | None = None,
    known: Known | None = None,
) -> dict[str, str]:
    crossing = Crossing(of=of or (Tolerance.TIME,), variance=LATE, authority=authority)
    return drafting.exception_report(crossing, PLANNED, FORECAST, words or {}, known or Known())


@pytest.mark.parametrize(
    ("words", "known", "cause"),
    [
        (
            {"rating_time": "The supplier is late"},
            Known(issues="Two people left"),
            "Time: The supplier is late\nIssues: Two people left",
        ),
        ({}, Known(issues="Two people left"), "Issues: Two people left"),
        # The ratings carry no words: what is past, and since when.
        (
            {},
            Known(since={Tolerance.TIME: SEEN}),
            "Time is past what is tolerated since the report of 14 January 2005.",
        ),
        ({}, Known(), "Time is past what is tolerated."),
    ],
)
def test_the_cause_is_what_was_reported_or_else_what_is_past_and_since_when(
    words: dict[str, str], known: Known, cause: str
) -> None:
    assert drafted(words=words, known=known)["cause"] == cause


TOGETHER = Variance(over=Decimal(21000), over_percent=Decimal("12.5"), late=3)


@pytest.mark.parametrize(
    ("of", "words", "cause"),
    [
        # Its own figures are within what is tolerated.
        (
            (Tolerance.COST,),
            {},
            "Cost is past what is tolerated only together with PRJ-2004-0002: "
            "£21,000 (12.5%) over, the latest 3 working days late.",
        ),
        (
            (Tolerance.COST,),
            {"rating_cost": "Dear lines"},
            "Cost is past what is tolerated only together with PRJ-2004-0002: "
            "£21,000 (12.5%) over, the latest 3 working days late.\nCost: Dear lines",
        ),
        # Of what is past by itself that is said.
        (
            (Tolerance.TIME, Tolerance.COST),
            {},
            "Cost is past what is tolerated only together with PRJ-2004-0002: "
            "£21,000 (12.5%) over, the latest 3 working days late.\nTime is past what is tolerated.",
        ),
    ],
)
def test_what_is_past_only_together_with_others_names_them(
    of: tuple[Tolerance, ...], words: dict[str, str], cause: str
) -> None:
    own = Variance(over=Decimal(11200), over_percent=Decimal(8), late=25 if Tolerance.TIME in of else 0)
    crossing = Crossing(of=of, variance=own, linked=TOGETHER, authority=Authority.BOARD)
    known = Known(linked=("PRJ-2004-0002",))
    found = drafting.exception_report(crossing, PLANNED, FORECAST, words, known)
    assert found["cause"] == cause
    with_it = "With PRJ-2004-0002: £21,000 (12.5%) over, the latest 3 working days late."
    assert with_it in found["consequences"].splitlines()


def test_each_outcome_is_told_with_what_it_would_mean() -> None:
    assert drafted(known=Known(ended=Decimal(84000)))["options"].splitlines() == [
        "More tolerance: 12% for cost and 25 working days for time would have to be tolerated; "
        "now it is 10% and 20 working days.",
        "An exception plan: planned anew to the forecast, £152,000 and going live on 6 May 2005.",
        "Closing it early: the stages that have ended were to cost £84,000 by the plan; "
        "say what has been spent so far, and what would be left.",
        "Referring it up: whoever stands above would decide, at a later day.",
    ]


def test_before_a_stage_has_ended_nothing_is_said_to_be_spent_and_srg_refers_nothing_up() -> None:
    *_, last = drafted(authority=Authority.SRG)["options"].splitlines()
    assert last.startswith("Closing it early: no stage has ended;")


@pytest.mark.parametrize(
    ("of", "authority", "proposed"),
    [
        ((Tolerance.COST,), Authority.BOARD, "More tolerance is proposed, since only cost is past"),
        (
            (Tolerance.TIME, Tolerance.COST),
            Authority.SRG,
            "An exception plan is proposed, since time and cost are so far past that SRG decides.",
        ),
        (
            (Tolerance.COST, Tolerance.RISK),
            Authority.BOARD,
            "An exception plan is proposed, since risk needs",
        ),
        (
            (Tolerance.QUALITY, Tolerance.RISK),
            Authority.BOARD,
            "An exception plan is proposed, since quality and risk need more",
        ),
        (
            (Tolerance.TIME, Tolerance.COST),
            Authority.BOARD,
            "More tolerance is proposed, since only time and cost are past,",
        ),
    ],
)
def test_a_recommendation_is_proposed_in_words_and_none_is_chosen(
    of: tuple[Tolerance, ...], authority: Authority, proposed: str
) -> None:
    found = drafted(*of, authority=authority)
    assert found["recommendation_words"].startswith(proposed)
    assert "recommendation" not in found


def test_lessons_are_those_of_before_and_when_it_could_first_be_seen() -> None:
    known = Known(
        lessons=("End stage report of 14 Jan: Ask early",), doubted={Tolerance.TIME: (SEEN, "Rain")}
    )
    assert drafted(known=known)["lessons"] == (
        "End stage report of 14 Jan: Ask early\n"
        "Time was first in doubt in the report of 14 January 2005: Rain"
    )
    assert "lessons" not in drafted()


def test_whoever_writes_it_is_told_that_it_is_a_draft() -> None:
    asked = form("exception_report", Context(today=TODAY))
    assert asked is not None
    assert all("a draft" in group.lead for group in asked.groups)
    assert {*drafted(known=Known(lessons=("Ask early",)))} <= {n for box in asked.boxes for n in box.names}
