"""What the door to the engine makes of the engine's answers: on a real server, with a small worker."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.service import RetryConfig
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from service import gateway as door
from service.config import Settings
from service.gateway import Counted, Gateway, Refused, Unknown
from service.mailroom import SEND, SEND_ORDER, Mailroom, mail_queue, order_queue
from service.stack import free_port
from tests.support.core import decision
from tests.support.engine import Server, running
from tests.support.play import down
from workflows.human_step import SEARCH_ATTRIBUTES, guarded
from workflows.model import Choice, Decision, Leg, Segment, Size, Sizing, Standing, Withdrawal
from workflows.processes.readiness import Readiness
from workflows.rules.quorum import Refusal

QUEUE = "assent-core"
WITHIN = 60.0
"""Seconds for a whole test; a quiet machine needs one."""
GIVES_UP_AT_ONCE = RetryConfig(initial_interval_millis=50, max_elapsed_time_millis=200, max_retries=1)
"""The client's own patience with an engine that is down is ten seconds, which a test has not got."""
NOON = datetime(2004, 9, 13, 12, tzinfo=UTC)


@workflow.defn(name="HumanStep")
class Step:
    """Counts what it is brought; refuses, or fails, as the decision's payload says."""

    def __init__(self) -> None:
        self.counted: list[str] = []
        self.moves: list[int] = []

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: "the last" in self.counted)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.counted

    @workflow.update
    @guarded
    def decide(self, made: Decision) -> Standing:
        if made.payload_hash == "KeyError":
            raise KeyError("a fault in our code")
        self.counted.append(made.payload_hash)
        return Standing(step=made.step, settled=Choice.APPROVE if made.payload_hash == "the last" else None)

    @decide.validator
    def refuse(self, made: Decision) -> None:
        if made.payload_hash in list(Refusal):
            raise ApplicationError("refused", type=made.payload_hash, non_retryable=True)
        if made.payload_hash == "another error":
            raise ApplicationError("refused", type="SomethingElse", non_retryable=True)

    @workflow.update
    def clock_moved(self, segment: Segment) -> None:
        self.moves.append(segment.number)

    @workflow.query
    def so_far(self) -> list[str]:
        return self.counted

    @workflow.query
    def moved(self) -> list[int]:
        return self.moves


@workflow.defn(name="InvestmentProposal")
class Case:
    """Remembers what it is told, until it is withdrawn."""

    def __init__(self) -> None:
        self.versions: list[int] = []
        self.withdrawn = 0
        self.being_added = False

    @workflow.run
    async def run(self, case: str) -> None:
        await workflow.wait_condition(lambda: self.withdrawn > 0)

    @workflow.update
    def resubmit(self, version: int) -> None:
        if version < 1:
            raise ApplicationError("a fault in our code", type="KeyError", non_retryable=True)
        self.versions.append(version)

    @workflow.update(unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON)
    async def add_approver(self, leg: Leg) -> bool:
        if leg.reason == "faulty":
            raise ApplicationError("a fault in our code", type="KeyError", non_retryable=True)
        if leg.reason == "while it ends":
            self.being_added = True
            await workflow.wait_condition(lambda: False)
        return leg.reason == "in time"

    @workflow.update
    def set_size(self, sizing: Sizing) -> bool:
        if sizing.number == 0:
            raise ApplicationError("a fault in our code", type="KeyError", non_retryable=True)
        return sizing.size is Size.MAJOR

    @workflow.update
    def withdraw(self, wish: Withdrawal) -> None:
        self.withdrawn += 1

    @workflow.query
    def heard(self) -> list[int]:
        return self.versions

    @workflow.query
    def adding(self) -> bool:
        return self.being_added


@workflow.defn(name="Project")
class Steered:
    """A project that asks for one report, and looks again whom it asks."""

    def __init__(self) -> None:
        self.looked = 0
        self.over = False

    @workflow.run
    async def run(self, case: str) -> None:
        await workflow.wait_condition(lambda: self.over)

    @workflow.update
    def people_changed(self) -> None:
        self.looked += 1
        if self.looked == 3:
            raise ApplicationError("a fault in our code", type="KeyError", non_retryable=True)

    @workflow.update
    def report_now(self) -> bool:
        return self.looked == 0

    @workflow.signal
    def end(self) -> None:
        self.over = True


SENT: list[str] = []


@activity.defn(name=SEND)
async def send(key: str) -> None:
    SENT.append(key)


@activity.defn(name=SEND_ORDER)
async def send_order(key: str) -> None:
    SENT.append(key)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(
        tmp_path_factory.mktemp("temporal"), {key.name: "Keyword" for key in SEARCH_ATTRIBUTES}
    ) as one:
        yield one


@pytest.fixture
async def client(server: Server) -> Client:
    return await Client.connect(server.address, data_converter=pydantic_data_converter)


@pytest.fixture
async def gateway(server: Server) -> Gateway:
    return await Gateway.connect(Settings(mode="test", temporal_address=server.address))


@pytest.fixture
async def worker(client: Client) -> AsyncIterator[None]:
    async with working(client):
        yield


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE", timedelta(seconds=1))


@asynccontextmanager
async def working(client: Client) -> AsyncIterator[None]:
    core = Worker(
        client,
        task_queue=QUEUE,
        workflows=[Step, Case, Steered, Readiness],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    mail = Worker(client, task_queue=mail_queue(QUEUE), activities=[send])
    orders = Worker(client, task_queue=order_queue(QUEUE), activities=[send_order])
    async with core, mail, orders, asyncio.timeout(WITHIN):
        yield


async def open_step(client: Client, name: str) -> str:
    await client.start_workflow(Step.run, id=name, task_queue=QUEUE)
    return name


def made(step: str, what: str = "yes", seat: str = "bh-dmh") -> Decision:
    return decision(step, seat).model_copy(update={"payload_hash": what})


def besides(reason: str, post: str) -> Leg:
    return Leg(leg="extra", who=(post,), clause="9", reason=reason)


async def counted(client: Client, step: str) -> Any:
    return await client.get_workflow_handle(step).query(Step.so_far)


# --------------------------------------------------------------------------- decisions


async def test_a_decision_counts_and_says_what_it_settled(
    client: Client, gateway: Gateway, worker: None
) -> None:
    step = await open_step(client, "S-1")
    assert await gateway.decide(made(step)) == Counted(None)
    assert await gateway.decide(made(step, "the last", "bh-sports")) == Counted(Choice.APPROVE)


async def test_the_same_decision_again_has_the_same_answer_also_when_the_step_has_ended(
    client: Client, gateway: Gateway, worker: None
) -> None:
    step = await open_step(client, "S-2")
    answers = [await gateway.decide(made(step, "the last")) for _ in range(2)]
    assert await client.get_workflow_handle(step).result() == ["the last"]
    answers.append(await gateway.decide(made(step, "the last")))
    assert answers == [Counted(Choice.APPROVE)] * 3


@pytest.mark.parametrize("why", [one for one in Refusal if one is not Refusal.NOT_OPEN_YET])
async def test_each_refusal_comes_back_as_itself(
    client: Client, gateway: Gateway, worker: None, why: Refusal
) -> None:
    step = await open_step(client, f"S-3-{why}")
    assert await gateway.decide(made(step, why)) == Refused(why)


async def test_a_step_that_is_just_opening_is_no_refusal(
    client: Client, gateway: Gateway, worker: None
) -> None:
    step = await open_step(client, "S-4")
    assert await gateway.decide(made(step, Refusal.NOT_OPEN_YET)) == Unknown()
    assert await gateway.decide(made(step)) == Counted(None)


@pytest.mark.parametrize("fault", ["KeyError", "another error"])
async def test_a_fault_in_our_code_fails_its_own_decision_and_no_other(
    client: Client, gateway: Gateway, worker: None, fault: str
) -> None:
    step = await open_step(client, f"S-5-{fault}")
    assert await gateway.decide(made(step, fault)) == Refused(Refusal.FAULT)
    assert await gateway.decide(made(step, "healthy", "bh-sports")) == Counted(None)
    assert await counted(client, step) == ["healthy"]


async def test_a_step_that_has_ended_or_never_was_takes_no_decision(
    client: Client, gateway: Gateway, worker: None
) -> None:
    step = await open_step(client, "S-6")
    await gateway.decide(made(step, "the last"))
    await client.get_workflow_handle(step).result()
    assert await gateway.decide(made(step, "late", "bh-sports")) == Refused(Refusal.ENDED)
    assert await gateway.decide(made("S-never")) == Refused(Refusal.ENDED)


async def test_more_decisions_at_once_than_the_engine_takes_are_all_answered(
    client: Client, gateway: Gateway, worker: None
) -> None:
    step = await open_step(client, "S-7")
    sent = (gateway.decide(made(step, str(number), f"seat-{number}")) for number in range(25))
    assert await asyncio.gather(*sent) == [Counted(None)] * 25
    assert sorted(await counted(client, step)) == sorted(map(str, range(25)))


# ------------------------------------------------------------------------- out of reach


async def test_without_a_worker_nobody_can_say_and_the_same_decision_lands_once_later(
    client: Client, gateway: Gateway, impatient: None
) -> None:
    step = await open_step(client, "S-8")
    assert await gateway.decide(made(step)) == Unknown()
    assert await gateway.decide(made(step)) == Unknown()
    async with working(client):
        assert await _lands(gateway, made(step)) == Counted(None)
        assert await gateway.decide(made(step)) == Counted(None)
        assert await counted(client, step) == ["yes"]


async def test_while_the_engine_is_down_nobody_can_say_and_the_same_decision_lands_once_later(
    tmp_path: Path, impatient: None
) -> None:
    server = Server(tmp_path, free_port(), {key.name: "Keyword" for key in SEARCH_ATTRIBUTES})
    server.start()
    try:
        client = await Client.connect(
            server.address, data_converter=pydantic_data_converter, retry_config=GIVES_UP_AT_ONCE
        )
        gateway = Gateway(client, QUEUE)
        async with working(client):
            step = await open_step(client, "S-9")
            assert await gateway.decide(made(step)) == Counted(None)
            with down(server):
                assert await gateway.decide(made(step, "after", "bh-sports")) == Unknown()
                assert not await gateway.start("INV-9")
                assert not await gateway.withdraw("INV-9", Withdrawal(key="w", by="p", at=NOON))
                assert not await gateway.resubmit("INV-9", 2)
                assert not await gateway.deliver("a letter")
            assert await _lands(gateway, made(step, "after", "bh-sports")) == Counted(None)
            assert await gateway.decide(made(step)) == Counted(None)
            assert await counted(client, step) == ["yes", "after"]
    finally:
        server.stop()


async def test_an_engine_that_was_never_reached_is_out_of_reach_and_no_fault() -> None:
    settings = Settings(mode="test", temporal_address=f"127.0.0.1:{free_port()}")
    gateway = await Gateway.connect(settings)
    assert not await gateway.start("INV-9")
    assert not await gateway.withdraw("INV-9", Withdrawal(key="w", by="p", at=NOON))
    assert not await gateway.resubmit("INV-9", 2)
    assert not await gateway.deliver("a letter")
    assert await gateway.decide(made("S-9")) == Unknown()


async def _lands(gateway: Gateway, one: Decision) -> Counted | Refused:
    async with asyncio.timeout(20):
        while isinstance(answer := await gateway.decide(one), Unknown):
            await asyncio.sleep(0.05)
    return answer


# ------------------------------------------------------------------------------- cases


async def test_a_case_is_started_once_however_often(client: Client, gateway: Gateway, worker: None) -> None:
    assert await gateway.start("INV-1")
    first = (await client.get_workflow_handle("INV-1").describe()).run_id
    assert await gateway.start("INV-1")
    assert (await client.get_workflow_handle("INV-1").describe()).run_id == first
    wish = Withdrawal(key="withdraw:1", by="p-003", at=NOON)
    assert await gateway.withdraw("INV-1", wish)
    await client.get_workflow_handle("INV-1").result()
    assert await gateway.start("INV-1")
    assert (await client.get_workflow_handle("INV-1").describe()).run_id == first
    assert await gateway.withdraw("INV-1", wish)
    assert await gateway.withdraw("INV-1", wish.model_copy(update={"key": "withdraw:2"}))


async def test_a_version_is_told_once_however_often(client: Client, gateway: Gateway, worker: None) -> None:
    assert await gateway.start("INV-2")
    for version in (2, 2, 3, 2):
        assert await gateway.resubmit("INV-2", version)
    assert await client.get_workflow_handle("INV-2").query(Case.heard) == [2, 3]
    assert await gateway.resubmit("INV-never", 2)


async def test_a_fault_of_a_case_is_no_word_that_it_has_heard(
    client: Client, gateway: Gateway, worker: None
) -> None:
    await gateway.start("INV-3")
    assert not await gateway.resubmit("INV-3", 0)
    assert await gateway.add_approver("INV-3", besides("faulty", "one")) is None
    assert await gateway.resubmit("INV-3", 2)


@pytest.mark.parametrize(("when", "asked"), [("in time", True), ("too late", False)])
async def test_a_case_says_whether_an_approver_was_added_in_time(
    client: Client, gateway: Gateway, worker: None, when: str, asked: bool
) -> None:
    case = f"INV-4-{when.replace(' ', '-')}"
    await gateway.start(case)
    assert await gateway.add_approver(case, besides(when, "one")) is asked


async def test_a_case_says_whether_its_size_was_set_in_time(
    client: Client, gateway: Gateway, worker: None
) -> None:
    await gateway.start("INV-6")
    assert await gateway.set_size("INV-6", Sizing(number=0, size=Size.MAJOR)) is None
    assert await gateway.set_size("INV-6", Sizing(number=1, size=Size.MAJOR)) is True
    assert await gateway.set_size("INV-6", Sizing(number=2, size=Size.MINOR)) is False
    assert await gateway.withdraw("INV-6", Withdrawal(key="withdraw:6", by="p-003", at=NOON))
    await client.get_workflow_handle("INV-6").result()
    assert await gateway.set_size("INV-6", Sizing(number=3, size=Size.MAJOR)) is None, "the record knows"


async def test_a_project_hears_who_is_in_whose_place_and_that_a_report_is_wanted(
    client: Client, gateway: Gateway, worker: None
) -> None:
    assert await gateway.report_now("PRJ-1", 1) is None, "nobody can say of one that has not begun"
    project = await client.start_workflow(Steered.run, "PRJ-1", id="PRJ-1", task_queue=QUEUE)
    assert await gateway.report_now("PRJ-1", 1) is True
    assert await gateway.people_changed("PRJ-1", 1) is True
    assert await gateway.people_changed("PRJ-1", 1) is True, "the same again is the same"
    assert await gateway.report_now("PRJ-1", 2) is False
    assert await gateway.people_changed("PRJ-1", 2) is True
    assert await gateway.people_changed("PRJ-1", 3) is False, (
        "a fault of its own is no word that it has heard"
    )
    await project.signal(Steered.end)
    await project.result()
    assert await gateway.people_changed("PRJ-1", 4) is True, "one that has ended need not know"
    assert await gateway.report_now("PRJ-1", 3) is None, "the record knows"


async def test_an_approver_comes_too_late_for_a_case_that_ends_meanwhile(
    client: Client, gateway: Gateway, worker: None
) -> None:
    await gateway.start("INV-5")
    adding = asyncio.create_task(gateway.add_approver("INV-5", besides("while it ends", "one")))
    # Only what the case has taken can be overtaken by its end.
    while not await client.get_workflow_handle("INV-5").query(Case.adding):
        await asyncio.sleep(0.01)
    assert await gateway.withdraw("INV-5", Withdrawal(key="withdraw:5", by="p-003", at=NOON))
    assert await adding is False
    await client.get_workflow_handle("INV-5").result()
    assert await gateway.add_approver("INV-5", besides("in time", "another")) is None, "the record knows"


async def test_of_a_case_that_the_engine_does_not_know_nobody_can_say_whether_it_is_too_late(
    client: Client, gateway: Gateway, worker: None
) -> None:
    assert await gateway.add_approver("INV-7", besides("in time", "one")) is None
    assert await gateway.set_size("INV-7", Sizing(number=1, size=Size.MAJOR)) is None
    await gateway.start("INV-7")
    assert await gateway.add_approver("INV-7", besides("in time", "one")) is True


async def test_the_clock_is_moved_everywhere_once_and_what_has_ended_need_not_know(
    client: Client, gateway: Gateway, worker: None
) -> None:
    steps = [await open_step(client, f"S-10-{number}") for number in range(3)]
    ended = await open_step(client, "S-10-ended")
    await gateway.decide(made(ended, "the last"))
    await client.get_workflow_handle(ended).result()
    segment = Segment(number=1, real=NOON, clock=NOON)
    for _ in range(2):
        await gateway.clock_moved(segment, [*steps, ended, "S-never"])
    for step in steps:
        assert await client.get_workflow_handle(step).query(Step.moved) == [1]


# ------------------------------------------------------------------------------ health


async def test_it_answers_only_while_a_worker_does(
    client: Client, gateway: Gateway, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PROBE_EVERY", 0.0)
    assert not await gateway.answers()
    async with working(client):
        async with asyncio.timeout(10):
            while not await gateway.answers():
                await asyncio.sleep(0.05)


async def test_an_engine_of_this_age_can_send_letters(client: Client) -> None:
    assert await Mailroom(client, QUEUE).open()


async def test_a_letter_on_its_way_is_not_sent_beside_itself(client: Client, gateway: Gateway) -> None:
    SENT.clear()
    letter = "anchor:leicester:2004-09-12"
    for _ in range(3):
        assert await gateway.deliver(letter)
    async with working(client):
        await client.get_activity_handle(letter).result()
    assert [letter] == SENT


async def test_an_order_on_its_way_is_not_sent_beside_itself(client: Client, gateway: Gateway) -> None:
    SENT.clear()
    order = "order:INV-2004-0001:1"
    for _ in range(3):
        assert await gateway.send(order)
    async with working(client):
        await client.get_activity_handle(order).result()
    assert [order] == SENT


async def test_the_engine_is_told_the_search_attributes_once_or_twice(gateway: Gateway) -> None:
    assert await gateway.register_search_attributes()
    assert await gateway.register_search_attributes()
