"""Meetings in the record: the chain keeps what happened, and the words of people beside it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from service.store import Store, journal, meetings, rebuild, texts, verify
from service.store.engine import Tx
from service.store.meetings import Attendance, AttendedBy, ClosedItem, MeetingState, Presence, Series
from service.store.tables import TEXTS

SERIES = Series(organisation="leicester", forum="heads-of-ict")
JUNE, JULY = date(2004, 6, 9), date(2004, 7, 14)
NAME, CONCERN, NOTE, WHY = "Ann Other", "Its supplier is insolvent", "They were read out", "The chair is ill"


def sits(store: Store) -> None:
    """A meeting with a substitute, something noted and something rolled on; the next is moved."""
    item = ClosedItem(
        key="INV-2004-0001.notification.1",
        number=1,
        kind="question",
        title="On-line booking",
        case="INV-2004-0001",
        came_to="it is supported",
        choice="support",
        remarks=(("Infrastructure", CONCERN),),
        conditions=(f"{CONCERN}: ask for a guarantee",),
    )
    rolls = ClosedItem(key="business-3", number=2, kind="business", title="Dates", rolled=True, note=WHY)
    there = AttendedBy(title="Head of ICT", presence=Presence.SUBSTITUTE, substitute=NAME)
    with store.writing() as tx:
        meetings.business_added(tx, SERIES, JUNE, "Letters", by="p")
        meetings.business_added(tx, SERIES, JUNE, "Dates", by="p")
        letters, dates = (one.item for one in meetings.view(tx, SERIES, JUNE).heard)
        sat = Attendance(post="hoict", presence=Presence.SUBSTITUTE, substitute=NAME)
        meetings.attended(tx, SERIES, JUNE, [sat], by="p")
        meetings.noted(tx, SERIES, JUNE, letters, NOTE, by="p")
        meetings.rolled_on(tx, SERIES, JUNE, dates, WHY, by="p")
        meetings.closed(tx, SERIES, JUNE, MeetingState.HELD, items=[item, rolls], present=[there], by="p")
        meetings.moved(tx, SERIES, JULY, date(2004, 7, 21), why=WHY, by="p")


def erase(tx: Tx) -> None:
    for digest in tx.all(select(TEXTS.c.hash)):
        texts.erase(tx, digest.hash)


def alter(tx: Tx) -> None:
    tx.run(TEXTS.update().values(body="Something else"))


def test_the_chain_of_a_forum_s_meetings_has_no_words_that_the_law_may_erase(store: Store) -> None:
    sits(store)
    with store.reading() as tx:
        chain = journal.export(tx, SERIES.ref)
        held = meetings.get(tx, SERIES, JUNE)
        moved = meetings.get(tx, SERIES, JULY)
    assert not [words for words in (NAME, CONCERN, NOTE, WHY) if words in chain]
    (item, rolls), (there,) = held.items, held.present
    assert (item.remarks, item.conditions) == (
        (("Infrastructure", CONCERN),),
        (f"{CONCERN}: ask for a guarantee",),
    )
    assert (rolls.note, there.substitute, held.attendance[0].substitute) == (WHY, NAME, NAME)
    assert [one.note for one in held.heard] == [NOTE, WHY]
    assert moved.why == WHY


@pytest.mark.parametrize(
    ("becomes", "said", "name"),
    [(erase, meetings.ERASED, meetings.NAMELESS), (alter, meetings.ALTERED, meetings.ALTERED)],
)
def test_words_that_were_erased_or_altered_take_nothing_else_of_a_meeting_along(
    store: Store, becomes: Callable[[Tx], None], said: str, name: str
) -> None:
    sits(store)
    before = rebuild.dump(store)
    with store.writing() as tx:
        becomes(tx)
    rebuild.rebuild(store)
    assert rebuild.dump(store) == before
    with store.reading() as tx:
        held, moved = meetings.get(tx, SERIES, JUNE), meetings.get(tx, SERIES, JULY)
        assert verify.verify(tx).chained
        assert meetings.minuted(tx, "INV-2004-0001")
    (item, rolls), (there,) = held.items, held.present
    assert (item.came_to, item.choice, item.remarks) == (said, "support", ())
    assert (rolls.note, rolls.rolled, rolls.came_to) == (said, True, "")
    assert (there.substitute, held.attendance[0].substitute) == (name, name)
    # It is still known that something came of it.
    assert [one.settled for one in held.heard] == [True, False]
    assert (moved.why, moved.moved_to) == (said, date(2004, 7, 21))
