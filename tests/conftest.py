"""What many tests stand on: an empty record on each of the two databases."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from service.config import Keys, generate_keys
from service.store import Store
from tests.support import postgres
from tests.support.postgres import Postgres
from tests.support.real_time import RealTime

GIVEN_POSTGRES = os.environ.get("ASSENT_TEST_DATABASE_URL", "")
"""A PostgreSQL database that the tests may empty, in the place of the one they bring."""


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Tell of a fault without every value in sight, which to write down would take seconds each time."""
    *before, _ = structlog.get_config()["processors"]
    last = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, last])


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys(generate_keys())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres, keys: Keys) -> Iterator[str]:
    with postgres_server.database() as name:
        _migrate(postgres_server.url(name), keys)
        yield name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Path:
    file = tmp_path_factory.mktemp("record") / "empty.db"
    _migrate(f"sqlite:///{file}", keys)
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty record on SQLite."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'assent.db')}"


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, keys: Keys) -> Iterator[str]:
    """An empty record on PostgreSQL."""
    with _given(keys) if GIVEN_POSTGRES else _brought(request) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty record on each of the two databases."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def real() -> RealTime:
    """The real time that the store of this test reads."""
    return RealTime()


@pytest.fixture
def store(database_url: str, keys: Keys, real: RealTime) -> Iterator[Store]:
    """An empty store, on each of the two databases."""
    opened = Store(database_url, keys, host="approvals.example", real=real)
    yield opened
    opened.close()


@contextmanager
def _given(keys: Keys) -> Iterator[str]:
    # There is only one, and tests run in several processes: it is whose turn it is.
    with (Path(tempfile.gettempdir()) / "assent-test-database.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        store = Store(GIVEN_POSTGRES, keys)
        store.migrate()
        store.downgrade()
        store.migrate()
        store.close()
        yield GIVEN_POSTGRES


@contextmanager
def _brought(request: pytest.FixtureRequest) -> Iterator[str]:
    template: str = request.getfixturevalue("postgres_template")
    server: Postgres = request.getfixturevalue("postgres_server")
    with server.database(template) as name:
        yield server.url(name)


def _migrate(url: str, keys: Keys) -> None:
    store = Store(url, keys)
    store.migrate()
    store.close()
