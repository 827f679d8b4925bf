"""An example of every letter, and of every turn its words take: for the preview, the tests and the reader."""

from datetime import UTC, date, datetime
from decimal import Decimal
from email.message import EmailMessage

from notifications.project_examples import OF_PROJECTS
from notifications.render import render
from workflows.letters import (
    Addressee,
    AgendaSent,
    Anchor,
    Answer,
    ApprovalLapsed,
    Approved,
    Asked,
    Awaited,
    Budget,
    Business,
    CaseLetter,
    Clause,
    ClosedWithoutYou,
    Code,
    Completed,
    Condition,
    Consequence,
    Cover,
    Covered,
    CoverEnded,
    CoverSet,
    Deferred,
    Difference,
    Escalation,
    ExceptionRefused,
    Expiring,
    HandbookDrafted,
    HandbookPublished,
    Kept,
    Lapsed,
    Letter,
    Listed,
    Matter,
    MeetingCalled,
    MeetingCalledOff,
    MeetingLetter,
    MeetingMoved,
    MeetingUnrecorded,
    Minuted,
    MinutesSent,
    Moved,
    Next,
    Outcome,
    Question,
    Receipt,
    Rejected,
    Reminder,
    Request,
    Returned,
    RolledOn,
    Sitting,
    Sized,
    Stop,
    Stuck,
    Submitted,
    TakenBack,
    Task,
    Unfunded,
    Unsent,
    UnsentOrder,
    Withdrawn,
    Worth,
)
from workflows.model import Choice, Ending, Guard, Moving, Nudge, Size

BASE = "https://assent.leicester.example"
LINK = f"{BASE}/a/1.0f8e4c2ab1d94e73a6c05d1b7e9f3a42.3q2-7wAbkZ0mJx9sTtYvUg"
CODE = "482913"
FINGERPRINT = "5b1f0a7d93c84e26b7f2d61c0e9a48b35d7c16e2f0843a9bc1d57e60f2a894c3"

HALL = "Budget holder, De Montfort Hall"
SPORTS = "Budget holder, Sports Services"
DIRECTOR = "Corporate Director, Regeneration and Culture"
CHIEF = "Chief Executive"
HEADS = "Heads of ICT Group"
SRG = "Strategic Resources Group"

BOOKING = Matter(
    ref="INV-2004-0002",
    title="On-line sales and web booking for De Montfort Hall and Sports Services",
    organisation="Leicester City Council",
    page=f"{BASE}/cases/INV-2004-0002",
    summary="Tickets and courts are booked and paid for on the web at any hour",
    capital=Decimal(140000),
    revenue=Decimal(22000),
    sponsor=DIRECTOR,
    department="Regeneration and Culture",
)
TOOLKIT = Matter(
    ref="INV-2004-0001",
    title="Consultation tool kit",
    organisation="Leicester City Council",
    page=f"{BASE}/cases/INV-2004-0001",
    capital=Decimal(12000),
    revenue=Decimal(1500),
    sponsor="Chief Executive's department sponsor",
)


def _to(name: str, post: str) -> Addressee:
    return Addressee(name=name, address=f"{name.split()[-1].lower()}@leicester.example", post_title=post)


_FUNDER = _to("A. Holder", HALL)
_COVER = _to("B. Deputy", "Deputy Manager, De Montfort Hall")
_LINE = _to("C. Director", DIRECTOR)
_SPONSOR = _to("C. Director", DIRECTOR)
_SECRETARY = _to("D. Secretary", f"Secretary, {HEADS}")
_PMO = _to("E. Projects", "Corporate Projects Manager")

_CLAUSES = {
    "EMBARGO-1": (
        "Further ICT spending stands still. What is not exempt goes ahead only by an exception, "
        "granted on a business case that shows its benefits and how they will be realised"
    ),
    "CONSULT-1": (
        "Where a proposal does not meet a principle, its lead officer discusses it with the Head "
        "of Profession before any funder is asked. What is not supported goes to the Strategic "
        "Resources Group, whose decision stands"
    ),
    "CORPORATE-1": (
        "No local version is built of a system deemed corporate. Where one falls short, its own "
        "Principal Customer is asked, and if no answer comes its business forum, the Heads of ICT "
        "and the Strategic Resources Group"
    ),
    "CORPORATE-2": (
        "A system deemed corporate is extended or replaced with the consent of its Principal "
        "Customer, and is then no local version"
    ),
    "ISSUE-1": (
        "An issue with shared data or with a technical parameter goes to the Heads of ICT as a "
        "notification does, and from there to whoever can settle it. Funders are asked once it is "
        "settled"
    ),
    "BID-1": (
        "Where the money depends on a bid, funders are asked once it has succeeded. If it fails, "
        "the proposal is closed as unfunded"
    ),
    "FUND-2": (
        "Until a proposal is approved, those who put it forward or the Corporate Projects Manager "
        "may ask one more post to approve it, and say why. Its refusal refuses as that of a funder "
        "does"
    ),
    "NOTIFY-1": (
        "Every proposal, whatever its size, is notified at a Heads of ICT meeting that falls "
        "before its decision date and whose papers deadline it makes. The reply covers fit, "
        "infrastructure and network security"
    ),
    "NOTIFY-2": (
        "Where no such meeting falls before the decision date, the Service Director is notified "
        "directly, and the next Heads of ICT meeting is told"
    ),
    "FUND-1": (
        "Every party that funds a proposal approves its share. A share above a post's delegated "
        "limit also needs the authority above it"
    ),
    "SRG-1": (
        "The Strategic Resources Group decides every major proposal once its funders have "
        "approved, and any decision that is referred to it"
    ),
    "PROJECT-1": "A major proposal is delivered in stages under PRINCE 2, each of them authorised",
    "CLOSE-1": "A minor proposal is closed when its lead officer confirms that it is complete",
    "ACTION-1": (
        "What is required in return for an approval, or left to be done by a refusal, has one post "
        "that does it, a day, and another post that checks it. It stays open until it is checked"
    ),
}
"""As the shipped handbooks have them."""


def _clause(number: str) -> Clause:
    return Clause(number=number, text=_CLAUSES[number])


_FUND, _NOTE = _clause("FUND-1"), _clause("NOTIFY-1")
_SHARE = Question(kind="funding", amount=Decimal(84000), percent=Decimal(60))
_NOTED = Answer(who=HEADS, choice=Choice.NOTE, on=date(2004, 10, 13), reason="No concerns.")
_SPORTS_YES = Answer(who=SPORTS, choice=Choice.APPROVE, on=date(2004, 10, 18))
_CARDS = Condition(
    text="Card payments go through the corporate e-payment service.", owner=DIRECTOR, by=date(2005, 3, 31)
)
_TRACKED = _CARDS.model_copy(
    update={
        "evidence": "A payment made and refunded on the test service",
        "verifier": HALL,
        "guards": Guard.PROJECT,
        "action": "ACT-2004-0003",
    }
)
_TASK = Task(**{**dict(_TRACKED), "action": "ACT-2004-0003", "follows": "INV-2004-0002"})
_ACTION = Matter(
    ref="ACT-2004-0003",
    title=f"Condition on {BOOKING.title}",
    organisation="Leicester City Council",
    page=f"{BASE}/cases/ACT-2004-0003",
    summary=_CARDS.text,
    sponsor=DIRECTOR,
    department="Regeneration and Culture",
)
_CLAIMED = Answer(
    who=DIRECTOR,
    choice=Choice.CLAIM_COMPLETE,
    kind="action",
    on=date(2005, 3, 18),
    reason="A card was charged £1 and refunded on 17 March; the slip is with the service desk.",
)
_HALL_YES = Answer(
    who=HALL,
    choice=Choice.APPROVE_WITH_CONDITIONS,
    on=date(2004, 10, 20),
    reason="The hall gains most, and the saving in box office hours is agreed.\n\nCards are the one risk.",
    conditions=(_CARDS,),
)
_TOO_FEW = (
    Answer(who=CHIEF, choice=Choice.APPROVE, on=date(2004, 10, 28)),
    Answer(who=DIRECTOR, choice=Choice.DECLARE_INTEREST, on=date(2004, 10, 27), reason="It is mine."),
)
_NO_VIEW = tuple(
    Answer(who=who, choice=Choice.ABSTAIN, on=date(2004, 10, 28), reason="It is for the next council.")
    for who in (CHIEF, DIRECTOR)
)
_HALL_NO = Answer(
    who=HALL,
    choice=Choice.REJECT,
    on=date(2004, 10, 20),
    reason="The stage lift takes the whole of this year's budget.",
)
_NO_CONSENT = Answer(
    who="Service Director - HR",
    choice=Choice.NOT_SUPPORT,
    kind="consent",
    on=date(2004, 10, 20),
    reason="Payroll is replaced in the spring, and nothing is built on it before.",
)
_LADDER = (
    Consequence(on=date(2004, 10, 19), then=Nudge.REMIND),
    Consequence(on=date(2004, 10, 22), then=Nudge.COVER, who="B. Deputy"),
    Consequence(on=date(2004, 10, 26), then=Nudge.LINE, who=DIRECTOR),
    Consequence(on=date(2004, 11, 2), then=Nudge.PMO, who="Corporate Projects Manager"),
)
_ABOVE = (
    Consequence(on=date(2004, 10, 26), then=Nudge.LINE, who=CHIEF),
    Consequence(on=date(2004, 11, 2), then=Nudge.PMO, who="Corporate Projects Manager"),
)

_CHANGES = (
    Difference(
        what="Summary",
        before=BOOKING.summary,
        now="Tickets, courts and classes are booked and paid for on the web at any hour",
        material=False,
    ),
    Difference(
        what="Fewer hours at the box office: how that was arrived at",
        before="",
        now="Two posts in 2003/04, from the hall's own time sheets",
        material=False,
    ),
)
_DEARER = (Difference(what="Capital", before="£120,000", now="£140,000"), *_CHANGES)

_WORTH = Worth(
    whole_life_cost=Decimal(190000), present_value=Decimal(31500), paid_back="2007/08", last="2009/10"
)
_REQUEST = Request(
    to=_FUNDER,
    matter=BOOKING,
    question=_SHARE,
    seat=HALL,
    clause=_FUND,
    due=date(2004, 10, 21),
    written=date(2004, 10, 14),
    so_far=(_NOTED, _SPORTS_YES),
    worth=_WORTH,
    budget=Budget(
        total=Decimal(210000),
        committed=Decimal(95000),
        would_remain=Decimal(31000),
        asked_here=Decimal(20000),
    ),
    if_silent=_LADDER,
    code_needed=True,
)

_MEMBER = _to("M. Member", "Head of ICT, Regeneration and Culture")
_SITTING = Sitting(
    uid="5f0c9a1be27d4d3b8a6f2c41d09e7b35@assent.leicester.example",
    starts=datetime(2004, 10, 13, 9, 0, tzinfo=UTC),
    ends=datetime(2004, 10, 13, 11, 0, tzinfo=UTC),
    place="Committee Room 1, Town Hall",
)
_BUSINESS = (
    Business(number=1, title="Minutes of the meeting of 8 September", sought="Are they a true record?"),
    Business(
        number=2,
        ref="INV-2004-0002",
        title=BOOKING.title,
        sought="Do you have any concerns about this proposal?",
        carried_over_from=date(2004, 9, 8),
    ),
    Business(number=3, ref="INV-2004-0001", title="Consultation tool kit", for_information=True),
)
_MINUTED = (
    Minuted(
        number=1,
        title="Minutes of the meeting of 8 September",
        outcome="Confirmed",
        reference="HOI/2004/10/1",
    ),
    Minuted(
        number=2,
        ref="INV-2004-0002",
        title=BOOKING.title,
        outcome="Noted, no concerns",
        reference="HOI/2004/10/2",
    ),
    Minuted(
        number=3,
        ref="INV-2004-0001",
        title="Consultation tool kit",
        outcome="Head of ICT, Housing has an interest and takes no part. The sponsor could not come.",
        reference="HOI/2004/10/3",
        carried_over_to=date(2004, 11, 10),
    ),
)
_CALLED = MeetingCalled(
    to=_MEMBER,
    organisation="Leicester City Council",
    forum=HEADS,
    meeting="heads-of-ict/2004-10-13",
    day=date(2004, 10, 13),
    page=f"{BASE}/meetings/heads-of-ict/2004-10-13",
    mailbox="heads-of-ict@leicester.example",
    sitting=_SITTING,
    papers_close=date(2004, 10, 6),
)
_OF_MEETING = _CALLED.model_dump(include=set(MeetingLetter.model_fields))
_WINTER = _SITTING.model_copy(
    update={
        "sequence": 1,
        "starts": datetime(2004, 11, 3, 10, 0, tzinfo=UTC),
        "ends": datetime(2004, 11, 3, 12, 0, tzinfo=UTC),
    }
)
_MOVED = MeetingMoved(
    **_OF_MEETING | {"day": date(2004, 11, 3)},
    sitting=_WINTER,
    was=_SITTING.starts,
    why="The Town Hall is closed for repairs.",
    papers_close=date(2004, 10, 27),
)
_ROLLED_ON = RolledOn(
    to=_SPONSOR,
    matter=BOOKING,
    on=date(2004, 10, 14),
    day=date(2004, 10, 13),
    because="not_held",
    until=date(2004, 11, 10),
    question=Question(kind="notification", forum=HEADS),
)
_DRAFT_MINUTES = MinutesSent(**_OF_MEETING, items=_MINUTED, next_meeting=date(2004, 11, 10))

EXAMPLES: dict[str, Letter] = {
    "request": _REQUEST,
    "request-new-version": _REQUEST.model_copy(
        update={
            "matter": BOOKING.model_copy(update={"version": 2}),
            "so_far": (),
            "since": 1,
            "changes": _DEARER,
        }
    ),
    "request-much-changed": _REQUEST.model_copy(
        update={
            "matter": BOOKING.model_copy(update={"version": 3}),
            "so_far": (),
            "since": 1,
            "changes": (*_DEARER, Difference(what="Sponsor", before=CHIEF, now="")) * 3,
        }
    ),
    "request-extra": _REQUEST.model_copy(
        update={
            "to": _to("J. Solicitor", "Head of Legal Services"),
            "question": Question(
                kind="extra",
                why="the contract runs for seven years, which is longer than we have signed before",
                added_by=DIRECTOR,
            ),
            "seat": "Head of Legal Services",
            "clause": _clause("FUND-2"),
            "budget": None,
            "code_needed": False,
        }
    ),
    "request-whole-sum": _REQUEST.model_copy(
        update={
            "matter": TOOLKIT,
            "question": Question(kind="funding", amount=Decimal(12000), percent=Decimal(100)),
            "seat": "Chief Executive's department sponsor",
            "so_far": (),
            "coincidences": ("The sponsor is also the only funding party",),
            "not_said": ("The equality checklist (P02)", "The planned recovery time (P05)"),
            "worth": Worth(whole_life_cost=Decimal(12000), present_value=Decimal(-12000), last="2009/10"),
            "budget": Budget(
                total=Decimal(40000),
                committed=Decimal("30000.50"),
                approved_here=Decimal(18000),
                would_remain=Decimal("-2000.50"),
                asked_here=Decimal(4000),
            ),
            "code_needed": False,
        }
    ),
    "request-notification": Request(
        to=_SECRETARY,
        matter=BOOKING,
        question=Question(kind="notification", forum=HEADS, meeting=date(2004, 10, 13)),
        seat=f"Secretary, {HEADS}",
        clause=_NOTE,
        due=date(2004, 10, 15),
        written=date(2004, 10, 13),
        if_silent=(
            Consequence(on=date(2004, 10, 14), then=Nudge.REMIND),
            Consequence(on=date(2004, 10, 18), then=Nudge.CLOSE),
        ),
    ),
    "request-notification-direct": Request(
        to=_to("F. Service", "Service Director (ICT & Customer Access)"),
        matter=TOOLKIT,
        question=Question(kind="notification"),
        seat="Service Director (ICT & Customer Access)",
        clause=_clause("NOTIFY-2"),
        due=date(2004, 5, 24),
        written=date(2004, 5, 24),
        if_silent=(),
    ),
    "request-authority": _REQUEST.model_copy(
        update={
            "to": _LINE,
            "question": Question(
                kind="authority",
                amount=Decimal(84000),
                percent=Decimal(60),
                share_of=HALL,
                limit=Decimal(75000),
            ),
            "seat": DIRECTOR,
            "clause": _FUND,
            "budget": Budget(
                total=Decimal(210000),
                committed=Decimal(95000),
                would_remain=Decimal(31000),
                whose=HALL,
            ),
        }
    ),
    "request-srg": Request(
        to=_to("G. Chief", CHIEF),
        matter=BOOKING.model_copy(update={"version": 2}),
        question=Question(kind="srg", forum=SRG),
        seat=CHIEF,
        clause=_clause("SRG-1"),
        due=date(2004, 10, 28),
        written=date(2004, 10, 21),
        so_far=(_NOTED, _SPORTS_YES, _HALL_YES),
        conditions=(_CARDS,),
        coincidences=("The sponsor's own directorate pays for all of it",),
        worth=_WORTH,
        if_silent=_LADDER[2:],
        code_needed=True,
        board=(
            "You chair: if votes are even, yours decides.",
            "0 of 8 present; 4 needed.",
            f"4 more must vote for the votes to count, of: {CHIEF}; {DIRECTOR}; {HALL}; and others.",
        ),
    ),
    **{
        f"request-{name}": _REQUEST.model_copy(
            update={
                "to": _to("I. Profession", seat),
                "question": question,
                "seat": seat,
                "clause": _clause(clause),
                "so_far": (),
                "budget": None,
                "worth": _WORTH if question.kind == "srg_meeting" else None,
                "code_needed": False,
            }
        )
        for name, seat, clause, question in (
            (
                "exception",
                "Secretary, Information Policy Group",
                "EMBARGO-1",
                Question(
                    kind="embargo_exception", forum="Information Policy Group", meeting=date(2004, 10, 13)
                ),
            ),
            (
                "deviation",
                "Head of Profession",
                "CONSULT-1",
                Question(kind="head_of_profession", about=("corporate solution", "standards")),
            ),
            ("challenge", DIRECTOR, "CORPORATE-1", Question(kind="challenge", about=("Mapping",))),
            (
                "challenge-to-a-forum",
                f"Secretary, {HEADS}",
                "CORPORATE-1",
                Question(kind="challenge", about=("Mapping",), forum=HEADS),
            ),
            ("consent", DIRECTOR, "CORPORATE-2", Question(kind="consent", about=("Personnel", "Payroll"))),
            (
                "dataset",
                f"Secretary, {HEADS}",
                "ISSUE-1",
                Question(kind="dataset", forum=HEADS, meeting=date(2004, 10, 13)),
            ),
            (
                "parameter",
                f"Secretary, {HEADS}",
                "ISSUE-1",
                Question(kind="parameter", forum=HEADS, meeting=date(2004, 10, 13)),
            ),
            (
                "solution",
                "ICT Services",
                "ISSUE-1",
                Question(kind="solution", about=("technical parameters",)),
            ),
            ("bid", "Chief Finance Officer", "BID-1", Question(kind="bid_outcome")),
            (
                "dataset-direct",
                "Service Director (ICT & Customer Access)",
                "ISSUE-1",
                Question(kind="dataset", about=("data once",)),
            ),
            (
                "parameter-direct",
                "Service Director (ICT & Customer Access)",
                "ISSUE-1",
                Question(kind="parameter", about=("technical parameters",)),
            ),
            (
                "referral",
                CHIEF,
                "SRG-1",
                Question(
                    kind="referral",
                    forum=SRG,
                    about=("corporate solution",),
                    why="the Head of Profession does not support it",
                ),
            ),
            (
                "srg-meeting",
                f"Secretary, {SRG}",
                "SRG-1",
                Question(kind="srg_meeting", forum=SRG, meeting=date(2004, 10, 28)),
            ),
            (
                "referral-meeting",
                f"Secretary, {SRG}",
                "SRG-1",
                Question(
                    kind="referral_meeting",
                    forum=SRG,
                    meeting=date(2004, 10, 28),
                    why="the Head of Profession does not support it",
                ),
            ),
        )
    },
    "request-in-the-place-of-another": _REQUEST.model_copy(
        update={
            "to": _SECRETARY,
            "question": Question(kind="challenge", about=("Mapping",), forum=HEADS),
            "seat": f"Secretary, {HEADS}",
            "clause": _clause("CORPORATE-1"),
            "so_far": (),
            "unanswered": (
                Asked(who=f"C. Director, {DIRECTOR}", since=date(2004, 9, 6), working_days=28),
                Asked(who="L. Secretary, Business forum", since=date(2004, 9, 27), working_days=13),
            ),
            "budget": None,
            "worth": None,
            "if_silent": (
                Consequence(on=date(2004, 10, 19), then=Nudge.REMIND),
                Consequence(on=date(2004, 10, 26), then=Nudge.CLOSE, who=SRG),
            ),
            "code_needed": False,
        }
    ),
    **{
        f"request-{name}": _REQUEST.model_copy(
            update={
                "to": _SECRETARY,
                "question": Question(kind="srg_meeting", forum=SRG, meeting=date(2004, 10, 28)),
                "seat": f"Secretary, {SRG}",
                "clause": _clause("SRG-1"),
                "budget": None,
                "by_members": by_members,
                "code_needed": False,
            }
        )
        for name, by_members in (("undecided-by-email", "undecided"), ("put-off-by-email", "put_off"))
    },
    "request-completion": Request(
        to=_to("H. Lead", "Head of ICT, Chief Executive's"),
        matter=TOOLKIT,
        question=Question(kind="completion"),
        seat="Head of ICT, Chief Executive's",
        clause=_clause("CLOSE-1"),
        due=date(2004, 7, 30),
        written=date(2004, 6, 30),
        if_silent=(Consequence(on=date(2004, 7, 23), then=Nudge.REMIND),),
    ),
    "request-action": (
        _ASKED_TO_DO := Request(
            to=_SPONSOR,
            matter=_ACTION,
            question=Question(kind="action"),
            seat=DIRECTOR,
            clause=_clause("ACTION-1"),
            due=date(2005, 3, 31),
            written=date(2004, 11, 4),
            task=_TASK,
            if_silent=(
                Consequence(on=date(2005, 3, 22), then=Nudge.REMIND),
                Consequence(on=date(2005, 4, 1), then=Nudge.REMIND),
                Consequence(on=date(2005, 4, 4), then=Nudge.COVER, who="B. Deputy"),
                Consequence(on=date(2005, 4, 14), then=Nudge.PMO, who="Corporate Projects Manager"),
            ),
        )
    ),
    "request-action-again": _ASKED_TO_DO.model_copy(
        update={
            "due": date(2005, 4, 15),
            "written": date(2005, 4, 1),
            "task": _TASK.model_copy(update={"guards": Guard.COMPLETION, "evidence": ""}),
            "if_silent": (
                Consequence(on=date(2005, 4, 8), then=Nudge.REMIND),
                Consequence(on=date(2005, 4, 18), then=Nudge.REMIND),
                Consequence(on=date(2005, 4, 19), then=Nudge.COVER, who="B. Deputy"),
                Consequence(on=date(2005, 4, 29), then=Nudge.PMO, who="Corporate Projects Manager"),
            ),
            "so_far": (
                _CLAIMED,
                Answer(
                    who=HALL,
                    choice=Choice.SEND_BACK,
                    kind="action_check",
                    on=date(2005, 4, 1),
                    reason="The slip shows the payment, and no refund.",
                ),
            ),
        }
    ),
    "request-action-check": Request(
        to=_FUNDER,
        matter=_ACTION,
        question=Question(kind="action_check"),
        seat=HALL,
        clause=_clause("ACTION-1"),
        due=date(2005, 4, 4),
        written=date(2005, 3, 18),
        task=_TASK,
        so_far=(_CLAIMED,),
    ),
    "request-other": Request(
        to=_to("I. Profession", "Head of Profession"),
        matter=TOOLKIT,
        question=Question(kind="kinds-to-come"),
        seat="Head of Profession",
        clause=Clause(number="HOP-1"),
        due=date(2004, 12, 31),
        written=date(2004, 12, 20),
        if_silent=(Consequence(on=date(2005, 1, 4), then=Nudge.REMIND),),
    ),
    "request-no-capital": _REQUEST.model_copy(
        update={
            "matter": TOOLKIT.model_copy(update={"capital": Decimal(0)}),
            "question": Question(kind="funding", amount=Decimal(0), percent=Decimal(100)),
            "so_far": (),
            "budget": None,
            "code_needed": False,
        }
    ),
    "reminder": Reminder(
        **(dict(_REQUEST) | {"kind": "reminder", "written": date(2004, 10, 19), "if_silent": _LADDER[1:]}),
        number=1,
        asked_on=date(2004, 10, 14),
    ),
    "reminder-second": Reminder(
        **(dict(_REQUEST) | {"kind": "reminder", "written": date(2004, 10, 20), "if_silent": _LADDER[1:]}),
        number=2,
        asked_on=date(2004, 10, 14),
    ),
    "reminder-overdue": Reminder(
        **(dict(_REQUEST) | {"kind": "reminder", "written": date(2004, 10, 25), "if_silent": _LADDER[2:]}),
        number=3,
        asked_on=date(2004, 10, 14),
    ),
    "escalation": Escalation(
        **(
            dict(_REQUEST)
            | {"kind": "escalation", "to": _LINE, "own": False, "written": date(2004, 10, 26)}
            | {"if_silent": _LADDER[3:]}
        ),
        asked=(
            Asked(who=f"A. Holder, {HALL}", since=date(2004, 10, 14), working_days=8),
            Asked(who=f"B. Deputy, {HALL} (covering)", since=date(2004, 10, 22), working_days=1),
        ),
    ),
    "escalation-to-a-cover": Escalation(
        **(
            dict(_REQUEST)
            | {"kind": "escalation", "to": _COVER, "own": False, "written": date(2004, 10, 26)}
            | {"if_silent": _LADDER[3:]}
        ),
        asked=(Asked(who=f"A. Holder, {HALL}", since=date(2004, 10, 14), working_days=8),),
        covering="F. Director",
    ),
    "escalation-vacant-to-a-cover": Escalation(
        **(dict(_REQUEST) | {"kind": "escalation", "to": _COVER, "own": False, "if_silent": _ABOVE}),
        because="vacant",
        covering="F. Director",
    ),
    "escalation-from-the-start": Escalation(
        **(dict(_REQUEST) | {"kind": "escalation", "to": _LINE, "own": False, "if_silent": _ABOVE}),
        because="author",
    ),
    "escalation-owner": Escalation(
        to=_to("G. Chief", CHIEF),
        matter=_ACTION,
        question=Question(kind="action_check"),
        seat=HALL,
        clause=_clause("ACTION-1"),
        due=date(2005, 4, 4),
        written=date(2005, 3, 18),
        because="owner",
        own=False,
        task=_TASK,
        so_far=(_CLAIMED,),
    ),
    "escalation-covers-owner": Escalation(
        to=_to("G. Chief", CHIEF),
        matter=_ACTION,
        question=Question(kind="action_check"),
        seat=HALL,
        clause=_clause("ACTION-1"),
        due=date(2005, 4, 4),
        written=date(2005, 3, 18),
        because="covers_owner",
        own=False,
        task=_TASK,
    ),
    "escalation-vacant": Escalation(
        **(dict(_REQUEST) | {"kind": "escalation", "to": _LINE, "own": False, "if_silent": _ABOVE}),
        because="vacant",
    ),
    "reminder-in-the-place-of-another": Reminder(
        **(
            dict(_REQUEST)
            | {"kind": "reminder", "to": _LINE, "own": False, "written": date(2004, 10, 19)}
            | {"if_silent": _ABOVE}
        ),
        number=1,
        asked_on=date(2004, 10, 14),
    ),
    "cover": Cover(
        **(dict(_REQUEST) | {"kind": "cover", "to": _COVER, "if_silent": _LADDER[2:]}),
        covering="A. Holder",
        until=date(2004, 10, 29),
    ),
    "cover-after-silence": Cover(
        **(
            dict(_REQUEST)
            | {"kind": "cover", "to": _COVER, "written": date(2004, 10, 22), "if_silent": _LADDER[2:]}
        ),
        covering="A. Holder",
        asked_on=date(2004, 10, 14),
    ),
    "cover-substitute": Cover(
        **(
            dict(_REQUEST)
            | {"kind": "cover", "to": _COVER, "if_silent": _LADDER[2:], "budget": None}
            | {"question": Question(kind="srg", forum=SRG), "seat": DIRECTOR, "code_needed": False}
            | {
                "board": (
                    "3 of 8 present; 4 needed.",
                    f"{CHIEF} must vote for the votes to count.",
                )
            }
        ),
        covering="C. Director",
        substitute=True,
    ),
    "cover-substitute-vacant": Cover(
        **(
            dict(_REQUEST)
            | {"kind": "cover", "to": _COVER, "if_silent": (), "budget": None}
            | {"question": Question(kind="srg", forum=SRG), "seat": DIRECTOR, "code_needed": False}
        ),
        covering=DIRECTOR,
        substitute=True,
        vacant=True,
    ),
    "covered-by-a-substitute": Covered(
        to=_LINE,
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        seat=DIRECTOR,
        cover="B. Deputy",
        substitute=True,
        due=date(2004, 10, 21),
        if_silent=_LADDER[2:],
        may_answer=True,
    ),
    "covered": Covered(
        to=_FUNDER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        cover="B. Deputy",
        until=date(2004, 10, 29),
        due=date(2004, 10, 21),
        if_silent=_LADDER[2:],
        may_answer=True,
        code_needed=True,
    ),
    "covered-after-silence": Covered(
        to=_FUNDER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        cover="B. Deputy",
        asked_on=date(2004, 10, 14),
        due=date(2004, 10, 21),
        if_silent=_LADDER[2:],
        may_answer=True,
        code_needed=True,
    ),
    "covered-by-the-line": Covered(
        to=_FUNDER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        cover="C. Director",
        asked_on=date(2004, 10, 14),
        up_the_line=True,
        due=date(2004, 10, 21),
        if_silent=_LADDER[3:],
        may_answer=True,
        code_needed=True,
    ),
    "covered-by-the-line-while-away": Covered(
        to=_FUNDER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        cover="C. Director",
        up_the_line=True,
        due=date(2004, 10, 21),
        if_silent=_LADDER[3:],
        may_answer=True,
        code_needed=True,
    ),
    "outcome": Outcome(
        to=_to("J. Sports", SPORTS),
        matter=BOOKING,
        question=_SHARE,
        ending=Ending.DECIDED,
        choice=Choice.APPROVE_WITH_CONDITIONS,
        on=date(2004, 10, 20),
        answers=(_HALL_YES,),
        next=Next(who=(SRG,), on=date(2004, 10, 28)),
    ),
    "outcome-to-a-funder-who-sponsors": Outcome(
        to=_SPONSOR,
        matter=BOOKING,
        question=Question(kind="notification", forum=HEADS),
        ending=Ending.DECIDED,
        choice=Choice.NOTE,
        on=date(2004, 10, 13),
        answers=(Answer(who=HEADS, choice=Choice.NOTE, on=date(2004, 10, 13)),),
        next=Next(leg="funding", who=(HALL,), you=True),
        yours=True,
    ),
    "outcome-to-a-member-of-the-board": Outcome(
        to=_to("P. Director", DIRECTOR),
        matter=BOOKING,
        question=_SHARE,
        ending=Ending.DECIDED,
        choice=Choice.APPROVE,
        on=date(2004, 10, 20),
        answers=(Answer(who=HALL, choice=Choice.APPROVE, on=date(2004, 10, 20)),),
        next=Next(leg="srg", who=(SRG,), seated=True),
    ),
    "outcome-others-open": Outcome(
        to=_COVER,
        matter=BOOKING,
        question=_SHARE,
        ending=Ending.DECIDED,
        choice=Choice.APPROVE,
        on=date(2004, 10, 20),
        answers=(Answer(who=HALL, choice=Choice.APPROVE, on=date(2004, 10, 20)),),
        others_open=True,
    ),
    "outcome-notified": Outcome(
        to=_SPONSOR,
        matter=BOOKING,
        question=Question(kind="notification", forum=HEADS, meeting=date(2004, 10, 13)),
        ending=Ending.DECIDED,
        choice=Choice.NOTE,
        on=date(2004, 10, 13),
        answers=(
            _NOTED.model_copy(
                update={
                    "remarks": (
                        ("fit", "Fits the infrastructure strategy"),
                        ("infrastructure", "One more web server"),
                        ("network_security", "Passes through the firewall as other web booking does"),
                    )
                }
            ),
        ),
        next=Next(who=(HALL, SPORTS)),
    ),
    "outcome-rejected": Outcome(
        to=_to("J. Sports", SPORTS),
        matter=BOOKING,
        question=_SHARE,
        ending=Ending.DECIDED,
        choice=Choice.REJECT,
        on=date(2004, 10, 20),
        answers=(_HALL_NO.model_copy(update={"for_whom": "A. Holder"}),),
        becomes="rejected",
    ),
    "outcome-rejected-to-its-sponsor": Outcome(
        to=_SPONSOR,
        matter=BOOKING,
        question=_SHARE,
        ending=Ending.DECIDED,
        choice=Choice.REJECT,
        on=date(2004, 10, 20),
        answers=(_HALL_NO,),
        becomes="rejected",
        yours=True,
    ),
    "outcome-returned-to-its-sponsor": Outcome(
        to=_SPONSOR,
        matter=BOOKING,
        question=Question(kind="consent", about=("Personnel",)),
        ending=Ending.DECIDED,
        choice=Choice.NOT_SUPPORT,
        on=date(2004, 10, 20),
        answers=(_NO_CONSENT,),
        becomes="returned",
        yours=True,
    ),
    "outcome-consent-refused": Outcome(
        to=_to("J. Sports", SPORTS),
        matter=BOOKING,
        question=Question(kind="consent", about=("Personnel",)),
        ending=Ending.DECIDED,
        choice=Choice.NOT_SUPPORT,
        on=date(2004, 10, 20),
        answers=(_NO_CONSENT,),
        becomes="returned",
    ),
    "outcome-referral": Outcome(
        to=_to("G. Chief", CHIEF),
        matter=BOOKING,
        question=Question(kind="referral", forum=SRG, why="the Head of Profession does not support it"),
        ending=Ending.DECIDED,
        choice=Choice.APPROVE,
        on=date(2004, 9, 30),
        answers=(Answer(who=CHIEF, choice=Choice.APPROVE, kind="referral", on=date(2004, 9, 30)),),
        next=Next(leg="notification", who=(HEADS,), on=date(2004, 10, 13)),
    ),
    "outcome-verified": Outcome(
        to=_SPONSOR,
        matter=_ACTION,
        question=Question(kind="action_check"),
        ending=Ending.DECIDED,
        choice=Choice.VERIFY,
        on=date(2005, 3, 21),
        answers=(Answer(who=HALL, choice=Choice.VERIFY, kind="action_check", on=date(2005, 3, 21)),),
        becomes="verified",
        yours=True,
    ),
    "outcome-unanswered": Outcome(
        to=_SPONSOR,
        matter=BOOKING,
        question=_SHARE,
        ending=Ending.SILENT,
        on=date(2004, 11, 9),
        why="time_up",
        yours=True,
    ),
    "outcome-fallen-away": Outcome(
        to=_SPONSOR,
        matter=_ACTION,
        question=Question(kind="action_check"),
        ending=Ending.WITHDRAWN,
        on=date(2005, 2, 1),
        why="fallen_away",
        yours=True,
    ),
    **{
        f"outcome-{why.replace('_', '-')}": Outcome(
            to=_PMO,
            matter=BOOKING,
            question=Question(kind="parameter", forum=HEADS),
            ending=Ending.WITHDRAWN,
            on=date(2004, 10, 20),
            why=why,
        )
        for why in ("refused_by_another", "returned_by_another", "unanswered_beside")
    },
    "outcome-too-few": Outcome(
        to=_to("G. Chief", CHIEF),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        ending=Ending.SILENT,
        on=date(2004, 11, 9),
        why="inquorate",
        answers=_TOO_FEW,
        present="3 of 8 present; 4 needed; 5 have declared an interest.",
    ),
    "outcome-no-view": Outcome(
        to=_to("G. Chief", CHIEF),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        ending=Ending.SILENT,
        on=date(2004, 11, 9),
        why="no_view",
        answers=_NO_VIEW,
    ),
    "outcome-too-few-by-email": Outcome(
        to=_to("G. Chief", CHIEF),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        ending=Ending.SILENT,
        on=date(2004, 10, 20),
        why="time_up",
        answers=(Answer(who=CHIEF, choice=Choice.APPROVE, on=date(2004, 10, 14)),),
        next=Next(leg="srg", who=(SRG,), on=date(2004, 10, 28)),
    ),
    "outcome-casting": Outcome(
        to=_SPONSOR,
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        ending=Ending.DECIDED,
        choice=Choice.APPROVE,
        on=date(2004, 10, 28),
        answers=(
            Answer(who=CHIEF, choice=Choice.APPROVE, on=date(2004, 10, 28)),
            Answer(who=DIRECTOR, choice=Choice.REJECT, on=date(2004, 10, 27), reason="Not this year."),
        ),
        next=Next(leg="project"),
        casting=CHIEF,
        yours=True,
    ),
    "outcome-veto": Outcome(
        to=_to("G. Chief", CHIEF),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        ending=Ending.DECIDED,
        choice=Choice.REJECT,
        on=date(2004, 10, 28),
        answers=(
            Answer(who=CHIEF, choice=Choice.APPROVE, on=date(2004, 10, 27)),
            Answer(
                who="Head of Resources",
                choice=Choice.REJECT,
                on=date(2004, 10, 28),
                reason="There is no money for it.",
                for_whom="C. Director",
                substitute=True,
            ),
        ),
        becomes="rejected",
        veto=DIRECTOR,
    ),
    "outcome-deferred": Outcome(
        to=_to("G. Chief", CHIEF),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        ending=Ending.DECIDED,
        choice=Choice.DEFER,
        on=date(2004, 10, 28),
        until=date(2005, 1, 27),
        answers=(
            Answer(
                who=CHIEF,
                choice=Choice.DEFER,
                on=date(2004, 10, 27),
                reason="After the budget.",
                until=date(2005, 1, 27),
            ),
            Answer(
                who=DIRECTOR,
                choice=Choice.DEFER,
                on=date(2004, 10, 28),
                reason="When the tenders are in.",
                until=date(2004, 12, 1),
            ),
        ),
    ),
    "outcome-last-of-a-minor": Outcome(
        to=_to("J. Sports", SPORTS),
        matter=TOOLKIT,
        question=Question(kind="funding", amount=Decimal(12000), percent=Decimal(100)),
        ending=Ending.DECIDED,
        choice=Choice.APPROVE,
        on=date(2004, 6, 16),
        answers=(_SPORTS_YES,),
        next=Next(leg="completion", who=("Head of ICT, Chief Executive's",)),
    ),
    "kept": Kept(
        to=_FUNDER,
        matter=BOOKING.model_copy(update={"version": 2}),
        question=_SHARE,
        seat=HALL,
        answer=_HALL_YES,
        since=1,
        changes=_CHANGES,
        on=date(2004, 10, 27),
    ),
    "kept-by-a-forum": Kept(
        to=_SECRETARY,
        matter=BOOKING.model_copy(update={"version": 3}),
        question=Question(kind="notification", forum=HEADS, meeting=date(2004, 10, 13)),
        seat=f"Secretary, {HEADS}",
        answer=_NOTED,
        since=2,
        changes=_CHANGES[:1],
        on=date(2004, 10, 27),
    ),
    "receipt": Receipt(
        to=_FUNDER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        answer=_HALL_YES,
        at=datetime(2004, 10, 20, 9, 2, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=1,
        asked=2,
        waiting_for=(Awaited(who=SPORTS),),
    ),
    "receipt-held": Receipt(
        to=_FUNDER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        answer=_HALL_YES,
        at=datetime(2004, 10, 20, 14, 10, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=1,
        asked=1,
        undo_until=datetime(2004, 10, 20, 14, 40, tzinfo=UTC),
    ),
    "taken_back": TakenBack(
        to=_FUNDER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        at=datetime(2004, 10, 20, 14, 22, tzinfo=UTC),
        due=date(2004, 10, 21),
        if_silent=_LADDER[2:],
        code_needed=True,
    ),
    "receipt-board": Receipt(
        to=_to("G. Chief", CHIEF),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        seat=CHIEF,
        answer=Answer(who=CHIEF, choice=Choice.APPROVE, on=date(2004, 10, 20)),
        at=datetime(2004, 10, 20, 9, 2, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=3,
        asked=8,
        waiting_for=(Awaited(who=DIRECTOR),),
        board=(
            "3 of 8 present; 4 needed.",
            f"1 more must vote for the votes to count, of: {DIRECTOR}; and {HALL}.",
            "So far 2 for, 1 against.",
            "Votes are asked for by Thursday 28 October 2004.",
            "On Tuesday 2 November 2004 the votes that have been cast decide, if they make a quorum; "
            "otherwise it stays open until enough have voted, and the programme office is told.",
        ),
    ),
    "receipt-out-of-it": Receipt(
        to=_to("G. Chief", CHIEF),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        seat=CHIEF,
        answer=Answer(
            who=CHIEF,
            choice=Choice.DECLARE_INTEREST,
            on=date(2004, 10, 20),
            reason="My partner works for the supplier.",
        ),
        at=datetime(2004, 10, 20, 9, 2, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=3,
        asked=8,
        waiting_for=(Awaited(who=DIRECTOR),),
        board=(
            "2 of 8 present; 4 needed; 1 has declared an interest.",
            "You are out of this question: you have no vote on it, and how others vote is not shown to you "
            "until it is decided.",
            "Votes are asked for by Thursday 28 October 2004.",
        ),
    ),
    "receipt-settled": Receipt(
        to=_COVER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        answer=_HALL_NO.model_copy(update={"for_whom": "A. Holder"}),
        at=datetime(2004, 12, 20, 9, 2, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=2,
        asked=2,
        settled=Choice.REJECT,
        becomes="rejected",
    ),
    "receipt-settled-before-others": Receipt(
        to=_FUNDER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        answer=_HALL_YES,
        at=datetime(2004, 10, 20, 9, 2, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=1,
        asked=2,
        waiting_for=(Awaited(who=SPORTS),),
        settled=Choice.APPROVE_WITH_CONDITIONS,
    ),
    "receipt-settled-deferred": Receipt(
        to=_to("P. Director", DIRECTOR),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        seat=DIRECTOR,
        answer=Answer(
            who=DIRECTOR,
            choice=Choice.DEFER,
            on=date(2004, 10, 28),
            reason="When the tenders are in.",
            until=date(2004, 12, 1),
        ),
        at=datetime(2004, 10, 28, 9, 2, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=5,
        asked=5,
        settled=Choice.DEFER,
        until=date(2005, 1, 27),
    ),
    "receipt-stopped-by-another": Receipt(
        to=_FUNDER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        answer=_HALL_YES,
        at=datetime(2004, 10, 20, 9, 2, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=2,
        asked=2,
        settled=Choice.APPROVE_WITH_CONDITIONS,
        stopped=True,
        becomes="returned",
        against=(
            Answer(
                who=SPORTS, choice=Choice.RETURN, on=date(2004, 10, 20), reason="Which courts are counted?"
            ),
        ),
    ),
    "receipt-stopped-by-silence": Receipt(
        to=_FUNDER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        answer=_HALL_YES,
        at=datetime(2004, 11, 9, 9, 2, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=1,
        asked=2,
        settled=Choice.APPROVE_WITH_CONDITIONS,
        stopped=True,
        becomes="lapsed",
    ),
    "receipt-for-a-forum": Receipt(
        to=_SECRETARY,
        matter=BOOKING,
        question=Question(kind="dataset", forum=HEADS, meeting=date(2004, 10, 13)),
        seat=f"Secretary, {HEADS}",
        answer=Answer(
            who=HEADS,
            choice=Choice.APPROVE,
            kind="dataset",
            on=date(2004, 10, 13),
            remarks=(("master_source", "The box office ledger"),),
        ),
        at=datetime(2004, 10, 13, 9, 2, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=1,
        asked=2,
        waiting_for=(Awaited(who=f"Secretary, {HEADS}", you=True, kind="notification"),),
        settled=Choice.APPROVE,
    ),
    "receipt-deferred": Receipt(
        to=_to("G. Chief", CHIEF),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        seat=CHIEF,
        answer=Answer(
            who=CHIEF,
            choice=Choice.DEFER,
            on=date(2004, 10, 28),
            reason="After the budget.",
            until=date(2005, 1, 27),
        ),
        at=datetime(2004, 10, 28, 9, 2, tzinfo=UTC),
        fingerprint=FINGERPRINT,
        answered=1,
        asked=5,
    ),
    "closed_without_you": ClosedWithoutYou(
        to=_to("J. Sports", SPORTS),
        matter=BOOKING,
        question=Question(kind="funding", amount=Decimal(56000), percent=Decimal(40)),
        seat=SPORTS,
        ending=Ending.WITHDRAWN,
        on=date(2004, 10, 20),
        why="refused_by_another",
    ),
    "closed_without_you-returned": ClosedWithoutYou(
        to=_to("J. Sports", SPORTS),
        matter=BOOKING,
        question=Question(kind="funding", amount=Decimal(56000), percent=Decimal(40)),
        seat=SPORTS,
        ending=Ending.WITHDRAWN,
        on=date(2004, 10, 20),
        why="returned_by_another",
    ),
    "closed_without_you-unanswered-beside": ClosedWithoutYou(
        to=_to("J. Sports", SPORTS),
        matter=BOOKING,
        question=Question(kind="parameter", forum=HEADS),
        seat=SPORTS,
        ending=Ending.WITHDRAWN,
        on=date(2004, 10, 20),
        why="unanswered_beside",
    ),
    "closed_without_you-taken-back": ClosedWithoutYou(
        to=_to("J. Sports", SPORTS),
        matter=BOOKING,
        question=Question(kind="extra"),
        seat=SPORTS,
        ending=Ending.WITHDRAWN,
        on=date(2004, 10, 20),
        why="taken_back",
        taken_back_by=DIRECTOR,
        taken_back_why="The contract is for two years only.",
    ),
    "closed_without_you-passed-on": ClosedWithoutYou(
        to=_LINE,
        matter=BOOKING,
        question=Question(kind="challenge", about=("Mapping",)),
        seat=DIRECTOR,
        own=False,
        ending=Ending.SILENT,
        on=date(2004, 10, 20),
        why="time_up",
        passed_on="Business forum",
    ),
    "closed_without_you-to-a-meeting": ClosedWithoutYou(
        to=_to("J. Sports", SPORTS),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        seat=SPORTS,
        ending=Ending.SILENT,
        on=date(2004, 10, 20),
        why="time_up",
        passed_on=SRG,
        meeting=date(2004, 10, 28),
    ),
    "closed_without_you-fallen-away": ClosedWithoutYou(
        to=_SPONSOR,
        matter=_ACTION,
        question=Question(kind="action"),
        seat=DIRECTOR,
        ending=Ending.WITHDRAWN,
        on=date(2005, 2, 1),
        why="fallen_away",
    ),
    "closed_without_you-decided": ClosedWithoutYou(
        to=_COVER,
        matter=BOOKING,
        question=_SHARE,
        seat=HALL,
        own=False,
        ending=Ending.DECIDED,
        choice=Choice.APPROVE,
        on=date(2004, 10, 20),
        decided_by=(HALL,),
    ),
    "closed_without_you-deferred": ClosedWithoutYou(
        to=_to("J. Sports", SPORTS),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        seat=SPORTS,
        ending=Ending.DECIDED,
        choice=Choice.DEFER,
        on=date(2004, 10, 28),
        until=date(2005, 1, 27),
        decided_by=(CHIEF, DIRECTOR),
    ),
    "closed_without_you-deferred-to-a-meeting": ClosedWithoutYou(
        to=_to("J. Sports", SPORTS),
        matter=BOOKING,
        question=Question(kind="srg", forum=SRG),
        seat=SPORTS,
        ending=Ending.DECIDED,
        choice=Choice.DEFER,
        on=date(2004, 10, 20),
        until=date(2004, 10, 28),
        passed_on=SRG,
        meeting=date(2004, 10, 28),
        decided_by=(CHIEF, DIRECTOR),
    ),
    "submitted": Submitted(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 9, 13),
        decide_by=date(2004, 11, 30),
        fingerprint=FINGERPRINT,
        route=(
            Stop(
                leg="notification",
                who=(HEADS,),
                clause=_NOTE,
                reason="every proposal is notified",
                meeting=date(2004, 10, 13),
            ),
            Stop(
                leg="funding",
                who=(HALL, SPORTS),
                clause=_FUND,
                reason="each funding party approves its share",
                by=date(2004, 10, 21),
            ),
            Stop(leg="srg", who=(SRG,), clause=_clause("SRG-1"), by=date(2004, 10, 28)),
            Stop(leg="project", who=(SRG, HALL, SPORTS), clause=_clause("PROJECT-1")),
        ),
    ),
    "approved": Approved(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 28),
        size=Size.MAJOR,
        answers=(
            _SPORTS_YES,
            _HALL_YES,
            Answer(who=SRG, choice=Choice.APPROVE, on=date(2004, 10, 28)),
        ),
        order="ORD-2004-0002",
        orders_to="orders.leicester.example",
        valid_until=date(2005, 10, 28),
    ),
    "expiring": Expiring(
        to=_SPONSOR,
        matter=TOOLKIT,
        written=date(2005, 5, 18),
        valid_until=date(2005, 6, 16),
        working_days=20,
        size=Size.MINOR,
        waiting_for=("Head of ICT, Chief Executive's",),
        order="ORD-2004-0001",
    ),
    "expiring-major": Expiring(
        to=_SPONSOR,
        matter=BOOKING,
        written=date(2005, 10, 27),
        valid_until=date(2005, 10, 28),
        working_days=1,
        size=Size.MAJOR,
        order="ORD-2004-0002",
        orders_to="orders.leicester.example",
    ),
    "expiring-put-off": Expiring(
        to=_SPONSOR,
        matter=TOOLKIT,
        written=date(2005, 5, 18),
        valid_until=date(2005, 6, 16),
        working_days=20,
        size=Size.MINOR,
        waiting_for=("Head of ICT, Chief Executive's",),
        put_off=date(2005, 6, 13),
        order="ORD-2004-0001",
    ),
    "expiring-broken-off": Expiring(
        to=_SPONSOR,
        matter=TOOLKIT,
        written=date(2005, 5, 18),
        valid_until=date(2005, 6, 16),
        working_days=20,
        size=Size.MINOR,
        broken_off=True,
        order="ORD-2004-0001",
    ),
    "expiring-conditions": Expiring(
        to=_SPONSOR,
        matter=TOOLKIT,
        written=date(2005, 5, 18),
        valid_until=date(2005, 6, 16),
        working_days=20,
        size=Size.MINOR,
        unmet=(_TASK.model_copy(update={"guards": Guard.COMPLETION, "follows": TOOLKIT.ref}),),
        order="ORD-2004-0001",
    ),
    "approval_lapsed": ApprovalLapsed(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2005, 10, 28),
        valid_until=date(2005, 10, 28),
        approved_by=(SRG,),
        order="ORD-2004-0002",
        orders_to="orders.leicester.example",
    ),
    "approval_lapsed-order-to-nobody": ApprovalLapsed(
        to=_SPONSOR,
        matter=TOOLKIT,
        on=date(2005, 6, 16),
        valid_until=date(2005, 6, 16),
        approved_by=(HALL,),
        order="ORD-2004-0001",
    ),
    "approval_lapsed-by-funders": ApprovalLapsed(
        to=_SPONSOR,
        matter=TOOLKIT,
        on=date(2005, 6, 16),
        valid_until=date(2005, 6, 16),
        approved_by=("Chief Executive's department sponsor", HALL),
    ),
    "approved-followed-up": Approved(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 11, 4),
        size=Size.MAJOR,
        answers=(_HALL_YES.model_copy(update={"conditions": (_TRACKED,)}),),
    ),
    "approved-minor": Approved(
        to=_SPONSOR,
        matter=TOOLKIT,
        on=date(2004, 6, 16),
        size=Size.MINOR,
        order="ORD-2004-0001",
        answers=(
            Answer(who="Chief Executive's department sponsor", choice=Choice.APPROVE, on=date(2004, 6, 16)),
        ),
    ),
    "unfunded": Unfunded(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2005, 2, 28),
        answers=(
            Answer(
                who="Chief Finance Officer",
                choice=Choice.REJECT,
                kind="bid_outcome",
                on=date(2005, 2, 28),
                reason="The programme is full until 2006.",
            ),
        ),
    ),
    "exception_refused": ExceptionRefused(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 20),
        answers=(
            Answer(
                who="Information Policy Group",
                choice=Choice.REJECT,
                kind="embargo_exception",
                on=date(2004, 10, 20),
                reason="The benefits are those of another project.",
            ),
        ),
    ),
    "exception_refused-followed-up": ExceptionRefused(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 20),
        left=Condition(
            text="Bring it within the guidelines, or end the spending.",
            owner=DIRECTOR,
            by=date(2004, 11, 17),
            verifier="Secretary, Information Policy Group",
            action="ACT-2004-0004",
        ),
    ),
    "rejected": Rejected(to=_SPONSOR, matter=BOOKING, on=date(2004, 10, 20), answers=(_HALL_NO,)),
    "returned": Returned(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 20),
        wanted=(
            Answer(
                who=HALL,
                choice=Choice.RETURN,
                on=date(2004, 10, 20),
                reason="How many bookings are made by telephone today?\nWhat do the card charges come to?",
            ),
            Answer(who=SPORTS, choice=Choice.RETURN, on=date(2004, 10, 20)),
        ),
        answer_at=f"{BASE}/proposals/INV-2004-0002",
    ),
    "returned-consent-refused": Returned(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 20),
        wanted=(_NO_CONSENT,),
        answer_at=f"{BASE}/proposals/INV-2004-0002",
    ),
    "returned-outside-guidelines": Returned(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 20),
        wanted=(
            Answer(
                who=HALL,
                choice=Choice.RETURN,
                on=date(2004, 10, 20),
                reason="It was bought outside the framework contract.",
                remarks=(("guidelines", "The proposal is outside them"),),
            ),
        ),
        answer_at=f"{BASE}/proposals/INV-2004-0002",
        left=Condition(
            text="Bring it within the guidelines, or end it.",
            owner=DIRECTOR,
            by=date(2004, 11, 17),
            verifier=HALL,
            action="ACT-2004-0004",
        ),
    ),
    "deferred": Deferred(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 28),
        until=date(2005, 1, 27),
        question=Question(kind="srg", forum=SRG),
        answers=(
            Answer(
                who=SRG,
                choice=Choice.DEFER,
                on=date(2004, 10, 28),
                reason="After the budget.",
                until=date(2005, 1, 27),
            ),
        ),
    ),
    "deferred-completion": Deferred(
        to=_SPONSOR,
        matter=TOOLKIT,
        on=date(2004, 12, 6),
        until=date(2005, 2, 14),
        question=Question(kind="completion"),
        answers=(
            Answer(
                who="Head of ICT, Chief Executive's",
                choice=Choice.DEFER,
                on=date(2004, 12, 6),
                reason="The supplier is late.",
                until=date(2005, 2, 14),
            ),
        ),
        valid_until=date(2005, 6, 16),
    ),
    "deferred-to-the-next-meeting": Deferred(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 28),
        until=date(2004, 11, 25),
        next_meeting=SRG,
        question=Question(kind="srg_meeting", forum=SRG),
        answers=(
            Answer(
                who=SRG,
                choice=Choice.DEFER,
                on=date(2004, 10, 28),
                reason="The supplier's answers on security are still to come.",
                until=date(2004, 11, 25),
                next_meeting=True,
            ),
        ),
    ),
    "rolled_on-not-held": _ROLLED_ON,
    "rolled_on-inquorate": _ROLLED_ON.model_copy(update={"because": "inquorate"}),
    "rolled_on-undecided": _ROLLED_ON.model_copy(
        update={"because": "undecided", "reason": "The sponsor could not come."}
    ),
    "rolled_on-not-reached": _ROLLED_ON.model_copy(update={"because": "undecided"}),
    "sized": Sized(
        to=_SPONSOR,
        matter=TOOLKIT,
        size=Size.MAJOR,
        by="Corporate Projects Manager",
        reason="It changes how every department works, whatever it costs.\n\nSRG should see it.",
        board=SRG,
        completes="Head of ICT, Chief Executive's",
    ),
    "sized-minor": Sized(
        to=_SPONSOR,
        matter=BOOKING,
        size=Size.MINOR,
        by="Corporate Projects Manager",
        reason="It replaces like for like",
        board=SRG,
        completes="Head of ICT, Regeneration and Culture",
    ),
    "sized-while-returned": Sized(
        to=_SPONSOR,
        matter=BOOKING,
        size=Size.MAJOR,
        by="Corporate Projects Manager",
        reason="It runs for three years",
        board=SRG,
        completes="Head of ICT, Regeneration and Culture",
        returned=True,
    ),
    "sized-without-a-board": Sized(
        to=_SPONSOR,
        matter=TOOLKIT,
        size=Size.MAJOR,
        by="Corporate Projects Manager",
        reason="It runs for three years",
        completes="Head of ICT, Chief Executive's",
    ),
    "sized-minor-without-a-board": Sized(
        to=_SPONSOR,
        matter=BOOKING,
        size=Size.MINOR,
        by="Corporate Projects Manager",
        completes="Head of ICT, Regeneration and Culture",
    ),
    "moved": Moved(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 8),
        because=Moving.LATE,
        question=Question(kind="notification", forum=HEADS, meeting=date(2004, 11, 10)),
        left=HEADS,
        was=date(2004, 10, 13),
        papers_due=date(2004, 10, 6),
        after=Answer(
            who="Head of Profession",
            choice=Choice.SUPPORT,
            kind="head_of_profession",
            on=date(2004, 10, 8),
        ),
        decide_by=date(2004, 12, 31),
    ),
    "moved-passed": Moved(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 18),
        because=Moving.PASSED,
        question=Question(kind="notification", forum=HEADS, meeting=date(2004, 11, 10)),
        left=HEADS,
        was=date(2004, 10, 13),
        papers_due=date(2004, 10, 6),
        decide_by=date(2004, 12, 31),
    ),
    "moved-to-none": Moved(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 4),
        because=Moving.CALLED_OFF,
        question=Question(kind="notification"),
        left=HEADS,
        was=date(2004, 10, 13),
        asked=DIRECTOR,
        decide_by=date(2004, 10, 29),
    ),
    "moved-with-its-meeting": Moved(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 4),
        because=Moving.MOVED,
        question=Question(kind="notification", forum=HEADS, meeting=date(2004, 10, 20)),
        left=HEADS,
        was=date(2004, 10, 13),
        papers_due=date(2004, 10, 13),
        decide_by=date(2004, 10, 29),
    ),
    "moved-too-far": Moved(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 4),
        because=Moving.OUT_OF_TIME,
        question=Question(kind="notification"),
        left=HEADS,
        was=date(2004, 10, 13),
        papers_due=date(2004, 10, 27),
        asked=DIRECTOR,
        decide_by=date(2004, 10, 29),
    ),
    "moved-to-another-forum": Moved(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2007, 3, 26),
        because=Moving.LATE,
        question=Question(
            kind="embargo_exception", forum="Information Policy Group", meeting=date(2007, 4, 18)
        ),
        left="Connects Board",
        was=date(2007, 3, 20),
        papers_due=date(2007, 3, 13),
    ),
    "moved-undecided": Moved(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 18),
        because=Moving.UNDECIDED,
        question=Question(kind="srg_meeting", forum=SRG, meeting=date(2004, 10, 28)),
        left=SRG,
        why="time_up",
    ),
    "moved-tied": Moved(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 18),
        because=Moving.UNDECIDED,
        question=Question(kind="srg_meeting", forum=SRG, meeting=date(2004, 10, 28)),
        left=SRG,
        why="tied",
    ),
    "withdrawn": Withdrawn(to=_SPONSOR, matter=BOOKING, on=date(2004, 10, 20), by="C. Director"),
    "withdrawn-approved": Withdrawn(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 11, 20),
        by="C. Director",
        order="ORD-2004-0002",
        orders_to="orders.leicester.example",
    ),
    "withdrawn-order-to-nobody": Withdrawn(
        to=_SPONSOR, matter=BOOKING, on=date(2004, 11, 20), by="C. Director", order="ORD-2004-0002"
    ),
    "withdrawn-left-to-be-done": Withdrawn(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 10, 20),
        by="C. Director",
        left=(
            Condition(
                text="Bring it within the guidelines, or end it.",
                owner=DIRECTOR,
                by=date(2004, 12, 17),
                verifier=f"Secretary, {SRG}",
                action="ACT-2004-0006",
            ),
        ),
    ),
    "lapsed": Lapsed(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 11, 9),
        question=_SHARE,
        asked=(Asked(who=f"A. Holder, {HALL}", since=date(2004, 10, 14), working_days=18),),
    ),
    "lapsed-too-few": Lapsed(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 11, 9),
        question=Question(kind="srg", forum=SRG),
        why="inquorate",
        answers=_TOO_FEW,
    ),
    "lapsed-no-view": Lapsed(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 11, 9),
        question=Question(kind="srg", forum=SRG),
        why="no_view",
        answers=_NO_VIEW,
    ),
    "lapsed-half-answered": Lapsed(
        to=_SPONSOR,
        matter=BOOKING,
        on=date(2004, 11, 9),
        question=Question(kind="srg", forum=SRG),
        why="time_up",
        asked=(Asked(who=f"A. Holder, {HALL}", since=date(2004, 10, 14), working_days=18),),
        answers=_TOO_FEW[:1],
    ),
    "completed": Completed(
        to=_SPONSOR, matter=TOOLKIT, on=date(2004, 7, 30), confirmed_by="Head of ICT, Chief Executive's"
    ),
    "listed": Listed(
        to=_SECRETARY,
        matter=BOOKING,
        on=date(2004, 9, 13),
        question=Question(kind="notification", forum=HEADS, meeting=date(2004, 10, 13)),
        clause=_NOTE,
    ),
    "listed-notified-directly": Listed(
        to=_SECRETARY,
        matter=TOOLKIT,
        on=date(2004, 7, 22),
        question=Question(kind="notification", forum=HEADS, meeting=date(2004, 9, 8)),
        clause=_clause("NOTIFY-2"),
        noted=(
            Answer(
                who="Service Director (ICT & Customer Access)",
                choice=Choice.NOTE,
                on=date(2004, 7, 22),
                remarks=(("fit", "No concern"), ("network_security", "Concern: the links need a firewall")),
            ),
        ),
    ),
    "stuck": Stuck(
        to=_PMO,
        matter=BOOKING,
        cause="unanswered",
        desk=BOOKING.page,
        question=_SHARE,
        seat=HALL,
        asked=(
            Asked(who=f"A. Holder, {HALL}", since=date(2004, 10, 14), working_days=13),
            Asked(who=f"B. Deputy, {HALL} (covering)", since=date(2004, 11, 1), working_days=1),
        ),
        if_silent=(Consequence(on=date(2004, 11, 9), then=Nudge.CLOSE),),
    ),
    "stuck-several": Stuck(
        to=_PMO,
        matter=BOOKING,
        cause="unanswered",
        desk=BOOKING.page,
        question=Question(kind="srg", forum=SRG),
        seat=CHIEF,
        silent=2,
        asked=(
            Asked(who=f"G. Chief, {CHIEF}", since=date(2004, 10, 28), working_days=13),
            Asked(who=f"P. Director, {DIRECTOR}", since=date(2004, 10, 28), working_days=13),
        ),
        if_silent=(Consequence(on=date(2004, 11, 24), then=Nudge.CLOSE),),
    ),
    "stuck-undeliverable": Stuck(
        to=_PMO,
        matter=BOOKING,
        cause="undeliverable",
        desk=BOOKING.page,
        unsent=Unsent(
            to="A. Holder",
            address="holder@leicester.example",
            about="reminder",
            why="The mail server refuses this recipient for good (550 5.1.1)",
        ),
    ),
    "stuck-order": Stuck(
        to=_PMO,
        matter=BOOKING,
        cause="order",
        desk=f"{BASE}/orders",
        order=UnsentOrder(
            number="ORD-2004-0002", amount=Decimal(140_000), why="The receiver refused it (400)."
        ),
    ),
    "stuck-order-called-off": Stuck(
        to=_PMO,
        matter=BOOKING,
        cause="order",
        desk=f"{BASE}/orders",
        order=UnsentOrder(
            number="ORD-2004-0002",
            cancels=True,
            amount=Decimal(140_000),
            why="The receiver could not be reached. It was tried for three days.",
        ),
    ),
    "stuck-nobody": Stuck(
        to=_PMO, matter=BOOKING, cause="nobody_to_ask", desk=BOOKING.page, question=_SHARE, seat=HALL
    ),
    "stuck-nobody-in-a-seat-of-a-board": Stuck(
        to=_PMO,
        matter=BOOKING,
        cause="nobody_to_ask",
        desk=BOOKING.page,
        question=Question(kind="srg", forum=SRG),
        seat=DIRECTOR,
        if_silent=(
            Consequence(on=date(2004, 10, 26), then=Nudge.COUNT),
            Consequence(
                on=date(2004, 10, 28), then=Nudge.CLOSE, who=f"{SRG} at its meeting of 28 October 2004"
            ),
        ),
    ),
    "stuck-vacant-ahead": Stuck(
        to=_PMO, matter=BOOKING, cause="vacant_ahead", desk=BOOKING.page, seat=DIRECTOR
    ),
    "stuck-short-ahead": Stuck(
        to=_PMO, matter=BOOKING, cause="short_ahead", desk=BOOKING.page, seat="Strategic Resources Group"
    ),
    "stuck-vacant-if-others-are-silent": Stuck(
        to=_PMO,
        matter=BOOKING,
        cause="vacant_ahead",
        desk=BOOKING.page,
        seat="Secretary, Strategic Resources Group",
        if_others_silent=True,
    ),
    "stuck-not-for-me": Stuck(to=_PMO, matter=BOOKING, cause="not_for_me", desk=BOOKING.page, seat=HALL),
    "stuck-fault": Stuck(to=_PMO, matter=BOOKING, cause="fault", desk=BOOKING.page, seat=HALL),
    "stuck-fault-taking-back": Stuck(
        to=_PMO, matter=BOOKING, cause="fault", desk=BOOKING.page, seat=HALL, undoing=True
    ),
    "stuck-failing": Stuck(
        to=_PMO, matter=BOOKING, cause="failing", desk=BOOKING.page, doing="asking a question"
    ),
    "code": Code(to=_FUNDER, purpose="decision", organisation="Leicester City Council", ref="INV-2004-0002"),
    "code-signing-in": Code(to=_PMO, purpose="sign_in", organisation="Leicester City Council"),
    "anchor": Anchor(
        to=_to("K. Audit", "Head of Internal Audit"),
        organisation="Leicester City Council",
        day=date(2004, 10, 13),
        digest=FINGERPRINT,
        cases=12,
    ),
    "handbook_drafted": HandbookDrafted(
        to=_PMO,
        organisation="Leicester City Council",
        title="ICT investment handbook, major from £75,000",
        on=date(2004, 10, 13),
        page=f"{BASE}/handbooks/41",
        put_forward_by="L. Office, Programme Office",
    ),
    "handbook_drafted-found": HandbookDrafted(
        to=_PMO,
        organisation="Leicester City Council",
        title="ICT investment handbook, major from £75,000",
        on=date(2004, 10, 13),
        page=f"{BASE}/handbooks/41",
    ),
    "cover_set": CoverSet(
        to=_PMO,
        organisation="Leicester City Council",
        covering="B. Holder (Budget holder, De Montfort Hall)",
        starts=date(2004, 10, 18),
        ends=date(2004, 10, 29),
        page=f"{BASE}/work",
    ),
    "cover_ended": CoverEnded(
        to=_PMO,
        organisation="Leicester City Council",
        covering="B. Holder (Budget holder, De Montfort Hall)",
        starts=date(2004, 10, 18),
        ends=date(2004, 10, 29),
        page=f"{BASE}/work",
    ),
    "cover_ended-replaced": CoverEnded(
        to=_PMO,
        organisation="Leicester City Council",
        covering="B. Holder (Budget holder, De Montfort Hall)",
        starts=date(2004, 10, 18),
        ends=date(2004, 10, 29),
        instead=True,
        page=f"{BASE}/work",
    ),
    "handbook_published": HandbookPublished(
        to=_PMO,
        organisation="Leicester City Council",
        title="ICT investment handbook, major from £75,000",
        on=date(2004, 10, 14),
        page=f"{BASE}/handbooks/41",
        put_forward_by="L. Office, Programme Office",
        published_by="E. Projects, Corporate Projects Manager",
    ),
    "meeting_called": _CALLED,
    "meeting_called-substitute": _CALLED.model_copy(update={"in_place_of": "Head of ICT, Chief Executive's"}),
    "meeting_moved": _MOVED,
    "meeting_moved-substitute": _MOVED.model_copy(update={"in_place_of": "Head of ICT, Chief Executive's"}),
    "meeting_moved-same-day": _MOVED.model_copy(
        update={
            "day": date(2004, 10, 13),
            "papers_close": date(2004, 10, 6),
            "sitting": _SITTING.model_copy(
                update={
                    "sequence": 2,
                    "starts": datetime(2004, 10, 13, 13, 0, tzinfo=UTC),
                    "ends": datetime(2004, 10, 13, 15, 0, tzinfo=UTC),
                }
            ),
        }
    ),
    "meeting_moved-elsewhere": _MOVED.model_copy(
        update={
            "day": date(2004, 10, 13),
            "papers_close": date(2004, 10, 6),
            "sitting": _SITTING.model_copy(update={"sequence": 1, "place": "Room B14, New Walk Centre"}),
            "was_at": _SITTING.place,
        }
    ),
    "meeting_moved-place-known": _MOVED.model_copy(
        update={
            "day": date(2004, 10, 13),
            "papers_close": date(2004, 10, 6),
            "sitting": _SITTING.model_copy(update={"sequence": 1}),
            "why": "",
        }
    ),
    "meeting_moved-place-open": _MOVED.model_copy(
        update={
            "day": date(2004, 10, 13),
            "papers_close": date(2004, 10, 6),
            "sitting": _SITTING.model_copy(update={"sequence": 1, "place": ""}),
            "was_at": _SITTING.place,
            "why": "",
        }
    ),
    "meeting_called_off": MeetingCalledOff(
        **_OF_MEETING,
        sitting=_SITTING.model_copy(update={"sequence": 1}),
        why="Too few members can come.",
        items=_BUSINESS[1:],
        next_meeting=date(2004, 11, 10),
    ),
    "meeting_called_off-no-next": MeetingCalledOff(
        **_OF_MEETING, sitting=_SITTING.model_copy(update={"sequence": 1}), items=_BUSINESS[1:2]
    ),
    "agenda_sent": AgendaSent(**_OF_MEETING, starts=_SITTING.starts, place=_SITTING.place, items=_BUSINESS),
    "agenda_sent-substitute": AgendaSent(
        **_OF_MEETING | {"in_place_of": "Head of ICT, Chief Executive's"},
        starts=_SITTING.starts,
        place=_SITTING.place,
        items=_BUSINESS,
    ),
    "agenda_sent-for-information": AgendaSent(
        **_OF_MEETING, starts=_SITTING.starts, place=_SITTING.place, items=_BUSINESS[2:]
    ),
    "agenda_sent-empty": AgendaSent(**_OF_MEETING, starts=_SITTING.starts),
    "minutes_sent": _DRAFT_MINUTES,
    "minutes_sent-confirmed": _DRAFT_MINUTES.model_copy(
        update={
            "confirmed": date(2004, 11, 10),
            "corrections": ("Item 2 was noted without concerns about security.",),
        }
    ),
    "meeting_unrecorded": MeetingUnrecorded(
        **_OF_MEETING | {"to": _SECRETARY},
        items=_BUSINESS[1:2],
        by=date(2004, 10, 15),
    ),
    "meeting_unrecorded-to-be-closed": MeetingUnrecorded(
        **_OF_MEETING | {"to": _SECRETARY},
        by=date(2004, 10, 15),
        next_meeting=date(2004, 11, 10),
    ),
    "meeting_unrecorded-pmo": MeetingUnrecorded(
        **_OF_MEETING | {"to": _PMO},
        items=_BUSINESS[1:],
        next_meeting=date(2004, 11, 10),
        secretary=f"D. Secretary, Secretary, {HEADS}",
    ),
    **OF_PROJECTS,
}


def rendered(letter: Letter) -> EmailMessage:
    """Return a letter as its reader would get it, with an invented link and code where it needs one."""
    return render(
        letter,
        link=LINK if letter.linked else None,
        code=CODE if isinstance(letter, Code) else None,
        message_id=f"<{letter.kind}@assent.leicester.example>",
        sender="Leicester approvals <approvals@leicester.example>",
        reply_to="programme-office@leicester.example",
        thread=_thread(letter),
        date=datetime(2004, 10, 14, 9, 0, tzinfo=UTC),
    )


def _thread(letter: Letter) -> str | None:
    if isinstance(letter, MeetingLetter):
        return "<heads-of-ict-2004-10-13@assent.leicester.example>"
    return f"<{letter.matter.ref}@assent.leicester.example>" if isinstance(letter, CaseLetter) else None
