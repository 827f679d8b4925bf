"""Second thoughts: until when an answer may be taken back, and by whom."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from workflows.model import Decision, Hold, Undo
from workflows.rules import calendar
from workflows.rules.quorum import Refusal


def until(hold: Hold | None, answered: datetime, non_working: Collection[date]) -> datetime | None:
    """Return until when an answer given at an instant may be taken back; None if it may not.

    What is given after business, or on a day that is not worked, is held to the end of the next working day
    where a hold is one to the end of business.
    """
    if hold is None:
        return None
    if hold.minutes is not None:
        return answered + timedelta(minutes=hold.minutes)
    return calendar.closing(calendar.day_of_receipt(answered, non_working))


def refusal(undo: Undo, decisions: Sequence[Decision]) -> Refusal | None:
    """Return why an answer cannot be taken back, or None if it can.

    Taken back in time is in time, however late it is processed.
    """
    made = next((made for made in decisions if undo.is_about(made)), None)
    if made is None:
        return Refusal.NOTHING_THERE
    if made.person != undo.person:
        return Refusal.NOT_YOURS
    if made.held_until is None or undo.submitted_at > made.held_until:
        return Refusal.TOO_LATE
    return None
