"""The programme: strategies with the projects that serve them, what waits for what, and what a slip moves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from service import delivering, telling
from service.handbook import Edition
from service.store import projects
from service.store.engine import Tx
from service.store.projects import Approval, Dependency, ProjectView
from service.web import charts, projecting, whereabouts, words
from service.web.charts import Row, Span
from service.web.visits import Visit
from workflows.delivery import Baseline
from workflows.rules import calendar
from workflows.rules.tolerances import days_late


@dataclass(frozen=True)
class Waiting:
    """A project that waits for another, and when each was to go live when that was said."""

    ref: str
    other: str
    own: date | None
    """None where it has no approved plan to move."""
    theirs: date | None
    """None where the other has none by which it could be late."""


@dataclass(frozen=True)
class Moved:
    """A project that goes live later because one does for which it waits."""

    ref: str
    days: int
    """Working days."""
    because: str
    """The project for which it waits."""
    origin: str
    """The project whose own slip it is."""
    to: date | None = None
    """When it goes live then; None where it has no plan yet."""


@dataclass(frozen=True)
class Served:
    """A strategy, or none, with its projects."""

    name: str
    lead: str
    projects: list[dict[str, Any]]


def moves(
    live: Mapping[str, date], waiting: Iterable[Waiting], non_working: Collection[date]
) -> dict[str, Moved]:
    """Return which projects move because of others, and by how many working days.

    `live` has when each goes live by its own forecast, or went. One that waits moves by as much as the other
    is later than it was to be when the waiting was said, be it by the other's own forecast or because of a
    third; of several, the one that moves it furthest counts. What its own forecast or a new plan of its own
    has taken up moves it no more.
    """
    ahead: dict[str, list[Waiting]] = {}
    for one in waiting:
        ahead.setdefault(one.ref, []).append(one)
    found: dict[str, Moved | None] = {}

    def moved(ref: str, way: tuple[str, ...] = ()) -> Moved | None:
        if ref in found:
            return found[ref]
        ways: list[Moved] = []
        for one in sorted(ahead.get(ref, ()), key=lambda one: one.other):
            # No circle is ever declared; one that was there all the same must not hang the page.
            if one.other in way:
                continue
            handed_on = moved(one.other, (*way, ref))
            days, origin = _handed_on(one, handed_on, live.get(one.other), non_working)
            to = calendar.nth_working_day(one.own, days, non_working) if one.own else None
            if days > 0 and not (to and ref in live and to <= live[ref]):
                ways.append(Moved(ref, days, one.other, origin, to))
        found[ref] = max(ways, key=lambda one: (one.to or date.min, one.days), default=None)
        return found[ref]

    return {ref: told for ref in sorted(ahead) if (told := moved(ref))}


def _handed_on(
    one: Waiting, moved: Moved | None, live: date | None, non_working: Collection[date]
) -> tuple[int, str]:
    """Return by how many working days what is waited for is late, and the project whose slip that is."""
    if moved and moved.to is None:
        return moved.days, moved.origin
    lives = moved.to if moved else live
    days = days_late(lives, one.theirs, non_working) if lives and one.theirs else 0
    return days, moved.origin if moved else one.other


def of(tx: Tx, visit: Visit) -> dict[str, Any]:
    """Return what the page of the programme shows."""
    rules, today = visit.rules, tx.today
    known = {one.ref: one for one in projects.of_organisation(tx, rules.organisation)}
    approvals = projects.approvals(tx, rules.organisation)
    titles = {ref: one.title for ref, one in known.items()}
    declared = [one for one in projects.dependencies(tx) if one.case in known and one.other in known]
    waiting = {(one.case, one.other): _waiting(one, approvals) for one in declared if known[one.case].open}
    slips = {ref: slip for ref, one in known.items() if (slip := _late(one, rules.non_working, today))}
    # What ended and never went live moves nobody any more; what went live late has held up what waits for it.
    going = {ref: one for ref, one in known.items() if one.open or one.went_live}
    live = {ref: day for ref, one in going.items() if (day := _live(one, today))}
    moved = moves(live, waiting.values(), rules.non_working)
    found = [(one, waiting[one.ref, one.because]) for one in moved.values()]
    served = _served(tx, rules, known, titles, slips, today)
    return {
        "served": served,
        "unserved": [one for one in served if not one.projects],
        "waiting": [(one, titles[one.case], titles[one.other]) for one in declared],
        "joined": _joined(rules, known, declared),
        "slipping": [
            (ref, titles[ref], projecting.late(days))
            for ref, days in slips.items()
            if days > 0 and known[ref].open
        ],
        "effect": _effect(rules, known, titles, live, found),
        "chart": _chart(known, titles, live, found, today),
    }


def _waiting(one: Dependency, approvals: Mapping[str, Sequence[Approval]]) -> Waiting:
    return Waiting(
        one.case,
        one.other,
        own=_approved(approvals.get(one.case, ()), one.at),
        theirs=_approved(approvals.get(one.other, ()), one.at),
    )


def _approved(approvals: Sequence[Approval], at: datetime) -> date | None:
    """Return when a project was to go live by the plan in force at a moment; before any, by its first."""
    in_force = [one for one in approvals if one.since <= at][-1:] or approvals[:1]
    return in_force[0].go_live if in_force else None


def _live(project: ProjectView, today: date) -> date | None:
    """Return when a project went live or is forecast to: today at the earliest, as long as it has not."""
    if delivering.overdue(project, today):
        return today
    return project.went_live or project.go_live


def _late(project: ProjectView, non_working: Collection[date], today: date) -> int:
    """Return how many working days late a project goes live, or went, against its approved plan."""
    live = _live(project, today)
    if project.baseline is None or live is None:
        return 0
    return days_late(live, project.baseline.go_live, non_working)


def _joined(
    rules: Edition, known: Mapping[str, ProjectView], declared: Iterable[Dependency]
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return which strategy depends on which other, each with the projects that make it so."""
    strategies = rules.delivery.strategies if rules.delivery else {}
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one in declared:
        own, other = (known[ref].strategy for ref in (one.case, one.other))
        if own != other and {own, other} <= {*strategies}:
            found.setdefault((strategies[own].name, strategies[other].name), []).append((one.case, one.other))
    return [(own, other, pairs) for (own, other), pairs in sorted(found.items())]


def _served(
    tx: Tx,
    rules: Edition,
    known: Mapping[str, ProjectView],
    titles: Mapping[str, str],
    slips: Mapping[str, int],
    today: date,
) -> list[Served]:
    strategies = rules.delivery.strategies if rules.delivery else {}
    found = [
        Served(
            one.name,
            telling.title(rules, one.lead, today) if one.lead else "",
            [
                _row(tx, project, titles, slips, today)
                for project in known.values()
                if project.strategy == key
            ],
        )
        for key, one in strategies.items()
    ]
    others = [
        _row(tx, project, titles, slips, today)
        for project in known.values()
        if project.strategy not in strategies
    ]
    return [*found, *([Served("Projects that serve no strategy", "", others)] if others else [])]


def _row(
    tx: Tx, project: ProjectView, titles: Mapping[str, str], slips: Mapping[str, int], today: date
) -> dict[str, Any]:
    return {
        "ref": project.ref,
        "title": titles[project.ref],
        "state": str(project.state),
        "now": whereabouts.stand(tx, project),
        "live": _goes_live(project, today),
        "late": projecting.late(slips.get(project.ref, 0))
        if project.baseline and (project.open or project.went_live)
        else "",
    }


def _goes_live(project: ProjectView, today: date) -> str:
    """Say when a project goes live or went, in a sentence."""
    live = project.went_live or project.go_live
    if project.went_live:
        return f"Went live: {words.short_day(project.went_live)}"
    if not project.open:
        return "It never went live"
    gone = ", which has passed" if delivering.overdue(project, today) else ""
    return f"Goes live: {words.short_day(live)}{gone}" if live else "Goes live: not planned yet"


def _effect(
    rules: Edition,
    known: Mapping[str, ProjectView],
    titles: Mapping[str, str],
    live: Mapping[str, date],
    moved: Iterable[tuple[Moved, Waiting]],
) -> list[tuple[str, str, str, str, str]]:
    return [
        (
            f"{one.ref}: {titles[one.ref]}",
            words.short_day(plan.go_live) if (plan := known[one.ref].baseline) else "Not planned yet",
            words.short_day(one.to) if one.to else "Not known yet",
            words.working_days(_later(one, plan, rules.non_working)),
            _because(one, waits, live),
        )
        for one, waits in moved
    ]


def _later(moved: Moved, plan: Baseline | None, non_working: Collection[date]) -> int:
    """Return by how many working days a project moves from what is approved of it now."""
    return days_late(moved.to, plan.go_live, non_working) if plan and moved.to else moved.days


def _because(moved: Moved, waits: Waiting, live: Mapping[str, date]) -> str:
    """Say for what it waits, and where that was to go live when it was said and is to now."""
    if moved.because != moved.origin:
        return f"{moved.because}, because of {moved.origin}"
    now, then = live.get(moved.because), waits.theirs
    told = f", {words.short_day(now)} and not {words.short_day(then)}" if now and then else ""
    return f"{moved.because}{told}"


def _chart(
    known: Mapping[str, ProjectView],
    titles: Mapping[str, str],
    live: Mapping[str, date],
    moved: Collection[tuple[Moved, Waiting]],
    today: date,
) -> Markup:
    spans: dict[str, tuple[date, date]] = {}
    for one, waits in moved:
        if one.because == one.origin and waits.theirs and one.origin in live:
            spans[one.origin] = waits.theirs, live[one.origin]
    for one, _ in moved:
        plan = known[one.ref].baseline
        if plan and one.to:
            spans[one.ref] = plan.go_live, one.to
    rows = [
        Row(f"{ref}: {titles[ref]}", Span(approved, approved), Span(approved, day))
        for ref, (approved, day) in spans.items()
    ]
    said = "; ".join(f"{one.ref} moves by {words.working_days(one.days)}" for one, _ in moved)
    return charts.schedule(
        "slips",
        rows,
        title="What a slip moves",
        desc=f"{words.sentence(said)} The table has each.",
        today=today,
        others="Later by",
    )
