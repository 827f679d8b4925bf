"""The vocabulary: frozen values that every part of Assent speaks, and the format of histories.

A new field always has a default, because histories written before it must still be read.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value: equal when its fields are equal, never changed."""

    model_config = ConfigDict(frozen=True)


# ------------------------------------------------------------------------------- time

ZONE = ZoneInfo("Europe/London")
"""Where the organisation's days begin and end. It stands here because the sandbox, under which
the rules run, would wrap it in a proxy that `datetime` does not accept."""


class Segment(Frozen):
    """A stretch of the installation's Clock: from `real` on, it reads `clock` and runs at `rate`."""

    number: int
    real: datetime
    clock: datetime
    rate: float = Field(default=1.0, gt=0)
    """Clock seconds in a real second."""


class Clock(Frozen):
    """The installation's Clock. With no segment it is the identity: the time is the real time."""

    segments: tuple[Segment, ...] = ()


class Nudge(StrEnum):
    """What a rung of the ladder does to those who are silent."""

    REMIND = "remind"
    COVER = "cover"
    LINE = "line"
    COUNT = "count"
    """From now on nobody is waited for: the votes that have been cast decide, once they make a quorum."""
    PMO = "pmo"
    CLOSE = "close"


class LadderRung(Frozen):
    """A rung as the handbook states it: on working day `day` (0 is the day of sending)."""

    day: int
    nudge: Nudge


class Ladder(Frozen):
    """When an answer is due (working days), and what happens to silence before and after."""

    due: int
    rungs: tuple[LadderRung, ...] = ()


class Rung(Frozen):
    """A dated rung: `at` is a Clock instant in UTC, `number` its place on the ladder from 1."""

    number: int
    at: datetime
    nudge: Nudge


class Timetable(Frozen):
    """A ladder with dates, worked out when its step opens; all are Clock instants in UTC."""

    due: datetime
    rungs: tuple[Rung, ...]
    """In the order in which they are climbed."""


# ---------------------------------------------------------------------------- deciding


class Choice(StrEnum):
    """What a person may answer."""

    APPROVE = "approve"
    APPROVE_WITH_CONDITIONS = "approve_with_conditions"
    REJECT = "reject"
    RETURN = "return"
    DEFER = "defer"
    REFER_UP = "refer_up"
    NOTE = "note"
    SUPPORT = "support"
    SUPPORT_WITH_CONDITIONS = "support_with_conditions"
    NOT_SUPPORT = "not_support"
    AUTHORISE = "authorise"
    AUTHORISE_WITH_CONDITIONS = "authorise_with_conditions"
    EXCEPTION_PLAN = "exception_plan"
    CLOSE_EARLY = "close_early"
    MORE_TOLERANCE = "more_tolerance"
    REPORT = "report"
    UNCHANGED = "unchanged"
    STAGE_DONE = "stage_done"
    FALL_SHORT = "fall_short"
    CLAIM_COMPLETE = "claim_complete"
    VERIFY = "verify"
    SEND_BACK = "send_back"
    ABSTAIN = "abstain"
    DECLARE_INTEREST = "declare_interest"

    @property
    def favourable(self) -> bool:
        """The step may go on with this."""
        return self in _FAVOURABLE

    @property
    def conditional(self) -> bool:
        """The step may go on, and conditions come with it."""
        return self in _CONDITIONAL

    @property
    def counted(self) -> bool:
        """It is a view on the question, and not only word of being there or of an interest."""
        return self not in (Choice.ABSTAIN, Choice.DECLARE_INTEREST)

    @property
    def needs_reason(self) -> bool:
        """Reasons are asked for anything but plain approval, support, note and the like."""
        return self not in _WITHOUT_REASON


_CONDITIONAL = (
    Choice.APPROVE_WITH_CONDITIONS,
    Choice.SUPPORT_WITH_CONDITIONS,
    Choice.AUTHORISE_WITH_CONDITIONS,
)
_WITHOUT_REASON = (
    Choice.APPROVE,
    Choice.SUPPORT,
    Choice.NOTE,
    Choice.AUTHORISE,
    Choice.VERIFY,
    Choice.REPORT,
    Choice.UNCHANGED,
    Choice.STAGE_DONE,
    Choice.ABSTAIN,
)
_FAVOURABLE = (
    *_CONDITIONAL,
    Choice.APPROVE,
    Choice.SUPPORT,
    Choice.NOTE,
    Choice.AUTHORISE,
    Choice.MORE_TOLERANCE,
    Choice.REPORT,
    Choice.UNCHANGED,
    Choice.STAGE_DONE,
    Choice.CLAIM_COMPLETE,
    Choice.VERIFY,
)


class QuorumRule(StrEnum):
    """How the answers of several seats make one outcome."""

    ONE_OF = "one_of"
    ALL_OF = "all_of"
    N_OF_M = "n_of_m"
    MAJORITY = "majority"


class Quorum(Frozen):
    """The rule by which a step is resolved."""

    rule: QuorumRule = QuorumRule.ONE_OF
    needed: int = 1
    """For `n_of_m`: how many favourable answers make the outcome favourable."""
    present: int = 0
    """For `majority`: how many seats must have answered; an abstention counts as present."""
    casting: bool = False
    """For `majority`: the chair's answer breaks a tie."""
    interest_lowers_quorum: bool = False
    """A declared interest removes the vote; this says if it also lowers `present` by one."""
    even_vote_open: bool = False
    """For `majority`: an even vote that no casting vote breaks is left open, for a meeting to decide."""
    closes_hopeless: bool = False
    """The question closes as soon as interests leave too few for a quorum, and no vote is waited for that
    could not count. Editions from before this was known wait for everybody."""


class Assurance(StrEnum):
    """How sure the engine must be of who answers."""

    LINK = "link"
    CODE = "link+code"


class Silence(StrEnum):
    """What silence to the end of the ladder means. It never means yes."""

    KEEP_WAITING = "keep_waiting"
    EXPIRE = "expire"


class Capacity(StrEnum):
    """Why a person may answer for a seat."""

    HOLDER = "holder"
    COVER = "cover"
    SUBSTITUTE = "substitute"
    """The post that the forum names to sit in a member's place."""
    LINE = "line"


class Holder(Frozen):
    """A person who may answer for a seat, and the post through which they do."""

    person: str
    post: str
    capacity: Capacity = Capacity.HOLDER


class SeatAsk(Frozen):
    """A place to answer, before anybody has been found for it."""

    key: str
    post: str
    amount: Decimal | None = None
    """The pounds this seat is asked for, where it is asked for money."""
    chair: bool = False
    veto: bool = False
    substitute: str = ""
    """The post that sits in this one's place, where a forum names one; then no private cover does."""


class Seat(SeatAsk):
    """A place to answer, with the people who may; the first of them was asked first."""

    holders: tuple[Holder, ...] = ()


class Hold(Frozen):
    """For how long people may take back their answers, before what these settle takes effect."""

    minutes: int | None = None
    """Minutes on the Clock; None: until the end of business."""


class Terms(Frozen):
    """The handbook's rules for one kind of step, frozen with the case's edition."""

    kind: str
    choices: tuple[Choice, ...]
    ladder: Ladder
    quorum: Quorum = Quorum()
    silence: Silence = Silence.KEEP_WAITING
    assurance: Assurance = Assurance.LINK
    code_above: Decimal | None = None
    """Capital pounds of a seat above which a code is asked, whatever `assurance` says."""
    blind: bool = False
    """Answers are hidden from the other seats until the step is resolved."""
    deciding: bool = True
    """Whoever wrote the version may not answer."""
    answers: tuple[str, ...] = ()
    """Named questions answered beside the choice, such as fit, infrastructure, security."""
    hold: Hold | None = None
    """How long an outcome waits for second thoughts; None: it takes effect at once."""

    def assurance_for(self, amount: Decimal | None) -> Assurance:
        """Say how sure the engine must be of who answers for a sum: more sure where more is spent."""
        above = self.code_above is not None and amount is not None and amount > self.code_above
        return Assurance.CODE if above else self.assurance

    def without(self, choice: Choice) -> "Terms":
        """Return these terms with one choice fewer."""
        left = tuple(offered for offered in self.choices if offered is not choice)
        return self.model_copy(update={"choices": left})


class Ask(Frozen):
    """A question put to people inside a case: its content and its terms."""

    case: str
    key: str
    round: int
    version: int
    content_hash: str
    clause: str
    seats: tuple[SeatAsk, ...]
    terms: Terms
    inform: tuple[str, ...] = ()
    """Posts that are told the outcome besides those asked."""
    forum: str = ""
    """The forum that answers, if one does."""
    expected: date | None = None
    """The day on which the answer can be known, if not at once: the ladder counts from it."""
    meets: bool = False
    """It is put at the forum's next meeting, which is waited for."""
    due: date | None = None
    """The day by which the answer is wanted, where what is asked has a day of its own."""

    @property
    def step(self) -> str:
        """The step's id everywhere: register, link, API and workflow id."""
        return f"{self.case}.{self.key}.{self.round}"

    @property
    def kind(self) -> str:
        """The kind of question, which names its words, its letters and its page."""
        return self.terms.kind


class Decision(Frozen):
    """One person's answer, as the step receives it. The words stay in the record."""

    key: str
    step: str
    round: int
    seat: str
    person: str
    choice: Choice
    content_hash: str
    payload_hash: str
    submitted_at: datetime
    until: date | None = None
    """For a deferral: the day on which to ask again."""
    next_meeting: bool = False
    """That day is given as the next meeting of the forum that was asked, and moves with it."""
    attempt: int = 1
    """Counts how often the seat has tried, where an earlier try was refused or taken back for good."""
    held_until: datetime | None = None
    """Until when whoever gave it may take it back, that instant included; None: they may not."""
    outside_guidelines: bool = False
    """Whoever returns a proposal says that it is outside the guidelines (SYS-46)."""

    @property
    def message(self) -> str:
        """The id under which it is brought to its step: the same each time it is sent again."""
        return self.key if self.attempt == 1 else f"{self.key}:{self.attempt}"


class Undo(Frozen):
    """A person's wish to take back their own answer."""

    key: str
    step: str
    decision: str
    attempt: int
    """Which of its seat's answers it is about."""
    seat: str
    person: str
    submitted_at: datetime

    def is_about(self, made: Decision) -> bool:
        """Say whether it takes back this answer, and not an earlier or later one of the same seat."""
        return (made.key, made.attempt) == (self.decision, self.attempt)


def key_of(step: str) -> str:
    """Return the key of a step's question, which stands between the case and the round in its id."""
    return step.split(".")[1]


def decision_key(step: str, round: int, seat: str) -> str:
    """Name the one decision a seat may make in a round: intent, update id and record share it."""
    return f"dec:{step}:{round}:{seat}"


def undo_key(decision: str, attempt: int) -> str:
    """Name the one wish to take back an answer: the page, the update and the record share it."""
    return f"undo:{decision}:{attempt}"


class Ending(StrEnum):
    """How a step came to its end."""

    DECIDED = "decided"
    SILENT = "silent"
    WITHDRAWN = "withdrawn"


class Outcome(Frozen):
    """What a step came to."""

    step: str
    ending: Ending
    choice: Choice | None = None
    at: datetime
    until: date | None = None
    next_meeting: bool = False
    """It is put off to the forum's next meeting, which is to be on the day `until`."""
    kind: str = ""
    """The kind of question, for the same answer leads elsewhere on another."""
    outside_guidelines: bool = False
    """It returns a proposal as outside the guidelines, which leaves its directorate something to do."""

    @property
    def favourable(self) -> bool:
        """The case may go on."""
        return self.choice is not None and self.choice.favourable

    @property
    def referred(self) -> bool:
        """The question goes to a higher body, whose word will stand."""
        return self.choice is Choice.REFER_UP

    @property
    def stops(self) -> bool:
        """Nobody else need be asked. Someone consulted who does not support it refuses nothing."""
        return not self.favourable and not self.referred and self.choice is not Choice.NOT_SUPPORT


BESIDE = ("refused_by_another", "returned_by_another", "unanswered_beside")
"""Why a question is called off because of one that was put together with it; for `StepClosing.why`."""


class Standing(Frozen):
    """What a decision did: the answer to its update."""

    step: str
    settled: Choice | None = None


# ------------------------------------------------------------------------ the proposal


class Size(StrEnum):
    """Whether the handbook treats a proposal as major."""

    MINOR = "minor"
    MAJOR = "major"


class Share(Frozen):
    """A funding party's part of the capital: percent of the whole, and pounds."""

    post: str
    percent: Decimal
    amount: Decimal


class Relation(StrEnum):
    """What a proposal is to a corporate system (A13)."""

    NONE = "none"
    INTEGRATES = "integrates"
    EXTENDS = "extends"
    REPLACES = "replaces"
    DUPLICATES = "duplicates"


class Proposal(Frozen):
    """The facts of an investment proposal that decide its way. Its words stay in the record."""

    organisation: str
    department: str
    sponsor: str
    lead: str
    size: Size
    capital: Decimal
    shares: tuple[Share, ...]
    submitted: date
    decide_by: date
    principles: dict[str, str] = {}
    """Principle id to `met`, `deviates`, `issue` or `not_applicable` (SYS-02)."""
    relation: Relation = Relation.NONE
    corporate_systems: tuple[str, ...] = ()
    bid_pending: bool = False
    bid_due: date | None = None
    """The day on which the outcome of a pending bid should be known."""
    bid_owner: str = ""
    """The post that makes the bid, where it is not the handbook's."""
    embargo_exempt: bool = False
    """It buys what the embargo on spending leaves free."""
    co_authors: tuple[str, ...] = ()


class LegAsk(Frozen):
    """A question a leg puts: the key of its step, the kind of its terms, and its seats."""

    key: str
    kind: str
    seats: tuple[SeatAsk, ...]
    inform: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    """The principles or corporate systems, by key, that it is about, where it is not about the whole."""
    forum: str = ""
    """The forum that answers, where that is not the leg's."""
    expected: date | None = None
    """The day on which the answer can be known, if not at once."""
    otherwise: tuple["LegAsk", ...] = ()
    """To whom it is put in turn, if nobody answers to the end of its ladder."""
    meets: bool = False
    """It is put at the next meeting of its forum that its papers can reach."""
    meeting: date | None = None
    """The day of that meeting, once it is known."""


class Leg(Frozen):
    """A part of a proposal's way that is certain when it is worked out, and why it is there."""

    leg: str
    who: tuple[str, ...]
    clause: str
    reason: str
    asks: tuple[LegAsk, ...] = ()
    forum: str = ""
    meeting: date | None = None
    """For a leg that waits for a forum: the day of its meeting."""


class Sitting(Frozen):
    """A meeting of a forum, to which a case may still be brought."""

    day: date
    papers_due: date
    """The last day on which papers for it are taken."""
    formerly: tuple[date, ...] = ()
    """The days on which it was to be held before it was moved."""


class ForumRules(Frozen):
    """What routing needs to know of a forum: when it meets, who sits, who writes for it."""

    key: str
    name: str
    secretary: str
    meetings: tuple[date, ...] = ()
    papers_days: int = 5
    """Working days before a meeting by which its papers must be in (A11)."""
    seats: tuple[SeatAsk, ...] = ()
    falls_back: bool = False
    """Its members decide by email; if they come to no decision, its next meeting does."""


class IssueRules(Frozen):
    """Where an issue with a principle is settled: on which leg, and by whom in turn."""

    leg: str
    to: tuple[tuple[str, str], ...]
    """The kind of question, and the post or forum that it is put to."""


class PrincipleRules(Frozen):
    """What routing needs to know of a principle: who hears of a deviation, and who settles an issue."""

    name: str
    deviation_to: str
    issue: IssueRules | None = None


class SystemRules(Frozen):
    """What routing needs to know of a corporate system: whose it is."""

    name: str
    principal_customer: str
    business_forum: str = ""


class Lasting(Frozen):
    """What holds from a day to a day, both included; without dates it always does."""

    since: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Say whether it holds on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Way(Lasting):
    """How a leg may be passed: at a meeting that falls within these days, or on such a day without one."""

    leg: Leg
    """Without its day; where that is to stand, its reason has `meetings.ITS_DAY`."""
    meets: bool = True


class EmbargoOwner(Lasting):
    """A forum that grants exceptions from an embargo while it owns it."""

    forum: ForumRules


class EmbargoRules(Lasting):
    """A standstill on spending, and who may grant an exception from it (SYS-45)."""

    owners: tuple[EmbargoOwner, ...]


class RoutingRules(Frozen):
    """The handbook's rules that decide a proposal's way, frozen with an edition."""

    notification_forum: ForumRules | None = None
    """The forum told of every proposal; None where the organisation has no such rule."""
    direct_notification: str = ""
    """The post told directly when no meeting serves (SYS-08)."""
    srg: ForumRules | None = None
    srg_decides_major: bool = True
    limits: dict[str, Decimal] = {}
    """Post to the pounds it may approve alone; a post without a limit may approve any sum."""
    next_authority: dict[str, str] = {}
    """Post to the post that is asked besides it above its limit."""
    project_authority: str = ""
    """The post that answers for projects of major proposals."""
    reviewer: str = ""
    """The post that checks post-implementation reviews."""
    principles: dict[str, PrincipleRules] = {}
    head_of_profession: str = ""
    """The post that is consulted where a corporate system falls short."""
    systems: dict[str, SystemRules] = {}
    forums: dict[str, ForumRules] = {}
    """The forums to which a principle sends an issue, or that stand behind a corporate system."""
    bid_owner: str = ""
    """The post that knows the outcome of bids for money."""
    embargo: EmbargoRules | None = None
    clauses: dict[str, str] = {}
    """Leg to the clause of the handbook that puts it on a route."""
    non_working: tuple[date, ...] = ()

    @cached_property
    def days_off(self) -> frozenset[date]:
        """`non_working`, to look a day up in: one proposal's way asks of a hundred."""
        return frozenset(self.non_working)


class Validity(Frozen):
    """For how long an approval may be put to use, and when its people are warned that it will lapse."""

    months: int
    warn_days: tuple[int, ...] = ()
    """Working days before its last day."""
    non_working: tuple[date, ...] = ()
    """The days that are not worked, of those by which it is counted."""


class Period(Frozen):
    """The validity of one approval: its last day, up to the end of business, and the days of warnings."""

    until: date
    warnings: tuple[date, ...] = ()
    """The first first; all before the last day."""


class State(StrEnum):
    """Where an investment proposal is (SETTLED states; the record uses the same words)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CONSULTING = "consulting"
    NOTIFYING = "notifying"
    AWAITING_BID = "awaiting_bid"
    WITH_FUNDERS = "with_funders"
    WITH_SRG = "with_srg"
    RETURNED = "returned"
    APPROVED = "approved"
    IN_PROJECT = "in_project"
    IN_REVIEW = "in_review"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    CLOSED_UNFUNDED = "closed_unfunded"
    CLOSED_REFUSED = "closed_refused"


# ---------------------------------------------------------------------------- actions


class Guard(StrEnum):
    """What a condition keeps from happening until it is met."""

    NOTHING = "nothing"
    COMPLETION = "completion"
    """The work is not confirmed complete before."""
    PROJECT = "project"
    """The project does not start before."""
    GATE = "gate"
    """The next gate of the project is not put before its board before."""


class ActionState(StrEnum):
    """Where an action is (DESIGN 7)."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    IN_PROGRESS = "in_progress"
    CLAIMED_COMPLETE = "claimed_complete"
    SENT_BACK = "sent_back"
    VERIFIED = "verified"
    WITHDRAWN = "withdrawn"


class FollowUp(Frozen):
    """An action that follows from a case: what the case's process needs to know of it."""

    ref: str
    owner: str
    """The post that does it."""
    guards: Guard = Guard.NOTHING
    outlives: bool = False
    """It is left to the directorate, and stays open whatever becomes of the case (SYS-46)."""


class ActionOpened(Frozen):
    """What an action's process is given when it begins: who does it, who checks it, and by when."""

    case: str
    content_hash: str
    clause: str
    owner: str
    """The post that does it."""
    verifier: str
    """The post that checks it, which is another."""
    due: date
    told: tuple[str, ...] = ()
    """Posts that hear what the check came to, besides those asked."""
    terms: dict[str, Terms]
    clock: Clock = Clock()


# ------------------------------------------- what the engine and the record tell each other


class CaseOpened(Frozen):
    """What a process is given when it begins: its facts, its rules and the Clock."""

    case: str
    version: int
    content_hash: str
    proposal: Proposal
    route: tuple[Leg, ...]
    branches: dict[str, Leg]
    """Legs the case may yet be sent by, prepared beforehand: `srg` on a referral."""
    terms: dict[str, Terms]
    edition: str
    clock: Clock = Clock()
    validity: Validity | None = None
    """How long its approval will be good for; None: for ever."""
    kept: dict[str, Outcome] = {}
    """Answers about an earlier version that stand, because nothing material has changed since, by the keys
    of their questions: these are not put again."""
    ways: dict[str, tuple[Way, ...]] = {}
    """For each leg that waits for a meeting: how else it may be passed, if it cannot make that. Without
    any it keeps its day, whatever comes."""
    conditions_tracked: bool = False
    """Its conditions become actions. Under an edition frozen before there were any, they are only told."""
    delivers: bool = False
    """Approved and major, it goes on through a project of its own. Under an edition that says nothing of
    projects it waits for one."""


class Sizing(Frozen):
    """The size that the PMO has said a proposal is of."""

    number: int
    """Counts what was said of one case: the last counts."""
    size: Size


class CaseSized(Frozen):
    """A case that takes up the size which the PMO has said it is of."""

    case: str
    sizing: Sizing
    at: datetime


class StepOpening(Frozen):
    """A step about to be written in the register."""

    ask: Ask
    at: datetime


class StepSeated(Frozen):
    """Who may answer a step, and the Clock: as the record has them, perhaps from an earlier try."""

    seats: tuple[Seat, ...]
    clock: Clock = Clock()


class StepOpened(StepSeated):
    """A step in the register, with what silence will meet as it was dated when it was first written."""

    rungs: tuple[Rung, ...]


class StepNudged(Frozen):
    """A rung that has come due."""

    step: str
    rung: Rung
    silent: tuple[str, ...]
    """Keys of the seats that have not answered."""
    at: datetime


class StepReseated(Frozen):
    """A step whose seats are looked at anew, because people have come, gone or named a cover since."""

    step: str
    number: int
    """Counts the looks at this step, so that each is written once."""
    silent: tuple[str, ...]
    """Keys of the seats that have not answered."""
    at: datetime


class StepUndone(Frozen):
    """Answers that people have taken back: their seats are silent again."""

    step: str
    undone: tuple[Undo, ...]
    at: datetime


class StepHeld(Frozen):
    """A step whose answers make an outcome that takes effect later; or one that does so no more."""

    step: str
    number: int
    """Counts these changes of the step, so that each is written once."""
    until: datetime | None
    """When it takes effect unless an answer is taken back; None: there is no outcome any more."""
    at: datetime
    climbed: int = 0
    """Where there is none any more: the last rung that is behind it, the reminders that were dropped since
    included; 0: as the register has it."""


class RunningOut(Frozen):
    """A step whose time ends from outside: what was answered by then counts, and silence ends it."""

    at: datetime
    why: str
    """A key of the reason, as in `StepClosing`."""


class AnswersDue(Frozen):
    """A rung that would climb past those who are silent, and wants to know who is not."""

    step: str
    before: datetime
    """What was submitted up to this instant still counts."""


class StepDecided(Frozen):
    """Decisions to record that leave their step open."""

    step: str
    decisions: tuple[Decision, ...]
    at: datetime


class StepClosing(Frozen):
    """A step that has come to its end."""

    step: str
    outcome: Outcome
    unrecorded: tuple[Decision, ...] = ()
    """The decisions that are not in the record yet: those that brought the end about."""
    why: str = ""
    """Unless it was decided: a key of the reason, put into words where letters are written."""


class Becoming(Frozen):
    """A case that changes its state."""

    case: str
    state: str
    at: datetime
    number: int
    """Counts the changes of this case, so that each is written once."""
    because: str = ""
    """The step whose outcome brought it about, if one did."""
    valid_until: date | None = None
    """For an approval: the last day on which it may be put to use; None: for ever."""


class Expiring(Frozen):
    """An approval that lapses soon, unless it is put to use."""

    case: str
    number: int
    """Counts the warnings of this case, so that each is written once."""
    valid_until: date
    at: datetime


MEETING = "meeting"
"""What a case waits for that waits for a forum to meet, in the place of a leg."""


class CaseWaiting(Frozen):
    """A case that waits for a moment or an event, and says so."""

    case: str
    number: int
    """Counts the waits of this case, so that each is written once."""
    key: str
    leg: str
    since: datetime
    until: datetime | None
    on: str
    """The forum or post it waits on."""


class SittingsAsked(Frozen):
    """A case that has come to where it waits for a meeting, and asks when forums meet."""

    case: str
    forums: tuple[str, ...]
    since: date
    """From this day on."""


class Sittings(Frozen):
    """The meetings of forums, by their keys, in the order of their days; those of two years at most."""

    of: dict[str, tuple[Sitting, ...]] = {}


class Moving(StrEnum):
    """Why a case does not go to the meeting that it was to go to."""

    LATE = "late"
    """It comes after the last day for papers."""
    PASSED = "passed"
    """It comes after the meeting itself."""
    MOVED = "moved"
    """The meeting was moved, and the case with it."""
    CALLED_OFF = "called_off"
    OUT_OF_TIME = "out_of_time"
    """The meeting was moved to a day that does not serve the case."""
    UNDECIDED = "undecided"
    """Its members were to decide by email, and came to no decision."""
    PUT_OFF = "put_off"
    """Its members were to decide by email, and put it off to the meeting."""


class CaseMoved(Frozen):
    """A case that goes to another meeting than it was to go to, or to none."""

    case: str
    number: int
    """Counts such changes of this case, so that each is written once."""
    version: int
    key: str
    """Of what waits: the leg, or the question that is put at a meeting."""
    at: datetime
    because: Moving
    forum: str = ""
    """The forum whose meeting it was to go to."""
    was: date | None = None
    """The day of the meeting that it was to go to."""
    papers_due: date | None = None
    """The last day on which papers for that were taken."""
    legs: tuple[Leg, ...]
    """The legs as they are passed now."""


class Withdrawal(Frozen):
    """A sponsor's wish to end a case."""

    key: str
    by: str
    at: datetime


# --------------------------------------------------------------- meetings, one after another


class Happening(StrEnum):
    """What a series of meetings brings about by itself, as a meeting's days come."""

    CALLED = "called"
    PAPERS_CLOSED = "papers_closed"
    CHASED = "chased"
    """The secretary is reminded that the record of a meeting is open."""
    PMO_TOLD = "pmo_told"
    LEFT = "left"
    """The next meeting is to be called, and nobody has closed the record of this one."""
    MINUTED = "minuted"


class Turn(Frozen):
    """Something that happens to a meeting at an instant of the Clock, unless its record is closed before."""

    what: Happening
    at: datetime


class MeetingNext(Frozen):
    """The meeting that a series lives through now; `day` is None while none is known."""

    as_of: str
    """What of the record this goes by: when that is no longer so, the series looks again."""
    day: date | None = None
    called: bool = False
    recorded: bool = False
    """Its record is closed, and its minutes are still to be drafted."""
    calls: datetime | None = None
    papers_close: datetime | None = None
    sits: datetime | None = None
    over: datetime | None = None
    """The end of business of its day."""
    turns: tuple[Turn, ...] = ()
    """What follows in turn for as long as its record is open."""
    clock: Clock = Clock()


class MeetingHappens(Frozen):
    """Something that a series brings about."""

    series: str
    day: date
    what: Happening
    at: datetime
