"""What people coming, going and naming covers mean for what is open, and for what is still to be asked."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from service.handbook import Edition, boards
from service.store import actions, benefits, cases, covers, editions, projects, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.steps import StepView
from service.telling import covers_of, directory, edition, seated, title
from workflows.model import Choice, Ending, Frozen, Period
from workflows.rules import validity
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
    otherwise: bool = False
    """Asked only if those before stay silent."""


class _Asked(NamedTuple):
    """A post, or a board by its forum, that a case has still to ask."""

    post: str
    board: bool = False
    otherwise: bool = False


def next_moment(tx: Tx) -> datetime | None:
    """Return the first instant at which anything is due: what is asked or waited for, or an approval's end.

    It may be in the past, and is then being dealt with.
    """
    found = [moment for moment in (steps.next_moment(tx), *_of_validity(tx)) if moment]
    return min(found, default=None)


def _of_validity(tx: Tx) -> Iterator[datetime]:
    """Go through the instants to come at which approvals lapse, and people are warned that they will."""
    for hash, until in cases.lapsing(tx):
        rules = edition(tx, hash)
        warn_days = rules.validity.warn_days if rules.validity else ()
        warnings = validity.warned_on(until, warn_days, rules.non_working)
        moments = validity.moments(Period(until=until, warnings=warnings))
        yield from (moment for moment in moments if moment > tx.now)


def as_of(tx: Tx) -> AsOf:
    """Return all that decides whom steps ask: the day, the handbooks in force, and who covers for whom."""
    return tx.today, tuple(editions.hashes(tx).items()), tuple(covers.on_day(tx, tx.today).items())


def moved(tx: Tx) -> Iterator[str]:
    """Go through the open steps that would ask somebody else as well, as people are today."""
    directories = {name: edition(tx, hash) for name, hash in editions.hashes(tx).items()}
    suspects = [
        seat.step
        for seat in steps.waiting_seats(tx)
        if not _asked(tx, seat, directories.get(seat.organisation))
    ]
    for id in dict.fromkeys(suspects):
        step = steps.must(tx, id)
        case = cases.get(tx, step.case)
        if seated(tx, case, step, step.asked, tx.today).reseated(step.asked, step.silent) != step.asked:
            yield id


def _asked(tx: Tx, seat: steps.WaitingSeat, people: Edition | None) -> bool:
    """Say whether a seat's holder, and whoever covers for them, have been asked: then nothing has moved.

    A holder who covers for another may be barred by that, whoever was asked.
    """
    holder = people.holder(seat.post, tx.today) if people else None
    if people is None or holder is None:
        return False
    there = covers_of(tx, people, tx.today)
    return holder.id not in there.values() and {holder.id, there.get(holder.id, holder.id)} <= seat.people


def missing(tx: Tx) -> Iterator[Missing]:
    """Go through what open cases have still to ask, and nobody, or too few, will be there to answer.

    Every day of the weeks ahead on which somebody takes up or leaves a post is looked at, also for whoever is
    asked only if others stay silent. A board is counted without the authors of the version.
    """
    days: dict[str, tuple[date, ...]] = {}
    for ref in cases.open_refs(tx):
        case = cases.get(tx, ref)
        people, rules = directory(tx, case), edition(tx, case.edition)
        if people.hash not in days:
            days[people.hash] = people.changes(tx.today, tx.today + AHEAD)
        ahead = days[people.hash]
        for post, board, otherwise in _to_come(tx, case):
            if _short(people, post, case, ahead) if board else _vacant(people, rules, post, ahead):
                yield Missing(
                    case=ref,
                    version=case.version,
                    post=post,
                    title=title(rules, post, tx.today),
                    board=board,
                    otherwise=otherwise,
                )


def _vacant(people: Edition, rules: Edition, post: str, days: Iterable[date]) -> bool:
    return post in rules.posts and not all(people.holder(post, day) for day in days)


def _short(people: Edition, forum: str, case: CaseView, days: Iterable[date]) -> bool:
    known = people.forums.get(forum)
    return known is not None and any(boards.lacking(people, known, day, case.authors) for day in days)


def _to_come(tx: Tx, case: CaseView) -> Iterator[_Asked]:
    """Go through whom a case has still to ask, each once: posts one by one, and boards.

    At a meeting a forum answers through its secretary, if enough of its members are there.
    """
    put = {step.key: step for step in steps.of_version(tx, case.ref, case.version)}
    if case.kind == actions.KIND:
        if CHECK not in put:
            yield _Asked(actions.must(tx, case.ref).verifier)
        return
    if (project := projects.get(tx, case.ref)) is not None:
        # Its manager is asked again and again, and its board at each gate.
        yield from (_Asked(post) for post in dict.fromkeys((project.manager, *project.board)) if post)
        return
    if (benefit := benefits.get(tx, case.ref)) is not None:
        yield _Asked(benefit.owner)
        return
    found: dict[tuple[str, bool], _Asked] = {}
    for leg in case.route:
        for first in leg.asks:
            chain = (first, *first.otherwise)
            if any(ask.key in case.kept or _answered(put.get(ask.key)) for ask in chain):
                continue
            for ask in chain:
                posts = [(ask.seats[0].post, False)] if len(ask.seats) == 1 else []
                forums = [(forum, True)] if (forum := ask.forum or leg.forum) else []
                for one in (*posts, *forums) if _to_ask(put.get(ask.key)) else ():
                    if one not in found or ask is first:
                        found[one] = _Asked(*one, otherwise=ask is not first)
    yield from found.values()


def _to_ask(step: StepView | None) -> bool:
    """Say whether a question is still to be put: it has not been, or was put off and is put again."""
    return step is None or step.choice is Choice.DEFER


def _answered(step: StepView | None) -> bool:
    """Say whether a question has an answer, so that it is put to nobody else."""
    return (
        step is not None
        and not step.open
        and step.ending is not Ending.SILENT
        and step.choice is not Choice.DEFER
    )
