"""Opening an assessment of a business process: asked for, checked, confirmed."""

import secrets

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service import telling
from service.store import assessments
from service.store.assessments import Wanted
from service.web import assessment_page, days, forms, words
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit

router = APIRouter(include_in_schema=False)

_BOXES = ("title", "purpose", "owner")
_DAYS = ("report_due", "in_place_by")


@router.get("/assessments/new", name="assessment_new")
@allowed(Role.PMO)
def new(visit: Asker) -> Response:
    """Ask what is to be assessed, by whom and by when."""
    return _form(visit, dict.fromkeys((*_BOXES, *_DAYS), ""), {})


@router.post("/assessments/new", name="assessment_checked")
@allowed(Role.PMO)
def check(visit: Asker, sent: Sent) -> Response:
    """Show what is to be assessed, to be confirmed; or, on the way back, to be changed."""
    wanted, errors = assessment_page.read(visit, sent)
    if wanted is None or sent.get("change"):
        return _form(visit, _typed(sent), {} if sent.get("change") else errors)
    return page(
        "assessments/check.html",
        visit.frame(),
        rows=_rows(visit, wanted),
        said=_typed(sent),
    )


@router.post("/assessments", name="assessment_opened")
@allowed(Role.PMO)
async def opened(visit: Asker, sent: Sent) -> Response:
    """Open it, and have its owner asked."""
    wanted, errors = await run_in_threadpool(assessment_page.read, visit, sent)
    if wanted is None:
        return await run_in_threadpool(_form, visit, _typed(sent), errors)
    ref = await run_in_threadpool(assessment_page.open_it, visit, wanted)
    # If the engine does not answer, the relay starts its process.
    await visit.desk.gateway.start(ref, assessments.KIND)
    return RedirectResponse(f"/cases/{ref}", 303)


def _typed(sent: FormData) -> dict[str, str]:
    """Return what was typed, to be shown again or sent once more."""
    boxes = {name: forms.given(sent, name) for name in _BOXES} | {"wish": assessment_page.mark(sent)}
    return boxes | {name: days.typed(sent, name) for name in _DAYS}


def _rows(visit: Visit, wanted: Wanted) -> list[tuple[str, str]]:
    return [
        ("What is assessed", wanted.title),
        ("What it is for", wanted.purpose),
        ("Assessed by", telling.title(visit.rules, wanted.owner, visit.today)),
        ("To be assessed by", words.day(wanted.report_due)),
        ("To be in place by", words.day(wanted.in_place_by)),
    ]


def _form(visit: Visit, said: dict[str, str], errors: dict[str, str]) -> Response:
    return page(
        "assessments/new.html",
        visit.frame(),
        status=422 if errors else 200,
        owners=assessment_page.owners(visit),
        assessed=assessment_page.may_open(visit),
        said=said | {"wish": said.get("wish") or secrets.token_hex(16)},
        errors=errors,
    )
