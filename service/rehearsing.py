"""What a changed handbook would do: every stored proposal routed anew under it, and the two ways compared.

A proposal's way before is that under the edition its case opened with, and its way after that under the
draft. Its facts are those of its last submitted version, received on the day on which that was. Nothing
here reads or writes the record: whoever rehearses hands over one proposal after another.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from service import proposals
from service.handbook import Edition
from service.proposals import ProposalDocument
from workflows.model import Leg, RoutingRules, Size
from workflows.rules import calendar, course, routing
from workflows.rules.routing import LEGS

SRG = "srg"
"""The leg on which SRG decides."""
DAYS = (
    "The working days of a way are counted from the day the proposal was received to the decision, if "
    "everybody answers on the last day they have: a question takes the days of its ladder, one that goes to "
    "a meeting begins at the meeting, and one about a bid on the day its outcome is expected. Questions that "
    "are put together are counted once. What follows an approval is left out."
)
"""What the figures mean, for whoever reads them."""


Held = Callable[[RoutingRules], RoutingRules]
"""Gives rules with forums that meet on the days on which they really do."""


def _by_the_handbook(rules: RoutingRules) -> RoutingRules:
    return rules


class Stored(NamedTuple):
    """A case's last submitted version, as the record has it."""

    ref: str
    title: str
    state: str
    open: bool
    edition: str
    """The hash of the edition under which the case opened."""
    submitted: datetime
    content: Mapping[str, Any] | None
    """None if its text was erased, or is no longer what was submitted."""
    override: Size | None = None
    """The size that it has by the PMO's word."""


class Way(NamedTuple):
    """The legs of a proposal under one edition, and its working days to the decision."""

    legs: tuple[Leg, ...]
    days: int


class Places(NamedTuple):
    """Whom a way gives work: posts by their seats, and forums by the questions taken to them."""

    posts: Counter[str]
    forums: Counter[str]


@dataclass(frozen=True)
class Rerouted:
    """A stored proposal, its way, and its way under the draft; or why the draft has none for it."""

    stored: Stored
    before: Way | None
    after: Way | None
    why: str = ""

    @cached_property
    def another_way(self) -> bool:
        """It passes other legs, asks others, or goes to another meeting. A clause's number is no change."""
        return bool(self.before and self.after) and self._works(self.before) != self._works(self.after)

    @property
    def changed(self) -> bool:
        """It goes another way, or the same way in more or fewer days."""
        return self.another_way or self.saved != 0

    @cached_property
    def gained(self) -> tuple[Leg, ...]:
        """The legs it passes only under the draft."""
        return self._only(self.after, self.before)

    @cached_property
    def lost(self) -> tuple[Leg, ...]:
        """The legs it no longer passes under the draft."""
        return self._only(self.before, self.after)

    @cached_property
    def altered(self) -> tuple[tuple[Leg, Leg], ...]:
        """The legs on which the draft asks others, or at another meeting: as they are and would be."""
        after = {leg.leg: leg for leg in self.after.legs} if self.after else {}
        pairs = (
            (leg, after[leg.leg]) for leg in (self.before.legs if self.before else ()) if leg.leg in after
        )
        return tuple((one, other) for one, other in pairs if _work(one) != _work(other))

    @property
    def newly_to_srg(self) -> bool:
        """SRG would decide it, and does not now."""
        return any(leg.leg == SRG for leg in self.gained)

    @property
    def missed_srg(self) -> bool:
        """SRG decides it now, and would not have seen it."""
        return any(leg.leg == SRG for leg in self.lost)

    @property
    def saved(self) -> int:
        """Working days by which it would be decided sooner; less than nothing if later."""
        return self.before.days - self.after.days if self.before and self.after else 0

    def _works(self, way: Way | None) -> list[tuple[object, ...]]:
        return [_work(leg) for leg in way.legs] if way else []

    def _only(self, one: Way | None, other: Way | None) -> tuple[Leg, ...]:
        if one is None or other is None:
            return ()
        known = {leg.leg for leg in other.legs}
        return tuple(leg for leg in one.legs if leg.leg not in known)


class Shift(NamedTuple):
    """A post or a forum whose work the draft would change, with its count before and after."""

    body: str
    forum: bool
    before: int
    after: int

    @property
    def more(self) -> int:
        """By how much its work grows; less than nothing if it shrinks."""
        return self.after - self.before


@dataclass
class Tally:
    """What the draft comes to over the proposals so far. It does not grow with their number."""

    cases: int = 0
    other_way: int = 0
    other_way_open: int = 0
    other_days: int = 0
    """Proposals that go the same way in more or fewer days."""
    not_routed: int = 0
    """Proposals for which the draft has no way; they are left out of every other figure but the first."""
    srg_before: int = 0
    srg_after: int = 0
    newly_to_srg: int = 0
    missed_srg: int = 0
    days_before: int = 0
    days_after: int = 0
    _saved: Counter[int] = field(default_factory=Counter)
    _before: Places = field(default_factory=lambda: Places(Counter(), Counter()))
    _after: Places = field(default_factory=lambda: Places(Counter(), Counter()))

    def take(self, one: Rerouted) -> None:
        """Count one more proposal."""
        self.cases += 1
        if one.before is None or one.after is None:
            self.not_routed += 1
            return
        self.srg_before += any(leg.leg == SRG for leg in one.before.legs)
        self.srg_after += any(leg.leg == SRG for leg in one.after.legs)
        self.newly_to_srg += one.newly_to_srg
        self.missed_srg += one.missed_srg
        self.days_before += one.before.days
        self.days_after += one.after.days
        _count(one.before.legs, self._before)
        _count(one.after.legs, self._after)
        if one.another_way:
            self.other_way += 1
            self.other_way_open += one.stored.open
        if one.changed:
            self.other_days += not one.another_way
            self._saved[one.saved] += 1

    @property
    def saved(self) -> int:
        """Working days saved over all proposals together; less than nothing if lost."""
        return self.days_before - self.days_after

    @property
    def median_saved(self) -> int:
        """Working days saved in the middle one of the proposals that change; of two middle ones the lower."""
        place = (sum(self._saved.values()) - 1) // 2
        for saved in sorted(self._saved):
            if place < self._saved[saved]:
                return saved
            place -= self._saved[saved]
        return 0

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """Who gains and loses work, the greatest change first."""
        found = [
            *_shifts(self._before.posts, self._after.posts, forum=False),
            *_shifts(self._before.forums, self._after.forums, forum=True),
        ]
        return tuple(sorted(found, key=lambda shift: (-abs(shift.more), not shift.forum, shift.body)))


class Rules:
    """An edition, with what routing asks of it again and again worked out once."""

    def __init__(self, edition: Edition, held: Held = _by_the_handbook) -> None:
        self.edition = edition
        self._held = held
        self._by_turn: dict[date, RoutingRules] = {}

    @cached_property
    def non_working(self) -> frozenset[date]:
        """The days besides weekends on which nobody works, to look one up in."""
        return frozenset(self.edition.non_working)

    @cached_property
    def days(self) -> calendar.Counted:
        """The working days of the years whose days off the edition knows."""
        known = self.edition.non_working
        return calendar.Counted(min(known), max(known), self.non_working)

    def on(self, day: date) -> RoutingRules:
        """Return the rules of a day. They change only when one post succeeds another."""
        turn = max((turn for turn in self._turns if turn <= day), default=date.min)
        if turn not in self._by_turn:
            self._by_turn[turn] = self._held(self.edition.routing(turn))
        return self._by_turn[turn]

    @cached_property
    def _turns(self) -> frozenset[date]:
        return frozenset(post.succeeded_on for post in self.edition.posts.values() if post.succeeded_on)


class Rehearsal:
    """A draft, ready to be compared with whatever proposals were routed by."""

    def __init__(self, draft: Edition, held: Held = _by_the_handbook) -> None:
        self._held = held
        self._draft = Rules(draft, held)
        self._known: dict[str, Rules] = {}

    def reroute(self, stored: Stored, opened_with: Edition) -> Rerouted:
        """Compare a proposal's way under the edition its case opened with and under the draft."""
        if stored.content is None:
            return Rerouted(stored, None, None, "its text was erased, or is not what was submitted")
        content = ProposalDocument.model_validate(stored.content)
        rules = self._known.setdefault(stored.edition, Rules(opened_with, self._held))
        before = way(content, stored.submitted, rules, stored.override)
        if problems := proposals.check_reroute(content, self._draft.edition):
            return Rerouted(stored, before, None, "; ".join(problem.message for problem in problems))
        return Rerouted(stored, before, way(content, stored.submitted, self._draft, stored.override))


def way(content: ProposalDocument, submitted: datetime, rules: Rules, override: Size | None = None) -> Way:
    """Return the way of a version under an edition; `override` is the size that the PMO has set, if any."""
    received = calendar.day_of_receipt(submitted, rules.non_working)
    facts = proposals.facts(content, submitted=received, edition=rules.edition, override=override)
    legs = routing.route(facts, rules.on(received))
    return Way(legs, expected_days(legs, received, rules))


def expected_days(legs: Sequence[Leg], received: date, rules: Rules) -> int:
    """Return the working days to the decision if everybody answers on the last day they have (see `DAYS`)."""
    due = {kind: terms.ladder.due for kind, terms in rules.edition.terms().items()}
    before = [leg for leg in legs if not LEGS[leg.leg].after_approval]
    days = course.passed_by(before, received, due, rules.days.nth)
    return rules.days.between(received, max((day for day in days if day), default=received))


def _work(leg: Leg) -> tuple[object, ...]:
    """Return what a leg has people do: whoever is asked what, and at which meeting."""
    asks = tuple((ask.kind, tuple(seat.post for seat in ask.seats)) for ask in leg.asks)
    return leg.leg, leg.forum, leg.meeting, asks or leg.who


def _count(legs: Iterable[Leg], places: Places) -> None:
    for leg in legs:
        # A leg that puts no question yet is work for those it names.
        places.posts.update([seat.post for ask in leg.asks for seat in ask.seats] or leg.who)
        if leg.forum:
            places.forums[leg.forum] += 1


def _shifts(before: Counter[str], after: Counter[str], *, forum: bool) -> Iterator[Shift]:
    for body in {*before, *after}:
        if before[body] != after[body]:
            yield Shift(body, forum, before[body], after[body])
