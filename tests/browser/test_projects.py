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
from service.store import Store, projects, sessions
from tests.browser.chromium import DESK, PHONE, Screen, browsing, needs_chromium
from tests.browser.test_pages import no_complaints
from tests.service.web.conftest import settings
from tests.service.web.delivered import MANAGER, Delivery, eventful, stops
from tests.service.web.office import Office
from tests.support.real_time import RealTime

pytestmark = [pytest.mark.browser, needs_chromium]

PMO = "corp-projects-manager"
NARROW = (375, 812)
SHORT = 5_000
"""Pixels that the page of a project may be high on a narrow phone: six screens."""
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


@dataclass
class Served:
    """An office with a project that is served to browsers."""

    project: Delivery
    stopped: Delivery
    """It is past what is tolerated."""
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
    stopped = Delivery(office, "PROP-03")
    stops(stopped)
    project = eventful(office)
    project.reads(project.benefits[0], 3, "2500")
    project.reads(project.benefits[0], 6, "6100", "amber")
    with office.store.writing() as tx:
        projects.waits_for(tx, stopped.ref, project.ref, reason="It needs its lines", by="p-pmo", by_post=PMO)
    server = uvicorn.Server(uvicorn.Config(office.app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Served(project, stopped, url)
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
            ("stopped", f"/cases/{served.stopped.ref}"),
            ("report", f"/cases/{ref}/reports/2"),
            ("record", f"/cases/{ref}/record"),
            ("benefit", f"/cases/{served.project.benefits[0]}"),
            ("proposal", f"/cases/{served.project.parent}"),
            ("programme", "/programme"),
            ("projects", "/cases?kind=project"),
            ("work", "/work"),
            ("people", f"/cases/{ref}/people"),
            ("report-now", f"/cases/{ref}/report-now"),
            ("links", f"/cases/{ref}/links"),
            ("correct", f"/cases/{served.project.benefits[0]}/correct"),
        ):
            await screen.opens(f"{served.url}{path}")
            await screen.looks(name)
        no_complaints(screen)


@SIZES
async def test_the_pmo_changes_the_manager_by_keyboard(
    served: Served, size: tuple[int, int], tmp_path: Path
) -> None:
    ref = served.stopped.ref
    async with browsing(served.url, tmp_path, size) as screen:
        await served.enters(screen, PMO)
        await screen.opens(f"{served.url}/cases/{ref}")
        await screen.follows("Change the manager or the board")
        await screen.follows("Continue")
        await screen.looks("people-error")
        assert "Choose another post in at least one of the places" in await screen.page.inner_text("main")
        await screen.tabs_to("Senior user")
        await screen.page.keyboard.type("Chief Ex")
        await screen.types("Why?", "He has moved to another hall.")
        await screen.follows("Continue")
        await screen.looks("people-check")
        await screen.follows("Confirm")
        assert "became senior user" in await screen.page.inner_text("main")
        no_complaints(screen)


async def test_a_project_is_short_on_a_phone_and_what_is_further_back_is_a_press_away(
    served: Served, tmp_path: Path
) -> None:
    async with browsing(served.url, tmp_path, NARROW) as screen:
        await served.enters(screen, PMO)
        await screen.opens(f"{served.url}/cases/{served.project.ref}")
        height = await screen.page.evaluate("document.documentElement.scrollHeight")
        assert height < SHORT, f"{height} pixels"
        main = screen.page.locator("main")
        assert "Exception 1, in stage 1" in await main.inner_text()
        assert "It is worth it" not in await main.inner_text()
        await screen.page.locator("summary", has_text="Exception 1, in stage 1").press("Enter")
        assert "It is worth it" in await main.inner_text()
        for summary in await screen.page.locator("summary").all():
            await summary.evaluate("one => one.parentElement.open = true")
        await screen.looks("project-unfolded")
        no_complaints(screen)


@SIZES
async def test_a_report_is_saved_for_later_by_keyboard_and_found_again(
    served: Served, size: tuple[int, int], tmp_path: Path
) -> None:
    one = served.project
    asked = one.asks("highlight", MANAGER, round=50 + size[0])
    async with browsing(served.url, tmp_path, size) as screen:
        await screen.opens(f"{served.url}{one.office.link(asked, MANAGER)}")
        await screen.follows("Continue")
        await screen.chooses("Report how it stands")
        await screen.types("Done since the last report", "The screens are drawn")
        await screen.follows("Save and come back later")
        assert "Nothing is handed in yet" in await screen.page.inner_text("main")
        await screen.looks("report-saved")
        await screen.opens(screen.page.url.partition("?")[0])
        assert "did not hand in" in await screen.page.inner_text("main")
        assert await screen.page.input_value("[name=done]") == "The screens are drawn"
        await screen.looks("report-found")
        await screen.follows("Throw away what I typed")
        assert await screen.page.input_value("[name=done]") == ""
        no_complaints(screen)
