"""Where a case is now, in words: on whom, since when, what happens next, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from service import delivering, sittings, telling
from service.handbook import Edition
from service.store import actions, approvers, failing, intents, projects, steps
from service.store.approvers import Approver
from service.store.cases import CaseItem, CaseView
from service.store.engine import Tx
from service.store.projects import ProjectView
from service.store.steps import StepView, Waiting
from service.web import words
from workflows.delivery import ProjectState
from workflows.model import MEETING, ZONE, Choice, Ending, Leg, Nudge, Size, State
from workflows.rules import calendar, course, reports, states
from workflows.rules.assessments import IMPLEMENTATION


@dataclass(frozen=True)
class Wait:
    """Something a case waits for."""

    step: str
    kind: str
    """What is asked, without what it is about; empty where nobody is."""
    on: str
    """The key of the post or forum."""
    action: str
    """The action that is waited for, where a condition guards what is to come; else empty."""
    who: str
    """Its title."""
    began: datetime
    since: date
    working_days: int
    next: str
    """What happens if it goes on waiting, in words."""
    moment: datetime | None
    at: date | None
    quiet: str = ""
    """For a wait in which nobody owes anything yet only: all of it, in words."""
    takes_effect: str = ""
    """For what waits for second thoughts only, decided or left even: when it takes effect, in words."""

    @property
    def sentence(self) -> str:
        """Say it all."""
        if self.takes_effect:
            return f"Answered; takes effect {self.takes_effect} unless an answer is taken back."
        if self.quiet:
            return self.quiet
        if self.action and self.at is None:
            return (
                f"Condition {self.action} of {self.who} was broken off before it was met: "
                "the proposal can only be withdrawn."
            )
        if self.action and self.at:
            return f"Waits for condition {self.action} of {self.who}, due {words.short_day(self.at)}."
        said = (
            f"With {self.who} since {words.short_day(self.since)} ({words.working_days(self.working_days)})."
        )
        if self.at is None:
            return said if self.step else f"{said} {words.sentence(self.next)}"
        return f"{said} On {words.day(self.at)}, {self.next}."


@dataclass(frozen=True)
class Place:
    """A leg on the map of a case's way."""

    leg: str
    who: str
    clause: str
    reason: str
    place: str
    """done, here, stopped, to come or, once the case is over, not reached."""
    why: str
    """For a leg where the case stopped: rejected, refused, unfunded, returned, lapsed or withdrawn."""
    when: str


def waits(tx: Tx, case: CaseView) -> tuple[Wait, ...]:
    """Return what a case waits for."""
    edition = telling.rules_of(tx, case)
    return worded(steps.waiting(tx, case.ref), edition, tx.today)


def worded(waiting: Iterable[Waiting], edition: Edition, today: date) -> tuple[Wait, ...]:
    """Put waits into words."""
    return tuple(_worded(wait, edition, today) for wait in waiting)


def _worded(wait: Waiting, edition: Edition, today: date) -> Wait:
    since = words.local(wait.since)
    return Wait(
        step=wait.step,
        kind=wait.kind,
        on=wait.on,
        action=wait.action,
        who=telling.title(edition, wait.on, today),
        began=wait.since,
        since=since,
        working_days=calendar.working_days_between(since, today, edition.non_working),
        next=_next(wait, edition, telling.title(edition, wait.on, today)),
        moment=wait.at,
        at=words.local(wait.at) if wait.at else None,
        quiet=_quiet(wait, since, today, edition),
        takes_effect=_takes_effect(wait, today),
    )


def _quiet(wait: Waiting, since: date, today: date, edition: Edition) -> str:
    """Say all of a wait in which nobody is asked anything yet: for what, since when, what happens then."""
    if wait.step or wait.action or wait.next not in _QUIET:
        return ""
    worked = calendar.working_days_between(since, today, edition.non_working)
    what = _QUIET[wait.next].format(telling.title(edition, wait.on, today))
    said = f"Waits for {what} since {words.short_day(since)} ({words.working_days(worked)})."
    then = _next(wait, edition, "")
    return f"{said} On {words.day(wait.at)}, {then}." if wait.at else f"{said} {words.sentence(then)}"


_QUIET = {
    "highlight": "the next report of {}",
    "go_live": "its project to go live",
    "benefit": "the next reading of {}",
    "post_implementation_review": "its review by {}",
    IMPLEMENTATION: "what was chosen to be put in place by {}",
}
"""For what a case waits without anybody being asked yet, by the leg that waits."""


def _takes_effect(wait: Waiting, today: date) -> str:
    if wait.next != steps.HELD:
        return ""
    if wait.at is None:
        return "soon"
    clock = f"{wait.at.astimezone(ZONE):%H:%M}"
    return f"at {clock}" + ("" if words.local(wait.at) == today else f" on {words.day(wait.at)}")


def _next(wait: Waiting, edition: Edition, who: str) -> str:
    if wait.next == steps.HELD:
        return "it takes effect unless it is taken back"
    if wait.next == steps.BROKEN_OFF:
        return "nothing: the proposal can only be withdrawn"
    if wait.action:
        return "it goes on once the condition is met"
    if wait.next in list(Nudge):
        return words.NUDGES[Nudge(wait.next)]
    if wait.step:
        return "it goes on waiting"
    if wait.at is None:
        return _UNTIMED.get(wait.next, "then it goes on")
    if wait.next in _ASKED_THEN:
        return _ASKED_THEN[wait.next]
    forum = edition.forums.get(wait.on)
    # A case waits for a day because a forum meets on it, or because those asked have put it off to it; one
    # that began to wait when the record did not say which is told by the handbook's meetings.
    meets = wait.next == MEETING or (forum is not None and words.local(wait.at) in forum.meetings)
    return f"{who} meets" if meets else "it is put to them again"


_UNTIMED = {
    "resubmission": "nothing happens until the next version is submitted",
    "project": "nothing happens until its project begins",
    "go_live": "nothing is asked until its project has gone live",
    IMPLEMENTATION: "it ends when that is done and checked",
}
"""What comes next where a case waits for no day, by the leg that waits."""

_ASKED_THEN = {
    "highlight": "the next highlight report is asked for",
    "benefit": "it is asked how much has come about",
    "post_implementation_review": "the review is asked for",
}
"""What comes on the day that a case waits for, where that is no meeting's and nobody has put it off."""


def sentences(tx: Tx, case: CaseView) -> tuple[str, ...]:
    """Say where a case is, in one sentence for each thing it waits for, and whether a fault holds it up."""
    held_up = tuple(
        f"It has not moved for {words.lasting(tx.real - one.since)} because of a fault in Assent, which "
        f"fails at {one.doing} and tries again every minute."
        for one in failing.of_case(tx, case.ref)[:1]
        if case.open
    )
    return (*held_up, *_of_project(tx, case), *told(case, waits(tx, case)))


def _of_project(tx: Tx, case: CaseView) -> tuple[str, ...]:
    """Say where the project of a proposal is that is in its project."""
    project = projects.of_proposal(tx, case.ref) if case.state == State.IN_PROJECT else None
    return (f"Its project is {project.ref}. {stand(tx, project)}".strip(),) if project else ()


def stand(tx: Tx, project: ProjectView) -> str:
    """Say in one sentence where a project is on its way; nothing once it is over."""
    match project.state:
        case ProjectState.STARTING:
            return "It is starting up: its manager and its board are named, so that it can be planned."
        case ProjectState.INITIATING:
            return "It is being planned."
        case ProjectState.IN_STAGE:
            return f"It is in {_stage(tx, project)}."
        case ProjectState.AT_GATE:
            return f"It is at the gate after {_stage(tx, project)}."
        case ProjectState.IN_EXCEPTION:
            return f"It is stopped in {_stage(tx, project)}, because it is past what is tolerated."
        case ProjectState.CLOSING:
            return "It is being closed."
        case _:
            return ""


def _stage(tx: Tx, project: ProjectView) -> str:
    plan = project.baseline
    if plan is None or not project.stage:
        return "its first stage"
    found = delivering.called(tx, project).get(project.stage)
    return f"stage {project.stage} of {len(plan.stages)}{f', {found.name}' if found else ''}"


def told(case: CaseItem, waiting: Sequence[Wait]) -> tuple[str, ...]:
    """Say where a case is, given what it waits for."""
    asked = any(wait.step or wait.action for wait in waiting)
    if waiting and (asked or not (_before_project(case) or case.state == State.IN_PROJECT)):
        return (*(_one_sentence(alike) for alike in _alike(waiting)), *_validity(case))
    state = words.state(case.state)
    if case.state == State.IN_PROJECT:
        since = words.short_day(case.changed)
        return (f"In project since {since}. Its review follows when the project has ended.",)
    if not case.open:
        return (f"{state} on {words.short_day(case.changed)}.",)
    if case.withdrawal is not None:
        return ("It is being withdrawn.",)
    if _before_project(case):
        said = f"Approved on {words.short_day(case.changed)}. Its project is still to come."
        return (said, *_validity(case))
    if case.state == State.RETURNED:
        return ("It is with its sponsor, who is asked for a new version.",)
    if case.kind != "proposal":
        # A report may be the last, or stop the project, and then there are no next people.
        return ("What follows from it is being worked out. Look again in a minute.",)
    return ("It is on its way to the next people. Look again in a minute.",)


def _validity(case: CaseItem) -> tuple[str, ...]:
    """Say until when an approval is good that is still to be put to use."""
    if case.state != State.APPROVED or case.valid_until is None:
        return ()
    used = "its project has begun" if case.size is Size.MAJOR else "completion is confirmed"
    return (f"The approval is valid until {words.day(case.valid_until)}, and lapses unless {used} by then.",)


def _alike(waiting: Sequence[Wait]) -> Iterable[list[Wait]]:
    """Put together those who are awaited since the same day, and of whom the same comes next."""
    found: dict[tuple[object, ...], list[Wait]] = {}
    for wait in waiting:
        same = (wait.kind, wait.since, wait.next, wait.at) if wait.step else (wait,)
        found.setdefault(same, []).append(wait)
    return found.values()


def _one_sentence(waits: Sequence[Wait]) -> str:
    """Say of several in one sentence on whom a case waits: each once, whatever they are asked about."""
    first, who = waits[0], list(dict.fromkeys(wait.who for wait in waits))
    # One is named as if alone; of many, the first few would say little, so that all are listed.
    return replace(first, who=words.listed(who)).sentence


def since_answer(
    tx: Tx, case: CaseView, step: StepView, settled: Choice | None, *, counted: bool = True
) -> tuple[str, ...]:
    """Say what has become of a question and of those put together with it, and where the case is now.

    `settled` is what the question came to, which the engine knows a moment before the register. Unless
    `counted`, how many have answered is not told.
    """
    if case.kind == actions.KIND:
        return _since_answer_on_action(tx, case, step, settled)
    if case.kind != "proposal" or step.kind in reports.KINDS:
        return _since_answer_on_delivery(tx, case, step, settled, counted=counted)
    version = case.version if step.id in case.kept.values() else step.version
    beside = telling.together(case, step, steps.of_version(tx, case.ref, version))
    outcomes = [settled if one.id == step.id else one.choice for one in beside]
    waiting = waits(tx, case)
    moved = any(wait.step not in [one.id for one in beside] for wait in waiting)
    answered = list(zip(beside, outcomes, strict=True))
    passed = all(
        outcome not in (None, Choice.DEFER) and states.after(telling.came_to(one, outcome)) is None
        for one, outcome in answered
    )
    alone = words.became(settled, step.kind) if len(beside) == 1 and settled else ""
    here = case.version == version and case.state != State.RETURNED and not moved
    underway = case.open and case.withdrawal is None and here
    onward = _onward(tx, case, answered) if underway and passed else ""
    halted = _halted(tx, case, answered) if underway and not passed else ""
    many = _counted(tx, case, beside) if counted else ""
    become = "; ".join(filter(None, (many, alone, onward or halted)))
    # What the register has yet to hear is settled still stands in it as waiting.
    over = [one.id for one, outcome in answered if outcome is not None]
    left = [wait for wait in waiting if wait.step not in over]
    return (*([words.sentence(become)] if become else ()), *(() if onward or halted else told(case, left)))


def _since_answer_on_action(
    tx: Tx, case: CaseView, step: StepView, settled: Choice | None
) -> tuple[str, ...]:
    if settled is None:
        return sentences(tx, case)
    action, rules = actions.must(tx, case.ref), telling.rules_of(tx, case)
    owner, verifier = (telling.title(rules, post, tx.today) for post in (action.owner, action.verifier))
    onward = {
        Choice.CLAIM_COMPLETE: f"it goes to {verifier} to be checked",
        Choice.SEND_BACK: f"it goes back to {owner}",
        Choice.VERIFY: "nothing more is asked",
    }
    return (words.sentence(f"{words.became(settled, step.kind)}; {onward[settled]}"),)


def _since_answer_on_delivery(
    tx: Tx, case: CaseView, step: StepView, settled: Choice | None, *, counted: bool
) -> tuple[str, ...]:
    """Say what has become of a question about a project, a benefit or a standards exception."""
    left = [wait for wait in waits(tx, case) if wait.step != step.id or settled is None]
    if settled is None and step.why in words.DROPPED:
        return (f"Your answer counts no more. {words.ended(step.why)}", *told(case, left))
    many = _counted(tx, case, [step]) if counted else ""
    become = "; ".join(filter(None, (many, words.became(settled, step.kind, step.key) if settled else "")))
    return (*([words.sentence(become)] if become else ()), *told(case, left))


_HALTED = {
    State.RETURNED: "its sponsor is asked for a new version",
    State.CLOSED: "nothing more is asked",
}
"""What becomes of a case whose question stops it there; where it ends against it, its sponsor is told."""


def _halted(tx: Tx, case: CaseView, answered: Sequence[tuple[StepView, Choice | None]]) -> str:
    """Say what comes of a question that lets a case go no further, or puts it off; nothing for others."""
    decided = [
        telling.came_to(one, choice) for one, choice in answered if choice and choice is not Choice.DEFER
    ]
    stopped = states.after(states.together(decided)) if decided else None
    if stopped is not None:
        return _HALTED.get(stopped, "it ends here, and its sponsor is told why")
    put_off = [one.id for one, choice in answered if choice is Choice.DEFER]
    if put_off and all(choice is not None for _, choice in answered):
        days = [
            (made.until, made.next_meeting)
            for made in intents.decisions_of(tx, case.ref, strict=False)
            if made.step in put_off and made.choice is Choice.DEFER and made.until
        ]
        if not days:
            return "it is asked again later"
        on, next_meeting = max(days)
        return f"it is asked again on {words.day(on)}{', at the next meeting' if next_meeting else ''}"
    return ""


def _onward(tx: Tx, case: CaseView, answered: Sequence[tuple[StepView, Choice | None]]) -> str:
    """Say where a case goes after questions that were put together."""
    rules = telling.rules_of(tx, case)
    outcomes = {step.key: telling.came_to(step, choice) for step, choice in answered}
    since = min([tx.today, *(leg.meeting for leg in case.route if leg.meeting)])
    following = telling.following(
        case,
        outcomes,
        rules,
        calendar.day_of_receipt(tx.now, ()),
        steps.of_version(tx, case.ref, case.version),
        lambda forum: sittings.of(tx, case.organisation, rules, forum, since=since),
    )
    if following is None:
        return ""
    if not following.who:
        return "its project is still to come"
    on = f" on {words.day(following.on)}" if following.on else ""
    return f"it goes to {words.listed(following.who)}{on}"


def _counted(tx: Tx, case: CaseView, beside: Sequence[StepView]) -> str:
    """Say how many of those asked together have answered; nothing where only one was asked."""
    asked = sum(len(step.seats) for step in beside)
    if asked < 2:
        return ""
    ids = [step.id for step in beside]
    made = [
        decision.choice
        for decision in intents.decisions_of(tx, case.ref, strict=False)
        if decision.step in ids
    ]
    hidden = any(step.open and (step.blind or step.terms.hold) for step in beside)
    agreed = not hidden and all(choice.favourable for choice in made)
    kinds = {step.kind for step in beside}
    people = (
        {"funding": "funders", "srg": "members", "referral": "members"}.get(kinds.pop())
        if len(kinds) == 1
        else None
    )
    verb = "has" if len(made) == 1 else "have"
    done = "approved" if agreed and people else "answered"
    whom = f"{asked} {people}" if people else f"the {asked} who were asked"
    return f"{len(made)} of {whom} {verb} {done}"


def _before_project(case: CaseItem) -> bool:
    """Say whether a case waits for nobody but for its project, of which nobody has been asked yet."""
    return case.state == State.APPROVED and case.size is Size.MAJOR


def places(tx: Tx, case: CaseView) -> tuple[Place, ...]:
    """Draw the map: every leg of the route, those that an answer added, and where the case is on it."""
    edition = telling.rules_of(tx, case)
    asked = _latest(steps.of_version(tx, case.ref, case.version))
    found: list[Place] = []
    for leg in course.walked(case.route, case.branches, asked):
        chains = (
            [asked[ask.key] for ask in (first, *first.otherwise) if ask.key in asked] for first in leg.asks
        )
        own = [chain[-1] for chain in chains if chain]
        place, why = _fared(case, own, whole=len(own) == len(leg.asks))
        if case.state in _BEYOND.get(leg.leg, ()):
            place = "done"
        passing = states.while_passing(leg) == case.state and place != "done"
        # Legs that share a state are passed one after another, so the case is on the first of them.
        if passing and not any(earlier.place == "here" for earlier in found):
            place, why = "here", ""
        found.append(_place(leg, edition, tx.today, place, why))
    gone = (one for one in approvers.of_case(tx, case.ref) if one.taken_back_at)
    return (*found, *(_taken_back(one, edition, tx.today) for one in gone))


_BEYOND = {
    "project": (State.IN_REVIEW, State.CLOSED),
    "post_implementation_review": (State.CLOSED,),
}
"""The states in which a proposal has legs behind it that put no question of their route."""


def _taken_back(added: Approver, edition: Edition, today: date) -> Place:
    """Draw an approver who was added and is not asked any more, with why."""
    by = telling.title(edition, added.taken_back_by, today)
    why = f": {added.taken_back_why}" if added.taken_back_why else ""
    return replace(
        _place(added.leg, edition, today, "stopped", "taken_back"), reason=words.sentence(f"{by}{why}")
    )


def _latest(asked: Iterable[StepView]) -> dict[str, StepView]:
    """Return the last round of each question."""
    return {step.key: step for step in sorted(asked, key=lambda step: step.round)}


def _fared(case: CaseView, own: Sequence[StepView], *, whole: bool) -> tuple[str, str]:
    """Say how a case fared with the questions of a leg that it is not on, and why it stopped there."""
    only_kept = all(step.version != case.version for step in own)
    if not own or (only_kept and not whole):
        return ("to come" if case.open else "not reached"), ""
    if any(step.open for step in own):
        return "here", ""
    if whole and all(step.choice is not None and _goes_on(step.kind, step.choice, case) for step in own):
        return "done", ""
    return "stopped", _stopped(own)


def _goes_on(kind: str, choice: Choice, case: CaseView) -> bool:
    """Say whether a case goes on with an answer, if only to somebody whom the answer adds."""
    return (
        choice.favourable
        or choice is Choice.REFER_UP
        or course.added(kind, choice, case.branches) is not None
    )


def _stopped(own: Sequence[StepView]) -> str:
    """Say why a leg let nobody on: what was answered says more than what was called off for it."""
    decided = [step for step in own if step.ending is Ending.DECIDED and step.choice is not None]
    final = [step for step in decided if step.choice is not Choice.DEFER]
    ends = {states.after(telling.came_to(step, step.choice)) for step in final}
    if State.CLOSED_UNFUNDED in ends:
        return "unfunded"
    if State.CLOSED_REFUSED in ends:
        return "refused"
    if ends - {None, State.RETURNED}:
        return "rejected"
    if State.RETURNED in ends:
        return "returned"
    return "lapsed" if any(step.ending is Ending.SILENT for step in own) else "withdrawn"


def _place(leg: Leg, edition: Edition, today: date, place: str, why: str) -> Place:
    return Place(
        leg=words.leg(leg.leg),
        who=words.listed([telling.title(edition, post, today) for post in leg.who]),
        clause=leg.clause,
        reason=words.sentence(leg.reason),
        place=place,
        why=why,
        when=f"Meets on {words.short_day(meeting)}" if (meeting := _meeting(leg)) else "",
    )


def _meeting(leg: Leg) -> date | None:
    """Return the day of the meeting that a leg waits for, or that of one of its questions does."""
    put = (ask.meeting for ask in course.asked_by(leg) if ask.meeting)
    return leg.meeting or next(put, None)
