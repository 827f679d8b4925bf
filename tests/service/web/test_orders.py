"""Orders on pages: how each stands, in words, and sending one again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.store import Store, cases, journal, orders
from tests.service.web.office import SAME_ORIGIN, Browser, Office
from workflows.model import State

PMO, ADMINISTRATOR = "corp-projects-manager", "pmo"
NUMBER = "ORD-2004-0001"


@pytest.fixture
def sending(office: Office) -> Office:
    """An office whose orders are sent somewhere."""
    given = office.settings.model_copy(update={"order_url": "https://orders.example/in"})
    return replace(office, settings=given)


def raised(office: Office, *, sending: bool = True) -> str:
    """An order of a submitted proposal; returns its key."""
    ref = office.submitted("PROP-02")
    with office.store.writing() as tx:
        return orders.raised(tx, cases.get(tx, ref), at=tx.now, sending=sending)


def lost(store: Store, key: str) -> None:
    with store.writing() as tx:
        made = orders.begun(tx, key)
        assert made is not None
        why = "The receiver refused it (400)."
        orders.not_taken(tx, key, made.number, refused=True, status=400, why=why, answer="")
        orders.failed(tx, key, why)


def seen(office: Office, path: str = "/orders", post: str = PMO) -> Browser:
    browser = office.signed_in(post)
    assert browser.see(path) == 200
    return browser


def test_without_orders_the_page_says_what_would_be_here(sending: Office) -> None:
    browser = seen(sending)
    assert browser.heading == "Orders"
    assert "Each is listed here from the moment its proposal is approved" in browser.words
    assert "which is sent to orders.example" in browser.words


@pytest.mark.parametrize("post", [PMO, ADMINISTRATOR])
def test_whoever_sees_to_orders_finds_them_in_the_menu(office: Office, post: str) -> None:
    assert 'href="/orders"' in seen(office, "/work", post).page


def test_nobody_else_does(office: Office) -> None:
    assert 'href="/orders"' not in seen(office, "/work", "cd-rc").page
    assert office.signed_in("cd-rc").see("/orders") == 403


def test_each_state_is_told_in_words(sending: Office) -> None:
    key = raised(sending)
    assert f"{NUMBER} INV-2004-0001 £140,000 On its way" in seen(sending).words
    assert "It is being sent." in seen(sending).words
    with sending.store.writing() as tx:
        orders.begun(tx, key)
        orders.not_taken(tx, key, 1, refused=False, status=503, why="The receiver was busy.", answer="")
    assert (
        "Tried once, on Monday 13 September 2004 at 10:00. The receiver was busy. "
        "It is tried again, for 3 days in all." in seen(sending).words
    )
    with sending.store.writing() as tx:
        orders.begun(tx, key)
        orders.accepted(tx, key, 2, status=202, receipt="4711", digest="d", answer="")
    said = "Sent, and accepted on Monday 13 September 2004 at 10:00 (answer 202). Receipt 4711."
    browser = seen(sending)
    assert f"{NUMBER} INV-2004-0001 £140,000 Accepted" in browser.words
    assert said in browser.words
    assert "/orders/again" not in browser.page
    assert said in seen(sending, "/cases/INV-2004-0001", "cd-rc").words
    with sending.store.writing() as tx:
        orders.cancelled(tx, "INV-2004-0001", at=tx.now + timedelta(days=1))
    assert f"Word that {NUMBER} is called off INV-2004-0001 £140,000 On its way" in seen(sending).words


def test_one_that_could_not_be_sent_is_sent_again_once_by_name(sending: Office) -> None:
    key = raised(sending)
    lost(sending.store, key)
    browser = seen(sending)
    assert "1 order could not be sent" in browser.words
    assert "The receiver refused it (400)." in browser.words
    form = browser.form("/orders/again")
    assert browser.press(True, "/orders/again") == 200
    assert "On its way" in browser.words
    assert sending.engine.sent == [key]
    # Pressed twice, or on a page that was left open.
    for _ in range(2):
        sent = browser.post(form.action, data=form.fields, headers=SAME_ORIGIN)
        assert sent.status_code == 303
    assert sending.engine.sent == [key]
    with sending.store.reading() as tx:
        (line,) = [line for line in journal.lines(tx, "INV-2004-0001") if line.kind == "order.sent_again"]
    assert line.actor == sending.holder(PMO)
    assert "had the order sent again" in seen(sending, "/cases/INV-2004-0001").words


@pytest.mark.parametrize("round", ["", "x", "-1", "1", "99999999", "²"])
def test_a_form_that_was_tampered_with_sends_nothing(sending: Office, round: str) -> None:
    key = raised(sending)
    lost(sending.store, key)
    browser = seen(sending)
    form = browser.form("/orders/again")
    for change in ({"round": round}, {"csrf": "x"}, {"order": "order:INV-2004-0099:1"}):
        browser.post(form.action, data=form.fields | change, headers=SAME_ORIGIN)
    assert sending.engine.sent == []


def test_another_organisations_order_is_nobodys_here(sending: Office) -> None:
    lost(sending.store, raised(sending))
    browser = seen(sending)
    form = browser.form("/orders/again")
    with sending.store.writing() as tx:
        theirs = cases.get(tx, "INV-2004-0001").model_copy(
            update={"organisation": "herefordshire", "version": 2}
        )
        key = orders.raised(tx, theirs, at=tx.now, sending=False)
    assert key not in seen(sending).page
    sent = browser.post(form.action, data=form.fields | {"order": key}, headers=SAME_ORIGIN)
    assert (sent.status_code, sending.engine.sent) == (404, [])


def test_where_orders_are_sent_nowhere_the_pages_say_so_and_there_is_no_button(office: Office) -> None:
    raised(office, sending=False)
    browser = seen(office)
    assert "Orders are sent nowhere from here: the administrator can set an address" in browser.words
    assert f"{NUMBER} INV-2004-0001 £140,000 Not sent" in browser.words
    assert "/orders/again" not in browser.page
    said = "Orders are sent nowhere from here, so whoever buys has to be told of it."
    assert said in seen(office, "/cases/INV-2004-0001", "cd-rc").words


def test_what_was_kept_can_be_sent_once_there_is_an_address(sending: Office) -> None:
    key = raised(sending, sending=False)
    browser = seen(sending)
    assert "Send it" in browser.words
    assert browser.press(True, "/orders/again") == 200
    assert sending.engine.sent == [key]


def test_the_list_is_cut_down_by_state(sending: Office) -> None:
    lost(sending.store, raised(sending))
    assert NUMBER in seen(sending, "/orders?state=failed").words
    assert "No order is like that" in seen(sending, "/orders?state=accepted").words
    assert NUMBER in seen(sending, "/orders?state=anything").words


def test_a_program_reads_how_the_order_stands(sending: Office) -> None:
    headers = sending.token("cd-rc")
    path = "/api/v1/cases/INV-2004-0001"
    sending.submitted("PROP-02")
    assert sending.browser().get(path, headers=headers).json()["order"] is None
    sending.became("INV-2004-0001", State.APPROVED)
    with sending.store.writing() as tx:
        key = orders.of_case(tx, "INV-2004-0001")[0].key
        assert orders.sent_again(tx, key, 0, "p-pmo"), "the activities of this office send nothing"
    order = sending.browser().get(path, headers=headers).json()["order"]
    assert (order["number"], order["amount"], order["state"]) == (NUMBER, "140000.00", "raised")
    assert order["accepted_at"] is None
    with sending.store.writing() as tx:
        orders.accepted(tx, key, 1, status=200, receipt="", digest="d", answer="")
    order = sending.browser().get(path, headers=headers).json()["order"]
    assert order["state"] == "accepted"
    assert order["raised_at"] <= order["accepted_at"]


def test_the_description_of_the_api_shows_an_order(office: Office) -> None:
    found = office.browser().get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert found["OrderTold"]["example"]["number"].startswith("ORD-")


@pytest.mark.parametrize(
    ("becomes", "said"),
    [
        (State.WITHDRAWN, "The proposal was withdrawn on Monday 13 September 2004 at 10:00"),
        (State.LAPSED, "The approval lapsed on Monday 13 September 2004 at 10:00"),
    ],
)
@pytest.mark.parametrize(
    ("sent", "rest"),
    [
        (True, ", and it is not sent any more. Tried once"),
        (False, ". The order was never sent from here, so whoever was told of it has to be told."),
    ],
)
def test_an_order_that_is_called_off_says_why(
    sending: Office, becomes: State, said: str, sent: bool, rest: str
) -> None:
    key = raised(sending, sending=sent)
    if sent:
        with sending.store.writing() as tx:
            orders.begun(tx, key)
            orders.not_taken(tx, key, 1, refused=False, status=503, why="Busy.", answer="")
    sending.became("INV-2004-0001", becomes)
    with sending.store.writing() as tx:
        orders.cancelled(tx, "INV-2004-0001", at=tx.now, why=str(becomes))
    assert said + rest in seen(sending).words
