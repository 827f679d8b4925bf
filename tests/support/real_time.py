"""Real time that a test moves."""

from datetime import UTC, datetime, timedelta


class RealTime:
    """Reads what the test says it is."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        """Let some time pass: `passes(minutes=10)`."""
        self.now += timedelta(**time)
