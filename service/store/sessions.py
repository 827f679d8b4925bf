"""Sessions of browsers: half an hour idle, eight hours at most, in real time; only hashes are kept."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import bindparam, delete, insert, select, update

from service.config import Keys
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.tables import SESSION_LINKS, SESSIONS
from workflows.model import Frozen

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
_SEEN_EVERY = timedelta(minutes=1)

_BY_REF = select(SESSIONS).where(SESSIONS.c.ref == bindparam("ref"))
_FOLLOWED = (
    select(SESSION_LINKS.c.link)
    .where(SESSION_LINKS.c.ref == bindparam("ref"))
    .order_by(SESSION_LINKS.c.at_real)
)
_TOUCH = update(SESSIONS).where(SESSIONS.c.ref == bindparam("its_ref"))


class Session(Frozen):
    """A browser we know again, and what it has shown us."""

    ref: str
    """A keyed hash of its cookie: it may stand in the record, the cookie may not."""
    person: str | None
    """Who it is; None before anybody has said."""
    how: str
    """How we know: by link, by code."""
    created: datetime
    seen: datetime
    raised: datetime | None
    """When a code was typed in; from then on it may also decide what needs one."""
    links: tuple[str, ...]
    """The links it has followed."""
    csrf: str
    """The token that its forms must carry."""


class Begun(Frozen):
    """A session and the cookie that leads to it, which is shown once and kept nowhere."""

    token: str
    session: Session


def begin(
    tx: Tx, *, person: str | None = None, how: str = "", raised: bool = False, links: Sequence[str] = ()
) -> Begun:
    """Begin a session under a fresh cookie."""
    return _begin(tx, person, how, tx.real, tx.real if raised else None, links)


def find(tx: Tx, token: str) -> Session | None:
    """Return the live session that a cookie leads to."""
    ref, csrf = _hashes(tx.keys, token)
    row = tx.one(_BY_REF, ref=ref) if ref else None
    if row is None or tx.real - row.seen_real > IDLE or tx.real - row.created_real > LONGEST:
        return None
    return Session(
        ref=row.ref,
        person=row.person,
        how=row.how,
        created=row.created_real,
        seen=row.seen_real,
        raised=row.raised_real,
        links=tuple(found.link for found in tx.all(_FOLLOWED, ref=ref)),
        csrf=csrf,
    )


def mark(keys: Keys, token: str) -> str:
    """Return what the forms carry that were given to the browser with a cookie, be its session over or not;
    nothing under a retired key.
    """
    return _hashes(keys, token)[1]


def touch(tx: Tx, session: Session) -> None:
    """Write that the session is in use; not more often than is needed to know it."""
    if stale(session, tx.real):
        tx.run(_TOUCH, {"its_ref": session.ref, "seen_real": tx.real})


def stale(session: Session, real: datetime) -> bool:
    """Say whether `touch` would write, so that most requests need not write at all."""
    return real - session.seen >= _SEEN_EVERY


def rotate(
    tx: Tx,
    token: str,
    *,
    person: str | None = None,
    how: str | None = None,
    raised: bool = False,
    link: str | None = None,
) -> Begun:
    """Go on under a fresh cookie, with more rights; the old cookie leads nowhere from now on.

    Nothing passes from one person to another, nor from a browser that nobody had answered for.
    """
    old = find(tx, token)
    end(tx, token)
    same = old is not None and old.person is not None and person in (None, old.person)
    kept = old if same else None
    links = [*(kept.links if kept else ()), *([link] if link else ())]
    return _begin(
        tx,
        kept.person if kept else person,
        how or (kept.how if kept else ""),
        kept.created if kept else tx.real,
        tx.real if raised else (kept.raised if kept else None),
        links,
    )


def follow(tx: Tx, session: Session, link_id: str) -> None:
    """Write that the session followed a link."""
    insert_new(tx.connection, SESSION_LINKS, [{"ref": session.ref, "link": link_id, "at_real": tx.real}])


def end(tx: Tx, token: str) -> None:
    """End the session that a cookie leads to."""
    ref, _ = _hashes(tx.keys, token)
    if ref:
        tx.run(delete(SESSION_LINKS).where(SESSION_LINKS.c.ref == ref))
        tx.run(delete(SESSIONS).where(SESSIONS.c.ref == ref))


def end_person(tx: Tx, person: str) -> int:
    """End every session of a person, who has left or lost a post. Returns how many."""
    theirs = select(SESSIONS.c.ref).where(SESSIONS.c.person == person)
    tx.run(delete(SESSION_LINKS).where(SESSION_LINKS.c.ref.in_(theirs)))
    return tx.run(delete(SESSIONS).where(SESSIONS.c.person == person)).rowcount


def _begin(
    tx: Tx, person: str | None, how: str, created: datetime, raised: datetime | None, links: Sequence[str]
) -> Begun:
    token = f"{tx.keys.current('sessions')[0]}.{secrets.token_urlsafe(32)}"
    ref, csrf = _hashes(tx.keys, token)
    tx.run(
        insert(SESSIONS),
        {
            "ref": ref,
            "person": person,
            "how": how,
            "created_real": created,
            "seen_real": tx.real,
            "raised_real": raised,
        },
    )
    kept = tuple(dict.fromkeys(links))
    insert_new(
        tx.connection, SESSION_LINKS, [{"ref": ref, "link": link, "at_real": tx.real} for link in kept]
    )
    session = Session(
        ref=ref, person=person, how=how, created=created, seen=tx.real, raised=raised, links=kept, csrf=csrf
    )
    return Begun(token=token, session=session)


def _hashes(keys: Keys, token: str) -> tuple[str, str]:
    """Return what a cookie is kept as, and the token of its forms: nothing under a retired key."""
    kid, _, secret = token.partition(".")
    ref, csrf = keys.named(kid, "sessions"), keys.named(kid, "csrf")
    return (_mac(ref, secret), _mac(csrf, secret)) if ref and csrf else ("", "")


def _mac(key: bytes, secret: str) -> str:
    return hmac.new(key, secret.encode(errors="replace"), sha256).hexdigest()
