"""Codes: made for one browser and one purpose, mailed to the address in the handbook, typed back."""

import secrets

from service.handbook import Edition, Person
from service.store import codes
from service.store.engine import Tx
from service.store.letters import QueuedLetter
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
        to=Addressee(name=person.name, address=edition.address(post, person.id)),
        purpose="decision",
        organisation=edition.organisation_name,
        ref=case,
    )
    return _parcel(letter, code, person, edition, post, case)


def for_sign_in(tx: Tx, *, found: tuple[Person, Edition] | None, browser: str) -> Parcel | None:
    """Make a code for signing in. For somebody unknown the same work is done, and nothing is sent."""
    person = found[0].id if found else None
    code = codes.issue(tx, person=person, purpose=SIGN_IN, about="", browser=browser)
    if found is None:
        return None
    known, edition = found
    letter = Code(
        to=Addressee(name=known.name, address=_mailbox(known, edition, tx)),
        purpose="sign_in",
        organisation=edition.organisation_name,
    )
    return _parcel(letter, code, known, edition, "", "")


def _mailbox(person: Person, edition: Edition, tx: Tx) -> str:
    """Return where a person reads: the mailbox of their first post, else their own."""
    posts = edition.posts_of(person.id, tx.today)
    return edition.address(posts[0], person.id) if posts else person.email


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
    return Parcel(queued, reply_to=reply_to(edition, letter.to.address), code=code)


def reply_to(edition: Edition, otherwise: str) -> str:
    """Return who reads replies: the PMO."""
    pmo = edition.posts.get(edition.roles.get("pmo", ""))
    return pmo.email if pmo else otherwise
