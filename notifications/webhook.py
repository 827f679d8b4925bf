"""Delivery by webhook: one signed message to one address, pinned to the machine that its name resolves to.

Signed as Standard Webhooks have it, so that whoever receives it can tell that it is ours, that nobody
changed it, and whether they have had it before.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx2 as httpx
from standardwebhooks.webhooks import Webhook as Signer

from notifications.addresses import Address, forbidden, literal, unfit

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Finds the addresses of a host."""

WITHIN = 5.0
"""Seconds for one message: to find the machine, to reach it, to send, and to read the answer."""
TO_REACH = 2.0
"""Seconds for one machine to be reached, before another of the same name is tried."""
MOST_READ = 64 * 1024
"""Bytes of an answer that are read; what comes after is left unread."""
_AGAIN = (408, 425, 429)
"""Refusals that are not meant for good."""
_IDS = ("x-request-id", "request-id", "x-correlation-id")
"""Headers in which receivers say under which id they have it."""


class NotTaken(Exception):
    """A message was not taken; the message of this says why, in words."""

    def __init__(self, why: str, status: int | None = None, answer: bytes = b"") -> None:
        super().__init__(why)
        self.status = status
        self.answer = answer


class Refused(NotTaken):
    """It will never be taken."""


class TryLater(NotTaken):
    """It was not taken this time, or nobody knows whether it was."""


@dataclass(frozen=True)
class Receipt:
    """What a receiver answered when it took a message."""

    status: int
    id: str
    """Under which id the receiver has it, if it says so."""
    digest: str
    """The SHA-256 of what it answered."""
    answer: bytes


class Webhook:
    """Where messages go, and the secrets that sign them."""

    def __init__(
        self,
        url: str,
        secrets: Sequence[str],
        *,
        loopback: bool = False,
        resolve: Resolve | None = None,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._url = httpx.URL(url)
        self._written = url
        self._signers = [Signer(secret) for secret in secrets]
        self._loopback = loopback
        self._resolve = resolve or _resolved
        self._tls_context = tls_context

    @property
    def host(self) -> str:
        """Whose it is, as people may read it."""
        return urlsplit(self._written).hostname or ""

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._tls_context or ssl.create_default_context()

    async def send(self, id: str, body: bytes, *, at: datetime) -> Receipt:
        """Send a message once. Raises Refused if it will never be taken, and TryLater otherwise.

        The id is the same at every try, so that a receiver can tell that it has it already; `at` is real
        time, and the receiver may refuse one that is more than some minutes old.
        """
        if wrong := unfit(self._written, loopback=self._loopback):
            raise Refused(f"The address of the receiver {wrong}.")
        try:
            async with asyncio.timeout(WITHIN):
                return await self._sent(await self._machines(), id, body, at)
        except TimeoutError:
            raise TryLater(f"The receiver did not answer within {WITHIN:g} seconds.") from None

    async def _machines(self) -> Sequence[Address]:
        """Resolve the host, once. Everything after this goes by what is found here, and by no name."""
        known = literal(self._url.host)
        try:
            found = [known] if known else await self._resolve(self._url.host, self._port)
        except OSError:
            found = []
        if not found:
            raise TryLater("The name of the receiver could not be found.")
        if any(forbidden(address, loopback=self._loopback) for address in found):
            raise Refused("The name of the receiver leads to an address inside a network of one's own.")
        return found

    async def _sent(self, machines: Sequence[Address], id: str, body: bytes, at: datetime) -> Receipt:
        why = ""
        for machine in machines:
            try:
                return await self._post(machine, id, body, at)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                why = _why_unreached(error)
            except httpx.HTTPError:
                # It may have been taken, so that no other machine is tried with it.
                raise TryLater("The connection broke before there was an answer.") from None
        raise TryLater(why)

    async def _post(self, machine: Address, id: str, body: bytes, at: datetime) -> Receipt:
        signed = [signer.sign(id, at, body.decode()) for signer in self._signers]
        headers = {
            "Host": self._url.netloc.decode(),
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "Accept-Encoding": "identity",
            "User-Agent": "Assent",
            "webhook-id": id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signed),
        }
        async with (
            # No proxy, password file or certificate that the environment names.
            httpx.AsyncClient(
                verify=self._tls, trust_env=False, timeout=httpx.Timeout(WITHIN, connect=TO_REACH)
            ) as client,
            client.stream(
                "POST",
                self._url.copy_with(host=str(machine)),
                content=body,
                headers=headers,
                follow_redirects=False,
                # The certificate must be that of the name.
                extensions={"sni_hostname": self._url.host},
            ) as response,
        ):
            return _judged(response, await _read(response))

    @property
    def _port(self) -> int:
        return self._url.port or (443 if self._url.scheme == "https" else 80)


def _judged(response: httpx.Response, answer: bytes) -> Receipt:
    status = response.status_code
    if 200 <= status < 300:
        found = (response.headers.get(name, "") for name in _IDS)
        return Receipt(status, next(filter(None, found), "")[:200], sha256(answer).hexdigest(), answer)
    if 300 <= status < 400:
        raise Refused(f"The receiver pointed elsewhere ({status}), where nothing is sent.", status, answer)
    if 400 <= status < 500 and status not in _AGAIN:
        raise Refused(f"The receiver refused it ({status}).", status, answer)
    raise TryLater(f"The receiver could not take it just then ({status}).", status, answer)


async def _read(response: httpx.Response) -> bytes:
    """Read an answer as far as it is of interest."""
    answer = b""
    async for part in response.aiter_raw():
        answer += part
        if len(answer) >= MOST_READ:
            break
    return answer[:MOST_READ]


def _why_unreached(error: httpx.TransportError) -> str:
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLError):
            return "The certificate of the receiver is not in order."
        found = found.__cause__ or found.__context__
    return "The receiver could not be reached."


async def _resolved(host: str, port: int) -> Sequence[Address]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))
