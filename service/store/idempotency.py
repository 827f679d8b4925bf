"""Idempotency keys: the same request again is answered the same, and another under its key is refused."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, select

from service.errors import KeyReused
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.tables import IDEMPOTENCY
from workflows.model import Frozen

LIFE = timedelta(days=1)

_REMEMBERED = select(IDEMPOTENCY).where(
    IDEMPOTENCY.c.owner == bindparam("owner"), IDEMPOTENCY.c.key == bindparam("key")
)


class Reply(Frozen):
    """What a request was answered."""

    status: int
    body: str


def recall(tx: Tx, *, owner: str, key: str, request_hash: str) -> Reply | None:
    """Return what this request was answered before, if it was."""
    row = tx.one(_REMEMBERED, owner=owner, key=key)
    if row is None or tx.real - row.remembered_real > LIFE:
        return None
    if row.request_hash != request_hash:
        raise KeyReused
    return Reply(status=row.status, body=row.body)


def remember(tx: Tx, *, owner: str, key: str, request_hash: str, status: int, body: str) -> None:
    """Keep what a request was answered, for a day."""
    outlived = IDEMPOTENCY.c.remembered_real < tx.real - LIFE
    tx.run(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.owner == owner, IDEMPOTENCY.c.key == key, outlived))
    row = {"owner": owner, "key": key, "request_hash": request_hash, "status": status, "body": body}
    insert_new(tx.connection, IDEMPOTENCY, [row | {"remembered_real": tx.real}])
