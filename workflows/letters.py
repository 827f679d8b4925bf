"""The letters Assent may send: one frozen kind for each, holding facts; their words are templates.

No letter holds a link that decides or a code: both are given when the letter is rendered, so that
neither is ever stored. Money is pounds, days are days, instants are UTC; the templates phrase them.
"""

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, TypeAdapter

from workflows.delivery import Tolerance
from workflows.model import Choice, Ending, Frozen, Guard, Moving, Nudge, Size

# ------------------------------------------------------------------------------- words


def _shown(character: str) -> str:
    """Return a character as letters may show it: nothing for one that is unseen or turns text round."""
    if character in "\t\v\f\r\x85\u2028\u2029":
        return " "
    hidden = unicodedata.category(character) in ("Cc", "Cs") or unicodedata.bidirectional(character) in (
        *("LRE", "RLE", "LRO", "RLO", "PDF"),
        *("LRI", "RLI", "FSI", "PDI"),
    )
    return "" if hidden else character


_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Signs that show nothing by themselves, though they count as letters or marks."""


def _visible(character: str) -> bool:
    """Say whether a character shows anything by itself."""
    return not (
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")
        or character in _BLANKS
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    text = "\n".join(" ".join("".join(map(_shown, line)).split()) for line in lines).strip()
    # What joins letters of some scripts, or parts of a picture, is nothing where it stands alone.
    return text if any(map(_visible, text)) else ""


def _line(value: Any) -> Any:
    return " ".join(_text(value).split()) if isinstance(value, str) else value


Line = Annotated[str, BeforeValidator(_line)]
"""Words on one line, whatever was typed or pasted: a heading, a name, a title."""
Text = Annotated[str, BeforeValidator(_text)]
"""Words in paragraphs, such as reasons, with everything unseen taken out."""


# ------------------------------------------------------------------------ common parts


class Addressee(Frozen):
    """Who a letter is to: a person, the address it goes to, and the post it reaches them through."""

    name: Line
    address: Line
    post_title: Line = ""


class Matter(Frozen):
    """The case a letter is about, as its reader would name it."""

    ref: str
    title: Line
    organisation: Line
    page: str
    """The case's ordinary page, where nothing is decided."""
    summary: Line = ""
    """What it is, in a sentence or two; empty if the title says it."""
    capital: Decimal | None = None
    revenue: Decimal | None = None
    """Pounds a year."""
    sponsor: Line = ""
    """The title of the sponsor's post."""
    department: Line = ""
    version: int = 1


class Clause(Frozen):
    """A clause of the handbook: why somebody is asked."""

    number: str
    text: Line = ""


class Question(Frozen):
    """What a step asks. Its kind chooses the words; see `_parts/words.txt`."""

    kind: str
    """As in `Terms.kind`; one that the words do not know gets general ones."""
    amount: Decimal | None = None
    """The pounds asked of this seat; the whole is the matter's capital."""
    percent: Decimal | None = None
    """The amount as a share of the capital, in percent."""
    forum: Line = ""
    """The name of the forum that answers, if one does."""
    meeting: date | None = None
    """The day of the forum's meeting, if the question goes to one."""
    share_of: Line = ""
    """For `authority`: the title of the funding party's post whose limit the share exceeds."""
    limit: Decimal | None = None
    """For `authority`: that post's limit."""
    about: tuple[Line, ...] = ()
    """The names of the principles or corporate systems that it is about, where it is not about the whole."""
    why: Line = ""
    """For `referral`: what brings it there, as a clause. For `extra`: why the post was added."""
    added_by: Line = ""
    """For `extra`: the title of the post that added it."""
    key: str = ""
    """For a question of delivery: its key, by which one gate is told from another."""
    last: bool = False
    """For the same: neither a board nor SRG is asked, who would be otherwise. A project that closes early
    passes no gate, and where there is no SRG nobody has to note a review."""


class Condition(Frozen):
    """What somebody requires in return for a yes."""

    text: Text
    owner: Line = ""
    by: date | None = None
    evidence: Text = ""
    """What will show that it is met."""
    verifier: Line = ""
    """The title of the post that checks it."""
    guards: Guard = Guard.NOTHING
    action: str = ""
    """The reference under which it is followed up, once it is."""
    asked_by: Line = ""
    """The titles of the posts and names of the forums that asked for it in the same words, if several did."""


class Task(Condition):
    """What an action requires of its owner."""

    follows: str
    """The reference of the case that it follows from."""


class Answer(Frozen):
    """What somebody answered, as others may read it."""

    who: Line
    """The title of the post, or the name of the forum, that answered."""
    choice: Choice
    kind: str = ""
    """The kind of question, where its answers have words of their own."""
    key: str = ""
    """The key of a question of delivery, where those of its kind have others than the rest."""
    on: date
    for_whom: Line = ""
    """Whom they covered for or sat in the place of, if they did."""
    substitute: bool = False
    """They sat in that place as the forum's substitute."""
    reason: Text = ""
    remarks: tuple[tuple[str, Text], ...] = ()
    """Named answers given beside the choice: (fit, "Fits the infrastructure strategy")."""
    conditions: tuple[Condition, ...] = ()
    until: date | None = None
    """For a deferral: the day on which it is asked again."""
    next_meeting: bool = False
    """On that day the forum that was asked is to meet next."""


class Difference(Frozen):
    """A part of a proposal that is not as it was, in words; empty says nothing there."""

    what: Line
    before: Text
    now: Text
    material: bool = True
    """It voids what was answered about the version before."""


class Asked(Frozen):
    """Somebody who was asked and has not answered."""

    who: Line
    """The title of their post, or their name and the title."""
    since: date
    working_days: int = 0


class Consequence(Frozen):
    """What the ladder will do if nobody answers, and to whom it turns then."""

    on: date
    then: Nudge
    who: Line = ""
    """The cover, the line manager or the PMO, by title or name and title; may be empty."""
    substitute: bool = False
    """Whoever it turns to is the forum's substitute in that seat, and not a cover."""


ByMembers = Literal["", "undecided", "put_off"]
"""What a board's members made by email of a question that is put at their meeting: they came to no decision,
or put it off to the meeting. Empty where it is no such question."""


class Worth(Frozen):
    """What a proposal costs and brings over its life, to the pound."""

    whole_life_cost: Decimal
    present_value: Decimal
    """The net present value."""
    paid_back: Line = ""
    """The financial year by whose end benefits have made up for all costs; empty if they do not."""
    last: Line
    """The last year that is looked at."""


class Budget(Frozen):
    """The budget a share would come from."""

    total: Decimal
    committed: Decimal
    """By the handbook, and by what its post has approved of other proposals."""
    approved_here: Decimal = Decimal(0)
    """The part of `committed` that was approved of other proposals."""
    would_remain: Decimal
    """What a yes would leave; below zero it is overspent."""
    asked_here: Decimal = Decimal(0)
    """What other proposals ask of it and nobody has answered yet; no part of `committed`."""
    whose: Line = ""
    """The party whose budget it is, where the authority above it is asked."""

    @property
    def would_remain_of_all(self) -> Decimal:
        """What would be left if all that is asked of it were approved as well."""
        return self.would_remain - self.asked_here


class Next(Frozen):
    """Where a case goes from here: to whom, and on which day if it waits for one."""

    leg: str = ""
    """The part of the way that comes next; it alone where nobody is asked yet."""
    who: tuple[Line, ...] = ()
    """Titles of posts or names of forums that are asked next, without the reader's own."""
    you: bool = False
    """The reader is asked as well, and for a post that would be named."""
    seated: bool = False
    """The reader answers in a forum that is named, as a member or its secretary."""
    on: date | None = None


class Awaited(Frozen):
    """Somebody on whose answer a proposal still waits."""

    who: Line
    """The title of the post."""
    you: bool = False
    """The reader is asked it."""
    kind: str = ""
    """The kind of question, where it is not the reader's own."""


class Stop(Frozen):
    """A leg of a route, as it is told to the sponsor."""

    leg: str
    who: tuple[Line, ...]
    clause: Clause
    reason: Line = ""
    meeting: date | None = None
    by: date | None = None
    """The day by which it is done if everybody answers in time."""


class Addressed(Frozen):
    """What every letter has."""

    to: Addressee

    @property
    def linked(self) -> bool:
        """It holds the one link by which its reader may act."""
        return False


class CaseLetter(Addressed):
    """A letter about a case. Unless it is an `Asking`, its only link is the case's page."""

    matter: Matter


# ------------------------------------------------------------- letters that ask something


class Asking(CaseLetter):
    """A letter with a question and the one link to answer it."""

    question: Question
    seat: Line
    """The title of the post that is asked. The reader may hold it, cover it or manage its holder."""
    own: bool = True
    """The reader holds that post, and does not answer in its holder's place."""
    clause: Clause
    due: date
    written: date
    """The day of this letter, from which "today", "tomorrow" and "overdue" are counted."""
    so_far: tuple[Answer, ...] = ()
    """Answers on earlier legs, and on this step unless it is blind."""
    unanswered: tuple[Asked, ...] = ()
    """Those in whose place it is asked, because they did not answer."""
    by_members: ByMembers = ""
    conditions: tuple[Condition, ...] = ()
    """Conditions that consultations have put."""
    task: Task | None = None
    """What is to be done, or was, where an action asks."""
    stands: tuple[Line, ...] = ()
    """How a project or a benefit stands by its last report, or an assessment by what is known of it: a
    sentence each.
    """
    coincidences: tuple[Line, ...] = ()
    """Sentences such as "The sponsor is also a funding party."."""
    not_said: tuple[Line, ...] = ()
    """What applies to the proposal and it does not say."""
    worth: Worth | None = None
    """For a decision on the money: what it costs and brings."""
    track_record: Line = ""
    """For the same: how past major cases of the directorate turned out, with their number and range, and what
    it comes to on that record. Empty where too few say so.
    """
    budget: Budget | None = None
    if_silent: tuple[Consequence, ...] = ()
    """Rungs still to come. Empty: it stays open, and the letter says so."""
    since: int = 0
    """The version that the reader knew; 0 if none."""
    changes: tuple[Difference, ...] = ()
    """What has changed since that version."""
    board: tuple[Line, ...] = ()
    """How a board's question stands, a sentence each: who is present, what is wanting, until when."""
    code_needed: bool = False
    """A code will be asked for, and sent to this address."""

    @property
    def linked(self) -> bool:
        """It holds the link by which its reader may answer."""
        return True


class Request(Asking):
    """The first letter to those a step asks."""

    kind: Literal["request"] = "request"


class Reminder(Asking):
    """To somebody who has not answered."""

    kind: Literal["reminder"] = "reminder"
    number: int
    """1 for the first reminder of this question that its reader gets."""
    asked_on: date


class Escalation(Asking):
    """To the next up the line, who may answer in the place of those who were asked or could not be."""

    kind: Literal["escalation"] = "escalation"
    because: Literal[
        "silent",
        "author",
        "covers_author",
        "owner",
        "covers_owner",
        "manager",
        "covers_manager",
        "assessor",
        "covers_assessor",
        "vacant",
        "seated",
    ] = "silent"
    """Those asked are silent; or the post's own holder could not be asked from the start: they wrote
    the proposal, are to do what is checked, or run the project; cover for somebody who did or is; are not
    there; or have another seat."""
    asked: tuple[Asked, ...] = ()
    """Empty where the reader is the first to be asked."""
    covering: Line = ""
    """The name of the next up the line, for whom the reader covers; empty if the reader is the next."""


class Cover(Asking):
    """To whoever covers for the person asked, from the start or because that person is silent."""

    kind: Literal["cover"] = "cover"
    covering: Line
    """The person covered, by name."""
    until: date | None = None
    """The cover's last day, if it has one."""
    asked_on: date | None = None
    """When the person covered was asked, if they were and have not answered."""
    substitute: bool = False
    """The reader is the forum's substitute in that seat, and nobody's private cover."""
    vacant: bool = False
    """Nobody holds the post; `covering` is then its title."""


# --------------------------------------------------------- letters to those who were asked


class Covered(CaseLetter):
    """To the person covered: somebody else may now answer for them."""

    kind: Literal["covered"] = "covered"
    question: Question
    seat: Line
    cover: Line
    """Whoever may answer in their place, by name; of a manager who is away, the manager's cover too."""
    until: date | None = None
    asked_on: date | None = None
    up_the_line: bool = False
    """They may answer as the next up the line, and not as a cover."""
    substitute: bool = False
    """They may answer as the forum's substitute in that seat."""
    due: date
    if_silent: tuple[Consequence, ...] = ()
    may_answer: bool = False
    """The reader may still answer themselves, by the link in it; letters from before have none."""
    code_needed: bool = False

    @property
    def linked(self) -> bool:
        """It holds the link by which its reader may answer themselves."""
        return self.may_answer


class Outcome(CaseLetter):
    """What a step came to: to those who were asked and to those who are told."""

    kind: Literal["outcome"] = "outcome"
    question: Question
    ending: Ending
    choice: Choice | None = None
    on: date
    why: str = ""
    """For a step without a choice: the key in `StepClosing.why`."""
    until: date | None = None
    """For a deferral: the day on which it is asked again, the latest that anybody named."""
    answers: tuple[Answer, ...] = ()
    others_open: bool = False
    """Questions put together with it are still to be answered, so that the case stays where it is."""
    next: Next | None = None
    """Where the case goes, when it is known; the words make do without."""
    becomes: str = ""
    """The state to which the outcome brings the case, if it does not simply go on."""
    yours: bool = False
    """The reader is the proposal's sponsor."""
    casting: Line = ""
    """The title of the post whose casting vote broke a tie, if one did."""
    veto: Line = ""
    """The title of the post that stopped it alone, if one did."""
    present: Line = ""
    """For a board that could not decide: how many were present and how many had to be."""
    rated: Line = ""
    """For a gate that ends in a rating: how confident its board is of delivery, in words."""


class Receipt(CaseLetter):
    """To whoever answered: what, when, about what exactly, and what happens next."""

    kind: Literal["receipt"] = "receipt"
    question: Question
    seat: Line
    answer: Answer
    at: AwareDatetime
    fingerprint: str
    """The hash of exactly what was shown."""
    answered: int
    """How many seats of this question, or of the questions put together, have answered."""
    asked: int
    waiting_for: tuple[Awaited, ...] = ()
    """Those on whose answers the proposal still waits."""
    settled: Choice | None = None
    """What the question came to, if this answer settled it."""
    until: date | None = None
    """For a question that is put off: the day on which it is asked again, the latest that anybody named."""
    stopped: bool = False
    """A question put together with this one lets the proposal go no further, whatever this answer is."""
    against: tuple[Answer, ...] = ()
    """The answers that stop it so; none where it is silence."""
    next: Next | None = None
    becomes: str = ""
    """The state to which the question's outcome brings the case, if it does not simply go on."""
    yours: bool = False
    """The reader is the proposal's sponsor."""
    board: tuple[Line, ...] = ()
    """How a board's question stands with this answer, while it is open."""
    decided_by: Line = ""
    """A sentence on whose vote decided alone, if one did."""
    undo_until: AwareDatetime | None = None
    """Until when the answer may be taken back, if it may."""
    code_needed: bool = False
    """A code will be asked for before it is taken back, and sent to this address."""

    @property
    def linked(self) -> bool:
        """It holds the link by which its reader may take the answer back."""
        return self.undo_until is not None


class TakenBack(CaseLetter):
    """To whoever took an answer back: it counts no more, and another may be given."""

    kind: Literal["taken_back"] = "taken_back"
    question: Question
    seat: Line
    at: AwareDatetime
    """When they took it back."""
    due: date
    own: bool = True
    """The reader holds that post, and does not answer in its holder's place."""
    if_silent: tuple[Consequence, ...] = ()
    """Rungs still to come. Empty: it stays open, and the letter says so."""
    code_needed: bool = False

    @property
    def linked(self) -> bool:
        """It holds the link by which its reader may answer anew."""
        return True


class Kept(CaseLetter):
    """To somebody whose answer stands for a new version, because nothing material has changed."""

    kind: Literal["kept"] = "kept"
    question: Question
    seat: Line
    answer: Answer
    since: int
    """The version that was answered."""
    changes: tuple[Difference, ...]
    on: date
    """The day on which the new version was taken up."""


class ClosedWithoutYou(CaseLetter):
    """To somebody who was asked and need not answer any more."""

    kind: Literal["closed_without_you"] = "closed_without_you"
    question: Question
    seat: Line
    own: bool = True
    """The reader holds that post, and was not asked in its holder's place."""
    ending: Ending
    choice: Choice | None = None
    on: date
    why: str = ""
    """The key in `StepClosing.why`: one of those in `BESIDE`, or withdrawn, taken_back, time_up, inquorate,
    tied, no_view, too_few, cancelled or validity; for an action also fallen_away."""
    until: date | None = None
    """For a deferral: the day on which it is asked again, the latest that anybody named."""
    taken_back_by: Line = ""
    """The title of the post that had the reader asked no more, if one did."""
    taken_back_why: Text = ""
    passed_on: Line = ""
    """Who is asked instead, where nobody answered and somebody else is. Of a question that members put off to
    their board's meeting, the board."""
    meeting: date | None = None
    """The day of the meeting of `passed_on` at which it is asked, if it goes to one."""
    decided_by: tuple[Line, ...] = ()
    """Titles of the posts whose answers settled it, where they may be named."""


# ----------------------------------------------------- letters to the sponsor and the lead


class Submitted(CaseLetter):
    """The proposal is in; this is the way it will go."""

    kind: Literal["submitted"] = "submitted"
    on: date
    decide_by: date
    fingerprint: str
    """The hash of the version."""
    route: tuple[Stop, ...] = ()
    kept: tuple[Line, ...] = ()
    """Who has answered about the version before, where that stands."""


class Approved(CaseLetter):
    """Everybody who had to has approved."""

    kind: Literal["approved"] = "approved"
    on: date
    size: Size
    answers: tuple[Answer, ...] = ()
    """The answers that approve it, with their conditions."""
    order: Line = ""
    """The number of the order that it raised."""
    orders_to: Line = ""
    """The host that the order is on its way to; empty if orders are sent nowhere."""
    valid_until: date | None = None
    """The last day on which the approval may be put to use; None: it does not lapse."""


class Expiring(CaseLetter):
    """The approval lapses soon, unless it is put to use."""

    kind: Literal["expiring"] = "expiring"
    written: date
    """The day of this letter."""
    valid_until: date
    working_days: int
    """How many are left, the last day included."""
    size: Size
    waiting_for: tuple[Line, ...] = ()
    """Who is asked to confirm completion; nobody for a major proposal, which waits for its project."""
    put_off: date | None = None
    """The day on which they are asked again, where they have put it off."""
    unmet: tuple[Task, ...] = ()
    """The conditions that keep it from being put to use, and are not met and checked yet."""
    broken_off: bool = False
    """A condition was broken off before it was met, so that the approval can never be put to use."""
    order: Line = ""
    """The number of the order that would be called off."""
    orders_to: Line = ""
    """The host that would be told of it; empty if orders are sent nowhere."""


class ApprovalLapsed(CaseLetter):
    """The approval was not put to use while it was valid, and the case ends."""

    kind: Literal["approval_lapsed"] = "approval_lapsed"
    on: date
    valid_until: date
    approved_by: tuple[Line, ...] = ()
    """The forum, or the posts, that approved it."""
    order: Line = ""
    """The number of the order that is called off."""
    orders_to: Line = ""
    """The host that is told of it; empty if orders are sent nowhere."""


class Rejected(CaseLetter):
    """The proposal is refused and ends."""

    kind: Literal["rejected"] = "rejected"
    on: date
    answers: tuple[Answer, ...] = ()
    """The refusals, with their reasons; a step that refused by count lists all of its answers."""


class Unfunded(CaseLetter):
    """The bid on which the money depended has failed, and the proposal ends."""

    kind: Literal["unfunded"] = "unfunded"
    on: date
    answers: tuple[Answer, ...] = ()


class ExceptionRefused(CaseLetter):
    """No exception from the embargo is granted, and the proposal ends."""

    kind: Literal["exception_refused"] = "exception_refused"
    on: date
    answers: tuple[Answer, ...] = ()
    left: Condition | None = None
    """What the directorate is left to do, where it is followed up."""


class Returned(CaseLetter):
    """The proposal is sent back for more information."""

    kind: Literal["returned"] = "returned"
    on: date
    wanted: tuple[Answer, ...]
    """The answers that return it; their reasons say what is asked for."""
    answer_at: str
    """The ordinary page on which the sponsor prepares the next version."""
    left: Condition | None = None
    """What its directorate is left to do, where it is returned as outside the guidelines."""


class Deferred(CaseLetter):
    """The question is put off to a day, when it is asked again."""

    kind: Literal["deferred"] = "deferred"
    on: date
    until: date
    next_meeting: Line = ""
    """The forum whose next meeting is to be on that day, where it is put off to that."""
    question: Question
    answers: tuple[Answer, ...] = ()
    valid_until: date | None = None
    """For an approval that is still to be put to use: the last day on which it may be."""


class RolledOn(CaseLetter):
    """A forum's meeting came to no outcome about the proposal, which is before its next one."""

    kind: Literal["rolled_on"] = "rolled_on"
    on: date
    day: date
    """The day of the meeting that came to no outcome."""
    because: Literal["not_held", "inquorate", "undecided"]
    """It was not held; too few members came to decide; or it was held and did not decide this."""
    reason: Text = ""
    """What its secretary wrote of why, if they did."""
    until: date
    """The day of the next meeting."""
    question: Question


class Moved(CaseLetter):
    """The proposal goes to another meeting than it was to go to, or to none, and why."""

    kind: Literal["moved"] = "moved"
    on: date
    because: Moving
    question: Question
    """Its `forum` and `meeting` are those that it goes to now; without a meeting it is asked at once."""
    left: Line = ""
    """The name of the forum to whose meeting it was to go."""
    was: date | None = None
    """The day of that meeting."""
    papers_due: date | None = None
    """The last day on which papers for it were taken."""
    after: Answer | None = None
    """The last answer that it had to wait for, if there was one."""
    asked: Line = ""
    """Who is asked instead, where it goes to no meeting."""
    why: str = ""
    """For a board that came to no decision: the key in `StepClosing.why`."""
    decide_by: date | None = None
    """The decision date, where a meeting serves only before it."""


class Sized(CaseLetter):
    """The PMO has made the proposal major, or minor: what is ahead of it has changed."""

    kind: Literal["sized"] = "sized"
    size: Size
    by: Line
    """The title of whoever has set it."""
    reason: Text = ""
    """Why; empty where it was erased."""
    board: Line = ""
    """The forum that decides major proposals: it does so now, or does no more."""
    completes: Line = ""
    """Who confirms that a minor proposal is complete."""
    returned: bool = False
    """It waits for its sponsor's next version."""


class PastTolerance(CaseLetter):
    """A project's forecast is past what is tolerated: to its manager, its board and the programme office."""

    kind: Literal["past_tolerance"] = "past_tolerance"
    on: date
    """The day of the report."""
    of: tuple[Tolerance, ...]
    """What it is past; nothing of its own where it is only so together with what it is linked with."""
    cost: Decimal
    """Pounds that the whole is forecast to cost."""
    approved: Decimal
    """Pounds of the last approved plan."""
    over: Decimal
    """Pounds above that; below zero it costs less."""
    over_percent: Decimal
    tolerated_percent: Decimal
    go_live: date
    approved_go_live: date
    late: int
    """Working days; below zero it goes live earlier."""
    tolerated_days: int
    together_percent: Decimal | None = None
    """Percent over the plans of all that it is linked with, where that is past what is tolerated."""
    together_late: int = 0
    manager: Line
    """The title of the project manager's post."""
    decides: Line
    """The title or name of whoever decides what is done."""
    part: Literal["manager", "board", "office"]
    """What the reader is to the project."""
    decided_by_you: bool = False
    """The reader is to decide it, or to be one of those who do."""
    asked_anew: bool = False
    """Its gate was decided before this was heard of; that does not hold, and the board is asked anew."""
    clause: Clause


Place = Literal["manager", "executive", "senior_user", "senior_supplier"]
"""What somebody is to a project: its manager, or one of the three of its board."""


class ProjectPeople(CaseLetter):
    """Somebody has been put in another's place in a project: to whoever comes, and to whoever goes."""

    kind: Literal["project_people"] = "project_people"
    on: date
    comes: tuple[Place, ...] = ()
    """What the reader is to the project from now on, and was not."""
    goes: tuple[Place, ...] = ()
    """What the reader was to it, and is no more."""
    stays: tuple[Place, ...] = ()
    """What the reader was to it, and still is."""
    before: tuple[Line, ...] = ()
    """The titles of the posts that were where the reader comes."""
    now: tuple[Line, ...] = ()
    """The titles of the posts that are where the reader was."""
    manager: Line
    """The title of the post that manages it now."""
    by: Line
    """The title of whoever did it."""
    reason: Text = ""
    """Why; empty where it was not said."""


class ClosedEarly(CaseLetter):
    """A project is closed before its plan was carried out: to its manager and its board."""

    kind: Literal["closed_early"] = "closed_early"
    on: date
    because: Literal["decided", "withdrawn", "cancelled"]
    """It was decided to close it early; its proposal was withdrawn; or an operator has called it off."""
    proposal: str = ""
    """The reference of the proposal that it follows from."""
    reviewed: bool = False
    """That proposal's review was confirmed already, while the project went on."""


class Dependency(CaseLetter):
    """A project waits for another, or does so no more: to the managers of both. It is about the one that
    waits.
    """

    kind: Literal["dependency"] = "dependency"
    other: Line
    """The reference of the project that it waits for."""
    other_title: Text
    by: Line
    """The title of whoever said so."""
    reason: Text
    yours: Literal["waits", "ahead"]
    """Which of the two the reader manages."""
    them: Line
    """The title of whoever manages the other of the two."""
    live: date | None = None
    """When the one that is waited for goes live, or went; None while nobody has said."""
    went_live: bool = False
    ended: bool = False
    """It waits no more."""


class Withdrawn(CaseLetter):
    """The proposal was withdrawn."""

    kind: Literal["withdrawn"] = "withdrawn"
    on: date
    by: Line
    """The name or title of whoever withdrew it."""
    order: Line = ""
    """The number of the order that is called off."""
    orders_to: Line = ""
    """The host that is told of it; empty if orders are sent nowhere."""
    left: tuple[Condition, ...] = ()
    """What a directorate was left to do, which stays open."""
    project: str = ""
    """The reference of its project, which is closed early with it; empty where there is none."""


class Lapsed(CaseLetter):
    """The question came to nothing, by silence or votes that decide nothing, and its rules end it there."""

    kind: Literal["lapsed"] = "lapsed"
    on: date
    question: Question
    why: str = ""
    """The key in `StepClosing.why`: time_up, inquorate, tied, no_view or too_few."""
    asked: tuple[Asked, ...] = ()
    """Who is silent."""
    answers: tuple[Answer, ...] = ()


class Completed(CaseLetter):
    """The work is done and the case is closed."""

    kind: Literal["completed"] = "completed"
    on: date
    confirmed_by: Line = ""
    reviewed_by: Line = ""
    """Before whom its post-implementation review came last, where there was one."""
    checked_by: Line = ""
    """Who checked that review, where it came before nobody after that."""


# ----------------------------------------------------------------- letters to the office


class Listed(CaseLetter):
    """To a forum's secretary: a proposal is on the business of a coming meeting."""

    kind: Literal["listed"] = "listed"
    on: date | None = None
    """The day of this letter; None in one that was queued before letters to secretaries had it."""
    question: Question
    """Its `forum` and `meeting` are the ones that are meant."""
    clause: Clause
    issues: tuple[Line, ...] = ()
    """The names of the principles with which it brings an issue to the same meeting."""
    noted: tuple[Answer, ...] = ()
    """For a proposal that was notified directly: what was replied, of which the meeting is only told."""


class Unsent(Frozen):
    """A letter that could not be delivered."""

    to: Line
    address: Line
    about: Line
    """What sort of letter it was, in words: "reminder", "word that an answer stands"."""
    why: Line


class UnsentOrder(Frozen):
    """An order that could not be sent."""

    number: str
    cancels: bool = False
    """It is not the order itself but word that it is called off."""
    amount: Decimal
    why: Line


class Stuck(CaseLetter):
    """To the PMO: something will not move unless the PMO moves it."""

    kind: Literal["stuck"] = "stuck"
    cause: Literal[
        "unanswered",
        "undeliverable",
        "nobody_to_ask",
        "not_for_me",
        "fault",
        "vacant_ahead",
        "short_ahead",
        "order",
        "failing",
    ]
    """`fault`: Assent could not count an answer or take one back, for a reason of its own, and tries no more.
    `failing`: Assent fails again and again at what it does for the case, which does not move meanwhile.
    `short_ahead`: too few people hold the seats of a board, whose name is the `seat`."""
    desk: str
    """The page on which to see to it."""
    question: Question | None = None
    seat: Line = ""
    if_others_silent: bool = False
    """For `vacant_ahead` and `short_ahead`: they are asked only if those before them do not answer."""
    silent: int = 1
    """For `unanswered`: how many places are without an answer; `seat` is the first of them."""
    asked: tuple[Asked, ...] = ()
    """For `unanswered`: who has been silent to the end of the ladder."""
    if_silent: tuple[Consequence, ...] = ()
    """For `unanswered` and `nobody_to_ask`: the rungs still to come. Empty: it stays as it is."""
    unsent: Unsent | None = None
    """For `undeliverable`: the letter."""
    order: UnsentOrder | None = None
    """For `order`: the order that could not be sent."""
    undoing: bool = False
    """For `fault`: the answer was to be taken back."""
    doing: Line = ""
    """For `failing`: what Assent fails to do, as in "asking a question"."""


class Code(Addressed):
    """A code to type on a page that is waiting for it. It is given when the letter is rendered."""

    kind: Literal["code"] = "code"
    purpose: Literal["decision", "sign_in"]
    organisation: Line
    ref: str = ""
    """For a decision: the case."""
    minutes: int = 10


class Anchor(Addressed):
    """To the auditor: the head of a day's record, to be kept where the engine cannot reach it."""

    kind: Literal["anchor"] = "anchor"
    organisation: Line
    day: date
    digest: str
    """What the day's record came to, over the head of every case and every series of meetings."""
    cases: int
    """How many of these there are, of both kinds."""


class HandbookLetter(Addressed):
    """A letter about a changed handbook, to those who may publish one."""

    organisation: Line
    title: Line
    """What the handbook calls itself."""
    on: date
    page: str
    """The draft's ordinary page."""
    put_forward_by: Line = ""
    """A name and a post; empty where nobody has, because the installation found it in its files."""


class HandbookDrafted(HandbookLetter):
    """A handbook waits to be published: by the reader, or by another if the reader puts it forward."""

    kind: Literal["handbook_drafted"] = "handbook_drafted"


class HandbookPublished(HandbookLetter):
    """A handbook has come into force."""

    kind: Literal["handbook_published"] = "handbook_published"
    published_by: Line
    """A name and a post."""


class Sitting(Frozen):
    """A meeting as calendars hold it."""

    uid: str
    """The name that calendars know it by: the same for the meeting however often it is moved."""
    sequence: int = 0
    """How often it has been changed; calendars believe the highest."""
    starts: AwareDatetime
    ends: AwareDatetime
    place: Line = ""


class Business(Frozen):
    """An item of a meeting's agenda."""

    number: int
    """As in the agenda, the pack and the minutes."""
    ref: str = ""
    """The case; empty for an item that is about none."""
    title: Line
    sought: Line = ""
    """The decision that is sought, as a question or a sentence."""
    for_information: bool = False
    carried_over_from: date | None = None
    """The day of the meeting that did not come to it."""


class Minuted(Frozen):
    """What a meeting made of an item."""

    number: int
    ref: str = ""
    title: Line
    outcome: Line = ""
    """In words, such as "Noted", or what was said of it where it rolls on."""
    reference: Line = ""
    """The number of its minute."""
    carried_over_to: date | None = None


class MeetingLetter(Addressed):
    """A letter about a meeting of a forum. It is about no case; its only link is the meeting's page."""

    organisation: Line
    forum: Line
    """The forum's name."""
    meeting: str
    """The meeting's key, which stays whatever becomes of the meeting: its letters are one thread."""
    day: date
    page: str
    """The meeting's ordinary page, where nothing is decided."""
    mailbox: str
    """The forum's address, at which its secretary reads what is answered."""
    in_place_of: Line = ""
    """For a member's substitute: the title of that member's post."""


class Inviting(MeetingLetter):
    """A letter that brings a calendar the meeting, a change of it, or its end."""

    sitting: Sitting


class MeetingCalled(Inviting):
    """To a member: come to a meeting."""

    kind: Literal["meeting_called"] = "meeting_called"
    papers_close: date | None = None
    """The day by which papers must be in; members are sent the agenda then."""


class MeetingMoved(Inviting):
    """To a member: the meeting is at another time or in another place."""

    kind: Literal["meeting_moved"] = "meeting_moved"
    was: AwareDatetime
    """When it was to begin; the same instant if only the place is another."""
    was_at: Line = ""
    """Where it was to be, if that was known."""
    why: Text = ""
    papers_close: date | None = None


class MeetingCalledOff(Inviting):
    """To a member: the meeting does not take place. `sitting` is as planned, under a new sequence."""

    kind: Literal["meeting_called_off"] = "meeting_called_off"
    why: Text = ""
    items: tuple[Business, ...] = ()
    next_meeting: date | None = None
    """The day of the meeting that its items go to; None while there is none."""


class AgendaSent(MeetingLetter):
    """To a member, when papers have closed: what to read before the meeting."""

    kind: Literal["agenda_sent"] = "agenda_sent"
    starts: AwareDatetime
    place: Line = ""
    items: tuple[Business, ...] = ()


class MinutesSent(MeetingLetter):
    """To a member: what a meeting decided, as a draft or as confirmed."""

    kind: Literal["minutes_sent"] = "minutes_sent"
    items: tuple[Minuted, ...] = ()
    next_meeting: date | None = None
    """For a draft: the day of the meeting that confirms it, if it is known."""
    confirmed: date | None = None
    """The day on which they were confirmed; None for a draft."""
    corrections: tuple[Text, ...] = ()
    """What was corrected since the draft."""


class MeetingUnrecorded(MeetingLetter):
    """To a forum's secretary, and to the PMO if it stays so: the record of a meeting is open."""

    kind: Literal["meeting_unrecorded"] = "meeting_unrecorded"
    items: tuple[Business, ...] = ()
    """Those whose outcome nobody has recorded."""
    by: date | None = None
    """The day on which the PMO is told, in the secretary's own letter."""
    next_meeting: date | None = None
    """The meeting to which they go without an outcome, if one is known."""
    secretary: Line = ""
    """Who was asked to record it, for a letter to the PMO; empty in the secretary's own."""


class CoverSet(Addressed):
    """To whoever is to cover for somebody: for whom, and from which day to which."""

    kind: Literal["cover_set"] = "cover_set"
    organisation: Line
    covering: Line
    """The person covered, by name and posts."""
    starts: date
    ends: date
    """The last day."""
    page: str
    """The ordinary page of what the reader is asked."""


class CoverEnded(Addressed):
    """To whoever was to cover for somebody, and does so no more."""

    kind: Literal["cover_ended"] = "cover_ended"
    organisation: Line
    covering: Line
    """The person who was covered, by name and posts."""
    starts: date
    ends: date
    """The last of the days for which they were named."""
    instead: bool = False
    """Somebody else has been named in their place."""
    page: str
    """The ordinary page of what the reader is asked."""


Letter = Annotated[
    CoverSet
    | CoverEnded
    | Request
    | Reminder
    | TakenBack
    | Expiring
    | ApprovalLapsed
    | Escalation
    | Cover
    | Covered
    | Outcome
    | Receipt
    | Kept
    | ClosedWithoutYou
    | Submitted
    | Approved
    | Rejected
    | Unfunded
    | ExceptionRefused
    | Returned
    | Deferred
    | RolledOn
    | Moved
    | Sized
    | PastTolerance
    | ProjectPeople
    | ClosedEarly
    | Dependency
    | Withdrawn
    | Lapsed
    | Completed
    | Listed
    | Stuck
    | Code
    | Anchor
    | HandbookDrafted
    | HandbookPublished
    | MeetingCalled
    | MeetingMoved
    | MeetingCalledOff
    | AgendaSent
    | MinutesSent
    | MeetingUnrecorded,
    Field(discriminator="kind"),
]
"""Any letter, told apart by its kind."""

_LETTER: TypeAdapter[Letter] = TypeAdapter(Letter)


def read(props: dict[str, Any]) -> Letter:
    """Return the letter that was kept as `letter.model_dump(mode="json")`."""
    return _LETTER.validate_python(props)
