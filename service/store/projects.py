"""Projects: what became of a proposal that was approved, in stages, measured against what was approved.

A project is a case of its own, child of its proposal; an exception from the project standards is one in its
turn, child of its project. The journal holds figures, days, ratings, keys and the ids of steps. What people
wrote, what they call a stage among it, is in their answers, found by their hash, and what a case says in its
content.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import Field
from sqlalchemy import Row, bindparam, or_, select

from service.store import canonical, children, journal, letters, references, texts
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.letters import QueuedLetter
from service.store.line import ENGINE, Entry
from service.store.tables import (
    BASELINES,
    CASES,
    GATES,
    PROJECT_DEPENDENCIES,
    PROJECT_EXCEPTIONS,
    PROJECT_LINKS,
    PROJECT_REPORTS,
    PROJECTS,
    STANDARDS_CHECKS,
    STANDARDS_EXCEPTIONS,
    TEXTS,
)
from workflows.delivery import (
    Baseline,
    Crossing,
    ExceptionRaised,
    ExceptionSettled,
    ExceptionState,
    Forecast,
    GateKind,
    GatePassed,
    Plan,
    ProjectState,
    ProjectTold,
    Rag,
    Tolerances,
    Variance,
)
from workflows.model import Choice, Frozen

KIND, STANDARDS = "project", "standards_exception"
"""How a case says that it is a project, or an exception from the project standards."""
LINKED = (KIND, "proposal")
"""The kinds of case that a project may be measured together with."""

BOARD = ("executive", "senior_user", "senior_supplier")
"""The seats of a project board, by the names of what keeps their posts."""

_PROJECTS = (
    select(PROJECTS, CASES.c.title, CASES.c.state, CASES.c.open, CASES.c.opened, CASES.c.changed)
    .join(CASES, CASES.c.ref == PROJECTS.c.ref)
    .order_by(PROJECTS.c.ref)
)
_BY_REF = _PROJECTS.where(PROJECTS.c.ref == bindparam("ref"))
_OF_PARENT = _PROJECTS.where(PROJECTS.c.parent == bindparam("parent"))
_BASELINES = select(BASELINES).where(BASELINES.c.case == bindparam("case")).order_by(BASELINES.c.number)
_REPORTS = (
    select(PROJECT_REPORTS)
    .where(PROJECT_REPORTS.c.case == bindparam("case"))
    .order_by(PROJECT_REPORTS.c.line)
)
_PLANNED_BY = (
    select(BASELINES.c.step).where(BASELINES.c.case == bindparam("case")).order_by(BASELINES.c.number.desc())
)
_LAST_REPORT = (
    select(PROJECT_REPORTS)
    .where(PROJECT_REPORTS.c.case == bindparam("case"))
    .order_by(PROJECT_REPORTS.c.line.desc())
    .limit(1)
)
_REPORT = select(PROJECT_REPORTS).where(
    PROJECT_REPORTS.c.case == bindparam("case"), PROJECT_REPORTS.c.step == bindparam("step")
)
_GATES = select(GATES).where(GATES.c.case == bindparam("case")).order_by(GATES.c.number)
_EXCEPTIONS = (
    select(PROJECT_EXCEPTIONS)
    .where(PROJECT_EXCEPTIONS.c.case == bindparam("case"))
    .order_by(PROJECT_EXCEPTIONS.c.number)
)
_CHECKS = (
    select(STANDARDS_CHECKS)
    .where(STANDARDS_CHECKS.c.case == bindparam("case"))
    .order_by(STANDARDS_CHECKS.c.line)
)
_LINKS = select(PROJECT_LINKS).where(
    or_(
        PROJECT_LINKS.c.case.in_(bindparam("refs", expanding=True)),
        PROJECT_LINKS.c.other.in_(bindparam("refs", expanding=True)),
    )
)
_OF_ORGANISATION = _PROJECTS.where(CASES.c.organisation == bindparam("organisation"))
_BASELINES_OF_ORGANISATION = (
    select(BASELINES)
    .join(CASES, CASES.c.ref == BASELINES.c.case)
    .where(CASES.c.organisation == bindparam("organisation"))
    .order_by(BASELINES.c.case, BASELINES.c.number)
)
_RUN_BY = _PROJECTS.where(
    or_(
        *(PROJECTS.c[place].in_(bindparam("posts", expanding=True)) for place in ("manager", *BOARD)),
    ),
    CASES.c.open,
)
_UNHEARD_PEOPLE = _PROJECTS.where(PROJECTS.c.people > PROJECTS.c.people_heard)
_UNHEARD_WISHES = _PROJECTS.where(PROJECTS.c.reports_wanted > PROJECTS.c.reports_heard)
_WITH_WHY = select(PROJECT_DEPENDENCIES, TEXTS.c.body).outerjoin(
    TEXTS, TEXTS.c.hash == PROJECT_DEPENDENCIES.c.reason
)
_IN_ORDER = (PROJECT_DEPENDENCIES.c.case, PROJECT_DEPENDENCIES.c.number)
_DEPENDENCIES = _WITH_WHY.where(PROJECT_DEPENDENCIES.c.ended_at.is_(None)).order_by(*_IN_ORDER)
_DEPENDENCIES_OF = _WITH_WHY.where(PROJECT_DEPENDENCIES.c.case == bindparam("case")).order_by(*_IN_ORDER)
_STANDARDS = (
    select(STANDARDS_EXCEPTIONS, CASES.c.state, CASES.c.open, CASES.c.opened, CASES.c.changed)
    .join(CASES, CASES.c.ref == STANDARDS_EXCEPTIONS.c.ref)
    .order_by(STANDARDS_EXCEPTIONS.c.ref)
)
_STANDARDS_BY_REF = _STANDARDS.where(STANDARDS_EXCEPTIONS.c.ref == bindparam("ref"))
_STANDARDS_OF = _STANDARDS.where(STANDARDS_EXCEPTIONS.c.parent == bindparam("parent"))


class Mandate(Frozen):
    """Who is to run a project, on what template, and with what it is measured together."""

    manager: str
    """A post, as the three after it."""
    executive: str
    senior_user: str
    senior_supplier: str
    template: str
    """The key of a stage template of the handbook."""
    strategy: str = ""
    linked: tuple[str, ...] = ()
    """References of projects and proposals."""


class Called(Frozen):
    """What a stage is called by those who planned it, in words that the law may have had erased."""

    name: str = ""
    pilot: str = ""
    """Where it is tried out first; empty if it is no pilot."""


class ProjectView(Frozen):
    """A project as it stands."""

    ref: str
    parent: str
    title: str
    state: ProjectState
    open: bool
    opened: datetime
    changed: datetime
    manager: str
    """A post, as the three after it; empty until it is named."""
    executive: str
    senior_user: str
    senior_supplier: str
    template: str
    strategy: str
    people: int
    """How often somebody was put in another's place."""
    people_heard: int = 0
    """The last of these changes of which its process has heard."""
    reports_wanted: int = 0
    """How often a report was wanted at once."""
    reports_heard: int = 0
    """The last of these wishes of which its process has heard."""
    stage: int
    """The delivery stage in hand; 0 before the first."""
    baseline: Baseline | None = None
    """The last approved, with what is tolerated by now."""
    plan: Plan | None = None
    """What was proposed last and is not approved."""
    plan_step: str = ""
    """The step whose answer proposed it."""
    go_live: date | None = None
    """As it was planned or forecast last."""
    went_live: date | None = None

    def stage_ends(self, number: int) -> date | None:
        """Return when a stage is to end by the last approved plan; None where it has no such stage."""
        stages = self.baseline.stages if self.baseline else ()
        return next((stage.ends for stage in stages if stage.number == number), None)

    @property
    def board(self) -> tuple[str, ...]:
        """The posts of its board, the executive first; none until they are named."""
        return tuple(post for post in (getattr(self, seat) for seat in BOARD) if post)


class Report(Frozen):
    """What a project's manager reported, measured against the baseline of that day."""

    step: str
    kind: str
    """The kind of question that it answers."""
    stage: int
    at: datetime
    person: str
    forecast: Forecast
    variance: Variance
    linked: Variance | None = None
    unchanged: bool = False
    stage_done: bool = False
    objectives: str = ""
    """met, partly or not_met; empty where it was not asked."""
    went_live: date | None = None


class Gate(Frozen):
    """A gate that a project was let through, with its three variances (SYS-16)."""

    number: int
    gate: GateKind
    stage: int
    """The stage that ended with it; 0 before the first."""
    step: str
    report: str = ""
    """The step of the report by which it is measured; empty if there was none."""
    over: Decimal = Decimal(0)
    """Pounds above the baseline."""
    over_percent: Decimal = Decimal(0)
    late: int = 0
    """Working days after the baseline's go-live."""
    objectives: str = ""
    rating: Rag | None = None
    """How confident of delivery its least confident member was; None where the gate did not ask."""
    baseline: int = 0
    """The baseline that it made; 0 if the one before stays."""
    at: datetime


class Exceeding(Frozen):
    """A forecast past what is tolerated, and what was decided of it."""

    number: int
    stage: int
    step: str
    """The report that shows it."""
    crossing: Crossing
    raised: datetime
    settled: datetime | None = None
    settled_by: str = ""
    """The step by which it was decided; empty while it is not."""
    choice: Choice | None = None
    tolerances: Tolerances | None = None
    """What is tolerated since, where more was granted."""


class Check(Frozen):
    """What a check of project standards found (SYS-17)."""

    step: str
    stage: int
    at: datetime
    found: dict[str, str] = Field(default_factory=dict)
    """Standard to met or not_met."""
    exception: str = ""
    """The reference of the exception that it raised; empty if it raised none."""


class StandardsView(Frozen):
    """An exception from the project standards, as it stands."""

    ref: str
    parent: str
    """The project."""
    step: str
    """The check that raised it."""
    stage: int
    state: ExceptionState
    open: bool
    opened: datetime
    changed: datetime


class Change(Frozen):
    """Somebody who was put in another's place in a project, and why."""

    number: int
    posts: dict[str, str]
    """By `manager` or the seat of the board."""
    reason: str
    """Empty where it was not given, or was erased."""
    by: str
    by_post: str
    at: datetime


class Approval(Frozen):
    """When a project was to go live by a plan, from the moment on at which that was approved."""

    since: datetime
    go_live: date


class Dependency(Frozen):
    """A project that waits for another."""

    case: str
    number: int
    """Counts what the project has waited for, from 1."""
    other: str
    reason: str
    """Empty where it was erased."""
    by_post: str
    at: datetime
    ended: datetime | None = None
    """When somebody said that it waits no more."""


# ------------------------------------------------------------------------------- facts


def opened(tx: Tx, parent: CaseView, summary: str, *, at: datetime | None = None) -> str:
    """Open the project of a proposal and return its reference. Opened again, it is the one opened first."""
    tx.lock(parent.ref)
    known = of_proposal(tx, parent.ref)
    if known is not None:
        return known.ref
    ref, at = references.fresh(tx, "PRJ"), at or tx.now
    content = {"title": parent.title, "summary": summary, "parent": parent.ref}
    version = children.first_version(tx, parent, kind=KIND, title=parent.title, content=content, at=at)
    tx.append(parent.ref, "project.follows", {"project": ref}, key="project", actor=ENGINE, at=at)
    tx.append(ref, "project.opened", version, key="opened", actor=ENGINE, at=at)
    return ref


def begun(tx: Tx, ref: str) -> None:
    """Write that the engine has a case that another opened in hand."""
    tx.append(ref, "case.begun", {"version": 1}, key="begun:1", actor=ENGINE)


def named(tx: Tx, told: ProjectTold, mandate: Mandate) -> None:
    """Write who runs a project, as its mandate says."""
    data = {"step": told.step} | mandate.model_dump(mode="json")
    tx.append(told.case, "project.named", data, key=f"named:{told.step}", actor=ENGINE, at=told.at)


def people_changed(
    tx: Tx,
    ref: str,
    posts: Mapping[str, str],
    *,
    by: str,
    by_post: str,
    reason: str = "",
    at: datetime | None = None,
    queued: Sequence[QueuedLetter] = (),
) -> bool:
    """Write that somebody has put other posts in the places of a project, and why, and queue the letters that
    say so. Those that are there are False.

    `posts` has the new ones by `manager` or the seat of the board.
    """
    tx.lock(ref)
    project = must(tx, ref)
    unknown = set(posts) - {"manager", *BOARD}
    if unknown:
        raise ValueError(f"{ref} has no place called {', '.join(sorted(unknown))}")
    changed = {place: post for place, post in posts.items() if getattr(project, place) != post}
    if not changed:
        return False
    number = project.people + 1
    data = {"number": number, "posts": changed, "by_post": by_post, "reason": _why(tx, reason)}
    fact = Entry("project.people_changed", data, f"people:{number}", by, at=at)
    return letters.tell(tx, ref, [fact], queued)


def people_heard(tx: Tx, ref: str, number: int) -> None:
    """Write that a project's process has heard who is in whose place."""
    key = f"people-heard:{number}"
    tx.append(ref, "project.people_heard", {"number": number}, key=key, actor=ENGINE)


def report_wanted(tx: Tx, ref: str, *, reason: str, by: str, by_post: str) -> int:
    """Write that a report is wanted at once, and why; return the number of the wish. One of which the process
    has yet to hear is the same wish.
    """
    tx.lock(ref)
    project = must(tx, ref)
    if project.reports_wanted > project.reports_heard:
        return project.reports_wanted
    number = project.reports_wanted + 1
    data = {"number": number, "reason": _why(tx, reason), "by_post": by_post}
    tx.append(ref, "report.wanted", data, key=f"report-wanted:{number}", actor=by)
    return number


def report_heard(tx: Tx, ref: str, number: int, *, asked: bool) -> None:
    """Write that a project's process has heard that a report is wanted, and whether it asks for one."""
    data = {"number": number, "asked": asked}
    tx.append(ref, "report.heard", data, key=f"report-heard:{number}", actor=ENGINE)


def linked(
    tx: Tx, ref: str, other: str, *, by: str, by_post: str, reason: str = "", at: datetime | None = None
) -> bool:
    """Write that a project is measured together with another case. Linked from either side it is False."""
    tx.lock(ref)
    if other in linked_refs(tx, must(tx, ref)):
        return False
    data = {"other": other, "by_post": by_post, "reason": _why(tx, reason)}
    return tx.append(ref, "project.linked", data, key=f"linked:{other}", actor=by, at=at)


def waits_for(
    tx: Tx,
    ref: str,
    other: str,
    *,
    reason: str,
    by: str,
    by_post: str,
    queued: Sequence[QueuedLetter] = (),
) -> bool:
    """Write that a project waits for another, and why, and queue the letters that say so. One that does
    already is False, and nobody is written to.

    ValueError if the other waits for it in its turn, be it by way of others.
    """
    tx.lock(ref)
    # Two that begin to wait for each other at once would each see no circle.
    tx.in_turn("dependencies")
    known = dependencies_of(tx, ref)
    if any(one.other == other and one.ended is None for one in known):
        return False
    if circle := way_back(dependencies(tx), ref, other):
        raise ValueError(f"a circle: {' waits for '.join(circle)}")
    number = len(known) + 1
    data = {"number": number, "other": other, "reason": _why(tx, reason), "by_post": by_post}
    return letters.tell(tx, ref, [Entry("project.waits_for", data, f"waits-for:{number}", by)], queued)


def waits_no_more(
    tx: Tx,
    ref: str,
    other: str,
    *,
    reason: str,
    by: str,
    by_post: str,
    queued: Sequence[QueuedLetter] = (),
) -> bool:
    """Write that a project waits for another no more, and why, and queue the letters that say so. One that
    does not is False, and nobody is written to.
    """
    tx.lock(ref)
    known = dependencies_of(tx, ref)
    this = next((one for one in known if one.other == other and one.ended is None), None)
    if this is None:
        return False
    data = {"number": this.number, "other": other, "reason": _why(tx, reason), "by_post": by_post}
    fact = Entry("project.waits_no_more", data, f"waits-no-more:{this.number}", by)
    return letters.tell(tx, ref, [fact], queued)


def planned(tx: Tx, told: ProjectTold, plan: Plan) -> None:
    """Write a plan that is proposed: it waits for the gate that makes it the baseline."""
    data = {"step": told.step, "stage": told.stage, "plan": _plan(plan)}
    tx.append(told.case, "plan.proposed", data, key=f"plan:{told.step}", actor=ENGINE, at=told.at)


def reported(tx: Tx, told: ProjectTold, said: Report) -> Report:
    """Write a report; done twice, it says what it said the first time."""
    data = said.model_dump(mode="json", exclude={"at"}) | {"step": told.step, "stage": told.stage}
    key = f"reported:{told.step}"
    tx.append(told.case, "project.reported", data, key=key, actor=ENGINE, at=told.at)
    written = report(tx, told.case, told.step)
    assert written is not None
    return written


def passed(
    tx: Tx,
    passed: GatePassed,
    *,
    at_variance: Report | None,
    makes: Baseline | None,
    rating: Rag | None = None,
) -> None:
    """Write that a gate was passed, with the three variances of the report before it.

    `makes` is the baseline that comes of it; None if the one before stays. `rating` is how confident its
    board is of delivery, where the gate asks.
    """
    measured = at_variance.variance if at_variance else Variance()
    step = passed.plan_step or must(tx, passed.case).plan_step
    data = passed.model_dump(mode="json", exclude={"case", "at", "plan_step"}) | {
        "report": at_variance.step if at_variance else "",
        "over": measured.over,
        "over_percent": measured.over_percent,
        "late": measured.late,
        "objectives": at_variance.objectives if at_variance else "",
        "rating": rating or "",
        "baseline": {"number": makes.number, "step": step, "plan": _plan(makes)} if makes else None,
    }
    key = f"gate:{passed.number}"
    tx.append(passed.case, "gate.passed", data, key=key, actor=ENGINE, at=passed.at)


def exceeded(tx: Tx, raised: ExceptionRaised, queued: Sequence[QueuedLetter]) -> bool:
    """Write that a forecast is past what is tolerated, and queue the letters that say so; once."""
    data = raised.model_dump(mode="json", exclude={"case", "at"})
    fact = Entry("exception.raised", data, f"exceeded:{raised.number}", ENGINE, at=raised.at)
    return letters.tell(tx, raised.case, [fact], queued)


def settled(tx: Tx, settled: ExceptionSettled, choice: Choice | None, tolerances: Tolerances | None) -> None:
    """Write what an exception came to, and what is tolerated from now on if more was granted."""
    baseline = must(tx, settled.case).baseline
    data = {
        "number": settled.number,
        "step": settled.step,
        "choice": choice or "",
        "tolerances": tolerances.model_dump(mode="json") if tolerances and baseline else None,
        "baseline": baseline.number if baseline else 0,
    }
    key = f"settled:{settled.number}"
    tx.append(settled.case, "exception.settled", data, key=key, actor=ENGINE, at=settled.at)


def checked(
    tx: Tx, project: CaseView, told: ProjectTold, found: Mapping[str, str], *, title: str, summary: str
) -> str:
    """Write what a check of standards found; return the exception that it raises, or nothing.

    `found` says met or not_met by the keys of the standards; `title` and `summary` are what the exception
    says, where there is one.
    """
    tx.lock(project.ref)
    known = next((one for one in checks(tx, project.ref) if one.step == told.step), None)
    if known is not None:
        return known.exception
    ref = ""
    if summary:
        ref = references.fresh(tx, "EXC")
        content = {"title": title, "summary": summary, "parent": project.ref, "step": told.step}
        version = children.first_version(
            tx, project, kind=STANDARDS, title=title, content=content, at=told.at
        )
        origin = {"step": told.step, "stage": told.stage}
        kind = "standards_exception.opened"
        tx.append(ref, kind, version | origin, key="opened", actor=ENGINE, at=told.at)
    data = {"step": told.step, "stage": told.stage, "found": dict(found), "exception": ref}
    key = f"standards:{told.step}"
    tx.append(project.ref, "standards.checked", data, key=key, actor=ENGINE, at=told.at)
    return ref


# ------------------------------------------------------------------------------- reads


def get(tx: Tx, ref: str) -> ProjectView | None:
    """Return a project, or None if the reference is not of one."""
    row = tx.one(_BY_REF, ref=ref)
    return _project(tx, row) if row else None


def must(tx: Tx, ref: str) -> ProjectView:
    """Return a project that has to be there; LookupError if it is not."""
    project = get(tx, ref)
    if project is None:
        raise LookupError(f"no project {ref}")
    return project


def of_proposal(tx: Tx, parent: str) -> ProjectView | None:
    """Return the project of a proposal, if it has come to one."""
    row = tx.one(_OF_PARENT, parent=parent)
    return _project(tx, row) if row else None


def baselines(tx: Tx, ref: str) -> tuple[Baseline, ...]:
    """Return what a project's reports were measured against, the first first."""
    return tuple(_baseline(row) for row in tx.all(_BASELINES, case=ref))


def tolerated_first(tx: Tx, ref: str) -> dict[int, Tolerances]:
    """Return what was tolerated of each baseline of a project when it was approved, by its number."""
    kept = {row.number: canonical.loads(row.plan) for row in tx.all(_BASELINES, case=ref)}
    return {
        number: Tolerances.model_validate(plan.get("tolerated_first", plan["tolerances"]))
        for number, plan in kept.items()
    }


def planned_by(tx: Tx, ref: str) -> tuple[str, ...]:
    """Return the steps whose answers proposed the baselines of a project, the last first."""
    return tuple(row.step for row in tx.all(_PLANNED_BY, case=ref))


def reports(tx: Tx, ref: str) -> tuple[Report, ...]:
    """Return what was reported of a project, in order."""
    return tuple(map(_report, tx.all(_REPORTS, case=ref)))


def last_report(tx: Tx, ref: str) -> tuple[Report, ...]:
    """Return what was reported last of a project; nothing if nothing was."""
    return tuple(map(_report, tx.all(_LAST_REPORT, case=ref)))


def report(tx: Tx, ref: str, step: str) -> Report | None:
    """Return what was reported of a project in answer to a question, if it was."""
    row = tx.one(_REPORT, case=ref, step=step)
    return _report(row) if row else None


def gates(tx: Tx, ref: str) -> tuple[Gate, ...]:
    """Return the gates that a project was let through, in order."""
    return tuple(
        Gate(**dict(row._mapping) | {"rating": row.rating or None}) for row in tx.all(_GATES, case=ref)
    )


def exceptions(tx: Tx, ref: str) -> tuple[Exceeding, ...]:
    """Return the forecasts of a project that were past what is tolerated, in order."""
    return tuple(map(_exceeding, tx.all(_EXCEPTIONS, case=ref)))


def checks(tx: Tx, ref: str) -> tuple[Check, ...]:
    """Return the checks of a project's standards, in order."""
    return tuple(
        Check(**dict(row._mapping) | {"found": canonical.loads(row.found)})
        for row in tx.all(_CHECKS, case=ref)
    )


def linked_with(tx: Tx, project: ProjectView) -> tuple[ProjectView, ...]:
    """Return the projects that are measured together with one, whichever of them names the other.

    A proposal that is named stands for its project, once it has one.
    """
    others = linked_refs(tx, project)
    found = (get(tx, other) or of_proposal(tx, other) for other in others)
    known = {one.ref: one for one in found if one and one.ref != project.ref}
    return tuple(known[ref] for ref in sorted(known))


def linked_refs(tx: Tx, project: ProjectView) -> tuple[str, ...]:
    """Return the references that a project is linked with, as they were given, from either side; its
    proposal may have been named for it.
    """
    return _links(tx, [project.ref, project.parent])


def of_organisation(tx: Tx, organisation: str) -> tuple[ProjectView, ...]:
    """Return all projects of an organisation, by their references."""
    plans: dict[str, Baseline] = {}
    for row in tx.all(_BASELINES_OF_ORGANISATION, organisation=organisation):
        # They come in their order, so that the last is kept.
        plans[row.case] = _baseline(row)
    rows = tx.all(_OF_ORGANISATION, organisation=organisation)
    return tuple(_view(row, plans.get(row.ref)) for row in rows)


def approvals(tx: Tx, organisation: str) -> dict[str, tuple[Approval, ...]]:
    """Return when the projects of an organisation were to go live by each plan that was approved, the first
    first.
    """
    found: dict[str, tuple[Approval, ...]] = {}
    for row in tx.all(_BASELINES_OF_ORGANISATION, organisation=organisation):
        approved = Approval(since=row.since, go_live=_baseline(row).go_live)
        found[row.case] = (*found.get(row.case, ()), approved)
    return found


def run_by(tx: Tx, posts: Sequence[str]) -> tuple[ProjectView, ...]:
    """Return the open projects that posts manage, or on whose boards they sit."""
    return tuple(_project(tx, row) for row in tx.all(_RUN_BY, posts=list(posts)))


def unheard_people(tx: Tx) -> tuple[ProjectView, ...]:
    """Return the projects whose processes have yet to hear of somebody in another's place."""
    return tuple(_project(tx, row) for row in tx.all(_UNHEARD_PEOPLE))


def unheard_wishes(tx: Tx) -> tuple[ProjectView, ...]:
    """Return the projects whose processes have yet to hear that a report is wanted."""
    return tuple(_project(tx, row) for row in tx.all(_UNHEARD_WISHES))


def changes(tx: Tx, ref: str) -> tuple[Change, ...]:
    """Return who was put in whose place in a project, the first first."""
    told = (line for line in journal.lines(tx, ref) if line.kind == "project.people_changed")
    return tuple(
        Change(
            number=line.data["number"],
            posts=line.data["posts"],
            reason=(texts.get(tx, line.data["reason"]) or "") if line.data.get("reason") else "",
            by=line.actor,
            by_post=line.data["by_post"],
            at=line.at,
        )
        for line in told
    )


def dependencies(tx: Tx) -> tuple[Dependency, ...]:
    """Return which projects wait for which, as it is now."""
    return tuple(map(_dependency, tx.all(_DEPENDENCIES)))


def dependencies_of(tx: Tx, ref: str) -> tuple[Dependency, ...]:
    """Return what a project waits for, and what it has waited for, the first first."""
    return tuple(map(_dependency, tx.all(_DEPENDENCIES_OF, case=ref)))


def way_back(known: Sequence[Dependency], ref: str, other: str) -> tuple[str, ...]:
    """Return the circle that would come of it if a project waited for another; nothing if none would."""
    ways: list[tuple[str, ...]] = [(ref, other)]
    while ways:
        way = ways.pop()
        if way[-1] == ref:
            return way
        ways += [(*way, one.other) for one in known if one.case == way[-1] and one.other not in way[1:]]
    return ()


def standards_exception(tx: Tx, ref: str) -> StandardsView | None:
    """Return an exception from the project standards, or None if the reference is not of one."""
    row = tx.one(_STANDARDS_BY_REF, ref=ref)
    return StandardsView(**row._mapping) if row else None


def standards_exceptions(tx: Tx, ref: str) -> tuple[StandardsView, ...]:
    """Return the exceptions from the project standards of a project, in order."""
    return tuple(StandardsView(**row._mapping) for row in tx.all(_STANDARDS_OF, parent=ref))


# ---------------------------------------------------------------------------- workings


def _links(tx: Tx, refs: Sequence[str]) -> tuple[str, ...]:
    rows = tx.all(_LINKS, refs=list(refs))
    others = {row.other if row.case in refs else row.case for row in rows}
    return tuple(sorted(others - {*refs}))


def _why(tx: Tx, reason: str) -> str:
    """Keep a reason, and return its hash; nothing for none."""
    return texts.put(tx, reason) if reason else ""


def _dependency(row: Row[Any]) -> Dependency:
    return Dependency(
        case=row.case,
        number=row.number,
        other=row.other,
        reason=texts.whole(row.body, row.reason) or "" if row.reason else "",
        by_post=row.declared_as,
        at=row.declared_at,
        ended=row.ended_at,
    )


def _plan(plan: Plan) -> dict[str, Any]:
    return plan.model_dump(mode="json", include=set(Plan.model_fields))


def _baseline(row: Row[Any]) -> Baseline:
    return Baseline(**canonical.loads(row.plan), number=row.number)


def _project(tx: Tx, row: Row[Any]) -> ProjectView:
    last = baselines(tx, row.ref)[-1:] if row.baseline else ()
    return _view(row, last[0] if last else None)


def _view(row: Row[Any], baseline: Baseline | None) -> ProjectView:
    plan = Plan.model_validate_json(row.plan) if row.plan else None
    return ProjectView(**dict(row._mapping) | {"baseline": baseline, "plan": plan})


def _report(row: Row[Any]) -> Report:
    read = {
        "forecast": canonical.loads(row.forecast),
        "variance": canonical.loads(row.variance),
        "linked": canonical.loads(row.linked) if row.linked else None,
    }
    return Report(**dict(row._mapping) | read)


def _exceeding(row: Row[Any]) -> Exceeding:
    read = {
        "crossing": canonical.loads(row.crossing),
        "choice": row.choice or None,
        "tolerances": canonical.loads(row.tolerances) if row.tolerances else None,
    }
    return Exceeding(**dict(row._mapping) | read)
