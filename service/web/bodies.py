"""JSON that programs send: read strictly, refused with everything that is wrong at once."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, NoReturn

from fastapi import Depends, Request
from pydantic import BeforeValidator
from starlette.exceptions import HTTPException

from service.errors import Malformed, Problem

DEEPEST = 20
_ALLOWED = "\t\n\r"


async def json_object(request: Request) -> dict[str, Any]:
    """Return the object that was sent, or refuse it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "Send the body as application/json.")
    try:
        value = json.loads(await request.body(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        where = (
            f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise HTTPException(400, f"The body is not valid JSON{where}.") from None
    if not isinstance(value, dict):
        raise Malformed(problems=[Problem(field="body", message="Send a JSON object, with named fields")])
    if problems := list(_unreadable(value, "", 0)):
        raise Malformed(problems=problems)
    return value


async def optional_object(request: Request) -> dict[str, Any]:
    """The same, where there may also be no body."""
    return await json_object(request) if await request.body() else {}


Body = Annotated[dict[str, Any], Depends(json_object)]
"""The object sent, as a route's argument."""
OptionalBody = Annotated[dict[str, Any], Depends(optional_object)]


def _iso(value: object) -> object:
    """Refuse a number for a day, which would be taken for seconds since 1970."""
    return date.fromisoformat(value) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_iso)]
"""A day such as 2004-10-14, as a route's argument."""


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def unshowable(value: Any, where: str = "") -> Iterator[Problem]:
    """Find words that no page, letter or database could show: control characters, halves of characters."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from unshowable(inner, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from unshowable(inner, f"{where}.{number}")
    elif isinstance(value, str) and _odd(value):
        yield Problem(field=where, message="This has a character that cannot be shown; type it anew")


def _unreadable(value: Any, where: str, depth: int) -> Iterator[Problem]:
    """Find what is no use however it is meant: nested without end, or named by what cannot be shown."""
    if depth > DEEPEST:
        yield Problem(field=where.partition(".")[0] or "body", message="This is nested too deeply")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _odd(key):
                yield Problem(field=where or "body", message="A name has a character that cannot be shown")
            else:
                yield from _unreadable(inner, f"{where}.{key}" if where else key, depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unreadable(inner, f"{where}.{number}", depth + 1)


def _odd(text: str) -> bool:
    return any(
        (ord(character) < 32 and character not in _ALLOWED)
        or 0x7F <= ord(character) < 0xA0
        or 0xD800 <= ord(character) < 0xE000
        for character in text
    )
