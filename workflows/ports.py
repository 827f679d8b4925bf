"""What the core needs of the outside: activities, declared here and answered in `activities`."""

from datetime import datetime, timedelta
from typing import TypedDict

from temporalio import activity
from temporalio.common import RetryPolicy

from workflows.model import (
    Becoming,
    CaseOpened,
    CaseWaiting,
    Postbag,
    StepClosing,
    StepDecided,
    StepNudged,
    StepOpened,
    StepOpening,
)


class _Patience(TypedDict):
    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


class _LongPatience(_Patience):
    schedule_to_close_timeout: timedelta


DATABASE = _Patience(
    start_to_close_timeout=timedelta(seconds=5),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=60)),
)
"""How the record is written to: patiently, for a case never fails because of the database."""

MAIL = _LongPatience(
    start_to_close_timeout=timedelta(seconds=25),
    schedule_to_close_timeout=timedelta(hours=72),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=15)),
)
"""How a letter is sent: tried for three days, then left to the PMO."""


def mail_queue(core_queue: str) -> str:
    """Name the queue of letters, apart from the core so that a dead mail server starves nothing."""
    return core_queue.removesuffix("-core") + "-mail"


class Register:
    """Writes steps and decisions into the record."""

    @activity.defn(name="step_opened")
    def opened(self, opening: StepOpening) -> StepOpened:
        """Find the people of a step's seats, write the step, and queue their letters."""
        raise NotImplementedError

    @activity.defn(name="step_nudged")
    def nudged(self, nudged: StepNudged) -> StepOpened:
        """Write that a rung came due; add the people it brings in, and queue the letters."""
        raise NotImplementedError

    @activity.defn(name="step_decided")
    def decided(self, decided: StepDecided) -> Postbag:
        """Write decisions that leave the step open, and queue their receipts."""
        raise NotImplementedError

    @activity.defn(name="step_closed")
    def closed(self, closing: StepClosing) -> Postbag:
        """Write a step's last decisions and its outcome, and queue the letters that tell it."""
        raise NotImplementedError

    @activity.defn(name="unsettled_intents")
    def unsettled_intents(self, step: str, before: datetime) -> tuple[str, ...]:
        """Return the keys of decisions submitted before an instant that have no answer yet."""
        raise NotImplementedError


class Cases:
    """Writes the course of a case into the record."""

    @activity.defn(name="case_begun")
    def begun(self, case: str) -> CaseOpened:
        """Write that the case's process has begun with the version last submitted; return it."""
        raise NotImplementedError

    @activity.defn(name="case_became")
    def became(self, becoming: Becoming) -> Postbag:
        """Write a new state, and queue the letters which that state sends."""
        raise NotImplementedError

    @activity.defn(name="case_waits")
    def waits(self, waiting: CaseWaiting) -> Postbag:
        """Write what the case waits for apart from people."""
        raise NotImplementedError


class Letters:
    """Sends letters."""

    @activity.defn(name="letter_sent")
    async def send(self, key: str) -> Postbag:
        """Send a queued letter. One that cannot be delivered is no error: the PMO's letter comes back."""
        raise NotImplementedError
