"""What differs between two versions, and what of it is material."""

from typing import Any

import pytest

from service.proposals import ProposalDocument
from workflows.rules import versions

BEFORE: dict[str, Any] = {
    "title": "On-line booking",
    "summary": "Book on the web",
    "cost_profile": {"capital_gbp": "84000.00"},
    "costs_by_year": [{"year": "2004/05", "capital": "60000.00"}, {"year": "2005/06", "capital": "24000.00"}],
    "funding_parties": [
        {"post": "bh-dmh", "share_percent": "60"},
        {"post": "bh-sports", "share_percent": "40"},
    ],
    "benefits": [{"title": "Fewer queues", "measure": "", "amount_gbp_per_year": "9000.00"}],
    "options": [{"title": "Nothing", "do_nothing": True}],
    "principles": {"P01": "met"},
    "corporate_system": {"relation": "extends", "ids": ["CS6", "CS8"]},
    "personal_data": None,
    "co_authors": [],
}
IMMATERIAL = ("title", "summary", "co_authors", "benefits.measure", "options.why_not")
SAME: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a number written differently": {"cost_profile": {"capital_gbp": "84000"}},
    "a percent written differently": {
        "funding_parties": [
            {"post": "bh-dmh", "share_percent": "60.0"},
            {"post": "bh-sports", "share_percent": "40"},
        ]
    },
    "an optional blank": {"why": "", "personal_data": None, "claimed": {"net_present_value_gbp": None}},
    "the order of rows": {"funding_parties": BEFORE["funding_parties"][::-1]},
    "the order of years": {"costs_by_year": BEFORE["costs_by_year"][::-1]},
    "the order of a list": {"corporate_system": {"relation": "extends", "ids": ["CS8", "CS6"]}},
}
Change = tuple[str, str, object, object, bool]
CHANGED: dict[str, tuple[dict[str, Any], list[Change]]] = {
    "wording": (
        {"summary": "Book and pay on the web"},
        [("summary", "", "Book on the web", "Book and pay on the web", False)],
    ),
    "money": (
        {"cost_profile": {"capital_gbp": "84000.01"}},
        [("cost_profile.capital_gbp", "", "84000.00", "84000.01", True)],
    ),
    "a cell of a table": (
        {"costs_by_year": [BEFORE["costs_by_year"][0], {"year": "2005/06", "capital": "25000.00"}]},
        [("costs_by_year.capital", "2005/06", "24000.00", "25000.00", True)],
    ),
    "a part that is not material": (
        {"benefits": [{"title": "Fewer queues", "measure": "Counted", "amount_gbp_per_year": "9000.00"}]},
        [("benefits.measure", "Fewer queues", None, "Counted", False)],
    ),
    "another part of the same row": (
        {"benefits": [{"title": "Fewer queues", "measure": "", "amount_gbp_per_year": "9500.00"}]},
        [("benefits.amount_gbp_per_year", "Fewer queues", "9000.00", "9500.00", True)],
    ),
    "a row more": (
        {"options": [*BEFORE["options"], {"title": "Buy it", "why_not": "Dear"}]},
        [
            ("options.title", "Buy it", None, "Buy it", True),
            ("options.why_not", "Buy it", None, "Dear", False),
        ],
    ),
    "a row less": (
        {"funding_parties": [{"post": "bh-dmh", "share_percent": "100"}]},
        [
            ("funding_parties.share_percent", "bh-dmh", "60", "100", True),
            ("funding_parties.post", "bh-sports", "bh-sports", None, True),
            ("funding_parties.share_percent", "bh-sports", "40", None, True),
        ],
    ),
    "a second row of the same name": (
        {"benefits": BEFORE["benefits"] * 2},
        [
            ("benefits.title", "Fewer queues (2)", None, "Fewer queues", True),
            ("benefits.amount_gbp_per_year", "Fewer queues (2)", None, "9000.00", True),
        ],
    ),
    "an answer to a principle": (
        {"principles": {"P01": "issue"}},
        [("principles.P01", "", "met", "issue", True)],
    ),
    "a member of a list": (
        {"corporate_system": {"relation": "extends", "ids": ["CS6"]}},
        [("corporate_system.ids", "CS8", "CS8", None, True)],
    ),
    "yes and no": ({"personal_data": False}, [("personal_data", "", None, False, True)]),
    "who wrote it": ({"co_authors": ["sd-hr"]}, [("co_authors", "sd-hr", None, "sd-hr", False)]),
    "what no rule knows": ({"carbon": "12 tonnes"}, [("carbon", "", None, "12 tonnes", True)]),
    "words that look like a number": (
        {"title": "2004.0"},
        [("title", "", "On-line booking", "2004.0", False)],
    ),
}


@pytest.mark.parametrize("now", SAME.values(), ids=SAME.keys())
def test_an_order_a_spelling_of_a_number_and_a_blank_are_no_change(now: dict[str, Any]) -> None:
    assert versions.changes(BEFORE, BEFORE | now, IMMATERIAL) == ()


@pytest.mark.parametrize(("now", "expected"), CHANGED.values(), ids=CHANGED.keys())
def test_each_difference_is_told_with_its_place_and_whether_it_is_material(
    now: dict[str, Any], expected: list[Change]
) -> None:
    found = versions.changes(BEFORE, BEFORE | now, IMMATERIAL)
    assert [(one.field, one.row, one.before, one.now, one.material) for one in found] == expected
    assert versions.material(found) == tuple(one for one in found if one.material)


def test_without_a_rule_everything_is_material() -> None:
    assert all(one.material for one in versions.changes(BEFORE, BEFORE | {"title": "Another"}))


def test_text_that_is_a_number_is_compared_as_text() -> None:
    (one,) = versions.changes({"title": "2004"}, {"title": "2004.0"})
    assert (one.before, one.now) == ("2004", "2004.0")


def test_every_field_of_a_proposal_is_named_with_its_parts() -> None:
    """A field that is added to a proposal has to be named here before a handbook can speak of it."""
    ours = {"organisation", "submitted_on", "equality_checklist"}
    assert {*versions.FIELDS} == {*ProposalDocument.model_fields} - ours
