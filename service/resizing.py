"""A proposal of another size: the way that it goes then."""

from service import sittings
from service.handbook import Edition
from service.store.cases import CaseView
from service.store.engine import Tx
from workflows.model import Size
from workflows.rules import calendar, course, routing


def resized(tx: Tx, case: CaseView, rules: Edition, size: Size) -> CaseView:
    """Return a case as it is with a size: worked out as at its submission, what it had already as it was."""
    proposal = case.proposal.model_copy(update={"size": size})
    received = calendar.day_of_receipt(case.submitted, rules.non_working)
    sent = proposal.model_copy(update={"submitted": received})
    way = course.as_known(routing.route(sent, sittings.routing(tx, rules, received)), case.route)
    added = [leg for leg in case.route if leg.leg == "extra"]
    changes = {"size": size, "proposal": proposal, "route": course.joined(way, added)}
    return case.model_copy(update=changes)
