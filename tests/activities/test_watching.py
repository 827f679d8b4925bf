"""What Assent fails at for minutes is written down, told to the PMO once, and gone when it works again."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    UnsandboxedWorkflowRunner,
    Worker,
)

from activities import watching
from activities.cases import Cases
from activities.discretion import Discretion
from activities.register import Register
from activities.watching import DOING, Watching
from service.clock import real_now
from service.store import failing, housekeeping
from tests.support.desk import Desk
from tests.support.engine import running
from tests.support.real_time import RealTime
from workflows.model import State
from workflows.ports import PATIENTLY

HALL = "funding-bh-dmh"


class Doing(ActivityInboundInterceptor):
    """An activity that fails as long as it is told to."""

    def __init__(self) -> None:
        self.fails: BaseException | None = LookupError("no such post")

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        if self.fails:
            raise self.fails
        return "done"


class Tried:
    """An activity of a case that is tried, for so long already and so often."""

    def __init__(self, desk: Desk) -> None:
        self.doing = Doing()
        self.watched = Watching(desk.store, desk.links).intercept_activity(self.doing)

    async def __call__(
        self,
        process: str,
        *,
        minutes: float = 4,
        attempt: int = 9,
        kind: str = "step_opened",
        id: str = "1",
    ) -> None:
        environment = ActivityEnvironment()
        environment.info = replace(
            environment.info,
            activity_id=id,
            activity_type=kind,
            attempt=attempt,
            scheduled_time=real_now() - timedelta(minutes=minutes),
            workflow_id=process,
            workflow_run_id="r",
        )
        given = ExecuteActivityInput(fn=print, args=[], executor=None, headers={})
        if not self.doing.fails:
            assert await environment.run(self.watched.execute_activity, given) == "done"
            return
        with pytest.raises(type(self.doing.fails)):
            await environment.run(self.watched.execute_activity, given)


@pytest.fixture
def tried(desk: Desk) -> Tried:
    return Tried(desk)


def held_up(desk: Desk) -> list[tuple[str, str, int]]:
    """Return what the PMO's page lists: the case, what fails, and how often it was tried."""
    with desk.store.reading() as tx:
        return [(one.case, one.doing, one.tries) for one in failing.open_cases(tx, "leicester")]


def told(desk: Desk, ref: str) -> list[tuple[str, str]]:
    """Return whom letters told of it, and what."""
    return [(row.post, row.props["doing"]) for row in desk.ledger(ref) if row.props.get("cause") == "failing"]


async def test_what_fails_for_minutes_is_told_once_and_is_gone_when_it_works(
    desk: Desk, tried: Tried
) -> None:
    ref = desk.submits().case
    step = f"{ref}.{HALL}.1"
    await tried(step)
    await tried(step, attempt=10, minutes=5)
    assert held_up(desk) == [(ref, "asking a question", 10)]
    assert told(desk, ref) == [("corp-projects-manager", "asking a question")]
    tried.doing.fails = None
    await tried(step, attempt=11, minutes=6)
    assert held_up(desk) == []
    assert told(desk, ref) == [("corp-projects-manager", "asking a question")]


@pytest.mark.parametrize(("minutes", "attempt"), [(2.9, 8), (30, 1)])
async def test_what_is_over_soon_is_nobodys_business(
    desk: Desk, tried: Tried, minutes: float, attempt: int
) -> None:
    ref = desk.submits().case
    await tried(ref, minutes=minutes, attempt=attempt)
    assert (held_up(desk), told(desk, ref)) == ([], [])


async def test_all_that_fails_for_one_case_is_told_once(desk: Desk, tried: Tried) -> None:
    ref = desk.submits().case
    await tried(f"{ref}.{HALL}.1", minutes=5)
    await tried(f"{ref}.funding-bh-sports.1", minutes=4)
    assert [one for one, *_ in held_up(desk)] == [ref, ref]
    assert len(told(desk, ref)) == 1
    other = desk.submits().case
    await tried(other, kind="case_became")
    assert told(desk, other) == [("corp-projects-manager", "moving the case on")]


async def test_what_fails_again_later_is_told_again(desk: Desk, tried: Tried) -> None:
    ref = desk.submits().case
    await tried(ref, id="1", minutes=60)
    tried.doing.fails = None
    await tried(ref, id="1", minutes=61, attempt=10)
    tried.doing.fails = LookupError()
    await tried(ref, id="2")
    assert len(told(desk, ref)) == 2


async def test_a_case_that_has_ended_or_is_tried_no_more_is_not_stuck(
    desk: Desk, tried: Tried, real: RealTime
) -> None:
    ended, left = desk.submits().case, desk.submits().case
    await tried(ended)
    await tried(left)
    desk.becomes(ended, State.WITHDRAWN)
    assert [one for one, *_ in held_up(desk)] == [left]
    real.passes(hours=2)
    with desk.store.writing() as tx:
        housekeeping.sweep(tx)
    assert held_up(desk) == []


async def test_what_is_nothing_of_a_case_is_left_to_the_log(desk: Desk, tried: Tried) -> None:
    await tried("MTG-leicester-heads-of-ict", kind="meeting_happens")
    assert held_up(desk) == []


async def test_where_the_record_does_not_answer_the_failure_itself_is_what_is_heard(
    desk: Desk, tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = desk.submits().case

    def broken(*given: Any, **named: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(failing, "failed", broken)
    await tried(ref)
    assert held_up(desk) == []


async def test_a_letter_that_cannot_be_written_does_not_keep_it_off_the_page(
    desk: Desk, tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = desk.submits().case
    with monkeypatch.context() as broken:
        broken.setattr(watching, "pmo_letter", lambda *given, **named: 1 / 0)
        await tried(ref)
    assert (len(held_up(desk)), told(desk, ref)) == (1, [])
    await tried(ref, attempt=10)
    assert len(told(desk, ref)) == 1, "it is written the next time"


def test_all_that_is_done_for_a_case_has_words() -> None:
    done = [
        definition.name
        for part in (Register, Cases)
        for one in vars(part).values()
        if (definition := getattr(one, "__temporal_activity_definition", None))
    ]
    assert sorted(done) == sorted(DOING)


@workflow.defn
class Moving:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity("case_became", **PATIENTLY)


async def test_a_worker_watches_what_it_does_for_a_case(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PATIENCE", timedelta())
    ref = desk.submits().case
    seen: list[list[tuple[str, str, int]]] = []

    @activity.defn(name="case_became")
    async def fails_twice() -> None:
        seen.append(held_up(desk))
        if len(seen) < 3:
            raise LookupError

    with running(tmp_path, {}) as server:
        client = await Client.connect(server.address)
        async with Worker(
            client,
            task_queue="q",
            workflows=[Moving],
            activities=[fails_twice],
            interceptors=[Discretion(), Watching(desk.store, desk.links)],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            await client.execute_workflow(Moving.run, id=ref, task_queue="q")
    assert seen == [[], [], [(ref, "moving the case on", 2)]]
    assert (held_up(desk), len(told(desk, ref))) == ([], 1)
