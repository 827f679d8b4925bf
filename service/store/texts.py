"""Long text by its hash, beside the journal: the journal keeps the hash when the law erases the text."""

from collections.abc import Iterator

import structlog
from sqlalchemy import bindparam, delete, select

from service.errors import Altered
from service.store import canonical, report_drafts
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.tables import INTENTS, TEXTS

log = structlog.get_logger(__name__)

_ALL = select(TEXTS.c.hash, TEXTS.c.body).order_by(TEXTS.c.hash)
_ANSWERED = select(INTENTS.c.case).where(INTENTS.c.words_hash == bindparam("hash")).distinct()
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
    """Take a text away for good, and what of it stands in reports that are being written. What the journal
    says of it, its hash, stays.
    """
    body = tx.value(_BY_HASH, hash=digest)
    for row in tx.all(_ANSWERED, hash=digest) if body else ():
        said = canonical.loads(body)["answers"].values()
        report_drafts.forget(tx, row.case, tuple(one["text"] for one in said if one["text"]))
    tx.run(delete(TEXTS).where(TEXTS.c.hash == digest))
