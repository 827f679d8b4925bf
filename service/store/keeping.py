"""Which answers about an earlier version stand for a later one, because nothing material changed."""

from sqlalchemy import bindparam, select

from service.store import canonical
from service.store.engine import Tx
from service.store.tables import CASE_VERSIONS

_KEPT = select(CASE_VERSIONS.c.kept).where(
    CASE_VERSIONS.c.ref == bindparam("ref"), CASE_VERSIONS.c.version == bindparam("version")
)


def kept(tx: Tx, ref: str, version: int) -> dict[str, str]:
    """Return the steps whose answers stand for a version, by the keys of their questions."""
    found = tx.value(_KEPT, ref=ref, version=version)
    steps: dict[str, str] = canonical.loads(found) if found else {}
    return steps
