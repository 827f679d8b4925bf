"""`assent handbook rehearse` and `draft`: what a changed handbook would do, and putting one forward."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service import handbook, stack
from service.cli import app, changing, running
from service.cli.common import stop
from service.config import Keys, Settings
from service.errors import AssentError
from service.store import Store, editions, letters
from service.store.editions import PUT_FORWARD
from tests.support.desk import Desk
from workflows.model import State

LEICESTER = handbook.load("leicester")
SHIPPED = Path(handbook.__file__).parents[1] / "handbooks" / "leicester"


@pytest.fixture
def desk(store: Store, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An installation with Leicester's handbook, on each database."""

    @contextmanager
    def opened() -> Iterator[Store]:
        try:
            yield store
        except AssentError as error:
            stop(error)

    monkeypatch.setattr(changing, "record", opened)
    monkeypatch.setattr(changing, "settings", lambda: Settings(base_url="https://approvals.example"))
    return Desk(store, keys, LEICESTER)


def say(*words: str) -> Result:
    return CliRunner().invoke(app, ["handbook", *words])


def rehearsed(*words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(say("rehearse", *words, "--json").stdout)
    return told


def folder(tmp_path: Path, file: str, old: str, new: str) -> str:
    """A copy of Leicester's handbook in which one thing is changed."""
    copy = Path(shutil.copytree(SHIPPED, tmp_path / "leicester"))
    text = (copy / file).read_text("utf-8")
    assert text.count(old) == 1
    (copy / file).write_text(text.replace(old, new), "utf-8")
    return str(copy)


def test_without_a_proposal_there_is_nothing_to_route_anew(desk: Desk) -> None:
    said = say("rehearse", "framework-2004")
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.splitlines()[1] == "No proposal has been submitted, so there is none to route anew."
    told = rehearsed("framework-2004")
    assert (told["cases"], told["changes"], told["without_a_way"]) == (0, [], [])


def test_the_figures_come_first_and_then_every_proposal_that_changes(desk: Desk) -> None:
    refs = [desk.submits(sample).case for sample in ("PROP-01", "PROP-02", "PROP-04")]
    said = say("rehearse", "leicester/framework-2004").stdout
    assert said.splitlines()[1:4] == [
        "3 proposals: 2 would go another way (2 of them still under way), and 0 the same way in more or "
        "fewer days.",
        "SRG decides 2 of them now and would decide 0: 2 would have missed SRG, and 0 would newly go there.",
        "10 working days saved in all, and 5 working days saved in the middle one of those that change.",
    ]
    assert "  Strategic Resources Group: 2 before, 0 after (-2)" in said
    missed = said.partition("Would have missed SRG:")[2]
    assert (refs[0] in missed, refs[1] in missed, refs[2] in missed) == (False, True, True)
    assert "    No longer SRG: Strategic Resources Group (clause SRG-1).\n" in missed
    assert "    Decided 5 working days sooner.\n" in missed


def test_programs_get_one_document_with_both_ways_of_each(desk: Desk) -> None:
    ref = desk.submits("PROP-02").case
    told = rehearsed("framework-2004")
    assert (told["cases"], told["another_way"], told["srg"]) == (
        1,
        1,
        {"before": 1, "after": 0, "missed": 1, "new": 0},
    )
    assert told["in_force"] == LEICESTER.hash
    assert told["draft"]["hash"] == handbook.load("leicester/framework-2004").hash
    assert told["working_days"] == {"before": 35, "after": 30, "saved": 5, "median_saved": 5}
    assert {"forum": "srg", "title": "Strategic Resources Group", "before": 1, "after": 0} in told["work"]
    (one,) = told["changes"]
    assert (one["ref"], one["state"], one["lost"], one["gained"]) == (ref, State.SUBMITTED, ["srg"], [])
    assert [leg["leg"] for leg in one["before"]] == [
        "notification",
        "funding",
        "srg",
        "project",
        "post_implementation_review",
    ]
    assert one["before"][2] == {"leg": "srg", "who": ["srg"], "clause": "SRG-1", "meeting": None}
    assert [leg["leg"] for leg in one["after"]] == [
        leg["leg"] for leg in one["before"] if leg["leg"] != "srg"
    ]


def test_a_folder_is_rehearsed_as_well_as_a_shipped_edition(desk: Desk, tmp_path: Path) -> None:
    desk.submits("PROP-06")
    draft = folder(tmp_path, "money.yaml", "major_capital: 50000", "major_capital: 45000")
    told = rehearsed(draft)
    assert told["srg"] == {"before": 0, "after": 1, "missed": 0, "new": 1}
    (one,) = told["changes"]
    assert (one["newly_to_srg"], one["lost"]) == (True, ["completion"])
    assert "Would newly go to SRG:" in say("rehearse", draft).stdout


def test_what_the_draft_has_no_way_for_is_listed_with_the_reason(desk: Desk, tmp_path: Path) -> None:
    ref = desk.submits("PROP-09").case
    draft = folder(tmp_path, "money.yaml", "  bids: chief-finance-officer\n", "")
    told = rehearsed(draft)
    assert (told["no_way"], told["changes"]) == (1, [])
    assert [(one["ref"], one["why_not"]) for one in told["without_a_way"]] == [
        (ref, "Leicester City Council has no rule for money that depends on a bid")
    ]
    assert "Have no way under the draft:" in say("rehearse", draft).stdout


def test_each_proposal_is_compared_with_the_edition_its_case_opened_with(desk: Desk) -> None:
    desk.submits("PROP-02")
    desk.brings_into_force(handbook.load("leicester/framework-2004"))
    assert rehearsed("framework-2004")["srg"]["missed"] == 1
    assert rehearsed("leicester")["another_way"] == 0


def test_a_long_rehearsal_says_how_far_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "TELL_EVERY", -1.0)
    for _ in range(2):
        desk.submits("PROP-01")
    said = say("rehearse", "framework-2004")
    assert said.stderr.splitlines() == ["1 of 2 proposals…", "2 of 2 proposals…"]


def test_a_handbook_that_is_not_known_or_not_right_is_not_rehearsed(desk: Desk, tmp_path: Path) -> None:
    said = say("rehearse", "atlantis")
    assert (said.exit_code, said.stderr.startswith("There is no edition atlantis; there are ")) == (1, True)
    wrong = folder(tmp_path, "money.yaml", "major_capital: 50000", "major_capital: much")
    said = say("rehearse", wrong)
    assert (said.exit_code, "leicester/money.yaml:5: route.major_capital: must be pounds" in said.stderr) == (
        1,
        True,
    )


def test_the_holder_of_a_post_puts_a_checked_handbook_forward(desk: Desk, tmp_path: Path) -> None:
    draft = folder(tmp_path, "money.yaml", "major_capital: 50000", "major_capital: 75000")
    said = say("draft", draft, "--post", "corp-projects-manager")
    assert said.exit_code == 0, said.stderr
    with desk.store.reading() as tx:
        (kept,) = editions.drafts(tx, "leicester")
        (row,) = letters.unsent(tx)
        assert editions.in_force_hash(tx, "leicester") == LEICESTER.hash
    assert (kept.state, kept.put_by, kept.put_as) == (PUT_FORWARD, "p-021", "corp-projects-manager")
    assert (row.person, row.props["page"]) == ("p-028", f"https://approvals.example/handbooks/{kept.number}")
    assert said.stdout.endswith(f"(L. Holder, Programme Office): {row.props['page']}\n")


@pytest.mark.parametrize(
    ("post", "told"),
    [
        ("cd-rc", "Only the PMO and the administrator put handbooks forward and publish them."),
        ("nobody", "There is no post nobody in the handbook in force."),
    ],
)
def test_nobody_else_puts_one_forward(desk: Desk, post: str, told: str) -> None:
    said = say("draft", "framework-2004", "--post", post)
    assert (said.exit_code, said.stderr) == (1, f"{told}\n")
    with desk.store.reading() as tx:
        assert editions.drafts(tx, "leicester") == ()


def test_a_handbook_that_is_wrong_is_refused_by_file_line_and_key(desk: Desk, tmp_path: Path) -> None:
    wrong = folder(
        tmp_path, "organisation.yaml", "administrator: pmo", "administrator: corp-projects-manager"
    )
    said = say("draft", wrong, "--post", "pmo")
    assert said.exit_code == 1
    assert said.stderr.startswith(f"{wrong}/organisation.yaml:26: roles.administrator: only E. Holder, ")


def test_what_is_in_force_is_not_put_forward(desk: Desk) -> None:
    said = say("draft", "leicester", "--post", "pmo")
    assert (said.exit_code, said.stderr) == (1, "This handbook is in force already.\n")


def test_a_handbook_of_another_organisation_waits_for_its_first(desk: Desk) -> None:
    said = say("draft", "herefordshire", "--post", "programme-manager")
    assert (said.exit_code, said.stderr) == (1, "No handbook is in force for herefordshire.\n")


def test_migrating_says_what_waits_for_two_people(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    async def registered(_: Settings) -> bool:
        return True

    monkeypatch.setattr(running, "settings", Settings)
    monkeypatch.setattr(running, "open_store", lambda _: store)
    monkeypatch.setattr(running, "_registered", registered)
    for told, said in (
        (("The handbook is changed.",), ["The database is up to date.", "The handbook is changed."]),
        ((), ["The database is up to date and the handbooks are in force."]),
    ):
        monkeypatch.setattr(stack, "prepare", lambda *_, told=told: told)
        result = CliRunner().invoke(app, ["migrate"])
        assert result.stdout.splitlines() == [*said, "The engine knows the search attributes."]
