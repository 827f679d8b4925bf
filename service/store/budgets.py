"""What posts have promised of their budgets by approving shares of proposals here, and are asked for."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import and_, bindparam, exists, func, literal, or_, select

from service.store.engine import Tx
from service.store.tables import CASE_VERSIONS, CASES, DECISIONS, SEATS, STEPS
from workflows.model import Choice, State

_NEVER = datetime(9999, 12, 31, tzinfo=UTC)
_RELEASED = [
    str(state)
    for state in (
        State.RETURNED,
        State.REJECTED,
        State.WITHDRAWN,
        State.LAPSED,
        State.CLOSED_UNFUNDED,
        State.CLOSED_REFUSED,
    )
]
_NAMED = literal('"') + STEPS.c.id + literal('"')
"""As a version has the steps whose answers stand for it: a canonical object of their ids."""
_SHARES = (
    select(func.sum(SEATS.c.amount))
    .join(STEPS, STEPS.c.id == SEATS.c.step)
    .join(CASES, CASES.c.ref == STEPS.c.case)
    .join(
        CASE_VERSIONS,
        and_(CASE_VERSIONS.c.ref == CASES.c.ref, CASE_VERSIONS.c.version == CASES.c.version),
    )
    .where(
        SEATS.c.post == bindparam("post"),
        SEATS.c.amount.is_not(None),
        STEPS.c.kind == "funding",
        or_(STEPS.c.opened >= CASE_VERSIONS.c.submitted, CASE_VERSIONS.c.kept.contains(_NAMED)),
        CASES.c.organisation == bindparam("organisation"),
        CASES.c.ref != bindparam("beside"),
        CASES.c.state.not_in(_RELEASED),
    )
)
_HELD = exists().where(
    DECISIONS.c.step == SEATS.c.step,
    DECISIONS.c.seat == SEATS.c.seat,
    DECISIONS.c.held_until >= bindparam("now"),
)
"""Of an answer that may still be taken back, and that nobody else is told of until then."""
_APPROVED = _SHARES.where(
    SEATS.c.choice.in_([str(choice) for choice in Choice if choice.favourable]),
    SEATS.c.answered_at < bindparam("before"),
    ~_HELD,
)
_ASKED = _SHARES.where(STEPS.c.open, or_(SEATS.c.answered_at.is_(None), _HELD))


def approved(tx: Tx, organisation: str, post: str, *, beside: str, before: datetime | None = None) -> Decimal:
    """Return the pounds of capital that a post's budget has approved here beside a case (SYS-51).

    Counted are the shares that the post, or somebody in its place, approved of the latest versions of
    proposals of its organisation, or of earlier ones if that stands, also of those that are still under way;
    not of proposals that were returned, refused, withdrawn, or closed without an answer or without their
    money. `before` leaves out what was answered at that instant or later, or could then still be taken back;
    without an instant this is now.
    """
    when = {"before": before or _NEVER, "now": before or tx.now}
    found = tx.value(_APPROVED, organisation=organisation, post=post, beside=beside, **when)
    return found or Decimal(0)


def asked(tx: Tx, organisation: str, post: str, *, beside: str) -> Decimal:
    """Return the pounds of capital that are asked of a post's budget beside a case, and not answered yet.

    Counted are the shares of the same proposals as by `approved`. What is put off to a day has been answered,
    and counts again from that day on, when it is asked anew. An answer that may still be taken back is none.
    """
    found = tx.value(_ASKED, organisation=organisation, post=post, beside=beside, now=tx.now)
    return found or Decimal(0)
