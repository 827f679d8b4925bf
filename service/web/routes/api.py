"""The JSON API for other programs. A token reads and starts cases; none decides."""

import hashlib
import json
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from service import agendas, remembering, telling, versions
from service.errors import Malformed, NotFound, Problem
from service.handbook.words import listed as listed_in_words
from service.proposals import ProposalDocument
from service.store import (
    actions,
    benefits,
    cases,
    drafts,
    idempotency,
    meetings,
    orders,
    projects,
    steps,
)
from service.store.cases import CaseView
from service.store.engine import Tx
from service.web import (
    adding,
    briefing,
    conditions,
    decision_record,
    library,
    minutebook,
    seclusion,
    sizing,
    submitting,
    withdrawing,
)
from service.web.api import telling as told
from service.web.api.shapes import (
    AppraisalTold,
    ApproverTold,
    CaseList,
    CaseState,
    CaseSummary,
    CaseTold,
    FigureTold,
    ForumTold,
    JournalLine,
    LessonList,
    LessonTold,
    Meeting,
    MeetingTold,
    ProblemDetails,
    RouteLeg,
    SizeSet,
    Started,
    StepList,
    Submitted,
    VersionList,
    VersionTold,
)
from service.web.bodies import Body, Day, OptionalBody, unshowable
from service.web.decision_record import DecisionRecord
from service.web.roles import Role, allowed
from service.web.visits import Asker, Visit
from workflows.model import State

PROBLEM = {
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
}
ALWAYS: dict[int | str, dict[str, Any]] = {
    code: {"description": words, **PROBLEM}
    for code, words in {
        400: "The request could not be understood",
        401: "No token, or one that does not work",
        403: "The token does not carry the scope",
        404: "There is nothing here",
        405: "This cannot be done here",
        413: "The body is larger than 1 MB",
        422: "Some of it needs putting right; `errors` has all of it",
        429: "Too many requests",
        503: "Not available for the moment; nothing was accepted",
    }.items()
}
WRITING = {
    **ALWAYS,
    409: {"description": "It has changed, or was submitted before", **PROBLEM},
    415: {"description": "The body is not JSON", **PROBLEM},
}

router = APIRouter(prefix="/api/v1", responses=ALWAYS)


EXAMPLE = {
    "title": "Consultation tool kit",
    "department": "dept-ce",
    "sponsor_post": "cd-ce",
    "lead_post": "hoict-ce",
    "size": "minor",
    "cost_profile": {"capital_gbp": 12000, "revenue_gbp_per_year": 1500},
    "funding_parties": [{"post": "cd-ce", "share_percent": 100}],
    "benefits": ["Wider engagement in consultation"],
    "principles": {"P01": "met"},
    "shared_services": {"authentication": "shared"},
    "continuity": {"provision": "Restored at the recovery centre", "recovery_hours": 48},
    "decision_needed_by": "2027-06-30",
}
PROPOSAL = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}, "example": EXAMPLE}},
    }
}


# -------------------------------------------------------------------------- proposals


@router.post("/proposals", status_code=201, responses=WRITING, openapi_extra=PROPOSAL, name="api_begin")
@allowed(Role.START_CASE)
def begin(visit: Asker, body: Body) -> Started:
    """Begin a proposal. It may be incomplete, but what it says must be readable."""
    document = submitting.given(body)
    with visit.desk.store.writing() as tx:
        edition = visit.rules
        if wanted := body.get("organisation"):
            edition = _edition(tx, visit, wanted)
        submitting.checked(document, edition)
        draft = drafts.create(tx, edition.organisation, visit.me.id, document)
    return Started(ref=draft.ref, state=State.DRAFT)


@router.patch("/proposals/{ref}", responses=WRITING, openapi_extra=PROPOSAL, name="api_change")
@allowed(Role.START_CASE)
def change(ref: str, visit: Asker, body: Body) -> Started:
    """Change fields of a proposal that is not submitted; null takes a field away."""
    changes = submitting.given(body)
    with visit.desk.store.writing() as tx:
        draft = submitting.own_draft(tx, ref, visit.me.id, visit.posts)
        saved = drafts.save(tx, ref, changes)
        submitting.checked(saved.document, submitting.rules_of(tx, visit.desk, draft))
    return Started(ref=ref, state=State(saved.state))


@router.post("/proposals/{ref}/route", responses=WRITING, name="api_route")
@allowed(Role.START_CASE, Role.READ_CASE)
def route(ref: str, visit: Asker, body: OptionalBody) -> dict[str, list[RouteLeg]]:
    """Say what the proposal would pass if it were submitted today, and why."""
    with visit.desk.store.reading() as tx:
        draft = submitting.own_draft(tx, ref, visit.me.id, visit.posts)
        edition = submitting.rules_of(tx, visit.desk, draft)
        legs = submitting.preview(tx, draft, edition)
        stops = telling.stops(legs, edition, submitting.received(tx, edition))
    return {"route": [told.leg(leg, stop) for leg, stop in zip(legs, stops, strict=True)]}


@router.post("/proposals/{ref}/submit", responses=WRITING, response_model=Submitted, name="api_submit")
@allowed(Role.START_CASE)
async def submit(
    ref: str,
    visit: Asker,
    body: OptionalBody,
    key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)] = None,
) -> Response:
    """Submit the proposal: version 1 is frozen and one process starts, however often this is sent."""
    fingerprint = hashlib.sha256(f"submit {ref} {json.dumps(body, sort_keys=True)}".encode()).hexdigest()

    def submitted() -> tuple[submitting.Submission | None, Response]:
        with visit.desk.store.writing() as tx:
            owner = f"token:{visit.api.id}" if visit.api else ""
            known = idempotency.recall(tx, owner=owner, key=key, request_hash=fingerprint) if key else None
            if known:
                return None, Response(known.body, known.status, media_type="application/json")
            draft = submitting.own_draft(tx, ref, visit.me.id, visit.posts)
            made = submitting.submit(tx, visit.desk, draft, visit.me.id)
            reply = Submitted(
                ref=ref, state=State.SUBMITTED, version=made.version, content_hash=made.content_hash
            ).model_dump_json()
            if key:
                idempotency.remember(
                    tx, owner=owner, key=key, request_hash=fingerprint, status=200, body=reply
                )
            return made, Response(reply, 200, media_type="application/json")

    made, response = await run_in_threadpool(submitted)
    if made and not made.again:
        await submitting.begin(visit.desk, made)
    return response


# ------------------------------------------------------------------------------ cases


@router.post("/cases/{ref}/withdraw", status_code=202, responses=WRITING, name="api_withdraw")
@allowed(Role.START_CASE)
async def withdraw(ref: str, visit: Asker, body: OptionalBody) -> Started:
    """Withdraw a case. Everybody who is being asked is told. It takes no fields."""
    if body:
        told = "A withdrawal says nothing more, so this would be lost; leave it out"
        raise Malformed(problems=[Problem(field=field, message=told) for field in body])
    withdrawal = await run_in_threadpool(withdrawing.requested, visit, ref)
    await visit.desk.gateway.withdraw(ref, withdrawal)
    return Started(ref=ref, state=await run_in_threadpool(_state, visit, ref))


@router.post("/cases/{ref}/approvers", status_code=202, responses=WRITING, name="api_add_approver")
@allowed(Role.START_CASE)
async def add_approver(ref: str, visit: Asker, body: Body) -> ApproverTold:
    """Ask one more post to approve a case, with a reason that everybody sees."""
    if problems := list(unshowable(body)):
        raise Malformed(problems=problems)
    post, reason = (said if isinstance(said := body.get(name), str) else "" for name in ("post", "reason"))
    made = await run_in_threadpool(adding.added, visit, ref, post.strip(), reason)
    await visit.desk.relay.add_approver(made)
    return told.approver(made)


@router.post(
    "/cases/{ref}/approvers/{post}/take-back",
    status_code=202,
    responses=WRITING,
    name="api_take_back_approver",
)
@allowed(Role.START_CASE)
async def take_back_approver(ref: str, post: str, visit: Asker, body: Body) -> ApproverTold:
    """Ask a post no more that was added and has not answered, with a reason that it is told."""
    reason = said if isinstance(said := body.get("reason"), str) else ""
    gone = await run_in_threadpool(adding.taken_back, visit, ref, post, reason)
    await visit.desk.relay.take_back_approver(gone)
    return told.approver(gone)


@router.post("/cases/{ref}/size", status_code=202, responses=WRITING, name="api_set_size")
@allowed(Role.START_CASE)
async def set_size(ref: str, visit: Asker, body: Body) -> SizeSet:
    """As the PMO, confirm whether a proposal is major, or set it, with a reason that everybody sees.

    With a `version`, nothing is said of any other that has come in meanwhile.
    """
    if problems := list(unshowable(body)):
        raise Malformed(problems=problems)
    size, reason = (given if isinstance(given := body.get(name), str) else "" for name in ("size", "reason"))
    version = str(body.get("version") or "")
    said = await run_in_threadpool(partial(sizing.put, visit, ref, size.strip(), reason, version=version))
    await visit.desk.relay.set_size(said)
    return told.size(said)


@router.get("/cases", name="api_cases")
@allowed(Role.READ_CASE)
def listed(
    visit: Asker,
    kind: Annotated[
        str | None,
        Query(
            description="proposal, action, project, benefit, standards_exception or assessment",
            examples=["project"],
        ),
    ] = None,
    status: CaseState | None = None,
    department: str | None = None,
    waiting_on: str | None = None,
    overdue: bool = False,
    q: Annotated[str | None, Query(max_length=200)] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CaseList:
    """List cases, the latest first."""
    if kind is not None and kind not in told.KINDS:
        message = f"There is no kind {kind} of case; there are {listed_in_words(told.KINDS)}."
        raise Malformed(problems=[Problem(field="kind", message=message)])
    with visit.desk.store.reading() as tx:
        found = cases.page(
            tx,
            organisation=visit.rules.organisation,
            kind=kind,
            state=status,
            department=department,
            waiting_on=waiting_on,
            overdue=overdue,
            q=q,
            cursor=cursor,
            limit=limit,
        )
        waiting = steps.waiting_of(tx, [case.ref for case in found.items])
        items = [
            CaseSummary(**told.summary(tx, case, waiting.get(case.ref, ()), visit.today))
            for case in found.items
        ]
    return CaseList(items=items, next=found.next_cursor)


@router.get("/cases/{ref}", name="api_case")
@allowed(Role.READ_CASE, Role.START_CASE)
def case(ref: str, visit: Asker) -> CaseTold | Started:
    """Tell a case: its state, on whom it waits, its way, its decisions. A draft has only its state.

    A token that only starts cases reads its owner's own.
    """
    with visit.desk.store.reading() as tx:
        found = cases.find(tx, ref)
        if found is None:
            draft = submitting.own_draft(tx, ref, visit.me.id, visit.posts)
            return Started(ref=ref, state=State(draft.state))
        _own_organisation(found, visit)
        if Role.READ_CASE not in visit.roles and not withdrawing.may(visit, found):
            raise NotFound
        edition = telling.rules_of(tx, found)
        stops = telling.stops(found.route, edition, found.proposal.submitted)
        made, kept = seclusion.decisions(tx, ref, visit.me.id), versions.kept_for(tx, ref)
        return CaseTold(
            **told.summary(tx, found, steps.waiting(tx, ref), visit.today),
            content_hash=found.content_hash,
            edition=found.edition,
            quorum={
                step.id: quorum
                for step in steps.of_case(tx, ref)
                if step.open and (quorum := told.quorum(tx, step, edition, visit.me.id))
            },
            route=[told.leg(leg, stop) for leg, stop in zip(found.route, stops, strict=True)],
            decisions=[told.decision(tx, found, decision, kept.get(decision.step, ())) for decision in made],
            conditions=[one.fields() for one in conditions.of_case(tx, found, made)],
            action=told.action(tx, found) if found.kind == actions.KIND else None,
            project=told.project(tx, found) if found.kind == projects.KIND else None,
            benefit=told.benefit(tx, found) if found.kind == benefits.KIND else None,
            standards_exception=told.standards_exception(tx, found),
            documents=told.documents_of(tx, found),
            assessment=told.assessment(tx, found),
            size_set=told.size_set(tx, found),
            order=next(
                (told.order(one) for one in orders.of_case(tx, ref) if one.kind == orders.RAISED), None
            ),
        )


@router.get("/cases/{ref}/decision-record", name="api_decision_record")
@allowed(Role.READ_CASE)
def decided(ref: str, visit: Asker) -> DecisionRecord:
    """Tell a case's decision: by whom, why, under which clause, and what else was considered."""
    with visit.desk.store.reading() as tx:
        found = cases.get(tx, ref)
        _own_organisation(found, visit)
        return decision_record.of(tx, found)


@router.get("/cases/{ref}/appraisal", name="api_appraisal")
@allowed(Role.READ_CASE)
def appraised(ref: str, visit: Asker) -> AppraisalTold:
    """Tell a business case: costs, benefits, who pays, options, and what they come to, with workings."""
    with visit.desk.store.reading() as tx:
        found = cases.get(tx, ref)
        _own_organisation(found, visit)
        if found.kind != "proposal":
            raise NotFound(f"{ref} is no proposal, and has no business case.")
        edition = telling.rules_of(tx, found)
        read = ProposalDocument.model_validate(cases.content(tx, ref) or {})
        figures, flags = briefing.reckoned(read, found, edition)
        said = read.model_dump(mode="json")
        return AppraisalTold(
            **{
                name: said[name]
                for name in ("cost_profile", "costs_by_year", "benefits", "options", "claimed")
            },
            funding_parties=[
                {"post": share.post, "share_percent": f"{share.percent:f}", "amount": f"{share.amount:.2f}"}
                for share in found.proposal.shares
            ],
            budgets=list(told.budgets(tx, found, edition)),
            figures=[FigureTold.model_validate(figure.model_dump()) for figure in figures],
            flags=list(flags),
            track_record=told.track_record(remembering.track_record_of(tx, found, read, edition)),
        )


@router.get("/cases/{ref}/versions", name="api_versions")
@allowed(Role.READ_CASE)
def compared(
    ref: str,
    visit: Asker,
    earlier: Annotated[int, Query(ge=0, le=10**6)] = 0,
    later: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> VersionList:
    """Tell a case's versions, in what each differs from the one before, and in what two of them differ."""
    earlier, later = sorted((earlier, later))
    with visit.desk.store.reading() as tx:
        found = cases.get(tx, ref)
        _own_organisation(found, visit)
        known = cases.versions(tx, ref)
        if not {earlier, later} <= {0, *(version.version for version in known)}:
            raise NotFound(f"{ref} has no such version.")
        if later and not earlier:
            raise Malformed(problems=[Problem(field="earlier", message="Give both versions, or neither")])
        return VersionList(
            versions=[
                VersionTold(
                    version=one.version,
                    content_hash=one.content_hash,
                    submitted=one.submitted,
                    changes=told.changes(tx, found, one.version - 1, one.version),
                    kept=sorted(one.kept.values()),
                )
                for one in known
            ],
            differences=told.changes(tx, found, earlier, later) if later else [],
        )


@router.get("/cases/{ref}/journal", name="api_journal")
@allowed(Role.READ_CASE)
def lines(
    ref: str, visit: Asker, after: Annotated[int, Query(ge=0, le=10**9)] = 0
) -> dict[str, list[JournalLine]]:
    """Return the record of a case, line by line, from the one after a number.

    What may not be told yet, such as an answer to a blind question, is left out, and comes under its own
    number once it may be told. A program that follows a record asks again from before the first number that
    is missing.
    """
    with visit.desk.store.reading() as tx:
        _own_organisation(cases.get(tx, ref), visit)
        found = [JournalLine(**line.model_dump()) for line in seclusion.lines(tx, ref, after, visit.me.id)]
    return {"lines": found}


@router.get("/steps", name="api_steps")
@allowed(Role.READ_CASE)
def open_steps(
    visit: Asker,
    case: Annotated[str | None, Query(max_length=40)] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> StepList:
    """List the questions that are open, the longest open first."""
    with visit.desk.store.reading() as tx:
        found = steps.page(tx, organisation=visit.rules.organisation, case=case, cursor=cursor, limit=limit)
        told_steps = [told.step(tx, step, visit.me.id) for step in found.items]
    return StepList(steps=told_steps, next=found.next_cursor)


@router.get("/lessons", name="api_lessons")
@allowed(Role.READ_CASE)
def lessons(
    visit: Asker,
    words: Annotated[str, Query(max_length=200)] = "",
    department: Annotated[str, Query(max_length=200)] = "",
    system_kind: Annotated[str, Query(max_length=200)] = "",
    strategy: Annotated[str, Query(max_length=200)] = "",
    case: Annotated[str, Query(max_length=40)] = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> LessonList:
    """List the lessons of past reviews, those of the newest first."""
    wanted = library.Wanted(words, department, system_kind, strategy, case)
    with visit.desk.store.reading() as tx:
        found = library.page_of(tx, visit, wanted, cursor=cursor, limit=limit)
    items = [LessonTold.model_validate(one.model_dump()) for one in found.items]
    return LessonList(items=items, next=found.next_cursor)


@router.get("/forums", name="api_forums")
@allowed(Role.READ_CASE)
def forums(visit: Asker) -> dict[str, list[ForumTold]]:
    """List the forums that meet, each with its next meeting."""
    with visit.desk.store.reading() as tx:
        known = [(forum, agendas.days(tx, visit.rules, forum)) for forum in visit.rules.forums.values()]
    return {
        "forums": [
            ForumTold(
                id=forum.key,
                name=forum.name,
                secretary=forum.secretary,
                members=list(forum.members),
                next=next((day for day in days if day >= visit.today), None),
            )
            for forum, days in known
            if days
        ]
    }


@router.get("/forums/{id}/meetings", name="api_meetings")
@allowed(Role.READ_CASE)
def meetings_of(
    id: str, visit: Asker, limit: Annotated[int, Query(ge=1, le=60)] = 12
) -> dict[str, list[Meeting]]:
    """List a forum's meetings: those that the record has, and the next ones to come."""
    forum = visit.rules.forums.get(id)
    if forum is None:
        raise NotFound
    with visit.desk.store.reading() as tx:
        recorded = [one.day for one in meetings.of_series(tx, agendas.series_of(visit.rules, forum))]
        coming = [day for day in agendas.days(tx, visit.rules, forum) if day >= visit.today][:limit]
        rooms = [minutebook.told(tx, visit, forum, day) for day in sorted({*recorded, *coming})]
    return {"meetings": [Meeting(**told.meeting(found)) for found in rooms]}


@router.get("/forums/{id}/meetings/{date}", name="api_meeting")
@allowed(Role.READ_CASE)
def meeting(id: str, date: Day, visit: Asker) -> MeetingTold:
    """Tell a meeting: its agenda, what misses it, what came of each item, and its minutes."""
    forum = visit.rules.forums.get(id)
    if forum is None:
        raise NotFound
    with visit.desk.store.reading() as tx:
        known = meetings.find(tx, agendas.series_of(visit.rules, forum), date)
        if known is None and date not in agendas.days(tx, visit.rules, forum):
            raise NotFound
        found = minutebook.told(tx, visit, forum, date)
    return MeetingTold(
        **told.meeting(found),
        place=found.meeting.place,
        time=found.meeting.time,
        moved_to=found.meeting.moved_to,
        why=found.meeting.why,
        agenda=[told.item(found, item) for item in minutebook.lines(found)],
        misses=[miss.case for miss in found.agenda.misses],
        minutes=found.meeting.minutes,
        confirmed_at=found.meeting.confirmed_at,
    )


@router.get("/openapi.json", include_in_schema=False, name="api_description")
@allowed(Role.ANYONE)
def description(request: Request) -> Response:
    """Describe this API."""
    found: dict[str, Any] = request.app.openapi()
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas["ProblemDetails"] = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schemas["ProblemDetails"].pop("$defs", {}))
    return JSONResponse(found)


# ---------------------------------------------------------------------------- telling


def _edition(tx: Tx, visit: Visit, wanted: Any) -> Any:
    known = {edition.organisation: edition for edition in visit.desk.handbooks(tx)}
    if wanted != visit.rules.organisation or wanted not in known:
        why = f"This token is for {visit.rules.organisation_name}"
        raise Malformed(problems=[Problem(field="organisation", message=why)])
    return known[wanted]


def _own_organisation(case: CaseView, visit: Visit) -> None:
    if case.organisation != visit.rules.organisation:
        raise NotFound


def _state(visit: Visit, ref: str) -> State:
    with visit.desk.store.reading() as tx:
        return State(cases.get(tx, ref).state)
