"""A benefit whose owner the mandate of its project names after the benefit has begun."""

from datetime import date

from temporalio.client import Client

from tests.support.play import until
from tests.support.projects import FakeBenefits, entrusted, entrusting
from tests.workflows.test_delivery import begins, one_stage
from workflows.delivery import GoLive
from workflows.model import Choice
from workflows.processes.benefit import Benefit


async def test_whoever_the_mandate_has_named_is_asked(client: Client) -> None:
    benefits = FakeBenefits("BEN-O1", months=(3,))
    async with entrusting(client, entrusted("INV-O1"), one_stage("PRJ-O1"), benefits) as play:
        await begins(play, "BEN-O1")
        await until(lambda: any(wait.case == "BEN-O1" for wait in play.outside.cases.waitings))
        benefits.owner = "bh-dmh"
        live = GoLive(day=date(2004, 6, 1), certain=True)
        await client.get_workflow_handle("BEN-O1").signal(Benefit.goes_live, live)
        await play.answers_step("BEN-O1.benefit-3.1", Choice.REPORT)
        asked = [made.ask for made in play.outside.register.openings if made.ask.case == "BEN-O1"]
        assert [seat.post for ask in asked for seat in ask.seats] == ["bh-dmh"]
        await play.is_withdrawn()
        await play.ends()
