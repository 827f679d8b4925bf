"""Days that people type: read from their boxes, and kept within bounds."""

from datetime import date

from starlette.datastructures import FormData

from service.proposals import FARTHEST_YEARS, years_after
from service.web import words
from workflows.rules import calendar

DEFERRAL_YEARS = 2
"""How far ahead a question may be put off; any other day may lie farther."""


class Unfit(Exception):
    """What was typed is no day that will do; the message says why."""


def typed(form: FormData, name: str) -> str:
    """Return a day as "2004-10-27" from its three boxes, or from one box that has it whole."""
    whole = _field(form, name)
    if whole:
        return whole
    year, month, day = (_field(form, f"{name}-{part}") for part in ("year", "month", "day"))
    return f"{year}-{month.zfill(2) if month else ''}-{day.zfill(2) if day else ''}"


def read(form: FormData, name: str, *, empty: str) -> date:
    """Return the day that was typed; `empty` is said where none was."""
    said = typed(form, name)
    if not said.strip("-"):
        raise Unfit(empty)
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Unfit("Enter a day that exists, such as 27 10 2004") from None


def later(day: date, today: date, years: int = FARTHEST_YEARS) -> date:
    """Return a day that lies ahead, and not out of all reach."""
    if day <= today:
        raise Unfit("The day must be in the future")
    return near(day, today, years)


def near(day: date, today: date, years: int = FARTHEST_YEARS) -> date:
    """Return a day that is at most so many years ahead."""
    latest = years_after(today, years)
    if day > latest:
        raise Unfit(f"The day must be {words.short_day(latest)} or before, within {years} years")
    return day


def worked(day: date, today: date, non_working: tuple[date, ...]) -> date:
    """Return a day to put a question off to: a working day, as far as the calendar knows them."""
    later(day, today, DEFERRAL_YEARS)
    last = max(non_working, default=day)
    if day > last:
        raise Unfit(f"The handbook's calendar goes no further than {words.short_day(last)}")
    if not calendar.is_working(day, non_working):
        following = calendar.nth_working_day(day, 1, non_working)
        raise Unfit(f"{words.day(day)} is not a working day; the next is {words.day(following)}")
    return day


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""
