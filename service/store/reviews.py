"""Reviews of proposals after their projects, and the lessons that they leave to later ones.

The journal holds what a review says in figures and keys, and the hash of each lesson. What a lesson says is a
text of its own, beside what its writer answered: the law may have the one erased as the other.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NotRequired, TypedDict, Unpack

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select

from service.errors import Altered
from service.store import canonical, cursors, texts
from service.store.engine import Tx
from service.store.line import ENGINE
from service.store.tables import CASES, LESSONS, REVIEWS, TEXTS
from workflows.model import Frozen

ERASED = "What was written here was erased."
"""In the place of a lesson that the law had erased, and of one that is not what was written."""
_LONGEST_PAGE = 200

_REVIEWS = (
    select(REVIEWS, CASES.c.title, CASES.c.department)
    .join(CASES, CASES.c.ref == REVIEWS.c.case)
    .order_by(REVIEWS.c.at.desc(), REVIEWS.c.case.desc())
)
_OF_CASE = _REVIEWS.where(REVIEWS.c.case == bindparam("case"))
_OF_ORGANISATION = _REVIEWS.where(CASES.c.organisation == bindparam("organisation"))
_LESSONS = (
    select(
        LESSONS,
        REVIEWS.c.at,
        REVIEWS.c.system_kind,
        REVIEWS.c.strategy,
        CASES.c.title.label("case_title"),
        CASES.c.department,
        TEXTS.c.body,
    )
    .join(REVIEWS, REVIEWS.c.case == LESSONS.c.case)
    .join(CASES, CASES.c.ref == LESSONS.c.case)
    .outerjoin(TEXTS, TEXTS.c.hash == LESSONS.c.words)
    .order_by(REVIEWS.c.at.desc(), LESSONS.c.case.desc(), LESSONS.c.number)
)
_LESSONS_OF = _LESSONS.where(LESSONS.c.case.in_(bindparam("refs", expanding=True)))


class Learnt(Frozen):
    """A lesson as a review says it."""

    title: str
    """In a line."""
    text: str
    """What to do another time."""


class Checked(Frozen):
    """A review that somebody else has checked, and what its proposal is about."""

    review: str
    """The step in which it was written."""
    check: str
    """The step in which it was checked."""
    final_cost: Decimal | None = None
    """Pounds that the project has cost, where it says so."""
    objectives: str = ""
    """met, partly or not_met; empty where it does not say."""
    system_kind: str = ""
    systems: tuple[str, ...] = ()
    """The corporate systems that the proposal names."""
    strategy: str = ""
    """The strategy that its project serves; empty for none."""
    lessons: tuple[Learnt, ...] = ()


class ReviewView(Frozen):
    """A checked review as it stands."""

    case: str
    title: str
    """Of the proposal."""
    department: str
    at: datetime
    review_step: str
    check_step: str
    final_cost: Decimal | None
    objectives: str
    system_kind: str
    systems: tuple[str, ...]
    strategy: str


class LessonView(Frozen):
    """A lesson in the library."""

    case: str
    """The proposal whose review says it."""
    case_title: str
    number: int
    """Its place in the review, from 1."""
    at: datetime
    department: str
    system_kind: str
    strategy: str
    title: str
    text: str
    erased: bool = False


class LessonPage(Frozen):
    """Part of the library, and where the next part begins."""

    items: tuple[LessonView, ...]
    next_cursor: str | None


class Filters(TypedDict):
    """What the library is cut down by; empty as well as nothing leaves all in."""

    words: NotRequired[str]
    """Words that a lesson has all, in whatever order."""
    departments: NotRequired[Sequence[str]]
    """The lesson comes from one of these."""
    system_kind: NotRequired[str]
    strategy: NotRequired[str]
    case: NotRequired[str]
    """The proposal whose review says it."""


# ------------------------------------------------------------------------------- facts


def checked(tx: Tx, case: str, told: Checked, *, at: datetime) -> None:
    """Write that the review of a proposal was checked, and keep its lessons. The first such review stands."""
    data = told.model_dump(mode="json", exclude={"lessons"}) | {
        "lessons": [texts.put(tx, f"{one.title}\n{one.text}") for one in told.lessons]
    }
    tx.append(case, "review.checked", data, key="review", actor=ENGINE, at=at)


# ------------------------------------------------------------------------------- reads


def of_case(tx: Tx, case: str) -> ReviewView | None:
    """Return the checked review of a proposal, or None while there is none."""
    row = tx.one(_OF_CASE, case=case)
    return _review(row) if row else None


def all_of(tx: Tx, organisation: str) -> Iterator[ReviewView]:
    """Go through the checked reviews of an organisation, the newest first."""
    return map(_review, tx.all(_OF_ORGANISATION, organisation=organisation))


def lessons(tx: Tx, cases: Sequence[str]) -> tuple[LessonView, ...]:
    """Return the lessons of proposals, the newest review first."""
    return tuple(map(_lesson, tx.all(_LESSONS_OF, refs=list(cases)))) if cases else ()


def page(
    tx: Tx, organisation: str, *, cursor: str | None = None, limit: int = 50, **filters: Unpack[Filters]
) -> LessonPage:
    """Return part of the library of lessons, the newest review first, and each review's in its own order."""
    wanted = _LESSONS.where(CASES.c.organisation == organisation, *_wanted(filters))
    if cursor:
        wanted = wanted.where(_after(cursor))
    limit = max(1, min(limit, _LONGEST_PAGE))
    items = tuple(map(_lesson, tx.all(wanted.limit(limit + 1))))
    last = items[limit - 1] if len(items) > limit else None
    following = cursors.after(last.at, f"{last.case}.{last.number}") if last else None
    return LessonPage(items=items[:limit], next_cursor=following)


# ---------------------------------------------------------------------------- workings


def _wanted(filters: Filters) -> Iterator[ColumnElement[bool]]:
    for word in filters.get("words", "").lower().split():
        yield func.lower(TEXTS.c.body).contains(word, autoescape=True)
    if departments := filters.get("departments"):
        yield CASES.c.department.in_(departments)
    if kind := filters.get("system_kind"):
        yield REVIEWS.c.system_kind == kind
    if strategy := filters.get("strategy"):
        yield REVIEWS.c.strategy == strategy
    if case := filters.get("case"):
        yield LESSONS.c.case == case


def _after(cursor: str) -> ColumnElement[bool]:
    """Return what stands in the library after a lesson."""
    at, name = cursors.read(cursor)
    case, _, number = name.rpartition(".")
    after = int(number) if number.isascii() and number.isdecimal() else 0
    same = REVIEWS.c.at == at
    return or_(
        REVIEWS.c.at < at,
        and_(same, LESSONS.c.case < case),
        and_(same, LESSONS.c.case == case, LESSONS.c.number > min(after, _LONGEST_PAGE)),
    )


def _review(row: Row[Any]) -> ReviewView:
    return ReviewView(**dict(row._mapping) | {"systems": canonical.loads(row.systems)})


def _lesson(row: Row[Any]) -> LessonView:
    try:
        said = texts.whole(row.body, row.words)
    except Altered:
        said = None
    title, _, text = (said or "").partition("\n")
    told: dict[str, Any] = {"title": title, "text": text} if said is not None else _ERASED
    return LessonView(**dict(row._mapping) | told)


_ERASED = {"title": "A lesson that was erased", "text": ERASED, "erased": True}
