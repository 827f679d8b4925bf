"""The image and the compose file name only what exists, wait for what they need, and hold no secret."""

import importlib.util
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from service import engine
from service.cli import app
from service.config import Settings

TOP = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((TOP / "docker/compose.yaml").read_text())
DOCKERFILE = (TOP / "docker/Dockerfile").read_text()
EXAMPLE = (TOP / "docker/.env.example").read_text()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "assent"}


def instructions(dockerfile: str) -> list[tuple[str, list[str]]]:
    """The instructions of a Dockerfile, with their words."""
    joined = re.sub(r"\\\n", " ", "\n".join(line for line in dockerfile.splitlines() if line[:1] != "#"))
    found = []
    for line in filter(None, map(str.strip, joined.splitlines())):
        name, _, rest = line.partition(" ")
        words = re.findall(r'"([^"]*)"', rest) if rest.startswith("[") else shlex.split(rest)
        found.append((name, words))
    return found


def commands() -> list[list[str]]:
    """Every command that a container of ours runs."""
    (default,) = [words for name, words in instructions(DOCKERFILE) if name == "CMD"]
    return [default, *(service["command"] for service in OURS.values())]


def test_web_worker_and_migration_are_ours_and_come_from_one_image() -> None:
    assert set(OURS) == {"migrate", "web", "worker"}
    assert {service["build"]["dockerfile"] for service in OURS.values()} == {"docker/Dockerfile"}
    assert (TOP / "docker" / OURS["web"]["build"]["context"]).resolve() == TOP


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_exists_with_its_options(command: list[str]) -> None:
    program, name, *options = command
    assert program == "assent"
    helped = CliRunner().invoke(app, [name, "--help"])
    assert helped.exit_code == 0
    assert all(option in helped.stdout for option in options if option.startswith("--"))


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_is_a_setting(name: str) -> None:
    known = {f"ASSENT_{field.upper()}" for field in Settings.model_fields}
    assert {key for key in OURS[name]["environment"] if key.startswith("ASSENT_")} <= known


def test_every_variable_of_the_example_is_read_by_the_compose_file() -> None:
    named = re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE)
    text = (TOP / "docker/compose.yaml").read_text()
    assert named
    assert all(f"${{{name}" in text for name in named)


def test_no_secret_stands_in_the_files() -> None:
    for key, value in re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE):
        assert not (re.search("PASSWORD|SECRET|KEY", key) and value), key
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|PWD|SECRET", key):
                assert str(value).startswith("${"), key
    assert "${POSTGRES_PASSWORD:?" in OURS["web"]["environment"]["ASSENT_DATABASE_URL"]


def test_what_must_be_given_stops_the_start_when_it_is_not() -> None:
    for key in ("ASSENT_SECRET_KEYS", "ASSENT_DATABASE_URL"):
        assert ":?" in OURS["web"]["environment"][key]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_whatever_is_waited_for_can_say_that_it_is_ready(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        if wait["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other], other
        else:
            assert wait["condition"] == "service_completed_successfully"
            assert SERVICES[other]["restart"] == "no"


def test_the_web_is_asked_for_its_health_at_an_address_it_answers() -> None:
    (code,) = OURS["web"]["healthcheck"]["test"][3:]
    compile(code, "healthcheck", "exec")
    assert "/healthz" in code


def test_the_worker_is_asked_for_its_health_by_a_program_of_the_image() -> None:
    program, option, module = OURS["worker"]["healthcheck"]["test"][1:]
    assert (program, option) == ("python", "-m")
    assert importlib.util.find_spec(module) is not None


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_port_is_open_on_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", ()))


@pytest.mark.parametrize("name", sorted(set(SERVICES) - set(OURS)))
def test_every_image_is_pinned_to_a_version(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].partition(":")
    assert re.search(r"\d", tag), SERVICES[name]["image"]


def test_the_server_is_the_one_that_everything_is_tested_with() -> None:
    told = subprocess.run([engine.binary(), "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Server ([\d.]+), UI ([\d.]+)", told)
    assert found is not None
    server, ui = found.groups()
    assert {name: service["image"] for name, service in SERVICES.items() if "temporal" in name} == {
        "temporal": f"temporalio/server:{server}",
        "temporal-schema": f"temporalio/admin-tools:{server}",
        "temporal-namespace": f"temporalio/admin-tools:{server}",
        "temporal-ui": f"temporalio/ui:{ui}",
    }


@pytest.mark.parametrize("name", ["temporal-schema", "temporal-namespace"])
def test_what_a_shell_is_given_is_what_a_shell_can_read(name: str) -> None:
    (script,) = SERVICES[name]["command"]
    subprocess.run(["sh", "-n"], input=script.replace("$$", "$"), text=True, check=True)


def test_every_file_that_is_copied_or_mounted_is_in_the_project() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    copied = [
        source
        for name, words in instructions(DOCKERFILE)
        if name == "COPY" and not words[0].startswith("--from")
        for source in words[:-1]
    ]
    mounted = [
        f"docker/{volume.removeprefix('./').partition(':')[0]}"
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if volume.startswith("./")
    ]
    assert copied
    assert mounted
    for path in (*copied, *mounted):
        assert any(file == path or file.startswith(f"{path}/") for file in tracked), path


def test_nothing_runs_as_root() -> None:
    users = [words for name, words in instructions(DOCKERFILE) if name == "USER"]
    assert users == [["assent"]]


def test_the_image_installs_only_what_its_lock_vouches_for() -> None:
    assert "--require-hashes -r /tmp/requirements-production.lock" in DOCKERFILE
    production = pinned("requirements-production.lock")
    assert production.items() <= pinned("requirements.lock").items()
    assert "pytest" not in production


def pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", (TOP / lock).read_text(), re.MULTILINE))
