"""Projects that report every week, beside bare processes that wait, ask and write as often.

The Clock jumps from one report to the next, so that a year passes in as long as its reports take.
"""

import asyncio
import os
import statistics
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from service.store import clock, letters
from service.store.intents import SAID, Answered
from service.store.tables import CASE_WAITS, PROJECT_REPORTS
from tests.bench.bare import ReportShape
from tests.bench.beside import Beside, several
from tests.bench.council import BEGINS, EVERY, WATCHED_EVERY, Council
from tests.bench.memory import resident
from tests.bench.processes import AT_ONCE, PER_SECOND, leaves, spent
from tests.bench.report import Goal, Report, Row
from workflows.delivering import LONGEST
from workflows.delivery import Tolerance
from workflows.human_step import CASE, KIND, TURN
from workflows.model import Choice
from workflows.processes.project import Project
from workflows.rules.clock import jump

EVENTS = Goal(2_000)
"""Events of the longest history that any run may have."""
FLAT = Goal(10, "MB")
"""What the worker may grow by over the second half of the weeks, with as many projects open as in the first:
as much as 1,000 more open cases may cost it."""
HIGHLIGHT = "highlight"
COST = "140000.00"
BOARD = 2
"""Of the three members of a board, how many answer: its quorum."""


def _words(text: str) -> Answered:
    return Answered(value=SAID, text=text)


def _boxes(**said: str) -> dict[str, Answered]:
    return {name: Answered(value=value) for name, value in said.items()}


MANDATE = _boxes(
    manager="hoict-rc",
    executive="cd-rc",
    senior_user="bh-dmh",
    senior_supplier="ict-services",
    template="prince2",
    strategy="customer-access",
) | {"brief": _words("Put booking for the hall on the web")}


def _plan(weeks: int) -> dict[str, Answered]:
    """Plan a stage that outlasts the weeks in which it is reported on."""
    ends = (BEGINS + timedelta(weeks=weeks + 4)).date()
    live = ends + timedelta(weeks=8)
    return _boxes(
        stage_ends_1=ends.isoformat(),
        stage_cost_1=COST,
        stage_weeks_1="1",
        go_live=live.isoformat(),
        tolerance_cost="10",
        tolerance_days="20",
    ) | {"stage_name_1": _words("Build")}


def _report(weeks: int, week: int) -> dict[str, Answered]:
    """Say that all goes by plan, at a cost that goes up and down within what is tolerated."""
    plan = _plan(weeks)
    ratings = {
        f"rating_{of}": "amber" if of is Tolerance.RISK and week % 4 == 0 else "green" for of in Tolerance
    }
    return _boxes(
        forecast_cost=f"{140_000 + week % 5 * 1_000}.00",
        forecast_go_live=plan["go_live"].value,
        forecast_stage_ends=plan["stage_ends_1"].value,
        **ratings,
    ) | {
        "done": _words(f"What was planned for week {week}"),
        "next": _words(f"What is planned for week {week + 1}"),
        "issues": _words("None that the board need hear of"),
    }


@dataclass
class Weeks:
    """What the weeks took: reports a second and seconds of work for each, ours and bare; and memory in MB."""

    empty: float
    """What the worker held before there was a project."""
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    bare_work: list[float] = field(default_factory=list)
    worker: list[float] = field(default_factory=list)
    """How much of the work for a report of ours is the worker's."""
    memory: list[float] = field(default_factory=list)


async def measure(report: Report, council: Council, bare: Beside, *, number: int, weeks: int) -> None:
    """Open projects, let them report every week, and see how fast they do and what that leaves behind."""
    office = Office(council, weeks)
    watching = asyncio.create_task(council.watch()), asyncio.create_task(office.watch())
    try:
        took = Weeks(empty=resident(council.stack.parts["worker"].pid))
        began = time.perf_counter()
        refs = await several(number, AT_ONCE, lambda _: office.opens())
        report.say(f"projects: {number:,} in their first stage after {time.perf_counter() - began:.0f} s")
        shape = await _shape(office, refs)
        report.say(
            f"projects: bare ones get {shape.own} writes a week, and {shape.at_once} and {shape.later}"
            f" with {shape.letters} letters in each question"
        )
        others = await several(number, AT_ONCE, lambda _: bare.project(shape))
        for week in range(2, weeks + 1):
            await _week(took, office, bare, week, refs, others)
            report.say(
                f"projects: week {week} of {weeks}, {took.ours[-1]:.1f} reports a second"
                f" beside {took.bare[-1]:.1f}, worker {took.memory[-1]:.0f} MB"
            )
    finally:
        for task in watching:
            task.cancel()
    _tell_speed(report, took)
    await _tell_histories(report, office, number * weeks)


async def _week(
    took: Weeks, office: "Office", bare: Beside, week: int, refs: list[str], others: list[str]
) -> None:
    """Have all bare projects report, then all of ours, and take down what it took."""
    pids = {name: part.pid for name, part in office.council.stack.parts.items() if part.pid}
    everything, number = [os.getpid(), *bare.pids, *pids.values()], len(refs)
    before, began = spent(everything), time.perf_counter()
    await several(number, AT_ONCE, lambda one: bare.report(others[one], week - 1))
    between, then = spent(everything), time.perf_counter()
    of_worker = spent([pids["worker"]])
    await office.week_passes()
    await several(number, AT_ONCE, lambda one: office.reports(refs[one], week))
    await office.quiet()
    took.bare.append(number / (then - began))
    took.ours.append(number / (time.perf_counter() - then))
    took.bare_work.append((between - before) / number)
    took.work.append((spent(everything) - between) / number)
    took.worker.append((spent([pids["worker"]]) - of_worker) / number)
    took.memory.append(resident(pids["worker"]))


def _tell_speed(report: Report, took: Weeks) -> None:
    report.add(
        Row(
            "work of all processors for a weekly report, bare over ours",
            statistics.median(theirs / mine for mine, theirs in zip(took.work, took.bare_work, strict=True)),
            "×",
            ours=(
                f"{statistics.median(took.work) * 1e3:.0f} ms,"
                f" the worker's {statistics.median(took.worker) * 1e3:.0f}"
            ),
            bare=f"{statistics.median(took.bare_work) * 1e3:.0f} ms",
        )
    )
    report.add(
        Row(
            "weekly reports a second, 16 at a time, over bare",
            statistics.median(mine / theirs for mine, theirs in zip(took.ours, took.bare, strict=True)),
            "×",
            PER_SECOND,
            ours=f"{statistics.median(took.ours):.1f} /s",
            bare=f"{statistics.median(took.bare):.1f} /s",
        )
    )
    first, half, last = took.memory[0], took.memory[len(took.memory) // 2], took.memory[-1]
    report.add(
        Row(
            "memory of the worker that the second half of the weeks adds",
            last - half,
            "MB",
            FLAT,
            ours=(
                f"{took.empty:.0f} MB without projects, {first:.0f} after two weeks,"
                f" {half:.0f} after half, {last:.0f} at the end"
            ),
        )
    )


async def _tell_histories(report: Report, office: "Office", reports: int) -> None:
    """Read how long every run is that there was, of projects and of their questions."""
    written = await asyncio.to_thread(office.reported)
    if written != reports:
        raise RuntimeError(f"{written} reports are in the record, and {reports} were given")
    client = office.council.client
    # The engine lists a run a moment after it has begun or ended, and counts its events with its end.
    while (await client.count_workflows("ExecutionStatus = 'Running' AND WorkflowType = 'HumanStep'")).count:
        await asyncio.sleep(EVERY)
    events: dict[str, list[int]] = {"Project": [], "HumanStep": []}
    async for run in client.list_workflows("WorkflowType IN ('Project', 'HumanStep')"):
        length = run.history_length
        if run.close_time is None:
            handle = client.get_workflow_handle(run.id, run_id=run.run_id)
            length = (await handle.describe()).history_length
        events[run.workflow_type].append(length)
    own, asked = events["Project"], events["HumanStep"]
    if len(asked) < reports:
        raise RuntimeError(f"the engine lists {len(asked)} questions, and {reports} reports were given")
    report.add(
        Row(
            "events in the longest history of a run",
            max(*own, *asked),
            "",
            EVENTS,
            ours=(
                f"{len(own):,} runs of projects, on average {statistics.mean(own):.0f}, at most {max(own)}; "
                f"questions {statistics.mean(asked):.0f} and {max(asked)}"
            ),
        )
    )


async def _shape(office: "Office", refs: list[str]) -> ReportShape:
    """Have everybody report for the first time, and return the shape of what one project then did."""
    client, ref = office.council.client, refs[0]
    before = await leaves(client, ref)
    await office.week_passes()
    await several(len(refs), AT_ONCE, lambda one: office.reports(refs[one], 1))
    await office.quiet()
    after, question = await leaves(client, ref), await leaves(client, f"{ref}.{HIGHLIGHT}.1")
    with office.council.store.reading() as tx:
        sent = len(letters.of_step(tx, f"{ref}.{HIGHLIGHT}.1"))
    return ReportShape(
        own=after.writes - before.writes,
        at_once=question.at_once,
        later=question.later,
        letters=sent,
        longest=LONGEST,
    )


class Office:
    """Whoever runs the projects of a council, and the Clock that they live by."""

    def __init__(self, council: Council, weeks: int) -> None:
        self.council = council
        self._weeks = weeks
        self._waiting: dict[str, datetime] = {}
        """Until when each project waits that waits for its next report."""

    async def opens(self) -> str:
        """Open a project, and take it through its first two gates into its stage; return its reference."""
        ref = await asyncio.to_thread(self.council.write_project)
        await self.council.client.start_workflow(
            Project.run,
            args=[ref],
            id=ref,
            task_queue=self.council.stack.settings.core_queue,
            task_timeout=TURN,
            search_attributes=TypedSearchAttributes(
                [SearchAttributePair(KIND, "project"), SearchAttributePair(CASE, ref)]
            ),
        )
        await self._answers(f"{ref}.mandate.1", Choice.REPORT, MANDATE)
        await self._authorises(f"{ref}.gate-start-up.1")
        await self._answers(f"{ref}.initiation.1", Choice.REPORT, _plan(self._weeks))
        await self._authorises(f"{ref}.gate-initiation.1")
        await self._waits_after(ref, BEGINS)
        return ref

    async def reports(self, ref: str, week: int) -> None:
        """Tell a project of the new week, have its manager report, and see it wait for the next."""
        day = self._waiting[ref]
        with self.council.store.reading() as tx:
            segment = tx.clock.segments[-1]
        while await self.council.gateway.clock_moved(segment, [ref]):
            await asyncio.sleep(EVERY)
        await self._answers(f"{ref}.{HIGHLIGHT}.{week}", Choice.REPORT, _report(self._weeks, week))
        await self._waits_after(ref, day)

    async def week_passes(self) -> None:
        """Move the Clock to the day on which the next report is asked for."""
        await asyncio.to_thread(self._jump)

    async def quiet(self) -> None:
        """Wait until no question is open and no letter is owed."""
        while any(await asyncio.to_thread(self.council.counts)):
            await asyncio.sleep(EVERY)

    async def watch(self) -> None:
        """Keep looking which projects wait for their next report, until cancelled."""
        while True:
            self._waiting = await asyncio.to_thread(self._waits)
            await asyncio.sleep(WATCHED_EVERY)

    def reported(self) -> int:
        """Return how many reports are in the record."""
        with self.council.store.reading() as tx:
            found: int = tx.value(select(func.count()).select_from(PROJECT_REPORTS))
        return found

    async def _answers(self, step: str, choice: Choice, boxes: dict[str, Answered], *, seat: int = 0) -> None:
        await self.council.until_asked(step)
        await self.council.answer(step, choice, boxes, seat=seat)

    async def _authorises(self, step: str) -> None:
        for seat in range(BOARD):
            await self._answers(step, Choice.AUTHORISE, {}, seat=seat)

    async def _waits_after(self, ref: str, day: datetime) -> None:
        while self._waiting.get(ref, day) <= day:
            await asyncio.sleep(EVERY)

    def _waits(self) -> dict[str, datetime]:
        with self.council.store.reading() as tx:
            waits = select(CASE_WAITS.c.case, CASE_WAITS.c.until).where(CASE_WAITS.c.leg == HIGHLIGHT)
            return {row.case: row.until for row in tx.all(waits) if row.until}

    def _jump(self) -> None:
        to = max(self._waits().values())
        with self.council.store.writing() as tx:
            clock.add(tx, jump(tx.clock, to=to, real=tx.real))
