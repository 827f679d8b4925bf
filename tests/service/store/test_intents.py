"""What a person confirmed is written before the engine hears of it, and stands."""

from datetime import date, timedelta

import pytest

from service.errors import TwoSeats
from service.store import Store, intents, journal, texts
from service.store.intents import AlreadyAnswered, Answered, Condition
from tests.service.store import samples, story
from tests.service.store.samples import CASE, OPENED
from tests.service.store.story import STEP
from workflows.model import Choice, decision_key

HALL = samples.intent("hall", reason="It pays for itself")


def test_the_same_answer_again_is_the_same_answer(store: Store) -> None:
    with store.writing() as tx:
        first = intents.submit(tx, HALL)
    with store.writing() as tx:
        again = intents.submit(tx, HALL.model_copy(update={"submitted_at": OPENED + timedelta(days=1)}))
    assert not first.again
    assert again.again
    assert again.intent == first.intent
    assert first.intent.submitted_at == HALL.submitted_at
    with store.reading() as tx:
        assert [line.kind for line in journal.lines(tx, CASE)] == ["decision.submitted"]


@pytest.mark.parametrize(
    "change",
    [
        {"choice": Choice.REJECT},
        {"reason": "It does not"},
        {"person": "p-cover"},
        {"on_behalf_of": "p-other"},
        {"until": date(2004, 7, 1)},
        {"content_hash": "d" * 64},
        {"conditions": ()},
        {"answers": {"fit": Answered(value="no")}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_answer_of_the_same_seat_is_refused_with_the_one_that_stands(
    store: Store, change: dict[str, object]
) -> None:
    with store.writing() as tx:
        standing = intents.submit(tx, HALL).intent
    with pytest.raises(AlreadyAnswered) as refused, store.writing() as tx:
        intents.submit(tx, HALL.model_copy(update=change))
    assert refused.value.standing == standing
    assert refused.value.status == 409


@pytest.mark.parametrize("change", [{"ip": "192.0.2.9"}, {"shown_hash": "6" * 64}, {"session": "another"}])
def test_how_it_was_sent_does_not_make_it_another_answer(store: Store, change: dict[str, object]) -> None:
    with store.writing() as tx:
        intents.submit(tx, HALL)
        assert intents.submit(tx, HALL.model_copy(update=change)).again


def test_one_person_never_fills_two_seats(store: Store) -> None:
    with store.writing() as tx:
        intents.submit(tx, HALL)
    with pytest.raises(TwoSeats), store.writing() as tx:
        intents.submit(tx, samples.intent("sports", person="p-hall"))


def test_a_refused_answer_may_be_replaced_and_both_are_on_record(store: Store) -> None:
    with store.writing() as tx:
        intents.submit(tx, HALL)
        intents.refused(tx, HALL.key, "another_version")
    with store.writing() as tx:
        better = intents.submit(tx, HALL.model_copy(update={"choice": Choice.REJECT}))
    assert (better.again, better.intent.attempt, better.intent.state) == (False, 2, "submitted")
    with store.reading() as tx:
        assert intents.get(tx, HALL.key) == better.intent
        kinds = [line.kind for line in journal.lines(tx, CASE)]
    assert kinds == ["decision.submitted", "decision.refused", "decision.submitted"]


def test_a_refusal_of_the_first_attempt_that_is_heard_twice_refuses_no_second_one(store: Store) -> None:
    with store.writing() as tx:
        intents.submit(tx, HALL)
        intents.refused(tx, HALL.key, "another_version", 1)
        intents.submit(tx, HALL.model_copy(update={"choice": Choice.REJECT}))
        intents.refused(tx, HALL.key, "another_version", 1)
        stands = intents.get(tx, HALL.key)
        assert stands is not None
        assert (stands.attempt, stands.state) == (2, "submitted")
        intents.refused(tx, HALL.key, "not_your_seat", 2)
        gone = intents.get(tx, HALL.key)
        assert gone is not None
        assert (gone.state, gone.refusal) == ("refused", "not_your_seat")


def test_a_person_whose_answer_was_refused_may_answer_for_another_seat(store: Store) -> None:
    with store.writing() as tx:
        intents.submit(tx, HALL)
        intents.refused(tx, HALL.key, "not_your_seat")
        assert not intents.submit(tx, samples.intent("sports", person="p-hall")).again


def test_an_answer_once_settled_stays_so(store: Store) -> None:
    with store.writing() as tx:
        intents.submit(tx, HALL)
        intents.accepted(tx, HALL.key, Choice.APPROVE)
        intents.refused(tx, HALL.key, "late")
        intents.accepted(tx, HALL.key, None)
        stored = intents.get(tx, HALL.key)
    assert stored is not None
    assert (stored.state, stored.settled, stored.refusal) == ("accepted", Choice.APPROVE, "")


def test_what_has_no_answer_yet_is_found_by_step_and_time(store: Store) -> None:
    sports = samples.intent("sports").model_copy(update={"submitted_at": OPENED + timedelta(hours=5)})
    other = samples.intent(step=samples.ask("INV-2004-0002").step)
    with store.writing() as tx:
        for intent in (sports, HALL, other):
            intents.submit(tx, intent)

        def keys(step: str | None = None, hours: int | None = None) -> list[str]:
            before = OPENED + timedelta(hours=hours) if hours is not None else None
            return [found.key for found in intents.unsettled(tx, step, before)]

        assert keys(STEP) == [HALL.key, sports.key]
        assert keys(STEP, hours=2) == [HALL.key]
        assert keys(STEP, hours=1) == []
        assert keys() == [HALL.key, other.key, sports.key]
        intents.accepted(tx, HALL.key, None)
        assert keys(STEP) == [sports.key]


def test_a_counted_decision_is_read_back_before_it_is_recorded(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        intents.submit(tx, HALL)
        assert intents.decisions_of(tx, CASE) == ()
        intents.accepted(tx, HALL.key, None)
        (counted,) = intents.decisions_of(tx, CASE)
        story.decided(tx)
        (recorded,) = intents.decisions_of(tx, CASE)
    assert counted.recorded_at is None
    assert recorded == counted.model_copy(update={"recorded_at": OPENED + timedelta(hours=3)})
    assert recorded.reason == "It pays for itself"
    assert recorded.conditions == (Condition(text="Train the staff", owner="sports", by=date(2004, 12, 1)),)
    assert recorded.answers == {"fit": Answered(value="yes", text="It fits well")}


def test_words_can_be_erased_and_the_decision_stays(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        stored = intents.submit(tx, HALL).intent
        story.decided(tx)
        (line, *_) = [line for line in journal.lines(tx, CASE) if line.kind == "decision.submitted"]
        texts.erase(tx, line.data["words_hash"])
        (decision,) = intents.decisions_of_step(tx, STEP)
        kept = intents.get(tx, HALL.key)
    assert (decision.choice, decision.reason) == (Choice.APPROVE, None)
    assert decision.conditions == (Condition(text="", owner="sports", by=date(2004, 12, 1)),)
    assert decision.answers == {"fit": Answered(value="yes")}
    assert kept is not None
    assert kept.payload_hash == stored.payload_hash == HALL.payload_hash


def test_the_journal_holds_no_word_that_a_person_wrote(store: Store) -> None:
    with store.writing() as tx:
        intents.submit(tx, HALL)
        written = journal.export(tx, CASE)
    for words in ("It pays for itself", "Train the staff", "It fits well"):
        assert words not in written


def test_the_engine_receives_the_decision_without_its_words() -> None:
    decision = HALL.decision()
    assert decision.key == decision_key(STEP, 1, "hall")
    assert decision.payload_hash == HALL.payload_hash
    assert "pays" not in decision.model_dump_json()
