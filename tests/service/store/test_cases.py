"""Cases: what was submitted, where each is, and the list."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from service.config import Keys
from service.errors import Malformed, NotEditable, NotFound
from service.store import Store, Tx, cases, drafts, steps, texts
from service.store.cases import Filters
from tests.service.store import samples
from tests.service.store.samples import CASE, OPENED
from tests.support.postgres import Postgres
from workflows.model import CaseOpened, CaseWaiting, Clock, Size, Withdrawal


def test_a_submitted_case_is_read_as_it_was_written(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        case = cases.get(tx, CASE)
    assert (case.state, case.version, case.taken_up, case.open) == ("submitted", 1, 0, True)
    assert (case.organisation, case.department, case.title) == (
        "leicester",
        "regeneration",
        "On-line booking",
    )
    assert (case.sponsor, case.lead, case.size) == ("hall", "hall_lead", Size.MAJOR)
    assert (case.capital, str(case.capital)) == (Decimal("140000.00"), "140000.00")
    assert case.decide_by == date(2004, 10, 14)
    assert (case.author, case.authors) == ("p-hall", ("p-lead",))
    assert (case.proposal, case.route) == (samples.PROPOSAL, samples.ROUTE)
    assert case.branches == {"srg": samples.ROUTE[0]}
    assert case.withdrawal is None


def test_its_process_begins_with_the_version_last_submitted(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        samples.submit(tx, version=2)
        opened = cases.begun(tx, CASE, terms={"funding": samples.TERMS})
        assert cases.get(tx, CASE).taken_up == 2
    assert opened == CaseOpened(
        case=CASE,
        version=2,
        content_hash=opened.content_hash,
        proposal=samples.PROPOSAL,
        route=samples.ROUTE,
        branches={"srg": samples.ROUTE[0]},
        terms={"funding": samples.TERMS},
        edition=samples.EDITION,
        clock=Clock(),
    )


def test_a_case_finishes_under_the_edition_it_opened_with(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        samples.submit(tx, version=2, edition="f" * 64)
        assert cases.get(tx, CASE).edition == samples.EDITION


def test_every_version_can_be_read_again(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx, words="First")
        samples.submit(tx, version=2, words="Second", author="p-other", authors=())
        assert [version.version for version in cases.versions(tx, CASE)] == [1, 2]
        assert [version.authors for version in cases.versions(tx, CASE)] == [("p-lead",), ("p-other",)]
        assert cases.content(tx, CASE, 1) == samples.content("First")
        assert cases.content(tx, CASE) == samples.content("Second")
        texts.erase(tx, cases.versions(tx, CASE)[0].content_hash)
        assert cases.content(tx, CASE, 1) is None
        with pytest.raises(NotFound):
            cases.content(tx, CASE, 3)


def test_what_no_process_has_in_hand_is_found(store: Store) -> None:
    def left() -> list[tuple[int, int]]:
        return [(found.version, found.taken_up) for found in cases.unstarted(tx)]

    with store.writing() as tx:
        assert left() == []
        samples.submit(tx)
        assert left() == [(1, 0)]
        cases.begun(tx, CASE, terms={})
        assert left() == []
        samples.submit(tx, version=2)
        assert left() == [(2, 1)]
        cases.became(tx, samples.becoming("withdrawn"))
        assert left() == []


def test_the_first_wish_to_end_a_case_stands_until_it_has_ended(store: Store) -> None:
    wish = Withdrawal(key="withdraw:1", by="p-hall", at=OPENED)
    with store.writing() as tx:
        samples.submit(tx)
        assert cases.unfinished_withdrawals(tx) == ()
        assert cases.withdrawal_requested(tx, CASE, "p-hall", "withdraw:1", at=OPENED) == wish
        assert cases.withdrawal_requested(tx, CASE, "p-lead", "withdraw:2") == wish
        assert cases.unfinished_withdrawals(tx) == ((CASE, wish),)
        cases.became(tx, samples.becoming("withdrawn"))
        assert cases.unfinished_withdrawals(tx) == ()
        assert cases.get(tx, CASE).withdrawal == wish


@pytest.mark.parametrize(
    ("state", "ended"),
    [("returned", False), ("approved", False), ("closed", True), ("lapsed", True), ("withdrawn", True)],
)
def test_a_case_is_open_until_nothing_more_can_come(store: Store, state: str, ended: bool) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        cases.became(tx, samples.becoming(state))
        assert cases.get(tx, CASE).open is not ended
        assert cases.open_refs(tx) == (() if ended else (CASE,))


def test_a_returned_case_opens_its_draft_again_and_only_once(store: Store) -> None:
    with store.writing() as tx:
        ref = drafts.create(tx, "leicester", "p-hall", samples.content()).ref
        samples.submit(tx, ref)
        with pytest.raises(NotEditable):
            drafts.save(tx, ref, {"title": "Another"})
        returned = samples.becoming("returned", ref=ref)
        cases.became(tx, returned)
        draft = drafts.save(tx, ref, {"title": "Another"})
        assert (draft.state, draft.submitted_version) == ("returned", 1)
        samples.submit(tx, ref, version=2)
        cases.became(tx, returned)
        assert not drafts.get(tx, ref).editable


def test_a_case_nobody_submitted_is_not_found(store: Store) -> None:
    with store.reading() as tx:
        assert cases.find(tx, CASE) is None
        with pytest.raises(NotFound, match=CASE):
            cases.get(tx, CASE)


# ----------------------------------------------------------------------------- the list


def fill(tx: Tx, number: int = 7) -> list[str]:
    """Submit cases, all but the first two at the same instant; return them as the list shows them."""
    refs = [f"INV-2004-{count:04}" for count in range(1, number + 1)]
    for count, ref in enumerate(refs):
        samples.submit(tx, ref)
        cases.became(tx, samples.becoming("with_funders", ref=ref, at=OPENED + timedelta(days=min(count, 2))))
    return refs[::-1]


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 50])
def test_turning_the_pages_shows_every_case_once_the_last_changed_first(store: Store, limit: int) -> None:
    with store.writing() as tx:
        expected = fill(tx)
        shown: list[str] = []
        cursor = None
        while len(shown) < len(expected):
            page = cases.page(tx, cursor=cursor, limit=limit)
            shown += [case.ref for case in page.items]
            cursor = page.next_cursor
        assert cursor is None
    assert shown == expected


@pytest.mark.parametrize("cursor", ["nonsense", "!!", "YWJj", "é", "=" * 5])
def test_a_cursor_we_never_gave_is_malformed(store: Store, cursor: str) -> None:
    with store.reading() as tx, pytest.raises(Malformed) as refused:
        cases.page(tx, cursor=cursor)
    assert refused.value.problems[0].field == "cursor"


def test_a_list_is_cut_down_by_what_is_asked(store: Store) -> None:
    one, two, three, four = (f"INV-2004-000{number}" for number in range(1, 5))
    with store.writing() as tx:
        samples.submit(tx, one)
        samples.submit(tx, two, department="housing", organisation="herefordshire")
        samples.submit(tx, three, title="100%_certain")
        samples.submit(tx, four)
        samples.open_step(tx, samples.ask(one), at=tx.now - timedelta(days=30))
        cases.waiting(
            tx,
            CaseWaiting(
                case=three, number=1, key="srg", leg="srg", since=tx.now, until=None, on="heads_of_ict"
            ),
        )
        cases.became(tx, samples.becoming("closed", ref=four, at=tx.now))
        table: list[tuple[Filters, Sequence[str]]] = [
            ({}, [four, three, two, one]),
            ({"state": "closed"}, [four]),
            ({"kind": "proposal"}, [four, three, two, one]),
            ({"kind": "project"}, []),
            ({"department": "housing"}, [two]),
            ({"organisation": "leicester"}, [four, three, one]),
            ({"waiting_on": "hall"}, [one]),
            ({"waiting_on": "heads_of_ict"}, [three]),
            ({"waiting_on": "nobody"}, []),
            ({"overdue": True}, [one]),
            ({"q": "0003"}, [three]),
            ({"q": "inv-2004-0003"}, [three]),
            ({"q": "INV-2004"}, [four, three, two, one]),
            ({"q": "INV-2005"}, []),
            ({"q": "ON-LINE"}, [four, two, one]),
            ({"q": "%_"}, [three]),
            ({"q": "_"}, [three]),
            ({"q": "\\"}, []),
            ({"state": "submitted", "department": "regeneration", "q": "on-line"}, [one]),
        ]
        for asked, expected in table:
            found = cases.page(tx, **asked).items
            assert [case.ref for case in found] == expected, asked
            assert cases.counts(tx, **asked) == Counter(case.state for case in found), asked


@pytest.fixture
def english(postgres_server: Postgres, keys: Keys) -> Iterator[Store]:
    """An empty store on a PostgreSQL that orders text as English does, and not by its bytes."""
    locale = postgres_server.learn("en_GB")
    if locale is None:
        pytest.skip("this system cannot make the order of a language")
    with postgres_server.database("template0", locale=locale) as name:
        store = Store(postgres_server.url(name), keys)
        store.migrate()
        yield store
        store.close()


def test_references_are_found_by_their_index_in_whatever_order_a_language_has(english: Store) -> None:
    plans: list[str] = []

    def explain(connection: Connection, _: object, statement: str, parameters: Any, *__: object) -> None:
        raw = connection.connection.cursor()
        raw.execute(f"EXPLAIN {statement}", parameters)
        plans.extend(str(row) for row in raw.fetchall())

    with english.writing() as tx:
        refs = fill(tx)
        assert tx.value(text("SELECT '~' < '0'")), "its order is not that of bytes"
        tx.run(text("SET LOCAL enable_seqscan = off"))  # which is cheaper for a few rows
        event.listen(tx.connection, "before_cursor_execute", explain)
        assert [case.ref for case in cases.page(tx, q="INV-20").items] == refs
        assert [case.ref for case in cases.page(tx, q="inv-2004-0003").items] == ["INV-2004-0003"]
        assert cases.page(tx, q="INV-2005").items == ()
    assert sum("ix_case_file_ref_begins" in plan for plan in plans) == 3, plans


def test_cases_are_counted_by_state_beyond_the_page(store: Store) -> None:
    with store.writing() as tx:
        fill(tx, 3)
        samples.submit(tx, "INV-2004-0100")
        assert cases.counts(tx) == {"submitted": 1, "with_funders": 3}


def test_a_list_says_of_each_case_on_whom_it_waits(store: Store) -> None:
    with store.writing() as tx:
        fill(tx, 2)
        samples.open_step(tx, samples.ask(CASE))
        page = cases.page(tx)
        found = steps.waiting_of(tx, [case.ref for case in page.items])
    assert {ref: len(waits) for ref, waits in found.items()} == {CASE: 2, "INV-2004-0002": 0}
