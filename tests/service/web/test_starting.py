"""The web process may be started before the database is what it needs."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs

from service.config import Keys
from service.errors import Unavailable
from service.store import Store
from service.web.__main__ import prepared


@pytest.fixture
def empty(tmp_path: Path, keys: Keys) -> Store:
    return Store(f"sqlite:///{tmp_path / 'assent.db'}", keys)


def test_it_waits_for_whoever_brings_the_database_up_to_date(
    empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, behind = Event(), empty.behind

    def look() -> bool:
        looked.set()
        return behind()

    monkeypatch.setattr(empty, "behind", look)
    with ThreadPoolExecutor(1) as thread:
        serving = thread.submit(prepared, empty)
        assert looked.wait(10)
        assert not serving.done()
        empty.migrate()
        assert serving.result(10) is None
    assert not behind()


def test_it_serves_and_says_so_when_nobody_does(empty: Store) -> None:
    with capture_logs() as said:
        prepared(empty, within=0)
    assert [line["log_level"] for line in said if "assent migrate" in line["event"]] == ["error"]


def test_it_serves_what_it_can_without_a_database(tmp_path: Path, keys: Keys) -> None:
    with capture_logs() as said:
        prepared(Store(f"sqlite:///{tmp_path}", keys), within=0)
    assert [line["event"] for line in said] == ["the database does not answer"]


def test_a_database_that_answers_late_is_waited_for(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter((Unavailable(), True, False))

    def behind() -> bool:
        answer = next(answers)
        if isinstance(answer, Unavailable):
            raise answer
        return answer

    monkeypatch.setattr(empty, "behind", behind)
    prepared(empty)
    assert next(answers, None) is None
