"""What is not yet for everybody's eyes: answers to a blind question, until it is resolved."""

from service.store import intents, journal, steps
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.line import Line


def decisions(tx: Tx, ref: str) -> tuple[DecisionView, ...]:
    """Return a case's decisions, as far as everybody may see them."""
    hidden = _blind(tx, ref)
    return tuple(made for made in intents.decisions_of(tx, ref) if made.step not in hidden)


def lines(tx: Tx, ref: str, after: int = 0) -> tuple[Line, ...]:
    """Return a case's record, as far as everybody may see it."""
    hidden = _blind(tx, ref)
    return tuple(
        line
        for line in journal.lines(tx, ref, after=after)
        if not (line.kind.startswith("decision.") and line.data.get("step") in hidden)
    )


def _blind(tx: Tx, ref: str) -> set[str]:
    return {step.id for step in steps.of_case(tx, ref) if step.blind and step.open}
