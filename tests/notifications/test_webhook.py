"""A message to a receiver: signed, pinned to one machine, and judged by what it answers."""

import json
import socket
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from notifications import webhook
from notifications.addresses import Address
from notifications.webhook import NotTaken, Receipt, Refused, TryLater, Webhook
from service.clock import real_now
from tests.notifications.test_smtp import CERTIFICATE
from tests.support.receiver import CLOSE, HANG, HOST, NEW, OLD, receiving

ID, BODY = "order:INV-2004-0001:1", json.dumps({"number": "ORD-2004-0001", "to": "café"}).encode()


class Names:
    """A resolver that gives one answer after another, and counts how often it is asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = [ip_address(answer) for answer in answers]
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked += 1
        return [self.answers[min(self.asked, len(self.answers)) - 1]]


async def sent(url: str, secrets: Sequence[str] = (NEW,), **how: Any) -> Receipt:
    return await Webhook(url, secrets, loopback=True, **how).send(ID, BODY, at=real_now())


async def test_a_message_arrives_signed_and_its_receipt_is_kept() -> None:
    async with receiving(headers="X-Request-Id: 4711\r\n") as receiver:
        receipt = await sent(receiver.url)
    (message,) = receiver.received
    assert message.line == "POST /orders HTTP/1.1"
    assert message.verified() == json.loads(BODY)
    assert message.body == BODY
    assert message.headers["webhook-id"] == ID
    assert message.headers["host"] == f"{HOST}:{receiver.port}"
    assert message.headers["content-type"].startswith("application/cloudevents+json")
    assert (receipt.status, receipt.id) == (202, "4711")
    assert receipt.digest == sha256(b"Thank you").hexdigest()


async def test_while_one_secret_follows_the_other_either_verifies() -> None:
    async with receiving() as receiver:
        await sent(receiver.url, (NEW, OLD))
    (message,) = receiver.received
    assert message.verified(NEW) == message.verified(OLD) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        message.verified(f"whsec_{'C' * 32}")


async def test_an_old_message_is_seen_to_be_old() -> None:
    async with receiving() as receiver:
        await Webhook(receiver.url, [NEW], loopback=True).send(
            ID, BODY, at=datetime.now(UTC) - timedelta(minutes=6)
        )
    with pytest.raises(WebhookVerificationError, match="too old"):
        receiver.received[0].verified()


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        *((f"{status} So", Refused) for status in (301, 302, 304, 307, 308, 400, 401, 404, 409, 410, 422)),
        *((f"{status} So", TryLater) for status in (408, 425, 429, 500, 502, 503, 504)),
        (CLOSE, TryLater),
    ],
)
async def test_what_is_not_taken_is_refused_for_good_or_tried_later(
    answer: str, what: type[NotTaken]
) -> None:
    async with receiving(answer) as receiver:
        with pytest.raises(what) as found:
            await sent(receiver.url)
    assert len(receiver.received) == 1
    assert found.value.status == (None if answer == CLOSE else int(answer[:3]))


@pytest.mark.parametrize("answer", ["200 OK", "201 Created", "202 Accepted", "204 No Content"])
async def test_every_answer_that_says_yes_is_a_yes(answer: str) -> None:
    async with receiving(answer, body=b"") as receiver:
        assert (await sent(receiver.url)).status == int(answer[:3])


async def test_a_redirect_is_not_followed() -> None:
    async with (
        receiving() as elsewhere,
        receiving("307 Elsewhere", headers=f"Location: {elsewhere.url}\r\n") as receiver,
    ):
        with pytest.raises(Refused, match="pointed elsewhere"):
            await sent(receiver.url)
    assert elsewhere.received == []


async def test_a_receiver_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "WITHIN", 0.2)
    async with receiving(HANG) as receiver:
        begun = time.monotonic()
        with pytest.raises(TryLater, match="did not answer within"):
            await sent(receiver.url)
    assert time.monotonic() - begun < 2


async def test_a_long_answer_is_not_read_to_its_end() -> None:
    async with receiving(body=b"x" * 5_000_000) as receiver:
        receipt = await sent(receiver.url)
    assert receipt.answer == b"x" * webhook.MOST_READ


async def test_nobody_listening_is_tried_later() -> None:
    async with receiving() as receiver:
        url = receiver.url
    with pytest.raises(TryLater, match="could not be reached"):
        await sent(url)


# ------------------------------------------------------------------------ where it goes


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "169.254.169.254", "::1", "127.0.0.1", "::ffff:127.0.0.1", "fd00::1", "224.0.0.1"]
)
async def test_a_name_that_leads_inside_is_refused_when_it_is_sent(address: str) -> None:
    names = Names(address)
    with pytest.raises(Refused, match="inside a network"):
        await Webhook("https://orders.example/in", [NEW], resolve=names).send(ID, BODY, at=real_now())
    assert names.asked == 1


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/", "https://2130706433/", "http://orders.example/", "https://[::1]/"]
)
async def test_an_address_that_was_never_fit_is_refused_when_it_is_sent_too(url: str) -> None:
    names = Names("8.8.8.8")
    with pytest.raises(Refused):
        await Webhook(url, [NEW], resolve=names).send(ID, BODY, at=real_now())
    assert names.asked == 0


async def test_of_several_addresses_one_inside_is_enough_to_refuse() -> None:
    async def both(host: str, port: int) -> Sequence[Address]:
        return [ip_address("8.8.8.8"), ip_address("10.0.0.1")]

    with pytest.raises(Refused, match="inside a network"):
        await Webhook("https://orders.example/in", [NEW], resolve=both).send(ID, BODY, at=real_now())


async def test_a_name_that_changes_its_meaning_after_it_was_looked_at_wins_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its first answer is public; whoever looked again would be led to this machine."""
    looked: list[object] = []

    def rebound(host: object, *_: object, **__: object) -> list[Any]:
        looked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (HOST, receiver.port))]

    monkeypatch.setattr(webhook, "TO_REACH", 0.2)
    async with receiving() as receiver:
        names = Names("203.0.114.1", HOST)
        url = f"https://orders.example:{receiver.port}/in"
        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", rebound)
            with pytest.raises(TryLater):
                await Webhook(url, [NEW], resolve=names).send(ID, BODY, at=real_now())
    assert names.asked == 1
    assert "orders.example" not in looked
    assert receiver.received == []


async def test_the_machine_that_was_found_is_the_one_that_is_sent_to() -> None:
    async with receiving() as receiver:
        names = Names(HOST, "8.8.8.8")
        # No system knows this name.
        await sent(f"http://localhost:{receiver.port}/in", resolve=names)
    assert names.asked == 1
    assert receiver.received[0].headers["host"] == f"localhost:{receiver.port}"


async def test_another_machine_of_the_same_name_is_tried() -> None:
    async def two(host: str, port: int) -> Sequence[Address]:
        return [ip_address("127.0.0.2"), ip_address(HOST)]

    async with receiving() as receiver:
        await sent(f"http://localhost:{receiver.port}/in", resolve=two)
    assert len(receiver.received) == 1


async def test_a_name_that_nobody_knows_is_tried_later() -> None:
    async def unknown(host: str, port: int) -> Sequence[Address]:
        raise socket.gaierror

    with pytest.raises(TryLater, match="could not be found"):
        await sent("https://orders.example/in", resolve=unknown)


@pytest.mark.parametrize(("host", "taken"), [("localhost", True), ("orders.example", False)])
async def test_the_certificate_must_be_that_of_the_name_and_not_of_the_machine(
    host: str, taken: bool
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    async with receiving(tls=tls) as receiver:
        url = f"https://{host}:{receiver.port}/in"
        if taken:
            assert (await sent(url, resolve=Names(HOST), tls_context=trusting)).status == 202
        else:
            with pytest.raises(TryLater, match="certificate"):
                await sent(url, resolve=Names(HOST), tls_context=trusting)
    assert len(receiver.received) == taken


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    async with receiving(tls=tls) as receiver:
        with pytest.raises(TryLater, match="certificate"):
            await sent(f"https://localhost:{receiver.port}/in")
    assert receiver.received == []


async def test_a_proxy_in_the_environment_is_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy, receiving() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{HOST}:{proxy.port}")
        await sent(receiver.url)
    assert (len(receiver.received), proxy.received) == (1, [])
