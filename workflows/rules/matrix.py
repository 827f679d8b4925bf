"""The authority matrix: who decides on a project that is past what is tolerated."""

from collections.abc import Sequence
from decimal import Decimal

from workflows.delivery import Authority, Band, Tolerances, Variance

ORDER = (Authority.PROGRAMME_OFFICE, Authority.BOARD, Authority.SRG)
"""From the least to the greatest."""


def authority(matrix: Sequence[Band], variance: Variance) -> Authority:
    """Return who decides on an overrun: whoever the first row names that holds for it.

    The last row of a handbook has no limits; where an edition has none that holds, SRG decides.
    """
    return next((band.authority for band in matrix if holds(band, variance)), Authority.SRG)


def over_grant(matrix: Sequence[Band], now: Tolerances, more: Tolerances, budget: Decimal) -> Authority:
    """Return who may tolerate more: whoever decides on an overrun that is as great as what is added.

    `budget` is the pounds that were approved. A figure that stays as it is was granted before.
    """
    raised = Variance(
        over_percent=more.cost_percent if more.cost_percent > now.cost_percent else Decimal(0),
        late=more.days if more.days > now.days else 0,
        budget=budget,
    )
    return authority(matrix, raised)


def holds(band: Band, variance: Variance) -> bool:
    """Say whether a row holds for an overrun: it is within all the limits that the row has."""
    return (
        (band.budget is None or variance.budget <= band.budget)
        and (band.over_percent is None or variance.over_percent <= band.over_percent)
        and (band.late is None or variance.late <= band.late)
    )


def greatest(*authorities: Authority) -> Authority:
    """Return the greatest of some authorities."""
    return max(authorities, key=ORDER.index)
