"""The bare thing to compare with: the same shapes on the same engine, with nothing of ours in them."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow

QUEUE = "bare"
SOON = timedelta(seconds=25)
LATER = timedelta(days=5)


@dataclass(frozen=True)
class Shape:
    """How many activities a process has: writes one after the other, letters beside everything."""

    writes: int
    """Of the process itself."""
    letters: int
    step_writes: int
    """Of all its steps together, like the next."""
    step_letters: int
    steps: int = 3


@dataclass(frozen=True)
class ReportShape:
    """What a week of a project and its one question hold: what is written at once, written later, sent."""

    own: int
    """Writes of the project itself, at once; the like of its question, then what that writes later."""
    at_once: int
    later: int
    letters: int
    longest: int
    """Events after which a run ends and the next begins."""


@dataclass(frozen=True)
class StepShape:
    """The activities of one step, before the answer and after."""

    before: int
    after: int
    letters: int


@activity.defn
async def nothing(key: str) -> str:
    """Do nothing."""
    return key


class _Sending:
    """Starts activities that nobody waits for until the end."""

    def __init__(self) -> None:
        self._sent = 0
        self._sending: list[asyncio.Task[str]] = []

    async def write(self, times: int) -> None:
        for _ in range(times):
            await workflow.execute_activity(nothing, "write", start_to_close_timeout=SOON)

    async def write_at_once(self, times: int) -> None:
        for _ in range(times):
            await workflow.execute_local_activity(nothing, "write", start_to_close_timeout=SOON)

    def send(self, letters: int) -> None:
        for _ in range(letters):
            self._sent += 1
            work = workflow.execute_activity(nothing, f"letter {self._sent}", start_to_close_timeout=SOON)
            self._sending.append(asyncio.create_task(work))

    async def sent(self) -> None:
        await asyncio.gather(*self._sending)


@workflow.defn
class BareStep(_Sending):
    """Waits for one answer, with a timer running."""

    @workflow.init
    def __init__(self, shape: StepShape) -> None:
        super().__init__()
        self.open = False
        self.answer = ""

    @workflow.run
    async def run(self, shape: StepShape) -> str:
        await self.write(shape.before)
        self.open = True
        self.send(shape.letters // 2)
        await workflow.wait_condition(lambda: bool(self.answer), timeout=LATER)
        await self.write(shape.after)
        self.send(shape.letters - shape.letters // 2)
        await self.sent()
        return self.answer

    @workflow.update
    async def decide(self, answer: str) -> str:
        await workflow.wait_condition(lambda: self.open)
        self.answer = answer
        return answer


@workflow.defn
class BareCase(_Sending):
    """Asks its steps one after the other, each a child."""

    @workflow.init
    def __init__(self, shape: Shape) -> None:
        super().__init__()

    @workflow.run
    async def run(self, shape: Shape) -> None:
        places = shape.steps + 1
        for step in range(shape.steps):
            await self.write(_share(shape.writes, places, step))
            self.send(_share(shape.letters, places, step))
            writes = _share(shape.step_writes, shape.steps, step)
            await workflow.execute_child_workflow(
                BareStep.run,
                StepShape(writes - writes // 2, writes // 2, _share(shape.step_letters, shape.steps, step)),
                id=step_id(workflow.info().workflow_id, step),
            )
        await self.write(_share(shape.writes, places, places - 1))
        self.send(_share(shape.letters, places, places - 1))
        await self.sent()


@workflow.defn
class BareReport(_Sending):
    """Waits for one report, with a timer running."""

    @workflow.init
    def __init__(self, shape: ReportShape) -> None:
        super().__init__()
        self.open = False
        self.answer = ""

    @workflow.run
    async def run(self, shape: ReportShape) -> str:
        await self.write_at_once(shape.at_once)
        self.send(shape.letters // 2)
        asking = asyncio.create_task(self._asked())
        await workflow.wait_condition(lambda: bool(self.answer), timeout=LATER)
        await self.write(shape.later)
        self.send(shape.letters - shape.letters // 2)
        await asking
        await self.sent()
        return self.answer

    async def _asked(self) -> None:
        """Nobody answers before the letter is there, so that the timer has begun to run."""
        await self.sent()
        self.open = True

    @workflow.update
    async def decide(self, answer: str) -> str:
        await workflow.wait_condition(lambda: self.open)
        self.answer = answer
        return answer


@workflow.defn
class BareProject(_Sending):
    """Waits for each week to begin, with a timer running, and asks for its report: a child."""

    @workflow.init
    def __init__(self, shape: ReportShape, week: int, begun: int) -> None:
        super().__init__()
        self.week, self.begun = week, begun

    @workflow.run
    async def run(self, shape: ReportShape, week: int, begun: int) -> None:
        while workflow.info().get_current_history_length() < shape.longest:
            await self.write_at_once(shape.own // 2)
            await workflow.wait_condition(lambda: self.begun > self.week, timeout=LATER)
            self.week += 1
            id = step_id(workflow.info().workflow_id, self.week)
            await workflow.execute_child_workflow(BareReport.run, shape, id=id)
            await self.write_at_once(shape.own - shape.own // 2)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(args=[shape, self.week, self.begun])

    @workflow.update
    def begins(self, week: int) -> None:
        self.begun = max(self.begun, week)


@workflow.defn
class BareDecision:
    """Waits for one message and ends with it: the least a decision can be."""

    def __init__(self) -> None:
        self.answer = ""

    @workflow.run
    async def run(self) -> str:
        await workflow.wait_condition(lambda: bool(self.answer))
        return self.answer

    @workflow.update
    def decide(self, answer: str) -> str:
        self.answer = answer
        return answer


def step_id(case: str, step: int) -> str:
    """Name a step of a bare process."""
    return f"{case}.{step}"


def _share(total: int, places: int, place: int) -> int:
    return total // places + (place < total % places)
