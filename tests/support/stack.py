"""The whole of Assent for a test: every part a process of its own, its people, and ways to break it.

Everything is on this machine, in a folder of its own and on free ports; real time is awaited, never slept.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx2 as httpx

from notifications import catcher
from notifications.catcher import Caught
from service import handbook, stack
from service.config import Settings, process_environment
from service.demo.people import Mail, Person, Received
from service.handbook import Edition
from service.stack import HOST, Stack
from service.store import Store, cases, intents, letters, open_store, orders, steps
from service.store.cases import CaseView
from service.store.intents import DecisionView
from service.store.steps import StepView, Waiting
from workflows.rules import calendar

ASSENT = Path(sys.executable).parent / "assent"
"""The command that people type."""
PATIENCE = 30.0
"""Seconds after which what has not come is not coming."""
PARTS = ("engine", "worker", "web", "catcher")

Found = TypeVar("Found")


async def until(look: Callable[[], Found | None], what: str, within: float = PATIENCE) -> Found:
    """Look again and again until there is something to return."""
    try:
        async with asyncio.timeout(within):
            while not (found := look()):
                await asyncio.sleep(0.03)
    except TimeoutError:
        raise AssertionError(f"{what}: not within {within:g} seconds") from None
    return found


async def until_it_answers(
    look: Callable[[], Awaitable[Found | None]], what: str, within: float = PATIENCE
) -> Found:
    """The same, where looking takes time itself."""
    try:
        async with asyncio.timeout(within):
            while not (found := await look()):
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"{what}: not within {within:g} seconds") from None
    return found


class Mailbox(Mail):
    """The caught mail, read from its folder: it is there even while the web is not."""

    def __init__(self, base_url: str, folder: Path) -> None:
        super().__init__(base_url)
        self.folder = folder
        self._opened: set[int] = set()

    async def all(self) -> list[Received]:
        return [Received(one.id, one.to, one.subject, one.text, one.links) for one in self.caught()]

    async def letter(self, to: str, says: str, ref: str = "", within: float = PATIENCE) -> Received:
        """Wait for a letter to somebody that nobody has read yet; about one case, if it is named."""

        def found() -> Received | None:
            for one in self.to(to, says):
                if one.id not in self._opened and ref in one.subject + one.text:
                    self._opened.add(one.id)
                    return Received(one.id, one.to, one.subject, one.text, one.links)
            return None

        return await until(found, f"a letter to {to} that says “{says}” {ref}".strip(), within)

    def caught(self) -> list[Caught]:
        """Every letter with its headers and both parts."""
        return catcher.caught(self.folder) if self.folder.is_dir() else []

    def to(self, address: str, says: str = "") -> list[Caught]:
        """The letters to somebody whose subject says something, read or not."""
        return [one for one in self.caught() if one.to == address and says in one.subject]


@dataclass
class Town:
    """A running installation, its people, and what was done to it."""

    stack: Stack
    store: Store
    mail: Mailbox
    driver: httpx.AsyncClient
    fired: Counter[str] = field(default_factory=Counter)
    """How often each fault happened: one that never did makes its test worthless."""
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.stack.ports.web}"

    @property
    def folder(self) -> Path:
        return self.stack.folder

    # ------------------------------------------------------------------------ people

    def holder(self, post: str) -> Person:
        """Whoever holds a post, at the post's own address."""
        return self.at(leicester().posts[post].email)

    def at(self, address: str) -> Person:
        if address not in self.people:
            self.people[address] = Person(address, self.url, self.mail)
        return self.people[address]

    async def asked(self, post: str, says: str = "by", ref: str = "") -> Received:
        """Wait for an unread letter to a post that asks something."""
        return await self.mail.letter(leicester().posts[post].email, says, ref)

    # ------------------------------------------------------------------- the API, the commands

    async def command(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """Run `assent` as an operator of this installation would; return status, output and errors."""
        own = {"ASSENT_DATA_DIR": str(self.folder)}
        if url := self.stack.settings.database_url:
            own["ASSENT_DATABASE_URL"] = url
        return await run(*words, **own, **environment)

    async def token(self, post: str, scopes: str = "start:case,read:case") -> str:
        status, said, wrong = await self.command("token", "create", "--post", post, "--scope", scopes)
        assert status == 0, wrong
        return said.split()[-1]

    def program(self, token: str) -> httpx.AsyncClient:
        """A program that holds a token."""
        return httpx.AsyncClient(
            base_url=f"{self.url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )

    async def submits(self, token: str, document: Mapping[str, Any]) -> str:
        """Begin and submit a proposal as a program does; return its reference."""
        async with self.program(token) as program:
            begun = await program.post("/proposals", json=as_json(document))
            assert begun.status_code == 201, begun.text
            ref: str = begun.json()["ref"]
            sent = await program.post(f"/proposals/{ref}/submit", headers={"Idempotency-Key": ref})
            assert sent.status_code == 200, sent.text
        return ref

    # ---------------------------------------------------------------------- the record

    def case(self, ref: str) -> CaseView:
        with self.store.reading() as tx:
            return cases.get(tx, ref)

    def decisions(self, ref: str) -> list[DecisionView]:
        with self.store.reading() as tx:
            return list(intents.decisions_of(tx, ref))

    def steps(self, ref: str) -> list[StepView]:
        with self.store.reading() as tx:
            return list(steps.of_case(tx, ref))

    def waits(self, ref: str) -> tuple[Waiting, ...]:
        with self.store.reading() as tx:
            return steps.waiting(tx, ref)

    def step(self, ref: str, key: str, round: int = 1) -> StepView | None:
        return next((step for step in self.steps(ref) if step.key == key and step.round == round), None)

    async def opened(self, ref: str, key: str, round: int = 1) -> StepView:
        return await until(lambda: self.step(ref, key, round), f"the question {key} about {ref}")

    async def becomes(self, ref: str, state: str, within: float = PATIENCE) -> None:
        await until(lambda: self.case(ref).state == state, f"{ref} becomes {state}", within)

    async def settles(self, within: float = PATIENCE) -> None:
        """Wait until nothing is on its way: all is sent, answers counted, each case waits or is over."""

        def nothing_owed() -> bool:
            with self.store.reading() as tx:
                if letters.unsent(tx) or intents.unsettled(tx) or orders.owed(tx):
                    return False
                return all(steps.waiting_of(tx, cases.open_refs(tx)).values())

        await until(nothing_owed, "nothing is on its way any more", within)

    # ------------------------------------------------------------------------ time

    @property
    def now(self) -> datetime:
        with self.store.reading() as tx:
            return tx.now

    async def jumps(self, to: date | datetime) -> None:
        """Move the Clock to an instant, or to the start of a day's business; never back."""
        instant = to if isinstance(to, datetime) else calendar.opening(to)
        if instant <= self.now:
            return
        answer = await self.driver.post("/dev/clock", json={"to": instant.isoformat()})
        assert answer.status_code == 200, answer.text

    # ----------------------------------------------------------------------- faults

    def pid(self, part: str) -> int | None:
        """The process id of a part, as the stack has noted it down."""
        pids: dict[str, int | None] = json.loads((self.folder / "stack.json").read_text())["pids"]
        return pids[part]

    async def kill(self, part: str) -> None:
        """End a part as `kill -9` does, and wait until it has been started again."""
        before = self._end(part)
        await until(lambda: self.pid(part) not in (before, None), f"{part} is started again")

    def _running(self, part: str) -> int:
        pid = self.pid(part)
        assert pid is not None, f"{part} was not running, so nothing was done to it"
        assert alive(pid), f"{part} had ended by itself, so nothing was done to it"
        return pid

    def _end(self, part: str) -> int:
        pid = self._running(part)
        os.kill(pid, signal.SIGKILL)
        self.fired[f"kill {part}"] += 1
        return pid

    @contextmanager
    def halted(self, part: str) -> Iterator[None]:
        """Stop a part without ending it: its port is open and nobody answers."""
        pid = self._running(part)
        os.kill(pid, signal.SIGSTOP)
        self.fired[f"halt {part}"] += 1
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    @asynccontextmanager
    async def down(self, part: str) -> AsyncIterator[None]:
        """Kill a part and keep it from coming back: its port is taken by something that hangs up."""
        port = {"engine": self.stack.ports.engine, "catcher": self.stack.ports.mail}[part]
        self._end(part)
        taken = await self._taken(part, port)
        try:
            yield
        finally:
            taken.close()
            await taken.wait_closed()
        await stack.listening(port)

    async def _taken(self, part: str, port: int) -> asyncio.Server:
        """Take a part's port, before or after it was started again."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await asyncio.start_server(_hang_up, HOST, port)
                except OSError:
                    if (pid := self.pid(part)) is not None and alive(pid):
                        os.kill(pid, signal.SIGKILL)
                    await asyncio.sleep(0.02)

    async def ready(self, within: float = PATIENCE) -> None:
        """Wait until database, engine and worker answer."""

        async def answers() -> bool:
            try:
                return (await self.driver.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        await until_it_answers(answers, "the installation is ready", within)

    async def not_ready(self, within: float = PATIENCE) -> dict[str, Any]:
        """Wait until /readyz says that something does not answer, and return what it says of each part."""

        async def said() -> dict[str, Any] | None:
            answer = await self.driver.get("/readyz")
            found: dict[str, Any] = answer.json()
            return found if answer.status_code == 503 else None

        return await until_it_answers(said, "the installation is not ready", within)

    async def close(self) -> None:
        for person in self.people.values():
            await person.close()
        await self.mail.close()
        await self.driver.aclose()


@asynccontextmanager
async def town(folder: Path, start: datetime, **changes: Any) -> AsyncIterator[Town]:
    """Run a whole installation whose Clock begins at `start`; `changes` are settings."""
    chosen = Settings(mode="test", clock_start=start, **{"handbook": ("leicester",), **changes})
    async with stack.running(folder, stack.free_ports(), chosen) as running:
        url = f"http://{HOST}:{running.ports.web}"
        found = Town(
            running,
            open_store(running.settings),
            Mailbox(url, folder / "mail"),
            httpx.AsyncClient(base_url=url, timeout=60),
        )
        try:
            await found.ready(within=60)
            yield found
        finally:
            await found.close()
            found.store.close()


async def run(*words: str, **environment: str) -> tuple[int, str, str]:
    """Run `assent` in a process of its own; return its status, its output and its errors."""
    process = await asyncio.create_subprocess_exec(
        str(ASSENT),
        *words,
        env=bare_environment() | environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, wrong = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode(), wrong.decode()


def bare_environment() -> dict[str, str]:
    """This process's environment without anything that is meant for an installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}


def environment_of(settings: Settings) -> dict[str, str]:
    return process_environment(settings)


@cache
def leicester() -> Edition:
    return handbook.load("leicester")


def as_json(document: Mapping[str, Any]) -> dict[str, Any]:
    """A sample's own document as a program would send it: the days in it written out."""
    written: dict[str, Any] = json.loads(json.dumps(document, default=str))
    return written


def alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and waits to be buried does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


async def _hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()
