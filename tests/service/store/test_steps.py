"""Of every open step the record can say: on whom, since when, what happens next, and when."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from service.errors import Malformed
from service.store import Store, cases, steps
from service.store.steps import Waiting
from tests.service.store import samples, story
from tests.service.store.samples import CASE, OPENED
from tests.service.store.story import STEP
from workflows.model import (
    Assurance,
    Capacity,
    CaseWaiting,
    Choice,
    Ending,
    Holder,
    Nudge,
    Outcome,
    Rung,
    Seat,
    StepClosing,
    StepNudged,
)

FORUM_DAY = OPENED + timedelta(days=9)


def wait(key: str = "srg", until: datetime | None = FORUM_DAY, number: int = 1) -> CaseWaiting:
    return CaseWaiting(
        case=CASE, number=number, key=key, leg=key, since=OPENED, until=until, on="heads_of_ict"
    )


def test_a_case_waits_on_each_silent_seat(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        on = {waiting.on: waiting for waiting in steps.waiting(tx, CASE)}
        assert on.keys() == {"hall", "sports"}
        assert on["hall"] == Waiting(
            case=CASE,
            step=STEP,
            key="funding",
            kind="funding",
            seat="hall",
            on="hall",
            people=("p-hall",),
            since=OPENED,
            due=OPENED + timedelta(days=7),
            next=Nudge.REMIND,
            at=OPENED + timedelta(days=3),
        )
        story.decided(tx)
        assert [waiting.on for waiting in steps.waiting(tx, CASE)] == ["sports"]
        story.closed(tx)
        assert steps.waiting(tx, CASE) == ()


def test_a_rung_that_came_due_brings_people_in_and_shows_the_next(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        story.nudged(tx)
        hall, sports = steps.waiting(tx, CASE)
        step = steps.get(tx, STEP)
    assert (hall.next, hall.at) == (Nudge.COVER, OPENED + timedelta(days=7))
    assert (hall.people, sports.people) == (("p-hall", "p-cover"), ("p-sports",))
    assert step is not None
    assert step.climbed == 1


def test_after_the_last_rung_nothing_is_next(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        last = samples.times().rungs[-1]
        steps.nudged(tx, StepNudged(step=STEP, rung=last, silent=(), at=last.at), samples.seats(), [])
        waiting = steps.waiting(tx, CASE)[0]
        assert (waiting.next, waiting.at) == ("", None)
        assert steps.next_moment(tx) is None


def test_a_step_is_read_as_it_was_written(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        step = steps.get(tx, STEP)
        assert step is not None
        assert step.ask == samples.ask()
        assert [seat.asked for seat in step.seats] == list(samples.seats())
        assert (step.opened, step.rungs) == (OPENED, samples.times().rungs)
        assert (step.open, step.ending, step.silent) == (True, None, ("hall", "sports"))
        assert step.people == ("p-hall", "p-sports")
        assert steps.of_case(tx, CASE) == steps.open_steps(tx) == (step,)
        assert steps.get(tx, "INV-2004-0001.nothing.1") is None


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 50])
def test_turning_the_pages_shows_every_open_step_once_the_oldest_first(store: Store, limit: int) -> None:
    refs = [f"INV-2004-{number:04}" for number in range(1, 6)]
    with store.writing() as tx:
        for number, ref in enumerate(refs):
            samples.submit(tx, ref)
            samples.open_step(tx, samples.ask(ref), at=OPENED + timedelta(days=min(number, 2)))
        samples.submit(tx, "INV-2004-0100", organisation="herefordshire")
        samples.open_step(tx, samples.ask("INV-2004-0100"))
        shown: list[str] = []
        cursor = None
        while len(shown) < len(refs):
            page = steps.page(tx, organisation="leicester", cursor=cursor, limit=limit)
            shown += [step.case for step in page.items]
            cursor = page.next_cursor
        assert (shown, cursor) == (refs, None)
        (own,) = steps.page(tx, organisation="leicester", case=refs[1]).items
        assert own.silent == ("hall", "sports")
        with pytest.raises(Malformed):
            steps.page(tx, organisation="leicester", cursor="nonsense")


def test_a_closed_step_says_what_it_came_to(store: Store) -> None:
    at = OPENED + timedelta(days=2)
    outcome = Outcome(step=STEP, ending=Ending.WITHDRAWN, choice=None, at=at, until=date(2004, 7, 1))
    with store.writing() as tx:
        samples.open_step(tx)
        steps.closed(tx, StepClosing(step=STEP, outcome=outcome, why="refused_by_another"), [])
        step = steps.get(tx, STEP)
        assert step is not None
        assert (step.open, step.ending, step.choice, step.closed) == (False, Ending.WITHDRAWN, None, at)
        assert (step.why, step.until, step.next) == ("refused_by_another", date(2004, 7, 1), None)
        assert steps.open_steps(tx) == ()
        assert steps.open_for(tx, "p-hall") == ()


def test_a_person_finds_the_steps_in_which_they_may_still_answer(store: Store) -> None:
    later = samples.ask("INV-2004-0002")
    with store.writing() as tx:
        samples.open_step(tx, later, OPENED + timedelta(days=1))
        samples.open_step(tx)
        assert [step.id for step in steps.open_for(tx, "p-hall")] == [STEP, later.step]
        assert steps.open_for(tx, "p-cover") == ()
        story.nudged(tx)
        assert [step.id for step in steps.open_for(tx, "p-cover")] == [STEP]
        story.decided(tx)
        assert [step.id for step in steps.open_for(tx, "p-hall")] == [later.step]
        assert steps.open_for(tx, "p-cover") == ()


def test_somebody_brought_in_for_a_seat_that_answered_has_nothing_to_do(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        story.decided(tx)
        rung = Rung(number=2, at=OPENED + timedelta(days=7), nudge=Nudge.COVER)
        nudge = StepNudged(step=STEP, rung=rung, silent=("sports",), at=rung.at)
        added = Holder(person="p-cover", post="hall", capacity=Capacity.COVER)
        steps.nudged(tx, nudge, samples.seats(added), [])
        assert steps.open_for(tx, "p-cover") == ()


def test_a_case_waits_for_a_forum_until_its_day(store: Store) -> None:
    with store.writing() as tx:
        cases.waiting(tx, wait())
        assert steps.waiting(tx, CASE) == (
            Waiting(case=CASE, key="srg", on="heads_of_ict", since=OPENED, next="srg", at=FORUM_DAY),
        )


def test_what_was_waited_for_is_over_when_the_question_is_put(store: Store) -> None:
    """A wait ends with its own question, or with any on whose day it has passed; another goes on."""
    table = [
        (wait("funding"), OPENED, True),
        (wait("srg"), OPENED, False),
        (wait("srg"), FORUM_DAY, True),
        (wait("bid", None), FORUM_DAY, False),
    ]
    for number, (waiting, at, over) in enumerate(table):
        ref = f"INV-2004-{number:04}"
        with store.writing() as tx:
            cases.waiting(tx, waiting.model_copy(update={"case": ref}))
            samples.open_step(tx, samples.ask(ref), at)
            left = [found for found in steps.waiting(tx, ref) if not found.step]
        assert bool(left) is not over, (waiting.key, at)


def test_a_new_state_ends_every_wait_of_its_case(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        cases.waiting(tx, wait())
        cases.waiting(tx, wait("bid", None, number=2))
        cases.became(tx, samples.becoming("withdrawn"))
        assert steps.waiting(tx, CASE) == ()


def test_a_new_version_ends_the_wait_for_it(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        cases.waiting(tx, wait("resubmission", None))
        samples.submit(tx, version=2)
        assert steps.waiting(tx, CASE) == ()


def test_the_next_moment_is_the_first_rung_or_wait_of_all(store: Store) -> None:
    with store.writing() as tx:
        assert steps.next_moment(tx) is None
        cases.waiting(tx, wait())
        assert steps.next_moment(tx) == FORUM_DAY
        samples.open_step(tx)
        assert steps.next_moment(tx) == OPENED + timedelta(days=3)
        story.nudged(tx)
        assert steps.next_moment(tx) == OPENED + timedelta(days=7)
        story.closed(tx)
        assert steps.next_moment(tx) == FORUM_DAY


def test_what_is_late_is_found(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        due = OPENED + timedelta(days=7)
        assert steps.overdue(tx, due) == ()
        assert [step.id for step in steps.overdue(tx, due + timedelta(minutes=1))] == [STEP]
        assert [step.id for step in steps.stalled(tx, OPENED + timedelta(days=4))] == [STEP]
        assert steps.stalled(tx, OPENED + timedelta(days=3)) == ()


def test_the_wait_of_many_cases_is_read_at_once(store: Store) -> None:
    refs = [f"INV-2004-{number:04}" for number in range(3)]
    with store.writing() as tx:
        for ref in refs[:2]:
            samples.open_step(tx, samples.ask(ref))
        found = steps.waiting_of(tx, refs)
    assert [len(found[ref]) for ref in refs] == [2, 2, 0]


def test_a_code_is_asked_for_above_the_sum_of_the_terms(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        step = steps.get(tx, STEP)
    assert step is not None
    amounts = {None: Assurance.LINK, Decimal(50_000): Assurance.LINK, Decimal("50000.01"): Assurance.CODE}
    for amount, assurance in amounts.items():
        assert step.assurance_for(Seat(key="hall", post="hall", amount=amount)) is assurance


def test_choices_come_back_as_choices(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        story.decided(tx)
        step = steps.get(tx, STEP)
    assert step is not None
    seat = step.seat("hall")
    assert seat is not None
    assert (seat.choice, seat.person, seat.waiting) == (Choice.APPROVE, "p-hall", False)
    assert seat.answered_at == story.HALL.submitted_at
