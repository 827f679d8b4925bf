"""Approvers whom somebody added to a case's way, and why."""

from datetime import datetime

from sqlalchemy import Select, bindparam, literal, select

from service.store import texts
from service.store.engine import Tx
from service.store.line import ENGINE
from service.store.tables import APPROVERS, TEXTS
from workflows.model import Frozen, Leg
from workflows.rules import routing

ADDED, ASKED, TOO_LATE = "added", "asked", "too_late"
"""Its process has yet to hear of it; asks or will ask the post; or had come to its end before it heard."""
TAKING_BACK, TAKEN_BACK = "taking_back", "taken_back"
"""It is not asked any more: its process has yet to hear of that; or has heard."""
GONE = (TOO_LATE, TAKING_BACK, TAKEN_BACK)
"""States in which it is no part of its case's way."""

_WHY_NOT = TEXTS.alias("why_not")
_WITH_REASON = (
    select(APPROVERS, TEXTS.c.body, _WHY_NOT.c.body.label("why_not"))
    .outerjoin(TEXTS, TEXTS.c.hash == APPROVERS.c.reason)
    .outerjoin(_WHY_NOT, _WHY_NOT.c.hash == APPROVERS.c.taken_back_why)
)
_OF_CASE = _WITH_REASON.where(APPROVERS.c.case == bindparam("case")).order_by(APPROVERS.c.number)
# Spelt out, for the index of these alone serves no query that leaves the state open.
_UNHEARD = _WITH_REASON.where(APPROVERS.c.state == literal(ADDED, literal_execute=True)).order_by(
    APPROVERS.c.case, APPROVERS.c.number
)

_NOT_LET_GO = _WITH_REASON.where(APPROVERS.c.state == literal(TAKING_BACK, literal_execute=True)).order_by(
    APPROVERS.c.case, APPROVERS.c.number
)


class Approver(Frozen):
    """A post that was added to those who approve a case."""

    case: str
    post: str
    clause: str
    """The number of the clause by which it was added."""
    reason: str
    """Empty where it was erased."""
    by: str
    """The person who added it."""
    by_post: str
    """The post through which they did."""
    at: datetime
    state: str
    taken_back_by: str = ""
    """The post through which somebody took it back; empty if nobody has."""
    taken_back_why: str = ""
    """Empty where it was erased."""
    taken_back_at: datetime | None = None

    @property
    def leg(self) -> Leg:
        """The part of the way that it adds."""
        return routing.extra(self.post, self.clause, self.reason)

    @property
    def unworded(self) -> Leg:
        """The same as its process is told it: no words."""
        return routing.extra(self.post, self.clause)


def added(tx: Tx, ref: str, *, post: str, clause: str, reason: str, by: str, by_post: str) -> bool:
    """Write down that a post is asked to approve besides. One that was added already is False."""
    data = {"post": post, "clause": clause, "reason": texts.put(tx, reason), "by_post": by_post}
    return tx.append(ref, "approver.added", data, key=f"approver:{post}", actor=by)


def heard(tx: Tx, ref: str, post: str, *, asked: bool) -> None:
    """Write down that the case's process has heard of it, and whether it came in time to be asked."""
    data = {"post": post, "asked": asked}
    tx.append(ref, "approver.heard", data, key=f"approver-heard:{post}", actor=ENGINE)


def taken_back(tx: Tx, ref: str, post: str, *, reason: str, by: str, by_post: str) -> bool:
    """Write down that a post is not asked any more. One that was taken back already is False."""
    data = {"post": post, "reason": texts.put(tx, reason), "by_post": by_post}
    return tx.append(ref, "approver.taken_back", data, key=f"approver-taken-back:{post}", actor=by)


def let_go(tx: Tx, ref: str, post: str) -> None:
    """Write down that the case's process has heard that a post is not asked any more."""
    tx.append(ref, "approver.let_go", {"post": post}, key=f"approver-let-go:{post}", actor=ENGINE)


def of_case(tx: Tx, ref: str) -> tuple[Approver, ...]:
    """Return the approvers who were added to a case, the first first."""
    return _approvers(tx, _OF_CASE, case=ref)


def unheard(tx: Tx) -> tuple[Approver, ...]:
    """Return those of whom their processes have yet to hear."""
    return _approvers(tx, _UNHEARD)


def not_let_go(tx: Tx) -> tuple[Approver, ...]:
    """Return those who were taken back, and of whom their processes have yet to hear that."""
    return _approvers(tx, _NOT_LET_GO)


def _approvers(tx: Tx, wanted: Select[tuple[object, ...]], **values: str) -> tuple[Approver, ...]:
    return tuple(
        Approver(
            case=row.case,
            post=row.post,
            clause=row.clause,
            reason=texts.whole(row.body, row.reason) or "",
            by=row.added_by,
            by_post=row.added_as,
            at=row.added_at,
            state=row.state,
            taken_back_by=row.taken_back_as or "",
            taken_back_why=texts.whole(row.why_not, row.taken_back_why) or "" if row.taken_back_why else "",
            taken_back_at=row.taken_back_at,
        )
        for row in tx.all(wanted, **values)
    )
