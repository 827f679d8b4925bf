"""Ladders: every rung dated when the step opens, and what an outage makes of reminders."""

from datetime import UTC, date, datetime

import pytest

from service import handbook
from workflows.model import Ladder, LadderRung, Nudge, Rung
from workflows.rules import ladder

SENT = datetime(2004, 10, 13, 9, tzinfo=UTC)
MONEY = handbook.load("leicester").terms()["funding"].ladder


def test_the_ladder_for_money_as_shipped_is_dated_across_a_weekend() -> None:
    assert [(rung.number, rung.nudge, rung.at) for rung in ladder.dated(MONEY, SENT, ()).rungs] == [
        (1, Nudge.REMIND, datetime(2004, 10, 18, 16, tzinfo=UTC)),
        (2, Nudge.REMIND, datetime(2004, 10, 20, 16, tzinfo=UTC)),
        (3, Nudge.COVER, datetime(2004, 10, 21, 16, tzinfo=UTC)),
        (4, Nudge.LINE, datetime(2004, 10, 25, 16, tzinfo=UTC)),
        (5, Nudge.PMO, datetime(2004, 10, 27, 16, tzinfo=UTC)),
    ]


def test_a_day_that_is_not_worked_moves_every_later_rung() -> None:
    moved = ladder.dated(MONEY, SENT, (date(2004, 10, 19),))
    assert [rung.at.day for rung in moved.rungs] == [18, 21, 22, 26, 28]


def test_an_answer_is_due_by_the_end_of_business_of_its_day() -> None:
    assert ladder.dated(MONEY, SENT, ()).due == datetime(2004, 10, 20, 16, tzinfo=UTC)


def test_rungs_are_climbed_by_day_and_as_written_within_a_day() -> None:
    written = Ladder(
        due=1,
        rungs=(
            LadderRung(day=2, nudge=Nudge.CLOSE),
            LadderRung(day=1, nudge=Nudge.REMIND),
            LadderRung(day=1, nudge=Nudge.COVER),
        ),
    )
    assert [rung.nudge for rung in ladder.dated(written, SENT, ()).rungs] == [
        Nudge.REMIND,
        Nudge.COVER,
        Nudge.CLOSE,
    ]


def rungs(*nudges: Nudge) -> tuple[Rung, ...]:
    return tuple(
        Rung(number=number, at=datetime(2004, 10, number, 16, tzinfo=UTC), nudge=nudge)
        for number, nudge in enumerate(nudges, start=1)
    )


LADDER = rungs(Nudge.REMIND, Nudge.REMIND, Nudge.COVER, Nudge.LINE, Nudge.REMIND, Nudge.PMO)


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (1, [1, 2, 3, 4, 5, 6]),  # one reminder is due, and is sent
        (2, [2, 3, 4, 5, 6]),  # two are due: one letter says how things stand
        (3, [3, 4, 5, 6]),  # the cover's letter has overtaken both
        (5, [3, 4, 5, 6]),  # whoever is to be brought in is brought in, however late
        (6, [3, 4, 6]),
    ],
)
def test_reminders_overtaken_during_an_outage_are_not_sent(today: int, left: list[int]) -> None:
    now = datetime(2004, 10, today, 17, tzinfo=UTC)
    assert [rung.number for rung in ladder.without_stale(LADDER, now)] == left


def test_a_ladder_without_rungs_has_nothing_to_drop() -> None:
    assert ladder.without_stale((), SENT) == ()


ACTION = handbook.load("leicester").terms()["action"].ladder


@pytest.mark.parametrize(
    ("due", "dated"),
    [
        # Reminders before, a chase the day after, then cover, line and PMO.
        (
            date(2004, 11, 12),
            [
                (5, Nudge.REMIND),
                (11, Nudge.REMIND),
                (15, Nudge.REMIND),
                (16, Nudge.COVER),
                (19, Nudge.LINE),
                (26, Nudge.PMO),
            ],
        ),
        # What is asked for too late to be reminded of before.
        (
            date(2004, 10, 14),
            [(13, Nudge.REMIND), (15, Nudge.REMIND), (18, Nudge.COVER), (21, Nudge.LINE), (28, Nudge.PMO)],
        ),
    ],
)
def test_a_question_with_a_day_of_its_own_counts_its_ladder_to_that_day(
    due: date, dated: list[tuple[int, Nudge]]
) -> None:
    times = ladder.dated(ACTION, SENT, (), due)
    assert times.due == datetime(due.year, due.month, due.day, 17 if due.month == 11 else 16, tzinfo=UTC)
    assert [(rung.at.day, rung.nudge) for rung in times.rungs] == dated
    assert [rung.number for rung in times.rungs] == list(range(1, len(dated) + 1))


def test_what_is_asked_again_after_its_day_has_the_ladder_s_own_days() -> None:
    assert ladder.dated(ACTION, SENT, (), date(2004, 10, 12)) == ladder.dated(ACTION, SENT, ())
