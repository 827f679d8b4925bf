"""The way of a proposal: the twelve samples, and each rule that sends one another way."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import handbook, proposals
from service.handbook import Edition
from tests.support.samples import SAMPLES
from workflows.model import Assurance, Choice, Ladder, Leg, Proposal, RoutingRules, Share, Size, State, Terms
from workflows.rules import calendar, routing, states

SHIPPED = handbook.load("leicester")
LITERAL = handbook.load("leicester", variant="framework-2004")

MINOR = ("notification", "funding", "completion")
MAJOR = ("notification", "funding", "srg", "project", "post_implementation_review")
MAJOR_2004 = ("notification", "funding", "project", "post_implementation_review")
"""The legs of this table are those that are certain without a deviation, an issue or a bid."""


def way(ref: str, edition: Edition) -> tuple[Leg, ...]:
    document = SAMPLES[ref]
    submitted = proposals.submitted_on(document, edition)
    assert submitted is not None
    content = proposals.normalise(document, edition)
    facts = proposals.facts(content, submitted=submitted, edition=edition)
    return routing.route(facts, edition.routing(submitted))


def legs(route: tuple[Leg, ...]) -> tuple[str, ...]:
    return tuple(leg.leg for leg in route)


@pytest.mark.parametrize(
    ("ref", "shipped", "literal", "meeting", "funders"),
    [
        ("PROP-01", MINOR, MINOR, "2004-06-09", ("cd-ce",)),
        ("PROP-02", MAJOR, MAJOR_2004, "2004-10-13", ("bh-dmh", "bh-sports")),
        ("PROP-03", MAJOR, MAJOR_2004, "2004-11-10", ("cd-sch", "health-partner")),
        ("PROP-04", MAJOR, MAJOR_2004, "2004-10-13", ("cd-rc",)),
        ("PROP-05", MINOR, MINOR, "2004-07-14", ("cd-rc",)),
        ("PROP-06", MINOR, MINOR, "2004-05-12", ("cd-rc",)),
        ("PROP-07", MINOR, MINOR, None, ("cd-rc",)),
        ("PROP-08", MINOR, MINOR, "2004-12-08", ("bh-land-charges",)),
        ("PROP-09", MAJOR, MAJOR_2004, "2008-01-09", ("chief-finance-officer",)),
        ("PROP-10", MAJOR, MAJOR_2004, "2008-02-13", ("chief-finance-officer",)),
        ("PROP-11", MAJOR, MAJOR_2004, "2008-03-12", ("sd-hr", "chief-finance-officer")),
    ],
)
def test_each_sample_passes_the_legs_its_papers_expect(
    ref: str,
    shipped: tuple[str, ...],
    literal: tuple[str, ...],
    meeting: str | None,
    funders: tuple[str, ...],
) -> None:
    route = way(ref, SHIPPED)
    assert legs(route) == shipped
    assert legs(way(ref, LITERAL)) == literal
    assert route[0].meeting == (date.fromisoformat(meeting) if meeting else None)
    assert route[1].who == funders


def test_every_sample_is_in_the_table_or_of_an_organisation_without_a_handbook() -> None:
    known = [ref for ref, document in SAMPLES.items() if document["organisation"] == "leicester"]
    assert known == [f"PROP-{number:02d}" for number in range(1, 12)]
    assert [ref for ref in SAMPLES if ref not in known] == ["PROP-12"]


@pytest.mark.parametrize("edition", [SHIPPED, LITERAL])
@pytest.mark.parametrize("ref", [ref for ref in SAMPLES if ref != "PROP-12"])
def test_from_leg_to_leg_a_route_goes_only_where_the_states_allow(ref: str, edition: Edition) -> None:
    route = way(ref, edition)
    approving = states.approval_legs(route)
    assert approving == route[: len(approving)]
    passed = [states.while_passing(leg) for leg in route]
    path = [
        State.SUBMITTED,
        *passed[: len(approving)],
        State.APPROVED,
        *passed[len(approving) :],
        State.CLOSED,
    ]
    assert [
        (one, following)
        for one, following in pairwise(path)
        if one is not following and following not in states.TRANSITIONS[one]
    ] == []


# ----------------------------------------------------------------------------- the table

EVERY_RULE = SHIPPED.routing().model_copy(update={"limits": {"cd-rc": Decimal(1)}})
"""Under these a proposal passes every leg there is, and an authority above its funder."""


def each_leg() -> dict[str, Leg]:
    """Return each leg of the table as its rule puts it on the route of a minor or a major proposal."""
    made = {}
    for name, passage in routing.LEGS.items():
        legs = [passage.rule(proposal(size=size), EVERY_RULE) for size in Size]
        made[name] = next(leg for leg in legs if leg is not None)
    return made


def test_every_leg_is_in_the_table_under_its_own_name() -> None:
    assert {name: leg.leg for name, leg in each_leg().items()} == {name: name for name in routing.LEGS}
    assert {leg.leg for leg in routing.branches(proposal(), EVERY_RULE).values()} <= set(routing.LEGS)


def test_every_function_that_makes_a_leg_has_its_row_in_the_table() -> None:
    rules = {
        made
        for made in vars(routing).values()
        if getattr(made, "__module__", "") == routing.__name__
        and get_type_hints(made).get("return") == Leg | None
    }
    assert rules == {passage.rule for passage in routing.LEGS.values()}


def test_the_table_names_the_questions_and_the_clauses_of_every_leg() -> None:
    numbers = {number: name for name, number in EVERY_RULE.clauses.items()}
    for name, leg in each_leg().items():
        passage = routing.LEGS[name]
        assert {ask.kind for ask in leg.asks} == {*passage.kinds}
        assert numbers[leg.clause] in (passage.clauses or (name,))


def test_a_new_row_is_a_leg_that_is_shown_and_asked_and_has_its_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def outcome_of_bid(proposal: Proposal, rules: RoutingRules) -> Leg | None:
        return Leg(leg="bid_outcome", who=(proposal.lead,), clause="IP-7", reason="a bid is pending")

    row = routing.Passage(outcome_of_bid, State.AWAITING_BID)
    monkeypatch.setitem(routing.LEGS, "bid_outcome", row)
    route = routing.route(proposal(), SHIPPED.routing())
    assert "bid_outcome" in legs(route)
    assert "bid_outcome" in legs(states.approval_legs(route))
    assert states.while_passing(route[-1]) is State.AWAITING_BID


_KEYS = {
    "notify": "notification",
    "notify_direct": "notification",
    "funding_party_approval": "funding",
    "prince2_stages": "project",
    "post_implementation_review": "post_implementation_review",
}
"""Words of the samples' expected paths that are legs here."""


@pytest.mark.parametrize("ref", [ref for ref in SAMPLES if ref != "PROP-12"])
def test_the_literal_edition_gives_the_expected_path_of_the_sample(ref: str) -> None:
    expected = [_KEYS[word] for word in SAMPLES[ref]["expected_path"] if word in _KEYS]
    assert [leg for leg in legs(way(ref, LITERAL)) if leg != "completion"] == expected


@pytest.mark.parametrize("ref", [ref for ref in SAMPLES if ref != "PROP-12"])
def test_the_meeting_is_the_one_the_sample_names(ref: str) -> None:
    named = SAMPLES[ref]["notification"].get("meeting")
    assert way(ref, SHIPPED)[0].meeting == named


def test_every_leg_says_which_clause_put_it_there_and_why() -> None:
    for ref in SAMPLES:
        if ref != "PROP-12":
            for leg in way(ref, SHIPPED):
                assert SHIPPED.clause_text(leg.clause)
                assert leg.reason
                assert leg.who


def test_srg_decides_because_the_proposal_is_major() -> None:
    srg = way("PROP-02", SHIPPED)[2]
    assert (srg.clause, srg.reason) == ("SRG-1", "SRG decides because the proposal is major")
    assert srg.who == ("srg",)
    seats = srg.asks[0].seats
    assert len(seats) == 8
    assert [seat.post for seat in seats if seat.chair] == ["chief-executive"]
    assert all(seat.amount is None for seat in seats)


def test_each_funder_is_asked_for_its_own_pounds_in_a_step_of_its_own() -> None:
    funding = way("PROP-02", SHIPPED)[1]
    assert [(ask.key, ask.seats[0].post, ask.seats[0].amount) for ask in funding.asks] == [
        ("funding-bh-dmh", "bh-dmh", Decimal("84000.00")),
        ("funding-bh-sports", "bh-sports", Decimal("56000.00")),
    ]


# ------------------------------------------------------------------------- notification


def proposal(**changes: Any) -> Proposal:
    given = {
        "organisation": "leicester",
        "department": "dept-rc",
        "sponsor": "cd-rc",
        "lead": "hoict-rc",
        "size": Size.MINOR,
        "capital": Decimal(30_000),
        "shares": (Share(post="cd-rc", percent=Decimal(100), amount=Decimal(30_000)),),
        "submitted": date(2004, 9, 13),
        "decide_by": date(2004, 11, 30),
    }
    return Proposal(**{**given, **changes})


@pytest.mark.parametrize(
    ("submitted", "decide_by", "meeting"),
    [
        ("2004-10-06", "2004-11-30", "2004-10-13"),  # on the day of the papers deadline
        ("2004-10-07", "2004-11-30", "2004-11-10"),  # a day late: the next meeting
        ("2004-10-07", "2004-11-10", None),  # which is not strictly before the decision date
        ("2004-10-07", "2004-11-11", "2004-11-10"),
        ("2004-07-20", "2004-08-20", None),  # no meeting in August
        ("2004-07-20", "2004-09-09", "2004-09-08"),
        ("2026-01-05", "2026-12-01", "2026-01-14"),  # and in years after the papers
        ("2035-02-05", "2035-12-01", "2035-02-14"),
    ],
)
def test_a_meeting_serves_if_its_papers_can_be_made_and_it_falls_before_the_decision(
    submitted: str, decide_by: str, meeting: str | None
) -> None:
    asked = proposal(submitted=date.fromisoformat(submitted), decide_by=date.fromisoformat(decide_by))
    leg = routing.route(asked, SHIPPED.routing())[0]
    if meeting:
        assert (leg.meeting, leg.who) == (date.fromisoformat(meeting), ("heads-of-ict",))
        assert leg.asks[0].seats[0].post == "heads-of-ict-secretary"
    else:
        assert (leg.meeting, leg.who, leg.clause) == (None, ("sd-ict-ca",), "NOTIFY-2")


def test_the_post_that_succeeded_is_notified_directly_after_the_succession() -> None:
    asked = proposal(submitted=date(2008, 7, 21), decide_by=date(2008, 8, 20))
    assert routing.route(asked, SHIPPED.routing(asked.submitted))[0].who == ("sd-information",)


@given(st.dates(date(2002, 1, 1), date(2012, 1, 1)), st.integers(1, 200))
def test_the_notification_is_always_at_the_first_meeting_that_serves(submitted: date, days: int) -> None:
    rules = SHIPPED.routing()
    forum = rules.notification_forum
    assert forum is not None
    decide_by = date.fromordinal(submitted.toordinal() + days)
    meeting = routing.meeting_for(proposal(submitted=submitted, decide_by=decide_by), forum, rules)
    serving = [
        each
        for each in forum.meetings
        if each < decide_by
        and calendar.working_days_between(submitted, each, rules.non_working) >= 5
        and submitted <= routing.papers_due(each, forum, rules)
    ]
    assert meeting == (serving[0] if serving else None)


# ------------------------------------------------------------------------------- limits


def asks(post: str, amount: int, *others: Share) -> dict[str, str]:
    share = Share(post=post, percent=Decimal(100), amount=Decimal(amount))
    leg = routing.funding(proposal(shares=(share, *others)), SHIPPED.routing())
    assert leg is not None
    return {ask.key: ask.seats[0].post for ask in leg.asks}


@pytest.mark.parametrize(
    ("post", "amount", "authority"),
    [
        ("bh-dmh", 100_000, None),  # the limit itself is within it
        ("bh-dmh", 100_001, "cd-rc"),
        ("bh-land-charges", 50_001, "cd-rad"),
        ("bh-dmh", 250_001, "chief-executive"),  # the corporate director's limit does not cover it
        ("cd-rc", 250_001, "chief-executive"),
        ("chief-finance-officer", 5_000_000, None),
        ("health-partner", 5_000_000, None),
    ],
)
def test_above_its_limit_a_share_goes_to_the_first_post_up_the_line_that_may_approve_it(
    post: str, amount: int, authority: str | None
) -> None:
    expected = {f"funding-{post}": post} | ({f"authority-{post}": authority} if authority else {})
    assert asks(post, amount) == expected


def test_an_authority_that_also_funds_is_asked_both_questions_and_named_once() -> None:
    own = Share(post="cd-rc", percent=Decimal(10), amount=Decimal(15_000))
    assert asks("bh-dmh", 135_000, own) == {
        "funding-bh-dmh": "bh-dmh",
        "funding-cd-rc": "cd-rc",
        "authority-bh-dmh": "cd-rc",
    }


def test_limits_that_go_round_in_a_circle_still_come_to_an_end() -> None:
    rules = RoutingRules(limits={"a": Decimal(1), "b": Decimal(1)}, next_authority={"a": "b", "b": "a"})
    share = Share(post="a", percent=Decimal(100), amount=Decimal(5))
    assert routing.authority(share, rules) == "b"


# ----------------------------------------------------------------------------- branches


def test_a_referral_adds_srg_where_there_is_one() -> None:
    assert routing.branches(proposal(), SHIPPED.routing())["srg"].forum == "srg"
    assert routing.branches(proposal(), RoutingRules()) == {}


def test_an_organisation_without_notification_begins_with_its_funders() -> None:
    rules = SHIPPED.routing().model_copy(update={"notification_forum": None, "srg": None})
    assert legs(routing.route(proposal(), rules)) == ("funding", "completion")


ABOVE = routing.branches(proposal(), SHIPPED.routing())


@pytest.mark.parametrize(
    ("kind", "written", "branches", "left"),
    [
        ("funding", "approve reject refer_up", ABOVE, "approve reject refer_up"),
        ("funding", "approve reject refer_up", {}, "approve reject"),
        ("srg", "approve reject not_support refer_up", ABOVE, "approve reject"),
        ("completion", "verify defer send_back return refer_up", ABOVE, "verify defer"),
        ("gate", "authorise", ABOVE, ""),
    ],
)
def test_only_choices_that_lead_somewhere_are_offered_whatever_an_edition_says(
    kind: str, written: str, branches: dict[str, Leg], left: str
) -> None:
    terms = Terms(kind=kind, choices=tuple(map(Choice, written.split())), ladder=Ladder(due=5))
    assert routing.offering(terms, branches).choices == tuple(map(Choice, left.split()))


def test_the_shipped_handbooks_offer_only_what_leads_somewhere() -> None:
    for edition in (SHIPPED, LITERAL):
        for terms in edition.terms().values():
            assert routing.offering(terms, ABOVE) == terms


def test_working_out_the_same_way_twice_gives_the_same() -> None:
    assert way("PROP-02", SHIPPED) == way("PROP-02", Edition.from_json(SHIPPED.to_json()))


@pytest.mark.parametrize(
    ("amount", "assurance"),
    [
        (None, Assurance.LINK),
        ("49999.99", Assurance.LINK),
        ("50000", Assurance.LINK),
        ("50000.01", Assurance.CODE),
    ],
)
def test_a_code_is_asked_above_the_sum_and_not_at_it(amount: str | None, assurance: Assurance) -> None:
    terms = Terms(kind="funding", choices=(), ladder=Ladder(due=5), code_above=Decimal(50_000))
    assert terms.assurance_for(Decimal(amount) if amount else None) is assurance
