"""The record of a decision as officers must keep one: made from the record alone, and typed by nobody.

The page, the PDF and the JSON are the same facts. Page and PDF also share their words, so that neither
can say what the other does not.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

from service import telling
from service.errors import NotFound
from service.handbook import Edition
from service.proposals import ProposalDocument
from service.store import approvers, cases, orders, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.line import Line
from service.store.steps import StepView
from service.web import balloting, briefing, conditions, printing, seclusion, words
from service.web.conditions import Followed
from workflows.letters import Answer
from workflows.model import Choice, Guard, Size, State

DECIDED = (State.APPROVED, State.REJECTED, State.CLOSED_UNFUNDED, State.CLOSED_REFUSED)
"""States that somebody decided on; a proposal that lapsed or was withdrawn was not decided."""
_DECIDING = ("funding", "authority", "extra", "srg", "referral", "srg_meeting", "referral_meeting")
"""Kinds of questions whose answers decide; so do those of the question that brought the decision."""

Pounds = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Percent = Annotated[Decimal, PlainSerializer(lambda share: f"{share.normalize():f}", return_type=str)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Required(_Part):
    """A condition of the decision."""

    text: str
    owner: str
    owner_title: str
    by: date
    evidence: str
    """What will show that it is met."""
    verifier: str
    verifier_title: str
    guards: Guard
    action: str
    """The action by which it is followed up, if it is."""


class Answered(_Part):
    """An answer: who gave it, as the holder of which post, under which clause, and on what exactly."""

    post: str
    title: str
    person: str
    for_whom: str
    """Whom they covered for, if they did."""
    substitute: bool
    """They sat in that place as the forum's substitute."""
    question: str
    added: str
    """Who had this post asked besides, and why; empty where a rule asks it."""
    choice: Choice
    answer: str
    """What they did, in words."""
    on: date
    clause: str
    clause_text: str
    reason: str
    remarks: dict[str, str]
    conditions: list[Required]
    shown_hash: str
    """The SHA-256 of what they were shown."""
    version: int
    """The version that they answered about: an earlier one where the answer was kept."""


class Alternative(_Part):
    """Another way that was weighed and not taken."""

    title: str
    do_nothing: bool
    capital: Pounds | None
    why_not: str


class Interest(_Part):
    """An interest in the decision: declared by whoever answered, or plain from the posts they hold."""

    declared: bool
    text: str


class Payer(_Part):
    """What the decision does to a budget; without figures where its post never answered."""

    post: str
    title: str
    amount: Pounds
    percent: Percent
    budget: Pounds | None
    committed: Pounds | None
    """Before it was answered for."""
    approved_here: Pounds | None
    """The part of `committed` that the post had approved of other proposals here."""
    would_remain: Pounds | None


class DecisionRecord(_Part):
    """A decision, by whom and why, and what it does."""

    case: str
    title: str
    version: int
    content_hash: str
    """The SHA-256 of the version that was decided on."""
    organisation: str
    department: str
    summary: str
    decision: State
    decided_at: datetime
    decided_on: date
    state: str
    """Where the case is now."""
    changed_on: date
    valid_until: date | None
    """The last day on which an approval may be put to use; None if it does not lapse, or it is none."""
    sponsor: str
    lead: str
    edition: str
    """The title of the handbook."""
    edition_hash: str
    size: Size
    size_set: str
    """Who had confirmed or set it, and why; empty where the handbook's rule alone says it."""
    capital: Pounds
    revenue: Pounds | None
    """A year, as far as the sponsor said."""
    decided_by: list[Answered]
    consulted: list[Answered]
    alternatives: list[Alternative]
    alternatives_text: str
    interests: list[Interest]
    votes: list[str]
    """Of each board that voted: how many were present, and whose vote decided if one alone did."""
    payers: list[Payer]
    track_record: list[str]
    """How past major cases of its directorate had turned out, and what it comes to on that record, as it was
    shown last to those who decided; empty where too few said so.
    """
    order: str
    """The number of the order that it raised, if it raised one."""


class Row(_Part):
    """A line of a section: what, and which, the latter in one or several lines."""

    what: str
    which: tuple[str, ...]


class Section(_Part):
    """A part of the record as it is read."""

    heading: str
    rows: tuple[Row, ...]
    empty: str = ""
    """What it says where there is nothing."""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Its rows as a summary list takes them."""
        return [(row.what, "\n".join(row.which)) for row in self.rows]


# --------------------------------------------------------------------------- the facts


def of(tx: Tx, case: CaseView) -> DecisionRecord:
    """Return the record of a case's decision. Raises NotFound while there is none."""
    line = _decided(seclusion.lines(tx, case.ref))
    if line is None:
        raise NotFound(f"{case.ref} has not been decided, so there is no record of a decision yet.")
    rules, day = telling.rules_of(tx, case), words.local(line.at)
    read = ProposalDocument.model_validate(cases.content(tx, case.ref) or {})
    asked = {step.id: step for step in steps.of_version(tx, case.ref, case.version)}
    made = [
        (asked[one.step], one)
        for one in seclusion.decisions(tx, case.ref)
        if one.step in asked and one.submitted_at <= line.at
    ]
    # Whoever has an interest in it did not decide it, and is named with their interest.
    heard = [pair for pair in made if pair[1].choice is not Choice.DECLARE_INTEREST]
    # Votes that made no outcome, and went to a meeting instead, decided nothing.
    deciding = [
        pair
        for pair in heard
        if (pair[0].kind in _DECIDING and pair[0].choice) or pair[0].id == str(line.data["because"])
    ]
    department = rules.departments.get(case.department)
    raised = orders.of_case(tx, case.ref)
    return DecisionRecord(
        case=case.ref,
        title=case.title,
        version=case.version,
        content_hash=case.content_hash,
        organisation=rules.organisation_name,
        department=department.name if department else case.department,
        summary=read.summary,
        decision=State(line.data["state"]),
        decided_at=line.at,
        decided_on=day,
        state=case.state,
        changed_on=words.local(case.changed),
        valid_until=case.good_until,
        sponsor=telling.title(rules, case.sponsor, day),
        lead=telling.title(rules, case.lead, day),
        edition=rules.title,
        edition_hash=case.edition,
        size=case.size,
        size_set=telling.size_set(tx, case, rules, day),
        capital=case.capital,
        revenue=read.cost_profile.revenue_gbp_per_year,
        decided_by=[_answered(tx, case, *pair, rules) for pair in deciding],
        consulted=[_answered(tx, case, *pair, rules) for pair in heard if pair not in deciding],
        alternatives=[
            Alternative(
                title=option.title,
                do_nothing=option.do_nothing,
                capital=option.capital_gbp,
                why_not=option.why_not,
            )
            for option in read.options
        ],
        alternatives_text=read.alternatives,
        interests=[
            *(Interest(declared=True, text=said) for said in _declared(made, rules)),
            *(
                Interest(declared=False, text=said)
                for said in telling.coincidences(tx, case, rules, day, {step.key for step in asked.values()})
            ),
        ],
        votes=list(balloting.told(tx, (step for step in asked.values() if not step.open), rules)),
        payers=list(_payers(tx, case, rules, line.at, made)),
        track_record=_track_record(tx, [one for _, one in deciding]),
        order=raised[0].number if raised else "",
    )


def there_is(lines: Iterable[Line]) -> bool:
    """Say whether a case, of which these are the lines, has been decided, so that there is such a record."""
    return _decided(lines) is not None


def _decided(lines: Iterable[Line]) -> Line | None:
    """Return the line that says that a case was decided; the last, should there be several."""
    became = [line for line in lines if line.kind == "case.became" and line.data["state"] in DECIDED]
    return became[-1] if became else None


def _answered(tx: Tx, case: CaseView, step: StepView, made: DecisionView, rules: Edition) -> Answered:
    said = telling.told(made, rules)
    return Answered(
        post=made.post,
        title=said.who,
        person=telling.name(rules, made.person),
        for_whom=said.for_whom,
        substitute=said.substitute,
        question=words.leg(step.kind),
        added=_added(tx, step, made, rules),
        choice=made.choice,
        answer=words.did(made.choice, step.kind, key=step.key),
        on=said.on,
        clause=step.clause,
        clause_text=rules.clause_text(step.clause),
        reason="(erased)" if made.reason is None else said.reason,
        remarks=_remarks(said),
        conditions=[_required(followed, rules) for followed in conditions.of_decision(tx, case, made)],
        shown_hash=made.shown_hash,
        version=step.version,
    )


def _added(tx: Tx, step: StepView, made: DecisionView, rules: Edition) -> str:
    if step.kind != "extra":
        return ""
    added = next((one for one in approvers.of_case(tx, step.case) if one.post == step.seats[0].post), None)
    if added is None:
        return ""
    said = telling.asked_besides(added, rules, words.local(made.submitted_at))
    return words.sentence(f"{said}: {added.reason}" if added.reason else said)


def _remarks(said: Answer) -> dict[str, str]:
    return {words.asked(name): remark for name, remark in said.remarks}


def _required(followed: Followed, rules: Edition) -> Required:
    put, told = followed.put, followed.told(rules)
    return Required(
        text=put.text,
        owner=put.owner,
        owner_title=told.owner,
        by=put.by,
        evidence=put.evidence,
        verifier=put.verifier,
        verifier_title=told.verifier,
        guards=put.guards,
        action=told.action,
    )


def _declared(made: Sequence[tuple[StepView, DecisionView]], rules: Edition) -> Iterator[str]:
    for _, one in made:
        if one.choice is Choice.DECLARE_INTEREST:
            said = telling.told(one, rules)
            reason = f": {said.reason}" if said.reason else ""
            yield words.sentence(
                f"{said.who} declared an interest on {words.short_day(said.on)} and did not vote{reason}"
            )


def _payers(
    tx: Tx, case: CaseView, rules: Edition, at: datetime, made: Sequence[tuple[StepView, DecisionView]]
) -> Iterator[Payer]:
    day = words.local(at)
    answered = {one.seat: one for step, one in made if step.kind == "funding"}
    for share in case.proposal.shares:
        answer = answered.get(share.post)
        # What became of other proposals since is no part of what the post went by.
        seen = briefing.shown(tx, answer.shown_hash) if answer else None
        # Of a decision, whoever pays and never answered went by no figures.
        held = seen.budget if seen else None
        if held is None and (answer or not made):
            before = answer.submitted_at if answer else at
            held = telling.budget(tx, case, rules, share.post, share.amount, before=before)
        yield Payer(
            post=share.post,
            title=telling.title(rules, share.post, day),
            amount=share.amount,
            percent=share.percent,
            budget=held.total if held else None,
            committed=held.committed if held else None,
            approved_here=held.approved_here if held else None,
            would_remain=held.would_remain if held else None,
        )


def _track_record(tx: Tx, deciding: Sequence[DecisionView]) -> list[str]:
    """Return the track record as the last of those who decided and were shown one saw it."""
    seen = (briefing.shown(tx, one.shown_hash) for one in reversed(deciding))
    found = next((brief.track_record for brief in seen if brief and brief.track_record), None)
    if found is None:
        return []
    restated = found.restated
    own = [f"{restated.name}: {restated.value}. {restated.working}"] if restated else []
    return [*(f"{one.what}: {one.which}" for one in found.measures), *own]


# --------------------------------------------------------------------------- the words


def heading(record: DecisionRecord) -> str:
    """Return what the record is called."""
    return f"Decision record of {record.case}"


def printed(record: DecisionRecord) -> bytes:
    """Return the record as a PDF."""
    told = [section.model_dump() for section in sections(record)]
    data = {"title": heading(record), "organisation": record.organisation, "sections": told}
    return printing.pdf("cases/decision_record.typ", data)


def sections(record: DecisionRecord) -> tuple[Section, ...]:
    """Return the record as page and PDF tell it."""
    return (
        Section(heading="The decision", rows=tuple(_the_decision(record))),
        Section(
            heading="Who decided, and why",
            rows=tuple(_told(made, record) for made in record.decided_by),
            empty="Nobody's answer is on record.",
        ),
        Section(
            heading="Who was consulted",
            rows=tuple(_told(made, record) for made in record.consulted),
            empty="Nobody was consulted.",
        ),
        Section(
            heading="Alternatives considered and not taken",
            rows=tuple(_alternatives(record)),
            empty="The proposal names no alternatives.",
        ),
        Section(
            heading="Interests",
            rows=tuple(
                Row(what="Declared" if interest.declared else "Noted", which=(interest.text,))
                for interest in record.interests
            ),
            empty="No interest was declared.",
        ),
        Section(heading="What it does to budgets", rows=tuple(_budgets(record))),
        *([Section(heading="Track record", rows=tuple(_record(record)))] if record.track_record else []),
    )


def _the_decision(record: DecisionRecord) -> Iterator[Row]:
    decision = words.STATES[record.decision]
    yield Row(what="Decision", which=(f"{decision} on {words.day(record.decided_on)}",))
    if record.state != record.decision:
        since = words.STATES[State(record.state)]
        yield Row(what="Since then", which=(f"{since} on {words.day(record.changed_on)}",))
    if record.valid_until:
        yield Row(what="Valid until", which=(f"{words.day(record.valid_until)}, unless put to use by then",))
    if record.votes:
        yield Row(what="The vote", which=tuple(record.votes))
    yield Row(what="Proposal", which=(record.title, *_lines(record.summary)))
    yield Row(what="Version", which=(f"{record.version}, fingerprint {record.content_hash}",))
    said = f", {record.size_set}" if record.size_set else ""
    yield Row(what="Size", which=(f"{record.size.capitalize()}{said}",))
    yield Row(what="Department", which=(record.department,))
    yield Row(what="Requested by", which=(record.sponsor,))
    yield Row(what="Lead officer", which=(record.lead,))
    yield Row(what="Under the rules of", which=(f"{record.edition}, edition {record.edition_hash}",))
    if record.order:
        yield Row(what="Order", which=(record.order,))


def _told(made: Answered, record: DecisionRecord) -> Row:
    kept = made.version != record.version
    person = f" ({made.person})" if made.person else ""
    capacity = "substitute" if made.substitute else "covering"
    covering = f", {capacity} for {made.for_whom}" if made.for_whom else ""
    return Row(
        what=f"{made.title}{person}{covering}",
        which=(
            words.sentence(f"{made.question}: {made.answer} on {words.day(made.on)}"),
            words.sentence(
                f"Clause {made.clause}: {made.clause_text}" if made.clause_text else f"Clause {made.clause}"
            ),
            *([" ".join(_lines(made.added))] if made.added else ()),
            *(f"Reasons: {line}" if not number else line for number, line in enumerate(_lines(made.reason))),
            *(f"{name}: {' '.join(_lines(remark))}" for name, remark in made.remarks.items()),
            *map(_condition, made.conditions),
            *([f"Kept from version {made.version} (nothing material changed)."] if kept else ()),
            f"Fingerprint of what was shown: {made.shown_hash}",
        ),
    )


def _condition(required: Required) -> str:
    text = " ".join(_lines(required.text))
    told = [f"Condition: {text} ({required.owner_title}, by {words.day(required.by)})."]
    if required.evidence:
        told.append(words.sentence(f"Shown by: {' '.join(_lines(required.evidence))}"))
    if required.verifier:
        told.append(f"Checked by {required.verifier_title}.")
    if required.guards in words.GUARDS:
        told.append(words.GUARDS[required.guards])
    if required.action:
        told.append(f"Followed up as {required.action}.")
    return " ".join(told)


def _alternatives(record: DecisionRecord) -> Iterator[Row]:
    for option in record.alternatives:
        what = option.title or ("Do nothing" if option.do_nothing else "An alternative")
        capital = (f"Capital {words.money(option.capital)}.",) if option.capital is not None else ()
        why = _lines(option.why_not) or (() if capital else ("No reason is given.",))
        yield Row(what=what, which=(*capital, *why))
    if lines := _lines(record.alternatives_text):
        yield Row(what="In the sponsor's words", which=lines)


def budgets(tx: Tx, case: CaseView, rules: Edition) -> Iterator[Row]:
    """Tell what a proposal does to the budgets of those who are to pay for it, as they stand."""
    for payer in _payers(tx, case, rules, tx.now, ()):
        row = _paid(payer)
        held = telling.budget(tx, case, rules, payer.post, payer.amount)
        also = (words.asked_besides(held),) if held and held.asked_here else ()
        yield row.model_copy(update={"which": (*row.which, *also)})


def _budgets(record: DecisionRecord) -> Iterator[Row]:
    yield Row(what="Capital in all", which=(words.money(record.capital),))
    if record.revenue:
        yield Row(what="Revenue a year", which=(words.money(record.revenue),))
    yield from map(_paid, record.payers)


def _record(record: DecisionRecord) -> Iterator[Row]:
    what = f"Closed major cases of {record.department}, as it was shown"
    yield Row(what=what, which=tuple(record.track_record))


def _paid(payer: Payer) -> Row:
    paid = f"{words.money(payer.amount)} ({words.percent(payer.percent)})"
    return Row(what=payer.title, which=(paid, *_left(payer)))


def _left(payer: Payer) -> Iterator[str]:
    if payer.budget is not None and payer.committed is not None and payer.would_remain is not None:
        here = f", {words.money(payer.approved_here)} of it approved here" if payer.approved_here else ""
        yield (
            f"Budget {words.money(payer.budget)}; committed before {words.money(payer.committed)}"
            f"{here}; {words.left(payer.would_remain)}"
        )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.splitlines())))
