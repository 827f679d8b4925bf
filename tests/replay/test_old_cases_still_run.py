"""Cases that began with the code of another day go on with the code of today.

Where one does not, `tests/replay/record.py` says what to do, and it is not to record it again.
"""

import base64
import json
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.workflow import NondeterminismError

from activities.worker import RUNNER, WORKFLOWS
from service import handbook
from tests.replay.delivered import PATHS
from tests.replay.record import BEFORE, HISTORIES, MEETING_WAYS, WAYS
from workflows import human_step
from workflows.processes import action, investment_proposal, project

FILES = sorted(HISTORIES.glob("*.json"))
PEOPLE = handbook.load("leicester").people


def replayer(workflows: Sequence[type], runner: WorkflowRunner) -> Replayer:
    return Replayer(workflows=workflows, workflow_runner=runner, data_converter=pydantic_data_converter)


def history(name: str) -> WorkflowHistory:
    return WorkflowHistory.from_json(name, (HISTORIES / f"{name}.json").read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_an_old_case_still_runs(file: Path) -> None:
    await replayer(WORKFLOWS, RUNNER).replay_workflow(history(file.stem))


def test_every_path_has_a_history_and_every_process_a_path() -> None:
    named = {way.name for way in WAYS} | MEETING_WAYS.keys() | PATHS.keys() | {*BEFORE}
    assert named == {file.stem.partition(".")[0] for file in FILES}
    kinds = {_kind(file) for file in FILES}
    # A look at whether a worker answers is over in a moment, and is never old.
    assert kinds | {"Readiness"} == {made.__name__ for made in WORKFLOWS}


# ------------------------------------------------------------------- a change that breaks


def copied(module: ModuleType, folder: Path, *change: tuple[str, str]) -> ModuleType:
    """Return a module made from another's source, with each first text replaced by the second."""
    source = Path(str(module.__file__)).read_text()
    for old, new in change:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    # A name for each text: what Python has compiled of one of the same length must not stand for another.
    digest = sha256(source.encode()).hexdigest()[:8]
    file = folder / f"copied_{module.__name__.rpartition('.')[2]}_{digest}.py"
    file.write_text(source)
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    copy = module_from_spec(spec)
    sys.modules[copy.__name__] = copy
    spec.loader.exec_module(copy)
    return copy


async def replay_copy(module: ModuleType, folder: Path, name: str, *change: tuple[str, str]) -> None:
    """Replay a history on a changed copy; outside the sandbox, which would read the original again."""
    copy = copied(module, folder, *change)
    try:
        known = {made.__name__: made for made in WORKFLOWS}
        changed = {name: getattr(copy, name) for name in known if hasattr(copy, name)}
        await replayer([*(known | changed).values()], UnsandboxedWorkflowRunner()).replay_workflow(
            history(name)
        )
    finally:
        del sys.modules[copy.__name__]


MEETING_FIRST = (
    """        if anybody and not self.withdrawal:
            await self.become(states.while_passing(legs[0]))
        if anybody:
            legs = await self.attend(proposal, legs)
""",
    """        if anybody:
            legs = await self.attend(proposal, legs)
        if anybody and not self.withdrawal:
            await self.become(states.while_passing(legs[0]))
""",
)
RETURNED_LATER = (
    """            await self.become(State.RETURNED, because=outcome)
            if outcome.outside_guidelines:
                await self.track(proposal)
            proposal = await self.come_back(proposal)
""",
    """            proposal = await self.come_back(proposal)
            await self.become(State.RETURNED, because=outcome)
            if outcome.outside_guidelines:
                await self.track(proposal)
""",
)
NOT_TOLD = ("        await self.become(states.end(outcome), because=outcome)\n", "        pass\n")
ONE_MORE_ACTIVITY = (
    "        self._hear(opened.clock)\n        self.seats",
    "        await self._answers_on_their_way(self.now)\n        self.seats",
)
WITHOUT_A_TIMER = ("                    timeout=left,\n", "                    timeout=None,\n")
NO_COUNT_AT_THE_END = (
    "        if rung.nudge is not Nudge.REMIND:\n"
    "            await self._answers_on_their_way(self._due(rung))\n",
    "",
)
NOT_ASKED_WHETHER_TAKEN_BACK = ("        await self._answers_on_their_way(effect)\n", "")
NEVER_LAPSES = (
    "await self.while_valid(valid, self.complete(proposal, outcome))",
    "await self.complete(proposal, outcome)",
)
BY_THE_NEW_RULE_ALONE = ("self.came_to(outcomes)", "states.together(outcomes)")
DECIDED_WITHOUT_A_REPORT = (
    """        report = await self.put(self.exception_report)
        if report.choice is None:
            return
""",
    "",
)
AT_ITS_GATE_ONCE_CONDITIONS_ARE_MET = (
    """        await self.become(ProjectState.AT_GATE)
        return await self.at_gate(GateKind.BOUNDARY)
""",
    """        outcome = await self.at_gate(GateKind.BOUNDARY)
        await self.become(ProjectState.AT_GATE)
        return outcome
""",
)
NOT_REPORTED_BACK = ("        await self.report_back(hearer, came_to)\n", "")
NOT_TRIED_AT_ONCE = (
    "await workflow.execute_local_activity_method(port, fact, summary=summary, **AT_ONCE)",
    "await self._write_later(port, fact, summary)",
)


@pytest.mark.parametrize(
    ("module", "name", "change"),
    [
        (investment_proposal, "approved.case", MEETING_FIRST),
        (investment_proposal, "returned.case", RETURNED_LATER),
        (investment_proposal, "rejected.case", NOT_TOLD),
        (investment_proposal, "returned-before-a-refusal.case", BY_THE_NEW_RULE_ALONE),
        (human_step, "approved.step-funding-bh-dmh.1", ONE_MORE_ACTIVITY),
        (human_step, "silent-for-weeks.step-notification.1", WITHOUT_A_TIMER),
        (human_step, "expired.step-funding-bh-dmh.1", NO_COUNT_AT_THE_END),
        (human_step, "thought-over.step-funding-bh-dmh.1", NOT_ASKED_WHETHER_TAKEN_BACK),
        (investment_proposal, "lapsed.case", NEVER_LAPSES),
        (human_step, "written-later.step-notification.1", NOT_TRIED_AT_ONCE),
        (project, "exceptional.project", DECIDED_WITHOUT_A_REPORT),
        (project, "in-several-runs.project.run-2", AT_ITS_GATE_ONCE_CONDITIONS_ARE_MET),
        (action, "in-several-runs.action", NOT_REPORTED_BACK),
    ],
)
async def test_a_change_that_would_break_an_old_case_is_found(
    module: ModuleType, name: str, change: tuple[str, str], tmp_path: Path
) -> None:
    await replay_copy(module, tmp_path, name)
    with pytest.raises(NondeterminismError):
        await replay_copy(module, tmp_path, name, change)


# ----------------------------------------------------------------------- what they may hold


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_history_holds_nobody_s_name_or_address(file: Path) -> None:
    private = {"@", "Holder", *(made.name for made in PEOPLE.values())}
    said = " ".join(words(json.loads(file.read_text())))
    assert any(kind in said for kind in ("INV-2004-", "ACT-2004-", "MTG-"))
    assert [word for word in private if word in said] == []


def words(value: Any) -> Iterator[str]:
    """Give every text in a history, those inside its payloads too."""
    match value:
        case {"metadata": dict(), "data": str(data)}:
            yield base64.b64decode(data).decode()
        case dict():
            for key, inner in value.items():
                yield key
                yield from words(inner)
        case list():
            for inner in value:
                yield from words(inner)
        case _:
            yield str(value)


def _kind(file: Path) -> str:
    first = json.loads(file.read_text())["events"][0]
    return str(first["workflowExecutionStartedEventAttributes"]["workflowType"]["name"])
