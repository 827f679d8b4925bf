"""What the programme office and its executive do about a project: who runs it, a report at once, what it is
measured with and waits for. Each is written with who did it and why, before the project's process hears.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service import placing, telling
from service.errors import Conflict, Forbidden, Malformed, NotFound, Problem
from service.handbook import Edition, boards
from service.store import cases, letters, projects
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.letters import QueuedLetter
from service.store.projects import BOARD, ProjectView
from service.web import awaiting, forms, numbers, twice, words
from service.web.courier import Parcel
from service.web.visits import Visit
from workflows.delivery import ProjectState

PLACES = ("manager", *BOARD)
_WHY = "Say why: it is shown on the project and kept"
_WAITING = ("project.waits_for", "project.waits_no_more")
"""How the record says that a project waits for another, and that it does so no more."""
_IN_STAGE = (ProjectState.IN_STAGE, ProjectState.AT_GATE)


@dataclass(frozen=True)
class OtherPeople:
    """Posts to be put in places of a project, and why, as it was checked."""

    posts: dict[str, str]
    """Those that change, by `manager` or the seat of the board."""
    reason: str


@dataclass(frozen=True)
class OtherCase:
    """Another case that a project is to have something to do with, and why, as it was checked."""

    ref: str
    title: str
    reason: str


def may_name(visit: Visit, project: ProjectView) -> bool:
    """Say whether the asker may put somebody in another's place: as the PMO, or as the executive."""
    rules = visit.rules
    executive = rules.holder(rules.acting(project.executive, visit.today), visit.today)
    return may(visit) or (executive is not None and executive.id == visit.me.id)


def may(visit: Visit) -> bool:
    """Say whether the asker sees to projects as the PMO."""
    return visit.rules.plays(visit.me.id, "pmo", visit.today)


def acts(visit: Visit, project: ProjectView) -> list[tuple[str, str]]:
    """Return what the asker may do about a project now: where, and in words."""
    if not project.open:
        return []
    at, found = f"/cases/{project.ref}", []
    if may_name(visit, project):
        if project.manager:
            found.append((f"{at}/people", "Change the manager or the board"))
        if project.state in _IN_STAGE:
            found.append((f"{at}/report-now", "Ask for a report now"))
    if may(visit):
        found.append((f"{at}/links", "Measure it together with another case"))
        found.append((f"{at}/waits-for", "Say that it waits for another project"))
    return found


def opened(tx: Tx, visit: Visit, ref: str, *, executive: bool = False) -> tuple[CaseView, ProjectView]:
    """Return a project about which the asker may do something now; `executive`: that may do it too."""
    case, project = cases.find(tx, ref), projects.get(tx, ref)
    if case is None or case.organisation != visit.rules.organisation:
        raise NotFound
    if project is None:
        raise Conflict(f"{ref} is not a project.")
    if not (may_name(visit, project) if executive else may(visit)):
        who = "the programme office and its executive" if executive else "the programme office"
        raise Forbidden(f"Only {who} may do this to a project.")
    if not project.open:
        raise Conflict("The project is over, so nothing more is changed about it.")
    return case, project


# ------------------------------------------------------------------------------ people


def other_people(tx: Tx, visit: Visit, project: ProjectView, said: Mapping[str, str]) -> OtherPeople:
    """Return who is put in whose place. Raises Malformed with all that is wrong, field by field."""
    if not project.manager:
        raise Conflict("Its manager and its board are not named yet: its mandate names them.")
    now = {place: said.get(place, "") for place in PLACES}
    reason = forms.clean(said.get("reason", ""))
    problems = list(_unfit_people(tx, visit, project, now))
    if problem := forms.unfit_reason(reason, _WHY):
        problems.append(problem)
    if problems:
        raise Malformed(problems=problems)
    posts = {place: post for place, post in now.items() if getattr(project, place) != post}
    return OtherPeople(posts=posts, reason=reason)


def _unfit_people(tx: Tx, visit: Visit, project: ProjectView, now: Mapping[str, str]) -> Iterator[Problem]:
    rules = telling.directory(tx, cases.get(tx, project.ref))
    fit = True
    for place, post in now.items():
        if told := _unfit_post(rules, visit, post):
            fit = False
            yield Problem(field=place, message=told)
    if not fit:
        return
    if all(getattr(project, place) == post for place, post in now.items()):
        yield Problem(field="manager", message="Choose another post in at least one of the places")
        return
    manager, day = rules.holder(now["manager"], visit.today), visit.today
    for place in BOARD:
        if rules.holder(now[place], day) == manager:
            name = words.PLACES_OF_PROJECT[place].lower()
            message = f"The {name} manages the project as well, and nobody decides on their own reports"
            yield Problem(field=place, message=message)
            return
    if short := boards.lacking_project(rules, [now[place] for place in BOARD], day, now["manager"]):
        yield Problem(field="executive", message=f"The board could pass no gate: {short}")


def _unfit_post(rules: Edition, visit: Visit, post: str) -> str:
    if post not in rules.posts:
        return "Choose a post"
    if rules.holder(post, visit.today) is None:
        return f"Nobody holds the post {telling.title(rules, post, visit.today)} today"
    return ""


def change_people(
    visit: Visit, ref: str, said: Mapping[str, str], shown: str
) -> tuple[ProjectView, tuple[str, ...]]:
    """Write down who is put in whose place; return the project, and the keys of the letters that say so.

    `shown` counts the changes that the form knew of: after another, it is to be looked at again. Raises
    DoneAlready if that other is this one.
    """
    with visit.desk.store.writing() as tx:
        tx.lock(ref)
        _, project = opened(tx, visit, ref, executive=True)
        if shown != str(project.people):
            _changed_so(tx, visit, project, said, shown)
            raise Conflict("Somebody has changed who runs this project meanwhile. Look at that first.")
        wish = other_people(tx, visit, project, said)
        by_post, page = _as(visit, project), visit.desk.links.page
        queued = placing.letters(tx, ref, wish.posts, page, by_post=by_post, reason=wish.reason)
        projects.people_changed(
            tx, ref, wish.posts, reason=wish.reason, by=visit.me.id, by_post=by_post, queued=queued
        )
        return projects.must(tx, ref), tuple(tx.outgoing)


def _changed_so(tx: Tx, visit: Visit, project: ProjectView, said: Mapping[str, str], shown: str) -> None:
    """Raise DoneAlready if the one change since a form was shown is what it wishes, by the same person."""
    before = numbers.whole(shown)
    if before is None or project.people != before + 1:
        return
    if all(getattr(project, place) == said.get(place, "") for place in PLACES):
        reason = said.get("reason", "")
        kinds = ("project.people_changed",)
        twice.refuse(tx, project.ref, kinds, by=visit.me.id, reason=reason, number=project.people)


def _as(visit: Visit, project: ProjectView) -> str:
    """Return the post through which the asker acts."""
    if may(visit):
        return visit.rules.roles["pmo"]
    return visit.rules.acting(project.executive, visit.today)


# ------------------------------------------------------------------------ report at once


def want_report(visit: Visit, ref: str, reason: str) -> ProjectView:
    """Write down that a report is wanted at once, and return the project."""
    said = forms.clean(reason)
    with visit.desk.store.writing() as tx:
        tx.lock(ref)
        _, project = opened(tx, visit, ref, executive=True)
        if project.state not in _IN_STAGE:
            raise Conflict("No stage of it is in hand, so there is nothing to report on.")
        if problem := forms.unfit_reason(said, _WHY):
            raise Malformed(problems=[problem])
        projects.report_wanted(tx, ref, reason=said, by=visit.me.id, by_post=_as(visit, project))
        return projects.must(tx, ref)


# ------------------------------------------------------------------------ links, waiting


def to_link(tx: Tx, visit: Visit, project: ProjectView, other: str, reason: str) -> OtherCase:
    """Return what a project is to be measured together with. Raises Malformed with all that is wrong."""
    return _other(tx, visit, other, reason, _unfit_link(tx, visit, project, _reference(other)))


def link(visit: Visit, ref: str, other: str, reason: str) -> None:
    """Write down that a project is measured together with another case."""
    with visit.desk.store.writing() as tx:
        tx.lock(ref)
        _, project = opened(tx, visit, ref)
        twice.refuse(tx, ref, ("project.linked",), by=visit.me.id, reason=reason, other=_reference(other))
        wish = to_link(tx, visit, project, other, reason)
        by_post = visit.rules.roles["pmo"]
        projects.linked(tx, ref, wish.ref, reason=wish.reason, by=visit.me.id, by_post=by_post)


def to_wait_for(tx: Tx, visit: Visit, project: ProjectView, other: str, reason: str) -> OtherCase:
    """Return which project another is to wait for. Raises Malformed with all that is wrong."""
    return _other(tx, visit, other, reason, _unfit_to_wait_for(tx, visit, project, _reference(other)))


def wait_for(visit: Visit, ref: str, other: str, reason: str) -> list[Parcel]:
    """Write down that a project waits for another; return the letters that tell both managers."""
    with visit.desk.store.writing() as tx:
        tx.lock(ref)
        _, project = opened(tx, visit, ref)
        twice.refuse(tx, ref, _WAITING, by=visit.me.id, reason=reason, other=_reference(other))
        wish = to_wait_for(tx, visit, project, other, reason)
        by_post = visit.rules.roles["pmo"]
        number = len(projects.dependencies_of(tx, ref)) + 1
        told = awaiting.told(tx, visit, ref, wish.ref, number, reason=wish.reason)
        projects.waits_for(
            tx, ref, wish.ref, reason=wish.reason, by=visit.me.id, by_post=by_post, queued=told
        )
        return _parcels(tx, ref, told)


def wait_no_more(visit: Visit, ref: str, other: str, reason: str) -> list[Parcel]:
    """Write down that a project waits for another no more; return the letters that tell both managers."""
    said = forms.clean(reason)
    with visit.desk.store.writing() as tx:
        tx.lock(ref)
        opened(tx, visit, ref)
        twice.refuse(tx, ref, _WAITING[::-1], by=visit.me.id, reason=said, other=other)
        waiting(tx, visit, ref, other)
        if problem := forms.unfit_reason(said, _WHY):
            raise Malformed(problems=[problem])
        by_post = visit.rules.roles["pmo"]
        known = projects.dependencies_of(tx, ref)
        number = next(one.number for one in known if one.other == other and one.ended is None)
        told = awaiting.told(tx, visit, ref, other, number, reason=said, ended=True)
        projects.waits_no_more(tx, ref, other, reason=said, by=visit.me.id, by_post=by_post, queued=told)
        return _parcels(tx, ref, told)


def _parcels(tx: Tx, ref: str, told: Sequence[QueuedLetter]) -> list[Parcel]:
    """Return letters as they are in the ledger, to be sent at once; what is not sent so, the relay sends."""
    reply_to = telling.replies_to(telling.rules_of(tx, cases.get(tx, ref)))
    rows = (letters.get(tx, one.key) for one in told)
    return [Parcel(row, reply_to=reply_to) for row in rows if row]


def waiting(tx: Tx, visit: Visit, ref: str, other: str) -> tuple[CaseView, str]:
    """Return a project that waits for another, and the title of that; NotFound if it does not."""
    case, _ = opened(tx, visit, ref)
    known = projects.dependencies_of(tx, ref)
    if not any(one.other == other and one.ended is None for one in known):
        raise NotFound(f"{ref} does not wait for {other}.")
    return case, cases.get(tx, other).title


def _other(tx: Tx, visit: Visit, other: str, reason: str, unfit: str) -> OtherCase:
    said, ref = forms.clean(reason), _reference(other)
    problems = [Problem(field="other", message=unfit)] if unfit else []
    if problem := forms.unfit_reason(said, _WHY):
        problems.append(problem)
    if problems:
        raise Malformed(problems=problems)
    return OtherCase(ref=ref, title=cases.get(tx, ref).title, reason=said)


def _reference(typed: str) -> str:
    return forms.clean(typed).upper()


def _unfit_link(tx: Tx, visit: Visit, project: ProjectView, other: str) -> str:
    case = _known(tx, visit, other)
    if case is None or case.kind not in projects.LINKED:
        return "Enter the reference of a project or a proposal, such as PRJ-2004-0001"
    if other in (project.ref, project.parent):
        return "That is this project itself"
    if other in projects.linked_refs(tx, project):
        return f"It is measured together with {other} already"
    return ""


def _unfit_to_wait_for(tx: Tx, visit: Visit, project: ProjectView, other: str) -> str:
    case = _known(tx, visit, other)
    if case is None or case.kind != projects.KIND:
        return "Enter the reference of a project, such as PRJ-2004-0001"
    if other == project.ref:
        return "A project does not wait for itself"
    known = projects.dependencies(tx)
    if any((one.case, one.other) == (project.ref, other) for one in known):
        return f"It waits for {other} already"
    if circle := projects.way_back(known, project.ref, other):
        return f"Then nobody could begin: {', which waits for '.join(circle)}"
    return ""


def _known(tx: Tx, visit: Visit, ref: str) -> CaseView | None:
    case = cases.find(tx, ref)
    return case if case and case.organisation == visit.rules.organisation else None
