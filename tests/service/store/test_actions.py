"""Actions in the record: cases of their own, opened once, and waited for by what they follow from."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from service.store import Store, Tx, actions, cases, journal, rebuild, steps
from service.store.actions import Wanted
from tests.service.store import samples
from tests.service.store.samples import CASE, OPENED
from workflows.model import ActionState, CaseWaiting, Guard

TRAIN = samples.WANTED
CARDS = TRAIN.model_copy(update={"number": 2, "owner": "sports", "guards": Guard.NOTHING})
FIRST, SECOND = "ACT-2026-0001", "ACT-2026-0002"


def opened(tx: Tx, *wanted: Wanted) -> list[str]:
    samples.submit(tx)
    return [actions.opened(tx, cases.get(tx, CASE), one, at=OPENED) for one in wanted]


def waits(tx: Tx) -> None:
    """Let the proposal wait for the conditions that guard its completion."""
    wait = CaseWaiting(
        case=CASE,
        number=1,
        key="completion",
        leg="conditions",
        since=OPENED,
        until=None,
        on="hall_lead",
    )
    cases.waiting(tx, wait)


def test_an_action_is_opened_once_under_a_reference_of_its_own_series(store: Store) -> None:
    with store.writing() as tx:
        assert opened(tx, TRAIN, CARDS) == [FIRST, SECOND]
    with store.writing() as tx:
        assert opened(tx, TRAIN, CARDS) == [FIRST, SECOND]
        assert [one.ref for one in actions.of_case(tx, CASE)] == [FIRST, SECOND]
        assert [line.kind for line in journal.lines(tx, FIRST)] == ["action.opened"]
        follows = [line.data for line in journal.lines(tx, CASE) if line.kind == "action.follows"]
        assert [(one["action"], one["number"]) for one in follows] == [(FIRST, 1), (SECOND, 2)]
        assert actions.get(tx, CASE) is None
        with pytest.raises(LookupError):
            actions.must(tx, CASE)


def test_two_that_open_the_same_action_at_once_open_one(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)

    def open_it(_: int) -> str:
        with store.writing() as tx:
            return actions.opened(tx, cases.get(tx, CASE), TRAIN, at=OPENED)

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(open_it, range(4))) == {FIRST}


def test_an_action_has_the_facts_of_its_proposal_and_none_of_its_money(store: Store) -> None:
    with store.writing() as tx:
        opened(tx, TRAIN)
        action, parent = cases.get(tx, FIRST), cases.get(tx, CASE)
    assert (action.kind, action.state, action.open) == (actions.KIND, ActionState.AGREED, True)
    assert (action.sponsor, action.lead, action.department) == (
        parent.sponsor,
        parent.lead,
        parent.department,
    )
    assert (action.edition, action.decide_by, action.authors) == (parent.edition, TRAIN.due, ())
    assert not action.capital
    assert not action.proposal.shares


def test_proposals_and_actions_are_told_apart_wherever_cases_are_gone_through(store: Store) -> None:
    with store.writing() as tx:
        opened(tx, TRAIN, CARDS)
        assert [one.ref for one in cases.page(tx, kind="action").items] == [SECOND, FIRST]
        assert [one.ref for one in cases.page(tx, kind="proposal").items] == [CASE]
        assert cases.counts(tx, kind="action") == {"agreed": 2}
        assert [one.ref for one in cases.proposals(tx, "leicester")] == [CASE]
        assert cases.proposals_so_far(tx, "leicester")[0] == 1
        # The process of an action is begun by that of its proposal, and the Clock moves for both.
        assert [one.ref for one in cases.unstarted(tx)] == [CASE]
        assert cases.open_refs(tx) == (FIRST, SECOND, CASE)


def test_a_case_waits_for_each_condition_that_guards_what_is_to_come_until_it_is_met(store: Store) -> None:
    with store.writing() as tx:
        opened(tx, TRAIN, CARDS, TRAIN.model_copy(update={"number": 3, "owner": "pmo"}))
        waits(tx)
        told = [(one.on, one.action, one.next, one.at) for one in steps.waiting(tx, CASE)]
        due = OPENED.replace(month=11, day=12, hour=17)
        assert told == [
            ("hall_lead", FIRST, "conditions", due),
            ("pmo", "ACT-2026-0003", "conditions", due),
        ]
        for post, refs in (("hall_lead", [CASE]), ("pmo", [CASE]), ("sports", [])):
            found = cases.page(tx, kind="proposal", waiting_on=post).items
            assert [one.ref for one in found] == refs
        cases.became(tx, samples.becoming("verified", ref=FIRST))
        assert [one.action for one in steps.waiting(tx, CASE)] == ["ACT-2026-0003"]
        assert cases.page(tx, kind="proposal", waiting_on="hall_lead").items == ()


@pytest.mark.parametrize("end", ["verified", "withdrawn"])
def test_an_action_that_has_come_to_its_end_is_closed(store: Store, end: str) -> None:
    with store.writing() as tx:
        opened(tx, TRAIN)
        for number, state in enumerate(("in_progress", "claimed_complete", "sent_back", end), start=1):
            assert actions.must(tx, FIRST).open
            cases.became(tx, samples.becoming(state, number, OPENED + timedelta(days=number), FIRST))
        action = actions.must(tx, FIRST)
    assert (action.state, action.open) == (end, False)


def test_the_tables_follow_from_the_record(store: Store) -> None:
    with store.writing() as tx:
        opened(tx, TRAIN, CARDS)
        waits(tx)
        cases.became(tx, samples.becoming("in_progress", ref=FIRST))
    assert rebuild.drift(store) == ()
    rebuild.rebuild(store)
    with store.reading() as tx:
        assert actions.must(tx, FIRST).state is ActionState.IN_PROGRESS
        assert actions.must(tx, SECOND).owner == "sports"
