"""The test run's PostgreSQL."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.support import postgres
from tests.support.postgres import Postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres.running() as server:
        yield server


def connect(server: Postgres, database: str) -> psycopg.Connection:
    return psycopg.connect(f"host={server.folder} user=app dbname={database}", autocommit=True)


def test_each_copy_starts_as_its_template_and_keeps_its_changes_to_itself(server: Postgres) -> None:
    with server.database() as template:
        with connect(server, template) as connection:
            connection.execute("CREATE TABLE kept (n int)")
        with server.database(template) as one, server.database(template) as two:
            with connect(server, one) as connection:
                connection.execute("INSERT INTO kept VALUES (1)")
            with connect(server, two) as connection:
                assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_database_is_dropped_even_while_somebody_is_connected(server: Postgres) -> None:
    with server.database() as name:
        held = connect(server, name)
    with pytest.raises(psycopg.OperationalError):
        held.execute("SELECT 1")
    held.close()


def test_nothing_is_left_when_the_server_ends() -> None:
    with postgres.running() as server:
        folder = server.folder
    assert not server.answers()
    assert not folder.exists()
