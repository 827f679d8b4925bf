"""Commands that run Assent: the whole of it in one folder, or part by part in production."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from service import stack
from service.cli.common import given_settings, settings, stop
from service.config import ConfigError, Settings, generate_keys, process_environment
from service.demo import story
from service.demo.stage import Teller
from service.engine import EngineMissing
from service.gateway import Gateway
from service.stack import Stack
from service.store import open_store

app = typer.Typer()

Port = Annotated[int | None, typer.Option(help="The web's port; a free one if left out.")]


@app.command()
def up(port: Port = None) -> None:
    """Run the whole of Assent on this machine until Ctrl-C: for a look, for tests."""
    _run(_up(_local(), port))


@app.command()
def demo(
    port: Port = None,
    exit_: Annotated[bool, typer.Option("--exit", help="End after the story.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Tell the facts of the story as JSON lines.")] = False,
) -> None:
    """Play a real proposal from its draft to its last benefit, line by line, and then serve it."""
    folder = Path(tempfile.mkdtemp(prefix="assent-"))
    teller = Teller(json=json_)
    try:
        came_true = _run(_demo(folder, port, teller, stay=not exit_))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not came_true:
        raise typer.Exit(1)


@app.command()
def web(
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Where to listen; 0.0.0.0 in a container.")] = "127.0.0.1",
) -> None:
    """Serve the pages and the API."""
    _become("service.web", "--host", host, "--port", str(port))


@app.command()
def worker() -> None:
    """Run processes and send letters."""
    _become("activities.worker")


@app.command()
def migrate() -> None:
    """Bring the database up to date, the handbooks in, and the engine's search attributes in.

    An organisation's first handbook comes into force; a changed one waits until two people publish it.
    """
    chosen = settings()
    store = open_store(chosen)
    try:
        told = stack.prepare(store, chosen)
    finally:
        store.close()
    if told:
        typer.echo("The database is up to date.")
        for sentence in told:
            typer.echo(sentence)
    else:
        typer.echo("The database is up to date and the handbooks are in force.")
    if asyncio.run(_registered(chosen)):
        typer.echo("The engine knows the search attributes.")
    else:
        stop(f"The engine at {chosen.temporal_address} does not answer: run `assent migrate` again.")


@app.command()
def keys() -> None:
    """Print a fresh key for ASSENT_SECRET_KEYS. Put it before the older ones to rotate."""
    typer.echo(generate_keys())


# ------------------------------------------------------------------------------ running


async def _up(chosen: Settings, port: int | None) -> bool:
    async with stack.running(chosen.data_dir, stack.free_ports(port), chosen) as running:
        await stack.listening(running.ports.web)
        for sentence in addresses(running):
            typer.echo(sentence)
        await _told_to_stop()
    return True


async def _demo(folder: Path, port: int | None, teller: Teller, *, stay: bool) -> bool:
    chosen = _local().model_copy(update={"clock_start": story.BEGINS, "day_seconds": None})
    async with stack.running(folder, stack.free_ports(port), chosen) as running:
        came_true = await story.play(running, teller)
        if came_true and stay:
            for sentence in addresses(running):
                teller.say(sentence)
            await _told_to_stop()
    return came_true


def addresses(running: Stack) -> list[str]:
    """Say where to look."""
    ports = running.ports
    return [
        f"Assent:           http://{stack.HOST}:{ports.web}/",
        f"The caught mail:  http://{stack.HOST}:{ports.web}/dev/mail",
        f"The Temporal UI:  http://{stack.HOST}:{ports.engine_pages}/",
        f"Kept in:          {running.folder}",
        "Ctrl-C ends it.",
    ]


def _local() -> Settings:
    """Return settings for a stack on this machine, which is never production."""
    given = given_settings()
    if "mode" in given.model_fields_set and given.mode == "production":
        stop(
            "This runs everything on one machine with caught mail; production runs `assent web` and `worker`."
        )
    return given.model_copy(update={"mode": stack.local_mode(given)})


def _run(work: Coroutine[Any, Any, bool]) -> bool:
    try:
        return asyncio.run(work)
    except (ConfigError, EngineMissing, TimeoutError) as error:
        stop(error or "It did not start in time; the logs are in the data folder.")


async def _told_to_stop() -> None:
    stop_now = asyncio.Event()
    for word in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(word, stop_now.set)
    await stop_now.wait()


async def _registered(chosen: Settings) -> bool:
    gateway = await Gateway.connect(chosen)
    return await gateway.register_search_attributes()


def _become(*words: str) -> NoReturn:
    """Go on as another program of ours, in this process."""
    environment = process_environment(settings())
    os.execve(sys.executable, [sys.executable, "-m", *words], environment)
