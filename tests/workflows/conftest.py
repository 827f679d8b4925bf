"""Real Temporal servers: one that skips time for one workflow at a go, one that keeps real time."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from service import engine
from tests.support.engine import running
from workflows.human_step import SEARCH_ATTRIBUTES


@pytest.fixture(scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(engine.binary()),
        dev_server_log_level="error",
        dev_server_extra_args=[
            "--dynamic-config-value",
            "frontend.WorkflowTimeSkippingEnabled=true",
            "--dynamic-config-value",
            'history.timerProcessorMaxTimeShift="5ms"',
            *(word for key in SEARCH_ATTRIBUTES for word in ("--search-attribute", f"{key.name}=Keyword")),
        ],
        data_converter=pydantic_data_converter,
    ) as environment:
        yield environment


@pytest.fixture(scope="session")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """Where a case has children, whose time cannot be skipped together: there the Clock jumps."""
    folder = tmp_path_factory.mktemp("temporal")
    with running(folder, {key.name: "Keyword" for key in SEARCH_ATTRIBUTES}) as server:
        yield await Client.connect(
            server.address, data_converter=pydantic_data_converter, identity="a-worker-of-the-tests"
        )
