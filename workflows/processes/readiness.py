"""Readiness: nothing is asked. That it came to its end proves that a worker works."""

from temporalio import workflow


@workflow.defn
class Readiness:
    """Ends at once."""

    @workflow.run
    async def run(self) -> None:
        """Do nothing."""
