"""The whole of Assent on one machine, kept in a folder: what `assent up` and the demo run on.

The web, the worker, the mail catcher and the Temporal server are processes of their own. What dies
is started again. All that lasts is in the folder: two databases, the caught mail, the keys, the logs.
"""

import asyncio
import json
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import structlog
from pydantic import SecretStr

from service import engine, handbook, publishing
from service.config import Settings, generate_keys, process_environment
from service.links import page_at
from service.store import Store, clock, editions, open_store, rebuild
from workflows.human_step import SEARCH_ATTRIBUTES

log = structlog.get_logger()

HOST = "127.0.0.1"
KEYS = "keys"
RESTART_AFTER = 0.5
"""Seconds between the death of a process and its next start."""
GOODBYE = 25.0
"""Seconds a process is given to finish what it has begun."""
READY_WITHIN = 60.0
"""Seconds; a quiet machine needs three."""
_PORTS = range(20_000, 32_000)
_TRIED = 200


@dataclass(frozen=True)
class Ports:
    """Where the parts of the stack listen, all on this machine only."""

    web: int
    mail: int
    engine: int
    engine_pages: int


def free_port() -> int:
    """Return a port that nobody listens on.

    A system gives none of these to outgoing connections, one of which would have it by the time it is used.
    OSError if none of many can be had.
    """
    for port in secrets.SystemRandom().sample(_PORTS, _TRIED):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise OSError(f"No port from {_PORTS.start} to {_PORTS.stop - 1} of {HOST} can be had.")


def free_ports(web: int | None = None) -> Ports:
    """Return free ports, with the given one for the web."""
    found: dict[int, None] = {}
    while len(found) < 4:
        found[free_port()] = None
    first, *others = found
    return Ports(web or first, *others)


def settings_for(folder: Path, ports: Ports, settings: Settings) -> Settings:
    """Return the settings of a stack in a folder, whose keys are made once and kept there."""
    return settings.model_copy(
        update={
            "data_dir": folder,
            "temporal_address": f"{HOST}:{ports.engine}",
            "base_url": f"http://{HOST}:{ports.web}",
            "smtp_host": HOST,
            "smtp_port": ports.mail,
            "mail_folder": folder / "mail",
            "secret_keys": SecretStr(_keys(folder / KEYS)),
        }
    )


def kept_keys(folder: Path) -> str:
    """Return the keys that a stack keeps in its folder; empty if there are none yet."""
    file = folder / KEYS
    return file.read_text() if file.exists() else ""


def local_mode(settings: Settings) -> Literal["demo", "test"]:
    """Return the mode of a stack on one machine: a test if it is said to be one, else a demo."""
    return "test" if settings.mode == "test" else "demo"


def _keys(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        # Made readable by nobody else before there is anything to read.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as keys:
            keys.write(generate_keys())
    return file.read_text()


def prepare(store: Store, settings: Settings) -> tuple[str, ...]:
    """Bring the database up to date, the Clock to its start and the handbooks into force, in this order.

    In production only an organisation's first handbook comes into force by itself. One that was changed
    waits for two people, and what is returned says so, a sentence for each.
    """
    found = [handbook.load(name) for name in settings.handbook]
    if store.behind():
        store.migrate()
        # This version may make other rows of a line than the one before did; the journal says what is so.
        rebuild.rebuild(store)
    # Before there is an organisation, or the days of the wrong time would be closed for it.
    if settings.clock_start or settings.day_seconds:
        with store.writing() as tx:
            clock.begin(tx, settings.clock_start or tx.real, rate=settings.clock_rate)
    page = partial(page_at, settings.base_url)
    told: list[str] = []
    for edition in found:
        with store.writing() as tx:
            if settings.mode == "production" and editions.in_force_hash(tx, edition.organisation):
                told += publishing.kept(tx, edition, page)
            else:
                editions.put(
                    tx,
                    edition.to_json(),
                    organisation=edition.organisation,
                    name=edition.name,
                )
    return tuple(told)


_LEASH = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG, which the program keeps that it becomes
signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as it was before there was a Python
supervisor, *words = sys.argv[1:]
os.getppid() == int(supervisor) and os.execvp(words[0], words)
"""


def _leashed(words: Sequence[str]) -> Sequence[str]:
    """Have Linux end a process when its supervisor dies, however suddenly; nothing is left running.

    The process says so of itself: done between fork and exec, in a copy of a process with threads, it could
    wait for ever for a lock that one of them held, and its supervisor for it.
    """
    if sys.platform != "linux":
        return words
    return (sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), *words)


class Part:
    """One process of the stack, started again when it dies."""

    def __init__(self, name: str, words: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._words = words
        self._environment = environment
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start the process; what it says goes to its log."""
        with self._log.open("ab") as said:
            self._process = await asyncio.create_subprocess_exec(
                *_leashed(self._words),
                env=dict(self._environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                # A Ctrl-C at the terminal is for the supervisor, which then ends its parts in order.
                start_new_session=True,
            )

    async def keep(self, started: Callable[[], None]) -> None:
        """Start the process again whenever it ends, until cancelled; say when it has started."""
        while self._process is not None:
            status = await self._process.wait()
            log.warning("a process ended and is started again", part=self.name, status=status)
            await asyncio.sleep(RESTART_AFTER)
            await self.start()
            started()

    async def stop(self) -> None:
        """Ask the process to end, and end it if it does not."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), GOODBYE)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


class Stack:
    """The running parts, and where to find them."""

    def __init__(self, folder: Path, ports: Ports, settings: Settings) -> None:
        self.folder = folder
        self.ports = ports
        self.settings = settings
        logs = folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        environment = process_environment(settings)
        python = [sys.executable, "-m"]
        mail = ["notifications.catcher", "--port", str(ports.mail), "--folder", str(folder / "mail")]
        words: dict[str, list[str]] = {
            "engine": engine.command(
                engine.binary(settings.temporal_cli),
                port=ports.engine,
                ui_port=ports.engine_pages,
                database=folder / "temporal.db",
                search_attributes={key.name: "Keyword" for key in SEARCH_ATTRIBUTES},
            ),
            "catcher": [*python, *mail],
            "web": [*python, "service.web", "--port", str(ports.web)],
            "worker": [*python, "activities.worker"],
        }
        self.parts = {
            name: Part(
                name,
                command,
                engine.environment(environment) if name == "engine" else environment,
                logs / f"{name}.log",
            )
            for name, command in words.items()
        }

    async def start(self) -> None:
        """Start every part; the web waits by itself for the database, which is prepared meanwhile.

        The worker comes once the engine listens, for it gives up without it.
        """
        for name in ("engine", "catcher", "web"):
            await self.parts[name].start()
        store = open_store(self.settings)
        try:
            await asyncio.to_thread(prepare, store, self.settings)
        finally:
            store.close()
        await listening(self.ports.engine)
        await self.parts["worker"].start()
        self.note()

    def note(self) -> None:
        """Write down where everything is, for people and programs that look."""
        facts = {
            **asdict(self.ports),
            "pids": {name: part.pid for name, part in self.parts.items()},
        }
        part = self.folder / "stack.json.part"
        part.write_text(json.dumps(facts, indent=2))
        part.replace(self.folder / "stack.json")  # whoever looks finds a whole note

    async def stop(self) -> None:
        """End every part: first those that take work, last the engine."""
        for name in ("web", "worker", "catcher", "engine"):
            await self.parts[name].stop()


async def listening(port: int, within: float = READY_WITHIN) -> None:
    """Wait until something listens on a port of this machine."""
    async with asyncio.timeout(within):
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


@asynccontextmanager
async def running(folder: Path, ports: Ports, settings: Settings) -> AsyncIterator[Stack]:
    """Run the whole stack in a folder for as long as the context lasts."""
    own = settings_for(folder, ports, settings)
    stack = Stack(folder, ports, own)
    try:
        await stack.start()
        keepers = [asyncio.create_task(part.keep(stack.note)) for part in stack.parts.values()]
        try:
            yield stack
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
    finally:
        await stack.stop()
