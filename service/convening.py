"""Who is called to a forum's meetings, and the letters that they are sent."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from service import telling
from service.handbook import Edition, Forum
from service.minuting import MinutesText
from service.store import editions, meetings
from service.store.engine import Tx
from service.store.letters import QueuedLetter
from service.store.meetings import Series


def forum_of(tx: Tx, ref: str) -> tuple[Edition, Forum, Series] | None:
    """Return the handbook in force, the forum and the series of a reference; None if it has no such forum."""
    return next((found for found in _forums(tx) if found[2].ref == ref), None)


def _forums(tx: Tx) -> Iterator[tuple[Edition, Forum, Series]]:
    for organisation in editions.organisations(tx):
        rules = telling.edition(tx, editions.in_force_hash(tx, organisation) or "")
        for forum in rules.forums.values():
            yield rules, forum, Series(organisation=organisation, forum=forum.key)


def as_of(tx: Tx, rules: Edition, series: Series) -> str:
    """Return what a series goes by: the handbook, and what people have changed since."""
    known = meetings.series_named(tx, series.ref)
    return f"{rules.hash[:12]}.{known.stirred if known else 0}"


def unheard(tx: Tx) -> tuple[tuple[str, str], ...]:
    """Return the series whose process has to look again, each with what it is to go by.

    One that is not looked after yet has no process that has begun: it is to be started.
    """
    known = meetings.known_series(tx)
    found = []
    for rules, forum, series in _forums(tx):
        mine = known.get(series.ref)
        wanted = f"{rules.hash[:12]}.{mine.stirred if mine else 0}"
        if mine is None and not forum.meetings:
            continue
        if mine is None or mine.as_of != wanted:
            found.append((series.ref, wanted if mine and mine.as_of else ""))
    return tuple(found)


class Convening:
    """Writes the letters of a forum's meetings."""

    def __init__(
        self, tx: Tx, rules: Edition, forum: Forum, page: Callable[[str], str], at: datetime
    ) -> None:
        self._tx, self._rules, self._forum, self._page, self._at = tx, rules, forum, page, at

    def called(self, day: date) -> list[QueuedLetter]:
        """Call the members and the secretary to a meeting."""
        return []

    def agenda_sent(self, day: date) -> list[QueuedLetter]:
        """Send the agenda once papers have closed."""
        return []

    def unrecorded(self, day: date, post: str) -> list[QueuedLetter]:
        """Tell a post that the record of a meeting is open."""
        return []

    def minutes_sent(self, day: date, text: MinutesText) -> list[QueuedLetter]:
        """Send the minutes to the members."""
        return []
