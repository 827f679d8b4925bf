"""Documents of cases: what there is, handing one in, and taking a copy."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from service import telling
from service.errors import NotFound
from service.store import documents
from service.store.cases import CaseView
from service.store.documents import Attached
from service.store.engine import Tx
from service.web import attaching, numbers, uploads
from service.web.followed import able, mine, told_of
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.standing import Standing
from service.web.visits import Asker, Received, Visit

router = APIRouter(include_in_schema=False)

READABLE = (Standing.OPEN, Standing.BEING_RECORDED, Standing.DECIDED_BY_YOU)
"""Where a link still leads to what its reader decides or has decided, and so to the documents of the case."""


@router.get("/cases/{ref}/documents", name="case_documents")
@allowed(Role.SIGNED_IN)
def shown(ref: str, visit: Asker) -> Response:
    """Show the documents of a case, with boxes for more where the reader may hand some in."""
    with visit.desk.store.reading() as tx:
        return _page(tx, visit, ref, {}, {})


@router.post("/cases/{ref}/documents", name="case_documents_attached", max_body_size=uploads.LIMIT)
@allowed(Role.SIGNED_IN)
def attached(ref: str, visit: Asker, sent: Received) -> Response:
    """Attach what was chosen. What is fit is kept, whatever is wrong with another."""
    errors: dict[str, str] = {}
    with visit.desk.store.reading() as tx:
        case, _ = attaching.must(tx, visit, ref)
        boxes = attaching.rows(sent, attaching.kinds(telling.rules_of(tx, case)), errors)
    fit = attaching.fit(sent, boxes, attaching.limits(visit.rules), errors)
    if not fit and not errors:
        errors[boxes[0].name] = "Choose a document"
    with visit.desk.store.writing() as tx:
        attaching.attach(tx, visit, ref, fit)
        if errors:
            return _page(tx, visit, ref, sent, errors)
    return RedirectResponse(f"/cases/{ref}/documents", 303)


@router.get("/cases/{ref}/documents/{number}", name="case_document")
@allowed(Role.SIGNED_IN)
def copy(ref: str, number: str, visit: Asker) -> Response:
    """Give out a document of a case."""
    with visit.desk.store.reading() as tx:
        found = _numbered(tx, attaching.case_of(tx, visit, ref), number)
    return attaching.given_out(visit.desk.store, found)


@router.get("/a/document/{link_id}/{number}", name="link_document")
@allowed(Role.LINK)
def link_copy(link_id: str, number: str, visit: Asker) -> Response:
    """Give out a document of the case that a link asks about."""
    mine(visit, link_id)
    with visit.desk.store.reading() as tx:
        sight = able(tx, visit, link_id)
        if sight.standing not in READABLE:
            return told_of(tx, visit, sight)
        found = _numbered(tx, sight.case, number)
    return attaching.given_out(visit.desk.store, found)


def _numbered(tx: Tx, case: CaseView, number: str) -> Attached:
    wanted = numbers.whole(number)
    found = documents.get(tx, attaching.source(tx, case), wanted) if wanted is not None else None
    if found is None:
        raise NotFound(f"{case.ref} has no such document.")
    return found


def _page(tx: Tx, visit: Visit, ref: str, typed: Mapping[str, object], errors: Mapping[str, str]) -> Response:
    case = attaching.case_of(tx, visit, ref)
    edition, limits = telling.rules_of(tx, case), attaching.limits(visit.rules)
    kinds = attaching.kinds(edition)
    return page(
        "cases/documents.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        documents=attaching.listed(tx, case, edition, f"/cases/{ref}/documents"),
        source=attaching.source(tx, case),
        may=attaching.may(tx, visit, case),
        kinds=list(kinds.items()),
        boxes=attaching.rows(typed, kinds, {}),
        hint=attaching.hint(limits),
        accept=attaching.accepted(limits),
        errors=errors,
    )
