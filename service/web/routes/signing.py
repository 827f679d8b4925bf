"""Signing in with a code that is mailed, and signing out."""

import unicodedata
from collections.abc import Mapping

import structlog
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from service.store import codes, limits, sessions
from service.web import codebook, visits
from service.web.courier import Parcel
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit

router = APIRouter(include_in_schema=False)
log = structlog.get_logger("web")

ASKS_A_MINUTE = 20
"""Codes that one network address may ask for in a minute; a council has few of them."""


@router.get("/sign-in", name="sign_in")
@allowed(Role.ANYONE)
def sign_in(visit: Asker, next: str = "") -> Response:
    """Ask for an address."""
    return _asking(visit, next)


@router.post("/sign-in", name="sign_in_asked")
@allowed(Role.ANYONE)
async def sign_in_asked(visit: Asker, sent: Sent) -> Response:
    """Send a code to whoever the handbook has at that address; the answer is the same for everybody."""
    address = _normal(str(sent.get("address", "")))
    then = str(sent.get("next", ""))
    if "@" not in address or len(address) > 254:
        return _asking(visit, then, {"address": "Enter an email address, such as name@council.example"})

    def issued() -> tuple[str, Parcel | None]:
        with visit.desk.store.writing() as tx:
            if visit.session is not None:
                sessions.end(tx, visit.token)
            browser = sessions.begin(tx).token
            if not limits.allow(tx, f"sign-in:{visit.ip}", ASKS_A_MINUTE, 60):
                return browser, None
            found = visit.desk.person_at(tx, address, visit.today)
            return browser, codebook.for_sign_in(tx, found=found, asked=address, browser=browser)

    browser, parcel = await run_in_threadpool(issued)
    visit.desk.courier.soon(parcel)
    response = RedirectResponse(f"/sign-in/code?next={visits.own_path(then)}", 303)
    visits.keep(response, visit.desk, browser)
    return response


@router.get("/sign-in/code", name="sign_in_code")
@allowed(Role.ANYONE)
def sign_in_code(visit: Asker, next: str = "") -> Response:
    """Ask for the code."""
    return _coding(visit, next)


@router.post("/sign-in/code", name="sign_in_code_given")
@allowed(Role.ANYONE)
def sign_in_code_given(visit: Asker, sent: Sent) -> Response:
    """Check the code and sign in, under a new session."""
    then = visits.own_path(str(sent.get("next", "")))
    typed = "".join(str(sent.get("code", "")).split())
    with visit.desk.store.writing() as tx:
        checked = codes.check(tx, browser=visit.token, purpose=codebook.SIGN_IN, about="", code=typed)
        begun = (
            sessions.rotate(tx, visit.token, person=checked.person, how="code", raised=True)
            if checked.right and checked.person
            else None
        )
    log.info("signed in" if begun else "code refused", person=checked.person)
    if begun is None:
        return _coding(visit, then, {"code": "That is not the code, or it no longer works"})
    response = RedirectResponse(then, 303)
    visits.keep(response, visit.desk, begun.token)
    return response


@router.post("/sign-out", name="sign_out")
@allowed(Role.SIGNED_IN, Role.LINK)
def sign_out(visit: Asker) -> Response:
    """End the session, here and in the browser."""
    with visit.desk.store.writing() as tx:
        sessions.end(tx, visit.token)
    response = RedirectResponse("/signed-out", 303)
    visits.forget(response, visit.desk)
    return response


@router.get("/signed-out", name="signed_out")
@allowed(Role.ANYONE)
def signed_out(visit: Asker) -> Response:
    """Say that nothing is left open."""
    return page("signing/out.html", visit.frame())


def _normal(address: str) -> str:
    return unicodedata.normalize("NFKC", address).strip().lower()


def _asking(visit: Visit, then: str, errors: Mapping[str, str] | None = None) -> Response:
    return page(
        "signing/in.html",
        visit.frame(),
        status=422 if errors else 200,
        csrf=visit.csrf("/sign-in"),
        next=visits.own_path(then),
        errors=errors or {},
    )


def _coding(visit: Visit, then: str, errors: Mapping[str, str] | None = None) -> Response:
    return page(
        "signing/code.html",
        visit.frame(),
        status=422 if errors else 200,
        csrf=visit.csrf("/sign-in/code"),
        next=visits.own_path(then),
        errors=errors or {},
    )
