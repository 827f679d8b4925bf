"""Whether the engine hears from this machine's worker: `python -m activities.health`, for a container."""

import asyncio
import socket
import sys
from datetime import timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from service.clock import real_now
from service.config import load_settings
from service.mailroom import mail_queue

RECENT = timedelta(seconds=90)
"""A worker asks for work once a minute at least, and the engine remembers for five who asked."""
PATIENCE = timedelta(seconds=5)

_WORKFLOW, _ACTIVITY = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY


async def heard(client: Client, core_queue: str, host: str) -> bool:
    """Say whether a worker on a machine has lately asked for work: for processes, and for letters."""
    return await _asks(client, core_queue, _WORKFLOW, host) and await _asks(
        client, mail_queue(core_queue), _ACTIVITY, host
    )


async def _asks(client: Client, queue: str, kind: TaskQueueType.ValueType, host: str) -> bool:
    described = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
        ),
        timeout=PATIENCE,
    )
    since = (real_now() - RECENT).timestamp()
    # A worker's name is its process and its machine.
    return any(
        poller.identity.endswith(f"@{host}") and poller.last_access_time.seconds > since
        for poller in described.pollers
    )


async def main() -> int:
    """Return 0 if it does."""
    settings = load_settings()
    client = await Client.connect(settings.temporal_address, namespace=settings.temporal_namespace)
    return 0 if await heard(client, settings.core_queue, socket.gethostname()) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
