"""What only the edition of a handbook shows, from today on: somebody to ask, and a meeting to come."""

from collections.abc import Iterator
from datetime import date

from service.handbook import boards, building
from service.handbook.edition import Decides, Edition, Forum
from service.handbook.sources import Trail
from service.handbook.ways import Complaint
from service.handbook.words import in_words
from service.handbook.written import FIRST_YEAR, YEARS_AHEAD, Handbook
from workflows.rules import calendar, series


def _boards(edition: Edition, today: date) -> Iterator[Complaint]:
    """A board can decide with the people who hold its posts, today and after every change that is known."""
    for one in boards.short(edition, _days(edition, today)):
        trail = ("steps", one.kind, "quorum") if one.kind else ("forums", one.forum, "members")
        yield trail, f"{one}{_since(one.day, edition, today)}"


def _days(edition: Edition, today: date, *besides: date) -> tuple[date, ...]:
    """Return the days to look at: the first working day from today on, and from each change that is known.

    A post may well be vacant over a weekend: what is put to it then is brought to its next holder once they
    hold it, and no working day is lost.
    """
    return tuple(sorted({_worked(day, edition) for day in (*edition.changes(today), *besides)}))


def _worked(day: date, edition: Edition) -> date:
    return calendar.from_day(day, edition.non_working)


def _seats(edition: Edition, today: date) -> Iterator[Complaint]:
    """No post comes to two seats of a forum by acting for a member, or for a member's substitute."""
    for forum in edition.forums.values():
        for day in _days(edition, today):
            if found := next(_doubled(edition, forum, day), None):
                trail, told = found
                yield trail, f"{told}{_since(day, edition, today)}; a post has one"
                break


def _doubled(edition: Edition, forum: Forum, day: date) -> Iterator[Complaint]:
    named: list[tuple[Trail, str]] = [
        *((("forums", forum.key, "members", n), post) for n, post in enumerate(forum.members)),
        *((("forums", forum.key, "substitutes", m), post) for m, post in forum.substitutes.items()),
    ]
    seated: dict[str, str] = {}
    for trail, post in named:
        acting = edition.acting(post, day)
        if acting in seated and forum.substitutes.get(seated[acting]) != post:
            yield trail, f"{acting} would have two seats, as {seated[acting]} and as {post}"
        seated.setdefault(acting, post)


def _nobody(edition: Edition, today: date) -> Iterator[Complaint]:
    """A post that a way asks is held, or has a line above it that is, on every day to come (SYS-24)."""
    owners = edition.embargo.owners if edition.embargo else ()
    handed_over = [owner.since for owner in owners if owner.since and owner.since > today]
    told: set[str] = set()
    for day in _days(edition, today, *handed_over):
        for trail, named in _asked(edition, day):
            post = edition.acting(named, day)
            if post not in told and edition.answering(post, day) is None:
                told.add(post)
                who = post if post == named else f"{post}, which acts for {named}"
                nobody = f"nobody holds {who}{_since(day, edition, today)}, nor any post above it"
                yield trail, f"{nobody}: nobody would be asked"


def _asked(edition: Edition, day: date) -> Iterator[tuple[Trail, str]]:
    """Go through the posts that a proposal's way may ask on a day."""
    route, forums = edition.route, edition.forums
    if route.notification_forum:
        yield ("roles", "direct_notifications"), edition.roles["direct_notifications"]
    for key in ("head_of_profession", "bids", "project_authority", "reviewer"):
        if post := getattr(route, key):
            yield ("route", key), post
    if edition.delivery and edition.delivery.standards:
        yield ("roles", "corporate_projects_manager"), edition.roles["corporate_projects_manager"]
    for key, principle in edition.principles.items():
        yield ("principles", key, "deviation_to"), principle.deviation_to
        posts = ((number, body) for number, body in enumerate(principle.issue_to) if body in edition.posts)
        yield from ((("principles", key, "issue_to", number), post) for number, post in posts)
    for key, system in edition.corporate_systems.items():
        yield ("corporate_systems", key, "principal_customer"), system.principal_customer
    for key in _asked_forums(edition, day):
        yield ("forums", key, "secretary"), forums[key].secretary
    if route.srg:
        srg = forums[route.srg]
        yield from ((("forums", srg.key, "members", n), post) for n, post in enumerate(srg.members))
        if srg.decides is Decides.EMAIL_THEN_MEETING or edition.delivery:
            yield ("forums", srg.key, "secretary"), srg.secretary
    for post, above in edition.next_authority.items():
        yield ("next_authority", post), above
    for key in edition.departments:
        if head := edition.directorate(key):
            yield ("departments", key, "head"), head
    yield ("roles", "pmo"), edition.roles["pmo"]


def _asked_forums(edition: Edition, day: date) -> tuple[str, ...]:
    """Return the forums that a way may ask on a day, each once."""
    bodies = [body for principle in edition.principles.values() for body in principle.issue_to]
    systems = [system.business_forum for system in edition.corporate_systems.values()]
    asked = (edition.route.notification_forum, *bodies, *systems, *_owners(edition, day))
    return tuple(dict.fromkeys(key for key in asked if key and key in edition.forums))


def _owners(edition: Edition, day: date) -> list[str]:
    """Return who grants exceptions from an embargo on a day; before its first owner's day that owner."""
    embargo = edition.embargo
    if embargo is None or (embargo.until and embargo.until < day):
        return []
    return [owner.forum for owner in embargo.owners if owner.on(day)] or [embargo.owners[0].forum]


def _meetings(edition: Edition, today: date) -> Iterator[Complaint]:
    """A forum at whose meetings proposals are taken has one to come that papers can still reach."""
    for forum in _waited_for(edition, today):
        last = max(forum.meetings, default=None)
        if last is None or series.papers_due(last, forum.papers_days, edition.non_working) < today:
            told = "has no meeting to come that papers can still reach, and proposals would wait for one"
            yield ("forums", forum.key), told


def _waited_for(edition: Edition, today: date) -> Iterator[Forum]:
    """Go through the forums whose meetings a case may wait for, each once."""
    route, forums = edition.route, edition.forums
    embargo = edition.embargo
    lifted = embargo is None or (embargo.until is not None and embargo.until < today)
    owners = embargo.owners if embargo and not lifted else ()
    granting = [owner.forum for owner in owners if owner.until is None or owner.until >= today]
    waited_for = [
        route.notification_forum or "",
        # An embargo's owner that decides by email is asked at once.
        *(key for key in granting if forums[key].decides is not Decides.EMAIL),
        *(
            principle.issue_to[0]
            for principle in edition.principles.values()
            if principle.issue_leg == "issue_resolution"
        ),
        route.srg if route.srg and _srg_meets(edition, forums[route.srg]) else "",
    ]
    yield from (forums[key] for key in dict.fromkeys(waited_for) if key)


def _srg_meets(edition: Edition, srg: Forum) -> bool:
    """Say whether anything waits for a meeting of SRG: what projects bring before it always does."""
    return srg.decides is not Decides.EMAIL or edition.delivery is not None


def _by_email(handbook: Handbook, edition: Edition, today: date) -> Iterator[Complaint]:
    """A forum that meets answers at its meetings; only SRG's members are asked by email all the same."""
    for key, forum in edition.forums.items():
        meets = any(day >= today for day in forum.meetings)
        if forum.decides is Decides.EMAIL and key != edition.route.srg and meets:
            told = "is email, but it meets, and what is put to it waits for its meeting: needs meeting"
            yield ("forums", key, "decides"), told


def _off_days(handbook: Handbook, edition: Edition, today: date) -> Iterator[Complaint]:
    """No meeting is named for a day that is not worked; one that recurs moves by itself."""
    for key, forum in handbook.forums.items():
        for number, day in enumerate(forum.also_meets):
            first, last = edition.calendar
            if not first <= day <= last:
                told = f"{in_words(day)} is not in the calendar, from {in_words(first)} to {in_words(last)}"
                yield ("forums", key, "also_meets", number), told
            elif not calendar.is_working(day, edition.non_working):
                told = f"{in_words(day)} is not a working day; name another"
                yield ("forums", key, "also_meets", number), told


def _closed(handbook: Handbook, edition: Edition, today: date) -> Iterator[Complaint]:
    """The organisation closes on days of its calendar, which a mistyped year would stretch."""
    years = range(FIRST_YEAR, today.year + YEARS_AHEAD + 1)
    for number, day in enumerate(handbook.calendar.closed.dates):
        if day.year not in years:
            told = f"{in_words(day)} is not in the calendar, from {years[0]} to {years[-1]}"
            yield ("calendar", "closed", "dates", number), told


def _not_met(handbook: Handbook, edition: Edition, today: date) -> Iterator[Complaint]:
    """A forum does not meet on a day on which it otherwise would."""
    first, last = edition.calendar
    for key, forum in handbook.forums.items():
        regular = building.held(forum, range(first.year, last.year + 1), edition.non_working)
        for number, day in enumerate(forum.does_not_meet):
            if day not in {*regular, *regular.values(), *forum.also_meets}:
                told = f"{in_words(day)} has no meeting that could be left out"
                yield ("forums", key, "does_not_meet", number), told


def _since(day: date, edition: Edition, today: date) -> str:
    """Say from which day on something is so; nothing if that is today, or if nothing changes until then."""
    so_today = day == _worked(today, edition) and edition.changes(today, day) == (today,)
    return "" if so_today else f" from {in_words(day)} on"


def gaps(edition: Edition, today: date) -> Iterator[Complaint]:
    """Go through what would leave a case waiting for ever under an edition that comes into force on a day."""
    for check in (_boards, _seats, _nobody):
        yield from check(edition, today)
    yield from _meetings(edition, _worked(today, edition))


def complaints(handbook: Handbook, edition: Edition, today: date) -> Iterator[Complaint]:
    """Go through all that is wrong with an edition from a day on."""
    for (section, *place), told in gaps(edition, today):
        # An authority that nobody wrote down follows from the limit of the post below it.
        implied = section == "next_authority" and place[0] not in handbook.next_authority
        yield ("delegated_limits" if implied else section, *place), told
    for check in (_by_email, _off_days, _closed, _not_met):
        yield from check(handbook, edition, today)
