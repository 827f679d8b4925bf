"""Checked reviews and their lessons: written once, found by words, and erased where the law says so."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from service.errors import Malformed
from service.store import Store, Tx, journal, rebuild, reviews, texts
from service.store.reviews import Checked, Filters, Learnt
from tests.service.store import samples
from tests.service.store.samples import CASE, OPENED


def reviewed(tx: Tx, ref: str, *titles: str, days: int = 0, title: str = "", **said: Any) -> None:
    facts = {name: said.pop(name) for name in ("organisation", "department") if name in said}
    samples.submit(tx, ref, title=title or f"Case {ref}", **facts)
    learnt = tuple(Learnt(title=each, text=f"What {each} is about") for each in titles)
    told = Checked(review=f"{ref}.review.1", check=f"{ref}.review-check.1", lessons=learnt, **said)
    reviews.checked(tx, ref, told, at=OPENED + timedelta(days=days))


def titles(tx: Tx, **filters: Any) -> list[str]:
    return [one.title for one in reviews.page(tx, "leicester", **filters).items]


def test_a_review_is_checked_once_and_keeps_what_it_said(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        assert reviews.of_case(tx, CASE) is None
        reviews.checked(tx, CASE, samples.REVIEWED, at=OPENED)
        reviews.checked(tx, CASE, Checked(review="other", check="other"), at=OPENED)
    with store.reading() as tx:
        found = reviews.of_case(tx, CASE)
        lessons = reviews.lessons(tx, [CASE])
        line = next(line for line in journal.lines(tx, CASE) if line.kind == "review.checked")
    assert found
    assert (found.final_cost, found.objectives, found.title) == (
        Decimal("151000.00"),
        "partly",
        "On-line booking",
    )
    assert (found.system_kind, found.systems, found.strategy) == ("web", ("cms",), "access")
    assert [(one.number, one.title, one.text) for one in lessons] == [
        (1, "Train before go-live", "Staff met the system on its first day."),
        (2, "Count calls early", "Nobody had counted them before.\nSo nothing could be compared."),
    ]
    assert "go-live" not in str(line.data)
    assert [len(hash) for hash in line.data["lessons"]] == [64, 64]


def test_an_erased_lesson_shows_as_erased_and_the_journal_makes_the_same_of_it(store: Store) -> None:
    with store.writing() as tx:
        reviewed(tx, CASE, "Train early", "Count calls")
        line = next(line for line in journal.lines(tx, CASE) if line.kind == "review.checked")
        texts.erase(tx, line.data["lessons"][0])
    before = rebuild.dump(store)
    rebuild.rebuild(store)
    assert rebuild.dump(store) == before
    with store.reading() as tx:
        first, second = reviews.lessons(tx, [CASE])
        assert (first.text, first.erased) == (reviews.ERASED, True)
        assert (second.title, second.erased) == ("Count calls", False)
        assert titles(tx, words="train") == []
        assert titles(tx, words="erased") == []


LIBRARY: Sequence[tuple[Filters, list[str]]] = [
    ({}, ["Pilot first", "Train early", "Count 100% of calls", "Buy late"]),
    ({"words": "train"}, ["Train early"]),
    # in the words as in the title, all of them, in whatever order and size
    ({"words": "ABOUT count"}, ["Count 100% of calls"]),
    ({"words": "train calls"}, []),
    ({"words": "  "}, ["Pilot first", "Train early", "Count 100% of calls", "Buy late"]),
    # signs are what they are
    ({"words": "100%"}, ["Count 100% of calls"]),
    ({"words": "l_te"}, []),
    ({"departments": ["housing"]}, ["Pilot first"]),
    ({"departments": ["housing", "culture"]}, ["Pilot first", "Buy late"]),
    ({"departments": []}, ["Pilot first", "Train early", "Count 100% of calls", "Buy late"]),
    ({"system_kind": "web"}, ["Train early", "Count 100% of calls"]),
    ({"strategy": "access"}, ["Pilot first"]),
    ({"strategy": "access", "system_kind": "web"}, []),
    ({"case": "INV-2004-0002"}, ["Train early", "Count 100% of calls"]),
    ({"case": "INV-2004-0004"}, []),
]


def library(tx: Tx) -> None:
    reviewed(tx, "INV-2004-0001", "Buy late", days=1, department="culture")
    reviewed(tx, "INV-2004-0002", "Train early", "Count 100% of calls", days=2, system_kind="web")
    reviewed(tx, "INV-2004-0003", "Pilot first", days=2, department="housing", strategy="access")
    reviewed(tx, "INV-2004-0004", "Elsewhere", days=3, organisation="herefordshire")
    reviewed(tx, "INV-2004-0005", days=3)


def test_the_library_is_cut_down_by_what_is_asked(store: Store) -> None:
    with store.writing() as tx:
        library(tx)
        for filters, found in LIBRARY:
            assert titles(tx, **filters) == found


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_the_pages_of_the_library_pass_over_nothing(store: Store, limit: int) -> None:
    with store.writing() as tx:
        library(tx)
        found: list[str] = []
        cursor: str | None = None
        while True:
            part = reviews.page(tx, "leicester", cursor=cursor, limit=limit)
            found.extend(one.title for one in part.items)
            if (cursor := part.next_cursor) is None:
                break
            assert len(part.items) == limit
        assert found == ["Pilot first", "Train early", "Count 100% of calls", "Buy late"]
        with pytest.raises(Malformed):
            reviews.page(tx, "leicester", cursor="nothing of ours")


def test_reviews_are_gone_through_from_the_newest(store: Store) -> None:
    with store.writing() as tx:
        library(tx)
        found = [one.case for one in reviews.all_of(tx, "leicester")]
        assert found == ["INV-2004-0005", "INV-2004-0003", "INV-2004-0002", "INV-2004-0001"]
        assert reviews.lessons(tx, []) == ()
