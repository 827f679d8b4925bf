"""What a handbook asks beside the principles must hang together: a principle, questions, days in order."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from service.handbook.edition import Item
from service.handbook.sources import Source, Trail
from service.handbook.ways import Complaint, written_in
from service.handbook.words import in_words
from service.handbook.written import Handbook


def _principles(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    known, provisions = written_in(source, "principles"), handbook.provisions
    for name in ("equality", "continuity", "standards", "addresses", "partners"):
        rules = getattr(provisions, name)
        if rules and rules.principle not in known:
            yield ("provisions", name, "principle"), f"there is no principle {rules.principle}"


def _questions(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    equality, standards = handbook.provisions.equality, handbook.provisions.standards
    if equality and not equality.questions:
        yield ("provisions", "equality", "questions"), "asks nothing: a checklist needs questions"
    if equality and not equality.version.strip():
        yield ("provisions", "equality", "version"), "must say which checklist it is"
    if standards and not standards.items:
        yield ("provisions", "standards", "items"), "asks nothing: name at least one standard"


def _kinds(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """A standard that is asked of some kinds of system only needs the kinds to be told apart."""
    standards, kinds = handbook.provisions.standards, handbook.provisions.kinds
    for place, standard in enumerate(standards.items if standards else ()):
        for number, kind in enumerate(standard.kinds):
            if kind not in kinds:
                trail = ("provisions", "standards", "items", place, "kinds", number)
                yield trail, f"there is no kind of system {kind}"


def _keys(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """A key names one thing, and a box of a form, in which a full stop has a meaning of its own."""
    provisions = handbook.provisions
    equality, standards = provisions.equality, provisions.standards
    listed: tuple[tuple[tuple[str, ...], Sequence[Item]], ...] = (
        (("system_kinds",), provisions.system_kinds),
        (("equality", "questions"), equality.questions if equality else ()),
        (("standards", "items"), standards.items if standards else ()),
    )
    for section, entries in listed:
        seen: list[str] = []
        for number, entry in enumerate(entries):
            trail: Trail = ("provisions", *section, number, "key")
            yield from ((trail, told) for told in _unfit(entry.key))
            if entry.key in seen:
                yield trail, f"{entry.key} is given twice"
            seen.append(entry.key)
    for key in provisions.shared_services:
        yield from ((("provisions", "shared_services", key), told) for told in _unfit(key))


def _unfit(key: str) -> Iterator[str]:
    if not key.strip() or "." in key:
        yield "must be a word without a full stop"


def _parameters(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    for key, parameter in handbook.technical_parameters.items():
        if parameter.since and parameter.until and parameter.until < parameter.since:
            yield ("technical_parameters", key, "until"), f"is before since, {in_words(parameter.since)}"


CHECKS: tuple[Callable[[Handbook, Source], Iterable[Complaint]], ...] = (
    _principles,
    _questions,
    _kinds,
    _keys,
    _parameters,
)
