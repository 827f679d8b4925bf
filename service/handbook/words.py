"""Amounts, days, lists and sentences as people write them."""

from collections.abc import Sequence
from decimal import Decimal

from workflows.days import said as in_words

__all__ = ["in_words", "listed", "pounds", "sentence"]


def pounds(amount: Decimal) -> str:
    """Write an amount: £84,000, and pence only where there are some."""
    return f"£{amount:,.2f}".removesuffix(".00")


def listed(things: Sequence[str], last: str = "and") -> str:
    """Return things as "a, b and c"; titles of posts, which have commas of their own, as "a; b; and c"."""
    if len(things) < 2:
        return "".join(things)
    if len(things) > 2 and any("," in thing for thing in things):
        return f"{'; '.join(things[:-1])}; {last} {things[-1]}"
    return f"{', '.join(things[:-1])} {last} {things[-1]}"


def sentence(text: str) -> str:
    """Return words as a sentence."""
    words = text.strip()
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?", "!")) else ".")
