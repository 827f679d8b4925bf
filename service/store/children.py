"""What every case has that another opens: a first version of its own, with the facts of its parent."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from service.store import canonical, texts
from service.store.cases import CaseView
from service.store.engine import Tx
from service.store.line import ENGINE
from workflows.model import Proposal
from workflows.rules import calendar


def first_version(
    tx: Tx,
    parent: CaseView,
    *,
    kind: str,
    title: str,
    content: Mapping[str, Any],
    at: datetime,
    decide_by: date | None = None,
) -> dict[str, Any]:
    """Keep what a new case says, and return what the line that opens it tells of its only version."""
    return {
        "parent": parent.ref,
        "version": 1,
        "content_hash": texts.put(tx, canonical.dumps(content)),
        "edition": parent.edition,
        "kind": kind,
        "title": title,
        "author": ENGINE,
        "authors": [],
        "proposal": _facts(parent, decide_by or parent.decide_by, at).model_dump(mode="json"),
        "route": [],
        "branches": {},
    }


def _facts(parent: CaseView, decide_by: date, at: datetime) -> Proposal:
    """Return the facts of the proposal that it follows from, without money: that is given only once."""
    return parent.proposal.model_copy(
        update={
            "capital": Decimal(0),
            "shares": (),
            "submitted": calendar.local_day(at),
            "decide_by": decide_by,
        }
    )
