"""The commands by which people and checks start Assent, as processes of their own."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

import service
from service.stack import HOST, free_port
from tests.support.stack import (
    ASSENT,
    PARTS,
    alive,
    bare_environment,
    run,
    until,
    until_it_answers,
)

HANDBOOK = Path(service.__file__).parent / "handbooks" / "leicester"
NOT_READY = 503


@dataclass
class Up:
    """`assent up`, as somebody started it."""

    process: asyncio.subprocess.Process
    folder: Path
    client: httpx.AsyncClient

    @property
    def pids(self) -> dict[str, int]:
        pids: dict[str, int] = json.loads((self.folder / "stack.json").read_text())["pids"]
        return pids

    @property
    def environment(self) -> dict[str, str]:
        return {"ASSENT_DATA_DIR": str(self.folder)}

    async def status(self) -> int:
        try:
            return (await self.client.get("/readyz")).status_code
        except httpx.TransportError:
            return 0

    async def says(self, status: int, within: float = 30) -> dict[str, Any]:
        """Wait until /readyz says something, and return what it says of each part."""

        async def said() -> bool:
            return await self.status() == status

        await until_it_answers(said, f"/readyz says {status}", within)
        found: dict[str, Any] = (await self.client.get("/readyz")).json()
        return found


@pytest.fixture(scope="module")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    folder, port = tmp_path_factory.mktemp("up"), free_port()
    process = await asyncio.create_subprocess_exec(
        str(ASSENT),
        "up",
        "--port",
        str(port),
        env=bare_environment() | {"ASSENT_DATA_DIR": str(folder)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=60) as client:
        running = Up(process, folder, client)
        try:
            await running.says(200, within=60)
            yield running
        finally:
            if process.returncode is None:
                # Killed, it could not take its parts along.
                process.terminate()
                await process.communicate()


# ------------------------------------------------------------------------------- assent up


async def test_up_serves_on_the_port_given_and_is_ready_when_database_engine_and_worker_answer(
    up: Up,
) -> None:
    assert await up.says(200) == {"ready": True, "database": True, "engine": True}
    assert (await up.client.get("/sign-in")).status_code == 200
    assert sorted(up.pids) == sorted(PARTS)


async def test_up_keeps_its_keys_where_only_their_owner_reads_them(up: Up) -> None:
    assert (up.folder / "keys").stat().st_mode & 0o777 == 0o600


async def test_a_token_is_the_last_word_of_what_the_command_says_and_works_at_once(up: Up) -> None:
    status, said, wrong = await run(
        "token", "create", "--post", "hoict-ce", "--scope", "start:case", **up.environment
    )
    assert (status, wrong) == (0, "")
    token = said.split()[-1]
    headers = {"Authorization": f"Bearer {token}"}
    begun = await up.client.post("/api/v1/proposals", json={"title": "Tool kit"}, headers=headers)
    assert begun.status_code == 201, begun.text
    assert (await up.client.get("/api/v1/cases", headers=headers)).status_code == 403, "its scope is another"


async def test_a_post_that_two_organisations_have_is_the_installations_own_unless_another_is_named(
    up: Up,
) -> None:
    for organisation, department in (("", "dept-rc"), ("herefordshire", "cyp")):
        named = ("--organisation", organisation) if organisation else ()
        status, said, wrong = await run(
            "token", "create", "--post", "chief-executive", "--scope", "start:case", *named, **up.environment
        )
        assert status == 0, wrong
        headers = {"Authorization": f"Bearer {said.split()[-1]}"}
        document = {"title": "Whose", "department": department}
        begun = await up.client.post("/api/v1/proposals", json=document, headers=headers)
        assert begun.status_code == 201, begun.text


async def test_what_is_wrong_with_a_token_is_said_by_what_was_given(up: Up) -> None:
    status, _, wrong = await run(
        "token", "create", "--post", "hoict-ce", "--scope", "everything", "--days", "0", **up.environment
    )
    assert status == 1
    assert [line.partition(":")[0] for line in wrong.splitlines()] == ["scopes", "days"]


async def test_a_token_for_a_post_that_nobody_holds_is_refused_in_a_sentence(up: Up) -> None:
    status, said, wrong = await run(
        "token", "create", "--post", "nobody", "--scope", "read:case", **up.environment
    )
    assert (status, said) == (1, "")
    assert "nobody" in wrong


@pytest.mark.chaos
async def test_killed_parts_are_started_again_and_the_installation_becomes_ready_again(up: Up) -> None:
    before = up.pids
    for part in ("worker", "web", "catcher"):
        os.kill(before[part], signal.SIGKILL)
    await until(lambda: len({*up.pids.values(), *before.values()}) == len(PARTS) + 3, "new processes")
    assert up.pids["engine"] == before["engine"], "what lives is left alone"
    await up.says(200)


@pytest.mark.chaos
async def test_without_a_worker_that_answers_it_is_not_ready(up: Up) -> None:
    pid = up.pids["worker"]
    os.kill(pid, signal.SIGSTOP)
    try:
        said = await up.says(NOT_READY)
        assert (said["ready"], said["database"], said["engine"]) == (False, True, False)
    finally:
        os.kill(pid, signal.SIGCONT)
    await up.says(200)


@pytest.mark.chaos
async def test_told_to_end_it_ends_with_all_its_parts_and_leaves_a_whole_record(up: Up) -> None:
    pids = list(up.pids.values())
    up.process.terminate()
    async with asyncio.timeout(60):
        said = (await up.process.communicate())[0].decode()
    assert up.process.returncode == 0
    assert f"http://{HOST}:" in said
    assert [pid for pid in pids if alive(pid)] == []
    status, _, wrong = await run("audit", "verify", **up.environment)
    assert (status, wrong) == (0, ""), "the record can be read while nothing runs"


# ----------------------------------------------------------------------------- assent demo


async def test_the_demo_tells_its_story_as_facts_and_ends_with_a_status_of_0() -> None:
    status, said, wrong = await run("demo", "--exit", "--json")
    assert status == 0, wrong
    facts = [json.loads(line) for line in said.splitlines()]
    for fact in facts:
        assert {"event", "case", "at"} <= set(fact)
    events = [fact["event"] for fact in facts]
    for event in (
        "handbook.loaded",
        "proposal.submitted",
        "notification.noted",
        "funders.asked",
        "reminder.sent",
        "cover.asked",
        "quorum.reached",
        "sponsor.told",
        "order.raised",
        "condition.verified",
        "project.mandated",
        "gate.passed_on_condition",
        "tolerance.crossed",
        "exception.settled",
        "gate.waits",
        "project.closed",
        "review.late",
        "review.noted",
        "benefits.concluded",
        "journal.verified",
    ):
        assert events.count(event) == 1, event
    last = facts[-1]
    (ref, state), *others = last["cases"].items()
    assert [state for _, state in others] == ["withdrawn", "closed"]
    assert (last["event"], state, last["journal"]) == ("story.ended", "closed", "verified")
    assert [fact["months"] for fact in facts if fact["event"] == "benefits.read"] == [3, 6, 12, 24]
    assert ref.startswith("INV-2004-")
    assert last["decisions"] == 23
    assert last["letters"] > last["decisions"]
    assert 0 < last["seconds"] < 180


async def test_the_demo_ends_with_a_status_of_1_when_its_story_cannot_come_true(tmp_path: Path) -> None:
    handbook = tmp_path / "leicester"
    shutil.copytree(HANDBOOK, handbook)
    people = handbook / "people.yaml"
    # Whoever is to cover for a member of SRG is somebody else here.
    people.write_text(people.read_text().replace("p-014:", "p-914:"))
    status, said, wrong = await run("demo", "--exit", "--json", ASSENT_HANDBOOK=str(handbook))
    assert status == 1
    assert "did not come true" in wrong
    assert "Traceback" not in wrong
    assert "story.ended" not in said


async def test_the_demo_says_in_a_sentence_that_the_engine_is_missing() -> None:
    status, said, wrong = await run("demo", "--exit", ASSENT_TEMPORAL_CLI="/nowhere/temporal")
    assert (status, said) == (1, "")
    assert "/nowhere/temporal" in wrong
    assert "Traceback" not in wrong


async def test_up_refuses_to_be_production(tmp_path: Path) -> None:
    status, _, wrong = await run("up", ASSENT_MODE="production", ASSENT_DATA_DIR=str(tmp_path))
    assert status == 1
    assert "production" in wrong
