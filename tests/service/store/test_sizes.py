"""What the PMO says of the sizes of proposals: what of it holds, and for which versions."""

from datetime import timedelta

import pytest

from service.store import Store, Tx, cases, sizes
from service.store.sizes import SetSize
from tests.service.store import samples
from tests.service.store.samples import CASE, OPENED
from workflows.model import CaseSized, Size

WHY = "It concerns everybody"


def said(tx: Tx, size: Size, by_rule: Size, version: int = 1, reason: str = WHY) -> SetSize:
    return sizes.put(
        tx, CASE, version=version, size=size, by_rule=by_rule, reason=reason, by="p-pmo", by_post="pmo"
    )


def override(tx: Tx) -> Size | None:
    """What a rehearsal is told, which is what a next version has."""
    (stored,) = cases.proposals(tx, "leicester")
    assert stored.override is sizes.override(tx, CASE)
    return stored.override


def test_the_last_that_did_not_come_too_late_counts(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        assert override(tx) is None
        said(tx, Size.MINOR, Size.MAJOR)
        assert override(tx) is Size.MINOR
        said(tx, Size.MAJOR, Size.MAJOR)
        assert override(tx) is None
        said(tx, Size.MINOR, Size.MAJOR, reason="On second thoughts")
        assert override(tx) is Size.MINOR
        sizes.heard(tx, CASE, 3, in_time=False)
        assert override(tx) is None
        sizes.heard(tx, CASE, 2, in_time=False)
        assert override(tx) is Size.MINOR
        assert [one.number for one in sizes.unheard(tx)] == [1]


@pytest.mark.parametrize(("by_rule", "later"), [(Size.MINOR, True), (Size.MAJOR, False)])
def test_what_overrides_holds_for_later_versions_and_what_confirms_does_not(
    store: Store, by_rule: Size, later: bool
) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        one = said(tx, Size.MAJOR, by_rule)
    assert [one.holds_for(version) for version in (1, 2)] == [True, later]


def test_the_same_again_changes_nothing(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        assert said(tx, Size.MINOR, Size.MAJOR) == said(tx, Size.MINOR, Size.MAJOR)
        assert len(sizes.of_case(tx, CASE)) == 1
        assert said(tx, Size.MINOR, Size.MAJOR, version=2).number == 2


def test_a_case_is_of_the_size_that_its_process_has_taken_up(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        one = said(tx, Size.MINOR, Size.MAJOR)
        before = cases.get(tx, CASE)
        assert before.size is Size.MAJOR
        at = OPENED + timedelta(days=1)
        now = before.model_copy(update={"size": Size.MINOR, "route": before.route[:1]})
        for _ in range(2):
            cases.sized(tx, CaseSized(case=CASE, sizing=one.sizing, at=at), now)
        after = cases.get(tx, CASE)
        (kept,) = sizes.of_case(tx, CASE)
    assert (after.size, after.proposal.size, after.route) == (Size.MINOR, Size.MINOR, before.route[:1])
    assert (after.changed, after.branches, after.content_hash) == (at, before.branches, before.content_hash)
    assert kept.state == sizes.TAKEN_UP
