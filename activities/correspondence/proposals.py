"""Which letters an event sends, to whom.

Everything a letter says is fixed when it is queued, so that a letter sent again is the same letter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from activities.correspondence.case_file import Put
from activities.correspondence.outcomes import Outcomes
from activities.correspondence.sponsors import Sponsors
from service import agendas, versions
from service.store import letters as ledger
from service.store import steps
from service.store.letters import QueuedLetter
from service.store.steps import StepView
from service.telling import (
    place,
    title,
)
from workflows import letters
from workflows.model import (
    MEETING,
    Assurance,
    Capacity,
    CaseWaiting,
    Choice,
    Ending,
    Holder,
    Nudge,
    Outcome,
    Seat,
    StepClosing,
    StepDecided,
    StepNudged,
    StepOpening,
    StepReseated,
    StepUndone,
    Timetable,
)
from workflows.rules import calendar, course


class Correspondence(Outcomes, Sponsors):
    """The letters of one case, by event."""

    def begun(self, kept: Mapping[str, Outcome] = MappingProxyType({})) -> list[QueuedLetter]:
        """A version is in: its sponsor and lead are told the way it will go, and others that their answers
        about the one before stand.
        """
        own = partial(self._submitted, kept=kept)
        return [*self._to_sponsor(f"submitted:{self.case.version}", own), *self._kept(kept)]

    def _kept(self, kept: Mapping[str, Outcome]) -> Iterable[QueuedLetter]:
        for step in {outcome.step: steps.must(self.tx, outcome.step) for outcome in kept.values()}.values():
            for made in self._made(step):
                if made.person not in self.people.people:
                    # Who has left reads nothing, and whoever has the post's mailbox now answered nothing.
                    continue
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
        if together:
            return self._listed(together, forum.key, day, waiting.key)
        kind = agendas.of_delivery(waiting.key) if waiting.leg == MEETING else ""
        return self._listed_of_delivery(forum.key, day, waiting.key, kind) if kind else []

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
                    if self._may_still(put, seat, holder)
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
        reopened = tuple(undo.seat for undo in undone.undone)
        put = Put.again(step, step.seats)
        put = replace(put, silent=tuple(dict.fromkeys((*put.silent, *reopened))))
        queued: list[QueuedLetter] = []
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
                own=holder.capacity is Capacity.HOLDER,
                if_silent=self._if_silent(put, seat),
                code_needed=step.assurance_for(seat) is Assurance.CODE,
            )
            queued.append(self._queue(f"{undo.key}:done", letter, put, seat, holder))
        return queued

    def closed(self, step: StepView, closing: StepClosing) -> list[QueuedLetter]:
        """A question is over: receipts to those who just answered, the outcome to everybody else.

        What the last answer left undecided no receipt can tell, so whoever gave it has the outcome as well.
        """
        made = self._made(step)
        fresh = [decision.key for decision in closing.unrecorded]
        queued = [
            self._receipt(step, decision, settled=closing.outcome.choice, until=closing.outcome.until)
            for decision in made
            if decision.key in fresh
        ]
        put, undecided = Put.again(step, step.seats), closing.outcome.ending is Ending.SILENT
        told_now = set() if undecided else {letter.person for letter in queued}
        for decision in made:
            if decision.person not in told_now:
                told_now.add(decision.person)
                queued.append(self._outcome(step, closing, made, decision.person, decision.post))
        after = self._after(step, closing, made)
        # Sponsor and lead read in theirs who put it off and why: it takes the place of what others are told.
        deferred = [one for one in after if one.kind == "deferred" and one.person not in told_now]
        told_now |= {one.person for one in deferred}
        for seat in step.seats:
            for holder in seat.holders:
                # Whoever may answer no more is not asked again either.
                again = closing.outcome.choice is not Choice.DEFER or self._may_still(put, seat, holder)
                if holder.person not in told_now and again:
                    told_now.add(holder.person)
                    queued.append(self._closed_without(step, closing, made, seat, holder))
        # What ends a proposal, turns it or puts it off has a letter of its own to the sponsor, which follows.
        choice = closing.outcome.choice
        own = choice is Choice.DEFER or self._end(step, choice)
        followed = (self.case.sponsor, self.case.lead) if own else ()
        for post in step.inform:
            person = self.people.holder(post, self.today)
            if person and person.id not in told_now and post not in followed:
                told_now.add(person.id)
                queued.append(self._outcome(step, closing, made, person.id, post))
        return queued + [one for one in after if one.kind != "deferred" or one in deferred]


def _new(seat: Seat, step: StepView) -> tuple[Holder, ...]:
    known = next(earlier.holders for earlier in step.seats if earlier.key == seat.key)
    return tuple(holder for holder in seat.holders if holder.person not in [one.person for one in known])
