"""The JSON API for other programs. A token reads and starts cases; none decides."""

import datetime as dates
import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from service import agendas, boards, telling, versions
from service.errors import Malformed, NotFound, Problem
from service.handbook import Edition
from service.proposals import ProposalDocument
from service.store import actions, cases, drafts, idempotency, intents, meetings, orders, steps
from service.store.cases import CaseItem, CaseView
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.meetings import MeetingState
from service.store.orders import OrderView
from service.store.steps import StepView
from service.web import (
    adding,
    briefing,
    conditions,
    decision_record,
    minutebook,
    seclusion,
    submitting,
    whereabouts,
    withdrawing,
)
from service.web.bodies import Body, OptionalBody
from service.web.decision_record import DecisionRecord
from service.web.minutebook import Line as MinuteBookLine
from service.web.minutebook import Room
from service.web.roles import Role, allowed
from service.web.visits import Asker, Visit
from workflows.letters import Stop
from workflows.model import ActionState, Guard, Leg, State

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


class FieldError(BaseModel):
    """What is wrong with one field, in a sponsor's words."""

    field: str = Field(examples=["cost_profile.capital_gbp"])
    message: str = Field(examples=["Give the capital cost, 0 if there is none"])


class ProblemDetails(BaseModel):
    """A problem (RFC 9457). `code` is stable."""

    type: str = Field(examples=["urn:assent:problem:malformed"])
    title: str
    status: int
    code: str = Field(examples=["malformed"])
    detail: str = ""
    errors: list[FieldError] = []


class Started(BaseModel):
    """A proposal and where it is."""

    ref: str = Field(examples=["INV-2026-0001"])
    state: State | ActionState


class Submitted(Started):
    """A submitted version and its fingerprint."""

    version: int
    content_hash: str


class ForumTold(BaseModel):
    """A forum that meets."""

    id: str = Field(examples=["heads-of-ict"])
    name: str = Field(examples=["Heads of ICT Group"])
    secretary: str = Field(examples=["heads-of-ict-secretary"])
    members: list[str]
    next: date | None = Field(examples=["2026-10-14"])


class MembersTold(BaseModel):
    """How many members are there, and how many it needs."""

    members: int = Field(examples=[6])
    present: int = Field(examples=[5])
    needed: int = Field(examples=[3])
    quorate: bool


class Meeting(BaseModel):
    """A forum's meeting: `state` is what has become of it, `items` how many are on its agenda."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "date": "2026-10-14",
                "state": "called",
                "papers_due": "2026-10-07",
                "items": 3,
                "quorum": {"members": 6, "present": 0, "needed": 3, "quorate": False},
            }
        }
    )

    date: dates.date
    state: MeetingState
    papers_due: dates.date
    items: int
    quorum: MembersTold


class MeetingItem(BaseModel):
    """An item of an agenda; `outcome` is what came of it, in words, and empty while it waits."""

    number: int
    key: str = Field(examples=["INV-2026-0001.notification.1"])
    kind: str = Field(examples=["question"])
    title: str
    case: str = Field(examples=["INV-2026-0001"])
    carried_from: dates.date | None
    outcome: str = Field(examples=["it is noted"])
    rolled_on: bool
    reference: str = Field(examples=["Heads of ICT Group 14 October 2026, item 2"])


class MeetingTold(Meeting):
    """A meeting with its agenda; once its record is closed, as it was then."""

    place: str
    time: str
    moved_to: dates.date | None
    why: str
    agenda: list[MeetingItem]
    misses: list[str]
    """The cases whose papers came too late for it."""
    minutes: Literal["", "drafted", "corrected", "confirmed"]
    confirmed_at: dates.date | None


class QuorumTold(BaseModel):
    """How a board's question stands. The votes are null while they are hidden until it is decided."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "seats": 8,
                "present": 5,
                "needed": 4,
                "interests": 1,
                "wanting": 0,
                "possible": True,
                "silent": ["cd-hsg", "cd-ell"],
                "in_favour": 3,
                "against": 2,
                "abstaining": 0,
                "blind": False,
                "sentences": ["5 of 8 present; 4 needed; 1 has declared an interest."],
            }
        }
    )

    seats: int
    present: int
    needed: int
    interests: int
    wanting: int
    """How many more must vote for the votes to count."""
    possible: bool
    """Enough can still be present."""
    silent: list[str]
    in_favour: int | None
    against: int | None
    abstaining: int | None
    blind: bool
    sentences: list[str]


class WaitingOn(BaseModel):
    """On whom something waits, since when, what happens next, and when."""

    step: str
    on: str
    title: str
    since: datetime
    working_days: int
    next: str
    at: datetime | None
    action: str = ""
    """The action that is waited for, where a condition guards what is to come."""


class RouteLeg(BaseModel):
    """A leg of a proposal's way, and the clause that puts it there."""

    leg: str
    who: list[str]
    titles: list[str]
    clause: str
    clause_text: str
    reason: str
    meeting: date | None
    by: date | None


class CaseSummary(Started):
    """A case in a list."""

    kind: str
    title: str
    department: str
    sponsor: str
    size: str
    capital: str
    version: int
    decide_by: date
    opened: datetime
    changed: datetime
    open: bool
    valid_until: date | None
    """The last day on which its approval may be put to use; null if there is none, or it does not lapse."""
    waiting: list[WaitingOn]


class DecisionTold(BaseModel):
    """One person's answer."""

    step: str
    round: int
    seat: str
    post: str
    title: str
    on_behalf_of: str
    choice: str
    reason: str
    conditions: list[dict[str, str]]
    answers: dict[str, dict[str, str]]
    until: date | None
    submitted_at: datetime
    recorded_at: datetime | None
    content_hash: str
    shown_hash: str
    assurance: str
    version: int
    """The version that was answered about."""
    kept_for: list[int]
    """Later versions for which it stands, because nothing material had changed."""


class OrderTold(BaseModel):
    """The order that an approval raised; `kept` is one that is sent nowhere."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "number": "ORD-2026-0001",
                "amount": "84000.00",
                "state": "accepted",
                "raised_at": "2026-06-16T09:02:11.000000Z",
                "accepted_at": "2026-06-16T09:02:13.000000Z",
            }
        }
    )

    number: str
    amount: str
    state: Literal["raised", "accepted", "failed", "kept", "called_off"]
    raised_at: datetime
    accepted_at: datetime | None


class ActionTold(BaseModel):
    """What an action is besides a case: `follows` is the case that it follows from."""

    follows: str = Field(examples=["INV-2026-0001"])
    text: str
    owner: str
    verifier: str
    due: date
    evidence: str
    guards: Guard


class CaseTold(CaseSummary):
    """A case with its way, its decisions and its conditions."""

    content_hash: str
    edition: str
    quorum: dict[str, QuorumTold]
    """How each open question of a board stands, by its step."""
    route: list[RouteLeg]
    decisions: list[DecisionTold]
    conditions: list[dict[str, str]]
    order: OrderTold | None
    action: ActionTold | None = None


class FigureTold(BaseModel):
    """What costs and benefits come to, and how it was worked out."""

    name: str = Field(examples=["Net present value"])
    value: str = Field(examples=["£7,065"])
    working: str


class AppraisalTold(BaseModel):
    """A business case: what its sponsor says, what it comes to, and what is missing or does not agree."""

    cost_profile: dict[str, str | None]
    costs_by_year: list[dict[str, str]]
    benefits: list[dict[str, Any]]
    funding_parties: list[dict[str, str]]
    options: list[dict[str, Any]]
    claimed: dict[str, str | None]
    """The sponsor's own totals, as they gave them."""
    figures: list[FigureTold]
    flags: list[str]


class ApproverTold(BaseModel):
    """A post that was added to those who approve a case."""

    case: str
    post: str
    reason: str
    added_by: str
    """The post through which it was added."""
    added_at: datetime


class ChangeTold(BaseModel):
    """A part of a proposal in which two versions differ; `before` and `now` are in words."""

    what: str = Field(examples=["Capital"])
    before: str = Field(examples=["£120,000"])
    now: str = Field(examples=["£140,000"])
    material: bool
    """It voids what was answered about the version before."""


class VersionTold(BaseModel):
    """A submitted version, and in what it differs from the one before."""

    version: int
    content_hash: str
    submitted: datetime
    changes: list[ChangeTold]
    kept: list[str]
    """The steps whose answers about an earlier version stand."""


class VersionList(BaseModel):
    """A case's versions; `differences` are those between the two that were asked for."""

    versions: list[VersionTold]
    differences: list[ChangeTold]


class CaseList(BaseModel):
    """A page of a list; `next` is the cursor of the next page."""

    items: list[CaseSummary]
    next: str | None


class StepTold(BaseModel):
    """An open question."""

    id: str
    case: str
    kind: str
    round: int
    version: int
    clause: str
    opened: datetime
    due: datetime
    waiting_on: list[str]
    next: str | None
    at: datetime | None
    quorum: QuorumTold | None


class StepList(BaseModel):
    """A page of the open questions; `next` is the cursor of the next page."""

    steps: list[StepTold]
    next: str | None


class JournalLine(BaseModel):
    """A line of the record."""

    case: str
    seq: int
    at: datetime
    recorded: datetime
    actor: str
    on_behalf_of: str
    kind: str
    key: str
    data: dict[str, Any]
    prev: str
    kid: str
    mac: str


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
        legs = submitting.preview(tx, draft.document, edition)
        told = submitting.stops(legs, edition, visit.today)
    return {"route": [_leg(leg, stop) for leg, stop in zip(legs, told, strict=True)]}


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
    """Withdraw a case. Everybody who is being asked is told."""
    withdrawal = await run_in_threadpool(withdrawing.requested, visit, ref)
    await visit.desk.gateway.withdraw(ref, withdrawal)
    return Started(ref=ref, state=await run_in_threadpool(_state, visit, ref))


@router.post("/cases/{ref}/approvers", status_code=202, responses=WRITING, name="api_add_approver")
@allowed(Role.START_CASE)
async def add_approver(ref: str, visit: Asker, body: Body) -> ApproverTold:
    """Ask one more post to approve a case, with a reason that everybody sees."""
    post, reason = (said if isinstance(said := body.get(name), str) else "" for name in ("post", "reason"))
    made = await run_in_threadpool(adding.added, visit, ref, post.strip(), reason)
    await visit.desk.relay.add_approver(made)
    return ApproverTold(case=ref, post=made.post, reason=made.reason, added_by=made.by_post, added_at=made.at)


@router.get("/cases", name="api_cases")
@allowed(Role.READ_CASE)
def listed(
    visit: Asker,
    kind: str | None = None,
    status: State | ActionState | None = None,
    department: str | None = None,
    waiting_on: str | None = None,
    overdue: bool = False,
    q: Annotated[str | None, Query(max_length=200)] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CaseList:
    """List cases, the latest first."""
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
            CaseSummary(**_summary(tx, case, waiting.get(case.ref, ()), visit.today)) for case in found.items
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
        edition = telling.edition(tx, found.edition)
        told = submitting.stops(found.route, edition, found.proposal.submitted)
        made, kept = seclusion.decisions(tx, ref, visit.me.id), versions.kept_for(tx, ref)
        return CaseTold(
            **_summary(tx, found, steps.waiting(tx, ref), visit.today),
            content_hash=found.content_hash,
            edition=found.edition,
            quorum={
                step.id: told_quorum
                for step in steps.of_case(tx, ref)
                if step.open and (told_quorum := _quorum(tx, step, edition, visit.me.id))
            },
            route=[_leg(leg, stop) for leg, stop in zip(found.route, told, strict=True)],
            decisions=[_decision(tx, found, decision, kept.get(decision.step, ())) for decision in made],
            conditions=[one.fields() for one in conditions.of_case(tx, found, made)],
            action=_action(tx, found) if found.kind == actions.KIND else None,
            order=next((_order(one) for one in orders.of_case(tx, ref) if one.kind == orders.RAISED), None),
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
        edition = telling.edition(tx, found.edition)
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
            figures=[FigureTold.model_validate(figure.model_dump()) for figure in figures],
            flags=list(flags),
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
    with visit.desk.store.reading() as tx:
        found = cases.get(tx, ref)
        _own_organisation(found, visit)
        known = cases.versions(tx, ref)
        if not {earlier, later} <= {0, *(version.version for version in known)}:
            raise NotFound(f"{ref} has no such version.")
        return VersionList(
            versions=[
                VersionTold(
                    version=one.version,
                    content_hash=one.content_hash,
                    submitted=one.submitted,
                    changes=_changes(tx, found, one.version - 1, one.version),
                    kept=sorted(one.kept.values()),
                )
                for one in known
            ],
            differences=_changes(tx, found, earlier, later) if later else [],
        )


@router.get("/cases/{ref}/journal", name="api_journal")
@allowed(Role.READ_CASE)
def lines(
    ref: str, visit: Asker, after: Annotated[int, Query(ge=0, le=10**9)] = 0
) -> dict[str, list[JournalLine]]:
    """Return the record of a case, line by line."""
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
        told = [_step(tx, step, visit.me.id) for step in found.items]
    return StepList(steps=told, next=found.next_cursor)


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
    return {"meetings": [Meeting(**_meeting(found)) for found in rooms]}


@router.get("/forums/{id}/meetings/{date}", name="api_meeting")
@allowed(Role.READ_CASE)
def meeting(id: str, date: dates.date, visit: Asker) -> MeetingTold:
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
        **_meeting(found),
        place=found.meeting.place,
        time=found.meeting.time,
        moved_to=found.meeting.moved_to,
        why=found.meeting.why,
        agenda=[_item_of(found, item) for item in minutebook.lines(found)],
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


def _meeting(found: Room) -> dict[str, Any]:
    meter = found.meter
    return {
        "date": found.day,
        "state": found.meeting.state,
        "papers_due": found.agenda.papers_due,
        "items": len(minutebook.lines(found)),
        "quorum": MembersTold(
            members=meter.members, present=meter.present, needed=meter.needed, quorate=meter.quorate
        ),
    }


def _item_of(found: Room, item: MinuteBookLine) -> MeetingItem:
    return MeetingItem(
        number=item.number,
        key=item.key,
        kind=item.kind,
        title=item.title,
        case=item.case,
        carried_from=item.carried_from,
        outcome=item.outcome,
        rolled_on=item.rolled_on,
        reference=agendas.reference(found.forum.name, found.day, item.number),
    )


def _edition(tx: Tx, visit: Visit, wanted: Any) -> Any:
    known = {edition.organisation: edition for edition in visit.desk.handbooks(tx)}
    if wanted != visit.rules.organisation or wanted not in known:
        told = f"This token is for {visit.rules.organisation_name}"
        raise Malformed(problems=[Problem(field="organisation", message=told)])
    return known[wanted]


def _own_organisation(case: CaseView, visit: Visit) -> None:
    if case.organisation != visit.rules.organisation:
        raise NotFound


def _state(visit: Visit, ref: str) -> State:
    with visit.desk.store.reading() as tx:
        return State(cases.get(tx, ref).state)


def _summary(tx: Tx, case: CaseItem, waiting: tuple[steps.Waiting, ...], today: date) -> dict[str, Any]:
    edition = telling.edition(tx, case.edition)
    return {
        "ref": case.ref,
        "kind": case.kind,
        "title": case.title,
        "state": case.state,
        "department": case.department,
        "sponsor": case.sponsor,
        "size": case.size,
        "capital": f"{case.capital:.2f}",
        "version": case.version,
        "decide_by": case.decide_by,
        "opened": case.opened,
        "changed": case.changed,
        "open": case.open,
        "valid_until": case.valid_until,
        "waiting": [
            WaitingOn(
                step=wait.step,
                on=wait.on,
                title=wait.who,
                since=wait.began,
                working_days=wait.working_days,
                next=wait.next,
                at=wait.moment,
                action=wait.action,
            )
            for wait in whereabouts.worded(waiting, edition, today)
        ],
    }


def _leg(leg: Leg, stop: Stop) -> RouteLeg:
    return RouteLeg(
        leg=leg.leg,
        who=list(leg.who),
        titles=list(stop.who),
        clause=stop.clause.number,
        clause_text=stop.clause.text,
        reason=leg.reason,
        meeting=leg.meeting,
        by=stop.by,
    )


def _changes(tx: Tx, case: CaseView, earlier: int, later: int) -> list[ChangeTold]:
    return [
        ChangeTold.model_validate(one.model_dump()) for one in versions.differences(tx, case, earlier, later)
    ]


def _decision(tx: Tx, case: CaseView, decision: DecisionView, kept_for: Sequence[int]) -> DecisionTold:
    edition = telling.edition(tx, case.edition)
    told = telling.told(decision, edition)
    return DecisionTold(
        step=decision.step,
        round=decision.round,
        seat=decision.seat,
        post=decision.post,
        title=telling.title(edition, decision.post, decision.submitted_at.date()),
        on_behalf_of=told.for_whom,
        choice=decision.choice,
        reason=decision.reason or "",
        conditions=[_condition(put) for put in decision.conditions],
        answers={name: answer.model_dump() for name, answer in decision.answers.items()},
        until=decision.until,
        submitted_at=decision.submitted_at,
        recorded_at=decision.recorded_at,
        content_hash=decision.content_hash,
        shown_hash=decision.shown_hash,
        assurance=decision.assurance,
        version=decision.version,
        kept_for=list(kept_for),
    )


def _condition(put: intents.Condition) -> dict[str, str]:
    told: dict[str, str] = put.model_dump(mode="json")
    return told


def _action(tx: Tx, case: CaseView) -> ActionTold:
    action, content = actions.must(tx, case.ref), cases.content(tx, case.ref) or {}
    return ActionTold(
        follows=action.parent,
        text=content.get("summary") or "",
        owner=action.owner,
        verifier=action.verifier,
        due=action.due,
        evidence=content.get("evidence") or "",
        guards=action.guards,
    )


def _order(order: OrderView) -> OrderTold:
    return OrderTold.model_validate(
        {
            "number": order.number,
            "amount": f"{order.amount:.2f}",
            "state": "raised" if order.state == orders.OWED else order.state,
            "raised_at": order.raised,
            "accepted_at": order.settled if order.state == orders.ACCEPTED else None,
        }
    )


def _quorum(tx: Tx, step: StepView, edition: Edition, reader: str) -> QuorumTold | None:
    board = boards.of(tx, step, edition)
    if board is None:
        return None
    meter, out = board.meter, seclusion.is_out(tx, step, reader)
    return QuorumTold(
        seats=meter.seats,
        present=meter.present,
        needed=meter.needed,
        interests=meter.interests,
        wanting=meter.wanting,
        possible=meter.possible,
        silent=list(meter.silent),
        in_favour=None if out else meter.in_favour,
        against=None if out else meter.against,
        abstaining=None if out else meter.abstaining,
        blind=board.blind,
        sentences=[board.present, *(() if out else board.wanting), *board.until],
    )


def _step(tx: Tx, step: StepView, reader: str) -> StepTold:
    edition = telling.edition(tx, cases.get(tx, step.case).edition)
    held = step.takes_effect
    return StepTold(
        id=step.id,
        case=step.case,
        kind=step.kind,
        round=step.round,
        version=step.version,
        clause=step.clause,
        opened=step.opened,
        due=step.due,
        waiting_on=[] if held else [seat.post for seat in step.seats if not seat.answered],
        next=steps.HELD if held else step.next.nudge if step.next else None,
        at=held or (step.next.at if step.next else None),
        quorum=_quorum(tx, step, edition, reader),
    )
