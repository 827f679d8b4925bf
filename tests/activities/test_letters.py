"""A letter on its way: the same one at every attempt, and never lost without somebody knowing."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest
from icalendar import Calendar
from temporalio.testing import ActivityEnvironment

from activities.letters import Letters
from notifications.examples import EXAMPLES
from notifications.smtp import Mailer, TryLater, Undeliverable
from service.config import Keys, generate_keys
from service.errors import Unavailable
from service.handbook import Edition
from service.links import Links
from service.store import Store, journal
from service.store import letters as ledger
from service.store.letters import LedgerRow, QueuedLetter
from service.telling import thread
from service.web.courier import Courier, Parcel
from tests.support.desk import BASE, Desk
from tests.support.real_time import RealTime

SENDER = "Assent <assent@approvals.example>"
HALL = "funding-bh-dmh"
OLD, NEW = generate_keys(), generate_keys()


class FakeMailer(Mailer):
    """Keeps what it was given to send; fails as it is told to, after or before it has taken the letter."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1", 1)
        self.taken: list[EmailMessage] = []
        self.failures: list[Exception] = []

    async def send(self, message: EmailMessage) -> bytes:
        self.taken.append(message)
        if self.failures:
            raise self.failures.pop(0)
        return message.as_bytes()


@pytest.fixture
def desk(sqlite_url: str, real: RealTime, leicester: Edition) -> Iterator[Desk]:
    """A desk whose keys the test knows in their written form."""
    store = Store(sqlite_url, Keys(OLD), host="approvals.example", real=real)
    yield Desk(store, Keys(OLD), leicester)
    store.close()


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def letters(desk: Desk, mailer: FakeMailer) -> Letters:
    return Letters(desk.store, desk.mailroom, desk.links, mailer, sender=SENDER)


@pytest.fixture
def request_(desk: Desk) -> str:
    """The key of a letter that asks, queued and not sent."""
    case = desk.submits()
    desk.opens(desk.ask(case, HALL))
    return desk.mailroom.last[0]


def row(desk: Desk, key: str) -> LedgerRow:
    with desk.store.reading() as tx:
        found = ledger.get(tx, key)
    assert found is not None
    return found


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_a_letter_is_sent_and_the_ledger_says_so(
    desk: Desk, letters: Letters, mailer: FakeMailer, request_: str
) -> None:
    await letters.send(request_)
    (message,) = mailer.taken
    sent = row(desk, request_)
    assert (sent.state, sent.attempts) == (ledger.ACCEPTED, 1)
    assert message["Message-ID"] == sent.message_id
    assert message["To"].addresses[0].addr_spec == "budget-dmh@leicester.example"
    assert message["Reply-To"].addresses[0].addr_spec == "corp-projects-manager@leicester.example"


async def test_a_letter_that_was_sent_is_not_sent_again(
    desk: Desk, letters: Letters, mailer: FakeMailer, request_: str
) -> None:
    await letters.send(request_)
    record = desk.record()
    await letters.send(request_)
    assert len(mailer.taken) == 1
    assert desk.record() == record


async def test_a_letter_that_may_have_been_sent_is_not_sent_again_while_the_ledger_cannot_say_so(
    desk: Desk, letters: Letters, mailer: FakeMailer, request_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwritable() -> None:
        raise Unavailable

    again = ActivityEnvironment()
    again.info = replace(again.info, attempt=2)
    with monkeypatch.context() as full:
        full.setattr(desk.store, "writing", unwritable)
        with pytest.raises(Unavailable):
            await again.run(letters.send, request_)
    assert mailer.taken == []
    await again.run(letters.send, request_)
    assert len(mailer.taken) == 1
    assert row(desk, request_).error == ""


async def test_every_attempt_sends_the_same_letter_to_the_last_byte(
    desk: Desk, letters: Letters, mailer: FakeMailer, request_: str
) -> None:
    # The server took it, and its answer was lost.
    mailer.failures = [TryLater("closed before it answered")] * 3
    for _ in range(3):
        with pytest.raises(TryLater):
            await letters.send(request_)
    assert (row(desk, request_).state, row(desk, request_).attempts) == (ledger.QUEUED, 3)
    assert row(desk, request_).error == "closed before it answered"
    await letters.send(request_)
    assert len(mailer.taken) == 4
    assert len({message.as_bytes() for message in mailer.taken}) == 1
    assert row(desk, request_).state == ledger.ACCEPTED


async def test_every_letter_of_a_case_is_the_same_when_written_again(
    desk: Desk, letters: Letters, mailer: FakeMailer, request_: str
) -> None:
    case = request_.partition(".")[0]
    mailer.failures = [TryLater("later")] * 100
    for _ in range(2):
        for known in desk.ledger(case):
            with pytest.raises(TryLater):
                await letters.send(known.key)
    half = len(mailer.taken) // 2
    assert [one.as_bytes() for one in mailer.taken[:half]] == [two.as_bytes() for two in mailer.taken[half:]]


async def test_the_letters_of_a_case_are_shown_together(
    desk: Desk, letters: Letters, mailer: FakeMailer, request_: str
) -> None:
    for known in desk.ledger(request_.partition(".")[0]):
        await letters.send(known.key)
    assert {message["References"] for message in mailer.taken} == {thread(row(desk, request_))}
    assert len({message["Message-ID"] for message in mailer.taken}) == len(mailer.taken) == 3


async def test_a_letter_that_is_refused_for_good_is_told_to_the_pmo(
    desk: Desk, letters: Letters, mailer: FakeMailer, request_: str
) -> None:
    mailer.failures = [Undeliverable("no such mailbox (550 5.1.1)")]
    await letters.send(request_)
    (told,) = desk.mailroom.last
    lost = row(desk, request_)
    assert (lost.state, lost.error) == (ledger.UNDELIVERABLE, "no such mailbox (550 5.1.1)")
    assert (row(desk, told).kind, row(desk, told).post) == ("stuck", "corp-projects-manager")
    unsent = row(desk, told).props["unsent"]
    assert (unsent["address"], unsent["about"]) == ("budget-dmh@leicester.example", "request")
    await letters.send(told)
    assert "budget-dmh@leicester.example" in text(mailer.taken[-1])


async def test_an_address_that_no_letter_can_bear_is_told_to_the_pmo(
    desk: Desk, letters: Letters, mailer: FakeMailer, leicester: Edition
) -> None:
    # As an edition may have it that was frozen before such addresses were refused.
    post = leicester.posts["bh-dmh"].model_copy(update={"email": "budget-dmh@leicester..example"})
    frozen = leicester.model_copy(update={"posts": {**leicester.posts, "bh-dmh": post}})
    desk.brings_into_force(Edition.from_json(frozen.to_json()))
    desk.opens(desk.ask(desk.submits(), HALL))
    (request,) = desk.mailroom.last
    await letters.send(request)
    (told,) = desk.mailroom.last
    assert mailer.taken == []
    assert row(desk, request).state == ledger.UNDELIVERABLE
    assert row(desk, request).error == "This is not an address that mail could reach."
    assert row(desk, told).props["unsent"]["address"] == "budget-dmh@leicester..example"


async def test_a_code_to_an_address_that_no_letter_can_bear_is_written_down_as_lost(
    desk: Desk, mailer: FakeMailer
) -> None:
    code = EXAMPLES["code-signing-in"]
    to = code.to.model_copy(update={"address": "pmo@leicester..example"})
    queued = QueuedLetter(
        key="code:1",
        case="",
        address=to.address,
        kind="code",
        props=code.model_copy(update={"to": to}).model_dump(mode="json"),
    )
    await Courier(mailer, desk.store, SENDER).bring(Parcel(queued, reply_to=SENDER, code="482913"))
    assert (row(desk, "code:1").state, mailer.taken) == (ledger.UNDELIVERABLE, [])


async def test_a_letter_that_was_tried_for_three_days_is_told_to_the_pmo(
    desk: Desk, real: RealTime, letters: Letters, mailer: FakeMailer, request_: str
) -> None:
    mailer.failures = [TryLater("The mail server does not take our connection.")] * 2
    real.passes(hours=71)
    with pytest.raises(TryLater):
        await letters.send(request_)
    real.passes(hours=2)
    await letters.send(request_)
    (told,) = desk.mailroom.last
    assert row(desk, request_).state == ledger.UNDELIVERABLE
    assert "It could not be sent within three days." in row(desk, request_).error
    assert (row(desk, told).kind, row(desk, told).post) == ("stuck", "corp-projects-manager")


async def test_the_pmo_is_told_also_when_the_answer_of_the_first_attempt_was_lost(
    desk: Desk, letters: Letters, mailer: FakeMailer, request_: str
) -> None:
    mailer.failures = [Undeliverable("no such mailbox")]
    await letters.send(request_)
    first = desk.mailroom.last
    await letters.send(request_)
    assert desk.mailroom.given[-2:] == [first, first]
    assert len(mailer.taken) == 1


async def test_when_the_pmo_cannot_be_written_to_either_it_ends_there(
    desk: Desk, letters: Letters, mailer: FakeMailer, request_: str
) -> None:
    mailer.failures = [Undeliverable("no such mailbox"), Undeliverable("none here either")]
    await letters.send(request_)
    (told,) = desk.mailroom.last
    await letters.send(told)
    with desk.store.reading() as tx:
        assert {lost.key for lost in ledger.undelivered(tx)} == {request_, told}


def about_meeting(desk: Desk, name: str) -> str:
    """Queue a letter about a meeting, in the chain of its forum's meetings, which is no case."""
    letter = EXAMPLES[name]
    queued = QueuedLetter(
        key=f"MTG-leicester-heads-of-ict:{name}",
        case="MTG-leicester-heads-of-ict",
        address=letter.to.address,
        kind=letter.kind,
        props=letter.model_dump(mode="json"),
    )
    with desk.store.writing() as tx:
        return ledger.queue_direct(tx, queued).key


async def test_a_letter_about_a_meeting_is_answered_to_its_forum_and_is_the_same_at_every_attempt(
    desk: Desk, letters: Letters, mailer: FakeMailer
) -> None:
    called, sent = about_meeting(desk, "meeting_called"), about_meeting(desk, "agenda_sent")
    mailer.failures = [TryLater("later")]
    with pytest.raises(TryLater):
        await letters.send(called)
    for key in (called, sent):
        await letters.send(key)
    first, again, agenda = mailer.taken
    assert first.as_bytes() == again.as_bytes()
    assert row(desk, called).state == row(desk, sent).state == ledger.ACCEPTED
    assert first["Reply-To"].addresses[0].addr_spec == "heads-of-ict@leicester.example"
    assert first["References"] == agenda["References"] == thread(row(desk, called))
    event = Calendar.from_ical(next(first.iter_attachments()).get_content()).events[0]
    assert event.stamp == row(desk, called).queued.replace(microsecond=0)


async def test_letters_about_two_meetings_are_two_threads(desk: Desk) -> None:
    one = row(desk, about_meeting(desk, "meeting_called"))
    other = one.model_copy(update={"props": one.props | {"meeting": "heads-of-ict/2004-11-10"}})
    assert thread(one) != thread(other)


async def test_a_letter_about_a_meeting_that_never_arrives_is_written_down(
    desk: Desk, letters: Letters, mailer: FakeMailer
) -> None:
    mailer.failures = [Undeliverable("no such mailbox")]
    lost = about_meeting(desk, "minutes_sent")
    await letters.send(lost)
    assert row(desk, lost).state == ledger.UNDELIVERABLE
    with desk.store.reading() as tx:
        written = [line.kind for line in journal.lines(tx, "MTG-leicester-heads-of-ict")]
    assert written == ["letter.undeliverable"]


async def test_a_letter_nobody_queued_is_an_error_and_not_an_empty_letter(letters: Letters) -> None:
    with pytest.raises(LookupError):
        await letters.send("INV-2004-0001.srg.1:request:nobody")


# ------------------------------------------------------------------------------ keys

LinkIn = Callable[[str], Awaitable[str]]


@pytest.fixture
def link_in(desk: Desk, request_: str) -> LinkIn:
    """Send the letter as a worker with other keys would, and return the link's last part."""

    async def send(secret_keys: str) -> str:
        mailer = FakeMailer()
        mailer.failures = [TryLater("later")]
        links = Links(Keys(secret_keys), BASE)
        again = Letters(desk.store, desk.mailroom, links, mailer, sender=SENDER)
        with pytest.raises(TryLater):
            await again.send(request_)
        found = [word for word in text(mailer.taken[0]).split() if f"{BASE}/a/" in word]
        assert len(found) == 1
        return str(found[0].removeprefix(f"{BASE}/a/"))

    return send


async def test_a_link_stays_the_same_when_a_new_key_is_put_in_front(
    link_in: LinkIn, desk: Desk, request_: str
) -> None:
    before = await link_in(OLD)
    assert await link_in(f"{NEW},{OLD}") == before
    assert Links(Keys(f"{NEW},{OLD}"), BASE).read(before) == row(desk, request_).link_id


async def test_a_link_whose_key_is_retired_is_made_again_with_a_live_one(
    link_in: LinkIn, desk: Desk, request_: str
) -> None:
    before, after = await link_in(OLD), await link_in(NEW)
    assert after != before
    assert after.partition(".")[0] == NEW.partition(":")[0]
    live = Links(Keys(NEW), BASE)
    assert (live.read(before), live.read(after)) == (None, row(desk, request_).link_id)


async def test_no_link_is_kept_anywhere(link_in: LinkIn, desk: Desk) -> None:
    mac = (await link_in(OLD)).rpartition(".")[2]
    kept = " ".join((*desk.record(), *map(repr, desk.ledger("INV-2004-0001"))))
    with desk.store.reading() as tx:
        kept += journal.export(tx, "INV-2004-0001")
    assert mac not in kept
