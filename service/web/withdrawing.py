"""Withdrawing a case for as long as it is open: its sponsor, its lead officer or a writer may; an assessment,
whoever had it opened.
"""

import secrets

from service.errors import Conflict, Forbidden, NotFound
from service.store import assessments, cases, projects
from service.store.cases import CaseView
from service.store.engine import Tx
from service.web.roles import Role
from service.web.visits import Visit
from workflows.model import Withdrawal


def may(visit: Visit, case: CaseView) -> bool:
    """Say whether the asker may withdraw a case: an assessment whoever had it opened, and nobody else."""
    if case.kind == assessments.KIND:
        return case.sponsor in visit.posts
    return visit.me.id in case.authors or bool({case.sponsor, case.lead} & set(visit.posts))


def open_case(tx: Tx, visit: Visit, ref: str) -> CaseView:
    """Return a case that the asker may withdraw now."""
    case = cases.find(tx, ref)
    if case is None or case.organisation != visit.rules.organisation:
        raise NotFound
    if case.kind not in ("proposal", assessments.KIND):
        raise Conflict("It ends when it is checked, or falls away with what it follows from.")
    if not may(visit, case):
        if visit.api and Role.READ_CASE not in visit.roles:
            # It may not even know that there is such a case.
            raise NotFound
        if case.kind == assessments.KIND:
            raise Forbidden("Only the programme office may withdraw it.")
        raise Forbidden("Only its sponsor, its lead officer or those who wrote it may withdraw it.")
    if not case.open:
        raise Conflict("It has come to its end and can no longer be withdrawn.")
    if delivered(tx, case):
        raise Conflict(
            "It has gone live, or its project is over. What came of it is reviewed, and it can no longer be "
            "withdrawn."
        )
    return case


def delivered(tx: Tx, case: CaseView) -> bool:
    """Say whether what was approved has gone live, or its project is over: then only a review closes it, and
    what it came to counts for those who ask next (SYS-19).
    """
    project = projects.of_proposal(tx, case.ref)
    return project is not None and (project.went_live is not None or not project.open)


def requested(visit: Visit, ref: str) -> Withdrawal:
    """Write the wish down. The first one stands."""
    with visit.desk.store.writing() as tx:
        open_case(tx, visit, ref)
        return cases.withdrawal_requested(tx, ref, visit.me.id, f"withdraw:{ref}:{secrets.token_hex(8)}")
