"""Cases that go to meetings: late ones, meetings that move, and boards that decide nothing by email."""

import asyncio
from datetime import UTC, date, datetime, time

import pytest
from temporalio.client import Client

from service.clock import real_now
from tests.support.core import FakeOutside
from tests.support.play import Play, playing, until
from tests.support.proposals import (
    MEETING,
    NOVEMBER,
    SRG_MEETS,
    board_by_email,
    calendar,
    falling_back,
    opened,
)
from workflows.model import CaseOpened, Choice, Clock, Ending, Moving, Segment, Size
from workflows.rules.calendar import local_day

DEVIATES = {"P04": "deviates"}
CONSULTED = "consultation-head-of-profession"
MOVED_TO = date(2004, 10, 20)
LATER = date(2004, 11, 25)


def late(ref: str, *, decide_by: date = date(2004, 12, 1), attends: bool = True) -> CaseOpened:
    return opened(ref, decide_by=decide_by, principles=DEVIATES, attends=attends)


def undecided(ref: str) -> CaseOpened:
    """Return a major case whose board falls back on its meeting, and that is notified at once."""
    return opened(
        ref,
        size=Size.MAJOR,
        decide_by=date(2004, 9, 30),
        rules=falling_back(),
        put=board_by_email(),
        attends=True,
    )


def meets(play: Play, **forums: tuple[date, ...]) -> None:
    for forum, days in forums.items():
        play.outside.cases.meetings[forum.replace("_", "-")] = calendar(*days)


def days_waited_for(play: Play, key: str) -> list[date]:
    return [local_day(wait.until) for wait in play.outside.cases.waitings if wait.key == key and wait.until]


async def is_told(play: Play, *days: date | tuple[date, date], forum: str = "heads-of-ict") -> None:
    sittings = calendar(*days)
    assert await play.gateway.sittings_changed(play.ref, forum, sittings, change=f"{days}")


async def is_put_to_its_board(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh")
    await play.asks("srg")


# ------------------------------------------------------------------------------ late papers


async def test_what_comes_in_time_goes_to_the_meeting_it_was_to_go_to(client: Client) -> None:
    async with playing(client, late("INV-M1")) as play:
        meets(play, heads_of_ict=(MEETING, NOVEMBER))
        await play.asks(CONSULTED)
        await play.jumps(date(2004, 10, 6))
        await play.answers(CONSULTED, Choice.SUPPORT)
        await play.waits("notification")
        assert days_waited_for(play, "notification") == [MEETING]
        assert play.outside.cases.moves == []


async def test_late_papers_go_to_the_next_meeting(client: Client) -> None:
    async with playing(client, late("INV-M2")) as play:
        meets(play, heads_of_ict=(MEETING, NOVEMBER))
        await play.asks(CONSULTED)
        await play.jumps(date(2004, 10, 8))
        await play.answers(CONSULTED, Choice.SUPPORT)
        await play.waits("notification")
        assert days_waited_for(play, "notification") == [NOVEMBER]
        (moved,) = play.outside.cases.moves
        assert (moved.key, moved.forum, moved.was) == ("notification", "heads-of-ict", MEETING)
        assert (moved.because, moved.papers_due) == (Moving.LATE, date(2004, 10, 6))
        assert [leg.meeting for leg in moved.legs] == [NOVEMBER]
        await play.jumps(MEETING)
        await asyncio.sleep(0.3)
        assert play.opening("notification") is None
        await play.jumps(NOVEMBER)
        await play.answers("notification", Choice.NOTE)
        await play.asks("funding-bh-dmh")


async def test_what_comes_after_business_on_the_last_day_for_papers_is_late(client: Client) -> None:
    async with playing(client, late("INV-M19")) as play:
        meets(play, heads_of_ict=(MEETING, NOVEMBER))
        await play.asks(CONSULTED)
        await play.jumps(datetime(2004, 10, 6, 16, 30, tzinfo=UTC))
        await play.answers(CONSULTED, Choice.SUPPORT)
        await play.waits("notification")
        assert days_waited_for(play, "notification") == [NOVEMBER]


@pytest.mark.parametrize(("day", "waits_for"), [(date(2004, 10, 8), MEETING), (date(2004, 10, 18), NOVEMBER)])
async def test_what_was_submitted_in_time_is_in_though_its_process_begins_late(
    client: Client, day: date, waits_for: date
) -> None:
    outside = FakeOutside()
    play = Play(client, outside, opened(f"INV-M20-{day}", decide_by=LATER, attends=True))
    meets(play, heads_of_ict=(MEETING, NOVEMBER))
    async with outside.working(client, queue=play.queue):
        at = datetime.combine(day, time(9), UTC)
        outside.clock = Clock(segments=(Segment(number=1, real=real_now(), clock=at),))
        await play.start()
        await play.waits("notification")
        assert days_waited_for(play, "notification") == [waits_for]
        await play.is_withdrawn()
        await play.ends()


async def test_where_no_meeting_is_left_before_the_decision_it_is_notified_directly(client: Client) -> None:
    async with playing(client, late("INV-M3", decide_by=NOVEMBER)) as play:
        meets(play, heads_of_ict=(MEETING, NOVEMBER))
        await play.asks(CONSULTED)
        await play.jumps(date(2004, 10, 14))
        await play.answers(CONSULTED, Choice.SUPPORT)
        await play.asks("notification")
        asked = play.opening("notification")
        assert asked is not None
        assert ([seat.post for seat in asked.ask.seats], asked.ask.forum) == (["sd-ict-ca"], "")
        assert (asked.ask.clause, play.outside.cases.waitings) == ("IP-6", [])
        assert [move.because for move in play.outside.cases.moves] == [Moving.PASSED]


async def test_a_notification_and_its_issues_move_together(client: Client) -> None:
    case = opened(
        "INV-M4", decide_by=date(2004, 12, 1), principles={"P09": "issue", **DEVIATES}, attends=True
    )
    async with playing(client, case) as play:
        meets(play, heads_of_ict=(MEETING, NOVEMBER))
        await play.asks(CONSULTED)
        await play.jumps(date(2004, 10, 8))
        await play.answers(CONSULTED, Choice.SUPPORT)
        await play.waits("notification")
        (moved,) = play.outside.cases.moves
        assert [(leg.leg, leg.meeting) for leg in moved.legs] == [
            ("notification", NOVEMBER),
            ("issue_resolution", NOVEMBER),
        ]
        await play.jumps(NOVEMBER)
        await play.asks("notification")
        await play.asks("issue-P09")


async def test_a_case_that_began_before_keeps_its_day_however_late_it_is(client: Client) -> None:
    async with playing(client, late("INV-M5", attends=False)) as play:
        meets(play, heads_of_ict=(MEETING, NOVEMBER))
        await play.asks(CONSULTED)
        await play.jumps(date(2004, 10, 8))
        await play.answers(CONSULTED, Choice.SUPPORT)
        await play.waits("notification")
        await is_told(play, NOVEMBER)
        await play.jumps(MEETING)
        await play.asks("notification")
        assert (days_waited_for(play, "notification"), play.outside.cases.moves) == ([MEETING], [])


# ------------------------------------------------------------------- meetings that are moved


@pytest.mark.parametrize(
    ("now", "decide_by", "day", "why"),
    [
        (((MOVED_TO, MEETING), NOVEMBER), LATER, MOVED_TO, Moving.MOVED),
        ((NOVEMBER,), LATER, NOVEMBER, Moving.CALLED_OFF),
        ((NOVEMBER,), NOVEMBER, None, Moving.CALLED_OFF),
        (((NOVEMBER, MEETING),), NOVEMBER, None, Moving.OUT_OF_TIME),
    ],
)
async def test_a_case_that_waits_goes_with_its_meeting_or_to_another_or_directly(
    client: Client,
    now: tuple[date | tuple[date, date], ...],
    decide_by: date,
    day: date | None,
    why: Moving,
) -> None:
    ref = f"INV-M6-{why}-{day}"
    async with playing(client, opened(ref, decide_by=decide_by, attends=True)) as play:
        meets(play, heads_of_ict=(MEETING, NOVEMBER))
        await play.waits("notification")
        await play.jumps(date(2004, 10, 4))
        await is_told(play, *now)
        await is_told(play, *now)
        await until(lambda: play.outside.cases.moves)
        assert [move.because for move in play.outside.cases.moves] == [why]
        if day:
            await until(lambda: days_waited_for(play, "notification") == [MEETING, day])
            await play.jumps(day)
        await play.asks("notification")
        asked = play.opening("notification")
        assert asked is not None
        assert [seat.post for seat in asked.ask.seats] == ["heads-of-ict-secretary" if day else "sd-ict-ca"]
        assert len(play.outside.cases.moves) == 1


async def test_a_meeting_may_move_more_than_once_and_back_again(client: Client) -> None:
    async with playing(client, opened("INV-M7", decide_by=LATER, attends=True)) as play:
        meets(play, heads_of_ict=(MEETING, NOVEMBER))
        await play.waits("notification")
        await is_told(play, (MOVED_TO, MEETING))
        await until(lambda: days_waited_for(play, "notification")[-1] == MOVED_TO)
        await is_told(play, (MEETING, MOVED_TO))
        await until(lambda: days_waited_for(play, "notification")[-1] == MEETING)
        await play.jumps(MEETING)
        await play.asks("notification")
        assert [move.was for move in play.outside.cases.moves] == [MEETING, MOVED_TO]


async def test_a_change_of_other_meetings_is_nothing_to_a_case(client: Client) -> None:
    async with playing(client, opened("INV-M8", attends=True)) as play:
        meets(play, heads_of_ict=(MEETING, NOVEMBER))
        await play.waits("notification")
        await is_told(play, date(2004, 9, 29), MEETING, LATER)
        await is_told(play, NOVEMBER, forum="srg")
        await play.jumps(MEETING)
        await play.asks("notification")
        assert (days_waited_for(play, "notification"), play.outside.cases.moves) == ([MEETING], [])


async def test_a_case_is_withdrawn_while_it_waits_for_a_meeting_that_has_moved(client: Client) -> None:
    async with playing(client, opened("INV-M9", decide_by=LATER, attends=True)) as play:
        meets(play, heads_of_ict=(MEETING, NOVEMBER))
        await play.waits("notification")
        await is_told(play, (MOVED_TO, MEETING))
        await until(lambda: len(play.outside.cases.waitings) == 2)
        await play.is_withdrawn()
        await play.ends()
        assert (play.states, play.outside.register.openings) == (["notifying", "withdrawn"], [])


async def test_a_case_that_has_ended_need_not_be_told(client: Client) -> None:
    async with playing(client, opened("INV-M10", attends=True)) as play:
        meets(play, heads_of_ict=(MEETING,))
        await play.waits("notification")
        await play.is_withdrawn()
        await play.ends()
        await is_told(play, NOVEMBER)
        assert await play.gateway.sittings_changed("INV-M0", "srg", (), change="none")


# ---------------------------------------------------------- by email, and then at a meeting


@pytest.mark.parametrize(
    ("choice", "state"),
    [
        (Choice.APPROVE, "approved"),
        (Choice.REJECT, "rejected"),
        (Choice.RETURN, "returned"),
    ],
)
async def test_what_a_board_does_not_decide_by_email_its_meeting_decides(
    client: Client, choice: Choice, state: str
) -> None:
    async with playing(client, undecided(f"INV-M11-{choice}")) as play:
        meets(play, srg=(SRG_MEETS, LATER))
        await is_put_to_its_board(play)
        await play.answers("srg", seat="cd-rc")
        await play.jumps(play.rungs("srg")[-1].at)
        await play.waits("srg-meeting")
        by_email = play.closed[play.step("srg")]
        assert (by_email.outcome.ending, by_email.why) == (Ending.SILENT, "time_up")
        (moved,) = play.outside.cases.moves
        assert (moved.because, moved.key, moved.was) == (Moving.UNDECIDED, "srg-meeting", None)
        (then,) = moved.legs[0].asks[0].otherwise
        assert (then.key, then.meeting) == ("srg-meeting", SRG_MEETS)
        assert "lapsed" not in play.states
        await play.jumps(SRG_MEETS)
        await play.asks("srg-meeting")
        asked = play.opening("srg-meeting")
        assert asked is not None
        assert ([seat.post for seat in asked.ask.seats], asked.ask.forum) == (["srg-secretary"], "srg")
        assert (asked.ask.kind, local_day(asked.at)) == ("srg_meeting", SRG_MEETS)
        await play.answers("srg-meeting", choice)
        await play.becomes(state)
        assert play.outside.cases.becomings[-1].because == play.step("srg-meeting")


async def test_a_tie_that_nobody_breaks_goes_to_the_meeting(client: Client) -> None:
    async with playing(client, undecided("INV-M12")) as play:
        meets(play, srg=(SRG_MEETS,))
        await is_put_to_its_board(play)
        await play.answers("srg", Choice.APPROVE, seat="cd-rc")
        await play.answers("srg", Choice.REJECT, seat="cd-hsg")
        await play.answers("srg", Choice.ABSTAIN, seat="chief-executive")
        await play.waits("srg-meeting")
        assert play.closed[play.step("srg")].why == "tied"


async def test_a_board_that_decides_by_email_has_no_meeting_about_it(client: Client) -> None:
    async with playing(client, undecided("INV-M13")) as play:
        meets(play, srg=(SRG_MEETS,))
        await is_put_to_its_board(play)
        for member in ("cd-rc", "chief-executive"):
            await play.answers("srg", seat=member)
        await play.waits("project")
        assert (play.outside.cases.moves, days_waited_for(play, "srg-meeting")) == ([], [])


async def test_its_meeting_may_move_too(client: Client) -> None:
    async with playing(client, undecided("INV-M14")) as play:
        meets(play, srg=(SRG_MEETS, LATER))
        await is_put_to_its_board(play)
        await play.jumps(play.rungs("srg")[-1].at)
        await play.waits("srg-meeting")
        await is_told(play, LATER, forum="srg")
        await until(lambda: days_waited_for(play, "srg-meeting") == [SRG_MEETS, LATER])
        assert [move.because for move in play.outside.cases.moves] == [Moving.UNDECIDED, Moving.CALLED_OFF]
        await play.jumps(LATER)
        await play.answers("srg-meeting", Choice.REJECT)
        await play.ends()


async def test_where_no_meeting_is_to_come_its_secretary_is_asked_at_once(client: Client) -> None:
    async with playing(client, undecided("INV-M15")) as play:
        await is_put_to_its_board(play)
        await play.jumps(play.rungs("srg")[-1].at)
        await play.answers("srg-meeting", Choice.REJECT)
        await play.ends()
        assert days_waited_for(play, "srg-meeting") == []


async def test_the_meeting_may_put_it_off_and_is_asked_again(client: Client) -> None:
    async with playing(client, undecided("INV-M16")) as play:
        meets(play, srg=(SRG_MEETS, LATER))
        await is_put_to_its_board(play)
        await play.jumps(play.rungs("srg")[-1].at)
        await play.waits("srg-meeting")
        await play.jumps(SRG_MEETS)
        await play.answers("srg-meeting", Choice.DEFER, to=LATER)
        await until(lambda: days_waited_for(play, "srg-meeting") == [SRG_MEETS, LATER])
        await play.jumps(LATER)
        await play.answers("srg-meeting", Choice.REJECT, round=2)
        await play.ends()


async def test_what_is_put_off_to_the_next_meeting_goes_wherever_that_meeting_goes(client: Client) -> None:
    async with playing(client, undecided("INV-M21")) as play:
        meets(play, srg=(SRG_MEETS, LATER))
        await is_put_to_its_board(play)
        await play.jumps(play.rungs("srg")[-1].at)
        await play.waits("srg-meeting")
        await play.jumps(SRG_MEETS)
        await play.answers("srg-meeting", Choice.DEFER, to=LATER, next_meeting=True)
        await until(lambda: days_waited_for(play, "srg-meeting") == [SRG_MEETS, LATER])
        assert play.outside.cases.waitings[-1].leg == "meeting", "so that it is told of what changes"
        moved, after = date(2004, 12, 2), date(2004, 12, 16)
        await is_told(play, (moved, LATER), after, forum="srg")
        await until(lambda: days_waited_for(play, "srg-meeting")[2:] == [moved])
        await is_told(play, after, forum="srg")
        await until(lambda: days_waited_for(play, "srg-meeting")[3:] == [after])
        await is_told(play, forum="srg")
        await play.jumps(moved)
        await asyncio.sleep(0.3)
        assert play.opening("srg-meeting", 2) is None
        await play.jumps(after)
        await play.answers("srg-meeting", Choice.REJECT, round=2)
        await play.ends()


async def test_what_members_put_off_to_their_meeting_by_email_is_put_there_and_not_to_them_again(
    client: Client,
) -> None:
    async with playing(client, undecided("INV-M22")) as play:
        meets(play, srg=(SRG_MEETS, LATER))
        await is_put_to_its_board(play)
        seats = [seat.key for seat in play.opening("srg").ask.seats]  # type: ignore[union-attr]
        for seat in seats:
            await play.answers("srg", Choice.DEFER, seat=seat, to=SRG_MEETS, next_meeting=True)
            if play.step("srg") in play.closed:
                break
        await play.waits("srg-meeting")
        assert days_waited_for(play, "srg-meeting") == [SRG_MEETS]
        assert [move.because for move in play.outside.cases.moves] == [Moving.PUT_OFF]
        await play.jumps(SRG_MEETS)
        await play.answers("srg-meeting", Choice.REJECT)
        assert play.opening("srg", 2) is None
        await play.ends()


async def test_a_deviation_that_members_leave_open_is_settled_at_the_meeting_and_goes_on(
    client: Client,
) -> None:
    case = opened(
        "INV-M17",
        decide_by=date(2004, 9, 30),
        rules=falling_back(),
        put=board_by_email(),
        principles=DEVIATES,
        attends=True,
    )
    async with playing(client, case) as play:
        meets(play, srg=(SRG_MEETS,))
        await play.answers(CONSULTED, Choice.NOT_SUPPORT)
        await play.asks("srg-deviation")
        await play.jumps(play.rungs("srg-deviation")[-1].at)
        await play.waits("srg-deviation-meeting")
        await play.jumps(SRG_MEETS)
        await play.answers("srg-deviation-meeting")
        await play.is_notified_at_once()


async def test_it_is_withdrawn_while_the_meeting_is_to_come(client: Client) -> None:
    async with playing(client, undecided("INV-M18")) as play:
        meets(play, srg=(SRG_MEETS,))
        await is_put_to_its_board(play)
        await play.jumps(play.rungs("srg")[-1].at)
        await play.waits("srg-meeting")
        await play.is_withdrawn()
        await play.ends()
        assert play.states[-1] == "withdrawn"
        assert play.opening("srg-meeting") is None
