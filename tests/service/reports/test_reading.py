"""How a report is read: what is understood as it is written, and what is told, at which box."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from service.reports import Context, Post, Reading, form, held, read
from service.store.intents import SAID, Answered
from workflows.delivery import Authority, Band, Baseline, Stage, Tolerance, Tolerances
from workflows.model import Choice
from workflows.rules.projects import PUT_TO

TODAY = date(2004, 10, 13)
PLANNED = Baseline(
    stages=(
        Stage(number=1, ends=date(2004, 12, 17), cost=Decimal(84000)),
        Stage(number=2, ends=date(2005, 3, 31), cost=Decimal(56000)),
    ),
    go_live=date(2005, 3, 31),
    tolerances=Tolerances(cost_percent=Decimal(10), days=20),
)
POSTS = tuple(Post(key=key, title=key.title(), person=f"p-{key}") for key in ("ann", "bob", "cat", "dan"))
IN_STAGE = Context(
    today=TODAY,
    begun=date(2004, 9, 1),
    baseline=PLANNED,
    stage=1,
    posts=(*POSTS, Post(key="deputy", title="Deputy", person="p-ann")),
    tolerances=PLANNED.tolerances,
    templates=(("prince2", "PRINCE 2 stages"), ("gateways", "Five gateway reviews")),
    standards=(("plan", "It follows a plan"), ("risks", "Its risks have owners")),
)
GREEN = {f"rating_{of}": "green" for of in Tolerance}
HIGHLIGHT = GREEN | {
    "forecast_cost": "140,000",
    "forecast_go_live": "2005-03-31",
    "forecast_stage_ends": "2004-12-17",
    "done": "The screens are drawn",
    "next": "Build them",
}
MANDATE = {
    "manager": "ann",
    "executive": "bob",
    "senior_user": "cat",
    "senior_supplier": "dan",
    "template": "prince2",
    "brief": "Booking on line",
}
INITIATION = {
    "stage_name_1": "Build",
    "stage_ends_1": "2004-12-17",
    "stage_cost_1": "84,000",
    "stage_weeks_1": "4",
    "stage_name_2": "Roll out",
    "stage_ends_2": "2005-03-31",
    "stage_cost_2": "56000",
    "stage_weeks_2": "",
    "stage_weeks_3": "4",
    "go_live": "2005-03-31",
    "tolerance_cost": "10",
    "tolerance_days": "20",
    "tolerance_scope": "None",
    "tolerance_quality": "None",
    "tolerance_risk": "None",
    "tolerance_benefit": "None",
    "approach": "Bought, then fitted",
}
MORE = {"tolerance_cost": "15", "tolerance_days": "20"}
END = {
    "went_live": "2004-10-01",
    "final_cost": "1",
    "objectives": "met",
    "handover": "To all",
    "lessons": "Ask",
}
ENDED = {"products": "The screens", "objectives": "met", "next_ends": "2005-03-31", "next_cost": "56000",
         "next_plan": "Fit them"}  # fmt: skip


def reading(
    kind: str, sent: Mapping[str, str], choice: Choice = Choice.REPORT, context: Context = IN_STAGE
) -> Reading:
    asked = form(kind, context)
    assert asked is not None
    return read(asked, context, sent, choice)


def faults(
    kind: str, sent: Mapping[str, str], choice: Choice = Choice.REPORT, context: Context = IN_STAGE
) -> dict[str, str]:
    return reading(kind, sent, choice, context).errors


# ---------------------------------------------------------------------------- what is understood


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        # Money, however it is written.
        ("152000", "152000.00"),
        ("£152,000", "152000.00"),
        ("£ 1,250.50", "1250.50"),
        ("1 250", "1250.00"),
        ("1 250 000.5", "1250000.50"),
        ("GBP 84,000.00", "84000.00"),
        ("0", "0.00"),
        ("007", "7.00"),
        ("1\u00a0250", "1250.00"),
        ("12\x000", "120.00"),  # what is unseen is not there
        ("999,999,999.99", "999999999.99"),
        # What could be meant otherwise, or is no amount.
        ("1.250,50", None),
        ("12,50", None),
        ("1,2500", None),
        ("1 25", None),
        ("84k", None),
        ("about 84000", None),
        ("84000.001", None),
        ("84000.", None),
        (".50", None),
        ("8e4", None),
        ("$84,000", None),
        ("84,000 £", None),
        ("٨٤٠٠٠", None),
        ("８４０００", None),
        ("-5", None),
        ("−£5", None),
        ("1000000000", None),
        ("9" * 400, None),
        ("NaN", None),
        ("Infinity", None),
    ],
)
def test_money_is_understood_or_told_with_an_example(typed: str, kept: str | None) -> None:
    found = reading("highlight", HIGHLIGHT | {"forecast_cost": typed})
    assert found.value("forecast_cost") == (kept or "")
    told = found.errors.get("forecast_cost", "")
    assert bool(told) is (kept is None)
    if told:
        assert told.startswith("Forecast cost: ")
        assert any(word in told for word in ("such as 152,000", "below nothing", "below £1,000,000,000"))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2004-10-13", ""),
        ("2005-02-28", ""),
        ("--", "say when it goes live, or below that it has, such as 31 3 2005"),
        ("", "say when it goes live, or below that it has, such as 31 3 2005"),
        ("2004-10-12", "12 October 2004 is in the past; today is 13 October 2004"),
        ("2005-02-30", "enter a day that exists, such as 31 3 2005"),
        ("2005-13-01", "enter a day that exists, such as 31 3 2005"),
        ("5-03-31", "enter a day that exists, such as 31 3 2005"),
        ("20050331", "enter a day that exists, such as 31 3 2005"),
        ("2005-W01-1", "enter a day that exists, such as 31 3 2005"),
        ("٢٠٠٥-03-31", "enter a day that exists, such as 31 3 2005"),
        ("-03-31", "enter a day that exists, such as 31 3 2005"),
        ("2014-10-14", "14 October 2014 is too far ahead; enter 13 October 2014 or before"),
        ("2004-10-12\x07", "12 October 2004 is in the past; today is 13 October 2004"),
    ],
)
def test_a_forecast_is_a_day_that_exists_and_is_not_over(typed: str, told: str) -> None:
    found = faults("highlight", HIGHLIGHT | {"forecast_go_live": typed})
    assert found == ({"forecast_go_live": f"Forecast go-live: {told}"} if told else {})


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2004-10-13", ""),
        ("2004-09-01", ""),
        ("2004-10-14", "14 October 2004 is still to come; today is 13 October 2004"),
        ("2004-08-31", "31 August 2004 is before it began, on 1 September 2004"),
    ],
)
def test_what_went_live_did_so_by_today_and_not_before_it_began(typed: str, told: str) -> None:
    found = reading("highlight", HIGHLIGHT | {"went_live": typed})
    assert found.errors == ({"went_live": f"Went live on: {told}"} if told else {})
    # Then no forecast is wanted, and the one that was drafted does not stand beside it.
    assert ("forecast_go_live" in found.answers) is bool(told)


def test_a_forecast_that_is_over_by_now_is_not_in_the_way_of_the_day_on_which_it_went_live() -> None:
    sent = HIGHLIGHT | {"went_live": "2004-10-01", "forecast_go_live": "2004-10-02"}
    found = reading("highlight", sent)
    assert (found.errors, found.value("went_live")) == ({}, "2004-10-01")


@pytest.mark.parametrize(
    ("box", "typed", "kept"),
    [
        ("tolerance_cost", "10%", "10"),
        ("tolerance_cost", "7.50 %", "7.5"),
        ("tolerance_cost", "100", "100"),
        ("tolerance_cost", "0", "0"),
        ("tolerance_cost", "100.01", None),
        ("tolerance_cost", "-1", None),
        ("tolerance_cost", "ten", None),
        ("tolerance_cost", "1.234", None),
        ("tolerance_days", "20", "20"),
        ("tolerance_days", "0", "0"),
        ("tolerance_days", "521", None),
        ("tolerance_days", "20 days", None),
        ("tolerance_days", "2.5", None),
        ("tolerance_days", "-1", None),
        ("tolerance_days", "２０", None),
        ("stage_weeks_1", "26", "26"),
        ("stage_weeks_1", "0", None),
        ("stage_weeks_1", "27", None),
        ("stage_weeks_1", "9" * 300, None),
    ],
)
def test_a_percentage_and_a_whole_number_are_what_they_are(box: str, typed: str, kept: str | None) -> None:
    found = reading("initiation", INITIATION | {box: typed}, context=STARTING)
    assert (found.errors.get(box) is None, found.value(box)) == (kept is not None, kept or "")


@pytest.mark.parametrize(
    ("in_pounds", "typed", "kept"),
    [
        (False, "1,250", "1250"),
        (False, "35.5", "35.5"),
        (False, "-3", "-3"),
        (False, "-0", "0"),
        (False, "£12,000", None),
        (False, "35%", None),
        (True, "£12,000", "12000"),
        (True, "12 000.50", "12000.50"),
        (True, "12.505", None),
        (True, "many", None),
    ],
)
def test_a_reading_is_one_number(in_pounds: bool, typed: str, kept: str | None) -> None:
    context = Context(today=TODAY, in_pounds=in_pounds)
    found = reading("benefit", {"reading": typed, "rating": "green", "note": "So"}, context=context)
    assert (found.value("reading"), "reading" in found.errors) == (kept or "", kept is None)


# --------------------------------------------------------------------------------- whole reports


def test_a_report_is_kept_in_one_form() -> None:
    found = reading(
        "highlight", HIGHLIGHT | {"rating_time": "amber", "rating_time_words": " Two weeks  late "}
    )
    assert found.errors == {}
    assert found.answers["rating_time"] == Answered(value="amber", text="Two weeks late")
    assert found.answers["rating_cost"] == Answered(value="green")
    assert found.answers["forecast_cost"] == Answered(value="140000.00")
    assert found.answers["forecast_go_live"] == Answered(value="2005-03-31")
    assert found.answers["done"] == Answered(value=SAID, text="The screens are drawn")
    assert "issues" not in found.answers


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_page() -> None:
    found = faults("highlight", {"rating_time": "purple", "rating_cost": "red", "forecast_cost": "much"})
    assert list(found) == [
        "rating_time",
        "rating_cost_words",
        "rating_scope",
        "rating_quality",
        "rating_risk",
        "rating_benefit",
        "forecast_cost",
        "forecast_go_live",
        "forecast_stage_ends",
        "done",
        "next",
    ]
    assert found["rating_cost_words"] == "Cost: you chose red, so say why"
    assert found["rating_scope"] == "Scope: choose green, amber or red"


def test_nothing_is_asked_where_nothing_has_changed_nor_when_a_stage_ends_that_is_done() -> None:
    assert reading("highlight", {}, Choice.UNCHANGED) == reading("highlight", {}, Choice.UNCHANGED)
    assert reading("highlight", {}, Choice.UNCHANGED).answers == {}
    found = reading("highlight", HIGHLIGHT | {"forecast_stage_ends": "2004-01-01"}, Choice.STAGE_DONE)
    assert found.errors == {}
    assert "forecast_stage_ends" not in found.answers


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("done", "One\nTwo", "Done since the last report: use one line"),
        ("done", "x" * 201, "Done since the last report: use 200 characters or fewer; it has 201"),
        ("rating_time_words", "x" * 201, "Time: use 200 characters or fewer; it has 201"),
    ],
)
def test_a_line_is_a_line(field: str, typed: str, told: str) -> None:
    assert faults("highlight", HIGHLIGHT | {field: typed}) == {field: told}


def test_words_have_an_end() -> None:
    sent = {"cause": "x" * 5001, "consequences": "c", "corporate": "c", "options": "o"}
    found = faults("exception_report", sent | {"recommendation": "more_tolerance"})
    assert found == {
        "cause": "Cause: use 5,000 characters or fewer; it has 5,001",
        "recommendation_words": "Recommendation: you chose more tolerance, so say why",
    }


# --------------------------------------------------------------------------------------- mandate


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"manager": ""}, "manager", "Project manager: choose a post"),
        ({"manager": "eve"}, "manager", "Project manager: choose a post"),
        (
            {"senior_user": "ann"},
            "senior_user",
            "Senior user: Ann is the project manager too, and nobody decides on their own report",
        ),
        (
            {"senior_user": "deputy"},
            "senior_user",
            "Senior user: whoever holds Deputy is the project manager too, and nobody decides on their own "
            "report",
        ),
        (
            {"senior_user": "bob", "senior_supplier": "bob"},
            "senior_supplier",
            "Senior supplier: choose somebody else, for one person alone is no board",
        ),
        ({"template": "waterfall"}, "template", "Gates that it passes: choose one"),
        (
            {"linked": "INV-2004-0002; the other one"},
            "linked",
            "Linked proposals or projects: THE is none; enter references with commas between them, such as "
            "INV-2004-0002, PRJ-2004-0001",
        ),
        ({"linked": "ACT-2004-0001"}, "linked", "Linked proposals or projects: ACT-2004-0001 is none; enter"),
        ({"brief": " \n "}, "brief", "Project brief: say it in words"),
    ],
)
def test_a_mandate_names_a_manager_and_a_board_of_others(
    changed: dict[str, str], field: str, told: str
) -> None:
    found = faults("mandate", MANDATE | changed)
    assert list(found) == [field]
    assert found[field].startswith(told)


def test_two_people_are_a_board() -> None:
    found = reading("mandate", MANDATE | {"senior_supplier": "cat", "linked": "inv-2004-0002,PRJ-2004-0001"})
    assert found.errors == {}
    assert found.value("linked") == "INV-2004-0002, PRJ-2004-0001"
    assert "strategy" not in found.answers


def test_a_case_that_is_linked_has_to_be_there() -> None:
    asked = form("mandate", IN_STAGE)
    assert asked is not None
    sent = MANDATE | {"linked": "INV-2004-0002, PRJ-2004-0001"}
    found = read(asked, IN_STAGE, sent, Choice.REPORT, lambda reference: reference.startswith("INV"))
    assert found.errors == {
        "linked": "Linked proposals or projects: there is no other proposal or project PRJ-2004-0001"
    }


# ----------------------------------------------------------------------------------------- plans


STARTING = IN_STAGE.model_copy(update={"baseline": None, "stage": 0})
SECOND = IN_STAGE.model_copy(update={"stage": 2, "today": date(2005, 1, 10)})
GATEWAYS = STARTING.model_copy(update={"stages": 3})
LIVE = IN_STAGE.model_copy(update={"went_live": date(2004, 10, 1)})
THIRD = {"stage_name_3": "Support", "stage_ends_3": "2005-06-30", "stage_cost_3": "1000"}


def test_a_plan_has_its_stages_in_rows_and_a_row_of_nothing_but_what_was_offered_is_none() -> None:
    found = reading("initiation", INITIATION, context=STARTING)
    assert found.errors == {}
    assert found.answers["stage_name_2"] == Answered(value=SAID, text="Roll out")
    assert (found.value("stage_cost_2"), found.value("stage_weeks_2")) == ("56000.00", "4")
    assert not any(name.endswith("_3") for name in found.answers)


@pytest.mark.parametrize(
    ("context", "changed", "field", "told"),
    [
        (
            STARTING,
            {"stage_name_2": "", "stage_ends_2": "", "stage_cost_2": ""} | THIRD | {"after_go_live": "yes"},
            "stage_name_2",
            "Stage 3 is filled in and stage 2 is not: fill it in, or move the stages after it up",
        ),
        (
            STARTING,
            {"stage_ends_2": "2004-12-17"},
            "stage_ends_2",
            "Stage 2, ends on: 17 December 2004 is not after stage 1, which ends on 17 December 2004",
        ),
        (
            STARTING,
            {"stage_ends_1": "2004-10-12"},
            "stage_ends_1",
            "Stage 1, ends on: 12 October 2004 is in the past; today is 13 October 2004",
        ),
        (
            STARTING,
            THIRD,
            "stage_ends_3",
            "Stage 3, ends on: 30 June 2005 is after go-live on 31 March 2005; change one of them, or tick "
            "that stages go on after go-live",
        ),
        (STARTING, {"stage_cost_2": ""}, "stage_cost_2", "Stage 2, what it costs: enter an amount in pounds"),
        (
            GATEWAYS,
            {},
            "stage_name_3",
            "Stage 3: say what it is called, for the gates of this project need 3 stages",
        ),
        (
            GATEWAYS,
            THIRD
            | {"stage_name_4": "More", "stage_ends_4": "2005-07-30", "stage_cost_4": "1"}
            | {"after_go_live": "yes"},
            "stage_name_4",
            "The gates of this project need 3 stages, and here are 4",
        ),
        (
            SECOND,
            {"stage_name_2": "", "stage_ends_2": "", "stage_cost_2": "", "go_live": "2005-01-31"},
            "stage_name_2",
            "Stage 2: say what it is called, for stage 2 has begun, so it stays in the plan",
        ),
        (STARTING, {"go_live": "2004-10-01"}, "go_live", "Go-live: 1 October 2004 is in the past"),
        (LIVE, {}, "go_live", "Go-live: it went live on 1 October 2004, and that stays"),
        (STARTING, {"after_go_live": "perhaps"}, "after_go_live", "Stages go on after go-live: tick it"),
    ],
)
def test_stages_follow_each_other_without_a_gap(
    context: Context, changed: dict[str, str], field: str, told: str
) -> None:
    found = faults("exception_plan", INITIATION | changed, context=context)
    assert list(found) == [field]
    assert found[field].startswith(told)


def test_stages_go_on_after_go_live_where_that_is_said_and_one_that_is_over_may_be_in_the_past() -> None:
    assert faults("initiation", INITIATION | THIRD | {"after_go_live": "yes"}, context=STARTING) == {}
    assert faults("exception_plan", INITIATION, context=SECOND) == {}


def test_a_plan_without_a_stage_says_all_that_its_first_stage_needs() -> None:
    found = faults("initiation", {}, context=STARTING)
    assert list(found)[:3] == ["stage_name_1", "stage_ends_1", "stage_cost_1"]
    assert "stage_name_2" not in found


# ------------------------------------------------------------------- exceptions, gates and checks


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"tolerance_cost": "5"}, "tolerance_cost", "Tolerance for cost: 5% is less than the 10%"),
        (
            {"tolerance_days": "5"},
            "tolerance_days",
            "Tolerance for time: 5 working days are fewer than the 20",
        ),
        ({"tolerance_days": ""}, "tolerance_days", "Tolerance for time: enter a whole number"),
    ],
)
def test_more_tolerance_is_more(changed: dict[str, str], field: str, told: str) -> None:
    found = faults("exception_board", MORE | changed, Choice.MORE_TOLERANCE)
    assert list(found) == [field]
    assert found[field].startswith(told)
    assert faults("exception", MORE, Choice.MORE_TOLERANCE) == {}
    assert reading("exception", MORE | changed, Choice.CLOSE_EARLY).answers == {}


MATRIX = (
    Band(over_percent=Decimal(15), late=30, authority=Authority.PROGRAMME_OFFICE),
    Band(over_percent=Decimal(30), late=60, authority=Authority.BOARD),
    Band(authority=Authority.SRG),
)


@pytest.mark.parametrize(
    ("asked", "cost", "late", "field", "told"),
    [
        (Authority.PROGRAMME_OFFICE, "15", "30", "", ""),
        (Authority.PROGRAMME_OFFICE, "15.01", "20", "tolerance_cost", "by the handbook the project board"),
        (
            Authority.PROGRAMME_OFFICE,
            "12.5",
            "61",
            "tolerance_days",
            "by the handbook SRG decides on as much",
        ),
        (Authority.BOARD, "30", "60", "", ""),
        (Authority.BOARD, "31", "20", "tolerance_cost", "by the handbook SRG decides on as much"),
        (Authority.SRG, "100", "500", "", ""),
        (Authority.BOARD, "12.49", "25", "tolerance_cost", "12.49% is less than the 12.5%"),
        (Authority.BOARD, "12.5", "20", "", ""),
    ],
)
def test_nobody_grants_more_than_they_would_decide_on_or_less_than_is_forecast(
    asked: Authority, cost: str, late: str, field: str, told: str
) -> None:
    needed = Tolerances(cost_percent=Decimal("12.5"), days=0)
    context = IN_STAGE.model_copy(update={"asked": asked, "matrix": MATRIX, "needed": needed})
    kind = PUT_TO[asked]
    sent = {"tolerance_cost": cost, "tolerance_days": late}
    found = faults(kind, sent, Choice.MORE_TOLERANCE, context=context)
    assert list(found) == ([field] if field else [])
    assert told in found.get(field, "")


def test_a_red_rating_is_tolerated_without_more_of_cost_or_time() -> None:
    context = IN_STAGE.model_copy(update={"asked": Authority.BOARD, "matrix": MATRIX})
    sent = {"tolerance_cost": "10", "tolerance_days": "20"}
    assert faults("exception_board", sent, Choice.MORE_TOLERANCE, context=context) == {}
    of_cost = context.model_copy(update={"needed": Tolerances(cost_percent=Decimal(5), days=0)})
    found = faults("exception_board", sent, Choice.MORE_TOLERANCE, context=of_cost)
    assert found["tolerance_cost"].startswith("Tolerance for cost: that is what is tolerated now")


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"next_ends": "2005-05-31"}, "next_ends", "is not before stage 3 ends"),
        ({"next_ends": "2005-04-04"}, "next_ends", "is after go-live, forecast for 31 March 2005"),
        ({"next_ends": "2005-04-04", "forecast_go_live": "2005-04-04"}, "", ""),
        ({"next_ends": "2005-04-04", "forecast_go_live": "", "went_live": "2004-10-11"}, "", ""),
        ({"next_cost": "130,000"}, "next_cost", "more than the whole is forecast to cost, £140,000"),
    ],
)
def test_the_next_stage_fits_into_the_plan_and_into_what_is_forecast(
    changed: dict[str, str], field: str, told: str
) -> None:
    third = Stage(number=3, ends=date(2005, 5, 31), cost=Decimal(20_000), report_weeks=4)
    plan = PLANNED.model_copy(update={"stages": (*PLANNED.stages, third)})
    context = IN_STAGE.model_copy(update={"baseline": plan})
    forecasts = {name: said for name, said in HIGHLIGHT.items() if name not in ("done", "next")}
    found = faults("end_stage", forecasts | ENDED | changed, context=context)
    assert list(found) == ([field] if field else [])
    assert told in found.get(field, "")


def test_a_next_stage_may_outlast_one_that_was_to_be_over_by_now() -> None:
    """Its own gate plans that anew; no report could say anything else."""
    third = Stage(number=3, ends=date(2004, 12, 30), cost=Decimal(20_000), report_weeks=4)
    plan = PLANNED.model_copy(update={"stages": (*PLANNED.stages, third)})
    context = IN_STAGE.model_copy(update={"baseline": plan, "today": date(2005, 1, 3)})
    forecasts = {name: said for name, said in HIGHLIGHT.items() if name not in ("done", "next")}
    assert faults("end_stage", forecasts | ENDED, context=context) == {}


@pytest.mark.parametrize(
    ("choice", "plan", "risks", "field"),
    [
        (Choice.VERIFY, "met", "met", ""),
        (Choice.VERIFY, "met", "not_met", "standard_risks"),
        (Choice.FALL_SHORT, "met", "not_met", ""),
        (Choice.FALL_SHORT, "met", "met", "choice"),
        (Choice.FALL_SHORT, "met", "", "standard_risks"),
    ],
)
def test_what_is_found_of_each_standard_agrees_with_what_is_chosen(
    choice: Choice, plan: str, risks: str, field: str
) -> None:
    sent = {"standard_plan": plan, "standard_risks": risks, "standard_risks_words": "No register"}
    assert list(faults("standards_check", sent, choice)) == ([field] if field else [])


@pytest.mark.parametrize(("early", "wanted"), [(False, True), (True, False)])
def test_a_project_that_ends_says_when_it_went_live_unless_it_closes_early(early: bool, wanted: bool) -> None:
    context = IN_STAGE.model_copy(update={"early": early})
    sent = END | {"went_live": ""}
    assert list(faults("end_project", sent, context=context)) == (["went_live"] if wanted else [])
    assert faults("end_project", END, context=context) == {}


def test_the_next_stage_is_planned_where_there_is_one() -> None:
    forecasts = {name: said for name, said in HIGHLIGHT.items() if name not in ("done", "next")}
    assert faults("end_stage", forecasts | ENDED) == {}
    assert list(faults("end_stage", forecasts | ENDED | {"next_plan": ""})) == ["next_plan"]
    last = IN_STAGE.model_copy(update={"stage": 2})
    found = reading("end_stage", forecasts | {**ENDED, "next_plan": ""}, context=last)
    assert (found.errors, found.value("next_cost")) == ({}, "")


def test_lessons_are_wanted_in_rows_of_a_title_and_words() -> None:
    review = {
        "objectives": "partly",
        "objectives_words": "All but one",
        "benefits": "Most",
        "users": "Glad",
        "outturn": "As planned",
        "final_cost": "140000",
        "lesson_title_1": "Ask early",
        "lesson_1": "Ask the users before the tender",
        "lesson_2": "Nobody knows",
    }
    assert faults("review", review) == {"lesson_title_2": "Lesson 2, in a line: say it in a line"}


# ------------------------------------------------------------------------------------- and back


@pytest.mark.parametrize(
    ("kind", "sent", "context"),
    [
        ("highlight", HIGHLIGHT | {"rating_time": "red", "rating_time_words": "Late"}, IN_STAGE),
        ("initiation", INITIATION | {"stage_cost_1": "84,000.50"}, STARTING),
        ("mandate", MANDATE, IN_STAGE),
        ("benefit", {"reading": "1250", "rating": "green", "note": "So"}, Context(today=TODAY)),
    ],
)
def test_what_was_answered_fills_the_same_boxes_again(
    kind: str, sent: Mapping[str, str], context: Context
) -> None:
    first = reading(kind, sent, context=context)
    assert first.errors == {}
    again = reading(kind, held(first.answers), context=context)
    assert (again.errors, again.answers) == ({}, first.answers)


def test_an_amount_is_held_as_people_write_it() -> None:
    assert held({"forecast_cost": Answered(value="152000.00")}) == {"forecast_cost": "152,000"}
    assert held({"forecast_cost": Answered(value="1250.50")}) == {"forecast_cost": "1,250.50"}


# ------------------------------------------------------------------------- an assessment

ASSESSED = Context(
    today=TODAY,
    delivery_options=(("in_house", "In-house"), ("shared", "Shared"), ("managed", "Managed service")),
)
WEIGHED = {
    "weighed_in_house": "We know the users",
    "cost_in_house": "£92,000",
    "weighed_managed": "More hours",
    "left_out_shared": "Nobody is near enough",
    "recommendation": "managed",
    "recommendation_words": "It costs less",
}


def test_every_option_is_weighed_or_left_out_for_a_reason_and_one_is_recommended() -> None:
    understood = reading("assessment", WEIGHED, context=ASSESSED)
    assert understood.errors == {}
    assert understood.answers == {
        "weighed_in_house": Answered(value=SAID, text="We know the users"),
        "cost_in_house": Answered(value="92000.00"),
        "left_out_shared": Answered(value=SAID, text="Nobody is near enough"),
        "weighed_managed": Answered(value=SAID, text="More hours"),
        "recommendation": Answered(value="managed", text="It costs less"),
    }
    assert held(understood.answers)["cost_in_house"] == "92,000"


@pytest.mark.parametrize(
    ("changed", "box", "told"),
    [
        # A way of delivery about which nothing is said.
        (
            {"left_out_shared": ""},
            "weighed_shared",
            "Shared: say what speaks for and against it, or below why you leave it out",
        ),
        # Both at once.
        (
            {"weighed_shared": "Cheap"},
            "left_out_shared",
            "Shared: it is weighed, and you say why it is not; empty one of the two boxes",
        ),
        (
            {"cost_shared": "1,000"},
            "cost_shared",
            "Shared: it is left out, so empty its cost, or weigh it",
        ),
        ({"cost_in_house": "some"}, "cost_in_house", "In-house, cost: enter an amount in pounds"),
        ({"cost_in_house": "-5"}, "cost_in_house", "In-house, cost: an amount cannot be below nothing"),
        ({"recommendation": ""}, "recommendation", "Recommendation: choose one"),
        ({"recommendation": "none"}, "recommendation", "Recommendation: choose one"),
        (
            {"recommendation_words": ""},
            "recommendation_words",
            "Recommendation: you chose managed service, so say why",
        ),
        (
            {"recommendation": "shared"},
            "recommendation",
            "Recommendation: Shared is not weighed; recommend one that is, or weigh it",
        ),
        # Only one of them.
        (
            {"weighed_in_house": "", "cost_in_house": "", "left_out_in_house": "Too few people"},
            "weighed_in_house",
            "In-house: weigh it, or another: there is nothing to choose where only one is weighed",
        ),
        (
            {"weighed_managed": "x" * 5_001},
            "weighed_managed",
            "Managed service, weighed: use 5,000 characters or fewer; it has 5,001",
        ),
    ],
)
def test_what_an_assessment_does_not_say_is_told_at_its_box(
    changed: dict[str, str], box: str, told: str
) -> None:
    found = faults("assessment", WEIGHED | changed, context=ASSESSED)
    assert [*found] == [box]
    assert found[box].startswith(told)


def test_an_empty_assessment_is_told_of_every_option_in_their_order() -> None:
    assert [*faults("assessment", {}, context=ASSESSED)] == [
        "weighed_in_house",
        "weighed_shared",
        "weighed_managed",
        "recommendation",
    ]


CHOOSING = ASSESSED.model_copy(
    update={"delivery_options": ASSESSED.delivery_options[::2], "recommended": "managed"}
)


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"option": "managed"}, {}),
        ({"option": "in_house", "option_words": "It binds us less"}, {}),
        ({"option": "in_house"}, {"option_words": "Option: you chose in-house, so say why"}),
        ({}, {"option": "Option: choose one"}),
        ({"option": "shared", "option_words": "Cheap"}, {"option": "Option: choose one"}),
    ],
)
@pytest.mark.parametrize("kind", ["assessment_srg", "assessment_choice"])
def test_any_option_that_was_weighed_may_be_chosen_and_another_than_recommended_with_why(
    kind: str, sent: dict[str, str], found: dict[str, str]
) -> None:
    assert faults(kind, sent, Choice.APPROVE, CHOOSING) == found


def test_what_is_sent_back_needs_no_option() -> None:
    assert faults("assessment_srg", {}, Choice.RETURN, CHOOSING) == {}
