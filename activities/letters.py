"""Letters on their way: from the ledger to the mail server, the same one each time."""

import asyncio
from hashlib import sha256
from typing import NamedTuple

from jinja2 import TemplateError
from temporalio import activity

from activities.correspondence import Correspondence
from notifications.render import BadAddress, render
from notifications.smtp import Mailer, TryLater, Undeliverable
from service.links import Links
from service.store import Store, cases
from service.store import letters as ledger
from service.store import links as bindings
from service.store.letters import LedgerRow
from service.telling import edition, replies_to, thread
from workflows import letters, ports
from workflows.model import Postbag


class _Ready(NamedTuple):
    row: LedgerRow
    link: str | None
    reply_to: str


class Letters(ports.Letters):
    """Sends letters and writes down what became of them."""

    def __init__(self, store: Store, links: Links, mailer: Mailer, *, sender: str) -> None:
        self._store = store
        self._links = links
        self._mailer = mailer
        self._sender = sender

    @activity.defn(name="letter_sent")
    async def send(self, key: str) -> Postbag:
        """Send a queued letter. One that cannot be delivered is no error: the PMO's letter comes back."""
        ready = await asyncio.to_thread(self._look_up, key)
        if ready.row.state == ledger.UNDELIVERABLE:
            # The answer of an earlier attempt was lost, and the PMO's letter with it.
            return await asyncio.to_thread(self._undeliverable, key, ready.row.error)
        if ready.row.state != ledger.QUEUED:
            return Postbag()
        try:
            message = render(
                letters.read(ready.row.props),
                link=ready.link,
                message_id=ready.row.message_id,
                sender=self._sender,
                reply_to=ready.reply_to,
                thread=thread(ready.row),
                date=ready.row.queued,
            )
            await self._mailer.send(message)
        except (Undeliverable, BadAddress) as refusal:
            return await asyncio.to_thread(self._undeliverable, key, str(refusal))
        except TemplateError as fault:
            return await asyncio.to_thread(self._undeliverable, key, f"it could not be written: {fault}")
        except TryLater as failure:
            await asyncio.to_thread(self._attempted, key, str(failure))
            raise
        body = sha256(message.as_bytes()).hexdigest()
        await asyncio.to_thread(self._sent, key, str(message["Subject"]), body)
        return Postbag()

    def _look_up(self, key: str) -> _Ready:
        with self._store.reading() as tx:
            row = ledger.get(tx, key)
            if row is None:
                raise LookupError(f"no letter {key} in the ledger")
            binding = bindings.get(tx, row.link_id) if row.link_id else None
            link = self._links.to(binding.id, binding.kid) if binding else None
            if not row.case:
                return _Ready(row, link, self._sender)
            # The letters say that a person reads replies.
            return _Ready(row, link, replies_to(edition(tx, cases.get(tx, row.case).edition)))

    def _sent(self, key: str, subject: str, body: str) -> None:
        with self._store.writing() as tx:
            ledger.sent(tx, key, subject=subject, body_hash=body)

    def _attempted(self, key: str, error: str) -> None:
        with self._store.writing() as tx:
            ledger.attempted(tx, key, error)

    def _undeliverable(self, key: str, why: str) -> Postbag:
        """Write down that a letter will never arrive, and tell the PMO, unless it was the PMO's own."""
        with self._store.writing() as tx:
            ledger.undeliverable(tx, key, why)
            row = ledger.get(tx, key)
            if row is None or not row.case or row.kind == "stuck":
                return Postbag()
            desk = Correspondence(tx, cases.get(tx, row.case), self._links, tx.now)
            queued = [ledger.queue_direct(tx, letter) for letter in desk.undeliverable(row, why)]
            return Postbag(letters=tuple(letter.key for letter in queued))
