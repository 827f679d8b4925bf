"""Documents that people hand in: their bytes by hash, beside the journal, and what the journal says of them.

The bytes are kept in pieces, so that nobody ever holds a whole document in memory, and can be erased by law,
as can what a document is called: the line of the record that attaches it to a case has the hashes of both,
which stay. What somebody has uploaded and not confirmed yet is held without a line: for a day, or for as long
as the report is kept that they write.
"""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import IO, Any

import structlog
from sqlalchemy import Row, Update, bindparam, delete, exists, func, insert, or_, select, update

from service import documents
from service.documents import Document
from service.errors import Altered, Gone
from service.store import canonical, texts
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.tables import ATTACHED, DOCUMENT_PARTS, DOCUMENTS, HELD, REPORT_DRAFTS, TEXTS
from workflows.model import Frozen

log = structlog.get_logger(__name__)

PIECE = 256 * 1024
"""Bytes of a document that are kept in one row."""
LIFE = timedelta(days=1)
"""For how long what was uploaded is held before it is confirmed, in real time, where no report is kept."""
NAMELESS = "A document whose name was erased"
"""In the place of the name of a document that the law had erased."""

_IS_KEPT = exists().where(DOCUMENTS.c.hash == bindparam("hash")).select()
_HASHES = select(DOCUMENTS.c.hash).order_by(DOCUMENTS.c.hash)
_PIECE = select(DOCUMENT_PARTS.c.body).where(
    DOCUMENT_PARTS.c.hash == bindparam("hash"), DOCUMENT_PARTS.c.number == bindparam("number")
)
_TOUCH = update(DOCUMENTS).where(DOCUMENTS.c.hash == bindparam("its_hash"))
_NAMED = (
    select(ATTACHED, TEXTS.c.body)
    .outerjoin(TEXTS, TEXTS.c.hash == ATTACHED.c.name)
    .where(ATTACHED.c.case == bindparam("case"))
)
_OF_CASE = _NAMED.order_by(ATTACHED.c.number)
_BY_NUMBER = _NAMED.where(ATTACHED.c.number == bindparam("number"))
_LAST_OF_NAME = select(ATTACHED).where(
    ATTACHED.c.case == bindparam("case"),
    ATTACHED.c.name == bindparam("name"),
    ATTACHED.c.superseded_by.is_(None),
)
_LAST = select(func.max(ATTACHED.c.number)).where(ATTACHED.c.case == bindparam("case"))
_BEING_WRITTEN = exists().where(
    REPORT_DRAFTS.c.case == HELD.c.case,
    REPORT_DRAFTS.c.key == HELD.c.key,
    REPORT_DRAFTS.c.person == HELD.c.person,
)
"""The report that it was uploaded with is still being written."""
_HELD = (
    select(HELD)
    .where(
        HELD.c.case == bindparam("case"),
        HELD.c.key == bindparam("key"),
        HELD.c.person == bindparam("person"),
        or_(HELD.c.held_real >= bindparam("since"), _BEING_WRITTEN),
    )
    .order_by(HELD.c.held_real, HELD.c.id)
)


class Paper(Frozen):
    """A document as somebody hands it in."""

    kind: str = ""
    """What it is, by the handbook's kinds of document; empty where nobody has said."""
    name: str
    media_type: str
    size: int
    """Bytes."""
    hash: str


class Attached(Paper):
    """A document of a case."""

    case: str
    number: int
    """Counted from 1 in each case."""
    step: str
    """The question with whose answer it was handed in; empty if with none."""
    by: str
    by_post: str
    """The post through which they might."""
    at: datetime
    superseded_by: int | None = None
    """The number of a later one of the same name; None for the one that counts."""


class Held(Paper):
    """A document that was uploaded with an answer and is not confirmed yet."""

    id: str


def paper(document: Document, kind: str = "") -> Paper:
    """Return a document that was looked at as it is handed in."""
    return Paper(
        kind=kind,
        name=document.name,
        media_type=documents.media_type(document.type),
        size=document.size,
        hash=document.hash,
    )


# ------------------------------------------------------------------------------ bytes


def put(tx: Tx, file: IO[bytes], document: Document) -> None:
    """Keep the bytes of a document; kept before, they are only kept for longer."""
    row = {"hash": document.hash, "size": document.size, "put_real": tx.real}
    # Whoever sweeps at this moment waits for this row, and then finds that it is wanted.
    if not _wanted(tx, document.hash):
        insert_new(tx.connection, DOCUMENTS, [row])
    digest = sha256()
    file.seek(0)
    for number, piece in enumerate(iter(lambda: file.read(PIECE), b"")):
        digest.update(piece)
        insert_new(tx.connection, DOCUMENT_PARTS, [{"hash": document.hash, "number": number, "body": piece}])
    if digest.hexdigest() != document.hash:
        raise ValueError("the document is not what its hash says")


def is_kept(tx: Tx, hash: str) -> bool:
    """Say whether the bytes of a document are there; erased, they are not."""
    return bool(tx.value(_IS_KEPT, hash=hash))


def check(tx: Tx, hash: str) -> None:
    """Raise Altered if the bytes of a document are not those that were kept."""
    if _digest(tx, hash) != hash:
        log.error("a document is not what its hash says", hash=hash)
        raise Altered


def piece(tx: Tx, hash: str, number: int) -> bytes | None:
    """Return a piece of a document, counted from 0; None after the last."""
    body: bytes | None = tx.value(_PIECE, hash=hash, number=number)
    return body


def altered(tx: Tx) -> Iterator[str]:
    """Go through the hashes of all documents that are not what these say; an erased one is not among them."""
    for row in tx.all(_HASHES):
        if _digest(tx, row.hash) != row.hash:
            yield row.hash


def erase(tx: Tx, hash: str) -> None:
    """Take the bytes of a document away for good. What the journal says of it stays, and so does what it is
    called: that is a text of its own.
    """
    tx.run(delete(HELD).where(HELD.c.hash == hash))
    _drop(tx, [hash])


def sweep(tx: Tx) -> int:
    """Let go of what was uploaded a day ago and never confirmed. Returns how many documents."""
    before = tx.real - LIFE
    over = tx.all(delete(HELD).where(HELD.c.held_real < before, ~_BEING_WRITTEN).returning(HELD.c.hash))
    if not over:
        return 0
    still = or_(
        exists().where(HELD.c.hash == DOCUMENTS.c.hash), exists().where(ATTACHED.c.hash == DOCUMENTS.c.hash)
    )
    unwanted = delete(DOCUMENTS).where(
        DOCUMENTS.c.hash.in_({row.hash for row in over}), DOCUMENTS.c.put_real < before, ~still
    )
    _drop(tx, [row.hash for row in tx.all(unwanted.returning(DOCUMENTS.c.hash))])
    return len(over)


def _wanted(tx: Tx, hash: str) -> bool:
    """Keep the bytes of a document from being swept meanwhile. Says whether they are there."""
    return tx.connection.execute(_TOUCH.values(put_real=tx.real), {"its_hash": hash}).rowcount > 0


def _drop(tx: Tx, hashes: Sequence[str]) -> None:
    for table in (DOCUMENT_PARTS, DOCUMENTS):
        tx.run(delete(table).where(table.c.hash.in_(hashes)))


def _digest(tx: Tx, hash: str) -> str:
    digest, number = sha256(), 0
    while body := piece(tx, hash, number):
        digest.update(body)
        number += 1
    return digest.hexdigest()


# ------------------------------------------------------------------------------- facts


def attached(
    tx: Tx,
    ref: str,
    paper: Paper,
    *,
    by: str,
    by_post: str = "",
    on_behalf_of: str = "",
    step: str = "",
    at: datetime | None = None,
) -> Attached:
    """Write that a document belongs to a case. Attached again it is the one that was attached first.

    One of the same name is superseded by it, and both are kept. Raises Gone if its bytes were swept.
    """
    tx.lock(ref)
    before = tx.one(_LAST_OF_NAME, case=ref, name=canonical.digest(paper.name))
    if before and (before.hash, before.kind, before.step) == (paper.hash, paper.kind, step):
        return must(tx, ref, before.number)
    if not _wanted(tx, paper.hash):
        raise Gone(f"{paper.name} was uploaded more than a day ago and is no longer held. Upload it again.")
    number = (tx.value(_LAST, case=ref) or 0) + 1
    data = paper.model_dump() | {"number": number, "step": step, "by_post": by_post}
    data["name"] = texts.put(tx, paper.name)
    key = f"document:{number}"
    tx.append(ref, "document.attached", data, key=key, actor=by, on_behalf_of=on_behalf_of, at=at)
    return must(tx, ref, number)


def hold(tx: Tx, paper: Paper, *, case: str, key: str, person: str) -> str:
    """Hold a document with the answer that somebody is writing, and return its id.

    `key` is that of the question, in every round of it. One of the same name that they held gives way to it.
    """
    tx.run(_given_up(case, key, person).where(HELD.c.name == paper.name))
    id = secrets.token_urlsafe(16)
    row = {"id": id, "case": case, "key": key, "person": person, "held_real": tx.real}
    tx.run(insert(HELD), row | paper.model_dump())
    return id


def let_go(tx: Tx, ids: Sequence[str], *, case: str, key: str, person: str) -> int:
    """Hold documents no longer, of those that somebody holds. Returns how many they were."""
    return tx.run(_given_up(case, key, person).where(HELD.c.id.in_(ids))).rowcount


def _given_up(case: str, key: str, person: str) -> Update:
    """Take documents from whoever holds them. Their rows stay until they are swept, with the bytes."""
    theirs = (HELD.c.case == case, HELD.c.key == key, HELD.c.person == person)
    return update(HELD).where(*theirs).values(key="")


# ------------------------------------------------------------------------------- reads


def of_case(tx: Tx, ref: str) -> tuple[Attached, ...]:
    """Return the documents of a case, those that were superseded among them, the first first."""
    return tuple(map(_attached, tx.all(_OF_CASE, case=ref)))


def get(tx: Tx, ref: str, number: int) -> Attached | None:
    """Return a document of a case, or None if it has none of that number."""
    row = tx.one(_BY_NUMBER, case=ref, number=number)
    return _attached(row) if row else None


def must(tx: Tx, ref: str, number: int) -> Attached:
    """Return a document that has to be there; LookupError if it is not."""
    found = get(tx, ref, number)
    if found is None:
        raise LookupError(f"no document {number} of {ref}")
    return found


def held(tx: Tx, *, case: str, key: str, person: str) -> tuple[Held, ...]:
    """Return what somebody has uploaded with an answer that they have not confirmed, the first first."""
    return tuple(map(_held, tx.all(_HELD, case=case, key=key, person=person, since=tx.real - LIFE)))


def _attached(row: Row[Any]) -> Attached:
    name = texts.whole(row.body, row.name)
    fields = {field: row._mapping[field] for field in Attached.model_fields}
    return Attached(**fields | {"name": NAMELESS if name is None else name})


def _held(row: Row[Any]) -> Held:
    return Held(**{name: row._mapping[name] for name in Held.model_fields})
