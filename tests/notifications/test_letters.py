"""What every letter keeps to, however it is worded and whatever was typed into a case."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from icalendar import Calendar
from jinja2 import UndefinedError

from notifications import preview, sayings
from notifications.examples import BASE, CODE, EXAMPLES, LINK, rendered
from notifications.render import (
    HTML,
    LONGEST_SUBJECT,
    TEMPLATES,
    TEXT,
    BadAddress,
    day,
    moment,
    money,
    near,
    ordinal,
    percent,
    render,
    short_day,
    subject,
    together,
)
from service import handbook
from tests.support.addresses import NO_MAILBOXES
from workflows.letters import Asking, Expiring, Inviting, Letter, read

GOLDEN = Path(__file__).with_name("golden")
KINDS = {kind.model_fields["kind"].default for kind in get_args(get_args(Letter)[0])}
ASKING = {name: letter for name, letter in EXAMPLES.items() if isinstance(letter, Asking)}
every_letter = pytest.mark.parametrize("letter", EXAMPLES.values(), ids=EXAMPLES)
every_asking_letter = pytest.mark.parametrize("letter", ASKING.values(), ids=ASKING)


# --------------------------------------------------------------------- reading a letter


@dataclass
class Page(HTMLParser):
    """What a mail program makes of an HTML part."""

    html: str
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["title"]:
            self.words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self.tags.append("")

    @property
    def links(self) -> list[str]:
        return [value for name, value in self.attributes if name == "href"]


def text_of(message: EmailMessage) -> str:
    return _part(message, "plain")


def page_of(message: EmailMessage) -> Page:
    return Page(_part(message, "html"))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@cache
def received(letter: Letter) -> EmailMessage:
    """Return a letter as it is once it has been over the wire. Many tests look at each example."""
    return over_the_wire(letter)


def over_the_wire(letter: Letter) -> EmailMessage:
    return message_from_bytes(rendered(letter).as_bytes(), policy=default)


# -------------------------------------------------------------- templates and examples


def test_every_kind_of_letter_has_three_templates_and_there_is_no_folder_without_a_kind() -> None:
    folders = {
        folder.name: sorted(file.name for file in folder.iterdir())
        for folder in TEMPLATES.iterdir()
        if folder.name != "_parts"
    }
    assert folders == {kind: ["body.html", "body.txt", "subject.txt"] for kind in KINDS}


def test_every_kind_of_letter_has_an_example() -> None:
    assert {letter.kind for letter in EXAMPLES.values()} == KINDS
    assert all(name.startswith(letter.kind) for name, letter in EXAMPLES.items())


def test_the_letters_are_worded_as_they_were_when_somebody_last_read_them(tmp_path: Path) -> None:
    """Compare every example with the one kept.

    To accept new words, run `python -m notifications.preview tests/notifications/golden` and read
    the difference. A letter that is no more is deleted by hand.
    """
    preview.write(tmp_path)
    now, then = ({file.name: file.read_text("utf-8") for file in of.iterdir()} for of in (tmp_path, GOLDEN))
    assert sorted(now) == sorted(then)
    for name in now:
        assert now[name] == then[name]


@every_letter
def test_a_letter_that_was_stored_is_the_letter_that_was_written(letter: Letter) -> None:
    assert read(letter.model_dump(mode="json")) == letter


@pytest.mark.parametrize("environment", [TEXT, HTML], ids=["text", "html"])
def test_a_template_that_wants_what_is_not_there_is_an_error(environment: Any) -> None:
    with pytest.raises(UndefinedError):
        environment.from_string("{{ letter.nothing }}").render(letter=EXAMPLES["request"])


@pytest.mark.parametrize("name", ["request", "code"])
def test_a_letter_without_its_link_or_code_is_an_error(name: str) -> None:
    with pytest.raises(UndefinedError):
        render(
            EXAMPLES[name],
            link=None,
            message_id="<1@assent.example>",
            sender="approvals@leicester.example",
            reply_to="office@leicester.example",
            thread=None,
            date=datetime(2004, 10, 14, tzinfo=UTC),
        )


@every_letter
def test_a_letter_makes_do_without_what_it_may_lack(letter: Letter) -> None:
    must = {name for name, fact in type(letter).model_fields.items() if fact.is_required()}
    shortest = read({"kind": letter.kind} | letter.model_dump(include=must, mode="python"))
    text = text_of(received(shortest))
    assert text
    assert "()" not in text
    assert ": \n" not in text


# --------------------------------------------------------------------------- the email


@every_letter
def test_the_same_letter_gives_the_same_bytes(letter: Letter) -> None:
    assert rendered(letter).as_bytes() == rendered(letter).as_bytes()


def test_two_letters_do_not_share_a_boundary() -> None:
    one, other = rendered(EXAMPLES["request"]), rendered(EXAMPLES["receipt"])
    assert one.get_boundary() != other.get_boundary()


@every_letter
def test_a_letter_says_that_no_person_sent_it_and_where_a_reply_goes(letter: Letter) -> None:
    message = received(letter)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Reply-To"] == "programme-office@leicester.example"
    assert message["Message-ID"] == f"<{letter.kind}@assent.leicester.example>"
    assert message["Date"].datetime == datetime(2004, 10, 14, 9, 0, tzinfo=UTC)


def test_letters_of_a_case_are_one_thread_and_a_code_is_in_none() -> None:
    assert received(EXAMPLES["receipt"])["References"] == received(EXAMPLES["request"])["References"]
    assert received(EXAMPLES["request"])["In-Reply-To"] == "<INV-2004-0002@assent.leicester.example>"
    assert received(EXAMPLES["code"])["References"] is None


def test_a_long_host_name_does_not_break_the_thread() -> None:
    name = f"<{'a' * 32}@approvals.democratic-services.a-council-with-a-very-long-name.example>"
    message = render(
        EXAMPLES["receipt"],
        link=None,
        message_id=f"<b{name[2:]}",
        sender="approvals@leicester.example",
        reply_to="office@leicester.example",
        thread=name,
        date=datetime(2004, 10, 14, tzinfo=UTC),
    )
    assert message.as_bytes(policy=SMTP).count(name.encode()) == 2
    assert f"<b{name[2:]}".encode() in message.as_bytes(policy=SMTP)


TOLD = ["multipart/alternative", "text/plain", "text/html"]
INVITED = ["multipart/mixed", *TOLD, "text/calendar", "application/ics"]


def parts_of(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


@every_letter
def test_a_letter_is_text_first_and_html_second_and_an_invitation_last(letter: Letter) -> None:
    assert parts_of(received(letter)) == (INVITED if isinstance(letter, Inviting) else TOLD)


@every_letter
def test_no_part_of_a_letter_can_be_taken_for_the_end_of_another(letter: Letter) -> None:
    boundaries = [part.get_boundary() for part in received(letter).walk() if part.is_multipart()]
    assert len(set(boundaries)) == len(boundaries)


INVITING = {name: letter for name, letter in EXAMPLES.items() if isinstance(letter, Inviting)}


@pytest.mark.parametrize(("name", "letter"), INVITING.items(), ids=INVITING)
def test_a_letter_that_invites_brings_the_same_calendar_twice(name: str, letter: Letter) -> None:
    message = received(letter)
    shown = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    file = next(message.iter_attachments())
    method = "CANCEL" if "called_off" in name else "REQUEST"
    assert shown.get_param("method") == method
    assert shown.get_content_charset() == "utf-8"
    assert file.get_filename() == "meeting.ics"
    assert shown.get_payload(decode=True) == file.get_payload(decode=True)
    event = Calendar.from_ical(file.get_content()).events[0]
    assert event.organizer == "mailto:heads-of-ict@leicester.example"
    assert [str(each) for each in event.attendees] == ["mailto:member@leicester.example"]
    # A retry is the same letter: it is stamped with the moment at which it was written down.
    assert event.stamp == message["Date"].datetime


@every_letter
def test_no_line_on_the_wire_is_longer_than_mail_allows(letter: Letter) -> None:
    assert max(map(len, rendered(letter).as_bytes().splitlines())) <= 78


@every_letter
def test_paragraphs_are_separated_by_one_empty_line_and_no_line_ends_in_a_space(letter: Letter) -> None:
    text = text_of(received(letter))
    assert "\n\n\n" not in text
    assert not any(line != line.rstrip() for line in text.splitlines())


@every_letter
def test_a_header_begins_on_the_line_of_its_name(letter: Letter) -> None:
    headers, _, _ = rendered(letter).as_bytes().partition(b"\r\n\r\n")
    assert not re.search(rb"^[\w-]+: *\r?$", headers, flags=re.MULTILINE)


def test_a_long_subject_begins_on_its_line_and_is_whole() -> None:
    stored = EXAMPLES["listed"].model_dump(mode="python")
    for title in ("word " * 20, "Two words and then someveryveryverylongonewithoutanyspace " * 2, "plain"):
        stored["matter"]["title"] = title
        letter = read(stored)
        raw = rendered(letter).as_bytes()
        assert b"\nSubject: On the agenda of" in raw
        assert max(map(len, raw.splitlines())) <= 78
        assert received(letter)["Subject"] == subject(letter)


def test_two_letters_on_the_shares_of_two_parties_have_two_subjects() -> None:
    stored = EXAMPLES["request-authority"].model_dump(mode="python")
    other = stored | {"question": stored["question"] | {"share_of": "Budget holder, Sports Services"}}
    assert "£84,000 from Budget holder, De Montfort Hall for " in subject(read(stored))
    assert "£84,000 from Budget holder, Sports Services for " in subject(read(other))


# ----------------------------------------------------------------------------- the words


def _words(text: str) -> list[str]:
    without_links = re.sub(r"https?://\S+", "", text)
    without_marks = re.sub(r"^(> ?|- |\d+\. )", "", without_links, flags=re.MULTILINE)
    return re.findall(r"\w+", without_marks)


@every_letter
def test_both_parts_say_the_same_words(letter: Letter) -> None:
    message = received(letter)
    assert _words(page_of(message).words) == _words(text_of(message))


@every_letter
def test_no_letter_speaks_of_the_machinery(letter: Letter) -> None:
    message = received(letter)
    said = f"{message['Subject']}\n{text_of(message)}"
    found = re.findall(r"\b(workflow|instance|signal|step|null|None|undefined|True|False|_\w+)\b", said)
    assert not found


@every_letter
def test_the_subject_names_the_case_and_fits_a_line(letter: Letter) -> None:
    line = subject(letter)
    assert len(line) <= LONGEST_SUBJECT
    if hasattr(letter, "matter"):
        assert line.endswith(f"({letter.matter.ref})")


LINKS = {
    "": ("Review and decide", "decides"),
    "action": ("Report on it", "reports"),
    "action_check": ("Check it", "confirms"),
    "srg_meeting": ("Review and record", "records"),
    "referral_meeting": ("Review and record", "records"),
    "mandate": ("Give the mandate", "decides"),
    "initiation": ("Put forward the plan", "puts"),
    "gate_srg": ("Review and record", "records"),
    "highlight": ("Review and report", "reports"),
    "end_stage": ("Review and report", "reports"),
    "exception_report": ("Review and report", "reports"),
    "exception_srg": ("Review and record", "records"),
    "exception_plan": ("Put forward the plan", "puts"),
    "end_project": ("Review and report", "reports"),
    "standards_check": ("Check it", "confirms"),
    "standards_srg": ("Review and record", "records"),
    "review": ("Write the review", "reports"),
    "review_check": ("Check it", "confirms"),
    "review_srg": ("Review and record", "records"),
    "benefit": ("Say how much", "reports"),
    "assessment": ("Assess it", "reports"),
    "assessment_srg": ("Review and record", "records"),
}
"""By the kind of question: what a letter's link is called, and what opening it does not do yet."""


@every_asking_letter
def test_a_letter_that_asks_says_when_it_is_due_and_what_happens_if_nobody_answers(letter: Asking) -> None:
    text = text_of(received(letter))
    assert day(letter.due) in text
    assert "If nobody answers: " in text
    assert f"Opening it {LINKS.get(letter.question.kind, LINKS[''])[1]} nothing" in text
    assert all(near(rung.on, letter.due) in text for rung in letter.if_silent)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("request", "Decide by Thu 21 Oct: £84,000 for "),
        ("request-notification-direct", "Reply today: "),
        ("request-completion", "Confirm by Fri 30 Jul: is the work complete? "),
        ("reminder", "Reminder, due Thu 21 Oct: £84,000 for "),
        ("reminder-second", "Second reminder, due tomorrow: £84,000 for "),
        ("reminder-overdue", "Third reminder, overdue since Thu 21 Oct: "),
        ("escalation", "Decide now, unanswered since Thu 14 Oct: "),
        ("escalation-from-the-start", "Decide by Thu 21 Oct: £84,000 for "),
        ("request-no-capital", "Decide by Thu 21 Oct: £1,500 a year for Consultation tool kit "),
        ("lapsed", "Closed because nobody answered: "),
        ("lapsed-too-few", "Closed because too few votes were counted: "),
        ("lapsed-no-view", "Closed because nobody voted for it or against it: "),
        ("outcome-too-few", "Closed because too few votes were counted: "),
        ("outcome-no-view", "Closed because nobody voted for it or against it: "),
        ("stuck-fault", "Needs you, an answer could not be counted: "),
        ("stuck-order", "Needs you, an order could not be sent: "),
        ("expiring", "Confirm completion by Thu 16 Jun, or the approval lapses: "),
        ("expiring-broken-off", "Withdraw it by Thu 16 Jun, or the approval lapses: "),
        ("cover", "Decide by Thu 21 Oct, covering for A. Holder: "),
        ("returned", "Information wanted from you: "),
        ("stuck", "Needs you, nobody has answered: "),
        ("meeting_called", "Come on Wed 13 Oct at 10:00: "),
        ("meeting_moved", "Come on Wed 3 Nov at 10:00 instead of Wed 13 Oct: "),
        ("meeting_moved-same-day", "Come at 14:00 instead of 10:00 on Wed 13 Oct: "),
        ("meeting_moved-elsewhere", "Come to another place on Wed 13 Oct at 10:00: "),
        ("meeting_moved-place-known", "Note where to come on Wed 13 Oct at 10:00: "),
        ("meeting_moved-place-open", "Wait to hear where to come on Wed 13 Oct at 10:00: "),
        ("meeting_called_off", "Do not come on Wed 13 Oct: "),
        ("agenda_sent", "Read before Wed 13 Oct: 2 items to decide, "),
        ("agenda_sent-empty", "Nothing to read before Wed 13 Oct: "),
        ("minutes_sent", "Check the minutes by Wed 10 Nov: "),
        ("minutes_sent-confirmed", "Confirmed minutes: "),
        ("meeting_unrecorded", "Record by Fri 15 Oct: 1 item without an outcome, "),
        ("meeting_unrecorded-pmo", "Needs you, 2 items of a meeting without an outcome: "),
    ],
)
def test_a_subject_begins_with_what_is_to_be_done_and_by_when(name: str, line: str) -> None:
    assert subject(EXAMPLES[name]).startswith(line)


@pytest.mark.parametrize("name", ["expiring-conditions", "expiring-major"])
def test_what_can_only_be_withdrawn_is_not_to_be_put_to_use_first(name: str) -> None:
    other = EXAMPLES["expiring-conditions"]
    assert isinstance(other, Expiring)
    message = rendered(EXAMPLES[name].model_copy(update={"broken_off": True, "unmet": other.unmet}))
    text = text_of(message)
    assert message["Subject"].startswith("Withdraw it by ")
    assert "What to do now: withdraw the proposal." in text
    assert "put to use:" not in text
    assert "Conditions to meet first" not in text


def test_every_example_quotes_its_clause_as_the_shipped_handbooks_have_it() -> None:
    shipped = {
        clause.number: " ".join(clause.text.split()).rstrip(".")
        for name in handbook.names()
        for clause in handbook.load(name).clauses.values()
    }
    quoted = [
        letter.clause for letter in EXAMPLES.values() if isinstance(letter, Asking) and letter.clause.text
    ]
    assert quoted
    assert [clause.number for clause in quoted if shipped.get(clause.number) != clause.text] == []


def test_a_day_of_another_year_is_named_with_its_year() -> None:
    asked = EXAMPLES["request-bid"].model_copy(update={"due": date(2008, 3, 6)})
    assert subject(asked).startswith("Reply by Thu 6 Mar 2008: has the bid succeeded?")


def test_the_request_tells_all_one_needs_to_decide() -> None:
    text = text_of(received(EXAMPLES["request"]))
    for words in (
        "You are asked, as Budget holder, De Montfort Hall, to approve your share of this proposal",
        "£84,000 of £140,000 (60%)",
        "Why you: Every party that funds a proposal approves its share.",
        "Heads of ICT Group noted it on 13 October",
        "Your budget: £210,000; committed £95,000; £31,000 would remain.",
        "on 22 October it also goes to your cover, B. Deputy",
        "silence is never taken as a yes",
    ):
        assert words in text


# ------------------------------------------------------------------- links, codes, tracking


@every_asking_letter
def test_a_letter_that_asks_has_one_link_in_each_part_and_no_other(letter: Asking) -> None:
    message = received(letter)
    text, page = text_of(message), page_of(message)
    assert re.findall(r"https?://\S+", text) == [LINK]
    assert page.links == [LINK]
    assert page.html.count(LINK) == 1
    assert LINKS.get(letter.question.kind, LINKS[""])[0] in page.words


@pytest.mark.parametrize("name", ["receipt-held", "taken_back", "covered", "covered-by-the-line-while-away"])
def test_a_letter_to_somebody_who_may_act_without_being_asked_has_one_link_and_no_other(name: str) -> None:
    message = received(EXAMPLES[name])
    assert re.findall(r"https?://\S+", text_of(message)) == [LINK]
    assert page_of(message).links == [LINK]


@every_letter
def test_a_letter_that_only_tells_has_at_most_one_link_to_an_ordinary_page(letter: Letter) -> None:
    if letter.linked:
        return
    message = received(letter)
    links = page_of(message).links
    assert links == re.findall(r"https?://\S+", text_of(message))
    assert len(links) <= 1
    assert all(link.startswith(f"{BASE}/") and "/a/" not in link for link in links)


def test_a_link_that_decides_is_written_in_one_place_only() -> None:
    writing = {
        file.relative_to(TEMPLATES).as_posix()
        for file in TEMPLATES.rglob("*.*")
        if re.search(r"\{\{\s*link\b|/a/|https?:", file.read_text("utf-8"))
    }
    assert writing == {"_parts/link.txt", "_parts/link.html"}


@every_letter
def test_nothing_in_a_letter_is_fetched_or_run(letter: Letter) -> None:
    page = page_of(received(letter))
    assert not {"img", "script", "link", "iframe", "object", "form", "svg", "video"} & set(page.tags)
    assert {name for name, _ in page.attributes} <= {
        "lang",
        "charset",
        "name",
        "content",
        "class",
        "style",
        "href",
    }
    assert ("lang", "en-GB") in page.attributes
    assert "url(" not in page.html


def test_a_code_is_in_the_letter_but_not_in_its_subject_nor_in_what_is_stored() -> None:
    letter = EXAMPLES["code"]
    message = received(letter)
    assert "482 913 is your code for INV-2004-0002. It works for 10 minutes." in text_of(message)
    assert not re.search(r"482 ?913", message["Subject"])
    assert CODE not in letter.model_dump_json()


# ------------------------------------------------------------------------ hostile words

HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an image that runs": '<img src=x onerror="alert(1)">',
    "an attribute's end": '" onmouseover="alert(1)" x="',
    "an element's end": "</p></div></body><h1>Approved</h1>",
    "a title's end": "</title><script>alert(1)</script>",
    "a drawing": '<svg/onload=alert(1)><a xlink:href="javascript:alert(1)">x</a></svg>',
    "an address that runs": "javascript:alert(1)",
    "a style": "</style><style>@import url(https://evil.example)</style>",
    "a comment": "<!-- --!><img src=x>",
    "a sum for the template": "{{7*7}} {{ letter }} ${7*7}",
    "a statement for the template": "{% include '_parts/link.txt' %}{# gone #}",
    "an entity": "&lt;script&gt; &amp;amp; &#x3c;b&#x3e;",
    "a new line": "one\ntwo",
    "a header": "one\r\nBcc: everybody@leicester.example\r\n\r\nAnother body",
    "a soft break": "one\vtwo\ftwo",
    "line separators": "one\u2028two\u2029three\x85four",
    "nothing at all": "a\x00b\x08c\x1b[31m",
    "text turned round": "abc\u202ecba\u2066x",
    "half a letter": "a\udc80b",
    "another script": "日本語 العربية ελληνικά 🏛️",
    "an encoded word": "=?utf-8?q?Bcc:_x?=",
    "a header in an encoded word": "=?utf-8?q?one=0D=0ABcc:_everybody=40leicester.example?=",
    "an encoded word in pieces": "=\x00?utf-8?q?one=0D=0ABcc:_x?\x00=",
    "a dot on its own": "one\r\n.\r\ntwo",
    "ten thousand letters": "x" * 10_000,
    "ten thousand letters in words": "word " * 2_000,
    "only spaces": "   \n  ",
}
TYPED = (
    *("name", "post_title", "title", "organisation", "summary", "sponsor", "seat", "forum", "share_of"),
    *("who", "for_whom", "reason", "text", "owner", "covering", "cover", "confirmed_by", "about", "why"),
    *("place", "sought", "outcome", "secretary"),
)
"""The fields that hold what somebody typed."""


def _typed(value: Any, hostile: str) -> Any:
    """Put hostile words wherever words were typed."""
    if isinstance(value, list | tuple):
        return [_typed(item, hostile) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: hostile if name in TYPED and isinstance(inner, str) else _typed(inner, hostile)
        for name, inner in value.items()
    }


@dataclass(frozen=True)
class Typed:
    """A letter with hostile words, as it arrives, and the same letter with harmless ones."""

    hostile: str
    letter: Letter
    message: EmailMessage
    harmless: EmailMessage


@pytest.fixture(scope="module", params=[*HOSTILE.values()], ids=[*HOSTILE])
def typed(request: pytest.FixtureRequest) -> dict[str, Typed]:
    """Every letter with hostile words, written once for all who look at them: it takes seconds."""
    found = {}
    for name, example in EXAMPLES.items():
        stored = example.model_dump(mode="python")
        letter = read(_typed(stored, request.param))
        harmless = received(read(_typed(stored, "harmless")))
        found[name] = Typed(request.param, letter, over_the_wire(letter), harmless)
    return found


def test_whatever_was_typed_is_shown_as_text_and_stops_no_letter(typed: dict[str, Typed]) -> None:
    for one in typed.values():
        page, text, expected = page_of(one.message), text_of(one.message), page_of(one.harmless)
        assert one.message.keys() == one.harmless.keys()
        assert one.message["To"].addresses[0].addr_spec == one.letter.to.address
        assert parts_of(one.message) == parts_of(one.harmless)
        assert set(page.tags) <= {*expected.tags, "br"}
        assert page.links == expected.links
        assert page.attributes == expected.attributes or not one.hostile.strip()
        assert not re.search(
            r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text + page.html
        )
        if hasattr(one.letter, "matter") and one.letter.matter.title:
            assert one.letter.matter.title in " ".join(page.words.split())
            assert one.letter.matter.title in text


def test_whatever_was_typed_the_subject_is_one_short_line_that_keeps_its_beginning(
    typed: dict[str, Typed],
) -> None:
    for one in typed.values():
        line = one.message["Subject"]
        assert len(subject(one.letter)) <= LONGEST_SUBJECT
        # Where a header is folded, a space may be doubled or lost.
        assert "".join(line.split()) == "".join(subject(one.letter).split())
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", line)
    asked = typed["request"].message["Subject"]
    assert asked.startswith("Decide by Thu 21 Oct: £84,000 for")
    assert asked.endswith("(INV-2004-0002)")


@pytest.mark.parametrize("address", NO_MAILBOXES)
def test_an_address_that_no_mail_could_reach_is_refused(address: str) -> None:
    stored = EXAMPLES["request"].model_dump(mode="python")
    stored["to"]["address"] = address
    with pytest.raises(BadAddress):
        rendered(read(stored))


def test_a_long_title_is_shortened_in_the_subject_and_whole_in_the_letter() -> None:
    long = read(_typed(EXAMPLES["request"].model_dump(mode="python"), "x" * 10_000))
    message = received(long)
    assert len(message["Subject"]) == LONGEST_SUBJECT
    assert "x… (INV-2004-0002)" in message["Subject"]
    assert "x" * 10_000 in text_of(message)


# ------------------------------------------------------------------------------ phrasing


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        (money(Decimal("84000.00")), "£84,000"),
        (money(Decimal("84000.5")), "£84,000.50"),
        (money(Decimal("-2000")), "−£2,000"),
        (money(Decimal(0)), "£0"),
        (money(Decimal("1E+5")), "£100,000"),
        (percent(Decimal("60.00")), "60%"),
        (percent(Decimal("33.33")), "33.33%"),
        (percent(Decimal(100)), "100%"),
        (day(date(2004, 10, 14)), "Thursday 14 October 2004"),
        (short_day(date(2004, 10, 4)), "Mon 4 Oct"),
        (short_day(date(2005, 1, 12), date(2004, 12, 20)), "Wed 12 Jan 2005"),
        (near(date(2004, 10, 4), date(2004, 12, 31)), "4 October"),
        (near(date(2005, 1, 4), date(2004, 12, 31)), "4 January 2005"),
        (moment(datetime(2004, 10, 14, 14, 40, tzinfo=UTC)), "15:40 on Thursday 14 October 2004"),
        (moment(datetime(2004, 12, 31, 23, 59, tzinfo=UTC)), "23:59 on Friday 31 December 2004"),
        (moment(datetime(2004, 6, 30, 23, 30, tzinfo=UTC)), "00:30 on Thursday 1 July 2004"),
        (ordinal(1), "first"),
        (ordinal(11), "11th"),
        (together(["A"]), "A"),
        (together(["A, a", "B"]), "A, a and B"),
        (together(["A", "B", "C"]), "A; B; and C"),
    ],
)
def test_sums_and_days_are_phrased_as_people_write_them(phrase: str, expected: str) -> None:
    assert phrase == expected


@pytest.mark.parametrize(
    ("name", "written"),
    [("moved", "on"), ("listed", "on"), ("escalation", "written")],
)
def test_a_subject_says_the_year_of_a_day_of_another_year(name: str, written: str) -> None:
    letter = EXAMPLES[name]
    assert not re.search(r"20[0-9]{2}\b", subject(letter).rpartition(" (")[0])
    later = letter.model_copy(update={written: date(2007, 12, 20)})
    assert re.search(r"20[0-9]{2}\b", subject(later).rpartition(" (")[0])


def test_every_kind_of_letter_has_a_name_of_its_own_in_words() -> None:
    assert set(sayings.LETTERS) == KINDS
    assert not [name for name in sayings.LETTERS.values() if "_" in name]
    assert len(set(sayings.LETTERS.values())) == len(KINDS)
