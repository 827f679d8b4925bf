"""The papers of a meeting on paper: the pack that its members read before, and the minutes after.

Both are values that say all there is to say, and are told as a tagged PDF in which nothing is markup. What an
item says of a case is put together by what the decision page is made of, so that the two cannot differ.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from service import boards, questions, realised, telling
from service.handbook import Edition
from service.remembering import TrackRecord
from service.store import assessments, steps
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.intents import DecisionView
from service.store.steps import StepView
from service.web import briefing, decision_record, printing, seclusion, words
from service.web.briefing import Paper, Row
from workflows.letters import Answer, Condition
from workflows.model import Choice, Frozen, LegAsk
from workflows.rules import reports

_SAID_ABOVE = ("Department", "Sponsor")
"""Rows of a proposal that stand at the head of its item."""


class Line(Frozen):
    """A line of a section: what, and which, the latter in one or several paragraphs."""

    what: str
    which: tuple[str, ...] = ()


class Table(Frozen):
    """Figures in columns; the first cell of a row names it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: bool = False
    """All but the first column hold sums of money, which are read from the right."""


class Section(Frozen):
    """A part of an item under a heading of its own: sentences, then lines, then figures."""

    heading: str
    sentences: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    table: Table | None = None


class Member(Frozen):
    """A member of the forum, by the title of their post and perhaps their name."""

    title: str
    chair: bool = False


class PackItem(Frozen):
    """An item of a pack, which begins on a page of its own. One that is about no case has a title alone."""

    number: int
    title: str
    ref: str = ""
    decision_sought: str = ""
    """As a question; for an item of which the forum is only told, empty."""
    clause: str = ""
    """The clause that brings it here, as a sentence with its number."""
    why: str = ""
    """Why the case has come this way."""
    sponsor: str = ""
    department: str = ""
    version: int = 0
    submitted: date | None = None
    """The day of the version."""
    fingerprint: str = ""
    """The SHA-256 of the version."""
    what_for: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    carried_over_from: date | None = None
    for_information: bool = False
    closing: str = ""


class Pack(Frozen):
    """What the members of a forum read before a meeting."""

    organisation: str
    forum: str
    day: date
    starts: str = ""
    """As clocks show it: "10:00"."""
    place: str = ""
    members: tuple[Member, ...] = ()
    papers_closed: date | None = None
    items: tuple[PackItem, ...] = ()


class MinuteItem(Frozen):
    """An item of the minutes."""

    number: int
    title: str
    reference: str = ""
    """The number of the minute."""
    ref: str = ""
    outcome: str = ""
    carried_over_to: date | None = None


class Minutes(Frozen):
    """What a meeting came to."""

    organisation: str
    forum: str
    day: date
    starts: str = ""
    place: str = ""
    present: tuple[str, ...] = ()
    apologies: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    opening: str = ""
    """What was said before the items."""
    quorum: str = ""
    """A sentence on whether the meeting was quorate."""
    next_meeting: date | None = None
    items: tuple[MinuteItem, ...] = ()
    status: Literal["draft", "confirmed"] = "draft"
    confirmed: date | None = None
    """The day of the meeting that confirmed them."""
    corrections: tuple[str, ...] = ()
    """What was corrected since they were first drafted."""


# --------------------------------------------------------------------------- on paper


def pack_pdf(pack: Pack) -> bytes:
    """Return a pack as a PDF, the same bytes for the same pack."""
    return printing.pdf(
        "meetings/pack.typ",
        {
            "title": f"Papers for {pack.forum}, {words.day(pack.day)}",
            "organisation": pack.organisation,
            "forum": pack.forum,
            "meeting": list(_meeting(pack.day, pack.starts, pack.place)) + list(_of_pack(pack)),
            "items": [_item(item) for item in pack.items],
        },
    )


def minutes_pdf(minutes: Minutes) -> bytes:
    """Return minutes as a PDF, the same bytes for the same minutes."""
    return printing.pdf(
        "meetings/minutes.typ",
        {
            "title": f"{_status(minutes)} of {minutes.forum}, {words.day(minutes.day)}",
            "organisation": minutes.organisation,
            "status": _status_sentence(minutes),
            "meeting": list(_meeting(minutes.day, minutes.starts, minutes.place)) + list(_there(minutes)),
            "items": [_minuted(item) for item in minutes.items],
            "corrections": list(minutes.corrections),
        },
    )


def _meeting(day: date, starts: str, place: str) -> Iterator[tuple[str, str]]:
    yield "Meeting", words.day(day) + (f" at {starts}" if starts else "")
    if place:
        yield "Place", place


def _of_pack(pack: Pack) -> Iterator[tuple[str, str]]:
    if pack.members:
        yield "Members", "\n".join(f"{one.title} (chair)" if one.chair else one.title for one in pack.members)
    if pack.papers_closed:
        yield "Papers closed", words.day(pack.papers_closed)


def _item(item: PackItem) -> dict[str, object]:
    return {
        "heading": _heading(item.number, item.title, item.ref),
        "sought": _sought(item),
        "notes": list(_notes(item)),
        "figures": list(item.figures),
        "sections": [section.model_dump() for section in item.sections],
        "closing": item.closing,
    }


def _heading(number: int, title: str, ref: str) -> str:
    return f"{number}. {title}" + (f" ({ref})" if ref else "")


def _sought(item: PackItem) -> str:
    if item.for_information:
        return "For information: no decision is sought."
    return f"Decision sought: {item.decision_sought}" if item.decision_sought else ""


def _notes(item: PackItem) -> Iterator[tuple[str, str]]:
    if item.carried_over_from:
        yield "Carried over from", f"the meeting of {words.day(item.carried_over_from)}"
    if item.clause:
        yield "Why it is here", item.clause
    if item.why:
        yield "What brings it here", item.why
    if item.sponsor:
        yield "Requested by", item.sponsor
    if item.department:
        yield "Department", item.department
    if item.what_for:
        yield "What it is for", item.what_for
    if item.version:
        of = f" of {words.day(item.submitted)}" if item.submitted else ""
        yield "Version", f"{item.version}{of}, fingerprint {item.fingerprint}"


def _status(minutes: Minutes) -> str:
    return "Minutes" if minutes.status == "confirmed" else "Draft minutes"


def _status_sentence(minutes: Minutes) -> str:
    if minutes.status == "draft":
        return "Draft: these minutes are not confirmed yet."
    on = f" on {words.day(minutes.confirmed)}" if minutes.confirmed else ""
    return f"Confirmed{on}."


def _there(minutes: Minutes) -> Iterator[tuple[str, str]]:
    for what, who in (
        ("Present", minutes.present),
        ("Apologies", minutes.apologies),
        ("Absent", minutes.absent),
    ):
        if who:
            yield what, "\n".join(who)
    if minutes.opening:
        yield "Before the items", minutes.opening
    if minutes.quorum:
        yield "Quorum", minutes.quorum
    if minutes.next_meeting:
        yield "Next meeting", words.day(minutes.next_meeting)


def _minuted(item: MinuteItem) -> dict[str, object]:
    told = [
        ("Outcome", item.outcome or ("" if item.carried_over_to else "No outcome is recorded.")),
        ("Carried over", f"To {words.day(item.carried_over_to)}." if item.carried_over_to else ""),
        ("Minute", item.reference),
    ]
    return {
        "heading": _heading(item.number, item.title, item.ref),
        "lines": [(what, which) for what, which in told if which],
    }


# ------------------------------------------------------------------------ what it says


def item(
    tx: Tx,
    case: CaseView,
    question: StepView | LegAsk | None,
    rules: Edition,
    day: date,
    number: int,
    *,
    carried_over_from: date | None = None,
) -> PackItem:
    """Return the paper of a case for a meeting of a day, under its number on the agenda.

    `question` is the step that the forum answers, or what will be asked of it on that day; without one the
    forum is only told. `rules` are those the case opened with.
    """
    version = question.version if isinstance(question, StepView) else case.version
    paper = briefing.paper(tx, case, version, rules)
    said = {row.what: row.which for row in paper.rows}
    found = telling.place(case, question.key) if question else None
    leg = found[0] if found else None
    clause = question.clause if isinstance(question, StepView) else leg.clause if leg else ""
    return PackItem(
        number=number,
        title=case.title,
        ref=case.ref,
        decision_sought=questions.sought(tx, case, question, rules) if question else "",
        clause=words.by_clause(rules.clause_text(clause) or "the handbook asks for it", clause)
        if clause
        else "",
        why=words.sentence(leg.reason) if leg and leg.reason else "",
        sponsor=said.get("Sponsor", ""),
        department=said.get("Department", ""),
        version=version,
        submitted=case.proposal.submitted,
        fingerprint=question.content_hash if isinstance(question, StepView) else case.content_hash,
        what_for=paper.what_for if paper.what_for != case.title else "",
        figures=tuple((row.what, row.which) for row in paper.rows if row.what not in _SAID_ABOVE),
        sections=tuple(_sections(tx, case, question, version, paper, rules, day)),
        carried_over_from=carried_over_from,
        for_information=question is None,
        closing=f"Put together from the record on {words.day(day)}.",
    )


def _turned_out(record: TrackRecord) -> Iterator[Line]:
    """Go through a track record, and what a proposal comes to on it with its working."""
    yield from (Line(what=one.what, which=(one.which,)) for one in record.measures)
    if figure := record.restated:
        yield Line(what=figure.name, which=(figure.value, figure.working))


def _sections(
    tx: Tx,
    case: CaseView,
    question: StepView | LegAsk | None,
    version: int,
    paper: Paper,
    rules: Edition,
    day: date,
) -> Iterator[Section]:
    if paper.flags:
        yield Section(heading="What to look at", sentences=tuple(map(words.sentence, paper.flags)))
    if paper.costs:
        yield Section(heading="Costs by year", table=_costs(paper))
    if paper.figures:
        yield Section(
            heading="What it comes to",
            table=Table(
                columns=("Figure", "Value", "How it was worked out"),
                rows=tuple((figure.name, figure.value, figure.working) for figure in paper.figures),
            ),
        )
    if record := paper.track_record:
        yield Section(
            heading=f"How closed major cases of {record.directorate} turned out",
            sentences=(
                "Against what was approved first. Of each the middle one, how many cases say so, and their "
                "range.",
            ),
            lines=tuple(_turned_out(record)),
        )
    if paper.lessons:
        yield Section(
            heading="Lessons of proposals like this",
            lines=tuple(
                Line(
                    what=one.title,
                    which=(*one.text.splitlines(), f"From the review of {one.case_title} ({one.case})."),
                )
                for one in paper.lessons
            ),
        )
    yield Section(
        heading="What it does to budgets",
        lines=tuple(Line(what=row.what, which=row.which) for row in decision_record.budgets(tx, case, rules)),
    )
    if question and question.kind in reports.OF_REVIEWS:
        yield from _realised(tx, case)
    if paper.options:
        heading = "What was weighed" if case.kind == assessments.KIND else "What else was weighed"
        yield Section(heading=heading, lines=_lines(paper.options))
    if paper.gains:
        yield Section(heading="Benefits", lines=_lines(paper.gains))
    yield Section(
        heading="Principles",
        sentences=("All others are plainly met.",) if paper.principles else ("All are plainly met.",),
        lines=_lines(paper.principles),
    )
    if paper.provisions:
        yield Section(heading="What it provides for", lines=_lines(paper.provisions))
    put = {step.key for step in steps.of_version(tx, case.ref, version)}
    if noted := telling.coincidences(tx, case, rules, day, put):
        yield Section(heading="Interests", sentences=noted)
    made = _answers(tx, case, question, version)
    yield Section(
        heading="So far",
        sentences=() if made else ("Nobody has answered yet.",),
        lines=tuple(_told(telling.told(one, rules)) for one in made),
    )
    if question is not None and (choices := _choices(question, rules)):
        counted = boards.votes(question) if isinstance(question, StepView) else ()
        yield Section(
            heading="What may be answered",
            lines=tuple(
                Line(
                    what=words.label(one, question.kind, question.key),
                    which=(words.leads_to(one, question.kind, question.key, vote=one in counted),),
                )
                for one in choices
            ),
        )


def _realised(tx: Tx, case: CaseView) -> Iterator[Section]:
    """Tell what has come of a proposal's benefits beside what was claimed of each."""
    if found := realised.of_proposal(tx, case.ref):
        rows = tuple((f"{one.what} ({one.ref})", one.claimed, one.read, one.said) for one in found)
        yield Section(
            heading="What has come of its benefits",
            sentences=realised.sentences(tx, case.ref),
            table=Table(columns=("Benefit", "Claimed", "Last read", "What that comes to"), rows=rows),
        )


def _costs(paper: Paper) -> Table:
    return Table(
        columns=("Year", "Capital", "Revenue", "One-off", "Project management"),
        sums=True,
        rows=tuple(
            (cost.year, cost.capital, cost.revenue, cost.one_off, cost.management) for cost in paper.costs
        ),
    )


def _lines(rows: Sequence[Row]) -> tuple[Line, ...]:
    return tuple(Line(what=row.what, which=tuple(row.which.split("\n"))) for row in rows)


def _answers(
    tx: Tx, case: CaseView, question: StepView | LegAsk | None, version: int
) -> tuple[DecisionView, ...]:
    """Return what has been said of the version, but for the question itself and as far as all may see it."""
    own = question.id if isinstance(question, StepView) else ""
    asked = {step.id for step in steps.of_version(tx, case.ref, version)}
    made = seclusion.decisions(tx, case.ref)
    return tuple(one for one in made if one.step in asked and one.step != own and one.choice.counted)


def _told(said: Answer) -> Line:
    covering = f", covering for {said.for_whom}," if said.for_whom else ""
    until = words.put_off(said.until, next_meeting=said.next_meeting)
    did = f"{words.did(said.choice, said.kind, key=said.key)} on {words.short_day(said.on)}{until}"
    return Line(
        what=f"{said.who}{covering} {did}.",
        which=(
            *((f"“{said.reason}”",) if said.reason else ()),
            *(f"{words.asked(name)}: {remark}" for name, remark in said.remarks),
            *map(_condition, said.conditions),
        ),
    )


def _condition(put: Condition) -> str:
    by = f", by {words.short_day(put.by)}" if put.by else ""
    return f"Condition: {put.text} ({put.owner}{by})"


def _choices(question: StepView | LegAsk, rules: Edition) -> tuple[Choice, ...]:
    if isinstance(question, StepView):
        return question.choices
    terms = rules.terms().get(question.kind)
    return terms.choices if terms else ()
