"""A project that is played on a real server: its people answer, the Clock jumps, the outside looks on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from service.gateway import Counted
from tests.support.core import HASH, NON_WORKING, FakeOutside, terms
from tests.support.play import WITHIN, Play, until
from tests.support.proposals import LADDER, SRG, calendar, opened
from workflows import ports
from workflows.delivery import (
    Authority,
    Band,
    Baseline,
    BenefitOpened,
    BenefitRead,
    ExceptionRaised,
    ExceptionSettled,
    Forecast,
    GateKind,
    GatePassed,
    GoLive,
    Plan,
    ProjectEnded,
    ProjectInHand,
    ProjectReported,
    ProjectTold,
    Rag,
    ReviewInHand,
    Stage,
    Tolerance,
    Tolerances,
)
from workflows.human_step import CASE, KIND, TURN
from workflows.model import CaseOpened, Choice, Clock, Nudge, Quorum, QuorumRule, Silence, Size, Terms
from workflows.processes.project import Project
from workflows.rules import tolerances

C = Choice
REPORT = (C.REPORT, C.DEFER)
BOARD = Quorum(rule=QuorumRule.MAJORITY, present=2, casting=True)
_GATE = (C.AUTHORISE, C.AUTHORISE_WITH_CONDITIONS, C.RETURN, C.CLOSE_EARLY, C.DEFER)
_VOTE = (C.REFER_UP, C.ABSTAIN, C.DECLARE_INTEREST)
_EXCEPTION = (C.EXCEPTION_PLAN, C.MORE_TOLERANCE, C.CLOSE_EARLY)
CHOICES: dict[str, tuple[Choice, ...]] = {
    "mandate": REPORT,
    "initiation": REPORT,
    "gate": (*_GATE, C.EXCEPTION_PLAN, *_VOTE),
    "gate_srg": _GATE,
    "end_stage": REPORT,
    "exception_report": (C.REPORT,),
    "exception": (*_EXCEPTION, C.REFER_UP),
    "exception_board": (*_EXCEPTION, *_VOTE),
    "exception_srg": (*_EXCEPTION, C.DEFER),
    "exception_plan": REPORT,
    "end_project": REPORT,
    "standards_check": (C.VERIFY, C.FALL_SHORT),
    "standards_srg": (C.APPROVE, C.REJECT, C.DEFER),
    "review": REPORT,
    "review_check": (C.VERIFY, C.SEND_BACK),
    "review_srg": (C.NOTE, C.DEFER),
    "benefit": REPORT,
}
DELIVERY_TERMS: dict[str, Terms] = {
    kind: terms(
        *LADDER,
        kind=kind,
        choices=choices,
        quorum=BOARD if kind in ("gate", "exception_board") else None,
    )
    for kind, choices in CHOICES.items()
} | {
    "highlight": terms(
        (3, Nudge.REMIND),
        (5, Nudge.CLOSE),
        kind="highlight",
        choices=(C.REPORT, C.UNCHANGED, C.STAGE_DONE),
        silence=Silence.EXPIRE,
    )
}
CLAUSES = dict.fromkeys(DELIVERY_TERMS, "PRJ-1")
MATRIX = (
    Band(
        budget=Decimal(100_000),
        over_percent=Decimal(20),
        late=20,
        authority=Authority.PROGRAMME_OFFICE,
    ),
    Band(over_percent=Decimal(50), late=60, authority=Authority.BOARD),
    Band(authority=Authority.SRG),
)
"""Above a tolerance of 10%: up to 20% the programme office decides, up to half the board, and then SRG."""
GO_LIVE = date(2005, 3, 1)
SRG_DAYS = tuple(date(2004, 10, 28) + timedelta(weeks=4 * number) for number in range(80))
MANAGER, EXECUTIVE, USER, SUPPLIER = "pm-rc", "cd-rc", "user-rc", "supplier-ict"
OFFICE, MONITOR, AUTHORITY = "programme-office", "standards-monitor", "sd-ict-ca"


def plan(
    *ends: date,
    cost: int = 84_000,
    go_live: date = GO_LIVE,
    weeks: int = 4,
    tolerance: Tolerances | None = None,
) -> Plan:
    """Return a plan whose stages end on these days, and cost the same."""
    each = Decimal(cost) / len(ends)
    stages = tuple(
        Stage(number=number, ends=day, cost=each, report_weeks=weeks)
        for number, day in enumerate(ends, start=1)
    )
    return Plan(
        stages=stages,
        go_live=go_live,
        tolerances=tolerance or Tolerances(cost_percent=Decimal(10), days=10),
    )


TWO_STAGES = plan(date(2004, 12, 1), date(2005, 3, 1))


@dataclass
class Said:
    """What a report says, where that is not that all goes as planned."""

    cost: int | None = None
    go_live: date | None = None
    red: tuple[Tolerance, ...] = ()
    went_live: date | None = None
    linked: int = 0
    """Pounds by which a linked project of the same budget is over its own."""


@dataclass
class FakeProjects(ports.Projects):
    """One project, as its record has it; what its answers say is told beforehand, by their steps' ends."""

    ref: str
    parent: str = "INV-2004-0001"
    srg: bool = True
    standards: str = ""
    says: dict[str, Said] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    more: dict[str, Tolerances] = field(default_factory=dict)
    shortfalls: dict[str, str] = field(default_factory=dict)
    """The check of standards, by its step's end, to the exception that it raises."""
    put: dict[str, Terms] = field(default_factory=dict)
    """The terms of questions that are put on others than usual."""
    slow_to_hear: str = ""
    """The report, by its step's end, that is taken in only once it may be."""
    initial: Plan = TWO_STAGES
    manager: str = MANAGER
    board: tuple[str, ...] = (EXECUTIVE, USER, SUPPLIER)

    def __post_init__(self) -> None:
        self.clock = Clock()
        self.baseline: Baseline | None = None
        self.proposed: dict[str, Plan] = {}
        self.people = False
        """Whether they are named."""
        self.named_by: list[str] = []
        self.planned_by: list[str] = []
        self.reports: list[str] = []
        self.passed: list[GatePassed] = []
        self.raised: list[ExceptionRaised] = []
        self.settled: list[ExceptionSettled] = []
        self.checked: list[str] = []
        self.opened_for: list[str] = []
        self.looked = 0
        self.may_hear = asyncio.Event()
        self.hears: list[str] = []
        """The reports that are being taken in, or have been."""

    def project(self) -> ProjectInHand:
        seats = tuple(
            SRG.seats[0].model_copy(update={"key": post, "post": post, "chair": place == 0})
            for place, post in enumerate(self.board)
        )
        return ProjectInHand(
            case=self.ref,
            parent=self.parent,
            content_hash=HASH,
            authority=AUTHORITY,
            manager=self.manager if self.people else "",
            board=seats if self.people else (),
            programme_office=OFFICE,
            standards=self.standards,
            srg=SRG if self.srg else None,
            stages=len(self.baseline.stages) if self.baseline else 0,
            baseline=self.baseline,
            plan=[*self.proposed.values()][-1] if self.proposed else None,
            matrix=MATRIX,
            clauses=CLAUSES,
            terms=DELIVERY_TERMS | self.put,
            told=("hop-ict",),
            non_working=NON_WORKING,
            clock=self.clock,
        )

    def end(self, step: str) -> str:
        return step.removeprefix(f"{self.ref}.")

    @activity.defn(name="project_opened")
    async def opened(self, parent: str) -> str:
        self.opened_for.append(parent)
        return self.ref

    @activity.defn(name="project_in_hand")
    async def in_hand(self, case: str) -> ProjectInHand:
        self.looked += 1
        return self.project()

    @activity.defn(name="project_named")
    async def named(self, told: ProjectTold) -> ProjectInHand:
        self.named_by.append(self.end(told.step))
        self.people = True
        return self.project()

    @activity.defn(name="project_planned")
    async def planned(self, told: ProjectTold) -> ProjectInHand:
        self.planned_by.append(self.end(told.step))
        known = self.baseline or self.initial
        self.proposed[told.step] = self.plans.get(self.end(told.step), known)
        return self.project()

    @activity.defn(name="project_reported")
    async def reported(self, told: ProjectTold) -> ProjectReported:
        self.hears.append(self.end(told.step))
        if self.end(told.step) == self.slow_to_hear:
            await self.may_hear.wait()
        self.reports.append(self.end(told.step))
        known = self.baseline or Baseline(**self.initial.model_dump())
        said = self.says.get(self.end(told.step), Said())
        forecast = Forecast(
            cost=known.cost if said.cost is None else Decimal(said.cost),
            go_live=said.go_live or known.go_live,
            ratings={of: Rag.RED if of in said.red else Rag.GREEN for of in Tolerance},
        )
        own = tolerances.variance(forecast, known, NON_WORKING)
        other = own.model_copy(update={"over": Decimal(said.linked), "ratings": {}, "late": 0})
        return ProjectReported(
            forecast=forecast,
            variance=own,
            linked=tolerances.together([own, other]) if said.linked else None,
            went_live=said.went_live,
        )

    @activity.defn(name="project_gate_passed")
    async def gate_passed(self, passed: GatePassed) -> ProjectInHand:
        self.passed.append(passed)
        if passed.plan_step:
            number = self.baseline.number + 1 if self.baseline else 1
            made = self.proposed[passed.plan_step].model_dump() | {"number": number}
            self.baseline = Baseline(**made)
        return self.project()

    @activity.defn(name="project_exception_raised")
    async def exception_raised(self, raised: ExceptionRaised) -> ProjectInHand:
        self.raised.append(raised)
        return self.project()

    @activity.defn(name="project_exception_settled")
    async def exception_settled(self, settled: ExceptionSettled) -> ProjectInHand:
        self.settled.append(settled)
        more = self.more.get(self.end(settled.step))
        if more and self.baseline:
            self.baseline = self.baseline.model_copy(update={"tolerances": more})
        return self.project()

    @activity.defn(name="standards_checked")
    async def standards_checked(self, told: ProjectTold) -> str:
        self.checked.append(self.end(told.step))
        return self.shortfalls.get(self.end(told.step), "")

    @activity.defn(name="standards_exceptions")
    async def standards_exceptions(self, case: str) -> tuple[str, ...]:
        return tuple(self.shortfalls.values())

    @activity.defn(name="exception_in_hand")
    async def exception_in_hand(self, case: str) -> ProjectInHand:
        return self.project()


class FakeBenefits(ports.Benefits):
    """The benefits of a proposal, and its review."""

    def __init__(self, *refs: str, months: Sequence[int] = (3, 6, 12, 24), srg: bool = True) -> None:
        self.refs, self.months, self.srg = refs, tuple(months), srg
        self.readings: list[BenefitRead] = []
        self.go_live: GoLive | None = None
        """What the record knows when a benefit begins."""
        self.non_working: tuple[date, ...] = ()
        self.owner = "owner-rc"
        """Who sees to them, as the record knows it now."""
        self.clock = Clock()

    def opened(self, case: str) -> BenefitOpened:
        return BenefitOpened(
            case=case,
            parent="INV-2004-0001",
            content_hash=HASH,
            clause="BEN-1",
            owner=self.owner,
            months=self.months,
            go_live=self.go_live,
            non_working=self.non_working,
            told=("cd-rc",),
            terms=DELIVERY_TERMS,
            clock=self.clock,
        )

    @activity.defn(name="benefits_of")
    async def of_proposal(self, parent: str) -> tuple[str, ...]:
        return self.refs

    @activity.defn(name="benefit_in_hand")
    async def in_hand(self, case: str) -> BenefitOpened:
        return self.opened(case)

    @activity.defn(name="benefit_read")
    async def read(self, read: BenefitRead) -> BenefitOpened:
        self.readings.append(read)
        return self.opened(read.case)

    @activity.defn(name="review_in_hand")
    async def review(self, case: str) -> ReviewInHand:
        return ReviewInHand(
            case=case,
            writer="hoict-rc",
            checker="corporate-projects-manager",
            months=6,
            non_working=self.non_working,
            srg=SRG if self.srg else None,
            clauses=CLAUSES,
            terms=DELIVERY_TERMS,
            told=("cd-rc",),
        )


class DeliveringOutside(FakeOutside):
    """All ports together, those of delivery too."""

    def __init__(self, projects: FakeProjects, benefits: FakeBenefits) -> None:
        super().__init__()
        self.projects, self.benefits = projects, benefits

    @property
    def clock(self) -> Clock:
        return self.register.clock

    @clock.setter
    def clock(self, known: Clock) -> None:
        self.register.clock = self.cases.clock = self.meetings.clock = known
        self.projects.clock = self.benefits.clock = known

    @property
    def activities(self) -> list[Callable[..., Any]]:
        projects, benefits = self.projects, self.benefits
        return [
            projects.opened,
            projects.in_hand,
            projects.named,
            projects.planned,
            projects.reported,
            projects.gate_passed,
            projects.exception_raised,
            projects.exception_settled,
            projects.standards_checked,
            projects.standards_exceptions,
            projects.exception_in_hand,
            benefits.of_proposal,
            benefits.in_hand,
            benefits.read,
            benefits.review,
        ]


class Delivery(Play):
    """A project, or a proposal that has one, and what the outside saw."""

    outside: DeliveringOutside

    def __init__(
        self, client: Client, projects: FakeProjects, benefits: FakeBenefits, case: CaseOpened
    ) -> None:
        super().__init__(client, DeliveringOutside(projects, benefits), case)
        self.projects, self.benefits = projects, benefits
        self.outside.cases.meetings["srg"] = calendar(*SRG_DAYS)
        self.also: list[str] = []
        """Other cases that are under way."""

    @property
    def project(self) -> WorkflowHandle[Project, ProjectEnded]:
        return self.client.get_workflow_handle_for(Project.run, self.projects.ref)

    @property
    def project_states(self) -> list[str]:
        return self.outside.cases.states_of(self.projects.ref)

    @property
    def asked(self) -> list[str]:
        """What was asked about the project, by the ends of the steps, in order."""
        steps = [made.ask.step for made in self.outside.register.openings]
        return [self.projects.end(step) for step in steps if step.startswith(self.projects.ref)]

    @property
    def open(self) -> list[str]:
        return [self.projects.end(step) for step in self.outside.register.open_steps]

    def why(self, end: str) -> str:
        """Why a question about the project was dropped."""
        return self.closed[f"{self.projects.ref}.{end}"].why

    async def start_project(self) -> None:
        await self.client.start_workflow(
            Project.run,
            self.projects.ref,
            id=self.projects.ref,
            task_queue=self.queue,
            task_timeout=TURN,
            search_attributes=TypedSearchAttributes(
                [SearchAttributePair(KIND, "project"), SearchAttributePair(CASE, self.projects.ref)]
            ),
        )

    async def says(
        self, end: str, choice: Choice = C.REPORT, *, seat: str = "", to: date | None = None
    ) -> None:
        """Answer a question about the project, by the end of its step, and see that it is counted."""
        answer = await self.answers_step(f"{self.projects.ref}.{end}", choice, seat=seat, to=to)
        assert isinstance(answer, Counted), (end, answer)

    async def board_says(self, end: str, choice: Choice = C.AUTHORISE) -> None:
        """Two of the board answer, which is its quorum and its majority."""
        await self.is_asked(end)
        for post in self.projects.board[:2]:
            await self.says(end, choice, seat=post)

    async def is_asked(self, end: str) -> None:
        await until(lambda: end in self.asked)

    async def is_dropped(self, end: str) -> str:
        """Wait until a question is dropped, and say why."""
        await until(lambda: f"{self.projects.ref}.{end}" in self.closed)
        return self.why(end)

    async def comes_to(self, state: str) -> None:
        await until(lambda: self.project_states[-1:] == [state])

    async def waits_until(self, key: str, day: date) -> None:
        await until(lambda: day in self.waits_of(key))

    def waits_of(self, key: str) -> list[date]:
        return [
            wait.until.astimezone(UTC).date()
            for wait in self.outside.cases.waitings
            if wait.key == key and wait.until
        ]

    def waits_for(self, key: str) -> list[str]:
        """What a question waits for before it is put, each time it has begun to."""
        return [wait.leg for wait in self.outside.cases.waitings if wait.key == key]

    async def begins_stage(self, number: int = 1) -> None:
        """The mandate and the plan are given, and the board lets the first stage begin."""
        await self.says("mandate.1")
        await self.board_says("gate-start-up.1")
        await self.says("initiation.1")
        await self.board_says("gate-initiation.1")
        await self.comes_to("in_stage")

    async def jumps(self, to: date | datetime) -> None:
        instant = to if isinstance(to, datetime) else datetime.combine(to, time(12), UTC)
        known = [
            self.ref,
            self.projects.ref,
            *self.also,
            *self.benefits.refs,
            *self.projects.shortfalls.values(),
        ]
        actions = [made.case for made in self.outside.cases.actions]
        await self.outside.jump(self.gateway, *dict.fromkeys([*known, *actions]), to=instant)

    async def gets_report_request(self) -> bool:
        return await self.project.execute_update(Project.report_now)

    async def has_other_people(self, **people: Any) -> None:
        """The PMO puts somebody in another's place, and the process is told."""
        for place, post in people.items():
            setattr(self.projects, place, post)
        await self.project.execute_update(Project.people_changed)

    async def project_ends(self) -> ProjectEnded:
        async with asyncio.timeout(20):
            return await self.project.result()

    async def runs_of_project(self) -> list[int]:
        """Return the events in the history of each of its runs, the first first."""
        described = await self.project.describe()
        run = described.raw_description.workflow_execution_info.first_run_id
        lengths = []
        while run:
            handle = self.client.get_workflow_handle(self.projects.ref, run_id=run)
            events = (await handle.fetch_history()).events
            lengths.append(len(events))
            last = events[-1]
            run = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        return lengths


@asynccontextmanager
async def delivering(
    client: Client,
    projects: FakeProjects,
    benefits: FakeBenefits | None = None,
    *,
    within: float = WITHIN,
) -> AsyncIterator[Delivery]:
    """Play a project by itself, whose proposal nobody hears of."""
    case = opened(projects.parent, size=Size.MAJOR)
    play = Delivery(client, projects, benefits or FakeBenefits(), case)
    async with play.outside.working(client, queue=f"{projects.ref}-core"), asyncio.timeout(within):
        play.queue = f"{projects.ref}-core"
        await play.start_project()
        yield play


def entrusted(ref: str, **facts: Any) -> CaseOpened:
    """Return a major proposal under an edition that has projects."""
    case = opened(ref, size=Size.MAJOR, decide_by=date(2004, 9, 30), tracked=True, **facts)
    return case.model_copy(update={"delivers": True})


@asynccontextmanager
async def entrusting(
    client: Client, case: CaseOpened, projects: FakeProjects, benefits: FakeBenefits | None = None
) -> AsyncIterator[Delivery]:
    """Play a proposal from the beginning; its project is begun by it."""
    play = Delivery(client, projects, benefits or FakeBenefits(), case)
    async with play.outside.working(client, queue=play.queue), asyncio.timeout(WITHIN):
        await play.start()
        yield play


async def is_approved(play: Delivery, **answers: Choice) -> None:
    """Its post is notified, its funder and SRG approve."""
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", answers.get("funding", C.APPROVE))
    for seat in ("cd-hsg", "chief-executive"):
        await play.answers("srg", seat=seat)


def of_project(play: Delivery, kind: GateKind) -> list[GatePassed]:
    return [passed for passed in play.projects.passed if passed.gate is kind]
