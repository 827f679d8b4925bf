"""Versions of a proposal: what differs between two, in words, and which answers stand for the later one."""

from collections.abc import Iterable, Mapping
from typing import Any

from service import telling
from service.handbook import Edition
from service.proposals import differing
from service.store import cases, intents, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.steps import StepView
from workflows.letters import Difference
from workflows.model import Ending, Frozen, LegAsk, Outcome
from workflows.rules import course, versions
from workflows.rules.versions import Change

_ADDRESSED_BY_DAY = ("notification", "dataset", "parameter")
"""Questions that go to a meeting or to one post, as the days fall: whoever answered, it was answered."""

_ERASED = Difference(what="What a version said was erased, so nobody can say what differs", before="", now="")

# ------------------------------------------------------------------------------ differences


def changes(tx: Tx, case: CaseView, earlier: int, later: int) -> tuple[Change, ...] | None:
    """Return in what two versions of a case differ; None if either was erased, so that nobody can say."""
    before, now = cases.content(tx, case.ref, earlier), cases.content(tx, case.ref, later)
    if before is None or now is None:
        return None
    return differing.between(before, now, telling.edition(tx, case.edition))


def differences(tx: Tx, case: CaseView, earlier: int, later: int) -> tuple[Difference, ...]:
    """Return in words in what two versions of a case differ; nothing where there is no earlier one."""
    if earlier < 1 or earlier == later:
        return ()
    found = changes(tx, case, earlier, later)
    if found is None:
        return (_ERASED,)
    return differing.told(found, telling.edition(tx, case.edition), tx.today)


def known(tx: Tx, ref: str, person: str, version: int) -> int:
    """Return the version before this one that somebody was last asked about; if none, the one before.

    0 for a first version, before which there is nothing to know.
    """
    if version == 1:
        return 0
    asked = (step.version for step in steps.of_case(tx, ref) if person in step.people)
    return max((earlier for earlier in asked if earlier < version), default=version - 1)


# ------------------------------------------------------------------------- answers that stand


def kept_for(tx: Tx, ref: str) -> dict[str, tuple[int, ...]]:
    """Return the later versions for which answers about earlier ones stand, by the steps answered."""
    found: dict[str, tuple[int, ...]] = {}
    for version in cases.versions(tx, ref):
        for step in version.kept.values():
            found[step] = (*found.get(step, ()), version.version)
    return found


def standing(tx: Tx, case: CaseView) -> dict[str, Outcome]:
    """Return what questions about the version in hand came to already, by their keys: when the one before
    was in hand, nothing material has changed since, and whoever answered may still answer.
    """
    if case.version < 2 or telling.edition(tx, case.edition).versions is None:
        return {}
    found = changes(tx, case, case.version - 1, case.version)
    if found is None or versions.material(found):
        return {}
    return _standing(tx, case)


class Foreseen(Frozen):
    """What a next version of a case would change, and what would become of the answers about the last."""

    since: int
    """The last version."""
    changes: tuple[Difference, ...]
    stand: tuple[str, ...]
    """Who has answered, by title, and would not be asked again."""
    void: tuple[str, ...]
    """Who has answered, and would be."""

    @property
    def material(self) -> tuple[Difference, ...]:
        """The changes for which everybody would be asked again."""
        return tuple(change for change in self.changes if change.material)


def foreseen(tx: Tx, case: CaseView, content: Mapping[str, Any]) -> Foreseen:
    """Foresee the next version of a case; `case` is as it would be with its facts, way and authors."""
    rules, last = telling.edition(tx, case.edition), case.version - 1
    before = cases.content(tx, case.ref, last)
    found = differing.between(before, content, rules) if before is not None else ()
    keeps = rules.versions is not None and before is not None and not versions.material(found)
    changes = differing.told(found, rules, tx.today) if before is not None else (_ERASED,)
    answered = _favourable(tx, case.ref, last)
    stand = {outcome.step for outcome in _standing(tx, case).values()} if keeps else set[str]()
    return Foreseen(
        since=last,
        changes=changes,
        stand=_who(tx, rules, [step for step in answered.values() if step.id in stand]),
        void=_who(tx, rules, [step for step in answered.values() if step.id not in stand]),
    )


def _who(tx: Tx, rules: Edition, answered: Iterable[StepView]) -> tuple[str, ...]:
    made = (one for step in answered for one in intents.decisions_of_step(tx, step.id, strict=False))
    return tuple(dict.fromkeys(telling.told(one, rules).who for one in made if one.choice.favourable))


def _standing(tx: Tx, case: CaseView) -> dict[str, Outcome]:
    before = _asks(tx, case, case.version - 1)
    answered = _favourable(tx, case.ref, case.version - 1)
    found: dict[str, Outcome] = {}
    for first in (ask for leg in (*case.route, *case.branches.values()) for ask in leg.asks):
        for ask in (first, *first.otherwise):
            step = answered.get(ask.key)
            if step and _same(ask, before.get(ask.key)) and _may_stand(tx, case, step):
                found.setdefault(first.key, _outcome(step))
    return found


def _favourable(tx: Tx, ref: str, version: int) -> dict[str, StepView]:
    """Return the steps about a version that came to a yes in the end, by the keys of their questions."""
    latest = {
        step.key: step for step in sorted(steps.of_version(tx, ref, version), key=lambda step: step.round)
    }
    return {
        key: step
        for key, step in latest.items()
        if step.ending is Ending.DECIDED and step.choice is not None and step.choice.favourable
    }


def _asks(tx: Tx, case: CaseView, version: int) -> dict[str, LegAsk]:
    """Return the questions that the way of a version may put, by their keys."""
    known = next(one for one in cases.versions(tx, case.ref) if one.version == version)
    route = course.joined(known.route, [leg for leg in case.route if leg.leg == "extra"])
    return {ask.key: ask for leg in (*route, *known.branches.values()) for ask in course.asked_by(leg)}


def _same(ask: LegAsk, before: LegAsk | None) -> bool:
    """Say whether a question is the one that was put before: about the same, to the same, for as much."""
    if before is None or (ask.kind, ask.about) != (before.kind, before.about):
        return False
    return ask.kind in _ADDRESSED_BY_DAY or ask.seats == before.seats


def _may_stand(tx: Tx, case: CaseView, step: StepView) -> bool:
    """Say whether nobody who gave a step's answer has since become one who wrote the proposal."""
    barred = telling.barred(tx, case, step.kind, step.asked, step.terms.deciding, tx.today)
    made = intents.decisions_of_step(tx, step.id, strict=False)
    return not any(decision.person in barred for decision in made)


def _outcome(step: StepView) -> Outcome:
    return Outcome(
        step=step.id,
        ending=Ending.DECIDED,
        choice=step.choice,
        at=step.closed or step.opened,
        until=step.until,
        kind=step.kind,
    )
