"""An assessment that is played on a real server: its owner answers, SRG chooses, the Clock jumps."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from typing import Any

from temporalio import activity
from temporalio.client import Client

from service.gateway import Counted
from tests.support.core import HASH, FakeOutside, terms
from tests.support.play import WITHIN, Play, until
from tests.support.proposals import LADDER, SRG, action, calendar, opened
from workflows import ports
from workflows.delivery import AssessmentInHand, AssessmentTold
from workflows.model import Choice, Clock, Terms

CHOICES: dict[str, tuple[Choice, ...]] = {
    "assessment": (Choice.REPORT, Choice.DEFER),
    "assessment_choice": (Choice.APPROVE, Choice.RETURN, Choice.DEFER),
    "assessment_srg": (Choice.APPROVE, Choice.RETURN, Choice.DEFER),
}
TERMS: dict[str, Terms] = {
    kind: terms(*LADDER, kind=kind, choices=choices) for kind, choices in CHOICES.items()
}
OWNER, OFFICE = "head-technology", "programme-office"
DUE, IN_PLACE_BY = date(2004, 10, 1), date(2005, 3, 31)
FIRST, SECOND = date(2004, 10, 28), date(2004, 11, 25)
"""Meetings of SRG."""


class FakeAssessments(ports.Assessments):
    """One assessment, and what was written of it."""

    def __init__(self, ref: str, outside: FakeOutside, *, srg: bool) -> None:
        self.ref, self.outside, self.srg = ref, outside, srg
        self.clock = Clock()
        self.reports: list[str] = []
        self.choices: list[str] = []

    @property
    def milestone(self) -> str:
        """The action that puts the choice in place."""
        return self.ref.replace("ASM", "ACT")

    @activity.defn(name="assessment_in_hand")
    async def in_hand(self, case: str) -> AssessmentInHand:
        return AssessmentInHand(
            case=case,
            content_hash=HASH,
            owner=OWNER,
            report_due=DUE,
            programme_office=OFFICE,
            srg=SRG if self.srg else None,
            clauses=dict.fromkeys(TERMS, "ASSESS-1"),
            terms=TERMS,
            told=(OFFICE,),
            clock=self.clock,
        )

    @activity.defn(name="assessment_reported")
    async def reported(self, told: AssessmentTold) -> Clock:
        self.reports.append(told.step.removeprefix(f"{self.ref}."))
        return self.clock

    @activity.defn(name="assessment_chosen")
    async def chosen(self, told: AssessmentTold) -> Clock:
        self.choices.append(told.step.removeprefix(f"{self.ref}."))
        self.outside.cases.actions = (action(self.milestone, owner=OWNER, due=IN_PLACE_BY),)
        return self.clock


class AssessingOutside(FakeOutside):
    """All ports together, that of assessments too."""

    assessments: FakeAssessments

    @property
    def clock(self) -> Clock:
        return self.register.clock

    @clock.setter
    def clock(self, known: Clock) -> None:
        self.register.clock = self.cases.clock = self.meetings.clock = self.assessments.clock = known

    @property
    def activities(self) -> list[Callable[..., Any]]:
        return [self.assessments.in_hand, self.assessments.reported, self.assessments.chosen]


class Assessed(Play):
    """An assessment, and what the outside saw of it."""

    outside: AssessingOutside

    def __init__(self, client: Client, ref: str, *, srg: bool = True) -> None:
        outside = AssessingOutside()
        outside.assessments = self.assessments = FakeAssessments(ref, outside, srg=srg)
        super().__init__(client, outside, opened(ref))
        outside.cases.meetings["srg"] = calendar(FIRST, SECOND)

    async def begins(self) -> None:
        assert await self.gateway.start(self.ref, "assessment")

    async def says(self, end: str, choice: Choice = Choice.REPORT, **more: Any) -> None:
        """Answer one of its questions, by the end of its step, and see that it is counted."""
        answer = await self.answers_step(f"{self.ref}.{end}", choice, **more)
        assert isinstance(answer, Counted), (end, answer)

    async def goes_to_meeting(self, day: date = FIRST) -> None:
        """It waits for a meeting of SRG, whose day comes."""
        instant = datetime.combine(day, time(12), UTC)
        await until(lambda: self.waits_of("choice")[-1:] == [day])
        await self.jumps(instant)

    def waits_of(self, key: str) -> list[date]:
        return [
            wait.until.astimezone(UTC).date()
            for wait in self.outside.cases.waitings
            if wait.key == key and wait.until
        ]

    async def is_put_in_place(self) -> None:
        """Its owner says that what was chosen is in place, and the programme office checks it."""
        await self.answers_on(self.assessments.milestone, "action", Choice.CLAIM_COMPLETE)
        await self.answers_on(self.assessments.milestone, "action_check", Choice.VERIFY)


@asynccontextmanager
async def assessing(client: Client, ref: str, *, srg: bool = True) -> AsyncIterator[Assessed]:
    """Play an assessment from its beginning."""
    play = Assessed(client, ref, srg=srg)
    async with play.outside.working(client, queue=play.queue), asyncio.timeout(WITHIN):
        await play.begins()
        yield play
