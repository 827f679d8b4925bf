"""When a meeting is called, when its papers close, and what follows while its record is open."""

from datetime import date, datetime

import pytest

from workflows.model import Happening, Turn
from workflows.rules import calendar, series

OCTOBER, NOVEMBER = date(2004, 10, 13), date(2004, 11, 10)
CHRISTMAS = (date(2004, 12, 27), date(2004, 12, 28), date(2005, 1, 3))
CHASED, TOLD, LEFT = Happening.CHASED, Happening.PMO_TOLD, Happening.LEFT


@pytest.mark.parametrize(
    ("day", "called", "papers"),
    [
        (OCTOBER, date(2004, 9, 29), date(2004, 10, 6)),
        # Days on which nobody works are not counted.
        (date(2005, 1, 12), date(2004, 12, 24), date(2005, 1, 5)),
    ],
)
def test_a_meeting_is_called_and_its_papers_close_in_working_days(
    day: date, called: date, papers: date
) -> None:
    assert series.called_on(day, 10, CHRISTMAS) == calendar.opening(called)
    assert series.papers_close(day, 5, CHRISTMAS) == calendar.closing(papers)


def turns(following: date | None, told: int = 5) -> tuple[Turn, ...]:
    return series.turns(OCTOBER, following, called=10, chased=2, told=told, non_working=())


@pytest.mark.parametrize(
    ("following", "told", "expected"),
    [
        (NOVEMBER, 5, [(CHASED, date(2004, 10, 15)), (TOLD, date(2004, 10, 20)), (LEFT, date(2004, 10, 27))]),
        # The next meeting is called before the PMO would be told.
        (date(2004, 11, 2), 5, [(CHASED, date(2004, 10, 15)), (LEFT, date(2004, 10, 19))]),
        # It is called before anybody would be reminded: the secretary is reminded then.
        (date(2004, 10, 29), 5, [(CHASED, date(2004, 10, 15)), (LEFT, date(2004, 10, 15))]),
        # Of two meetings close together the first has at least its own day.
        (date(2004, 10, 20), 5, [(CHASED, OCTOBER), (LEFT, OCTOBER)]),
        # With no meeting to follow nothing is ever left.
        (None, 5, [(CHASED, date(2004, 10, 15)), (TOLD, date(2004, 10, 20))]),
    ],
)
def test_an_open_record_is_chased_until_the_next_meeting_is_called(
    following: date | None, told: int, expected: list[tuple[Happening, date]]
) -> None:
    found = turns(following, told)
    assert [(turn.what, calendar.local_day(turn.at)) for turn in found] == expected
    assert sorted(turn.at for turn in found) == [turn.at for turn in found]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (calendar.closing(date(2004, 10, 15)), CHASED),
        (calendar.closing(date(2004, 10, 21)), TOLD),
        (calendar.closing(NOVEMBER), LEFT),
    ],
)
def test_of_turns_that_have_come_only_the_last_is_not_overtaken(now: datetime, due: Happening) -> None:
    found = turns(NOVEMBER)
    come = [turn.what for turn in found if turn.at <= now and not series.overtaken(turn, found, now)]
    assert come == [due]


@pytest.mark.parametrize(
    ("moved", "off", "added", "expected"),
    [
        ((), (), (), (OCTOBER, NOVEMBER)),
        (((OCTOBER, date(2004, 10, 20)),), (), (), (date(2004, 10, 20), NOVEMBER)),
        ((), (OCTOBER,), (), (NOVEMBER,)),
        ((), (), (date(2004, 10, 27),), (OCTOBER, date(2004, 10, 27), NOVEMBER)),
        # Moved twice; moved and then called off; added and then called off.
        (
            ((OCTOBER, date(2004, 10, 20)), (date(2004, 10, 20), date(2004, 10, 22))),
            (),
            (),
            (date(2004, 10, 22), NOVEMBER),
        ),
        (((OCTOBER, date(2004, 10, 20)),), (date(2004, 10, 20),), (), (NOVEMBER,)),
        ((), (date(2004, 10, 27),), (date(2004, 10, 27),), (OCTOBER, NOVEMBER)),
    ],
)
def test_a_forum_meets_on_the_handbooks_days_but_for_what_was_changed(
    moved: tuple[tuple[date, date], ...],
    off: tuple[date, ...],
    added: tuple[date, ...],
    expected: tuple[date, ...],
) -> None:
    assert series.days((OCTOBER, NOVEMBER), moved, off, added) == expected
