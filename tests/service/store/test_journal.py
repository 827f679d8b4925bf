"""The journal is only ever added to."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.config import Keys
from service.store import Store, journal
from service.store.line import FIRST
from tests.service.store import samples, story
from tests.service.store.samples import CASE, OPENED
from tests.support.real_time import RealTime

REFUSED = {
    "an update": "UPDATE journal SET actor = 'p-other' WHERE seq = 1",
    "a delete": "DELETE FROM journal WHERE seq = 1",
    "an update of everything": "UPDATE journal SET data = '{}'",
    "a delete of everything": "DELETE FROM journal",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_itself_refuses(store: Store, statement: str) -> None:
    with store.writing() as tx:
        samples.submit(tx)
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as tx:
        tx.run(text(statement))
    with store.reading() as tx:
        assert len(journal.lines(tx, CASE)) == 1


def test_postgresql_refuses_to_empty_it(postgres_url: str, keys: Keys) -> None:
    store = Store(postgres_url, keys)
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as tx:
        tx.run(text("TRUNCATE journal"))
    store.close()


def test_sqlite_refuses_to_replace_a_line(sqlite_url: str, keys: Keys) -> None:
    store = Store(sqlite_url, keys)
    with store.writing() as tx:
        samples.submit(tx)
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as tx:
        tx.run(text("INSERT OR REPLACE INTO journal SELECT * FROM journal"))
    store.close()


def test_a_line_follows_from_the_line_before_it_and_says_who_and_when(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        assert tx.append(CASE, "attempt.refused", {"why": "author"}, key="1", actor="p-lead", at=OPENED)
        assert tx.append(CASE, "attempt.refused", {"why": "cover"}, key="2", actor="p-x", on_behalf_of="p-y")
    with store.reading() as tx:
        first, second = journal.lines(tx, CASE)
    assert (first.seq, first.actor, first.at, first.recorded) == (1, "p-lead", OPENED, real.now)
    assert (second.seq, second.on_behalf_of, second.at) == (2, "p-y", real.now)
    assert (first.prev, second.prev) == (FIRST, first.mac)
    assert second.data == {"why": "cover"}


def test_lines_can_be_read_a_few_at_a_time(store: Store) -> None:
    story.tell(store)
    with store.reading() as tx:
        every = journal.lines(tx, CASE)
        assert journal.lines(tx, CASE, after=2, limit=3) == every[2:5]
        assert journal.export(tx, CASE).count("\n") == len(every)


def test_a_kind_that_nobody_folds_is_refused(store: Store) -> None:
    with pytest.raises(KeyError), store.writing() as tx:
        tx.append(CASE, "case.invented", {}, key="1", actor="p-hall")


def test_a_binary_fraction_never_gets_into_the_journal(store: Store) -> None:
    with pytest.raises(TypeError, match="float"), store.writing() as tx:
        tx.append(CASE, "attempt.refused", {"amount": 0.1}, key="1", actor="p-hall")
