"""The library of lessons: what past reviews say to do another time."""

from fastapi import APIRouter
from starlette.responses import Response

from service.web import library
from service.web.library import Wanted
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker

router = APIRouter(include_in_schema=False)

AT_ONCE = 20
"""Lessons on a page."""


@router.get("/lessons", name="lessons")
@allowed(Role.SIGNED_IN)
def lessons(
    visit: Asker,
    words: str = "",
    department: str = "",
    system_kind: str = "",
    strategy: str = "",
    case: str = "",
    cursor: str = "",
) -> Response:
    """List lessons, those of the newest review first, cut down by words and by what they are about."""
    wanted = Wanted(words.strip(), department, system_kind, strategy, case)
    with visit.desk.store.reading() as tx:
        found = library.page_of(tx, visit, wanted, cursor=cursor or None, limit=AT_ONCE)
    onward = "&".join(filter(None, (wanted.query, f"cursor={found.next_cursor}")))
    return page(
        "lessons.html",
        visit.frame(),
        lessons=found.items,
        wanted=wanted,
        onward=f"/lessons?{onward}" if found.next_cursor else "",
        departments=library.departments(visit.rules),
        system_kinds=visit.rules.provisions.kinds,
        strategies=library.strategies(visit.rules),
    )
