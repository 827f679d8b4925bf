"""What the core needs of the outside: activities, declared here and answered in `activities`.

Each writes a fact under a key of its own, so that done twice it is done once. The letters that a fact
sends are queued with it and go their own way: no process waits for the mail.
"""

from datetime import timedelta
from typing import TypedDict

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from workflows.delivery import (
    AssessmentInHand,
    AssessmentTold,
    BenefitOpened,
    BenefitRead,
    BenefitState,
    ExceptionRaised,
    ExceptionSettled,
    ExceptionState,
    GatePassed,
    GoLive,
    ProjectEnded,
    ProjectInHand,
    ProjectReported,
    ProjectTold,
    ReviewInHand,
)
from workflows.model import (
    ActionOpened,
    ActionState,
    AnswersDue,
    Becoming,
    CaseMoved,
    CaseOpened,
    CaseSized,
    CaseWaiting,
    Clock,
    Expiring,
    FollowUp,
    MeetingHappens,
    MeetingNext,
    Sittings,
    SittingsAsked,
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


class _Patience(TypedDict):
    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


AT_ONCE = _Patience(
    start_to_close_timeout=timedelta(seconds=5),
    retry_policy=RetryPolicy(maximum_attempts=1),
)
"""How the record is written to first: by the worker that has the process in hand, in one try."""

PATIENTLY = _Patience(
    start_to_close_timeout=timedelta(seconds=5),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=60)),
)
"""How the record is written to when it did not answer: for as long as it takes, by any worker."""


class Register:
    """Writes steps and decisions into the record."""

    @activity.defn(name="step_opened")
    async def opened(self, opening: StepOpening) -> StepOpened:
        """Find the people of a step's seats, date its ladder, write the step, and send their letters."""
        raise NotImplementedError

    @activity.defn(name="step_nudged")
    async def nudged(self, nudged: StepNudged) -> StepSeated:
        """Write that a rung came due; add the people it brings in, and send the letters."""
        raise NotImplementedError

    @activity.defn(name="step_reseated")
    async def reseated(self, reseated: StepReseated) -> StepSeated:
        """Write who may answer for silent seats as people are now, and send the letters of the new ones."""
        raise NotImplementedError

    @activity.defn(name="step_decided")
    async def decided(self, decided: StepDecided) -> None:
        """Write decisions that leave the step open, and send their receipts."""
        raise NotImplementedError

    @activity.defn(name="step_undone")
    async def undone(self, undone: StepUndone) -> None:
        """Write that answers were taken back, and tell whoever took them."""
        raise NotImplementedError

    @activity.defn(name="step_held")
    async def held(self, held: StepHeld) -> None:
        """Write when a step's outcome takes effect, or that there is none any more."""
        raise NotImplementedError

    @activity.defn(name="step_closed")
    async def closed(self, closing: StepClosing) -> None:
        """Write a step's last decisions and its outcome, and send the letters that tell it."""
        raise NotImplementedError

    @activity.defn(name="unsettled_intents")
    async def unsettled_intents(self, due: AnswersDue) -> tuple[str, ...]:
        """Return the keys of what was submitted before an instant, to decide or to take back, and has
        no answer yet.
        """
        raise NotImplementedError


class Cases:
    """Writes the course of a case into the record."""

    @activity.defn(name="case_begun")
    async def begun(self, case: str) -> CaseOpened:
        """Write that the case's process has begun with the version last submitted; return it."""
        raise NotImplementedError

    @activity.defn(name="case_became")
    async def became(self, becoming: Becoming) -> Clock:
        """Write a new state, and send the letters that it sends; return the Clock."""
        raise NotImplementedError

    @activity.defn(name="case_waits")
    async def waits(self, waiting: CaseWaiting) -> Clock:
        """Write what the case waits for apart from people; return the Clock."""
        raise NotImplementedError

    @activity.defn(name="approval_expiring")
    async def expiring(self, expiring: Expiring) -> Clock:
        """Write that an approval lapses soon, and warn sponsor and lead; return the Clock."""
        raise NotImplementedError

    @activity.defn(name="case_sittings")
    async def sittings(self, asked: SittingsAsked) -> Sittings:
        """Return when forums meet, as their meetings are at the moment."""
        raise NotImplementedError

    @activity.defn(name="case_moved")
    async def moved(self, moved: CaseMoved) -> Clock:
        """Write that the case goes to another meeting, or to none, and send the letters that say why."""
        raise NotImplementedError

    @activity.defn(name="case_sized")
    async def sized(self, sized: CaseSized) -> CaseOpened:
        """Write the size that the PMO has set, with the way that it leads to; return the case anew."""
        raise NotImplementedError

    @activity.defn(name="case_follow_ups")
    async def follow_ups(self, case: str) -> tuple[FollowUp, ...]:
        """Return the actions that follow from a case, in the order in which they were opened."""
        raise NotImplementedError

    @activity.defn(name="action_begun")
    async def action_begun(self, case: str) -> ActionOpened:
        """Write that an action's process has begun; return who does it, who checks it, and by when."""
        raise NotImplementedError


class Meetings:
    """Writes the course of a forum's meetings into the record."""

    @activity.defn(name="meeting_next")
    async def next(self, series: str) -> MeetingNext:
        """Write which meeting comes next, and which passed unseen; return it with its dates."""
        raise NotImplementedError

    @activity.defn(name="meeting_happens")
    async def happens(self, happens: MeetingHappens) -> Clock:
        """Write what a meeting's day has brought, and send the letters that it sends; return the Clock."""
        raise NotImplementedError


@workflow.defn(name="Action")
class Action:
    """The process of an action, as others start it: by its name, so that no process imports another."""

    @workflow.run
    async def run(self, case: str, hearer: str = "") -> ActionState | None:
        """Ask its owner until whoever checks it is satisfied; return what it came to, and tell `hearer`.

        That is the case it follows from, where a later run of that would not see it end.
        """
        raise NotImplementedError


class Projects:
    """Writes the course of projects into the record."""

    @activity.defn(name="project_opened")
    async def opened(self, parent: str) -> str:
        """Open the project of an approved proposal, with a benefit for each that it claims; return its
        reference. Opened again, it is the one that was opened first.
        """
        raise NotImplementedError

    @activity.defn(name="project_in_hand")
    async def in_hand(self, case: str) -> ProjectInHand:
        """Write that a project's process has begun, unless it is written; return the project as it is."""
        raise NotImplementedError

    @activity.defn(name="project_named")
    async def named(self, told: ProjectTold) -> ProjectInHand:
        """Write who manages a project and who sits on its board, as its mandate says."""
        raise NotImplementedError

    @activity.defn(name="project_planned")
    async def planned(self, told: ProjectTold) -> ProjectInHand:
        """Write the plan that an answer proposes: at initiation, for the next stage, or in an exception."""
        raise NotImplementedError

    @activity.defn(name="project_reported")
    async def reported(self, told: ProjectTold) -> ProjectReported:
        """Write what a report says, measured against the last approved baseline; return what it comes to."""
        raise NotImplementedError

    @activity.defn(name="project_gate_passed")
    async def gate_passed(self, passed: GatePassed) -> ProjectInHand:
        """Write that a gate was passed, with its three variances and the baseline that it makes."""
        raise NotImplementedError

    @activity.defn(name="project_exception_raised")
    async def exception_raised(self, raised: ExceptionRaised) -> ProjectInHand:
        """Write that a forecast is past what is tolerated, and tell manager, board and programme office."""
        raise NotImplementedError

    @activity.defn(name="project_exception_settled")
    async def exception_settled(self, settled: ExceptionSettled) -> ProjectInHand:
        """Write what an exception came to."""
        raise NotImplementedError

    @activity.defn(name="standards_checked")
    async def standards_checked(self, told: ProjectTold) -> str:
        """Write what a check of project standards found; return the exception that it raises, or nothing."""
        raise NotImplementedError

    @activity.defn(name="standards_exceptions")
    async def standards_exceptions(self, case: str) -> tuple[str, ...]:
        """Return the exceptions from the project standards of a project that are not settled."""
        raise NotImplementedError

    @activity.defn(name="exception_in_hand")
    async def exception_in_hand(self, case: str) -> ProjectInHand:
        """Write that the process of a standards exception has begun, unless it is written; return the project
        that it is about.
        """
        raise NotImplementedError


class Benefits:
    """Writes the course of reviews and benefits into the record."""

    @activity.defn(name="benefits_of")
    async def of_proposal(self, parent: str) -> tuple[str, ...]:
        """Return the references of the benefits of a proposal that are to be followed."""
        raise NotImplementedError

    @activity.defn(name="benefit_in_hand")
    async def in_hand(self, case: str) -> BenefitOpened:
        """Write that a benefit's process has begun, unless it is written; return the benefit as it is."""
        raise NotImplementedError

    @activity.defn(name="benefit_read")
    async def read(self, read: BenefitRead) -> BenefitOpened:
        """Write how much of a benefit has come about, as its owner says."""
        raise NotImplementedError

    @activity.defn(name="review_in_hand")
    async def review(self, case: str) -> ReviewInHand:
        """Return who writes the review of a proposal, who checks it, and when it is due."""
        raise NotImplementedError


class Assessments:
    """Writes the course of assessments of business processes into the record."""

    @activity.defn(name="assessment_in_hand")
    async def in_hand(self, case: str) -> AssessmentInHand:
        """Write that an assessment's process has begun, unless it is written; return the assessment."""
        raise NotImplementedError

    @activity.defn(name="assessment_reported")
    async def reported(self, told: AssessmentTold) -> Clock:
        """Write which options were weighed, at what cost, and which is recommended; return the Clock."""
        raise NotImplementedError

    @activity.defn(name="assessment_chosen")
    async def chosen(self, told: AssessmentTold) -> Clock:
        """Write which option was chosen, and open the action that puts it in place; return the Clock."""
        raise NotImplementedError


@workflow.defn(name="Project")
class Project:
    """The process of a project, as others start it: by its name."""

    @workflow.run
    async def run(self, case: str) -> ProjectEnded:
        """Pass its gates in turn; return how it ended, and when it went live."""
        raise NotImplementedError

    @workflow.signal
    def fall_away(self) -> None:
        """End it, because its proposal was withdrawn."""
        raise NotImplementedError


@workflow.defn(name="StandardsException")
class StandardsException:
    """The process of an exception from the project standards, as others start it: by its name."""

    @workflow.run
    async def run(self, case: str) -> ExceptionState:
        """Put it before SRG until SRG has settled it."""
        raise NotImplementedError

    @workflow.signal
    def fall_away(self) -> None:
        """End it, because its project was withdrawn."""
        raise NotImplementedError


@workflow.defn(name="Benefit")
class Benefit:
    """The process of a benefit, as others start it: by its name."""

    @workflow.run
    async def run(self, case: str) -> BenefitState:
        """Ask its owner in the months after go-live."""
        raise NotImplementedError

    @workflow.signal
    def goes_live(self, go_live: GoLive) -> None:
        """Take up when its project goes live."""
        raise NotImplementedError

    @workflow.signal
    def fall_away(self) -> None:
        """End it, because its proposal was withdrawn, or its project ended before it went live."""
        raise NotImplementedError
