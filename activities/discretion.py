"""Discretion: what goes wrong in an activity is told to the engine by its kind, and in full to our own log.

The engine keeps failures in the clear, with their messages and traces, and a message may quote a name or
an address.
"""

from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

log = structlog.get_logger("activities")


class Discretion(Interceptor):
    """Lets no message of an exception leave the worker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand round every activity."""
        return _Discreet(next)


class _Discreet(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            return await super().execute_activity(input)
        except Exception as error:
            known = activity.info()
            log.exception("an activity failed", activity=known.activity_type, attempt=known.attempt)
            kind = type(error).__name__
            raise ApplicationError(f"{kind}: the worker's log has the rest", type=kind) from None
