"""Bringing a changed handbook into force: a draft is kept, rehearsed, put forward and published.

Whoever holds the post of the PMO or of the administrator may put a draft forward, and another of them may
publish it; both on the day it is published. Everything but that, and who hears of it, is in the store.
"""

from collections.abc import Callable, Iterator
from datetime import date

from service import sittings, telling
from service.errors import Conflict, Forbidden, NotFound
from service.handbook import Edition, ahead
from service.handbook.words import in_words
from service.rehearsing import Rehearsal, Rerouted, Shift, Stored, Tally
from service.store import cases, editions
from service.store import letters as ledger
from service.store.editions import Draft, Player
from service.store.engine import Tx
from service.store.letters import LedgerRow, QueuedLetter
from workflows.letters import Addressee, HandbookDrafted, HandbookLetter, HandbookPublished
from workflows.model import Leg

Page = Callable[[str], str]
"""Gives the address of an ordinary page by its path, as `Links.page` does."""


# ------------------------------------------------------------------------------- rights


def player(rules: Edition, person: str, day: date) -> Player | None:
    """Return the part that lets a person publish handbooks on a day; None if they have none."""
    role = rules.publishers(day).get(person)
    return Player(person=person, role=role, post=rules.roles[role]) if role else None


def in_force(tx: Tx, organisation: str) -> Edition:
    """Return the edition in force of an organisation."""
    hash = editions.in_force_hash(tx, organisation)
    if hash is None:
        raise NotFound(f"No handbook is in force for {organisation}.")
    return telling.edition(tx, hash)


def _acting(tx: Tx, organisation: str, person: str) -> Player:
    found = player(in_force(tx, organisation), person, tx.today)
    if found is None:
        raise Forbidden("Only the PMO and the administrator put handbooks forward and publish them.")
    return found


# ------------------------------------------------------------------------------- drafts


def kept(tx: Tx, found: Edition, page: Page) -> tuple[str, ...]:
    """Keep a changed handbook found in the installation's files, and write to those who may publish it.

    Returns a sentence for whoever looks after the installation; none if the handbook is in force.
    """
    if found.hash == editions.in_force_hash(tx, found.organisation):
        return ()
    draft = editions.found(tx, found.to_json(), organisation=found.organisation, name=_name(found))
    differs = f"The handbook of {found.organisation_name} in the files (edition {found.hash[:12]}) is changed"
    if draft:
        _announce(tx, draft, page)
        where = page(f"handbooks/{draft.number}")
        how = "one person has put it forward and another publishes it"
        return (f"{differs}: it comes into force when {how}, at {where}.",)
    return (
        f"{differs}, and is not in force: it was withdrawn, or another took its place. Whoever wants it all "
        "the same puts it forward with `assent handbook draft`.",
    )


def put_forward_from(tx: Tx, found: Edition, person: str, page: Page) -> Draft:
    """Keep a handbook as a draft that a person puts forward."""
    by = _acting(tx, found.organisation, person)
    _fit(found, tx.today)
    draft = editions.drafted(tx, found.to_json(), organisation=found.organisation, name=_name(found), by=by)
    _announce(tx, draft, page)
    return draft


def put_forward(tx: Tx, number: int, person: str, page: Page) -> tuple[LedgerRow, ...]:
    """Put forward a draft that nobody has, or whose putter may no longer; return the letters about it."""
    draft = editions.hold(tx, number)
    by = _acting(tx, draft.organisation, person)
    if draft.put_by not in (None, person) and putter(tx, draft):
        raise Conflict("Somebody else has put this handbook forward; you may publish it.")
    if not editions.put_forward(tx, number, by):
        return ()
    return _announce(tx, editions.draft(tx, number), page)


def withdraw(tx: Tx, number: int, person: str) -> None:
    """Withdraw a draft; whoever may publish one may."""
    editions.withdrawn(tx, number, _acting(tx, editions.hold(tx, number).organisation, person))


def publish(tx: Tx, number: int, person: str, page: Page, *, instead_of: str) -> tuple[LedgerRow, ...]:
    """Bring a draft into force, and write to everybody who may publish under either edition."""
    draft = editions.hold(tx, number)
    old, new = in_force(tx, draft.organisation), telling.edition(tx, draft.hash)
    by, first = _acting(tx, draft.organisation, person), putter(tx, draft)
    if draft.open and draft.put_by and first is None:
        raise Conflict(
            f"{telling.name(old, draft.put_by) or 'Whoever put it forward'} may no longer publish handbooks. "
            "Put it forward yourself, and somebody else may publish it."
        )
    _fit(new, tx.today)
    # Who puts forward and who publishes are two: the store says so where it is not.
    if not editions.published(tx, number, by, putter=first or by, instead_of=instead_of):
        return ()
    told: list[LedgerRow] = []
    for rules in (old, new):
        for reader in rules.publishers(tx.today):
            if reader not in [row.person for row in told]:
                letter = HandbookPublished(
                    **_facts(draft, rules, new, reader, tx.today, page),
                    put_forward_by=named(old, first.person if first else "", draft.put_as or "", tx.today),
                    published_by=named(old, by.person, by.post, tx.today),
                )
                told.append(_queued(tx, draft, letter, reader, rules))
    return tuple(told)


def putter(tx: Tx, draft: Draft) -> Player | None:
    """Return who put a draft forward, if they may still do so today."""
    return player(in_force(tx, draft.organisation), draft.put_by or "", tx.today)


def _fit(edition: Edition, day: date) -> None:
    """Refuse a handbook under which nobody could publish the next one, or that would leave a case waiting."""
    if len(edition.publishers(day)) < 2:
        told = "fewer than two different people hold the posts of the PMO and the administrator"
        raise Conflict(f"Under this handbook {told} on {in_words(day)}, so the next could not be published.")
    for trail, told in ahead.gaps(edition, day):
        where = ".".join(map(str, trail))
        raise Conflict(f"This handbook was good when it was checked, but not today: {where}: {told}.")


def _name(edition: Edition) -> str:
    return f"{edition.name}/{edition.variant}" if edition.variant else edition.name


# ------------------------------------------------------------------------------ letters


def _announce(tx: Tx, draft: Draft, page: Page) -> tuple[LedgerRow, ...]:
    """Write to whoever may do the next thing about a draft."""
    rules, new = in_force(tx, draft.organisation), telling.edition(tx, draft.hash)
    by = named(rules, draft.put_by, draft.put_as or "", tx.today) if draft.put_by else ""
    told = []
    for reader in rules.publishers(tx.today):
        if reader != draft.put_by:
            letter = HandbookDrafted(**_facts(draft, rules, new, reader, tx.today, page), put_forward_by=by)
            told.append(_queued(tx, draft, letter, reader, rules))
    return tuple(told)


def _facts(
    draft: Draft, rules: Edition, new: Edition, reader: str, day: date, page: Page
) -> dict[str, object]:
    post = rules.roles[rules.publishers(day)[reader]]
    to = Addressee(
        name=telling.name(rules, reader),
        address=rules.address(post, reader, day),
        post_title=telling.title(rules, post, day),
    )
    return {
        "to": to,
        "organisation": new.organisation_name,
        "title": new.title,
        "on": day,
        "page": page(f"handbooks/{draft.number}"),
    }


def _queued(tx: Tx, draft: Draft, letter: HandbookLetter, reader: str, rules: Edition) -> LedgerRow:
    """Write a letter down; of one about the same thing to the same person there is one."""
    kind = str(letter.model_dump()["kind"])
    post = rules.roles[rules.publishers(tx.today)[reader]]
    queued = QueuedLetter(
        key=f"{kind}:{draft.number}:{draft.put_by or ''}:{reader}",
        case="",
        person=reader,
        post=post,
        address=letter.to.address,
        kind=kind,
        props=letter.model_dump(mode="json"),
    )
    return ledger.get(tx, queued.key) or ledger.queue_direct(tx, queued)


def named(rules: Edition, person: str, post: str, day: date) -> str:
    """Return a person with their post: "E. Holder, Corporate Projects Manager"."""
    return ", ".join(filter(None, (telling.name(rules, person) or person, telling.title(rules, post, day))))


# ---------------------------------------------------------------------------- rehearsing


def rehearsed(tx: Tx, draft: Edition) -> Iterator[Rerouted]:
    """Route every stored proposal of a draft's organisation anew under it, one after another."""
    changed = sittings.changes(tx, draft.organisation)
    rehearsal = Rehearsal(draft, lambda rules: sittings.as_held(rules, changed))
    for proposal in cases.proposals(tx, draft.organisation):
        stored = Stored(*proposal)
        yield rehearsal.reroute(stored, telling.edition(tx, stored.edition))


def figures(tally: Tally) -> tuple[str, ...]:
    """Say what a draft comes to over all proposals, a sentence an item."""
    told = [
        f"{_count(tally.cases, 'proposal')}: {tally.other_way:,} would go another way "
        f"({tally.other_way_open:,} of them still under way), and {tally.other_days:,} the same way in "
        "more or fewer days.",
        f"SRG decides {tally.srg_before:,} of them now and would decide {tally.srg_after:,}: "
        f"{tally.missed_srg:,} would have missed SRG, and {tally.newly_to_srg:,} would newly go there.",
    ]
    if tally.saved or tally.median_saved:
        told.append(
            f"{_gained(tally.saved)} in all, and {_gained(tally.median_saved)} in the middle one of those "
            "that change."
        )
    else:
        told.append("No working days are saved or lost in all.")
    if tally.not_routed:
        told.append(
            f"{_count(tally.not_routed, 'proposal')} could not be routed under the draft, and "
            f"{'is' if tally.not_routed == 1 else 'are'} left out of these figures."
        )
    return tuple(told)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _gained(days: int) -> str:
    return f"{_count(abs(days), 'working day')} {'lost' if days < 0 else 'saved'}"


def changes(one: Rerouted, old: Edition, draft: Edition, leg: Callable[[str], str]) -> tuple[str, ...]:
    """Say what the draft changes about a proposal's way; `leg` names a leg."""
    if one.why:
        return (f"It has no way under the draft: {one.why}",)
    day = one.stored.submitted.date()
    told = [f"No longer {leg(gone.leg)}: {_who(gone, old, day)} (clause {gone.clause})" for gone in one.lost]
    told += [f"Also {leg(new.leg)}: {_who(new, draft, day)} (clause {new.clause})" for new in one.gained]
    for was, new in one.altered:
        goes, went = _who(new, draft, day), _who(was, old, day)
        told.append(f"Another {leg(new.leg)}: {goes} (clause {new.clause}), in place of {went}")
    if one.saved:
        days = _count(abs(one.saved), "working day")
        told.append(f"Decided {days} {'sooner' if one.saved > 0 else 'later'}")
    return tuple(told)


def body(shift: Shift, old: Edition, draft: Edition, day: date) -> str:
    """Return what a post or forum whose work changes is called."""
    rules = draft if shift.body in (draft.forums if shift.forum else draft.posts) else old
    forum = rules.forums.get(shift.body) if shift.forum else None
    return forum.name if forum else telling.title(rules, shift.body, day)


def _who(leg: Leg, rules: Edition, day: date) -> str:
    posts = dict.fromkeys(seat.post for ask in leg.asks for seat in ask.seats)
    who = leg.who if leg.forum or not posts else tuple(posts)
    names = ", ".join(telling.title(rules, body, day) for body in who)
    return f"{names}, on {in_words(leg.meeting)}" if leg.meeting else names
