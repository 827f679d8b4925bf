"""Letters a second on one kept connection, beside a plain loop of the library."""

import asyncio
import statistics
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

from notifications.examples import EXAMPLES, rendered
from notifications.smtp import Mailer
from service.stack import HOST, free_port, listening
from tests.bench.report import Goal, Report, Row

PER_SECOND = Goal(0.8, "×", least=True)


async def measure(report: Report, folder: Path, *, number: int, rounds: int = 3) -> None:
    """Send the same letters both ways, in turn, to a catcher of their own."""
    port = free_port()
    words = ["notifications.catcher", "--port", str(port), "--folder", str(folder / "letters")]
    catcher = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words, stdout=asyncio.subprocess.PIPE
    )
    letter = rendered(EXAMPLES["request"])
    ours: list[float] = []
    plain: list[float] = []
    try:
        await listening(port)
        for turn in range(rounds):
            plain.append(number / await _plainly(port, letter, number))
            ours.append(number / await _ours(port, letter, number))
            report.say(
                f"letters: round {turn + 1} of {rounds}, {ours[-1]:.0f} beside {plain[-1]:.0f} a second"
            )
    finally:
        catcher.terminate()
        await catcher.wait()
    report.add(
        Row(
            "letters a second on one kept connection, over plain aiosmtplib",
            statistics.median(mine / theirs for mine, theirs in zip(ours, plain, strict=True)),
            "×",
            PER_SECOND,
            ours=f"{statistics.median(ours):.0f} /s",
            bare=f"{statistics.median(plain):.0f} /s",
        )
    )


async def _plainly(port: int, letter: EmailMessage, number: int) -> float:
    client = aiosmtplib.SMTP(hostname=HOST, port=port, start_tls=False)
    async with client:
        began = time.perf_counter()
        for _ in range(number):
            await client.send_message(letter)
        return time.perf_counter() - began


async def _ours(port: int, letter: EmailMessage, number: int) -> float:
    mailer = Mailer(HOST, port, tls="none")
    try:
        began = time.perf_counter()
        for _ in range(number):
            await mailer.send(letter)
        return time.perf_counter() - began
    finally:
        await mailer.close()
