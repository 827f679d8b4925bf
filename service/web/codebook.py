"""Codes: made for one browser and one purpose, mailed to the address in the handbook, typed back."""

import secrets

from service.handbook import Edition, Person
from service.store import codes
from service.store.engine import Tx
from service.store.letters import QueuedLetter
from service.telling import replies_to
from service.web.courier import Parcel
from workflows.letters import Addressee, Code

DECISION = "decision"
SIGN_IN = "sign_in"


def for_decision(
    tx: Tx, *, person: Person, edition: Edition, post: str, case: str, link: str, browser: str
) -> Parcel:
    """Make a code for one link in one browser."""
    code = codes.issue(tx, person=person.id, purpose=DECISION, about=link, browser=browser)
    letter = Code(
        to=Addressee(name=person.name, address=edition.address(post, person.id, tx.today)),
        purpose="decision",
        organisation=edition.organisation_name,
        ref=case,
    )
    return _parcel(letter, code, person, edition, post, case)


def for_sign_in(tx: Tx, *, found: tuple[Person, Edition] | None, asked: str, browser: str) -> Parcel | None:
    """Make a code for signing in. For somebody unknown the same work is done, and nothing is sent."""
    # Whoever asks at one mailbox learns nothing of what was sent to another of the same person.
    spent = codes.spent(tx, found[0].id if found else "", SIGN_IN)
    reached = None if spent else found
    person = reached[0].id if reached else None
    code = codes.issue(tx, person=person, purpose=SIGN_IN, about="", browser=browser, asked=asked)
    if reached is None:
        return None
    known, edition = reached
    letter = Code(
        to=Addressee(name=known.name, address=_mailbox(known, edition, asked, tx)),
        purpose="sign_in",
        organisation=edition.organisation_name,
    )
    return _parcel(letter, code, known, edition, "", "")


def _mailbox(person: Person, edition: Edition, asked: str, tx: Tx) -> str:
    """Return where a person reads, as the handbook spells it: the mailbox they named, if it is theirs."""
    posts = edition.posts_of(person.id, tx.today)
    theirs = [*(edition.address(post, person.id, tx.today) for post in posts), person.email]
    return next((address for address in theirs if address.lower() == asked.lower()), theirs[0])


def _parcel(letter: Code, code: str, person: Person, edition: Edition, post: str, case: str) -> Parcel:
    queued = QueuedLetter(
        key=f"code:{secrets.token_hex(16)}",
        case=case,
        person=person.id,
        post=post,
        address=letter.to.address,
        kind="code",
        props=letter.model_dump(mode="json"),
    )
    return Parcel(queued, reply_to=replies_to(edition), code=code)
