"""What people coming, going and naming covers mean for what is open, and for what is still to be asked."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from service.handbook import Edition, boards
from service.store import actions, cases, covers, editions, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.telling import directory, edition, seated, title
from workflows.model import Frozen
from workflows.rules.actions import CHECK

AHEAD = timedelta(days=28)
"""How long before a post falls vacant the PMO hears of the cases that are on their way to it."""

Pairs = tuple[tuple[str, str], ...]
AsOf = tuple[date, Pairs, Pairs]


class Missing(Frozen):
    """A post that a case will ask and that nobody holds, now or before long; or a board too few sit on."""

    case: str
    version: int
    post: str
    """The post, or the board's forum."""
    title: str
    board: bool = False


def as_of(tx: Tx) -> AsOf:
    """Return all that decides whom steps ask: the day, the handbooks in force, and who covers for whom."""
    return tx.today, tuple(editions.hashes(tx).items()), tuple(covers.on_day(tx, tx.today).items())


def moved(tx: Tx) -> Iterator[str]:
    """Go through the open steps that would ask somebody else as well, as people are today."""
    away = covers.on_day(tx, tx.today)
    directories = {name: edition(tx, hash) for name, hash in editions.hashes(tx).items()}
    suspects = [
        seat.step
        for seat in steps.waiting_seats(tx)
        if not _asked(seat, directories.get(seat.organisation), away, tx.today)
    ]
    for id in dict.fromkeys(suspects):
        step = steps.must(tx, id)
        case = cases.get(tx, step.case)
        if seated(tx, case, step, step.asked, tx.today).reseated(step.asked, step.silent) != step.asked:
            yield id


def _asked(seat: steps.WaitingSeat, people: Edition | None, away: dict[str, str], day: date) -> bool:
    """Say whether a seat's holder, and whoever covers for them, have been asked: then nothing has moved."""
    holder = people.holder(seat.post, day) if people else None
    wanted = {holder.id, away.get(holder.id, holder.id)} if holder else {""}
    return wanted <= seat.people


def missing(tx: Tx) -> Iterator[Missing]:
    """Go through what open cases have still to ask, and nobody, or too few, will be there to answer.

    Every day of the weeks ahead on which somebody takes up or leaves a post is looked at.
    """
    days: dict[str, tuple[date, ...]] = {}
    short: dict[str, list[str]] = {}
    for ref in cases.open_refs(tx):
        case = cases.get(tx, ref)
        people, rules = directory(tx, case), edition(tx, case.edition)
        if people.hash not in days:
            days[people.hash] = people.changes(tx.today, tx.today + AHEAD)
            short[people.hash] = [one.forum for one in boards.short(people, days[people.hash])]
        for post, board in _to_come(tx, case):
            lacks = (
                post in short[people.hash]
                if board
                else post in rules.posts and not all(people.holder(post, day) for day in days[people.hash])
            )
            if lacks:
                name = title(rules, post, tx.today)
                yield Missing(case=ref, version=case.version, post=post, title=name, board=board)


def _to_come(tx: Tx, case: CaseView) -> Iterable[tuple[str, bool]]:
    """Return the posts that a case has still to ask one by one, and the boards that it has still to ask."""
    put = {step.key for step in steps.of_version(tx, case.ref, case.version)} | {*case.kept}
    if case.kind == actions.KIND:
        return [(actions.must(tx, case.ref).verifier, False)] if CHECK not in put else []
    asks = [(leg, ask) for leg in case.route for ask in leg.asks if ask.key not in put]
    return dict.fromkeys(
        (ask.seats[0].post, False) if len(ask.seats) == 1 else (ask.forum or leg.forum, True)
        for leg, ask in asks
    )
