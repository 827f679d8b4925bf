"""A desk with the shipped handbook in force: on SQLite, or on each database where that matters."""

from collections.abc import Iterator

import pytest

from service import handbook
from service.config import Keys
from service.handbook import Edition
from service.store import Store
from tests.support.desk import Desk
from tests.support.real_time import RealTime


@pytest.fixture(scope="session")
def leicester() -> Edition:
    return handbook.load("leicester")


@pytest.fixture
def desk(sqlite_url: str, keys: Keys, real: RealTime, leicester: Edition) -> Iterator[Desk]:
    store = Store(sqlite_url, keys, host="approvals.example", real=real)
    yield Desk(store, keys, leicester)
    store.close()


@pytest.fixture
def each_desk(store: Store, keys: Keys, leicester: Edition) -> Desk:
    """A desk on each of the two databases."""
    return Desk(store, keys, leicester)
