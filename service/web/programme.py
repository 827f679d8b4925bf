"""The programme: strategies with the projects that serve them, what waits for what, and what a slip moves."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from service import delivering, telling
from service.handbook import Edition
from service.store import projects
from service.store.engine import Tx
from service.store.projects import ProjectView
from service.web import charts, projecting, whereabouts, words
from service.web.charts import Row, Span
from service.web.visits import Visit
from workflows.rules import calendar
from workflows.rules.tolerances import days_late


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


@dataclass(frozen=True)
class Served:
    """A strategy, or none, with its projects."""

    name: str
    lead: str
    projects: list[dict[str, Any]]


def moves(slips: Mapping[str, int], waiting: Iterable[tuple[str, str]]) -> dict[str, Moved]:
    """Return which projects move because of others, and by how many working days.

    `slips` has by how much each project is late by its own forecast; `waiting` has pairs of a project and one
    for which it waits. A project that waits moves by as much as the latest of those does, be it by its own
    forecast or because of another.
    """
    ahead: dict[str, list[str]] = {}
    for ref, other in waiting:
        ahead.setdefault(ref, []).append(other)
    found: dict[str, Moved | None] = {}

    def moved(ref: str, way: tuple[str, ...] = ()) -> Moved | None:
        if ref in found:
            return found[ref]
        worst: Moved | None = None
        for other in sorted(ahead.get(ref, ())):
            # No circle is ever declared; one that was there all the same must not hang the page.
            if other in way:
                continue
            own, handed_on = max(slips.get(other, 0), 0), moved(other, (*way, ref))
            days, origin = (own, other)
            if handed_on and handed_on.days > own:
                days, origin = handed_on.days, handed_on.origin
            if days > (worst.days if worst else 0):
                worst = Moved(ref, days, other, origin)
        found[ref] = worst
        return worst

    return {ref: one for ref in sorted(ahead) if (one := moved(ref))}


def of(tx: Tx, visit: Visit) -> dict[str, Any]:
    """Return what the page of the programme shows."""
    rules, today = visit.rules, tx.today
    known = {one.ref: one for one in projects.of_organisation(tx, rules.organisation)}
    titles = {ref: one.title for ref, one in known.items()}
    waiting = [one for one in projects.dependencies(tx) if one.case in known and one.other in known]
    slips = {ref: slip for ref, one in known.items() if (slip := _late(one, rules.non_working, today))}
    # What ended and never went live moves nobody any more; what went live late has held up what waits for it.
    moving = {ref: slip for ref, slip in slips.items() if known[ref].open or known[ref].went_live}
    open_refs = {ref for ref, one in known.items() if one.open}
    known_slips = moves(moving, [(one.case, one.other) for one in waiting if one.case in open_refs])
    # What is as late by its own forecast has taken the slip up already.
    moved = {ref: one for ref, one in known_slips.items() if one.days > slips.get(ref, 0)}
    served = _served(tx, rules, known, titles, slips, today)
    return {
        "served": served,
        "unserved": [one for one in served if not one.projects],
        "waiting": [(one, titles[one.case], titles[one.other]) for one in waiting],
        "slipping": [
            (ref, titles[ref], projecting.late(days))
            for ref, days in slips.items()
            if days > 0 and ref in open_refs
        ],
        "effect": _effect(rules, known, titles, moved.values()),
        "chart": _chart(rules, known, titles, moved.values(), today),
    }


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
    rules: Edition, known: Mapping[str, ProjectView], titles: Mapping[str, str], moved: Iterable[Moved]
) -> list[tuple[str, str, str, str, str]]:
    return [
        (
            f"{one.ref}: {titles[one.ref]}",
            words.short_day(plan.go_live) if (plan := known[one.ref].baseline) else "Not planned yet",
            words.short_day(to) if (to := _moved_to(rules, known[one.ref], one)) else "Not known yet",
            words.working_days(one.days),
            one.because if one.because == one.origin else f"{one.because}, because of {one.origin}",
        )
        for one in moved
    ]


def _moved_to(rules: Edition, project: ProjectView, moved: Moved) -> date | None:
    if project.baseline is None:
        return None
    return calendar.nth_working_day(project.baseline.go_live, moved.days, rules.non_working)


def _chart(
    rules: Edition,
    known: Mapping[str, ProjectView],
    titles: Mapping[str, str],
    moved: Collection[Moved],
    today: date,
) -> Markup:
    rows: list[Row] = []
    late: dict[str, date] = {}
    for one in moved:
        slipped = known[one.origin]
        if live := _live(slipped, today):
            late[one.origin] = live
        if to := _moved_to(rules, known[one.ref], one):
            late[one.ref] = max(to, late.get(one.ref, to))
    for ref, day in late.items():
        plan = known[ref].baseline
        if plan is not None:
            approved = Span(plan.go_live, plan.go_live)
            rows.append(Row(f"{ref}: {titles[ref]}", approved, Span(plan.go_live, day)))
    said = "; ".join(f"{one.ref} moves by {words.working_days(one.days)}" for one in moved)
    return charts.schedule(
        "slips",
        rows,
        title="What a slip moves",
        desc=f"{words.sentence(said)} The table has each.",
        today=today,
        others="Later by",
    )
