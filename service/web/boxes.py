"""What a page of a proposal is made of: boxes, rows of boxes, and what a proposal says in each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.handbook import Edition
from service.proposals.document import Use

Options = Callable[[Edition, date], list[tuple[str, str]]]
NOTHING_SAID: Mapping[str, Any] = {}
"""A proposal before its first word."""


@dataclass(frozen=True)
class Box:
    """One question. Its name is the field's name in a proposal, so that what is wrong finds its box."""

    name: str
    label: str
    kind: str = "line"
    """line, text, money, percent, day, one, several or radios"""
    hint: str | None = None
    options: Options | None = None
    width: str = ""
    takes_out: str = ""
    """The answer that takes out all else that the page asks for."""


@dataclass(frozen=True)
class Rows:
    """Boxes that are asked several times, such as a year's costs."""

    name: str
    each: str
    boxes: tuple[Box, ...]
    least: int = 2

    @property
    def label(self) -> str:
        """What all of them are called together."""
        return self.each


@dataclass(frozen=True)
class Page:
    """One page: saved when it is left."""

    key: str
    heading: str
    parts: tuple[Box | Rows, ...]
    lead: str = ""
    """What the reader should know first."""
    warnings: tuple[str, ...] = ()
    """What the reader must not overlook."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a proposal that this page asks for."""
        return tuple(part.name for part in self.parts)

    def owns(self, field: str) -> bool:
        """Say whether a field, perhaps inside another, is asked for here."""
        return any(field == own or field.startswith(f"{own}.") for own in self.fields)

    def within(self, field: str) -> bool:
        """Say whether a part of a field is asked for here."""
        return any(own.startswith(f"{field}.") for own in self.fields)


@dataclass(frozen=True)
class Task:
    """What a sponsor sees as one thing to do."""

    key: str
    title: str
    pages: tuple[Page, ...]

    def owns(self, field: str) -> bool:
        """Say whether a field is asked for in this task."""
        return any(page.owns(field) for page in self.pages)


# ---------------------------------------------------------------------------- options


def yes_or_no(edition: Edition, today: date) -> list[tuple[str, str]]:
    """Return the answers to a plain question."""
    return [("yes", "Yes"), ("no", "No")]


def fixed(*options: tuple[str, str]) -> Options:
    """Return options that are the same under every handbook and on every day."""
    return lambda edition, today: list(options)


# ------------------------------------------------------------------- what a proposal says


def shown(document: Mapping[str, Any], name: str) -> str:
    """Return what a proposal says in a field, as its box shows it."""
    value: Any = document
    for part in name.split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, list):  # shared services may be given as a list of those that are shared
            value = Use.SHARED if part in value else None
        elif not (isinstance(value, str) and part == "title"):  # a benefit may be given as its title only
            value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = value.get("value", value.get("date", ""))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def several(document: Mapping[str, Any], name: str) -> list[str]:
    """Return what a proposal says in a field that takes several values."""
    value: Any = document
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return [str(entry) for entry in value] if isinstance(value, list) else []
