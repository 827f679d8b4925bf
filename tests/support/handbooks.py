"""Copies of a shipped handbook in which one thing is wrong."""

import shutil
from pathlib import Path

import pytest

from service import handbook
from service.handbook import Fault, HandbookError

SHIPPED = Path(handbook.__file__).parents[1] / "handbooks" / "leicester"


def copied(tmp_path: Path, shipped: Path = SHIPPED) -> Path:
    return Path(shutil.copytree(shipped, tmp_path / shipped.name))


def change(folder: Path, file: str, old: str, new: str) -> int:
    """Change a handbook's file; return the line on which the change begins."""
    text = (folder / file).read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} is in {file} {text.count(old)} times"
    (folder / file).write_text(text.replace(old, new), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults(folder: Path, variant: str = "") -> tuple[Fault, ...]:
    with pytest.raises(HandbookError) as raised:
        handbook.load(folder, variant=variant)
    return raised.value.problems
