"""The test run's Temporal server."""

from pathlib import Path

from temporalio.client import Client
from temporalio.common import SearchAttributeKey

from tests.support import engine

KIND = SearchAttributeKey.for_keyword("TestKind")


async def test_the_server_answers_and_knows_our_search_attributes(tmp_path: Path) -> None:
    with engine.running(tmp_path, {KIND.name: "Keyword"}) as server:
        client = await Client.connect(server.address)
        assert (await client.count_workflows(f"{KIND.name} = 'proposal'")).count == 0


async def test_what_was_started_survives_a_kill(tmp_path: Path) -> None:
    with engine.running(tmp_path) as server:
        client = await Client.connect(server.address)
        await client.start_workflow("Waiting", id="case-1", task_queue="nobody")
        server.kill()
        server.start()
        again = await Client.connect(server.address)
        assert (await again.get_workflow_handle("case-1").describe()).workflow_type == "Waiting"
