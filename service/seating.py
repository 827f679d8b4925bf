"""Who may answer for a seat: the post's holder, their cover or substitute, the next up the line.

Looked up when a step opens, when silence brings others in, and again when a person decides.
Whoever wrote or submitted the version is never among them (A30, A31), nor is whoever covers for one
who did; a sponsor who put it forward still answers for the money or the system of their own post, and
never in the place of another post: the line goes on up past them. Nobody is found for two seats of one
step, nor for a share and for the authority above it.

Where a forum names a substitute for a member, the substitute sits in the member's place and no cover does: a
seat on a board is not handed on privately. Nobody covers for the substitute either; it is one hop (A27).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True)
class Seating:
    """Who is there on a day to answer one question, and who of them may not."""

    people: Edition
    """The handbook in force, which knows who holds which post."""
    day: date
    covers: Covers = field(default_factory=dict)
    barred: Collection[str] = ()
    elsewhere: Collection[str] = ()
    """People who answer another question about the same share, and may not answer both."""
    sponsor: str = ""
    """The person who asks for a decision, and is asked for no post up the line; empty where none is made."""

    def seats(self, ask: Ask) -> tuple[Seat, ...]:
        """Return the step's seats with the people who may answer; a seat may find nobody."""
        own = {person.id for seat in ask.seats if (person := self.people.holder(seat.post, self.day))}
        found: list[Seat] = []
        taken: list[str] = [*self.elsewhere]
        for seat in ask.seats:
            mine = self.people.holder(seat.post, self.day)
            others = [*taken, *(own - {mine.id} if mine else own)]
            holders = _free(self._first(seat), others) or self._line(seat.post, others)
            taken += [holder.person for holder in holders]
            found.append(Seat(**seat.model_dump(), holders=holders))
        return tuple(found)

    def nudged(self, seats: Sequence[Seat], silent: Collection[str], nudge: Nudge) -> tuple[Seat, ...]:
        """Return a step's seats with those whom a rung adds to the silent ones: nobody is ever taken away."""

        def added(seat: Seat, taken: Collection[str]) -> tuple[Holder, ...]:
            match nudge:
                case Nudge.COVER:
                    return _free(self._in_their_place(seat), taken)
                case Nudge.LINE:
                    # Where the line has been asked already, silence goes on up from there.
                    line = [holder.post for holder in seat.holders if holder.capacity is Capacity.LINE]
                    return self._line(line[-1] if line else seat.post, taken)
                case _:
                    return ()

        return self._with(seats, silent, added)

    def reseated(self, seats: Sequence[Seat], silent: Collection[str]) -> tuple[Seat, ...]:
        """Return a step's seats with those whom a new cover, holder or line brings in to the silent ones.

        The line is asked only where nobody who was asked may answer any more. Nobody is ever taken away:
        whoever may not answer any more is told so when they try.
        """

        def added(seat: Seat, taken: Collection[str]) -> tuple[Holder, ...]:
            first = _free(self._first(seat), taken)
            if first or any(self.may_still(asked, seat) for asked in seat.holders):
                return first
            return self._line(seat.post, taken)

        return self._with(seats, silent, added)

    def may_still(self, asked: Holder, seat: SeatAsk) -> bool:
        """Say whether somebody who was asked may answer today: for the post asked, or for one up its line."""
        through = self._unless_sponsor(asked.post) if asked.post != seat.post else ()
        able = (*self._first(seat), *through, *self._line(seat.post))
        return asked.person in [holder.person for holder in able]

    def _with(
        self,
        seats: Sequence[Seat],
        silent: Collection[str],
        added: Callable[[Seat, Collection[str]], tuple[Holder, ...]],
    ) -> tuple[Seat, ...]:
        taken = [*self.elsewhere, *(holder.person for seat in seats for holder in seat.holders)]
        after: list[Seat] = []
        for seat in seats:
            more = added(seat, taken) if seat.key in silent else ()
            taken += [holder.person for holder in more]
            after.append(seat.model_copy(update={"holders": (*seat.holders, *more)}))
        return tuple(after)

    def _first(self, seat: SeatAsk) -> tuple[Holder, ...]:
        """Return a post's holder and, while they are away, their cover or substitute first.

        For a seat that is vacant it is the substitute alone, if the forum names one.
        """
        person = self.people.holder(seat.post, self.day)
        if person is None:
            return self._substitute(seat)
        # An author's cover or substitute stands in for the author, and is no more impartial.
        if person.id in self.barred:
            return ()
        holder = Holder(person=person.id, post=seat.post)
        return (*(self._in_their_place(seat) if person.id in self.covers else ()), holder)

    def _in_their_place(self, seat: SeatAsk) -> tuple[Holder, ...]:
        """Return whoever may sit in the place of a post's holder: the forum's substitute, or else a cover."""
        person = self.people.holder(seat.post, self.day)
        if person is None or person.id in self.barred:
            return ()
        if seat.substitute:
            return self._substitute(seat)
        cover = self.covers.get(person.id)
        if cover is None or cover in self.barred:
            return ()
        return (Holder(person=cover, post=seat.post, capacity=Capacity.COVER),)

    def _substitute(self, seat: SeatAsk) -> tuple[Holder, ...]:
        """Return whoever the forum names for a member; not the sponsor, nor anybody who wrote the version."""
        person = self.people.holder(seat.substitute, self.day) if seat.substitute else None
        own = self.people.holder(seat.post, self.day)
        if person is None or person == own or person.id in {*self.barred, self.sponsor}:
            return ()
        return (Holder(person=person.id, post=seat.substitute, capacity=Capacity.SUBSTITUTE),)

    def _line(self, post: str, taken: Collection[str] = ()) -> tuple[Holder, ...]:
        """Return the first person up the line of a post who may answer and is not `taken`, or their cover.

        Neither the sponsor, who would decide their own request in another's place, nor whoever covers for
        them.
        """
        above = self.people.line(post)
        seen = [post]
        while above is not None and above not in seen:
            seen.append(above)
            holders = _free(self._unless_sponsor(above), taken)
            if holders:
                return tuple(holder.model_copy(update={"capacity": Capacity.LINE}) for holder in holders)
            above = self.people.line(above)
        return ()

    def _unless_sponsor(self, post: str) -> tuple[Holder, ...]:
        """Return whoever may answer through a post other than the one that was asked."""
        barred = {*self.barred, self.sponsor}
        return replace(self, barred=barred)._first(SeatAsk(key=post, post=post))


def _free(holders: Sequence[Holder], taken: Collection[str]) -> tuple[Holder, ...]:
    return tuple(holder for holder in holders if holder.person not in taken)
