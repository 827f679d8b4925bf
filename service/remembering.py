"""What the record remembers of past cases: how they turned out, and what was learnt from them."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from service import appraisal, reporting, track_record
from service.appraisal import Figure
from service.handbook import Edition
from service.proposals import ProposalDocument
from service.store import intents, outturns, projects, reviews
from service.store.cases import CaseView, content
from service.store.engine import Tx
from service.store.outturns import Outturn
from service.store.reviews import Checked, LessonView
from service.store.steps import StepView
from service.track_record import Measured, Past, Reading, Record
from workflows.model import Choice, Frozen, Size, StepClosing
from workflows.rules import calendar, tolerances, validity

# ------------------------------------------------------------------------- track record


class TrackRecord(Frozen):
    """A directorate's track record as pages tell it beside a proposal of its own."""

    directorate: str
    measures: tuple[Measured, ...]
    restated: Figure | None = None
    """The proposal's net present value if it turns out as they did."""
    sentence: str = ""
    """All of it in one, as a letter tells it."""


def of_directorate(tx: Tx, case: CaseView, edition: Edition) -> Record | None:
    """Return how the major cases of a proposal's directorate turned out, as far as enough of them say so.

    None for a proposal that is minor, for it will not be delivered as they were, and under an edition that
    has no projects. Cases of departments that the directorate has succeeded count as its own.
    """
    rules = edition.delivery
    if rules is None or case.kind != "proposal" or case.size is not Size.MAJOR:
        return None
    now = edition.department_on(case.department, tx.today)
    found = outturns.of_departments(tx, case.organisation, one_with(edition, case.department, tx.today))
    known = edition.departments.get(now)
    past = (turned_out(one, edition.non_working) for one in found if one.ref != case.ref)
    record = track_record.record(known.name if known else now, past, rules.track_record.least)
    return record if record.says_something else None


def one_with(edition: Edition, department: str, day: date) -> tuple[str, ...]:
    """Return the departments whose past is that of a department: those for which the same one acts on a day,
    and itself.
    """
    now = edition.department_on(department, day)
    same = {key for key in edition.departments if edition.department_on(key, day) == now}
    return tuple(sorted({*same, department}))


def track_record_of(tx: Tx, case: CaseView, read: ProposalDocument, edition: Edition) -> TrackRecord | None:
    """Return the track record that a proposal is seen beside, and what it comes to on it; None if too few
    cases say anything.
    """
    record = of_directorate(tx, case, edition)
    if record is None:
        return None
    worked_out = appraisal.appraise(read, edition.appraisal, case.proposal.submitted)
    restated = track_record.restated(worked_out, record)
    return TrackRecord(
        directorate=record.directorate,
        measures=track_record.measured(record),
        restated=restated,
        sentence=track_record.sentence(record, restated),
    )


def said_of(tx: Tx, case: CaseView, edition: Edition) -> str:
    """Return the track record that a proposal is seen beside in a sentence; empty where none is told."""
    read = ProposalDocument.model_validate(content(tx, case.ref, case.version) or {})
    found = track_record_of(tx, case, read, edition)
    return found.sentence if found else ""


def turned_out(case: Outturn, non_working: Collection[date]) -> Past:
    """Return how a closed case turned out against what was approved first."""
    plan, readings = case.approved, tuple(_latest(case))
    late = None
    if plan and case.went_live:
        late = tolerances.days_late(case.went_live, plan.go_live, non_working)
    return Past(
        ref=case.ref,
        cost=track_record.over(case.cost, plan.cost) if plan and case.cost is not None else None,
        late=late,
        cashable=track_record.realised(readings, cashable=True),
        not_cashable=track_record.realised(readings, cashable=False),
    )


def _latest(case: Outturn) -> Iterator[Reading]:
    """Go through the benefits of a case that were claimed in pounds: what was read of each last, beside what
    was claimed for that time.

    A reading is for the financial year of so many months after the go-live that was approved: that the
    project was late is measured by itself. What was read when nothing was claimed is passed over.
    """
    if case.content is None or case.approved is None:
        return
    read = ProposalDocument.model_validate(case.content)
    for number, benefit in enumerate(read.benefits, start=1):
        for one in case.readings:
            day = validity.months_later(case.approved.go_live, one.month)
            claimed = appraisal.claimed_in(read, benefit, case.submitted, day)
            realised = _number(one.value)
            if one.number == number and claimed and realised is not None:
                yield Reading(claimed=claimed, realised=realised, cashable=benefit.cashable)
                break


def _number(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


# ------------------------------------------------------------------------------ lessons

MOST_LESSONS = 5
"""How many lessons are shown beside a later proposal."""
SHORTEST_WORD = 4
"""Letters of a word that tells what a title is about."""
TELLS_NOTHING = frozenset(
    {
        "application",
        "based",
        "city",
        "corporate",
        "council",
        "county",
        "department",
        "development",
        "electronic",
        "from",
        "implementation",
        "improved",
        "improvement",
        "into",
        "introduction",
        "local",
        "management",
        "modern",
        "modernisation",
        "more",
        "other",
        "over",
        "phase",
        "programme",
        "project",
        "proposal",
        "provision",
        "purchase",
        "renewal",
        "replacement",
        "service",
        "software",
        "solution",
        "support",
        "system",
        "technology",
        "that",
        "their",
        "through",
        "upgrade",
        "using",
        "with",
    }
)
"""Words that titles of any kind of proposal have."""


class About(Frozen):
    """What a proposal is about, by which others are found to be of like kind."""

    title: str
    system_kind: str = ""
    systems: tuple[str, ...] = ()
    """The corporate systems that it names."""


def alike(one: About, other: About) -> bool:
    """Say whether two proposals are of like kind.

    They are if they are about the same kind of system or a corporate system that both name, or if their
    titles share a word of four letters or more that not any title might have.
    """
    return (
        bool(one.system_kind and one.system_kind == other.system_kind)
        or not {*one.systems}.isdisjoint(other.systems)
        or not _telling(one.title).isdisjoint(_telling(other.title))
    )


class Lesson(Frozen):
    """A lesson as it is told beside a later proposal."""

    title: str
    text: str
    case: str
    """The proposal whose review says it."""
    case_title: str
    on: date
    """The day on which that review was checked."""


def lessons_for(tx: Tx, organisation: str, about: About, *, beside: str = "") -> tuple[Lesson, ...]:
    """Return the lessons of past proposals of like kind, at most five and the newest first.

    `beside` is the proposal that they are for, whose own are not told to it.
    """
    found: list[Lesson] = []
    for review in reviews.all_of(tx, organisation):
        was = About(title=review.title, system_kind=review.system_kind, systems=review.systems)
        if review.case != beside and alike(about, was):
            found.extend(_told(one) for one in reviews.lessons(tx, [review.case]) if not one.erased)
        if len(found) >= MOST_LESSONS:
            break
    return tuple(found[:MOST_LESSONS])


def about(read: ProposalDocument) -> About:
    """Return what a proposal is about."""
    return About(title=read.title, system_kind=read.system_kind, systems=read.corporate_system.ids)


def _told(lesson: LessonView) -> Lesson:
    return Lesson(
        title=lesson.title,
        text=lesson.text,
        case=lesson.case,
        case_title=lesson.case_title,
        on=calendar.local_day(lesson.at),
    )


def _telling(title: str) -> set[str]:
    """Return the words of a title that tell what it is about, each without the s of its plural."""
    words = {word.removesuffix("s") for word in re.findall(r"[^\W\d_]{4,}", title.lower())}
    return {word for word in words if word not in TELLS_NOTHING and len(word) >= SHORTEST_WORD}


def review_checked(tx: Tx, case: CaseView, step: StepView, closing: StepClosing) -> None:
    """Keep what a review says, with its lessons, once somebody else has checked it. Of other questions, and
    of a review that is sent back, nothing is written.
    """
    if step.kind != "review_check" or closing.outcome.choice is not Choice.VERIFY:
        return
    made = intents.decisions_of(tx, case.ref, strict=False)
    written = [one for one in made if one.kind == "review" and one.choice is Choice.REPORT]
    if not written:
        return
    answers = written[-1].answers
    was = about(ProposalDocument.model_validate(content(tx, case.ref, case.version) or {}))
    project = projects.of_proposal(tx, case.ref)
    told = Checked(
        review=written[-1].step,
        check=step.id,
        final_cost=reporting.final_cost(answers),
        objectives=reporting.objectives(answers),
        system_kind=was.system_kind,
        systems=was.systems,
        strategy=project.strategy if project else "",
        lessons=reporting.lessons(answers),
    )
    reviews.checked(tx, case.ref, told, at=closing.outcome.at)
