"""Letters to the sponsor and the lead officer: where their proposal goes, and what became of it."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from activities.correspondence.case_file import CaseFile, Put, ToSponsor
from service.store import actions, cases, orders, steps
from service.store import projects as delivered
from service.store.letters import QueuedLetter
from service.store.meetings import Meeting, MeetingState
from service.store.projects import ProjectView
from service.store.sizes import SetSize
from service.store.steps import StepView
from service.telling import (
    asked,
    left_to_do,
    name,
    outliving,
    stops,
    task,
    title,
)
from workflows import letters
from workflows.delivery import ProjectState
from workflows.letters import Addressee, Answer, Question
from workflows.model import (
    Becoming,
    CaseMoved,
    Ending,
    Expiring,
    Moving,
    Outcome,
    State,
)
from workflows.rules import calendar, course, projects, routing

_BEFORE_THE_DECISION = ("notification", "issue_resolution")
"""Legs that a meeting serves only before the decision date."""
_COMPLETION = "completion"
"""The question by which a minor proposal is put to use."""
_UNDECIDING = (MeetingState.NOT_HELD, MeetingState.INQUORATE)
"""What became of meetings that decided nothing at all."""


class Sponsors(CaseFile):
    """Tells a sponsor what they need not ask for."""

    def moved(self, moved: CaseMoved) -> list[QueuedLetter]:
        """A case goes to another meeting than it was to go to, or to none: its sponsor is told why."""
        if moved.because is Moving.PUT_OFF:
            # That it is put off, and to which meeting, they have been told as its outcome.
            return []
        first = moved.legs[0]
        put = next((ask for ask in course.asked_by(first) if ask.key == moved.key), first.asks[0])
        meeting = put.meeting or first.meeting
        limited = any(leg.leg in _BEFORE_THE_DECISION for leg in moved.legs)
        answered = self._this_version()
        letter = partial(
            letters.Moved,
            matter=self._matter(),
            on=self.today,
            because=moved.because,
            question=Question(
                kind=put.kind,
                forum=title(self.rules, put.forum or first.forum, self.today) if meeting else "",
                meeting=meeting,
            ),
            left=title(self.rules, moved.forum, self.today),
            was=moved.was,
            papers_due=moved.papers_due,
            after=self._told(max(answered, key=lambda made: made.submitted_at)) if answered else None,
            asked=asked(put, self.rules, self.today),
            why=self._why_undecided(put),
            decide_by=self.case.decide_by if limited else None,
        )
        return self._to_sponsor(f"moved:{moved.number}", letter)

    def rolled_on(self, step: StepView, meeting: Meeting, why: str, to: date) -> list[QueuedLetter]:
        """A forum's meeting came to no outcome: the sponsor is told why, and when it is taken up."""
        question = self._question(step.key, step.kind, step.seats[0])
        letter = partial(
            letters.RolledOn,
            matter=self._matter(),
            on=self.today,
            day=meeting.day,
            because=meeting.state if meeting.state in _UNDECIDING else "undecided",
            reason=why,
            until=to,
            question=question.model_copy(update={"forum": title(self.rules, step.ask.forum, self.today)}),
        )
        return self._to_sponsor(f"rolled_on:{step.id}:{meeting.day}", letter)

    def sized(self, said: SetSize) -> list[QueuedLetter]:
        """The PMO has made a proposal major, or minor: sponsor and lead are told what is ahead of it now."""
        board = self.rules.routing(self.today).srg if self.rules.route.srg_decides_major else None
        letter = partial(
            letters.Sized,
            matter=self._matter(),
            size=said.size,
            by=title(self.rules, said.by_post, self.today),
            reason=said.reason,
            board=board.name if board else "",
            completes=title(self.rules, self.case.lead, self.today),
            returned=self.case.state == State.RETURNED,
        )
        return self._to_sponsor(f"sized:{said.number}", letter)

    def became(self, becoming: Becoming, *, orders_to: str = "") -> list[QueuedLetter]:
        """A state that ends or turns a proposal has a letter of its own, to sponsor and lead.

        `orders_to` is the host that orders are sent to, if they are sent from here.
        """
        state = State(becoming.state)
        step = steps.get(self.tx, becoming.because) if becoming.because else None
        letter = self._letter_of(state, step, orders_to, becoming.valid_until)
        return self._to_sponsor(f"{state}:{becoming.number}", letter) if letter else []

    def expiring(self, expiring: Expiring, *, orders_to: str = "") -> list[QueuedLetter]:
        """An approval lapses soon: sponsor and lead are told what to do about it.

        `orders_to` is as in `became`.
        """
        asked = [step for step in steps.of_case(self.tx, self.case.ref) if step.open]
        waiting = steps.waiting(self.tx, self.case.ref)
        put_off = next((wait for wait in waiting if wait.next == _COMPLETION), None)
        posts = [seat.post for step in asked for seat in step.seats if not seat.answered]
        posts += [put_off.on] if put_off else []
        letter = partial(
            letters.Expiring,
            matter=self._matter(),
            written=self.today,
            valid_until=expiring.valid_until,
            working_days=calendar.working_days_between(
                self.today, expiring.valid_until, self.rules.non_working
            ),
            size=self.case.size,
            waiting_for=tuple(title(self.rules, post, self.today) for post in dict.fromkeys(posts)),
            put_off=calendar.local_day(put_off.at) if put_off and put_off.at else None,
            unmet=self._unmet(),
            broken_off=any(wait.next == steps.BROKEN_OFF for wait in waiting),
            order=orders.number_raised(self.tx, self.case.ref),
            orders_to=orders_to,
        )
        return self._to_sponsor(f"expiring:{expiring.number}", letter)

    def _submitted(self, to: Addressee, kept: Mapping[str, Outcome]) -> letters.Submitted:
        standing = [steps.must(self.tx, outcome.step) for outcome in kept.values()]
        answered = (self._told(made).who for step in standing for made in self._made(step))
        return letters.Submitted(
            to=to,
            matter=self._matter(),
            on=self.case.proposal.submitted,
            decide_by=self.case.decide_by,
            fingerprint=self.case.content_hash,
            route=stops(self.case.route, self.rules, self.case.proposal.submitted, kept),
            kept=tuple(dict.fromkeys(answered)),
        )

    def _letter_of(
        self, state: State, step: StepView | None, orders_to: str, valid_until: date | None
    ) -> ToSponsor | None:
        """Return the letter which a state sends, if it sends one."""
        common = {"matter": self._matter(), "on": self.today}
        answers = self._alike(step, state)
        match state:
            case State.APPROVED:
                approving = tuple(self._told(made) for made in self._this_version())
                order = {"order": orders.number_of(self.case.ref), "orders_to": orders_to}
                size = self.case.size
                return partial(
                    letters.Approved, **common, **order, size=size, answers=approving, valid_until=valid_until
                )
            case State.REJECTED:
                return partial(letters.Rejected, **common, answers=answers)
            case State.CLOSED_UNFUNDED:
                return partial(letters.Unfunded, **common, answers=answers)
            case State.CLOSED_REFUSED:
                left = self._left_to_do(step)
                return partial(letters.ExceptionRefused, **common, answers=answers, left=left)
            case State.RETURNED:
                page = self._links.page(f"proposals/{self.case.ref}")
                left = self._left_to_do(step)
                return partial(letters.Returned, **common, wanted=answers, answer_at=page, left=left)
            case State.WITHDRAWN:
                return partial(self._withdrawn, orders_to=orders_to)
            case State.LAPSED if self._ran_out(step):
                return partial(
                    letters.ApprovalLapsed,
                    **common,
                    valid_until=self.case.valid_until,
                    approved_by=self._approved_by(),
                    order=orders.number_raised(self.tx, self.case.ref),
                    orders_to=orders_to,
                )
            case State.LAPSED if step:
                return partial(
                    letters.Lapsed,
                    **common,
                    question=self._question(step.key, step.kind, step.seats[0]),
                    why=step.why,
                    asked=self._asked(Put.again(step, step.seats), step.seats),
                    answers=tuple(self._told(made) for made in self._made(step)),
                )
            case State.CLOSED:
                last = answers[-1].who if answers else ""
                if step and step.kind == projects.REVIEW_SRG:
                    return partial(letters.Completed, **common, reviewed_by=last)
                if step and step.kind == projects.REVIEW_CHECK:
                    return partial(letters.Completed, **common, checked_by=last)
                return partial(letters.Completed, **common, confirmed_by=last)
            case _:
                return None

    def _alike(self, step: StepView | None, state: State) -> tuple[Answer, ...]:
        """Return the answers that brought a case to a state: those of each question put together with a
        step's that came to it.
        """
        if step is None:
            return ()
        beside = [other for other in self._beside(step) if other.choice]
        alike = [other for other in beside if self._end(other, other.choice) is state]
        return tuple(answer for one in (step, *alike) for answer in self._answers(one))

    def _withdrawn(self, to: Addressee, orders_to: str) -> letters.Withdrawn:
        left = outliving(self.tx, self.case.ref)
        project = delivered.of_proposal(self.tx, self.case.ref)
        return letters.Withdrawn(
            to=to,
            matter=self._matter(),
            on=self.today,
            by=self._withdrew(),
            order=orders.number_raised(self.tx, self.case.ref),
            orders_to=orders_to,
            left=tuple(left_to_do(action, self.rules, self.today) for action in left),
            project=project.ref if project and self._closed_with(project) else "",
        )

    def _closed_with(self, project: ProjectView) -> bool:
        """Say whether a project is closed because its proposal is withdrawn, and was not before."""
        wish = self.case.withdrawal
        early = project.state is ProjectState.CLOSED_EARLY
        return early and wish is not None and project.changed >= wish.at

    def _ran_out(self, step: StepView | None) -> bool:
        """Say whether it is its approval that lapses, and not a question that nobody answered."""
        silent = step is not None and step.ending is Ending.SILENT
        return self.case.valid_until is not None and not silent

    def _approved_by(self) -> tuple[str, ...]:
        """Return the forum that approved the version in hand, or else the posts that gave its money."""
        yes = [(step, made) for step, made in self._decisions(self.case.version) if made.choice.favourable]
        by_a_board = routing.APPROVED_BY_A_BOARD
        forums = [step.ask.forum for step, _ in yes if step.kind in by_a_board and step.ask.forum]
        bodies = forums or [made.post for step, made in yes if step.kind in ("funding", "authority")]
        return tuple(title(self.rules, body, self.today) for body in dict.fromkeys(bodies))

    def _unmet(self) -> tuple[letters.Task, ...]:
        """Return the conditions for which an approval waits before it is put to use."""
        waits = (wait for wait in steps.waiting(self.tx, self.case.ref) if wait.action)
        return tuple(
            task(self.tx, cases.get(self.tx, ref), actions.must(self.tx, ref), self.rules, self.today)
            for ref in (wait.action for wait in waits if wait.next != steps.BROKEN_OFF)
        )

    def _left_to_do(self, step: StepView | None) -> letters.Condition | None:
        """Return what a step's refusal or return leaves the directorate to do, if it is followed up."""
        following = actions.of_case(self.tx, self.case.ref)
        action = next((one for one in following if step and one.source == step.id), None)
        return left_to_do(action, self.rules, self.today) if action else None

    def _withdrew(self) -> str:
        withdrawal = self.case.withdrawal
        return name(self.people, withdrawal.by) if withdrawal else "an operator of this service"
