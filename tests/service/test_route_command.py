"""`assent route`: which way each proposal of a file would go, with no stack behind it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from service.cli import app
from tests.support.samples import FILE

run = CliRunner()


def route(*words: str | Path) -> Result:
    return run.invoke(app, ["route", *(str(word) for word in words)])


def test_every_sample_is_answered_with_its_legs() -> None:
    told = route(FILE, "--json")
    assert told.exit_code == 0
    routes = json.loads(told.stdout)
    assert list(routes) == [f"PROP-{number:02d}" for number in range(1, 13)]
    assert told.stderr == ""
    assert routes["PROP-07"] == [
        {
            "leg": "notification",
            "who": ["sd-ict-ca"],
            "clause": "NOTIFY-2",
            "reason": "no Heads of ICT Group meeting that its papers can still reach falls "
            "before 20 August 2004",
        },
        {
            "leg": "funding",
            "who": ["cd-rc"],
            "clause": "FUND-1",
            "reason": "each funding party approves its share",
        },
        {
            "leg": "completion",
            "who": ["hoict-rc"],
            "clause": "CLOSE-1",
            "reason": "a minor proposal closes when its lead officer confirms completion",
        },
    ]


@pytest.mark.parametrize(
    ("edition", "srg"),
    [
        ([], True),
        (["--edition", "leicester"], True),
        (["--edition", "framework-2004"], False),
        (["--edition", "leicester/framework-2004"], False),
    ],
)
def test_the_edition_decides_whether_srg_decides(edition: list[str], srg: bool) -> None:
    legs = [leg["leg"] for leg in json.loads(route(FILE, "--json", *edition).stdout)["PROP-02"]]
    assert ("srg" in legs) is srg


def test_a_folder_may_be_named_as_edition() -> None:
    folder = FILE.parents[1] / "handbooks" / "leicester"
    assert route(FILE, "--json", "--edition", folder).stdout == route(FILE, "--json").stdout


def test_people_are_told_in_lines() -> None:
    told = route(FILE)
    assert "PROP-02\n" in told.stdout
    assert "  srg: srg; SRG decides because the proposal is major (clause SRG-1)\n" in told.stdout


def test_an_edition_that_does_not_exist_is_named_with_those_that_do() -> None:
    told = route(FILE, "--edition", "framework-1904")
    assert told.exit_code == 1
    assert told.stderr == (
        "There is no edition framework-1904; there are herefordshire, leicester, framework-2004, "
        "leicester/framework-2004.\n"
    )


PROPOSAL = """proposals:
  - id: ONE
    organisation: leicester
    department: dept-rc
    sponsor_post: cd-rc
    lead_post: hoict-rc
    size: minor
    cost_profile: {capital_gbp: 30000}
    funding_parties:
      - {post: cd-rc, share_percent: 100}
    submitted_on: 2004-09-13
    decision_needed_by: 2004-11-30
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("proposals:", "proposal:", 1, "proposals: must be a list of proposals"),
        ("cd-rc, share", "cd-x, share", 10, "Funding party cd-x is not a post of Leicester City Council"),
        ("percent: 100", "percent: 90", 9, "Shares add up to 90%; they must add up to 100%"),
        ("30000", "£30,000", 8, "such as 84000 or 84000.50"),
        ("2004-11-30", "2004-11-31", 12, "Decision needed by must be a date that exists"),
        ("    submitted_on: 2004-09-13\n", "", 2, "Say on which day it was submitted"),
        ("    lead_post: hoict-rc\n", "", 2, "Say which post leads it"),
        ("id: ONE", "name: ONE", 2, "id: is missing"),
        ("    organisation: leicester\n", "", 2, "organisation: is missing"),
        ("id: ONE", "id: 5", 2, "id: must be words; quotation marks make words of anything"),
        (
            "organisation: leicester",
            "organisation: leicestr",
            3,
            "organisation: no handbook is shipped for leicestr; there are herefordshire, leicester",
        ),
        (
            "    size: minor\n",
            "    size: minor\n    funding_conditon: {status: pending}\n",
            8,
            "There is no field funding_conditon; did you mean funding_condition?",
        ),
        (
            "submitted_on: 2004-09-13",
            "submitted_on: 2001-12-31",
            11,
            "submitted_on: must be from 1 January 2002 to 31 December ",
        ),
        ("submitted_on: 2004-09-13", "submitted_on: 2099-09-14", 11, ": no other meetings are known"),
        ("size: minor", "size: [", 9, "expected"),
        ("size: minor", "lead_post: x", 7, "is given twice"),
        (
            "{capital_gbp: 30000}",
            "{capital_gbp: 30000}\n    costs_by_year:\n      - {year: 2004, capital: 70000}",
            9,
            "Capital by year adds up to £70,000, but the capital cost is £30,000",
        ),
        ("  - id: ONE", "  - ONE\n  - id: ONE", 2, "must be a mapping"),
    ],
)
def test_a_malformed_file_is_refused_by_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, told: str
) -> None:
    assert old in PROPOSAL
    file = tmp_path / "proposals.yaml"
    file.write_text(PROPOSAL.replace(old, new, 1), "utf-8")
    refused = route(file, "--json")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert any(
        sentence.startswith(f"{file}:{line}: ") and told in sentence
        for sentence in refused.stderr.splitlines()
    ), refused.stderr


def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "proposals.yaml"
    file.write_text(PROPOSAL + PROPOSAL.removeprefix("proposals:\n"), "utf-8")
    assert "ONE is given twice" in route(file).stderr


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    told = route(tmp_path / "absent.yaml")
    assert told.exit_code == 1
    assert told.stderr == f"{tmp_path / 'absent.yaml'}:1: cannot be read: no such file or directory\n"


def test_no_environment_no_database_and_no_engine_are_needed(tmp_path: Path) -> None:
    bare = {key: value for key, value in os.environ.items() if not key.startswith("ASSENT_")}
    told = subprocess.run(
        [sys.executable, "-m", "service.cli", "route", str(FILE), "--json"],
        env=bare | {"ASSENT_MODE": "nonsense", "PYTHONPATH": str(FILE.parents[2])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(json.loads(told.stdout)) == 12
    assert not any(tmp_path.iterdir())


def test_a_proposal_that_has_no_way_hides_none_of_the_others(tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    whole = yaml.safe_load(FILE.read_text("utf-8"))["proposals"][:3]
    whole[0]["department"] = "dept-nowhere"
    whole[1]["principles"] = {}
    whole[2]["decision_needed_by"] = whole[2]["submitted_on"]["date"].isoformat()
    file.write_text(yaml.safe_dump({"proposals": whole}), "utf-8")
    told = route(file, "--json")
    assert told.exit_code == 1
    assert list(json.loads(told.stdout)) == ["PROP-02", "PROP-03"]
    assert "dept-nowhere" in told.stderr
    assert "PROP-02: its way is that of a proposal that meets P01, P02" in told.stderr
    assert "PROP-03: its decision is needed by a day that is not after its submission" in told.stderr


def test_an_exception_without_the_evidence_that_it_calls_for_has_no_way(tmp_path: Path) -> None:
    file = tmp_path / "exception.yaml"
    (held,) = yaml.safe_load(FILE.read_text("utf-8"))["proposals"][11:]
    held["ruleset_checks"]["benefits_clear"] = "deviates"
    file.write_text(yaml.safe_dump({"proposals": [held]}), "utf-8")
    told = route(file, "--json")
    assert (told.exit_code, told.stdout) == (1, "")
    assert "An exception from the embargo cannot be asked for without" in told.stderr
    held["ruleset_checks"]["exempt_from_embargo"] = True
    file.write_text(yaml.safe_dump({"proposals": [held]}), "utf-8")
    legs = [leg["leg"] for leg in json.loads(route(file, "--json").stdout)["PROP-12"]]
    assert legs[0] != "embargo_exception"


SCHOOLS = """proposals:
  - id: TWO
    organisation: herefordshire
    department: ict-services
    sponsor_post: dir-ccs
    lead_post: head-of-ict
    size: minor
    cost_profile: {capital_gbp: 30000}
    funding_parties:
      - {post: dir-resources, share_percent: 100}
    ruleset_checks:
      business_case: met
      exempt_from_embargo: false
    submitted_on: 2007-04-23
    decision_needed_by: 2007-06-29
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ("exempt_from_embargo: false", "exempt_from_embargo: maybe", 13, "exempt_from_embargo"),
        ("business_case: met", "business_case: deviates", 12, "business_case"),
        ("business_case: met", "business_case: perhaps", 12, "business_case"),
    ],
)
def test_a_check_of_a_handbook_is_named_as_the_file_names_it(
    tmp_path: Path, old: str, new: str, line: int, key: str
) -> None:
    assert old in SCHOOLS
    file = tmp_path / "schools.yaml"
    file.write_text(SCHOOLS.replace(old, new), "utf-8")
    told = route(file)
    assert told.exit_code == 1
    assert told.stderr.startswith(f"{file}:{line}: proposals[1].ruleset_checks.{key}: ")
    file.write_text(SCHOOLS, "utf-8")
    assert route(file).exit_code == 0


def test_a_decision_after_the_last_day_that_a_calendar_knows_is_told(tmp_path: Path) -> None:
    file = tmp_path / "late.yaml"
    file.write_text(PROPOSAL.replace("2004-11-30", "2099-11-30"), "utf-8")
    told = route(file)
    assert told.exit_code == 0
    assert "ONE: its decision is needed after 31 December " in told.stderr
    assert told.stderr.endswith(", and no meetings are known after that day\n")
