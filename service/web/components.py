"""The design system's parts, as functions that pages call.

The macros expect missing parameters to be harmless, so they live in a lenient environment of their
own, and only these functions reach them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

from service import telling
from service.web import words
from workflows.model import Choice

Errors = Mapping[str, str]
"""Field to what is wrong with it."""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        undefined=ChainableUndefined,
        autoescape=True,
    )


@lru_cache(maxsize=64)
def _macro(component: str) -> Any:
    template = _environment().get_template(f"govuk_frontend_jinja/components/{component}/macro.html")
    return getattr(template.module, "govuk" + component.title().replace("-", ""))


def _made(component: str, **parameters: Any) -> Markup:
    given = {name: value for name, value in parameters.items() if value is not None}
    made: Markup = _macro(component)(given)
    return made


def _text(words: str | None) -> dict[str, str] | None:
    return {"text": words} if words else None


def anchor(field: str) -> str:
    """Return the id of a field's first input, to which its error leads."""
    return field.replace(".", "-").replace("[", "-").replace("]", "")


# ------------------------------------------------------------------------------ forms


def csrf(token: str) -> Markup:
    """The hidden field by which a form shows that it came from us."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(token)


def hidden(name: str, value: str) -> Markup:
    """A hidden field."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)


def button(text: str, *, kind: str = "", name: str | None = None, value: str | None = None) -> Markup:
    """A button that sends its form; `kind` is secondary, warning or nothing."""
    classes = f"govuk-button--{kind}" if kind else None
    return _made(
        "button", text=text, classes=classes, name=name, value=value, type="submit", preventDoubleClick=True
    )


def link_button(text: str, href: str, *, kind: str = "") -> Markup:
    """A link that looks like a button, for starting something."""
    return _made("button", text=text, href=href, classes=f"govuk-button--{kind}" if kind else None)


def text_input(
    name: str,
    label: str,
    *,
    value: str = "",
    hint: str | None = None,
    errors: Errors | None = None,
    kind: str = "text",
    width: str = "",
    prefix: str | None = None,
    suffix: str | None = None,
    numeric: bool = False,
    autocomplete: str | None = None,
    label_class: str = "",
) -> Markup:
    """A box for one line."""
    return _made(
        "input",
        id=anchor(name),
        name=name,
        type=kind,
        value=value,
        label={"text": label, "classes": label_class},
        hint=_text(hint),
        errorMessage=_text((errors or {}).get(name)),
        classes=f"govuk-input--width-{width}" if width else None,
        prefix=_text(prefix),
        suffix=_text(suffix),
        inputmode="numeric" if numeric else None,
        spellcheck=False if numeric else None,
        autocomplete=autocomplete,
    )


def text_area(
    name: str,
    label: str,
    *,
    value: str = "",
    hint: str | None = None,
    errors: Errors | None = None,
    rows: int = 5,
    label_class: str = "",
) -> Markup:
    """A box for several lines."""
    return _made(
        "textarea",
        id=anchor(name),
        name=name,
        value=value,
        rows=str(rows),
        label={"text": label, "classes": label_class},
        hint=_text(hint),
        errorMessage=_text((errors or {}).get(name)),
    )


def select(
    name: str,
    label: str,
    options: Iterable[tuple[str, str]],
    *,
    value: str = "",
    hint: str | None = None,
    errors: Errors | None = None,
    empty: str = "Choose one",
) -> Markup:
    """A list to choose one from; the first entry chooses none."""
    items = [{"value": "", "text": empty}, *({"value": key, "text": text} for key, text in options)]
    return _made(
        "select",
        id=anchor(name),
        name=name,
        value=value,
        items=items,
        label={"text": label},
        hint=_text(hint),
        errorMessage=_text((errors or {}).get(name)),
    )


def radios(
    name: str,
    legend: str,
    options: Sequence[Mapping[str, Any]],
    *,
    value: str = "",
    hint: str | None = None,
    errors: Errors | None = None,
    heading: str = "m",
    inline: bool = False,
) -> Markup:
    """Choices of which one is taken; none is until the reader takes it.

    An option has `value` and `text`, and may have `hint`, `inside` (markup that belongs to it) and
    `needs` (words that our style sheet matches to show further boxes).
    """
    return _made(
        "radios",
        idPrefix=anchor(name),
        name=name,
        value=value or None,
        items=[_option(option) for option in options],
        classes="govuk-radios--inline" if inline else None,
        fieldset={"legend": {"text": legend, "classes": f"govuk-fieldset__legend--{heading}"}},
        hint=_text(hint),
        errorMessage=_text((errors or {}).get(name)),
    )


def _option(option: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"value": option["value"], "text": option["text"]}
    if option.get("hint"):
        made["hint"] = {"text": option["hint"]}
    if option.get("needs"):
        made["attributes"] = {"data-needs": option["needs"]}
    if option.get("inside"):
        made["conditional"] = {"html": option["inside"]}
    return made


def checkboxes(
    name: str,
    legend: str,
    options: Iterable[tuple[str, str]],
    *,
    values: Sequence[str] = (),
    hint: str | None = None,
    errors: Errors | None = None,
) -> Markup:
    """Choices of which any number is taken."""
    return _made(
        "checkboxes",
        idPrefix=anchor(name),
        name=name,
        values=list(values),
        items=[{"value": key, "text": text} for key, text in options],
        fieldset={"legend": {"text": legend, "classes": "govuk-fieldset__legend--s"}},
        hint=_text(hint),
        errorMessage=_text((errors or {}).get(name)),
    )


def date_input(
    name: str,
    legend: str,
    *,
    value: str = "",
    hint: str | None = None,
    errors: Errors | None = None,
) -> Markup:
    """Three boxes for a day; `value` is "2004-10-13" or what was typed, as "day-month-year" parts."""
    year, month, day = [*value.split("-"), "", "", ""][:3]
    error = (errors or {}).get(name)
    boxes = (("day", day, "2"), ("month", month, "2"), ("year", year, "4"))
    return _made(
        "date-input",
        # Not that of the day's own box, or its label would lead nowhere.
        id=f"{anchor(name)}-date",
        namePrefix=name,
        items=[
            {
                "name": part,
                "id": anchor(name) if part == "day" else f"{anchor(name)}-{part}",
                "label": part.capitalize(),
                "value": typed.lstrip("0"),
                "classes": f"govuk-input--width-{width}" + (" govuk-input--error" if error else ""),
            }
            for part, typed, width in boxes
        ],
        fieldset={"legend": {"text": legend, "classes": "govuk-fieldset__legend--s"}},
        hint=_text(hint),
        errorMessage=_text(error),
    )


def error_summary(errors: Errors) -> Markup:
    """Everything that is wrong, at the top, each leading to its field; nothing if nothing is."""
    if not errors:
        return Markup("")
    return _made(
        "error-summary",
        titleText="There is a problem",
        errorList=[{"text": text, "href": f"#{anchor(field)}"} for field, text in errors.items()],
    )


# ---------------------------------------------------------------------------- showing


def summary(rows: Iterable[Sequence[Any]]) -> Markup:
    """A list of what and which. A row is (key, value) or (key, value, link text, href)."""
    return _made("summary-list", rows=[_row(*row) for row in rows])


def _row(key: str, value: Any, action: str = "", href: str = "") -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": {"text": key},
        "value": {"html": value} if isinstance(value, Markup) else {"html": _lines(str(value))},
    }
    if action:
        row["actions"] = {"items": [{"text": action, "href": href, "visuallyHiddenText": key.lower()}]}
    return row


def _lines(text: str) -> Markup:
    """Text with the line breaks its writer made."""
    return Markup("<br>").join(text.splitlines())


def tag(text: str, colour: str = "blue") -> Markup:
    """A state in a coloured box that its words alone explain."""
    return _made("tag", text=text, classes=f"govuk-tag--{colour}")


def task_list(tasks: Iterable[tuple[str, str, str, str]]) -> Markup:
    """Tasks, each (title, href, status, colour or nothing)."""
    return _made(
        "task-list",
        idPrefix="task",
        items=[
            {
                "title": {"text": title},
                "href": href,
                "status": {"tag": {"text": status, "classes": f"govuk-tag--{colour}"}}
                if colour
                else {"text": status},
            }
            for title, href, status, colour in tasks
        ],
    )


def inset(text: str | Markup) -> Markup:
    """Words set apart."""
    return _made("inset-text", html=text) if isinstance(text, Markup) else _made("inset-text", text=text)


def warning(text: str) -> Markup:
    """Words with an exclamation mark."""
    return _made("warning-text", text=text, iconFallbackText="Warning")


def panel(title: str, text: str = "") -> Markup:
    """A large confirmation, which is the page's heading."""
    return _made("panel", titleText=title, text=text, headingLevel=1)


def details(summary: str, content: Markup) -> Markup:
    """Words that open on request."""
    return _made("details", summaryText=summary, html=content)


def back(href: str, text: str = "Back") -> Markup:
    """A way back, as a landmark of its own: it stands before the page's content."""
    return Markup('<nav aria-label="Back">{}</nav>').format(_made("back-link", href=href, text=text))


# ----------------------------------------------------------------------- our own parts


def choices(offered: Sequence[Choice], kind: str, votes: Collection[Choice] = ()) -> list[dict[str, str]]:
    """The answers a person may give, each with what it leads to and which boxes it needs.

    Those in `votes` are counted with others'.
    """
    return [
        {
            "value": str(choice),
            "text": words.label(choice, kind),
            "hint": words.leads_to(choice, kind, vote=choice in votes),
            "needs": _needs(choice),
        }
        for choice in offered
    ]


def _needs(choice: Choice) -> str:
    needs = ["reason"] if choice.needs_reason else []
    needs += ["conditions"] if choice.conditional else []
    needs += ["until"] if choice is Choice.DEFER else []
    needs += ["guidelines"] if choice is Choice.RETURN else []
    return " ".join(needs)


def pairs(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Rows of a brief as a summary list takes them."""
    return [(row.what, row.which) for row in rows]


def answer_rows(chosen: Any, owners: Mapping[str, str], brief: Any, change: str) -> list[tuple[str, ...]]:
    """What was chosen, to be checked."""
    rows: list[tuple[str, ...]] = [
        ("Action", brief.title)
        if brief.follows
        else ("Proposal", f"{brief.title} (version {brief.version})"),
        ("Your answer", words.label(chosen.choice, brief.kind), "Change", change),
    ]
    for name, answer in chosen.answers.items():
        said = telling.remark(answer.value, answer.text)
        rows.append((words.asked(name), said))
    if chosen.reason:
        rows.append((words.reasons(brief.kind)[0], chosen.reason))
    for condition in chosen.conditions:
        owner, verifier = (owners.get(post, post) for post in (condition.owner, condition.verifier))
        lines = [
            condition.text,
            f"{owner}, by {words.day(condition.by)}",
            f"Shown by: {condition.evidence}" if condition.evidence else "",
            f"Checked by: {verifier}" if verifier else "",
            words.GUARDS.get(condition.guards, ""),
        ]
        rows.append(("Condition", "\n".join(filter(None, lines))))
    if chosen.until:
        at = ", at the next meeting" if chosen.next_meeting else ""
        rows.append(("Ask me again on", f"{words.day(chosen.until)}{at}"))
    return rows


def typed_day(typed: Mapping[str, str], name: str) -> str:
    """A day as it was typed, whether in one box or in three."""
    if whole := typed.get(name):
        return whole
    parts = [typed.get(f"{name}-{part}", "") for part in ("year", "month", "day")]
    return "-".join(parts) if any(parts) else ""


def refusal(why: str) -> tuple[str, str]:
    """Why an answer was not counted: a heading, and a sentence."""
    return words.REFUSALS.get(why, words.REFUSALS["fault"])


def options(
    name: str,
    legend: str,
    offered: Iterable[tuple[str, str]],
    *,
    value: str = "",
    hint: str | None = None,
    errors: Errors | None = None,
) -> Markup:
    """Radios for plain pairs of key and words."""
    items = [{"value": key, "text": text} for key, text in offered]
    return radios(name, legend, items, value=value, hint=hint, errors=errors, heading="s")


def state(state: str) -> Markup:
    """A case's state as a tag."""
    named = words.state(state)
    return tag(named, words.COLOURS.get(state, "blue") if state in words.STATES else "grey")
