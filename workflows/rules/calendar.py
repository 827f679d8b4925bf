"""Working days. A day is worked unless it falls on a weekend or among the days given as not worked."""

from bisect import bisect_right
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from workflows.model import ZONE

START_OF_BUSINESS = time(9)
END_OF_BUSINESS = time(17)
_SATURDAY = 5
_DAY = timedelta(days=1)


def local_day(instant: datetime) -> date:
    """Return the day it is in the organisation at an instant."""
    return instant.astimezone(ZONE).date()


def is_working(day: date, non_working: Collection[date]) -> bool:
    """Say whether people work on a day."""
    return day.weekday() < _SATURDAY and day not in non_working


def nth_working_day(day: date, count: int, non_working: Collection[date]) -> date:
    """Return the working day `count` working days after `day`, or before it if negative.

    A count of 0 is the day itself.
    """
    step = _DAY if count > 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working(day, non_working)
    return day


def from_day(day: date, non_working: Collection[date]) -> date:
    """Return a day if it is worked, or else the next that is."""
    return day if is_working(day, non_working) else nth_working_day(day, 1, non_working)


def working_days_between(start: date, end: date, non_working: Collection[date]) -> int:
    """Count the working days after `start` up to and including `end`; 0 if there are none."""
    days = (start + _DAY * number for number in range(1, (end - start).days + 1))
    return sum(is_working(day, non_working) for day in days)


def day_of_receipt(instant: datetime, non_working: Collection[date]) -> date:
    """Return the working day on which something counts as received: after 17:00 it is the next."""
    local = instant.astimezone(ZONE)
    day = local.date()
    if is_working(day, non_working) and local.time() <= END_OF_BUSINESS:
        return day
    return nth_working_day(day, 1, non_working)


def opening(day: date) -> datetime:
    """Return the UTC instant at which business starts on a day (09:00 in Europe/London)."""
    return datetime.combine(day, START_OF_BUSINESS, ZONE).astimezone(UTC)


def closing(day: date) -> datetime:
    """Return the UTC instant at which business ends on a day (17:00 in Europe/London)."""
    return datetime.combine(day, END_OF_BUSINESS, ZONE).astimezone(UTC)


def deadline(sent: datetime, days: int, non_working: Collection[date]) -> datetime:
    """Return the end of business of the `days`-th working day after the day of sending, in UTC."""
    return closing(nth_working_day(local_day(sent), days, non_working))


class Counted:
    """The working days of a stretch of years, counted once for whoever asks of them again and again.

    Days outside the stretch are counted one by one, as the functions above do.
    """

    def __init__(self, first: date, last: date, non_working: Collection[date]) -> None:
        self._first, self._last = first, last
        self._non_working = non_working
        days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
        self._working = [day for day in days if is_working(day, non_working)]

    def nth(self, day: date, count: int) -> date:
        """Return the working day `count` working days after `day`, or before it if negative."""
        place = bisect_right(self._working, day) + count - 1
        if count > 0 and self._first <= day and place < len(self._working):
            return self._working[place]
        return nth_working_day(day, count, self._non_working)

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end`; 0 if there are none."""
        if self._first <= start <= end <= self._last:
            return bisect_right(self._working, end) - bisect_right(self._working, start)
        return working_days_between(start, end, self._non_working)
