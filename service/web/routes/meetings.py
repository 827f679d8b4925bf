"""Forums that meet: their meetings, agendas, the secretary's record, minutes (SYS-22, SYS-23)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import structlog
from fastapi import APIRouter
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service import agendas, boards, convening, minuting
from service.agendas import AgendaItem, ItemKind
from service.convening import Convening
from service.errors import Conflict, Forbidden, NotFound
from service.gateway import Refused
from service.handbook import Forum
from service.store import meetings, texts
from service.store.engine import Tx
from service.store.intents import AlreadyAnswered
from service.store.meetings import Attendance, Meeting, MeetingState, Presence, Votes
from service.web import briefing, days, deciding, minutebook, packs, papers, words
from service.web.deciding import NoDraft, Stopped, Submitted
from service.web.minutebook import Room
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.standing import Standing
from service.web.visits import Asker, Sent, Visit
from workflows.letters import Text
from workflows.rules import calendar

router = APIRouter(include_in_schema=False)
log = structlog.get_logger("web.meetings")

LONGEST = 200
"""Characters of a line."""
AHEAD = 6
"""Meetings to come that a list shows."""
PRESENCES = [
    ("present", "Present"),
    ("substitute", "Sent a substitute"),
    ("apologies", "Sent apologies"),
    ("absent", "Absent"),
]
_CLEAN: TypeAdapter[str] = TypeAdapter(Text)


# -------------------------------------------------------------------------------- lists


@router.get("/meetings", name="forums")
@allowed(Role.SIGNED_IN)
def forums(visit: Asker) -> Response:
    """List the forums whose meetings the reader may see, each with its next one."""
    with visit.desk.store.reading() as tx:
        found = [
            (forum, _next(tx, visit, forum))
            for forum in visit.rules.forums.values()
            if agendas.days(tx, visit.rules, forum) and minutebook.right(tx, visit, forum).reads
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
        series = agendas.series_of(visit.rules, known)
        recorded = {one.day: one for one in meetings.of_series(tx, series)}
        to_come = [day for day in agendas.days(tx, visit.rules, known) if day >= visit.today][:AHEAD]
    coming = [
        (day, recorded.get(day), calendar.nth_working_day(day, -known.papers_days, visit.rules.non_working))
        for day in to_come
    ]
    past = [one for one in reversed(recorded.values()) if one.day not in to_come]
    return page(
        "meetings/forum.html", visit.frame(), forum=known, may=may, coming=coming, past=past, state=_state
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
            known = _kept_by(tx, visit, forum)
            series = agendas.series_of(visit.rules, known)
            day = _new_day(tx, visit, known, sent, errors)
            why = _line(sent, "why", "Say why the forum meets on this day", errors)
            time = _time(sent, errors)
            place = _line(sent, "place", "", errors)
            if errors or day is None:
                return _add_page(visit, known, _typed(sent), errors), ""
            meetings.added(tx, series, day, why=why, by=visit.me.id, place=place, time=time)
        return RedirectResponse(f"/meetings/{forum}/{day.isoformat()}", 303), series.ref

    response, series = await run_in_threadpool(write)
    await _told(visit, series)
    return response


# ---------------------------------------------------------------------------- a meeting


@router.get("/meetings/{forum}/{day}", name="meeting")
@allowed(Role.SIGNED_IN)
def meeting(forum: str, day: str, visit: Asker) -> Response:
    """Show a meeting: its agenda, what will miss it, who is there, and what has come of it."""
    with visit.desk.store.reading() as tx:
        found = minutebook.room(tx, visit, forum, day)
    return page("meetings/meeting.html", visit.frame(), room=found, **_words(found))


@router.post("/meetings/{forum}/{day}/order", name="meeting_ordered")
@allowed(Role.SIGNED_IN)
def ordered(forum: str, day: str, visit: Asker, sent: Sent) -> Response:
    """Move an item a place up or down."""
    with visit.desk.store.writing() as tx:
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
        found = minutebook.open_room(tx, visit, forum, day)
        title = _line(sent, "title", "Say what the item is about", errors)
        if not errors:
            meetings.business_added(tx, found.series, found.day, title, by=visit.me.id)
    if errors:
        return page(
            "meetings/business.html", visit.frame(), status=422, room=found, typed=_typed(sent), errors=errors
        )
    return RedirectResponse(found.path, 303)


@router.get("/meetings/{forum}/{day}/attendance", name="meeting_attendance")
@allowed(Role.SIGNED_IN)
def attendance(forum: str, day: str, visit: Asker) -> Response:
    """Ask who is there, member by member."""
    with visit.desk.store.reading() as tx:
        found = minutebook.open_room(tx, visit, forum, day)
    typed = {f"presence-{one.post}": str(one.presence) for one in found.meeting.attendance}
    typed |= {f"substitute-{one.post}": one.substitute for one in found.meeting.attendance}
    return _attendance_page(visit, found, typed, {})


@router.post("/meetings/{forum}/{day}/attendance", name="meeting_attended")
@allowed(Role.SIGNED_IN)
def attended(forum: str, day: str, visit: Asker, sent: Sent) -> Response:
    """Write down who is there."""
    errors: dict[str, str] = {}
    with visit.desk.store.writing() as tx:
        found = minutebook.open_room(tx, visit, forum, day)
        if found.day > visit.today:
            raise Conflict("The meeting has not come yet, so nobody can be there.")
        members = [_presence(found, sent, post, errors) for post in found.forum.members]
        if errors:
            return _attendance_page(visit, found, _typed(sent), errors)
        meetings.attended(tx, found.series, found.day, [one for one in members if one], by=visit.me.id)
    return RedirectResponse(found.path, 303)


# ------------------------------------------------------------------------------ an item


@router.get("/meetings/{forum}/{day}/items/{item}", name="meeting_item")
@allowed(Role.SIGNED_IN)
def item(forum: str, day: str, item: str, visit: Asker) -> Response:
    """Open an item with its paper, and take what the forum makes of it."""
    with visit.desk.store.writing() as tx:
        found = minutebook.room(tx, visit, forum, day)
        return _item_page(tx, visit, found, found.item(item), {}, {})


@router.post("/meetings/{forum}/{day}/items/{item}", name="meeting_item_recorded")
@allowed(Role.SIGNED_IN)
async def recorded(forum: str, day: str, item: str, visit: Asker, sent: Sent) -> Response:
    """Write down what came of an item, which moves its case, and go on to the next; or let it roll on."""
    if visit.by_script:
        raise Forbidden("Nobody pressed the button, so nothing was recorded.")

    def write() -> tuple[Submitted | Response, tuple[str, ...]]:
        with visit.desk.store.writing() as tx:
            found = minutebook.open_room(tx, visit, forum, day)
            return _recorded(tx, visit, found, found.item(item), sent), tuple(tx.outgoing)

    result, letters = await run_in_threadpool(write)
    for letter in letters:
        await visit.desk.gateway.deliver(letter)
    if isinstance(result, Response):
        return result
    refused = await _settled(visit, result)
    return await run_in_threadpool(_after, visit, forum, day, item, refused)


def _recorded(tx: Tx, visit: Visit, found: Room, item: AgendaItem, sent: FormData) -> Submitted | Response:
    """Write an item down; for a case's question return the decision, which is still to be brought to it."""
    errors: dict[str, str] = {}
    series, day, me = found.series, found.day, visit.me.id
    if sent.get("do") == "roll":
        if found.day > visit.today:
            raise Conflict("The meeting has not come yet.")
        why = _line(sent, "roll_why", "Say why it rolls on", errors)
        if errors:
            return _item_page(tx, visit, found, item, _typed(sent), errors)
        meetings.rolled_on(tx, series, day, item.key, why, by=me)
        return _onward(found, item)
    interests = [post for post in found.forum.members if post in sent.getlist("interests")]
    meetings.interests_declared(tx, series, day, item.key, interests, by=me)
    if sent.get("do") == "interests":
        return RedirectResponse(f"{found.path}/items/{item.key}", 303)
    found = minutebook.open_room(tx, visit, found.forum.key, day.isoformat())
    if hindered := minutebook.hindrance(found, item):
        return _item_page(tx, visit, found, item, _typed(sent), {"do": hindered})
    votes = _votes(sent, found, item, errors)
    result: Submitted | Response
    match item.kind:
        case ItemKind.MINUTES:
            result = _minutes_recorded(tx, visit, found, item, sent, errors)
        case ItemKind.BUSINESS:
            result = _business_recorded(tx, visit, found, item, sent, errors)
        case ItemKind.QUESTION:
            result = _question_recorded(tx, visit, found, item, sent, errors)
        case _:
            raise Conflict("This item is for information, and nothing is recorded of it.")
    if votes and not errors:
        meetings.votes_counted(tx, series, day, item.key, votes, by=me)
    return result


def _minutes_recorded(
    tx: Tx, visit: Visit, found: Room, item: AgendaItem, sent: FormData, errors: dict[str, str]
) -> Response:
    if sent.get("confirmed") != "yes":
        errors["confirmed"] = "Say that they are a true record, or let them roll on"
    if errors or item.minutes_of is None:
        return _item_page(tx, visit, found, item, _typed(sent), errors)
    desk = Convening(tx, found.rules, found.forum, visit.desk.links.page, tx.now)
    text = minuting.read(tx, minutebook.minutes_hash(tx, found, item))
    told = desk.minutes_sent(item.minutes_of, text, confirmed=found.day) if text else []
    meetings.minutes_confirmed(
        tx, found.series, item.minutes_of, at_meeting=found.day, by=visit.me.id, queued=told
    )
    return _onward(found, item)


def _business_recorded(
    tx: Tx, visit: Visit, found: Room, item: AgendaItem, sent: FormData, errors: dict[str, str]
) -> Response:
    note = _text(sent, "note", "Say what came of it", errors)
    if errors:
        return _item_page(tx, visit, found, item, _typed(sent), errors)
    meetings.noted(tx, found.series, found.day, item.key, note, by=visit.me.id)
    return _onward(found, item)


def _question_recorded(
    tx: Tx, visit: Visit, found: Room, item: AgendaItem, sent: FormData, errors: dict[str, str]
) -> Submitted | Response:
    """Submit the forum's answer by the path that a letter's link takes: one decision, one set of checks."""
    sight = minutebook.sight(tx, visit, minutebook.step_of(tx, item))
    if sight.standing is not Standing.OPEN:
        return _item_page(tx, visit, found, item, {}, {"do": _why_not(sight.standing)})
    filled = deciding.read(tx, sent, sight)
    errors.update(filled.errors)
    if errors or filled.chosen is None:
        return _item_page(tx, visit, found, item, _typed(sent), errors)
    shown = deciding.remembered(tx, sight, str(sent.get("shown", "")))
    shown = shown or texts.put(tx, briefing.brief(tx, sight).text())
    draft = deciding.keep(tx, visit, sight, filled.chosen, shown)
    try:
        made = deciding.confirm(tx, visit, sight, draft, str(sent.get("content", "")))
    except NoDraft:
        changed = "Something changed while you were deciding, so nothing was recorded. Read it again"
        return _item_page(tx, visit, found, item, {}, {"do": changed})
    except AlreadyAnswered:
        return _item_page(tx, visit, found, item, {}, {"do": _why_not(Standing.DECIDED_BY_OTHERS)})
    if isinstance(made, Stopped):
        return _item_page(tx, visit, found, item, {}, {"do": _why_not(made.sight.standing)})
    return made


async def _settled(visit: Visit, submitted: Submitted) -> str:
    """Bring a decision to its step; return why it was refused, if it was. The relay repeats what is lost."""
    try:
        answer = await visit.desk.relay.settle(submitted.intent)
        await visit.desk.relay.written(within=2.0)
    except Exception as error:
        log.warning("not settled yet", kind=type(error).__name__, step=submitted.intent.step)
        return ""
    return str(answer.why) if isinstance(answer, Refused) else ""


def _after(visit: Visit, forum: str, day: str, item: str, refused: str) -> Response:
    with visit.desk.store.writing() as tx:
        found = minutebook.room(tx, visit, forum, day)
        known = found.item(item)
        if refused:
            heading, sentence = words.REFUSALS.get(refused, words.REFUSALS["fault"])
            return _item_page(tx, visit, found, known, {}, {"do": f"{heading}. {sentence}"}, status=409)
        return _onward(found, known)


def _onward(found: Room, item: AgendaItem) -> Response:
    """Go on to the next item without an outcome, or back to the meeting if there is none."""
    following = found.following(item)
    if following is None or following.key == item.key:
        return RedirectResponse(found.path, 303)
    return RedirectResponse(f"{found.path}/items/{following.key}", 303)


def _why_not(standing: Standing) -> str:
    match standing:
        case Standing.DECIDED_BY_YOU | Standing.BEING_RECORDED:
            return "You have given this its outcome already"
        case Standing.DECIDED_BY_OTHERS:
            return "Somebody has answered this already"
        case Standing.CHANGED:
            return "The proposal has changed since, so this question is no longer open"
        case Standing.WITHDRAWN:
            return "The proposal has been withdrawn"
        case _:
            return "This question is no longer yours to answer"


# ---------------------------------------------------------------------------- its record


@router.get("/meetings/{forum}/{day}/close", name="meeting_close")
@allowed(Role.SIGNED_IN)
def close(forum: str, day: str, visit: Asker) -> Response:
    """Say what the record holds and what rolls on, before it is closed."""
    with visit.desk.store.reading() as tx:
        found = _closable(tx, visit, forum, day)
    return _close_page(visit, found, {}, {})


@router.post("/meetings/{forum}/{day}/close", name="meeting_closed")
@allowed(Role.SIGNED_IN)
async def closed(forum: str, day: str, visit: Asker, sent: Sent) -> Response:
    """Close the record of a meeting; its minutes are drafted and sent."""

    def write() -> tuple[Response, str]:
        with visit.desk.store.writing() as tx:
            found = _closable(tx, visit, forum, day)
            ways = dict(minutebook.ways_to_close(found))
            how = str(sent.get("how", ""))
            if how not in ways:
                return _close_page(visit, found, _typed(sent), {"how": "Say whether it was held"}), ""
            meetings.closed(
                tx,
                found.series,
                found.day,
                MeetingState(how),
                items=minutebook.closed_items(tx, found),
                present=minutebook.attended_by(found),
                by=visit.me.id,
            )
        return RedirectResponse(f"{found.path}/minutes", 303), found.series.ref

    response, series = await run_in_threadpool(write)
    await _told(visit, series)
    return response


@router.get("/meetings/{forum}/{day}/minutes", name="meeting_minutes")
@allowed(Role.SIGNED_IN)
def minutes(forum: str, day: str, visit: Asker) -> Response:
    """Show the minutes as they stand, or what they would say."""
    with visit.desk.store.reading() as tx:
        found = minutebook.room(tx, visit, forum, day)
        text = minutebook.minutes(tx, found)
    return page("meetings/minutes.html", visit.frame(), room=found, minutes=text, state=_state(found.meeting))


@router.get("/meetings/{forum}/{day}/minutes/correct", name="minutes_correct")
@allowed(Role.SIGNED_IN)
def correct(forum: str, day: str, visit: Asker) -> Response:
    """Ask for corrections, item by item."""
    with visit.desk.store.reading() as tx:
        found = _correctable(tx, visit, forum, day)
        text = minutebook.minutes(tx, found)
    typed = {f"item-{line.number}": line.text for line in text.items} | {"opening": text.opening}
    return page("meetings/correct.html", visit.frame(), room=found, minutes=text, typed=typed, errors={})


@router.post("/meetings/{forum}/{day}/minutes/correct", name="minutes_corrected")
@allowed(Role.SIGNED_IN)
def corrected(forum: str, day: str, visit: Asker, sent: Sent) -> Response:
    """Keep corrected minutes. What was decided stays as it was recorded; only its words change."""
    errors: dict[str, str] = {}
    with visit.desk.store.writing() as tx:
        found = _correctable(tx, visit, forum, day)
        text = minutebook.minutes(tx, found)
        lines = tuple(
            line.model_copy(
                update={"text": _text(sent, f"item-{line.number}", "Say what came of it", errors)}
            )
            for line in text.items
        )
        new = text.model_copy(update={"items": lines, "opening": _text(sent, "opening", "", errors)})
        if errors:
            return page(
                "meetings/correct.html",
                visit.frame(),
                status=422,
                room=found,
                minutes=text,
                typed=_typed(sent),
                errors=errors,
            )
        meetings.minutes_corrected(tx, found.series, found.day, new.kept(tx), by=visit.me.id)
    return RedirectResponse(f"{found.path}/minutes", 303)


@router.get("/meetings/{forum}/{day}/minutes.pdf", name="meeting_minutes_pdf")
@allowed(Role.SIGNED_IN)
def minutes_on_paper(forum: str, day: str, visit: Asker) -> Response:
    """Give the minutes as a PDF."""
    with visit.desk.store.reading() as tx:
        found = minutebook.room(tx, visit, forum, day)
        text = minuting.read(tx, found.meeting.minutes_hash)
    if text is None:
        raise NotFound("These minutes have not been drafted yet.")
    return _pdf(packs.minutes_pdf(papers.minutes(found, text)), f"minutes-{forum}-{day}")


@router.get("/meetings/{forum}/{day}/pack.pdf", name="meeting_pack")
@allowed(Role.SIGNED_IN)
def pack(forum: str, day: str, visit: Asker) -> Response:
    """Give the papers of the meeting as a PDF: every item of the agenda under its number."""
    with visit.desk.store.reading() as tx:
        found = minutebook.room(tx, visit, forum, day)
        made = papers.pack(tx, found)
    return _pdf(packs.pack_pdf(made), f"papers-{forum}-{day}")


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
            found = minutebook.to_come(tx, visit, forum, day)
            response = _changed(tx, visit, found, sent)
            return response, found.series.ref if response.status_code == 303 else "", tuple(tx.outgoing)

    response, series, letters = await run_in_threadpool(write)
    await _told(visit, series)
    for letter in letters:
        await visit.desk.gateway.deliver(letter)
    return response


def _changed(tx: Tx, visit: Visit, found: Room, sent: FormData) -> Response:
    errors: dict[str, str] = {}
    what = str(sent.get("what", ""))
    series, day, me = found.series, found.day, visit.me.id
    desk = Convening(tx, found.rules, found.forum, visit.desk.links.page, tx.now)
    where = found.path
    if what == "move":
        to = _new_day(tx, visit, found.forum, sent, errors)
        why = _line(sent, "move_why", "Say why it is moved", errors)
        if to and not errors:
            meetings.moved(tx, series, day, to, why=why, by=me, queued=desk.moved(day, to, why))
            where = f"/meetings/{found.forum.key}/{to.isoformat()}"
    elif what == "arrange":
        time, place = _time(sent, errors), _line(sent, "place", "", errors)
        if not errors:
            told = desk.arranged(day, place, time)
            meetings.arranged(tx, series, day, place=place, time=time, by=me, queued=told)
    elif what == "call_off":
        why = _line(sent, "off_why", "Say why it is called off", errors)
        if not errors:
            meetings.called_off(tx, series, day, why=why, by=me, queued=desk.called_off(day, why))
    else:
        errors["what"] = "Say what is to change"
    if not errors and what in ("move", "call_off") and minutebook.answered(found):
        raise Conflict(
            "An item of this meeting has its outcome already, so it cannot be moved or called off."
        )
    if errors:
        typed = defaultdict(str, _typed(sent))
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


def _closable(tx: Tx, visit: Visit, forum: str, day: str) -> Room:
    found = minutebook.open_room(tx, visit, forum, day)
    if found.day > visit.today:
        raise Conflict("The meeting has not come yet, so its record cannot be closed.")
    return found


def _correctable(tx: Tx, visit: Visit, forum: str, day: str) -> Room:
    found = minutebook.acting(tx, visit, forum, day)
    if found.meeting.open or not found.meeting.minutes_hash:
        raise Conflict("These minutes have not been drafted yet.")
    if found.meeting.minutes == "confirmed":
        raise Conflict("These minutes have been confirmed and can no longer be changed.")
    return found


async def _told(visit: Visit, series: str) -> None:
    """Let the series hear at once; if it cannot be reached the relay tells it."""
    if not series:
        return

    def news() -> str:
        with visit.desk.store.reading() as tx:
            return dict(convening.unheard(tx)).get(series, "")

    if as_of := await run_in_threadpool(news):
        await visit.desk.gateway.look_again(series, as_of)


def _pdf(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


def _state(meeting: Meeting | None) -> tuple[str, str]:
    """Return what a meeting's state is called, and the colour of its tag."""
    return words.MEETINGS[str(meeting.state if meeting else MeetingState.PLANNED)]


def _words(found: Room) -> dict[str, Any]:
    return {
        "state": _state(found.meeting),
        "metered": boards.present(found.meter),
        "outcome": minutebook.outcome,
        "asked": words.question_of,
    }


def _attendance_page(
    visit: Visit, found: Room, typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response:
    return page(
        "meetings/attendance.html",
        visit.frame(),
        status=422 if errors else 200,
        room=found,
        typed=defaultdict(str, typed),
        errors=errors,
        presences=PRESENCES,
    )


def _presence(found: Room, sent: FormData, post: str, errors: dict[str, str]) -> Attendance | None:
    said = str(sent.get(f"presence-{post}", ""))
    if said not in list(Presence):
        errors[f"presence-{post}"] = f"Say whether {found.title(post)} is here"
        return None
    presence = Presence(said)
    name = ""
    if presence is Presence.SUBSTITUTE:
        name = _line(sent, f"substitute-{post}", f"Say who sits in for {found.title(post)}", errors)
    return Attendance(post=post, presence=presence, substitute=name)


def _item_page(
    tx: Tx,
    visit: Visit,
    found: Room,
    item: AgendaItem,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 422,
) -> Response:
    sight = brief = None
    shown = ""
    mine = found.right.records and item.kind is ItemKind.QUESTION and not item.came_to and found.meeting.open
    if mine:
        sight = minutebook.sight(tx, visit, minutebook.step_of(tx, item))
        brief = briefing.brief(tx, sight)
        shown = texts.put(tx, brief.text())
    heard = found.meeting.heard_of(item.key)
    meter = found.meter_of(item.key)
    return page(
        "meetings/item.html",
        visit.frame(),
        status=status if errors else 200,
        room=found,
        item=item,
        heard=heard,
        sight=sight,
        brief=brief,
        paper=briefing.rows(tx, minutebook.case_of(tx, item)) if item.case and not brief else [],
        shown=shown,
        typed=defaultdict(str, typed),
        errors=errors,
        hindrance=minutebook.hindrance(found, item),
        interested=list(heard.interests),
        members=[(post, found.title(post)) for post in found.there],
        minutes=minuting.read(tx, minutebook.minutes_hash(tx, found, item)),
        following=found.following(item),
        owners=deciding.condition_owners(found.rules, visit.today),
        verifies=deciding.verifies(sight) if sight else "",
        guards=words.guards(sight.case.size) if sight else [],
        rows=range(1, deciding.MOST_CONDITIONS + 1),
        written=deciding.WRITTEN,
        voted=minuting.voted(heard.votes) if heard.votes else "",
        said=minutebook.said(tx, found, item),
        **_words(found) | {"metered": boards.present(meter, f"item {item.number}")},
    )


def _close_page(visit: Visit, found: Room, typed: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    return page(
        "meetings/close.html",
        visit.frame(),
        status=422 if errors else 200,
        room=found,
        ways=minutebook.ways_to_close(found),
        typed=defaultdict(str, typed),
        errors=errors,
        **_words(found),
    )


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


def _votes(sent: FormData, found: Room, item: AgendaItem, errors: dict[str, str]) -> Votes | None:
    """Read how a vote went, if one was taken: no more than are here may have voted."""
    counts: dict[str, int] = {}
    for name in ("in_favour", "against", "abstained"):
        said = str(sent.get(name, "")).strip()
        if said and not (said.isascii() and said.isdecimal() and len(said) <= 3):
            errors[name] = "Enter a whole number, or nothing if no vote was taken"
        elif said:
            counts[name] = int(said)
    if errors or not counts:
        return None
    able = found.meter_of(item.key).present
    if found.forum.members and sum(counts.values()) > able:
        errors["in_favour"] = f"{sum(counts.values())} votes are more than the {able} who may vote"
        return None
    return Votes(
        in_favour=counts.get("in_favour", 0),
        against=counts.get("against", 0),
        abstained=counts.get("abstained", 0),
    )


def _time(sent: FormData, errors: dict[str, str]) -> str:
    said = str(sent.get("time", "")).strip()
    hours, _, minutes = said.partition(":")
    if (
        not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2)
        or int(hours) > 23
        or int(minutes) > 59
    ):
        errors["time"] = "Enter the time at which it begins, such as 10:00"
        return ""
    return f"{int(hours):02}:{minutes}"


def _line(sent: FormData, name: str, empty: str, errors: dict[str, str]) -> str:
    said = _CLEAN.validate_python(str(sent.get(name, "")).strip())
    if not said and empty:
        errors[name] = empty
    elif len(said) > LONGEST or len(said.splitlines()) > 1:
        errors[name] = f"Use one line of {LONGEST} characters or fewer"
    return said


def _text(sent: FormData, name: str, empty: str, errors: dict[str, str]) -> str:
    said = _CLEAN.validate_python(str(sent.get(name, "")).strip())
    if not said and empty:
        errors[name] = empty
    elif len(said) > deciding.LONGEST:
        errors[name] = f"Use {deciding.LONGEST:,} characters or fewer"
    return said


def _typed(sent: FormData) -> dict[str, str]:
    return {name: str(value) for name, value in sent.items()}
