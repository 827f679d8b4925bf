"""There is one way to wait: processes have the verbs they share, and the engine's own are in one file."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflows
from workflows.assessing import Assessing
from workflows.attending import Attending
from workflows.delivering import Delivering, Excepting
from workflows.process import Process
from workflows.realising import Entrusting, Measuring
from workflows.series import Series
from workflows.sizing import Sized

HERE = Path(workflows.__file__).parent
PROCESSES = sorted((HERE / "processes").rglob("*.py"))

VERBS = {
    "begin",
    "take_up",
    "follow_up",
    "report_back",
    "let_go",
    "decide",
    "decide_together",
    "until",
    "until_met",
    "while_valid",
    "become",
    "end",
}
OF_MEETINGS = VERBS | {"attend", "at_next_meeting", "decide_at_meeting"}
OF_A_SERIES = {"take", "until", "happens", "again"}
SHARED: dict[type, set[str]] = {
    Process: VERBS,
    Attending: OF_MEETINGS,
    Sized: OF_MEETINGS | {"as_sized"},
    Entrusting: OF_MEETINGS
    | {
        "as_sized",
        "open_project",
        "until_delivered",
        "take_up_review",
        "until_review",
        "ask_again",
        "until_over",
        "let_project_go",
        "let_benefits_go",
    },
    Delivering: OF_MEETINGS
    | {
        "in_hand",
        "put",
        "put_until_next",
        "name_people",
        "propose",
        "take_report",
        "until_report",
        "while_reporting",
        "pass_gate",
        "raise_exception",
        "settle",
        "until_checked",
        "rest",
        "conclude",
    },
    Excepting: OF_MEETINGS | {"take_up_exception"},
    Assessing: OF_MEETINGS | {"take_up_assessment", "take_report", "take_choice", "until_in_place"},
    Measuring: VERBS | {"take_up_benefit", "take_up_as_mandated", "until_live", "until_month", "read"},
    Series: OF_A_SERIES,
}
"""What processes are made of, each with the verbs in which such a process is written."""
VERBS_OF = {shared.__name__: verbs for shared, verbs in SHARED.items()}
MESSAGES_AND_ENTRY = {"defn", "init", "run", "update", "query"}
"""What a process may take from Temporal: the decorators that make it one, and its updates."""
OF_TEMPORAL = {"workflow"}
WAITING = {
    "activity",
    "Assessments",
    "asyncio",
    "Benefits",
    "Cases",
    "HumanStep",
    "Meetings",
    "Projects",
    "Register",
    "Timed",
    "concurrent",
    "execute_activity",
    "execute_activity_method",
    "execute_child_workflow",
    "execute_local_activity",
    "get_external_workflow_handle",
    "signal",
    "sleep",
    "start_activity",
    "start_activity_method",
    "start_child_workflow",
    "start_local_activity",
    "threading",
    "time",
    "wait",
    "wait_condition",
}
"""The functions that wait, and what one would have to import to reach them another way."""


def faults(source: str) -> Iterator[str]:
    """Say where a process waits for anything but through the verbs of what it is made of."""
    tree = ast.parse(source)
    bases = {
        ast.unparse(base) for made in ast.walk(tree) if isinstance(made, ast.ClassDef) for base in made.bases
    }
    verbs = set().union(*(VERBS_OF.get(base, set()) for base in bases))
    own = {made.name for made in ast.walk(tree) if isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef)}
    for node in ast.walk(tree):
        match node:
            case ast.Await(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=verb))):
                if verb not in verbs | own:
                    yield f"{node.lineno}: awaits self.{verb}"
            case ast.Await():
                yield f"{node.lineno}: awaits something else than a verb"
            case ast.AsyncFor() | ast.AsyncWith():
                yield f"{node.lineno}: waits in a loop or a context"
            case ast.Attribute(value=ast.Name(id="workflow"), attr=name) if name not in MESSAGES_AND_ENTRY:
                yield f"{node.lineno}: workflow.{name}"
            case ast.Attribute(attr=name) if name.startswith("_") and not name.startswith("__"):
                yield f"{node.lineno}: reaches into {name}"
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in WAITING:
                yield f"{node.lineno}: {name}"
            case ast.Import(names=names):
                yield from (
                    f"{node.lineno}: imports {name.name}"
                    for name in names
                    if name.name.partition(".")[0] in WAITING | {"temporalio"}
                )
            case ast.ImportFrom(module=module, names=names):
                yield from (
                    f"{node.lineno}: imports {name.name}"
                    for name in names
                    if name.name in WAITING
                    or (module or "").partition(".")[0] in WAITING
                    or module == "workflows.ports"
                    or ((module or "").startswith("temporalio") and name.name not in OF_TEMPORAL)
                    or name.asname is not None
                )
            case _:
                pass


@pytest.mark.parametrize("process", PROCESSES, ids=lambda path: path.stem)
def test_a_process_waits_only_by_its_verbs(process: Path) -> None:
    assert list(faults(process.read_text())) == []


def test_there_are_processes_to_look_at() -> None:
    assert "investment_proposal" in [path.stem for path in PROCESSES]


def handlers(source: str) -> Iterator[tuple[str, bool]]:
    """Return each message a workflow takes, and whether an error in it stays with the message."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = [ast.unparse(mark) for mark in node.decorator_list]
            if any(mark.split("(")[0] == "workflow.update" for mark in marks):
                # Under the other, for what Temporal calls must be what is guarded.
                yield node.name, marks[-1] == "guarded"


def test_an_error_in_a_message_stays_with_the_message() -> None:
    every = [found for path in sorted(HERE.rglob("*.py")) for found in handlers(path.read_text())]
    assert {name for name, _ in every} == {
        "add_approver",
        "clock_moved",
        "decide",
        "look_again",
        "people_changed",
        "report_now",
        "resubmit",
        "set_size",
        "sittings_changed",
        "take_back_approver",
        "undo",
        "withdraw",
    }
    assert [name for name, kept in every if not kept] == []


@pytest.mark.parametrize(("shared", "verbs"), SHARED.items())
def test_the_verbs_are_those_that_every_process_has(shared: type, verbs: set[str]) -> None:
    public = {
        name
        for name, _ in inspect.getmembers(shared, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }
    assert public == verbs


GOOD = """
from temporalio import workflow
from workflows.human_step import guarded
from workflows.process import Process

@workflow.defn
class Good(Process):
    @workflow.run
    async def run(self, case: str) -> None:
        proposal = await self.begin()
        outcome = await self.pass_leg(proposal)
        await self.become("closed", because=outcome)
        await self.end()

    async def pass_leg(self, proposal):
        await self.until(lambda: self.submitted > 1, key="k", leg="l", on="p")
        return await self.decide(proposal)
"""

LINE = "        proposal = await self.begin()"


def test_a_process_with_verbs_only_is_no_fault() -> None:
    assert list(faults(GOOD)) == []


@pytest.mark.parametrize(
    ("written", "instead_of", "fault"),
    [
        ("        await workflow.sleep(60)", LINE, "workflow.sleep"),
        ("        await workflow.wait_condition(lambda: self.done)", LINE, "workflow.wait_condition"),
        ("        await asyncio.sleep(60)", LINE, "asyncio"),
        ("        workflow.wait_condition(lambda: self.done)", LINE, "workflow.wait_condition"),
        ("        await workflow.execute_activity('x')", LINE, "workflow.execute_activity"),
        ("        await workflow.execute_activity_method(Cases.begun, case)", LINE, "Cases"),
        ("        workflow.start_activity('x')", LINE, "workflow.start_activity"),
        ("        await workflow.execute_local_activity('x')", LINE, "workflow.execute_local_activity"),
        ("        step = await workflow.start_child_workflow('HumanStep')", LINE, "start_child_workflow"),
        ("        await workflow.execute_child_workflow(HumanStep.run)", LINE, "HumanStep"),
        ("        await step.signal('withdraw')", LINE, "signal"),
        ("        workflow.get_external_workflow_handle('x')", LINE, "get_external_workflow_handle"),
        ("        await self._wait(lambda: True, None, '')", LINE, "reaches into _wait"),
        ("        self._post(['a letter'])", LINE, "reaches into _post"),
        ("        await self.clock", LINE, "awaits something else"),
        ("        await self.sleep_a_while()", LINE, "awaits self.sleep_a_while"),
        ("        await proposal", LINE, "awaits something else"),
        ("        await (self.begin if case else self.end)()", LINE, "awaits something else"),
        ("        async with lock: pass", LINE, "waits in a loop or a context"),
        ("        async for letter in post: pass", LINE, "waits in a loop or a context"),
        ("    @workflow.signal", "    @workflow.run", "workflow.signal"),
        ("import asyncio", "from temporalio import workflow", "imports asyncio"),
        ("import time as clock", "from temporalio import workflow", "imports time"),
        ("import temporalio.workflow", "from temporalio import workflow", "imports temporalio"),
        ("from temporalio import workflow as w", "from temporalio import workflow", "imports workflow"),
        ("from temporalio.workflow import sleep", "from temporalio import workflow", "imports sleep"),
        ("from temporalio import activity", "from temporalio import workflow", "imports activity"),
        ("from workflows.ports import PATIENTLY", "from temporalio import workflow", "imports PATIENTLY"),
        ("from workflows.human_step import HumanStep", "from temporalio import workflow", "HumanStep"),
        ("from asyncio import gather", "from temporalio import workflow", "imports gather"),
    ],
)
def test_any_other_way_to_wait_is_found(written: str, instead_of: str, fault: str) -> None:
    bad = GOOD.replace(instead_of, written, 1)
    assert bad != GOOD
    found = list(faults(bad))
    assert any(fault in one for one in found), found


# ------------------------------------------------------------- and the engine in one file


MODULES = {"asyncio", "concurrent", "threading", "time"}
FUNCTIONS = {name for name in WAITING - MODULES if name.islower() and name != "activity"}


def waits(source: str) -> bool:
    """Say whether a file knows the functions by which Temporal waits and does things.

    That something can be told to a process is marked with one of their names, and is no waiting.
    """
    nodes = [*ast.walk(ast.parse(source))]
    marks = {id(mark) for node in nodes for mark in getattr(node, "decorator_list", ())}
    return any(_waits(node) for node in nodes if id(node) not in marks)


def _waits(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name in FUNCTIONS
        case ast.Import(names=names):
            return any(name.name.partition(".")[0] in MODULES for name in names)
        case ast.ImportFrom(module=module, names=names):
            return (module or "").partition(".")[0] in MODULES or any(n.name in FUNCTIONS for n in names)
        case _:
            return False


def test_only_the_primitive_and_the_verbs_know_how_to_wait() -> None:
    files = [path for path in HERE.rglob("*.py") if waits(path.read_text())]
    assert [path.relative_to(HERE).as_posix() for path in sorted(files)] == ["human_step.py", "process.py"]


@pytest.mark.parametrize(
    "source",
    ["import asyncio", "from temporalio.workflow import wait_condition", "workflow.sleep(1)", "import time"],
)
def test_a_second_file_that_knew_it_would_be_found(source: str) -> None:
    assert waits(source)


@pytest.mark.parametrize(
    ("line", "knows"),
    [
        ("@workflow.signal\ndef goes_live(self, day): pass", False),
        ("@workflow.signal\nasync def goes_live(self, day): await workflow.sleep(1)", True),
        ("workflow.get_external_workflow_handle(case).signal(word)", True),
    ],
)
def test_what_a_process_can_be_told_is_told_apart_from_telling_another(line: str, knows: bool) -> None:
    assert waits(line) is knows
