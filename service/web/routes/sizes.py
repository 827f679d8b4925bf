"""Confirming whether a proposal is major, or setting it, with a reason that everybody who decides sees."""

from functools import partial

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from service import telling
from service.errors import Malformed
from service.web import forms, sizing
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit
from workflows.model import Size

router = APIRouter(include_in_schema=False)


@router.get("/cases/{ref}/size", name="case_size")
@allowed(Role.SIGNED_IN)
def ask(ref: str, visit: Asker) -> Response:
    """Ask of what size a proposal is, and why."""
    return _form(visit, ref, "", "")


@router.post("/cases/{ref}/size", name="case_size_checked")
@allowed(Role.SIGNED_IN)
def check(ref: str, visit: Asker, sent: Sent) -> Response:
    """Show what was chosen and what it changes, to be confirmed; or, on the way back, to be changed."""
    size, reason = forms.given(sent, "size"), forms.given(sent, "reason")
    if sent.get("change"):
        return _form(visit, ref, size, reason)
    try:
        with visit.desk.store.reading() as tx:
            case = sizing.open_case(tx, visit, ref)
            wish = sizing.checked(size, reason)
            rules = telling.edition(tx, case.edition)
            gained, lost = sizing.ahead(tx, case, rules, wish.size)
            stops = [[telling.stop(leg, rules, visit.today) for leg in legs] for legs in (gained, lost)]
    except Malformed as malformed:
        return _form(visit, ref, size, reason, malformed)
    return page("cases/size_check.html", visit.frame(), case=case, wish=wish, stops=stops)


@router.post("/cases/{ref}/size/confirm", name="case_size_set")
@allowed(Role.SIGNED_IN)
async def confirm(ref: str, visit: Asker, sent: Sent) -> Response:
    """Set the size of a proposal."""
    size, reason = forms.given(sent, "size"), forms.given(sent, "reason")
    try:
        # A form without it is none of ours, or was made before another version came in.
        version = forms.given(sent, "version") or "0"
        said = await run_in_threadpool(partial(sizing.put, visit, ref, size, reason, version=version))
    except Malformed as malformed:
        return await run_in_threadpool(_form, visit, ref, size, reason, malformed)
    await visit.desk.relay.set_size(said)
    return RedirectResponse(f"/cases/{ref}", 303)


def _form(visit: Visit, ref: str, size: str, reason: str, malformed: Malformed | None = None) -> Response:
    with visit.desk.store.reading() as tx:
        case = sizing.open_case(tx, visit, ref)
        rules = telling.edition(tx, case.edition)
        by_rule, told = sizing.by_rule(tx, case, rules), telling.size(tx, case, rules, visit.today)
    errors = {problem.field: problem.message for problem in malformed.problems} if malformed else {}
    return page(
        "cases/size.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        told=told,
        sizes=[
            (str(each), f"{each.capitalize()}{', as the handbook has it' if each is by_rule else ''}")
            for each in Size
        ],
        size=size,
        reason=reason,
        errors=errors,
    )
