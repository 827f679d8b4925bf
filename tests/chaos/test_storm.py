"""Many cases at once while parts of the installation die again and again: all of them come to their end."""

import asyncio
import contextlib
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.chaos import checker
from tests.chaos.checker import Shown
from tests.chaos.people import Patient
from tests.support.receiver import Receiver, receiving
from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town, until
from workflows.model import State

pytestmark = pytest.mark.chaos

BEGINS = datetime(2004, 7, 20, 8, tzinfo=UTC)
FUNDERS = ("bh-dmh", "bh-sports", "cd-rc", "cd-ce", "cd-hsg", "cd-ell")
NO_CONCERN = {
    "fit": "no_concern",
    "infrastructure": "no_concern",
    "network_security": "no_concern",
    "choice": "note",
}
SEED = 20040720


class Storm:
    """Cases on their way, and something that kills every few seconds until they have arrived."""

    def __init__(self, city: Town, token: str, *, seed: int = SEED, within: float) -> None:
        self.city = city
        self.token = token
        self.diary: list[Shown] = []
        self.refs: list[str] = []
        self._random = random.Random(seed)
        self._within = within

    async def passes(self, cases: int, parts: Sequence[str], *, every: float) -> None:
        """Bring so many cases to their end while one of the parts is killed every so many seconds."""
        async with asyncio.timeout(self._within):
            nemesis = asyncio.create_task(self._kill(parts, every))
            try:
                await asyncio.gather(*(self._case(FUNDERS[number % len(FUNDERS)]) for number in range(cases)))
                assert not nemesis.done(), "the killing had stopped by itself"
            finally:
                nemesis.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await nemesis
        await self.city.ready(within=60)
        await self.city.settles(within=120)

    async def _kill(self, parts: Sequence[str], every: float) -> None:
        for blow in count():
            # It slackens, so that a busy machine too gets something done between two blows.
            await asyncio.sleep(every * (1 + blow / 10))
            part, before = self._random.choice(parts), self._works_begun()
            await self.city.kill(part)
            if part == "worker":
                # On a busy machine a worker may take long to start, and one that never works proves nothing.
                await until(lambda before=before: self._works_begun() > before, "it works again")  # type: ignore[misc]

    def _works_begun(self) -> int:
        """How often a worker has said that it works."""
        said = (self.city.folder / "logs" / "worker.log").read_text().splitlines()
        return sum("working" in line and self.city.stack.settings.core_queue in line for line in said)

    async def _case(self, funder: str) -> None:
        ref = await self._submitted(funder)
        self.refs.append(ref)
        await self._decides("sd-ict-ca", "Reply by", ref, NO_CONCERN)
        await self._decides(funder, "Decide by", ref, {"choice": "approve"})
        await self._decides("hoict-rc", "Confirm by", ref, {"choice": "verify"})
        await self.city.becomes(ref, State.CLOSED, self._within)

    async def _submitted(self, funder: str) -> str:
        document = SAMPLES["PROP-07"] | {
            "decision_needed_by": "2004-09-01",
            "funding_parties": [{"post": funder, "share_percent": 100}],
        }
        while True:
            try:
                return await self.city.submits(self.token, document)
            except (httpx.TransportError, AssertionError):
                await asyncio.sleep(0.3)

    async def _decides(self, post: str, says: str, ref: str, answers: dict[str, str]) -> None:
        address = leicester().posts[post].email
        letter = await self.city.mail.letter(address, says, ref, within=self._within)
        await Patient(self.city, address, self.diary).decides(letter, answers)


def orders_that_came(receiver: Receiver) -> set[str]:
    """The orders that a receiver has, each in one form, however often it came."""
    came = {one.headers["webhook-id"]: one.body for one in receiver.received}
    assert all(one.body == came[one.headers["webhook-id"]] for one in receiver.received)
    assert {json.loads(body)["type"] for body in came.values()} == {"assent.order.raised.v1"}
    return set(came)


async def test_twelve_cases_arrive_while_the_worker_is_killed_every_few_seconds(tmp_path: Path) -> None:
    async with receiving() as receiver, town(tmp_path, BEGINS, **receiver.settings) as city:
        storm = Storm(city, await city.token("pmo"), within=240)
        await storm.passes(12, ["worker"], every=1.5)
        kills = city.fired["kill worker"]
        assert kills >= 3, "the storm was over before it had begun"
        assert len(storm.refs) == 12
        assert orders_that_came(receiver) == {f"order:{ref}:1" for ref in storm.refs}
        assert checker.faults(city, storm.diary, again=kills) == []
        assert await checker.unattended(city) == []


@pytest.mark.long
async def test_a_hundred_cases_arrive_while_every_part_is_killed_again_and_again(tmp_path: Path) -> None:
    async with receiving() as receiver, town(tmp_path, BEGINS, **receiver.settings) as city:
        storm = Storm(city, await city.token("pmo"), within=1_200)
        await storm.passes(100, ["worker", "web", "engine", "catcher"], every=3)
        assert {f"order:{ref}:1" for ref in storm.refs} <= orders_that_came(receiver)
        assert all(city.fired[f"kill {part}"] for part in ("worker", "web", "engine", "catcher")), city.fired
        assert checker.faults(city, storm.diary, again=city.fired.total()) == []
        assert await checker.unattended(city) == []
        recorded = [shown for shown in storm.diary if shown.page in ("recorded", "being recorded")]
        assert len(recorded) >= 0.95 * 300, "a run in which hardly anybody was answered proves nothing"
