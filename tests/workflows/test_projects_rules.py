"""Which gate follows which, where projects can be, what decisions lead to, when benefits are measured."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from tests.support.core import terms
from workflows.delivery import (
    Baseline,
    BenefitState,
    Course,
    ExceptionState,
    Forecast,
    GateKind,
    ProjectState,
    Stage,
    Tolerances,
    Variance,
)
from workflows.model import Choice, Ending, Frozen, Outcome, State
from workflows.rules import benefits, projects, states
from workflows.rules.projects import Then

G, C = GateKind, Choice
NOON = datetime(2004, 9, 13, 12, tzinfo=UTC)


def outcome(choice: Choice | None, ending: Ending = Ending.DECIDED) -> Outcome:
    return Outcome(step="PRJ-2004-0001.gate-1.1", ending=ending, choice=choice, at=NOON)


# --------------------------------------------------------------------------- without words


@pytest.mark.parametrize("part", [Baseline, Stage, Tolerances, Forecast, Variance])
def test_what_a_process_knows_of_a_plan_or_a_report_has_no_words(part: type[Frozen]) -> None:
    assert [name for name, field in part.model_fields.items() if field.annotation is str] == []


# ------------------------------------------------------------------------------ the states

TABLES: list[tuple[Mapping[Any, Sequence[Any]], type[StrEnum], StrEnum, set[StrEnum]]] = [
    (
        projects.TRANSITIONS,
        ProjectState,
        ProjectState.STARTING,
        {ProjectState.CLOSED, ProjectState.CLOSED_EARLY},
    ),
    (
        projects.OF_EXCEPTIONS,
        ExceptionState,
        ExceptionState.RAISED,
        {ExceptionState.SETTLED, ExceptionState.WITHDRAWN},
    ),
    (
        projects.OF_BENEFITS,
        BenefitState,
        BenefitState.EXPECTED,
        {BenefitState.CONCLUDED, BenefitState.WITHDRAWN},
    ),
]


@pytest.mark.parametrize(("table", "kind", "first", "ends"), TABLES)
def test_every_state_is_reached_and_leads_to_an_end(
    table: Mapping[Any, Sequence[Any]], kind: type[StrEnum], first: StrEnum, ends: set[StrEnum]
) -> None:
    assert {*table} == {*kind}
    assert {following for nexts in table.values() for following in nexts} == {*kind} - {first}
    assert {state for state, nexts in table.items() if not nexts} == ends
    for nexts in table.values():
        assert len(nexts) == len({*nexts})


@pytest.mark.parametrize(("table", "kind", "first", "ends"), TABLES)
def test_a_word_for_a_state_means_an_end_for_cases_of_every_kind_or_for_none(
    table: Mapping[Any, Sequence[Any]], kind: type[StrEnum], first: StrEnum, ends: set[StrEnum]
) -> None:
    for state in {*map(str, table)} & {*map(str, states.TRANSITIONS)}:
        assert states.is_end(State(state)) == (kind(state) in ends)


# ------------------------------------------------------------------------------- the gates


@pytest.mark.parametrize(
    ("passed", "stage", "stages", "ahead"),
    [
        (None, 0, 0, G.START_UP),
        (G.START_UP, 0, 0, G.INITIATION),
        (G.INITIATION, 1, 3, G.BOUNDARY),
        (G.BOUNDARY, 2, 3, G.BOUNDARY),
        # After the last stage nothing is left to be authorised but the end.
        (G.BOUNDARY, 3, 3, G.CLOSURE),
        (G.INITIATION, 1, 1, G.CLOSURE),
        # A new plan with fewer stages ends with the one in hand.
        (G.BOUNDARY, 3, 2, G.CLOSURE),
    ],
)
def test_one_gate_follows_another(passed: GateKind | None, stage: int, stages: int, ahead: GateKind) -> None:
    assert projects.gate_ahead(passed, stage, stages) is ahead


@pytest.mark.parametrize(
    ("gate", "number", "key"),
    [
        (G.START_UP, 0, "gate-start-up"),
        (G.INITIATION, 0, "gate-initiation"),
        (G.BOUNDARY, 2, "gate-2"),
        (G.CLOSURE, 3, "gate-closure"),
        (G.EXCEPTION_PLAN, 4, "plan-4"),
    ],
)
def test_a_gate_is_put_under_its_own_key(gate: GateKind, number: int, key: str) -> None:
    assert projects.gate_key(gate, number) == key
    assert projects.before_srg(key) == f"{key}-srg"


def test_a_stage_begins_where_its_gate_is_passed_and_goes_on_under_a_new_plan() -> None:
    today = date(2004, 12, 1)
    at_gate = Course(passed=G.INITIATION, stage=1, since=date(2004, 9, 13), stage_over=True, report="r")

    def after(gate: GateKind) -> tuple[int, date | None, bool, str]:
        then = at_gate.model_copy(update=projects.beyond(gate, at_gate, today))
        return then.stage, then.since, then.stage_over, then.report

    assert after(G.BOUNDARY) == (2, today, False, "")
    assert after(G.EXCEPTION_PLAN) == (1, date(2004, 9, 13), False, "")
    assert projects.beyond(G.CLOSURE, at_gate, today)["ended"] is ProjectState.CLOSED
    begun = Course().model_copy(update=projects.beyond(G.START_UP, Course(), today))
    assert (begun.passed, begun.stage) == (G.START_UP, 0)
    assert begun.model_copy(update=projects.beyond(G.INITIATION, begun, today)).stage == 1


@pytest.mark.parametrize(
    ("choice", "ending", "gate", "exception"),
    [
        (C.AUTHORISE, Ending.DECIDED, Then.GO_ON, None),
        (C.AUTHORISE_WITH_CONDITIONS, Ending.DECIDED, Then.GO_ON, None),
        (C.RETURN, Ending.DECIDED, Then.REPORT_AGAIN, None),
        (C.EXCEPTION_PLAN, Ending.DECIDED, Then.PLAN_ANEW, Then.PLAN_ANEW),
        (C.MORE_TOLERANCE, Ending.DECIDED, None, Then.TOLERATE_MORE),
        (C.CLOSE_EARLY, Ending.DECIDED, Then.CLOSE_EARLY, Then.CLOSE_EARLY),
        (C.REFER_UP, Ending.DECIDED, Then.ASK_SRG, Then.ASK_SRG),
        # What a board leaves undecided, whoever stands above it decides.
        (None, Ending.SILENT, Then.ASK_SRG, Then.ASK_SRG),
        (None, Ending.WITHDRAWN, Then.NOTHING, Then.NOTHING),
        (C.APPROVE, Ending.DECIDED, None, None),
    ],
)
def test_what_a_gate_or_an_exception_came_to_says_what_follows(
    choice: Choice | None, ending: Ending, gate: Then | None, exception: Then | None
) -> None:
    for after, then in ((projects.after_gate, gate), (projects.after_exception, exception)):
        if then is None:
            with pytest.raises(ValueError, match="leads a project nowhere"):
                after(outcome(choice, ending))
        else:
            assert after(outcome(choice, ending)) is then


@pytest.mark.parametrize(
    ("gate", "srg", "missing"),
    [
        (G.BOUNDARY, True, set()),
        (G.BOUNDARY, False, {C.REFER_UP}),
        (G.START_UP, True, {C.EXCEPTION_PLAN}),
        (G.INITIATION, False, {C.EXCEPTION_PLAN, C.REFER_UP}),
        (G.CLOSURE, True, {C.EXCEPTION_PLAN}),
        (G.EXCEPTION_PLAN, True, set()),
        (None, False, {C.REFER_UP}),
    ],
)
def test_nothing_is_offered_that_would_lead_nowhere(
    gate: GateKind | None, srg: bool, missing: set[Choice]
) -> None:
    all_of_them = terms(choices=(C.AUTHORISE, C.RETURN, C.EXCEPTION_PLAN, C.REFER_UP))
    offered = projects.offering(all_of_them, gate, srg=srg).choices
    assert {*all_of_them.choices} - {*offered} == missing


def test_a_plan_that_has_fewer_stages_than_are_done_has_its_last_in_hand() -> None:
    ends = (date(2004, 12, 1), date(2005, 3, 1))
    stages = tuple(
        Stage(number=number, ends=day, cost=Decimal(1)) for number, day in enumerate(ends, start=1)
    )
    baseline = Baseline(stages=stages, go_live=ends[1])
    assert [projects.stage_in(baseline, number).ends for number in (1, 2, 3)] == [*ends, ends[1]]


# ----------------------------------------------------------------------- months after go-live


@pytest.mark.parametrize(
    ("month", "went_live", "day"),
    [
        (6, "2005-03-01", "2005-09-01"),
        (3, "2004-11-30", "2005-02-28"),
        (12, "2004-02-29", "2005-02-28"),
        (24, "2005-12-30", "2007-12-31"),
        # On days that are not worked nobody is asked, but on the next that is.
        (24, "2005-06-30", "2007-07-02"),
        (6, "2004-06-25", "2004-12-29"),
        (6, "2004-06-27", "2004-12-29"),
    ],
)
def test_a_month_after_go_live_is_the_same_day_of_it_or_its_last_or_the_next_that_is_worked(
    month: int, went_live: str, day: str
) -> None:
    off = (date(2004, 12, 27), date(2004, 12, 28))
    assert benefits.due(month, date.fromisoformat(went_live), off) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("asked", "today", "ahead"),
    [
        (0, "2005-03-01", (0, 3)),
        (0, "2005-06-01", (0, 3)),
        (1, "2005-06-01", (1, 6)),
        # A day that is not worked has not come before the next that is.
        (1, "2005-09-01", (1, 6)),
        # Of several that have come, only the last is asked for.
        (0, "2005-09-01", (0, 3)),
        (0, "2005-09-02", (1, 6)),
        (0, "2010-01-01", (2, 12)),
        (2, "2005-09-01", (2, 12)),
        (3, "2006-03-01", None),
    ],
)
def test_a_benefit_is_asked_for_in_each_of_its_months(
    asked: int, today: str, ahead: tuple[int, int] | None
) -> None:
    went_live, off = date(2005, 3, 1), (date(2005, 9, 1),)
    assert benefits.month_ahead((3, 6, 12), asked, went_live, date.fromisoformat(today), off) == ahead
