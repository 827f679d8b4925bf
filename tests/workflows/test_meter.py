"""Whether enough are present, row by row: by votes or at a meeting; and no outcome without its quorum."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.test_quorum import made, seats_for
from workflows.model import Choice, Quorum, QuorumRule
from workflows.rules.meter import Meter, VoteMeter, by_presence, by_votes
from workflows.rules.quorum import cast_by, hopeless, needed_present, settled, vetoed_by

FOUR = Quorum(rule=QuorumRule.MAJORITY, present=4, casting=True)
LOWERED = FOUR.model_copy(update={"interest_lowers_quorum": True})
EIGHT = tuple("abcdefgh")


def metered(answers: str, quorum: Quorum = FOUR, *, blind: bool = False) -> VoteMeter:
    given = {one.seat: one.choice for one in made(answers)}
    found = by_votes(given, seats_for(answers), quorum, blind=blind)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("answers", "present", "needed", "wanting", "possible", "votes"),
    [
        ("........", 0, 4, 4, True, (0, 0, 0)),
        ("a.r.....", 2, 4, 2, True, (1, 1, 0)),
        # an abstention is present and on neither side
        ("aor.o...", 4, 4, 0, True, (1, 1, 2)),
        # an interest is answered, and neither present nor on any side
        ("aiti....", 2, 4, 2, True, (1, 1, 0)),
        # with five of eight out of it, no quorum of four can be met
        ("iiiii...", 0, 4, 4, False, (0, 0, 0)),
        ("iiiiaaa.", 3, 4, 1, True, (3, 0, 0)),
        ("iiiiiaaa", 3, 4, 1, False, (3, 0, 0)),
        ("acrtd...", 5, 4, 0, True, (2, 3, 0)),
    ],
)
def test_a_board_is_metered(
    answers: str, present: int, needed: int, wanting: int, possible: bool, votes: tuple[int, int, int]
) -> None:
    found = metered(answers)
    assert (found.present, found.needed, found.wanting) == (present, needed, wanting)
    assert (found.possible, found.quorate) == (possible, wanting == 0)
    assert (found.in_favour, found.against, found.abstaining) == votes
    assert len(found.silent) == answers.count(".")


@pytest.mark.parametrize(
    ("answers", "even"),
    [
        (".ar.....", True),  # the chair, who sits first, would decide
        ("aar.....", False),
        ("ar......", False),  # the chair has voted
        (".oo.....", False),  # nothing is even where there is no view
        (".aarr...", True),
    ],
)
def test_even_votes_wait_for_the_chair(answers: str, even: bool) -> None:
    assert metered(answers).even is even
    assert not metered(answers, FOUR.model_copy(update={"casting": False})).even


@pytest.mark.parametrize(
    ("quorum", "answers", "needed"),
    [
        (FOUR, "ii......", 4),
        (FOUR.model_copy(update={"interest_lowers_quorum": True}), "ii......", 2),
        (FOUR.model_copy(update={"interest_lowers_quorum": True}), "iiiiii..", 1),
        (Quorum(rule=QuorumRule.N_OF_M, needed=3), "a....", 3),
        (Quorum(rule=QuorumRule.ALL_OF), "a..", 3),
    ],
)
def test_how_many_are_needed_follows_the_forum_s_rule(quorum: Quorum, answers: str, needed: int) -> None:
    assert metered(answers, quorum).needed == needed


@pytest.mark.parametrize("answers", [".", "a", "..", "a."])
def test_what_one_person_answers_has_no_meter(answers: str) -> None:
    assert by_votes({}, seats_for(answers), Quorum()) is None
    assert by_votes({}, seats_for("."), FOUR) is None


@given(st.text("acrtdo", min_size=1, max_size=7), st.integers(0, 3))
def test_a_blind_meter_is_the_same_however_those_who_voted_voted(answers: str, silent: int) -> None:
    rows = answers + "." * (silent + 1)
    alike = "a" * len(answers) + "." * (silent + 1)
    assert metered(rows, blind=True) == metered(alike, blind=True)
    assert metered(rows, blind=True).in_favour is None


@given(st.text("acrtdoi", min_size=1, max_size=6), st.sampled_from("acrtdoi"), st.booleans())
def test_what_may_still_be_taken_back_shows_in_no_meter(answers: str, other: str, blind: bool) -> None:
    """Two boards that differ only in what a held seat answered are metered alike, as if it had voted."""

    def found(last: str) -> VoteMeter | None:
        row = answers + last + "."
        given = {one.seat: one.choice for one in made(row)}
        return by_votes(given, seats_for(row), FOUR, blind=blind, held=[f"s{len(answers)}"])

    assert found("a") == found(other)
    told = found("a")
    assert told is not None
    assert (told.answered, told.in_favour, told.even) == (len(answers) + 1, None, False)
    assert told.interests == answers.count("i")


@given(st.text("acrtdoi", min_size=2, max_size=8), st.integers(1, 8), st.booleans(), st.booleans(), st.data())
def test_no_outcome_comes_without_its_quorum_in_whatever_order_votes_are_accepted(
    answers: str, present: int, lowers: bool, casting: bool, data: st.DataObject
) -> None:
    """I5, A19: the first count at which a question settles is quorate, and it settles once."""
    quorum = Quorum(rule=QuorumRule.MAJORITY, present=present, casting=casting, interest_lowers_quorum=lowers)
    seats = seats_for(answers)
    order = data.draw(st.permutations(made(answers)))
    for count in range(len(order) + 1):
        accepted = order[:count]
        reached = settled(accepted, seats, quorum, final=count == len(order))
        found = by_votes({one.seat: one.choice for one in accepted}, seats, quorum)
        assert found is not None
        if reached is not None:
            assert found.quorate
            assert found.present >= needed_present(quorum, found.interests)
            return
        if hopeless(accepted, seats, quorum):
            assert settled(order, seats, quorum, final=True) is None, "whoever answers, it cannot be decided"


def test_three_yes_and_one_no_in_five_hundred_orders_depend_on_what_was_accepted_alone() -> None:
    """A19: any refusal stops it where all must agree; where three of five do, three yes come to yes."""
    shuffled = Random(2004)
    for _ in range(500):
        order = made("aaar.")
        shuffled.shuffle(order)
        seats = seats_for("aaar.")
        stopped = settled(order, seats, Quorum(rule=QuorumRule.ALL_OF))
        assert stopped is Choice.REJECT
        assert settled(order, seats, Quorum(rule=QuorumRule.N_OF_M, needed=3)) is Choice.APPROVE
        again = settled(list(order), seats, Quorum(rule=QuorumRule.ALL_OF))
        assert again is stopped


@pytest.mark.parametrize(
    ("answers", "veto", "outcome", "stopped", "cast"),
    [
        ("aar.", 2, Choice.REJECT, "s2", None),
        ("ato.", 1, Choice.RETURN, "s1", None),
        ("ar..", None, Choice.APPROVE, None, "s0"),
        ("ra..", None, Choice.REJECT, None, "s0"),
        ("ar..", 1, Choice.REJECT, "s1", None),  # a veto leaves no tie to break
        ("aar.", None, Choice.APPROVE, None, None),
        (".ar.", None, Choice.REJECT, None, None),  # the chair has not voted
        ("aaa.", 1, Choice.APPROVE, None, None),
        ("aai.", 2, Choice.APPROVE, None, None),  # an interest stops nothing
        ("ar..", None, None, None, None),
    ],
)
def test_whose_vote_decided_alone(
    answers: str, veto: int | None, outcome: Choice | None, stopped: str | None, cast: str | None
) -> None:
    given = {one.seat: one.choice for one in made(answers)}
    seats = seats_for(answers, veto=veto)
    assert vetoed_by(given, seats) == stopped
    assert cast_by(given, seats, FOUR, outcome) == cast


@pytest.mark.parametrize(
    ("answers", "lowers", "expected"),
    [
        ("iiii....", False, False),
        ("iiiii...", False, True),
        ("iiiiiaaa", False, True),
        ("iiiiiii.", True, False),
        ("iiiiiiii", True, True),
    ],
)
def test_interests_can_leave_too_few(answers: str, lowers: bool, expected: bool) -> None:
    quorum = FOUR.model_copy(update={"interest_lowers_quorum": lowers})
    assert hopeless(made(answers), seats_for(answers), quorum) is expected


# ------------------------------------------------------------------- at a meeting


@pytest.mark.parametrize(
    ("quorum", "there", "interested", "present", "needed", "quorate"),
    [
        # Present is counted by the rule of the forum.
        (FOUR, "abcde", "", 5, 4, True),
        (FOUR, "abcd", "", 4, 4, True),
        (FOUR, "abc", "", 3, 4, False),
        (FOUR, "", "", 0, 4, False),
        # A member with an interest is there, but not for the item.
        (FOUR, "abcde", "a", 4, 4, True),
        (FOUR, "abcd", "a", 3, 4, False),
        (LOWERED, "abcd", "a", 3, 3, True),
        (LOWERED, "abcd", "abcd", 0, 1, False),
        # The interest of somebody who is not there takes nobody away.
        (FOUR, "abcd", "h", 4, 4, True),
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
    quorum: Quorum | None, there: str, interested: str, present: int, needed: int, quorate: bool
) -> None:
    found = by_presence(quorum, EIGHT, tuple(there), tuple(interested))
    assert (found.seats, found.present, found.needed, found.quorate) == (8, present, needed, quorate)


def test_somebody_who_is_no_member_counts_for_nothing() -> None:
    assert by_presence(FOUR, EIGHT, ("x", "y", "a")).present == 1


def test_a_forum_without_members_is_its_secretarys_to_answer_for() -> None:
    assert by_presence(None, (), ()) == Meter(seats=0, present=0, interests=0, needed=0)
    assert by_presence(None, (), ()).quorate
