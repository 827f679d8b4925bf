"""For demos and tests only: the letters that were caught, every letter there is, and the Clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response

from notifications import catcher, examples
from notifications.catcher import Caught
from service import foreseeing
from service.errors import Malformed, NotFound, Problem
from service.store import cases, clock, meetings, steps
from service.web.bodies import Body
from service.web.desk import Desk
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker
from workflows.model import Segment
from workflows.rules.clock import jump

router = APIRouter(prefix="/dev", include_in_schema=False)
LAST = datetime(2100, 1, 1, tzinfo=UTC)
"""Where the practice Clock ends."""

# A letter brings its styles in its elements, which our own pages never do.
LETTER_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


@router.get("/mail", name="mail")
@allowed(Role.DEVELOPER)
def mail(visit: Asker) -> Response:
    """List the letters that were caught, the latest first."""
    return page("dev/mail.html", visit.frame(), letters=list(reversed(_caught(visit.desk))))


@router.get("/mail.json", name="mail_json")
@allowed(Role.DEVELOPER)
def mail_json(visit: Asker, after: int = 0) -> Response:
    """Return the letters that were caught, the oldest first."""
    return JSONResponse([_told(letter) for letter in _caught(visit.desk, after)])


@router.get("/mail/{id}", name="mail_letter")
@allowed(Role.DEVELOPER)
def mail_letter(id: int, visit: Asker) -> Response:
    """Show a letter."""
    return page("dev/letter.html", visit.frame(), letter=_letter(visit.desk, id))


@router.get("/mail/{id}/html", name="mail_html")
@allowed(Role.DEVELOPER)
def mail_html(id: int, visit: Asker) -> Response:
    """Show a letter as a mail program would."""
    return HTMLResponse(_letter(visit.desk, id).html, headers={"Content-Security-Policy": LETTER_POLICY})


@router.get("/letters", name="letters")
@allowed(Role.DEVELOPER)
def letters(visit: Asker) -> Response:
    """List every letter there is, with made-up facts."""
    told = [(name, str(examples.rendered(letter)["Subject"])) for name, letter in examples.EXAMPLES.items()]
    return page("dev/letters.html", visit.frame(), letters=told)


@router.get("/letters/{name}", name="letter")
@allowed(Role.DEVELOPER)
def letter(name: str, visit: Asker, part: str = "plain") -> Response:
    """Show one letter with made-up facts; `part` is plain or html."""
    if name not in examples.EXAMPLES or part not in ("plain", "html"):
        raise NotFound
    message = examples.rendered(examples.EXAMPLES[name])
    body = message.get_body((part,))
    content = body.get_content() if body else ""
    if part == "html":
        return HTMLResponse(content, headers={"Content-Security-Policy": LETTER_POLICY})
    return page("dev/example.html", visit.frame(), name=name, subject=str(message["Subject"]), text=content)


@router.post("/clock", name="clock")
@allowed(Role.DEVELOPER)
async def move_clock(visit: Asker, body: Body) -> Response:
    """Jump the Clock: `{"to": instant}`, `{"days": number}`, or `{"next": true}` for what comes next."""
    segment, processes = await run_in_threadpool(_moved, visit.desk, body)
    await visit.desk.gateway.clock_moved(segment, processes)
    return JSONResponse({"now": segment.clock.isoformat(), "segment": segment.number})


def _moved(desk: Desk, body: dict[str, Any]) -> tuple[Segment, tuple[str, ...]]:
    with desk.store.writing() as tx:
        to = _wanted(body, tx.now, foreseeing.next_moment(tx))
        try:
            segment = jump(tx.clock, to=to, real=tx.real)
        except ValueError as error:
            raise _wrong("to", f"The Clock does not go back: {error}") from None
        clock.add(tx, segment)
        open_steps = (step.id for step in steps.open_steps(tx))
        return segment, (*cases.open_refs(tx), *open_steps, *meetings.known_series(tx))


def _wanted(body: dict[str, Any], now: datetime, following: datetime | None) -> datetime:
    match body:
        case {"to": str(text)}:
            try:
                to = datetime.fromisoformat(text)
            except ValueError:
                raise _wrong("to", "Write an instant such as 2004-10-13T09:00:00+01:00") from None
            if to.tzinfo is None:
                raise _wrong("to", "Give the time zone too, such as 2004-10-13T09:00:00+01:00")
            return _in_calendar("to", to)
        case {"days": int(days)} if 0 < days <= 10_000:
            return _in_calendar("days", now + timedelta(days=days))
        case {"next": True} if following is not None:
            return max(following, now)
        case {"next": True}:
            raise _wrong("next", "Nothing waits for a moment")
        case _:
            raise _wrong("to", "Send one of to, days or next")


def _in_calendar(field: str, to: datetime) -> datetime:
    """Refuse to move the Clock to where no deadline could be counted from."""
    if to >= LAST:
        raise _wrong(field, f"The Clock can be moved to the end of {LAST.year - 1}, and no further")
    return to


def _wrong(field: str, message: str) -> Malformed:
    return Malformed(problems=[Problem(field=field, message=message)])


def _caught(desk: Desk, after: int = 0) -> list[Caught]:
    folder = desk.settings.mail_folder
    return catcher.caught(folder, after) if folder and folder.is_dir() else []


def _letter(desk: Desk, id: int) -> Caught:
    found = next((letter for letter in _caught(desk) if letter.id == id), None)
    if found is None:
        raise NotFound
    return found


def _told(letter: Caught) -> dict[str, Any]:
    return {
        "id": letter.id,
        "at": letter.at.isoformat(),
        "to": letter.to,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "headers": letter.headers,
        "links": list(letter.links),
    }
