"""What the ways of proposals need of a handbook: somebody to ask, a day to ask on, terms, and a clause."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import pairwise

from service import clock
from service.handbook.edition import ON_TERMS_OF, PUBLISHING, Decides, Principle
from service.handbook.sources import Source, Trail
from service.handbook.words import in_words
from service.handbook.written import VOTED_ON, Handbook
from workflows.model import Nudge
from workflows.rules import actions, versions
from workflows.rules.course import LED_TO
from workflows.rules.routing import LEGS

Complaint = tuple[Trail, str]
"""Where something is wrong, and what."""

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
A_WORD = "is a key, and must be a word of letters without accents, digits, - and _"
"""Said of a key that is not such a word."""
PRINCIPAL_CUSTOMER, BUSINESS_FORUM = "principal-customer", "business-forum"
"""In a principle's `issue_to`: those of the corporate system that a proposal names."""
_PASSED_ON = [answered for answered, branch in LED_TO.items() if branch == "solution"]
"""The answers by which an issue goes on to the second body that its principle names."""


def written_in(source: Source, section: str) -> list[str]:
    """Return the keys of a section as written, also of entries that could not be read."""
    entries = source.data.get(section)
    return [*entries] if isinstance(entries, dict) else []


# -------------------------------------------------------------------------- whom to ask


def _unknown_bodies(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """A principle's issue may go to a post, to a forum, or to whoever owns the system in question."""
    known = {*written_in(source, "posts"), *written_in(source, "forums"), PRINCIPAL_CUSTOMER, BUSINESS_FORUM}
    for key, principle in handbook.principles.items():
        for number, body in enumerate(principle.issue_to):
            if body not in known:
                yield ("principles", key, "issue_to", number), f"there is no post or forum {body}"


def _issues(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """An issue needs a leg that settles it, whose bodies can each be asked what they are to be asked."""
    settling = {"principal_customer": _challenged, "issue_resolution": _raised}
    for key, principle in handbook.principles.items():
        trail = ("principles", key)
        if not principle.issue_leg:
            if principle.issue_to:
                yield (*trail, "issue_to"), f"needs issue_leg, which is one of {', '.join(settling)}"
            continue
        if principle.issue_leg not in settling:
            told = f"is no leg that settles an issue; these are: {', '.join(settling)}"
            yield (*trail, "issue_leg"), told
            continue
        if not principle.issue_to:
            yield (*trail, "issue_leg"), "needs issue_to, whoever settles it"
        if len(principle.issue_asks) != len(principle.issue_to):
            yield (*trail, "issue_asks"), "must name a kind of question for each of issue_to"
        for rest, told in settling[principle.issue_leg](principle, handbook, source):
            yield (*trail, *rest), told


def _challenged(principle: Principle, handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """A corporate system's owner is challenged, and if nobody answers one forum after another."""
    asked = {*written_in(source, "forums"), BUSINESS_FORUM}
    for number, body in enumerate(principle.issue_to):
        if number == 0 and body != PRINCIPAL_CUSTOMER:
            yield ("issue_to", number), f"must be {PRINCIPAL_CUSTOMER}, who is asked first"
        elif number and body not in asked and body in (*written_in(source, "posts"), PRINCIPAL_CUSTOMER):
            yield (
                ("issue_to", number),
                f"must be a forum or {BUSINESS_FORUM}, asked where nobody has answered",
            )
    for number, (kind, body) in enumerate(zip(principle.issue_asks, principle.issue_to, strict=False)):
        kinds = ("challenge", "referral") if number and body == handbook.route.srg else ("challenge",)
        if kind not in kinds:
            yield ("issue_asks", number), f"must be {' or '.join(kinds)}"


def _raised(principle: Principle, handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """An issue is raised at a forum's meeting, which settles it or passes it on to one post."""
    kinds = LEGS["issue_resolution"].kinds
    passes_on = [kind for kind in kinds if any((kind, choice) in _PASSED_ON for choice in kinds[kind])]
    for number, body in enumerate(principle.issue_to):
        post, forum = body in written_in(source, "posts"), body in written_in(source, "forums")
        if body in (PRINCIPAL_CUSTOMER, BUSINESS_FORUM):
            yield ("issue_to", number), "is that of a corporate system, and this leg is about none"
        elif number == 0 and post:
            yield ("issue_to", number), "must be a forum, at whose meeting it is raised"
        elif number == 1 and forum:
            yield ("issue_to", number), "must be a post: it is passed on to one person, who finds a way"
        elif number > 1:
            yield ("issue_to", number), "is never asked: an issue is passed on once"
    for number, kind in enumerate(principle.issue_asks):
        fit = [known for known in kinds if number == 0 or known not in passes_on]
        if kind not in fit:
            yield ("issue_asks", number), f"must be one of {', '.join(fit)}"
    first = next(iter(principle.issue_asks), "")
    if first in passes_on and len(principle.issue_to) == 1:
        yield ("issue_to",), f"needs a second, to whom a {first} is passed on"
    if first in kinds and first not in passes_on and len(principle.issue_to) > 1:
        yield ("issue_to", 1), f"is never asked: a {first} is settled by the first"


def _one_meeting(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """The issues of a proposal are raised at one meeting."""
    raised = {
        key: principle.issue_to[0]
        for key, principle in handbook.principles.items()
        if principle.issue_leg == "issue_resolution" and principle.issue_to
    }
    for key, forum in raised.items():
        (first, expected), *_ = raised.items()
        if forum != expected:
            told = f"must be {expected}, as in {first}: a proposal's issues are raised at one meeting"
            yield ("principles", key, "issue_to", 0), told


def _duplicates(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """Where systems are corporate, somebody is asked about a duplicate and about a shortfall."""
    if not handbook.corporate_systems:
        return
    if not any(each.issue_leg == "principal_customer" for each in handbook.principles.values()):
        told = "has systems, but no principle with issue_leg principal_customer to consult about one"
        yield ("corporate_systems",), told
    if not handbook.route.head_of_profession:
        told = "is missing: the post consulted where a corporate system falls short"
        yield ("route", "head_of_profession"), told


def _embargo(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    embargo = handbook.embargo
    if embargo is None:
        return
    if not embargo.owners:
        yield ("embargo", "owners"), "has nobody who could grant an exception"
    for number, owner in enumerate(embargo.owners):
        if owner.until and owner.since and owner.until < owner.since:
            yield ("embargo", "owners", number, "until"), f"is before since, {in_words(owner.since)}"
    for (number, one), (_, following) in pairwise(enumerate(embargo.owners)):
        gap = one.until is None or following.since is None or following.since != one.until + timedelta(days=1)
        if gap:
            told = "must begin on the day after the owner before it ends, so that each day has one owner"
            yield ("embargo", "owners", number + 1, "since"), told
    if embargo.since and embargo.until and embargo.until < embargo.since:
        yield ("embargo", "until"), f"is before since, {in_words(embargo.since)}: it would never be in force"
    last = embargo.owners[-1].until if embargo.owners else None
    if last and (embargo.until is None or last < embargo.until):
        told = (
            f"is before the embargo ends, {in_words(embargo.until)}"
            if embargo.until
            else "must be left out, for the embargo has no end"
        )
        trail = ("embargo", "owners", len(embargo.owners) - 1, "until")
        yield trail, f"{told}: nobody could grant an exception after it"
    for key in embargo.evidence:
        if key not in written_in(source, "principles"):
            yield ("embargo", "evidence"), f"there is no principle {key}"


def _publishing(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """A handbook comes into force by two people, so that nobody changes by themselves who decides."""
    today = clock.real_now().date()
    roles = handbook.roles.model_dump(include={*PUBLISHING})
    people = {person for post in roles.values() for person in _holding(handbook, post, today)}
    if len(people) < 2:
        parts = " and ".join(f"{role} ({post})" for role, post in roles.items())
        who = f"only {handbook.people[people.pop()].name} holds" if people else "nobody holds"
        told = f"{who} the posts of {parts}; a handbook is published by two different people"
        yield ("roles", PUBLISHING[-1]), told


def _holding(handbook: Handbook, post: str, day: date) -> Iterator[str]:
    """Go through whoever holds a post on a day, or the post that acts for it; there is one at most."""
    seen: list[str] = []
    while (known := handbook.posts.get(post)) and post not in seen:
        seen.append(post)
        if not (known.succeeded_by and known.succeeded_on and known.succeeded_on <= day):
            break
        post = known.succeeded_by
    for key, person in handbook.people.items():
        if any(
            hold.post == post and hold.since <= day and (hold.until is None or day <= hold.until)
            for hold in person.holds
        ):
            yield key


# ------------------------------------------------------------------------ how it decides


def _falls_back(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """SRG answers first by email if the handbook says so, and at its meetings what its members do not decide.

    For that it meets, and the time for their answers does end.
    """
    for key, forum in handbook.forums.items():
        trail = ("forums", key, "decides")
        if forum.decides is not Decides.EMAIL_THEN_MEETING:
            continue
        if key != handbook.route.srg:
            told = "is email_then_meeting, which only the forum that route.srg names can be"
            yield trail, f"{told}: what is put to another goes to its secretary"
            continue
        if not forum.members:
            yield trail, "is email_then_meeting, but it has no members to decide by email"
        if forum.meets is None and not forum.also_meets:
            yield trail, "is email_then_meeting, but it never meets: needs meets"
        for kind in VOTED_ON:
            step = handbook.steps.get(kind)
            ladder = handbook.ladders.get(step.ladder) if step else None
            if step and ladder and Nudge.CLOSE not in [rung.nudge for rung in ladder.rungs]:
                told = f"{step.ladder} never closes, so that what {key} does not decide by email"
                yield ("steps", kind, "ladder"), f"{told} would never go to its meeting: it needs close"


def _goes_on(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """Where others are asked what an owner leaves unanswered, the owner's time does end (SYS-05)."""
    step = handbook.steps.get("challenge")
    ladder = handbook.ladders.get(step.ladder) if step else None
    if not step or not ladder or any(rung.nudge is Nudge.CLOSE for rung in ladder.rungs):
        return
    for key, principle in handbook.principles.items():
        if principle.issue_leg == "principal_customer" and len(principle.issue_to) > 1:
            others = ", ".join(principle.issue_to[1:])
            told = f"{step.ladder} never closes, so that {others}, whom {key} names, would never be asked"
            yield ("steps", "challenge", "ladder"), f"{told}: it needs close"


def _written_down(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """What a board decides at its meeting is written down by its secretary, and by nobody up their line."""
    for kind, step in handbook.steps.items():
        ladder = handbook.ladders.get(step.ladder)
        if kind.endswith("_meeting") and ladder and any(rung.nudge is Nudge.LINE for rung in ladder.rungs):
            told = (
                f"{step.ladder} turns to the secretary's line, who would decide in the place of the members"
            )
            yield ("steps", kind, "ladder"), told


# ---------------------------------------------------------------------- terms and clauses


def _route(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    route, forums = handbook.route, handbook.forums
    notified = forums.get(route.notification_forum or "")
    if notified and not notified.meets and not notified.also_meets:
        yield ("route", "notification_forum"), f"{notified.key} never meets"
    srg = forums.get(route.srg or "")
    if srg and not srg.members:
        yield ("forums", srg.key, "members"), "decides cases, and has no members"
    if srg and not srg.quorum:
        yield ("forums", srg.key, "quorum"), "decides cases, and has no quorum"


def _legs(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """Each leg needs the clause that puts it on a route, and terms for the questions it puts."""
    steps, clauses = written_in(source, "steps"), written_in(source, "clauses")
    for leg, passage in LEGS.items():
        if passage.needs and not _says(handbook, passage.needs):
            continue
        for kind in passage.kinds:
            if ON_TERMS_OF.get(kind, kind) == "srg_meeting" and not _meets_after_email(handbook):
                continue
            if ON_TERMS_OF.get(kind, kind) not in steps:
                yield ("steps",), f"has no terms for {kind}, which a proposal may pass"
        for clause in passage.clauses or (leg,):
            if clause not in clauses:
                yield ("clauses",), f"has no clause for {clause}"


def _meets_after_email(handbook: Handbook) -> bool:
    """Say whether SRG's meeting decides what its members do not decide by email."""
    srg = handbook.forums.get(handbook.route.srg or "")
    return srg is not None and srg.decides is Decides.EMAIL_THEN_MEETING


def _actions(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """Actions are asked for and checked, or there are none; nobody checks what they did themselves."""
    steps = handbook.steps
    if not {*actions.KINDS} & {*steps}:
        return
    for kind, choices in actions.KINDS.items():
        trail = ("steps", kind)
        if kind not in steps:
            yield ("steps",), f"has no terms for {kind}, which an action passes"
            continue
        for choice in choices:
            if choice not in steps[kind].choices:
                yield (*trail, "choices"), f"needs {choice}, without which an action comes to no end"
        ladder = handbook.ladders.get(steps[kind].ladder)
        if ladder and any(rung.nudge is Nudge.CLOSE for rung in ladder.rungs):
            yield (*trail, "ladder"), f"must not end with close, as {steps[kind].ladder} does: it stays open"
    if actions.CHECK in steps and not steps[actions.CHECK].deciding:
        yield ("steps", actions.CHECK, "deciding"), "must be true: whoever does an action does not check it"
    if actions.DO in steps and steps[actions.DO].deciding:
        yield ("steps", actions.DO, "deciding"), "must be false: who wrote a proposal may have to act on it"
    if actions.DO not in written_in(source, "clauses"):
        yield ("clauses",), f"has no clause for {actions.DO}"


def _says(handbook: Handbook, needed: str) -> bool:
    """Say whether a handbook has what a leg needs: a part of its route, a section, terms, or an issue
    it settles."""
    return bool(
        getattr(handbook.route, needed, None)
        or getattr(handbook, needed, None)
        or needed in [f"steps.{kind}" for kind in handbook.steps]
        or any(principle.issue_leg == needed for principle in handbook.principles.values())
    )


def _clauses(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    seen: dict[str, str] = {}
    for leg, clause in handbook.clauses.items():
        first = seen.setdefault(clause.number, leg)
        if first != leg:
            yield ("clauses", leg, "number"), f"{clause.number} is already the number of {first}"


def _appraisal(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    rates = handbook.appraisal.discount_rates
    if not rates:
        yield ("appraisal", "discount_rates"), "has no rate by which later money is worth less"
    for number, (one, following) in enumerate(pairwise(rates), start=1):
        if following.since is None or (one.since and following.since <= one.since):
            told = "must be later than that of the rate before it"
            yield ("appraisal", "discount_rates", number, "since"), told


def _versions(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """What is material is a field of a proposal, or a part of one, and named once."""
    known = (*versions.FIELDS, *versions.fields())
    named = handbook.versions.material if handbook.versions else ()
    for number, field in enumerate(named):
        trail = ("versions", "material", number)
        if field not in known:
            near = get_close_matches(field, known, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            yield trail, f"a proposal has no field {field}{meant}"
        elif versions.covers(named[:number], field):
            yield trail, f"{field} is named already, by itself or with the whole of it"


CHECKS: tuple[Callable[[Handbook, Source], Iterable[Complaint]], ...] = (
    _unknown_bodies,
    _issues,
    _one_meeting,
    _duplicates,
    _embargo,
    _publishing,
    _falls_back,
    _goes_on,
    _written_down,
    _route,
    _legs,
    _actions,
    _clauses,
    _appraisal,
    _versions,
)
