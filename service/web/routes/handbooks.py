"""Handbooks: those in force, drafts of changed ones, what a draft would do, and publishing it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from service import handbook, publishing, telling
from service.errors import NotFound
from service.handbook import Edition
from service.handbook.differences import sections
from service.rehearsing import DAYS
from service.store import editions
from service.store.editions import Draft
from service.store.engine import Tx
from service.store.letters import LedgerRow
from service.web import words
from service.web.courier import Parcel
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit

router = APIRouter(include_in_schema=False)

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""A draft's number."""
STATES = {
    editions.KEPT: ("Found in the files", "grey"),
    editions.PUT_FORWARD: ("Put forward", "blue"),
    editions.PUBLISHED: ("Published", "green"),
    editions.WITHDRAWN: ("Withdrawn", "grey"),
}


@router.get("/handbooks", name="handbooks")
@allowed(Role.PMO, Role.ADMINISTRATOR)
def listed(visit: Asker) -> Response:
    """List the handbooks in force, and the drafts of the reader's organisation."""
    with visit.desk.store.reading() as tx:
        now = [(held, telling.edition(tx, held.hash)) for held in editions.all_in_force(tx)]
        drafts = [_row(tx, visit, draft) for draft in editions.drafts(tx, visit.rules.organisation)]
        others = _others(visit.rules, visit)
    return page("handbooks/list.html", visit.frame(), now=now, drafts=drafts, others=others)


@router.get("/handbooks/{number}", name="handbook_draft")
@allowed(Role.PMO, Role.ADMINISTRATOR)
def shown(number: Number, visit: Asker) -> Response:
    """Show a draft: what it would do to every stored proposal, who feels it, and what differs."""
    with visit.desk.store.reading() as tx:
        draft = _draft(tx, visit, number)
        new, old = telling.edition(tx, draft.hash), _compared_with(tx, draft)
        found = visit.desk.rehearsals.of(tx, new)
        context = {
            **_standing(tx, visit, draft, new),
            "figures": publishing.figures(found.tally) if found.tally.cases else (),
            "tally": found.tally,
            "shifts": [
                (publishing.body(shift, old, new, visit.today), shift) for shift in found.tally.shifts
            ],
            "most": max((max(shift.before, shift.after) for shift in found.tally.shifts), default=1),
            "changed": found.changed,
            "more": found.more,
            "differences": sections(handbook.differences(old, new)),
            "meaning": DAYS,
        }
    return page("handbooks/draft.html", visit.frame(), **context)


@router.post("/handbooks/{number}/forward", name="handbook_put_forward")
@allowed(Role.PMO, Role.ADMINISTRATOR)
async def put_forward(number: Number, visit: Asker) -> Response:
    """Put forward a draft that nobody has."""

    def done() -> tuple[LedgerRow, ...]:
        with visit.desk.store.writing() as tx:
            _draft(tx, visit, number)
            return publishing.put_forward(tx, number, visit.me.id, visit.desk.links.page)

    _send(visit, await run_in_threadpool(done))
    return RedirectResponse(f"/handbooks/{number}", 303)


@router.get("/handbooks/{number}/publish", name="handbook_publish")
@allowed(Role.PMO, Role.ADMINISTRATOR)
def publish(number: Number, visit: Asker) -> Response:
    """Ask whether to publish a draft, and say what that does."""
    return _asked(visit, number, "handbooks/publish.html")


@router.post("/handbooks/{number}/publish", name="handbook_published")
@allowed(Role.PMO, Role.ADMINISTRATOR)
async def published(number: Number, visit: Asker, sent: Sent) -> Response:
    """Bring a draft into force."""
    instead_of = str(sent.get("instead_of", ""))

    def done() -> tuple[LedgerRow, ...]:
        with visit.desk.store.writing() as tx:
            _draft(tx, visit, number)
            where = visit.desk.links.page
            return publishing.publish(tx, number, visit.me.id, where, instead_of=instead_of)

    _send(visit, await run_in_threadpool(done))
    return RedirectResponse(f"/handbooks/{number}", 303)


@router.get("/handbooks/{number}/withdraw", name="handbook_withdraw")
@allowed(Role.PMO, Role.ADMINISTRATOR)
def withdraw(number: Number, visit: Asker) -> Response:
    """Ask whether to withdraw a draft."""
    return _asked(visit, number, "handbooks/withdraw.html")


@router.post("/handbooks/{number}/withdraw", name="handbook_withdrawn")
@allowed(Role.PMO, Role.ADMINISTRATOR)
def withdrawn(number: Number, visit: Asker) -> Response:
    """Withdraw a draft."""
    with visit.desk.store.writing() as tx:
        _draft(tx, visit, number)
        publishing.withdraw(tx, number, visit.me.id)
    return RedirectResponse(f"/handbooks/{number}", 303)


# ---------------------------------------------------------------------------- telling


def _asked(visit: Visit, number: int, template: str) -> Response:
    with visit.desk.store.reading() as tx:
        draft = _draft(tx, visit, number)
        context = _standing(tx, visit, draft, telling.edition(tx, draft.hash))
    if not draft.open:
        return RedirectResponse(f"/handbooks/{number}", 303)
    return page(template, visit.frame(), **context)


def _standing(tx: Tx, visit: Visit, draft: Draft, new: Edition) -> dict[str, Any]:
    """Return how a draft stands, and what the reader may do about it."""
    now = editions.in_force_hash(tx, draft.organisation) or ""
    by = publishing.putter(tx, draft)
    return {
        "draft": draft,
        "edition": new,
        "row": _row(tx, visit, draft),
        "instead_of": now,
        "in_force": telling.edition(tx, now),
        "already": draft.open and draft.hash == now,
        "moved_on": draft.open and draft.base != now,
        "mine": draft.put_by == visit.me.id,
        "may_put_forward": draft.open and by is None,
        "putter_gone": draft.open and draft.put_by is not None and by is None,
        "may_publish": draft.open and by is not None and by.person != visit.me.id and draft.hash != now,
        "others": _others(visit.rules, visit),
    }


def _row(tx: Tx, visit: Visit, draft: Draft) -> dict[str, Any]:
    """Return what a list says of a draft, in words."""
    state, colour = STATES[draft.state]
    # Whoever has left since is known to the handbook of the time.
    known = next(
        (rules for rules in (visit.rules, telling.edition(tx, draft.base)) if draft.put_by in rules.people),
        visit.rules,
    )
    put = publishing.named(known, draft.put_by, draft.put_as or "", visit.today) if draft.put_by else ""
    ended = (
        publishing.named(known, draft.ended_by, draft.ended_as or "", visit.today) if draft.ended_by else ""
    )
    return {
        "number": draft.number,
        "title": telling.edition(tx, draft.hash).title,
        "hash": words.fingerprint(draft.hash),
        "state": state,
        "colour": colour,
        "kept": words.moment(draft.kept_at),
        "put_by": put,
        "put_at": words.moment(draft.put_at) if draft.put_at else "",
        "ended_by": ended,
        "ended_at": words.moment(draft.ended_at) if draft.ended_at else "",
    }


def _others(rules: Edition, visit: Visit) -> list[str]:
    """Return who may publish besides the reader."""
    publishers = rules.publishers(visit.today)
    return [
        publishing.named(rules, person, rules.roles[role], visit.today)
        for person, role in publishers.items()
        if person != visit.me.id
    ]


def _compared_with(tx: Tx, draft: Draft) -> Edition:
    """Return what a draft is compared with: what is in force, or once it is settled, what was before it."""
    now = editions.in_force_hash(tx, draft.organisation)
    return telling.edition(tx, now if draft.open and now else draft.base)


def _draft(tx: Tx, visit: Visit, number: int) -> Draft:
    found = editions.draft(tx, number)
    if found.organisation != visit.rules.organisation:
        raise NotFound
    return found


def _send(visit: Visit, told: tuple[LedgerRow, ...]) -> None:
    """Have letters sent at once, as the worker would send them; what fails, the relay has sent."""
    for row in told:
        visit.desk.courier.soon(Parcel(row, reply_to=visit.desk.settings.mail_from))
