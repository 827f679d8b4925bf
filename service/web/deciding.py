"""The decision's path: what was chosen, what is checked again, what is written before the engine hears."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import Field, TypeAdapter
from starlette.datastructures import FormData

from service import agendas, gating, sittings, telling
from service.reports import held
from service.store import answers, attempts, intents, texts, undoing
from service.store.engine import Tx
from service.store.intents import GUIDELINES, OUTSIDE, Answered, Condition, Intent, StoredIntent
from service.store.undoing import StoredUndo
from service.web import attaching, days, forms, offering, outstanding, reported, words
from service.web.standing import Sight, Standing
from service.web.visits import Visit
from workflows.letters import Text
from workflows.model import Assurance, Choice, Frozen, Guard, Undo, decision_key, undo_key
from workflows.rules import holding, meetings
from workflows.rules.actions import guards_of
from workflows.rules.quorum import Refusal

CONCERNS = ("no_concern", "concern")
WRITTEN = {
    "master_source": "Say which one source holds the data",
    "solution": "Say what the solution is",
}
"""Named questions that are answered in words, each with what is missing where there are none (SYS-06)."""
MOST_CONDITIONS = 3
"""Boxes for conditions on the page."""
_CLEAN: TypeAdapter[str] = TypeAdapter(Text)


class Chosen(Frozen):
    """What a person chose, between reading and confirming."""

    choice: Choice
    reason: str = ""
    conditions: tuple[Condition, ...] = ()
    until: date | None = None
    next_meeting: bool = False
    answers: dict[str, Answered] = Field(default_factory=dict)
    attempt: int = 1
    """Which of its seat's answers it is to be."""


@dataclass(frozen=True)
class Filled:
    """A form as it came: what it comes to, or what is wrong with it, field by field."""

    chosen: Chosen | None
    errors: Mapping[str, str]


# --------------------------------------------------------------------------- the form


def read(tx: Tx, form: FormData, sight: Sight) -> Filled:
    """Read the form of the page on which a person chooses."""
    errors: dict[str, str] = {}
    offered = {str(choice): choice for choice in sight.choices}
    choice = offered.get(_field(form, "choice"))
    if choice is None:
        errors["choice"] = "Choose one of the answers"
    elif hindered := outstanding.hindrance(tx, sight, choice):
        errors["choice"] = hindered
    reason = _words(form, "reason", errors)
    boxes = reported.asked(tx, sight)
    if choice is not None:
        errors |= reported.outrun(boxes, choice)
    if choice is not None and words.wants_reason(choice, sight.open_step.kind) and not reason:
        errors["reason"] = words.reasons(sight.open_step.kind)[2]
    conditions = _conditions(form, sight, choice, errors) if choice else ()
    until, at_meeting = _until(tx, form, sight, errors) if choice is Choice.DEFER else (None, False)
    # What settles an issue is wanted of whoever settles it, and of nobody who sends it elsewhere.
    settles = choice is None or choice.favourable
    named = {
        name: answer
        for name in sight.open_step.answers
        if (answer := _answer(form, name, errors, wanted=settles))
    }
    if _outside(form, sight, choice, errors):
        named[GUIDELINES] = Answered(value=OUTSIDE)
    # What is asked in any case is told at once, with the choice that is wanting.
    if boxes and (choice is not None or boxes.always(sight.open_step.choices)):
        report = reported.reading(tx, form, sight, boxes, choice)
        named |= report.answers
        errors |= {name: told for name, told in report.errors.items() if name not in errors}
        errors |= _papers_wanting(tx, sight, choice, named)
        if told := _not_live(tx, sight, named):
            errors["went_live"] = told
        if "choice" in errors and boxes.always(sight.open_step.choices):
            # Those boxes stand above the choice, and faults are told in the order of the page.
            errors["choice"] = errors.pop("choice")
    if errors or choice is None:
        return Filled(None, errors)
    chosen = Chosen(
        choice=choice,
        reason=reason,
        conditions=conditions,
        until=until,
        next_meeting=at_meeting,
        answers=named,
    )
    return Filled(chosen, {})


def _not_live(tx: Tx, sight: Sight, answers: Mapping[str, Answered]) -> str:
    """Say that what is reported as live cannot be, for want of an agreement to share personal data."""
    said = answers["went_live"].value if "went_live" in answers else ""
    return outstanding.not_live(tx, sight, date.fromisoformat(said)) if said else ""


def _papers_wanting(
    tx: Tx, sight: Sight, choice: Choice | None, answers: Mapping[str, Answered]
) -> dict[str, str]:
    """Say at their boxes which documents are wanting that the gate after a report asks for."""
    if choice is not Choice.REPORT:
        return {}
    wanting = attaching.wanting(tx, sight, answers)
    return {
        attaching.box_of(kind): f"{gating.wanted([name])}: choose it here" for kind, name in wanting.items()
    }


def _conditions(
    form: FormData, sight: Sight, choice: Choice, errors: dict[str, str]
) -> tuple[Condition, ...]:
    """Read the conditions; one is enough, and a row left empty is no condition.

    Where the choice takes none, one that was typed is not dropped in silence.
    """
    if not choice.conditional:
        for number in range(1, MOST_CONDITIONS + 1):
            if _words(form, field := f"conditions{_suffix(number)}", errors):
                errors[field] = _out_of_place(sight, choice)
        return ()
    found = [
        condition
        for number in range(1, MOST_CONDITIONS + 1)
        if (condition := _condition(form, sight, number, errors))
    ]
    if not found and not any(field.startswith("condition") for field in errors):
        errors["conditions"] = "Say at least one condition"
    return tuple(found)


def _out_of_place(sight: Sight, choice: Choice) -> str:
    """Say what to do with a condition that was typed beside a choice that takes none."""
    step, offered = sight.open_step, sight.choices
    chosen = f"You typed a condition, but chose {words.label(choice, step.kind, step.key)}"
    taking = [words.label(each, step.kind, step.key) for each in offered if each.conditional]
    if not taking:
        return f"{chosen}, which takes none: take the condition out"
    return f"{chosen}: choose {words.listed(taking, 'or')}, or take the condition out"


def _suffix(number: int) -> str:
    """Return how the names of the fields of a condition end; those of the first have no number."""
    return "" if number == 1 else f"_{number}"


def _condition(form: FormData, sight: Sight, number: int, errors: dict[str, str]) -> Condition | None:
    suffix = _suffix(number)
    text = _words(form, f"conditions{suffix}", errors)
    evidence = _words(form, f"condition_evidence{suffix}", errors)
    owner, by_field = _field(form, f"condition_owner{suffix}"), f"condition_by{suffix}"
    if not text:
        # The page offers the lead officer, so that alone says nothing.
        if evidence or owner not in ("", sight.case.lead) or days.typed(form, by_field).strip("-"):
            errors[f"conditions{suffix}"] = "Say what must be done"
        return None
    if owner not in sight.edition.posts:
        errors[f"condition_owner{suffix}"] = "Choose who is to meet this condition"
    elif unasked := _unasked(sight, owner):
        errors[f"condition_owner{suffix}"] = unasked
    by = _by(form, by_field, sight.today, errors)
    verifier = _verifier(form, sight, f"condition_verifier{suffix}", owner, errors)
    guards = _guards(form, sight, f"condition_guards{suffix}", errors)
    if owner not in sight.edition.posts or by is None:
        return None
    return Condition(text=text, owner=owner, by=by, evidence=evidence, verifier=verifier, guards=guards)


def _verifier(form: FormData, sight: Sight, name: str, owner: str, errors: dict[str, str]) -> str:
    """Read who checks a condition: whoever sets it, unless another post is chosen; never its owner."""
    chosen = _field(form, name)
    verifier = chosen or verifies(sight)
    if verifier not in sight.edition.posts:
        errors[name] = "Choose who checks that it is met"
    elif _one_person(sight, verifier, owner):
        title = telling.title(sight.edition, owner, sight.today)
        errors[name] = f"Choose somebody else to check it: {title} is to meet it"
    elif unasked := _unasked(sight, verifier):
        errors[name] = unasked
    return verifier


def _unasked(sight: Sight, post: str) -> str:
    """Say that nobody would be asked for a post; nothing where somebody is."""
    if sight.people.answering(post, sight.today):
        return ""
    title = telling.title(sight.edition, post, sight.today)
    return f"Nobody holds {title}, nor any post above it, so nobody would be asked"


def _one_person(sight: Sight, one: str, other: str) -> bool:
    """Say whether two posts are the same, or are held by one person today."""
    holders = [sight.people.holder(post, sight.today) for post in (one, other)]
    return one == other or (holders[0] is not None and holders[0] == holders[1])


def _guards(form: FormData, sight: Sight, name: str, errors: dict[str, str]) -> Guard:
    chosen = _field(form, name) or Guard.NOTHING
    if chosen not in guards(sight):
        errors[name] = "Choose what has to wait until it is met"
        return Guard.NOTHING
    return Guard(chosen)


def guards(sight: Sight) -> tuple[Guard, ...]:
    """Return what may have to wait for a condition: of a project the gate after this one, if one comes."""
    step = sight.open_step
    if step.kind not in ("gate", "gate_srg"):
        return guards_of(sight.case.size)
    last = step.key.removesuffix("-srg") == "gate-closure"
    return (Guard.NOTHING,) if last else (Guard.NOTHING, Guard.GATE)


def verifies(sight: Sight) -> str:
    """Return who checks a condition unless another is chosen: the forum's secretary, or the post asked."""
    forum = sight.edition.forums.get(sight.open_step.ask.forum)
    return forum.secretary if forum else sight.open_seat.post


def directorate(sight: Sight) -> str:
    """Return the title of the post that has something to do where a proposal is returned as outside the
    guidelines; empty where that is not offered.
    """
    if Choice.RETURN not in sight.open_step.choices:
        return ""
    post = sight.edition.directorate(sight.case.department)
    return telling.title(sight.edition, post, sight.today) if post else ""


def _outside(form: FormData, sight: Sight, choice: Choice | None, errors: dict[str, str]) -> bool:
    """Read whether it is returned as outside the guidelines; said beside another answer it is not dropped."""
    if _field(form, GUIDELINES) != OUTSIDE or not directorate(sight):
        return False
    if choice is not None and choice is not Choice.RETURN:
        kind = sight.open_step.kind
        errors[GUIDELINES] = (
            f"You said that it is outside the guidelines, but chose {words.label(choice, kind)}: "
            f"choose {words.label(Choice.RETURN, kind)}, or clear this box"
        )
    return True


def as_typed(chosen: Chosen) -> dict[str, str]:
    """Return what a form holds that comes to an answer, so that it can be changed before it is confirmed."""
    typed = {"choice": str(chosen.choice), "reason": chosen.reason}
    if chosen.until:
        typed |= {"until_what": "meeting"} if chosen.next_meeting else {"until_what": "day"}
        typed["until"] = "" if chosen.next_meeting else chosen.until.isoformat()
    for number, condition in enumerate(chosen.conditions, start=1):
        suffix = _suffix(number)
        typed |= {
            f"conditions{suffix}": condition.text,
            f"condition_owner{suffix}": condition.owner,
            f"condition_by{suffix}": condition.by.isoformat(),
            f"condition_evidence{suffix}": condition.evidence,
            f"condition_verifier{suffix}": condition.verifier,
            f"condition_guards{suffix}": str(condition.guards),
        }
    return typed | held(chosen.answers)


def taken_up(tx: Tx, sight: Sight, chosen: Chosen) -> dict[str, str]:
    """Return what the boxes hold where an answer is taken up again: those that it does not use hold what they
    held before anybody typed.
    """
    boxes = reported.asked(tx, sight)
    drafted = boxes.drafted if boxes and chosen.choice not in boxes.form.choices else {}
    return {**drafted, **as_typed(chosen)}


def form(tx: Tx, sight: Sight) -> dict[str, Any]:
    """Return what the form for an answer needs, on the page of a link as on that of a meeting's item."""
    boxes = reported.asked(tx, sight)
    typed = reported.kept(tx, sight) if boxes else None
    return {
        "boxes": boxes.form if boxes else None,
        "always": boxes is not None and boxes.always(sight.open_step.choices),
        "drafted": reported.begins_with(boxes, typed) if boxes else {},
        "outrun": [*reported.outrun(boxes, Choice.UNCHANGED).values()]
        if Choice.UNCHANGED in sight.open_step.choices
        else [],
        "typed_choice": typed.boxes.get("choice", "") if typed else "",
        "typed_on": words.local(typed.saved) if typed else None,
        "owners": offering.condition_owners(sight),
        "verifies": verifies(sight),
        "next_meeting": next_meeting(tx, sight),
        "good_until": sight.case.good_until,
        "guards": words.guards(guards(sight)),
        "guidelines": directorate(sight),
        "rows": range(1, MOST_CONDITIONS + 1),
        "written": WRITTEN,
    }


def next_meeting(tx: Tx, sight: Sight) -> date | None:
    """Return the next meeting of the forum that is asked; None if no forum is, or it is not known to meet.

    Members who are asked by email put it before a meeting whose papers have not closed.
    """
    forum = sight.edition.forums.get(sight.open_step.ask.forum)
    if forum is None:
        return None
    coming = sittings.ahead(tx, sight.edition.organisation, sight.edition, forum.key)
    if agendas.at_a_meeting(tx, sight.edition, sight.open_step.ask):
        return meetings.following(coming, sight.today)
    found = meetings.first((one for one in coming if one.day > sight.today), sight.today)
    return found.day if found else None


def _until(tx: Tx, form: FormData, sight: Sight, errors: dict[str, str]) -> tuple[date | None, bool]:
    """Read to when a question is put off, and say whether that was given as the forum's next meeting."""
    if _field(form, "until_what") == "meeting":
        meeting = next_meeting(tx, sight)
        if meeting is None:
            errors["until_what"] = "No further meeting is known; choose a day"
        elif late := _after_validity(sight, meeting):
            errors["until_what"] = late
        return meeting, True
    try:
        day = days.read(form, "until", empty="Say on which day to ask you again")
        day = days.worked(day, sight.today, sight.edition.non_working)
    except days.Unfit as unfit:
        errors["until"] = str(unfit)
        return None, False
    if late := _after_validity(sight, day):
        errors["until"] = late
    return day, False


def _after_validity(sight: Sight, day: date) -> str:
    """Say that on a day there would be no approval left to put to use; nothing if it is good until then."""
    good = sight.case.good_until
    if good is None or day <= good:
        return ""
    return (
        f"The approval is valid until {words.day(good)}, and lapses unless it is put to use by then: "
        "choose that day or one before it"
    )


def _by(form: FormData, name: str, today: date, errors: dict[str, str]) -> date | None:
    try:
        return days.later(days.read(form, name, empty="Say by when this condition is to be met"), today)
    except days.Unfit as unfit:
        errors[name] = str(unfit)
        return None


def _answer(form: FormData, name: str, errors: dict[str, str], *, wanted: bool) -> Answered | None:
    if name in WRITTEN:
        text = _words(form, name, errors)
        if wanted and not text:
            errors.setdefault(name, WRITTEN[name])
        return Answered(value=telling.SAID, text=text) if text else None
    value, text = _field(form, name), _words(form, f"{name}_words", errors)
    question = words.asked(name)
    if not wanted and not value and not text:
        return None
    if value not in CONCERNS:
        errors[name] = f"{question}: say whether you have a concern"
    elif value == "concern" and not text:
        errors[f"{name}_words"] = f"{question}: say what your concern is"
    return Answered(value=value, text=text)


def _words(form: FormData, name: str, errors: dict[str, str]) -> str:
    said = _CLEAN.validate_python(_field(form, name))
    if len(said) > forms.LONGEST_TEXT:
        errors[name] = f"Use {forms.LONGEST_TEXT:,} characters or fewer"
    return said


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


# ------------------------------------------------------------------------- confirming


@dataclass(frozen=True)
class Submitted:
    """A decision that is in the record and on its way to its step, or already there."""

    intent: StoredIntent
    kind: str
    """The kind of question that it answers."""


@dataclass(frozen=True)
class Stopped:
    """Nothing was submitted, because of how things stand now."""

    sight: Sight


class NoDraft(Exception):
    """There is no such answer waiting to be confirmed in this browser."""


class Overtaken(Exception):
    """Something has happened since they chose: its words say what, and what can be done; `errors` say more
    beside boxes, where it is about some.
    """

    def __init__(self, told: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(told)
        self.errors = errors or {}


def keep(tx: Tx, visit: Visit, sight: Sight, chosen: Chosen, shown_hash: str) -> str:
    """Keep what was chosen until it is confirmed, and return its id."""
    assert visit.session is not None
    return answers.keep(
        tx,
        session=visit.session.ref,
        link=sight.link.id,
        step=sight.open_step.id,
        seat=sight.open_seat.key,
        answer=chosen.model_copy(update={"attempt": _attempt(sight)}).model_dump(mode="json"),
        shown_hash=shown_hash,
    )


def kept(tx: Tx, visit: Visit, sight: Sight, draft_id: str) -> tuple[Chosen, str]:
    """Return what was chosen and the hash of what was shown."""
    assert visit.session is not None
    draft = answers.get(tx, draft_id, session=visit.session.ref)
    if draft is None or draft.link != sight.link.id:
        raise NoDraft
    chosen = Chosen.model_validate(draft.answer)
    if sight.answer and sight.answer.state == intents.UNDONE and chosen.attempt != _attempt(sight):
        # An old page does not give again what was taken back since.
        raise NoDraft
    return chosen, draft.shown_hash


def confirm(tx: Tx, visit: Visit, sight: Sight, draft_id: str, content_hash: str) -> Submitted | Stopped:
    """Check everything once more and write the decision down, in one transaction.

    The same decision confirmed again finds itself; another one for the same seat is refused.
    """
    chosen, shown_hash = kept(tx, visit, sight, draft_id)
    # From here on the time is that of the answer, and a deadline that passes waits for it.
    tx.lock(sight.case.ref)
    again = sight.standing in (Standing.DECIDED_BY_YOU, Standing.BEING_RECORDED)
    if sight.standing is not Standing.OPEN and not again:
        _attempted(tx, visit, sight, sight.standing)
        return Stopped(sight)
    if content_hash != sight.open_step.content_hash:
        _attempted(tx, visit, sight, Standing.CHANGED)
        raise NoDraft
    if not again and (hindered := outstanding.hindrance(tx, sight, chosen.choice)):
        raise Overtaken(hindered)
    if not again and chosen.next_meeting and (meeting := next_meeting(tx, sight)) != chosen.until:
        raise Overtaken(_moved(meeting))
    if not again and (outrun := reported.outrun(reported.asked(tx, sight), chosen.choice)):
        raise Overtaken("What you said last cannot stand as it is: a day has passed meanwhile", outrun)
    papers = attaching.of_answer(tx, sight, chosen.answers)
    if papers is None and not again:
        raise Overtaken(_PAPERS_GONE)
    reports = chosen.choice is Choice.REPORT and not again
    if reports and (wanting := attaching.wanting(tx, sight, chosen.answers, papers or ())):
        raise Overtaken(gating.wanted(wanting.values()))
    intent = _intent(tx, visit, sight, chosen, shown_hash)
    submitted = intents.submit(tx, intent)
    if not submitted.again:
        attaching.confirmed(tx, sight, intent, papers or ())
    return Submitted(submitted.intent, sight.open_step.kind)


_PAPERS_GONE = "The documents that you uploaded have been changed or are held no longer: choose them again"


def with_answers(chosen: Chosen, answers: Mapping[str, Answered]) -> Chosen:
    """Return what was chosen with more named answers, which did not come from the boxes of the form."""
    return chosen.model_copy(update={"answers": {**chosen.answers, **answers}})


def _attempt(sight: Sight) -> int:
    """Return which of its seat's answers the next one will be."""
    return sight.answer.attempt + 1 if sight.answer else 1


def _moved(meeting: date | None) -> str:
    """Say that the meeting to which somebody was about to defer a question is another now."""
    if meeting is None:
        return "The meeting to which you deferred it has been called off, and no further one is known"
    return f"The next meeting is on {words.day(meeting)} now, not on the day to which you deferred it"


def take_back(tx: Tx, visit: Visit, sight: Sight, attempt: int) -> StoredUndo | None:
    """Write down that a person takes back their answer; None if it is too late, or not theirs to take back.

    The same wish again finds itself. `attempt` says which answer they were shown: an old page takes back no
    new one.
    """
    answer = sight.answer
    if answer is None or answer.person != sight.link.person or answer.attempt != attempt:
        return None
    if sight.undo:
        return sight.undo
    if sight.undo_until is None:
        _attempted(tx, visit, sight, Refusal.TOO_LATE)
        return None
    undo = Undo(
        key=undo_key(answer.key, answer.attempt),
        step=answer.step,
        decision=answer.key,
        attempt=answer.attempt,
        seat=answer.seat,
        person=answer.person,
        submitted_at=tx.now,
    )
    return undoing.submit(tx, sight.case.ref, undo)


def _attempted(tx: Tx, visit: Visit, sight: Sight, why: str) -> None:
    """Leave a trace of an answer that was refused: it is gone from everywhere else."""
    assert visit.session is not None
    attempts.refused(
        tx,
        sight.case.ref,
        what=f"decide {sight.link.step}",
        why=str(why),
        person=sight.link.person,
        key=f"attempt:{sight.link.id}:{visit.session.ref}:{why}",
        ip=visit.ip,
        user_agent=visit.user_agent,
    )


def _intent(tx: Tx, visit: Visit, sight: Sight, chosen: Chosen, shown_hash: str) -> Intent:
    step, seat, now = sight.open_step, sight.open_seat, tx.now
    assert visit.session is not None
    return Intent(
        key=decision_key(step.id, step.round, seat.key),
        case=sight.case.ref,
        step=step.id,
        round=step.round,
        seat=seat.key,
        person=sight.link.person,
        post=sight.holder.post if sight.holder else sight.link.post,
        on_behalf_of=sight.covered.id if sight.covered else "",
        choice=chosen.choice,
        reason=chosen.reason,
        conditions=chosen.conditions,
        answers=chosen.answers,
        until=chosen.until,
        next_meeting=chosen.next_meeting,
        content_hash=step.content_hash,
        shown_hash=shown_hash,
        submitted_at=now,
        held_until=holding.until(step.terms.hold, now, sight.edition.non_working),
        assurance=Assurance.CODE if visit.session.raised else Assurance.LINK,
        session=visit.session.ref,
        ip=visit.ip,
        user_agent=visit.user_agent,
        sec_fetch_user=visit.sec_fetch_user,
    )


def remembered(tx: Tx, sight: Sight, given: str) -> str:
    """Return the hash of what was shown: the one the form names, if it was this question's page."""
    text = texts.get(tx, given) if given else None
    if text and f'"step":"{sight.open_step.id}"' in text and f'"seat":"{sight.open_seat.key}"' in text:
        return given
    return ""
