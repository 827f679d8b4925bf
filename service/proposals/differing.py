"""What differs between two versions of a proposal, and how it is said."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from service.handbook import Edition
from service.handbook.words import in_words, pounds
from service.proposals.document import ProposalDocument
from workflows.letters import Difference
from workflows.rules import versions
from workflows.rules.versions import Change


def between(before: Mapping[str, Any], now: Mapping[str, Any], rules: Edition) -> tuple[Change, ...]:
    """Return in what two contents differ, under an edition that says what of it is material."""
    immaterial = rules.versions.immaterial if rules.versions else ()
    return versions.changes(_whole(before), _whole(now), immaterial)


def told(found: Iterable[Change], rules: Edition, day: date) -> tuple[Difference, ...]:
    """Put changes into words, with posts called what they are on a day.

    A row of a table that is new, or is gone, is told as one.
    """
    rows: dict[Row, list[Change]] = {}
    for number, change in enumerate(found):
        rows.setdefault(_row(change, number), []).append(change)
    return tuple(told for alike in rows.values() for told in _told(alike, rules, day))


Row = tuple[str, str, int]
"""Of a change: the table and the row that it is in; by itself where it is in none."""


def _row(change: Change, number: int) -> Row:
    top = change.field.partition(".")[0]
    return (top, change.row, -1) if change.row and top in versions.NAMED_BY else ("", "", number)


def _told(alike: Sequence[Change], rules: Edition, day: date) -> Iterator[Difference]:
    """Put the changes of one row, or a single one, into words."""
    named = next((change for change in alike if _names(change)), None)
    if named is None or None not in (named.before, named.now):
        for change in alike:
            yield Difference(
                what=_what(change, rules, day),
                before=_value(change.field, change.before, rules, day),
                now=_value(change.field, change.now, rules, day),
                material=change.material,
            )
        return
    name = _value(named.field, named.before or named.now, rules, day)
    parts = [
        f"{_known(change.field)[0].lower()}: {_value(change.field, value, rules, day)}"
        for change in alike
        if change is not named and (value := change.before if named.now is None else change.now) not in _NONE
    ]
    said = "; ".join(parts) or name
    yield Difference(
        what=f"{_known(named.field)[0]} “{name}”",
        before=said if named.now is None else "",
        now=said if named.before is None else "",
        material=any(change.material for change in alike),
    )


_NONE: tuple[str | bool | int | None, ...] = (None, False, "", "0", "0.00", 0)
"""Values of a row that say nothing: a row is told without them."""


def _names(change: Change) -> bool:
    """Say whether a change is in that by which a row is known."""
    top, _, part = change.field.partition(".")
    return versions.NAMED_BY.get(top) == part and bool(part)


def _whole(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a content with all that it leaves out: what an older program did not ask is no difference."""
    return ProposalDocument.model_validate(content).model_dump(mode="json", exclude={"submitted_on"})


# ------------------------------------------------------------------------------------ words

Words = Callable[[str, Edition, date], str]


def _plain(value: str, rules: Edition, day: date) -> str:
    return value


def _money(value: str, rules: Edition, day: date) -> str:
    amount = Decimal(value)
    return f"-{pounds(-amount)}" if amount < 0 else pounds(amount)


def _percent(value: str, rules: Edition, day: date) -> str:
    return f"{value}%"


def _day(value: str, rules: Edition, day: date) -> str:
    return in_words(date.fromisoformat(value))


def _post(value: str, rules: Edition, day: date) -> str:
    known = rules.posts.get(value)
    return known.title_on(day) if known else value


def _department(value: str, rules: Edition, day: date) -> str:
    known = rules.departments.get(value)
    return known.name if known else value


def _system(value: str, rules: Edition, day: date) -> str:
    known = rules.corporate_systems.get(value)
    return known.name if known else value


def _kind(value: str, rules: Edition, day: date) -> str:
    return rules.provisions.kinds.get(value, value)


def _chosen(value: str, rules: Edition, day: date) -> str:
    return _CHOSEN.get(value, value)


_CHOSEN = {
    "met": "Met",
    "not_met": "Not met",
    "deviates": "Not met",
    "issue": "An issue",
    "not_applicable": "Does not apply",
    "not_needed": "Not needed",
    "shared": "Uses the shared one",
    "own": "Builds its own",
    "minor": "Minor",
    "major": "Major",
    "pending": "Not known yet",
    "successful": "Succeeded",
    "failed": "Failed",
    "none": "Nothing",
    "integrates": "Works together with one",
    "extends": "Extends one",
    "replaces": "Replaces one",
    "duplicates": "Does what one does already",
    "gazetteer": "The gazetteer",
    "other": "Another source",
}
"""What is chosen from a few answers."""

FIELDS: Mapping[str, tuple[str, Words]] = {
    "title": ("Title", _plain),
    "summary": ("Summary", _plain),
    "why": ("Why it is needed", _plain),
    "alternatives": ("What else was considered", _plain),
    "stakeholders": ("Who is affected", _plain),
    "security": ("How data are kept safe", _plain),
    "department": ("Department", _department),
    "sponsor_post": ("Sponsor", _post),
    "lead_post": ("Lead officer", _post),
    "co_authors": ("Written together with", _post),
    "size": ("Size", _chosen),
    "cost_profile.capital_gbp": ("Capital", _money),
    "cost_profile.revenue_gbp_per_year": ("Revenue, a year", _money),
    "cost_profile.project_management_gbp": ("Project management", _money),
    "costs_by_year.year": ("Year", _plain),
    "costs_by_year.capital": ("Capital", _money),
    "costs_by_year.revenue": ("Revenue", _money),
    "costs_by_year.project_management": ("Project management", _money),
    "costs_by_year.one_off": ("One-off costs", _money),
    "funding_parties.post": ("Funding party", _post),
    "funding_parties.share_percent": ("Share of the capital", _percent),
    "funding_condition.kind": ("What kind of thing the money depends on", _plain),
    "funding_condition.text": ("What the money depends on", _plain),
    "funding_condition.status": ("How the bid stands", _chosen),
    "funding_condition.decision_due": ("When the outcome of the bid is known", _day),
    "funding_condition.owner_post": ("Who makes the bid", _post),
    "benefits.title": ("Benefit", _plain),
    "benefits.owner": ("Who sees to it", _post),
    "benefits.measure": ("How it is measured", _plain),
    "benefits.how_realised": ("How it is brought about", _plain),
    "benefits.cashable": ("Money that can be spent on something else", _plain),
    "benefits.amount_gbp_per_year": ("Worth a year", _money),
    "benefits.basis": ("How that was arrived at", _plain),
    "benefits.from_year": ("From which year", _plain),
    "benefits.years": ("For how many years", _plain),
    "options.title": ("Option", _plain),
    "options.do_nothing": ("It is to do nothing", _plain),
    "options.capital_gbp": ("Capital", _money),
    "options.why_not": ("Why it is not proposed", _plain),
    "claimed.whole_life_cost_gbp": ("The sponsor's own whole-life cost", _money),
    "claimed.net_present_value_gbp": ("The sponsor's own net present value", _money),
    "corporate_system.relation": ("What it is to a corporate system", _chosen),
    "corporate_system.ids": ("Corporate system", _system),
    "personal_data": ("Whether it holds personal data", _plain),
    "system_kind": ("Kind of system", _kind),
    "equality_checklist": ("Equality checklist", _plain),
    "continuity.provision": ("Business continuity", _plain),
    "continuity.recovery_hours": ("Planned hours until it works again", _plain),
    "continuity.tested_on": ("Last test of recovery", _day),
    "continuity.test_result": ("Result of the last test of recovery", _plain),
    "addresses.held": ("Whether it holds addresses", _plain),
    "addresses.source": ("Where addresses come from", _chosen),
    "addresses.electronic": ("Whether addresses are taken electronically", _plain),
    "addresses.key_held": ("Whether each address has its key", _plain),
    "partners.name": ("Partner considered", _plain),
    "partners.result": ("What came of it", _plain),
    "sharing.personal_data": ("Whether personal data are shared with a partner", _plain),
    "sharing.reference": ("Information sharing agreement", _plain),
    "sharing.since": ("First day of the agreement", _day),
    "sharing.until": ("Last day of the agreement", _day),
    "embargo_exempt": ("What the embargo leaves free", _plain),
    "decision_needed_by": ("Decision needed by", _day),
    # What is answered key by key: the key's own name follows.
    "principles": ("Principle", _chosen),
    "principle_notes": ("Reason for the answer to", _plain),
    "shared_services": ("Shared service", _chosen),
    "shared_service_reasons": ("Why it builds its own", _plain),
    "equality": ("Equality", _plain),
    "standards": ("Standard", _chosen),
    "standard_notes": ("Note on the standard", _plain),
}
"""Each value of a proposal: what it is called, and how its value is put into words."""


def _what(change: Change, rules: Edition, day: date) -> str:
    top, _, part = change.field.partition(".")
    label, _ = _known(change.field)
    if part and change.field not in FIELDS:
        return f"{label}: {_named(top, part, rules)}"
    name = versions.NAMED_BY.get(top)
    if not change.row or name is None or part == name:
        return label
    row = _post(change.row, rules, day) if top == "funding_parties" else change.row
    return f"{row}: {label[:1].lower()}{label[1:]}"


def _value(field: str, value: str | bool | int | None, rules: Edition, day: date) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    _, words = _known(field)
    return words(str(value), rules, day)


def _known(field: str) -> tuple[str, Words]:
    """Return the words for a field; of a key by key answer those of the whole."""
    top = field.partition(".")[0]
    return FIELDS.get(field) or FIELDS.get(top) or (field.replace("_", " ").capitalize(), _plain)


def _named(top: str, key: str, rules: Edition) -> str:
    """Return the name of what is answered under a key."""
    provisions = rules.provisions
    names: dict[str, dict[str, str]] = {
        "shared_services": {name: known.title for name, known in provisions.shared_services.items()},
        "equality": provisions.equality.named if provisions.equality else {},
        "standards": {name: each.name for name, each in provisions.standards.named.items()}
        if provisions.standards
        else {},
        "principles": {name: f"{name} ({each.short_name})" for name, each in rules.principles.items()},
    }
    whole = {"shared_service_reasons": "shared_services", "standard_notes": "standards"}
    whole["principle_notes"] = "principles"
    return names.get(whole.get(top, top), {}).get(key, key)
