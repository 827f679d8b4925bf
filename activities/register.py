"""The register of steps: who is asked, who answered, what it came to."""

from collections.abc import Sequence
from datetime import datetime

from temporalio import activity

from activities.correspondence import correspondence
from activities.writing import Writing
from service import agendas, remembering
from service.handbook import Edition
from service.links import Links
from service.mailroom import Mailroom
from service.store import Store, cases, intents, links, steps, undoing
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.steps import StepView
from service.telling import directory, seated
from workflows import ports
from workflows.model import (
    AnswersDue,
    Ask,
    Choice,
    Decision,
    Ladder,
    Nudge,
    StepClosing,
    StepDecided,
    StepHeld,
    StepNudged,
    StepOpened,
    StepOpening,
    StepReseated,
    StepSeated,
    StepUndone,
)
from workflows.rules import calendar, ladder


class Register(Writing, ports.Register):
    """Writes steps and decisions into the record, each with the letters it sends."""

    def __init__(self, store: Store, mailroom: Mailroom, links: Links) -> None:
        super().__init__(store, mailroom)
        self._links = links

    @activity.defn(name="step_opened")
    async def opened(self, opening: StepOpening) -> StepOpened:
        """Find the people of a step's seats, date its ladder, write the step, and send their letters."""
        return await self._write(self._opened, opening)

    @activity.defn(name="step_nudged")
    async def nudged(self, nudged: StepNudged) -> StepSeated:
        """Write that a rung came due; add the people it brings in, and send the letters."""
        return await self._write(self._nudged, nudged)

    @activity.defn(name="step_reseated")
    async def reseated(self, reseated: StepReseated) -> StepSeated:
        """Write who may answer for silent seats as people are now, and send the letters of the new ones."""
        return await self._write(self._reseated, reseated)

    @activity.defn(name="step_decided")
    async def decided(self, decided: StepDecided) -> None:
        """Write decisions that leave the step open, and send their receipts."""
        await self._write(self._decided, decided)

    @activity.defn(name="step_undone")
    async def undone(self, undone: StepUndone) -> None:
        """Write that answers were taken back, and tell whoever took them."""
        await self._write(self._undone, undone)

    @activity.defn(name="step_held")
    async def held(self, held: StepHeld) -> None:
        """Write when a step's outcome takes effect, or that there is none any more."""
        await self._write(steps.held, held)

    @activity.defn(name="step_closed")
    async def closed(self, closing: StepClosing) -> None:
        """Write a step's last decisions and its outcome, and send the letters that tell it."""
        await self._write(self._closed, closing)

    @activity.defn(name="unsettled_intents")
    async def unsettled_intents(self, due: AnswersDue) -> tuple[str, ...]:
        """Return the keys of what was submitted before an instant, to decide or to take back, and has
        no answer yet.
        """
        return await self._write(self._unsettled, due)

    def _opened(self, tx: Tx, opening: StepOpening) -> StepOpened:
        # Two questions that open at once must each see whom the other asks.
        tx.lock(opening.ask.case)
        case = cases.get(tx, opening.ask.case)
        ask = opening.ask
        seats = seated(tx, case, ask, ask.seats, calendar.local_day(opening.at)).seats(ask)
        desk = correspondence(tx, case, self._links, opening.at)
        begins = _begins(opening)
        times = ladder.dated(_ladder(tx, ask, desk.rules), begins, desk.rules.non_working, ask.due)
        return steps.opened(tx, opening, times, seats, desk.opened(opening, times, seats))

    def _nudged(self, tx: Tx, nudged: StepNudged) -> StepSeated:
        tx.lock(steps.case_of(nudged.step))
        step, case = _step(tx, nudged.step)
        day = calendar.local_day(nudged.at)
        if to := agendas.rolled_on_to(tx, directory(tx, case), step, day):
            # Nobody is late: the forum's next meeting has it, and asks its secretary for the record of it.
            return steps.nudged(tx, nudged, step.asked, [], rolled_on=to)
        there = seated(tx, case, step, step.asked, day)
        seats = there.nudged(step.asked, nudged.silent, nudged.rung.nudge)
        letters = correspondence(tx, case, self._links, nudged.at).nudged(step, nudged, seats)
        return steps.nudged(tx, nudged, seats, letters)

    def _reseated(self, tx: Tx, reseated: StepReseated) -> StepSeated:
        tx.lock(steps.case_of(reseated.step))
        step, case = _step(tx, reseated.step)
        there = seated(tx, case, step, step.asked, calendar.local_day(reseated.at))
        seats = there.reseated(step.asked, step.silent)
        letters = correspondence(tx, case, self._links, reseated.at).reseated(step, reseated, seats)
        return steps.reseated(tx, reseated, seats, letters)

    def _decided(self, tx: Tx, decided: StepDecided) -> None:
        tx.lock(steps.case_of(decided.step))
        _count(tx, decided.decisions)
        step, case = _step(tx, decided.step)
        letters = correspondence(tx, case, self._links, decided.at).decided(step, decided)
        steps.decided(tx, decided, letters)

    def _undone(self, tx: Tx, undone: StepUndone) -> None:
        tx.lock(steps.case_of(undone.step))
        for undo in undone.undone:
            undoing.accepted(tx, undo)
        step, case = _step(tx, undone.step)
        letters = correspondence(tx, case, self._links, undone.at).undone(step, undone)
        steps.undone(tx, undone, letters)

    def _closed(self, tx: Tx, closing: StepClosing) -> None:
        tx.lock(steps.case_of(closing.step))
        _count(tx, closing.unrecorded, closing.outcome.choice)
        step, case = _step(tx, closing.step)
        letters = correspondence(tx, case, self._links, closing.outcome.at).closed(step, closing)
        steps.closed(tx, closing, letters)
        remembering.review_checked(tx, case, step, closing)
        links.revoke_step(tx, closing.step, closing.outcome.ending)

    def _unsettled(self, tx: Tx, due: AnswersDue) -> tuple[str, ...]:
        # Whoever is writing an answer down has the case: what began in time is in the record then.
        tx.lock(steps.case_of(due.step))
        answers = intents.unsettled(tx, step=due.step, before=due.before)
        second_thoughts = undoing.unsettled(tx, step=due.step, before=due.before)
        return (*(answer.key for answer in answers), *(undo.key for undo in second_thoughts))


def _ladder(tx: Tx, ask: Ask, rules: Edition) -> Ladder:
    """Return the ladder of a question. Nobody above a forum's secretary gives the forum's answer."""
    if not agendas.at_a_meeting(tx, rules, ask):
        return ask.terms.ladder
    rungs = tuple(rung for rung in ask.terms.ladder.rungs if rung.nudge is not Nudge.LINE)
    return ask.terms.ladder.model_copy(update={"rungs": rungs})


def _begins(opening: StepOpening) -> datetime:
    """Return the instant from which a ladder counts: when the answer can be known, if that is later."""
    expected = opening.ask.expected
    return max(opening.at, calendar.opening(expected)) if expected else opening.at


def _count(tx: Tx, decisions: Sequence[Decision], settled: Choice | None = None) -> None:
    """Let the record know that decisions count, which the page that submitted them may not have heard."""
    for made in decisions:
        intents.accepted(tx, made.key, settled, made.attempt)


def _step(tx: Tx, id: str) -> tuple[StepView, CaseView]:
    step = steps.must(tx, id)
    return step, cases.get(tx, step.case)
