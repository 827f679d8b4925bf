"""Which meeting a case goes to when it gets there, and why to another than it was to go to."""

from datetime import date

import pytest

from tests.support.proposals import HEADS, MEETING, NOVEMBER, RULES, calendar, falling_back, opened
from workflows.days import said
from workflows.model import EmbargoOwner, EmbargoRules, ForumRules, Leg, Moving, Sitting, Way
from workflows.rules import consulting, meetings, routing

OCTOBER_MOVED = date(2004, 10, 20)
DECEMBER = date(2004, 12, 8)
USUAL = calendar(MEETING, NOVEMBER, DECEMBER)
"""Papers are due a week before."""


def by(*sittings: Sitting) -> meetings.Calendar:
    return lambda forum: sittings if forum == "heads-of-ict" else ()


def notified(decide_by: date) -> tuple[Leg, tuple[Way, ...]]:
    case = opened("INV-1", decide_by=decide_by, attends=True)
    leg = next(leg for leg in case.route if leg.leg == "notification")
    assert leg.meeting == MEETING
    return leg, case.ways["notification"]


@pytest.mark.parametrize(
    ("today", "decide_by", "sittings", "listed", "goes_to", "why"),
    [
        # in time, and on the day of the papers deadline itself
        ("2004-09-20", "2004-12-31", USUAL, False, MEETING, None),
        ("2004-10-06", "2004-12-31", USUAL, False, MEETING, None),
        # a day late, on the day of the meeting, and after it
        ("2004-10-07", "2004-12-31", USUAL, False, NOVEMBER, Moving.LATE),
        ("2004-10-13", "2004-12-31", USUAL, False, NOVEMBER, Moving.LATE),
        ("2004-10-14", "2004-12-31", USUAL, False, NOVEMBER, Moving.PASSED),
        ("2004-11-04", "2004-12-31", USUAL, False, DECEMBER, Moving.PASSED),
        # no meeting left that falls strictly before the decision date
        ("2004-10-07", "2004-11-10", USUAL, False, None, Moving.LATE),
        ("2004-10-07", "2004-11-11", USUAL, False, NOVEMBER, Moving.LATE),
        ("2004-10-14", "2004-10-20", USUAL, False, None, Moving.PASSED),
        # on the agenda already: its papers deadline is nothing to it any more
        ("2004-10-12", "2004-12-31", USUAL, True, MEETING, None),
        # called off, before its papers were due and after
        ("2004-09-20", "2004-12-31", USUAL[1:], False, NOVEMBER, Moving.CALLED_OFF),
        ("2004-10-12", "2004-12-31", USUAL[1:], True, NOVEMBER, Moving.CALLED_OFF),
        ("2004-10-12", "2004-11-10", USUAL[1:], True, None, Moving.CALLED_OFF),
        ("2004-10-12", "2004-12-31", (), True, None, Moving.CALLED_OFF),
        # moved: it goes along, though the new papers deadline is over, unless that is too late for it
        ("2004-10-12", "2004-12-31", calendar((OCTOBER_MOVED, MEETING)), True, OCTOBER_MOVED, Moving.MOVED),
        ("2004-10-19", "2004-12-31", calendar((OCTOBER_MOVED, MEETING)), True, OCTOBER_MOVED, Moving.MOVED),
        ("2004-10-12", "2004-10-20", calendar((OCTOBER_MOVED, MEETING)), True, None, Moving.OUT_OF_TIME),
        # moved before it came: the deadline of the new day counts
        ("2004-10-13", "2004-12-31", calendar((OCTOBER_MOVED, MEETING)), False, OCTOBER_MOVED, Moving.MOVED),
        (
            "2004-10-14",
            "2004-12-31",
            calendar((OCTOBER_MOVED, MEETING), NOVEMBER),
            False,
            NOVEMBER,
            Moving.LATE,
        ),
        # another is held in its old place
        (
            "2004-10-12",
            "2004-12-31",
            calendar((MEETING, date(2004, 10, 6)), NOVEMBER),
            True,
            MEETING,
            None,
        ),
        # one that was added is for those who have no meeting yet
        ("2004-09-20", "2004-12-31", calendar(date(2004, 9, 29), MEETING), False, MEETING, None),
        ("2004-10-07", "2004-12-31", calendar(MEETING, OCTOBER_MOVED), False, OCTOBER_MOVED, Moving.LATE),
    ],
)
def test_a_notification_goes_to_the_meeting_that_it_can_reach_or_directly(
    today: str,
    decide_by: str,
    sittings: tuple[Sitting, ...],
    listed: bool,
    goes_to: date | None,
    why: Moving | None,
) -> None:
    day = date.fromisoformat(today)
    leg, ways = notified(date.fromisoformat(decide_by))
    now = meetings.reached(leg, ways, by(*sittings), day, listed=listed)
    assert now.meeting == goes_to
    if goes_to:
        assert (now.who, now.clause, now.forum) == (("heads-of-ict",), "IP-5", "heads-of-ict")
        assert said(goes_to) in now.reason
        assert now.asks[0].seats[0].post == "heads-of-ict-secretary"
    else:
        assert (now.who, now.clause, now.forum) == (("sd-ict-ca",), "IP-6", "")
        assert now.asks[0].seats[0].post == "sd-ict-ca"
    if why is None:
        assert now == leg
    else:
        own = meetings.held(MEETING, sittings)
        assert meetings.why(own, now.meeting, day, listed=listed) is why


def test_issues_go_where_the_notification_goes() -> None:
    case = opened("INV-1", attends=True, principles={"P09": "issue"}, decide_by=date(2004, 11, 1))
    legs = [leg for leg in case.route if leg.meeting]
    assert [leg.leg for leg in legs] == ["notification", "issue_resolution"]
    for sittings, meeting in ((calendar(OCTOBER_MOVED), OCTOBER_MOVED), ((), None)):
        now = [meetings.reached(leg, case.ways[leg.leg], by(*sittings), date(2004, 9, 20)) for leg in legs]
        assert [leg.meeting for leg in now] == [meeting] * 2
        assert now[1].asks[0].seats[0].post == ("heads-of-ict-secretary" if meeting else "sd-ict-ca")


# ------------------------------------------------------------------------------- the embargo

BOARD = HEADS.model_copy(
    update={"key": "board", "name": "Board", "secretary": "board-secretary", "meetings": (date(2004, 9, 29),)}
)
GROUP = ForumRules(key="group", name="Group", secretary="group-secretary", meetings=(NOVEMBER,))
EMBARGO = EmbargoRules(
    owners=(
        EmbargoOwner(forum=BOARD, until=date(2004, 9, 30)),
        EmbargoOwner(forum=GROUP, since=date(2004, 10, 1)),
    )
)
HELD = {"board": calendar(date(2004, 9, 29), date(2004, 10, 6)), "group": calendar(NOVEMBER)}


@pytest.mark.parametrize(
    ("today", "held", "owner", "meeting"),
    [
        ("2004-09-22", HELD, "board", date(2004, 9, 29)),
        # its next meeting would be after it has handed over: the owner of that day counts
        ("2004-09-23", HELD, "group", NOVEMBER),
        ("2004-10-04", HELD, "group", NOVEMBER),
        # no meeting is left: whoever owns it on that day is asked at once
        ("2004-09-23", {}, "board", None),
        ("2004-10-04", {}, "group", None),
    ],
)
def test_an_exception_is_asked_of_the_owner_of_the_day(
    today: str, held: dict[str, tuple[Sitting, ...]], owner: str, meeting: date | None
) -> None:
    rules = RULES.model_copy(update={"embargo": EMBARGO})
    case = opened("INV-1", decide_by=date(2004, 11, 30), rules=rules, attends=True)
    leg = case.route[0]
    assert (leg.leg, leg.forum, leg.meeting) == ("embargo_exception", "board", date(2004, 9, 29))
    now = meetings.reached(
        leg, case.ways[leg.leg], lambda forum: held.get(forum, ()), date.fromisoformat(today)
    )
    assert (now.who, now.forum, now.meeting) == ((owner,), owner, meeting)
    assert now.asks[0].seats[0].post == f"{owner}-secretary"


def test_an_exception_is_somebodys_even_before_its_first_owners_day() -> None:
    later = EmbargoRules(owners=(EmbargoOwner(forum=GROUP, since=date(2004, 12, 1)),))
    rules = RULES.model_copy(update={"embargo": later})
    leg = consulting.embargo_exception(opened("INV-1").proposal, rules)
    assert leg is not None
    assert (leg.who, leg.meeting) == (("group",), None)


# ----------------------------------------------------------------------- what email leaves open


def test_what_a_board_does_not_decide_by_email_is_put_to_its_meeting() -> None:
    case = opened("INV-1", rules=falling_back(), principles={"P04": "deviates"})
    for name, kinds in (("srg", ("srg", "srg_meeting")), ("srg_deviation", ("referral", "referral_meeting"))):
        (first,) = case.branches[name].asks
        (then,) = first.otherwise
        assert (first.kind, then.kind) == kinds
        assert (then.forum, then.meets) == ("srg", True)
        assert [seat.post for seat in then.seats] == ["srg-secretary"]
        assert {*routing.choices_of(kinds[1])} < {*routing.choices_of(kinds[0])}


@pytest.mark.parametrize("name", ["srg", "srg_deviation"])
def test_a_board_that_decides_by_email_only_is_asked_nothing_else(name: str) -> None:
    (ask,) = opened("INV-1", principles={"P04": "deviates"}).branches[name].asks
    assert ask.otherwise == ()


@pytest.mark.parametrize(
    ("today", "planned", "sittings", "listed", "meeting"),
    [
        ("2004-10-06", None, USUAL, False, MEETING),
        ("2004-10-07", None, USUAL, False, NOVEMBER),
        ("2004-10-07", MEETING, USUAL, True, MEETING),
        ("2004-10-07", MEETING, calendar((OCTOBER_MOVED, MEETING)), True, OCTOBER_MOVED),
        ("2004-10-07", MEETING, USUAL[1:], True, NOVEMBER),
        ("2004-10-07", MEETING, (), True, None),
    ],
)
def test_it_is_put_down_for_the_first_meeting_that_its_papers_can_reach(
    today: str, planned: date | None, sittings: tuple[Sitting, ...], listed: bool, meeting: date | None
) -> None:
    case = opened("INV-1", rules=falling_back())
    leg = case.branches["srg"]
    day = date.fromisoformat(today)
    if planned:
        leg = meetings.put_down(leg, "srg-meeting", lambda forum: calendar(planned), date.min)
        assert leg.asks[0].otherwise[0].meeting == planned
    now = meetings.put_down(leg, "srg-meeting", lambda forum: sittings, day, listed=listed)
    assert now.asks[0].otherwise[0].meeting == meeting
    assert now.asks[0].model_copy(update={"otherwise": ()}) == leg.asks[0].model_copy(
        update={"otherwise": ()}
    )


@pytest.mark.parametrize(
    ("wanted", "sittings", "meeting"),
    [
        # Papers have closed when the votes are counted; those who put it off named the meeting.
        (MEETING, USUAL, MEETING),
        (MEETING, calendar((OCTOBER_MOVED, MEETING)), OCTOBER_MOVED),
        (MEETING, USUAL[1:], NOVEMBER),
        (None, USUAL, NOVEMBER),
    ],
)
def test_what_was_put_off_to_a_meeting_is_put_at_that(
    wanted: date | None, sittings: tuple[Sitting, ...], meeting: date
) -> None:
    leg, late = opened("INV-1", rules=falling_back()).branches["srg"], date(2004, 10, 7)
    now = meetings.put_down(leg, "srg-meeting", lambda forum: sittings, late, wanted=wanted)
    assert now.asks[0].otherwise[0].meeting == meeting


OCTOBER_13, NOVEMBER_10, DECEMBER_8 = date(2004, 10, 13), date(2004, 11, 10), date(2004, 12, 8)


@pytest.mark.parametrize(
    ("known", "goes_to"),
    [
        (((OCTOBER_13, ()), (NOVEMBER_10, ())), NOVEMBER_10),
        # Moved, wherever to, the meeting takes along what was put off to it; also if it is moved again.
        (((date(2004, 11, 17), (NOVEMBER_10,)), (DECEMBER_8, ())), date(2004, 11, 17)),
        (((date(2004, 12, 15), (NOVEMBER_10, date(2004, 11, 17))), (DECEMBER_8, ())), date(2004, 12, 15)),
        # Called off, it leaves it to the one after.
        (((OCTOBER_13, ()), (DECEMBER_8, ())), DECEMBER_8),
        # Without any it keeps its day.
        (((OCTOBER_13, ()),), NOVEMBER_10),
        ((), NOVEMBER_10),
    ],
)
def test_what_was_put_off_to_a_meeting_follows_it(
    known: tuple[tuple[date, tuple[date, ...]], ...], goes_to: date
) -> None:
    sittings = [Sitting(day=day, papers_due=day, formerly=formerly) for day, formerly in known]
    assert meetings.put_off_to(NOVEMBER_10, sittings) == goes_to


@pytest.mark.parametrize(
    ("listed", "today", "known", "goes_to"),
    [
        # The first whose papers deadline is still made, a week before it.
        (None, "2004-10-06", USUAL, MEETING),
        (None, "2004-10-07", USUAL, NOVEMBER),
        (None, "2004-12-02", USUAL, None),
        (None, "2004-10-06", (), None),
        # What is on an agenda stays on it though its papers are closed by now, wherever the meeting moves.
        (MEETING, "2004-10-12", USUAL, MEETING),
        (MEETING, "2004-10-07", calendar((OCTOBER_MOVED, MEETING), NOVEMBER), OCTOBER_MOVED),
        # Called off, it leaves it to the next that is still reached.
        (MEETING, "2004-10-07", calendar(NOVEMBER, DECEMBER), NOVEMBER),
        (MEETING, "2004-11-04", calendar(NOVEMBER, DECEMBER), DECEMBER),
        (MEETING, "2004-10-07", (), None),
    ],
)
def test_what_is_put_at_a_forum_s_next_meeting_comes_up(
    listed: date | None, today: str, known: tuple[Sitting, ...], goes_to: date | None
) -> None:
    assert meetings.comes_up(listed, known, date.fromisoformat(today)) == goes_to
