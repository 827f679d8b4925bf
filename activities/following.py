"""What follows from a decision: conditions become actions; what is outside the guidelines leaves one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from service import assessing
from service.reports.kinds import CHOSEN
from service.store import actions, assessments, cases, intents, projects, steps
from service.store.actions import Asker, Wanted
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import Condition, DecisionView
from service.telling import edition, recorded_for, title
from workflows.model import Becoming, Choice, Guard, Size, State
from workflows.rules import calendar
from workflows.rules.actions import guards_of


def open_actions(tx: Tx, case: CaseView, becoming: Becoming) -> None:
    """Open the actions that follow from a proposal's new state, each once; an old edition has none."""
    if not edition(tx, case.edition).tracks_actions:
        return
    wanted: Iterator[Wanted] = iter(())
    if becoming.state == State.APPROVED:
        wanted = _required(tx, case)
    elif becoming.state == State.CLOSED_REFUSED:
        wanted = _exception_refused(tx, case, becoming.because, becoming.at)
    elif becoming.state == State.RETURNED:
        wanted = _outside_guidelines(tx, case, becoming.because, becoming.at)
    for each in wanted:
        actions.opened(tx, case, each, at=becoming.at)


def _required(tx: Tx, case: CaseView) -> Iterator[Wanted]:
    """Go through the conditions of the answers that stand for the version that was approved."""
    stands = {step.id for step in steps.of_version(tx, case.ref, case.version) if step.favourable}
    put = (
        _condition(tx, case, made, number, put)
        for made in intents.decisions_of(tx, case.ref, strict=False)
        if made.step in stands and made.choice.conditional
        for number, put in enumerate(made.conditions, start=1)
    )
    yield from together(put)


def gate_conditions(tx: Tx, case: CaseView, step: str) -> Iterator[Wanted]:
    """Go through the conditions on which a gate was passed: each guards the next, or nothing."""
    put = (
        _condition(tx, case, made, number, put, Guard.NOTHING if put.guards is Guard.NOTHING else Guard.GATE)
        for made in intents.decisions_of_step(tx, step, strict=False)
        if made.choice.conditional
        for number, put in enumerate(made.conditions, start=1)
    )
    yield from together(put)


def together(put: Iterable[Wanted]) -> Iterator[Wanted]:
    """Go through what was asked for, with what several asked of the same post in the same words as one.

    It is due by the earliest of their days, shown by all that any of them wants to see, checked as the first
    of them says, and guards what any of them has wait for it. Words that were erased are like no others.
    """
    alike: dict[tuple[str, str], list[Wanted]] = {}
    for number, one in enumerate(put):
        said = in_plain(one.text)
        alike.setdefault((said or f"erased {number}", one.owner), []).append(one)
    yield from map(_as_one, alike.values())


def _as_one(asked: Sequence[Wanted]) -> Wanted:
    first = asked[0]
    if len(asked) == 1:
        return first.model_copy(update={"asked": ()})
    shown = {in_plain(one.evidence): one.evidence for one in reversed(asked) if one.evidence}
    return first.model_copy(
        update={
            "due": min(one.due for one in asked),
            "evidence": "\n".join(reversed(shown.values())),
            "guards": next((one.guards for one in asked if one.guards is not Guard.NOTHING), Guard.NOTHING),
            "asked": tuple(one for each in asked for one in each.asked),
        }
    )


def in_plain(said: str) -> str:
    """Return words as they are compared: without case, and with one blank wherever there are any."""
    return " ".join(said.casefold().split())


def standards_refused(tx: Tx, case: CaseView) -> None:
    """Have a project's manager put right what SRG does not accept; whoever checks standards checks it."""
    raised = projects.standards_exception(tx, case.ref)
    if raised is None:
        return
    refused = [one for one in steps.of_case(tx, case.ref) if one.choice is Choice.REJECT and one.closed]
    if not refused:
        return
    step = refused[-1]
    at = step.closed or tx.now
    project = projects.must(tx, raised.parent)
    rules = edition(tx, case.edition)
    standards = rules.delivery.standards if rules.delivery else None
    if standards is None:
        return
    owner = project.manager or case.sponsor
    day = calendar.local_day(at)
    checker = rules.standards_checker(case.size, day, programme=bool(project.strategy))
    content = cases.content(tx, case.ref) or {}
    said = [made.reason for made in intents.decisions_of_step(tx, step.id, strict=False) if made.reason]
    asked = " ".join(filter(None, (content.get("summary"), *(f"SRG: “{reason}”" for reason in said))))
    wanted = Wanted(
        source=step.id,
        number=1,
        title=f"Put right: {case.title}",
        text=f"Put right what the project standards ask. {asked}".strip(),
        owner=owner,
        verifier=_another(tx, case, checker, owner),
        due=calendar.nth_working_day(day, standards.put_right_days, rules.non_working),
    )
    actions.opened(tx, case, wanted, at=at)


def option_to_put_in_place(tx: Tx, case: CaseView, made: DecisionView, option: str) -> Wanted:
    """Return what the choice of an option leaves to the owner of an assessment: it is in place by the day
    that was given when the assessment was opened (SYS-67). The programme office checks it.
    """
    assessment, rules = assessments.must(tx, case.ref), edition(tx, case.edition)
    told = f"Put in place what was chosen for “{case.title}”: {assessing.name_of(rules, option)}."
    reason = made.answers[CHOSEN].text
    return Wanted(
        source=made.key,
        number=1,
        title=f"In place: {case.title}",
        text=f"{told} Why: “{reason}”" if reason else told,
        owner=assessment.owner,
        verifier=rules.roles["pmo"],
        due=assessment.in_place_by,
    )


def _condition(
    tx: Tx, case: CaseView, made: DecisionView, number: int, put: Condition, guards: Guard | None = None
) -> Wanted:
    return Wanted(
        source=made.key,
        number=number,
        title=f"Condition on {case.title}",
        text=put.text,
        owner=put.owner,
        verifier=put.verifier or _another(tx, case, made.post, put.owner),
        due=put.by,
        evidence=put.evidence,
        guards=_guarded(put.guards, case.size) if guards is None else guards,
        asked=(Asker(source=made.key, number=number, who=_who(tx, case, made)),),
    )


def _who(tx: Tx, case: CaseView, made: DecisionView) -> str:
    """Return who asked for something: the post, or the forum whose word its secretary wrote down."""
    rules = edition(tx, case.edition)
    forum = recorded_for(made.forum, made.kind, made.seat, rules)
    return forum or title(rules, made.post, calendar.local_day(made.submitted_at))


def _guarded(wanted: Guard, size: Size) -> Guard:
    """Return what a condition guards by now, for the size of its proposal may have changed since."""
    return wanted if wanted is Guard.NOTHING else guards_of(size)[-1]


def _exception_refused(tx: Tx, case: CaseView, because: str, at: datetime) -> Iterator[Wanted]:
    """Where no exception is granted, its directorate brings the proposal within the guidelines (SYS-46)."""
    rules = edition(tx, case.edition)
    made = [
        one for one in intents.decisions_of_step(tx, because, strict=False) if one.choice is Choice.REJECT
    ]
    department = rules.departments.get(case.department)
    owner = (department.head if department else "") or case.sponsor
    if made:
        yield from _within_guidelines(
            tx, case, made, owner, "end the spending", "The exception was refused", at
        )


def _outside_guidelines(tx: Tx, case: CaseView, because: str, at: datetime) -> Iterator[Wanted]:
    """A proposal outside the guidelines returns with reasons, and its directorate acts on them (SYS-46)."""
    made = [
        one
        for one in intents.decisions_of_step(tx, because, strict=False)
        if one.choice is Choice.RETURN and one.outside_guidelines
    ]
    owner = edition(tx, case.edition).directorate(case.department)
    if made and owner:
        yield from _within_guidelines(tx, case, made, owner, "end it", "It was returned", at)


def _within_guidelines(
    tx: Tx, case: CaseView, made: Sequence[DecisionView], owner: str, instead: str, done: str, at: datetime
) -> Iterator[Wanted]:
    """Ask a directorate to act on answers, and the post that gave the first of them to check it."""
    rules = edition(tx, case.edition)
    if rules.embargo is None:
        return
    reasons = " ".join(f"“{one.reason}”" for one in made if one.reason)
    said = f" {done}: {reasons}" if reasons else ""
    yield Wanted(
        source=made[0].step,
        number=1,
        title=f"Guidelines for {case.title}",
        text=f"Bring “{case.title}” within the guidelines, or {instead}.{said}",
        owner=owner,
        verifier=_another(tx, case, made[0].post, owner),
        due=calendar.nth_working_day(
            calendar.local_day(at), rules.embargo.directorate_action_days, rules.non_working
        ),
    )


def _another(tx: Tx, case: CaseView, post: str, owner: str) -> str:
    """Return who checks an action where nobody was named: the post that asked for it, or else the PMO."""
    return post if post not in ("", owner) else edition(tx, case.edition).roles["pmo"]
