"""The commands of `assent`. Errors are one sentence and a non-zero exit."""

import typer

from service.cli import changing, record, rules, running

app = typer.Typer(
    help="Assent: approvals and action tracking for public bodies.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for commands in (running, rules, changing, record):
    app.registered_commands += commands.app.registered_commands
    app.registered_groups += commands.app.registered_groups
