"""How things stand with a link: what it leads to now, worked out afresh at every look and every press."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from notifications import sayings
from service import telling
from service.handbook import Edition, Person
from service.store import approvers, cases, intents, links, steps, undoing
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import StoredIntent
from service.store.links import LinkRow
from service.store.steps import SeatView, StepView
from service.store.undoing import StoredUndo
from workflows.model import BESIDE, Assurance, Capacity, Choice, Ending, Holder, decision_key, undo_key
from workflows.rules import calendar


class Standing(StrEnum):
    """What a link comes to. Each has its page."""

    OPEN = "open"
    NOT_OPEN_YET = "not_open_yet"
    BEING_RECORDED = "being_recorded"
    DECIDED_BY_YOU = "decided_by_you"
    DECIDED_BY_OTHERS = "decided_by_others"
    CHANGED = "changed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ASKED_NO_MORE = "asked_no_more"
    """They were added as an approver, and taken back."""
    REASSIGNED = "reassigned"
    NOT_YOURS = "not_yours"


STATUS = {
    Standing.OPEN: 200,
    Standing.NOT_OPEN_YET: 409,
    Standing.BEING_RECORDED: 202,
    Standing.DECIDED_BY_YOU: 200,
    Standing.DECIDED_BY_OTHERS: 409,
    Standing.CHANGED: 409,
    Standing.EXPIRED: 410,
    Standing.WITHDRAWN: 410,
    Standing.ASKED_NO_MORE: 410,
    Standing.REASSIGNED: 410,
    Standing.NOT_YOURS: 403,
}


@dataclass(frozen=True)
class Sight:
    """Everything about a link, as it is at this moment."""

    link: LinkRow
    standing: Standing
    case: CaseView
    edition: Edition
    """The rules the case opened with, which know by name also whoever has come since."""
    people: Edition
    """The handbook in force, by which people are found."""
    today: date
    step: StepView | None = None
    seat: SeatView | None = None
    holder: Holder | None = None
    answer: StoredIntent | None = None
    """What has been submitted for the seat."""
    undo: StoredUndo | None = None
    """The wish to take it back, if there is one."""
    undo_until: datetime | None = None
    """Until when the person may take their answer back; None if they may not, or have said so already."""
    covered: Person | None = None
    """Whoever the person covers for, be it the next up the line, or sits in the place of as a substitute."""
    waits: bool = False
    """Of a case that has changed: some question of it waits for the person now."""
    answered_anew: bool = False
    """Of a case that has changed: the person has answered about the version in hand."""
    passed_on: str = ""
    """Of a question that nobody settled: who is asked now in its place, in words."""

    @property
    def open_step(self) -> StepView:
        """The step; there is one unless it is not open yet."""
        assert self.step is not None
        return self.step

    @property
    def open_seat(self) -> SeatView:
        """The seat; there is one wherever there is a step."""
        assert self.seat is not None
        return self.seat

    @property
    def taken_back(self) -> bool:
        """The person's last answer counts no more, at their own wish."""
        return self._own_answer and self.answer is not None and self.answer.state == intents.UNDONE

    @property
    def being_taken_back(self) -> bool:
        """The person has said that they take their answer back, and the step has not said yet that it is."""
        return self._own_answer and self.undo is not None and self.undo.state == intents.SUBMITTED

    @property
    def _own_answer(self) -> bool:
        return self.answer is not None and self.answer.person == self.link.person

    @property
    def who(self) -> str:
        """The name of the person the link is for."""
        return telling.name(self.people, self.link.person)

    @property
    def post(self) -> str:
        """The title of the post that is asked."""
        return telling.title(self.edition, self.link.post, self.today)

    @property
    def own(self) -> bool:
        """The person holds the post that is asked, and is not asked in its holder's place."""
        return self.holder is None or self.holder.capacity is Capacity.HOLDER

    @property
    def covering(self) -> str:
        """The name of whoever the person covers for, or sits in the place of; empty if nobody."""
        own = self.covered
        vacant = telling.title(self.edition, self.open_seat.post, self.today) if self.substitute else ""
        return own.name if own else vacant

    @property
    def substitute(self) -> bool:
        """The person sits there as the forum's substitute for its member."""
        return self.holder is not None and self.holder.capacity is Capacity.SUBSTITUTE

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What may be answered: nothing is put off once no working day is left of the approval."""
        good = self.case.good_until
        if good is None or calendar.nth_working_day(self.today, 1, self.edition.non_working) <= good:
            return self.open_step.choices
        return tuple(choice for choice in self.open_step.choices if choice is not Choice.DEFER)

    @property
    def needs_code(self) -> bool:
        """The answer needs a code that was sent to the person's address."""
        return self.open_step.assurance_for(self.open_seat) is Assurance.CODE


def look(tx: Tx, link: LinkRow) -> Sight:
    """Work out how things stand with a link."""
    case = cases.get(tx, link.case)
    edition, people = telling.rules_of(tx, case), telling.directory(tx, case)
    step = steps.get(tx, link.step)
    seat = step.seat(link.seat) if step else None
    if step is None or seat is None:
        return Sight(link, Standing.NOT_OPEN_YET, case, edition, people, tx.today)
    if not people.posts_of(link.person, tx.today):
        # Whoever has left is let in by no link, as they cannot sign in: not even to what they answered.
        return Sight(link, Standing.REASSIGNED, case, edition, people, tx.today, step, seat)
    answer = intents.shown(tx, decision_key(step.id, step.round, seat.key))
    holder = _holder(tx, people, case, step, seat, link.person)
    standing = _standing(tx, link, case, step, seat, answer, holder)
    undo = undoing.get(tx, undo_key(answer.key, answer.attempt)) if answer and answer.held_until else None
    until = _undo_until(tx, link, step, answer) if answer and holder and not undo else None
    own = telling.covered(tx, people, holder, seat.post, tx.today) if holder else None
    sight = Sight(
        link, standing, case, edition, people, tx.today, step, seat, holder, answer, undo, until, covered=own
    )
    match standing:
        case Standing.CHANGED:
            waiting = telling.waiting_for(tx, link.person, tx.today)
            waits = any(other.ref == case.ref for other, _, _ in waiting)
            return replace(sight, waits=waits, answered_anew=_answered_anew(tx, case, link.person))
        case Standing.EXPIRED if not step.open:
            return replace(sight, passed_on=_passed_on(tx, case, step, edition))
        case _:
            return sight


def find(tx: Tx, link_id: str) -> Sight | None:
    """Work out how things stand with the link of an id, if there is such a link."""
    link = links.get(tx, link_id)
    return look(tx, link) if link else None


def _undo_until(tx: Tx, link: LinkRow, step: StepView, answer: StoredIntent) -> datetime | None:
    """Return until when an answer may be taken back by whoever follows a link, who may answer still."""
    held = answer.held_until if answer.state not in intents.VOID and answer.person == link.person else None
    return held if held and tx.now <= held and step.open else None


def _standing(
    tx: Tx,
    link: LinkRow,
    case: CaseView,
    step: StepView,
    seat: SeatView,
    answer: StoredIntent | None,
    holder: Holder | None,
) -> Standing:
    if answer is not None and answer.state not in intents.VOID:
        return _answered(link, answer)
    # The register hears a moment later that an answer was taken back.
    if seat.answered and not (answer and answer.state == intents.UNDONE):
        yours = seat.person == link.person
        return Standing.DECIDED_BY_YOU if yours else Standing.DECIDED_BY_OTHERS
    if case.withdrawal is not None:
        return Standing.WITHDRAWN
    if link.content_hash != step.content_hash or case.content_hash != step.content_hash:
        return Standing.CHANGED
    if _taken_back(tx, step):
        return Standing.ASKED_NO_MORE
    if not step.open:
        return _ended(step)
    if link.revoked_at is not None:
        return Standing.REASSIGNED
    if link.person in _barred(tx, case, step):
        return Standing.NOT_YOURS
    if holder is None:
        return Standing.REASSIGNED
    # Last, for an expired link offers a new one: nobody who may not answer is sent the question anew.
    return Standing.EXPIRED if link.expires <= tx.now else Standing.OPEN


def _answered_anew(tx: Tx, case: CaseView, person: str) -> bool:
    """Say whether a person has answered a question about the version of a case that is in hand."""
    asked = [step.id for step in steps.of_version(tx, case.ref, case.version)]
    made = intents.decisions_of(tx, case.ref, strict=False)
    return any(one.person == person and one.step in asked for one in made)


def _passed_on(tx: Tx, case: CaseView, step: StepView, rules: Edition) -> str:
    """Say who is asked in the place of a question that nobody settled, until that is settled too."""
    following = telling.otherwise(case, step.key)
    if following is None:
        return ""
    put = [one for one in steps.of_version(tx, case.ref, step.version) if one.key == following.key]
    if put and not any(one.open for one in put):
        return ""
    who = telling.asked(following, rules, tx.today)
    return sayings.passed_on(who, following.meeting if following.meets else None)


def _taken_back(tx: Tx, step: StepView) -> bool:
    """Say whether whoever a question was put to besides is not asked any more: from then on none answers."""
    added = approvers.of_case(tx, step.case) if step.kind == "extra" else ()
    return any(one.taken_back_at and step.key in [ask.key for ask in one.leg.asks] for one in added)


def _answered(link: LinkRow, answer: StoredIntent) -> Standing:
    if answer.person != link.person:
        return Standing.DECIDED_BY_OTHERS
    return Standing.DECIDED_BY_YOU if answer.state == "accepted" else Standing.BEING_RECORDED


def _ended(step: StepView) -> Standing:
    if step.ending is Ending.WITHDRAWN and step.why not in BESIDE:
        return Standing.WITHDRAWN
    return Standing.EXPIRED if step.ending is Ending.SILENT else Standing.DECIDED_BY_OTHERS


def _holder(
    tx: Tx, people: Edition, case: CaseView, step: StepView, seat: SeatView, person: str
) -> Holder | None:
    """Return through which post the person was asked, if they may still answer today."""
    asked = next((holder for holder in seat.holders if holder.person == person), None)
    if asked is None:
        return None
    return asked if telling.seated(tx, case, step, step.asked, tx.today).may_still(asked, seat) else None


def _barred(tx: Tx, case: CaseView, step: StepView) -> frozenset[str]:
    return telling.barred(tx, case, step.kind, step.asked, step.terms.deciding, tx.today)
