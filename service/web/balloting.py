"""A board's questions on pages: how the open ones stand, and how the others were decided."""

from collections.abc import Iterable

from service import boards, telling
from service.boards import Board
from service.handbook import Edition
from service.store import steps
from service.store.engine import Tx
from service.store.steps import StepView
from service.web import seclusion, words


def standing(tx: Tx, ref: str, rules: Edition, reader: str) -> tuple[tuple[Board, tuple[str, ...]], ...]:
    """Return how a case's open boards stand, each with what a reader may see of it, who may be out of it."""
    return tuple(
        (board, (boards.OUT, *board.until) if seclusion.is_out(tx, step, reader) else board.lines[1:])
        for step in steps.of_case(tx, ref)
        if step.open and (board := boards.of(tx, step, rules))
    )


def decided(tx: Tx, ref: str, rules: Edition) -> tuple[str, ...]:
    """Say of each of a case's boards that is done how many were there, and whose vote decided if one did."""
    return tuple(told(tx, (step for step in steps.of_case(tx, ref) if not step.open), rules))


def told(tx: Tx, done: Iterable[StepView], rules: Edition) -> Iterable[str]:
    """Say it of steps that are closed."""
    for step in done:
        board = boards.of(tx, step, rules)
        if board is None or not board.meter.answered:
            continue
        day = words.local(step.closed or step.opened)
        alone = boards.decided_by(tx, step, rules, day, step.choice)
        who = telling.title(rules, step.ask.forum, day) if step.ask.forum else words.leg(step.kind)
        yield " ".join(filter(None, (f"{who}: {board.present}", board.votes, alone)))
