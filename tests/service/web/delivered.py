"""A project and its benefits in the office: what their processes write, and what people answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType

from activities.benefits import Benefits
from activities.projects import Projects
from service import delivering
from service.store import benefits, cases, intents, journal, projects
from service.store.intents import SAID, Answered, Condition, Intent
from tests.service.web.office import Office
from tests.support.activities import FakeMailroom, done
from workflows.delivery import (
    Authority,
    BenefitRead,
    BenefitState,
    Crossing,
    ExceptionRaised,
    ExceptionSettled,
    GateKind,
    GatePassed,
    ProjectInHand,
    ProjectState,
    ProjectTold,
    Tolerance,
)
from workflows.model import (
    Ask,
    Becoming,
    CaseWaiting,
    Choice,
    Decision,
    Ending,
    Guard,
    Outcome,
    SeatAsk,
    State,
    StepClosing,
    StepOpening,
    decision_key,
)

SPONSOR, MANAGER, USER, SUPPLIER = "cd-rc", "hoict-rc", "bh-dmh", "ict-services"
Said = Mapping[str, str | Answered]
NOTHING: Said = MappingProxyType({})
MANDATE: Said = {
    "manager": MANAGER,
    "executive": SPONSOR,
    "senior_user": USER,
    "senior_supplier": SUPPLIER,
    "template": "prince2",
    "strategy": "customer-access",
    "brief": Answered(value=SAID, text="Put booking for the hall on the web"),
}
PLAN: Said = {
    "stage_name_1": Answered(value=SAID, text="Build"),
    "stage_ends_1": "2005-01-31",
    "stage_cost_1": "90000.00",
    "stage_weeks_1": "2",
    "stage_name_2": Answered(value=SAID, text="Pilot in the hall"),
    "stage_ends_2": "2005-03-15",
    "stage_cost_2": "50000.00",
    "stage_pilot_2": Answered(value=SAID, text="The Haymarket foyer"),
    "go_live": "2005-03-31",
    "tolerance_cost": "10",
    "tolerance_days": "20",
}


def report(cost: str, go_live: str, rating: str = "green", **more: str | Answered) -> Said:
    """What a highlight report says."""
    rated = {f"rating_{of}": rating for of in Tolerance}
    return {"forecast_cost": cost, "forecast_go_live": go_live, **rated, **more}


@dataclass
class Delivery:
    """The project of one proposal, as it goes on."""

    office: Office
    sample: str = "PROP-02"

    @property
    def activities(self) -> Projects:
        return Projects(self.office.store, FakeMailroom(), self.office.links)

    @property
    def of_benefits(self) -> Benefits:
        return Benefits(self.office.store, FakeMailroom())

    @cached_property
    def parent(self) -> str:
        """The proposal, approved."""
        ref = self.office.submitted(self.sample)
        self.office.became(ref, State.APPROVED)
        return ref

    @cached_property
    def ref(self) -> str:
        """The project, opened with its benefits."""
        ref = done(self.activities.opened(self.parent))
        self.office.became(self.parent, State.IN_PROJECT, number=2)
        done(self.activities.in_hand(ref))
        return ref

    @property
    def now(self) -> datetime:
        with self.office.store.reading() as tx:
            return tx.now

    @property
    def in_hand(self) -> ProjectInHand:
        with self.office.store.reading() as tx:
            return delivering.in_hand(tx, self.ref)

    @property
    def benefits(self) -> tuple[str, ...]:
        with self.office.store.reading() as tx:
            return tuple(one.ref for one in benefits.of_proposal(tx, self.parent))

    # --------------------------------------------------------------------- questions

    def asks(
        self,
        kind: str,
        *posts: str,
        case: str = "",
        key: str = "",
        round: int = 1,
        forum: str = "",
    ) -> str:
        """Put a question about the project, or about another case that follows from it."""
        known, case = self.in_hand, case or self.ref
        with self.office.store.reading() as tx:
            hash = cases.get(tx, case).content_hash
        ask = Ask(
            case=case,
            key=key or kind,
            round=round,
            version=1,
            content_hash=hash,
            clause=known.clauses[kind],
            seats=tuple(SeatAsk(key=post, post=post) for post in posts),
            terms=known.terms[kind],
            forum=forum,
        )
        done(self.office.register.opened(StepOpening(ask=ask, at=self.now)))
        return ask.step

    def answered(
        self,
        step: str,
        choice: Choice = Choice.REPORT,
        said: Said = NOTHING,
        *,
        reason: str = "",
        conditions: Sequence[Condition] = (),
        by: Sequence[str] = (),
        each: bool = False,
    ) -> ProjectTold:
        """Have those who are asked answer, or some of them, and the question closed by that.

        The first of them sets the conditions, or `each` of them.
        """
        view, at = self.office.step(step), self.now
        made: list[Decision] = []
        for seat in view.seats:
            if by and seat.post not in by:
                continue
            intent = Intent(
                key=decision_key(step, view.round, seat.key),
                case=view.case,
                step=step,
                round=view.round,
                seat=seat.key,
                person=seat.holders[0].person,
                post=seat.post,
                choice=choice,
                reason=reason,
                conditions=tuple(conditions) if each or not made else (),
                answers={
                    name: one if isinstance(one, Answered) else Answered(value=one)
                    for name, one in said.items()
                },
                content_hash=view.content_hash,
                shown_hash="5" * 64,
                submitted_at=at,
            )
            with self.office.store.writing() as tx:
                intents.submit(tx, intent)
            made.append(intent.decision())
        outcome = Outcome(step=step, ending=Ending.DECIDED, choice=choice, at=at, kind=view.kind)
        self.office.closed(step, StepClosing(step=step, outcome=outcome, unrecorded=tuple(made)))
        return self.told(step)

    def told(self, step: str) -> ProjectTold:
        with self.office.store.reading() as tx:
            stage = projects.must(tx, self.ref).stage
        return ProjectTold(case=self.ref, step=step, at=self.now, stage=stage)

    # ------------------------------------------------------------------------ course

    def becomes(self, state: ProjectState | BenefitState, ref: str = "") -> None:
        """Change its state."""
        ref = ref or self.ref
        with self.office.store.reading() as tx:
            number = len([one for one in journal.lines(tx, ref) if one.kind == "case.became"]) + 1
        becoming = Becoming(case=ref, state=state, at=self.now, number=number)
        done(self.office.course.became(becoming))

    def named(self, **changes: str) -> None:
        """Its mandate names who runs it."""
        step = self.asks("mandate", self.in_hand.authority)
        done(self.activities.named(self.answered(step, said={**MANDATE, **changes})))

    def planned(self, said: Said = PLAN) -> ProjectTold:
        """Its manager proposes a plan."""
        self.becomes(ProjectState.INITIATING)
        told = self.answered(self.asks("initiation", self.in_hand.manager), said=said)
        done(self.activities.planned(told))
        return told

    def passes(
        self,
        number: int,
        kind: GateKind,
        stage: int = 0,
        *,
        plan: str = "",
        conditions: Sequence[Condition] = (),
        each: bool = False,
    ) -> None:
        """Its board lets it through a gate; one of those who do sets the conditions, or `each`."""
        name = str(stage) if kind is GateKind.BOUNDARY else kind.replace("_", "-")
        choice = Choice.AUTHORISE_WITH_CONDITIONS if conditions else Choice.AUTHORISE
        posts = [seat.post for seat in self.in_hand.board]
        step = self.asks("gate", *posts, key=f"gate-{name}")
        self.answered(step, choice, conditions=conditions, by=posts[:2], each=each)
        passed = GatePassed(
            case=self.ref, number=number, gate=kind, stage=stage, step=step, plan_step=plan, at=self.now
        )
        done(self.activities.gate_passed(passed))

    def in_stage(self, said: Said = PLAN) -> None:
        """Its plan is approved, and its first stage begins."""
        self.named()
        self.passes(1, GateKind.START_UP)
        told = self.planned(said)
        self.passes(2, GateKind.INITIATION, plan=told.step)
        self.becomes(ProjectState.IN_STAGE)

    def reports(
        self, said: Said, choice: Choice = Choice.REPORT, *, kind: str = "highlight", key: str = ""
    ) -> str:
        """Its manager reports."""
        with self.office.store.reading() as tx:
            round = len(projects.reports(tx, self.ref)) + 1
        step = self.asks(kind, self.in_hand.manager, key=key, round=round)
        done(self.activities.reported(self.answered(step, choice, said)))
        return step

    def exceeds(self, step: str, crossing: Crossing, number: int = 1) -> None:
        """A report is past what is tolerated."""
        stage = self.told(step).stage
        raised = ExceptionRaised(
            case=self.ref, number=number, stage=stage, step=step, crossing=crossing, at=self.now
        )
        done(self.activities.exception_raised(raised))
        self.becomes(ProjectState.IN_EXCEPTION)

    def settles(self, step: str, number: int = 1) -> None:
        """What to do about it is decided."""
        done(
            self.activities.exception_settled(
                ExceptionSettled(case=self.ref, number=number, step=step, at=self.now)
            )
        )
        self.becomes(ProjectState.IN_STAGE)

    def waits(self, ref: str, key: str, leg: str, on: str, until: datetime | None = None) -> None:
        """A case waits for a day, or for something to happen."""
        wait = CaseWaiting(case=ref, number=1, key=key, leg=leg, since=self.now, until=until, on=on)
        done(self.office.course.waits(wait))

    # ----------------------------------------------------------------------- benefits

    def reads(self, benefit: str, month: int, value: str, rating: str = "green", round: int = 1) -> None:
        """A benefit's owner says how much of it has come about."""
        with self.office.store.reading() as tx:
            owner = benefits.must(tx, benefit).owner
        with self.office.store.reading() as tx:
            benefit_in_hand = delivering.benefit_in_hand(tx, benefit)
            hash = cases.get(tx, benefit).content_hash
        ask = Ask(
            case=benefit,
            key=f"benefit-{month}",
            round=round,
            version=1,
            content_hash=hash,
            clause=benefit_in_hand.clause,
            seats=(SeatAsk(key=owner, post=owner),),
            terms=benefit_in_hand.terms["benefit"],
        )
        done(self.office.register.opened(StepOpening(ask=ask, at=self.now)))
        note = Answered(value=SAID, text="Counted at the box office")
        self.answered(ask.step, said={"reading": value, "rating": rating, "note": note})
        done(self.of_benefits.read(BenefitRead(case=benefit, step=ask.step, month=month, at=self.now)))


def day(text: str) -> date:
    return date.fromisoformat(text)


def stops(one: Delivery) -> None:
    """A project is stopped, far past what is tolerated of its cost."""
    one.in_stage()
    step = one.reports(report("220000.00", "2005-04-14", "red"))
    with one.office.store.reading() as tx:
        missed = projects.reports(tx, one.ref)[-1].variance
    one.exceeds(step, Crossing(of=(Tolerance.COST,), variance=missed, authority=Authority.SRG))


def eventful(office: Office) -> Delivery:
    """A project in its second stage: an exception was settled, a condition set, a plan made anew."""
    one = Delivery(office)
    one.in_stage()
    office.days_pass(14)
    one.reports(report("140000.00", "2005-03-31"))
    office.days_pass(28)
    one.reports(NOTHING, Choice.UNCHANGED)
    office.days_pass(28)
    one.reports(NOTHING, Choice.UNCHANGED)
    office.days_pass(20)
    late = report(
        "168000.00", "2005-05-16", "amber", rating_risk=Answered(value="red", text="The lines are late")
    )
    step = one.reports({**late, "forecast_stage_ends": "2005-02-28"})
    with office.store.reading() as tx:
        missed = projects.reports(tx, one.ref)[-1].variance
    crossing = Crossing(
        of=(Tolerance.TIME, Tolerance.COST, Tolerance.RISK), variance=missed, authority=Authority.BOARD
    )
    one.exceeds(step, crossing)
    one.answered(
        one.asks("exception_report", MANAGER, key="exception-report-1"),
        said={"cause": Answered(value=SAID, text="The lines came late.")},
    )
    board = [seat.post for seat in one.in_hand.board]
    decided = one.asks("exception_board", *board, key="exception-1")
    one.answered(
        decided,
        Choice.MORE_TOLERANCE,
        {"tolerance_cost": "25", "tolerance_days": "40"},
        reason="It is worth it",
        by=board[:2],
    )
    one.settles(decided)
    office.days_pass(30)
    one.reports(
        {
            **report("165000.00", "2005-05-09", "amber"),
            "objectives": Answered(value="partly", text="All but the hall"),
        },
        kind="end_stage",
        key="end-stage-1",
    )
    train = Condition(
        text="Train the box office", owner=MANAGER, by=date(2005, 4, 1), guards=Guard.GATE, verifier=USER
    )
    one.passes(3, GateKind.BOUNDARY, 1, conditions=(train,))
    one.becomes(ProjectState.AT_GATE)
    one.becomes(ProjectState.IN_STAGE)
    office.days_pass(14)
    one.reports(report("166000.00", "2005-05-10", "amber"))
    one.waits(one.ref, "highlight", "highlight", MANAGER, one.now + timedelta(days=14))
    one.waits(one.parent, "project", "project", SPONSOR)
    for ref in one.benefits:
        one.waits(ref, "go_live", "go_live", SPONSOR)
    return one
