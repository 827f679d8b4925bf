"""What no gate opens without: what a business case leaves out of it, and what its project's mandate adds."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from service import appraisal, handbook, reporting
from service.handbook import Edition
from service.proposals import ProposalDocument
from service.reports import Context, form, read, remarks
from service.reports.boxes import Box
from service.store.intents import ERASED, SAID, Answered
from tests.service.reports.test_reading import MANDATE, POSTS, TODAY
from workflows.model import Choice

WHOLE = {"title": "Fewer calls", "owner": "ann", "measure": "Calls a month", "how_realised": "By the web"}
MANAGED = {"project_management_gbp": 12000}
KEYS = {post.key for post in POSTS}


def case(*benefits: Mapping[str, Any], **costs: Any) -> ProposalDocument:
    return ProposalDocument.model_validate(
        {"benefits": list(benefits), **({"cost_profile": MANAGED} | costs)}
    )


@pytest.mark.parametrize(
    ("without", "left_out"),
    [
        ((), ()),
        (("owner",), ("owner",)),
        (("measure",), ("measure",)),
        (("how_realised",), ("how_realised",)),
        (("owner", "measure", "how_realised"), ("owner", "measure", "how_realised")),
    ],
)
def test_each_benefit_has_an_owner_a_measure_and_how_it_comes_about(
    without: tuple[str, ...], left_out: tuple[str, ...]
) -> None:
    found = appraisal.lacking(case(WHOLE, WHOLE | dict.fromkeys(without, "")), KEYS)
    assert [(one.number, one.parts) for one in found.benefits] == ([(2, left_out)] if left_out else [])


def test_an_owner_who_is_no_post_of_the_handbook_is_nobody_and_blanks_say_nothing() -> None:
    (unsaid,) = appraisal.lacking(case(WHOLE | {"owner": "eve", "measure": " "}), KEYS).benefits
    assert unsaid.parts == ("owner", "measure")


@pytest.mark.parametrize(
    ("costs", "left_out"),
    [
        ({"cost_profile": MANAGED}, False),
        ({"cost_profile": {"project_management_gbp": 0}}, False),
        ({"cost_profile": {}}, True),
        ({"cost_profile": {}, "costs_by_year": [{"year": "2004/05", "capital": 9}]}, True),
        ({"cost_profile": {}, "costs_by_year": [{"year": "2004/05", "project_management": 9}]}, False),
    ],
)
def test_managing_the_project_has_a_cost(costs: dict[str, Any], left_out: bool) -> None:
    assert appraisal.lacking(case(WHOLE, **costs), KEYS).management is left_out


def asked(left_out: appraisal.Lacking) -> Context:
    return Context(
        today=TODAY, posts=POSTS, executive="bob", templates=(("prince2", "PRINCE 2"),), lacking=left_out
    )


def boxes(left_out: appraisal.Lacking) -> dict[str, Box]:
    found = form("mandate", asked(left_out))
    assert found is not None
    return {box.name: box for box in found.boxes}


def test_a_mandate_asks_for_what_is_left_out_and_for_nothing_else() -> None:
    plain = {*boxes(appraisal.Lacking())}
    left_out = appraisal.lacking(case(WHOLE, {"title": "Sold"} | {"owner": "ann"}, cost_profile={}), KEYS)
    more = boxes(left_out)
    assert {*more} - plain == {
        "management_cost",
        "management_cost_why",
        "benefit_measure_2",
        "benefit_how_realised_2",
    }
    assert all(more[name].wanted for name in {*more} - plain - {"management_cost_why"})


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ({}, {"management_cost", "benefit_owner_1", "benefit_measure_1", "benefit_how_realised_1"}),
        ({"management_cost": "12k"}, {"management_cost", "benefit_owner_1", "benefit_measure_1",
                                      "benefit_how_realised_1"}),
        ({"management_cost": "0", "benefit_owner_1": "ann", "benefit_measure_1": "Calls",
          "benefit_how_realised_1": "By the web"}, {"management_cost_why"}),
        ({"management_cost": "0", "management_cost_why": "Nobody is paid", "benefit_owner_1": "eve",
          "benefit_measure_1": "Calls", "benefit_how_realised_1": "By the web"}, {"benefit_owner_1"}),
        ({"management_cost": "£12,000", "benefit_owner_1": "ann", "benefit_measure_1": "Calls",
          "benefit_how_realised_1": "By the web"}, set()),
    ],
)  # fmt: skip
def test_no_mandate_is_given_without_it(typed: dict[str, str], faults: set[str]) -> None:
    context = asked(appraisal.lacking(case({"title": "Sold"}, cost_profile={}), KEYS))
    found = form("mandate", context)
    assert found is not None
    assert {*read(found, context, MANDATE | typed, Choice.REPORT).errors} == faults


def test_what_a_mandate_adds_completes_the_case_and_changes_nothing_that_it_says() -> None:
    document = case(WHOLE, {"title": "Sold", "owner": "cat"}, cost_profile={"capital_gbp": 9})
    whole = reporting.completed(
        document,
        {
            "management_cost": Answered(value="1250.50"),
            "benefit_measure_2": Answered(value=SAID, text="Tickets"),
            "benefit_how_realised_2": Answered(value=SAID),
        },
    )
    assert whole.cost_profile.project_management_gbp == Decimal("1250.50")
    assert whole.cost_profile.capital_gbp == 9
    assert whole.benefits[0] == document.benefits[0]
    assert (whole.benefits[1].owner, whole.benefits[1].measure) == ("cat", "Tickets")
    assert whole.benefits[1].how_realised == ERASED
    assert not appraisal.lacking(whole, KEYS).benefits


@pytest.fixture(scope="module")
def leicester() -> Edition:
    return handbook.load("leicester")


def test_what_is_added_is_told_by_the_number_of_its_benefit(leicester: Edition) -> None:
    answers = {
        "management_cost": Answered(value="12000.00"),
        "benefit_owner_12": Answered(value="bh-dmh"),
        "benefit_measure_12": Answered(value=SAID, text="Calls a month"),
    }
    assert remarks("mandate", answers, leicester, date(2004, 10, 13)) == (
        ("Cost of managing the project", "£12,000"),
        ("Benefit 12: who sees to it", "Budget holder, De Montfort Hall"),
        ("Benefit 12: how it is measured", "Calls a month"),
    )


def test_the_sponsor_is_offered_as_whoever_sees_to_a_benefit() -> None:
    left_out = appraisal.lacking(case({"title": "Sold"}), KEYS)
    assert boxes(left_out)["benefit_owner_1"].default == "bob"


@pytest.mark.parametrize(
    ("measure", "how", "told"),
    [
        ("Calls a month", "by the web", "Calls a month. By the web."),
        ("Calls a month.", "By the web.", "Calls a month. By the web."),
        ("Calls a month", "", "Calls a month"),
        ("", "By the web", "By the web"),
        ("", "", ""),
    ],
)
def test_what_a_benefit_is_measured_by_and_how_it_comes_about_are_two_sentences(
    measure: str, how: str, told: str
) -> None:
    (benefit,) = case(WHOLE | {"measure": measure, "how_realised": how}).benefits
    assert appraisal.measured(benefit) == told
