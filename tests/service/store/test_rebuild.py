"""The tables that pages read follow from the journal alone."""

import pytest
from sqlalchemy import Table, delete, insert, update

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
        (HOLDERS, {"capacity": "covering"}),
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
    (found,) = rebuild.drift(store)
    (column,) = change
    key = " ".join(str(first._mapping[named.name]) for named in table.primary_key)
    assert (found.table, found.rows, str(found)) == (table.name, 1, f"{key} differs in {column}")
    assert rebuild.drift(store) == (found,), "looking changes nothing"


def test_rows_that_were_taken_away_or_added_are_named_and_only_the_first_few(store: Store) -> None:
    story.tell(store)
    with store.writing() as tx:
        held = tx.all(HOLDERS.select())
        tx.run(delete(HOLDERS))
        tx.run(insert(HOLDERS), [dict(held[0]._mapping) | {"person": "p-crony"}])
    (found,) = rebuild.drift(store)
    assert found.rows == len(held) + 1
    assert str(found).endswith(f"; and {found.rows - len(found.first)} more")
    key = f"{held[0].step} {held[0].seat}"
    assert f"{key} p-crony is there, and no line speaks of it" in found.first
    assert f"{key} {held[0].person} is missing" in found.first
