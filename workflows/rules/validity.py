"""Validity: how long an approval may be put to use, and when people are warned that it will lapse."""

from calendar import monthrange
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from workflows.model import Period, Validity
from workflows.rules import calendar


def period(validity: Validity | None, approved: datetime) -> Period | None:
    """Return the validity of what was approved at an instant; None if it never lapses.

    It ends on the same day of the month so many months later, or on the last there is of that month; where
    that is no working day, on the working day before. A warning that would come on the day of approval or
    before is left out.
    """
    if validity is None:
        return None
    first = calendar.local_day(approved)
    last = months_later(first, validity.months)
    while not calendar.is_working(last, validity.non_working):
        last -= timedelta(days=1)
    warnings = warned_on(last, validity.warn_days, validity.non_working)
    return Period(until=last, warnings=tuple(day for day in warnings if day > first))


def warned_on(last: date, warn_days: Collection[int], non_working: Sequence[date]) -> tuple[date, ...]:
    """Return the days of the warnings that come so many working days before the last, the first first."""
    return tuple(sorted(calendar.nth_working_day(last, -days, non_working) for days in {*warn_days}))


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or the last day of that month if it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def moments(period: Period) -> tuple[datetime, ...]:
    """Return the instants of the warnings, each at the start of business, and last that of the end."""
    return (*(calendar.opening(day) for day in period.warnings), calendar.closing(period.until))
