"""What the pages of a forum's meetings share: their words, and that the series hears of what was written."""

from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool

from service import boards, convening
from service.store.meetings import Meeting, MeetingState
from service.web import minutebook, words
from service.web.minutebook import Room
from service.web.visits import Visit

MEETS_TODAY = ("Meets today", "turquoise")


def state(meeting: Meeting | None, day: date, today: date) -> tuple[str, str]:
    """Return what a meeting's state is called, and the colour of its tag."""
    stands = meeting.state if meeting else MeetingState.PLANNED
    if day == today and stands in (MeetingState.PLANNED, MeetingState.CALLED):
        return MEETS_TODAY
    return words.MEETINGS[str(stands)]


def words_of(found: Room) -> dict[str, Any]:
    """Return the words that every page of a meeting needs."""
    return {
        "state": state(found.meeting, found.day, found.today),
        "metered": boards.present(found.meter),
        "outcome": minutebook.outcome,
        "asked": words.question_of,
    }


async def heard(visit: Visit, series: str) -> None:
    """Let the series hear at once; if it cannot be reached the relay tells it."""
    if not series:
        return

    def news() -> str:
        with visit.desk.store.reading() as tx:
            return dict(convening.unheard(tx)).get(series, "")

    if as_of := await run_in_threadpool(news):
        await visit.desk.gateway.look_again(series, as_of)
