"""A meeting in a calendar: what programs read in it, whatever was typed, on both sides of summer time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event

from notifications.examples import BASE
from notifications.invitation import Invitation, calendar
from workflows.letters import Addressee, Sitting

UID = "5f0c9a1be27d4d3b8a6f2c41d09e7b35@assent.leicester.example"
STAMP = datetime(2004, 9, 29, 8, 0, tzinfo=UTC)
SENDER = "approvals@leicester.example"
MEMBER = Addressee(name="M. Member", address="member@leicester.example")


def invitation(**changes: Any) -> Invitation:
    """An invitation to a meeting of the Heads of ICT; some of its facts may be others."""
    held = {
        "uid": UID,
        "starts": datetime(2004, 10, 13, 9, 0, tzinfo=UTC),
        "ends": datetime(2004, 10, 13, 11, 0, tzinfo=UTC),
        "place": "Town Hall",
    } | {name: changes.pop(name) for name in ("sequence", "starts", "ends", "place") if name in changes}
    facts = {
        "organisation": "Leicester City Council",
        "forum": "Heads of ICT Group",
        "page": f"{BASE}/meetings/heads-of-ict/2004-10-13",
        "mailbox": "heads-of-ict@leicester.example",
        "attendee": MEMBER,
    }
    return Invitation.model_validate(facts | changes | {"sitting": Sitting.model_validate(held)})


def read(invitation: Invitation) -> tuple[Calendar, Event]:
    """The calendar and its one entry, as another program reads them."""
    found = Calendar.from_ical(calendar(invitation, stamp=STAMP, sender=SENDER))
    assert isinstance(found, Calendar)
    [event] = found.events
    assert not event.errors
    return found, event


@pytest.mark.parametrize(
    ("changes", "method", "status", "sequence"),
    [
        ({}, "REQUEST", "CONFIRMED", 0),
        ({"sequence": 3}, "REQUEST", "CONFIRMED", 3),
        ({"sequence": 4, "called_off": True}, "CANCEL", "CANCELLED", 4),
        ({"attendee": None}, "PUBLISH", "CONFIRMED", 0),
        ({"attendee": None, "called_off": True, "sequence": 1}, "CANCEL", "CANCELLED", 1),
    ],
    ids=["an invitation", "a change", "its end", "a file for anybody", "its end for anybody"],
)
def test_a_calendar_is_told_what_to_do_and_with_which_entry(
    changes: dict[str, Any], method: str, status: str, sequence: int
) -> None:
    found, event = read(invitation(**changes))
    assert (found["METHOD"], event.status, event.sequence) == (method, status, sequence)
    assert event.uid == UID
    assert len(event.attendees) == ("attendee" not in changes)


def test_it_says_when_and_where_and_who_asks_whom() -> None:
    found, event = read(invitation(note="Papers must be in by Wednesday 6 October 2004."))
    assert found["VERSION"] == "2.0"
    assert event.stamp == STAMP
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Heads of ICT Group", "Town Hall")
    assert str(event["DESCRIPTION"]).splitlines() == [
        "Leicester City Council",
        "Papers must be in by Wednesday 6 October 2004.",
        f"{BASE}/meetings/heads-of-ict/2004-10-13",
    ]
    assert str(event["URL"]) == f"{BASE}/meetings/heads-of-ict/2004-10-13"
    assert str(event["ORGANIZER"]) == "mailto:heads-of-ict@leicester.example"
    assert event["ORGANIZER"].params["CN"] == "Heads of ICT Group"
    assert event["ORGANIZER"].params["SENT-BY"] == f"mailto:{SENDER}"
    [member] = event.attendees
    assert (member, member.params["CN"], member.params["RSVP"]) == (
        "mailto:member@leicester.example",
        "M. Member",
        "TRUE",
    )


def test_a_forum_that_sends_its_own_letters_has_nobody_send_for_it() -> None:
    _, event = read(invitation(mailbox=SENDER))
    assert "SENT-BY" not in event["ORGANIZER"].params


@pytest.mark.parametrize(
    ("starts", "local"),
    [
        ("2004-03-27T10:00", "20040327T100000"),
        ("2004-03-28T00:59", "20040328T005900"),
        ("2004-03-28T01:00", "20040328T020000"),
        ("2004-03-28T09:00", "20040328T100000"),
        ("2004-10-30T09:00", "20041030T100000"),
        ("2004-10-31T00:59", "20041031T015900"),
        ("2004-10-31T02:00", "20041031T020000"),
        ("2004-10-31T10:00", "20041031T100000"),
        ("2026-03-29T01:00", "20260329T020000"),
        ("2026-10-25T10:00", "20261025T100000"),
        ("2037-07-01T09:00", "20370701T100000"),
    ],
)
def test_a_meeting_is_at_the_hour_that_clocks_show_on_its_day(starts: str, local: str) -> None:
    at = datetime.fromisoformat(starts).replace(tzinfo=UTC)
    written = calendar(invitation(starts=at, ends=at + timedelta(hours=2)), stamp=STAMP)
    assert f"DTSTART;TZID=Europe/London:{local}".encode() in written
    # The zone as it is written down, and not as this machine knows it, leads back to the same instant.
    zone = Calendar.from_ical(written).timezones[0].to_tz(lookup_tzid=False)
    assert datetime.strptime(local, "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC) == at
    _, event = read(invitation(starts=at, ends=at + timedelta(hours=2)))
    assert isinstance(event.start, datetime)
    assert isinstance(event.end, datetime)
    assert event.start.astimezone(UTC) == at
    assert event.end.astimezone(UTC) == at + timedelta(hours=2)


HOSTILE = {
    "an entry of its own": "Room 1\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Another",
    "what stands for something else": "a,b;c:d\\n\\, \"quoted\" 'and' ^n",
    "ten thousand letters": "x" * 10_000,
    "ten thousand signs of two bytes": "é" * 10_000,
    "signs of four bytes": "🏛️" * 200,
    "another script": "日本語 العربية ελληνικά",
    "nothing": "",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_whatever_was_typed_is_text_in_lines_of_75_bytes(hostile: str) -> None:
    member = Addressee(name=hostile, address="member@leicester.example")
    asked = invitation(forum=hostile, place=hostile, organisation=hostile, note=hostile, attendee=member)
    written = calendar(asked, stamp=STAMP, sender=SENDER)
    assert written.endswith(b"\r\n")
    assert max(map(len, written.split(b"\r\n"))) <= 75
    assert written.count(b"\r") == written.count(b"\n") == written.count(b"\r\n")
    _, event = read(asked)
    assert str(event["SUMMARY"]) == asked.forum
    assert str(event.get("LOCATION", "")) == asked.sitting.place
    assert event.attendees[0].params.get("CN", "") == member.name.replace('"', "'").replace("\\", "/")
    assert hostile.replace("\r\n", "\n") in str(event["DESCRIPTION"])


def test_an_address_cannot_bring_a_line_of_its_own() -> None:
    asked = invitation(mailbox="a@b.example\r\nATTENDEE:mailto:everybody@leicester.example")
    _, event = read(asked)
    assert len(event.attendees) == 1


def test_the_same_invitation_is_the_same_bytes() -> None:
    assert calendar(invitation(), stamp=STAMP) == calendar(invitation(), stamp=STAMP)
