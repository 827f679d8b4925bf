"""What the people of a project type: its mandate, its plan, its reports, its review, and its readings."""

from collections.abc import Mapping, Sequence
from datetime import date

from service.demo.browser import Paper
from service.demo.stage import day_boxes

Boxes = dict[str, str]
"""Field to what is typed there."""
RATED = ("time", "cost", "scope", "quality", "risk", "benefit")
WHY = {"amber": "It is in doubt.", "red": "It cannot be had as planned."}
REPORT: Boxes = {"choice": "report"}


def papers(kind: str) -> dict[str, Paper]:
    """Return the documents that are handed in with a kind of report, each in its box."""
    return _PAPERS.get(kind, {})


_PAPERS: Mapping[str, dict[str, Paper]] = {
    "mandate": {"document_mandate": ("Mandate.txt", b"What the proposal describes is to be carried out.\n")},
    "initiation": {"document_initiation": ("Initiation.txt", b"Its plan, its people, and its risks.\n")},
    "end_stage": {"document_stage_plan": ("Next stage.txt", b"What is done, by whom, and by when.\n")},
    "end_project": {"document_acceptance": ("Acceptance.txt", b"Those who use it take it over.\n")},
}
"""What the gates of PRINCE 2 stages ask for by the shipped handbook, where no stage is a pilot."""


def mandate(manager: str, executive: str, senior_user: str, senior_supplier: str, *, benefits: int) -> Boxes:
    """Name by their posts who runs a project, and say of so many benefits what the proposal leaves out."""
    typed = dict(REPORT)
    for number in range(1, benefits + 1):
        typed |= {
            f"benefit_owner_{number}": executive,
            f"benefit_measure_{number}": "A count in each month, as the service reports it",
            f"benefit_how_realised_{number}": "The service changes how it works as soon as it can be used.",
        }
    return typed | {
        "manager": manager,
        "executive": executive,
        "senior_user": senior_user,
        "senior_supplier": senior_supplier,
        "template": "prince2",
        "brief": "What the proposal describes, for those whom it names, and nothing beside it.",
    }


def plan(stages: Sequence[tuple[str, date, str]], go_live: date, *, weeks: int) -> Boxes:
    """Plan stages, each with its name, its end and its cost in pounds; reports come every so many weeks."""
    typed = REPORT | day_boxes("go_live", go_live)
    for number, (name, ends, cost) in enumerate(stages, start=1):
        typed |= {
            f"stage_name_{number}": name,
            f"stage_cost_{number}": cost,
            f"stage_weeks_{number}": str(weeks),
        }
        typed |= day_boxes(f"stage_ends_{number}", ends)
    return typed | {
        "tolerance_cost": "10",
        "tolerance_days": "20",
        "tolerance_scope": "Nothing that the proposal names is left out.",
        "tolerance_quality": "The acceptance tests pass.",
        "tolerance_risk": "No risk is red for longer than a month.",
        "tolerance_benefit": "At most a tenth less than claimed.",
        "approach": "The supplier builds it, the service tests it, and ICT takes it over.",
    }


def ratings(**other: str) -> Boxes:
    """Rate everything green, but for what is named."""
    typed: Boxes = {}
    for of in RATED:
        rating = other.get(of, "green")
        typed |= {f"rating_{of}": rating, f"rating_{of}_words": WHY.get(rating, "")}
    return typed


def highlight(total: str, go_live: date, stage_ends: date, **other: str) -> Boxes:
    """Report how a stage goes: what it will all cost in pounds, and when it goes live."""
    return (
        REPORT
        | ratings(**other)
        | {"forecast_cost": total, "done": "The work packages of this period.", "next": "Those of the next."}
        | day_boxes("forecast_go_live", go_live)
        | day_boxes("forecast_stage_ends", stage_ends)
    )


def live(total: str, went_live: date) -> Boxes:
    """Report that the last stage is done: it is live, and there is nothing left to do."""
    done = "The launch, and the last of its snags."
    boxes = {"choice": "stage_done", "forecast_cost": total, "done": done, "next": "The project's closure."}
    return ratings() | boxes | day_boxes("went_live", went_live)


def end_stage(total: str, go_live: date, next_ends: date, next_cost: str) -> Boxes:
    """Report that a stage is done, and plan the next."""
    return (
        REPORT
        | ratings()
        | {"forecast_cost": total, "objectives": "met", "products": "All that the stage was to deliver."}
        | {"next_cost": next_cost, "next_plan": "Testing with users, then a launch beside the old way."}
        | day_boxes("forecast_go_live", go_live)
        | day_boxes("next_ends", next_ends)
    )


def end_project(went_live: date, cost: str) -> Boxes:
    """Report that all is done, and what it has cost."""
    return (
        REPORT
        | {"final_cost": cost, "objectives": "met"}
        | {
            "handover": "To the service, with its guides; to ICT, with its contract.",
            "lessons": "Agree early who tests, and when.",
        }
        | day_boxes("went_live", went_live)
    )


EXCEPTION_REPORT: Boxes = REPORT | {
    "cause": "The supplier's price for the link to the tills has risen.",
    "consequences": "It costs more than is tolerated. Nothing else changes, and the case for it stands.",
    "corporate": "No other project waits for it.",
    "options": "Leave the link out, or pay for it.",
    "recommendation": "more_tolerance",
    "recommendation_words": "Without the link every booking would be typed twice.",
}


def more_tolerance(percent: int, days: int = 20) -> Boxes:
    """Tolerate so many percent more of cost, and so many working days."""
    return {
        "choice": "more_tolerance",
        "reason": "The link is worth it.",
        "tolerance_cost": str(percent),
        "tolerance_days": str(days),
    }


def on_condition(condition: str, by: date) -> Boxes:
    """Open a gate on a condition that has to be met before the next."""
    return {
        "choice": "authorise_with_conditions",
        "reason": "What is planned is sound.",
        "conditions": condition,
        "condition_guards": "gate",
        **day_boxes("condition_by", by),
    }


STANDARDS: Boxes = {"choice": "verify"} | {
    f"standard_{key}": "met" for key in ("plan", "manager", "board", "reports", "risks", "users")
}


def review(cost: str, lesson: str) -> Boxes:
    """Look back on a project after it has gone live."""
    return REPORT | {
        "objectives": "met",
        "benefits": "They have begun to come about.",
        "users": "They would not go back.",
        "outturn": "A little dearer than planned, and on the day.",
        "final_cost": cost,
        "lesson_title_1": lesson,
        "lesson_1": "Ask suppliers for a fixed price for each link before the plan is approved.",
    }


def reading(value: int, rating: str = "green") -> Boxes:
    """Measure how much of a benefit has come about."""
    return REPORT | {"reading": str(value), "rating": rating, "note": "As the service counts it."}
