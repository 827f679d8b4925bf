"""Two people at the record of one meeting at once: on PostgreSQL, where nobody waits unless they must."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path
from typing import Any

import pytest

from service.config import Keys
from service.handbook import Edition
from service.store import Store, meetings
from service.store.meetings import MeetingState
from service.web import minutebook
from tests.service.web.conftest import SECRET, settings
from tests.service.web.office import Office
from tests.service.web.test_meetings import CLEAR, MEETING, OCTOBER, PMO, SECRETARY, SERIES, attends
from tests.support.real_time import RealTime
from workflows.model import Choice


@pytest.fixture
def office(postgres_url: str, edition: Edition, tmp_path: Path) -> Iterator[Office]:
    store = Store(postgres_url, Keys(SECRET), host="approvals.example", real=RealTime())
    found = Office(store, settings(tmp_path), edition)
    found.opens()
    yield found
    store.close()


@pytest.fixture
def step(office: Office) -> str:
    ref = office.submitted("PROP-02")
    office.looks()
    office.it_is(OCTOBER)
    return office.asked(ref, "notification")


class Meanwhile:
    """Lets somebody else press a button in the middle of what a page is doing, and go first if they can."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, press: Callable[[], int]) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._pressed: list[Future[int]] = []
        known = getattr(minutebook, name)

        def now(*given: Any) -> Any:
            if not self._pressed:
                self._pressed.append(self._pool.submit(press))
                wait_for(self._pressed, timeout=1.5)
            return known(*given)

        monkeypatch.setattr(minutebook, name, now)

    def came_to(self) -> int:
        return self._pressed[0].result(timeout=30)


def test_a_meeting_that_is_being_closed_is_not_moved_as_well(
    office: Office, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secretary, pmo = office.signed_in(SECRETARY), office.signed_in(PMO)
    secretary.see(f"{MEETING}/close")
    pmo.see(f"{MEETING}/change")
    to = {"to-day": "20", "to-month": "10", "to-year": "2004"}
    moving = Meanwhile(
        monkeypatch,
        "ways_to_close",
        lambda: pmo.press(True, "change", what="move", move_why="Half term", **to),
    )
    assert secretary.press(True, "close", how="not_held") == 200
    assert moving.came_to() == 409
    with office.store.reading() as tx:
        held = meetings.get(tx, SERIES, OCTOBER)
    assert (held.state, held.moved_to) == (MeetingState.NOT_HELD, None)


def test_what_is_decided_while_the_meeting_is_being_closed_is_in_its_minutes(
    office: Office, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secretary, pmo = office.signed_in(SECRETARY), office.signed_in(PMO)
    attends(secretary)
    secretary.see(f"{MEETING}/items/{step}")
    pmo.see(f"{MEETING}/close")
    closing = Meanwhile(monkeypatch, "sight", lambda: pmo.press(True, "close", how="held"))
    assert secretary.press(True, "items", do="record", choice="note", **CLEAR) == 200
    came_to = closing.came_to()
    assert [made.choice for made in office.engine.decided] == [Choice.NOTE]
    with office.store.reading() as tx:
        held = meetings.get(tx, SERIES, OCTOBER)
    if came_to == 200:
        assert [(item.rolled, item.choice) for item in held.items] == [(False, "note")]
    else:
        assert held.open
