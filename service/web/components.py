"""The design system's parts, as functions that pages call.

The macros expect missing parameters to be harmless, so they live in a lenient environment of their
own, and only these functions reach them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

from service.reports import Box, Rows, Type
from service.web import words
from workflows.model import Choice, key_of

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
    decimal: bool = False,
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
        inputmode="numeric" if numeric else "decimal" if decimal else None,
        spellcheck=False if numeric or decimal else None,
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


def file_upload(
    name: str,
    label: str,
    *,
    hint: str | None = None,
    errors: Errors | None = None,
    accept: str | None = None,
    label_class: str = "",
) -> Markup:
    """A box for one document; its form is sent as multipart/form-data."""
    return _made(
        "file-upload",
        id=anchor(name),
        name=name,
        label={"text": label, "classes": label_class},
        hint=_text(hint),
        errorMessage=_text((errors or {}).get(name)),
        attributes={"accept": accept} if accept else None,
    )


def documents(shown: Sequence[Any], *, remove: str = "") -> Markup:
    """Documents with what each is, its size and fingerprint, and whether a later one has taken its place.

    With `remove`, the name of a button, each that can be taken out has one.
    """
    return Markup('<ul class="govuk-list assent-documents">{}</ul>').format(
        Markup("").join(_document(one, remove) for one in shown)
    )


def _document(one: Any, remove: str) -> Markup:
    name = (
        Markup('<a class="govuk-link" href="{}">{}</a>').format(one.href, one.name) if one.href else one.name
    )
    later = " Replaced by a later one." if one.superseded else ""
    said = Markup(
        '<span class="govuk-body-s">{}{} Fingerprint <span class="assent-fingerprint">{}</span></span>'
    ).format(one.said, later, one.fingerprint)
    taken_out: Markup | str = ""
    if remove and one.id:
        # A button of the form itself, so that what was typed beside it is kept.
        taken_out = Markup(
            '<br><button type="submit" name="{}" value="{}" class="govuk-button govuk-button--secondary">'
            'Remove<span class="govuk-visually-hidden"> {}</span></button>'
        ).format(remove, one.id, one.name)
    return Markup("<li>{}<br>{}{}</li>").format(name, said, taken_out)


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


def choices(
    offered: Sequence[Choice],
    kind: str,
    votes: Collection[Choice] = (),
    step: str = "",
    *,
    last: bool = False,
) -> list[dict[str, str]]:
    """The answers a person may give, each with what it leads to and which boxes it needs.

    Those in `votes` are counted with others'; the `step` tells which gate it is. `last`: neither a board nor
    SRG is asked after it, who would be otherwise.
    """
    key = key_of(step) if step else ""
    return [
        {
            "value": str(choice),
            "text": words.label(choice, kind, key),
            "hint": words.leads_to(choice, kind, key, vote=choice in votes, last=last),
            "needs": _needs(choice, kind),
        }
        for choice in offered
    ]


def _needs(choice: Choice, kind: str) -> str:
    needs = [str(choice)] + (["reason"] if words.wants_reason(choice, kind) else [])
    needs += ["conditions"] if choice.conditional else []
    needs += ["until"] if choice is Choice.DEFER else []
    needs += ["guidelines"] if choice is Choice.RETURN else []
    return " ".join(needs)


def held(brief: Any) -> list[tuple[str, str]]:
    """The boxes that a report was asked in, each with what it held before anybody typed."""
    return [
        (box.called, ": ".join(filter(None, (_held(box, brief.drafted.get(name, "")) for name in box.names))))
        for box in brief.boxes.boxes
        if not box.row or any(brief.drafted.get(name) for name in box.names)
    ]


def _held(box: Box, said: str) -> str:
    try:
        return words.short_day(date.fromisoformat(said)) if box.type is Type.DAY else said
    except ValueError:
        return said


def taken_for_granted(brief: Any) -> str:
    """The choice that is offered: a report is given, unless its writer puts it off. Nothing that settles
    anything, nor how a project stands, is chosen for anybody.
    """
    gives = [*brief.choices] == [Choice.REPORT, Choice.DEFER]
    return str(Choice.REPORT) if gives else ""


def offered(box: Box) -> list[dict[str, str]]:
    """The options of a box, for its buttons."""
    return [{"value": key, "text": text} for key, text in box.options]


def plainly(box: Box) -> str:
    """The option that needs no words beside it, as the middle of a sentence."""
    return dict(box.options)[box.plain[0]].lower()


def pairs(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Rows of a brief as a summary list takes them."""
    return [(row.what, row.which) for row in rows]


def shown_rows(rows: Rows, said: Mapping[str, str], errors: Errors) -> int:
    """How many rows are shown outright: those that hold something, and one more to go on with."""
    filled = [
        number
        for number in rows.numbers
        if any(
            name in errors or typed_day(said, name).strip("-") not in ("", box.default)
            for box in rows.row(number)
            for name in box.names
        )
    ]
    return min(max(max(filled, default=0), rows.least) + 1, rows.most)


def answer_rows(
    chosen: Any,
    owners: Mapping[str, str],
    brief: Any,
    change: str,
    remarks: Iterable[tuple[str, str]],
) -> list[tuple[str, ...]]:
    """What was chosen, to be checked; `remarks` are its named answers, in words."""
    rows: list[tuple[str, ...]] = [
        (brief.called or "Action", brief.title)
        if brief.follows
        else ("Proposal", f"{brief.title} (version {brief.version})"),
        ("Your answer", words.label(chosen.choice, brief.kind, key_of(brief.step)), "Change", change),
    ]
    rows += [(words.asked(name), said) for name, said in remarks]
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
