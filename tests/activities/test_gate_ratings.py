"""Gates that end in a rating: the worst is the gate's, in its record and in the letters that tell of it."""

import pytest

from notifications.examples import rendered
from service.store import projects
from service.store.intents import Answered
from tests.activities.test_projects import MANAGER, SPONSOR, SUPPLIER, USER, gate, named
from tests.support.activities import done
from tests.support.desk import Desk
from workflows.delivery import GateKind, Rag
from workflows.letters import read
from workflows.model import Choice

GREEN, RED = Answered(value="green", text="It works"), Answered(value="red", text="It does not")
PLAIN = Choice.AUTHORISE


@pytest.mark.parametrize(
    ("said", "rating", "told"),
    [
        (((PLAIN, GREEN), (PLAIN, RED)), Rag.RED, "red, the worst of 2 ratings"),
        (((Choice.REFER_UP, None), (PLAIN, GREEN)), Rag.GREEN, "green"),
        (((PLAIN, None), (PLAIN, None)), None, ""),
    ],
)
def test_the_worst_rating_of_those_who_let_it_through_is_the_gate_s(
    desk: Desk, said: tuple[tuple[Choice, Answered | None], ...], rating: Rag | None, told: str
) -> None:
    project = named(desk, template="gateways")
    ask = desk.asks_about(project, "gate", *project.board, key="gate-start-up")
    desk.opens(ask)
    made = [
        desk.answers(ask.step, post, choice, said={"confidence": answer} if answer else {})
        for post, (choice, answer) in zip((USER, SUPPLIER), said, strict=True)
    ]
    desk.closes(ask.step, *made, choice=Choice.AUTHORISE)
    done(desk.projects.gate_passed(gate(project, 1, GateKind.START_UP, "gate-start-up")))
    with desk.store.reading() as tx:
        assert projects.gates(tx, project.case)[0].rating is rating
    outcomes = {row.post: read(row.props) for row in desk.ledger(project.case) if row.kind == "outcome"}
    assert {MANAGER, SPONSOR} <= {*outcomes}
    text = rendered(outcomes[MANAGER]).get_body(("plain",))
    assert text is not None
    assert (f"Confidence of delivery: {told}." in text.get_content()) is bool(told)
