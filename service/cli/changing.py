"""Commands about changing the rules: what a changed handbook would do, and putting one forward."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Annotated, Any

import typer

from service import publishing, telling
from service.cli.common import Json, record, settings, stop
from service.cli.rules import edition_named, handbooks
from service.handbook import Edition
from service.links import page_at
from service.rehearsing import DAYS, Rerouted, Tally
from service.store import cases, editions
from service.store.engine import Tx
from workflows.model import Leg

app = typer.Typer()

TELL_EVERY = 2.0
"""Seconds between two words about how far a rehearsal is."""
_MISSED, _NEW, _OTHER, _NONE = "missed", "new", "other", "none"
_HEADINGS = {
    _MISSED: "Would have missed SRG",
    _NEW: "Would newly go to SRG",
    _OTHER: "Would go another way, or take more or fewer days",
    _NONE: "Have no way under the draft",
}
"""The lists of proposals, in the order in which they are printed."""


@handbooks.command("rehearse")
def rehearse(
    new: Annotated[str, typer.Argument(help="A handbook's folder, or the name of a shipped edition.")],
    json_: Json = False,
) -> None:
    """Say which way every stored proposal would go under a changed handbook, and who gains and loses work."""
    draft = edition_named(new)
    with record() as store, store.reading() as tx, ExitStack() as files:
        lists = {name: files.enter_context(TemporaryFile("w+")) for name in _HEADINGS}
        tally = _rehearsed(tx, draft, lists)
        if json_:
            _print_json(tx, draft, tally, lists)
        else:
            _print(tx, draft, tally, lists)


@handbooks.command("draft")
def draft(
    folder: Annotated[str, typer.Argument(help="A handbook's folder, or the name of a shipped edition.")],
    post: Annotated[
        str, typer.Option(help="The PMO's or the administrator's post; its holder puts it forward.")
    ],
) -> None:
    """Check a handbook and put it forward, for a second person to publish on the page Handbooks."""
    found = edition_named(folder)
    page = partial(page_at, settings().base_url)
    with record() as store, store.writing() as tx:
        rules = publishing.in_force(tx, found.organisation)
        if post not in rules.posts:
            stop(f"There is no post {post} in the handbook in force.")
        holder = rules.holder(post, tx.today)
        if holder is None:
            stop(f"Nobody holds {post} in the handbook in force.")
        kept = publishing.put_forward_from(tx, found, holder.id, page)
        others = [telling.name(rules, one) for one in rules.publishers(tx.today) if one != holder.id]
    typer.echo(
        f"{found.title} (edition {found.hash[:12]}) is draft {kept.number}, put forward by {holder.name}."
    )
    typer.echo(
        f"It comes into force when another publishes it ({', '.join(others)}): {page(_path(kept.number))}"
    )


def _path(number: int) -> str:
    return f"handbooks/{number}"


# ------------------------------------------------------------------------------ rehearsing


def _rehearsed(tx: Tx, draft: Edition, lists: Mapping[str, IO[str]]) -> Tally:
    """Go through all proposals, writing each that changes to its list, so that none are held in memory."""
    tally = Tally()
    for one in _telling_how_far(tx, draft):
        tally.take(one)
        if name := _list(one):
            print(json.dumps(_told(tx, one, draft)), file=lists[name])
    for file in lists.values():
        file.seek(0)
    return tally


def _telling_how_far(tx: Tx, draft: Edition) -> Iterator[Rerouted]:
    of, _ = cases.proposals_so_far(tx, draft.organisation)
    told = time.monotonic()
    for number, one in enumerate(publishing.rehearsed(tx, draft), start=1):
        yield one
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            typer.echo(f"{number:,} of {of:,} proposals…", err=True)


def _list(one: Rerouted) -> str:
    if one.why:
        return _NONE
    if one.missed_srg or one.newly_to_srg:
        return _MISSED if one.missed_srg else _NEW
    return _OTHER if one.changed else ""


def _told(tx: Tx, one: Rerouted, draft: Edition) -> dict[str, Any]:
    """Return what is said of a proposal, for programs; `changes` are its sentences for people."""
    old = telling.edition(tx, one.stored.edition)
    return {
        "ref": one.stored.ref,
        "title": one.stored.title,
        "state": one.stored.state,
        "open": one.stored.open,
        "opened_with": one.stored.edition,
        "why_not": one.why,
        "missed_srg": one.missed_srg,
        "newly_to_srg": one.newly_to_srg,
        "days_before": one.before.days if one.before else None,
        "days_after": one.after.days if one.after else None,
        "before": [_leg(leg) for leg in one.before.legs] if one.before else None,
        "after": [_leg(leg) for leg in one.after.legs] if one.after else None,
        "lost": [leg.leg for leg in one.lost],
        "gained": [leg.leg for leg in one.gained],
        "altered": [leg.leg for _, leg in one.altered],
        "changes": publishing.changes(one, old, draft, _plain),
    }


def _leg(leg: Leg) -> dict[str, Any]:
    meeting = leg.meeting.isoformat() if leg.meeting else None
    return {"leg": leg.leg, "who": leg.who, "clause": leg.clause, "meeting": meeting}


def _plain(leg: str) -> str:
    return "SRG" if leg == "srg" else leg.replace("_", " ")


def _print_json(tx: Tx, draft: Edition, tally: Tally, lists: Mapping[str, IO[str]]) -> None:
    """Print one document whose long parts go straight from the lists to the output."""
    head = {
        "draft": {"name": draft.name, "variant": draft.variant, "title": draft.title, "hash": draft.hash},
        "organisation": draft.organisation,
        "in_force": editions.in_force_hash(tx, draft.organisation),
        **_figures(tx, draft, tally),
    }
    out = json.dumps(head, indent=2).removesuffix("\n}")
    typer.echo(out, nl=False)
    for key, names in (("changes", (_MISSED, _NEW, _OTHER)), ("without_a_way", (_NONE,))):
        typer.echo(f',\n  "{key}": [', nl=False)
        before = "\n    "
        for line in (line for name in names for line in lists[name]):
            typer.echo(before + line.rstrip("\n"), nl=False)
            before = ",\n    "
        typer.echo("]", nl=False)
    typer.echo("\n}")


def _figures(tx: Tx, draft: Edition, tally: Tally) -> dict[str, Any]:
    old = _old(tx, draft)
    return {
        "cases": tally.cases,
        "another_way": tally.other_way,
        "another_way_open": tally.other_way_open,
        "other_days_only": tally.other_days,
        "no_way": tally.not_routed,
        "srg": {
            "before": tally.srg_before,
            "after": tally.srg_after,
            "missed": tally.missed_srg,
            "new": tally.newly_to_srg,
        },
        "working_days": {
            "before": tally.days_before,
            "after": tally.days_after,
            "saved": tally.saved,
            "median_saved": tally.median_saved,
        },
        "work": [
            {
                "forum" if shift.forum else "post": shift.body,
                "title": publishing.body(shift, old, draft, tx.today),
                "before": shift.before,
                "after": shift.after,
            }
            for shift in tally.shifts
        ],
    }


def _old(tx: Tx, draft: Edition) -> Edition:
    hash = editions.in_force_hash(tx, draft.organisation)
    return telling.edition(tx, hash) if hash else draft


def _print(tx: Tx, draft: Edition, tally: Tally, lists: Mapping[str, IO[str]]) -> None:
    typer.echo(f"{draft.organisation_name}: {draft.title} (edition {draft.hash[:12]}), not in force.")
    if not tally.cases:
        typer.echo("No proposal has been submitted, so there is none to route anew.")
        return
    for sentence in publishing.figures(tally):
        typer.echo(sentence)
    typer.echo(DAYS)
    old = _old(tx, draft)
    if tally.shifts:
        typer.echo("\nWho gains and loses work, in questions put to a post or taken to a forum:")
    for shift in tally.shifts:
        title = publishing.body(shift, old, draft, tx.today)
        typer.echo(f"  {title}: {shift.before:,} before, {shift.after:,} after ({shift.more:+,})")
    for name, heading in _HEADINGS.items():
        lines = iter(lists[name])
        first = next(lines, None)
        if first is None:
            continue
        typer.echo(f"\n{heading}:")
        _print_case(first)
        for line in lines:
            _print_case(line)


def _print_case(line: str) -> None:
    told = json.loads(line)
    typer.echo(f"  {told['ref']}, {told['title']} ({told['state'].replace('_', ' ')})")
    for sentence in told["changes"]:
        typer.echo(f"    {sentence}.")
