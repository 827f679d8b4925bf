"""Reading cases: the register, a case with its way and its record, and withdrawing one."""

from collections.abc import Callable, Sequence
from textwrap import shorten
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from service import agendas, appraisal, proposals, remembering, telling, versions
from service.errors import NotFound
from service.proposals import provided
from service.store import (
    actions,
    assessments,
    benefits,
    cases,
    documents,
    intents,
    meetings,
    orders,
    projects,
    provisions,
    steps,
)
from service.store.cases import CaseItem, CaseView, Filters
from service.store.engine import Tx
from service.web import (
    adding,
    assessment_page,
    balloting,
    benefit_page,
    briefing,
    conditions,
    decision_record,
    ordering,
    outstanding,
    project_pages,
    recounting,
    seclusion,
    sizing,
    tender,
    whereabouts,
    withdrawing,
    words,
)
from service.web.decision_record import DecisionRecord
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker, Visit
from workflows.delivery import AssessmentState, BenefitState, ExceptionState, ProjectState
from workflows.model import ActionState, State

router = APIRouter(include_in_schema=False)

AT_ONCE = 25
SHOWN = 90
"""Characters of what an action requires, in a list."""


@router.get("/cases", name="cases")
@allowed(Role.SIGNED_IN)
def register(
    visit: Asker,
    kind: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[str, Query(max_length=40)] = "",
    department: Annotated[str, Query(max_length=60)] = "",
    waiting_on: Annotated[str, Query(max_length=80)] = "",
    overdue: Annotated[str, Query(max_length=5)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """List proposals, or cases of another kind, the latest first, with filters as plain links."""
    chosen = {
        name: value
        for name, value in (
            ("kind", kind if kind in _STATES and kind != "proposal" else ""),
            ("state", state),
            ("department", department),
            ("waiting_on", waiting_on),
            ("overdue", overdue),
            ("q", q),
        )
        if value
    }
    listed = chosen.get("kind", "proposal")
    states = _STATES[listed]
    others: Filters = {
        "organisation": visit.rules.organisation,
        "kind": listed,
        "department": department or None,
        "waiting_on": waiting_on or None,
        "overdue": bool(overdue),
        "q": q or None,
    }
    wanted: Filters = {**others, "state": state if state in states else None}
    with visit.desk.store.reading() as tx:
        found = cases.page(tx, cursor=cursor or None, limit=AT_ONCE, **wanted)
        waiting = steps.waiting_of(tx, [case.ref for case in found.items])
        rows = [
            (
                case,
                whereabouts.told(
                    case,
                    whereabouts.worded(
                        waiting.get(case.ref, ()), telling.edition(tx, case.edition), visit.today
                    ),
                ),
                _task(tx, case) if listed == actions.KIND else "",
                _figure(tx, case),
            )
            for case in found.items
        ]
        counts = cases.counts(tx, **others)
    onward = f"/cases?{urlencode({**chosen, 'cursor': found.next_cursor})}" if found.next_cursor else ""
    return page(
        "cases/register.html",
        visit.frame(),
        rows=rows,
        states=_state_links(counts, chosen, states),
        kinds=[
            (text, f"/cases?kind={each}" if each != "proposal" else "/cases", listed == each)
            for each, (text, _, _) in _LISTED.items()
        ],
        listed=listed,
        figure=_LISTED[listed][1],
        none_yet=_LISTED[listed][2],
        may_assess=listed == assessments.KIND and assessment_page.may_open(visit),
        chosen=chosen,
        q=q,
        onward=onward,
        departments=[(key, known.name) for key, known in visit.rules.departments.items()],
    )


def _task(tx: Tx, case: CaseItem) -> str:
    """Return the beginning of what an action requires: those of one proposal have one title."""
    said = (cases.content(tx, case.ref) or {}).get("summary") or ""
    return shorten(said, SHOWN, placeholder="…")


def _figure(tx: Tx, case: CaseItem) -> str:
    """Return what of a case stands beside its title: its money, or a day."""
    match case.kind:
        case actions.KIND:
            return words.short_day(case.decide_by)
        case projects.KIND:
            found = projects.must(tx, case.ref)
            if found.went_live:
                return f"Went live on {words.short_day(found.went_live)}"
            if not found.open:
                return "Never went live"
            return words.short_day(found.go_live) if found.go_live else "Not planned yet"
        case benefits.KIND:
            claimed = benefits.must(tx, case.ref).claimed
            return f"{words.money(claimed)} a year" if claimed is not None else "No sum"
        case projects.STANDARDS:
            return words.short_day(case.opened)
        case assessments.KIND:
            return words.short_day(assessments.must(tx, case.ref).report_due)
        case _:
            return words.money(case.capital)


_LISTED: dict[str, tuple[str, str, str]] = {
    "proposal": (
        "Proposals",
        "Capital",
        "No case has been submitted. Each is listed here from the moment it is.",
    ),
    actions.KIND: (
        "Actions",
        "Due",
        "No action is like that. A condition of an approval is listed here from the moment of the approval.",
    ),
    projects.KIND: (
        "Projects",
        "Goes live",
        "No project is like that. One is opened when a major proposal is approved and may begin.",
    ),
    benefits.KIND: (
        "Benefits",
        "Claimed",
        "No benefit is like that. Each that a proposal claims is opened with its project.",
    ),
    projects.STANDARDS: (
        "Standards exceptions",
        "Raised",
        "No exception is like that. One is raised when a check finds that project standards are not met.",
    ),
    assessments.KIND: (
        "Assessments",
        "Due",
        "No assessment is like that. The programme office opens one for each business process.",
    ),
}
"""What may be listed: its name, what stands beside the title, and what is said where there is none."""

_STATES: dict[str, tuple[str, ...]] = {
    "proposal": tuple(State),
    actions.KIND: tuple(ActionState),
    projects.KIND: tuple(ProjectState),
    benefits.KIND: tuple(BenefitState),
    projects.STANDARDS: tuple(ExceptionState),
    assessments.KIND: tuple(AssessmentState),
}
"""The states of the cases of each kind."""


def _state_links(
    counts: dict[str, int], chosen: dict[str, str], states: Sequence[str]
) -> list[tuple[str, str, int, bool]]:
    """Return filters by state: words, address, how many, and whether it is the one chosen."""
    others = {name: value for name, value in chosen.items() if name != "state"}
    links = [("All", f"/cases?{urlencode(others)}".rstrip("?"), sum(counts.values()), "state" not in chosen)]
    for state in states:
        number, here = counts.get(state, 0), chosen.get("state") == state
        if number or here:
            links.append(
                (words.STATES[state], f"/cases?{urlencode({**others, 'state': state})}", number, here)
            )
    return links


@router.get("/cases/{ref}", name="case")
@allowed(Role.SIGNED_IN)
def case(ref: str, visit: Asker) -> Response:
    """Show a case: where it is now, its way, its decisions and conditions."""
    with visit.desk.store.reading() as tx:
        found = _case(tx, visit, ref)
        if found.kind == actions.KIND:
            return _action(tx, visit, found)
        if shown := _DELIVERY.get(found.kind):
            template, telling_of = shown
            return page(template, visit.frame(), **telling_of(tx, visit, found))
        edition = telling.rules_of(tx, found)
        me = visit.me.id
        made, lines = seclusion.decisions(tx, ref, me), seclusion.lines(tx, ref, reader=me)
        content = cases.content(tx, ref) or {}
        read = proposals.ProposalDocument.model_validate(content)
        figures, flags = briefing.reckoned(read, found, edition)
        context: dict[str, Any] = {
            "case": found,
            "edition": edition,
            "now": whereabouts.sentences(tx, found),
            "boards": balloting.standing(tx, ref, edition, me),
            "board_decisions": balloting.decided(tx, ref, edition),
            "places": whereabouts.places(tx, found),
            "rows": briefing.rows(tx, found),
            "costs": briefing.costs(content),
            "options": appraisal.options(read),
            "benefits": briefing.benefits(read, edition, found.proposal.submitted),
            "figures": figures,
            "flags": flags,
            "track_record": remembering.track_record_of(tx, found, read, edition),
            "lessons": remembering.lessons_for(tx, found.organisation, remembering.about(read), beside=ref),
            "provision_flags": provided.flags(read, edition, tx.today),
            "provisions": briefing.provisions(read, found, edition),
            "shares_data": provided.shares_with_partner(read, edition),
            "agreements": provisions.agreements(tx, ref),
            "agreement_owed": outstanding.agreement_owed(tx, found, read, edition) if found.open else "",
            "parameters": visit.rules.parameters_on(visit.today),
            "served": tender.told(provisions.served(tx, ref), visit.rules, visit.today),
            "decisions": [(decision, telling.told(decision, edition)) for decision in made],
            "minutes": {
                step: agendas.reference(edition.forums[minute.forum].name, minute.day, minute.number)
                for step, minute in meetings.minuted(tx, ref).items()
                if minute.forum in edition.forums
            },
            "asked_about": {step.id: step.version for step in steps.of_case(tx, ref)},
            "kept": {*found.kept.values()},
            "conditions": [(one.told(edition), one.action) for one in conditions.of_case(tx, found, made)],
            "orders": ordering.of_case(tx, ref),
            "versions": cases.versions(tx, ref),
            "delivery": project_pages.of_proposal(tx, found),
            "may_withdraw": found.open
            and found.withdrawal is None
            and withdrawing.may(visit, found)
            and not withdrawing.delivered(tx, found),
            "lines": recounting.recount(recounting.gist(lines), edition),
            "decided": decision_record.there_is(lines),
            "documents": len(documents.of_case(tx, ref)),
            "may_size": sizing.may(visit, found) and not sizing.too_late(tx, found, edition),
            "to_take_back": [
                (one.post, telling.title(edition, one.post, visit.today))
                for one in adding.to_take_back(tx, found, edition)
                if adding.may(visit, found)
            ],
        }
    return page(
        "cases/case.html",
        visit.frame(),
        may_add=adding.possible(found, context["edition"]) and adding.may(visit, found),
        may_record=found.open and withdrawing.may(visit, found),
        returned_to_me=found.state == State.RETURNED and withdrawing.may(visit, found),
        **context,
    )


_DELIVERY: dict[str, tuple[str, Callable[[Tx, Visit, CaseView], dict[str, Any]]]] = {
    projects.KIND: ("cases/project.html", project_pages.project),
    projects.STANDARDS: ("cases/standards_exception.html", project_pages.exception),
    benefits.KIND: ("cases/benefit.html", benefit_page.of),
    assessments.KIND: ("cases/assessment.html", assessment_page.of),
}
"""The pages of the cases that are neither proposal nor action: template, and what it shows."""


@router.get("/cases/{ref}/versions", name="case_versions")
@allowed(Role.SIGNED_IN)
def compared(
    ref: str,
    visit: Asker,
    earlier: Annotated[str, Query(max_length=9)] = "",
    later: Annotated[str, Query(max_length=9)] = "",
) -> Response:
    """Show in what two versions of a case differ: the last two, unless others are chosen."""
    with visit.desk.store.reading() as tx:
        found = _case(tx, visit, ref)
        known = cases.versions(tx, ref)
        numbers = [version.version for version in known]
        last = int(later) if later.isdecimal() else numbers[-1]
        first = int(earlier) if earlier.isdecimal() else max(last - 1, 1)
        if not {first, last} <= {*numbers}:
            raise NotFound(f"{ref} has no such version.")
        first, last = sorted((first, last))
        changes = versions.differences(tx, found, first, last)
        edition = telling.rules_of(tx, found)
        writers = {one.version: telling.name(edition, one.author) for one in known}
        stand = {
            one.version: sorted(
                {
                    telling.told(made, edition).who
                    for step in one.kept.values()
                    for made in intents.decisions_of_step(tx, step)
                }
            )
            for one in known
        }
    return page(
        "cases/versions.html",
        visit.frame(),
        case=found,
        versions=known,
        numbers=[(str(number), f"Version {number}") for number in numbers],
        earlier=first,
        later=last,
        changes=changes,
        writers=writers,
        stand=stand,
    )


def _action(tx: Tx, visit: Visit, found: CaseView) -> Response:
    """Show an action: what is to be done, on whom it waits, and what was reported and checked."""
    edition, action = telling.rules_of(tx, found), actions.must(tx, found.ref)
    lines = recounting.gist(seclusion.lines(tx, found.ref))
    return page(
        "cases/action.html",
        visit.frame(),
        case=found,
        action=action,
        late=found.open and action.due < visit.today,
        now=whereabouts.sentences(tx, found),
        rows=conditions.task_rows(telling.task(tx, found, action, edition, visit.today)),
        decisions=[
            (decision, telling.told(decision, edition)) for decision in seclusion.decisions(tx, found.ref)
        ],
        lines=recounting.recount(lines, edition),
    )


@router.get("/cases/{ref}/record", name="case_record")
@allowed(Role.SIGNED_IN)
def record(ref: str, visit: Asker) -> Response:
    """Show the record of a case, every line with its fingerprint."""
    with visit.desk.store.reading() as tx:
        found = _case(tx, visit, ref)
        edition = telling.rules_of(tx, found)
        lines = recounting.recount(seclusion.lines(tx, ref, reader=visit.me.id), edition)
    return page(
        "cases/record.html", visit.frame(), case=found, lines=lines, untold=lines[-1].seq > len(lines)
    )


@router.get("/cases/{ref}/decision-record", name="case_decision_record")
@allowed(Role.SIGNED_IN)
def decided(ref: str, visit: Asker) -> Response:
    """Show the record of a case's decision."""
    with visit.desk.store.reading() as tx:
        found = _case(tx, visit, ref)
        record = decision_record.of(tx, found)
    return page(
        "cases/decision_record.html",
        visit.frame(),
        case=found,
        heading=decision_record.heading(record),
        sections=decision_record.sections(record),
    )


@router.get("/cases/{ref}/decision-record.json", name="case_decision_record_json")
@allowed(Role.SIGNED_IN)
def decided_json(ref: str, visit: Asker) -> Response:
    """Return the record of a case's decision for programs."""
    record = _decision_record(visit, ref)
    return _download(record.model_dump_json(), "application/json", f"decision-record-{record.case}.json")


@router.get("/cases/{ref}/decision-record.pdf", name="case_decision_record_pdf")
@allowed(Role.SIGNED_IN)
def decided_pdf(ref: str, visit: Asker) -> Response:
    """Return the record of a case's decision on paper."""
    record = _decision_record(visit, ref)
    made = decision_record.printed(record)
    return _download(made, "application/pdf", f"decision-record-{record.case}.pdf")


@router.get("/cases/{ref}/shown/{hash}", name="case_shown")
@allowed(Role.SIGNED_IN)
def shown(ref: str, hash: str, visit: Asker) -> Response:
    """Show what somebody was shown when they decided."""
    with visit.desk.store.reading() as tx:
        found = _case(tx, visit, ref)
        by_hash = {made.shown_hash: made for made in seclusion.decisions(tx, ref, visit.me.id)}
        decision = by_hash.get(hash)
        brief = briefing.shown(tx, hash) if decision else None
        if decision is None or brief is None:
            raise NotFound
    return page("cases/shown.html", visit.frame(), case=found, brief=brief, decision=decision)


@router.get("/cases/{ref}/withdraw", name="case_withdraw")
@allowed(Role.SIGNED_IN)
def withdraw(ref: str, visit: Asker) -> Response:
    """Ask whether to withdraw a case."""
    with visit.desk.store.reading() as tx:
        found = withdrawing.open_case(tx, visit, ref)
        rules = telling.rules_of(tx, found)
        left = [telling.left_to_do(action, rules, visit.today) for action in telling.outliving(tx, ref)]
        order = orders.number_raised(tx, ref)
    return page("cases/withdraw.html", visit.frame(), case=found, left=left, order=order)


@router.post("/cases/{ref}/withdraw", name="case_withdrawn")
@allowed(Role.SIGNED_IN)
async def withdrawn(ref: str, visit: Asker) -> Response:
    """Withdraw a case."""
    withdrawal = await run_in_threadpool(withdrawing.requested, visit, ref)
    await visit.desk.gateway.withdraw(ref, withdrawal)
    return RedirectResponse(f"/cases/{ref}", 303)


def _decision_record(visit: Visit, ref: str) -> DecisionRecord:
    with visit.desk.store.reading() as tx:
        return decision_record.of(tx, _case(tx, visit, ref))


def _download(content: str | bytes, kind: str, name: str) -> Response:
    """Return something to be kept, and not to be run."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type=kind, headers=headers)


def _case(tx: Tx, visit: Visit, ref: str) -> CaseView:
    found = cases.get(tx, ref)
    if found.organisation != visit.rules.organisation:
        raise NotFound
    return found
