"""A proposal that is played on a real server: people answer, the Clock jumps, the outside looks on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, time

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import Interceptor

from service.clock import real_now
from service.gateway import Counted, Gateway, Refused, Unknown
from tests.support.core import NON_WORKING, FakeOutside, decision, undo
from tests.support.engine import Server
from tests.support.proposals import MEETING, RULES, from_monday
from workflows.model import (
    CaseOpened,
    Choice,
    Nudge,
    Outcome,
    Rung,
    Size,
    Sizing,
    StepClosing,
    StepOpening,
    Withdrawal,
    key_of,
)
from workflows.processes.investment_proposal import InvestmentProposal
from workflows.rules import holding, routing

WITHIN = 60.0
"""Seconds for a whole play; a quiet machine needs one."""


async def until(condition: Callable[[], object], within: float = 10.0) -> None:
    """Wait for something the outside sees; bounded, in real time."""
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


class Play:
    """One proposal, and what the outside saw of it."""

    def __init__(self, client: Client, outside: FakeOutside, case: CaseOpened) -> None:
        self.client, self.outside, self.ref = client, outside, case.case
        # A queue of its own, for a play that was broken off would have its letters in the next.
        self.queue = f"{self.ref}-core"
        self.gateway = Gateway(client, self.queue)
        outside.cases.opened, outside.cases.rules = case, RULES
        outside.clock = from_monday(real_now())

    @property
    def handle(self) -> WorkflowHandle[InvestmentProposal, None]:
        return self.client.get_workflow_handle_for(InvestmentProposal.run, self.ref)

    @property
    def states(self) -> list[str]:
        return self.outside.cases.states_of(self.ref)

    @property
    def closed(self) -> dict[str, StepClosing]:
        """Each step's closing; a step that was closed twice is a fault of its own."""
        steps = [closing.step for closing in self.outside.register.closings]
        assert len(steps) == len(set(steps))
        return {closing.step: closing for closing in self.outside.register.closings}

    @property
    def nudges(self) -> list[Nudge]:
        return [nudged.rung.nudge for nudged in self.outside.register.nudges]

    def step(self, key: str, round: int = 1) -> str:
        return f"{self.ref}.{key}.{round}"

    def opening(self, key: str, round: int = 1) -> StepOpening | None:
        return self._opening(self.step(key, round))

    def _opening(self, step: str) -> StepOpening | None:
        openings = self.outside.register.openings
        return next((made for made in openings if made.ask.step == step), None)

    def rungs(self, key: str) -> tuple[Rung, ...]:
        return self.outside.register.rungs(self.step(key))

    # ------------------------------------------------------------------- what happens

    async def start(self) -> None:
        assert await self.gateway.start(self.ref)

    async def answers(
        self,
        key: str,
        choice: Choice = Choice.APPROVE,
        *,
        seat: str = "",
        round: int = 1,
        to: date | None = None,
        next_meeting: bool = False,
        attempt: int = 1,
        outside_guidelines: bool = False,
    ) -> Counted | Refused:
        """Answer a question once it is open; the first of its seats unless one is named."""
        return await self.answers_step(
            self.step(key, round),
            choice,
            seat=seat,
            to=to,
            next_meeting=next_meeting,
            attempt=attempt,
            outside_guidelines=outside_guidelines,
        )

    async def answers_on(self, action: str, key: str, choice: Choice, *, round: int = 1) -> Counted | Refused:
        """Answer a question of an action that follows from the case, once it is open."""
        return await self.answers_step(f"{action}.{key}.{round}", choice)

    async def answers_step(
        self,
        step: str,
        choice: Choice,
        *,
        seat: str = "",
        to: date | None = None,
        next_meeting: bool = False,
        attempt: int = 1,
        outside_guidelines: bool = False,
    ) -> Counted | Refused:
        """Answer a step once it is open."""
        await until(lambda: self._opening(step))
        opening = self._opening(step)
        assert opening is not None
        ask = opening.ask
        made = decision(
            ask.step,
            seat or ask.seats[0].key,
            choice,
            round=ask.round,
            content_hash=ask.content_hash,
            until=to,
            next_meeting=next_meeting,
            held_until=holding.until(ask.terms.hold, self.outside.now, NON_WORKING),
            attempt=attempt,
            outside_guidelines=outside_guidelines,
        )
        while isinstance(answer := await self.gateway.decide(made), Unknown):
            await asyncio.sleep(0.01)
        return answer

    async def takes_back(self, key: str) -> Counted | Refused | Unknown:
        """Take back the last answer that was given to a question, and is in the register."""
        given = (made for made in reversed(self.outside.register.decisions) if made.step == self.step(key))
        await until(lambda: any(made.step == self.step(key) for made in self.outside.register.decisions))
        return await self.gateway.undo(undo(next(given), at=self.outside.now))

    async def jumps(self, to: date | datetime) -> None:
        """Move the Clock to an instant, or to noon of a day."""
        instant = to if isinstance(to, datetime) else datetime.combine(to, time(12), UTC)
        actions = (made.case for made in self.outside.cases.actions)
        await self.outside.jump(self.gateway, self.ref, *actions, to=instant)

    async def is_notified(self, round: int = 1) -> None:
        """The meeting comes, unless it has been, and its secretary replies."""
        if round == 1:
            await self.waits("notification")
            await self.jumps(MEETING)
        await self.answers("notification", Choice.NOTE, round=round)

    async def is_notified_at_once(self, round: int = 1) -> None:
        """No meeting serves, and the post that is told instead replies."""
        await self.answers("notification", Choice.NOTE, round=round)

    async def is_withdrawn(self) -> None:
        wish = Withdrawal(key="withdraw:1", by="p-cd-rc", at=self.outside.now)
        async with asyncio.timeout(10):
            # On a busy machine it may not be known at once that it was heard.
            while not await self.gateway.withdraw(self.ref, wish):
                await asyncio.sleep(0.01)

    async def asks_besides(self, post: str) -> bool | None:
        """Its sponsor, or the PMO, adds an approver."""
        return await self.gateway.add_approver(self.ref, routing.extra(post, "FUND-2"))

    async def asks_no_more(self, post: str) -> bool:
        """The approver who was added is taken back."""
        return await self.gateway.take_back_approver(self.ref, routing.extra(post, "FUND-2"))

    async def is_sized(self, size: Size, number: int = 1) -> bool | None:
        """The PMO says of what size it is."""
        return await self.gateway.set_size(self.ref, Sizing(number=number, size=size))

    async def comes_back(self, *kept: str) -> None:
        """Its sponsor submits the next version; these answers about the one before stand for it."""
        known = self.outside.cases.opened
        assert known is not None
        version = known.version + 1
        stand = {key: self._came_to(key) for key in kept}
        new = {"version": version, "content_hash": f"c0ffee{version}", "kept": stand}
        self.outside.cases.opened = known.model_copy(update=new)
        assert await self.gateway.resubmit(self.ref, version)

    def _came_to(self, key: str) -> Outcome:
        """What a question came to when it was last put."""
        closings = [closing.outcome for step, closing in self.closed.items() if key_of(step) == key]
        return closings[-1]

    # ------------------------------------------------------------------- what is awaited

    async def asks(self, key: str, round: int = 1) -> None:
        await until(lambda: self.opening(key, round))

    async def waits(self, key: str) -> None:
        await until(lambda: any(wait.key == key for wait in self.outside.cases.waitings))

    async def runs(self, key: str, round: int = 1) -> None:
        """Wait until the engine has a step, whether or not the register has it."""
        async with asyncio.timeout(10):
            while True:
                try:
                    await self.client.get_workflow_handle(self.step(key, round)).describe()
                except RPCError:
                    await asyncio.sleep(0.01)
                else:
                    return

    async def runs_action(self, ref: str) -> None:
        """Wait until the owner of an action that follows is asked."""
        await until(lambda: self._opening(f"{ref}.action.1"))

    async def becomes(self, state: str) -> None:
        await until(lambda: self.states[-1:] == [state])

    async def nudged(self, times: int) -> None:
        await until(lambda: len(self.nudges) == times)

    async def warned(self, times: int) -> None:
        await until(lambda: len(self.outside.cases.warnings) == times)

    async def ends(self) -> None:
        async with asyncio.timeout(20):
            await self.handle.result()


@contextmanager
def down(server: Server) -> Iterator[None]:
    """Kill a server, and start it again whatever happens meanwhile: a worker cannot end without it."""
    server.kill()
    try:
        yield
    finally:
        server.start()


@asynccontextmanager
async def playing(
    client: Client, case: CaseOpened, interceptors: Sequence[Interceptor] = ()
) -> AsyncIterator[Play]:
    outside = FakeOutside()
    play = Play(client, outside, case)
    async with outside.working(client, interceptors, play.queue), asyncio.timeout(WITHIN):
        await play.start()
        yield play
