"""Deciding from a link in a letter: continue, read and choose, check and confirm (no script, no sign-in)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from service import boards, telling
from service.errors import Forbidden, TooMany, Unavailable
from service.gateway import Counted, Refused
from service.store import attempts, codes, intents, letters, limits, links, sessions, steps, texts
from service.store.engine import Tx
from service.store.intents import AlreadyAnswered
from service.store.letters import LedgerRow, LinkBinding, QueuedLetter
from service.store.links import LinkRow
from service.store.sessions import Begun, Session
from service.store.undoing import StoredUndo
from service.web import briefing, codebook, deciding, numbers, seclusion, standing, visits, whereabouts, words
from service.web.courier import Parcel
from service.web.deciding import NoDraft, Stopped, Submitted
from service.web.desk import Desk
from service.web.faults import Elsewhere, UnknownLink
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.standing import STATUS, Sight, Standing
from service.web.visits import Asker, Sent, Visit
from workflows.rules.quorum import Refusal

router = APIRouter(include_in_schema=False)
log = structlog.get_logger("web.links")

BAD_LINKS_A_MINUTE = 60
VIEWS_A_MINUTE = 30
"""Openings of one link that are counted; more are shown the page and leave no trace."""
NEW_LINKS_AN_HOUR = 3
LINK_LIFE = timedelta(days=14)
NOTED_WITHIN = 2.0
"""Seconds for which a page waits until the record says that an answer counts."""
GOES_ON = (Standing.OPEN, Standing.DECIDED_BY_YOU, Standing.BEING_RECORDED)
"""Where a link leads further than its first page."""


# ------------------------------------------------------------------------------ continue


@router.get("/a/{token}", name="link")
@allowed(Role.ANYONE)
def link(token: str, visit: Asker) -> Response:
    """Say who the link is for, and nothing of the case. Opening decides nothing."""
    proof = _proved(visit, token)
    with visit.desk.store.writing() as tx:
        sight = proof.look(tx, visit)
        # Whoever opens it too often is told so by the status. The page is there all the same, or a
        # busy mail scanner could keep the link's reader out.
        seldom = limits.allow(tx, f"view:{sight.link.id}", VIEWS_A_MINUTE, 60)
        if seldom:
            links.opened(tx, sight.link.id)
    if sight.standing in GOES_ON:
        return _page(visit, "links/continue.html", sight, status=200 if seldom else 429, token=token)
    return _stopped(visit, sight, token=token)


@router.post("/a/{token}", name="link_continue")
@allowed(Role.ANYONE)
async def link_continue(token: str, visit: Asker) -> Response:
    """Begin a session of its own for this browser, and go on to an address without the link in it."""

    def begun() -> tuple[Sight, str, Parcel | None]:
        proof = _proved(visit, token)
        with visit.desk.store.writing() as tx:
            sight = proof.look(tx, visit)
            if sight.standing not in GOES_ON:
                return sight, "", None
            began = _session_for(tx, visit, sight.link)
            links.followed(
                tx,
                sight.link.id,
                session=began.session.ref,
                ip=visit.ip,
                user_agent=visit.user_agent,
                sec_fetch_user=visit.sec_fetch_user,
            )
            if not _code_missing(sight, began.session):
                return sight, began.token, None
            return sight, began.token, _code(tx, sight, began.token)

    sight, session, parcel = await run_in_threadpool(begun)
    if not session:
        return _stopped(visit, sight, token=token)
    visit.desk.courier.soon(parcel)
    area = "code" if parcel else "read"
    response = RedirectResponse(f"/a/{area}/{sight.link.id}", 303)
    visits.keep(response, visit.desk, session)
    return response


@router.get("/a/{token}/not-me", name="link_not_me")
@allowed(Role.ANYONE)
def link_not_me(token: str, visit: Asker) -> Response:
    """Ask whether the letter really went to the wrong person."""
    proof = _proved(visit, token)
    with visit.desk.store.reading() as tx:
        sight = proof.look(tx, visit)
    return _page(visit, "links/not_me.html", sight, token=token)


@router.post("/a/{token}/not-me", name="link_not_me_said")
@allowed(Role.ANYONE)
async def link_not_me_said(token: str, visit: Asker) -> Response:
    """Tell the record and the PMO, once. Nothing is reassigned."""

    def told() -> tuple[Sight, Parcel | None]:
        proof = _proved(visit, token)
        with visit.desk.store.writing() as tx:
            sight = proof.look(tx, visit)
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
    visit.desk.courier.soon(parcel)
    return _page(visit, "links/not_me_said.html", sight)


@router.post("/a/{token}/new", name="link_renew")
@allowed(Role.ANYONE)
async def link_renew(token: str, visit: Asker) -> Response:
    """Send a new link in the place of an old one, to whoever the old one was for and nobody else."""

    def renewed() -> tuple[Sight, Parcel | None]:
        proof = _proved(visit, token)
        with visit.desk.store.writing() as tx:
            sight = proof.look(tx, visit)
            if sight.standing not in (Standing.EXPIRED, Standing.CHANGED):
                return sight, None
            if not limits.allow(tx, f"renew:{sight.link.case}:{sight.link.person}", NEW_LINKS_AN_HOUR, 3600):
                raise TooMany("Three new links have been sent within the hour. Use the newest letter.")
            return sight, _renewed(tx, visit.desk, sight)

    sight, parcel = await run_in_threadpool(renewed)
    if parcel is None:
        return _stopped(visit, sight, token=token)
    visit.desk.courier.soon(parcel)
    return _page(visit, "links/renewed.html", sight)


# ---------------------------------------------------------------------------------- code


@router.get("/a/code/{link_id}", name="link_code")
@allowed(Role.LINK)
def link_code(link_id: str, visit: Asker) -> Response:
    """Ask for the code that was mailed."""
    _mine(visit, link_id)
    with visit.desk.store.reading() as tx:
        sight = _own(tx, visit, link_id)
    return _code_page(visit, sight)


@router.post("/a/code/{link_id}", name="link_code_given")
@allowed(Role.LINK)
def link_code_given(link_id: str, visit: Asker, sent: Sent) -> Response:
    """Check the code, and let this browser decide what needs one for the rest of the session."""
    _mine(visit, link_id)
    with visit.desk.store.writing() as tx:
        sight = _own(tx, visit, link_id)
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
        _mine(visit, link_id)
        with visit.desk.store.writing() as tx:
            return _code(tx, _own(tx, visit, link_id), visit.token)

    parcel = await run_in_threadpool(issued)
    visit.desk.courier.soon(parcel)
    return RedirectResponse(f"/a/code/{link_id}", 303)


# ---------------------------------------------------------------------- read and choose


@router.get("/a/read/{link_id}", name="link_read")
@allowed(Role.LINK)
def link_read(link_id: str, visit: Asker) -> Response:
    """Show what is asked, and take an answer."""
    _mine(visit, link_id)
    with visit.desk.store.writing() as tx:
        sight = _able(tx, visit, link_id)
        if sight.standing is not Standing.OPEN:
            return _told(tx, visit, sight)
        return _read_page(tx, visit, sight, {}, {})


@router.post("/a/read/{link_id}", name="link_chosen")
@allowed(Role.LINK)
def link_chosen(link_id: str, visit: Asker, sent: Sent) -> Response:
    """Keep what was chosen on the server, and go on to check it."""
    _mine(visit, link_id)
    with visit.desk.store.writing() as tx:
        sight = _able(tx, visit, link_id)
        if sight.standing is not Standing.OPEN:
            return _told(tx, visit, sight)
        filled = deciding.read(tx, sent, sight)
        if filled.chosen is None:
            return _read_page(
                tx, visit, sight, {name: str(value) for name, value in sent.items()}, filled.errors
            )
        shown = deciding.remembered(tx, sight, str(sent.get("shown", "")))
        shown = shown or texts.put(tx, briefing.brief(tx, sight).text())
        draft = deciding.keep(tx, visit, sight, filled.chosen, shown)
    return RedirectResponse(f"/a/check/{link_id}/{draft}", 303)


# --------------------------------------------------------------------- check and confirm


@router.get("/a/check/{link_id}/{draft}", name="link_check")
@allowed(Role.LINK)
def link_check(link_id: str, draft: str, visit: Asker) -> Response:
    """Say back what is about to be decided, and what it leads to."""
    _mine(visit, link_id)
    with visit.desk.store.reading() as tx:
        sight = _able(tx, visit, link_id)
        if sight.standing is not Standing.OPEN:
            return _told(tx, visit, sight)
        try:
            chosen, shown = deciding.kept(tx, visit, link_id, draft)
        except NoDraft:
            return RedirectResponse(f"/a/read/{link_id}", 303)
        brief = briefing.shown(tx, shown) or briefing.brief(tx, sight)
    return _page(
        visit,
        "links/check.html",
        sight,
        chosen=chosen,
        brief=brief,
        draft=draft,
        owners=dict(deciding.condition_owners(sight)),
        guidelines=deciding.directorate(sight),
    )


@router.post("/a/check/{link_id}/{draft}", name="link_confirmed")
@allowed(Role.LINK)
async def link_confirmed(link_id: str, draft: str, visit: Asker, sent: Sent) -> Response:
    """Write the decision down, bring it to its step, and say what became of it."""
    if visit.by_script:
        raise Forbidden("Nobody pressed the button, so nothing was decided.")
    content_hash = str(sent.get("content", ""))

    def submitted() -> Submitted | Response:
        _mine(visit, link_id)
        with visit.desk.store.writing() as tx:
            sight = _able(tx, visit, link_id)
            try:
                result = deciding.confirm(tx, visit, sight, draft, content_hash)
            except NoDraft:
                if sight.standing is not Standing.OPEN:
                    return _told(tx, visit, sight)
                return _read_page(tx, visit, sight, {}, {}, changed=True)
            except AlreadyAnswered as error:
                return _page(visit, "links/answered.html", sight, status=409, standing=error.standing)
            return _told(tx, visit, result.sight) if isinstance(result, Stopped) else result

    result = await run_in_threadpool(submitted)
    if isinstance(result, Response):
        return result
    return await _settled(visit, link_id, result)


async def _settled(visit: Visit, link_id: str, submitted: Submitted) -> Response:
    """Bring a decision to its step; what is not answered now is brought again by the relay."""
    intent = submitted.intent
    try:
        answer = None if intent.state == "accepted" else await visit.desk.relay.settle(intent)
    except Exception as error:
        # The answer is in the record, whatever has failed since. Nobody may be told that it is not.
        known = isinstance(error, Unavailable)
        log.warning("not settled yet", kind=type(error).__name__, step=intent.step, exc_info=not known)
        frame = visit.frame(neutral=True)
        return page("links/kept.html", frame, status=202, link_id=link_id, answer=intent, kind=submitted.kind)
    if isinstance(answer, Refused):
        return await run_in_threadpool(_refused, visit, link_id, answer.why)
    if intent.state == "accepted" or isinstance(answer, Counted):
        return RedirectResponse(f"/a/done/{link_id}", 303)
    return await run_in_threadpool(_done, visit, link_id)


def _refused(visit: Visit, link_id: str, why: Refusal) -> Response:
    with visit.desk.store.reading() as tx:
        sight = _own(tx, visit, link_id)
    return _page(visit, "links/refused.html", sight, status=409, why=str(why))


@router.get("/a/done/{link_id}", name="link_done")
@allowed(Role.LINK)
async def link_done(link_id: str, visit: Asker) -> Response:
    """Say what was decided, and what has become of it."""
    await visit.desk.relay.written(within=NOTED_WITHIN)
    return await run_in_threadpool(_done, visit, link_id)


def _done(visit: Visit, link_id: str) -> Response:
    _mine(visit, link_id)
    with visit.desk.store.reading() as tx:
        sight = _able(tx, visit, link_id)
        if sight.standing is Standing.OPEN:
            return RedirectResponse(f"/a/read/{link_id}", 303)
        return _told(tx, visit, sight)


# ------------------------------------------------------------------------- second thoughts


@router.get("/a/undo/{link_id}", name="link_undo")
@allowed(Role.LINK)
def link_undo(link_id: str, visit: Asker) -> Response:
    """Ask whether an answer is really to be taken back, or say what has become of that."""
    _mine(visit, link_id)
    with visit.desk.store.reading() as tx:
        return _undo_page(tx, visit, _able(tx, visit, link_id))


@router.post("/a/undo/{link_id}", name="link_undone")
@allowed(Role.LINK)
async def link_undone(link_id: str, visit: Asker, sent: Sent) -> Response:
    """Write down that an answer is taken back, bring that to its step, and say what became of it."""
    if visit.by_script:
        raise Forbidden("Nobody pressed the button, so nothing was taken back.")
    attempt = numbers.whole(str(sent.get("attempt", ""))) or 0

    def submitted() -> StoredUndo | Response:
        _mine(visit, link_id)
        with visit.desk.store.writing() as tx:
            # From here on the time is that of the wish, and an outcome that takes effect waits for it.
            tx.lock(_able(tx, visit, link_id).case.ref)
            sight = _able(tx, visit, link_id)
            undo = deciding.take_back(tx, visit, sight, attempt)
            return undo or _undo_page(tx, visit, sight)

    undo = await run_in_threadpool(submitted)
    if isinstance(undo, Response):
        return undo
    if undo.state == intents.SUBMITTED:
        try:
            await visit.desk.relay.take_back(undo)
        except Exception as error:
            # The wish is in the record, whatever has failed since, and is brought again by the relay.
            known = isinstance(error, Unavailable)
            log.warning("not taken back yet", kind=type(error).__name__, exc_info=not known)
    return RedirectResponse(f"/a/undo/{link_id}", 303)


def _undo_page(tx: Tx, visit: Visit, sight: Sight) -> Response:
    """Say how things stand with taking an answer back."""
    if sight.being_taken_back:
        return _page(visit, "links/undoing.html", sight, status=202)
    if sight.taken_back:
        return _page(visit, "links/taken_back.html", sight)
    if sight.undo_until is not None:
        return _page(visit, "links/undo.html", sight)
    if sight.standing is Standing.OPEN:
        return RedirectResponse(f"/a/read/{sight.link.id}", 303)
    if sight.standing in (Standing.DECIDED_BY_YOU, Standing.BEING_RECORDED):
        return _page(visit, "links/too_late.html", sight, status=409)
    return _told(tx, visit, sight)


# ------------------------------------------------------------------------------- helpers


@dataclass(frozen=True)
class Proof:
    """A link whose every bit is ours. With its key retired it can only be exchanged for a new one."""

    link_id: str
    retired: bool = False

    def look(self, tx: Tx, visit: Visit) -> Sight:
        """Return what the link leads to now."""
        sight = standing.find(tx, self.link_id)
        if sight is None:
            raise UnknownLink
        if self.retired and sight.standing is Standing.OPEN:
            return replace(sight, standing=Standing.EXPIRED)
        return sight


def _proved(visit: Visit, token: str) -> Proof:
    """Return a link's proof; whatever is not a link of ours gets one page, and only so often."""
    link_id = visit.desk.links.read(token)
    with visit.desk.store.reading() as tx:
        if link_id and links.get(tx, link_id):
            return Proof(link_id)
        if retired := _retired(tx, visit.desk, token):
            return Proof(retired, retired=True)
    with visit.desk.store.writing() as tx:
        allowed = limits.allow(tx, f"bad-link:{visit.ip}", BAD_LINKS_A_MINUTE, 60)
    raise UnknownLink(404 if allowed else 429)


def _retired(tx: Tx, desk: Desk, token: str) -> str | None:
    kid, _, rest = token.partition(".")
    link = links.get(tx, rest.partition(".")[0])
    return link.id if link and link.kid == kid and desk.keys.named(kid, "links") is None else None


def _mine(visit: Visit, link_id: str) -> None:
    """Refuse a link that this browser has not followed, and leave a trace of the attempt."""
    if visit.session is not None and link_id in visit.session.links:
        return
    with visit.desk.store.writing() as tx:
        if link := links.get(tx, link_id):
            attempts.refused(
                tx,
                link.case,
                what=f"decide {link.step}",
                why="not_followed",
                person=visit.session.person or "" if visit.session else "",
                key=f"attempt:{link_id}:{visit.session.ref if visit.session else visit.ip}:not_followed",
                ip=visit.ip,
                user_agent=visit.user_agent,
            )
    raise UnknownLink


def _own(tx: Tx, visit: Visit, link_id: str) -> Sight:
    """Return what a link leads to that this browser has followed."""
    sight = standing.find(tx, link_id)
    if sight is None or visit.session is None or visit.session.person != sight.link.person:
        raise UnknownLink
    return sight


def _able(tx: Tx, visit: Visit, link_id: str) -> Sight:
    """The same, for somebody who has typed the code if there has to be one."""
    sight = _own(tx, visit, link_id)
    if _code_missing(sight, visit.session):
        raise Elsewhere(f"/a/code/{link_id}")
    return sight


def _code_missing(sight: Sight, session: Session | None) -> bool:
    return sight.step is not None and sight.needs_code and not (session and session.raised)


def _session_for(tx: Tx, visit: Visit, link: LinkRow) -> Begun:
    """Begin a session, or give this person's own a new id: an id known to others opens nothing."""
    if visit.session is None:
        return sessions.begin(tx, person=link.person, how="link", links=(link.id,))
    return sessions.rotate(tx, visit.token, person=link.person, how="link", link=link.id)


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
    """Queue the letter again with a new link, for the step that waits for the same person now."""
    old = _latest_letter(tx, sight)
    if old is None or old.link_id is None:
        return None
    step = steps.get(tx, old.step)
    if step is None or not step.open:
        return None
    number = sum(row.key.startswith(f"{old.key}:again") for row in letters.of_step(tx, old.step)) + 1
    fields = old.model_dump(include=set(QueuedLetter.model_fields) - {"key", "link"})
    binding = LinkBinding(round=step.round, content_hash=step.content_hash, expires=tx.now + LINK_LIFE)
    letter = QueuedLetter(key=f"{old.key}:again{number}", link=binding, **fields)
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
    """Return the last letter that asks what this link asked, or else anything that is open in the case."""
    waiting = [step.id for step in steps.open_for(tx, sight.link.person) if step.case == sight.case.ref]
    rows = [
        row
        for step in waiting
        for row in letters.of_step(tx, step)
        if row.person == sight.link.person and row.link_id
    ]
    step = sight.link.step
    key = sight.step.key if sight.step else ""

    def nearest(row: LedgerRow) -> tuple[bool, bool, datetime]:
        return row.step == step, bool(key) and f".{key}." in row.step, row.queued

    return max(rows, key=nearest, default=None)


# --------------------------------------------------------------------------------- pages


def _page(visit: Visit, template: str, sight: Sight, *, status: int = 200, **context: Any) -> Response:
    frame = visit.frame(neutral=True, organisation=sight.edition.organisation_name)
    return page(template, frame, status=status, sight=sight, visit=visit, **context)


def _stopped(visit: Visit, sight: Sight, *, token: str) -> Response:
    """Tell somebody who has only opened a link why it leads no further, with nothing of the case."""
    return _page(visit, "links/stopped.html", sight, status=STATUS[sight.standing], token=token, known=False)


def _told(tx: Tx, visit: Visit, sight: Sight) -> Response:
    """Tell somebody who has continued what has become of the question."""
    match sight.standing:
        case Standing.DECIDED_BY_YOU | Standing.BEING_RECORDED:
            template = "links/done.html"
        case Standing.CHANGED:
            template = "links/changed.html"
        case _:
            template = "links/stopped.html"
    return _page(
        visit,
        template,
        sight,
        status=STATUS[sight.standing],
        token="",
        known=True,
        **_outcome(tx, visit, sight),
    )


def _outcome(tx: Tx, visit: Visit, sight: Sight) -> dict[str, Any]:
    made = intents.decisions_of_step(tx, sight.link.step)
    mine = next((decision for decision in made if decision.seat == sight.link.seat), None)
    settled = sight.answer.settled if sight.answer else None
    if mine and sight.step and sight.step.blind and sight.step.open and mine.person != sight.link.person:
        mine = None
    out = bool(sight.step and seclusion.is_out(tx, sight.step, sight.link.person))
    came_to = sight.step.choice or settled if sight.step else None
    board = (
        boards.of(tx, sight.step, sight.edition)
        if sight.step and sight.step.open and came_to is None
        else None
    )
    mails = [step for step in steps.open_for(tx, sight.link.person) if step.id != sight.link.step]
    return {
        "mine": telling.told(mine, sight.edition) if mine else None,
        "decision": mine,
        "forum": telling.recorded_for(mine.forum, mine.kind, mine.post, sight.edition)
        if mine and sight.step
        else "",
        "become": whereabouts.since_answer(
            tx, sight.case, sight.step, came_to, counted=not out and board is None
        )
        if sight.step
        else (),
        "board": board,
        "out": boards.OUT if out and came_to is None else "",
        "decided_by": boards.decided_by(tx, sight.step, sight.edition, visit.today, came_to)
        if sight.step
        else "",
        "others_waiting": len(mails),
        "changes": briefing.since(tx, sight),
        "can_renew": any(step.case == sight.case.ref for step in mails),
    }


def _code_page(visit: Visit, sight: Sight, errors: Mapping[str, str] | None = None) -> Response:
    address = sight.people.address(sight.link.post, sight.link.person)
    return _page(
        visit,
        "links/code.html",
        sight,
        status=422 if errors else 200,
        errors=errors or {},
        address=words.masked_address(address),
    )


def _read_page(
    tx: Tx,
    visit: Visit,
    sight: Sight,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    changed: bool = False,
) -> Response:
    brief = briefing.brief(tx, sight)
    shown = texts.put(tx, brief.text())
    return _page(
        visit,
        "links/read.html",
        sight,
        status=422 if errors else 409 if changed else 200,
        brief=brief,
        shown=shown,
        typed=defaultdict(str, typed),
        errors=errors,
        changed=changed,
        owners=deciding.condition_owners(sight),
        verifies=deciding.verifies(sight),
        next_meeting=deciding.next_meeting(tx, sight),
        guards=words.guards(sight.case.size),
        guidelines=deciding.directorate(sight),
        rows=range(1, deciding.MOST_CONDITIONS + 1),
        written=deciding.WRITTEN,
    )
