"""Minutes: what the closed record of a meeting says, in plain words, each item with its reference."""

from collections.abc import Iterator, Sequence
from datetime import date

from service import agendas, boards
from service.handbook import Edition, Forum
from service.store import canonical, texts
from service.store.engine import Tx
from service.store.meetings import AttendedBy, ClosedItem, Meeting, MeetingState, MeetingView, Presence, Votes
from workflows.model import Frozen
from workflows.rules import meter
from workflows.rules.meter import Meter

ROLLS_ON = "It rolls on to the next meeting."


class MinuteLine(Frozen):
    """An item of the minutes."""

    number: int
    reference: str
    """Such as "Heads of ICT Group 13 October 2004, item 3"."""
    title: str
    case: str = ""
    text: str


class MinutesText(Frozen):
    """The minutes of a meeting as they are read, corrected and confirmed."""

    forum: str
    day: date
    place: str = ""
    time: str = ""
    present: tuple[str, ...] = ()
    apologies: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    opening: str = ""
    """What is to be said before the items: that the meeting was not quorate, for one."""
    quorum: str = ""
    """Of a meeting that was held: whether enough members were there, by who was recorded as being there."""
    items: tuple[MinuteLine, ...] = ()
    next_meeting: date | None = None

    @property
    def beginning(self) -> tuple[str, ...]:
        """What stands before the items, one sentence or more each."""
        return tuple(text for text in (self.opening, self.quorum) if text)

    def kept(self, tx: Tx) -> str:
        """Keep it as a text, and return its hash."""
        return texts.put(tx, canonical.dumps(self.model_dump(mode="json")))


def read(tx: Tx, hash: str) -> MinutesText | None:
    """Return minutes by the hash of their text; None if there are none, or they were erased."""
    text = texts.get(tx, hash) if hash else None
    return MinutesText.model_validate(canonical.loads(text)) if text else None


def corrections(drafted: MinutesText, now: MinutesText) -> tuple[str, ...]:
    """Return what was corrected since minutes were drafted, in their order."""
    lines = {line.number: line for line in drafted.items}
    changed = [
        (f"Item {line.number} ({line.title})", lines[line.number].text, line.text)
        for line in now.items
        if line.number in lines and line.text != lines[line.number].text
    ]
    if drafted.opening != now.opening:
        changed = [("Before the items", drafted.opening, now.opening), *changed]
    return tuple(_corrected(*change) for change in changed)


def _corrected(where: str, before: str, now: str) -> str:
    if not now:
        return f"{where}: “{before}” was taken out"
    instead = f", where it said “{before}”," if before else ""
    return f"{where}{instead} it now says: {now}"


def corrected(tx: Tx, meeting: Meeting) -> tuple[str, ...]:
    """Return what was corrected of the minutes of a meeting; nothing once a text of them was erased."""
    drafted, now = read(tx, meeting.draft_hash), read(tx, meeting.minutes_hash)
    return corrections(drafted, now) if drafted and now else ()


def draft(meeting: MeetingView, rules: Edition, forum: Forum, following: date | None) -> MinutesText:
    """Put the closed record of a meeting into words."""
    return MinutesText(
        forum=forum.name,
        day=meeting.day,
        place=meeting.place,
        time=meeting.time,
        present=tuple(_there(meeting.present)),
        apologies=_with(meeting.present, Presence.APOLOGIES),
        absent=_with(meeting.present, Presence.ABSENT),
        opening=_OPENING.get(meeting.state, ""),
        quorum=_quorum(meeting, forum),
        items=tuple(
            MinuteLine(
                number=item.number,
                reference=agendas.reference(forum.name, meeting.day, item.number),
                title=item.title,
                case=item.case,
                text=said(item),
            )
            for item in meeting.items
        ),
        next_meeting=following,
    )


_OPENING = {
    MeetingState.INQUORATE: "Too few members were present for a decision, so every item rolls on.",
    MeetingState.NOT_HELD: "The meeting was not held, so every item rolls on.",
}


def _quorum(meeting: MeetingView, forum: Forum) -> str:
    """Say of a meeting that was held whether enough members were there, as far as anybody recorded it."""
    if meeting.state is not MeetingState.HELD or not forum.members:
        return ""
    if not meeting.present:
        return "Who was there is not recorded, and so neither is whether the meeting was quorate."
    there = sum(one.presence.counts for one in meeting.present)
    left = sum(one.presence is Presence.LEFT for one in meeting.present)
    standing = _met(forum, there)
    if standing.quorate:
        return f"The meeting was quorate: {boards.present(standing)}."
    if _met(forum, there + left).quorate:
        return f"The meeting was quorate for what it decided. At its end: {boards.present(standing)}."
    return f"The meeting was not quorate: {boards.present(standing)}."


def _met(forum: Forum, there: int) -> Meter:
    return meter.by_presence(forum.quorum, forum.members, forum.members[:there])


def said(item: ClosedItem) -> str:
    """Put what came of an item into sentences."""
    return " ".join(_sentences(item))


def _sentences(item: ClosedItem) -> Iterator[str]:
    if item.interests:
        verbs = "has an interest and takes" if len(item.interests) == 1 else "have an interest and take"
        yield f"{_listed(item.interests)} {verbs} no part."
    if item.wrote:
        yield f"{_listed(item.wrote)} wrote it and {'takes' if len(item.wrote) == 1 else 'take'} no part."
    if item.votes:
        yield f"Vote: {voted(item.votes)}."
    if item.came_to:
        yield _sentence(item.came_to)
    for question, remark in item.remarks:
        yield _sentence(f"{question}: {remark}" if not question.endswith("?") else f"{question} {remark}")
    if item.reason:
        yield _sentence(f"Reasons: {item.reason}")
    for condition in item.conditions:
        yield _sentence(f"Condition: {condition}")
    if item.note:
        yield _sentence(item.note)
    if item.rolled:
        yield ROLLS_ON


def voted(votes: Votes) -> str:
    """Return how a vote went: "4 in favour, 1 against, 1 abstained"."""
    return f"{votes.in_favour} in favour, {votes.against} against, {votes.abstained} abstained"


def _there(present: Sequence[AttendedBy]) -> Iterator[str]:
    for one in present:
        chair = " (chair)" if one.chair else ""
        if one.presence is Presence.PRESENT:
            yield f"{one.title}{chair}"
        elif one.presence is Presence.LEFT:
            yield f"{one.title}{chair} (for a part of the meeting)"
        elif one.presence is Presence.SUBSTITUTE:
            yield f"{one.substitute}, in place of {one.title}{chair}"


def _with(present: Sequence[AttendedBy], presence: Presence) -> tuple[str, ...]:
    return tuple(one.title for one in present if one.presence is presence)


def _sentence(text: str) -> str:
    text = text.strip()
    first = text[:1].upper() + text[1:]
    return first if first.endswith((".", "!", "?")) else f"{first}."


def _listed(titles: Sequence[str]) -> str:
    *others, last = titles
    return f"{', '.join(others)} and {last}" if others else last
