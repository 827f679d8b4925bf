"""Facts to put on record: one proposal, one question about it, and what people say to it."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from service.documents import checked
from service.handbook import AttachmentRules
from service.store import Tx, assessments, canonical, cases, documents, steps
from service.store.actions import Wanted
from service.store.benefits import Claimed
from service.store.documents import Attached
from service.store.intents import Answered, Condition, Intent
from service.store.letters import LinkBinding, QueuedLetter
from service.store.projects import Mandate, Report
from service.store.reviews import Checked, Learnt
from tests.support import files
from workflows.delivery import (
    Authority,
    Crossing,
    Forecast,
    Plan,
    Rag,
    Stage,
    Tolerance,
    Tolerances,
    Variance,
)
from workflows.model import (
    Ask,
    Becoming,
    Choice,
    Decision,
    Ending,
    Guard,
    Holder,
    Ladder,
    LadderRung,
    Leg,
    LegAsk,
    Nudge,
    Outcome,
    Proposal,
    Rung,
    Seat,
    SeatAsk,
    Share,
    Size,
    StepClosing,
    StepOpened,
    StepOpening,
    Terms,
    Timetable,
    decision_key,
)

OPENED = datetime(2004, 6, 1, 9, tzinfo=UTC)
CASE = "INV-2004-0001"
EDITION = canonical.digest("{}")
SEATS = ("hall", "sports")
TERMS = Terms(
    kind="funding",
    choices=(Choice.APPROVE, Choice.APPROVE_WITH_CONDITIONS, Choice.REJECT),
    ladder=Ladder(due=5, rungs=(LadderRung(day=3, nudge=Nudge.REMIND), LadderRung(day=5, nudge=Nudge.COVER))),
    code_above=Decimal(50_000),
)
PROPOSAL = Proposal(
    organisation="leicester",
    department="regeneration",
    sponsor="hall",
    lead="hall_lead",
    size=Size.MAJOR,
    capital=Decimal("140000.00"),
    shares=(
        Share(post="hall", percent=Decimal(60), amount=Decimal("84000.00")),
        Share(post="sports", percent=Decimal(40), amount=Decimal("56000.00")),
    ),
    submitted=date(2004, 6, 1),
    decide_by=date(2004, 10, 14),
)
ROUTE = (
    Leg(
        leg="funding",
        who=SEATS,
        clause="FUND-1",
        reason="Funding parties approve.",
        asks=(LegAsk(key="funding", kind="funding", seats=(SeatAsk(key="hall", post="hall"),)),),
    ),
)

WANTED = Wanted(
    source="dec:INV-2004-0001.funding.1:1:hall",
    number=1,
    title="Condition on On-line booking",
    text="Train the staff",
    owner="hall_lead",
    verifier="hall",
    due=date(2004, 11, 12),
    guards=Guard.COMPLETION,
)

ASSESSMENT = assessments.Wanted(
    wish="a" * 32,
    title="Desktop support",
    purpose="The contract ends, and users wait too long",
    owner="hall_lead",
    report_due=date(2004, 7, 30),
    in_place_by=date(2005, 3, 31),
)
WEIGHED = (
    assessments.Weighed(option="in_house", weighed=True, cost=Decimal("84000.00")),
    assessments.Weighed(option="managed_service", weighed=True),
    assessments.Weighed(option="outsourced", weighed=False),
)
CLAIMED = (
    Claimed(title="Fewer calls", summary="Counted at the box office", owner="hall"),
    Claimed(title="A dearer seat", owner="sports", yearly=Decimal("12000.00")),
)
MANDATE = Mandate(
    manager="manager",
    executive="hall",
    senior_user="sports",
    senior_supplier="ict",
    template="prince2",
    strategy="access",
    linked=("INV-2004-0009",),
)
PLAN = Plan(
    stages=(
        Stage(number=1, ends=date(2004, 12, 1), cost=Decimal("90000.00")),
        Stage(number=2, ends=date(2005, 3, 1), cost=Decimal("50000.00"), pilot=True),
    ),
    go_live=date(2005, 3, 31),
    tolerances=Tolerances(cost_percent=Decimal(10), days=20),
)
LATE = Variance(
    over=Decimal("28000.00"), over_percent=Decimal("20.00"), late=22, ratings={Tolerance.TIME: Rag.RED}
)
REPORT = Report(
    step="PRJ.highlight.1",
    kind="highlight",
    stage=1,
    at=OPENED,
    person="p-manager",
    forecast=Forecast(
        cost=Decimal("168000.00"),
        go_live=date(2005, 5, 2),
        stage_ends=date(2004, 12, 15),
        ratings={Tolerance.TIME: Rag.RED},
    ),
    variance=LATE,
    linked=LATE,
    objectives="partly",
)
REVIEWED = Checked(
    review=f"{CASE}.review.1",
    check=f"{CASE}.review-check.1",
    final_cost=Decimal("151000.00"),
    objectives="partly",
    system_kind="web",
    systems=("cms",),
    strategy="access",
    lessons=(
        Learnt(title="Train before go-live", text="Staff met the system on its first day."),
        Learnt(
            title="Count calls early", text="Nobody had counted them before.\nSo nothing could be compared."
        ),
    ),
)
CROSSING = Crossing(of=(Tolerance.TIME, Tolerance.COST), variance=LATE, authority=Authority.SRG)


def content(words: str = "On-line booking for the hall") -> dict[str, Any]:
    return {"title": "On-line booking", "summary": words, "capital_gbp": "140000.00"}


def submit(
    tx: Tx,
    ref: str = CASE,
    version: int = 1,
    words: str = "",
    *,
    author: str = "p-hall",
    authors: Sequence[str] = ("p-lead",),
    title: str = "On-line booking",
    edition: str = EDITION,
    content_hash: str = "",
    **facts: Any,
) -> bool:
    """Submit a version whose content is told apart by its words; `facts` are put in the place of ours."""
    written = content(words or f"Version {version}")
    return cases.submitted(
        tx,
        ref,
        version=version,
        content=written,
        content_hash=content_hash or canonical.digest(canonical.dumps(written)),
        proposal=PROPOSAL.model_copy(update=facts),
        route=ROUTE,
        branches={"srg": ROUTE[0]},
        edition=edition,
        title=title,
        author=author,
        authors=authors,
    )


def ask(ref: str = CASE, round: int = 1, key: str = "funding") -> Ask:
    return Ask(
        case=ref,
        key=key,
        round=round,
        version=1,
        content_hash="c" * 64,
        clause="FUND-1",
        seats=tuple(SeatAsk(key=key, post=key, amount=Decimal("84000.00")) for key in SEATS),
        terms=TERMS,
        inform=("pmo",),
    )


def seats(*more: Holder) -> tuple[Seat, ...]:
    """Return the seats with their holders, the first seat with further ones."""
    found = (Seat(**seat.model_dump(), holders=_holders(seat.key)) for seat in ask().seats)
    first, *rest = found
    return (first.model_copy(update={"holders": (*first.holders, *more)}), *rest)


def _holders(seat: str) -> tuple[Holder, ...]:
    return (Holder(person=f"p-{seat}", post=seat),)


def opening(asked: Ask | None = None, at: datetime = OPENED) -> StepOpening:
    return StepOpening(ask=asked or ask(), at=at)


def times(at: datetime = OPENED) -> Timetable:
    return Timetable(
        due=at + timedelta(days=7),
        rungs=(
            Rung(number=1, at=at + timedelta(days=3), nudge=Nudge.REMIND),
            Rung(number=2, at=at + timedelta(days=7), nudge=Nudge.COVER),
        ),
    )


def request(step: str, seat: str, kind: str = "request") -> QueuedLetter:
    return QueuedLetter(
        key=f"{kind}:{step}:{seat}",
        case=steps.case_of(step),
        step=step,
        seat=seat,
        person=f"p-{seat}",
        post=seat,
        address=f"{seat}@council.example",
        kind=kind,
        props={"name": "A. Holder", "amount": "84000.00", "rate": 3.5},
        link=LinkBinding(round=1, content_hash="c" * 64, expires=OPENED + timedelta(days=14)),
    )


def open_step(tx: Tx, asked: Ask | None = None, at: datetime = OPENED) -> StepOpened:
    begun = opening(asked, at)
    return steps.opened(
        tx, begun, times(begun.at), seats(), [request(begun.ask.step, seat) for seat in SEATS]
    )


def intent(
    seat: str = "hall", choice: Choice = Choice.APPROVE, *, step: str = "", person: str = "", reason: str = ""
) -> Intent:
    step = step or ask().step
    return Intent(
        key=decision_key(step, 1, seat),
        case=steps.case_of(step),
        step=step,
        round=1,
        seat=seat,
        person=person or f"p-{seat}",
        post=seat,
        choice=choice,
        reason=reason,
        conditions=(Condition(text="Train the staff", owner="sports", by=date(2004, 12, 1)),),
        answers={"fit": Answered(value="yes", text="It fits well")},
        content_hash="c" * 64,
        shown_hash="5" * 64,
        submitted_at=OPENED + timedelta(hours=2),
        session="a-session",
        ip="192.0.2.1",
        user_agent="A browser",
        sec_fetch_user="?1",
    )


def closing(*decisions: Decision, at: datetime = OPENED + timedelta(days=1), step: str = "") -> StepClosing:
    step = step or ask().step
    outcome = Outcome(step=step, ending=Ending.DECIDED, choice=Choice.APPROVE, at=at)
    return StepClosing(step=step, outcome=outcome, unrecorded=tuple(decisions))


def becoming(state: str, number: int = 1, at: datetime = OPENED, ref: str = CASE) -> Becoming:
    return Becoming(case=ref, state=state, at=at, number=number)


def document(
    tx: Tx, ref: str, body: bytes = files.PDF, name: str = "Business case.pdf", *, step: str = ""
) -> Attached:
    """A document that the lead officer of a case hands in."""
    file = io.BytesIO(body)
    made = checked(file, name, AttachmentRules())
    documents.put(tx, file, made)
    paper = documents.paper(made, "business_case")
    at = OPENED + timedelta(days=4)
    return documents.attached(tx, ref, paper, by="p-hall", by_post="hall_lead", step=step, at=at)


def keys(letters: Sequence[QueuedLetter]) -> tuple[str, ...]:
    return tuple(letter.key for letter in letters)
