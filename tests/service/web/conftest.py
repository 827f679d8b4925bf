"""An office for each test, on SQLite."""

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from service import handbook
from service.config import Keys, Settings, generate_keys
from service.handbook import Edition
from service.store import Store
from tests.service.web.office import BASE, Office
from tests.support.real_time import RealTime

SECRET = generate_keys()


@pytest.fixture(scope="session")
def edition() -> Edition:
    return handbook.load("leicester")


@pytest.fixture(scope="session")
def furnished(sqlite_template: Path, edition: Edition, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record that has the handbook and the Clock, to be copied for each test."""
    file = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("office") / "assent.db"))
    store = Store(f"sqlite:///{file}", Keys(SECRET), host="approvals.example", real=RealTime())
    Office(store, settings(file.parent), edition).opens()
    store.close()
    return file


@pytest.fixture
def office(furnished: Path, edition: Edition, tmp_path: Path, real: RealTime) -> Iterator[Office]:
    file = shutil.copy(furnished, tmp_path / "assent.db")
    store = Store(f"sqlite:///{file}", Keys(SECRET), host="approvals.example", real=real)
    yield Office(store, settings(tmp_path), edition)
    store.close()


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    """The office behind a server of its own, as programs reach it."""
    server = uvicorn.Server(uvicorn.Config(office.app, port=0, log_config=None, lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


def settings(folder: Path, **changes: object) -> Settings:
    given = {
        "mode": "test",
        "data_dir": folder,
        "base_url": BASE,
        "secret_keys": SECRET,
        "mail_folder": folder / "mail",
        **changes,
    }
    return Settings.model_validate(given)
