"""Housekeeping: what is only of use for minutes or hours is thrown away after."""

from datetime import timedelta

from sqlalchemy import delete, or_, select

from service.store import answers, codes, documents, failing, idempotency, report_drafts, sessions
from service.store.engine import Tx
from service.store.tables import (
    ALLOWANCES,
    ANSWER_DRAFTS,
    CODES,
    FAILING,
    IDEMPOTENCY,
    SESSION_LINKS,
    SESSIONS,
)


def sweep(tx: Tx) -> int:
    """Delete what has run out. Returns how many rows."""
    real = tx.real
    ended = or_(
        SESSIONS.c.seen_real < real - sessions.IDLE, SESSIONS.c.created_real < real - sessions.LONGEST
    )
    tx.run(delete(SESSION_LINKS).where(SESSION_LINKS.c.ref.in_(select(SESSIONS.c.ref).where(ended))))
    outlived = (
        delete(SESSIONS).where(ended),
        delete(CODES).where(CODES.c.issued_real < real - max(codes.WITHIN, codes.LIFE)),
        delete(ALLOWANCES).where(ALLOWANCES.c.expires_real < real - timedelta(minutes=1)),
        delete(ANSWER_DRAFTS).where(ANSWER_DRAFTS.c.kept_real < real - answers.LIFE),
        delete(FAILING).where(FAILING.c.failed_real < real - failing.LIFE),
        delete(IDEMPOTENCY).where(IDEMPOTENCY.c.remembered_real < real - idempotency.LIFE),
    )
    rows = sum(tx.run(statement).rowcount for statement in outlived)
    # First what was typed, for documents are held as long as that is kept.
    return rows + report_drafts.sweep(tx) + documents.sweep(tx)
