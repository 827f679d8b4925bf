"""The vocabulary of delivery: projects in stages, their tolerances and exceptions, reviews and benefits.

As in `model`, a new field always has a default, because histories written before it must still be read.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from workflows.model import ActionState, Clock, FollowUp, ForumRules, Frozen, Outcome, SeatAsk, Terms


class ProjectState(StrEnum):
    """Where a project is (SETTLED states)."""

    STARTING = "starting"
    INITIATING = "initiating"
    IN_STAGE = "in_stage"
    AT_GATE = "at_gate"
    IN_EXCEPTION = "in_exception"
    CLOSING = "closing"
    CLOSED = "closed"
    CLOSED_EARLY = "closed_early"


class ExceptionState(StrEnum):
    """Where an exception from the project standards is (SYS-17)."""

    RAISED = "raised"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class BenefitState(StrEnum):
    """Where a benefit is: before go-live, while it is measured, and after."""

    EXPECTED = "expected"
    MEASURING = "measuring"
    CONCLUDED = "concluded"
    WITHDRAWN = "withdrawn"


class AssessmentState(StrEnum):
    """Where an assessment of a business process is (SYS-67)."""

    ASSESSING = "assessing"
    CHOOSING = "choosing"
    IMPLEMENTING = "implementing"
    IN_PLACE = "in_place"
    WITHDRAWN = "withdrawn"


class Rag(StrEnum):
    """How something stands: as planned, in doubt, or past what is tolerated."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Tolerance(StrEnum):
    """What a project may miss by so much, and by no more without asking."""

    TIME = "time"
    COST = "cost"
    SCOPE = "scope"
    QUALITY = "quality"
    RISK = "risk"
    BENEFIT = "benefit"


class Authority(StrEnum):
    """Who decides on an exception, from the least to the greatest."""

    PROGRAMME_OFFICE = "programme_office"
    BOARD = "board"
    SRG = "srg"


class Tolerances(Frozen):
    """By how much a project may miss its baseline. The others are judged by the manager's own ratings: red
    is past what is tolerated.
    """

    cost_percent: Decimal = Decimal(0)
    """Percent of the baseline's cost."""
    days: int = 0
    """Working days after the baseline's go-live."""


class Stage(Frozen):
    """A delivery stage as it is planned. What it is called stands in the answer that plans it."""

    number: int
    """From 1."""
    ends: date
    cost: Decimal
    """Pounds, of this stage alone."""
    report_weeks: int = 4
    """Weeks from one highlight report to the next."""
    pilot: bool = False
    """It is tried out at one place first (SYS-66)."""


class Plan(Frozen):
    """What a project is to do: its stages, its go-live, its tolerances. A board's approval makes it the
    baseline.
    """

    stages: tuple[Stage, ...]
    go_live: date
    tolerances: Tolerances = Tolerances()
    approved: Decimal | None = None
    """Pounds at which the whole was approved, where a stage has been planned anew since; None where that is
    what its stages cost.
    """

    @property
    def cost(self) -> Decimal:
        """Pounds at which the whole is, or was, approved. A stage that is planned anew at its gate changes
        nothing of that, so that what is over adds up from stage to stage.
        """
        return (
            sum((stage.cost for stage in self.stages), Decimal(0)) if self.approved is None else self.approved
        )


class Baseline(Plan):
    """A plan that was approved. Later reports are measured against the last of them."""

    number: int = 1
    """Counts the baselines of a project, from 1."""


class Forecast(Frozen):
    """How a project stands, as its manager reports it."""

    cost: Decimal
    """Pounds that the whole project will have cost."""
    go_live: date
    stage_ends: date | None = None
    """When the stage in hand will end."""
    ratings: dict[Tolerance, Rag] = Field(default_factory=dict)


class Variance(Frozen):
    """By how much a forecast misses the last approved baseline; what is better than planned is negative."""

    over: Decimal = Decimal(0)
    """Pounds."""
    over_percent: Decimal = Decimal(0)
    """Of the baseline's cost, to two places."""
    late: int = 0
    """Working days."""
    ratings: dict[Tolerance, Rag] = Field(default_factory=dict)
    budget: Decimal = Decimal(0)
    """Pounds of the baseline that it is measured against; of several projects, of all together."""


class Crossing(Frozen):
    """A forecast that is past what is tolerated: of what, by how much, and who decides."""

    of: tuple[Tolerance, ...]
    variance: Variance
    linked: Variance | None = None
    """That of the project and those linked with it together, where this is what crosses (slicing)."""
    authority: Authority


class Band(Frozen):
    """A row of the authority matrix: it holds for an overrun within all its limits. The last has none."""

    budget: Decimal | None = None
    """Pounds of the baseline's cost, at most."""
    over_percent: Decimal | None = None
    late: int | None = None
    """Working days, at most."""
    authority: Authority


class GateKind(StrEnum):
    """Which gate of a project it is."""

    START_UP = "start_up"
    INITIATION = "initiation"
    BOUNDARY = "boundary"
    CLOSURE = "closure"
    EXCEPTION_PLAN = "exception_plan"
    """No gate of its template: the plan by which a project goes on after an exception is approved here."""


class ProjectInHand(Frozen):
    """A project as the record has it: what its process needs to go on. Whatever is written of it returns it
    anew.
    """

    case: str
    parent: str
    content_hash: str
    authority: str
    """The post that names the manager and the board."""
    manager: str = ""
    """The post of the project manager; empty until one is named, and no gate opens before (SYS-16)."""
    board: tuple[SeatAsk, ...] = ()
    """The project board: executive, senior user, senior supplier. One post has one seat."""
    programme_office: str
    standards: str = ""
    """The post that checks project standards in force for this project; empty where none are (SYS-17)."""
    srg: ForumRules | None = None
    stages: int = 0
    """How many delivery stages the plan in hand has; 0 while there is none."""
    baseline: Baseline | None = None
    """The last approved."""
    plan: Plan | None = None
    """What was proposed last and is not approved yet."""
    went_live: date | None = None
    matrix: tuple[Band, ...] = ()
    clauses: dict[str, str] = Field(default_factory=dict)
    """Kind of question to the clause that puts it."""
    terms: dict[str, Terms] = Field(default_factory=dict)
    told: tuple[str, ...] = ()
    """Posts that hear what gates and exceptions come to, besides those asked."""
    non_working: tuple[date, ...] = ()
    """The days that are not worked, from now to some years after its go-live."""
    clock: Clock = Clock()


class ProjectTold(Frozen):
    """An answer about a project that is to be written into the record of it."""

    case: str
    step: str
    at: datetime
    stage: int = 0
    """The stage in hand; 0 before the first."""


class ProjectReported(Frozen):
    """What a report comes to."""

    forecast: Forecast
    variance: Variance
    linked: Variance | None = None
    unchanged: bool = False
    stage_done: bool = False
    """Its manager says that the stage is done, and asks for the gate."""
    went_live: date | None = None


class GatePassed(Frozen):
    """A gate that its board has let the project through."""

    case: str
    number: int
    """Counts the gates of a project, from 1."""
    gate: GateKind
    stage: int
    """The stage that ends with it; 0 before the first."""
    step: str
    plan_step: str = ""
    """The step by whose answer the plan was proposed that becomes the baseline; empty: the baseline stays."""
    at: datetime


class ExceptionRaised(Frozen):
    """A crossing that stops a project until whoever has the authority has decided."""

    case: str
    number: int
    """Counts the exceptions of a project, from 1."""
    stage: int
    step: str
    """The report that shows it."""
    crossing: Crossing
    asked_anew: bool = False
    """Its gate was decided before the report was heard of; that does not hold, and the gate is put anew."""
    at: datetime


class ExceptionSettled(Frozen):
    """What an exception came to."""

    case: str
    number: int
    step: str
    """The step by which it was decided."""
    tolerances: Tolerances | None = None
    """What is tolerated from now on, where more was granted."""
    at: datetime


class GoLive(Frozen):
    """When a project goes live: as it is forecast, or as it did."""

    day: date
    certain: bool = False
    """It has gone live on that day."""


class ProjectEnded(Frozen):
    """What a project's process leaves its proposal."""

    state: ProjectState
    go_live: GoLive | None = None


class Tally(Frozen):
    """What a process has counted, so that its next run goes on counting as if it were one."""

    state: str = ""
    rounds: dict[str, int] = Field(default_factory=dict)
    changes: int = 0
    waits: int = 0
    warnings: int = 0
    actions: tuple[FollowUp, ...] = ()
    """What follows from the case and has been begun."""
    actions_ended: dict[str, ActionState] = Field(default_factory=dict)
    """What those came to that have said so, by their references."""


class Course(Frozen):
    """How far a project has come."""

    passed: GateKind | None = None
    """The gate of its template that it passed last."""
    stage: int = 0
    """The delivery stage in hand; 0 before the first."""
    since: date | None = None
    """The first day of that stage, from which its reports are counted."""
    stage_over: bool = False
    report_due: bool = False
    """The day of a highlight report has come while the one before it was asked for."""
    report: str = ""
    """The step of the report with which the next gate is put; empty until there is one."""
    gates: int = 0
    exceptions: int = 0
    plans: int = 0
    """How many exception plans it was asked for."""
    checked: int = 0
    """The last stage whose standards were checked."""
    accepted: tuple[Tolerance, ...] = ()
    """The red ratings that were decided on, and have been red since."""
    accepted_together: Variance | None = None
    """What was decided on of the project and those linked with it together, as long as they are past what is
    tolerated.
    """
    go_live: GoLive | None = None
    """As its proposal was told last."""
    closing_early: bool = False
    decided: Outcome | None = None
    """What was decided last about it."""
    ended: ProjectState | None = None


class Carried(Frozen):
    """What a project's process takes along into its next run."""

    clock: Clock
    tally: Tally
    course: Course


class BenefitOpened(Frozen):
    """What a benefit's process is given when it begins: who says how much of it has come about, and when."""

    case: str
    parent: str
    content_hash: str
    clause: str
    owner: str
    """The post that is asked."""
    months: tuple[int, ...]
    """How long after go-live it is asked, in months."""
    asked: int = 0
    """How many of them it has been asked."""
    go_live: GoLive | None = None
    non_working: tuple[date, ...] = ()
    """The days that are not worked, from now to some years after the last of its months."""
    told: tuple[str, ...] = ()
    terms: dict[str, Terms] = Field(default_factory=dict)
    clock: Clock = Clock()


class BenefitRead(Frozen):
    """A reading of a benefit to be written into its record."""

    case: str
    step: str
    month: int
    """After how many months from go-live it was asked."""
    at: datetime


class ReviewInHand(Frozen):
    """What the review of a proposal after its project needs: who writes it, who checks it, when it is due."""

    case: str
    writer: str
    checker: str
    months: int
    """After go-live, or after an end without one."""
    non_working: tuple[date, ...] = ()
    """The days that are not worked, from go-live to some years after it is due."""
    srg: ForumRules | None = None
    clauses: dict[str, str] = Field(default_factory=dict)
    terms: dict[str, Terms] = Field(default_factory=dict)
    told: tuple[str, ...] = ()


class AssessmentInHand(Frozen):
    """What the assessment of a business process needs: who makes it, who chooses, and by when (SYS-67)."""

    case: str
    content_hash: str
    owner: str
    """The post that weighs the options, and puts the one that is chosen in place."""
    report_due: date
    programme_office: str
    srg: ForumRules | None = None
    """None: the programme office chooses."""
    clauses: dict[str, str] = Field(default_factory=dict)
    """Kind of question to the clause that puts it."""
    terms: dict[str, Terms] = Field(default_factory=dict)
    told: tuple[str, ...] = ()
    """Posts that hear what is chosen, besides those asked."""
    clock: Clock = Clock()


class AssessmentTold(Frozen):
    """An answer about an assessment that is to be written into the record of it."""

    case: str
    step: str
    at: datetime
