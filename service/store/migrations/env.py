"""How Alembic runs our migrations: on the connection it is given, never on one of its own."""

from alembic import context

from service.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite cannot alter a column; a batch makes the table anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
