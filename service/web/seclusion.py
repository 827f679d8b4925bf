"""What is not yet for everybody's eyes: answers to a blind question until it is resolved, and each answer
for as long as it may be taken back.
"""

from collections.abc import Iterable

from service.store import canonical, intents, journal, steps
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.line import Line
from service.store.steps import StepView


def decisions(tx: Tx, ref: str) -> tuple[DecisionView, ...]:
    """Return a case's decisions, as far as everybody may see them."""
    blind, still_open = _open(steps.of_case(tx, ref))
    return tuple(
        made
        for made in intents.decisions_of(tx, ref)
        if made.step not in blind
        and not (made.step in still_open and made.held_until and made.held_until >= tx.now)
    )


def lines(tx: Tx, ref: str, after: int = 0) -> tuple[Line, ...]:
    """Return a case's record, as far as everybody may see it."""
    blind, still_open = _open(steps.of_case(tx, ref))
    return tuple(
        line
        for line in journal.lines(tx, ref, after=after)
        if not (_tells(line) and line.data.get("step") in blind)
        and not (line.data.get("step") in still_open and _held(tx, line))
    )


def _open(asked: Iterable[StepView]) -> tuple[set[str], set[str]]:
    """Return the open steps that are blind, and all that are open."""
    still_open = [step for step in asked if step.open]
    return {step.id for step in still_open if step.blind}, {step.id for step in still_open}


def _tells(line: Line) -> bool:
    """Say whether a line tells what was answered to a question, or that it is settled."""
    return line.kind.startswith("decision.") or line.kind == "step.held"


def _held(tx: Tx, line: Line) -> bool:
    held = line.data.get("held_until") if line.kind.startswith("decision.") else None
    return held is not None and canonical.moment(held) >= tx.now
