"""Tokens for programs: shown once, kept as a hash, told from random text by their checksum."""

import hmac
import re
import secrets
import string
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zlib import crc32

from sqlalchemy import ColumnElement, Row, insert, select, update

from service.errors import Malformed, NotFound, Problem
from service.store.engine import Tx
from service.store.line import ORGANISATION
from service.store.tables import API_TOKENS
from workflows.model import Frozen

SCOPES = ("read:case", "start:case", "read:report")
"""What a token may be good for. None of it decides, delegates, overrides or reads links."""
LONGEST_DAYS = 365

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_TOKEN = re.compile(r"as_([0-9A-Za-z]{8})_([0-9A-Za-z]{40})_([0-9A-Za-z]{6})")


class ApiToken(Frozen):
    """A token as its owner may see it again: without itself."""

    id: str
    post: str
    person: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime
    revoked: datetime | None
    last_used: datetime | None


class Made(Frozen):
    """A fresh token, shown this once."""

    token: str
    row: ApiToken


def create(
    tx: Tx, *, post: str, person: str, scopes: Sequence[str], days: int = LONGEST_DAYS, by: str
) -> Made:
    """Make a token for a post's holder."""
    _check(scopes, days)
    id, secret = _random(8), _random(40)
    token = f"as_{id}_{secret}_{_checksum(id, secret)}"
    expires = tx.real + timedelta(days=days)
    row = {"id": id, "post": post, "person": person, "scopes": " ".join(sorted(set(scopes)))}
    tx.run(insert(API_TOKENS), row | {"hash": _hash(token), "created_real": tx.real, "expires_real": expires})
    data = row | {"expires": expires}
    tx.append(ORGANISATION, "token.created", data, key=f"token:{id}", actor=by)
    return Made(token=token, row=_must(tx, id))


def find(tx: Tx, token: str) -> ApiToken | None:
    """Return the live token that this is."""
    parts = _TOKEN.fullmatch(token)
    if parts is None or parts[3] != _checksum(parts[1], parts[2]):
        return None
    row = tx.one(select(API_TOKENS).where(API_TOKENS.c.id == parts[1]))
    if row is None or not hmac.compare_digest(row.hash, _hash(token)):
        return None
    found = _token(row)
    return found if found.revoked is None and tx.real < found.expires else None


def used(tx: Tx, id: str) -> None:
    """Write that a token was used."""
    tx.run(update(API_TOKENS).where(API_TOKENS.c.id == id).values(used_real=tx.real))


def revoke(tx: Tx, id: str, *, by: str) -> bool:
    """Take a token out of use. Returns False if it was before."""
    _must(tx, id)
    return bool(_revoke(tx, API_TOKENS.c.id == id, by))


def revoke_person(tx: Tx, person: str, *, by: str) -> int:
    """Take every token of a person out of use. Returns how many."""
    return _revoke(tx, API_TOKENS.c.person == person, by)


def all(tx: Tx) -> tuple[ApiToken, ...]:
    """Return every token there ever was, the newest first."""
    return tuple(map(_token, tx.all(select(API_TOKENS).order_by(API_TOKENS.c.created_real.desc()))))


def _revoke(tx: Tx, which: ColumnElement[bool], by: str) -> int:
    live = tx.all(select(API_TOKENS.c.id).where(which, API_TOKENS.c.revoked_real.is_(None)))
    for row in live:
        tx.append(ORGANISATION, "token.revoked", {"id": row.id}, key=f"token.revoked:{row.id}", actor=by)
        tx.run(update(API_TOKENS).where(API_TOKENS.c.id == row.id).values(revoked_real=tx.real))
    return len(live)


def _check(scopes: Sequence[str], days: int) -> None:
    problems = [
        Problem(field="scopes", message=f"{scope} is not a scope: choose from {', '.join(SCOPES)}.")
        for scope in scopes
        if scope not in SCOPES
    ]
    if not scopes:
        problems.append(Problem(field="scopes", message=f"Choose from {', '.join(SCOPES)}."))
    if not 1 <= days <= LONGEST_DAYS:
        problems.append(Problem(field="days", message=f"A token lives for 1 to {LONGEST_DAYS} days."))
    if problems:
        raise Malformed(problems=problems)


def _must(tx: Tx, id: str) -> ApiToken:
    row = tx.one(select(API_TOKENS).where(API_TOKENS.c.id == id))
    if row is None:
        raise NotFound(f"There is no token {id}.")
    return _token(row)


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        post=row.post,
        person=row.person,
        scopes=tuple(row.scopes.split()),
        created=row.created_real,
        expires=row.expires_real,
        revoked=row.revoked_real,
        last_used=row.used_real,
    )


def _random(length: int) -> str:
    return "".join(secrets.choice(_BASE62) for _ in range(length))


def _checksum(id: str, secret: str) -> str:
    number, digits = crc32(f"{id}_{secret}".encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
