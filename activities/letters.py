"""Letters on their way: from the ledger to the mail server, the same one each time."""

import asyncio
from hashlib import sha256

from temporalio import activity

from notifications.render import render
from notifications.smtp import Mailer, TryLater, Undeliverable
from service.links import Links
from service.store import Store
from service.store import letters as ledger
from service.store import links as bindings
from service.store.letters import LedgerRow
from workflows import letters, ports


class Letters(ports.Letters):
    """Sends letters and writes down what became of them."""

    def __init__(self, store: Store, links: Links, mailer: Mailer, *, sender: str) -> None:
        self._store = store
        self._links = links
        self._mailer = mailer
        self._sender = sender

    @activity.defn(name="letter_sent")
    async def send(self, key: str) -> None:
        """Send a queued letter; a permanent refusal is written down and is not an error."""
        row, link = await asyncio.to_thread(self._look_up, key)
        if row.state != ledger.QUEUED:
            return
        message = render(
            letters.read(row.props),
            link=link,
            message_id=row.message_id,
            sender=self._sender,
            reply_to=self._sender,
            thread=thread(row),
            date=row.queued,
        )
        try:
            await self._mailer.send(message)
        except Undeliverable as refusal:
            await asyncio.to_thread(self._undeliverable, key, str(refusal))
        except TryLater as failure:
            await asyncio.to_thread(self._attempted, key, str(failure))
            raise
        else:
            body = sha256(message.as_bytes()).hexdigest()
            await asyncio.to_thread(self._sent, key, str(message["Subject"]), body)

    def _look_up(self, key: str) -> tuple[LedgerRow, str | None]:
        with self._store.reading() as tx:
            row = ledger.get(tx, key)
            if row is None:
                raise LookupError(f"no letter {key} in the ledger")
            binding = bindings.get(tx, row.link_id) if row.link_id else None
            return row, self._links.to(binding.id, binding.kid) if binding else None

    def _sent(self, key: str, subject: str, body: str) -> None:
        with self._store.writing() as tx:
            ledger.sent(tx, key, subject=subject, body_hash=body)

    def _attempted(self, key: str, error: str) -> None:
        with self._store.writing() as tx:
            ledger.attempted(tx, key, error)

    def _undeliverable(self, key: str, why: str) -> None:
        with self._store.writing() as tx:
            ledger.undeliverable(tx, key, why)


def thread(row: LedgerRow) -> str | None:
    """Return the Message-ID that stands for a letter's case, under which its letters are shown together."""
    if not row.case:
        return None
    host = row.message_id.rpartition("@")[2]
    return f"<{sha256(row.case.encode()).hexdigest()[:32]}@{host}"
