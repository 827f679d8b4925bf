"""The mailroom: sees letters and orders on their way. Each is an activity that no case waits for.

A letter that a slow mail server holds up therefore holds up nothing else, and outlives the step or the
case that sent it. So it is with an order and its receiver.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import ActivityIDConflictPolicy, RetryPolicy

SEND = "letter_sent"
"""The name of the activity that sends a letter of the ledger, given its key."""
SEND_ORDER = "order_sent"
"""The name of the activity that sends an order, given its key."""
ONE_TRY = timedelta(seconds=90)
"""Longer than a try can take, or two would send a letter side by side: three turns at the ledger (15 s
each), a turn at the mail server (10 s) and the sending (20 s). An order takes less."""
ALL_TRIES = timedelta(hours=72)
"""How long a letter or an order is tried for. Then it counts as undeliverable, and the PMO is told."""
TRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=15))
PATIENCE = timedelta(seconds=4)
"""How long the engine may take to accept a letter: less than an activity that writes has in all."""


def mail_queue(core_queue: str) -> str:
    """Name the queue of letters, apart from the core so that a dead mail server starves nothing."""
    return core_queue.removesuffix("-core") + "-mail"


def order_queue(core_queue: str) -> str:
    """Name the queue of orders, apart from the mail so that a receiver that hangs holds up no letter."""
    return core_queue.removesuffix("-core") + "-orders"


class Mailroom:
    """Hands letters and orders to the engine, which has them sent."""

    def __init__(self, client: Client, core_queue: str) -> None:
        self._client = client
        self._mail, self._orders = mail_queue(core_queue), order_queue(core_queue)

    async def open(self) -> bool:
        """Say whether this engine can have letters sent: an old one has no activities by themselves."""
        known = await self._client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=self._client.namespace)
        )
        return known.namespace_info.capabilities.standalone_activities

    async def dispatch(self, letters: Sequence[str], orders: Sequence[str] = ()) -> None:
        """Have letters and orders sent; one that is on its way already is not sent beside itself.

        Raises what the client raises if the engine does not answer. Done again, nothing happens twice.
        """
        await asyncio.gather(
            *(self._dispatch(SEND, letter, self._mail) for letter in letters),
            *(self._dispatch(SEND_ORDER, order, self._orders) for order in orders),
        )

    async def _dispatch(self, activity: str, key: str, queue: str) -> None:
        await self._client.start_activity(
            activity,
            key,
            id=key,
            task_queue=queue,
            start_to_close_timeout=ONE_TRY,
            schedule_to_close_timeout=ALL_TRIES,
            retry_policy=TRIES,
            id_conflict_policy=ActivityIDConflictPolicy.USE_EXISTING,
            summary=key,
            rpc_timeout=PATIENCE,
        )
