"""Amounts and days as people write them."""

from datetime import date
from decimal import Decimal


def pounds(amount: Decimal) -> str:
    """Write an amount: £84,000, and pence only where there are some."""
    return f"£{amount:,.2f}".removesuffix(".00")


def in_words(day: date) -> str:
    """Write a day: 13 September 2004."""
    return f"{day.day} {day:%B %Y}"
