"""Correspondence: which letters an event sends, to whom, and the facts that they tell."""

from datetime import datetime

from activities.correspondence.actions import ActionLetters
from activities.correspondence.assessments import AssessmentLetters
from activities.correspondence.projects import DeliveryLetters
from activities.correspondence.proposals import Correspondence
from service.links import Links
from service.store import actions, assessments, benefits, projects
from service.store.cases import CaseView
from service.store.engine import Tx

__all__ = ["Correspondence", "DeliveryLetters", "correspondence"]

_LETTERS: dict[str, type[Correspondence]] = {
    actions.KIND: ActionLetters,
    projects.KIND: DeliveryLetters,
    projects.STANDARDS: DeliveryLetters,
    benefits.KIND: DeliveryLetters,
    assessments.KIND: AssessmentLetters,
}


def correspondence(tx: Tx, case: CaseView, links: Links, at: datetime) -> Correspondence:
    """Return the letters of a case, whatever it is: a proposal, or what follows from one."""
    return _LETTERS.get(case.kind, Correspondence)(tx, case, links, at)
