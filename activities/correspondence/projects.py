"""Letters about projects, exceptions from their standards, and benefits."""

from datetime import date
from typing import Literal

from activities.correspondence.case_file import Put
from activities.correspondence.proposals import Correspondence
from service import delivering, realised, telling
from service.store import benefits, cases, projects, steps
from service.store import letters as ledger
from service.store.letters import QueuedLetter
from service.store.projects import ProjectView
from service.store.steps import StepView
from service.telling import title
from workflows import days, letters
from workflows.delivery import Authority, ExceptionRaised, GateKind, ProjectState
from workflows.model import Becoming, Choice, Seat, StepClosing
from workflows.rules import calendar, meetings
from workflows.rules import projects as rule

PROJECT_WITHDRAWN = "project_withdrawn"
"""Why a question of a project falls away with the proposal that it follows from."""

_PLAIN = ("mandate", "initiation")
"""Questions that are put before there is anything by which to say how a project stands."""
_RECEIPT, _WITHDRAWN = "receipt", "withdrawn"
_OUTCOMES = (_RECEIPT, "outcome", "closed_without_you")
"""The letters that tell what a question came to."""
_GATES = (rule.GATE, rule.GATE_SRG)
_GOES_UP = (rule.GATE, rule.PUT_TO[Authority.PROGRAMME_OFFICE], rule.PUT_TO[Authority.BOARD])
"""Questions that SRG decides, where there is one, if those who are asked do not."""
_AUTHORISED = (Choice.AUTHORISE, Choice.AUTHORISE_WITH_CONDITIONS)
_WANTED = (Choice.EXCEPTION_PLAN, Choice.CLOSE_EARLY)
_OF_MANAGER = {
    **dict.fromkeys(_GATES, (Choice.RETURN, *_WANTED)),
    **dict.fromkeys(rule.PUT_TO.values(), _WANTED),
    rule.HIGHLIGHT: (Choice.STAGE_DONE,),
    rule.STANDARDS_SRG: (Choice.REJECT,),
}
"""Outcomes by which the project manager is asked for something next, by the kind of question."""


_REVIEWED = ((rule.REVIEW_CHECK, Choice.VERIFY), (rule.REVIEW_SRG, Choice.NOTE))
"""Outcomes after which a review is not to come any more."""


class DeliveryLetters(Correspondence):
    """The letters of a project and what follows from it. Each question is about the whole of it."""

    def exceeded(self, raised: ExceptionRaised) -> list[QueuedLetter]:
        """A forecast is past what is tolerated: manager, board and programme office are told, each once."""
        project = projects.must(self.tx, self.case.ref)
        office = self.rules.roles["pmo"]
        parts: list[tuple[str, Literal["manager", "board", "office"]]] = [
            (project.manager, "manager"),
            *((post, "board") for post in project.board),
            (office, "office"),
        ]
        queued: list[QueuedLetter] = []
        for post, part in parts:
            person = self.people.holder(post, self.today)
            if person and person.id not in [letter.person for letter in queued]:
                to = self._addressee(post, person.id)
                letter = self._past_tolerance(project, raised, to, part)
                key = f"{self.case.ref}:exceeded:{raised.number}:{person.id}"
                queued.append(self._tell(key, letter, None, person.id, post))
        return queued

    def became(self, becoming: Becoming, *, orders_to: str = "") -> list[QueuedLetter]:
        """A project that is closed early has a letter of its own, to its manager and its board: to each whom
        no other letter has told of that.
        """
        if self.case.kind != projects.KIND or becoming.state != ProjectState.CLOSED_EARLY:
            return []
        project = projects.must(self.tx, self.case.ref)
        known = self._told_of_its_end(project, becoming.because)
        queued: dict[str, QueuedLetter] = {}
        for named in filter(None, (project.manager, *project.board)):
            post = self.rules.acting(named, self.today)
            person = self.people.holder(post, self.today)
            if person and person.id not in {*known, *queued}:
                letter = letters.ClosedEarly(
                    to=self._addressee(post, person.id),
                    matter=self._matter(),
                    on=self.today,
                    because=self._why_early(project, becoming.because),
                    proposal=project.parent,
                    reviewed=self._reviewed(project.parent),
                )
                key = f"{self.case.ref}:closed_early:{person.id}"
                queued[person.id] = self._tell(key, letter, None, person.id, post)
        return list(queued.values())

    def _why_early(self, project: ProjectView, because: str) -> Literal["decided", "withdrawn", "cancelled"]:
        if because:
            return "decided"
        return "withdrawn" if cases.get(self.tx, project.parent).withdrawal else "cancelled"

    def _reviewed(self, proposal: str) -> bool:
        made = steps.of_case(self.tx, proposal)
        return any((step.kind, step.choice) in _REVIEWED for step in made)

    def _told_of_its_end(self, project: ProjectView, because: str) -> set[str]:
        """Return whom other letters tell that a project is closed: of the decision at its last gate, of its
        last report, of a question that fell away with it, or of their proposal's withdrawal.
        """
        if because:
            step = steps.must(self.tx, because)
            telling_it = _OUTCOMES if step.kind in _GATES else (_RECEIPT,)
            return {row.person for row in ledger.of_step(self.tx, because) if row.kind in telling_it}
        fallen = [step for step in steps.of_case(self.tx, project.ref) if step.why == _WITHDRAWN]
        known = {
            row.person for step in fallen for row in ledger.of_step(self.tx, step.id) if row.kind in _OUTCOMES
        }
        parent = cases.get(self.tx, project.parent)
        posts = (parent.sponsor, parent.lead) if parent.withdrawal else ()
        holders = (self.people.holder(post, self.today) for post in posts)
        return known | {holder.id for holder in holders if holder}

    def closed(self, step: StepView, closing: StepClosing) -> list[QueuedLetter]:
        """A question is over. One that falls away with its project's proposal says that both end."""
        if closing.why == _WITHDRAWN and self.case.kind == projects.KIND:
            closing = closing.model_copy(update={"why": PROJECT_WITHDRAWN})
        return super().closed(step, closing)

    def _past_tolerance(
        self,
        project: ProjectView,
        raised: ExceptionRaised,
        to: letters.Addressee,
        part: Literal["manager", "board", "office"],
    ) -> letters.PastTolerance:
        crossing, baseline = raised.crossing, project.baseline
        if baseline is None:
            raise LookupError(f"{project.ref} is past a plan that it has not")
        report = next(one for one in projects.reports(self.tx, project.ref) if one.step == raised.step)
        who: dict[Authority, tuple[str, str]] = {
            Authority.PROGRAMME_OFFICE: (title(self.rules, self.rules.roles["pmo"], self.today), "office"),
            Authority.BOARD: ("the project board", "board"),
            Authority.SRG: (title(self.rules, self.rules.route.srg or "SRG", self.today), ""),
        }
        decides, deciding = who[crossing.authority]
        linked = crossing.linked
        return letters.PastTolerance(
            to=to,
            matter=self._matter(),
            on=calendar.local_day(report.at),
            of=crossing.of,
            cost=report.forecast.cost,
            approved=baseline.cost,
            over=crossing.variance.over,
            over_percent=crossing.variance.over_percent,
            tolerated_percent=baseline.tolerances.cost_percent,
            go_live=report.forecast.go_live,
            approved_go_live=baseline.go_live,
            late=crossing.variance.late,
            tolerated_days=baseline.tolerances.days,
            together_percent=linked.over_percent if linked else None,
            together_late=linked.late if linked else 0,
            manager=title(self.rules, project.manager, self.today),
            decides=decides,
            asked_anew=raised.asked_anew,
            part=part,
            decided_by_you=part == deciding,
            clause=self._clause(self.rules.delivery_clauses()["exception"]),
        )

    def _coincidences(self, put: Put) -> tuple[str, ...]:
        # They are of the way of a proposal, and a project has its board.
        return ()

    def _so_far(self, put: Put) -> tuple[letters.Answer, ...]:
        # Years of reports are not told again in each letter: how it stands by the last says it.
        return ()

    def _stands(self, put: Put) -> tuple[str, ...]:
        """Say how a project, or a benefit, stands by its last report."""
        if put.terms.kind in _PLAIN:
            return ()
        if self.case.kind == benefits.KIND:
            return realised.stands(self.tx, benefits.must(self.tx, self.case.ref))
        project = projects.get(self.tx, self.case.ref)
        if project is None:
            return ()
        rated = delivering.confidence(self.tx, project)
        return (*delivering.stands(self.tx, project), *([rated] if rated else []))

    def _why_the_line(self, put: Put, seat: Seat) -> str:
        because = super()._why_the_line(put, seat)
        if because != "covers_author":
            return because
        holder = self.people.holder(seat.post, self.today)
        own = telling.writers(self.tx, self.case, self.today, put.terms.kind)
        return "manager" if holder and holder.id in own else "covers_manager"

    def _becomes(self, step: StepView, choice: Choice | None) -> str:
        return ""

    # ---------------------------------------------------------------- what happens next

    def _next_of_delivery(self, step: StepView, choice: Choice | None, reader: str) -> letters.Next | None:
        if choice is Choice.REFER_UP:
            return self._before_srg(step.kind)
        return super()._next_of_delivery(step, choice, reader)

    def _asked_next(self, step: StepView, choice: Choice | None) -> tuple[str, ...]:
        if choice is None:
            return ()
        project = projects.get(self.tx, self._project_of())
        if project is None:
            return ()
        if step.kind == rule.MANDATE:
            # It names those who are asked next: its giver may well be one of them.
            said = [one.answers for one in self._made(step)][-1:]
            return tuple(box.value for one in said for name, box in one.items() if name in projects.BOARD)
        gate = step.key.removesuffix("-srg")
        if gate == rule.gate_key(GateKind.START_UP, 0) and choice is Choice.RETURN:
            return (self.rules.routing(self.today).project_authority or self.case.sponsor,)
        if gate == rule.gate_key(GateKind.CLOSURE, 0) and choice is Choice.CLOSE_EARLY:
            return ()
        if step.kind == rule.HIGHLIGHT and project.state is not ProjectState.IN_STAGE:
            # Beside a gate it ends no stage: what ends it is in.
            return ()
        starts = gate == rule.gate_key(GateKind.START_UP, 0) and choice in _AUTHORISED
        if starts or choice in _OF_MANAGER.get(step.kind, ()):
            return (self.rules.acting(project.manager, self.today),)
        return ()

    def _project_of(self) -> str:
        """Return the project that the case is, or follows from; empty where it is of none."""
        raised = projects.standards_exception(self.tx, self.case.ref)
        return raised.parent if raised else self.case.ref

    def _put_at_a_meeting(self, step: StepView) -> letters.Next | None:
        """A board that decides nothing leaves it to SRG, and so does the programme office."""
        return self._before_srg(step.kind) if step.kind in _GOES_UP else None

    def _before_srg(self, kind: str) -> letters.Next | None:
        """Return that SRG decides, and on which day: the first that papers handed in now can reach."""
        srg = self.rules.route.srg
        if not srg:
            return None
        today = calendar.day_of_receipt(self.at, ())
        day = meetings.comes_up(None, self._sittings(srg, today), today)
        return letters.Next(leg=kind, who=(title(self.rules, srg, self.today),), on=day)

    def _passed_on(self, key: str, kind: str, day: date) -> str:
        onward = self._before_srg(kind) if kind in _GOES_UP else None
        if onward is None:
            return ""
        return f"{onward.who[0]} at its meeting of {days.said(onward.on)}" if onward.on else onward.who[0]
