"""The rules of one organisation as data: read from its handbook, frozen, and named by their hash."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Annotated, TypeVar

import rfc8785
from pydantic import Field

from service.handbook.delivering import DeliveryRules
from service.handbook.entries import Day, Entry, Pounds
from workflows.model import (
    EmbargoOwner,
    EmbargoRules,
    ForumRules,
    Frozen,
    IssueRules,
    PrincipleRules,
    Quorum,
    RoutingRules,
    SeatAsk,
    Size,
    SystemRules,
    Terms,
    Validity,
)
from workflows.rules import actions, reports, validity

PUBLISHING = ("pmo", "administrator")
"""The parts in the product whose holders may bring a handbook into force, any two people of them together."""


class Department(Entry):
    """A department of the organisation, with the names it also goes by."""

    key: str
    name: str
    email: str = ""
    head: str = ""
    """The post that answers for it."""
    aliases: tuple[str, ...] = ()
    since: Day | None = None
    until: Day | None = None
    """Its last day."""
    succeeded_by: str | None = None
    """The department that does from the day after what it did: its track record goes with it."""


class DatedTitle(Entry):
    """What a post was called until a day."""

    title: str
    until: Day


class Post(Entry):
    """A place in the organisation that people hold one after another."""

    key: str
    title: str
    email: str
    department: str = ""
    line: str | None = None
    """The post above it, asked when its holder stays silent or may not answer."""
    external: bool = False
    """Outside the organisation."""
    aliases: tuple[str, ...] = ()
    earlier_titles: tuple[DatedTitle, ...] = ()
    succeeded_by: str | None = None
    succeeded_on: Day | None = None
    """The first day on which the successor acts for it."""

    def title_on(self, day: date) -> str:
        """Return what the post was called on a day."""
        return next((old.title for old in self.earlier_titles if day <= old.until), self.title)


class Person(Entry):
    """Somebody who holds posts. The id says nothing about them."""

    id: str
    name: str
    email: str


class Holding(Entry):
    """A person in a post, from a day to a day, both included."""

    post: str
    person: str
    since: Day
    until: Day | None = None

    def on(self, day: date) -> bool:
        """Say whether the person holds the post on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


class Decides(StrEnum):
    """How a forum comes to its decisions."""

    EMAIL = "email"
    MEETING = "meeting"
    EMAIL_THEN_MEETING = "email_then_meeting"


class Forum(Entry):
    """A standing group with members, a chair, a quorum and meetings."""

    key: str
    name: str
    email: str
    secretary: str
    """The post that writes for it."""
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    """The forum to which it takes what it cannot settle."""
    chair: str | None = None
    members: tuple[str, ...] = ()
    veto: tuple[str, ...] = ()
    """Members each of whom can stop a question alone."""
    substitutes: dict[str, str] = Field(default_factory=dict)
    """Member to the post that sits in their place while they are away, or when they stay silent."""
    quorum: Quorum | None = None
    decides: Decides = Decides.MEETING
    blind: bool = False
    """Members do not see one another's answers until the decision is made."""
    papers_days: int = 5
    """Working days before a meeting by which its papers must be in."""
    called_days: int = 10
    """Working days before a meeting on which its members are called to it."""
    record_days: int = 2
    """Working days after a meeting within which its secretary closes its record, and is else reminded."""
    told_days: int = 5
    """Working days after a meeting on which the PMO hears that its record is open."""
    place: str = ""
    time: str = "10:00"
    hours: int = 2
    """For how long a meeting is put into calendars."""
    meetings: tuple[Day, ...] = ()


class Principle(Entry):
    """A ground rule that every proposal answers."""

    key: str
    short_name: str
    rule: str
    evidence: tuple[str, ...] = ()
    applies_to: str = ""
    """`major` for a principle that binds major proposals only."""
    unless: str = ""
    """The stated case in which it does not apply, and for which no other reason is asked."""
    deviation_to: str = "head-of-profession"
    """The post with which a deviation is raised."""
    issue_leg: str = ""
    """The leg on which an issue is settled; without one no issue can be raised."""
    issue_to: tuple[str, ...] = ()
    """The posts and forums that settle it, in turn. `principal-customer` and `business-forum` are those of
    the corporate system that a proposal names."""
    issue_asks: tuple[str, ...] = ()
    """The kind of question that each of them is asked."""


class CorporateSystem(Entry):
    """A system deemed corporate, of which no local version is built."""

    key: str
    name: str
    principal_customer: str
    business_forum: str | None = None
    known_as: tuple[str, ...] = ()


class TechnicalParameter(Entry):
    """A requirement given to every supplier in a tender, from a day to a day, both included."""

    key: str
    subject: str
    requirement: str
    strength: str
    since: Day | None = None
    until: Day | None = None

    def on(self, day: date) -> bool:
        """Say whether it is in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class SharedService(Entry):
    """A function that departments share, so that no proposal builds its own without a reason (SYS-14)."""

    name: str
    owner: str
    """The post that keeps it."""
    shares: str
    """What is shared."""

    @property
    def title(self) -> str:
        """The name as a heading."""
        return self.name[:1].upper() + self.name[1:]


class Item(Entry):
    """A key, and what it stands for, in the order in which they are written."""

    key: str
    name: str


class EqualityChecklist(Entry):
    """What a proposal says of each characteristic (SYS-09)."""

    principle: str
    version: str
    """Which checklist it is; kept with every version of a proposal that answers it."""
    questions: tuple[Item, ...]
    """The characteristics."""

    @property
    def named(self) -> dict[str, str]:
        """The characteristics by their keys."""
        return {question.key: question.name for question in self.questions}


class ContinuityRules(Entry):
    """How soon a system is to be working again (SYS-10)."""

    principle: str
    recovery_hours: Annotated[int, Field(strict=True, gt=0)]
    """Hours; more is allowed, and flagged."""


class Standard(Item):
    """A standard that new systems are asked about (SYS-11)."""

    kinds: tuple[str, ...] = ()
    """The kinds of system that are asked; without any, all are."""
    may_not_apply: bool = False
    """It may be answered as not applicable, with a reason."""

    def asked_of(self, kind: str) -> bool:
        """Say whether a system of a kind is asked about it."""
        return not self.kinds or kind in self.kinds


class StandardsRules(Entry):
    """Which standards a proposal answers."""

    principle: str
    items: tuple[Standard, ...]

    @property
    def named(self) -> dict[str, Standard]:
        """The standards by their keys."""
        return {standard.key: standard for standard in self.items}


class AddressRules(Entry):
    """Where addresses are taken from (SYS-12)."""

    principle: str
    gazetteer: str
    known_as: str
    key_field: str
    """What the gazetteer knows each property by."""


class PartnerRules(Entry):
    """That partners are considered, and an agreement made before personal data are shared (SYS-13)."""

    principle: str


class Provisions(Entry):
    """What a proposal says beside its principles; what a handbook leaves out is asked of nobody."""

    system_kinds: tuple[Item, ...] = ()
    shared_services: dict[str, SharedService] = Field(default_factory=dict)
    equality: EqualityChecklist | None = None
    continuity: ContinuityRules | None = None
    standards: StandardsRules | None = None
    addresses: AddressRules | None = None
    partners: PartnerRules | None = None

    @property
    def kinds(self) -> dict[str, str]:
        """What a system of each kind is called, by the kind's key."""
        return {kind.key: kind.name for kind in self.system_kinds}


class Clause(Entry):
    """A numbered sentence of the handbook, quoted wherever it puts somebody to work."""

    number: str
    text: str


class Budget(Entry):
    """The money a post answers for, in pounds of capital."""

    total: Pounds
    committed: Pounds = Decimal(0)

    @property
    def remaining(self) -> Decimal:
        """What is not yet promised to anybody."""
        return self.total - self.committed


class Retention(Entry):
    """How long a kind of record is kept."""

    what: str
    years: int | None = None
    """None: for ever."""
    after: str = ""
    basis: str = ""


class DiscountRate(Entry):
    """By how much later money is worth less, in percent a year, from a day on."""

    percent: Decimal = Field(ge=0, lt=100)
    since: Day | None = None


class AppraisalRules(Entry):
    """How the figures of a business case are worked out."""

    discount_rates: tuple[DiscountRate, ...] = (DiscountRate(percent=Decimal("3.5")),)
    """In the order of their days."""
    horizon_years: int = Field(default=5, ge=1, le=50)
    """How many years after the first are looked at, unless a proposal gives more."""
    optimism_bias_percent: Decimal = Field(default=Decimal(0), ge=0)
    """By how much more capital such work has been found to take than was first said."""

    def rate_on(self, day: date) -> Decimal:
        """Return the discount rate in force on a day."""
        rates = [rate for rate in self.discount_rates if rate.since is None or rate.since <= day]
        return (rates or self.discount_rates)[-1].percent


class ValidityRules(Entry):
    """For how long an approval may be put to use, and how long before its end people are warned."""

    months: Annotated[int, Field(strict=True, gt=0)]
    """From the day of approval."""
    warn_days: tuple[Annotated[int, Field(strict=True, gt=0)], ...] = ()
    """Working days before the last day."""


class VersionRules(Entry):
    """What becomes of answers when a proposal comes back as a new version."""

    material: tuple[str, ...]
    """What voids them when it changes, by the proposal's own names: `benefits`, or a part of it,
    `benefits.amount_gbp_per_year`."""
    immaterial: tuple[str, ...] = ()
    """All else that was known when the edition was frozen; what came later is material."""


class EmbargoHolder(Entry):
    """A forum that owns an embargo, from a day to a day, both included."""

    forum: str
    since: Day | None = None
    until: Day | None = None

    def on(self, day: date) -> bool:
        """Say whether it owns the embargo on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Embargo(Entry):
    """A standstill on spending: whose it is, what it leaves free, and what an exception must show."""

    owners: tuple[EmbargoHolder, ...]
    since: Day | None = None
    until: Day | None = None
    exempt: dict[str, str] = Field(default_factory=dict)
    """What may be bought all the same: a key, and its name."""
    evidence: tuple[str, ...] = ()
    """The principles that must be met before an exception can be asked for."""
    directorate_action_days: Annotated[int, Field(strict=True, gt=0)] = 20
    """Working days in which a directorate brings a refused proposal within the guidelines (SYS-46)."""


class Route(Entry):
    """Which bodies a proposal passes, and when."""

    major_capital: Pounds
    """Pounds of capital from which a proposal is major, whatever its sponsor declares."""
    notification_forum: str | None = None
    srg: str | None = None
    srg_decides_major: bool = True
    head_of_profession: str | None = None
    """The post consulted where a corporate system falls short."""
    bids: str | None = None
    """The post that knows what became of bids for money."""
    project_authority: str = ""
    reviewer: str = ""


LONGEST_WAY = 60
"""Months in which a version that is submitted comes to its approval."""
ON_TERMS_OF = {"referral": "srg", "referral_meeting": "srg_meeting"}
"""Kinds of step that are put on the terms of another, where a handbook gives them none of their own."""


class Edition(Frozen):
    """An organisation's handbook as it stands, frozen: the same hash, the same rules."""

    name: str
    variant: str
    title: str
    organisation: str
    organisation_name: str
    departments: dict[str, Department]
    posts: dict[str, Post]
    people: dict[str, Person]
    holdings: tuple[Holding, ...]
    forums: dict[str, Forum]
    roles: dict[str, str]
    """Part in the product (`pmo`, `auditor`, …) to the post that plays it."""
    principles: dict[str, Principle]
    corporate_systems: dict[str, CorporateSystem]
    technical_parameters: dict[str, TechnicalParameter]
    route: Route
    embargo: Embargo | None = None
    appraisal: AppraisalRules = AppraisalRules()
    validity: ValidityRules | None = None
    """None: an approval does not lapse."""
    limits: dict[str, Pounds]
    next_authority: dict[str, str]
    steps: dict[str, Terms]
    clauses: dict[str, Clause]
    budgets: dict[str, Budget]
    retention: dict[str, Retention]
    reports: dict[str, str]
    provisions: Provisions = Provisions()
    versions: VersionRules | None = None
    """None in an edition frozen before answers could be kept: every new version is asked anew."""
    delivery: DeliveryRules | None = None
    """None: an approved major proposal waits, and has no project."""
    non_working: tuple[date, ...]
    """Days besides weekends on which nobody works, from 2002 to years ahead."""

    # ------------------------------------------------------------------------ people

    def acting(self, post: str, day: date) -> str:
        """Return the post that acts for a post on a day: itself, or whichever succeeded it."""
        seen = [post]
        while (known := self.posts.get(post)) and known.succeeded_by and known.succeeded_on:
            if day < known.succeeded_on or known.succeeded_by in seen:
                break
            post = known.succeeded_by
            seen.append(post)
        return post

    def holder(self, post: str, day: date) -> Person | None:
        """Return who holds a post on a day, or acts for it after a succession; None if vacant."""
        acting = self.acting(post, day)
        return next(
            (
                self.people[holding.person]
                for holding in self.holdings
                if holding.post == acting and holding.on(day)
            ),
            None,
        )

    def posts_of(self, person: str, day: date) -> tuple[str, ...]:
        """Return the posts a person holds on a day, and those they act for after a succession."""
        held = [holding.post for holding in self.holdings if holding.person == person and holding.on(day)]
        acted = [post for post in self.posts if post not in held and self.acting(post, day) in held]
        return (*held, *acted)

    def changes(self, first: date, last: date = date.max) -> tuple[date, ...]:
        """Return a day, and those until another on which a post has or loses its holder, or is succeeded."""
        days = {holding.since for holding in self.holdings}
        days |= {holding.until + timedelta(days=1) for holding in self.holdings if holding.until}
        days |= {post.succeeded_on for post in self.posts.values() if post.succeeded_on}
        return (first, *sorted(day for day in days if first < day <= last))

    def line(self, post: str) -> str | None:
        """Return the post above a post, or None at the top and outside the organisation."""
        known = self.posts.get(post)
        return known.line if known else None

    def above(self, post: str) -> tuple[str, ...]:
        """Return the posts up the line of a post, the next first."""
        way = [post]
        while (above := self.line(way[-1])) and above not in way:
            way.append(above)
        return tuple(way[1:])

    def answering(self, post: str, day: date) -> str | None:
        """Return the post that is asked for a post on a day: itself, or if it is vacant the next in the line.

        None if nobody holds it nor any post above it, so that nobody would be asked (SYS-24).
        """
        return next((each for each in (post, *self.above(post)) if self.holder(each, day)), None)

    def address(self, post: str, person: str, day: date) -> str:
        """Return where to write on a day: to the post's mailbox for who holds it then, else to the person.

        Somebody this edition no longer knows can only be reached through the post.
        """
        holds = any(
            holding.post == post and holding.person == person and holding.on(day) for holding in self.holdings
        )
        known = self.people.get(person)
        if known is None or (holds and post in self.posts):
            return self.posts[post].email if post in self.posts else ""
        return known.email

    def person_at(self, address: str, day: date) -> Person | None:
        """Return whose mailbox an address is on a day: a person's own, or that of a post they hold."""
        wanted = address.strip().lower()
        own = next((person for person in self.people.values() if person.email.lower() == wanted), None)
        if own:
            return own
        posts = (post.key for post in self.posts.values() if post.email.lower() == wanted)
        return next((person for post in posts if (person := self.holder(post, day))), None)

    def plays(self, person: str, role: str, day: date) -> bool:
        """Say whether a person plays a part in the product, such as `pmo`, on a day."""
        return self.roles.get(role) in self.posts_of(person, day)

    def publishers(self, day: date) -> dict[str, str]:
        """Return who may bring a handbook into force on a day, each with the part that lets them."""
        holders = ((role, self.holder(self.roles[role], day)) for role in reversed(PUBLISHING))
        return {holder.id: role for role, holder in holders if holder}

    # ------------------------------------------------------------------------ names

    def department_named(self, name: str) -> Department | None:
        """Find a department by its key, its name or an alias, however it is capitalised."""
        return _named(self.departments, name)

    def forum_named(self, name: str) -> Forum | None:
        """Find a forum by its key, its name or an alias, however it is capitalised."""
        return _named(self.forums, name)

    def clause_text(self, number: str) -> str:
        """Return the words of a clause by its number, such as `FUND-1`; empty if there is none."""
        return next((clause.text for clause in self.clauses.values() if clause.number == number), "")

    def department_on(self, department: str, day: date) -> str:
        """Return the department that does on a day what a department did: itself, or whichever succeeded it.

        One that the handbook does not know is itself.
        """
        seen = [department]
        while (known := self.departments.get(department)) and known.succeeded_by and known.until:
            if day <= known.until or known.succeeded_by in seen:
                break
            department = known.succeeded_by
            seen.append(department)
        return department

    # ------------------------------------------------------------------------ rules

    def routing(self, day: date | None = None) -> RoutingRules:
        """Return the rules that decide a proposal's way.

        With a day, posts that have been succeeded by then give way to those that act for them.
        """
        return RoutingRules(
            notification_forum=self._forum_rules(self.route.notification_forum, day),
            direct_notification=self._acting(self.roles.get("direct_notifications", ""), day),
            srg=self._forum_rules(self.route.srg, day),
            srg_decides_major=self.route.srg_decides_major,
            limits=self.limits,
            next_authority=self.next_authority,
            project_authority=self._acting(self.route.project_authority, day),
            reviewer=self._acting(self.route.reviewer, day),
            principles={key: self._principle_rules(known, day) for key, known in self.principles.items()},
            head_of_profession=self._acting(self.route.head_of_profession or "", day),
            systems={
                key: SystemRules(
                    name=system.name,
                    principal_customer=self._acting(system.principal_customer, day),
                    business_forum=system.business_forum or "",
                )
                for key, system in self.corporate_systems.items()
            },
            forums={key: rules for key in self.forums if (rules := self._forum_rules(key, day))},
            bid_owner=self._acting(self.route.bids or "", day),
            embargo=self._embargo_rules(day),
            clauses={leg: clause.number for leg, clause in self.clauses.items()},
            non_working=self.non_working,
        )

    def terms(self) -> dict[str, Terms]:
        """Return the terms of every kind of step."""
        alike = {
            kind: self.steps[other].model_copy(update={"kind": kind})
            for kind, other in ON_TERMS_OF.items()
            if other in self.steps
        }
        return alike | self.steps

    @property
    def tracks_actions(self) -> bool:
        """Conditions become actions; an edition frozen before there were actions only tells them."""
        return {*actions.KINDS} <= {*self.steps} and actions.DO in self.clauses

    @property
    def delivers(self) -> bool:
        """Approved major proposals become projects: there are rules for them, terms for all that is asked on
        the way, and the clauses that ask it.
        """
        if self.delivery is None:
            return False
        kinds = reports.needed(
            srg=bool(self.route.srg),
            standards=self.delivery.standards is not None,
            assesses=self.delivery.assessment is not None,
        )
        return {*kinds} <= {*self.steps} and {*reports.clauses(kinds)} <= {*self.clauses}

    def delivery_clauses(self) -> dict[str, str]:
        """Return for each kind of question of delivery the number of the clause that puts it."""
        known = {kind: self.clauses.get(each.clause) for kind, each in reports.KINDS.items()}
        return {kind: clause.number for kind, clause in known.items() if clause}

    def standards_checker(self, size: Size, day: date, *, programme: bool = False) -> str:
        """Return the post that checks the standards of a project on a day; empty where nobody does (SYS-17).

        A project is of the programme if it serves one of its strategies.
        """
        standards = self.delivery.standards if self.delivery else None
        if standards is None or not standards.apply(size, programme=programme, day=day):
            return ""
        return self.acting(self.roles.get("corporate_projects_manager", ""), day)

    def directorate(self, department: str) -> str:
        """Return the post that brings what a department proposed within the guidelines (SYS-46).

        Empty where the handbook has no such rule, names no head of the department, or tracks no actions.
        """
        known = self.departments.get(department)
        return known.head if known and self.embargo and self.tracks_actions else ""

    def budget(self, post: str) -> Budget | None:
        """Return the budget a post answers for, if the handbook knows one."""
        return self.budgets.get(post)

    def parameters_on(self, day: date) -> tuple[TechnicalParameter, ...]:
        """Return the technical parameters in force on a day."""
        return tuple(parameter for parameter in self.technical_parameters.values() if parameter.on(day))

    def size(self, capital: Decimal | None, declared: Size | None, override: Size | None = None) -> Size:
        """Return the size of a proposal: as the PMO has set it, or major if declared so or by its capital."""
        if override:
            return override
        by_capital = capital is not None and capital >= self.route.major_capital
        return Size.MAJOR if declared is Size.MAJOR or by_capital else Size.MINOR

    # ------------------------------------------------------------------------ identity

    def to_json(self) -> str:
        """Write the edition in its one canonical form."""
        return rfc8785.dumps(self.model_dump(mode="json")).decode()

    @classmethod
    def from_json(cls, text: str) -> "Edition":
        """Read an edition that `to_json` wrote. It keeps its hash, whatever a later program adds to it."""
        edition = cls.model_validate_json(text)
        edition.__dict__["hash"] = sha256(text.encode()).hexdigest()
        return edition

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of the canonical form: what a case names as its rules."""
        return sha256(self.to_json().encode()).hexdigest()

    def _acting(self, post: str, day: date | None) -> str:
        return self.acting(post, day) if day else post

    @property
    def calendar(self) -> tuple[date, date]:
        """The first and the last day of which it is known whether they are worked, and who meets on them."""
        return date(min(self.non_working).year, 1, 1), date(max(self.non_working).year, 12, 31)

    def validity_from(self, day: date) -> Validity | None:
        """Return how long what is submitted on a day is good for once it is approved.

        With it go the days that are not worked as far as it may reach.
        """
        if self.validity is None:
            return None
        last = validity.months_later(day, self.validity.months + LONGEST_WAY)
        return Validity(
            months=self.validity.months,
            warn_days=self.validity.warn_days,
            non_working=tuple(free for free in self.non_working if day <= free <= last),
        )

    def _principle_rules(self, principle: Principle, day: date | None) -> PrincipleRules:
        bodies = (body if body in self.forums else self._acting(body, day) for body in principle.issue_to)
        return PrincipleRules(
            name=principle.short_name,
            deviation_to=self._acting(principle.deviation_to, day),
            # An edition frozen before issues had kinds of question settles none.
            issue=IssueRules(
                leg=principle.issue_leg, to=tuple(zip(principle.issue_asks, bodies, strict=True))
            )
            if principle.issue_leg and principle.issue_asks
            else None,
        )

    def _embargo_rules(self, day: date | None) -> EmbargoRules | None:
        embargo = self.embargo
        if embargo is None:
            return None
        return EmbargoRules(
            owners=tuple(
                EmbargoOwner(forum=forum, since=owner.since, until=owner.until)
                for owner in embargo.owners
                if (forum := self._forum_rules(owner.forum, day))
            ),
            since=embargo.since,
            until=embargo.until,
        )

    def _forum_rules(self, key: str | None, day: date | None) -> ForumRules | None:
        if key is None:
            return None
        forum = self.forums[key]
        # A post that came to act for two members has one seat, or the question could not be put at all.
        sitting: dict[str, list[str]] = {}
        for member in forum.members:
            sitting.setdefault(self._acting(member, day), []).append(member)
        seats = tuple(
            SeatAsk(
                key=post,
                post=post,
                chair=forum.chair in members,
                veto=any(member in forum.veto for member in members),
                substitute=self._acting(
                    next((forum.substitutes[m] for m in members if m in forum.substitutes), ""), day
                ),
            )
            for post, members in sitting.items()
        )
        return ForumRules(
            key=forum.key,
            name=forum.name,
            secretary=self._acting(forum.secretary, day),
            meetings=forum.meetings,
            papers_days=forum.papers_days,
            seats=seats,
            # An edition frozen before there was such a question puts none.
            falls_back=forum.decides is Decides.EMAIL_THEN_MEETING and "srg_meeting" in self.steps,
        )


Named = TypeVar("Named", bound=Department | Forum)


def _named(known: Mapping[str, Named], name: str) -> Named | None:
    wanted = name.strip().lower()
    return next(
        (
            one
            for one in known.values()
            if wanted in (one.key.lower(), one.name.lower(), *(alias.lower() for alias in one.aliases))
        ),
        None,
    )
