"""Long text by its hash, beside the journal: the journal keeps the hash when the law erases the text."""

from sqlalchemy import bindparam, delete, select

from service.store import canonical
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.tables import TEXTS

_BY_HASH = select(TEXTS.c.body).where(TEXTS.c.hash == bindparam("hash"))


def put(tx: Tx, text: str) -> str:
    """Keep a text and return its hash."""
    digest = canonical.digest(text)
    insert_new(tx.connection, TEXTS, [{"hash": digest, "body": text, "put_real": tx.real}])
    return digest


def get(tx: Tx, digest: str) -> str | None:
    """Return a text, or None if it was erased."""
    text: str | None = tx.value(_BY_HASH, hash=digest)
    return text


def erase(tx: Tx, digest: str) -> None:
    """Take a text away for good. What the journal says of it, its hash, stays."""
    tx.run(delete(TEXTS).where(TEXTS.c.hash == digest))
