"""Whether enough are present to decide: by votes on a question, or by who has come to a meeting."""

from collections.abc import Collection, Mapping, Sequence

from workflows.model import Choice, Frozen, Quorum, QuorumRule, Seat
from workflows.rules import quorum as rules


class Meter(Frozen):
    """How many of a board or a forum are present, and how many it takes."""

    seats: int
    """Seats of the board, or members of the forum."""
    present: int
    """Those who count: present, and without an interest in what is decided."""
    interests: int
    """Those who have declared an interest: they have no vote, and do not count as present."""
    needed: int
    """How many must be present, after the interests that have been declared."""
    authors: int = 0
    """Those who are at a meeting and wrote what it decides: they are out of it as with an interest."""

    @property
    def wanting(self) -> int:
        """How many more must be present."""
        return max(self.needed - self.present, 0)

    @property
    def quorate(self) -> bool:
        """Enough are present."""
        return not self.wanting


class VoteMeter(Meter):
    """A board's question as it stands. Whoever has voted or abstained is present."""

    silent: tuple[str, ...]
    """The keys of the seats that have not answered, in the forum's order."""
    in_favour: int | None = None
    """None, as the two below, where votes are not to be told."""
    against: int | None = None
    abstaining: int | None = None
    even: bool = False
    """As it stands as many are for it as against it, and the chair, who has the casting vote, is silent."""

    @property
    def answered(self) -> int:
        """Seats that have answered, whatever they answered."""
        return self.present + self.interests

    @property
    def possible(self) -> bool:
        """Enough can still be present, if everybody who is silent answers and declares no interest."""
        return self.present + len(self.silent) >= self.needed


def by_votes(
    answers: Mapping[str, Choice],
    seats: Sequence[Seat],
    quorum: Quorum,
    *,
    blind: bool = False,
    held: Collection[str] = (),
) -> VoteMeter | None:
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
    found = VoteMeter(
        seats=len(seats),
        present=len(made) - interests,
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


def by_presence(
    quorum: Quorum | None,
    members: Collection[str],
    there: Collection[str],
    interested: Collection[str] = (),
    wrote: Collection[str] = (),
) -> Meter:
    """Count a forum that meets by its own rule; only who is there can have an interest that counts, or have
    written what is decided, for which the rule of an interest holds.

    A forum without members in the handbook is its secretary's to answer for, and always quorate.
    """
    came = [post for post in members if post in there]
    authors = sum(post in wrote for post in came)
    interests = sum(post in interested and post not in wrote for post in came)
    needed = _needed(quorum or Quorum(), len(members), interests + authors)
    return Meter(
        seats=len(members),
        present=len(came) - interests - authors,
        interests=interests,
        authors=authors,
        # Nothing is decided in an empty room, whatever a handbook has as its quorum.
        needed=max(needed, 1) if members else 0,
    )


def _needed(quorum: Quorum, seats: int, interests: int) -> int:
    match quorum.rule:
        case QuorumRule.MAJORITY:
            return rules.needed_present(quorum, interests)
        case QuorumRule.N_OF_M:
            return quorum.needed
        case QuorumRule.ALL_OF:
            return seats
        case QuorumRule.ONE_OF:
            return 1
