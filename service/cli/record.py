"""Commands about the record: tokens for programs, the audit, the rebuilding of what pages read."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from service.cli.common import Json, record, settings, stop
from service.handbook import Edition
from service.store import editions, journal, rebuild, standalone, tokens, verify
from service.store.anchors import Witness
from service.store.engine import Tx
from service.store.line import PURPOSE
from service.store.verify import Fault
from service.telling import edition

app = typer.Typer()
token = typer.Typer(help="Tokens for programs that read or start cases.", no_args_is_help=True)
audit = typer.Typer(help="The proof that nobody changed the record.", no_args_is_help=True)
export = typer.Typer(help="Copies of the record, to be read elsewhere.", no_args_is_help=True)
app.add_typer(token, name="token")
app.add_typer(audit, name="audit")
app.add_typer(export, name="export")


@token.command("create")
def create(
    post: Annotated[str, typer.Option(help="The post whose holder the token acts for.")],
    scope: Annotated[list[str], typer.Option(help=f"Any of {', '.join(tokens.SCOPES)}; may be repeated.")],
    days: Annotated[int, typer.Option(help="Days for which it works.")] = tokens.LONGEST_DAYS,
    organisation: Annotated[
        str, typer.Option(help="The post's organisation. The installation's own comes first.")
    ] = "",
) -> None:
    """Make a token and print it, this once."""
    with record() as store, store.writing() as tx:
        holders = (rules.holder(post, tx.today) for rules in _handbooks(tx, organisation))
        holder = next(filter(None, holders), None)
        if holder is None:
            stop(f"No handbook in force has somebody in the post {post}.")
        scopes = [part for given in scope for part in given.split(",")]
        made = tokens.create(tx, post=post, person=holder.id, scopes=scopes, days=days, by="command line")
    typer.echo(f"For {post}, until {made.row.expires:%d %B %Y}, and shown this once: {made.token}")


def _handbooks(tx: Tx, organisation: str) -> list[Edition]:
    """Return the handbooks in force, or an organisation's; the installation's own stands before others."""
    found = [edition(tx, hash) for known, hash in editions.hashes(tx).items() if organisation in ("", known)]
    first = {name for chosen in settings().handbook[:1] for name in (chosen, chosen.partition("/")[0])}
    return sorted(found, key=lambda rules: rules.name not in first)


@token.command("revoke")
def revoke(id: Annotated[str, typer.Argument(help="The eight characters after `as_`.")]) -> None:
    """End a token at once."""
    with record() as store, store.writing() as tx:
        tokens.revoke(tx, id, by="command line")
    typer.echo(f"The token {id} works no longer.")


@audit.command("verify")
def verified(
    witness: Annotated[
        list[str] | None,
        typer.Option(
            help="A day and its fingerprint from an auditor's letter, as 2004-10-17=5d41…; repeatable."
        ),
    ] = None,
    tables: Annotated[
        bool, typer.Option(help="Compare the tables that pages read as well; meanwhile nothing is written.")
    ] = True,
    json_: Json = False,
) -> None:
    """Walk the whole record and name every line or text that was changed, added or taken away.

    Only a fingerprint kept outside can show that the whole record was put back to an earlier day.
    """
    witnessed = [_witness(given) for given in witness or ()]
    with record() as store:
        with store.reading() as tx:
            found = verify.verify(tx, witnessed)
        # Of lines that were changed, no tables can be made.
        drifted = rebuild.drift(store) if tables and found.chained else ()
    beside = tuple(Fault(case=drift.table, seq=0, what=f"{_DRIFTED}: {drift}") for drift in drifted)
    found = found.model_copy(update={"faults": (*found.faults, *beside)})
    if json_:
        typer.echo(found.model_dump_json(indent=2))
    else:
        typer.echo(f"{found.lines} lines in {found.cases} chains.")
        for fault in found.faults:
            typer.echo(str(fault))
        if tables and not found.chained:
            typer.echo("The tables that pages read were not compared with lines that were changed.")
        typer.echo("The record is as it was written." if found.intact else "The record has been changed.")
    if not found.intact:
        raise typer.Exit(1)


_DRIFTED = "this table is not what the record says, and `assent rebuild` makes it anew"


@audit.command("keys")
def keys() -> None:
    """Print the keys that an auditor needs to check an exported case with the stand-alone verifier.

    They prove who wrote a line, and whoever has them could write one: they are for the auditor alone.
    """
    for kid, key in settings().keys().all(PURPOSE):
        typer.echo(f"{kid}:{key.hex()}")


@audit.command("verifier")
def verifier() -> None:
    """Print the stand-alone verifier: one file that needs Python and nothing of Assent."""
    typer.echo(Path(standalone.__file__).read_text("utf-8"), nl=False)


def _witness(given: str) -> Witness:
    day, _, digest = given.partition("=")
    try:
        return Witness(day=date.fromisoformat(day), digest=digest.strip().lower())
    except ValueError:
        stop(f"{given} is not a day and a fingerprint, such as 2004-10-17=5d41402abc4b2a76b9719d911017c592")


@app.command("rebuild")
def rebuilt() -> None:
    """Write the tables that pages read anew from the record, and say whether they had drifted."""
    with record() as store:
        drifted = rebuild.drift(store)
        lines = rebuild.rebuild(store)
    for drift in drifted:
        typer.echo(f"{drift.table} was not what the record says: {drift}")
    said = "they had drifted from it" if drifted else "they were the same before"
    typer.echo(f"The tables were made again from {lines} lines of the record; {said}.")


@export.command("journal")
def exported(
    case: Annotated[str, typer.Argument(help="A case's reference, or - for the organisation.")],
) -> None:
    """Print a case's lines, one canonical JSON object each, as they were signed."""
    with record() as store, store.reading() as tx:
        text = journal.export(tx, case)
    if not text:
        stop(f"There is no case {case}.")
    typer.echo(text, nl=False)
