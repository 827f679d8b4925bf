"""The course of a case: its beginning, its states, what it waits for."""

import asyncio

from temporalio import activity

from activities.correspondence import correspondence
from activities.following import open_actions, standards_refused
from activities.writing import Writing
from service import sittings, versions
from service.handbook import Edition
from service.links import Links
from service.mailroom import Mailroom
from service.resizing import resized
from service.store import Store, actions, cases, orders, sizes, steps
from service.store.cases import CaseView, Rules
from service.store.engine import Tx
from service.telling import edition, revenue
from workflows import ports
from workflows.model import (
    ActionOpened,
    Becoming,
    CaseMoved,
    CaseOpened,
    CaseSized,
    CaseWaiting,
    Clock,
    Expiring,
    FollowUp,
    Sittings,
    SittingsAsked,
    State,
)
from workflows.rules import actions as kinds
from workflows.rules import calendar, course, routing


class Cases(Writing, ports.Cases):
    """Writes the course of a case into the record, with the letters it sends."""

    def __init__(self, store: Store, mailroom: Mailroom, links: Links, *, orders_to: str = "") -> None:
        super().__init__(store, mailroom)
        self._links = links
        self._orders_to = orders_to
        """The host that orders are sent to; empty if they are sent nowhere."""

    @activity.defn(name="case_begun")
    async def begun(self, case: str) -> CaseOpened:
        """Write that the case's process has begun with the version last submitted; return it."""
        return await self._write(self._begun, case)

    @activity.defn(name="case_became")
    async def became(self, becoming: Becoming) -> Clock:
        """Write a new state, and send the letters and the order that it sends; return the Clock."""
        return await self._write(self._became, becoming)

    @activity.defn(name="case_waits")
    async def waits(self, waiting: CaseWaiting) -> Clock:
        """Write what the case waits for apart from people; return the Clock."""
        return await self._write(self._waits, waiting)

    @activity.defn(name="approval_expiring")
    async def expiring(self, expiring: Expiring) -> Clock:
        """Write that an approval lapses soon, and warn sponsor and lead; return the Clock."""
        return await self._write(self._expiring, expiring)

    @activity.defn(name="case_sittings")
    async def sittings(self, asked: SittingsAsked) -> Sittings:
        """Return when forums meet, as their meetings are at the moment."""
        return await asyncio.to_thread(self._sittings, asked)

    @activity.defn(name="case_moved")
    async def moved(self, moved: CaseMoved) -> Clock:
        """Write that the case goes to another meeting, or to none, and send the letters that say why."""
        return await self._write(self._moved, moved)

    @activity.defn(name="case_sized")
    async def sized(self, sized: CaseSized) -> CaseOpened:
        """Write the size that the PMO has set, with the way that it leads to, and tell sponsor and lead of
        it; return the case anew.
        """
        return await self._write(self._sized, sized)

    @activity.defn(name="case_follow_ups")
    async def follow_ups(self, case: str) -> tuple[FollowUp, ...]:
        """Return the actions that follow from a case, in the order in which they were opened."""
        return await self._write(self._follow_ups, case)

    @activity.defn(name="action_begun")
    async def action_begun(self, case: str) -> ActionOpened:
        """Write that an action's process has begun; return who does it, who checks it, and by when."""
        return await self._write(self._action_begun, case)

    def _begun(self, tx: Tx, case: str) -> CaseOpened:
        view = cases.get(tx, case)
        kept = versions.standing(tx, view)
        letters = correspondence(tx, view, self._links, tx.now).begun(kept)
        opened = cases.begun(tx, case, kept=kept, queued=letters, **_rules(tx, view))
        return opened.model_copy(update=_follows(edition(tx, view.edition)))

    def _sized(self, tx: Tx, sized: CaseSized) -> CaseOpened:
        view, size = cases.get(tx, sized.case), sized.sizing.size
        rules = edition(tx, view.edition)
        said = next(one for one in sizes.of_case(tx, view.ref) if one.number == sized.sizing.number)
        if size is not view.size and said.holds_for(view.version):
            view = resized(tx, view, rules, size)
            letters = correspondence(tx, view, self._links, sized.at).sized(said)
            cases.sized(tx, sized, view, letters)
        opened = cases.in_hand(tx, view.ref, kept=versions.standing(tx, view), **_rules(tx, view))
        return opened.model_copy(update=_follows(rules))

    def _became(self, tx: Tx, becoming: Becoming) -> Clock:
        case = cases.get(tx, becoming.case)
        if case.kind != "proposal":
            return cases.became(
                tx, becoming, correspondence(tx, case, self._links, becoming.at).became(becoming)
            )
        state = State(becoming.state)
        # First, for the letters name them.
        open_actions(tx, case, becoming)
        desk = correspondence(tx, case, self._links, becoming.at)
        letters = desk.became(becoming, orders_to=self._orders_to)
        clock = cases.became(tx, becoming, letters)
        if state is State.APPROVED:
            yearly = revenue(cases.content(tx, case.ref, case.version) or {})
            orders.raised(tx, case, at=becoming.at, sending=bool(self._orders_to), revenue=yearly)
        if state in (State.WITHDRAWN, State.LAPSED):
            orders.cancelled(tx, case.ref, at=becoming.at, why=state)
        return clock

    def _follow_ups(self, tx: Tx, case: str) -> tuple[FollowUp, ...]:
        standards_refused(tx, cases.get(tx, case))
        return tuple(
            FollowUp(
                ref=action.ref,
                owner=action.owner,
                guards=action.guards,
                # What a question left to the directorate is no condition of an approval.
                outlives=steps.get(tx, action.source) is not None,
            )
            for action in actions.of_case(tx, case)
        )

    def _action_begun(self, tx: Tx, case: str) -> ActionOpened:
        view = cases.get(tx, case)
        rules = edition(tx, view.edition)
        return actions.begun(
            tx,
            case,
            clause=rules.clauses[kinds.DO].number,
            told=tuple(dict.fromkeys((view.sponsor, view.lead))),
            terms={kind: rules.steps[kind] for kind in kinds.KINDS},
        )

    def _waits(self, tx: Tx, waiting: CaseWaiting) -> Clock:
        desk = correspondence(tx, cases.get(tx, waiting.case), self._links, waiting.since)
        return cases.waiting(tx, waiting, desk.waits(waiting))

    def _expiring(self, tx: Tx, expiring: Expiring) -> Clock:
        desk = correspondence(tx, cases.get(tx, expiring.case), self._links, expiring.at)
        return cases.expiring(tx, expiring, desk.expiring(expiring, orders_to=self._orders_to))

    def _sittings(self, asked: SittingsAsked) -> Sittings:
        with self._store.reading() as tx:
            case = cases.get(tx, asked.case)
            rules = edition(tx, case.edition)
            return Sittings(
                of={
                    forum: sittings.ahead(tx, case.organisation, rules, forum, asked.since)
                    for forum in asked.forums
                }
            )

    def _moved(self, tx: Tx, moved: CaseMoved) -> Clock:
        case = cases.as_moved(cases.get(tx, moved.case), moved)
        desk = correspondence(tx, case, self._links, moved.at)
        return cases.moved(tx, moved, desk.moved(moved))


def _follows(rules: Edition) -> dict[str, bool]:
    """Return what follows from an approval under an edition: actions, and projects."""
    return {"conditions_tracked": rules.tracks_actions, "delivers": rules.delivers}


def _rules(tx: Tx, case: CaseView) -> Rules:
    """Return what the engine needs of the edition under which a case opened."""
    rules = edition(tx, case.edition)
    legs = (*case.route, *case.branches.values())
    # Somebody may be added on the way.
    asked = {"extra", *(ask.kind for leg in legs for ask in course.asked_by(leg))}
    return Rules(
        terms={kind: terms for kind, terms in rules.terms().items() if kind in asked},
        validity=rules.validity_from(calendar.local_day(tx.now)),
        ways=routing.ways(case.proposal, rules.routing(case.proposal.submitted), case.route),
    )
