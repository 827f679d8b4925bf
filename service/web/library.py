"""The library of lessons: what is asked of it, and how a page or a program is told what it has."""

from typing import NamedTuple
from urllib.parse import urlencode

from service import remembering
from service.handbook import Edition
from service.store import reviews
from service.store.engine import Tx
from service.store.reviews import LessonPage
from service.web.visits import Visit


class Wanted(NamedTuple):
    """What the library is cut down by; empty leaves all in."""

    words: str = ""
    department: str = ""
    system_kind: str = ""
    strategy: str = ""
    case: str = ""

    @property
    def query(self) -> str:
        """As an address says it."""
        return urlencode({name: value for name, value in self._asdict().items() if value})


def page_of(tx: Tx, visit: Visit, wanted: Wanted, *, cursor: str | None, limit: int) -> LessonPage:
    """Return part of the library. What departments learnt that another succeeded is found under that one."""
    departments = remembering.one_with(visit.rules, wanted.department, visit.today)
    return reviews.page(
        tx,
        visit.rules.organisation,
        cursor=cursor,
        limit=limit,
        words=wanted.words,
        departments=departments if wanted.department else (),
        system_kind=wanted.system_kind,
        strategy=wanted.strategy,
        case=wanted.case,
    )


def departments(edition: Edition) -> dict[str, str]:
    """Return the names of departments by their keys."""
    return {key: known.name for key, known in edition.departments.items()}


def strategies(edition: Edition) -> dict[str, str]:
    """Return the names of strategies by their keys; none under a handbook that has no projects."""
    known = edition.delivery.strategies if edition.delivery else {}
    return {key: strategy.name for key, strategy in known.items()}
