"""What differs between two versions of a proposal, and what of it is material (SYS-01)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from workflows.model import Frozen

NAMED_BY: Mapping[str, str] = {
    "costs_by_year": "year",
    "funding_parties": "post",
    "benefits": "title",
    "options": "title",
    "partners": "name",
}
"""The tables of a proposal, each with the column by which a row is known: their order says nothing."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": (),
    "summary": (),
    "why": (),
    "alternatives": (),
    "stakeholders": (),
    "security": (),
    "department": (),
    "sponsor_post": (),
    "lead_post": (),
    "co_authors": (),
    "size": (),
    "cost_profile": ("capital_gbp", "revenue_gbp_per_year", "project_management_gbp"),
    "costs_by_year": ("year", "capital", "revenue", "project_management", "one_off"),
    "funding_parties": ("post", "share_percent"),
    "funding_condition": ("kind", "text", "status", "decision_due", "owner_post"),
    "benefits": (
        "title",
        "owner",
        "measure",
        "how_realised",
        "cashable",
        "amount_gbp_per_year",
        "basis",
        "from_year",
        "years",
    ),
    "options": ("title", "do_nothing", "capital_gbp", "why_not"),
    "claimed": ("whole_life_cost_gbp", "net_present_value_gbp"),
    "principles": (),
    "principle_notes": (),
    "corporate_system": ("relation", "ids"),
    "personal_data": (),
    "system_kind": (),
    "shared_services": (),
    "shared_service_reasons": (),
    "equality": (),
    "continuity": ("provision", "recovery_hours", "tested_on", "test_result"),
    "standards": (),
    "standard_notes": (),
    "addresses": ("held", "source", "electronic", "key_held"),
    "partners": ("name", "result"),
    "sharing": ("personal_data", "reference", "since", "until"),
    "embargo_exempt": (),
    "decision_needed_by": (),
}
"""What a sponsor says of a proposal, by its own names, each with its parts if it has any."""
_NUMBERS = (
    "capital_gbp",
    "revenue_gbp_per_year",
    "project_management_gbp",
    "capital",
    "revenue",
    "project_management",
    "one_off",
    "share_percent",
    "amount_gbp_per_year",
    "whole_life_cost_gbp",
    "net_present_value_gbp",
    "years",
    "recovery_hours",
)
"""What is a number, however it is written: 84000 is 84000.00."""


class Change(Frozen):
    """A place in which two versions differ; None says nothing there."""

    field: str
    """The proposal's own name for it, such as `funding_parties.share_percent`."""
    row: str = ""
    """The row of a table, or the member of a list, by what it is known by."""
    before: str | bool | int | None
    now: str | bool | int | None
    material: bool = True


Place = tuple[str, str]


def changes(
    before: Mapping[str, Any], now: Mapping[str, Any], immaterial: Collection[str] = ()
) -> tuple[Change, ...]:
    """Return in what two versions differ, in the order of the first; what is new comes last.

    `immaterial` names what may change without being asked again, whole or in part: `benefits`, or
    `benefits.measure`. Whatever it does not name is material. An order, a number written differently and a
    blank are no change.
    """
    told, after = dict(_places(before)), dict(_places(now))
    return tuple(
        Change(
            field=field,
            row=row,
            before=told.get((field, row)),
            now=after.get((field, row)),
            material=not covers(immaterial, field),
        )
        for field, row in dict.fromkeys((*told, *after))
        if not _same(field, told.get((field, row)), after.get((field, row)))
    )


def material(found: Iterable[Change]) -> tuple[Change, ...]:
    """Return the changes that void what was answered about the version before."""
    return tuple(change for change in found if change.material)


def fields() -> tuple[str, ...]:
    """Return every field of a proposal that has no parts, and every part of those that have."""
    return tuple(
        f"{field}.{part}" if part else field for field, parts in FIELDS.items() for part in (parts or ("",))
    )


def covers(names: Collection[str], field: str) -> bool:
    """Say whether names have a field among them, by itself or with the whole that it is part of."""
    parts = field.split(".")
    return any(".".join(parts[:length]) in names for length in range(1, len(parts) + 1))


# ------------------------------------------------------------------------------ workings


def _places(content: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    """Go through what a version says, value by value, each with its place."""
    for field, value in content.items():
        if isinstance(value, list | tuple):
            yield from _listed(field, value)
        else:
            yield from _within(field, value)


def _within(field: str, value: Any, row: str = "") -> Iterator[tuple[Place, Any]]:
    if isinstance(value, Mapping):
        for part, inner in value.items():
            yield from _within(f"{field}.{part}", inner, row)
    elif isinstance(value, list | tuple):
        # A list within is known by its members, in whatever order they stand.
        yield from (((field, str(member)), member) for member in value)
    elif not _blank(value):
        yield (field, row), value


def _listed(field: str, rows: Sequence[Any]) -> Iterator[tuple[Place, Any]]:
    """Go through the rows of a table, each by its name; one of two with the same name by its number too."""
    seen: dict[str, int] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            yield (field, str(row)), row
            continue
        name = str(row.get(NAMED_BY.get(field, ""), ""))
        seen[name] = seen.get(name, 0) + 1
        known = name if seen[name] == 1 else f"{name} ({seen[name]})"
        for part, value in row.items():
            yield from _within(f"{field}.{part}", value, known)


def _same(field: str, one: Any, other: Any) -> bool:
    if field.rpartition(".")[2] in _NUMBERS:
        try:
            return Decimal(str(one)) == Decimal(str(other))
        except InvalidOperation:
            pass
    return bool(one == other) and type(one) is type(other)


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
