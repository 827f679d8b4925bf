"""How a report is told: labels and values in words, the same for letters, pages and the record."""

from datetime import date
from decimal import Decimal

import pytest

from service import handbook
from service.handbook import Edition
from service.reports import Context, drafting, facts, form, labels, remarks
from service.store.intents import ERASED, SAID, Answered
from service.store.projects import Called
from tests.service.reports.test_reading import PLANNED
from workflows.delivery import (
    Authority,
    Band,
    Crossing,
    Forecast,
    Plan,
    Rag,
    Stage,
    Tolerance,
    Tolerances,
    Variance,
)
from workflows.rules import reports

DAY = date(2004, 10, 13)
LATE = Variance(over=Decimal(12000), over_percent=Decimal("8.58"), late=25, ratings={Tolerance.TIME: Rag.RED})
FORECAST = Forecast(cost=Decimal(152000), go_live=date(2005, 5, 6), stage_ends=date(2005, 1, 14))


@pytest.fixture(scope="module")
def rules() -> Edition:
    return handbook.load("leicester")


@pytest.mark.parametrize(
    ("kind", "name", "answer", "told"),
    [
        ("highlight", "forecast_cost", Answered(value="152000.00"), ("Forecast cost", "£152,000")),
        ("highlight", "went_live", Answered(value="2005-03-31"), ("Went live on", "Thursday 31 March 2005")),
        (
            "highlight",
            "rating_time",
            Answered(value="amber", text="supplier is two weeks late"),
            ("Time", "amber: supplier is two weeks late"),
        ),
        ("highlight", "rating_cost", Answered(value="green"), ("Cost", "green")),
        ("highlight", "issues", Answered(value=SAID, text="None"), ("Issues", "None")),
        ("highlight", "issues", Answered(value=SAID), ("Issues", "(erased)")),
        ("mandate", "executive", Answered(value="bh-dmh"), ("Executive", "Budget holder, De Montfort Hall")),
        ("mandate", "executive", Answered(value="gone"), ("Executive", "gone")),
        ("mandate", "template", Answered(value="prince2"), ("Gates that it passes", "PRINCE 2 stages")),
        (
            "mandate",
            "linked",
            Answered(value="INV-2004-0002"),
            ("Linked proposals or projects", "INV-2004-0002"),
        ),
        ("initiation", "tolerance_days", Answered(value="1"), ("Tolerance for time", "1 working day")),
        ("initiation", "tolerance_cost", Answered(value="7.5"), ("Tolerance for cost", "7.5%")),
        ("initiation", "after_go_live", Answered(value="yes"), ("Stages go on after go-live", "Yes")),
        (
            "end_stage",
            "objectives",
            Answered(value="not_met", text="No screens"),
            ("Objectives", "Not met: No screens"),
        ),
        (
            "exception_report",
            "recommendation",
            Answered(value="more_tolerance", text="It is nearly done"),
            ("Recommendation", "More tolerance: It is nearly done"),
        ),
        (
            "gate",
            "confidence",
            Answered(value="amber", text="The lines are not tested"),
            ("Confidence of delivery", "amber: The lines are not tested"),
        ),
        ("exception_board", "tolerance_cost", Answered(value="15"), ("Tolerance for cost", "15%")),
        (
            "end_stage",
            "across",
            Answered(value=SAID, text="The training"),
            ("What goes on into the next stage", "The training"),
        ),
        (
            "end_project",
            "succeeded",
            Answered(value="partly", text="Half of them book on the web"),
            ("Whether success came about", "Partly met: Half of them book on the web"),
        ),
        ("benefit", "reading", Answered(value="-12000.5"), ("Reading", "-12,000.5")),
        ("review", "users", Answered(value=SAID, text="Glad of it"), ("What its users say", "Glad of it")),
    ],
)  # fmt: skip
def test_an_answer_is_told_with_its_label_in_words(
    kind: str, name: str, answer: Answered, told: tuple[str, str], rules: Edition
) -> None:
    assert remarks(kind, {name: answer}, rules, DAY) == (told,)
    assert labels(kind, rules)[name] == told[0]


def test_each_stage_is_one_line_and_their_sum_another(rules: Edition) -> None:
    answers = {
        "stage_name_1": Answered(value=SAID, text="Build"),
        "stage_ends_1": Answered(value="2004-12-17"),
        "stage_cost_1": Answered(value="84000.00"),
        "stage_weeks_1": Answered(value="1"),
        "stage_pilot_1": Answered(value=SAID, text="Braunstone {library}"),
        "stage_name_2": Answered(value=SAID, text="Roll out"),
        "stage_ends_2": Answered(value="2005-03-31"),
        "stage_cost_2": Answered(value="56000.00"),
        "stage_weeks_2": Answered(value="4"),
        "go_live": Answered(value="2005-03-31"),
    }
    assert remarks("initiation", answers, rules, DAY) == (
        (
            "Stage 1",
            "Build, ends on Friday 17 December 2004, costs £84,000, 1 week from one report to the next, "
            "a pilot at Braunstone {library}",
        ),
        (
            "Stage 2",
            "Roll out, ends on Thursday 31 March 2005, costs £56,000, 4 weeks from one report to the next",
        ),
        ("All stages", "£140,000"),
        ("Go-live", "Thursday 31 March 2005"),
    )
    assert labels("initiation", rules)["stage_ends_2"] == "Stage 2, ends on"


def test_a_lesson_is_its_title_with_the_words_under_it(rules: Edition) -> None:
    answers = {
        "lesson_title_1": Answered(value=SAID, text="Ask early"),
        "lesson_1": Answered(value=SAID, text="Before the tender"),
    }
    assert remarks("review", answers, rules, DAY) == (("Lesson 1", "Ask early\nBefore the tender"),)


def test_a_standard_is_called_what_the_handbook_calls_it(rules: Edition) -> None:
    assert rules.delivery is not None
    assert rules.delivery.standards is not None
    key, standard = next(iter(rules.delivery.standards.checks.items()))
    answers = {f"standard_{key}": Answered(value="not_met", text="No plan")}
    assert remarks("standards_check", answers, rules, DAY) == ((standard.name, "Not met: No plan"),)


def test_only_what_reports_is_a_report(rules: Edition) -> None:
    asked = {kind for kind in reports.KINDS if form(kind, Context(today=DAY))}
    assert {*reports.DECIDES_NOTHING} <= asked
    assert asked - {*reports.DECIDES_NOTHING} == {
        "exception",
        "exception_board",
        "exception_srg",
        "standards_check",
        "assessment_choice",
        "assessment_srg",
    }
    assert remarks("funding", {"fit": Answered(value="concern")}, rules, DAY) == ()
    assert labels("funding", rules) == {}


def test_every_report_has_a_name_and_no_box_has_the_name_of_another() -> None:
    for kind in reports.KINDS:
        asked = form(kind, Context(today=DAY, baseline=PLANNED, stage=1, rated=True))
        if asked is None:
            continue
        assert kind in facts.REPORTS or kind.startswith(("exception", "gate", "assessment_"))
        names = [name for box in asked.boxes for name in box.names]
        assert len(names) == len({*names})
        assert not {"choice", "reason", "until", "csrf", "shown"} & {*names}


# --------------------------------------------------------------------------------- drafts


def test_a_report_begins_where_the_last_one_ended() -> None:
    standing = FORECAST.model_copy(update={"ratings": {Tolerance.TIME: Rag.AMBER}})
    assert drafting.standing(standing, {"rating_time": "Two weeks", "rating_cost": "Old"}) == {
        "forecast_cost": "152,000",
        "forecast_go_live": "2005-05-06",
        "forecast_stage_ends": "2005-01-14",
        "rating_time": "amber",
        "rating_time_words": "Two weeks",
    }


def test_an_exception_report_is_drafted_from_the_report_that_crossed() -> None:
    crossing = Crossing(of=(Tolerance.TIME,), variance=LATE, authority=Authority.BOARD)
    words = {"rating_time": "The supplier is late", "rating_cost": "Two more screens"}
    drafted = drafting.exception_report(crossing, PLANNED, FORECAST, words, drafting.Known())
    assert {name: drafted[name] for name in ("cause", "consequences")} == {
        "cause": "Time: The supplier is late\nCost: Two more screens",
        "consequences": (
            "Cost: £152,000, £12,000 (8.58%) over (£140,000 approved, 10% tolerated).\n"
            "Go-live: 6 May 2005, 25 working days late (31 March 2005 approved, 20 working days tolerated).\n"
            "Rated red: time."
        ),
    }


def test_a_plan_is_planned_anew_from_the_last(rules: Edition) -> None:
    plan = Plan(
        stages=(Stage(number=1, ends=date(2005, 4, 1), cost=Decimal("84000.5")),),
        go_live=date(2005, 3, 31),
        tolerances=Tolerances(cost_percent=Decimal("7.50"), days=5),
    )
    figures = {
        "go_live": "2005-03-31",
        "tolerance_cost": "7.5",
        "tolerance_days": "5",
        "stage_ends_1": "2005-04-01",
        "stage_cost_1": "84,000.50",
        "stage_weeks_1": "4",
        "after_go_live": "yes",
    }
    for called, name, pilot in (
        (Called(name="Build"), "Build", ""),
        (Called(name="Build", pilot="The hall"), "Build", "The hall"),
        (Called(name=ERASED, pilot=ERASED), "", ""),
    ):
        drafted = drafting.planned(plan, {1: called})
        assert drafted == figures | {"stage_name_1": name, "stage_pilot_1": pilot}


# ---------------------------------------------------------------------------------- facts


@pytest.mark.parametrize(
    ("over", "percent", "late", "budget", "time"),
    [
        ("0", "0", 0, "As approved", "As approved"),
        ("-3000", "-2.14", -4, "£3,000 (2.14%) under", "4 working days early"),
        (
            "14000",
            "10",
            20,
            "£14,000 (10%) over: within the 10% tolerated",
            "20 working days late: within the 20 working days tolerated",
        ),
        (
            "14001",
            "10.01",
            21,
            "£14,001 (10.01%) over: past the 10% tolerated",
            "21 working days late: past the 20 working days tolerated",
        ),
    ],
)
def test_three_variances_are_told_in_words_and_figures(
    over: str, percent: str, late: int, budget: str, time: str
) -> None:
    variance = Variance(over=Decimal(over), over_percent=Decimal(percent), late=late)
    cost, live, objectives = facts.against_baseline(PLANNED, FORECAST, variance, "partly", "All but one")
    assert (cost.planned, cost.said, cost.past) == ("£140,000", budget, "past" in budget)
    assert (live.planned, live.said, live.past) == ("31 March 2005", time, "past" in time)
    assert (objectives.now, objectives.said, objectives.past) == ("Partly met", "All but one", True)


def test_where_objectives_were_not_asked_the_ratings_tell() -> None:
    *_, told = facts.against_baseline(PLANNED, FORECAST, LATE)
    assert (told.now, told.past) == ("Red: time", True)
    *_, green = facts.against_baseline(PLANNED, FORECAST, Variance(ratings={Tolerance.COST: Rag.GREEN}))
    assert (green.now, green.past) == ("All rated green", False)


def test_an_exception_says_what_is_past_and_what_the_matrix_says() -> None:
    crossing = Crossing(
        of=(Tolerance.TIME, Tolerance.BENEFIT), variance=LATE, linked=LATE, authority=Authority.SRG
    )
    assert facts.crossed(crossing) == (
        "Time and benefits are past what is tolerated, counted with the projects that are linked with it"
    )
    matrix = (
        Band(budget=Decimal(100000), over_percent=Decimal(10), late=20, authority=Authority.PROGRAMME_OFFICE),
        Band(authority=Authority.SRG),
    )
    assert facts.bands(matrix) == (
        "A budget up to £100,000, over by up to 10% and late by up to 20 working days: "
        "the programme office decides",
        "Anything else: SRG decides",
    )


@pytest.mark.parametrize(
    ("crossing", "told"),
    [
        (
            Crossing(
                of=(Tolerance.TIME, Tolerance.COST),
                variance=Variance(over=Decimal(4_800), over_percent=Decimal(12), late=3),
                linked=Variance(over=Decimal(4_000), over_percent=Decimal(1), late=40),
                authority=Authority.BOARD,
            ),
            "40 working days late is past the 20 working days that are tolerated and £4,800 (12%) over is "
            "past the 10% that is tolerated, counted with the projects that are linked with it",
        ),
        (
            Crossing(of=(Tolerance.BENEFIT,), variance=Variance(), authority=Authority.BOARD),
            "Benefits are rated red",
        ),
    ],
)
def test_what_stops_a_project_is_told_by_the_figures_that_are_past(crossing: Crossing, told: str) -> None:
    said = facts.stops(crossing, Tolerances(cost_percent=Decimal(10), days=20))
    assert said.startswith(f"{told}: the project stops")
