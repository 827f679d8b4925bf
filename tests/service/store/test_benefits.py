"""Benefits in the record: one case for each that is claimed, and readings that are never overwritten."""

from datetime import date
from decimal import Decimal

import pytest

from service.store import Store, Tx, benefits, cases, journal, rebuild
from tests.service.store import samples
from tests.service.store.samples import CASE, OPENED
from workflows.delivery import BenefitRead, BenefitState, Rag

DUE = date(2005, 3, 31)


def opened(tx: Tx) -> tuple[str, ...]:
    samples.submit(tx)
    return benefits.opened(tx, cases.get(tx, CASE), samples.CLAIMED, due=DUE, at=OPENED)


def read(ref: str, month: int, round: int = 1) -> BenefitRead:
    return BenefitRead(case=ref, step=f"{ref}.benefit-{month}.{round}", month=month, at=OPENED)


def test_each_benefit_that_is_claimed_is_opened_once_and_keeps_its_place(store: Store) -> None:
    with store.writing() as tx:
        assert opened(tx) == ("BEN-2026-0001", "BEN-2026-0002")
    with store.writing() as tx:
        again = benefits.opened(tx, cases.get(tx, CASE), samples.CLAIMED, due=DUE)
        assert again == ("BEN-2026-0001", "BEN-2026-0002")
        calls, seats = benefits.of_proposal(tx, CASE)
        assert (calls.number, calls.owner, calls.claimed) == (1, "hall", None)
        assert (seats.number, seats.owner, seats.claimed) == (2, "sports", Decimal("12000.00"))
        case = cases.get(tx, seats.ref)
        assert (case.kind, case.state, case.title) == (benefits.KIND, BenefitState.EXPECTED, "A dearer seat")
        assert (case.capital, case.decide_by, case.open) == (Decimal(0), DUE, True)
        content = cases.content(tx, calls.ref) or {}
        assert (content["summary"], content["claimed_yearly"]) == ("Counted at the box office", "")
        follows = [line.data for line in journal.lines(tx, CASE) if line.kind == "benefit.follows"]
        assert [one["benefit"] for one in follows] == [calls.ref, seats.ref]
        with pytest.raises(LookupError):
            benefits.must(tx, CASE)


def test_what_a_proposal_without_benefits_claims_opens_nothing(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        assert benefits.opened(tx, cases.get(tx, CASE), (), due=DUE) == ()
        assert benefits.of_proposal(tx, CASE) == ()


def test_a_reading_is_corrected_only_by_a_later_one(store: Store) -> None:
    with store.writing() as tx:
        ref, _ = opened(tx)
        benefits.read(tx, read(ref, 3), person="p-hall", value="40.5", rating=Rag.AMBER)
        benefits.read(tx, read(ref, 3), person="p-hall", value="99", rating=Rag.GREEN)
        benefits.read(tx, read(ref, 6), person="p-hall", value="-3", rating=Rag.RED)
        found = benefits.readings(tx, ref)
    assert [(one.month, one.value, one.rating) for one in found] == [
        (3, "40.5", Rag.AMBER),
        (6, "-3", Rag.RED),
    ]


def test_a_correction_stands_after_what_it_corrects_with_why(store: Store) -> None:
    by = {"reason": "A week was left out", "by": "p-pmo", "by_post": "pmo"}
    with store.writing() as tx:
        ref, _ = opened(tx)
        with pytest.raises(LookupError):
            benefits.corrected(tx, ref, month=3, value="41", rating=Rag.GREEN, **by)
        benefits.read(tx, read(ref, 3), person="p-hall", value="40.5", rating=Rag.AMBER)
        told = [benefits.corrected(tx, ref, month=3, value="41", rating=Rag.GREEN, **by) for _ in range(2)]
        assert told == [True, False]
        assert benefits.corrected(tx, ref, month=3, value="42", rating=Rag.GREEN, **by)
        found = benefits.readings(tx, ref)
        assert [(one.value, one.correction, one.person) for one in found] == [
            ("40.5", False, "p-hall"),
            ("41", True, "p-pmo"),
            ("42", True, "p-pmo"),
        ]
        assert benefits.reasons(tx, ref) == {one.step: "A week was left out" for one in found[1:]}
        assert [one.ref for one in benefits.owned(tx, ["hall"])] == [ref]
        assert benefits.owned(tx, []) == ()
    assert rebuild.drift(store) == ()
