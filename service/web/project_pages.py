"""What the pages of projects, benefits and exceptions from the project standards show."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from service import delivering, realised, telling
from service.errors import NotFound
from service.handbook import Edition
from service.proposals import ProposalDocument
from service.store import benefits, cases, documents, projects
from service.store.cases import CaseView
from service.store.documents import Attached
from service.store.engine import Tx
from service.store.projects import ProjectView, Report
from service.web import (
    attaching,
    authorising,
    balloting,
    benefit_page,
    charts,
    conditions,
    outstanding,
    projecting,
    recounting,
    seclusion,
    standards,
    steering,
    whereabouts,
    words,
)
from service.web.projecting import Part, ToldReport
from service.web.visits import Visit
from workflows.delivery import Tolerances, Variance

_SECTIONS = [
    ("tolerances", "What is tolerated"),
    ("plan", "Plan against forecast"),
    ("reports", "Reports"),
    ("gates", "Gates"),
    ("exceptions", "Exceptions"),
    ("standards", "Project standards"),
    ("conditions", "Conditions and actions"),
    ("documents", "Documents"),
    ("case", "Business case"),
    ("people", "Board and manager"),
    ("others", "Plans and other answers"),
    ("record", "What has happened"),
]
_HIGHLIGHTS = ("highlight", "end_stage", "end_project")
"""Kinds of answer that are reports with figures: each has a page of its own."""


def project(tx: Tx, visit: Visit, case: CaseView) -> dict[str, Any]:
    """Return what the page of a project shows."""
    edition, me, today = telling.rules_of(tx, case), visit.me.id, tx.today
    rules, found = edition.delivery, projects.must(tx, case.ref)
    passed, reported = projects.gates(tx, case.ref), projects.reports(tx, case.ref)
    made = seclusion.decisions(tx, case.ref, me)
    told = projecting.reports(reported, edition)
    rated = projecting.rated_by(told)
    standing = delivering.by_now(found, delivering.before(tx, found, reported), today)
    by = delivering.missed(found, standing, edition.non_working)
    called = delivering.called(tx, found)
    bars, ways = projecting.used(found, by), projecting.phases(found, passed, rules, called)
    approved, first = projecting.approved(tx, found, passed), projects.tolerated_first(tx, case.ref)
    parts = projecting.parts(found, passed, reported, edition.non_working, called, today)
    gates = projecting.gates(passed, found, rules, made)
    exceptions = projecting.exceptions(projects.exceptions(tx, case.ref), made)
    elsewhere = {one.key for passed_gate in gates for one in passed_gate.answers}
    elsewhere |= {one.key for each in exceptions for one in each.answers}
    # What was approved held until it was closed.
    until = today if found.open else words.local(found.changed)
    return {
        "case": case,
        "project": found,
        "now": _now(tx, found, case),
        "owed": _owed(tx, found, edition) if found.open and found.went_live is None else "",
        "acts": steering.acts(visit, found),
        "boards": balloting.standing(tx, case.ref, edition, me),
        "sections": _SECTIONS,
        "phases": ways,
        "map": projecting.map_of(ways, "The way of this project"),
        "bars": charts.bars("tolerances", bars, title="What is used of what is tolerated") if bars else "",
        "tolerated": _tolerated(found, by),
        "rated": rated,
        "ratings": projecting.ratings(rated.report if rated else None),
        "parts": [_part(one) for one in parts],
        "schedule": projecting.schedule(parts, today if found.open else None),
        "proposed": found.plan,
        "reports": told,
        "costs": projecting.costs_over_time(reported, approved, until) if approved else "",
        "go_live": projecting.go_live_over_time(reported, approved, until, edition.non_working)
        if approved
        else "",
        "unchanged": projecting.unchanged(reported),
        "approved": [
            (
                f"Plan {plan.number}",
                words.short_day(day),
                words.money(plan.cost),
                words.short_day(plan.go_live),
                _allowed(first[plan.number], plan.tolerances),
            )
            for day, plan in approved
        ],
        "gates": gates,
        "exceptions": exceptions,
        "checks": standards.of_project(tx, case.ref, edition),
        "watched": bool(edition.standards_checker(case.size, today, programme=bool(found.strategy))),
        "conditions": [(one.told(edition), one.action) for one in conditions.of_case(tx, case, made)],
        "documents": _documents(tx, found, edition, counted=True),
        "may_hand_in": attaching.may(tx, visit, case),
        "replaced": _documents(tx, found, edition, counted=False),
        "business_case": authorising.business_case(tx, found, edition),
        "people": projecting.people(found, edition, today),
        "changes": _changes(tx, found, edition),
        "strategy": _strategy(found, edition),
        "links": [(ref, _title(tx, ref)) for ref in projects.linked_refs(tx, found)],
        "waits_for": [
            (
                one.other,
                _title(tx, one.other),
                one.reason,
                f"/cases/{case.ref}/waits-for/{one.other}/end" if found.open and steering.may(visit) else "",
            )
            for one in projects.dependencies_of(tx, case.ref)
            if one.ended is None
        ],
        "others": [one for one in made if one.key not in elsewhere and one.kind not in _HIGHLIGHTS],
        "said": {one.key: telling.told(one, edition) for one in made},
        "lines": recounting.recount(recounting.gist(seclusion.lines(tx, case.ref, reader=me)), edition),
    }


def of_proposal(tx: Tx, case: CaseView) -> dict[str, Any]:
    """Return what the page of a proposal shows of its project and its benefits; nothing before either."""
    edition, found = telling.rules_of(tx, case), projects.of_proposal(tx, case.ref)
    shown: dict[str, Any] = {"project": found, "benefits": []}
    if found:
        reported = projects.reports(tx, found.ref)
        standing = delivering.by_now(found, delivering.before(tx, found, reported), tx.today)
        missed = delivering.missed(found, standing, edition.non_working)
        own = cases.get(tx, found.ref)
        shown |= {
            "now": _now(tx, found, own),
            "rows": [
                ("Project manager", telling.title(edition, found.manager, tx.today)),
                ("Approved", _approved(found)),
                (_cost_called(reported[-1:]), projecting.over(missed) if found.baseline else ""),
                ("Time", projecting.late(missed.late) if found.baseline else ""),
                _goes_live(found),
            ],
        }
        shown["rows"] = [(what, which) for what, which in shown["rows"] if which]
    for one in benefits.of_proposal(tx, case.ref):
        told = [each for each in benefit_page.readings(tx, one, edition) if not each.corrected]
        shown["benefits"].append(
            {
                "ref": one.ref,
                "title": one.title,
                "state": str(one.state),
                "owner": telling.title(edition, one.owner, tx.today),
                "last": told[-1] if told else None,
                "come_to": realised.come_to(one, told[-1].reading if told else None),
                "now": whereabouts.sentences(tx, cases.get(tx, one.ref)),
            }
        )
    return shown


def _now(tx: Tx, project: ProjectView, case: CaseView) -> list[str]:
    """Say where a project is, what it waits for, and that it has not gone live by its day."""
    gone = delivering.overdue(project, tx.today)
    late = f"It was to go live on {words.day(gone)}, and nobody has said that it did." if gone else ""
    said = (whereabouts.stand(tx, project), late, *whereabouts.sentences(tx, case))
    return [one for one in said if one]


def _goes_live(project: ProjectView) -> tuple[str, str]:
    if project.went_live:
        return "Went live", words.day(project.went_live)
    if not project.open:
        return "Went live", "Never"
    return "Goes live", words.day(project.go_live) if project.go_live else ""


def _cost_called(last: Sequence[Report]) -> str:
    return "Final cost" if delivering.final(last) else "Cost"


def _approved(project: ProjectView) -> str:
    plan = project.baseline
    if plan is None:
        return ""
    return f"{words.money(plan.cost)}, going live on {words.short_day(plan.go_live)}"


def report(tx: Tx, visit: Visit, case: CaseView, number: int) -> dict[str, Any]:
    """Return what the page of one report shows, as it was made; NotFound if there is none of that number."""
    edition = telling.rules_of(tx, case)
    told = projecting.reports(projects.reports(tx, case.ref), edition)
    if not 1 <= number <= len(told):
        raise NotFound(f"{case.ref} has no report {number}.")
    this = told[number - 1]
    made = [one for one in seclusion.decisions(tx, case.ref, visit.me.id) if one.step == this.report.step]
    rated = projecting.rated_by(told[:number])
    return {
        "case": case,
        "told": this,
        "rows": _report_rows(this),
        "rated": rated,
        "ratings": projecting.ratings(rated.report if rated else None),
        "answers": made,
        "said": {one.key: telling.told(one, edition) for one in made},
        "before": number - 1,
        "after": number + 1 if number < len(told) else 0,
        "of": len(told),
    }


def exception(tx: Tx, visit: Visit, case: CaseView) -> dict[str, Any]:
    """Return what the page of an exception from the project standards shows."""
    edition, found = telling.rules_of(tx, case), projects.standards_exception(tx, case.ref)
    if found is None:
        raise NotFound
    made = seclusion.decisions(tx, case.ref, visit.me.id)
    content = cases.content(tx, case.ref) or {}
    check = next((one for one in projects.checks(tx, found.parent) if one.step == found.step), None)
    rows = [
        ("Project", f"{found.parent}: {_title(tx, found.parent)}"),
        ("Checked", f"After stage {found.stage}, {words.day(check.at if check else found.opened)}"),
        ("What falls short", content.get("summary") or "What was written here was erased."),
    ]
    return {
        "case": case,
        "exception": found,
        "now": whereabouts.sentences(tx, case),
        "rows": rows,
        "answers": made,
        "said": {one.key: telling.told(one, edition) for one in made},
        "documents": attaching.listed(tx, case, edition, f"/cases/{case.ref}/documents"),
        "conditions": [(one.told(edition), one.action) for one in conditions.of_case(tx, case, made)],
        "lines": recounting.recount(
            recounting.gist(seclusion.lines(tx, case.ref, reader=visit.me.id)), edition
        ),
    }


# ---------------------------------------------------------------------------- workings


def _report_rows(told: ToldReport) -> list[tuple[str, str]]:
    said, missed = told.report, told.report.linked
    now = said.forecast
    rows = [
        ("Reported", f"{words.moment(said.at)}, by {told.who}"),
        ("Stage", str(said.stage) if said.stage else "Before the first"),
        ("What was said", told.what),
        (
            "Final cost" if delivering.final([said]) else "Forecast cost",
            f"{words.money(now.cost)}. {told.over}",
        ),
        ("Forecast go-live", "" if said.went_live else f"{words.day(now.go_live)}. {told.late}"),
        (
            "Forecast end of the stage",
            words.day(now.stage_ends) if now.stage_ends and not delivering.final([said]) else "",
        ),
        ("Went live", f"{words.day(said.went_live)}. {told.late}" if said.went_live else ""),
        (
            "With the projects linked with it",
            f"{projecting.over(missed)}; {projecting.late(missed.late).lower()}" if missed else "",
        ),
    ]
    return [(what, which) for what, which in rows if which]


def _owed(tx: Tx, project: ProjectView, edition: Edition) -> str:
    """Say that a project cannot go live today for want of an agreement to share personal data (SYS-13)."""
    parent = cases.get(tx, project.parent)
    read = ProposalDocument.model_validate(cases.content(tx, project.parent) or {})
    return outstanding.agreement_owed(tx, parent, read, edition)


def _tolerated(project: ProjectView, missed: Variance) -> list[tuple[str, str, str]]:
    if project.baseline is None:
        return []
    allowed = project.baseline.tolerances
    return [
        ("Cost", projecting.over(missed), f"{words.percent(allowed.cost_percent)} over"),
        ("Time", projecting.late(missed.late), f"{words.working_days(allowed.days)} late"),
    ]


def _allowed(first: Tolerances, now: Tolerances) -> str:
    """Say what was tolerated of a plan when it was approved, and what later, if that is another."""
    said = [
        f"{words.percent(one.cost_percent)} over, {words.working_days(one.days)} late" for one in (first, now)
    ]
    return said[0] if first == now else f"{said[0]}; later {said[1]}"


def _part(one: Part) -> tuple[str, str, str, str]:
    now = words.short_day(one.now.ends) if one.now else "Nothing is reported of it yet"
    if one.missed:
        now = f"Not yet: {words.short_day(one.missed)} has passed"
    missed = "" if one.late is None else projecting.late(one.late)
    return one.name, words.short_day(one.approved.ends), f"{now}, as it was" if one.ended else now, missed


def _documents(
    tx: Tx, project: ProjectView, edition: Edition, *, counted: bool
) -> list[tuple[str | Markup, str, str, str, str]]:
    """Return the documents that count, or those that a later one has replaced, the latest first: each with
    what it is, the gate that asks for it, its size, and who handed it in when.
    """
    return [
        (
            Markup('<a class="govuk-link" href="/cases/{}/documents/{}">{}</a>').format(
                project.ref, one.number, one.name
            )
            if documents.is_kept(tx, one.hash)
            else f"{one.name} (erased)",
            attaching.kinds(edition).get(one.kind) or words.plain(one.kind) or "Document",
            projecting.gate_asking(one, project, edition.delivery),
            words.size(one.size),
            f"{words.short_day(one.at)} by {telling.name(edition, one.by) or one.by}"
            f"{', ' if one.by_post else ''}{_post(edition, one)}",
        )
        for one in reversed(documents.of_case(tx, project.ref))
        if (one.superseded_by is None) is counted
    ]


def _post(edition: Edition, one: Attached) -> str:
    return telling.title(edition, one.by_post, words.local(one.at)) if one.by_post else ""


def _changes(tx: Tx, project: ProjectView, edition: Edition) -> list[str]:
    """Say who was put in whose place, when, by whom and why."""
    found = []
    for change in projects.changes(tx, project.ref):
        on = words.local(change.at)
        places = [
            f"{telling.title(edition, post, on)} became {words.PLACES_OF_PROJECT[place].lower()}"
            for place, post in change.posts.items()
        ]
        by = telling.title(edition, change.by_post, on)
        why = f": {change.reason}" if change.reason else ""
        found.append(f"{words.listed(places)} on {words.day(on)}, by {by}{why}")
    return [words.sentence(one) for one in found]


def _strategy(project: ProjectView, edition: Edition) -> str:
    known = edition.delivery.strategies if edition.delivery else {}
    return known[project.strategy].name if project.strategy in known else ""


def _title(tx: Tx, ref: str) -> str:
    found = cases.find(tx, ref)
    return found.title if found else ""
