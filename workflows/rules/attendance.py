"""Whether enough members of a forum are there to decide something."""

from collections.abc import Collection

from workflows.model import Frozen, Quorum, QuorumRule
from workflows.rules.quorum import needed_present


class Meter(Frozen):
    """How many members are there, how many it needs, and how many may not take part."""

    members: int
    present: int
    """Those there, a member with an interest in the item included."""
    able: int
    """Those there who may take part in deciding."""
    needed: int
    interests: int

    @property
    def quorate(self) -> bool:
        """Enough are there who may decide."""
        return self.able >= self.needed


def meter(
    quorum: Quorum | None,
    members: Collection[str],
    there: Collection[str],
    interested: Collection[str] = (),
) -> Meter:
    """Count a forum by its own rule. A member with an interest in an item does not count towards it.

    A forum without members in the handbook is its secretary's to answer for, and always quorate.
    """
    present = [post for post in members if post in there]
    interests = [post for post in present if post in interested]
    return Meter(
        members=len(members),
        present=len(present),
        able=len(present) - len(interests),
        needed=_needed(quorum, len(members), len(interests)) if members else 0,
        interests=len(interests),
    )


def _needed(quorum: Quorum | None, members: int, interests: int) -> int:
    match quorum.rule if quorum else QuorumRule.ONE_OF:
        case QuorumRule.MAJORITY:
            assert quorum is not None
            return max(needed_present(quorum, interests), 1)
        case QuorumRule.N_OF_M:
            assert quorum is not None
            return quorum.needed
        case QuorumRule.ALL_OF:
            return members
        case QuorumRule.ONE_OF:
            return 1
