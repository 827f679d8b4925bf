"""`python -m tests.bench` (also `make bench ARGS=…`) measures, says how far it is, and prints one table."""

import argparse
import asyncio
import os
import platform
import tempfile
from collections.abc import Sequence
from pathlib import Path

from service.clock import real_now
from tests.bench import (
    decisions,
    histories,
    letters,
    memory,
    papers,
    processes,
    projects,
    rehearsal,
    starting,
)
from tests.bench.beside import beside
from tests.bench.council import council
from tests.bench.report import Report

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
MARK = "<!-- the table of the last `make bench ARGS=--write` -->"
PARTS = (
    "starting",
    "letters",
    "papers",
    "rehearsal",
    "histories",
    "decisions",
    "processes",
    "projects",
    "memory",
)


async def measure(report: Report, chosen: argparse.Namespace, folder: Path) -> None:
    """Measure the parts that were chosen, each on a stack with nothing in its record."""
    quick, wanted = chosen.quick, frozenset(chosen.only)
    if "starting" in wanted:
        await starting.measure(report, folder, times=1 if quick else 3)
    if "letters" in wanted:
        await letters.measure(report, folder, number=100 if quick else 300)
    if "papers" in wanted:
        papers.measure(report, folder)
    if "rehearsal" in wanted:
        rehearsal.measure(report, folder, number=2_000 if quick else 10_000)
    if "histories" in wanted:
        async with council(folder / "histories", day_seconds=histories.DAY_SECONDS) as own:
            await histories.measure(report, own)
    if "decisions" in wanted or "processes" in wanted:
        async with council(folder / "speed") as own, beside(own.stack.settings.temporal_address) as bare:
            if "decisions" in wanted:
                await decisions.measure(report, own, bare, cases=24 if quick else 96)
            if "processes" in wanted:
                await processes.measure(report, own, bare, number=16 if quick else 48)
    if "projects" in wanted:
        async with council(folder / "projects") as own, beside(own.stack.settings.temporal_address) as bare:
            number, weeks = chosen.projects or (16 if quick else 50), chosen.weeks or (4 if quick else 12)
            await projects.measure(report, own, bare, number=number, weeks=weeks)
    if "memory" in wanted:
        async with council(folder / "memory") as own:
            await memory.measure(report, own, cases=chosen.cases or (600 if quick else 1_000))
    if chosen.clone:
        starting.measure_clone(report, folder)


def _machine() -> str:
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory_bytes / 2**30:.0f} GB, "
        f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}"
    )


def _write(report: Report) -> None:
    """Put the table in the place of the last one."""
    before, mark, _ = PAGE.read_text("utf-8").partition(MARK)
    shape = f"{real_now():%d %B %Y}, {_machine()}."
    PAGE.write_text(f"{before}{mark}\n\n{shape}\n\n{report.table()}\n", "utf-8")


def main(words: Sequence[str] | None = None) -> None:
    """Read the command line, measure, and print. A goal that is missed is no error."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few samples, for a first look")
    parser.add_argument("--cases", type=int, default=0, help="open cases to measure memory with: 1000, 10000")
    parser.add_argument("--projects", type=int, default=0, help="projects that report every week: 50, 1000")
    parser.add_argument("--weeks", type=int, default=0, help="weeks for which they do: 12, 52")
    parser.add_argument("--clone", action="store_true", help="also set up, and play, a fresh clone")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="only these parts")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    chosen = parser.parse_args(words)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        asyncio.run(measure(report, chosen, Path(folder)))
    print(f"\n{_machine()}\n\n{report.table()}")
    if chosen.write:
        _write(report)


if __name__ == "__main__":
    main()
