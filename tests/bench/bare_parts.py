"""The two processes of the bare thing: `python -m tests.bench.bare_parts worker|web --engine HOST:PORT`."""

import argparse
import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import uvicorn
import uvloop
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from tests.bench.bare import QUEUE, BareCase, BareDecision, BareProject, BareReport, BareStep, nothing


async def work(engine: str) -> None:
    """Work until told to stop, with the pollers and the patience that our own worker has."""
    client = await Client.connect(engine)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[BareStep, BareCase, BareDecision, BareReport, BareProject],
        activities=[nothing],
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
    ):
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await stop.wait()


def app(engine: str) -> FastAPI:
    """Return an application that passes an answer on, and does nothing else."""
    clients: list[Client] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        clients.append(await Client.connect(engine))
        yield

    bare = FastAPI(lifespan=lifespan, openapi_url=None)

    @bare.post("/decide/{process}")
    async def decide(process: str) -> dict[str, str]:
        handle = clients[0].get_workflow_handle(process)
        return {"answer": await handle.execute_update(BareDecision.decide, "approve", id="answer")}

    return bare


def main() -> None:
    """Read the command line and run the part it names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("worker", "web"))
    parser.add_argument("--engine", required=True)
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args()
    if chosen.part == "worker":
        uvloop.run(work(chosen.engine))
    else:
        uvicorn.run(app(chosen.engine), port=chosen.port, access_log=False, log_level="error")


if __name__ == "__main__":
    main()
