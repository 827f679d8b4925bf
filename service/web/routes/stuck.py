"""What does not move because Assent itself fails at it."""

from fastapi import APIRouter
from starlette.responses import Response

from service.store import failing
from service.web import words
from service.web.pages import page
from service.web.roles import Role, allowed
from service.web.visits import Asker

router = APIRouter(include_in_schema=False)


@router.get("/stuck", name="stuck")
@allowed(Role.PMO, Role.ADMINISTRATOR)
def stuck(visit: Asker) -> Response:
    """List the cases that a fault in Assent holds up, the longest first."""
    with visit.desk.store.reading() as tx:
        rows = [
            (one, words.sentence(one.doing), words.lasting(tx.real - one.since))
            for one in failing.open_cases(tx, visit.rules.organisation)
        ]
    return page("stuck.html", visit.frame(), rows=rows, held_up=len({one.case for one, *_ in rows}))
