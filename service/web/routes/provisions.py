"""What a case gathers on its way: the tender annex, who had it, and agreements to share personal data."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service import telling
from service.errors import Conflict, Forbidden, NotFound
from service.handbook import TechnicalParameter
from service.proposals import ProposalDocument, provided
from service.store import cases, provisions
from service.store.cases import CaseView
from service.store.engine import Tx
from service.web import days, forms, tender, withdrawing
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit

router = APIRouter(include_in_schema=False)


# ------------------------------------------------------------------------------- tenders


@router.get("/cases/{ref}/tender", name="case_tender")
@allowed(Role.SIGNED_IN)
def annex(ref: str, visit: Asker) -> Response:
    """Show the tender annex: the parameters in force today, and who has had them (SYS-07)."""
    with visit.desk.store.reading() as tx:
        case, parameters = _tender(tx, visit, ref)
        served = provisions.served(tx, ref)
    return page(
        "cases/tender.html",
        visit.frame(),
        case=case,
        day=visit.today,
        parameters=parameters,
        served=tender.told(served, visit.rules, visit.today),
        may_record=_may_record(visit, case),
    )


@router.get("/cases/{ref}/tender-annex.md", name="case_tender_annex")
@allowed(Role.SIGNED_IN)
def annex_file(ref: str, visit: Asker) -> Response:
    """Give the tender annex as a file, to be put with the tender."""
    with visit.desk.store.reading() as tx:
        case, parameters = _tender(tx, visit, ref)
    text = tender.annex(case, visit.rules.organisation_name, parameters, visit.today)
    name = f"{ref}-tender-annex-{visit.today.isoformat()}.md"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)


@router.get("/cases/{ref}/suppliers", name="case_suppliers")
@allowed(Role.SIGNED_IN)
def supplier(ref: str, visit: Asker) -> Response:
    """Ask which supplier has had the parameters."""
    with visit.desk.store.reading() as tx:
        case, parameters = _tender(tx, visit, ref)
        _recorded_by_its_own(visit, case)
    every = [parameter.key for parameter in parameters]
    return _supplier_page(visit, case, parameters, {"chosen": every}, {})


@router.post("/cases/{ref}/suppliers", name="case_supplier_recorded")
@allowed(Role.SIGNED_IN)
def supplier_recorded(ref: str, visit: Asker, sent: Sent) -> Response:
    """Put on record that a supplier has had the parameters."""
    errors: dict[str, str] = {}
    with visit.desk.store.writing() as tx:
        case, parameters = _tender(tx, visit, ref)
        _recorded_by_its_own(visit, case)
        name = forms.line(sent, "supplier", "Say which supplier it is", errors)
        on = _day(sent, "on", "Say on which day it had them", errors)
        if on and on > visit.today:
            errors["on"] = "The day must be today or before"
        known = [parameter.key for parameter in parameters]
        chosen = [key for key in sent.getlist("parameters") if key in known]
        if not chosen:
            errors["parameters"] = "Say which parameters it had"
        if errors or on is None:
            return _supplier_page(visit, case, parameters, {**forms.typed(sent), "chosen": chosen}, errors)
        keys = [str(key) for key in chosen]
        provisions.supplied(tx, ref, supplier=name, on=on, parameters=keys, by=visit.me.id)
    return RedirectResponse(f"/cases/{ref}/tender", 303)


# ---------------------------------------------------------------------------- agreements


@router.get("/cases/{ref}/agreement", name="case_agreement")
@allowed(Role.SIGNED_IN)
def agreement(ref: str, visit: Asker) -> Response:
    """Ask for an agreement to share personal data."""
    with visit.desk.store.reading() as tx:
        case = _sharing(tx, visit, ref)
    return _agreement_page(visit, case, {}, {})


@router.post("/cases/{ref}/agreement", name="case_agreement_recorded")
@allowed(Role.SIGNED_IN)
def agreement_recorded(ref: str, visit: Asker, sent: Sent) -> Response:
    """Put an agreement on record. It may be one that begins later, or follows another."""
    errors: dict[str, str] = {}
    with visit.desk.store.writing() as tx:
        case = _sharing(tx, visit, ref)
        reference = forms.line(sent, "reference", "Give the reference of the agreement", errors)
        since = _day(sent, "since", "Say from which day it holds", errors)
        until = _day(sent, "until", "Say until which day it holds", errors)
        if since and until and until < since:
            errors["until"] = "The last day must not be before the first"
        if errors or since is None or until is None:
            return _agreement_page(visit, case, forms.typed(sent), errors)
        provisions.agreed(tx, ref, reference=reference, since=since, until=until, by=visit.me.id)
    return RedirectResponse(f"/cases/{ref}", 303)


# ------------------------------------------------------------------------------- helpers


def _case(tx: Tx, visit: Visit, ref: str) -> CaseView:
    case = cases.get(tx, ref)
    if case.organisation != visit.rules.organisation or case.kind != "proposal":
        raise NotFound
    return case


def _tender(tx: Tx, visit: Visit, ref: str) -> tuple[CaseView, tuple[TechnicalParameter, ...]]:
    """Return a case and the parameters that a tender for it holds today: those of the handbook in force."""
    case = _case(tx, visit, ref)
    if not visit.rules.technical_parameters:
        raise NotFound("This handbook has no technical parameters.")
    return case, visit.rules.parameters_on(visit.today)


def _sharing(tx: Tx, visit: Visit, ref: str) -> CaseView:
    """Return a case that needs an agreement, to somebody who may record one."""
    case = _case(tx, visit, ref)
    read = ProposalDocument.model_validate(cases.content(tx, ref) or {})
    if not provided.shares_with_partner(read, telling.edition(tx, case.edition)):
        raise NotFound("It shares no personal data with a partner.")
    _recorded_by_its_own(visit, case)
    return case


def _may_record(visit: Visit, case: CaseView) -> bool:
    return case.open and withdrawing.may(visit, case)


def _recorded_by_its_own(visit: Visit, case: CaseView) -> None:
    if not withdrawing.may(visit, case):
        raise Forbidden("Only its sponsor, its lead officer or those who wrote it may put this on record.")
    if not case.open:
        raise Conflict("It has come to its end, and nothing more is put on record.")


def _day(sent: FormData, name: str, empty: str, errors: dict[str, str]) -> date | None:
    try:
        return days.read(sent, name, empty=empty)
    except days.Unfit as unfit:
        errors[name] = str(unfit)
        return None


def _supplier_page(
    visit: Visit,
    case: CaseView,
    parameters: tuple[TechnicalParameter, ...],
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
) -> Response:
    return page(
        "cases/supplier.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        parameters=[(each.key, f"{each.key}: {each.subject}, {each.requirement}") for each in parameters],
        typed=typed,
        errors=errors,
    )


def _agreement_page(
    visit: Visit, case: CaseView, typed: Mapping[str, Any], errors: Mapping[str, str]
) -> Response:
    return page(
        "cases/agreement.html",
        visit.frame(),
        status=422 if errors else 200,
        case=case,
        typed=typed,
        errors=errors,
    )
