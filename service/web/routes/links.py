"""Opening a link from a letter: continue, type the code, ask for a new one, or say it is not for you."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from service import telling
from service.errors import TooMany
from service.store import attempts, codes, letters, limits, links, sessions, steps
from service.store.engine import Tx
from service.store.letters import LedgerRow, LinkBinding, QueuedLetter
from service.web import codebook, renewing, visits, words
from service.web.courier import Parcel
from service.web.desk import Desk
from service.web.faults import Elsewhere
from service.web.followed import (
    code_missing,
    mine,
    own,
    page_of,
    proved,
    session_for,
    stopped,
)
from service.web.roles import Role, allowed
from service.web.standing import Sight, Standing
from service.web.visits import Asker, Sent, Visit

router = APIRouter(include_in_schema=False)

VIEWS_A_MINUTE = 30
"""Openings of one link that are counted; more are shown the page and leave no trace."""
NEW_LINKS_AN_HOUR = 3
LINK_LIFE = timedelta(days=14)
GOES_ON = (Standing.OPEN, Standing.DECIDED_BY_YOU, Standing.BEING_RECORDED)
"""Where a link leads further than its first page."""


@router.get("/a/{token}", name="link")
@allowed(Role.ANYONE)
def link(token: str, visit: Asker) -> Response:
    """Say who the link is for, and nothing of the case. Opening decides nothing."""
    proof = proved(visit, token)
    with visit.desk.store.writing() as tx:
        sight = proof.look(tx, visit)
        # Whoever opens it too often is told so by the status. The page is there all the same, or a
        # busy mail scanner could keep the link's reader out.
        seldom = limits.allow(tx, f"view:{sight.link.id}", VIEWS_A_MINUTE, 60)
        if seldom:
            links.opened(tx, sight.link.id)
    return _first(visit, sight, token, status=200 if seldom else 429)


@router.post("/a/{token}", name="link_continue")
@allowed(Role.ANYONE)
async def link_continue(token: str, visit: Asker) -> Response:
    """Begin a session of its own for this browser, and go on to an address without the link in it."""

    def begun() -> tuple[Sight, str, Parcel | None]:
        proof = proved(visit, token)
        with visit.desk.store.writing() as tx:
            sight = proof.look(tx, visit)
            if sight.standing not in GOES_ON:
                return sight, "", None
            began = session_for(tx, visit, sight.link)
            links.followed(
                tx,
                sight.link.id,
                session=began.session.ref,
                ip=visit.ip,
                user_agent=visit.user_agent,
                sec_fetch_user=visit.sec_fetch_user,
            )
            if not code_missing(sight, began.session):
                return sight, began.token, None
            return sight, began.token, _code(tx, sight, began.token)

    sight, session, parcel = await run_in_threadpool(begun)
    if not session:
        return stopped(visit, sight, token=token)
    visit.desk.courier.soon(parcel)
    area = "code" if parcel else "read"
    response = RedirectResponse(f"/a/{area}/{sight.link.id}", 303)
    visits.keep(response, visit.desk, session)
    return response


@router.get("/a/{token}/not-me", name="link_not_me")
@allowed(Role.ANYONE)
def link_not_me(token: str, visit: Asker) -> Response:
    """Ask whether the letter really went to the wrong person."""
    proof = proved(visit, token)
    with visit.desk.store.reading() as tx:
        sight = proof.look(tx, visit)
    if sight.standing is not Standing.OPEN:
        return _first(visit, sight, token)
    return page_of(visit, "links/not_me.html", sight, token=token)


@router.post("/a/{token}/not-me", name="link_not_me_said")
@allowed(Role.ANYONE)
async def link_not_me_said(token: str, visit: Asker) -> Response:
    """Tell the record and the PMO, once and only while the question waits. Nothing is reassigned."""

    def told() -> tuple[Sight, Parcel | None]:
        proof = proved(visit, token)
        with visit.desk.store.writing() as tx:
            sight = proof.look(tx, visit)
            if sight.standing is not Standing.OPEN:
                return sight, None
            new = attempts.refused(
                tx,
                sight.case.ref,
                what=f"decide {sight.link.step}",
                why="not_for_me",
                person=sight.link.person,
                key=f"not-me:{sight.link.id}",
                ip=visit.ip,
                user_agent=visit.user_agent,
            )
            return sight, _misdirected(tx, visit.desk, sight) if new else None

    sight, parcel = await run_in_threadpool(told)
    if sight.standing is not Standing.OPEN:
        return _first(visit, sight, token)
    visit.desk.courier.soon(parcel)
    return page_of(visit, "links/not_me_said.html", sight)


@router.post("/a/{token}/new", name="link_renew")
@allowed(Role.ANYONE)
async def link_renew(token: str, visit: Asker) -> Response:
    """Send a new link in the place of an old one, to whoever the old one was for and nobody else."""

    def renewed() -> tuple[Sight, Parcel | None]:
        proof = proved(visit, token)
        with visit.desk.store.writing() as tx:
            sight = proof.look(tx, visit)
            if sight.standing not in (Standing.EXPIRED, Standing.CHANGED):
                return sight, None
            if not limits.allow(tx, f"renew:{sight.link.case}:{sight.link.person}", NEW_LINKS_AN_HOUR, 3600):
                raise TooMany("Three new links have been sent within the hour. Use the newest letter.")
            return sight, _renewed(tx, visit.desk, sight)

    sight, parcel = await run_in_threadpool(renewed)
    if parcel is None:
        return stopped(visit, sight, token=token)
    visit.desk.courier.soon(parcel)
    return page_of(visit, "links/renewed.html", sight)


@router.get("/a/code/{link_id}", name="link_code")
@allowed(Role.LINK)
def link_code(link_id: str, visit: Asker) -> Response:
    """Ask for the code that was mailed."""
    mine(visit, link_id)
    with visit.desk.store.reading() as tx:
        sight = _without_code(tx, visit, link_id)
    return _code_page(visit, sight)


@router.post("/a/code/{link_id}", name="link_code_given")
@allowed(Role.LINK)
def link_code_given(link_id: str, visit: Asker, sent: Sent) -> Response:
    """Check the code, and let this browser decide what needs one for the rest of the session."""
    mine(visit, link_id)
    with visit.desk.store.writing() as tx:
        sight = own(tx, visit, link_id)
        typed = "".join(str(sent.get("code", "")).split())
        checked = codes.check(tx, browser=visit.token, purpose=codebook.DECISION, about=link_id, code=typed)
        right = checked.right and checked.person == sight.link.person
        raised = sessions.rotate(tx, visit.token, raised=True, how="code") if right else None
    if raised is None:
        wrong = (
            "That code no longer works. Ask for a new one"
            if checked.locked
            else "That is not the code, or it no longer works"
        )
        return _code_page(visit, sight, {"code": wrong})
    response = RedirectResponse(f"/a/read/{link_id}", 303)
    visits.keep(response, visit.desk, raised.token)
    return response


@router.post("/a/code/{link_id}/again", name="link_code_again")
@allowed(Role.LINK)
async def link_code_again(link_id: str, visit: Asker) -> Response:
    """Send another code."""

    def issued() -> Parcel:
        mine(visit, link_id)
        with visit.desk.store.writing() as tx:
            return _code(tx, _without_code(tx, visit, link_id), visit.token)

    parcel = await run_in_threadpool(issued)
    visit.desk.courier.soon(parcel)
    return RedirectResponse(f"/a/code/{link_id}", 303)


def _first(visit: Visit, sight: Sight, token: str, *, status: int = 200) -> Response:
    """Return the first page of a link: the way on, or why there is none."""
    if sight.standing in GOES_ON:
        return page_of(visit, "links/continue.html", sight, status=status, token=token)
    return stopped(visit, sight, token=token)


def _without_code(tx: Tx, visit: Visit, link_id: str) -> Sight:
    """Return what a link leads to for which a code is to be typed; anybody else reads on."""
    sight = own(tx, visit, link_id)
    if not code_missing(sight, visit.session):
        raise Elsewhere(f"/a/read/{link_id}")
    return sight


def _code(tx: Tx, sight: Sight, browser: str) -> Parcel:
    return codebook.for_decision(
        tx,
        person=sight.people.people[sight.link.person],
        edition=sight.people,
        post=sight.link.post,
        case=sight.case.ref,
        link=sight.link.id,
        browser=browser,
    )


def _renewed(tx: Tx, desk: Desk, sight: Sight) -> Parcel | None:
    """Queue the letter again with a new link and as of today, for the step that waits for the same person."""
    old = _latest_letter(tx, sight)
    if old is None or old.link_id is None:
        return None
    step = steps.get(tx, old.step)
    if step is None or not step.open:
        return None
    number = sum(row.key.startswith(f"{old.key}:again") for row in letters.of_step(tx, old.step)) + 1
    fields = old.model_dump(include=set(QueuedLetter.model_fields) - {"key", "link", "kind", "props"})
    again = renewing.as_of_today(tx, old, step, sight.case, sight.edition)
    props = again.model_dump(mode="json")
    binding = LinkBinding(round=step.round, content_hash=step.content_hash, expires=tx.now + LINK_LIFE)
    key = f"{old.key}:again{number}"
    letter = QueuedLetter(key=key, link=binding, kind=again.kind, props=props, **fields)
    row = links.reissue(tx, old.link_id, letter)
    fresh = links.get(tx, row.link_id or "")
    assert fresh is not None
    return Parcel(
        row,
        reply_to=telling.replies_to(sight.edition),
        link=desk.links.to(fresh.id, fresh.kid),
    )


def _misdirected(tx: Tx, desk: Desk, sight: Sight) -> Parcel | None:
    """Write to the PMO that a letter went to somebody who says it is not for them."""
    key = f"not-me:{sight.link.id}"
    letter = telling.pmo_letter(tx, sight.case, desk.links.page, cause="not_for_me", key=key, seat=sight.post)
    if letter is None:
        return None
    # In the ledger before the page says so: if this process dies with it, the relay has it sent.
    return Parcel(letters.queue_direct(tx, letter), reply_to=telling.replies_to(sight.edition))


def _latest_letter(tx: Tx, sight: Sight) -> LedgerRow | None:
    """Return the last letter that asks what this link asked, or else anything they may answer in the case."""
    waiting = telling.waiting_for(tx, sight.link.person, tx.today)
    rows = [
        row
        for case, step, seats in waiting
        if case.ref == sight.case.ref
        for row in letters.of_step(tx, step.id)
        if row.seat in [seat.key for seat in seats]
        if row.person == sight.link.person and row.link_id and row.kind not in renewing.ABOUT_AN_ANSWER
    ]
    step = sight.link.step
    key = sight.step.key if sight.step else ""

    def nearest(row: LedgerRow) -> tuple[bool, bool, datetime]:
        return row.step == step, bool(key) and f".{key}." in row.step, row.queued

    return max(rows, key=nearest, default=None)


def _code_page(visit: Visit, sight: Sight, errors: Mapping[str, str] | None = None) -> Response:
    address = sight.people.address(sight.link.post, sight.link.person, visit.today)
    return page_of(
        visit,
        "links/code.html",
        sight,
        status=422 if errors else 200,
        errors=errors or {},
        address=words.masked_address(address),
    )
