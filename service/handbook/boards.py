"""Whether enough different people can sit on a board for it to decide by its quorum."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from service.handbook.edition import Edition, Forum
from workflows.model import Quorum, QuorumRule
from workflows.rules import meter


class Short(NamedTuple):
    """A board that cannot decide on a day, whatever its members answer."""

    forum: str
    day: date
    people: int
    """How many different people can answer for its seats."""
    needed: int
    author: str = ""
    """The member without whom it cannot: whoever put a proposal forward or wrote it decides nothing of it."""
    kind: str = ""
    """The kind of question, where a board decides another kind by another quorum."""

    def __str__(self) -> str:
        who = f"only {self.people} different people" if self.people > 1 else "one person alone"
        what = f" a {self.kind}" if self.kind else ""
        told = (
            f"{self.needed} must answer for it to decide{what}, and {who if self.people else 'nobody'} could"
        )
        own = f" of a proposal by {self.author}, who decides nothing of their own" if self.author else ""
        return told + own


def short(edition: Edition, days: Iterable[date]) -> Iterator[Short]:
    """Go through the boards that cannot decide on one of the days, each with the first such day.

    A board that could decide with all its members must be able to without any one of them, who may have put
    forward or written what it is asked (A30).
    """
    days = tuple(days)
    for forum in edition.forums.values():
        yield from _first_short(edition, forum, days)


def _first_short(edition: Edition, forum: Forum, days: Iterable[date]) -> Iterator[Short]:
    for day in days:
        if whole := lacking(edition, forum, day):
            yield whole
            return
        for post in forum.members:
            author = edition.holder(post, day)
            less = lacking(edition, forum, day, (author.id,)) if author else None
            if less:
                yield less._replace(author=f"{edition.posts[post].title_on(day)} ({post})")
                return


def lacking(edition: Edition, forum: Forum, day: date, authors: Collection[str] = ()) -> Short | None:
    """Say what a board lacks to decide on a day what some people put forward or wrote; None if nothing.

    SRG is asked by email, where an author's seat goes up the line; at a meeting it has an interest.
    """
    for kind, quorum in _quorums(edition, forum):
        if short := _by(quorum, edition, forum, day, authors):
            return short._replace(kind=kind)
    return None


def lacking_project(edition: Edition, board: Iterable[str], day: date, manager: str = "") -> Short | None:
    """Say what the board of a project lacks to pass a gate on a day; None if nothing.

    A post that fills two of its places has one seat. Whoever manages the project decides nothing of it.
    """
    posts = tuple(dict.fromkeys(edition.acting(post, day) for post in board if post))
    managing = _id(edition, manager, day)
    people = seated(edition, posts, day, (managing,) if managing else ())
    terms = edition.terms().get("gate")
    needed = _needed(terms.quorum, len(posts)) if terms else 1
    return Short(forum="", day=day, people=people, needed=needed) if people < needed else None


def _by(quorum: Quorum, edition: Edition, forum: Forum, day: date, authors: Collection[str]) -> Short | None:
    able, needed = forum.members, _needed(quorum, len(forum.members))
    if forum.key != edition.route.srg:
        able = tuple(post for post in able if _id(edition, post, day) not in authors)
        interested = {*forum.members} - {*able}
        needed = meter.by_presence(quorum, forum.members, forum.members, interested).needed
    people = seated(edition, able, day, authors, forum.substitutes)
    return Short(forum=forum.key, day=day, people=people, needed=needed) if people < needed else None


def _quorums(edition: Edition, forum: Forum) -> Iterator[tuple[str, Quorum]]:
    """Go through that by which a forum's members decide; nothing where its secretary alone answers for it.

    A referral to SRG may have a quorum of its own, and is then told apart.
    """
    if not forum.members:
        return
    terms = edition.terms() if forum.key == edition.route.srg else {}
    quorum = terms["srg"].quorum if "srg" in terms else forum.quorum
    if quorum:
        yield "", quorum
    if "referral" in terms and terms["referral"].quorum != quorum:
        yield "referral", terms["referral"].quorum


def seated(
    edition: Edition,
    members: Iterable[str],
    day: date,
    barred: Collection[str] = (),
    substitutes: Mapping[str, str] | None = None,
) -> int:
    """Return how many seats of a board find somebody: holder, substitute, or the first free up the line.

    Nobody has two seats, and whoever has one of their own is not found for another. Whoever is `barred` has
    none, and nobody substitutes for them.
    """
    members = tuple(members)
    own = [_id(edition, post, day) for post in members]
    taken: set[str] = set()
    found = 0
    for post, mine in zip(members, own, strict=True):
        others = taken | ({*own} - {mine}) | {*barred}
        who = mine or _id(edition, (substitutes or {}).get(post, ""), day)
        if not who or who in others:
            who = _up_the_line(edition, post, day, others)
        found += bool(who)
        taken |= {who} - {""}
    return found


def _id(edition: Edition, post: str, day: date) -> str:
    holder = edition.holder(post, day) if post else None
    return holder.id if holder else ""


def _up_the_line(edition: Edition, post: str, day: date, others: set[str]) -> str:
    seen = [post]
    while (above := edition.line(seen[-1])) and above not in seen:
        seen.append(above)
        who = _id(edition, above, day)
        if who and who not in others:
            return who
    return ""


def _needed(quorum: Quorum, seats: int) -> int:
    match quorum.rule:
        case QuorumRule.MAJORITY:
            return quorum.present
        case QuorumRule.N_OF_M:
            return quorum.needed
        case QuorumRule.ALL_OF:
            return seats
        case QuorumRule.ONE_OF:
            return 1
