"""The journal, read."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select

from service.store import canonical
from service.store.engine import Tx
from service.store.line import Line
from service.store.tables import HEADS, JOURNAL


def lines(tx: Tx, case: str, after: int = 0, limit: int | None = None) -> tuple[Line, ...]:
    """Return a case's lines in order, those after a number."""
    wanted = select(JOURNAL).where(JOURNAL.c.case == case, JOURNAL.c.seq > after)
    return tuple(map(read, tx.all(wanted.order_by(JOURNAL.c.seq).limit(limit))))


def stream(tx: Tx) -> Iterator[Line]:
    """Return every line there is, case by case, without holding them all."""
    every = select(JOURNAL).order_by(JOURNAL.c.case, JOURNAL.c.seq).execution_options(yield_per=1000)
    yield from map(read, tx.connection.execute(every))


def export(tx: Tx, case: str) -> str:
    """Return a case's lines as canonical JSON, one to a line of text, as a verifier reads them."""
    return "".join(f"{canonical.dumps(line.model_dump())}\n" for line in lines(tx, case))


def cases(tx: Tx) -> tuple[str, ...]:
    """Return every case that has a journal, the organisation's own among them."""
    return tuple(sorted(row.case for row in tx.all(select(HEADS.c.case).union(select(JOURNAL.c.case)))))


def read(row: Row[Any]) -> Line:
    """Return a line as its row has it."""
    return Line(**dict(row._mapping) | {"data": canonical.loads(row.data)})
