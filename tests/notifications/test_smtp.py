"""What the mailer makes of a mail server's misbehaviour."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from notifications import examples
from notifications.smtp import Mailer, Tls, TryLater, Undeliverable

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""Made for these tests, with its key; nobody trusts it, and it ends in 2126."""

SECRET = "the sealed words of the letter"

PLAIN = {
    "greeting": "220 mail ready",
    "EHLO": "250 mail",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 taken",
    "RSET": "250 ok",
    "NOOP": "250 ok",
    "QUIT": "221 bye",
}
HANG, CLOSE, SLOWLY = "hang", "close", "slowly"


@dataclass
class Script:
    """A mail server that answers each verb as it is told, and remembers what it was sent."""

    answers: dict[str, str]
    connections: int = 0
    heard: list[str] = field(default_factory=list)
    port: int = 0

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        verb = "greeting"
        while True:
            answer = self.answers[verb]
            if answer == HANG:
                await asyncio.sleep(3600)
            if answer == CLOSE:
                return
            if answer == SLOWLY:
                await asyncio.sleep(0.3)
                answer = "250 taken"
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
            if verb == "QUIT":
                return
            ends_with = b"\r\n.\r\n" if verb == "DATA" and answer.startswith("3") else b"\r\n"
            try:
                line = (await reader.readuntil(ends_with)).decode()
            except asyncio.IncompleteReadError:
                return
            self.heard.append(line)
            verb = "." if len(ends_with) > 2 else line.split()[0].upper()


@asynccontextmanager
async def scripted(**changes: str) -> AsyncIterator[Script]:
    script = Script(PLAIN | {verb.replace("end", "."): answer for verb, answer in changes.items()})
    server = await asyncio.start_server(script.converse, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "assent@council.example"
    message["To"] = "a.holder@council.example"
    message["Subject"] = "For your decision"
    message["Message-ID"] = "<letter-1@council.example>"
    message.set_content(SECRET)
    return message


def mailer(
    port: int,
    tls: Tls = "none",
    timeout: float = 0.5,
    idle: float = 5.0,
    tls_context: ssl.SSLContext | None = None,
    patience: float = 10.0,
) -> Mailer:
    return Mailer(
        "127.0.0.1",
        port,
        tls=tls,
        timeout=timeout,
        idle=idle,
        tls_context=tls_context,
        patience=patience,
        local_hostname="localhost",
    )


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        (
            {"RCPT": "550 5.1.1 no such a.holder"},
            Undeliverable,
            r"refuses this recipient for good \(550 5.1.1\)",
        ),
        ({"RCPT": "553 5.1.3 bad address"}, Undeliverable, "553"),
        (
            {"end": "554 5.7.1 looks like " + SECRET},
            Undeliverable,
            r"refuses this letter for good \(554 5.7.1\)",
        ),
        ({"RCPT": "450 4.2.0 greylisted"}, TryLater, "450 4.2.0"),
        ({"RCPT": "452 4.2.2 mailbox full"}, TryLater, "452"),
        ({"RCPT": "530 5.7.0 say who you are"}, TryLater, "530"),
        ({"MAIL": "550 5.7.1 not from you"}, TryLater, "MAIL_FROM"),
        ({"MAIL": "421 4.3.2 closing"}, TryLater, "421"),
        ({"greeting": "421 4.3.2 too busy"}, TryLater, "421"),
        ({"greeting": "554 no service"}, TryLater, "554"),
        ({"greeting": HANG}, TryLater, "within 0.5 seconds"),
        ({"RCPT": HANG}, TryLater, "within 0.5 seconds"),
        ({"end": HANG}, TryLater, "within 0.5 seconds"),
        ({"greeting": CLOSE}, TryLater, "connection"),
        ({"DATA": CLOSE}, TryLater, "before it had taken the letter"),
        ({"end": CLOSE}, TryLater, "before it had taken the letter"),
        ({"end": "451 4.3.0 disk"}, TryLater, "451"),
    ],
)
async def test_only_a_lasting_refusal_of_the_recipient_or_the_letter_is_final(
    changes: dict[str, str], kind: type[Exception], words: str
) -> None:
    async with scripted(**changes) as script:
        with pytest.raises(kind, match=words) as caught:
            await mailer(script.port).send(letter())
    assert SECRET not in str(caught.value)
    assert "holder" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_a_refused_connection_is_tried_later() -> None:
    async with scripted() as script:
        port = script.port
    with pytest.raises(TryLater, match="does not take our connection"):
        await mailer(port).send(letter())


async def test_without_starttls_nothing_is_sent_in_the_clear() -> None:
    async with scripted() as script:
        with pytest.raises(TryLater, match="no STARTTLS"):
            await mailer(script.port, tls="starttls").send(letter())
    assert not [line for line in script.heard if line.startswith(("MAIL", "RCPT", "DATA"))]


async def test_a_refused_starttls_sends_nothing_in_the_clear() -> None:
    async with scripted(EHLO="250-mail\r\n250 STARTTLS", STARTTLS="454 4.7.0 not now") as script:
        with pytest.raises(TryLater, match="454"):
            await mailer(script.port, tls="starttls").send(letter())
    assert not [line for line in script.heard if line.startswith("MAIL")]


async def test_a_server_that_speaks_no_tls_is_not_spoken_to() -> None:
    async with scripted() as script:
        with pytest.raises(TryLater):
            await mailer(script.port, tls="tls").send(letter())
    assert not script.heard or all("MAIL" not in line for line in script.heard)


@asynccontextmanager
async def offering_starttls() -> AsyncIterator[tuple[int, list[Session]]]:
    sessions: list[Session] = []

    class Handler:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            sessions.append(session)
            return "250 taken"

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(), hostname="localhost", tls_context=context, require_starttls=True, loop=loop),
        "127.0.0.1",
        0,
    )
    try:
        yield server.sockets[0].getsockname()[1], sessions
    finally:
        server.close()


async def test_starttls_carries_the_letter_encrypted() -> None:
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    async with offering_starttls() as (port, sessions):
        post = mailer(port, tls="starttls", timeout=5, tls_context=trusting)
        await post.send(letter())
        await post.close()
    assert [session.ssl is not None for session in sessions] == [True]


async def test_a_server_nobody_vouches_for_is_given_no_letter() -> None:
    async with offering_starttls() as (port, sessions):
        with pytest.raises(TryLater, match="certificate"):
            await mailer(port, tls="starttls", timeout=5).send(letter())
    assert not sessions


async def test_many_letters_share_one_connection() -> None:
    async with scripted() as script:
        post = mailer(script.port)
        await asyncio.gather(*(post.send(letter()) for _ in range(5)))
        await post.close()
    assert script.connections == 1
    assert sum(SECRET in line for line in script.heard) == 5


async def test_what_the_server_takes_is_the_letter_to_the_byte() -> None:
    written = examples.rendered(examples.EXAMPLES["request"])
    async with scripted() as script:
        post = mailer(script.port)
        await post.send(written)
        await post.close()
    (taken,) = (line for line in script.heard if "Message-ID" in line)
    # On the wire a line that begins with a dot begins with two, and the server takes one away (RFC 5321).
    assert re.sub(r"(?m)^\.\.", ".", taken.removesuffix(".\r\n")).encode() == written.as_bytes()


async def test_a_letter_given_up_while_it_waited_for_its_turn_is_not_sent_later() -> None:
    async with scripted(RCPT=HANG) as script:
        post = mailer(script.port, timeout=0.4, patience=0.2)
        first, second = (asyncio.create_task(post.send(letter())) for _ in range(2))
        for one in (first, second):
            with pytest.raises(TryLater):
                await one
        script.answers["RCPT"] = "250 ok"
        await post.send(letter())
        await post.close()
    assert sum(SECRET in line for line in script.heard) == 1


async def test_a_letter_that_waited_long_for_its_turn_is_not_cut_off_when_it_has_it() -> None:
    async with scripted(end=SLOWLY) as script:
        post = mailer(script.port, timeout=0.6, patience=5)
        await asyncio.gather(*(post.send(letter()) for _ in range(4)))
        await post.close()
    assert sum(SECRET in line for line in script.heard) == 4


async def test_a_connection_that_went_stale_is_replaced() -> None:
    async with scripted(NOOP=CLOSE) as script:
        post = mailer(script.port, idle=0.0)
        await post.send(letter())
        await post.send(letter())
        await post.close()
    assert script.connections == 2


async def test_after_a_failure_the_next_letter_starts_afresh() -> None:
    async with scripted(RCPT="450 4.2.0 greylisted") as script:
        post = mailer(script.port)
        with pytest.raises(TryLater):
            await post.send(letter())
        script.answers["RCPT"] = "250 ok"
        await post.send(letter())
        await post.close()
    assert script.connections == 2


async def test_a_cancelled_letter_leaves_the_mailer_usable() -> None:
    async with scripted(RCPT=HANG) as script:
        post = mailer(script.port, timeout=5)
        sending = asyncio.create_task(post.send(letter()))
        while not script.heard:
            await asyncio.sleep(0.01)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        script.answers["RCPT"] = "250 ok"
        await post.send(letter())
        await post.close()
