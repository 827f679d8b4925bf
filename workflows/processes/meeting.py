"""A forum's meetings, one after another: called, prepared, held, minuted (SYS-22, SYS-23)."""

from temporalio import workflow

from workflows.model import Clock, Happening, MeetingNext
from workflows.rules import series
from workflows.series import Series


@workflow.defn
class MeetingSeries(Series):
    """A forum meets on its days. Whoever keeps its record is waited for, but never for ever."""

    @workflow.init
    def __init__(self, series: str, known: Clock) -> None:
        super().__init__(series, known)

    @workflow.run
    async def run(self, series: str, known: Clock) -> None:
        """Live through the next meeting, and begin anew with the one after it."""
        meeting = await self.take()
        if meeting.day is None:
            await self.until(None, "no meeting is known")
        if not meeting.recorded:
            await self.prepare(meeting)
            await self.await_record(meeting)
        else:
            await self.happens(Happening.MINUTED)
        await self.again()

    async def prepare(self, meeting: MeetingNext) -> None:
        """Call the meeting in good time, or at once if it is late; close its papers and send the agenda."""
        await self.until(meeting.calls, "the meeting is called")
        if not meeting.called and meeting.over and self.now > meeting.over:
            # It passed before anybody was called to it, and so it was not held.
            await self.again()
        await self.happens(Happening.CALLED)
        await self.until(meeting.papers_close, "papers close")
        await self.happens(Happening.PAPERS_CLOSED)

    async def await_record(self, meeting: MeetingNext) -> None:
        """Wait for the secretary to close the record; remind them, tell the PMO, and go on at last."""
        await self.until(meeting.sits, "the forum meets")
        for turn in meeting.turns:
            await self.until(turn.at, turn.what)
            if not series.overtaken(turn, meeting.turns, self.now):
                await self.happens(turn.what)
        if not any(turn.what is Happening.LEFT for turn in meeting.turns):
            await self.until(None, "the record is open")
