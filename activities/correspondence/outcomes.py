"""Letters that tell what became of a question: receipts, outcomes, and what follows from them."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from activities.correspondence.case_file import Put
from activities.correspondence.office import Office
from service import boards, reporting
from service.reports import facts
from service.store import approvers
from service.store.intents import DecisionView
from service.store.letters import QueuedLetter
from service.store.steps import StepView
from service.telling import (
    asked,
    barred,
    came_to,
    following,
    otherwise,
    place,
    title,
)
from workflows import letters
from workflows.model import (
    Assurance,
    Capacity,
    Choice,
    Ending,
    Holder,
    LegAsk,
    Seat,
    State,
    StepClosing,
)
from workflows.rules import calendar, projects, reports, states

_MEETING_IS_TOLD = ("notification", "dataset", "parameter")
"""Questions that go to a meeting, which is told afterwards of those that no meeting could serve."""


class Outcomes(Office):
    """Tells those who were asked what their answers came to."""

    def _receipt(
        self,
        step: StepView,
        made: DecisionView,
        settled: Choice | None = None,
        until: date | None = None,
        *,
        open: bool = False,
    ) -> QueuedLetter:
        beside = self._together(step)
        seats = [(other, seat) for other in beside for seat in other.seats]
        given = {(other.id, answer.seat) for other in beside for answer in self._made(other)}
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
        stopping = self._stopping(beside) if goes_on else None
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
            next=self._next(step, settled, made.person)
            if settled and not left and stopping is None
            else None,
            becomes=self._becomes(stopping or step, stopping.choice if stopping else settled)
            if stopping or settled
            else "",
            yours=self._sponsors(made.person),
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

    def _left(self, step: StepView, made: DecisionView) -> tuple[str, ...]:
        """Say how a board's open question stands with an answer, to whoever gave it."""
        board = self._standing(Put.again(step, step.seats))
        if board is None:
            return ()
        out = made.choice is Choice.DECLARE_INTEREST
        return (board.present, boards.OUT, *board.until) if out else board.lines

    def _awaited(self, step: StepView, made: DecisionView, other: StepView, seat: Seat) -> letters.Awaited:
        """Say who is still to answer, and what, where that is not the reader's own question."""
        return letters.Awaited(
            who=title(self.rules, seat.post, self.today),
            you=made.person in [holder.person for holder in seat.holders],
            kind=other.kind if other.kind != step.kind else "",
        )

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
            else self._next(step, outcome.choice, person)
            if not self._others_open(step)
            else None,
            becomes=self._becomes(step, outcome.choice) if outcome.choice else "",
            yours=self._sponsors(person),
            casting=self._casting(step, closing, made),
            veto=self._veto(step, closing, made),
            present=self._present(step) if closing.why == "inquorate" else "",
            rated=_rated(outcome.choice, made),
        )
        return self._tell(f"{step.id}:outcome:{person}", letter, step, person, post)

    def _closed_without(
        self, step: StepView, closing: StepClosing, made: Sequence[DecisionView], seat: Seat, holder: Holder
    ) -> QueuedLetter:
        outcome = closing.outcome
        goes_elsewhere = outcome.ending is Ending.SILENT or outcome.next_meeting
        onward = self._put_at_a_meeting(step) if goes_elsewhere else None
        letter = letters.ClosedWithoutYou(
            to=self._addressee(holder.post, holder.person),
            matter=self._matter(),
            question=self._question(step.key, step.kind, seat),
            seat=title(self.rules, seat.post, self.today),
            ending=outcome.ending,
            choice=outcome.choice,
            on=calendar.local_day(outcome.at),
            why=closing.why,
            until=outcome.until,
            **self._taken_back(closing, seat.post),
            passed_on=onward.who[0]
            if onward
            else self._passed_on(step.key, step.kind, self.today)
            if outcome.ending is Ending.SILENT
            else "",
            meeting=(outcome.until or onward.on) if onward else None,
            own=holder.capacity is Capacity.HOLDER,
            decided_by=self._deciders(step, closing, made),
        )
        return self._tell(f"{step.id}:closed:{holder.person}", letter, step, holder.person, holder.post)

    def _deciders(
        self, step: StepView, closing: StepClosing, made: Sequence[DecisionView]
    ) -> tuple[str, ...]:
        """Return whose answers settled a question: whoever stopped it alone, or those who agree with it."""
        outcome = closing.outcome.choice
        if outcome is None:
            return ()
        if veto := self._veto(step, closing, made):
            return (veto,)
        counted = [one for one in made if one.choice.counted]
        alike = [one for one in counted if one.choice.favourable is outcome.favourable]
        return tuple(self._told(one).who for one in alike)

    def _taken_back(self, closing: StepClosing, post: str) -> dict[str, str]:
        """Return who had an approver asked no more who was added, and why; nothing if it ended otherwise."""
        added = approvers.of_case(self.tx, self.case.ref) if closing.why == "taken_back" else ()
        return next(
            (
                {
                    "taken_back_by": title(self.rules, one.taken_back_by, self.today),
                    "taken_back_why": one.taken_back_why,
                }
                for one in added
                if one.post == post
            ),
            {},
        )

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
                next_meeting=title(self.rules, step.ask.forum, self.today) if outcome.next_meeting else "",
                question=self._question(step.key, step.kind, step.seats[0]),
                answers=tuple(self._told(decision) for decision in made),
                valid_until=self.case.good_until,
            )
            return self._to_sponsor(f"deferred:{step.id}", deferred)
        found = place(self.case, step.key)
        if step.kind in _MEETING_IS_TOLD and found and not found[0].meeting:
            return self._listed_after_direct_reply(step, outcome, found[0], made)
        return []

    def _sponsors(self, person: str) -> bool:
        sponsor = self.people.holder(self.case.sponsor, self.today)
        return sponsor is not None and sponsor.id == person

    def _next(self, step: StepView, choice: Choice | None, reader: str) -> letters.Next | None:
        """Say where the case goes if an answer, with those it was put together with, lets it go on."""
        if choice in (None, Choice.DEFER):
            return None
        if step.kind in reports.KINDS:
            return self._next_of_delivery(step, choice, reader)
        if self._end(step, choice):
            return None
        outcomes = {
            other.key: came_to(other, choice if other.id == step.id else other.choice)
            for other in self._together(step)
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
            partial(self._answering, reader),
        )

    def _next_of_delivery(self, step: StepView, choice: Choice | None, reader: str) -> letters.Next | None:
        """Say who is asked next by what a question of delivery came to; None where no one post is."""
        asked = self._asked_next(step, choice)
        if not asked:
            return None
        holders = [self.people.holder(post, self.today) for post in asked]
        if reader in [holder.id for holder in holders if holder]:
            return letters.Next(leg=step.kind, you=True)
        return letters.Next(leg=step.kind, who=tuple(title(self.rules, post, self.today) for post in asked))

    def _asked_next(self, step: StepView, choice: Choice | None) -> tuple[str, ...]:
        """Return the posts that are asked next by what a question of delivery came to."""
        if step.kind == projects.REVIEW_CHECK and choice is Choice.SEND_BACK:
            return (self.rules.acting(self.case.lead, self.today),)
        if step.kind == projects.REVIEW and choice is Choice.REPORT:
            return (self.rules.acting(self.rules.route.reviewer, self.today),)
        return ()

    def _answering(self, person: str, put: LegAsk) -> tuple[str, ...]:
        """Return the posts for which somebody will be asked a question that is still to be put."""
        deciding = self.rules.terms()[put.kind].deciding
        if person in barred(self.tx, self.case, put.kind, put.seats, deciding, self.today):
            return ()
        held = self.people.posts_of(person, self.today)
        return tuple(seat.post for seat in put.seats if seat.post in held)

    def _becomes(self, step: StepView, choice: Choice | None) -> str:
        """Return the state to which an answer brings the case, if it does not simply go on.

        What was refused beside it is over, whatever else is answered.
        """
        state = self._end(step, choice)
        if state is State.RETURNED and (stopping := self._stopping(self._beside(step))):
            refused = self._end(stopping, stopping.choice) if stopping.choice else None
            state = refused or state
        return state or ""

    def _stopping(self, beside: Sequence[StepView]) -> StepView | None:
        """Return the question that stops the case, of those put together that are closed."""
        stops = [other for other in beside if not other.open and self._end(other, other.choice)]
        if not stops:
            return None
        counts = states.together([came_to(other, other.choice) for other in stops])
        return next(other for other in stops if other.id == counts.step)

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


def _rated(choice: Choice | None, made: Sequence[DecisionView]) -> str:
    """Say how confident of delivery a board is that lets a project through, where its gate asks that."""
    rating, ratings = reporting.rated(made)
    return facts.confidence(rating, ratings) if rating and choice and choice.favourable else ""
