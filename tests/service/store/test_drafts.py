"""Drafts: saved as they are typed, and never over somebody else's words unawares."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from service.errors import Conflict, Malformed, NotFound
from service.store import Store, clock, drafts


def test_references_count_from_one_in_each_year_of_the_clock(store: Store) -> None:
    with store.writing() as tx:
        clock.begin(tx, datetime(2004, 12, 31, 23, 30, tzinfo=UTC))
        refs = [drafts.create(tx, "leicester", "p-hall", {}).ref for _ in range(2)]
    assert refs == ["INV-2004-0001", "INV-2004-0002"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"title": "Booking", "capital": "10.50"}),
        ({"title": "On-line booking"}, {"title": "On-line booking", "capital": "10.50"}),
        ({"title": None}, {"capital": "10.50"}),
        ({"lead": "hall_lead"}, {"title": "Booking", "capital": "10.50", "lead": "hall_lead"}),
        ({"capital": Decimal("11.00")}, {"title": "Booking", "capital": "11.00"}),
        ({"by": date(2004, 6, 1)}, {"title": "Booking", "capital": "10.50", "by": "2004-06-01"}),
        ({"rate": 3.5}, {"title": "Booking", "capital": "10.50", "rate": 3.5}),
        (
            {"benefits": ["a", {"b": 1}]},
            {"title": "Booking", "capital": "10.50", "benefits": ["a", {"b": 1}]},
        ),
    ],
)
def test_saving_changes_what_is_named_and_nothing_else(
    store: Store, changes: Mapping[str, Any], expected: Mapping[str, Any]
) -> None:
    with store.writing() as tx:
        ref = drafts.create(tx, "leicester", "p-hall", {"title": "Booking", "capital": "10.50"}).ref
        saved = drafts.save(tx, ref, changes)
    assert saved.document == expected
    assert saved.version == 2


def test_whoever_saw_an_older_version_learns_of_it(store: Store) -> None:
    with store.writing() as tx:
        draft = drafts.create(tx, "leicester", "p-hall", {})
        drafts.save(tx, draft.ref, {"title": "Mine"}, draft.version)
        with pytest.raises(Conflict):
            drafts.save(tx, draft.ref, {"title": "Yours"}, draft.version)
        assert drafts.save(tx, draft.ref, {"title": "Ours"}).document == {"title": "Ours"}


def test_a_draft_is_found_by_its_owner_and_by_its_co_authors_posts(store: Store) -> None:
    with store.writing() as tx:
        mine = drafts.create(tx, "leicester", "p-hall", {"co_authors": ["sports", "library"]}).ref
        theirs = drafts.create(tx, "leicester", "p-sports", {}).ref

        def found(person: str, *posts: str) -> list[str]:
            return [draft.ref for draft in drafts.of_person(tx, person, posts)]

        assert found("p-hall") == [mine]
        assert found("p-sports") == [theirs]
        assert sorted(found("p-sports", "sports")) == [mine, theirs]
        drafts.save(tx, mine, {"co_authors": ["library"]})
        assert found("p-sports", "sports") == [theirs]
        assert drafts.get(tx, mine).co_authors == ("library",)


def test_characters_that_are_not_text_are_malformed(store: Store) -> None:
    with store.writing() as tx, pytest.raises(Malformed):
        drafts.create(tx, "leicester", "p-hall", {"title": "\ud800"})


def test_a_draft_that_is_not_there_is_not_found(store: Store) -> None:
    with store.writing() as tx:
        with pytest.raises(NotFound):
            drafts.get(tx, "INV-2004-0001")
        with pytest.raises(NotFound):
            drafts.save(tx, "INV-2004-0001", {})
