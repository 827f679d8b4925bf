"""Days in words, as every part of Assent writes them."""

from datetime import date


def said(day: date) -> str:
    """Write a day as reasons, titles and references give it: 13 October 2004."""
    return f"{day.day} {day:%B %Y}"


def in_full(day: date) -> str:
    """Write a day with its name, as sentences do that ask for something by it: Wednesday 13 October 2004."""
    return f"{day:%A} {said(day)}"
