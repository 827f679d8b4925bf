"""Small charts as SVG: made of numbers and days, with a title and a description, and never by colour alone.

Each chart stands beside a table that says the same. Shapes and dashes tell series apart; colours are those of
the style sheet, so that nothing here is styled in line. Widths and heights are in units of the drawing, which
a page shows as wide as it has room.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from textwrap import shorten, wrap

from markupsafe import Markup, escape

from workflows import days

WIDE, NARROW = 960, 360
"""Units across: of the map, which only wide screens show, and of the others, which a phone shows too."""
MOST = Decimal(3)
"""A bar shows at most so many times what is tolerated; beyond, it is broken off, and words say how much."""
_CHARACTERS = 46
"""Of a name over a bar; the table has all of it."""


@dataclass(frozen=True)
class Stop:
    """A part of a project's way: `place` is done, here, to come, stopped or not reached."""

    name: str
    place: str


@dataclass(frozen=True)
class Bar:
    """How much of what is tolerated is used."""

    name: str
    used: Decimal
    tolerated: Decimal
    said: str
    """Both in words."""

    @property
    def share(self) -> Decimal:
        """The part of what is tolerated that is used: 1 is all of it; better than planned is 0."""
        if self.used <= 0:
            return Decimal(0)
        return self.used / self.tolerated if self.tolerated > 0 else MOST

    @property
    def past(self) -> bool:
        """It is past what is tolerated."""
        return self.used > self.tolerated


@dataclass(frozen=True)
class Series:
    """Numbers in the order of their days: `kind` is reported, approved or tolerated.

    What is reported is a line from point to point; what is approved or tolerated holds until the next.
    """

    name: str
    kind: str
    points: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True)
class Span:
    """From one day to another; a single day is shown as a mark."""

    starts: date
    ends: date


@dataclass(frozen=True)
class Row:
    """Something with a time of its own: as it was approved, and as it is forecast or was."""

    name: str
    approved: Span | None
    now: Span | None


# --------------------------------------------------------------------------------- map


def map_of(key: str, stops: Sequence[Stop], *, title: str) -> Markup:
    """Draw the way of a project with "You are here" over the part that is in hand."""
    width = WIDE / max(len(stops), 1)
    middles = [width * (place + 0.5) for place in range(len(stops))]
    parts = [_line("assent-chart__rail", middles[0], 52, middles[-1], 52)] if len(stops) > 1 else []
    for middle, stop in zip(middles, stops, strict=True):
        parts.append(_stop(stop, middle))
        across = max(int(width // 9), 8)
        lines = wrap(stop.name, across, max_lines=3, placeholder="…") or [""]
        parts += [_text(middle, 88 + 18 * row, line, "middle") for row, line in enumerate(lines)]
        if stop.place == "here":
            parts.append(_text(middle, 22, "You are here", "middle", "assent-chart__strong"))
            parts.append(
                Markup('<path class="assent-chart__here" d="M{0:.1f} 36l-6 -8h12z"/>').format(middle)
            )
    here = next((stop.name for stop in stops if stop.place == "here"), "")
    desc = f"You are here: {here}. " if here else ""
    return _svg(
        key,
        WIDE,
        132,
        parts,
        title=title,
        desc=f"{desc}The list after this has all {len(stops)} parts in order, and how each stands.",
        classes="assent-chart--map",
    )


def _stop(stop: Stop, middle: float) -> Markup:
    """Draw a part: a tick in what is done, a full ring where it is now, a cross where it stopped."""
    shape = Markup('<circle class="assent-chart__stop assent-chart__stop--{}" cx="{:.1f}" cy="52" r="13"/>')
    drawn = shape.format(_PLACES.get(stop.place, "ahead"), middle)
    if stop.place == "done":
        drawn += Markup('<path class="assent-chart__tick" d="M{:.1f} 52l4 5l8 -10"/>').format(middle - 6)
    if stop.place == "stopped":
        drawn += Markup('<path class="assent-chart__tick" d="M{:.1f} 46l12 12m0 -12l-12 12"/>').format(
            middle - 6
        )
    return drawn


_PLACES = {"done": "done", "here": "here", "stopped": "stopped"}


# -------------------------------------------------------------------------------- bars


def bars(key: str, found: Sequence[Bar], *, title: str) -> Markup:
    """Draw how much is used of what is tolerated, with a mark at all of it."""
    scale = max([Decimal("1.25"), *(min(bar.share, MOST) for bar in found)])
    room = Decimal(NARROW - 8)
    limit = float(room / scale)
    parts: list[Markup] = []
    for place, bar in enumerate(found):
        top = 4 + place * 62
        length = float(min(bar.share, MOST) / scale * room)
        parts.append(_text(0, top + 14, _short(bar.name), "start", "assent-chart__strong"))
        parts.append(_rect("assent-chart__track", 0, top + 22, limit, 16))
        parts.append(_rect("assent-chart__used", 0, top + 22, min(length, limit), 16))
        if bar.past:
            parts.append(_rect("assent-chart__past", limit, top + 22, max(length - limit, 3), 16))
        parts.append(_line("assent-chart__limit", limit, top + 18, limit, top + 42))
        if bar.share > MOST:
            end = length - 10
            parts.append(
                Markup('<path class="assent-chart__break" d="M{:.1f} {}l4 -5l-4 -5l4 -5"/>').format(
                    end, top + 38
                )
            )
        parts.append(_text(0, top + 53, _short(bar.said), "start", "assent-chart__small"))
    desc = "; ".join(f"{bar.name}: {bar.said}" for bar in found)
    return _svg(key, NARROW, 4 + len(found) * 62, parts, title=title, desc=f"{desc}.")


# ------------------------------------------------------------------------------- lines


def lines(
    key: str, found: Sequence[Series], *, title: str, desc: str, said: Callable[[Decimal], str]
) -> Markup:
    """Draw numbers over time; `said` puts one into words. Without any number nothing is drawn."""
    series = [one for one in found if one.points]
    if not series:
        return Markup("")
    ends = [day for one in series for day, _ in one.points]
    first, last = min(ends), max(ends)
    values = [value for one in series for _, value in one.points]
    low, high = min(values), max(values)
    left, right, top, bottom = 4.0, NARROW - 8.0, 30.0 + 18 * len(series), 30.0 + 18 * len(series) + 150

    def across(day: date) -> float:
        if first == last:
            return (left + right) / 2
        return left + (right - left) * (day - first).days / (last - first).days

    def down(value: Decimal) -> float:
        if low == high:
            return (top + bottom) / 2
        return bottom - float((value - low) / (high - low)) * (bottom - top)

    parts = list(_legend(series))
    for value in dict.fromkeys((high, low)):
        parts.append(_line("assent-chart__grid", left, down(value), right, down(value)))
        parts.append(_text(left, down(value) - 5, said(value), "start", "assent-chart__small"))
    for one in series:
        parts += _drawn(one, across, down, right, last)
    parts.append(_line("assent-chart__axis", left, bottom + 8, right, bottom + 8))
    parts += _ends(first, last, left, right, bottom + 24)
    return _svg(key, NARROW, int(bottom + 32), parts, title=title, desc=desc)


def _drawn(
    one: Series,
    across: Callable[[date], float],
    down: Callable[[Decimal], float],
    right: float,
    last: date,
) -> list[Markup]:
    places = [(across(day), down(value)) for day, value in one.points]
    style = f"assent-chart__line assent-chart__line--{one.kind}"
    if one.kind == "reported":
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        dot = Markup('<circle class="assent-chart__dot" cx="{:.1f}" cy="{:.1f}" r="{}"/>')
        size = "3.5" if len(places) <= 24 else "2"
        return [_path(style, path), *(dot.format(x, y, size) for x, y in places)]
    # It holds until the next, and the last until the end of the chart.
    x, y = places[0]
    path = f"M{x:.1f} {y:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in places[1:])
    end = max(across(last), places[-1][0])
    return [_path(style, f"{path}H{right if end == places[-1][0] else end:.1f}")]


def _legend(series: Sequence[Series]) -> Iterable[Markup]:
    for place, one in enumerate(series):
        height = 14 + 18 * place
        yield _path(f"assent-chart__line assent-chart__line--{one.kind}", f"M4 {height}H36")
        if one.kind == "reported":
            yield Markup('<circle class="assent-chart__dot" cx="20" cy="{}" r="3.5"/>').format(height)
        yield _text(44, height + 4, _short(one.name), "start", "assent-chart__small")


# ---------------------------------------------------------------------------- schedule


def schedule(
    key: str, rows: Sequence[Row], *, title: str, desc: str, today: date | None, others: str
) -> Markup:
    """Draw what takes its time: as approved above, as it is forecast or was below, and a mark at today, if
    that is wanted.

    `others` is what the lower bar is called.
    """
    spans = [span for row in rows for span in (row.approved, row.now) if span]
    if not spans:
        return Markup("")
    marked = [today] if today else []
    first = min([*marked, *(span.starts for span in spans)])
    last = max([*marked, *(span.ends for span in spans)])
    last = max(last, first + timedelta(days=1))
    left, right, top = 8.0, NARROW - 8.0, 62.0

    def across(day: date) -> float:
        return left + (right - left) * (day - first).days / (last - first).days

    bottom = top + 50 * len(rows)
    parts = [
        _rect("assent-chart__approved", 4, 7, 28, 9),
        _text(40, 16, "As approved", "start", "assent-chart__small"),
        _rect("assent-chart__now", 130, 7, 28, 9),
        _text(166, 16, others, "start", "assent-chart__small"),
    ]
    if today:
        now = across(today)
        parts += [
            _line("assent-chart__today", now, top - 14, now, bottom),
            _text(min(max(now, 22), NARROW - 22), top - 20, "Today", "middle", "assent-chart__strong"),
        ]
    for place, row in enumerate(rows):
        height = top + 50 * place
        parts.append(_text(0, height + 12, _short(row.name), "start", "assent-chart__on"))
        for span, style, offset in ((row.approved, "approved", 19), (row.now, "now", 31)):
            if span:
                parts.append(_span(span, f"assent-chart__{style}", across, height + offset))
    parts.append(_line("assent-chart__axis", left, bottom + 2, right, bottom + 2))
    parts += _ends(first, last, left, right, bottom + 18)
    return _svg(key, NARROW, int(bottom + 26), parts, title=title, desc=desc)


def _span(span: Span, style: str, across: Callable[[date], float], height: float) -> Markup:
    start, end = across(span.starts), across(span.ends)
    if span.starts < span.ends:
        return _rect(style, start, height, max(end - start, 1), 9)
    path = f"M{end:.1f} {height - 1:.1f}l6 5.5l-6 5.5l-6 -5.5z"
    return _path(style, path)


# ---------------------------------------------------------------------------- drawing


def _svg(
    key: str, width: int, height: int, parts: Iterable[Markup], *, title: str, desc: str, classes: str = ""
) -> Markup:
    opening = Markup(
        '<svg class="assent-chart {5}" viewBox="0 0 {1} {2}" role="img" '
        'aria-labelledby="{0}-title {0}-desc"><title id="{0}-title">{3}</title>'
        '<desc id="{0}-desc">{4}</desc>'
    )
    body = Markup("").join(parts)
    return opening.format(f"chart-{key}", width, height, title, desc, classes) + body + Markup("</svg>")


def _text(x: float, y: float, words: str, anchor: str, classes: str = "") -> Markup:
    return Markup(
        '<text class="assent-chart__text {}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
    ).format(classes, x, y, anchor, escape(words))


def _rect(classes: str, x: float, y: float, width: float, height: float) -> Markup:
    shape = '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
    return Markup(shape).format(classes, x, y, width, height)


def _line(classes: str, x: float, y: float, to_x: float, to_y: float) -> Markup:
    return _path(classes, f"M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}")


def _path(classes: str, path: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(classes, path)


def _ends(first: date, last: date, left: float, right: float, height: float) -> list[Markup]:
    """Write the first and the last day under an axis; one that is both stands in the middle."""
    if first == last:
        return [_text((left + right) / 2, height, days.said(first), "middle", "assent-chart__small")]
    return [
        _text(left, height, days.said(first), "start", "assent-chart__small"),
        _text(right, height, days.said(last), "end", "assent-chart__small"),
    ]


def _short(words: str) -> str:
    return shorten(words, _CHARACTERS, placeholder="…") or words[:_CHARACTERS]
