"""What the PMO has said of the sizes of proposals, and why."""

from datetime import datetime

from sqlalchemy import Select, bindparam, literal, select

from service.store import texts
from service.store.engine import Tx
from service.store.line import ENGINE
from service.store.tables import SIZINGS, TEXTS
from workflows.model import Frozen, Size, Sizing

SET, TAKEN_UP, TOO_LATE = "set", "taken_up", "too_late"
"""Its process has yet to hear of it; goes by it; or could not go by it any more."""

_WITH_REASON = select(SIZINGS, TEXTS.c.body).outerjoin(TEXTS, TEXTS.c.hash == SIZINGS.c.reason)
_OF_CASE = _WITH_REASON.where(SIZINGS.c.case == bindparam("case")).order_by(SIZINGS.c.number)
# Spelt out, for the index of these alone serves no query that leaves the state open.
_UNHEARD = _WITH_REASON.where(SIZINGS.c.state == literal(SET, literal_execute=True)).order_by(
    SIZINGS.c.case, SIZINGS.c.number
)


class SetSize(Frozen):
    """A size that the PMO has confirmed, or set in the place of the handbook's."""

    case: str
    number: int
    version: int
    """The version that was in hand."""
    size: Size
    by_rule: Size
    """What that version is by the handbook's rule."""
    reason: str
    """Empty where it was erased."""
    by: str
    """The person who set it."""
    by_post: str
    """The post through which they did."""
    at: datetime
    state: str

    @property
    def overrides(self) -> bool:
        """It is another than the handbook's, and not only confirms that."""
        return self.size is not self.by_rule

    @property
    def sizing(self) -> Sizing:
        """What its process is told."""
        return Sizing(number=self.number, size=self.size)

    def holds_for(self, version: int) -> bool:
        """Say whether a version has it: an override holds for later ones too, a confirmation for its own."""
        return self.state != TOO_LATE and (self.overrides or self.version == version)


def put(
    tx: Tx,
    ref: str,
    *,
    version: int,
    size: Size,
    by_rule: Size,
    reason: str,
    by: str,
    by_post: str,
) -> SetSize:
    """Write down what the PMO says of a proposal's size. The same again changes nothing."""
    known, before = of_case(tx, ref), last(tx, ref)
    if before and (before.size, before.version, before.reason, before.by) == (size, version, reason, by):
        return before
    data = {
        "number": known[-1].number + 1 if known else 1,
        "version": version,
        "size": size,
        "by_rule": by_rule,
        "reason": texts.put(tx, reason),
        "by_post": by_post,
    }
    tx.append(ref, "size.set", data, key=f"size:{data['number']}", actor=by)
    return of_case(tx, ref)[-1]


def heard(tx: Tx, ref: str, number: int, *, in_time: bool) -> None:
    """Write down that the case's process has heard of it, and whether it goes by it."""
    data = {"number": number, "in_time": in_time}
    tx.append(ref, "size.heard", data, key=f"size-heard:{number}", actor=ENGINE)


def of_case(tx: Tx, ref: str) -> tuple[SetSize, ...]:
    """Return all that was said of a proposal's size, the first first."""
    return _sizes(tx, _OF_CASE, case=ref)


def last(tx: Tx, ref: str) -> SetSize | None:
    """Return what was said last of a proposal's size, and did not come too late."""
    return next((one for one in reversed(of_case(tx, ref)) if one.state != TOO_LATE), None)


def override(tx: Tx, ref: str) -> Size | None:
    """Return the size that a proposal has by the PMO's word, whatever the handbook's rule makes of it."""
    said = last(tx, ref)
    return said.size if said and said.overrides else None


def unheard(tx: Tx) -> tuple[SetSize, ...]:
    """Return those of which their processes have yet to hear."""
    return _sizes(tx, _UNHEARD)


def _sizes(tx: Tx, wanted: Select[tuple[object, ...]], **values: str) -> tuple[SetSize, ...]:
    return tuple(
        SetSize(
            case=row.case,
            number=row.number,
            version=row.version,
            size=Size(row.size),
            by_rule=Size(row.by_rule),
            reason=texts.whole(row.body, row.reason) or "",
            by=row.set_by,
            by_post=row.set_as,
            at=row.set_at,
            state=row.state,
        )
        for row in tx.all(wanted, **values)
    )
