"""The tables. Those a page reads are folded from the journal; the others stand beside it.

Times are UTC. `at`, `opened`, `queued` and the like are Clock time; names ending in `_real` are real time.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, MetaData, Table, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def _when(name: str, *columns: str, flag: str = "", where: str = "") -> Index:
    """Index only the rows that are still of interest, so that the index stays as small as they are."""
    # SQLite takes a partial index only for a query that spells its condition as the index does.
    return Index(
        name,
        *columns,
        sqlite_where=text(" AND ".join(filter(None, (where, f"{flag} = 1" if flag else "")))),
        postgresql_where=text(" AND ".join(filter(None, (where, flag)))),
    )


# ------------------------------------------------------------------------- the journal


class JournalRow(SQLModel, table=True):
    """A line of the record. Triggers refuse to change or delete one."""

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("case", "key"),)

    case: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime
    recorded: datetime
    actor: str
    on_behalf_of: str
    kind: str
    key: str
    data: str = Field(sa_type=Text)
    prev: str
    kid: str
    mac: str


class HeadRow(SQLModel, table=True):
    """The last line of each case's chain, signed: it is also the lock that writers of the case take."""

    __tablename__ = "head"

    case: str = Field(primary_key=True)
    seq: int
    mac: str
    kid: str
    head_mac: str


class AnchoredRow(SQLModel, table=True):
    """How far the last day that was closed vouches for each case."""

    __tablename__ = "anchored"

    case: str = Field(primary_key=True)
    seq: int
    mac: str


# ------------------------------------------------------------ the installation (folded)


class ClockSegmentRow(SQLModel, table=True):
    """A stretch of the Clock."""

    __tablename__ = "clock_segment"

    number: int = Field(primary_key=True)
    real: datetime
    clock: datetime
    rate: float


class EditionInForceRow(SQLModel, table=True):
    """The edition under which an organisation opens cases now."""

    __tablename__ = "edition_in_force"

    organisation: str = Field(primary_key=True)
    hash: str
    number: int
    since: datetime


class EditionDraftRow(SQLModel, table=True):
    """A handbook that is not in force yet, or no longer to come."""

    __tablename__ = "edition_draft"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Counted from 1 over all organisations; of an earlier program, the line of the record that kept it."""
    organisation: str
    hash: str
    name: str
    base: str
    """The hash of the edition in force when it was kept."""
    kept_at: datetime
    put_by: str | None = None
    """Who put it forward; nobody yet where the installation found it in its files."""
    put_as: str | None = None
    """The post through which they may."""
    put_at: datetime | None = None
    state: str
    ended_by: str | None = None
    ended_as: str | None = None
    ended_at: datetime | None = None


class CoverRow(SQLModel, table=True):
    """A dated delegation of one person to another."""

    __tablename__ = "cover"
    __table_args__ = (Index(None, "person", "starts"),)

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """The line of the record that set it; of several for a day the last one set counts."""
    person: str
    cover: str
    starts: date
    ends: date
    set_by: str
    set_at: datetime


# -------------------------------------------------------------------- cases (folded)


class CaseRow(SQLModel, table=True):
    """A case as lists show it."""

    __tablename__ = "case_file"
    __table_args__ = (
        Index(None, "organisation", "kind", "state", "changed", "ref"),
        Index(None, "organisation", "changed", "ref"),
        Index(None, "changed", "ref"),
        Index(None, "state", "changed", "ref"),
        Index(None, "department", "changed", "ref"),
        # In the order of a language, PostgreSQL cannot look up what begins like a reference.
        Index("ix_case_file_ref_begins", "ref", postgresql_ops={"ref": "text_pattern_ops"}),
        _when("ix_case_file_not_taken_up", "ref", where="taken_up < version", flag="open"),
        _when("ix_case_file_withdrawing", "ref", where="withdrawal_key IS NOT NULL", flag="open"),
    )

    ref: str = Field(primary_key=True)
    kind: str
    organisation: str
    department: str
    title: str
    state: str
    open: bool
    version: int
    taken_up: int
    content_hash: str
    edition: str
    sponsor: str
    lead: str
    size: str
    capital: Decimal = Field(max_digits=14, decimal_places=2)
    decide_by: date
    opened: datetime
    changed: datetime
    because: str
    withdrawal_key: str | None = None
    withdrawal_by: str | None = None
    withdrawal_at: datetime | None = None
    valid_until: date | None = None
    """The last day on which its approval may be put to use; None: there is none, or it holds for ever."""


class CaseVersionRow(SQLModel, table=True):
    """A submitted version: its facts and its way. Its words are texts, found by their hash."""

    __tablename__ = "case_version"

    ref: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    content_hash: str
    edition: str
    author: str
    authors: str = Field(sa_type=Text)
    submitted: datetime
    proposal: str = Field(sa_type=Text)
    route: str = Field(sa_type=Text)
    branches: str = Field(sa_type=Text)
    kept: str = Field(sa_type=Text)
    """The steps whose answers stand for it, by the keys of their questions."""


class CaseWaitRow(SQLModel, table=True):
    """What a case waits for apart from people."""

    __tablename__ = "case_wait"
    __table_args__ = (Index(None, "until"),)

    case: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    leg: str
    on: str
    since: datetime
    until: datetime | None = None


class ActionRow(SQLModel, table=True):
    """What an action is besides a case: where it follows from, who does it, who checks it, by when."""

    __tablename__ = "action_file"
    __table_args__ = (Index(None, "parent"), Index(None, "owner"))

    ref: str = Field(primary_key=True)
    parent: str
    source: str
    number: int
    owner: str
    verifier: str
    due: date
    guards: str


class ProjectRow(SQLModel, table=True):
    """What a project is besides a case: who runs it, where it is, and what it is measured against."""

    __tablename__ = "project_file"
    __table_args__ = (UniqueConstraint("parent"), Index(None, "manager"))

    ref: str = Field(primary_key=True)
    parent: str
    manager: str
    """A post, as the three after it; empty until it is named."""
    executive: str
    senior_user: str
    senior_supplier: str
    template: str
    """The key of its stage template in the handbook; empty until it is named."""
    strategy: str
    people: int
    """How often somebody was put in another's place."""
    people_heard: int
    """The last of these changes of which its process has heard."""
    reports_wanted: int
    """How often a report was wanted at once."""
    reports_heard: int
    """The last of these wishes of which its process has heard."""
    stage: int
    """The delivery stage in hand; 0 before the first."""
    baseline: int
    """The number of the last approved; 0 while there is none."""
    plan: str = Field(sa_type=Text)
    """What was proposed last and is not approved; empty if nothing is."""
    plan_step: str
    """The step whose answer proposed it."""
    go_live: date | None = None
    """As it was planned or forecast last."""
    went_live: date | None = None


class BaselineRow(SQLModel, table=True):
    """A plan that a project's reports were measured against, from its approval on."""

    __tablename__ = "project_baseline"

    case: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    step: str
    """The step whose answer proposed it."""
    plan: str = Field(sa_type=Text)
    """With what is tolerated by now."""
    since: datetime


class ProjectReportRow(SQLModel, table=True):
    """What a project's manager reported, and by how much it missed the baseline. Never overwritten."""

    __tablename__ = "project_report"

    case: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    line: int
    """The line of the record that says so, by which reports are in their order."""
    kind: str
    stage: int
    at: datetime
    person: str
    """Who reported."""
    forecast: str = Field(sa_type=Text)
    variance: str = Field(sa_type=Text)
    linked: str = Field(sa_type=Text)
    """The variance of the project and those linked with it together; empty if none is."""
    unchanged: bool
    stage_done: bool
    objectives: str
    """met, partly or not_met; empty where it was not asked."""
    went_live: date | None = None


class GateRow(SQLModel, table=True):
    """A gate that a project was let through, with its three variances: budget, time, objectives."""

    __tablename__ = "project_gate"

    case: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    gate: str
    stage: int
    step: str
    """The step by whose answers it was passed."""
    report: str
    """The step of the report before it, by which it is measured; empty if there was none."""
    over: Decimal = Field(max_digits=14, decimal_places=2)
    over_percent: Decimal = Field(max_digits=14, decimal_places=2)
    late: int
    """Working days."""
    objectives: str
    rating: str
    """How confident of delivery its board was: green, amber or red; empty where the gate did not ask."""
    baseline: int
    """The baseline that it made; 0 if the one before stays."""
    at: datetime


class ProjectExceptionRow(SQLModel, table=True):
    """A forecast past what is tolerated, and what was decided of it."""

    __tablename__ = "project_exception"

    case: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    stage: int
    step: str
    """The report that shows it."""
    crossing: str = Field(sa_type=Text)
    raised: datetime
    settled: datetime | None = None
    settled_by: str
    """The step by which it was decided; empty while it is not."""
    choice: str
    tolerances: str = Field(sa_type=Text)
    """What is tolerated since, where more was granted; else empty."""


class ProjectLinkRow(SQLModel, table=True):
    """Two cases that are measured together; the one that names the other stands first."""

    __tablename__ = "project_link"
    __table_args__ = (Index(None, "other"),)

    case: str = Field(primary_key=True)
    other: str = Field(primary_key=True)
    """A project, or a proposal, which stands for its project."""


class ProjectDependencyRow(SQLModel, table=True):
    """A project that waits for another, and why."""

    __tablename__ = "project_dependency"
    __table_args__ = (Index(None, "other"),)

    case: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Counts what a project has waited for, from 1."""
    other: str
    reason: str
    """The hash of its words."""
    declared_by: str
    declared_as: str
    declared_at: datetime
    ended_as: str
    """The post through which somebody said that it waits no more; empty while it does."""
    ended_why: str
    ended_at: datetime | None = None


class StandardsCheckRow(SQLModel, table=True):
    """What a check of project standards found."""

    __tablename__ = "standards_check"

    case: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    line: int
    stage: int
    at: datetime
    found: str = Field(sa_type=Text)
    """Standard to met or not_met."""
    exception: str
    """The standards exception that it raised; empty if it raised none."""


class StandardsExceptionRow(SQLModel, table=True):
    """What an exception from the project standards is besides a case."""

    __tablename__ = "standards_exception"
    __table_args__ = (Index(None, "parent"),)

    ref: str = Field(primary_key=True)
    parent: str
    """The project."""
    step: str
    """The check that raised it."""
    stage: int


class AssessmentRow(SQLModel, table=True):
    """What an assessment of a business process is besides a case."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("wish"), Index(None, "owner"))

    ref: str = Field(primary_key=True)
    wish: str
    """The form by which it was opened, which opens no second one."""
    opened_as: str
    """The post through which somebody opened it."""
    owner: str
    """The post that weighs the options."""
    report_due: date
    in_place_by: date
    """By when what is chosen is to be in place."""
    reported_by: str
    """The step by which the options were weighed last; empty while they are not."""
    recommended: str
    """The option that was recommended last."""
    chosen_by: str
    """The step by which an option was chosen; empty while none is."""
    chosen: str


class AssessedOptionRow(SQLModel, table=True):
    """An option of an assessment, as it was weighed last, or left out."""

    __tablename__ = "assessed_option"

    case: str = Field(primary_key=True)
    option: str = Field(primary_key=True)
    weighed: bool
    """False: there was a reason for leaving it out."""
    cost: Decimal | None = Field(default=None, max_digits=14, decimal_places=2)
    """Pounds, where it was given."""


class BenefitRow(SQLModel, table=True):
    """What a benefit is besides a case: whose it is, and what was claimed of it."""

    __tablename__ = "benefit_file"
    __table_args__ = (UniqueConstraint("parent", "number"), Index(None, "owner"))

    ref: str = Field(primary_key=True)
    parent: str
    number: int
    """Its place among the benefits that the proposal claims, from 1."""
    owner: str
    """The post that is asked how much of it has come about."""
    claimed: Decimal | None = Field(default=None, max_digits=14, decimal_places=2)
    """Pounds a year, where it was given a sum."""


class BenefitReadingRow(SQLModel, table=True):
    """How much of a benefit has come about, as its owner says. It is corrected only by a later one."""

    __tablename__ = "benefit_reading"

    case: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    line: int
    month: int
    """After how many months from go-live it was asked."""
    at: datetime
    person: str
    value: str
    """A number as it was written, in the benefit's own measure."""
    rating: str


class ReviewRow(SQLModel, table=True):
    """The review of a proposal after its project, as somebody else has checked it."""

    __tablename__ = "case_review"
    __table_args__ = (Index(None, "at"),)

    case: str = Field(primary_key=True)
    at: datetime
    """When it was checked."""
    review_step: str
    check_step: str
    final_cost: Decimal | None = Field(default=None, max_digits=14, decimal_places=2)
    """Pounds that the project has cost, where the review says so."""
    objectives: str
    """met, partly or not_met; empty where it does not say."""
    system_kind: str
    """What the proposal is about, by which later ones of like kind are known; empty where it does not say."""
    systems: str = Field(sa_type=Text)
    """The corporate systems that it names."""
    strategy: str
    """The strategy that its project serves; empty for none."""


class LessonRow(SQLModel, table=True):
    """A lesson of a review. What it says is a text, found by its hash."""

    __tablename__ = "lesson"

    case: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    words: str


class SupplierRow(SQLModel, table=True):
    """A supplier that had the technical parameters."""

    __tablename__ = "supplier"

    case: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """The line of the record that says so."""
    supplier: str
    on: date
    parameters: str = Field(sa_type=Text)
    set_by: str
    set_at: datetime


class AgreementRow(SQLModel, table=True):
    """An agreement to share personal data with a partner."""

    __tablename__ = "agreement"

    case: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """The line of the record that says so."""
    reference: str
    since: date
    until: date
    set_by: str
    set_at: datetime


class ApproverRow(SQLModel, table=True):
    """A post that somebody added to those who approve a case."""

    __tablename__ = "approver"
    __table_args__ = (
        _when("ix_approver_unheard", "case", where="state = 'added'"),
        _when("ix_approver_not_let_go", "case", where="state = 'taking_back'"),
    )

    case: str = Field(primary_key=True)
    post: str = Field(primary_key=True)
    number: int
    """The line of the record that says so."""
    clause: str
    reason: str
    """The hash of the words."""
    added_by: str
    added_as: str
    added_at: datetime
    state: str
    """added, asked, too_late, taking_back or taken_back."""
    taken_back_by: str | None = None
    taken_back_as: str | None = None
    taken_back_why: str | None = None
    """The hash of the words."""
    taken_back_at: datetime | None = None


class SizingRow(SQLModel, table=True):
    """What the PMO has said of a proposal's size."""

    __tablename__ = "sizing"
    __table_args__ = (_when("ix_sizing_unheard", "case", where="state = 'set'"),)

    case: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Counts what was said of one case."""
    version: int
    size: str
    by_rule: str
    """The size that this version has by the handbook's rule."""
    reason: str
    """The hash of the words."""
    set_by: str
    set_as: str
    set_at: datetime
    state: str
    """set, taken_up or too_late."""


class StepRow(SQLModel, table=True):
    """A question put to people."""

    __tablename__ = "step"
    __table_args__ = (
        Index(None, "case", "opened"),
        _when("ix_step_open", "opened", "id", flag="open"),
        _when("ix_step_next", "next_at", flag="open"),
        _when("ix_step_due", "due", "case", flag="open"),
    )

    id: str = Field(primary_key=True)
    case: str
    key: str
    round: int
    kind: str
    ask: str = Field(sa_type=Text)
    opened: datetime
    due: datetime
    rungs: str = Field(sa_type=Text)
    climbed: int
    next_at: datetime | None = None
    open: bool
    ending: str | None = None
    choice: str | None = None
    why: str
    until: date | None = None
    closed: datetime | None = None
    held_until: datetime | None = None
    """When its outcome takes effect, while answers may still be taken back."""


class SeatRow(SQLModel, table=True):
    """A place to answer in a step."""

    __tablename__ = "seat"
    __table_args__ = (
        _when("ix_seat_waiting", "post", "step", flag="waiting"),
        _when("ix_seat_amount", "post", "step", where="amount IS NOT NULL"),
    )

    step: str = Field(primary_key=True)
    seat: str = Field(primary_key=True)
    place: int
    post: str
    amount: Decimal | None = Field(default=None, max_digits=14, decimal_places=2)
    chair: bool
    veto: bool
    waiting: bool
    """The step is open and this seat has not answered."""
    person: str | None = None
    choice: str | None = None
    answered_at: datetime | None = None


class HolderRow(SQLModel, table=True):
    """A person who may answer for a seat."""

    __tablename__ = "holder"
    __table_args__ = (_when("ix_holder_waiting", "person", "step", flag="waiting"),)

    step: str = Field(primary_key=True)
    seat: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    place: int
    post: str
    capacity: str
    waiting: bool


class OrderRow(SQLModel, table=True):
    """What an approval has sent to whoever buys: its order, or word that the order is called off."""

    __tablename__ = "order_file"
    __table_args__ = (
        Index(None, "case"),
        Index(None, "organisation", "raised", "key"),
        _when("ix_order_file_owed", "owed_real", where="state = 'owed'"),
    )

    key: str = Field(primary_key=True)
    kind: str
    """raised or cancelled."""
    case: str
    organisation: str
    number: str
    version: int
    amount: Decimal = Field(max_digits=14, decimal_places=2)
    content: str = Field(sa_type=Text)
    """What it says, besides what the case itself says."""
    raised: datetime
    state: str
    round: int
    """How often somebody had it sent again."""
    owed_real: datetime
    """Since when it is to be sent; real time, by which it is tried for three days."""
    settled: datetime | None = None
    """When it was accepted, given up or called off."""
    status: int | None = None
    receipt: str
    """The id under which the receiver has it, if it gave one."""
    digest: str
    """The SHA-256 of what the receiver answered."""
    why: str
    """Why it could not be sent, in words."""


class DecisionRow(SQLModel, table=True):
    """A person's answer. Its words are a text, found by its hash."""

    __tablename__ = "decision"
    __table_args__ = (Index(None, "case", "submitted_at"), Index(None, "step"))

    key: str = Field(primary_key=True)
    case: str
    step: str
    round: int
    seat: str
    person: str
    post: str
    on_behalf_of: str
    choice: str
    conditions: str = Field(sa_type=Text)
    answers: str = Field(sa_type=Text)
    words_hash: str
    until: date | None = None
    next_meeting: bool = Field(sa_column_kwargs={"server_default": false()})
    """That day is given as the next meeting of the forum that was asked."""
    content_hash: str
    shown_hash: str
    payload_hash: str
    assurance: str
    submitted_at: datetime
    recorded_at: datetime | None = None
    attempt: int = Field(sa_column_kwargs={"server_default": "1"})
    """Which of its seat's answers it is."""
    held_until: datetime | None = None
    """Until when it may be taken back."""


# ------------------------------------------------------------------- meetings (folded)


class SeriesRow(SQLModel, table=True):
    """A forum whose meetings are looked after."""

    __tablename__ = "meeting_series"

    series: str = Field(primary_key=True)
    organisation: str
    forum: str
    since: date
    """The first day that is looked after: what was before was not missed."""
    stirred: int
    """The last line of the record that its process must hear of."""
    as_of: str
    """What its process last went by."""


class MeetingRow(SQLModel, table=True):
    """A meeting of a forum, on its day."""

    __tablename__ = "meeting"

    series: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    state: str
    extraordinary: bool
    moved_to: date | None = None
    moved_from: date | None = None
    why: str
    """The hash of why it was moved, called off or added."""
    revision: int
    """How often it was changed, by which calendars know the latest word of it."""
    place: str
    time: str
    called: datetime | None = None
    papers_closed: datetime | None = None
    agenda: str = Field(sa_type=Text)
    """The keys of what was on the agenda when its papers closed."""
    order: str = Field(sa_type=Text)
    """The keys in the order in which the secretary has put them."""
    closed: datetime | None = None
    closed_by: str | None = None
    items: str = Field(sa_type=Text)
    """What was before the meeting, as it was when its record was closed, each with the hash of its words."""
    present: str = Field(sa_type=Text)
    """Who was there, as it was when its record was closed, with the hashes of the names of substitutes."""
    minutes: str
    """drafted, corrected or confirmed; empty while there are none."""
    minutes_hash: str
    draft_hash: str = Field(sa_column_kwargs={"server_default": ""})
    """Of the minutes as they were drafted, before anything was corrected."""
    confirmed_at: date | None = None
    """The day of the meeting that confirmed its minutes."""


class AttendanceRow(SQLModel, table=True):
    """Whether a member was at a meeting."""

    __tablename__ = "meeting_attendance"

    series: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    post: str = Field(primary_key=True)
    presence: str
    substitute: str
    """The hash of the name of whoever sat in their place."""


class MeetingItemRow(SQLModel, table=True):
    """What was said of an item at a meeting besides its outcome, or an item that the secretary added."""

    __tablename__ = "meeting_item"

    series: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    item: str = Field(primary_key=True)
    title: str
    """Of other business; empty for an item that comes from a case."""
    note: str
    """The hash of what came of it, or of why it rolls on."""
    interests: str = Field(sa_type=Text)
    votes: str = Field(sa_type=Text)
    rolled: bool
    decided: str
    """The id of the answer that was written down at this meeting; empty if none was."""


class AttachedDocumentRow(SQLModel, table=True):
    """A document of a case: the hashes by which what it is called, and its bytes, are found."""

    __tablename__ = "attached_document"
    __table_args__ = (Index(None, "hash"),)

    case: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    step: str
    """The question with whose answer it was handed in; empty if with none."""
    kind: str
    name: str
    media_type: str
    size: int
    hash: str
    by: str
    by_post: str
    at: datetime
    superseded_by: int | None = None
    """The number of a later one of the same name."""


# ----------------------------------------------------------------- beside the journal


class EditionRow(SQLModel, table=True):
    """A handbook frozen by its hash."""

    __tablename__ = "edition"

    hash: str = Field(primary_key=True)
    organisation: str
    name: str
    document: str = Field(sa_type=Text)
    put_real: datetime


class StoredTextRow(SQLModel, table=True):
    """Long text and personal data, found by hash: what the law erases here, the journal never held."""

    __tablename__ = "stored_text"

    hash: str = Field(primary_key=True)
    body: str = Field(sa_type=Text)
    put_real: datetime


class StoredDocumentRow(SQLModel, table=True):
    """A document that somebody handed in, found by the hash of its bytes: these can be erased by law."""

    __tablename__ = "stored_document"

    hash: str = Field(primary_key=True)
    size: int
    put_real: datetime
    """When it was last put, or attached."""


class StoredDocumentPartRow(SQLModel, table=True):
    """A piece of a document."""

    __tablename__ = "stored_document_part"

    hash: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    body: bytes


class HeldDocumentRow(SQLModel, table=True):
    """A document that was uploaded with an answer and is not confirmed yet."""

    __tablename__ = "held_document"
    __table_args__ = (Index(None, "case", "key", "person"), Index(None, "hash"), Index(None, "held_real"))

    id: str = Field(primary_key=True)
    case: str
    key: str
    """That of the question, in every round; empty once its person has given it up or confirmed it."""
    person: str
    kind: str
    name: str
    media_type: str
    size: int
    hash: str
    held_real: datetime


class CounterRow(SQLModel, table=True):
    """The last number given in a series of references."""

    __tablename__ = "counter"

    series: str = Field(primary_key=True)
    value: int


class DraftRow(SQLModel, table=True):
    """A proposal that its sponsor still writes."""

    __tablename__ = "draft"
    __table_args__ = (Index(None, "owner", "updated"),)

    ref: str = Field(primary_key=True)
    organisation: str
    version: int
    document: str = Field(sa_type=Text)
    owner: str
    state: str
    submitted_version: int
    created: datetime
    updated: datetime


class DraftCoAuthorRow(SQLModel, table=True):
    """A post whose holder writes a draft too."""

    __tablename__ = "draft_co_author"
    __table_args__ = (Index(None, "post"),)

    ref: str = Field(primary_key=True)
    post: str = Field(primary_key=True)


class IntentRow(SQLModel, table=True):
    """A decision as it was submitted: the inbox that outlives the engine's absence."""

    __tablename__ = "intent"
    __table_args__ = (
        UniqueConstraint("step", "round", "seat"),
        Index(
            "ux_intent_person",
            "step",
            "round",
            "person",
            unique=True,
            sqlite_where=text("state NOT IN ('refused', 'undone')"),
            postgresql_where=text("state NOT IN ('refused', 'undone')"),
        ),
        _when("ix_intent_unsettled", "step", "submitted_at", where="state = 'submitted'"),
    )

    key: str = Field(primary_key=True)
    case: str
    step: str
    round: int
    seat: str
    person: str
    attempt: int
    state: str
    body: str = Field(sa_type=Text)
    """The intent without its words."""
    words_hash: str
    payload_hash: str
    submitted_at: datetime
    recorded_real: datetime
    settled: str | None = None
    refusal: str


class UndoRow(SQLModel, table=True):
    """A wish to take back an answer, as it was submitted: an inbox like that of decisions."""

    __tablename__ = "undo_intent"
    __table_args__ = (_when("ix_undo_intent_unsettled", "step", "submitted_at", where="state = 'submitted'"),)

    key: str = Field(primary_key=True)
    case: str
    step: str
    decision: str
    attempt: int
    seat: str
    person: str
    state: str
    submitted_at: datetime
    recorded_real: datetime
    refusal: str


class LetterRow(SQLModel, table=True):
    """The ledger: a letter that the engine owes, with what it holds frozen when it was queued."""

    __tablename__ = "letter"
    __table_args__ = (
        Index(None, "case", "queued"),
        Index(None, "case", "cause"),
        Index(None, "step"),
        _when("ix_letter_unsent", "queued_real", where="state = 'queued'"),
        _when("ix_letter_undeliverable", "queued_real", where="state = 'undeliverable'"),
    )

    key: str = Field(primary_key=True)
    case: str
    step: str
    seat: str
    person: str
    post: str
    address: str
    kind: str
    props: str = Field(sa_type=Text)
    binding: str | None = Field(default=None, sa_type=Text)
    cause: str
    """The key of the line in the record that queued it."""
    place: int
    state: str
    attempts: int
    message_id: str
    link_id: str | None = None
    subject: str
    body_hash: str
    queued: datetime
    queued_real: datetime
    sent_real: datetime | None = None
    error: str


class OrderAttemptRow(SQLModel, table=True):
    """One try to send an order, written down before it is made."""

    __tablename__ = "order_attempt"

    order: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime
    begun_real: datetime
    ended_real: datetime | None = None
    outcome: str
    """begun, accepted, refused or failed; one that is begun or failed may have arrived."""
    status: int | None = None
    why: str
    answer: str = Field(sa_type=Text)
    """The first kilobyte of what the receiver answered."""


class LinkRow(SQLModel, table=True):
    """What a link in a letter is good for. The link itself is made anew from a key, and never kept."""

    __tablename__ = "link"
    __table_args__ = (UniqueConstraint("letter"), Index(None, "step", "person"), Index(None, "person"))

    id: str = Field(primary_key=True)
    letter: str
    purpose: str
    case: str
    step: str
    round: int
    seat: str
    person: str
    post: str
    address: str
    content_hash: str
    issued: datetime
    expires: datetime
    kid: str
    revoked_at: datetime | None = None
    why: str
    superseded_by: str | None = None
    opened: int
    opened_real: datetime | None = None


class SessionRow(SQLModel, table=True):
    """A browser we know again. Only a keyed hash of its cookie is kept."""

    __tablename__ = "web_session"
    __table_args__ = (Index(None, "person"), Index(None, "seen_real"))

    ref: str = Field(primary_key=True)
    person: str | None = None
    how: str
    created_real: datetime
    seen_real: datetime
    raised_real: datetime | None = None


class SessionLinkRow(SQLModel, table=True):
    """A link that a session has followed."""

    __tablename__ = "web_session_link"

    ref: str = Field(primary_key=True)
    link: str = Field(primary_key=True)
    at_real: datetime


class CodeRow(SQLModel, table=True):
    """A code somebody was sent, as a keyed hash."""

    __tablename__ = "code"
    __table_args__ = (Index(None, "browser", "purpose", "about"), Index(None, "person", "issued_real"))

    id: str = Field(primary_key=True)
    person: str
    purpose: str
    about: str
    browser: str
    kid: str
    hash: str
    issued_real: datetime
    tries: int
    state: str


class AllowanceRow(SQLModel, table=True):
    """When something limited was last done, under a hash of who and what."""

    __tablename__ = "allowance"
    __table_args__ = (Index(None, "expires_real"),)

    bucket: str = Field(primary_key=True)
    hits: str = Field(sa_type=Text)
    expires_real: datetime


class ApiTokenRow(SQLModel, table=True):
    """A token for programs, as its SHA-256."""

    __tablename__ = "api_token"
    __table_args__ = (Index(None, "person"),)

    id: str = Field(primary_key=True)
    hash: str
    post: str
    person: str
    scopes: str
    created_real: datetime
    expires_real: datetime
    revoked_real: datetime | None = None
    used_real: datetime | None = None


class ReportDraftRow(SQLModel, table=True):
    """What somebody has typed into a report and not handed in: the law can have it erased."""

    __tablename__ = "report_draft"

    case: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    """That of the question, in every round."""
    person: str = Field(primary_key=True)
    boxes: str = Field(sa_type=Text)
    saved: datetime


class AnswerDraftRow(SQLModel, table=True):
    """An answer between choosing and confirming, held here so that the form holds nothing."""

    __tablename__ = "answer_draft"
    __table_args__ = (Index(None, "kept_real"),)

    id: str = Field(primary_key=True)
    session: str
    link: str
    step: str
    seat: str
    answer: str = Field(sa_type=Text)
    shown_hash: str
    kept_real: datetime


class IdempotencyRow(SQLModel, table=True):
    """What a request answered, so that the same request again is answered the same."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index(None, "remembered_real"),)

    owner: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: str
    status: int
    body: str = Field(sa_type=Text)
    remembered_real: datetime


class FailingRow(SQLModel, table=True):
    """What Assent fails to do for a case, again and again."""

    __tablename__ = "failing"
    __table_args__ = (Index(None, "case"), Index(None, "failed_real"))

    key: str = Field(primary_key=True)
    case: str
    doing: str
    since_real: datetime
    failed_real: datetime
    tries: int


METADATA: MetaData = SQLModel.metadata


def _table(model: type[SQLModel]) -> Table:
    return METADATA.tables[str(model.__tablename__)]


JOURNAL = _table(JournalRow)
HEADS = _table(HeadRow)
ANCHORED = _table(AnchoredRow)
CLOCK_SEGMENTS = _table(ClockSegmentRow)
EDITIONS_IN_FORCE = _table(EditionInForceRow)
EDITION_DRAFTS = _table(EditionDraftRow)
COVERS = _table(CoverRow)
CASES = _table(CaseRow)
CASE_VERSIONS = _table(CaseVersionRow)
CASE_WAITS = _table(CaseWaitRow)
ACTIONS = _table(ActionRow)
PROJECTS = _table(ProjectRow)
BASELINES = _table(BaselineRow)
PROJECT_REPORTS = _table(ProjectReportRow)
GATES = _table(GateRow)
PROJECT_EXCEPTIONS = _table(ProjectExceptionRow)
PROJECT_LINKS = _table(ProjectLinkRow)
PROJECT_DEPENDENCIES = _table(ProjectDependencyRow)
STANDARDS_CHECKS = _table(StandardsCheckRow)
STANDARDS_EXCEPTIONS = _table(StandardsExceptionRow)
ASSESSMENTS = _table(AssessmentRow)
ASSESSED_OPTIONS = _table(AssessedOptionRow)
BENEFITS = _table(BenefitRow)
BENEFIT_READINGS = _table(BenefitReadingRow)
REVIEWS = _table(ReviewRow)
LESSONS = _table(LessonRow)
SUPPLIERS = _table(SupplierRow)
AGREEMENTS = _table(AgreementRow)
APPROVERS = _table(ApproverRow)
SIZINGS = _table(SizingRow)
STEPS = _table(StepRow)
SEATS = _table(SeatRow)
HOLDERS = _table(HolderRow)
DECISIONS = _table(DecisionRow)
ORDERS = _table(OrderRow)
MEETING_SERIES = _table(SeriesRow)
MEETINGS = _table(MeetingRow)
ATTENDANCE = _table(AttendanceRow)
MEETING_ITEMS = _table(MeetingItemRow)
ATTACHED = _table(AttachedDocumentRow)
EDITIONS = _table(EditionRow)
TEXTS = _table(StoredTextRow)
DOCUMENTS = _table(StoredDocumentRow)
DOCUMENT_PARTS = _table(StoredDocumentPartRow)
HELD = _table(HeldDocumentRow)
COUNTERS = _table(CounterRow)
DRAFTS = _table(DraftRow)
CO_AUTHORS = _table(DraftCoAuthorRow)
INTENTS = _table(IntentRow)
UNDOS = _table(UndoRow)
LETTERS = _table(LetterRow)
ORDER_ATTEMPTS = _table(OrderAttemptRow)
LINKS = _table(LinkRow)
SESSIONS = _table(SessionRow)
SESSION_LINKS = _table(SessionLinkRow)
CODES = _table(CodeRow)
ALLOWANCES = _table(AllowanceRow)
API_TOKENS = _table(ApiTokenRow)
ANSWER_DRAFTS = _table(AnswerDraftRow)
REPORT_DRAFTS = _table(ReportDraftRow)
IDEMPOTENCY = _table(IdempotencyRow)
FAILING = _table(FailingRow)

FOLDED = (
    ANCHORED,
    CLOCK_SEGMENTS,
    EDITIONS_IN_FORCE,
    EDITION_DRAFTS,
    COVERS,
    CASES,
    CASE_VERSIONS,
    CASE_WAITS,
    ACTIONS,
    PROJECTS,
    BASELINES,
    PROJECT_REPORTS,
    GATES,
    PROJECT_EXCEPTIONS,
    PROJECT_LINKS,
    PROJECT_DEPENDENCIES,
    STANDARDS_CHECKS,
    STANDARDS_EXCEPTIONS,
    ASSESSMENTS,
    ASSESSED_OPTIONS,
    BENEFITS,
    BENEFIT_READINGS,
    REVIEWS,
    LESSONS,
    SUPPLIERS,
    AGREEMENTS,
    APPROVERS,
    SIZINGS,
    STEPS,
    SEATS,
    HOLDERS,
    DECISIONS,
    ORDERS,
    MEETING_SERIES,
    MEETINGS,
    ATTENDANCE,
    MEETING_ITEMS,
    ATTACHED,
)
"""The tables that the journal can make again, byte for byte."""
