"""Who may answer for a seat: nobody who wrote the version, and nobody for two seats."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import handbook, seating
from service.handbook import boards
from service.handbook.edition import Holding
from service.seating import Seating
from tests.support.core import terms
from workflows.model import Ask, Capacity, Holder, Nudge, SeatAsk

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
    found = Seating(LEICESTER, day, covers or {}, barred).seats(ask(*posts))
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
        # the line goes on past whoever has another seat of the step
        (["bh-dmh", "cd-rc"], {}, [HALL], [[(CHIEF, "line")], [(CD_RC, "holder")]]),
        (
            ["bh-dmh", "bh-sports"],
            {HALL: LAND, SPORTS: LAND},
            [],
            [[(LAND, "cover"), (HALL, "holder")], [(SPORTS, "holder")]],
        ),
        (["sd-ict-ca", "head-of-profession"], {}, [], [[("p-009", "holder")], [(CD_RAD, "line")]]),
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
    (seat,) = Seating(LEICESTER, DAY, {}, [HALL]).seats(ask("bh-dmh"))
    assert seat.holders == (Holder(person=CD_RC, post="cd-rc", capacity=Capacity.LINE),)


@pytest.mark.parametrize(
    ("authors", "covers", "deciding", "expected"),
    [
        ([LAND], {}, True, {LAND}),
        ([LAND], {LAND: SPORTS}, True, {LAND, SPORTS}),
        ([LAND, HALL], {LAND: SPORTS, HALL: CD_RC}, True, {LAND, HALL, SPORTS, CD_RC}),
        # one hop: who covers for the cover stands in for nobody who wrote it
        ([LAND], {LAND: SPORTS, SPORTS: HALL}, True, {LAND, SPORTS}),
        # who is covered by an author did not write it
        ([LAND], {HALL: LAND}, True, {LAND}),
        ([LAND], {LAND: SPORTS}, False, set()),
    ],
)
def test_neither_an_author_nor_whoever_covers_for_one_decides(
    authors: list[str], covers: dict[str, str], deciding: bool, expected: set[str]
) -> None:
    assert seating.barred(authors, covers, deciding=deciding) == expected


def climbed(
    *posts: str, nudges: Sequence[Nudge], covers: Mapping[str, str], barred: Collection[str]
) -> list[list[str]]:
    """Return the people of each seat after some rungs at which all were silent."""
    seats = Seating(LEICESTER, DAY, {}, barred).seats(ask(*posts))
    for nudge in nudges:
        seats = Seating(LEICESTER, DAY, covers, barred).nudged(seats, posts, nudge)
    return [[holder.person for holder in seat.holders] for seat in seats]


@pytest.mark.parametrize(
    ("posts", "nudges", "covers", "barred", "expected"),
    [
        (["bh-dmh"], [Nudge.REMIND, Nudge.PMO, Nudge.CLOSE], {HALL: LAND}, [], [[HALL]]),
        (["bh-dmh"], [Nudge.COVER], {HALL: LAND}, [], [[HALL, LAND]]),
        (["bh-dmh"], [Nudge.COVER], {HALL: LAND}, [LAND], [[HALL]]),
        (["bh-dmh"], [Nudge.COVER, Nudge.LINE], {HALL: CD_RC}, [], [[HALL, CD_RC, CHIEF]]),
        (["bh-dmh"], [Nudge.LINE, Nudge.LINE], {}, [], [[HALL, CD_RC, CHIEF]]),
        (["bh-dmh"], [Nudge.LINE, Nudge.LINE, Nudge.LINE], {}, [], [[HALL, CD_RC, CHIEF]]),
        # the next up the line was asked from the start, so silence goes on above them
        (["bh-land-charges"], [Nudge.LINE], {}, [LAND], [[CD_RAD, CHIEF]]),
        # two seats have one manager, who has one of them
        (["bh-dmh", "bh-sports"], [Nudge.LINE], {}, [], [[HALL, CD_RC], [SPORTS, CHIEF]]),
        (["bh-dmh", "cd-rc"], [Nudge.LINE], {}, [], [[HALL, CHIEF], [CD_RC]]),
    ],
)
def test_whom_silence_brings_in(
    posts: list[str],
    nudges: list[Nudge],
    covers: dict[str, str],
    barred: list[str],
    expected: list[list[str]],
) -> None:
    assert climbed(*posts, nudges=nudges, covers=covers, barred=barred) == expected


@pytest.mark.parametrize(
    ("sponsor", "covers", "expected"),
    [
        (CD_RC, {}, [HALL, CHIEF]),
        # whoever covers for the sponsor stands in for them
        (CD_RC, {CD_RC: SPORTS}, [HALL, CHIEF]),
        # nobody is left above
        (CHIEF, {}, [HALL, CD_RC]),
        ("", {}, [HALL, CD_RC, CHIEF]),
    ],
)
def test_silence_goes_on_up_past_the_sponsor(
    sponsor: str, covers: dict[str, str], expected: list[str]
) -> None:
    seats = Seating(LEICESTER, DAY, covers, [], sponsor=sponsor).seats(ask("bh-dmh"))
    for _ in range(2):
        seats = Seating(LEICESTER, DAY, covers, [], sponsor=sponsor).nudged(seats, ["bh-dmh"], Nudge.LINE)
    assert [holder.person for holder in seats[0].holders] == expected


def test_a_sponsor_who_was_asked_as_the_line_may_not_answer_but_for_their_own_post_may() -> None:
    asked = Holder(person=CD_RC, post="cd-rc", capacity=Capacity.LINE)
    for post, able in (("bh-dmh", False), ("cd-rc", True)):
        seat = SeatAsk(key=post, post=post)
        assert Seating(LEICESTER, DAY, {}, [], sponsor=CD_RC).may_still(asked, seat) is able


def test_whoever_was_asked_far_up_the_line_may_still_answer() -> None:
    seat = SeatAsk(key="bh-dmh", post="bh-dmh")
    for holder in (
        Holder(person=CHIEF, post="chief-executive", capacity=Capacity.LINE),
        Holder(person=CD_RC, post="cd-rc", capacity=Capacity.LINE),
        Holder(person=HALL, post="bh-dmh"),
    ):
        assert Seating(LEICESTER, DAY, {}, []).may_still(holder, seat)
        assert not Seating(LEICESTER, DAY, {}, [holder.person]).may_still(holder, seat)
    gone = Holder(person=LAND, post="bh-dmh", capacity=Capacity.COVER)
    assert not Seating(LEICESTER, DAY, {}, []).may_still(gone, seat)
    assert Seating(LEICESTER, DAY, {HALL: LAND}, []).may_still(gone, seat)


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


@given(
    vacant=st.sets(st.sampled_from(BOARD)),
    one=st.sampled_from(PEOPLE),
    several=st.sets(st.sampled_from(BOARD)),
    barred=st.sets(st.sampled_from(PEOPLE), max_size=3),
    substitutes=st.dictionaries(st.sampled_from(BOARD), st.sampled_from(sorted({*POSTS} - {*BOARD}))),
)
def test_a_handbook_is_checked_by_the_seats_that_would_be_found(
    vacant: set[str], one: str, several: set[str], barred: set[str], substitutes: dict[str, str]
) -> None:
    kept = [held for held in LEICESTER.holdings if held.post not in vacant | several]
    given_ = [Holding(post=post, person=one, since=DAY) for post in sorted(several - vacant)]
    edition = LEICESTER.model_copy(update={"holdings": (*kept, *given_)})
    asked = board(*(f"{post}/{substitutes.get(post, '')}" for post in BOARD))
    found = [seat for seat in Seating(edition, DAY, {}, sorted(barred)).seats(asked) if seat.holders]
    assert boards.seated(edition, BOARD, DAY, barred, substitutes) == len(found)


@given(covers=COVERS)
def test_a_member_of_a_board_always_has_their_own_seat(covers: dict[str, str]) -> None:
    for post, seat in zip(BOARD, who(*BOARD, covers=covers), strict=True):
        holder = LEICESTER.holder(post, DAY)
        assert holder is not None
        assert (holder.id, "holder") in seat


# ------------------------------------------------------------------------- substitutes

VACANT = "sd-information"
"""A post that nobody holds on the day."""


def board(*places: str) -> Ask:
    """Return a board's question, its places written as member or member/substitute."""
    seats = [place.partition("/") for place in places]
    return ask().model_copy(
        update={"seats": tuple(SeatAsk(key=post, post=post, substitute=other) for post, _, other in seats)}
    )


@pytest.mark.parametrize(
    ("places", "covers", "barred", "opened", "after"),
    [
        # a member who is there is asked alone; silent, the substitute comes in
        (["cd-rc/bh-dmh"], {}, [], [[(CD_RC, "holder")]], [[(CD_RC, "holder"), (HALL, "substitute")]]),
        # away, the substitute sits and no private cover does, on the day and after silence
        (
            ["cd-rc/bh-dmh"],
            {CD_RC: LAND},
            [],
            [[(HALL, "substitute"), (CD_RC, "holder")]],
            [[(HALL, "substitute"), (CD_RC, "holder")]],
        ),
        # the substitute's own cover does not sit: one hop
        (
            ["cd-rc/bh-dmh"],
            {CD_RC: LAND, HALL: SPORTS},
            [],
            [[(HALL, "substitute"), (CD_RC, "holder")]],
            [[(HALL, "substitute"), (CD_RC, "holder")]],
        ),
        # a vacant seat is the substitute's
        ([f"{VACANT}/bh-dmh"], {}, [], [[(HALL, "substitute")]], [[(HALL, "substitute")]]),
        # whoever wrote the version, or covers for one who did, substitutes for nobody
        (["cd-rc/bh-dmh"], {CD_RC: LAND}, [HALL], [[(CD_RC, "holder")]], [[(CD_RC, "holder")]]),
        # an author's seat is not handed to their substitute
        (["cd-rc/bh-dmh"], {}, [CD_RC], [[(CHIEF, "line")]], [[(CHIEF, "line")]]),
        # nobody has two seats
        (
            ["cd-rc/bh-dmh", "bh-dmh"],
            {CD_RC: LAND},
            [],
            [[(CD_RC, "holder")], [(HALL, "holder")]],
            [[(CD_RC, "holder")], [(HALL, "holder")]],
        ),
        (
            ["cd-rc/bh-dmh", "cd-rad/bh-dmh"],
            {CD_RC: LAND, CD_RAD: LAND},
            [],
            [[(HALL, "substitute"), (CD_RC, "holder")], [(CD_RAD, "holder")]],
            [[(HALL, "substitute"), (CD_RC, "holder")], [(CD_RAD, "holder")]],
        ),
        # where the forum names nobody, a cover sits as elsewhere
        (
            ["cd-rc"],
            {CD_RC: LAND},
            [],
            [[(LAND, "cover"), (CD_RC, "holder")]],
            [[(LAND, "cover"), (CD_RC, "holder")]],
        ),
    ],
)
def test_who_sits_in_a_member_s_place(
    places: list[str],
    covers: dict[str, str],
    barred: list[str],
    opened: list[list[tuple[str, str]]],
    after: list[list[tuple[str, str]]],
) -> None:
    seats = Seating(LEICESTER, DAY, covers, barred).seats(board(*places))
    assert [[(one.person, one.capacity.value) for one in seat.holders] for seat in seats] == opened
    silent = [seat.key for seat in seats]
    seats = Seating(LEICESTER, DAY, covers, barred).nudged(seats, silent, Nudge.COVER)
    assert [[(one.person, one.capacity.value) for one in seat.holders] for seat in seats] == after


def test_a_substitute_who_was_asked_may_still_answer_when_the_member_is_back() -> None:
    (seat,) = Seating(LEICESTER, DAY, {CD_RC: LAND}, ()).seats(board("cd-rc/bh-dmh"))
    asked = seat.holders[0]
    assert asked == Holder(person=HALL, post="bh-dmh", capacity=Capacity.SUBSTITUTE)
    assert Seating(LEICESTER, DAY, {}, ()).may_still(asked, seat)
    assert not Seating(LEICESTER, DAY, {}, [HALL]).may_still(asked, seat)


def test_a_member_who_goes_away_brings_in_the_substitute() -> None:
    seats = Seating(LEICESTER, DAY, {}, ()).seats(board("cd-rc/bh-dmh"))
    (seat,) = Seating(LEICESTER, DAY, {CD_RC: LAND}, ()).reseated(seats, ["cd-rc"])
    assert [(one.person, one.capacity) for one in seat.holders] == [
        (CD_RC, Capacity.HOLDER),
        (HALL, Capacity.SUBSTITUTE),
    ]


@pytest.mark.parametrize("covers", [{}, {CD_RC: LAND}])
def test_a_sponsor_does_not_sit_in_a_member_s_place(covers: dict[str, str]) -> None:
    there = Seating(LEICESTER, DAY, covers, sponsor=HALL)
    seats = there.seats(board("cd-rc/bh-dmh"))
    for found in (seats, there.nudged(seats, ["cd-rc"], Nudge.COVER), there.reseated(seats, ["cd-rc"])):
        assert [[one.person for one in seat.holders] for seat in found] == [[CD_RC]]
    asked = Holder(person=HALL, post="bh-dmh", capacity=Capacity.SUBSTITUTE)
    assert not there.may_still(asked, seats[0])


def test_a_sponsor_does_not_sit_in_a_vacant_member_s_place() -> None:
    holdings = tuple(held for held in LEICESTER.holdings if held.post != "cd-rc")
    vacant = LEICESTER.model_copy(update={"holdings": holdings})
    (seat,) = Seating(vacant, DAY, sponsor=HALL).seats(board("cd-rc/bh-dmh"))
    assert HALL not in [one.person for one in seat.holders]
