"""The tables that pages read, made again from the journal alone."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Table, delete, select

from service.store import canonical, fold, journal
from service.store.engine import Store, Tx
from service.store.tables import FOLDED
from workflows.model import Frozen

_FIRST = 3
"""How many rows of a table are named; whoever emptied one has changed them all."""

Rows = Mapping[str, str]
"""The rows of a table, each as text, by their keys."""


class Drift(Frozen):
    """A folded table that is not what the journal makes of it."""

    table: str
    rows: int
    """How many rows differ."""
    first: tuple[str, ...]
    """The first few of them, each with its key and what is wrong with it."""

    def __str__(self) -> str:
        more = f"; and {self.rows - len(self.first)} more" if self.rows > len(self.first) else ""
        return "; ".join(self.first) + more


def rebuild(store: Store) -> int:
    """Empty the folded tables and fold every line again. Returns how many lines."""
    with store.writing() as tx:
        tx.alone()
        return _again(tx)


def drift(store: Store) -> tuple[Drift, ...]:
    """Return the folded tables that are not what the journal makes of them. Changes nothing."""
    with store.writing() as tx:
        tx.alone()
        before = _tables(tx)
        with tx.connection.begin_nested() as attempt:
            _again(tx)
            after = _tables(tx)
            attempt.rollback()
    return tuple(_drift(name, before[name], after[name]) for name in before if before[name] != after[name])


def dump(store: Store) -> str:
    """Return every folded table as text, the same text for the same rows on either database."""
    with store.reading() as tx:
        return "".join(
            f"{name}\n" + "".join(sorted(f"{row}\n" for row in rows.values()))
            for name, rows in _tables(tx).items()
        )


def _again(tx: Tx) -> int:
    for table in FOLDED:
        tx.run(delete(table))
    lines = 0
    for line in journal.stream(tx):
        fold.apply(tx.connection, line)
        lines += 1
    return lines


def _drift(name: str, before: Rows, after: Rows) -> Drift:
    differing = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    first = tuple(f"{key} {_wrong(before.get(key), after.get(key))}" for key in differing[:_FIRST])
    return Drift(table=name, rows=len(differing), first=first)


def _wrong(is_: str | None, ought: str | None) -> str:
    """Say what is wrong with a row. Values are not repeated: they may be long, and are on the pages."""
    if is_ is None:
        return "is missing"
    if ought is None:
        return "is there, and no line speaks of it"
    return f"differs in {', '.join(_differing(canonical.loads(is_), canonical.loads(ought)))}"


def _differing(is_: Mapping[str, object], ought: Mapping[str, object]) -> Iterator[str]:
    return (name for name in ought if is_[name] != ought[name])


def _tables(tx: Tx) -> dict[str, Rows]:
    return {
        table.name: {_key(table, row): _row(row) for row in (dict(row._mapping) for row in rows)}
        for table in FOLDED
        for rows in [tx.all(select(table))]
    }


def _key(table: Table, fields: Mapping[str, object]) -> str:
    return " ".join(str(fields[column.name]) for column in table.primary_key)


def _row(fields: Mapping[str, object]) -> str:
    return canonical.dumps(
        {name: repr(value) if isinstance(value, float) else value for name, value in fields.items()}
    )
