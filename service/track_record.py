"""How the major cases of a directorate turned out, and what a proposal comes to if it turns out the same.

Each closed case says at most one figure of each measure: what its project cost against the first plan that
was approved, how late it went live, and how much came about of the benefits that were claimed, those that
are cashable and the others apart. A case that lacks a figure does not count in that measure. What is told of
a measure is its middle and its range: the middle is the median, because among so few cases one that went
astray would make the mean its own. Of fewer cases than the handbook asks for, nothing is told.
"""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import NamedTuple

from service.appraisal import Appraisal, Figure, whole
from workflows.model import Frozen

MONTH = 21
"""Working days to the month, where a delay is counted in months."""
_YEAR = 12
_HUNDRED = Decimal(100)
_TENTH, _WHOLE = Decimal("0.1"), Decimal(1)


class Past(NamedTuple):
    """How a closed case turned out; None where it has no such figure."""

    ref: str
    cost: Decimal | None = None
    """Percent by which its project cost more than was approved first; less than 0 if it cost less."""
    late: int | None = None
    """Working days by which it went live later than was approved first; less than 0 if earlier."""
    cashable: Decimal | None = None
    """Percent of what was claimed of its cashable benefits that came about."""
    not_cashable: Decimal | None = None
    """The same of its other benefits."""


class Reading(NamedTuple):
    """A benefit's latest reading, beside what was claimed for that time."""

    claimed: Decimal
    """Pounds a year, as is what came about."""
    realised: Decimal
    cashable: bool


class Measure(Frozen):
    """One measure over the cases that have a figure of it."""

    cases: int
    middle: Decimal
    """The median, to a tenth of a percent or a whole day."""
    least: Decimal
    most: Decimal


class Record(Frozen):
    """The track record of a directorate; a measure that too few cases have is None."""

    directorate: str
    """What the department is called."""
    cost: Measure | None = None
    late: Measure | None = None
    cashable: Measure | None = None
    not_cashable: Measure | None = None

    @property
    def says_something(self) -> bool:
        """At least one measure is told."""
        return any((self.cost, self.late, self.cashable, self.not_cashable))


class Measured(Frozen):
    """A measure in words: what is measured; and how it turned out, in how many cases, from where to where."""

    what: str
    which: str


# ----------------------------------------------------------------------------- the rule


def record(directorate: str, past: Iterable[Past], least: int) -> Record:
    """Return the track record of cases. Each measure needs so many of them at least that have its figure."""
    each = tuple(past)
    return Record(
        directorate=directorate,
        cost=_measure((one.cost for one in each), least, _TENTH),
        late=_measure((one.late for one in each), least, _WHOLE),
        cashable=_measure((one.cashable for one in each), least, _TENTH),
        not_cashable=_measure((one.not_cashable for one in each), least, _TENTH),
    )


def realised(readings: Iterable[Reading], *, cashable: bool) -> Decimal | None:
    """Return how much of a case's benefits of one sort came about, in percent of what was claimed for then.

    Their pounds are summed, so that a large benefit counts for more; None if nothing was claimed or read.
    """
    counted = [one for one in readings if one.cashable is cashable]
    claimed = sum((one.claimed for one in counted), Decimal(0))
    if claimed <= 0:
        return None
    return sum((one.realised for one in counted), Decimal(0)) * _HUNDRED / claimed


def over(cost: Decimal, approved: Decimal) -> Decimal | None:
    """Return by how much a cost is over what was approved, in percent; None where nothing was approved."""
    return (cost - approved) * _HUNDRED / approved if approved > 0 else None


def months(late: Decimal) -> int:
    """Return a delay of working days in whole months, half a month up. What is early delays nothing."""
    return max(int((late / MONTH).quantize(_WHOLE, ROUND_HALF_UP)), 0)


def _measure(figures: Iterable[Decimal | int | None], least: int, place: Decimal) -> Measure | None:
    known = [Decimal(figure) for figure in figures if figure is not None]
    if not known or len(known) < least:
        return None
    middle, lowest, highest = (_rounded(figure, place) for figure in (median(known), min(known), max(known)))
    return Measure(cases=len(known), middle=middle, least=lowest, most=highest)


def _rounded(figure: Decimal, place: Decimal) -> Decimal:
    # What rounds to nothing from below is nothing, and not less.
    return figure.quantize(place, ROUND_HALF_UP) + 0


# --------------------------------------------------------------------- restated figures


def restated(worked_out: Appraisal, on: Record) -> Figure | None:
    """Return the net present value of a proposal that turns out as the record has it, with its working.

    What a project spends once (capital, one-off and project management costs) changes by the record's
    overrun; revenue is as claimed, for no project's outturn says anything of it. Cashable benefits are had
    to the share that came about, and later by the record's delay in whole months: of every twelve months of
    a year's benefits as many as the delay fall in the next year, and what falls after the last year that is
    looked at is not counted. Costs fall in the years in which they are claimed to. A measure that is not told
    changes nothing. None where the record tells none that could change something.
    """
    if not (on.cost or on.late or on.cashable):
        return None
    dearer = on.cost.middle if on.cost else Decimal(0)
    share = on.cashable.middle if on.cashable else _HUNDRED
    delay = months(on.late.middle) if on.late else 0
    brought = _later({year.number: year.cashable for year in worked_out.years}, delay)
    values: list[tuple[str, Decimal]] = []
    for year in worked_out.years:
        once = year.capital + year.one_off + year.project_management
        cost = once * (_HUNDRED + dearer) / _HUNDRED + year.revenue
        gain = brought.get(year.number, Decimal(0)) * share / _HUNDRED
        values.append((year.year, (gain - cost) * year.factor))
    total = sum((value for _, value in values), Decimal(0))
    by_year = "; ".join(f"{year} {whole(value)}" for year, value in values)
    return Figure(
        name="Net present value on that record",
        value=f"{whole(total)} (as claimed: {whole(worked_out.present_value)})",
        working=" ".join((*_changes(on, delay), f"Discounted at {worked_out.rate:f}% a year: {by_year}.")),
    )


def _later(brings: dict[int, Decimal], delay: int) -> dict[int, Decimal]:
    """Return what years bring if all of it comes so many months later. All that is known of it is its year,
    in which it is taken to come evenly.
    """
    years, part = divmod(delay, _YEAR)
    later: dict[int, Decimal] = {}
    for number, amount in brings.items():
        for into, twelfths in ((number + years, _YEAR - part), (number + years + 1, part)):
            later[into] = later.get(into, Decimal(0)) + amount * twelfths / _YEAR
    return later


def _changes(on: Record, delay: int) -> Iterator[str]:
    """Say what is changed of what is claimed, a sentence each, and what is not."""
    if on.cost:
        more = "more" if on.cost.middle >= 0 else "less"
        yield (
            f"Capital, one-off and project management costs {_percent(abs(on.cost.middle))} {more}; "
            "revenue costs as claimed."
        )
    else:
        yield "Costs as claimed: too few cases say how theirs turned out."
    if on.cashable:
        yield f"Cashable benefits to {_percent(on.cashable.middle)} of what is claimed."
    else:
        yield "Cashable benefits as claimed: too few cases say how theirs turned out."
    if delay and on.late:
        late = _many(int(on.late.middle), "working day")
        yield (
            f"Benefits {_many(delay, 'month')} later ({late}, {MONTH} to the month): that part of every "
            "year's benefits falls in the next, and what falls after the last year that is looked at is not "
            "counted."
        )
    elif on.late:
        yield "Benefits when they are claimed to come, as the delay is less than half a month."
    else:
        yield "Benefits when they are claimed to come: too few cases say when they went live."


# ------------------------------------------------------------------------------ in words


def measured(of: Record) -> tuple[Measured, ...]:
    """Return the measures that are told, in words."""
    found: list[Measured] = []
    for what, measure, say in (
        ("Cost", of.cost, _over),
        ("Going live", of.late, _late),
        ("Cashable benefits", of.cashable, _percent),
        ("Other benefits", of.not_cashable, _percent),
    ):
        if measure:
            of_claim = " of what was claimed" if say is _percent else ""
            ends = f"from {say(measure.least)} to {say(measure.most)}"
            cases = _many(measure.cases, "case")
            found.append(Measured(what=what, which=f"{say(measure.middle)}{of_claim} ({cases}, {ends})"))
    return tuple(found)


def sentence(of: Record, restated: Figure | None = None) -> str:
    """Say a track record in a sentence, and what a proposal comes to on it; empty if nothing is told."""
    if not of.says_something:
        return ""
    told = [(one.what, one.which) for one in measured(of)]
    told += [(restated.name, restated.value)] if restated else []
    each = "; ".join(f"{what[:1].lower()}{what[1:]} {which}" for what, which in told)
    return f"Closed major cases of {of.directorate}, the middle one of each: {each}."


def _over(percent: Decimal) -> str:
    if not percent:
        return "as approved"
    return f"{_percent(abs(percent))} {'over' if percent > 0 else 'under'}"


def _late(days: Decimal) -> str:
    if not days:
        return "on the day"
    return f"{_many(abs(int(days)), 'working day')} {'late' if days > 0 else 'early'}"


def _percent(percent: Decimal) -> str:
    return f"{percent:f}".removesuffix(".0") + "%"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
