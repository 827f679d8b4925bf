"""The way of a proposal: the twelve samples, and each rule that sends one another way."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import handbook, proposals
from service.handbook import Edition
from tests.support.samples import SAMPLES, expected
from workflows.model import (
    Assurance,
    Choice,
    Ladder,
    Leg,
    Proposal,
    Relation,
    RoutingRules,
    Share,
    Size,
    State,
    Terms,
)
from workflows.rules import actions, calendar, consulting, course, reports, routing, series, states

SHIPPED = handbook.load("leicester")
LITERAL = handbook.load("leicester", variant="framework-2004")
HEREFORDSHIRE = handbook.load("herefordshire")


def shipped(ref: str) -> Edition:
    return HEREFORDSHIRE if SAMPLES[ref]["organisation"] == "herefordshire" else SHIPPED


def literal(ref: str) -> Edition:
    return HEREFORDSHIRE if SAMPLES[ref]["organisation"] == "herefordshire" else LITERAL


def facts(ref: str, edition: Edition, **changes: Any) -> Proposal:
    document = SAMPLES[ref] | changes
    submitted = proposals.submitted_on(document, edition)
    assert submitted is not None
    return proposals.facts(proposals.normalise(document, edition), submitted=submitted, edition=edition)


def way(ref: str, edition: Edition, **changes: Any) -> tuple[Leg, ...]:
    known = facts(ref, edition, **changes)
    return routing.route(known, edition.routing(known.submitted))


def legs(route: tuple[Leg, ...]) -> tuple[str, ...]:
    return tuple(leg.leg for leg in route)


def leg_of(route: tuple[Leg, ...], name: str) -> Leg:
    return next(leg for leg in route if leg.leg == name)


def test_there_are_twelve_samples() -> None:
    assert [*SAMPLES] == [f"PROP-{number:02d}" for number in range(1, 13)]


@pytest.mark.parametrize("ref", SAMPLES)
def test_to_the_letter_of_2004_each_sample_passes_the_legs_of_its_expected_path(ref: str) -> None:
    route = legs(way(ref, literal(ref)))
    major = SAMPLES[ref]["size"]["value"] == "major"
    assert route == (*expected(SAMPLES[ref]["expected_path"]), *(() if major else ("completion",)))
    assert not {*route} & {*expected(SAMPLES[ref].get("not_expected", ()))}


@pytest.mark.parametrize("ref", SAMPLES)
def test_as_shipped_srg_follows_the_funders_of_every_major_sample(ref: str) -> None:
    route = [*legs(way(ref, literal(ref)))]
    if SAMPLES[ref]["size"]["value"] == "major" and ref != "PROP-12":
        route.insert(route.index("funding") + 1, "srg")
    assert legs(way(ref, shipped(ref))) == (*route,)


@pytest.mark.parametrize(
    ("ref", "leg", "who", "meeting"),
    [
        ("PROP-01", "notification", ("heads-of-ict",), "2004-06-09"),
        ("PROP-02", "notification", ("heads-of-ict",), "2004-10-13"),
        ("PROP-02", "funding", ("bh-dmh", "bh-sports"), None),
        ("PROP-03", "funding", ("cd-sch", "health-partner"), None),
        ("PROP-04", "head_of_profession", ("head-of-profession",), None),
        ("PROP-04", "notification", ("heads-of-ict",), "2004-10-13"),
        ("PROP-05", "principal_customer", ("sd-ict-ca",), None),
        ("PROP-05", "notification", ("heads-of-ict",), "2004-07-14"),
        ("PROP-06", "issue_resolution", ("heads-of-ict", "ict-services"), "2004-05-12"),
        ("PROP-07", "notification", ("sd-ict-ca",), None),
        ("PROP-08", "issue_resolution", ("heads-of-ict",), "2004-12-08"),
        ("PROP-08", "funding", ("bh-land-charges",), None),
        ("PROP-09", "notification", ("heads-of-ict",), "2008-01-09"),
        ("PROP-09", "bid_outcome", ("chief-finance-officer",), None),
        ("PROP-10", "principal_customer", ("chief-finance-officer",), None),
        ("PROP-11", "principal_customer", ("sd-hr", "chief-finance-officer"), None),
        ("PROP-11", "funding", ("sd-hr", "chief-finance-officer"), None),
        ("PROP-12", "embargo_exception", ("ipg",), "2007-05-16"),
        ("PROP-12", "funding", ("dir-resources",), None),
    ],
)
def test_each_leg_of_a_sample_asks_whom_its_papers_name(
    ref: str, leg: str, who: tuple[str, ...], meeting: str | None
) -> None:
    found = leg_of(way(ref, shipped(ref)), leg)
    assert found.who == who
    assert found.meeting == (date.fromisoformat(meeting) if meeting else None)


@pytest.mark.parametrize("edition", [shipped, literal])
@pytest.mark.parametrize("ref", SAMPLES)
def test_from_leg_to_leg_a_route_goes_only_where_the_states_allow(
    ref: str, edition: Callable[[str], Edition]
) -> None:
    route = way(ref, edition(ref))
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

EVERY_RULE = SHIPPED.routing().model_copy(
    update={
        "limits": {"cd-rc": Decimal(1)},
        "embargo": HEREFORDSHIRE.routing().embargo,
        "clauses": SHIPPED.routing().clauses | {"embargo_exception": "EMBARGO-1"},
    }
)
"""Under these a proposal may pass every leg there is, and an authority above its funder."""


def all_legs() -> list[Leg]:
    """Return every leg of the routes and branches of proposals that are as troublesome as can be."""
    trouble = {"principles": {"P04": "deviates", "P09": "issue", "P10": "issue"}, "bid_pending": True}
    systems = {"corporate_systems": ("CS8",)}
    given = [
        proposal(size=size, **trouble, **systems, relation=relation) for size in Size for relation in Relation
    ]
    given += [proposal(principles={"P08": "issue"}, **systems)]
    return [
        leg
        for each in given
        for leg in (
            *routing.route(each, EVERY_RULE),
            *routing.branches(each, EVERY_RULE).values(),
            # No rule puts it there, but a person.
            routing.extra("sd-hr", EVERY_RULE.clauses["extra"]),
        )
    ]


def test_every_leg_is_in_the_table_under_its_own_name() -> None:
    assert {leg.leg for leg in all_legs()} == {*routing.LEGS}


def test_every_function_that_makes_a_leg_has_its_row_in_the_table() -> None:
    rules = {
        made
        for module in (routing, consulting)
        for made in vars(module).values()
        if getattr(made, "__module__", "") == module.__name__
        and get_type_hints(made).get("return") == Leg | None
    }
    branches = {consulting.shortfall, consulting.solution}
    assert rules - branches == {passage.rule for passage in routing.LEGS.values()}


def test_the_table_names_the_questions_and_the_clauses_of_every_leg() -> None:
    numbers = {number: name for name, number in EVERY_RULE.clauses.items()}
    put: dict[str, set[str]] = {}
    for leg in all_legs():
        passage = routing.LEGS[leg.leg]
        put.setdefault(leg.leg, set()).update(ask.kind for ask in course.asked_by(leg))
        assert numbers[leg.clause] in (passage.clauses or (leg.leg,))
    # Where nobody answers a challenge, it is referred to SRG in the end.
    put["principal_customer"] -= {"referral", "referral_meeting"}
    assert put == {name: {*passage.kinds} for name, passage in routing.LEGS.items()}


def test_a_new_row_is_a_leg_that_is_shown_and_asked_and_has_its_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def audit(proposal: Proposal, rules: RoutingRules) -> Leg | None:
        return Leg(leg="audit", who=(proposal.lead,), clause="IP-7", reason="everything is audited")

    monkeypatch.setitem(routing.LEGS, "audit", routing.Passage(audit, State.CONSULTING))
    route = routing.route(proposal(), SHIPPED.routing())
    assert "audit" in legs(route)
    assert "audit" in legs(states.approval_legs(route))
    assert states.while_passing(route[-1]) is State.CONSULTING


@pytest.mark.parametrize("ref", SAMPLES)
def test_the_meeting_is_the_one_the_sample_names(ref: str) -> None:
    named = SAMPLES[ref]["notification"].get("meeting")
    assert [leg.meeting for leg in way(ref, shipped(ref)) if leg.leg == "notification"] in ([named], [])


@pytest.mark.parametrize("ref", SAMPLES)
def test_every_leg_says_which_clause_put_it_there_and_why(ref: str) -> None:
    for leg in way(ref, shipped(ref)):
        assert shipped(ref).clause_text(leg.clause)
        assert leg.reason
        assert leg.who


def test_srg_decides_because_the_proposal_is_major() -> None:
    srg = leg_of(way("PROP-02", SHIPPED), "srg")
    assert (srg.clause, srg.reason) == ("SRG-1", "SRG decides because the proposal is major")
    assert srg.who == ("srg",)
    seats = srg.asks[0].seats
    assert len(seats) == 8
    assert [seat.post for seat in seats if seat.chair] == ["chief-executive"]
    assert all(seat.amount is None for seat in seats)


def test_each_funder_is_asked_for_its_own_pounds_in_a_step_of_its_own() -> None:
    funding = leg_of(way("PROP-02", SHIPPED), "funding")
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
    found = routing.notification(proposal(submitted=submitted, decide_by=decide_by), rules)
    meeting = found.meeting if found else None
    serving = [
        each
        for each in forum.meetings
        if each < decide_by
        and calendar.working_days_between(submitted, each, rules.non_working) >= 5
        and submitted <= series.papers_due(each, forum.papers_days, rules.non_working)
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


ABOVE = routing.branches(proposal(principles={"P04": "deviates"}), SHIPPED.routing())


@pytest.mark.parametrize(
    ("kind", "written", "branches", "left"),
    [
        ("funding", "approve reject refer_up", ABOVE, "approve reject refer_up"),
        ("funding", "approve reject refer_up", {}, "approve reject"),
        ("srg", "approve reject not_support refer_up", ABOVE, "approve reject"),
        ("completion", "verify defer send_back return refer_up", ABOVE, "verify defer"),
        ("gate", "authorise", ABOVE, ""),
        ("head_of_profession", "support not_support", ABOVE, "support not_support"),
        ("head_of_profession", "support not_support", {}, "support"),
    ],
)
def test_only_choices_that_lead_somewhere_are_offered_whatever_an_edition_says(
    kind: str, written: str, branches: dict[str, Leg], left: str
) -> None:
    terms = Terms(kind=kind, choices=tuple(map(Choice, written.split())), ladder=Ladder(due=5))
    assert routing.offering(terms, branches).choices == tuple(map(Choice, left.split()))


def test_the_shipped_handbooks_offer_only_what_leads_somewhere() -> None:
    for edition in (SHIPPED, LITERAL):
        for kind, terms in edition.terms().items():
            if kind in actions.KINDS:
                assert terms.choices == actions.KINDS[kind]
            elif kind in reports.KINDS:
                assert {*terms.choices} <= {*reports.KINDS[kind].choices}
            else:
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


# ---------------------------------------------------------------------- corporate systems


@pytest.mark.parametrize(
    ("relation", "principles", "reason"),
    [
        ("duplicates", {}, "it would do what Mapping does already"),
        ("extends", {}, "it extends Mapping, to which its owner consents first"),
        (
            "integrates",
            {"P08": "issue"},
            "an issue is raised with the principle of deemed corporate, about Mapping",
        ),
        (
            "replaces",
            {"P08": "issue"},
            "an issue is raised with the principle of deemed corporate, about Mapping",
        ),
    ],
)
def test_an_owner_is_told_why_their_system_is_asked_about(
    relation: str, principles: dict[str, str], reason: str
) -> None:
    asked = proposal(relation=Relation(relation), principles=principles, corporate_systems=("CS8",))
    leg = consulting.principal_customer(asked, SHIPPED.routing())
    assert leg is not None
    assert leg.reason == reason


def test_several_systems_are_told_as_several() -> None:
    asked = proposal(relation=Relation.DUPLICATES, corporate_systems=("CS4", "CS6"))
    leg = consulting.principal_customer(asked, SHIPPED.routing())
    assert leg is not None
    assert leg.reason == "it would do what FMIS and Personnel do already"


@pytest.mark.parametrize(
    ("forums", "asked"),
    [
        (("business-forum", "business-forum"), ["business-forum", "heads-of-ict", "srg"]),
        (("", "business-forum"), ["business-forum", "heads-of-ict", "srg"]),
        (("cabinet", "business-forum"), ["cabinet", "business-forum", "heads-of-ict", "srg"]),
        (("heads-of-ict", ""), ["heads-of-ict", "srg"]),
        (("srg", ""), ["heads-of-ict", "srg"]),  # in its own place further up
    ],
)
def test_behind_an_owner_stands_each_business_forum_of_the_systems_and_each_is_asked_once(
    forums: tuple[str, str], asked: list[str]
) -> None:
    shipped = SHIPPED.routing()
    systems = {
        key: shipped.systems[key].model_copy(update={"business_forum": forum})
        for key, forum in zip(("CS1", "CS8"), forums, strict=True)
    }
    rules = shipped.model_copy(update={"systems": systems})
    leg = consulting.principal_customer(
        proposal(relation=Relation.DUPLICATES, corporate_systems=("CS1", "CS8")), rules
    )
    assert leg is not None
    (challenge,) = leg.asks
    assert [other.forum for other in challenge.otherwise if not other.meets] == asked
    # And SRG itself decides at its meeting, if its members do not by email.
    assert [other.kind for other in challenge.otherwise][-2:] == ["referral", "referral_meeting"]


@pytest.mark.parametrize(
    "lacking", [{"head_of_profession": ""}, {"principles": {"P04": SHIPPED.routing().principles["P04"]}}]
)
def test_a_shortfall_is_no_leg_where_nobody_could_be_asked_about_it(lacking: dict[str, Any]) -> None:
    challenged = proposal(relation=Relation.DUPLICATES, corporate_systems=("CS8",))
    assert consulting.shortfall(challenged, SHIPPED.routing()) is not None
    rules = SHIPPED.routing().model_copy(update=lacking)
    assert consulting.shortfall(challenged, rules) is None
    assert "head_of_profession" not in routing.branches(challenged, rules)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"P04": "deviates"}, "it does not meet the principle of corporate solution"),
        (
            {"P04": "deviates", "P14": "deviates"},
            "it does not meet the principles of corporate solution and standards",
        ),
        ({"P09": "issue"}, "an issue is raised with the principle of data once"),
        (
            {"P09": "issue", "P10": "issue"},
            "an issue is raised with the principles of data once and technical parameters",
        ),
    ],
)
def test_the_reason_of_a_leg_names_the_principles_it_is_about(answers: dict[str, str], reason: str) -> None:
    reasons = [leg.reason for leg in routing.route(proposal(principles=answers), SHIPPED.routing())]
    assert reason in reasons


# ------------------------------------------------------------------------------- the embargo


@pytest.mark.parametrize(
    ("submitted", "owner", "meeting"),
    [
        ("2007-02-05", "connects-board", "2007-02-20"),
        ("2007-03-26", "ipg", "2007-04-18"),  # the board's next meeting would be after it has handed over
        ("2007-04-23", "ipg", "2007-05-16"),
    ],
)
def test_an_exception_goes_to_whoever_owns_the_embargo_on_the_day_of_asking(
    submitted: str, owner: str, meeting: str
) -> None:
    asked = facts("PROP-12", HEREFORDSHIRE).model_copy(update={"submitted": date.fromisoformat(submitted)})
    leg = consulting.embargo_exception(asked, HEREFORDSHIRE.routing(asked.submitted))
    assert leg is not None
    assert (leg.who, leg.meeting) == ((owner,), date.fromisoformat(meeting))


@pytest.mark.parametrize(
    ("decide_by", "meeting"),
    [("2007-06-18", None), ("2007-07-18", None), ("2007-07-19", date(2007, 7, 18))],
)
def test_an_exception_is_asked_at_once_where_no_meeting_falls_before_the_decision_date(
    decide_by: str, meeting: date | None
) -> None:
    dates = {"submitted": date(2007, 6, 14), "decide_by": date.fromisoformat(decide_by)}
    asked = facts("PROP-12", HEREFORDSHIRE).model_copy(update=dates)
    leg = consulting.embargo_exception(asked, HEREFORDSHIRE.routing(asked.submitted))
    assert leg is not None
    assert (leg.who, leg.meeting) == (("ipg",), meeting)


def test_an_embargo_is_somebodys_even_before_its_first_owners_day() -> None:
    rules = HEREFORDSHIRE.routing()
    assert rules.embargo is not None
    (*_, last) = rules.embargo.owners
    unmet = last.model_copy(update={"forum": last.forum.model_copy(update={"meetings": ()})})
    only = rules.model_copy(update={"embargo": rules.embargo.model_copy(update={"owners": (unmet,)})})
    early = facts("PROP-12", HEREFORDSHIRE).model_copy(update={"submitted": date(2007, 3, 1)})
    leg = consulting.embargo_exception(early, only)
    assert leg is not None
    assert (leg.who, leg.meeting) == (("ipg",), None)


def test_a_challenge_that_an_earlier_edition_sends_to_srg_is_put_to_its_members() -> None:
    principle = EVERY_RULE.principles["P08"]
    assert principle.issue
    to = tuple(("srg" if kind == "referral" else kind, body) for kind, body in principle.issue.to)
    earlier = principle.model_copy(update={"issue": principle.issue.model_copy(update={"to": to})})
    rules = EVERY_RULE.model_copy(update={"principles": {**EVERY_RULE.principles, "P08": earlier}})
    leg = consulting.principal_customer(
        proposal(relation=Relation.DUPLICATES, corporate_systems=("CS8",)), rules
    )
    assert leg is not None
    *_, last, _ = leg.asks[0].otherwise
    assert rules.srg
    assert (last.kind, last.seats) == ("referral", rules.srg.seats)
