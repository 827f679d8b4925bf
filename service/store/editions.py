"""Editions of the handbooks, by hash: the one in force in each organisation, and drafts of the next.

A draft comes into force when two people have agreed to it: one puts it forward, another publishes it.
Who may is looked up by whoever calls; that they are two is seen to here.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from service.errors import Conflict, Forbidden, NotFound
from service.store import canonical, texts
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.line import ENGINE, ORGANISATION
from service.store.tables import EDITION_DRAFTS, EDITIONS, EDITIONS_IN_FORCE
from workflows.model import Frozen

KEPT, PUT_FORWARD, PUBLISHED, WITHDRAWN = "kept", "put_forward", "published", "withdrawn"

_IN_FORCE = select(EDITIONS_IN_FORCE.c.organisation, EDITIONS_IN_FORCE.c.hash).order_by(
    EDITIONS_IN_FORCE.c.organisation
)


class InForce(Frozen):
    """The edition by which an organisation opens cases and finds its people."""

    organisation: str
    hash: str
    number: int
    """How many editions it has had."""
    since: datetime


class Player(Frozen):
    """A person who may publish handbooks, by the part they play and the post that gives it to them."""

    person: str
    role: str
    post: str


class Draft(Frozen):
    """A handbook that is not in force yet, or no longer to come."""

    number: int
    organisation: str
    hash: str
    name: str
    base: str
    """The hash of the edition in force when it was kept."""
    kept_at: datetime
    put_by: str | None
    """Who put it forward; nobody yet where the installation found it in its files."""
    put_as: str | None
    put_at: datetime | None
    state: str
    ended_by: str | None
    ended_as: str | None
    ended_at: datetime | None

    @property
    def open(self) -> bool:
        """It may still come into force."""
        return self.state in (KEPT, PUT_FORWARD)


# ------------------------------------------------------------------------------- facts


def hold(tx: Tx, number: int) -> Draft:
    """Return a draft that nobody else may change, nor publish another, until this transaction ends.

    Who may do what is to be looked up after this, for it may have changed while somebody waited here.
    """
    tx.lock(ORGANISATION)
    return draft(tx, number)


def put(tx: Tx, edition_json: str, *, organisation: str, name: str, by: str = ENGINE) -> bool:
    """Keep an edition under its hash and bring it into force. Returns False if it is in force already.

    Nobody has to agree: it is for an organisation's first edition, and for demos and tests.
    """
    hash = _keep(tx, edition_json, organisation, name)
    row = {"hash": hash, "organisation": organisation, "name": name}
    return _adopted(tx, row, by=by)


def found(tx: Tx, edition_json: str, *, organisation: str, name: str) -> Draft | None:
    """Keep an edition that the installation found in its files as a draft that nobody has put forward.

    One that is a draft already is returned as it is. None if it was ever anything else: what was withdrawn,
    or in force once, does not come back by itself.
    """
    tx.lock(ORGANISATION)
    hash = canonical.digest(edition_json)
    if tx.one(select(EDITIONS.c.hash).where(EDITIONS.c.hash == hash)):
        return _waiting(tx, organisation, hash)
    return _drafted(tx, edition_json, organisation, name, None)


def drafted(tx: Tx, edition_json: str, *, organisation: str, name: str, by: Player) -> Draft:
    """Keep an edition as a draft that a person puts forward; by the same person again, it is as it was.

    What is in force, or is another's draft, is a Conflict.
    """
    tx.lock(ORGANISATION)
    hash = canonical.digest(edition_json)
    if hash == _now(tx, organisation):
        raise Conflict("This handbook is in force already.")
    if waiting := _waiting(tx, organisation, hash):
        if waiting.put_by == by.person:
            return waiting
        raise Conflict(f"This handbook is kept already, as draft {waiting.number}.")
    return _drafted(tx, edition_json, organisation, name, by)


def put_forward(tx: Tx, number: int, by: Player) -> bool:
    """Write that a person puts a draft forward; False if they have. Whoever did before them is released."""
    draft = _open(tx, number)
    if draft.put_by == by.person:
        return False
    data = {"draft": number, "role": by.role, "post": by.post}
    key = f"edition.put_forward:{number}:{by.person}:{tx.real.isoformat()}"
    return tx.append(ORGANISATION, "edition.put_forward", data, key=key, actor=by.person)


def withdrawn(tx: Tx, number: int, by: Player) -> bool:
    """Write that a draft is not to come into force; False if it was withdrawn before."""
    draft = hold(tx, number)
    if draft.state == WITHDRAWN:
        return False
    _open(tx, number)
    data = {"draft": number, "role": by.role, "post": by.post}
    return tx.append(
        ORGANISATION, "edition.withdrawn", data, key=f"edition.withdrawn:{number}", actor=by.person
    )


def published(tx: Tx, number: int, by: Player, *, putter: Player, instead_of: str) -> bool:
    """Bring a draft into force; False if this person has done so before.

    `putter` is whoever put it forward, in the part they play today, and `instead_of` the hash of the edition
    that the publisher was shown as in force: another meanwhile is a Conflict.
    """
    draft = hold(tx, number)
    if draft.state == PUBLISHED and draft.ended_by == by.person:
        return False
    draft = _open(tx, number)
    if draft.put_by is None:
        raise Conflict("Nobody has put this handbook forward yet.")
    if draft.put_by == by.person:
        raise Forbidden("You put this handbook forward, so somebody else has to publish it.")
    if putter.person != draft.put_by:
        raise ValueError(f"draft {number} was put forward by {draft.put_by}, not by {putter.person}")
    if _now(tx, draft.organisation) != instead_of:
        raise Conflict("Another handbook has come into force since you opened this page. Look at it again.")
    if draft.hash == instead_of:
        raise Conflict("This handbook is in force already.")
    data = {
        "hash": draft.hash,
        "organisation": draft.organisation,
        "name": draft.name,
        "draft": number,
        "role": by.role,
        "post": by.post,
        "put_forward": putter.model_dump(),
    }
    return _adopted(tx, data, by=by.person)


# ------------------------------------------------------------------------------- reads


def in_force(tx: Tx, organisation: str) -> str | None:
    """Return the edition under which the organisation opens cases now."""
    digest = in_force_hash(tx, organisation)
    return get(tx, digest) if digest else None


def in_force_hash(tx: Tx, organisation: str) -> str | None:
    """Return the hash of the edition under which the organisation opens cases now."""
    return hashes(tx).get(organisation)


def hashes(tx: Tx) -> dict[str, str]:
    """Return the hash of the edition in force in each organisation; there are few, and they are read once."""
    found: dict[str, str] = tx.once(
        "editions", lambda: {row.organisation: row.hash for row in tx.all(_IN_FORCE)}
    )
    return found


def ever_in_force(tx: Tx, organisation: str) -> tuple[str, ...]:
    """Return the hashes of the editions in which an organisation has had its people, the latest first."""

    def look() -> tuple[str, ...]:
        published = [draft for draft in drafts(tx, organisation) if draft.state == PUBLISHED]
        hashes = [hash for draft in published for hash in (draft.hash, draft.base)]
        return tuple(dict.fromkeys((in_force_hash(tx, organisation) or "", *hashes)))

    found: tuple[str, ...] = tx.once(("ever in force", organisation), look)
    return tuple(hash for hash in found if hash)


def all_in_force(tx: Tx) -> tuple[InForce, ...]:
    """Return the edition in force of every organisation."""
    rows = tx.all(select(EDITIONS_IN_FORCE).order_by(EDITIONS_IN_FORCE.c.organisation))
    return tuple(InForce(**row._mapping) for row in rows)


def drafts(tx: Tx, organisation: str) -> tuple[Draft, ...]:
    """Return every draft an organisation has had, the latest first."""
    wanted = select(EDITION_DRAFTS).where(EDITION_DRAFTS.c.organisation == organisation)
    return tuple(map(_draft, tx.all(wanted.order_by(EDITION_DRAFTS.c.number.desc()))))


def draft(tx: Tx, number: int) -> Draft:
    """Return a draft by its number."""
    row = tx.one(select(EDITION_DRAFTS).where(EDITION_DRAFTS.c.number == number))
    if row is None:
        raise NotFound(f"There is no draft {number}.")
    return _draft(row)


def get(tx: Tx, hash: str) -> str:
    """Return an edition as it was put. Raises NotFound, or Altered if it is not what was put."""
    document = texts.whole(tx.value(select(EDITIONS.c.document).where(EDITIONS.c.hash == hash)), hash)
    if document is None:
        raise NotFound(f"There is no edition {hash[:12]}.")
    return document


def altered(tx: Tx) -> Iterator[str]:
    """Go through the hashes of all editions that are not what these say."""
    for row in tx.each(select(EDITIONS.c.hash, EDITIONS.c.document)):
        if canonical.digest(row.document) != row.hash:
            yield row.hash


def organisations(tx: Tx) -> tuple[str, ...]:
    """Return the organisations that have an edition in force."""
    return tuple(hashes(tx))


# ---------------------------------------------------------------------------- workings


def _keep(tx: Tx, edition_json: str, organisation: str, name: str) -> str:
    hash = canonical.digest(edition_json)
    row = {"hash": hash, "organisation": organisation, "name": name}
    insert_new(tx.connection, EDITIONS, [row | {"document": edition_json, "put_real": tx.real}])
    return hash


def _adopted(tx: Tx, data: dict[str, Any], *, by: str) -> bool:
    organisation = data["organisation"]
    number = 1
    if before := tx.one(select(EDITIONS_IN_FORCE).where(EDITIONS_IN_FORCE.c.organisation == organisation)):
        if before.hash == data["hash"]:
            return False
        number = before.number + 1
    key = f"edition:{organisation}:{number}"
    return tx.append(ORGANISATION, "edition.adopted", data | {"number": number}, key=key, actor=by)


def _drafted(tx: Tx, edition_json: str, organisation: str, name: str, by: Player | None) -> Draft:
    base = _now(tx, organisation)
    if base is None:
        raise NotFound(f"No handbook is in force for {organisation}.")
    hash = _keep(tx, edition_json, organisation, name)
    data: dict[str, Any] = {"organisation": organisation, "hash": hash, "name": name, "base": base}
    data["number"] = (tx.value(select(func.max(EDITION_DRAFTS.c.number))) or 0) + 1
    data |= {"role": by.role, "post": by.post} if by else {"role": "", "post": ""}
    # The same handbook may be put forward again after it was withdrawn.
    times = sum(draft.hash == hash for draft in drafts(tx, organisation)) + 1
    key = f"edition.drafted:{hash}:{times}"
    tx.append(ORGANISATION, "edition.drafted", data, key=key, actor=by.person if by else ENGINE)
    return drafts(tx, organisation)[0]


def _waiting(tx: Tx, organisation: str, hash: str) -> Draft | None:
    """Return the open draft of an edition."""
    return next((draft for draft in drafts(tx, organisation) if draft.open and draft.hash == hash), None)


def _now(tx: Tx, organisation: str) -> str | None:
    """Return the hash in force as it is now, which another may have changed since it was last looked up."""
    row = tx.one(select(EDITIONS_IN_FORCE.c.hash).where(EDITIONS_IN_FORCE.c.organisation == organisation))
    return row.hash if row else None


def _open(tx: Tx, number: int) -> Draft:
    found = hold(tx, number)
    if found.state == PUBLISHED:
        raise Conflict("This handbook was published before.")
    if found.state == WITHDRAWN:
        raise Conflict("This handbook was withdrawn.")
    return found


def _draft(row: Row[Any]) -> Draft:
    return Draft(**row._mapping)
