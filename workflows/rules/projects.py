"""Projects: which gate follows which, where a project can be, and what a gate or an exception leads to."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from workflows.delivery import (
    Authority,
    Baseline,
    BenefitState,
    Course,
    ExceptionState,
    GateKind,
    ProjectState,
    Stage,
)
from workflows.model import Choice, Ending, Outcome, Terms
from workflows.rules import states

MANDATE, INITIATION, END_PROJECT = "mandate", "initiation", "end_project"
GATE, GATE_SRG = "gate", "gate_srg"
HIGHLIGHT, END_STAGE = "highlight", "end_stage"
EXCEPTION_REPORT, EXCEPTION_PLAN = "exception_report", "exception_plan"
STANDARDS_CHECK, STANDARDS_SRG = "standards_check", "standards_srg"
REVIEW, REVIEW_CHECK, REVIEW_SRG = "review", "review_check", "review_srg"
BENEFIT = "benefit"
"""The kinds of question that projects, reviews and benefits put; those of exceptions are `PUT_TO`."""

PUT_TO: Mapping[Authority, str] = {
    Authority.PROGRAMME_OFFICE: "exception",
    Authority.BOARD: "exception_board",
    Authority.SRG: "exception_srg",
}
"""The kind of question by which an exception is put to whoever decides on it."""
PUT_TO_BOARD = PUT_TO[Authority.BOARD]

GO_LIVE, STANDARDS = "go_live", "standards"
"""What a benefit waits for before it is measured, and the key under which standards are asked about."""
REVIEW_LEG = "post_implementation_review"
"""The leg of a proposal's route that waits for its review to be due."""

# Why a question of a project is dropped though the project goes on, for `StepClosing.why`.
FROZEN = "frozen"
"""A report is past what is tolerated, and whoever has the authority decides on that first."""
MANAGER_CHANGED, BOARD_CHANGED = "manager_changed", "board_changed"
"""Somebody else is asked from now on."""
GATE_DECIDED = "gate_decided"
"""It was decided at the gate, or of the whole project, and what is asked beside that is wanted no more."""
NEXT_DUE = "next_due"
"""The next report is due, or the end of the stage has come."""

TRANSITIONS: Mapping[ProjectState, tuple[ProjectState, ...]] = {
    ProjectState.STARTING: (ProjectState.INITIATING, ProjectState.CLOSING, ProjectState.CLOSED_EARLY),
    ProjectState.INITIATING: (ProjectState.IN_STAGE, ProjectState.CLOSING, ProjectState.CLOSED_EARLY),
    ProjectState.IN_STAGE: (
        ProjectState.AT_GATE,
        ProjectState.IN_EXCEPTION,
        ProjectState.CLOSING,
        ProjectState.CLOSED_EARLY,
    ),
    ProjectState.AT_GATE: (
        ProjectState.IN_STAGE,
        ProjectState.IN_EXCEPTION,
        ProjectState.CLOSING,
        ProjectState.CLOSED_EARLY,
    ),
    ProjectState.IN_EXCEPTION: (
        ProjectState.IN_STAGE,
        ProjectState.AT_GATE,
        ProjectState.CLOSING,
        ProjectState.CLOSED_EARLY,
    ),
    ProjectState.CLOSING: (ProjectState.CLOSED, ProjectState.CLOSED_EARLY),
    ProjectState.CLOSED: (),
    ProjectState.CLOSED_EARLY: (),
}
"""From each state of a project, those it may change to. One whose proposal is withdrawn closes early."""

OF_EXCEPTIONS: Mapping[ExceptionState, tuple[ExceptionState, ...]] = {
    ExceptionState.RAISED: (ExceptionState.SETTLED, ExceptionState.WITHDRAWN),
    ExceptionState.SETTLED: (),
    ExceptionState.WITHDRAWN: (),
}
"""From each state of an exception from the project standards, those it may change to."""

OF_BENEFITS: Mapping[BenefitState, tuple[BenefitState, ...]] = {
    BenefitState.EXPECTED: (BenefitState.MEASURING, BenefitState.WITHDRAWN),
    BenefitState.MEASURING: (BenefitState.CONCLUDED, BenefitState.WITHDRAWN),
    BenefitState.CONCLUDED: (),
    BenefitState.WITHDRAWN: (),
}
"""From each state of a benefit, those it may change to."""


class Then(StrEnum):
    """What follows from what a gate or an exception came to."""

    GO_ON = "go_on"
    REPORT_AGAIN = "report_again"
    PLAN_ANEW = "plan_anew"
    TOLERATE_MORE = "tolerate_more"
    CLOSE_EARLY = "close_early"
    ASK_SRG = "ask_srg"
    NOTHING = "nothing"
    """It was dropped: whatever stopped it comes first."""


_AFTER_A_GATE = {
    Choice.AUTHORISE: Then.GO_ON,
    Choice.AUTHORISE_WITH_CONDITIONS: Then.GO_ON,
    Choice.RETURN: Then.REPORT_AGAIN,
    Choice.EXCEPTION_PLAN: Then.PLAN_ANEW,
    Choice.CLOSE_EARLY: Then.CLOSE_EARLY,
    Choice.REFER_UP: Then.ASK_SRG,
}
_AFTER_AN_EXCEPTION = {
    Choice.EXCEPTION_PLAN: Then.PLAN_ANEW,
    Choice.MORE_TOLERANCE: Then.TOLERATE_MORE,
    Choice.CLOSE_EARLY: Then.CLOSE_EARLY,
    Choice.REFER_UP: Then.ASK_SRG,
}


def after_gate(outcome: Outcome) -> Then:
    """Return what follows from what a gate came to. What a board leaves undecided, SRG decides."""
    return _after(outcome, _AFTER_A_GATE)


def after_exception(outcome: Outcome) -> Then:
    """Return what follows from what an exception came to. What is left undecided, SRG decides."""
    return _after(outcome, _AFTER_AN_EXCEPTION)


def _after(outcome: Outcome, table: Mapping[Choice, Then]) -> Then:
    if outcome.choice is None:
        return Then.ASK_SRG if outcome.ending is Ending.SILENT else Then.NOTHING
    if outcome.choice not in table:
        raise ValueError(f"{outcome.step} came to {outcome.choice}, which leads a project nowhere")
    return table[outcome.choice]


# ---------------------------------------------------------------------------------- gates


def gate_ahead(passed: GateKind | None, stage: int, stages: int) -> GateKind:
    """Return the gate that comes next, by the one passed last and the delivery stage in hand.

    The last stage ends with the gate of closure: there is no stage after it to be authorised.
    """
    if passed is None:
        return GateKind.START_UP
    if passed is GateKind.START_UP:
        return GateKind.INITIATION
    return GateKind.BOUNDARY if stage < stages else GateKind.CLOSURE


def beyond(gate: GateKind, course: Course, today: date) -> dict[str, Any]:
    """Return what changes of a project's course when it passes a gate today.

    A new plan begins no new stage: the one in hand goes on, to the end that it has now.
    """
    if gate is GateKind.EXCEPTION_PLAN:
        return {"stage_over": False, "report": ""}
    if gate is GateKind.CLOSURE:
        return {"passed": gate, "ended": ProjectState.CLOSED}
    if gate is GateKind.START_UP:
        return {"passed": gate, "report": ""}
    stage = course.stage + 1
    return {"passed": gate, "report": "", "stage": stage, "since": today, "stage_over": False}


def gate_key(gate: GateKind, number: int) -> str:
    """Return the key of a gate's question: of one between stages by the stage that ends with it, of an
    exception plan by its own number.
    """
    match gate:
        case GateKind.BOUNDARY:
            return f"gate-{number}"
        case GateKind.EXCEPTION_PLAN:
            return f"plan-{number}"
        case _:
            return f"gate-{gate.replace('_', '-')}"


def before_srg(key: str) -> str:
    """Return the key under which SRG is asked what is asked of a board under another."""
    return f"{key}-srg"


def offering(terms: Terms, gate: GateKind | None, *, srg: bool) -> Terms:
    """Return the terms of a gate or an exception without choices that would lead nowhere.

    Before there is an approved plan there is no other to be asked for, nor after its last stage; and where
    no SRG stands above, nothing can be referred up.
    """
    if gate in (GateKind.START_UP, GateKind.INITIATION, GateKind.CLOSURE):
        terms = terms.without(Choice.EXCEPTION_PLAN)
    return terms if srg else terms.without(Choice.REFER_UP)


def stage_in(baseline: Baseline, number: int) -> Stage:
    """Return a stage of a plan by its number; the last, where a new plan has fewer."""
    return next((stage for stage in baseline.stages if stage.number == number), baseline.stages[-1])


# -------------------------------------------------------------------------------- pictures


def diagram() -> str:
    """Draw the states of a project as Mermaid text."""
    return states.drawn(TRANSITIONS, ProjectState.STARTING)


def exceptions_diagram() -> str:
    """Draw the states of an exception from the project standards as Mermaid text."""
    return states.drawn(OF_EXCEPTIONS, ExceptionState.RAISED)


def benefits_diagram() -> str:
    """Draw the states of a benefit as Mermaid text."""
    return states.drawn(OF_BENEFITS, BenefitState.EXPECTED)
