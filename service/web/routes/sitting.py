"""The secretary's record of a meeting: who is there, and what the forum makes of each item (SYS-23)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import structlog
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service import boards, minuting
from service.agendas import AgendaItem, ItemKind
from service.convening import Convening
from service.errors import Conflict, Forbidden
from service.gateway import Refused
from service.store import meetings, texts
from service.store.engine import Tx
from service.store.intents import AlreadyAnswered
from service.store.line import ENGINE
from service.store.meetings import Attendance, Presence, Votes
from service.web import briefing, deciding, forms, meeting_pages, minutebook, numbers, words
from service.web.deciding import NoDraft, Overtaken, Stopped, Submitted
from service.web.minutebook import Room
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.standing import Standing
from service.web.visits import Asker, Sent, Visit
from workflows.model import Choice

router = APIRouter(include_in_schema=False)
log = structlog.get_logger("web.meetings")

PRESENCES = [
    ("present", "Present"),
    ("substitute", "Sent a substitute"),
    ("left", "Was here, and left"),
    ("apologies", "Sent apologies"),
    ("absent", "Absent"),
]

MEANWHILE = "Somebody else has written meanwhile who is here: look again before you save it"
NOTED_MEANWHILE = "Somebody else has written meanwhile what came of it: look again before you record it"
ROLLED_MEANWHILE = "Somebody else has let it roll on meanwhile: look again before you record it"


# --------------------------------------------------------------------------- who is there


@router.get("/meetings/{forum}/{day}/attendance", name="meeting_attendance")
@allowed(Role.SIGNED_IN)
def attendance(forum: str, day: str, visit: Asker) -> Response:
    """Ask who is there, member by member."""
    with visit.desk.store.reading() as tx:
        found = minutebook.open_room(tx, visit, forum, day)
    return _attendance_page(visit, found, _written(found), {})


@router.post("/meetings/{forum}/{day}/attendance", name="meeting_attended")
@allowed(Role.SIGNED_IN)
def attended(forum: str, day: str, visit: Asker, sent: Sent) -> Response:
    """Write down who is there."""
    errors: dict[str, str] = {}
    with visit.desk.store.writing() as tx:
        minutebook.locked(tx, visit, forum)
        found = minutebook.open_room(tx, visit, forum, day)
        if found.day > visit.today:
            raise Conflict("The meeting has not come yet, so nobody can be there.")
        now = _written(found)
        said = {name: str(sent.get(name, "")) for name in now}
        shown = {name: str(sent.get(f"shown-{name}", "")) for name in now}
        members = [_presence(found, sent, post, errors) for post in found.forum.members]
        written = [one for one in members if one]
        if now not in (shown, said) and not _is_so(found, written):
            held, contested = forms.rejoined(said, shown, now)
            told = {name: f"Somebody else has written: {_named(now[name])}" for name in contested}
            return _attendance_page(visit, found, held, {"meanwhile": MEANWHILE} | told)
        if errors:
            return _attendance_page(visit, found, forms.typed(sent), errors)
        meetings.attended(tx, found.series, found.day, written, by=visit.me.id)
    return RedirectResponse(found.path, 303)


def _is_so(found: Room, members: Sequence[Attendance]) -> bool:
    """Say whether the record has members as they would be written down, as it has after a second click."""
    return {one.post: one for one in found.meeting.attendance} == {one.post: one for one in members}


def _written(found: Room) -> dict[str, str]:
    """Return what is on record of who is there, as the boxes of the form have it."""
    boxes = {f"{box}-{post}": "" for post in found.forum.members for box in ("presence", "substitute")}
    # The handbook's substitute of a member is there to be kept or replaced by another's name.
    boxes |= {f"substitute-{post}": found.title(other) for post, other in found.forum.substitutes.items()}
    boxes |= {f"presence-{one.post}": str(one.presence) for one in found.meeting.attendance}
    return boxes | {
        f"substitute-{one.post}": one.substitute for one in found.meeting.attendance if one.substitute
    }


def _named(said: str) -> str:
    return dict(PRESENCES).get(said, said) or "nothing"


def _attendance_page(
    visit: Visit, found: Room, typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response:
    return page(
        "meetings/attendance.html",
        visit.frame(),
        status=422 if errors else 200,
        room=found,
        typed=defaultdict(str, typed),
        errors=errors,
        presences=PRESENCES,
        shown=_written(found),
    )


def _presence(found: Room, sent: FormData, post: str, errors: dict[str, str]) -> Attendance | None:
    said = str(sent.get(f"presence-{post}", ""))
    if said not in list(Presence):
        errors[f"presence-{post}"] = f"Say whether {found.title(post)} is here"
        return None
    presence = Presence(said)
    before = next((one.presence for one in found.meeting.attendance if one.post == post), Presence.ABSENT)
    was_here = before.counts or before is Presence.LEFT
    if was_here and not presence.counts and presence is not Presence.LEFT and minutebook.answered(found):
        errors[f"presence-{post}"] = (
            f"{found.title(post)} was here when an item got its outcome: say that they left"
        )
    name = ""
    if presence is Presence.SUBSTITUTE:
        name = forms.line(sent, f"substitute-{post}", f"Say who sits in for {found.title(post)}", errors)
    return Attendance(post=post, presence=presence, substitute=name)


# ------------------------------------------------------------------------------ an item


@router.get("/meetings/{forum}/{day}/items/{item}", name="meeting_item")
@allowed(Role.SIGNED_IN)
def item(forum: str, day: str, item: str, visit: Asker) -> Response:
    """Open an item with its paper, and take what the forum makes of it."""
    with visit.desk.store.writing() as tx:
        found = minutebook.room(tx, visit, forum, day)
        return _item_page(tx, visit, found, found.item(item), {}, {})


@router.post("/meetings/{forum}/{day}/items/{item}", name="meeting_item_recorded")
@allowed(Role.SIGNED_IN)
async def recorded(forum: str, day: str, item: str, visit: Asker, sent: Sent) -> Response:
    """Write down what came of an item, which moves its case, and go on to the next; or let it roll on."""
    if visit.by_script:
        raise Forbidden("Nobody pressed the button, so nothing was recorded.")

    def write() -> tuple[Submitted | Response, tuple[str, ...]]:
        with visit.desk.store.writing() as tx:
            minutebook.locked(tx, visit, forum)
            found = minutebook.open_room(tx, visit, forum, day)
            return _recorded(tx, visit, found, found.item(item), sent), tuple(tx.outgoing)

    result, letters = await run_in_threadpool(write)
    for letter in letters:
        await visit.desk.gateway.deliver(letter)
    if isinstance(result, Response):
        return result
    refused = await _settled(visit, result)
    return await run_in_threadpool(_after, visit, forum, day, item, refused)


def _recorded(tx: Tx, visit: Visit, found: Room, item: AgendaItem, sent: FormData) -> Submitted | Response:
    """Write an item down; for a case's question return the decision, which is still to be brought to it."""
    errors: dict[str, str] = {}
    series, day, me = found.series, found.day, visit.me.id
    if item.kind is ItemKind.QUESTION and (item.came_to or item.recording):
        # An old page changes nothing of what was decided: neither who took part nor how they voted.
        mine = minutebook.theirs(tx, visit, item)
        standing = minutebook.sight(tx, visit, minutebook.step_of(tx, item)).standing if mine else None
        return _item_page(
            tx, visit, found, item, {}, {"do": _why_not(standing or Standing.DECIDED_BY_OTHERS)}
        )
    ticked = set(map(str, sent.getlist("interests")))
    known = found.meeting.heard_of(item.key).interests
    out = found.out_of(item.key)
    interested = {*out.declared, *ticked} - {*out.wrote}
    shown = {post for post in str(sent.get("declared", "")).split(",") if post}
    declared = {} if set(known) in (shown, interested) else _declared_meanwhile(found, known)
    held, came_to = _came_to_meanwhile(found, item, sent)
    if declared or (came_to and sent.get("do") != "interests"):
        # All that changed is told at once, for the next press goes by this page; and what is left as it was
        # shown is what is so now, as with every form.
        now = (ticked - shown) | (set(known) - (shown - ticked))
        typed = forms.typed(sent) | held
        return _item_page(tx, visit, found, item, typed, declared | came_to, now)
    interests = [post for post in found.forum.members if post in interested]
    if found.day <= visit.today:
        meetings.interests_declared(tx, series, day, item.key, interests, by=me)
        found = minutebook.open_room(tx, visit, found.forum.key, day.isoformat())
    if sent.get("do") != "roll" and str(sent.get("roll_why", "")).strip():
        # The Enter key presses the first button, whichever box it is pressed in.
        errors["roll_why"] = "Choose “Roll it on”, or leave this empty to record an outcome"
        return _item_page(tx, visit, found, item, forms.typed(sent), errors)
    if sent.get("do") == "roll":
        if found.day > visit.today:
            raise Conflict("The meeting has not come yet.")
        why = forms.line(sent, "roll_why", "Say why it rolls on", errors)
        if errors:
            return _item_page(tx, visit, found, item, forms.typed(sent), errors)
        meetings.rolled_on(tx, series, day, item.key, why, by=me)
        return _onward(found, item)
    if sent.get("do") == "interests":
        return RedirectResponse(f"{found.path}/items/{item.key}", 303)
    if hindered := minutebook.hindrance(tx, visit, found, item):
        return _item_page(tx, visit, found, item, forms.typed(sent), {"do": hindered})
    votes = _votes(sent, found, item, errors)
    if votes and (told := _contradicted(votes, sent, found, item)):
        errors["choice"] = told
    result: Submitted | Response
    match item.kind:
        case ItemKind.MINUTES:
            result = _minutes_recorded(tx, visit, found, item, sent, errors)
        case ItemKind.BUSINESS:
            result = _business_recorded(tx, visit, found, item, sent, errors)
        case ItemKind.QUESTION:
            result = _question_recorded(tx, visit, found, item, sent, errors)
        case _:
            raise Conflict("This item is for information, and nothing is recorded of it.")
    if isinstance(result, Submitted):
        answer = result.intent.decision().message
        meetings.decided(tx, series, day, item.key, answer, by=me)
    recorded = isinstance(result, (Submitted, RedirectResponse))
    # A question may have been given an outcome before that did not count: its votes go with it.
    if recorded and (votes or item.kind is ItemKind.QUESTION):
        meetings.votes_counted(tx, series, day, item.key, votes, by=me)
    return result


def _minutes_recorded(
    tx: Tx, visit: Visit, found: Room, item: AgendaItem, sent: FormData, errors: dict[str, str]
) -> Response:
    if sent.get("confirmed") != "yes":
        errors["confirmed"] = "Say that they are a true record, or let them roll on"
    if sent.get("minutes") != minutebook.minutes_hash(tx, found, item):
        errors["confirmed"] = "They were corrected meanwhile: read them again before they are confirmed"
    if errors or item.minutes_of is None:
        return _item_page(tx, visit, found, item, forms.typed(sent), errors)
    desk = Convening(tx, found.rules, found.forum, visit.desk.links.page, tx.now)
    text = minuting.read(tx, minutebook.minutes_hash(tx, found, item))
    told = desk.minutes_sent(item.minutes_of, text, confirmed=found.day) if text else []
    meetings.minutes_confirmed(
        tx, found.series, item.minutes_of, at_meeting=found.day, by=visit.me.id, queued=told
    )
    return _onward(found, item)


def _business_recorded(
    tx: Tx, visit: Visit, found: Room, item: AgendaItem, sent: FormData, errors: dict[str, str]
) -> Response:
    note = forms.text(sent, "note", "Say what came of it", errors)
    if errors:
        return _item_page(tx, visit, found, item, forms.typed(sent), errors)
    meetings.noted(tx, found.series, found.day, item.key, note, by=visit.me.id)
    return _onward(found, item)


def _question_recorded(
    tx: Tx, visit: Visit, found: Room, item: AgendaItem, sent: FormData, errors: dict[str, str]
) -> Submitted | Response:
    """Submit the forum's answer by the path that a letter's link takes: one decision, one set of checks."""
    sight = minutebook.sight(tx, visit, minutebook.step_of(tx, item))
    if sight.standing is not Standing.OPEN:
        return _item_page(tx, visit, found, item, {}, {"do": _why_not(sight.standing)})
    filled = deciding.read(tx, sent, sight)
    errors.update(filled.errors)
    if errors or filled.chosen is None:
        return _item_page(tx, visit, found, item, forms.typed(sent), errors)
    shown = deciding.remembered(tx, sight, str(sent.get("shown", "")))
    shown = shown or texts.put(tx, briefing.brief(tx, sight).text())
    draft = deciding.keep(tx, visit, sight, filled.chosen, shown)
    try:
        made = deciding.confirm(tx, visit, sight, draft, str(sent.get("content", "")))
    except NoDraft:
        changed = "Something changed while you were deciding, so nothing was recorded. Read it again"
        return _item_page(tx, visit, found, item, {}, {"do": changed})
    except Overtaken as event:
        return _item_page(tx, visit, found, item, {}, {"do": f"{event}. Nothing was recorded"})
    except AlreadyAnswered:
        return _item_page(tx, visit, found, item, {}, {"do": _why_not(Standing.DECIDED_BY_OTHERS)})
    if isinstance(made, Stopped):
        return _item_page(tx, visit, found, item, {}, {"do": _why_not(made.sight.standing)})
    return made


async def _settled(visit: Visit, submitted: Submitted) -> str:
    """Bring a decision to its step; return why it was refused, if it was. The relay repeats what is lost."""
    try:
        answer = await visit.desk.relay.settle(submitted.intent)
        await visit.desk.relay.written(within=2.0)
    except Exception as error:
        log.warning("not settled yet", kind=type(error).__name__, step=submitted.intent.step)
        return ""
    return str(answer.why) if isinstance(answer, Refused) else ""


def _after(visit: Visit, forum: str, day: str, item: str, refused: str) -> Response:
    with visit.desk.store.writing() as tx:
        found = minutebook.room(tx, visit, forum, day)
        known = found.item(item)
        if refused:
            if not (known.came_to or known.recording):
                meetings.votes_counted(tx, found.series, found.day, known.key, None, by=ENGINE)
            heading, sentence = words.REFUSALS.get(refused, words.REFUSALS["fault"])
            return _item_page(tx, visit, found, known, {}, {"do": f"{heading}. {sentence}"}, status=409)
        return _onward(found, known)


def _onward(found: Room, item: AgendaItem) -> Response:
    """Go on to the next item without an outcome, or back to the meeting if there is none."""
    following = found.following(item)
    if following is None or following.key == item.key:
        return RedirectResponse(found.path, 303)
    return RedirectResponse(f"{found.path}/items/{following.key}", 303)


def _why_not(standing: Standing) -> str:
    match standing:
        case Standing.DECIDED_BY_YOU | Standing.BEING_RECORDED:
            return "You have given this its outcome already"
        case Standing.DECIDED_BY_OTHERS:
            return "Somebody has answered this already"
        case Standing.CHANGED:
            return "The proposal has changed since, so this question is no longer open"
        case Standing.WITHDRAWN:
            return "The proposal has been withdrawn"
        case _:
            return "This question is no longer yours to answer"


def _declared_meanwhile(found: Room, known: Sequence[str]) -> dict[str, str]:
    now = words.listed([found.title(post) for post in known]) or "nobody"
    return {
        "interests": f"Interests in it were changed meanwhile. Now it says: {now}. Look again who has one"
    }


def _came_to_meanwhile(
    found: Room, item: AgendaItem, sent: FormData
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the box for what came of an item holds, and what is told, if somebody else has meanwhile
    written what came of it, or let it roll on.
    """
    heard = found.meeting.heard_of(item.key)
    now = _boxes(heard.note, rolled=heard.rolled)
    shown = {box: str(sent.get(f"shown-{box}", "")) for box in now}
    rolls = sent.get("do") == "roll"
    said = _boxes(str(sent.get("roll_why" if rolls else "note", "")), rolled=rolls)
    if any(all(forms.alike(now[box], forms.clean(one[box])) for box in now) for one in (shown, said)):
        return {}, {}
    typed = {"note": str(sent.get("note", shown["note"]))}
    held, contested = forms.rejoined(typed, shown, {"note": now["note"]})
    if heard.rolled:
        return held, {"do": ROLLED_MEANWHILE, "roll_why": f"Somebody else lets it roll on: {heard.note}"}
    beside = dict.fromkeys(contested, f"Somebody else has written: {heard.note}")
    return held, {"do": NOTED_MEANWHILE} | beside


def _boxes(note: str, *, rolled: bool) -> dict[str, str]:
    """Return what is said of an item by the box of the form in which it is written."""
    return {"note": "" if rolled else note, "roll_why": note if rolled else ""}


def _contradicted(votes: Votes, sent: FormData, found: Room, item: AgendaItem) -> str:
    """Say how a vote contradicts an outcome; nothing if it does not. Even votes leave it to the chair."""
    chosen = str(sent.get("choice", ""))
    if item.kind is not ItemKind.QUESTION or chosen not in list(Choice):
        return ""
    if votes.against > votes.in_favour and Choice(chosen).favourable:
        return "More voted against it than for it"
    if votes.in_favour > votes.against and chosen in (Choice.REJECT, Choice.NOT_SUPPORT):
        return "More voted for it than against it"
    settled = Choice(chosen).favourable or chosen in (Choice.REJECT, Choice.NOT_SUPPORT)
    if votes.in_favour == votes.against and settled and not found.may_cast(item.key):
        return "As many voted for it as against it, and nobody here has a casting vote"
    return ""


def _votes(sent: FormData, found: Room, item: AgendaItem, errors: dict[str, str]) -> Votes | None:
    """Read how a vote went, if one was taken: no more than are here may have voted."""
    counts: dict[str, int] = {}
    for name in ("in_favour", "against", "abstained"):
        said = str(sent.get(name, "")).strip()
        count = numbers.whole(said, 3)
        if count is not None:
            counts[name] = count
        elif said:
            errors[name] = "Enter a whole number, or nothing if no vote was taken"
    if errors or not any(counts.values()):
        return None
    able = found.meter_of(item.key).present
    if found.forum.members and sum(counts.values()) > able:
        errors["in_favour"] = f"{sum(counts.values())} votes are more than the {able} who may vote"
        return None
    return Votes(
        in_favour=counts.get("in_favour", 0),
        against=counts.get("against", 0),
        abstained=counts.get("abstained", 0),
    )


def _item_page(
    tx: Tx,
    visit: Visit,
    found: Room,
    item: AgendaItem,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    ticked: Collection[str] | None = None,
    *,
    status: int = 422,
) -> Response:
    sight = brief = None
    shown = ""
    given = item.came_to or item.recording or item.went_on
    mine = minutebook.theirs(tx, visit, item) and found.right.records and not given and found.meeting.open
    if mine:
        sight = minutebook.sight(tx, visit, minutebook.step_of(tx, item))
        brief = briefing.brief(tx, sight)
        shown = texts.put(tx, brief.text())
    heard = found.meeting.heard_of(item.key)
    out = found.out_of(item.key)
    meter = found.meter_of(item.key)
    return page(
        "meetings/item.html",
        visit.frame(),
        status=status if errors else 200,
        room=found,
        item=item,
        heard=heard,
        on_record=_boxes(heard.note, rolled=heard.rolled),
        sight=sight,
        brief=brief,
        paper=briefing.rows(tx, minutebook.case_of(tx, item)) if item.case and not brief else [],
        shown=shown,
        typed=defaultdict(str, typed),
        errors=errors,
        hindrance=minutebook.hindrance(tx, visit, found, item),
        interested=list(heard.interests if ticked is None else ticked),
        members=[(post, found.title(post)) for post in found.may_declare(item.key)],
        wrote=[found.title(post) for post in out.wrote],
        declared=[found.title(post) for post in out.declared],
        minutes=minuting.read(tx, minutebook.minutes_hash(tx, found, item)),
        corrected=minutebook.corrections(tx, found, item),
        minutes_hash=minutebook.minutes_hash(tx, found, item),
        following=found.following(item),
        said=minutebook.said(tx, found, item),
        **(deciding.form(tx, sight) if sight else {}),
        **meeting_pages.words_of(found) | {"metered": boards.present(meter, f"item {item.number}")},
    )
