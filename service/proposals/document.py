"""The values a proposal consists of, once it has been read."""

from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PlainSerializer

from workflows.model import Frozen, Relation, Share, Size

Pounds = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Percent = Annotated[Decimal, PlainSerializer(lambda share: f"{share.normalize():f}", return_type=str)]


_PENNY = Decimal("0.01")
_HUNDRED = Decimal(100)


class Answer(StrEnum):
    """What a proposal says to a principle."""

    MET = "met"
    DEVIATES = "deviates"
    ISSUE = "issue"
    NOT_APPLICABLE = "not_applicable"


class CostProfile(Frozen):
    """What the proposal costs in all."""

    capital_gbp: Pounds | None = None
    revenue_gbp_per_year: Pounds | None = None
    project_management_gbp: Pounds | None = None


class YearCost(Frozen):
    """What it costs in one year, which may be a financial year such as 2004/05."""

    year: str
    capital: Pounds = Decimal(0)
    revenue: Pounds = Decimal(0)
    project_management: Pounds = Decimal(0)
    one_off: Pounds = Decimal(0)
    """What is spent once and is no capital, such as moving data."""


class FundingParty(Frozen):
    """A post that pays a part of the capital."""

    post: str
    share_percent: Percent | None = None


class Benefit(Frozen):
    """What the proposal is for, who sees that it comes about, and how one will know."""

    title: str
    owner: str = ""
    measure: str = ""
    how_realised: str = ""
    """How it will be brought about."""
    cashable: bool = False
    """It is money that can be spent on something else."""
    amount_gbp_per_year: Pounds | None = None
    basis: str = ""
    """How the amount was arrived at."""
    from_year: str = ""
    """The first financial year in which it is had; the second of the proposal if none is given."""
    years: int | None = None
    """For how many years it is had; to the end of the period that is looked at if none is given."""


class Option(Frozen):
    """Another way that was weighed, and why it was not taken."""

    title: str
    do_nothing: bool = False
    capital_gbp: Pounds | None = None
    why_not: str = ""


class Claimed(Frozen):
    """The totals that a sponsor gives of their own accord."""

    whole_life_cost_gbp: Pounds | None = None
    net_present_value_gbp: Pounds | None = None


class CorporateSystem(Frozen):
    """What the proposal is to the systems deemed corporate."""

    relation: Relation = Relation.NONE
    ids: tuple[str, ...] = ()


class Bid(StrEnum):
    """How a bid for money stands."""

    PENDING = "pending"
    SUCCESSFUL = "successful"
    FAILED = "failed"


class FundingCondition(Frozen):
    """Something on which the money depends, such as a capital bid."""

    kind: str = ""
    text: str = ""
    status: Bid = Bid.PENDING
    decision_due: date | None = None
    """The day on which its outcome should be known."""
    owner_post: str = ""
    """Whoever makes the bid, where it is not the post the handbook names."""

    @property
    def pending(self) -> bool:
        """It is not yet known whether there will be money."""
        return self.status is Bid.PENDING


class Use(StrEnum):
    """What a proposal does about a function that departments share."""

    NOT_NEEDED = "not_needed"
    SHARED = "shared"
    OWN = "own"


class Conformity(StrEnum):
    """What a proposal says to a standard."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


class Continuity(Frozen):
    """How business goes on when the system fails (SYS-10)."""

    provision: str = ""
    recovery_hours: int | None = None
    """Planned hours until it works again."""
    tested_on: date | None = None
    test_result: str = ""
    """Of the last test of recovery."""


class Addresses(Frozen):
    """Whether the system holds addresses, and where it has them from (SYS-12)."""

    held: bool | None = None
    source: str = ""
    """`gazetteer` or `other`."""
    electronic: bool | None = None
    """Taken electronically, and not keyed in again."""
    key_held: bool | None = None
    """Each address has the key by which the gazetteer knows its property."""


class Partner(Frozen):
    """Another agency that was considered as a partner, and what came of it (SYS-13)."""

    name: str
    result: str = ""


class Sharing(Frozen):
    """Whether personal data are shared with a partner, and under which agreement (SYS-13)."""

    personal_data: bool | None = None
    reference: str = ""
    since: date | None = None
    until: date | None = None
    """The last day of the agreement."""

    def in_date(self, day: date) -> bool:
        """Say whether there is an agreement that holds on a day."""
        if not self.reference or self.since is None or self.until is None:
            return False
        return self.since <= day <= self.until


class ProposalDocument(Frozen):
    """A proposal as read; what is not given is empty.

    Of what stands beside the principles, None was never begun; what was begun and left blank is empty.
    """

    organisation: str = ""
    title: str = ""
    summary: str = ""
    why: str = ""
    alternatives: str = ""
    stakeholders: str = ""
    security: str = ""
    department: str = ""
    sponsor_post: str = ""
    lead_post: str = ""
    co_authors: tuple[str, ...] = ()
    size: Size | None = None
    cost_profile: CostProfile = CostProfile()
    costs_by_year: tuple[YearCost, ...] = ()
    funding_parties: tuple[FundingParty, ...] = ()
    funding_condition: FundingCondition | None = None
    benefits: tuple[Benefit, ...] = ()
    options: tuple[Option, ...] = ()
    claimed: Claimed = Claimed()
    principles: dict[str, Answer] = Field(default_factory=dict)
    principle_notes: dict[str, str] = Field(default_factory=dict)
    corporate_system: CorporateSystem = CorporateSystem()
    personal_data: bool | None = None
    system_kind: str = ""
    shared_services: dict[str, Use] | None = None
    shared_service_reasons: dict[str, str] = Field(default_factory=dict)
    """Why a proposal builds its own, though there is one to share."""
    equality: dict[str, str] | None = None
    """What is said of each characteristic."""
    equality_checklist: str = ""
    """The version of the checklist that was answered: the handbook says it, and never the sponsor."""
    continuity: Continuity | None = None
    standards: dict[str, Conformity] | None = None
    standard_notes: dict[str, str] = Field(default_factory=dict)
    addresses: Addresses | None = None
    partners: tuple[Partner, ...] | None = None
    sharing: Sharing | None = None
    embargo_exempt: str = ""
    """What an embargo on spending leaves free, if that is all it buys."""
    decision_needed_by: date | None = None
    submitted_on: date | None = None
    """Only for working out a route away from any case; a submission is dated by the Clock."""

    def shares(self) -> tuple[Share, ...]:
        """Return what each party pays, in pounds that add up to the capital; the last takes the odd pence."""
        left = capital = (self.cost_profile.capital_gbp or Decimal(0)).quantize(_PENNY)
        shares: list[Share] = []
        for number, party in enumerate(self.funding_parties, start=1):
            percent = party.share_percent or Decimal(0)
            part = (capital * percent / _HUNDRED).quantize(_PENNY, ROUND_DOWN)
            amount = left if number == len(self.funding_parties) else part
            left -= amount
            shares.append(Share(post=party.post, percent=percent, amount=amount))
        return tuple(shares)
