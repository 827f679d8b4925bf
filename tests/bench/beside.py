"""The bare processes, run beside a stack on the same engine."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from service.stack import HOST, free_port, listening
from tests.bench.bare import (
    QUEUE,
    BareCase,
    BareDecision,
    BareProject,
    ReportShape,
    Shape,
    step_id,
)

Result = TypeVar("Result")


class Beside:
    """The bare worker and the bare web, and what a client does with them."""

    def __init__(self, client: Client, port: int, pids: Sequence[int]) -> None:
        self.pids = pids
        self._client = client
        self.url = f"http://{HOST}:{port}"
        self._started = 0

    async def decision(self) -> str:
        """Start a process that waits for one answer, and return where to post it."""
        self._started += 1
        id = f"bare-decision-{self._started}"
        await self._client.start_workflow(BareDecision.run, id=id, task_queue=QUEUE)
        return f"{self.url}/decide/{id}"

    async def process(self, shape: Shape) -> None:
        """Run a bare process to its end, answering each of its steps as soon as there is one."""
        self._started += 1
        id = f"bare-{self._started}"
        handle = await self._client.start_workflow(BareCase.run, shape, id=id, task_queue=QUEUE)
        for step in range(shape.steps):
            await _answered(self._client.get_workflow_handle(step_id(id, step)))
        await handle.result()

    async def project(self, shape: ReportShape) -> str:
        """Start a bare project, which waits for its first week."""
        self._started += 1
        id = f"bare-project-{self._started}"
        await self._client.start_workflow(BareProject.run, args=[shape, 0, 0], id=id, task_queue=QUEUE)
        return id

    async def report(self, project: str, week: int) -> None:
        """Begin a week of a bare project, and answer what it asks."""
        handle = self._client.get_workflow_handle(project)
        await handle.execute_update(BareProject.begins, week, id=f"week-{week}")
        report = self._client.get_workflow_handle(step_id(project, week))
        await _answered(report)
        await report.result()


async def _answered(step: WorkflowHandle[Any, Any]) -> None:
    while True:
        try:
            await step.execute_update("decide", "approve", id="answer")
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await asyncio.sleep(0.02)
        else:
            return


@asynccontextmanager
async def beside(engine: str) -> AsyncIterator[Beside]:
    """Run the bare worker and the bare web against an engine."""
    port = free_port()
    words = [sys.executable, "-m", "tests.bench.bare_parts"]
    told = ["--engine", engine, "--port", str(port)]
    parts = [await asyncio.create_subprocess_exec(*words, part, *told) for part in ("worker", "web")]
    try:
        await listening(port)
        yield Beside(await Client.connect(engine), port, [part.pid for part in parts])
    finally:
        for part in parts:
            part.terminate()
        await asyncio.gather(*(part.wait() for part in parts))


async def several(number: int, at_once: int, one: Callable[[int], Awaitable[Result]]) -> list[Result]:
    """Do something several times, so many at once and never more."""
    turn = asyncio.Semaphore(at_once)

    async def do(which: int) -> Result:
        async with turn:
            return await one(which)

    return await asyncio.gather(*(do(which) for which in range(number)))
