"""What every command shares: how it stops, and how it opens the installation's record."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer
from pydantic import SecretStr

from service import stack
from service.config import ConfigError, Settings, load_settings
from service.errors import AssentError
from service.store import Store, open_store

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def stop(*sentences: object) -> NoReturn:
    """Say why not, and end with a status of 1."""
    for sentence in sentences:
        typer.echo(sentence, err=True)
    raise typer.Exit(1)


def given_settings() -> Settings:
    """Read the settings, or stop with what is wrong with them."""
    try:
        return load_settings()
    except ConfigError as error:
        stop(*error.faults)


def settings() -> Settings:
    """Read the settings of an installation that is to be used, or stop with what is unsafe in them.

    Where no keys are given, those that `assent up` keeps in the data folder are meant.
    """
    read = given_settings()
    keys = stack.kept_keys(read.data_dir)
    if keys and not read.secret_keys.get_secret_value():
        read = read.model_copy(update={"secret_keys": SecretStr(keys), "mode": stack.local_mode(read)})
    try:
        read.check()
    except ConfigError as error:
        stop(*error.faults)
    return read


@contextmanager
def record() -> Iterator[Store]:
    """Open the installation's record; what it refuses is a sentence and a status of 1."""
    store = open_store(settings())
    try:
        if store.behind():
            stop("The database is not up to date: run `assent migrate`.")
        yield store
    except AssentError as error:
        told: list[object] = [f"{problem.field}: {problem.message}" for problem in error.problems]
        stop(*(told or [error]))
    finally:
        store.close()
