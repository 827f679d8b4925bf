"""An assessment on the whole stack: opened, weighed, sent back, chosen by SRG, put in place (SYS-67)."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from service.demo.people import Person
from service.store import actions, assessments, cases, rebuild
from service.store.actions import ActionView
from service.store.verify import verify
from tests.support.stack import Town, leicester, town, until
from workflows.delivery import AssessmentState
from workflows.model import ActionState

BEGINS = datetime(2003, 4, 7, 8, tzinfo=UTC)
JUNE, JULY = date(2003, 6, 26), date(2003, 7, 31)
"""Meetings of SRG."""
OFFICE, OWNER, SECRETARY = leicester().roles["pmo"], "head-technology", "srg-secretary"
FORM = {
    "title": "Desktop support",
    "purpose": "The contract ends, and users wait for days.",
    "owner": OWNER,
    "report_due-day": "13",
    "report_due-month": "6",
    "report_due-year": "2003",
    "in_place_by-day": "31",
    "in_place_by-month": "3",
    "in_place_by-year": "2004",
}
WEIGHED = {
    "choice": "report",
    "weighed_in_house": "We know the users, and have too few people.",
    "cost_in_house": "£92,000",
    "weighed_managed_service": "More hours, and a contract to look after.",
    "cost_managed_service": "84,000",
    "left_out_shared": "No other council is near enough.",
    "left_out_partnership": "Nobody has offered one.",
    "left_out_outsourced": "Our own staff would have to go, which Members do not want.",
    "recommendation": "managed_service",
    "recommendation_words": "It costs less for more hours.",
}


@pytest.fixture
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town(tmp_path_factory.mktemp("city"), BEGINS) as running:
        yield running


async def told(city: Town, ref: str) -> dict[str, Any]:
    async with city.program(await city.token(OFFICE)) as program:
        found: dict[str, Any] = (await program.get(f"/cases/{ref}")).json()
    return found


def every(city: Town) -> list[str]:
    """The references of all assessments."""
    with city.store.reading() as tx:
        return [one.ref for one in cases.page(tx, kind=assessments.KIND).items]


def milestone(city: Town, ref: str) -> ActionView | None:
    with city.store.reading() as tx:
        return next(iter(actions.of_case(tx, ref)), None)


async def attends(secretary: Person, day: date) -> None:
    page = await secretary.open(f"/meetings/srg/{day}/attendance")
    members = leicester().forums["srg"].members
    await secretary.press(page, "Save who is here", {f"presence-{post}": "present" for post in members})


async def opens(office: Person) -> str:
    """Open an assessment from the form, and return where that leads."""
    page = await office.press(await office.open("/assessments/new"), "Continue", FORM)
    assert "Desktop support" in page.text
    assert "Friday 13 June 2003" in page.text
    opened = await office.press(page, "Open it")
    again = await office.press(page, "Open it")
    assert opened.url == again.url, "pressed twice, it opens one"
    return opened.url.rpartition("/")[2]


async def test_what_srg_chooses_is_put_in_place_by_the_day_that_was_given(city: Town) -> None:
    office = city.holder(OFFICE)
    await office.sign_in()
    past = FORM | {"report_due-year": "2002", "title": ""}
    page = await office.press(await office.open("/assessments/new"), "Continue", past)
    assert page.status == 422
    assert "Say what is assessed, such as desktop support" in page.text
    assert "The day must be in the future" in page.text
    # The engine is away: the relay starts the process once it is back, and starts it once.
    async with city.down("engine"):
        ref = await opens(office)
        assert city.case(ref).taken_up == 0
    assert every(city) == [ref]

    # Its owner is asked, and says why one of the ways is left out.
    asked = await city.asked(OWNER, "Assess by Fri 13 Jun", ref)
    assert "The contract ends, and users wait for days." in asked.text
    assert "What is chosen is to be in place by Wednesday 31 March 2004." in asked.text
    owner = city.holder(OWNER)
    receipt = await owner.decide(asked, WEIGHED)
    assert "You handed in the assessment" in receipt.text
    await city.becomes(ref, AssessmentState.CHOOSING)

    # It is on the agenda of SRG's next meeting, which sends it back.
    await until(lambda: city.waits(ref), "it waits for SRG")
    secretary = city.holder(SECRETARY)
    await secretary.sign_in()
    await city.jumps(JUNE)
    step = (await city.opened(ref, "choice")).id
    await attends(secretary, JUNE)
    page = await secretary.open(f"/meetings/srg/{JUNE}/items/{step}")
    for said in ("Which of these options did Strategic Resources Group choose?", "Managed service, weighed"):
        assert said in page.text
    assert "Nobody has offered one." in page.text
    back = {"choice": "return", "reason": "Say what a partnership would cost."}
    await secretary.press(page, "Record and next", back)
    sent_back = await city.asked(OWNER, "The assessment is sent back", ref)
    assert "> Say what a partnership would cost." in sent_back.text
    await city.becomes(ref, AssessmentState.ASSESSING)
    again = await city.asked(OWNER, "Assess by", ref)
    changed = {name: said for name, said in WEIGHED.items() if name != "left_out_partnership"}
    changed |= {
        "left_out_partnership": "",
        "weighed_partnership": "Dearer than both.",
        "cost_partnership": "99000",
    }
    await owner.decide(again, changed)
    await city.becomes(ref, AssessmentState.CHOOSING)

    # At the one after it chooses another than was recommended, and says why.
    await until(lambda: city.waits(ref), "it waits for SRG")
    await city.jumps(JULY)
    step = (await city.opened(ref, "choice", 2)).id
    await attends(secretary, JULY)
    page = await secretary.open(f"/meetings/srg/{JULY}/items/{step}")
    page = await secretary.press(page, "Record and next", {"choice": "approve", "option": "in_house"})
    assert "Option: you chose in-house, so say why" in page.text
    why = {"choice": "approve", "option": "in_house", "option_words": "A contract would bind us for years."}
    await secretary.press(page, "Record and next", why)
    await city.becomes(ref, AssessmentState.IMPLEMENTING)
    chosen = await city.asked(OWNER, "An option is chosen", ref)
    assert "Option: In-house: A contract would bind us for years." in " ".join(chosen.text.split())

    # What is chosen is a milestone of its owner's, which the programme office checks.
    left = await until(lambda: milestone(city, ref), "its milestone")
    assert (left.owner, left.verifier, left.due) == (OWNER, OFFICE, date(2004, 3, 31))
    await until(lambda: city.waits(ref), "it waits for its milestone")
    page = await office.open(f"/cases/{ref}")
    for said in (
        "Being put in place",
        "Chosen: In-house; Managed service was recommended.",
        "£99,000",
        "Waits for what was chosen to be put in place by Head of Technology",
        left.ref,
    ):
        assert said in page.text
    wanted = await city.asked(OWNER, "Complete by Wed 31 Mar", left.ref)
    assert "Put in place what was chosen for “Desktop support”: In-house." in " ".join(wanted.text.split())
    await city.jumps(date(2004, 3, 15))
    await owner.decide(wanted, {"choice": "claim_complete", "reason": "Two more people began in February."})
    check = await city.asked(OFFICE, "Check by", left.ref)
    await office.decide(check, {"choice": "verify"})
    await city.becomes(left.ref, ActionState.VERIFIED)
    await city.becomes(ref, AssessmentState.IN_PLACE)

    case = await told(city, ref)
    assert case["assessment"]["chosen"] == "in_house"
    assert case["assessment"]["recommended"] == "managed_service"
    assert {one["option"]: one["cost"] for one in case["assessment"]["options"] if one["weighed"]} == {
        "in_house": "92000.00",
        "managed_service": "84000.00",
        "partnership": "99000.00",
    }
    assert case["waiting"] == []
    with city.store.reading() as tx:
        assert verify(tx).intact
    assert rebuild.drift(city.store) == ()
