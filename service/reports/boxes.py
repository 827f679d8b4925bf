"""What a report is made of: boxes, each of one type, in groups that are read one after the other."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from workflows.model import Choice, Frozen

Options = tuple[tuple[str, str], ...]
"""Keys, each with its words."""


class Type(StrEnum):
    """What a box takes."""

    WORDS = "words"
    LINE = "line"
    POUNDS = "pounds"
    DAY = "day"
    RATING = "rating"
    """Green, amber or red, with a line that says why."""
    POST = "post"
    WHOLE = "whole"
    PERCENT = "percent"
    NUMBER = "number"
    """As it was measured: with decimals, and below nothing too."""
    ONE = "one"
    """One of several, perhaps with words beside."""
    REFERENCES = "references"
    """References of cases, with commas between."""
    TICK = "tick"


class When(StrEnum):
    """Where a day may lie."""

    ANY = "any"
    AHEAD = "ahead"
    """Today or later: a forecast, or a plan."""
    BEHIND = "behind"
    """Today or earlier: something that has happened."""


class Box(Frozen):
    """One question. Its name is that of the named answer that it becomes."""

    name: str
    label: str
    type: Type
    hint: str = ""
    options: Options = ()
    wanted: bool = True
    """Whether something has to be said."""
    beside: str = ""
    """What the box for words beside the options is called, which ends in _words; empty if there is none."""
    plain: tuple[str, ...] = ()
    """Options that need no words beside."""
    least: int = 0
    most: int = 0
    """The bounds of a whole number or a percentage; no bound above is 0."""
    unit: tuple[str, str] = ("", "")
    """What a whole number counts, one and several."""
    pounds: bool = False
    """A number that is an amount of money."""
    when: When = When.ANY
    earliest: date | None = None
    """The first day that will do, where there is one."""
    only: tuple[Choice, ...] = ()
    """The choices beside which it is asked; empty: all that its form is for."""
    default: str = ""
    """What it holds unless somebody says otherwise."""
    row: str = ""
    """The row it stands in, such as "Stage 2"."""
    phrase: str = "{}"
    """How it is told within its row."""

    @property
    def called(self) -> str:
        """What a fault calls it: its label, after that of its row."""
        return f"{self.row}, {self.label[:1].lower()}{self.label[1:]}" if self.row else self.label

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields it has on a page."""
        return (self.name, f"{self.name}_words") if self.beside else (self.name,)


class Rows(Frozen):
    """Boxes that are asked several times, such as those of a stage: their names end in the row's number."""

    each: str
    """What one of them is: "Stage"."""
    boxes: tuple[Box, ...]
    most: int
    least: int = 1
    """So many must be filled in."""
    total: str = ""
    """What the sum of its amounts is called; empty if it has none."""

    def row(self, number: int) -> tuple[Box, ...]:
        """Return the boxes of a row, by its number from 1."""
        return tuple(
            box.model_copy(update={"name": f"{box.name}_{number}", "row": f"{self.each} {number}"})
            for box in self.boxes
        )

    @property
    def numbers(self) -> range:
        """The numbers of its rows."""
        return range(1, self.most + 1)


class Group(Frozen):
    """Boxes that belong together, under a heading."""

    heading: str
    lead: str = ""
    """What the reader should know first."""
    parts: tuple[Box | Rows, ...] = ()

    @property
    def boxes(self) -> Iterator[Box]:
        """Go through its boxes, those of every row included."""
        for part in self.parts:
            if isinstance(part, Box):
                yield part
            else:
                for number in part.numbers:
                    yield from part.row(number)


class Form(Frozen):
    """The boxes of a kind of report, and the choices beside which they are asked."""

    kind: str
    choices: tuple[Choice, ...]
    groups: tuple[Group, ...]

    @property
    def boxes(self) -> Iterator[Box]:
        """Go through its boxes, those of every row included."""
        for group in self.groups:
            yield from group.boxes
