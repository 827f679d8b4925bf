"""What Assent itself fails to do for a case, again and again, so that the case does not move.

It is no fact about the case and stands beside the record: it is gone once it works again.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.tables import CASES, FAILING
from workflows.model import Frozen

LIFE = timedelta(hours=1)
"""What has not been tried for so long is not tried any more: its question was called off."""

_OF_CASE = select(FAILING).where(FAILING.c.case == bindparam("case")).order_by(FAILING.c.since_real)
_OPEN = (
    select(FAILING, CASES.c.title)
    .join(CASES, CASES.c.ref == FAILING.c.case)
    .where(CASES.c.organisation == bindparam("organisation"), CASES.c.open)
    .order_by(FAILING.c.since_real, FAILING.c.key)
)


class Failing(Frozen):
    """Something that keeps failing."""

    case: str
    doing: str
    """What it is, in words: "asking a question"."""
    since: datetime
    """When it was to be done first, by the real clock."""
    tries: int
    title: str = ""
    """That of the case, in a list."""


def failed(tx: Tx, key: str, *, case: str, doing: str, since: datetime, tries: int) -> None:
    """Note that something failed once more; `key` names it among all that is to be done."""
    noted = tx.run(update(FAILING).where(FAILING.c.key == key).values(tries=tries, failed_real=tx.real))
    if not noted.rowcount:
        row = {"key": key, "case": case, "doing": doing, "since_real": since}
        insert_new(tx.connection, FAILING, [row | {"tries": tries, "failed_real": tx.real}])


def works(tx: Tx, key: str) -> None:
    """Note that what failed has been done."""
    tx.run(delete(FAILING).where(FAILING.c.key == key))


def of_case(tx: Tx, ref: str) -> tuple[Failing, ...]:
    """Return what keeps failing for a case, the longest first."""
    return tuple(_told(row) for row in tx.all(_OF_CASE, case=ref))


def open_cases(tx: Tx, organisation: str) -> tuple[Failing, ...]:
    """Return what keeps failing for the open cases of an organisation, the longest first."""
    return tuple(
        _told(row).model_copy(update={"title": row.title}) for row in tx.all(_OPEN, organisation=organisation)
    )


def _told(row: Row[Any]) -> Failing:
    return Failing(case=row.case, doing=row.doing, since=row.since_real, tries=row.tries)
