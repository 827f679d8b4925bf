"""Investment proposal: from submission to closure (SYS-01 to SYS-08, SYS-19, SYS-20, SYS-45, SYS-46)."""

from collections.abc import Sequence
from datetime import datetime

from temporalio import workflow

from workflows.delivery import ReviewInHand
from workflows.human_step import guarded, unbroken
from workflows.model import (
    Ask,
    CaseOpened,
    Choice,
    Ending,
    Guard,
    Leg,
    LegAsk,
    Outcome,
    SeatAsk,
    Sizing,
    State,
)
from workflows.realising import Entrusting
from workflows.rules import course, projects, routing, states, validity


@workflow.defn
class InvestmentProposal(Entrusting):
    """A proposal passes each leg of its route in turn and stops where one refuses it."""

    @workflow.init
    def __init__(self, case: str) -> None:
        super().__init__(case)
        self.submitted = 1
        self.extra: list[Leg] = []
        """The approvers whom the sponsor or the PMO have added."""
        self.taken_back: list[str] = []
        """The keys of the questions to those of them who were taken back."""
        self.passed: list[Leg] = []
        self.added: list[Leg] = []
        """What answers about the version in hand have added to its way: each is passed once."""
        self.settled = False

    @workflow.run
    @unbroken
    async def run(self, case: str) -> None:
        """Live from submission to an end. A return opens a new version, and it begins again.

        What was approved is put to use while the approval is valid, or lapses.
        """
        proposal = await self.begin()
        outcome = await self.seek_approval(proposal)
        while states.after(outcome) is State.RETURNED:
            await self.become(State.RETURNED, because=outcome)
            if outcome.outside_guidelines:
                await self.track(proposal)
            proposal = await self.come_back(proposal)
            outcome = await self.seek_approval(proposal)
        if outcome.favourable:
            valid = validity.period(proposal.validity, self.now)
            await self.become(State.APPROVED, because=outcome, valid_until=valid.until if valid else None)
            await self.track(proposal)
            outcome = await self.while_valid(valid, self.complete(proposal, outcome))
        await self.become(states.end(outcome), because=outcome)
        await self.conclude(proposal, states.end(outcome))
        await self.end()

    @workflow.update(description="Take up a new version after a return")
    @guarded
    def resubmit(self, version: int) -> None:
        """Take up a new version; one already taken up changes nothing."""
        self.submitted = max(self.submitted, version)

    @workflow.update(description="Ask one more post to approve")
    @guarded
    def add_approver(self, leg: Leg) -> bool:
        """Ask a post besides, with the funders or straight after what is asked; False if it is too late."""
        known = self.opened is None or leg.asks[0].kind in self.opened.terms
        if self.settled or self.withdrawal or not known or leg.asks[0].key in self.taken_back:
            return False
        if leg not in self.extra:
            self.extra.append(leg)
        return True

    @workflow.update(description="Ask a post no more that was to approve besides")
    @guarded
    def take_back_approver(self, leg: Leg) -> None:
        """Ask a post no more that was added; its question closes if it is open. What was answered stands."""
        self.taken_back.append(leg.asks[0].key)
        self.drop(leg.asks[0].key)

    @workflow.update(description="Take up what the PMO says of its size")
    @guarded
    def set_size(self, sizing: Sizing) -> bool:
        """Take up a size, with the way that it leads to; False if it is decided, or put before SRG."""
        before_srg = any(leg.leg == "srg" for leg in self.passed)
        if self.settled or self.withdrawal or before_srg:
            return False
        self.size(sizing)
        return True

    # ------------------------------------------------------------------ the handbook

    async def seek_approval(self, proposal: CaseOpened) -> Outcome:
        """Pass every leg that comes before approval; stop at the first that refuses."""
        self.passed, self.added = [], []
        outcomes: list[Outcome] = []
        while legs := self.ahead(proposal := await self.as_sized(proposal), outcomes):
            self.passed += legs
            outcome = await self.pass_legs(proposal, legs)
            if outcome is None:
                continue
            outcomes.append(outcome)
            if (comes_to := states.after(outcome)) is not None:
                # After a return, a next version has whoever is added and the size that is set meanwhile.
                self.settled = comes_to is not State.RETURNED
                self.passed = []
                return outcome
        self.settled = True
        return outcomes[-1]

    def ahead(self, proposal: CaseOpened, outcomes: Sequence[Outcome]) -> tuple[Leg, ...]:
        """Say what comes next on the way, with the approvers who were added; last SRG, on a referral."""
        joined = course.joined(states.approval_legs(proposal.route), self.extra)
        way = tuple(leg for leg in joined if not {ask.key for ask in leg.asks} & {*self.taken_back})
        decided_by_srg = any(leg.leg == "srg" for leg in way)
        if not decided_by_srg and any(outcome.referred for outcome in outcomes):
            way = (*way, proposal.branches["srg"])
        return course.ahead(way, self.passed)

    async def pass_legs(self, proposal: CaseOpened, legs: Sequence[Leg]) -> Outcome | None:
        """Go to those whom legs name, on a forum's day if they wait for one; then to whom an answer adds.

        Where every answer about an earlier version stands, there is nobody to go to and no day to wait for.
        None where all who were asked were taken back, so that nobody said anything.
        """
        anybody = any(self.kept(question.key) is None for leg in legs for question in leg.asks)
        if anybody and not self.withdrawal:
            await self.become(states.while_passing(legs[0]))
        if anybody:
            legs = await self.attend(proposal, legs)
        asks = [self.asked(proposal, leg, question) for leg in legs for question in leg.asks]
        outcomes = [made for made in await self.decide_together(asks) if not self.dropped(made)]
        if not outcomes:
            return None
        came_to = self.came_to(outcomes)
        for added in course.added_by(outcomes, proposal.branches):
            if states.after(came_to) is not None:
                break
            if added not in self.added:
                self.added.append(added)
                came_to = await self.pass_legs(proposal, (added,)) or came_to
        return came_to

    async def complete(self, proposal: CaseOpened, approval: Outcome) -> Outcome:
        """Minor: the lead officer confirms completion. A major proposal goes on to its project."""
        proposal = await self.as_sized(proposal)
        leg = next((leg for leg in proposal.route if leg.leg == "completion"), None)
        if leg is None and proposal.delivers:
            return await self.deliver(proposal, approval)
        if leg is None:
            return await self.await_project(proposal, approval)
        await self.until_met(Guard.COMPLETION, key=leg.asks[0].key)
        return await self.decide(*self.asked(proposal, leg, leg.asks[0]))

    async def deliver(self, proposal: CaseOpened, approval: Outcome) -> Outcome:
        """Major: once its conditions are met its project begins, and after that it is reviewed."""
        leg = next(leg for leg in proposal.route if leg.leg == "project")
        if not await self.until_met(Guard.PROJECT, key=leg.leg):
            return withdrawn(approval, self.now)
        await self.open_project()
        await self.become(State.IN_PROJECT)
        review = await self.take_up_review()
        if not await self.until_delivered(review, key=leg.leg, leg=leg.leg, on=leg.who[0]):
            return withdrawn(approval, self.now)
        reviewed = await self.review(proposal, approval)
        if self.withdrawal:
            await self.let_project_go()
            return withdrawn(approval, self.now)
        # What goes on after its review closes with its project.
        over = await self.until_over(key=leg.leg, leg=leg.leg, on=leg.who[0])
        return reviewed if over else withdrawn(approval, self.now)

    async def review(self, proposal: CaseOpened, approval: Outcome) -> Outcome:
        """A review is written months after go-live, checked by somebody else, and noted by SRG (SYS-19)."""
        await self.become(State.IN_REVIEW)
        review = await self.take_up_review()
        if not await self.until_review(review):
            return withdrawn(approval, self.now)
        while True:
            written = await self.ask_again(self.asked_to_review(proposal, review))
            if written.choice is None:
                return written
            checked = await self.ask_again(self.asked_to_check(proposal, review))
            if checked.choice is not Choice.SEND_BACK:
                break
        if review.srg is None or checked.choice is None:
            return checked
        return await self.decide_at_meeting(self.asked_to_note(proposal, review))

    async def await_project(self, proposal: CaseOpened, approval: Outcome) -> Outcome:
        """Stay open for the project that is still to come; until then it may be withdrawn."""
        leg = next(leg for leg in proposal.route if leg.leg == "project")
        await self.until_met(Guard.PROJECT, key=leg.leg)
        await self.until(lambda: False, key=leg.leg, leg=leg.leg, on=leg.who[0])
        return withdrawn(approval, self.now)

    async def track(self, proposal: CaseOpened) -> None:
        """What an approval requires, and a refusal or a return leaves to be done, becomes actions."""
        if proposal.conditions_tracked:
            await self.follow_up()

    async def conclude(self, proposal: CaseOpened, state: State) -> None:
        """A refused exception leaves its directorate something to do; a lost case's conditions fall away."""
        if state is State.CLOSED_REFUSED:
            await self.track(proposal)
        if state in (State.WITHDRAWN, State.LAPSED):
            await self.let_go()

    async def come_back(self, proposal: CaseOpened) -> CaseOpened:
        """Wait for the sponsor's next version, with the clock of everybody else stopped."""
        seen = proposal.version
        await self.until(
            lambda: self.submitted > seen,
            key="resubmission",
            leg="resubmission",
            on=proposal.proposal.sponsor,
        )
        return proposal if self.withdrawal else await self.begin()

    def asked(self, proposal: CaseOpened, leg: Leg, question: LegAsk) -> tuple[Ask, ...]:
        """Put a leg's question about the version in hand, and to whom it goes if nobody answers."""
        return tuple(self.ask(proposal, leg, put) for put in (question, *question.otherwise))

    def ask(self, proposal: CaseOpened, leg: Leg, question: LegAsk) -> Ask:
        """Put a question about the version in hand, on the terms the case opened with."""
        return Ask(
            case=self.case,
            key=question.key,
            round=0,
            version=proposal.version,
            content_hash=proposal.content_hash,
            clause=leg.clause,
            forum=question.forum or leg.forum,
            seats=question.seats,
            terms=routing.offering(proposal.terms[question.kind], proposal.branches),
            inform=question.inform,
            expected=question.expected,
            meets=question.meets,
        )

    def asked_to_review(self, proposal: CaseOpened, review: ReviewInHand) -> Ask:
        """Ask the lead officer what the project has come to, and what was learnt."""
        return self.about_review(proposal, review, projects.REVIEW, review.writer)

    def asked_to_check(self, proposal: CaseOpened, review: ReviewInHand) -> Ask:
        """Ask somebody else whether the review says what there is to say."""
        check = self.about_review(proposal, review, projects.REVIEW_CHECK, review.checker, key="review-check")
        return check.model_copy(update={"inform": (review.writer,)})

    def asked_to_note(self, proposal: CaseOpened, review: ReviewInHand) -> Ask:
        """Ask SRG's secretary to write down that SRG has seen the review."""
        assert review.srg is not None
        note = self.about_review(
            proposal, review, projects.REVIEW_SRG, review.srg.secretary, key="review-srg"
        )
        heard = tuple(dict.fromkeys((review.writer, review.checker, *review.told)))
        return note.model_copy(update={"forum": review.srg.key, "inform": heard})

    def about_review(
        self, proposal: CaseOpened, review: ReviewInHand, kind: str, post: str, *, key: str = ""
    ) -> Ask:
        """Put one of the questions of a review to a post."""
        return Ask(
            case=self.case,
            key=key or kind,
            round=0,
            version=proposal.version,
            content_hash=proposal.content_hash,
            clause=review.clauses[kind],
            seats=(SeatAsk(key=post, post=post),),
            terms=review.terms[kind],
        )


def withdrawn(approval: Outcome, at: datetime) -> Outcome:
    """Return what an approval comes to whose case is withdrawn before it is carried out."""
    return Outcome(step=approval.step, ending=Ending.WITHDRAWN, at=at)
