"""Who may answer for a seat: the post's holder, their cover or substitute, the next up the line.

Looked up when a step opens, when silence brings others in, and again when a person decides.
Whoever wrote or submitted the version is never among them (A30, A31), nor is whoever covers for one
who did; a sponsor who put it forward still answers for the money or the system of their own post, and
never in the place of another post: the line goes on up past them. Nobody is found for two seats of one
step, nor for a share and for the authority above it.

Where a forum names a substitute for a member, the substitute sits in the member's place and no cover does: a
seat on a board is not handed on privately. Nobody covers for the substitute either; it is one hop (A27). The
sponsor substitutes for nobody: that too would be a vote on their own request in another's place.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from service.handbook import Edition
from workflows.model import Ask, Capacity, Holder, Nudge, Proposal, Seat, SeatAsk

Covers = Mapping[str, str]
"""Person to the person who covers for them on the day; one hop only (A27)."""


_OWN = ("funding", "challenge", "consent")
"""Questions that a sponsor's own post is put all the same: it pays, or it answers for the system."""


def barred(authors: Collection[str], covers: Covers, *, deciding: bool, excused: str = "") -> frozenset[str]:
    """Return who may not answer: the authors and their covers of the day, where something is decided."""
    if not deciding:
        return frozenset()
    wrote = {author for author in authors if author != excused}
    return frozenset(wrote) | {cover for author, cover in covers.items() if author in wrote}


def excused(
    proposal: Proposal, kind: str, asked: Sequence[SeatAsk], rules: Edition, people: Edition, day: date
) -> str:
    """Return the sponsor's person where their own post is asked as a funder or for its system; else nobody.

    They may have put the proposal forward, but neither have led it when it was submitted nor have written
    it with others: whoever has handed that post on since wrote it all the same. `rules` is the edition
    under which the case was opened, `people` the one in force.
    """
    if kind not in _OWN or proposal.sponsor not in [seat.post for seat in asked]:
        return ""
    sponsor = people.holder(proposal.sponsor, day)
    wrote = {
        writer.id
        for edition in (rules, people)
        for post in (proposal.lead, *proposal.co_authors)
        for on in (proposal.submitted, day)
        if (writer := edition.holder(post, on))
    }
    return sponsor.id if sponsor and sponsor.id not in wrote else ""


def seats(
    ask: Ask,
    edition: Edition,
    day: date,
    covers: Covers,
    barred: Collection[str],
    elsewhere: Collection[str] = (),
    sponsor: str = "",
) -> tuple[Seat, ...]:
    """Return the step's seats with the people who may answer; a seat may find nobody.

    `elsewhere` are people who answer another question about the same share, and may not answer both;
    `sponsor` is the person who asks for a decision, and is asked for no post up the line.
    """
    own = {person.id for seat in ask.seats if (person := edition.holder(seat.post, day))}
    found: list[Seat] = []
    taken: list[str] = [*elsewhere]
    for seat in ask.seats:
        mine = edition.holder(seat.post, day)
        others = [*taken, *(own - {mine.id} if mine else own)]
        holders = _free(first_holders(seat, edition, day, covers, barred, sponsor), others)
        if not holders:
            holders = line_holders(seat.post, edition, day, covers, barred, others, sponsor)
        taken += [holder.person for holder in holders]
        found.append(Seat(**seat.model_dump(), holders=holders))
    return tuple(found)


def nudged(
    seats: Sequence[Seat],
    silent: Collection[str],
    nudge: Nudge,
    edition: Edition,
    day: date,
    covers: Covers,
    barred: Collection[str],
    elsewhere: Collection[str] = (),
    sponsor: str = "",
) -> tuple[Seat, ...]:
    """Return a step's seats with those whom a rung adds to the silent ones: nobody is ever taken away."""
    taken = [*elsewhere, *(holder.person for seat in seats for holder in seat.holders)]
    after: list[Seat] = []
    for seat in seats:
        added: tuple[Holder, ...] = ()
        if seat.key in silent and nudge is Nudge.COVER:
            added = _free(_in_their_place(seat, edition, day, covers, barred, sponsor), taken)
        elif seat.key in silent and nudge is Nudge.LINE:
            # Where the line has been asked already, silence goes on up from there.
            line = [holder.post for holder in seat.holders if holder.capacity is Capacity.LINE]
            post = line[-1] if line else seat.post
            added = line_holders(post, edition, day, covers, barred, taken, sponsor)
        taken += [holder.person for holder in added]
        after.append(seat.model_copy(update={"holders": (*seat.holders, *added)}))
    return tuple(after)


def reseated(
    seats: Sequence[Seat],
    silent: Collection[str],
    edition: Edition,
    day: date,
    covers: Covers,
    barred: Collection[str],
    elsewhere: Collection[str] = (),
    sponsor: str = "",
) -> tuple[Seat, ...]:
    """Return a step's seats with those whom a new cover, holder or line brings in to the silent ones.

    The line is asked only where nobody who was asked may answer any more. Nobody is ever taken away: whoever
    may not answer any more is told so when they try.
    """
    taken = [*elsewhere, *(holder.person for seat in seats for holder in seat.holders)]
    after: list[Seat] = []
    for seat in seats:
        added: tuple[Holder, ...] = ()
        if seat.key in silent:
            added = _free(first_holders(seat, edition, day, covers, barred, sponsor), taken)
            able = (may_still(asked, seat, edition, day, covers, barred, sponsor) for asked in seat.holders)
            if not added and not any(able):
                added = line_holders(seat.post, edition, day, covers, barred, taken, sponsor)
        taken += [holder.person for holder in added]
        after.append(seat.model_copy(update={"holders": (*seat.holders, *added)}))
    return tuple(after)


def may_still(
    asked: Holder,
    seat: SeatAsk,
    edition: Edition,
    day: date,
    covers: Covers,
    barred: Collection[str],
    sponsor: str = "",
) -> bool:
    """Say whether somebody who was asked may answer today: for the post asked, or for one up its line."""
    through = SeatAsk(key=asked.post, post=asked.post)
    able = (
        *first_holders(seat, edition, day, covers, barred, sponsor),
        *(
            first_holders(through, edition, day, covers, {*barred, sponsor})
            if asked.post != seat.post
            else ()
        ),
        *line_holders(seat.post, edition, day, covers, barred, sponsor=sponsor),
    )
    return asked.person in [holder.person for holder in able]


def first_holders(
    seat: SeatAsk,
    edition: Edition,
    day: date,
    covers: Covers,
    barred: Collection[str],
    sponsor: str = "",
) -> tuple[Holder, ...]:
    """Return a post's holder and, while they are away, their cover or substitute first.

    For a seat that is vacant it is the substitute alone, if the forum names one. The `sponsor` substitutes
    for nobody.
    """
    person = edition.holder(seat.post, day)
    if person is None:
        return _unbarred(_substitute(seat, edition, day), {*barred, sponsor})
    # An author's cover or substitute stands in for the author, and is no more impartial.
    if person.id in barred:
        return ()
    holder = Holder(person=person.id, post=seat.post)
    instead = _in_their_place(seat, edition, day, covers, barred, sponsor) if person.id in covers else ()
    return (*instead, holder)


def _in_their_place(
    seat: SeatAsk, edition: Edition, day: date, covers: Covers, barred: Collection[str], sponsor: str
) -> tuple[Holder, ...]:
    """Return whoever may sit in the place of a post's holder: the forum's substitute, or else a cover."""
    person = edition.holder(seat.post, day)
    if person is None or person.id in barred:
        return ()
    if seat.substitute:
        return _unbarred(_substitute(seat, edition, day), {*barred, sponsor})
    cover = covers.get(person.id)
    covering = (Holder(person=cover, post=seat.post, capacity=Capacity.COVER),) if cover else ()
    return _unbarred(covering, barred)


def _substitute(seat: SeatAsk, edition: Edition, day: date) -> tuple[Holder, ...]:
    person = edition.holder(seat.substitute, day) if seat.substitute else None
    own = edition.holder(seat.post, day)
    if person is None or person == own:
        return ()
    return (Holder(person=person.id, post=seat.substitute, capacity=Capacity.SUBSTITUTE),)


def line_holders(
    post: str,
    edition: Edition,
    day: date,
    covers: Covers,
    barred: Collection[str],
    taken: Collection[str] = (),
    sponsor: str = "",
) -> tuple[Holder, ...]:
    """Return the first person up the line of a post who may answer and is not `taken`, or their cover.

    Neither the sponsor, who would decide their own request in another's place, nor whoever covers for them.
    """
    above = edition.line(post)
    seen = [post]
    while above is not None and above not in seen:
        seen.append(above)
        seat = SeatAsk(key=above, post=above)
        holders = _free(first_holders(seat, edition, day, covers, {*barred, sponsor}), taken)
        if holders:
            return tuple(holder.model_copy(update={"capacity": Capacity.LINE}) for holder in holders)
        above = edition.line(above)
    return ()


def _unbarred(holders: Sequence[Holder], barred: Collection[str]) -> tuple[Holder, ...]:
    return tuple(holder for holder in holders if holder.person not in barred)


def _free(holders: Sequence[Holder], taken: Collection[str]) -> tuple[Holder, ...]:
    return tuple(holder for holder in holders if holder.person not in taken)
