"""Every activity may be done again, because its answer may be lost on the way; the world stays the same.

Each line of this story is done, its answer thrown away as a crash would, and done again: a day later, for
a process that is taken up again says what it says anew, and its clock has gone on.
"""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any

from service.store import rebuild
from tests.support.activities import done
from tests.support.desk import NINE, Desk, opening
from workflows.model import (
    Ask,
    Becoming,
    CaseMoved,
    CaseWaiting,
    Choice,
    Decision,
    Ending,
    Moving,
    Nudge,
    Outcome,
    StepClosing,
    StepDecided,
    StepNudged,
    StepOpening,
    StepReseated,
)

SRG, HALL = "srg", "funding-bh-dmh"


Activity = Callable[[Any], Coroutine[Any, Any, object]]


def once_only(desk: Desk, name: str, activity: Activity, given: object) -> None:
    """Do it, lose the answer, do it again: the same answer and letters, no line and no letter more."""
    first = done(activity(given))
    record, tables = desk.record(), rebuild.dump(desk.store)
    letters = desk.ledger("INV-2004-0001")
    assert done(activity(later(given))) == first, name
    assert desk.mailroom.given[-1] == desk.mailroom.given[-2], name
    assert desk.record() == record, name
    assert desk.ledger("INV-2004-0001") == letters, name
    assert rebuild.dump(desk.store) == tables, name


def later(given: object, by: timedelta = timedelta(days=1)) -> object:
    """Return the same fact as a process would tell it later."""
    match given:
        case StepOpening():
            return opening(given.ask, given.at + by)
        case CaseWaiting():
            return given.model_copy(update={"since": given.since + by})
        case StepClosing():
            outcome = given.outcome.model_copy(update={"at": given.outcome.at + by})
            return given.model_copy(update={"outcome": outcome})
        case Becoming() | CaseMoved() | StepNudged() | StepDecided():
            return given.model_copy(update={"at": given.at + by})
        case _:
            return given


def test_an_activity_done_twice_is_done_once(each_desk: Desk) -> None:
    desk = each_desk
    desk.covers("bh-dmh", by="bh-land-charges", until=NINE.date() + timedelta(days=30))
    case = desk.submits()
    ref = case.case
    once_only(desk, "begun", desk.cases.begun, ref)
    once_only(desk, "became", desk.cases.became, Becoming(case=ref, state="notifying", at=NINE, number=1))
    forum = CaseWaiting(
        case=ref, number=1, key="notification", leg="notification", since=NINE, until=None, on="srg"
    )
    meeting = forum.model_copy(update={"number": 2, "on": "heads-of-ict", "until": NINE + timedelta(days=30)})
    once_only(desk, "waits", desk.cases.waits, forum)
    once_only(desk, "waits for a meeting", desk.cases.waits, meeting)
    moved = CaseMoved(
        case=ref,
        number=1,
        version=1,
        key="notification",
        at=NINE,
        because=Moving.CALLED_OFF,
        forum="heads-of-ict",
        was=date(2004, 10, 13),
        legs=(case.route[0].model_copy(update={"meeting": date(2004, 11, 10)}),),
    )
    once_only(desk, "moved", desk.cases.moved, moved)

    board, hall = desk.ask(case, SRG), desk.ask(case, HALL)
    for ask in (board, hall):
        once_only(desk, f"opened {ask.key}", desk.register.opened, opening(ask))
    for rung in desk.step(hall.step).rungs:
        due = StepNudged(step=hall.step, rung=rung, silent=("bh-dmh",), at=rung.at)
        once_only(desk, f"nudged {rung.number}", desk.register.nudged, due)
    desk.covers("cd-sch", by="bh-sports", until=NINE.date() + timedelta(days=30))
    looked = StepReseated(step=board.step, number=1, silent=desk.step(board.step).silent, at=NINE)
    once_only(desk, "reseated", desk.register.reseated, looked)
    one, two = desk.answers(board.step, "cd-hsg"), desk.answers(board.step, "cd-rc")
    made = StepDecided(step=board.step, decisions=(one,), at=NINE + timedelta(hours=1))
    once_only(desk, "decided", desk.register.decided, made)
    once_only(desk, "closed", desk.register.closed, _closed(board, one, two))
    withdrawn = Outcome(step=hall.step, ending=Ending.WITHDRAWN, at=NINE + timedelta(days=30))
    called_off = StepClosing(step=hall.step, outcome=withdrawn, why="refused_by_another")
    once_only(desk, "called off", desk.register.closed, called_off)
    for number, state in enumerate(("returned", "with_funders", "approved", "closed"), start=2):
        becoming = Becoming(case=ref, state=state, at=NINE, number=number, because=board.step)
        once_only(desk, state, desk.cases.became, becoming)


def test_an_activity_done_again_much_later_has_the_letters_of_the_first_time(each_desk: Desk) -> None:
    desk = each_desk
    case = desk.submits()
    asked = opening(desk.ask(case, HALL))
    first = done(desk.register.opened(asked))
    before = desk.ledger(case.case)
    desk.covers("bh-dmh", by="bh-land-charges")
    assert done(desk.register.opened(asked)) == first
    assert desk.ledger(case.case) == before
    # What came after the answer that was lost is not undone by doing it again either.
    desk.nudges(asked.ask.step, Nudge.LINE)
    assert len(done(desk.register.opened(asked)).seats[0].holders) == 2
    desk.closes(asked.ask.step, desk.answers(asked.ask.step, "bh-dmh"))
    before, record = desk.ledger(case.case), desk.record()
    done(desk.register.opened(asked))
    assert (desk.ledger(case.case), desk.record()) == (before, record)


def _closed(ask: Ask, *decisions: Decision) -> StepClosing:
    outcome = Outcome(
        step=ask.step,
        ending=Ending.DECIDED,
        choice=Choice.APPROVE,
        at=NINE + timedelta(hours=2),
    )
    return StepClosing(step=ask.step, outcome=outcome, unrecorded=decisions[1:])
