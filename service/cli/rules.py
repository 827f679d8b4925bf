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
from service.handbook.words import in_words
from workflows.model import Leg
from workflows.rules import routing

app = typer.Typer()
handbooks = typer.Typer(help="The organisation's rules.", no_args_is_help=True)
app.add_typer(handbooks, name="handbook")


# ------------------------------------------------------------------------------ handbook


@handbooks.command("check")
def check(
    name: Annotated[
        str | None, typer.Argument(help="An edition, or a handbook's folder. All shipped ones if left out.")
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
    known, named = handbook.parted(name)
    report = _report(known, named)
    variants = () if report["faults"] or named else handbook.variants(known)
    return [report, *(_report(known, variant) for variant in variants)]


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
            told = f"no handbook is shipped for {organisation}; there are {', '.join(handbook.names())}"
            faults.append(source.fault((*trail, "organisation"), told))
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
            if proposal.get(key) in (None, ""):
                faults.append(source.fault((*trail, key), "is missing"))
            elif not isinstance(proposal[key], str):
                told = "must be words; quotation marks make words of anything"
                faults.append(source.fault((*trail, key), told))
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
    name, variant = _known(wanted) if wanted else ("", "")
    if name == organisation or (name and name not in handbook.names()):
        edition = _loaded(name, variant)
        if edition.organisation == organisation:
            return edition
    return _loaded(organisation) if organisation in handbook.names() else None


def edition_named(wanted: str) -> Edition:
    """Return the edition of a handbook's folder, or a shipped one by any of its names; or stop."""
    return _loaded(*_known(wanted))


def _known(wanted: str) -> tuple[str, str]:
    """Return the handbook that is meant and its variant, or stop if there is none such."""
    name, variant = handbook.parted(wanted)
    there = name in handbook.names() or Path(name).is_dir()
    if not there or (variant and variant not in handbook.variants(name)):
        stop(f"There is no edition {wanted}; there are {', '.join(_editions())}.")
    return name, variant


def _editions() -> list[str]:
    """Return what the editions that are shipped may be called."""
    shipped = {name: handbook.variants(name) for name in handbook.names()}
    variants = [called for name in shipped for each in shipped[name] for called in (each, f"{name}/{each}")]
    return [*shipped, *variants]


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
    given_in = proposals.given_in(proposal, edition)
    faults = [
        source.fault((*trail, *_trail(given_in.get(problem.field, problem.field))), problem.message)
        for problem in problems
    ]
    if not faults and submitted is None:
        faults.append(source.fault((*trail, "submitted_on"), "Say on which day it was submitted"))
    first, last = edition.calendar
    if submitted and not first <= submitted <= last:
        told = f"must be from {in_words(first)} to {in_words(last)}: no other meetings are known"
        faults.append(source.fault((*trail, "submitted_on"), told))
    return faults


def _remarks(proposal: dict[str, Any], edition: Edition) -> Iterator[str]:
    """Say what makes a way doubtful though it can be worked out."""
    read = proposals.read(proposal, edition)
    unanswered = [key for key in edition.principles if key not in read.principles]
    if unanswered:
        yield f"its way is that of a proposal that meets {', '.join(unanswered)}, which it does not answer"
    if read.submitted_on and read.decision_needed_by and read.decision_needed_by <= read.submitted_on:
        yield "its decision is needed by a day that is not after its submission"
    last = edition.calendar[1]
    if read.decision_needed_by and read.decision_needed_by > last:
        yield f"its decision is needed after {in_words(last)}, and no meetings are known after that day"


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
