"""A project as its process, letters and pages need it: who runs it, and what it is measured against."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from service import appraisal, reporting, telling
from service.appraisal import Lacking
from service.handbook import Edition
from service.handbook.delivering import DeliveryRules, GateRules
from service.handbook.words import listed, pounds
from service.proposals import ProposalDocument
from service.reporting import Answers
from service.store import benefits, cases, intents, projects, steps
from service.store.benefits import BenefitView, Claimed
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.projects import Called, ProjectView
from workflows.days import in_full
from workflows.delivery import (
    BenefitOpened,
    Crossing,
    Forecast,
    GateKind,
    GoLive,
    ProjectInHand,
    ProjectReported,
    Rag,
    ReviewInHand,
    Tolerance,
    Variance,
)
from workflows.model import Choice, ForumRules, SeatAsk, Terms
from workflows.rules import reports, tolerances, validity
from workflows.rules.projects import END_PROJECT, REVIEW, REVIEW_CHECK

_YEARS_AFTER = 3
"""For how long after the go-live that was planned the days that are not worked go with a project; with a
benefit and a review, after the last day on which they are due.
"""
_REVIEW, _BENEFIT = ("review", "review_check", "review_srg"), ("benefit",)
_PROJECT = tuple(
    kind for kind, each in reports.KINDS.items() if kind not in (*_REVIEW, *_BENEFIT) and not each.assesses
)


def rules_of(edition: Edition) -> DeliveryRules:
    """Return how an edition has projects delivered; LookupError if it has none."""
    if edition.delivery is None:
        raise LookupError(f"edition {edition.hash[:12]} has no rules for projects")
    return edition.delivery


# ---------------------------------------------------------------------------- projects


def in_hand(tx: Tx, ref: str) -> ProjectInHand:
    """Return a project as its process needs it."""
    case, project = cases.get(tx, ref), projects.must(tx, ref)
    edition, today = telling.edition(tx, case.edition), tx.today
    rules, routing = rules_of(edition), edition.routing(today)
    plan = project.baseline or project.plan
    return ProjectInHand(
        case=ref,
        parent=project.parent,
        content_hash=case.content_hash,
        authority=routing.project_authority or case.sponsor,
        manager=edition.acting(project.manager, today),
        board=board(project, edition, today),
        programme_office=edition.acting(edition.roles["pmo"], today),
        standards=edition.standards_checker(case.size, today, programme=bool(project.strategy)),
        srg=as_asked(routing.srg),
        stages=len(plan.stages) if plan else 0,
        baseline=project.baseline,
        plan=project.plan,
        went_live=project.went_live,
        matrix=rules.matrix,
        clauses={kind: clause for kind, clause in edition.delivery_clauses().items() if kind in _PROJECT},
        terms=_terms(edition, _PROJECT),
        told=tuple(dict.fromkeys(filter(None, (case.sponsor, case.lead, project.manager)))),
        non_working=_days_off(edition, project, today),
        clock=tx.clock,
    )


def board(project: ProjectView, edition: Edition, day: date) -> tuple[SeatAsk, ...]:
    """Return the seats of a project board on a day. A post that fills two places has one seat."""
    posts = dict.fromkeys(edition.acting(post, day) for post in project.board)
    chair = edition.acting(project.executive, day)
    return tuple(SeatAsk(key=post, post=post, chair=post == chair) for post in posts)


def authorised(tx: Tx, ref: str, key: str, edition: Edition) -> str:
    """Return what passing a gate authorises, by the key of its question; empty for one in no template."""
    project, own = projects.get(tx, ref), key.removesuffix("-srg")
    if project is None or not own.startswith("gate-") or edition.delivery is None:
        return ""
    name = own.removeprefix("gate-")
    stage = int(name) if name.isdecimal() else 0
    kind = GateKind.BOUNDARY if stage else GateKind(name.replace("-", "_"))
    return edition.delivery.gate(project.template, kind, stage).authorises


def gate(rules: DeliveryRules, project: ProjectView, kind: GateKind, stage: int) -> GateRules:
    """Return a gate of a project, with its name and what passing it authorises."""
    found = rules.gate(project.template, kind, stage)
    if kind is not GateKind.EXCEPTION_PLAN:
        return found
    new_plan = "the new plan, by which reports are measured from then on"
    return found.model_copy(update={"name": "Exception plan", "authorises": new_plan})


def called(tx: Tx, project: ProjectView, *, proposed: bool = False) -> dict[int, Called]:
    """Return what the stages of a plan are called, by their numbers: of the one that was approved last, or of
    the one that is put forward, if that is wanted or there is no other.

    A plan of the next stage alone leaves them the names that they had.
    """
    plan = (project.plan if proposed else None) or project.baseline or project.plan
    if plan is None:
        return {}
    named = projects.planned_by(tx, project.ref)
    planned = (project.plan_step, *named) if plan is project.plan else named
    found = next(filter(None, (_called(tx, step) for step in planned)), {})
    return {one.number: found.get(one.number, Called(name=f"Stage {one.number}")) for one in plan.stages}


def _called(tx: Tx, step: str) -> dict[int, Called]:
    made = [one for one in intents.decisions_of_step(tx, step, strict=False) if one.choice.counted]
    return reporting.called(made[-1].answers) if made else {}


def before(tx: Tx, project: ProjectView, reported: Sequence[projects.Report]) -> Forecast | None:
    """Return how a project stands: by its last report, or by the plan that was approved since; None before
    either. A new plan says nothing of the ratings.
    """
    plan = project.baseline
    if plan is None:
        return reported[-1].forecast if reported else None
    if reported and not planned_since(tx, reported[-1]):
        return reported[-1].forecast
    ratings = reported[-1].forecast.ratings if reported else dict.fromkeys(Tolerance, Rag.GREEN)
    return Forecast(cost=plan.cost, go_live=project.went_live or plan.go_live, ratings=ratings)


def planned_since(tx: Tx, report: projects.Report) -> bool:
    """Say whether an exception plan was approved after a report."""
    passed = projects.gates(tx, report.step.partition(".")[0])
    return any(one.gate is GateKind.EXCEPTION_PLAN and one.at >= report.at for one in passed)


def closes_early(tx: Tx, ref: str) -> bool:
    """Say whether it was decided to close a project early: from then on it passes no gate."""
    return any(step.choice is Choice.CLOSE_EARLY for step in steps.of_case(tx, ref))


def last_word(tx: Tx, ref: str, kind: str, rules: Edition) -> bool:
    """Say whether neither a board nor SRG is asked after a question, who would be otherwise: a project that
    closes early passes no gate, and without SRG nobody has to note a review.
    """
    if kind == END_PROJECT:
        return closes_early(tx, ref)
    return kind in (REVIEW, REVIEW_CHECK) and rules.routing(tx.today).srg is None


def measured(tx: Tx, project: ProjectView, now: Forecast) -> tuple[Variance, Variance | None]:
    """Return by how much a forecast misses the baseline, and by how much all that is linked does together.

    What is linked stands as it was last reported, or else as it was approved. Without a baseline nothing is
    missed; without anything linked that has one, there is no variance together.
    """
    if project.baseline is None:
        return Variance(ratings=now.ratings), None
    edition = telling.edition(tx, cases.get(tx, project.ref).edition)
    days_off = edition.non_working
    own = tolerances.variance(now, project.baseline, days_off)
    others = [
        # What has ended is late no more; what it cost still counts.
        by if one.open else by.model_copy(update={"late": 0})
        for one in projects.linked_with(tx, project)
        if one.baseline and (stands := before(tx, one, projects.last_report(tx, one.ref)))
        for by in [tolerances.variance(stands, one.baseline, days_off)]
    ]
    return own, tolerances.together((own, *others)) if others else None


def crosses(tx: Tx, project: ProjectView, rules: DeliveryRules, said: Answers) -> Crossing | None:
    """Return what a report would be past if it were handed in now, and who would decide; None if nothing.

    What was decided on of the last exception is not decided on again, as the project's process has it.
    """
    reported = projects.reports(tx, project.ref)
    standing = before(tx, project, reported)
    if standing is None or project.baseline is None:
        return None
    now, tolerated = reporting.forecast(said, standing), project.baseline.tolerances
    own, linked = measured(tx, project, now)
    told: list[tuple[datetime, ProjectReported | Crossing]] = [
        (one.settled, one.crossing) for one in projects.exceptions(tx, project.ref) if one.settled
    ]
    told += [(one.at, _reported(one.forecast, one.variance, one.linked)) for one in reported]
    accepted: tuple[Tolerance, ...] = ()
    beside: Variance | None = None
    this = _reported(now, own, linked)
    # What was decided on stays so as long as no report since says that it was better meanwhile.
    for _, one in [*sorted(told, key=lambda each: each[0]), (tx.now, this)]:
        if isinstance(one, Crossing):
            accepted, beside = tolerances.decided_on(one), one.linked or beside
        else:
            accepted = tolerances.still_accepted(accepted, one.variance)
            beside = tolerances.still_together(beside, one, tolerated)
    return tolerances.crossing(this, tolerated, rules.matrix, accepted, beside)


def _reported(now: Forecast, own: Variance, linked: Variance | None) -> ProjectReported:
    return ProjectReported(forecast=now, variance=own, linked=linked)


def missed(project: ProjectView, standing: Forecast | None, non_working: Sequence[date]) -> Variance:
    """Return by how much a project misses the plan that is approved now; nothing before there is one."""
    if standing is None or project.baseline is None:
        return Variance(ratings=standing.ratings if standing else {})
    return tolerances.variance(standing, project.baseline, non_working)


def overdue(project: ProjectView, today: date) -> date | None:
    """Return the day on which a project was to go live, if it has passed and nobody has said that it did."""
    if not project.open or project.went_live or project.go_live is None:
        return None
    return project.go_live if project.go_live < today else None


def by_now(project: ProjectView, standing: Forecast | None, today: date) -> Forecast | None:
    """Return how a project stands if it goes live today at the earliest, as long as it has not."""
    if standing is None or not project.open or project.went_live:
        return standing
    return standing.model_copy(update={"go_live": max(standing.go_live, today)})


def stands(tx: Tx, project: ProjectView) -> tuple[str, ...]:
    """Say how a project stands by its last report against the plan that was approved, a sentence each."""
    plan, reported = project.baseline, projects.last_report(tx, project.ref)
    if plan is None:
        return ()
    if not reported or planned_since(tx, reported[-1]):
        said = "reported since" if reported else "reported yet"
        return (
            f"Approved: {pounds(plan.cost)}, going live on {in_full(plan.go_live)}. Nothing has been {said}.",
        )
    days_off = telling.edition(tx, cases.get(tx, project.ref).edition).non_working
    now, tolerated = reported[-1].forecast, plan.tolerances
    by = missed(project, by_now(project, now, tx.today), days_off)
    red = [RATED[of] for of in Tolerance if of in tolerances.RATED and now.ratings.get(of) is Rag.RED]
    return (
        f"{pounds(now.cost)} {'final cost' if final(reported) else 'forecast'}, {_over(by, plan.cost)}; "
        f"{tolerated.cost_percent.normalize():f}% over {'was' if final(reported) else 'is'} tolerated.",
        f"{_live(project, now, tx.today)}{'; by now that is ' if overdue(project, tx.today) else ', '}"
        f"{_late(by, plan.go_live)}; {tolerated.days} "
        f"{_are(tolerated.days, past=project.went_live is not None)} tolerated."
        if project.open or project.went_live
        else f"It never went live; {in_full(plan.go_live)} was approved.",
        *([f"Rated red: {listed(red)}."] if red else []),
        *_together(tx, project, by_now(project, now, tx.today) or now),
    )


def _together(tx: Tx, project: ProjectView, now: Forecast) -> tuple[str, ...]:
    """Say how a project that runs stands together with those that are linked with it, and which they are."""
    _, linked = measured(tx, project, now) if project.open else (None, None)
    if linked is None or project.baseline is None:
        return ()
    tolerated = project.baseline.tolerances
    past = [
        f"the {tolerated.cost_percent.normalize():f}%"
        if linked.over_percent > tolerated.cost_percent
        else "",
        f"the {_days(tolerated.days)}" if linked.late > tolerated.days else "",
    ]
    beyond = " and ".join(filter(None, past))
    return (
        f"Measured together with {listed(beside(tx, project))}: {_over(linked, linked.budget)}, "
        f"the latest {f'{_days(linked.late)} late' if linked.late > 0 else 'not late'}"
        f"{f', past {beyond} tolerated' if beyond else ''}.",
    )


def beside(tx: Tx, project: ProjectView) -> tuple[str, ...]:
    """Return the references of the projects that one is measured together with."""
    return tuple(one.ref for one in projects.linked_with(tx, project) if one.baseline)


def final(reported: Sequence[projects.Report]) -> bool:
    """Say whether what was reported last is what a project has come to, and no forecast any more."""
    return bool(reported) and reported[-1].kind == "end_project"


def _live(project: ProjectView, now: Forecast, today: date) -> str:
    if project.went_live:
        return f"It went live on {in_full(project.went_live)}"
    if overdue(project, today):
        return f"Go-live was forecast for {in_full(now.go_live)}, which has passed"
    return f"Go-live on {in_full(now.go_live)} forecast"


def _are(number: int, *, past: bool) -> str:
    if number == 1:
        return "was" if past else "is"
    return "were" if past else "are"


def confidence(tx: Tx, project: ProjectView) -> str:
    """Say how confident the board was of delivery at the last gate, if that asked."""
    passed = projects.gates(tx, project.ref)[-1:]
    said = [f"Confidence of delivery at the last gate: {one.rating}." for one in passed if one.rating]
    return "".join(said)


RATED = {
    Tolerance.TIME: "time",
    Tolerance.COST: "cost",
    Tolerance.SCOPE: "scope",
    Tolerance.QUALITY: "quality",
    Tolerance.RISK: "risk",
    Tolerance.BENEFIT: "benefits",
}
"""What each tolerance is called in a sentence."""


def _over(missed: Variance, approved: Decimal) -> str:
    if missed.over > 0:
        percent = f"{missed.over_percent.normalize():f}%"
        return f"{pounds(missed.over)} ({percent}) over the approved {pounds(approved)}"
    if missed.over < 0:
        return f"{pounds(-missed.over)} under the approved {pounds(approved)}"
    return "as approved"


def _late(missed: Variance, approved: date) -> str:
    days = _days(abs(missed.late))
    if missed.late > 0:
        return f"{days} after the approved {in_full(approved)}"
    if missed.late < 0:
        return f"{days} before the approved {in_full(approved)}"
    return "as approved"


def _days(number: int) -> str:
    return f"{number} working day{'' if number == 1 else 's'}"


def go_live(tx: Tx, parent: str) -> GoLive | None:
    """Return when the project of a proposal goes live, or has; None as long as nobody has said."""
    project = projects.of_proposal(tx, parent)
    if project is None:
        return None
    if project.went_live:
        return GoLive(day=project.went_live, certain=True)
    return GoLive(day=project.go_live) if project.go_live else None


# --------------------------------------------------------------- benefits and reviews


def proposed(tx: Tx, case: CaseView) -> ProposalDocument:
    """Return the business case of a proposal, as its last version has it."""
    return ProposalDocument.model_validate(cases.content(tx, case.ref, case.version) or {})


def lacking(tx: Tx, project: ProjectView) -> Lacking:
    """Return what the business case of a project leaves out without which no gate opens (SYS-15)."""
    case = cases.get(tx, project.parent)
    return appraisal.lacking(proposed(tx, case), telling.edition(tx, case.edition).posts)


def business_case(tx: Tx, project: ProjectView) -> ProposalDocument:
    """Return the business case of a project, with what its last mandate adds of what the proposal leaves
    out.
    """
    read = proposed(tx, cases.get(tx, project.parent))
    given = [
        one
        for one in intents.decisions_of(tx, project.ref, strict=False)
        if one.kind == "mandate" and one.choice is Choice.REPORT
    ]
    return reporting.completed(read, given[-1].answers) if given else read


def claimed(case: CaseView, read: ProposalDocument, edition: Edition) -> tuple[Claimed, ...]:
    """Return the benefits that the business case of a proposal claims; one whose owner the handbook does not
    know is the sponsor's.
    """
    return tuple(
        Claimed(
            title=one.title,
            summary=appraisal.measured(one),
            owner=one.owner if one.owner in edition.posts else case.sponsor,
            yearly=one.amount_gbp_per_year,
        )
        for one in read.benefits
    )


def benefit_in_hand(tx: Tx, ref: str) -> BenefitOpened:
    """Return a benefit as its process needs it."""
    case, benefit = cases.get(tx, ref), benefits.must(tx, ref)
    edition, live = telling.edition(tx, case.edition), go_live(tx, benefit.parent)
    months = rules_of(edition).benefits.months
    return BenefitOpened(
        case=ref,
        parent=benefit.parent,
        content_hash=case.content_hash,
        clause=edition.delivery_clauses()["benefit"],
        owner=edition.acting(benefit.owner, tx.today),
        months=months,
        asked=_asked(tx, benefit),
        go_live=live,
        non_working=_off_until(edition, max(months), tx.today, live),
        told=(case.sponsor,),
        terms=_terms(edition, _BENEFIT),
        clock=tx.clock,
    )


def review_in_hand(tx: Tx, ref: str) -> ReviewInHand:
    """Return what the review of a proposal after its project needs."""
    case = cases.get(tx, ref)
    edition = telling.edition(tx, case.edition)
    routing, clauses = edition.routing(tx.today), edition.delivery_clauses()
    months = rules_of(edition).review.months
    return ReviewInHand(
        case=ref,
        writer=edition.acting(case.lead, tx.today),
        checker=routing.reviewer,
        months=months,
        non_working=_off_until(edition, months, tx.today, go_live(tx, ref)),
        srg=as_asked(routing.srg),
        clauses={kind: clauses[kind] for kind in _REVIEW if kind in clauses},
        terms=_terms(edition, _REVIEW),
        told=tuple(dict.fromkeys((case.sponsor, case.lead))),
    )


def as_asked(forum: ForumRules | None) -> ForumRules | None:
    """Return a forum without its members and days: its secretary is asked, and its days are looked up."""
    return forum.model_copy(update={"meetings": (), "seats": ()}) if forum else None


# ---------------------------------------------------------------------------- workings


def _terms(edition: Edition, kinds: tuple[str, ...]) -> dict[str, Terms]:
    return {kind: edition.steps[kind] for kind in kinds if kind in edition.steps}


def _days_off(edition: Edition, project: ProjectView, today: date) -> tuple[date, ...]:
    plan = project.baseline or project.plan
    ends = [today, *([plan.go_live] if plan else ()), *([project.go_live] if project.go_live else ())]
    return _off_between(edition, min(ends), max(ends))


def _off_until(edition: Edition, months: int, today: date, live: GoLive | None) -> tuple[date, ...]:
    """Return the days that are not worked until so many months after go-live, be it over or to come."""
    known = [today, *([live.day] if live else ())]
    return _off_between(edition, min(known), validity.months_later(max(known), months))


def _off_between(edition: Edition, first: date, last: date) -> tuple[date, ...]:
    """Return the days that are not worked from one on until some years after another."""
    end = last + timedelta(days=366 * _YEARS_AFTER)
    return tuple(day for day in edition.non_working if first <= day <= end)


def _asked(tx: Tx, benefit: BenefitView) -> int:
    """Return in how many of its months a benefit has been asked, answered or not."""
    over = [step for step in steps.of_case(tx, benefit.ref) if not step.open]
    return len({step.key for step in over})
