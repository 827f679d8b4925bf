"""The papers of a meeting, put together from its record: its pack, and its minutes as they are printed."""

from service import agendas, minuting, telling
from service.agendas import AgendaItem
from service.minuting import MinutesText
from service.store.engine import Tx
from service.web import minutebook, packs
from service.web.minutebook import Room
from service.web.packs import Line, Member, MinuteItem, Minutes, Pack, PackItem, Section
from workflows.days import said


def pack(tx: Tx, found: Room) -> Pack:
    """Return what the members read before a meeting: every item in its order, under its number."""
    meeting = found.meeting
    return Pack(
        organisation=found.rules.organisation_name,
        forum=found.forum.name,
        day=found.day,
        starts=meeting.time,
        place=meeting.place,
        members=tuple(
            Member(title=found.title(post), chair=post == found.forum.chair) for post in found.forum.members
        ),
        # The agenda may have been sent early, and papers are taken until their day all the same.
        papers_closed=found.agenda.papers_due if meeting.papers_closed and not found.takes_papers else None,
        items=tuple(_item(tx, found, item) for item in found.agenda.items),
    )


def _item(tx: Tx, found: Room, item: AgendaItem) -> PackItem:
    if not item.case:
        return PackItem(
            number=item.number,
            title=item.title,
            decision_sought=agendas.sought(tx, item),
            sections=_minutes_read(tx, found, item),
            carried_over_from=item.carried_from,
        )
    case = minutebook.case_of(tx, item)
    question = agendas.question_of(tx, item)
    rules = telling.edition(tx, case.edition)
    return packs.item(
        tx, case, question, rules, found.today, item.number, carried_over_from=item.carried_from
    )


def _minutes_read(tx: Tx, found: Room, item: AgendaItem) -> tuple[Section, ...]:
    """Return the minutes that an item confirms, for members to have read them."""
    text = minuting.read(tx, minutebook.minutes_hash(tx, found, item))
    if text is None:
        return ()
    begins = " at ".join(part for part in (said(text.day), text.time) if part)
    there = (
        ("Meeting", (", ".join(part for part in (begins, text.place) if part),)),
        ("Present", text.present),
        ("Apologies", text.apologies),
        ("Absent", text.absent),
    )
    read = ((f"{line.number}. {line.title}", (line.text,)) for line in text.items)
    return (
        Section(
            heading="Who was there", lines=tuple(Line(what=what, which=who) for what, who in there if who)
        ),
        Section(
            heading="The minutes",
            sentences=text.beginning,
            lines=tuple(Line(what=what, which=which) for what, which in read),
        ),
    )


def minutes(tx: Tx, found: Room, text: MinutesText) -> Minutes:
    """Return the minutes of a meeting as they are printed."""
    meeting = found.meeting
    rolled = {item.number for item in meeting.items if item.rolled}
    return Minutes(
        organisation=found.rules.organisation_name,
        forum=text.forum,
        day=text.day,
        starts=text.time,
        place=text.place,
        present=text.present,
        apologies=text.apologies,
        absent=text.absent,
        opening=text.opening,
        quorum=text.quorum,
        next_meeting=text.next_meeting,
        items=tuple(
            MinuteItem(
                number=line.number,
                title=line.title,
                reference=line.reference,
                ref=line.case,
                outcome=line.text,
                carried_over_to=text.next_meeting if line.number in rolled else None,
            )
            for line in text.items
        ),
        status="confirmed" if meeting.minutes == "confirmed" else "draft",
        confirmed=meeting.confirmed_at,
        corrections=minuting.corrected(tx, meeting),
    )
