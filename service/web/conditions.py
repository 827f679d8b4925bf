"""Conditions and what became of them: as decisions put them, and as the actions that follow stand."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service import telling
from service.handbook import Edition
from service.store import actions, cases, steps
from service.store.actions import ActionView
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import Condition, DecisionView
from service.web import words
from workflows import letters
from workflows.model import State


class Followed(NamedTuple):
    """A condition, and the action by which it is followed up, if there is one."""

    put: Condition
    action: ActionView | None

    def told(self, edition: Edition) -> letters.Condition:
        """Return it with the titles of posts."""
        return telling.condition(self.put, edition, self.action.ref if self.action else "")

    def fields(self) -> dict[str, str]:
        """Return it for programs; of one that nobody follows up, action and state are empty."""
        return {
            "text": self.put.text,
            "owner": self.put.owner,
            "by": self.put.by.isoformat(),
            "evidence": self.put.evidence,
            "verifier": self.action.verifier if self.action else self.put.verifier,
            "guards": str(self.put.guards),
            "action": self.action.ref if self.action else "",
            "state": str(self.action.state) if self.action else "",
        }


def of_case(tx: Tx, case: CaseView, decisions: Sequence[DecisionView]) -> list[Followed]:
    """Return the conditions that decisions put to a case and that stand, then whatever else follows from it.

    Those of an earlier version stand if the answer does, and those of a question that is decided if it came
    to a yes; where the proposal has ended otherwise than by its completion, those that are followed up.
    """
    return list(_of_case(tx, case, decisions))


def of_decision(tx: Tx, case: CaseView, decision: DecisionView) -> list[Followed]:
    """Return the conditions that one decision put to a case."""
    following = _following(tx, case)
    return [Followed(put, following.get(key)) for key, put in _put(decision)]


def _of_case(tx: Tx, case: CaseView, decisions: Sequence[DecisionView]) -> Iterator[Followed]:
    following = _following(tx, case)
    over = not case.open and case.state != State.CLOSED
    about = steps.of_version(tx, case.ref, case.version)
    stand = {step.id for step in about if not over and (step.open or step.favourable)}
    for decision in decisions:
        for key, put in _put(decision):
            if decision.step in stand or key in following:
                yield Followed(put, following.pop(key, None))
    yield from (Followed(_wanted(tx, action), action) for action in following.values())


def _following(tx: Tx, case: CaseView) -> dict[tuple[str, int], ActionView]:
    return {(action.source, action.number): action for action in actions.of_case(tx, case.ref)}


def _put(decision: DecisionView) -> Iterator[tuple[tuple[str, int], Condition]]:
    """Return a decision's conditions, each with the key by which its action is found."""
    for number, put in enumerate(decision.conditions, start=1):
        yield (decision.key, number), put


def _wanted(tx: Tx, action: ActionView) -> Condition:
    """Return what an action requires that no decision put as a condition."""
    content = cases.content(tx, action.ref) or {}
    return Condition(
        text=content.get("summary") or "",
        owner=action.owner,
        by=action.due,
        evidence=content.get("evidence") or "",
        verifier=action.verifier,
        guards=action.guards,
    )


def task_rows(task: letters.Task) -> list[tuple[str, str]]:
    """Return what an action requires, line by line."""
    rows = [
        ("What must be done", task.text or "What was written here was erased."),
        ("Who does it", task.owner),
        ("By", words.day(task.by) if task.by else ""),
        ("What will show it", task.evidence),
        ("Who checks it", task.verifier),
        ("What waits for it", words.GUARDS.get(task.guards, "")),
        ("Follows from", task.follows),
    ]
    return [(what, which) for what, which in rows if which]
