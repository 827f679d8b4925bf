"""Decision intents: what people submitted, kept until the engine has answered, and what was decided."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy import Row, Select, bindparam, insert, literal, or_, select, update

from service.errors import Altered, Conflict, TwoSeats
from service.store import canonical, keeping, texts
from service.store.engine import Tx
from service.store.line import ENGINE
from service.store.tables import DECISIONS, INTENTS, STEPS, TEXTS
from workflows.model import Assurance, Choice, Decision, Frozen, Guard, key_of
from workflows.rules import routing

SUBMITTED, ACCEPTED, REFUSED, UNDONE = "submitted", "accepted", "refused", "undone"
VOID = (REFUSED, UNDONE)
"""States in which an answer does not stand, so that its seat may answer anew."""

SAID = "said"
"""The value of a named answer that is all words."""
ERASED = "(erased)"
"""What stands for words that the law has had erased."""

GUIDELINES, OUTSIDE = "guidelines", "outside"
"""The answer beside a return that a proposal is outside the guidelines: its name, and what it says."""

_WORDS = ("reason", "conditions", "answers")

_WITH_WORDS = select(INTENTS, TEXTS.c.body.label("words")).outerjoin(
    TEXTS, TEXTS.c.hash == INTENTS.c.words_hash
)
_BY_KEY = _WITH_WORDS.where(INTENTS.c.key == bindparam("key"))
# Spelt out, for the index of these alone serves no query that leaves the state open.
_UNSETTLED = _WITH_WORDS.where(INTENTS.c.state == literal(SUBMITTED, literal_execute=True)).order_by(
    INTENTS.c.submitted_at, INTENTS.c.key
)
_UNSETTLED_OF = _UNSETTLED.where(INTENTS.c.step == bindparam("step"))
_STANDING = select(INTENTS).where(
    INTENTS.c.step == bindparam("step"),
    INTENTS.c.round == bindparam("round"),
    or_(INTENTS.c.seat == bindparam("seat"), INTENTS.c.person == bindparam("person")),
)
_ASK = select(STEPS.c.ask).where(STEPS.c.id == bindparam("step"))
_OF_KEY = (
    select(INTENTS, STEPS.c.ask)
    .join(STEPS, STEPS.c.id == INTENTS.c.step)
    .where(STEPS.c.case == bindparam("case"), STEPS.c.key == bindparam("asked"))
)
_NEW = insert(INTENTS)
_THIS = update(INTENTS).where(
    INTENTS.c.key == bindparam("its_key"), INTENTS.c.attempt == bindparam("its_attempt")
)
_ACCEPT = _THIS.where(INTENTS.c.state == SUBMITTED).values(state=ACCEPTED)
_UNDO = _THIS.values(state=UNDONE)
_REFUSE = _THIS.values(state=REFUSED)
_DECISIONS = (
    select(DECISIONS, TEXTS.c.body.label("words"), STEPS.c.kind, STEPS.c.ask)
    .join(STEPS, STEPS.c.id == DECISIONS.c.step)
    .outerjoin(TEXTS, TEXTS.c.hash == DECISIONS.c.words_hash)
    .outerjoin(INTENTS, INTENTS.c.key == DECISIONS.c.key)
    .where(or_(DECISIONS.c.recorded_at.is_not(None), INTENTS.c.state == ACCEPTED))
    .order_by(DECISIONS.c.submitted_at, DECISIONS.c.key)
)
_OF_CASE = _DECISIONS.where(DECISIONS.c.case == bindparam("case"))
_OF_STEP = _DECISIONS.where(DECISIONS.c.step == bindparam("step"))


class Condition(Frozen):
    """A condition of an approval: what is to be done, by which post, and by when."""

    text: str
    owner: str
    by: date
    evidence: str = ""
    """What will show that it is met."""
    verifier: str = ""
    """The post that checks that it is met; empty in what was written before conditions were followed up."""
    guards: Guard = Guard.NOTHING


class Answered(Frozen):
    """The answer to one of the named questions beside the choice."""

    value: str
    text: str = ""


class Intent(Frozen):
    """A decision as one person confirmed it, and how we know who they are."""

    key: str
    case: str
    step: str
    round: int
    seat: str
    person: str
    post: str
    on_behalf_of: str = ""
    choice: Choice
    reason: str = ""
    conditions: tuple[Condition, ...] = ()
    answers: dict[str, Answered] = Field(default_factory=dict)
    until: date | None = None
    next_meeting: bool = False
    """That day is given as the next meeting of the forum that was asked."""
    content_hash: str
    shown_hash: str
    submitted_at: datetime
    """On the Clock."""
    held_until: datetime | None = None
    """Until when it may be taken back, on the Clock; None: it may not."""
    assurance: Assurance = Assurance.LINK
    session: str = ""
    """The session's reference, which is a hash."""
    ip: str = ""
    user_agent: str = ""
    sec_fetch_user: str = ""

    @property
    def payload_hash(self) -> str:
        """The hash of what was decided, apart from how and when it was sent."""
        decided = self.model_dump(
            mode="json",
            include={
                "step",
                "round",
                "seat",
                "person",
                "on_behalf_of",
                "choice",
                "until",
                "content_hash",
                *_WORDS,
                # Only where it is so, or the hashes of what was decided before would not be the same.
                *(("next_meeting",) if self.next_meeting else ()),
            },
        )
        return canonical.digest(canonical.dumps(decided))

    @property
    def outside_guidelines(self) -> bool:
        """It returns a proposal as outside the guidelines."""
        return GUIDELINES in self.answers

    def decision(self) -> Decision:
        """Return it as the engine receives it, without its words."""
        return Decision(
            key=self.key,
            step=self.step,
            round=self.round,
            seat=self.seat,
            person=self.person,
            choice=self.choice,
            content_hash=self.content_hash,
            payload_hash=self.payload_hash,
            submitted_at=self.submitted_at,
            until=self.until,
            next_meeting=self.next_meeting,
            held_until=self.held_until,
            outside_guidelines=self.outside_guidelines,
        )


class StoredIntent(Intent):
    """An intent, and what the engine made of it."""

    attempt: int
    """How often this seat has submitted one; only one refused or taken back may be replaced."""
    state: str
    hashed: str
    """The payload's hash as it was when submitted, whatever became of the words since."""
    settled: Choice | None
    """What the step came to with it, if it settled the step."""
    refusal: str
    recorded_real: datetime

    @property
    def payload_hash(self) -> str:
        """The hash of what was decided."""
        return self.hashed

    def decision(self) -> Decision:
        """Return it as the engine receives it: under an id of its own for each attempt."""
        return super().decision().model_copy(update={"attempt": self.attempt})


class Submitted(Frozen):
    """An intent that stands; `again` if it had been submitted before."""

    intent: StoredIntent
    again: bool


class DecisionView(Frozen):
    """A decision in the record. `reason` is None where its words were erased, or are not what was written."""

    key: str
    case: str
    step: str
    round: int
    seat: str
    person: str
    post: str
    on_behalf_of: str
    kind: str
    """The kind of question that was answered."""
    choice: Choice
    reason: str | None
    conditions: tuple[Condition, ...]
    answers: dict[str, Answered]
    until: date | None
    next_meeting: bool = False
    content_hash: str
    shown_hash: str
    payload_hash: str
    assurance: str
    submitted_at: datetime
    recorded_at: datetime | None
    attempt: int = 1
    """Which of its seat's answers it is."""
    held_until: datetime | None = None
    """Until when it may be taken back."""
    forum: str = ""
    """The forum that was asked, if one was."""
    version: int = 1
    """The version that it is about."""
    altered: bool = False
    """Its words were changed behind the record's back."""

    @property
    def message(self) -> str:
        """The id under which it was brought to its step."""
        return self.key if self.attempt == 1 else f"{self.key}:{self.attempt}"

    @property
    def outside_guidelines(self) -> bool:
        """It returns a proposal as outside the guidelines."""
        return GUIDELINES in self.answers


class AlreadyAnswered(Conflict):
    """The seat has answered, and otherwise. The standing answer comes with the refusal."""

    code: ClassVar[str] = "already_answered"
    title: ClassVar[str] = "This question has already been answered"

    def __init__(self, standing: StoredIntent) -> None:
        super().__init__()
        self.standing = standing


def submit(tx: Tx, intent: Intent) -> Submitted:
    """Write down what a person confirmed. The same again stands; anything else is refused.

    An intent that the engine refused, or that was taken back, may be replaced.
    """
    tx.lock(intent.case)
    standing = tx.all(_STANDING, step=intent.step, round=intent.round, seat=intent.seat, person=intent.person)
    before = next((row for row in standing if row.key == intent.key), None)
    if before is not None and before.state not in VOID:
        known = _must(tx, intent.key)
        if known.payload_hash != intent.payload_hash:
            raise AlreadyAnswered(known)
        return Submitted(intent=known, again=True)
    if any(
        row.key != intent.key and row.person == intent.person and row.state not in VOID
        for row in (*standing, *_of_the_same_share(tx, intent))
    ):
        raise TwoSeats
    written = _write(tx, intent, attempt=before.attempt + 1 if before is not None else 1)
    return Submitted(intent=written, again=False)


def _of_the_same_share(tx: Tx, intent: Intent) -> Iterator[Row[Any]]:
    """Go through what was answered about the other question of a share: nobody approves it in both places."""
    other = routing.same_share(key_of(intent.step))
    # Mostly there is none, and then nothing more is looked up before an answer is taken.
    if other and (rows := tx.all(_OF_KEY, case=intent.case, asked=other)):
        version = _version(tx.value(_ASK, step=intent.step))
        kept = keeping.kept(tx, intent.case, version).values()
        yield from (row for row in rows if _version(row.ask) == version or row.step in kept)


def _version(ask: str) -> int:
    version: int = canonical.loads(ask)["version"]
    return version


def accepted(tx: Tx, key: str, settled: Choice | None, attempt: int = 1) -> None:
    """Write that the engine counted it, and what the step came to if it came to its end."""
    tx.run(_ACCEPT, {"its_key": key, "its_attempt": attempt, "settled": settled})


def undone(tx: Tx, key: str, attempt: int) -> None:
    """Write that it was taken back: the seat may answer anew."""
    tx.run(_UNDO, {"its_key": key, "its_attempt": attempt})


def refused(tx: Tx, key: str, refusal: str, attempt: int = 1) -> None:
    """Write that the engine did not count it, and why. Of an earlier attempt it says nothing of a later."""
    intent = get(tx, key)
    if intent is None or (intent.state, intent.attempt) != (SUBMITTED, attempt):
        return
    tx.append(
        intent.case,
        "decision.refused",
        {"decision": key, "step": intent.step, "seat": intent.seat, "refusal": refusal},
        key=f"refused:{key}:{intent.attempt}",
        actor=ENGINE,
        on_behalf_of="",
    )
    tx.run(_REFUSE, {"its_key": key, "its_attempt": attempt, "refusal": refusal})


def get(tx: Tx, key: str) -> StoredIntent | None:
    """Return an intent by its key."""
    return next(iter(_intents(tx, _BY_KEY, key=key)), None)


def shown(tx: Tx, key: str) -> StoredIntent | None:
    """Return an intent whose words people are to read. Raises Altered if they are not what was written."""
    row = tx.one(_BY_KEY, key=key)
    if row is None:
        return None
    texts.whole(row.words, row.words_hash)
    return _intent(row)


def unsettled(tx: Tx, step: str | None = None, before: datetime | None = None) -> tuple[StoredIntent, ...]:
    """Return the intents that the engine has not answered, the first submitted first."""
    found = _intents(tx, _UNSETTLED) if step is None else _intents(tx, _UNSETTLED_OF, step=step)
    return tuple(intent for intent in found if before is None or intent.submitted_at <= before)


def decisions_of(tx: Tx, ref: str, *, strict: bool = True) -> tuple[DecisionView, ...]:
    """Return a case's decisions in order, those the engine has counted and not yet recorded included.

    Raises Altered if the words of one are not what was written. Unless `strict`, such words are left out:
    what has to be done must not be held up by them.
    """
    return tuple(_decision(row, strict=strict) for row in tx.all(_OF_CASE, case=ref))


def decisions_of_step(tx: Tx, step: str, *, strict: bool = True) -> tuple[DecisionView, ...]:
    """Return a step's decisions in order, as `decisions_of` returns those of a case."""
    return tuple(_decision(row, strict=strict) for row in tx.all(_OF_STEP, step=step))


# ---------------------------------------------------------------------------- workings


def _write(tx: Tx, intent: Intent, attempt: int) -> StoredIntent:
    words, hashed = texts.put(tx, _words(intent)), intent.payload_hash
    body = intent.model_dump(mode="json", exclude=set(_WORDS))
    row = {
        "key": intent.key,
        "case": intent.case,
        "step": intent.step,
        "round": intent.round,
        "seat": intent.seat,
        "person": intent.person,
        "attempt": attempt,
        "state": SUBMITTED,
        "body": canonical.dumps(body),
        "words_hash": words,
        "payload_hash": hashed,
        "submitted_at": intent.submitted_at,
        "recorded_real": tx.real,
        "settled": None,
        "refusal": "",
    }
    if attempt == 1:
        tx.run(_NEW, row)
    else:
        tx.run(update(INTENTS).where(INTENTS.c.key == intent.key).values(row))
    tx.append(
        intent.case,
        "decision.submitted",
        _recordable(intent, words, hashed, attempt),
        key=f"submitted:{intent.key}:{attempt}",
        actor=intent.person,
        on_behalf_of=intent.on_behalf_of,
        at=intent.submitted_at,
    )
    return StoredIntent(
        **dict(intent),
        attempt=attempt,
        state=SUBMITTED,
        hashed=hashed,
        settled=None,
        refusal="",
        recorded_real=tx.real,
    )


def _words(intent: Intent) -> str:
    """Return everything a person wrote in one text, so that the law can erase it in one place."""
    return canonical.dumps(intent.model_dump(mode="json", include=set(_WORDS)))


def _recordable(intent: Intent, words: str, hashed: str, attempt: int) -> dict[str, Any]:
    """Return what the journal keeps: no words, only their hash."""
    left_out = {"key", "case", "submitted_at", "held_until", "ip", "user_agent", *_WORDS}
    data = intent.model_dump(
        mode="json", exclude=left_out if intent.next_meeting else left_out | {"next_meeting"}
    )
    return data | {
        "decision": intent.key,
        "conditions": [
            made.model_dump(mode="json", include={"owner", "by", "verifier", "guards"})
            for made in intent.conditions
        ],
        "answers": {name: answer.value for name, answer in intent.answers.items()},
        "words_hash": words,
        "payload_hash": hashed,
        "submitted_at": intent.submitted_at,
        "held_until": intent.held_until,
        "attempt": attempt,
    }


def _must(tx: Tx, key: str) -> StoredIntent:
    intent = get(tx, key)
    if intent is None:
        raise LookupError(key)
    return intent


def _intents(tx: Tx, wanted: Select[Any], **values: Any) -> tuple[StoredIntent, ...]:
    return tuple(map(_intent, tx.all(wanted, **values)))


def _intent(row: Row[Any]) -> StoredIntent:
    try:
        words = texts.whole(row.words, row.words_hash)
    except Altered:
        # Whoever only settles the answer needs no words, and must not be held up by somebody else's.
        words = None
    fields = canonical.loads(row.body) | (canonical.loads(words) if words else {})
    return StoredIntent(
        **fields,
        attempt=row.attempt,
        state=row.state,
        hashed=row.payload_hash,
        settled=row.settled,
        refusal=row.refusal,
        recorded_real=row.recorded_real,
    )


def _decision(row: Row[Any], *, strict: bool) -> DecisionView:
    altered = False
    try:
        text = texts.whole(row.words, row.words_hash)
    except Altered:
        if strict:
            raise
        text, altered = None, True
    words, ask = canonical.loads(text) if text else None, canonical.loads(row.ask)
    return DecisionView(
        **dict(row._mapping)
        | {
            "reason": words["reason"] if words else None,
            "conditions": words["conditions"] if words else _erased(canonical.loads(row.conditions)),
            "answers": words["answers"] if words else _values(canonical.loads(row.answers)),
            "forum": ask["forum"],
            "version": ask["version"],
            "altered": altered,
        }
    )


def _erased(conditions: Sequence[dict[str, str]]) -> Iterable[Condition]:
    return tuple(Condition(text="", **condition) for condition in conditions)


def _values(answers: dict[str, str]) -> dict[str, Answered]:
    return {name: Answered(value=value) for name, value in answers.items()}
