"""Writers of one SQLite file take turns, whatever process they are in."""

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from service.errors import Unavailable
from service.store.turns import Turns

PROCESSES = multiprocessing.get_context("spawn")


def never_idle(database: str, running: Event, enough: Event) -> None:
    """Write all the time, five thousandths of a second each, and give way to people."""
    turns = Turns(database, 15, gives_way=True)
    while not enough.is_set():
        with turns.turn():
            running.set()
            time.sleep(0.005)


def has_it(database: str, running: Event, enough: Event) -> None:
    """Have one turn and keep it."""
    with Turns(database, 15).turn():
        running.set()
        enough.wait()


def never_gives_it_back(database: str, running: Event) -> None:
    """Have a turn until killed. An event that a killed process waits for could not be set any more."""
    with Turns(database, 15).turn():
        running.set()
        time.sleep(600)


@pytest.fixture
def events() -> Iterator[tuple[Event, Event]]:
    running, enough = PROCESSES.Event(), PROCESSES.Event()
    yield running, enough
    enough.set()


def test_a_writer_that_is_never_idle_keeps_nobody_waiting(
    tmp_path: Path, events: tuple[Event, Event]
) -> None:
    database = str(tmp_path / "assent.db")
    running, enough = events
    other = PROCESSES.Process(target=never_idle, args=(database, running, enough))
    other.start()
    running.wait(30)
    turns = Turns(database, 15)
    between = []
    for _ in range(50):
        asked = time.monotonic()
        with turns.turn():
            between.append(time.monotonic() - asked)
    enough.set()
    other.join()
    # Not a measure of speed: SQLite's own waiting has one in twenty wait for a tenth of a second and more.
    assert sorted(between)[len(between) // 2] < 0.1


def test_whoever_has_waited_too_long_is_told_that_the_database_does_not_answer(
    tmp_path: Path, events: tuple[Event, Event]
) -> None:
    database = str(tmp_path / "assent.db")
    running, enough = events
    other = PROCESSES.Process(target=has_it, args=(database, running, enough))
    other.start()
    running.wait(30)
    turns = Turns(database, 0.2)
    with pytest.raises(Unavailable), turns.turn():
        pass
    enough.set()
    other.join()
    with turns.turn():
        pass


def test_the_turn_of_a_process_that_is_killed_goes_to_the_next(tmp_path: Path) -> None:
    database = str(tmp_path / "assent.db")
    running = PROCESSES.Event()
    other = PROCESSES.Process(target=never_gives_it_back, args=(database, running))
    other.start()
    running.wait(30)
    other.kill()
    other.join()
    with Turns(database, 5).turn():
        pass


def test_a_database_in_memory_has_no_neighbours(tmp_path: Path) -> None:
    with Turns(":memory:", 1).turn(), Turns(None, 1).turn():
        assert not list(tmp_path.iterdir())
