"""A case that goes to another meeting: who is told why, and where every page finds it from then on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from service import sittings
from service.handbook import Edition
from service.store import cases, clock, rebuild, steps
from service.store import meetings as minutes
from service.store.engine import Tx
from service.store.meetings import MeetingState, Series
from service.telling import following
from service.web import whereabouts
from tests.support.activities import done
from tests.support.desk import DAY, NINE, Desk
from tests.support.proposals import calendar as meeting_days
from workflows.model import (
    MEETING,
    CaseMoved,
    CaseOpened,
    CaseWaiting,
    Choice,
    Ending,
    Leg,
    Moving,
    Nudge,
    Sitting,
    SittingsAsked,
)
from workflows.rules import calendar, course, meetings
from workflows.rules.clock import jump

OCTOBER, NOVEMBER = date(2004, 10, 13), date(2004, 11, 10)
SRG_MEETS = date(2004, 9, 30)
BOTH = ("cd-rc", "hoict-rc")
HEADS = "Heads of ICT Group"
PAPERS = {OCTOBER: date(2004, 10, 6), NOVEMBER: date(2004, 11, 3)}


def leg_of(case: CaseOpened, name: str = "notification") -> Leg:
    return next(leg for leg in case.route if leg.leg == name)


def waits(desk: Desk, ref: str, day: date, *, number: int = 1, key: str = "notification") -> None:
    on = "heads-of-ict" if key == "notification" else "srg"
    until = calendar.opening(day)
    wait = CaseWaiting(case=ref, number=number, key=key, leg=MEETING, since=NINE, until=until, on=on)
    done(desk.cases.waits(wait))


def moves(desk: Desk, case: CaseOpened, *to: Sitting, because: Moving = Moving.LATE) -> Leg:
    """Let a case's notification go to the first of some meetings, as its process decides it."""
    leg = meetings.first_way(case.ways["notification"], lambda forum: to, DAY)
    moved = CaseMoved(
        case=case.case,
        number=1,
        version=1,
        key="notification",
        at=NINE + timedelta(days=25),
        because=because,
        forum="heads-of-ict",
        was=OCTOBER,
        papers_due=PAPERS[OCTOBER],
        legs=(leg,),
    )
    done(desk.cases.moved(moved))
    return leg


def told(desk: Desk, ref: str, kind: str) -> list[dict[str, object]]:
    return [row.props for row in desk.ledger(ref) if row.kind == kind]


# --------------------------------------------------------------------- what a process is given


def test_a_case_begins_with_the_ways_of_its_legs_and_learns_when_forums_meet(desk: Desk) -> None:
    case = desk.submits()
    assert {leg: [way.leg.forum for way in ways] for leg, ways in case.ways.items()} == {
        "notification": ["heads-of-ict", ""]
    }
    asked = SittingsAsked(case=case.case, forums=("heads-of-ict", "srg", "nobody"), since=OCTOBER)
    found = done(desk.cases.sittings(asked)).of
    assert found["nobody"] == ()
    first, second, *_, last = found["heads-of-ict"]
    assert [(one.day, one.papers_due) for one in (first, second)] == [*PAPERS.items()]
    assert last.day <= DAY + sittings.AHEAD < last.day + timedelta(days=40)


# --------------------------------------------------------------------------------- who is told


def test_sponsor_and_lead_are_told_why_and_the_secretary_of_the_new_day(desk: Desk) -> None:
    case = desk.submits()
    waits(desk, case.case, OCTOBER)
    before = desk.ledger(case.case)
    moves(desk, case, *meeting_days(NOVEMBER))
    waits(desk, case.case, NOVEMBER, number=2)
    expected = [("listed", "heads-of-ict-secretary"), *(("moved", post) for post in BOTH)]
    assert desk.sent(case.case, before) == sorted(expected)
    letter = told(desk, case.case, "moved")[0]
    assert (letter["because"], letter["left"], letter["was"]) == ("late", HEADS, "2004-10-13")
    assert (letter["papers_due"], letter["on"], letter["after"]) == ("2004-10-06", "2004-10-08", None)
    question = letter["question"]
    assert isinstance(question, dict)
    assert (question["forum"], question["meeting"]) == (HEADS, "2004-11-10")
    listed = told(desk, case.case, "listed")
    assert [one["question"]["meeting"] for one in listed] == ["2004-10-13", "2004-11-10"]  # type: ignore[index]


def test_the_letter_says_whose_answer_it_had_to_wait_for(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    step = f"{case.case}.funding-bh-dmh.1"
    desk.closes(step, desk.answers(step, "bh-dmh"))
    moves(desk, case, *meeting_days(NOVEMBER))
    after = told(desk, case.case, "moved")[0]["after"]
    assert isinstance(after, dict)
    assert (after["who"], after["on"]) == ("Budget holder, De Montfort Hall", "2004-09-13")


def test_one_that_goes_to_no_meeting_is_told_who_is_asked_and_is_listed_afterwards(desk: Desk) -> None:
    case = desk.submits()
    waits(desk, case.case, OCTOBER)
    moves(desk, case, because=Moving.CALLED_OFF)
    letter = told(desk, case.case, "moved")[0]
    assert (letter["asked"], letter["question"]["meeting"]) == (  # type: ignore[index]
        "Service Director (ICT & Customer Access)",
        None,
    )
    assert letter["decide_by"] is not None
    with desk.store.reading() as tx:
        assert steps.waiting(tx, case.case) == ()
    before = desk.ledger(case.case)
    desk.opens(desk.ask(moved_case(desk, case), "notification"))
    step = f"{case.case}.notification.1"
    desk.closes(step, desk.answers(step, "sd-ict-ca", Choice.NOTE), choice=Choice.NOTE)
    assert ("listed", "heads-of-ict-secretary") in desk.sent(case.case, before)
    (_, afterwards) = told(desk, case.case, "listed")
    assert afterwards["noted"]


def moved_case(desk: Desk, case: CaseOpened) -> CaseOpened:
    with desk.store.reading() as tx:
        view = cases.get(tx, case.case)
    return case.model_copy(update={"route": view.route, "branches": view.branches})


# ------------------------------------------------------------------------- where it is found


def test_every_page_finds_it_where_it_goes_now_and_a_rebuild_does_too(each_desk: Desk) -> None:
    desk = each_desk
    case = desk.submits()
    waits(desk, case.case, OCTOBER)
    leg = moves(desk, case, *meeting_days(NOVEMBER))
    waits(desk, case.case, NOVEMBER, number=2)
    with desk.store.reading() as tx:
        view = cases.get(tx, case.case)
        assert [one for one in view.route if one.leg == "notification"] == [leg]
        assert [one for one in view.route if one.leg != "notification"] == [
            one for one in case.route if one.leg != "notification"
        ]
        assert whereabouts.places(tx, view)[0].when == "Meets on 10 November 2004"
        (wait,) = whereabouts.waits(tx, view)
        assert (wait.on, wait.at) == ("heads-of-ict", NOVEMBER)
        assert wait.sentence.endswith(f"On Wednesday 10 November 2004, {HEADS} meets.")
    before = rebuild.dump(desk.store)
    rebuild.rebuild(desk.store)
    assert rebuild.dump(desk.store) == before


def test_a_meeting_that_no_handbook_knows_is_a_meeting_all_the_same(desk: Desk) -> None:
    case = desk.submits()
    moves(desk, case, *meeting_days(date(2004, 10, 20)))
    waits(desk, case.case, date(2004, 10, 20), number=2)
    with desk.store.reading() as tx:
        (wait,) = whereabouts.waits(tx, cases.get(tx, case.case))
    assert wait.next == f"{HEADS} meets"


@pytest.mark.parametrize(
    ("day", "on"),
    [(date(2004, 10, 6), OCTOBER), (date(2004, 10, 7), NOVEMBER), (date(2004, 10, 14), NOVEMBER)],
)
def test_what_comes_next_is_the_meeting_that_it_will_reach(desk: Desk, day: date, on: date) -> None:
    case = desk.submits()
    with desk.store.reading() as tx:
        view = cases.get(tx, case.case)
    coming = following(view, {}, desk.edition, day)
    assert coming is not None
    assert (coming.who, coming.on) == ((HEADS,), on)


# ------------------------------------------------------------- what a board does not decide


def test_the_members_and_the_sponsor_are_told_of_the_meeting_that_decides(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    step = f"{case.case}.srg.1"
    desk.records(desk.answers(step, "cd-hsg"))
    before = desk.ledger(case.case)
    desk.closes(step, choice=None, ending=Ending.SILENT, why="time_up")
    member = next(row.props for row in desk.ledger(case.case) if row.kind == "closed_without_you")
    assert (member["passed_on"], member["meeting"]) == ("Strategic Resources Group", "2004-09-30")
    voter = next(row.props for row in desk.ledger(case.case) if row.kind == "outcome")
    onward = voter["next"]
    assert isinstance(onward, dict)
    assert (onward["who"], onward["on"]) == (["Strategic Resources Group"], "2004-09-30")
    leg = meetings.put_down(leg_of(case, "srg"), "srg-meeting", lambda forum: meeting_days(SRG_MEETS), DAY)
    moved = CaseMoved(
        case=case.case,
        number=1,
        version=1,
        key="srg-meeting",
        at=NINE + timedelta(days=7),
        because=Moving.UNDECIDED,
        forum="srg",
        legs=(leg,),
    )
    done(desk.cases.moved(moved))
    waits(desk, case.case, SRG_MEETS, key="srg-meeting")
    sent = desk.sent(case.case, before)
    assert [one for one in sent if one[0] in ("moved", "listed")] == [
        ("listed", "srg-secretary"),
        *(("moved", post) for post in BOTH),
    ]
    letter = told(desk, case.case, "moved")[0]
    assert (letter["why"], letter["decide_by"]) == ("time_up", None)
    assert letter["question"]["meeting"] == "2004-09-30"  # type: ignore[index]
    with desk.store.reading() as tx:
        view = cases.get(tx, case.case)
        assert whereabouts.places(tx, view)[2].when == "Meets on 30 September 2004"


def test_two_questions_of_one_leg_go_to_meetings_without_undoing_each_other(desk: Desk) -> None:
    case = desk.submits()
    members = leg_of(case, "srg").asks[0]
    twice = tuple(
        members.model_copy(
            update={
                "key": key,
                "otherwise": (members.otherwise[0].model_copy(update={"key": f"{key}-meeting"}),),
            }
        )
        for key in ("one", "two")
    )
    whole = leg_of(case, "srg").model_copy(update={"asks": twice})
    one = meetings.put_down(whole, "one-meeting", lambda forum: meeting_days(SRG_MEETS), DAY)
    two = meetings.put_down(whole, "two-meeting", lambda forum: meeting_days(NOVEMBER), DAY)
    route = [course.instead(course.instead(whole, [one], "one-meeting"), [two], "two-meeting")]
    assert [put.meeting for ask in route[0].asks for put in ask.otherwise] == [SRG_MEETS, NOVEMBER]


def test_what_the_secretary_writes_down_is_the_board_s_word(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    board = f"{case.case}.srg.1"
    desk.closes(board, choice=None, ending=Ending.SILENT, why="time_up")
    (put,) = leg_of(case, "srg").asks[0].otherwise
    ask = desk.ask(case, "srg").model_copy(
        update={"key": put.key, "seats": put.seats, "terms": case.terms[put.kind], "forum": put.forum}
    )
    desk.opens(ask)
    step = f"{case.case}.srg-meeting.1"
    desk.closes(step, desk.answers(step, "srg-secretary", Choice.REJECT), choice=Choice.REJECT)
    (key, _) = desk.becomes(case.case, "rejected", because=step)
    letter = next(row.props for row in desk.ledger(case.case) if row.key == key)
    assert [answer["who"] for answer in letter["answers"]] == ["Strategic Resources Group"]


def test_whoever_votes_last_is_told_that_the_board_came_to_no_decision(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    board = f"{case.case}.srg.1"
    desk.records(desk.answers(board, "cd-hsg"))
    last = desk.answers(board, "cd-rad", Choice.REJECT)
    desk.closes(board, last, choice=None, ending=Ending.SILENT, why="tied")
    voters = {(row.kind, row.post) for row in desk.ledger(case.case) if row.post in ("cd-hsg", "cd-rad")}
    assert {("outcome", "cd-hsg"), ("outcome", "cd-rad"), ("receipt", "cd-rad")} <= voters


@pytest.mark.parametrize("put_off", [False, True])
def test_a_secretary_is_not_told_that_members_who_voted_did_not_answer(desk: Desk, put_off: bool) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    board = f"{case.case}.srg.1"
    desk.records(desk.answers(board, "cd-hsg"))
    if put_off:
        last = desk.answers(board, "cd-rad", Choice.DEFER, until=SRG_MEETS, next_meeting=True)
        desk.closes(board, last, choice=Choice.DEFER, until=SRG_MEETS, next_meeting=True)
    else:
        desk.closes(board, choice=None, ending=Ending.SILENT, why="time_up")
    (put,) = leg_of(case, "srg").asks[0].otherwise
    ask = desk.ask(case, "srg").model_copy(
        update={"key": put.key, "seats": put.seats, "terms": case.terms[put.kind], "forum": put.forum}
    )
    desk.opens(ask)
    letter = next(row.props for row in desk.ledger(case.case) if row.step == ask.step)
    assert (letter["unanswered"], letter["by_members"]) == ([], "put_off" if put_off else "undecided")


def test_the_last_rung_of_a_board_says_which_meeting_it_leads_to(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    request = next(row.props for row in desk.ledger(case.case) if row.kind == "request")
    close = request["if_silent"][-1]
    assert close["then"] == "close"
    assert close["who"] == "Strategic Resources Group at its meeting of 28 October 2004"


# ------------------------------------------------------------------------ cases left behind


@pytest.fixture
def called_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the meeting of October be called off, as the record will have it."""
    by_rule = sittings.of

    def of(
        tx: Tx,
        organisation: str,
        rules: Edition,
        forum: str,
        *,
        since: date = date.min,
        until: date = date.max,
    ) -> tuple[Sitting, ...]:
        found = by_rule(tx, organisation, rules, forum, since=since, until=until)
        return tuple(one for one in found if one.day != OCTOBER)

    monkeypatch.setattr(sittings, "of", of)


def test_nobody_is_left_behind_while_meetings_are_held_as_they_were_to_be(each_desk: Desk) -> None:
    case = each_desk.submits()
    waits(each_desk, case.case, OCTOBER)
    with each_desk.store.reading() as tx:
        assert [*sittings.overtaken(tx)] == []


@pytest.mark.usefixtures("called_off")
def test_a_case_that_waits_for_a_meeting_that_was_called_off_is_told_of_those_that_are_held(
    each_desk: Desk,
) -> None:
    desk = each_desk
    case = desk.submits()
    waits(desk, case.case, OCTOBER)
    with desk.store.reading() as tx:
        (behind,) = sittings.overtaken(tx)
    assert (behind.case, behind.forum, behind.since) == (case.case, "heads-of-ict", NINE)
    assert [one.day for one in behind.sittings][:1] == [NOVEMBER]
    moves(desk, case, *behind.sittings, because=Moving.CALLED_OFF)
    waits(desk, case.case, NOVEMBER, number=2)
    with desk.store.reading() as tx:
        assert [*sittings.overtaken(tx)] == []


@pytest.mark.usefixtures("called_off")
@pytest.mark.parametrize("leg", ["notification", "srg"])
def test_a_question_put_off_to_such_a_day_is_put_again_all_the_same(desk: Desk, leg: str) -> None:
    case = desk.submits()
    until = datetime(2004, 10, 13, 8, tzinfo=NINE.tzinfo)
    put_off = CaseWaiting(
        case=case.case, number=1, key=leg, leg=leg, since=NINE, until=until, on="heads-of-ict"
    )
    done(desk.cases.waits(put_off))
    with desk.store.reading() as tx:
        assert [*sittings.overtaken(tx)] == []


def test_members_who_are_asked_by_email_are_reminded_whatever_meeting_is_held_meanwhile(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"), at=datetime(2004, 9, 27, 8, tzinfo=UTC))
    srg = Series(organisation="leicester", forum="srg")
    with desk.store.writing() as tx:
        clock.add(tx, jump(tx.clock, to=datetime(2004, 9, 30, 15, tzinfo=UTC), real=tx.real))
        minutes.closed(tx, srg, SRG_MEETS, MeetingState.HELD, items=(), present=(), by="p-001")
    before = desk.ledger(case.case)
    desk.nudges(f"{case.case}.srg.1", Nudge.REMIND)
    assert [kind for kind, _ in desk.sent(case.case, before)] == ["reminder"] * 8
