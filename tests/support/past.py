"""Major cases that are over: put on record with what was approved, spent, realised and learnt."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from service.store import Tx, benefits, canonical, cases, projects, reviews
from service.store.benefits import Claimed
from service.store.projects import Report
from service.store.reviews import Checked, Learnt
from workflows.delivery import (
    Baseline,
    BenefitRead,
    Forecast,
    GateKind,
    GatePassed,
    Plan,
    ProjectState,
    ProjectTold,
    Rag,
    Stage,
    Tolerances,
    Variance,
)
from workflows.model import Becoming, Proposal, Size, State

AT = datetime(2003, 6, 2, 9, tzinfo=UTC)
GO_LIVE = date(2003, 9, 30)
"""When all of them were to go live, as it was approved first."""
PLAN = Plan(
    stages=(Stage(number=1, ends=date(2003, 9, 1), cost=Decimal(100_000)),),
    go_live=GO_LIVE,
    tolerances=Tolerances(cost_percent=Decimal(10), days=20),
)
CASHABLE = {
    "title": "Posts saved",
    "cashable": True,
    "amount_gbp_per_year": "40000.00",
    "from_year": "2003/04",
}
OTHER = {"title": "Fewer calls", "cashable": False, "amount_gbp_per_year": "10000.00", "from_year": "2003/04"}

Readings = Mapping[int, Sequence[tuple[int, str]]]
"""The number of a benefit to its readings: after how many months, and what was read."""

NOTHING_READ: Readings = MappingProxyType({})


def closed(
    tx: Tx,
    ref: str,
    *,
    edition: str,
    department: str,
    title: str = "",
    organisation: str = "leicester",
    size: Size = Size.MAJOR,
    state: str = State.CLOSED,
    project_state: str = ProjectState.CLOSED,
    plan: Plan | None = PLAN,
    replanned: Plan | None = None,
    cost: str = "",
    went_live: date | None = None,
    outturn: str = "",
    claims: Sequence[Mapping[str, Any]] = (CASHABLE, OTHER),
    readings: Readings = NOTHING_READ,
    lessons: Sequence[tuple[str, str]] = (),
    system_kind: str = "",
    systems: Sequence[str] = (),
    strategy: str = "",
    reviewed: bool = True,
    at: datetime = AT,
    sponsor: str = "cd-rc",
    lead: str = "hoict-rc",
) -> str:
    """Put a case on record that is over, with its project; return the project's reference.

    `cost` is what its last report says that it has cost, `outturn` what its review says.
    """
    content: dict[str, Any] = {
        "title": title or f"Case {ref}",
        "summary": "What it was for",
        "department": department,
    }
    content |= {"benefits": [*claims], "system_kind": system_kind}
    content |= {"corporate_system": {"relation": "none", "ids": [*systems]}}
    proposal = Proposal(
        organisation=organisation,
        department=department,
        sponsor=sponsor,
        lead=lead,
        size=size,
        capital=Decimal(100_000),
        shares=(),
        submitted=at.date(),
        decide_by=at.date(),
    )
    cases.submitted(
        tx,
        ref,
        version=1,
        content=content,
        content_hash=canonical.digest(canonical.dumps(content)),
        proposal=proposal,
        route=(),
        branches={},
        edition=edition,
        title=title or f"Case {ref}",
        author="p-of-before",
        at=at,
    )
    case = cases.get(tx, ref)
    project = projects.opened(tx, case, "What it was for", at=at)
    if plan:
        _approved(tx, project, 1, plan)
    if replanned:
        _approved(tx, project, 2, replanned)
    if cost:
        _ended(tx, project, cost, went_live)
    claimed = [Claimed(title=str(one["title"]), owner=sponsor) for one in claims]
    for number, benefit in enumerate(benefits.opened(tx, case, claimed, due=GO_LIVE, at=at), start=1):
        for month, value in readings.get(number, ()):
            read = BenefitRead(case=benefit, step=f"{benefit}.benefit-{month}.1", month=month, at=at)
            benefits.read(tx, read, person="p-of-before", value=value, rating=Rag.GREEN)
    if reviewed:
        told = Checked(
            review=f"{ref}.review.1",
            check=f"{ref}.review-check.1",
            final_cost=Decimal(outturn) if outturn else None,
            system_kind=system_kind,
            systems=tuple(systems),
            strategy=strategy,
            lessons=tuple(Learnt(title=one, text=text) for one, text in lessons),
        )
        reviews.checked(tx, ref, told, at=at)
    cases.became(tx, Becoming(case=project, state=project_state, at=at, number=1))
    cases.became(tx, Becoming(case=ref, state=state, at=at, number=1))
    return project


def _approved(tx: Tx, project: str, number: int, plan: Plan) -> None:
    step = f"{project}.plan-{number}.1"
    projects.planned(tx, ProjectTold(case=project, step=step, at=AT), plan)
    kind = GateKind.INITIATION if number == 1 else GateKind.EXCEPTION_PLAN
    passed = GatePassed(case=project, number=number, gate=kind, stage=0, step=step, plan_step=step, at=AT)
    projects.passed(tx, passed, at_variance=None, makes=Baseline(number=number, **dict(plan)))


def _ended(tx: Tx, project: str, cost: str, went_live: date | None) -> None:
    step = f"{project}.end-project.1"
    report = Report(
        step=step,
        kind="end_project",
        stage=1,
        at=AT,
        person="p-of-before",
        forecast=Forecast(cost=Decimal(cost), go_live=went_live or GO_LIVE),
        variance=Variance(),
        went_live=went_live,
    )
    projects.reported(tx, ProjectTold(case=project, step=step, at=AT, stage=1), report)
