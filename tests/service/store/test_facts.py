"""Every fact may be told twice, because every message may arrive twice; it is written once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from service.errors import AlreadySubmitted
from service.store import Store, Tx, cases, clock, covers, editions, intents, journal, letters, rebuild, steps
from service.store.covers import Cover
from service.store.line import ORGANISATION
from tests.service.store import samples
from tests.service.store.samples import CASE, OPENED
from workflows.model import CaseWaiting, Choice, Holder, Segment, StepDecided, StepNudged

STEP = samples.ask().step
HALL, SPORTS = samples.intent("hall"), samples.intent("sports")

COVER = Cover(
    person="p-hall", cover="p-cover", starts=date(2004, 6, 1), ends=date(2004, 6, 9), set_by="p-hall"
)

Fact = Callable[[Tx], object]


def nothing(new: bool) -> None:
    """Leave out of an answer whether the fact was new."""


def nudged(tx: Tx) -> object:
    rung = samples.opening().rungs[0]
    nudge = StepNudged(step=STEP, rung=rung, silent=("hall",), at=rung.at)
    more = samples.seats(Holder(person="p-cover", post="hall"))
    return steps.nudged(tx, nudge, more, [samples.request(STEP, "hall", "reminder")])


def decided(tx: Tx) -> object:
    made = StepDecided(step=STEP, decisions=(HALL.decision(),), at=OPENED + timedelta(hours=3))
    return steps.decided(tx, made, [samples.request(STEP, "hall", "receipt")])


def closed(tx: Tx) -> object:
    told = [samples.request(STEP, seat, "outcome") for seat in samples.SEATS]
    return steps.closed(tx, samples.closing(HALL.decision(), SPORTS.decision()), told)


def waits(tx: Tx) -> object:
    until = OPENED + timedelta(days=9)
    wait = CaseWaiting(case=CASE, key="srg", leg="srg", since=OPENED, until=until, on="srg")
    return cases.waiting(tx, wait)


FACTS: dict[str, Fact] = {
    "an edition comes into force": lambda tx: nothing(
        editions.put(tx, "{}", hash="e" * 64, organisation="leicester", name="leicester")
    ),
    "the Clock begins": lambda tx: clock.begin(tx, OPENED, rate=2.5),
    "the Clock jumps": lambda tx: clock.add(tx, Segment(number=2, real=OPENED, clock=OPENED, rate=1.0)),
    "a cover is set": lambda tx: nothing(covers.set(tx, COVER)),
    "a proposal is submitted": lambda tx: nothing(samples.submit(tx)),
    "its process begins": lambda tx: cases.begun(tx, CASE, terms={"funding": samples.TERMS}),
    "it changes its state": lambda tx: cases.became(
        tx, samples.becoming("with_funders"), [samples.request(STEP, "hall", "acknowledged")]
    ),
    "it waits for a forum": waits,
    "a step opens": samples.open_step,
    "a rung comes due": nudged,
    "a decision is submitted": lambda tx: intents.submit(tx, HALL).intent,
    "it is counted": lambda tx: intents.accepted(tx, HALL.key, None),
    "it is recorded": decided,
    "another is submitted": lambda tx: intents.submit(tx, SPORTS).intent,
    "it is refused": lambda tx: intents.refused(tx, SPORTS.key, "ended"),
    "the step closes": closed,
    "a letter is sent": lambda tx: letters.sent(
        tx, f"request:{STEP}:hall", subject="Decide", body_hash="b" * 64
    ),
    "a letter does not arrive": lambda tx: letters.undeliverable(tx, f"request:{STEP}:sports", "no such box"),
    "its sponsor wants to end it": lambda tx: cases.withdrawal_requested(tx, CASE, "p-hall", "withdraw:1"),
    "it comes back": lambda tx: cases.became(tx, samples.becoming("returned", 2)),
    "a second version is submitted": lambda tx: nothing(samples.submit(tx, version=2)),
}


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
    with pytest.raises(ZeroDivisionError), store.writing() as tx:
        samples.submit(tx)
        samples.open_step(tx)
        raise ZeroDivisionError
    assert everything(store) == before


def test_a_version_submitted_with_other_content_is_refused(store: Store) -> None:
    with store.writing() as tx:
        assert samples.submit(tx)
        assert not samples.submit(tx)
        with pytest.raises(AlreadySubmitted):
            samples.submit(tx, words="Something else")


def test_a_step_told_again_after_people_were_added_has_them_all(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        samples.open_step(tx)
        nudged(tx)
        people = [holder.person for holder in samples.open_step(tx).seats[0].holders]
    assert people == ["p-hall", "p-cover"]


def test_a_letter_that_a_second_telling_would_add_is_not_owed(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        told = [samples.request(STEP, "hall"), samples.request(STEP, "newcomer")]
        again = steps.opened(tx, samples.opening(), samples.seats(), told)
        assert again.letters == (f"request:{STEP}:hall", f"request:{STEP}:sports")
        assert samples.keys(letters.of_case(tx, CASE)) == again.letters


def everything(store: Store) -> tuple[str, list[str], list[object]]:
    """Return the journal, the tables folded from it, and the ledger."""
    with store.reading() as tx:
        lines = [journal.export(tx, case) for case in (ORGANISATION, CASE)]
        ledger: list[object] = [*letters.of_case(tx, CASE), *intents.unsettled(tx)]
    return rebuild.dump(store), lines, ledger


def test_choices_are_what_was_chosen(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        closed(tx)
        step = steps.get(tx, STEP)
    assert step is not None
    assert [seat.choice for seat in step.seats] == [Choice.APPROVE, Choice.APPROVE]
