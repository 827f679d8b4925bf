"""Validity: how long an approval is good, as a table; and proposals that are put to use in time, or lapse."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from temporalio.client import Client

from service.gateway import Counted
from tests.support.core import decision
from tests.support.play import Play, playing, until
from tests.support.proposals import opened
from workflows.model import CaseOpened, Choice, Ending, Period, Size, Validity
from workflows.rules import calendar, validity

SOON = date(2004, 9, 30)
"""A decision date that no meeting can serve."""
YEAR = Validity(months=12, warn_days=(60, 20))
EASTER = (date(2005, 3, 25), date(2005, 3, 28))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("rules", "approved", "until", "warnings"),
    [
        (None, "2004-06-16", None, ()),
        (Validity(months=12), "2004-06-16", "2005-06-16", ()),
        (Validity(months=12, warn_days=(60, 20)), "2004-06-16", "2005-06-16", ("2005-03-24", "2005-05-19")),
        # In whatever order they are written, the first comes first; written twice, it comes once.
        (Validity(months=1, warn_days=(5, 10, 5)), "2004-06-16", "2004-07-16", ("2004-07-02", "2004-07-09")),
        # The last day of a month that is shorter.
        (Validity(months=1), "2005-01-31", "2005-02-28", ()),
        (Validity(months=12), "2004-02-29", "2005-02-28", ()),
        # No working day: the working day before, over a weekend and over Easter.
        (Validity(months=12), "2004-10-16", "2005-10-14", ()),
        (Validity(months=6, non_working=EASTER), "2004-09-28", "2005-03-24", ()),
        (Validity(months=3, warn_days=(2,), non_working=EASTER), "2004-12-30", "2005-03-30", ("2005-03-24",)),
        # A warning that would come with the approval, or before it, is left out.
        (Validity(months=1, warn_days=(20, 40)), "2004-06-16", "2004-07-16", ("2004-06-18",)),
        (Validity(months=1, warn_days=(22,)), "2004-06-16", "2004-07-16", ()),
    ],
)
def test_an_approval_is_good_until(
    rules: Validity | None, approved: str, until: str | None, warnings: Sequence[str]
) -> None:
    at = datetime.fromisoformat(f"{approved}T11:00").replace(tzinfo=UTC)
    found = validity.period(rules, at)
    assert found == (Period(until=day(until), warnings=tuple(map(day, warnings))) if until else None)


def test_it_is_counted_from_the_day_it_is_in_the_organisation() -> None:
    # Shortly before midnight UTC it is the next day in a British summer.
    late = datetime(2004, 6, 16, 23, 30, tzinfo=UTC)
    assert validity.period(Validity(months=1), late) == Period(until=date(2004, 7, 16))
    assert calendar.local_day(late) == date(2004, 6, 17)


def test_warnings_come_at_the_start_of_business_and_it_lapses_at_the_end() -> None:
    period = Period(until=date(2005, 1, 14), warnings=(date(2005, 1, 12),))
    assert validity.moments(period) == (
        datetime(2005, 1, 12, 9, tzinfo=UTC),
        datetime(2005, 1, 14, 17, tzinfo=UTC),
    )


# ------------------------------------------------------------------------- whole proposals


def lapsing(case: str, *, rules: Validity | None = YEAR, size: Size = Size.MINOR) -> CaseOpened:
    return opened(case, decide_by=SOON, size=size).model_copy(update={"validity": rules})


async def approve(play: Play) -> tuple[datetime, ...]:
    """Approve it, and return the moments of its warnings and of its end."""
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh")
    if play.outside.cases.opened and play.outside.cases.opened.proposal.size is Size.MAJOR:
        for member in ("cd-hsg", "chief-executive"):
            await play.answers("srg", seat=member)
        await play.waits("project")
    else:
        await play.asks("completion")
    became = next(one for one in play.outside.cases.becomings if one.state == "approved")
    period = validity.period(YEAR, became.at)
    assert period is not None
    assert became.valid_until == period.until
    return validity.moments(period)


def warned(play: Play) -> list[datetime]:
    return [warning.at for warning in play.outside.cases.warnings]


async def test_an_approval_that_is_not_put_to_use_lapses_after_its_warnings(client: Client) -> None:
    async with playing(client, lapsing("VAL-1")) as play:
        first, second, end = await approve(play)
        await play.jumps(first - timedelta(minutes=1))
        await asyncio.sleep(0.2)
        assert warned(play) == []
        for number, moment in enumerate((first, second), start=1):
            await play.jumps(moment + timedelta(seconds=1))
            await until(lambda number=number: len(warned(play)) == number)  # type: ignore[misc]
        assert all(at >= due for at, due in zip(warned(play), (first, second), strict=True))
        await play.jumps(end - timedelta(minutes=1))
        await asyncio.sleep(0.2)
        assert "VAL-1.completion.1" not in play.closed
        await play.jumps(end + timedelta(seconds=1))
        await play.ends()
        closing = play.closed["VAL-1.completion.1"]
        assert (closing.outcome.ending, closing.why) == (Ending.WITHDRAWN, "validity")
        assert play.states[-2:] == ["approved", "lapsed"]


async def test_a_completion_confirmed_on_the_last_day_closes_the_case(client: Client) -> None:
    async with playing(client, lapsing("VAL-2")) as play:
        *_, end = await approve(play)
        await play.jumps(end - timedelta(minutes=1))
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert play.states[-1] == "closed"


async def test_a_completion_confirmed_in_time_counts_however_late_it_comes(client: Client) -> None:
    async with playing(client, lapsing("VAL-3")) as play:
        *_, end = await approve(play)
        asked = play.opening("completion")
        assert asked is not None
        made = decision(
            asked.ask.step, asked.ask.seats[0].key, Choice.VERIFY, content_hash=asked.ask.content_hash
        )
        # Its own ladder has been climbed by then.
        await play.jumps(end - timedelta(hours=1))
        await until(lambda: play.nudges)
        await asyncio.sleep(0.5)
        play.outside.register.unsettled = [made.key]
        await play.jumps(end + timedelta(hours=1))
        await asyncio.sleep(0.3)
        assert asked.ask.step not in play.closed
        assert end in [looked.before for looked in play.outside.register.looked]
        assert await play.gateway.decide(made) == Counted(Choice.VERIFY)
        await play.ends()
        assert play.states[-1] == "closed"


async def test_a_major_approval_lapses_if_its_project_does_not_come(client: Client) -> None:
    async with playing(client, lapsing("VAL-4", size=Size.MAJOR)) as play:
        *_, end = await approve(play)
        await play.jumps(end + timedelta(seconds=1))
        await play.ends()
        assert play.states[-1] == "lapsed"


async def test_a_completion_put_off_past_the_last_day_lapses_on_it(client: Client) -> None:
    async with playing(client, lapsing("VAL-5")) as play:
        *_, end = await approve(play)
        await play.answers("completion", Choice.DEFER, to=end.date() + timedelta(days=30))
        await play.waits("completion")
        await play.jumps(end + timedelta(seconds=1))
        await play.ends()
        assert play.states[-1] == "lapsed"


async def test_an_approved_proposal_that_is_withdrawn_is_withdrawn(client: Client) -> None:
    async with playing(client, lapsing("VAL-6")) as play:
        await approve(play)
        await play.is_withdrawn()
        await play.ends()
        assert play.states[-1] == "withdrawn"
        assert play.closed["VAL-6.completion.1"].why == "withdrawn"


@pytest.mark.parametrize(("past", "warnings", "state"), [(1, 1, "approved"), (2, 0, "lapsed")])
async def test_after_a_jump_only_the_warning_that_is_still_of_use_is_sent(
    client: Client, past: int, warnings: int, state: str
) -> None:
    async with playing(client, lapsing(f"VAL-7-{past}")) as play:
        moments = await approve(play)
        await play.jumps(moments[past] + timedelta(seconds=1))
        await until(lambda: play.states[-1] == state and len(warned(play)) == warnings)
        await play.is_withdrawn()
        await play.ends()
        assert len(warned(play)) == warnings


async def test_without_such_a_rule_an_approval_never_lapses(client: Client) -> None:
    async with playing(client, lapsing("VAL-8", rules=None)) as play:
        await play.is_notified_at_once()
        await play.answers("funding-bh-dmh")
        await play.asks("completion")
        await play.jumps(date(2010, 6, 1))
        await asyncio.sleep(0.3)
        assert play.states[-1] == "approved"
        assert play.outside.cases.becomings[-1].valid_until is None
        await play.answers("completion", Choice.VERIFY)
        await play.ends()
        assert warned(play) == []
