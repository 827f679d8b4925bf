"""What is done about a project by the programme office and its executive, its reports, and the programme."""

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service import realised, telling
from service.errors import Malformed, NotFound
from service.store import benefits, cases, projects
from service.store.engine import Tx
from service.store.projects import ProjectView
from service.web import benefit_page, forms, programme, project_pages, steering, words
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.steering import OtherCase
from service.web.twice import DoneAlready
from service.web.visits import Asker, Sent, Visit
from workflows.delivery import Rag

router = APIRouter(include_in_schema=False)

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""A report's number."""
Checked = Callable[[Tx, Visit, ProjectView, str, str], OtherCase]


@router.get("/cases/{ref}/reports/{number}", name="case_report")
@allowed(Role.SIGNED_IN)
def report(ref: str, number: Number, visit: Asker) -> Response:
    """Show one report of a project as it was made."""
    with visit.desk.store.reading() as tx:
        case = cases.get(tx, ref)
        if case.organisation != visit.rules.organisation or case.kind != projects.KIND:
            raise NotFound
        context = project_pages.report(tx, visit, case, number)
    return page("cases/report.html", visit.frame(), **context)


@router.get("/programme", name="programme")
@allowed(Role.SIGNED_IN)
def programme_page(visit: Asker) -> Response:
    """Show the strategies with their projects, what waits for what, and what a slip moves."""
    with visit.desk.store.reading() as tx:
        context = programme.of(tx, visit)
    return page("projects/programme.html", visit.frame(), **context)


# ------------------------------------------------------------------------------ people


@router.get("/cases/{ref}/people", name="project_people")
@allowed(Role.SIGNED_IN)
def people(ref: str, visit: Asker) -> Response:
    """Ask who is to run a project, and why."""
    return _people(visit, ref)


@router.post("/cases/{ref}/people", name="project_people_checked")
@allowed(Role.SIGNED_IN)
def check_people(ref: str, visit: Asker, sent: Sent) -> Response:
    """Show who is put in whose place, to be confirmed; or, on the way back, to be changed."""
    said = _people_said(sent)
    if sent.get("change"):
        return _people(visit, ref, said)
    try:
        with visit.desk.store.reading() as tx:
            case, project = steering.opened(tx, visit, ref, executive=True)
            wish = steering.other_people(tx, visit, project, said)
            rules = telling.directory(tx, case)
            changes = [
                (
                    words.PLACES_OF_PROJECT[place],
                    f"{telling.title(rules, post, visit.today)}, in the place of "
                    f"{telling.title(rules, getattr(project, place), visit.today)}",
                )
                for place, post in wish.posts.items()
            ]
    except Malformed as malformed:
        return _people(visit, ref, said, malformed)
    return page(
        "projects/people_check.html", visit.frame(), case=case, project=project, changes=changes, said=said
    )


@router.post("/cases/{ref}/people/confirm", name="project_people_changed")
@allowed(Role.SIGNED_IN)
async def change_people(ref: str, visit: Asker, sent: Sent) -> Response:
    """Put others in the places of a project."""
    said = _people_said(sent)
    try:
        changed, letters = await run_in_threadpool(
            steering.change_people, visit, ref, said, forms.given(sent, "people")
        )
    except DoneAlready:
        return RedirectResponse(f"/cases/{ref}#people", 303)
    except Malformed as malformed:
        return await run_in_threadpool(_people, visit, ref, said, malformed)
    for letter in letters:
        await visit.desk.gateway.deliver(letter)
    await visit.desk.relay.change_people(changed)
    return RedirectResponse(f"/cases/{ref}#people", 303)


def _people_said(sent: FormData) -> dict[str, str]:
    return {name: forms.given(sent, name) for name in (*steering.PLACES, "reason")}


def _people(
    visit: Visit, ref: str, said: dict[str, str] | None = None, malformed: Malformed | None = None
) -> Response:
    with visit.desk.store.reading() as tx:
        case, project = steering.opened(tx, visit, ref, executive=True)
        rules = telling.directory(tx, case)
        held = [key for key in rules.posts if rules.holder(key, visit.today)]
        posts = sorted(
            ((key, telling.title(rules, key, visit.today)) for key in held), key=lambda post: post[1]
        )
    errors = _errors(malformed)
    return page(
        "projects/people.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        places=list(words.PLACES_OF_PROJECT.items()),
        posts=posts,
        said=said or {place: getattr(project, place) for place in steering.PLACES} | {"reason": ""},
        errors=errors,
    )


# ------------------------------------------------------------------------ report at once


@router.get("/cases/{ref}/report-now", name="project_report_now")
@allowed(Role.SIGNED_IN)
def report_now(ref: str, visit: Asker) -> Response:
    """Ask whether to have a report at once, and why."""
    return _report_now(visit, ref)


@router.post("/cases/{ref}/report-now", name="project_report_wanted")
@allowed(Role.SIGNED_IN)
async def want_report(ref: str, visit: Asker, sent: Sent) -> Response:
    """Have a project's manager asked for a report at once."""
    reason = forms.given(sent, "reason")
    try:
        wanted = await run_in_threadpool(steering.want_report, visit, ref, reason)
    except Malformed as malformed:
        return await run_in_threadpool(_report_now, visit, ref, reason, malformed)
    await visit.desk.relay.want_report(wanted)
    return RedirectResponse(f"/cases/{ref}", 303)


def _report_now(visit: Visit, ref: str, reason: str = "", malformed: Malformed | None = None) -> Response:
    with visit.desk.store.reading() as tx:
        case, project = steering.opened(tx, visit, ref, executive=True)
        manager = telling.title(telling.directory(tx, case), project.manager, visit.today)
    errors = _errors(malformed)
    return page(
        "projects/report_now.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        manager=manager,
        reason=reason,
        errors=errors,
    )


# ------------------------------------------------------------------------ links, waiting


@router.get("/cases/{ref}/links", name="project_links")
@allowed(Role.SIGNED_IN)
def links(ref: str, visit: Asker) -> Response:
    """Ask what a project is to be measured together with, and why."""
    return _other(visit, ref, "links")


@router.post("/cases/{ref}/links", name="project_links_checked")
@allowed(Role.SIGNED_IN)
def check_links(ref: str, visit: Asker, sent: Sent) -> Response:
    """Show what a project is to be measured together with, to be confirmed or changed."""
    return _check_other(visit, ref, sent, "links", steering.to_link)


@router.post("/cases/{ref}/links/confirm", name="project_linked")
@allowed(Role.SIGNED_IN)
def link(ref: str, visit: Asker, sent: Sent) -> Response:
    """Have a project measured together with another case."""
    other, reason = forms.given(sent, "other"), forms.given(sent, "reason")
    try:
        with suppress(DoneAlready):
            steering.link(visit, ref, other, reason)
    except Malformed as malformed:
        return _other(visit, ref, "links", other, reason, malformed)
    return RedirectResponse(f"/cases/{ref}#people", 303)


@router.get("/cases/{ref}/waits-for", name="project_waits_for")
@allowed(Role.SIGNED_IN)
def waits_for(ref: str, visit: Asker) -> Response:
    """Ask which project another waits for, and why."""
    return _other(visit, ref, "waits-for")


@router.post("/cases/{ref}/waits-for", name="project_waits_for_checked")
@allowed(Role.SIGNED_IN)
def check_waits_for(ref: str, visit: Asker, sent: Sent) -> Response:
    """Show which project another is to wait for, to be confirmed or changed."""
    return _check_other(visit, ref, sent, "waits-for", steering.to_wait_for)


@router.post("/cases/{ref}/waits-for/confirm", name="project_waiting_for")
@allowed(Role.SIGNED_IN)
async def wait_for(ref: str, visit: Asker, sent: Sent) -> Response:
    """Say that a project waits for another, and write to both managers."""
    other, reason = forms.given(sent, "other"), forms.given(sent, "reason")
    try:
        told = await run_in_threadpool(steering.wait_for, visit, ref, other, reason)
    except DoneAlready:
        told = []
    except Malformed as malformed:
        return await run_in_threadpool(_other, visit, ref, "waits-for", other, reason, malformed)
    for parcel in told:
        visit.desk.courier.soon(parcel)
    return RedirectResponse(f"/cases/{ref}#people", 303)


@router.get("/cases/{ref}/waits-for/{other}/end", name="project_waits_no_more")
@allowed(Role.SIGNED_IN)
def end_waiting(ref: str, other: str, visit: Asker) -> Response:
    """Ask whether a project is to wait for another no more, and why."""
    return _end(visit, ref, other)


@router.post("/cases/{ref}/waits-for/{other}/end", name="project_waited")
@allowed(Role.SIGNED_IN)
async def wait_no_more(ref: str, other: str, visit: Asker, sent: Sent) -> Response:
    """Say that a project waits for another no more, and write to both managers."""
    reason = forms.given(sent, "reason")
    try:
        told = await run_in_threadpool(steering.wait_no_more, visit, ref, other, reason)
    except DoneAlready:
        told = []
    except Malformed as malformed:
        return await run_in_threadpool(_end, visit, ref, other, reason, malformed)
    for parcel in told:
        visit.desk.courier.soon(parcel)
    return RedirectResponse(f"/cases/{ref}#people", 303)


def _end(
    visit: Visit, ref: str, other: str, reason: str = "", malformed: Malformed | None = None
) -> Response:
    with visit.desk.store.reading() as tx:
        case, title = steering.waiting(tx, visit, ref, other)
    errors = _errors(malformed)
    return page(
        "projects/waits_no_more.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        other=other,
        title=title,
        reason=reason,
        errors=errors,
    )


def _other(
    visit: Visit,
    ref: str,
    act: str,
    other: str = "",
    reason: str = "",
    malformed: Malformed | None = None,
) -> Response:
    with visit.desk.store.reading() as tx:
        case, _ = steering.opened(tx, visit, ref)
    errors = _errors(malformed)
    return page(
        "projects/other.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        act=act,
        other=other,
        reason=reason,
        errors=errors,
    )


def _check_other(visit: Visit, ref: str, sent: FormData, act: str, checked: Checked) -> Response:
    other, reason = forms.given(sent, "other"), forms.given(sent, "reason")
    if sent.get("change"):
        return _other(visit, ref, act, other, reason)
    try:
        with visit.desk.store.reading() as tx:
            case, project = steering.opened(tx, visit, ref)
            wish = checked(tx, visit, project, other, reason)
    except Malformed as malformed:
        return _other(visit, ref, act, other, reason, malformed)
    return page("projects/other_check.html", visit.frame(), case=case, act=act, wish=wish)


# --------------------------------------------------------------------- reading corrected


@router.get("/cases/{ref}/correct", name="benefit_correct")
@allowed(Role.SIGNED_IN)
def correct(ref: str, visit: Asker) -> Response:
    """Ask what a reading of a benefit should say, and why."""
    return _correct(visit, ref, dict.fromkeys(_CORRECTED, ""))


@router.post("/cases/{ref}/correct", name="benefit_correct_checked")
@allowed(Role.SIGNED_IN)
def check_correction(ref: str, visit: Asker, sent: Sent) -> Response:
    """Show the reading that is put in the place of another, to be confirmed or changed."""
    said = {name: forms.given(sent, name) for name in _CORRECTED}
    if sent.get("change"):
        return _correct(visit, ref, said)
    try:
        with visit.desk.store.reading() as tx:
            case, benefit = benefit_page.to_correct(tx, visit, ref)
            wish = benefit_page.checked(tx, benefit, said)
            known = [one for one in benefits.readings(tx, ref) if one.month == wish.month]
    except Malformed as malformed:
        return _correct(visit, ref, said, malformed)
    return page(
        "projects/correct_check.html",
        visit.frame(),
        case=case,
        wish=wish,
        before=realised.worded(benefit, known[-1].value),
        now=realised.worded(benefit, wish.value),
        said=said,
    )


@router.post("/cases/{ref}/correct/confirm", name="benefit_corrected")
@allowed(Role.SIGNED_IN)
def corrected(ref: str, visit: Asker, sent: Sent) -> Response:
    """Put another reading in the place of an earlier one, which stays."""
    said = {name: forms.given(sent, name) for name in _CORRECTED}
    try:
        with suppress(DoneAlready):
            benefit_page.correct(visit, ref, said)
    except Malformed as malformed:
        return _correct(visit, ref, said, malformed)
    return RedirectResponse(f"/cases/{ref}#readings", 303)


_CORRECTED = ("month", "value", "rating", "reason")


def _correct(visit: Visit, ref: str, said: dict[str, str], malformed: Malformed | None = None) -> Response:
    with visit.desk.store.reading() as tx:
        case, benefit = benefit_page.to_correct(tx, visit, ref)
        last = {one.month: one for one in benefits.readings(tx, ref)}
    errors = _errors(malformed)
    return page(
        "projects/correct.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        benefit=benefit,
        months=[
            (
                str(month),
                f"{words.count(month, 'month')} after go-live: {realised.worded(benefit, one.value)}",
            )
            for month, one in sorted(last.items())
        ],
        ratings=[(str(rag), words.RAGS[rag][0]) for rag in Rag],
        said=said,
        errors=errors,
    )


def _errors(malformed: Malformed | None) -> dict[str, str]:
    return {problem.field: problem.message for problem in malformed.problems} if malformed else {}
