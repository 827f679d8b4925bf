"""What closed major cases came to, as the record has it: what was approved first, spent and realised."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, and_, bindparam, select

from service.errors import Altered
from service.store import canonical, texts
from service.store.engine import Tx
from service.store.tables import (
    BASELINES,
    BENEFIT_READINGS,
    BENEFITS,
    CASE_VERSIONS,
    CASES,
    PROJECT_REPORTS,
    PROJECTS,
    REVIEWS,
    TEXTS,
)
from workflows.delivery import Plan, ProjectState
from workflows.model import Frozen, Size, State
from workflows.rules import calendar

FINAL = "end_project"
"""The kind of report that says what a project has cost: any before it only forecasts that."""

_PROJECT = CASES.alias()
_CLOSED = (
    CASES.c.kind == "proposal",
    CASES.c.state == State.CLOSED,
    CASES.c.size == Size.MAJOR,
    CASES.c.organisation == bindparam("organisation"),
    CASES.c.department.in_(bindparam("departments", expanding=True)),
    # What ended before its time says nothing of how what was approved turns out.
    _PROJECT.c.state == ProjectState.CLOSED,
)
_PROJECTS = PROJECTS.join(CASES, CASES.c.ref == PROJECTS.c.parent).join(
    _PROJECT, _PROJECT.c.ref == PROJECTS.c.ref
)
_CASES = (
    select(
        CASES.c.ref,
        PROJECTS.c.ref.label("project"),
        PROJECTS.c.went_live,
        BASELINES.c.plan,
        REVIEWS.c.final_cost,
        CASE_VERSIONS.c.submitted,
        CASE_VERSIONS.c.content_hash,
        TEXTS.c.body,
    )
    .select_from(_PROJECTS)
    .join(CASE_VERSIONS, and_(CASE_VERSIONS.c.ref == CASES.c.ref, CASE_VERSIONS.c.version == CASES.c.version))
    .outerjoin(BASELINES, and_(BASELINES.c.case == PROJECTS.c.ref, BASELINES.c.number == 1))
    .outerjoin(REVIEWS, REVIEWS.c.case == CASES.c.ref)
    .outerjoin(TEXTS, TEXTS.c.hash == CASE_VERSIONS.c.content_hash)
    .where(*_CLOSED)
    .order_by(CASES.c.ref)
)
_FINAL = (
    select(PROJECT_REPORTS.c.case, PROJECT_REPORTS.c.forecast)
    .select_from(_PROJECTS.join(PROJECT_REPORTS, PROJECT_REPORTS.c.case == PROJECTS.c.ref))
    .where(*_CLOSED, PROJECT_REPORTS.c.kind == FINAL)
    .order_by(PROJECT_REPORTS.c.case, PROJECT_REPORTS.c.line)
)
_READINGS = (
    select(BENEFITS.c.parent, BENEFITS.c.number, BENEFIT_READINGS.c.month, BENEFIT_READINGS.c.value)
    .select_from(
        _PROJECTS.join(BENEFITS, BENEFITS.c.parent == CASES.c.ref).join(
            BENEFIT_READINGS, BENEFIT_READINGS.c.case == BENEFITS.c.ref
        )
    )
    .where(*_CLOSED)
    .order_by(
        BENEFITS.c.parent,
        BENEFITS.c.number,
        # An early month that is put right later says no more than it did of how things stand.
        BENEFIT_READINGS.c.month.desc(),
        BENEFIT_READINGS.c.line.desc(),
    )
)


class BenefitRead(Frozen):
    """What was read of a benefit."""

    number: int
    """The place of the benefit among those of its proposal, from 1."""
    month: int
    """After how many months from go-live it was asked."""
    value: str
    """A number as it was written."""


class Outturn(Frozen):
    """What a closed major case came to."""

    ref: str
    approved: Plan | None
    """The first baseline of its project."""
    cost: Decimal | None
    """Pounds that its project cost: as its review says, or else its last report; None where neither does."""
    went_live: date | None
    submitted: date
    """The day on which the version that was approved was submitted."""
    content: dict[str, Any] | None
    """What that version says; None if it was erased, or is not what was submitted."""
    readings: tuple[BenefitRead, ...] = ()
    """Of each benefit in order, the latest month first, and of each month what was written last."""


def of_departments(tx: Tx, organisation: str, departments: Sequence[str]) -> tuple[Outturn, ...]:
    """Return what the closed major cases of departments came to, in the order of their references.

    Those whose projects were closed early are not among them.
    """
    of = {"organisation": organisation, "departments": list(departments)}
    final = {row.case: Decimal(canonical.loads(row.forecast)["cost"]) for row in tx.all(_FINAL, **of)}
    readings: dict[str, list[BenefitRead]] = defaultdict(list)
    for row in tx.all(_READINGS, **of):
        readings[row.parent].append(BenefitRead(number=row.number, month=row.month, value=row.value))
    return tuple(_outturn(row, final.get(row.project), readings[row.ref]) for row in tx.all(_CASES, **of))


def _outturn(row: Row[Any], final: Decimal | None, readings: Sequence[BenefitRead]) -> Outturn:
    try:
        text = texts.whole(row.body, row.content_hash)
    except Altered:
        text = None
    return Outturn(
        ref=row.ref,
        approved=Plan(**canonical.loads(row.plan)) if row.plan else None,
        cost=row.final_cost if row.final_cost is not None else final,
        went_live=row.went_live,
        submitted=calendar.local_day(row.submitted),
        content=canonical.loads(text) if text is not None else None,
        readings=tuple(readings),
    )
