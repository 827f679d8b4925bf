"""Reads what a sponsor gives, field by field, and says what cannot be read."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from service.errors import Problem
from service.handbook import Edition
from service.handbook.words import pounds
from service.proposals.document import (
    Addresses,
    Answer,
    Benefit,
    Bid,
    Claimed,
    Conformity,
    Continuity,
    CorporateSystem,
    CostProfile,
    FundingCondition,
    FundingParty,
    Option,
    Partner,
    ProposalDocument,
    Sharing,
    Use,
    YearCost,
)
from workflows.model import Relation, Size
from workflows.rules import versions

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

NAMES = (
    *(name for name in ProposalDocument.model_fields if name != "equality_checklist"),
    "data_protection",
    "ruleset_checks",
    "capital_gbp",
    "revenue_gbp_per_year",
    "project_management_gbp",
)
"""What may be said of a proposal, by its names. Whatever else stands beside it is passed over."""
_PARTS = {**versions.FIELDS, "data_protection": ("personal_data", "information_sharing_agreement_needed")}
_NOT_MEANT = ("authors", "principles_note", "submitted_at", "submitted_by", "submitted_to")
"""Names near to those of a proposal that say something else: who wrote it or gave it in, and a remark."""
_NEAR = 0.8
"""How alike two names are of which one was meant for the other; 1 is the same."""
EXEMPT = "exempt_from_embargo"
"""The check that is no principle: that an embargo leaves a proposal free."""
NO_BID = "none"
"""How a bid stands where the money depends on none."""
_YES, _NO = ("true", "yes", "on"), ("false", "no")
_PENNY = Decimal("0.01")
_HUNDRED = Decimal(100)
_MOST_POUNDS = Decimal(10) ** 10
_YEARS = range(1990, 2101)
_LINE = 200
_TEXT = 10_000
_MOST = 50
"""No list of a proposal is longer."""
_MOST_HOURS = 10_000
GAZETTEER, OTHER_SOURCE = "gazetteer", "other"
"""Where addresses come from."""
_TURNS_TEXT_ROUND = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters by which a text can be shown in another order than it is written."""


class _Wrong(Exception):
    """A value that cannot be read; the message ends a sentence that begins with its name."""


class Reading:
    """Goes through a document once: what can be read, and what is wrong with the rest."""

    def __init__(self, document: Mapping[str, Any], edition: Edition) -> None:
        self.problems: list[Problem] = []
        self.given_in: dict[str, str] = {}
        """Fields that the document gives by another name, each with the name it has there."""
        self._edition = edition
        self._misspelt("", document)
        self.read = self._document(document)

    def _misspelt(self, section: str, given: Mapping[str, Any]) -> None:
        for name, meant in misspelt(given, section.partition(".")[0]).items():
            told = f"There is no field {name}; did you mean {meant}?"
            self.problems.append(Problem(field=f"{section}.{name}" if section else name, message=told))

    def _document(self, given: Mapping[str, Any]) -> ProposalDocument:
        by_year = self._costs_by_year(given.get("costs_by_year"))
        return ProposalDocument(
            organisation=self._organisation(given.get("organisation")),
            title=self._of("title", "Title", given.get("title"), _line) or "",
            **{
                field: self._of(field, label, given.get(field), _text) or ""
                for field, label in (
                    ("summary", "Summary"),
                    ("why", "Why it is needed"),
                    ("alternatives", "Alternatives"),
                    ("stakeholders", "People and stakeholders"),
                    ("security", "Data and security"),
                )
            },
            department=self._of("department", "Department", given.get("department"), self._department) or "",
            sponsor_post=self._of("sponsor_post", "Sponsor", given.get("sponsor_post"), self._post) or "",
            lead_post=self._of("lead_post", "Lead officer", given.get("lead_post"), self._post) or "",
            co_authors=self._co_authors(given.get("co_authors")),
            size=self._of("size", "Size", _inside(given.get("size"), "value"), _one_of(Size)),
            cost_profile=self._costs(given, by_year),
            costs_by_year=by_year,
            funding_parties=self._parties(given.get("funding_parties")),
            funding_condition=self._condition(given.get("funding_condition")),
            benefits=self._benefits(given.get("benefits")),
            options=self._options(given.get("options")),
            claimed=self._claimed(given.get("claimed")),
            principles=(principles := self._principles(given)),
            principle_notes=self._notes(given.get("principle_notes"), principles),
            corporate_system=self._system(given),
            personal_data=self._personal_data(given),
            system_kind=self._of("system_kind", "Kind of system", given.get("system_kind"), self._kind) or "",
            shared_services=self._shared_services(given),
            shared_service_reasons=self._reasons(given),
            equality=(equality := self._equality(given)),
            equality_checklist=self._checklist(equality),
            continuity=self._continuity(given),
            standards=self._standards(given),
            standard_notes=self._standard_notes(given),
            addresses=self._addresses(given),
            partners=self._partners(given),
            sharing=self._sharing(given),
            embargo_exempt=self._exempt(given),
            decision_needed_by=self._day(given, "decision_needed_by", "Decision needed by"),
            submitted_on=self._day(given, "submitted_on", "Submitted on"),
        )

    def _of(self, field: str, label: str, value: object, reader: Callable[[object], T]) -> T | None:
        """Read a value, or write down why not; what is left empty is not given."""
        if _blank(value):
            return None
        try:
            return reader(value)
        except _Wrong as wrong:
            self.problems.append(Problem(field=field, message=f"{label} {wrong}"))
            return None

    def _many(self, field: str, label: str, value: object) -> list[Any]:
        return self._of(field, label, value, _list) or []

    def _rows(
        self, field: str, label: str, one: str, value: object, *, asked: str = ""
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Go through the rows of a table by the name of each; a row left blank is not there.

        A no to the cell `asked` says nothing by itself: a form may give it unasked.
        """
        for number, entry in enumerate(self._many(field, label, value)):
            row = self._mapping(f"{field}.{number}", one, entry)
            if any(not _blank(cell) and not (key == asked and _is(cell, *_NO)) for key, cell in row.items()):
                yield f"{field}.{number}", row

    def _named(self, field: str, given: object, told: str) -> None:
        """Ask for what names a row, which may be left blank only with all the rest."""
        if _blank(given):
            told = f"{told}, or leave its whole row empty to take it out"
            self.problems.append(Problem(field=field, message=told))

    # ------------------------------------------------------------- who and where

    def _organisation(self, value: object) -> str:
        told = self._of("organisation", "Organisation", value, _line)
        if told is not None and told != self._edition.organisation:
            own, name = self._edition.organisation, self._edition.organisation_name
            words = f"Organisation is {told}, but this handbook is that of {own} ({name})"
            self.problems.append(Problem(field="organisation", message=words))
        return self._edition.organisation

    def _department(self, value: object) -> str:
        department = self._edition.department_named(_line(value))
        if department is None:
            known = ", ".join(self._edition.departments)
            raise _Wrong(f"{_line(value)} is not known; it must be one of {known}")
        return department.key

    def _post(self, value: object) -> str:
        post = _line(value)
        if post not in self._edition.posts:
            raise _Wrong(f"{post} is not a post of {self._edition.organisation_name}")
        return post

    def _co_authors(self, value: object) -> tuple[str, ...]:
        posts = [
            self._of(f"co_authors.{number}", "Co-author", post, self._post)
            for number, post in enumerate(self._many("co_authors", "Co-authors", value))
        ]
        return tuple(dict.fromkeys(post for post in posts if post))

    # --------------------------------------------------------------------- money

    def _costs(self, given: Mapping[str, Any], by_year: Sequence[YearCost]) -> CostProfile:
        """Read the costs in all; capital that is only given by year is added up."""
        profile = self._mapping("cost_profile", "Costs", given.get("cost_profile"))
        amounts = {
            key: self._of(f"cost_profile.{key}", label, profile.get(key, given.get(key)), _money)
            for key, label in (
                ("capital_gbp", "Capital cost"),
                ("revenue_gbp_per_year", "Revenue cost of a year"),
                ("project_management_gbp", "Project management cost"),
            )
        }
        if by_year and amounts["capital_gbp"] is None:
            amounts["capital_gbp"] = sum((cost.capital for cost in by_year), Decimal(0))
        return CostProfile(**amounts)

    def _costs_by_year(self, value: object) -> tuple[YearCost, ...]:
        costs: list[YearCost] = []
        for field, row in self._rows("costs_by_year", "Costs by year", "A year's costs", value):
            year = self._of(f"{field}.year", "Year", row.get("year"), _year)
            self._named(f"{field}.year", row.get("year"), "Say which year the costs fall in")
            if year and year in [cost.year for cost in costs]:
                told = f"{year} is given twice; give each year one row"
                self.problems.append(Problem(field=f"{field}.year", message=told))
            amounts = {
                key: self._of(f"{field}.{key}", label, row.get(key), _money) or Decimal(0)
                for key, label in (
                    ("capital", "Capital"),
                    ("revenue", "Revenue"),
                    ("project_management", "Project management"),
                    ("one_off", "One-off costs"),
                )
            }
            costs.append(YearCost(year=year or "", **amounts))
        return tuple(costs)

    def _parties(self, value: object) -> tuple[FundingParty, ...]:
        parties: list[FundingParty] = []
        for field, row in self._rows("funding_parties", "Funding parties", "A funding party", value):
            post = self._of(f"{field}.post", "Funding party", row.get("post"), self._post)
            self._named(f"{field}.post", row.get("post"), "Say which post funds this share")
            share = self._of(f"{field}.share_percent", "Share", row.get("share_percent"), _percent)
            parties.append(FundingParty(post=post or "", share_percent=share))
        return tuple(parties)

    def _condition(self, value: object) -> FundingCondition | None:
        row = self._mapping("funding_condition", "Funding condition", value)
        given = row.get("status")
        if all(_blank(cell) for cell in row.values()) or _is(given, NO_BID):
            return None
        if _blank(given):
            told = "Say how the bid stands, or that the money does not depend on a bid"
            self.problems.append(Problem(field="funding_condition.status", message=told))
        owner = self._of("funding_condition.owner_post", "Bid's owner", row.get("owner_post"), self._post)
        due = row.get("decision_due")
        return FundingCondition(
            **{
                key: self._of(f"funding_condition.{key}", "Funding condition", row.get(key), _line) or ""
                for key in ("kind", "text")
            },
            status=self._of("funding_condition.status", "How the bid stands", given, _bid) or Bid.PENDING,
            decision_due=self._of("funding_condition.decision_due", "Outcome of the bid due", due, _date),
            owner_post=owner or "",
        )

    # ---------------------------------------------------------------- everything else

    def _benefits(self, value: object) -> tuple[Benefit, ...]:
        benefits: list[Benefit] = []
        named = (
            [{"title": each} if isinstance(each, str) else each for each in value]
            if isinstance(value, list | tuple)
            else value
        )
        for field, row in self._rows("benefits", "Benefits", "A benefit", named, asked="cashable"):
            title = self._of(f"{field}.title", "Benefit", row.get("title"), _text)
            self._named(f"{field}.title", row.get("title"), "Say what the benefit is")
            benefits.append(
                Benefit(
                    title=title or "",
                    owner=self._of(f"{field}.owner", "Owner", row.get("owner"), self._post) or "",
                    measure=self._of(f"{field}.measure", "Measure", row.get("measure"), _text) or "",
                    how_realised=self._of(f"{field}.how_realised", "How", row.get("how_realised"), _text)
                    or "",
                    cashable=self._of(f"{field}.cashable", "Cashable", row.get("cashable"), _yes_or_no)
                    or False,
                    amount_gbp_per_year=self._of(
                        f"{field}.amount_gbp_per_year", "Amount", row.get("amount_gbp_per_year"), _money
                    ),
                    basis=self._of(f"{field}.basis", "Basis", row.get("basis"), _text) or "",
                    from_year=self._of(f"{field}.from_year", "First year", row.get("from_year"), _year) or "",
                    years=self._of(f"{field}.years", "Years", row.get("years"), _count),
                )
            )
        return tuple(benefits)

    def _options(self, value: object) -> tuple[Option, ...]:
        options: list[Option] = []
        for field, row in self._rows("options", "Options", "An option", value, asked="do_nothing"):
            title = self._of(f"{field}.title", "Option", row.get("title"), _line)
            self._named(f"{field}.title", row.get("title"), "Say what the option is")
            nothing = row.get("do_nothing")
            options.append(
                Option(
                    title=title or "",
                    do_nothing=self._of(f"{field}.do_nothing", "Do nothing", nothing, _yes_or_no) or False,
                    capital_gbp=self._of(f"{field}.capital_gbp", "Capital", row.get("capital_gbp"), _money),
                    why_not=self._of(f"{field}.why_not", "Why not", row.get("why_not"), _text) or "",
                )
            )
        return tuple(options)

    def _claimed(self, value: object) -> Claimed:
        row = self._mapping("claimed", "Totals", value)
        cost, worth = row.get("whole_life_cost_gbp"), row.get("net_present_value_gbp")
        return Claimed(
            whole_life_cost_gbp=self._of("claimed.whole_life_cost_gbp", "Whole-life cost", cost, _money),
            net_present_value_gbp=self._of(
                "claimed.net_present_value_gbp", "Net present value", worth, _balance
            ),
        )

    def _principles(self, given: Mapping[str, Any]) -> dict[str, Answer]:
        """Read the answers; those of a handbook's own checks may be given under that name."""
        answers: dict[str, Answer] = {}
        checks = self._mapping("ruleset_checks", "Checks", given.get("ruleset_checks"))
        named = {f"ruleset_checks.{key}": (key, said) for key, said in checks.items() if key != EXEMPT}
        answered = self._mapping("principles", "Principles", given.get("principles"))
        named |= {f"principles.{key}": (key, said) for key, said in answered.items()}
        for field, (key, said) in named.items():
            if key not in self._edition.principles:
                self.problems.append(Problem(field=field, message=f"There is no principle {key}"))
                continue
            answer = self._of(field, key, said, _one_of(Answer))
            if not _blank(said):
                self.given_in[f"principles.{key}"] = field
            if answer:
                answers[key] = answer
        return answers

    def _notes(self, value: object, chosen: Mapping[str, Answer]) -> dict[str, str]:
        """Read the reasons; a case the handbook itself leaves open is a reason already."""
        notes: dict[str, str] = {}
        given = self._mapping("principle_notes", "Reasons", value)
        for key, principle in self._edition.principles.items():
            note = self._of(f"principle_notes.{key}", f"Reason for {key}", given.get(key), _text)
            if note is None and chosen.get(key) == Answer.NOT_APPLICABLE and principle.unless:
                note = principle.unless[0].upper() + principle.unless[1:]
            if note:
                notes[key] = note
        return notes

    def _system(self, given: Mapping[str, Any]) -> CorporateSystem:
        row = self._mapping("corporate_system", "Corporate system", given.get("corporate_system"))
        relation = self._of("corporate_system.relation", "Relation", row.get("relation"), _one_of(Relation))
        ids: list[str] = []
        for number, entry in enumerate(
            self._many("corporate_system.ids", "Corporate systems", row.get("ids"))
        ):
            key = self._of(f"corporate_system.ids.{number}", "Corporate system", entry, self._known_system)
            if key and key not in ids:
                ids.append(key)
        if relation not in (None, Relation.NONE) and not row.get("ids"):
            told = f"Name the corporate system that the proposal {relation}"
            self.problems.append(Problem(field="corporate_system.ids", message=told))
        return CorporateSystem(relation=relation or Relation.NONE, ids=tuple(ids))

    def _known_system(self, value: object) -> str:
        key = _line(value)
        if key not in self._edition.corporate_systems:
            raise _Wrong(f"{key} is not among the systems deemed corporate")
        return key

    def _exempt(self, given: Mapping[str, Any]) -> str:
        """Read what an embargo leaves free: by its key, or yes where only one thing is free."""
        checks = given.get("ruleset_checks")
        claimed = checks.get(EXEMPT) if isinstance(checks, Mapping) else None
        value = given.get("embargo_exempt")
        if _blank(value):
            value = claimed
            self.given_in["embargo_exempt"] = f"ruleset_checks.{EXEMPT}"
        return self._of("embargo_exempt", "Exempt from the embargo", value, self._free) or ""

    def _free(self, value: object) -> str:
        free = self._edition.embargo.exempt if self._edition.embargo else {}
        words = str(value) if isinstance(value, bool) else _line(value)
        if words in free:
            return words
        known = ", ".join(free) or "nothing, for there is no embargo"
        if words.lower() in _NO:
            return ""
        if words.lower() in _YES and len(free) == 1:
            return next(iter(free))
        raise _Wrong(f"must be what the embargo leaves free: {known}")

    def _personal_data(self, given: Mapping[str, Any]) -> bool | None:
        row = self._mapping("data_protection", "Data protection", given.get("data_protection"))
        value = row.get("personal_data", given.get("personal_data"))
        return self._of("personal_data", "Personal data", value, _yes_or_no)

    # -------------------------------------------------------- beside the principles

    def _kind(self, value: object) -> str:
        kind, known = _line(value), self._edition.provisions.kinds
        if known and kind not in known:
            raise _Wrong(f"must be one of {', '.join(known)}")
        return kind if known else ""

    def _keyed(
        self, given: Mapping[str, Any], section: str, known: Mapping[str, object], nothing: str
    ) -> dict[str, Any] | None:
        """Return what is said of the things that the handbook names.

        None if that was never begun, or if the handbook names none: what it does not ask is not read.
        """
        if not known or given.get(section) is None:
            return None
        said = self._mapping(section, words := _spoken(section), given.get(section))
        for key in said:
            if key not in known:
                told = f"{words}: {nothing} {key}; there are {', '.join(known)}"
                self.problems.append(Problem(field=f"{section}.{key}", message=told))
        return {key: said.get(key) for key in known if key in said}

    def _shared_services(self, given: Mapping[str, Any]) -> dict[str, Use] | None:
        """Read which shared functions are needed; a list names those that are shared."""
        known, named = self._edition.provisions.shared_services, given.get("shared_services")
        if isinstance(named, list | tuple):
            listed = self._many("shared_services", "Shared services", named)
            given = {"shared_services": {str(key): Use.SHARED for key in listed}}
        said = self._keyed(given, "shared_services", known, "there is no shared service")
        return said and {
            key: use
            for key, value in said.items()
            if (use := self._of(f"shared_services.{key}", known[key].title, value, _one_of(Use)))
        }

    def _reasons(self, given: Mapping[str, Any]) -> dict[str, str]:
        known = self._edition.provisions.shared_services
        said = self._keyed(given, "shared_service_reasons", known, "there is no shared service")
        return self._texts("shared_service_reasons", said or {})

    def _equality(self, given: Mapping[str, Any]) -> dict[str, str] | None:
        rules = self._edition.provisions.equality
        said = self._keyed(given, "equality", rules.named if rules else {}, "the checklist has no question")
        return None if said is None else self._texts("equality", said)

    def _checklist(self, answered: Mapping[str, str] | None) -> str:
        rules = self._edition.provisions.equality
        return rules.version if rules and answered else ""

    def _continuity(self, given: Mapping[str, Any]) -> Continuity | None:
        """Read the provision; it was begun, too, by a reason that was asked for and left blank."""
        rules, notes = self._edition.provisions.continuity, given.get("principle_notes")
        if rules is None:
            return None
        asked = isinstance(notes, Mapping) and rules.principle in notes
        if given.get("continuity") is None:
            return Continuity() if asked else None
        row = self._mapping("continuity", "Business continuity", given.get("continuity"))
        hours, day, result = row.get("recovery_hours"), row.get("tested_on"), row.get("test_result")
        provision = self._of("continuity.provision", "Provision", row.get("provision"), _text)
        return Continuity(
            provision=provision or "",
            recovery_hours=self._of("continuity.recovery_hours", "Planned recovery", hours, _hours),
            tested_on=self._of("continuity.tested_on", "Day of the last recovery test", day, _date),
            test_result=self._of("continuity.test_result", "Result of the test", result, _text) or "",
        )

    def _standards(self, given: Mapping[str, Any]) -> dict[str, Conformity] | None:
        """Read what is said of each standard; what its kind of system is not asked about is not kept."""
        rules, kind = self._edition.provisions.standards, given.get("system_kind")
        known = rules.named if rules else {}
        said = self._keyed(given, "standards", known, "there is no standard")
        return said and {
            key: answer
            for key, value in said.items()
            if _blank(kind) or known[key].asked_of(str(kind).strip())
            if (answer := self._of(f"standards.{key}", known[key].name, value, _one_of(Conformity)))
        }

    def _standard_notes(self, given: Mapping[str, Any]) -> dict[str, str]:
        rules = self._edition.provisions.standards
        known = rules.named if rules else {}
        return self._texts(
            "standard_notes", self._keyed(given, "standard_notes", known, "there is no standard") or {}
        )

    def _addresses(self, given: Mapping[str, Any]) -> Addresses | None:
        rules = self._edition.provisions.addresses
        if rules is None or given.get("addresses") is None:
            return None
        row = self._mapping("addresses", "Addresses", given.get("addresses"))
        return Addresses(
            held=self._of("addresses.held", "Addresses held", row.get("held"), _yes_or_no),
            source=self._of("addresses.source", "Source of addresses", row.get("source"), self._source) or "",
            electronic=self._of(
                "addresses.electronic", "Taken electronically", row.get("electronic"), _yes_or_no
            ),
            key_held=self._of(
                "addresses.key_held", f"{rules.key_field} held", row.get("key_held"), _yes_or_no
            ),
        )

    def _source(self, value: object) -> str:
        """Read where addresses come from: the gazetteer by any of its names, or another source."""
        said, rules = _line(value), self._edition.provisions.addresses
        names = (GAZETTEER, rules.gazetteer.lower(), rules.known_as.lower()) if rules else (GAZETTEER,)
        if said.lower() in names:
            return GAZETTEER
        if said.lower() != OTHER_SOURCE:
            raise _Wrong(f"must be {GAZETTEER} or {OTHER_SOURCE}")
        return OTHER_SOURCE

    def _partners(self, given: Mapping[str, Any]) -> tuple[Partner, ...] | None:
        if self._edition.provisions.partners is None or given.get("partners") is None:
            return None
        partners: list[Partner] = []
        for field, row in self._rows("partners", "Partners", "A partner", given.get("partners")):
            name = self._of(f"{field}.name", "Partner", row.get("name"), _line)
            result = self._of(f"{field}.result", "Result", row.get("result"), _text)
            if _blank(row.get("name")):
                self.problems.append(Problem(field=f"{field}.name", message="Say which agency it is"))
            if _blank(row.get("result")):
                told = f"Say what came of considering {name or 'it'} as a partner"
                self.problems.append(Problem(field=f"{field}.result", message=told))
            partners.append(Partner(name=name or "", result=result or ""))
        return tuple(partners)

    def _sharing(self, given: Mapping[str, Any]) -> Sharing | None:
        """Read whether personal data are shared; that an agreement is needed says that they are."""
        if self._edition.provisions.partners is None:
            return None
        protection = given.get("data_protection")
        needed = (
            protection.get("information_sharing_agreement_needed")
            if isinstance(protection, Mapping)
            else None
        )
        if given.get("sharing") is None and _blank(needed):
            return None
        row = self._mapping("sharing", "Sharing with a partner", given.get("sharing"))
        shares = needed if _blank(row.get("personal_data")) else row.get("personal_data")
        return Sharing(
            personal_data=self._of(
                "sharing.personal_data", "Personal data shared with a partner", shares, _yes_or_no
            ),
            reference=self._of("sharing.reference", "Reference", row.get("reference"), _line) or "",
            since=self._of("sharing.since", "First day of the agreement", row.get("since"), _date),
            until=self._of("sharing.until", "Last day of the agreement", row.get("until"), _date),
        )

    def _texts(self, section: str, said: Mapping[str, object]) -> dict[str, str]:
        return {
            key: text
            for key, value in said.items()
            if (text := self._of(f"{section}.{key}", f"{_spoken(section)}: {key}", value, _text))
        }

    def _day(self, given: Mapping[str, Any], field: str, label: str) -> date | None:
        return self._of(field, label, _inside(given.get(field), "date"), _date)

    def _mapping(self, field: str, label: str, value: object) -> Mapping[str, Any]:
        named = self._of(field, label, value, _fields) or {}
        self._misspelt(field, named)
        return named


def misspelt(given: Iterable[str], section: str = "") -> dict[str, str]:
    """Return the names that are nearly known ones, each with that for which it was meant.

    Without a section they are those of the proposal itself, beside which more may stand under a name that
    goes on from a known one, such as department_name. In a section, or of an amount, such a name is the known
    one in other words, and what it says would be lost.
    """
    known = _PARTS.get(section, ()) if section else NAMES
    unknown = [name for name in given if name not in known and name not in _NOT_MEANT]
    near = {name: get_close_matches(_bare(name), known, n=1, cutoff=_NEAR) for name in unknown[:_MOST]}
    return {
        name: meant
        for name, found in near.items()
        for meant in found
        if section or meant in _PARTS["cost_profile"] or not _bare(name).startswith(f"{meant}_")
    }


def _bare(name: str) -> str:
    """Return a name without what only says that there may be several, and without signs at its end."""
    return name.rstrip("_").removesuffix("_lists").removesuffix("_list")


# ---------------------------------------------------------------------- reading values


def _line(value: object) -> str:
    """Read words on one line."""
    words = _words(value, _LINE)
    if len(words.splitlines()) > 1:
        raise _Wrong("must be on one line")
    return words


def _text(value: object) -> str:
    """Read words that may run over many lines."""
    return _words(value, _TEXT)


def _words(value: object, most: int) -> str:
    if not isinstance(value, str):
        raise _Wrong("must be words")
    words = unicodedata.normalize("NFC", value.replace("\r\n", "\n").strip())
    if len(words) > most:
        raise _Wrong(f"must be {most:,} characters or fewer; it has {len(words):,}")
    for sign in words:
        category = unicodedata.category(sign)
        if (category == "Cc" and sign not in "\n\t") or category == "Cs" or sign in _TURNS_TEXT_ROUND:
            raise _Wrong(f"has a character in it that cannot be shown (U+{ord(sign):04X}); take it out")
    return words


def _money(value: object) -> Decimal:
    amount = _number(value)
    if amount is None:
        raise _Wrong("must be pounds in digits only, such as 84000 or 84000.50, without £ or commas")
    if amount < 0:
        raise _Wrong("cannot be negative")
    if amount != round(amount, 2):
        raise _Wrong("cannot have parts of a penny")
    if amount >= _MOST_POUNDS:
        raise _Wrong(f"must be less than {pounds(_MOST_POUNDS)}")
    return abs(amount).quantize(_PENNY)


def _balance(value: object) -> Decimal:
    """Read pounds that may be less than nothing."""
    words = str(value).strip() if isinstance(value, str | int | float | Decimal) else ""
    sign = -1 if words.startswith("-") else 1
    return sign * _money(words.removeprefix("-") if words else value)


def _count(value: object) -> int:
    number = _number(value)
    if number is None or number != int(number) or not 0 < number <= _MOST:
        raise _Wrong(f"must be a whole number from 1 to {_MOST}")
    return int(number)


def _hours(value: object) -> int:
    number = _number(value)
    if number is None or number != int(number) or not 0 <= number <= _MOST_HOURS:
        raise _Wrong("must be whole hours in digits only, such as 72")
    return int(number)


def _spoken(section: str) -> str:
    return section.replace("_", " ").capitalize()


def _percent(value: object) -> Decimal:
    share = _number(value)
    if share is None or share != round(share, 2):
        raise _Wrong("must be a percentage in digits only, such as 60 or 33.33")
    if not 0 < share <= _HUNDRED:
        raise _Wrong("must be more than 0% and not more than 100%")
    return share


def _number(value: object) -> Decimal | None:
    """Read a number as a person or a program writes it; None if it is anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    written = str(value).strip()
    if len(written) > 30 or not set(written) <= set("-.0123456789"):
        return None
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def _date(value: object) -> date:
    day = value
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value.strip())
        except ValueError:
            day = None
    if not isinstance(day, date) or day.year not in _YEARS:
        raise _Wrong("must be a date that exists, such as 2004-11-30")
    return day


def _year(value: object) -> str:
    """Read a financial year, and write it in one way: 2004 is 2004/05."""
    year = str(value).strip() if isinstance(value, str | int) else ""
    first = year[:4]
    known = first.isascii() and first.isdigit() and int(first) in _YEARS
    written = f"{first}/{(int(first) + 1) % 100:02d}" if known else ""
    if not known or year not in (first, written):
        raise _Wrong("must be a year such as 2004 or 2004/05")
    return written


def _yes_or_no(value: object) -> bool:
    said = str(value).strip().lower()
    if said not in (*_YES, *_NO):
        raise _Wrong("must be answered yes or no")
    return said in _YES


def _is(value: object, *words: str) -> bool:
    """Say whether a value is one of some words, or a yes or no that is written as one."""
    return isinstance(value, str | bool) and str(value).strip().lower() in words


def _one_of(words: type[E]) -> Callable[[object], E]:
    def reader(value: object) -> E:
        known = [*words]
        if value not in known:
            raise _Wrong(f"must be one of {', '.join(word.replace('_', ' ') for word in known)}")
        return words(str(value))

    return reader


def _list(value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise _Wrong("must be a list")
    if len(value) > _MOST:
        raise _Wrong(f"must be {_MOST} or fewer; there are {len(value)}")
    return [*value]


def _fields(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _Wrong("must be given as named fields")
    return value


def _bid(value: object) -> Bid:
    said = str(value).strip().lower()
    if said not in [*Bid]:
        raise _Wrong(f"must be one of {', '.join((NO_BID, *Bid))}")
    return Bid(said)


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _inside(value: object, key: str) -> object:
    """Take a value out of a mapping that says more about it."""
    return value.get(key) if isinstance(value, Mapping) else value
