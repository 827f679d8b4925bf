"""Whole processes of three human steps, and the history they leave behind."""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from service.store import letters
from tests.bench.bare import Shape
from tests.bench.beside import Beside, several
from tests.bench.council import CHOICES, KEYS, Council
from tests.bench.report import Goal, Report, Row

AT_ONCE = 16
PER_SECOND = Goal(0.6, "×", least=True)


async def measure(report: Report, council: Council, bare: Beside, *, number: int, rounds: int = 3) -> None:
    """Run rounds of ours and of bare processes in turn, and compare how many end in a second."""
    watching = asyncio.create_task(council.watch())
    try:
        report.say("processes: the first ones, for warmth and to count their activities")
        warm = await several(AT_ONCE, AT_ONCE, lambda _: _ours(council))
        shape = await _shape(council, warm[0])
        report.say(f"processes: bare ones get {shape.writes} writes and {shape.letters} letters of their own")
        report.say(f"processes: and {shape.step_writes} writes and {shape.step_letters} letters in steps")
        await several(AT_ONCE, AT_ONCE, lambda _: bare.process(shape))
        ours: list[float] = []
        others: list[float] = []
        spent_bare: list[float] = []
        spent_ours: list[float] = []
        everything = [
            os.getpid(),
            *bare.pids,
            *(part.pid for part in council.stack.parts.values() if part.pid),
        ]
        for turn in range(rounds):
            await council.quiet()
            before = spent(everything)
            others.append(await _rate(number, lambda _: bare.process(shape)))
            between = spent(everything)
            ours.append(await _rate(number, lambda _: _ours(council)))
            await council.quiet()
            spent_bare.append((between - before) / number)
            spent_ours.append((spent(everything) - between) / number)
            report.say(
                f"processes: round {turn + 1} of {rounds}, {ours[-1]:.1f} beside {others[-1]:.1f} a second"
            )
        await council.quiet()
    finally:
        watching.cancel()
    report.add(
        Row(
            "work of all processors for a process of three steps, bare over ours",
            statistics.median(theirs / mine for mine, theirs in zip(spent_ours, spent_bare, strict=True)),
            "×",
            ours=f"{statistics.median(spent_ours) * 1e3:.0f} ms",
            bare=f"{statistics.median(spent_bare) * 1e3:.0f} ms",
        )
    )
    report.add(
        Row(
            "processes of three steps a second, 16 at a time, over bare",
            statistics.median(mine / theirs for mine, theirs in zip(ours, others, strict=True)),
            "×",
            PER_SECOND,
            ours=f"{statistics.median(ours):.1f} /s",
            bare=f"{statistics.median(others):.1f} /s",
        )
    )


async def _rate(number: int, one: Callable[[int], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await several(number, AT_ONCE, one)
    return number / (time.perf_counter() - began)


def spent(pids: Iterable[int]) -> float:
    """Return the seconds of processor time that processes have taken: neighbours change it less."""
    ticks = 0
    for pid in pids:
        # What stands before the last bracket is the program's name, which may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def _ours(council: Council) -> str:
    ref = await council.begin()
    for key in KEYS:
        step = f"{ref}.{key}.1"
        await council.until_asked(step)
        await council.answer(step, CHOICES[key])
    await council.client.get_workflow_handle(ref).result()
    return ref


@dataclass(frozen=True)
class Leaves:
    """What a workflow leaves in the engine's history."""

    events: int
    size: int
    at_once: int
    """Writes that left a marker, and those that were activities of their own."""
    later: int

    @property
    def writes(self) -> int:
        return self.at_once + self.later


async def leaves(client: Client, id: str) -> Leaves:
    """Read a workflow's history and count."""
    handle = client.get_workflow_handle(id)
    described = (await handle.describe()).raw_description.workflow_execution_info
    at_once = later = 0
    async for event in handle.fetch_history_events():
        at_once += event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED
        later += event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    return Leaves(described.history_length, described.history_size_bytes, at_once, later)


async def _shape(council: Council, ref: str) -> Shape:
    """Return the shape of a process that has ended."""
    parent = await leaves(council.client, ref)
    steps = [await leaves(council.client, f"{ref}.{key}.1") for key in KEYS]
    with council.store.reading() as tx:
        from_steps = [bool(letter.step) for letter in letters.of_case(tx, ref)]
    return Shape(
        writes=parent.writes,
        letters=from_steps.count(False),
        step_writes=sum(step.writes for step in steps),
        step_letters=from_steps.count(True),
    )
