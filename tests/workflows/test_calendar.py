"""Working days over Easter, Christmas and the two Sundays on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import handbook
from workflows.model import ZONE
from workflows.rules import calendar, series

YEARS = range(2002, 2013)
NON_WORKING = frozenset(holidays.country_holidays("GB", subdiv="ENG", years=YEARS))
COUNTED = calendar.Counted(min(NON_WORKING), max(NON_WORKING), NON_WORKING)
DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "days", "due"),
    [
        # Easter 2004: Good Friday is 9 April, Easter Monday 12 April.
        ("2004-04-07T10:00", 1, "2004-04-08T16:00"),
        ("2004-04-07T10:00", 3, "2004-04-14T16:00"),
        ("2004-04-08T10:00", 3, "2004-04-15T16:00"),
        ("2004-04-10T10:00", 3, "2004-04-15T16:00"),  # sent on the Saturday between
        # Christmas 2004: 27 and 28 December stand in for the weekend, 3 January for New Year.
        ("2004-12-23T10:00", 3, "2004-12-30T17:00"),
        ("2004-12-24T10:00", 3, "2004-12-31T17:00"),
        ("2004-12-30T10:00", 3, "2005-01-05T17:00"),
        # Clocks go forward on Sunday 28 March 2004, so 17:00 is an hour earlier in UTC.
        ("2004-03-25T10:00", 1, "2004-03-26T17:00"),
        ("2004-03-25T10:00", 3, "2004-03-30T16:00"),
        ("2004-03-28T00:30", 3, "2004-03-31T16:00"),  # the Sunday itself, before
        ("2004-03-28T01:30", 3, "2004-03-31T16:00"),  # and after the change
        # They go back on Sunday 31 October 2004.
        ("2004-10-28T10:00", 1, "2004-10-29T16:00"),
        ("2004-10-28T10:00", 3, "2004-11-02T17:00"),
        ("2004-10-31T00:30", 3, "2004-11-03T17:00"),
        ("2004-10-31T01:30", 3, "2004-11-03T17:00"),
        # In summer the day begins at 23:00 UTC, so this is already Wednesday.
        ("2004-06-15T23:30", 1, "2004-06-17T16:00"),
        ("2004-06-15T22:30", 1, "2004-06-16T16:00"),
        # Day 0 is the day of sending.
        ("2004-09-13T08:00", 0, "2004-09-13T16:00"),
    ],
)
def test_a_deadline_is_the_end_of_business_of_the_nth_working_day_after_sending(
    sent: str, days: int, due: str
) -> None:
    assert calendar.deadline(utc(sent), days, NON_WORKING) == utc(due)


@pytest.mark.parametrize(
    ("meeting", "papers"),
    [
        (date(2004, 10, 13), date(2004, 10, 6)),
        (date(2004, 5, 12), date(2004, 5, 5)),
        (date(2004, 6, 9), date(2004, 6, 2)),
        (date(2004, 9, 8), date(2004, 9, 1)),
        (date(2004, 4, 14), date(2004, 4, 5)),  # over Easter
        (date(2005, 1, 12), date(2005, 1, 5)),
        (date(2008, 1, 9), date(2008, 1, 2)),
    ],
)
def test_papers_are_due_five_working_days_before_the_meeting(meeting: date, papers: date) -> None:
    rules = handbook.load("leicester").routing()
    assert rules.notification_forum is not None
    assert meeting in rules.notification_forum.meetings
    assert series.papers_due(meeting, rules.notification_forum.papers_days, rules.non_working) == papers


def test_a_closure_day_of_the_council_is_not_worked() -> None:
    edition = handbook.load("leicester")
    sent = utc("2004-12-24T10:00")
    assert calendar.deadline(sent, 1, edition.non_working) == utc("2005-01-04T17:00")


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2004, 9, 13), date(2004, 9, 13), 0),
        (date(2004, 9, 13), date(2004, 9, 14), 1),
        (date(2004, 9, 10), date(2004, 9, 13), 1),
        (date(2004, 4, 8), date(2004, 4, 13), 1),
        (date(2004, 9, 14), date(2004, 9, 13), 0),
    ],
)
def test_working_days_are_counted_after_the_first_up_to_the_last(start: date, end: date, days: int) -> None:
    assert calendar.working_days_between(start, end, NON_WORKING) == days


days = st.dates(date(2002, 1, 1), date(2012, 1, 1))
instants = st.builds(datetime.combine, days, st.times(), st.just(UTC))
counts = st.integers(1, 60)


@given(days, counts)
def test_the_nth_working_day_is_worked_and_n_working_days_away(day: date, count: int) -> None:
    then = calendar.nth_working_day(day, count, NON_WORKING)
    assert calendar.is_working(then, NON_WORKING)
    assert calendar.working_days_between(day, then, NON_WORKING) == count


@given(days, counts)
def test_one_day_more_is_the_next_working_day(day: date, count: int) -> None:
    then = calendar.nth_working_day(day, count, NON_WORKING)
    following = calendar.nth_working_day(day, count + 1, NON_WORKING)
    assert following > then
    between = (then + DAY * number for number in range(1, (following - then).days))
    assert not any(calendar.is_working(each, NON_WORKING) for each in between)


@given(days)
def test_from_a_day_on_the_first_that_is_worked_is_itself_or_the_next(day: date) -> None:
    first = calendar.from_day(day, NON_WORKING)
    assert calendar.is_working(first, NON_WORKING)
    assert first == day or calendar.working_days_between(day, first, NON_WORKING) == 1
    assert (first == day) is calendar.is_working(day, NON_WORKING)


@given(days, counts)
def test_counting_back_undoes_counting_on_from_a_day_that_is_worked(day: date, count: int) -> None:
    worked = calendar.nth_working_day(day, 1, NON_WORKING)
    there = calendar.nth_working_day(worked, count, NON_WORKING)
    assert calendar.nth_working_day(there, -count, NON_WORKING) == worked


@given(instants, counts)
def test_every_deadline_is_five_in_the_afternoon_on_the_clock_on_the_wall(sent: datetime, count: int) -> None:
    due = calendar.deadline(sent, count, NON_WORKING)
    assert due.tzinfo is UTC
    assert due.astimezone(ZONE).time() == time(17)
    assert due > sent


@given(instants, instants, counts)
def test_whoever_is_asked_later_is_never_due_earlier(one: datetime, other: datetime, count: int) -> None:
    first, second = sorted((one, other))
    assert calendar.deadline(first, count, NON_WORKING) <= calendar.deadline(second, count, NON_WORKING)


@given(days)
def test_business_opens_before_it_closes_on_the_same_day(day: date) -> None:
    opens, closes = calendar.opening(day), calendar.closing(day)
    assert closes - opens == timedelta(hours=8)
    assert calendar.local_day(opens) == calendar.local_day(closes) == day


@pytest.mark.parametrize(
    ("instant", "received"),
    [
        (datetime(2004, 10, 6, 15, 59, tzinfo=UTC), date(2004, 10, 6)),
        (datetime(2004, 10, 6, 16, 0, tzinfo=UTC), date(2004, 10, 6)),
        (datetime(2004, 10, 6, 16, 1, tzinfo=UTC), date(2004, 10, 7)),
        # Friday evening, a Saturday, and the day before Christmas are received when people work again.
        (datetime(2004, 10, 8, 17, 30, tzinfo=UTC), date(2004, 10, 11)),
        (datetime(2004, 10, 9, 10, 0, tzinfo=UTC), date(2004, 10, 11)),
        (datetime(2004, 12, 24, 18, 0, tzinfo=UTC), date(2004, 12, 29)),
    ],
)
def test_what_comes_after_business_is_received_on_the_next_working_day(
    instant: datetime, received: date
) -> None:
    christmas = (date(2004, 12, 27), date(2004, 12, 28))
    assert calendar.day_of_receipt(instant, christmas) == received


@given(
    day=st.dates(date(2001, 12, 1), date(2013, 2, 1)),
    count=st.integers(-15, 60),
    other=st.dates(date(2001, 12, 1), date(2013, 2, 1)),
)
def test_days_counted_once_are_the_same_days(day: date, count: int, other: date) -> None:
    assert COUNTED.nth(day, count) == calendar.nth_working_day(day, count, NON_WORKING)
    assert COUNTED.between(day, other) == calendar.working_days_between(day, other, NON_WORKING)
