"""Reads YAML so that every value remembers the file and the line it was written on.

Only what a person would expect is understood: `yes` and `0100` are words, not a truth and 64.
Decimal figures stay exact, and a date that does not exist stays a word for others to complain of.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from workflows.model import Frozen

Trail = tuple[str | int, ...]
"""The way to a value: keys of mappings and places in lists."""

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,17})\.\d{1,18}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


class Fault(Frozen):
    """Something wrong in a file, and where."""

    file: str
    line: int
    """0 where it is the whole that is wrong, such as a folder."""
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(filter(None, (place, self.key, self.message)))


class Place(Frozen):
    """A file and a line."""

    file: str
    line: int


class Source:
    """What was read, with the place of every key and value, and the faults found on the way."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.places: dict[Trail, Place] = {}
        self.faults: list[Fault] = []
        self.broken = False
        """A whole file or section is lost, so that what others say of it cannot be judged."""

    def place(self, trail: Sequence[str | int]) -> Place:
        """Return where a value is written, or what is nearest above it."""
        known = tuple(trail)
        while known and known not in self.places:
            known = known[:-1]
        return self.places.get(known, Place(file="", line=1))

    def fault(self, trail: Sequence[str | int], message: str) -> Fault:
        """Make a fault about the value at the end of a trail."""
        place = self.place(trail)
        return Fault(file=place.file, line=place.line, key=dotted(trail), message=message)

    def laid_over(self, base: "Source") -> "Source":
        """Return `base` with this over it: mappings are joined key by key, all else replaced."""
        joined = Source()
        joined.data = _joined(base.data, self.data)
        # The whole stays the base's: what neither says is missing from its folder.
        joined.places = base.places | {trail: place for trail, place in self.places.items() if trail}
        joined.faults = [*base.faults, *self.faults]
        joined.broken = base.broken or self.broken
        return joined


def dotted(trail: Sequence[str | int]) -> str:
    """Write a trail as people do: `posts.cd-rc.line`, `rungs[2].day`."""
    words = ""
    for part in trail:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if words else part
    return words


def read(path: Path, *, called: str = "") -> Source:
    """Read a file; whatever is wrong with it is among the faults."""
    source = Source()
    name = called or str(path)
    source.places[()] = Place(file=name, line=1)
    try:
        node = _Loader(path.read_text("utf-8")).get_single_node()
    except OSError as error:
        source.faults.append(source.fault((), f"cannot be read: {(error.strerror or '').lower()}"))
    except UnicodeDecodeError:
        source.faults.append(source.fault((), "is not text in UTF-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        told = error.problem or "is not YAML"
        source.faults.append(Fault(file=name, line=line, key="", message=told))
    except (yaml.YAMLError, RecursionError) as error:
        source.faults.append(source.fault((), str(error).splitlines()[0]))
    else:
        if isinstance(node, yaml.MappingNode):
            source.data = _mapping(node, (), name, source)
        else:
            source.faults.append(source.fault((), "must be a mapping of keys to values"))
    source.broken = not source.data
    # What is broken is refused, for nothing else that is said of it is looked at.
    if source.broken and not source.faults:
        source.faults.append(source.fault((), "says nothing: write in it, or take the file away"))
    return source


class _Loader(yaml.SafeLoader):
    """Composes nodes; refuses aliases, by which a small file can become a very large one."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not used here", mark)
        return super().compose_node(parent, index)


def _value(node: yaml.Node, trail: Trail, file: str, source: Source) -> Any:
    source.places.setdefault(trail, Place(file=file, line=node.start_mark.line + 1))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, trail, file, source)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*trail, number), file, source) for number, item in enumerate(node.value)]
    return _scalar(str(node.value), quoted=bool(getattr(node, "style", None)))


def _mapping(node: yaml.MappingNode, trail: Trail, file: str, source: Source) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        place = Place(file=file, line=key_node.start_mark.line + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            source.faults.append(
                Fault(**place.model_dump(), key=dotted(trail), message="a key must be a word")
            )
            continue
        key = str(key_node.value)
        if key in values:
            first = source.places[(*trail, key)].line
            told = f"is given twice; the first is on line {first}"
            source.faults.append(Fault(**place.model_dump(), key=dotted((*trail, key)), message=told))
            continue
        source.places[(*trail, key)] = place
        values[key] = _value(value_node, (*trail, key), file, source)
    return values


def _scalar(text: str, *, quoted: bool) -> Any:
    if quoted:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _DATE.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    return text


def _joined(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    joined = {**under, **over}
    for key in under:
        old, new = under[key], joined[key]
        if isinstance(old, dict) and isinstance(new, dict):
            joined[key] = _joined(old, new)
    return joined
