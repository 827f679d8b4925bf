"""Answers between choosing and confirming: held here, so that the form holds nothing but their id."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from service.store import canonical
from service.store.engine import Tx
from service.store.tables import ANSWER_DRAFTS
from workflows.model import Frozen

LIFE = timedelta(hours=8)

_BY_ID = select(ANSWER_DRAFTS).where(
    ANSWER_DRAFTS.c.id == bindparam("id"), ANSWER_DRAFTS.c.session == bindparam("session")
)


class AnswerDraft(Frozen):
    """What somebody has chosen and not confirmed."""

    id: str
    link: str
    step: str
    seat: str
    answer: dict[str, Any]
    shown_hash: str
    """The hash of what they saw when they chose."""
    kept: datetime


def keep(
    tx: Tx, *, session: str, link: str, step: str, seat: str, answer: Mapping[str, Any], shown_hash: str
) -> str:
    """Hold an answer for a session and return its id."""
    id = secrets.token_urlsafe(16)
    row = {"id": id, "session": session, "link": link, "step": step, "seat": seat}
    row |= {"answer": canonical.written(answer), "shown_hash": shown_hash}
    tx.run(insert(ANSWER_DRAFTS), row | {"kept_real": tx.real})
    return id


def get(tx: Tx, id: str, *, session: str) -> AnswerDraft | None:
    """Return an answer to the session that gave it, and to no other."""
    row = tx.one(_BY_ID, id=id, session=session)
    if row is None or tx.real - row.kept_real > LIFE:
        return None
    fields = dict(row._mapping) | {"answer": canonical.loads(row.answer), "kept": row.kept_real}
    return AnswerDraft(**fields)


def discard(tx: Tx, id: str) -> None:
    """Let go of an answer."""
    tx.run(delete(ANSWER_DRAFTS).where(ANSWER_DRAFTS.c.id == id))
