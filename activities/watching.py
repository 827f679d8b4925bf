"""Watching: what fails for minutes is written down, so that the PMO hears why a case does not move.

The engine tries again for as long as it takes, and nobody would know. What goes wrong once, or for as long as
a restart takes, is nobody's business.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from service.clock import real_now
from service.links import Links
from service.store import Store, cases, failing
from service.telling import tell_failing

log = structlog.get_logger("activities")

PATIENCE = timedelta(minutes=3)
"""For how long something may fail before it is told."""
DOING = {
    "step_opened": "asking a question",
    "step_nudged": "writing to those who are silent",
    "step_reseated": "asking somebody who has come",
    "step_decided": "writing down an answer",
    "step_undone": "writing down that an answer was taken back",
    "step_held": "writing down until when answers may be taken back",
    "step_closed": "writing down an outcome and telling it",
    "unsettled_intents": "looking for answers that are on their way",
    "case_begun": "taking up what was submitted",
    "case_became": "moving the case on",
    "case_waits": "writing down what the case waits for",
    "approval_expiring": "warning that an approval lapses",
    "case_sittings": "looking up when a forum meets",
    "case_moved": "bringing the case to another meeting",
    "case_sized": "making the case minor or major",
    "case_follow_ups": "opening the actions that follow",
    "action_begun": "beginning an action",
}
"""What is done for a case, in words for the PMO."""


class Watching(Interceptor):
    """Writes down what keeps failing, and that it works again."""

    def __init__(self, store: Store, links: Links) -> None:
        self._store = store
        self._links = links

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand round every activity."""
        return _Watched(next, self)

    async def failed(self, known: activity.Info) -> None:
        """Note that an activity has failed, and tell the PMO once for all that fails for its case."""
        if known.attempt > 1 and real_now() - known.scheduled_time >= PATIENCE:
            await self._quietly(self._failed, known)

    async def done(self, known: activity.Info) -> None:
        """Note that an activity has been done, if it had to be tried again."""
        if known.attempt > 1:
            await self._quietly(self._done, known)

    async def _quietly(self, note: Callable[[activity.Info], None], known: activity.Info) -> None:
        """Note something: if the record itself does not answer, what is watched matters more."""
        try:
            await asyncio.to_thread(note, known)
        except Exception:
            log.exception("not noted", activity=known.activity_type)

    def _failed(self, known: activity.Info) -> None:
        case = _case(known)
        with self._store.writing() as tx:
            if cases.find(tx, case) is None:
                return
            failing.failed(
                tx,
                _key(known),
                case=case,
                doing=DOING[known.activity_type],
                since=known.scheduled_time,
                tries=known.attempt,
            )
        # Apart: what fails may be the writing of this very case.
        with self._store.writing() as tx:
            tell_failing(tx, case, self._links.page)

    def _done(self, known: activity.Info) -> None:
        with self._store.writing() as tx:
            failing.works(tx, _key(known))


class _Watched(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, watching: Watching) -> None:
        super().__init__(next)
        self._watching = watching

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        known = activity.info()
        try:
            answer = await super().execute_activity(input)
        except Exception:
            await self._watching.failed(known)
            raise
        await self._watching.done(known)
        return answer


def _case(known: activity.Info) -> str:
    """Return the case of a process: a question is named by its case and its key."""
    return (known.workflow_id or "").partition(".")[0]


def _key(known: activity.Info) -> str:
    return f"{known.workflow_id}/{known.workflow_run_id}/{known.activity_id}"
