"""The only door to running processes: Temporal's exceptions stop here."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self, TypeVar
from weakref import WeakValueDictionary

import structlog
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.workflow import UpdateMethodMultiParam

from service.config import Settings
from service.mailroom import Mailroom
from workflows.attending import Attending
from workflows.human_step import CASE, KIND, SEARCH_ATTRIBUTES, TURN, HumanStep
from workflows.model import Choice, Clock, Decision, Leg, Segment, Sitting, Sizing, Standing, Undo, Withdrawal
from workflows.process import Process
from workflows.processes.assessment import Assessment
from workflows.processes.investment_proposal import InvestmentProposal
from workflows.processes.meeting import MeetingSeries
from workflows.processes.project import Project
from workflows.processes.readiness import Readiness
from workflows.rules.quorum import Refusal
from workflows.series import Series

log = structlog.get_logger()
Said = TypeVar("Said")

PATIENCE = timedelta(seconds=8)
"""How long a page waits for the engine before it says that an answer is being recorded."""
AT_ONCE = 5
"""Messages under way to one process; the engine refuses more than ten."""
# A first connection that fails is a RuntimeError: the client's core knows no better word for it.
OUT_OF_REACH = (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError, RuntimeError)
"""What the client says of an engine that does not answer, or not in time."""
NOT_DONE = (WorkflowUpdateFailedError, *OUT_OF_REACH)
"""What the client says where a process is not known to have taken what it was told."""
_ENDED_MEANWHILE = "AcceptedUpdateCompletedWorkflow"
"""What the engine says of a message whose process came to its end while it was being told."""
PROBE_EVERY = 5.0
"""Seconds for which a worker that answered counts as answering."""


@dataclass(frozen=True)
class Counted:
    """The decision counts; `settled` is what the step came to, if that resolved it."""

    settled: Choice | None


@dataclass(frozen=True)
class Refused:
    """The decision does not count, and why."""

    why: Refusal


@dataclass(frozen=True)
class Unknown:
    """Nobody can say yet. The same decision is sent again until there is an answer."""


Answer = Counted | Refused | Unknown


_STARTED: dict[str, tuple[Callable[..., Awaitable[object]], str]] = {
    "proposal": (InvestmentProposal.run, "investment_proposal"),
    "assessment": (Assessment.run, "assessment"),
}
"""The kinds of case that follow from none: the process of each, and what that is called in the engine."""


class Gateway:
    """Starts processes and brings messages to them, each under an id of our own."""

    def __init__(self, client: Client, core_queue: str) -> None:
        self._client = client
        self._core_queue = core_queue
        self._mailroom = Mailroom(client, core_queue)
        self._doors = WeakValueDictionary[str, asyncio.Semaphore]()
        self._answered_at = float("-inf")

    @classmethod
    async def connect(cls, settings: Settings) -> Self:
        """Return a gateway. It need not reach the engine yet: pages work without it."""
        client = await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            data_converter=pydantic_data_converter,
            lazy=True,
        )
        return cls(client, settings.core_queue)

    async def start(self, ref: str, kind: str = "proposal") -> bool:
        """Start the process of a case that follows from none, once however often this is called; False if
        unknown.
        """
        run, called = _STARTED[kind]
        try:
            await self._client.start_workflow(
                run,
                ref,
                id=ref,
                task_queue=self._core_queue,
                task_timeout=TURN,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"{ref}: {called.replace('_', ' ')}",
                search_attributes=TypedSearchAttributes(
                    [
                        SearchAttributePair(KIND, called),
                        SearchAttributePair(CASE, ref),
                    ]
                ),
                rpc_timeout=PATIENCE,
            )
        except WorkflowAlreadyStartedError:
            return True
        except OUT_OF_REACH:
            return False
        return True

    async def start_series(self, series: str) -> bool:
        """Start the process of a forum's meetings, once however often this is called; False if unknown."""
        try:
            await self._client.start_workflow(
                MeetingSeries.run,
                args=[series, Clock()],
                id=series,
                task_queue=self._core_queue,
                task_timeout=TURN,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                static_summary=f"{series}: meetings of a forum",
                search_attributes=TypedSearchAttributes([SearchAttributePair(KIND, "meetings")]),
                rpc_timeout=PATIENCE,
            )
        except WorkflowAlreadyStartedError:
            return True
        except OUT_OF_REACH:
            return False
        return True

    async def look_again(self, series: str, as_of: str) -> bool:
        """Tell a series that its calendar or record has changed, and start it if it has no process."""
        try:
            async with self._door(series):
                await self._update(series, Series.look_again, as_of, id=f"look:{as_of}")
        except NOT_DONE as error:
            return await self.start_series(series) if _gone(error) else _ended(error)
        return True

    async def decide(self, decision: Decision) -> Answer:
        """Bring a decision to its step and return what the step says."""
        return await self._told(decision.step, "decide", decision, decision.message)

    async def undo(self, undo: Undo) -> Answer:
        """Bring a wish to take back an answer to its step; counted, the answer counts no more."""
        return await self._told(undo.step, "undo", undo, undo.key)

    async def _told(self, step: str, update: str, said: Decision | Undo, id: str) -> Answer:
        try:
            async with self._door(step):
                standing = await self._client.get_workflow_handle(step).execute_update(
                    update, said, id=id, rpc_timeout=PATIENCE, result_type=Standing
                )
        except WorkflowUpdateFailedError as error:
            why = _why(error)
            # The register shows a step a moment before the step knows who may answer.
            return Unknown() if why is Refusal.NOT_OPEN_YET else Refused(why)
        except OUT_OF_REACH as error:
            return Refused(Refusal.ENDED) if _gone(error) else Unknown()
        return Counted(standing.settled)

    async def withdraw(self, case: str, withdrawal: Withdrawal) -> bool:
        """Bring a withdrawal to its case; False if that is not known to have happened."""
        return await self._tell(case, Process.withdraw, withdrawal, id=withdrawal.key)

    async def add_approver(self, case: str, leg: Leg) -> bool | None:
        """Have a case ask one more post; False if it is too late, None if that is not known to be done."""
        try:
            return await self._update(case, InvestmentProposal.add_approver, leg, id=f"approver:{leg.who[0]}")
        except NOT_DONE as error:
            return _too_late(error)

    async def take_back_approver(self, case: str, leg: Leg) -> bool:
        """Have a case ask a post no more; False if that is not known to be done."""
        return await self._tell(
            case, InvestmentProposal.take_back_approver, leg, id=f"approver-taken-back:{leg.who[0]}"
        )

    async def set_size(self, case: str, sizing: Sizing) -> bool | None:
        """Have a case take up a size; False if it is too late, None if that is not known to be done."""
        try:
            return await self._update(case, InvestmentProposal.set_size, sizing, id=f"size:{sizing.number}")
        except NOT_DONE as error:
            return _too_late(error)

    async def people_changed(self, project: str, number: int) -> bool:
        """Have a project look again who runs it; False if that is not known to be done."""
        return await self._tell(project, Project.people_changed, id=f"people:{number}")

    async def report_now(self, project: str, number: int) -> bool | None:
        """Have a project ask for a report at once; False if it cannot, None if that is not known."""
        try:
            return await self._update(project, Project.report_now, id=f"report:{number}")
        except NOT_DONE as error:
            return _too_late(error)

    async def people_moved(self, step: str) -> bool:
        """Let an open step look again at who may answer; False if it is not known to have been told."""
        try:
            await self._client.get_workflow_handle(step).signal(HumanStep.people_moved, rpc_timeout=PATIENCE)
        except OUT_OF_REACH as error:
            return _gone(error)
        return True

    async def sittings_changed(
        self, case: str, forum: str, sittings: Sequence[Sitting], *, change: str
    ) -> bool:
        """Tell a case when a forum meets now; False if that is not known to be done.

        `change` names what is told: the same is told once, however often it is brought.
        """
        return await self._tell(
            case, Attending.sittings_changed, forum, tuple(sittings), id=f"sittings:{forum}:{change}"
        )

    async def resubmit(self, case: str, version: int) -> bool:
        """Tell a returned proposal of its new version; False if that is not known to be done."""
        return await self._tell(case, InvestmentProposal.resubmit, version, id=f"version:{version}")

    async def clock_moved(self, segment: Segment, processes: Iterable[str]) -> tuple[str, ...]:
        """Tell open processes of a new segment of the Clock; return those that did not hear it.

        A process that has ended need not know. One that is in trouble keeps back none of the others.
        """
        told = list(processes)
        heard = await asyncio.gather(*(self._clock_moved(segment, process) for process in told))
        return tuple(process for process, reached in zip(told, heard, strict=True) if not reached)

    async def _clock_moved(self, segment: Segment, process: str) -> bool:
        async with self._door(process):
            return await self._tell(process, Process.clock_moved, segment, id=f"clock:{segment.number}")

    async def _tell(
        self, process: str, update: UpdateMethodMultiParam[..., object], *told: object, id: str
    ) -> bool:
        """Tell a process something; False if that is not known to be done. One that has ended need not know.

        It is told once, however often this is called. A fault of its own is no word that it has heard: it is
        told again by and by.
        """
        try:
            await self._update(process, update, *told, id=id)
        except NOT_DONE as error:
            return _ended(error)
        return True

    async def _update(
        self, process: str, update: UpdateMethodMultiParam[..., Said], *told: object, id: str
    ) -> Said:
        try:
            return await self._client.get_workflow_handle(process).execute_update(
                update, args=told, id=id, rpc_timeout=PATIENCE
            )
        except WorkflowUpdateFailedError as error:
            if not _ended(error):
                log.exception("a process failed at what it was told", process=process, id=id)
            raise

    async def answers(self) -> bool:
        """Say whether the engine and a worker answer, by having a worker do a small thing."""
        if time.monotonic() - self._answered_at < PROBE_EVERY:
            return True
        try:
            await self._client.execute_workflow(
                Readiness.run,
                id="readiness",
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                task_queue=self._core_queue,
                execution_timeout=PATIENCE,
                rpc_timeout=PATIENCE,
            )
        except Exception:
            # Whatever is wrong with the engine, the answer is the same.
            return False
        self._answered_at = time.monotonic()
        return True

    async def deliver(self, letter: str) -> bool:
        """Have a letter of the ledger sent; False if that is not known to have begun."""
        try:
            await self._mailroom.dispatch([letter])
        except OUT_OF_REACH:
            return False
        return True

    async def send(self, order: str) -> bool:
        """Have an order sent; False if that is not known to have begun."""
        try:
            await self._mailroom.dispatch([], [order])
        except OUT_OF_REACH:
            return False
        return True

    async def register_search_attributes(self) -> bool:
        """Let the engine know the attributes by which operators find cases; False if it is out of reach."""
        request = AddSearchAttributesRequest(
            namespace=self._client.namespace,
            search_attributes={
                key.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD for key in SEARCH_ATTRIBUTES
            },
        )
        try:
            await self._client.operator_service.add_search_attributes(request)
        except OUT_OF_REACH as error:
            return isinstance(error, RPCError) and error.status is RPCStatusCode.ALREADY_EXISTS
        return True

    def _door(self, process: str) -> asyncio.Semaphore:
        return self._doors.setdefault(process, asyncio.Semaphore(AT_ONCE))


def _why(error: WorkflowUpdateFailedError) -> Refusal:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type in list(Refusal):
        return Refusal(cause.type)
    return Refusal.ENDED if _ended(error) else Refusal.FAULT


def _ended(error: Exception) -> bool:
    """Say whether a process has ended, before it was told or meanwhile, or never was."""
    if isinstance(error, WorkflowUpdateFailedError):
        return isinstance(error.cause, ApplicationError) and error.cause.type == _ENDED_MEANWHILE
    return _gone(error)


def _too_late(error: Exception) -> bool | None:
    """Return False for a process that ended while it was told, None if nobody can say.

    One that the engine does not know may only not have begun; whether it has ended, the record says.
    """
    return False if _ended(error) and not _gone(error) else None


def _gone(error: Exception) -> bool:
    return isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND
