"""How pages put things: days, money, fingerprints, and the words for what the record holds."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from notifications.projects import ASKED, ending
from notifications.sayings import became as became
from notifications.sayings import did as did
from notifications.sayings import doing as doing
from notifications.sayings import due as due
from notifications.sayings import ended as ended
from notifications.sayings import label as label
from notifications.sayings import named, saying
from notifications.sayings import then as then
from service.handbook.words import listed as listed
from service.handbook.words import sentence as sentence
from workflows import days
from workflows.delivery import (
    AssessmentState,
    Authority,
    BenefitState,
    ExceptionState,
    GateKind,
    ProjectState,
    Rag,
    Tolerance,
)
from workflows.letters import Budget
from workflows.model import ZONE, ActionState, Choice, Guard, Hold, Nudge, State
from workflows.model import key_of as key_of
from workflows.rules import assessments, reports
from workflows.rules.projects import BOARD_CHANGED, FROZEN, GATE_DECIDED, MANAGER_CHANGED, NEXT_DUE
from workflows.rules.quorum import Refusal

STATES: dict[str, str] = {
    State.DRAFT: "Draft",
    State.SUBMITTED: "Submitted",
    State.CONSULTING: "Being consulted on",
    State.NOTIFYING: "Being notified",
    State.AWAITING_BID: "Waiting for a bid",
    State.WITH_FUNDERS: "With funding parties",
    State.WITH_SRG: "With SRG",
    State.RETURNED: "Returned to the sponsor",
    State.APPROVED: "Approved",
    State.IN_PROJECT: "In project",
    State.IN_REVIEW: "In review",
    State.CLOSED: "Closed",
    State.REJECTED: "Rejected",
    State.WITHDRAWN: "Withdrawn",
    State.LAPSED: "Lapsed",
    State.CLOSED_UNFUNDED: "Closed, unfunded",
    State.CLOSED_REFUSED: "Closed, refused",
    ActionState.PROPOSED: "Proposed",
    ActionState.AGREED: "Agreed",
    ActionState.IN_PROGRESS: "In progress",
    ActionState.CLAIMED_COMPLETE: "Reported as done",
    ActionState.SENT_BACK: "Sent back",
    ActionState.VERIFIED: "Done and checked",
    ProjectState.STARTING: "Starting up",
    ProjectState.INITIATING: "Being planned",
    ProjectState.IN_STAGE: "In a stage",
    ProjectState.AT_GATE: "At a gate",
    ProjectState.IN_EXCEPTION: "Past tolerance",
    ProjectState.CLOSING: "Being closed",
    ProjectState.CLOSED_EARLY: "Closed early",
    ExceptionState.RAISED: "Raised",
    ExceptionState.SETTLED: "Settled",
    BenefitState.EXPECTED: "Expected",
    BenefitState.MEASURING: "Being measured",
    BenefitState.CONCLUDED: "Measured to the end",
    AssessmentState.ASSESSING: "Being assessed",
    AssessmentState.CHOOSING: "To be chosen",
    AssessmentState.IMPLEMENTING: "Being put in place",
    AssessmentState.IN_PLACE: "In place",
}
"""Of cases of every kind; one that is withdrawn or closed is called as a proposal is."""

COLOURS: dict[str, str] = {
    State.DRAFT: "grey",
    State.APPROVED: "green",
    State.CLOSED: "green",
    State.REJECTED: "red",
    State.LAPSED: "red",
    State.CLOSED_UNFUNDED: "red",
    State.CLOSED_REFUSED: "red",
    State.WITHDRAWN: "grey",
    State.RETURNED: "yellow",
    ActionState.SENT_BACK: "yellow",
    ActionState.VERIFIED: "green",
    ProjectState.IN_EXCEPTION: "red",
    ProjectState.AT_GATE: "yellow",
    ProjectState.CLOSED_EARLY: "grey",
    ExceptionState.RAISED: "red",
    ExceptionState.SETTLED: "green",
    BenefitState.EXPECTED: "grey",
    BenefitState.CONCLUDED: "green",
    AssessmentState.IN_PLACE: "green",
}
"""Of a state's tag; blue for those not named."""

_LEADS_TO = {
    Choice.APPROVE: "The sponsor is told. It goes on when everybody who must approve has.",
    Choice.APPROVE_WITH_CONDITIONS: (
        "As approve. Your conditions are recorded, told to the sponsor and shown to those asked after you."
    ),
    Choice.REJECT: "The sponsor is told why. The proposal ends here.",
    Choice.RETURN: "The sponsor is told what you need. Your clock stops until a new version comes.",
    Choice.DEFER: "You are asked again on the day you name.",
    Choice.REFER_UP: "A higher body is asked to decide, and its word stands.",
    Choice.NOTE: "The proposal goes on. Any concerns you write are shown to those who decide.",
    Choice.SUPPORT: "Those who decide are told that you support it.",
    Choice.SUPPORT_WITH_CONDITIONS: "As support, and your conditions are shown to those who decide.",
    Choice.NOT_SUPPORT: "Those who decide are told that you do not support it, and why.",
    Choice.AUTHORISE: "The next stage may begin.",
    Choice.AUTHORISE_WITH_CONDITIONS: (
        "The next stage may begin. Your conditions are recorded and told to the sponsor."
    ),
    Choice.EXCEPTION_PLAN: "The project manager is asked for a plan. The stage does not begin.",
    Choice.CLOSE_EARLY: "The project is brought to an orderly end.",
    Choice.MORE_TOLERANCE: "The project goes on under its plan, and may miss it by more.",
    Choice.REPORT: "It is kept as you give it, and shown to those who decide.",
    Choice.UNCHANGED: "What you said last stands, and is counted as said again.",
    Choice.STAGE_DONE: "You are asked next for the end stage report.",
    Choice.FALL_SHORT: "An exception is raised, and goes before SRG.",
    Choice.CLAIM_COMPLETE: "Whoever checks it is asked to confirm it.",
    Choice.VERIFY: "The case is closed.",
    Choice.SEND_BACK: "It stays open until it is complete.",
    Choice.ABSTAIN: "You count as present, and not for either side.",
    Choice.DECLARE_INTEREST: "Your vote is taken out of the count, and your interest is recorded.",
}
"""What a choice does, shown under it."""

_VOTES = {
    Choice.APPROVE: "Your vote counts for it. What it comes to is told when enough have voted.",
    Choice.APPROVE_WITH_CONDITIONS: (
        "Your vote counts for it. If it is approved, your conditions are recorded, told to the sponsor and "
        "shown to those asked after you."
    ),
    Choice.REJECT: "Your vote counts against it. If it fails by that, the sponsor is told why.",
    Choice.RETURN: (
        "Your vote counts against it as it is. If it fails and most who were against it say so, the sponsor "
        "is asked for a new version."
    ),
    Choice.DEFER: (
        "Your vote counts against it for now. If it fails and most who were against it say so, it is asked "
        "again."
    ),
    Choice.REFER_UP: (
        "Your vote counts against deciding it here. If it fails and most who were against it say so, it is "
        "referred up."
    ),
}
"""What a choice does where it is one vote of several, and more must be for a proposal than against it."""

_VOTING = "If that is what the board decides, {}"

NUDGES = {
    Nudge.REMIND: "a reminder is sent",
    Nudge.COVER: "their cover or substitute, if there is one, is asked as well",
    Nudge.LINE: "the next person up the line, if there is one, is asked as well",
    Nudge.COUNT: "the votes cast by then are counted, and decide if they make a quorum",
    Nudge.PMO: "the programme office is told",
    Nudge.CLOSE: "the question closes, and whoever is to be asked instead is asked",
}
"""What a rung does, for "On Friday 15 October ..."."""

PLACES = {
    "done": "Done",
    "here": "Here now",
    "to come": "To come",
    "not reached": "Not reached",
    "rejected": "Stopped here, rejected",
    "refused": "Stopped here, refused",
    "unfunded": "Stopped here, without money",
    "returned": "Stopped here, returned",
    "lapsed": "Stopped here, lapsed",
    "withdrawn": "Stopped here, withdrawn",
    "taken_back": "Not asked any more",
}
"""How a case has fared with a leg of its way."""

PHASES = {
    "done": "Done",
    "here": "You are here",
    "to come": "To come",
    "stopped": "Stopped here",
    "not reached": "Not reached",
}
"""How a project stands with a part of its way."""

REFUSALS: dict[str, tuple[str, str]] = {
    Refusal.NOT_OPEN_YET: ("This question is only just opening", "Try again in a minute."),
    Refusal.ENDED: ("This question has closed", "It was settled, or withdrawn, before your answer came."),
    Refusal.ANOTHER_ROUND: ("This question is being asked anew", "Use the link in the newest letter."),
    Refusal.STALE: ("This has changed since you were asked", "Use the link in the newest letter."),
    Refusal.NOT_YOURS: ("This is now for somebody else", "Whoever answers for the post has been asked."),
    Refusal.SEAT_ANSWERED: ("Somebody else has answered for this post", "The first answer counts."),
    Refusal.TWO_SEATS: ("You have already answered this question", "Nobody answers it in two capacities."),
    Refusal.NOT_OFFERED: ("That answer is not offered here", "Open the link again and choose another."),
    Refusal.TOO_LATE: (
        "Your answer can no longer be taken back",
        "It has taken effect. Tell the programme office.",
    ),
    Refusal.NOTHING_THERE: ("There is no answer to take back", "What you answered was not counted."),
    Refusal.FAULT: (
        "Your answer could not be counted",
        "The programme office has been told and will put it right.",
    ),
}
"""Why the step refused an answer: a heading, and a sentence."""

DROPPED = {
    FROZEN: "This waits, because a forecast is past what is tolerated",
    MANAGER_CHANGED: "This is now for somebody else",
    BOARD_CHANGED: "This is asked anew, of the project board as it is now",
    GATE_DECIDED: "This is not asked any more",
    NEXT_DUE: "The next report is asked for instead",
}
"""Why a question is dropped though its project goes on, as a heading."""

LEGS = {
    "embargo_exception": "Exception from the embargo",
    "head_of_profession": "Head of Profession",
    "principal_customer": "Principal Customer",
    "challenge": "Principal Customer",
    "consent": "Principal Customer",
    "issue_resolution": "Issues",
    "dataset": "Shared data",
    "parameter": "Technical parameter",
    "solution": "Solution by ICT Services",
    "bid_outcome": "Outcome of the bid",
    "notification": "Notification",
    "funding": "Funding parties",
    "authority": "Next authority",
    "extra": "Asked besides",
    "srg": "SRG",
    "referral": "SRG, whether it may go on",
    "srg_meeting": "SRG, at its meeting",
    "referral_meeting": "SRG, at its meeting, whether it may go on",
    "project": "Project",
    "post_implementation_review": "Post-implementation review",
    "completion": "Completion",
    "resubmission": "A new version from the sponsor",
    "conditions": "Conditions to be met first",
    "action": "To be done",
    "action_check": "To be checked",
    "go_live": "Go-live",
    **{kind: asked.name for kind, asked in ASKED.items()},
}

GUARDS: dict[str, str] = {
    Guard.COMPLETION: "The work cannot be confirmed complete before it is met.",
    Guard.PROJECT: "The project cannot start before it is met.",
    Guard.GATE: "The project's next gate waits until it is met.",
}
"""What a condition keeps from happening; nothing for the others."""

_GUARDING = {
    Guard.NOTHING: "Nothing",
    Guard.COMPLETION: "The work is confirmed complete only when it is met",
    Guard.PROJECT: "The project starts only when it is met",
    Guard.GATE: "The next gate is put only when it is met",
}
"""What has to wait for a condition, beside its button."""

TOLERANCES: dict[Tolerance, str] = {
    Tolerance.TIME: "Time",
    Tolerance.COST: "Cost",
    Tolerance.SCOPE: "Scope",
    Tolerance.QUALITY: "Quality",
    Tolerance.RISK: "Risk",
    Tolerance.BENEFIT: "Benefits",
}
"""What each tolerance is called."""

RAGS: dict[Rag | None, tuple[str, str]] = {
    Rag.GREEN: ("Green", "green"),
    Rag.AMBER: ("Amber", "orange"),
    Rag.RED: ("Red", "red"),
    None: ("Not rated", "grey"),
}
"""What a rating is called, and the colour of its tag."""

OBJECTIVES = {"met": "Met", "partly": "Partly met", "not_met": "Not met"}
"""How far a stage or a project has met its objectives."""

STANDARDS = {"met": "Met", "not_met": "Not met"}
"""What a check says of a standard."""

AUTHORITIES: dict[Authority, str] = {
    Authority.PROGRAMME_OFFICE: "the programme office",
    Authority.BOARD: "the project board",
    Authority.SRG: "SRG",
}
"""Who decides on what is past tolerance."""

SETTLED: dict[Choice, str] = {
    Choice.MORE_TOLERANCE: "More is tolerated",
    Choice.EXCEPTION_PLAN: "Settled by another plan",
    Choice.CLOSE_EARLY: "Settled by closing the project early",
    Choice.REFER_UP: "Referred up",
}
"""What a forecast past what is tolerated came to."""

PLACES_OF_PROJECT = {
    "manager": "Project manager",
    "executive": "Executive",
    "senior_user": "Senior user",
    "senior_supplier": "Senior supplier",
}
"""The places of those who run a project."""

GATES: dict[GateKind, str] = {
    GateKind.START_UP: "start-up",
    GateKind.INITIATION: "initiation",
    GateKind.BOUNDARY: "the end of a stage",
    GateKind.CLOSURE: "closure",
    GateKind.EXCEPTION_PLAN: "another plan",
}
"""What a gate is the gate of."""

_REASONS = {
    "action": (
        "What shows that it is done",
        "It is shown to whoever checks it, and kept in the record.",
        "Say what shows that it is done",
    ),
    "action_check": (
        "Your reasons",
        "Needed if you send it back: say what is missing. They are shown to its owner and kept.",
        "Say what is missing",
    ),
    "standards_check": (
        "Your reasons",
        "Needed if it falls short. They are told to SRG and to the project manager, and kept.",
        "Say in what it falls short",
    ),
    "review_check": (
        "Your reasons",
        "Needed if you send it back: say what is missing. They are shown to its writer and kept.",
        "Say what is missing",
    ),
}
_NOT_YET = ("Why not yet", "Shown to the programme office, and kept in the record.", "Say why not yet")
_OF_AN_ASSESSMENT = (
    "Your reasons",
    "Needed if you send it back: say what is missing. They are shown to whoever made it, and kept.",
    "Say what is missing",
)
_OF_A_PROJECT = (
    "Your reasons",
    "Needed unless you plainly authorise it. They are shown to the project manager and kept in the record.",
    "Give your reasons",
)
_OF_AN_EXCEPTION = (
    "Your reasons",
    "Needed whatever is decided. They are shown to the project manager and kept in the record.",
    "Give your reasons",
)

MEETINGS = {
    "planned": ("To be called", "grey"),
    "called": ("Called", "blue"),
    "unrecorded": ("Record open", "orange"),
    "held": ("Held", "green"),
    "inquorate": ("Not quorate", "red"),
    "not_held": ("Not held", "grey"),
    "missed": ("Not held", "grey"),
    "moved": ("Moved", "grey"),
    "called_off": ("Called off", "grey"),
}
"""What has become of a meeting, and the colour of its tag."""

QUESTIONS = {
    "notification": "Notification",
    "dataset": "Shared data",
    "parameter": "Technical parameter",
    "solution": "Technical solution",
    "embargo_exception": "Exception from the embargo",
    "challenge": "Corporate system",
    "srg": "Decision",
    "srg_meeting": "Decision",
    "referral": "Referred",
    "referral_meeting": "Referred",
    **{kind: asked.name for kind, asked in ASKED.items()},
}
"""What a forum is asked of a case, as a heading."""

ANSWERS = {
    "fit": "Fit with the infrastructure and strategy",
    "infrastructure": "Effect on the infrastructure",
    "network_security": "Network security",
    "security": "Network security",
    "master_source": "Which one source holds the data?",
    "solution": "What is the solution?",
    "guidelines": "Guidelines",
}
"""Named questions that are answered beside a choice."""


def guidelines(directorate: str) -> str:
    """Say what follows where a proposal is returned as outside the guidelines, and for whom."""
    return (
        f"{directorate} is asked to bring it within the guidelines, or to end it. "
        "That stays open until it has been checked."
    )


def leads_to(choice: Choice, kind: str, key: str = "", *, vote: bool = False, last: bool = False) -> str:
    """Say what an answer does, for the line under its button.

    A `vote` is one of several that are counted. `last`: neither a board nor SRG is asked, who would be
    otherwise.
    """
    own = saying(kind, choice, key)
    if last and (ends := ending(kind, choice)):
        return sentence(ends)
    if choice is Choice.DEFER and kind in reports.DECIDES_NOTHING:
        return f"{_LEADS_TO[choice]} What you have typed is kept for then."
    if vote and kind in ASKED:
        told = own.leads_to if own else _LEADS_TO[choice]
        return _VOTING.format(told if told.startswith("SRG") else f"{told[:1].lower()}{told[1:]}")
    if vote and choice in _VOTES:
        return _VOTES[choice]
    return own.leads_to if own else _LEADS_TO[choice]


def recording(choice: Choice, kind: str, forum: str, key: str = "") -> str:
    """Return "recording that Heads of ICT Group noted it", for a secretary who writes down a forum's word."""
    return f"recording that {forum} {did(choice, kind, key=key)}"


def state(key: str) -> str:
    """Name a state of a case of any kind."""
    return STATES.get(key, plain(key))


def guards(offered: Iterable[Guard]) -> list[tuple[str, str]]:
    """Return what may have to wait for a condition, each with its words."""
    return [(str(guard), _GUARDING[guard]) for guard in offered]


def guarded(unmet: int, conditions: int) -> str:
    """Say how many of the conditions that guard a gate are met."""
    one = conditions == 1
    if unmet:
        guard, are = "guards" if one else "guard", "is" if unmet == 1 else "are"
        return f"{unmet} of {count(conditions, 'condition')} that {guard} it {are} not met."
    return (
        "The condition that guards it is met."
        if one
        else f"All {conditions} conditions that guard it are met."
    )


def asked(question: str) -> str:
    """Return what a named question is called that was answered beside a choice."""
    return ANSWERS.get(question, named(question))


def remarks(said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return named answers, each with what its question is called."""
    return [(asked(question), answer) for question, answer in said]


def wants_reason(choice: Choice, kind: str) -> bool:
    """Say whether a choice needs reasons: not where its boxes say already why."""
    return choice.needs_reason and not (kind == "standards_check" and choice is Choice.FALL_SHORT)


def reasons(kind: str) -> tuple[str, str, str]:
    """Return what the box for reasons is called on a kind of question, its hint, and what is said without."""
    if kind in reports.DECIDES_NOTHING:
        return _NOT_YET
    if kind in ("gate", "gate_srg"):
        return _OF_A_PROJECT
    if kind in ("exception", "exception_board", "exception_srg"):
        return _OF_AN_EXCEPTION
    if kind in (assessments.CHOOSE, assessments.CHOOSE_SRG):
        return _OF_AN_ASSESSMENT
    return _REASONS.get(
        kind,
        (
            "Your reasons",
            "Needed unless you plainly agree. They are shown to the sponsor and kept in the record.",
            "Give your reasons",
        ),
    )


def question_of(kind: str) -> str:
    """Name a kind of question as an agenda does."""
    return QUESTIONS.get(kind, plain(kind))


def asked_as(kind: str) -> str:
    """Name a kind of question by what answers it, as a heading of its answers does."""
    own = ASKED.get(kind)
    return own.name if own else plain(kind)


def times(number: int) -> str:
    """Return "once", "twice" or "3 times"."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def leg(key: str) -> str:
    """Name a leg of a route."""
    return LEGS.get(key, plain(key))


def plain(key: str) -> str:
    """Turn a key into words, for one that has none of its own."""
    return re.sub(r"[_-]+", " ", key).strip().capitalize()


def local(at: date | datetime) -> date:
    """Return the day of an instant where the organisation is."""
    return at.astimezone(ZONE).date() if isinstance(at, datetime) else at


def day(at: date | datetime) -> str:
    """Return a day as "Thursday 9 June 2004"."""
    return days.in_full(local(at))


def short_day(at: date | datetime) -> str:
    """Return a day as "9 June 2004", for tables."""
    return days.said(local(at))


def put_off(until: date | None, *, next_meeting: bool) -> str:
    """Return what follows "deferred": ", to Wednesday 9 June 2004", or that it is to the next meeting."""
    if until is None:
        return ""
    return f", to {'the next meeting, on ' if next_meeting else ''}{day(until)}"


def moment(at: datetime) -> str:
    """Return an instant as "Thursday 9 June 2004 at 10:02"."""
    return f"{day(at)} at {at.astimezone(ZONE):%H:%M}"


def until(at: datetime, now: datetime) -> str:
    """Return an instant to come as "15:40", or as "17:00 on Thursday 14 October 2004" if not today."""
    clock = f"{at.astimezone(ZONE):%H:%M}"
    return clock if local(at) == local(now) else f"{clock} on {day(at)}"


def second_thoughts(hold: Hold) -> str:
    """Say for how long an answer may be taken back."""
    if hold.minutes is None:
        return "until the end of the working day"
    return f"for {count(hold.minutes, 'minute')}"


def money(pounds: Decimal | str | int) -> str:
    """Return pounds as "£140,000", with pence only where there are some."""
    amount = Decimal(pounds)
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{'-' if amount < 0 else ''}£{abs(amount):,.{places}f}"


def left(pounds: Decimal) -> str:
    """Say what a yes would leave of a budget."""
    return f"it would be overspent by {money(-pounds)}." if pounds < 0 else f"{money(pounds)} would remain."


def asked_besides(budget: Budget) -> str:
    """Say what other proposals ask of a budget, and what would be left if they all had it."""
    return (
        f"Other proposals ask for {money(budget.asked_here)} of it, and are not answered yet; "
        f"with all of them approved, {left(budget.would_remain_of_all)}"
    )


def percent(share: Decimal | str) -> str:
    """Return a share as "60%"."""
    return f"{Decimal(share).normalize():f}%"


def lasting(time: timedelta) -> str:
    """Return how long something has lasted as "12 minutes", "3 hours" or "2 days"."""
    minutes = int(time.total_seconds()) // 60
    if minutes < 120:
        return count(minutes, "minute")
    return count(minutes // 60, "hour") if minutes < 48 * 60 else count(minutes // (24 * 60), "day")


def working_days(count: int) -> str:
    """Return a wait as "6 working days"."""
    return f"{count} working day{'' if count == 1 else 's'}"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return "1 case" or "2 cases"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def fingerprint(value: str) -> str:
    """Return the start of a hash, in groups that can be read out."""
    return " ".join(value[start : start + 4] for start in range(0, 16, 4))


def size(bytes: int) -> str:
    """Return how large a document is: "840 bytes", "84 KB", "1.2 MB"."""
    if bytes < 1024:
        return count(bytes, "byte")
    if bytes < 1024 * 1024:
        return f"{bytes / 1024:.0f} KB"
    return f"{bytes / 1024 / 1024:.1f} MB"


def masked(name: str) -> str:
    """Return a name so that its bearer knows it and a stranger learns little: "J••• S•••"."""
    return " ".join(part[0] + "•••" for part in name.partition(",")[0].split())


def masked_address(address: str) -> str:
    """Return an address so that its owner knows it: "b•••@leicester.example"."""
    local_part, _, domain = address.partition("@")
    return f"{local_part[:1]}•••@{domain}"


def by_clause(text: str, number: str) -> str:
    """Return a reason as a sentence that ends with the clause it comes from."""
    return sentence(f"{text.strip().rstrip('.')} (clause {number})")
