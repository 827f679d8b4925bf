"""Who is asking, and whether they may: worked out once for each request, before any route runs."""

import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from service.documents import MEGABYTE
from service.errors import AssentError, Forbidden, Malformed, NotFound, TooLongAway, TooMany, Unauthenticated
from service.handbook import Edition, Person
from service.store import limits, sessions, tokens
from service.store.engine import Tx
from service.store.sessions import Session
from service.store.tokens import ApiToken
from service.web import again, uploads, words
from service.web.desk import Desk
from service.web.faults import Elsewhere, SendAgain, UnknownLink
from service.web.pages import Frame
from service.web.roles import Role, declared
from workflows.model import Clock

SAFE = ("GET", "HEAD", "OPTIONS")
WITHOUT_FORMS = ("/api/", "/dev/clock")
"""Paths that take JSON, which no other site can send here unasked."""
UNATTENDED = ("/healthz", "/readyz", "/robots.txt", "/csp")
"""Paths that answer anybody, and without the database."""
TOUCH_EVERY = timedelta(minutes=1)
_CODES = "/a/code/"
"""Where codes are typed, which are never shown again."""
TOO_LATE_A_MINUTE = 60
"""Forms from one place that come when their session is over and are read all the same."""
PER_MINUTE = 60
PER_MINUTE_REHEARSING = 6_000
"""Requests a minute for an API token."""
_OWN_PATH = re.compile(r"/(?:[A-Za-z0-9_.~-]+(?:/[A-Za-z0-9_.~-]+)*)?")


@dataclass(frozen=True)
class Visit:
    """One request: who makes it, what they may be, and what the Clock shows."""

    desk: Desk
    path: str
    now: datetime
    today: date
    clock: Clock
    token: str = ""
    """The session's cookie."""
    session: Session | None = None
    api: ApiToken | None = None
    person: Person | None = None
    """Who has signed in, or whose token it is."""
    edition: Edition | None = None
    """The rules of that person's organisation."""
    organisation: str = "Assent"
    roles: frozenset[Role] = frozenset({Role.ANYONE})
    ip: str = ""
    user_agent: str = ""
    sec_fetch_user: str = ""
    by_script: bool = False
    """The browser says that no person pressed the button."""

    @property
    def me(self) -> Person:
        """The person who asks; only where the route is for people who are known."""
        if self.person is None:
            raise Unauthenticated
        return self.person

    @property
    def rules(self) -> Edition:
        """The rules of the asker's organisation."""
        if self.edition is None:
            raise Unauthenticated
        return self.edition

    @property
    def posts(self) -> tuple[str, ...]:
        """The posts the asker holds today."""
        return self.rules.posts_of(self.me.id, self.today)

    def csrf(self, path: str | None = None) -> str:
        """Return what a form that is sent to `path` must carry, for a reader without a session."""
        _, key = self.desk.keys.current("csrf")
        return _stateless(key, path or self.path)

    def frame(self, *, neutral: bool = False, organisation: str = "") -> Frame:
        """Return what stands round the page."""
        return Frame(
            organisation=organisation or self.organisation,
            today=practice(self.clock, self.today),
            signed_in_as=self.person.name if self.person and Role.SIGNED_IN in self.roles else "",
            csrf=self.session.csrf if self.session else "",
            neutral=neutral,
            in_charge=bool(self.roles & {Role.PMO, Role.ADMINISTRATOR}),
            meets=self._meets(),
            letters_shown=self.desk.rehearsing,
        )

    def _meets(self) -> bool:
        """Say whether the reader has meetings to look at: of a forum of theirs, or of all of them."""
        if Role.SIGNED_IN not in self.roles:
            return False
        if self.roles & {Role.PMO, Role.AUDITOR}:
            return True
        return any(
            self.rules.acting(post, self.today) in self.posts
            for forum in self.rules.forums.values()
            for post in (*forum.members, forum.secretary)
        )


def practice(clock: Clock, today: date) -> str:
    """Return the banner that says that time is not real, or nothing where it is."""
    if not clock.segments:
        return ""
    rate = clock.segments[-1].rate
    pace = f"; a day takes {86_400 / rate:,.3g} seconds" if rate != 1 else ""
    return f"Practice clock: today is {words.day(today)}{pace}"


async def admit(request: Request) -> None:
    """Let a request through to its route, or refuse it. Every route has this before it."""
    desk: Desk = request.app.state.desk
    rule = declared(request.scope["endpoint"])
    if request.url.path in UNATTENDED:
        return
    if request.method not in SAFE:
        _own_site(request, desk)
    visit = await run_in_threadpool(_recognised, request, desk)
    request.state.visit, request.state.frame = visit, visit.frame()
    if not visit.roles & rule:
        if rule == {Role.LINK} and request.method not in SAFE:
            await _given_back(request, visit)
        _turn_away(request, visit, rule)
    if request.method not in SAFE and not request.url.path.startswith(WITHOUT_FORMS):
        sent = request.state.sent = await _form(request, desk)
        try:
            if any("\x00" in f"{name}{value}" for name, value in sent.multi_items()):
                raise Malformed("This has a character that cannot be shown. Go back, and type it anew.")
            _own_form(request, sent, visit, rule)
        except (AssentError, SendAgain):
            await sent.close()
            raise


async def _form(request: Request, desk: Desk) -> FormData:
    """Return the form that was sent; with documents only where the route takes some."""
    if uploads.takes(request):
        return await uploads.received(request, await run_in_threadpool(_largest_document, desk))
    return await uploads.received(request, 0, documents=0)


def _largest_document(desk: Desk) -> int:
    """Return how many bytes of a document are kept: whoever takes it may take less."""
    with desk.store.reading() as tx:
        rules = [edition.delivery for edition in desk.handbooks(tx)]
    return max((rule.attachments.megabytes * MEGABYTE for rule in rules if rule), default=0)


def _recognised(request: Request, desk: Desk) -> Visit:
    token = request.cookies.get(cookie_name(desk), "")
    bearer = _bearer(request)
    with desk.store.reading() as tx:
        api = tokens.find(tx, bearer) if bearer else None
        session = sessions.find(tx, token) if token and not api else None
        visit = _visit(tx, request, desk, token, session, api)
        stale = session is not None and tx.real - session.seen > TOUCH_EVERY
    if api or stale:
        with desk.store.writing() as tx:
            if api:
                _count_use(tx, desk, api)
            elif session:
                sessions.touch(tx, session)
    return visit


def _visit(
    tx: Tx, request: Request, desk: Desk, token: str, session: Session | None, api: ApiToken | None
) -> Visit:
    known = api.person if api else session.person if session and session.raised else None
    found = desk.person(tx, known) if known else None
    person, edition = found or (None, None)
    own = edition or next(iter(desk.handbooks(tx)), None)
    return Visit(
        desk=desk,
        path=request.url.path,
        now=tx.now,
        today=tx.today,
        clock=tx.clock,
        token=token,
        session=session,
        api=api,
        person=person,
        edition=edition,
        organisation=own.organisation_name if own else "Assent",
        roles=_roles(desk, tx.today, session, api, person, edition),
        ip=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", "")[:200],
        sec_fetch_user=request.headers.get("sec-fetch-user", "")[:10],
        by_script="sec-fetch-site" in request.headers and request.headers.get("sec-fetch-user") != "?1",
    )


def _roles(
    desk: Desk,
    today: date,
    session: Session | None,
    api: ApiToken | None,
    person: Person | None,
    edition: Edition | None,
) -> frozenset[Role]:
    roles = {Role.ANYONE}
    if desk.rehearsing:
        roles.add(Role.DEVELOPER)
    if session and session.links:
        roles.add(Role.LINK)
    if person and edition and api:
        roles |= {Role(scope) for scope in api.scopes}
    elif person and edition:
        roles.add(Role.SIGNED_IN)
        named = (Role.PMO, Role.AUDITOR, Role.ADMINISTRATOR)
        roles |= {role for role in named if edition.plays(person.id, role, today)}
    return frozenset(roles)


def _count_use(tx: Tx, desk: Desk, api: ApiToken) -> None:
    tokens.used(tx, api.id)
    most = PER_MINUTE_REHEARSING if desk.rehearsing else PER_MINUTE
    if not limits.allow(tx, f"token:{api.id}", most, 60):
        raise TooMany


def _turn_away(request: Request, visit: Visit, rule: frozenset[Role]) -> None:
    if rule <= {Role.DEVELOPER}:
        raise NotFound
    if request.url.path.startswith("/api/"):
        if visit.api is None or visit.person is None:
            raise Unauthenticated("Send a token as `Authorization: Bearer …`.")
        needed = words.listed(sorted(role for role in rule), "or")
        raise Forbidden(f"This token does not carry the scope {needed}.")
    if rule == {Role.LINK} and visit.token and visit.session is None:
        raise TooLongAway(
            "This page no longer knows you, so nothing was done just now. Open the link in your letter again."
        )
    if rule == {Role.LINK}:
        raise UnknownLink
    if visit.person is None:
        then = request.url.path if request.method in SAFE else "/work"
        raise Elsewhere(f"/sign-in?next={quote(then)}")
    raise Forbidden("Your posts do not give you this page.")


# -------------------------------------------------------------------- forms and origins


def _own_site(request: Request, desk: Desk) -> None:
    """Refuse what another site sends. A browser too old to say where it comes from is let through."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        raise Forbidden("This came from another site, so nothing was done.")
    origin = request.headers.get("origin")
    if origin is not None and not _is_ours(origin, request, desk):
        raise Forbidden("This came from another site, so nothing was done.")


def _is_ours(origin: str, request: Request, desk: Desk) -> bool:
    if origin == desk.settings.base_url.rstrip("/"):
        return True
    return desk.rehearsing and urlsplit(origin).netloc == request.headers.get("host")


async def _given_back(request: Request, visit: Visit) -> None:
    """Give back what was typed to whoever sends a form when their session is over; it is read for that alone.

    Only what a page of ours has sent is shown again: by the mark that goes with the browser's cookie, which
    outlives the session, or by what the browser says.
    """
    if not visit.token or not await run_in_threadpool(_seldom, visit):
        return
    sent = await uploads.received(request, 0)
    own = sessions.mark(visit.desk.keys, visit.token)
    given = str(sent.get(again.MARK, ""))
    marked = bool(own) and hmac.compare_digest(given.encode(), own.encode())
    typed = again.typed(sent) if marked or _says_ours(request) else None
    await sent.close()
    if typed and not visit.path.startswith(_CODES):
        raise SendAgain(typed, given, ready=False)


def _seldom(visit: Visit) -> bool:
    with visit.desk.store.writing() as tx:
        return limits.allow(tx, f"too-late:{visit.ip}", TOO_LATE_A_MINUTE, 60)


def _says_ours(request: Request) -> bool:
    """Say whether a browser says that our own page sent a form; another's was refused before."""
    return "sec-fetch-site" in request.headers or "origin" in request.headers


def _own_form(request: Request, sent: FormData, visit: Visit, rule: frozenset[Role]) -> None:
    """Refuse a form that we did not give to this browser. One that we gave it before its session was begun
    anew is given back, to be sent again.
    """
    given = str(sent.get("csrf", ""))
    if not any(hmac.compare_digest(given.encode(), known.encode()) for known in _expected(visit, rule)):
        if rule == {Role.LINK} and visit.session and _says_ours(request) and (typed := again.typed(sent)):
            ready = any(f"/{link}" in visit.path for link in visit.session.links)
            if not visit.path.startswith(_CODES):
                raise SendAgain(typed, visit.session.csrf if ready else given, ready=ready)
        raise Forbidden("This page had been open for too long, so nothing was done. Go back and reload it.")


def _expected(visit: Visit, rule: frozenset[Role]) -> list[str]:
    if Role.ANYONE in rule:
        keys = visit.desk.keys.all("csrf")
        return [_stateless(key, visit.path) for _, key in keys]
    return [visit.session.csrf] if visit.session else []


def _stateless(key: bytes, path: str) -> str:
    return hmac.new(key, path.encode(), sha256).hexdigest()


# --------------------------------------------------------------------------- cookies


def cookie_name(desk: Desk) -> str:
    """Name the session's cookie; only over https can a browser be told to guard it fully."""
    return "__Host-sid" if desk.secure else "sid"


def keep(response: Response, desk: Desk, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(cookie_name(desk), token, path="/", httponly=True, secure=desk.secure, samesite="lax")


def forget(response: Response, desk: Desk) -> None:
    """Take the session away from the browser, with all that the browser kept of it."""
    response.delete_cookie(cookie_name(desk), path="/", httponly=True, secure=desk.secure, samesite="lax")
    response.headers["Clear-Site-Data"] = '"cache","cookies","storage"'


def own_path(path: str, otherwise: str = "/work") -> str:
    """Return a path of ours to go on to; anything that could lead elsewhere becomes the usual one."""
    return path if _OWN_PATH.fullmatch(path) else otherwise


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


# ---------------------------------------------- what routes take as arguments
# Coroutines, for FastAPI would give each plain function a thread.


async def _current(request: Request) -> Visit:
    visit: Visit = request.state.visit
    return visit


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _sent(request: Request) -> FormData:
    sent: FormData = request.state.sent
    return sent


async def _received(request: Request) -> AsyncIterator[FormData]:
    sent: FormData = request.state.sent
    try:
        yield sent
    finally:
        await sent.close()


Asker = Annotated[Visit, Depends(_current)]
"""The visit, as a route's argument."""
AtDesk = Annotated[Desk, Depends(_desk)]
"""The desk, for routes that answer without knowing who asks."""
Sent = Annotated[FormData, Depends(_sent)]
"""What the form sent, as a route's argument."""
Received = Annotated[FormData, Depends(_received)]
"""The same where documents may be among it; they are let go of once the route is done."""
