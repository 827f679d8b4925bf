"""People who come, go and name covers: open steps hear of it, and the PMO hears whom cases will miss."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from service import handbook
from service.config import Keys
from service.gateway import Gateway
from service.handbook import Edition
from service.handbook.edition import Holding
from service.relay import Relay
from service.store import Store, letters
from tests.support.desk import DAY, Desk
from tests.support.real_time import RealTime
from workflows.model import Choice, Ending

HALL = "funding-bh-dmh"


class FakeGateway(Gateway):
    """Remembers which steps heard that people have moved, and which letters were sent."""

    def __init__(self) -> None:
        self.moved: list[str] = []
        self.delivered: list[str] = []
        self.reached = True

    async def people_moved(self, step: str) -> bool:
        self.moved.append(step)
        return self.reached

    async def deliver(self, letter: str) -> bool:
        self.delivered.append(letter)
        return True


@pytest.fixture
def desk(sqlite_url: str, keys: Keys, real: RealTime) -> Iterator[Desk]:
    store = Store(sqlite_url, keys, host="approvals.example", real=real)
    yield Desk(store, keys, handbook.load("leicester"))
    store.close()


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def relay(desk: Desk, gateway: FakeGateway) -> Relay:
    return Relay(desk.store, gateway, desk.links)


def asked(desk: Desk) -> str:
    """Ask a proposal's first funder; return the step."""
    case = desk.submits()
    desk.opens(desk.ask(case, HALL))
    return f"{case.case}.{HALL}.1"


def with_holdings(edition: Edition, change: Callable[[Holding], Holding | None]) -> Edition:
    """Return an edition with each holding changed, or taken out."""
    holdings = (changed for held in edition.holdings if (changed := change(held)) is not None)
    return edition.model_copy(update={"holdings": tuple(holdings)})


async def test_a_cover_named_later_is_brought_to_an_open_step_until_it_has_been_heard(
    desk: Desk, relay: Relay, gateway: FakeGateway
) -> None:
    step = asked(desk)
    await relay.people()
    assert gateway.moved == []
    desk.covers("bh-dmh", by="bh-land-charges")
    gateway.reached = False
    await relay.people()
    gateway.reached = True
    await relay.people()
    assert gateway.moved == [step, step], "who was not reached is told again"
    await relay.people()
    assert gateway.moved == [step, step], "and nobody once they know"


async def test_a_cover_that_begins_on_a_later_day_is_brought_on_that_day(
    desk: Desk, relay: Relay, gateway: FakeGateway, real: RealTime
) -> None:
    step = asked(desk)
    desk.covers("bh-dmh", by="bh-land-charges", since=DAY + timedelta(days=2))
    await relay.people()
    assert gateway.moved == []
    real.passes(days=2)
    await relay.people()
    assert gateway.moved == [step]


async def test_whoever_takes_over_a_post_is_brought_to_an_open_step(
    desk: Desk, relay: Relay, gateway: FakeGateway
) -> None:
    step = asked(desk)
    await relay.people()
    desk.brings_into_force(
        with_holdings(
            desk.edition,
            lambda held: held.model_copy(update={"person": "p-022"}) if held.post == "bh-dmh" else held,
        )
    )
    await relay.people()
    assert gateway.moved == [step]


async def test_whoever_covers_for_an_author_once_they_are_asked_has_the_next_up_the_line_asked(
    desk: Desk, relay: Relay, gateway: FakeGateway
) -> None:
    case = desk.submits("PROP-01")
    desk.opens(desk.ask(case, "funding-cd-ce"))
    step = f"{case.case}.funding-cd-ce.1"
    await relay.people()
    assert gateway.moved == []
    desk.covers("hoict-ce", by="cd-ce")
    await relay.people()
    assert gateway.moved == [step]
    (seat,) = desk.looks_again(step).seats
    assert [holder.post for holder in seat.holders] == ["cd-ce", "chief-executive"]


async def test_a_step_that_asks_everybody_whom_it_can_is_left_alone(
    desk: Desk, relay: Relay, gateway: FakeGateway
) -> None:
    # The holder of the lead officer's post may not answer, and is looked at in vain.
    case = desk.submits("PROP-08")
    desk.opens(desk.ask(case, "funding-bh-land-charges"))
    await relay.people()
    assert gateway.moved == []


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (DAY + timedelta(days=20), ["bh-sports"]),
        (DAY - timedelta(days=1), ["bh-sports"]),
        (DAY + timedelta(days=60), []),
    ],
)
async def test_the_pmo_hears_weeks_before_of_a_post_that_a_case_will_find_vacant(
    desk: Desk, relay: Relay, gateway: FakeGateway, until: date, told: list[str]
) -> None:
    step = asked(desk)
    desk.brings_into_force(
        with_holdings(
            desk.edition,
            lambda held: held.model_copy(update={"until": until}) if held.post == "bh-sports" else held,
        )
    )
    await relay.people()
    desk.covers("cd-sch", by="cd-hsg")
    await relay.people()
    ref = step.partition(".")[0]
    assert gateway.delivered == [f"ahead:{ref}:1:{post}" for post in told], "once for each"
    with desk.store.reading() as tx:
        found = [row for row in letters.of_case(tx, ref) if row.props.get("cause") == "vacant_ahead"]
    assert [row.post for row in found] == ["corp-projects-manager"] * len(told)


async def test_the_pmo_hears_of_a_post_that_is_vacant_only_between_two_holders(
    desk: Desk, relay: Relay, gateway: FakeGateway
) -> None:
    step = asked(desk)
    gone = desk.person("bh-sports")
    held = (
        Holding(post="bh-sports", person=gone, since=date(2002, 1, 1), until=DAY + timedelta(days=5)),
        Holding(post="bh-sports", person=gone, since=DAY + timedelta(days=20)),
    )
    rest = tuple(one for one in desk.edition.holdings if one.post != "bh-sports")
    desk.brings_into_force(desk.edition.model_copy(update={"holdings": (*rest, *held)}))
    await relay.people()
    assert gateway.delivered == [f"ahead:{step.partition('.')[0]}:1:bh-sports"]


async def test_the_pmo_hears_of_a_board_on_which_too_few_will_sit(
    desk: Desk, relay: Relay, gateway: FakeGateway
) -> None:
    step = asked(desk)
    leaving = ("cd-sch", "cd-rad", "cd-hsg", "cd-ell", "sd-ict-ca")
    until = DAY + timedelta(days=10)
    desk.brings_into_force(
        with_holdings(
            desk.edition,
            lambda held: held.model_copy(update={"until": until}) if held.post in leaving else held,
        )
    )
    await relay.people()
    ref = step.partition(".")[0]
    assert f"ahead:{ref}:1:srg" in gateway.delivered
    with desk.store.reading() as tx:
        (told,) = (row for row in letters.of_case(tx, ref) if row.props.get("cause") == "short_ahead")
    assert told.props["seat"] == "Strategic Resources Group"


def told_of(desk: Desk, ref: str) -> list[tuple[str, bool]]:
    """Return whom the PMO was told of, and whether they are asked only if others stay silent."""
    with desk.store.reading() as tx:
        rows = letters.of_case(tx, ref)
    return [
        (row.key.rpartition(":")[2], row.props["if_others_silent"]) for row in rows if row.kind == "stuck"
    ]


@pytest.mark.parametrize(
    ("silent", "answered", "told"),
    [
        # the owner is asked first; behind them stand the business forum, the Heads of ICT and SRG
        (False, False, [("business-forum-secretary", True), ("heads-of-ict-secretary", True)]),
        (True, False, [("business-forum-secretary", True), ("heads-of-ict-secretary", True)]),
        # once the owner has answered, nobody is asked in their place
        (False, True, []),
    ],
)
async def test_the_pmo_hears_of_whom_a_case_asks_only_if_others_stay_silent(
    desk: Desk,
    relay: Relay,
    silent: bool,
    answered: bool,
    told: list[tuple[str, bool]],
) -> None:
    case = desk.submits("PROP-05")
    (challenge,) = [ask for leg in case.route if leg.leg == "principal_customer" for ask in leg.asks]
    if silent or answered:
        desk.opens(desk.ask(case, challenge.key))
        step = f"{case.case}.{challenge.key}.1"
        desk.closes(step, ending=Ending.SILENT if silent else Ending.DECIDED)
    gone = ("business-forum-secretary", "heads-of-ict-secretary")
    desk.brings_into_force(with_holdings(desk.edition, lambda held: None if held.post in gone else held))
    await relay.people()
    assert sorted(told_of(desk, case.case)) == told


async def test_the_pmo_hears_of_the_secretary_who_writes_down_what_a_board_did_not_decide(
    desk: Desk, relay: Relay
) -> None:
    case = desk.submits()
    desk.brings_into_force(
        with_holdings(desk.edition, lambda held: None if held.post == "srg-secretary" else held)
    )
    await relay.people()
    assert told_of(desk, case.case) == [("srg-secretary", True)]


@pytest.mark.parametrize(
    ("left", "author", "told"),
    [
        (["chief-executive", "cd-rc", "cd-sch", "cd-rad"], "bh-sports", []),
        (["chief-executive", "cd-rc", "cd-sch", "cd-rad"], "cd-sch", [("srg", False)]),
        (["chief-executive", "cd-rc", "cd-sch", "cd-rad", "cd-ell"], "cd-sch", []),
    ],
)
async def test_the_pmo_hears_of_a_board_that_is_too_few_without_the_authors(
    desk: Desk, relay: Relay, left: list[str], author: str, told: list[tuple[str, bool]]
) -> None:
    case = desk.submits(authors=[author])
    gone = {*desk.edition.forums["srg"].members} - {*left}
    desk.brings_into_force(
        with_holdings(
            desk.edition,
            lambda held: None if held.post in gone else held,
        )
    )
    await relay.people()
    assert [one for one in told_of(desk, case.case) if one[0] == "srg"] == told


async def test_the_pmo_hears_of_a_forum_whose_meeting_too_few_will_attend(desk: Desk, relay: Relay) -> None:
    case = desk.submits()
    # Two of six seats find somebody: one their holder, one the Chief Executive.
    left = ("sd-ict-ca", "chief-executive", "heads-of-ict-secretary", "corp-projects-manager")
    desk.brings_into_force(with_holdings(desk.edition, lambda held: held if held.post in left else None))
    await relay.people()
    assert ("heads-of-ict", False) in told_of(desk, case.case)


async def test_nobody_hears_of_a_post_that_has_been_asked_already(
    desk: Desk, relay: Relay, gateway: FakeGateway
) -> None:
    asked(desk)
    desk.brings_into_force(with_holdings(desk.edition, lambda held: None if held.post == "bh-dmh" else held))
    await relay.people()
    assert gateway.delivered == []


async def test_the_pmo_hears_of_a_post_that_has_put_a_question_off_and_will_be_asked_again(
    desk: Desk, relay: Relay
) -> None:
    step = asked(desk)
    gone = DAY + timedelta(days=20)
    desk.brings_into_force(
        with_holdings(
            desk.edition,
            lambda held: held.model_copy(update={"until": gone}) if held.post == "bh-dmh" else held,
        )
    )
    await relay.people()
    assert told_of(desk, step.partition(".")[0]) == []
    desk.closes(step, choice=Choice.DEFER)
    await relay.people()
    assert told_of(desk, step.partition(".")[0]) == []
    desk.covers("cd-sch", by="cd-hsg")
    await relay.people()
    assert told_of(desk, step.partition(".")[0]) == [("bh-dmh", False)]
