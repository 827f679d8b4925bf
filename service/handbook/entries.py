"""What the entries of a handbook are made of: nothing misspelt, exact money, days that exist."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer

from workflows.model import Frozen

Pounds = Annotated[
    Decimal,
    Field(ge=0, max_digits=14, decimal_places=2),
    PlainSerializer(lambda pounds: f"{pounds:.2f}", return_type=str, when_used="json"),
]
"""An amount of money: exact in code, `"84000.00"` in JSON and in hashes."""
Percent = Annotated[
    Decimal,
    Field(ge=0, max_digits=7, decimal_places=2),
    PlainSerializer(lambda percent: f"{percent:.2f}", return_type=str, when_used="json"),
]
"""A share of something in percent, 0 or more, to two places: `"10.00"` in JSON and in hashes."""
Whole = Annotated[int, Field(strict=True, ge=0)]
Counted = Annotated[int, Field(strict=True, gt=0)]
"""A whole number, 1 or more."""


def _day(value: object) -> object:
    """Let only dates be dates: elsewhere a bare year would be read as seconds since 1970."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value} is not a date that exists; write it as 2004-09-30") from None
    if isinstance(value, date):
        return value
    raise ValueError("must be a date, written as 2004-09-30")


Day = Annotated[date, BeforeValidator(_day)]


class Entry(Frozen):
    """A value that a person writes in a handbook, where a misspelt key must not be overlooked."""

    model_config = ConfigDict(extra="forbid")

    illustrative: bool = False
    """Made up, because the papers do not give it."""
