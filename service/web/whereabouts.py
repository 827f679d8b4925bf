"""Where a case is now, in words: on whom, since when, what happens next, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service import telling
from service.handbook import Edition
from service.store import intents, steps
from service.store.cases import CaseItem, CaseView
from service.store.engine import Tx
from service.store.steps import Waiting
from service.web import words
from workflows.model import Leg, Nudge, Size, State
from workflows.rules import calendar, states


@dataclass(frozen=True)
class Wait:
    """Something a case waits for."""

    step: str
    on: str
    """The key of the post or forum."""
    who: str
    """Its title."""
    began: datetime
    since: date
    working_days: int
    next: str
    """What happens if it goes on waiting, in words."""
    moment: datetime | None
    at: date | None

    @property
    def sentence(self) -> str:
        """Say it all."""
        said = (
            f"With {self.who} since {words.short_day(self.since)} ({words.working_days(self.working_days)})."
        )
        if self.at is None:
            return said if self.step else f"{said} Then {self.next}."
        return f"{said} On {words.day(self.at)}, {self.next}."


@dataclass(frozen=True)
class Place:
    """A leg on the map of a case's way."""

    leg: str
    who: str
    clause: str
    reason: str
    place: str
    """done, here or to come."""
    when: str


def waits(tx: Tx, case: CaseView) -> tuple[Wait, ...]:
    """Return what a case waits for."""
    edition = telling.edition(tx, case.edition)
    answered = {(decision.step, decision.seat) for decision in intents.decisions_of(tx, case.ref)}
    waiting = [wait for wait in steps.waiting(tx, case.ref) if (wait.step, wait.seat) not in answered]
    return worded(waiting, edition, tx.today)


def worded(waiting: Iterable[Waiting], edition: Edition, today: date) -> tuple[Wait, ...]:
    """Put waits into words."""
    return tuple(_worded(wait, edition, today) for wait in waiting)


def _worded(wait: Waiting, edition: Edition, today: date) -> Wait:
    since = words.local(wait.since)
    return Wait(
        step=wait.step,
        on=wait.on,
        who=telling.title(edition, wait.on, today),
        began=wait.since,
        since=since,
        working_days=calendar.working_days_between(since, today, edition.non_working),
        next=_next(wait, telling.title(edition, wait.on, today)),
        moment=wait.at,
        at=words.local(wait.at) if wait.at else None,
    )


def _next(wait: Waiting, who: str) -> str:
    if wait.next in list(Nudge):
        return words.NUDGES[Nudge(wait.next)]
    if wait.step:
        return "it goes on waiting"
    return f"{who} meets" if wait.at and wait.key == "notification" else "it goes on"


def sentences(tx: Tx, case: CaseView) -> tuple[str, ...]:
    """Say where a case is, in one sentence for each thing it waits for."""
    return told(case, waits(tx, case))


def told(case: CaseItem, waiting: Sequence[Wait]) -> tuple[str, ...]:
    """Say where a case is, given what it waits for."""
    if waiting:
        return tuple(wait.sentence for wait in waiting)
    state = words.STATES.get(State(case.state), words.plain(case.state))
    if not case.open:
        return (f"{state} on {words.short_day(case.changed)}.",)
    if case.withdrawal is not None:
        return ("It is being withdrawn.",)
    if case.state == State.APPROVED and case.size is Size.MAJOR:
        return (f"Approved on {words.short_day(case.changed)}. Its project is still to come.",)
    return ("It is on its way to the next people. Look again in a minute.",)


def places(tx: Tx, case: CaseView) -> tuple[Place, ...]:
    """Draw the map: every leg of the route, and where the case is on it."""
    edition = telling.edition(tx, case.edition)
    asked = steps.of_case(tx, case.ref)
    here = _here(case)
    found: list[Place] = []
    for number, leg in enumerate(case.route):
        keys = {ask.key for ask in leg.asks}
        own = [step for step in asked if step.key in keys and step.version == case.version]
        done = bool(own) and not any(step.open for step in own) and number != here
        place = "here" if number == here else "done" if done else "to come"
        found.append(_place(leg, edition, tx.today, place))
    return tuple(found)


def _place(leg: Leg, edition: Edition, today: date, place: str) -> Place:
    return Place(
        leg=words.leg(leg.leg),
        who=words.listed([telling.title(edition, post, today) for post in leg.who]),
        clause=leg.clause,
        reason=words.sentence(leg.reason),
        place=place,
        when=f"Meets on {words.short_day(leg.meeting)}" if leg.meeting else "",
    )


def _here(case: CaseView) -> int:
    """Return the number of the leg that a case is passing; -1 if it is on none."""
    for number, leg in enumerate(case.route):
        passing = leg in states.approval_legs((leg,)) and states.while_passing(leg) == case.state
        completing = leg.leg == "completion" and case.state == State.APPROVED
        if passing or completing:
            return number
    return -1
