"""The one door by which real time comes in."""

from datetime import UTC, datetime


def real_now() -> datetime:
    """Return the real instant, in UTC."""
    return datetime.now(UTC)
