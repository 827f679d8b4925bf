"""Editions of the handbooks, by hash, and the one in force in each organisation."""

from collections.abc import Iterator

from sqlalchemy import select

from service.errors import NotFound
from service.store import canonical, texts
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.line import ENGINE, ORGANISATION
from service.store.tables import EDITIONS, EDITIONS_IN_FORCE

_IN_FORCE = select(EDITIONS_IN_FORCE.c.organisation, EDITIONS_IN_FORCE.c.hash).order_by(
    EDITIONS_IN_FORCE.c.organisation
)


def put(tx: Tx, edition_json: str, *, organisation: str, name: str, by: str = ENGINE) -> bool:
    """Keep an edition under its hash and bring it into force. Returns False if it is in force already."""
    hash = canonical.digest(edition_json)
    row = {"hash": hash, "organisation": organisation, "name": name}
    insert_new(tx.connection, EDITIONS, [row | {"document": edition_json, "put_real": tx.real}])
    number = 1
    if before := tx.one(select(EDITIONS_IN_FORCE).where(EDITIONS_IN_FORCE.c.organisation == organisation)):
        if before.hash == hash:
            return False
        number = before.number + 1
    return tx.append(
        ORGANISATION,
        "edition.adopted",
        row | {"number": number},
        key=f"edition:{organisation}:{number}",
        actor=by,
    )


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
