"""Letters to the offices that keep a case moving: the PMO, and the secretaries of forums."""

from collections.abc import Sequence
from datetime import date, timedelta

from activities.correspondence.asking import Asking
from activities.correspondence.case_file import Put
from notifications import sayings
from service.store import orders, steps
from service.store.intents import DecisionView
from service.store.letters import LedgerRow, QueuedLetter
from service.store.orders import OrderView
from service.store.steps import StepView
from service.telling import (
    about,
    name,
    pmo_letter,
    title,
)
from workflows import letters
from workflows.letters import Answer, Question
from workflows.model import (
    Choice,
    Leg,
    Nudge,
    Outcome,
    Seat,
)
from workflows.rules import course


class Office(Asking):
    """Tells the PMO what is stuck, and a forum's secretary what is coming to its meeting."""

    def _listed(
        self, legs: Sequence[Leg], forum: str, meeting: date, key: str, noted: tuple[Answer, ...] = ()
    ) -> list[QueuedLetter]:
        question = Question(kind=legs[0].leg, forum=title(self.rules, forum, self.today), meeting=meeting)
        issues = tuple(
            named for leg in legs[1:] for ask in leg.asks for named in about(self.case, ask.key, self.rules)
        )
        return self._to_secretary(forum, key, question, legs[0].clause, issues=issues, noted=noted)

    def _listed_of_delivery(self, forum: str, meeting: date, key: str, kind: str) -> list[QueuedLetter]:
        """What a project, or what follows from one, comes before a meeting with. A secretary who has written
        down that it is put off to that meeting knows so.
        """
        put = [step for step in steps.of_case(self.tx, self.case.ref) if step.key == key]
        if put and put[-1].choice is Choice.DEFER:
            return []
        question = self._question_of_delivery(key, kind).model_copy(update={"meeting": meeting})
        return self._to_secretary(forum, key, question, self.rules.delivery_clauses()[kind])

    def _to_secretary(
        self,
        forum: str,
        key: str,
        question: Question,
        clause: str,
        *,
        issues: tuple[str, ...] = (),
        noted: tuple[Answer, ...] = (),
    ) -> list[QueuedLetter]:
        secretary = self.rules.forums[forum].secretary
        person = self.people.holder(secretary, self.today)
        if person is None:
            return []
        letter = letters.Listed(
            to=self._addressee(secretary, person.id),
            matter=self._matter(),
            on=self.today,
            question=question,
            clause=self._clause(clause),
            issues=issues,
            noted=noted,
        )
        key = f"{self.case.ref}:listed:{key}:{self.case.version}:{question.meeting}"
        return [self._tell(key, letter, None, person.id, secretary)]

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

    def _stuck(self, put: Put, key: str, cause: str, silent: Sequence[Seat]) -> list[QueuedLetter]:
        """Tell the PMO of seats that nobody answers, or that have nobody to answer them."""
        if not silent:
            return []
        return self._to_pmo(
            key,
            cause=cause,
            question=self._question(put.key, put.terms.kind, silent[0]),
            seat=title(self.rules, silent[0].post, self.today),
            **(self._silence(put, silent) if cause == "unanswered" else self._if_nobody(put, silent[0])),
        )

    def _silence(self, put: Put, silent: Sequence[Seat]) -> dict[str, object]:
        """Say who has not answered, and what the ladder still holds if nobody does."""
        asked = self._asked(put, [self._able(put, seat) for seat in silent])
        return {"silent": len(silent), "asked": asked, "if_silent": self._if_silent(put, silent[0])}

    def _if_nobody(self, put: Put, seat: Seat) -> dict[str, object]:
        """Say what becomes of a question if nobody is found for a seat: there is nobody to remind."""
        rungs = self._if_silent(put, seat)
        return {"if_silent": tuple(one for one in rungs if one.then not in (Nudge.REMIND, Nudge.PMO))}

    def _to_pmo(self, key: str, cause: str, seat: str = "", **facts: object) -> list[QueuedLetter]:
        letter = pmo_letter(
            self.tx, self.case, self._links.page, cause=cause, key=key, seat=seat, day=self.today, facts=facts
        )
        return [letter] if letter else []

    def undeliverable(self, row: LedgerRow, why: str) -> list[QueuedLetter]:
        """A letter will never arrive: the PMO can reach its reader another way."""
        unsent = letters.Unsent(
            to=name(self.people, row.person) or title(self.rules, row.post, self.today),
            address=row.address,
            about=sayings.letter(row.kind),
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
