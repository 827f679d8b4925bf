"""Whether enough different people can sit on a board for it to decide by its quorum."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from service.handbook.edition import Edition
from workflows.model import Quorum, QuorumRule


class Short(NamedTuple):
    """A board that cannot decide on a day, whatever its members answer."""

    forum: str
    day: date
    people: int
    """How many different people can answer for its seats."""
    needed: int

    def __str__(self) -> str:
        who = f"only {self.people} different people" if self.people > 1 else "one person alone"
        return f"{self.needed} must answer for it to decide, and {who if self.people else 'nobody'} could"


def short(edition: Edition, days: Iterable[date]) -> Iterator[Short]:
    """Go through the boards that cannot decide on one of the days, each with the first such day."""
    key, terms = edition.route.srg, edition.terms().get("srg")
    if key is None or terms is None:
        return
    members = edition.forums[key].members
    for day in days:
        people, needed = seated(edition, members, day), _needed(terms.quorum, len(members))
        if people < needed:
            yield Short(forum=key, day=day, people=people, needed=needed)
            return


def seated(edition: Edition, members: Iterable[str], day: date) -> int:
    """Return how many seats of a board find somebody: their holder, or the first up the line without a seat.

    Nobody has two seats, and whoever has one of their own is not found for another.
    """
    own = [holder.id if (holder := edition.holder(post, day)) else "" for post in members]
    taken: set[str] = set()
    found = 0
    for post, mine in zip(members, own, strict=True):
        others = taken | ({*own} - {mine})
        who = mine if mine and mine not in taken else _up_the_line(edition, post, day, others)
        found += bool(who)
        taken |= {who} - {""}
    return found


def _up_the_line(edition: Edition, post: str, day: date, others: set[str]) -> str:
    seen = [post]
    while (above := edition.line(seen[-1])) and above not in seen:
        seen.append(above)
        holder = edition.holder(above, day)
        if holder and holder.id not in others:
            return holder.id
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
