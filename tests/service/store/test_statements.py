"""What a statement is given when it runs is looked for or set: nothing is passed over in silence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Insert, Table, Update, event

from service.store import Store, rebuild
from tests.service.store import story

Given = Mapping[str, Any]


def unheard(statement: Insert | Update, given: Given) -> set[str]:
    """Return the names that are neither of a column nor, by our custom, of what is looked for."""
    table = statement.table
    assert isinstance(table, Table)
    return {name for name in given if name not in table.columns and not name.startswith("its_")}


@pytest.fixture
def passed_over() -> Iterator[list[str]]:
    """The names that statements were given while the test ran, and did nothing with."""
    found: list[str] = []

    def look(_: Connection, statement: object, many: Sequence[Given], one: Given, options: object) -> None:
        if isinstance(statement, Insert | Update):
            for given in (*many, one):
                found.extend(f"{statement.table}.{name}" for name in unheard(statement, given))

    event.listen(Engine, "before_execute", look)
    yield found
    event.remove(Engine, "before_execute", look)


def test_whatever_a_case_s_life_writes_has_a_column(store: Store, passed_over: list[str]) -> None:
    story.tell(store)
    rebuild.rebuild(store)
    assert passed_over == []
