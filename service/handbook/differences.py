"""Says in plain words what differs between two editions: which value was what, and would be what."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from service.handbook.edition import Edition, Holding
from service.handbook.words import in_words, pounds
from workflows.model import Frozen

COMPARED = {
    "route": "The way of a proposal",
    "limits": "Delegated limits",
    "next_authority": "Who is asked above a limit",
    "principles": "Principles",
    "corporate_systems": "Corporate systems",
    "technical_parameters": "Technical parameters",
    "forums": "Forums",
    "steps": "Questions and their ladders",
    "provisions": "What a proposal provides for",
    "embargo": "Embargo",
    "clauses": "Clauses",
    "roles": "Parts in this system",
    "holdings": "Who holds which post",
    "people": "People",
    "posts": "Posts",
    "departments": "Departments",
    "versions": "What becomes of answers when a proposal comes back",
    "delivery": "How projects are delivered",
    "appraisal": "Figures of a business case",
    "validity": "How long an approval holds",
    "budgets": "Budgets",
    "retention": "How long records are kept",
    "reports": "Reports",
    "non_working": "Days not worked",
    "title": "What the handbook calls itself",
    "organisation_name": "The organisation",
}
"""What each part of an edition is called, in the order in which a reader wants them."""
NOT_COMPARED = ("name", "variant", "organisation")
"""Where an edition was read from, and whose it is: two that are compared are of one organisation."""
_NAMES = ("title", "name", "short_name", "text", "subject", "what")
"""The fields by which an entry that comes or goes is told."""
_UNTOLD = ("illustrative", "key")
_MONEY = ("limits", "budgets", "budget", "major_capital", "code_above")
_NUMBERED = ("boundaries", "matrix", "rules")
"""Lists whose entries have no keys, and are told by their numbers."""
_MOST_DAYS = 6


class Difference(Frozen):
    """One value that is not the same in two editions."""

    section: str
    """The part of the handbook, as a heading."""
    what: str
    """The value's way through that part, as its readers name it; empty where it is the whole part."""
    before: str
    after: str


def differences(before: Edition, after: Edition) -> tuple[Difference, ...]:
    """Return everything in which a later edition differs from an earlier one, part by part."""
    one, other = _data(before), _data(after)
    return tuple(
        Difference(section=heading, what=_told(section, trail, before, after), before=was, after=would_be)
        for section, heading in COMPARED.items()
        for trail, was, would_be in _differing((section,), one[section], other[section])
    )


def _data(edition: Edition) -> dict[str, Any]:
    """Return an edition as plain values, with whoever holds a post under the post."""
    held: dict[str, list[str]] = {}
    for holding in edition.holdings:
        held.setdefault(holding.post, []).append(_holding(holding, edition))
    return edition.model_dump(mode="json") | {"holdings": held}


def _holding(holding: Holding, edition: Edition) -> str:
    until = f" until {in_words(holding.until)}" if holding.until else ""
    return f"{edition.people[holding.person].name} from {in_words(holding.since)}{until}"


def _differing(trail: tuple[str, ...], before: Any, after: Any) -> Iterator[tuple[tuple[str, ...], str, str]]:
    if before == after or trail[-1] in _UNTOLD:
        return
    if trail[-1] in _NUMBERED:
        before, after = _by_number(before), _by_number(after)
    before, after = _by_key(before, after), _by_key(after, before)
    if trail[-1] == "hold":
        yield trail, _held(before), _held(after)
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _differing((*trail, key), before.get(key), after.get(key))
    elif trail[-1] in ("meetings", "non_working"):
        yield trail, _only(before, after), _only(after, before)
    elif _worded(before, trail) != _worded(after, trail):
        yield trail, _worded(before, trail), _worded(after, trail)


def _by_key(value: Any, other: Any) -> Any:
    """Return a list of entries that have keys, here or in the other edition, as the entries by them: each is
    told by itself.
    """
    if not (isinstance(value, list) and isinstance(other, list)):
        return value
    keyed = all(isinstance(each, dict) and "key" in each for each in (*value, *other))
    return {each["key"]: each for each in value} if keyed and (value or other) else value


def _by_number(value: Any) -> Any:
    """Return a list of entries as the entries by their numbers, from 1."""
    return {str(number): each for number, each in enumerate(value, start=1)} if value else {}


def _held(hold: dict[str, int | None] | None) -> str:
    """Say for how long an answer may be taken back."""
    if hold is None:
        return "nothing"
    return f"{hold['minutes']} minutes" if hold["minutes"] else "to the end of the working day"


def _told(section: str, trail: tuple[str, ...], before: Edition, after: Edition) -> str:
    """Name a value as its readers do: a post by its title, a forum and a principle by their names."""
    words = []
    for edition_key in trail[1:]:
        for edition in (after, before):
            if post := edition.posts.get(edition_key):
                words.append(post.title)
            elif forum := edition.forums.get(edition_key):
                words.append(forum.name)
            elif principle := edition.principles.get(edition_key):
                words.append(f"{edition_key} ({principle.short_name})")
            else:
                continue
            break
        else:
            words.append(edition_key.replace("_", " ").replace("srg", "SRG"))
    return ": ".join(words)


def _worded(value: Any, trail: tuple[str, ...]) -> str:
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_worded(each, trail) for each in value)
    if isinstance(value, dict):
        name = next((str(value[key]) for key in _NAMES if value.get(key)), "")
        return name or ", ".join(
            f"{key.replace('_', ' ')} {_worded(each, (*trail, key))}"
            for key, each in value.items()
            if key not in _UNTOLD
        )
    if trail[-1].endswith("percent"):
        return f"{Decimal(str(value)).normalize():f}%"
    return _scalar(str(value), money=bool({*_MONEY} & {*trail}))


def _scalar(text: str, *, money: bool) -> str:
    if money and text.replace(".", "", 1).isdigit():
        return pounds(Decimal(text))
    try:
        return in_words(date.fromisoformat(text))
    except ValueError:
        return text


def _only(days: list[str], others: list[str]) -> str:
    """Return the days that only one of two calendars has."""
    known = {*others}
    own = [in_words(date.fromisoformat(day)) for day in days if day not in known]
    more = len(own) - _MOST_DAYS
    return (
        ", ".join(own[:_MOST_DAYS]) + (f" and {more} more" if more > 0 else "") if own else "none of its own"
    )


def sections(found: tuple[Difference, ...]) -> Mapping[str, tuple[Difference, ...]]:
    """Return differences by their headings."""
    headings = dict.fromkeys(each.section for each in found)
    return {heading: tuple(each for each in found if each.section == heading) for heading in headings}
