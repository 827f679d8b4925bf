"""Amounts and days as people write them."""

from decimal import Decimal

from workflows.days import said as in_words

__all__ = ["in_words", "pounds"]


def pounds(amount: Decimal) -> str:
    """Write an amount: £84,000, and pence only where there are some."""
    return f"£{amount:,.2f}".removesuffix(".00")
