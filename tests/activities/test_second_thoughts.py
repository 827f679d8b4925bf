"""What the record and the mail make of answers that may be taken back."""

from datetime import datetime, timedelta

import pytest

from notifications.examples import rendered
from service.handbook import Edition
from service.store import intents, journal, letters, links, rebuild, steps, undoing
from tests.support.activities import done
from tests.support.desk import NINE, Desk
from workflows.letters import Receipt, TakenBack, read
from workflows.model import (
    AnswersDue,
    Choice,
    Decision,
    Ending,
    Hold,
    Nudge,
    StepDecided,
    StepHeld,
    StepUndone,
    Undo,
    undo_key,
)

HALL = "funding-bh-dmh"
SPORTS = "funding-bh-sports"
ANSWERED = NINE + timedelta(hours=1)
UNTIL = ANSWERED + timedelta(minutes=30)
"""10:30 in London."""


@pytest.fixture
def held(desk: Desk) -> Desk:
    """The activities under a handbook in which money is held for half an hour."""
    funding = desk.edition.steps["funding"].model_copy(update={"hold": Hold(minutes=30)})
    terms = {**desk.edition.steps, "funding": funding}
    desk.edition = Edition.model_validate(desk.edition.model_dump() | {"steps": terms})
    desk.brings_into_force(desk.edition)
    return desk


def put(desk: Desk, key: str = HALL) -> str:
    """Put a question of a case about money; return the step's id."""
    ask = desk.ask(desk.submits(), key)
    desk.opens(ask)
    return ask.step


def answer(desk: Desk, step: str, choice: Choice = Choice.APPROVE) -> Decision:
    """Submit an answer with its hold; the same seat again is its next try."""
    given = desk.answers(step, "bh-dmh", choice, at=ANSWERED, held_until=UNTIL)
    with desk.store.reading() as tx:
        standing = intents.get(tx, given.key)
    assert standing is not None
    return standing.decision()


def record(desk: Desk, made: Decision, at: datetime = ANSWERED) -> None:
    done(desk.register.decided(StepDecided(step=made.step, decisions=(made,), at=at)))


def wish(made: Decision) -> Undo:
    return Undo(
        key=undo_key(made.key, made.attempt),
        step=made.step,
        decision=made.key,
        attempt=made.attempt,
        seat=made.seat,
        person=made.person,
        submitted_at=ANSWERED + timedelta(minutes=10),
    )


def take_back(desk: Desk, made: Decision) -> None:
    done(desk.register.undone(StepUndone(step=made.step, undone=(wish(made),), at=UNTIL)))


def letters_of(desk: Desk, step: str, kind: str) -> list[letters.LedgerRow]:
    return [row for row in desk.ledger(step.partition(".")[0]) if row.kind == kind]


def test_the_receipt_says_until_when_and_has_the_link_to_take_it_back(held: Desk) -> None:
    step = put(held)
    record(held, answer(held, step))
    (row,) = letters_of(held, step, "receipt")
    letter = read(row.props)
    assert isinstance(letter, Receipt)
    assert letter.undo_until == UNTIL
    assert letter.settled is None
    assert "You can take this back until 10:30 on Monday 13 September 2004." in str(
        rendered(letter).get_body(("plain",))
    ).replace("=\n", "")
    with held.store.reading() as tx:
        link = links.get(tx, row.link_id or "")
    assert link is not None
    assert (link.step, link.seat, link.person) == (step, "bh-dmh", "p-017")


def test_what_is_recorded_after_its_hold_offers_nothing(held: Desk) -> None:
    step = put(held)
    record(held, answer(held, step), at=UNTIL + timedelta(seconds=1))
    (row,) = letters_of(held, step, "receipt")
    assert (row.props["undo_until"], row.link_id) == (None, None)


def test_an_answer_taken_back_leaves_its_seat_waiting_and_is_confirmed_with_a_link(held: Desk) -> None:
    step = put(held)
    made = answer(held, step)
    record(held, made)
    assert held.step(step).silent == ()
    take_back(held, made)
    seat = held.step(step).seat("bh-dmh")
    assert seat is not None
    assert (seat.waiting, seat.choice, seat.person, seat.answered_at) == (True, None, None, None)
    with held.store.reading() as tx:
        assert intents.decisions_of_step(tx, step) == ()
        assert [one.id for one in steps.open_for(tx, "p-017")] == [step]
        (line,) = [line for line in journal.lines(tx, held.step(step).case) if line.kind == "decision.undone"]
    assert (line.actor, line.data["attempt"]) == ("p-017", 1)
    (row,) = letters_of(held, step, "taken_back")
    letter = read(row.props)
    assert isinstance(letter, TakenBack)
    assert [one.then for one in letter.if_silent] == [Nudge.REMIND, Nudge.REMIND, Nudge.LINE, Nudge.PMO]
    assert row.link_id is not None
    assert rebuild.drift(held.store) == ()


def test_a_second_answer_has_a_receipt_of_its_own(held: Desk) -> None:
    step = put(held)
    first = answer(held, step)
    record(held, first)
    take_back(held, first)
    second = answer(held, step, Choice.REJECT)
    assert second.attempt == 2
    record(held, second)
    assert [read(row.props).answer.choice for row in letters_of(held, step, "receipt")] == [  # type: ignore[union-attr]
        Choice.APPROVE,
        Choice.REJECT,
    ]
    assert [seat.choice for seat in held.step(step).seats] == [Choice.REJECT]
    assert rebuild.drift(held.store) == ()


def test_the_next_answer_may_be_submitted_before_the_register_has_heard_of_the_first(held: Desk) -> None:
    """The page knows from the engine; the register follows in its own time and in order."""
    step = put(held)
    first = answer(held, step)
    with held.store.writing() as tx:
        undoing.submit(tx, held.step(step).case, wish(first))
        undoing.accepted(tx, wish(first))
    second = answer(held, step, Choice.REJECT)
    record(held, first)
    with held.store.reading() as tx:
        assert intents.get(tx, first.key).state == "submitted", "of the second nobody has said yet"  # type: ignore[union-attr]
    take_back(held, first)
    record(held, second)
    with held.store.reading() as tx:
        (made,) = intents.decisions_of_step(tx, step)
    assert (made.choice, made.attempt, made.recorded_at is not None) == (Choice.REJECT, 2, True)
    assert [seat.choice for seat in held.step(step).seats] == [Choice.REJECT]
    assert rebuild.drift(held.store) == ()


def test_taken_back_before_it_was_ever_recorded_it_is_as_if_never_counted(held: Desk) -> None:
    step = put(held)
    made = answer(held, step)
    take_back(held, made)
    assert held.step(step).silent == ("bh-dmh",)
    with held.store.reading() as tx:
        assert intents.decisions_of_step(tx, step) == ()
        assert intents.get(tx, made.key).state == "undone"  # type: ignore[union-attr]


def test_a_step_that_closed_first_does_not_wait_again(held: Desk) -> None:
    step = put(held)
    made = answer(held, step)
    record(held, made)
    held.closes(step, choice=None, ending=Ending.WITHDRAWN, why="withdrawn")
    take_back(held, made)
    assert held.step(step).seats[0].waiting is False


def test_what_is_on_its_way_to_be_taken_back_is_waited_for(held: Desk) -> None:
    step = put(held)
    made = answer(held, step)
    record(held, made)
    with held.store.writing() as tx:
        undoing.submit(tx, held.step(step).case, wish(made))
    due = AnswersDue(step=step, before=UNTIL)
    assert done(held.register.unsettled_intents(due)) == (wish(made).key,)
    early = AnswersDue(step=step, before=ANSWERED)
    assert done(held.register.unsettled_intents(early)) == ()
    take_back(held, made)
    assert done(held.register.unsettled_intents(due)) == ()


def test_when_it_takes_effect_is_the_next_thing_to_happen(held: Desk) -> None:
    step = put(held)
    record(held, answer(held, step))
    done(held.register.held(StepHeld(step=step, number=1, until=UNTIL, at=ANSWERED)))
    case = held.step(step).case
    with held.store.reading() as tx:
        assert steps.next_moment(tx) == UNTIL
        (waiting,) = steps.waiting(tx, case)
    assert (waiting.next, waiting.at, waiting.people) == ("held", UNTIL, ())
    done(held.register.held(StepHeld(step=step, number=2, until=None, at=ANSWERED)))
    with held.store.reading() as tx:
        assert steps.next_moment(tx) == held.step(step).rungs[0].at
    assert rebuild.drift(held.store) == ()


def test_a_reminder_that_came_due_while_it_was_held_is_not_what_happens_next(held: Desk) -> None:
    step = put(held)
    reminder, following = held.step(step).rungs[:2]
    assert reminder.nudge is Nudge.REMIND
    record(held, answer(held, step))
    done(held.register.held(StepHeld(step=step, number=1, until=UNTIL, at=ANSWERED)))
    thought_again = reminder.at + timedelta(minutes=10)
    done(held.register.held(StepHeld(step=step, number=2, until=None, at=thought_again)))
    with held.store.reading() as tx:
        assert steps.next_moment(tx) == following.at
        assert steps.stalled(tx, following.at - timedelta(minutes=1)) == ()
    assert held.step(step).next == following
    assert rebuild.drift(held.store) == ()


def test_between_the_answer_and_the_register_a_case_does_not_seem_to_go_on(held: Desk) -> None:
    step = put(held)
    made = answer(held, step)
    with held.store.writing() as tx:
        intents.accepted(tx, made.key, None, made.attempt)
    with held.store.reading() as tx:
        (waiting,) = steps.waiting(tx, held.step(step).case)
    assert (waiting.next, waiting.at) == ("held", UNTIL)


def test_a_letter_to_another_funder_does_not_tell_what_may_still_be_taken_back(held: Desk) -> None:
    case = held.submits()
    step = held.ask(case, HALL)
    held.opens(step)
    record(held, answer(held, step.step))
    held.opens(held.ask(case, SPORTS), at=ANSWERED + timedelta(minutes=5))
    (early,) = [row for row in held.ledger(case.case) if row.kind == "request" and row.post == "bh-sports"]
    assert early.props["so_far"] == []


def test_everybody_hears_the_outcome_once_it_has_taken_effect(held: Desk) -> None:
    step = put(held)
    record(held, answer(held, step))
    before = held.ledger(held.step(step).case)
    held.closes(step)
    told = held.sent(held.step(step).case, before)
    assert ("outcome", "bh-dmh") in told
    assert "receipt" not in [kind for kind, _ in told]
    assert held.step(step).held_until is None
