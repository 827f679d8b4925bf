"""Reports that somebody writes and has not handed in: what stands in their boxes, for them alone.

They are no part of the record and have no line in it, so that the law can have them erased. One is kept until
its question comes to an answer, through every round in which the same is asked again.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from service.store import canonical
from service.store.engine import Tx
from service.store.fold import insert_new
from service.store.tables import CASES, HELD, REPORT_DRAFTS
from workflows.model import Frozen

_THEIRS = (
    REPORT_DRAFTS.c.case == bindparam("its_case"),
    REPORT_DRAFTS.c.key == bindparam("its_key"),
    REPORT_DRAFTS.c.person == bindparam("its_person"),
)
_GET = select(REPORT_DRAFTS).where(*_THEIRS)
_DISCARD = delete(REPORT_DRAFTS).where(*_THEIRS)
_REWRITE = update(REPORT_DRAFTS).where(*_THEIRS)
_SETTLED = delete(REPORT_DRAFTS).where(*_THEIRS[:2])
_LET_GO = (
    update(HELD)
    .where(HELD.c.case == bindparam("its_case"), HELD.c.key == bindparam("its_key"))
    .values(key="")
)


class ReportDraft(Frozen):
    """What somebody has typed into the boxes of a report."""

    boxes: dict[str, str]
    """Field to what was typed there."""
    saved: datetime
    """On the Clock."""


def keep(tx: Tx, boxes: Mapping[str, str], *, case: str, key: str, person: str) -> None:
    """Keep what somebody has typed, in the place of what they had typed before."""
    typed = {"boxes": canonical.dumps(dict(boxes)), "saved": tx.now}
    # One page may be sent from two windows at once: the later counts, and neither is refused.
    row = {"case": case, "key": key, "person": person, **typed}
    insert_new(tx.connection, REPORT_DRAFTS, [row])
    tx.run(_REWRITE, {"its_case": case, "its_key": key, "its_person": person, **typed})


def get(tx: Tx, *, case: str, key: str, person: str) -> ReportDraft | None:
    """Return what somebody has typed and not handed in; None if that is nothing."""
    row = tx.one(_GET, its_case=case, its_key=key, its_person=person)
    return ReportDraft(boxes=canonical.loads(row.boxes), saved=row.saved) if row else None


def discard(tx: Tx, *, case: str, key: str, person: str) -> None:
    """Take away what somebody has typed, at their wish or the law's."""
    tx.run(_DISCARD, {"its_case": case, "its_key": key, "its_person": person})


def settled(tx: Tx, *, case: str, key: str) -> None:
    """Take away what anybody has typed for a question that has come to an answer, with what they uploaded."""
    tx.run(_SETTLED, {"its_case": case, "its_key": key})
    tx.run(_LET_GO, {"its_case": case, "its_key": key})


def sweep(tx: Tx) -> int:
    """Take away what was typed for cases that have come to their end. Returns how many drafts."""
    still_open = select(CASES.c.ref).where(CASES.c.open)
    return tx.run(delete(REPORT_DRAFTS).where(REPORT_DRAFTS.c.case.not_in(still_open))).rowcount


def forget(tx: Tx, case: str, words: tuple[str, ...]) -> None:
    """Take words that the law has had erased out of what is being written of a case: reports begin with what
    was said before.
    """
    for row in tx.all(select(REPORT_DRAFTS).where(REPORT_DRAFTS.c.case == case)):
        boxes = canonical.loads(row.boxes)
        left = {name: "" if any(one in said for one in words) else said for name, said in boxes.items()}
        if left != boxes:
            theirs = {"its_case": case, "its_key": row.key, "its_person": row.person}
            tx.run(_REWRITE, theirs | {"boxes": canonical.dumps(left), "saved": row.saved})
