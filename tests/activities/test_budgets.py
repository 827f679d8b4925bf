"""What a funder hears of their budget: what the handbook says is committed, and what they approved here."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from service import telling
from service.store import budgets, cases, rebuild
from tests.support.desk import NINE, Desk
from tests.support.real_time import RealTime
from workflows.model import Choice, Ending, State

PAYS = [{"post": "bh-land-charges", "share_percent": 100}]
STEP = "funding-bh-land-charges"


def approves(desk: Desk, capital: int = 42000, choice: Choice = Choice.APPROVE) -> str:
    """Submit a proposal that one post pays for, and let it answer; return the case."""
    case = desk.submits(
        funding_parties=PAYS, cost_profile={"capital_gbp": capital, "revenue_gbp_per_year": 0}
    )
    desk.opens(desk.ask(case, STEP))
    step = f"{case.case}.{STEP}.1"
    desk.closes(step, desk.answers(step, "bh-land-charges", choice), choice=choice)
    return case.case


def budget(desk: Desk, ref: str) -> tuple[str, str, str]:
    """Return what the funder's letter says of their budget: committed, approved here, and what remains."""
    (told,) = (row.props["budget"] for row in desk.ledger(ref) if row.kind == "request")
    return told["committed"], told["approved_here"], told["would_remain"]


def here(desk: Desk, post: str = "bh-land-charges", beside: str = "") -> Decimal:
    with desk.store.reading() as tx:
        return budgets.approved(tx, "leicester", post, beside=beside)


def test_what_a_budget_has_approved_is_committed_when_its_holder_is_asked_again(each_desk: Desk) -> None:
    desk = each_desk
    first, second = approves(desk), approves(desk)
    assert budget(desk, first) == ("12000.00", "0", "21000.00")
    assert budget(desk, second) == ("54000.00", "42000.00", "-21000.00")
    assert here(desk) == Decimal("84000.00")
    rebuild.rebuild(desk.store)
    assert here(desk) == Decimal("84000.00")


def test_only_the_post_s_own_approvals_of_other_proposals_count(each_desk: Desk) -> None:
    desk = each_desk
    ref = approves(desk)
    approves(desk, choice=Choice.REJECT)
    assert here(desk) == Decimal("42000.00")
    assert here(desk, beside=ref) == here(desk, "bh-dmh") == 0
    with desk.store.reading() as tx:
        assert budgets.approved(tx, "herefordshire", "bh-land-charges", beside="") == 0


@pytest.mark.parametrize("state", [*State])
def test_what_a_proposal_that_came_to_nothing_had_is_free_again(desk: Desk, state: State) -> None:
    ref = approves(desk)
    desk.becomes(ref, str(state))
    nothing = ("returned", "rejected", "withdrawn", "lapsed", "closed_unfunded", "closed_refused")
    assert here(desk) == (0 if state in nothing else Decimal("42000.00"))


def test_what_was_approved_of_an_earlier_version_does_not_count(desk: Desk, real: RealTime) -> None:
    approves(desk)
    real.passes(days=1)
    desk.submits(version=2, funding_parties=PAYS)
    assert here(desk) == 0


def asks(desk: Desk, capital: int) -> str:
    """Submit a proposal and ask the post that pays for it; return the case."""
    case = desk.submits(
        funding_parties=PAYS, cost_profile={"capital_gbp": capital, "revenue_gbp_per_year": 0}
    )
    desk.opens(desk.ask(case, STEP))
    return case.case


def asked(desk: Desk, beside: str = "") -> Decimal:
    with desk.store.reading() as tx:
        return budgets.asked(tx, "leicester", "bh-land-charges", beside=beside)


def test_what_other_proposals_ask_stands_apart_until_it_is_answered(each_desk: Desk) -> None:
    desk = each_desk
    first, second = asks(desk, 10000), asks(desk, 20000)
    told = [
        row.props["budget"] for ref in (first, second) for row in desk.ledger(ref) if row.kind == "request"
    ]
    assert [(one["committed"], one["would_remain"], one["asked_here"]) for one in told] == [
        ("12000.00", "53000.00", "0"),
        ("12000.00", "43000.00", "10000.00"),
    ]
    assert [asked(desk), asked(desk, beside=first)] == [Decimal(30000), Decimal(20000)]
    rebuild.rebuild(desk.store)
    assert [asked(desk), asked(desk, beside=first)] == [Decimal(30000), Decimal(20000)]
    step = f"{first}.{STEP}.1"
    desk.closes(step, desk.answers(step, "bh-land-charges", Choice.APPROVE))
    assert [asked(desk), here(desk)] == [Decimal(20000), Decimal(10000)], (
        "approved, it is committed and no more asked"
    )


@pytest.mark.parametrize("choice", [Choice.APPROVE, Choice.REJECT])
def test_an_answer_that_may_still_be_taken_back_is_told_to_nobody(
    each_desk: Desk, real: RealTime, choice: Choice
) -> None:
    desk = each_desk
    with desk.store.reading() as tx:
        now, until = tx.now, tx.now + timedelta(hours=2)
    step = f"{asks(desk, 10000)}.{STEP}.1"
    desk.records(desk.answers(step, "bh-land-charges", choice, at=now, held_until=until))
    assert [asked(desk), here(desk)] == [Decimal(10000), 0]
    with desk.store.reading() as tx:
        assert budgets.approved(tx, "leicester", "bh-land-charges", beside="", before=until) == 0
    real.passes(hours=3)
    desk.closes(step, choice=choice)
    approved = Decimal(10000) if choice is Choice.APPROVE else 0
    assert [asked(desk), here(desk)] == [0, approved]


@pytest.mark.parametrize("choice", [Choice.REJECT, Choice.RETURN, Choice.DEFER])
def test_what_was_answered_otherwise_is_no_more_asked(desk: Desk, choice: Choice) -> None:
    step = f"{asks(desk, 10000)}.{STEP}.1"
    desk.closes(step, desk.answers(step, "bh-land-charges", choice), choice=choice)
    assert asked(desk) == here(desk) == 0


def test_what_is_called_off_is_no_more_asked(desk: Desk) -> None:
    ref = asks(desk, 10000)
    desk.closes(f"{ref}.{STEP}.1", choice=None, ending=Ending.WITHDRAWN)
    assert asked(desk) == 0


def test_only_the_post_s_own_shares_are_asked_of_it(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    desk.opens(desk.ask(case, "srg"))
    assert asked(desk) == 0
    with desk.store.reading() as tx:
        assert budgets.asked(tx, "leicester", "bh-dmh", beside="") == 84000
        assert budgets.asked(tx, "herefordshire", "bh-dmh", beside="") == 0


def test_a_record_counts_what_was_approved_before_its_own_answer(desk: Desk) -> None:
    first = approves(desk)
    approves(desk)
    with desk.store.reading() as tx:
        case = cases.get(tx, first)
        held = [
            telling.budget(tx, case, desk.edition, "bh-land-charges", Decimal(42000), before=at)
            for at in (NINE, NINE + timedelta(days=1))
        ]
    assert [told.committed for told in held if told] == [Decimal(12000), Decimal(54000)]


@pytest.mark.parametrize(
    ("changes", "committed"), [({"stakeholders": "In other words"}, 84000), ({"personal_data": True}, 0)]
)
def test_what_stands_for_a_later_version_stays_committed(
    each_desk: Desk, real: RealTime, changes: dict[str, Any], committed: int
) -> None:
    desk = each_desk
    case = desk.submits()
    for key, choice in (("funding-bh-dmh", Choice.APPROVE), ("funding-bh-sports", Choice.RETURN)):
        ask = desk.ask(case, key)
        desk.opens(ask)
        desk.closes(ask.step, desk.answers(ask.step, ask.seats[0].key, choice), choice=choice)
    desk.becomes(case.case, "returned", because=f"{case.case}.funding-bh-sports.1")
    assert here(desk, "bh-dmh") == 0
    real.passes(days=1)
    desk.submits(version=2, **changes)
    assert here(desk, "bh-dmh") == committed
    assert asked(desk) == 0


def test_the_authority_above_a_party_is_told_of_the_party_s_budget(desk: Desk) -> None:
    case = desk.submits(funding_parties=[{"post": "bh-dmh", "share_percent": 100}])
    desk.opens(desk.ask(case, "authority-bh-dmh"))
    (told,) = (row.props["budget"] for row in desk.ledger(case.case) if row.kind == "request")
    assert (told["total"], told["committed"], told["would_remain"]) == ("210000.00", "95000.00", "-25000.00")
    assert told["whose"] == "Budget holder, De Montfort Hall"
