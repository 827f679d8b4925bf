"""From nothing to the first page: a cold start of the stack, and a fresh clone."""

import asyncio
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx2 as httpx

from service.stack import HOST, free_port
from tests.bench.report import Goal, Report, Row

FIRST_PAGE, SET_UP, DEMO = Goal(4, "s"), Goal(60, "s"), Goal(180, "s")


async def measure(report: Report, folder: Path, *, times: int) -> None:
    """Start `assent up` in an empty folder several times, and wait for its first page."""
    pages, ready = [], []
    for number in range(times):
        page, working = await _cold(folder / f"cold{number}")
        report.say(f"cold start {number + 1} of {times}: first page {page:.1f} s, all ready {working:.1f} s")
        pages.append(page)
        ready.append(working)
    report.add(
        Row(
            "cold start of the whole stack to the first page",
            statistics.median(pages),
            "s",
            FIRST_PAGE,
            ours=f"engine and worker answer after {statistics.median(ready):.1f} s",
        )
    )


async def _cold(folder: Path) -> tuple[float, float]:
    port = free_port()
    environment = os.environ | {"ASSENT_DATA_DIR": str(folder), "ASSENT_MODE": "test"}
    began = time.monotonic()
    stack = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).with_name("assent"), "up", "--port", str(port)),
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as browser, asyncio.timeout(90):
            await _answers(browser, "/sign-in")
            page = time.monotonic() - began
            await _answers(browser, "/readyz")
            return page, time.monotonic() - began
    finally:
        stack.send_signal(signal.SIGTERM)
        await stack.wait()


async def _answers(browser: httpx.AsyncClient, path: str) -> None:
    while True:
        try:
            if (await browser.get(path)).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.02)


def measure_clone(report: Report, folder: Path) -> None:
    """Set up a fresh clone, then play the demo in another one, as somebody would who has just come."""
    for words, what, goal in (
        (["setup"], "set-up from a fresh clone", SET_UP),
        (["demo", "ARGS=--exit"], "`make demo ARGS=--exit` from a fresh clone", DEMO),
    ):
        clone = folder / "clone"
        report.say(f"{what}: make {' '.join(words)}")
        subprocess.run(["git", "clone", "-q", ".", str(clone)], check=True)
        began = time.monotonic()
        subprocess.run(["make", "-s", *words], cwd=clone, check=True, stdout=subprocess.DEVNULL)
        report.add(Row(what, time.monotonic() - began, "s", goal))
        shutil.rmtree(clone)
