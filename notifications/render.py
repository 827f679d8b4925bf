"""How a letter becomes an email: its words from templates, and nothing in it that was not put there."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import parseaddr
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifications import sayings
from notifications.addresses import mailbox
from notifications.invitation import Invitation, calendar
from workflows import days
from workflows.letters import (
    Addressee,
    CaseLetter,
    Inviting,
    Letter,
    MeetingCalled,
    MeetingCalledOff,
    MeetingMoved,
    Task,
)

TEMPLATES = Path(__file__).with_name("templates")
LONGEST_SUBJECT = 150
LONGEST_NAME = 80
LONGEST_LINE = 78
_ZONE = ZoneInfo("Europe/London")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class BadAddress(ValueError):
    """No mail could reach this address; sending it again would not help."""


def render(
    letter: Letter,
    *,
    link: str | None,
    code: str | None = None,
    message_id: str,
    sender: str,
    reply_to: str,
    thread: str | None,
    date: dt.datetime,
) -> EmailMessage:
    """Return the letter as an email, the same bytes for the same arguments.

    `link` is for letters that ask something, `code` for those that bring one. `thread` is the
    Message-ID that stands for the case or the meeting. A template that wants what is not there raises
    jinja2's UndefinedError.
    """
    facts: dict[str, Any] = {"letter": letter}
    facts |= {name: given for name, given in (("link", link), ("code", code)) if given is not None}
    title = subject(letter)
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = _address(letter.to)
    message["Reply-To"] = reply_to
    message["Subject"] = title
    message["Date"] = date
    message["Message-ID"] = message_id
    if thread and thread != message_id:
        message["In-Reply-To"] = thread
        message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_text(letter.kind, facts), cte="quoted-printable")
    html = _html(letter.kind, {**facts, "subject": title})
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if isinstance(letter, Inviting):
        _attach(message, _invitation(letter), stamp=date, sender=parseaddr(sender)[1])
    message["Content-Language"] = "en-GB"
    # Without these each rendering would have boundaries of its own, and a retry other bytes.
    several = [part for part in message.walk() if part.is_multipart()]
    for depth, part in enumerate(several):
        part.set_boundary(f"=_{sha256(message_id.encode()).hexdigest()[:32]}{'_' * depth}")
    return message


def subject(letter: Letter) -> str:
    """Return one line of at most 150 characters. A long title gives way; what is to be done does not."""
    template = TEXT.get_template(f"{letter.kind}/subject.txt")
    title = _title(letter)
    line = _one_line(template.render(letter=letter, title=title))
    if len(line) > LONGEST_SUBJECT and title:
        left = max(len(title) - (len(line) - LONGEST_SUBJECT) - 1, 0)
        line = _one_line(template.render(letter=letter, title=f"{title[:left].rstrip()}…"))
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def _title(letter: Letter) -> str:
    """Return what a letter is about: of an action what must be done, for its siblings have its title too."""
    task: Task | None = getattr(letter, "task", None)
    if task and task.text:
        return flat(task.text).rstrip(".")
    return letter.matter.title if isinstance(letter, CaseLetter) else ""


def _invitation(letter: Inviting) -> Invitation:
    """Return what a letter tells a calendar."""
    match letter:
        case MeetingCalledOff():
            note = flat(letter.why)
        case MeetingCalled() | MeetingMoved() if letter.papers_close:
            note = f"Papers must be in by {day(letter.papers_close)}."
        case _:
            note = ""
    return Invitation(
        organisation=letter.organisation,
        forum=letter.forum,
        sitting=letter.sitting,
        page=letter.page,
        mailbox=letter.mailbox,
        attendee=letter.to,
        called_off=isinstance(letter, MeetingCalledOff),
        note=note,
    )


def _attach(message: EmailMessage, invitation: Invitation, *, stamp: dt.datetime, sender: str) -> None:
    """Add an invitation twice, as the large calendars do.

    As the last alternative, Outlook and Gmail show it with its buttons; as a file, it is there for programs
    that look at attachments only.
    """
    written = calendar(invitation, stamp=stamp, sender=sender)
    method = {"method": invitation.method}
    message.add_alternative(written.decode(), subtype="calendar", cte="base64", params=method)
    message.add_attachment(written, maintype="application", subtype="ics", filename="meeting.ics")


def _text(kind: str, facts: dict[str, Any]) -> str:
    """Render the text part, with one empty line between paragraphs however templates branch."""
    rendered = TEXT.get_template(f"{kind}/body.txt").render(facts)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", rendered)).strip() + "\n"


def _html(kind: str, facts: dict[str, Any]) -> str:
    """Render the HTML part with its few styles written into its elements, where mail programs keep them."""
    return _STYLES.inline(HTML.get_template(f"{kind}/body.html").render(facts))


def _address(to: Addressee) -> Address:
    if not mailbox(to.address):
        raise BadAddress("This is not an address that mail could reach.")
    return Address(_one_line(to.name)[:LONGEST_NAME].rstrip(), addr_spec=to.address)


def _one_line(line: str) -> str:
    """Return words as a header may hold them.

    Python's email package decodes whatever looks like an encoded word, and would write a line break
    that comes out of it as the beginning of another header.
    """
    return " ".join(_CONTROL.sub(" ", line).replace("=?", "= ?").split())


# ----------------------------------------------------------------------------- phrasing


def money(pounds: Decimal) -> str:
    """£84,000; pence only when there are any."""
    sign = "−" if pounds < 0 else ""
    pence = "" if pounds == pounds.to_integral_value() else ".2f"
    return f"{sign}£{abs(pounds):,{pence or '.0f'}}"


def percent(share: Decimal) -> str:
    """60%, or 33.33%."""
    return f"{share.normalize():f}%"


def day(day: dt.date) -> str:
    """Thursday 14 October 2004."""
    return days.in_full(day)


def short_day(day: dt.date, written: dt.date | None = None) -> str:
    """Thu 14 Oct; Thu 6 Mar 2008 in a letter that was written in another year."""
    return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if written and written.year != day.year else "")


def near(day: dt.date, other: dt.date) -> str:
    """14 October, beside a day of the same year; otherwise 14 October 2004."""
    return f"{day.day} {day:%B}" if day.year == other.year else days.said(day)


def moment(instant: dt.datetime) -> str:
    """15:40 on Thursday 14 October 2004, as clocks in the organisation show it."""
    local = instant.astimezone(_ZONE)
    return f"{local:%H:%M} on {day(local.date())}"


def clock(instant: dt.datetime) -> str:
    """15:40, as clocks in the organisation show it."""
    return f"{instant.astimezone(_ZONE):%H:%M}"


def local_day(instant: dt.datetime) -> dt.date:
    """Return the day that an instant falls on in the organisation."""
    return instant.astimezone(_ZONE).date()


def ordinal(number: int) -> str:
    """First, second, up to tenth in words."""
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"


def together(names: Sequence[str]) -> str:
    """A; B; and C. Titles of posts have commas of their own."""
    *most, last = names
    if not most:
        return last
    return f"{most[0]} and {last}" if len(most) == 1 else f"{'; '.join(most)}; and {last}"


def stop(words: str) -> str:
    """End a sentence that does not end by itself; what is escaped stays so."""
    return words if words.endswith((".", "!", "?", "…")) else words + "."


def spaced(code: str) -> str:
    """482 913."""
    return f"{code[:3]} {code[3:]}"


def flat(words: str) -> str:
    """Put paragraphs on one line; what is escaped stays so."""
    return type(words)(" ".join(str(words).split()))


def quoted(words: str) -> str:
    """Mark every line of somebody's words as theirs, as replies do."""
    return "\n".join(f"> {line}".rstrip() for line in words.split("\n"))


_FILTERS = (
    *(money, percent, day, short_day, near, moment, clock, local_day, ordinal, together),
    *(stop, spaced, flat, quoted),
)


def _environment(*, autoescape: bool) -> Environment:
    # Escaping is chosen by environment and not by a file's ending: Jinja2's own choice knows only some.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {phrase.__name__: phrase for phrase in _FILTERS}
    # The same sentences in both parts of a letter; in HTML, whatever they mention is escaped.
    environment.globals["sayings"] = sayings
    environment.globals["say"] = environment.get_template("_parts/words.txt").module
    return environment


def _headers() -> HeaderRegistry:
    # Python takes the name of a thread for words and, if it is long, encodes it beyond recognition.
    headers = HeaderRegistry()
    for name in ("in-reply-to", "references"):
        headers.registry[name] = headers.registry["message-id"]
    return headers


class _Policy(EmailPolicy):
    """Begins every header on the line of its name, where Python may leave that line empty.

    A program that unfolds such a header by the letter would show a subject that begins with a space.
    """

    def fold(self, name: str, value: str) -> str:
        return _begun(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return _begun(super().fold_binary(name, value).decode("ascii", "surrogateescape")).encode(
            "ascii", "surrogateescape"
        )


def _begun(header: str) -> str:
    name, empty, rest = header.partition(":\r\n ")
    if not empty or not name.isascii() or set(name) & set(" \r\n:"):
        return header
    first, end, more = rest.partition("\r\n")
    room = LONGEST_LINE - len(f"{name}: ")
    if len(first) <= room:
        return f"{name}: {first}{end}{more}"
    at = first.rfind(" ", 1, room + 1)
    return f"{name}: {first[:at]}\r\n{first[at:]}{end}{more}" if at > 0 else header


TEXT = _environment(autoescape=False)
HTML = _environment(autoescape=True)
_POLICY = _Policy(linesep=SMTP.linesep, max_line_length=LONGEST_LINE, header_factory=_headers())
_STYLES = CSSInliner(load_remote_stylesheets=False)
