"""How far a board's question has come: who is there, how many it takes, and what is still wanting."""

from collections.abc import Collection, Mapping, Sequence

from workflows.model import Choice, Frozen, Quorum, QuorumRule, Seat
from workflows.rules import quorum as rules


class Meter(Frozen):
    """A board's question as it stands. Counts are seats; votes are None where they are not to be told."""

    seats: int
    answered: int
    """Seats that have answered, whatever they answered."""
    interests: int
    """Seats whose holder has declared an interest: they have no vote, and do not count as present."""
    needed: int
    """How many must be present for the votes to count, after the interests that have been declared."""
    silent: tuple[str, ...]
    """The keys of the seats that have not answered, in the forum's order."""
    in_favour: int | None = None
    against: int | None = None
    abstaining: int | None = None
    even: bool = False
    """As it stands as many are for it as against it, and the chair, who has the casting vote, is silent."""

    @property
    def present(self) -> int:
        """How many are present: whoever has answered and declared no interest, abstentions included."""
        return self.answered - self.interests

    @property
    def wanting(self) -> int:
        """How many more must answer before the votes count."""
        return max(self.needed - self.present, 0)

    @property
    def possible(self) -> bool:
        """Enough can still be present, if everybody who is silent answers and declares no interest."""
        return self.present + len(self.silent) >= self.needed

    @property
    def quorate(self) -> bool:
        """Enough are present."""
        return not self.wanting


def meter(
    answers: Mapping[str, Choice],
    seats: Sequence[Seat],
    quorum: Quorum,
    *,
    blind: bool = False,
    held: Collection[str] = (),
) -> Meter | None:
    """Return how far a question has come, by what each seat has answered; None if one person answers it.

    While it is `blind`, nothing that it returns depends on how anybody voted (DESIGN 4), and nothing ever
    depends on what the seats that are `held` answered, which may still take it back: they count as present.
    """
    if len(seats) < 2 or quorum.rule is QuorumRule.ONE_OF:
        return None
    made = {seat.key: answers[seat.key] for seat in seats if seat.key in answers}
    interests = sum(choice is Choice.DECLARE_INTEREST and seat not in held for seat, choice in made.items())
    views = [choice for choice in made.values() if choice.counted]
    in_favour = sum(choice.favourable for choice in views)
    chair = next((seat.key for seat in seats if seat.chair), None)
    found = Meter(
        seats=len(seats),
        answered=len(made),
        interests=interests,
        needed=_needed(quorum, len(seats), interests),
        silent=tuple(seat.key for seat in seats if seat.key not in made),
    )
    if blind or held:
        return found
    casting = quorum.rule is QuorumRule.MAJORITY and quorum.casting
    return found.model_copy(
        update={
            "in_favour": in_favour,
            "against": len(views) - in_favour,
            "abstaining": sum(choice is Choice.ABSTAIN for choice in made.values()),
            "even": casting and bool(views) and chair in found.silent and 2 * in_favour == len(views),
        }
    )


def _needed(quorum: Quorum, seats: int, interests: int) -> int:
    match quorum.rule:
        case QuorumRule.MAJORITY:
            return rules.needed_present(quorum, interests)
        case QuorumRule.N_OF_M:
            return quorum.needed
        case _:
            return seats
