"""Who may answer for a seat: the post's holder, their cover, the next up the line.

Looked up when a step opens and again when a person decides. Whoever wrote or submitted the
version is never among them (A30, A31), and nobody is found for two seats of one step.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from service.handbook import Edition
from workflows.model import Ask, Capacity, Holder, Seat, SeatAsk

Covers = Mapping[str, str]
"""Person to the person who covers for them on the day; one hop only (A27)."""


def seats(ask: Ask, edition: Edition, day: date, covers: Covers, barred: Collection[str]) -> tuple[Seat, ...]:
    """Return the step's seats with the people who may answer; a seat may find nobody."""
    own = {person.id for seat in ask.seats if (person := edition.holder(seat.post, day))}
    found: list[Seat] = []
    taken: list[str] = []
    for seat in ask.seats:
        mine = edition.holder(seat.post, day)
        others = [*taken, *(own - {mine.id} if mine else own)]
        holders = _free(first_holders(seat, edition, day, covers, barred), others)
        if not holders:
            holders = _free(line_holders(seat.post, edition, day, covers, barred), others)
        taken += [holder.person for holder in holders]
        found.append(Seat(**seat.model_dump(), holders=holders))
    return tuple(found)


def first_holders(
    seat: SeatAsk, edition: Edition, day: date, covers: Covers, barred: Collection[str]
) -> tuple[Holder, ...]:
    """Return a post's holder and, while they are away, their cover first."""
    person = edition.holder(seat.post, day)
    if person is None:
        return ()
    holder = Holder(person=person.id, post=seat.post)
    cover = covers.get(person.id)
    covering = [Holder(person=cover, post=seat.post, capacity=Capacity.COVER)] if cover else []
    # An author's cover stands in for the author, and is no more impartial.
    if person.id in barred:
        return ()
    return _unbarred((*covering, holder), barred)


def line_holders(
    post: str, edition: Edition, day: date, covers: Covers, barred: Collection[str]
) -> tuple[Holder, ...]:
    """Return the first person up the line of a post who may answer, or their cover."""
    above = edition.line(post)
    seen = [post]
    while above is not None and above not in seen:
        seen.append(above)
        seat = SeatAsk(key=above, post=above)
        holders = first_holders(seat, edition, day, covers, barred)
        if holders:
            return tuple(holder.model_copy(update={"capacity": Capacity.LINE}) for holder in holders)
        above = edition.line(above)
    return ()


def _unbarred(holders: Sequence[Holder], barred: Collection[str]) -> tuple[Holder, ...]:
    return tuple(holder for holder in holders if holder.person not in barred)


def _free(holders: Sequence[Holder], taken: Collection[str]) -> tuple[Holder, ...]:
    return tuple(holder for holder in holders if holder.person not in taken)
