"""Actions: what is to be done after a decision, by whom, by when, and who checks it.

An action is a case of its own, child of the case that it follows from. What is to be done is written in
its content, found by its hash; the journal holds no words of it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from service.store import cases, children, references
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.line import ENGINE
from service.store.tables import ACTIONS, CASES
from workflows.model import ActionOpened, ActionState, FollowUp, Frozen, Guard, Terms

KIND = "action"
"""How a case says that it is one."""

_ACTIONS = (
    select(ACTIONS, CASES.c.state, CASES.c.open, CASES.c.changed)
    .join(CASES, CASES.c.ref == ACTIONS.c.ref)
    .order_by(ACTIONS.c.ref)
)
_BY_REF = _ACTIONS.where(ACTIONS.c.ref == bindparam("ref"))
_OF_CASES = _ACTIONS.where(ACTIONS.c.parent.in_(bindparam("parents", expanding=True)))
_OF_SOURCE = select(ACTIONS.c.ref).where(
    ACTIONS.c.parent == bindparam("parent"),
    ACTIONS.c.source == bindparam("source"),
    ACTIONS.c.number == bindparam("number"),
)


class Asker(Frozen):
    """Who asked for an action in a decision of theirs."""

    source: str
    """The key of that decision."""
    number: int
    """Which of its conditions it is, from 1."""
    who: str
    """The title of the post, or the name of the forum, that asked."""


class Wanted(Frozen):
    """What is to be done, as a decision says it."""

    source: str
    """The key of the decision, or the id of the step, that it follows from."""
    number: int
    """Which of the conditions of that decision it is, from 1."""
    title: str
    text: str
    """What must be done."""
    owner: str
    """The post that does it."""
    verifier: str
    """The post that checks it, which is another."""
    due: date
    evidence: str = ""
    """What will show that it is done."""
    guards: Guard = Guard.NOTHING
    asked: tuple[Asker, ...] = ()
    """Each time that it was asked for in the same words, where that was more than once; the first is the
    source.
    """


class ActionView(FollowUp):
    """An action as it stands."""

    parent: str
    source: str
    number: int
    verifier: str
    due: date
    state: ActionState
    open: bool
    changed: datetime


# ------------------------------------------------------------------------------- facts


def opened(tx: Tx, parent: CaseView, wanted: Wanted, *, at: datetime) -> str:
    """Open an action and return its reference. Opened again, it is the one that was opened first."""
    tx.lock(parent.ref)
    known: str | None = tx.value(_OF_SOURCE, parent=parent.ref, source=wanted.source, number=wanted.number)
    if known is not None:
        return known
    ref = references.fresh(tx, "ACT")
    facts = wanted.model_dump(mode="json", include={"owner", "verifier", "due", "guards"})
    origin = {"source": wanted.source, "number": wanted.number}
    version = children.first_version(
        tx,
        parent,
        kind=KIND,
        title=wanted.title,
        content=_content(parent, wanted),
        at=at,
        decide_by=wanted.due,
    )
    follows = {"action": ref} | origin | facts
    key = f"action:{wanted.source}:{wanted.number}"
    tx.append(parent.ref, "action.follows", follows, key=key, actor=ENGINE, at=at)
    tx.append(ref, "action.opened", version | origin | facts, key="opened", actor=ENGINE, at=at)
    return ref


def begun(
    tx: Tx, ref: str, *, clause: str, told: tuple[str, ...], terms: Mapping[str, Terms]
) -> ActionOpened:
    """Write that the engine has an action in hand, and return what it needs to go on."""
    action, case = must(tx, ref), cases.get(tx, ref)
    tx.append(ref, "case.begun", {"version": case.version}, key=f"begun:{case.version}", actor=ENGINE)
    return ActionOpened(
        case=ref,
        content_hash=case.content_hash,
        clause=clause,
        owner=action.owner,
        verifier=action.verifier,
        due=action.due,
        told=told,
        terms=dict(terms),
        clock=tx.clock,
    )


# ------------------------------------------------------------------------------- reads


def get(tx: Tx, ref: str) -> ActionView | None:
    """Return an action, or None if the reference is not of one."""
    row = tx.one(_BY_REF, ref=ref)
    return _action(row) if row else None


def must(tx: Tx, ref: str) -> ActionView:
    """Return an action that has to be there; LookupError if it is not."""
    action = get(tx, ref)
    if action is None:
        raise LookupError(f"no action {ref}")
    return action


def of_case(tx: Tx, parent: str) -> tuple[ActionView, ...]:
    """Return the actions that follow from a case, in the order in which they were opened."""
    return tuple(map(_action, tx.all(_OF_CASES, parents=[parent])))


def asked(tx: Tx, ref: str) -> tuple[Asker, ...]:
    """Return how often an action was asked for, where that was more than once; nothing if its words were
    erased.
    """
    return tuple(map(Asker.model_validate, (cases.content(tx, ref) or {}).get("asked", ())))


def asked_by(tx: Tx, ref: str) -> tuple[str, ...]:
    """Return who asked for an action, where they are several."""
    names = dict.fromkeys(one.who for one in asked(tx, ref))
    return tuple(names) if len(names) > 1 else ()


def followed(tx: Tx, parent: str) -> dict[tuple[str, int], ActionView]:
    """Return the actions that follow from a case, by decision and number; one that several asked for stands
    under the decision of each.
    """
    found: dict[tuple[str, int], ActionView] = {}
    for action in of_case(tx, parent):
        found[action.source, action.number] = action
        found |= {(one.source, one.number): action for one in asked(tx, action.ref)}
    return found


# ---------------------------------------------------------------------------- workings


def _content(parent: CaseView, wanted: Wanted) -> dict[str, Any]:
    """Return all that an action says: what its owner and whoever checks it are shown, by its hash."""
    asked = [one.model_dump() for one in wanted.asked]
    return {
        "title": wanted.title,
        "summary": wanted.text,
        "owner": wanted.owner,
        "by": wanted.due.isoformat(),
        "evidence": wanted.evidence,
        "verifier": wanted.verifier,
        "guards": str(wanted.guards),
        "parent": parent.ref,
        "parent_title": parent.title,
        "parent_version": parent.version,
    } | ({"asked": asked} if asked else {})


def _action(row: Row[Any]) -> ActionView:
    return ActionView(**row._mapping)
