"""The arithmetic of a business case, in the open: every figure with the working behind it.

All amounts are exact pounds; what is shown is rounded to the pound. A year is a financial year, from April
to March, and the first is year 0. Nothing a sponsor says is overwritten: where their own total differs
from ours, both are shown.

Costs and benefits are compared over one period: the handbook's, or for as long as costs are given year upon
year. What goes on without an end, a benefit or a revenue cost, goes on to the end of that period and no
further; a cost of a later year, such as one of clearing away, is counted and lengthens nothing.
"""

from collections.abc import Container, Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import count

from service.handbook import AppraisalRules
from service.handbook.words import pounds, sentence
from service.proposals.document import Benefit, ProposalDocument, YearCost
from workflows.model import Frozen

_POUND = Decimal(1)
_HUNDRED = Decimal(100)
_NOTHING = Decimal(0)


class Year(Frozen):
    """What a year costs and brings, as it falls and as it is worth at the start."""

    year: str
    number: int
    capital: Decimal
    one_off: Decimal
    revenue: Decimal
    project_management: Decimal
    cashable: Decimal
    not_cashable: Decimal
    factor: Decimal
    """What a pound of this year is worth in year 0."""

    @property
    def cost(self) -> Decimal:
        """All that is spent."""
        return self.capital + self.one_off + self.revenue + self.project_management

    @property
    def says_something(self) -> bool:
        """Something is spent or gained."""
        return bool(self.cost or self.cashable or self.not_cashable)

    @property
    def net(self) -> Decimal:
        """Cashable benefits less costs."""
        return self.cashable - self.cost

    @property
    def present_value(self) -> Decimal:
        """The net figure, as it is worth in year 0."""
        return self.net * self.factor


class Figure(Frozen):
    """A result, and the sentence that says how it was worked out."""

    name: str
    value: str
    working: str


class Appraisal(Frozen):
    """A proposal's figures over its life."""

    years: tuple[Year, ...]
    rate: Decimal
    """Percent a year by which later money is worth less."""
    bias: Decimal
    """Percent by which capital is found to be underestimated."""
    last: int = 0
    """The number of the last year of the period over which costs and benefits are compared."""
    why: str = ""
    """What makes that the last year, in words."""
    endless: bool = False
    """A benefit is had without an end, and so counted to that year."""
    left_out: tuple[str, ...] = ()
    """What benefits bring in years that are not looked at, in words."""
    management_first: bool = False
    """Project management is given for no year, and so counted in the first."""

    @cached_property
    def whole_life_cost(self) -> Decimal:
        """All costs of all years, as they fall."""
        return _sum(year.cost for year in self.years)

    @cached_property
    def present_value(self) -> Decimal:
        """Cashable benefits less costs, as they are worth in year 0: the NPV."""
        return _sum(year.present_value for year in self.years)

    @cached_property
    def benefits_now(self) -> Decimal:
        """The cashable benefits, as they are worth in year 0."""
        return _sum(year.cashable * year.factor for year in self.years)

    @cached_property
    def overrun(self) -> Decimal:
        """What capital costs more if it turns out as much dearer as such work does, as in year 0."""
        return _sum(year.capital * year.factor for year in self.years) * self.bias / _HUNDRED

    @cached_property
    def payback(self) -> Year | None:
        """The first year from whose end on benefits have made up for all costs; None within the life.

        A year whose balance later costs turn again is not it.
        """
        balance, found = _NOTHING, None
        for year in self.years:
            balance += year.net
            if balance < 0:
                found = None
            elif found is None and any(each.cashable for each in self.years if each.number <= year.number):
                found = year
        return found

    @cached_property
    def switching_value(self) -> Decimal | None:
        """Percent by which cashable benefits may fall before the NPV is nothing.

        Less than 0 if they must rise; None without cashable benefits.
        """
        if not self.benefits_now:
            return None
        return self.present_value / self.benefits_now * _HUNDRED

    def figures(self) -> tuple[Figure, ...]:
        """Return the results, each with its working."""
        first = self.years[0].year
        management = f"; project management is given in all and for no year, and is counted in {first}"
        found = [
            Figure(
                name="Whole-life cost",
                value=whole(self.whole_life_cost),
                working="Capital, one-off, revenue and project management costs of "
                f"{self._life()}, as they fall{management if self.management_first else ''}.",
            ),
            Figure(
                name="Net present value",
                value=whole(self.present_value),
                working=f"Each year's cashable benefits less its costs, discounted at {self.rate:f}% a year: "
                + "; ".join(f"{year.year} {whole(year.present_value)}" for year in self.years)
                + "."
                + (f" Benefits without an end are counted to {self._end()}." if self.endless else "")
                + "".join(f" Not counted: {told}." for told in self.left_out),
            ),
            Figure(
                name="Net present value with optimism bias",
                value=whole(self.present_value - self.overrun),
                working=f"The same with {self.bias:f}% more capital, {whole(self.overrun)} at its worth in "
                f"{first}: such work is found to be underestimated by that much.",
            ),
            Figure(name="Payback", value=self._payback(), working=self._balance()),
        ]
        if self.switching_value is not None:
            found.append(
                Figure(
                    name="Switching value",
                    value=_switching(self.switching_value),
                    working=f"The net present value, {whole(self.present_value)}, as a part of the cashable "
                    f"benefits at their worth in {first}, {whole(self.benefits_now)}.",
                )
            )
        return tuple(found)

    def _life(self) -> str:
        """Say which years are looked at: those of the period, and later ones of which something is said."""
        later = [year.year for year in self.years if year.number > self.last]
        return f"{self.years[0].year} to {self.years[self.last].year}" + (
            f", and of {', '.join(later)} after that" if later else ""
        )

    def _end(self) -> str:
        return f"{self.years[self.last].year}, {self.why}"

    def _payback(self) -> str:
        if self.payback:
            return f"By the end of {self.payback.year}"
        return f"Not by the end of {self.years[-1].year}"

    def _balance(self) -> str:
        balance, told = _NOTHING, []
        for year in self.years:
            balance += year.net
            told.append(f"{year.year} {whole(balance)}")
        return f"Cashable benefits less costs, added up from year to year: {'; '.join(told)}."


def appraise(read: ProposalDocument, rules: AppraisalRules, submitted: date) -> Appraisal:
    """Work out the figures of a proposal under a handbook's rules of the day on which it was submitted."""
    begins = _first_year(read, submitted)
    given = {_begins(cost.year) - begins for cost in read.costs_by_year}
    last = max(rules.horizon_years, next(number for number in count() if number + 1 not in given))
    rate = rules.rate_on(submitted)
    years = (_year(read, begins, number, last, rate) for number in range(max(last, *given, 0) + 1))
    return Appraisal(
        years=tuple(year for year in years if year.number <= last or year.says_something),
        rate=rate,
        bias=rules.optimism_bias_percent,
        last=last,
        why="the last year of the handbook's period"
        if last == rules.horizon_years
        else "until when costs are given year by year",
        endless=any(benefit.amount_gbp_per_year and not benefit.years for benefit in read.benefits),
        left_out=tuple(_left_out(read, begins, last, max(last, *given, 0))),
        management_first=bool(read.costs_by_year) and _management_first(read),
    )


def claimed_in(read: ProposalDocument, of: Benefit, submitted: date, day: date) -> Decimal:
    """Return what a benefit of a proposal is claimed to bring in the financial year of a day, in pounds.

    `submitted` is the day on which the proposal was.
    """
    begins = _first_year(read, submitted)
    number = financial_year(day) - begins
    return _brings(of, begins, number, number)


def disagreements(read: ProposalDocument, worked_out: Appraisal) -> tuple[str, ...]:
    """Say where a sponsor's own totals are not what their figures come to (to the pound)."""
    claimed = read.claimed
    totals = (
        ("Whole-life cost", claimed.whole_life_cost_gbp, worked_out.whole_life_cost),
        ("Net present value", claimed.net_present_value_gbp, worked_out.present_value),
    )
    return (
        *(
            f"{name}: the sponsor says {whole(said)}, but the figures given come to {whole(found)}"
            for name, said, found in totals
            if said is not None and abs(said - found) >= 1
        ),
        *_revenue(read),
    )


def _revenue(read: ProposalDocument) -> Iterator[str]:
    """Say if the revenue of a year, as it is given in all, is that of no year."""
    in_all, by_year = read.cost_profile.revenue_gbp_per_year, read.costs_by_year
    if by_year and in_all is not None and not any(abs(cost.revenue - in_all) < 1 for cost in by_year):
        given = ", ".join(f"{pounds(cost.revenue)} in {cost.year}" for cost in by_year)
        yield f"Revenue: the sponsor says {pounds(in_all)} a year, but by year gives {given}"


def gaps(read: ProposalDocument, *, major: bool) -> tuple[str, ...]:
    """Say what a business case leaves out that those who decide would look for (SYS-15, SYS-21)."""
    found: list[str] = []
    if major and not any(option.do_nothing for option in read.options):
        found.append("No option of doing nothing is given")
    if major and not read.costs_by_year:
        found.append("Costs are not given by financial year")
    if major and read.cost_profile.project_management_gbp is None and not _managed_by_year(read):
        found.append("No cost of managing the project is given")
    lacking = (
        ("Nobody is named who sees to", "owner"),
        ("It is not said how these will be measured", "measure"),
        ("It is not said how these will be brought about", "how_realised"),
    )
    for told, part in lacking if major else ():
        if unsaid := [benefit.title for benefit in read.benefits if not getattr(benefit, part)]:
            found.append(f"{told}: {'; '.join(unsaid)}")
    for benefit in read.benefits:
        if benefit.amount_gbp_per_year and not benefit.basis:
            found.append(f"No basis is given for the amount of: {benefit.title}")
    return tuple(found)


OWNER, MEASURE, HOW_REALISED = "owner", "measure", "how_realised"
"""What a business case says of each benefit besides what it is."""


class Unsaid(Frozen):
    """What a business case does not say of one of its benefits."""

    number: int
    """Its place among the benefits, from 1."""
    title: str
    parts: tuple[str, ...]


class Lacking(Frozen):
    """What a business case leaves out without which its project passes no gate (SYS-15)."""

    management: bool = False
    """The cost of managing the project."""
    benefits: tuple[Unsaid, ...] = ()


def lacking(read: ProposalDocument, posts: Container[str]) -> Lacking:
    """Return what a business case leaves out of what no gate opens without. There are `posts` that may see to
    a benefit: an owner who is none of them is nobody.
    """
    found: list[Unsaid] = []
    for number, benefit in enumerate(read.benefits, start=1):
        said = {
            OWNER: benefit.owner in posts,
            MEASURE: benefit.measure.strip(),
            HOW_REALISED: benefit.how_realised.strip(),
        }
        if parts := tuple(part for part, given in said.items() if not given):
            found.append(Unsaid(number=number, title=benefit.title, parts=parts))
    return Lacking(management=management(read) is None, benefits=tuple(found))


def management(read: ProposalDocument) -> Decimal | None:
    """Return what a business case says that managing its project costs in all, in pounds; None if nothing."""
    if read.cost_profile.project_management_gbp is not None:
        return read.cost_profile.project_management_gbp
    return _sum(year.project_management for year in read.costs_by_year) or None


# ------------------------------------------------------------------------------- workings


def financial_year(day: date) -> int:
    """Return the calendar year in which the financial year of a day begins (A67)."""
    return day.year if day.month >= 4 else day.year - 1


def written(begins: int) -> str:
    """Write a financial year: 2004/05."""
    return f"{begins}/{(begins + 1) % 100:02d}"


def _first_year(read: ProposalDocument, submitted: date) -> int:
    given = [_begins(cost.year) for cost in read.costs_by_year]
    return min(given, default=financial_year(read.decision_needed_by or submitted))


def _begins(year: str) -> int:
    return int(year[:4])


def _year(read: ProposalDocument, begins: int, number: int, last: int, rate: Decimal) -> Year:
    cost = _cost(read, begins, number, last)
    brings = [(benefit, _brings(benefit, begins, number, last)) for benefit in read.benefits]
    return Year(
        year=written(begins + number),
        number=number,
        capital=cost.capital,
        one_off=cost.one_off,
        revenue=cost.revenue,
        project_management=cost.project_management,
        cashable=_sum(amount for benefit, amount in brings if benefit.cashable),
        not_cashable=_sum(amount for benefit, amount in brings if not benefit.cashable),
        factor=_HUNDRED**number / (_HUNDRED + rate) ** number,
    )


def _cost(read: ProposalDocument, begins: int, number: int, last: int) -> YearCost:
    """Return a year's costs: as given, else capital at the start and revenue in every later year to the last.

    Project management that is given for no year falls in the first.
    """
    year = written(begins + number)
    profile = read.cost_profile
    given = next((cost for cost in read.costs_by_year if _begins(cost.year) == begins + number), None)
    if given is not None and number == 0 and _management_first(read):
        return given.model_copy(update={"project_management": profile.project_management_gbp})
    if given is not None:
        return given
    if read.costs_by_year or number:
        within = (_begins(cost.year) - begins for cost in read.costs_by_year)
        goes_on = max((each for each in within if each <= last), default=0) < number <= last
        return YearCost(
            year=year, revenue=(profile.revenue_gbp_per_year or _NOTHING) if goes_on else _NOTHING
        )
    return YearCost(
        year=year,
        capital=profile.capital_gbp or _NOTHING,
        project_management=profile.project_management_gbp or _NOTHING,
    )


def _management_first(read: ProposalDocument) -> bool:
    in_all = read.cost_profile.project_management_gbp
    return bool(in_all) and not _managed_by_year(read)


def _managed_by_year(read: ProposalDocument) -> bool:
    return any(cost.project_management for cost in read.costs_by_year)


def _brings(benefit: Benefit, begins: int, number: int, last: int) -> Decimal:
    """Return what a benefit is worth in a year: from its first year on, for as long as it lasts.

    One without an end lasts to the last year of the period.
    """
    if benefit.amount_gbp_per_year is None:
        return _NOTHING
    first = _begins(benefit.from_year) - begins if benefit.from_year else 1
    ends = first + benefit.years - 1 if benefit.years else last
    return benefit.amount_gbp_per_year if first <= number <= ends else _NOTHING


def _left_out(read: ProposalDocument, begins: int, last: int, looked_at: int) -> Iterator[str]:
    """Name the benefits that say they come in years before the first or after the last that is looked at.

    For one without an end that is the `last` of the period; for another the last that costs are given for.
    """
    for benefit in read.benefits:
        if benefit.amount_gbp_per_year is None:
            continue
        first = _begins(benefit.from_year) - begins if benefit.from_year else 1
        ends = first + benefit.years - 1 if benefit.years else first
        end = looked_at if benefit.years else last
        if first < 0:
            yield f"{benefit.title} before {written(begins)}"
        if ends > end:
            yield f"{benefit.title} after {written(begins + end)}, the last year that is looked at"


def _switching(percent: Decimal) -> str:
    rounded = abs(percent).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if percent < 0 and rounded:
        return f"Benefits would have to be {rounded:f}% higher to break even"
    return f"Benefits may be {rounded:f}% lower before it no longer breaks even"


def to_the_pound(amount: Decimal) -> Decimal:
    """Round as figures are shown. What rounds to nothing from below is nothing, and not less."""
    return amount.quantize(_POUND, ROUND_HALF_UP) + 0


def whole(amount: Decimal) -> str:
    """Write an amount to the pound; what is less than nothing has a sign before it."""
    rounded = to_the_pound(amount)
    return f"-{pounds(-rounded)}" if rounded < 0 else pounds(rounded)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, _NOTHING)


def options(read: ProposalDocument) -> list[tuple[str, str]]:
    """Return the options that were weighed, each with what it costs and why it was not taken."""
    return [
        (
            option.title,
            ". ".join(
                filter(
                    None,
                    (
                        f"Capital {pounds(option.capital_gbp)}" if option.capital_gbp is not None else "",
                        option.why_not,
                    ),
                )
            ),
        )
        for option in read.options
    ]


def measured(of: Benefit) -> str:
    """Say by what a benefit is measured and how it is brought about, a sentence each where both are said."""
    parts = [part.strip() for part in (of.measure, of.how_realised) if part.strip()]
    return " ".join(map(sentence, parts)) if len(parts) > 1 else "".join(parts)


def benefit(of: Benefit, owner: str) -> tuple[str, ...]:
    """Return what is said of a benefit, a line each: who, how much, how it is measured and brought about.

    `owner` is the title of the post that sees to it.
    """
    amount = of.amount_gbp_per_year
    told = (
        ("Who sees to it", owner),
        ("Worth", f"{pounds(amount)} a year, {_period(of)}" if amount is not None else ""),
        ("Cashable", "yes" if of.cashable else "no"),
        ("How that was arrived at", of.basis),
        ("How it is measured", of.measure),
        ("How it is brought about", of.how_realised),
    )
    return tuple(f"{what}: {said}" for what, said in told if said)


def _period(of: Benefit) -> str:
    """Say when a benefit is had, and what is assumed where nothing is said."""
    begins = f"from {of.from_year}" if of.from_year else "from the second year, as nothing else is said"
    lasts = f"for {of.years} year{'' if of.years == 1 else 's'}" if of.years else "to the end of the period"
    return f"{begins}, {lasts}"
