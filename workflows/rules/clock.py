"""The installation's Clock: real time turned into the time the organisation lives in."""

from datetime import UTC, datetime, timedelta

from workflows.model import Clock, Segment


def read(clock: Clock, real: datetime) -> datetime:
    """Return what the Clock shows at a real instant: from its last move on, and never what was before.

    Whoever knows of a move lives after it, even if the instant of their turn was taken a moment earlier.
    """
    if not clock.segments:
        return real
    segment = clock.segments[-1]
    return segment.clock + (_since_moved(clock, real) - segment.real) * segment.rate


def real_instant(clock: Clock, moment: datetime) -> datetime:
    """Return the real instant at which the Clock shows `moment`, by its latest segment.

    What lies beyond the end of the calendar is put at its end: a wait must never stop a case.
    """
    if not clock.segments:
        return moment
    segment = clock.segments[-1]
    try:
        return segment.real + (moment - segment.clock) / segment.rate
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def real_wait(clock: Clock, moment: datetime, real: datetime) -> timedelta:
    """Return how long, in real time from `real`, until the Clock shows `moment`."""
    return real_instant(clock, moment) - _since_moved(clock, real)


def moved(clock: Clock, segment: Segment) -> Clock:
    """Return the Clock with a further segment; one already known changes nothing."""
    if any(known.number >= segment.number for known in clock.segments):
        return clock
    return Clock(segments=(*clock.segments, segment))


def latest(one: Clock, other: Clock) -> Clock:
    """Return whichever of two readings of the same Clock knows more."""
    return max(one, other, key=lambda clock: len(clock.segments))


def jump(clock: Clock, *, to: datetime, real: datetime) -> Segment:
    """Return the segment that moves the Clock forward to `to`, keeping its rate.

    Raises ValueError for a jump backwards: what has been shown to people stays true.
    """
    if to < read(clock, real):
        raise ValueError(f"the Clock already shows {read(clock, real):%d %B %Y %H:%M}")
    before = clock.segments[-1] if clock.segments else None
    return Segment(
        number=before.number + 1 if before else 1,
        real=real,
        clock=to,
        rate=before.rate if before else 1.0,
    )


def _since_moved(clock: Clock, real: datetime) -> datetime:
    return max(real, clock.segments[-1].real) if clock.segments else real
