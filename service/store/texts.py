"""Long text by its hash, beside the journal: the journal keeps the hash when the law erases the text."""

from collections.abc import Iterator

import structlog
from sqlalchemy import bindparam, delete, select

from service.errors import Altered
from service.store import canonical
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.tables import TEXTS

log = structlog.get_logger(__name__)

_ALL = select(TEXTS.c.hash, TEXTS.c.body).order_by(TEXTS.c.hash)
_BY_HASH = select(TEXTS.c.body).where(TEXTS.c.hash == bindparam("hash"))


def put(tx: Tx, text: str) -> str:
    """Keep a text and return its hash."""
    digest = canonical.digest(text)
    insert_new(tx.connection, TEXTS, [{"hash": digest, "body": text, "put_real": tx.real}])
    return digest


def get(tx: Tx, digest: str) -> str | None:
    """Return a text, or None if it was erased. Raises Altered if it is not the one that was kept."""
    return whole(tx.value(_BY_HASH, hash=digest), digest)


def whole(body: str | None, digest: str) -> str | None:
    """Return a text that was read, if it is what its hash says or was erased; else Altered is raised."""
    if body is not None and canonical.digest(body) != digest:
        log.error("a text is not what its hash says", hash=digest)
        raise Altered
    return body


def altered(tx: Tx) -> Iterator[str]:
    """Go through the hashes of all texts that are not what these say; an erased text is not among them."""
    for row in tx.each(_ALL):
        if canonical.digest(row.body) != row.hash:
            yield row.hash


def erase(tx: Tx, digest: str) -> None:
    """Take a text away for good. What the journal says of it, its hash, stays."""
    tx.run(delete(TEXTS).where(TEXTS.c.hash == digest))
