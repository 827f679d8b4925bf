"""References: the next number of a series, such as INV-2026-0001, given once."""

from sqlalchemy.dialects import postgresql, sqlite

from service.store.engine import Tx
from service.store.tables import COUNTERS


def fresh(tx: Tx, letters: str) -> str:
    """Return a reference that nothing else has, in the series of some letters and the Clock's year."""
    series = f"{letters}-{tx.today.year}"
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    counted = dialect.insert(COUNTERS).values(series=series, value=1)
    counted = counted.on_conflict_do_update(
        index_elements=[COUNTERS.c.series], set_={"value": COUNTERS.c.value + 1}
    )
    number: int = tx.value(counted.returning(COUNTERS.c.value))
    return f"{series}-{number:04}"
