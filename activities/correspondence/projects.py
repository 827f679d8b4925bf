"""Letters about projects, exceptions from their standards, and benefits."""

from typing import Literal

from activities.correspondence.case_file import Put
from activities.correspondence.proposals import Correspondence
from service import delivering, telling
from service.store import benefits, projects
from service.store.letters import QueuedLetter
from service.store.projects import ProjectView
from service.store.steps import StepView
from service.telling import title
from workflows import letters
from workflows.delivery import Authority, ExceptionRaised
from workflows.model import Choice, Holder, Seat
from workflows.rules import calendar

_PLAIN = ("mandate", "initiation")
"""Questions that are put before there is anything by which to say how a project stands."""


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
            part=part,
            decided_by_you=part == deciding,
            clause=self._clause(self.rules.delivery_clauses()["exception"]),
        )

    def _asking(self, put: Put, seat: Seat, holder: Holder) -> dict[str, object]:
        own = {"coincidences": (), "stands": self._stands(put)}
        return super()._asking(put, seat, holder) | own

    def _so_far(self, put: Put) -> tuple[letters.Answer, ...]:
        # Years of reports are not told again in each letter: how it stands by the last says it.
        return ()

    def _stands(self, put: Put) -> tuple[str, ...]:
        """Say how a project, or a benefit, stands by its last report."""
        if put.terms.kind in _PLAIN:
            return ()
        if self.case.kind == benefits.KIND:
            return delivering.benefit_stands(self.tx, benefits.must(self.tx, self.case.ref))
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
