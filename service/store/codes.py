"""Six-digit codes by email: ten minutes, one use, five tries, and only in the browser that asked."""

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from service.errors import TooManyCodes
from service.store import limits
from service.store.engine import Tx
from service.store.tables import CODES
from workflows.model import Frozen

LIFE = timedelta(minutes=10)
TRIES = 5
PER_PERSON = 3
WITHIN = timedelta(minutes=15)

_OPEN, _USED, _LOCKED, _REPLACED = "open", "used", "locked", "replaced"
_NOBODY = "?"


class Checked(Frozen):
    """What a code that was typed in came to."""

    right: bool = False
    person: str | None = None
    locked: bool = False
    """It was tried too often: a new one must be asked for."""


def issue(tx: Tx, *, person: str | None, purpose: str, about: str, browser: str, asked: str = "") -> str:
    """Return a fresh code, to be mailed and kept nowhere. It takes the place of the browser's last one.

    Each purpose is counted by itself, so that nobody who asks to sign in as somebody keeps them from
    deciding. `asked` is the address that was given by whoever is not known yet: then that is counted,
    and somebody we do not know gets a code that is never right, for the same work and the same limits.
    """
    kid, key = tx.keys.current("codes")
    known = person or _NOBODY + _mac(key, asked or browser)
    if not limits.allow(tx, f"code:{purpose}:{asked or known}", PER_PERSON, WITHIN.total_seconds()):
        raise TooManyCodes
    asking = _mac(key, browser)
    tx.run(
        update(CODES)
        .where(CODES.c.browser == asking, CODES.c.purpose == purpose, CODES.c.about == about)
        .where(CODES.c.state == _OPEN)
        .values(state=_REPLACED)
    )
    code = f"{secrets.randbelow(1_000_000):06}"
    row = {"id": secrets.token_hex(8), "person": known, "purpose": purpose, "about": about}
    row |= {"browser": asking, "kid": kid, "hash": _hash(key, row, browser, code)}
    tx.run(insert(CODES), row | {"issued_real": tx.real, "tries": 0, "state": _OPEN})
    return code


def spent(tx: Tx, person: str, purpose: str) -> bool:
    """Say whether a person has had as many codes as they may have, in whichever of their mailboxes."""
    theirs = select(func.count()).where(CODES.c.person == person, CODES.c.purpose == purpose)
    had: int = tx.value(theirs.where(CODES.c.issued_real > tx.real - WITHIN))
    return had >= PER_PERSON


def check(tx: Tx, *, browser: str, purpose: str, about: str, code: str) -> Checked:
    """Say whether a code is right, and use it up. A wrong try counts, so this is never undone."""
    row = _last(tx, browser, purpose, about)
    if row is None or row.state in (_USED, _REPLACED) or tx.real - row.issued_real > LIFE:
        return Checked()
    if row.state == _LOCKED:
        return Checked(locked=True)
    key = tx.keys.named(row.kid, "codes") or b"retired"
    fields = {"id": row.id, "person": row.person, "purpose": purpose, "about": about}
    typed = "".join(filter(str.isdigit, code))
    right = hmac.compare_digest(row.hash, _hash(key, fields, browser, typed))
    if right and not row.person.startswith(_NOBODY):
        _mark(tx, row, _USED)
        return Checked(right=True, person=row.person)
    locked = row.tries + 1 >= TRIES
    _mark(tx, row, _LOCKED if locked else _OPEN)
    return Checked(locked=locked)


def _last(tx: Tx, browser: str, purpose: str, about: str) -> Row[Any] | None:
    asking = [_mac(key, browser) for _, key in tx.keys.all("codes")]
    theirs = select(CODES).where(
        CODES.c.browser.in_(asking), CODES.c.purpose == purpose, CODES.c.about == about
    )
    return tx.one(theirs.order_by(CODES.c.issued_real.desc(), CODES.c.id).limit(1).with_for_update())


def _mark(tx: Tx, row: Row[Any], state: str) -> None:
    tx.run(update(CODES).where(CODES.c.id == row.id).values(state=state, tries=row.tries + 1))


def _hash(key: bytes, row: dict[str, str], browser: str, code: str) -> str:
    return _mac(key, "\n".join((row["id"], row["person"], row["purpose"], row["about"], browser, code)))


def _mac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(errors="replace"), sha256).hexdigest()
