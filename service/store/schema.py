"""The tables' versions: migrations run in this process, on a connection that is given."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from service.store.tables import METADATA

_LOCK = 0x617373656E74
"""Any number, as long as every process of ours takes the same: it keeps two from migrating at once."""


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest version."""
    _alone(connection)
    command.upgrade(_config(connection), "head")


def downgrade(connection: Connection, to: str = "base") -> None:
    """Bring the tables back to an earlier version; to none at all unless one is named."""
    _alone(connection)
    command.downgrade(_config(connection), to)


def behind(connection: Connection) -> bool:
    """Say whether the newest version is still to come."""
    current = MigrationContext.configure(connection).get_current_revision()
    return current != ScriptDirectory.from_config(_config(connection)).get_current_head()


def differences(connection: Connection) -> list[Any]:
    """Return how the database's tables differ from those declared here."""
    return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def _alone(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
