"""What is not yet for everybody's eyes: answers to a blind question until it is resolved, each answer for as
long as it may be taken back, and one that was taken back for as long as the question is open.

Whoever has declared an interest in a question sees nobody's answer to it while it is open, blind or not.
"""

from service.store import canonical, intents, journal, steps, undoing
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.line import Line
from service.store.steps import StepView
from workflows.model import Choice, undo_key


def decisions(tx: Tx, ref: str, reader: str = "") -> tuple[DecisionView, ...]:
    """Return a case's decisions, as far as everybody may see them, or a person who reads them."""
    hidden, standing = _hidden(tx, ref, reader)
    still_open = {step.id for step in standing}
    return tuple(
        made
        for made in intents.decisions_of(tx, ref)
        if made.step not in hidden
        and not (made.step in still_open and made.held_until and made.held_until >= tx.now)
    )


def lines(tx: Tx, ref: str, after: int = 0, reader: str = "") -> tuple[Line, ...]:
    """Return a case's record, as far as everybody may see it, or a person who reads it."""
    hidden, standing = _hidden(tx, ref, reader)
    still_open = {step.id for step in standing}
    unsettled = {step.id for step in standing if step.takes_effect is None}
    return tuple(
        line
        for line in journal.lines(tx, ref, after=after)
        if not (_tells(line) and line.data.get("step") in hidden)
        and not (line.kind == "step.held" and line.data.get("step") in unsettled)
        and not (line.data.get("step") in still_open and _unsaid(tx, line))
    )


def is_out(tx: Tx, step: StepView, person: str) -> bool:
    """Say whether a person has declared an interest in a question that is open, and is out of it."""
    made = intents.decisions_of_step(tx, step.id, strict=False)
    return step.open and any(one.person == person and one.choice is Choice.DECLARE_INTEREST for one in made)


def _hidden(tx: Tx, ref: str, reader: str) -> tuple[set[str], list[StepView]]:
    """Return the ids of open steps whose answers a reader may not see, and all that are open."""
    standing = [step for step in steps.of_case(tx, ref) if step.open]
    hidden = {step.id for step in standing if step.blind or (reader and is_out(tx, step, reader))}
    return hidden, standing


def _tells(line: Line) -> bool:
    """Say whether a line tells what was answered to a question, or that it is settled."""
    return line.kind.startswith("decision.") or line.kind == "step.held"


def _unsaid(tx: Tx, line: Line) -> bool:
    """Say whether a line says what somebody answered who may still take it back, or has done so."""
    held = line.data.get("held_until") if line.kind.startswith("decision.") else None
    if held is None:
        return False
    if canonical.moment(held) >= tx.now:
        return True
    undo = undoing.get(tx, undo_key(line.data["decision"], line.data.get("attempt", 1)))
    return undo is not None and undo.state != intents.REFUSED
