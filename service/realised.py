"""What has come about of benefits, beside what was claimed: in the same words on pages and in letters.

A benefit that was claimed without a sum has no target, nor does anybody say whether its figure should rise or
fall. Its owner's rating alone says how it stands, and it is no share of what was claimed.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from service.handbook.words import pounds
from service.reports.facts import Realised
from service.store import benefits
from service.store.benefits import BenefitView, Reading
from service.store.engine import Tx
from workflows.delivery import Rag

NO_SUM = "No sum was claimed"
ONLY_RATED = f"{NO_SUM}, so only its owner's rating says how it stands"
_RATED = {Rag.GREEN: "rated green", Rag.AMBER: "rated amber", Rag.RED: "rated red"}


# ---------------------------------------------------------------------------- one benefit


def claimed(benefit: BenefitView) -> str:
    """Say what was claimed of a benefit."""
    return f"{pounds(benefit.claimed)} a year" if benefit.claimed else ONLY_RATED


def worded(benefit: BenefitView, value: str) -> str:
    """Return a number in the measure of a benefit: pounds, if it was claimed in pounds."""
    read = number(value)
    if read is None:
        return value
    return _pounds(read) if benefit.claimed is not None else f"{read:,f}"


def come_to(benefit: BenefitView, last: Reading | None) -> str:
    """Say how much of what was claimed a reading is, where both are in pounds; else nothing."""
    read = number(last.value) if last else None
    if read is None or not benefit.claimed:
        return ""
    return f"{_pounds(read)} of {pounds(benefit.claimed)} a year ({_share(read, benefit.claimed)})"


def stands(tx: Tx, benefit: BenefitView) -> tuple[str, ...]:
    """Say what was claimed of a benefit, and what was read of it last, a sentence each."""
    last = _last(tx, benefit)
    told = [f"{pounds(benefit.claimed)} a year was claimed." if benefit.claimed else f"{ONLY_RATED}."]
    if last:
        told.append(f"Last read: {worded(benefit, last.value)}, {_after(last)}, {_RATED[last.rating]}.")
    return tuple(told)


def number(value: str) -> Decimal | None:
    """Return what a reading says as a number, if it says one."""
    try:
        read = Decimal(value)
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


# ------------------------------------------------------------------ all those of a proposal


def of_proposal(tx: Tx, parent: str) -> tuple[Realised, ...]:
    """Return the benefits of a proposal in their order, with the last reading of each."""
    return tuple(_realised(one, _last(tx, one)) for one in benefits.of_proposal(tx, parent))


def sentences(tx: Tx, parent: str) -> tuple[str, ...]:
    """Say how much of what a proposal claimed has come about, a sentence each; nothing if it claimed nothing.

    Only benefits that were claimed with a sum, and of which something was read, are counted together.
    """
    each = [(one, _last(tx, one)) for one in benefits.of_proposal(tx, parent)]
    if not each:
        return ()
    read = [(one, last) for one, last in each if last]
    many = "benefit that was claimed" if len(each) == 1 else "benefits that were claimed"
    if not read:
        return (f"Nothing has been read yet of the {_counted(len(each))}{many}.",)
    told = [f"{len(read)} of the {len(each)} {many} {'has' if len(read) == 1 else 'have'} been read."]
    return (*told, *_together(read), *_rated(read))


def _together(read: Sequence[tuple[BenefitView, Reading]]) -> tuple[str, ...]:
    sums = [
        (come, one.claimed) for one, last in read if one.claimed and (come := number(last.value)) is not None
    ]
    if not sums:
        return ()
    come, claimed = (sum(each, Decimal(0)) for each in zip(*sums, strict=True))
    share = _share(come, claimed)
    return (f"Of {pounds(claimed)} a year claimed of these, {_pounds(come)} has come about ({share}).",)


def _rated(read: Sequence[tuple[BenefitView, Reading]]) -> tuple[str, ...]:
    """Tell the ratings of those that were claimed without a sum, for nothing else says how they stand."""
    only = [last.rating for one, last in read if not one.claimed]
    rated = [f"{only.count(rag)} {word}" for rag, word in _RATED.items() if rag in only]
    return (f"Claimed without a sum: {', '.join(rated)}.",) if rated else ()


# ------------------------------------------------------------------------------ workings


def _realised(benefit: BenefitView, last: Reading | None) -> Realised:
    read, share = number(last.value) if last else None, ""
    if benefit.claimed and read is not None:
        share = f"{_share(read, benefit.claimed)} of what was claimed, "
    rated = _RATED[last.rating] if last else ""
    return Realised(
        ref=benefit.ref,
        what=benefit.title,
        claimed=f"{pounds(benefit.claimed)} a year" if benefit.claimed else NO_SUM,
        read=f"{worded(benefit, last.value)}, {_after(last)}" if last else "Nothing yet",
        said=f"{share}{rated}" if share else rated.capitalize(),
    )


def _last(tx: Tx, benefit: BenefitView) -> Reading | None:
    return next(iter(benefits.readings(tx, benefit.ref)[-1:]), None)


def _after(last: Reading) -> str:
    return f"{last.month} month{'' if last.month == 1 else 's'} after go-live"


def _share(come: Decimal, claimed: Decimal) -> str:
    return f"{(come * 100 / claimed).quantize(Decimal(1)) + 0:f}%"


def _pounds(amount: Decimal) -> str:
    """Write pounds that may be less than nothing."""
    return f"-{pounds(-amount)}" if amount < 0 else pounds(amount)


def _counted(number: int) -> str:
    return "" if number == 1 else f"{number} "
