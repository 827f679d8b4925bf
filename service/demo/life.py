"""The project of the demo's first proposal: from its mandate to the last reading of its benefits."""

from collections.abc import Mapping
from datetime import date

from service.demo import delivery
from service.demo.people import NotTrue, Received, until
from service.demo.stage import Stage
from service.store import actions, benefits, cases, intents, letters, projects, reviews, steps
from workflows.delivery import BenefitState, ProjectState
from workflows.model import ActionState, State

AUTHORITY = "corp-projects-manager@leicester.example"
MANAGER = "head-ict-rc@leicester.example"
EXECUTIVE = "cd-rc@leicester.example"
SENIOR_USER = "budget-sports@leicester.example"
SRG_SECRETARY = "srg-secretary@leicester.example"
STAGE_ENDS, LIVE = date(2005, 2, 28), date(2005, 6, 30)
PLANNED, DEARER = "140000", "162000"
TESTED = "Test it with those who book by telephone today."
TESTED_BY = date(2005, 3, 31)
LESSON = "Fix the price of every link first"
MOST_JUMPS = 60
"""After so many a letter that has not come is not coming."""
MONTHS = (3, 6, 12, 24)
"""After go-live, as the handbook has it."""


class Delivered(Stage):
    """What becomes of a proposal once it is approved."""

    delivered = ""
    """The proposal whose project it is."""
    project = ""

    # ---------------------------------------------------------------------- the parts

    async def project_is_started(self) -> None:
        """The approval opens a project; its mandate names who runs it, and its board opens the first gate."""
        self.delivered = self.ref or ""

        async def opened() -> str | None:
            with self.store.reading() as tx:
                found = projects.of_proposal(tx, self.delivered)
            return found.ref if found else None

        self.project = await until(opened, f"the project of {self.delivered}")
        mandate = await self._asked(AUTHORITY, "project mandate")
        people = delivery.mandate("hoict-rc", "cd-rc", "bh-sports", "head-ict-resources", benefits=3)
        await self.person(AUTHORITY).decide(mandate, people, delivery.papers("mandate"))
        self.project_fact(
            "project.mandated",
            f"The approval has opened a project, {self.project}. The Corporate Projects Manager gives its "
            "mandate: the Head of ICT, Regeneration and Culture, manages it; the sponsor chairs its board.",
        )
        await self._board_opens("gate of start-up")
        self.project_fact(
            "gate.passed", "The project board opens the gate of start-up: two of its three members."
        )

    async def project_is_planned(self) -> None:
        """The manager plans two stages; the board makes that the baseline, on a condition."""
        asked = await self._asked(MANAGER, "project plan")
        stages = (("Build", STAGE_ENDS, "80000"), ("Launch", LIVE, "60000"))
        plan = delivery.plan(stages, LIVE, weeks=12)
        await self.person(MANAGER).decide(asked, plan, delivery.papers("initiation"))
        await self._board_opens("gate of initiation", delivery.on_condition(TESTED, TESTED_BY))
        await self._project_is(ProjectState.IN_STAGE)
        self.project_fact(
            "gate.passed_on_condition",
            "The manager plans two stages for £140,000, live on 30 June 2005. The board makes that the "
            f"baseline, on a condition: {TESTED}",
        )

    async def report_is_past_tolerance(self) -> None:
        """A highlight report is dearer than tolerated: the manager explains, and the board decides."""
        asked = await self._jumped_to(MANAGER, "highlight report")
        await self.person(MANAGER).decide(asked, delivery.highlight(DEARER, LIVE, STAGE_ENDS, cost="red"))
        await self._project_is(ProjectState.IN_EXCEPTION)
        self.project_fact(
            "tolerance.crossed",
            f"“{asked.subject}”: it will cost £162,000, more than the tenth over its plan that is tolerated. "
            "The project is in exception, and goes on only by a decision.",
        )
        explained = await self._asked(MANAGER, "exception report")
        await self.person(MANAGER).decide(explained, delivery.EXCEPTION_REPORT)
        await self._board_opens(
            "past tolerance", delivery.more_tolerance(20), second=delivery.more_tolerance(20)
        )
        await self._project_is(ProjectState.IN_STAGE)
        with self.store.reading() as tx:
            (settled,) = projects.exceptions(tx, self.project)
        if settled.tolerances is None or settled.tolerances.cost_percent != 20:
            raise NotTrue("the exception did not raise what is tolerated")
        self.project_fact(
            "exception.settled",
            "Its manager explains why. So much is the board's to decide by the handbook's matrix: it "
            "tolerates 20% from now on.",
        )

    async def gate_waits_for_its_condition(self) -> None:
        """The stage ends, but its gate does not open before the condition is met and checked."""
        checked = await self._jumped_to(AUTHORITY, "project standards")
        await self.person(AUTHORITY).decide(checked, delivery.STANDARDS)
        ended = await self._asked(MANAGER, "end stage report")
        stage = delivery.end_stage(DEARER, LIVE, LIVE, "60000")
        await self.person(MANAGER).decide(ended, stage, delivery.papers("end_stage"))
        with self.store.reading() as tx:
            (condition,) = actions.of_case(tx, self.project)

        async def waits() -> bool | None:
            with self.store.reading() as tx:
                waiting = [one.action for one in steps.waiting(tx, self.project)]
            return True if condition.ref in waiting else None

        await until(waits, f"that the gate waits for {condition.ref}")
        self.project_fact(
            "gate.waits",
            "The first stage ends. Project standards are checked and met, the report is in, and the gate "
            f"still waits for its condition, {condition.ref}.",
        )
        report = "Twenty of them have booked a seat without help."
        await self._answer(
            MANAGER, "Complete by", {"choice": "claim_complete", "reason": report}, condition.ref
        )
        await self._answer(EXECUTIVE, "Check by", {"choice": "verify"}, condition.ref)
        await self._board_opens("gate after stage 1")
        with self.store.reading() as tx:
            if actions.must(tx, condition.ref).state != ActionState.VERIFIED:
                raise NotTrue(f"the gate has opened before {condition.ref} was verified")
        self.project_fact(
            "gate.passed", "The condition is reported met, the executive checks it, and the gate opens."
        )

    async def project_goes_live(self) -> None:
        """Reports go on; the service goes live, and the board closes the project."""
        report = await self._jumped_to(MANAGER, "highlight report")
        await self.person(MANAGER).nothing_changed(report)
        self.project_fact("report.unchanged", "A report in one press: nothing has changed since the last.")
        report = await self._jumped_to(MANAGER, "highlight report")
        await self.person(MANAGER).decide(report, delivery.live(DEARER, LIVE))
        checked = await self._jumped_to(AUTHORITY, "project standards")
        await self.person(AUTHORITY).decide(checked, delivery.STANDARDS)
        ended = await self.mail.letter(MANAGER, "end project report", self.project)
        whole = delivery.end_project(LIVE, DEARER)
        await self.person(MANAGER).decide(ended, whole, delivery.papers("end_project"))
        await self._board_opens("gate of closure")
        await self._project_is(ProjectState.CLOSED)
        await self._proposal_is(State.IN_REVIEW)
        self.project_fact(
            "project.closed", "It is live on the day that was planned. The board closes the project."
        )

    async def benefits_are_read_and_the_review_is_late(self) -> None:
        """Readings come in their months; the review is due half a year after go-live, and is late."""
        await self._readings(MONTHS[0], 20)
        asked = await self._jumped_to(MANAGER, "review", self.delivered)
        await self._readings(MONTHS[1], 28)
        late = await self._jumped_to(MANAGER, "eminder", self.delivered)
        self.project_fact(
            "review.late", f"“{asked.subject}” is not answered. A reminder follows: “{late.subject}”."
        )
        await self.person(MANAGER).decide(late, delivery.review("162000", LESSON))
        await self._answer(AUTHORITY, "review", {"choice": "verify"}, self.delivered)
        listed = await self.mail.letter(SRG_SECRETARY, "On the agenda", self.delivered)
        noted = await self._jumped_to(SRG_SECRETARY, "Record by", self.delivered)
        await self.person(SRG_SECRETARY).decide(noted, {"choice": "note"})
        await self._proposal_is(State.CLOSED)
        with self.store.reading() as tx:
            learnt = [lesson.title for lesson in reviews.lessons(tx, [self.delivered])]
        if learnt != [LESSON]:
            raise NotTrue(f"the library has these lessons: {learnt}")
        self.project_fact(
            "review.noted",
            f"The review is written late, and somebody else checks it: “{listed.subject}”. SRG notes it at "
            f"that meeting, and the proposal is closed. The library of lessons has one more: {LESSON}.",
        )

    async def benefits_are_read_to_the_end(self) -> None:
        """The last readings come a year and two years after go-live."""
        await self._readings(MONTHS[2], 34)
        await self._readings(MONTHS[3], 40)

        async def concluded() -> int | None:
            with self.store.reading() as tx:
                found = benefits.of_proposal(tx, self.delivered)
                ended = all(cases.get(tx, one.ref).state == BenefitState.CONCLUDED for one in found)
                months = {tuple(one.month for one in benefits.readings(tx, one.ref)) for one in found}
            return len(found) if ended and months == {MONTHS} else None

        count = await until(concluded, "the last reading of every benefit")
        self.project_fact(
            "benefits.concluded",
            f"All {count} benefits were read 3, 6, 12 and 24 months after go-live, and are concluded.",
            benefits=count,
        )

    # ------------------------------------------------------------------ of the parts

    def project_fact(self, event: str, sentence: str, **more: object) -> None:
        """Tell what has come true of the project."""
        with self.store.reading() as tx:
            now = tx.now
        self.teller.fact(event, case=self.project or self.delivered, at=now, sentence=sentence, **more)

    async def _asked(self, to: str, about: str) -> Received:
        return await self.mail.letter(to, about, self.project)

    async def _answer(self, to: str, says: str, typed: Mapping[str, str], ref: str) -> None:
        await self.person(to).decide(await self.mail.letter(to, says, ref), typed)

    async def _board_opens(
        self, says: str, first: Mapping[str, str] | None = None, second: Mapping[str, str] | None = None
    ) -> None:
        """Let the executive and the senior user decide the same; unless told, that the project goes on."""
        yes = {"choice": "authorise"}
        await self._answer(EXECUTIVE, f"{says}, ", first or yes, self.project)
        await self._answer(SENIOR_USER, f"{says}, ", second or yes, self.project)

    async def _jumped_to(self, to: str, says: str, ref: str = "") -> Received:
        """Let the Clock jump from one thing that is due to the next, until there is a letter to somebody."""
        ref = ref or self.project
        for _ in range(MOST_JUMPS):
            await self._quiet()
            while await self.mail.unread(to, says, ref):
                letter = await self.mail.letter(to, says, ref)
                if await self.person(to).still_asked(letter):
                    return letter
            await self.jump()
        raise NotTrue(f"a letter to {to} that says “{says}” did not come")

    async def _quiet(self) -> None:
        """Wait until every case has gone on as far as it can, and every letter is sent."""

        async def nothing_on_its_way() -> bool | None:
            with self.store.reading() as tx:
                if letters.unsent(tx) or intents.unsettled(tx):
                    return None
                waiting = steps.waiting_of(tx, cases.open_refs(tx))
                ahead = all(
                    found and all(one.at is None or one.at > tx.now for one in found)
                    for found in waiting.values()
                )
            return True if ahead else None

        await until(nothing_on_its_way, "that every case waits for something")

    async def _readings(self, months: int, value: int) -> None:
        """Let the owner answer for every benefit in one of its months."""
        with self.store.reading() as tx:
            found = [one.ref for one in benefits.of_proposal(tx, self.delivered)]
        for ref in found:
            asked = await self._jumped_to(EXECUTIVE, "by ", ref)
            await self.person(EXECUTIVE).decide(asked, delivery.reading(value))
        self.project_fact(
            "benefits.read",
            f"{months} months after go-live the sponsor is asked about each of {len(found)} benefits, and "
            "answers with a number.",
            months=months,
        )

    async def _project_is(self, state: ProjectState) -> None:
        await self._case_is(self.project, state)

    async def _proposal_is(self, state: State) -> None:
        await self._case_is(self.delivered, state)

    async def _case_is(self, ref: str, state: ProjectState | State) -> None:
        async def reached() -> bool | None:
            with self.store.reading() as tx:
                return True if cases.get(tx, ref).state == state else None

        await until(reached, f"the state {state} of {ref}")
