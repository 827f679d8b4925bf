"""Turns: SQLite lets one writer through at a time, and these let everybody have theirs soon."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from service.errors import Unavailable

_SOON, _LATER = 0.000_25, 0.002
"""Seconds between two looks at the turn: for a person's writer, and for one that gives way."""
_LONGEST_RUN = 0.1
"""Seconds for which the writers of a process may hand the turn on to each other while others wait."""


class Turns:
    """The queue of one database's writers, of this process and of all others on the machine.

    SQLite's own waiting sleeps ever longer before it looks again, and whoever looks at the right moment
    goes first: with a writer that is never idle, the others wait a tenth of a second for a turn of five
    thousandths. Here people come first: while several wait in their process they hand the turn on to each
    other, and a process that gives way looks less often, and only one of those that give way looks at all.
    """

    def __init__(self, database: str | None, patience: float, *, gives_way: bool = False) -> None:
        self._patience = patience
        self._gives_way = gives_way
        self._own = Lock()
        """Among the threads of this process."""
        named = database and database != ":memory:"
        self._files = [_Locked(Path(f"{database}-{name}")) for name in ("next", "turn")] if named else []
        self._counting = Lock()
        self._waiting = 0
        """Threads of this process that want a turn and have none."""
        self._since: float | None = None
        """When this process got the turn, while it has it."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn and have it. After the patience is over the database counts as lost."""
        until = time.monotonic() + self._patience
        with self._counted():
            mine = self._own.acquire(timeout=self._patience)
        if not mine:
            self._not_mine()
            raise Unavailable
        try:
            if self._since is None:
                self._wait(until)
                self._since = time.monotonic()
            yield
        finally:
            self._hand_on()

    def close(self) -> None:
        """Give the files back."""
        for file in self._files:
            file.close()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._counting:
            self._waiting += 1
        try:
            yield
        finally:
            with self._counting:
                self._waiting -= 1

    def _hand_on(self) -> None:
        """Let the next thread of this process have the turn, or whoever else wants it."""
        long = self._since is not None and time.monotonic() - self._since > _LONGEST_RUN
        # Counted and given in one: a thread that loses its patience now is either no longer counted on, or
        # finds that the turn is its own to hand on.
        with self._counting:
            try:
                if self._gives_way or not self._waiting or self._since is None or long:
                    self._since = None
                    for file in self._files:
                        file.release()
                if long and self._files and not self._gives_way:
                    # Time enough for one that gives way to look, or it might never find the turn free.
                    time.sleep(2 * _LATER)
            finally:
                self._own.release()

    def _not_mine(self) -> None:
        """Give back a turn that was handed on to a thread which had just lost its patience."""
        if self._own.acquire(blocking=False):
            self._hand_on()

    def _wait(self, until: float) -> None:
        if not self._files:
            return
        following, turn = self._files
        if not self._gives_way:
            _look(turn.take, _SOON, until)
            return
        _look(following.take, _LATER, until)
        try:
            _look(turn.take, _LATER, until)
        finally:
            following.release()


class _Locked:
    """A file that one process has at a time. Whoever dies gives it back."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise Unavailable from error
        return True

    def release(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _look(take: Callable[[], bool], every: float, until: float) -> None:
    while not take():
        if time.monotonic() > until:
            raise Unavailable
        time.sleep(every)
