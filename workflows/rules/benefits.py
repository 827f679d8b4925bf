"""Reviews and benefits: when after go-live they are asked for."""

from collections.abc import Sequence
from datetime import date

from workflows.rules import validity


def due(month: int, went_live: date) -> date:
    """Return the day so many months after go-live, or the last of that month if it is shorter."""
    return validity.months_later(went_live, month)


def month_ahead(months: Sequence[int], asked: int, went_live: date, today: date) -> tuple[int, int] | None:
    """Return the place, from 0, and the month of the reading that is asked for next; None after the last.

    `asked` have been, or were passed over. Of several whose days have come, only the last is asked for: one
    reading says how things stand.
    """
    left = list(enumerate(months))[asked:]
    overdue = [one for one in left if due(one[1], went_live) <= today]
    return overdue[-1] if overdue else next(iter(left), None)
