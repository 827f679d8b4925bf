"""Who may answer for a seat: nobody who wrote the version, and nobody for two seats."""

from collections.abc import Collection, Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import handbook, seating
from tests.support.core import terms
from workflows.model import Ask, Capacity, Holder, SeatAsk

LEICESTER = handbook.load("leicester")
DAY = date(2004, 9, 13)
BOARD = LEICESTER.forums["srg"].members
PEOPLE = sorted(LEICESTER.people)
POSTS = sorted(LEICESTER.posts)

HALL, SPORTS, LAND, CD_RC, CD_RAD, CHIEF = "p-017", "p-018", "p-019", "p-003", "p-005", "p-001"


def ask(*posts: str) -> Ask:
    return Ask(
        case="INV-2004-0001",
        key="funding",
        round=1,
        version=1,
        content_hash="c",
        clause="FUND-1",
        seats=tuple(SeatAsk(key=post, post=post) for post in posts),
        terms=terms(),
    )


def who(
    *posts: str, covers: Mapping[str, str] | None = None, barred: Collection[str] = (), day: date = DAY
) -> list[list[tuple[str, str]]]:
    """Return for each seat the people and, unless they are holders, their capacity."""
    found = seating.seats(ask(*posts), LEICESTER, day, covers or {}, barred)
    return [[(holder.person, holder.capacity.value) for holder in seat.holders] for seat in found]


@pytest.mark.parametrize(
    ("posts", "covers", "barred", "expected"),
    [
        # the holder
        (["bh-dmh"], {}, [], [[(HALL, "holder")]]),
        (["bh-dmh", "bh-sports"], {}, [], [[(HALL, "holder")], [(SPORTS, "holder")]]),
        # the cover first, and the holder still
        (["bh-dmh"], {HALL: LAND}, [], [[(LAND, "cover"), (HALL, "holder")]]),
        # one hop and no chain
        (["bh-dmh"], {HALL: LAND, LAND: SPORTS}, [], [[(LAND, "cover"), (HALL, "holder")]]),
        # an author is passed over for the line, and so is whoever covers for an author
        (["bh-land-charges"], {}, [LAND], [[(CD_RAD, "line")]]),
        (["bh-land-charges"], {LAND: SPORTS}, [LAND], [[(CD_RAD, "line")]]),
        # an author does not cover for another either
        (["bh-dmh"], {HALL: LAND}, [LAND], [[(HALL, "holder")]]),
        # the line goes on up past an author, and its covers come with it
        (["bh-land-charges"], {}, [LAND, CD_RAD], [[(CHIEF, "line")]]),
        (["bh-land-charges"], {CD_RAD: SPORTS}, [LAND], [[(SPORTS, "line"), (CD_RAD, "line")]]),
        # nobody is left
        (["bh-land-charges"], {}, [LAND, CD_RAD, CHIEF], [[]]),
        (["health-partner"], {}, ["p-020"], [[]]),
        # nobody has two seats: a cover keeps to their own, an author's line to theirs
        (["bh-dmh", "bh-sports"], {HALL: SPORTS}, [], [[(HALL, "holder")], [(SPORTS, "holder")]]),
        (["bh-dmh", "cd-rc"], {}, [HALL], [[], [(CD_RC, "holder")]]),
        (
            ["bh-dmh", "bh-sports"],
            {HALL: LAND, SPORTS: LAND},
            [],
            [[(LAND, "cover"), (HALL, "holder")], [(SPORTS, "holder")]],
        ),
        (["corp-projects-manager", "pmo"], {}, [], [[("p-021", "holder")], []]),
    ],
)
def test_who_may_answer(
    posts: list[str],
    covers: dict[str, str],
    barred: list[str],
    expected: list[list[tuple[str, str]]],
) -> None:
    assert who(*posts, covers=covers, barred=barred) == expected


def test_a_post_that_was_succeeded_is_answered_by_its_successor_from_that_day() -> None:
    before, after = date(2007, 3, 31), date(2007, 4, 1)
    assert who("sd-ict-ca", day=before) == who("sd-ict-ca", day=after) == [[("p-009", "holder")]]
    assert who("sd-information", day=before) == [[(CD_RAD, "line")]]
    assert who("sd-information", day=after) == [[("p-009", "holder")]]


def test_a_line_is_answered_for_the_post_of_the_line() -> None:
    (seat,) = seating.seats(ask("bh-dmh"), LEICESTER, DAY, {}, [HALL])
    assert seat.holders == (Holder(person=CD_RC, post="cd-rc", capacity=Capacity.LINE),)


COVERS = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), max_size=12).map(
    # Nobody covers for themselves; the record refuses it.
    lambda covers: {person: cover for person, cover in covers.items() if person != cover}
)


@given(
    posts=st.lists(st.sampled_from(POSTS), min_size=1, max_size=8, unique=True),
    covers=COVERS,
    barred=st.sets(st.sampled_from(PEOPLE), max_size=6),
)
def test_no_author_is_seated_and_nobody_twice(
    posts: list[str], covers: dict[str, str], barred: set[str]
) -> None:
    seats = who(*posts, covers=covers, barred=sorted(barred))
    people = [person for seat in seats for person, _ in seat]
    assert not barred & set(people)
    assert len(people) == len(set(people))


@given(covers=COVERS)
def test_a_member_of_a_board_always_has_their_own_seat(covers: dict[str, str]) -> None:
    for post, seat in zip(BOARD, who(*BOARD, covers=covers), strict=True):
        holder = LEICESTER.holder(post, DAY)
        assert holder is not None
        assert (holder.id, "holder") in seat
