"""What people say of projects and benefits in the boxes of a form, read out of their answers.

The forms take only what can be read here, so that what cannot be is a fault. Money, days, ratings, posts and
keys stand in the value of an answer; words stand in its text, and are read only where something is called by
them.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import count

from service import appraisal
from service.proposals import ProposalDocument
from service.store.intents import ERASED, SAID, Answered, DecisionView
from service.store.projects import Called, Mandate
from service.store.reviews import Learnt
from workflows.delivery import Forecast, Plan, Rag, Stage, Tolerance, Tolerances

Answers = Mapping[str, Answered]

OBJECTIVES = ("met", "partly", "not_met")
"""How far a stage or a project has met its objectives."""
MET, NOT_MET = "met", "not_met"
"""What a check says of a standard."""

_REFERENCE = re.compile(r"[A-Z]{3}-[0-9]{4}-[0-9]{4,}")
_STANDARD = "standard_"


def mandate(answers: Answers, *, sponsor: str, template: str) -> Mandate:
    """Return who is to run a project; its executive is the sponsor, and its template the given one, unless
    it says otherwise.
    """
    return Mandate(
        manager=_value(answers, "manager"),
        executive=_value(answers, "executive") or sponsor,
        senior_user=_value(answers, "senior_user"),
        senior_supplier=_value(answers, "senior_supplier"),
        template=_value(answers, "template") or template,
        strategy=_value(answers, "strategy"),
        linked=tuple(dict.fromkeys(_REFERENCE.findall(_name(answers, "linked").upper()))),
    )


def plan(answers: Answers, *, weeks: int, tolerances: Tolerances) -> Plan:
    """Return the plan that is put forward; reports come every so many weeks, and what is tolerated is as
    given, unless it says otherwise.
    """
    rows: list[Stage] = []
    for number in count(1):
        if f"stage_ends_{number}" not in answers:
            break
        rows.append(_stage(answers, number, weeks))
    if not rows:
        raise ValueError("a plan without a stage")
    cost_percent, days = _value(answers, "tolerance_cost"), _value(answers, "tolerance_days")
    return Plan(
        stages=tuple(rows),
        go_live=date.fromisoformat(_value(answers, "go_live")),
        tolerances=Tolerances(
            cost_percent=Decimal(cost_percent) if cost_percent else tolerances.cost_percent,
            days=int(days) if days else tolerances.days,
        ),
    )


def called(answers: Answers) -> dict[int, Called]:
    """Return what a plan calls its stages, by their numbers; nothing if it plans none."""
    found: dict[int, Called] = {}
    for number in count(1):
        if f"stage_ends_{number}" not in answers:
            break
        name, pilot = (_words(answers, f"stage_{part}_{number}").split() for part in ("name", "pilot"))
        found[number] = Called(name=" ".join(name), pilot=" ".join(pilot))
    return found


def next_stage(answers: Answers, now: Plan, ended: int) -> Plan | None:
    """Return a plan with the stage after one that ends as it is planned now; None if there is none."""
    following = next((stage for stage in now.stages if stage.number == ended + 1), None)
    if following is None or not _value(answers, "next_ends"):
        return None
    cost = _value(answers, "next_cost")
    planned = following.model_copy(
        update={
            "ends": date.fromisoformat(_value(answers, "next_ends")),
            "cost": Decimal(cost) if cost else following.cost,
        }
    )
    stages = tuple(planned if stage is following else stage for stage in now.stages)
    return now.model_copy(update={"stages": stages, "approved": now.cost})


def forecast(answers: Answers, before: Forecast) -> Forecast:
    """Return how a project stands by a report; what it does not say is as it was before."""
    cost = _value(answers, "forecast_cost") or _value(answers, "final_cost")
    go_live = went_live(answers) or _day(answers, "forecast_go_live")
    said = {of: Rag(rated) for of in Tolerance if (rated := _value(answers, f"rating_{of}"))}
    return Forecast(
        cost=Decimal(cost) if cost else before.cost,
        go_live=go_live or before.go_live,
        stage_ends=_day(answers, "forecast_stage_ends") or before.stage_ends,
        ratings=before.ratings | said,
    )


def went_live(answers: Answers) -> date | None:
    """Return the day on which a report says that a project has gone live, if it says so."""
    return _day(answers, "went_live")


def objectives(answers: Answers) -> str:
    """Return met, partly or not_met; empty where it was not asked."""
    return _value(answers, "objectives")


def completed(read: ProposalDocument, answers: Answers) -> ProposalDocument:
    """Return a business case with what its project's mandate adds of what it left out (SYS-15)."""
    benefits = tuple(
        one.model_copy(
            update={
                part: said
                for part in (appraisal.OWNER, appraisal.MEASURE, appraisal.HOW_REALISED)
                if (said := _words(answers, f"benefit_{part}_{number}"))
            }
        )
        for number, one in enumerate(read.benefits, start=1)
    )
    costs, cost = read.cost_profile, _value(answers, "management_cost")
    if cost:
        costs = costs.model_copy(update={"project_management_gbp": Decimal(cost)})
    return read.model_copy(update={"benefits": benefits, "cost_profile": costs})


def confidence(answers: Answers) -> Rag | None:
    """Return how confident a member of a board is of delivery; None where it was not asked."""
    said = _value(answers, "confidence")
    return Rag(said) if said else None


def rated(made: Iterable[DecisionView]) -> tuple[Rag | None, int]:
    """Return how confident of delivery those are who let a project through a gate, and how many of them say
    so: the least confident counts for all. None where the gate did not ask.
    """
    said = [confidence(one.answers) for one in made if one.choice.favourable]
    found = [one for one in said if one is not None]
    return next((one for one in (Rag.RED, Rag.AMBER, Rag.GREEN) if one in found), None), len(found)


def more_tolerance(answers: Answers) -> Tolerances:
    """Return what is to be tolerated from now on."""
    return Tolerances(
        cost_percent=Decimal(_value(answers, "tolerance_cost")), days=int(_value(answers, "tolerance_days"))
    )


def least(granted: tuple[Tolerances, ...]) -> Tolerances:
    """Return what all grant of those who grant more: of each figure the least."""
    return Tolerances(
        cost_percent=min(one.cost_percent for one in granted), days=min(one.days for one in granted)
    )


def findings(answers: Answers) -> dict[str, str]:
    """Return what a check says of each standard, by their keys."""
    return {
        name.removeprefix(_STANDARD): answer.value
        for name, answer in answers.items()
        if name.startswith(_STANDARD)
    }


def shortcomings(answers: Answers, names: Mapping[str, str]) -> str:
    """Say which standards are not met, each with what was written of it; `names` are theirs by key."""
    return "\n".join(
        f"{names.get(key, key)}: {text or 'not met'}"
        for key, value in findings(answers).items()
        if value == NOT_MET
        for text in [answers[f"{_STANDARD}{key}"].text.strip()]
    )


def reading(answers: Answers) -> tuple[str, Rag]:
    """Return how much of a benefit has come about, as it was written, and how that stands."""
    return _value(answers, "reading"), Rag(_value(answers, "rating"))


def final_cost(answers: Answers) -> Decimal | None:
    """Return what a project has cost by a report, if it says so."""
    said = _value(answers, "final_cost")
    return Decimal(said) if said else None


def lessons(answers: Answers) -> tuple[Learnt, ...]:
    """Return what a review says was learnt, in its order; what the law has erased by then is left out."""
    found: list[Learnt] = []
    for number in count(1):
        name = f"lesson_{number}"
        if name not in answers:
            break
        title, text = _name(answers, f"lesson_title_{number}"), answers[name].text.strip()
        if title or text:
            found.append(Learnt(title=title or "A lesson", text=text))
    return tuple(found)


# ---------------------------------------------------------------------------- workings


def _stage(answers: Answers, number: int, weeks: int) -> Stage:
    own = _value(answers, f"stage_weeks_{number}")
    return Stage(
        number=number,
        ends=date.fromisoformat(_value(answers, f"stage_ends_{number}")),
        cost=Decimal(_value(answers, f"stage_cost_{number}")),
        report_weeks=int(own) if own else weeks,
        pilot=bool(_value(answers, f"stage_pilot_{number}")),
    )


def _value(answers: Answers, name: str) -> str:
    return answers[name].value if name in answers else ""


def _name(answers: Answers, name: str) -> str:
    """Return what something is called: the words of an answer, or its value if it has none."""
    if name not in answers:
        return ""
    answer = answers[name]
    return " ".join((answer.text or ("" if answer.value == SAID else answer.value)).split())


def _words(answers: Answers, name: str) -> str:
    """Return the words of an answer, or its value if it has none; of erased words, that they were."""
    if name not in answers:
        return ""
    answer = answers[name]
    return answer.text or (ERASED if answer.value == SAID else answer.value)


def _day(answers: Answers, name: str) -> date | None:
    said = _value(answers, name)
    return date.fromisoformat(said) if said else None
