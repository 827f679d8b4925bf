"""What a stack on one machine does before anybody comes."""

from datetime import UTC, datetime

from service import stack
from service.config import Keys, Settings
from service.store import Store, journal
from service.store.line import ORGANISATION


def test_the_clock_is_set_before_there_is_an_organisation(sqlite_url: str, keys: Keys) -> None:
    store = Store(sqlite_url, keys)
    begins = datetime(2004, 7, 19, 8, tzinfo=UTC)
    stack.prepare(store, Settings(mode="test", clock_start=begins))
    with store.reading() as tx:
        lines = journal.lines(tx, ORGANISATION)
        assert tx.today == begins.date()
    # Otherwise a relay that looked between them would close the days of another time for it.
    assert [line.kind for line in lines] == ["clock.moved", "edition.adopted", "edition.adopted"]
