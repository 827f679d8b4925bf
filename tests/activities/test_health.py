"""A worker is well while the engine hears from it."""

import socket
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from activities import health
from service.mailroom import mail_queue
from tests.support.core import QUEUE, FakeOutside
from tests.support.engine import running
from tests.support.stack import until_it_answers

HERE = socket.gethostname()


@activity.defn(name="letter_sent")
async def sent(letter: str) -> None:
    raise AssertionError(letter)


async def test_a_worker_is_well_while_the_engine_hears_it_ask_for_processes_and_for_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path) as engine:
        client = await Client.connect(engine.address)
        assert not await health.heard(client, QUEUE, HERE), "nobody works"
        async with FakeOutside().working(client):
            assert not await health.heard(client, QUEUE, HERE), "nobody sends letters"
            async with Worker(client, task_queue=mail_queue(QUEUE), activities=[sent]):
                await until_it_answers(lambda: health.heard(client, QUEUE, HERE), "the worker is heard")
                assert not await health.heard(client, QUEUE, "another"), "that is another machine's"
                monkeypatch.setenv("ASSENT_TEMPORAL_ADDRESS", engine.address)
                monkeypatch.setenv("ASSENT_TEMPORAL_NAMESPACE", client.namespace)
                assert await health.main() == 0
