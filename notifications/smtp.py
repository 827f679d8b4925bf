"""How a letter leaves the building: one kept connection to the mail server, and two ways to fail."""

import asyncio
import contextlib
import re
import ssl
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Literal

import aiosmtplib
from aiosmtplib.email import extract_recipients, extract_sender

Tls = Literal["none", "starttls", "tls"]


class Undeliverable(Exception):
    """The server refuses this letter to this recipient for good; sending it again would not help."""


class TryLater(Exception):
    """The letter may not have gone, for a reason that can pass or be put right; it may be sent again."""


class Mailer:
    """Sends one letter at a time. With `starttls` or `tls`, nothing is ever sent in the clear.

    `patience`, in seconds, is for a letter's turn; `timeout` is then for the whole letter, connecting
    included. `idle`, in seconds, is how long the kept connection is trusted without asking. What goes wrong
    is told without addresses and without the server's own words, for they may quote the letter.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: Tls = "starttls",
        username: str | None = None,
        password: str | None = None,
        local_hostname: str | None = None,
        tls_context: ssl.SSLContext | None = None,
        patience: float = 10.0,
        timeout: float = 20.0,
        idle: float = 5.0,
    ) -> None:
        self._patience = patience
        self._timeout = timeout
        self._idle = idle
        self._used = 0.0
        self._tls = tls
        self._turn = asyncio.Lock()
        self._client = aiosmtplib.SMTP(
            hostname=host,
            port=port,
            username=username,
            password=password,
            local_hostname=local_hostname,
            timeout=timeout,
            use_tls=tls == "tls",
            start_tls=tls == "starttls",
            tls_context=tls_context if tls != "none" else None,
        )

    async def send(self, message: EmailMessage) -> bytes:
        """Return the bytes that were sent, and only when the server has answered that it holds them."""
        try:
            async with asyncio.timeout(self._patience):
                await self._turn.acquire()
        except TimeoutError:
            # Given up before it began: a letter must not go out later than somebody waits for it.
            raise TryLater("The mail server is still busy with earlier letters.") from None
        try:
            async with asyncio.timeout(self._timeout):
                return await self._have_taken(message)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise self._explained(error) from None
        finally:
            self._turn.release()

    async def close(self) -> None:
        async with self._turn:
            if self._client.is_connected:
                with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                    await self._client.quit(timeout=1)
            self._client.close()

    async def _have_taken(self, message: EmailMessage) -> bytes:
        try:
            await self._connect()
            sent = await self._pass_on(message)
        except BaseException:
            # Whatever is half said on this connection, the next letter must not continue it.
            self._client.close()
            raise
        self._used = asyncio.get_running_loop().time()
        return sent

    async def _pass_on(self, message: EmailMessage) -> bytes:
        """Send the letter as it was written: the client's own way would fold its headers anew.

        What arrives is then, to the byte, what the ledger has the hash of.
        """
        client, policy = self._client, message.policy
        assert isinstance(policy, EmailPolicy)
        sender, recipients = extract_sender(message), extract_recipients(message)
        if sender is None:
            raise ValueError("a letter without a sender")
        if client.is_ehlo_or_helo_needed:
            try:
                await client.ehlo()
            except aiosmtplib.SMTPHeloError:
                await client.helo()
        options: list[str] = []
        if not "".join((sender, *recipients)).isascii():
            if not client.supports_extension("SMTPUTF8"):
                raise aiosmtplib.SMTPNotSupported("an address beyond ASCII")
            options.append("SMTPUTF8")
            policy = policy.clone(utf8=True)
        if client.supports_extension("8BITMIME"):
            options.append("BODY=8BITMIME")
        else:
            policy = policy.clone(cte_type="7bit")
        written = message.as_bytes(policy=policy)
        await client.sendmail(sender, recipients, written, mail_options=options)
        return written

    async def _connect(self) -> None:
        if self._client.is_connected and not await self._still_there():
            self._client.close()
        if not self._client.is_connected:
            await self._client.connect()

    async def _still_there(self) -> bool:
        if asyncio.get_running_loop().time() - self._used < self._idle:
            return True
        try:
            await self._client.noop()
        except (aiosmtplib.SMTPException, OSError):
            return False
        return True

    def _explained(self, error: Exception) -> Undeliverable | TryLater:
        match error:
            case aiosmtplib.SMTPRecipientsRefused():
                return _refused(error.recipients[0], "this recipient")
            case aiosmtplib.SMTPRecipientRefused():
                return _refused(error, "this recipient")
            case aiosmtplib.SMTPDataError():
                return _refused(error, "this letter")
            case ssl.SSLError():  # before ValueError, which a bad certificate also is
                return TryLater("The mail server's certificate or its encryption is not acceptable.")
            case aiosmtplib.SMTPNotSupported() | ValueError():
                return Undeliverable("The mail server has no way to write to this recipient's address.")
            case aiosmtplib.SMTPSenderRefused():
                return TryLater(
                    f"The mail server refuses our sender's address ({_reply(error)}): see MAIL_FROM."
                )
            case aiosmtplib.SMTPAuthenticationError():
                return TryLater(f"The mail server refuses our user name or password ({_reply(error)}).")
            case aiosmtplib.SMTPResponseException():
                return TryLater(f"The mail server is not ready for us ({_reply(error)}).")
            case TimeoutError():
                return TryLater(f"The mail server did not finish within {self._timeout:g} seconds.")
            case aiosmtplib.SMTPConnectError():
                return TryLater("The mail server does not take our connection.")
            case ConnectionError():
                return TryLater("The mail server closed the connection before it had taken the letter.")
            case _:
                pass
        if self._tls == "starttls":
            return TryLater("The mail server offers no STARTTLS, and letters are not sent in the clear.")
        return TryLater("The mail server could not be spoken to.")


def _refused(error: aiosmtplib.SMTPResponseException, what: str) -> Undeliverable | TryLater:
    # 55x speaks of the mailbox or the letter, 521 and 556 of its whole domain; other 5xx speak of us.
    if error.code == 521 or 550 <= error.code <= 559:
        return Undeliverable(f"The mail server refuses {what} for good ({_reply(error)}).")
    return TryLater(f"The mail server does not take {what} now ({_reply(error)}).")


def _reply(error: aiosmtplib.SMTPResponseException) -> str:
    """The numbers of the answer, such as `550 5.1.1`."""
    detail = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", error.message)
    return f"{error.code} {detail[0]}" if detail else str(error.code)
