"""The tables that pages read, made again from the journal alone."""

from sqlalchemy import delete, select

from service.store import canonical, fold, journal
from service.store.engine import Store, Tx
from service.store.tables import FOLDED


def rebuild(store: Store) -> int:
    """Empty the folded tables and fold every line again. Returns how many lines."""
    with store.writing() as tx:
        tx.alone()
        return _again(tx)


def drift(store: Store) -> tuple[str, ...]:
    """Return the names of folded tables that are not what the journal makes of them. Changes nothing."""
    with store.writing() as tx:
        tx.alone()
        before = _tables(tx)
        with tx.connection.begin_nested() as attempt:
            _again(tx)
            after = _tables(tx)
            attempt.rollback()
    return tuple(name for name in before if before[name] != after[name])


def dump(store: Store) -> str:
    """Return every folded table as text, the same text for the same rows on either database."""
    with store.reading() as tx:
        return "".join(_tables(tx).values())


def _again(tx: Tx) -> int:
    for table in FOLDED:
        tx.run(delete(table))
    lines = 0
    for line in journal.stream(tx):
        fold.apply(tx.connection, line)
        lines += 1
    return lines


def _tables(tx: Tx) -> dict[str, str]:
    return {
        table.name: f"{table.name}\n" + "".join(sorted(f"{_row(dict(row._mapping))}\n" for row in rows))
        for table in FOLDED
        for rows in [tx.all(select(table))]
    }


def _row(fields: dict[str, object]) -> str:
    return canonical.dumps(
        {name: repr(value) if isinstance(value, float) else value for name, value in fields.items()}
    )
