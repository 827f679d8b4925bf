"""A project as its process, letters and pages need it: who runs it, and what it is measured against."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from service import telling
from service.handbook import Edition
from service.handbook.delivering import DeliveryRules
from service.handbook.words import listed, pounds
from service.proposals import ProposalDocument
from service.store import benefits, cases, projects, steps
from service.store.benefits import BenefitView, Claimed
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.projects import ProjectView
from workflows.days import in_full
from workflows.delivery import (
    BenefitOpened,
    Forecast,
    GateKind,
    GoLive,
    ProjectInHand,
    Rag,
    ReviewInHand,
    Tolerance,
    Variance,
)
from workflows.model import ForumRules, SeatAsk, Terms
from workflows.rules import reports, tolerances

_YEARS_AFTER = 3
"""For how long after the go-live that was planned the days that are not worked go with a project."""
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
    project, name = projects.get(tx, ref), key.removesuffix("-srg").removeprefix("gate-")
    if project is None or name == key or edition.delivery is None:
        return ""
    stage = int(name) if name.isdecimal() else 0
    kind = GateKind.BOUNDARY if stage else GateKind(name.replace("-", "_"))
    return edition.delivery.gate(project.template, kind, stage).authorises


def before(project: ProjectView, reported: Sequence[projects.Report]) -> Forecast | None:
    """Return how a project stands by its last report, or as it was approved; None before either."""
    if reported:
        return reported[-1].forecast
    if project.baseline is None:
        return None
    return Forecast(
        cost=project.baseline.cost,
        go_live=project.baseline.go_live,
        ratings=dict.fromkeys(Tolerance, Rag.GREEN),
    )


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
    beside = [
        tolerances.variance(stands, one.baseline, days_off)
        for one in projects.linked_with(tx, project)
        if one.baseline and (stands := before(one, projects.reports(tx, one.ref)))
    ]
    return own, tolerances.together((own, *beside)) if beside else None


def stands(tx: Tx, project: ProjectView) -> tuple[str, ...]:
    """Say how a project stands by its last report against the plan that was approved, a sentence each."""
    plan, reported = project.baseline, projects.reports(tx, project.ref)
    if plan is None:
        return ()
    if not reported:
        live = in_full(plan.go_live)
        return (f"Approved: {pounds(plan.cost)}, going live on {live}. Nothing has been reported yet.",)
    last = reported[-1]
    now, missed, tolerated = last.forecast, last.variance, plan.tolerances
    red = [RATED[of] for of in Tolerance if of in tolerances.RATED and now.ratings.get(of) is Rag.RED]
    return (
        f"{pounds(now.cost)} forecast, {_over(missed, plan.cost)}; "
        f"{tolerated.cost_percent.normalize():f}% over is tolerated.",
        f"Go-live on {in_full(now.go_live)} forecast, {_late(missed, plan.go_live)}; "
        f"{tolerated.days} are tolerated.",
        *([f"Rated red: {listed(red)}."] if red else []),
    )


def benefit_stands(tx: Tx, benefit: BenefitView) -> tuple[str, ...]:
    """Say what was claimed of a benefit, and what was read of it last."""
    read = benefits.readings(tx, benefit.ref)[-1:]
    claimed = f"{pounds(benefit.claimed)} a year was claimed." if benefit.claimed is not None else ""
    last = [f"Last read: {one.value}, {one.month} months after go-live." for one in read]
    return tuple(filter(None, (claimed, *last)))


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
    days = f"{abs(missed.late)} working day{'' if abs(missed.late) == 1 else 's'}"
    if missed.late > 0:
        return f"{days} after the approved {in_full(approved)}"
    if missed.late < 0:
        return f"{days} before the approved {in_full(approved)}"
    return "as approved"


def go_live(tx: Tx, parent: str) -> GoLive | None:
    """Return when the project of a proposal goes live, or has; None as long as nobody has said."""
    project = projects.of_proposal(tx, parent)
    if project is None:
        return None
    if project.went_live:
        return GoLive(day=project.went_live, certain=True)
    return GoLive(day=project.go_live) if project.go_live else None


# --------------------------------------------------------------- benefits and reviews


def claimed(tx: Tx, case: CaseView, edition: Edition) -> tuple[Claimed, ...]:
    """Return the benefits that a proposal claims by its last version; one whose owner the handbook does not
    know is the sponsor's.
    """
    read = ProposalDocument.model_validate(cases.content(tx, case.ref, case.version) or {})
    return tuple(
        Claimed(
            title=one.title,
            summary=" ".join(filter(None, (one.measure, one.how_realised))),
            owner=one.owner if one.owner in edition.posts else case.sponsor,
            yearly=one.amount_gbp_per_year,
        )
        for one in read.benefits
    )


def benefit_in_hand(tx: Tx, ref: str) -> BenefitOpened:
    """Return a benefit as its process needs it."""
    case, benefit = cases.get(tx, ref), benefits.must(tx, ref)
    edition = telling.edition(tx, case.edition)
    return BenefitOpened(
        case=ref,
        parent=benefit.parent,
        content_hash=case.content_hash,
        clause=edition.delivery_clauses()["benefit"],
        owner=edition.acting(benefit.owner, tx.today),
        months=rules_of(edition).benefits.months,
        asked=_asked(tx, benefit),
        go_live=go_live(tx, benefit.parent),
        told=(case.sponsor,),
        terms=_terms(edition, _BENEFIT),
        clock=tx.clock,
    )


def review_in_hand(tx: Tx, ref: str) -> ReviewInHand:
    """Return what the review of a proposal after its project needs."""
    case = cases.get(tx, ref)
    edition = telling.edition(tx, case.edition)
    routing, clauses = edition.routing(tx.today), edition.delivery_clauses()
    return ReviewInHand(
        case=ref,
        writer=edition.acting(case.lead, tx.today),
        checker=routing.reviewer,
        months=rules_of(edition).review.months,
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
    last = max(ends) + timedelta(days=366 * _YEARS_AFTER)
    return tuple(day for day in edition.non_working if min(ends) <= day <= last)


def _asked(tx: Tx, benefit: BenefitView) -> int:
    """Return in how many of its months a benefit has been asked, answered or not."""
    over = [step for step in steps.of_case(tx, benefit.ref) if not step.open]
    return len({step.key for step in over})
