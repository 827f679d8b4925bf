"""Reports and gates in Chromium, on a phone: by keyboard alone, and as a screen reader needs them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import pytest
import uvicorn

from tests.browser.chromium import Screen, browsing, needs_chromium
from tests.service.web import delivery
from tests.service.web.delivery import END_STAGE, MANAGER, SPONSOR, Delivery
from tests.service.web.office import Office
from workflows.model import Choice

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture
def stage(office: Office) -> Delivery:
    town = delivery.begun(office)
    town.in_stage()
    return town


@asynccontextmanager
async def served(office: Office) -> AsyncIterator[str]:
    """Serve the office's pages on a port of their own; yield where."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(office.app, host="127.0.0.1", port=port, log_level="error"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        await asyncio.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await asyncio.to_thread(thread.join)


def no_complaints(screen: Screen) -> None:
    assert screen.seen.problems == []
    assert screen.seen.refused == []
    assert screen.seen.elsewhere == []


async def test_a_manager_reports_by_keyboard_on_a_phone(stage: Delivery, tmp_path: Path) -> None:
    step = stage.put("highlight", MANAGER)
    async with served(stage.office) as home, browsing(home, tmp_path) as screen:
        await screen.opens(home + stage.office.link(step, MANAGER))
        await screen.follows("Continue")
        await screen.looks("read")
        # What is not needed is not in the way: no boxes before the choice, no word where it is green.
        assert not await screen.page.get_by_label("Forecast cost").is_visible()
        await screen.chooses("Report how it stands")
        assert await screen.page.get_by_label("Forecast cost").is_visible()
        assert not await screen.page.get_by_label("Time: why").is_visible()
        await screen.page.locator('input[name="rating_time"][value="amber"]').check()
        assert await screen.page.get_by_label("Time: why").is_visible()
        await screen.looks("boxes")
        await screen.follows("Continue")
        await screen.looks("faults")
        assert "Time: you chose amber, so say why" in await screen.page.inner_text(".govuk-error-summary")
        await screen.types("Time: why", "The supplier is two weeks late")
        await screen.types("Done since", "The screens are drawn")
        await screen.types("Next", "Build them")
        await screen.follows("Continue")
        await screen.looks("check")
        assert "amber: The supplier is two weeks late" in await screen.page.inner_text("main")
        await screen.follows("Confirm")
        await screen.looks("receipt")
        no_complaints(screen)
    assert [one.choice for one in stage.office.engine.decided if one.step == step] == [Choice.REPORT]


async def test_nothing_has_changed_is_the_first_thing_a_keyboard_comes_to(
    stage: Delivery, tmp_path: Path
) -> None:
    step = stage.put("highlight", MANAGER)
    async with served(stage.office) as home, browsing(home, tmp_path) as screen:
        await screen.opens(home + stage.office.link(step, MANAGER))
        await screen.follows("Continue")
        await screen.follows("Nothing has changed")
        assert "You reported that nothing has changed" in await screen.page.inner_text("main")
        no_complaints(screen)
    assert [one.choice for one in stage.office.engine.decided if one.step == step] == [Choice.UNCHANGED]


async def test_a_board_sees_what_it_decides_on_without_scrolling(stage: Delivery, tmp_path: Path) -> None:
    stage.reported("end_stage", END_STAGE, key="end-stage-1")
    step = stage.put("gate", *stage.project.board, key="gate-1")
    async with served(stage.office) as home, browsing(home, tmp_path) as screen:
        await screen.opens(home + stage.office.link(step, SPONSOR))
        await screen.follows("Continue")
        await screen.looks("gate")
        for told in ("Stage boundary", "Budget:", "Time:", "Objectives:"):
            box = await screen.page.get_by_text(told, exact=False).first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] < 844, told
        no_complaints(screen)
