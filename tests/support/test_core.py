"""The core of the tests does not hide what went wrong in one."""

import asyncio
from typing import cast

import pytest
from temporalio.worker import Worker

from tests.support import core


class Endless:
    """A worker that never ends."""

    task_queue = "endless"

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(60)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "ENDS_WITHIN", 0.1)


async def test_a_worker_that_does_not_end_is_let_go(capsys: pytest.CaptureFixture[str]) -> None:
    async with core.ending(cast(Worker, Endless())):
        pass
    assert "A worker of endless did not end." in capsys.readouterr().out


@pytest.mark.parametrize("failure", [AssertionError("one is not two"), TimeoutError("too late")])
async def test_a_test_that_fails_fails_also_where_its_worker_does_not_end(failure: Exception) -> None:
    with pytest.raises(type(failure)) as raised:
        async with core.ending(cast(Worker, Endless())):
            raise failure
    assert raised.value is failure
