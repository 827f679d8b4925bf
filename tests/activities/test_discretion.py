"""No name and no address of what went wrong is kept by the engine."""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.discretion import Discretion
from tests.support.engine import running

SECRET = "a.holder@leicester.example"


@activity.defn
async def fails() -> None:
    try:
        raise ValueError(f"cannot write {SECRET}")
    except ValueError as error:
        raise LookupError(f"no letter for {SECRET}") from error


@workflow.defn
class Failing:
    @workflow.run
    async def run(self, local: bool) -> None:
        once = RetryPolicy(maximum_attempts=1)
        if local:
            await workflow.execute_local_activity(
                fails, start_to_close_timeout=timedelta(seconds=5), retry_policy=once
            )
        await workflow.execute_activity(fails, start_to_close_timeout=timedelta(seconds=5), retry_policy=once)


@pytest.mark.parametrize("local", [False, True])
async def test_a_failure_is_kept_by_its_kind_and_without_its_words(tmp_path: Path, local: bool) -> None:
    with running(tmp_path, {}) as server:
        client = await Client.connect(server.address)
        async with Worker(
            client,
            task_queue="q",
            workflows=[Failing],
            activities=[fails],
            interceptors=[Discretion()],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            handle = await client.start_workflow(Failing.run, local, id="failing", task_queue="q")
            with pytest.raises(WorkflowFailureError):
                await handle.result()
            history = (await handle.fetch_history()).to_json()
    assert "LookupError" in history
    assert SECRET not in history
