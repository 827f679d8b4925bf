"""Covers are dated, one hop, and the one set last counts."""

from datetime import date

import pytest

from service.errors import Malformed
from service.store import Store, covers
from service.store.covers import Cover


def cover(person: str, by: str, first: int, last: int) -> Cover:
    return Cover(
        person=person, cover=by, starts=date(2004, 6, first), ends=date(2004, 6, last), set_by=person
    )


A_TO_B = cover("p-a", "p-b", 5, 10)


@pytest.mark.parametrize(("day", "by"), [(4, None), (5, "p-b"), (7, "p-b"), (10, "p-b"), (11, None)])
def test_a_cover_holds_from_its_first_to_its_last_day(store: Store, day: int, by: str | None) -> None:
    with store.writing() as tx:
        assert covers.set(tx, A_TO_B)
        assert covers.on(tx, "p-a", date(2004, 6, day)) == by


@pytest.mark.parametrize(
    ("set_", "on_day_7"),
    [
        ([A_TO_B, cover("p-a", "p-c", 7, 8)], {"p-a": "p-c"}),
        ([cover("p-a", "p-c", 7, 8), A_TO_B], {"p-a": "p-b"}),
        ([A_TO_B, cover("p-a", "p-c", 8, 9)], {"p-a": "p-b"}),
        ([], {}),
    ],
    ids=["the last set counts", "also if it is wider", "another day", "none"],
)
def test_who_covers_for_whom(store: Store, set_: list[Cover], on_day_7: dict[str, str]) -> None:
    with store.writing() as tx:
        for one in set_:
            covers.set(tx, one)
        assert covers.on_day(tx, date(2004, 6, 7)) == on_day_7


@pytest.mark.parametrize(
    ("set_", "new", "clashes"),
    [
        # at second hand, whichever is set first, if only for a day
        ([A_TO_B], cover("p-b", "p-c", 1, 5), True),
        ([cover("p-b", "p-c", 10, 20)], A_TO_B, True),
        # in a circle
        ([A_TO_B], cover("p-b", "p-a", 6, 7), True),
        # on other days
        ([A_TO_B], cover("p-b", "p-c", 11, 20), False),
        ([A_TO_B], cover("p-b", "p-c", 1, 4), False),
        # two who have one cover, and another cover in the place of one's own
        ([A_TO_B], cover("p-c", "p-b", 5, 10), False),
        ([A_TO_B], cover("p-a", "p-c", 5, 10), False),
        # what another cover has taken the place of clashes with nothing
        ([A_TO_B, cover("p-a", "p-c", 1, 20)], cover("p-b", "p-d", 5, 10), False),
        ([A_TO_B, cover("p-a", "p-c", 7, 7)], cover("p-b", "p-d", 5, 10), True),
        ([A_TO_B, cover("p-a", "p-c", 7, 7)], cover("p-b", "p-d", 7, 7), False),
    ],
)
def test_nobody_is_covered_at_second_hand_or_in_a_circle(
    store: Store, set_: list[Cover], new: Cover, clashes: bool
) -> None:
    with store.writing() as tx:
        for one in set_:
            covers.set(tx, one)
        assert (covers.clash(tx, new) is not None) is clashes
        if not clashes:
            assert covers.set(tx, new)
            return
        with pytest.raises(Malformed) as refused:
            covers.set(tx, new)
        assert refused.value.problems[0].field == "cover"
        assert "away themselves from " in refused.value.problems[0].message


def test_a_cover_can_end_early_and_be_set_again(store: Store) -> None:
    with store.writing() as tx:
        assert covers.set(tx, A_TO_B)
        assert not covers.set(tx, A_TO_B)
        assert covers.ended(tx, "p-a", date(2004, 6, 6), by="p-a")
        assert not covers.ended(tx, "p-a", date(2004, 6, 6), by="p-a")
        assert covers.on(tx, "p-a", date(2004, 6, 6)) == "p-b"
        assert covers.on(tx, "p-a", date(2004, 6, 7)) is None
        assert covers.set(tx, A_TO_B)
        assert covers.on(tx, "p-a", date(2004, 6, 7)) == "p-b"
        assert [found.ends.day for found in covers.of(tx, "p-a")] == [10, 6]


def test_a_cover_that_has_not_begun_can_be_called_off(store: Store) -> None:
    with store.writing() as tx:
        covers.set(tx, A_TO_B)
        assert covers.ended(tx, "p-a", date(2004, 6, 1), by="p-a")
        assert covers.on(tx, "p-a", date(2004, 6, 5)) is None
        assert not covers.ended(tx, "p-a", date(2004, 6, 1), by="p-a")


@pytest.mark.parametrize(
    ("wrong", "field"), [(cover("p-a", "p-a", 5, 10), "cover"), (cover("p-a", "p-b", 10, 5), "ends")]
)
def test_a_cover_that_makes_no_sense_is_refused(store: Store, wrong: Cover, field: str) -> None:
    with store.writing() as tx, pytest.raises(Malformed) as refused:
        covers.set(tx, wrong)
    assert refused.value.problems[0].field == field


def test_one_cover_of_several_is_ended_and_the_others_hold_on(store: Store) -> None:
    with store.writing() as tx:
        covers.set(tx, A_TO_B)
        covers.set(tx, cover("p-a", "p-c", 12, 20))
        first = covers.of(tx, "p-a")[-1]
        assert covers.ended(tx, "p-a", date(2004, 6, 5), by="p-a", number=first.number)
        assert not covers.ended(tx, "p-a", date(2004, 6, 5), by="p-a", number=first.number), "once"
    with store.reading() as tx:
        days = [covers.on(tx, "p-a", date(2004, 6, day)) for day in (5, 6, 10, 12, 20)]
    assert days == ["p-b", None, None, "p-c", "p-c"]


@pytest.mark.parametrize(
    ("set_", "since", "hold"),
    [
        ([A_TO_B], 5, ["p-b"]),
        ([A_TO_B], 11, []),
        ([A_TO_B, cover("p-a", "p-c", 5, 10)], 1, ["p-c"]),
        ([A_TO_B, cover("p-a", "p-c", 7, 12)], 1, ["p-c", "p-b"]),
        ([A_TO_B, cover("p-a", "p-c", 7, 12)], 7, ["p-c"]),
        ([A_TO_B, cover("p-a", "p-c", 7, 12), cover("p-a", "p-d", 1, 6)], 1, ["p-d", "p-c"]),
    ],
    ids=["one", "over", "replaced", "in part", "the rest of its days", "by two"],
)
def test_a_cover_that_others_took_the_place_of_holds_no_more(
    store: Store, set_: list[Cover], since: int, hold: list[str]
) -> None:
    with store.writing() as tx:
        for one in set_:
            covers.set(tx, one)
        held = covers.holding(tx, "p-a", date(2004, 6, since))
    assert [one.cover for one in held] == hold
