"""Whole numbers as forms send them."""


def whole(said: str, digits: int = 5) -> int | None:
    """Return the whole number that was sent in at most so many digits, or None if it is none.

    Digits of other scripts, which Python takes for numbers in part, and signs are none.
    """
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= digits else None
