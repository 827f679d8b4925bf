"""Who is called to a forum's meetings, and the letters that they are sent."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from service import agendas, minuting, telling
from service.agendas import AgendaItem, ItemKind
from service.handbook import Edition, Forum, Person
from service.minuting import MinutesText
from service.store import editions, letters, meetings
from service.store.engine import Tx
from service.store.letters import QueuedLetter
from service.store.line import ENGINE
from service.store.meetings import Meeting, MeetingState, Series
from workflows.letters import (
    Addressee,
    AgendaSent,
    Business,
    MeetingCalled,
    MeetingCalledOff,
    MeetingLetter,
    MeetingMoved,
    MeetingUnrecorded,
    Minuted,
    MinutesSent,
    Sitting,
)
from workflows.model import ZONE, Frozen, Happening
from workflows.rules import calendar
from workflows.rules import series as rule

PREPARED = (MeetingState.PLANNED, MeetingState.CALLED)
"""States in which a meeting is prepared for."""
CALLING = ("meeting_called", "meeting_moved", "agenda_sent")
"""Kinds of letter from which somebody knows when to be at a meeting."""
CHANGES = (MeetingMoved, MeetingCalledOff)
"""Letters that change what those who were called to a meeting were told."""


def forum_of(tx: Tx, ref: str) -> tuple[Edition, Forum, Series] | None:
    """Return the handbook in force, the forum and the series of a reference; None if it has no such forum."""
    return next((found for found in _forums(tx) if found[2].ref == ref), None)


def _forums(tx: Tx) -> Iterator[tuple[Edition, Forum, Series]]:
    for organisation in editions.organisations(tx):
        rules = telling.edition(tx, editions.in_force_hash(tx, organisation) or "")
        for forum in rules.forums.values():
            yield rules, forum, Series(organisation=organisation, forum=forum.key)


def as_of(tx: Tx, rules: Edition, series: Series) -> str:
    """Return what a series goes by: the handbook, and what people have changed since."""
    known = meetings.series_named(tx, series.ref)
    return f"{rules.hash[:12]}.{known.stirred if known else 0}"


def unheard(tx: Tx) -> tuple[tuple[str, str], ...]:
    """Return the series whose process has to look again, each with what it is to go by.

    One that is not looked after yet has no process that has begun: it is to be started.
    """
    known = meetings.known_series(tx)
    found = []
    for rules, forum, series in _forums(tx):
        mine = known.get(series.ref)
        wanted = f"{rules.hash[:12]}.{mine.stirred if mine else 0}"
        if mine is None and not forum.meetings:
            continue
        if mine is None or mine.as_of != wanted:
            found.append((series.ref, wanted if mine else ""))
    return tuple(found)


def looked_after(tx: Tx) -> tuple[str, ...]:
    """Return the series of the handbooks in force whose processes have begun."""
    known = meetings.known_series(tx)
    begun = (known.get(series.ref) for _, _, series in _forums(tx))
    return tuple(one.ref for one in begun if one and one.as_of)


class Due(Frozen):
    """What a series does next to prepare a meeting, and when it does so by itself."""

    day: date
    what: Happening
    at: datetime


def due(tx: Tx, rules: Edition, forum: Forum) -> Due | None:
    """Return what is done next to prepare a meeting; None where nothing is, or none is known.

    Of meetings close together the second may be due before the first has been held. Nobody is called to one
    of which it is not known yet when and where it is.
    """
    known = meetings.of_series(tx, agendas.series_of(rules, forum))
    meets = agendas.days(tx, rules, forum)
    ahead = (one for one in known if one.state in PREPARED and one.day >= tx.today and one.day in meets)
    todo = (_next_of(one, rules, forum) for one in ahead if one.time and not one.papers_closed)
    return min(todo, key=lambda one: (one.at, one.day), default=None)


def _next_of(meeting: Meeting, rules: Edition, forum: Forum) -> Due:
    if meeting.called:
        closes = rule.papers_close(meeting.day, forum.papers_days, rules.non_working)
        return Due(day=meeting.day, what=Happening.PAPERS_CLOSED, at=closes)
    calls = rule.called_on(meeting.day, forum.called_days, rules.non_working)
    return Due(day=meeting.day, what=Happening.CALLED, at=calls)


class Convening:
    """Writes the letters of a forum's meetings."""

    def __init__(
        self, tx: Tx, rules: Edition, forum: Forum, page: Callable[[str], str], at: datetime
    ) -> None:
        self._tx, self._rules, self._forum, self._page, self._at = tx, rules, forum, page, at
        self._series = agendas.series_of(rules, forum)

    def prepare(self, day: date, what: Happening, *, by: str = ENGINE) -> bool:
        """Call the members to a meeting, or close its papers and send the agenda; what is done is False."""
        if what is Happening.CALLED:
            queued = self.called(day)
            return meetings.called(self._tx, self._series, day, at=self._at, queued=queued, by=by)
        agenda = agendas.agenda(self._tx, self._rules, self._forum, day)
        listed = [{"key": item.key, "title": item.title, "case": item.case} for item in agenda.items]
        # Nobody is sent the papers of a meeting that is over.
        queued = self.agenda_sent(day) if self._at <= calendar.closing(day) else []
        return meetings.papers_closed(self._tx, self._series, day, listed, at=self._at, queued=queued, by=by)

    def called(self, day: date) -> list[QueuedLetter]:
        """Call the members and the secretary to a meeting."""
        known = meetings.view(self._tx, self._series, day)
        facts = {"sitting": self._sitting(known, known.revision), "papers_close": self._papers(day)}
        return self._to_all(MeetingCalled, day, "called", facts)

    def moved(self, day: date, to: date, why: str) -> list[QueuedLetter]:
        """Tell those who were called to a meeting of its new day."""
        known = meetings.view(self._tx, self._series, day)
        there = known.model_copy(update={"day": to})
        facts = {
            "sitting": self._sitting(there, known.revision + 1, key=self._first(day)),
            "was": self._starts(known),
            "why": why,
            "papers_close": self._papers(to),
        }
        key = f"{day.isoformat()}:moved:{to.isoformat()}"
        return self._to_all(MeetingMoved, to, key, facts, key=self._first(day)) if known.called else []

    def arranged(self, day: date, place: str, time: str) -> list[QueuedLetter]:
        """Tell those who were called to a meeting of its new place or hour."""
        known = meetings.view(self._tx, self._series, day)
        there = known.model_copy(update={"place": place, "time": time})
        facts = {
            "sitting": self._sitting(there, known.revision + 1),
            "was": self._starts(known),
            "was_at": known.place,
            "papers_close": self._papers(day),
        }
        what = f"arranged:{known.revision + 1}"
        return self._to_all(MeetingMoved, day, what, facts) if known.called else []

    def called_off(self, day: date, why: str) -> list[QueuedLetter]:
        """Tell those who were called to a meeting that it does not take place."""
        known = meetings.view(self._tx, self._series, day)
        facts = {
            "sitting": self._sitting(known, known.revision + 1),
            "why": why,
            "items": self._business(day),
            "next_meeting": self._following(day),
        }
        return self._to_all(MeetingCalledOff, day, "called_off", facts) if known.called else []

    def agenda_sent(self, day: date) -> list[QueuedLetter]:
        """Send the agenda once papers have closed."""
        known = meetings.view(self._tx, self._series, day)
        facts = {"starts": self._starts(known), "place": known.place, "items": self._business(day)}
        return self._to_all(AgendaSent, day, "agenda", facts)

    def unrecorded(self, day: date, *, to_pmo: bool = False) -> list[QueuedLetter]:
        """Tell the secretary, or the PMO, that the record of a meeting is open, and what happens next."""
        following = self._following(day)
        post = self._rules.roles["pmo"] if to_pmo else self._forum.secretary
        told = calendar.nth_working_day(day, self._forum.told_days, self._rules.non_working)
        called = following and rule.called_on(following, self._forum.called_days, self._rules.non_working)
        facts: dict[str, object] = {"items": self._pending(day), "next_meeting": following}
        if to_pmo:
            facts |= {"secretary": self._titled(self._forum.secretary)}
        else:
            # Once the next meeting is called, that is gone on with, and the PMO hears no more of this one.
            facts |= {"by": told if called is None or calendar.closing(told) < called else None}
        what = "unrecorded:pmo" if to_pmo else f"unrecorded:{post}"
        return self._letters(MeetingUnrecorded, post, day, what, facts)

    def minutes_sent(
        self, day: date, text: MinutesText, *, confirmed: date | None = None
    ) -> list[QueuedLetter]:
        """Send the minutes to the members: as they were drafted, or as a later meeting confirmed them."""
        meeting = meetings.get(self._tx, self._series, day)
        to = text.next_meeting
        rolled = [item.number for item in meeting.items if item.rolled and to]
        items = tuple(
            Minuted(
                number=line.number,
                ref=line.case,
                title=line.title,
                # Where it is carried over the letter says to which meeting.
                outcome=line.text.removesuffix(minuting.ROLLS_ON if line.number in rolled else "").strip(),
                reference=line.reference,
                carried_over_to=to if line.number in rolled else None,
            )
            for line in text.items
        )
        facts = {
            "items": items,
            "next_meeting": text.next_meeting,
            "confirmed": confirmed,
            "corrections": minuting.corrected(self._tx, meeting),
        }
        return self._to_all(MinutesSent, day, "confirmed" if confirmed else "minutes", facts)

    # ------------------------------------------------------------------------ parts

    def _to_all(
        self,
        letter: type[MeetingLetter],
        day: date,
        what: str,
        facts: Mapping[str, object],
        *,
        key: date | None = None,
    ) -> list[QueuedLetter]:
        posts = dict.fromkeys((*self._forum.members, self._forum.secretary))
        made = [one for post in posts for one in self._letters(letter, post, day, what, facts, key=key)]
        instead = [
            self._letter(
                letter,
                self._forum.substitutes[member],
                person,
                day,
                what,
                {**facts, "in_place_of": self._titled(member)},
                key=key,
            )
            for member, person in self._substitutes(day)
        ]
        before = self._called_before(letter, day, what, facts, key=key) if letter in CHANGES else []
        # Somebody who holds two of the posts is written to once.
        return list({one.person: one for one in (*before, *instead, *made)}.values())

    def _called_before(
        self,
        letter: type[MeetingLetter],
        day: date,
        what: str,
        facts: Mapping[str, object],
        *,
        key: date | None,
    ) -> list[QueuedLetter]:
        """Write to the substitutes whom earlier letters called to a meeting, whoever is away by now.

        Who has left is written to no more. Who has handed on the post is told only that a meeting is off: to
        one that takes place another is called in their place.
        """
        meeting, today = self._named(key or self._first(day)), calendar.local_day(self._at)
        off = letter is MeetingCalledOff
        return [
            self._letter(
                letter,
                row.post,
                self._rules.people[row.person],
                day,
                what,
                {**facts, "in_place_of": row.props["in_place_of"]},
                key=key,
            )
            for row in letters.of_case(self._tx, self._series.ref)
            if row.kind in CALLING and row.props["meeting"] == meeting and row.props.get("in_place_of")
            if row.person in self._rules.people and row.post in self._rules.posts
            if (held := self._rules.posts_of(row.person, today)) and (off or row.post in held)
        ]

    def _substitutes(self, day: date) -> Iterator[tuple[str, Person]]:
        """Go through the members who do not come themselves, each with whoever sits in their place.

        That is where the forum names a substitute, and the post is vacant or its holder covered: today, or on
        the day of the meeting.
        """
        today = calendar.local_day(self._at)
        for member, post in self._forum.substitutes.items():
            person = self._rules.holder(post, today)
            own = self._rules.holder(member, today)
            if person and person != own and any(self._away(member, on) for on in {today, max(today, day)}):
                yield member, person

    def _away(self, member: str, day: date) -> bool:
        holder = self._rules.holder(member, day)
        return holder is None or holder.id in telling.covers_of(self._tx, self._rules, day)

    def _readers(self, post: str) -> Iterator[Person]:
        """Go through who is written to as a post: its holder, and whoever covers for a secretary."""
        today = calendar.local_day(self._at)
        holder = self._rules.holder(post, today)
        if holder is None:
            return
        yield holder
        if post == self._forum.secretary:
            cover = telling.covers_of(self._tx, self._rules, today).get(holder.id)
            yield from [self._rules.people[cover]] if cover else []

    def _letters(
        self,
        letter: type[MeetingLetter],
        post: str,
        day: date,
        what: str,
        facts: Mapping[str, object],
        *,
        key: date | None = None,
    ) -> list[QueuedLetter]:
        return [
            self._letter(letter, post, person, day, what, facts, key=key) for person in self._readers(post)
        ]

    def _letter(
        self,
        letter: type[MeetingLetter],
        post: str,
        person: Person,
        day: date,
        what: str,
        facts: Mapping[str, object],
        *,
        key: date | None,
    ) -> QueuedLetter:
        address = self._rules.address(post, person.id, calendar.local_day(self._at))
        made = letter.model_validate(
            {
                "to": Addressee(name=person.name, address=address, post_title=self._titled(post)),
                "organisation": self._rules.organisation_name,
                "forum": self._forum.name,
                "meeting": self._named(key or self._first(day)),
                "day": day,
                "page": self._page(f"meetings/{self._forum.key}/{day.isoformat()}"),
                "mailbox": self._forum.email,
                **facts,
            }
        )
        return QueuedLetter(
            key=f"meeting:{self._series.ref}:{day.isoformat()}:{what}:{person.id}",
            case=self._series.ref,
            person=person.id,
            post=post,
            address=address,
            kind=made.kind,  # type: ignore[attr-defined]
            props=made.model_dump(mode="json"),
        )

    def _titled(self, post: str) -> str:
        return telling.title(self._rules, post, calendar.local_day(self._at))

    def _named(self, first: date) -> str:
        """Return the name that letters have for a meeting, of the day on which it was planned at first."""
        return f"{self._series.ref}/{first.isoformat()}"

    def _first(self, day: date) -> date:
        return meetings.first_day(self._tx, self._series, day)

    def _following(self, day: date) -> date | None:
        return agendas.after(agendas.days(self._tx, self._rules, self._forum), day)

    def _papers(self, day: date) -> date | None:
        """Return until when papers are taken; None once that has passed, or they are closed."""
        due = rule.papers_due(day, self._forum.papers_days, self._rules.non_working)
        closed = meetings.view(self._tx, self._series, day).papers_closed
        return None if closed or self._at > calendar.closing(due) else due

    def _starts(self, known: Meeting) -> datetime:
        begins = time.fromisoformat(known.time or self._forum.time)
        return datetime.combine(known.day, begins, ZONE).astimezone(UTC)

    def _sitting(self, known: Meeting, revision: int, *, key: date | None = None) -> Sitting:
        starts = self._starts(known)
        name = self._named(key or self._first(known.day))
        host = self._page("").partition("://")[2].partition("/")[0]
        return Sitting(
            uid=f"{sha256(name.encode()).hexdigest()[:32]}@{host}",
            sequence=revision,
            starts=starts,
            ends=starts + timedelta(hours=self._forum.hours),
            place=known.place,
        )

    def _business(self, day: date) -> tuple[Business, ...]:
        agenda = agendas.agenda(self._tx, self._rules, self._forum, day)
        listed = (item for item in agenda.items if not item.came_to or item.kind is ItemKind.INFORMATION)
        return tuple(map(self._listed, listed))

    def _pending(self, day: date) -> tuple[Business, ...]:
        """Return the items of a meeting whose outcome nobody has recorded."""
        known = meetings.view(self._tx, self._series, day)
        agenda = agendas.agenda(self._tx, self._rules, self._forum, day)
        return tuple(map(self._listed, (item for item in agenda.items if item.waits(known))))

    def _listed(self, item: AgendaItem) -> Business:
        return Business(
            number=item.number,
            ref=item.case,
            title=item.title,
            sought=agendas.sought(self._tx, item),
            for_information=item.kind is ItemKind.INFORMATION,
            carried_over_from=item.carried_from,
        )
