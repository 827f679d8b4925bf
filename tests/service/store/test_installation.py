"""What concerns the whole installation: its Clock, its editions, its texts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from service.errors import NotFound
from service.store import Store, canonical, clock, editions, journal, texts
from service.store.line import ORGANISATION
from tests.support.real_time import RealTime
from workflows.model import Clock, Segment

START = datetime(2004, 6, 1, 8, tzinfo=UTC)


def test_without_a_beginning_the_clock_is_real_time(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        assert clock.read(tx) == Clock()
        assert tx.now == tx.real == real.now


def test_a_clock_begins_once_and_runs_at_its_rate(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        begun = clock.begin(tx, START, rate=43200.0)
        assert tx.now == START
    real.passes(seconds=2)
    with store.writing() as tx:
        assert clock.begin(tx, START - timedelta(days=9)) == begun
        assert tx.now == START + timedelta(days=1)
        assert begun == Clock(
            segments=(Segment(number=1, real=tx.real - timedelta(seconds=2), clock=START, rate=43200.0),)
        )


def test_a_jump_is_seen_at_once_and_on_record(store: Store) -> None:
    with store.writing() as tx:
        clock.begin(tx, START)
        later = START + timedelta(days=27)
        moved = clock.add(tx, Segment(number=2, real=tx.real, clock=later), by="p-admin")
        assert len(moved.segments) == 2
        assert tx.now == later
        line = journal.lines(tx, ORGANISATION)[-1]
    assert (line.kind, line.actor, line.at, line.recorded) == ("clock.moved", "p-admin", later, tx.real)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2004, 6, 1, 22, 30, tzinfo=UTC), date(2004, 6, 1)),
        (datetime(2004, 6, 1, 23, 30, tzinfo=UTC), date(2004, 6, 2)),
        (datetime(2004, 12, 1, 23, 30, tzinfo=UTC), date(2004, 12, 1)),
    ],
)
def test_today_is_the_day_where_the_organisation_is(store: Store, moment: datetime, day: date) -> None:
    with store.writing() as tx:
        clock.begin(tx, moment)
        assert tx.today == day


def test_the_edition_put_last_is_in_force_and_the_others_are_kept(store: Store) -> None:
    def put(words: str, organisation: str = "leicester") -> bool:
        return editions.put(tx, words, organisation=organisation, name="x")

    one, two, three = (canonical.digest(words) for words in ("one", "two", "three"))
    with store.writing() as tx:
        assert editions.in_force(tx, "leicester") is None
        assert [put("one"), put("one"), put("two"), put("one"), put("h", "herefordshire")] == [
            True,
            False,
            True,
            True,
            True,
        ]
        assert editions.in_force_hash(tx, "leicester") == one
        assert editions.in_force(tx, "leicester") == "one"
        assert editions.get(tx, two) == "two"
        assert editions.organisations(tx) == ("herefordshire", "leicester")
        with pytest.raises(NotFound):
            editions.get(tx, three)


def test_a_text_is_kept_once_under_its_hash(store: Store) -> None:
    with store.writing() as tx:
        digest = texts.put(tx, "Café\n")
        assert texts.put(tx, "Café\n") == digest
        assert texts.get(tx, digest) == "Café\n"
        texts.erase(tx, digest)
        assert texts.get(tx, digest) is None
