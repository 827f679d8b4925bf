"""Cases: their submitted versions, their states, and the list that pages turn over."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple, NotRequired, TypedDict, Unpack

from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, exists, func, or_, select, tuple_

from service.errors import AlreadySubmitted, Altered, NotFound
from service.store import approvers, canonical, cursors, drafts, keeping, letters, sizes, texts
from service.store.engine import Tx
from service.store.letters import QueuedLetter
from service.store.line import ENGINE, Entry
from service.store.tables import (
    ACTIONS,
    APPROVERS,
    CASE_VERSIONS,
    CASE_WAITS,
    CASES,
    SEATS,
    SIZINGS,
    STEPS,
    TEXTS,
)
from workflows.model import (
    Becoming,
    CaseMoved,
    CaseOpened,
    CaseSized,
    CaseWaiting,
    Clock,
    Expiring,
    Frozen,
    Guard,
    Leg,
    Outcome,
    Proposal,
    Size,
    State,
    Terms,
    Validity,
    Way,
    Withdrawal,
)
from workflows.rules import course
from workflows.rules.actions import CONDITIONS

_LEGS = TypeAdapter(tuple[Leg, ...])
_BRANCHES = TypeAdapter(dict[str, Leg])
_DECIDED = (State.APPROVED, State.IN_PROJECT, State.IN_REVIEW)
_LONGEST_PAGE = 200
_BEGINS = {"postgresql": ("LIKE", "%"), "sqlite": ("GLOB", "*")}
"""How each database looks up in an index what begins like a text. Asking for what lies between two texts
would not do: the order of a language passes over some signs, and puts others where bytes have them not."""
_REFERENCE = re.compile(r"[A-Za-z]{3}-[0-9]{1,4}(-[0-9]*)?$")

_BY_REF = (
    select(
        CASES,
        CASE_VERSIONS.c.author,
        CASE_VERSIONS.c.authors,
        CASE_VERSIONS.c.submitted,
        CASE_VERSIONS.c.proposal,
        CASE_VERSIONS.c.route,
        CASE_VERSIONS.c.branches,
        CASE_VERSIONS.c.kept,
        exists().where(APPROVERS.c.case == CASES.c.ref).label("extra"),
    )
    .join(CASE_VERSIONS, and_(CASE_VERSIONS.c.ref == CASES.c.ref, CASE_VERSIONS.c.version == CASES.c.version))
    .where(CASES.c.ref == bindparam("ref"))
)
_CONTENT_HASH = select(CASE_VERSIONS.c.content_hash).where(
    CASE_VERSIONS.c.ref == bindparam("ref"), CASE_VERSIONS.c.version == bindparam("version")
)


_STORED = (
    select(
        CASES.c.ref,
        CASES.c.title,
        CASES.c.state,
        CASES.c.open,
        CASES.c.edition,
        CASE_VERSIONS.c.submitted,
        CASE_VERSIONS.c.content_hash,
        TEXTS.c.body,
        select(case((SIZINGS.c.size != SIZINGS.c.by_rule, SIZINGS.c.size)))
        .where(SIZINGS.c.case == CASES.c.ref, SIZINGS.c.state != sizes.TOO_LATE)
        .order_by(SIZINGS.c.number.desc())
        .limit(1)
        .scalar_subquery()
        .label("override"),
    )
    .join(CASE_VERSIONS, and_(CASE_VERSIONS.c.ref == CASES.c.ref, CASE_VERSIONS.c.version == CASES.c.version))
    .outerjoin(TEXTS, TEXTS.c.hash == CASE_VERSIONS.c.content_hash)
    .where(
        CASES.c.organisation == bindparam("organisation"),
        CASES.c.kind == "proposal",
        CASES.c.ref > bindparam("after"),
    )
    .order_by(CASES.c.ref)
    .limit(_LONGEST_PAGE)
)
_STATE = select(func.count().label("number"), func.max(CASES.c.changed).label("changed")).where(
    CASES.c.organisation == bindparam("organisation"), CASES.c.kind == "proposal"
)


class CaseItem(Frozen):
    """A case as a list shows it."""

    ref: str
    kind: str
    organisation: str
    department: str
    title: str
    state: str
    open: bool
    version: int
    taken_up: int
    """The version that the engine has in hand: none yet is 0."""
    content_hash: str
    edition: str
    """The hash of the edition under which it opened, and will finish."""
    sponsor: str
    lead: str
    size: Size
    capital: Decimal
    decide_by: date
    opened: datetime
    changed: datetime
    because: str
    """The step whose outcome brought it to its state."""
    withdrawal: Withdrawal | None
    valid_until: date | None = None
    """The last day on which its approval may be put to use; None: there is none, or it holds for ever."""

    @property
    def undecided(self) -> bool:
        """Its proposal is still to be decided, so that who is asked about it may change."""
        waits = self.kind == "proposal" and self.open and self.withdrawal is None
        return waits and State(self.state) not in _DECIDED

    @property
    def good_until(self) -> date | None:
        """The same while it is approved and not put to use: afterwards it no longer matters."""
        return self.valid_until if self.state == State.APPROVED else None


class CaseView(CaseItem):
    """A case as it stands, with its last submitted version."""

    author: str
    authors: tuple[str, ...]
    """Everybody who wrote the version, and may not decide it."""
    submitted: datetime
    proposal: Proposal
    route: tuple[Leg, ...]
    """With the approvers who were added to it."""
    branches: dict[str, Leg]
    kept: dict[str, str] = Field(default_factory=dict)
    """The steps whose answers about an earlier version stand, by the keys of their questions."""


class VersionView(Frozen):
    """A version as it was submitted."""

    version: int
    content_hash: str
    edition: str
    author: str
    authors: tuple[str, ...]
    submitted: datetime
    proposal: Proposal
    route: tuple[Leg, ...]
    branches: dict[str, Leg]
    kept: dict[str, str] = Field(default_factory=dict)


class StoredProposal(NamedTuple):
    """What a proposal's last version said, and when: as little of a case as routing it anew needs."""

    ref: str
    title: str
    state: str
    open: bool
    edition: str
    submitted: datetime
    content: dict[str, Any] | None
    """None if the text was erased, or is not the one that was submitted."""
    override: Size | None = None
    """The size that it has by the PMO's word."""


class Unstarted(Frozen):
    """A submitted version that no process has in hand yet. With nothing in hand it must be started."""

    ref: str
    version: int
    taken_up: int
    kind: str = "proposal"


class CasePage(Frozen):
    """Part of a list, and where the next part begins."""

    items: tuple[CaseItem, ...]
    next_cursor: str | None


class Rules(TypedDict):
    """What the engine needs of the edition under which a case opened."""

    terms: Mapping[str, Terms]
    validity: NotRequired[Validity | None]
    """How long its approval will be good for."""
    ways: NotRequired[Mapping[str, tuple[Way, ...]]]
    """How else each leg may be passed that waits for a meeting."""


class Filters(TypedDict, total=False):
    """What a list of cases is cut down by; None as well as nothing leaves them all in."""

    organisation: str | None
    kind: str | None
    state: str | None
    department: str | None
    waiting_on: str | None
    overdue: bool
    q: str | None


# ------------------------------------------------------------------------------- facts


def submitted(
    tx: Tx,
    ref: str,
    *,
    version: int,
    content: Mapping[str, Any],
    content_hash: str,
    proposal: Proposal,
    route: Sequence[Leg],
    branches: Mapping[str, Leg],
    edition: str,
    title: str,
    author: str,
    authors: Sequence[str] = (),
    at: datetime | None = None,
    kind: str = "proposal",
    by: str = "",
) -> bool:
    """Freeze a version. The same version again is False; with other content it is refused.

    `authors` are all who wrote it, and so may not decide it; if nobody is named, whoever submits it.
    """
    if texts.put(tx, canonical.dumps(content)) != content_hash:
        raise ValueError(f"{ref}: the content is not what its hash says")
    data = {
        "version": version,
        "content_hash": content_hash,
        "edition": edition,
        "kind": kind,
        "title": title,
        "author": author,
        "authors": sorted(set(authors) or {author}),
        "proposal": proposal.model_dump(mode="json"),
        "route": [leg.model_dump(mode="json") for leg in route],
        "branches": {key: leg.model_dump(mode="json") for key, leg in branches.items()},
    }
    key = f"submitted:{version}"
    if not tx.append(ref, "proposal.submitted", data, key=key, actor=by or author, at=at):
        _same_content(tx, ref, version, content_hash)
        return False
    drafts.submitted(tx, ref, version)
    return True


def begun(
    tx: Tx,
    ref: str,
    *,
    kept: Mapping[str, Outcome] = MappingProxyType({}),
    queued: Sequence[QueuedLetter] = (),
    **rules: Unpack[Rules],
) -> CaseOpened:
    """Write that the engine has the version last submitted in hand, and return what it needs to go on.

    `kept` is what questions came to about an earlier version, where that stands; done twice, what stood the
    first time.
    """
    case = get(tx, ref)
    standing = {key: outcome.step for key, outcome in kept.items()}
    data = {"version": case.version} | ({"kept": standing} if standing else {})
    fact = Entry("case.begun", data, f"begun:{case.version}", ENGINE)
    letters.tell(tx, ref, [fact], queued)
    return in_hand(tx, ref, kept=kept, **rules)


def in_hand(
    tx: Tx, ref: str, *, kept: Mapping[str, Outcome] = MappingProxyType({}), **rules: Unpack[Rules]
) -> CaseOpened:
    """Return what the engine needs to go on with the version that it has in hand."""
    case = get(tx, ref)
    recorded = keeping.kept(tx, ref, case.version)
    return CaseOpened(
        case=ref,
        version=case.version,
        content_hash=case.content_hash,
        proposal=case.proposal,
        route=tuple(_unworded(leg) for leg in case.route),
        branches=case.branches,
        terms=dict(rules["terms"]),
        edition=case.edition,
        clock=tx.clock,
        validity=rules.get("validity"),
        kept={key: outcome for key, outcome in kept.items() if recorded.get(key) == outcome.step},
        ways=dict(rules.get("ways", {})),
    )


def sized(tx: Tx, sized: CaseSized, now: CaseView, queued: Sequence[QueuedLetter] = ()) -> None:
    """Write that a case is of another size, `now` as it is then, with the letters; done twice, once."""
    own = [leg for leg in now.route if leg.leg != "extra"]
    data = {
        "number": sized.sizing.number,
        "version": now.version,
        "size": now.size,
        "route": [leg.model_dump(mode="json") for leg in own],
    }
    fact = Entry("case.sized", data, f"sized:{sized.sizing.number}", ENGINE, at=sized.at)
    letters.tell(tx, sized.case, [fact], queued)


def became(tx: Tx, becoming: Becoming, queued: Sequence[QueuedLetter] = ()) -> Clock:
    """Write a new state and queue the letters it sends; done twice, the letters of the first time."""
    data: dict[str, Any] = {"state": becoming.state, "number": becoming.number, "because": becoming.because}
    if becoming.valid_until:
        data["valid_until"] = becoming.valid_until
    fact = Entry("case.became", data, f"became:{becoming.number}", ENGINE, at=becoming.at)
    if letters.tell(tx, becoming.case, [fact], queued) and becoming.state == State.RETURNED:
        drafts.reopened(tx, becoming.case)
    return tx.clock


def expiring(tx: Tx, expiring: Expiring, queued: Sequence[QueuedLetter] = ()) -> Clock:
    """Write that an approval lapses soon, and queue the letters that warn of it."""
    data = {"valid_until": expiring.valid_until, "number": expiring.number}
    fact = Entry("approval.expiring", data, f"expiring:{expiring.number}", ENGINE, at=expiring.at)
    letters.tell(tx, expiring.case, [fact], queued)
    return tx.clock


def rolled_on(
    tx: Tx,
    case: str,
    step: str,
    *,
    forum: str,
    day: date,
    to: date,
    at: datetime,
    queued: Sequence[QueuedLetter],
) -> bool:
    """Write that the meeting of a day let a question roll on to another, with the letters; once."""
    data = {"step": step, "forum": forum, "day": day, "to": to}
    fact = Entry("question.rolled_on", data, f"rolled_on:{step}:{day}", ENGINE, at=at)
    return letters.tell(tx, case, [fact], queued)


def waiting(tx: Tx, wait: CaseWaiting, queued: Sequence[QueuedLetter] = ()) -> Clock:
    """Write what a case waits for apart from people; done twice, as it was the first time."""
    fact = Entry("case.waiting", wait.model_dump(exclude={"case"}), f"waiting:{wait.number}", ENGINE)
    letters.tell(tx, wait.case, [fact], queued)
    return tx.clock


def moved(tx: Tx, move: CaseMoved, queued: Sequence[QueuedLetter] = ()) -> Clock:
    """Write that a case goes to another meeting, or to none; done twice, as it was the first time.

    From then on its way has the legs as they are passed now, and it waits no longer for what it was put
    down for.
    """
    data = move.model_dump(mode="json", exclude={"case", "at"})
    fact = Entry("case.moved", data, f"moved:{move.number}", ENGINE, at=move.at)
    letters.tell(tx, move.case, [fact], queued)
    return tx.clock


def as_moved(case: CaseView, move: CaseMoved) -> CaseView:
    """Return a case with its legs as a move has them."""
    changes = {
        "route": tuple(course.instead(leg, move.legs, move.key) for leg in case.route),
        "branches": {name: course.instead(leg, move.legs, move.key) for name, leg in case.branches.items()},
    }
    return case.model_copy(update=changes)


def withdrawal_requested(
    tx: Tx, ref: str, person: str, key: str, *, at: datetime | None = None
) -> Withdrawal:
    """Write that a sponsor wants to end a case. The first such wish stands."""
    case = get(tx, ref)
    if case.withdrawal is None:
        tx.append(ref, "withdrawal.requested", {}, key=key, actor=person, at=at)
        case = get(tx, ref)
    if case.withdrawal is None:
        raise ValueError(f"{ref}: {key} is the key of another fact")
    return case.withdrawal


# ------------------------------------------------------------------------------- reads


def get(tx: Tx, ref: str) -> CaseView:
    """Return a case."""
    case = find(tx, ref)
    if case is None:
        raise NotFound(f"There is no case {ref}.")
    return case


def find(tx: Tx, ref: str) -> CaseView | None:
    """Return a case, or None while there is only a draft, or nothing."""
    row = tx.one(_BY_REF, ref=ref)
    if row is None:
        return None
    case = CaseView(**_item(row) | _facts(row))
    if not row.extra:
        return case
    extra = [added.leg for added in approvers.of_case(tx, ref) if added.state not in approvers.GONE]
    return case.model_copy(update={"route": course.joined(case.route, extra)})


def content(tx: Tx, ref: str, version: int | None = None) -> dict[str, Any] | None:
    """Return what a version says, or None if it was erased."""
    wanted = version or get(tx, ref).version
    digest = tx.value(_CONTENT_HASH, ref=ref, version=wanted)
    if digest is None:
        raise NotFound(f"There is no version {wanted} of {ref}.")
    text = texts.get(tx, digest)
    words: dict[str, Any] | None = canonical.loads(text) if text is not None else None
    return words


def versions(tx: Tx, ref: str) -> tuple[VersionView, ...]:
    """Return every version submitted, the first first."""
    rows = tx.all(select(CASE_VERSIONS).where(CASE_VERSIONS.c.ref == ref).order_by(CASE_VERSIONS.c.version))
    return tuple(VersionView(**_facts(row)) for row in rows)


def as_of(tx: Tx, case: CaseView, version: int) -> CaseView:
    """Return a case with the facts of one of its versions, though it may have a later one by now."""
    if version == case.version:
        return case
    said = next(one for one in versions(tx, case.ref) if one.version == version)
    facts = {name: getattr(said, name) for name in VersionView.model_fields if name != "edition"}
    ruling = ("department", "sponsor", "lead", "size", "capital", "decide_by")
    return case.model_copy(update=facts | {name: getattr(said.proposal, name) for name in ruling})


def page(tx: Tx, *, cursor: str | None = None, limit: int = 50, **filters: Unpack[Filters]) -> CasePage:
    """Return part of the list of cases, those that changed last first."""
    wanted = select(CASES).where(*_wanted(tx, filters))
    if cursor:
        wanted = wanted.where(tuple_(CASES.c.changed, CASES.c.ref) < cursors.read(cursor))
    limit = max(1, min(limit, _LONGEST_PAGE))
    ordered = wanted.order_by(CASES.c.changed.desc(), CASES.c.ref.desc()).limit(limit + 1)
    items = tuple(CaseItem(**_item(row)) for row in tx.all(ordered))
    last = items[limit - 1] if len(items) > limit else None
    return CasePage(items=items[:limit], next_cursor=cursors.after(last.changed, last.ref) if last else None)


def counts(tx: Tx, **filters: Unpack[Filters]) -> dict[str, int]:
    """Return how many cases of the list are in each state."""
    counted = select(CASES.c.state, func.count().label("cases")).where(*_wanted(tx, filters))
    rows = tx.all(counted.group_by(CASES.c.state).order_by(CASES.c.state))
    return {row.state: row.cases for row in rows}


def proposals(tx: Tx, organisation: str) -> Iterator[StoredProposal]:
    """Go through the proposals of an organisation by their references, without holding more than a page."""
    after = ""
    while rows := tx.all(_STORED, organisation=organisation, after=after):
        for row in rows:
            yield _stored(row)
        after = rows[-1].ref


def proposals_so_far(tx: Tx, organisation: str) -> tuple[int, datetime | None]:
    """Return how many proposals were submitted and when one changed last: what is true of them stays so
    for as long as neither changes.
    """
    row = tx.one(_STATE, organisation=organisation)
    return (row.number, row.changed) if row else (0, None)


def open_refs(tx: Tx) -> tuple[str, ...]:
    """Return the references of every case that has something to come."""
    return tuple(row.ref for row in tx.all(select(CASES.c.ref).where(CASES.c.open).order_by(CASES.c.ref)))


def lapsing(tx: Tx) -> tuple[tuple[str, date], ...]:
    """Return the last days of the approvals that are not put to use yet, each with its handbook's hash."""
    good = select(CASES.c.edition, CASES.c.valid_until).where(CASES.c.open, CASES.c.valid_until.is_not(None))
    return tuple((row.edition, row.valid_until) for row in tx.all(good.distinct()))


def unstarted(tx: Tx) -> tuple[Unstarted, ...]:
    """Return submitted versions that no process has in hand."""
    # The process of whatever follows from another case is begun by that one's.
    left = select(CASES.c.ref, CASES.c.version, CASES.c.taken_up, CASES.c.kind).where(
        CASES.c.taken_up < CASES.c.version, CASES.c.open, CASES.c.kind.in_(("proposal", "assessment"))
    )
    return tuple(Unstarted(**row._mapping) for row in tx.all(left.order_by(CASES.c.ref)))


def unfinished_withdrawals(tx: Tx) -> tuple[tuple[str, Withdrawal], ...]:
    """Return open cases whose sponsor wants to end them."""
    wishes = select(CASES).where(CASES.c.withdrawal_key.is_not(None), CASES.c.open)
    return tuple(
        (row.ref, wish) for row in tx.all(wishes.order_by(CASES.c.ref)) if (wish := _withdrawal(row))
    )


# ---------------------------------------------------------------------------- workings


def _same_content(tx: Tx, ref: str, version: int, content_hash: str) -> None:
    if tx.value(_CONTENT_HASH, ref=ref, version=version) != content_hash:
        raise AlreadySubmitted(f"Version {version} of {ref} has already been submitted.")


def _item(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping) | {"withdrawal": _withdrawal(row)}


def _withdrawal(row: Row[Any]) -> Withdrawal | None:
    if row.withdrawal_key is None:
        return None
    return Withdrawal(key=row.withdrawal_key, by=row.withdrawal_by, at=row.withdrawal_at)


def _facts(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping) | {
        "authors": canonical.loads(row.authors),
        "proposal": Proposal.model_validate_json(row.proposal),
        "route": _LEGS.validate_json(row.route),
        "branches": _BRANCHES.validate_json(row.branches),
        "kept": canonical.loads(row.kept),
    }


def _unworded(leg: Leg) -> Leg:
    """Return a leg as its process is told it: what a person wrote stays in the record."""
    return leg.model_copy(update={"reason": ""}) if leg.leg == "extra" else leg


def _stored(row: Row[Any]) -> StoredProposal:
    try:
        text = texts.whole(row.body, row.content_hash)
    except Altered:
        text = None
    content = canonical.loads(text) if text is not None else None
    override = Size(row.override) if row.override else None
    return StoredProposal(
        row.ref, row.title, row.state, row.open, row.edition, row.submitted, content, override
    )


def _wanted(tx: Tx, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Go through the conditions that filters put to a case."""
    equal = {name: filters.get(name) for name in ("organisation", "kind", "state", "department")}
    yield from (CASES.c[name] == value for name, value in equal.items() if value is not None)
    if (post := filters.get("waiting_on")) is not None:
        yield CASES.c.ref.in_(_waiting_on(post))
    if filters.get("overdue"):
        yield CASES.c.ref.in_(select(STEPS.c.case).where(STEPS.c.open, STEPS.c.due < tx.now))
    if q := filters.get("q"):
        yield _found(tx, q.strip())


def _waiting_on(post: str) -> Select[Any]:
    """Return the cases that wait for an answer of a post, for a forum or post itself, or its condition."""
    seats = (
        select(STEPS.c.case)
        .join(SEATS, SEATS.c.step == STEPS.c.id)
        .where(SEATS.c.post == post, SEATS.c.waiting)
    )
    itself = select(CASE_WAITS.c.case).where(CASE_WAITS.c.on == post, CASE_WAITS.c.leg != CONDITIONS)
    own = CASES.alias()
    conditions = (
        select(CASE_WAITS.c.case)
        .join(ACTIONS, ACTIONS.c.parent == CASE_WAITS.c.case)
        .join(own, own.c.ref == ACTIONS.c.ref)
        .where(
            CASE_WAITS.c.leg == CONDITIONS,
            ACTIONS.c.owner == post,
            ACTIONS.c.guards != Guard.NOTHING,
            own.c.open,
        )
    )
    return seats.union(itself, conditions).subquery().select()


def _found(tx: Tx, q: str) -> ColumnElement[bool]:
    """Find what begins like a reference by its index, and anything else by reading the titles."""
    if _REFERENCE.match(q):
        begins, anything = _BEGINS[tx.connection.dialect.name]
        return CASES.c.ref.op(begins, is_comparison=True)(f"{q.upper()}{anything}")
    words = f"%{_literal(q.lower())}%"
    return or_(
        func.lower(CASES.c.title).like(words, escape="\\"),
        func.lower(CASES.c.ref).like(words, escape="\\"),
    )


def _literal(words: str) -> str:
    """Take the meaning out of the signs that stand for any letters."""
    for sign in ("\\", "%", "_"):
        words = words.replace(sign, f"\\{sign}")
    return words
