"""Cursors: where the next part of a list begins, as a caller keeps it from one page to the next."""

import base64
import binascii
from datetime import datetime

from service.errors import Malformed, Problem
from service.store import canonical


def after(at: datetime, name: str) -> str:
    """Return the cursor of what follows a row that is ordered by an instant and then by its name."""
    place = f"{canonical.instant(at)} {name}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read(cursor: str) -> tuple[datetime, str]:
    """Return the instant and the name that a cursor stands for."""
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, _, name = place.partition(" ")
        if not name.isprintable():
            raise ValueError
        return canonical.moment(at), name
    except (binascii.Error, ValueError, OverflowError):
        raise Malformed(problems=[Problem(field="cursor", message="This is not a cursor we gave.")]) from None
