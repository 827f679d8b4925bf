"""What a run found: goals, values and verdicts as a table, and the sentences said on the way."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Goal:
    """What a value should be at most, or at least."""

    limit: float
    unit: str = ""
    least: bool = False

    def met(self, value: float) -> bool:
        return value >= self.limit if self.least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {figure(self.limit, self.unit)}"


@dataclass(frozen=True)
class Row:
    """One thing measured. Without a goal it is there to be read beside the others."""

    what: str
    value: float
    unit: str = ""
    goal: Goal | None = None
    ours: str = ""
    bare: str = ""

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        return "met" if self.goal.met(self.value) else "MISSED"

    @property
    def cells(self) -> tuple[str, ...]:
        goal = str(self.goal) if self.goal else ""
        return self.what, goal, figure(self.value, self.unit), self.ours, self.bare, self.verdict


HEADINGS = ("what", "goal", "value", "ours", "bare", "verdict")


@dataclass
class Report:
    """The rows so far, and the clock of the run."""

    rows: list[Row] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def say(self, sentence: str) -> None:
        """Say how far the run is."""
        print(f"[{time.monotonic() - self.began:5.0f} s] {sentence}", flush=True)

    def add(self, row: Row) -> None:
        """Take down a result, and say it."""
        self.rows.append(row)
        told = f"{row.what}: {figure(row.value, row.unit)}"
        self.say(f"{told} (goal {row.goal}: {row.verdict})" if row.goal else told)

    def table(self) -> str:
        """Return the results as a Markdown table, which is also easy to read as it stands."""
        lines = [HEADINGS, *(row.cells for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
        lines.insert(1, tuple("-" * width for width in widths))
        return "\n".join(
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
            for line in lines
        )


def figure(value: float, unit: str = "") -> str:
    """Return a number with as many digits as it deserves."""
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 20 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def spread(samples: Sequence[float]) -> tuple[float, float]:
    """Return the median and the value below which 95 of 100 lie."""
    return statistics.median(samples), statistics.quantiles(samples, n=20, method="inclusive")[-1]


def milliseconds(samples: Sequence[float]) -> str:
    """Say median and 95th percentile in milliseconds."""
    middle, high = spread(samples)
    return f"{middle * 1e3:.1f} / {high * 1e3:.1f} ms"
