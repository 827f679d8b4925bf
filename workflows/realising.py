"""What comes of what was approved: a proposal hands it to a project, and its benefits are measured."""

from temporalio import workflow

from workflows.delivery import (
    BenefitOpened,
    BenefitRead,
    BenefitState,
    GoLive,
    ProjectEnded,
    ProjectState,
    ReviewInHand,
)
from workflows.model import Ask, Ending, Outcome
from workflows.ports import Benefit, Benefits, Project, Projects
from workflows.process import Child, Process
from workflows.rules import benefits, calendar, projects
from workflows.sizing import Sized


class Realising:
    """A process that goes by the day on which a project goes live."""

    go_live: GoLive | None = None
    """As it was told last; None before it was told of any."""

    @workflow.signal
    def goes_live(self, go_live: GoLive) -> None:
        """Take up when the project goes live."""
        self.go_live = go_live


class Entrusting(Realising, Sized):
    """A process of a proposal that is carried out by a project of its own."""

    def __init__(self, case: str) -> None:
        super().__init__(case)
        self._project: Child | None = None
        self._benefits: dict[str, Child] = {}
        """By their references."""
        self._review_due = False
        """Whether its review is due, though its project goes on."""

    async def open_project(self) -> None:
        """Begin the project, and the benefits beside it. The approval is put to use, and lapses no more."""
        self._in_use = True
        ref = await self._write(Projects.opened, self.case, "open its project")
        self._project = await self._start(
            Project.run, [ref], kind="project", summary=f"project of {self.case}", outlives=False
        )
        for benefit in await self._write(Benefits.of_proposal, self.case, "look for its benefits"):
            self._benefits[benefit] = await self._start(
                Benefit.run, [benefit], kind="benefit", summary=f"benefit of {self.case}"
            )

    async def until_delivered(self, review: ReviewInHand, *, key: str, leg: str, on: str) -> bool:
        """Wait for the end of the project, or until its review is due though it goes on after going live; and
        let the benefits know when it goes live.

        Returns False if the proposal was withdrawn meanwhile: project and benefits fall away.
        """
        self._beside(self._pass_on_go_live())
        self._beside(self._until_review_due(review))
        if not await self.until(lambda: self._delivered() or self._review_due, key=key, leg=leg, on=on):
            await self.let_project_go()
            return False
        if self._delivered():
            await self._take_over()
        return True

    async def until_over(self, *, key: str, leg: str, on: str) -> bool:
        """Wait for the end of a project that was reviewed before it; returns as `until_delivered` does."""
        if self._delivered():
            return True
        if not await self.until(self._delivered, key=key, leg=leg, on=on):
            await self.let_project_go()
            return False
        await self._take_over()
        return True

    async def let_project_go(self) -> None:
        """Let the project and the benefits fall away, as far as they have not come to their ends."""
        assert self._project is not None
        project = self._project
        if not project.done():
            await self._tell(project, Process.fall_away)
        await self.let_benefits_go()
        await self._wait(project.done, until=None, summary="its project ends")

    async def _take_over(self) -> None:
        """Take up what the project has come to. The benefits of one that ended early and never went live fall
        away.
        """
        assert self._project is not None
        ended: ProjectEnded = self._project.result()
        self.go_live = ended.go_live or self.go_live
        live = self.go_live is not None and self.go_live.certain
        if ended.state is ProjectState.CLOSED_EARLY and not live:
            await self.let_benefits_go()
        await self._wait(lambda: not self._tasks, until=None, summary="its benefits are told")

    async def let_benefits_go(self) -> None:
        """Let the benefits fall away that are not measured to the end."""
        for benefit in self._benefits.values():
            if not benefit.done():
                await self._tell(benefit, Process.fall_away)

    async def take_up_review(self) -> ReviewInHand:
        """Take up who writes the review, who checks it, and when it is due."""
        return await self._write(Benefits.review, self.case, "take up the review")

    async def until_review(self, review: ReviewInHand) -> bool:
        """Wait until the review is due, so long after go-live or, without one, after the end of the project;
        returns as `until` does.
        """
        ended = calendar.local_day(self.now)

        def due_from() -> GoLive:
            known = self.go_live
            return known if known and known.certain else GoLive(day=ended)

        while True:
            known = due_from()
            going = await self.until(
                benefits.due(review.months, known.day, review.non_working),
                unless=lambda known=known: due_from() != known,  # type: ignore[misc]
                key=projects.REVIEW,
                leg=projects.REVIEW_LEG,
                on=review.writer,
            )
            if not going or due_from() == known:
                return going

    async def ask_again(self, ask: Ask) -> Outcome:
        """Ask what has to be answered: after silence it is asked anew."""
        while (outcome := await self.decide(ask)).ending is Ending.SILENT:
            pass
        return outcome

    def _delivered(self) -> bool:
        """Say whether the project is over; one that an operator has broken off is not."""
        project = self._project
        return project is not None and project.done() and project.exception() is None

    async def _until_review_due(self, review: ReviewInHand) -> None:
        """Wait for the day of the review after it has gone live, as long as the project goes on."""
        while not (self._delivered() or self._withdrawn()):
            known = self.go_live
            day = None
            if known is not None and known.certain:
                day = calendar.opening(benefits.due(review.months, known.day, review.non_working))
            changed = await self._wait(
                lambda known=known: self.go_live != known or self._delivered() or self._withdrawn(),  # type: ignore[misc]
                until=day,
                summary="its review is due",
            )
            if not changed:
                self._review_due = True
                return

    async def _pass_on_go_live(self) -> None:
        """Tell the benefits of each new day of going live, in order, until the project is over."""
        told: GoLive | None = None
        while True:
            await self._wait(
                lambda told=told: self.go_live != told or self._delivered() or self._withdrawn(),  # type: ignore[misc]
                until=None,
                summary="it goes live on another day",
            )
            ended = self._delivered() or self._withdrawn()
            if self.go_live is not None and self.go_live != told:
                told = self.go_live
                for benefit in self._benefits.values():
                    if not benefit.done():
                        await self._tell(benefit, Benefit.goes_live, told)
            if ended:
                return

    def _withdrawn(self) -> bool:
        return self.withdrawal is not None


class Measuring(Realising, Process):
    """A process of a benefit."""

    def __init__(self, case: str) -> None:
        super().__init__(case)
        self._state = BenefitState.EXPECTED
        self._asked = 0
        """How many of its months it was asked in, or has passed over."""

    async def take_up_benefit(self) -> BenefitOpened:
        """Take up the benefit: whose it is, and when it is asked about."""
        benefit = await self._write(Benefits.in_hand, self.case, "take up the benefit")
        self._hear(benefit.clock)
        self._asked = benefit.asked
        self.go_live = self.go_live or benefit.go_live
        return benefit

    async def take_up_as_mandated(self, benefit: BenefitOpened) -> BenefitOpened:
        """Take up the benefit again: the mandate of its project may have said whose it is after it began."""
        return await self.take_up_benefit() if workflow.patched("benefit-as-mandated") else benefit

    async def until_live(self, benefit: BenefitOpened) -> bool:
        """Wait until the project has gone live; returns as `until` does."""
        return await self.until(self._live, key=projects.GO_LIVE, leg=projects.GO_LIVE, on=benefit.owner)

    async def until_month(self, benefit: BenefitOpened) -> int:
        """Wait for the next of its months after go-live, and return that; 0 after the last.

        That waits for as long as go-live says now, if that is corrected.
        """
        while True:
            known = self.go_live
            assert known is not None
            today = calendar.local_day(self.now)
            days_off = benefit.non_working
            ahead = benefits.month_ahead(benefit.months, self._asked, known.day, today, days_off)
            if ahead is None:
                return 0
            place, month = ahead
            going = await self.until(
                benefits.due(month, known.day, days_off),
                unless=lambda known=known: self.go_live != known,  # type: ignore[misc]
                key=f"benefit-{month}",
                leg=projects.BENEFIT,
                on=benefit.owner,
            )
            if not going:
                return 0
            if self.go_live == known:
                self._asked = place + 1
                return month

    async def read(self, month: int, answer: Outcome) -> None:
        """Write how much of the benefit has come about."""
        read = BenefitRead(case=self.case, step=answer.step, month=month, at=self.now)
        benefit = await self._write(Benefits.read, read, "write how much of it has come about")
        self._hear(benefit.clock)

    def _live(self) -> bool:
        return self.go_live is not None and self.go_live.certain
