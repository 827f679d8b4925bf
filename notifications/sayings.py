"""What an answer is called where its question has words of its own, in letters and on pages alike.

Elsewhere an answer is called what its choice is called, whatever the question.
"""

from dataclasses import dataclass

from workflows.model import Choice


@dataclass(frozen=True)
class Saying:
    """An answer to one kind of question, in the places where it is spoken of."""

    label: str
    """Beside its button."""
    doing: str
    """After "You are", before "for INV-2004-0009"; empty where the words of its choice do."""
    did: str
    """After who answered: "Chief Finance Officer reported a successful bid"."""
    became: str
    """What the question has come to, as a clause: "the bid succeeded"."""
    leads_to: str
    """What it does, under its button."""
    did_to: str = ""
    """After "You", of a case that is named: "sent ACT-2004-0003 back"; where "for" it does not do."""


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
        "SRG is asked to decide, and its word stands.",
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
        "Do not consent",
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
        "refused to let it go on",
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


def saying(kind: str, choice: Choice | str) -> Saying | None:
    """Return the words of its own that a kind of question has for an answer, if it has any."""
    return _SAYINGS.get((kind.removesuffix("_meeting"), Choice(choice)))


def vetoed(title: str, choice: Choice | str) -> str:
    """Say that a post settled a question alone, in whichever words it did so."""
    done = _ALONE.get(Choice(choice), "stop it")
    return f"{title} may {done} alone, and did."


_ALONE = {Choice.RETURN: "send it back", Choice.DEFER: "put it off", Choice.REFER_UP: "refer it up"}
