"""Reviews and benefits: when after go-live they are asked for."""

from collections.abc import Collection, Sequence
from datetime import date

from workflows.rules import calendar, validity


def due(month: int, went_live: date, non_working: Collection[date]) -> date:
    """Return the day so many months after go-live, or the last of that month if it is shorter; if people do
    not work on it, the next on which they do.
    """
    return calendar.from_day(validity.months_later(went_live, month), non_working)


def month_ahead(
    months: Sequence[int], asked: int, went_live: date, today: date, non_working: Collection[date]
) -> tuple[int, int] | None:
    """Return the place, from 0, and the month of the reading that is asked for next; None after the last.

    `asked` have been, or were passed over. Of several whose days have come, only the last is asked for: one
    reading says how things stand.
    """
    left = list(enumerate(months))[asked:]
    overdue = [one for one in left if due(one[1], went_live, non_working) <= today]
    return overdue[-1] if overdue else next(iter(left), None)
