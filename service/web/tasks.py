"""The tasks of a new proposal: which pages there are, and which boxes each has, as one table."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from service.errors import Problem
from service.handbook import Edition
from service.proposals.reading import NO_BID
from service.web import days, numbers, offering, providing, words
from service.web.boxes import NOTHING_SAID, Box, Page, Rows, Task, several, shown, yes_or_no

__all__ = [
    "Page",
    "errors",
    "following",
    "page_of",
    "read",
    "row_numbers",
    "several",
    "shown",
    "status",
    "tasks",
    "told",
]

# ---------------------------------------------------------------------------- options


def _departments(edition: Edition, today: date) -> list[tuple[str, str]]:
    return [(department.key, department.name) for department in edition.departments.values()]


def _posts(edition: Edition, today: date) -> list[tuple[str, str]]:
    return offering.posts(edition, today)


def _sizes(edition: Edition, today: date) -> list[tuple[str, str]]:
    return [("minor", "Minor"), ("major", "Major")]


def _bids(edition: Edition, today: date) -> list[tuple[str, str]]:
    return [
        (NO_BID, "The money does not depend on a bid"),
        ("pending", "It is not yet known"),
        ("successful", "It has succeeded"),
        ("failed", "It has failed"),
    ]


def _relations(edition: Edition, today: date) -> list[tuple[str, str]]:
    return [
        ("none", "It has nothing to do with one"),
        ("integrates", "It works together with one"),
        ("extends", "It extends one"),
        ("replaces", "It replaces one"),
        ("duplicates", "It does what one does already"),
    ]


def _systems(edition: Edition, today: date) -> list[tuple[str, str]]:
    return [(system.key, system.name) for system in edition.corporate_systems.values()]


def _answers(edition: Edition, today: date) -> list[tuple[str, str]]:
    return [
        ("met", "Met"),
        ("deviates", "Not met"),
        ("issue", "There is an issue to settle"),
        ("not_applicable", "Does not apply"),
    ]


# ------------------------------------------------------------------------------ tasks

ABOUT = Page(
    "about",
    "About the proposal",
    (
        Box("title", "Title", hint="What it is, in a few words"),
        Box("summary", "Summary", "text", hint="What is proposed, in a sentence or two"),
        Box("department", "Department", "one", options=_departments),
        Box("size", "Size", "radios", hint="The handbook makes larger ones major", options=_sizes),
        Box("decision_needed_by", "When is a decision needed by?", "day"),
    ),
)
SYSTEMS = Page(
    "systems",
    "Corporate systems",
    (
        Box("corporate_system.relation", "What is it to a corporate system?", "radios", options=_relations),
        Box("corporate_system.ids", "Which corporate systems?", "several", options=_systems),
    ),
)
WHY = Page(
    "why",
    "Why it is needed",
    (
        Box("why", "Why is it needed?", "text"),
        Box("alternatives", "What else was considered, and why not?", "text"),
    ),
)
COSTS = Page(
    "costs",
    "Costs in all",
    (
        Box("cost_profile.capital_gbp", "Capital", "money", hint="0 if there is none"),
        Box("cost_profile.revenue_gbp_per_year", "Revenue, a year", "money", hint="0 if there is none"),
        Box("cost_profile.project_management_gbp", "Project management", "money"),
    ),
)
YEARS = Page(
    "years",
    "Costs by year",
    (
        Rows(
            "costs_by_year",
            "Year",
            (
                Box("year", "Year", hint="Such as 2004/05", width="5"),
                Box("capital", "Capital", "money"),
                Box("revenue", "Revenue", "money"),
                Box("project_management", "Project management", "money"),
                Box("one_off", "One-off, and no capital", "money"),
            ),
            least=4,
        ),
    ),
    lead="Leave this out if everything falls in one year.",
)
PAYERS = Page(
    "payers",
    "Who pays",
    (
        Rows(
            "funding_parties",
            "Funding party",
            (
                Box("post", "Post", "one", options=_posts),
                Box("share_percent", "Share of the capital", "percent", width="4"),
            ),
            least=3,
        ),
    ),
    lead="Each approves its own share. Shares must add up to 100%.",
)
BID = Page(
    "bid",
    "Money that depends on a bid",
    (
        Box(
            "funding_condition.status",
            "How does the bid stand?",
            "radios",
            options=_bids,
            takes_out=NO_BID,
        ),
        Box("funding_condition.text", "What does the money depend on?", hint="Such as a capital bid"),
        Box("funding_condition.decision_due", "When will its outcome be known?", "day"),
        Box(
            "funding_condition.owner_post",
            "Who will know?",
            "one",
            hint="Leave this out for the post that the handbook names",
            options=_posts,
        ),
    ),
    lead="Funding parties are asked once the bid has succeeded.",
)
EXEMPTION = Page(
    "exemption",
    "Embargo on spending",
    (
        Box(
            "embargo_exempt",
            "Does it buy only what the embargo leaves free?",
            "one",
            hint="Leave this out if it does not: an exception is then asked for",
            options=lambda edition, today: [*(edition.embargo.exempt if edition.embargo else {}).items()],
        ),
    ),
)
BENEFITS = Page(
    "benefits",
    "Benefits",
    (
        Rows(
            "benefits",
            "Benefit",
            (
                Box("title", "What will be better?", "text"),
                Box("owner", "Who will see to it?", "one", options=_posts),
                Box("measure", "How will you know?"),
                Box("how_realised", "How will it be brought about?", "text"),
                Box("cashable", "Is it money that can be spent on something else?", "one", options=yes_or_no),
                Box("amount_gbp_per_year", "What is it worth a year?", "money"),
                Box("basis", "How was that arrived at?"),
                Box("from_year", "From which year?", hint="Such as 2005/06", width="5"),
                Box("years", "For how many years?", width="4"),
            ),
            least=3,
        ),
    ),
)
OPTIONS = Page(
    "options",
    "Options",
    (
        Rows(
            "options",
            "Option",
            (
                Box("title", "What could be done instead?"),
                Box("do_nothing", "Is it to do nothing?", "one", options=yes_or_no),
                Box("capital_gbp", "Capital", "money"),
                Box("why_not", "Why is it not proposed?", "text"),
            ),
            least=2,
        ),
    ),
    lead="A major proposal also says what comes of doing nothing.",
)
TOTALS = Page(
    "totals",
    "Your own totals",
    (
        Box("claimed.whole_life_cost_gbp", "Whole-life cost", "money"),
        Box("claimed.net_present_value_gbp", "Net present value", "money"),
    ),
    lead="Leave these out if you have none. They are shown beside what your figures come to.",
)
PEOPLE = Page(
    "people",
    "People",
    (
        Box("sponsor_post", "Sponsor", "one", options=_posts),
        Box("lead_post", "Lead officer", "one", hint="Who leads never decides", options=_posts),
        Box("co_authors", "Written together with", "several", options=_posts),
    ),
)
STAKEHOLDERS = Page(
    "stakeholders",
    "Stakeholders",
    (Box("stakeholders", "Who is affected, and how are they involved?", "text"),),
)
DATA = Page(
    "data",
    "Data",
    (
        Box("personal_data", "Does it hold personal data?", "radios", options=yes_or_no),
        Box("security", "How are data kept safe?", "text"),
    ),
)


def tasks(edition: Edition, document: Mapping[str, Any] = NOTHING_SAID) -> tuple[Task, ...]:
    """Return the tasks, in the order in which they are listed, with the pages that apply to a proposal."""
    return (
        Task("about", "About it", _about_pages(edition)),
        Task("why", "Why", (WHY, OPTIONS)),
        Task("costs", "Costs", (COSTS, YEARS, TOTALS)),
        Task("payers", "Who pays", (PAYERS, *((BID,) if edition.route.bids else ()))),
        Task("benefits", "Benefits", (BENEFITS,)),
        Task("principles", _principles_title(edition), _principle_pages(edition, document)),
        Task("people", "People and stakeholders", (PEOPLE, STAKEHOLDERS)),
        Task("data", "Data and security", (*providing.services(edition, document), DATA)),
    )


def _about_pages(edition: Edition) -> tuple[Page, ...]:
    systems = (SYSTEMS,) if edition.corporate_systems else ()
    return (ABOUT, *providing.about_the_system(edition), *systems, *((EXEMPTION,) if edition.embargo else ()))


def _principles_title(edition: Edition) -> str:
    number = len(edition.principles)
    return "The fourteen principles" if number == 14 else f"The {number} principles"


def _principle_pages(edition: Edition, document: Mapping[str, Any]) -> tuple[Page, ...]:
    """Return a page for each principle, and after it what is asked of it where it applies."""
    return tuple(
        page
        for key in edition.principles
        for page in (_principle_page(key, edition), *providing.of_principle(key, edition, document))
    )


def _principle_page(key: str, edition: Edition) -> Page:
    principle = edition.principles[key]
    return Page(
        key.lower(),
        f"{key}: {principle.short_name}",
        (
            Box(f"principles.{key}", "Does the proposal meet this?", "radios", options=_answers),
            Box(f"principle_notes.{key}", "Why, or how", "text", hint=_note_hint(principle.unless)),
        ),
        lead=principle.rule.strip().rstrip(".") + ".",
    )


def _note_hint(unless: str) -> str:
    asked = "Needed unless it is met"
    return f"{asked}, or does not apply because {unless}" if unless else asked


def page_of(edition: Edition, document: Mapping[str, Any], key: str) -> Page | None:
    """Find a page that applies to a proposal by its key."""
    return next((page for task in tasks(edition, document) for page in task.pages if page.key == key), None)


def following(edition: Edition, document: Mapping[str, Any], page: Page) -> Page | None:
    """Return the page after this one in the same task, if there is one."""
    for task in tasks(edition, document):
        keys = [each.key for each in task.pages]
        if page.key in keys:
            rest = task.pages[keys.index(page.key) + 1 :]
            return rest[0] if rest else None
    return None


# ------------------------------------------------------------------- reading and showing


def read(page: Page, form: FormData, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a proposal that a page changes, as they would then be."""
    changed: dict[str, Any] = {}
    for part in page.parts:
        if isinstance(part, Box) and part.takes_out and _value(part, form) == part.takes_out:
            top, _, inner = part.name.partition(".")
            return {top: {inner: part.takes_out}}
        value = _rows(part, form) if isinstance(part, Rows) else _value(part, form)
        top, _, inner = part.name.partition(".")
        if inner:
            whole = changed.get(top, document.get(top))
            changed[top] = {**(whole if isinstance(whole, dict) else {}), inner: value}
        else:
            changed[top] = value
    return changed


def _value(box: Box, form: FormData, name: str = "") -> Any:
    name = name or box.name
    if box.kind == "several":
        return [str(value) for value in form.getlist(name) if value]
    if box.kind == "day":
        typed = days.typed(form, name)
        return typed if typed.strip("-") else None
    typed = str(form.get(name, "")).strip()
    if box.kind in ("money", "percent"):
        # As people write sums: "£12,000", "60 %".
        typed = re.sub(r"[£%,\s]", "", typed)
    return typed or None


def _rows(rows: Rows, form: FormData) -> list[dict[str, Any]]:
    """Return the rows in which anything was filled in."""
    given = {numbers.whole(_number(name, rows.name)) for name in form}
    found = [
        {box.name: _value(box, form, f"{rows.name}.{number}.{box.name}") for box in rows.boxes}
        for number in sorted(number for number in given if number is not None)[:50]
    ]
    return [row for row in found if any(_filled(box, row[box.name]) for box in rows.boxes)]


def _filled(box: Box, value: Any) -> bool:
    """Say whether somebody filled in a box of a row: a no may stand there unasked."""
    return bool(value) and not (box.options is yes_or_no and value == "no")


def _number(name: str, rows: str) -> str:
    """Return "2" of "funding_parties.2.post"."""
    first, _, rest = name.partition(".")
    return rest.partition(".")[0][:3] if first == rows else ""


def told(part: Box | Rows, document: Mapping[str, Any], edition: Edition) -> str:
    """Return what a proposal says in a part of a page, to be read and not changed."""
    if isinstance(part, Box):
        return _told(part, document, edition, part.name)
    filled = document.get(part.name)
    return "\n\n".join(
        "\n".join((f"{part.each} {number + 1}", *_cells(part, number, document, edition)))
        for number in range(len(filled) if isinstance(filled, list) else 0)
    )


def _cells(rows: Rows, number: int, document: Mapping[str, Any], edition: Edition) -> Iterator[str]:
    """Go through what is filled in of a row, each under its own label."""
    for box in rows.boxes:
        if said := _told(box, document, edition, f"{rows.name}.{number}.{box.name}"):
            yield f"{box.label}{'' if box.label.endswith('?') else ':'} {said}"


def _told(box: Box, document: Mapping[str, Any], edition: Edition, name: str) -> str:
    options = dict(box.options(edition, date.max)) if box.options else {}
    if box.kind == "several":
        return "\n".join(options.get(key, key) for key in several(document, name))
    value = shown(document, name)
    try:
        match box.kind:
            case "money" if value:
                return words.money(value)
            case "percent" if value:
                return words.percent(value)
            case "day" if value:
                return words.day(date.fromisoformat(value))
            case _:
                return options.get(value, value)
    except (ValueError, ArithmeticError):
        return value


def row_numbers(rows: Rows, document: Mapping[str, Any]) -> range:
    """Return the numbers of the rows to show: those filled in, and one to spare."""
    filled = document.get(rows.name)
    return range(max(rows.least, len(filled) + 1 if isinstance(filled, list) else 0))


def errors(page: Page, problems: Sequence[Problem]) -> dict[str, str]:
    """Return what is wrong on a page, by the box it leads to."""
    return {_box(page, problem.field): problem.message for problem in problems if page.owns(problem.field)}


def _box(page: Page, field: str) -> str:
    """Return the box that a problem is shown at: rows as a whole have their first box."""
    for part in page.parts:
        if isinstance(part, Rows) and (field == part.name or field.count(".") == 1):
            number = field.rpartition(".")[2] if field != part.name else "0"
            return f"{part.name}.{number}.{part.boxes[0].name}"
    return field


def status(task: Task, document: Mapping[str, Any], problems: Sequence[Problem]) -> tuple[str, str]:
    """Return how far a task is, and the colour of its tag; what is complete has none."""
    fields = [part.name for page in task.pages for part in page.parts]
    begun = any(shown(document, field) or several(document, field) for field in fields)
    if not begun:
        return "Not started", "blue"
    if any(task.owns(problem.field) for problem in problems):
        return "Incomplete", "light-blue"
    return "Completed", ""
