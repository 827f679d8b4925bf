"""A project from its mandate to its closure: its gates, its reports, its exceptions, its people."""

from datetime import date

from temporalio.client import Client

from tests.support.projects import FakeProjects, Said, delivering
from workflows.delivery import GateKind, ProjectState
from workflows.model import Choice

STAGE_DONE, UNCHANGED = Choice.STAGE_DONE, Choice.UNCHANGED


async def test_a_project_passes_its_gates_in_turn(client: Client) -> None:
    live = date(2005, 2, 20)
    projects = FakeProjects("PRJ-S1", says={"end-project.1": Said(went_live=live)})
    async with delivering(client, projects) as play:
        await play.begins_stage()
        await play.waits_until("highlight", date(2004, 10, 11))
        await play.jumps(date(2004, 10, 11))
        await play.says("highlight.1")
        await play.waits_until("highlight", date(2004, 11, 8))
        await play.jumps(date(2004, 12, 1))
        await play.says("end-stage-1.1")
        await play.board_says("gate-1.1")
        await play.waits_until("highlight", date(2004, 12, 29))
        await play.jumps(date(2004, 12, 29))
        await play.says("highlight.2", STAGE_DONE)
        await play.says("end-project.1")
        await play.board_says("gate-closure.1")
        ended = await play.project_ends()
        assert ended.go_live is not None
        assert (ended.state, ended.go_live.day, ended.go_live.certain) == (ProjectState.CLOSED, live, True)
        assert play.project_states == ["initiating", "in_stage", "at_gate", "in_stage", "closing", "closed"]
        assert [(passed.number, passed.gate, passed.stage) for passed in projects.passed] == [
            (1, GateKind.START_UP, 0),
            (2, GateKind.INITIATION, 0),
            (3, GateKind.BOUNDARY, 1),
            (4, GateKind.CLOSURE, 2),
        ]
        h = await play.project.fetch_history()
        print(len(h.events), sum(e.ByteSize() for e in h.events), projects.looked)
