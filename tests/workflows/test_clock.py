"""The installation's Clock: segments, jumps, and the waits worked out from them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.model import Clock, Segment
from workflows.rules import clock

REAL = datetime(2026, 3, 2, 10, tzinfo=UTC)
START = datetime(2004, 9, 13, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

BEGUN = Clock(segments=(Segment(number=1, real=REAL, clock=START),))
FAST = Clock(segments=(Segment(number=1, real=REAL, clock=START, rate=3600.0),))


def test_without_a_segment_the_clock_is_real_time() -> None:
    assert clock.read(Clock(), REAL) == REAL
    assert clock.real_instant(Clock(), START) == START
    assert clock.real_wait(Clock(), REAL + HOUR, REAL) == HOUR


@pytest.mark.parametrize(
    ("known", "passed", "shown"),
    [
        (BEGUN, timedelta(), START),
        (BEGUN, HOUR, START + HOUR),
        (FAST, timedelta(seconds=1), START + HOUR),
        (FAST, timedelta(seconds=24), START + timedelta(days=1)),
        (BEGUN, -HOUR, START),
    ],
)
def test_the_clock_runs_from_its_beginning_at_its_rate(
    known: Clock, passed: timedelta, shown: datetime
) -> None:
    assert clock.read(known, REAL + passed) == shown


def test_a_jump_moves_the_clock_and_keeps_its_rate() -> None:
    later = REAL + timedelta(seconds=10)
    segment = clock.jump(FAST, to=START + timedelta(days=400), real=later)
    assert (segment.number, segment.rate) == (2, 3600.0)
    moved = clock.moved(FAST, segment)
    assert clock.read(moved, later) == START + timedelta(days=400)
    assert clock.read(moved, later + timedelta(seconds=1)) == START + timedelta(days=400, hours=1)


def test_a_turn_that_began_before_a_jump_it_knows_of_is_after_it_in_every_way() -> None:
    began = REAL + HOUR / 2
    due = START + timedelta(days=20)
    moved = clock.moved(BEGUN, clock.jump(BEGUN, to=START + timedelta(days=30), real=REAL + HOUR))
    assert clock.read(moved, began) == START + timedelta(days=30)
    assert clock.real_wait(moved, due, began) == timedelta(days=-10)
    assert clock.real_wait(moved, START + timedelta(days=31), began) == timedelta(days=1)


def test_the_clock_never_jumps_back() -> None:
    with pytest.raises(ValueError, match="already shows 13 September 2004 10:00"):
        clock.jump(BEGUN, to=START, real=REAL + HOUR)


def test_the_first_jump_of_an_untouched_clock_is_its_first_segment() -> None:
    segment = clock.jump(Clock(), to=REAL + HOUR, real=REAL)
    assert (segment.number, segment.rate) == (1, 1.0)


def test_a_segment_already_known_changes_nothing() -> None:
    assert clock.moved(BEGUN, BEGUN.segments[0]) == BEGUN


def test_of_two_readings_the_one_that_knows_more_counts() -> None:
    moved = clock.moved(BEGUN, clock.jump(BEGUN, to=START + HOUR, real=REAL))
    assert clock.latest(BEGUN, moved) == moved
    assert clock.latest(moved, BEGUN) == moved


def test_a_wait_is_worked_out_again_after_a_jump() -> None:
    due = START + timedelta(days=5)
    assert clock.real_wait(BEGUN, due, REAL) == timedelta(days=5)
    moved = clock.moved(BEGUN, clock.jump(BEGUN, to=START + timedelta(days=4), real=REAL))
    assert clock.real_wait(moved, due, REAL) == timedelta(days=1)
    past = clock.moved(BEGUN, clock.jump(BEGUN, to=START + timedelta(days=6), real=REAL))
    assert clock.real_wait(past, due, REAL) < timedelta(0)


jumps = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**8)), min_size=1, max_size=6)


@given(jumps, st.floats(0.5, 40_000))
def test_the_clock_never_runs_backwards_however_it_is_moved(
    steps: list[tuple[int, int]], rate: float
) -> None:
    known = Clock(segments=(Segment(number=1, real=REAL, clock=START, rate=rate),))
    real, shown = REAL, START
    for wait, by in steps:
        real += timedelta(seconds=wait)
        assert clock.read(known, real) >= shown
        shown = clock.read(known, real) + timedelta(seconds=by)
        known = clock.moved(known, clock.jump(known, to=shown, real=real))
        assert clock.read(known, real) == shown


@given(st.integers(0, 10**7), st.floats(0.5, 40_000))
def test_waiting_as_long_as_worked_out_arrives_at_the_moment(ahead: int, rate: float) -> None:
    known = Clock(segments=(Segment(number=1, real=REAL, clock=START, rate=rate),))
    moment = START + timedelta(seconds=ahead)
    arrived = clock.read(known, REAL + clock.real_wait(known, moment, REAL))
    assert abs(arrived - moment) < timedelta(seconds=0.1)
