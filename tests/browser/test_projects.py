"""Pages of projects and benefits in Chromium: on a phone and at a desk, as a screen reader needs them."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from service import handbook
from service.config import Keys, generate_keys
from service.stack import free_port
from service.store import Store, sessions
from tests.browser.chromium import DESK, PHONE, Screen, browsing, needs_chromium
from tests.browser.test_pages import no_complaints
from tests.service.web.conftest import settings
from tests.service.web.delivered import Delivery, eventful
from tests.service.web.office import Office
from tests.support.real_time import RealTime

pytestmark = [pytest.mark.browser, needs_chromium]

PMO = "corp-projects-manager"
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


@dataclass
class Served:
    """An office with a project that is served to browsers."""

    project: Delivery
    url: str

    async def enters(self, screen: Screen, post: str) -> None:
        """Let the browser be that of the holder of a post, who has signed in."""
        office = self.project.office
        with office.store.writing() as tx:
            begun = sessions.begin(tx, person=office.holder(post), how="code", raised=True)
        cookie = {"name": "sid", "value": begun.token, "url": self.url}
        await screen.page.context.add_cookies([cookie])  # type: ignore[list-item]


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, secret, port = tmp_path_factory.mktemp("office"), generate_keys(), free_port()
    file = Path(shutil.copy(sqlite_template, folder / "assent.db"))
    url = f"http://127.0.0.1:{port}"
    store = Store(f"sqlite:///{file}", Keys(secret), host="127.0.0.1", real=RealTime())
    given = settings(folder, base_url=url, secret_keys=secret)
    office = Office(store, given, handbook.load("leicester"))
    office.opens()
    project = eventful(office)
    server = uvicorn.Server(uvicorn.Config(office.app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Served(project, url)
    server.should_exit = True
    thread.join(timeout=10)
    store.close()


@SIZES
async def test_a_project_reads_well(served: Served, size: tuple[int, int], tmp_path: Path) -> None:
    ref = served.project.ref
    async with browsing(served.url, tmp_path, size) as screen:
        await served.enters(screen, PMO)
        for name, path in (
            ("project", f"/cases/{ref}"),
            ("report", f"/cases/{ref}/reports/2"),
            ("record", f"/cases/{ref}/record"),
            ("benefit", f"/cases/{served.project.benefits[0]}"),
            ("proposal", f"/cases/{served.project.parent}"),
            ("programme", "/programme"),
            ("projects", "/cases?kind=project"),
        ):
            await screen.opens(f"{served.url}{path}")
            await screen.looks(name)
        no_complaints(screen)
