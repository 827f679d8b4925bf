"""The tables that pages read follow from the journal alone."""

import pytest
from sqlalchemy import Table, delete, update

from service.config import Keys
from service.store import Store, rebuild
from service.store.tables import CASES, DECISIONS, FOLDED, HOLDERS, STEPS
from tests.service.store import samples, story
from tests.support.real_time import RealTime


def test_a_rebuild_makes_every_table_again_byte_for_byte(store: Store) -> None:
    story.tell(store)
    before = rebuild.dump(store)
    with store.writing() as tx:
        for table in FOLDED:
            tx.run(delete(table))
    assert rebuild.dump(store) != before
    assert rebuild.rebuild(store) > len(story.FACTS)
    assert rebuild.dump(store) == before


def test_the_story_puts_something_into_every_table(store: Store) -> None:
    story.tell(store)
    with store.reading() as tx:
        empty = [table.name for table in FOLDED if not tx.all(table.select())]
    assert empty == ["case_wait"]


def test_both_databases_make_the_same_of_the_same_story(
    sqlite_url: str, postgres_url: str, keys: Keys
) -> None:
    dumps = []
    for url in (sqlite_url, postgres_url):
        store = Store(url, keys, real=RealTime())
        for name, fact in story.FACTS.items():
            # A link's id is random.
            if name != "a link is followed":
                with store.writing() as tx:
                    fact(tx)
        dumps.append(rebuild.dump(store))
        store.close()
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize(
    ("table", "change"),
    [
        (CASES, {"state": "approved"}),
        (STEPS, {"choice": "reject"}),
        (HOLDERS, {"person": "p-crony"}),
        (DECISIONS, {"choice": "reject"}),
    ],
)
def test_a_table_that_somebody_changed_is_named(store: Store, table: Table, change: dict[str, str]) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        samples.open_step(tx)
        story.closed(tx)
    assert rebuild.drift(store) == ()
    with store.writing() as tx:
        first = tx.all(table.select())[0]
        which = [column == first._mapping[column.name] for column in table.primary_key]
        tx.run(update(table).where(*which).values(change))
    assert rebuild.drift(store) == (table.name,)
    assert rebuild.drift(store) == (table.name,), "looking changes nothing"
