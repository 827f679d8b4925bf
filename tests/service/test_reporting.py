"""What people say in boxes is read as figures, days, posts and ratings."""

from datetime import date
from decimal import Decimal

import pytest

from service import reporting
from service.store.intents import ERASED, SAID, Answered
from service.store.projects import Called
from workflows.delivery import Forecast, Plan, Rag, Stage, Tolerance, Tolerances

SPONSOR = "cd-rc"
BEFORE = Forecast(
    cost=Decimal("140000.00"),
    go_live=date(2005, 3, 31),
    stage_ends=date(2005, 1, 31),
    ratings=dict.fromkeys(Tolerance, Rag.GREEN),
)
PLAN = Plan(
    stages=(
        Stage(number=1, ends=date(2005, 1, 31), cost=Decimal(90000)),
        Stage(number=2, ends=date(2005, 3, 15), cost=Decimal(50000)),
    ),
    go_live=date(2005, 3, 31),
)


def said(**answers: str) -> dict[str, Answered]:
    """Return answers; what begins with “ is in words."""
    return {
        name: Answered(value=SAID, text=value[1:]) if value.startswith("“") else Answered(value=value)
        for name, value in answers.items()
    }


@pytest.mark.parametrize(
    ("linked", "found"),
    [
        ("", ()),
        ("INV-2004-0001", ("INV-2004-0001",)),
        ("inv-2004-0001, PRJ-2004-0002;INV-2004-0001", ("INV-2004-0001", "PRJ-2004-0002")),
        ("“INV-2004-0001 and the other", ("INV-2004-0001",)),
        ("none of them", ()),
    ],
)
def test_a_mandate_names_what_is_linked_by_reference(linked: str, found: tuple[str, ...]) -> None:
    read = reporting.mandate(said(manager="m", linked=linked), sponsor=SPONSOR, template="prince2")
    assert (read.linked, read.executive, read.template) == (found, SPONSOR, "prince2")


def test_a_plan_is_as_many_rows_as_have_an_end() -> None:
    answers = said(
        stage_name_1="“Build",
        stage_ends_1="2005-01-31",
        stage_cost_1="90000.00",
        stage_name_2="“",
        stage_ends_2="2005-03-15",
        stage_cost_2="50000.00",
        stage_weeks_2="2",
        go_live="2005-03-31",
        tolerance_days="5",
    )
    read = reporting.plan(answers, weeks=4, tolerances=Tolerances(cost_percent=Decimal(10), days=20))
    assert [(one.cost, one.report_weeks) for one in read.stages] == [
        (Decimal("90000.00"), 4),
        (Decimal("50000.00"), 2),
    ]
    assert read.tolerances == Tolerances(cost_percent=Decimal(10), days=5)


@pytest.mark.parametrize(
    ("answers", "found", "pilot"),
    [
        ({}, None, False),
        ({"stage_name_1": "“ Build \n it"}, Called(name="Build it"), False),
        (
            {"stage_name_1": "“Pilot", "stage_pilot_1": "“The hall"},
            Called(name="Pilot", pilot="The hall"),
            True,
        ),
        ({"stage_name_1": SAID}, Called(name=ERASED), False),
        ({"stage_name_1": SAID, "stage_pilot_1": SAID}, Called(name=ERASED, pilot=ERASED), True),
        ({"next_ends": "2005-01-31"}, None, False),
    ],
    ids=["no plan", "a stage", "a pilot", "erased", "a pilot that was erased", "another report"],
)
def test_what_a_stage_is_called_is_words_that_can_be_erased(
    answers: dict[str, str], found: Called | None, pilot: bool
) -> None:
    planned = {"stage_ends_1": "2005-01-31", "stage_cost_1": "1", "go_live": "2005-03-31"} if found else {}
    read = said(**answers, **planned)
    assert reporting.called(read) == ({1: found} if found else {})
    if found:
        assert reporting.plan(read, weeks=4, tolerances=Tolerances()).stages[0].pilot is pilot


def test_a_plan_without_a_stage_is_none() -> None:
    with pytest.raises(ValueError, match="without a stage"):
        reporting.plan(said(go_live="2005-03-31"), weeks=4, tolerances=Tolerances())


@pytest.mark.parametrize(
    ("ended", "answers", "ends", "cost"),
    [
        (1, {"next_ends": "2005-04-29", "next_cost": "60000.00"}, date(2005, 4, 29), Decimal("60000.00")),
        (1, {"next_ends": "2005-04-29"}, date(2005, 4, 29), Decimal(50000)),
        (1, {}, None, None),
        (2, {"next_ends": "2005-04-29"}, None, None),
    ],
)
def test_an_end_stage_report_plans_the_stage_after(
    ended: int, answers: dict[str, str], ends: date | None, cost: Decimal | None
) -> None:
    read = reporting.next_stage(said(**answers), PLAN, ended)
    if ends is None:
        assert read is None
        return
    assert read is not None
    assert (read.stages[0], read.stages[1].ends, read.stages[1].cost) == (PLAN.stages[0], ends, cost)


@pytest.mark.parametrize(
    ("answers", "changes"),
    [
        ({}, {}),
        ({"forecast_cost": "150000.00"}, {"cost": Decimal("150000.00")}),
        ({"final_cost": "151000.00"}, {"cost": Decimal("151000.00")}),
        ({"forecast_go_live": "2005-05-03"}, {"go_live": date(2005, 5, 3)}),
        ({"forecast_go_live": "2005-05-03", "went_live": "2005-04-29"}, {"go_live": date(2005, 4, 29)}),
        ({"forecast_stage_ends": "2005-02-14"}, {"stage_ends": date(2005, 2, 14)}),
        ({"rating_risk": "red"}, {"ratings": BEFORE.ratings | {Tolerance.RISK: Rag.RED}}),
    ],
)
def test_what_a_report_does_not_say_is_as_it_was(answers: dict[str, str], changes: dict[str, object]) -> None:
    assert reporting.forecast(said(**answers), BEFORE) == BEFORE.model_copy(update=changes)


def test_of_several_who_grant_more_all_grant_the_least() -> None:
    granted = (
        Tolerances(cost_percent=Decimal(30), days=20),
        Tolerances(cost_percent=Decimal(25), days=60),
    )
    assert reporting.least(granted) == Tolerances(cost_percent=Decimal(25), days=20)


def test_a_check_says_which_standards_are_not_met_and_why() -> None:
    answers = said(standard_plan="met", standard_risks="not_met") | {
        "standard_users": Answered(value="not_met", text=" Nobody was asked ")
    }
    assert reporting.findings(answers) == {"plan": "met", "risks": "not_met", "users": "not_met"}
    told = reporting.shortcomings(answers, {"risks": "Risks have owners", "users": "Users have a part"})
    assert told == "Risks have owners: not met\nUsers have a part: Nobody was asked"


def test_a_reading_is_a_number_as_it_was_written() -> None:
    assert reporting.reading(said(reading="-3.50", rating="amber")) == ("-3.50", Rag.AMBER)
