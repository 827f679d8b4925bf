"""Assessments of business processes: the options that are weighed, which is recommended, which is chosen.

An assessment is a case of its own that follows from none. The journal holds keys of options, posts, days and
costs; what its owner wrote is in their answer, found by its hash.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Row, bindparam, select

from service.errors import Conflict
from service.store import canonical, references, texts
from service.store.engine import Tx
from service.store.line import ENGINE
from service.store.tables import ASSESSED_OPTIONS, ASSESSMENTS, CASES
from workflows.delivery import AssessmentState, AssessmentTold
from workflows.model import Frozen, Proposal, Size
from workflows.rules import calendar

KIND = "assessment"
"""How a case says that it is one."""

_ASSESSMENTS = (
    select(ASSESSMENTS, CASES.c.title, CASES.c.state, CASES.c.open, CASES.c.opened, CASES.c.changed)
    .join(CASES, CASES.c.ref == ASSESSMENTS.c.ref)
    .order_by(ASSESSMENTS.c.ref)
)
_BY_REF = _ASSESSMENTS.where(ASSESSMENTS.c.ref == bindparam("ref"))
_OF_WISH = (
    select(ASSESSMENTS.c.ref, CASES.c.content_hash)
    .join(CASES, CASES.c.ref == ASSESSMENTS.c.ref)
    .where(ASSESSMENTS.c.wish == bindparam("wish"))
)
_OWNED = _ASSESSMENTS.where(ASSESSMENTS.c.owner.in_(bindparam("posts", expanding=True)), CASES.c.open)
_OPTIONS = (
    select(ASSESSED_OPTIONS)
    .where(ASSESSED_OPTIONS.c.case == bindparam("case"))
    .order_by(ASSESSED_OPTIONS.c.option)
)


class OtherwiseOpened(Conflict):
    """A form has opened an assessment already, and says something else by now."""

    code: ClassVar[str] = "already_submitted"
    title: ClassVar[str] = "This form has been sent already"

    def __init__(self, ref: str) -> None:
        super().__init__(f"It has opened {ref}, which says something else. For another, begin a new form.")


class Wanted(Frozen):
    """An assessment that is to be made."""

    wish: str
    """The form by which it is asked for: the same opens the same."""
    title: str
    """What is assessed."""
    purpose: str
    """What it is for."""
    owner: str
    """The post that weighs the options, and puts the one that is chosen in place."""
    report_due: date
    in_place_by: date
    """By when what is chosen is to be in place."""


class Weighed(Frozen):
    """An option of an assessment as it was weighed last, or left out for a reason."""

    option: str
    """Its key in the handbook."""
    weighed: bool
    cost: Decimal | None = None
    """Pounds, where it was given."""


class AssessmentView(Frozen):
    """An assessment as it stands."""

    ref: str
    title: str
    state: AssessmentState
    open: bool
    opened: datetime
    changed: datetime
    owner: str
    report_due: date
    in_place_by: date
    opened_as: str
    """The post through which somebody opened it."""
    reported_by: str = ""
    """The step by which the options were weighed last; empty while they are not."""
    recommended: str = ""
    """The option that was recommended last."""
    chosen_by: str = ""
    """The step by which an option was chosen; empty while none is."""
    chosen: str = ""


# ------------------------------------------------------------------------------- facts


def opened(
    tx: Tx,
    wanted: Wanted,
    *,
    organisation: str,
    department: str,
    edition: str,
    by: str,
    by_post: str,
    at: datetime | None = None,
) -> str:
    """Open an assessment and return its reference. Asked for by the same form, it is the one opened first; if
    that says something else by now, OtherwiseOpened.
    """
    # Two presses of one button come one after the other, though there is no case yet to be locked.
    tx.alone()
    content = canonical.dumps(_content(wanted))
    if known := tx.one(_OF_WISH, wish=wanted.wish):
        if known.content_hash != canonical.digest(content):
            raise OtherwiseOpened(known.ref)
        ref: str = known.ref
        return ref
    fresh, at = references.fresh(tx, "ASM"), at or tx.now
    proposal = Proposal(
        organisation=organisation,
        department=department,
        sponsor=by_post,
        lead=wanted.owner,
        size=Size.MINOR,
        capital=Decimal(0),
        shares=(),
        submitted=calendar.local_day(at),
        decide_by=wanted.report_due,
    )
    data = {
        "version": 1,
        "content_hash": texts.put(tx, content),
        "edition": edition,
        "kind": KIND,
        "title": wanted.title,
        "author": by,
        "authors": [],
        "proposal": proposal.model_dump(mode="json"),
        "route": [],
        "branches": {},
        "wish": wanted.wish,
        "by_post": by_post,
        "owner": wanted.owner,
        "report_due": wanted.report_due,
        "in_place_by": wanted.in_place_by,
    }
    tx.append(fresh, "assessment.opened", data, key="opened", actor=by, at=at)
    return fresh


def begun(tx: Tx, ref: str) -> None:
    """Write that the engine has an assessment in hand."""
    tx.append(ref, "case.begun", {"version": 1}, key="begun:1", actor=ENGINE)


def reported(tx: Tx, told: AssessmentTold, options: Sequence[Weighed], recommended: str) -> None:
    """Write how options were weighed, and which is recommended; what was sent back is weighed anew."""
    data = {
        "step": told.step,
        "options": [one.model_dump(mode="json") for one in options],
        "recommended": recommended,
    }
    key = f"reported:{told.step}"
    tx.append(told.case, "assessment.reported", data, key=key, actor=ENGINE, at=told.at)


def chosen(tx: Tx, told: AssessmentTold, option: str) -> None:
    """Write which option was chosen."""
    assessment = must(tx, told.case)
    data = {"step": told.step, "option": option, "recommended": assessment.recommended}
    tx.append(told.case, "assessment.chosen", data, key="chosen", actor=ENGINE, at=told.at)


# ------------------------------------------------------------------------------- reads


def get(tx: Tx, ref: str) -> AssessmentView | None:
    """Return an assessment, or None if the reference is not of one."""
    row = tx.one(_BY_REF, ref=ref)
    return _assessment(row) if row else None


def must(tx: Tx, ref: str) -> AssessmentView:
    """Return an assessment that has to be there; LookupError if it is not."""
    assessment = get(tx, ref)
    if assessment is None:
        raise LookupError(f"no assessment {ref}")
    return assessment


def options(tx: Tx, ref: str) -> tuple[Weighed, ...]:
    """Return the options of an assessment as they were weighed last; none while they were not."""
    rows = tx.all(_OPTIONS, case=ref)
    return tuple(Weighed(option=row.option, weighed=row.weighed, cost=row.cost) for row in rows)


def owned(tx: Tx, posts: Sequence[str]) -> tuple[AssessmentView, ...]:
    """Return the open assessments of posts."""
    return tuple(map(_assessment, tx.all(_OWNED, posts=list(posts))))


# ---------------------------------------------------------------------------- workings


def _content(wanted: Wanted) -> dict[str, Any]:
    """Return all that an assessment says when it is opened, found by its hash."""
    return {
        "title": wanted.title,
        "summary": wanted.purpose,
        "owner": wanted.owner,
        "by": wanted.report_due.isoformat(),
        "in_place_by": wanted.in_place_by.isoformat(),
    }


def _assessment(row: Row[Any]) -> AssessmentView:
    return AssessmentView(**row._mapping)
