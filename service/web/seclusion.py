"""What is not yet for everybody's eyes: answers to a blind question, until it is resolved.

Whoever has declared an interest in a question sees nobody's answer to it while it is open, blind or not.
"""

from service.store import intents, journal, steps
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.line import Line
from service.store.steps import StepView
from workflows.model import Choice


def decisions(tx: Tx, ref: str, reader: str = "") -> tuple[DecisionView, ...]:
    """Return a case's decisions, as far as everybody may see them, or a person who reads them."""
    hidden = _hidden(tx, ref, reader)
    return tuple(made for made in intents.decisions_of(tx, ref) if made.step not in hidden)


def lines(tx: Tx, ref: str, after: int = 0, reader: str = "") -> tuple[Line, ...]:
    """Return a case's record, as far as everybody may see it, or a person who reads it."""
    hidden = _hidden(tx, ref, reader)
    return tuple(
        line
        for line in journal.lines(tx, ref, after=after)
        if not (line.kind.startswith("decision.") and line.data.get("step") in hidden)
    )


def is_out(tx: Tx, step: StepView, person: str) -> bool:
    """Say whether a person has declared an interest in a question that is open, and is out of it."""
    made = intents.decisions_of_step(tx, step.id, strict=False)
    return step.open and any(one.person == person and one.choice is Choice.DECLARE_INTEREST for one in made)


def _hidden(tx: Tx, ref: str, reader: str) -> set[str]:
    standing = [step for step in steps.of_case(tx, ref) if step.open]
    return {step.id for step in standing if step.blind or (reader and is_out(tx, step, reader))}
