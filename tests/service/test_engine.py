"""How the embedded engine is found and started."""

from pathlib import Path

import pytest

from service import engine

PROGRAM = Path("/usr/bin/temporal")


def test_the_installed_program_is_found_without_an_activated_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert engine.binary().is_file()


def test_the_chosen_program_wins(tmp_path: Path) -> None:
    chosen = tmp_path / "temporal"
    chosen.touch()
    assert engine.binary(chosen) == chosen


def test_a_chosen_program_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(engine.EngineMissing, match="absent"):
        engine.binary(tmp_path / "absent")


def test_the_server_listens_on_this_machine_only_and_loses_nothing_to_a_power_cut() -> None:
    words = engine.command(PROGRAM, port=7233, database=Path("t.db"))
    assert words[words.index("--ip") + 1] == "127.0.0.1"
    assert "synchronous=FULL" in words
    assert "--headless" in words


def test_time_is_skipped_only_when_a_test_asks() -> None:
    switch = "frontend.WorkflowTimeSkippingEnabled=true"
    assert switch not in engine.command(PROGRAM, port=7233, database=None)
    assert switch in engine.command(PROGRAM, port=7233, database=None, time_skipping=True)
