"""Meetings of forums: their calendar as it was changed, who was there, what came of each item, minutes.

A forum's meetings have a chain of their own in the record, which is no case: `MTG-leicester-srg`. Reasons,
notes, the words of answers and the names of substitutes stand beside it, where the law may have them erased.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

from sqlalchemy import Row, bindparam, select

from service.errors import Altered, Conflict, NotFound
from service.store import canonical, journal, letters, texts
from service.store.engine import Tx
from service.store.letters import QueuedLetter
from service.store.line import ENGINE, Entry
from service.store.tables import ATTENDANCE, HEADS, JOURNAL, MEETING_ITEMS, MEETING_SERIES, MEETINGS, TEXTS
from workflows.model import Frozen

PREFIX = "MTG-"
"""How the references of series begin; a case's never do."""
ERASED = "What was written here was erased."
ALTERED = "What was written here is not what is kept."
NAMELESS = "A substitute whose name was erased"

_SERIES = select(MEETING_SERIES).where(MEETING_SERIES.c.series == bindparam("series"))
_MEETINGS = (
    select(MEETINGS, TEXTS.c.body)
    .outerjoin(TEXTS, TEXTS.c.hash == MEETINGS.c.why)
    .where(MEETINGS.c.series == bindparam("series"))
    .order_by(MEETINGS.c.day)
)
_MEETING = _MEETINGS.where(MEETINGS.c.day == bindparam("day"))
_ATTENDED = (
    select(ATTENDANCE, TEXTS.c.body)
    .outerjoin(TEXTS, TEXTS.c.hash == ATTENDANCE.c.substitute)
    .where(ATTENDANCE.c.series == bindparam("series"), ATTENDANCE.c.day == bindparam("day"))
)
_ITEMS_OF = (
    select(MEETING_ITEMS, TEXTS.c.body)
    .outerjoin(TEXTS, TEXTS.c.hash == MEETING_ITEMS.c.note)
    .where(MEETING_ITEMS.c.series == bindparam("series"))
    .order_by(MEETING_ITEMS.c.day, MEETING_ITEMS.c.item)
)
_ITEMS = _ITEMS_OF.where(MEETING_ITEMS.c.day == bindparam("day"))
_BODIES = select(TEXTS.c.hash, TEXTS.c.body).where(TEXTS.c.hash.in_(bindparam("hashes", expanding=True)))
_LAST_PLANNED = (
    select(JOURNAL)
    .where(JOURNAL.c.case == bindparam("series"), JOURNAL.c.kind == "meeting.planned")
    .order_by(JOURNAL.c.seq.desc())
    .limit(1)
)
_HEAD = select(HEADS.c.seq).where(HEADS.c.case == bindparam("case"))


class MeetingState(StrEnum):
    """What has become of a meeting."""

    PLANNED = "planned"
    CALLED = "called"
    UNRECORDED = "unrecorded"
    """The next one was called before anybody closed its record, which may still be done."""
    HELD = "held"
    INQUORATE = "inquorate"
    NOT_HELD = "not_held"
    MISSED = "missed"
    """Its day passed before anybody was called to it."""
    MOVED = "moved"
    CALLED_OFF = "called_off"


OPEN = (MeetingState.PLANNED, MeetingState.CALLED, MeetingState.UNRECORDED, MeetingState.MISSED)
"""Where a record may still be written; one that passed unseen may have been held all the same."""
CLOSED = (MeetingState.HELD, MeetingState.INQUORATE, MeetingState.NOT_HELD)


TRANSITIONS: dict[MeetingState, tuple[MeetingState, ...]] = {
    MeetingState.PLANNED: (
        MeetingState.CALLED,
        MeetingState.MISSED,
        *CLOSED,
        MeetingState.MOVED,
        MeetingState.CALLED_OFF,
    ),
    MeetingState.CALLED: (
        MeetingState.UNRECORDED,
        *CLOSED,
        MeetingState.MOVED,
        MeetingState.CALLED_OFF,
    ),
    MeetingState.UNRECORDED: CLOSED,
    MeetingState.MISSED: CLOSED,
    **dict.fromkeys((*CLOSED, MeetingState.MOVED, MeetingState.CALLED_OFF), ()),
}
"""What can become of a meeting from each state; on the day to which one was moved another begins."""


class Presence(StrEnum):
    """Whether a member was there."""

    PRESENT = "present"
    SUBSTITUTE = "substitute"
    LEFT = "left"
    """They were there for a part of it."""
    APOLOGIES = "apologies"
    ABSENT = "absent"

    @property
    def counts(self) -> bool:
        """It counts towards the quorum."""
        return self in (Presence.PRESENT, Presence.SUBSTITUTE)


class Attendance(Frozen):
    """Whether a member was at a meeting, and who sat in their place."""

    post: str
    presence: Presence
    substitute: str = ""


class Votes(Frozen):
    """How a vote went."""

    in_favour: int
    against: int
    abstained: int = 0


class HeardItem(Frozen):
    """What was said of an item besides its outcome, or an item that the secretary added."""

    item: str
    title: str = ""
    note: str = ""
    interests: tuple[str, ...] = ()
    votes: Votes | None = None
    rolled: bool = False
    decided: str = ""
    """The id of the answer that was written down at this meeting."""

    @property
    def settled(self) -> bool:
        """Something came of it, though it moves no case."""
        return bool(self.note) and not self.rolled


class ClosedItem(Frozen):
    """An item as it was when the record of its meeting was closed."""

    key: str
    number: int
    kind: str
    title: str
    case: str = ""
    came_to: str = ""
    """What came of it, in words; empty if it rolls on."""
    choice: str = ""
    reason: str = ""
    remarks: tuple[tuple[str, str], ...] = ()
    conditions: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    """By the titles of the posts."""
    wrote: tuple[str, ...] = ()
    """Who was there and took no part because they wrote it, by the titles of the posts."""
    votes: Votes | None = None
    rolled: bool = False
    note: str = ""

    @property
    def words(self) -> str:
        """What people wrote of it, in one text that the law can have erased; empty if nothing."""
        words = self.model_dump(mode="json", include=set(_WORDS))
        return canonical.dumps(words) if any(words.values()) else ""


_WORDS = ("came_to", "reason", "remarks", "conditions", "note")


class Minute(Frozen):
    """Where a decision is minuted: under which item of which meeting."""

    forum: str
    day: date
    number: int


class AttendedBy(Frozen):
    """A member as the closed record has them."""

    title: str
    name: str = ""
    presence: Presence
    substitute: str = ""
    chair: bool = False


class Meeting(Frozen):
    """A meeting as the record has it."""

    series: str
    day: date
    state: MeetingState
    extraordinary: bool = False
    moved_to: date | None = None
    moved_from: date | None = None
    why: str = ""
    revision: int = 0
    place: str = ""
    time: str = ""
    called: datetime | None = None
    papers_closed: datetime | None = None
    agenda: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    closed: datetime | None = None
    closed_by: str | None = None
    minutes: str = ""
    minutes_hash: str = ""
    draft_hash: str = ""
    """Of the minutes as they were drafted, whatever was corrected since."""
    confirmed_at: date | None = None

    @property
    def open(self) -> bool:
        """Its record may be written."""
        return self.state in OPEN

    @property
    def goes_ahead(self) -> bool:
        """Its day stands: it was neither moved nor called off."""
        return self.state not in (MeetingState.MOVED, MeetingState.CALLED_OFF)


class MeetingView(Meeting):
    """A meeting with who was there and what was said of its items, and what its closed record holds."""

    items: tuple[ClosedItem, ...] = ()
    present: tuple[AttendedBy, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    heard: tuple[HeardItem, ...] = ()

    def heard_of(self, item: str) -> HeardItem:
        """Return what was said of an item; nothing yet is an empty one."""
        return next((one for one in self.heard if one.item == item), HeardItem(item=item))


class Series(Frozen):
    """The meetings of a forum of an organisation."""

    organisation: str
    forum: str

    @property
    def ref(self) -> str:
        """The reference of its chain in the record, and of its process."""
        return f"{PREFIX}{self.organisation}-{self.forum}"

    @property
    def data(self) -> dict[str, Any]:
        """What each fact about its calendar names."""
        return {"organisation": self.organisation, "forum": self.forum}


class KnownSeries(Series):
    """A series that is looked after, and as of when its process goes by the record."""

    since: date
    stirred: int
    as_of: str


class CalendarChange(Frozen):
    """A meeting that was moved (`to` is its new day), called off or added after the handbook was written."""

    kind: str
    """moved, called_off or added."""
    day: date
    to: date | None = None
    why: str = ""


class Calendar(Frozen):
    """All changes of a forum's calendar together."""

    moved: tuple[tuple[date, date], ...] = ()
    called_off: tuple[date, ...] = ()
    added: tuple[date, ...] = ()

    @classmethod
    def of(cls, changes: Sequence[CalendarChange]) -> Self:
        """Sort changes by their kind."""
        return cls(
            moved=tuple((change.day, change.to) for change in changes if change.to),
            called_off=tuple(change.day for change in changes if change.kind == "called_off"),
            added=tuple(change.day for change in changes if change.kind == "added"),
        )

    def formerly(self, day: date) -> tuple[date, ...]:
        """Return the days on which the meeting of a day was to be before, the first of them first."""
        before: tuple[date, ...] = ()
        while was := next((was for was, to in self.moved if to == day), None):
            before = (was, *before)
            day = was
        return before


# ------------------------------------------------------------------------ the calendar


def planned(
    tx: Tx, series: Series, day: date | None, *, missed: Sequence[date], as_of: str, place: str, time: str
) -> None:
    """Write which meeting comes next and which passed unseen. The same again writes nothing."""
    known = series_named(tx, series.ref)
    if known and known.as_of == as_of and not missed and (day is None or find(tx, series, day)):
        return
    data = series.data | {
        "day": day,
        "missed": list(missed),
        "as_of": as_of,
        "place": place,
        "time": time,
        "today": tx.today,
    }
    # A handbook may come into force a second time, so what it goes by is no name for the fact.
    tx.append(series.ref, "meeting.planned", data, key=_key(tx, series, "planned"), actor=ENGINE)


def moved(
    tx: Tx, series: Series, day: date, to: date, *, why: str, by: str, queued: Sequence[QueuedLetter] = ()
) -> bool:
    """Move a meeting to another day, and queue the letters that tell it. The same again is False."""
    data = series.data | {"day": day, "to": to, "why": _kept(tx, why), "today": tx.today}
    return _told(tx, series, "meeting.moved", data, f"moved:{day}", by, queued)


def called_off(
    tx: Tx, series: Series, day: date, *, why: str, by: str, queued: Sequence[QueuedLetter] = ()
) -> bool:
    """Call a meeting off, and queue the letters that tell it. The same again is False."""
    data = series.data | {"day": day, "why": _kept(tx, why), "today": tx.today}
    return _told(tx, series, "meeting.called_off", data, f"called_off:{day}", by, queued)


def added(tx: Tx, series: Series, day: date, *, why: str, by: str, place: str = "", time: str = "") -> bool:
    """Add a meeting on a day that the handbook does not have. The same again is False."""
    data = series.data | {"day": day, "why": _kept(tx, why), "place": place, "time": time, "today": tx.today}
    return _told(tx, series, "meeting.added", data, f"added:{day}", by, ())


def arranged(
    tx: Tx,
    series: Series,
    day: date,
    *,
    place: str,
    time: str,
    by: str,
    queued: Sequence[QueuedLetter] = (),
) -> bool:
    """Write where and when on its day a meeting begins, with its letters. What is so already is False."""
    known = find(tx, series, day)
    if known and (known.place, known.time) == (place, time):
        return False
    data = {"day": day, "place": place, "time": time}
    return _told(tx, series, "meeting.arranged", data, _key(tx, series, "arranged"), by, queued)


# ---------------------------------------------------------------------- before the day


def called(
    tx: Tx, series: Series, day: date, *, at: datetime, queued: Sequence[QueuedLetter], by: str = ENGINE
) -> bool:
    """Write that members were called to a meeting, with their letters; once."""
    fact = Entry("meeting.called", {"day": day}, f"called:{day}", by, at=at)
    return letters.tell(tx, series.ref, [fact], queued)


def papers_closed(
    tx: Tx,
    series: Series,
    day: date,
    agenda: Sequence[Mapping[str, str]],
    *,
    at: datetime,
    queued: Sequence[QueuedLetter],
    by: str = ENGINE,
) -> bool:
    """Write that papers have closed, with the agenda as it stood and its letters; once."""
    data = {"day": day, "agenda": [dict(item) for item in agenda]}
    fact = Entry("papers.closed", data, f"papers:{day}", by, at=at)
    return letters.tell(tx, series.ref, [fact], queued)


def ordered(tx: Tx, series: Series, day: date, order: Sequence[str], *, by: str) -> bool:
    """Write in which order the secretary puts the items. What is so already is False."""
    if view(tx, series, day).order == tuple(order):
        return False
    data = {"day": day, "order": list(order)}
    return tx.append(series.ref, "agenda.ordered", data, key=_key(tx, series, "ordered"), actor=by)


def business_added(tx: Tx, series: Series, day: date, title: str, *, by: str) -> bool:
    """Put an item of other business on a meeting's agenda. The same title again is False."""
    if any(item.title == title for item in view(tx, series, day).heard):
        return False
    data = {"day": day, "title": title}
    return tx.append(series.ref, "business.added", data, key=_key(tx, series, "business"), actor=by)


# -------------------------------------------------------------------------- on the day


def attended(tx: Tx, series: Series, day: date, members: Sequence[Attendance], *, by: str) -> bool:
    """Write who is at a meeting, instead of what was written before. What is so already is False."""
    known = {one.post: one for one in view(tx, series, day).attendance}
    if known == {one.post: one for one in members}:
        return False
    given = {
        one.post: {"presence": str(one.presence), "substitute": _kept(tx, one.substitute)} for one in members
    }
    data = {"day": day, "members": given}
    return tx.append(series.ref, "attendance.recorded", data, key=_key(tx, series, "attended"), actor=by)


def interests_declared(
    tx: Tx, series: Series, day: date, item: str, posts: Sequence[str], *, by: str
) -> bool:
    """Write which members have an interest in an item. What is so already is False."""
    if view(tx, series, day).heard_of(item).interests == tuple(posts):
        return False
    data = {"day": day, "item": item, "posts": list(posts)}
    return tx.append(series.ref, "interests.declared", data, key=_key(tx, series, "interests"), actor=by)


def votes_counted(tx: Tx, series: Series, day: date, item: str, votes: Votes | None, *, by: str) -> bool:
    """Write how a vote on an item went; None if none stands any more. What is so already is False."""
    if view(tx, series, day).heard_of(item).votes == votes:
        return False
    data = {"day": day, "item": item, **(votes.model_dump() if votes else {})}
    return tx.append(series.ref, "votes.counted", data, key=_key(tx, series, "votes"), actor=by)


def noted(tx: Tx, series: Series, day: date, item: str, note: str, *, by: str) -> bool:
    """Write what came of an item that moves no case. What is so already is False."""
    known = view(tx, series, day).heard_of(item)
    if known.note == note and known.settled:
        return False
    data = {"day": day, "item": item, "note": _kept(tx, note)}
    return tx.append(series.ref, "item.noted", data, key=_key(tx, series, "noted"), actor=by)


def rolled_on(tx: Tx, series: Series, day: date, item: str, why: str, *, by: str) -> bool:
    """Write that an item rolls on to the next meeting. What is so already is False."""
    known = view(tx, series, day).heard_of(item)
    if known.rolled and known.note == why:
        return False
    data = {"day": day, "item": item, "why": _kept(tx, why)}
    return tx.append(series.ref, "item.rolled_on", data, key=_key(tx, series, "rolled"), actor=by)


def decided(tx: Tx, series: Series, day: date, item: str, answer: str, *, by: str) -> bool:
    """Write at which meeting an answer was written down, by its id. The same again is False."""
    data = {"day": day, "item": item, "answer": answer}
    return tx.append(series.ref, "item.decided", data, key=f"decided:{day}:{answer}", actor=by)


# --------------------------------------------------------------------------- after it


def chased(
    tx: Tx, series: Series, day: date, whom: str, *, at: datetime, queued: Sequence[QueuedLetter]
) -> None:
    """Write that somebody was told of a record that is still open, with their letters; once for each."""
    data = {"day": day, "whom": whom}
    letters.tell(
        tx, series.ref, [Entry("meeting.chased", data, f"chased:{day}:{whom}", ENGINE, at=at)], queued
    )


def left(tx: Tx, series: Series, day: date, *, at: datetime) -> None:
    """Write that the next meeting is called while this one's record is open; once."""
    tx.append(series.ref, "meeting.left", {"day": day}, key=f"left:{day}", actor=ENGINE, at=at)


def closed(
    tx: Tx,
    series: Series,
    day: date,
    how: MeetingState,
    *,
    items: Sequence[ClosedItem],
    present: Sequence[AttendedBy],
    by: str,
) -> bool:
    """Close the record of a meeting with all that was before it. The same again is False."""
    data = series.data | {
        "day": day,
        "how": str(how),
        "items": [
            item.model_dump(mode="json", exclude=set(_WORDS)) | {"words": _kept(tx, item.words)}
            for item in items
        ],
        "present": [
            one.model_dump(mode="json") | {"substitute": _kept(tx, one.substitute)} for one in present
        ],
        "today": tx.today,
    }
    return tx.append(series.ref, "meeting.closed", data, key=f"closed:{day}", actor=by)


def minutes_drafted(
    tx: Tx, series: Series, day: date, hash: str, *, at: datetime, queued: Sequence[QueuedLetter]
) -> bool:
    """Write that minutes were drafted, by the hash of their text, with the letters that bring them; once."""
    fact = Entry("minutes.drafted", {"day": day, "minutes": hash}, f"minutes:{day}", ENGINE, at=at)
    return letters.tell(tx, series.ref, [fact], queued)


def minutes_corrected(tx: Tx, series: Series, day: date, hash: str, *, by: str) -> bool:
    """Write a corrected text of the minutes. What they say already is False; confirmed ones are frozen."""
    known = get(tx, series, day)
    if known.minutes == "confirmed":
        raise Conflict("These minutes have been confirmed and can no longer be changed.")
    if known.minutes_hash == hash:
        return False
    data = {"day": day, "minutes": hash}
    return tx.append(series.ref, "minutes.corrected", data, key=_key(tx, series, "corrected"), actor=by)


def minutes_confirmed(
    tx: Tx, series: Series, day: date, *, at_meeting: date, by: str, queued: Sequence[QueuedLetter] = ()
) -> bool:
    """Write that a later meeting confirmed the minutes of a meeting as they stand; again is False."""
    known = get(tx, series, day)
    data = {"day": day, "at_meeting": at_meeting, "minutes": known.minutes_hash}
    return _told(tx, series, "minutes.confirmed", data, f"confirmed:{day}", by, queued)


# ------------------------------------------------------------------------------- reads


def known_series(tx: Tx) -> dict[str, KnownSeries]:
    """Return every series that is looked after, by its reference."""
    rows = tx.all(select(MEETING_SERIES).order_by(MEETING_SERIES.c.series))
    return {row.series: _series(row) for row in rows}


class Planned(NamedTuple):
    """What a series planned when it last looked."""

    day: date | None
    as_of: str


def last_planned(tx: Tx, series: Series) -> Planned | None:
    """Return what a series planned last, and what it went by; None before it has looked at all."""
    row = tx.one(_LAST_PLANNED, series=series.ref)
    if row is None:
        return None
    data = journal.read(row).data
    return Planned(date.fromisoformat(data["day"]) if data["day"] else None, data["as_of"])


def series_named(tx: Tx, ref: str) -> KnownSeries | None:
    """Return a series by its reference, once it is looked after."""
    row = tx.one(_SERIES, series=ref)
    return _series(row) if row else None


def first_day(tx: Tx, series: Series, day: date) -> date:
    """Return the day on which a meeting was planned at first, however often it was moved since."""
    known = {meeting.day: meeting for meeting in of_series(tx, series)}
    while (meeting := known.get(day)) and meeting.moved_from:
        day = meeting.moved_from
    return day


def of_series(tx: Tx, series: Series) -> tuple[Meeting, ...]:
    """Return every meeting that the record knows of, the first first."""
    return tuple(map(_meeting, tx.all(_MEETINGS, series=series.ref)))


def find(tx: Tx, series: Series, day: date) -> Meeting | None:
    """Return a meeting, or None if the record knows nothing of it."""
    row = tx.one(_MEETING, series=series.ref, day=day)
    return _meeting(row) if row else None


def get(tx: Tx, series: Series, day: date) -> MeetingView:
    """Return a meeting that has to be there."""
    row = tx.one(_MEETING, series=series.ref, day=day)
    if row is None:
        raise NotFound("There is no such meeting.")
    return _view(tx, _meeting(row), row._mapping["items"], row.present)


def view(tx: Tx, series: Series, day: date) -> MeetingView:
    """Return a meeting with all that was said at it; one that is only in the calendar is planned."""
    if find(tx, series, day):
        return get(tx, series, day)
    return _view(tx, Meeting(series=series.ref, day=day, state=MeetingState.PLANNED))


def heard(tx: Tx, series: Series) -> tuple[tuple[date, HeardItem], ...]:
    """Return what was said of the items of every meeting, the first first."""
    return tuple((row.day, _heard(row)) for row in tx.all(_ITEMS_OF, series=series.ref))


def minuted(tx: Tx, case: str) -> dict[str, Minute]:
    """Return under which items of which meetings the answers about a case were minuted, by their steps."""
    wanted = (
        select(MEETINGS.c.day, MEETINGS.c["items"], MEETING_SERIES.c.forum)
        .join(MEETING_SERIES, MEETING_SERIES.c.series == MEETINGS.c.series)
        .where(MEETINGS.c["items"].contains(f'"case":"{case}"', autoescape=True))
    )
    return {
        item["key"]: Minute(forum=row.forum, day=row.day, number=item["number"])
        for row in tx.all(wanted.order_by(MEETINGS.c.day))
        for item in canonical.loads(row._mapping["items"])
        if item["case"] == case and item["choice"]
    }


def calendar_changes(tx: Tx, organisation: str, forum: str) -> tuple[CalendarChange, ...]:
    """Return how a forum's meetings differ from the handbook's, by the days that they concern."""
    series = Series(organisation=organisation, forum=forum)
    return tuple(
        CalendarChange(kind=kind, day=known.day, to=known.moved_to, why=known.why)
        for known in of_series(tx, series)
        if (kind := _changed(known))
    )


# ---------------------------------------------------------------------------- workings


def _told(
    tx: Tx,
    series: Series,
    kind: str,
    data: Mapping[str, Any],
    key: str,
    by: str,
    queued: Sequence[QueuedLetter],
) -> bool:
    return letters.tell(tx, series.ref, [Entry(kind, dict(data), key, by, at=tx.now)], queued)


def _key(tx: Tx, series: Series, what: str) -> str:
    """Name a fact that may change again and again: by the line it will be."""
    tx.lock(series.ref)
    return f"{what}:{(tx.value(_HEAD, case=series.ref) or 0) + 1}"


def _changed(known: Meeting) -> str:
    if known.state in (MeetingState.MOVED, MeetingState.CALLED_OFF):
        return str(known.state)
    return "added" if known.extraordinary and known.moved_from is None else ""


def _series(row: Row[Any]) -> KnownSeries:
    return KnownSeries(**{name: row._mapping[name] for name in KnownSeries.model_fields})


def _meeting(row: Row[Any]) -> Meeting:
    stored = row._mapping
    fields = {name: stored[name] for name in Meeting.model_fields}
    listed = {name: canonical.loads(stored[name]) for name in ("agenda", "order")}
    return Meeting(**fields | listed | {"why": _words(stored["why"], stored["body"])})


def _view(tx: Tx, known: Meeting, items: str = "[]", present: str = "[]") -> MeetingView:
    at = {"series": known.series, "day": known.day}
    return MeetingView(
        **dict(known),
        **_record(tx, canonical.loads(items), canonical.loads(present)),
        attendance=tuple(
            Attendance(
                post=row.post,
                presence=Presence(row.presence),
                substitute=_words(row.substitute, row.body, erased=NAMELESS),
            )
            for row in tx.all(_ATTENDED, **at)
        ),
        heard=tuple(map(_heard, tx.all(_ITEMS, **at))),
    )


def _record(
    tx: Tx, items: Sequence[Mapping[str, Any]], present: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what the closed record of a meeting holds, with the words that are kept beside it."""
    hashes = {*(item["words"] for item in items), *(one["substitute"] for one in present)} - {""}
    bodies = {row.hash: row.body for row in tx.all(_BODIES, hashes=sorted(hashes))} if hashes else {}
    return {
        "items": [_closed_item(item, _words(item["words"], bodies.get(item["words"]))) for item in items],
        "present": [
            {**one}
            | {"substitute": _words(one["substitute"], bodies.get(one["substitute"]), erased=NAMELESS)}
            for one in present
        ],
    }


def _closed_item(item: Mapping[str, Any], words: str) -> dict[str, Any]:
    facts = {name: value for name, value in item.items() if name != "words"}
    if words in (ERASED, ALTERED):
        return facts | {"note" if item["rolled"] else "came_to": words}
    return facts | (canonical.loads(words) if words else {})


def _kept(tx: Tx, words: str) -> str:
    """Keep what somebody wrote beside the journal, and return its hash; nothing has none."""
    return texts.put(tx, words) if words else ""


def _words(hash: str, body: str | None, *, erased: str = ERASED) -> str:
    """Return words by their hash, or what is said in their place: nothing is held up for want of them."""
    try:
        text = texts.whole(body, hash) if hash else ""
    except Altered:
        return ALTERED
    return erased if text is None else text


def _heard(row: Row[Any]) -> HeardItem:
    return HeardItem(
        item=row.item,
        title=row.title,
        note=_words(row.note, row.body),
        interests=canonical.loads(row.interests),
        votes=canonical.loads(row.votes) if row.votes else None,
        rolled=row.rolled,
        decided=row.decided,
    )
