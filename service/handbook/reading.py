"""Reads the folder of a handbook into an edition, and finds everything that is wrong with it."""

import difflib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from service import clock
from service.handbook import ahead, building, checks, sources, written
from service.handbook.edition import Edition
from service.handbook.sources import Fault, Source, Trail
from service.handbook.written import Handbook

SHIPPED = Path(__file__).parents[1] / "handbooks"
_VARIANTS = "editions"


class HandbookError(Exception):
    """A handbook that cannot be used, with everything that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.problems = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line, fault.key)))
        super().__init__("\n".join(str(fault) for fault in self.problems))


def names() -> tuple[str, ...]:
    """Return the handbooks that are shipped."""
    return tuple(sorted(folder.name for folder in SHIPPED.iterdir() if folder.is_dir()))


def variants(name: str | Path) -> tuple[str, ...]:
    """Return the further editions of a handbook, besides the one in force."""
    return tuple(sorted(path.stem for path in (_folder(name) / _VARIANTS).glob("*.yaml")))


def parted(name: str) -> tuple[str, str]:
    """Part the name of a handbook from that of its variant, which is empty if none is meant.

    A variant follows its handbook, as `leicester/framework-2004`; one that is shipped may stand alone.
    """
    before, _, last = name.rpartition("/")
    if before in names():
        return before, last
    if not before and not Path(name).is_dir():
        return next(((each, name) for each in names() if name in variants(each)), (name, ""))
    # What follows the stroke is part of a path, unless there is a variant of that name and no folder.
    named = not Path(name).is_dir() and last in variants(before)
    return (before, last) if named else (name, "")


def load(name: str | Path, *, variant: str = "", today: date | None = None) -> Edition:
    """Read a shipped handbook by name, or any by its folder; or a variant, by a name that `parted` knows.

    Raises HandbookError with every fault at once.
    """
    if isinstance(name, str) and not variant:
        name, variant = parted(name)
    folder = _folder(name)
    if not folder.is_dir():
        known = ", ".join(names())
        told = f"there is no such handbook; shipped are {known}, and any folder may be named"
        raise HandbookError([Fault(file=str(name), line=0, key="", message=told)])
    source = _source(folder, variant)
    handbook, faults = _understood(source)
    if handbook is not None and not source.broken:
        faults += checks.faults(handbook, source)
    if handbook is None or faults:
        raise HandbookError(faults)
    today = today or clock.real_now().date()
    years = range(written.FIRST_YEAR, today.year + written.YEARS_AHEAD + 1)
    edition = building.edition(handbook, name=folder.name, variant=variant, years=years)
    complaints = ahead.complaints(handbook, edition, today)
    faults = [source.fault(trail, told) for trail, told in complaints]
    if faults:
        raise HandbookError(faults)
    return edition


def _folder(name: str | Path) -> Path:
    """Return the folder of a handbook: a shipped one by its bare name, else the path itself."""
    return SHIPPED / name if name in names() else Path(name)


# ------------------------------------------------------------------------------- files


def _source(folder: Path, variant: str) -> Source:
    """Put the files of a folder together, and lay the variant's file over them."""
    whole = Source()
    called = Path(folder.name) if folder.parent == SHIPPED else folder
    whole.places[()] = sources.Place(file=str(called), line=0)
    for path in sorted(folder.rglob("*.y*ml")):
        if path.parent.name != _VARIANTS:
            _add(whole, sources.read(path, called=str(called / path.relative_to(folder))))
    if not variant:
        return whole
    path = folder / _VARIANTS / f"{variant}.yaml"
    over = sources.read(path, called=str(called / _VARIANTS / path.name))
    return over.laid_over(whole)


def _add(whole: Source, part: Source) -> None:
    """Take up the sections of one file; each section is written in one file only."""
    whole.faults += part.faults
    whole.broken = whole.broken or part.broken
    for section, entries in part.data.items():
        if section in whole.data:
            first = whole.places[(section,)]
            told = f"this section is already written in {first.file}, line {first.line}"
            whole.faults.append(part.fault((section,), told))
            whole.broken = True
            continue
        whole.data[section] = entries
        whole.places.update((trail, place) for trail, place in part.places.items() if trail[:1] == (section,))


# -------------------------------------------------------------------------------- shape


def _understood(source: Source) -> tuple[Handbook | None, list[Fault]]:
    """Read what has the right shape, so that one misspelt key does not hide the other faults."""
    faults = list(source.faults)
    data = _copy(source.data)
    told = False
    while True:
        try:
            return Handbook.model_validate(data), faults
        except ValidationError as error:
            details = error.errors(include_url=False)
        if not told:
            faults += [
                _fault(detail, source)
                for detail in details
                if not (source.broken and detail["type"] == "missing")
            ]
            told = True
        for detail in details:
            if not _cut(data, detail):
                return None, faults


def _fault(detail: ErrorDetails, source: Source) -> Fault:
    trail = _trail(detail)
    return source.fault(trail, _words(detail, str(trail[-1]) if trail else ""))


def _trail(detail: ErrorDetails) -> Trail:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _words(detail: ErrorDetails, key: str) -> str:
    """Say in plain words what is wrong with a value."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "is missing" if len(_trail(detail)) > 1 else "is missing: no file has this section"
        case "extra_forbidden":
            near = difflib.get_close_matches(key, _keys(Handbook), n=1)
            return "is not a key that is known here" + (f"; did you mean {near[0]}?" if near else "")
        case "enum" | "literal_error":
            return f"is {detail['input']}, and must be one of {context['expected']}"
        case "value_error":
            return str(context["error"])
        case "string_type":
            return f"must be words, not {_kind(detail['input'])}; quotation marks make words of anything"
        case "int_type" | "int_parsing" | "int_from_float":
            return "must be a whole number, 0 or more"
        case "greater_than_equal":
            return "must be 0 or more"
        case "greater_than":
            return f"must be more than {context['gt']}"
        case "string_pattern_mismatch":
            return written.PATTERNS[context["pattern"]]
        case kind if kind.startswith("decimal") and "percent" in key:
            return "must be a percentage, written as 10 or 12.5"
        case kind if kind.startswith("decimal"):
            return "must be pounds, written as 84000 or 84000.50"
        case kind if kind.startswith("bool"):
            return "must be true or false"
        case "tuple_type":
            return "must be a list"
        case "dict_type" | "model_type":
            return "must be a mapping of keys to values"
        case _:
            return detail["msg"].lower()


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    return {bool: "true or false", int: "a number", Decimal: "a number", date: "a date"}.get(
        type(value), "a list" if isinstance(value, list) else "a mapping"
    )


def _keys(model: type[BaseModel]) -> list[str]:
    """Return every key that may be written anywhere in a handbook, to suggest one."""
    shapes = [shape for shape in vars(written).values() if isinstance(shape, type)]
    models = [shape for shape in shapes if issubclass(shape, BaseModel)]
    return sorted({key for shape in (model, *models) for key in shape.model_fields})


def _cut(data: dict[str, Any], detail: ErrorDetails) -> bool:
    """Take out what could not be read; say whether anything is left to read."""
    trail = _trail(detail)
    if detail["type"] == "missing":
        trail = trail[:-1]
    if not trail:
        return False
    holder: Any = data
    for part in trail[:-1]:
        try:
            holder = holder[part]
        except (KeyError, IndexError, TypeError):
            return True
    if isinstance(holder, dict):
        holder.pop(trail[-1], None)
    elif isinstance(holder, list) and isinstance(trail[-1], int):
        # Only emptied, so that the places of its neighbours stay true.
        return _cut(data, {**detail, "loc": trail[:-1], "type": "cut"})
    return True


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value
