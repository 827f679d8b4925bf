"""What `assent audit verify` and `assent rebuild` say of a record beside which somebody wrote."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from service.cli import app, record
from service.store import Store
from service.store.tables import CASES, HEADS, TEXTS
from tests.service.store import story
from tests.service.store.samples import CASE


@pytest.fixture(autouse=True)
def installation(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    @contextmanager
    def opened() -> Iterator[Store]:
        yield store

    monkeypatch.setattr(record, "record", opened)
    story.tell(store)
    return store


def say(*words: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.stdout.splitlines()


def test_a_record_that_nobody_touched_is_as_it_was_written() -> None:
    status, said = say("audit", "verify")
    assert (status, said[-1]) == (0, "The record is as it was written.")


def test_a_row_that_somebody_changed_is_named_until_the_tables_are_made_anew(store: Store) -> None:
    with store.writing() as tx:
        tx.run(update(CASES).where(CASES.c.ref == CASE).values(state="refused", title="Another"))
        tx.run(update(TEXTS).values(body="forged"))
    status, said = say("audit", "verify")
    assert (status, said[-1]) == (1, "The record has been changed.")
    row = "INV-2004-0001 differs in state, title"
    wrong = "this table is not what the record says, and `assent rebuild` makes it anew"
    assert f"case_file: {wrong}: {row}" in said, "whatever else was changed"
    assert f"case_file was not what the record says: {row}" in say("rebuild")[1]
    assert not [line for line in say("audit", "verify")[1] if line.startswith("case_file")]


def test_tables_are_not_compared_with_a_record_whose_lines_were_changed(store: Store) -> None:
    with store.writing() as tx:
        tx.run(update(CASES).values(state="refused"))
        tx.run(update(HEADS).values(mac=HEADS.c.head_mac))
    status, said = say("audit", "verify")
    assert status == 1
    assert "The tables that pages read were not compared with lines that were changed." in said
    assert json.loads("".join(say("audit", "verify", "--json")[1]))["chained"] is False
