"""Links: what each is good for, whether it still is, and who followed it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, select, update

from service.errors import NotFound
from service.store import letters
from service.store.engine import Tx
from service.store.letters import LedgerRow, QueuedLetter
from service.store.line import ENGINE, ORGANISATION, Entry
from service.store.steps import case_of
from service.store.tables import LINKS
from workflows.model import Frozen

_BY_ID = select(LINKS).where(LINKS.c.id == bindparam("id"))
_COUNT_FETCH = update(LINKS).where(LINKS.c.id == bindparam("its_id")).values(opened=LINKS.c.opened + 1)
_REVOKE = update(LINKS).where(LINKS.c.revoked_at.is_(None))
_REVOKE_STEP = _REVOKE.where(LINKS.c.step == bindparam("its_step"))
_REVOKE_PERSON = _REVOKE.where(LINKS.c.person == bindparam("its_person"))
_REVOKE_PERSON_IN_STEP = _REVOKE_STEP.where(LINKS.c.person == bindparam("its_person"))


class LinkRow(Frozen):
    """What a link is good for: one question, one seat, one person, one version."""

    id: str
    letter: str
    purpose: str
    case: str
    step: str
    round: int
    seat: str
    person: str
    post: str
    address: str
    content_hash: str
    issued: datetime
    expires: datetime
    """Both on the Clock."""
    kid: str
    revoked_at: datetime | None
    why: str
    superseded_by: str | None
    opened: int
    """How often its page was fetched, by people or by programs."""


def get(tx: Tx, link_id: str) -> LinkRow | None:
    """Return a link by its id."""
    row = tx.one(_BY_ID, id=link_id)
    return LinkRow(**row._mapping) if row else None


def opened(tx: Tx, link_id: str) -> None:
    """Count that its page was fetched. That is all a fetch ever changes."""
    tx.run(_COUNT_FETCH, {"its_id": link_id, "opened_real": tx.real})


def followed(
    tx: Tx, link_id: str, *, session: str, ip: str = "", user_agent: str = "", sec_fetch_user: str = ""
) -> bool:
    """Write that somebody pressed Continue; once for each session."""
    link = _must(tx, link_id)
    return tx.append(
        link.case,
        "link.followed",
        {
            "link": link_id,
            "step": link.step,
            "seat": link.seat,
            "person": link.person,
            "session": session,
            "ip": ip,
            "user_agent": user_agent[:200],
            "sec_fetch_user": sec_fetch_user,
        },
        key=f"link.followed:{link_id}:{session}",
        actor=link.person,
    )


def revoke_step(tx: Tx, step: str, why: str, *, by: str = ENGINE, person: str | None = None) -> int:
    """Take a step's links out of use, all or one person's. Returns how many."""
    which = _REVOKE_STEP if person is None else _REVOKE_PERSON_IN_STEP
    data = {"step": step, "why": why, "person": person or ""}
    return _revoke(tx, case_of(step), which, data, by)


def revoke_person(tx: Tx, person: str, why: str, *, by: str = ENGINE) -> int:
    """Take every link of a person out of use. Returns how many."""
    data = {"step": "", "why": why, "person": person}
    return _revoke(tx, ORGANISATION, _REVOKE_PERSON, data, by)


def reissue(tx: Tx, link_id: str, letter: QueuedLetter, *, by: str = ENGINE) -> LedgerRow:
    """Queue a letter with a fresh link in the place of an old one, to the same person."""
    old = _must(tx, link_id)
    if letter.person != old.person or letter.link is None:
        raise ValueError("a new link goes to the person of the old one")
    fact = Entry("link.reissued", {"link": link_id, "letter": letter.key}, f"reissued:{letter.key}", by)
    letters.tell(tx, old.case, [fact], [letter])
    queued = letters.get(tx, letter.key)
    if queued is None:
        raise ValueError(f"{letter.key} is the key of another fact")
    tx.run(
        update(LINKS)
        .where(LINKS.c.id == link_id, LINKS.c.superseded_by.is_(None))
        .values(superseded_by=queued.link_id)
    )
    return queued


def _revoke(tx: Tx, case: str, which: Update, data: dict[str, Any], by: str) -> int:
    tx.lock(case)
    its = {"its_step": data["step"], "its_person": data["person"]}
    revoked = tx.run(which, its | {"revoked_at": tx.now, "why": data["why"]}).rowcount
    if revoked:
        key = f"links.revoked:{data['step']}:{data['person']}:{tx.real.isoformat()}"
        tx.append(case, "links.revoked", data | {"links": revoked}, key=key, actor=by)
    return revoked


def _must(tx: Tx, link_id: str) -> LinkRow:
    link = get(tx, link_id)
    if link is None:
        raise NotFound
    return link
