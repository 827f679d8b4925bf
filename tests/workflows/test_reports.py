"""The questions of delivery: to whom, with which answers, and which of them settle nothing."""

import pytest

from workflows.model import Choice
from workflows.rules import actions, reports, routing
from workflows.rules.reports import Put

SRG = ("gate_srg", "exception_srg", "standards_srg", "review_srg", "assessment_srg")
BOARD = ("gate", "exception_board")
REPORTS = (
    "mandate",
    "initiation",
    "highlight",
    "end_stage",
    "exception_report",
    "exception_plan",
    "end_project",
    "review",
    "benefit",
    "assessment",
)
ASSESSMENTS = ("assessment", "assessment_choice", "assessment_srg")


@pytest.mark.parametrize(("put", "kinds"), [(Put.BOARD, BOARD), (Put.SRG, SRG)])
def test_boards_and_srg_are_put_what_is_theirs_and_one_post_all_else(
    put: Put, kinds: tuple[str, ...]
) -> None:
    assert reports.put_to(put) == kinds
    assert not {*kinds} & {*reports.put_to(Put.POST)}


def test_reports_settle_nothing_and_only_a_highlight_report_ends_in_silence() -> None:
    assert reports.DECIDES_NOTHING == REPORTS
    assert [kind for kind, each in reports.KINDS.items() if each.ends] == ["highlight"]


@pytest.mark.parametrize(
    ("srg", "standards", "assesses", "left_out"),
    [
        (True, True, True, {"assessment_choice"}),
        (True, False, True, {"standards_check", "standards_srg", "assessment_choice"}),
        (True, True, False, {*ASSESSMENTS}),
        (False, True, True, {*SRG}),
        (False, True, False, {*SRG, *ASSESSMENTS}),
        (False, False, True, {*SRG, "standards_check"}),
    ],
)
def test_what_is_never_put_needs_no_terms(
    srg: bool, standards: bool, assesses: bool, left_out: set[str]
) -> None:
    needed = reports.needed(srg=srg, standards=standards, assesses=assesses)
    assert {*reports.KINDS} - {*needed} == left_out


def test_each_clause_is_named_once_in_the_order_of_the_questions() -> None:
    assert reports.clauses(tuple(reports.KINDS)) == (
        "project",
        "gate",
        "highlight",
        "exception",
        "project_standards",
        "post_implementation_review",
        "benefit",
        "assessment",
    )
    assert reports.clauses(("benefit",)) == ("benefit",)


@pytest.mark.parametrize("kind", reports.KINDS)
def test_what_a_question_must_offer_it_may_offer(kind: str) -> None:
    known = reports.KINDS[kind]
    assert known.needs
    assert all({*ways} <= {*known.choices} for ways in known.needs)
    assert len({*known.choices}) == len(known.choices)


@pytest.mark.parametrize("kind", reports.KINDS)
def test_no_question_of_delivery_has_the_name_of_another(kind: str) -> None:
    assert not routing.choices_of(kind)
    assert kind not in actions.KINDS


@pytest.mark.parametrize("kind", reports.KINDS)
def test_only_a_board_has_members_who_abstain_or_have_an_interest(kind: str) -> None:
    in_a_board = {Choice.ABSTAIN, Choice.DECLARE_INTEREST} <= {*reports.KINDS[kind].choices}
    assert in_a_board == (kind in BOARD)


@pytest.mark.parametrize("kind", SRG)
def test_nothing_stands_above_srg(kind: str) -> None:
    assert Choice.REFER_UP not in reports.KINDS[kind].choices
