"""Benefits: what a proposal was approved for, and how much of it has come about.

A benefit is a case of its own, child of its proposal. What it is stands in its content, found by its hash;
the journal holds its owner, what was claimed in pounds, and what is read of it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, select

from service.store import canonical, cases, children, journal, references, texts
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.line import ENGINE
from service.store.tables import BENEFIT_READINGS, BENEFITS, CASES
from workflows.delivery import BenefitRead, BenefitState, Rag
from workflows.model import Frozen

KIND = "benefit"
"""How a case says that it is one."""

_BENEFITS = (
    select(BENEFITS, CASES.c.title, CASES.c.state, CASES.c.open, CASES.c.opened, CASES.c.changed)
    .join(CASES, CASES.c.ref == BENEFITS.c.ref)
    .order_by(BENEFITS.c.parent, BENEFITS.c.number)
)
_BY_REF = _BENEFITS.where(BENEFITS.c.ref == bindparam("ref"))
_OF_PARENT = _BENEFITS.where(BENEFITS.c.parent == bindparam("parent"))
_OWNED = _BENEFITS.where(BENEFITS.c.owner.in_(bindparam("posts", expanding=True)), CASES.c.open)
_READINGS = (
    select(BENEFIT_READINGS)
    .where(BENEFIT_READINGS.c.case == bindparam("case"))
    .order_by(BENEFIT_READINGS.c.month, BENEFIT_READINGS.c.line)
)


class Claimed(Frozen):
    """A benefit as the approved version of a proposal claims it."""

    title: str
    summary: str = ""
    """How it is measured, and how it will be brought about."""
    owner: str
    """The post that is asked how much of it has come about."""
    yearly: Decimal | None = None
    """Pounds a year, where it was given a sum."""


class BenefitView(Frozen):
    """A benefit as it stands."""

    ref: str
    parent: str
    number: int
    """Its place among those of its proposal, from 1."""
    title: str
    owner: str
    claimed: Decimal | None
    """Pounds a year; None where it was given no sum."""
    state: BenefitState
    open: bool
    opened: datetime
    changed: datetime


class Reading(Frozen):
    """How much of a benefit has come about, as its owner says."""

    step: str
    month: int
    """After how many months from go-live it was asked."""
    at: datetime
    person: str
    value: str
    """A number as it was written, in the benefit's own measure."""
    rating: Rag

    @property
    def correction(self) -> bool:
        """It was put in the place of an earlier one, and answers no question."""
        return ".correction-" in self.step


# ------------------------------------------------------------------------------- facts


def opened(
    tx: Tx, parent: CaseView, claimed: Sequence[Claimed], *, due: date, at: datetime | None = None
) -> tuple[str, ...]:
    """Open a benefit for each that a proposal claims, and return their references. Each is opened once.

    `due` is the day on which they are to begin to come about, as far as it is known.
    """
    tx.lock(parent.ref)
    known = {one.number: one.ref for one in of_proposal(tx, parent.ref)}
    at = at or tx.now
    for number, one in enumerate(claimed, start=1):
        if number not in known:
            known[number] = _open(tx, parent, number, one, due, at)
    return tuple(known[number] for number in sorted(known))


def completed(tx: Tx, ref: str, claimed: Claimed, *, step: str, at: datetime) -> None:
    """Write who sees to a benefit, how it is measured and how it is brought about, as the mandate of a step
    says it; nothing where that is known already.
    """
    tx.lock(ref)
    now = cases.content(tx, ref) or {}
    content = now | claimed.model_dump(mode="json", include={"summary", "owner"})
    if content == now and must(tx, ref).owner == claimed.owner:
        return
    said = texts.put(tx, canonical.dumps(content))
    data = {"step": step, "owner": claimed.owner, "content_hash": said}
    tx.append(ref, "benefit.completed", data, key=f"completed:{step}", actor=ENGINE, at=at)


def read(tx: Tx, read: BenefitRead, *, person: str, value: str, rating: Rag) -> None:
    """Write how much of a benefit has come about. Done twice, as it was read the first time."""
    data = {"step": read.step, "month": read.month, "person": person, "value": value, "rating": rating}
    tx.append(read.case, "benefit.read", data, key=f"read:{read.step}", actor=ENGINE, at=read.at)


def corrected(
    tx: Tx, ref: str, *, month: int, value: str, rating: Rag, reason: str, by: str, by_post: str
) -> bool:
    """Write another reading in the place of the one of a month, and why; that one stays in the record.

    One that says the same as the last of the month is False.
    """
    tx.lock(ref)
    known = readings(tx, ref)
    last = [one for one in known if one.month == month][-1:]
    if not last:
        raise LookupError(f"{ref} has no reading of month {month}")
    if (last[0].value, last[0].rating) == (value, rating):
        return False
    number = sum(one.correction for one in known) + 1
    said = {"month": month, "value": value, "rating": rating}
    data = {"number": number, "reason": texts.put(tx, reason), "by_post": by_post} | said
    return tx.append(ref, "benefit.corrected", data, key=f"corrected:{number}", actor=by)


# ------------------------------------------------------------------------------- reads


def get(tx: Tx, ref: str) -> BenefitView | None:
    """Return a benefit, or None if the reference is not of one."""
    row = tx.one(_BY_REF, ref=ref)
    return _benefit(row) if row else None


def must(tx: Tx, ref: str) -> BenefitView:
    """Return a benefit that has to be there; LookupError if it is not."""
    benefit = get(tx, ref)
    if benefit is None:
        raise LookupError(f"no benefit {ref}")
    return benefit


def of_proposal(tx: Tx, parent: str) -> tuple[BenefitView, ...]:
    """Return the benefits of a proposal, in the order in which it claims them."""
    return tuple(map(_benefit, tx.all(_OF_PARENT, parent=parent)))


def owned(tx: Tx, posts: Sequence[str]) -> tuple[BenefitView, ...]:
    """Return the open benefits about which posts are asked."""
    return tuple(map(_benefit, tx.all(_OWNED, posts=list(posts))))


def readings(tx: Tx, ref: str) -> tuple[Reading, ...]:
    """Return what was read of a benefit by its months, a correction after what it corrects.

    Of each month the last holds, and the last of all says how things stand: an early month that is put right
    after a later one was read changes nothing of that.
    """
    return tuple(Reading(**row._mapping) for row in tx.all(_READINGS, case=ref))


def reasons(tx: Tx, ref: str) -> dict[str, str]:
    """Return why readings were corrected, by the steps of those that correct; empty where it was erased."""
    told = (line for line in journal.lines(tx, ref) if line.kind == "benefit.corrected")
    return {
        f"{ref}.correction-{line.data['number']}": texts.get(tx, line.data["reason"]) or "" for line in told
    }


# ---------------------------------------------------------------------------- workings


def _open(tx: Tx, parent: CaseView, number: int, claimed: Claimed, due: date, at: datetime) -> str:
    ref = references.fresh(tx, "BEN")
    content = claimed.model_dump(mode="json", exclude={"yearly"}) | {
        "claimed_yearly": f"{claimed.yearly:.2f}" if claimed.yearly is not None else "",
        "parent": parent.ref,
        "parent_title": parent.title,
        "parent_version": parent.version,
    }
    version = children.first_version(
        tx, parent, kind=KIND, title=claimed.title, content=content, at=at, decide_by=due
    )
    own = {"number": number, "owner": claimed.owner, "claimed": claimed.yearly}
    follows = {"benefit": ref, "number": number}
    tx.append(parent.ref, "benefit.follows", follows, key=f"benefit:{number}", actor=ENGINE, at=at)
    tx.append(ref, "benefit.opened", version | own, key="opened", actor=ENGINE, at=at)
    return ref


def _benefit(row: Row[Any]) -> BenefitView:
    return BenefitView(**row._mapping)
