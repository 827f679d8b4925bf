"""Activities done by themselves, without a worker: to their end, and with a mailroom that only remembers."""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from service.mailroom import Mailroom

Answer = TypeVar("Answer")


class FakeMailroom(Mailroom):
    """Keeps the keys of the letters and orders it is given, each time it is given any."""

    def __init__(self) -> None:
        self.given: list[tuple[str, ...]] = []
        self.orders: list[tuple[str, ...]] = []

    @property
    def last(self) -> tuple[str, ...]:
        return self.given[-1]

    async def dispatch(self, letters: Sequence[str], orders: Sequence[str] = ()) -> None:
        self.given.append(tuple(letters))
        self.orders.append(tuple(orders))


def done(activity: Coroutine[Any, Any, Answer]) -> Answer:
    """Do an activity from a test that waits for nothing; the test may have a loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, activity).result()
