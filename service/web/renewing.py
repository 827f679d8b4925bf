"""A letter that asks, written again with a new link: as things stand on the day on which it goes out."""

from collections.abc import Sequence
from typing import Any

from service import boards
from service.handbook import Edition
from service.store.engine import Tx
from service.store.letters import LedgerRow
from service.store.steps import StepView
from workflows import letters
from workflows.letters import Asked, Asking, Escalation
from workflows.rules import calendar


def as_of_today(tx: Tx, old: LedgerRow, step: StepView, rules: Edition) -> dict[str, Any]:
    """Return what a letter says whose link is renewed: nothing that is to come in it has passed meanwhile."""
    letter = letters.read(old.props)
    if not isinstance(letter, Asking):
        return old.props
    seat, board = step.seat(old.seat), boards.of(tx, step, rules)
    coming = [(calendar.local_day(rung.at), rung.nudge) for rung in step.rungs if rung.at > tx.now]
    told: dict[str, Any] = {
        "written": tx.today,
        "if_silent": tuple(rung for rung in letter.if_silent if (rung.on, rung.then) in coming),
        "board": (*boards.duties(seat, step.terms), *board.now) if seat and board else (),
        "unanswered": _since(tx, letter.unanswered, rules),
    }
    if isinstance(letter, Escalation):
        told["asked"] = _since(tx, letter.asked, rules)
    return letter.model_copy(update=told).model_dump(mode="json")


def _since(tx: Tx, asked: Sequence[Asked], rules: Edition) -> tuple[Asked, ...]:
    return tuple(
        one.model_copy(
            update={
                "working_days": calendar.working_days_between(one.since, tx.today, rules.non_working),
            }
        )
        for one in asked
    )
