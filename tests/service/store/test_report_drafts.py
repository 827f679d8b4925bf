"""What people have typed into reports and not handed in: for them alone, and only while it is wanted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import MetaData, Table, inspect

from service.store import Store, Tx, documents, housekeeping, journal, report_drafts, schema, steps
from tests.service.store import samples
from tests.service.store.samples import CASE
from workflows.model import Choice, Ending, Outcome, StepClosing

OWN = {"case": CASE, "key": "end-stage-1", "person": "p-hall"}
BOXES = {"done": "The screens", "rating_time": "amber", "issues": ""}


def typed(tx: Tx, **other: str) -> dict[str, str] | None:
    draft = report_drafts.get(tx, **OWN | other)
    return draft.boxes if draft else None


def test_the_last_that_was_typed_is_kept_for_its_person_and_that_question(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        lines = journal.lines(tx, CASE)
        report_drafts.keep(tx, {"done": "Nothing yet"}, **OWN)
        report_drafts.keep(tx, BOXES, **OWN)
        assert typed(tx) == BOXES
        for other in ({"case": "PRJ-2004-0009"}, {"key": "end-stage-2"}, {"person": "p-other"}):
            assert typed(tx, **other) is None
            report_drafts.discard(tx, **OWN | other)
        assert typed(tx) == BOXES
        assert journal.lines(tx, CASE) == lines, "the record has no word of it"
        report_drafts.discard(tx, **OWN)
        assert typed(tx) is None


@pytest.mark.parametrize(
    ("ending", "choice", "kept"),
    [
        (Ending.DECIDED, Choice.REPORT, False),
        (Ending.DECIDED, Choice.UNCHANGED, False),
        (Ending.DECIDED, Choice.DEFER, True),
        (Ending.SILENT, None, True),
        (Ending.WITHDRAWN, None, True),
    ],
)
def test_it_goes_once_its_question_is_answered_and_stays_while_that_is_asked_again(
    store: Store, ending: Ending, choice: Choice | None, kept: bool
) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        for key in ("end-stage-1", "end-stage-2"):
            report_drafts.keep(tx, BOXES, **OWN | {"key": key})
        outcome = Outcome(
            step=f"{CASE}.end-stage-1.1", ending=ending, choice=choice, at=tx.now + timedelta(hours=1)
        )
        steps.closed(tx, StepClosing(step=outcome.step, outcome=outcome), ())
        assert (typed(tx) is not None) is kept
        assert typed(tx, key="end-stage-2") == BOXES


def test_sent_from_two_windows_at_once_it_is_kept_once(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)

    def sends(words: str) -> None:
        with store.writing() as tx:
            report_drafts.keep(tx, {"done": words}, **OWN)

    sent = [str(number) for number in range(8)]
    with ThreadPoolExecutor(4) as windows:
        list(windows.map(sends, sent))
    with store.reading() as tx:
        kept = typed(tx)
    assert kept is not None
    assert kept["done"] in sent


def test_it_goes_with_its_case(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        report_drafts.keep(tx, BOXES, **OWN)
        report_drafts.keep(tx, BOXES, **OWN | {"case": "PRJ-2003-0001"})
        assert housekeeping.sweep(tx) == 1
        assert typed(tx) == BOXES
        assert typed(tx, case="PRJ-2003-0001") is None


def test_what_the_law_has_erased_is_not_typed_again(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        report_drafts.keep(tx, BOXES | {"cause": "Time: The screens"}, **OWN)
        report_drafts.keep(tx, BOXES, **OWN | {"case": "PRJ-2003-0001"})
        report_drafts.forget(tx, CASE, ("The screens",))
        assert typed(tx) == {"done": "", "rating_time": "amber", "issues": "", "cause": ""}
        assert typed(tx, case="PRJ-2003-0001") == BOXES


def test_what_was_held_before_these_were_kept_is_found_under_its_question(store: Store) -> None:
    held: dict[str, Any] = {
        "id": "h-1",
        "step": f"{CASE}.end-stage-1.2",
        "seat": "lead",
        "person": "p-hall",
        "kind": "",
    }
    held |= {"name": "Plan.pdf", "media_type": "application/pdf", "size": 3, "hash": "0" * 64}
    with store.writing() as tx:
        schema.downgrade(tx.connection, "0018")
        step = inspect(tx.connection).get_columns("step")
        of_it = {"id": held["step"], "case": CASE, "key": "end-stage-1"}
        filled = {one["name"]: of_it.get(one["name"], _anything(one)) for one in step if not one["nullable"]}
        for table, row in (("step", filled), ("held_document", held | {"held_real": tx.real})):
            tx.run(Table(table, MetaData(), autoload_with=tx.connection).insert(), row)
        schema.upgrade(tx.connection)
    with store.reading() as tx:
        assert [one.name for one in documents.held(tx, **OWN)] == ["Plan.pdf"]
        assert documents.held(tx, **OWN | {"person": "p-other"}) == ()


def _anything(column: Any) -> Any:
    """Return some value that a column takes."""
    kind = column["type"].python_type
    return datetime(2004, 9, 13, tzinfo=UTC) if kind is datetime else kind()
