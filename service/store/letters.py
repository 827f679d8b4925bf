"""The ledger of letters: a row for each before it is sent, with one key, one Message-ID and one link."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, literal, select, update

from service.errors import NotFound
from service.store import canonical
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.line import ENGINE, ORGANISATION, Entry
from service.store.tables import LETTERS, LINKS
from workflows.model import Frozen

QUEUED, ACCEPTED, UNDELIVERABLE = "queued", "accepted", "undeliverable"

_BY_KEY = select(LETTERS).where(LETTERS.c.key == bindparam("key"))
_KEYS_OF = (
    select(LETTERS.c.key)
    .where(LETTERS.c.case == bindparam("case"), LETTERS.c.cause == bindparam("cause"))
    .order_by(LETTERS.c.place)
)
_OF_CASE = (
    select(LETTERS).where(LETTERS.c.case == bindparam("case")).order_by(LETTERS.c.queued, LETTERS.c.place)
)
_OF_STEP = (
    select(LETTERS).where(LETTERS.c.step == bindparam("step")).order_by(LETTERS.c.queued, LETTERS.c.place)
)
_CHANGE = update(LETTERS).where(LETTERS.c.key == bindparam("its_key"))
_TRY = _CHANGE.values(attempts=LETTERS.c.attempts + 1)
_STILL_QUEUED = LETTERS.c.state == QUEUED
_TRY_IN_VAIN = _TRY.where(_STILL_QUEUED)
_TRY_AGAIN = _CHANGE.where(_STILL_QUEUED).values(error="an earlier try may have sent it")


class LinkBinding(Frozen):
    """What the link in a letter will be good for, besides the letter's own step, seat and person."""

    purpose: str = "decide"
    round: int
    content_hash: str
    expires: datetime
    """On the Clock."""


class QueuedLetter(Frozen):
    """A letter that is owed: to whom, about what, and everything its template needs."""

    key: str
    case: str
    step: str = ""
    seat: str = ""
    person: str = ""
    post: str = ""
    address: str
    kind: str
    props: dict[str, Any]
    link: LinkBinding | None = None


class LedgerRow(QueuedLetter):
    """A letter in the ledger, and what became of it."""

    state: str
    attempts: int
    message_id: str
    link_id: str | None
    subject: str
    body_hash: str
    queued: datetime
    """On the Clock."""
    queued_real: datetime
    sent_real: datetime | None
    error: str


def tell(tx: Tx, case: str, facts: Sequence[Entry], letters: Sequence[QueuedLetter]) -> bool:
    """Write facts, the last of which queues letters; the letters are then outgoing. Returns if it was new.

    Told again, nothing is written, and the letters of the first time are outgoing.
    """
    cause = facts[-1]
    at = cause.at or tx.now
    owed = [_owed(letter, at) for letter in letters]
    if not tx.append_all(case, [*facts, *owed], unless=cause.key):
        tx.outgoing += keys_of(tx, case, cause.key)
        return False
    queue(tx, letters, cause=cause.key, at=at)
    return True


def queue(tx: Tx, letters: Sequence[QueuedLetter], *, cause: str, at: datetime) -> None:
    """Write letters into the ledger, with their links; one that is there already stays as it is."""
    tx.outgoing += (letter.key for letter in letters)
    bound = [(letter, secrets.token_hex(16) if letter.link else None) for letter in letters]
    insert_new(
        tx.connection,
        LETTERS,
        [
            _row(tx, letter, link_id, cause=cause, place=place, at=at)
            for place, (letter, link_id) in enumerate(bound)
        ],
    )
    insert_new(
        tx.connection,
        LINKS,
        [_link(tx, letter, letter.link, link_id, at) for letter, link_id in bound if letter.link and link_id],
    )


def queue_direct(tx: Tx, letter: QueuedLetter) -> LedgerRow:
    """Write down a letter that no step or case sends, such as one with a code to sign in."""
    queue(tx, [letter], cause="", at=tx.now)
    return _must(tx, letter.key)


def keys_of(tx: Tx, case: str, cause: str) -> tuple[str, ...]:
    """Return the keys of the letters that a line of the record queued."""
    return tuple(row.key for row in tx.all(_KEYS_OF, case=case, cause=cause))


def get(tx: Tx, key: str) -> LedgerRow | None:
    """Return a letter by its key."""
    row = tx.one(_BY_KEY, key=key)
    return _letter(row) if row else None


def sent(tx: Tx, key: str, *, subject: str, body_hash: str) -> None:
    """Write down that a mail server took a letter."""
    letter = _must(tx, key)
    if letter.state == ACCEPTED:
        return
    tx.run(
        _TRY,
        {
            "its_key": key,
            "state": ACCEPTED,
            "subject": subject,
            "body_hash": body_hash,
            "sent_real": tx.real,
            "error": "",
        },
    )
    data = {"letter": key, "kind": letter.kind, "person": letter.person, "body_hash": body_hash}
    tx.append(
        letter.case or ORGANISATION,
        "letter.sent",
        data | {"message_id": letter.message_id},
        key=f"letter.sent:{key}",
        actor=ENGINE,
    )


def attempted(tx: Tx, key: str, error: str = "") -> None:
    """Count an attempt that did not bring the letter away."""
    tx.run(_TRY_IN_VAIN, {"its_key": key, "error": error})


def tried_again(tx: Tx, key: str) -> None:
    """Write down that a letter is about to be tried again, which an earlier try may have sent already."""
    tx.run(_TRY_AGAIN, {"its_key": key})


def undeliverable(tx: Tx, key: str, why: str) -> None:
    """Write down that a letter will never arrive."""
    letter = _must(tx, key)
    if letter.state != QUEUED:
        return
    tx.run(_TRY, {"its_key": key, "state": UNDELIVERABLE, "error": why})
    tx.append(
        letter.case or ORGANISATION,
        "letter.undeliverable",
        {"letter": key, "kind": letter.kind, "person": letter.person},
        key=f"letter.undeliverable:{key}",
        actor=ENGINE,
    )


def of_case(tx: Tx, ref: str) -> tuple[LedgerRow, ...]:
    """Return a case's letters, the first first."""
    return _letters(tx, _OF_CASE, case=ref)


def of_step(tx: Tx, step: str) -> tuple[LedgerRow, ...]:
    """Return a step's letters, the first first."""
    return _letters(tx, _OF_STEP, step=step)


def unsent(tx: Tx, before: datetime | None = None, limit: int = 500) -> tuple[LedgerRow, ...]:
    """Return letters still owed, the oldest first: all, or those queued before a real instant.

    A code is stored nowhere, so that a letter with one can be sent by nobody but the page that made it.
    """
    owed = select(LETTERS).where(_is(QUEUED), LETTERS.c.kind != "code")
    if before is not None:
        owed = owed.where(LETTERS.c.queued_real < before)
    return _letters(tx, owed.order_by(LETTERS.c.queued_real, LETTERS.c.key).limit(limit))


def undelivered(tx: Tx, limit: int = 500) -> tuple[LedgerRow, ...]:
    """Return letters that never arrived, the latest first."""
    lost = select(LETTERS).where(_is(UNDELIVERABLE))
    return _letters(tx, lost.order_by(LETTERS.c.queued_real.desc()).limit(limit))


def _is(state: str) -> ColumnElement[bool]:
    # Spelt out, for the index of these alone serves no query that leaves the state open.
    return LETTERS.c.state == literal(state, literal_execute=True)


def _owed(letter: QueuedLetter, at: datetime) -> Entry:
    data = letter.model_dump(include={"kind", "step", "seat", "person", "post"})
    data |= {"letter": letter.key, "link": letter.link is not None}
    return Entry("letter.queued", data, f"letter:{letter.key}", ENGINE, at=at)


def _row(
    tx: Tx, letter: QueuedLetter, link_id: str | None, *, cause: str, place: int, at: datetime
) -> dict[str, Any]:
    return letter.model_dump(exclude={"props", "link"}) | {
        "props": canonical.written(letter.props),
        "binding": letter.link.model_dump_json() if letter.link else None,
        "cause": cause,
        "place": place,
        "state": QUEUED,
        "attempts": 0,
        # Of the key, so that however often it is sent a reader's program shows it once.
        "message_id": f"<{sha256(letter.key.encode()).hexdigest()[:32]}@{tx.host}>",
        "link_id": link_id,
        "subject": "",
        "body_hash": "",
        "queued": at,
        "queued_real": tx.real,
        "error": "",
    }


def _link(tx: Tx, letter: QueuedLetter, binding: LinkBinding, link_id: str, at: datetime) -> dict[str, Any]:
    return {
        "id": link_id,
        "letter": letter.key,
        "purpose": binding.purpose,
        "case": letter.case,
        "step": letter.step,
        "round": binding.round,
        "seat": letter.seat,
        "person": letter.person,
        "post": letter.post,
        "address": letter.address,
        "content_hash": binding.content_hash,
        "issued": at,
        "expires": binding.expires,
        "kid": tx.keys.current("links")[0],
        "why": "",
        "opened": 0,
    }


def _must(tx: Tx, key: str) -> LedgerRow:
    letter = get(tx, key)
    if letter is None:
        raise NotFound(f"There is no letter {key}.")
    return letter


def _letters(tx: Tx, wanted: Select[Any], **values: Any) -> tuple[LedgerRow, ...]:
    return tuple(map(_letter, tx.all(wanted, **values)))


def _letter(row: Row[Any]) -> LedgerRow:
    fields = dict(row._mapping)
    fields["props"] = canonical.loads(row.props)
    fields["link"] = LinkBinding.model_validate_json(row.binding) if row.binding else None
    return LedgerRow(**{name: fields[name] for name in LedgerRow.model_fields})
