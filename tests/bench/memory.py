"""The memory that open cases cost, each waiting for one person's answer."""

from pathlib import Path

from activities import worker
from tests.bench.council import KEYS, Council
from tests.bench.report import Goal, Report, Row

CACHED = worker.CACHED // 2
"""Open cases, of two processes each, that fill the worker's cache."""
BATCH = 500
FLAT, SERVER = Goal(10, "MB"), Goal(45, "MB")


async def measure(report: Report, council: Council, *, cases: int) -> None:
    """Open cases until there are so many, and see what grows with them."""
    seen: dict[int, dict[str, float]] = {0: _memory(council)}
    opened = 0
    while opened < cases:
        batch = BATCH if opened else CACHED
        refs = await council.begin_many(min(batch, cases - opened))
        opened += len(refs)
        await council.asked(refs, KEYS[0])
        seen[opened] = _memory(council)
        told = ", ".join(f"{part} {size:.0f} MB" for part, size in seen[opened].items())
        report.say(f"memory: {opened:,} open cases: {told}")
    thousands = (opened - CACHED) / 1_000
    for part, goal in (("worker", FLAT), ("engine", SERVER)):
        start, full, end = (seen[number][part] for number in (0, CACHED, opened))
        report.add(
            Row(
                f"memory of the {part} per 1,000 open cases beyond the worker's cache",
                (end - full) / thousands,
                "MB",
                goal,
                ours=f"{start:.0f} MB with 0, {full:.0f} with {CACHED:,}, {end:.0f} with {opened:,}",
            )
        )


def _memory(council: Council) -> dict[str, float]:
    """Return what each process holds, in MB."""
    return {part: resident(council.stack.parts[part].pid) for part in ("worker", "engine", "web")}


def resident(pid: int | None) -> float:
    """Return what a process holds, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1_000
