"""Drafts: proposals that their sponsors still write, each change under a version that it must know."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from service.errors import Conflict, Malformed, NotEditable, NotFound
from service.store import canonical, references
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.tables import CO_AUTHORS, DRAFTS
from workflows.model import Frozen

DRAFT, SUBMITTED, RETURNED = "draft", "submitted", "returned"


class Draft(Frozen):
    """A proposal as far as it is written. `version` counts the changes; it is not a submitted version."""

    ref: str
    organisation: str
    version: int
    document: dict[str, Any]
    owner: str
    co_authors: tuple[str, ...]
    state: str
    submitted_version: int
    created: datetime
    updated: datetime

    @property
    def editable(self) -> bool:
        """Its sponsor may change it: it was never submitted, or it came back."""
        return self.state != SUBMITTED


def create(tx: Tx, organisation: str, owner: str, document: Mapping[str, Any]) -> Draft:
    """Begin a draft under a fresh reference."""
    ref = references.fresh(tx, "INV")
    row = {"ref": ref, "organisation": organisation, "version": 1, "document": _written(document)}
    times = {"created": tx.now, "updated": tx.now}
    tx.run(insert(DRAFTS), row | times | {"owner": owner, "state": DRAFT, "submitted_version": 0})
    _share(tx, ref, document)
    return get(tx, ref)


def get(tx: Tx, ref: str) -> Draft:
    """Return a draft."""
    return _draft(tx.one(select(DRAFTS).where(DRAFTS.c.ref == ref)), ref)


def hold(tx: Tx, ref: str) -> Draft:
    """Return a draft that nobody else can change until this transaction ends."""
    return _draft(tx.one(select(DRAFTS).where(DRAFTS.c.ref == ref).with_for_update()), ref)


def save(tx: Tx, ref: str, changes: Mapping[str, Any], expected_version: int | None = None) -> Draft:
    """Replace the named parts of a draft; a part given as None is taken out.

    Whoever says which version they saw learns of it if somebody else changed the draft since.
    """
    draft = hold(tx, ref)
    if not draft.editable:
        raise NotEditable(f"{ref} has been submitted and can no longer be changed.")
    if expected_version is not None and expected_version != draft.version:
        raise Conflict(f"{ref} has been changed by somebody else since you opened it.")
    merged = draft.document | dict(changes)
    document = {key: value for key, value in merged.items() if value is not None}
    tx.run(
        update(DRAFTS)
        .where(DRAFTS.c.ref == ref)
        .values(document=_written(document), version=draft.version + 1, updated=tx.now)
    )
    if "co_authors" in changes:
        _share(tx, ref, document)
    return get(tx, ref)


def of_person(tx: Tx, person: str, posts: Sequence[str] = ()) -> tuple[Draft, ...]:
    """Return the drafts a person owns or writes at through one of these posts, the latest first."""
    shared = select(CO_AUTHORS.c.ref).where(CO_AUTHORS.c.post.in_(posts))
    theirs = or_(DRAFTS.c.owner == person, DRAFTS.c.ref.in_(shared))
    rows = tx.all(select(DRAFTS).where(theirs).order_by(DRAFTS.c.updated.desc(), DRAFTS.c.ref.desc()))
    return tuple(_draft(row, row.ref) for row in rows)


def submitted(tx: Tx, ref: str, version: int) -> None:
    """Close a draft to changes, because this version of it was submitted."""
    tx.run(
        update(DRAFTS)
        .where(DRAFTS.c.ref == ref, DRAFTS.c.submitted_version < version)
        .values(state=SUBMITTED, submitted_version=version, updated=tx.now)
    )


def reopened(tx: Tx, ref: str) -> None:
    """Open a draft to changes again, because its case was returned."""
    tx.run(update(DRAFTS).where(DRAFTS.c.ref == ref).values(state=RETURNED, updated=tx.now))


def _share(tx: Tx, ref: str, document: Mapping[str, Any]) -> None:
    tx.run(delete(CO_AUTHORS).where(CO_AUTHORS.c.ref == ref))
    insert_new(tx.connection, CO_AUTHORS, [{"ref": ref, "post": post} for post in _co_authors(document)])


def _co_authors(document: Mapping[str, Any]) -> tuple[str, ...]:
    named = document.get("co_authors")
    return tuple(map(str, named)) if isinstance(named, list | tuple) else ()


def _written(document: Mapping[str, Any]) -> str:
    written = canonical.written(document)
    try:
        written.encode()
    except UnicodeEncodeError:
        raise Malformed("This holds characters that are not text.") from None
    return written


def _draft(row: Row[Any] | None, ref: str) -> Draft:
    if row is None:
        raise NotFound(f"There is no proposal {ref}.")
    document = canonical.loads(row.document)
    return Draft(**dict(row._mapping) | {"document": document, "co_authors": _co_authors(document)})
