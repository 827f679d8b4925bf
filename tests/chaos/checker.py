"""What must be true after everything, whatever was done to the installation meanwhile."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from temporalio.client import Client, WorkflowExecutionStatus

from notifications.catcher import Caught
from service.store import cases, covers, intents, journal, letters, rebuild, steps, verify
from service.store.intents import DecisionView
from service.store.letters import LedgerRow
from service.store.line import ORGANISATION, Line
from service.store.steps import StepView
from tests.support.stack import Town, leicester
from workflows.model import Decision, Ending
from workflows.rules import calendar, quorum


@dataclass(frozen=True)
class Shown:
    """What a person did, and what their browser showed them of it."""

    step: str
    seat: str
    person: str
    choice: str
    content_hash: str
    page: str
    """recorded, being recorded, refused, or unknown where the connection broke."""


@dataclass(frozen=True)
class Facts:
    """The record, the mail and what people saw, read once."""

    shown: tuple[Shown, ...]
    refs: tuple[str, ...]
    decisions: tuple[DecisionView, ...]
    steps: tuple[StepView, ...]
    lines: tuple[Line, ...]
    ledger: tuple[LedgerRow, ...]
    caught: tuple[Caught, ...]
    raw: dict[int, bytes]


def faults(town: Town, shown: Iterable[Shown] = (), *, again: int = 0) -> list[str]:
    """Return all that is not as it must be. `again` letters may have come twice over the wire (RFC 1047)."""
    facts = _read(town, shown)
    found = [
        *_decisions_shown_exist_once(facts),
        *_decisions_were_made_by_somebody(facts),
        *_one_counted_decision_a_seat(facts),
        *_outcomes_follow_from_answers(facts),
        *_no_author_decided(town, facts),
        *_letters_due_are_letters_sent(facts, again),
        *_one_line_a_decision(facts),
        *_one_order_an_approval(facts),
        *_nothing_fired_early(facts),
    ]
    with town.store.reading() as tx:
        found += [str(fault) for fault in verify.verify(tx).faults]
        found += [f"{intent.key} was never settled" for intent in intents.unsettled(tx)]
    found += [
        f"the table {table.table} is not what the record makes: {table}"
        for table in rebuild.drift(town.store)
    ]
    return found


def _read(town: Town, shown: Iterable[Shown]) -> Facts:
    caught = town.mail.caught()
    with town.store.reading() as tx:
        refs = tuple(ref for ref in journal.cases(tx) if ref != ORGANISATION)
        return Facts(
            shown=tuple(shown),
            refs=refs,
            decisions=tuple(made for ref in refs for made in intents.decisions_of(tx, ref)),
            steps=tuple(step for ref in refs for step in steps.of_case(tx, ref)),
            lines=tuple(line for ref in refs for line in journal.lines(tx, ref)),
            # Letters about no case: codes for signing in, and the days' fingerprints for the auditor.
            ledger=tuple(row for ref in (*refs, "", ORGANISATION) for row in letters.of_case(tx, ref)),
            caught=tuple(caught),
            raw={one.id: (town.mail.folder / f"{one.id:06}.eml").read_bytes() for one in caught},
        )


def _decisions_shown_exist_once(facts: Facts) -> Iterator[str]:
    """I1, I3: whatever a browser was told is in the record once, on the version that it was shown."""
    for shown in facts.shown:
        if shown.page not in ("recorded", "being recorded"):
            continue
        same = [made for made in facts.decisions if (made.step, made.seat) == (shown.step, shown.seat)]
        if len(same) != 1:
            yield f"{shown.person} was told “{shown.page}”, and the record has {len(same)} such decisions"
        elif (same[0].choice, same[0].content_hash) != (shown.choice, shown.content_hash):
            yield f"{shown.person} chose {shown.choice} and the record has {same[0].choice}"


def _decisions_were_made_by_somebody(facts: Facts) -> Iterator[str]:
    """I2: nothing is in the record that nobody did. Where nobody looked on, nothing can be said."""
    tried = {(shown.step, shown.seat, shown.choice) for shown in facts.shown}
    for made in facts.decisions:
        if tried and (made.step, made.seat, made.choice) not in tried:
            yield f"nobody made the decision {made.key}"


def _one_counted_decision_a_seat(facts: Facts) -> Iterator[str]:
    """I4."""
    counted = Counter((made.step, made.round, made.seat) for made in facts.decisions)
    yield from (f"{key} was counted {count} times" for key, count in counted.items() if count > 1)


def _outcomes_follow_from_answers(facts: Facts) -> Iterator[str]:
    """I5: what a step came to is what its rule makes of its answers."""
    for step in facts.steps:
        if step.ending is not Ending.DECIDED:
            continue
        made = [_decision(one) for one in facts.decisions if one.step == step.id]
        choice = quorum.settled(made, step.seats, step.quorum, final=True)
        if choice != step.choice:
            yield f"{step.id} came to {step.choice}, and its answers to {choice}"


def _decision(made: DecisionView) -> Decision:
    return Decision(**made.model_dump(include=set(Decision.model_fields)))


def _no_author_decided(town: Town, facts: Facts) -> Iterator[str]:
    """I6: nobody who wrote a version decided on it, nor whoever covered for one of them on the day."""
    deciding = {step.id: step for step in facts.steps if step.terms.deciding}
    with town.store.reading() as tx:
        authors = {(ref, one.version): one.authors for ref in facts.refs for one in cases.versions(tx, ref)}
        days = {calendar.local_day(made.submitted_at) for made in facts.decisions}
        away = {day: covers.on_day(tx, day) for day in days}
    for made in facts.decisions:
        step = deciding.get(made.step)
        if step is None:
            continue
        wrote, day = authors[made.case, step.version], calendar.local_day(made.submitted_at)
        proposal = town.case(made.case).proposal
        # Worked out anew, for the rule that seats people cannot vouch for itself.
        leading = (proposal.lead, *proposal.co_authors)
        led = {leicester().holder(post, proposal.submitted) for post in leading}
        sponsor = leicester().holder(proposal.sponsor, day)
        pays = step.kind in ("funding", "challenge", "consent") and sponsor not in led
        asked = proposal.sponsor in [seat.post for seat in step.asked]
        writers = {author for author in wrote if not (pays and asked and sponsor and author == sponsor.id)}
        if made.person in writers | {cover for author, cover in away[day].items() if author in writers}:
            yield f"{made.person} wrote {made.case}, or covered for who did, and decided {made.step}"


def _letters_due_are_letters_sent(facts: Facts, again: int) -> Iterator[str]:
    """I7: by key, each letter owed was sent; whatever came twice was the same to the byte."""
    yield from (
        f"the letter {row.key} is {row.state}" for row in facts.ledger if row.state != letters.ACCEPTED
    )
    came: dict[str, list[Caught]] = {}
    for one in facts.caught:
        # What people write back is none of ours.
        if one.headers.get("Auto-Submitted") == "auto-generated":
            came.setdefault(one.headers["Message-ID"], []).append(one)
    for row in facts.ledger:
        bodies = {facts.raw[one.id] for one in came.get(row.message_id, [])}
        if len(bodies) != 1:
            yield f"the letter {row.key} came in {len(bodies)} forms"
        elif row.body_hash and row.kind != "code" and sha256(bodies.pop()).hexdigest() != row.body_hash:
            yield f"the letter {row.key} is not the one that the ledger says was sent"
    twice = sum(len(same) - 1 for same in came.values())
    if twice > again:
        yield f"{twice} letters came more than once"
    owed = {row.message_id for row in facts.ledger}
    for message_id, same in came.items():
        if message_id not in owed:
            yield f"nobody owed the letter “{same[0].subject}”"


def _one_line_a_decision(facts: Facts) -> Iterator[str]:
    """I8: the record has one line for each decision submitted and one for each recorded."""
    for kind in ("decision.submitted", "decision.recorded"):
        told = Counter(
            # A line of before answers could be taken back does not say which of its seat's it is: the first.
            (line.data["decision"], line.data.get("attempt", 1))
            for line in facts.lines
            if line.kind == kind
        )
        for made in facts.decisions:
            if (lines := told[made.key, made.attempt]) != 1:
                yield f"{made.message} has {lines} lines {kind}"


def _one_order_an_approval(facts: Facts) -> Iterator[str]:
    """Each case that was approved has raised exactly one order, and no other case has."""
    raised = Counter(line.case for line in facts.lines if line.kind == "order.raised")
    approved = {
        line.case for line in facts.lines if line.kind == "case.became" and line.data["state"] == "approved"
    }
    yield from (
        f"{ref} has raised {raised[ref]} orders" for ref in facts.refs if raised[ref] != (ref in approved)
    )


def _nothing_fired_early(facts: Facts) -> Iterator[str]:
    """I11: no rung came before its time, and none twice."""
    nudges = [line for line in facts.lines if line.kind == "step.nudged"]
    told = Counter((line.data["step"], line.data["rung"]["number"]) for line in nudges)
    yield from (f"{rung} was climbed {count} times" for rung, count in told.items() if count > 1)
    rungs = {(step.id, rung.number): rung for step in facts.steps for rung in step.rungs}
    for line in nudges:
        rung = rungs[line.data["step"], line.data["rung"]["number"]]
        if line.at < rung.at:
            yield f"{line.data['step']}: {rung.nudge} came at {line.at}, before {rung.at}"


async def unattended(town: Town) -> list[str]:
    """I10: each question and case that stands open in the register is alive in the engine, and not stuck."""
    client = await Client.connect(town.stack.settings.temporal_address)
    with town.store.reading() as tx:
        alive = [*cases.open_refs(tx), *(step.id for step in steps.open_steps(tx))]
    found = []
    for id in alive:
        process = await client.get_workflow_handle(id).describe()
        if process.status is not WorkflowExecutionStatus.RUNNING:
            found.append(f"{id} is open in the register and {process.status} in the engine")
        # A process whose code fails goes on running, and its task is tried again for ever. None is 0.
        elif (tries := process.raw_description.pending_workflow_task.attempt) > 1:
            found.append(f"{id} is stuck: its task has been tried {tries} times")
    return found
