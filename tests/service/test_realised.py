"""What has come about of benefits, in words: shares of sums alone, and by the latest month."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from service import realised
from service.store import Store, Tx, benefits, cases, rebuild
from service.store.benefits import Claimed
from tests.service.store import samples
from tests.service.store.samples import CASE, OPENED
from tests.service.store.test_benefits import DUE
from workflows.delivery import BenefitRead, Rag

POSTS = Claimed(title="Posts saved", owner="hall", yearly=Decimal("40000.00"))
SEATS = Claimed(title="Dearer seats", owner="sports", yearly=Decimal("10000.00"))
CALLS = Claimed(title="Fewer calls", owner="hall")
NOTHING = Claimed(title="No more than now", owner="hall", yearly=Decimal("0.00"))

Readings = Sequence[tuple[int, str, Rag]]
"""After how many months, what was read, and how it stands."""


def claims(tx: Tx, *claimed: Claimed) -> tuple[str, ...]:
    samples.submit(tx)
    return benefits.opened(tx, cases.get(tx, CASE), claimed, due=DUE, at=OPENED)


def reads(tx: Tx, ref: str, readings: Readings) -> None:
    for month, value, rating in readings:
        step = f"{ref}.benefit-{month}.1"
        read = BenefitRead(case=ref, step=step, month=month, at=OPENED)
        benefits.read(tx, read, person="p-hall", value=value, rating=rating)


def corrects(tx: Tx, ref: str, month: int, value: str, rating: Rag) -> None:
    by = {"reason": "Read from the wrong line", "by": "p-pmo", "by_post": "pmo"}
    assert benefits.corrected(tx, ref, month=month, value=value, rating=rating, **by)


def test_an_early_month_that_is_put_right_is_not_the_latest_for_it(store: Store) -> None:
    with store.writing() as tx:
        (ref,) = claims(tx, POSTS)
        reads(tx, ref, [(3, "10000", Rag.RED), (24, "40000", Rag.GREEN)])
        corrects(tx, ref, 3, "12000", Rag.AMBER)
        known = benefits.readings(tx, ref)
        assert [(one.month, one.value) for one in known] == [(3, "10000"), (3, "12000"), (24, "40000")]
        (told,) = realised.of_proposal(tx, CASE)
        assert (told.read, told.said) == (
            "£40,000, 24 months after go-live",
            "100% of what was claimed, rated green",
        )
        stands = realised.stands(tx, benefits.must(tx, ref))
        assert stands[-1] == "Last read: £40,000, 24 months after go-live, rated green."
        corrects(tx, ref, 24, "30000", Rag.AMBER)
        assert realised.of_proposal(tx, CASE)[0].said == "75% of what was claimed, rated amber"
    assert rebuild.drift(store) == ()


@pytest.mark.parametrize(
    ("claimed", "readings", "read", "said"),
    [
        (POSTS, [], "Nothing yet", ""),
        (POSTS, [(3, "0", Rag.RED)], "£0, 3 months after go-live", "0% of what was claimed, rated red"),
        (
            POSTS,
            [(1, "-2e3", Rag.RED)],
            "-£2,000, 1 month after go-live",
            "-5% of what was claimed, rated red",
        ),
        (
            POSTS,
            [(6, "60000.5", Rag.GREEN)],
            "£60,000.50, 6 months after go-live",
            "150% of what was claimed, rated green",
        ),
        # a figure that should fall has no target: no share of it is ever right, and none is told
        (CALLS, [(3, "0", Rag.GREEN)], "0, 3 months after go-live", "Rated green"),
        (CALLS, [(3, "1200", Rag.RED)], "1,200, 3 months after go-live", "Rated red"),
        (NOTHING, [(3, "1200", Rag.GREEN)], "£1,200, 3 months after go-live", "Rated green"),
    ],
)
def test_a_share_is_told_only_of_a_sum(
    store: Store, claimed: Claimed, readings: Readings, read: str, said: str
) -> None:
    with store.writing() as tx:
        (ref,) = claims(tx, claimed)
        reads(tx, ref, readings)
        (told,) = realised.of_proposal(tx, CASE)
        assert (told.read, told.said) == (read, said)
        assert ("%" in " ".join(realised.sentences(tx, CASE))) is ("%" in said)


def test_a_benefit_without_a_sum_says_that_only_its_rating_counts(store: Store) -> None:
    with store.writing() as tx:
        (ref,) = claims(tx, CALLS)
        benefit = benefits.must(tx, ref)
        assert (
            realised.claimed(benefit) == "No sum was claimed, so only its owner's rating says how it stands"
        )
        reads(tx, ref, [(3, "1200", Rag.RED)])
        assert realised.come_to(benefit, benefits.readings(tx, ref)[-1]) == ""
        assert realised.stands(tx, benefit) == (
            "No sum was claimed, so only its owner's rating says how it stands.",
            "Last read: 1,200, 3 months after go-live, rated red.",
        )


def test_what_a_proposal_claimed_is_told_together(store: Store) -> None:
    with store.writing() as tx:
        assert realised.sentences(tx, CASE) == ()
        posts, seats, calls = claims(tx, POSTS, SEATS, CALLS)
        assert realised.sentences(tx, CASE) == (
            "Nothing has been read yet of the 3 benefits that were claimed.",
        )
        reads(tx, posts, [(3, "9000", Rag.AMBER), (6, "12000", Rag.RED)])
        assert realised.sentences(tx, CASE) == (
            "1 of the 3 benefits that were claimed has been read.",
            "Of £40,000 a year claimed of these, £12,000 has come about (30%).",
        )
        reads(tx, seats, [(3, "8000", Rag.GREEN)])
        reads(tx, calls, [(3, "7", Rag.GREEN)])
        assert realised.sentences(tx, CASE) == (
            "3 of the 3 benefits that were claimed have been read.",
            "Of £50,000 a year claimed of these, £20,000 has come about (40%).",
            "Claimed without a sum: 1 rated green.",
        )
