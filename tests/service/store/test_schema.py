"""The tables come and go by migrations, and are what the program declares."""

from pathlib import Path

from sqlalchemy import inspect

from service.config import Keys
from service.store import Store, schema
from service.store.tables import METADATA
from tests.service.store import story


def test_the_migrations_make_what_the_program_declares(store: Store) -> None:
    with store.writing() as tx:
        assert schema.differences(tx.connection) == []


def test_the_tables_go_and_come_again(store: Store) -> None:
    story.tell(store)
    assert not store.behind()
    store.downgrade()
    assert store.behind()
    with store.writing() as tx:
        left = set(inspect(tx.connection).get_table_names())
    assert left <= {"alembic_version"}
    store.migrate()
    assert not store.behind()
    with store.reading() as tx:
        assert {*METADATA.tables} <= {*inspect(tx.connection).get_table_names()}
    story.tell(store)


def test_migrating_again_changes_nothing(store: Store) -> None:
    story.tell(store)
    store.migrate()
    assert not store.behind()


def test_every_pages_query_has_an_index_that_serves_it(sqlite_url: str, keys: Keys) -> None:
    store = Store(sqlite_url, keys)
    queries = {
        "ix_case_file_organisation_kind_state_changed_ref": "SELECT ref FROM case_file "
        "WHERE organisation = 'l' AND kind = 'proposal' AND state = 'returned' "
        "ORDER BY changed DESC, ref DESC",
        "ix_case_file_changed_ref": "SELECT ref FROM case_file WHERE (changed, ref) < ('x', 'y') "
        "ORDER BY changed DESC, ref DESC",
        "ix_holder_waiting": "SELECT step FROM holder WHERE person = 'p' AND waiting",
        "ix_seat_waiting": "SELECT step FROM seat WHERE post = 'p' AND waiting",
        "ix_step_next": "SELECT min(next_at) FROM step WHERE open",
        "ix_step_due": "SELECT id FROM step WHERE open AND due < 'x' ORDER BY due",
        "ix_letter_unsent": "SELECT key FROM letter WHERE state = 'queued' ORDER BY queued_real",
        "ix_intent_unsettled": "SELECT key FROM intent WHERE state = 'submitted' AND step = 's'",
        "ix_case_file_not_taken_up": "SELECT ref FROM case_file WHERE taken_up < version AND open",
    }
    with store.reading() as tx:
        for index, query in queries.items():
            plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
            assert index in str(plan), (index, plan)
    store.close()


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_url: str, keys: Keys) -> None:
    store = Store(sqlite_url, keys)
    with store.writing() as tx:
        found = {
            name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}
    store.close()


def test_a_store_without_tables_says_that_it_is_behind(tmp_path: Path, keys: Keys) -> None:
    store = Store(f"sqlite:///{tmp_path / 'new.db'}", keys)
    assert store.answers()
    assert store.behind()
    store.close()
