"""Covers: dated delegations from one person to another, one hop and never further."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from service.errors import Malformed, Problem
from service.handbook.words import in_words
from service.store.engine import Tx
from service.store.line import ORGANISATION
from service.store.tables import COVERS
from workflows.model import Frozen

_ON_DAY = (
    select(COVERS)
    .where(COVERS.c.starts <= bindparam("day"), COVERS.c.ends >= bindparam("day"))
    .order_by(COVERS.c.number)
)


_BETWEEN = (
    select(COVERS)
    .where(COVERS.c.starts <= bindparam("last"), COVERS.c.ends >= bindparam("first"))
    .order_by(COVERS.c.number)
)
_DAY = timedelta(days=1)


class Cover(Frozen):
    """For these days, both included, `cover` may answer where `person` is asked."""

    person: str
    cover: str
    starts: date
    ends: date
    set_by: str


class Clash(Frozen):
    """A cover in the record that another would make a chain of, or a circle."""

    person: str
    cover: str
    starts: date
    ends: date


class SetCover(Cover):
    """A cover in the record."""

    number: int
    set_at: datetime


def set(tx: Tx, cover: Cover) -> bool:
    """Write a cover down. Of several for the same day the one set last counts.

    A cover who is away and covered on one of the days, or a person who covers for somebody then, is
    Malformed: nobody is covered at second hand (A27).
    """
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
    if found := clash(tx, cover):
        away = "Whoever you name is" if found.person == cover.cover else "You cover for somebody who is"
        told = f"{away} away themselves from {in_words(found.starts)} to {in_words(found.ends)}"
        raise Malformed(problems=[Problem(field="cover", message=told)])
    # The same cover may be set again after it was ended or another took its place.
    number = len(_all_ever(tx, cover.person)) + 1
    key = f"cover:{cover.person}:{number}"
    return tx.append(ORGANISATION, "cover.set", data, key=key, actor=cover.set_by)


def clash(tx: Tx, cover: Cover) -> Clash | None:
    """Return the cover in force on one of a cover's days that would make a chain or a circle with it."""
    rows = [_cover(row) for row in tx.all(_BETWEEN, first=cover.starts, last=cover.ends)]
    changes = {cover.starts, *(row.starts for row in rows), *(row.ends + _DAY for row in rows)}
    for day in sorted(changes):
        if cover.starts <= day <= cover.ends:
            # Of several the one set last counts.
            away = {row.person: row for row in rows if row.starts <= day <= row.ends}
            covered = [away.get(cover.cover), *(row for row in away.values() if row.cover == cover.person)]
            for row in filter(None, covered):
                return Clash(person=row.person, cover=row.cover, starts=row.starts, ends=row.ends)
    return None


def ended(tx: Tx, person: str, day: date, *, by: str, number: int | None = None) -> bool:
    """Let a day be the last on which a person is covered, or on which one cover holds, by its number.

    Covers to come are called off.
    """
    tx.lock(ORGANISATION)
    running = [cover for cover in of(tx, person) if cover.ends > day and number in (None, cover.number)]
    if not running:
        return False
    data: dict[str, Any] = {"person": person, "day": day}
    which = person
    if number is not None:
        data["number"] = number
        which = f"{person}:{number}"
    key = f"cover.ended:{which}:{tx.real.isoformat()}"
    return tx.append(ORGANISATION, "cover.ended", data, key=key, actor=by)


def on(tx: Tx, person: str, day: date) -> str | None:
    """Return who covers for a person on a day."""
    return on_day(tx, day).get(person)


def on_day(tx: Tx, day: date) -> dict[str, str]:
    """Return everybody who is covered on a day, and by whom."""
    return dict(tx.once(("covers", day), lambda: _on_day(tx, day)))


def of(tx: Tx, person: str) -> tuple[SetCover, ...]:
    """Return a person's covers, the one set last first."""
    return tuple(map(_cover, _all_ever(tx, person)))


def holding(tx: Tx, person: str, since: date) -> tuple[SetCover, ...]:
    """Return a person's covers that hold on some day from a day on, the one set last first.

    Whatever others that were set later have taken the place of, on all its days, holds no more.
    """
    found: list[SetCover] = []
    for cover in of(tx, person):
        first = max(cover.starts, since)
        days = (first + _DAY * ahead for ahead in range((cover.ends - first).days + 1))
        if any(not any(later.starts <= day <= later.ends for later in found) for day in days):
            found.append(cover)
    return tuple(found)


def _on_day(tx: Tx, day: date) -> dict[str, str]:
    return {row.person: row.cover for row in tx.all(_ON_DAY, day=day)}


def _all_ever(tx: Tx, person: str) -> tuple[Row[Any], ...]:
    ever: Select[Any] = select(COVERS).where(COVERS.c.person == person)
    return tuple(tx.all(ever.order_by(COVERS.c.number.desc())))


def _cover(row: Row[Any]) -> SetCover:
    return SetCover(**row._mapping)
