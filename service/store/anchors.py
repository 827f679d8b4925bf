"""Daily anchors: one line that vouches for where every chain ends, to be sent out of the building.

Whoever holds an anchor can tell if a tail was cut off, or the whole record put back to an earlier day.
"""

from datetime import date

from sqlalchemy import or_, select

from service.store import canonical, journal
from service.store.engine import Tx
from service.store.line import ENGINE, ORGANISATION, Line
from service.store.tables import ANCHORED, HEADS, JOURNAL
from workflows.model import Frozen

KIND = "day.closed"


class Witness(Frozen):
    """What an auditor keeps of a day: which, and what all chains came to."""

    day: date
    digest: str


class Anchor(Witness):
    """A day that was closed: its line's place and signature, and the digest over all chains."""

    seq: int
    mac: str
    cases: int
    """How many chains there are besides the organisation's own: of cases, and of series of meetings."""


def close_day(tx: Tx, day: date) -> Anchor | None:
    """Vouch for every chain as it is now. Returns None if the day was closed before."""
    tx.lock(ORGANISATION)
    known = {row.case: (row.seq, row.mac) for row in tx.all(select(ANCHORED))}
    # The organisation's own chain is vouched for by the anchor line itself, which stands in it.
    moved = select(HEADS.c.case, HEADS.c.seq, HEADS.c.mac).where(HEADS.c.case != ORGANISATION)
    moved = moved.outerjoin(ANCHORED, ANCHORED.c.case == HEADS.c.case)
    moved = moved.where(or_(ANCHORED.c.seq.is_(None), ANCHORED.c.seq != HEADS.c.seq))
    heads = {row.case: (row.seq, row.mac) for row in tx.all(moved)}
    now = known | heads
    data = {"day": day, "heads": heads, "digest": digest(now), "cases": len(now)}
    if not tx.append(ORGANISATION, KIND, data, key=f"day:{day.isoformat()}", actor=ENGINE):
        return None
    return last(tx)


def last(tx: Tx) -> Anchor | None:
    """Return the latest anchor."""
    closings = select(JOURNAL).where(JOURNAL.c.case == ORGANISATION, JOURNAL.c.kind == KIND)
    row = tx.one(closings.order_by(JOURNAL.c.seq.desc()).limit(1))
    return anchor(journal.read(row)) if row else None


def anchor(line: Line) -> Anchor:
    """Return the anchor that a line is."""
    data = line.data
    return Anchor(
        day=date.fromisoformat(data["day"]),
        seq=line.seq,
        mac=line.mac,
        digest=data["digest"],
        cases=data["cases"],
    )


def digest(heads: dict[str, tuple[int, str]]) -> str:
    """Return one hash for where all the chains end."""
    return canonical.digest(canonical.dumps(heads))
