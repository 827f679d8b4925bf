"""Writing a proposal: a list of tasks, saved page by page, and submitted once."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service import proposals, remembering, telling
from service.errors import Malformed, NotEditable, NotFound, Unchanged
from service.handbook import Edition
from service.proposals import provided
from service.store import drafts
from service.store.drafts import Draft
from service.store.engine import Tx
from service.web import numbers, submitting, tasks
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit

router = APIRouter(include_in_schema=False)


@router.get("/proposals", name="proposals")
@allowed(Role.SIGNED_IN)
def mine(visit: Asker) -> Response:
    """List the drafts the reader works on, and offer to begin another."""
    with visit.desk.store.reading() as tx:
        own = [draft for draft in drafts.of_person(tx, visit.me.id, visit.posts) if draft.editable]
    return page("proposals/list.html", visit.frame(), drafts=own)


@router.post("/proposals", name="proposal_begin")
@allowed(Role.SIGNED_IN)
def begin(visit: Asker) -> Response:
    """Begin a draft, with what is known of its writer filled in."""
    with visit.desk.store.writing() as tx:
        draft = drafts.create(tx, visit.rules.organisation, visit.me.id, _known(visit))
    return RedirectResponse(f"/proposals/{draft.ref}", 303)


@router.get("/proposals/{ref}", name="proposal")
@allowed(Role.SIGNED_IN)
def task_list(ref: str, visit: Asker) -> Response:
    """Show the tasks and how far each is."""
    with visit.desk.store.reading() as tx:
        draft, edition = _draft(tx, visit, ref)
        if not draft.editable:
            return RedirectResponse(f"/cases/{ref}", 303)
        problems = submitting.unfinished(tx, draft, edition)
    listed = [
        (
            task.title,
            f"/proposals/{ref}/edit/{task.pages[0].key}",
            *tasks.status(task, draft.document, problems),
        )
        for task in tasks.tasks(edition, draft.document)
    ]
    done = sum(not colour for *_, colour in listed)
    return page(
        "proposals/tasks.html", visit.frame(), draft=draft, tasks=listed, done=done, ready=not problems
    )


@router.get("/proposals/{ref}/edit/{key}", name="proposal_page")
@allowed(Role.SIGNED_IN)
def edit(ref: str, key: str, visit: Asker) -> Response:
    """Show one page of a task."""
    with visit.desk.store.reading() as tx:
        draft, edition = _editable(tx, visit, ref)
    return _edit_page(visit, draft, edition, _page(edition, draft, key), draft.document, {})


@router.post("/proposals/{ref}/edit/{key}", name="proposal_page_saved")
@allowed(Role.SIGNED_IN)
def save(ref: str, key: str, visit: Asker, sent: Sent) -> Response:
    """Save one page, unless something in it cannot be read."""
    with visit.desk.store.writing() as tx:
        draft, edition = _editable(tx, visit, ref)
        asked = _page(edition, draft, key)
        changed = tasks.read(asked, sent, draft.document)
        document = {**draft.document, **changed}
        errors = tasks.errors(asked, proposals.check_draft(document, edition))
        if errors:
            return _edit_page(visit, draft, edition, asked, document, errors)
        drafts.save(tx, ref, changed, _lock(sent))
    following = tasks.following(edition, document, asked)
    onward = f"/edit/{following.key}" if following else ""
    return RedirectResponse(f"/proposals/{ref}{onward}", 303)


@router.get("/proposals/{ref}/check", name="proposal_check")
@allowed(Role.SIGNED_IN)
def check(ref: str, visit: Asker) -> Response:
    """Say what is still missing, or what will happen once it is submitted."""
    with visit.desk.store.reading() as tx:
        draft, edition = _editable(tx, visit, ref)
        return _check_page(tx, visit, draft, edition)


@router.post("/proposals/{ref}/check", name="proposal_submitted")
@allowed(Role.SIGNED_IN)
async def submit(ref: str, visit: Asker, sent: Sent) -> Response:
    """Submit what was checked, once however often it is pressed."""

    def submitted() -> submitting.Submission | Response:
        with visit.desk.store.writing() as tx:
            _, edition = _draft(tx, visit, ref)
            draft = drafts.hold(tx, ref)
            if draft.editable and draft.version != _lock(sent):
                return _check_page(tx, visit, draft, edition, status=409)
            try:
                return submitting.submit(tx, visit.desk, draft, visit.me.id)
            except (Malformed, Unchanged):
                return _check_page(tx, visit, draft, edition, status=422)

    submission = await run_in_threadpool(submitted)
    if isinstance(submission, Response):
        return submission
    if not submission.again:
        await submitting.begin(visit.desk, submission)
    return RedirectResponse(f"/cases/{ref}", 303)


# ------------------------------------------------------------------------------- helpers


def _known(visit: Visit) -> dict[str, Any]:
    """Return what a new draft can say by itself: its writer is likely its lead or its sponsor."""
    known: dict[str, Any] = {}
    for post in visit.posts[:1]:
        known["lead_post"] = post
        department = visit.rules.posts[post].department
        if department in visit.rules.departments:
            known["department"] = department
    return known


def _draft(tx: Tx, visit: Visit, ref: str) -> tuple[Draft, Edition]:
    draft = submitting.own_draft(tx, ref, visit.me.id, visit.posts)
    return draft, submitting.rules_of(tx, visit.desk, draft)


def _editable(tx: Tx, visit: Visit, ref: str) -> tuple[Draft, Edition]:
    draft, edition = _draft(tx, visit, ref)
    if not draft.editable:
        raise NotEditable
    return draft, edition


def _page(edition: Edition, draft: Draft, key: str) -> tasks.Page:
    asked = tasks.page_of(edition, draft.document, key)
    if asked is None:
        raise NotFound
    return asked


def _lock(sent: FormData) -> int | None:
    return numbers.whole(str(sent.get("lock", "")), 9)


def _edit_page(
    visit: Visit,
    draft: Draft,
    edition: Edition,
    asked: tasks.Page,
    document: Mapping[str, Any],
    errors: Mapping[str, str],
) -> Response:
    return page(
        "proposals/page.html",
        visit.frame(),
        status=422 if errors else 200,
        draft=draft,
        edition=edition,
        today=visit.today,
        asked=asked,
        document=document,
        errors=errors,
        tasks=tasks,
    )


def _check_page(tx: Tx, visit: Visit, draft: Draft, edition: Edition, status: int = 200) -> Response:
    problems = submitting.unfinished(tx, draft, edition)
    ahead = submitting.foreseen(tx, draft, edition, visit.me.id) if not problems else None
    route = submitting.preview(tx, draft, edition) if not problems else ()
    read, today = proposals.read(draft.document, edition), visit.today
    return page(
        "proposals/check.html",
        visit.frame(),
        status=status,
        draft=draft,
        outdated=status == 409,
        problems=[(problem, _where(edition, draft, problem.field)) for problem in problems],
        gaps=[
            (gap, _where(edition, draft, gap.field)) for gap in proposals.provided.gaps(read, edition, today)
        ],
        flags=(*submitting.flags(tx, draft, edition), *provided.flags(read, edition, today)),
        ahead=ahead,
        unchanged=submitting.unchanged(tx, draft.ref, edition) if ahead and not ahead.changes else "",
        stops=telling.stops(route, edition, submitting.received(tx, edition)),
        papers=submitting.papers(route, edition),
        lessons=remembering.lessons_for(tx, edition.organisation, remembering.about(read), beside=draft.ref),
        rows=_rows(edition, draft),
    )


def _where(edition: Edition, draft: Draft, field: str) -> str:
    """Return the page on which a problem is put right."""
    pages = [asked for task in tasks.tasks(edition, draft.document) for asked in task.pages]
    own = next((asked for asked in pages if asked.owns(field) or asked.within(field)), None)
    if own is None:
        return f"/proposals/{draft.ref}"
    return f"/proposals/{draft.ref}/edit/{own.key}"


def _rows(edition: Edition, draft: Draft) -> list[tuple[str, str, str, str]]:
    """Return the answers to be checked before submitting, each with where to change it.

    A principle is one row: its name, and the answer with the reason.
    """
    found = []
    for task in tasks.tasks(edition, draft.document):
        for asked in task.pages:
            told = [
                (part.label, text)
                for part in asked.parts
                if (text := tasks.told(part, draft.document, edition))
            ]
            if asked.fields[0].startswith("principles.") and told:
                told = [(asked.heading, ": ".join(text for _, text in told))]
            change = f"/proposals/{draft.ref}/edit/{asked.key}"
            found += [(label, text, "Change", change) for label, text in told]
    return found
