"""Reads an investment proposal as its sponsor gives it, and says all that is wrong in their words.

A draft may be incomplete, but what it says must be readable. A submitted version is complete, and is
kept in one canonical form, by whose hash everybody knows that they speak of the same proposal.
"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import Any

import rfc8785

from service.errors import Malformed, Problem
from service.handbook import Edition
from service.proposals import complete, provided
from service.proposals.complete import FARTHEST_YEARS, years_after
from service.proposals.document import Answer, ProposalDocument
from service.proposals.reading import NAMES, Reading, misspelt
from workflows.model import Proposal, Size

__all__ = [
    "ASKED_LATER",
    "FARTHEST_YEARS",
    "NAMES",
    "Answer",
    "ProposalDocument",
    "check_complete",
    "check_draft",
    "check_reroute",
    "check_route",
    "content_hash",
    "facts",
    "given_in",
    "misspelt",
    "normalise",
    "provided",
    "read",
    "submitted_on",
    "years_after",
]

ASKED_LATER = (
    "system_kind",
    "shared_services",
    "shared_service_reasons",
    "equality",
    "equality_checklist",
    "continuity",
    "standards",
    "standard_notes",
    "addresses",
    "partners",
    "sharing",
)
"""What stands beside the principles: in the canonical form only where something is said."""


def read(document: Mapping[str, Any], edition: Edition) -> ProposalDocument:
    """Return what can be read of a proposal, perhaps still a draft."""
    return Reading(document, edition).read


def check_draft(document: Mapping[str, Any], edition: Edition) -> list[Problem]:
    """Return what cannot be read in a draft, which may leave anything out."""
    return Reading(document, edition).problems


def check_complete(
    document: Mapping[str, Any],
    edition: Edition,
    today: date,
    override: Size | None = None,
    writers: Collection[str] = (),
    people: Edition | None = None,
) -> list[Problem]:
    """Return all that keeps a proposal from being submitted today (SYS-01, SYS-02, SYS-03).

    `override` is the size that the PMO has set for it, if any; `writers` are the people who have written in
    it, besides those whom it names. `people` is the edition in force, by which those who answer are found,
    where that is another than the one whose rules hold.
    """
    reading = Reading(document, edition)
    checks = (
        complete.missing,
        complete.shares,
        complete.years,
        complete.dates,
        partial(complete.answers, override=override),
        partial(complete.nobody, people=people or edition),
        partial(complete.authors_alone, people=people or edition, writers=writers),
        complete.issues,
        complete.bid,
        complete.exception,
        *provided.CHECKS,
    )
    unfit = [problem for check in checks for problem in check(reading.read, edition, today)]
    return complete.listed(reading.problems, unfit)


def check_route(document: Mapping[str, Any], edition: Edition, submitted: date) -> list[Problem]:
    """Return what keeps the way of a proposal, perhaps still a draft, from being worked out.

    `submitted` is the day on which it is, or would be, submitted.
    """
    reading = Reading(document, edition)
    needed = [
        problem
        for problem in complete.missing(reading.read, edition, submitted)
        if problem.field in complete.DECIDES_THE_ROUTE
    ]
    checks = (complete.shares, complete.years, complete.issues, complete.bid, complete.exception)
    wrong = (check(reading.read, edition, submitted) for check in checks)
    return complete.listed(reading.problems, [*needed, *chain.from_iterable(wrong)])


def check_reroute(read: ProposalDocument, edition: Edition) -> list[Problem]:
    """Return what keeps a version that was submitted under another edition from being routed under this one.

    A principle that it was not asked is taken as met, and one that is no longer asked is passed over.
    """
    asked = {key: answer for key, answer in read.principles.items() if key in edition.principles}
    read = read.model_copy(update={"principles": asked})
    checks = (complete.unknown, complete.issues, complete.bid)
    return [problem for check in checks for problem in check(read, edition, date.min)]


def normalise(document: Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    """Return the one canonical form of a proposal: what is stored, shown and hashed.

    Raises Malformed where something cannot be read.
    """
    reading = Reading(document, edition)
    if reading.problems:
        raise Malformed(problems=reading.problems)
    said = reading.read.model_dump(mode="json", exclude={"submitted_on"})
    # A proposal that says nothing of what was asked later keeps the hash it always had.
    return {
        field: value for field, value in said.items() if field not in ASKED_LATER or not _says_nothing(value)
    }


def _says_nothing(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_says_nothing, value.values()))
    return value is None or value in ("", [])


def content_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a canonical form."""
    return sha256(rfc8785.dumps(dict(content))).hexdigest()


def given_in(document: Mapping[str, Any], edition: Edition) -> dict[str, str]:
    """Return the fields that a document gives by another name, each with the name it has there."""
    return Reading(document, edition).given_in


def submitted_on(document: Mapping[str, Any], edition: Edition) -> date | None:
    """Return the day a document in a file says it was submitted on."""
    return Reading(document, edition).read.submitted_on


def facts(
    content: Mapping[str, Any] | ProposalDocument,
    *,
    submitted: date,
    edition: Edition,
    override: Size | None = None,
) -> Proposal:
    """Return what decides the way of a proposal whose route can be worked out.

    `override` is the size that the PMO has set for it, if any.
    """
    read = ProposalDocument.model_validate(content)
    capital = read.cost_profile.capital_gbp or Decimal(0)
    condition = read.funding_condition
    bid = condition if condition and condition.pending else None
    if read.decision_needed_by is None:
        raise Malformed(problems=[Problem(field="decision_needed_by", message="Say when it must be decided")])
    return Proposal(
        organisation=edition.organisation,
        department=read.department,
        sponsor=read.sponsor_post,
        lead=read.lead_post,
        co_authors=read.co_authors,
        size=edition.size(capital, read.size, override),
        capital=capital,
        shares=read.shares(),
        submitted=submitted,
        decide_by=read.decision_needed_by,
        principles={key: str(answer) for key, answer in read.principles.items()},
        relation=read.corporate_system.relation,
        corporate_systems=read.corporate_system.ids,
        bid_pending=bid is not None,
        bid_due=bid.decision_due if bid else None,
        bid_owner=bid.owner_post if bid else "",
        embargo_exempt=bool(read.embargo_exempt),
    )
