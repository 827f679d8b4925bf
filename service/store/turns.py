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


class Turns:
    """The queue of one database's writers, of this process and of all others on the machine.

    SQLite's own waiting sleeps ever longer before it looks again, and whoever looks at the right moment
    goes first: with a writer that is never idle, the others wait a tenth of a second for a turn of five
    thousandths. Here people come first: a process that gives way looks less often, and only one of those
    that give way looks at all.
    """

    def __init__(self, database: str | None, patience: float, *, gives_way: bool = False) -> None:
        self._patience = patience
        self._gives_way = gives_way
        self._own = Lock()
        """Among the threads of this process."""
        named = database and database != ":memory:"
        self._files = [_Locked(Path(f"{database}-{name}")) for name in ("next", "turn")] if named else []

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn and have it. After the patience is over the database counts as lost."""
        until = time.monotonic() + self._patience
        if not self._own.acquire(timeout=self._patience):
            raise Unavailable
        try:
            self._wait(until)
            try:
                yield
            finally:
                for file in self._files:
                    file.release()
        finally:
            self._own.release()

    def close(self) -> None:
        """Give the files back."""
        for file in self._files:
            file.close()

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
