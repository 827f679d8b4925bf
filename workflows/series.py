"""What recurring business shares: one turn is lived through in a run, and the next in a run of its own."""

from datetime import datetime
from typing import NoReturn

from temporalio import workflow

from workflows.human_step import Timed, guarded
from workflows.model import (
    Clock,
    Happening,
    MeetingHappens,
    MeetingNext,
)
from workflows.ports import Meetings


class Series(Timed):
    """What recurring meetings share: one is lived through in a run, and the next in a run of its own.

    What happens is in the record, so that a run may begin at any time: what has been done is not done again.
    """

    def __init__(self, series: str, known: Clock) -> None:
        super().__init__()
        self.series = series
        self.clock = known
        self.meeting = MeetingNext(as_of="")
        self.told = ""

    # ------------------------------------------------------------------- messages

    @workflow.update(description="The calendar or the record of a meeting has changed")
    @guarded
    def look_again(self, as_of: str) -> None:
        """Look again which meeting comes next; what the record says is as of this."""
        self.told = as_of

    # --------------------------------------------------------------------- verbs

    async def take(self) -> MeetingNext:
        """Take up the meeting that comes next, or whose minutes are owed."""
        self.meeting = await self._write(Meetings.next, self.series, "look which meeting comes next")
        self._hear(self.meeting.clock)
        if self.meeting.day:
            workflow.set_current_details(f"**{self.series}**: {self.meeting.day.isoformat()}")
        return self.meeting

    async def until(self, moment: datetime | None, what: str) -> None:
        """Wait for an instant of the Clock; if the record changes meanwhile, begin anew."""
        await self._wait(self._changed, until=moment, summary=what)
        if self._changed():
            await self.again()

    async def happens(self, what: Happening) -> None:
        """Bring about what a meeting's day brings."""
        assert self.meeting.day is not None
        happens = MeetingHappens(series=self.series, day=self.meeting.day, what=what, at=self.now)
        self._hear(await self._write(Meetings.happens, happens, what.replace("_", " ")))

    async def again(self) -> NoReturn:
        """Begin anew with the meeting that comes next, in a run of its own."""
        await self._all_heard()
        workflow.continue_as_new(args=[self.series, self.clock])

    # ------------------------------------------------------------------ machinery

    def _changed(self) -> bool:
        return self.told not in ("", self.meeting.as_of)
