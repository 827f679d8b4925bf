"""The secretary's side of a meeting: who may do what, what each item has come to, and its closing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from service import agendas, boards, minuting, telling
from service.agendas import Agenda, AgendaItem, ItemKind
from service.errors import Conflict, Forbidden, NotFound
from service.handbook import Edition, Forum
from service.minuting import MinutesText
from service.store import cases, covers, intents, meetings, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.links import LinkRow
from service.store.meetings import (
    AttendedBy,
    ClosedItem,
    HeardItem,
    MeetingState,
    MeetingView,
    Presence,
    Series,
)
from service.store.steps import StepView
from service.web import standing, words
from service.web.roles import Role
from service.web.standing import Sight
from service.web.visits import Visit
from workflows.model import ZONE, Choice, Frozen, QuorumRule, key_of
from workflows.rules import calendar, meter
from workflows.rules.meter import Meter

RECORDING = "Its outcome is being recorded. Look again in a minute."
MINUTED = {"confirmed": "confirmed as a true record"}


@dataclass(frozen=True)
class Right:
    """What a visitor may do at a forum's meetings."""

    reads: bool
    acts: bool
    """Keeps the calendar, the agenda, the attendance and the minutes: the secretary or the PMO."""
    records: bool
    """Writes down what the forum decided: the secretary, who covers for them, or whoever is asked where
    neither can be."""


class KeptOut(Frozen):
    """The members who take no part in an item, whatever they say now."""

    wrote: tuple[str, ...] = ()
    """They wrote what is decided."""
    declared: tuple[str, ...] = ()
    """They have declared an interest in it, to an earlier meeting or when it was put to them by email."""


@dataclass(frozen=True)
class Room:
    """A meeting as a page needs it."""

    rules: Edition = field(repr=False)
    forum: Forum = field(repr=False)
    series: Series
    meeting: MeetingView
    agenda: Agenda
    right: Right
    now: datetime
    out: Mapping[str, KeptOut] = field(default_factory=dict)
    """Who takes no part in an item, by its key."""

    @property
    def day(self) -> date:
        """The day of the meeting."""
        return self.meeting.day

    @property
    def today(self) -> date:
        """The day on which it is looked at."""
        return calendar.local_day(self.now)

    @property
    def takes_papers(self) -> bool:
        """What is submitted now still makes it: the last day for papers ends at the end of business."""
        return self.now <= calendar.closing(self.agenda.papers_due)

    @property
    def begins(self) -> datetime:
        """The instant at which it begins."""
        return datetime.combine(self.day, time.fromisoformat(self.meeting.time or self.forum.time), ZONE)

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/meetings/{self.forum.key}/{self.day.isoformat()}"

    @property
    def there(self) -> tuple[str, ...]:
        """The posts of the members who are there, or have sent somebody."""
        came = [one.post for one in self.meeting.attendance if one.presence.counts]
        return tuple(post for post in self.forum.members if post in came)

    @property
    def came(self) -> tuple[str, ...]:
        """The posts of the members who are there, or were."""
        left = [one.post for one in self.meeting.attendance if one.presence is Presence.LEFT]
        return tuple(post for post in self.forum.members if post in (*self.there, *left))

    @property
    def meter(self) -> Meter:
        """How the forum stands as a whole."""
        return meter.by_presence(self.forum.quorum, self.forum.members, self.there)

    def meter_of(self, item: str) -> Meter:
        """How the forum stands for an item, in which some may have an interest."""
        interested = {*self.meeting.heard_of(item).interests, *self.out_of(item).declared}
        wrote = self.out_of(item).wrote
        return meter.by_presence(self.forum.quorum, self.forum.members, self.there, interested, wrote)

    def out_of(self, item: str) -> KeptOut:
        """Return who takes no part in an item, whatever they say now."""
        return self.out.get(item, KeptOut())

    def may_declare(self, item: str) -> tuple[str, ...]:
        """The posts of the members who may declare an interest in an item, or take one back: who is there,
        and who declared one before they left.
        """
        out, declared = self.out_of(item), self.meeting.heard_of(item).interests
        asked = {*self.there, *declared} - {*out.wrote, *out.declared}
        return tuple(post for post in self.forum.members if post in asked)

    def may_cast(self, item: str) -> bool:
        """Say whether the chair, or who was sent in their place, is there to break an even vote."""
        quorum, chair, out = self.forum.quorum, self.forum.chair, self.out_of(item)
        if quorum is None or quorum.rule is not QuorumRule.MAJORITY or not quorum.casting:
            return False
        aside = (*self.meeting.heard_of(item).interests, *out.declared, *out.wrote)
        return chair in self.there and chair not in aside

    def item(self, key: str) -> AgendaItem:
        """Return an item of the agenda."""
        found = self.agenda.item(key)
        if found is None:
            raise NotFound("There is no such item on this agenda.")
        return found

    @property
    def sits(self) -> bool:
        """It may be recorded: its day has come, it stands, and its record is open."""
        return self.meeting.open and self.day <= self.today

    @property
    def owed(self) -> tuple[AgendaItem, ...]:
        """The items without an outcome, which roll on unless they are given one."""
        return tuple(item for item in self.agenda.items if self.pending(item))

    def pending(self, item: AgendaItem) -> bool:
        """Say whether an item still waits for the forum's word."""
        return item.waits(self.meeting)

    def rolled(self, item: AgendaItem) -> bool:
        """Say whether the secretary has written down that an item rolls on."""
        return item.rolls(self.meeting)

    def following(self, item: AgendaItem | None = None) -> AgendaItem | None:
        """Return the next item that waits for an outcome: after this one, or else from the beginning."""
        keys = [one.key for one in self.agenda.items]
        after = keys[keys.index(item.key) + 1 :] if item else keys
        return next((one for one in self.owed if one.key in after), next(iter(self.owed), None))

    def title(self, post: str) -> str:
        """Return what a post is called on the day of the meeting."""
        return telling.title(self.rules, post, self.day)


def right(tx: Tx, visit: Visit, forum: Forum) -> Right:
    """Say what the visitor may do at the meetings of a forum of their organisation."""
    secretary = visit.rules.holder(forum.secretary, visit.today)
    covers_for = {person for person, cover in covers.on_day(tx, visit.today).items() if cover == visit.me.id}
    own = secretary is not None and (secretary.id == visit.me.id or secretary.id in covers_for)
    instead = not own and _asked_instead(tx, visit, forum)
    pmo = Role.PMO in visit.roles
    members = (*forum.members, *forum.substitutes.values(), forum.secretary)
    # Where a member has a substitute by the handbook, no cover of theirs sits instead.
    privately = (member for member in members if member not in forum.substitutes)
    covered = (visit.rules.holder(member, visit.today) for member in privately)
    sits = any(visit.rules.acting(member, visit.today) in visit.posts for member in members) or any(
        held.id in covers_for for held in covered if held
    )
    return Right(
        reads=own or instead or pmo or sits or Role.AUDITOR in visit.roles,
        # A secretary who may not answer for one item keeps the meeting all the same.
        acts=own or pmo or (instead and secretary is None),
        records=own or instead,
    )


def _asked_instead(tx: Tx, visit: Visit, forum: Forum) -> bool:
    """Say whether a question of the forum is the visitor's to answer today: its secretary's post may be
    vacant, or they may have written the proposal.
    """
    asked = steps.of_forum(tx, visit.rules.organisation, forum.key, visit.now)
    put = (step for step in asked if step.open and agendas.at_a_meeting(tx, visit.rules, step.ask))
    return any(_may_answer(tx, visit, step) for step in put)


def _may_answer(tx: Tx, visit: Visit, step: StepView) -> bool:
    there = telling.seated(tx, cases.get(tx, step.case), step, step.asked, visit.today)
    return any(
        held.person == visit.me.id and there.may_still(held, seat)
        for seat in step.asked
        for held in seat.holders
    )


def to_record(tx: Tx, visit: Visit) -> Iterator[tuple[Forum, date]]:
    """Go through the meetings whose record is the visitor's to write, and whose day has come."""
    for forum in visit.rules.forums.values():
        known = agendas.recorded(tx, visit.rules, forum)
        days = [one.day for one in known if one.open and one.day <= visit.today]
        if days and right(tx, visit, forum).records:
            yield from ((forum, day) for day in days)


def locked(tx: Tx, visit: Visit, key: str) -> None:
    """Let nobody else write about a forum's meetings meanwhile, so that what is read next stays so."""
    if forum := visit.rules.forums.get(key):
        tx.lock(agendas.series_of(visit.rules, forum).ref)


def forum_of(tx: Tx, visit: Visit, key: str) -> tuple[Forum, Right]:
    """Return a forum that the visitor may read, and what else they may do there."""
    forum = visit.rules.forums.get(key)
    if forum is None or not meets(tx, visit, forum):
        raise NotFound("There is no such forum, or it does not meet.")
    may = right(tx, visit, forum)
    if not may.reads:
        raise Forbidden(
            f"Only members of {forum.name}, its secretary, the PMO and the auditor read its papers."
        )
    return forum, may


def meets(tx: Tx, visit: Visit, forum: Forum) -> bool:
    """Say whether a forum meets, or has met under an earlier handbook."""
    return bool(agendas.days(tx, visit.rules, forum) or agendas.recorded(tx, visit.rules, forum))


def room(tx: Tx, visit: Visit, key: str, day: str) -> Room:
    """Return a meeting that the visitor may read."""
    forum, may = forum_of(tx, visit, key)
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    if on.isoformat() != day:
        # Each meeting has one address.
        raise NotFound
    series = agendas.series_of(visit.rules, forum)
    known = {one.day for one in agendas.recorded(tx, visit.rules, forum)}
    if on not in known and on not in agendas.days(tx, visit.rules, forum):
        raise NotFound(f"{forum.name} does not meet on {words.day(on)}.")
    view = _view(tx, series, forum, on)
    made = agendas.agenda(tx, visit.rules, forum, on)
    out = {item.key: kept_out(tx, visit.rules, forum, item, on) for item in made.items}
    return Room(visit.rules, forum, series, view, made, may, visit.now, out)


def _view(tx: Tx, series: Series, forum: Forum, day: date) -> MeetingView:
    """Return a meeting; one that is only in the calendar is where and when the forum always meets."""
    view = meetings.view(tx, series, day)
    if view.time:
        return view
    return view.model_copy(update={"time": forum.time, "place": view.place or forum.place})


def kept_out(tx: Tx, rules: Edition, forum: Forum, item: AgendaItem, day: date) -> KeptOut:
    """Return the members who take no part in a question, whatever they say at the meeting."""
    if item.kind is not ItemKind.QUESTION:
        return KeptOut()
    step, case = steps.must(tx, item.step), cases.get(tx, item.case)
    wrote = telling.writers(tx, case, day, step.kind) if step.terms.deciding else ()
    authors = [post for post in forum.members if (held := rules.holder(post, day)) and held.id in wrote]
    put = {step.key, *(ask.key for ask in telling.before(case, step.key))}
    declared = [
        made.seat
        for made in intents.decisions_of(tx, item.case, strict=False)
        if made.choice is Choice.DECLARE_INTEREST and key_of(made.step) in put
    ]
    earlier = [
        post
        for on, heard in meetings.heard(tx, agendas.series_of(rules, forum))
        if on < day and agendas.lasting(heard.item) == agendas.lasting(item.key)
        for post in heard.interests
    ]
    interested = {*declared, *earlier} - {*authors}
    return KeptOut(wrote=tuple(authors), declared=tuple(post for post in forum.members if post in interested))


def told(tx: Tx, visit: Visit, forum: Forum, day: date) -> Room:
    """Return a meeting to a program that may read every case, and so what was decided of each."""
    view = _view(tx, agendas.series_of(visit.rules, forum), forum, day)
    nothing = Right(reads=True, acts=False, records=False)
    made = agendas.agenda(tx, visit.rules, forum, day)
    return Room(visit.rules, forum, agendas.series_of(visit.rules, forum), view, made, nothing, visit.now)


class Line(Frozen):
    """An item as it is told to whoever was not there."""

    number: int
    key: str
    kind: str
    title: str
    case: str
    carried_from: date | None
    outcome: str
    rolled_on: bool


def lines(found: Room) -> list[Line]:
    """Return the items of a meeting: of a closed record those that it has, else those of the agenda."""
    if found.meeting.items:
        return [
            Line(
                number=item.number,
                key=item.key,
                kind=item.kind,
                title=item.title,
                case=item.case,
                carried_from=None,
                outcome=item.came_to,
                rolled_on=item.rolled,
            )
            for item in found.meeting.items
        ]
    if not found.meeting.open:
        return []
    return [
        Line(
            number=item.number,
            key=item.key,
            kind=str(item.kind),
            title=item.title,
            case=item.case,
            carried_from=item.carried_from,
            outcome=outcome(item),
            rolled_on=found.rolled(item),
        )
        for item in found.agenda.items
    ]


def acting(tx: Tx, visit: Visit, key: str, day: str) -> Room:
    """Return a meeting whose calendar, agenda or record the visitor may write."""
    found = room(tx, visit, key, day)
    if not found.right.acts:
        raise Forbidden("Only the forum's secretary and the PMO may do this.")
    return found


def open_room(tx: Tx, visit: Visit, key: str, day: str) -> Room:
    """The same, for a meeting whose record is open."""
    found = acting(tx, visit, key, day)
    if not found.meeting.open:
        raise Conflict("The record of this meeting is closed, or it was moved or called off.")
    return found


def to_come(tx: Tx, visit: Visit, key: str, day: str) -> Room:
    """The same, for a meeting whose day has not passed."""
    found = open_room(tx, visit, key, day)
    if found.day < visit.today:
        raise Conflict("The day of this meeting has passed. What it did not come to rolls on by itself.")
    return found


# ----------------------------------------------------------------------- one question


def sight(tx: Tx, visit: Visit, step: StepView) -> Sight:
    """Look at a forum's question as the signed-in secretary may, who needs no link: it is theirs to answer.

    What a link would be good for they are good for themselves, and every check of one is made all the same.
    """
    mine = [seat for seat in step.seats if any(held.person == visit.me.id for held in seat.holders)]
    if not mine:
        raise Forbidden("Only whoever this question was put to may write down its answer.")
    seat = mine[0]
    held = next(held for held in seat.holders if held.person == visit.me.id)
    own = LinkRow(
        id=f"meeting:{step.id}",
        letter="",
        purpose="decide",
        case=step.case,
        step=step.id,
        round=step.round,
        seat=seat.key,
        person=visit.me.id,
        post=held.post,
        address="",
        content_hash=step.content_hash,
        issued=step.opened,
        expires=visit.now + timedelta(days=1),
        kid="",
        revoked_at=None,
        why="",
        superseded_by=None,
        opened=0,
    )
    return standing.look(tx, own)


def hindrance(tx: Tx, visit: Visit, found: Room, item: AgendaItem) -> str:
    """Say why an item cannot be given an outcome now; nothing if it can."""
    if not found.meeting.goes_ahead:
        return "This meeting was moved or called off."
    if not found.meeting.open:
        return "The record of this meeting is closed."
    if found.day > found.today:
        return f"The meeting is on {words.day(found.day)}. Outcomes are recorded from that day on."
    if item.recording:
        return being_recorded(item, found.now)
    if item.went_on:
        return "It was answered after this meeting, from which it rolled on."
    if item.kind is ItemKind.COMING:
        return "The case has not put its question yet."
    if not found.right.records and item.kind is ItemKind.QUESTION:
        return "Only the forum's secretary, or who covers for them, writes down what it decided."
    return " ".join(told for told in (_put_to_others(tx, visit, found, item), _too_few(found, item)) if told)


def _put_to_others(tx: Tx, visit: Visit, found: Room, item: AgendaItem) -> str:
    """Say to whom a question was put, if not to the visitor; nothing if it is theirs to answer."""
    if item.kind is not ItemKind.QUESTION or theirs(tx, visit, item):
        return ""
    asked = [held for seat in step_of(tx, item).seats for held in seat.holders]
    named = [f"{telling.name(found.rules, held.person)} ({found.title(held.post)})" for held in asked]
    if not named:
        return "Nobody is asked for its answer at the moment."
    return f"It was put to {words.listed(named)}, and is answered from the letter to them."


def theirs(tx: Tx, visit: Visit, item: AgendaItem) -> bool:
    """Say whether a question was put to the visitor: not to a secretary who wrote the proposal, and to a new
    one only in a moment.
    """
    if item.kind is not ItemKind.QUESTION:
        return False
    return any(held.person == visit.me.id for seat in step_of(tx, item).seats for held in seat.holders)


def _too_few(found: Room, item: AgendaItem) -> str:
    standing_now = found.meter_of(item.key)
    if standing_now.quorate:
        return ""
    if not found.meeting.attendance:
        return "Say first who is here."
    return (
        f"Too few members are here to decide this: {boards.present(standing_now, 'it')}. "
        "It can only roll on to the next meeting, until more are here."
    )


# ------------------------------------------------------------------------- its closing


def being_recorded(item: AgendaItem, now: datetime) -> str:
    """Say why an outcome that was given is not told yet."""
    if item.held_until is None:
        return RECORDING
    return f"Its outcome may be taken back until {words.until(item.held_until, now)}, and is told then."


def outcome(item: AgendaItem) -> str:
    """Return what an item has come to, in words; nothing yet is empty."""
    if item.kind is ItemKind.MINUTES:
        return MINUTED.get(item.came_to, "")
    if item.kind is ItemKind.BUSINESS:
        return item.came_to
    key = key_of(item.step) if item.step else ""
    return words.became(Choice(item.came_to), item.asks, key) if item.came_to else ""


def closed_items(tx: Tx, found: Room, how: MeetingState = MeetingState.HELD) -> tuple[ClosedItem, ...]:
    """Return what was before the meeting with what came of it, for the record of it."""
    return tuple(_closed(tx, found, item, how) for item in found.agenda.items)


def _closed(tx: Tx, found: Room, item: AgendaItem, how: MeetingState = MeetingState.HELD) -> ClosedItem:
    heard, out = found.meeting.heard_of(item.key), found.out_of(item.key)
    came_to = being_recorded(item, found.now) if item.recording else _came_to(item, how)
    rolls = not came_to
    made = ClosedItem(
        key=item.key,
        number=item.number,
        kind=str(item.kind),
        title=item.title,
        case=item.case,
        came_to=came_to,
        choice=item.came_to if item.kind is ItemKind.QUESTION else "",
        interests=tuple(found.title(post) for post in heard.interests),
        # Whoever wrote it and stayed away had nothing to keep out of.
        wrote=() if rolls else tuple(found.title(post) for post in found.came if post in out.wrote),
        # What was voted for an outcome that did not count is no part of what came of it, nor is it told
        # before the outcome is.
        votes=None if rolls or item.recording else heard.votes,
        rolled=rolls,
        note=heard.note if rolls else "",
    )
    if item.kind is not ItemKind.QUESTION or rolls or item.recording:
        return made
    return made.model_copy(update=_said(tx, item, heard))


def _came_to(item: AgendaItem, how: MeetingState) -> str:
    """Return what came of an item, in words; empty if it rolls on, as all does where none was held."""
    if item.kind is not ItemKind.INFORMATION:
        return outcome(item)
    if how is not MeetingState.HELD:
        return ""
    if not item.came_to or (item.came_to == Choice.NOTE and not item.between):
        return "noted"
    return f"{'answered between meetings' if item.between else 'noted'}; {outcome(item)}"


def _said(tx: Tx, item: AgendaItem, heard: HeardItem) -> dict[str, object]:
    """Return the words of the decision on a question, and its vote if that was written down with it."""
    decision = next(iter(intents.decisions_of_step(tx, item.step, strict=False)), None)
    if decision is None:
        return {"votes": None}
    said = telling.told(decision, telling.rules_of(tx, cases.get(tx, item.case)))
    return {
        "came_to": f"{outcome(item)}{words.put_off(said.until, next_meeting=said.next_meeting)}",
        "reason": said.reason,
        "remarks": tuple((words.asked(name), told) for name, told in said.remarks),
        "conditions": tuple(f"{put.text} ({put.owner}{_by(put.by)})" for put in said.conditions),
        "votes": heard.votes if heard.decided == decision.message else None,
    }


def _by(day: date | None) -> str:
    return f", by {words.short_day(day)}" if day else ""


def attended_by(found: Room) -> tuple[AttendedBy, ...]:
    """Return who was there, as the closed record keeps them: by the titles of the day."""
    known = {one.post: one for one in found.meeting.attendance}
    if not known:
        # Nobody has said who was there, which is not to say that nobody was.
        return ()
    return tuple(
        AttendedBy(
            title=found.title(post),
            presence=known[post].presence if post in known else Presence.ABSENT,
            substitute=known[post].substitute if post in known else "",
            chair=post == found.forum.chair,
        )
        for post in found.forum.members
    )


def ways_to_close(found: Room) -> Sequence[tuple[str, str]]:
    """Return how the record may be closed, each with its words."""
    return list(_ways(found))


def _ways(found: Room) -> Iterator[tuple[str, str]]:
    # What it decided it decided with a quorum, whoever has left since.
    if found.meter.quorate or answered(found):
        yield str(MeetingState.HELD), "It was held"
    if not answered(found):
        if not found.meter.quorate:
            yield str(MeetingState.INQUORATE), "Too few members came, so it was not quorate"
        yield str(MeetingState.NOT_HELD), "It was not held"


def minutes(tx: Tx, found: Room) -> MinutesText:
    """Return the minutes as they stand, or what they would say if the record were closed now."""
    kept = minuting.read(tx, found.meeting.minutes_hash)
    if kept is not None:
        return kept
    following = agendas.still_open(tx, found.rules, found.forum, found.day)
    meeting = found.meeting
    if meeting.open:
        # Until somebody has said who is there, it is to be held.
        how = MeetingState(ways_to_close(found)[0][0]) if meeting.attendance else MeetingState.HELD
        now = {"state": how, "items": closed_items(tx, found, how), "present": attended_by(found)}
        meeting = meeting.model_copy(update=now)
    return minuting.draft(meeting, found.rules, found.forum, following)


def answered(found: Room) -> bool:
    """Say whether something was decided at a meeting: then it was held, whatever becomes of the rest."""
    return any(
        (item.came_to or item.recording) and item.kind is not ItemKind.INFORMATION
        for item in found.agenda.items
    )


def case_of(tx: Tx, item: AgendaItem) -> CaseView:
    """Return the case of an item that is about one, with the version that its question is about."""
    case = cases.get(tx, item.case)
    return cases.as_of(tx, case, steps.must(tx, item.step).version) if item.step else case


def minutes_hash(tx: Tx, found: Room, item: AgendaItem) -> str:
    """Return the hash of the minutes that an item confirms; empty for any other item."""
    return meetings.get(tx, found.series, item.minutes_of).minutes_hash if item.minutes_of else ""


def corrections(tx: Tx, found: Room, item: AgendaItem) -> tuple[str, ...]:
    """Return what was corrected of the minutes that an item confirms; nothing for any other item."""
    return minuting.corrected(tx, meetings.get(tx, found.series, item.minutes_of)) if item.minutes_of else ()


def said(tx: Tx, found: Room, item: AgendaItem) -> str:
    """Return what came of an item, as the minutes have it, or will; empty while it waits."""
    if kept := next((one for one in found.meeting.items if one.key == item.key), None):
        return minuting.said(kept)
    if found.pending(item) or item.recording:
        return ""
    return minuting.said(_closed(tx, found, item))


def step_of(tx: Tx, item: AgendaItem) -> StepView:
    """Return the step of a question."""
    found = steps.get(tx, item.step)
    if found is None:
        raise NotFound
    return found
