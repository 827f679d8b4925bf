"""What a changed handbook does to the ways of stored proposals. Days and ways here were counted by hand."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from service import handbook, proposals, telling
from service.handbook import Edition
from service.rehearsing import Rehearsal, Rerouted, Stored, Tally
from tests.support.samples import SAMPLES
from workflows.model import Size
from workflows.rules import calendar, course, routing
from workflows.rules.routing import LEGS

LEICESTER = handbook.load("leicester")
LITERAL = handbook.load("leicester/framework-2004")
MAJORS = ("PROP-02", "PROP-03", "PROP-04", "PROP-09", "PROP-10", "PROP-11")
"""Those of Leicester that are declared major; each also has more than £75,000 of capital."""


def changed(**parts: Any) -> Edition:
    """Leicester's edition with parts of it replaced."""
    return Edition.model_validate(LEICESTER.model_dump() | parts)


def major_from(pounds: int) -> Edition:
    return changed(route=LEICESTER.route.model_copy(update={"major_capital": Decimal(pounds)}).model_dump())


def stored(sample: str, **changes: Any) -> Stored:
    """A sample as a case's last version, received on its morning."""
    document = SAMPLES[sample] | changes
    day = SAMPLES[sample]["submitted_on"]["date"]
    return Stored(
        ref=sample,
        title=document["title"],
        state="with_funders",
        open=True,
        edition=LEICESTER.hash,
        submitted=datetime.combine(day, time(9), UTC),
        content=proposals.normalise(document, LEICESTER),
    )


def rerouted(draft: Edition, *given: Stored) -> list[Rerouted]:
    rehearsal = Rehearsal(draft)
    return [rehearsal.reroute(one, LEICESTER) for one in given]


def tallied(found: Iterable[Rerouted]) -> Tally:
    tally = Tally()
    for one in found:
        tally.take(one)
    return tally


def every() -> list[Stored]:
    return [stored(name) for name, each in SAMPLES.items() if each["organisation"] == "leicester"]


def costing(pounds: int) -> dict[str, Any]:
    return {"capital_gbp": pounds, "revenue_gbp_per_year": 0}


@pytest.mark.parametrize(
    ("sample", "days"),
    [
        # 9 June and 3 days for the meeting's answer, 5 for the funder; 31 May 2004 is not worked.
        ("PROP-01", 24),
        # 13 October and 3 days, 5 for the funders, 5 for SRG.
        ("PROP-02", 35),
        # The issue goes to the meeting of 12 May with the notification, and takes no days of its own.
        ("PROP-06", 14),
        # Its bid is known on 28 February 2008, however early the Heads of ICT have noted it.
        ("PROP-09", 64),
    ],
)
def test_the_days_of_a_way_are_those_that_its_questions_leave_people(sample: str, days: int) -> None:
    (one,) = rerouted(LEICESTER, stored(sample))
    assert one.before == one.after
    assert one.before is not None
    assert one.before.days == days
    assert not one.changed


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ("PROP-01", {"notification": date(2004, 6, 14), "funding": date(2004, 6, 21)}),
        # Both are put to the meeting of 12 May.
        (
            "PROP-06",
            {
                "notification": date(2004, 5, 17),
                "issue_resolution": date(2004, 5, 17),
                "funding": date(2004, 5, 24),
            },
        ),
        # No funder is asked before the outcome of the bid is known, on 28 February.
        (
            "PROP-09",
            {
                "notification": date(2008, 1, 14),
                "bid_outcome": date(2008, 3, 6),
                "funding": date(2008, 3, 13),
                "srg": date(2008, 3, 20),
            },
        ),
    ],
)
def test_a_sponsor_is_told_the_days_that_a_rehearsal_counts(sample: str, told: dict[str, date]) -> None:
    (one,) = rerouted(LEICESTER, stored(sample))
    assert one.before is not None
    received = SAMPLES[sample]["submitted_on"]["date"]
    stops = telling.stops(one.before.legs, LEICESTER, received)
    days = {stop.leg: stop.by for stop in stops if not LEGS[stop.leg].after_approval}
    assert days == told
    last = max(told.values())
    assert calendar.working_days_between(received, last, LEICESTER.non_working) == one.before.days


def test_an_added_approver_answers_beside_the_funders_and_puts_srg_off_by_nothing() -> None:
    (one,) = rerouted(LEICESTER, stored("PROP-02"))
    assert one.before is not None
    route = course.joined(one.before.legs, [routing.extra("head-of-profession", "8.1")])
    received = SAMPLES["PROP-02"]["submitted_on"]["date"]
    days = {stop.leg: stop.by for stop in telling.stops(route, LEICESTER, received)}
    assert (days["funding"], days["extra"], days["srg"]) == (
        date(2004, 10, 25),
        date(2004, 10, 25),
        date(2004, 11, 1),
    )


def test_what_comes_after_business_is_received_and_counted_from_the_next_day() -> None:
    late = stored("PROP-02")._replace(submitted=datetime(2004, 9, 13, 17, tzinfo=UTC))
    (one,) = rerouted(LEICESTER, late)
    assert one.before is not None
    assert one.before.days == 34


def test_the_literal_framework_takes_every_major_proposal_from_srg_and_saves_its_five_days() -> None:
    found = rerouted(LITERAL, *every())
    assert tuple(one.stored.ref for one in found if one.missed_srg) == MAJORS
    for one in found:
        assert [leg.leg for leg in one.lost] == (["srg"] if one.missed_srg else [])
        assert (one.gained, one.altered, one.saved) == ((), (), 5 if one.missed_srg else 0)
    tally = tallied(found)
    assert (tally.cases, tally.other_way, tally.other_days, tally.not_routed) == (11, 6, 0, 0)
    assert (tally.srg_before, tally.srg_after, tally.missed_srg, tally.newly_to_srg) == (6, 0, 6, 0)
    assert (tally.saved, tally.median_saved) == (30, 5)


def test_who_loses_work_is_counted_by_seats_and_forums() -> None:
    tally = tallied(rerouted(LITERAL, *every()))
    shifts = {(shift.body, shift.forum): (shift.before, shift.after) for shift in tally.shifts}
    seats = {post for post, forum in shifts if not forum}
    # From April 2007 the Service Director, Information, has the seat that was that for ICT.
    assert seats == {*LEICESTER.forums["srg"].members, "sd-information"}
    assert shifts["sd-information", False] == (3, 0)
    assert shifts["chief-executive", False] == (6, 0)
    assert shifts["srg", True] == (6, 0)
    # It also pays for PROP-09, PROP-10 and half of PROP-11, answers for CS4 and CS5, and knows of bids.
    assert shifts["chief-finance-officer", False] == (12, 6)
    assert next(shift.body for shift in tally.shifts) == "srg"


@pytest.mark.parametrize(
    ("pounds", "missed", "new"),
    [
        # Every sample that is major is declared so: no threshold takes one from SRG.
        (75_000, [], []),
        (10_000_000, [], []),
        # £48,000 for the depot's link is above £45,000; £42,000 for land charges is not.
        (45_000, [], ["PROP-06"]),
        (42_000, [], ["PROP-06", "PROP-08"]),
    ],
)
def test_of_the_samples_only_those_near_the_threshold_change(
    pounds: int, missed: list[str], new: list[str]
) -> None:
    found = rerouted(major_from(pounds), *every())
    assert [one.stored.ref for one in found if one.missed_srg] == missed
    assert [one.stored.ref for one in found if one.newly_to_srg] == new
    assert [one.stored.ref for one in found if one.another_way] == missed + new


@pytest.mark.parametrize(
    ("size", "pounds", "misses"),
    [
        ("minor", 49_999, False),
        ("minor", 50_000, True),
        ("minor", 74_999, True),
        ("minor", 75_000, False),
        ("major", 60_000, False),
    ],
)
def test_raising_the_threshold_takes_from_srg_what_is_major_by_its_capital_alone(
    size: str, pounds: int, misses: bool
) -> None:
    one = stored("PROP-01", size=size, cost_profile=costing(pounds))
    (found,) = rerouted(major_from(75_000), one)
    assert found.missed_srg is misses
    lost, gained = (["srg", "project", "post_implementation_review"], ["completion"]) if misses else ([], [])
    assert [leg.leg for leg in found.lost] == lost
    assert [leg.leg for leg in found.gained] == gained
    assert found.saved == (5 if misses else 0)


@pytest.mark.parametrize(("override", "decides"), [(Size.MINOR, False), (Size.MAJOR, True), (None, True)])
def test_what_the_pmo_has_set_stays_whatever_the_draft_makes_of_it(
    override: Size | None, decides: bool
) -> None:
    one = stored("PROP-01", size="minor", cost_profile=costing(60_000))._replace(override=override)
    (found,) = rerouted(major_from(75_000), one)
    assert found.before is not None
    assert any(leg.leg == "srg" for leg in found.before.legs) is decides
    assert found.missed_srg is (override is None)


def test_a_lower_limit_adds_an_authority_to_the_funders_and_keeps_the_legs() -> None:
    draft = changed(
        limits=LEICESTER.limits | {"bh-dmh": Decimal(80_000)},
        next_authority=LEICESTER.next_authority,
    )
    (one,) = rerouted(draft, stored("PROP-02"))
    assert (one.another_way, one.lost, one.gained, one.saved) == (True, (), (), 0)
    ((was, new),) = one.altered
    assert set(new.who) - set(was.who) == {LEICESTER.posts["bh-dmh"].line}
    (shift,) = tallied([one]).shifts
    assert (shift.body, shift.before, shift.after) == ("cd-rc", 1, 2)


def test_a_longer_ladder_changes_days_and_no_way() -> None:
    funding = LEICESTER.steps["funding"]
    longer = funding.model_copy(update={"ladder": funding.ladder.model_copy(update={"due": 8})})
    (one,) = rerouted(changed(steps=LEICESTER.steps | {"funding": longer}), stored("PROP-01"))
    assert (one.another_way, one.changed, one.saved) == (False, True, -3)
    tally = tallied([one])
    assert (tally.other_way, tally.other_days, tally.saved, tally.median_saved) == (0, 1, -3, -3)


def test_a_meeting_on_another_day_is_another_way() -> None:
    heads = LEICESTER.forums["heads-of-ict"]
    moved = tuple(day for day in heads.meetings if day.isoformat() != "2004-10-13")
    draft = changed(forums=LEICESTER.forums | {heads.key: heads.model_copy(update={"meetings": moved})})
    (one,) = rerouted(draft, stored("PROP-02"))
    ((was, new),) = one.altered
    assert (str(was.meeting), str(new.meeting)) == ("2004-10-13", "2004-11-10")
    assert one.saved == -20


def test_a_new_number_for_a_clause_sends_nobody_another_way() -> None:
    clause = LEICESTER.clauses["funding"].model_copy(update={"number": "FUND-9"})
    (one,) = rerouted(changed(clauses=LEICESTER.clauses | {"funding": clause}), stored("PROP-01"))
    assert not one.changed


def test_a_principle_that_is_new_is_taken_as_met_and_one_that_is_gone_is_passed_over() -> None:
    known = LEICESTER.principles
    new = known["P01"].model_copy(update={"key": "P15"})
    draft = changed(principles={key: each for key, each in known.items() if key != "P14"} | {"P15": new})
    one, other = rerouted(draft, stored("PROP-02"), stored("PROP-04"))
    assert not one.changed
    # It deviates from P04 as well, and its consultation is about that alone.
    assert (other.why, other.another_way) == ("", False)


@pytest.mark.parametrize(
    ("sample", "part", "gone", "why"),
    [
        ("PROP-02", "posts", "bh-sports", "there is no post bh-sports"),
        ("PROP-10", "corporate_systems", "CS4", "there is no corporate system CS4"),
        ("PROP-03", "departments", "dept-sch", "there is no department dept-sch"),
    ],
)
def test_what_a_draft_no_longer_knows_leaves_a_proposal_without_a_way(
    sample: str, part: str, gone: str, why: str
) -> None:
    left = {key: each for key, each in getattr(LEICESTER, part).items() if key != gone}
    (one,) = rerouted(LEICESTER.model_copy(update={part: left}), stored(sample))
    assert (one.why, one.after, one.changed) == (why, None, False)
    tally = tallied([one])
    assert (tally.cases, tally.not_routed, tally.srg_before, tally.days_before) == (1, 1, 0, 0)


def test_without_a_rule_for_bids_a_proposal_that_waits_for_one_has_no_way() -> None:
    draft = changed(route=LEICESTER.route.model_copy(update={"bids": None}).model_dump())
    (one,) = rerouted(draft, stored("PROP-09"))
    assert one.why == "Leicester City Council has no rule for money that depends on a bid"


def test_a_version_whose_text_is_gone_is_said_to_be() -> None:
    (one,) = rerouted(LITERAL, stored("PROP-02")._replace(content=None))
    assert (one.before, one.after) == (None, None)
    assert one.why == "its text was erased, or is not what was submitted"


@pytest.mark.parametrize(
    ("saved", "median"), [([], 0), ([5], 5), ([5, 1], 1), ([9, 5, 1], 5), ([9, 5, -3, 1], 1), ([-2, -2], -2)]
)
def test_the_middle_one_of_those_that_change_stands_for_them(saved: list[int], median: int) -> None:
    tally = Tally()
    (one,) = rerouted(LEICESTER, stored("PROP-01"))
    assert one.before is not None
    for days in saved:
        tally.take(Rerouted(one.stored, one.before, one.before._replace(days=one.before.days - days)))
    assert tally.median_saved == median
