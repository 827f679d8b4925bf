"""Every fact may be told twice, because every message may arrive twice; it is written once."""

import pytest

from service.errors import AlreadySubmitted
from service.store import Store, fold, intents, journal, letters, links, rebuild, steps
from service.store.line import ORGANISATION
from tests.service.store import samples, story
from tests.service.store.samples import CASE
from tests.service.store.story import FACTS, STEP
from workflows.model import Choice


def test_a_fact_told_twice_is_written_once_and_answered_the_same(store: Store) -> None:
    for name, fact in FACTS.items():
        with store.writing() as tx:
            first = fact(tx)
        before = everything(store)
        with store.writing() as tx:
            again = fact(tx)
        assert again == first, name
        assert everything(store) == before, name


def test_a_fact_told_twice_in_one_transaction_is_written_once(store: Store) -> None:
    with store.writing() as tx:
        for name, fact in FACTS.items():
            assert fact(tx) == fact(tx), name


def test_what_fails_leaves_nothing_behind(store: Store) -> None:
    before = everything(store)
    with pytest.raises(ValueError, match="not what its hash says"):
        open_step_and_fail(store)
    assert everything(store) == before


def open_step_and_fail(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        samples.submit(tx, content_hash="0" * 64)


def test_the_story_has_a_line_of_every_kind(store: Store) -> None:
    story.tell(store)
    with store.reading() as tx:
        kinds = {line.kind for line in journal.stream(tx)}
    assert kinds == {*fold.FOLDS, *fold.RECORD_ONLY} - {"link.reissued"}


def test_a_version_submitted_with_other_content_is_refused(store: Store) -> None:
    with store.writing() as tx:
        assert samples.submit(tx)
        assert not samples.submit(tx)
        with pytest.raises(AlreadySubmitted):
            samples.submit(tx, words="Something else")


def test_a_step_told_again_after_people_were_added_has_them_all(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        story.nudged(tx)
        people = [holder.person for holder in samples.open_step(tx).seats[0].holders]
    assert people == ["p-hall", "p-cover"]


def test_a_letter_that_a_second_telling_would_add_is_not_owed(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        told = [samples.request(STEP, "hall"), samples.request(STEP, "newcomer")]
        tx.outgoing.clear()
        steps.opened(tx, samples.opening(), samples.times(), samples.seats(), told)
        assert tx.outgoing == [f"request:{STEP}:hall", f"request:{STEP}:sports"]
        assert list(samples.keys(letters.of_case(tx, CASE))) == tx.outgoing


def test_closing_a_step_records_the_decisions_that_were_not(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        story.closed(tx)
        step = steps.get(tx, STEP)
        assert step is not None
        assert [seat.choice for seat in step.seats] == [Choice.APPROVE, Choice.APPROVE]
        assert [made.seat for made in intents.decisions_of(tx, CASE)] == ["hall", "sports"]


def everything(store: Store) -> list[object]:
    """Return the journal, the tables folded from it, the ledger, the links and the intents."""
    with store.reading() as tx:
        lines = [journal.export(tx, case) for case in (ORGANISATION, CASE)]
        ledger = letters.of_case(tx, CASE)
        behind = [links.get(tx, letter.link_id) for letter in ledger if letter.link_id]
        made = [intents.get(tx, intent.key) for intent in (story.HALL, story.SPORTS)]
    return [rebuild.dump(store), lines, ledger, behind, made]
