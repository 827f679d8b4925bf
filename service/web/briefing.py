"""What a person is shown before they decide: everything they need, and frozen as it was shown."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import rfc8785
from pydantic import Field

from service import (
    appraisal,
    assessing,
    boards,
    delivering,
    questions,
    realised,
    remembering,
    telling,
    versions,
)
from service.appraisal import Figure
from service.boards import Board
from service.handbook import Edition
from service.proposals import ProposalDocument, provided
from service.remembering import Lesson, TrackRecord
from service.reports import Form
from service.reports.facts import ProjectShown
from service.store import actions, approvers, assessments, cases, intents, projects, steps, texts
from service.store import benefits as benefit_files
from service.store.assessments import AssessmentView
from service.store.benefits import KIND as BENEFIT
from service.store.benefits import BenefitView
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.steps import SeatView, StepView
from service.web import attaching, authorising, conditions, outstanding, reported, seclusion, words
from service.web.attaching import Handed
from service.web.standing import Sight
from workflows.letters import Answer, Budget, ByMembers, Clause, Condition, Difference
from workflows.model import Choice, Frozen, Size
from workflows.rules import reports

PLAINLY_MET = "met"
ANSWERED = {"met": "Met", "deviates": "Not met", "issue": "An issue", "not_applicable": "Does not apply"}


class Row(Frozen):
    """A line of the summary: what, and which."""

    what: str
    which: str


class Cost(Frozen):
    """What a year costs."""

    year: str
    capital: str
    revenue: str
    management: str
    one_off: str = ""
    """Empty on pages of before it was told."""


class Colleague(Frozen):
    """Somebody else who is asked the same, and what they said if that may be shown."""

    who: str
    said: Answer | None = None
    answered: bool = False
    """They have answered, whether or not what they said may be shown."""


class Paper(Frozen):
    """What a version of a proposal says, whoever reads it; the fields are those of a `Brief`."""

    what_for: str
    revenue: Decimal | None = None
    """What it needs a year, in pounds; told among the rows."""
    rows: tuple[Row, ...] = ()
    costs: tuple[Cost, ...] = ()
    figures: tuple[Figure, ...] = ()
    flags: tuple[str, ...] = ()
    track_record: TrackRecord | None = None
    lessons: tuple[Lesson, ...] = ()
    options: tuple[Row, ...] = ()
    gains: tuple[Row, ...] = ()
    principles: tuple[Row, ...] = ()
    provisions: tuple[Row, ...] = ()


class Brief(Frozen):
    """The page a decision is made on. Its canonical form is kept, and its hash names what was shown."""

    case: str
    step: str
    kind: str = ""
    """The kind of question."""
    seat: str
    version: int
    content_hash: str
    title: str
    question: str
    amount: str = ""
    what_for: str
    deciding_as: str
    post: str
    forum: str = ""
    """The forum whose answer is written down, by its secretary."""
    meeting: date | None = None
    """The day of that forum's meeting."""
    meeting_page: str = ""
    """Where what comes of that meeting is written down, once its day has come."""
    unanswered: tuple[str, ...] = ()
    """Who was asked before and did not answer."""
    by_members: ByMembers = ""
    asked_before: tuple[str, ...] = ()
    """Who was asked the same before the reader and may still answer, and since when: a sentence each."""
    first: bool = True
    """Nobody was asked the same before the reader."""
    covering: str = ""
    own: bool = True
    """The reader holds the post that is asked, and is not asked in its holder's place."""
    clause: Clause
    added: str = ""
    """Who had this post asked, and why, where no rule does."""
    submitted: date
    due: date
    since: int = 0
    """The version that they knew; if they knew none, the one before."""
    changes: tuple[Difference, ...] = ()
    """What has changed since that version."""
    rows: tuple[Row, ...] = ()
    costs: tuple[Cost, ...] = ()
    figures: tuple[Figure, ...] = ()
    """What the costs and benefits come to, each with its working."""
    flags: tuple[str, ...] = ()
    """What whoever decides should know of the figures."""
    track_record: TrackRecord | None = None
    """How past major cases of the directorate turned out; None where too few say so, and on older pages."""
    lessons: tuple[Lesson, ...] = ()
    """What was learnt from proposals of like kind."""
    options: tuple[Row, ...] = ()
    benefits: tuple[str, ...] = ()
    """As pages told them before they told all that is said of each."""
    gains: tuple[Row, ...] = ()
    """The benefits, each with who sees to it, what it is worth, and how it is measured and brought about."""
    principles: tuple[Row, ...] = ()
    """Only those that are not plainly met."""
    provisions: tuple[Row, ...] = ()
    """What is said beside the principles, and what is not."""
    so_far: tuple[Answer, ...] = ()
    documents: tuple[Handed, ...] = ()
    """Those of the case that no later one has taken the place of."""
    colleagues: tuple[Colleague, ...] = ()
    blind: bool = False
    board: Board | None = None
    """How the question stands, where a board decides it."""
    duties: tuple[str, ...] = ()
    """What this seat's vote can do that others' cannot."""
    substitute: bool = False
    """The reader sits there as the forum's substitute; `covering` is for whom."""
    conditions: tuple[Condition, ...] = ()
    budget: Budget | None = None
    coincidences: tuple[str, ...] = ()
    choices: tuple[Choice, ...]
    votes: tuple[Choice, ...] = ()
    """Those of the choices that are one vote of a board's, and settle nothing alone."""
    answers: tuple[str, ...] = ()
    follows: str = ""
    """For a case that follows from another: which that is."""
    called: str = ""
    """What a case that follows from another is: "Project"; empty for an action."""
    decides: bool = True
    """The answer settles something, alone or with others'."""
    project: ProjectShown | None = None
    """What a question about a project shows above all else."""
    last: bool = False
    """Neither a board nor SRG is asked after it, who would be otherwise."""
    boxes: Form | None = None
    """The boxes of a report."""
    drafted: dict[str, str] = Field(default_factory=dict)
    """What those held before anybody typed, by their names."""

    def text(self) -> str:
        """Write it in its one canonical form."""
        return rfc8785.dumps(self.model_dump(mode="json")).decode()


def brief(tx: Tx, sight: Sight) -> Brief:
    """Put together what the person of a link is to see, with the documents of the case."""
    handed_in = attaching.handed_in(tx, sight.case, sight.edition)
    return _brief(tx, sight).model_copy(update={"documents": handed_in})


def _brief(tx: Tx, sight: Sight) -> Brief:
    step, seat, case, edition = sight.open_step, sight.open_seat, sight.case, sight.edition
    if case.kind == actions.KIND:
        return _of_action(tx, sight)
    if step.kind in reports.KINDS:
        return _of_project(tx, sight)
    said = paper(tx, case, step.version, edition)
    known = versions.known(tx, case.ref, sight.link.person, step.version)
    made = seclusion.decisions(tx, case.ref)
    asked = {one.id: one.key for one in steps.of_version(tx, case.ref, step.version)}
    # What was said of an earlier version was said of another proposal, unless it stands.
    made = tuple(decision for decision in made if decision.step in asked)
    earlier = [decision for decision in made if decision.step != step.id and decision.choice.counted]
    before = _before(tx, sight)
    return Brief(
        case=case.ref,
        step=step.id,
        kind=step.kind,
        seat=seat.key,
        version=step.version,
        content_hash=step.content_hash,
        title=case.title,
        question=question(step, seat, case, edition, said.revenue, own=sight.own),
        amount=_amount(step, seat, case, said.revenue),
        what_for=said.what_for,
        deciding_as=sight.who,
        post=sight.post,
        forum=telling.recorded_for(step.ask.forum, step.kind, seat.post, edition),
        meeting=found[1].meeting or found[0].meeting if (found := telling.place(case, step.key)) else None,
        meeting_page=outstanding.meeting_of(tx, sight),
        unanswered=tuple(
            telling.title(edition, one.ask.forum or one.seats[0].post, tx.today)
            for one in telling.unanswered(tx, case, step.key, step.version)
        ),
        by_members=telling.by_members(tx, case, step.key, step.version),
        asked_before=tuple(_asked_before(tx, sight, before)),
        first=not before,
        covering=sight.covering,
        own=sight.own,
        clause=Clause(number=step.clause, text=edition.clause_text(step.clause)),
        added=_added(tx, step, seat, edition),
        submitted=case.proposal.submitted,
        due=words.local(step.due),
        since=known,
        changes=versions.differences(tx, case, known, step.version),
        rows=said.rows,
        costs=said.costs,
        figures=said.figures,
        flags=said.flags,
        track_record=said.track_record,
        lessons=said.lessons,
        options=said.options,
        gains=said.gains,
        principles=said.principles,
        provisions=said.provisions,
        so_far=tuple(telling.told(decision, edition) for decision in earlier),
        colleagues=tuple(_colleagues(tx, step, seat, case, edition, made)),
        blind=step.blind and step.open,
        board=boards.of(tx, step, edition),
        duties=boards.duties(seat, step.terms),
        substitute=sight.substitute,
        conditions=tuple(telling.condition(put, edition) for decision in made for put in decision.conditions),
        budget=telling.budget(tx, case, edition, seat.post, seat.amount, key=step.key),
        coincidences=(
            *telling.coincidences(tx, case, edition, tx.today, asked.values()),
            *telling.besides(tx, case, edition, tx.today, [seat.post] if step.kind == "extra" else ()),
        ),
        choices=sight.choices,
        votes=boards.votes(step, veto=seat.veto),
        answers=step.answers,
    )


def _of_action(tx: Tx, sight: Sight) -> Brief:
    """Put together what the person of a link is to see of an action."""
    step, seat, case, edition = sight.open_step, sight.open_seat, sight.case, sight.edition
    action = actions.must(tx, case.ref)
    task = telling.task(tx, case, action, edition, tx.today)
    made = seclusion.decisions(tx, case.ref)
    before = _before(tx, sight)
    return Brief(
        case=case.ref,
        step=step.id,
        kind=step.kind,
        seat=seat.key,
        version=step.version,
        content_hash=step.content_hash,
        title=case.title,
        question=question(step, seat, case, edition),
        what_for=task.text,
        deciding_as=sight.who,
        post=sight.post,
        asked_before=tuple(_asked_before(tx, sight, before)),
        first=not before,
        covering=sight.covering,
        own=sight.own,
        clause=Clause(number=step.clause, text=edition.clause_text(step.clause)),
        submitted=case.proposal.submitted,
        due=words.local(step.due),
        rows=tuple(Row(what=what, which=which) for what, which in conditions.task_rows(task)),
        so_far=tuple(telling.told(decision, edition) for decision in made if decision.step != step.id),
        choices=sight.choices,
        answers=step.answers,
        follows=action.parent,
    )


_CALLED = {
    projects.KIND: "Project",
    projects.STANDARDS: "Exception",
    BENEFIT: "Benefit",
    assessments.KIND: "Assessment",
}
"""Kinds of cases that are no proposal, in which reports are asked for and decided on."""


def _of_project(tx: Tx, sight: Sight) -> Brief:
    """Put together what the person of a link is to see of a project, a review or a benefit."""
    step, seat, case, edition = sight.open_step, sight.open_seat, sight.case, sight.edition
    content = cases.content(tx, case.ref) or {}
    made = seclusion.decisions(tx, case.ref)
    keys = {one.id: one.key for one in steps.of_case(tx, case.ref)}
    before, asked = _before(tx, sight), reported.asked(tx, sight)
    earlier = authorising.beside(step, made, keys)
    return Brief(
        case=case.ref,
        step=step.id,
        kind=step.kind,
        seat=seat.key,
        version=step.version,
        content_hash=step.content_hash,
        title=case.title,
        question=question(step, seat, case, edition),
        what_for=str(content.get("summary") or case.title),
        deciding_as=sight.who,
        post=sight.post,
        forum=telling.recorded_for(step.ask.forum, step.kind, seat.post, edition),
        meeting_page=outstanding.meeting_of(tx, sight),
        asked_before=tuple(_asked_before(tx, sight, before)),
        first=not before,
        covering=sight.covering,
        own=sight.own,
        clause=Clause(number=step.clause, text=edition.clause_text(step.clause)),
        submitted=case.proposal.submitted,
        due=words.local(step.due),
        rows=tuple(_delivered(tx, sight)),
        so_far=tuple(telling.told(decision, edition) for decision in earlier),
        colleagues=tuple(_colleagues(tx, step, seat, case, edition, made)),
        blind=step.blind and step.open,
        board=boards.of(tx, step, edition),
        duties=boards.duties(seat, step.terms),
        substitute=sight.substitute,
        choices=step.choices,
        votes=boards.votes(step, veto=seat.veto),
        follows=str(content.get("parent") or "") if case.kind in _CALLED else "",
        called=_CALLED.get(case.kind, "Proposal"),
        decides=step.terms.deciding,
        project=authorising.shown(tx, sight, made),
        last=delivering.last_word(tx, case.ref, step.kind, edition),
        boxes=asked.form if asked else None,
        drafted=dict(asked.drafted) if asked else {},
    )


def _delivered(tx: Tx, sight: Sight) -> Iterable[Row]:
    """Tell who runs a project, and how far it has come; of a benefit, what was claimed and read of it."""
    if benefit := benefit_files.get(tx, sight.case.ref):
        yield from _realised(tx, benefit)
        return
    project, edition, today = reported.about(tx, sight), sight.edition, tx.today
    if assessment := assessments.get(tx, sight.case.ref):
        yield from _assessed(assessment, edition, today)
    if project is None or edition.delivery is None:
        return
    if sight.case.ref != project.ref:
        yield Row(what="Project", which=project.ref)
    proposal = cases.get(tx, project.parent)
    yield Row(what="Sponsor", which=telling.title(edition, proposal.sponsor, today))
    yield Row(what="Approved with the proposal", which=f"{words.money(proposal.capital)} of capital")
    if project.manager:
        yield Row(what="Project manager", which=telling.title(edition, project.manager, today))
    if board := [telling.title(edition, post, today) for post in project.board]:
        yield Row(what="Project board", which="\n".join(dict.fromkeys(board)))
    if project.template:
        yield Row(what="Gates", which=edition.delivery.template(project.template).name)
    if known := edition.delivery.strategies.get(project.strategy):
        yield Row(what="Strategy", which=known.name)
    if project.baseline and project.stage:
        yield Row(what="Stage in hand", which=f"{project.stage} of {len(project.baseline.stages)}")
    if project.went_live:
        yield Row(what="Went live", which=words.day(project.went_live))
    if stands := delivering.stands(tx, project):
        yield Row(what="How it stands", which="\n".join(stands))


def _realised(tx: Tx, benefit: BenefitView) -> Iterable[Row]:
    yield Row(what="Claimed", which=realised.claimed(benefit))
    if (live := delivering.go_live(tx, benefit.parent)) and live.certain:
        yield Row(what="Went live", which=words.day(live.day))
    # Of each month the last reading holds: it corrects those before.
    last = {one.month: one for one in benefit_files.readings(tx, benefit.ref)}
    for one in sorted(last.values(), key=lambda read: read.month)[-1:]:
        said = f"{realised.worded(benefit, one.value)}, {words.RAGS[one.rating][0].lower()}"
        when = f"{one.month} months after go-live, on {words.short_day(one.at)}"
        yield Row(what="The reading before", which=f"{said}, {when}")


def _before(tx: Tx, sight: Sight) -> dict[str, date]:
    """Return who was asked for the seat before the reader, and on which day."""
    asked = {
        person: at
        for (seat, person), at in telling.asked_at(tx, sight.open_step.id).items()
        if seat == sight.open_seat.key
    }
    own = asked.pop(sight.link.person, None)
    return {person: words.local(at) for person, at in asked.items() if own is None or at < own}


def _asked_before(tx: Tx, sight: Sight, before: Mapping[str, date]) -> Iterable[str]:
    """Say of those who were asked before the reader, and may still answer, since when they have been."""
    step, seat = sight.open_step, sight.open_seat
    there = telling.seated(tx, sight.case, step, step.asked, tx.today)
    for holder in seat.holders:
        if holder.person in before and there.may_still(holder, seat):
            covered = telling.covered(tx, sight.people, holder, seat.post, tx.today)
            post = telling.title(sight.edition, holder.post, tx.today)
            part = f"covering for {covered.name}" if covered else post
            who = f"{telling.name(sight.people, holder.person)} ({part})"
            since = words.short_day(before[holder.person])
            yield f"{who} was asked on {since}, and may still answer; the first answer counts."


def reckoned(
    read: ProposalDocument, case: CaseView, edition: Edition
) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Return what a proposal's costs and benefits come to, and what is missing there or does not agree."""
    worked_out = appraisal.appraise(read, edition.appraisal, case.proposal.submitted)
    gaps = appraisal.gaps(read, major=case.size is Size.MAJOR)
    return worked_out.figures(), (*appraisal.disagreements(read, worked_out), *gaps)


def provisions(read: ProposalDocument, case: CaseView, edition: Edition) -> tuple[Row, ...]:
    """Return what a proposal says beside its principles, as it was when it was submitted."""
    lines = provided.told(read, edition, words.local(case.submitted))
    return tuple(Row(what=line.what, which=line.which) for line in lines)


def shown(tx: Tx, hash: str) -> Brief | None:
    """Return what was shown, by its hash."""
    text = texts.get(tx, hash)
    return Brief.model_validate_json(text) if text else None


def question(
    step: StepView,
    seat: SeatView,
    case: CaseView,
    edition: Edition,
    revenue: Decimal | None = None,
    *,
    own: bool = True,
) -> str:
    """Put a step's question as the heading of its page.

    `revenue` is what the proposal needs a year, in pounds: it is asked for where there is no capital.
    Unless it is the reader's `own` to answer, it names whose budget it is about.
    """
    payer = "" if own else telling.title(edition, seat.post, words.local(step.opened))
    forum = telling.recorded_for(step.ask.forum, step.kind, seat.post, edition)
    return questions.put(
        step.kind,
        step.key,
        case,
        edition,
        forum=forum,
        amount=seat.amount,
        revenue=revenue,
        payer=payer,
    )


def _amount(step: StepView, seat: SeatView, case: CaseView, revenue: Decimal | None) -> str:
    if case.kind != "proposal":
        return ""
    if revenue and not case.capital:
        return f"{words.money(revenue)} of revenue a year, and no capital"
    if seat.amount is None:
        return f"{words.money(case.capital)} of capital"
    if seat.amount == case.capital:
        return f"{words.money(seat.amount)}, the whole of it"
    share = telling.share_of(case, step, seat.post)
    part = f" ({words.percent(share.percent)})" if share else ""
    return f"{words.money(seat.amount)} of {words.money(case.capital)}{part}"


def _added(tx: Tx, step: StepView, seat: SeatView, edition: Edition) -> str:
    """Say who added a post to those who approve, and why; nothing where a rule asks it."""
    if step.kind != "extra":
        return ""
    added = next((one for one in approvers.of_case(tx, step.case) if one.post == seat.post), None)
    who = telling.title(edition, added.by_post, tx.today) if added else ""
    return words.sentence(f"{who} added you: {added.reason}") if added else ""


def _rows(tx: Tx, content: dict[str, Any], case: CaseView, edition: Edition) -> Iterable[Row]:
    profile = content.get("cost_profile") or {}
    day = case.proposal.submitted
    department = edition.departments.get(case.department)
    yield Row(what="Department", which=department.name if department else case.department)
    yield Row(what="Sponsor", which=telling.title(edition, case.sponsor, day))
    yield Row(what="Lead officer", which=telling.title(edition, case.lead, day))
    yield Row(what="Size", which=telling.size(tx, case, edition, tx.today))
    yield Row(what="Capital", which=words.money(case.capital))
    if revenue := profile.get("revenue_gbp_per_year"):
        yield Row(what="Revenue", which=f"{words.money(revenue)} a year")
    if management := profile.get("project_management_gbp"):
        yield Row(what="Project management", which=words.money(management))
    for share in case.proposal.shares:
        payer = telling.title(edition, share.post, day)
        yield Row(
            what=f"Paid by {payer}", which=f"{words.money(share.amount)} ({words.percent(share.percent)})"
        )
    yield Row(what="Decision needed by", which=words.day(case.decide_by))


def costs(content: dict[str, Any]) -> tuple[Cost, ...]:
    """Return what a proposal costs in each year, if it says so."""
    return tuple(_costs(content))


def _costs(content: dict[str, Any]) -> Iterable[Cost]:
    for year in content.get("costs_by_year") or ():
        yield Cost(
            year=str(year.get("year", "")),
            capital=words.money(year.get("capital") or 0),
            revenue=words.money(year.get("revenue") or 0),
            management=words.money(year.get("project_management") or 0),
            one_off=words.money(year.get("one_off") or 0),
        )


def benefits(read: ProposalDocument, edition: Edition, day: date) -> tuple[Row, ...]:
    """Return what a proposal says of each benefit."""
    return tuple(
        Row(
            what=benefit.title,
            which="\n".join(appraisal.benefit(benefit, telling.title(edition, benefit.owner, day))),
        )
        for benefit in read.benefits
    )


def _principles(content: dict[str, Any], edition: Edition) -> Iterable[Row]:
    notes = content.get("principle_notes") or {}
    for key, answer in (content.get("principles") or {}).items():
        if answer == PLAINLY_MET:
            continue
        known = edition.principles.get(key)
        said = ANSWERED.get(answer, answer) + (f": {notes[key]}" if notes.get(key) else "")
        yield Row(what=known.short_name if known else key, which=said)


def _colleagues(
    tx: Tx, step: StepView, seat: SeatView, case: CaseView, edition: Edition, made: Sequence[DecisionView]
) -> Iterable[Colleague]:
    """The other seats of the step, and those of the questions put together with it."""
    given = {(one.step, one.seat) for one in intents.decisions_of(tx, case.ref, strict=False)}
    for other in telling.together(case, step, steps.of_version(tx, case.ref, step.version)):
        for colleague in other.seats:
            if (other.id, colleague.key) == (step.id, seat.key):
                continue
            answer = next((d for d in made if (d.step, d.seat) == (other.id, colleague.key)), None)
            yield Colleague(
                who=telling.title(edition, colleague.post, words.local(step.opened)),
                said=telling.told(answer, edition) if answer else None,
                answered=(other.id, colleague.key) in given,
            )


def paper(tx: Tx, case: CaseView, version: int, edition: Edition) -> Paper:
    """Return what a version of a proposal says, as everybody who decides on it is shown it."""
    content = cases.content(tx, case.ref, version) or {}
    if case.kind != "proposal":
        return Paper(
            what_for=str(content.get("summary") or case.title),
            rows=tuple(_of_delivery(tx, case, edition)),
            options=tuple(_options(tx, case, edition)),
        )
    read = ProposalDocument.model_validate(content)
    figures, flags = reckoned(read, case, edition)
    return Paper(
        what_for=str(content.get("summary") or case.title),
        revenue=telling.revenue(content),
        rows=tuple(_rows(tx, content, case, edition)),
        costs=costs(content),
        figures=figures,
        flags=(*flags, *outstanding.flags(tx, case, read, edition)),
        track_record=remembering.track_record_of(tx, case, read, edition),
        lessons=remembering.lessons_for(tx, case.organisation, remembering.about(read), beside=case.ref),
        options=tuple(Row(what=title, which=told) for title, told in appraisal.options(read)),
        gains=benefits(read, edition, case.proposal.submitted),
        principles=tuple(_principles(content, edition)),
        provisions=provisions(read, case, edition),
    )


def _assessed(assessment: AssessmentView, edition: Edition, today: date) -> Iterable[Row]:
    """Tell who assesses a business process, and by when; and by when what is chosen is to be in place."""
    yield Row(what="Assessed by", which=telling.title(edition, assessment.owner, today))
    yield Row(what="To be assessed by", which=words.day(assessment.report_due))
    yield Row(what="To be in place by", which=words.day(assessment.in_place_by))


def _options(tx: Tx, case: CaseView, edition: Edition) -> Iterable[Row]:
    """Go through the ways of delivery that were weighed, or left out, in an assessment."""
    if assessment := assessments.get(tx, case.ref):
        for option in assessing.told(tx, assessment, edition):
            cost = f"{words.money(option.cost)} a year" if option.cost is not None else ""
            yield Row(what=option.name, which="\n".join(filter(None, (option.words, cost, option.became))))


def _of_delivery(tx: Tx, case: CaseView, edition: Edition) -> Iterable[Row]:
    """Go through what everybody is shown of a project, and of what follows from one, or from its proposal."""
    department = edition.departments.get(case.department)
    if assessment := assessments.get(tx, case.ref):
        yield from _assessed(assessment, edition, tx.today)
        return
    yield Row(what="Sponsor", which=telling.title(edition, case.sponsor, tx.today))
    if department:
        yield Row(what="Department", which=department.name)
    if project := projects.get(tx, case.ref):
        yield Row(what="It follows from", which=project.parent)
        if project.manager:
            manager = telling.title(edition, project.manager, tx.today)
            yield Row(what="Project manager", which=manager)
        yield from (Row(what="How it stands", which=one) for one in delivering.stands(tx, project))
    elif raised := projects.standards_exception(tx, case.ref):
        yield Row(what="It follows from", which=raised.parent)
    elif benefit := benefit_files.get(tx, case.ref):
        yield Row(what="It follows from", which=benefit.parent)
        yield from (Row(what="How it stands", which=one) for one in realised.stands(tx, benefit))


def rows(tx: Tx, case: CaseView) -> list[tuple[str, str]]:
    """Return a case's facts as its own page shows them."""
    content = cases.content(tx, case.ref, case.version) or {}
    edition = telling.rules_of(tx, case)
    summary = [("Summary", str(content["summary"]))] if content.get("summary") else []
    own = _rows(tx, content, case, edition) if case.kind == "proposal" else _of_delivery(tx, case, edition)
    return summary + [(row.what, row.which) for row in own]


def since(tx: Tx, sight: Sight) -> tuple[Difference, ...]:
    """Return what differs between the version a link was sent for and the one in hand now."""
    step = sight.step
    return versions.differences(tx, sight.case, step.version, sight.case.version) if step else ()
