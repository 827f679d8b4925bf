"""The relay: brings to the engine what people have submitted, until there is an answer.

A page writes what somebody decided before it asks the engine. If the engine did not answer, or the
page's process died, the record still has it, and the relay repeats it under the same id.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from service.errors import Unavailable
from service.gateway import Counted, Gateway, Refused
from service.store import Store, cases, intents
from service.store.intents import StoredIntent
from workflows.model import Withdrawal

log = structlog.get_logger()

EVERY = 1.0
"""Seconds between rounds."""
PAGE_PATIENCE = timedelta(seconds=9)
"""For how long a decision is left to the page that submitted it."""


class Relay:
    """Goes round what is not settled, for as long as it is run."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store = store
        self._gateway = gateway

    async def run(self) -> None:
        """Go round until cancelled. What fails now is tried again in the next round."""
        while True:
            for part in (self.processes, self.withdrawals, self.decisions):
                await self._try(part)
            await asyncio.sleep(EVERY)

    async def processes(self) -> None:
        """Start each submitted proposal's process, and tell a returned one of its new version."""
        for version in await asyncio.to_thread(self._unstarted):
            if version.taken_up:
                await self._gateway.resubmit(version.ref, version.version)
            else:
                await self._gateway.start(version.ref)

    async def withdrawals(self) -> None:
        """Bring each withdrawal to its case."""
        for ref, withdrawal in await asyncio.to_thread(self._unfinished_withdrawals):
            await self._gateway.withdraw(ref, withdrawal)

    async def decisions(self) -> None:
        """Bring each unsettled decision to its step, and write down what the step says."""
        for intent in await asyncio.to_thread(self._unsettled):
            await self.settle(intent)

    async def settle(self, intent: StoredIntent) -> Counted | Refused | None:
        """Bring one decision to its step; None if there is no answer yet."""
        answer = await self._gateway.decide(intent.decision())
        match answer:
            case Counted():
                await asyncio.to_thread(self._accepted, intent.key, answer)
            case Refused():
                await asyncio.to_thread(self._refused, intent.key, answer)
            case _:
                return None
        return answer

    async def _try(self, part: Callable[[], Awaitable[None]]) -> None:
        try:
            await part()
        except Unavailable as error:
            log.warning("the record does not answer", error=str(error))
        except Exception:
            # One thing that cannot be relayed must not keep back all the others.
            log.exception("not relayed")

    def _unstarted(self) -> tuple[cases.Unstarted, ...]:
        with self._store.reading() as tx:
            return cases.unstarted(tx)

    def _unfinished_withdrawals(self) -> tuple[tuple[str, Withdrawal], ...]:
        with self._store.reading() as tx:
            return cases.unfinished_withdrawals(tx)

    def _unsettled(self) -> tuple[StoredIntent, ...]:
        with self._store.reading() as tx:
            left_to_pages = tx.real - PAGE_PATIENCE
            return tuple(intent for intent in intents.unsettled(tx) if intent.recorded_real <= left_to_pages)

    def _accepted(self, key: str, answer: Counted) -> None:
        with self._store.writing() as tx:
            intents.accepted(tx, key, answer.settled)

    def _refused(self, key: str, answer: Refused) -> None:
        with self._store.writing() as tx:
            intents.refused(tx, key, answer.why)
