"""A meeting as an iCalendar file: asked for, changed, called off, or only to be looked at.

Programs find the meeting again by its uid and believe the highest sequence, so that a change or its end
reaches the entry that a first invitation made (RFC 5545, 5546 and 6047).
"""

from datetime import datetime
from urllib.parse import quote

from icalendar import Calendar, Event, Timezone, vCalAddress

from workflows.letters import Addressee, Line, Sitting
from workflows.model import ZONE, Frozen

_MAKER = "-//Assent//Meetings//EN"
_UNQUOTED = str.maketrans({'"': "'", "\\": "/"})
_LONDON = Timezone.from_ical(
    "BEGIN:VTIMEZONE\r\n"
    f"TZID:{ZONE.key}\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:19960331T010000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    "TZNAME:BST\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nEND:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\nDTSTART:19961027T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
    "TZNAME:GMT\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\n"
    "END:VTIMEZONE\r\n"
)
"""The rule since 1996, in two lines. What the library works out lists every year, and begins summer an
hour late."""


class Invitation(Frozen):
    """What a calendar is told of a meeting. Without an attendee it is a file for anybody."""

    organisation: Line
    forum: Line
    sitting: Sitting
    page: str
    """The address of the meeting's ordinary page."""
    mailbox: str
    """The forum's address: the organiser, to whom programs send that somebody comes or does not."""
    attendee: Addressee | None = None
    called_off: bool = False
    note: str = ""
    """A sentence for the entry, such as when papers close or why the meeting is called off."""

    @property
    def method(self) -> str:
        """What a program is to do with it, as RFC 5546 names it."""
        if self.called_off:
            return "CANCEL"
        return "REQUEST" if self.attendee else "PUBLISH"


def calendar(invitation: Invitation, *, stamp: datetime, sender: str = "") -> bytes:
    """Return an invitation as text/calendar, the same bytes for the same arguments.

    `stamp` is when it was written down, an instant in UTC; `sender` is the address of whoever sends it for
    the organiser.
    """
    sitting = invitation.sitting
    event = Event()
    event.add("uid", sitting.uid)
    event.add("sequence", sitting.sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", sitting.starts.astimezone(ZONE))
    event.add("dtend", sitting.ends.astimezone(ZONE))
    event.add("summary", f"{'Called off: ' if invitation.called_off else ''}{invitation.forum}")
    event.add("status", "CANCELLED" if invitation.called_off else "CONFIRMED")
    event.add(
        "description", "\n".join(filter(None, (invitation.organisation, invitation.note, invitation.page)))
    )
    event.add("url", invitation.page)
    if sitting.place:
        event.add("location", sitting.place)
    event.add("organizer", _organiser(invitation, sender))
    if invitation.attendee:
        event.add("attendee", _attendee(invitation.attendee))
    made = Calendar()
    made.add("prodid", _MAKER)
    made.add("version", "2.0")
    made.add("method", invitation.method)
    made.add_component(_LONDON)
    made.add_component(event)
    written: bytes = made.to_ical()
    return written


def _organiser(invitation: Invitation, sender: str) -> vCalAddress:
    organiser = _mailto(invitation.mailbox, invitation.forum)
    if sender and sender != invitation.mailbox:
        organiser.params["SENT-BY"] = _mailto(sender)
    return organiser


def _attendee(to: Addressee) -> vCalAddress:
    attendee = _mailto(to.address, to.name)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    attendee.params["RSVP"] = "TRUE"
    return attendee


def _mailto(address: str, name: str = "") -> vCalAddress:
    found = vCalAddress(f"mailto:{quote(address, safe='@+')}")
    if name:
        # A name stands between double quotes, and programs do not agree on how to write these inside.
        found.params["CN"] = name.translate(_UNQUOTED)
    return found
