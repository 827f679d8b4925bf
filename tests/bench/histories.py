"""What a human step leaves in the engine's history: events and bytes, its case's share included."""

import asyncio

from sqlalchemy import func, select

from service.store.tables import LETTERS
from tests.bench.council import CHOICES, EVERY, KEYS, Council
from tests.bench.processes import leaves
from tests.bench.report import Goal, Report, Row

EVENTS, BYTES = Goal(40), Goal(12, "kB")
DAY_SECONDS = 2.0
"""A day of the Clock that is short enough to wait for reminders and long enough to answer before the next."""
REMINDED = KEYS[:2]


async def measure(report: Report, council: Council) -> None:
    """Play one case whose first two steps are each reminded once, and read its histories.

    The Clock runs fast here and does not jump, so that the histories are those of a quiet year.
    """
    report.say("histories: a case on a fast Clock, with a reminder in two of its steps")
    ref = await council.begin()
    for key in KEYS:
        step = f"{ref}.{key}.1"
        await council.asked([ref], key)
        while key in REMINDED and not await asyncio.to_thread(_reminded, council, step):
            await asyncio.sleep(EVERY)
        await council.answer(step, CHOICES[key])
    await council.client.get_workflow_handle(ref).result()
    parent = await leaves(council.client, ref)
    steps = [await leaves(council.client, f"{ref}.{key}.1") for key in REMINDED]
    own_events = sum(step.events for step in steps) / len(steps)
    own_size = sum(step.size for step in steps) / len(steps)
    share, size_share = parent.events / len(KEYS), parent.size / len(KEYS)
    told = f"step {own_events:.0f} + a third of its case {share:.0f}"
    report.add(Row("history events of a step with one reminder", own_events + share, "", EVENTS, ours=told))
    told = f"step {own_size / 1e3:.1f} + a third of its case {size_share / 1e3:.1f} kB"
    report.add(
        Row(
            "history bytes of a step with one reminder", (own_size + size_share) / 1e3, "kB", BYTES, ours=told
        )
    )


def _reminded(council: Council, step: str) -> bool:
    with council.store.reading() as tx:
        sent = select(func.count()).where(
            LETTERS.c.step == step, LETTERS.c.kind == "reminder", LETTERS.c.state == "accepted"
        )
        return bool(tx.value(sent))
