"""Forums that meet: their meetings, one with its agenda and papers, its calendar (SYS-22, SYS-23)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service import agendas, convening
from service.convening import Convening
from service.errors import Conflict, Forbidden, NotFound
from service.handbook import Forum
from service.store import meetings
from service.store.engine import Tx
from service.web import days, forms, meeting_pages, minutebook, packs, papers, words
from service.web.minutebook import Room
from service.web.pages import page, pdf
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit
from workflows.rules import series as rule

router = APIRouter(include_in_schema=False)

AHEAD = 6
"""Meetings to come that a list shows."""


# -------------------------------------------------------------------------------- lists


@router.get("/meetings", name="forums")
@allowed(Role.SIGNED_IN)
def forums(visit: Asker) -> Response:
    """List the forums whose meetings the reader may see, each with its next one."""
    with visit.desk.store.reading() as tx:
        found = [
            (forum, _next(tx, visit, forum))
            for forum in visit.rules.forums.values()
            if minutebook.meets(tx, visit, forum) and minutebook.right(tx, visit, forum).reads
        ]
    if not found:
        raise Forbidden("Only members of a forum, its secretary, the PMO and the auditor read its papers.")
    return page("meetings/forums.html", visit.frame(), forums=found)


@router.get("/meetings/{forum}", name="forum_meetings")
@allowed(Role.SIGNED_IN)
def listed(forum: str, visit: Asker) -> Response:
    """List a forum's meetings: those to come, and those that the record has."""
    with visit.desk.store.reading() as tx:
        known, may = minutebook.forum_of(tx, visit, forum)
        recorded = {one.day: one for one in agendas.recorded(tx, visit.rules, known)}
        due = convening.due(tx, visit.rules, known) if Role.PMO in visit.roles else None
        to_come = [day for day in agendas.days(tx, visit.rules, known) if day >= visit.today][:AHEAD]
    coming = [
        (day, recorded.get(day), rule.papers_due(day, known.papers_days, visit.rules.non_working))
        for day in to_come
    ]
    past = [one for one in reversed(recorded.values()) if one.day < visit.today or not one.goes_ahead]
    return page(
        "meetings/forum.html",
        visit.frame(),
        forum=known,
        may=may,
        coming=coming,
        due=due,
        past=past,
        state=meeting_pages.state,
        today=visit.today,
        now=visit.now,
    )


@router.get("/meetings/{forum}/add", name="meeting_add")
@allowed(Role.SIGNED_IN)
def add(forum: str, visit: Asker) -> Response:
    """Ask for the day of a further meeting."""
    with visit.desk.store.reading() as tx:
        known = _kept_by(tx, visit, forum)
    return _add_page(visit, known, {"time": known.time, "place": known.place}, {})


@router.post("/meetings/{forum}/add", name="meeting_added")
@allowed(Role.SIGNED_IN)
async def added(forum: str, visit: Asker, sent: Sent) -> Response:
    """Add a meeting on a day that the handbook does not have."""

    def write() -> tuple[Response, str]:
        errors: dict[str, str] = {}
        with visit.desk.store.writing() as tx:
            minutebook.locked(tx, visit, forum)
            known = _kept_by(tx, visit, forum)
            series = agendas.series_of(visit.rules, known)
            day = _new_day(tx, visit, known, sent, errors)
            why = forms.line(sent, "why", "Say why the forum meets on this day", errors)
            time = forms.time(sent, errors)
            place = forms.line(sent, "place", "", errors)
            if errors or day is None:
                return _add_page(visit, known, forms.typed(sent), errors), ""
            meetings.added(tx, series, day, why=why, by=visit.me.id, place=place, time=time)
        return RedirectResponse(f"/meetings/{forum}/{day.isoformat()}", 303), series.ref

    response, series = await run_in_threadpool(write)
    await meeting_pages.heard(visit, series)
    return response


@router.get("/meetings/{forum}/now", name="forum_prepare")
@allowed(Role.PMO)
def prepare(forum: str, visit: Asker) -> Response:
    """Ask whether what the series does next is to be done now, and not only on its day."""
    with visit.desk.store.reading() as tx:
        known, _ = minutebook.forum_of(tx, visit, forum)
        due = convening.due(tx, visit.rules, known)
    return page("meetings/now.html", visit.frame(), forum=known, due=due, changed=False, now=visit.now)


@router.post("/meetings/{forum}/now", name="forum_prepared")
@allowed(Role.PMO)
async def prepared(forum: str, visit: Asker, sent: Sent) -> Response:
    """Do now what the series would do next. What was done meanwhile is not done again."""

    def write() -> tuple[Response, Sequence[str]]:
        with visit.desk.store.writing() as tx:
            minutebook.locked(tx, visit, forum)
            known, _ = minutebook.forum_of(tx, visit, forum)
            due = convening.due(tx, visit.rules, known)
            if due is None or (sent.get("day"), sent.get("what")) != (due.day.isoformat(), due.what):
                again = page(
                    "meetings/now.html",
                    visit.frame(),
                    status=409,
                    forum=known,
                    due=due,
                    changed=True,
                    now=visit.now,
                )
                return again, ()
            desk = Convening(tx, visit.rules, known, visit.desk.links.page, tx.now)
            desk.prepare(due.day, due.what, by=visit.me.id)
            return RedirectResponse(f"/meetings/{forum}/{due.day.isoformat()}", 303), tuple(tx.outgoing)

    response, letters = await run_in_threadpool(write)
    for letter in letters:
        await visit.desk.gateway.deliver(letter)
    return response


# ---------------------------------------------------------------------------- a meeting


@router.get("/meetings/{forum}/{day}", name="meeting")
@allowed(Role.SIGNED_IN)
def meeting(forum: str, day: str, visit: Asker) -> Response:
    """Show a meeting: its agenda, what will miss it, who is there, and what has come of it."""
    with visit.desk.store.reading() as tx:
        found = minutebook.room(tx, visit, forum, day)
    return page("meetings/meeting.html", visit.frame(), room=found, **meeting_pages.words_of(found))


@router.post("/meetings/{forum}/{day}/order", name="meeting_ordered")
@allowed(Role.SIGNED_IN)
def ordered(forum: str, day: str, visit: Asker, sent: Sent) -> Response:
    """Move an item a place up or down."""
    with visit.desk.store.writing() as tx:
        minutebook.locked(tx, visit, forum)
        found = minutebook.open_room(tx, visit, forum, day)
        way, _, key = str(sent.get("move", "")).partition(":")
        item = found.item(key)
        order = agendas.moved_in(found.agenda.items, item.key, 1 if way == "down" else -1)
        meetings.ordered(tx, found.series, found.day, order, by=visit.me.id)
    return RedirectResponse(f"{found.path}#item-{item.key}", 303)


@router.get("/meetings/{forum}/{day}/business", name="meeting_business")
@allowed(Role.SIGNED_IN)
def business(forum: str, day: str, visit: Asker) -> Response:
    """Ask for an item of other business."""
    with visit.desk.store.reading() as tx:
        found = minutebook.open_room(tx, visit, forum, day)
    return page("meetings/business.html", visit.frame(), room=found, typed={}, errors={})


@router.post("/meetings/{forum}/{day}/business", name="meeting_business_added")
@allowed(Role.SIGNED_IN)
def business_added(forum: str, day: str, visit: Asker, sent: Sent) -> Response:
    """Put an item of other business on the agenda."""
    errors: dict[str, str] = {}
    with visit.desk.store.writing() as tx:
        minutebook.locked(tx, visit, forum)
        found = minutebook.open_room(tx, visit, forum, day)
        title = forms.line(sent, "title", "Say what the item is about", errors)
        if not errors and not meetings.business_added(tx, found.series, found.day, title, by=visit.me.id):
            errors["title"] = "An item of this title is on the agenda already"
    if errors:
        return page(
            "meetings/business.html",
            visit.frame(),
            status=422,
            room=found,
            typed=forms.typed(sent),
            errors=errors,
        )
    return RedirectResponse(found.path, 303)


@router.get("/meetings/{forum}/{day}/pack.pdf", name="meeting_pack")
@allowed(Role.SIGNED_IN)
def pack(forum: str, day: str, visit: Asker) -> Response:
    """Give the papers of the meeting as a PDF: every item of the agenda under its number."""
    with visit.desk.store.reading() as tx:
        found = minutebook.room(tx, visit, forum, day)
        if not found.meeting.goes_ahead:
            raise NotFound("This meeting was moved or called off, so it has no papers.")
        made = papers.pack(tx, found)
    return pdf(packs.pack_pdf(made), f"papers-{forum}-{day}")


# -------------------------------------------------------------------------- its calendar


@router.get("/meetings/{forum}/{day}/change", name="meeting_change")
@allowed(Role.SIGNED_IN)
def change(forum: str, day: str, visit: Asker) -> Response:
    """Ask what of a meeting is to change: its day, its place and time, or that it takes place."""
    with visit.desk.store.reading() as tx:
        found = minutebook.to_come(tx, visit, forum, day)
    typed = {"place": found.meeting.place, "time": found.meeting.time}
    return page("meetings/change.html", visit.frame(), room=found, typed=defaultdict(str, typed), errors={})


@router.post("/meetings/{forum}/{day}/change", name="meeting_changed")
@allowed(Role.SIGNED_IN)
async def changed(forum: str, day: str, visit: Asker, sent: Sent) -> Response:
    """Move a meeting, arrange it otherwise, or call it off; whoever was called to it is told."""

    def write() -> tuple[Response, str, Sequence[str]]:
        with visit.desk.store.writing() as tx:
            minutebook.locked(tx, visit, forum)
            found = minutebook.to_come(tx, visit, forum, day)
            response = _changed(tx, visit, found, sent)
            return response, found.series.ref if response.status_code == 303 else "", tuple(tx.outgoing)

    response, series, letters = await run_in_threadpool(write)
    await meeting_pages.heard(visit, series)
    for letter in letters:
        await visit.desk.gateway.deliver(letter)
    return response


def _changed(tx: Tx, visit: Visit, found: Room, sent: FormData) -> Response:
    errors: dict[str, str] = {}
    what = str(sent.get("what", ""))
    series, day, me = found.series, found.day, visit.me.id
    desk = Convening(tx, found.rules, found.forum, visit.desk.links.page, tx.now)
    where = found.path
    if what in ("move", "call_off") and minutebook.answered(found):
        raise Conflict(
            "An item of this meeting has its outcome already, so it cannot be moved or called off."
        )
    if what in ("move", "call_off") and visit.now >= found.begins:
        errors["what"] = "It has begun: close its record, and say that it was not held if it was not"
    elif what == "move":
        to = _new_day(tx, visit, found.forum, sent, errors)
        why = forms.line(sent, "move_why", "Say why it is moved", errors)
        if to and not errors:
            meetings.moved(tx, series, day, to, why=why, by=me, queued=desk.moved(day, to, why))
            where = f"/meetings/{found.forum.key}/{to.isoformat()}"
    elif what == "arrange":
        time, place = forms.time(sent, errors), forms.line(sent, "place", "", errors)
        if not errors:
            told = desk.arranged(day, place, time)
            meetings.arranged(tx, series, day, place=place, time=time, by=me, queued=told)
    elif what == "call_off":
        why = forms.line(sent, "off_why", "Say why it is called off", errors)
        if not errors:
            meetings.called_off(tx, series, day, why=why, by=me, queued=desk.called_off(day, why))
    else:
        errors["what"] = "Say what is to change"
    if errors:
        typed = defaultdict(str, forms.typed(sent))
        return page("meetings/change.html", visit.frame(), status=422, room=found, typed=typed, errors=errors)
    return RedirectResponse(where, 303)


# ------------------------------------------------------------------------------- helpers


def _next(tx: Tx, visit: Visit, forum: Forum) -> date | None:
    coming = (day for day in agendas.days(tx, visit.rules, forum) if day >= visit.today)
    return next(coming, None)


def _kept_by(tx: Tx, visit: Visit, forum: str) -> Forum:
    """Return a forum whose calendar the visitor keeps."""
    known, may = minutebook.forum_of(tx, visit, forum)
    if not may.acts:
        raise Forbidden("Only the forum's secretary and the PMO may do this.")
    return known


def _add_page(visit: Visit, forum: Forum, typed: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    return page(
        "meetings/add.html",
        visit.frame(),
        status=422 if errors else 200,
        forum=forum,
        typed=defaultdict(str, typed),
        errors=errors,
    )


def _new_day(tx: Tx, visit: Visit, forum: Forum, sent: FormData, errors: dict[str, str]) -> date | None:
    """Return a day on which a forum can meet besides those it has: a working day to come."""
    try:
        day = days.worked(
            days.read(sent, "to", empty="Say on which day"), visit.today, visit.rules.non_working
        )
    except days.Unfit as unfit:
        errors["to"] = str(unfit)
        return None
    series = agendas.series_of(visit.rules, forum)
    if day in agendas.days(tx, visit.rules, forum):
        errors["to"] = f"{forum.name} meets on {words.day(day)} already"
    elif meetings.find(tx, series, day):
        errors["to"] = f"The meeting of {words.day(day)} was moved or called off; choose another day"
    return None if "to" in errors else day
