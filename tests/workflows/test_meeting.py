"""A forum's meetings, one after another, on a real server whose Clock jumps."""

from datetime import date

from temporalio.client import Client

from tests.support.meetings import meeting
from tests.support.play import until
from workflows.model import Happening

OCTOBER, NOVEMBER, DECEMBER = date(2004, 10, 13), date(2004, 11, 10), date(2004, 12, 8)
CALLED, PAPERS, CHASED = Happening.CALLED, Happening.PAPERS_CLOSED, Happening.CHASED
TOLD, LEFT, MINUTED = Happening.PMO_TOLD, Happening.LEFT, Happening.MINUTED


async def test_a_meeting_is_called_prepared_held_and_minuted_and_the_next_one_follows(client: Client) -> None:
    async with meeting(client, "whole", OCTOBER, NOVEMBER) as series:
        await series.waits(1)
        await series.jumps(date(2004, 9, 28))
        assert series.meetings.happened == []
        await series.jumps(date(2004, 9, 29))
        await series.came_to(OCTOBER, CALLED)
        await series.jumps(date(2004, 10, 6), hour=15)
        await series.came_to(OCTOBER, CALLED)
        await series.jumps(date(2004, 10, 6), hour=17)
        await series.came_to(OCTOBER, CALLED, PAPERS)
        await series.jumps(OCTOBER)
        await series.changes(lambda: series.meetings.recorded.append(OCTOBER))
        await series.came_to(OCTOBER, CALLED, PAPERS, MINUTED)
        await series.jumps(date(2004, 10, 27))
        await series.came_to(NOVEMBER, CALLED)


async def test_it_is_started_once_however_often_it_is_asked_for(client: Client) -> None:
    async with meeting(client, "once", OCTOBER) as series:
        await series.waits(1)
        assert await series.gateway.start_series(series.ref)
        assert series.meetings.looks == 1


async def test_a_meeting_late_to_call_is_called_at_once(client: Client) -> None:
    async with meeting(client, "late", OCTOBER) as series:
        await series.waits(1)
        await series.jumps(OCTOBER, hour=8)
        await series.came_to(OCTOBER, CALLED, PAPERS)


async def test_meetings_that_passed_unseen_were_missed_all_at_once(client: Client) -> None:
    async with meeting(client, "missed", OCTOBER, NOVEMBER, DECEMBER, date(2005, 1, 12)) as series:
        await series.waits(1)
        await series.jumps(date(2004, 12, 20))
        await until(lambda: series.meetings.missed == [OCTOBER, NOVEMBER, DECEMBER])
        assert series.meetings.happened == []
        await series.jumps(date(2004, 12, 29))
        await series.came_to(date(2005, 1, 12), CALLED)


async def test_a_silent_secretary_is_reminded_the_pmo_told_and_the_next_meeting_called(
    client: Client,
) -> None:
    async with meeting(client, "silent", OCTOBER, NOVEMBER) as series:
        await series.waits(1)
        for day in (date(2004, 9, 29), date(2004, 10, 7), OCTOBER):
            await series.jumps(day)
        await series.came_to(OCTOBER, CALLED, PAPERS)
        await series.jumps(date(2004, 10, 15), hour=17)
        await series.came_to(OCTOBER, CALLED, PAPERS, CHASED)
        await series.jumps(date(2004, 10, 20), hour=17)
        await series.came_to(OCTOBER, CALLED, PAPERS, CHASED, TOLD)
        await series.jumps(date(2004, 10, 27))
        await series.came_to(OCTOBER, CALLED, PAPERS, CHASED, TOLD, LEFT)
        await series.came_to(NOVEMBER, CALLED)
        # The record may still be closed, and is then minuted before anything else.
        await series.changes(lambda: series.meetings.recorded.append(OCTOBER))
        await until(lambda: MINUTED in series.meetings.done(OCTOBER))


async def test_of_reminders_that_a_jump_has_passed_only_the_last_is_sent(client: Client) -> None:
    async with meeting(client, "jumped", OCTOBER, NOVEMBER) as series:
        await series.waits(1)
        await series.jumps(OCTOBER, hour=8)
        await series.came_to(OCTOBER, CALLED, PAPERS)
        await series.jumps(date(2004, 10, 26))
        await series.came_to(OCTOBER, CALLED, PAPERS, TOLD)


async def test_a_moved_meeting_is_lived_through_on_its_new_day(client: Client) -> None:
    async with meeting(client, "moved", OCTOBER, NOVEMBER) as series:
        await series.waits(1)
        later = date(2004, 10, 20)

        def moved() -> None:
            series.meetings.days = (later, NOVEMBER)

        await series.changes(moved)
        await series.waits(2)
        await series.jumps(date(2004, 10, 5))
        assert series.meetings.happened == []
        await series.jumps(date(2004, 10, 6))
        await series.came_to(later, CALLED)


async def test_a_meeting_called_off_gives_way_to_the_next_and_one_added_comes_first(client: Client) -> None:
    async with meeting(client, "off", OCTOBER, NOVEMBER) as series:
        await series.waits(1)

        def changed() -> None:
            series.meetings.days = (date(2004, 10, 27), NOVEMBER)

        await series.changes(changed)
        await series.jumps(date(2004, 10, 13), hour=10)
        await series.came_to(date(2004, 10, 27), CALLED)
        assert series.meetings.done(OCTOBER) == []


async def test_without_a_meeting_to_come_it_waits_for_one(client: Client) -> None:
    async with meeting(client, "none") as series:
        await series.waits(1)
        await series.jumps(date(2004, 10, 4))

        def added() -> None:
            series.meetings.days = (OCTOBER,)

        await series.changes(added)
        await series.came_to(OCTOBER, CALLED)


async def test_a_series_whose_process_was_ended_by_an_operator_begins_again_when_it_is_told(
    client: Client,
) -> None:
    async with meeting(client, "ended", OCTOBER, NOVEMBER) as series:
        await series.waits(1)
        await client.get_workflow_handle(series.ref).terminate()
        await series.changes(lambda: None)
        await series.waits(2)
        await series.jumps(date(2004, 9, 29))
        await series.came_to(OCTOBER, CALLED)


async def test_its_history_stays_short_whatever_the_number_of_meetings(client: Client) -> None:
    days = [date(2004 + month // 12, month % 12 + 1, 13) for month in range(9, 15)]
    async with meeting(client, "years", *days) as series:
        await series.waits(1)
        for day in days[:4]:
            await series.jumps(day)
            await until(lambda day=day: PAPERS in series.meetings.done(day))  # type: ignore[misc]
            await series.changes(lambda day=day: series.meetings.recorded.append(day))  # type: ignore[misc]
            await until(lambda day=day: MINUTED in series.meetings.done(day))  # type: ignore[misc]
        assert await series.length() < 60
