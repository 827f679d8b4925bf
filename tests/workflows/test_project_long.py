"""A project that lives for years does so in several runs, and nobody notices from one to the next."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from temporalio.client import Client

from tests.support.core import terms
from tests.support.play import until
from tests.support.projects import Delivery, FakeProjects, Said, delivering, plan
from tests.support.proposals import action
from workflows.delivering import LONGEST
from workflows.delivery import ProjectState, Tolerances
from workflows.model import Choice, Guard, Nudge, Silence
from workflows.processes.project import Project

START = date(2004, 9, 13)
MOST = 2_000
"""Events that no run comes near."""


def tolerated(percent: int) -> Tolerances:
    return Tolerances(cost_percent=Decimal(percent), days=60)


async def reports(play: Delivery, number: int) -> None:
    """The next report falls due, and is given."""
    day = play.waits_of("highlight")[-1]
    await play.jumps(day)
    await play.says(f"highlight.{number}")


async def waits_again(play: Delivery, times: int) -> None:
    await until(lambda: len(play.waits_of("highlight")) == times)


def is_counted_as_if_it_were_one(play: Delivery) -> None:
    """Nothing is written twice, nothing is asked twice, and no number is left out."""
    cases = play.outside.cases
    ref = play.projects.ref
    for numbers in (
        [made.number for made in cases.becomings if made.case == ref],
        [made.number for made in cases.waitings if made.case == ref],
        [made.number for made in play.projects.passed],
        [made.number for made in play.projects.raised],
    ):
        assert numbers == [*range(1, len(numbers) + 1)]
    assert max(Counter(play.asked).values()) == 1
    assert max(Counter(play.projects.reports).values()) == 1
    rounds: dict[str, list[int]] = {}
    for end in play.asked:
        key, round = end.split(".")
        rounds.setdefault(key, []).append(int(round))
    assert all(counted == [*range(1, len(counted) + 1)] for counted in rounds.values())


async def begins_with_conditions(play: Delivery, *refs: str) -> None:
    """The first stage begins under conditions that guard the next gate."""
    play.outside.cases.actions = tuple(action(ref) for ref in refs)
    play.outside.cases.guards = dict.fromkeys(refs, Guard.GATE)
    await play.says("mandate.1")
    await play.board_says("gate-start-up.1")
    await play.says("initiation.1")
    await play.board_says("gate-initiation.1", Choice.AUTHORISE_WITH_CONDITIONS)
    for ref in refs:
        await play.runs_action(ref)


async def is_met(play: Delivery, ref: str) -> None:
    await play.answers_on(ref, "action", Choice.CLAIM_COMPLETE)
    await play.answers_on(ref, "action_check", Choice.VERIFY)
    await until(lambda: play.outside.cases.states_of(ref)[-1:] == ["verified"])


@pytest.mark.parametrize("days", [3, 60])
async def test_reports_that_never_come_fill_no_run_either(client: Client, days: int) -> None:
    """Each is passed over after some days, or gives way to the next."""
    quiet = terms((days, Nudge.CLOSE), kind="highlight", choices=(Choice.UNCHANGED,), silence=Silence.EXPIRE)
    ends = START + timedelta(weeks=60)
    projects = FakeProjects(
        f"PRJ-L0-{days}", initial=plan(ends, ends + timedelta(weeks=8), weeks=1), put={"highlight": quiet}
    )
    async with delivering(client, projects) as play:
        await begins_with_conditions(play)
        await waits_again(play, 1)
        day, number = play.waits_of("highlight")[-1], 0
        while len(await play.runs_of_project()) < 2:
            assert day < ends
            await play.jumps(day)
            number += 1
            await play.is_asked(f"highlight.{number}")
            if days < 5:
                await play.jumps(play.outside.register.rungs(f"{projects.ref}.highlight.{number}")[-1].at)
                await waits_again(play, number + 1)
            day += timedelta(weeks=1)
        assert max(await play.runs_of_project()) < MOST
        assert play.asked.count("highlight.1") == 1


async def test_a_year_of_weekly_reports_is_lived_through_in_several_runs(client: Client) -> None:
    ends = START + timedelta(weeks=52)
    projects = FakeProjects("PRJ-L1", initial=plan(ends, ends + timedelta(weeks=8), weeks=1))
    async with delivering(client, projects) as play:
        # Conditions that were set in the first run guard a gate that is put in a later one.
        await begins_with_conditions(play, "ACT-L1-x", "ACT-L1-y", "ACT-L1-z")
        await is_met(play, "ACT-L1-x")
        for number in range(1, 52):
            await waits_again(play, number)
            await reports(play, number)
            if number == 40:
                await is_met(play, "ACT-L1-y")
        await waits_again(play, 52)
        assert len(await play.runs_of_project()) >= 3
        await play.jumps(ends)
        await play.says("end-stage-1.1")
        await until(lambda: play.waits_for("gate-1") == ["conditions"])
        assert "gate-1.1" not in play.asked
        await is_met(play, "ACT-L1-z")
        await play.board_says("gate-1.1")
        await until(lambda: len(projects.passed) == 3)
        is_counted_as_if_it_were_one(play)
        assert len(projects.reports) == 52
        assert max(await play.runs_of_project()) < LONGEST + 100


async def test_what_began_in_an_earlier_run_ends_with_it_and_people_change_in_any(client: Client) -> None:
    ends = START + timedelta(weeks=52)
    projects = FakeProjects("PRJ-L2", initial=plan(ends, ends + timedelta(weeks=8), weeks=1))
    async with delivering(client, projects) as play:
        await begins_with_conditions(play, "ACT-L2-x", "ACT-L2-y")
        await is_met(play, "ACT-L2-x")
        number = 0
        while len(await play.runs_of_project()) < 2:
            number += 1
            await waits_again(play, number)
            await reports(play, number)
        await waits_again(play, number + 1)
        assert await play.gets_report_request()
        await play.is_asked(f"highlight.{number + 1}")
        await play.has_other_people(manager="pm-new")
        assert await play.is_dropped(f"highlight.{number + 1}") == "manager_changed"
        await play.is_asked(f"highlight.{number + 2}")
        await play.project.signal(Project.fall_away)
        ended = await play.project_ends()
        assert ended.state is ProjectState.CLOSED_EARLY
        assert await client.get_workflow_handle("ACT-L2-y").result() == "withdrawn"
        assert play.outside.cases.states_of("ACT-L2-x")[-1] == "verified"


@pytest.mark.long
async def test_five_years_of_monthly_reports_with_forty_exceptions(client: Client) -> None:
    months, most = 60, 40
    ends = START + timedelta(weeks=4 * (months + 1))
    says = {f"highlight.{number}": Said(cost=84_000 + 9_000 * number) for number in range(1, most + 1)}
    # Each month a tenth more is tolerated than before, and the next report is past that again.
    more = {f"exception-{number}.1": tolerated(10 * number) for number in range(1, most + 1)}
    says |= {f"highlight.{number}": Said(cost=84_000) for number in range(most + 1, months + 1)}
    projects = FakeProjects(
        "PRJ-L3", srg=False, says=says, more=more, initial=plan(ends, ends + timedelta(weeks=8))
    )
    async with delivering(client, projects, within=300) as play:
        await begins_with_conditions(play, "ACT-L3")
        for number in range(1, months + 1):
            await until(lambda number=number: len(set(play.waits_of("highlight"))) == number)  # type: ignore[misc]
            await reports(play, number)
            if number <= most:
                await play.says(f"exception-report-{number}.1")
                await play.is_asked(f"exception-{number}.1")
                kinds = {made.ask.key: made.ask for made in play.outside.register.openings}
                for seat in kinds[f"exception-{number}"].seats[:2]:
                    await play.says(f"exception-{number}.1", Choice.MORE_TOLERANCE, seat=seat.key)
        await is_met(play, "ACT-L3")
        await until(lambda: ends in play.waits_of("highlight"))
        await play.jumps(ends)
        await play.says("end-stage-1.1")
        await play.board_says("gate-1.1")
        await until(lambda: len(projects.passed) == 3)
        is_counted_as_if_it_were_one(play)
        assert (len(projects.raised), len(projects.settled)) == (most, most)
        assert len(projects.reports) == months + 1
        runs = await play.runs_of_project()
        assert max(runs) < MOST
        print(f"{sum(runs)} events in {len(runs)} runs, at most {max(runs)}")
