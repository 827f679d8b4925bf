"""An approval has one order, whatever happens to it on its way."""

from datetime import timedelta
from decimal import Decimal

import pytest

from service.store import Store, Tx, cases, intents, journal, orders, rebuild, steps
from service.store.orders import OrderView
from tests.service.store import samples
from tests.service.store.samples import CASE, OPENED
from tests.support.real_time import RealTime
from workflows.model import Choice, Ending, Outcome, StepClosing, StepDecided

ORDER = f"order:{CASE}:1"
NOTICE = f"{ORDER}:cancelled"


def raised(store: Store, *, sending: bool = True) -> OrderView:
    with store.writing() as tx:
        samples.submit(tx)
        orders.raised(tx, cases.get(tx, CASE), at=OPENED, sending=sending)
    return order(store)


def order(store: Store, key: str = ORDER) -> OrderView:
    with store.reading() as tx:
        return orders.must(tx, key)


def tried(tx: Tx, outcome: str) -> None:
    """Try it once, with an outcome; `begun` is a try of which nothing more is heard."""
    made = orders.begun(tx, ORDER)
    assert made is not None
    if outcome == "accepted":
        taken(tx, made.number)
    elif outcome != "begun":
        refused = outcome == "refused"
        orders.not_taken(tx, ORDER, made.number, refused=refused, status=500, why="So", answer="No")


def taken(tx: Tx, attempt: int) -> None:
    orders.accepted(tx, ORDER, attempt, status=202, receipt="r-1", digest="d" * 64, answer="Yes")


@pytest.mark.parametrize("came_to", [Choice.APPROVE, None])
def test_an_order_says_who_asked_for_it_who_pays_and_who_approved(
    store: Store, came_to: Choice | None
) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        samples.open_step(tx)
        made = [samples.intent("hall"), samples.intent("sports", Choice.REJECT)]
        for intent in made:
            intents.submit(tx, intent)
        decisions = tuple(intent.decision() for intent in made)
        step = samples.ask().step
        steps.decided(tx, StepDecided(step=step, decisions=decisions, at=OPENED), [])
        if came_to:
            outcome = Outcome(step=step, ending=Ending.DECIDED, choice=came_to, at=OPENED)
        else:
            outcome = Outcome(step=step, ending=Ending.SILENT, at=OPENED)
        steps.closed(tx, StepClosing(step=step, outcome=outcome), [])
        orders.raised(tx, cases.get(tx, CASE), at=OPENED, sending=True)
    found = order(store)
    assert (found.number, found.amount, found.version) == ("ORD-2004-0001", Decimal("140000.00"), 1)
    assert (found.state, found.raised, found.organisation) == ("owed", OPENED, "leicester")
    assert found.content.sponsor == "hall"
    assert [(share.post, share.amount) for share in found.content.shares] == [
        ("hall", Decimal("84000.00")),
        ("sports", Decimal("56000.00")),
    ]
    # Of votes that made no outcome none approved it.
    approvals = [(made.post, made.choice) for made in found.content.approvals]
    assert approvals == ([("hall", "approve")] if came_to else [])


def test_however_often_it_is_raised_there_is_one_order(store: Store) -> None:
    first = raised(store)
    for later in range(3):
        with store.writing() as tx:
            again = orders.raised(
                tx, cases.get(tx, CASE), at=OPENED + timedelta(days=later), sending=bool(later % 2)
            )
            assert (again, tx.orders) == (ORDER, [ORDER])
    with store.reading() as tx:
        assert orders.of_case(tx, CASE) == (first,)
        assert [line.key for line in journal.lines(tx, CASE) if line.kind == "order.raised"] == [ORDER]


def test_one_that_is_sent_nowhere_is_kept_and_nothing_is_sent(store: Store) -> None:
    assert raised(store, sending=False).state == "kept"
    with store.writing() as tx:
        orders.raised(tx, cases.get(tx, CASE), at=OPENED, sending=True)
        assert (tx.orders, orders.begun(tx, ORDER), orders.owed(tx)) == ([], None, ())


def test_a_receipt_is_kept_and_what_is_accepted_is_not_sent_again(store: Store) -> None:
    raised(store)
    with store.writing() as tx:
        tried(tx, "accepted")
        orders.failed(tx, ORDER, "Too late")
        assert orders.begun(tx, ORDER) is None
        assert not orders.sent_again(tx, ORDER, 0, "p-pmo")
    found = order(store)
    assert (found.state, found.status, found.receipt, found.digest) == ("accepted", 202, "r-1", "d" * 64)


def test_one_that_could_not_be_sent_is_sent_again_once_by_whoever_says_so(
    store: Store, real: RealTime
) -> None:
    raised(store)
    with store.writing() as tx:
        assert not orders.sent_again(tx, ORDER, 0, "p-pmo"), "it is on its way"
        tried(tx, "refused")
        orders.failed(tx, ORDER, "The receiver refused it (400).")
    assert (order(store).state, order(store).why) == ("failed", "The receiver refused it (400).")
    real.passes(days=4)
    with store.writing() as tx:
        assert orders.sent_again(tx, ORDER, 0, "p-pmo")
        assert not orders.sent_again(tx, ORDER, 0, "p-other"), "pressed twice"
        orders.failed(tx, ORDER, "Again")
        assert not orders.sent_again(tx, ORDER, 0, "p-other"), "an old page"
        assert orders.sent_again(tx, ORDER, 1, "p-other")
    found = order(store)
    assert (found.state, found.round, found.owed_real, found.why) == ("owed", 2, real.now, "")
    with store.reading() as tx:
        said = [line.actor for line in journal.lines(tx, CASE) if line.kind == "order.sent_again"]
    assert said == ["p-pmo", "p-other"]


@pytest.mark.parametrize(
    ("outcomes", "failed", "state", "told"),
    [
        ((), False, "called_off", False),
        (("refused",), True, "called_off", False),
        (("begun",), False, "called_off", True),
        (("failed", "refused"), True, "called_off", True),
        (("failed", "accepted"), False, "accepted", True),
    ],
)
def test_a_withdrawal_calls_it_off_and_tells_whoever_may_have_it(
    store: Store, outcomes: tuple[str, ...], failed: bool, state: str, told: bool
) -> None:
    raised(store)
    for _ in range(2):
        with store.writing() as tx:
            if not orders.get(tx, NOTICE):
                for outcome in outcomes if order(store).state == "owed" else ():
                    tried(tx, outcome)
                if failed:
                    orders.failed(tx, ORDER, "So")
            tx.orders.clear()
            orders.cancelled(tx, CASE, at=OPENED + timedelta(days=1))
            assert tx.orders == [NOTICE] * told
            assert orders.begun(tx, ORDER) is None
    assert order(store).state == state
    with store.reading() as tx:
        assert [one.key for one in orders.of_case(tx, CASE)] == [ORDER, *[NOTICE] * told]
    if told:
        assert (order(store, NOTICE).kind, order(store, NOTICE).of) == ("cancelled", ORDER)


def test_one_that_arrives_although_it_is_called_off_is_said_to_have_arrived(store: Store) -> None:
    raised(store)
    with store.writing() as tx:
        tried(tx, "begun")
        orders.cancelled(tx, CASE, at=OPENED)
        assert orders.under_way(tx, ORDER, timedelta(seconds=90))
        taken(tx, 1)
        assert not orders.under_way(tx, ORDER, timedelta(seconds=90))
    assert order(store).state == "accepted"
    assert rebuild.drift(store) == ()


def test_a_try_of_which_nothing_is_heard_is_not_waited_for_for_ever(store: Store, real: RealTime) -> None:
    raised(store)
    with store.writing() as tx:
        tried(tx, "begun")
    real.passes(seconds=91)
    with store.reading() as tx:
        assert not orders.under_way(tx, ORDER, timedelta(seconds=90))


def test_each_try_is_kept_and_of_an_answer_only_the_beginning(store: Store) -> None:
    raised(store)
    with store.writing() as tx:
        for number in (1, 2):
            made = orders.begun(tx, ORDER)
            assert made is not None
            orders.not_taken(tx, ORDER, number, refused=False, status=503, why="Busy", answer="é" * 9000)
    with store.reading() as tx:
        tries = orders.tries(tx, ORDER)
    assert [(made.number, made.outcome, made.status, made.why) for made in tries] == [
        (1, "failed", 503, "Busy"),
        (2, "failed", 503, "Busy"),
    ]
    assert {len(made.answer) for made in tries} == {orders.LONGEST_ANSWER}


def test_what_is_owed_is_found_by_whoever_looks_later(store: Store, real: RealTime) -> None:
    raised(store)
    with store.reading() as tx:
        assert (orders.owed(tx), orders.owed(tx, before=real.now)) == ((ORDER,), ())
    real.passes(minutes=4)
    with store.reading() as tx:
        assert orders.owed(tx, before=real.now - timedelta(minutes=3)) == (ORDER,)


def test_a_list_has_the_latest_first_and_no_other_organisations(store: Store) -> None:
    refs = [f"INV-2004-000{number}" for number in range(1, 6)]
    with store.writing() as tx:
        for day, ref in enumerate(refs):
            samples.submit(tx, ref, organisation="herefordshire" if ref == refs[2] else "leicester")
            orders.raised(tx, cases.get(tx, ref), at=OPENED + timedelta(days=day), sending=True)
            if day % 2:
                orders.failed(tx, f"order:{ref}:1", "So")
    with store.reading() as tx:
        first = orders.page(tx, organisation="leicester", limit=3)
        rest = orders.page(tx, organisation="leicester", limit=3, cursor=first.next_cursor)
        lost = orders.page(tx, organisation="leicester", state=orders.FAILED).items
        counts = orders.counts(tx, "leicester")
    assert [one.case for one in (*first.items, *rest.items)] == [refs[4], refs[3], refs[1], refs[0]]
    assert (len(first.items), rest.next_cursor) == (3, None)
    assert [one.case for one in lost] == [refs[3], refs[1]]
    assert counts == {"failed": 2, "owed": 2}
