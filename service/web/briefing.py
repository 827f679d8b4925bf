"""What a person is shown before they decide: everything they need, and frozen as it was shown."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import rfc8785

from service import appraisal, telling
from service.appraisal import Figure
from service.handbook import Edition
from service.proposals import ProposalDocument, provided
from service.store import cases, steps, texts
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.steps import SeatView, StepView
from service.web import outstanding, seclusion, words
from service.web.standing import Sight
from workflows.letters import Answer, Budget, Clause, Condition
from workflows.model import Choice, Frozen, Size

PLAINLY_MET = "met"
ANSWERED = {"met": "Met", "deviates": "Not met", "issue": "An issue", "not_applicable": "Does not apply"}


class Row(Frozen):
    """A line of the summary: what, and which."""

    what: str
    which: str


class Cost(Frozen):
    """What a year costs."""

    year: str
    capital: str
    revenue: str
    management: str


class Colleague(Frozen):
    """Somebody else who is asked the same, and what they said if that may be shown."""

    who: str
    said: Answer | None = None


class Change(Frozen):
    """A part of the proposal that is not as it was."""

    what: str
    before: str
    now: str


class Paper(Frozen):
    """What a version of a proposal says, whoever reads it; the fields are those of a `Brief`."""

    what_for: str
    rows: tuple[Row, ...] = ()
    costs: tuple[Cost, ...] = ()
    figures: tuple[Figure, ...] = ()
    flags: tuple[str, ...] = ()
    options: tuple[Row, ...] = ()
    benefits: tuple[str, ...] = ()
    principles: tuple[Row, ...] = ()
    provisions: tuple[Row, ...] = ()


class Brief(Frozen):
    """The page a decision is made on. Its canonical form is kept, and its hash names what was shown."""

    case: str
    step: str
    kind: str = ""
    """The kind of question."""
    seat: str
    version: int
    content_hash: str
    title: str
    question: str
    amount: str = ""
    what_for: str
    deciding_as: str
    post: str
    forum: str = ""
    """The forum whose answer is written down, by its secretary."""
    meeting: date | None = None
    """The day of that forum's meeting."""
    unanswered: tuple[str, ...] = ()
    """Who was asked before and did not answer."""
    covering: str = ""
    clause: Clause
    submitted: date
    due: date
    changes: tuple[Change, ...] = ()
    """Since the version before."""
    rows: tuple[Row, ...] = ()
    costs: tuple[Cost, ...] = ()
    figures: tuple[Figure, ...] = ()
    """What the costs and benefits come to, each with its working."""
    flags: tuple[str, ...] = ()
    """What whoever decides should know of the figures."""
    options: tuple[Row, ...] = ()
    benefits: tuple[str, ...] = ()
    principles: tuple[Row, ...] = ()
    """Only those that are not plainly met."""
    provisions: tuple[Row, ...] = ()
    """What is said beside the principles, and what is not."""
    so_far: tuple[Answer, ...] = ()
    colleagues: tuple[Colleague, ...] = ()
    blind: bool = False
    conditions: tuple[Condition, ...] = ()
    budget: Budget | None = None
    coincidences: tuple[str, ...] = ()
    choices: tuple[Choice, ...]
    answers: tuple[str, ...] = ()

    def text(self) -> str:
        """Write it in its one canonical form."""
        return rfc8785.dumps(self.model_dump(mode="json")).decode()


def brief(tx: Tx, sight: Sight) -> Brief:
    """Put together what the person of a link is to see."""
    step, seat, case, edition = sight.open_step, sight.open_seat, sight.case, sight.edition
    said = paper(tx, case, step.version, edition)
    made = seclusion.decisions(tx, case.ref)
    asked = {one.id for one in steps.of_case(tx, case.ref) if one.version == step.version}
    # What was said of an earlier version was said of another proposal.
    made = tuple(decision for decision in made if decision.step in asked)
    earlier = [decision for decision in made if decision.step != step.id and decision.choice.counted]
    return Brief(
        case=case.ref,
        step=step.id,
        kind=step.kind,
        seat=seat.key,
        version=step.version,
        content_hash=step.content_hash,
        title=case.title,
        question=question(step, seat, case, edition),
        amount=_amount(step, seat, case),
        what_for=said.what_for,
        deciding_as=sight.who,
        post=sight.post,
        forum=telling.recorded_for(step.ask.forum, step.kind, seat.post, edition),
        meeting=found[0].meeting if (found := telling.place(case, step.key)) else None,
        unanswered=tuple(
            telling.asked(silent, edition, tx.today) for silent in telling.before(case, step.key)
        ),
        covering=sight.covering,
        clause=Clause(number=step.clause, text=edition.clause_text(step.clause)),
        submitted=case.proposal.submitted,
        due=words.local(step.due),
        changes=changes(tx, case.ref, step.version - 1, step.version),
        rows=said.rows,
        costs=said.costs,
        figures=said.figures,
        flags=said.flags,
        options=said.options,
        benefits=said.benefits,
        principles=said.principles,
        provisions=said.provisions,
        so_far=tuple(telling.told(decision, edition) for decision in earlier),
        colleagues=tuple(_colleagues(tx, step, seat, case, edition, made)),
        blind=step.blind and step.open,
        conditions=tuple(telling.condition(put, edition) for decision in made for put in decision.conditions),
        budget=telling.budget(edition, seat.post, seat.amount),
        coincidences=tuple(telling.coincidences(case, edition, tx.today)),
        choices=step.choices,
        answers=step.answers,
    )


def reckoned(
    read: ProposalDocument, case: CaseView, edition: Edition
) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Return what a proposal's costs and benefits come to, and what is missing there or does not agree."""
    worked_out = appraisal.appraise(read, edition.appraisal, case.proposal.submitted)
    gaps = appraisal.gaps(read, major=case.size is Size.MAJOR)
    return worked_out.figures(), (*appraisal.disagreements(read, worked_out), *gaps)


def provisions(read: ProposalDocument, case: CaseView, edition: Edition) -> tuple[Row, ...]:
    """Return what a proposal says beside its principles, as it was when it was submitted."""
    lines = provided.told(read, edition, words.local(case.submitted))
    return tuple(Row(what=line.what, which=line.which) for line in lines)


def shown(tx: Tx, hash: str) -> Brief | None:
    """Return what was shown, by its hash."""
    text = texts.get(tx, hash)
    return Brief.model_validate_json(text) if text else None


def question(step: StepView, seat: SeatView, case: CaseView, edition: Edition) -> str:
    """Put a step's question as the heading of its page."""
    forum = telling.recorded_for(step.ask.forum, step.kind, seat.post, edition)
    return put(step.kind, step.key, case, edition, forum=forum, amount=seat.amount)


def put(
    kind: str, key: str, case: CaseView, edition: Edition, *, forum: str = "", amount: Decimal | None = None
) -> str:
    """Put a question of a kind in words: to those who answer it, or to whoever writes down a forum's answer.

    `amount` is the pounds asked of the seat, if it is about a share.
    """
    named = telling.about(case, key, edition)
    about = words.listed(named)
    match kind:
        case "embargo_exception" if forum:
            return f"Did {forum} grant an exception from the embargo?"
        case "challenge" if forum:
            return f"Did {forum} find that {about or 'the corporate system'} falls short?"
        case "dataset" if forum:
            return f"Which one source did {forum} settle on for the data that several systems share?"
        case "parameter" if forum:
            return f"What did {forum} make of the technical parameter that limits this proposal?"
        case "notification" if forum:
            return f"Did {forum} have any concerns about this proposal?"
        case "embargo_exception":
            return "Is this an exception from the embargo?"
        case "head_of_profession":
            principles = f"principle{'s' if len(named) > 1 else ''} of {about}" if about else "principles"
            return f"Do you support this proposal, which does not meet the {principles}?"
        case "challenge":
            return f"Does {about or 'the corporate system'} fall short of what this proposal needs?"
        case "consent":
            system = about or "the corporate system"
            return f"Do you consent to a proposal that {case.proposal.relation} {system}?"
        case "dataset":
            return "Which one source holds the data that several systems share?"
        case "parameter":
            return "Shall ICT Services find a way round the technical parameter that limits this proposal?"
        case "solution":
            return "What is the solution to the technical parameter that limits this proposal?"
        case "bid_outcome":
            return "Has the bid for this money succeeded?"
        case "funding" if amount is not None:
            return f"Do you approve {words.money(amount)} from your budget?"
        case "authority" if amount is not None:
            return f"Do you approve this share of {words.money(amount)}?"
        case "notification":
            return "Do you have any concerns about this proposal?"
        case "srg":
            return f"Does SRG approve this proposal of {words.money(case.capital)}?"
        case "referral":
            return f"May this proposal go on? {_why_referred(key, case)}".strip()
        case "completion":
            return "Is this complete?"
        case _:
            return "What is your answer?"


def _why_referred(key: str, case: CaseView) -> str:
    found = telling.place(case, key)
    return words.sentence(found[0].reason) if found else ""


def _amount(step: StepView, seat: SeatView, case: CaseView) -> str:
    if seat.amount is None:
        return f"{words.money(case.capital)} of capital"
    if seat.amount == case.capital:
        return f"{words.money(seat.amount)}, the whole of it"
    share = telling.share_of(case, step, seat.post)
    part = f" ({words.percent(share.percent)})" if share else ""
    return f"{words.money(seat.amount)} of {words.money(case.capital)}{part}"


def _rows(content: dict[str, Any], case: CaseView, edition: Edition) -> Iterable[Row]:
    profile = content.get("cost_profile") or {}
    day = case.proposal.submitted
    department = edition.departments.get(case.department)
    yield Row(what="Department", which=department.name if department else case.department)
    yield Row(what="Sponsor", which=telling.title(edition, case.sponsor, day))
    yield Row(what="Lead officer", which=telling.title(edition, case.lead, day))
    yield Row(what="Size", which="Major" if case.size is Size.MAJOR else "Minor")
    yield Row(what="Capital", which=words.money(case.capital))
    if revenue := profile.get("revenue_gbp_per_year"):
        yield Row(what="Revenue", which=f"{words.money(revenue)} a year")
    if management := profile.get("project_management_gbp"):
        yield Row(what="Project management", which=words.money(management))
    for share in case.proposal.shares:
        payer = telling.title(edition, share.post, day)
        yield Row(
            what=f"Paid by {payer}", which=f"{words.money(share.amount)} ({words.percent(share.percent)})"
        )
    yield Row(what="Decision needed by", which=words.day(case.decide_by))


def _costs(content: dict[str, Any]) -> Iterable[Cost]:
    for year in content.get("costs_by_year") or ():
        yield Cost(
            year=str(year.get("year", "")),
            capital=words.money(year.get("capital") or 0),
            revenue=words.money(year.get("revenue") or 0),
            management=words.money(year.get("project_management") or 0),
        )


def _benefits(read: ProposalDocument) -> Iterable[str]:
    for benefit in read.benefits:
        amount = f"{words.money(benefit.amount_gbp_per_year)} a year" if benefit.amount_gbp_per_year else ""
        kind = "cashable" if benefit.cashable else "not cashable" if amount else ""
        basis = f"basis: {benefit.basis}" if benefit.basis else ""
        more = ", ".join(filter(None, (amount, kind, basis)))
        yield benefit.title + (f" ({more})" if more else "")


def _principles(content: dict[str, Any], edition: Edition) -> Iterable[Row]:
    notes = content.get("principle_notes") or {}
    for key, answer in (content.get("principles") or {}).items():
        if answer == PLAINLY_MET:
            continue
        known = edition.principles.get(key)
        said = ANSWERED.get(answer, answer) + (f": {notes[key]}" if notes.get(key) else "")
        yield Row(what=known.short_name if known else key, which=said)


def _colleagues(
    tx: Tx, step: StepView, seat: SeatView, case: CaseView, edition: Edition, made: Sequence[DecisionView]
) -> Iterable[Colleague]:
    """The other seats of the step, and those of the questions put together with it."""
    for other in telling.together(case, step, steps.of_case(tx, case.ref)):
        for colleague in other.seats:
            if (other.id, colleague.key) == (step.id, seat.key):
                continue
            answer = next((d for d in made if (d.step, d.seat) == (other.id, colleague.key)), None)
            yield Colleague(
                who=telling.title(edition, colleague.post, words.local(step.opened)),
                said=telling.told(answer, edition) if answer else None,
            )


def paper(tx: Tx, case: CaseView, version: int, edition: Edition) -> Paper:
    """Return what a version of a proposal says, as everybody who decides on it is shown it."""
    content = cases.content(tx, case.ref, version) or {}
    read = ProposalDocument.model_validate(content)
    figures, flags = reckoned(read, case, edition)
    return Paper(
        what_for=str(content.get("summary") or case.title),
        rows=tuple(_rows(content, case, edition)),
        costs=tuple(_costs(content)),
        figures=figures,
        flags=(*flags, *outstanding.flags(tx, case, read, edition)),
        options=tuple(Row(what=title, which=told) for title, told in appraisal.options(read)),
        benefits=tuple(_benefits(read)),
        principles=tuple(_principles(content, edition)),
        provisions=provisions(read, case, edition),
    )


def rows(tx: Tx, case: CaseView) -> list[tuple[str, str]]:
    """Return a case's facts as its own page shows them."""
    content = cases.content(tx, case.ref) or {}
    edition = telling.edition(tx, case.edition)
    summary = [("Summary", str(content["summary"]))] if content.get("summary") else []
    return summary + [(row.what, row.which) for row in _rows(content, case, edition)]


def since(tx: Tx, sight: Sight) -> tuple[Change, ...]:
    """Return what differs between the version a link was sent for and the one in hand now."""
    step = sight.step
    return changes(tx, sight.case.ref, step.version, sight.case.version) if step else ()


def changes(tx: Tx, ref: str, earlier: int, later: int) -> tuple[Change, ...]:
    """Return what differs between two versions."""
    if earlier < 1 or earlier == later:
        return ()
    before = _flat(cases.content(tx, ref, earlier) or {})
    now = _flat(cases.content(tx, ref, later) or {})
    return tuple(
        Change(what=words.plain(key), before=before.get(key, "(nothing)"), now=now.get(key, "(nothing)"))
        for key in sorted({*before, *now})
        if before.get(key) != now.get(key)
    )


def _flat(content: Any, name: str = "") -> dict[str, str]:
    """Return a proposal's content as one level of names and words."""
    if isinstance(content, dict):
        return {
            key: value
            for part, inner in content.items()
            for key, value in _flat(inner, f"{name} {part}".strip()).items()
        }
    if isinstance(content, list):
        return {
            key: value
            for number, inner in enumerate(content, start=1)
            for key, value in _flat(inner, f"{name} {number}").items()
        }
    return {name: "" if content is None else str(content)}
