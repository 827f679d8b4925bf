"""Whether a proposal is major: the PMO confirms what the handbook makes of it, or sets it, and says why."""

from collections.abc import Iterator
from dataclasses import dataclass

from service import telling
from service.errors import Conflict, Forbidden, Malformed, NotFound, Problem
from service.handbook import Edition
from service.proposals import ProposalDocument
from service.resizing import resized
from service.store import cases, sizes, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.sizes import SetSize
from service.web import forms
from service.web.roles import Role
from service.web.visits import Visit
from workflows.model import Leg, Size, State
from workflows.rules import course


@dataclass(frozen=True)
class Wish:
    """A size to be set, and why, as it was checked."""

    size: Size
    reason: str


def may(visit: Visit, case: CaseView) -> bool:
    """Say whether the asker may say of what size a proposal is: as the PMO, unless it is their own."""
    return visit.rules.plays(visit.me.id, "pmo", visit.today) and visit.me.id not in case.authors


def too_late(tx: Tx, case: CaseView, rules: Edition) -> str:
    """Say why nothing more can be said of a proposal's size; empty while it can."""
    if not case.undecided:
        return "It has been decided or has come to its end, so its size stays as it is."
    # A next version after a return is put before everybody anew.
    if case.state != State.RETURNED and (board := _asked_to_decide(tx, case)):
        who = telling.title(rules, board, tx.today)
        return f"{who} has been asked to decide it, so its size stays as it is."
    return ""


def _asked_to_decide(tx: Tx, case: CaseView) -> str:
    """Return the board that decides a version as a whole, if it has been asked to."""
    asked = {step.key for step in steps.of_version(tx, case.ref, case.version)}
    ways = (*case.route, *(leg for name, leg in case.branches.items() if name == "srg"))
    boards = (leg for leg in ways if leg.leg == "srg")
    return next((leg.forum for leg in boards if asked & {ask.key for ask in course.asked_by(leg)}), "")


def open_case(tx: Tx, visit: Visit, ref: str) -> CaseView:
    """Return a case of whose size the asker may say something now."""
    case = cases.find(tx, ref)
    if case is None or case.organisation != visit.rules.organisation:
        raise NotFound
    if case.kind != "proposal":
        raise Conflict("Only a proposal is minor or major.")
    if not may(visit, case):
        if visit.api and Role.READ_CASE not in visit.roles:
            # It may not even know that there is such a case.
            raise NotFound
        if visit.rules.plays(visit.me.id, "pmo", visit.today):
            raise Forbidden("You wrote this proposal, so somebody else has to say of what size it is.")
        raise Forbidden("Only the PMO may say of what size a proposal is.")
    if told := too_late(tx, case, telling.edition(tx, case.edition)):
        raise Conflict(told)
    return case


def checked(size: str, reason: str) -> Wish:
    """Return the size to set and why. Raises Malformed with all that is wrong, field by field."""
    said = forms.clean(reason)
    if problems := list(_problems(size, said)):
        raise Malformed(problems=problems)
    return Wish(size=Size(size), reason=said)


def _problems(size: str, reason: str) -> Iterator[Problem]:
    if size not in list(Size):
        yield Problem(field="size", message="Choose whether it is minor or major")
    if problem := forms.unfit_reason(reason, "Say why: everybody who decides sees it"):
        yield problem


def by_rule(tx: Tx, case: CaseView, rules: Edition) -> Size:
    """Return the size that a case's version has by the handbook's rule."""
    read = ProposalDocument.model_validate(cases.content(tx, case.ref) or {})
    return rules.size(case.capital, read.size)


def ahead(tx: Tx, case: CaseView, rules: Edition, size: Size) -> tuple[tuple[Leg, ...], tuple[Leg, ...]]:
    """Return the legs that a proposal of a size passes besides, and those that it does not pass any more."""
    before, after = case.route, resized(tx, case, rules, size).route
    return (
        tuple(leg for leg in after if leg not in before),
        tuple(leg for leg in before if leg not in after),
    )


def put(visit: Visit, ref: str, size: str, reason: str, *, version: str = "") -> SetSize:
    """Write down of what size a proposal is by the PMO's word. The same again changes nothing.

    `version` is the one that was looked at: of another, nothing is said. Empty, it is the one in hand.
    """
    with visit.desk.store.writing() as tx:
        tx.lock(ref)
        case = open_case(tx, visit, ref)
        if version and version != str(case.version):
            raise Conflict(f"It has changed since: version {case.version} has come in. Look at that first.")
        wish = checked(size, reason)
        return sizes.put(
            tx,
            ref,
            version=case.version,
            size=wish.size,
            by_rule=by_rule(tx, case, telling.edition(tx, case.edition)),
            reason=wish.reason,
            by=visit.me.id,
            by_post=visit.rules.roles["pmo"],
        )
