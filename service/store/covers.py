"""Covers: dated delegations from one person to another, one hop and never further."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from service.errors import Malformed, Problem
from service.store.engine import Tx
from service.store.line import ORGANISATION
from service.store.tables import COVERS
from workflows.model import Frozen

_ON_DAY = (
    select(COVERS)
    .where(COVERS.c.starts <= bindparam("day"), COVERS.c.ends >= bindparam("day"))
    .order_by(COVERS.c.number)
)


class Cover(Frozen):
    """For these days, both included, `cover` may answer where `person` is asked."""

    person: str
    cover: str
    starts: date
    ends: date
    set_by: str


class SetCover(Cover):
    """A cover in the record."""

    set_at: datetime


def set(tx: Tx, cover: Cover) -> bool:
    """Write a cover down. Of several for the same day the one set last counts."""
    if cover.cover == cover.person:
        raise Malformed(problems=[Problem(field="cover", message="Name somebody else to cover for you.")])
    if cover.ends < cover.starts:
        raise Malformed(
            problems=[Problem(field="ends", message="The last day must not be before the first.")]
        )
    tx.lock(ORGANISATION)
    if any(cover == Cover(**known.model_dump()) for known in of(tx, cover.person)[:1]):
        return False
    data = cover.model_dump(exclude={"set_by"})
    # The same cover may be set again after it was ended or another took its place.
    number = len(_all_ever(tx, cover.person)) + 1
    key = f"cover:{cover.person}:{number}"
    return tx.append(ORGANISATION, "cover.set", data, key=key, actor=cover.set_by)


def ended(tx: Tx, person: str, day: date, *, by: str) -> bool:
    """Let a day be the last on which a person is covered; covers to come are called off."""
    tx.lock(ORGANISATION)
    running = [cover for cover in of(tx, person) if cover.ends > day]
    if not running:
        return False
    key = f"cover.ended:{person}:{tx.real.isoformat()}"
    return tx.append(ORGANISATION, "cover.ended", {"person": person, "day": day}, key=key, actor=by)


def on(tx: Tx, person: str, day: date) -> str | None:
    """Return who covers for a person on a day."""
    return on_day(tx, day).get(person)


def on_day(tx: Tx, day: date) -> dict[str, str]:
    """Return everybody who is covered on a day, and by whom."""
    return dict(tx.once(("covers", day), lambda: _on_day(tx, day)))


def of(tx: Tx, person: str) -> tuple[SetCover, ...]:
    """Return a person's covers, the one set last first."""
    return tuple(map(_cover, _all_ever(tx, person)))


def _on_day(tx: Tx, day: date) -> dict[str, str]:
    return {row.person: row.cover for row in tx.all(_ON_DAY, day=day)}


def _all_ever(tx: Tx, person: str) -> tuple[Row[Any], ...]:
    ever: Select[Any] = select(COVERS).where(COVERS.c.person == person)
    return tuple(tx.all(ever.order_by(COVERS.c.number.desc())))


def _cover(row: Row[Any]) -> SetCover:
    return SetCover(**row._mapping)
