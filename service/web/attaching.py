"""Documents on pages: what a box brought, who may hand one in, how it is shown and how it is given out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from unicodedata import normalize
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response, StreamingResponse

from service import documents as rules_of_documents
from service import gating, telling
from service.documents import Document, Unfit
from service.errors import Conflict, Forbidden, Gone, NotFound
from service.handbook import AttachmentRules, Edition
from service.store import Store, cases, documents, projects
from service.store.cases import CaseView
from service.store.documents import Attached, Held, Paper
from service.store.engine import Tx
from service.store.intents import Answered, Intent
from service.web import reported, words
from service.web.roles import Role
from service.web.standing import Sight
from service.web.visits import Visit
from workflows.model import Frozen

ROWS = 3
"""Boxes for documents on the page of a case."""
MOST_HELD = 20
"""Documents that one answer may have."""
_SENT_AS = (('"', "%22"), ("\r", "%0D"), ("\n", "%0A"))
"""How browsers send signs of a file's name that a form cannot have in it."""
BOX = "document"
"""How the names of the boxes for documents begin."""
ANSWER = "documents"
"""The name of the answer that says which documents were handed in with it."""
REMOVE = "remove_document"
"""The name of the buttons that take a document out of an answer again."""
TAKING = frozenset(
    {
        "mandate",
        "initiation",
        "exception_plan",
        "highlight",
        "end_stage",
        "end_project",
        "review",
        "assessment",
    }
)
"""The kinds of report that documents are handed in with."""


@dataclass(frozen=True)
class Shown:
    """A document as pages list it."""

    name: str
    href: str
    """Empty where it cannot be looked at."""
    said: str
    """What it is, how large, and who handed it in when."""
    fingerprint: str
    superseded: bool = False
    id: str = ""
    """Of one that can still be taken out."""


class Handed(Frozen):
    """A document as a page on which something is decided shows it: its hash is among what was shown."""

    number: int
    name: str
    said: str
    hash: str


@dataclass(frozen=True)
class Box:
    """A box for one document."""

    name: str
    label: str
    kind: str = ""


@dataclass(frozen=True)
class Fit:
    """What was put into a box and may be handed in."""

    box: Box
    file: IO[bytes]
    document: Document


# ------------------------------------------------------------------- what may be handed in


def limits(edition: Edition) -> AttachmentRules:
    """Return what an organisation takes today."""
    return edition.delivery.attachments if edition.delivery else AttachmentRules()


def hint(rules: AttachmentRules) -> str:
    """Say what may be put into a box."""
    return f"Up to {rules.megabytes} MB: {words.listed(rules.types, 'or')}"


def accepted(rules: AttachmentRules) -> str:
    """Return what a browser offers first, as the box says it to the browser."""
    return ",".join(f".{type}" for type in rules.types)


def chosen(sent: FormData, box: str) -> UploadFile | None:
    """Return what was put into a box; None if nothing was."""
    file = sent.get(box)
    return file if isinstance(file, UploadFile) and (file.filename or file.size) else None


def fit(sent: FormData, boxes: Iterable[Box], rules: AttachmentRules, errors: dict[str, str]) -> list[Fit]:
    """Return what was put into boxes and may be handed in, and say beside the others why not.

    It takes a while, and is done before anything is written.
    """
    found: list[Fit] = []
    for box in boxes:
        file = chosen(sent, box.name)
        if file is None:
            continue
        try:
            document = _looked_at(file, rules)
        except Unfit as unfit:
            errors[box.name] = str(unfit)
            continue
        if any(_clash(document, other.document) for other in found):
            errors[box.name] = f"Two documents are called {document.name}: give one of them another name"
            continue
        found.append(Fit(box, file.file, document))
    return found


def _looked_at(file: UploadFile, rules: AttachmentRules) -> Document:
    given = file.filename or ""
    for sign, sent_as in _SENT_AS:
        given = given.replace(sent_as, sign)
    try:
        return rules_of_documents.checked(file.file, given, rules, sent=file.size)
    except Unfit as unfit:
        raise Unfit(f"{rules_of_documents.safe_name(given)} {unfit}") from None


def _clash(one: Document, other: Document) -> bool:
    return one.name.casefold() == other.name.casefold() and one.hash != other.hash


def _kept(tx: Tx, one: Fit) -> Paper:
    documents.put(tx, one.file, one.document)
    return documents.paper(one.document, one.box.kind)


# ---------------------------------------------------------------------- the case's own page


def case_of(tx: Tx, visit: Visit, ref: str) -> CaseView:
    """Return a case whose documents the asker may see: whoever may see the case."""
    case = cases.find(tx, ref)
    if case is None or case.organisation != visit.rules.organisation:
        raise NotFound
    return case


def source(tx: Tx, case: CaseView) -> str:
    """Return the reference of the case whose documents are shown with one: of an exception from the project
    standards its project, for it has none of its own; of any other the case itself.
    """
    raised = projects.standards_exception(tx, case.ref) if case.kind == projects.STANDARDS else None
    return raised.parent if raised else case.ref


def may(tx: Tx, visit: Visit, case: CaseView) -> bool:
    """Say whether the asker may hand in documents of a case now."""
    return case.kind == projects.KIND and case.open and bool(_as(tx, visit, case))


def must(tx: Tx, visit: Visit, ref: str) -> tuple[CaseView, str]:
    """Return a case to which the asker may attach documents now, and the post through which they may."""
    case = case_of(tx, visit, ref)
    if case.kind != projects.KIND:
        raise Conflict("Documents are handed in to projects, and with the answers that ask for them.")
    post = _as(tx, visit, case)
    if not post:
        raise Forbidden("Only its project manager, its lead officer and the PMO may hand in its documents.")
    if not case.open:
        raise Conflict("It has come to its end, and no more documents are added.")
    return case, post


def _as(tx: Tx, visit: Visit, case: CaseView) -> str:
    """Return the post through which somebody hands in documents: the manager's, the lead's or the PMO's."""
    project = projects.get(tx, case.ref)
    pmo = visit.rules.roles["pmo"] if Role.PMO in visit.roles else ""
    own = (project.manager if project else "", case.lead, pmo)
    return next((post for post in own if post and post in visit.posts), "")


def rows(sent: Mapping[str, object], kinds: Mapping[str, str], errors: dict[str, str]) -> list[Box]:
    """Return the boxes of a case's own page, each with the kind of document that was chosen beside it."""
    made = []
    for number in range(1, ROWS + 1):
        kind = str(sent.get(f"kind_{number}", ""))
        if kind and kind not in kinds:
            errors[f"kind_{number}"] = f"Choose what document {number} is"
        made.append(Box(f"{BOX}_{number}", f"Document {number}", kind if kind in kinds else ""))
    return made


def kinds(edition: Edition) -> dict[str, str]:
    """Return the kinds of document that a handbook knows, by name."""
    known = edition.delivery.documents if edition.delivery else {}
    return {key: kind.name for key, kind in known.items()}


def attach(tx: Tx, visit: Visit, ref: str, fit: Iterable[Fit]) -> list[Attached]:
    """Attach documents to a case. Handed in again they are those that were handed in first."""
    _, post = must(tx, visit, ref)
    return [documents.attached(tx, ref, _kept(tx, one), by=visit.me.id, by_post=post) for one in fit]


# ------------------------------------------------------------------------ the page of a link


def asked(tx: Tx, sight: Sight) -> dict[str, str] | None:
    """Return the kinds of document that a report is to come with, by name; None if it takes none."""
    kind, rules = sight.open_step.kind, sight.edition.delivery
    if kind not in TAKING or rules is None:
        return None
    return reported.papers(tx, sight, projects.get(tx, sight.case.ref), rules)


def wanting(
    tx: Tx, sight: Sight, answers: Mapping[str, Answered], papers: Iterable[Held] | None = None
) -> dict[str, str]:
    """Return the kinds of document that the gate after a report asks for, and that neither come with it nor
    have been handed in, by name.

    `answers` are those of the report, for its mandate says which gates a project passes; `papers` come with
    it, or else whatever is held.
    """
    kind, rules = sight.open_step.kind, sight.edition.delivery
    project = projects.get(tx, sight.case.ref)
    if project is None or rules is None or not asked(tx, sight):
        return {}
    template = answers["template"].value if "template" in answers else project.template
    if kind not in gating.REPORTS or template not in rules.templates:
        return {}
    coming = {one.kind for one in (_held(tx, sight) if papers is None else papers)}
    gate, stage = gating.REPORTS[kind], project.stage
    return gating.missing(tx, project, rules, gate, stage, coming=coming, template=template)


def box_of(kind: str) -> str:
    """Return the name of the box for a kind of document."""
    return f"{BOX}_{kind}"


def form(tx: Tx, sight: Sight) -> dict[str, object] | None:
    """Return what the boxes for documents on the page of a link need; None where there are none."""
    kinds = asked(tx, sight)
    if kinds is None:
        return None
    rules = limits(sight.people)
    return {
        "boxes": _boxes(kinds),
        "held": _uploaded(_held(tx, sight), kinds),
        "hint": hint(rules),
        "accept": accepted(rules),
    }


def fit_for(
    kinds: Mapping[str, str] | None, sent: FormData, rules: AttachmentRules, errors: dict[str, str]
) -> list[Fit]:
    """Return what was put into those boxes and may be handed in."""
    return [] if kinds is None else fit(sent, _boxes(kinds), rules, errors)


def keep(tx: Tx, sight: Sight, fit: Iterable[Fit], errors: dict[str, str]) -> None:
    """Hold what was uploaded with an answer until that is confirmed, even where another box is wrong."""
    have = {one.name for one in _held(tx, sight)}
    for one in fit:
        have.add(one.document.name)
        if len(have) > MOST_HELD:
            errors[one.box.name] = f"An answer has {MOST_HELD} documents at most: take one out first"
            return
        documents.hold(tx, _kept(tx, one), **_own(sight))


def take_out(tx: Tx, sight: Sight, sent: FormData) -> bool:
    """Take a document out of an answer, where the button that was pressed says so."""
    id = sent.get(REMOVE)
    if not isinstance(id, str):
        return False
    documents.let_go(tx, [id], **_own(sight))
    return True


def answered(tx: Tx, sight: Sight) -> dict[str, Answered]:
    """Return the documents that were uploaded as part of the answer, which is confirmed with these alone."""
    papers = _held(tx, sight)
    said = "\n".join(map(_named, papers))
    return {ANSWER: Answered(value=telling.SAID, text=said)} if papers else {}


def of_answer(tx: Tx, sight: Sight, answers: Mapping[str, Answered]) -> list[Held] | None:
    """Return the documents that an answer speaks of; None if one of them is held no longer."""
    said = answers[ANSWER].text.split("\n") if ANSWER in answers else []
    have = {_named(one): one for one in _held(tx, sight)}
    return [have[one] for one in said] if {*said} <= {*have} else None


def _named(paper: Paper) -> str:
    """Return how an answer speaks of a document: by its name, and by its hash."""
    return f"{paper.name} ({paper.hash})"


def confirmed(tx: Tx, sight: Sight, intent: Intent, papers: Iterable[Held]) -> None:
    """Attach the documents of an answer that was just submitted, in the same transaction."""
    papers = list(papers)
    for paper in papers:
        documents.attached(
            tx,
            intent.case,
            Paper(**paper.model_dump(exclude={"id"})),
            by=intent.person,
            by_post=intent.post,
            on_behalf_of=intent.on_behalf_of,
            step=intent.step,
            at=intent.submitted_at,
        )
    documents.let_go(tx, [paper.id for paper in papers], **_own(sight))


def _boxes(kinds: Mapping[str, str]) -> list[Box]:
    """Return a box for each kind of document that is asked for, and one for any other."""
    named = [Box(box_of(kind), name, kind) for kind, name in kinds.items()]
    return [*named, Box(BOX, "Another document" if named else "Document")]


def _held(tx: Tx, sight: Sight) -> tuple[Held, ...]:
    return documents.held(tx, **_own(sight))


def _own(sight: Sight) -> dict[str, str]:
    """Say whose they are, and with which question: the next round of it finds them."""
    return {"case": sight.case.ref, "key": sight.open_step.key, "person": sight.link.person}


# --------------------------------------------------------------------------------- showing


def handed_in(tx: Tx, case: CaseView, edition: Edition) -> tuple[Handed, ...]:
    """Return the documents that count of a case, as a page shows them on which something is decided."""
    named = kinds(edition)
    return tuple(
        Handed(
            number=one.number,
            name=one.name,
            said=f"{_what(one, named)} {_from(one, edition)}.",
            hash=one.hash,
        )
        for one in documents.of_case(tx, source(tx, case))
        if one.superseded_by is None
    )


def listed(tx: Tx, case: CaseView, edition: Edition, at: str) -> list[Shown]:
    """Return the documents of a case, the latest first; `at` is the address that their numbers follow."""
    named = kinds(edition)
    return [
        Shown(
            name=one.name,
            href=f"{at}/{one.number}" if documents.is_kept(tx, one.hash) else "",
            said=f"{_what(one, named)} {_from(one, edition)}.",
            fingerprint=words.fingerprint(one.hash),
            superseded=one.superseded_by is not None,
        )
        for one in reversed(documents.of_case(tx, source(tx, case)))
    ]


def _uploaded(papers: Iterable[Held], asked: Mapping[str, str]) -> list[Shown]:
    """Return what is held with an answer, each to be taken out."""
    return [
        Shown(
            name=one.name,
            href="",
            said=_what(one, asked),
            fingerprint=words.fingerprint(one.hash),
            id=one.id,
        )
        for one in papers
    ]


def _what(paper: Paper, named: Mapping[str, str]) -> str:
    type = rules_of_documents.called(rules_of_documents.type_of(paper.media_type))
    kind = named.get(paper.kind, "")
    return words.sentence(
        f"{kind}: {type}, {words.size(paper.size)}" if kind else f"{type}, {words.size(paper.size)}"
    )


def _from(one: Attached, edition: Edition) -> str:
    day: datetime = one.at
    who = telling.name(edition, one.by) or one.by
    return f"Handed in by {who} on {words.short_day(words.local(day))}"


# ------------------------------------------------------------------------------ giving out


def given_out(store: Store, one: Attached) -> Response:
    """Return a document to be kept and not to be run, looked through before any of it goes."""
    with store.reading() as tx:
        if not documents.is_kept(tx, one.hash):
            raise Gone(f"{one.name} was erased, as the law may ask. Its fingerprint stays in the record.")
        documents.check(tx, one.hash)
    type = rules_of_documents.type_of(one.media_type)
    name = f"document.{type}" if one.name == documents.NAMELESS else one.name
    headers = {
        "Content-Disposition": disposition(name),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Length": str(one.size),
    }
    return StreamingResponse(_pieces(store, one.hash), media_type=one.media_type, headers=headers)


def _pieces(store: Store, hash: str) -> Iterator[bytes]:
    """Go through a document; whoever takes it slowly keeps no transaction open."""
    number = 0
    while True:
        with store.reading() as tx:
            piece = documents.piece(tx, hash, number)
        if piece is None:
            return
        yield piece
        number += 1


def disposition(name: str) -> str:
    """Return the header that has a document kept under its name (RFC 6266)."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(sign if sign.isalnum() or sign in " ._-()" else "_" for sign in plain).strip()
    return f"attachment; filename=\"{plain or 'document'}\"; filename*=UTF-8''{quote(name, safe='')}"
