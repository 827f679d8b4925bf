"""A business case that its project's mandate completes: its benefits are what both say together."""

from service.store import benefits, cases, rebuild
from service.store.intents import SAID, Answered
from tests.activities.test_projects import MANDATE, SPONSOR, USER, approved, asked
from tests.support.activities import done
from tests.support.desk import Desk
from workflows.model import Choice

SAYS = {
    "benefit_owner_1": Answered(value=USER),
    "benefit_measure_1": Answered(value=SAID, text="Calls a month"),
    "benefit_how_realised_1": Answered(value=SAID, text="The web address is on every ticket"),
}


def test_what_the_mandate_says_of_a_benefit_is_the_benefit_s(each_desk: Desk) -> None:
    desk = each_desk
    whole = {"title": "More sold", "owner": USER, "measure": "Tickets", "how_realised": "By day and night"}
    parent = approved(desk, benefits=[{"title": "Fewer calls"}, whole])
    project = done(desk.projects.in_hand(done(desk.projects.opened(parent))))
    with desk.store.reading() as tx:
        fewer, more = benefits.of_proposal(tx, parent)
        before = cases.get(tx, more.ref)
        assert (fewer.owner, more.owner) == (SPONSOR, USER)
    told = asked(desk, desk.asks_about(project, "mandate", project.authority), {**MANDATE, **SAYS})
    done(desk.projects.named(told))
    record = desk.record()
    done(desk.projects.named(told))
    assert desk.record() == record
    with desk.store.reading() as tx:
        assert benefits.must(tx, fewer.ref).owner == USER
        said = cases.content(tx, fewer.ref) or {}
        assert said["summary"] == "Calls a month. The web address is on every ticket."
        assert cases.get(tx, more.ref) == before
    opened = done(desk.benefits.in_hand(fewer.ref))
    assert opened.owner == USER
    with desk.store.reading() as tx:
        assert opened.content_hash == cases.get(tx, fewer.ref).content_hash
    assert rebuild.drift(desk.store) == ()


def test_a_mandate_that_is_given_again_says_it_again(desk: Desk) -> None:
    parent = approved(desk, benefits=[{"title": "Fewer calls"}])
    project = done(desk.projects.in_hand(done(desk.projects.opened(parent))))
    for number, owner in enumerate((USER, SPONSOR), start=1):
        ask = desk.asks_about(project, "mandate", project.authority, round=number)
        said = {**MANDATE, **SAYS, "benefit_owner_1": owner}
        done(desk.projects.named(asked(desk, ask, said, Choice.REPORT)))
        with desk.store.reading() as tx:
            assert [one.owner for one in benefits.of_proposal(tx, parent)] == [owner]
