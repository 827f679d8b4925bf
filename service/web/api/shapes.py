"""The shapes of the JSON API: what each answer holds, with its units."""

import datetime as dates
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.store.meetings import MeetingState
from workflows.delivery import AssessmentState, BenefitState, ExceptionState, ProjectState
from workflows.model import ActionState, Guard, Size, State

CaseState = State | ActionState | ProjectState | ExceptionState | BenefitState | AssessmentState
"""Where a case is; which of them it may be goes by its kind."""


class FieldError(BaseModel):
    """What is wrong with one field, in a sponsor's words."""

    field: str = Field(examples=["cost_profile.capital_gbp"])
    message: str = Field(examples=["Give the capital cost, 0 if there is none"])


class ProblemDetails(BaseModel):
    """A problem (RFC 9457). `code` is stable."""

    type: str = Field(examples=["urn:assent:problem:malformed"])
    title: str
    status: int
    code: str = Field(examples=["malformed"])
    detail: str = ""
    errors: list[FieldError] = []


class Started(BaseModel):
    """A proposal and where it is."""

    ref: str = Field(examples=["INV-2026-0001"])
    state: CaseState


class Submitted(Started):
    """A submitted version and its fingerprint."""

    version: int
    content_hash: str


class ForumTold(BaseModel):
    """A forum that meets."""

    id: str = Field(examples=["heads-of-ict"])
    name: str = Field(examples=["Heads of ICT Group"])
    secretary: str = Field(examples=["heads-of-ict-secretary"])
    members: list[str]
    next: date | None = Field(examples=["2026-10-14"])


class QuorumTold(BaseModel):
    """How many members of a forum, or seats of a board, are present, and how many it takes.

    `present` counts those without an interest in what is decided; `wanting` is how many more it takes.
    """

    seats: int = Field(examples=[6])
    present: int = Field(examples=[5])
    interests: int = Field(examples=[0])
    needed: int = Field(examples=[3])
    wanting: int = Field(examples=[0])
    quorate: bool


class Meeting(BaseModel):
    """A forum's meeting: `state` is what has become of it, `items` how many are on its agenda."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "date": "2026-10-14",
                "state": "called",
                "papers_due": "2026-10-07",
                "items": 3,
                "quorum": {
                    "seats": 6,
                    "present": 0,
                    "interests": 0,
                    "needed": 3,
                    "wanting": 3,
                    "quorate": False,
                },
            }
        }
    )

    date: dates.date
    state: MeetingState
    papers_due: dates.date
    items: int
    quorum: QuorumTold


class MeetingItem(BaseModel):
    """An item of an agenda; `outcome` is what came of it, in words, and empty while it waits."""

    number: int
    key: str = Field(examples=["INV-2026-0001.notification.1"])
    kind: str = Field(examples=["question"])
    title: str
    case: str = Field(examples=["INV-2026-0001"])
    carried_from: dates.date | None
    outcome: str = Field(examples=["it is noted"])
    rolled_on: bool
    reference: str = Field(examples=["Heads of ICT Group 14 October 2026, item 2"])


class MeetingTold(Meeting):
    """A meeting with its agenda; once its record is closed, as it was then."""

    place: str
    time: str
    moved_to: dates.date | None
    why: str
    agenda: list[MeetingItem]
    misses: list[str]
    """The cases that wait for the next meeting: their papers came too late, or they were put off."""
    minutes: Literal["", "drafted", "corrected", "confirmed"]
    confirmed_at: dates.date | None


class VotesTold(QuorumTold):
    """How a board's question stands. The votes are null while they are hidden until it is decided."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "seats": 8,
                "present": 5,
                "needed": 4,
                "interests": 1,
                "wanting": 0,
                "quorate": True,
                "possible": True,
                "silent": ["cd-hsg", "cd-ell"],
                "in_favour": 3,
                "against": 2,
                "abstaining": 0,
                "blind": False,
                "sentences": ["5 of 8 present; 4 needed; 1 has declared an interest."],
            }
        }
    )

    possible: bool
    """Enough can still be present."""
    silent: list[str]
    in_favour: int | None
    against: int | None
    abstaining: int | None
    blind: bool
    sentences: list[str]


class WaitingOn(BaseModel):
    """On whom something waits, since when, what happens next, and when."""

    step: str
    on: str
    title: str
    since: datetime
    working_days: int
    next: str
    at: datetime | None
    action: str = ""
    """The action that is waited for, where a condition guards what is to come."""


class RouteLeg(BaseModel):
    """A leg of a proposal's way, and the clause that puts it there."""

    leg: str
    who: list[str]
    titles: list[str]
    clause: str
    clause_text: str
    reason: str
    meeting: date | None
    by: date | None


class CaseSummary(Started):
    """A case in a list."""

    kind: str
    title: str
    department: str
    sponsor: str
    size: str
    capital: str
    version: int
    decide_by: date
    opened: datetime
    changed: datetime
    open: bool
    valid_until: date | None
    """The last day on which its approval may be put to use; null if there is none, it does not lapse,
    or it was put to use or has ended."""
    waiting: list[WaitingOn]


class DecisionTold(BaseModel):
    """One person's answer."""

    step: str
    round: int
    seat: str
    post: str
    title: str
    on_behalf_of: str
    choice: str
    reason: str
    conditions: list[dict[str, str]]
    """Each with the action that follows it up and that action's state, empty where there is none."""
    answers: dict[str, dict[str, str]]
    told: dict[str, str]
    """The same in words, by what each is called: a plan's stages in one line each."""
    outside_guidelines: bool
    """It returns the proposal as outside the guidelines, for its directorate to act on."""
    until: date | None
    next_meeting: bool
    """On that day the forum that was asked is to meet next; if that meeting moves, so does the question."""
    submitted_at: datetime
    recorded_at: datetime | None
    content_hash: str
    shown_hash: str
    assurance: str
    version: int
    """The version that was answered about."""
    kept_for: list[int]
    """Later versions for which it stands, because nothing material had changed."""


class OrderTold(BaseModel):
    """The order that an approval raised; `kept` is one that is sent nowhere."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "number": "ORD-2026-0001",
                "amount": "84000.00",
                "state": "accepted",
                "raised_at": "2026-06-16T09:02:11.000000Z",
                "accepted_at": "2026-06-16T09:02:13.000000Z",
            }
        }
    )

    number: str
    amount: str
    state: Literal["raised", "accepted", "failed", "kept", "called_off"]
    raised_at: datetime
    accepted_at: datetime | None


class ActionTold(BaseModel):
    """What an action is besides a case: `follows` is the case that it follows from."""

    follows: str = Field(examples=["INV-2026-0001"])
    text: str
    owner: str
    verifier: str
    due: date
    evidence: str
    guards: Guard


class SizeSet(BaseModel):
    """The size that the PMO has confirmed, or set in the place of the handbook's."""

    case: str
    size: Size
    by_rule: Size
    """What the version in hand was by the handbook's rule."""
    by: str
    """The post through which it was set."""
    reason: str
    at: datetime


class StageTold(BaseModel):
    """A delivery stage as it is planned; `report_weeks` is from one highlight report to the next."""

    number: int = Field(examples=[1])
    name: str = Field(examples=["Build"])
    ends: date
    cost: str = Field(examples=["90000.00"])
    report_weeks: int = Field(examples=[4])
    pilot: str = ""
    """Where it is tried out first, if it is a pilot."""


class PlanTold(BaseModel):
    """A plan that was approved; later reports are measured against the last of them."""

    number: int = Field(examples=[1])
    approved_on: date
    cost: str = Field(examples=["140000.00"])
    go_live: date
    tolerated_percent: str = Field(examples=["10"])
    """Over its cost."""
    tolerated_days: int = Field(examples=[20])
    """Working days after its go-live."""
    stages: list[StageTold]


class VarianceTold(BaseModel):
    """By how much a forecast misses the approved plan: pounds, percent of it, and working days."""

    over: str = Field(examples=["28000.00"])
    over_percent: str = Field(examples=["20.00"])
    late: int = Field(examples=[22])


class ForecastTold(VarianceTold):
    """How a project stands by a report; `ratings` are green, amber or red."""

    cost: str = Field(examples=["168000.00"])
    go_live: date
    stage_ends: date | None
    ratings: dict[str, str] = Field(examples=[{"time": "amber", "cost": "green"}])


class ReportTold(ForecastTold):
    """What a project's manager reported. A report is never changed."""

    number: int = Field(examples=[3])
    step: str = Field(examples=["PRJ-2026-0001.highlight.3"])
    kind: str = Field(examples=["highlight"])
    stage: int
    at: datetime
    unchanged: bool
    """It says that nothing had changed."""
    stage_done: bool
    objectives: str
    """met, partly or not_met; empty where it was not asked."""
    went_live: date | None


class GateTold(VarianceTold):
    """A gate that was passed, with its three variances: budget, time, objectives."""

    number: int = Field(examples=[2])
    gate: str = Field(examples=["boundary"])
    name: str = Field(examples=["Stage boundary"])
    stage: int
    """The stage that ended with it; 0 before the first."""
    step: str
    at: datetime
    objectives: str
    rating: str = Field(examples=["amber"])
    """How confident its board is of delivery, as its least confident member is: green, amber or red; empty
    where the gate does not ask.
    """
    plan: int
    """The number of the plan that it approved; 0 if the one before stays."""


class ExceptionTold(VarianceTold):
    """A forecast past what is tolerated, who decides, and what it came to; empty while it is open."""

    number: int = Field(examples=[1])
    stage: int
    of: list[str] = Field(examples=[["time", "cost"]])
    authority: str = Field(examples=["board"])
    raised: datetime
    settled: datetime | None
    outcome: str = Field(examples=["more_tolerance"])


class PutRightTold(BaseModel):
    """What is still to be done so that a project keeps to its standards: an action that is open."""

    action: str = Field(examples=["ACT-2026-0001"])
    owner: str
    """The post."""
    due: date
    state: str = Field(examples=["agreed"])


class CheckTold(BaseModel):
    """What a check of a project's standards found after a stage."""

    stage: int
    step: str
    at: datetime
    not_met: list[str] = Field(examples=[["risks"]])
    """Keys of the handbook's standards."""
    exception: str = Field(examples=["EXC-2026-0001"])
    """Empty if it raised none."""
    put_right: list[PutRightTold]


class ProjectTold(BaseModel):
    """What a project is besides a case."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "follows": "INV-2026-0001",
                "manager": "hoict-rc",
                "board": ["cd-rc", "bh-dmh", "ict-services"],
                "template": "prince2",
                "strategy": "customer-access",
                "stage": 1,
                "went_live": None,
                "baseline": {
                    "number": 1,
                    "approved_on": "2026-10-01",
                    "cost": "140000.00",
                    "go_live": "2027-03-31",
                    "tolerated_percent": "10",
                    "tolerated_days": 20,
                    "stages": [
                        {
                            "number": 1,
                            "name": "Build",
                            "ends": "2027-01-29",
                            "cost": "140000.00",
                            "report_weeks": 4,
                            "pilot": "",
                        }
                    ],
                },
                "forecast": {
                    "cost": "147000.00",
                    "go_live": "2027-04-14",
                    "stage_ends": "2027-02-12",
                    "ratings": {"time": "amber", "cost": "green"},
                    "over": "7000.00",
                    "over_percent": "5.00",
                    "late": 8,
                },
                "gates": [],
                "exceptions": [],
                "reports": [],
                "linked": ["INV-2026-0002"],
                "waits_for": ["PRJ-2026-0003"],
                "standards_exceptions": [],
                "checks": [],
            }
        }
    )

    follows: str
    """The proposal."""
    manager: str
    """A post; empty until it is named."""
    board: list[str]
    """Posts, the executive first."""
    template: str
    strategy: str
    stage: int
    """The delivery stage in hand; 0 before the first."""
    went_live: date | None
    baseline: PlanTold | None
    """The plan that was approved last, with what is tolerated by now."""
    forecast: ForecastTold | None
    """By the last report; null before the first."""
    gates: list[GateTold]
    exceptions: list[ExceptionTold]
    reports: list[ReportTold]
    linked: list[str]
    waits_for: list[str]
    standards_exceptions: list[str]
    checks: list[CheckTold]
    """Of the project standards, the first first."""


class ReadingTold(BaseModel):
    """How much of a benefit has come about; of one month the last is what holds."""

    month: int = Field(examples=[3])
    """After how many months from go-live it was asked."""
    at: datetime
    value: str = Field(examples=["2500"])
    """In the benefit's own measure."""
    rating: str = Field(examples=["green"])
    corrected: bool
    """A later one has taken its place."""


class BenefitTold(BaseModel):
    """What a benefit is besides a case."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "follows": "INV-2026-0001",
                "owner": "bh-dmh",
                "claimed": "12000.00",
                "measure": "Counted at the box office",
                "months": [3, 6, 12, 24],
                "readings": [
                    {
                        "month": 3,
                        "at": "2027-06-30T09:00:00.000000Z",
                        "value": "2500",
                        "rating": "green",
                        "corrected": False,
                    }
                ],
            }
        }
    )

    follows: str
    owner: str
    """The post that is asked."""
    claimed: str | None
    """Pounds a year; null where it was given no sum."""
    measure: str
    months: list[int]
    """After go-live, in which it is asked."""
    readings: list[ReadingTold]


class StandardsExceptionTold(BaseModel):
    """What an exception from the project standards is besides a case."""

    follows: str = Field(examples=["PRJ-2026-0001"])
    """The project."""
    stage: int
    text: str
    """What falls short."""


class DocumentTold(BaseModel):
    """A document that was handed in. Its content is at its address, for whoever has signed in."""

    case: str = Field(examples=["PRJ-2026-0001"])
    """The case that it belongs to: of an exception from the project standards its project."""
    number: int = Field(examples=[1])
    name: str = Field(examples=["Plan.pdf"])
    kind: str = Field(examples=["initiation"])
    """By the handbook's kinds of document; empty where nobody has said."""
    media_type: str = Field(examples=["application/pdf"])
    size: int = Field(examples=[48213])
    """Bytes."""
    sha256: str
    step: str = Field(examples=["PRJ-2026-0001.initiation.1"])
    """The question with whose answer it was handed in; empty if with none."""
    post: str = Field(examples=["hoict-rc"])
    """The post through which it was handed in."""
    at: datetime
    superseded_by: int | None
    """The number of a later one of the same name; null for the one that counts."""
    address: str | None
    """The path of its content; null once that was erased, as the law may ask."""


class OptionTold(BaseModel):
    """An option of an assessment, as it was weighed last."""

    option: str = Field(examples=["managed_service"])
    """Its key in the handbook."""
    name: str
    weighed: bool
    """False: there was a reason for leaving it out."""
    cost: str | None = Field(examples=["84000.00"])
    """Pounds a year; null where it was not given."""


class AssessmentTold(BaseModel):
    """What an assessment of a business process is besides a case."""

    purpose: str
    owner: str
    """The post that weighs the options, and puts the one that is chosen in place."""
    report_due: date
    in_place_by: date
    options: list[OptionTold]
    """None while they are not weighed."""
    recommended: str
    """The key of an option; empty while none is recommended."""
    chosen: str
    """The key of an option; empty while none is chosen."""


class CaseTold(CaseSummary):
    """A case with its way, its decisions and its conditions."""

    content_hash: str
    edition: str
    quorum: dict[str, VotesTold]
    """How each open question of a board stands, by its step."""
    route: list[RouteLeg]
    decisions: list[DecisionTold]
    conditions: list[dict[str, str]]
    size_set: SizeSet | None
    """What the PMO has said of its size last; null if nothing that holds for this version."""
    order: OrderTold | None
    action: ActionTold | None = None
    project: ProjectTold | None = None
    """Of a project; of a proposal null, though it may have one: `GET /cases?kind=project`."""
    benefit: BenefitTold | None = None
    standards_exception: StandardsExceptionTold | None = None
    documents: list[DocumentTold]
    """What was handed in, the first first; of an exception from the project standards, of its project."""
    assessment: AssessmentTold | None = None


class FigureTold(BaseModel):
    """What costs and benefits come to, and how it was worked out."""

    name: str = Field(examples=["Net present value"])
    value: str = Field(examples=["£7,065"])
    working: str


class BudgetTold(BaseModel):
    """The budget that a share would come from, as it stands: what is promised of it, and what is asked."""

    post: str = Field(examples=["bh-dmh"])
    total: str = Field(examples=["210000.00"])
    committed: str = Field(examples=["95000.00"])
    """By the handbook, and by what its post has approved of other proposals."""
    approved_here: str = Field(examples=["0.00"])
    """The part of `committed` that was approved of other proposals."""
    would_remain: str = Field(examples=["31000.00"])
    """The total less what is committed and this proposal's share."""
    asked_here: str = Field(examples=["20000.00"])
    """What other proposals ask of it and nobody has answered yet; no part of `committed`."""
    would_remain_of_all: str = Field(examples=["11000.00"])
    """What would remain if all of that were approved as well."""


class TrackRecordTold(BaseModel):
    """How closed major cases of a directorate turned out, and what a proposal comes to on that record."""

    directorate: str
    measures: dict[str, str]
    """Each with its middle, how many cases say so, and their range."""
    restated: FigureTold | None


class AppraisalTold(BaseModel):
    """A business case: what its sponsor says, what it comes to, and what is missing or does not agree."""

    cost_profile: dict[str, str | None]
    costs_by_year: list[dict[str, str]]
    benefits: list[dict[str, Any]]
    funding_parties: list[dict[str, str]]
    budgets: list[BudgetTold]
    """Those that the handbook knows of the posts that would pay."""
    options: list[dict[str, Any]]
    claimed: dict[str, str | None]
    """The sponsor's own totals, as they gave them."""
    figures: list[FigureTold]
    flags: list[str]
    track_record: TrackRecordTold | None
    """Null where too few closed cases say how they turned out."""


class ApproverTold(BaseModel):
    """A post that was added to those who approve a case."""

    case: str
    post: str
    reason: str
    added_by: str
    """The post through which it was added."""
    added_at: datetime
    taken_back_by: str
    """The post through which it was taken back; empty while it is asked."""
    taken_back_why: str
    taken_back_at: datetime | None


class ChangeTold(BaseModel):
    """A part of a proposal in which two versions differ; `before` and `now` are in words."""

    what: str = Field(examples=["Capital"])
    before: str = Field(examples=["£120,000"])
    now: str = Field(examples=["£140,000"])
    material: bool
    """It voids what was answered about the version before."""


class VersionTold(BaseModel):
    """A submitted version, and in what it differs from the one before."""

    version: int
    content_hash: str
    submitted: datetime
    changes: list[ChangeTold]
    kept: list[str]
    """The steps whose answers about an earlier version stand."""


class VersionList(BaseModel):
    """A case's versions; `differences` are those between the two that were asked for."""

    versions: list[VersionTold]
    differences: list[ChangeTold]


class CaseList(BaseModel):
    """A page of a list; `next` is the cursor of the next page."""

    items: list[CaseSummary]
    next: str | None


class LessonTold(BaseModel):
    """A lesson of a past review; one that was erased says so in the place of its words."""

    case: str = Field(examples=["INV-2004-0001"])
    case_title: str
    number: int
    """Its place in the review, from 1."""
    at: datetime
    """When that review was checked."""
    department: str
    system_kind: str
    strategy: str
    title: str
    text: str
    erased: bool


class LessonList(BaseModel):
    """A page of the library of lessons; `next` is the cursor of the next page."""

    items: list[LessonTold]
    next: str | None


class StepTold(BaseModel):
    """An open question."""

    id: str
    case: str
    kind: str
    round: int
    version: int
    clause: str
    opened: datetime
    due: datetime
    waiting_on: list[str]
    next: str | None
    at: datetime | None
    quorum: VotesTold | None


class StepList(BaseModel):
    """A page of the open questions; `next` is the cursor of the next page."""

    steps: list[StepTold]
    next: str | None


class JournalLine(BaseModel):
    """A line of the record."""

    case: str
    seq: int
    at: datetime
    recorded: datetime
    actor: str
    on_behalf_of: str
    kind: str
    key: str
    data: dict[str, Any]
    prev: str
    kid: str
    mac: str
