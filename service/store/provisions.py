"""What is put on record about a case beside its versions: suppliers served, and sharing agreements."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from service.store import canonical
from service.store.engine import Tx
from service.store.tables import AGREEMENTS, SUPPLIERS
from workflows.model import Frozen


class Served(Frozen):
    """A supplier that had technical parameters, on a day (SYS-07)."""

    supplier: str
    on: date
    parameters: tuple[str, ...]
    """By their keys."""
    by: str
    """The person who put it on record."""
    at: datetime


class Agreement(Frozen):
    """An agreement to share personal data with a partner, from a day to a day, both included (SYS-13)."""

    reference: str
    since: date
    until: date
    by: str
    at: datetime

    def in_date(self, day: date) -> bool:
        """Say whether it holds on a day."""
        return self.since <= day <= self.until


def supplied(tx: Tx, ref: str, *, supplier: str, on: date, parameters: Sequence[str], by: str) -> bool:
    """Write down that a supplier had parameters. The same again is False."""
    data = {"supplier": supplier, "on": on, "parameters": sorted({*parameters})}
    key = f"supplied:{canonical.digest(canonical.dumps(data))}"
    return tx.append(ref, "parameters.supplied", data, key=key, actor=by)


def agreed(tx: Tx, ref: str, *, reference: str, since: date, until: date, by: str) -> bool:
    """Write an agreement down. The same again is False; several may follow one another."""
    data = {"reference": reference, "since": since, "until": until}
    key = f"agreed:{canonical.digest(canonical.dumps(data))}"
    return tx.append(ref, "agreement.recorded", data, key=key, actor=by)


def served(tx: Tx, ref: str) -> tuple[Served, ...]:
    """Return the suppliers that had parameters, in the order in which they were put on record."""
    rows = tx.all(select(SUPPLIERS).where(SUPPLIERS.c.case == ref).order_by(SUPPLIERS.c.number))
    return tuple(
        Served(
            supplier=row.supplier,
            on=row.on,
            parameters=tuple(canonical.loads(row.parameters)),
            by=row.set_by,
            at=row.set_at,
        )
        for row in rows
    )


def agreements(tx: Tx, ref: str) -> tuple[Agreement, ...]:
    """Return the agreements of a case, in the order in which they were put on record."""
    rows = tx.all(select(AGREEMENTS).where(AGREEMENTS.c.case == ref).order_by(AGREEMENTS.c.number))
    return tuple(
        Agreement(reference=row.reference, since=row.since, until=row.until, by=row.set_by, at=row.set_at)
        for row in rows
    )
