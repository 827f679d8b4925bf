"""Somebody who trusts nothing of ours can check a case that they were given."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from service.config import Keys
from service.store import Store, journal, standalone
from service.store.line import PURPOSE
from tests.service.store import story
from tests.service.store.samples import CASE

PROGRAM = Path(standalone.__file__)


@pytest.fixture
def lines(store: Store) -> list[str]:
    """A case with everything that can happen to one, as it is exported."""
    for fact in story.FACTS.values():
        with store.writing() as tx:
            fact(tx)
    with store.writing() as tx:
        # Words that end lines elsewhere, as a browser may call itself.
        tx.append(CASE, "attempt.refused", {"user_agent": "A\x85B\u2028C"}, key="odd", actor="p-hall")
    with store.reading() as tx:
        return journal.export(tx, CASE).removesuffix("\n").split("\n")


@pytest.fixture
def given(keys: Keys) -> dict[str, bytes]:
    return dict(keys.all(PURPOSE))


def test_a_case_as_it_was_written_has_no_fault(lines: list[str], given: dict[str, bytes]) -> None:
    last = json.loads(lines[-1])
    assert list(standalone.faults(lines, given, (last["seq"], last["mac"]))) == []
    assert list(standalone.faults(lines, {}, None)) == []


def edited(lines: list[str]) -> list[str]:
    changed = json.loads(lines[3]) | {"actor": "somebody-else"}
    return [*lines[:3], json.dumps(changed), *lines[4:]]


TAMPERS: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "a changed line": (edited, "line 4 was changed"),
    "a line taken away": (lambda lines: [*lines[:2], *lines[3:]], "line 3 is numbered 4"),
    "a line written twice": (lambda lines: [*lines[:3], *lines[2:]], "line 4 is numbered 3"),
    "two lines that changed places": (
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        "line 2 is numbered 3",
    ),
    "an end cut off": (lambda lines: lines[:-1], "the last line is"),
    "a line of another case": (
        lambda lines: [*lines[:1], lines[1].replace(CASE, "INV-2004-0009"), *lines[2:]],
        "line 2 is of another case",
    ),
    "a line that is no line": (lambda lines: [*lines[:4], "{}", *lines[5:]], "line 5 has no case"),
    "a line that is no JSON": (lambda lines: [*lines[:4], "?", *lines[5:]], "line 5 cannot be read"),
}


@pytest.mark.parametrize("tamper", TAMPERS)
def test_whatever_was_done_to_it_is_named_with_its_line(
    lines: list[str], given: dict[str, bytes], tamper: str
) -> None:
    change, told = TAMPERS[tamper]
    last = json.loads(lines[-1])
    found = list(standalone.faults(change(lines), given, (last["seq"], last["mac"])))
    assert any(fault.startswith(told) for fault in found), found


def test_a_line_signed_by_somebody_else_is_not_ours(lines: list[str], given: dict[str, bytes]) -> None:
    found = list(standalone.faults(lines, dict.fromkeys(given, b"another key"), None))
    assert found == [
        f"line {number} was changed, or never written by Assent" for number in range(1, len(lines) + 1)
    ]


def test_it_runs_by_itself_with_nothing_of_ours(
    lines: list[str], given: dict[str, bytes], tmp_path: Path
) -> None:
    alone = tmp_path / "verifier.py"
    alone.write_text(PROGRAM.read_text())
    case = tmp_path / "case.jsonl"
    case.write_text("\n".join(lines))
    words = [f"--key={kid}:{key.hex()}" for kid, key in given.items()]

    def run() -> subprocess.CompletedProcess[str]:
        told = [sys.executable, "-I", "-S", str(alone), str(case), *words]
        return subprocess.run(told, capture_output=True, text=True, cwd=tmp_path, check=False)

    assert (run().returncode, run().stdout) == (0, f"{len(lines)} lines, as they were written.\n")
    case.write_text("\n".join(edited(lines)))
    assert (run().returncode, run().stdout.splitlines()[0]) == (
        1,
        "line 4 was changed, or never written by Assent",
    )
