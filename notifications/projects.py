"""What projects, their reviews and benefits ask, and what is answered, in words: in letters and on pages
alike.
"""

from dataclasses import dataclass, replace

from notifications.saying import Saying
from workflows import days
from workflows.letters import Dependency
from workflows.model import Choice


@dataclass(frozen=True)
class Asked:
    """A kind of question, in the places where it is spoken of.

    {about} stands for the gate, the stage or the months that it is about, {forum} for the forum whose word a
    secretary writes down.
    """

    name: str
    """As a heading, as on an agenda: "Highlight report"."""
    to_do: str
    """After "You are asked to"."""
    question: str
    """As the heading of its page."""
    matter: str
    """What it is about, after "The question about": it is the question that is put off, and not that."""
    verb: str = "Report"
    """What its reader is to do, as the first word of a subject."""
    link: str = "Review and report"
    """What its link is called."""
    opens: str = "reports nothing"
    """What opening that does not do."""
    listed: str = ""
    """As what is on the agenda of a forum, at the beginning of a sentence; empty if it comes before none."""

    @property
    def called(self) -> str:
        """Its name in the middle of a sentence."""
        return f"{self.name[:1].lower()}{self.name[1:]}"


_DECIDING = {"verb": "Decide", "link": "Review and decide", "opens": "decides nothing"}
_RECORDING = {"verb": "Record", "link": "Review and record", "opens": "records nothing"}
_CHECKING = {"verb": "Check", "link": "Check it", "opens": "confirms nothing"}

ASKED = {
    "mandate": Asked(
        "Project mandate",
        "give this project its mandate: who manages it, who sits on its board, and what it is to do",
        "Who is to run this project, and what is it to do?",
        "the mandate of this project",
        verb="Answer",
        link="Give the mandate",
        opens="decides nothing",
    ),
    "initiation": Asked(
        "Project plan",
        "put forward the plan of this project: its stages, what each costs and when it ends, when it goes "
        "live, and by how much it may be missed",
        "What is the plan of this project?",
        "the plan of this project",
        verb="Plan",
        link="Put forward the plan",
        opens="puts nothing forward",
    ),
    "gate": Asked(
        "Gate",
        "decide, with the other members of the project board, whether this project passes {about}",
        "May this project pass {about}?",
        "{about}",
        **_DECIDING,
    ),
    "gate_srg": Asked(
        "Gate",
        "record what {forum} decided on whether this project passes {about}",
        "What did {forum} decide on whether this project passes {about}?",
        "{about}",
        listed="Whether this project passes {about}",
        **_RECORDING,
    ),
    "highlight": Asked(
        "Highlight report",
        "report how this project stands: on time, cost, scope, quality, risk and benefits, with a forecast "
        "of its cost and of the day on which it goes live",
        "How does this project stand?",
        "how this project stands",
    ),
    "end_stage": Asked(
        "End stage report",
        "report on {about}, which ends: what it made, how the project stands, and how it goes on",
        "What has {about} come to?",
        "{about}",
    ),
    "exception_report": Asked(
        "Exception report",
        "say why the forecast is past what is tolerated, what follows from it, what could be done, and what "
        "you recommend",
        "Why is the forecast past what is tolerated, and what do you recommend?",
        "a forecast past what is tolerated",
    ),
    "exception": Asked(
        "Past tolerance",
        "decide what is done about a forecast that is past what is tolerated",
        "The forecast is past what is tolerated. What is to be done?",
        "a forecast past what is tolerated",
        **_DECIDING,
    ),
    "exception_board": Asked(
        "Past tolerance",
        "decide, with the other members of the project board, what is done about a forecast that is past "
        "what is tolerated",
        "The forecast is past what is tolerated. What is to be done?",
        "a forecast past what is tolerated",
        **_DECIDING,
    ),
    "exception_srg": Asked(
        "Past tolerance",
        "record what {forum} decided about a forecast that is past what is tolerated",
        "What did {forum} decide about a forecast that is past what is tolerated?",
        "a forecast past what is tolerated",
        listed="What is done about this project's forecast, which is past what is tolerated,",
        **_RECORDING,
    ),
    "exception_plan": Asked(
        "Exception plan",
        "put forward a new plan of this project, from here to its go-live",
        "What is the new plan of this project?",
        "the new plan of this project",
        verb="Plan",
        link="Put forward the plan",
        opens="puts nothing forward",
    ),
    "end_project": Asked(
        "End project report",
        "report on this project as it ends: what it came to, what is handed over, and what was learnt",
        "What has this project come to?",
        "what this project has come to",
    ),
    "standards_check": Asked(
        "Project standards",
        "check whether this project keeps to the project management standards",
        "Does this project keep to the project management standards?",
        "the project management standards",
        **_CHECKING,
    ),
    "standards_srg": Asked(
        "Exception from the project standards",
        "record what {forum} decided on an exception from the project management standards",
        "What did {forum} decide on this exception from the project management standards?",
        "this exception from the project management standards",
        listed="This exception from the project management standards",
        **_RECORDING,
    ),
    "review": Asked(
        "Post-implementation review",
        "review what this proposal has come to: its objectives and benefits, what its users say, what it "
        "cost, and what was learnt",
        "What has this proposal come to?",
        "the post-implementation review",
        verb="Review",
        link="Write the review",
    ),
    "review_check": Asked(
        "Check of the review",
        "check the post-implementation review of this proposal: to confirm it, or to send it back with what "
        "is missing",
        "Is this review complete and right?",
        "the check of the post-implementation review",
        **_CHECKING,
    ),
    "review_srg": Asked(
        "Post-implementation review",
        "record that {forum} noted the post-implementation review of this proposal",
        "Did {forum} note this review?",
        "the post-implementation review",
        listed="The post-implementation review of this proposal",
        **_RECORDING,
    ),
    "benefit": Asked(
        "Benefit",
        "say how much of this benefit has come about, {about} after go-live",
        "How much of this benefit has come about, {about} after go-live?",
        "this benefit",
        link="Say how much",
    ),
    "assessment": Asked(
        "Assessment",
        "assess this business process: to weigh every way of delivering it, or say why not, and to recommend "
        "one of them",
        "How should this be delivered?",
        "this assessment",
        verb="Assess",
        link="Assess it",
        opens="reports nothing",
    ),
    "assessment_choice": Asked(
        "Choice of an option",
        "choose how this is delivered, of the options that were weighed",
        "Which of these options is chosen?",
        "which option is chosen",
        **_DECIDING,
    ),
    "assessment_srg": Asked(
        "Choice of an option",
        "record which of the options that were weighed {forum} chose",
        "Which of these options did {forum} choose?",
        "which option is chosen",
        listed="Which option is chosen in this assessment of a business process",
        **_RECORDING,
    ),
}
"""Every kind of question of delivery."""

PLACES = {
    "manager": "the project manager",
    "executive": "the executive",
    "senior_user": "the senior user",
    "senior_supplier": "the senior supplier",
}
"""What somebody is to a project, in a sentence."""

_GATES = {
    "gate-start-up": "the gate of start-up",
    "gate-initiation": "the gate of initiation",
    "gate-closure": "the gate of closure",
}
_UNKNOWN = {"gate": "its next gate", "end_stage": "a stage", "benefit": "some months"}
"""What stands for {about} where it is not known."""


def about(kind: str, key: str) -> str:
    """Return what a question is about, by its key: "the gate after stage 2", "3 months"; else empty."""
    own = key.removesuffix("-srg")
    number = own.rpartition("-")[2]
    match kind.removesuffix("_srg"):
        case "gate" if own.startswith("plan-"):
            return "the gate of its new plan"
        case "gate" if own in _GATES:
            return _GATES[own]
        case "gate" if number.isdecimal():
            return f"the gate after stage {number}"
        case "end_stage" if number.isdecimal():
            return f"stage {number}"
        case "benefit" if number.isdecimal():
            return f"{number} months"
        case _:
            return ""


def worded(text: str, kind: str, about: str = "", forum: str = "") -> str:
    """Return words of a kind of question with what it is about, and the forum whose word it is."""
    otherwise = _UNKNOWN.get(kind.removesuffix("_srg"), "")
    return text.format(about=about or otherwise, forum=forum or "SRG")


# ----------------------------------------------------------------------------- answers

_GATE_PASSED = "it may go on"
_FOLLOWED_UP = "Each condition is followed up; the next gate waits for those that guard it."
_BEFORE_BOARD = (
    "its approval is put before the board, or before SRG, where there is one, if it goes far enough past "
    "what was approved."
)
_PLAN_ASKED = f"The project manager is asked for a new plan, and {_BEFORE_BOARD}"
_CLOSED = "The project is brought to an orderly end, and its manager is asked for the end project report."
_REFERRED = "SRG decides it at its next meeting."

_GATE = {
    Choice.AUTHORISE: Saying(
        "Authorise: it may go on",
        "authorising the gate",
        "authorised the gate",
        _GATE_PASSED,
        "The project passes the gate and goes on.",
    ),
    Choice.AUTHORISE_WITH_CONDITIONS: Saying(
        "Authorise with conditions",
        "authorising the gate with conditions",
        "authorised the gate with conditions",
        "it may go on, with conditions",
        f"The project passes the gate and goes on. {_FOLLOWED_UP}",
    ),
    Choice.RETURN: Saying(
        "Return the report",
        "returning the report",
        "returned the report",
        "the report is returned",
        "The project manager is asked for the report again, with your reasons. The gate stays shut.",
    ),
    Choice.EXCEPTION_PLAN: Saying(
        "Ask for an exception plan",
        "asking for an exception plan",
        "asked for an exception plan",
        "an exception plan is wanted",
        _PLAN_ASKED,
    ),
    Choice.CLOSE_EARLY: Saying(
        "Close the project early",
        "closing the project early",
        "closed the project early",
        "the project closes early",
        _CLOSED,
    ),
    Choice.REFER_UP: Saying(
        "Refer it to SRG",
        "referring the gate to SRG",
        "referred it to SRG",
        "it is referred to SRG",
        _REFERRED,
    ),
}
_START_UP, _INITIATION, _CLOSURE, _NEW_PLAN = "gate-start-up", "gate-initiation", "gate-closure", "plan"
"""Gates of which some answers have words of their own: their keys, and how those of new plans begin."""

_OWN: dict[str, dict[Choice, Saying]] = {
    _START_UP: {
        Choice.AUTHORISE: replace(
            _GATE[Choice.AUTHORISE],
            leads_to="The project passes the gate, and its manager is asked for its plan.",
        ),
        Choice.AUTHORISE_WITH_CONDITIONS: replace(
            _GATE[Choice.AUTHORISE_WITH_CONDITIONS],
            leads_to=f"The project passes the gate, and its manager is asked for its plan. {_FOLLOWED_UP}",
        ),
        Choice.RETURN: Saying(
            "Return the mandate",
            "returning the mandate",
            "returned the mandate",
            "the mandate is returned",
            "Whoever answers for the project is asked for its mandate again, with your reasons. The gate "
            "stays shut.",
        ),
    },
    _INITIATION: {
        Choice.RETURN: Saying(
            "Return the plan",
            "returning the plan",
            "returned the plan",
            "the plan is returned",
            "The project manager is asked for the plan again, with your reasons. The gate stays shut.",
        ),
    },
    _NEW_PLAN: {
        Choice.AUTHORISE: replace(
            _GATE[Choice.AUTHORISE],
            leads_to="The project goes on under the new plan, and reports are measured against that.",
        ),
        Choice.AUTHORISE_WITH_CONDITIONS: replace(
            _GATE[Choice.AUTHORISE_WITH_CONDITIONS],
            leads_to="The project goes on under the new plan, and reports are measured against that. "
            f"{_FOLLOWED_UP}",
        ),
        Choice.RETURN: Saying(
            "Return the plan",
            "returning the plan",
            "returned the plan",
            "the plan is returned",
            "The project manager is asked for the new plan again, with your reasons.",
        ),
    },
    _CLOSURE: {
        Choice.AUTHORISE: Saying(
            "Authorise: the project is closed",
            "authorising the closure",
            "authorised the closure",
            "the project is closed",
            "The project is closed, and its record is kept.",
        ),
        Choice.AUTHORISE_WITH_CONDITIONS: Saying(
            "Authorise with conditions",
            "authorising the closure with conditions",
            "authorised the closure with conditions",
            "the project is closed, with conditions",
            "The project is closed, and its record is kept. Each condition is followed up.",
        ),
        Choice.CLOSE_EARLY: replace(
            _GATE[Choice.CLOSE_EARLY],
            leads_to="The project is closed early, with the report that is in. Nothing more is asked of it.",
        ),
    },
}
_EXCEPTION = {
    Choice.EXCEPTION_PLAN: _GATE[Choice.EXCEPTION_PLAN],
    Choice.MORE_TOLERANCE: Saying(
        "Tolerate more",
        "granting more tolerance",
        "granted more tolerance",
        "more is tolerated",
        "The project goes on under its plan, and may miss it by as much as you name.",
    ),
    Choice.CLOSE_EARLY: _GATE[Choice.CLOSE_EARLY],
    Choice.REFER_UP: Saying(
        "Refer it to SRG",
        "referring the exception to SRG",
        "referred it to SRG",
        "it is referred to SRG",
        _REFERRED,
    ),
}
_EXCEPTION_BOARD = _EXCEPTION | {
    Choice.MORE_TOLERANCE: replace(
        _EXCEPTION[Choice.MORE_TOLERANCE],
        leads_to="The project goes on under its plan, and may miss it by as much as you name. Where several "
        "name something, the least counts, of the cost and of the days.",
    ),
}
_EXCEPTION_SRG = _EXCEPTION | {
    Choice.EXCEPTION_PLAN: replace(
        _EXCEPTION[Choice.EXCEPTION_PLAN],
        leads_to="The project manager is asked for a new plan, and its approval is put before SRG.",
    ),
}
_REVIEWED = (
    "proposal is closed, or will be once its project is over. Its lessons are kept for later proposals."
)
"""A project that goes on after its review keeps its proposal open."""
_REVIEW_CHECK = {
    Choice.VERIFY: Saying(
        "It is complete and right",
        "confirming the review",
        "confirmed the review",
        "the review is confirmed",
        "SRG is asked to note it at its next meeting.",
    ),
    Choice.SEND_BACK: Saying(
        "Send the review back",
        "sending back the review",
        "sent the review back",
        "the review is sent back",
        "Its lead officer is told what is missing, and is asked again.",
    ),
}
_CHOICE = {
    Choice.APPROVE: Saying(
        "Choose an option",
        "choosing an option",
        "chose an option",
        "an option is chosen",
        "Whoever assessed it is asked to put it in place by the day that was given. The programme office "
        "checks that it is.",
    ),
    Choice.RETURN: Saying(
        "Send the assessment back",
        "sending back the assessment",
        "sent the assessment back",
        "the assessment is sent back",
        "Whoever assessed it is told what is missing, and is asked again.",
    ),
}


def _reports(label: str, doing: str, did: str, became: str, leads_to: str) -> dict[Choice, Saying]:
    return {Choice.REPORT: Saying(label, doing, did, became, leads_to)}


_ANSWERS: dict[str, dict[Choice, Saying]] = {
    "mandate": _reports(
        "Give the mandate",
        "giving the mandate",
        "gave the mandate",
        "the mandate is given",
        "The project board is asked whether the project may start.",
    ),
    "initiation": _reports(
        "Put forward the plan",
        "putting forward the plan",
        "put forward the plan",
        "the plan is put forward",
        "The project board is asked to approve it. Once it has, reports are measured against it.",
    ),
    "gate": _GATE,
    "gate_srg": _GATE,
    "highlight": _reports(
        "Report how it stands",
        "reporting how things stand",
        "reported how things stand",
        "the report is in",
        "It is measured against the approved plan. If it is within what is tolerated, the next report is "
        "asked for on its day.",
    )
    | {
        Choice.UNCHANGED: Saying(
            "Nothing has changed",
            "reporting that nothing has changed",
            "reported that nothing has changed",
            "nothing has changed",
            "Your last forecast stands. It is counted as a report without a change.",
        ),
        Choice.STAGE_DONE: Saying(
            "The stage is done",
            "reporting that the stage is done",
            "reported that the stage is done",
            "the stage is done",
            "If the report is within what is tolerated, you are asked next for the end stage report; of the "
            "last stage, for the end project report.",
        ),
    },
    "end_stage": _reports(
        "Report on the stage",
        "reporting on the stage",
        "reported on the stage",
        "the end stage report is in",
        "It is measured against the approved plan. If it is within what is tolerated, the project board is "
        "asked whether the project may go on.",
    ),
    "exception_report": _reports(
        "Report the exception",
        "giving the exception report",
        "gave the exception report",
        "the exception report is in",
        "Whoever has the authority for an overrun of this size decides what is done.",
    ),
    "exception": _EXCEPTION,
    "exception_board": _EXCEPTION_BOARD,
    "exception_srg": _EXCEPTION_SRG,
    "exception_plan": _reports(
        "Put forward the new plan",
        "putting forward the new plan",
        "put forward a new plan",
        "the new plan is put forward",
        "Once it is approved, reports are measured against it.",
    ),
    "end_project": _reports(
        "Report on the project",
        "reporting on the project",
        "reported on the project",
        "the end project report is in",
        "The project board is asked to close the project.",
    ),
    "standards_check": {
        Choice.VERIFY: Saying(
            "It keeps to them",
            "confirming that the project keeps to the standards",
            "confirmed that the project keeps to the standards",
            "the project keeps to the standards",
            "Nothing follows from it.",
        ),
        Choice.FALL_SHORT: Saying(
            "It falls short",
            "reporting that the project falls short of the standards",
            "reported that the project falls short of the standards",
            "the project falls short of the standards",
            "An exception is raised, and goes before SRG at its next meeting.",
        ),
    },
    "standards_srg": {
        Choice.APPROVE: Saying(
            "Accept it",
            "accepting the exception",
            "accepted the exception",
            "the exception is accepted",
            "The exception is closed. Nothing more is asked.",
        ),
        Choice.REJECT: Saying(
            "It is to be put right",
            "having the exception put right",
            "asked for it to be put right",
            "it is to be put right",
            "The project manager is asked to put it right; whoever checks the standards checks that it is.",
        ),
    },
    "review": _reports(
        "Hand in the review",
        "handing in the review",
        "handed in the review",
        "the review is handed in",
        "It is checked by somebody else, and then goes before SRG.",
    ),
    "review_check": _REVIEW_CHECK,
    "review_srg": {
        Choice.NOTE: Saying(
            "Note the review",
            "noting the review",
            "noted the review",
            "the review is noted",
            f"The {_REVIEWED}",
        ),
    },
    "benefit": _reports(
        "Say how much",
        "reporting on the benefit",
        "reported on the benefit",
        "the reading is in",
        "It is kept beside what was claimed.",
    ),
    "assessment": _reports(
        "Hand in the assessment",
        "handing in the assessment",
        "handed in the assessment",
        "the assessment is handed in",
        "An option is chosen, which may be another than the one that is recommended.",
    ),
    "assessment_choice": _CHOICE,
    "assessment_srg": _CHOICE,
}

SAYINGS = {(kind, choice): said for kind, answers in _ANSWERS.items() for choice, said in answers.items()}
"""An answer's own words, by the kind of question and the choice."""


def saying(kind: str, choice: Choice, key: str = "") -> Saying | None:
    """Return the words of its own that such a question has for an answer; some gates, by their `key`, others
    than the rest.
    """
    own = _OWN.get(_gate(key), {}) if kind in _PUT_AT_A_GATE else {}
    return own.get(choice) or SAYINGS.get((kind, choice))


# ------------------------------------------------------------------------ what follows


@dataclass(frozen=True)
class Following:
    """What follows from an answer, as the middle of a sentence, where it is not as under its button."""

    told: str
    """To anybody."""
    yours: str = ""
    """To whoever is asked next; as to anybody, if empty."""


def _asks(who: str, words: str) -> Following:
    """Say that somebody is asked next: {asked} stands for "you are", or for whoever it is."""
    return Following(words.format(asked=f"{who} is"), words.format(asked="you are"))


_MANAGER = "the project manager"
_PUT_AT_A_GATE = ("gate", "gate_srg")
_AN_ORDERLY_END = _asks(
    _MANAGER, "the project is brought to an orderly end, and {asked} asked for the end project report."
)
_ANOTHER_PLAN = _asks(_MANAGER, f"{{asked}} asked for a new plan, and {_BEFORE_BOARD}")
_MORE = "the project goes on under its plan, and may miss it by as much as was granted"
_OF_AN_EXCEPTION = {
    Choice.EXCEPTION_PLAN: _ANOTHER_PLAN,
    Choice.MORE_TOLERANCE: Following(f"{_MORE}."),
    Choice.CLOSE_EARLY: _AN_ORDERLY_END,
}

_FOLLOWING: dict[str, dict[Choice, Following]] = {
    "gate": {
        Choice.RETURN: _asks(
            _MANAGER, "{asked} asked for the end stage report again, with the reasons. The gate stays shut."
        ),
        Choice.EXCEPTION_PLAN: _ANOTHER_PLAN,
        Choice.CLOSE_EARLY: _AN_ORDERLY_END,
    },
    _START_UP: {
        Choice.AUTHORISE: _asks(_MANAGER, "the project passes the gate, and {asked} asked for its plan."),
        Choice.AUTHORISE_WITH_CONDITIONS: _asks(
            _MANAGER, f"the project passes the gate, and {{asked}} asked for its plan. {_FOLLOWED_UP}"
        ),
        Choice.RETURN: _asks(
            "whoever answers for the project",
            "{asked} asked for the mandate again, with the reasons. The gate stays shut.",
        ),
    },
    _INITIATION: {
        Choice.RETURN: _asks(
            _MANAGER, "{asked} asked for the plan again, with the reasons. The gate stays shut."
        ),
    },
    _NEW_PLAN: {
        Choice.RETURN: _asks(_MANAGER, "{asked} asked for the new plan again, with the reasons."),
    },
    _CLOSURE: {
        Choice.RETURN: _asks(
            _MANAGER, "{asked} asked for the end project report again, with the reasons. The gate stays shut."
        ),
        Choice.CLOSE_EARLY: Following("the project is closed early, and its record is kept."),
    },
    "highlight": {
        Choice.UNCHANGED: Following("the last forecast stands. It is counted as a report without a change."),
        Choice.STAGE_DONE: Following(
            "if the report is within what is tolerated, the stage ends with the end stage report, and the "
            "last one with the end project report.",
            "if the report is within what is tolerated, you are asked next for the end stage report; of the "
            "last stage, for the end project report.",
        ),
    },
    "exception": _OF_AN_EXCEPTION,
    "exception_board": _OF_AN_EXCEPTION
    | {
        Choice.MORE_TOLERANCE: Following(
            f"{_MORE}. Where several granted it, the least counts, of the cost and of the days."
        ),
    },
    "exception_srg": _OF_AN_EXCEPTION
    | {
        Choice.EXCEPTION_PLAN: _asks(
            _MANAGER, "{asked} asked for a new plan, and its approval is put before SRG."
        ),
    },
    "standards_srg": {
        Choice.REJECT: _asks(
            _MANAGER, "{asked} asked to put it right; whoever checks the standards checks that it is."
        ),
    },
    "review_check": {
        Choice.SEND_BACK: _asks("its lead officer", "{asked} told what is missing, and asked again."),
    },
}
"""What follows, by the kind of question; of some gates by their keys, which come before what holds of all."""

_LAST = {
    ("end_project", Choice.REPORT): "the project is closed, and its record is kept.",
    ("review", Choice.REPORT): (
        "it is checked by somebody else, and the proposal is closed after that, or once its project is over."
    ),
    ("review_check", Choice.VERIFY): f"the {_REVIEWED}",
}
"""What follows where nobody is asked as somebody would be otherwise: a project that closes early passes no
gate, and without SRG nobody has to note a review.
"""

_UNANSWERED = {
    "highlight": "the next report is asked for on its day, and that this one did not come is kept.",
    "standards_check": "the standards of this stage are not checked again.",
    "benefit": "it is asked again in the next of its months, if there is one.",
}
"""What follows from silence; where nothing is said of it here, the same is asked again."""


def then(kind: str, choice: Choice, key: str = "", *, you: bool = False, last: bool = False) -> str:
    """Say what follows where such a question came to a choice, as the middle of a sentence; else empty.

    `you`: the reader is asked next. `last`: as `ending` has it.
    """
    if last and (ends := ending(kind, choice)):
        return ends
    places = (_gate(key), "gate") if kind in _PUT_AT_A_GATE else (kind,)
    for place in places:
        if found := _FOLLOWING.get(place, {}).get(choice):
            return found.yours if you and found.yours else found.told
    said = saying(kind, choice, key)
    return _inside(said.leads_to) if said else ""


def ending(kind: str, choice: Choice) -> str:
    """Say what follows from an answer where a board or SRG is not asked that would be otherwise; else empty:
    it is the last word on a project that closes early, or where there is no SRG.
    """
    return _LAST.get((kind, choice), "")


def unanswered(kind: str) -> str:
    """Say what follows where nobody answered such a question; empty where it is none."""
    again = "the same is asked again."
    if kind.endswith("_srg"):
        again = "the same is asked again at SRG's next meeting."
    return _UNANSWERED.get(kind, again) if kind in ASKED else ""


def _inside(sentence: str) -> str:
    """Return a sentence as it begins in the middle of another."""
    return sentence if sentence.startswith("SRG") else f"{sentence[:1].lower()}{sentence[1:]}"


def _gate(key: str) -> str:
    """Return whose words a gate's answers have, by its key; empty for one that has those of any."""
    own = key.removesuffix("-srg")
    return _NEW_PLAN if own.startswith(f"{_NEW_PLAN}-") else own


# ------------------------------------------------------------- which project waits for which


def waiting(letter: Dependency) -> str:
    """Say in a letter who has said which project waits for which."""
    own, other = letter.matter, f"{letter.other}, {letter.other_title}"
    waits, ahead = (
        (f"your project {own.ref}, {own.title}", other)
        if letter.yours == "waits"
        else (f"{own.ref}, {own.title}", f"your project {other}")
    )
    return f"{letter.by} has said that {waits}, {'no longer waits' if letter.ended else 'waits'} for {ahead}"


def awaited(letter: Dependency) -> str:
    """Say by when what is waited for goes live."""
    if letter.live is None:
        return f"Nobody has said yet when {letter.other} goes live."
    day = days.in_full(letter.live)
    if letter.went_live:
        return f"{letter.other} went live on {day}."
    return f"{letter.other} goes live on {day}, as it is planned or forecast now."


def after_waiting(letter: Dependency) -> str:
    """Say what follows for the reader."""
    if letter.ended:
        return "If the one goes live later, that moves the other no more. You need do nothing."
    ahead, moved = (letter.other, "yours") if letter.yours == "waits" else ("yours", "the other")
    if letter.live is None:
        late = f"If {ahead} goes live later than its first plan says"
    elif letter.went_live:
        late = "If that was later than planned"
    else:
        late = f"If {ahead} goes live later than that"
    shown = f"{late}, the programme shows by how much {moved} moves."
    return f"{shown} What this means for both plans is between you and {letter.them}."
