"""Examples of the letters that projects, their reviews and benefits send."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from notifications import projects
from workflows.delivery import Tolerance
from workflows.letters import (
    Addressee,
    Answer,
    Clause,
    ClosedEarly,
    ClosedWithoutYou,
    Completed,
    Condition,
    Consequence,
    Deferred,
    Dependency,
    Escalation,
    Letter,
    Listed,
    Matter,
    Next,
    Outcome,
    PastTolerance,
    ProjectPeople,
    Question,
    Receipt,
    Request,
    Withdrawn,
)
from workflows.model import Choice, Ending, Guard, Nudge

BASE = "https://assent.leicester.example"
SRG = "Strategic Resources Group"
MANAGER = "Head of Technology"
EXECUTIVE = "Corporate Director, Regeneration and Culture"
USER, SUPPLIER = "Budget holder, De Montfort Hall", "ICT Services"
PMO = "Corporate Projects Manager - ICT & CA"

PROJECT = Matter(
    ref="PRJ-2005-0001",
    title="On-line sales and web booking for De Montfort Hall and Sports Services",
    organisation="Leicester City Council",
    page=f"{BASE}/cases/PRJ-2005-0001",
    summary="Tickets and courts are booked and paid for on the web at any hour",
    sponsor=EXECUTIVE,
    department="Regeneration and Culture",
)
PROPOSAL = PROJECT.model_copy(
    update={
        "ref": "INV-2004-0002",
        "page": f"{BASE}/cases/INV-2004-0002",
        "capital": Decimal(140000),
        "revenue": Decimal(22000),
    }
)
SHORTCOMING = PROJECT.model_copy(
    update={
        "ref": "EXC-2005-0001",
        "title": f"Project standards of {PROJECT.title}",
        "page": f"{BASE}/cases/EXC-2005-0001",
        "summary": "Its risks and issues are written down and have owners: nobody has that of the new lines",
    }
)
BENEFIT = PROJECT.model_copy(
    update={
        "ref": "BEN-2005-0001",
        "title": "Fewer hours at the box office",
        "page": f"{BASE}/cases/BEN-2005-0001",
        "summary": "Hours a week, from the hall's own time sheets",
    }
)

ASSESSMENT = Matter(
    ref="ASM-2005-0001",
    title="Desktop support",
    organisation=PROJECT.organisation,
    page=f"{BASE}/cases/ASM-2005-0001",
    summary="The contract ends in March, and users wait too long.",
)

_CLAUSES = {
    "PROJECT-1": "A major proposal is delivered in stages under PRINCE 2, each of them authorised",
    "GATE-1": (
        "A project passes start-up, initiation, the end of each stage and closure in this order, each of "
        "them authorised by its project board on a report. No gate opens before a project manager is named"
    ),
    "REPORT-1": (
        "A project manager reports at set times how the project stands: on time, cost, scope, quality, risk "
        "and benefits, with a forecast of its cost and of the day on which it goes live"
    ),
    "EXCEPTION-1": (
        "A forecast past what is tolerated stops a project at its next gate. Its manager says why and what "
        "could be done; who decides follows from how much its last approved plan is missed by"
    ),
    "STANDARDS-1": (
        "The Corporate Projects Manager checks that projects keep to the project management standards. A "
        "breach goes to the Strategic Resources Group as an exception, and is closed by its decision alone"
    ),
    "REVIEW-1": (
        "A major proposal is reviewed six months after it goes live, and is not closed without the review"
    ),
    "ASSESS-1": (
        "A business process is assessed by a post that is named for it: every way of delivering it is "
        "weighed, or it is said why not, and one is recommended. The Strategic Resources Group chooses, and "
        "what it chooses is put in place by a day"
    ),
    "BENEFIT-1": (
        "The owner of a benefit says in the months after go-live how much of it has come about, so that what "
        "was claimed is compared with what was realised"
    ),
}
"""As the shipped handbook has them."""

_STANDS = (
    "£168,000 forecast, £28,000 (20%) over the approved £140,000; 10% over is tolerated.",
    "Go-live on Monday 2 May 2005 forecast, 22 working days after the approved Thursday 31 March 2005; 20 "
    "are tolerated.",
)
_REALISED = (
    "2 of the 3 benefits that were claimed have been read.",
    "Of £12,000 a year claimed of these, £9,000 has come about (75%).",
    "Claimed without a sum: 1 rated amber.",
)
_IN_PLACE = ("What is chosen is to be in place by Thursday 31 March 2005.",)
_WEIGHED = ("3 options were weighed; recommended: Managed service.", *_IN_PLACE)
_LADDER = (
    Consequence(on=date(2005, 1, 20), then=Nudge.REMIND),
    Consequence(on=date(2005, 1, 27), then=Nudge.PMO, who=PMO),
)


def _to(name: str, post: str) -> Addressee:
    return Addressee(name=name, address=f"{name.split()[-1].lower()}@leicester.example", post_title=post)


def _clause(number: str) -> Clause:
    return Clause(number=number, text=_CLAUSES[number])


def _request(
    kind: str, key: str, seat: str, clause: str, *, matter: Matter = PROJECT, why: str = "", **facts: Any
) -> Request:
    """Return the first letter of a kind of question."""
    about = projects.about(kind, key)
    forum = SRG if kind.endswith("_srg") else ""
    return Request(
        to=_to("T. Holder", seat),
        matter=matter,
        question=Question(kind=kind, forum=forum, about=(about,) if about else (), why=why, key=key),
        seat=seat,
        clause=_clause(clause),
        due=date(2005, 1, 21),
        written=date(2005, 1, 14),
        if_silent=_LADDER,
        **facts,
    )


def _listed(kind: str, key: str, clause: str, *, matter: Matter = PROJECT) -> Listed:
    """Return the letter to a secretary about what comes before the forum."""
    asked = _request(kind, key, f"Secretary, {SRG}", clause, matter=matter)
    return Listed(
        to=asked.to,
        matter=matter,
        on=date(2005, 1, 14),
        question=asked.question.model_copy(update={"meeting": date(2005, 1, 26)}),
        clause=asked.clause,
    )


_PAST = PastTolerance(
    to=_to("T. Holder", MANAGER),
    matter=PROJECT,
    on=date(2005, 1, 14),
    of=(Tolerance.TIME, Tolerance.COST),
    cost=Decimal(168000),
    approved=Decimal(140000),
    over=Decimal(28000),
    over_percent=Decimal("20.00"),
    tolerated_percent=Decimal(10),
    go_live=date(2005, 5, 2),
    approved_go_live=date(2005, 3, 31),
    late=22,
    tolerated_days=20,
    manager=MANAGER,
    decides="the project board",
    part="manager",
    clause=_clause("EXCEPTION-1"),
)
_CHOOSING = Question(kind="assessment_srg", forum=SRG)
_WAITS = Dependency(
    to=_to("T. Holder", MANAGER),
    matter=PROJECT,
    other="PRJ-2005-0002",
    other_title="New lines for the leisure sites",
    by=PMO,
    reason="Booking at the sites needs the new lines.",
    yours="waits",
    them=SUPPLIER,
    live=date(2005, 2, 28),
)
_GATE = Question(kind="gate", about=("the gate after stage 1",), why="the next delivery stage", key="gate-1")


def _gate(key: str, kind: str = "gate") -> Question:
    return Question(kind=kind, about=(projects.about(kind, key),), key=key)


def _settled(question: Question, choice: Choice, who: str, **facts: Any) -> Outcome:
    """Return what a question came to by the answer of one."""
    reason = "" if choice is Choice.AUTHORISE else "The lines are not what was planned."
    return Outcome(
        to=_to("T. Holder", MANAGER),
        matter=PROJECT,
        question=question,
        ending=Ending.DECIDED,
        choice=choice,
        on=date(2005, 1, 20),
        answers=(
            Answer(
                who=who,
                choice=choice,
                kind=question.kind,
                key=question.key,
                on=date(2005, 1, 20),
                reason=reason,
            ),
        ),
        **facts,
    )


def _receipt(question: Question, answer: Answer, **facts: Any) -> Receipt:
    return Receipt(
        to=_to("T. Holder", MANAGER),
        matter=PROJECT,
        question=question,
        seat=MANAGER,
        answer=answer,
        at=datetime(2005, 1, 14, 9, 2, tzinfo=UTC),
        fingerprint="5b1f0a7d93c84e26b7f2d61c0e9a48b35d7c16e2f0843a9bc1d57e60f2a894c3",
        answered=1,
        asked=1,
        settled=answer.choice,
        **facts,
    )


_BEFORE_SRG = Next(leg="gate", who=(SRG,), on=date(2005, 2, 10))
_PEOPLE = ProjectPeople(
    to=_to("N. Holder", "Head of ICT, Schools"),
    matter=PROJECT,
    on=date(2005, 1, 14),
    comes=("manager",),
    before=(MANAGER,),
    manager="Head of ICT, Schools",
    by=PMO,
    reason="She has left the council.",
)
_PASSED = Answer(
    who=EXECUTIVE,
    choice=Choice.AUTHORISE_WITH_CONDITIONS,
    kind="gate",
    on=date(2005, 1, 20),
    conditions=(
        Condition(
            text="The new lines are tested under load.",
            owner=MANAGER,
            by=date(2005, 2, 25),
            evidence="The report of the test",
            verifier=USER,
            guards=Guard.GATE,
        ),
    ),
)
_REPORTED = Answer(
    who=MANAGER,
    choice=Choice.REPORT,
    kind="highlight",
    on=date(2005, 1, 14),
    remarks=(
        ("Time", "red: the lines are late"),
        ("Forecast cost", "£168,000"),
        ("Forecast go-live", "Monday 2 May 2005"),
        ("Done since the last report", "The pages are made"),
    ),
)

OF_PROJECTS: dict[str, Letter] = {
    "request-mandate": _request("mandate", "mandate", EXECUTIVE, "PROJECT-1"),
    "request-initiation": _request("initiation", "initiation", MANAGER, "PROJECT-1"),
    "request-gate": _request("gate", "gate-1", USER, "GATE-1", why="the next delivery stage", stands=_STANDS),
    "request-gate-srg": _request("gate_srg", "plan-1-srg", f"Secretary, {SRG}", "GATE-1", stands=_STANDS),
    "request-highlight": _request("highlight", "highlight", MANAGER, "REPORT-1", stands=_STANDS),
    "request-end-stage": _request("end_stage", "end-stage-1", MANAGER, "GATE-1", stands=_STANDS),
    "request-exception-report": _request(
        "exception_report", "exception-report-1", MANAGER, "EXCEPTION-1", stands=_STANDS
    ),
    "request-past-tolerance": _request("exception", "exception-1", PMO, "EXCEPTION-1", stands=_STANDS),
    "request-past-tolerance-board": _request(
        "exception_board", "exception-1", USER, "EXCEPTION-1", stands=_STANDS
    ),
    "request-past-tolerance-srg": _request(
        "exception_srg", "exception-1-srg", f"Secretary, {SRG}", "EXCEPTION-1", stands=_STANDS
    ),
    "request-exception-plan": _request("exception_plan", "exception-plan-1", MANAGER, "EXCEPTION-1"),
    "request-end-project": _request("end_project", "end-project", MANAGER, "GATE-1"),
    "request-standards-check": _request("standards_check", "standards-1", PMO, "STANDARDS-1"),
    "request-standards-srg": _request(
        "standards_srg", "standards", f"Secretary, {SRG}", "STANDARDS-1", matter=SHORTCOMING
    ),
    "request-review": _request("review", "review", MANAGER, "REVIEW-1", matter=PROPOSAL, stands=_REALISED),
    "request-review-check": _request(
        "review_check", "review-check", PMO, "REVIEW-1", matter=PROPOSAL, stands=_REALISED
    ),
    "request-review-srg": _request(
        "review_srg",
        "review-srg",
        f"Secretary, {SRG}",
        "REVIEW-1",
        matter=PROPOSAL,
        stands=_REALISED,
    ),
    "request-benefit": _request(
        "benefit", "benefit-3", USER, "BENEFIT-1", matter=BENEFIT, stands=("£12,000 a year was claimed.",)
    ),
    "listed-gate": _listed("gate_srg", "gate-1-srg", "GATE-1"),
    "listed-past-tolerance": _listed("exception_srg", "exception-1", "EXCEPTION-1"),
    "listed-standards": _listed("standards_srg", "standards", "STANDARDS-1", matter=SHORTCOMING),
    "listed-review": _listed("review_srg", "review-srg", "REVIEW-1", matter=PROPOSAL),
    "request-assessment": _request(
        "assessment", "assessment", USER, "ASSESS-1", matter=ASSESSMENT, stands=_IN_PLACE
    ),
    "request-assessment-choice": _request(
        "assessment_choice", "choice", PMO, "ASSESS-1", matter=ASSESSMENT, stands=_WEIGHED
    ),
    "request-assessment-srg": _request(
        "assessment_srg", "choice", f"Secretary, {SRG}", "ASSESS-1", matter=ASSESSMENT, stands=_WEIGHED
    ),
    "escalation-manager": Escalation(
        **dict(_request("gate", "gate-1", USER, "GATE-1"))
        | {"kind": "escalation", "to": _to("G. Chief", "Chief Executive"), "own": False},
        because="manager",
    ),
    "escalation-covers-manager": Escalation(
        **dict(_request("gate", "gate-1", USER, "GATE-1"))
        | {"kind": "escalation", "to": _to("G. Chief", "Chief Executive"), "own": False},
        because="covers_manager",
    ),
    "escalation-assessor": Escalation(
        **dict(_request("assessment_srg", "choice", f"Secretary, {SRG}", "ASSESS-1", matter=ASSESSMENT))
        | {"kind": "escalation", "to": _to("G. Chief", "Chief Executive"), "own": False},
        because="assessor",
    ),
    "escalation-covers-assessor": Escalation(
        **dict(_request("assessment_srg", "choice", f"Secretary, {SRG}", "ASSESS-1", matter=ASSESSMENT))
        | {"kind": "escalation", "to": _to("G. Chief", "Chief Executive"), "own": False},
        because="covers_assessor",
    ),
    "receipt-highlight": _receipt(Question(kind="highlight", key="highlight"), _REPORTED),
    "receipt-stage-done": _receipt(
        Question(kind="highlight", key="highlight"),
        Answer(who=MANAGER, choice=Choice.STAGE_DONE, kind="highlight", on=date(2005, 1, 14)),
        next=Next(leg="highlight", you=True),
    ),
    "receipt-end-project-early": _receipt(
        Question(kind="end_project", key="end-project", last=True),
        Answer(who=MANAGER, choice=Choice.REPORT, kind="end_project", on=date(2005, 1, 14)),
    ),
    "outcome-gate-closure": _settled(_gate("gate-closure"), Choice.AUTHORISE, EXECUTIVE),
    "outcome-gate-start-up-returned": _settled(
        _gate("gate-start-up"), Choice.RETURN, USER, next=Next(leg="gate", you=True)
    ),
    "outcome-gate-returned": _settled(_GATE, Choice.RETURN, USER, next=Next(leg="gate", who=(MANAGER,))),
    "outcome-new-plan-srg": _settled(
        Question(kind="exception_srg", key="exception-1", forum=SRG),
        Choice.EXCEPTION_PLAN,
        SRG,
        next=Next(leg="exception_srg", you=True),
    ),
    "outcome-more-tolerance": _settled(
        Question(kind="exception_board", key="exception-1"), Choice.MORE_TOLERANCE, EXECUTIVE
    ),
    "outcome-gate-referred": _settled(_GATE, Choice.REFER_UP, EXECUTIVE, next=_BEFORE_SRG),
    "outcome-gate-undecided": Outcome(
        to=_to("T. Holder", MANAGER),
        matter=PROJECT,
        question=_GATE,
        ending=Ending.SILENT,
        on=date(2005, 1, 20),
        why="inquorate",
        present="1 of 3 took part; 2 are needed.",
        next=_BEFORE_SRG,
    ),
    "outcome-gate-undecided-again": Outcome(
        to=_to("T. Holder", MANAGER),
        matter=PROJECT,
        question=_GATE,
        ending=Ending.SILENT,
        on=date(2005, 1, 20),
        why="tied",
    ),
    "closed_without_you-gate-undecided": ClosedWithoutYou(
        to=_to("T. Holder", USER),
        matter=PROJECT,
        question=_GATE,
        seat=USER,
        ending=Ending.SILENT,
        on=date(2005, 1, 20),
        why="inquorate",
        passed_on=SRG,
        meeting=date(2005, 2, 10),
    ),
    "closed_without_you-project-withdrawn": ClosedWithoutYou(
        to=_to("T. Holder", MANAGER),
        matter=PROJECT,
        question=Question(kind="highlight", key="highlight"),
        seat=MANAGER,
        ending=Ending.WITHDRAWN,
        on=date(2005, 1, 20),
        why="project_withdrawn",
    ),
    "project_people": _PEOPLE,
    "project_people-board": _PEOPLE.model_copy(
        update={"comes": ("senior_user",), "before": (USER,), "manager": MANAGER, "reason": ""}
    ),
    "project_people-leaves": _PEOPLE.model_copy(
        update={
            "to": _to("T. Holder", MANAGER),
            "comes": (),
            "goes": ("manager",),
            "before": (),
            "now": ("Head of ICT, Schools",),
        }
    ),
    "project_people-moves": _PEOPLE.model_copy(
        update={
            "to": _to("U. Holder", USER),
            "comes": ("executive",),
            "goes": ("senior_user",),
            "before": (EXECUTIVE,),
            "now": ("Head of ICT, Schools",),
            "manager": MANAGER,
        }
    ),
    "project_people-stays": _PEOPLE.model_copy(
        update={
            "to": _to("C. Director", EXECUTIVE),
            "comes": (),
            "goes": ("senior_user",),
            "stays": ("executive",),
            "before": (),
            "now": (USER,),
            "manager": MANAGER,
        }
    ),
    "closed_early": ClosedEarly(
        to=_to("U. Holder", USER),
        matter=PROJECT,
        on=date(2005, 2, 1),
        because="decided",
        proposal="INV-2004-0002",
    ),
    "closed_early-withdrawn": ClosedEarly(
        to=_to("U. Holder", USER),
        matter=PROJECT,
        on=date(2005, 2, 1),
        because="withdrawn",
        proposal="INV-2004-0002",
    ),
    "closed_early-called-off": ClosedEarly(
        to=_to("U. Holder", USER), matter=PROJECT, on=date(2005, 2, 1), because="cancelled"
    ),
    "withdrawn-with-its-project": Withdrawn(
        to=_to("C. Director", EXECUTIVE),
        matter=PROPOSAL,
        on=date(2005, 2, 1),
        by="C. Director",
        project="PRJ-2005-0001",
    ),
    "outcome-gate": Outcome(
        to=_to("T. Holder", MANAGER),
        matter=PROJECT,
        question=_GATE,
        ending=Ending.DECIDED,
        choice=Choice.AUTHORISE_WITH_CONDITIONS,
        on=date(2005, 1, 20),
        answers=(_PASSED, Answer(who=USER, choice=Choice.AUTHORISE, kind="gate", on=date(2005, 1, 19))),
    ),
    "outcome-gate-rated": Outcome(
        to=_to("T. Holder", MANAGER),
        matter=PROJECT,
        question=_GATE,
        ending=Ending.DECIDED,
        choice=Choice.AUTHORISE,
        on=date(2005, 1, 20),
        rated="amber, the worst of 2 ratings",
        answers=(
            Answer(
                who=EXECUTIVE,
                choice=Choice.AUTHORISE,
                kind="gate",
                on=date(2005, 1, 20),
                remarks=(
                    ("Confidence of delivery", "amber: the lines are not tested under load"),
                    ("Recommendations", "Test the lines before the hall is told of a day"),
                ),
            ),
            Answer(
                who=USER,
                choice=Choice.AUTHORISE,
                kind="gate",
                on=date(2005, 1, 19),
                remarks=(("Confidence of delivery", "green: the box office has seen it work"),),
            ),
        ),
    ),
    "outcome-gate-frozen": Outcome(
        to=_to("T. Holder", MANAGER),
        matter=PROJECT,
        question=_GATE,
        ending=Ending.WITHDRAWN,
        on=date(2005, 1, 20),
        why="frozen",
    ),
    "outcome-no-report": Outcome(
        to=_to("T. Holder", MANAGER),
        matter=PROJECT,
        question=Question(kind="highlight"),
        ending=Ending.SILENT,
        on=date(2005, 1, 28),
        why="time_up",
    ),
    "closed_without_you-manager-changed": ClosedWithoutYou(
        to=_to("T. Holder", MANAGER),
        matter=PROJECT,
        question=Question(kind="highlight"),
        seat=MANAGER,
        ending=Ending.WITHDRAWN,
        on=date(2005, 1, 20),
        why="manager_changed",
    ),
    "deferred-end-stage": Deferred(
        to=_to("C. Director", EXECUTIVE),
        matter=PROJECT,
        on=date(2005, 1, 14),
        until=date(2005, 2, 1),
        question=Question(kind="end_stage", about=("stage 1",)),
        answers=(
            Answer(
                who=MANAGER,
                choice=Choice.DEFER,
                kind="end_stage",
                on=date(2005, 1, 14),
                reason="The last tests are next week.",
                until=date(2005, 2, 1),
            ),
        ),
    ),
    "deferred-benefit": Deferred(
        to=_to("C. Director", EXECUTIVE),
        matter=BENEFIT,
        on=date(2005, 1, 14),
        until=date(2005, 2, 1),
        question=Question(kind="benefit", about=("3 months",), key="benefit-3"),
        answers=(
            Answer(
                who=USER,
                choice=Choice.DEFER,
                kind="benefit",
                on=date(2005, 1, 14),
                reason="The time sheets come at the end of the month.",
                until=date(2005, 2, 1),
            ),
        ),
    ),
    "completed-checked": Completed(
        to=_to("C. Director", EXECUTIVE), matter=PROPOSAL, on=date(2005, 11, 24), checked_by=PMO
    ),
    "receipt-assessment": Receipt(
        to=_to("T. Holder", USER),
        matter=ASSESSMENT,
        question=Question(kind="assessment"),
        seat=USER,
        answer=Answer(
            who=USER,
            choice=Choice.REPORT,
            kind="assessment",
            on=date(2005, 1, 14),
            remarks=(
                ("In-house, weighed", "We know the users, and have too few people"),
                ("In-house, cost", "£92,000"),
                ("Managed service, weighed", "More hours, and a contract to look after"),
                ("Outsourced, left out", "Nobody offers it to one council alone"),
                ("Recommendation", "Managed service: it costs less for more hours"),
            ),
        ),
        at=datetime(2005, 1, 14, 9, 2, tzinfo=UTC),
        fingerprint="5b1f0a7d93c84e26b7f2d61c0e9a48b35d7c16e2f0843a9bc1d57e60f2a894c3",
        answered=1,
        asked=1,
        settled=Choice.REPORT,
    ),
    "outcome-assessment-chosen": Outcome(
        to=_to("T. Holder", USER),
        matter=ASSESSMENT,
        question=_CHOOSING,
        ending=Ending.DECIDED,
        choice=Choice.APPROVE,
        on=date(2005, 1, 27),
        answers=(
            Answer(
                who=SRG,
                choice=Choice.APPROVE,
                kind="assessment_srg",
                on=date(2005, 1, 27),
                remarks=(("Option", "In-house: the contract would bind us for seven years"),),
            ),
        ),
    ),
    "outcome-assessment-sent-back": Outcome(
        to=_to("T. Holder", USER),
        matter=ASSESSMENT,
        question=_CHOOSING,
        ending=Ending.DECIDED,
        choice=Choice.RETURN,
        on=date(2005, 1, 27),
        answers=(
            Answer(
                who=SRG,
                choice=Choice.RETURN,
                kind="assessment_srg",
                on=date(2005, 1, 27),
                reason="Say what the partnership of the county costs.",
            ),
        ),
    ),
    "completed-reviewed": Completed(
        to=_to("C. Director", EXECUTIVE), matter=PROPOSAL, on=date(2005, 11, 24), reviewed_by=SRG
    ),
    "dependency": _WAITS,
    "dependency-ahead": _WAITS.model_copy(
        update={"to": _to("I. Services", SUPPLIER), "yours": "ahead", "them": MANAGER}
    ),
    "dependency-without-a-day": _WAITS.model_copy(update={"live": None}),
    "dependency-live": _WAITS.model_copy(update={"went_live": True}),
    "dependency-ended": _WAITS.model_copy(
        update={"ended": True, "reason": "The sites keep the lines that they have."}
    ),
    "past_tolerance": _PAST,
    "past_tolerance-board": _PAST.model_copy(
        update={"to": _to("C. Director", EXECUTIVE), "part": "board", "decided_by_you": True}
    ),
    "past_tolerance-together": _PAST.model_copy(
        update={
            "to": _to("E. Projects", PMO),
            "part": "office",
            "of": (Tolerance.TIME,),
            "tolerated_days": 1,
            "together_percent": Decimal("-3.00"),
            "together_late": 12,
            "decides": SRG,
        }
    ),
    "past_tolerance-office": _PAST.model_copy(
        update={
            "to": _to("E. Projects", PMO),
            "part": "office",
            "of": (Tolerance.SCOPE,),
            "over": Decimal(-500),
            "cost": Decimal(139500),
            "over_percent": Decimal("-0.36"),
            "late": -1,
            "go_live": date(2005, 3, 30),
            "together_percent": Decimal("12.50"),
            "together_late": 0,
            "decides": SRG,
        }
    ),
}
