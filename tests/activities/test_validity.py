"""What sponsor and lead are told of an approval's validity, and what becomes of its order."""

from datetime import date

import pytest

from notifications.examples import rendered
from service import foreseeing
from service.store import cases, clock, orders, rebuild
from service.store import letters as ledger
from tests.activities import test_following as following
from tests.activities.test_orders import NOTICE, ORDER, REF, FakeWebhook, Sending
from tests.support.activities import done
from tests.support.desk import NINE, Desk
from workflows.letters import read
from workflows.model import Becoming, CaseWaiting, Choice, Ending, Expiring
from workflows.rules import calendar
from workflows.rules.actions import CONDITIONS
from workflows.rules.clock import jump

BOTH = ("cd-rc", "hoict-rc")
"""The sponsor's post and the lead officer's."""
UNTIL = date(2005, 9, 13)


def approved(desk: Desk, sample: str = "PROP-02") -> str:
    """Approve a proposal with SRG and one funder, valid for a year; return the step that did."""
    case = desk.submits(sample)
    assert case.validity is not None
    assert (case.validity.months, case.validity.warn_days) == (12, (60, 20))
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    money = f"{case.case}.funding-bh-dmh.1"
    desk.closes(money, desk.answers(money, "bh-dmh"))
    desk.opens(desk.ask(case, "srg"))
    srg = f"{case.case}.srg.1"
    desk.closes(srg, desk.answers(srg, "cd-hsg"))
    becomes(desk, "approved", 1, because=srg, valid_until=UNTIL)
    return srg


def becomes(
    desk: Desk, state: str, number: int, *, because: str = "", valid_until: date | None = None
) -> None:
    at = NINE if state == "approved" else calendar.closing(UNTIL)
    becoming = Becoming(case=REF, state=state, at=at, number=number, because=because, valid_until=valid_until)
    done(desk.cases.became(becoming))


def letters(desk: Desk, kind: str) -> list[ledger.LedgerRow]:
    return [row for row in desk.ledger(REF) if row.kind == kind]


def test_the_approval_says_until_when_it_is_good_and_the_case_keeps_it(desk: Desk) -> None:
    approved(desk)
    assert {row.props["valid_until"] for row in letters(desk, "approved")} == {"2005-09-13"}
    with desk.store.reading() as tx:
        assert cases.get(tx, REF).valid_until == UNTIL
    assert rebuild.drift(desk.store) == ()


def test_sponsor_and_lead_are_warned_once_for_each_warning(desk: Desk) -> None:
    approved(desk)
    for number, day in ((1, date(2005, 6, 21)), (1, date(2005, 6, 21)), (2, date(2005, 8, 16))):
        told = Expiring(case=REF, number=number, valid_until=UNTIL, at=calendar.opening(day))
        done(desk.cases.expiring(told))
    rows = letters(desk, "expiring")
    assert [row.post for row in rows] == [*BOTH, *BOTH]
    # Between the warning and the end lies a bank holiday.
    assert [row.props["working_days"] for row in rows[::2]] == [59, 19]
    assert {(row.props["size"], row.props["order"]) for row in rows} == {("major", "ORD-2004-0001")}


def test_the_warning_names_whoever_is_asked_to_confirm(desk: Desk) -> None:
    case = desk.submits("PROP-01")
    desk.opens(desk.ask(case, "completion"))
    done(desk.cases.expiring(Expiring(case=REF, number=1, valid_until=UNTIL, at=NINE)))
    sponsor, *_ = letters(desk, "expiring")
    assert sponsor.props["waiting_for"] == [desk.edition.posts["hoict-ce"].title]


def test_the_warning_says_until_when_the_confirmation_is_put_off(desk: Desk) -> None:
    case = desk.submits("PROP-01")
    desk.opens(desk.ask(case, "completion"))
    step, to = f"{REF}.completion.1", date(2005, 8, 22)
    answer = desk.answers(step, "hoict-ce", Choice.DEFER, until=to)
    desk.closes(step, answer, choice=Choice.DEFER, until=to)
    waiting = CaseWaiting(
        case=REF,
        number=1,
        key="completion",
        leg="completion",
        since=NINE,
        until=calendar.opening(to),
        on="hoict-ce",
    )
    done(desk.cases.waits(waiting))
    done(desk.cases.expiring(Expiring(case=REF, number=1, valid_until=UNTIL, at=NINE)))
    sponsor, *_ = letters(desk, "expiring")
    assert sponsor.props["waiting_for"] == [desk.edition.posts["hoict-ce"].title]
    assert sponsor.props["put_off"] == "2005-08-22"
    body = rendered(read(sponsor.props)).get_body(("plain",))
    assert body is not None
    told = " ".join(body.get_content().split())
    assert "put that off to Monday 22 August 2005, and is asked again then." in told


def test_an_approval_that_lapses_says_whose_it_was_and_that_a_new_proposal_is_needed(desk: Desk) -> None:
    srg = approved(desk)
    becomes(desk, "lapsed", 2, because=srg)
    rows = letters(desk, "approval_lapsed")
    assert [row.post for row in rows] == [*BOTH]
    assert rows[0].props["approved_by"] == ["Strategic Resources Group"]
    assert rows[0].props["order"] == "ORD-2004-0001"
    assert letters(desk, "lapsed") == []


@pytest.mark.parametrize(
    ("kind", "approved_by"),
    [
        # What a board decided at its meeting it has approved; what it only let go on it has not.
        ("srg_meeting", "Strategic Resources Group"),
        ("referral", "Budget holder, De Montfort Hall"),
        ("referral_meeting", "Budget holder, De Montfort Hall"),
    ],
)
def test_a_board_that_let_it_go_on_is_not_said_to_have_approved_it(
    desk: Desk, kind: str, approved_by: str
) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    money = f"{REF}.funding-bh-dmh.1"
    desk.closes(money, desk.answers(money, "bh-dmh"))
    ask = desk.ask(case, "srg")
    put = ask.model_copy(update={"key": kind, "terms": ask.terms.model_copy(update={"kind": kind})})
    desk.opens(put)
    desk.closes(put.step, desk.answers(put.step, "cd-hsg"))
    becomes(desk, "approved", 1, because=put.step, valid_until=UNTIL)
    becomes(desk, "lapsed", 2, because=put.step)
    (row, _) = letters(desk, "approval_lapsed")
    assert row.props["approved_by"] == [approved_by]


def test_without_srg_it_names_those_who_gave_the_money(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "funding-bh-dmh"))
    step = f"{REF}.funding-bh-dmh.1"
    desk.closes(step, desk.answers(step, "bh-dmh"))
    becomes(desk, "approved", 1, because=step, valid_until=UNTIL)
    becomes(desk, "lapsed", 2, because=step)
    (row, _) = letters(desk, "approval_lapsed")
    assert row.props["approved_by"] == ["Budget holder, De Montfort Hall"]


def test_whoever_was_to_confirm_completion_is_told_that_the_approval_has_lapsed(desk: Desk) -> None:
    case = desk.submits("PROP-01")
    desk.opens(desk.ask(case, "completion"))
    step = f"{REF}.completion.1"
    becomes(desk, "approved", 1, valid_until=UNTIL)
    desk.closes(step, choice=None, ending=Ending.WITHDRAWN, why="validity")
    (told,) = letters(desk, "closed_without_you")
    assert (told.post, told.props["why"]) == ("hoict-ce", "validity")
    becomes(desk, "lapsed", 2, because=step)
    assert len(letters(desk, "approval_lapsed")) == 2


def test_a_question_that_nobody_answers_lapses_in_its_own_words_as_before(desk: Desk) -> None:
    case = desk.submits("PROP-01")
    desk.opens(desk.ask(case, "completion"))
    step = f"{REF}.completion.1"
    becomes(desk, "approved", 1, valid_until=UNTIL)
    desk.closes(step, choice=None, ending=Ending.SILENT, why="time_up")
    becomes(desk, "lapsed", 2, because=step)
    assert letters(desk, "approval_lapsed") == []
    assert len(letters(desk, "lapsed")) == 2


def test_a_lapsed_approval_calls_its_order_off_and_says_why(desk: Desk) -> None:
    webhook = FakeWebhook()
    sending = Sending(desk, webhook)
    sending.approves()
    sending.sends()
    for _ in range(2):
        sending.becomes("lapsed", 2)
    sending.sends(NOTICE)
    sending.sends(NOTICE)
    assert [event["type"] for event in webhook.events] == [
        "assent.order.raised.v1",
        "assent.order.cancelled.v1",
    ]
    assert webhook.events[-1]["data"]["reason"] == "lapsed"
    with desk.store.reading() as tx:
        assert orders.must(tx, ORDER).state == "accepted"
    assert rebuild.drift(desk.store) == ()


def test_what_was_put_to_use_keeps_the_day_it_was_good_until(desk: Desk) -> None:
    case = desk.submits("PROP-01")
    desk.opens(desk.ask(case, "completion"))
    step = f"{REF}.completion.1"
    becomes(desk, "approved", 1, valid_until=UNTIL)
    desk.closes(step, desk.answers(step, "hoict-ce", Choice.VERIFY), choice=Choice.VERIFY)
    becomes(desk, "closed", 2, because=step)
    with desk.store.reading() as tx:
        assert cases.get(tx, REF).valid_until == UNTIL


def test_the_warning_names_the_conditions_that_keep_the_approval_from_being_put_to_use(desk: Desk) -> None:
    following.approved(desk, following.TRAIN)
    waiting = CaseWaiting(
        case=REF, number=1, key="project", leg=CONDITIONS, since=NINE, until=None, on=following.LEAD
    )
    done(desk.cases.waits(waiting))
    done(desk.cases.expiring(Expiring(case=REF, number=1, valid_until=UNTIL, at=NINE)))
    sponsor, *_ = letters(desk, "expiring")
    (unmet,) = sponsor.props["unmet"]
    assert (unmet["text"], unmet["action"], unmet["by"]) == ("Train the staff", "ACT-2004-0001", "2004-11-12")
    assert unmet["owner"] == desk.edition.posts[following.LEAD].title


def test_the_clock_of_a_demonstration_stops_at_each_warning_and_at_the_end(desk: Desk) -> None:
    approved(desk)
    warnings = [calendar.opening(date(2005, 6, 20)), calendar.opening(date(2005, 8, 15))]
    for stop in (*warnings, calendar.closing(UNTIL)):
        with desk.store.writing() as tx:
            assert foreseeing.next_moment(tx) == stop
            clock.add(tx, jump(tx.clock, to=stop, real=tx.real))
    with desk.store.reading() as tx:
        assert foreseeing.next_moment(tx) is None
