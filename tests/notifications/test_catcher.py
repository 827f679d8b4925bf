"""The mail catcher, fed by our own mailer."""

import signal
import subprocess
import sys
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from icalendar import Calendar

from notifications.catcher import catching, caught
from notifications.examples import BASE, EXAMPLES, rendered
from notifications.smtp import Mailer

WORDS = "Long lines are folded on the way and whole again here: " + "word " * 30


def letter(subject: str = "Décision: £84,000") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "assent@council.example"
    message["To"] = Address("A. Holder, De Montfort Hall budget", addr_spec="a.holder@council.example")
    message["Subject"] = subject
    message["Message-ID"] = "<letter-1@council.example>"
    message.set_content(
        f"{WORDS}\n\nReview and decide: http://localhost:8000/a/abc-DEF_1?x=1.\n(See http://localhost:8000/c/2)\n"
    )
    message.add_alternative("<p>See <a href='http://localhost:8000/other'>this</a></p>", subtype="html")
    return message


def mailer(port: int) -> Mailer:
    return Mailer("127.0.0.1", port, tls="none", local_hostname="localhost")


async def test_a_caught_letter_reads_as_it_was_written(tmp_path: Path) -> None:
    async with catching(tmp_path) as port:
        post = mailer(port)
        await post.send(letter())
        await post.close()
    [one] = caught(tmp_path)
    assert (one.id, one.to, one.subject) == (1, "a.holder@council.example", "Décision: £84,000")
    assert WORDS.strip() in one.text
    assert "<p>See" in one.html
    assert one.headers["Message-ID"] == "<letter-1@council.example>"
    assert one.links == ("http://localhost:8000/a/abc-DEF_1?x=1", "http://localhost:8000/c/2")
    assert one.at.tzinfo is not None


async def test_a_letter_that_invites_reads_as_any_other_and_its_calendar_is_kept(tmp_path: Path) -> None:
    invited = rendered(EXAMPLES["meeting_called"])
    async with catching(tmp_path) as port:
        post = mailer(port)
        await post.send(invited)
        await post.close()
    [one] = caught(tmp_path)
    page = f"{BASE}/meetings/heads-of-ict/2004-10-13"
    assert one.text.startswith("Please come to the meeting of Heads of ICT Group at 10:00")
    assert one.links == (page,)
    assert f'href="{page}"' in one.html
    assert "BEGIN:VCALENDAR" not in one.text + one.html
    kept = message_from_bytes((tmp_path / "000001.eml").read_bytes(), policy=default)
    [file] = kept.iter_attachments()
    assert Calendar.from_ical(file.get_content())["METHOD"] == "REQUEST"


def test_a_subject_folded_after_an_empty_line_is_read_without_its_space(tmp_path: Path) -> None:
    (tmp_path / "000001.eml").write_bytes(b"Subject:\r\n On the agenda\r\nTo: a@b.example\r\n\r\nWords\r\n")
    assert [one.subject for one in caught(tmp_path)] == ["On the agenda"]


async def test_letters_are_numbered_in_the_order_of_arrival_across_restarts(tmp_path: Path) -> None:
    for subjects in (["one", "two"], ["three"]):
        async with catching(tmp_path) as port:
            post = mailer(port)
            for subject in subjects:
                await post.send(letter(subject))
            await post.close()
    assert [(one.id, one.subject) for one in caught(tmp_path)] == [(1, "one"), (2, "two"), (3, "three")]
    assert [one.id for one in caught(tmp_path, after=2)] == [3]


def test_a_letter_still_being_written_is_not_seen(tmp_path: Path) -> None:
    (tmp_path / "000001.part").write_bytes(b"Subject: hal")
    assert caught(tmp_path) == []


async def test_the_catcher_runs_as_a_process_and_ends_when_told(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "notifications.catcher", "--folder", str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().split()[2].partition(":")[2])
        post = mailer(port)
        await post.send(letter("by process"))
        await post.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert [one.subject for one in caught(tmp_path)] == ["by process"]
