"""Lines and texts that people type: read from a form, each fault beside its box."""

from collections.abc import Mapping

from pydantic import TypeAdapter
from starlette.datastructures import FormData

from service.errors import Problem
from service.web import numbers
from workflows.letters import Text

LONGEST_LINE = 200
LONGEST_REASON = 2_000
LONGEST_TEXT = 5_000
"""Characters."""
_CLEAN: TypeAdapter[str] = TypeAdapter(Text)


def line(sent: FormData, name: str, empty: str, errors: dict[str, str]) -> str:
    """Return a line; `empty` is said where none was typed, if there has to be one."""
    said = _CLEAN.validate_python(str(sent.get(name, "")).strip())
    if not said and empty:
        errors[name] = empty
    elif len(said) > LONGEST_LINE or len(said.splitlines()) > 1:
        errors[name] = f"Use one line of {LONGEST_LINE} characters or fewer"
    return said


def text(sent: FormData, name: str, empty: str, errors: dict[str, str]) -> str:
    """Return what was typed into a larger box; `empty` as above."""
    said = _CLEAN.validate_python(str(sent.get(name, "")).strip())
    if not said and empty:
        errors[name] = empty
    elif len(said) > LONGEST_TEXT:
        errors[name] = f"Use {LONGEST_TEXT:,} characters or fewer"
    return said


def given(sent: FormData, name: str) -> str:
    """Return what a box holds, to be checked by whoever takes it from a program as well."""
    value = sent.get(name)
    return value.strip() if isinstance(value, str) else ""


def clean(said: str) -> str:
    """Return a text as it may be kept and written to people."""
    return _CLEAN.validate_python(said)


def unfit_reason(said: str, empty: str) -> Problem | None:
    """Return what is wrong with a reason that somebody has to give, if anything is."""
    if not said:
        return Problem(field="reason", message=empty)
    if len(said) > LONGEST_REASON:
        return Problem(field="reason", message=f"Use {LONGEST_REASON:,} characters or fewer")
    return None


def time(sent: FormData, errors: dict[str, str]) -> str:
    """Return the time of a day at which something begins, such as 10:00."""
    said = str(sent.get("time", "")).strip()
    hour, _, rest = said.partition(":")
    hours, minutes = numbers.whole(hour, 2), numbers.whole(rest, 2)
    if hours is None or minutes is None or len(rest) < 2 or hours > 23 or minutes > 59:
        errors["time"] = "Enter the time at which it begins, such as 10:00"
        return ""
    return f"{hours:02}:{minutes:02}"


def rejoined(
    typed: Mapping[str, str], shown: Mapping[str, str], now: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what boxes hold after somebody else has changed what they were filled from, and in which of them
    both have said something else.

    A box that still holds what was shown in it holds what is so now; what somebody typed stays.
    """
    own = [name for name in now if not alike(typed.get(name, ""), shown.get(name, ""))]
    theirs = [name for name in now if not alike(shown.get(name, ""), now[name])]
    held = {name: typed.get(name, "") if name in own else said for name, said in now.items()}
    return held, tuple(name for name in own if name in theirs and not alike(held[name], now[name]))


def alike(one: str, other: str) -> bool:
    """Say whether texts differ in nothing but their spaces, which browsers change."""
    return one.split() == other.split()


def typed(sent: FormData) -> dict[str, str]:
    """Return what was typed, to be shown again beside what is wrong with it."""
    return {name: str(value) for name, value in sent.items()}
