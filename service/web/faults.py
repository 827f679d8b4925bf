"""The one place where what went wrong becomes a page, or a problem for a program (RFC 9457)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from service.errors import AssentError, Problem, TooMany, Unauthenticated
from service.web.again import Typed
from service.web.pages import Frame, page

API = "/api/"
MEGABYTE = 1024 * 1024
PROBLEM_TYPE = "application/problem+json"

HEADINGS = {
    400: "This request could not be understood",
    404: "Page not found",
    405: "This cannot be done here",
    413: "This is too large",
    415: "This is not in a form that can be read",
    422: "There is a problem",
    429: "Too many requests",
    500: "Sorry, there is a problem with the service",
    503: "Sorry, the service is not available for the moment",
}
ADVICE = {
    400: ("Go back, and try again.",),
    404: ("If you typed the address, check that it is correct.", "If you followed a link, it may be old."),
    405: ("Go back, and use the buttons on the page.",),
    500: ("Nothing you entered has been acted on unless a page said so. Try again later.",),
    503: (
        "Nothing you entered has been acted on unless a page said so.",
        "Try again in a few minutes. Links in letters go on working.",
    ),
}


class Elsewhere(Exception):
    """The reader has to go somewhere else first: `path` is one of our own."""

    def __init__(self, path: str) -> None:
        super().__init__("go elsewhere first")
        self.path = path


class SendAgain(Exception):
    """A form of the page of a link came too late to be acted on: what was typed into it is given back."""

    def __init__(self, typed: Typed, mark: str, *, ready: bool) -> None:
        super().__init__("send it again")
        self.typed = typed
        self.mark = mark
        """What it has to carry when it is sent again."""
        self.ready = ready
        """It would be acted on if it were sent again now."""


class UnknownLink(Exception):
    """No link of ours, or not one that this browser has followed: always the very same page."""

    def __init__(self, status: int = 404) -> None:
        super().__init__("unknown link")
        self.status = status


def install(app: FastAPI) -> None:
    """Make the handlers below the only ones."""
    app.add_exception_handler(AssentError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Elsewhere, _elsewhere)
    app.add_exception_handler(SendAgain, _send_again)
    app.add_exception_handler(UnknownLink, _unknown_link)
    app.add_exception_handler(Exception, _fault)


def plain(path: str, status: int, code: str, sentence: str) -> Response:
    """Answer with a sentence, outside of any route."""
    if path.startswith(API):
        return problem(status, code, HEADINGS.get(status, HTTPStatus(status).phrase), sentence)
    return _page(Frame(), status, HEADINGS.get(status, HTTPStatus(status).phrase), (sentence,))


def too_large(path: str, limit: int = MEGABYTE) -> Response:
    """Answer what is larger, in bytes, than anything that is taken at an address."""
    most = f"What you sent is larger than {limit // MEGABYTE} MB. Send less at a time."
    return plain(path, 413, "too_large", most)


def unspeakable(path: str) -> Response:
    """Answer an address with a character that none of ours has; where links live, as to any unknown one."""
    if path.startswith("/a/"):
        return unknown_link(404)
    return plain(path, 400, "malformed", "This address has a character that no address here has.")


def unknown_link(status: int) -> Response:
    """Answer what is not a link of ours: always with the very same page."""
    headers = {"Retry-After": "60"} if status == 429 else None
    return page("links/unknown.html", Frame(neutral=True), status=status, headers=headers)


def problem(
    status: int, code: str, title: str, detail: str = "", problems: Iterable[Problem] = ()
) -> JSONResponse:
    """Return a problem for a program: `code` is stable, the rest is for its reader."""
    body: dict[str, Any] = {
        "type": f"urn:assent:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
    }
    if detail and detail != title:
        body["detail"] = detail
    errors = [{"field": wrong.field, "message": wrong.message} for wrong in problems]
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, media_type=PROBLEM_TYPE)


# --------------------------------------------------------------------------- handlers


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, AssentError)
    headers = {"Retry-After": "60"} if isinstance(error, TooMany) or error.status == 503 else {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if _is_api(request):
        response: Response = problem(error.status, error.code, error.title, str(error), error.problems)
    else:
        said = (str(error),) if str(error) != error.title else ADVICE.get(error.status, ())
        response = _page(_frame(request), error.status, error.title, said, error.problems)
    response.headers.update(headers)
    return response


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 413:
        own = getattr(request.scope.get("route"), "max_body_size", None)
        return too_large(request.url.path, own or MEGABYTE)
    title = HEADINGS.get(error.status_code, HTTPStatus(error.status_code).phrase)
    if _is_api(request):
        response: Response = problem(error.status_code, _code(error.status_code), title, str(error.detail))
    else:
        response = _page(_frame(request), error.status_code, title, ADVICE.get(error.status_code, ()))
    response.headers.update(error.headers or {})
    return response


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if not _is_api(request) and any(wrong["loc"][:1] == ("path",) for wrong in found):
        # No number, or none that there is: as with any other address that leads nowhere.
        return _page(_frame(request), 404, HEADINGS[404], ADVICE[404])
    if any(wrong["type"] == "json_invalid" for wrong in found):
        return problem(400, "malformed_json", "The body is not valid JSON", "Check its commas and quotes.")
    said: dict[str, list[str]] = {}
    for wrong in found:
        if wrong["loc"]:
            said.setdefault(_field(wrong["loc"]), []).append(f"{wrong['msg']}.")
    problems = [Problem(field=field, message=" ".join(messages)) for field, messages in said.items()]
    if _is_api(request):
        return problem(422, "malformed", HEADINGS[422], "", problems)
    return _page(_frame(request), 422, HEADINGS[422], ("Go back, and try again.",), problems)


def _field(loc: Sequence[str | int]) -> str:
    """Return the name of what is wrong; of a parameter that may be of several types, not the type's."""
    where, *names = loc
    return str(names[0] if where in ("path", "query", "header") and names else loc[-1])


async def _elsewhere(request: Request, error: Exception) -> Response:
    assert isinstance(error, Elsewhere)
    return RedirectResponse(error.path, 303)


async def _send_again(request: Request, error: Exception) -> Response:
    assert isinstance(error, SendAgain)
    return page(
        "links/again.html",
        replace(_frame(request), neutral=True),
        status=403,
        path=request.url.path,
        csrf=error.mark,
        typed=error.typed,
        ready=error.ready,
        multipart=request.headers.get("content-type", "").lower().startswith("multipart/"),
    )


async def _unknown_link(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnknownLink)
    return unknown_link(error.status)


async def _fault(request: Request, error: Exception) -> Response:
    if _is_api(request):
        return problem(500, "fault", HEADINGS[500])
    return _page(_frame(request), 500, HEADINGS[500], ADVICE[500])


def _page(
    frame: Frame, status: int, heading: str, paragraphs: Iterable[str], problems: Iterable[Problem] = ()
) -> Response:
    return page(
        "fault.html",
        frame,
        status=status,
        heading=heading.removesuffix("."),
        paragraphs=list(paragraphs),
        problems=list(problems),
    )


def _frame(request: Request) -> Frame:
    frame: Frame = getattr(request.state, "frame", Frame())
    return frame


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(API)


def _code(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
