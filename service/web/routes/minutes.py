"""The record of a meeting is closed, and its minutes are read, corrected and printed (SYS-23)."""

from collections import defaultdict
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service import agendas, minuting
from service.errors import Conflict, NotFound
from service.minuting import MinuteLine, MinutesText
from service.store import meetings
from service.store.engine import Tx
from service.store.meetings import MeetingState
from service.web import forms, meeting_pages, minutebook, packs, papers, words
from service.web.minutebook import Room
from service.web.pages import page, pdf
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit

router = APIRouter(include_in_schema=False)


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
            minutebook.locked(tx, visit, forum)
            found = _closable(tx, visit, forum, day)
            ways = dict(minutebook.ways_to_close(found))
            how = str(sent.get("how", ""))
            if how not in ways:
                return _close_page(visit, found, forms.typed(sent), {"how": "Say whether it was held"}), ""
            meetings.closed(
                tx,
                found.series,
                found.day,
                MeetingState(how),
                items=minutebook.closed_items(tx, found, MeetingState(how)),
                present=minutebook.attended_by(found),
                by=visit.me.id,
            )
        return RedirectResponse(f"{found.path}/minutes", 303), found.series.ref

    response, series = await run_in_threadpool(write)
    await meeting_pages.heard(visit, series)
    return response


def _close_page(visit: Visit, found: Room, typed: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    return page(
        "meetings/close.html",
        visit.frame(),
        status=422 if errors else 200,
        room=found,
        ways=minutebook.ways_to_close(found),
        typed=defaultdict(str, typed),
        errors=errors,
        **meeting_pages.words_of(found),
    )


def _closable(tx: Tx, visit: Visit, forum: str, day: str) -> Room:
    found = minutebook.open_room(tx, visit, forum, day)
    if found.day > visit.today:
        raise Conflict("The meeting has not come yet, so its record cannot be closed.")
    if waits := next((item for item in found.agenda.items if item.recording), None):
        outcome = f"The outcome of item {waits.number}"
        if waits.held_until:
            until = words.until(waits.held_until, visit.now)
            raise Conflict(f"{outcome} may be taken back until {until}. Close the record after that.")
        raise Conflict(f"{outcome} is still being recorded. Try again in a minute.")
    return found


@router.get("/meetings/{forum}/{day}/minutes", name="meeting_minutes")
@allowed(Role.SIGNED_IN)
def minutes(forum: str, day: str, visit: Asker) -> Response:
    """Show the minutes as they stand, or what they would say."""
    with visit.desk.store.reading() as tx:
        found = minutebook.room(tx, visit, forum, day)
        if not found.meeting.goes_ahead:
            raise NotFound("This meeting was moved or called off, so it has no minutes.")
        text = minutebook.minutes(tx, found)
        corrected = minuting.corrected(tx, found.meeting)
        # The meeting that the text names as the next one may have been called off since, or be over.
        confirms = agendas.still_open(tx, found.rules, found.forum, found.day)
    return page(
        "meetings/minutes.html",
        visit.frame(),
        room=found,
        minutes=text,
        corrected=corrected,
        confirms=confirms,
    )


@router.get("/meetings/{forum}/{day}/minutes/correct", name="minutes_correct")
@allowed(Role.SIGNED_IN)
def correct(forum: str, day: str, visit: Asker) -> Response:
    """Ask for corrections, item by item."""
    with visit.desk.store.reading() as tx:
        found = _correctable(tx, visit, forum, day)
        text = minutebook.minutes(tx, found)
    return _correct_page(visit, found, text, _texts(text), {})


@router.post("/meetings/{forum}/{day}/minutes/correct", name="minutes_corrected")
@allowed(Role.SIGNED_IN)
def corrected(forum: str, day: str, visit: Asker, sent: Sent) -> Response:
    """Keep corrected minutes. What was decided stays as it was recorded; only its words change."""
    errors: dict[str, str] = {}
    with visit.desk.store.writing() as tx:
        minutebook.locked(tx, visit, forum)
        found = _correctable(tx, visit, forum, day)
        text = minutebook.minutes(tx, found)
        if sent.get("minutes") != found.meeting.minutes_hash:
            told = "They were corrected meanwhile: read them again before you save what you typed"
            now = _texts(text)
            if all(forms.alike(forms.clean(str(sent.get(name, ""))), said) for name, said in now.items()):
                # They say so already, as after a second click.
                return RedirectResponse(f"{found.path}/minutes", 303)
            held, contested = forms.rejoined(forms.typed(sent), _shown(tx, sent), now)
            beside = {name: f"They say now: {now[name] or 'nothing'}" for name in contested}
            return _correct_page(visit, found, text, held, {"opening": told}, beside)
        lines = tuple(_line(sent, line, errors) for line in text.items)
        new = text.model_copy(update={"items": lines, "opening": forms.text(sent, "opening", "", errors)})
        if errors:
            return _correct_page(visit, found, text, forms.typed(sent), errors)
        meetings.minutes_corrected(tx, found.series, found.day, new.kept(tx), by=visit.me.id)
    return RedirectResponse(f"{found.path}/minutes", 303)


def _line(sent: FormData, line: MinuteLine, errors: dict[str, str]) -> MinuteLine:
    """Return an item's words as corrected. What was put together from the record may be of any length."""
    name = f"item-{line.number}"
    if forms.alike(str(sent.get(name, "")), line.text):
        return line
    return line.model_copy(update={"text": forms.text(sent, name, "Say what came of it", errors)})


def _texts(minutes: MinutesText) -> dict[str, str]:
    """Return what each box of the form holds at first."""
    return {f"item-{line.number}": line.text for line in minutes.items} | {"opening": minutes.opening}


def _shown(tx: Tx, sent: FormData) -> dict[str, str]:
    """Return what the boxes held when their page was made; nothing if that text of the minutes is gone."""
    try:
        text = minuting.read(tx, str(sent.get("minutes", "")))
    except ValueError:
        # It is the hash of some other text.
        return {}
    return _texts(text) if text else {}


def _correct_page(
    visit: Visit,
    found: Room,
    text: MinutesText,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    beside: Mapping[str, str] | None = None,
) -> Response:
    return page(
        "meetings/correct.html",
        visit.frame(),
        status=422 if errors else 200,
        room=found,
        minutes=text,
        minutes_hash=found.meeting.minutes_hash,
        typed=defaultdict(str, typed),
        errors=errors,
        beside=defaultdict(str, beside or {}),
    )


def _correctable(tx: Tx, visit: Visit, forum: str, day: str) -> Room:
    found = minutebook.acting(tx, visit, forum, day)
    if found.meeting.open or not found.meeting.minutes_hash:
        raise Conflict("These minutes have not been drafted yet.")
    if found.meeting.minutes == "confirmed":
        raise Conflict("These minutes have been confirmed and can no longer be changed.")
    return found


@router.get("/meetings/{forum}/{day}/minutes.pdf", name="meeting_minutes_pdf")
@allowed(Role.SIGNED_IN)
def minutes_on_paper(forum: str, day: str, visit: Asker) -> Response:
    """Give the minutes as a PDF."""
    with visit.desk.store.reading() as tx:
        found = minutebook.room(tx, visit, forum, day)
        text = minuting.read(tx, found.meeting.minutes_hash)
        if text is None:
            raise NotFound("These minutes have not been drafted yet.")
        made = papers.minutes(tx, found, text)
    return pdf(packs.minutes_pdf(made), f"minutes-{forum}-{day}")
