"""Asking one more post to approve a proposal, with a reason that everybody sees."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from service import telling
from service.errors import Malformed
from service.web import adding, forms
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit

router = APIRouter(include_in_schema=False)


@router.get("/cases/{ref}/approvers", name="case_approver")
@allowed(Role.SIGNED_IN)
def ask(ref: str, visit: Asker) -> Response:
    """Ask whose approval is wanted besides, and why."""
    return _form(visit, ref, "", "")


@router.post("/cases/{ref}/approvers", name="case_approver_checked")
@allowed(Role.SIGNED_IN)
def check(ref: str, visit: Asker, sent: Sent) -> Response:
    """Show what was chosen, to be confirmed; or, on the way back, to be changed."""
    post, reason = forms.given(sent, "post"), forms.given(sent, "reason")
    if sent.get("change"):
        return _form(visit, ref, post, reason)
    try:
        with visit.desk.store.reading() as tx:
            case = adding.open_case(tx, visit, ref)
            wish = adding.checked(tx, visit, case, post, reason)
            title = telling.title(telling.edition(tx, case.edition), wish.post, visit.today)
    except Malformed as malformed:
        return _form(visit, ref, post, reason, malformed)
    return page("cases/approver_check.html", visit.frame(), case=case, wish=wish, title=title)


@router.post("/cases/{ref}/approvers/confirm", name="case_approver_added")
@allowed(Role.SIGNED_IN)
async def confirm(ref: str, visit: Asker, sent: Sent) -> Response:
    """Have a post asked besides."""
    post, reason = forms.given(sent, "post"), forms.given(sent, "reason")
    try:
        made = await run_in_threadpool(adding.added, visit, ref, post, reason)
    except Malformed as malformed:
        return await run_in_threadpool(_form, visit, ref, post, reason, malformed)
    await visit.desk.relay.add_approver(made)
    return RedirectResponse(f"/cases/{ref}", 303)


@router.get("/cases/{ref}/approvers/{post}/take-back", name="case_approver_leaving")
@allowed(Role.SIGNED_IN)
def leave(ref: str, post: str, visit: Asker) -> Response:
    """Ask whether a post is really not to be asked any more, and why."""
    return _leaving(visit, ref, post)


@router.post("/cases/{ref}/approvers/{post}/take-back", name="case_approver_taken_back")
@allowed(Role.SIGNED_IN)
async def left(ref: str, post: str, visit: Asker, sent: Sent) -> Response:
    """Ask a post no more that was asked to approve besides."""
    reason = forms.given(sent, "reason")
    try:
        gone = await run_in_threadpool(adding.taken_back, visit, ref, post, reason)
    except Malformed as malformed:
        return await run_in_threadpool(_leaving, visit, ref, post, reason, malformed)
    await visit.desk.relay.take_back_approver(gone)
    return RedirectResponse(f"/cases/{ref}", 303)


def _leaving(
    visit: Visit, ref: str, post: str, reason: str = "", malformed: Malformed | None = None
) -> Response:
    with visit.desk.store.reading() as tx:
        case, added = adding.with_approver(tx, visit, ref, post)
        title = telling.title(telling.edition(tx, case.edition), added.post, visit.today)
    errors = {problem.field: problem.message for problem in malformed.problems} if malformed else {}
    return page(
        "cases/approver_leaves.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        added=added,
        title=title,
        reason=reason,
        errors=errors,
    )


def _form(visit: Visit, ref: str, post: str, reason: str, malformed: Malformed | None = None) -> Response:
    with visit.desk.store.reading() as tx:
        case = adding.open_case(tx, visit, ref)
        posts = adding.posts(tx, visit, case)
    errors = {problem.field: problem.message for problem in malformed.problems} if malformed else {}
    return page(
        "cases/approver.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        posts=posts,
        post=post,
        reason=reason,
        errors=errors,
    )
