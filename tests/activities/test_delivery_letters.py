"""What letters about a project promise is what its process does; and nobody of it is left without word."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from notifications.examples import rendered
from service.store import cases
from service.store.intents import Answered
from service.store.letters import LedgerRow
from tests.activities.test_projects import (
    MANAGER,
    SPONSOR,
    SUPPLIER,
    USER,
    in_stage,
    named,
)
from tests.support.activities import done
from tests.support.desk import NINE, Desk
from workflows.delivery import ProjectInHand
from workflows.letters import read
from workflows.model import Ask, Becoming, Choice, Ending, SeatAsk

PROMISES = ("passes the gate and goes on", "your reasons", "you name", "the sponsor is told")
"""What letters said that nobody does, or that was meant for another reader."""


def text(row: LedgerRow) -> str:
    message = rendered(read(row.props))
    part = message.get_body(("plain",))
    assert part is not None
    return f"{message['Subject']}\n{part.get_content()}"


def settled(
    desk: Desk,
    project: ProjectInHand,
    kind: str,
    key: str,
    choice: Choice | None,
    *,
    by: Sequence[str],
    seats: Sequence[SeatAsk | str] = (),
    forum: str = "",
    why: str = "",
    said: Mapping[str, str | Answered] | None = None,
) -> dict[tuple[str, str], str]:
    """Have a question of a project settled, and return its letters by kind and post."""
    ask = desk.asks_about(project, kind, *(seats or project.board), key=key, forum=forum)
    desk.opens(ask)
    before = {row.key for row in desk.ledger(project.case)}
    one = choice or Choice.DECLARE_INTEREST
    made = [desk.answers(ask.step, seat, one, said=said or {}) for seat in by]
    ending = Ending.DECIDED if choice else Ending.SILENT
    desk.closes(ask.step, *made, choice=choice, ending=ending, why=why)
    new = [row for row in desk.ledger(project.case) if row.key not in before]
    letters = {(row.kind, row.post): text(row) for row in new}
    for written in letters.values():
        assert not [promise for promise in PROMISES if promise in written], written
    return letters


BOARD = (USER, SUPPLIER)


def closed_early(desk: Desk, project: ProjectInHand) -> str:
    """Close a project early, and return the receipt of its last report."""
    settled(desk, project, "gate", "gate-1", Choice.CLOSE_EARLY, by=BOARD)
    ask = desk.asks_about(project, "end_project", MANAGER, key="end-project", round=2)
    desk.opens(ask)
    desk.closes(ask.step, desk.answers(ask.step, MANAGER, Choice.REPORT), choice=Choice.REPORT)
    (row,) = [row for row in desk.ledger(project.case) if row.step == ask.step and row.kind == "receipt"]
    return text(row)


# ---------------------------------------------------------------------- what happens next


def test_a_project_whose_closure_is_authorised_is_closed_and_does_not_go_on(desk: Desk) -> None:
    told = settled(desk, in_stage(desk), "gate", "gate-closure", Choice.AUTHORISE, by=BOARD)
    assert told["outcome", MANAGER].startswith("The project is closed: "), told
    assert "What happens next: the project is closed, and its record is kept." in told["outcome", MANAGER]
    assert ": the project is closed." in told["closed_without_you", SPONSOR]
    assert "settled (the project is closed); the project is closed" in told["receipt", USER]


def test_a_mandate_that_a_board_returns_is_asked_again_of_whoever_gave_it(desk: Desk) -> None:
    authority = desk.edition.roles["pmo"]
    project = named(desk, senior_user=authority)
    assert project.authority == authority
    by = (authority, SUPPLIER)
    told = settled(desk, project, "gate", "gate-start-up", Choice.RETURN, by=by)
    giver, manager = told["receipt", authority], told["outcome", MANAGER]
    assert manager.startswith("The mandate is returned: ")
    assert "you are asked for the mandate again, with the reasons." in giver
    assert "You need do nothing" not in giver
    assert "whoever answers for the project is asked for the mandate again" in manager
    assert "You need do nothing." in manager


@pytest.mark.parametrize(
    ("key", "choice", "to_manager", "to_others"),
    [
        ("gate-start-up", Choice.AUTHORISE, "you are asked for its plan", "the project manager is asked for"),
        (
            "gate-start-up",
            Choice.AUTHORISE_WITH_CONDITIONS,
            "you are asked for its plan. Each condition is followed up",
            "the project manager is asked for its plan. Each condition is followed up",
        ),
        (
            "gate-initiation",
            Choice.RETURN,
            "you are asked for the plan again",
            "manager is asked for the plan",
        ),
        (
            "gate-1",
            Choice.RETURN,
            "you are asked for the end stage report again",
            "is asked for the end stage",
        ),
        ("plan-1", Choice.RETURN, "you are asked for the new plan again", "is asked for the new plan again"),
        ("gate-closure", Choice.RETURN, "you are asked for the end project report again", "the end project"),
        ("gate-1", Choice.EXCEPTION_PLAN, "you are asked for a new plan", "is put before the board"),
        ("gate-1", Choice.CLOSE_EARLY, "and you are asked for the end project report", "orderly end"),
    ],
)
def test_the_manager_is_told_what_is_asked_of_them_and_others_what_is_asked_of_the_manager(
    desk: Desk, key: str, choice: Choice, to_manager: str, to_others: str
) -> None:
    project = named(desk) if key in ("gate-start-up", "gate-initiation") else in_stage(desk)
    told = settled(desk, project, "gate", key, choice, by=BOARD)
    manager, member = told["outcome", MANAGER], told["receipt", USER]
    assert to_manager in manager
    assert "You need do nothing" not in manager
    assert to_others in member
    assert "you are asked" not in member
    assert "You need do nothing more." in member


def test_a_project_closed_early_at_its_last_gate_is_asked_for_no_other_report(desk: Desk) -> None:
    told = settled(desk, in_stage(desk), "gate", "gate-closure", Choice.CLOSE_EARLY, by=BOARD)
    for written in told.values():
        assert "end project report" not in written
    assert "What happens next: the project is closed early" in told["outcome", MANAGER]


def test_the_last_report_of_a_project_that_closes_early_closes_it_and_no_board_is_asked(desk: Desk) -> None:
    project = in_stage(desk)
    at_its_end = settled(
        desk, project, "end_project", "end-project", Choice.REPORT, by=(MANAGER,), seats=(MANAGER,)
    )
    assert "the project board is asked to close the project" in at_its_end["receipt", MANAGER]
    early = closed_early(desk, project)
    assert "the project is closed, and its record is kept" in early
    assert "board" not in early


def test_a_new_plan_that_srg_wants_is_put_before_srg(desk: Desk) -> None:
    project = in_stage(desk)
    assert project.srg is not None
    told = settled(
        desk,
        project,
        "exception_srg",
        "exception-1",
        Choice.EXCEPTION_PLAN,
        by=(project.srg.secretary,),
        seats=(project.srg.secretary,),
        forum="srg",
    )
    assert "you are asked for a new plan, and its approval is put before SRG." in told["outcome", MANAGER]
    for written in told.values():
        assert "before the board" not in written


def test_of_several_who_grant_more_tolerance_the_least_counts_and_letters_say_so(desk: Desk) -> None:
    more = {"tolerance_cost": "25", "tolerance_days": "60"}
    project = in_stage(desk)
    told = settled(
        desk, project, "exception_board", "exception-1", Choice.MORE_TOLERANCE, by=BOARD, said=more
    )
    for written in told.values():
        if "What happens next" in written:
            assert "as much as was granted. Where several granted it, the least counts" in written
    office = project.programme_office
    alone = settled(
        desk,
        project,
        "exception",
        "exception-2",
        Choice.MORE_TOLERANCE,
        by=(office,),
        seats=(office,),
        said=more,
    )
    assert "as much as was granted.\n" in alone["receipt", office]


def test_the_manager_who_says_that_a_stage_is_done_is_told_to_expect_its_report(desk: Desk) -> None:
    project = in_stage(desk)
    desk.becomes(project.case, "in_stage")
    told = settled(
        desk, project, "highlight", "highlight", Choice.STAGE_DONE, by=(MANAGER,), seats=(MANAGER,)
    )
    receipt = told["receipt", MANAGER]
    assert "you are asked next for the end stage report" in receipt
    assert "You need do nothing" not in receipt


def test_beside_a_gate_a_stage_that_is_done_has_its_report_already(desk: Desk) -> None:
    project = in_stage(desk)
    desk.becomes(project.case, "at_gate")
    told = settled(
        desk, project, "highlight", "highlight", Choice.STAGE_DONE, by=(MANAGER,), seats=(MANAGER,)
    )
    assert "you are asked next" not in told["receipt", MANAGER]
    assert "You need do nothing more." in told["receipt", MANAGER]


def test_whoever_gives_a_mandate_and_sits_on_the_board_is_not_told_to_do_nothing(desk: Desk) -> None:
    project = named(desk, senior_user=desk.edition.roles["pmo"])
    (receipt,) = [row for row in desk.ledger(project.case) if row.kind == "receipt"]
    assert receipt.post == project.authority
    assert "the project board is asked whether the project may start" in text(receipt)
    assert "You need do nothing" not in text(receipt)


# ------------------------------------------------------------------- what nobody decided


@pytest.mark.parametrize(
    ("kind", "key", "why"),
    [
        ("gate", "gate-1", "inquorate"),
        ("gate", "plan-1", "tied"),
        ("exception_board", "exception-1", "no_view"),
    ],
)
def test_what_a_board_leaves_undecided_goes_to_srg_and_all_are_told_so(
    desk: Desk, kind: str, key: str, why: str
) -> None:
    told = settled(desk, in_stage(desk), kind, key, None, by=(USER,), why=why)
    srg = desk.edition.forums["srg"].name
    for post in (USER, MANAGER):
        written = told["outcome", post]
        assert written.startswith("No decision by email: ")
        assert f"What happens next: it goes to {srg} on Thursday 30 September 2004." in written
    for post in (SPONSOR, SUPPLIER):
        assert (
            f"goes to the meeting of {srg} on Thursday 30 September 2004." in told["closed_without_you", post]
        )


def test_what_is_referred_up_goes_to_srgs_next_meeting(desk: Desk) -> None:
    told = settled(desk, in_stage(desk), "gate", "gate-1", Choice.REFER_UP, by=BOARD)
    srg = desk.edition.forums["srg"].name
    assert f"What happens next: it goes to {srg} on Thursday 30 September 2004." in told["outcome", MANAGER]


def test_a_report_that_nobody_made_is_asked_again(desk: Desk) -> None:
    project = in_stage(desk)
    told = settled(desk, project, "end_stage", "end-stage-1", None, by=(), seats=(MANAGER,), why="time_up")
    assert "The same is asked again." in told["closed_without_you", MANAGER]


# ----------------------------------------------------------------------------- deferred


def test_it_is_the_question_that_is_deferred_and_not_what_it_is_about(desk: Desk) -> None:
    project = in_stage(desk)
    ask = desk.asks_about(project, "end_stage", MANAGER, key="end-stage-1")
    desk.opens(ask)
    until = date(2004, 11, 1)
    made = desk.answers(ask.step, MANAGER, Choice.DEFER, until=until)
    desk.closes(ask.step, made, choice=Choice.DEFER, until=until)
    (row,) = [row for row in desk.ledger(project.case) if row.kind == "deferred"]
    assert "The question about stage 1 is deferred to Monday 1 November 2004" in text(row)


# -------------------------------------------------------------------------- closed early


def ended(desk: Desk, ref: str, because: str = "") -> list[tuple[str, str]]:
    """Close a project early, twice over, and return the readers and words of the letters that say so."""
    becoming = Becoming(case=ref, state="closed_early", at=NINE, number=9, because=because)
    done(desk.cases.became(becoming))
    record = desk.record()
    done(desk.cases.became(becoming))
    assert desk.record() == record
    return sorted((row.post, text(row)) for row in desk.ledger(ref) if row.kind == "closed_early")


def withdrawn(desk: Desk, project: ProjectInHand) -> None:
    with desk.store.writing() as tx:
        cases.withdrawal_requested(tx, project.parent, key="w1", person=desk.person(SPONSOR))


def test_manager_and_board_hear_that_a_project_ends_with_its_proposal_each_once(each_desk: Desk) -> None:
    desk = each_desk
    project = in_stage(desk)
    withdrawn(desk, project)
    told = ended(desk, project.case)
    # The sponsor, who is the executive too, and the lead, who manages it, hear of it as the proposal's.
    assert [post for post, _ in told] == sorted((USER, SUPPLIER))
    for _, written in told:
        assert f"Its proposal {project.parent} was withdrawn." in written


def test_whoever_is_asked_when_it_is_withdrawn_hears_it_of_that_alone(desk: Desk) -> None:
    project = in_stage(desk)
    ask = desk.asks_about(project, "gate", *project.board, key="gate-1")
    desk.opens(ask)
    withdrawn(desk, project)
    desk.closes(ask.step, choice=None, ending=Ending.WITHDRAWN, why="withdrawn")
    rows = [row for row in desk.ledger(project.case) if row.step == ask.step]
    closed = {row.post: text(row) for row in rows if row.kind == "closed_without_you"}
    assert {*closed} == {SPONSOR, USER, SUPPLIER}
    for written in closed.values():
        assert "Its proposal was withdrawn, and the project is closed early." in written
    assert ended(desk, project.case) == []


def test_a_project_that_is_called_off_says_so_to_all_of_its_people(desk: Desk) -> None:
    told = ended(desk, in_stage(desk).case)
    assert [post for post, _ in told] == sorted((MANAGER, SPONSOR, USER, SUPPLIER))
    assert all("It was called off." in written for _, written in told)


def test_the_board_hears_that_what_it_closed_early_is_closed_and_the_manager_by_the_receipt(
    desk: Desk,
) -> None:
    project = in_stage(desk)
    closed_early(desk, project)
    told = ended(desk, project.case, f"{project.case}.end-project.2")
    assert [post for post, _ in told] == sorted((SPONSOR, USER, SUPPLIER))
    assert all(f"Its proposal {project.parent} is still to be reviewed." in written for _, written in told)


@pytest.mark.parametrize(
    ("kind", "choice", "to_come"),
    [
        ("review", Choice.REPORT, True),
        ("review_check", Choice.SEND_BACK, True),
        ("review_check", Choice.VERIFY, False),
        ("review_srg", Choice.NOTE, False),
    ],
)
def test_a_review_that_came_before_the_early_end_is_not_said_to_be_still_to_come(
    desk: Desk, kind: str, choice: Choice, to_come: bool
) -> None:
    project = in_stage(desk)
    review = done(desk.benefits.review(project.parent))
    with desk.store.reading() as tx:
        content_hash = cases.get(tx, project.parent).content_hash
    post = review.writer if kind == "review" else review.checker
    ask = Ask(
        case=project.parent,
        key=kind.replace("_", "-"),
        round=1,
        version=1,
        content_hash=content_hash,
        clause=review.clauses[kind],
        seats=(SeatAsk(key=post, post=post),),
        terms=review.terms[kind],
    )
    desk.opens(ask)
    desk.closes(ask.step, desk.answers(ask.step, post, choice), choice=choice)
    closed_early(desk, project)
    told = ended(desk, project.case, f"{project.case}.end-project.2")
    assert told
    assert all(("is still to be reviewed" in written) is to_come for _, written in told)


def test_a_project_closed_early_at_its_last_gate_has_been_told_by_that(desk: Desk) -> None:
    project = in_stage(desk)
    settled(desk, project, "gate", "gate-closure", Choice.CLOSE_EARLY, by=BOARD)
    assert ended(desk, project.case, f"{project.case}.gate-closure.1") == []


def test_a_withdrawal_says_that_the_project_ends_with_the_proposal(desk: Desk) -> None:
    project = in_stage(desk)
    withdrawn(desk, project)
    ended(desk, project.case)
    desk.becomes(project.parent, "withdrawn", number=9)
    told = [text(row) for row in desk.ledger(project.parent) if row.kind == "withdrawn"]
    assert told
    assert all(f"Its project, {project.case}, is closed early with it." in written for written in told)
