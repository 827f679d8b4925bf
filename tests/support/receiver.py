"""Whoever receives orders: a small server that answers as it is told to, and keeps what it was sent."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook

HOST = "127.0.0.1"
HANG, CLOSE = "hang", "close"
OLD, NEW = f"whsec_{'A' * 32}", f"whsec_{'B' * 32}"
"""Two secrets, such as an operator gives."""


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    def verified(self, secret: str = NEW) -> Any:
        """What it says, if it is signed with a secret."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """Answers requests in turn, the last answer for all that follow."""

    answers: list[str]
    body: bytes
    headers: str
    received: list[Received] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/orders"

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of an installation that sends its orders here."""
        return {"order_url": self.url, "order_secrets": SecretStr(f"{NEW},{OLD}")}

    @property
    def ids(self) -> list[str]:
        """The id of each request, under which a receiver takes a message once."""
        return [one.headers["webhook-id"] for one in self.received]

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])
            }
            body = await reader.readexactly(int(headers["content-length"]))
            self.received.append(Received(head[0], headers, body))
            await self._answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer == HANG:
            await asyncio.sleep(3600)
        if answer != CLOSE:
            head = f"HTTP/1.1 {answer}\r\nContent-Length: {len(self.body)}\r\n{self.headers}\r\n"
            writer.write(head.encode() + self.body)
            await writer.drain()


@asynccontextmanager
async def receiving(
    *answers: str, tls: ssl.SSLContext | None = None, body: bytes = b"Thank you", headers: str = ""
) -> AsyncIterator[Receiver]:
    """Receive on a free port of this machine for as long as the context lasts."""
    receiver = Receiver(list(answers) or ["202 Accepted"], body, headers)
    talking: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        await receiver.converse(reader, writer)
        talking.discard(task)

    server = await asyncio.start_server(converse, HOST, 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in talking:
            task.cancel()
        await server.wait_closed()
