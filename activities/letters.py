"""Letters on their way: from the ledger to the mail server, the same one each time."""

import asyncio
from hashlib import sha256
from typing import NamedTuple

from jinja2 import TemplateError
from temporalio import activity

from activities.correspondence import Correspondence
from activities.writing import Writing
from notifications.render import BadAddress, render
from notifications.smtp import Mailer, TryLater, Undeliverable
from service.links import Links
from service.mailroom import ALL_TRIES, SEND, Mailroom
from service.store import Store, cases
from service.store import letters as ledger
from service.store import links as bindings
from service.store.engine import Tx
from service.store.letters import LedgerRow
from service.telling import edition, replies_to, thread
from workflows import letters
from workflows.letters import Letter, MeetingLetter


class _Ready(NamedTuple):
    row: LedgerRow
    letter: Letter
    link: str | None
    reply_to: str


class _Refused(NamedTuple):
    letter: str
    why: str


class Letters(Writing):
    """Sends letters and writes down what became of them."""

    def __init__(
        self, store: Store, mailroom: Mailroom, links: Links, mailer: Mailer, *, sender: str
    ) -> None:
        super().__init__(store, mailroom)
        self._links = links
        self._mailer = mailer
        self._sender = sender

    @activity.defn(name=SEND)
    async def send(self, key: str) -> None:
        """Send a queued letter. One that cannot be delivered is no error: the PMO is written to."""
        if activity.in_activity() and activity.info().attempt > 1:
            # The last try may have sent it. Where the ledger cannot be written, nor is it sent again.
            await asyncio.to_thread(self._begin_again, key)
        ready = await asyncio.to_thread(self._look_up, key)
        if ready.row.state == ledger.UNDELIVERABLE:
            # An earlier attempt may have ended before the PMO's letter was on its way.
            await self._write(self._undeliverable, _Refused(key, ready.row.error))
        if ready.row.state != ledger.QUEUED:
            return
        try:
            message = render(
                ready.letter,
                link=ready.link,
                message_id=ready.row.message_id,
                sender=self._sender,
                reply_to=ready.reply_to,
                thread=thread(ready.row),
                date=ready.row.queued,
            )
            sent = await self._mailer.send(message)
        except (Undeliverable, BadAddress) as refusal:
            await self._write(self._undeliverable, _Refused(key, str(refusal)))
        except TemplateError as fault:
            await self._write(self._undeliverable, _Refused(key, f"it could not be written: {fault}"))
        except TryLater as failure:
            if not await asyncio.to_thread(self._too_late, key, str(failure)):
                raise
            await self._write(
                self._undeliverable, _Refused(key, f"{failure} It could not be sent within three days.")
            )
        else:
            body = sha256(sent).hexdigest()
            await asyncio.to_thread(self._sent, key, str(message["Subject"]), body)

    def _look_up(self, key: str) -> _Ready:
        with self._store.reading() as tx:
            row = ledger.get(tx, key)
            if row is None:
                raise LookupError(f"no letter {key} in the ledger")
            binding = bindings.get(tx, row.link_id) if row.link_id else None
            link = self._links.to(binding.id, binding.kid) if binding else None
            letter = letters.read(row.props)
            return _Ready(row, letter, link, self._replies_to(tx, row, letter))

    def _replies_to(self, tx: Tx, row: LedgerRow, letter: Letter) -> str:
        """Return where a person reads replies, as letters about cases and meetings say."""
        if isinstance(letter, MeetingLetter):
            return letter.mailbox
        if not row.case:
            return self._sender
        return replies_to(edition(tx, cases.get(tx, row.case).edition))

    def _begin_again(self, key: str) -> None:
        with self._store.writing() as tx:
            ledger.tried_again(tx, key)

    def _sent(self, key: str, subject: str, body: str) -> None:
        with self._store.writing() as tx:
            ledger.sent(tx, key, subject=subject, body_hash=body)

    def _too_late(self, key: str, error: str) -> bool:
        """Count an attempt that failed, and say whether it was the last."""
        with self._store.writing() as tx:
            ledger.attempted(tx, key, error)
            row = ledger.get(tx, key)
            return row is not None and tx.real - row.queued_real >= ALL_TRIES

    def _undeliverable(self, tx: Tx, refused: _Refused) -> None:
        """Write down that a letter will never arrive, and tell the PMO, unless it was the PMO's own."""
        ledger.undeliverable(tx, refused.letter, refused.why)
        row = ledger.get(tx, refused.letter)
        if row is None or not row.case or row.kind == "stuck":
            return
        if isinstance(letters.read(row.props), MeetingLetter):
            # The chain that a meeting's letters stand in is no case, and the PMO's letter is about cases.
            return
        desk = Correspondence(tx, cases.get(tx, row.case), self._links, tx.now)
        for letter in desk.undeliverable(row, refused.why):
            ledger.queue_direct(tx, letter)
