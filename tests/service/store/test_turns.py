"""Writers of one SQLite file take turns, whatever process they are in."""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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


def test_writers_of_a_process_hand_the_turn_on_before_one_that_gives_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.turns._LONGEST_RUN", 60)
    people, worker = neighbours(tmp_path)
    order: list[str] = []

    def write(turns: Turns, name: str) -> None:
        with turns.turn():
            order.append(name)

    with ThreadPoolExecutor(5) as threads, people.turn():
        writing = [threads.submit(write, worker, "worker")]
        time.sleep(0.1)
        writing += [threads.submit(write, people, "person") for _ in range(4)]
        time.sleep(0.1)
    assert [write.result() for write in writing] == [None] * 5
    assert order == ["person"] * 4 + ["worker"]


def test_one_that_gives_way_has_its_turn_however_many_people_write(tmp_path: Path) -> None:
    people, worker = neighbours(tmp_path)
    enough = threading.Event()

    def write_all_the_time() -> None:
        while not enough.is_set():
            with people.turn():
                time.sleep(0.005)

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write_all_the_time) for _ in range(4)]
        try:
            for _ in range(3):
                with worker.turn():
                    pass
        finally:
            enough.set()
    assert [write.result() for write in writing] == [None] * 4


def test_a_turn_is_free_again_when_whoever_waited_for_it_has_lost_patience(tmp_path: Path) -> None:
    people, worker = neighbours(tmp_path, patience=0.2)
    with ThreadPoolExecutor(1) as threads, people.turn():
        waiting = threads.submit(people.turn().__enter__)
        with pytest.raises(Unavailable):
            waiting.result()
    with worker.turn():
        pass


def test_a_turn_that_is_handed_to_one_who_has_just_lost_patience_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, worker = neighbours(tmp_path, patience=0.2)
    monkeypatch.setattr(people, "_own", SlowlyReleased(0.4))
    with ThreadPoolExecutor(1) as threads:
        with people.turn():
            waiting = threads.submit(people.turn().__enter__)
            time.sleep(0.1)
        with pytest.raises(Unavailable):
            waiting.result()
    with worker.turn():
        pass


class SlowlyReleased:
    """A lock whose release takes its time."""

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._seconds = seconds
        self.acquire = self._lock.acquire

    def release(self) -> None:
        time.sleep(self._seconds)
        self._lock.release()


def neighbours(folder: Path, patience: float = 15) -> tuple[Turns, Turns]:
    """The turns of a process that people write in, and of one that gives way."""
    database = str(folder / "assent.db")
    return Turns(database, patience), Turns(database, patience, gives_way=True)


def test_a_database_in_memory_has_no_neighbours(tmp_path: Path) -> None:
    with Turns(":memory:", 1).turn(), Turns(None, 1).turn():
        assert not list(tmp_path.iterdir())
