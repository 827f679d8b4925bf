"""A forum's meetings played on a real server: the Clock jumps, people act, the outside looks on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time

from temporalio.client import Client

from service.clock import real_now
from service.gateway import Gateway
from tests.support.core import FakeMeetings, FakeOutside
from tests.support.play import until
from tests.support.proposals import from_monday
from workflows.model import Happening


class Series:
    """A series on a server, what its outside remembers, and the Clock."""

    def __init__(self, client: Client, name: str, *days: date) -> None:
        self.ref = f"MTG-{name}"
        self.outside = FakeOutside()
        self.outside.meetings = FakeMeetings(*days)
        self.outside.clock = from_monday(real_now())
        self.client, self.queue = client, f"{self.ref}-core"
        self.gateway = Gateway(client, self.queue)

    @property
    def meetings(self) -> FakeMeetings:
        return self.outside.meetings

    async def jumps(self, to: date, hour: int = 12) -> None:
        await self.outside.jump(self.gateway, self.ref, to=datetime.combine(to, time(hour), UTC))

    async def changes(self, change: Callable[[], object]) -> None:
        """Change what the record says, and have the process told as the relay does."""
        change()
        self.meetings.changes += 1
        assert await self.gateway.look_again(self.ref, f"e.{self.meetings.changes}")

    async def came_to(self, day: date, *what: Happening) -> None:
        await until(lambda: self.meetings.done(day) == list(what))

    async def waits(self, looks: int) -> None:
        await until(lambda: self.meetings.looks >= looks)

    async def length(self) -> int:
        """The events in the history of the run under way."""
        history = await self.client.get_workflow_handle(self.ref).fetch_history()
        return len(history.events)


@asynccontextmanager
async def meeting(client: Client, name: str, *days: date) -> AsyncIterator[Series]:
    series = Series(client, name, *days)
    async with series.outside.working(client, queue=series.queue), asyncio.timeout(60):
        assert await series.gateway.start_series(series.ref)
        yield series
        await client.get_workflow_handle(series.ref).terminate()
