"""An order on its way: raised once with its approval, the same at every try, and never lost unseen."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, update

from activities.cases import Cases
from activities.orders import NOWHERE, Orders
from notifications.examples import rendered
from notifications.webhook import Receipt, Refused, TryLater, Webhook
from service.store import orders, rebuild
from service.store.letters import LedgerRow
from service.store.orders import OrderView
from service.store.tables import TEXTS
from tests.support.activities import done
from tests.support.desk import BASE, NINE, Desk
from tests.support.real_time import RealTime
from workflows.letters import read
from workflows.model import Becoming, Expiring

REF = "INV-2004-0001"
ORDER = f"order:{REF}:1"
NOTICE = f"{ORDER}:cancelled"
HOST = "orders.example"


class FakeWebhook(Webhook):
    """Keeps what it was given to send, and answers in turn; takes everything after that."""

    def __init__(self) -> None:
        super().__init__(f"https://{HOST}/in", [])
        self.given: list[tuple[str, bytes]] = []
        self.failures: list[Exception] = []

    async def send(self, id: str, body: bytes, *, at: datetime) -> Receipt:
        self.given.append((id, body))
        if self.failures:
            raise self.failures.pop(0)
        return Receipt(202, "r-1", "d" * 64, b"Thank you")

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.given]


@pytest.fixture
def webhook() -> FakeWebhook:
    return FakeWebhook()


class Sending:
    """A desk that sends its orders somewhere."""

    def __init__(self, desk: Desk, webhook: Webhook | None) -> None:
        self.desk = desk
        to = HOST if webhook else ""
        self.cases = Cases(desk.store, desk.mailroom, desk.links, orders_to=to)
        self.orders = Orders(desk.store, desk.mailroom, desk.links, webhook, source=BASE)

    def approves(self, sample: str = "PROP-02", **changes: Any) -> None:
        """Submit a proposal whose one funder approves it, and let it become approved."""
        case = self.desk.submits(sample, **changes)
        key = next(ask.key for leg in case.route if leg.leg == "funding" for ask in leg.asks)
        self.desk.opens(self.desk.ask(case, key))
        step = f"{case.case}.{key}.1"
        self.desk.closes(step, self.desk.answers(step, self.desk.step(step).seats[0].key))
        self.becomes("approved", 1)

    def becomes(self, state: str, number: int) -> None:
        done(self.cases.became(Becoming(case=REF, state=state, at=NINE, number=number)))

    def sends(self, key: str = ORDER) -> None:
        done(self.orders.send(key))

    def order(self, key: str = ORDER) -> OrderView:
        with self.desk.store.reading() as tx:
            return orders.must(tx, key)

    def told(self) -> list[LedgerRow]:
        """The letters to the PMO."""
        return [row for row in self.desk.ledger(REF) if row.kind == "stuck"]


@pytest.fixture
def sending(each_desk: Desk, webhook: FakeWebhook) -> Sending:
    return Sending(each_desk, webhook)


@pytest.mark.parametrize("state", ["withdrawn", "lapsed"])
def test_who_called_an_order_off_that_is_sent_nowhere_is_told_that_the_buyer_must_hear(
    each_desk: Desk, state: str
) -> None:
    sending = Sending(each_desk, None)
    sending.approves()
    until = date(2005, 9, 13)
    done(sending.cases.became(Becoming(case=REF, state="approved", at=NINE, number=2, valid_until=until)))
    sending.becomes(state, 3)
    kind = {"withdrawn": "withdrawn", "lapsed": "approval_lapsed"}[state]
    (letter, _) = (row for row in each_desk.ledger(REF) if row.kind == kind)
    told = text_of(letter)
    assert f"The order: order {letter.props['order']} is called off. Orders are not sent anywhere" in told
    assert "so whoever buys has to be told of it." in told
    assert "You need do nothing." not in told


def test_the_warning_says_where_an_order_would_be_called_off(sending: Sending) -> None:
    sending.approves()
    until = date(2005, 9, 13)
    done(sending.cases.expiring(Expiring(case=REF, number=1, valid_until=until, at=NINE)))
    (letter, _) = (row for row in sending.desk.ledger(REF) if row.kind == "expiring")
    assert letter.props["orders_to"] == HOST
    assert "Orders are not sent anywhere" not in text_of(letter)


def text_of(row: LedgerRow) -> str:
    """Return the words of a letter's text part."""
    body = rendered(read(row.props)).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_an_approval_raises_its_order_in_the_same_breath_and_once(sending: Sending) -> None:
    sending.approves()
    record = sending.desk.record()
    for _ in range(2):
        sending.becomes("approved", 1)
        assert sending.desk.mailroom.orders[-1] == (ORDER,)
    assert sending.desk.record() == record
    assert record[-1].endswith(f" {ORDER}")
    with sending.desk.store.reading() as tx:
        assert len(orders.of_case(tx, REF)) == 1
    assert rebuild.drift(sending.desk.store) == ()


def test_words_that_were_altered_keep_no_order_back(desk: Desk, webhook: FakeWebhook) -> None:
    sending = Sending(desk, webhook)
    case = desk.submits("PROP-02")
    step = f"{case.case}.funding-bh-dmh.1"
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    desk.closes(step, desk.answers(step, "bh-dmh"))
    with desk.store.writing() as tx:
        tx.run(update(TEXTS).values(body=func.replace(TEXTS.c.body, "Because", "Becauze")))
    sending.becomes("approved", 1)
    assert sending.order().number == "ORD-2004-0001"


@pytest.mark.parametrize(("sample", "number"), [("PROP-02", "ORD-2004-0001"), ("PROP-01", "ORD-2004-0001")])
def test_minor_or_major_an_order_is_raised_and_the_requestor_told(
    desk: Desk, webhook: FakeWebhook, sample: str, number: str
) -> None:
    sending = Sending(desk, webhook)
    sending.approves(sample)
    letters = [row for row in desk.ledger(REF) if row.kind == "approved"]
    assert {(row.props["order"], row.props["orders_to"]) for row in letters} == {(number, HOST)}
    assert sending.order().number == number


@pytest.mark.parametrize("state", ["rejected", "returned", "lapsed", "closed_unfunded", "with_srg"])
def test_no_other_state_raises_one(desk: Desk, webhook: FakeWebhook, state: str) -> None:
    sending = Sending(desk, webhook)
    desk.submits()
    sending.becomes(state, 1)
    with desk.store.reading() as tx:
        assert orders.of_case(tx, REF) == ()
    assert desk.mailroom.orders[-1] == ()


def test_where_orders_are_sent_nowhere_they_are_raised_and_the_letter_says_so(desk: Desk) -> None:
    sending = Sending(desk, None)
    sending.approves()
    assert sending.order().state == orders.KEPT
    assert desk.mailroom.orders[-1] == ()
    letter = next(row for row in desk.ledger(REF) if row.kind == "approved")
    assert (letter.props["order"], letter.props["orders_to"]) == ("ORD-2004-0001", "")
    sending.sends()
    assert sending.order().state == orders.KEPT


def test_what_is_sent_is_an_event_that_says_it_all(desk: Desk, webhook: FakeWebhook) -> None:
    sending = Sending(desk, webhook)
    sending.approves()
    sending.sends()
    (event,) = webhook.events
    data = event.pop("data")
    assert event == {
        "specversion": "1.0",
        "id": ORDER,
        "source": BASE,
        "type": "assent.order.raised.v1",
        "subject": REF,
        "time": "2004-09-13T08:00:00.000000Z",
        "datacontenttype": "application/json",
    }
    assert (data["number"], data["amount"], data["currency"], data["version"]) == (
        "ORD-2004-0001",
        "140000.00",
        "GBP",
        1,
    )
    assert data["revenue_a_year"] == "22000.00"
    assert data["requestor"] == {
        "post": "cd-rc",
        "title": "Corporate Director, Regeneration and Culture",
    }
    assert [(share["post"], share["amount"], share["percent"]) for share in data["shares"]] == [
        ("bh-dmh", "84000.00", "60"),
        ("bh-sports", "56000.00", "40"),
    ]
    assert [(made["title"], made["choice"]) for made in data["approvals"]] == [
        ("Budget holder, De Montfort Hall", "approve")
    ]
    assert data["page"] == f"{BASE}/cases/{REF}"
    assert "Holder" not in json.dumps(data), "posts, and no people"


def test_an_order_that_is_taken_has_its_receipt_and_is_not_sent_again(
    sending: Sending, webhook: FakeWebhook
) -> None:
    sending.approves()
    sending.sends()
    sending.sends()
    assert len(webhook.given) == 1
    order = sending.order()
    assert (order.state, order.status, order.receipt, order.digest) == ("accepted", 202, "r-1", "d" * 64)
    assert sending.told() == []


def test_every_try_sends_the_same_to_the_last_byte(
    sending: Sending, webhook: FakeWebhook, real: RealTime
) -> None:
    sending.approves()
    webhook.failures = [TryLater("The connection broke before there was an answer.")] * 3
    for _ in range(3):
        with pytest.raises(TryLater):
            sending.sends()
        real.passes(hours=1)
    sending.sends()
    assert len(webhook.given) == 4
    assert len(set(webhook.given)) == 1
    with sending.desk.store.reading() as tx:
        assert [made.outcome for made in orders.tries(tx, ORDER)] == ["failed"] * 3 + ["accepted"]


def test_what_was_sent_by_a_worker_that_died_is_sent_again_under_the_same_id(
    sending: Sending, webhook: FakeWebhook
) -> None:
    sending.approves()
    webhook.failures = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        sending.sends()
    sending.sends()
    assert [id for id, _ in webhook.given] == [ORDER, ORDER]
    with sending.desk.store.reading() as tx:
        assert [made.outcome for made in orders.tries(tx, ORDER)] == ["begun", "accepted"]
    assert sending.order().state == "accepted"


def test_a_refusal_is_final_and_the_pmo_is_told_once(sending: Sending, webhook: FakeWebhook) -> None:
    sending.approves()
    webhook.failures = [Refused("The receiver refused it (410).", 410, b"Gone\x00")]
    sending.sends()
    assert (sending.order().state, sending.order().why) == ("failed", "The receiver refused it (410).")
    sending.sends()
    assert len(webhook.given) == 1
    (letter,) = sending.told()
    assert (letter.post, letter.props["cause"]) == ("corp-projects-manager", "order")
    assert letter.props["order"]["why"] == "The receiver refused it (410)."
    assert letter.props["desk"] == f"{BASE}/orders"
    assert sending.desk.mailroom.last == (letter.key,)


def test_the_days_in_which_nothing_could_be_tried_are_none_of_its_three(
    sending: Sending, webhook: FakeWebhook, real: RealTime
) -> None:
    sending.approves()
    webhook.failures = [TryLater("The receiver could not be reached.")] * 3
    real.passes(hours=80)
    with pytest.raises(TryLater):
        sending.sends()
    real.passes(hours=71)
    with pytest.raises(TryLater):
        sending.sends()
    real.passes(hours=2)
    sending.sends()
    assert sending.order().state == "failed"


def test_after_three_days_in_vain_it_is_given_up(
    sending: Sending, webhook: FakeWebhook, real: RealTime
) -> None:
    sending.approves()
    webhook.failures = [TryLater("The receiver could not be reached.")] * 3
    for hours in (0, 71.9):
        real.passes(hours=hours)
        with pytest.raises(TryLater):
            sending.sends()
    real.passes(hours=0.2)
    sending.sends()
    assert sending.order().state == "failed"
    (letter,) = sending.told()
    assert "tried for three days" in letter.props["order"]["why"]


def test_sent_again_it_is_tried_for_three_days_more_and_the_pmo_hears_again(
    sending: Sending, webhook: FakeWebhook, real: RealTime
) -> None:
    sending.approves()
    webhook.failures = [Refused("No.", 400), TryLater("Busy."), Refused("No.", 400)]
    sending.sends()
    real.passes(days=9)
    with sending.desk.store.writing() as tx:
        assert orders.sent_again(tx, ORDER, 0, "p-pmo")
    with pytest.raises(TryLater):
        sending.sends()
    sending.sends()
    assert len(sending.told()) == 2
    with sending.desk.store.writing() as tx:
        assert orders.sent_again(tx, ORDER, 1, "p-pmo")
    sending.sends()
    assert sending.order().state == "accepted"
    assert len({body for _, body in webhook.given}) == 1
    assert rebuild.drift(sending.desk.store) == ()


def test_an_address_that_was_taken_away_is_no_silent_end(desk: Desk, webhook: FakeWebhook) -> None:
    Sending(desk, webhook).approves()
    sending = Sending(desk, None)
    sending.sends()
    assert (sending.order().state, sending.order().why) == ("failed", NOWHERE)
    assert len(sending.told()) == 1


def test_a_withdrawal_after_approval_sends_word_of_it_once_and_no_second_order(
    sending: Sending, webhook: FakeWebhook
) -> None:
    sending.approves()
    sending.sends()
    for _ in range(2):
        sending.becomes("withdrawn", 2)
        assert sending.desk.mailroom.orders[-1] == (NOTICE,)
    for key in (NOTICE, NOTICE, ORDER):
        sending.sends(key)
    assert [event["type"] for event in webhook.events] == [
        "assent.order.raised.v1",
        "assent.order.cancelled.v1",
    ]
    said = webhook.events[-1]
    assert said["id"] == NOTICE
    assert said["data"] == {
        "number": "ORD-2004-0001",
        "case": REF,
        "version": 1,
        "order": ORDER,
        "reason": "withdrawn",
    }
    told = [row.props["order"] for row in sending.desk.ledger(REF) if row.kind == "withdrawn"]
    assert told
    assert set(told) == {"ORD-2004-0001"}
    assert rebuild.drift(sending.desk.store) == ()


def test_an_order_that_was_never_tried_is_called_off_and_nobody_hears_of_it(
    sending: Sending, webhook: FakeWebhook
) -> None:
    sending.approves()
    sending.becomes("withdrawn", 2)
    sending.sends()
    assert (sending.order().state, webhook.given) == ("called_off", [])
    assert sending.desk.mailroom.orders[-1] == ()


def test_word_of_it_does_not_overtake_the_order(
    sending: Sending, webhook: FakeWebhook, real: RealTime
) -> None:
    sending.approves()
    with sending.desk.store.writing() as tx:
        orders.begun(tx, ORDER)
    sending.becomes("withdrawn", 2)
    with pytest.raises(TryLater, match="just being sent"):
        sending.sends(NOTICE)
    assert webhook.given == []
    real.passes(seconds=91)
    sending.sends(NOTICE)
    assert [id for id, _ in webhook.given] == [NOTICE]


def test_an_order_whose_proposal_says_no_revenue_says_none(sending: Sending, webhook: FakeWebhook) -> None:
    sending.approves(cost_profile={"capital_gbp": 140000})
    sending.sends()
    (event,) = webhook.events
    assert "revenue_a_year" not in event["data"]
    with sending.desk.store.reading() as tx:
        (order,) = orders.of_case(tx, REF)
    assert "revenue" not in order.content.model_fields_set, "as one that was raised before it was told"
