"""What a stack on one machine does before anybody comes."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from service import handbook, stack
from service.config import Keys, Settings
from service.store import Store, editions, journal, letters, rebuild
from service.store.editions import Player
from service.store.line import ORGANISATION
from service.store.tables import COVERS

SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from service.stack import Part

async def run():
    part = Part("sleeper", ["sleep", "60"], {}, Path(sys.argv[1]))
    await part.start()
    print(part.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(run())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what is left running is ended by Linux alone")
def test_a_part_ends_when_its_supervisor_dies_however_suddenly(tmp_path: Path) -> None:
    words = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "log")]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        part = Path("/proc") / supervisor.stdout.readline().decode().strip()
        until(lambda: b"sleep" in (part / "comm").read_bytes())
        supervisor.kill()
    until(lambda: ended(part))


def ended(process: Path) -> bool:
    try:
        return ") Z " in (process / "stat").read_text()
    except OSError:
        return True


def until(condition: Callable[[], bool], within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_clock_is_set_before_there_is_an_organisation(sqlite_url: str, keys: Keys) -> None:
    store = Store(sqlite_url, keys)
    begins = datetime(2004, 7, 19, 8, tzinfo=UTC)
    stack.prepare(store, Settings(mode="test", clock_start=begins))
    with store.reading() as tx:
        lines = journal.lines(tx, ORGANISATION)
        assert tx.today == begins.date()
    # Otherwise a relay that looked between them would close the days of another time for it.
    assert [line.kind for line in lines] == ["clock.moved", "edition.adopted", "edition.adopted"]


PRODUCTION = {"mode": "production", "base_url": "https://approvals.example", "handbook": ("leicester",)}


def prepared(store: Store, **changes: object) -> tuple[str, ...]:
    return stack.prepare(store, Settings.model_validate(PRODUCTION | changes))


def test_an_organisations_first_handbook_comes_into_force_at_once(store: Store) -> None:
    assert prepared(store) == ()
    assert prepared(store) == ()
    with store.reading() as tx:
        assert editions.in_force_hash(tx, "leicester") == handbook.load("leicester").hash
        assert editions.drafts(tx, "leicester") == ()
        assert letters.unsent(tx) == ()


def test_a_record_of_an_earlier_version_is_folded_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(store)
    with store.writing() as tx:
        # A row that no line of the record makes.
        days = {"starts": tx.today, "ends": tx.today}
        tx.run(
            insert(COVERS).values(number=99, person="p-1", cover="p-2", set_by="p-1", set_at=tx.now, **days)
        )
    assert rebuild.drift(store) != ()
    prepared(store)
    assert rebuild.drift(store) != (), "the tables are of this version, so that nothing is done"
    monkeypatch.setattr(store, "behind", lambda: True)
    prepared(store)
    assert rebuild.drift(store) == ()


def test_in_production_a_changed_handbook_waits_for_two_people(store: Store) -> None:
    prepared(store)
    for _ in range(2):
        (sentence,) = prepared(store, handbook=("leicester/framework-2004",))
        with store.reading() as tx:
            (draft,) = editions.drafts(tx, "leicester")
            told = {row.person for row in letters.unsent(tx)}
            assert editions.in_force_hash(tx, "leicester") == handbook.load("leicester").hash
        assert (draft.state, draft.put_by) == (editions.KEPT, None)
        assert sentence == (
            f"The handbook of Leicester City Council in the files (edition {draft.hash[:12]}) is changed: it "
            "comes into force when one person has put it forward and another publishes it, at "
            f"https://approvals.example/handbooks/{draft.number}."
        )
        assert told == {"p-021", "p-028"}, "once each"


def test_what_was_withdrawn_does_not_come_back_with_the_next_start(store: Store) -> None:
    prepared(store)
    prepared(store, handbook=("leicester/framework-2004",))
    with store.writing() as tx:
        (draft,) = editions.drafts(tx, "leicester")
        editions.withdrawn(tx, draft.number, Player(person="p-021", role="pmo", post="corp-projects-manager"))
    (sentence,) = prepared(store, handbook=("leicester/framework-2004",))
    assert "it was withdrawn, or another took its place" in sentence
    with store.reading() as tx:
        assert len(editions.drafts(tx, "leicester")) == 1


def test_elsewhere_a_changed_handbook_comes_into_force_at_once(store: Store) -> None:
    prepared(store, mode="demo")
    assert prepared(store, mode="demo", handbook=("leicester/framework-2004",)) == ()
    with store.reading() as tx:
        assert editions.in_force_hash(tx, "leicester") == handbook.load("leicester/framework-2004").hash
        assert editions.drafts(tx, "leicester") == ()
