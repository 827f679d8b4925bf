"""The tables come and go by migrations, and are what the program declares."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event, inspect

from service.config import Keys
from service.store import Store, Tx, budgets, cases, drafts, intents, letters, orders, schema, steps
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


PAGES: dict[str, Callable[[Tx], object]] = {
    "ix_case_file_organisation_kind_state_changed_ref": lambda tx: cases.page(
        tx, organisation="leicester", kind="proposal", state="returned"
    ),
    "ix_case_file_organisation_changed_ref": lambda tx: cases.page(tx, organisation="leicester"),
    "ix_case_file_changed_ref": cases.page,
    "ix_case_file_state_changed_ref": lambda tx: cases.page(tx, state="returned"),
    "ix_case_file_department_changed_ref": lambda tx: cases.page(tx, department="housing"),
    "ix_case_file_ref_begins": lambda tx: cases.page(tx, q="INV-20"),
    "ix_case_file_not_taken_up": cases.unstarted,
    "ix_case_file_withdrawing": cases.unfinished_withdrawals,
    "ix_step_case_opened": lambda tx: steps.of_case(tx, "INV-2004-0001"),
    "ix_step_open": lambda tx: steps.page(tx, organisation="leicester"),
    "ix_step_next": steps.next_moment,
    "ix_step_due": lambda tx: steps.overdue(tx, tx.now),
    "ix_holder_waiting": lambda tx: steps.open_for(tx, "p-hall"),
    "ix_seat_waiting": lambda tx: cases.page(tx, waiting_on="hall"),
    "ix_seat_amount": lambda tx: budgets.approved(tx, "leicester", "hall", beside="INV-2004-0001"),
    "ix_case_wait_until": steps.next_moment,
    "ix_intent_unsettled": intents.unsettled,
    "ix_letter_unsent": letters.unsent,
    "ix_letter_undeliverable": letters.undelivered,
    "ix_order_file_case": lambda tx: orders.of_case(tx, "INV-2004-0001"),
    "ix_order_file_organisation_raised_key": lambda tx: orders.page(tx, organisation="leicester"),
    "ix_order_file_owed": orders.owed,
    "ix_decision_case_submitted_at": lambda tx: intents.decisions_of(tx, "INV-2004-0001"),
    "ix_draft_owner_updated": lambda tx: drafts.of_person(tx, "p-hall"),
}


@pytest.mark.parametrize(("index", "page"), PAGES.items(), ids=PAGES.keys())
def test_what_a_page_asks_is_served_by_an_index(
    sqlite_url: str, keys: Keys, index: str, page: Callable[[Tx], object]
) -> None:
    store = Store(sqlite_url, keys)
    plans: list[str] = []

    def explain(connection: Connection, _: object, statement: str, parameters: Any, *__: object) -> None:
        if statement.startswith("SELECT"):
            raw = connection.connection.cursor()
            raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(str(row) for row in raw.fetchall())

    with store.reading() as tx:
        event.listen(tx.connection, "before_cursor_execute", explain)
        page(tx)
    store.close()
    assert any(index in plan for plan in plans), plans


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_url: str, keys: Keys) -> None:
    store = Store(sqlite_url, keys)
    with store.writing() as tx:
        found = {
            name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}
    store.close()


def test_a_store_without_tables_is_behind_and_cannot_answer(store: Store) -> None:
    assert store.answers()
    store.downgrade()
    assert store.behind()
    assert not store.answers()


def test_postgresql_keeps_what_it_confirmed_whatever_it_is_set_to(store: Store) -> None:
    with store.writing() as tx:
        if tx.connection.dialect.name == "postgresql":
            kept = tx.connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
            assert kept == "on"
