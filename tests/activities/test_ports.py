"""Every port of the core is answered, under its own name, and every answer is at work."""

import inspect
from typing import Any, Self

import pytest
from temporalio import activity

from activities import worker
from activities.assessments import Assessments
from activities.benefits import Benefits
from activities.cases import Cases
from activities.letters import Letters
from activities.meetings import Meetings
from activities.orders import Orders
from activities.projects import Projects
from activities.register import Register
from service.config import Settings, generate_keys
from service.store import Store
from workflows import ports

ANSWERS = (Register, Cases, Meetings, Projects, Benefits, Assessments)


def declared(made: type) -> dict[str, Any]:
    """Return the activities of a class, by the method's name."""
    return {
        name: method
        for name, method in inspect.getmembers(made, inspect.isfunction)
        if activity._Definition.from_callable(method)
    }


def names(made: type) -> set[str]:
    return {activity._Definition.must_from_callable(method).name or "" for method in declared(made).values()}


@pytest.mark.parametrize("mine", ANSWERS)
def test_every_port_is_answered_under_its_name(mine: type) -> None:
    port = getattr(ports, mine.__name__)
    assert issubclass(mine, port)
    asked, answered = declared(port), declared(mine)
    assert asked.keys() == answered.keys()
    for name, method in asked.items():
        assert answered[name] is not method, f"{name} is only declared"
        assert inspect.signature(answered[name]) == inspect.signature(method)
    assert names(port) == names(mine)


def test_every_port_has_its_answer() -> None:
    asked = {name for name, made in inspect.getmembers(ports, inspect.isclass) if declared(made)}
    assert asked == {mine.__name__ for mine in ANSWERS}


class FakeWorker:
    """Remembers what each queue's worker was given."""

    made: dict[str, dict[str, Any]]

    def __init__(self, client: object, *, task_queue: str, **given: Any) -> None:
        self.made[task_queue] = given

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...


async def test_the_worker_answers_every_port_and_sends_letters_and_orders_from_queues_of_their_own(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    monkeypatch.setattr(FakeWorker, "made", {}, raising=False)
    monkeypatch.setattr(worker, "Worker", FakeWorker)
    settings = Settings(mode="test", secret_keys=generate_keys())
    async with worker.working(None, settings, store):  # type: ignore[arg-type]
        pass
    answered = {
        queue: {activity._Definition.must_from_callable(done).name for done in given["activities"]}
        for queue, given in FakeWorker.made.items()
    }
    assert answered == {
        "assent-core": set().union(*map(names, ANSWERS)),
        "assent-mail": names(Letters),
        "assent-orders": names(Orders),
    }
    assert FakeWorker.made["assent-core"]["workflows"] == worker.WORKFLOWS
