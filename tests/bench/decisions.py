"""A decision: the press of Confirm until it is recorded, beside a POST that only passes an answer on."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import httpx2 as httpx

from tests.bench.beside import Beside, several
from tests.bench.council import KEPT, KEYS, Confirmation, Council
from tests.bench.report import Goal, Report, Row, milliseconds, spread

MEDIAN, HIGH = Goal(1.5), Goal(2)

Post = Callable[[], Awaitable[float]]


async def measure(report: Report, council: Council, bare: Beside, *, cases: int, rounds: int = 3) -> None:
    """Measure one at a time, eight at the same moment, and eight people without a pause.

    One at a time, each decision finds the stack at rest. Eight at the same moment, each wave does.
    Without a pause, each finds what the ones before it set going: letters, ends, the next questions.
    """
    async with httpx.AsyncClient(timeout=60, limits=KEPT) as client:
        report.say(f"decisions: {cases} proposals are submitted")
        refs = await council.begin_many(cases)
        results: dict[str, tuple[list[float], list[float]]] = {}
        for key, (name, measured) in zip(KEYS, _WAYS.items(), strict=True):
            report.say(f"decisions: {name}; {cases} people follow their links, up to the last button")
            await council.asked(refs, key)
            forms = [await council.to_confirm(f"{ref}.{key}.1") for ref in refs]
            await council.quiet()
            ours: list[float] = []
            others: list[float] = []
            await _one_by_one(
                [_bare(client, await bare.decision()) for _ in range(8)], _at_rest
            )  # for warmth
            for part in _parts(forms, rounds):
                bare_posts = [_bare(client, await bare.decision()) for _ in part]
                await _at_rest()
                others += await measured(bare_posts, _at_rest)
                ours += await measured([_ours(client, form) for form in part], council.quiet)
                await council.quiet()
            results[name] = ours, others
    _tell(report, results)


def _tell(report: Report, results: dict[str, tuple[list[float], list[float]]]) -> None:
    for name, (ours, others) in results.items():
        middle, high = (mine / theirs for mine, theirs in zip(spread(ours), spread(others), strict=True))
        told = {"ours": milliseconds(ours), "bare": milliseconds(others)}
        has_goal = name != WITHOUT_PAUSE
        report.add(Row(f"decision {name}, p50 over bare", middle, "×", MEDIAN if has_goal else None, **told))
        report.add(Row(f"decision {name}, p95 over bare", high, "×", HIGH if has_goal else None, **told))
        if name == EIGHT:
            goal = Goal(3, "×")
            report.add(Row("8 writers at once on SQLite, p95 over p50", _steep(ours), "×", goal))


def _steep(samples: Sequence[float]) -> float:
    middle, high = spread(samples)
    return high / middle


def _ours(client: httpx.AsyncClient, form: Confirmation) -> Post:
    async def post() -> float:
        began = time.perf_counter()
        answer = await client.post(form.url, data=dict(form.data), headers=dict(form.headers))
        took = time.perf_counter() - began
        if answer.status_code != 303 or "/a/done/" not in answer.headers["location"]:
            raise RuntimeError(f"not recorded: {answer.status_code} {answer.text[:300]}")
        return took

    return post


def _bare(client: httpx.AsyncClient, url: str) -> Post:
    async def post() -> float:
        began = time.perf_counter()
        answer = await client.post(url)
        took = time.perf_counter() - began
        answer.raise_for_status()
        return took

    return post


async def _at_rest() -> None:
    """Leave the machine alone for about as long as a stack takes to come to rest after a decision."""
    await asyncio.sleep(0.2)


Rest = Callable[[], Awaitable[None]]


async def _one_by_one(posts: Sequence[Post], rest: Rest) -> list[float]:
    took = []
    for post in posts:
        took.append(await post())
        await rest()
    return took


async def _in_waves(posts: Sequence[Post], rest: Rest) -> list[float]:
    took: list[float] = []
    for start in range(0, len(posts), 8):
        took += await asyncio.gather(*(post() for post in posts[start : start + 8]))
        await rest()
    return took


async def _without_pause(posts: Sequence[Post], rest: Rest) -> list[float]:
    return await several(len(posts), 8, lambda which: posts[which]())


ONE, EIGHT, WITHOUT_PAUSE = "1 at a time", "8 at a time", "8 at a time without a pause"
_WAYS = {ONE: _one_by_one, EIGHT: _in_waves, WITHOUT_PAUSE: _without_pause}


def _parts(forms: Sequence[Confirmation], rounds: int) -> list[Sequence[Confirmation]]:
    """Split into rounds of whole waves, so that ours and bare take turns."""
    size = -(-len(forms) // rounds // 8) * 8 or 8
    return [forms[start : start + size] for start in range(0, len(forms), size)]
