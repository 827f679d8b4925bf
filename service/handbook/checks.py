"""What a handbook must not say, however well it is spelt: nobody unknown, no circle, no dead end."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise

import holidays

from service.handbook import projects, provided, ways
from service.handbook.sources import Fault, Source, Trail
from service.handbook.ways import A_WORD, KEY, Complaint, written_in
from service.handbook.words import in_words
from service.handbook.written import (
    DECIDES_NOTHING,
    FIRST_YEAR,
    VOTED_ON,
    ForumEntry,
    Handbook,
    HoldEntry,
    LadderEntry,
    QuorumEntry,
    StepEntry,
)
from workflows.model import Choice, Nudge, QuorumRule, Silence
from workflows.rules import actions, reports
from workflows.rules.routing import LEGS, choices_of

_REFUSALS = (Choice.REJECT, Choice.RETURN, Choice.NOT_SUPPORT, Choice.SEND_BACK)
LONGEST_LADDER = 250
"""Working days: whoever is silent for a year is told of to somebody."""
LONGEST_PAPERS = 60
"""Working days before a meeting: the papers of three months of meetings."""
LONGEST_NOTICE = 120
"""Working days before a meeting."""
_ANY_YEARS = range(FIRST_YEAR, FIRST_YEAR + 28)
"""All the ways in which weekdays can fall."""
_LONGEST_VALIDITY = 120
"""Months: for as long the days that are not worked are known."""
_FEWEST_WORKED = 17
"""Working days in a month with many holidays."""


def faults(handbook: Handbook, source: Source) -> list[Fault]:
    """Return everything that is wrong with what the files say together."""
    checks = (*_CHECKS, *ways.CHECKS, *provided.CHECKS, *projects.CHECKS)
    return [source.fault(trail, told) for check in checks for trail, told in check(handbook, source)]


# --------------------------------------------------------------------------- who is who


def _unknown_posts(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    posts = written_in(source, "posts")
    for trail, post in _mentions_of_posts(handbook):
        if post and post not in posts:
            yield trail, f"there is no post {post}"


def _mentions_of_posts(handbook: Handbook) -> Iterator[tuple[Trail, str | None]]:
    for key, post in handbook.posts.items():
        yield ("posts", key, "line"), post.line
        yield ("posts", key, "succeeded_by"), post.succeeded_by
    for key, person in handbook.people.items():
        for number, hold in enumerate(person.holds):
            yield ("people", key, "holds", number, "post"), hold.post
    for key, forum in handbook.forums.items():
        yield ("forums", key, "secretary"), forum.secretary
        yield ("forums", key, "chair"), forum.chair
        yield from ((("forums", key, "members", n), post) for n, post in enumerate(forum.members))
        yield from ((("forums", key, "veto", n), post) for n, post in enumerate(forum.veto))
        yield from ((("forums", key, "substitutes", member), member) for member in forum.substitutes)
        yield from ((("forums", key, "substitutes", m), post) for m, post in forum.substitutes.items())
    for role, post_key in handbook.roles.model_dump(exclude={"illustrative"}).items():
        yield ("roles", role), post_key
    for key, system in handbook.corporate_systems.items():
        yield ("corporate_systems", key, "principal_customer"), system.principal_customer
    for key, principle in handbook.principles.items():
        yield ("principles", key, "deviation_to"), principle.deviation_to
    for key, service in handbook.provisions.shared_services.items():
        yield ("provisions", "shared_services", key, "owner"), service.owner
    for key, department in handbook.departments.items():
        yield ("departments", key, "head"), department.head
    for key in ("head_of_profession", "bids", "project_authority", "reviewer"):
        yield ("route", key), getattr(handbook.route, key)
    for section in ("delegated_limits", "next_authority", "budgets"):
        yield from (((section, post), post) for post in getattr(handbook, section))
    yield from ((("next_authority", post), above) for post, above in handbook.next_authority.items())


def _unknown_forums(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    forums = written_in(source, "forums")
    mentions: list[tuple[Trail, str | None]] = [
        (("route", "notification_forum"), handbook.route.notification_forum),
        (("route", "srg"), handbook.route.srg),
        *(
            (("embargo", "owners", number, "forum"), owner.forum)
            for number, owner in enumerate(handbook.embargo.owners if handbook.embargo else ())
        ),
        *((("forums", key, "parent"), forum.parent) for key, forum in handbook.forums.items()),
        *((("steps", kind, "forum"), step.forum) for kind, step in handbook.steps.items()),
        *(
            (("corporate_systems", key, "business_forum"), system.business_forum)
            for key, system in handbook.corporate_systems.items()
        ),
    ]
    yield from ((trail, f"there is no forum {key}") for trail, key in mentions if key and key not in forums)


def _unknown_departments(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    departments = written_in(source, "departments")
    for key, post in handbook.posts.items():
        if post.department and post.department not in departments:
            yield ("posts", key, "department"), f"there is no department {post.department}"


def _unknown_ladders(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    ladders = written_in(source, "ladders")
    for kind, step in handbook.steps.items():
        if step.ladder not in ladders:
            yield ("steps", kind, "ladder"), f"there is no ladder {step.ladder}"


def _succession(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    for key, post in handbook.posts.items():
        if post.succeeded_by and not post.succeeded_on:
            yield ("posts", key, "succeeded_by"), "needs succeeded_on, the first day of the successor"
        if post.succeeded_on and not post.succeeded_by:
            yield ("posts", key, "succeeded_on"), "needs succeeded_by, the post that succeeds"


def _addresses(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    written: list[tuple[Trail, str]] = [
        *((("posts", key, "email"), post.email) for key, post in handbook.posts.items()),
        *((("people", key, "email"), person.email) for key, person in handbook.people.items()),
    ]
    others = [(("forums", key, "email"), forum.email) for key, forum in handbook.forums.items()]
    for trail, address in (*written, *others):
        before, at, after = address.partition("@")
        if not (before and at and "." in after) or any(
            sign.isspace() or sign in "@," for sign in before + after
        ):
            yield trail, f"{address or 'an empty word'} is not an email address"
    seen: dict[str, Trail] = {}
    for trail, address in written:
        first = seen.setdefault(address.lower(), trail)
        if first != trail:
            yield trail, f"{address} is already the address of {first[1]}; a sign-in must mean one mailbox"


def _same_names(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    for section in ("departments", "forums"):
        seen: dict[str, str] = {}
        for key, entry in getattr(handbook, section).items():
            for name in {key.lower(), entry.name.lower(), *(alias.lower() for alias in entry.aliases)}:
                if seen.setdefault(name, key) != key:
                    yield (section, key), f"{name} also names {seen[name]}"


def _keys(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """What addresses, file names and references are made of holds no sign that means something there."""
    if not KEY.fullmatch(handbook.organisation.key):
        yield ("organisation", "key"), A_WORD
    for section in (
        "departments",
        "posts",
        "people",
        "forums",
        "principles",
        "corporate_systems",
        "technical_parameters",
    ):
        yield from (
            (((section, key), A_WORD)) for key in getattr(handbook, section) if not KEY.fullmatch(key)
        )


# ------------------------------------------------------------------------ circles, dates


def _circles(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    posts = handbook.posts
    lines = {key: post.line for key, post in posts.items()}
    successors = {key: post.succeeded_by for key, post in posts.items()}
    parents = {key: forum.parent for key, forum in handbook.forums.items()}
    yield from _circle(lines, lambda key: ("posts", key, "line"))
    yield from _circle(successors, lambda key: ("posts", key, "succeeded_by"))
    yield from _circle(parents, lambda key: ("forums", key, "parent"))
    # Where none is written, the next authority is the post above in the line: that may close a circle.
    authorities = {
        **handbook.next_authority,
        **{
            post: posts[post].line
            for post in handbook.delegated_limits
            if post in posts and post not in handbook.next_authority
        },
    }
    for trail, told in _circle(authorities, lambda key: ("next_authority", key)):
        # One of lines alone is told above.
        if trail[-1] in handbook.next_authority:
            yield trail, told


def _circle(above: Mapping[str, str | None], trail: Callable[[str], Trail]) -> Iterator[Complaint]:
    """Complain once about each circle, where its first member is written."""
    told: set[str] = set()
    for start in above:
        way = [start]
        while (following := above.get(way[-1])) and following not in way:
            way.append(following)
        if following == start and start not in told:
            told |= {*way}
            yield trail(start), "goes round in a circle: " + " → ".join((*way, start))


def _holdings(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    held: dict[str, list[tuple[Trail, HoldEntry]]] = {}
    for key, person in handbook.people.items():
        for number, hold in enumerate(person.holds):
            trail = ("people", key, "holds", number)
            held.setdefault(hold.post, []).append((trail, hold))
            if hold.until and hold.until < hold.since:
                yield (*trail, "until"), f"is before since, {in_words(hold.since)}"
    for post, holds in held.items():
        for (first, one), (second, other) in combinations(holds, 2):
            if one.since <= (other.until or date.max) and other.since <= (one.until or date.max):
                shared = in_words(max(one.since, other.since))
                yield second, f"{post} is already held by {first[1]} on {shared}; a post has one holder"


def _departments_in_order(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    for key, department in handbook.departments.items():
        if department.since and department.until and department.until < department.since:
            yield ("departments", key, "until"), f"is before since, {in_words(department.since)}"


# ------------------------------------------------------------------------------- forums


def _forums(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    for key, forum in handbook.forums.items():
        trail = ("forums", key)
        for post, count in Counter(forum.members).items():
            if count > 1:
                yield (*trail, "members"), f"{post} has {count} seats; a post has one"
        if forum.chair and forum.members and forum.chair not in forum.members:
            yield (*trail, "chair"), f"{forum.chair} is not among the members"
        if forum.quorum:
            yield from (
                ((*trail, "quorum", part), told)
                for part, told in _quorum(forum.quorum, len(forum.members), bool(forum.chair))
            )
        yield from (((*trail, *part), told) for part, told in _seated(forum))
        if forum.papers_days > LONGEST_PAPERS:
            told = f"must be {LONGEST_PAPERS} working days or fewer, or no proposal would reach a meeting"
            yield (*trail, "papers_days"), told
        yield from (((*trail, "called_days"), told) for told in _called(forum))
        yield from (((*trail, part), told) for part, told in _meetings(forum))


def _called(forum: ForumEntry) -> Iterator[str]:
    """Complain of a day on which nobody would think of a meeting yet, or its papers have closed already."""
    if forum.called_days < forum.papers_days:
        told = f"is {forum.called_days}, and must be {forum.papers_days} or more, as papers_days is"
        yield f"{told}: members are called before papers close"
    if forum.called_days > LONGEST_NOTICE:
        yield f"must be {LONGEST_NOTICE} working days or fewer, about half a year"


def _seated(forum: ForumEntry) -> Iterator[Complaint]:
    """Complain of a veto or a substitute that could never be used, or would give somebody two seats."""
    for number, post in enumerate(forum.veto):
        if post not in forum.members:
            yield ("veto", number), f"{post} is not among the members"
    for post, count in Counter(forum.veto).items():
        if count > 1:
            yield ("veto",), f"{post} is named {count} times"
    for member, post in forum.substitutes.items():
        if member not in forum.members:
            yield ("substitutes", member), f"{member} is not among the members"
        if post in forum.members:
            yield ("substitutes", member), f"{post} is a member, and has a seat already"
    for post, count in Counter(forum.substitutes.values()).items():
        if count > 1:
            yield ("substitutes",), f"{post} sits for {count} members; nobody has two seats"


def _quorum(quorum: QuorumEntry, seats: int, chair: bool) -> Iterator[tuple[str, str]]:
    """Complain of a quorum that can never be met."""
    match quorum.rule:
        case QuorumRule.MAJORITY if not 1 <= quorum.present <= seats:
            yield "present", f"{quorum.present} must be present, but {_seats(seats)}"
        case QuorumRule.N_OF_M if not 1 <= quorum.needed <= seats:
            yield "needed", f"{quorum.needed} must agree, but {_seats(seats)}"
        case _ if seats == 0:
            yield "rule", "nobody has a seat"
    if quorum.casting and not chair:
        yield "casting", "there is no chair to cast it"


def _seats(count: int) -> str:
    return "there is 1 seat" if count == 1 else f"there are {count or 'no'} seats"


def _meetings(forum: ForumEntry) -> Iterator[tuple[str, str]]:
    if forum.meets is None:
        return
    days = {*forum.meets.days(_ANY_YEARS), *forum.also_meets} - {*forum.does_not_meet}
    if not days:
        yield "meets", "never yields a meeting: every month is left out"


# ---------------------------------------------------------------------- steps and limits


def _ladders(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    for key, ladder in handbook.ladders.items():
        yield from ((("ladders", key, *rest), told) for rest, told in _ladder(ladder))


def _ladder(ladder: LadderEntry) -> Iterator[Complaint]:
    rungs = ladder.rungs
    if ladder.due < 1:
        yield ("due",), "must leave at least one working day"
    if not rungs:
        yield ("rungs",), "has no rung: silence would never be noticed"
        return
    for number, rung in enumerate(rungs):
        if rung.day > LONGEST_LADDER:
            told = f"must be {LONGEST_LADDER} or less, about a year of working days"
            yield ("rungs", number, "day"), told
    if ladder.due > rungs[-1].day:
        told = f"is after day {rungs[-1].day}, the last rung: the ladder would end before an answer is due"
        yield ("due",), told
    for number, (one, following) in enumerate(pairwise(rungs), start=1):
        if following.day < one.day:
            yield ("rungs", number, "day"), f"comes after day {one.day}, and must not be before it"
    if rungs[-1].nudge not in (Nudge.PMO, Nudge.CLOSE):
        told = f"has no end: its last rung is {rungs[-1].nudge}, and must be pmo or close"
        yield ("rungs", len(rungs) - 1, "nudge"), told
    for number, rung in enumerate(rungs[:-1]):
        if rung.nudge is Nudge.CLOSE:
            yield ("rungs", number, "nudge"), "closes the step, so nothing can come after it"


def _choices(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    for kind, step in handbook.steps.items():
        trail = ("steps", kind, "choices")
        if not step.choices:
            yield trail, "offers no choice"
        for choice, count in Counter(step.choices).items():
            if count > 1:
                yield trail, f"offers {choice} {count} times"
        nowhere = [choice for choice in Choice if _goes_up(kind, choice) and not handbook.route.srg]
        for choice in nowhere:
            if choice in step.choices:
                yield trail, f"offers {choice}, but no SRG is named to refer to"
        # Which of them a project's questions need is told with the projects.
        fit = () if kind in reports.KINDS else _fit(kind)
        refusals = [choice for choice in fit if choice in _REFUSALS and choice not in nowhere]
        if step.deciding and step.choices and refusals and not {*step.choices} & {*refusals}:
            yield trail, f"leaves no way to refuse: it needs {' or '.join(refusals)}"
        if kind == "bid_outcome" and Choice.REJECT not in step.choices:
            yield trail, "needs reject, or nobody could say that a bid has failed"
        if not step.deciding and kind not in DECIDES_NOTHING:
            told = f"must be true: of what is asked, only {', '.join(DECIDES_NOTHING)} decide nothing"
            yield ("steps", kind, "deciding"), told
        yield from _dead_ends(kind, step.choices)


def _refused(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """A proposal can be refused for good, and not only returned: by its funders, or by SRG."""
    route, steps = handbook.route, handbook.steps
    refusing = ("funding", "srg") if route.srg and route.srg_decides_major else ("funding",)
    if "funding" in steps and not any(
        Choice.REJECT in steps[kind].choices for kind in refusing if kind in steps
    ):
        told = "must offer reject, or a proposal could be returned for ever and never refused"
        yield ("steps", "funding", "choices"), f"{' or '.join(refusing)} {told}"


def _goes_up(kind: str, choice: Choice) -> bool:
    """Say whether an answer brings a case to SRG."""
    return choice is Choice.REFER_UP or (kind, choice) == ("head_of_profession", Choice.NOT_SUPPORT)


def _fit(kind: str) -> Sequence[Choice]:
    """Return the answers that a kind of question may offer; none for a kind that is never put."""
    if kind in reports.KINDS:
        return reports.KINDS[kind].choices
    return choices_of(kind) or actions.KINDS.get(kind, ())


def _dead_ends(kind: str, choices: Sequence[Choice]) -> Iterator[Complaint]:
    """Complain of answers after which a case would stay open and wait for nobody."""
    fit = _fit(kind)
    if not fit:
        put = (known for passage in LEGS.values() for known in passage.kinds)
        kinds = ", ".join((*put, *actions.KINDS, *reports.KINDS))
        yield ("steps", kind), f"is no kind of question that is put; these are: {kinds}"
        return
    trail = ("steps", kind, "choices")
    for number, choice in enumerate(choices):
        if choice not in fit:
            yield (*trail, number), f"is {choice}, which leads nowhere; {kind} may offer {', '.join(fit)}"
    if choices and kind not in reports.KINDS and not any(choice.favourable for choice in choices):
        ways = " or ".join(choice for choice in fit if choice.favourable)
        yield trail, f"leaves no way to go on: it needs {ways}"


def _steps(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    for kind, step in handbook.steps.items():
        trail = ("steps", kind)
        ladder = handbook.ladders.get(step.ladder)
        closes = bool(ladder and ladder.rungs and ladder.rungs[-1].nudge is Nudge.CLOSE)
        if ladder and step.silence is Silence.EXPIRE and not closes:
            yield (*trail, "silence"), f"expires, but the ladder {step.ladder} does not end with close"
        if ladder and step.silence is not Silence.EXPIRE and closes:
            yield (*trail, "silence"), f"must be expire, as the ladder {step.ladder} ends with close"
        yield from _voted_on(handbook, kind, step)
        board = (handbook.route.srg or step.forum) if kind in VOTED_ON else None
        forum = handbook.forums.get(board or "")
        if step.quorum:
            seats, chair = _decided_by(kind, forum)
            yield from (((*trail, "quorum", part), told) for part, told in _quorum(step.quorum, seats, chair))
        elif forum and not forum.quorum:
            yield (*trail, "forum"), f"{forum.key} has no quorum to decide by"
        counts = bool(ladder and any(rung.nudge is Nudge.COUNT for rung in ladder.rungs))
        quorum = step.quorum or (forum.quorum if forum else None)
        undecided = forum is not None and quorum is None
        if counts and not undecided and (quorum is None or quorum.rule is not QuorumRule.MAJORITY):
            yield (*trail, "ladder"), f"{step.ladder} counts votes, and this is decided by no majority"


def _decided_by(kind: str, forum: ForumEntry | None) -> tuple[int, bool]:
    """Return how many seats decide a kind of question, and whether one of them is the chair's."""
    if kind in reports.put_to(reports.Put.BOARD):
        return reports.BOARD_SEATS, True
    return (len(forum.members), bool(forum.chair)) if forum else (1, False)


def _voted_on(handbook: Handbook, kind: str, step: StepEntry) -> Iterator[Complaint]:
    """Complain of terms by which one post would need the votes of a forum, or a forum those of none."""
    trail, srg = ("steps", kind, "forum"), handbook.route.srg
    if step.forum and kind in reports.put_to(reports.Put.BOARD):
        yield trail, f"must be left out: {kind} goes to the project's own board, not to a forum"
    elif step.forum and kind not in VOTED_ON:
        told = f"must be left out: one post answers {kind}, and only {' and '.join(VOTED_ON)} go to"
        yield trail, f"{told} the members of a forum, whose quorum nobody could make alone"
    elif kind in VOTED_ON and srg in handbook.forums and step.forum != srg:
        yield trail, f"must be {srg}, whose members are asked and by whose quorum they decide"


def _limits(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    for post in handbook.delegated_limits:
        known = handbook.posts.get(post)
        if known and not handbook.next_authority.get(post, known.line):
            yield ("delegated_limits", post), "has a limit, but nobody above it to ask"


def _validity(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    validity = handbook.validity
    if validity is None:
        return
    if validity.months > _LONGEST_VALIDITY:
        yield ("validity", "months"), f"is {validity.months}, and may be {_LONGEST_VALIDITY} at most"
    shortest = validity.months * _FEWEST_WORKED
    months = "1 month" if validity.months == 1 else f"{validity.months} months"
    for number, days in enumerate(validity.warn_days):
        trail = ("validity", "warn_days", number)
        if days > shortest:
            yield (
                trail,
                f"{days} working days may be longer than {months}, so it would not come",
            )
        if days in validity.warn_days[:number]:
            yield trail, f"{days} is written twice"


def _calendar(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    entry = handbook.calendar
    try:
        holidays.country_holidays(entry.country, subdiv=entry.region or None, years=FIRST_YEAR)
    except NotImplementedError:
        yield ("calendar", "region"), f"no holidays are known for {entry.country} {entry.region}".rstrip()
    leap = date(2004, 1, 1)
    known = [f"{leap + timedelta(days=number):%m-%d}" for number in range(366)]
    for number, day in enumerate(entry.closed.every_year):
        if day not in known or day == "02-29":
            yield ("calendar", "closed", "every_year", number), f"{day} is not a day of every year"


_CHECKS: tuple[Callable[[Handbook, Source], Iterable[Complaint]], ...] = (
    _unknown_posts,
    _unknown_forums,
    _unknown_departments,
    _unknown_ladders,
    _succession,
    _addresses,
    _same_names,
    _keys,
    _circles,
    _holdings,
    _departments_in_order,
    _forums,
    _ladders,
    _choices,
    _refused,
    _steps,
    _limits,
    _validity,
    _calendar,
)
