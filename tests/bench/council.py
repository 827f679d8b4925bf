"""A council on a running stack: it submits proposals, and its people answer what they are asked."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

import httpx2 as httpx
from sqlalchemy import func, select
from temporalio.client import Client

from service import proposals, stack, telling
from service.config import Settings
from service.demo.browser import Page, read
from service.demo.stage import sample
from service.gateway import Gateway
from service.links import Links
from service.relay import Relay
from service.stack import Stack
from service.store import Store, cases, drafts, editions, intents, letters, open_store, projects
from service.store.engine import Tx
from service.store.intents import Answered, Intent
from service.store.tables import CASES, INTENTS, LETTERS, STEPS
from workflows.model import Becoming, Choice, State, decision_key
from workflows.rules import routing

BEGINS = datetime(2004, 7, 19, 8, tzinfo=UTC)
"""A Monday with no meeting of the Heads of ICT for seven weeks, so that nothing waits for one."""
NEEDED_BY = date(2004, 9, 6)
FUNDER = "cd-ce"
KEYS = ("notification", f"funding-{FUNDER}", "completion")
"""The three questions of a conforming minor proposal, each put to one person."""
CHOICES = dict(zip(KEYS, (Choice.NOTE, Choice.APPROVE, Choice.VERIFY), strict=True))
NO_CONCERN = dict.fromkeys(("fit", "infrastructure", "network_security"), "no_concern")
NO_BOXES: Mapping[str, Answered] = MappingProxyType({})
KEPT = httpx.Limits(keepalive_expiry=2)
"""Seconds: an idle connection is let go before the server does so (5), not to post into a closed one."""
EVERY = 0.02
"""Seconds between two looks at the record."""
WATCHED_EVERY = 0.1
"""Seconds between two looks for the letters of many cases, or looking would cost more than the letters."""


@dataclass(frozen=True)
class Confirmation:
    """A form with nothing left to do but press Confirm."""

    url: str
    data: Mapping[str, str]
    headers: Mapping[str, str]


class Council:
    """The people of one installation, seen from outside its processes."""

    def __init__(self, running: Stack, store: Store, client: Client, gateway: Gateway) -> None:
        self.stack = running
        self.store = store
        self.client = client
        self.gateway = gateway
        self._links = Links(running.settings.keys(), running.settings.base_url)
        self._relay = Relay(store, gateway, self._links)
        self._minor = _document("PROP-01")
        self._major = _document("PROP-02")

    # ------------------------------------------------------------------------ submitting

    def write(self) -> str:
        """Write and submit a proposal, in the record only; return its reference."""
        with self.store.writing() as tx:
            return _submitted(tx, self._minor)

    def write_project(self) -> str:
        """Write a major proposal that is approved, and its project, in the record only; return that."""
        with self.store.writing() as tx:
            parent = _submitted(tx, self._major)
            # Its own process is none of what is measured: the record is not to have it begun.
            projects.begun(tx, parent)
            for number, state in enumerate((State.APPROVED, State.IN_PROJECT), start=1):
                cases.became(tx, Becoming(case=parent, state=state, at=tx.now, number=number))
            return projects.opened(tx, cases.get(tx, parent), "")

    async def begin(self) -> str:
        """Submit a proposal and have its process begin."""
        ref = await asyncio.to_thread(self.write)
        while not await self.gateway.start(ref):
            await asyncio.sleep(EVERY)
        return ref

    async def begin_many(self, number: int, at_once: int = 16) -> list[str]:
        """Submit several."""
        turn = asyncio.Semaphore(at_once)

        async def one() -> str:
            async with turn:
                return await self.begin()

        return await asyncio.gather(*(one() for _ in range(number)))

    # -------------------------------------------------------------------------- watching

    async def asked(self, refs: Sequence[str], key: str) -> None:
        """Wait until the letters that ask this question have gone out, and all is quiet."""
        steps = {f"{ref}.{key}.1" for ref in refs}
        while not steps <= await asyncio.to_thread(self._asking):
            await asyncio.sleep(EVERY)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until no letter is owed, nothing answered is still open, and every end is in the record."""
        while await asyncio.to_thread(self._busy):
            await asyncio.sleep(EVERY)

    def counts(self) -> tuple[int, int]:
        """Return how many steps are open and how many letters are still to be sent."""
        with self.store.reading() as tx:
            open_steps = tx.value(select(func.count()).select_from(STEPS).where(STEPS.c.open))
            unsent = tx.value(
                select(func.count()).select_from(LETTERS).where(LETTERS.c.state == letters.QUEUED)
            )
        return open_steps, unsent

    def _asking(self) -> set[str]:
        """Return the open steps whose letters have been sent."""
        with self.store.reading() as tx:
            sent = (
                select(STEPS.c.id)
                .join(LETTERS, LETTERS.c.step == STEPS.c.id)
                .where(STEPS.c.open, LETTERS.c.state == letters.ACCEPTED, LETTERS.c.kind == "request")
            )
            return {row.id for row in tx.all(sent)}

    def _busy(self) -> bool:
        with self.store.reading() as tx:
            owed = select(LETTERS.c.key).where(LETTERS.c.state == letters.QUEUED)
            answered = select(INTENTS.c.key).join(STEPS, STEPS.c.id == INTENTS.c.step).where(STEPS.c.open)
            asking = select(STEPS.c.case).where(STEPS.c.open)
            between = select(CASES.c.ref).where(CASES.c.open, CASES.c.ref.not_in(asking))
            return any(tx.value(busy.limit(1)) for busy in (owed, answered, between))

    # ------------------------------------------------------------------------- answering

    async def answer(
        self, step: str, choice: Choice, boxes: Mapping[str, Answered] = NO_BOXES, *, seat: int = 0
    ) -> None:
        """Answer as a page does, without the page: write the decision down, then bring it to its step.

        Of several people who are asked the one of that number does, the first first.
        """
        intent = await asyncio.to_thread(self._submitted, step, choice, boxes, seat)
        while await self._relay.settle(intent) is None:
            await asyncio.sleep(EVERY)
        await self._relay.written()

    def _submitted(
        self, step: str, choice: Choice, boxes: Mapping[str, Answered], seat: int
    ) -> intents.StoredIntent:
        round = int(step.rpartition(".")[2])
        with self.store.writing() as tx:
            letter = [row for row in letters.of_step(tx, step) if row.link][seat]
            assert letter.link is not None
            submitted = intents.submit(
                tx,
                Intent(
                    key=decision_key(step, round, letter.seat),
                    case=letter.case,
                    step=step,
                    round=round,
                    seat=letter.seat,
                    person=letter.person,
                    post=letter.post,
                    choice=choice,
                    answers=dict(boxes),
                    content_hash=letter.link.content_hash,
                    shown_hash=letter.link.content_hash,
                    submitted_at=tx.now,
                ),
            )
        return submitted.intent

    async def until_asked(self, step: str) -> None:
        """Wait until the person asked has the letter."""
        while step not in self._known:
            await asyncio.sleep(EVERY)

    _known: frozenset[str] = frozenset()

    async def watch(self) -> None:
        """Keep looking for steps whose letters have been sent, until cancelled."""
        while True:
            self._known = frozenset(await asyncio.to_thread(self._asking))
            await asyncio.sleep(WATCHED_EVERY)

    # --------------------------------------------------------------------------- reading

    async def to_confirm(self, step: str) -> Confirmation:
        """Follow a letter's link and answer, up to the last button."""
        with self.store.reading() as tx:
            row = next(row for row in letters.of_step(tx, step) if row.link_id)
            link = self._links.to(row.link_id or "", self._links.kid)
        choice = CHOICES[step.split(".")[1]]
        answers = {"choice": str(choice)} | (NO_CONCERN if choice is Choice.NOTE else {})
        async with httpx.AsyncClient(follow_redirects=True, timeout=60, limits=KEPT) as browser:
            page = read(await browser.get(link))
            page = read(await _pressed(browser, page, "Continue", {}))
            page = read(await _pressed(browser, page, "Continue", answers))
            url, data = _form(page, "Confirm", {})
            cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)
        return Confirmation(url, data, _by_hand(page.url) | {"Cookie": cookies})


async def _pressed(
    browser: httpx.AsyncClient, page: Page, button: str, answers: Mapping[str, str]
) -> httpx.Response:
    url, data = _form(page, button, answers)
    return await browser.post(url, data=dict(data), headers=dict(_by_hand(page.url)))


def _form(page: Page, button: str, answers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    form, _ = page.form(button)
    return urljoin(page.url, form.action or page.url), {**dict(form.fields), **answers}


def _by_hand(url: str) -> dict[str, str]:
    """What a browser says when a person presses a button."""
    origin = "/".join(url.split("/")[:3])
    return {"Origin": origin, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-User": "?1"}


def _document(ref: str) -> dict[str, Any]:
    """Return a proposal of the samples that no meeting can serve."""
    document = sample(ref) | {"decision_needed_by": NEEDED_BY.isoformat()}
    del document["submitted_on"]
    return document


def _submitted(tx: Tx, document: dict[str, Any]) -> str:
    rules = telling.edition(tx, editions.in_force_hash(tx, "leicester") or "")
    lead = rules.holder(document["lead_post"], tx.today)
    assert lead is not None
    draft = drafts.create(tx, "leicester", lead.id, document)
    content = proposals.normalise(draft.document, rules)
    facts = proposals.facts(content, submitted=tx.today, edition=rules)
    way = rules.routing(tx.today)
    cases.submitted(
        tx,
        draft.ref,
        version=1,
        content=content,
        content_hash=proposals.content_hash(content),
        proposal=facts,
        route=routing.route(facts, way),
        branches=routing.branches(facts, way),
        edition=rules.hash,
        title=content["title"],
        author=lead.id,
        authors=(lead.id,),
    )
    return draft.ref


@asynccontextmanager
async def council(folder: Path, *, day_seconds: float | None = None) -> AsyncIterator[Council]:
    """Run a whole stack of its own in a folder, each part a process, with nothing in its record."""
    settings = Settings(mode="test", clock_start=BEGINS, day_seconds=day_seconds)
    async with stack.running(folder, stack.free_ports(), settings) as running:
        async with httpx.AsyncClient(base_url=running.settings.base_url, timeout=60, limits=KEPT) as web:
            while not await _ready(web):
                await asyncio.sleep(EVERY)
        store = open_store(running.settings)
        client = await Client.connect(running.settings.temporal_address)
        try:
            yield Council(running, store, client, await Gateway.connect(running.settings))
        finally:
            store.close()


async def _ready(web: httpx.AsyncClient) -> bool:
    try:
        return (await web.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False
