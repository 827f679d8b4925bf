"""A real Temporal server for tests, on a free port and a database of its own."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service import engine
from service.stack import free_port

READY_WITHIN = 30.0
"""Seconds; a quiet machine needs 0.3."""


@dataclass
class Server:
    """One server; started again after it ended, it has the same port and the same database."""

    folder: Path
    port: int
    search_attributes: Mapping[str, engine.AttributeType] = field(default_factory=dict)
    time_skipping: bool = False
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{engine.HOST}:{self.port}"

    def start(self) -> None:
        words = engine.command(
            engine.binary(),
            port=self.port,
            database=self.folder / "temporal.db",
            search_attributes=self.search_attributes,
            synchronous="NORMAL",
            time_skipping=self.time_skipping,
        )
        with (self.folder / "temporal.log").open("ab") as log:
            self.process = subprocess.Popen(
                words, env=engine.environment(os.environ), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._wait(self.process)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None

    def kill(self) -> None:
        """End it as `kill -9` does, with nothing written on the way out."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=30)
            self.process = None

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        health = [str(engine.binary()), "operator", "cluster", "health", "--address", self.address]
        deadline = time.monotonic() + READY_WITHIN
        while b"SERVING" not in _said(health):
            if process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The Temporal server did not start; see {self.folder / 'temporal.log'}.")
            time.sleep(0.05)


def _said(words: list[str]) -> bytes:
    """Return what a command prints; nothing where it waits for an answer that does not come."""
    try:
        return subprocess.run(words, capture_output=True, check=False, timeout=10).stdout
    except subprocess.TimeoutExpired:
        return b""


@contextmanager
def running(
    folder: Path,
    search_attributes: Mapping[str, engine.AttributeType] | None = None,
    *,
    time_skipping: bool = False,
) -> Iterator[Server]:
    server = Server(folder, free_port(), search_attributes or {}, time_skipping)
    server.start()
    try:
        yield server
    finally:
        server.stop()
