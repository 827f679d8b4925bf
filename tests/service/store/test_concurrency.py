"""Many writers at once lose nothing, and nobody is told that something happened when it did not."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

import pytest
from sqlalchemy.exc import DBAPIError

from service.config import Keys
from service.errors import Conflict, Unavailable
from service.store import Store, drafts, editions, intents, journal, rebuild
from service.store.editions import Player
from service.store.intents import AlreadyAnswered
from service.store.verify import verify
from tests.service.store import samples
from tests.service.store.samples import CASE
from workflows.model import Choice

WRITERS = 4
EACH = 50


def at_once(work: Callable[[int], object], writers: int = WRITERS) -> list[object]:
    """Let several threads begin at the same instant; return what each came to."""
    ready = threading.Barrier(writers)

    def begin(number: int) -> object:
        ready.wait()
        return work(number)

    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(begin, range(writers)))


def test_no_line_is_lost_or_doubled_when_many_write_about_one_case(store: Store) -> None:
    def write(writer: int) -> None:
        for number in range(EACH):
            with store.writing() as tx:
                key = f"{writer}:{number}"
                assert tx.append(CASE, "attempt.refused", {"number": number}, key=key, actor="p-hall")

    at_once(write)
    with store.reading() as tx:
        lines = journal.lines(tx, CASE)
        assert [line.seq for line in lines] == list(range(1, WRITERS * EACH + 1))
        assert len({line.key for line in lines}) == WRITERS * EACH
        assert verify(tx).intact


def test_a_fact_told_by_many_at_once_is_written_once(store: Store) -> None:
    def tell(_: int) -> bool:
        with store.writing() as tx:
            return samples.submit(tx)

    assert Counter(at_once(tell, 8)) == {True: 1, False: 7}


def test_of_many_handbooks_published_at_once_each_takes_the_place_of_the_one_shown(store: Store) -> None:
    one, two = (Player(person=person, role="pmo", post="pmo") for person in ("p-1", "p-2"))
    with store.writing() as tx:
        editions.put(tx, "old", organisation="leicester", name="x")
        kept = [
            editions.drafted(tx, f"{n}", organisation="leicester", name="x", by=one) for n in range(WRITERS)
        ]
        shown = editions.in_force_hash(tx, "leicester") or ""

    def publish(writer: int) -> bool:
        with store.writing() as tx:
            assert editions.in_force_hash(tx, "leicester"), "looked up before others have published"
            try:
                return editions.published(tx, kept[writer].number, two, putter=one, instead_of=shown)
            except Conflict:
                return False

    assert Counter(at_once(publish)) == {True: 1, False: WRITERS - 1}
    with store.reading() as tx:
        (now,) = editions.all_in_force(tx)
        assert now.number == 2


def test_no_change_of_a_draft_is_lost_and_each_conflict_is_honest(store: Store) -> None:
    with store.writing() as tx:
        ref = drafts.create(tx, "leicester", "p-hall", {"count": 0}).ref

    def count(_: int) -> int:
        saved = 0
        while saved < EACH:
            with store.reading() as tx:
                seen = drafts.get(tx, ref)
            try:
                with store.writing() as tx:
                    drafts.save(tx, ref, {"count": seen.document["count"] + 1}, seen.version)
            except Conflict:
                continue
            saved += 1
        return saved

    assert at_once(count) == [EACH] * WRITERS
    with store.reading() as tx:
        assert drafts.get(tx, ref).document["count"] == WRITERS * EACH


def test_no_two_drafts_get_one_reference(store: Store) -> None:
    def begin(_: int) -> list[str]:
        refs = []
        for _number in range(10):
            with store.writing() as tx:
                refs.append(drafts.create(tx, "leicester", "p-hall", {}).ref)
        return refs

    refs = [ref for part in at_once(begin) if isinstance(part, list) for ref in part]
    assert sorted(refs) == [f"INV-2026-{number:04}" for number in range(1, 41)]


@pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=pytest.mark.long)])
def test_of_two_answers_at_once_one_stands_and_the_other_learns_of_it(store: Store, rounds: int) -> None:
    for number in range(1, rounds + 1):
        step = samples.ask(f"INV-2004-{number:04}").step
        choices = (Choice.APPROVE, Choice.REJECT)

        def answer(writer: int, step: str = step, choices: tuple[Choice, ...] = choices) -> Choice:
            try:
                with store.writing() as tx:
                    return intents.submit(tx, samples.intent(choice=choices[writer], step=step)).intent.choice
            except AlreadyAnswered as refused:
                return refused.standing.choice

        one, other = at_once(answer, 2)
        with store.reading() as tx:
            stored = intents.get(tx, samples.intent(step=step).key)
        assert stored is not None
        assert one == other == stored.choice


def test_readers_wait_for_no_writer_and_see_nothing_half_done(store: Store) -> None:
    with store.writing() as writing:
        samples.submit(writing)
        with store.reading() as tx:
            assert journal.lines(tx, CASE) == ()
    with store.reading() as tx:
        assert len(journal.lines(tx, CASE)) == 1


def test_a_reader_sees_one_state_while_others_write(store: Store) -> None:
    with store.reading() as tx:
        assert journal.lines(tx, CASE) == ()
        with store.writing() as writing:
            samples.submit(writing)
        assert journal.lines(tx, CASE) == ()


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises((DBAPIError, Unavailable)), store.reading() as tx:
        samples.submit(tx)
    with store.reading() as tx:
        assert journal.lines(tx, CASE) == ()


def test_two_processes_share_one_sqlite_file(sqlite_url: str, keys: Keys) -> None:
    """Each has its own queue of writers; the file's lock stands between the queues."""
    stores = [Store(sqlite_url, keys) for _ in range(2)]

    def write(writer: int) -> None:
        for number in range(EACH):
            with stores[writer].writing() as tx:
                tx.append(CASE, "attempt.refused", {}, key=f"{writer}:{number}", actor="p-hall")

    at_once(write, 2)
    with stores[0].reading() as tx:
        assert len(journal.lines(tx, CASE)) == 2 * EACH
        assert verify(tx).intact
    for store in stores:
        store.close()


def test_a_rebuild_while_others_write_loses_nothing(store: Store) -> None:
    results: Queue[int] = Queue()

    def work(writer: int) -> None:
        if writer == 0:
            results.put(rebuild.rebuild(store))
            return
        for number in range(5):
            with store.writing() as tx:
                samples.open_step(tx, samples.ask(f"INV-2004-{writer}{number:03}"))

    at_once(work)
    assert rebuild.drift(store) == ()


def test_a_database_that_does_not_answer_is_said_to_be_so(tmp_path: Path, keys: Keys) -> None:
    store = Store(f"sqlite:///{tmp_path / 'nowhere' / 'assent.db'}", keys)
    assert not store.answers()
    with pytest.raises(Unavailable), store.writing():
        pass
