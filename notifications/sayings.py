"""What an answer is called, and why a question ended without one: in letters and on pages alike.

An answer has words of its own where its question has; elsewhere it is called what its choice is called,
whatever the question.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from notifications import projects
from notifications.saying import Saying
from workflows import days
from workflows.model import Choice


@dataclass(frozen=True)
class Wording:
    """A choice, in the places where it is spoken of; {} stands for a sum, a case, or "this"."""

    label: str
    """Beside its button."""
    doing: str
    """After "You are": "approving £84,000"."""
    did_to: str
    """After who answered: "You returned INV-2004-0004 for information"."""
    done: str
    """What the question has come to: "approved", after "it is" or as a heading."""
    did: str = ""
    """After who answered, where nothing is named: "returned it for information"; as it is done, if empty."""


_WORDINGS = {
    Choice.APPROVE: Wording("Approve", "approving {}", "approved {}", "approved"),
    Choice.APPROVE_WITH_CONDITIONS: Wording(
        "Approve with conditions",
        "approving {} with conditions",
        "approved {} with conditions",
        "approved with conditions",
    ),
    Choice.REJECT: Wording("Reject", "rejecting {}", "rejected {}", "rejected", "rejected it"),
    Choice.RETURN: Wording(
        "Return for information",
        "returning {} for information",
        "returned {} for information",
        "returned for information",
        "returned it for information",
    ),
    Choice.DEFER: Wording("Defer", "deferring {}", "deferred {}", "deferred", "deferred it"),
    Choice.REFER_UP: Wording(
        "Refer up", "referring {} up", "referred {} up", "referred up", "referred it up"
    ),
    Choice.NOTE: Wording("Note", "noting {}", "noted {}", "noted", "noted it"),
    Choice.SUPPORT: Wording("Support", "supporting {}", "supported {}", "supported", "supported it"),
    Choice.SUPPORT_WITH_CONDITIONS: Wording(
        "Support with conditions",
        "supporting {} with conditions",
        "supported {} with conditions",
        "supported with conditions",
        "supported it with conditions",
    ),
    Choice.NOT_SUPPORT: Wording(
        "Do not support",
        "declining to support {}",
        "declined to support {}",
        "not supported",
        "did not support it",
    ),
    Choice.AUTHORISE: Wording("Authorise", "authorising {}", "authorised {}", "authorised", "authorised it"),
    Choice.AUTHORISE_WITH_CONDITIONS: Wording(
        "Authorise with conditions",
        "authorising {} with conditions",
        "authorised {} with conditions",
        "authorised with conditions",
        "authorised it with conditions",
    ),
    Choice.EXCEPTION_PLAN: Wording(
        "Ask for an exception plan",
        "asking for an exception plan for {}",
        "asked for an exception plan for {}",
        "sent back for an exception plan",
        "asked for an exception plan",
    ),
    Choice.CLOSE_EARLY: Wording(
        "Close early", "closing {} early", "closed {} early", "closed early", "closed it early"
    ),
    Choice.MORE_TOLERANCE: Wording(
        "Tolerate more",
        "granting {} more tolerance",
        "granted {} more tolerance",
        "granted more tolerance",
    ),
    Choice.REPORT: Wording("Report", "reporting on {}", "reported on {}", "reported"),
    Choice.UNCHANGED: Wording(
        "Nothing has changed",
        "reporting no change in {}",
        "reported no change in {}",
        "reported as unchanged",
        "reported no change",
    ),
    Choice.STAGE_DONE: Wording(
        "The stage is done",
        "reporting that a stage of {} is done,",
        "reported that a stage of {} is done",
        "reported as done",
        "reported that the stage is done",
    ),
    Choice.FALL_SHORT: Wording(
        "It falls short",
        "reporting that {} falls short,",
        "reported that {} falls short",
        "reported as falling short",
        "reported that it falls short",
    ),
    Choice.CLAIM_COMPLETE: Wording(
        "Report that it is complete",
        "reporting that {} is complete,",
        "reported that {} is complete",
        "reported as complete",
        "reported that it is complete",
    ),
    Choice.VERIFY: Wording(
        "Confirm that it is complete",
        "confirming that {} is complete,",
        "confirmed that {} is complete",
        "confirmed as complete",
        "confirmed that it is complete",
    ),
    Choice.SEND_BACK: Wording(
        "Send back: it is not complete",
        "sending {} back because it is not complete,",
        "sent {} back because it is not complete",
        "sent back as not complete",
        "sent it back because it is not complete",
    ),
    Choice.ABSTAIN: Wording("Abstain", "abstaining on {}", "abstained on {}", "abstained"),
    Choice.DECLARE_INTEREST: Wording(
        "Declare an interest",
        "declaring an interest in {}",
        "declared an interest in {}",
        "declared an interest",
    ),
}
_NO_VIEW = (Choice.ABSTAIN, Choice.DECLARE_INTEREST)


_SAYINGS = {
    ("embargo_exception", Choice.APPROVE): Saying(
        "Grant the exception",
        "granting an exception",
        "granted an exception",
        "the exception is granted",
        "The proposal goes on to its funding parties.",
    ),
    ("embargo_exception", Choice.APPROVE_WITH_CONDITIONS): Saying(
        "Grant the exception with conditions",
        "granting an exception with conditions",
        "granted an exception with conditions",
        "the exception is granted with conditions",
        "As grant. Your conditions are recorded, told to the sponsor and shown to those asked after you.",
    ),
    ("embargo_exception", Choice.REJECT): Saying(
        "Refuse the exception",
        "refusing an exception",
        "refused an exception",
        "the exception is refused",
        "The sponsor is told why. The proposal ends here.",
    ),
    ("head_of_profession", Choice.NOT_SUPPORT): Saying(
        "Do not support",
        "",
        "did not support it",
        "it is not supported",
        "A higher body is asked to decide, and its word stands.",
    ),
    ("challenge", Choice.SUPPORT): Saying(
        "The corporate system falls short",
        "agreeing that the corporate system falls short",
        "agreed that the corporate system falls short",
        "the corporate system falls short",
        "The Head of Profession is consulted, unless that has been done. Then it goes on.",
    ),
    ("challenge", Choice.SUPPORT_WITH_CONDITIONS): Saying(
        "The corporate system falls short, with conditions",
        "agreeing, with conditions, that the corporate system falls short",
        "agreed, with conditions, that the corporate system falls short",
        "the corporate system falls short, and there are conditions",
        "As the answer above, and your conditions are shown to those who decide.",
    ),
    ("challenge", Choice.NOT_SUPPORT): Saying(
        "The corporate system can be used",
        "saying that the corporate system can be used",
        "said that the corporate system can be used",
        "the corporate system can be used",
        "The proposal goes back to its sponsor, to use the corporate system instead.",
    ),
    ("consent", Choice.SUPPORT): Saying(
        "Consent",
        "granting consent",
        "granted consent",
        "consent is given",
        "The proposal goes on.",
    ),
    ("consent", Choice.SUPPORT_WITH_CONDITIONS): Saying(
        "Consent with conditions",
        "granting consent with conditions",
        "granted consent with conditions",
        "consent is given with conditions",
        "As consent, and your conditions are shown to those who decide.",
    ),
    ("consent", Choice.NOT_SUPPORT): Saying(
        "Refuse consent",
        "refusing consent",
        "refused consent",
        "consent is refused",
        "The proposal goes back to its sponsor with your reasons.",
    ),
    ("dataset", Choice.APPROVE): Saying(
        "One master source is settled",
        "settling the master source",
        "settled the master source",
        "the master source is settled",
        "The sponsor and the funding parties are told which it is. The proposal goes on.",
    ),
    ("parameter", Choice.SUPPORT): Saying(
        "Pass it to ICT Services",
        "passing the issue to ICT Services",
        "passed the issue to ICT Services",
        "the issue is passed to ICT Services",
        "ICT Services are asked for a solution. Funding parties are asked once there is one.",
    ),
    ("solution", Choice.APPROVE): Saying(
        "There is a solution",
        "recording a solution",
        "recorded a solution",
        "a solution is recorded",
        "The sponsor and the funding parties are told of it. The proposal goes on.",
    ),
    ("referral", Choice.APPROVE): Saying(
        "It may go on",
        "allowing the proposal to go on",
        "allowed it to proceed",
        "it may go on",
        "It goes on to whoever is next on its way. This approves no money.",
    ),
    ("referral", Choice.APPROVE_WITH_CONDITIONS): Saying(
        "It may go on, with conditions",
        "allowing the proposal to go on with conditions",
        "allowed it to proceed, with conditions",
        "it may go on, with conditions",
        "As above. Your conditions are recorded, told to the sponsor and shown to those asked after you.",
    ),
    ("referral", Choice.REJECT): Saying(
        "It may not go on",
        "refusing to let the proposal go on",
        "refused to let it proceed",
        "it may not go on",
        "The sponsor is told why. The proposal ends here.",
    ),
    ("action", Choice.CLAIM_COMPLETE): Saying(
        "It is done",
        "reporting completion",
        "reported completion",
        "it is reported as done",
        "Whoever checks it is asked to confirm it.",
    ),
    ("action_check", Choice.VERIFY): Saying(
        "It is done",
        "confirming completion",
        "confirmed that it is done",
        "it is confirmed as done",
        "It is closed. What waited for it may go on.",
    ),
    ("action_check", Choice.SEND_BACK): Saying(
        "It is not done: send it back",
        "sending back the report of completion",
        "sent it back because it is not done",
        "it is sent back as not done",
        "Its owner is told what is missing, and is asked again.",
        "sent {} back because it is not done",
    ),
    ("bid_outcome", Choice.APPROVE): Saying(
        "The bid succeeded",
        "reporting a successful bid",
        "reported a successful bid",
        "the bid succeeded",
        "The funding parties are asked next.",
    ),
    ("bid_outcome", Choice.REJECT): Saying(
        "The bid failed",
        "reporting a failed bid",
        "reported a failed bid",
        "the bid failed",
        "The sponsor is told. The proposal is closed as unfunded.",
    ),
}


def saying(kind: str, choice: Choice | str, key: str = "") -> Saying | None:
    """Return the words of its own that a kind of question has for an answer, if it has any; those of delivery
    may have others by their `key`.
    """
    own = (kind.removesuffix("_meeting"), Choice(choice))
    return _SAYINGS.get(own) or projects.saying(*own, key)


def asked(kind: str) -> projects.Asked | None:
    """Return the words of a kind of question that a project, a review or a benefit puts; else None."""
    return projects.ASKED.get(kind)


def worded(text: str, kind: str, about: str = "", forum: str = "") -> str:
    """Return such words with what the question is about, and the forum whose word it is."""
    return projects.worded(text, kind, about, forum)


def places(keys: Iterable[str]) -> list[str]:
    """Return what somebody is to a project, in a sentence, for each of their places in it."""
    return [projects.PLACES[key] for key in keys]


def put_off(kind: str, about: str = "") -> str:
    """Say what is put off with such a question of delivery, as the beginning of a sentence; else empty."""
    own = projects.ASKED.get(kind)
    return f"The question about {projects.worded(own.matter, kind, about)}" if own else ""


def then(
    kind: str, choice: Choice | str | None, key: str = "", *, you: bool = False, last: bool = False
) -> str:
    """Say what follows where such a question of delivery came to a choice, as the middle of a sentence; else
    empty.

    `you`: the reader is asked next. `last`: neither a board nor SRG is asked, who would be otherwise.
    """
    return projects.then(kind, Choice(choice), key, you=you, last=last) if choice else ""


def unanswered(kind: str) -> str:
    """Say what follows where nobody answered such a question, as the middle of a sentence; else empty."""
    return projects.unanswered(kind)


def named(answer: str) -> str:
    """Return what a named answer is called that has no words of its own: a box of a report is named by its
    label, any other by its key.
    """
    return answer if answer != answer.lower() else answer.replace("_", " ").capitalize()


def label(choice: Choice | str, kind: str, key: str = "") -> str:
    """Name an answer to a kind of question, for its button."""
    own = saying(kind, choice, key)
    return own.label if own else _WORDINGS[Choice(choice)].label


def doing(choice: Choice | str, kind: str, what: str, key: str = "") -> str:
    """Return "approving £84,000", for "You are approving £84,000"; `what` is the sum or the case."""
    own = saying(kind, choice, key)
    return f"{own.doing} for {what}," if own and own.doing else _WORDINGS[Choice(choice)].doing.format(what)


def did(choice: Choice | str, kind: str, what: str = "", key: str = "") -> str:
    """Return "approved £84,000", for whoever did; without a `what`, as of this or as a word alone."""
    own, wording = saying(kind, choice, key), _WORDINGS[Choice(choice)]
    if own and own.did_to and what:
        return own.did_to.format(what)
    if own and (own.doing or not what):
        return own.did + (f" for {what}" if what else "")
    return wording.did_to.format(what) if what else wording.did or wording.done


def came_to(choice: Choice | str, kind: str, key: str = "") -> str:
    """Return "approved" or "the bid succeeded": what a question has come to, in as few words as it takes."""
    own = saying(kind, choice, key)
    if own:
        return own.became
    # Where this is what a question came to, everybody who answered it said the like.
    return "nobody voted for it or against it" if choice in _NO_VIEW else _WORDINGS[Choice(choice)].done


def became(choice: Choice | str, kind: str, key: str = "") -> str:
    """Return "it is approved": what a question came to, as a clause."""
    came = came_to(choice, kind, key)
    return came if saying(kind, choice) or choice in _NO_VIEW else f"it is {came}"


def vetoed(title: str, choice: Choice | str) -> str:
    """Say that a post settled a question alone, in whichever words it did so."""
    done = _ALONE.get(Choice(choice), "stop it")
    return f"{title} may {done} alone, and did."


_ALONE = {Choice.RETURN: "return it", Choice.DEFER: "defer it", Choice.REFER_UP: "refer it up"}

_ENDED = {
    "withdrawn": "The proposal was withdrawn.",
    "project_withdrawn": "Its proposal was withdrawn, and the project is closed early.",
    "refused_by_another": "Somebody else who had to approve has refused, and one refusal is enough.",
    "returned_by_another": (
        "Somebody else who was asked has returned the proposal to its sponsor for information. A new version "
        "of it may come to you again."
    ),
    "unanswered_beside": (
        "Another question, put together with this one, was closed without an answer, so the proposal goes no "
        "further."
    ),
    "time_up": "The time for answers is over. Silence is never taken as a yes.",
    "inquorate": (
        "Too few of those who could vote were present for the votes to count, so nothing was decided."
    ),
    "tied": "As many were for it as against it, and no casting vote broke the tie.",
    "no_view": "Nobody voted for it or against it, so nothing was decided.",
    "too_few": "Fewer voted for it than had to, so nothing was decided.",
    "taken_back": (
        "Your approval had been asked for as well, and is not asked for any more; the proposal goes on."
    ),
    "cancelled": "The question was called off.",
    "validity": "The approval was not put to use while it was valid, and has lapsed.",
    "fallen_away": "What it follows from was withdrawn or has lapsed, so it falls away.",
    "frozen": "A forecast is past what is tolerated. This waits until it is decided what is done about that.",
    "manager_changed": "Somebody else manages the project now, and is asked instead.",
    "board_changed": (
        "The project board has other members now, and all of it is asked anew. If you are on the board, you "
        "have a new letter."
    ),
    "gate_decided": "It was decided at the gate, or of the whole project, so this is not wanted any more.",
    "next_due": "The next report is due, or the stage has come to its end, and that is asked for instead.",
}


def ended(why: str) -> str:
    """Say why a question ended without being decided, by the key in `StepClosing.why`."""
    return _ENDED.get(why, "It was closed without a decision.")


_UNDECIDED = {
    "inquorate": "too few votes were counted",
    "tied": "as many were for it as against it",
    "no_view": "nobody voted for it or against it",
    "too_few": "fewer voted for it than had to",
}


def undecided(why: str) -> str:
    """Return, as a clause, why answers made no outcome; empty where there were too few of them for that."""
    return _UNDECIDED.get(why, "")


def passed_on(who: str, meeting: date | None) -> str:
    """Say who is asked instead, or which meeting decides, after why a question ended; nothing if none is."""
    if not who:
        return ""
    if meeting is None:
        return f"It is now asked of {who}."
    return f"There is no decision by email: it goes to the meeting of {who} on {days.in_full(meeting)}."


def due(by: date, today: date) -> str:
    """Say when an answer is wanted, or was."""
    left = (by - today).days
    if left < 0:
        return f"An answer was due on {days.in_full(by)}."
    when = {0: "today, ", 1: "tomorrow, "}.get(left, "by ")
    return f"An answer is due {when}{days.in_full(by)}."


LETTERS = {
    "request": "request",
    "reminder": "reminder",
    "escalation": "request to the next up the line",
    "cover": "request to a cover",
    "covered": "word that somebody else may answer",
    "outcome": "outcome",
    "receipt": "receipt",
    "taken_back": "word that an answer is taken back",
    "kept": "word that an answer stands",
    "closed_without_you": "word that an answer is not wanted now",
    "submitted": "word that a proposal is on its way",
    "approved": "approval",
    "expiring": "warning that an approval lapses",
    "approval_lapsed": "word that an approval has lapsed",
    "rejected": "rejection",
    "unfunded": "word that a bid failed",
    "exception_refused": "word that an exception is refused",
    "returned": "word that a proposal is returned",
    "deferred": "deferral",
    "rolled_on": "word that a meeting did not decide",
    "moved": "word of another meeting, or of none",
    "sized": "word of another size",
    "past_tolerance": "word of a forecast past what is tolerated",
    "project_people": "word of who runs a project",
    "closed_early": "word that a project is closed early",
    "dependency": "word of which project waits for which",
    "withdrawn": "word of a withdrawal",
    "lapsed": "word that a question came to nothing",
    "completed": "word of completion",
    "listed": "word of what comes to a meeting",
    "stuck": "word of what needs the programme office",
    "code": "code",
    "anchor": "fingerprint of a day's record",
    "handbook_drafted": "word of a handbook to publish",
    "handbook_published": "word of a handbook in force",
    "meeting_called": "invitation to a meeting",
    "meeting_moved": "word of a meeting's new time or place",
    "meeting_called_off": "word that a meeting is called off",
    "agenda_sent": "agenda",
    "minutes_sent": "minutes",
    "meeting_unrecorded": "word of a meeting's open record",
    "cover_set": "word of a cover to come",
    "cover_ended": "word that a cover has ended",
}
"""What each kind of letter is called where another letter or a record mentions it."""


def letter(kind: str) -> str:
    """Name a kind of letter: "reminder", or "word that an answer stands"."""
    return LETTERS.get(kind, "letter")
