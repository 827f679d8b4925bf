"""Commands about the organisation's rules; they need no stack, no database and no environment."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from service import clock, handbook, proposals
from service.cli.common import Json, stop
from service.handbook import Edition, Fault, HandbookError, sources
from workflows.model import Leg
from workflows.rules import routing

app = typer.Typer()
handbooks = typer.Typer(help="The organisation's rules.", no_args_is_help=True)
app.add_typer(handbooks, name="handbook")


# ------------------------------------------------------------------------------ handbook


@handbooks.command("check")
def check(
    name: Annotated[
        str | None, typer.Argument(help="A shipped handbook, or a folder. All shipped ones if left out.")
    ] = None,
    json_: Json = False,
) -> None:
    """Explain a handbook: who decides what. Or say everything that is wrong with it."""
    reports = [report for each in ((name,) if name else handbook.names()) for report in _reports(each)]
    if json_:
        typer.echo(json.dumps(reports, indent=2))
    else:
        for report in reports:
            _tell(report)
    if any(report["faults"] for report in reports):
        raise typer.Exit(1)


def _reports(name: str) -> list[dict[str, Any]]:
    """Look at a handbook, and if it is right at its variants too."""
    report = _report(name, "")
    named = "/" in name and not Path(name).is_dir()
    variants = () if report["faults"] or named else handbook.variants(name)
    return [report, *(_report(name, variant) for variant in variants)]


def _report(name: str, variant: str) -> dict[str, Any]:
    called = f"{name}/{variant}" if variant else name
    try:
        edition = handbook.load(name, variant=variant)
    except HandbookError as error:
        faults = [fault.model_dump() for fault in error.problems]
        return {"handbook": called, "faults": faults}
    today = clock.real_now().date()
    return {
        "handbook": called,
        "organisation": edition.organisation,
        "title": edition.title,
        "hash": edition.hash,
        "counts": handbook.counts(edition),
        "explanation": [*handbook.explained(edition, today)],
        "faults": [],
    }


def _tell(report: dict[str, Any]) -> None:
    if report["faults"]:
        for fault in report["faults"]:
            typer.echo(Fault(**fault))
        return
    typer.echo(f"{report['handbook']}: {report['title']} (edition {report['hash'][:12]})")
    for sentence in report["explanation"]:
        typer.echo(f"  {sentence}")


# --------------------------------------------------------------------------------- route


@app.command()
def route(
    file: Annotated[Path, typer.Argument(help="A YAML file with `proposals`.")],
    edition: Annotated[
        str, typer.Option(help="Another edition of the handbook, or a handbook's folder.")
    ] = "",
    json_: Json = False,
) -> None:
    """Say which way each proposal of a file would go, whom it asks, and by which clause."""
    source = sources.read(file)
    given = _proposals(source)
    editions = {
        organisation: _edition(organisation, edition)
        for organisation in dict.fromkeys(str(proposal.get("organisation", "")) for _, proposal in given)
    }
    faults: list[Fault] = []
    routes: dict[str, tuple[Leg, ...]] = {}
    for trail, proposal in given:
        organisation, ref = str(proposal.get("organisation", "")), str(proposal.get("id", ""))
        known = editions[organisation]
        if known is None:
            typer.echo(f"{ref} is left out: no handbook is shipped for {organisation}.", err=True)
            continue
        wrong = _faults(source, trail, proposal, known)
        faults += wrong
        if not wrong:
            routes[ref] = _legs(proposal, known)
            for remark in _remarks(proposal, known):
                typer.echo(f"{ref}: {remark}", err=True)
    if routes or not faults:
        _print(routes, json_=json_)
    if faults:
        stop(*faults)


def _proposals(source: sources.Source) -> list[tuple[sources.Trail, dict[str, Any]]]:
    """Return the proposals of a file with their places, or stop with what is wrong with it."""
    if source.faults:
        stop(*source.faults)
    listed = source.data.get("proposals")
    if not isinstance(listed, list) or not listed:
        stop(source.fault(("proposals",), "must be a list of proposals"))
    given: list[tuple[sources.Trail, dict[str, Any]]] = []
    faults: list[Fault] = []
    seen: list[str] = []
    for number, proposal in enumerate(listed):
        trail: sources.Trail = ("proposals", number)
        if not isinstance(proposal, dict):
            faults.append(source.fault(trail, "must be a mapping of keys to values"))
            continue
        for key in ("id", "organisation"):
            if not isinstance(proposal.get(key), str) or not proposal[key]:
                faults.append(source.fault((*trail, key), "is missing"))
        if proposal.get("id") in seen:
            faults.append(source.fault((*trail, "id"), f"{proposal['id']} is given twice"))
        seen.append(str(proposal.get("id")))
        given.append((trail, proposal))
    if faults:
        stop(*faults)
    return given


def _edition(organisation: str, wanted: str) -> Edition | None:
    """Return the edition to route an organisation's proposals by; None if none is shipped for it.

    One that is named holds for its own organisation; every other goes by the edition shipped for it.
    """
    if wanted and Path(wanted).is_dir():
        edition = _loaded(wanted)
        if edition.organisation == organisation:
            return edition
    elif wanted:
        _known(wanted)
    if organisation not in handbook.names():
        return None
    name, _, variant = _EDITIONS.get(wanted, "").partition("/")
    return _loaded(organisation, variant if name == organisation else "")


def edition_named(wanted: str) -> Edition:
    """Return the edition of a handbook's folder, or a shipped one by any of its names; or stop."""
    if Path(wanted).is_dir():
        return _loaded(wanted)
    name, _, variant = _known(wanted).partition("/")
    return _loaded(name, variant)


def _known(wanted: str) -> str:
    if wanted not in _EDITIONS:
        stop(f"There is no edition {wanted}; there are {', '.join(_EDITIONS)}.")
    return _EDITIONS[wanted]


_EDITIONS = {name: name for name in handbook.names()} | {
    called: f"{name}/{variant}"
    for name in handbook.names()
    for variant in handbook.variants(name)
    for called in (variant, f"{name}/{variant}")
}
"""What an edition may be called, and what it then is."""


def _loaded(name: str, variant: str = "") -> Edition:
    try:
        return handbook.load(name, variant=variant)
    except HandbookError as error:
        stop(*error.problems)


def _faults(
    source: sources.Source, trail: sources.Trail, proposal: dict[str, Any], edition: Edition
) -> list[Fault]:
    """Return what keeps a proposal's way from being worked out, at the lines where it is written."""
    submitted = proposals.submitted_on(proposal, edition)
    problems = proposals.check_route(proposal, edition, submitted or date.min)
    faults = [source.fault((*trail, *_trail(problem.field)), problem.message) for problem in problems]
    if not faults and submitted is None:
        faults.append(source.fault((*trail, "submitted_on"), "Say on which day it was submitted"))
    return faults


def _remarks(proposal: dict[str, Any], edition: Edition) -> Iterator[str]:
    """Say what makes a way doubtful though it can be worked out."""
    read = proposals.read(proposal, edition)
    unanswered = [key for key in edition.principles if key not in read.principles]
    if unanswered:
        yield f"its way is that of a proposal that meets {', '.join(unanswered)}, which it does not answer"
    if read.submitted_on and read.decision_needed_by and read.decision_needed_by <= read.submitted_on:
        yield "its decision is needed by a day that is not after its submission"


def _trail(field: str) -> sources.Trail:
    return tuple(int(part) if part.isdigit() else part for part in field.split("."))


def _legs(proposal: dict[str, Any], edition: Edition) -> tuple[Leg, ...]:
    submitted = proposals.submitted_on(proposal, edition) or date.min
    content = proposals.normalise(proposal, edition)
    facts = proposals.facts(content, submitted=submitted, edition=edition)
    return routing.route(facts, edition.routing(submitted))


def _print(routes: dict[str, tuple[Leg, ...]], *, json_: bool) -> None:
    if json_:
        told = {
            ref: [leg.model_dump(mode="json", include={"leg", "who", "clause", "reason"}) for leg in legs]
            for ref, legs in routes.items()
        }
        typer.echo(json.dumps(told, indent=2))
        return
    for ref, legs in routes.items():
        typer.echo(ref)
        for leg in legs:
            who = ", ".join(leg.who)
            typer.echo(f"  {leg.leg}: {who}; {leg.reason} (clause {leg.clause})")


if __name__ == "__main__":
    app()
