"""What the activities that write the record share: a transaction, and then what it has to send."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from service.mailroom import Mailroom
from service.store import Store
from service.store.engine import Tx

Fact = TypeVar("Fact")
Answer = TypeVar("Answer")


class Writing:
    """Writes facts, each in one transaction, and sees their letters and orders on their way.

    They are dispatched only when the record has them. If that fails the activity is done again, which
    writes nothing twice and dispatches the same.
    """

    def __init__(self, store: Store, mailroom: Mailroom) -> None:
        self._store = store
        self._mailroom = mailroom

    async def _write(self, how: Callable[[Tx, Fact], Answer], fact: Fact) -> Answer:
        answer, letters, orders = await asyncio.to_thread(self._written, how, fact)
        await self._mailroom.dispatch(letters, orders)
        return answer

    def _written(self, how: Callable[[Tx, Fact], Answer], fact: Fact) -> tuple[Answer, list[str], list[str]]:
        with self._store.writing() as tx:
            return how(tx, fact), tx.outgoing, tx.orders
