"""Which changes a handbook calls material, and in which words a difference is told."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service import handbook, proposals
from service.handbook import Edition, HandbookError
from service.proposals import differing
from tests.support.samples import SAMPLES
from workflows.rules import versions

LEICESTER = handbook.load("leicester")
SHIPPED = Path(handbook.__file__).parents[1] / "handbooks" / "leicester"
DAY = date(2004, 9, 13)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "leicester"))
    text = (folder / "versions.yaml").read_text("utf-8")
    assert text.count(old) == 1
    (folder / "versions.yaml").write_text(text.replace(old, new), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    - size\n", "    - sise\n", "a proposal has no field sise; did you mean size?"),
        ("    - size\n", "    - the weather\n", "a proposal has no field the weather"),
        (
            "- benefits.years\n",
            "- benefits.yaers\n",
            "a proposal has no field benefits.yaers; did you mean benefits.years?",
        ),
        (
            "    - size\n",
            "    - department\n",
            "department is named already, by itself or with the whole of it",
        ),
        (
            "- cost_profile\n",
            "- cost_profile\n    - cost_profile.capital_gbp\n",
            "cost_profile.capital_gbp is named already, by itself or with the whole of it",
        ),
    ],
)
def test_what_no_proposal_says_and_what_is_named_twice_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    folder = changed(tmp_path, old, new)
    with pytest.raises(HandbookError) as raised:
        handbook.load(folder)
    (fault,) = raised.value.problems
    assert fault.message == told
    assert fault.file == f"{folder}/versions.yaml"
    wrong = told.removeprefix("a proposal has no field ").split(";")[0].split(" is named")[0]
    lines = (folder / "versions.yaml").read_text("utf-8").splitlines()
    assert lines[fault.line - 1].strip() == f"- {wrong}"


def test_what_is_not_named_may_change_and_what_came_later_may_not() -> None:
    rules = LEICESTER.versions
    assert rules is not None
    known = {*versions.fields()}
    assert {*rules.immaterial} | {f for f in known if versions.covers(rules.material, f)} == known
    assert {"stakeholders", "lead_post", "benefits.basis"} <= {*rules.immaterial}
    assert not versions.covers(rules.immaterial, "what_came_later")


def test_an_edition_frozen_before_there_was_a_rule_keeps_its_hash_and_calls_everything_material() -> None:
    text = LEICESTER.model_copy(update={"versions": None}).to_json().replace('"versions":null,', "")
    older = Edition.from_json(text)
    assert older.versions is None
    sample = SAMPLES["PROP-02"]
    (one,) = differing.between(whole(sample), whole(sample) | {"title": "Another"}, older)
    assert one.material
    assert any("put anew to everybody" in sentence for sentence in handbook.explained(older, DAY))


def test_the_explanation_says_what_is_material() -> None:
    told = " ".join(handbook.explained(LEICESTER, DAY))
    assert "unless one of these has changed: title, summary, why, alternatives, department" in told
    assert "benefits: amount gbp per year" in told
    assert "these may change: stakeholders" in told


def whole(document: dict[str, Any]) -> dict[str, Any]:
    return proposals.normalise(document, LEICESTER)


TOLD: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str, str]]] = {
    "money": (
        {"cost_profile": {"capital_gbp": "84000"}},
        {"cost_profile": {"capital_gbp": "90000.5"}},
        ("Capital", "£84,000", "£90,000.50"),
    ),
    "money below zero": (
        {},
        {"claimed": {"net_present_value_gbp": "-500"}},
        ("The sponsor's own net present value", "", "-£500"),
    ),
    "a share": (
        {"funding_parties": [{"post": "bh-dmh", "share_percent": "60"}]},
        {"funding_parties": [{"post": "bh-dmh", "share_percent": "100"}]},
        ("Budget holder, De Montfort Hall: share of the capital", "60%", "100%"),
    ),
    "a day": (
        {"decision_needed_by": "2004-10-14"},
        {"decision_needed_by": "2004-11-30"},
        ("Decision needed by", "14 October 2004", "30 November 2004"),
    ),
    "a post": (
        {"lead_post": "hoict-rc"},
        {"lead_post": "hoict-ce"},
        ("Lead officer", LEICESTER.posts["hoict-rc"].title, LEICESTER.posts["hoict-ce"].title),
    ),
    "yes": ({}, {"personal_data": True}, ("Whether it holds personal data", "", "Yes")),
    "a year's cost": (
        {"costs_by_year": [{"year": "2004/05", "one_off": "0"}]},
        {"costs_by_year": [{"year": "2004/05", "one_off": "250"}]},
        ("2004/05: one-off costs", "£0", "£250"),
    ),
    "an answer": (
        {"principles": {"P04": "met"}},
        {"principles": {"P04": "deviates"}},
        (f"Principle: P04 ({LEICESTER.principles['P04'].short_name})", "Met", "Not met"),
    ),
    "a shared service": (
        {"shared_services": {"security": "own"}},
        {"shared_services": {"security": "shared"}},
        ("Shared service: Security", "Builds its own", "Uses the shared one"),
    ),
    "a corporate system": (
        {},
        {"corporate_system": {"relation": "none", "ids": ["CS6"]}},
        ("Corporate system", "", LEICESTER.corporate_systems["CS6"].name),
    ),
    "a department": (
        {"department": "dept-rc"},
        {"department": "dept-hsg"},
        ("Department", "Regeneration and Culture", "Housing"),
    ),
    "what a handbook no longer knows": ({}, {"department": "gone"}, ("Department", "", "gone")),
}


@pytest.mark.parametrize(("before", "now", "expected"), TOLD.values(), ids=TOLD.keys())
def test_a_difference_is_told_in_words(
    before: dict[str, Any], now: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    found = differing.told(differing.between(before, now, LEICESTER), LEICESTER, DAY)
    assert [(one.what, one.before, one.now) for one in found] == [expected]


def test_every_value_of_a_proposal_has_a_name_in_words() -> None:
    assert {*versions.fields()} <= {*differing.FIELDS}


def test_what_an_older_program_left_out_is_no_difference() -> None:
    before = {"costs_by_year": [{"year": "2004/05", "capital": "1"}], "options": [{"title": "Wait"}]}
    now = {
        "costs_by_year": [{"year": "2004/05", "capital": "1.00", "one_off": "0.00", "revenue": "0.00"}],
        "options": [{"title": "Wait", "do_nothing": False, "why_not": ""}],
        "sharing": None,
        "shared_services": {},
    }
    assert differing.between(before, now, LEICESTER) == ()


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (
            {"benefits": [{"title": "Fewer calls", "amount_gbp_per_year": "500", "cashable": False}]},
            {"benefits": []},
            ("Benefit “Fewer calls”", "worth a year: £500", ""),
        ),
        (
            {},
            {"costs_by_year": [{"year": "2004/05", "capital": "1000", "revenue": "0", "one_off": "0"}]},
            ("Year “2004/05”", "", "capital: £1,000"),
        ),
        ({}, {"options": [{"title": "Wait"}]}, ("Option “Wait”", "", "Wait")),
        (
            {"funding_parties": [{"post": "bh-dmh", "share_percent": "100"}]},
            {"funding_parties": []},
            ("Funding party “Budget holder, De Montfort Hall”", "share of the capital: 100%", ""),
        ),
        (
            {"options": [{"title": "Wait", "why_not": "Dear"}]},
            {"options": [{"title": "Wait", "why_not": "Slow"}]},
            ("Wait: why it is not proposed", "Dear", "Slow"),
        ),
    ],
)
def test_a_row_that_is_new_or_gone_is_one_difference(
    before: dict[str, Any], now: dict[str, Any], told: tuple[str, str, str]
) -> None:
    sample = whole(SAMPLES["PROP-02"]) | {"benefits": [], "costs_by_year": [], "options": []}
    sample["funding_parties"] = []
    found = differing.between(sample | before, sample | now, LEICESTER)
    (one,) = differing.told(found, LEICESTER, DAY)
    assert (one.what, one.before, one.now) == told
