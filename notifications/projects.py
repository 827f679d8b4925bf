"""What projects, their reviews and benefits ask, and what is answered, in words: in letters and on pages
alike.
"""

from dataclasses import dataclass

from notifications.saying import Saying
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
    verb: str = "Report"
    """What its reader is to do, as the first word of a subject."""
    link: str = "Review and report"
    """What its link is called."""
    opens: str = "reports nothing"
    """What opening that does not do."""

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
        verb="Answer",
        link="Give the mandate",
        opens="decides nothing",
    ),
    "initiation": Asked(
        "Project plan",
        "put forward the plan of this project: its stages, what each costs and when it ends, when it goes "
        "live, and by how much it may be missed",
        "What is the plan of this project?",
        verb="Plan",
        link="Put forward the plan",
        opens="puts nothing forward",
    ),
    "gate": Asked(
        "Gate",
        "decide, with the other members of the project board, whether this project passes {about}",
        "May this project pass {about}?",
        **_DECIDING,
    ),
    "gate_srg": Asked(
        "Gate",
        "record what {forum} decided on whether this project passes {about}",
        "What did {forum} decide on whether this project passes {about}?",
        **_RECORDING,
    ),
    "highlight": Asked(
        "Highlight report",
        "report how this project stands: on time, cost, scope, quality, risk and benefits, with a forecast "
        "of its cost and of the day on which it goes live",
        "How does this project stand?",
    ),
    "end_stage": Asked(
        "End stage report",
        "report on {about}, which ends: what it made, how the project stands, and how it goes on",
        "What has {about} come to?",
    ),
    "exception_report": Asked(
        "Exception report",
        "say why the forecast is past what is tolerated, what follows from it, what could be done, and what "
        "you recommend",
        "Why is the forecast past what is tolerated, and what do you recommend?",
    ),
    "exception": Asked(
        "Past tolerance",
        "decide what is done about a forecast that is past what is tolerated",
        "The forecast is past what is tolerated. What is to be done?",
        **_DECIDING,
    ),
    "exception_board": Asked(
        "Past tolerance",
        "decide, with the other members of the project board, what is done about a forecast that is past "
        "what is tolerated",
        "The forecast is past what is tolerated. What is to be done?",
        **_DECIDING,
    ),
    "exception_srg": Asked(
        "Past tolerance",
        "record what {forum} decided about a forecast that is past what is tolerated",
        "What did {forum} decide about a forecast that is past what is tolerated?",
        **_RECORDING,
    ),
    "exception_plan": Asked(
        "Exception plan",
        "put forward a new plan of this project, from here to its go-live",
        "What is the new plan of this project?",
        verb="Plan",
        link="Put forward the plan",
        opens="puts nothing forward",
    ),
    "end_project": Asked(
        "End project report",
        "report on this project as it ends: what it came to, what is handed over, and what was learnt",
        "What has this project come to?",
    ),
    "standards_check": Asked(
        "Project standards",
        "check whether this project keeps to the project management standards",
        "Does this project keep to the project management standards?",
        **_CHECKING,
    ),
    "standards_srg": Asked(
        "Exception from the project standards",
        "record what {forum} decided on an exception from the project management standards",
        "What did {forum} decide on this exception from the project management standards?",
        **_RECORDING,
    ),
    "review": Asked(
        "Post-implementation review",
        "review what this proposal has come to: its objectives and benefits, what its users say, what it "
        "cost, and what was learnt",
        "What has this proposal come to?",
        verb="Review",
        link="Write the review",
    ),
    "review_check": Asked(
        "Check of the review",
        "check the post-implementation review of this proposal: to confirm it, or to send it back with what "
        "is missing",
        "Is this review complete and right?",
        **_CHECKING,
    ),
    "review_srg": Asked(
        "Post-implementation review",
        "record that {forum} noted the post-implementation review of this proposal",
        "Did {forum} note this review?",
        **_RECORDING,
    ),
    "benefit": Asked(
        "Benefit",
        "say how much of this benefit has come about, {about} after go-live",
        "How much of this benefit has come about?",
        link="Say how much",
    ),
    "assessment": Asked(
        "Assessment",
        "assess this business process: to weigh every way of delivering it, or say why not, and to recommend "
        "one of them",
        "How should this be delivered?",
        verb="Assess",
        link="Assess it",
        opens="reports nothing",
    ),
    "assessment_choice": Asked(
        "Choice of an option",
        "choose how this is delivered, of the options that were weighed",
        "Which of these options is chosen?",
        **_DECIDING,
    ),
    "assessment_srg": Asked(
        "Choice of an option",
        "record which of the options that were weighed {forum} chose",
        "Which of these options did {forum} choose?",
        **_RECORDING,
    ),
}
"""Every kind of question of delivery."""

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
_PLAN_ASKED = "The project manager is asked for a new plan, and its approval is put before the board."
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
        "The project passes the gate and goes on. Each condition is followed up; the next gate waits for "
        "those that guard it.",
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
        "Whoever wrote it is told what is missing, and is asked again.",
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
            "You are asked next for the end stage report.",
        ),
    },
    "end_stage": _reports(
        "Report on the stage",
        "reporting on the stage",
        "reported on the stage",
        "the end stage report is in",
        "The project board is asked whether the project may go on.",
    ),
    "exception_report": _reports(
        "Report the exception",
        "giving the exception report",
        "gave the exception report",
        "the exception report is in",
        "Whoever has the authority for an overrun of this size decides what is done.",
    ),
    "exception": _EXCEPTION,
    "exception_board": _EXCEPTION,
    "exception_srg": _EXCEPTION,
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
            "The proposal is closed. Its lessons are kept for later proposals.",
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
