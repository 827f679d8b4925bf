"""Wishes to take back an answer: what people submitted, kept until the engine has answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, literal, select, update

from service.store import intents
from service.store.engine import Tx
from service.store.intents import ACCEPTED, REFUSED, SUBMITTED
from service.store.line import ENGINE
from service.store.tables import UNDOS
from workflows.model import Undo

_BY_KEY = select(UNDOS).where(UNDOS.c.key == bindparam("key"))
# Spelt out, for the index of these alone serves no query that leaves the state open.
_UNSETTLED = (
    select(UNDOS)
    .where(UNDOS.c.state == literal(SUBMITTED, literal_execute=True))
    .order_by(UNDOS.c.submitted_at, UNDOS.c.key)
)
_UNSETTLED_OF = _UNSETTLED.where(UNDOS.c.step == bindparam("step"))
_SETTLE = update(UNDOS).where(UNDOS.c.key == bindparam("its_key"), UNDOS.c.state == SUBMITTED)


class StoredUndo(Undo):
    """A wish to take back an answer, and what the engine made of it."""

    case: str
    state: str
    refusal: str
    recorded_real: datetime

    @property
    def asked(self) -> Undo:
        """The wish as the engine receives it."""
        return Undo(**self.model_dump(include=set(Undo.model_fields)))


def submit(tx: Tx, case: str, undo: Undo) -> StoredUndo:
    """Write down that a person wants to take back their answer. The same again stands."""
    tx.lock(case)
    known = get(tx, undo.key)
    if known is not None:
        return known
    row = undo.model_dump() | {
        "case": case,
        "state": SUBMITTED,
        "refusal": "",
        "recorded_real": tx.real,
    }
    tx.run(insert(UNDOS), row)
    tx.append(
        case,
        "decision.taking_back",
        recordable(undo),
        key=undo.key,
        actor=undo.person,
        at=undo.submitted_at,
    )
    return StoredUndo(**row)


def accepted(tx: Tx, undo: Undo) -> None:
    """Write that the engine counts the answer no more."""
    tx.run(_SETTLE, {"its_key": undo.key, "state": ACCEPTED})
    intents.undone(tx, undo.decision, undo.attempt)


def refused(tx: Tx, key: str, refusal: str) -> None:
    """Write that the answer stands, and why."""
    undo = get(tx, key)
    if undo is None or undo.state != SUBMITTED:
        return
    data = recordable(undo.asked) | {"refusal": refusal}
    tx.append(undo.case, "decision.not_taken_back", data, key=f"refused:{key}", actor=ENGINE)
    tx.run(_SETTLE, {"its_key": key, "state": REFUSED, "refusal": refusal})


def get(tx: Tx, key: str) -> StoredUndo | None:
    """Return a wish by its key."""
    row = tx.one(_BY_KEY, key=key)
    return _undo(row) if row else None


def unsettled(tx: Tx, step: str | None = None, before: datetime | None = None) -> tuple[StoredUndo, ...]:
    """Return the wishes that the engine has not answered, the first submitted first."""
    rows: Sequence[Row[Any]] = tx.all(_UNSETTLED) if step is None else tx.all(_UNSETTLED_OF, step=step)
    return tuple(undo for undo in map(_undo, rows) if before is None or undo.submitted_at <= before)


def recordable(undo: Undo) -> dict[str, Any]:
    """Return what the journal keeps of it."""
    return undo.model_dump(include={"step", "decision", "attempt", "seat", "person"}) | {
        "submitted_at": undo.submitted_at
    }


def _undo(row: Row[Any]) -> StoredUndo:
    return StoredUndo(**row._mapping)
