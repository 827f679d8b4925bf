"""Makes the histories again: `python -m tests.replay.record` plays each path with made-up people.

A history that no longer replays is not to be made again: cases that began before the change are still
running. Either the change is taken back, or `workflow.patched` keeps both ways, and a history of the new
way is added beside the old one. Only paths that have no history yet are recorded, unless named.
"""

import asyncio
import itertools
import json
import logging
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from tests.replay.delivered import PATHS
from tests.support.core import terms
from tests.support.engine import running
from tests.support.meetings import Series, meeting
from tests.support.play import Play, playing, until
from tests.support.proposals import (
    HEADS,
    MEETING,
    MONEY,
    NOVEMBER,
    RULES,
    SRG_MEETS,
    TERMS,
    action,
    board_by_email,
    calendar,
    falling_back,
    opened,
)
from workflows.human_step import SEARCH_ATTRIBUTES
from workflows.model import (
    CaseOpened,
    Choice,
    EmbargoOwner,
    EmbargoRules,
    Guard,
    Happening,
    Hold,
    Ladder,
    LadderRung,
    Nudge,
    Relation,
    Silence,
    Size,
    Validity,
)

HISTORIES = Path(__file__).parent / "histories"
TWO = ("bh-dmh", "bh-sports")
SOON = date(2004, 9, 30)
"""A decision date that no meeting can serve, so that the case is notified at once."""
LATER = date(2004, 12, 31)
"""One that leaves time for another meeting."""
UNREAD = {
    "identity",
    "workerVersion",
    "requestId",
    "binaryChecksum",
    "workerInstanceKey",
    "workerControlTaskQueue",
}


@dataclass(frozen=True)
class Way:
    """A path through the engine, and the processes whose histories are kept of it."""

    name: str
    case: CaseOpened
    story: Callable[[Play], Awaitable[None]]
    steps: tuple[str, ...] = ()
    keeps_case: bool = True
    actions: tuple[str, ...] = ()


async def approved(play: Play) -> None:
    await play.is_notified()
    await play.answers("funding-bh-dmh")
    await play.answers("completion", Choice.VERIFY)
    await play.ends()


async def rejected(play: Play) -> None:
    await play.is_notified_at_once()
    await play.asks("funding-bh-sports")
    await play.answers("funding-bh-dmh", Choice.REJECT)
    await play.ends()


async def refused_and_returned(play: Play) -> None:
    """Two funders answer at one moment: the first returns it, and the second rejects it."""
    await play.is_notified_at_once()
    for funder in TWO:
        await play.asks(f"funding-{funder}")
    play.outside.register.may_close.clear()
    await play.answers("funding-bh-dmh", Choice.RETURN)
    await play.answers("funding-bh-sports", Choice.REJECT)
    play.outside.register.may_close.set()
    await play.ends()


async def returned(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", Choice.RETURN)
    await play.waits("resubmission")
    await play.comes_back()
    await play.is_notified_at_once(round=2)
    await play.answers("funding-bh-dmh", round=2)
    await play.answers("completion", Choice.VERIFY)
    await play.ends()


async def outside_the_guidelines(play: Play) -> None:
    play.outside.cases.actions = (action("ACT-2004-0005"),)
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", Choice.RETURN, outside_guidelines=True)
    await play.runs_action("ACT-2004-0005")
    await play.comes_back()
    await play.is_notified_at_once(round=2)
    await play.answers("funding-bh-dmh", round=2)
    await play.asks("completion")
    await play.answers_on("ACT-2004-0005", "action", Choice.CLAIM_COMPLETE)
    await play.answers_on("ACT-2004-0005", "action_check", Choice.VERIFY)
    await play.answers("completion", Choice.VERIFY)
    await play.ends()
    await play.client.get_workflow_handle("ACT-2004-0005").result()


async def taken_back(play: Play) -> None:
    await play.is_notified_at_once()
    await play.asks("funding-bh-dmh")
    await play.asks_besides("sd-hr")
    await play.answers("funding-bh-dmh")
    await play.asks("extra-sd-hr")
    await play.asks_no_more("sd-hr")
    await play.answers("completion", Choice.VERIFY)
    await play.ends()


async def kept(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-sports")
    await play.answers("funding-bh-dmh", Choice.RETURN)
    await play.waits("resubmission")
    await play.comes_back("notification", "funding-bh-sports")
    await play.answers("funding-bh-dmh", round=2)
    await play.answers("completion", Choice.VERIFY)
    await play.ends()


async def voided(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-sports")
    await play.answers("funding-bh-dmh", Choice.RETURN)
    await play.waits("resubmission")
    await play.comes_back()
    await play.is_notified_at_once(round=2)
    for funder in TWO:
        await play.answers(f"funding-{funder}", round=2)
    await play.answers("completion", Choice.VERIFY)
    await play.ends()


async def extra(play: Play) -> None:
    await play.asks("notification")
    await play.asks_besides("sd-hr")
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh")
    await play.answers("extra-sd-hr")
    await play.asks("srg")
    await play.asks_besides("sd-ict-ca")
    for member in ("cd-hsg", "chief-executive"):
        await play.answers("srg", seat=member)
    await play.answers("extra-sd-ict-ca")
    await play.waits("project")
    await play.is_withdrawn()
    await play.ends()


async def deferred(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", Choice.DEFER, to=date(2004, 11, 15))
    await play.waits("funding-bh-dmh")
    await play.jumps(date(2004, 11, 15))
    await play.answers("funding-bh-dmh", round=2)
    await play.answers("completion", Choice.VERIFY)
    await play.ends()


async def referred_up(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", Choice.REFER_UP)
    await play.answers("srg", Choice.REJECT, seat="cd-rc")
    await play.answers("srg", Choice.REJECT, seat="cd-hsg")
    await play.ends()


async def majority(play: Play) -> None:
    await play.is_notified_at_once()
    for funder in TWO:
        await play.answers(f"funding-{funder}")
    await play.answers("srg", Choice.REJECT, seat="cd-rc")
    await play.answers("srg", Choice.ABSTAIN, seat="cd-hsg")
    await play.answers("srg", seat="chief-executive")
    await play.waits("project")
    await play.is_withdrawn()
    await play.ends()


async def counted(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh")
    await play.answers("srg", seat="cd-rc")
    await play.jumps(play.rungs("srg")[-1].at)
    # One for it is no quorum; the second makes one.
    await play.answers("srg", seat="cd-hsg")
    await play.waits("project")
    await play.is_withdrawn()
    await play.ends()


async def withdrawn(play: Play) -> None:
    await play.is_notified()
    for funder in TWO:
        await play.asks(f"funding-{funder}")
    await play.is_withdrawn()
    await play.ends()


async def withdrawn_while_waiting(play: Play) -> None:
    await play.waits("notification")
    await play.is_withdrawn()
    await play.ends()


async def withdrawn_while_returned(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", Choice.RETURN)
    await play.waits("resubmission")
    await play.is_withdrawn()
    await play.ends()


async def expired(play: Play) -> None:
    await play.is_notified_at_once()
    await play.asks("funding-bh-dmh")
    await play.jumps(date(2004, 9, 17))
    await play.nudged(1)
    await play.jumps(date(2004, 10, 4))
    await play.ends()


async def silent_for_weeks(play: Play) -> None:
    await play.asks("notification")
    for rung in play.rungs("notification"):
        await play.jumps(rung.at + timedelta(seconds=1))
        await play.nudged(rung.number)
    await play.answers("notification", Choice.NOTE)
    await play.asks("funding-bh-dmh")
    await play.is_withdrawn()
    await play.ends()


async def jumped(play: Play) -> None:
    await play.asks("notification")
    await play.jumps(date(2005, 2, 1))
    await play.nudged(3)
    await play.answers("notification", Choice.NOTE)
    await play.answers("funding-bh-dmh", Choice.REJECT)
    await play.ends()


async def cancelled(play: Play) -> None:
    await play.asks("notification")
    await play.client.get_workflow_handle(play.step("notification")).cancel()
    await play.ends()


async def called_off(play: Play) -> None:
    await play.asks("notification")
    await play.handle.cancel()
    await play.ends()


async def srg_let_it_deviate(play: Play) -> None:
    await play.answers("consultation-head-of-profession", Choice.NOT_SUPPORT)
    for member in ("cd-hsg", "chief-executive"):
        await play.answers("srg-deviation", seat=member)
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", Choice.REJECT)
    await play.ends()


async def challenged(play: Play) -> None:
    await play.asks("challenge-sd-ict-ca")
    await play.jumps(play.rungs("challenge-sd-ict-ca")[-1].at)
    await play.answers("challenge-sd-ict-ca-business-forum", Choice.SUPPORT)
    await play.answers("consultation-head-of-profession", Choice.SUPPORT)
    await play.is_notified_at_once()
    await play.is_withdrawn()
    await play.ends()


async def settled(play: Play) -> None:
    await play.waits("notification")
    await play.jumps(MEETING)
    await play.answers("notification", Choice.NOTE)
    await play.answers("issue-P09")
    await play.answers("issue-P10", Choice.SUPPORT)
    await play.answers("solution-P10")
    await play.answers("funding-bh-dmh", Choice.REJECT)
    await play.ends()


async def late_papers(play: Play) -> None:
    play.outside.cases.meetings["heads-of-ict"] = calendar(MEETING, NOVEMBER)
    await play.asks("consultation-head-of-profession")
    await play.jumps(date(2004, 10, 8))
    await play.answers("consultation-head-of-profession", Choice.SUPPORT)
    await play.waits("notification")
    await play.jumps(NOVEMBER)
    await play.answers("notification", Choice.NOTE)
    await play.answers("funding-bh-dmh", Choice.REJECT)
    await play.ends()


async def meeting_moved(play: Play) -> None:
    play.outside.cases.meetings["heads-of-ict"] = calendar(MEETING, NOVEMBER)
    await play.waits("notification")
    moved, none = calendar((date(2004, 10, 20), MEETING)), calendar()
    assert await play.gateway.sittings_changed(play.ref, "heads-of-ict", moved, change="moved")
    await until(lambda: len(play.outside.cases.waitings) == 2)
    assert await play.gateway.sittings_changed(play.ref, "heads-of-ict", none, change="called off")
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", Choice.REJECT)
    await play.ends()


async def undecided_by_email(play: Play) -> None:
    play.outside.cases.meetings["srg"] = calendar(SRG_MEETS)
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh")
    await play.answers("srg", seat="cd-rc")
    await play.jumps(play.rungs("srg")[-1].at)
    await play.waits("srg-meeting")
    await play.jumps(SRG_MEETS)
    await play.answers("srg-meeting", Choice.REJECT)
    await play.ends()


async def put_off(play: Play) -> None:
    play.outside.cases.meetings["srg"] = calendar(SRG_MEETS, LATER)
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh")
    await play.answers("srg", seat="cd-rc")
    await play.jumps(play.rungs("srg")[-1].at)
    await play.waits("srg-meeting")
    await play.jumps(SRG_MEETS)
    waited = len(play.outside.cases.waitings)
    await play.answers("srg-meeting", Choice.DEFER, to=LATER, next_meeting=True)
    await until(lambda: len(play.outside.cases.waitings) == waited + 1)
    moved = date(2004, 12, 2)
    assert await play.gateway.sittings_changed(play.ref, "srg", calendar((moved, LATER)), change="moved")
    await until(lambda: len(play.outside.cases.waitings) == waited + 2)
    await play.jumps(moved)
    await play.answers("srg-meeting", Choice.REJECT, round=2)
    await play.ends()


async def made_major(play: Play) -> None:
    await play.is_notified_at_once()
    await play.asks("funding-bh-dmh")
    assert await play.is_sized(Size.MAJOR)
    await until(lambda: play.outside.cases.sizings)
    await play.answers("funding-bh-dmh", Choice.RETURN)
    await play.becomes("returned")
    assert await play.is_sized(Size.MINOR, 2)
    assert await play.is_sized(Size.MAJOR, 3)
    await play.comes_back("notification")
    await play.answers("funding-bh-dmh", round=2)
    for member in ("cd-rc", "cd-hsg"):
        await play.answers("srg", seat=member)
    await play.waits("project")
    assert not await play.is_sized(Size.MINOR, 4)
    await play.is_withdrawn()
    await play.ends()


async def unfunded(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("bid_outcome", Choice.REJECT)
    await play.ends()


async def thought_over(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", Choice.REJECT)
    await play.takes_back("funding-bh-dmh")
    await play.answers("funding-bh-dmh", attempt=2)
    await play.jumps(play.outside.now + timedelta(minutes=31))
    await play.answers("completion", Choice.VERIFY)
    await play.ends()


async def lapsed(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh")
    await play.asks("completion")
    for number, moment in enumerate((date(2005, 6, 21), date(2005, 8, 16)), start=1):
        await play.jumps(moment)
        await play.warned(number)
    await play.jumps(date(2005, 9, 14))
    await play.ends()


async def in_time(play: Play) -> None:
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh")
    await play.asks("completion")
    await play.jumps(date(2005, 8, 16))
    await play.warned(1)
    await play.jumps(date(2005, 9, 13))
    await play.answers("completion", Choice.VERIFY)
    await play.ends()


async def no_exception(play: Play) -> None:
    await play.waits("embargo_exception")
    await play.jumps(MEETING)
    await play.answers("embargo_exception", Choice.REJECT)
    await play.ends()


async def written_later(play: Play) -> None:
    play.outside.register.silent = 1
    await play.answers("notification", Choice.NOTE)
    await play.asks("funding-bh-dmh")
    await play.is_withdrawn()
    await play.ends()


async def guarded(play: Play) -> None:
    """One condition guards completion and is sent back once; the other outlives its proposal."""
    cases = play.outside.cases
    cases.actions = (action("ACT-2004-0001"), action("ACT-2004-0002"))
    cases.guards = {"ACT-2004-0001": Guard.COMPLETION}
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", Choice.APPROVE_WITH_CONDITIONS)
    await play.waits("completion")
    await play.answers_on("ACT-2004-0001", "action", Choice.CLAIM_COMPLETE)
    await play.answers_on("ACT-2004-0001", "action_check", Choice.SEND_BACK)
    await play.answers_on("ACT-2004-0001", "action", Choice.CLAIM_COMPLETE, round=2)
    await play.answers_on("ACT-2004-0001", "action_check", Choice.VERIFY, round=2)
    await play.answers("completion", Choice.VERIFY)
    await play.ends()


async def fallen_away(play: Play) -> None:
    play.outside.cases.actions = (action("ACT-2004-0003"),)
    play.outside.cases.guards = {"ACT-2004-0003": Guard.COMPLETION}
    await play.is_notified_at_once()
    await play.answers("funding-bh-dmh", Choice.APPROVE_WITH_CONDITIONS)
    await play.waits("completion")
    await play.runs_action("ACT-2004-0003")
    await play.is_withdrawn()
    await play.ends()


STANDSTILL = EmbargoRules(owners=(EmbargoOwner(forum=HEADS),))
COUNTED = TERMS["srg"].model_copy(
    update={"ladder": Ladder(due=5, rungs=(LadderRung(day=8, nudge=Nudge.COUNT),))}
)
HELD = TERMS["funding"].model_copy(update={"hold": Hold(minutes=30)})
YEAR = Validity(months=12, warn_days=(60, 20))
EXPIRING = terms((3, Nudge.REMIND), (10, Nudge.CLOSE), choices=MONEY, silence=Silence.EXPIRE)

BEFORE = ("returned-before-a-refusal",)
"""Ways that a case may have taken and none takes any more: their histories cannot be recorded again."""

WAYS = (
    Way("approved", opened("INV-2004-0001"), approved, ("notification.1", "funding-bh-dmh.1")),
    Way(
        "rejected",
        opened("INV-2004-0002", *TWO, decide_by=SOON),
        rejected,
        ("funding-bh-dmh.1", "funding-bh-sports.1"),
    ),
    Way(
        "refused-and-returned",
        opened("INV-2004-0044", *TWO, decide_by=SOON),
        refused_and_returned,
    ),
    Way("returned", opened("INV-2004-0003", decide_by=SOON), returned, ("funding-bh-dmh.1",)),
    Way("kept", opened("INV-2004-0022", *TWO, decide_by=SOON), kept),
    Way("voided", opened("INV-2004-0023", *TWO, decide_by=SOON), voided),
    Way("extra", opened("INV-2004-0024", size=Size.MAJOR, decide_by=SOON), extra, ("extra-sd-hr.1",)),
    Way("deferred", opened("INV-2004-0004", decide_by=SOON), deferred, ("funding-bh-dmh.1",)),
    Way("referred-up", opened("INV-2004-0005", decide_by=SOON), referred_up, ("funding-bh-dmh.1",)),
    Way("majority", opened("INV-2004-0006", *TWO, size=Size.MAJOR, decide_by=SOON), majority, ("srg.1",)),
    Way(
        "counted",
        opened("INV-2004-0021", size=Size.MAJOR, decide_by=SOON, put={"srg": COUNTED}),
        counted,
        ("srg.1",),
    ),
    Way("withdrawn", opened("INV-2004-0007", *TWO), withdrawn, ("funding-bh-dmh.1",)),
    Way("withdrawn-while-waiting", opened("INV-2004-0008"), withdrawn_while_waiting),
    Way("withdrawn-while-returned", opened("INV-2004-0009", decide_by=SOON), withdrawn_while_returned),
    Way(
        "expired",
        opened("INV-2004-0010", decide_by=SOON, put={"funding": EXPIRING}),
        expired,
        ("funding-bh-dmh.1",),
    ),
    Way("silent-for-weeks", opened("INV-2004-0011", decide_by=SOON), silent_for_weeks, ("notification.1",)),
    Way("jumped", opened("INV-2004-0012", decide_by=SOON), jumped, ("notification.1",)),
    Way("cancelled", opened("INV-2004-0013", decide_by=SOON), cancelled, ("notification.1",)),
    Way("called-off", opened("INV-2004-0015", decide_by=SOON), called_off, ("notification.1",)),
    Way(
        "deviating",
        opened("INV-2004-0016", decide_by=SOON, principles={"P04": "deviates"}),
        srg_let_it_deviate,
    ),
    Way(
        "challenged",
        opened("INV-2004-0017", decide_by=SOON, relation=Relation.DUPLICATES, corporate_systems=("CS8",)),
        challenged,
        ("challenge-sd-ict-ca.1",),
    ),
    Way(
        "settled",
        opened("INV-2004-0018", principles={"P09": "issue", "P10": "issue"}),
        settled,
    ),
    Way(
        "unfunded",
        opened("INV-2004-0019", decide_by=SOON, bid_pending=True, bid_due=date(2005, 2, 28)),
        unfunded,
        ("bid_outcome.1",),
    ),
    Way(
        "no-exception",
        opened("INV-2004-0020", rules=RULES.model_copy(update={"embargo": STANDSTILL})),
        no_exception,
    ),
    Way(
        "thought-over",
        opened("INV-2004-0025", decide_by=SOON, put={"funding": HELD}),
        thought_over,
        ("funding-bh-dmh.1",),
    ),
    Way(
        "lapsed",
        opened("INV-2004-0026", decide_by=SOON).model_copy(update={"validity": YEAR}),
        lapsed,
        ("completion.1",),
    ),
    Way(
        "in-time",
        opened("INV-2004-0027", decide_by=SOON).model_copy(update={"validity": YEAR}),
        in_time,
        ("completion.1",),
    ),
    Way(
        "late-papers",
        opened("INV-2004-0028", decide_by=LATER, principles={"P04": "deviates"}, attends=True),
        late_papers,
    ),
    Way("meeting-moved", opened("INV-2004-0029", attends=True), meeting_moved),
    Way(
        "undecided-by-email",
        opened(
            "INV-2004-0030",
            size=Size.MAJOR,
            decide_by=SOON,
            rules=falling_back(),
            put=board_by_email(),
            attends=True,
        ),
        undecided_by_email,
        ("srg.1", "srg-meeting.1"),
    ),
    Way(
        "put-off",
        opened(
            "INV-2004-0042",
            size=Size.MAJOR,
            decide_by=SOON,
            rules=falling_back(),
            put=board_by_email(),
            attends=True,
        ),
        put_off,
        ("srg-meeting.1",),
    ),
    Way(
        "guarded",
        opened("INV-2004-0031", decide_by=SOON, tracked=True),
        guarded,
        actions=("ACT-2004-0001",),
    ),
    Way(
        "outside-the-guidelines",
        opened("INV-2004-0040", decide_by=SOON, tracked=True),
        outside_the_guidelines,
        ("funding-bh-dmh.1",),
        actions=("ACT-2004-0005",),
    ),
    Way("made-major", opened("INV-2004-0043", decide_by=SOON), made_major),
    Way("taken-back", opened("INV-2004-0041", decide_by=SOON), taken_back, ("extra-sd-hr.1",)),
    Way(
        "fallen-away",
        opened("INV-2004-0032", decide_by=SOON, tracked=True),
        fallen_away,
        actions=("ACT-2004-0003",),
    ),
    Way(
        "written-later",
        opened("INV-2004-0014", decide_by=SOON),
        written_later,
        ("notification.1",),
        keeps_case=False,
    ),
)


OCTOBER = MEETING


async def held(series: Series) -> None:
    """It is called, its papers close, it meets, its record is closed, it is minuted; the next is called."""
    await series.waits(1)
    for day in (date(2004, 9, 29), date(2004, 10, 7), OCTOBER):
        await series.jumps(day)
    await series.came_to(OCTOBER, Happening.CALLED, Happening.PAPERS_CLOSED)
    await series.changes(lambda: series.meetings.recorded.append(OCTOBER))
    await series.waits(3)
    await series.jumps(date(2004, 10, 27))
    await series.came_to(NOVEMBER, Happening.CALLED)


async def unrecorded(series: Series) -> None:
    """Nobody closes its record until the next one is called."""
    await series.waits(1)
    for day in (date(2004, 10, 7), OCTOBER, date(2004, 10, 18), date(2004, 10, 21), date(2004, 10, 27)):
        await series.jumps(day)
    await series.came_to(NOVEMBER, Happening.CALLED)


async def passed_unseen(series: Series) -> None:
    """The Clock jumps past it before anybody was called, and past every other."""
    await series.waits(1)
    await series.jumps(date(2004, 12, 20))
    await series.waits(2)


MEETING_WAYS: dict[str, Callable[[Series], Awaitable[None]]] = {
    "meeting-held": held,
    "meeting-unrecorded": unrecorded,
    "meeting-passed-unseen": passed_unseen,
}


async def main(wanted: list[str]) -> None:
    # On one path the record does not answer, which is said often.
    logging.getLogger("temporalio").setLevel(logging.CRITICAL)
    HISTORIES.mkdir(exist_ok=True)
    missing = [way for way in WAYS if way.name in wanted or (not wanted and not files(way))]
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), {key.name: "Keyword" for key in SEARCH_ATTRIBUTES}) as server,
    ):
        # The name of this machine has no place in a history.
        client = await Client.connect(
            server.address, data_converter=pydantic_data_converter, identity="recorder"
        )
        for number, way in enumerate(missing, start=1):
            print(f"{number}/{len(missing)} {way.name} ", end="", flush=True)
            async with playing(client, way.case) as play:
                await way.story(play)
                await keep(client, way, play)
            print(flush=True)
        for name, story in MEETING_WAYS.items():
            if name in wanted or (not wanted and not list(HISTORIES.glob(f"{name}.*.json"))):
                async with meeting(client, name, OCTOBER, NOVEMBER) as series:
                    await story(series)
                    await keep_runs(client, name, series.ref)
        for name, path in PATHS.items():
            if name in wanted or (not wanted and not list(HISTORIES.glob(f"{name}.*.json"))):
                async with path.play(client) as delivery:
                    await path.story(delivery)
                    for kind, id in path.keeps.items():
                        await client.get_workflow_handle(id).result()
                        await keep_each(client, f"{name}.{kind}", id)
    print(f"{len(list(HISTORIES.glob('*.json')))} histories in {HISTORIES}")


async def keep(client: Client, way: Way, play: Play) -> None:
    ids = [(f"step-{step}", f"{play.ref}.{step}") for step in way.steps]
    ids += [("case", play.ref)] if way.keeps_case else []
    ids += [("action", ref) for ref in way.actions]
    for name, id in ids:
        await client.get_workflow_handle(id).result()
        history = compact((await client.get_workflow_handle(id).fetch_history()).to_json())
        (HISTORIES / f"{way.name}.{name}.json").write_text(history)
        print(f"{name} ({len(history) // 1024} kB) ", end="", flush=True)


async def keep_runs(client: Client, name: str, series: str) -> None:
    """Keep the history of each run of a series that has given way to the next."""
    run = (
        await client.get_workflow_handle(series).describe()
    ).raw_description.workflow_execution_info.first_run_id
    for number in itertools.count(1):
        handle = client.get_workflow_handle(series, run_id=run)
        history = await handle.fetch_history()
        last = history.events[-1]
        if not last.HasField("workflow_execution_continued_as_new_event_attributes"):
            return
        (HISTORIES / f"{name}.run-{number}.json").write_text(compact(history.to_json()))
        run = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id


async def keep_each(client: Client, name: str, id: str) -> None:
    """Keep the history of each run of a process that has come to its end."""
    described = await client.get_workflow_handle(id).describe()
    run = described.raw_description.workflow_execution_info.first_run_id
    for number in itertools.count(1):
        history = await client.get_workflow_handle(id, run_id=run).fetch_history()
        last = history.events[-1].workflow_execution_continued_as_new_event_attributes
        several = number > 1 or last.new_execution_run_id
        file = f"{name}.run-{number}" if several else name
        (HISTORIES / f"{file}.json").write_text(compact(history.to_json()))
        if not (run := last.new_execution_run_id):
            return


def compact(history: str) -> str:
    """Return a history with an event on each line, and without what a replay never looks at."""
    events = json.loads(history)["events"]
    for event in events:
        for attributes in event.values():
            if isinstance(attributes, dict):
                for name in UNREAD & attributes.keys():
                    del attributes[name]
    lines = ",\n".join(json.dumps(event, separators=(",", ":")) for event in events)
    return f'{{"events":[\n{lines}\n]}}\n'


def files(way: Way) -> list[Path]:
    return sorted(HISTORIES.glob(f"{way.name}.*.json"))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
