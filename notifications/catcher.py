"""The mail catcher of the demo and the tests: takes every letter, passes none on, keeps each in a file."""

import argparse
import asyncio
import email
import email.policy
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]']")


@dataclass(frozen=True)
class Caught:
    """A letter as its reader would have it. `to` is the bare address; `links` stand in the text part."""

    id: int
    at: datetime
    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    links: tuple[str, ...]


def caught(folder: Path, after: int = 0) -> list[Caught]:
    """The letters with an id above `after`, oldest first."""
    files = sorted((number, file) for file in folder.glob("*.eml") if (number := int(file.stem)) > after)
    return [_read(number, file, file.stat().st_mtime_ns) for number, file in files]


class Catcher:
    """Answers aiosmtpd. Only one at a time may write to a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._last = max((int(file.stem) for file in folder.glob("*.eml")), default=0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self._last += 1
        part = self._folder / f"{self._last:06}.part"
        part.write_bytes(envelope.original_content or b"")
        part.replace(part.with_suffix(".eml"))  # a reader sees a whole letter or none
        return f"250 caught as {self._last}"


@asynccontextmanager
async def catching(folder: Path, port: int = 0) -> AsyncIterator[int]:
    """Catch until left; gives the port, a free one for 0."""
    catcher = Catcher(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(catcher, hostname="localhost", enable_SMTPUTF8=True, loop=loop), HOST, port
    )
    try:
        chosen: int = server.sockets[0].getsockname()[1]
        yield chosen
    finally:
        server.close()


@lru_cache(maxsize=10_000)
def _read(number: int, file: Path, written: int) -> Caught:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    text, html = (
        body.get_content() if (body := message.get_body((kind,))) else "" for kind in ("plain", "html")
    )
    return Caught(
        id=number,
        at=datetime.fromtimestamp(written / 1e9, UTC),
        to=", ".join(address.addr_spec for address in message["To"].addresses) if message["To"] else "",
        subject=str(message["Subject"] or "").strip(),
        text=text,
        html=html,
        headers={name: str(value) for name, value in message.items()},
        links=tuple(URL.findall(text)),
    )


async def _serve(folder: Path, port: int) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with catching(folder, port) as chosen:
        print(f"Letters to {HOST}:{chosen} are kept in {folder}.", flush=True)
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="where to listen on 127.0.0.1; a free port for 0")
    parser.add_argument("--folder", type=Path, required=True, help="where the letters are kept")
    chosen = parser.parse_args()
    asyncio.run(_serve(chosen.folder, chosen.port))


if __name__ == "__main__":
    main()
