"""Charts by their numbers: what is drawn where, at nothing, at one, at many, at zero and at a lot."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import date, timedelta
from decimal import Decimal

import pytest
from markupsafe import Markup

from service.web import charts
from service.web.charts import Bar, Row, Series, Span, Stop

FIRST = date(2004, 9, 13)
PLACES = ("done", "here", "to come", "stopped", "not reached")


def drawn(made: Markup) -> ElementTree.Element:
    """Read a drawing as XML, which it has to be; its title and its description are what it is called by."""
    root = ElementTree.fromstring(made)
    assert root.attrib["role"] == "img"
    named = root.attrib["aria-labelledby"].split()
    titles = [root.find(tag) for tag in ("title", "desc")]
    assert [one.attrib["id"] for one in titles if one is not None] == named
    assert all(one is not None and one.text for one in titles)
    assert "style=" not in made
    return root


def classed(root: ElementTree.Element, name: str) -> list[dict[str, str]]:
    return [one.attrib for one in root if name in one.attrib.get("class", "").split()]


def numbers(root: ElementTree.Element) -> list[float]:
    """Every number of the drawing: none of them may be none, or out of all bounds."""
    values = [
        value for one in root for name, value in one.attrib.items() if name not in ("class", "text-anchor")
    ]
    return [float(number) for value in values for number in re.findall(r"-?\d+\.?\d*", value)]


# --------------------------------------------------------------------------------- map


@pytest.mark.parametrize("count", [1, 3, 11])
def test_a_map_has_each_part_once_from_left_to_right(count: int) -> None:
    stops = [Stop(f"Part {number}", "here" if number == 1 else "to come") for number in range(count)]
    root = drawn(charts.map_of("map", stops, title="The way"))
    middles = [float(one["cx"]) for one in classed(root, "assent-chart__stop")]
    assert len(middles) == count
    assert middles == sorted(middles)
    assert all(0 < middle < charts.WIDE for middle in middles)


def test_a_map_tells_how_a_part_stands_by_shape_and_words_and_not_by_colour_alone() -> None:
    root = drawn(charts.map_of("map", [Stop(place, place) for place in PLACES], title="The way"))
    assert len(classed(root, "assent-chart__tick")) == 2, "what is done and where it stopped"
    assert len(classed(root, "assent-chart__here")) == 1
    assert "You are here" in [one.text for one in root]


# -------------------------------------------------------------------------------- bars


@pytest.mark.parametrize(
    ("used", "tolerated", "share", "past"),
    [
        ("0", "10", "0", False),
        ("-5", "10", "0", False),
        ("5", "10", "0.5", False),
        # Exactly at the tolerance is within it.
        ("10", "10", "1", False),
        ("12.5", "10", "1.25", True),
        ("10000", "10", "1000", True),
        # Where nothing is tolerated, anything is past it.
        ("0", "0", "0", False),
        ("0.01", "0", "3", True),
    ],
)
def test_a_bar_is_as_long_as_what_is_used_of_what_is_tolerated(
    used: str, tolerated: str, share: str, past: bool
) -> None:
    bar = Bar("Cost", Decimal(used), Decimal(tolerated), "in words")
    assert (bar.share, bar.past) == (Decimal(share), past)
    root = drawn(charts.bars("one", [bar], title="Used"))
    (track,), (inside,) = classed(root, "assent-chart__track"), classed(root, "assent-chart__used")
    limit, length = float(track["width"]), float(inside["width"])
    assert length == pytest.approx(limit * min(float(share), 1), abs=0.1)
    assert len(classed(root, "assent-chart__past")) == past
    assert len(classed(root, "assent-chart__break")) == (Decimal(share) > charts.MOST)
    assert all(-20 <= number <= charts.NARROW + 20 for number in numbers(root))


# ------------------------------------------------------------------------------- lines


def series(*values: str, kind: str = "reported") -> Series:
    points = tuple((FIRST + timedelta(days=28 * n), Decimal(value)) for n, value in enumerate(values))
    return Series("Forecast", kind, points)


def line(*found: Series) -> Markup:
    return charts.lines("cost", found, title="Cost", desc="What the table has.", said=lambda one: f"£{one}")


def test_without_a_number_there_is_no_chart() -> None:
    assert line(series(), series(kind="approved")) == ""


@pytest.mark.parametrize(
    "values",
    [
        ("140000",),
        ("0",),
        ("0", "0", "0"),
        ("140000", "168000"),
        ("-5", "5"),
        ("999999999999.99", "0.01"),
        tuple(str(100 + n % 7) for n in range(60)),
    ],
)
def test_a_line_has_a_dot_for_each_report_within_the_drawing(values: tuple[str, ...]) -> None:
    root = drawn(line(series(*values)))
    dots = [one for one in classed(root, "assent-chart__dot") if float(one["cy"]) > 40]
    assert len(dots) == len(values)
    places = [float(one["cx"]) for one in dots]
    assert places == sorted(places)
    height = float(root.attrib["viewBox"].split()[3])
    assert all(0 <= float(one["cy"]) <= height for one in dots)
    assert all(0 <= place <= charts.NARROW for place in places)


def test_more_is_higher_and_the_ends_are_written() -> None:
    root = drawn(line(series("100", "300", "200")))
    low, high, middle = (
        float(one["cy"]) for one in classed(root, "assent-chart__dot") if float(one["cy"]) > 40
    )
    assert high < middle < low
    assert middle == pytest.approx((low + high) / 2, abs=0.1)
    said = [one.text for one in root]
    assert "£300" in said
    assert "£100" in said
    assert "13 September 2004" in said
    assert "8 November 2004" in said


def test_what_is_approved_holds_until_the_next_and_has_another_dash() -> None:
    root = drawn(line(series("100", "300"), series("100", "200", kind="approved")))
    (path,) = (one["d"] for one in classed(root, "assent-chart__line--approved") if "V" in one["d"])
    assert path.count("H") == 2
    assert path.count("V") == 1
    assert len(classed(root, "assent-chart__line--reported")) == 2, "the line, and the legend"


def test_what_somebody_wrote_is_no_markup() -> None:
    made = charts.map_of("map", [Stop("<script>x</script>", "here")], title="<b>&")
    assert "<script>" not in made
    assert "<b>" not in made
    drawn(made)


# ---------------------------------------------------------------------------- schedule


def test_a_plan_is_drawn_to_scale_with_today() -> None:
    rows = [
        Row("Build", Span(FIRST, FIRST + timedelta(100)), Span(FIRST, FIRST + timedelta(50))),
        Row("Going live", Span(FIRST + timedelta(200), FIRST + timedelta(200)), None),
    ]
    made = charts.schedule(
        "plan", rows, title="Plan", desc="All.", today=FIRST + timedelta(20), others="Forecast"
    )
    root = drawn(made)
    approved = [one for one in classed(root, "assent-chart__approved") if "width" in one][1:]
    now = [one for one in classed(root, "assent-chart__now") if "width" in one][1:]
    assert float(approved[0]["width"]) == pytest.approx(2 * float(now[0]["width"]), abs=0.2)
    assert [one["d"] for one in classed(root, "assent-chart__approved") if "d" in one] != []
    assert len(classed(root, "assent-chart__today")) == 1
    assert all(-20 <= number <= 400 for number in numbers(root))


@pytest.mark.parametrize("days", [0, 1, 4_000])
def test_a_plan_of_a_day_or_of_years_stays_within_the_drawing(days: int) -> None:
    row = Row("Build", Span(FIRST, FIRST + timedelta(days)), None)
    made = charts.schedule("plan", [row], title="Plan", desc="All.", today=FIRST, others="Forecast")
    assert all(-20 <= number <= charts.NARROW + 20 for number in numbers(drawn(made)))


def test_without_a_plan_there_is_no_schedule() -> None:
    rows = [Row("Build", None, None)]
    assert charts.schedule("plan", rows, title="Plan", desc="All.", today=FIRST, others="Forecast") == ""
