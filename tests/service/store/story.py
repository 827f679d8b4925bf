"""One case's story: every fact there is, in the order in which it happens."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from service.store import (
    Store,
    Tx,
    actions,
    anchors,
    approvers,
    assessments,
    attempts,
    benefits,
    canonical,
    cases,
    clock,
    covers,
    editions,
    intents,
    letters,
    links,
    meetings,
    orders,
    projects,
    provisions,
    reviews,
    sizes,
    steps,
    tokens,
    undoing,
)
from service.store.covers import Cover
from service.store.editions import Player
from service.store.meetings import Attendance, AttendedBy, ClosedItem, MeetingState, Presence, Votes
from tests.service.store import samples
from tests.service.store.samples import CASE, OPENED
from tests.support import files
from workflows.delivery import (
    AssessmentTold,
    Baseline,
    BenefitRead,
    ExceptionRaised,
    ExceptionSettled,
    GateKind,
    GatePassed,
    ProjectTold,
    Rag,
    Tolerances,
)
from workflows.model import (
    Capacity,
    CaseMoved,
    CaseSized,
    CaseWaiting,
    Choice,
    Decision,
    Expiring,
    Holder,
    Moving,
    Segment,
    Size,
    Sizing,
    StepDecided,
    StepHeld,
    StepNudged,
    StepReseated,
    StepUndone,
    Undo,
    undo_key,
)

Fact = Callable[[Tx], object]

STEP = samples.ask().step
HALL, SPORTS = samples.intent("hall", reason="It pays for itself"), samples.intent("sports")
AGAIN = HALL.decision().model_copy(update={"attempt": 2})


def assessment(tx: Tx) -> str:
    """The reference of the assessment."""
    return cases.page(tx, kind=assessments.KIND).items[0].ref


def assessed(tx: Tx, key: str) -> AssessmentTold:
    """An answer to a question of the assessment."""
    ref = assessment(tx)
    return AssessmentTold(case=ref, step=f"{ref}.{key}.1", at=OPENED + timedelta(days=6))


def undo(made: Decision) -> Undo:
    return Undo(
        key=undo_key(made.key, made.attempt),
        step=made.step,
        decision=made.key,
        attempt=made.attempt,
        seat=made.seat,
        person=made.person,
        submitted_at=OPENED + timedelta(hours=4),
    )


COVER = Cover(
    person="p-hall", cover="p-cover", starts=date(2004, 6, 1), ends=date(2004, 6, 9), set_by="p-hall"
)


PMO = Player(person="p-pmo", role="pmo", post="projects")
ADMINISTRATOR = Player(person="p-admin", role="administrator", post="office")


def number(tx: Tx) -> int:
    """The number of the latest draft of a handbook."""
    return editions.drafts(tx, "leicester")[0].number


def _nothing(_: object) -> None:
    """Leave out of an answer whether the fact was new."""


def nudged(tx: Tx) -> object:
    rung = samples.times().rungs[0]
    nudge = StepNudged(step=STEP, rung=rung, silent=("hall",), at=rung.at)
    more = samples.seats(Holder(person="p-cover", post="hall"))
    return steps.nudged(tx, nudge, more, [samples.request(STEP, "hall", "reminder")])


def decided(tx: Tx) -> None:
    made = StepDecided(step=STEP, decisions=(HALL.decision(),), at=OPENED + timedelta(hours=3))
    steps.decided(tx, made, [samples.request(STEP, "hall", "receipt")])


def decided_again(tx: Tx) -> None:
    made = StepDecided(step=STEP, decisions=(AGAIN,), at=OPENED + timedelta(hours=5))
    steps.decided(tx, made, [samples.request(STEP, "hall", "second-receipt")])


def held(number: int, until: int | None) -> Fact:
    """The outcome takes effect some hours after the step opened, or there is none any more."""
    effect = OPENED + timedelta(hours=until) if until else None
    told = StepHeld(step=STEP, number=number, until=effect, at=OPENED + timedelta(hours=3))
    return lambda tx: steps.held(tx, told)


def undone(tx: Tx) -> None:
    taken = StepUndone(step=STEP, undone=(undo(HALL.decision()),), at=OPENED + timedelta(hours=4))
    steps.undone(tx, taken, [samples.request(STEP, "hall", "taken_back")])


def expiring(tx: Tx) -> object:
    told = Expiring(case=CASE, number=1, valid_until=date(2005, 6, 1), at=OPENED + timedelta(days=200))
    return cases.expiring(tx, told, [samples.request(STEP, "hall", "expiring")])


def closed(tx: Tx) -> None:
    told = [samples.request(STEP, seat, "outcome") for seat in samples.SEATS]
    steps.closed(tx, samples.closing(HALL.decision(), SPORTS.decision()), told)


def waits(tx: Tx) -> object:
    until = OPENED + timedelta(days=9)
    wait = CaseWaiting(case=CASE, number=1, key="srg", leg="srg", since=OPENED, until=until, on="srg")
    return cases.waiting(tx, wait)


def moved(tx: Tx) -> object:
    """It goes to another meeting, and waits for that."""
    leg = cases.get(tx, CASE).route[0]
    move = CaseMoved(
        case=CASE,
        number=1,
        version=1,
        key="srg",
        at=OPENED + timedelta(days=1),
        because=Moving.LATE,
        forum="srg",
        was=date(2004, 6, 10),
        legs=(leg.model_copy(update={"meeting": date(2004, 7, 8)}),),
    )
    return cases.moved(tx, move, [samples.request(STEP, "hall", "moved")])


def followed(tx: Tx) -> None:
    letter = letters.get(tx, f"request:{STEP}:hall")
    assert letter is not None
    assert letter.link_id is not None
    links.followed(tx, letter.link_id, session="a-session", ip="192.0.2.1")


def reseated(tx: Tx) -> None:
    seats = [
        seat.model_copy(
            update={
                "holders": (*seat.holders, Holder(person="p-new", post=seat.post, capacity=Capacity.COVER))
            }
        )
        for seat in steps.must(tx, STEP).asked
    ]
    looked = StepReseated(step=STEP, number=1, silent=samples.SEATS, at=OPENED + timedelta(days=6))
    steps.reseated(tx, looked, seats, [])


SERIES = meetings.Series(organisation="leicester", forum="heads-of-ict")
FIRST, SECOND, ADDED, OFF = date(2004, 6, 9), date(2004, 6, 16), date(2004, 6, 23), date(2004, 7, 14)
MISSED = date(2004, 5, 12)


def planned(tx: Tx) -> None:
    meetings.planned(tx, SERIES, FIRST, missed=[MISSED], as_of="e.0", place="Town Hall", time="10:00")


def called(tx: Tx) -> bool:
    told = samples.request(STEP, "hall", "called")
    return meetings.called(tx, SERIES, FIRST, at=OPENED, queued=[told])


def meeting_closed(tx: Tx) -> None:
    item = ClosedItem(key=STEP, number=1, kind="question", title="On-line booking", came_to="it is noted")
    there = AttendedBy(title="Budget holder", presence=Presence.PRESENT, chair=True)
    meetings.closed(tx, SERIES, SECOND, MeetingState.HELD, items=[item], present=[there], by="p-hall")


ATTENDED = (
    Attendance(post="hall", presence=Presence.PRESENT),
    Attendance(post="sports", presence=Presence.SUBSTITUTE, substitute="A. N. Other"),
)

ORDER = orders.key_of(CASE, 1)


def raised(tx: Tx) -> str:
    return orders.raised(tx, cases.get(tx, CASE), at=OPENED + timedelta(days=2), sending=True)


def tried(tx: Tx) -> None:
    """Two tries are two tries; the story has one."""
    if not orders.tries(tx, ORDER):
        orders.begun(tx, ORDER)


def taken(tx: Tx) -> None:
    orders.accepted(tx, ORDER, 1, status=202, receipt="r-1", digest="d" * 64, answer="Thank you")


def document(tx: Tx, body: bytes = files.PDF) -> object:
    """A document that is handed in with a report."""
    return samples.document(tx, project(tx), body, step=f"{project(tx)}.highlight.1")


def project(tx: Tx) -> str:
    """The reference of the proposal's project."""
    found = projects.of_proposal(tx, CASE)
    assert found is not None
    return found.ref


def told(tx: Tx, key: str, stage: int = 0) -> ProjectTold:
    ref = project(tx)
    return ProjectTold(case=ref, step=f"{ref}.{key}.1", at=OPENED + timedelta(days=4), stage=stage)


def gate(tx: Tx, number: int, kind: GateKind, stage: int, *, makes: Baseline | None = None) -> None:
    """A gate is passed; it is measured by the last report."""
    passed = GatePassed(
        case=project(tx),
        number=number,
        gate=kind,
        stage=stage,
        step=f"{project(tx)}.gate-{number}.1",
        plan_step=f"{project(tx)}.initiation.1" if makes else "",
        at=OPENED + timedelta(days=5),
    )
    last = projects.reports(tx, passed.case)[-1:]
    projects.passed(tx, passed, at_variance=last[0] if last else None, makes=makes)


def exceeded(tx: Tx) -> bool:
    raised = ExceptionRaised(
        case=project(tx),
        number=1,
        stage=1,
        step=told(tx, "highlight").step,
        crossing=samples.CROSSING,
        at=OPENED + timedelta(days=6),
    )
    return projects.exceeded(tx, raised, [])


def more_is_tolerated(tx: Tx) -> None:
    settled = ExceptionSettled(
        case=project(tx), number=1, step=f"{project(tx)}.exception-1.1", at=OPENED + timedelta(days=7)
    )
    projects.settled(tx, settled, Choice.MORE_TOLERANCE, Tolerances(cost_percent=Decimal(25), days=60))


def checked(tx: Tx, key: str, summary: str) -> str:
    found = {"tests": "not_met" if summary else "met", "plans": "met"}
    title = "Project standards of On-line booking"
    case = cases.get(tx, project(tx))
    return projects.checked(tx, case, told(tx, key, 1), found, title=title, summary=summary)


def read(tx: Tx) -> None:
    ref = benefits.of_proposal(tx, CASE)[0].ref
    reading = BenefitRead(case=ref, step=f"{ref}.benefit-3.1", month=3, at=OPENED + timedelta(days=9))
    benefits.read(tx, reading, person="p-hall", value="40.5", rating=Rag.AMBER)


FACTS: dict[str, Fact] = {
    "an edition comes into force": lambda tx: _nothing(
        editions.put(tx, "{}", organisation="leicester", name="leicester")
    ),
    "a changed edition is put forward": lambda tx: editions.drafted(
        tx, "[]", organisation="leicester", name="leicester", by=PMO
    ),
    "it is withdrawn": lambda tx: _nothing(editions.withdrawn(tx, number(tx), PMO)),
    "another is found in the files": lambda tx: editions.found(
        tx, "[1]", organisation="leicester", name="leicester"
    ),
    "somebody puts it forward": lambda tx: _nothing(editions.put_forward(tx, number(tx), PMO)),
    "another publishes it": lambda tx: _nothing(
        editions.published(tx, number(tx), ADMINISTRATOR, putter=PMO, instead_of=canonical.digest("{}"))
    ),
    "the Clock begins": lambda tx: clock.begin(tx, OPENED, rate=2.5),
    "the Clock jumps": lambda tx: clock.add(
        tx, Segment(number=2, real=OPENED, clock=OPENED + timedelta(days=40), rate=1.0)
    ),
    "a cover is set": lambda tx: _nothing(covers.set(tx, COVER)),
    "a cover ends": lambda tx: _nothing(covers.ended(tx, "p-hall", date(2004, 6, 5), by="p-hall")),
    "a proposal is submitted": lambda tx: _nothing(samples.submit(tx)),
    "its process begins": lambda tx: cases.begun(tx, CASE, terms={"funding": samples.TERMS}),
    "it changes its state": lambda tx: cases.became(
        tx, samples.becoming("with_funders"), [samples.request(STEP, "hall", "acknowledged")]
    ),
    "it waits for a forum": waits,
    "it goes to another meeting": moved,
    "a step opens": samples.open_step,
    "a link is followed": followed,
    "a rung comes due": nudged,
    "somebody comes to cover": reseated,
    "somebody tries what they may not": lambda tx: _nothing(
        attempts.refused(tx, CASE, what="decide", why="author", person="p-lead", key="1")
    ),
    "a decision is submitted": lambda tx: intents.submit(tx, HALL).intent,
    "it is counted": lambda tx: intents.accepted(tx, HALL.key, None),
    "it is recorded": decided,
    "its outcome is held": held(1, 6),
    "somebody takes it back": lambda tx: undoing.submit(tx, CASE, undo(HALL.decision())),
    "it counts no more": lambda tx: undoing.accepted(tx, undo(HALL.decision())),
    "that is recorded": undone,
    "there is no outcome any more": held(2, None),
    "they answer again": lambda tx: intents.submit(tx, HALL).intent,
    "that is counted": lambda tx: intents.accepted(tx, HALL.key, None, 2),
    "that is recorded as well": decided_again,
    "they take it back too late": lambda tx: undoing.submit(tx, CASE, undo(AGAIN)),
    "it stands": lambda tx: undoing.refused(tx, undo(AGAIN).key, "too_late"),
    "another is submitted": lambda tx: intents.submit(tx, SPORTS).intent,
    "it is refused": lambda tx: intents.refused(tx, SPORTS.key, "ended"),
    "the step closes": closed,
    "a letter is sent": lambda tx: letters.sent(
        tx, f"request:{STEP}:hall", subject="Decide", body_hash="b" * 64
    ),
    "a letter does not arrive": lambda tx: letters.undeliverable(tx, f"request:{STEP}:sports", "no such box"),
    "it is approved for a time": lambda tx: cases.became(
        tx, samples.becoming("approved", 3).model_copy(update={"valid_until": date(2005, 6, 1)})
    ),
    "that time is nearly over": expiring,
    "its order is raised": raised,
    "the order is tried": tried,
    "it cannot be sent": lambda tx: orders.failed(tx, ORDER, "The receiver refused it (400)."),
    "it is sent again": lambda tx: _nothing(orders.sent_again(tx, ORDER, 0, "p-pmo")),
    "it is accepted": taken,
    "it is called off": lambda tx: orders.cancelled(tx, CASE, at=OPENED + timedelta(days=3)),
    "what its approval requires becomes an action": lambda tx: actions.opened(
        tx, cases.get(tx, CASE), samples.WANTED, at=OPENED + timedelta(days=2)
    ),
    "the action's process begins": lambda tx: actions.begun(
        tx, actions.of_case(tx, CASE)[0].ref, clause="ACTION-1", told=("hall",), terms={}
    ),
    "its project is opened": lambda tx: projects.opened(
        tx, cases.get(tx, CASE), "On-line booking for the hall", at=OPENED + timedelta(days=3)
    ),
    "its benefits are opened": lambda tx: benefits.opened(
        tx, cases.get(tx, CASE), samples.CLAIMED, due=date(2004, 10, 14), at=OPENED + timedelta(days=3)
    ),
    "the project's process begins": lambda tx: projects.begun(tx, project(tx)),
    "its mandate names its people": lambda tx: projects.named(tx, told(tx, "mandate"), samples.MANDATE),
    "it says of a benefit what the proposal left out": lambda tx: benefits.completed(
        tx,
        benefits.of_proposal(tx, CASE)[0].ref,
        samples.CLAIMED[0].model_copy(update={"summary": "Calls a month. Told on every ticket."}),
        step=f"{project(tx)}.mandate.1",
        at=OPENED + timedelta(days=4),
    ),
    "the gate of start-up is passed": lambda tx: gate(tx, 1, GateKind.START_UP, 0),
    "a plan is proposed": lambda tx: projects.planned(tx, told(tx, "initiation"), samples.PLAN),
    "it becomes the baseline": lambda tx: gate(
        tx, 2, GateKind.INITIATION, 0, makes=Baseline(number=1, **samples.PLAN.model_dump())
    ),
    "a report is late": lambda tx: projects.reported(tx, told(tx, "highlight", 1), samples.REPORT),
    "that is past what is tolerated": lambda tx: _nothing(exceeded(tx)),
    "more is tolerated": more_is_tolerated,
    "standards are met": lambda tx: checked(tx, "standards-1", ""),
    "standards are not met": lambda tx: checked(tx, "standards-2", "Nobody tested it"),
    "the gate of the first stage is passed": lambda tx: gate(tx, 3, GateKind.BOUNDARY, 1),
    "the next plan is proposed": lambda tx: projects.planned(tx, told(tx, "end-stage-1", 1), samples.PLAN),
    "the PMO puts another in the manager's place": lambda tx: _nothing(
        projects.people_changed(
            tx, project(tx), {"manager": "hall_lead", "executive": "hall"}, by="p-pmo", by_post="pmo"
        )
    ),
    "the PMO links another proposal": lambda tx: _nothing(
        projects.linked(tx, project(tx), "INV-2004-0008", by="p-pmo", by_post="pmo")
    ),
    "its process hears of that": lambda tx: projects.people_heard(tx, project(tx), 1),
    "the PMO wants a report": lambda tx: projects.report_wanted(
        tx, project(tx), reason="It is talked of", by="p-pmo", by_post="pmo"
    ),
    "its process asks for one": lambda tx: projects.report_heard(tx, project(tx), 1, asked=True),
    "the PMO says that it waits for another": lambda tx: _nothing(
        projects.waits_for(
            tx, project(tx), "PRJ-2004-0009", reason="It needs its lines", by="p-pmo", by_post="pmo"
        )
    ),
    "and that it waits no more": lambda tx: _nothing(
        projects.waits_no_more(
            tx, project(tx), "PRJ-2004-0009", reason="They are there", by="p-pmo", by_post="pmo"
        )
    ),
    "a document is handed in": document,
    "and a later one of its name": lambda tx: document(tx, b"%PDF-1.4 put right\n%%EOF"),
    "a business process is to be assessed": lambda tx: assessments.opened(
        tx,
        samples.ASSESSMENT,
        organisation="leicester",
        department="dept-rc",
        edition=samples.EDITION,
        by="p-pmo",
        by_post="pmo",
        at=OPENED + timedelta(days=5),
    ),
    "the assessment's process begins": lambda tx: assessments.begun(tx, assessment(tx)),
    "its options are weighed": lambda tx: assessments.reported(
        tx, assessed(tx, "assessment"), samples.WEIGHED, "managed_service"
    ),
    "one of them is chosen": lambda tx: assessments.chosen(tx, assessed(tx, "choice"), "in_house"),
    "a benefit is read": read,
    "the reading is corrected": lambda tx: _nothing(
        benefits.corrected(
            tx,
            benefits.of_proposal(tx, CASE)[0].ref,
            month=3,
            value="44",
            rating=Rag.AMBER,
            reason="Two weeks were left out",
            by="p-pmo",
            by_post="pmo",
        )
    ),
    "its review is checked": lambda tx: reviews.checked(
        tx, CASE, samples.REVIEWED, at=OPENED + timedelta(days=10)
    ),
    "a supplier has the technical parameters": lambda tx: _nothing(
        provisions.supplied(
            tx, CASE, supplier="Acme", on=date(2004, 5, 28), parameters=["TP2", "TP1"], by="p-hall"
        )
    ),
    "an agreement to share data is made": lambda tx: _nothing(
        provisions.agreed(
            tx, CASE, reference="ISA 12", since=date(2004, 4, 1), until=date(2005, 3, 31), by="p-hall"
        )
    ),
    "one more post is asked": lambda tx: _nothing(
        approvers.added(
            tx, CASE, post="legal", clause="FUND-2", reason="It runs long", by="p-hall", by_post="hall"
        )
    ),
    "its process hears of it": lambda tx: approvers.heard(tx, CASE, "legal", asked=True),
    "that post is not asked any more": lambda tx: _nothing(
        approvers.taken_back(tx, CASE, "legal", reason="The lease is short", by="p-hall", by_post="hall")
    ),
    "its process lets it go": lambda tx: approvers.let_go(tx, CASE, "legal"),
    "the PMO says that it is major": lambda tx: _nothing(
        sizes.put(
            tx,
            CASE,
            version=1,
            size=Size.MAJOR,
            by_rule=Size.MINOR,
            reason="It concerns everybody",
            by="p-pmo",
            by_post="pmo",
        )
    ),
    "it becomes so": lambda tx: cases.sized(
        tx,
        CaseSized(case=CASE, sizing=Sizing(number=1, size=Size.MAJOR), at=OPENED + timedelta(days=2)),
        cases.get(tx, CASE).model_copy(update={"size": Size.MAJOR}),
    ),
    "its process has heard of that": lambda tx: sizes.heard(tx, CASE, 1, in_time=True),
    "a forum's meetings are looked after": planned,
    "its members are called": lambda tx: _nothing(called(tx)),
    "it is moved": lambda tx: _nothing(
        meetings.moved(tx, SERIES, FIRST, SECOND, why="The hall is let", by="p-hall")
    ),
    "another is called off": lambda tx: _nothing(
        meetings.called_off(tx, SERIES, OFF, why="Nothing to decide", by="p-hall")
    ),
    "another is added": lambda tx: _nothing(meetings.added(tx, SERIES, ADDED, why="The bid", by="p-hall")),
    "it is arranged": lambda tx: _nothing(
        meetings.arranged(tx, SERIES, SECOND, place="Room 1", time="11:00", by="p-hall")
    ),
    "the secretary adds business": lambda tx: _nothing(
        meetings.business_added(tx, SERIES, SECOND, "Dates for 2005", by="p-hall")
    ),
    "the secretary orders the agenda": lambda tx: _nothing(
        meetings.ordered(tx, SERIES, SECOND, [STEP, "business-8"], by="p-hall")
    ),
    "papers close": lambda tx: _nothing(
        meetings.papers_closed(tx, SERIES, SECOND, [{"key": STEP}], at=OPENED, queued=[])
    ),
    "who is there is written down": lambda tx: _nothing(
        meetings.attended(tx, SERIES, SECOND, ATTENDED, by="p-hall")
    ),
    "an interest is declared": lambda tx: _nothing(
        meetings.interests_declared(tx, SERIES, SECOND, STEP, ["sports"], by="p-hall")
    ),
    "a vote is taken": lambda tx: _nothing(
        meetings.votes_counted(tx, SERIES, SECOND, STEP, Votes(in_favour=3, against=1), by="p-hall")
    ),
    "a question gets its answer at a meeting": lambda tx: _nothing(
        meetings.decided(tx, SERIES, SECOND, STEP, f"{STEP}:sports:1", by="p-hall")
    ),
    "business comes to something": lambda tx: _nothing(
        meetings.noted(tx, SERIES, SECOND, "business-8", "Agreed", by="p-hall")
    ),
    "an item rolls on": lambda tx: _nothing(
        meetings.rolled_on(tx, SERIES, SECOND, "business-8", "No time", by="p-hall")
    ),
    "the secretary is reminded": lambda tx: meetings.chased(
        tx, SERIES, SECOND, "secretary", at=OPENED, queued=[]
    ),
    "the next is called first": lambda tx: meetings.left(tx, SERIES, SECOND, at=OPENED),
    "its record is closed": meeting_closed,
    "its minutes are drafted": lambda tx: _nothing(
        meetings.minutes_drafted(tx, SERIES, SECOND, "a" * 64, at=OPENED, queued=[])
    ),
    "its minutes are corrected": lambda tx: _nothing(
        meetings.minutes_corrected(tx, SERIES, SECOND, "b" * 64, by="p-hall")
    ),
    "its minutes are confirmed": lambda tx: _nothing(
        meetings.minutes_confirmed(tx, SERIES, SECOND, at_meeting=ADDED, by="p-hall")
    ),
    "a meeting lets its question roll on": lambda tx: _nothing(
        cases.rolled_on(
            tx,
            CASE,
            STEP,
            forum="heads-of-ict",
            day=FIRST,
            to=SECOND,
            at=OPENED + timedelta(days=3),
            queued=[samples.request(STEP, "hall", "rolled_on")],
        )
    ),
    "its sponsor wants to end it": lambda tx: cases.withdrawal_requested(tx, CASE, "p-hall", "withdraw:1"),
    "it comes back": lambda tx: cases.became(tx, samples.becoming("returned", 2)),
    "a second version is submitted": lambda tx: _nothing(samples.submit(tx, version=2)),
    "its process begins with it, and an answer stands": lambda tx: cases.begun(
        tx, CASE, terms={"funding": samples.TERMS}, kept={"funding": samples.closing().outcome}
    ),
    "the day is closed": lambda tx: _nothing(anchors.close_day(tx, date(2004, 6, 1))),
}


def tell(store: Store) -> None:
    """Put the whole story on record."""
    for fact in FACTS.values():
        with store.writing() as tx:
            fact(tx)
    with store.writing() as tx:
        made = tokens.create(tx, post="pmo", person="p-pmo", scopes=["read:case"], by="p-pmo")
        tokens.revoke(tx, made.row.id, by="p-pmo")
        links.revoke_step(tx, STEP, "reassigned", by="p-pmo")
