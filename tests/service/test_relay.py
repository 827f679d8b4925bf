"""The relay brings what nobody has answered, the same again, until somebody does."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

import pytest

from service import convening, handbook
from service.config import Keys, generate_keys
from service.errors import Unavailable
from service.gateway import Answer, Counted, Gateway, Refused, Unknown
from service.links import Links
from service.relay import MEETINGS_EVERY, PAGE_PATIENCE, Relay
from service.store import (
    Store,
    anchors,
    assessments,
    cases,
    clock,
    editions,
    failing,
    intents,
    letters,
    meetings,
    orders,
    projects,
    undoing,
)
from service.store.intents import StoredIntent
from service.store.meetings import Series
from tests.service.store import samples, story
from tests.service.store.samples import CASE, OPENED
from tests.support.desk import Desk
from tests.support.real_time import RealTime
from workflows.model import MEETING, CaseWaiting, Choice, Decision, Sitting, Undo, Withdrawal
from workflows.rules import calendar
from workflows.rules.quorum import Refusal


class FakeGateway(Gateway):
    """Remembers what it was brought, and answers as it is told to."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.resubmitted: list[tuple[str, int]] = []
        self.withdrawn: list[tuple[str, str]] = []
        self.decided: list[Decision] = []
        self.undone: list[Undo] = []
        self.kinds: list[str] = []
        self.delivered: list[str] = []
        self.sent: list[str] = []
        self.told: list[tuple[str, str, str, tuple[Sitting, ...]]] = []
        self.steered: list[tuple[str, str]] = []
        self.series: list[str] = []
        self.looked: list[tuple[str, str]] = []
        self.answer: Answer = Counted(None)
        self.fails_for: str = ""
        self.up = True

    async def start(self, ref: str, kind: str = "proposal") -> bool:
        self.started.append(self._unless_failing(ref))
        self.kinds.append(kind)
        return True

    async def resubmit(self, case: str, version: int) -> bool:
        self.resubmitted.append((self._unless_failing(case), version))
        return True

    async def withdraw(self, case: str, withdrawal: Withdrawal) -> bool:
        self.withdrawn.append((self._unless_failing(case), withdrawal.key))
        return True

    async def start_series(self, series: str) -> bool:
        self.series.append(series)
        return True

    async def look_again(self, series: str, as_of: str) -> bool:
        self.looked.append((series, as_of))
        return True

    async def people_moved(self, step: str) -> bool:
        self._unless_failing(step)
        return True

    async def people_changed(self, project: str, number: int) -> bool:
        self.steered.append((self._unless_failing(project), f"people {number}"))
        return self.up

    async def report_now(self, project: str, number: int) -> bool | None:
        self.steered.append((self._unless_failing(project), f"report {number}"))
        return True if self.up else None

    async def sittings_changed(
        self, case: str, forum: str, sittings: Sequence[Sitting], *, change: str
    ) -> bool:
        self.told.append((self._unless_failing(case), forum, change, tuple(sittings)))
        return True

    async def answers(self) -> bool:
        return self.up

    async def decide(self, decision: Decision) -> Answer:
        self._unless_failing(decision.step)
        self.decided.append(decision)
        return self.answer

    async def undo(self, undo: Undo) -> Answer:
        self._unless_failing(undo.step)
        self.undone.append(undo)
        return self.answer

    async def deliver(self, letter: str) -> bool:
        self.delivered.append(letter)
        return True

    async def send(self, order: str) -> bool:
        self.sent.append(order)
        return True

    def _unless_failing(self, name: str) -> str:
        if self.fails_for and name.startswith(self.fails_for):
            raise RuntimeError("a fault nobody thought of")
        return name


@pytest.fixture
def record(sqlite_url: str, keys: Keys, real: RealTime) -> Iterator[Store]:
    store = Store(sqlite_url, keys, host="approvals.example", real=real)
    with store.writing() as tx:
        clock.begin(tx, OPENED)
    yield store
    store.close()


@pytest.fixture
def desk(sqlite_url: str, keys: Keys, real: RealTime) -> Iterator[Desk]:
    store = Store(sqlite_url, keys, host="approvals.example", real=real)
    yield Desk(store, keys, handbook.load("leicester"))
    store.close()


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def relay(record: Store, gateway: FakeGateway) -> Relay:
    return Relay(record, gateway, Links(Keys(generate_keys()), "http://approvals.example"))


def submitted(record: Store, *seats: str) -> None:
    with record.writing() as tx:
        samples.submit(tx)
        cases.begun(tx, CASE, terms={})
        samples.open_step(tx)
        for seat in seats:
            intents.submit(tx, samples.intent(seat))


def intent(record: Store, seat: str) -> StoredIntent:
    with record.reading() as tx:
        found = intents.get(tx, samples.intent(seat).key)
    assert found is not None
    return found


# --------------------------------------------------------------------------- processes


async def test_a_submitted_proposal_is_started_until_its_process_has_begun(
    record: Store, relay: Relay, gateway: FakeGateway
) -> None:
    with record.writing() as tx:
        samples.submit(tx)
    await relay.processes()
    await relay.processes()
    assert gateway.started == [CASE, CASE]
    with record.writing() as tx:
        cases.begun(tx, CASE, terms={})
    await relay.processes()
    assert (gateway.started, gateway.resubmitted) == ([CASE, CASE], [])


async def test_an_assessment_is_started_as_what_it_is(
    record: Store, relay: Relay, gateway: FakeGateway
) -> None:
    with record.writing() as tx:
        ref = assessments.opened(
            tx,
            samples.ASSESSMENT,
            organisation="leicester",
            department="dept-rc",
            edition=samples.EDITION,
            by="p-pmo",
            by_post="pmo",
        )
    await relay.processes()
    assert (gateway.started, gateway.kinds) == ([ref], ["assessment"])
    with record.writing() as tx:
        assessments.begun(tx, ref)
    await relay.processes()
    assert gateway.started == [ref]


async def test_a_letter_that_nobody_sends_is_sent_after_some_minutes_and_one_with_a_code_is_not(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(record)
    with record.writing() as tx:
        code = samples.request("", "hall", "code").model_copy(update={"key": "code:1", "case": ""})
        letters.queue_direct(tx, code)
    monkeypatch.setattr(relay, "_posted", float("-inf"))
    await relay.letters()
    assert gateway.delivered == []
    real.passes(minutes=3, seconds=1)
    monkeypatch.setattr(relay, "_posted", float("-inf"))
    await relay.letters()
    await relay.letters()
    with record.reading() as tx:
        owed = [letter.key for letter in letters.unsent(tx)]
    assert sorted(gateway.delivered) == sorted(owed)
    assert len(owed) == 2


@pytest.mark.parametrize(
    ("minutes", "up", "told"),
    [
        (2, True, False),
        (4, True, True),
        (4, False, False),  # nothing moves, and that is known elsewhere
    ],
)
async def test_a_decision_that_its_process_does_not_take_for_minutes_is_told_until_it_does(
    desk: Desk,
    gateway: FakeGateway,
    real: RealTime,
    monkeypatch: pytest.MonkeyPatch,
    minutes: int,
    up: bool,
    told: bool,
) -> None:
    relay = Relay(desk.store, gateway, desk.links)
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    made = desk.answers(f"{case.case}.funding-bh-dmh.1", "bh-dmh")
    gateway.answer, gateway.up = Unknown(), up

    async def looked_at() -> list[tuple[str, str]]:
        monkeypatch.setattr(relay, "_looked", float("-inf"))
        await relay.held_up()
        with desk.store.reading() as tx:
            return [(one.case, one.doing) for one in failing.open_cases(tx, "leicester")]

    real.passes(minutes=minutes)
    await relay.decisions()
    listed = [(case.case, "counting an answer")] if told else []
    assert [await looked_at(), await looked_at()] == [listed, listed]
    letters_ = [row for row in desk.ledger(case.case) if row.props.get("cause") == "failing"]
    assert len(letters_) == told, "once"
    gateway.answer = Counted(None)
    await relay.decisions()
    assert await looked_at() == []
    assert made.step in [one.step for one in gateway.decided]


async def test_an_order_that_nobody_sends_is_sent_after_some_minutes_until_it_is(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with record.writing() as tx:
        samples.submit(tx)
        order = orders.raised(tx, cases.get(tx, CASE), at=OPENED, sending=True)
    for minutes, sent in ((2.9, []), (0.2, [order]), (1, [order, order])):
        real.passes(minutes=minutes)
        monkeypatch.setattr(relay, "_posted", float("-inf"))
        await relay.letters()
        assert gateway.sent == sent
    with record.writing() as tx:
        orders.failed(tx, order, "It was tried for three days.")
    monkeypatch.setattr(relay, "_posted", float("-inf"))
    await relay.letters()
    assert gateway.sent == [order, order]


async def test_a_process_in_trouble_holds_up_no_other(
    record: Store, relay: Relay, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    with record.writing() as tx:
        for number in range(3):
            samples.submit(tx, ref=f"INV-2004-000{number + 1}")
    stuck = asyncio.Event()

    async def start(ref: str, kind: str) -> bool:
        if ref == "INV-2004-0001":
            await stuck.wait()
        gateway.started.append(ref)
        return True

    monkeypatch.setattr(gateway, "start", start)
    bringing = asyncio.create_task(relay.processes())
    async with asyncio.timeout(5):
        while len(gateway.started) < 2:
            await asyncio.sleep(0.01)
    stuck.set()
    await bringing
    assert sorted(gateway.started) == [f"INV-2004-000{number + 1}" for number in range(3)]


async def test_a_second_version_is_told_to_the_process_that_waits_for_it(
    record: Store, relay: Relay, gateway: FakeGateway
) -> None:
    with record.writing() as tx:
        samples.submit(tx)
        cases.begun(tx, CASE, terms={})
        cases.became(tx, samples.becoming("returned"))
        samples.submit(tx, version=2)
    await relay.processes()
    assert (gateway.started, gateway.resubmitted) == ([], [(CASE, 2)])
    with record.writing() as tx:
        cases.begun(tx, CASE, terms={})
    await relay.processes()
    assert gateway.resubmitted == [(CASE, 2)]


async def test_the_meetings_of_a_forum_are_looked_after_and_told_of_each_change_until_they_heard(
    record: Store, relay: Relay, gateway: FakeGateway
) -> None:
    rules = handbook.load("leicester")
    with record.writing() as tx:
        editions.put(tx, rules.to_json(), organisation=rules.organisation, name=rules.name)
    await relay.series()
    assert sorted(gateway.series) == ["MTG-leicester-heads-of-ict", "MTG-leicester-srg"]
    forum = Series(organisation="leicester", forum="heads-of-ict")
    day = date(2004, 6, 9)

    def planned() -> None:
        with record.writing() as tx:
            heard = convening.as_of(tx, rules, forum)
            meetings.planned(tx, forum, day, missed=[], as_of=heard, place="", time="")

    planned()
    gateway.series.clear()
    await relay.series()
    assert (gateway.series, gateway.looked) == (["MTG-leicester-srg"], [])
    with record.writing() as tx:
        meetings.called_off(tx, forum, day, why="Nothing to decide", by="p")
    await relay.series()
    await relay.series()
    assert [series for series, _ in gateway.looked] == [forum.ref] * 2
    planned()
    await relay.series()
    assert len(gateway.looked) == 2


async def test_meetings_whose_process_an_operator_ended_are_looked_after_again(
    record: Store, relay: Relay, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = handbook.load("leicester")
    forum = Series(organisation="leicester", forum="srg")
    with record.writing() as tx:
        editions.put(tx, rules.to_json(), organisation=rules.organisation, name=rules.name)
        heard = convening.as_of(tx, rules, forum)
        meetings.planned(tx, forum, date(2004, 6, 9), missed=[], as_of=heard, place="", time="")
    await relay.series()
    gateway.series.clear()
    await relay.series()
    assert forum.ref not in gateway.series
    monkeypatch.setattr("service.relay.SERIES_EVERY", 0.0)
    await relay.series()
    assert forum.ref in gateway.series


async def test_what_is_done_about_a_project_is_brought_until_it_has_heard(
    record: Store, gateway: FakeGateway, relay: Relay
) -> None:
    with record.writing() as tx:
        samples.submit(tx)
        ref = projects.opened(tx, cases.get(tx, CASE), "It", at=OPENED)
        projects.people_changed(tx, ref, {"manager": "hall_lead"}, by="p-pmo", by_post="pmo", reason="Left")
        projects.report_wanted(tx, ref, reason="It is talked of", by="p-pmo", by_post="pmo")
    gateway.up = False
    for _ in range(2):
        await relay.project_people()
        await relay.wanted_reports()
    assert gateway.steered == 2 * [(ref, "people 1"), (ref, "report 1")]
    gateway.up = True
    for _ in range(2):
        await relay.project_people()
        await relay.wanted_reports()
    assert gateway.steered[4:] == [(ref, "people 1"), (ref, "report 1")], "heard once, it is told no more"
    with record.reading() as tx:
        now = projects.must(tx, ref)
        assert (now.people_heard, now.reports_heard) == (1, 1)


async def test_a_report_that_is_wanted_of_a_project_that_is_over_is_wanted_no_more(
    record: Store, gateway: FakeGateway, relay: Relay
) -> None:
    with record.writing() as tx:
        samples.submit(tx)
        ref = projects.opened(tx, cases.get(tx, CASE), "It", at=OPENED)
        projects.report_wanted(tx, ref, reason="It is talked of", by="p-pmo", by_post="pmo")
        for number, state in enumerate(("closing", "closed_early"), start=1):
            cases.became(tx, samples.becoming(state, number, ref=ref))
    gateway.up = False
    await relay.wanted_reports()
    with record.reading() as tx:
        assert projects.unheard_wishes(tx) == ()


async def test_a_withdrawal_is_brought_until_the_case_has_ended(
    record: Store, relay: Relay, gateway: FakeGateway
) -> None:
    submitted(record)
    with record.writing() as tx:
        cases.withdrawal_requested(tx, CASE, "p-hall", "withdraw:1")
    await relay.withdrawals()
    await relay.withdrawals()
    assert gateway.withdrawn == [(CASE, "withdraw:1")] * 2
    with record.writing() as tx:
        cases.became(tx, samples.becoming("withdrawn"))
    await relay.withdrawals()
    assert len(gateway.withdrawn) == 2


# --------------------------------------------------------------------------- decisions


async def test_a_decision_is_left_to_its_page_first(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime
) -> None:
    submitted(record, "hall")
    real.passes(seconds=PAGE_PATIENCE.total_seconds() - 1)
    await relay.decisions()
    assert gateway.decided == []
    real.passes(seconds=1)
    await relay.decisions()
    assert gateway.decided == [samples.intent("hall").decision()]


@pytest.mark.parametrize(
    ("answer", "state", "settled", "refusal", "times"),
    [
        (Counted(None), "accepted", None, "", 1),
        (Counted(Choice.APPROVE), "accepted", Choice.APPROVE, "", 1),
        (Refused(Refusal.ENDED), "refused", None, "ended", 1),
        (Refused(Refusal.STALE), "refused", None, "stale", 1),
        (Unknown(), "submitted", None, "", 3),
    ],
)
async def test_a_decision_is_brought_until_there_is_an_answer_and_the_answer_is_kept(
    record: Store,
    relay: Relay,
    gateway: FakeGateway,
    real: RealTime,
    answer: Answer,
    state: str,
    settled: Choice | None,
    refusal: str,
    times: int,
) -> None:
    submitted(record, "hall")
    gateway.answer = answer
    real.passes(minutes=1)
    for _ in range(3):
        await relay.decisions()
    assert gateway.decided == [samples.intent("hall").decision()] * times
    kept = intent(record, "hall")
    assert (kept.state, kept.settled, kept.refusal) == (state, settled, refusal)


async def test_a_page_settles_its_own_decision_at_once(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime
) -> None:
    submitted(record, "hall")
    gateway.answer = Counted(Choice.APPROVE)
    assert await relay.settle(intent(record, "hall")) == Counted(Choice.APPROVE)
    await relay.written()
    assert intent(record, "hall").state == intents.ACCEPTED
    gateway.answer = Unknown()
    real.passes(minutes=1)
    await relay.decisions()
    assert len(gateway.decided) == 1


# ---------------------------------------------------------------------- second thoughts


def taken_back(record: Store) -> Undo:
    """Submit that an answer is taken back, as the page does."""
    wish = story.undo(samples.intent("hall").decision())
    with record.writing() as tx:
        undoing.submit(tx, CASE, wish)
    return wish


async def test_an_undo_follows_its_answer_and_is_repeated_until_the_step_says_something(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime
) -> None:
    submitted(record, "hall")
    wish = taken_back(record)
    gateway.answer = Unknown()
    await relay.second_thoughts()
    assert (gateway.decided, gateway.undone) == ([], []), "it is left to the page at first"
    real.passes(seconds=PAGE_PATIENCE.total_seconds() + 1)
    await relay.second_thoughts()
    assert gateway.undone == [], "the step has not said yet that there is an answer to take back"
    gateway.answer = Counted(None)
    await relay.second_thoughts()
    await relay.second_thoughts()
    await relay.written()
    assert gateway.undone == [wish]
    assert intent(record, "hall").state == "undone"
    with record.reading() as tx:
        assert undoing.unsettled(tx) == ()


async def test_an_undo_that_comes_too_late_leaves_the_answer_and_says_why(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime
) -> None:
    submitted(record, "hall")
    await relay.settle(intent(record, "hall"))
    await relay.written()
    wish = taken_back(record)
    real.passes(seconds=PAGE_PATIENCE.total_seconds() + 1)
    gateway.answer = Refused(Refusal.ENDED)
    await relay.second_thoughts()
    assert intent(record, "hall").state == "accepted"
    with record.reading() as tx:
        found = undoing.get(tx, wish.key)
    assert found is not None
    assert (found.state, found.refusal) == ("refused", "ended")


async def test_of_an_answer_that_did_not_count_there_is_nothing_to_take_back(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime
) -> None:
    submitted(record, "hall")
    wish = taken_back(record)
    real.passes(seconds=PAGE_PATIENCE.total_seconds() + 1)
    gateway.answer = Refused(Refusal.ENDED)
    await relay.second_thoughts()
    assert gateway.undone == []
    with record.reading() as tx:
        found = undoing.get(tx, wish.key)
    assert found is not None
    assert found.refusal == "nothing_there"


async def test_whoever_stops_waiting_for_a_note_does_not_stop_the_note(
    record: Store, relay: Relay, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(record, "hall")
    gateway.answer = Counted(Choice.APPROVE)
    may_write, note = threading.Event(), Relay._accepted

    def later(self: Relay, intent: StoredIntent, answer: Counted) -> None:
        may_write.wait(10)
        note(self, intent, answer)

    monkeypatch.setattr(Relay, "_accepted", later)
    await relay.settle(intent(record, "hall"))
    await relay.written(within=0.05)
    waiting = asyncio.create_task(relay.written())
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert intent(record, "hall").state == intents.SUBMITTED
    may_write.set()
    await relay.written()
    assert intent(record, "hall").state == intents.ACCEPTED


async def test_decisions_are_brought_in_the_order_in_which_people_made_them(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime
) -> None:
    submitted(record)
    later = samples.intent("hall")
    earlier = samples.intent("sports").model_copy(
        update={"submitted_at": later.submitted_at - timedelta(minutes=1)}
    )
    with record.writing() as tx:
        intents.submit(tx, later)
        intents.submit(tx, earlier)
    real.passes(minutes=1)
    await relay.decisions()
    assert [made.seat for made in gateway.decided] == ["sports", "hall"]


# ------------------------------------------------------------------------------- faults


async def run_until(relay: Relay, condition: Callable[[], bool]) -> None:
    running = asyncio.create_task(relay.run())
    try:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_fault_in_one_part_keeps_back_no_other(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime
) -> None:
    with record.writing() as tx:
        samples.submit(tx, ref="INV-2004-0002")
    submitted(record, "hall")
    gateway.fails_for = "INV-2004-0002"
    real.passes(minutes=1)
    await run_until(relay, lambda: bool(gateway.decided))
    assert gateway.started == []


async def test_a_fault_in_one_case_keeps_back_no_other_case(
    record: Store, relay: Relay, gateway: FakeGateway
) -> None:
    with record.writing() as tx:
        for ref in ("INV-2004-0001", "INV-2004-0002", "INV-2004-0003"):
            samples.submit(tx, ref=ref)
    gateway.fails_for = "INV-2004-0001"
    await relay.processes()
    assert gateway.started == ["INV-2004-0002", "INV-2004-0003"]


async def test_it_goes_on_when_the_record_answers_again(
    record: Store, relay: Relay, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    with record.writing() as tx:
        samples.submit(tx)
    refusals = [Unavailable()] * 2
    reading = record.reading

    def sometimes() -> object:
        if refusals:
            raise refusals.pop()
        return reading()

    monkeypatch.setattr(record, "reading", sometimes)
    await run_until(relay, lambda: bool(gateway.started))
    assert refusals == []


# --------------------------------------------------------------------------------- days


async def test_each_day_of_the_record_is_closed_once_and_told_until_the_letter_has_left(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime
) -> None:
    edition = handbook.load("leicester")
    with record.writing() as tx:
        editions.put(tx, edition.to_json(), organisation=edition.organisation, name=edition.name)
    await relay.days()
    await relay.days()
    key = f"anchor:leicester:{(OPENED - timedelta(days=1)).date()}"
    assert gateway.delivered == [key, key]
    with record.writing() as tx:
        letters.sent(tx, key, subject="s", body_hash="b" * 64)
    await relay.days()
    assert len(gateway.delivered) == 2
    real.passes(days=1)
    await relay.days()
    with record.reading() as tx:
        last = anchors.last(tx)
    assert last is not None
    assert last.day == OPENED.date()
    assert gateway.delivered[2:] == [f"anchor:leicester:{OPENED.date()}"]


async def test_the_pmo_is_told_of_a_fault_and_the_seat_tries_again_under_another_id(
    record: Store, relay: Relay, gateway: FakeGateway
) -> None:
    edition = handbook.load("leicester")
    with record.writing() as tx:
        editions.put(tx, edition.to_json(), organisation=edition.organisation, name=edition.name)
        samples.submit(tx, edition=edition.hash)
        cases.begun(tx, CASE, terms={})
        samples.open_step(tx)
        intents.submit(tx, samples.intent("hall"))
    gateway.answer = Refused(Refusal.FAULT)
    await relay.settle(intent(record, "hall"))
    await relay.days()
    key = intent(record, "hall").key
    assert [letter for letter in gateway.delivered if "fault" in letter] == [f"fault:{key}:1"]
    with record.reading() as tx:
        told = letters.get(tx, f"fault:{key}:1")
    assert told is not None
    assert not told.props["undoing"]
    with record.writing() as tx:
        intents.submit(tx, samples.intent("hall"))
    gateway.answer = Counted(None)
    await relay.settle(intent(record, "hall"))
    await relay.written()
    assert [made.message for made in gateway.decided] == [key, f"{key}:2"]


async def test_the_pmo_is_told_that_an_answer_could_not_be_taken_back_and_not_that_it_does_not_count(
    record: Store, relay: Relay, gateway: FakeGateway, real: RealTime
) -> None:
    edition = handbook.load("leicester")
    with record.writing() as tx:
        editions.put(tx, edition.to_json(), organisation=edition.organisation, name=edition.name)
        samples.submit(tx, edition=edition.hash)
        cases.begun(tx, CASE, terms={})
        samples.open_step(tx)
        intents.submit(tx, samples.intent("hall"))
    await relay.settle(intent(record, "hall"))
    await relay.written()
    wish = taken_back(record)
    real.passes(seconds=PAGE_PATIENCE.total_seconds() + 1)
    gateway.answer = Refused(Refusal.FAULT)
    await relay.second_thoughts()
    with record.reading() as tx:
        told = letters.get(tx, f"fault:{wish.key}")
    assert told is not None
    assert told.props["undoing"]


# ------------------------------------------------------------------------------ meetings


def waiting_for(record: Store, ref: str, day: date) -> None:
    with record.writing() as tx:
        rules = handbook.load("leicester")
        if not editions.organisations(tx):
            editions.put(tx, rules.to_json(), organisation="leicester", name="leicester")
        samples.submit(tx, ref, edition=rules.hash)
        cases.begun(tx, ref, terms={})
        until = calendar.opening(day)
        cases.waiting(
            tx,
            CaseWaiting(
                case=ref,
                number=1,
                key="notification",
                leg=MEETING,
                since=OPENED,
                until=until,
                on="heads-of-ict",
            ),
        )


async def test_only_a_case_that_waits_for_a_meeting_which_is_not_held_is_told_and_always_the_same(
    record: Store, relay: Relay, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, none = date(2004, 6, 9), date(2004, 6, 10)
    waiting_for(record, CASE, none)
    waiting_for(record, "INV-2004-0002", held)
    await relay.meetings()
    ((case, forum, change, sittings),) = gateway.told
    assert (case, forum) == (CASE, "heads-of-ict")
    assert (sittings[0].day, sittings[0].papers_due) == (held, date(2004, 6, 2))
    # It looks again after a while, and until the case has heard brings it what it brought it.
    await relay.meetings()
    assert len(gateway.told) == 1
    monkeypatch.setattr("service.relay.MEETINGS_EVERY", -1.0)
    await relay.meetings()
    assert gateway.told[1] == (case, forum, change, sittings)
    assert MEETINGS_EVERY > 0


async def test_one_case_that_cannot_be_told_keeps_back_no_other(
    record: Store, relay: Relay, gateway: FakeGateway
) -> None:
    for ref in (CASE, "INV-2004-0002"):
        waiting_for(record, ref, date(2004, 6, 10))
    gateway.fails_for = CASE
    await relay.meetings()
    assert [case for case, *_ in gateway.told] == ["INV-2004-0002"]
