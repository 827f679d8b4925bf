"""Proposals as sponsors give them: what is read, what is refused and in which words, what is hashed."""

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import handbook, proposals
from service.errors import Malformed
from service.handbook.edition import Post
from tests.support.samples import SAMPLES
from workflows.model import Relation, Size

LEICESTER = handbook.load("leicester")
HEREFORDSHIRE = handbook.load("herefordshire")
TODAY = date(2004, 9, 13)
COMPLETE = SAMPLES["PROP-02"]


def changed(path: str, value: Any, document: dict[str, Any] = COMPLETE) -> dict[str, Any]:
    """Return a document with one value changed, or left out if it is `...`."""
    whole = deepcopy(document)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    holder: Any = whole
    for part in way:
        holder = holder[part]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return whole


def draft(document: dict[str, Any]) -> dict[str, str]:
    return {problem.field: problem.message for problem in proposals.check_draft(document, LEICESTER)}


def complete(document: dict[str, Any], today: date = TODAY) -> dict[str, str]:
    problems = proposals.check_complete(document, LEICESTER, today)
    assert len(set(problems)) == len(problems)
    return {problem.field: problem.message for problem in problems}


# ------------------------------------------------------------------------ what is missing


@pytest.mark.parametrize("ref", ["PROP-01", "PROP-02", "PROP-03", "PROP-07"])
def test_a_sample_that_deviates_in_nothing_is_complete(ref: str) -> None:
    assert complete(SAMPLES[ref], SAMPLES[ref]["submitted_on"]["date"]) == {}


@pytest.mark.parametrize("document", [{}, {"title": "  ", "funding_parties": [], "principles": None}])
def test_an_empty_draft_is_no_fault_and_all_that_it_lacks_is_told_at_once(document: dict[str, Any]) -> None:
    assert draft(document) == {}
    assert complete(document) == {
        "title": "Give the proposal a title",
        "department": "Say which department proposes it",
        "sponsor_post": "Say which post sponsors it",
        "lead_post": "Say which post leads it",
        "size": "Say whether it is minor or major",
        "cost_profile.capital_gbp": "Give the capital cost, 0 if there is none",
        "cost_profile.revenue_gbp_per_year": "Give the revenue cost of a year, 0 if there is none",
        "funding_parties": "Name at least one party that funds it",
        "benefits": "Name at least one benefit",
        "decision_needed_by": "Say by when a decision is needed",
    } | {
        f"principles.{key}": f"{key} ({principle.short_name}) needs an answer"
        for key, principle in LEICESTER.principles.items()
    }


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        ("title", ..., "title", "Give the proposal a title"),
        ("department", ..., "department", "Say which department proposes it"),
        ("size", ..., "size", "Say whether it is minor or major"),
        ("lead_post", "", "lead_post", "Say which post leads it"),
        ("benefits", [], "benefits", "Name at least one benefit"),
        ("benefits", [" "], "benefits", "Name at least one benefit"),
        (
            "cost_profile.capital_gbp",
            ...,
            "cost_profile.capital_gbp",
            "Give the capital cost, 0 if there is none",
        ),
        # shares
        (
            "funding_parties.0.share_percent",
            50,
            "funding_parties",
            "Shares add up to 90%; they must add up to 100%",
        ),
        (
            "funding_parties.0.share_percent",
            "60.01",
            "funding_parties",
            "Shares add up to 100.01%; they must add up to 100%",
        ),
        (
            "funding_parties.0.share_percent",
            ...,
            "funding_parties.0.share_percent",
            "Give the share in percent",
        ),
        (
            "funding_parties.0.post",
            "bh-sports",
            "funding_parties",
            "Budget holder, Sports Services is named 2 times; give each party one share",
        ),
        # dates on the Clock
        (
            "decision_needed_by",
            "2004-09-13",
            "decision_needed_by",
            "Decision needed by must be after today, 13 September 2004",
        ),
        (
            "decision_needed_by",
            {"date": date(2003, 1, 1)},
            "decision_needed_by",
            "Decision needed by must be after today, 13 September 2004",
        ),
        (
            "decision_needed_by",
            "2014-09-14",
            "decision_needed_by",
            "Decision needed by must be 13 September 2014 or before, within 10 years",
        ),
        # principles
        ("principles.P03", ..., "principles.P03", "P03 (project standards) needs an answer"),
        ("principles.P02", "not_applicable", "principle_notes.P02", ...),
        (
            "principles.P03",
            "not_applicable",
            "principle_notes.P03",
            "Say why P03 (project standards) does not apply",
        ),
        (
            "principles.P12",
            "not_applicable",
            "principles.P12",
            "P12 (PRINCE2 and review) applies to every major proposal, and this one is major",
        ),
        # costs by year
        (
            "costs_by_year",
            [{"year": "2004/05", "capital": 100000}, {"year": "2005/06", "capital": "30000.50"}],
            "costs_by_year",
            "Capital by year adds up to £130,000.50, but the capital cost is £140,000",
        ),
        (
            "costs_by_year",
            [
                {"year": "2004/05", "capital": 140000, "project_management": 4000},
                {"year": "2005/06", "project_management": "5000.50"},
            ],
            "costs_by_year",
            "Project management by year adds up to £9,000.50, but the project management cost is £12,000",
        ),
        (
            "costs_by_year",
            [
                {"year": "2004/05", "capital": 140000, "project_management": 4000},
                {"year": "2005/06", "project_management": 8000},
            ],
            "costs_by_year",
            ...,
        ),
        ("costs_by_year", [{"year": "2004/05", "capital": 140000}], "costs_by_year", ...),
        # what sends it to others
        (
            "principles.P03",
            "deviates",
            "principle_notes.P03",
            "Say why P03 (project standards) is not met",
        ),
        (
            "principles.P10",
            "issue",
            "principle_notes.P10",
            "Say what the issue with P10 (technical parameters) is",
        ),
        ("corporate_system", {"relation": "duplicates", "ids": ["CS8"]}, "corporate_system.relation", ...),
        ("funding_condition", {"kind": "capital_bid", "status": "pending"}, "funding_condition", ...),
        (
            "funding_condition",
            {"kind": "capital_bid", "status": "failed"},
            "funding_condition.status",
            "The bid has failed; say who pays instead, and take the bid out",
        ),
        ("funding_condition", {"kind": "capital_bid", "status": " Pending "}, "funding_condition", ...),
        (
            "funding_condition",
            {"kind": "capital_bid", "status": "pending", "decision_due": "2004-09-12"},
            "funding_condition.decision_due",
            "Outcome of the bid due must be today, 13 September 2004, or later",
        ),
        (
            "funding_condition",
            {"kind": "capital_bid", "status": "pending", "decision_due": "2014-09-14"},
            "funding_condition.decision_due",
            "Outcome of the bid due must be 13 September 2014 or before, within 10 years",
        ),
        (
            "funding_condition",
            {"kind": "capital_bid", "status": "pending", "decision_due": "2014-09-13"},
            "funding_condition.decision_due",
            ...,
        ),
        (
            "funding_condition",
            {"kind": "capital_bid", "status": "successful", "decision_due": "2004-09-12"},
            "funding_condition.decision_due",
            ...,
        ),
    ],
)
def test_what_keeps_a_proposal_from_being_submitted_is_said_in_the_sponsors_words(
    path: str, value: Any, field: str, message: Any
) -> None:
    expected = {} if message is ... else {field: message}
    assert draft(changed(path, value)).get(field) is None
    assert complete(changed(path, value) if path != "costs_by_year" else COMPLETE | {path: value}) == expected


TWICE = "Budget holder, De Montfort Hall is named 2 times; give each party one share"


@pytest.mark.parametrize(
    ("parties", "told"),
    [
        (
            [{"post": "bh-dmh"}, {"post": "bh-dmh", "share_percent": 60}],
            [
                ("funding_parties", TWICE),
                ("funding_parties.0.share_percent", "Give the share in percent"),
            ],
        ),
        (
            [{"post": "bh-dmh", "share_percent": 60}, {"post": "bh-dmh", "share_percent": 70}],
            [
                ("funding_parties", TWICE),
                ("funding_parties", "Shares add up to 130%; they must add up to 100%"),
            ],
        ),
        (
            [{"post": "bh-dmh", "share_percent": 160}, {"post": "bh-dmh", "share_percent": 60}],
            [
                ("funding_parties.0.share_percent", "Share must be more than 0% and not more than 100%"),
                ("funding_parties", TWICE),
            ],
        ),
        ("bh-dmh", [("funding_parties", "Funding parties must be a list")]),
    ],
    ids=["in a field and inside it", "two of one field", "one that cannot be read", "none can be read"],
)
def test_all_that_is_wrong_is_told_and_nothing_that_only_follows_from_it(
    parties: Any, told: list[tuple[str, str]]
) -> None:
    document = COMPLETE | {"funding_parties": parties}
    for found in (
        proposals.check_complete(document, LEICESTER, TODAY),
        proposals.check_route(document, LEICESTER, TODAY),
    ):
        assert [(problem.field, problem.message) for problem in found] == told


def test_a_case_the_handbook_leaves_open_is_reason_enough() -> None:
    document = changed("principles.P06", "not_applicable")
    assert complete(document) == {}
    notes = proposals.normalise(document, LEICESTER)["principle_notes"]
    assert notes["P06"] == "The system holds no addresses"


def test_a_reason_of_ones_own_stands_before_the_handbooks() -> None:
    document = changed("principles.P06", "not_applicable")
    document["principle_notes"]["P06"] = "It holds grid references"
    assert proposals.normalise(document, LEICESTER)["principle_notes"]["P06"] == "It holds grid references"


def test_how_a_bid_stands_is_said_in_words_that_are_known() -> None:
    told = draft(COMPLETE | {"funding_condition": {"kind": "capital_bid", "status": "awaiting the outcome"}})
    assert told == {
        "funding_condition.status": "How the bid stands must be one of none, pending, successful, failed"
    }


@pytest.mark.parametrize("status", ["none", " None "])
def test_a_bid_on_which_no_money_depends_is_none(status: str) -> None:
    taken_out = COMPLETE | {"funding_condition": {"text": "A capital bid", "status": status}}
    assert complete(taken_out) == {}
    assert hashed(taken_out) == hashed(COMPLETE)


def test_a_bid_that_has_succeeded_holds_nothing_up() -> None:
    assert complete(COMPLETE | {"funding_condition": {"kind": "capital_bid", "status": "successful"}}) == {}


@pytest.mark.parametrize("ref", SAMPLES)
def test_every_sample_can_be_submitted_on_its_day(ref: str) -> None:
    edition = HEREFORDSHIRE if ref == "PROP-12" else LEICESTER
    document = SAMPLES[ref]
    assert proposals.check_complete(document, edition, document["submitted_on"]["date"]) == []


def test_an_issue_with_a_corporate_system_names_the_system() -> None:
    document = changed("principles.P08", "issue") | {"corporate_system": {"relation": "none", "ids": []}}
    document["principle_notes"]["P08"] = "A map viewer of its own"
    assert complete(document) == {
        "corporate_system.ids": "Name the corporate system with which P08 (deemed corporate) has an issue"
    }


def test_no_issue_is_raised_with_a_principle_that_nobody_settles() -> None:
    document = changed("principles.P03", "issue")
    document["principle_notes"]["P03"] = "It is too small"
    told = "No issue is raised with P03 (project standards); say whether it is met or not"
    assert complete(document) == {"principles.P03": told}


# ---------------------------------------------------------------------------- the embargo

SCHOOLS = SAMPLES["PROP-12"]


def at_herefordshire(**changes: Any) -> dict[str, str]:
    found = proposals.check_complete(SCHOOLS | changes, HEREFORDSHIRE, SCHOOLS["submitted_on"]["date"])
    return {problem.field: problem.message for problem in found}


@pytest.mark.parametrize("check", ["business_case", "benefits_clear", "how_benefits_realised"])
def test_without_its_evidence_no_exception_from_the_embargo_is_asked_for(check: str) -> None:
    checks = SCHOOLS["ruleset_checks"] | {check: "deviates"}
    notes = {check: "It is still to be written"}
    name = HEREFORDSHIRE.principles[check].short_name
    assert at_herefordshire(ruleset_checks=checks, principle_notes=notes) == {
        f"principles.{check}": f"An exception from the embargo cannot be asked for without {name}"
    }
    free = checks | {"exempt_from_embargo": True}
    assert at_herefordshire(ruleset_checks=free, principle_notes=notes) == {}


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        (None, None, True),
        ("2007-04-23", "2007-04-23", True),  # from the day of the proposal, and to it
        (None, "2007-04-22", False),
        ("2007-04-24", None, False),
    ],
)
def test_evidence_for_an_exception_is_only_asked_for_while_the_embargo_is_in_force(
    since: str | None, until: str | None, told: bool
) -> None:
    assert HEREFORDSHIRE.embargo is not None
    days = {"since": since and date.fromisoformat(since), "until": until and date.fromisoformat(until)}
    embargo = HEREFORDSHIRE.embargo.model_copy(update=days)
    document = SCHOOLS | {
        "ruleset_checks": SCHOOLS["ruleset_checks"] | {"benefits_clear": "deviates"},
        "principle_notes": {"benefits_clear": "It is still to be written"},
    }
    found = proposals.check_complete(
        document, HEREFORDSHIRE.model_copy(update={"embargo": embargo}), date(2007, 4, 23)
    )
    assert bool(found) is told


@pytest.mark.parametrize(
    ("given", "exempt"),
    [
        ({"embargo_exempt": "desktops"}, "desktops"),
        ({"embargo_exempt": "yes"}, "desktops"),
        ({"embargo_exempt": "no"}, ""),
        ({"ruleset_checks": {"exempt_from_embargo": True}}, "desktops"),
        ({"ruleset_checks": {"exempt_from_embargo": False}}, ""),
        ({}, ""),
    ],
)
def test_what_the_embargo_leaves_free_is_named_or_plainly_claimed(given: dict[str, Any], exempt: str) -> None:
    document = {key: value for key, value in SCHOOLS.items() if key != "ruleset_checks"}
    assert proposals.normalise(document | given, HEREFORDSHIRE)["embargo_exempt"] == exempt


def test_a_claim_that_no_embargo_leaves_free_is_refused_with_what_it_does() -> None:
    told = "Exempt from the embargo must be what the embargo leaves free: desktops"
    assert at_herefordshire(embargo_exempt="laptops") == {"embargo_exempt": told}


# ---------------------------------------------------------------------- what cannot be read

DIGITS = "must be pounds in digits only, such as 84000 or 84000.50, without £ or commas"


@pytest.mark.parametrize("value", ["84000", 84000, "84000.00", " 84000 ", 84000.0, Decimal(84000)])
def test_an_amount_may_be_written_in_any_of_these_ways(value: Any) -> None:
    document = changed("cost_profile.capital_gbp", value)
    assert proposals.normalise(document, LEICESTER)["cost_profile"]["capital_gbp"] == "84000.00"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("£84,000", f"Capital cost {DIGITS}"),
        ("84,000", f"Capital cost {DIGITS}"),
        ("84k", f"Capital cost {DIGITS}"),
        ("1e5", f"Capital cost {DIGITS}"),
        ("٨٤", f"Capital cost {DIGITS}"),
        ("nan", f"Capital cost {DIGITS}"),
        (float("nan"), f"Capital cost {DIGITS}"),
        (float("inf"), f"Capital cost {DIGITS}"),
        (1e300, f"Capital cost {DIGITS}"),
        (True, f"Capital cost {DIGITS}"),
        ([84000], f"Capital cost {DIGITS}"),
        ({"gbp": 1}, f"Capital cost {DIGITS}"),
        ("9" * 400, f"Capital cost {DIGITS}"),
        ("-", f"Capital cost {DIGITS}"),
        (-1, "Capital cost cannot be negative"),
        ("-0.01", "Capital cost cannot be negative"),
        ("84000.005", "Capital cost cannot have parts of a penny"),
        (10**10, "Capital cost must be less than £10,000,000,000"),
    ],
)
def test_an_amount_that_cannot_be_read_says_how_to_write_it(value: Any, message: str) -> None:
    assert draft(changed("cost_profile.capital_gbp", value)) == {"cost_profile.capital_gbp": message}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("title", "two\nlines", "Title must be on one line"),
        ("title", "two\u2028lines", "Title must be on one line"),
        ("title", "x\r\nBcc: all@leicester.example", "Title must be on one line"),
        ("title", "a\x00b", "Title has a character in it that cannot be shown (U+0000); take it out"),
        ("title", "a\x0bb", "Title has a character in it that cannot be shown (U+000B); take it out"),
        ("title", "a\ud800", "Title has a character in it that cannot be shown (U+D800); take it out"),
        ("title", "a\u202eb", "Title has a character in it that cannot be shown (U+202E); take it out"),
        ("title", "x" * 201, "Title must be 200 characters or fewer; it has 201"),
        ("summary", "x" * 10_001, "Summary must be 10,000 characters or fewer; it has 10,001"),
        ("title", 2004, "Title must be words"),
        ("title", ["a"], "Title must be words"),
        (
            "department",
            "dept-x",
            "Department dept-x is not known; it must be one of dept-ce, dept-sch, dept-hsg, ",
        ),
        ("sponsor_post", "cd-x", "Sponsor cd-x is not a post of Leicester City Council"),
        ("lead_post", {"key": "cd-rc"}, "Lead officer must be words"),
        (
            "organisation",
            "herefordshire",
            "Organisation is herefordshire, but this handbook is that of leicester (Leicester City Council)",
        ),
        ("size", "huge", "Size must be one of minor, major"),
        ("size", {"value": ["major"]}, "Size must be one of minor, major"),
        ("funding_parties", "cd-rc", "Funding parties must be a list"),
        ("funding_parties", [{}] * 51, "Funding parties must be 50 or fewer; there are 51"),
        ("funding_parties.0", "cd-rc", "A funding party must be given as named fields"),
        ("funding_parties.0.post", "cd-x", "Funding party cd-x is not a post of Leicester City Council"),
        ("funding_parties.0.post", ..., "Say which post funds this share"),
        ("funding_parties.0.share_percent", 0, "Share must be more than 0% and not more than 100%"),
        ("funding_parties.0.share_percent", 101, "Share must be more than 0% and not more than 100%"),
        (
            "funding_parties.0.share_percent",
            "60%",
            "Share must be a percentage in digits only, such as 60 or",
        ),
        ("funding_parties.0.share_percent", "33.333", "Share must be a percentage in digits only"),
        ("cost_profile", 84000, "Costs must be given as named fields"),
        (
            "organisation",
            "Leicester City Council",
            "Organisation is Leicester City Council, but this handbook is that of leicester (",
        ),
        ("titel", "Tills", "There is no field titel; did you mean title?"),
        ("funding_conditon", {"status": "pending"}, "There is no field funding_conditon; did you mean fund"),
        ("cost_profile.capitol_gbp", 5, "There is no field capitol_gbp; did you mean capital_gbp?"),
        (
            "funding_parties.0.share_precent",
            5,
            "There is no field share_precent; did you mean share_percent?",
        ),
        (
            "cost_profile.revenue_gbp_per_annum",
            5,
            "There is no field revenue_gbp_per_annum; did you mean rev",
        ),
        ("cost_profile.capital_gbp_", 5, "There is no field capital_gbp_; did you mean capital_gbp?"),
        (
            "costs_by_year",
            [{"year": 2004, "project_management_gbp": 5}],
            "There is no field project_management_gbp; did you mean project_management?",
        ),
        (
            "benefits",
            [{"title": "t", "amount_gbp_per_annum": 5}],
            "There is no field amount_gbp_per_annum; did you mean amount_gbp_per_year?",
        ),
        ("funding_parties_list", [], "There is no field funding_parties_list; did you mean funding_parties?"),
        ("costs_by_year", [{"capital": 1}], "Say which year the costs fall in"),
        ("costs_by_year", [{"year": "2004/06"}], "Year must be a year such as 2004 or 2004/05"),
        (
            "costs_by_year",
            [{"year": 2004}, {"year": "2004"}],
            "2004/05 is given twice; give each year one row",
        ),
        (
            "costs_by_year",
            [{"year": "2004"}, {"year": "2004/05"}],
            "2004/05 is given twice; give each year one row",
        ),
        ("funding_condition", {"text": "A bid"}, "Say how the bid stands, or that the money does not depend"),
        ("benefits.0", {"title": "t", "owner": "x"}, "Owner x is not a post of Leicester City Council"),
        ("principles", ["met"], "Principles must be given as named fields"),
        ("principles.P03", "perhaps", "P03 must be one of met, deviates, issue, not applicable"),
        ("principles.P15", "met", "There is no principle P15"),
        (
            "corporate_system.relation",
            "eats",
            "Relation must be one of none, integrates, extends, replaces, ",
        ),
        ("corporate_system.ids.0", "CS9", "Corporate system CS9 is not among the systems deemed corporate"),
        ("corporate_system.ids", [], "Name the corporate system that the proposal integrates"),
        ("personal_data", "maybe", "Personal data must be answered yes or no"),
        (
            "embargo_exempt",
            "desktops",
            "Exempt from the embargo must be what the embargo leaves free: nothing, for there is no embargo",
        ),
        (
            "decision_needed_by",
            "30/11/2004",
            "Decision needed by must be a date that exists, such as 2004-11-30",
        ),
        (
            "decision_needed_by",
            "2004-02-30",
            "Decision needed by must be a date that exists, such as 2004-11-30",
        ),
        ("decision_needed_by", 2004, "Decision needed by must be a date that exists, such as 2004-11-30"),
        (
            "decision_needed_by",
            "9999-12-31",
            "Decision needed by must be a date that exists, such as 2004-11-30",
        ),
        ("co_authors", ["cd-x"], "Co-author cd-x is not a post of Leicester City Council"),
    ],
)
def test_what_cannot_be_read_in_a_draft_is_said_once_and_where(path: str, value: Any, message: str) -> None:
    top = path.split(".")[0]
    document = changed(path, value) if top in COMPLETE and path != top else COMPLETE | {path: value}
    (told,) = draft(document).items()
    assert told[0].startswith(top)
    assert told[1].startswith(message)
    with pytest.raises(Malformed):
        proposals.normalise(document, LEICESTER)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(COMPLETE)) | st.text(), anything))
def test_no_document_is_so_strange_that_it_is_an_error(document: dict[str, Any]) -> None:
    proposals.check_route(document, LEICESTER, TODAY)
    assert complete(document)
    if not draft(document):
        json.dumps(proposals.normalise(document, LEICESTER))


# ---------------------------------------------------------------------- the canonical form


def test_a_proposal_has_one_canonical_form() -> None:
    content = proposals.normalise(COMPLETE, LEICESTER)
    assert content == {
        "organisation": "leicester",
        "title": "On-line sales and web booking for De Montfort Hall and Sports Services",
        "summary": "",
        "why": "",
        "alternatives": "",
        "stakeholders": "",
        "security": "",
        "department": "dept-rc",
        "sponsor_post": "cd-rc",
        "lead_post": "hoict-rc",
        "co_authors": [],
        "size": "major",
        "cost_profile": {
            "capital_gbp": "140000.00",
            "revenue_gbp_per_year": "22000.00",
            "project_management_gbp": "12000.00",
        },
        "costs_by_year": [],
        "funding_parties": [
            {"post": "bh-dmh", "share_percent": "60"},
            {"post": "bh-sports", "share_percent": "40"},
        ],
        "funding_condition": None,
        "benefits": [
            {
                "title": title,
                "owner": "",
                "measure": "",
                "how_realised": "",
                "cashable": False,
                "amount_gbp_per_year": None,
                "basis": "",
                "from_year": "",
                "years": None,
            }
            for title in COMPLETE["benefits"]
        ],
        "options": [],
        "claimed": {"whole_life_cost_gbp": None, "net_present_value_gbp": None},
        "principles": COMPLETE["principles"],
        "principle_notes": COMPLETE["principle_notes"],
        "corporate_system": {"relation": "integrates", "ids": ["CS3"]},
        "personal_data": None,
        "shared_services": {"authentication": "shared", "e-payment": "shared"},
        "embargo_exempt": "",
        "decision_needed_by": "2004-11-30",
    }
    assert json.loads(json.dumps(content)) == content


def test_reading_the_canonical_form_again_changes_nothing() -> None:
    for document in SAMPLES.values():
        edition = LEICESTER if document["organisation"] == "leicester" else HEREFORDSHIRE
        content = proposals.normalise(document, edition)
        assert proposals.normalise(content, edition) == content


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", " On-line sales and web booking for De Montfort Hall and Sports Services "),
        ("cost_profile.capital_gbp", "140000.00"),
        ("size", "major"),
        ("decision_needed_by", "2004-11-30"),
        ("department", "Regeneration and Culture"),
        ("funding_parties.0.share_percent", "60.00"),
        ("organisation", ...),
    ],
)
def test_the_same_proposal_written_otherwise_has_the_same_hash(path: str, value: Any) -> None:
    assert hashed(changed(path, value)) == hashed(COMPLETE)


@pytest.mark.parametrize("field", ["status", "state", "version", "ref", "round", "approver_id", "decided_by"])
def test_what_only_the_engine_may_say_is_not_taken_from_a_sponsor(field: str) -> None:
    assert hashed(COMPLETE | {field: "approved"}) == hashed(COMPLETE)


def test_a_penny_more_is_another_proposal() -> None:
    assert hashed(changed("cost_profile.capital_gbp", "140000.01")) != hashed(COMPLETE)


def test_fields_may_be_given_flat_as_forms_do() -> None:
    flat = {key: value for key, value in COMPLETE.items() if key != "cost_profile"} | {
        "capital_gbp": "140000",
        "revenue_gbp_per_year": "22000",
        "project_management_gbp": "12000",
    }
    assert hashed(flat) == hashed(COMPLETE)


def test_capital_given_by_year_only_is_added_up() -> None:
    years = [{"year": "2004/05", "capital": "100000"}, {"year": "2005/06", "capital": "40000", "revenue": 5}]
    document = {key: value for key, value in COMPLETE.items() if key != "cost_profile"}
    content = proposals.normalise(document | {"costs_by_year": years}, LEICESTER)
    assert content["cost_profile"]["capital_gbp"] == "140000.00"
    assert complete(document | {"costs_by_year": years}) == {}


def test_what_is_said_beside_a_proposal_is_passed_over() -> None:
    beside = {"ruleset": "a", "shared_datasets": [], "principles_note": "b", "authors": [], "decided_by": 5}
    assert hashed(COMPLETE | beside) == hashed(COMPLETE)


def test_a_financial_year_is_one_however_it_is_written() -> None:
    def given(first: str | int) -> dict[str, Any]:
        costs = [{"year": first, "capital": "140000"}, {"year": "2005/06", "capital": "0"}]
        benefits = [{"title": "Fewer calls", "from_year": first}]
        return COMPLETE | {"costs_by_year": costs, "benefits": benefits}

    assert hashed(given(2004)) == hashed(given("2004")) == hashed(given(" 2004/05 "))


def test_lines_of_a_long_text_are_kept_and_their_ends_made_one() -> None:
    content = proposals.normalise(COMPLETE | {"summary": "one\r\n\ttwo\n"}, LEICESTER)
    assert content["summary"] == "one\n\ttwo"


def hashed(document: dict[str, Any]) -> str:
    return proposals.content_hash(proposals.normalise(document, LEICESTER))


# ------------------------------------------------------------------------------- facts


def facts(document: dict[str, Any]) -> Any:
    return proposals.facts(proposals.normalise(document, LEICESTER), submitted=TODAY, edition=LEICESTER)


def test_the_facts_that_decide_the_way_of_a_proposal() -> None:
    known = facts(COMPLETE)
    assert (known.sponsor, known.lead, known.department) == ("cd-rc", "hoict-rc", "dept-rc")
    assert (known.submitted, known.decide_by) == (TODAY, date(2004, 11, 30))
    assert (known.size, known.capital) == (Size.MAJOR, Decimal("140000.00"))
    assert [(share.post, share.amount) for share in known.shares] == [
        ("bh-dmh", Decimal("84000.00")),
        ("bh-sports", Decimal("56000.00")),
    ]
    assert known.relation is Relation.INTEGRATES
    assert known.principles["P02"] == "met"
    assert not known.bid_pending


@pytest.mark.parametrize(
    ("declared", "capital", "size"),
    [
        ("minor", "49999.99", Size.MINOR),
        ("minor", "50000", Size.MAJOR),
        ("major", "100", Size.MAJOR),
    ],
)
def test_capital_makes_a_proposal_major_whatever_was_declared(
    declared: str, capital: str, size: Size
) -> None:
    assert facts(changed("size", declared, changed("cost_profile.capital_gbp", capital))).size is size


def test_a_pending_bid_is_a_fact() -> None:
    assert facts(COMPLETE | {"funding_condition": {"kind": "capital_bid", "status": "pending"}}).bid_pending


@given(
    st.integers(0, 10**9),
    st.lists(st.integers(1, 5000), min_size=1, max_size=5, unique=True),
)
def test_shares_add_up_to_the_capital_to_the_penny(pennies: int, parts: list[int]) -> None:
    posts = ["bh-dmh", "bh-sports", "cd-rc", "cd-sch", "sd-hr"]
    whole = sum(parts)
    percents = [max(part * 10_000 // whole, 1) for part in parts]
    percents[-1] += 10_000 - sum(percents)
    parties = [
        {"post": post, "share_percent": str(Decimal(percent) / 100)}
        for post, percent in zip(posts, percents, strict=False)
    ]
    capital = Decimal(pennies) / 100
    document = changed("funding_parties", parties, changed("cost_profile.capital_gbp", str(capital)))
    amounts = [share.amount for share in facts(document).shares]
    assert sum(amounts) == capital
    assert all(amount >= 0 for amount in amounts)


def test_a_route_can_be_asked_of_a_draft_that_says_only_what_decides_it() -> None:
    needed = (
        "department",
        "sponsor_post",
        "lead_post",
        "cost_profile",
        "funding_parties",
        "decision_needed_by",
    )
    document = {key: COMPLETE[key] for key in needed}
    assert proposals.check_route(document, LEICESTER, TODAY) == []
    assert complete(document)
    for key in needed:
        without = {other: value for other, value in document.items() if other != key}
        assert [
            problem.field.split(".")[0] for problem in proposals.check_route(without, LEICESTER, TODAY)
        ] == [key]


def test_rows_of_a_form_left_blank_are_not_there() -> None:
    rows = [*COMPLETE["funding_parties"], {"post": "", "share_percent": " "}, {}, None]
    assert hashed(COMPLETE | {"funding_parties": rows}) == hashed(COMPLETE)
    assert hashed(COMPLETE | {"costs_by_year": [{"year": "", "capital": ""}]}) == hashed(COMPLETE)
    assert hashed(COMPLETE | {"benefits": [*COMPLETE["benefits"], "", {"title": ""}]}) == hashed(COMPLETE)


def test_a_row_half_filled_in_is_asked_about() -> None:
    told = "Say what the benefit is, or leave its whole row empty to take it out"
    assert draft(COMPLETE | {"benefits": [{"measure": "bookings"}]}) == {"benefits.0.title": told}
    assert draft(COMPLETE | {"benefits": [{"title": " ", "cashable": True}]}) == {"benefits.0.title": told}


@pytest.mark.parametrize("no", ["no", "No", False])
def test_a_no_that_a_form_gives_unasked_makes_no_row(no: Any) -> None:
    benefits = [*COMPLETE["benefits"], {"title": "", "cashable": no}]
    assert hashed(COMPLETE | {"benefits": benefits}) == hashed(COMPLETE)
    assert hashed(COMPLETE | {"options": [{"do_nothing": no, "why_not": ""}]}) == hashed(COMPLETE)


# ------------------------------------------------------------------ what must not be passed over


@pytest.mark.parametrize("given_", [[], {}, ["desktops"], {"desktops": True}, 7.5])
def test_what_is_exempt_is_a_word_and_nothing_else_breaks(given_: Any) -> None:
    problems = proposals.check_draft(SCHOOLS | {"embargo_exempt": given_}, HEREFORDSHIRE)
    assert {problem.field for problem in problems} <= {"embargo_exempt"}


@pytest.mark.parametrize(
    ("given_", "exempt"), [("desktops", True), (" yes ", True), (True, True), (False, False), ("no", False)]
)
def test_what_is_exempt_is_named_or_said_with_a_yes(given_: Any, exempt: bool) -> None:
    content = proposals.normalise(SCHOOLS | {"embargo_exempt": given_}, HEREFORDSHIRE)
    assert bool(content["embargo_exempt"]) is exempt


@pytest.mark.parametrize("field", ["lead_post", "funding_parties.0.post"])
def test_a_post_for_which_nobody_would_be_asked_is_refused(field: str) -> None:
    posts = LEICESTER.posts | {"loner": Post(key="loner", title="Loner", email="loner@leicester.example")}
    edition = LEICESTER.model_copy(update={"posts": posts})
    problems = proposals.check_complete(changed(field, "loner"), edition, TODAY)
    told = {problem.field: problem.message for problem in problems}
    assert told == {field: "Nobody holds Loner, nor any post above it, so nobody would be asked"}


CHIEF = "chief-executive"
BY_THE_TOP = {"lead_post": CHIEF, "funding_parties": [{"post": CHIEF, "share_percent": 100}]}


@pytest.mark.parametrize(
    ("changes", "writers", "refused"),
    [
        # The only funder, at the top of the line or outside it, wrote the proposal.
        (BY_THE_TOP, [], {"funding_parties.0.post": "Chief Executive"}),
        (BY_THE_TOP | {"lead_post": "hoict-rc"}, [], {}),
        (
            BY_THE_TOP | {"lead_post": "hoict-rc", "co_authors": [CHIEF]},
            [],
            {"funding_parties.0.post": "Chief Executive"},
        ),
        (
            BY_THE_TOP | {"lead_post": "hoict-rc"},
            [CHIEF],
            {"funding_parties.0.post": "Chief Executive"},
        ),
        (
            BY_THE_TOP
            | {
                "lead_post": "health-partner",
                "funding_parties": [
                    {"post": "bh-dmh", "share_percent": 60},
                    {"post": "health-partner", "share_percent": 40},
                ],
            },
            [],
            {"funding_parties.1.post": "Health Authority partner (external approver)"},
        ),
        # A sponsor pays by their own post, but neither what they lead nor in the place of another.
        (BY_THE_TOP | {"lead_post": "hoict-rc", "sponsor_post": CHIEF}, [CHIEF], {}),
        (
            BY_THE_TOP | {"sponsor_post": CHIEF},
            [],
            {"funding_parties.0.post": "Chief Executive"},
        ),
        (
            {
                "lead_post": "cd-rc",
                "sponsor_post": CHIEF,
                "funding_parties": [{"post": "cd-rc", "share_percent": 100}],
            },
            [],
            {"funding_parties.0.post": "Corporate Director, Regeneration and Culture"},
        ),
        # Somebody above who wrote none of it answers.
        ({"lead_post": "bh-dmh", "funding_parties": [{"post": "bh-dmh", "share_percent": 100}]}, [], {}),
        (
            {
                "lead_post": "bh-dmh",
                "co_authors": ["cd-rc", CHIEF],
                "funding_parties": [{"post": "bh-dmh", "share_percent": 100}],
            },
            [],
            {"funding_parties.0.post": "Budget holder, De Montfort Hall"},
        ),
        # The authority above a limit is the author.
        (
            {
                "lead_post": CHIEF,
                "cost_profile": {
                    "capital_gbp": 900000,
                    "revenue_gbp_per_year": 0,
                    "project_management_gbp": 1,
                },
                "funding_parties": [{"post": "cd-ell", "share_percent": 100}],
            },
            [],
            {"funding_parties.0.post": "Chief Executive"},
        ),
    ],
)
def test_a_share_that_its_authors_alone_could_decide_is_refused(
    changes: dict[str, Any], writers: list[str], refused: dict[str, str]
) -> None:
    people = [holder.id for post in writers if (holder := LEICESTER.holder(post, TODAY))]
    problems = proposals.check_complete(COMPLETE | changes, LEICESTER, TODAY, writers=people)
    assert {problem.field: problem.message for problem in problems} == {
        field: f"Nobody could decide this share for {title}: all who hold that post or one above it "
        "wrote the proposal or put it forward"
        for field, title in refused.items()
    }


def test_a_vacant_funder_whose_line_wrote_the_proposal_is_refused() -> None:
    holdings = [held for held in LEICESTER.holdings if held.post != "cd-ell"]
    edition = LEICESTER.model_copy(update={"holdings": tuple(holdings)})
    document = COMPLETE | BY_THE_TOP | {"funding_parties": [{"post": "cd-ell", "share_percent": 100}]}
    (problem,) = proposals.check_complete(document, edition, TODAY)
    assert problem.field == "funding_parties.0.post"


@pytest.mark.parametrize(("status", "told"), [("pending", True), ("successful", False)])
def test_a_bid_is_owned_by_somebody_who_could_be_asked(status: str, told: bool) -> None:
    posts = LEICESTER.posts | {"loner": Post(key="loner", title="Loner", email="loner@leicester.example")}
    edition = LEICESTER.model_copy(update={"posts": posts})
    condition = {"status": status, "text": "a bid", "owner_post": "loner"}
    problems = proposals.check_complete(COMPLETE | {"funding_condition": condition}, edition, TODAY)
    wrong = [
        (
            "funding_condition.owner_post",
            "Nobody holds Loner, nor any post above it, so nobody would be asked",
        )
    ]
    assert [(problem.field, problem.message) for problem in problems] == (wrong if told else [])


def test_a_vacant_post_with_somebody_above_it_can_be_named() -> None:
    holdings = [held for held in LEICESTER.holdings if held.post != "bh-dmh"]
    edition = LEICESTER.model_copy(update={"holdings": tuple(holdings)})
    assert proposals.check_complete(COMPLETE, edition, TODAY) == []


@pytest.mark.parametrize(("capital", "amounts"), [(0, ["0.00", "0.00"]), (100, ["60.00", "40.00"])])
def test_a_share_is_pounds_and_pence(capital: int, amounts: list[str]) -> None:
    content = proposals.normalise(changed("cost_profile.capital_gbp", capital), LEICESTER)
    facts = proposals.facts(content, submitted=TODAY, edition=LEICESTER)
    assert [str(share.amount) for share in facts.shares] == amounts


@pytest.mark.parametrize(
    "name",
    [
        "submitted_by",
        "submitted_at",
        "submitted_to",
        "department_name",
        "organisation_name",
        "sponsor_post_title",
        "notes",
    ],
)
def test_a_name_of_another_word_is_no_misspelt_one_and_passed_over(name: str) -> None:
    assert proposals.misspelt([name]) == {}
    assert proposals.misspelt(["submited_on", name]) == {"submited_on": "submitted_on"}


@pytest.mark.parametrize(
    ("section", "name", "meant"),
    [
        ("", "title_", "title"),
        ("", "benefits_list", "benefits"),
        ("", "options_lists", "options"),
        ("", "costs_by_year_list_", "costs_by_year"),
        ("", "decision_needed_on", "decision_needed_by"),
        ("", "revenue_gbp_per_annum", "revenue_gbp_per_year"),
        ("", "project_management_cost_gbp", "project_management_gbp"),
        ("", "project_management_gbp_total", "project_management_gbp"),
        ("cost_profile", "capital_cost_gbp", "capital_gbp"),
        ("cost_profile", "project_management_gbp_2004", "project_management_gbp"),
        ("funding_parties", "share_percentage", "share_percent"),
    ],
)
def test_a_known_name_in_other_words_is_told_where_what_it_says_would_be_lost(
    section: str, name: str, meant: str
) -> None:
    assert proposals.misspelt([name], section) == {name: meant}
