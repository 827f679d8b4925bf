"""Steps: questions put to people, who has answered, and on whom each case waits."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, bindparam, exists, func, or_, select, tuple_

from service.store import cursors, keeping, letters, report_drafts, undoing
from service.store.engine import Tx
from service.store.intents import ACCEPTED
from service.store.letters import QueuedLetter
from service.store.line import ENGINE, Entry
from service.store.tables import ACTIONS, CASE_WAITS, CASES, DECISIONS, HOLDERS, INTENTS, SEATS, STEPS
from workflows.model import (
    MEETING,
    ActionState,
    Ask,
    Assurance,
    Capacity,
    Choice,
    Decision,
    Ending,
    Frozen,
    Guard,
    Holder,
    Quorum,
    Rung,
    Seat,
    StepClosing,
    StepDecided,
    StepHeld,
    StepNudged,
    StepOpened,
    StepOpening,
    StepReseated,
    StepSeated,
    StepUndone,
    Terms,
    Timetable,
    key_of,
)
from workflows.rules import calendar
from workflows.rules.actions import CONDITIONS
from workflows.rules.projects import HIGHLIGHT

_RUNGS = TypeAdapter(tuple[Rung, ...])
_AT_ONCE = 500
"""How many steps are named in one query: databases limit it."""

_BY_ID = select(STEPS).where(STEPS.c.id == bindparam("id"))
_OF_CASE = select(STEPS).where(STEPS.c.case == bindparam("case")).order_by(STEPS.c.opened, STEPS.c.id)
_OF_KEYS = _OF_CASE.where(STEPS.c.key.in_(bindparam("keys", expanding=True)))
_OPEN_OF = (
    select(STEPS)
    .where(STEPS.c.case.in_(bindparam("cases", expanding=True)), STEPS.c.open)
    .order_by(STEPS.c.opened, STEPS.c.id)
)
_WAITS_OF = (
    select(CASE_WAITS)
    .where(CASE_WAITS.c.case.in_(bindparam("cases", expanding=True)))
    .order_by(CASE_WAITS.c.since, CASE_WAITS.c.key)
)
_AWAITED = (
    select(CASES.c.organisation, CASES.c.edition, CASE_WAITS.c.on.label("forum"), CASE_WAITS.c.until)
    .join(CASES, CASES.c.ref == CASE_WAITS.c.case)
    .where(CASE_WAITS.c.leg == MEETING, CASE_WAITS.c.until > bindparam("now"), CASES.c.open)
    .distinct()
)
_WAITING_FOR = (
    select(CASE_WAITS.c.case, CASE_WAITS.c.since)
    .join(CASES, CASES.c.ref == CASE_WAITS.c.case)
    .where(
        CASES.c.organisation == bindparam("organisation"),
        CASES.c.edition == bindparam("edition"),
        CASES.c.open,
        CASE_WAITS.c.leg == MEETING,
        CASE_WAITS.c.on == bindparam("forum"),
        CASE_WAITS.c.until == bindparam("until"),
    )
    .order_by(CASE_WAITS.c.case)
)
_SEATS_OF = select(SEATS).where(SEATS.c.step.in_(bindparam("steps", expanding=True))).order_by(SEATS.c.place)
_HOLDERS_OF = (
    select(HOLDERS).where(HOLDERS.c.step.in_(bindparam("steps", expanding=True))).order_by(HOLDERS.c.place)
)
_SEATS_WAITING = (
    select(SEATS.c.step, SEATS.c.seat, SEATS.c.post, CASES.c.organisation)
    .join(STEPS, STEPS.c.id == SEATS.c.step)
    .join(CASES, CASES.c.ref == STEPS.c.case)
    .where(SEATS.c.waiting, STEPS.c.open)
)
_PEOPLE_WAITING = select(HOLDERS.c.step, HOLDERS.c.seat, HOLDERS.c.person).where(HOLDERS.c.waiting)
_UNMET = (
    select(ACTIONS.c.parent, ACTIONS.c.ref, ACTIONS.c.owner, ACTIONS.c.due, CASES.c.open)
    .join(CASES, CASES.c.ref == ACTIONS.c.ref)
    .where(
        ACTIONS.c.parent.in_(bindparam("cases", expanding=True)),
        ACTIONS.c.guards != Guard.NOTHING,
        # One that was broken off keeps what it guards, for nobody has checked it.
        or_(CASES.c.open, CASES.c.state == ActionState.WITHDRAWN),
    )
    .order_by(ACTIONS.c.ref)
)
_COUNTED = select(INTENTS.c.step, INTENTS.c.seat).where(
    INTENTS.c.step.in_(bindparam("steps", expanding=True)), INTENTS.c.state == ACCEPTED
)
_HELD_UNTIL = select(func.max(DECISIONS.c.held_until)).where(DECISIONS.c.step == bindparam("step"))

HELD = "held"
"""What comes next in a step whose outcome waits for second thoughts: it takes effect."""

BROKEN_OFF = "broken_off"
"""What comes next where a condition was broken off that guards what is to come: nothing."""


class SeatView(Seat):
    """A place to answer, and the answer if there is one."""

    waiting: bool
    """The step is open and nobody has answered here."""
    person: str | None = None
    choice: Choice | None = None
    answered_at: datetime | None = None

    @property
    def answered(self) -> bool:
        """Somebody has answered here."""
        return self.choice is not None

    @property
    def asked(self) -> Seat:
        """The seat without its answer."""
        return Seat(**{name: getattr(self, name) for name in Seat.model_fields})


class StepView(Frozen):
    """A step as it stands."""

    id: str
    ask: Ask
    seats: tuple[SeatView, ...]
    opened: datetime
    due: datetime
    rungs: tuple[Rung, ...]
    climbed: int
    """The number of the last rung that came due."""
    open: bool
    ending: Ending | None
    choice: Choice | None
    why: str
    until: date | None
    closed: datetime | None
    held_until: datetime | None = None
    """When its outcome takes effect, while answers may still be taken back."""

    @property
    def case(self) -> str:
        """The case's reference."""
        return self.ask.case

    @property
    def key(self) -> str:
        """The question's key in its case."""
        return self.ask.key

    @property
    def round(self) -> int:
        """How often the question has been asked in this case."""
        return self.ask.round

    @property
    def kind(self) -> str:
        """The kind of question."""
        return self.ask.kind

    @property
    def clause(self) -> str:
        """The clause of the handbook that asks."""
        return self.ask.clause

    @property
    def version(self) -> int:
        """The version that is asked about."""
        return self.ask.version

    @property
    def content_hash(self) -> str:
        """The hash of the version that is asked about."""
        return self.ask.content_hash

    @property
    def inform(self) -> tuple[str, ...]:
        """Posts that are told the outcome besides those asked."""
        return self.ask.inform

    @property
    def terms(self) -> Terms:
        """The handbook's rules for it."""
        return self.ask.terms

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What may be answered."""
        return self.terms.choices

    @property
    def quorum(self) -> Quorum:
        """The rule by which it is resolved."""
        return self.terms.quorum

    @property
    def blind(self) -> bool:
        """Answers are hidden from the other seats until it is resolved."""
        return self.terms.blind

    @property
    def assurance(self) -> Assurance:
        """How sure the engine must be of who answers, whatever the sum."""
        return self.terms.assurance

    @property
    def answers(self) -> tuple[str, ...]:
        """The named questions answered beside the choice."""
        return self.terms.answers

    @property
    def favourable(self) -> bool:
        """It came to a yes, so that what was required with it holds."""
        return self.choice is not None and self.choice.favourable

    @property
    def next(self) -> Rung | None:
        """What happens next if nobody answers, or None if nothing will."""
        left = (rung for rung in self.rungs if rung.number > self.climbed)
        return next(left, None) if self.open else None

    @property
    def takes_effect(self) -> datetime | None:
        """When its outcome takes effect, as far as others may know.

        That a step is settled before all of several have answered would say how those who have agree. Nobody
        waits for a seat that has nobody to answer.
        """
        awaited = any(seat.holders for seat in self.seats if not seat.answered)
        return None if awaited and len(self.seats) > 1 else self.held_until

    @property
    def silent(self) -> tuple[str, ...]:
        """The keys of the seats that have not answered."""
        return tuple(seat.key for seat in self.seats if not seat.answered)

    @property
    def asked(self) -> tuple[Seat, ...]:
        """The seats without their answers."""
        return tuple(seat.asked for seat in self.seats)

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who may answer, or might have."""
        return tuple(dict.fromkeys(holder.person for seat in self.seats for holder in seat.holders))

    def seat(self, key: str) -> SeatView | None:
        """Return a seat by its key."""
        return next((seat for seat in self.seats if seat.key == key), None)

    def assurance_for(self, seat: Seat) -> Assurance:
        """Say how sure the engine must be of who answers for a seat."""
        return self.terms.assurance_for(seat.amount)


class Waiting(Frozen):
    """On whom a case waits, since when, what happens next, and when."""

    case: str
    step: str = ""
    """Empty where the case waits for a moment or an event and not for an answer."""
    key: str
    kind: str = ""
    """The kind of question; empty where nobody is asked."""
    seat: str = ""
    on: str
    """A post, or a forum."""
    action: str = ""
    """The action that is waited for, where a condition guards what is to come."""
    people: tuple[str, ...] = ()
    since: datetime
    due: datetime | None = None
    next: str
    """The nudge to come, `held` for an outcome that takes effect, the leg that waits, or `broken_off` for a
    condition that nobody will meet."""
    at: datetime | None
    working_days: int = 0
    """Filled in by whoever knows the calendar."""


class StepPage(Frozen):
    """Part of a list, and where the next part begins."""

    items: tuple[StepView, ...]
    next_cursor: str | None


# ------------------------------------------------------------------------------- facts


def opened(
    tx: Tx, opening: StepOpening, times: Timetable, seats: Sequence[Seat], queued: Sequence[QueuedLetter]
) -> StepOpened:
    """Write a step with its people and queue their letters; done twice, as it was the first time."""
    ask = opening.ask
    data = {
        "step": ask.step,
        "ask": ask.model_dump(mode="json"),
        "due": times.due,
        "rungs": [rung.model_dump(mode="json") for rung in times.rungs],
        "seats": [seat.model_dump(mode="json") for seat in seats],
    }
    fact = Entry("step.opened", data, f"opened:{ask.step}", ENGINE, at=opening.at)
    if letters.tell(tx, ask.case, [fact], queued):
        return StepOpened(seats=tuple(seats), rungs=times.rungs, clock=tx.clock)
    known = must(tx, ask.step)
    return StepOpened(seats=known.asked, rungs=known.rungs, clock=tx.clock)


def nudged(
    tx: Tx,
    nudge: StepNudged,
    seats: Sequence[Seat],
    queued: Sequence[QueuedLetter],
    *,
    rolled_on: date | None = None,
) -> StepSeated:
    """Write that a rung came due, the people it brings in, and their letters.

    A question that has `rolled_on` to a forum's next meeting has none.
    """
    data: dict[str, Any] = {
        "step": nudge.step,
        "rung": nudge.rung.model_dump(mode="json"),
        "silent": list(nudge.silent),
        "seats": [seat.model_dump(mode="json") for seat in seats],
    }
    if rolled_on:
        data["rolled_on"] = rolled_on
    key = f"nudged:{nudge.step}:{nudge.rung.number}"
    fact = Entry("step.nudged", data, key, ENGINE, at=nudge.at)
    new = letters.tell(tx, case_of(nudge.step), [fact], queued)
    return StepSeated(seats=tuple(seats) if new else must(tx, nudge.step).asked, clock=tx.clock)


def reseated(
    tx: Tx, reseating: StepReseated, seats: Sequence[Seat], queued: Sequence[QueuedLetter]
) -> StepSeated:
    """Write whom a look at a step's seats brings in, and their letters; nothing where it brings in nobody."""
    case, key = case_of(reseating.step), f"reseated:{reseating.step}:{reseating.number}"
    known = must(tx, reseating.step)
    if known.asked == tuple(seats):
        # If an earlier try has brought them in, its letters are still outgoing.
        tx.outgoing += letters.keys_of(tx, case, key)
    else:
        data = {
            "step": reseating.step,
            "silent": list(reseating.silent),
            "seats": [seat.model_dump(mode="json") for seat in seats],
        }
        fact = Entry("step.reseated", data, key, ENGINE, at=reseating.at)
        letters.tell(tx, case, [fact], queued)
    return StepSeated(seats=must(tx, reseating.step).asked, clock=tx.clock)


def decided(tx: Tx, made: StepDecided, queued: Sequence[QueuedLetter]) -> None:
    """Write decisions that leave the step open, and queue their receipts."""
    letters.tell(
        tx, case_of(made.step), [_recorded(decision, made.at) for decision in made.decisions], queued
    )


def undone(tx: Tx, made: StepUndone, queued: Sequence[QueuedLetter]) -> None:
    """Write that answers were taken back, and queue the letters that confirm it."""
    facts = [
        Entry("decision.undone", undoing.recordable(undo), f"undone:{undo.key}", undo.person, at=made.at)
        for undo in made.undone
    ]
    letters.tell(tx, case_of(made.step), facts, queued)


def held(tx: Tx, held: StepHeld) -> None:
    """Write when a step's outcome takes effect, or that there is none any more."""
    data: dict[str, Any] = {"step": held.step, "until": held.until}
    if held.climbed:
        data["climbed"] = held.climbed
    key = f"held:{held.step}:{held.number}"
    tx.append(case_of(held.step), "step.held", data, key=key, actor=ENGINE, at=held.at)


def closed(tx: Tx, closing: StepClosing, queued: Sequence[QueuedLetter]) -> None:
    """Write the decisions not yet in the record, what the step came to, and the letters that tell it."""
    outcome = closing.outcome
    data = outcome.model_dump(include={"ending", "choice", "until"}, mode="json")
    data |= {"step": closing.step, "why": closing.why}
    fact = Entry("step.closed", data, f"closed:{closing.step}", ENGINE, at=outcome.at)
    facts = [*(_recorded(decision, outcome.at) for decision in closing.unrecorded), fact]
    letters.tell(tx, case_of(closing.step), facts, queued)
    # What is put off, or not answered at all, is asked again, and is not written anew then. Only the next
    # report of a stage is another, under the same key.
    case, key = case_of(closing.step), key_of(closing.step)
    if outcome.choice not in (None, Choice.DEFER) or key == HIGHLIGHT:
        report_drafts.settled(tx, case=case, key=key)


# ------------------------------------------------------------------------------- reads


def case_of(step: str) -> str:
    """Return the reference of the case that a step's id begins with."""
    return step.split(".", 1)[0]


def get(tx: Tx, step: str) -> StepView | None:
    """Return a step."""
    return next(iter(_steps(tx, _BY_ID, id=step)), None)


class WaitingSeat(Frozen):
    """A seat that has not answered: its post, and the people who were asked."""

    step: str
    organisation: str
    post: str
    people: frozenset[str]


def waiting_seats(tx: Tx) -> tuple[WaitingSeat, ...]:
    """Return every seat that is waited for, of every open step."""
    people: dict[tuple[str, str], list[str]] = {}
    for row in tx.all(_PEOPLE_WAITING):
        people.setdefault((row.step, row.seat), []).append(row.person)
    return tuple(
        WaitingSeat(
            step=row.step,
            organisation=row.organisation,
            post=row.post,
            people=frozenset(people.get((row.step, row.seat), ())),
        )
        for row in tx.all(_SEATS_WAITING)
    )


def must(tx: Tx, step: str) -> StepView:
    """Return a step that has to be there; LookupError if it is not."""
    known = get(tx, step)
    if known is None:
        raise LookupError(f"no step {step} in the register")
    return known


def of_case(tx: Tx, ref: str) -> tuple[StepView, ...]:
    """Return a case's steps, the first first."""
    return _steps(tx, _OF_CASE, case=ref)


def of_version(tx: Tx, ref: str, version: int, keys: Collection[str] | None = None) -> tuple[StepView, ...]:
    """Return the steps about a version, and those about an earlier one whose answers stand for it; if `keys`
    are given, only those of these questions: a case that lives for years has hundreds.
    """
    if keys is not None and not keys:
        return ()
    kept = keeping.kept(tx, ref, version).values()
    found = of_case(tx, ref) if keys is None else _steps(tx, _OF_KEYS, case=ref, keys=sorted(keys))
    return tuple(step for step in found if step.version == version or step.id in kept)


def open_steps(tx: Tx) -> tuple[StepView, ...]:
    """Return every step that is open, the oldest first."""
    return _steps(tx, select(STEPS).where(STEPS.c.open).order_by(STEPS.c.opened, STEPS.c.id))


def page(
    tx: Tx,
    *,
    organisation: str,
    case: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> StepPage:
    """Return part of the list of an organisation's open steps, or of a case's, the oldest first."""
    own = exists().where(CASES.c.ref == STEPS.c.case, CASES.c.organisation == organisation)
    wanted = select(STEPS).where(STEPS.c.open, own)
    if case is not None:
        wanted = wanted.where(STEPS.c.case == case)
    if cursor:
        wanted = wanted.where(tuple_(STEPS.c.opened, STEPS.c.id) > cursors.read(cursor))
    items = _steps(tx, wanted.order_by(STEPS.c.opened, STEPS.c.id).limit(limit + 1))
    last = items[limit - 1] if len(items) > limit else None
    return StepPage(items=items[:limit], next_cursor=cursors.after(last.opened, last.id) if last else None)


def open_for(tx: Tx, person: str) -> tuple[StepView, ...]:
    """Return the open steps in which a person may still answer, the one due first first."""
    theirs = select(HOLDERS.c.step).where(HOLDERS.c.person == person, HOLDERS.c.waiting)
    return _steps(tx, select(STEPS).where(STEPS.c.id.in_(theirs)).order_by(STEPS.c.due, STEPS.c.id))


def of_forum(tx: Tx, organisation: str, forum: str, since: datetime) -> tuple[StepView, ...]:
    """Return the steps that ask a forum and are open, or were closed since an instant."""
    asks = STEPS.c.ask.contains(f'"forum":"{forum}"', autoescape=True)
    own = exists().where(CASES.c.ref == STEPS.c.case, CASES.c.organisation == organisation)
    wanted = select(STEPS).where(or_(STEPS.c.open, STEPS.c.closed >= since), asks, own)
    found = _steps(tx, wanted.order_by(STEPS.c.opened, STEPS.c.id))
    return tuple(step for step in found if step.ask.forum == forum)


def settled_directly(
    tx: Tx, organisation: str, kinds: Sequence[str], since: datetime, until: datetime
) -> tuple[StepView, ...]:
    """Return the steps of some kinds that were decided between two instants by a post, and by no forum."""
    own = exists().where(CASES.c.ref == STEPS.c.case, CASES.c.organisation == organisation)
    wanted = select(STEPS).where(
        STEPS.c.kind.in_(kinds),
        STEPS.c.ending == str(Ending.DECIDED),
        STEPS.c.closed > since,
        STEPS.c.closed <= until,
        own,
    )
    return tuple(
        step for step in _steps(tx, wanted.order_by(STEPS.c.closed, STEPS.c.id)) if not step.ask.forum
    )


def waiting_on(tx: Tx, organisation: str, on: str) -> tuple[Waiting, ...]:
    """Return what waits for a forum's day, the first to come first."""
    wanted = (
        select(CASE_WAITS)
        .join(CASES, CASES.c.ref == CASE_WAITS.c.case)
        .where(CASE_WAITS.c.on == on, CASES.c.organisation == organisation)
        .order_by(CASE_WAITS.c.until, CASE_WAITS.c.case, CASE_WAITS.c.key)
    )
    return tuple(
        Waiting(case=row.case, key=row.key, on=row.on, since=row.since, next=row.leg, at=row.until)
        for row in tx.all(wanted)
    )


def overdue(tx: Tx, now: datetime, limit: int = 500) -> tuple[StepView, ...]:
    """Return the open steps that were to be answered by now, the oldest first."""
    late = select(STEPS).where(STEPS.c.open, STEPS.c.due < now)
    return _steps(tx, late.order_by(STEPS.c.due, STEPS.c.id).limit(limit))


def stalled(tx: Tx, before: datetime, limit: int = 500) -> tuple[StepView, ...]:
    """Return the open steps whose next rung was to come before an instant and has not."""
    late = select(STEPS).where(STEPS.c.open, STEPS.c.next_at < before)
    return _steps(tx, late.order_by(STEPS.c.next_at, STEPS.c.id).limit(limit))


def next_moment(tx: Tx) -> datetime | None:
    """Return the first instant at which what is asked or waited for is due: a rung, or the end of a wait.

    It may be in the past, and is then being dealt with.
    """
    rung = tx.value(select(func.min(STEPS.c.next_at)).where(STEPS.c.open))
    wait = tx.value(select(func.min(CASE_WAITS.c.until)))
    return min((moment for moment in (rung, wait) if moment is not None), default=None)


def waiting(tx: Tx, ref: str) -> tuple[Waiting, ...]:
    """Return on whom a case waits."""
    return waiting_of(tx, [ref])[ref]


def waiting_of(tx: Tx, refs: Sequence[str]) -> dict[str, tuple[Waiting, ...]]:
    """Return on whom each of several cases waits: on nobody whose answer counts, recorded yet or not."""
    found: dict[str, list[Waiting]] = {ref: [] for ref in refs}
    standing = _steps(tx, _OPEN_OF, cases=refs)
    counted = _counted(tx, [step.id for step in standing])
    for step in standing:
        waits_on = [wait for wait in _on_people(step) if (wait.step, wait.seat) not in counted]
        if not waits_on and step.terms.hold:
            # All have answered, and the register is about to be told when it takes effect.
            waits_on = [_on_time(step, tx.value(_HELD_UNTIL, step=step.id))]
        found[step.case].extend(waits_on)
    waits = tx.all(_WAITS_OF, cases=refs)
    conditional = [row.case for row in waits if row.leg == CONDITIONS]
    unmet = tx.all(_UNMET, cases=conditional) if conditional else ()
    for row in waits:
        wait = Waiting(case=row.case, key=row.key, on=row.on, since=row.since, next=row.leg, at=row.until)
        if row.leg == CONDITIONS:
            found[row.case].extend(_on_condition(wait, one) for one in unmet if one.parent == row.case)
        else:
            found[row.case].append(wait)
    return {ref: tuple(waits) for ref, waits in found.items()}


class AwaitedMeeting(Frozen):
    """A meeting to come for which cases of an edition wait."""

    organisation: str
    edition: str
    """The hash of the edition under which they opened."""
    forum: str
    until: datetime


def awaited_meetings(tx: Tx) -> tuple[AwaitedMeeting, ...]:
    """Return every meeting to come for which some case waits, each once."""
    rows = tx.all(_AWAITED, now=tx.now)
    found = (AwaitedMeeting(**row._mapping) for row in rows)
    return tuple(sorted(found, key=lambda one: (one.until, one.forum, one.edition)))


def waiting_for_meeting(tx: Tx, awaited: AwaitedMeeting) -> tuple[tuple[str, datetime], ...]:
    """Return the cases that wait for a meeting, and since when each does."""
    return tuple((row.case, row.since) for row in tx.all(_WAITING_FOR, **awaited.model_dump()))


# ---------------------------------------------------------------------------- workings


def _recorded(decision: Decision, at: datetime) -> Entry:
    data = decision.model_dump(mode="json", exclude={"key"}) | {
        "decision": decision.key,
        "submitted_at": decision.submitted_at,
        "held_until": decision.held_until,
    }
    return Entry("decision.recorded", data, f"recorded:{decision.message}", decision.person, at=at)


def _counted(tx: Tx, steps: Sequence[str]) -> set[tuple[str, str]]:
    """Return the seats whose answer the engine has counted; the register follows a moment later."""
    found: set[tuple[str, str]] = set()
    for start in range(0, len(steps), _AT_ONCE):
        rows = tx.all(_COUNTED, steps=steps[start : start + _AT_ONCE])
        found |= {(row.step, row.seat) for row in rows}
    return found


def _on_time(step: StepView, until: datetime | None) -> Waiting:
    """Return that a step waits for nobody: its outcome takes effect, unless an answer is taken back."""
    return Waiting(
        case=step.case,
        step=step.id,
        key=step.key,
        on=step.ask.forum or step.seats[0].post,
        since=step.opened,
        next=HELD,
        at=until,
    )


def _on_people(step: StepView) -> Iterable[Waiting]:
    if step.takes_effect:
        yield _on_time(step, step.takes_effect)
        return
    rung = step.next
    for seat in step.seats:
        if seat.waiting:
            yield Waiting(
                case=step.case,
                step=step.id,
                key=step.key,
                kind=step.kind,
                seat=seat.key,
                on=seat.post,
                people=tuple(holder.person for holder in seat.holders),
                since=step.opened,
                due=step.due,
                next=rung.nudge if rung else "",
                at=rung.at if rung else None,
            )


def _on_condition(wait: Waiting, unmet: Row[Any]) -> Waiting:
    """Return on whom a case waits for one of the conditions that guard what is to come."""
    if not unmet.open:
        return wait.model_copy(
            update={"on": unmet.owner, "action": unmet.ref, "next": BROKEN_OFF, "at": None}
        )
    due = calendar.closing(unmet.due)
    return wait.model_copy(update={"on": unmet.owner, "action": unmet.ref, "due": due, "at": due})


def _steps(tx: Tx, wanted: Select[Any], **values: Any) -> tuple[StepView, ...]:
    rows = tx.all(wanted, **values)
    parts = (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))
    return tuple(step for part in parts for step in _with_seats(tx, part))


def _with_seats(tx: Tx, rows: Sequence[Row[Any]]) -> Iterable[StepView]:
    ids = [row.id for row in rows]
    holders: dict[tuple[str, str], list[Holder]] = {}
    for held in tx.all(_HOLDERS_OF, steps=ids):
        holders.setdefault((held.step, held.seat), []).append(
            Holder(person=held.person, post=held.post, capacity=Capacity(held.capacity))
        )
    seats: dict[str, list[SeatView]] = {}
    for row in tx.all(_SEATS_OF, steps=ids):
        seats.setdefault(row.step, []).append(_seat(row, holders.get((row.step, row.seat), [])))
    return (_step(row, seats.get(row.id, [])) for row in rows)


def _seat(row: Row[Any], holders: Sequence[Holder]) -> SeatView:
    return SeatView(
        key=row.seat,
        post=row.post,
        amount=row.amount,
        chair=row.chair,
        veto=row.veto,
        holders=tuple(holders),
        waiting=row.waiting,
        person=row.person,
        choice=Choice(row.choice) if row.choice else None,
        answered_at=row.answered_at,
    )


def _step(row: Row[Any], seats: Sequence[SeatView]) -> StepView:
    ask = Ask.model_validate_json(row.ask)
    substitutes = {seat.key: seat.substitute for seat in ask.seats if seat.substitute}
    return StepView(
        id=row.id,
        ask=ask,
        # Who sits in whose place is part of the question, and does not change while it is open.
        seats=tuple(
            seat.model_copy(update={"substitute": substitutes[seat.key]}) if seat.key in substitutes else seat
            for seat in seats
        ),
        opened=row.opened,
        due=row.due,
        rungs=_RUNGS.validate_json(row.rungs),
        climbed=row.climbed,
        open=row.open,
        ending=Ending(row.ending) if row.ending else None,
        choice=Choice(row.choice) if row.choice else None,
        why=row.why,
        until=row.until,
        closed=row.closed,
        held_until=row.held_until,
    )
