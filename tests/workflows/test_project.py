"""A project from its mandate to its closure: its gates, its reports, its exceptions, its people."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from tests.support.core import terms
from tests.support.play import until
from tests.support.projects import (
    MANAGER,
    OFFICE,
    SRG_DAYS,
    USER,
    Delivery,
    FakeProjects,
    Said,
    delivering,
    plan,
)
from tests.support.proposals import action, calendar
from workflows.delivery import Authority, GateKind, ProjectState, Tolerance, Tolerances
from workflows.model import Choice, Ending, Guard, Nudge, Silence
from workflows.processes.project import Project

STAGE_DONE, UNCHANGED, CLAIM, VERIFY = (
    Choice.STAGE_DONE,
    Choice.UNCHANGED,
    Choice.CLAIM_COMPLETE,
    Choice.VERIFY,
)
REPORT_DAY, STAGE_ENDS = date(2004, 10, 11), date(2004, 12, 1)
AT_OFFICE, AT_BOARD, AT_SRG = Said(cost=96_600), Said(cost=109_200), Said(cost=134_400)
"""Reports that are past the tolerance of a tenth: by 15, by 30 and by 60 percent."""
MORE = Tolerances(cost_percent=Decimal(70), days=60)
LIVE = date(2005, 2, 20)


def nothing_more(play: Delivery, *ends: str) -> None:
    assert not {*ends} & {*play.asked}


async def reports(play: Delivery, *, day: date = REPORT_DAY, end: str = "highlight.1") -> None:
    """Give a highlight report on its day."""
    await play.waits_until("highlight", day)
    await play.jumps(day)
    await play.says(end)


async def ends_stage(play: Delivery) -> None:
    """The planned end of the first stage comes."""
    await until(lambda: play.waits_of("highlight"))
    await play.jumps(STAGE_ENDS)


async def closes(play: Delivery) -> None:
    await play.says("end-project.1")
    await play.board_says("gate-closure.1")
    ended = await play.project_ends()
    assert ended.state is ProjectState.CLOSED


# ------------------------------------------------------------------------------- its gates


async def test_a_project_passes_its_gates_in_turn(client: Client) -> None:
    projects = FakeProjects("PRJ-S1", says={"end-project.1": Said(went_live=LIVE)})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await play.waits_until("highlight", date(2004, 11, 8))
        await play.jumps(STAGE_ENDS)
        await play.says("end-stage-1.1")
        await play.board_says("gate-1.1")
        await reports(play, day=date(2004, 12, 29), end="highlight.2")
        await play.waits_until("highlight", date(2005, 1, 26))
        await play.jumps(date(2005, 3, 1))
        await play.says("highlight.3", STAGE_DONE)
        await closes(play)
        ended = await play.project_ends()
        assert ended.go_live is not None
        assert (ended.go_live.day, ended.go_live.certain) == (LIVE, True)
        assert play.project_states == ["initiating", "in_stage", "at_gate", "in_stage", "closing", "closed"]
        assert [(passed.number, passed.gate, passed.stage) for passed in projects.passed] == [
            (1, GateKind.START_UP, 0),
            (2, GateKind.INITIATION, 0),
            (3, GateKind.BOUNDARY, 1),
            (4, GateKind.CLOSURE, 2),
        ]
        steps = [projects.end(passed.plan_step) for passed in projects.passed]
        assert steps == ["", "initiation.1", "end-stage-1.1", ""]
        assert (projects.named_by, projects.planned_by) == (["mandate.1"], ["initiation.1", "end-stage-1.1"])
        assert projects.reports == [
            "highlight.1",
            "end-stage-1.1",
            "highlight.2",
            "highlight.3",
            "end-project.1",
        ]
        because = {made.number: projects.end(made.because) for made in play.outside.cases.becomings}
        assert [*because.values()] == [
            "gate-start-up.1",
            "gate-initiation.1",
            "",
            "gate-1.1",
            "",
            "gate-closure.1",
        ]


async def test_each_question_goes_to_whom_the_handbook_names(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-S2")) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.is_asked("end-stage-1.1")
        asks = {made.ask.key: made.ask for made in play.outside.register.openings}
        assert [seat.post for seat in asks["mandate"].seats] == ["sd-ict-ca"]
        assert [seat.post for seat in asks["end-stage-1"].seats] == [MANAGER]
        board = asks["gate-initiation"]
        assert [seat.post for seat in board.seats] == list(play.projects.board)
        assert [seat.post for seat in board.seats if seat.chair] == ["cd-rc"]
        assert board.inform == (MANAGER, "hop-ict")
        # Before there is a plan there is none to be made anew.
        assert Choice.EXCEPTION_PLAN not in board.terms.choices


async def test_without_a_manager_no_gate_opens(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-S3", manager="")) as play:
        await play.says("mandate.1")
        await play.is_asked("mandate.2")
        play.projects.manager = MANAGER
        nothing_more(play, "gate-start-up.1")
        await play.says("mandate.2")
        await play.is_asked("gate-start-up.1")


async def test_a_returned_gate_has_its_report_asked_for_again(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-S4")) as play:
        await play.says("mandate.1")
        await play.board_says("gate-start-up.1", Choice.RETURN)
        await play.says("mandate.2")
        await play.board_says("gate-start-up.2")
        await play.says("initiation.1")
        await play.board_says("gate-initiation.1", Choice.RETURN)
        await play.says("initiation.2")
        await play.board_says("gate-initiation.2")
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await play.board_says("gate-1.1", Choice.RETURN)
        await play.says("end-stage-1.2")
        await play.board_says("gate-1.2")
        await play.waits_until("highlight", date(2004, 12, 29))
        assert play.project_states[2:] == ["at_gate", "in_stage", "at_gate", "in_stage"]
        plans = [play.projects.end(passed.plan_step) for passed in play.projects.passed]
        assert plans == ["", "initiation.2", "end-stage-1.2"]


async def test_a_gate_is_put_off_to_a_day_and_put_again(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-S5")) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await play.is_asked("gate-1.1")
        for post in play.projects.board[:2]:
            await play.says("gate-1.1", Choice.DEFER, seat=post, to=date(2005, 1, 5))
        await play.waits_until("gate-1", date(2005, 1, 5))
        await play.jumps(date(2005, 1, 5))
        await play.board_says("gate-1.2")
        await until(lambda: len(play.projects.passed) == 3)


@pytest.mark.parametrize("choice", [Choice.REFER_UP, Choice.ABSTAIN])
async def test_what_a_board_refers_up_or_leaves_undecided_srg_decides_at_its_meeting(
    client: Client, choice: Choice
) -> None:
    async with delivering(client, FakeProjects(f"PRJ-S6-{choice}")) as play:
        await play.says("mandate.1")
        await play.is_asked("gate-start-up.1")
        for post in play.projects.board[: 2 if choice is Choice.REFER_UP else 3]:
            await play.says("gate-start-up.1", choice, seat=post)
        await play.waits_until("gate-start-up-srg", SRG_DAYS[0])
        nothing_more(play, "gate-start-up-srg.1")
        await play.jumps(SRG_DAYS[0])
        await play.says("gate-start-up-srg.1", Choice.AUTHORISE)
        await play.is_asked("initiation.1")
        assert [play.projects.end(passed.step) for passed in play.projects.passed] == ["gate-start-up-srg.1"]


async def test_where_there_is_no_srg_the_board_is_asked_until_it_decides(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-S7", srg=False)) as play:
        await play.says("mandate.1")
        await play.is_asked("gate-start-up.1")
        (asked,) = (made.ask for made in play.outside.register.openings if made.ask.kind == "gate")
        assert Choice.REFER_UP not in asked.terms.choices
        for post in play.projects.board:
            await play.says("gate-start-up.1", Choice.ABSTAIN, seat=post)
        await play.board_says("gate-start-up.2")
        await play.is_asked("initiation.1")


async def is_referred(play: Delivery) -> None:
    """The board refers the first gate up."""
    await play.says("mandate.1")
    await play.board_says("gate-start-up.1", Choice.REFER_UP)


async def test_it_goes_with_srg_s_meeting_to_another_day_or_to_the_next(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-S10")) as play:
        await is_referred(play)
        await play.waits_until("gate-start-up-srg", SRG_DAYS[0])
        moved = date(2004, 11, 3)
        for first, goes_to in (((moved, SRG_DAYS[0]), moved), (SRG_DAYS[1], SRG_DAYS[1])):
            sittings = calendar(first, *SRG_DAYS[2:])
            assert await play.gateway.sittings_changed("PRJ-S10", "srg", sittings, change=f"{goes_to}")
            await play.waits_until("gate-start-up-srg", goes_to)
        await play.jumps(SRG_DAYS[1])
        await play.says("gate-start-up-srg.1", Choice.AUTHORISE)
        await play.is_asked("initiation.1")


async def test_where_no_meeting_is_to_come_srg_s_secretary_is_asked_at_once(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-S11")) as play:
        play.outside.cases.meetings = {}
        await is_referred(play)
        await play.says("gate-start-up-srg.1", Choice.AUTHORISE)
        await play.is_asked("initiation.1")
        assert play.waits_of("gate-start-up-srg") == []


async def test_what_srg_puts_off_to_its_next_meeting_is_put_there(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-S12")) as play:
        await is_referred(play)
        await play.waits_until("gate-start-up-srg", SRG_DAYS[0])
        await play.jumps(SRG_DAYS[0])
        step = "PRJ-S12.gate-start-up-srg.1"
        await play.answers_step(step, Choice.DEFER, to=SRG_DAYS[1], next_meeting=True)
        await play.waits_until("gate-start-up-srg", SRG_DAYS[1])
        await play.jumps(SRG_DAYS[1])
        await play.says("gate-start-up-srg.2", Choice.AUTHORISE)
        await play.is_asked("initiation.1")


async def test_what_has_to_be_answered_is_asked_again_after_silence(client: Client) -> None:
    soon = terms((1, Nudge.CLOSE), kind="initiation", choices=(Choice.REPORT,), silence=Silence.EXPIRE)
    at_meeting = soon.model_copy(update={"kind": "gate_srg", "choices": (Choice.AUTHORISE,)})
    projects = FakeProjects("PRJ-S13", put={"initiation": soon, "gate_srg": at_meeting})
    async with delivering(client, projects) as play:
        await is_referred(play)
        for number, day in enumerate(SRG_DAYS[:2], start=1):
            await play.waits_until("gate-start-up-srg", day)
            await play.jumps(day)
            await play.is_asked(f"gate-start-up-srg.{number}")
            if number == 1:
                await play.jumps(date(2004, 10, 30))
        await play.says("gate-start-up-srg.2", Choice.AUTHORISE)
        await play.is_asked("initiation.1")
        await play.jumps(date(2004, 12, 1))
        await play.says("initiation.2")
        await play.is_asked("gate-initiation.1")


@pytest.mark.parametrize(
    ("gate", "states"),
    [
        ("gate-start-up.1", ["closing"]),
        ("gate-initiation.1", ["initiating", "closing"]),
        ("gate-1.1", ["initiating", "in_stage", "at_gate", "closing"]),
    ],
)
async def test_a_board_may_close_it_early_at_any_gate(client: Client, gate: str, states: list[str]) -> None:
    async with delivering(client, FakeProjects(f"PRJ-S8-{gate[:-2]}")) as play:
        steps = ("mandate.1", "gate-start-up.1", "initiation.1", "gate-initiation.1")
        for end in steps[: steps.index(gate)] if gate in steps else steps:
            await (play.board_says(end) if end.startswith("gate") else play.says(end))
        if gate == "gate-1.1":
            await ends_stage(play)
            await play.says("end-stage-1.1")
        await play.board_says(gate, Choice.CLOSE_EARLY)
        await play.says("end-project.1")
        ended = await play.project_ends()
        assert ended.state is ProjectState.CLOSED_EARLY
        assert play.project_states == [*states, "closed_early"]
        closing = play.outside.cases.becomings[-2]
        assert (closing.state, play.projects.end(closing.because)) == ("closing", gate)
        nothing_more(play, "gate-closure.1")


@pytest.mark.parametrize(
    ("choice", "state"),
    [(Choice.CLOSE_EARLY, ProjectState.CLOSED_EARLY), (Choice.RETURN, ProjectState.CLOSED)],
)
async def test_the_last_gate_may_send_the_report_back_or_call_the_end_an_early_one(
    client: Client, choice: Choice, state: ProjectState
) -> None:
    projects = FakeProjects(f"PRJ-S9-{choice}", initial=plan(STAGE_ENDS))
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await ends_stage(play)
        # The only stage is the last one, and what ends it ends the project.
        await play.says("highlight.1", STAGE_DONE)
        await play.says("end-project.1")
        await play.board_says("gate-closure.1", choice)
        if choice is Choice.RETURN:
            await play.says("end-project.2")
            await play.board_says("gate-closure.2")
        assert (await play.project_ends()).state is state
        nothing_more(play, "end-stage-1.1", "gate-1.1")


# ----------------------------------------------------------------------------- its reports


async def test_silence_is_passed_over_and_the_next_report_is_asked_for_on_the_cycle(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-R1")) as play:
        await play.begins_stage()
        await play.waits_until("highlight", REPORT_DAY)
        await play.jumps(REPORT_DAY)
        await play.is_asked("highlight.1")
        await play.jumps(play.outside.register.rungs("PRJ-R1.highlight.1")[-1].at)
        await play.waits_until("highlight", date(2004, 11, 8))
        closing = play.closed["PRJ-R1.highlight.1"]
        assert (closing.outcome.ending, closing.why) == (Ending.SILENT, "time_up")
        await play.jumps(date(2004, 11, 8))
        await play.says("highlight.2", UNCHANGED)
        await until(lambda: play.projects.reports == ["highlight.2"])


async def test_a_stage_that_is_done_comes_to_its_gate_before_its_planned_end(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-R2")) as play:
        await play.begins_stage()
        await play.waits_until("highlight", REPORT_DAY)
        await play.jumps(REPORT_DAY)
        await play.says("highlight.1", STAGE_DONE)
        await play.says("end-stage-1.1")
        await play.board_says("gate-1.1")
        # The reports of the next stage are counted from the day on which it begins.
        await play.waits_until("highlight", date(2004, 11, 8))


async def test_the_programme_office_may_ask_for_a_report_at_once(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-R3")) as play:
        await play.says("mandate.1")
        assert not await play.gets_report_request()
        await play.board_says("gate-start-up.1")
        await play.says("initiation.1")
        await play.board_says("gate-initiation.1")
        await play.waits_until("highlight", REPORT_DAY)
        assert await play.gets_report_request()
        await play.is_asked("highlight.1")
        assert not await play.gets_report_request()
        await play.says("highlight.1")
        await until(lambda: len(play.waits_of("highlight")) == 2)
        assert play.waits_of("highlight") == [REPORT_DAY, REPORT_DAY]


async def test_reports_go_on_while_it_is_at_its_gate(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-R4")) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await play.is_asked("gate-1.1")
        await play.jumps(date(2004, 12, 6))
        await play.says("highlight.1")
        await until(lambda: play.projects.reports == ["end-stage-1.1", "highlight.1"])
        assert await play.gets_report_request()
        await play.is_asked("highlight.2")
        await play.board_says("gate-1.1")
        # What was asked beside the gate is wanted no more once that is decided.
        assert await play.is_dropped("highlight.2") == "gate_decided"
        await play.waits_until("highlight", date(2005, 1, 3))


async def test_a_report_gives_way_to_the_next_and_to_the_end_of_the_stage(client: Client) -> None:
    """Whoever is late with one is asked for the next on its own day, and no stage is longer for it."""
    patient = terms(
        (60, Nudge.CLOSE), kind="highlight", choices=(UNCHANGED, STAGE_DONE), silence=Silence.EXPIRE
    )
    projects = FakeProjects("PRJ-R5", put={"highlight": patient})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await play.waits_until("highlight", REPORT_DAY)
        await play.jumps(REPORT_DAY)
        await play.is_asked("highlight.1")
        await play.jumps(date(2004, 11, 8))
        assert await play.is_dropped("highlight.1") == "next_due"
        await play.is_asked("highlight.2")
        await play.jumps(STAGE_ENDS)
        assert await play.is_dropped("highlight.2") == "next_due"
        await play.says("end-stage-1.1")
        await play.is_asked("gate-1.1")


async def test_the_last_stage_goes_on_until_it_is_live_and_is_late_in_its_reports(client: Client) -> None:
    late = Said(go_live=date(2005, 3, 8))
    projects = FakeProjects(
        "PRJ-R6",
        initial=plan(STAGE_ENDS, go_live=STAGE_ENDS),
        says={"highlight.2": Said(go_live=date(2004, 12, 8)), "highlight.3": late},
    )
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await ends_stage(play)
        await play.says("highlight.2")
        nothing_more(play, "end-project.1")
        await play.waits_until("highlight", date(2004, 12, 6))
        await play.jumps(date(2004, 12, 6))
        await play.says("highlight.3")
        await play.is_asked("exception-report-1.1")


async def test_the_last_stage_ends_by_its_plan_once_it_has_gone_live(client: Client) -> None:
    projects = FakeProjects(
        "PRJ-R7", initial=plan(STAGE_ENDS), says={"highlight.1": Said(went_live=REPORT_DAY)}
    )
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await play.waits_until("highlight", date(2004, 11, 8))
        await play.jumps(STAGE_ENDS)
        await closes(play)


async def test_nobody_is_promised_a_report_that_is_not_asked_for(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-R8")) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await play.board_says("gate-1.1", Choice.EXCEPTION_PLAN)
        await play.is_asked("exception-plan-1.1")
        assert not await play.gets_report_request()


# --------------------------------------------------------------------------- its exceptions


@pytest.mark.parametrize(
    ("said", "authority", "kind", "post"),
    [
        (AT_OFFICE, Authority.PROGRAMME_OFFICE, "exception", OFFICE),
        (AT_BOARD, Authority.BOARD, "exception_board", "cd-rc"),
        (AT_SRG, Authority.SRG, "exception_srg", "srg-secretary"),
        # More working days than are tolerated, or a red rating, or a whole that was cut in parts.
        (Said(go_live=date(2005, 3, 22)), Authority.PROGRAMME_OFFICE, "exception", OFFICE),
        (Said(red=(Tolerance.RISK,)), Authority.BOARD, "exception_board", "cd-rc"),
        (Said(linked=42_000), Authority.BOARD, "exception_board", "cd-rc"),
    ],
)
async def test_a_report_past_tolerance_goes_to_whoever_has_authority_over_so_much(
    client: Client, said: Said, authority: Authority, kind: str, post: str
) -> None:
    ref = f"PRJ-E1-{authority}-{said.cost}-{said.linked}-{len(said.red)}"
    projects = FakeProjects(ref, says={"highlight.1": said}, more={"exception-1.1": MORE})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await play.says("exception-report-1.1")
        (raised,) = projects.raised
        assert (raised.number, raised.stage, raised.crossing.authority) == (1, 1, authority)
        assert projects.end(raised.step) == "highlight.1"
        if authority is Authority.SRG:
            await play.waits_until("exception-1", SRG_DAYS[0])
            await play.jumps(SRG_DAYS[0])
        await play.is_asked("exception-1.1")
        asked = next(made.ask for made in play.outside.register.openings if made.ask.key == "exception-1")
        assert (asked.kind, asked.seats[0].post) == (kind, post)
        # Whoever was told of it hears what is decided: those who decide it, as they are asked.
        told = {*asked.inform, *(seat.post for seat in asked.seats)}
        assert told >= {projects.manager, *projects.board}
        assert not await play.gets_report_request()
        for seat in [seat.key for seat in asked.seats][:2]:
            await play.says("exception-1.1", Choice.MORE_TOLERANCE, seat=seat)
        await until(lambda: projects.settled)
        await play.comes_to("in_stage")
        (settled,) = projects.settled
        assert (settled.number, projects.end(settled.step)) == (1, "exception-1.1")
        assert play.project_states[-3:] == ["in_stage", "in_exception", "in_stage"]


async def test_more_tolerance_tolerates_what_was_past_it(client: Client) -> None:
    says = {f"highlight.{number}": AT_BOARD for number in (1, 2)} | {"end-stage-1.1": AT_BOARD}
    projects = FakeProjects("PRJ-E2", says=says, more={"exception-1.1": MORE})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await play.says("exception-report-1.1")
        await play.board_says("exception-1.1", Choice.MORE_TOLERANCE)
        await reports(play, day=date(2004, 11, 8), end="highlight.2")
        await play.waits_until("highlight", STAGE_ENDS)
        await play.jumps(STAGE_ENDS)
        await play.says("end-stage-1.1")
        await play.board_says("gate-1.1")
        assert len(projects.raised) == 1


async def test_what_linked_projects_come_to_is_decided_on_once_unless_it_is_worse(client: Client) -> None:
    """Another exception between, of the project's own, decides nothing of that."""
    red = Said(linked=42_000, red=(Tolerance.SCOPE,))
    worse = Said(linked=43_000, red=(Tolerance.SCOPE,))
    says = {"highlight.1": Said(linked=42_000), "highlight.2": red, "highlight.3": red, "highlight.4": worse}
    new = plan(date(2005, 6, 1), date(2005, 9, 1), go_live=date(2005, 4, 1))
    plans = {f"exception-plan-{number}.1": new for number in (1, 2)}
    projects = FakeProjects("PRJ-E2-linked", says=says, plans=plans)
    days = (REPORT_DAY, date(2004, 11, 8), date(2004, 12, 6), date(2005, 1, 3))
    async with delivering(client, projects) as play:
        await play.begins_stage()
        for number, day in enumerate(days, start=1):
            await reports(play, day=day, end=f"highlight.{number}")
            if number in (1, 2):
                await play.says(f"exception-report-{number}.1")
                await play.board_says(f"exception-{number}.1", Choice.EXCEPTION_PLAN)
                await play.says(f"exception-plan-{number}.1")
                await play.board_says(f"plan-{number}.1")
        await play.is_asked("exception-report-3.1")
        crossed = [projects.end(raised.step) for raised in projects.raised]
        assert crossed == ["highlight.1", "highlight.2", "highlight.4"]


@pytest.mark.parametrize(("cost", "above"), [(126_000, False), (127_000, True)])
async def test_a_plan_goes_to_whoever_has_authority_over_so_much(
    client: Client, cost: int, above: bool
) -> None:
    """The programme office asked for it, and the board may add up to half."""
    new = plan(date(2005, 6, 1), date(2005, 9, 1), cost=cost)
    projects = FakeProjects(
        f"PRJ-E2-{cost}", says={"highlight.1": AT_OFFICE}, plans={"exception-plan-1.1": new}
    )
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await play.says("exception-report-1.1")
        await play.says("exception-1.1", Choice.EXCEPTION_PLAN)
        await play.says("exception-plan-1.1")
        if above:
            await play.waits_until("plan-1-srg", SRG_DAYS[0])
            nothing_more(play, "plan-1.1")
        else:
            await play.is_asked("plan-1.1")


async def test_a_frozen_gate_stays_frozen_though_its_board_changes_in_that_moment(client: Client) -> None:
    projects = FakeProjects("PRJ-E2-board", says={"highlight.1": AT_OFFICE})
    async with delivering(client, projects) as play:
        register = play.outside.register
        register.slow_step = f"{projects.ref}.gate-1.1"
        register.may_close.clear()
        await play.begins_stage()
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await play.is_asked("gate-1.1")
        assert await play.gets_report_request()
        await play.is_asked("highlight.1")
        await play.has_other_people(board=("cd-hsg", "user-hsg", "supplier-ict"))
        await until(lambda: register.slow_step in register.closes)
        await play.says("highlight.1")
        await until(lambda: projects.reports[-1:] == ["highlight.1"])
        # Another message comes to the process after what was reported has.
        assert not await play.gets_report_request()
        register.may_close.set()
        await play.is_asked("exception-report-1.1")
        nothing_more(play, "gate-1.2")


@pytest.mark.parametrize("choice", [Choice.AUTHORISE, Choice.EXCEPTION_PLAN])
async def test_a_gate_that_is_decided_before_a_crossing_is_heard_of_is_put_again(
    client: Client, choice: Choice
) -> None:
    projects = FakeProjects(f"PRJ-E2-{choice}", says={"highlight.1": AT_OFFICE}, slow_to_hear="highlight.1")
    projects.more = {"exception-1.1": MORE}
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await play.is_asked("gate-1.1")
        assert await play.gets_report_request()
        await play.says("highlight.1")
        await until(lambda: "highlight.1" in projects.hears)
        await play.board_says("gate-1.1", choice)
        await until(lambda: f"{projects.ref}.gate-1.1" in play.closed)
        projects.may_hear.set()
        await play.says("exception-report-1.1")
        assert [passed.gate for passed in projects.passed] == [GateKind.START_UP, GateKind.INITIATION]
        await play.says("exception-1.1", Choice.MORE_TOLERANCE)
        await play.says("end-stage-1.2")
        await play.board_says("gate-1.2")
        await until(lambda: len(projects.passed) == 3)
        assert [raised.asked_anew for raised in projects.raised] == [True]


async def test_a_red_rating_that_was_decided_on_stops_nothing_again_until_it_was_better(
    client: Client,
) -> None:
    red = Said(red=(Tolerance.QUALITY,))
    says = {"highlight.1": red, "highlight.2": red, "highlight.4": red}
    projects = FakeProjects("PRJ-E3", says=says, initial=plan(date(2005, 6, 1), date(2005, 9, 1)))
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await play.says("exception-report-1.1")
        await play.board_says("exception-1.1", Choice.MORE_TOLERANCE)
        await reports(play, day=date(2004, 11, 8), end="highlight.2")
        await reports(play, day=date(2004, 12, 6), end="highlight.3")
        assert len(projects.raised) == 1
        await reports(play, day=date(2005, 1, 3), end="highlight.4")
        await play.is_asked("exception-report-2.1")


@pytest.mark.parametrize("said", [AT_OFFICE, AT_BOARD])
async def test_what_is_referred_up_goes_to_srg(client: Client, said: Said) -> None:
    projects = FakeProjects(f"PRJ-E4-{said.cost}", says={"highlight.1": said})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await play.says("exception-report-1.1")
        await play.is_asked("exception-1.1")
        asked = next(made.ask for made in play.outside.register.openings if made.ask.key == "exception-1")
        for seat in [seat.key for seat in asked.seats][:2]:
            await play.says("exception-1.1", Choice.REFER_UP, seat=seat)
        await play.waits_until("exception-1-srg", SRG_DAYS[0])
        await play.jumps(SRG_DAYS[0])
        await play.says("exception-1-srg.1", Choice.MORE_TOLERANCE)
        await play.comes_to("in_stage")
        assert [projects.end(settled.step) for settled in projects.settled] == ["exception-1-srg.1"]


async def test_where_there_is_no_srg_its_exceptions_go_to_the_board(client: Client) -> None:
    projects = FakeProjects("PRJ-E5", srg=False, says={"highlight.1": AT_SRG})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await play.says("exception-report-1.1")
        await play.board_says("exception-1.1", Choice.MORE_TOLERANCE)
        await play.comes_to("in_stage")


@pytest.mark.parametrize(("said", "of_srg"), [(AT_BOARD, False), (AT_SRG, True)])
async def test_an_exception_plan_becomes_the_baseline_where_it_was_asked_for(
    client: Client, said: Said, of_srg: bool
) -> None:
    cost, live = (140_000, date(2005, 6, 1)) if of_srg else (120_000, date(2005, 5, 16))
    new = plan(date(2005, 2, 1), date(2005, 6, 1), cost=cost, go_live=live)
    projects = FakeProjects(
        f"PRJ-E6-{of_srg}",
        says={"highlight.1": said, "highlight.2": said},
        plans={"exception-plan-1.2": new},
    )
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await play.says("exception-report-1.1")
        if of_srg:
            await play.waits_until("exception-1", SRG_DAYS[0])
            await play.jumps(SRG_DAYS[0])
            await play.says("exception-1.1", Choice.EXCEPTION_PLAN)
            await play.says("exception-plan-1.1")
            await play.waits_until("plan-1-srg", SRG_DAYS[1])
            await play.jumps(SRG_DAYS[1])
            await play.says("plan-1-srg.1", Choice.RETURN)
            await play.says("exception-plan-1.2")
            await play.waits_until("plan-1-srg", SRG_DAYS[2])
            await play.jumps(SRG_DAYS[2])
            await play.says("plan-1-srg.2", Choice.AUTHORISE)
        else:
            await play.board_says("exception-1.1", Choice.EXCEPTION_PLAN)
            await play.says("exception-plan-1.1")
            await play.board_says("plan-1.1", Choice.RETURN)
            await play.says("exception-plan-1.2")
            await play.board_says("plan-1.2")
        await play.comes_to("in_stage")
        last = projects.passed[-1]
        assert (last.gate, last.stage) == (GateKind.EXCEPTION_PLAN, 1)
        assert projects.end(last.plan_step) == "exception-plan-1.2"
        assert projects.baseline is not None
        assert (projects.baseline.number, projects.baseline.go_live) == (2, live)
        assert len(projects.settled) == 1
        # The stage goes on to the end that it has now, and its reports are measured anew.
        day = date(2004, 11, 8) if not of_srg else date(2005, 1, 3)
        await reports(play, day=day, end="highlight.2")
        await until(lambda: len(play.projects.reports) == 2)
        await play.waits_until("highlight", date(2004, 12, 6) if not of_srg else date(2005, 1, 31))
        assert (len(projects.raised), play.project_states[-1]) == (1, "in_stage")
        nothing_more(play, "end-stage-1.1")


@pytest.mark.parametrize("at", ["exception-1.1", "plan-1.1"])
async def test_an_exception_or_its_plan_may_close_it_early(client: Client, at: str) -> None:
    projects = FakeProjects(f"PRJ-E7-{at[:4]}", says={"highlight.1": AT_BOARD})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await reports(play)
        await play.says("exception-report-1.1")
        if at == "plan-1.1":
            await play.board_says("exception-1.1", Choice.EXCEPTION_PLAN)
            await play.says("exception-plan-1.1")
        await play.board_says(at, Choice.CLOSE_EARLY)
        await play.says("end-project.1")
        assert (await play.project_ends()).state is ProjectState.CLOSED_EARLY
        assert play.project_states[-3:] == ["in_exception", "closing", "closed_early"]
        assert [projects.end(settled.step) for settled in projects.settled] == ["exception-1.1"]


async def test_a_board_may_ask_for_another_plan_at_a_gate(client: Client) -> None:
    new = plan(date(2005, 2, 1), date(2005, 6, 1))
    projects = FakeProjects("PRJ-E8", plans={"exception-plan-1.1": new})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await play.board_says("gate-1.1", Choice.EXCEPTION_PLAN)
        await play.says("exception-plan-1.1")
        await play.board_says("plan-1.1")
        await play.comes_to("in_stage")
        await play.waits_until("highlight", date(2004, 12, 6))
        await play.jumps(date(2005, 2, 1))
        await play.says("end-stage-1.2")
        await play.board_says("gate-1.2")
        await until(lambda: len(projects.passed) == 4)
        assert (projects.raised, projects.settled) == ([], [])


async def test_an_end_stage_report_past_tolerance_comes_before_the_gate(client: Client) -> None:
    projects = FakeProjects("PRJ-E9", says={"end-stage-1.1": AT_OFFICE}, more={"exception-1.1": MORE})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await play.says("exception-report-1.1")
        await play.is_asked("exception-1.1")
        nothing_more(play, "gate-1.1")
        await play.says("exception-1.1", Choice.MORE_TOLERANCE)
        # The report is in, and is not asked for again.
        await play.board_says("gate-1.1")
        await until(lambda: len(play.project_states) == 5)
        assert play.project_states[2:5] == ["in_exception", "at_gate", "in_stage"]
        nothing_more(play, "end-stage-1.2")


@pytest.mark.parametrize("open_then", ["gate-1.1", "end-stage-1.1"])
async def test_a_report_past_tolerance_freezes_what_is_asked_for_the_gate(
    client: Client, open_then: str
) -> None:
    projects = FakeProjects(
        f"PRJ-E10-{open_then[:4]}", says={"highlight.1": AT_OFFICE}, more={"exception-1.1": MORE}
    )
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await ends_stage(play)
        if open_then == "gate-1.1":
            await play.says("end-stage-1.1")
        await play.is_asked(open_then)
        assert await play.gets_report_request()
        await play.says("highlight.1")
        assert await play.is_dropped(open_then) == "frozen"
        await play.says("exception-report-1.1")
        await play.says("exception-1.1", Choice.MORE_TOLERANCE)
        # The report that was in knew nothing of the one that was past: the board has to be told of both.
        await play.says("end-stage-1.2")
        await play.board_says("gate-1.2" if open_then == "gate-1.1" else "gate-1.1")
        await until(lambda: len(projects.passed) == 3)


# ------------------------------------------------------------------------------- its people


async def test_another_manager_is_asked_anew(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-P1")) as play:
        await play.begins_stage()
        await play.waits_until("highlight", REPORT_DAY)
        await play.jumps(REPORT_DAY)
        await play.is_asked("highlight.1")
        await play.has_other_people(manager="pm-new")
        assert await play.is_dropped("highlight.1") == "manager_changed"
        await play.is_asked("highlight.2")
        asked = play.outside.register.openings[-1].ask
        assert [seat.post for seat in asked.seats] == ["pm-new"]
        await play.says("highlight.2")
        await until(lambda: play.projects.reports == ["highlight.2"])


async def test_another_board_is_asked_anew_and_nobody_else(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-P2")) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await play.is_asked("gate-1.1")
        await play.says("gate-1.1", Choice.AUTHORISE, seat=USER)
        assert await play.gets_report_request()
        await play.is_asked("highlight.1")
        await play.has_other_people(board=("cd-hsg", "user-hsg", "supplier-ict"))
        assert await play.is_dropped("gate-1.1") == "board_changed"
        await play.is_asked("gate-1.2")
        assert play.open == ["highlight.1", "gate-1.2"]
        await play.board_says("gate-1.2")
        await until(lambda: len(play.projects.passed) == 3)


async def test_what_is_asked_of_those_who_stay_stays_open(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-P3")) as play:
        await play.says("mandate.1")
        await play.is_asked("gate-start-up.1")
        await play.has_other_people()
        await play.has_other_people(manager="pm-new")
        await asyncio.sleep(0.3)
        assert play.open == ["gate-start-up.1"]
        await play.board_says("gate-start-up.1")
        await play.is_asked("initiation.1")
        asked = play.outside.register.openings[-1].ask
        assert [seat.post for seat in asked.seats] == ["pm-new"]


async def test_what_the_one_before_has_put_off_is_put_to_the_next_at_once(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-P4")) as play:
        await play.says("mandate.1")
        await play.board_says("gate-start-up.1")
        await play.says("initiation.1", Choice.DEFER, to=date(2004, 12, 1))
        await play.waits_until("initiation", date(2004, 12, 1))
        await play.has_other_people(manager="pm-new")
        await play.is_asked("initiation.2")


# --------------------------------------------------------------------------- its standards


async def test_a_shortfall_goes_before_srg_and_the_gate_waits_only_for_the_check(client: Client) -> None:
    projects = FakeProjects("PRJ-X1", standards="cpm", shortfalls={"standards-1.1": "EXC-X1"})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.is_asked("standards-1.1")
        await play.says("end-stage-1.1")
        await play.comes_to("at_gate")
        nothing_more(play, "gate-1.1")
        await play.says("standards-1.1", Choice.FALL_SHORT)
        await play.board_says("gate-1.1")
        assert projects.checked == ["standards-1.1"]
        await until(lambda: any(wait.case == "EXC-X1" for wait in play.outside.cases.waitings))
        day = next(day for day in SRG_DAYS if day > STAGE_ENDS)
        await play.jumps(day)
        await play.answers_step("EXC-X1.standards.1", Choice.DEFER, to=SRG_DAYS[5], next_meeting=True)
        await until(lambda: len([w for w in play.outside.cases.waitings if w.case == "EXC-X1"]) == 2)
        await play.jumps(SRG_DAYS[5])
        await play.answers_step("EXC-X1.standards.2", Choice.APPROVE)
        assert await client.get_workflow_handle("EXC-X1").result() == "settled"
        assert play.outside.cases.states_of("EXC-X1") == ["settled"]


async def test_what_srg_wants_put_right_becomes_an_action_of_the_manager(client: Client) -> None:
    projects = FakeProjects("PRJ-X2", standards="cpm", shortfalls={"standards-1.1": "EXC-X2"})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.says("standards-1.1", Choice.FALL_SHORT)
        await until(lambda: any(wait.case == "EXC-X2" for wait in play.outside.cases.waitings))
        play.outside.cases.actions = (action("ACT-X2", owner=MANAGER),)
        await play.jumps(next(day for day in SRG_DAYS if day > STAGE_ENDS))
        await play.answers_step("EXC-X2.standards.1", Choice.REJECT)
        await play.runs_action("ACT-X2")
        assert await client.get_workflow_handle("EXC-X2").result() == "settled"
        described = await client.get_workflow_handle("ACT-X2").describe()
        assert described.status is WorkflowExecutionStatus.RUNNING


async def test_a_check_that_finds_nothing_raises_nothing_and_is_made_once_for_a_stage(client: Client) -> None:
    projects = FakeProjects("PRJ-X3", standards="cpm", initial=plan(STAGE_ENDS))
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.says("highlight.1", STAGE_DONE)
        await play.says("end-project.1")
        await play.says("standards-1.1", VERIFY)
        await play.board_says("gate-closure.1", Choice.RETURN)
        await play.says("end-project.2")
        await play.board_says("gate-closure.2")
        await play.project_ends()
        assert (projects.checked, [end for end in play.asked if "standards" in end]) == (
            ["standards-1.1"],
            ["standards-1.1"],
        )


async def test_a_check_that_is_open_when_it_closes_early_is_dropped(client: Client) -> None:
    projects = FakeProjects("PRJ-X4", standards="cpm", says={"highlight.1": AT_BOARD})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await ends_stage(play)
        await play.is_asked("standards-1.1")
        assert await play.gets_report_request()
        await play.says("highlight.1")
        await play.says("exception-report-1.1")
        await play.board_says("exception-1.1", Choice.CLOSE_EARLY)
        await play.says("end-project.1")
        assert (await play.project_ends()).state is ProjectState.CLOSED_EARLY
        assert await play.is_dropped("standards-1.1") == "gate_decided"


# -------------------------------------------------------------------------- its conditions


async def test_the_next_gate_waits_for_the_conditions_that_guard_it(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-C1")) as play:
        play.outside.cases.actions = (action("ACT-C1-x"), action("ACT-C1-y"))
        play.outside.cases.guards = {"ACT-C1-x": Guard.GATE}
        await play.says("mandate.1")
        await play.board_says("gate-start-up.1")
        await play.says("initiation.1")
        await play.board_says("gate-initiation.1", Choice.AUTHORISE_WITH_CONDITIONS)
        await play.comes_to("in_stage")
        await play.runs_action("ACT-C1-x")
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await until(lambda: play.outside.cases.waitings[-1].leg == "conditions")
        nothing_more(play, "gate-1.1")
        await play.answers_on("ACT-C1-x", "action", CLAIM)
        await play.answers_on("ACT-C1-x", "action_check", VERIFY)
        await play.board_says("gate-1.1")
        await until(lambda: len(play.projects.passed) == 3)
        # What guards no gate is still to be done, whatever becomes of the project.
        assert play.outside.cases.states_of("ACT-C1-y") == ["in_progress"]


async def test_a_report_past_tolerance_freezes_a_gate_that_waits_for_its_conditions(client: Client) -> None:
    projects = FakeProjects("PRJ-C2", says={"highlight.1": AT_OFFICE}, more={"exception-1.1": MORE})
    async with delivering(client, projects) as play:
        play.outside.cases.actions = (action("ACT-C2-x"),)
        play.outside.cases.guards = {"ACT-C2-x": Guard.GATE}
        await play.says("mandate.1")
        await play.board_says("gate-start-up.1", Choice.AUTHORISE_WITH_CONDITIONS)
        # The very next gate waits.
        await play.says("initiation.1")
        await until(lambda: play.waits_for("gate-initiation"))
        await play.answers_on("ACT-C2-x", "action", CLAIM)
        await play.answers_on("ACT-C2-x", "action_check", VERIFY)
        play.outside.cases.actions += (action("ACT-C2-y"),)
        play.outside.cases.guards["ACT-C2-y"] = Guard.GATE
        await play.board_says("gate-initiation.1", Choice.AUTHORISE_WITH_CONDITIONS)
        await ends_stage(play)
        await play.says("end-stage-1.1")
        await until(lambda: play.waits_for("gate-1"))
        assert await play.gets_report_request()
        await play.says("highlight.1")
        await play.says("exception-report-1.1")
        await play.says("exception-1.1", Choice.MORE_TOLERANCE)
        await play.says("end-stage-1.2")
        await until(lambda: len(play.waits_for("gate-1")) == 2)
        await play.answers_on("ACT-C2-y", "action", CLAIM)
        await play.answers_on("ACT-C2-y", "action_check", VERIFY)
        # It was never put before, and is put as the first.
        await play.board_says("gate-1.1")
        await until(lambda: len(projects.passed) == 3)


async def test_what_an_early_end_leaves_to_be_done_falls_away(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-C3")) as play:
        play.outside.cases.actions = (action("ACT-C3"),)
        play.outside.cases.guards = {"ACT-C3": Guard.GATE}
        await play.says("mandate.1")
        await play.board_says("gate-start-up.1", Choice.AUTHORISE_WITH_CONDITIONS)
        await play.runs_action("ACT-C3")
        await play.answers_on("ACT-C3", "action", CLAIM)
        await play.answers_on("ACT-C3", "action_check", VERIFY)
        await play.says("initiation.1")
        play.outside.cases.actions += (action("ACT-C4"),)
        await play.board_says("gate-initiation.1", Choice.AUTHORISE_WITH_CONDITIONS)
        await play.runs_action("ACT-C4")
        await play.project.signal(Project.fall_away)
        await play.project_ends()
        assert await client.get_workflow_handle("ACT-C4").result() == "withdrawn"
        assert play.outside.cases.states_of("ACT-C3")[-1] == "verified"


# ------------------------------------------------------------------------ when it falls away


@pytest.mark.parametrize("at", ["mandate.1", "highlight", "highlight.1", "gate-1.1", "exception-1"])
async def test_it_falls_away_with_its_proposal_wherever_it_is(client: Client, at: str) -> None:
    projects = FakeProjects(
        f"PRJ-W1-{at.replace('.', '-')}",
        standards="cpm" if at == "gate-1.1" else "",
        says={"highlight.1": AT_SRG} if at == "exception-1" else {},
        shortfalls={"standards-1.1": "EXC-W1"} if at == "gate-1.1" else {},
    )
    async with delivering(client, projects) as play:
        if at != "mandate.1":
            await play.begins_stage()
            await play.waits_until("highlight", REPORT_DAY)
        if at in ("highlight.1", "exception-1"):
            await play.jumps(REPORT_DAY)
        if at == "gate-1.1":
            await ends_stage(play)
            await play.says("standards-1.1", Choice.FALL_SHORT)
            await until(lambda: any(wait.case == "EXC-W1" for wait in play.outside.cases.waitings))
            await play.says("end-stage-1.1")
        if at == "exception-1":
            await play.says("highlight.1")
            await play.says("exception-report-1.1")
            await play.waits_until("exception-1", SRG_DAYS[0])
        elif at != "highlight":
            await play.is_asked(at)
        await play.project.signal(Project.fall_away)
        ended = await play.project_ends()
        assert ended.state is ProjectState.CLOSED_EARLY
        assert play.project_states[-1] == "closed_early"
        assert play.outside.register.open_steps == ()
        if at not in ("highlight", "exception-1"):
            assert play.why(at) == "withdrawn"
        if at == "gate-1.1":
            assert await client.get_workflow_handle("EXC-W1").result() == "withdrawn"


async def test_an_operator_s_cancellation_closes_it_as_the_end_of_its_proposal_would(client: Client) -> None:
    async with delivering(client, FakeProjects("PRJ-W2")) as play:
        await play.begins_stage()
        await play.waits_until("highlight", REPORT_DAY)
        await play.jumps(REPORT_DAY)
        await play.is_asked("highlight.1")
        await play.project.cancel()
        assert (await play.project_ends()).state is ProjectState.CLOSED_EARLY
        assert play.why("highlight.1") == "cancelled"
