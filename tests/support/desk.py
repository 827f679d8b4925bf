"""The activities at work on a real record: proposals submitted, questions put, people who answer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from activities.benefits import Benefits
from activities.cases import Cases
from activities.projects import Projects
from activities.register import Register
from service import proposals
from service.config import Keys
from service.handbook import Edition
from service.links import Links
from service.store import Store, cases, clock, covers, drafts, editions, intents, journal, letters, steps
from service.store.covers import Cover
from service.store.intents import Answered, Condition, Intent
from service.store.letters import LedgerRow
from service.store.steps import StepView
from tests.support.activities import FakeMailroom, done
from tests.support.samples import SAMPLES
from workflows.delivery import ProjectInHand
from workflows.model import (
    Ask,
    Becoming,
    CaseOpened,
    Choice,
    Decision,
    Ending,
    Holder,
    Nudge,
    Outcome,
    SeatAsk,
    StepClosing,
    StepDecided,
    StepNudged,
    StepOpened,
    StepOpening,
    StepReseated,
    StepSeated,
    decision_key,
)
from workflows.rules import routing

BASE = "https://approvals.example"
DAY = date(2004, 9, 13)
NINE = datetime.combine(DAY, time(8), UTC)
"""Nine o'clock in London on a Monday, when sample PROP-02 is submitted."""


class Desk:
    """The activities with their record, and the few things that pages do to it."""

    def __init__(self, store: Store, keys: Keys, edition: Edition) -> None:
        self.store, self.edition = store, edition
        self.links = Links(keys, BASE)
        self.mailroom = FakeMailroom()
        self.register = Register(store, self.mailroom, self.links)
        self.cases = Cases(store, self.mailroom, self.links)
        self.projects = Projects(store, self.mailroom, self.links)
        self.benefits = Benefits(store, self.mailroom)
        with store.writing() as tx:
            clock.begin(tx, NINE)
        self.brings_into_force(edition)

    def brings_into_force(self, edition: Edition) -> None:
        with self.store.writing() as tx:
            editions.put(
                tx,
                edition.to_json(),
                organisation=edition.organisation,
                name=edition.name,
            )

    def person(self, post: str) -> str:
        holder = self.edition.holder(post, DAY)
        assert holder is not None
        return holder.id

    # ------------------------------------------------------------------- what people do

    def submits(
        self, sample: str = "PROP-02", *, authors: Sequence[str] = (), version: int = 1, **changes: Any
    ) -> CaseOpened:
        """Submit a sample, written by its lead and by whoever holds the given posts; take it up."""
        document = SAMPLES[sample] | changes
        content = proposals.normalise(document, self.edition)
        facts = proposals.facts(content, submitted=DAY, edition=self.edition)
        rules = self.edition.routing(DAY)
        lead = self.person(str(document["lead_post"]))
        with self.store.writing() as tx:
            ref = (
                "INV-2004-0001"
                if version > 1
                else drafts.create(tx, self.edition.organisation, lead, content).ref
            )
            cases.submitted(
                tx,
                ref,
                version=version,
                content=content,
                content_hash=proposals.content_hash(content),
                proposal=facts,
                route=routing.route(facts, rules),
                branches=routing.branches(facts, rules),
                edition=self.edition.hash,
                title=str(document["title"]),
                author=lead,
                authors=[lead, *map(self.person, authors)],
            )
        return done(self.cases.begun(ref))

    def covers(self, post: str, by: str, *, since: date = DAY, until: date = DAY + timedelta(days=60)) -> str:
        """Let the holder of a post be covered by that of another; return the cover."""
        cover = Cover(
            person=self.person(post),
            cover=self.person(by),
            starts=since,
            ends=until,
            set_by=self.person(post),
        )
        with self.store.writing() as tx:
            assert covers.set(tx, cover)
        return cover.cover

    def answers(
        self,
        step: str,
        seat: str,
        choice: Choice = Choice.APPROVE,
        *,
        person: str = "",
        until: date | None = None,
        next_meeting: bool = False,
        at: datetime = NINE + timedelta(hours=1),
        held_until: datetime | None = None,
        conditions: Sequence[Condition] = (),
        outside_guidelines: bool = False,
        said: Mapping[str, str | Answered] = MappingProxyType({}),
    ) -> Decision:
        """Submit an answer, as the page does; by the first who may unless somebody is named."""
        view = self.step(step)
        place = view.seat(seat)
        assert place is not None
        guidelines = {intents.GUIDELINES: intents.OUTSIDE} if outside_guidelines else {}
        boxes = {
            name: one if isinstance(one, Answered) else Answered(value=one)
            for name, one in {**guidelines, **said}.items()
        }
        intent = Intent(
            key=decision_key(step, view.round, seat),
            case=view.case,
            step=step,
            round=view.round,
            seat=seat,
            person=person or place.holders[0].person,
            post=place.post,
            choice=choice,
            reason="Because it is so",
            conditions=tuple(conditions),
            answers=boxes,
            until=until,
            next_meeting=next_meeting,
            content_hash=view.content_hash,
            shown_hash="5" * 64,
            submitted_at=at,
            held_until=held_until,
        )
        with self.store.writing() as tx:
            intents.submit(tx, intent)
        return intent.decision()

    # ------------------------------------------------------------------- what the core asks

    def ask(self, case: CaseOpened, key: str) -> Ask:
        """Put a question of a case's route or of its branches, as its process does."""
        legs = (*case.route, *case.branches.values())
        leg, question = next((leg, ask) for leg in legs for ask in leg.asks if ask.key == key)
        return Ask(
            case=case.case,
            key=key,
            round=1,
            version=case.version,
            content_hash=case.content_hash,
            clause=leg.clause,
            seats=question.seats,
            terms=case.terms[question.kind],
            inform=question.inform,
            forum=question.forum or leg.forum,
        )

    def asks_of(self, action: str, kind: str, round: int = 1) -> Ask:
        """Put one of an action's two questions, as its process does."""
        begun = done(self.cases.action_begun(action))
        owner, check = begun.owner, kind == "action_check"
        post = begun.verifier if check else owner
        return Ask(
            case=action,
            key=kind,
            round=round,
            version=1,
            content_hash=begun.content_hash,
            clause=begun.clause,
            seats=(SeatAsk(key=post, post=post),),
            terms=begun.terms[kind],
            inform=(owner, *begun.told) if check else (),
            due=None if check else begun.due,
        )

    def asks_about(
        self,
        project: ProjectInHand,
        kind: str,
        *seats: SeatAsk | str,
        case: str = "",
        key: str = "",
        round: int = 1,
        forum: str = "",
    ) -> Ask:
        """Put a question about a project, as its process does, to seats or posts."""
        return Ask(
            case=case or project.case,
            key=key or kind,
            round=round,
            version=1,
            content_hash=project.content_hash,
            clause=project.clauses[kind],
            seats=tuple(SeatAsk(key=one, post=one) if isinstance(one, str) else one for one in seats),
            terms=project.terms[kind],
            inform=project.told,
            forum=forum,
        )

    def opens(self, ask: Ask, at: datetime = NINE) -> StepOpened:
        return done(self.register.opened(opening(ask, at)))

    def nudges(self, step: str, nudge: Nudge, *, silent: Sequence[str] = ()) -> StepSeated:
        """Let the first rung of a kind come due that has not yet."""
        view = self.step(step)
        rung = next(rung for rung in view.rungs if rung.nudge is nudge and rung.number > view.climbed)
        due = StepNudged(step=step, rung=rung, silent=tuple(silent) or view.silent, at=rung.at)
        return done(self.register.nudged(due))

    def looks_again(self, step: str, number: int = 1) -> StepSeated:
        """Look anew at who may answer for a step's silent seats."""
        at = NINE + timedelta(hours=1)
        return done(
            self.register.reseated(
                StepReseated(step=step, number=number, silent=self.step(step).silent, at=at)
            )
        )

    def records(self, *decisions: Decision) -> None:
        at = NINE + timedelta(hours=2)
        done(self.register.decided(StepDecided(step=decisions[0].step, decisions=decisions, at=at)))

    def closes(
        self,
        step: str,
        *unrecorded: Decision,
        choice: Choice | None = Choice.APPROVE,
        ending: Ending = Ending.DECIDED,
        until: date | None = None,
        next_meeting: bool = False,
        why: str = "",
    ) -> None:
        outcome = Outcome(
            step=step,
            ending=ending,
            choice=choice,
            at=NINE + timedelta(hours=3),
            until=until,
            next_meeting=next_meeting,
        )
        done(self.register.closed(StepClosing(step=step, outcome=outcome, unrecorded=unrecorded, why=why)))

    def becomes(self, ref: str, state: str, number: int = 1, because: str = "") -> tuple[str, ...]:
        """Let a case change its state; return the keys of the letters that sends."""
        done(self.cases.became(Becoming(case=ref, state=state, at=NINE, number=number, because=because)))
        return self.mailroom.last

    # --------------------------------------------------------------------- what is there

    def step(self, step: str) -> StepView:
        with self.store.reading() as tx:
            view = steps.get(tx, step)
        assert view is not None
        return view

    def holders(self, step: str) -> dict[str, tuple[Holder, ...]]:
        return {seat.key: seat.holders for seat in self.step(step).seats}

    def ledger(self, ref: str) -> list[LedgerRow]:
        with self.store.reading() as tx:
            return list(letters.of_case(tx, ref))

    def sent(self, ref: str, after: Sequence[LedgerRow] = ()) -> list[tuple[str, str]]:
        """Return the kind and the reader's post of each letter of a case, besides those before."""
        known = {row.key for row in after}
        return sorted((row.kind, row.post) for row in self.ledger(ref) if row.key not in known)

    def record(self) -> tuple[str, ...]:
        """Return every line of the record, by case, number and key."""
        with self.store.reading() as tx:
            return tuple(
                f"{case} {line.seq} {line.key}"
                for case in journal.cases(tx)
                for line in journal.lines(tx, case)
            )


def opening(ask: Ask, at: datetime = NINE) -> StepOpening:
    return StepOpening(ask=ask, at=at)
