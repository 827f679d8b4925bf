"""A letter that asks, written again with a new link: as things stand on the day on which it goes out."""

from collections.abc import Sequence
from typing import Any

from service import boards, telling
from service.handbook import Edition
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.letters import LedgerRow
from service.store.steps import SeatView, StepView
from workflows import letters
from workflows.letters import Asked, Asking, Clause, Covered, Escalation, Letter, Request
from workflows.model import Assurance
from workflows.rules import calendar

ABOUT_AN_ANSWER = ("receipt", "taken_back")
"""Letters with a link that speak of an answer, and not of what is asked: they are not written again."""


def as_of_today(tx: Tx, old: LedgerRow, step: StepView, case: CaseView, rules: Edition) -> Letter:
    """Return a letter whose link is renewed, with what it tells looked up anew.

    Nothing that is to come in it has passed meanwhile. Whoever was only told that they are covered, and asks
    for a link, is asked.
    """
    letter, seat = letters.read(old.props), step.seat(old.seat)
    if isinstance(letter, Covered) and seat:
        letter = _request(tx, letter, step, seat, rules)
    if not isinstance(letter, Asking):
        return letter
    board = boards.of(tx, step, rules)
    coming = [(calendar.local_day(rung.at), rung.nudge) for rung in step.rungs if rung.at > tx.now]
    given = telling.so_far(tx, case, step.version, tx.now)
    changes: dict[str, Any] = {
        "written": tx.today,
        "so_far": given,
        "conditions": tuple(condition for answer in given for condition in answer.conditions),
        "budget": telling.budget(tx, case, rules, seat.post, seat.amount, key=step.key) if seat else None,
        "if_silent": tuple(rung for rung in letter.if_silent if (rung.on, rung.then) in coming),
        "board": (*boards.duties(seat, step.terms), *board.now) if seat and board else (),
        "unanswered": _since(tx, letter.unanswered, rules),
    }
    if isinstance(letter, Escalation):
        changes["asked"] = _since(tx, letter.asked, rules)
    return letter.model_copy(update=changes)


def _request(tx: Tx, told: Covered, step: StepView, seat: SeatView, rules: Edition) -> Request:
    return Request(
        to=told.to,
        matter=told.matter,
        question=told.question,
        seat=told.seat,
        clause=Clause(number=step.clause, text=rules.clause_text(step.clause).rstrip(".")),
        due=told.due,
        written=tx.today,
        if_silent=told.if_silent,
        code_needed=step.assurance_for(seat) is Assurance.CODE,
    )


def _since(tx: Tx, asked: Sequence[Asked], rules: Edition) -> tuple[Asked, ...]:
    return tuple(
        one.model_copy(
            update={
                "working_days": calendar.working_days_between(one.since, tx.today, rules.non_working),
            }
        )
        for one in asked
    )
