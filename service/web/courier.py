"""Takes to people at once, and without the engine, what a page has promised them.

That is a code, which is stored nowhere, so that nobody else could send it; a link sent anew; and word to
the PMO that a letter went to the wrong person. What it cannot bring, the relay has sent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from hashlib import sha256
from typing import Protocol

import structlog
from starlette.concurrency import run_in_threadpool

from notifications.render import BadAddress, render
from notifications.smtp import TryLater, Undeliverable
from service.store import Store, letters
from service.store.letters import LedgerRow, QueuedLetter
from service.telling import thread
from workflows import letters as words

log = structlog.get_logger("web")

TRIES = (0.0, 2.0, 5.0, 15.0)
"""Seconds before each try. What comes later than that is of little use to somebody who waits."""


class Mail(Protocol):
    """The mailer, as far as a code needs it."""

    async def send(self, message: EmailMessage) -> bytes: ...


@dataclass(frozen=True)
class Parcel:
    """A letter, in the ledger or on its way there, with what only this moment knows."""

    letter: QueuedLetter
    reply_to: str
    link: str | None = None
    code: str | None = None


class Courier:
    """Sends letters while the page that asked for them is already shown."""

    def __init__(
        self, mail: Mail, store: Store, sender: str, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._mail = mail
        self._store = store
        self._sender = sender
        self._pause = pause
        self._under_way: set[asyncio.Task[None]] = set()

    def soon(self, parcel: Parcel | None) -> None:
        """Begin to send a letter; no page waits for it to have gone."""
        if parcel is None:
            return
        task = asyncio.create_task(self.bring(parcel))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def bring(self, parcel: Parcel) -> None:
        """Send a letter, trying again for as long as somebody may be waiting for it."""
        row = await run_in_threadpool(self._queued, parcel.letter)
        try:
            message = render(
                words.read(row.props),
                link=parcel.link,
                code=parcel.code,
                message_id=row.message_id,
                sender=self._sender,
                reply_to=parcel.reply_to,
                thread=thread(row),
                date=row.queued,
            )
        except BadAddress as error:
            await run_in_threadpool(self._refused, row.key, str(error))
            return
        for seconds in TRIES:
            await self._pause(seconds)
            if not await run_in_threadpool(self._still_owed, row.key):
                return
            try:
                sent = await self._mail.send(message)
            except Undeliverable as error:
                await run_in_threadpool(self._refused, row.key, str(error))
                return
            except TryLater as error:
                await run_in_threadpool(self._failed, row.key, str(error))
            else:
                # Of a letter with a code not even a hash is kept: a code is soon guessed from it.
                body_hash = "" if parcel.code else sha256(sent).hexdigest()
                await run_in_threadpool(self._sent, row.key, str(message["Subject"]), body_hash)
                return
        log.warning("a letter could not be sent", letter=row.key)

    async def close(self) -> None:
        """Let what is under way finish."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _queued(self, letter: QueuedLetter) -> LedgerRow:
        """Write the letter down, unless it is in the ledger already.

        It is done here and not by the page, so that a page takes as long for a stranger's address.
        """
        with self._store.writing() as tx:
            return letters.get(tx, letter.key) or letters.queue_direct(tx, letter)

    def _still_owed(self, key: str) -> bool:
        """Say whether nobody else has sent the letter meanwhile."""
        with self._store.reading() as tx:
            row = letters.get(tx, key)
            return row is not None and row.state == letters.QUEUED

    def _refused(self, key: str, why: str) -> None:
        with self._store.writing() as tx:
            letters.undeliverable(tx, key, why)

    def _failed(self, key: str, error: str) -> None:
        with self._store.writing() as tx:
            letters.attempted(tx, key, error)

    def _sent(self, key: str, subject: str, body_hash: str) -> None:
        with self._store.writing() as tx:
            letters.sent(tx, key, subject=subject, body_hash=body_hash)
