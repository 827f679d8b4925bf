"""The installation's Clock, as the record has it."""

from datetime import datetime

from service.store.engine import Tx
from service.store.line import ENGINE, ORGANISATION
from workflows.model import Clock, Segment


def read(tx: Tx) -> Clock:
    """Return the Clock; without any segment it is real time."""
    return tx.clock


def begin(tx: Tx, start: datetime, *, rate: float = 1.0) -> Clock:
    """Start the Clock of a practice installation; one that runs already goes on as it is."""
    if tx.clock.segments:
        return tx.clock
    return add(tx, Segment(number=1, real=tx.real, clock=start, rate=rate))


def add(tx: Tx, segment: Segment, *, by: str = ENGINE) -> Clock:
    """Write a further segment down, once."""
    tx.append(
        ORGANISATION,
        "clock.moved",
        segment.model_dump() | {"rate": repr(segment.rate)},
        key=f"clock:{segment.number}",
        actor=by,
        at=segment.clock,
    )
    return tx.clock
