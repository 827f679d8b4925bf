"""How answers become an outcome: one table for each rule."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.model import Choice, Decision, Holder, Quorum, QuorumRule, Seat, decision_key
from workflows.rules.quorum import Refusal, needed_present, refusal, settled, undecided

WORDS = {
    "a": Choice.APPROVE,
    "c": Choice.APPROVE_WITH_CONDITIONS,
    "r": Choice.REJECT,
    "t": Choice.RETURN,
    "d": Choice.DEFER,
    "u": Choice.REFER_UP,
    "n": Choice.NOT_SUPPORT,
    "o": Choice.ABSTAIN,
    "i": Choice.DECLARE_INTEREST,
}
"""A table's answers are written one letter to a seat, the chair first; a dot is silence."""

APPROVE, CONDITIONS, REJECT, RETURN = (
    Choice.APPROVE,
    Choice.APPROVE_WITH_CONDITIONS,
    Choice.REJECT,
    Choice.RETURN,
)


def seats_for(answers: str, *, veto: int | None = None) -> tuple[Seat, ...]:
    return tuple(
        Seat(
            key=f"s{number}",
            post=f"s{number}",
            chair=number == 0,
            veto=number == veto,
            holders=(Holder(person=f"p{number}", post=f"s{number}"),),
        )
        for number in range(len(answers))
    )


def made(answers: str) -> list[Decision]:
    return [decided(number, WORDS[answer]) for number, answer in enumerate(answers) if answer != "."]


def decided(seat: int, choice: Choice, *, person: str = "", round: int = 1, shown: str = "h") -> Decision:
    return Decision(
        key=decision_key("INV-2004-0001.srg.1", round, f"s{seat}"),
        step="INV-2004-0001.srg.1",
        round=round,
        seat=f"s{seat}",
        person=person or f"p{seat}",
        choice=choice,
        content_hash=shown,
        payload_hash="p",
        submitted_at=datetime(2004, 9, 13, 9, tzinfo=UTC),
    )


def outcome(
    answers: str, quorum: Quorum, *, final: bool = False, counted: bool = False, veto: int | None = None
) -> Choice | None:
    return settled(made(answers), seats_for(answers, veto=veto), quorum, final=final, counted=counted)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("...", None),
        ("..a", APPROVE),
        ("..r", REJECT),
        ("..c", CONDITIONS),
        ("o..", None),
        ("i..", None),
        ("oia", APPROVE),
        ("ooo", None),
    ],
)
def test_the_first_view_settles_one_of(answers: str, expected: Choice | None) -> None:
    assert outcome(answers, Quorum(rule=QuorumRule.ONE_OF)) is expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("...", None),
        ("aa.", None),
        ("aaa", APPROVE),
        ("aca", CONDITIONS),
        ("a.r", REJECT),
        ("t..", RETURN),
        ("aao", APPROVE),
        ("aai", APPROVE),
        ("ooo", None),
        ("iii", None),
    ],
)
def test_all_of_waits_for_everybody_unless_somebody_is_against(answers: str, expected: Choice | None) -> None:
    assert outcome(answers, Quorum(rule=QuorumRule.ALL_OF)) is expected


def test_a_seat_that_stays_silent_to_the_end_has_not_agreed() -> None:
    assert outcome("aa.", Quorum(rule=QuorumRule.ALL_OF), final=True) is None


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("aa...", None),
        ("aaa..", APPROVE),
        ("aac..", CONDITIONS),
        ("rr...", None),
        ("rrr..", REJECT),
        ("rrt..", REJECT),
        ("aarr.", None),
        ("aarra", APPROVE),
        ("aaoo.", None),
        ("aaoor", REJECT),
        ("aaoii", None),
    ],
)
def test_three_of_five_need_three_in_favour(answers: str, expected: Choice | None) -> None:
    assert outcome(answers, Quorum(rule=QuorumRule.N_OF_M, needed=3)) is expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("........", None),
        ("aaa.....", None),  # three of eight: not quorate
        ("aaaa....", None),  # quorate, but four others could still be against
        ("aaaaa...", APPROVE),
        ("aaaac...", CONDITIONS),
        ("rrrrr...", REJECT),
        ("aaaarrr.", None),  # the last could make it even
        ("aaaaarrr", APPROVE),
        ("aaarrrrr", REJECT),
        ("aaarrrtt", REJECT),  # three for and five against, whatever their words
        ("aaartttt", RETURN),
        ("rrttt...", None),  # lost, but not yet whether by rejection or return
        ("ooooooao", APPROVE),  # an abstention counts as present
        ("oooooooo", None),
    ],
)
def test_a_majority_needs_a_quorum_and_more_for_than_against(answers: str, expected: Choice | None) -> None:
    rule = Quorum(rule=QuorumRule.MAJORITY, present=4, casting=True)
    assert outcome(answers, rule) is expected


@pytest.mark.parametrize(
    ("answers", "casting", "expected"),
    [
        ("arar", True, APPROVE),
        ("crar", True, CONDITIONS),
        ("raar", True, REJECT),
        ("taar", True, RETURN),
        ("oaro", True, REJECT),  # a chair who abstains casts nothing, and an even vote carries nothing
        ("iaro", True, REJECT),
        ("arar", False, REJECT),
        ("arat", False, REJECT),
        ("trtr", True, RETURN),  # two ways against, even: the chair's
        ("orot", True, REJECT),  # and without the chair's view the earlier
    ],
)
def test_an_even_vote_is_decided_by_the_chair_or_carries_nothing(
    answers: str, casting: bool, expected: Choice
) -> None:
    assert outcome(answers, Quorum(rule=QuorumRule.MAJORITY, present=2, casting=casting)) is expected


@pytest.mark.parametrize(
    ("answers", "expected", "why"),
    [
        ("oar", None, "tied"),
        ("aar", APPROVE, ""),
        ("rar", REJECT, ""),
        ("aro", APPROVE, ""),  # the chair's vote breaks it
        ("roa", REJECT, ""),
        ("ooa", APPROVE, ""),
        ("ooo", None, "no_view"),
        ("iia", None, "inquorate"),
    ],
)
def test_an_even_vote_is_left_open_where_a_meeting_decides_it(
    answers: str, expected: Choice | None, why: str
) -> None:
    rule = Quorum(rule=QuorumRule.MAJORITY, present=2, casting=True, even_vote_open=True)
    assert settled(made(answers), seats_for(answers), rule, final=True) is expected
    if expected is None:
        assert undecided(made(answers), rule) == why


@pytest.mark.parametrize(
    ("answers", "rule", "why"),
    [
        ("oooo", Quorum(rule=QuorumRule.MAJORITY, present=3), "no_view"),
        ("oiii", Quorum(rule=QuorumRule.MAJORITY, present=3), "inquorate"),
        ("o", Quorum(rule=QuorumRule.ONE_OF), "no_view"),
        ("aoo", Quorum(rule=QuorumRule.N_OF_M, needed=2), "too_few"),
    ],
)
def test_answers_that_make_no_outcome_are_told_apart(answers: str, rule: Quorum, why: str) -> None:
    assert settled(made(answers), seats_for(answers), rule, final=True) is None
    assert undecided(made(answers), rule) == why


def test_the_chair_does_not_break_a_tie_that_is_not_one_yet() -> None:
    rule = Quorum(rule=QuorumRule.MAJORITY, present=2, casting=True)
    assert outcome("ar..", rule) is None
    assert outcome("ar..", rule, final=True) is APPROVE


@pytest.mark.parametrize(
    ("answers", "lowers", "expected"),
    [
        ("aaai", False, None),  # three are left to be present, and four are needed
        ("aaai", True, APPROVE),
        ("aaii", True, APPROVE),
        ("aoii", True, APPROVE),
        ("iiii", True, None),  # nobody is left with a vote
    ],
)
def test_a_declared_interest_removes_the_vote_and_lowers_the_quorum_if_the_forum_says_so(
    answers: str, lowers: bool, expected: Choice | None
) -> None:
    rule = Quorum(rule=QuorumRule.MAJORITY, present=4, interest_lowers_quorum=lowers)
    assert outcome(answers, rule) is expected


def test_the_quorum_is_never_lowered_below_one() -> None:
    rule = Quorum(rule=QuorumRule.MAJORITY, present=2, interest_lowers_quorum=True)
    assert needed_present(rule, 5) == 1


@pytest.mark.parametrize(
    ("answers", "veto", "final", "expected"),
    [
        ("aaar", 3, False, REJECT),
        ("aaan", 3, False, Choice.NOT_SUPPORT),  # in the words of the question
        ("...r", 3, False, REJECT),
        ("aaat", 3, False, RETURN),  # whatever is not a yes stops it, and its word is the outcome
        ("..at", 3, False, RETURN),
        ("aaad", 3, False, Choice.DEFER),
        ("aaau", 3, False, Choice.REFER_UP),
        ("rrrt", 3, False, RETURN),
        ("aaac", 3, False, CONDITIONS),
        ("aaao", 3, False, APPROVE),  # who may stop it and takes no side does not
        ("aaai", 3, False, APPROVE),
        ("aaa.", 3, False, None),  # whoever may stop it is heard first
        ("aaa.", 3, True, APPROVE),  # and silence is no veto
        ("aaar", 0, False, APPROVE),
    ],
)
def test_a_veto_stops_what_a_majority_wants(
    answers: str, veto: int, final: bool, expected: Choice | None
) -> None:
    rule = Quorum(rule=QuorumRule.MAJORITY, present=2)
    assert outcome(answers, rule, final=final, veto=veto) is expected


@given(
    st.text("acrtdunoi.", min_size=1, max_size=8),
    st.sampled_from(QuorumRule),
    st.integers(1, 4),
    st.booleans(),
    st.booleans(),
    st.data(),
)
def test_nothing_is_approved_against_a_veto_and_no_outcome_is_an_abstention(
    answers: str, rule: QuorumRule, number: int, casting: bool, final: bool, data: st.DataObject
) -> None:
    veto = data.draw(st.integers(0, len(answers) - 1))
    quorum = Quorum(rule=rule, needed=number, present=number, casting=casting)
    reached = outcome(answers, quorum, final=final, veto=veto)
    word = WORDS.get(answers[veto])
    if word and word.counted and not word.favourable:
        assert reached is word
    assert reached is None or reached.counted


@pytest.mark.parametrize("rule", QuorumRule)
def test_silence_never_means_yes(rule: QuorumRule) -> None:
    quorum = Quorum(rule=rule, needed=2, present=2)
    assert outcome(".....", quorum) is None
    assert outcome(".....", quorum, final=True) is None


@given(
    st.text("acrtoi.", min_size=1, max_size=8),
    st.sampled_from(QuorumRule),
    st.integers(1, 4),
    st.booleans(),
)
def test_an_outcome_once_reached_is_never_turned_by_those_who_answer_later(
    answers: str, rule: QuorumRule, number: int, casting: bool
) -> None:
    quorum = Quorum(rule=rule, needed=number, present=number, casting=casting)
    seats, early = seats_for(answers), made(answers)
    reached = settled(early, seats, quorum)
    if reached is None:
        return
    silent = [number for number, answer in enumerate(answers) if answer == "."]
    for word in "artoi":
        late = [decided(number, WORDS[word]) for number in silent]
        later = settled([*early, *late], seats, quorum)
        assert later is not None
        assert later.favourable is reached.favourable


@given(st.permutations("aaar"))
def test_three_of_five_come_to_one_outcome_in_whatever_order(order: list[str]) -> None:
    quorum = Quorum(rule=QuorumRule.N_OF_M, needed=3)
    reached = [outcome("".join(order[:count]).ljust(5, "."), quorum) for count in range(5)]
    assert [choice for choice in reached if choice] == [APPROVE] * len(
        [choice for choice in reached if choice]
    )


def test_the_order_of_answers_makes_no_difference_to_a_finished_majority() -> None:
    quorum = Quorum(rule=QuorumRule.MAJORITY, present=3)
    assert {outcome("".join(order), quorum) for order in permutations("aarro")} == {REJECT}


# --------------------------------------------------------------------------- refusals


def refused(decision: Decision, earlier: str = "...") -> Refusal | None:
    return refusal(
        decision,
        round=1,
        content_hash="h",
        choices=(Choice.APPROVE, Choice.REJECT),
        seats=seats_for("..."),
        decisions=made(earlier),
    )


@pytest.mark.parametrize(
    ("decision", "earlier", "expected"),
    [
        (decided(0, APPROVE), "...", None),
        (decided(1, REJECT), "a..", None),
        (decided(0, APPROVE, round=2), "...", Refusal.ANOTHER_ROUND),
        (decided(0, APPROVE, shown="old"), "...", Refusal.STALE),
        (decided(7, APPROVE), "...", Refusal.NOT_YOURS),
        (decided(0, APPROVE, person="p1"), "...", Refusal.NOT_YOURS),
        (decided(0, REJECT), "a..", Refusal.SEAT_ANSWERED),
        (decided(0, RETURN), "...", Refusal.NOT_OFFERED),
    ],
)
def test_an_answer_that_does_not_count_is_refused_with_its_reason(
    decision: Decision, earlier: str, expected: Refusal | None
) -> None:
    assert refused(decision, earlier) is expected


def test_one_person_never_fills_two_seats_even_as_a_cover() -> None:
    seats = seats_for("..")
    covered = seats[1].model_copy(update={"holders": (*seats[1].holders, Holder(person="p0", post="s1"))})
    assert (
        refusal(
            decided(1, APPROVE, person="p0"),
            round=1,
            content_hash="h",
            choices=(Choice.APPROVE,),
            seats=(seats[0], covered),
            decisions=made("a."),
        )
        is Refusal.TWO_SEATS
    )


@pytest.mark.parametrize(
    ("answers", "casting", "expected"),
    [
        (".aaaa...", True, APPROVE),
        (".aaac...", True, CONDITIONS),
        (".arrr...", True, REJECT),
        (".aaa....", True, None),  # too few to make a quorum
        (".aarr...", True, None),  # a tie that the chair may still break
        ("aarr....", True, APPROVE),  # and one that the chair has broken
        ("raar....", True, REJECT),
        (".aarr...", False, None),
        (".aaroo..", False, APPROVE),
        (".oooo...", True, None),
    ],
)
def test_votes_that_are_counted_decide_by_a_real_majority_while_others_may_still_vote(
    answers: str, casting: bool, expected: Choice | None
) -> None:
    quorum = Quorum(rule=QuorumRule.MAJORITY, present=4, casting=casting)
    assert outcome(answers, quorum, counted=True) is expected


def test_votes_that_are_counted_carry_nothing_past_a_veto_that_has_not_been_heard() -> None:
    quorum = Quorum(rule=QuorumRule.MAJORITY, present=4)
    assert outcome(".aaaa...", quorum, counted=True, veto=7) is None
    assert outcome(".aaa...a", quorum, counted=True, veto=7) is APPROVE
