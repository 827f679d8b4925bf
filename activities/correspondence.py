"""Correspondence: which letters an event sends, to whom, and the facts that they tell.

Everything a letter says is fixed when it is queued, so that a letter sent again is the same letter.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from types import MappingProxyType
from typing import Protocol, Self

from service import boards, seating, sittings, versions
from service.handbook import Edition
from service.links import Links
from service.store import actions, approvers, covers, intents, orders, steps
from service.store import letters as ledger
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.letters import LedgerRow, LinkBinding, QueuedLetter
from service.store.orders import OrderView
from service.store.steps import StepView
from service.telling import (
    about,
    answering_elsewhere,
    asked,
    away,
    barred,
    before,
    budget,
    came_to,
    coincidences,
    directory,
    edition,
    following,
    matter,
    name,
    not_said,
    otherwise,
    place,
    pmo_letter,
    share_of,
    sponsor,
    title,
    together,
    told,
    tracked,
)
from workflows import letters
from workflows.letters import Addressee, Answer, Asked, Clause, Consequence, Letter, Matter, Question
from workflows.model import (
    MEETING,
    Assurance,
    Becoming,
    Capacity,
    CaseMoved,
    CaseWaiting,
    Choice,
    Ending,
    Expiring,
    Holder,
    Leg,
    LegAsk,
    Nudge,
    Outcome,
    Rung,
    Seat,
    Sitting,
    State,
    StepClosing,
    StepDecided,
    StepNudged,
    StepOpening,
    StepReseated,
    StepUndone,
    Terms,
    Timetable,
)
from workflows.rules import calendar, course, meetings, states

LINK_LIFE = timedelta(days=14)
"""How long a link can act, on the Clock, whatever its step does."""


_TOLD_WHAT_IS_MISSING = ("funding", "authority", "srg")
"""Questions that decide on the money: they are told what a proposal does not say."""
_MEETING_IS_TOLD = ("notification", "dataset", "parameter")
"""Questions that go to a meeting, which is told afterwards of those that no meeting could serve."""
_BEFORE_THE_DECISION = ("notification", "issue_resolution")
"""Legs that a meeting serves only before the decision date."""


@dataclass(frozen=True)
class Put:
    """A question as it is put: what letters need of a step, before it is written and after."""

    step: str
    key: str
    round: int
    version: int
    content_hash: str
    clause: str
    terms: Terms
    due: datetime
    rungs: tuple[Rung, ...]
    opened: datetime
    seats: tuple[Seat, ...]
    """With everybody who is asked, those whom this very event brings in included."""
    silent: tuple[str, ...]

    @classmethod
    def opening(cls, opening: StepOpening, times: Timetable, seats: Sequence[Seat]) -> Self:
        """Take a question that is about to be put."""
        ask = opening.ask
        return cls(
            step=ask.step,
            key=ask.key,
            round=ask.round,
            version=ask.version,
            content_hash=ask.content_hash,
            clause=ask.clause,
            terms=ask.terms,
            due=times.due,
            rungs=times.rungs,
            opened=opening.at,
            seats=tuple(seats),
            silent=tuple(seat.key for seat in seats),
        )

    @classmethod
    def again(cls, step: StepView, seats: Sequence[Seat]) -> Self:
        """Take a question that stands in the register."""
        return cls(
            step=step.id,
            key=step.key,
            round=step.round,
            version=step.version,
            content_hash=step.content_hash,
            clause=step.clause,
            terms=step.terms,
            due=step.due,
            rungs=step.rungs,
            opened=step.opened,
            seats=tuple(seats),
            silent=step.silent,
        )


class Correspondence:
    """The letters of one case, as things stand in one transaction at a moment of the Clock."""

    def __init__(self, tx: Tx, case: CaseView, links: Links, at: datetime) -> None:
        self.tx = tx
        self.case = case
        self.rules: Edition = edition(tx, case.edition)
        self.people: Edition = directory(tx, case)
        self.at = at
        self.today = calendar.local_day(at)
        self._links = links
        self._noted: dict[str, tuple[str, ...]] = {}
        self._foreseen: dict[str, dict[str, tuple[Consequence, ...]]] = {}

    # ------------------------------------------------------------------------ events

    def begun(self, kept: Mapping[str, Outcome] = MappingProxyType({})) -> list[QueuedLetter]:
        """A version is in: its sponsor and lead are told the way it will go, and others that their answers
        about the one before stand.
        """
        own = partial(self._submitted, kept=kept)
        return [*self._to_sponsor(f"submitted:{self.case.version}", own), *self._kept(kept)]

    def _kept(self, kept: Mapping[str, Outcome]) -> Iterable[QueuedLetter]:
        for step in {outcome.step: steps.must(self.tx, outcome.step) for outcome in kept.values()}.values():
            for made in self._made(step):
                letter = letters.Kept(
                    to=self._addressee(made.post, made.person),
                    matter=self._matter(),
                    question=self._question(step.key, step.kind, self._seat(step, made.seat)),
                    seat=title(self.rules, made.post, self.today),
                    answer=self._told(made),
                    since=step.version,
                    changes=versions.differences(self.tx, self.case, step.version, self.case.version),
                    on=self.today,
                )
                key = f"{self.case.ref}:kept:{self.case.version}:{step.id}:{made.person}"
                yield self._tell(key, letter, None, made.person, made.post)

    def waits(self, waiting: CaseWaiting) -> list[QueuedLetter]:
        """A case waits for a forum's meeting: the forum's secretary knows it is coming."""
        forum = self.rules.forums.get(waiting.on)
        if forum is None or waiting.until is None:
            return []
        day = calendar.local_day(waiting.until)
        goes = waiting.key if waiting.leg == MEETING else waiting.leg
        # A board that has put its decision off waits for a day as well, but for no meeting.
        together = next(
            (
                legs
                for legs in course.passages(self.case.route)
                if any(leg.leg == goes and leg.meeting == day for leg in legs)
            ),
            (),
        )
        found = place(self.case, waiting.key)
        if found and found[1].meeting == day:
            together = (found[0],)
        return self._listed(together, forum.key, day, waiting.key) if together else []

    def moved(self, moved: CaseMoved) -> list[QueuedLetter]:
        """A case goes to another meeting than it was to go to, or to none: its sponsor is told why."""
        first = moved.legs[0]
        put = next((ask for ask in course.asked_by(first) if ask.key == moved.key), first.asks[0])
        meeting = put.meeting or first.meeting
        limited = any(leg.leg in _BEFORE_THE_DECISION for leg in moved.legs)
        answered = self._this_version()
        letter = partial(
            letters.Moved,
            matter=self._matter(),
            on=self.today,
            because=moved.because,
            question=Question(
                kind=put.kind,
                forum=title(self.rules, put.forum or first.forum, self.today) if meeting else "",
                meeting=meeting,
            ),
            left=title(self.rules, moved.forum, self.today),
            was=moved.was,
            papers_due=moved.papers_due,
            after=self._told(max(answered, key=lambda made: made.submitted_at)) if answered else None,
            asked=asked(put, self.rules, self.today),
            why=self._why_undecided(put),
            decide_by=self.case.decide_by if limited else None,
        )
        return self._to_sponsor(f"moved:{moved.number}", letter)

    def _why_undecided(self, put: LegAsk) -> str:
        """Return why the question that was put before another came to no decision; empty if none was."""
        silent = [ask.key for ask in before(self.case, put.key)][-1:]
        closed = [
            step
            for step in steps.of_case(self.tx, self.case.ref)
            if step.key in silent and step.version == self.case.version
        ]
        return max(closed, key=lambda step: step.round).why if closed else ""

    def opened(self, opening: StepOpening, times: Timetable, seats: Sequence[Seat]) -> list[QueuedLetter]:
        """A question is put: each seat is asked, and the PMO is told of a seat with nobody to ask."""
        put = Put.opening(opening, times, seats)
        queued: list[QueuedLetter] = []
        for seat in seats:
            if seat.holders:
                queued += self._asked_first(put, seat)
            else:
                queued += self._stuck(put, f"{put.step}:nobody:{seat.key}", "nobody_to_ask", [seat])
        return queued

    def nudged(self, step: StepView, nudged: StepNudged, seats: Sequence[Seat]) -> list[QueuedLetter]:
        """A rung came due: the silent hear from it, and so do those whom it brings in."""
        put = Put.again(step, seats)
        rung = nudged.rung
        silent = [seat for seat in seats if seat.key in nudged.silent]
        match rung.nudge:
            case Nudge.REMIND:
                written = {row.key for row in ledger.of_step(self.tx, put.step)}
                return [
                    self._reminder(put, seat, holder, rung, written)
                    for seat in silent
                    for holder in seat.holders
                    if self._still_there(seat, holder)
                ]
            case Nudge.COVER | Nudge.LINE:
                return [
                    letter
                    for seat in silent
                    for letter in self._brought_in(put, step, seat, _new(seat, step), str(rung.number))
                ]
            case Nudge.PMO:
                return self._stuck(put, f"{put.step}:stuck:{rung.number}", "unanswered", silent)
            case Nudge.COUNT | Nudge.CLOSE:
                return []

    def reseated(self, step: StepView, reseated: StepReseated, seats: Sequence[Seat]) -> list[QueuedLetter]:
        """People have moved: whoever may now answer in the place of somebody silent is asked."""
        put = Put.again(step, seats)
        return [
            letter
            for seat in seats
            if seat.key in reseated.silent
            for letter in self._brought_in(
                put,
                step,
                seat,
                _new(seat, step),
                f"m{reseated.number}",
                because=self._why_the_line(put, seat),
            )
        ]

    def decided(self, step: StepView, decided: StepDecided) -> list[QueuedLetter]:
        """Answers are in and the question is still open: each has a receipt."""
        keys = [made.key for made in decided.decisions]
        return [self._receipt(step, made, open=True) for made in self._made(step) if made.key in keys]

    def undone(self, step: StepView, undone: StepUndone) -> list[QueuedLetter]:
        """Answers were taken back: whoever did so has it in writing, with the link to answer anew."""
        put, queued = Put.again(step, step.seats), []
        for undo in undone.undone:
            seat = self._seat(step, undo.seat)
            holder = next(one for one in seat.holders if one.person == undo.person)
            letter = letters.TakenBack(
                to=self._addressee(holder.post, holder.person),
                matter=self._matter(),
                question=self._question(step.key, step.kind, seat),
                seat=title(self.rules, seat.post, self.today),
                at=undo.submitted_at,
                due=calendar.local_day(step.due),
                code_needed=step.assurance_for(seat) is Assurance.CODE,
            )
            queued.append(self._queue(f"{undo.key}:done", letter, put, seat, holder))
        return queued

    def closed(self, step: StepView, closing: StepClosing) -> list[QueuedLetter]:
        """A question is over: receipts to those who just answered, the outcome to everybody else."""
        made = self._made(step)
        fresh = [decision.key for decision in closing.unrecorded]
        queued = [
            self._receipt(step, decision, settled=closing.outcome.choice, until=closing.outcome.until)
            for decision in made
            if decision.key in fresh
        ]
        told_now = {letter.person for letter in queued}
        for decision in made:
            if decision.person not in told_now:
                told_now.add(decision.person)
                queued.append(self._outcome(step, closing, made, decision.person, decision.post))
        for seat in step.seats:
            for holder in seat.holders:
                if holder.person not in told_now:
                    told_now.add(holder.person)
                    queued.append(self._closed_without(step, closing, made, seat, holder))
        # A question that ends or turns its proposal has a letter of its own to the sponsor, which follows.
        followed = (self.case.sponsor, self.case.lead) if self._end(step, closing.outcome.choice) else ()
        for post in step.inform:
            person = self.people.holder(post, self.today)
            if person and person.id not in told_now and post not in followed:
                told_now.add(person.id)
                queued.append(self._outcome(step, closing, made, person.id, post))
        return queued + self._after(step, closing, made)

    def became(self, becoming: Becoming, *, orders_to: str = "") -> list[QueuedLetter]:
        """A state that ends or turns a proposal has a letter of its own, to sponsor and lead.

        `orders_to` is the host that orders are sent to, if they are sent from here.
        """
        state = State(becoming.state)
        step = steps.get(self.tx, becoming.because) if becoming.because else None
        letter = self._letter_of(state, step, orders_to, becoming.valid_until)
        return self._to_sponsor(f"{state}:{becoming.number}", letter) if letter else []

    def expiring(self, expiring: Expiring) -> list[QueuedLetter]:
        """An approval lapses soon: sponsor and lead are told what to do about it."""
        asked = [step for step in steps.of_case(self.tx, self.case.ref) if step.open]
        posts = [seat.post for step in asked for seat in step.seats if not seat.answered]
        letter = partial(
            letters.Expiring,
            matter=self._matter(),
            written=self.today,
            valid_until=expiring.valid_until,
            working_days=calendar.working_days_between(
                self.today, expiring.valid_until, self.rules.non_working
            ),
            size=self.case.size,
            waiting_for=tuple(title(self.rules, post, self.today) for post in dict.fromkeys(posts)),
            order=self._order(),
        )
        return self._to_sponsor(f"expiring:{expiring.number}", letter)

    # ------------------------------------------------------------------- asking letters

    def _asked_first(self, put: Put, seat: Seat) -> list[QueuedLetter]:
        """Ask a seat: its holder, or whoever covers for them, or the next in the line."""
        first, *others = seat.holders
        match first.capacity:
            case Capacity.HOLDER:
                return [self._request(put, seat, first)]
            case Capacity.COVER | Capacity.SUBSTITUTE:
                return [
                    self._cover_letter(put, seat, first, "0"),
                    *(self._covered(put, seat, holder, [first], "0") for holder in others),
                ]
            case Capacity.LINE:
                because = self._why_the_line(put, seat)
                return [self._escalation(put, seat, holder, "0", because=because) for holder in seat.holders]

    def _why_the_line(self, put: Put, seat: Seat) -> str:
        """Say why a seat's own holder could not be asked."""
        holder = self.people.holder(seat.post, self.today)
        if holder is None:
            return "vacant"
        if not put.terms.deciding:
            return "seated"
        if holder.id in self.case.authors:
            return "author"
        return "covers_author" if holder.id in self._barred(put, self.today) else "seated"

    def _brought_in(
        self,
        put: Put,
        step: StepView,
        seat: Seat,
        new: Sequence[Holder],
        number: str,
        *,
        because: str = "silent",
    ) -> list[QueuedLetter]:
        """Ask those who may answer from now on; `number` tells apart the events that bring people in.

        Whoever holds the post hears once of all who may answer for them: of a manager who is away, of both.
        """
        queued: list[QueuedLetter] = []
        others = [holder for holder in new if holder.capacity is not Capacity.HOLDER]
        for holder in new:
            if holder.capacity is Capacity.HOLDER:
                queued.append(self._request(put, seat, holder))
            elif holder.capacity in (Capacity.COVER, Capacity.SUBSTITUTE):
                asked_on = calendar.local_day(put.opened)
                queued.append(self._cover_letter(put, seat, holder, number, asked_on=asked_on))
            else:
                asked = self._asked(put, [one for one in step.seats if one.key == seat.key])
                queued.append(self._escalation(put, seat, holder, number, because=because, asked=asked))
        for own in seat.holders if others else ():
            if own.capacity is Capacity.HOLDER and self._still_there(seat, own):
                queued.append(self._covered(put, seat, own, others, number))
        return queued

    def _request(self, put: Put, seat: Seat, holder: Holder) -> QueuedLetter:
        letter = letters.Request(**self._asking(put, seat, holder))
        return self._queue(f"{put.step}:request:{seat.key}:{holder.person}", letter, put, seat, holder)

    def _reminder(
        self, put: Put, seat: Seat, holder: Holder, rung: Rung, written: Collection[str]
    ) -> QueuedLetter:
        """Remind somebody, counting what they had: a rung that the Clock jumped past sent them nothing."""
        earlier = [
            other
            for other in put.rungs
            if other.number < rung.number and _reminder_key(put, seat, holder, other) in written
        ]
        letter = letters.Reminder(
            **self._asking(put, seat, holder),
            number=len(earlier) + 1,
            asked_on=calendar.local_day(put.opened),
        )
        return self._queue(_reminder_key(put, seat, holder, rung), letter, put, seat, holder)

    def _escalation(
        self,
        put: Put,
        seat: Seat,
        holder: Holder,
        number: str,
        *,
        because: str = "silent",
        asked: tuple[Asked, ...] = (),
    ) -> QueuedLetter:
        letter = letters.Escalation.model_validate(
            {**self._asking(put, seat, holder), "because": because, "asked": asked}
        )
        key = f"{put.step}:escalation:{number}:{seat.key}:{holder.person}"
        return self._queue(key, letter, put, seat, holder)

    def _cover_letter(
        self, put: Put, seat: Seat, holder: Holder, number: str, asked_on: date | None = None
    ) -> QueuedLetter:
        covered = self.people.holder(seat.post, self.today)
        letter = letters.Cover(
            **self._asking(put, seat, holder),
            covering=covered.name if covered else title(self.rules, seat.post, self.today),
            substitute=holder.capacity is Capacity.SUBSTITUTE,
            vacant=covered is None,
            until=self._cover_ends(covered.id) if covered else None,
            asked_on=asked_on,
        )
        key = f"{put.step}:cover:{number}:{seat.key}:{holder.person}"
        return self._queue(key, letter, put, seat, holder)

    def _covered(
        self, put: Put, seat: Seat, holder: Holder, covers: Sequence[Holder], number: str
    ) -> QueuedLetter:
        up_the_line = any(cover.capacity is Capacity.LINE for cover in covers)
        letter = letters.Covered(
            to=self._addressee(holder.post, holder.person),
            matter=self._matter(),
            question=self._question(put.key, put.terms.kind, seat),
            seat=title(self.rules, seat.post, self.today),
            cover=" or ".join(name(self.people, cover.person) for cover in covers),
            until=None if up_the_line else self._cover_ends(holder.person),
            asked_on=calendar.local_day(put.opened) if number != "0" else None,
            up_the_line=up_the_line,
            substitute=all(cover.capacity is Capacity.SUBSTITUTE for cover in covers),
            due=calendar.local_day(put.due),
            if_silent=self._if_silent(put, seat),
        )
        key = f"{put.step}:covered:{number}:{seat.key}:{holder.person}"
        return self._tell(key, letter, None, holder.person, holder.post)

    def _asking(self, put: Put, seat: Seat, holder: Holder) -> dict[str, object]:
        """Return what every letter with a question tells."""
        made = self._earlier(put)
        return {
            "to": self._addressee(holder.post, holder.person),
            "matter": self._matter(),
            "question": self._question(put.key, put.terms.kind, seat),
            "seat": title(self.rules, seat.post, self.today),
            "own": holder.capacity is Capacity.HOLDER,
            "clause": self._clause(put.clause),
            "due": calendar.local_day(put.due),
            "written": self.today,
            "so_far": tuple(self._told(decision) for decision in made),
            "unanswered": self._unanswered(put),
            "conditions": tuple(
                condition for decision in made for condition in self._told(decision).conditions
            ),
            "coincidences": self._coincidences(put),
            "not_said": self._not_said if put.terms.kind in _TOLD_WHAT_IS_MISSING else (),
            "budget": budget(self.tx, self.case, self.rules, seat.post, seat.amount),
            "if_silent": self._if_silent(put, seat),
            **self._differs(put, holder),
            "board": self._board(put, seat),
            "code_needed": put.terms.assurance_for(seat.amount) is Assurance.CODE,
        }

    def _differs(self, put: Put, holder: Holder) -> dict[str, object]:
        """Return what has changed since the version that somebody knew: the last, if they knew none."""
        known = versions.known(self.tx, self.case.ref, holder.person, put.version)
        return {"since": known, "changes": versions.differences(self.tx, self.case, known, put.version)}

    def _board(self, put: Put, seat: Seat) -> tuple[str, ...]:
        """Say how a board's question stands, for a letter that tells the ladder besides."""
        board = self._standing(put)
        return (*boards.duties(seat, put.terms), *board.now) if board else ()

    def _left(self, step: StepView, made: DecisionView) -> tuple[str, ...]:
        """Say how a board's open question stands with an answer, to whoever gave it."""
        board = self._standing(Put.again(step, step.seats))
        if board is None:
            return ()
        out = made.choice is Choice.DECLARE_INTEREST
        return (board.present, boards.OUT, *board.until) if out else board.lines

    def _standing(self, put: Put) -> boards.Board | None:
        made = intents.decisions_of_step(self.tx, put.step, strict=False)
        question = boards.Put(
            terms=put.terms,
            seats=put.seats,
            rungs=tuple(rung for rung in put.rungs if rung.at > self.at),
            due=calendar.local_day(put.due),
        )
        answers = {one.seat: one.choice for one in made}
        return boards.standing(question, answers, self.rules, self.today)

    def _coincidences(self, put: Put) -> tuple[str, ...]:
        if put.key not in self._noted:
            asked = {step.key for step in self._about(put.version)}
            self._noted[put.key] = coincidences(self.tx, self.case, self.rules, self.today, {*asked, put.key})
        return self._noted[put.key]

    @cached_property
    def _not_said(self) -> tuple[str, ...]:
        return not_said(self.tx, self.case, self.rules)

    def _earlier(self, put: Put) -> list[DecisionView]:
        """Return the views given so far on this version; those on a blind step stay unseen, and those that
        may still be taken back.
        """
        return [
            made
            for step, made in self._decisions(put.version)
            if made.choice.counted
            and not (step.blind and step.open)
            and not (step.open and self._undo_until(made))
        ]

    def _unanswered(self, put: Put) -> tuple[Asked, ...]:
        """Return who was asked before, in whose place a question is put because they stayed silent."""
        silent = [ask.key for ask in before(self.case, put.key)]
        asked_of = [step for step in self._about(put.version) if step.key in silent]
        return tuple(one for step in asked_of for one in self._asked(Put.again(step, step.seats), step.seats))

    def _if_silent(self, put: Put, seat: Seat) -> tuple[Consequence, ...]:
        """Say what the ladder still holds for a seat, leaving out a rung that would bring in nobody."""
        if put.step not in self._foreseen:
            self._foreseen[put.step] = self._ladder(put)
        return self._foreseen[put.step][seat.key]

    def _ladder(self, put: Put) -> dict[str, tuple[Consequence, ...]]:
        """Climb what is left of a ladder as if all stay silent, and return what it does to each seat."""
        found: dict[str, list[Consequence]] = {seat.key: [] for seat in put.seats}
        seats = put.seats
        for rung in put.rungs:
            if rung.at <= self.at:
                continue
            day = calendar.local_day(rung.at)
            before, seats = seats, self._nudged(put, seats, rung.nudge, day)
            for earlier, seat in zip(before, seats, strict=True):
                added = seat.holders[len(earlier.holders) :]
                if added or rung.nudge not in (Nudge.COVER, Nudge.LINE):
                    found[seat.key].append(
                        Consequence(
                            on=day,
                            then=rung.nudge,
                            who=self._turned_to(put, rung.nudge, added, day),
                            substitute=any(one.capacity is Capacity.SUBSTITUTE for one in added),
                        )
                    )
        return {key: tuple(consequences) for key, consequences in found.items()}

    def _nudged(self, put: Put, seats: tuple[Seat, ...], nudge: Nudge, day: date) -> tuple[Seat, ...]:
        covered = away(self.tx, self.case, put.terms.deciding, day)
        elsewhere = answering_elsewhere(self.tx, self.case.ref, put.key, put.version)
        barred = self._barred(put, day)
        asking = sponsor(self.tx, self.case, put.terms.deciding, day)
        return seating.nudged(seats, put.silent, nudge, self.people, day, covered, barred, elsewhere, asking)

    def _turned_to(self, put: Put, nudge: Nudge, added: Sequence[Holder], day: date) -> str:
        match nudge:
            case Nudge.COVER:
                return name(self.people, added[0].person)
            case Nudge.LINE:
                return title(self.rules, added[0].post, day)
            case Nudge.PMO:
                return title(self.rules, self.rules.roles["pmo"], day)
            case Nudge.CLOSE:
                return self._passed_on(put.key, day)
            case _:
                return ""

    def _passed_on(self, key: str, day: date) -> str:
        """Return who is asked in the place of a question's seats if they stay silent; empty if nobody."""
        following = otherwise(self.case, key)
        if following is None:
            return ""
        who = asked(following, self.rules, day)
        meeting = self._meeting_after(following, day)
        return f"{who} at its meeting of {meetings.said(meeting)}" if meeting else who

    def _meeting_after(self, following: LegAsk, day: date) -> date | None:
        """Return the meeting to which a question goes that is put at one in the place of another."""
        if not following.meets:
            return None
        found = meetings.first(self._sittings(following.forum, day), day)
        return found.day if found else None

    def _sittings(self, forum: str, since: date) -> tuple[Sitting, ...]:
        return sittings.of(self.tx, self.case.organisation, self.rules, forum, since=since)

    def _barred(self, put: Put, day: date) -> frozenset[str]:
        return barred(self.tx, self.case, put.terms.kind, put.seats, put.terms.deciding, day)

    # -------------------------------------------------------------------- telling letters

    def _receipt(
        self,
        step: StepView,
        made: DecisionView,
        settled: Choice | None = None,
        until: date | None = None,
        *,
        open: bool = False,
    ) -> QueuedLetter:
        beside = together(self.case, step, self._about(step.version))
        seats = [(other, seat) for other in beside for seat in other.seats]
        given = {(other.step, other.seat) for other in self._this_version()}
        # What was put off is asked again, and is as good as open.
        left = [
            (other, seat)
            for other, seat in seats
            if not (settled and other.id == step.id)
            and (other.choice is Choice.DEFER or (other.open and (other.id, seat.key) not in given))
        ]
        answered = [
            seat
            for other, seat in seats
            if (other.id, seat.key) in given and other.choice is not Choice.DEFER
        ]
        goes_on = settled not in (None, Choice.DEFER) and self._end(step, settled) is None
        stopping = next(
            (other for other in beside if goes_on and not other.open and self._end(other, other.choice)), None
        )
        letter = letters.Receipt(
            to=self._addressee(made.post, made.person),
            matter=self._matter(),
            question=self._question(step.key, step.kind, self._seat(step, made.seat)),
            seat=title(self.rules, made.post, self.today),
            answer=self._told(made),
            at=made.submitted_at,
            fingerprint=made.shown_hash,
            answered=len(answered),
            asked=len(seats),
            waiting_for=tuple(self._awaited(step, made, other, seat) for other, seat in left)
            if not settled or (goes_on and stopping is None)
            else (),
            settled=settled,
            until=until,
            stopped=stopping is not None,
            against=self._answers(stopping) if stopping and stopping.choice else (),
            next=self._next(step, settled) if settled and not left and stopping is None else None,
            becomes=self._becomes(stopping or step, stopping.choice if stopping else settled)
            if stopping or settled
            else "",
            undo_until=self._undo_until(made) if open else None,
            code_needed=step.assurance_for(self._seat(step, made.seat)) is Assurance.CODE,
            board=self._left(step, made) if open else (),
            decided_by=boards.decided_by(self.tx, step, self.rules, self.today, settled),
        )
        if not letter.linked:
            return self._tell(f"{made.message}:receipt", letter, step, made.person, made.post)
        seat = self._seat(step, made.seat)
        holder = Holder(person=made.person, post=made.post)
        return self._queue(f"{made.message}:receipt", letter, Put.again(step, step.seats), seat, holder)

    def _undo_until(self, made: DecisionView) -> datetime | None:
        """Return until when an answer may still be taken back, if that is to come."""
        return made.held_until if made.held_until and made.held_until > self.at else None

    def _awaited(self, step: StepView, made: DecisionView, other: StepView, seat: Seat) -> letters.Awaited:
        """Say who is still to answer, and what, where that is not the reader's own question."""
        return letters.Awaited(
            who=title(self.rules, seat.post, self.today),
            you=made.person in [holder.person for holder in seat.holders],
            kind=other.kind if other.kind != step.kind else "",
        )

    def _becomes(self, step: StepView, choice: Choice | None) -> str:
        """Return the state to which an answer brings the case, if it does not simply go on."""
        return self._end(step, choice) or ""

    def _end(self, step: StepView, choice: Choice | None) -> State | None:
        """Return where a question that comes to a choice stops its proposal; None if it goes on or waits."""
        if choice is Choice.DEFER:
            return None
        return states.after(came_to(step, choice))

    def _outcome(
        self, step: StepView, closing: StepClosing, made: Sequence[DecisionView], person: str, post: str
    ) -> QueuedLetter:
        outcome = closing.outcome
        goes_on = outcome.choice not in (None, Choice.DEFER) and not self._end(step, outcome.choice)
        letter = letters.Outcome(
            to=self._addressee(post, person),
            matter=self._matter(),
            question=self._question(step.key, step.kind, step.seats[0]),
            ending=outcome.ending,
            choice=outcome.choice,
            on=calendar.local_day(outcome.at),
            why=closing.why,
            until=outcome.until,
            answers=tuple(self._told(decision) for decision in made),
            others_open=goes_on and self._others_open(step),
            next=self._put_at_a_meeting(step)
            if outcome.ending is Ending.SILENT
            else self._next(step, outcome.choice)
            if not self._others_open(step)
            else None,
            becomes=self._becomes(step, outcome.choice) if outcome.choice else "",
            casting=self._casting(step, closing, made),
            veto=self._veto(step, closing, made),
            present=self._present(step) if closing.why == "inquorate" else "",
        )
        return self._tell(f"{step.id}:outcome:{person}", letter, step, person, post)

    def _put_at_a_meeting(self, step: StepView) -> letters.Next | None:
        """Return where a question goes whose members came to no decision, if it is put at their meeting."""
        following = otherwise(self.case, step.key)
        if following is None or not following.meets:
            return None
        return letters.Next(
            leg=step.kind,
            who=(asked(following, self.rules, self.today),),
            on=self._meeting_after(following, self.today),
        )

    def _others_open(self, step: StepView) -> bool:
        """Say whether a question put together with this one is open, or put off, so that the case stays."""
        return any(other.open or other.choice is Choice.DEFER for other in self._beside(step))

    def _beside(self, step: StepView) -> list[StepView]:
        """Return the other questions that were put together with a step's, each as it was last put."""
        found = together(self.case, step, self._about(step.version))
        return [other for other in found if other.id != step.id]

    def _casting(self, step: StepView, closing: StepClosing, made: Sequence[DecisionView]) -> str:
        """Return the post of the chair whose vote broke a tie; empty if none had to."""
        answers = {decision.seat: decision.choice for decision in made}
        return boards.cast_by(step, answers, closing.outcome.choice, self.rules, self.today)

    def _veto(self, step: StepView, closing: StepClosing, made: Sequence[DecisionView]) -> str:
        """Return the post that stopped a question alone; empty if none did."""
        answers = {decision.seat: decision.choice for decision in made}
        if closing.outcome.choice is None:
            return ""
        return boards.vetoed_by(step, answers, self.rules, self.today)

    def _present(self, step: StepView) -> str:
        """Say how many were present at a board that could not decide."""
        board = boards.of(self.tx, step, self.rules)
        return board.present if board else ""

    def _closed_without(
        self, step: StepView, closing: StepClosing, made: Sequence[DecisionView], seat: Seat, holder: Holder
    ) -> QueuedLetter:
        outcome = closing.outcome
        onward = self._put_at_a_meeting(step) if outcome.ending is Ending.SILENT else None
        letter = letters.ClosedWithoutYou(
            to=self._addressee(holder.post, holder.person),
            matter=self._matter(),
            question=self._question(step.key, step.kind, seat),
            seat=title(self.rules, seat.post, self.today),
            ending=outcome.ending,
            choice=outcome.choice,
            on=calendar.local_day(outcome.at),
            why=closing.why,
            passed_on=onward.who[0]
            if onward
            else self._passed_on(step.key, self.today)
            if outcome.ending is Ending.SILENT
            else "",
            meeting=onward.on if onward else None,
            decided_by=tuple(self._told(decision).who for decision in made),
        )
        return self._tell(f"{step.id}:closed:{holder.person}", letter, step, holder.person, holder.post)

    def _after(
        self, step: StepView, closing: StepClosing, made: Sequence[DecisionView]
    ) -> list[QueuedLetter]:
        """Tell what a step's outcome means for others than those asked."""
        outcome = closing.outcome
        if outcome.choice is Choice.DEFER and outcome.until:
            deferred = partial(
                letters.Deferred,
                matter=self._matter(),
                on=self.today,
                until=outcome.until,
                question=self._question(step.key, step.kind, step.seats[0]),
                answers=tuple(self._told(decision) for decision in made),
            )
            return self._to_sponsor(f"deferred:{step.id}", deferred)
        found = place(self.case, step.key)
        if step.kind in _MEETING_IS_TOLD and found and not found[0].meeting:
            return self._listed_after_direct_reply(step, outcome, found[0], made)
        return []

    def _listed_after_direct_reply(
        self, step: StepView, outcome: Outcome, leg: Leg, made: Sequence[DecisionView]
    ) -> list[QueuedLetter]:
        """The forum's next meeting is told, once all is answered, of what did not reach it (SYS-08, A12)."""
        beside = self._beside(step)
        stopped = [self._end(step, outcome.choice), *(self._end(other, other.choice) for other in beside)]
        if outcome.choice is Choice.DEFER or self._others_open(step) or any(stopped):
            return []
        forum = self.rules.forums.get(self.rules.route.notification_forum or "")
        after = self.today + timedelta(days=1)
        coming = next((one.day for one in self._sittings(forum.key, after)), None) if forum else None
        answered = [*made, *(one for other in beside for one in self._made(other))]
        noted = tuple(self._told(decision) for decision in sorted(answered, key=lambda one: one.submitted_at))
        legs = course.together_with(step.key, self.case.route, self.case.branches)[:1] or [leg]
        return self._listed(legs, forum.key, coming, "direct", noted) if forum and coming else []

    def _listed(
        self, legs: Sequence[Leg], forum: str, meeting: date, key: str, noted: tuple[Answer, ...] = ()
    ) -> list[QueuedLetter]:
        secretary = self.rules.forums[forum].secretary
        person = self.people.holder(secretary, self.today)
        if person is None:
            return []
        letter = letters.Listed(
            to=self._addressee(secretary, person.id),
            matter=self._matter(),
            question=Question(kind=legs[0].leg, forum=title(self.rules, forum, self.today), meeting=meeting),
            clause=self._clause(legs[0].clause),
            issues=tuple(
                named
                for leg in legs[1:]
                for ask in leg.asks
                for named in about(self.case, ask.key, self.rules)
            ),
            noted=noted,
        )
        ref, version = self.case.ref, self.case.version
        return [self._tell(f"{ref}:listed:{key}:{version}:{meeting}", letter, None, person.id, secretary)]

    def undeliverable(self, row: LedgerRow, why: str) -> list[QueuedLetter]:
        """A letter will never arrive: the PMO can reach its reader another way."""
        unsent = letters.Unsent(
            to=name(self.people, row.person) or title(self.rules, row.post, self.today),
            address=row.address,
            about=row.kind.replace("_", " "),
            why=why,
        )
        return self._to_pmo(f"{row.key}:undeliverable", cause="undeliverable", unsent=unsent)

    def order_failed(self, order: OrderView) -> list[QueuedLetter]:
        """An order could not be sent: the PMO can have it sent again, or order another way."""
        return self._to_pmo(
            f"{order.key}:failed:{order.round}",
            cause="order",
            desk=self._links.page("orders"),
            order=letters.UnsentOrder(
                number=order.number,
                cancels=order.kind == orders.CANCELLED,
                amount=order.amount,
                why=order.why,
            ),
        )

    def _stuck(self, put: Put, key: str, cause: str, silent: Sequence[Seat]) -> list[QueuedLetter]:
        """Tell the PMO of seats that nobody answers, or that have nobody to answer them."""
        if not silent:
            return []
        return self._to_pmo(
            key,
            cause=cause,
            question=self._question(put.key, put.terms.kind, silent[0]),
            seat=title(self.rules, silent[0].post, self.today),
            **(self._silence(put, silent) if cause == "unanswered" else {}),
        )

    def _silence(self, put: Put, silent: Sequence[Seat]) -> dict[str, object]:
        """Say who has not answered, and what the ladder still holds if nobody does."""
        asked = self._asked(put, silent)
        return {"silent": len(silent), "asked": asked, "if_silent": self._if_silent(put, silent[0])}

    def _to_pmo(self, key: str, cause: str, seat: str = "", **facts: object) -> list[QueuedLetter]:
        letter = pmo_letter(
            self.tx, self.case, self._links.page, cause=cause, key=key, seat=seat, day=self.today, facts=facts
        )
        return [letter] if letter else []

    # --------------------------------------------------------------- the sponsor's letters

    def _submitted(self, to: Addressee, kept: Mapping[str, Outcome]) -> letters.Submitted:
        standing = [steps.must(self.tx, outcome.step) for outcome in kept.values()]
        answered = (self._told(made).who for step in standing for made in self._made(step))
        return letters.Submitted(
            to=to,
            matter=self._matter(),
            on=self.case.proposal.submitted,
            decide_by=self.case.decide_by,
            fingerprint=self.case.content_hash,
            route=tuple(
                letters.Stop(
                    leg=leg.leg,
                    who=tuple(title(self.rules, post, self.today) for post in leg.who),
                    clause=self._clause(leg.clause),
                    reason=leg.reason,
                    meeting=leg.meeting,
                )
                for leg in self.case.route
            ),
            kept=tuple(dict.fromkeys(answered)),
        )

    def _letter_of(
        self, state: State, step: StepView | None, orders_to: str, valid_until: date | None
    ) -> "ToSponsor | None":
        """Return the letter which a state sends, if it sends one."""
        common = {"matter": self._matter(), "on": self.today}
        answers = self._answers(step)
        match state:
            case State.APPROVED:
                approving = tuple(self._told(made) for made in self._this_version())
                order = {"order": orders.number_of(self.case.ref), "orders_to": orders_to}
                size = self.case.size
                return partial(
                    letters.Approved, **common, **order, size=size, answers=approving, valid_until=valid_until
                )
            case State.REJECTED:
                return partial(letters.Rejected, **common, answers=answers)
            case State.CLOSED_UNFUNDED:
                return partial(letters.Unfunded, **common, answers=answers)
            case State.CLOSED_REFUSED:
                left = self._left_to_do()
                return partial(letters.ExceptionRefused, **common, answers=answers, left=left)
            case State.RETURNED:
                page = self._links.page(f"proposals/{self.case.ref}")
                return partial(letters.Returned, **common, wanted=answers, answer_at=page)
            case State.WITHDRAWN:
                return partial(letters.Withdrawn, **common, by=self._withdrew())
            case State.LAPSED if self._ran_out(step):
                return partial(
                    letters.ApprovalLapsed,
                    **common,
                    valid_until=self.case.valid_until,
                    approved_by=self._approved_by(),
                    order=self._order(),
                )
            case State.LAPSED if step:
                return partial(
                    letters.Lapsed,
                    **common,
                    question=self._question(step.key, step.kind, step.seats[0]),
                    why=step.why,
                    asked=self._asked(Put.again(step, step.seats), step.seats),
                    answers=tuple(self._told(made) for made in self._made(step)),
                )
            case State.CLOSED:
                confirmed = answers[-1].who if answers else ""
                return partial(letters.Completed, **common, confirmed_by=confirmed)
            case _:
                return None

    def _ran_out(self, step: StepView | None) -> bool:
        """Say whether it is its approval that lapses, and not a question that nobody answered."""
        silent = step is not None and step.ending is Ending.SILENT
        return self.case.valid_until is not None and not silent

    def _approved_by(self) -> tuple[str, ...]:
        """Return the forum that approved the version in hand, or else the posts that gave its money."""
        yes = [(step, made) for step, made in self._decisions(self.case.version) if made.choice.favourable]
        forums = [step.ask.forum for step, _ in yes if step.kind in ("srg", "referral") and step.ask.forum]
        bodies = forums or [made.post for step, made in yes if step.kind in ("funding", "authority")]
        return tuple(title(self.rules, body, self.today) for body in dict.fromkeys(bodies))

    def _order(self) -> str:
        """Return the number of the order that the approval raised, if it did."""
        raised = (order for order in orders.of_case(self.tx, self.case.ref) if order.kind == orders.RAISED)
        return next((order.number for order in raised), "")

    def _answers(self, step: StepView | None) -> tuple[Answer, ...]:
        """Return the answers that brought a step to its outcome; all of them where it counted votes."""
        made = self._made(step) if step else []
        alike = [decision for decision in made if step and decision.choice is step.choice]
        return tuple(self._told(decision) for decision in (alike or made))

    def _left_to_do(self) -> letters.Condition | None:
        """Return what a refusal leaves the directorate to do, if it is followed up."""
        action = next(iter(actions.of_case(self.tx, self.case.ref)), None)
        return (
            letters.Condition(
                text="Bring it within the guidelines, or end the spending.",
                owner=title(self.rules, action.owner, self.today),
                by=action.due,
                verifier=title(self.rules, action.verifier, self.today),
                action=action.ref,
            )
            if action
            else None
        )

    def _withdrew(self) -> str:
        withdrawal = self.case.withdrawal
        return name(self.people, withdrawal.by) if withdrawal else "an operator of this service"

    def _to_sponsor(self, key: str, letter: "ToSponsor") -> list[QueuedLetter]:
        """Write to the sponsor and the lead officer; once, if they are one person."""
        people: dict[str, str] = {}
        for post in (self.case.sponsor, self.case.lead):
            if person := self.people.holder(post, self.today):
                people.setdefault(person.id, post)
        return [
            self._tell(
                f"{self.case.ref}:{key}:{person}",
                letter(to=self._addressee(post, person)),
                None,
                person,
                post,
            )
            for person, post in people.items()
        ]

    # --------------------------------------------------------------------------- facts

    def _told(self, made: DecisionView) -> Answer:
        return told(made, self.people, self._tracked)

    @cached_property
    def _tracked(self) -> dict[tuple[str, int], str]:
        """The actions by which the case's conditions are followed up, by decision and number."""
        return tracked(self.tx, self.case.ref)

    def _made(self, step: StepView) -> tuple[DecisionView, ...]:
        return intents.decisions_of_step(self.tx, step.id, strict=False)

    def _this_version(self) -> list[DecisionView]:
        return [made for _, made in self._decisions(self.case.version)]

    def _decisions(self, version: int) -> list[tuple[StepView, DecisionView]]:
        """Return what was answered about a version, or stands for it."""
        asked = {step.id: step for step in self._about(version)}
        return [
            (asked[made.step], made)
            for made in intents.decisions_of(self.tx, self.case.ref, strict=False)
            if made.step in asked
        ]

    def _about(self, version: int) -> tuple[StepView, ...]:
        return steps.of_version(self.tx, self.case.ref, version)

    def _addressee(self, post: str, person: str) -> Addressee:
        return Addressee(
            name=name(self.people, person),
            address=self.people.address(post, person),
            post_title=title(self.rules, post, self.today),
        )

    def _matter(self) -> Matter:
        page = self._links.page(f"cases/{self.case.ref}")
        return matter(self.tx, self.case, self.rules, page, self.today)

    def _question(self, key: str, kind: str, seat: Seat) -> Question:
        share = share_of(self.case, key, seat.post)
        found = place(self.case, key)
        leg, put = found if found else (None, None)
        forum = (put.forum if put else "") or (leg.forum if leg else "")
        return Question(
            kind=kind,
            amount=seat.amount,
            percent=share.percent if share and seat.amount is not None else None,
            forum=title(self.rules, forum, self.today) if forum else "",
            meeting=(put.meeting if put else None) or (leg.meeting if leg else None),
            share_of=title(self.rules, share.post, self.today) if share and kind == "authority" else "",
            limit=self.rules.limits.get(share.post) if share and kind == "authority" else None,
            about=about(self.case, key, self.rules),
            why=leg.reason if leg and kind in ("referral", "referral_meeting", "extra") else "",
            added_by=self._added_by(seat.post) if kind == "extra" else "",
        )

    def _added_by(self, post: str) -> str:
        """Return the post that added another as an approver."""
        added = approvers.of_case(self.tx, self.case.ref)
        return next((title(self.rules, one.by_post, self.today) for one in added if one.post == post), "")

    def _still_there(self, seat: Seat, holder: Holder) -> bool:
        """Say whether somebody who was asked still holds the post that was asked, or any if they cover it."""
        held = self.people.posts_of(holder.person, self.today)
        return seat.post in held if holder.capacity is Capacity.HOLDER else bool(held)

    def _seat(self, step: StepView, key: str) -> Seat:
        return next(seat for seat in step.seats if seat.key == key)

    def _clause(self, number: str) -> Clause:
        return Clause(number=number, text=self.rules.clause_text(number).rstrip("."))

    def _asked(self, put: Put, seats: Sequence[Seat]) -> tuple[Asked, ...]:
        """Return the people who were asked for seats that are silent, each with the day of their letter."""
        answered = {made.seat for made in intents.decisions_of_step(self.tx, put.step, strict=False)}
        written: dict[tuple[str, str], date] = {}
        for row in ledger.of_step(self.tx, put.step):
            if row.link_id:
                written.setdefault((row.seat, row.person), calendar.local_day(row.queued))
        return tuple(
            Asked(who=self._as_asked(holder), since=since, working_days=self._working_days(since))
            for seat in seats
            if seat.key not in answered
            for holder in seat.holders
            # Somebody who is covered is told, and has no letter that asks.
            if (since := written.get((seat.key, holder.person)))
        )

    def _as_asked(self, holder: Holder) -> str:
        """Return somebody's name, and the post through which they were asked."""
        person = name(self.people, holder.person)
        post = title(self.rules, holder.post, self.today)
        who = f"{person}, {post}" if person else post
        return f"{who} ({_CAPACITIES[holder.capacity]})" if holder.capacity in _CAPACITIES else who

    def _working_days(self, since: date) -> int:
        return calendar.working_days_between(since, self.today, self.rules.non_working)

    def _next(self, step: StepView, choice: Choice | None) -> letters.Next | None:
        """Say where the case goes if an answer, with those it was put together with, lets it go on."""
        if choice in (None, Choice.DEFER) or self._end(step, choice):
            return None
        outcomes = {
            other.key: came_to(other, choice if other.id == step.id else other.choice)
            for other in together(self.case, step, self._about(step.version))
        }
        # As they are held from the first day on for which a case could be down.
        since = min([self.today, *(leg.meeting for leg in self.case.route if leg.meeting)])
        return following(
            self.case,
            outcomes,
            self.rules,
            calendar.day_of_receipt(self.at, ()),
            self._about(step.version),
            lambda forum: self._sittings(forum, since),
        )

    def _cover_ends(self, person: str) -> date | None:
        return next(
            (cover.ends for cover in covers.of(self.tx, person) if cover.starts <= self.today <= cover.ends),
            None,
        )

    # ------------------------------------------------------------------------ the ledger

    def _queue(self, key: str, letter: Letter, put: Put, seat: Seat, holder: Holder) -> QueuedLetter:
        """Queue a letter with the one link by which its reader may answer."""
        return QueuedLetter(
            key=key,
            case=self.case.ref,
            step=put.step,
            seat=seat.key,
            person=holder.person,
            post=holder.post,
            address=letter.to.address,
            kind=letter.kind,
            props=letter.model_dump(mode="json"),
            link=LinkBinding(round=put.round, content_hash=put.content_hash, expires=self.at + LINK_LIFE),
        )

    def _tell(self, key: str, letter: Letter, step: StepView | None, person: str, post: str) -> QueuedLetter:
        """Queue a letter that asks nothing."""
        return QueuedLetter(
            key=key,
            case=self.case.ref,
            step=step.id if step else "",
            person=person,
            post=post,
            address=letter.to.address,
            kind=letter.kind,
            props=letter.model_dump(mode="json"),
        )


_CAPACITIES = {Capacity.COVER: "covering", Capacity.SUBSTITUTE: "substitute"}
"""What somebody is called who was asked in another's place."""


class ToSponsor(Protocol):
    """A letter that only wants an addressee."""

    def __call__(self, *, to: Addressee) -> Letter:
        """Write it to somebody."""


def _reminder_key(put: Put, seat: Seat, holder: Holder, rung: Rung) -> str:
    return f"{put.step}:reminder:{rung.number}:{seat.key}:{holder.person}"


def _new(seat: Seat, step: StepView) -> tuple[Holder, ...]:
    known = next(earlier.holders for earlier in step.seats if earlier.key == seat.key)
    return tuple(holder for holder in seat.holders if holder.person not in [one.person for one in known])
