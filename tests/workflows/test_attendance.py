"""Whether enough members are there: the forum's own rule, with interests taken into account."""

import pytest

from workflows.model import Quorum, QuorumRule
from workflows.rules.attendance import Meter, meter

SRG = Quorum(rule=QuorumRule.MAJORITY, present=4, casting=True)
LOWERED = SRG.model_copy(update={"interest_lowers_quorum": True})
EIGHT = tuple("abcdefgh")


@pytest.mark.parametrize(
    ("quorum", "there", "interested", "able", "needed", "quorate"),
    [
        # Present is counted by the rule of the forum.
        (SRG, "abcde", "", 5, 4, True),
        (SRG, "abcd", "", 4, 4, True),
        (SRG, "abc", "", 3, 4, False),
        (SRG, "", "", 0, 4, False),
        # A member with an interest is there, but not for the item.
        (SRG, "abcde", "a", 4, 4, True),
        (SRG, "abcd", "a", 3, 4, False),
        (LOWERED, "abcd", "a", 3, 3, True),
        (LOWERED, "abcd", "abcd", 0, 1, False),
        # The interest of somebody who is not there takes nobody away.
        (SRG, "abcd", "h", 4, 4, True),
        # Other rules.
        (Quorum(rule=QuorumRule.ALL_OF), "abcdefg", "", 7, 8, False),
        (Quorum(rule=QuorumRule.ALL_OF), "abcdefgh", "", 8, 8, True),
        (Quorum(rule=QuorumRule.N_OF_M, needed=2), "ab", "", 2, 2, True),
        (Quorum(rule=QuorumRule.N_OF_M, needed=2), "ab", "b", 1, 2, False),
        (Quorum(rule=QuorumRule.ONE_OF), "a", "", 1, 1, True),
        (None, "", "", 0, 1, False),
        (None, "c", "", 1, 1, True),
    ],
)
def test_a_forum_is_quorate_when_enough_are_there_who_may_decide(
    quorum: Quorum | None, there: str, interested: str, able: int, needed: int, quorate: bool
) -> None:
    found = meter(quorum, EIGHT, tuple(there), tuple(interested))
    assert (found.members, found.able, found.needed, found.quorate) == (8, able, needed, quorate)


def test_somebody_who_is_no_member_counts_for_nothing() -> None:
    assert meter(SRG, EIGHT, ("x", "y", "a")).present == 1


def test_a_forum_without_members_is_its_secretarys_to_answer_for() -> None:
    assert meter(None, (), ()) == Meter(members=0, present=0, able=0, needed=0, interests=0)
    assert meter(None, (), ()).quorate
