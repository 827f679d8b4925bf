"""One spelling for everything that is hashed."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from service.store import canonical

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | WORDS,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


@given(VALUES)
def test_it_is_what_rfc_8785_asks_for(value: Any) -> None:
    assert canonical.dumps(value).encode() == rfc8785.dumps(value)


@given(VALUES)
def test_what_was_written_is_read_back(value: Any) -> None:
    assert canonical.loads(canonical.dumps(value)) == value


@pytest.mark.parametrize(
    ("value", "spelt"),
    [
        (Decimal("84000.00"), '"84000.00"'),
        (Decimal("1E+3"), '"1000"'),
        (date(2004, 6, 1), '"2004-06-01"'),
        (datetime(2004, 6, 1, 9, tzinfo=UTC), '"2004-06-01T09:00:00.000000Z"'),
        (datetime(2004, 6, 1, 10, tzinfo=timezone(timedelta(hours=1))), '"2004-06-01T09:00:00.000000Z"'),
        (("b", "a"), '["b","a"]'),
        ({"b": 1, "a": "é"}, '{"a":"é","b":1}'),
    ],
)
def test_each_kind_of_value_has_one_spelling(value: object, spelt: str) -> None:
    assert canonical.dumps(value) == spelt


@pytest.mark.parametrize("value", [0.1, float("nan"), {"a": [1.5]}, b"bytes", {1, 2}, object()])
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no canonical spelling"):
        canonical.dumps(value)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_read_back(moment: datetime) -> None:
    assert canonical.moment(canonical.instant(moment)) == moment
