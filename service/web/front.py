"""What every response has in common, whatever gave it: headers, methods, size, host and one log line."""

import asyncio
import contextlib
import re
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web import faults

log = structlog.get_logger("web")

BODY_LIMIT = 1024 * 1024
"""Bytes. A proposal is words; documents have their own way in."""
UNHEARD_LIMIT = 16 * 1024 * 1024
"""Bytes of a body too large that are let in, and thrown away, so that whoever sends them hears why not."""
UNHEARD_SECONDS = 5.0
"""How long that may take."""
TOO_LARGE = 413
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HEALTH = ("/healthz", "/readyz")
LOCAL_NAMES = ("localhost", "127.0.0.1")
UNCHANGING = ("/static/", "/styles/")
"""Areas with nothing in them that is anybody's."""
NO_SCRIPT = ("/a/", "/sign-in")
"""Areas where pages carry no script at all."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Only the origin: `no-referrer` would make browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "strict-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
HSTS = "max-age=63072000; includeSubDomains"
_CSP = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src {scripts}; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; report-uri /csp"
)


def policy(path: str, *, secure: bool) -> str:
    """Return the content security policy of a page."""
    scripts = "'none'" if path.startswith(NO_SCRIPT) else "'self'"
    upgrade = "; upgrade-insecure-requests" if secure else ""
    return _CSP.format(scripts=scripts) + upgrade


@dataclass(frozen=True)
class Front:
    """Stands before everything, the handler of errors included, so that nothing leaves without it."""

    app: ASGIApp
    routes: list[BaseRoute]
    base_url: str
    production: bool
    hosts: frozenset[str] = field(init=False)
    roomier: tuple[tuple[re.Pattern[str], int], ...] = field(init=False)
    """Addresses to which more may be sent than to all others, and how many bytes."""

    def __post_init__(self) -> None:
        own = urlsplit(self.base_url).hostname or ""
        object.__setattr__(self, "roomier", tuple(_roomier(self.routes)))
        object.__setattr__(self, "hosts", frozenset({own, *(() if self.production else LOCAL_NAMES)}))

    @property
    def secure(self) -> bool:
        """The installation is reached over https."""
        return self.base_url.startswith("https:")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = _Visit(self, scope, receive, send, time.perf_counter())
        answer = self._refusal(scope)
        try:
            if answer is not None:
                await answer(scope, visit.receive, visit.send)
            else:
                await self._pass_on(scope, visit)
        except Exception as error:
            # The page has been given. In production only the place is noted: a message may quote
            # what somebody typed.
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename}:{place.lineno}"
            log.error("fault", kind=type(error).__name__, where=where, exc_info=not self.production)
            if not visit.status:
                raise
        finally:
            visit.logged()

    async def _pass_on(self, scope: Scope, visit: "_Visit") -> None:
        if scope["method"] == "HEAD":
            visit.bodiless = True
            # A copy: the server must go on knowing that it was a HEAD.
            visit.scope = scope = {**scope, "method": "GET"}
        if scope["method"] == "OPTIONS" and (methods := self._methods(scope)):
            answer = Response(status_code=204, headers={"Allow": _allow(methods)})
            await answer(scope, visit.receive, visit.send)
            return
        await self.app(scope, visit.receive, visit.send)

    def _refusal(self, scope: Scope) -> Response | None:
        """Answer at once what no route should see."""
        headers = Headers(scope=scope)
        host = urlsplit(f"//{headers.get('host', '')}").hostname if _plausible(headers) else None
        local = scope["path"] in HEALTH and host in LOCAL_NAMES
        if host not in self.hosts and not local:
            return faults.plain(scope["path"], 400, "unknown_host", "This address is not served here.")
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            # No database keeps such a character, and some do not even look for it.
            return faults.unspeakable(scope["path"])
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > BODY_LIMIT:
            limit = self._limit(scope["path"])
            return faults.too_large(scope["path"], limit) if int(length) > limit else None
        return None

    def _limit(self, path: str) -> int:
        """Return how many bytes may be sent to an address."""
        return next((limit for address, limit in self.roomier if address.match(path)), BODY_LIMIT)

    def _methods(self, scope: Scope) -> list[str]:
        return [method for method in METHODS if self._answers(scope, method)]

    def _answers(self, scope: Scope, method: str) -> bool:
        asked = {**scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in self.routes)

    def stamp(self, scope: Scope, message: Message) -> None:
        """Put on the headers that every response carries."""
        headers = MutableHeaders(scope=message)
        for name, value in ALWAYS.items():
            headers[name] = value
        if self.secure:
            headers["Strict-Transport-Security"] = HSTS
        if message["status"] == 405 and (methods := self._methods(scope)):
            headers["Allow"] = _allow(methods)
        headers.setdefault("Content-Security-Policy", policy(scope["path"], secure=self.secure))
        kept = scope["path"].startswith(UNCHANGING) and message["status"] == 200
        headers.setdefault("Cache-Control", "public, max-age=600" if kept else "no-store")
        if "server" in headers:
            del headers["server"]


@dataclass
class _Visit:
    """One request on its way."""

    front: Front
    scope: Scope
    inward: Receive
    onward: Send
    began: float
    coming: bool | None = None
    """More of the body is to come; None until any of it was asked for."""
    bodiless: bool = False
    status: int = 0
    method: str = field(init=False)

    def __post_init__(self) -> None:
        self.method = self.scope["method"]

    async def receive(self) -> Message:
        message = await self.inward()
        self.coming = message["type"] == "http.request" and message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] == TOO_LARGE:
                await self._hear_out()
            self.status = message["status"]
            self.front.stamp(self.scope, message)
        elif self.bodiless and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self.onward(message)

    async def _hear_out(self) -> None:
        """Take in the rest of a body, within bounds: most programs send all of it before they listen."""
        headers = Headers(scope=self.scope)
        length = headers.get("content-length", "")
        # Who asks before they send listens already, and to begin reading would be to say yes.
        asks = self.coming is None and "expect" in headers
        if asks or (length.isdigit() and int(length) > UNHEARD_LIMIT):
            return
        heard = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UNHEARD_SECONDS):
                while self.coming is not False and heard <= UNHEARD_LIMIT:
                    heard += len((await self.receive()).get("body", b""))

    def logged(self) -> None:
        # The template of the path, never the path: a path may hold a link.
        route = getattr(self.scope.get("route"), "path", None)
        log.info(
            "request",
            method=self.method,
            route=route or "(none)",
            status=self.status,
            ms=round((time.perf_counter() - self.began) * 1000, 1),
        )


def _roomier(routes: list[BaseRoute]) -> Iterator[tuple[re.Pattern[str], int]]:
    for context in iter_route_contexts(routes):
        limit = getattr(context.route, "max_body_size", None)
        if limit is not None and context.path:
            yield compile_path(context.path)[0], limit


def _allow(methods: Iterable[str]) -> str:
    named = list(methods)
    heads = ["HEAD"] if "GET" in named else []
    return ", ".join([*named, *heads, "OPTIONS"])


def _plausible(headers: Headers) -> bool:
    """A host of letters, digits, dots, hyphens and a port: nothing that an address could hide in."""
    return all(character.isalnum() or character in ".-:[]" for character in headers.get("host", ""))
