"""From a draft to a case: what would happen, and the one submission that makes it happen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from service import appraisal, proposals, sittings, telling, versions
from service.errors import AlreadySubmitted, Malformed, NotFound, Problem, Unchanged
from service.handbook import Edition
from service.store import cases, drafts, intents, sizes, steps
from service.store.drafts import Draft
from service.store.engine import Tx
from service.versions import Foreseen
from service.web.bodies import unshowable
from service.web.desk import Desk
from workflows.model import Leg, Proposal, Size
from workflows.rules import calendar, course, routing, series

GIVEN = frozenset(proposals.NAMES) - {"submitted_on"}
"""What a sponsor may say of a proposal. Anything else that is sent is ours to say, and is ignored."""


@dataclass(frozen=True)
class Submission:
    """A version that has been submitted."""

    ref: str
    version: int
    content_hash: str
    again: bool = False


def own_draft(tx: Tx, ref: str, person: str, posts: Sequence[str]) -> Draft:
    """Return a draft to somebody who writes it; to others there is none."""
    draft = drafts.get(tx, ref)
    if draft.owner != person and not set(draft.co_authors) & set(posts):
        raise NotFound
    return draft


def rules_of(tx: Tx, desk: Desk, draft: Draft) -> Edition:
    """Return the rules a draft is written under: a returned case keeps those it opened with."""
    case = cases.find(tx, draft.ref)
    return telling.edition(tx, case.edition) if case else desk.in_force(tx, draft.organisation)


def given(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a sponsor says, leaving out what only the engine may say.

    What is misspelt of it is left in, to be complained of.
    """
    known = GIVEN | {name for name, meant in proposals.misspelt(body).items() if meant in GIVEN}
    return {field: value for field, value in body.items() if field in known}


def checked(document: Mapping[str, Any], edition: Edition) -> None:
    """Refuse what cannot be read, all of it at once."""
    problems = proposals.check_draft(document, edition)
    named = tuple(f"{problem.field}." for problem in problems)
    problems += [odd for odd in unshowable(document) if not any(f.startswith(f"{odd.field}.") for f in named)]
    if problems:
        raise Malformed(problems=problems)


def preview(tx: Tx, draft: Draft, edition: Edition) -> tuple[Leg, ...]:
    """Return the way a draft would go if it were submitted now, by the meetings that are held."""
    day = received(tx, edition)
    if problems := proposals.check_route(draft.document, edition, day):
        raise Malformed(problems=problems)
    return routing.route(_facts(tx, draft, edition, day), sittings.routing(tx, edition, day))


def received(tx: Tx, edition: Edition) -> date:
    """Return the day on which what is submitted now counts as received: after business the next."""
    return calendar.day_of_receipt(tx.now, edition.non_working)


def unfinished(tx: Tx, draft: Draft, edition: Edition) -> list[Problem]:
    """Return all that keeps a draft from being submitted today."""
    override = sizes.override(tx, draft.ref)
    people = telling.people_under(tx, edition)
    return proposals.check_complete(
        draft.document, edition, tx.today, override, writers=(draft.owner,), people=people
    )


def papers(proposal_route: Sequence[Leg], edition: Edition) -> tuple[tuple[str, date, date], ...]:
    """Return the meetings a way waits for: the forum's name, the last day for papers, the meeting."""
    meetings = ((edition.forums[leg.forum], leg.meeting) for leg in proposal_route if leg.meeting)
    return tuple(
        (forum.name, series.papers_due(day, forum.papers_days, edition.non_working), day)
        for forum, day in meetings
    )


def submit(tx: Tx, desk: Desk, draft: Draft, person: str) -> Submission:
    """Freeze a draft as the next version of its case. The same again finds itself.

    Whoever changes it at the same time is either in the version or refused: the draft is read once more
    and held.
    """
    draft = drafts.hold(tx, draft.ref)
    edition = rules_of(tx, desk, draft)
    if not draft.editable:
        return _standing(tx, draft, edition)
    if problems := unfinished(tx, draft, edition):
        raise Malformed(problems=problems)
    if (ahead := foreseen(tx, draft, edition, person)) and not ahead.changes:
        raise Unchanged(unchanged(tx, draft.ref, edition))
    content = proposals.normalise(draft.document, edition)
    proposal, route, branches = _way(tx, draft, edition)
    version = draft.submitted_version + 1
    hash = proposals.content_hash(content)
    cases.submitted(
        tx,
        draft.ref,
        version=version,
        content=content,
        content_hash=hash,
        proposal=proposal,
        route=route,
        branches=branches,
        edition=edition.hash,
        title=content["title"],
        author=person,
        authors=_authors(draft, proposal, edition, person, tx.today),
    )
    return Submission(draft.ref, version, hash)


def foreseen(tx: Tx, draft: Draft, edition: Edition, person: str) -> Foreseen | None:
    """Say what a complete draft would change as the next version, and whose answers would stand.

    None where it is the first version.
    """
    case = cases.find(tx, draft.ref)
    if case is None:
        return None
    proposal, route, branches = _way(tx, draft, edition)
    extra = [leg for leg in case.route if leg.leg == "extra"]
    ahead = {
        "version": case.version + 1,
        "proposal": proposal,
        "route": course.joined(route, extra),
        "branches": branches,
        "authors": _authors(draft, proposal, edition, person, tx.today),
    }
    content = proposals.normalise(draft.document, edition)
    return versions.foreseen(tx, case.model_copy(update=ahead), content)


def unchanged(tx: Tx, ref: str, edition: Edition) -> str:
    """Say that a returned proposal says what it said before, and what was asked for."""
    case = cases.get(tx, ref)
    told = f"Nothing has changed since version {case.version}."
    step = steps.get(tx, case.because)
    made = intents.decisions_of_step(tx, case.because, strict=False)
    returning = [telling.told(one, edition) for one in made if step and one.choice is step.choice]
    wanted = "; ".join(f"{said.who}: “{said.reason}”" for said in returning if said.reason)
    return f"{told} What was asked for: {wanted}" if wanted else told


def _way(tx: Tx, draft: Draft, edition: Edition) -> tuple[Proposal, tuple[Leg, ...], dict[str, Leg]]:
    """Return the facts of a complete draft if it is submitted now, its way, and what may be added to it."""
    proposal = _facts(tx, draft, edition, tx.today)
    # What comes after business makes tomorrow's papers deadline, and not today's.
    day = received(tx, edition)
    sent = proposal.model_copy(update={"submitted": day})
    rules = sittings.routing(tx, edition, day)
    return proposal, routing.route(sent, rules), routing.branches(sent, rules)


def flags(tx: Tx, draft: Draft, edition: Edition) -> tuple[str, ...]:
    """Return what is missing in a business case, or does not agree: told to its sponsor before it is sent."""
    read = proposals.read(draft.document, edition)
    size = edition.size(read.cost_profile.capital_gbp, read.size, sizes.override(tx, draft.ref))
    worked_out = appraisal.appraise(read, edition.appraisal, tx.today)
    return (*appraisal.disagreements(read, worked_out), *appraisal.gaps(read, major=size is Size.MAJOR))


async def begin(desk: Desk, submission: Submission) -> None:
    """Have the case's process take up the version. If the engine does not answer, the relay will."""
    if submission.version == 1:
        await desk.gateway.start(submission.ref)
    else:
        await desk.gateway.resubmit(submission.ref, submission.version)


def _standing(tx: Tx, draft: Draft, edition: Edition) -> Submission:
    """Return the submission that was made already, if this is the same one again."""
    case = cases.get(tx, draft.ref)
    if proposals.content_hash(proposals.normalise(draft.document, edition)) != case.content_hash:
        raise AlreadySubmitted
    return Submission(draft.ref, case.version, case.content_hash, again=True)


def _facts(tx: Tx, draft: Draft, edition: Edition, today: date) -> Proposal:
    content = proposals.normalise(draft.document, edition)
    override = sizes.override(tx, draft.ref)
    return proposals.facts(content, submitted=today, edition=edition, override=override)


def _authors(
    draft: Draft, proposal: Proposal, edition: Edition, submitter: str, today: date
) -> tuple[str, ...]:
    """Return everybody who may not decide: who leads it, who wrote with them, who drafted or submitted it.

    A sponsor among them is still asked for the share or the system of their own post (see `seating`).
    """
    posts = (proposal.lead, *proposal.co_authors)
    writers = [person.id for post in posts if (person := edition.holder(post, today))]
    return tuple(dict.fromkeys([*writers, draft.owner, submitter]))
