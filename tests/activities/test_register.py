"""Who is asked, whom silence brings in, and who is told how it ended."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, update

from notifications.examples import rendered
from notifications.render import subject
from service import foreseeing, seating
from service.errors import Altered, Malformed, TwoSeats
from service.handbook import Edition
from service.handbook.edition import Holding
from service.store import clock, intents, links, steps
from service.store import letters as ledger
from service.store.letters import LinkBinding, QueuedLetter
from service.store.tables import TEXTS
from service.telling import told
from tests.support.activities import done
from tests.support.desk import DAY, NINE, Desk
from workflows.letters import Awaited, Letter, Receipt, Stuck, read
from workflows.model import (
    AnswersDue,
    Becoming,
    Capacity,
    Choice,
    Ending,
    Holder,
    Ladder,
    LadderRung,
    Nudge,
    SeatAsk,
    StepNudged,
    StepOpened,
    StepReseated,
)
from workflows.rules.clock import jump
from workflows.rules.quorum import settled

HALL, SPORTS = "funding-bh-dmh", "funding-bh-sports"


def without(edition: Edition, post: str, *, forgotten: bool = False) -> Edition:
    """Return an edition in which a post's holder has left; `forgotten` if it no longer names them."""
    holder = edition.holder(post, DAY)
    assert holder is not None
    changed: dict[str, Any] = dict(edition)
    changed["holdings"] = tuple(held for held in edition.holdings if held.person != holder.id)
    if forgotten:
        changed["people"] = {id: person for id, person in edition.people.items() if id != holder.id}
    return Edition.model_validate(changed)


def text_of(letter: Letter) -> str:
    """Return the words of a letter's text part."""
    body = rendered(letter).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


# ------------------------------------------------------------------------- who is asked


def test_a_seat_s_holder_is_asked_by_one_letter_with_a_link_of_its_own(desk: Desk) -> None:
    case = desk.submits()
    before = desk.ledger(case.case)
    desk.opens(desk.ask(case, HALL))
    assert desk.sent(case.case, before) == [("request", "bh-dmh")]
    (letter,) = (row for row in desk.ledger(case.case) if row.key in desk.mailroom.last)
    assert (letter.person, letter.address) == ("p-017", "budget-dmh@leicester.example")
    with desk.store.reading() as tx:
        link = links.get(tx, letter.link_id or "")
    assert link is not None
    bound = (link.step, link.round, link.seat, link.person, link.content_hash, link.purpose)
    assert bound == (f"{case.case}.{HALL}.1", 1, "bh-dmh", "p-017", case.content_hash, "decide")
    assert link.expires == NINE + timedelta(days=14)


def test_a_ladder_is_dated_by_the_calendar_of_the_case_s_own_edition(desk: Desk) -> None:
    case = desk.submits()
    newer = desk.edition.model_validate({**dict(desk.edition), "non_working": ()})
    desk.brings_into_force(newer)
    step = desk.opens(desk.ask(case, HALL), datetime(2004, 12, 23, 9, tzinfo=UTC))
    # Christmas and the council's closure lie between: five working days end on the seventh of January.
    assert [(rung.at.month, rung.at.day) for rung in step.rungs] == [
        (1, 5),
        (1, 7),
        (1, 10),
        (1, 12),
        (1, 14),
    ]
    with desk.store.reading() as tx:
        assert steps.must(tx, f"{case.case}.{HALL}.1").due == datetime(2005, 1, 7, 17, tzinfo=UTC)


def test_everybody_on_a_board_is_asked_at_once(desk: Desk) -> None:
    case = desk.submits()
    opened = desk.opens(desk.ask(case, "srg"))
    assert len(desk.mailroom.last) == len(opened.seats) == 8
    assert [len(seat.holders) for seat in opened.seats] == [1] * 8


def test_whoever_covers_is_asked_first_and_both_are_told(desk: Desk) -> None:
    cover = desk.covers("bh-dmh", by="bh-land-charges")
    case = desk.submits()
    before = desk.ledger(case.case)
    opened = desk.opens(desk.ask(case, HALL))
    assert opened.seats[0].holders == (
        Holder(person=cover, post="bh-dmh", capacity=Capacity.COVER),
        Holder(person="p-017", post="bh-dmh"),
    )
    new = [row for row in desk.ledger(case.case) if row not in before]
    assert {(row.kind, row.person, row.link_id is not None) for row in new} == {
        ("cover", cover, True),
        ("covered", "p-017", True),
    }


def test_a_cover_is_one_hop_and_no_chain(desk: Desk) -> None:
    cover = desk.covers("bh-dmh", by="bh-land-charges")
    with pytest.raises(Malformed):
        desk.covers("bh-land-charges", by="bh-sports")
    case = desk.submits(funding_parties=[{"post": "bh-dmh", "share_percent": 100}])
    assert [holder.person for holder in desk.opens(desk.ask(case, HALL)).seats[0].holders] == [cover, "p-017"]


def test_a_cover_that_has_ended_is_not_asked(desk: Desk) -> None:
    desk.covers("bh-dmh", by="bh-land-charges", until=DAY + timedelta(days=1))
    case = desk.submits()
    opened = desk.opens(desk.ask(case, HALL), at=NINE + timedelta(days=2))
    assert [holder.person for holder in opened.seats[0].holders] == ["p-017"]


def test_an_author_is_passed_over_for_the_next_in_the_line(desk: Desk) -> None:
    # PROP-08: the lead officer's own post is the only funder.
    case = desk.submits("PROP-08")
    opened = desk.opens(desk.ask(case, "funding-bh-land-charges"))
    # The next in the line is the sponsor, who does not decide in another's place.
    assert opened.seats[0].holders == (
        Holder(person="p-001", post="chief-executive", capacity=Capacity.LINE),
    )
    assert ("escalation", "chief-executive") in desk.sent(case.case)
    (told,) = (row.props for row in desk.ledger(case.case) if row.kind == "escalation")
    assert (told["because"], told["own"], told["asked"]) == ("author", False, [])
    # Nobody is above, so that silence brings in nobody.
    assert {rung["then"] for rung in told["if_silent"]} == {"remind", "pmo"}


def test_an_author_s_cover_is_no_more_impartial_than_the_author(desk: Desk) -> None:
    desk.covers("bh-land-charges", by="bh-sports")
    case = desk.submits("PROP-08")
    (seat,) = desk.opens(desk.ask(case, "funding-bh-land-charges")).seats
    assert [holder.person for holder in seat.holders] == ["p-001"]


def test_whoever_covers_for_an_author_does_not_decide_from_a_seat_of_their_own(desk: Desk) -> None:
    desk.covers("hoict-rc", by="bh-dmh")
    case = desk.submits()
    (seat,) = desk.opens(desk.ask(case, HALL)).seats
    assert [holder.person for holder in seat.holders] == ["p-001"]


def test_an_author_s_cover_may_answer_what_decides_nothing(desk: Desk) -> None:
    cover = desk.covers("hoict-rc", by="bh-dmh")
    case = desk.submits("PROP-07")
    (seat,) = desk.opens(desk.ask(case, "completion")).seats
    assert seat.holders[0].person == cover


@pytest.mark.parametrize("author", ["bh-dmh", "bh-sports", "hoict-rc"])
def test_nobody_who_wrote_the_version_is_asked_to_decide_it(desk: Desk, author: str) -> None:
    case = desk.submits(authors=[author])
    wrote = desk.person(author)
    for key in (HALL, SPORTS, "srg"):
        opened = desk.opens(desk.ask(case, key))
        assert wrote not in [holder.person for seat in opened.seats for holder in seat.holders]
    step = f"{case.case}.{HALL}.1"
    for nudge in (Nudge.COVER, Nudge.LINE):
        desk.nudges(step, nudge)
    assert wrote not in [holder.person for seat in desk.holders(step).values() for holder in seat]


def test_a_sponsor_who_wrote_it_answers_for_their_own_money_and_nowhere_else(desk: Desk) -> None:
    own = [{"post": "cd-rc", "share_percent": 60}, {"post": "bh-dmh", "share_percent": 40}]
    case = desk.submits(authors=["cd-rc"], funding_parties=own)
    sponsor = desk.person("cd-rc")
    (seat,) = desk.opens(desk.ask(case, "funding-cd-rc")).seats
    assert [holder.person for holder in seat.holders] == [sponsor]
    desk.opens(desk.ask(case, HALL))
    for nudge in (Nudge.COVER, Nudge.LINE):
        desk.nudges(f"{case.case}.{HALL}.1", nudge)
    board = desk.opens(desk.ask(case, "srg")).seats
    for seats in (desk.step(f"{case.case}.{HALL}.1").seats, board):
        assert sponsor not in [holder.person for seat in seats for holder in seat.holders]


def test_a_sponsor_who_also_leads_it_does_not_answer_for_their_own_money(desk: Desk) -> None:
    own = [{"post": "cd-rc", "share_percent": 100}]
    case = desk.submits(lead_post="cd-rc", funding_parties=own)
    (seat,) = desk.opens(desk.ask(case, "funding-cd-rc")).seats
    assert [holder.post for holder in seat.holders] == ["chief-executive"]


def test_nobody_answers_for_a_share_and_as_the_authority_above_it(desk: Desk) -> None:
    # £140,000 is more than the hall's budget holder may approve alone; above them stands cd-rc.
    case = desk.submits(funding_parties=[{"post": "bh-dmh", "share_percent": 100}])
    (authority,) = desk.opens(desk.ask(case, "authority-bh-dmh")).seats
    assert [holder.person for holder in authority.holders] == [desk.person("cd-rc")]
    desk.opens(desk.ask(case, HALL))
    step = f"{case.case}.{HALL}.1"
    for nudge in (Nudge.COVER, Nudge.LINE):
        desk.nudges(step, nudge)
    assert [holder.post for holder in desk.holders(step)["bh-dmh"]] == ["bh-dmh", "chief-executive"]


def test_an_authority_is_not_whoever_answers_for_the_funder_already(desk: Desk) -> None:
    whole = [{"post": "bh-dmh", "share_percent": 100}]
    case = desk.submits(authors=["bh-dmh"], sponsor_post="cd-rad", funding_parties=whole)
    (funder,) = desk.opens(desk.ask(case, HALL)).seats
    (authority,) = desk.opens(desk.ask(case, "authority-bh-dmh")).seats
    assert [holder.post for holder in funder.holders] == ["cd-rc"]
    assert [holder.post for holder in authority.holders] == ["chief-executive"]


def test_whoever_has_answered_for_a_share_is_not_brought_in_for_the_authority_above_it(
    each_desk: Desk,
) -> None:
    desk = each_desk
    cover = desk.covers("cd-rc", by="bh-dmh")
    case = desk.submits(funding_parties=[{"post": "bh-dmh", "share_percent": 100}])
    desk.opens(desk.ask(case, HALL))
    desk.opens(desk.ask(case, "authority-bh-dmh"))
    step = f"{case.case}.{HALL}.1"
    desk.closes(step, desk.answers(step, "bh-dmh"))
    above = f"{case.case}.authority-bh-dmh.1"
    desk.nudges(above, Nudge.COVER)
    assert cover not in [holder.person for holder in desk.holders(above)["cd-rc"]]
    with pytest.raises(TwoSeats):
        desk.answers(above, "cd-rc", person=cover)


def test_of_two_questions_about_a_share_that_open_at_once_each_sees_whom_the_other_asks(
    each_desk: Desk,
) -> None:
    desk = each_desk
    whole = [{"post": "bh-dmh", "share_percent": 100}]
    case = desk.submits(authors=["bh-dmh"], sponsor_post="cd-rad", funding_parties=whole)
    keys = (HALL, "authority-bh-dmh")
    together = Barrier(len(keys))

    def opens(key: str) -> StepOpened:
        together.wait()
        return desk.opens(desk.ask(case, key))

    with ThreadPoolExecutor(len(keys)) as pool:
        opened = [step.seats[0].holders[0].post for step in pool.map(opens, keys)]
    assert sorted(opened) == ["cd-rc", "chief-executive"]


def test_who_led_it_when_it_was_submitted_does_not_answer_for_its_money_later(desk: Desk) -> None:
    case = desk.submits(sponsor_post="cd-rc", funding_parties=[{"post": "cd-rc", "share_percent": 100}])
    wrote = desk.person("cd-rc")
    # The lead post, and with it the case, is somebody else's by the day of the question.
    later = desk.edition.model_copy(
        update={
            "holdings": (
                *(held for held in desk.edition.holdings if held.post != "hoict-rc"),
                Holding(post="hoict-rc", person=wrote, since=DAY, until=DAY),
                Holding(post="hoict-rc", person="p-021", since=DAY + timedelta(days=1)),
            )
        }
    )
    asked = [SeatAsk(key="cd-rc", post="cd-rc")]
    month = DAY + timedelta(days=30)
    assert seating.excused(case.proposal, "funding", asked, later, later, month) == ""
    assert seating.excused(case.proposal, "funding", asked, desk.edition, desk.edition, month) == wrote


def test_words_that_were_altered_hold_up_nobody_else_s_answer(desk: Desk) -> None:
    ref, hall, sports = two_funders(desk)
    desk.closes(hall, desk.answers(hall, "bh-dmh", Choice.APPROVE_WITH_CONDITIONS))
    with desk.store.writing() as tx:
        tx.run(update(TEXTS).values(body=func.replace(TEXTS.c.body, "Because", "Becauze")))
    desk.closes(sports, desk.answers(sports, "bh-sports"))
    letter, _ = receipt(desk, ref, "bh-sports")
    assert letter.settled is Choice.APPROVE
    with desk.store.reading() as tx, pytest.raises(Altered):
        intents.decisions_of(tx, ref)


def test_a_cover_named_later_is_asked_at_once_and_both_are_told(each_desk: Desk) -> None:
    desk = each_desk
    ref, hall, _ = two_funders(desk)
    cover = desk.covers("bh-dmh", by="bh-land-charges")
    before = desk.ledger(ref)
    assert [holder.person for holder in desk.looks_again(hall).seats[0].holders] == ["p-017", cover]
    new = [row for row in desk.ledger(ref) if row not in before]
    assert {(row.kind, row.person, row.link_id is not None) for row in new} == {
        ("cover", cover, True),
        ("covered", "p-017", True),
    }
    desk.looks_again(hall)
    assert len(desk.ledger(ref)) == len(before) + 2, "nobody is told twice"


def test_whoever_takes_over_a_post_is_asked_in_the_leavers_place(desk: Desk) -> None:
    ref, hall, _ = two_funders(desk)
    new = without(desk.edition, "bh-dmh").model_copy(
        update={
            "holdings": (
                *without(desk.edition, "bh-dmh").holdings,
                Holding(post="bh-dmh", person="p-022", since=DAY),
            )
        }
    )
    desk.brings_into_force(new)
    before = desk.ledger(ref)
    assert [holder.person for holder in desk.looks_again(hall).seats[0].holders] == ["p-017", "p-022"]
    assert desk.sent(ref, before) == [("request", "bh-dmh")]


def test_a_post_that_nobody_takes_over_is_answered_for_by_the_next_in_the_line(desk: Desk) -> None:
    ref, hall, _ = two_funders(desk)
    desk.brings_into_force(without(desk.edition, "bh-dmh"))
    before = desk.ledger(ref)
    assert [holder.post for holder in desk.looks_again(hall).seats[0].holders] == [
        "bh-dmh",
        "chief-executive",
    ]
    (told,) = (row for row in desk.ledger(ref) if row not in before)
    assert (told.kind, told.post, told.props["because"]) == ("escalation", "chief-executive", "vacant")


def test_a_sponsor_covers_for_nobody_who_decides_their_proposal(desk: Desk) -> None:
    desk.covers("bh-dmh", by="cd-rc")
    case = desk.submits()
    (seat,) = desk.opens(desk.ask(case, HALL)).seats
    assert [holder.person for holder in seat.holders] == ["p-017"]


def test_the_line_goes_on_up_past_a_sponsor_and_whoever_covers_for_them(desk: Desk) -> None:
    desk.covers("cd-rc", by="cd-hsg")
    ref, step = silent_hall(desk, sponsor="cd-rc")
    (told,) = (row.props for row in desk.ledger(ref) if row.kind == "request")
    assert ("line", "Chief Executive") in [(rung["then"], rung["who"]) for rung in told["if_silent"]]
    desk.nudges(step, Nudge.LINE)
    assert [holder.post for holder in desk.holders(step)["bh-dmh"]] == ["bh-dmh", "chief-executive"]


def test_where_only_the_sponsor_is_above_the_pmo_hears_that_there_is_nobody_to_ask(desk: Desk) -> None:
    edition = without(without(desk.edition, "bh-dmh"), "chief-executive")
    desk.brings_into_force(edition)
    case = desk.submits()
    (seat,) = desk.opens(desk.ask(case, HALL)).seats
    assert seat.holders == ()
    assert ("stuck", "corp-projects-manager") in desk.sent(case.case)


def test_a_seat_that_nobody_holds_over_a_weekend_is_brought_to_its_next_holder(desk: Desk) -> None:
    monday, other = date(2004, 9, 20), desk.person("bh-sports")
    left, come = {"until": date(2004, 9, 17)}, Holding(post="chief-executive", person=other, since=monday)
    holdings = [
        held.model_copy(update=left) if held.post == "chief-executive" else held
        for held in desk.edition.holdings
    ]
    changed = desk.edition.model_dump() | {"holdings": [*holdings, come]}
    desk.brings_into_force(Edition.model_validate(changed))
    case = desk.submits()
    saturday = datetime(2004, 9, 18, 9, tzinfo=UTC)
    seats = {seat.key: seat.holders for seat in desk.opens(desk.ask(case, "srg"), saturday).seats}
    assert seats["chief-executive"] == ()
    step = f"{case.case}.srg.1"
    with desk.store.writing() as tx:
        clock.add(tx, jump(tx.clock, to=saturday + timedelta(days=2), real=tx.real))
    with desk.store.reading() as tx:
        assert [*foreseeing.moved(tx)] == [step]
    looked = StepReseated(step=step, number=1, silent=desk.step(step).silent, at=saturday + timedelta(days=2))
    done(desk.register.reseated(looked))
    assert [holder.person for holder in desk.holders(step)["chief-executive"]] == [other]


def test_a_seat_that_has_answered_is_not_looked_at_again(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    step = f"{case.case}.srg.1"
    desk.records(desk.answers(step, "cd-hsg"))
    desk.covers("cd-hsg", by="bh-sports")
    desk.covers("cd-sch", by="bh-dmh")
    seats = {seat.key: len(seat.holders) for seat in desk.looks_again(step).seats}
    assert {key for key, number in seats.items() if number > 1} == {"cd-sch"}


def test_a_question_that_decides_nothing_may_go_to_an_author(desk: Desk) -> None:
    case = desk.submits("PROP-07")
    (seat,) = desk.opens(desk.ask(case, "completion")).seats
    assert [holder.person for holder in seat.holders] == [desk.person("hoict-rc")]


def test_a_cover_with_a_seat_of_their_own_has_no_second_one(desk: Desk) -> None:
    cover = desk.covers("cd-sch", by="cd-hsg")
    case = desk.submits()
    seats = {seat.key: seat for seat in desk.opens(desk.ask(case, "srg")).seats}
    assert [holder.person for holder in seats["cd-sch"].holders] == [desk.person("cd-sch")]
    assert [holder.person for holder in seats["cd-hsg"].holders] == [cover]
    step = f"{case.case}.srg.1"
    desk.nudges(step, Nudge.COVER)
    people = [holder.person for seat in desk.holders(step).values() for holder in seat]
    assert len(people) == len(set(people))


def test_a_seat_with_nobody_to_ask_is_told_to_the_pmo(desk: Desk) -> None:
    # The Health Authority partner has no line above it in the council.
    case = desk.submits("PROP-03", authors=["health-partner"])
    opened = desk.opens(desk.ask(case, "funding-health-partner"))
    assert opened.seats[0].holders == ()
    (letter,) = (row for row in desk.ledger(case.case) if row.key in desk.mailroom.last)
    assert (letter.kind, letter.post, letter.props["cause"]) == (
        "stuck",
        "corp-projects-manager",
        "nobody_to_ask",
    )


def test_the_pmo_hears_what_becomes_of_a_board_s_question_with_nobody_in_a_seat(desk: Desk) -> None:
    case = desk.submits()
    desk.brings_into_force(without(without(desk.edition, "cd-hsg"), "chief-executive"))
    desk.opens(desk.ask(case, "srg"))
    letter = next(read(row.props) for row in desk.ledger(case.case) if row.kind == "stuck")
    assert isinstance(letter, Stuck)
    assert letter.cause == "nobody_to_ask"
    assert [one.then for one in letter.if_silent] == [Nudge.COUNT, Nudge.CLOSE]
    assert "If you do nothing: on 23 September the votes cast by then are counted" in text_of(letter)


def test_who_has_left_is_no_longer_asked_whatever_rules_the_case_opened_with(desk: Desk) -> None:
    case = desk.submits(sponsor_post="cd-rad")
    desk.brings_into_force(without(desk.edition, "bh-dmh"))
    (seat,) = desk.opens(desk.ask(case, HALL)).seats
    assert seat.holders == (Holder(person="p-003", post="cd-rc", capacity=Capacity.LINE),)


def test_a_letter_says_whom_silence_will_bring_in_and_nobody_else(desk: Desk) -> None:
    def promised(ref: str) -> list[tuple[str, str]]:
        told = next(row.props for row in desk.ledger(ref) if row.kind in ("request", "escalation"))
        return [
            (rung["then"], rung["who"]) for rung in told["if_silent"] if rung["then"] in ("cover", "line")
        ]

    desk.covers("bh-dmh", by="hoict-rc", until=DAY + timedelta(days=60))
    case = desk.submits(authors=["cd-rc"])
    desk.opens(desk.ask(case, HALL))
    # The cover wrote the proposal, and so did the manager.
    assert promised(case.case) == [("line", "Chief Executive")]
    step = f"{case.case}.{HALL}.1"
    desk.nudges(step, Nudge.COVER)
    desk.nudges(step, Nudge.LINE)
    assert [holder.post for holder in desk.holders(step)["bh-dmh"]] == ["bh-dmh", "chief-executive"]
    escalation = desk.ledger(case.case)[-2:]
    (told,) = (row.props for row in escalation if row.kind == "escalation")
    assert [asked["who"] for asked in told["asked"]] == [
        "A. Holder, De Montfort Hall budget, Budget holder, De Montfort Hall"
    ]
    assert "line" not in [rung["then"] for rung in told["if_silent"]]


# ---------------------------------------------------------------- whom silence brings in


def silent_hall(desk: Desk, sponsor: str = "cd-rad") -> tuple[str, str]:
    case = desk.submits(sponsor_post=sponsor)
    desk.opens(desk.ask(case, HALL))
    return case.case, f"{case.case}.{HALL}.1"


@pytest.mark.parametrize(
    ("nudge", "letters", "people"),
    [
        (Nudge.REMIND, [("reminder", "bh-dmh")], ["p-017"]),
        (Nudge.COVER, [("cover", "bh-dmh"), ("covered", "bh-dmh")], ["p-017", "p-019"]),
        (Nudge.LINE, [("covered", "bh-dmh"), ("escalation", "cd-rc")], ["p-017", "p-003"]),
        (Nudge.PMO, [("stuck", "corp-projects-manager")], ["p-017"]),
    ],
)
def test_each_rung_writes_to_those_it_concerns_and_takes_nobody_away(
    desk: Desk, nudge: Nudge, letters: Sequence[tuple[str, str]], people: Sequence[str]
) -> None:
    ref, step = silent_hall(desk)
    desk.covers("bh-dmh", by="bh-land-charges")
    before = desk.ledger(ref)
    desk.nudges(step, nudge)
    assert desk.sent(ref, before) == letters
    assert [holder.person for holder in desk.holders(step)["bh-dmh"]] == people


@pytest.mark.parametrize("nudge", [Nudge.REMIND, Nudge.COVER, Nudge.LINE, Nudge.PMO])
@pytest.mark.parametrize("away", ["bh-dmh", "cd-rc", "corp-projects-manager"])
def test_each_rung_can_be_written_whoever_is_away(each_desk: Desk, nudge: Nudge, away: str) -> None:
    _, step = silent_hall(each_desk)
    each_desk.covers(away, by="cd-hsg")
    each_desk.nudges(step, nudge)
    assert each_desk.step(step).climbed


def test_of_a_manager_who_is_away_both_may_answer_and_the_holder_has_one_letter_of_both(desk: Desk) -> None:
    ref, step = silent_hall(desk)
    cover = desk.covers("cd-rc", by="cd-hsg")
    before = desk.ledger(ref)
    desk.nudges(step, Nudge.LINE)
    assert [holder.person for holder in desk.holders(step)["bh-dmh"]] == ["p-017", cover, "p-003"]
    assert desk.sent(ref, before) == [("covered", "bh-dmh"), ("escalation", "cd-rc"), ("escalation", "cd-rc")]
    (told,) = (row.props for row in desk.ledger(ref) if row.kind == "covered")
    names = [desk.edition.people[person].name for person in (cover, "p-003")]
    assert told["cover"] == " or ".join(names)
    assert told["up_the_line"]


def test_whoever_covers_for_the_next_up_the_line_is_told_that_they_cover_and_for_whom(desk: Desk) -> None:
    ref, step = silent_hall(desk)
    cover = desk.covers("cd-rc", by="cd-hsg")
    desk.nudges(step, Nudge.LINE)
    manager = desk.edition.people[desk.person("cd-rc")]
    told = {row.person: row.props["covering"] for row in desk.ledger(ref) if row.kind == "escalation"}
    assert told == {cover: manager.name, manager.id: ""}
    desk.nudges(step, Nudge.PMO)
    stuck = next(row.props for row in desk.ledger(ref) if row.kind == "stuck")
    away, title = desk.edition.people[cover].name, desk.edition.posts["cd-rc"].title_on(DAY)
    asked = [one["who"] for one in stuck["asked"]]
    assert asked[1:] == [f"{away}, {title} (covering)", f"{manager.name}, {title}"]


def test_a_manager_who_is_away_is_brought_in_with_their_cover_where_the_holder_has_left(desk: Desk) -> None:
    _, step = silent_hall(desk)
    cover = desk.covers("cd-rc", by="cd-hsg")
    desk.brings_into_force(without(desk.edition, "bh-dmh"))
    desk.looks_again(step)
    assert [holder.person for holder in desk.holders(step)["bh-dmh"]] == ["p-017", cover, "p-003"]


def test_after_their_days_a_cover_is_neither_reminded_nor_called_silent_and_the_holder_has_a_link(
    desk: Desk,
) -> None:
    cover = desk.covers("bh-dmh", by="bh-land-charges", until=DAY)
    ref, step = silent_hall(desk)
    before = desk.ledger(ref)
    desk.nudges(step, Nudge.REMIND)
    assert [row.person for row in desk.ledger(ref) if row not in before] == ["p-017"]
    with desk.store.reading() as tx:
        (told,) = (row for row in before if row.kind == "covered")
        link = links.get(tx, told.link_id or "")
    assert link is not None
    assert (link.person, link.step) == ("p-017", step)
    assert link.expires > NINE + timedelta(days=1), "the day after"
    desk.nudges(step, Nudge.PMO)
    stuck = next(row.props for row in desk.ledger(ref) if row.kind == "stuck")
    assert [one["who"] for one in stuck["asked"]] == [
        f"{desk.edition.people['p-017'].name}, {desk.edition.posts['bh-dmh'].title_on(DAY)}"
    ]
    assert cover not in [row.person for row in desk.ledger(ref) if row.kind == "reminder"]


def test_the_next_up_the_line_of_a_post_that_nobody_holds_is_told_of_nobody_who_may_still_answer(
    desk: Desk,
) -> None:
    ref, step = silent_hall(desk)
    desk.brings_into_force(without(desk.edition, "bh-dmh"))
    desk.looks_again(step)
    (told,) = (row.props for row in desk.ledger(ref) if row.kind == "escalation")
    assert (told["because"], told["asked"]) == ("vacant", [])


def test_whoever_may_not_answer_as_they_cover_for_an_author_is_not_told_that_they_still_may(
    desk: Desk,
) -> None:
    ref, step = silent_hall(desk)
    desk.covers("hoict-rc", by="bh-dmh")
    before = desk.ledger(ref)
    desk.looks_again(step)
    new = [row for row in desk.ledger(ref) if row not in before]
    assert [row.kind for row in new] == ["escalation"]
    assert (new[0].props["because"], new[0].props["asked"]) == ("covers_author", [])


def test_a_cover_who_is_named_while_a_question_is_open_is_not_told_that_anybody_is_silent(desk: Desk) -> None:
    ref, step = silent_hall(desk)
    desk.covers("bh-dmh", by="bh-land-charges")
    desk.looks_again(step)
    told = {row.kind: row.props["asked_on"] for row in desk.ledger(ref) if "cover" in row.kind}
    assert told == {"cover": None, "covered": None}


def test_of_somebody_who_was_away_from_the_start_nobody_says_that_they_were_asked(desk: Desk) -> None:
    desk.covers("bh-dmh", by="bh-land-charges")
    ref, step = silent_hall(desk)
    desk.nudges(step, Nudge.LINE)
    *_, told = (row.props for row in desk.ledger(ref) if row.kind == "covered")
    assert (told["up_the_line"], told["asked_on"]) == (True, None)
    (escalation,) = (row.props for row in desk.ledger(ref) if row.kind == "escalation")
    assert ["(covering)" in one["who"] for one in escalation["asked"]] == [True]


def test_a_cover_rung_without_a_cover_writes_to_nobody(desk: Desk) -> None:
    ref, step = silent_hall(desk)
    before = desk.ledger(ref)
    desk.nudges(step, Nudge.COVER)
    assert desk.sent(ref, before) == []


def test_all_the_way_up_the_ladder_each_letter_is_a_new_one_and_the_first_link_still_acts(
    desk: Desk,
) -> None:
    ref, step = silent_hall(desk)
    desk.covers("bh-dmh", by="bh-land-charges")
    for nudge in (Nudge.REMIND, Nudge.REMIND, Nudge.COVER, Nudge.LINE, Nudge.PMO):
        desk.nudges(step, nudge)
    asking = [row for row in desk.ledger(ref) if row.link_id]
    kinds = ["cover", "covered", "covered", "escalation", "reminder", "reminder", "request"]
    assert sorted(row.kind for row in asking) == kinds
    with desk.store.reading() as tx:
        opened = [links.get(tx, row.link_id or "") for row in asking]
    assert all(link and link.revoked_at is None and link.step == step for link in opened)
    reminders = sorted(row.props["number"] for row in asking if row.kind == "reminder")
    assert reminders == [1, 2]


def numbers(desk: Desk, ref: str) -> list[tuple[str, int]]:
    """Return to whom each reminder of a case went, and which one it says it is."""
    rows = [row for row in desk.ledger(ref) if row.kind == "reminder"]
    return [(row.person, row.props["number"]) for row in rows]


def climbs(desk: Desk, step: str, number: int, *silent: str) -> None:
    """Let one rung come due, whether or not those before it did."""
    rung = next(rung for rung in desk.step(step).rungs if rung.number == number)
    done(desk.register.nudged(StepNudged(step=step, rung=rung, silent=silent, at=rung.at)))


def test_a_reminder_counts_from_the_day_on_which_its_reader_was_asked(desk: Desk) -> None:
    ref, step = silent_hall(desk)
    cover = desk.covers("bh-dmh", by="bh-land-charges")
    later = StepReseated(step=step, number=1, silent=("bh-dmh",), at=NINE + timedelta(days=3))
    done(desk.register.reseated(later))
    desk.nudges(step, Nudge.REMIND)
    asked_on = {row.person: row.props["asked_on"] for row in desk.ledger(ref) if row.kind == "reminder"}
    assert asked_on == {"p-017": "2004-09-13", cover: "2004-09-16"}


def test_the_first_reminder_somebody_gets_is_their_first_though_the_clock_jumped_past_one(
    desk: Desk,
) -> None:
    ref, step = silent_hall(desk)
    climbs(desk, step, 2, "bh-dmh")
    assert numbers(desk, ref) == [("p-017", 1)]
    (reminder,) = (row for row in desk.ledger(ref) if row.kind == "reminder")
    assert subject(read(reminder.props)).startswith("Reminder, ")


def test_whoever_is_brought_in_between_two_reminders_has_their_first_with_the_second(desk: Desk) -> None:
    case = desk.submits()
    rungs = [(1, Nudge.REMIND), (2, Nudge.COVER), (3, Nudge.REMIND), (4, Nudge.PMO)]
    ladder = Ladder(due=5, rungs=tuple(LadderRung(day=day, nudge=nudge) for day, nudge in rungs))
    ask = desk.ask(case, HALL)
    ask = ask.model_copy(update={"terms": ask.terms.model_copy(update={"ladder": ladder})})
    desk.opens(ask)
    desk.covers("bh-dmh", by="bh-land-charges")
    for number in (1, 2, 3):
        climbs(desk, ask.step, number, "bh-dmh")
    assert numbers(desk, case.case) == [("p-017", 1), ("p-017", 2), ("p-019", 1)]


def test_a_reminder_with_a_new_link_is_still_one_reminder(desk: Desk) -> None:
    ref, step = silent_hall(desk)
    climbs(desk, step, 1, "bh-dmh")
    with desk.store.writing() as tx:
        (old,) = (row for row in ledger.of_step(tx, step) if row.kind == "reminder")
        bound = LinkBinding(round=1, content_hash="", expires=NINE + timedelta(days=14))
        fields = old.model_dump(include={*QueuedLetter.model_fields} - {"key", "link"})
        links.reissue(tx, old.link_id or "", QueuedLetter(key=f"{old.key}:again1", link=bound, **fields))
    climbs(desk, step, 2, "bh-dmh")
    assert [number for _, number in numbers(desk, ref)] == [1, 1, 2]


@pytest.mark.parametrize("closes", [False, True])
def test_the_pmo_is_told_what_happens_if_it_does_nothing(desk: Desk, closes: bool) -> None:
    case = desk.submits()
    rungs = [LadderRung(day=1, nudge=Nudge.PMO), LadderRung(day=2, nudge=Nudge.CLOSE)]
    ladder = Ladder(due=1, rungs=tuple(rungs[: 1 + closes]))
    ask = desk.ask(case, HALL)
    ask = ask.model_copy(update={"terms": ask.terms.model_copy(update={"ladder": ladder})})
    desk.opens(ask)
    desk.nudges(ask.step, Nudge.PMO)
    (stuck,) = (row for row in desk.ledger(case.case) if row.kind == "stuck")
    closing = {"on": (DAY + timedelta(days=2)).isoformat(), "then": "close", "who": "", "substitute": False}
    assert stuck.props["if_silent"] == ([closing] if closes else [])


def test_only_silent_seats_are_reminded(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    step = f"{case.case}.srg.1"
    desk.records(desk.answers(step, "cd-hsg"))
    before = desk.ledger(case.case)
    desk.nudges(step, Nudge.REMIND)
    reminded = {post for _, post in desk.sent(case.case, before)}
    assert len(reminded) == 7
    assert "cd-hsg" not in reminded


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_step_goes_on_when_somebody_it_asked_has_left(desk: Desk, forgotten: bool) -> None:
    ref, step = silent_hall(desk)
    desk.brings_into_force(without(desk.edition, "bh-dmh", forgotten=forgotten))
    for nudge in (Nudge.REMIND, Nudge.LINE, Nudge.PMO):
        desk.nudges(step, nudge)
    desk.closes(step, desk.answers(step, "bh-dmh", person="p-003"))
    assert [post for kind, post in desk.sent(ref) if kind in ("escalation", "receipt")] == ["cd-rc", "bh-dmh"]


def test_who_has_left_is_not_reminded(desk: Desk) -> None:
    ref, step = silent_hall(desk)
    desk.brings_into_force(without(desk.edition, "bh-dmh"))
    before = desk.ledger(ref)
    desk.nudges(step, Nudge.REMIND)
    assert desk.sent(ref, before) == []


# ------------------------------------------------------------------------- who is told


def test_whoever_answers_has_a_receipt_while_others_are_still_asked(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    step = f"{case.case}.srg.1"
    before = desk.ledger(case.case)
    desk.records(desk.answers(step, "cd-hsg"), desk.answers(step, "cd-rc"))
    assert desk.sent(case.case, before) == [("receipt", "cd-hsg"), ("receipt", "cd-rc")]


def test_at_the_end_each_person_has_one_letter_of_the_right_kind(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    step = f"{case.case}.srg.1"
    early, late = desk.answers(step, "cd-hsg"), desk.answers(step, "cd-rc")
    desk.records(early)
    before = desk.ledger(case.case)
    desk.closes(step, late)
    told = desk.sent(case.case, before)
    assert [letter for letter in told if letter[0] != "closed_without_you"] == [
        ("outcome", "cd-hsg"),
        ("receipt", "cd-rc"),
    ]
    assert len(told) == 8
    assert len({row.person for row in desk.ledger(case.case) if row not in before}) == 8


def receipt(desk: Desk, ref: str, post: str) -> tuple[Receipt, str]:
    """Return the receipt that a post has, and its words on one line."""
    (row,) = (row for row in desk.ledger(ref) if (row.kind, row.post) == ("receipt", post))
    letter = read(row.props)
    assert isinstance(letter, Receipt)
    body = rendered(letter).get_body(("plain",))
    assert body is not None
    return letter, " ".join(body.get_content().split())


def two_funders(desk: Desk) -> tuple[str, str, str]:
    """Ask both funders of a proposal; return its reference and the two steps."""
    case = desk.submits()
    desk.opens(desk.ask(case, HALL))
    desk.opens(desk.ask(case, SPORTS))
    return case.case, f"{case.case}.{HALL}.1", f"{case.case}.{SPORTS}.1"


def test_a_receipt_says_that_a_proposal_waits_for_the_others_who_are_asked(desk: Desk) -> None:
    ref, hall, sports = two_funders(desk)
    desk.closes(sports, desk.answers(sports, "bh-sports"))
    letter, said = receipt(desk, ref, "bh-sports")
    assert (letter.answered, letter.asked, letter.next) == (1, 2, None)
    assert "1 of 2 have answered. Still to answer: Budget holder, De Montfort Hall." in said
    assert "The proposal goes on only when all have answered." in said
    assert "whoever is next" not in said
    desk.closes(hall, desk.answers(hall, "bh-dmh"))
    letter, said = receipt(desk, ref, "bh-dmh")
    assert (letter.answered, letter.asked, letter.waiting_for) == (2, 2, ())
    assert "it goes to Strategic Resources Group" in said


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Choice.RETURN, "returned it for information on 13 September. The sponsor is told what is wanted"),
        (Choice.REJECT, "rejected it on 13 September. The proposal stops here"),
    ],
)
def test_a_receipt_does_not_say_that_a_proposal_goes_on_which_another_has_stopped(
    desk: Desk, answer: Choice, told: str
) -> None:
    ref, hall, sports = two_funders(desk)
    desk.closes(hall, desk.answers(hall, "bh-dmh", answer), choice=answer)
    desk.closes(sports, desk.answers(sports, "bh-sports"))
    letter, said = receipt(desk, ref, "bh-sports")
    assert letter.stopped
    assert f"the proposal goes no further. Budget holder, De Montfort Hall {told}" in said
    assert "goes on" not in said


def test_a_receipt_for_a_refusal_says_that_it_ends_there_whoever_is_silent(desk: Desk) -> None:
    ref, hall, _ = two_funders(desk)
    desk.closes(hall, desk.answers(hall, "bh-dmh", Choice.REJECT), choice=Choice.REJECT)
    letter, said = receipt(desk, ref, "bh-dmh")
    assert letter.waiting_for == ()
    assert "the proposal stops here, and its sponsor is told why" in said


def test_a_receipt_counts_what_was_put_off_as_still_to_be_answered(desk: Desk) -> None:
    ref, hall, sports = two_funders(desk)
    to = date(2004, 12, 1)
    desk.closes(hall, desk.answers(hall, "bh-dmh", Choice.DEFER, until=to), choice=Choice.DEFER, until=to)
    desk.closes(sports, desk.answers(sports, "bh-sports"))
    letter, said = receipt(desk, ref, "bh-sports")
    assert (letter.answered, letter.waiting_for) == (1, (Awaited(who="Budget holder, De Montfort Hall"),))
    assert "goes on only when all have answered" in said


def test_a_forum_s_answer_stays_its_own_when_a_later_version_goes_another_way(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "notification"))
    step = f"{case.case}.notification.1"
    desk.closes(step, desk.answers(step, "heads-of-ict-secretary", Choice.RETURN), choice=Choice.RETURN)
    desk.becomes(case.case, "returned", because=step)
    desk.submits(version=2, decision_needed_by={"date": date(2004, 9, 30)})
    with desk.store.reading() as tx:
        (made,) = intents.decisions_of(tx, case.case)
    assert told(made, desk.edition).who == "Heads of ICT Group"
    assert told(made.model_copy(update={"kind": "srg"}), desk.edition).who == "Secretary, Heads of ICT Group"


def test_the_sponsor_and_the_head_of_profession_hear_what_the_forum_replied(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "notification"))
    step = f"{case.case}.notification.1"
    before = desk.ledger(case.case)
    desk.closes(step, desk.answers(step, "heads-of-ict-secretary", Choice.NOTE), choice=Choice.NOTE)
    assert desk.sent(case.case, before) == [
        ("outcome", "cd-rc"),
        # Who was not consulted is copied.
        ("outcome", "head-of-profession"),
        ("receipt", "heads-of-ict-secretary"),
    ]


@pytest.mark.parametrize(
    ("answer", "veto", "outcome", "told"),
    [
        (Choice.REJECT, False, Choice.APPROVE, True),
        # A veto settles it by itself, whichever way it is not a yes, and there is no tie to break.
        (Choice.REJECT, True, Choice.REJECT, False),
        (Choice.RETURN, True, Choice.RETURN, False),
        (Choice.DEFER, True, Choice.DEFER, False),
    ],
)
def test_a_casting_vote_that_broke_a_tie_is_told(
    desk: Desk, answer: Choice, veto: bool, outcome: Choice, told: bool
) -> None:
    case = desk.submits()
    ask = desk.ask(case, "srg")
    casting = ask.terms.quorum.model_copy(update={"casting": True, "present": 2})
    chair = next(seat.key for seat in ask.seats if seat.chair)
    other = next(seat.key for seat in ask.seats if not seat.chair)
    seats = tuple(seat.model_copy(update={"veto": veto and seat.key == other}) for seat in ask.seats)
    terms = ask.terms.model_copy(update={"quorum": casting})
    ask = ask.model_copy(update={"terms": terms, "seats": seats})
    desk.opens(ask)
    step = f"{case.case}.srg.1"
    until = DAY + timedelta(days=30) if answer is Choice.DEFER else None
    made = desk.answers(step, chair), desk.answers(step, other, answer, until=until)
    desk.records(*made)
    assert settled(made, desk.step(step).seats, casting, final=True) is outcome
    desk.closes(step, choice=outcome, until=until)
    (said,) = {row.props["casting"] for row in desk.ledger(case.case) if row.kind == "outcome"}
    assert said == (desk.edition.posts[chair].title_on(DAY) if told else "")


def test_who_was_asked_in_vain_is_told_why(desk: Desk) -> None:
    ref, step = silent_hall(desk)
    before = desk.ledger(ref)
    desk.closes(step, choice=None, ending=Ending.WITHDRAWN, why="refused_by_another")
    assert desk.sent(ref, before) == [("closed_without_you", "bh-dmh")]
    assert desk.ledger(ref)[-1].props["why"] == "refused_by_another"


def test_a_deferral_is_told_to_sponsor_and_lead(desk: Desk) -> None:
    ref, step = silent_hall(desk)
    before = desk.ledger(ref)
    to = date(2004, 12, 1)
    desk.closes(step, desk.answers(step, "bh-dmh", Choice.DEFER, until=to), choice=Choice.DEFER, until=to)
    assert desk.sent(ref, before) == [("deferred", "cd-rad"), ("deferred", "hoict-rc"), ("receipt", "bh-dmh")]


def test_a_sponsor_whose_cover_puts_off_their_share_hears_of_it_once_and_in_full(desk: Desk) -> None:
    case = desk.submits("PROP-01")
    desk.covers("cd-ce", by="cd-sch")
    desk.opens(desk.ask(case, "funding-cd-ce"))
    step, to = f"{case.case}.funding-cd-ce.1", date(2004, 12, 1)
    before = desk.ledger(case.case)
    made = desk.answers(step, "cd-ce", Choice.DEFER, person=desk.person("cd-sch"), until=to)
    desk.closes(step, made, choice=Choice.DEFER, until=to)
    sponsor = desk.person("cd-ce")
    told = [row for row in desk.ledger(case.case)[len(before) :] if row.person == sponsor]
    assert [row.kind for row in told] == ["deferred"]
    assert told[0].props["answers"][0]["reason"]


def test_a_former_holder_is_not_told_that_they_are_asked_again(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    step, to = f"{case.case}.srg.1", date(2004, 12, 1)
    leaver = desk.person("cd-hsg")
    holdings = [
        one.model_copy(update={"person": desk.person("cd-ell")}) if one.post == "cd-hsg" else one
        for one in desk.edition.holdings
    ]
    desk.brings_into_force(Edition.model_validate(desk.edition.model_dump() | {"holdings": holdings}))
    before = desk.ledger(case.case)
    desk.closes(step, desk.answers(step, "cd-rc", Choice.DEFER, until=to), choice=Choice.DEFER, until=to)
    told = [row.person for row in desk.ledger(case.case)[len(before) :] if row.kind == "closed_without_you"]
    assert told
    assert leaver not in told


def test_a_sponsor_who_is_to_fund_it_reads_that_it_comes_to_them(desk: Desk) -> None:
    case = desk.submits("PROP-01")
    desk.opens(desk.ask(case, "notification"))
    step = f"{case.case}.notification.1"
    desk.closes(step, desk.answers(step, "sd-ict-ca", Choice.NOTE), choice=Choice.NOTE)
    told = {row.post: text_of(read(row.props)) for row in desk.ledger(case.case) if row.kind == "outcome"}
    assert "it goes to you; a letter asks you." in told["cd-ce"]
    assert "You need do nothing." not in told["cd-ce"]
    said = receipt(desk, case.case, "sd-ict-ca")[1]
    assert "it goes to Chief Executive's department sponsor." in said
    assert "You need do nothing more." in said


def test_a_funder_who_sits_on_the_board_that_comes_next_reads_that_they_are_asked(desk: Desk) -> None:
    case = desk.submits("PROP-04")
    desk.opens(desk.ask(case, "funding-cd-rc"))
    step = f"{case.case}.funding-cd-rc.1"
    desk.closes(step, desk.answers(step, "cd-rc"))
    said = receipt(desk, case.case, "cd-rc")[1]
    assert "it goes to Strategic Resources Group; a letter asks you as well." in said
    assert "You need do nothing more." not in said


def test_who_is_told_of_every_reply_hears_of_a_deferral_once(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "notification"))
    step, to = f"{case.case}.notification.1", date(2004, 11, 10)
    before = desk.ledger(case.case)
    made = desk.answers(step, "heads-of-ict-secretary", Choice.DEFER, until=to)
    desk.closes(step, made, choice=Choice.DEFER, until=to)
    assert desk.sent(case.case, before) == [
        ("deferred", "cd-rc"),
        ("deferred", "hoict-rc"),
        ("outcome", "head-of-profession"),
        ("receipt", "heads-of-ict-secretary"),
    ]


def test_whoever_puts_completion_off_has_a_receipt_and_the_sponsor_is_told_what_is_put_off(
    desk: Desk,
) -> None:
    case = desk.submits("PROP-01")
    desk.opens(desk.ask(case, "completion"))
    done(
        desk.cases.became(
            Becoming(case=case.case, state="approved", at=NINE, number=1, valid_until=date(2005, 9, 13))
        )
    )
    step, to = f"{case.case}.completion.1", date(2005, 2, 14)
    before = desk.ledger(case.case)
    desk.closes(step, desk.answers(step, "hoict-ce", Choice.DEFER, until=to), choice=Choice.DEFER, until=to)
    assert desk.sent(case.case, before) == [("deferred", "cd-ce"), ("receipt", "hoict-ce")]
    letter = next(read(row.props) for row in desk.ledger(case.case) if row.kind == "deferred")
    assert subject(letter).startswith("Completion deferred to Mon 14 Feb 2005: ")
    told = text_of(letter)
    assert "The question whether the work is complete is deferred to Monday 14 February 2005" in told
    assert "The approval is valid until Tuesday 13 September 2005" in told
    assert "decision" not in told


@pytest.mark.parametrize(
    ("next_meeting", "told"),
    [
        (False, "You are asked again on Thursday 25 November 2004."),
        (True, "It goes to the meeting of Strategic Resources Group on Thursday 25 November 2004."),
    ],
)
def test_members_who_were_silent_hear_until_when_their_board_puts_it_off(
    desk: Desk, next_meeting: bool, told: str
) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    step, to = f"{case.case}.srg.1", date(2004, 11, 25)
    made = desk.answers(step, "cd-rad", Choice.DEFER, until=to, next_meeting=next_meeting)
    desk.closes(step, made, choice=Choice.DEFER, until=to, next_meeting=next_meeting)
    letter = next(read(row.props) for row in desk.ledger(case.case) if row.kind == "closed_without_you")
    assert subject(letter).startswith("Deferred to Thu 25 Nov: ")
    assert told in text_of(letter)
    assert "settled" not in text_of(letter)


def test_what_is_put_off_to_the_next_meeting_is_told_so_and_that_it_goes_where_that_goes(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    step, to = f"{case.case}.srg.1", date(2004, 11, 25)
    made = desk.answers(step, "cd-rc", Choice.DEFER, until=to, next_meeting=True)
    desk.closes(step, made, choice=Choice.DEFER, until=to, next_meeting=True)
    told = {}
    for row in desk.ledger(case.case):
        body = rendered(read(row.props)).get_body(("plain",))
        assert body is not None
        told[row.kind] = " ".join(body.get_content().split())
    on = "Thursday 25 November 2004"
    assert f"deferred to the next meeting of Strategic Resources Group, on {on}" in told["deferred"]
    assert "If that meeting is moved, the question goes with it" in told["deferred"]
    assert f", to the next meeting, on {on}." in told["receipt"]


def test_of_several_days_named_the_last_is_the_one_that_is_told(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    step = f"{case.case}.srg.1"
    soon, late = date(2004, 11, 1), date(2004, 12, 1)
    early = desk.answers(step, "cd-hsg", Choice.DEFER, until=late)
    desk.records(early)
    last = desk.answers(step, "cd-rc", Choice.DEFER, until=soon)
    desk.closes(step, last, choice=Choice.DEFER, until=late)
    told = [
        rendered(read(row.props)).get_body(("plain",))
        for row in desk.ledger(case.case)
        if (row.kind, row.post) in (("outcome", "cd-hsg"), ("receipt", "cd-rc"))
    ]
    assert len(told) == 2
    for body in told:
        assert body is not None
        assert "the question is asked again on Wednesday 1 December 2004" in " ".join(
            body.get_content().split()
        )


def test_the_pmo_hears_how_many_of_a_board_are_silent(desk: Desk) -> None:
    case = desk.submits()
    desk.opens(desk.ask(case, "srg"))
    step = f"{case.case}.srg.1"
    before = desk.ledger(case.case)
    desk.nudges(step, Nudge.PMO)
    (row,) = (row for row in desk.ledger(case.case) if row not in before and row.kind == "stuck")
    body = rendered(read(row.props)).get_body(("plain",))
    assert body is not None
    assert "8 of those asked in Strategic Resources Group have not answered" in body.get_content()
    assert "8 have not answered" in subject(read(row.props))


@pytest.mark.parametrize(
    ("sample", "key", "said"), [("PROP-02", HALL, True), ("PROP-01", "funding-cd-ce", False)]
)
def test_a_sponsor_s_seat_on_a_board_is_named_where_the_board_is_asked(
    desk: Desk, sample: str, key: str, said: bool
) -> None:
    case = desk.submits(sample, sponsor_post="cd-rc")
    desk.opens(desk.ask(case, key))
    (row,) = (row for row in desk.ledger(case.case) if row.kind == "request")
    assert any("is a member of Strategic Resources Group" in one for one in row.props["coincidences"]) is said


def test_a_direct_notification_is_put_on_the_forum_s_next_list(desk: Desk) -> None:
    case = desk.submits("PROP-07")
    desk.opens(desk.ask(case, "notification"))
    step = f"{case.case}.notification.1"
    before = desk.ledger(case.case)
    desk.closes(step, desk.answers(step, "sd-ict-ca", Choice.NOTE), choice=Choice.NOTE)
    assert ("listed", "heads-of-ict-secretary") in desk.sent(case.case, before)


def test_a_step_that_has_ended_leaves_no_link_that_acts(desk: Desk) -> None:
    ref, step = silent_hall(desk)
    desk.nudges(step, Nudge.REMIND)
    desk.closes(step, desk.answers(step, "bh-dmh"))
    with desk.store.reading() as tx:
        given = [links.get(tx, row.link_id) for row in desk.ledger(ref) if row.link_id]
    assert len(given) == 2
    assert all(link and link.revoked_at and link.why == "decided" for link in given)


# ------------------------------------------------------------------- answers on their way


def test_an_answer_submitted_in_time_is_on_its_way_until_it_is_settled(desk: Desk) -> None:
    _, step = silent_hall(desk)
    due = NINE + timedelta(hours=4)

    def on_their_way(step: str, before: datetime = due) -> tuple[str, ...]:
        return done(desk.register.unsettled_intents(AnswersDue(step=step, before=before)))

    assert on_their_way(step) == ()
    made = desk.answers(step, "bh-dmh", at=due - timedelta(minutes=1))
    assert on_their_way(step, due - timedelta(minutes=2)) == ()
    assert on_their_way(step) == (made.key,)
    assert on_their_way(f"{step[:-1]}2") == ()
    desk.closes(step, made)
    assert on_their_way(step) == ()
