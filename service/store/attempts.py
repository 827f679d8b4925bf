"""Attempts that were refused: they change nothing, and the record says that they were made."""

from service.store.engine import Tx
from service.store.line import ORGANISATION


def refused(
    tx: Tx, case: str, *, what: str, why: str, person: str, key: str, ip: str = "", user_agent: str = ""
) -> bool:
    """Write that somebody tried what they may not; once for each key."""
    data = {"what": what, "why": why, "ip": ip, "user_agent": user_agent[:200]}
    return tx.append(case or ORGANISATION, "attempt.refused", data, key=f"attempt:{key}", actor=person)
