"""A proposal that the PMO makes major, or minor, on its way: whom it goes to from then on."""

from datetime import date

import pytest
from temporalio.client import Client

from tests.support.play import Play, playing, until
from tests.support.proposals import RULES, opened
from workflows.model import Choice, Leg, Size
from workflows.rules import course, routing

SOON = date(2004, 9, 30)
"""A decision date that no meeting can serve, so that the case is notified at once."""


def asked(play: Play) -> list[str]:
    return [made.ask.key for made in play.outside.register.openings]


async def srg_approves(play: Play, round: int = 1) -> None:
    for member in ("cd-rc", "cd-hsg"):
        await play.answers("srg", seat=member, round=round)


# ------------------------------------------------------------------------------- the way


def legs(way: tuple[Leg, ...]) -> list[str]:
    return [leg.leg for leg in way]


@pytest.mark.parametrize(
    ("size", "other", "as_well"),
    [
        (Size.MINOR, Size.MAJOR, ["srg", "project", "post_implementation_review"]),
        (Size.MAJOR, Size.MINOR, ["completion"]),
    ],
)
def test_the_legs_that_a_way_had_already_stay_as_they_were(
    size: Size, other: Size, as_well: list[str]
) -> None:
    case = opened("INV-60", size=size)
    anew = routing.route(case.proposal.model_copy(update={"size": other}), RULES)
    notification, funding = case.route[:2]
    moved = notification.model_copy(update={"meeting": date(2004, 11, 10), "reason": "it was late"})
    way = course.as_known(anew, (moved, *case.route[1:]))
    assert way[:2] == (moved, funding)
    assert legs(way[2:]) == as_well


# --------------------------------------------------------------------------- on its way


async def test_one_made_major_goes_to_srg_and_waits_for_its_project(client: Client) -> None:
    async with playing(client, opened("INV-61", decide_by=SOON)) as play:
        await play.is_notified_at_once()
        await play.asks("funding-bh-dmh")
        assert await play.is_sized(Size.MAJOR) is True
        # It is written while the funders are still asked.
        await until(lambda: play.outside.cases.sizings)
        assert "srg" not in asked(play)
        await play.answers("funding-bh-dmh")
        await srg_approves(play)
        await play.waits("project")
        assert asked(play) == ["notification", "funding-bh-dmh", "srg"]
        assert play.states == ["notifying", "with_funders", "with_srg", "approved"]
        await play.is_withdrawn()
        await play.ends()


async def test_one_made_minor_is_not_put_before_srg_and_is_confirmed_complete(client: Client) -> None:
    async with playing(client, opened("INV-62", size=Size.MAJOR, decide_by=SOON)) as play:
        await play.asks("notification")
        assert await play.is_sized(Size.MINOR) is True
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert asked(play) == ["notification", "funding-bh-dmh", "completion"]


async def test_what_is_said_last_counts_whenever_it_is_heard(client: Client) -> None:
    async with playing(client, opened("INV-63", decide_by=SOON)) as play:
        await play.asks("notification")
        assert await play.is_sized(Size.MAJOR, 1) is True
        assert await play.is_sized(Size.MINOR, 3) is True
        assert await play.is_sized(Size.MAJOR, 2) is True
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert [made.sizing.number for made in play.outside.cases.sizings][-1] == 3


async def test_said_before_it_has_begun_it_is_taken_up_when_it_has(client: Client) -> None:
    async with playing(client, opened("INV-64", decide_by=SOON)) as play:
        play.outside.cases.may_become.clear()
        assert await play.is_sized(Size.MAJOR) is not False
        play.outside.cases.may_become.set()
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        await srg_approves(play)
        await play.waits("project")


async def test_it_is_too_late_once_srg_is_asked_or_it_is_decided(client: Client) -> None:
    async with playing(client, opened("INV-65", size=Size.MAJOR, decide_by=SOON)) as play:
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        await play.asks("srg")
        assert await play.is_sized(Size.MINOR, 1) is False
        await srg_approves(play)
        await play.waits("project")
        assert await play.is_sized(Size.MINOR, 2) is False
        await play.is_withdrawn()
        await play.ends()
        assert await play.is_sized(Size.MINOR, 3) is None, "that it has ended, the record knows"
        assert play.outside.cases.sizings == []


async def test_it_is_too_late_once_completion_is_asked_for(client: Client) -> None:
    async with playing(client, opened("INV-66", decide_by=SOON)) as play:
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        await play.asks("completion")
        assert await play.is_sized(Size.MAJOR) is False


async def test_what_srg_returned_may_be_made_minor_before_its_next_version(client: Client) -> None:
    async with playing(client, opened("INV-67", size=Size.MAJOR, decide_by=SOON)) as play:
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        for member in ("cd-rc", "cd-hsg"):
            await play.answers("srg", Choice.RETURN, seat=member)
        await play.becomes("returned")
        assert await play.is_sized(Size.MINOR) is True
        await until(lambda: play.outside.cases.sizings)
        await play.comes_back("notification")
        await play.answers("funding-bh-dmh", round=2)
        await play.answers("completion", Choice.VERIFY)
        await play.ends()


async def test_a_return_keeps_the_size_for_the_next_version(client: Client) -> None:
    async with playing(client, opened("INV-68", decide_by=SOON)) as play:
        await play.is_notified_at_once()
        await play.asks("funding-bh-dmh")
        assert await play.is_sized(Size.MAJOR) is True
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        await play.comes_back("notification")
        await play.answers("funding-bh-dmh", round=2)
        await srg_approves(play)
        await play.waits("project")
        assert len(play.outside.cases.sizings) == 1


async def test_what_is_said_when_a_next_version_is_in_already_holds_for_that(client: Client) -> None:
    async with playing(client, opened("INV-69", decide_by=SOON)) as play:
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        known = play.outside.cases.opened
        assert known is not None
        play.outside.cases.opened = known.model_copy(update={"version": 2, "content_hash": "c0ffee2"})
        assert await play.is_sized(Size.MAJOR) is True
        await until(lambda: play.outside.cases.sizings)
        # Only now does its process hear that there is another.
        assert await play.gateway.resubmit(play.ref, 2)
        await play.is_notified_at_once(round=2)
        await play.answers("funding-bh-dmh", round=2)
        await srg_approves(play)
        await play.waits("project")


async def test_a_size_that_nothing_takes_up_keeps_no_case_from_being_withdrawn(client: Client) -> None:
    async with playing(client, opened("INV-70", decide_by=SOON)) as play:
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh", Choice.RETURN)
        await play.becomes("returned")
        known = play.outside.cases.opened
        assert known is not None
        play.outside.cases.opened = known.model_copy(update={"version": 2, "content_hash": "c0ffee2"})
        assert await play.is_sized(Size.MAJOR) is True
        await until(lambda: play.outside.cases.sizings)
        # Its process never hears of the other version.
        await play.is_withdrawn()
        await play.ends()
        assert play.outside.cases.states_of(play.ref)[-1] == "withdrawn"
        assert len(play.outside.cases.sizings) == 1
