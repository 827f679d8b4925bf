"""How a proposal passes its way: which legs together, what an answer adds, and what is still to come."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from workflows.model import Choice, Leg, LegAsk, Outcome
from workflows.rules.routing import LEGS

LED_TO: Mapping[tuple[str, Choice | None], str] = {
    ("head_of_profession", Choice.NOT_SUPPORT): "srg_deviation",
    ("challenge", Choice.SUPPORT): "head_of_profession",
    ("challenge", Choice.SUPPORT_WITH_CONDITIONS): "head_of_profession",
    ("parameter", Choice.SUPPORT): "solution",
    ("dataset", Choice.REFER_UP): "srg_issue",
    ("parameter", Choice.REFER_UP): "srg_issue",
    ("solution", Choice.REFER_UP): "srg_issue",
}
"""The branch by which an answer to a kind of question goes on.

An unsupported deviation goes to SRG, whose word stands (A08). The Head of Profession hears of a corporate
system that falls short. ICT Services find a way round a technical parameter (SYS-07). What an issue's body
refers up, SRG settles before any funder is asked.
"""


def added(kind: str, choice: Choice | None, branches: Mapping[str, Leg]) -> Leg | None:
    """Return the leg that an answer adds to a proposal's way at once, if it adds one."""
    return branches.get(LED_TO.get((kind, choice), ""))


def added_by(outcomes: Sequence[Outcome], branches: Mapping[str, Leg]) -> tuple[Leg, ...]:
    """Return the legs that several answers add, each once, in the order of the branches."""
    asked_for = [added(outcome.kind, outcome.choice, branches) for outcome in outcomes]
    return tuple(leg for leg in branches.values() if leg in asked_for)


def passages(route: Sequence[Leg]) -> tuple[tuple[Leg, ...], ...]:
    """Return the legs of a way as they are passed: those of one meeting together, else one after another."""
    groups: list[tuple[Leg, ...]] = []
    for leg in route:
        before = groups[-1][0] if groups else None
        if before and LEGS[leg.leg].beside == before.leg and _meeting(before) == _meeting(leg):
            groups[-1] += (leg,)
        else:
            groups.append((leg,))
    return tuple(groups)


def passed_by(
    route: Sequence[Leg],
    since: date,
    due: Mapping[str, int],
    nth: Callable[[date, int], date],
    kept: Collection[str] = (),
) -> tuple[date | None, ...]:
    """Return by when each leg of a way is passed, if everybody answers on the last day they have.

    `due` are the working days that each kind of question leaves people, and `nth` counts them from a day. A
    question that goes to a meeting begins at the meeting, and one about a bid on the day its outcome is
    expected; legs that are passed together begin together. A leg that puts no question takes no time: None.
    """
    found: list[date | None] = []
    for together in passages(route):
        by = [_passed_by(leg, since, due, nth, kept) for leg in together]
        since = max([since, *(day for day in by if day)])
        found += by
    return tuple(found)


def _passed_by(
    leg: Leg, since: date, due: Mapping[str, int], nth: Callable[[date, int], date], kept: Collection[str]
) -> date | None:
    begun = max(since, leg.meeting or since)
    asks = unkept(leg, kept)
    return max((nth(max(begun, ask.expected or begun), due[ask.kind]) for ask in asks), default=None)


def joined(route: Sequence[Leg], extra: Sequence[Leg]) -> tuple[Leg, ...]:
    """Return a way with approvers who were added to it: beside its funders, each post once."""
    known = [leg.who for leg in route if leg.leg == "extra"]
    new = [leg for leg in extra if leg.who not in known]
    place = max((n for n, leg in enumerate(route, start=1) if leg.leg in ("funding", "extra")), default=0)
    return (*route[:place], *new, *route[place:])


def ahead(way: Sequence[Leg], passed: Collection[Leg]) -> tuple[Leg, ...]:
    """Return the legs of a way that are passed next, together; none where all have been."""
    groups = (tuple(leg for leg in legs if leg not in passed) for legs in passages(way))
    return next(filter(None, groups), ())


def instead(leg: Leg, moved: Sequence[Leg], key: str) -> Leg:
    """Return a leg as it is passed once those that put the same questions have moved.

    Where the question `key` goes to a meeting in the place of another, the other questions of its leg stay as
    they are: each goes its own way.
    """
    same = next((one for one in moved if _questions(one) == _questions(leg)), None)
    if same is None:
        return leg
    goes = next((put for ask in same.asks for put in ask.otherwise if put.key == key), None)
    if goes is None:
        return same
    asks = (
        ask.model_copy(update={"otherwise": tuple(goes if put.key == key else put for put in ask.otherwise)})
        for ask in leg.asks
    )
    return leg.model_copy(update={"asks": tuple(asks)})


def as_known(way: Sequence[Leg], known: Sequence[Leg]) -> tuple[Leg, ...]:
    """Return a way that was worked out anew, with the legs that it had already as they were."""
    return tuple(instead(leg, known, "") for leg in way)


def _questions(leg: Leg) -> tuple[str, ...]:
    """Return what tells a leg from others on its way, however it is passed."""
    return tuple(ask.key for ask in leg.asks) or (leg.leg,)


def _meeting(leg: Leg) -> tuple[str, date | None]:
    return leg.forum if leg.meeting else "", leg.meeting


def asked_by(leg: Leg) -> tuple[LegAsk, ...]:
    """Return every question that a leg may put, those for whom nobody answers included."""
    return tuple(ask for first in leg.asks for ask in (first, *first.otherwise))


def together_with(key: str, route: Sequence[Leg], branches: Mapping[str, Leg]) -> tuple[Leg, ...]:
    """Return the legs that are passed together with the question `key`, its own included."""
    groups = (*passages(route), *((leg,) for leg in branches.values()))
    return next((legs for legs in groups if any(ask.key == key for leg in legs for ask in asked_by(leg))), ())


def to_come(
    answers: Mapping[str, Outcome],
    route: Sequence[Leg],
    branches: Mapping[str, Leg],
    earlier: Mapping[str, Outcome] = MappingProxyType({}),
    kept: Collection[str] = (),
) -> tuple[Leg, ...]:
    """Return the legs after questions put together, by their keys, if they come to what they came to.

    What their answers add comes first, and then what `earlier` ones have added and is not asked yet; what
    one of them only refers up comes last, where nothing on the way is decided by SRG already. Questions
    that are `kept`, by their keys, were answered about an earlier version and are not put.
    """
    put = {*answers, *earlier}
    way = walked(route, branches, put)
    here = next((legs for key in answers if (legs := together_with(key, route, branches))), ())
    after = way[way.index(here[-1]) + 1 :] if here else way
    now, before_now = (added_by(tuple(given.values()), branches) for given in (answers, earlier))
    extra = _not_put((*now, *(leg for leg in before_now if leg not in now)), put, kept)
    rest = _not_put(after, put, kept)
    referred = any(
        outcome.referred and added(outcome.kind, outcome.choice, branches) is None
        for outcome in answers.values()
    )
    last = branches.get("srg") if referred and not any(leg.leg == "srg" for leg in route) else None
    before = [leg for leg in rest if not LEGS[leg.leg].after_approval]
    return (*extra, *before, *((last,) if last else ()), *rest[len(before) :])


def unkept(leg: Leg, kept: Collection[str]) -> tuple[LegAsk, ...]:
    """Return the questions of a leg that are still put where answers about an earlier version are kept."""
    return tuple(ask for ask in leg.asks if ask.key not in kept)


def _not_put(legs: Sequence[Leg], put: Collection[str], kept: Collection[str]) -> list[Leg]:
    """Return the legs of which no question was put; one that has kept all its answers is passed."""
    found: list[Leg] = []
    for leg in legs:
        asks = unkept(leg, kept)
        keys = {ask.key for first in asks for ask in (first, *first.otherwise)}
        if not keys & {*put} and (asks or not leg.asks):
            found.append(leg)
    return found


def walked(route: Sequence[Leg], branches: Mapping[str, Leg], asked: Collection[str]) -> tuple[Leg, ...]:
    """Return a way with the branches that were asked, by the keys of their questions, each in its place."""
    way = list(route)
    for name, branch in branches.items():
        keys = {ask.key for ask in asked_by(branch)}
        # What is certain to be asked is in its place already.
        if not keys & {*asked} or keys & {ask.key for leg in way for ask in asked_by(leg)}:
            continue
        origins = [kind for (kind, _), led_to in LED_TO.items() if led_to == name]
        after = [
            number for number, leg in enumerate(way) if any(ask.kind in origins for ask in asked_by(leg))
        ]
        before_approval = [number for number, leg in enumerate(way) if not LEGS[leg.leg].after_approval]
        way.insert(max(after or before_approval, default=-1) + 1, branch)
    return tuple(way)
