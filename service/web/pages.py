"""How a page is rendered: our own templates, strict about what is missing and escaping all they show."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from service.web import components, words


@dataclass(frozen=True)
class Frame:
    """What stands round a page's content."""

    organisation: str = "Assent"
    today: str = ""
    """For the banner that says that time is not real; empty where it is."""
    signed_in_as: str = ""
    csrf: str = ""
    neutral: bool = False
    """The page's title says nothing about its case, for it shows in tabs and link previews."""
    in_charge: bool = False
    """The reader sees to orders and to handbooks."""
    meets: bool = False
    """The reader sits on a forum, writes for one, or oversees them."""
    letters_shown: bool = False
    """Caught letters can be looked at: a demo or a test."""


def page(
    template: str,
    frame: Frame | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """Return a page made from a template."""
    body = environment().get_template(template).render(frame=frame or Frame(), **context)
    return HTMLResponse(body, status, headers)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment of our own pages."""
    own = Environment(
        loader=PackageLoader("service.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    own.globals["ui"] = components
    own.globals["words"] = words
    return own


def pdf(content: bytes, name: str) -> Response:
    """Answer with a PDF that a browser shows, and keeps under a name."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)
