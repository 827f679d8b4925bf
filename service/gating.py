"""What a gate asks for in documents, and which of them have not been handed in for it (SYS-16, SYS-66)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from service.handbook.delivering import DeliveryRules
from service.handbook.words import listed
from service.store import documents, projects
from service.store.engine import Tx
from service.store.projects import Gate, ProjectView
from workflows.delivery import GateKind

REPORTS: Mapping[str, GateKind] = {
    "mandate": GateKind.START_UP,
    "initiation": GateKind.INITIATION,
    "end_stage": GateKind.BOUNDARY,
    "end_project": GateKind.CLOSURE,
}
"""The reports that lead to a gate, each with that gate."""
_OPEN_A_STAGE = (GateKind.INITIATION, GateKind.BOUNDARY)


def papers(
    rules: DeliveryRules, project: ProjectView, gate: GateKind, stage: int, template: str = ""
) -> dict[str, str]:
    """Return the kinds of document that a gate of a project asks for, each with its name.

    `template` is the way of passing gates that a mandate is about to choose.
    """
    planned = project.baseline.stages if project.baseline else ()
    pilot = any(one.number == stage and one.pilot for one in planned)
    return rules.documents_at(template or project.template, gate, stage, pilot=pilot)


def before_mandate(rules: DeliveryRules) -> dict[str, str]:
    """Return the kinds of document that the first gate asks for, whichever way of passing gates the mandate
    chooses. The name of one that not all ask for says which do.
    """
    ways = {key: rules.documents_at(key, GateKind.START_UP) for key in rules.templates}
    found: dict[str, str] = {}
    for kind, name in (named for asked in ways.values() for named in asked.items()):
        asking = [rules.templates[key].name for key, asked in ways.items() if kind in asked]
        found[kind] = name if len(asking) == len(ways) else f"{name} (for {listed(asking)})"
    return found


def missing(
    tx: Tx,
    project: ProjectView,
    rules: DeliveryRules,
    gate: GateKind,
    stage: int,
    *,
    coming: Collection[str] = (),
    template: str = "",
) -> dict[str, str]:
    """Return the kinds of document that a gate asks for and that have not been handed in for it, by name.

    `coming` are the kinds that come with the report in hand. What was there when an earlier gate was passed
    that asked for the same has served that one, and the report of a pilot is written once that has begun.
    What was erased, or has a later one in its place, is not there.
    """
    asked = papers(rules, project, gate, stage, template)
    passed = projects.gates(tx, project.ref) if asked else ()
    of_pilot = {*rules.gate(template or project.template, gate, stage).after_pilot}
    since = {kind: _since(rules, project, passed, kind, of_pilot=kind in of_pilot) for kind in asked}
    there = {
        one.kind
        for one in (documents.of_case(tx, project.ref) if asked else ())
        if one.kind in asked
        and one.superseded_by is None
        and all(one.at >= moment for moment in since[one.kind])
        and documents.is_kept(tx, one.hash)
    }
    return {kind: name for kind, name in asked.items() if kind not in there and kind not in coming}


def wanted(names: Iterable[str]) -> str:
    """Say that a gate asks for documents that have not been handed in for it."""
    named = list(names)
    has = "has" if len(named) == 1 else "have"
    return f"The gate asks for {listed(named)}, which {has} not been handed in for it"


def _since(
    rules: DeliveryRules, project: ProjectView, passed: Sequence[Gate], kind: str, *, of_pilot: bool
) -> tuple[datetime, ...]:
    """Return the moments after which a document of a kind has to come, to be for the gate ahead."""
    return tuple(
        one.at
        for one in passed
        if kind in papers(rules, project, one.gate, one.stage) or (of_pilot and one.gate in _OPEN_A_STAGE)
    )
