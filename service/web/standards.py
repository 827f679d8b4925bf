"""What checks found of a project's standards (SYS-17), and what became of that, for pages and programs."""

from service import telling
from service.handbook import Edition
from service.reports.facts import Checked, PutRight
from service.reports.kinds import NOT_MET
from service.store import actions, cases, projects
from service.store.actions import ActionView
from service.store.engine import Tx
from service.store.projects import Check
from service.web import words


def of_project(tx: Tx, ref: str, edition: Edition) -> tuple[Checked, ...]:
    """Return the checks of a project's standards, in order, each with what is still to be put right."""
    return tuple(_checked(tx, check, edition) for check in projects.checks(tx, ref))


def at_gate(tx: Tx, ref: str, stage: int, edition: Edition) -> tuple[Checked, ...]:
    """Return what a board should know of a project's standards at the gate after a stage: what was found
    then, and what was found before and is not settled or put right.
    """
    return tuple(one for one in of_project(tx, ref, edition) if one.stage == stage or one.open)


def open_actions(tx: Tx, check: Check) -> tuple[ActionView, ...]:
    """Return what SRG wants put right of what a check found, as far as it is not done."""
    follow = actions.of_case(tx, check.exception) if check.exception else ()
    return tuple(one for one in follow if one.open)


def _checked(tx: Tx, check: Check, edition: Edition) -> Checked:
    exception = cases.get(tx, check.exception) if check.exception else None
    return Checked(
        stage=check.stage,
        on=words.local(check.at),
        said=_found(check, edition),
        exception=check.exception,
        state=str(exception.state) if exception else "",
        undecided=exception is not None and exception.open,
        put_right=tuple(
            PutRight(
                ref=one.ref,
                owner=telling.title(edition, one.owner, tx.today),
                by=one.due,
                overdue=one.due < tx.today,
            )
            for one in open_actions(tx, check)
        ),
    )


def _found(check: Check, edition: Edition) -> str:
    """Say which standards a check found not to be met."""
    standards = edition.delivery.standards if edition.delivery else None
    names = {key: one.name for key, one in standards.checks.items()} if standards else {}
    short = [names.get(key, words.plain(key)) for key, value in check.found.items() if value == NOT_MET]
    if not short:
        return "All project standards were met."
    return f"Not met: {'; '.join(short)}."
