"""What is before a forum on a day: minutes to confirm, cases' questions, what it is told of (SYS-23)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from itertools import count

from service import questions, telling
from service.handbook import Edition, Forum
from service.store import cases, intents, meetings, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.meetings import Calendar, Meeting, MeetingState, MeetingView, Series
from service.store.steps import StepView
from workflows.days import said
from workflows.model import ZONE, Ask, Ending, Frozen, LegAsk
from workflows.rules import calendar
from workflows.rules import series as rule
from workflows.rules.assessments import CHOICE, CHOOSE_SRG

MINUTES = "minutes"
"""How the key of the item that confirms minutes begins."""
UNHELD = (MeetingState.INQUORATE, MeetingState.NOT_HELD, MeetingState.MISSED)
"""What became of meetings that took nothing up."""
TOLD_DIRECTLY = ("notification", "dataset", "parameter")
"""Questions that a meeting is told of afterwards, where none could serve."""


class ItemKind(StrEnum):
    """What an item of an agenda is."""

    MINUTES = "minutes"
    """The minutes of an earlier meeting, to be confirmed."""
    QUESTION = "question"
    """A case's question that the forum answers; its outcome moves the case."""
    COMING = "coming"
    """A case that waits for this meeting and will put its question on its day."""
    INFORMATION = "information"
    """What was told directly since the last meeting, because no meeting served (SYS-08), or was answered
    between meetings."""
    BUSINESS = "business"
    """What the secretary has added."""


class AgendaItem(Frozen):
    """An item before a meeting."""

    key: str
    kind: ItemKind
    title: str
    case: str = ""
    asks: str = ""
    """The kind of question."""
    step: str = ""
    """The question that is put, or was answered."""
    carried_from: date | None = None
    """The meeting from which it rolled on."""
    came_to: str = ""
    """The choice it was given, where it has been given one."""
    recording: bool = False
    """It has been given one, which has not reached its case yet, or may still be taken back."""
    held_until: datetime | None = None
    """Until when that may be taken back, and is told to nobody else."""
    went_on: bool = False
    """It was answered, or settled, only after this meeting, from which it rolled on."""
    between: bool = False
    """It is for information, for it was answered between meetings."""
    number: int = 0
    minutes_of: date | None = None

    def rolls(self, view: MeetingView) -> bool:
        """Say whether the secretary has written down that it rolls on."""
        if self.came_to or self.recording:
            return False
        return self.went_on or view.heard_of(self.key).rolled

    def waits(self, view: MeetingView) -> bool:
        """Say whether it still waits for the forum's word at a meeting."""
        given = self.came_to or self.recording or self.rolls(view)
        return self.kind is not ItemKind.INFORMATION and not given


class Miss(Frozen):
    """A case that waits for the next meeting: its papers came too late, or it was put off."""

    case: str
    title: str
    meeting: date


class Agenda(Frozen):
    """What is before a meeting, in its order, and what will not be."""

    day: date
    papers_due: date
    called_on: date
    items: tuple[AgendaItem, ...]
    misses: tuple[Miss, ...] = ()

    def item(self, key: str) -> AgendaItem | None:
        """Return an item by its key."""
        return next((item for item in self.items if item.key == key), None)


def series_of(rules: Edition, forum: Forum) -> Series:
    """Return the series of a forum's meetings."""
    return Series(organisation=rules.organisation, forum=forum.key)


def days(tx: Tx, rules: Edition, forum: Forum) -> tuple[date, ...]:
    """Return the days on which a forum meets: the handbook's, as they have been changed since."""
    changes = Calendar.of(meetings.calendar_changes(tx, rules.organisation, forum.key))
    return rule.days(forum.meetings, changes.moved, changes.called_off, changes.added)


def recorded(tx: Tx, rules: Edition, forum: Forum) -> tuple[Meeting, ...]:
    """Return the meetings of a forum that the record has, by their days.

    One that nobody was called to, and that the handbook does not have any more, is none.
    """
    meets = days(tx, rules, forum)
    known = meetings.of_series(tx, series_of(rules, forum))
    return tuple(one for one in known if one.state is not MeetingState.PLANNED or one.day in meets)


def met(tx: Tx, rules: Edition, forum: Forum) -> tuple[date, ...]:
    """Return the days on which a forum meets, and on which it met, whatever a later handbook has."""
    went_ahead = {one.day for one in recorded(tx, rules, forum) if one.goes_ahead}
    return tuple(sorted({*days(tx, rules, forum), *went_ahead}))


def before(known: Sequence[date], day: date) -> date | None:
    """Return the meeting before a day."""
    return max((one for one in known if one < day), default=None)


def after(known: Sequence[date], day: date) -> date | None:
    """Return the meeting after a day."""
    return min((one for one in known if one > day), default=None)


def still_open(tx: Tx, rules: Edition, forum: Forum, day: date) -> date | None:
    """Return the first meeting after a day that may still take something up."""
    series = series_of(rules, forum)
    later = (one for one in days(tx, rules, forum) if one > day)
    return next((one for one in later if not _over(tx, series, one)), None)


def agenda(tx: Tx, rules: Edition, forum: Forum, day: date) -> Agenda:
    """Fill the agenda of a forum's meeting from cases, as things stand."""
    meets = met(tx, rules, forum)
    view = meetings.view(tx, series_of(rules, forum), day)
    told = _told_last(tx, rules, forum, day, meets)
    put = list(_put(tx, rules, forum, meets, since=told or day))
    found = [
        *_minutes(tx, rules, forum, day),
        *_questions(tx, rules, forum, day, meets, put),
        *_coming(tx, rules, forum, day, meets),
        *(_information(tx, rules, forum, told, day, put) if told else ()),
        *_business(tx, rules, forum, view, meets),
    ]
    return Agenda(
        day=day,
        papers_due=rule.papers_due(day, forum.papers_days, rules.non_working),
        called_on=calendar.local_day(rule.called_on(day, forum.called_days, rules.non_working)),
        items=_numbered(_in_order(found, view), view),
        misses=tuple(_misses(tx, rules, forum, day, after(meets, day))),
    )


def _numbered(items: Sequence[AgendaItem], view: MeetingView) -> tuple[AgendaItem, ...]:
    """Return items with their numbers: members keep those that they had when papers closed.

    The number of one that is gone since stays free, and what came later is numbered after the last.
    """
    kept = _matched([item.key for item in items], view.agenda)
    numbers = {key: number for number, key in enumerate(view.agenda, start=1)}
    later = count(len(view.agenda) + 1)
    return tuple(
        item.model_copy(update={"number": numbers[kept[item.key]] if item.key in kept else next(later)})
        for item in items
    )


def _matched(here: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """Return for keys of items which of those that a list has are theirs: the same, or what they were before
    their question was put.
    """
    found = {key: key for key in here if key in known}
    left = {lasting(key): key for key in reversed(known) if key not in found}
    for key in here:
        if key not in found and (before := left.pop(lasting(key), None)):
            found[key] = before
    return found


def _in_order(items: Sequence[AgendaItem], view: MeetingView) -> list[AgendaItem]:
    """Return items as the secretary has put them, or as they stood when papers closed.

    What comes after papers have closed stands at the end, for members have read the others in their order;
    before, it stands where it belongs by itself. Minutes come first whatever was said, for the forum confirms
    them before it goes on.
    """
    by_itself = [item.key for item in items]
    order = _order(view, by_itself)
    places = {key: order.index(known) for key, known in _matched(by_itself, order).items()}

    def place(item: AgendaItem) -> tuple[bool, float, int]:
        own = by_itself.index(item.key)
        # An item that the secretary has not placed follows the last one before it that was.
        earlier = [places[one] for one in by_itself[: own + 1] if one in places]
        unplaced = len(order) if view.papers_closed else (earlier[-1] if earlier else -1) + 0.5
        return item.kind is not ItemKind.MINUTES, places.get(item.key, unplaced), own

    return sorted(items, key=place)


def _order(view: MeetingView, here: Sequence[str]) -> Sequence[str]:
    """Return the order of a meeting's items: the secretary's, unless papers closed after they gave it."""
    placed, closed = (_matched(here, keys) for keys in (view.order, view.agenda))
    return view.order if all(key in placed for key in closed) else view.agenda


def lasting(key: str) -> str:
    """Return what the key of an item has in common before its question is put and after."""
    name, _, round = key.rpartition(".")
    return name if name and round.isdecimal() else key


def moved_in(items: Sequence[AgendaItem], key: str, by: int) -> tuple[str, ...]:
    """Return the keys of items with one of them a place further up or down."""
    keys = [item.key for item in items]
    at = keys.index(key)
    to = max(0, min(len(keys) - 1, at + by))
    keys.insert(to, keys.pop(at))
    return tuple(keys)


# ------------------------------------------------------------------------- its parts


class _Answer(Frozen):
    """What a question that is put at meetings was answered, and where."""

    choice: str
    """Empty while it is being recorded or held, or where the question was closed without an answer."""
    day: date
    meeting: date | None
    """None between meetings."""
    known: date
    """From which day it may be told: once nobody may take it back any more."""
    recording: bool = False
    held_until: datetime | None = None


_Put = tuple[StepView, _Answer | None]
"""A question that is put at meetings, with what it was answered."""


def _minutes(tx: Tx, rules: Edition, forum: Forum, day: date) -> Iterator[AgendaItem]:
    for known in meetings.of_series(tx, series_of(rules, forum)):
        if known.day >= day or not known.minutes:
            continue
        if known.minutes == "confirmed" and known.confirmed_at != day:
            continue
        yield AgendaItem(
            key=f"{MINUTES}-{known.day.isoformat()}",
            kind=ItemKind.MINUTES,
            title=f"Minutes of the meeting of {said(known.day)}",
            minutes_of=known.day,
            came_to="confirmed" if known.confirmed_at == day else "",
        )


def _questions(
    tx: Tx, rules: Edition, forum: Forum, day: date, meets: Sequence[date], put: Sequence[_Put]
) -> Iterator[AgendaItem]:
    """Go through the questions that were before a meeting: answered at it or later, or still open."""
    series = series_of(rules, forum)
    for step, answer in put:
        opened = calendar.local_day(step.opened)
        if opened > day or (answer and day > (answer.meeting or answer.day)):
            continue
        earlier = [known for known in meets if opened <= known < day]
        # An open question is before an earlier meeting that may still take it.
        if not answer and not all(_over(tx, series, known) for known in earlier):
            continue
        here = answer is not None and answer.meeting == day
        yield AgendaItem(
            key=step.id,
            kind=ItemKind.QUESTION,
            title=cases.get(tx, step.case).title,
            case=step.case,
            asks=step.kind,
            step=step.id,
            carried_from=earlier[0] if earlier else None,
            came_to=answer.choice if answer and here else "",
            recording=here and answer is not None and answer.recording,
            held_until=answer.held_until if answer and here else None,
            went_on=answer is not None and not here,
        )


def _put(tx: Tx, rules: Edition, forum: Forum, meets: Sequence[date], since: date) -> Iterator[_Put]:
    """Go through the questions that a forum's meetings answer, open or closed since a day, with answers."""
    written = {
        heard.decided: day for day, heard in meetings.heard(tx, series_of(rules, forum)) if heard.decided
    }
    for step in steps.of_forum(tx, rules.organisation, forum.key, datetime.combine(since, time(), ZONE)):
        if step.ending is not Ending.WITHDRAWN and at_a_meeting(tx, rules, step.ask):
            yield step, _answer(tx, rules, forum, step, meets, written)


def _answer(
    tx: Tx, rules: Edition, forum: Forum, step: StepView, meets: Sequence[date], written: Mapping[str, date]
) -> _Answer | None:
    """Return what a question was answered, as soon as it counts: the register follows a moment later.

    Of what may still be taken back it is only said that it is being recorded.
    """
    made = next(iter(intents.decisions_of_step(tx, step.id, strict=False)), None)
    unsettled = next(iter(intents.unsettled(tx, step.id)), None)
    held = made.held_until if made and step.open else None
    held = held if held and held >= tx.now else None
    if made and held:
        choice, message, at = "", made.message, made.submitted_at
    elif made:
        choice, message, at = str(made.choice), made.message, made.submitted_at
    elif unsettled:
        choice, message, at = "", unsettled.decision().message, unsettled.submitted_at
    elif step.closed:
        choice, message, at = "", "", step.closed
    else:
        return None
    return _Answer(
        choice=str(step.choice) if step.choice else choice,
        day=calendar.local_day(at),
        known=calendar.local_day(made.held_until if made and made.held_until else at),
        # What is written down on a meeting's page is that meeting's, on whatever day it is written.
        meeting=written.get(message) or _sitting(tx, rules, forum, step, at, meets),
        recording=held is not None or (unsettled is not None and not made and not step.choice),
        held_until=held,
    )


def _sitting(
    tx: Tx, rules: Edition, forum: Forum, step: StepView, at: datetime, meets: Sequence[date]
) -> date | None:
    """Return the meeting that a question was before at an instant, if it had not let it roll on."""
    opened, on = calendar.local_day(step.opened), calendar.local_day(at)
    last = max((known for known in meets if opened <= known <= on), default=None)
    if last is None:
        return None
    held = meetings.view(tx, series_of(rules, forum), last)
    ended = held.closed is not None and held.closed < at
    return None if ended or held.heard_of(step.id).rolled else last


def _coming(tx: Tx, rules: Edition, forum: Forum, day: date, meets: Sequence[date]) -> Iterator[AgendaItem]:
    """Go through the cases that wait for this meeting, and put their questions on its day."""
    previous = before(meets, day)
    for wait in steps.waiting_on(tx, rules.organisation, forum.key):
        on = calendar.local_day(wait.at) if wait.at else None
        if on is None or on > day or (previous is not None and on <= previous):
            continue
        case = cases.get(tx, wait.case)
        question = to_come(case, wait.key)
        yield AgendaItem(
            key=f"{wait.case}.{wait.key}",
            kind=ItemKind.COMING,
            title=case.title,
            case=wait.case,
            asks=question.kind if question else wait.next,
        )


def to_come(case: CaseView, key: str) -> LegAsk | None:
    """Return the question that a case will put when its wait is over: a leg's first, or one put off."""
    if found := telling.place(case, key):
        return found[1]
    if kind := of_delivery(key):
        return LegAsk(key=key, kind=kind, seats=())
    leg = next((leg for leg in (*case.route, *case.branches.values()) if leg.leg == key and leg.asks), None)
    return leg.asks[0] if leg else None


def of_delivery(key: str) -> str:
    """Return the kind of question that a project, what follows from one, or an assessment puts before SRG
    under a key.

    Empty if it is of something else.
    """
    if key.startswith("exception-"):
        return "exception_srg"
    if key.startswith(("gate-", "plan-")):
        return "gate_srg"
    known = {"standards": "standards_srg", "review-srg": "review_srg", CHOICE: CHOOSE_SRG}
    return known.get(key, "")


def question_of(tx: Tx, item: AgendaItem) -> StepView | LegAsk | None:
    """Return the question of an item, put or still to come; None where the forum is only told."""
    match item.kind:
        case ItemKind.QUESTION:
            return steps.must(tx, item.step)
        case ItemKind.COMING:
            return to_come(cases.get(tx, item.case), item.key.rpartition(".")[2])
        case _:
            return None


def sought(tx: Tx, item: AgendaItem) -> str:
    """Return the decision that is sought of the forum, in words; nothing where it is only told."""
    if item.kind is ItemKind.MINUTES:
        return "Are these minutes a true record?"
    question = question_of(tx, item)
    if question is None:
        return ""
    case = cases.get(tx, item.case)
    return questions.sought(tx, case, question, telling.edition(tx, case.edition))


def _told_last(tx: Tx, rules: Edition, forum: Forum, day: date, meets: Sequence[date]) -> date | None:
    """Return the last meeting before a day that was told of what had been settled without one.

    A meeting that was not held was told of nothing: what was to be told at it rolls on.
    """
    earlier = [known for known in meets if known < day]
    unheld = {one.day for one in meetings.of_series(tx, series_of(rules, forum)) if one.state in UNHELD}
    return max((known for known in earlier if known not in unheld), default=min(earlier, default=None))


def _information(
    tx: Tx, rules: Edition, forum: Forum, previous: date, day: date, put: Sequence[_Put]
) -> Iterator[AgendaItem]:
    """Go through what was settled since the last meeting without one, for the forum to know of."""
    yield from _told_directly(tx, rules, forum, previous, day)
    for step, answer in put:
        if answer and answer.choice and answer.meeting is None and previous <= answer.known < day:
            yield _for_information(tx, step, answer.choice, between=True)


def _told_directly(tx: Tx, rules: Edition, forum: Forum, previous: date, day: date) -> Iterator[AgendaItem]:
    """Go through what a post was told directly since the last meeting, and what it said (SYS-08)."""
    if rules.route.notification_forum != forum.key:
        return
    since, until = calendar.closing(previous), calendar.closing(day)
    for step in steps.settled_directly(tx, rules.organisation, TOLD_DIRECTLY, since, until):
        yield _for_information(tx, step, str(step.choice or ""))


def _for_information(tx: Tx, step: StepView, came_to: str, *, between: bool = False) -> AgendaItem:
    return AgendaItem(
        key=f"told-{step.id}",
        kind=ItemKind.INFORMATION,
        title=cases.get(tx, step.case).title,
        case=step.case,
        asks=step.kind,
        step=step.id,
        came_to=came_to,
        between=between,
    )


def _business(
    tx: Tx, rules: Edition, forum: Forum, view: MeetingView, meets: Sequence[date]
) -> Iterator[AgendaItem]:
    """Go through what the secretary has added, after what earlier meetings have left without an outcome."""
    series = series_of(rules, forum)
    known = meetings.heard(tx, series)
    added = {heard.item: (heard.title, day) for day, heard in known if heard.title and day <= view.day}
    settled = {heard.item for day, heard in known if heard.settled and day < view.day}
    later = {heard.item for day, heard in known if heard.settled and day > view.day}
    for key, (title, day) in sorted(added.items(), key=lambda one: one[1][1]):
        earlier = [one for one in (*meets, day) if day <= one < view.day]
        if key in settled or not all(_over(tx, series, one) for one in earlier):
            continue
        heard = view.heard_of(key)
        yield AgendaItem(
            key=key,
            kind=ItemKind.BUSINESS,
            title=title,
            carried_from=day if day < view.day else None,
            came_to="" if heard.rolled else heard.note,
            went_on=key in later and not heard.settled,
        )


def _over(tx: Tx, series: Series, day: date) -> bool:
    """Say whether a meeting takes up nothing more: its day has passed, or its record is closed or void."""
    known = meetings.find(tx, series, day)
    return day < tx.today or (known is not None and not known.open)


def _misses(tx: Tx, rules: Edition, forum: Forum, day: date, following: date | None) -> Iterator[Miss]:
    """Go through the cases that wait for the meeting after this one, as far as it is known."""
    for wait in steps.waiting_on(tx, rules.organisation, forum.key):
        on = calendar.local_day(wait.at) if wait.at else None
        if on is not None and following is not None and day < on <= following:
            yield Miss(case=wait.case, title=cases.get(tx, wait.case).title, meeting=on)


def rolled_on_to(tx: Tx, rules: Edition, step: StepView, today: date) -> date | None:
    """Return the meeting to which an open question of a forum has rolled on, if it is still to come.

    The last meeting that it was before let it roll on, its record is closed without an outcome for it, or it
    was moved or called off on its day. What a board decides at a meeting may have been put after one as well.
    """
    forum = rules.forums.get(step.ask.forum)
    # What members answer by email is before no meeting.
    if forum is None or not at_a_meeting(tx, rules, step.ask):
        return None
    meets = met(tx, rules, forum)
    opened = calendar.local_day(step.opened)
    known = meetings.of_series(tx, series_of(rules, forum))
    # One that was brought forward had it on its new day.
    put_off = (
        one.day for one in known if not one.goes_ahead and (one.moved_to is None or one.moved_to > one.day)
    )
    last = max((day for day in (*meets, *put_off) if opened <= day <= today), default=None)
    if last is None:
        # A board's word waits for a meeting; any other answer may be given between meetings.
        return after(meets, today) if step.kind.endswith("_meeting") else None
    held = meetings.view(tx, series_of(rules, forum), last)
    if not held.goes_ahead:
        to = _moved_to(known, last)
        return to if to in meets else after(meets, last)
    rolls = not held.open or held.heard_of(step.id).rolled
    return after(meets, last) if rolls else None


def _moved_to(known: Sequence[Meeting], day: date) -> date:
    """Return the day on which a meeting is now, however often it was moved."""
    to = {one.day: one.moved_to for one in known if not one.goes_ahead}
    while further := to.get(day):
        day = further
    return day


def secretaries(rules: Edition, forum: Forum) -> tuple[str, ...]:
    """Return the posts under which questions are asked of a forum's secretary."""
    known = [post for post in rules.posts.values() if post.succeeded_by == forum.secretary]
    return (forum.secretary, *(post.key for post in known))


def at_a_meeting(tx: Tx, rules: Edition, ask: Ask) -> bool:
    """Say whether a question is put to a forum's meeting: its secretary alone writes the answer down.

    A handbook may give the forum another secretary; what was asked of the one before stays a meeting's.
    """
    posts = _secretaries(rules, ask.forum)
    if not all(seat.post in posts for seat in ask.seats):
        posts |= _secretaries(telling.edition(tx, cases.get(tx, ask.case).edition), ask.forum)
    return bool(posts) and all(seat.post in posts for seat in ask.seats)


def _secretaries(rules: Edition, key: str) -> set[str]:
    forum = rules.forums.get(key)
    return set(secretaries(rules, forum)) if forum else set()


def reference(forum: str, day: date, number: int) -> str:
    """Return the minute reference of an item: "Heads of ICT Group 13 October 2004, item 3"."""
    return f"{forum} {said(day)}, item {number}"
