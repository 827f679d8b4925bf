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
    asked_by: tuple[str, ...] = ()
    """Who asked for it in the same words, where several did."""

    def told(self, edition: Edition) -> letters.Condition:
        """Return it with the titles of posts."""
        told = telling.condition(self.put, edition, self.action.ref if self.action else "")
        return told.model_copy(update={"asked_by": words.listed(self.asked_by)})

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
    following = actions.followed(tx, case.ref)
    return [Followed(put, following.get(key)) for key, put in _put(decision)]


def _of_case(tx: Tx, case: CaseView, decisions: Sequence[DecisionView]) -> Iterator[Followed]:
    following = actions.followed(tx, case.ref)
    told: set[str] = set()
    over = not case.open and case.state != State.CLOSED
    about = steps.of_version(tx, case.ref, case.version)
    stand = {step.id for step in about if not over and (step.open or step.favourable)}
    for decision in decisions:
        for key, put in _put(decision):
            action = following.get(key)
            if action is None and decision.step in stand:
                yield Followed(put, None)
            elif action is not None and action.ref not in told:
                told.add(action.ref)
                yield _followed(tx, action, put)
    for action in following.values():
        if action.ref not in told:
            told.add(action.ref)
            yield Followed(_wanted(tx, action), action)


def _followed(tx: Tx, action: ActionView, put: Condition) -> Followed:
    """Return a condition that is followed up; one that several asked for as the action has it from them."""
    together = bool(actions.asked(tx, action.ref))
    return Followed(_wanted(tx, action) if together else put, action, actions.asked_by(tx, action.ref))


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
        ("Asked for by", task.asked_by),
        ("Who does it", task.owner),
        ("By", words.day(task.by) if task.by else ""),
        ("What will show it", task.evidence),
        ("Who checks it", task.verifier),
        ("What waits for it", words.GUARDS.get(task.guards, "")),
        ("Follows from", task.follows),
    ]
    return [(what, which) for what, which in rows if which]
