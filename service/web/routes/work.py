"""What waits for the reader, what they have put forward, and who covers for them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service import telling
from service.errors import NotFound
from service.store import assessments, benefits, cases, covers, drafts, letters, projects
from service.store.cases import CaseView
from service.store.covers import Clash, Cover, SetCover
from service.store.engine import Tx
from service.store.letters import LedgerRow, QueuedLetter
from service.store.steps import SeatView, StepView
from service.web import days, minutebook, whereabouts, words
from service.web.courier import Parcel
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker, Sent, Visit
from workflows.letters import Addressee, CoverEnded, CoverSet
from workflows.rules import reports

router = APIRouter(include_in_schema=False)

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""A cover's number."""


@router.get("/", name="home")
@allowed(Role.ANYONE)
def home() -> Response:
    """There is no page for nobody in particular."""
    return RedirectResponse("/work", 303)


@router.get("/work", name="work")
@allowed(Role.SIGNED_IN)
def work(visit: Asker) -> Response:
    """Show what the reader is asked, and where their own proposals are."""
    with visit.desk.store.reading() as tx:
        asked = [
            (step, case.title, _of_it(visit, case, step, seats), words.day(step.due), step.due < visit.now)
            for case, step, seats in telling.waiting_for(tx, visit.me.id, visit.today)
        ]
        own = _own(tx, visit)
        running = _running(tx, visit)
        to_record = [(forum, day) for forum, day in minutebook.to_record(tx, visit)]
        covering = covers.holding(tx, visit.me.id, visit.today)
    return page(
        "work.html",
        visit.frame(),
        visit=visit,
        posts=[telling.title(visit.rules, post, visit.today) for post in visit.posts],
        asked=asked,
        to_record=to_record,
        own=own,
        running=running,
        covers=[(telling.name(visit.rules, cover.cover), cover) for cover in covering],
    )


def _of_it(visit: Visit, case: CaseView, step: StepView, seats: Sequence[SeatView]) -> str:
    """Return what the reader is asked of a case, and as what: of several shares each is named."""
    return words.listed([_seat(visit, case, step, seat) for seat in seats])


def _seat(visit: Visit, case: CaseView, step: StepView, seat: SeatView) -> str:
    post = f"as {telling.title(visit.rules, seat.post, visit.today)}"
    if case.kind in _OF_DELIVERY or step.kind in reports.KINDS:
        return f"{words.asked_as(step.kind).lower()}, {post}"
    if seat.amount is None:
        return post
    share = telling.share_of(case, step, seat.post)
    above = share is not None and share.post != seat.post
    source = f" from {telling.title(visit.rules, share.post, visit.today)}" if share and above else ""
    return f"{words.money(seat.amount)}{source}, {post}"


def _own(tx: Tx, visit: Visit) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    """Return the reader's proposals: ref, title, state, where to read on, and a sentence or more."""
    found: list[tuple[str, str, str, str, tuple[str, ...]]] = []
    for draft in drafts.of_person(tx, visit.me.id, visit.posts):
        case = cases.find(tx, draft.ref)
        if draft.editable:
            title = str(draft.document.get("title") or "Untitled")
            said = "It was returned to you." if case else f"Saved {words.moment(draft.updated)}."
            state = str(case.state) if case else "draft"
            found.append((draft.ref, title, state, f"/proposals/{draft.ref}", (said,)))
        elif case:
            told = whereabouts.sentences(tx, case)
            found.append((case.ref, case.title, str(case.state), f"/cases/{case.ref}", told))
    return found


_OF_DELIVERY = (projects.KIND, projects.STANDARDS, benefits.KIND, assessments.KIND)
"""The kinds of case whose questions are called by what answers them."""


def _running(tx: Tx, visit: Visit) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return the projects that the reader runs, the benefits they are asked about, and their assessments:
    ref, title, state, and a sentence or more.
    """
    posts = visit.posts
    found: list[tuple[str, str, str, tuple[str, ...]]] = []
    for project in projects.run_by(tx, posts):
        case = cases.get(tx, project.ref)
        said = (whereabouts.stand(tx, project), *whereabouts.sentences(tx, case))
        found.append((project.ref, case.title, str(case.state), said))
    for benefit in benefits.owned(tx, posts):
        case = cases.get(tx, benefit.ref)
        found.append((benefit.ref, case.title, str(case.state), whereabouts.sentences(tx, case)))
    for assessment in assessments.owned(tx, posts):
        case = cases.get(tx, assessment.ref)
        found.append((assessment.ref, case.title, str(case.state), whereabouts.sentences(tx, case)))
    return found


@router.get("/cover", name="cover")
@allowed(Role.SIGNED_IN)
def cover(visit: Asker) -> Response:
    """Ask who covers for the reader, and when."""
    return _cover_page(visit, {}, {})


@router.post("/cover", name="cover_set")
@allowed(Role.SIGNED_IN)
async def cover_set(visit: Asker, sent: Sent) -> Response:
    """Set a cover, dated, for oneself only, and write to whoever it is."""
    errors: dict[str, str] = {}
    chosen = str(sent.get("cover", ""))
    if chosen == visit.me.id or chosen not in visit.rules.people:
        errors["cover"] = "Choose who covers for you"
    elif not visit.rules.posts_of(chosen, visit.today):
        errors["cover"] = (
            f"{telling.name(visit.rules, chosen)} holds no post, so they could not answer for you; "
            "choose somebody who holds one"
        )
    starts = _day(visit, sent, "starts", "Say from which day", errors)
    ends = _day(visit, sent, "ends", "Say until which day", errors)
    if starts and starts < visit.today:
        errors["starts"] = "The first day must be today or later"
    if starts and ends and ends < starts:
        errors["ends"] = "The last day must not be before the first"
    if errors or starts is None or ends is None:
        return _cover_page(visit, {name: str(value) for name, value in sent.items()}, errors)
    cover = Cover(person=visit.me.id, cover=chosen, starts=starts, ends=ends, set_by=visit.me.id)

    def done() -> list[LedgerRow] | str:
        with visit.desk.store.writing() as tx:
            if found := covers.clash(tx, cover):
                return _clashes(visit, found)
            before = covers.holding(tx, visit.me.id, visit.today)
            if partly := next((held for held in before if _replaces_part(cover, held, visit.today)), None):
                return _held_already(visit, partly)
            if not covers.set(tx, cover):
                return []
            return [_to_cover(tx, visit, cover), *_end_others(tx, visit, before, instead=cover.cover)]

    result = await run_in_threadpool(done)
    if isinstance(result, str):
        return _cover_page(visit, {name: str(value) for name, value in sent.items()}, {"cover": result})
    _send(visit, result)
    return RedirectResponse("/work", 303)


@router.get("/cover/{number}/end", name="cover_end")
@allowed(Role.SIGNED_IN)
def cover_end(number: Number, visit: Asker) -> Response:
    """Ask whether a cover is to end now."""
    with visit.desk.store.reading() as tx:
        cover = _own_cover(tx, visit, number)
    return page(
        "cover_end.html",
        visit.frame(),
        cover=cover,
        name=telling.name(visit.rules, cover.cover),
        begun=cover.starts <= visit.today,
    )


@router.post("/cover/{number}/end", name="cover_ended")
@allowed(Role.SIGNED_IN)
async def cover_ended(number: Number, visit: Asker) -> Response:
    """End one's own cover, from today on, and write to whoever it was."""

    def done() -> list[LedgerRow]:
        with visit.desk.store.writing() as tx:
            _own_cover(tx, visit, number)
            before = covers.holding(tx, visit.me.id, visit.today)
            _end(tx, visit, number)
            return _end_others(tx, visit, before)

    _send(visit, await run_in_threadpool(done))
    return RedirectResponse("/work", 303)


def _own_cover(tx: Tx, visit: Visit, number: int) -> SetCover:
    """Return the reader's cover of a number that holds, today or on a day to come."""
    for cover in covers.holding(tx, visit.me.id, visit.today):
        if cover.number == number:
            return cover
    raise NotFound("This cover does not hold any more, or is not yours to end.")


def _send(visit: Visit, rows: Sequence[LedgerRow]) -> None:
    for row in rows:
        visit.desk.courier.soon(Parcel(row, reply_to=visit.desk.settings.mail_from))


def _replaces_part(new: Cover, held: SetCover, today: date) -> bool:
    """Say whether a new cover would take some of the days of one that holds, and leave it others."""
    first = max(held.starts, today)
    overlap = new.starts <= held.ends and first <= new.ends
    return overlap and not (new.starts <= first and held.ends <= new.ends)


def _held_already(visit: Visit, held: SetCover) -> str:
    """Say which cover is in the way: nobody loses some of their days without a word."""
    days = f"from {words.day(held.starts)} to {words.day(held.ends)}"
    return (
        f"{telling.name(visit.rules, held.cover)} covers for you {days}; end that cover first on My work, "
        "or choose days that take in all of it"
    )


def _clashes(visit: Visit, found: Clash) -> str:
    """Say why nobody can be covered by somebody who is away, or while they cover for another."""
    days = f"from {words.day(found.starts)} to {words.day(found.ends)}"
    if found.cover == visit.me.id:
        away = telling.name(visit.rules, found.person)
        return f"You cover for {away} {days}; they need to name somebody else before you are away"
    away = telling.name(visit.rules, found.person)
    by = telling.name(visit.rules, found.cover)
    return f"{away} is away themselves {days}, and {by} covers for them; choose somebody else"


def _to_cover(tx: Tx, visit: Visit, cover: Cover) -> LedgerRow:
    """Write to whoever covers that they do, and when."""
    letter = CoverSet(
        to=_addressee(visit, cover.cover),
        organisation=visit.rules.organisation_name,
        covering=_described(visit, cover.person),
        starts=cover.starts,
        ends=cover.ends,
        page=visit.desk.links.page("work"),
    )
    number = len(covers.of(tx, cover.person))
    return _queue(tx, visit, f"cover_set:{cover.person}:{number}", letter, cover.cover)


def _end(tx: Tx, visit: Visit, number: int) -> None:
    """Let a cover of the reader's hold no more, from today on."""
    covers.ended(tx, visit.me.id, visit.today - timedelta(days=1), by=visit.me.id, number=number)


def _end_others(tx: Tx, visit: Visit, before: Sequence[SetCover], *, instead: str = "") -> list[LedgerRow]:
    """End for good those of the reader's covers that hold on no day any more, and write to those who covered.

    Else one whose place another took would come back when that other is ended. Whoever covers instead is
    told their days in a letter of their own.
    """
    left = [cover.number for cover in covers.holding(tx, visit.me.id, visit.today)]
    gone = [cover for cover in before if cover.number not in left]
    rows = []
    for cover in gone:
        _end(tx, visit, cover.number)
        if cover.cover in visit.rules.people and cover.cover != instead:
            letter = CoverEnded(
                to=_addressee(visit, cover.cover),
                organisation=visit.rules.organisation_name,
                covering=_described(visit, cover.person),
                starts=cover.starts,
                ends=cover.ends,
                instead=bool(instead),
                page=visit.desk.links.page("work"),
            )
            rows.append(_queue(tx, visit, f"cover_ended:{cover.person}:{cover.number}", letter, cover.cover))
    return rows


def _addressee(visit: Visit, person: str) -> Addressee:
    known = visit.rules.people[person]
    return Addressee(name=known.name, address=known.email)


def _queue(tx: Tx, visit: Visit, key: str, letter: CoverSet | CoverEnded, person: str) -> LedgerRow:
    posts = visit.rules.posts_of(person, visit.today)
    queued = QueuedLetter(
        key=key,
        case="",
        person=person,
        post=posts[0] if posts else "",
        address=letter.to.address,
        kind=letter.kind,
        props=letter.model_dump(mode="json"),
    )
    return letters.queue_direct(tx, queued)


def _day(visit: Visit, sent: FormData, name: str, empty: str, errors: dict[str, str]) -> date | None:
    try:
        return days.near(days.read(sent, name, empty=empty), visit.today)
    except days.Unfit as unfit:
        errors[name] = str(unfit)
        return None


def _cover_page(visit: Visit, typed: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    people = [
        (person.id, _described(visit, person.id))
        for person in visit.rules.people.values()
        if visit.rules.posts_of(person.id, visit.today)
    ]
    return page(
        "cover.html",
        visit.frame(),
        status=422 if errors else 200,
        people=sorted((one for one in people if one[0] != visit.me.id), key=lambda one: one[1]),
        typed=typed,
        errors=errors,
    )


def _described(visit: Visit, person: str) -> str:
    posts = visit.rules.posts_of(person, visit.today)
    titles = words.listed([telling.title(visit.rules, post, visit.today) for post in posts])
    return telling.name(visit.rules, person) + (f" ({titles})" if titles else "")
