"""What a proposal still owes: an agreement to share personal data before it goes live (SYS-13)."""

from datetime import date

from service.handbook import Edition
from service.proposals import ProposalDocument, provided
from service.store import cases, provisions
from service.store.cases import CaseView
from service.store.engine import Tx
from service.web import words
from service.web.standing import Sight
from workflows.model import Choice

COMPLETION = "completion"
"""The kind of question by which a minor proposal goes live; a major one does with its project."""


def flags(tx: Tx, case: CaseView, read: ProposalDocument, edition: Edition) -> tuple[str, ...]:
    """Return what whoever decides should know beside the figures."""
    owed = agreement_owed(tx, case, read, edition)
    return (*provided.flags(read, edition, tx.today), *((owed,) if owed else ()))


def agreement_owed(tx: Tx, case: CaseView, read: ProposalDocument, edition: Edition) -> str:
    """Say that a proposal cannot go live today, for want of an agreement in date; nothing if it can."""
    if not provided.shares_with_partner(read, edition) or _in_date(tx, case, read, tx.today):
        return ""
    return (
        "It shares personal data with a partner, and no information sharing agreement is in date on "
        f"{words.short_day(tx.today)}. It cannot go live without one"
    )


def hindrance(tx: Tx, sight: Sight, choice: Choice | None) -> str:
    """Say why a completion cannot be confirmed today; nothing for every other answer and question.

    It is asked before the engine hears of an answer, so that no question is ever left without one: as soon
    as an agreement is on record the same answer is taken.
    """
    if choice is not Choice.VERIFY or sight.open_step.kind != COMPLETION:
        return ""
    content = cases.content(tx, sight.case.ref, sight.open_step.version) or {}
    read = ProposalDocument.model_validate(content)
    owed = agreement_owed(tx, sight.case, read, sight.edition)
    if not owed:
        return ""
    return (
        f"{owed}, so it cannot be confirmed as complete. Its sponsor or lead officer can record an agreement "
        f"on the page of {sight.case.ref}; then answer again"
    )


def _in_date(tx: Tx, case: CaseView, read: ProposalDocument, day: date) -> bool:
    given = bool(read.sharing and read.sharing.in_date(day))
    return given or any(agreement.in_date(day) for agreement in provisions.agreements(tx, case.ref))
