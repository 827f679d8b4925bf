"""Deciding from a link: read and choose, check and confirm, and think again (no script, no sign-in)."""

from collections import defaultdict
from collections.abc import Mapping

import structlog
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service import telling
from service.errors import Forbidden, Unavailable
from service.gateway import Counted, Refused
from service.store import intents, texts
from service.store.engine import Tx
from service.store.intents import AlreadyAnswered
from service.store.undoing import StoredUndo
from service.web import attaching, authorising, briefing, deciding, numbers, offering, reported, uploads
from service.web.attaching import Fit
from service.web.deciding import Chosen, NoDraft, Overtaken, Stopped, Submitted
from service.web.followed import (
    able,
    mine,
    own,
    page_of,
    told_of,
)
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.standing import Sight, Standing
from service.web.visits import Asker, Received, Sent, Visit
from workflows.model import Choice
from workflows.rules.quorum import Refusal

router = APIRouter(include_in_schema=False)
log = structlog.get_logger("web.links")

_READ_AGAIN = "Something changed while you were deciding, so nothing was counted. Please read it again."
KEEP = "keep"
"""The name of the buttons that keep what was typed for later, or throw it away."""
NOTED_WITHIN = 2.0
"""Seconds for which a page waits until the record says that an answer counts."""


@router.get("/a/read/{link_id}", name="link_read")
@allowed(Role.LINK)
def link_read(link_id: str, visit: Asker, draft: str = "", kept: str = "") -> Response:
    """Show what is asked, and take an answer; `draft` is one that is to be changed before it is confirmed,
    and `kept` says that what was typed has just been kept for later.
    """
    mine(visit, link_id)
    with visit.desk.store.writing() as tx:
        sight = able(tx, visit, link_id)
        if sight.standing is not Standing.OPEN:
            return told_of(tx, visit, sight)
        return _read_page(tx, visit, sight, _kept(tx, visit, sight, draft), {}, kept=bool(kept))


def _kept(tx: Tx, visit: Visit, sight: Sight, draft: str) -> Mapping[str, str]:
    """Return what was typed for an answer that waits to be confirmed; nothing if there is none such."""
    try:
        return deciding.taken_up(tx, sight, deciding.kept(tx, visit, sight, draft)[0]) if draft else {}
    except NoDraft:
        return {}


@router.post("/a/read/{link_id}", name="link_chosen", max_body_size=uploads.LIMIT)
@allowed(Role.LINK)
def link_chosen(link_id: str, visit: Asker, sent: Received) -> Response:
    """Keep what was chosen on the server, and go on to check it."""
    mine(visit, link_id)
    unfit: dict[str, str] = {}
    fit = _handed_in(visit, link_id, sent, unfit)
    with visit.desk.store.writing() as tx:
        sight = able(tx, visit, link_id)
        if sight.standing is not Standing.OPEN:
            return told_of(tx, visit, sight)
        typed = {name: value for name, value in sent.items() if isinstance(value, str)}
        if typed.get(KEEP) == "nothing":
            reported.discard(tx, sight)
            return RedirectResponse(f"/a/read/{link_id}", 303)
        reported.keep(tx, sight, sent)
        attaching.keep(tx, sight, fit, unfit)
        if attaching.take_out(tx, sight, sent) or (unfit and KEEP in typed):
            return _read_page(tx, visit, sight, typed, unfit)
        if KEEP in typed:
            return RedirectResponse(f"/a/read/{link_id}?kept=yes", 303)
        filled = deciding.read(tx, sent, sight)
        if filled.chosen is None or unfit:
            return _read_page(tx, visit, sight, typed, {**filled.errors, **unfit})
        shown = deciding.remembered(tx, sight, str(sent.get("shown", "")))
        shown = shown or texts.put(tx, briefing.brief(tx, sight).text())
        chosen = filled.chosen
        if chosen.choice is not Choice.DEFER:
            # What is put off is asked again, and then they are handed in with the report.
            chosen = deciding.with_answers(chosen, attaching.answered(tx, sight))
        draft = deciding.keep(tx, visit, sight, chosen, shown)
    return RedirectResponse(f"/a/check/{link_id}/{draft}", 303)


def _handed_in(visit: Visit, link_id: str, sent: FormData, errors: dict[str, str]) -> list[Fit]:
    """Look at the documents that came with an answer, before anything is written."""
    with visit.desk.store.reading() as tx:
        sight = able(tx, visit, link_id)
        open_ = sight.standing is Standing.OPEN
        kinds, limits = attaching.asked(tx, sight) if open_ else None, attaching.limits(sight.people)
    return attaching.fit_for(kinds, sent, limits, errors)


@router.get("/a/check/{link_id}/{draft}", name="link_check")
@allowed(Role.LINK)
def link_check(link_id: str, draft: str, visit: Asker) -> Response:
    """Say back what is about to be decided, and what it leads to."""
    mine(visit, link_id)
    with visit.desk.store.reading() as tx:
        sight = able(tx, visit, link_id)
        if sight.standing is not Standing.OPEN:
            return told_of(tx, visit, sight)
        try:
            chosen, shown = deciding.kept(tx, visit, sight, draft)
        except NoDraft:
            return RedirectResponse(f"/a/read/{link_id}", 303)
        brief = briefing.shown(tx, shown) or briefing.brief(tx, sight)
        follows = authorising.follows(tx, sight, chosen.choice, chosen.answers)
    return page_of(
        visit,
        "links/check.html",
        sight,
        follows=follows,
        chosen=chosen,
        brief=brief,
        draft=draft,
        remarks=telling.remarked(brief.kind, chosen.answers, sight.edition, sight.today),
        owners=dict(offering.condition_owners(sight)),
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
        mine(visit, link_id)
        with visit.desk.store.writing() as tx:
            return _confirmed(tx, visit, able(tx, visit, link_id), draft, content_hash)

    result = await run_in_threadpool(submitted)
    if isinstance(result, Response):
        return result
    return await _settled(visit, link_id, result)


def _confirmed(tx: Tx, visit: Visit, sight: Sight, draft: str, content_hash: str) -> Submitted | Response:
    """Write an answer down that was kept, or say what has come between."""
    try:
        result = deciding.confirm(tx, visit, sight, draft, content_hash)
    except NoDraft:
        if sight.standing is not Standing.OPEN:
            return told_of(tx, visit, sight)
        return _read_page(tx, visit, sight, _kept(tx, visit, sight, draft), {}, changed=_READ_AGAIN)
    except Overtaken as event:
        typed, changed = _kept(tx, visit, sight, draft), f"{event}. Nothing was counted."
        return _read_page(tx, visit, sight, typed, event.errors, changed=changed)
    except AlreadyAnswered as error:
        return page_of(visit, "links/answered.html", sight, status=409, standing=error.standing)
    return told_of(tx, visit, result.sight) if isinstance(result, Stopped) else result


@router.post("/a/unchanged/{link_id}", name="link_unchanged")
@allowed(Role.LINK)
async def link_unchanged(link_id: str, visit: Asker, sent: Sent) -> Response:
    """Take a report that nothing has changed: one press, with nothing to be checked."""
    if visit.by_script:
        raise Forbidden("Nobody pressed the button, so nothing was reported.")

    def submitted() -> Submitted | Response:
        mine(visit, link_id)
        with visit.desk.store.writing() as tx:
            sight = able(tx, visit, link_id)
            if sight.standing is not Standing.OPEN:
                return told_of(tx, visit, sight)
            if Choice.UNCHANGED not in sight.open_step.choices:
                return _read_page(tx, visit, sight, {}, {"choice": "Choose one of the answers"})
            if outrun := reported.outrun(reported.asked(tx, sight), Choice.UNCHANGED):
                return _read_page(tx, visit, sight, {}, outrun)
            shown = deciding.remembered(tx, sight, str(sent.get("shown", "")))
            shown = shown or texts.put(tx, briefing.brief(tx, sight).text())
            chosen = Chosen(choice=Choice.UNCHANGED, answers=attaching.answered(tx, sight))
            draft = deciding.keep(tx, visit, sight, chosen, shown)
            return _confirmed(tx, visit, sight, draft, str(sent.get("content", "")))

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
        sight = own(tx, visit, link_id)
    return page_of(visit, "links/refused.html", sight, status=409, why=str(why))


@router.get("/a/done/{link_id}", name="link_done")
@allowed(Role.LINK)
async def link_done(link_id: str, visit: Asker) -> Response:
    """Say what was decided, and what has become of it."""
    await visit.desk.relay.written(within=NOTED_WITHIN)
    return await run_in_threadpool(_done, visit, link_id)


def _done(visit: Visit, link_id: str) -> Response:
    mine(visit, link_id)
    with visit.desk.store.reading() as tx:
        sight = able(tx, visit, link_id)
        if sight.standing is Standing.OPEN:
            return RedirectResponse(f"/a/read/{link_id}", 303)
        return told_of(tx, visit, sight)


@router.get("/a/undo/{link_id}", name="link_undo")
@allowed(Role.LINK)
def link_undo(link_id: str, visit: Asker) -> Response:
    """Ask whether an answer is really to be taken back, or say what has become of that."""
    mine(visit, link_id)
    with visit.desk.store.reading() as tx:
        return _undo_page(tx, visit, able(tx, visit, link_id))


@router.post("/a/undo/{link_id}", name="link_undone")
@allowed(Role.LINK)
async def link_undone(link_id: str, visit: Asker, sent: Sent) -> Response:
    """Write down that an answer is taken back, bring that to its step, and say what became of it."""
    if visit.by_script:
        raise Forbidden("Nobody pressed the button, so nothing was taken back.")
    attempt = numbers.whole(str(sent.get("attempt", ""))) or 0

    def submitted() -> StoredUndo | Response:
        mine(visit, link_id)
        with visit.desk.store.writing() as tx:
            # From here on the time is that of the wish, and an outcome that takes effect waits for it.
            tx.lock(able(tx, visit, link_id).case.ref)
            sight = able(tx, visit, link_id)
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
        return page_of(visit, "links/undoing.html", sight, status=202)
    if sight.taken_back:
        return page_of(visit, "links/taken_back.html", sight)
    if sight.undo_until is not None:
        return page_of(visit, "links/undo.html", sight)
    if sight.standing is Standing.OPEN:
        return RedirectResponse(f"/a/read/{sight.link.id}", 303)
    if sight.standing in (Standing.DECIDED_BY_YOU, Standing.BEING_RECORDED):
        return page_of(visit, "links/too_late.html", sight, status=409)
    return told_of(tx, visit, sight)


def _read_page(
    tx: Tx,
    visit: Visit,
    sight: Sight,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    changed: str = "",
    kept: bool = False,
) -> Response:
    brief = briefing.brief(tx, sight)
    shown = texts.put(tx, brief.text())
    return page_of(
        visit,
        "links/read.html",
        sight,
        status=422 if errors else 409 if changed else 200,
        brief=brief,
        shown=shown,
        typed=defaultdict(str, typed),
        errors=errors,
        changed=changed,
        kept=kept,
        papers=attaching.form(tx, sight),
        **deciding.form(tx, sight),
    )
