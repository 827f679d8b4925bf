"""Lines and texts that people type: read from a form, each fault beside its box."""

from pydantic import TypeAdapter
from starlette.datastructures import FormData

from service.web import numbers
from workflows.letters import Text

LONGEST_LINE = 200
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


def time(sent: FormData, errors: dict[str, str]) -> str:
    """Return the time of a day at which something begins, such as 10:00."""
    said = str(sent.get("time", "")).strip()
    hour, _, rest = said.partition(":")
    hours, minutes = numbers.whole(hour, 2), numbers.whole(rest, 2)
    if hours is None or minutes is None or len(rest) < 2 or hours > 23 or minutes > 59:
        errors["time"] = "Enter the time at which it begins, such as 10:00"
        return ""
    return f"{hours:02}:{minutes:02}"


def typed(sent: FormData) -> dict[str, str]:
    """Return what was typed, to be shown again beside what is wrong with it."""
    return {name: str(value) for name, value in sent.items()}
