"""What a single value must not be: a number that nobody can have meant, or words that say nothing."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from service.handbook.delivering import MOST_DAYS
from service.handbook.sources import Source, Trail
from service.handbook.ways import Complaint
from service.handbook.written import Handbook
from workflows.model import Size

_LONGEST_RECORD = 60
"""Working days after a meeting: by then the next ones have been held."""
_LONGEST_MEETING = 12
"""Hours."""
_LONGEST_ACTION = 250
"""Working days, about a year."""
_LONGEST_KEPT = 200
"""Years."""
_HIGHEST_BIAS = 200
"""Percent of the capital; what is known of optimism goes no further."""

_LONGEST_DELAY = 1300
"""Working days, five years: whoever decides on what is later decides on anything."""
_LARGEST_OVERRUN = 1000
"""Percent of a plan, for the same reason."""
_FEWEST_CASES = 5
"""Of fewer, what a track record tells could be read back to one case."""
_MOST_CASES = 100

_NAMED = {
    "departments": ("name",),
    "posts": ("title",),
    "people": ("name",),
    "forums": ("name",),
    "principles": ("short_name", "rule"),
    "corporate_systems": ("name",),
    "technical_parameters": ("subject", "requirement"),
    "clauses": ("number", "text"),
}
"""The parts of each section's entries that people read."""


def _numbers(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    for trail, number, least, most, unit in _bounded(handbook):
        if not least <= number <= most:
            yield trail, f"is {number}, and must be from {least} to {most} {unit}"


def _bounded(handbook: Handbook) -> Iterator[tuple[Trail, int | Decimal, int, int, str]]:
    """Go through the numbers with a bound: where, how many, from how many to how many, and of what."""
    for key, forum in handbook.forums.items():
        trail = ("forums", key)
        yield (*trail, "record_days"), forum.record_days, 0, _LONGEST_RECORD, "working days"
        yield (*trail, "told_days"), forum.told_days, 0, _LONGEST_RECORD, "working days"
        yield (*trail, "hours"), forum.hours, 1, _LONGEST_MEETING, "hours"
    if handbook.embargo:
        days = handbook.embargo.directorate_action_days
        yield ("embargo", "directorate_action_days"), days, 1, _LONGEST_ACTION, "working days"
    for key, kept in handbook.retention.items():
        if kept.years is not None:
            yield ("retention", key, "years"), kept.years, 0, _LONGEST_KEPT, "years, or left out for ever"
    yield from _of_delivery(handbook)
    bias = handbook.appraisal.optimism_bias_percent
    yield ("appraisal", "optimism_bias_percent"), bias, 0, _HIGHEST_BIAS, "percent"


def _of_delivery(handbook: Handbook) -> Iterator[tuple[Trail, int | Decimal, int, int, str]]:
    """Go through those of how projects are delivered: no more than the boxes of their reports take."""
    rules = handbook.delivery
    if rules is None:
        return
    yield ("delivery", "tolerances", "days"), rules.tolerances.days, 0, MOST_DAYS, "working days"
    for number, band in enumerate(rules.matrix):
        trail = ("delivery", "matrix", number)
        if band.late is not None:
            yield (*trail, "late"), band.late, 0, _LONGEST_DELAY, "working days"
        if band.over_percent is not None:
            yield (*trail, "over_percent"), band.over_percent, 0, _LARGEST_OVERRUN, "percent"
    if rules.standards:
        days = rules.standards.put_right_days
        yield ("delivery", "standards", "put_right_days"), days, 1, _LONGEST_ACTION, "working days"
    least = rules.track_record.least
    yield ("delivery", "track_record", "least"), least, _FEWEST_CASES, _MOST_CASES, "cases"


def _records(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """The PMO hears of an open record once its secretary has been reminded of it."""
    for key, forum in handbook.forums.items():
        if forum.told_days < forum.record_days:
            told = f"is {forum.told_days}, and must be {forum.record_days} or more, as record_days is"
            yield (
                ("forums", key, "told_days"),
                f"{told}: the PMO is told after the secretary has been reminded",
            )


def _applies_to(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """A principle binds every proposal, or major ones only."""
    for key, principle in handbook.principles.items():
        if principle.applies_to not in ("", Size.MAJOR):
            told = f"is {principle.applies_to}, and must be {Size.MAJOR}, or be left out"
            yield ("principles", key, "applies_to"), told


def _blank(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """What letters and pages call things by can be read."""
    for key in ("name", "title"):
        yield from _wordless(("organisation", key), getattr(handbook.organisation, key))
    for section, parts in _NAMED.items():
        for key, entry in getattr(handbook, section).items():
            for part in parts:
                yield from _wordless((section, key, part), getattr(entry, part))


def _wordless(trail: Trail, words: str) -> Iterator[Complaint]:
    if not any(sign.isalnum() for sign in words):
        yield trail, "must have words in it"


CHECKS: tuple[Callable[[Handbook, Source], Iterable[Complaint]], ...] = (
    _numbers,
    _records,
    _applies_to,
    _blank,
)
