"""The tender annex: the technical parameters that every possible supplier is given (SYS-07)."""

from collections.abc import Sequence
from datetime import date

from service import telling
from service.handbook import Edition, TechnicalParameter
from service.store.cases import CaseView
from service.store.provisions import Served
from service.web import words


def told(served: Sequence[Served], rules: Edition, day: date) -> list[str]:
    """Tell who has had which parameters, and which of those in force today they have not had."""
    now = [parameter.key for parameter in rules.parameters_on(day)]
    had: dict[str, set[str]] = {}
    last: dict[str, Served] = {}
    for each in served:
        had.setdefault(_folded(each.supplier), set()).update(each.parameters)
        last[_folded(each.supplier)] = each
    sentences = []
    for each in served:
        supplier = _folded(each.supplier)
        sentence = (
            f"{_had(each)}, put on record by {telling.name(rules, each.by) or 'somebody who has left'}."
        )
        missing = [key for key in now if key not in had[supplier]]
        if missing and each is last[supplier]:
            sentence += f" It has not had {words.listed(missing)}."
        sentences.append(sentence)
    return sentences


def _had(served: Served) -> str:
    return f"{served.supplier} had {words.listed(list(served.parameters))} on {words.short_day(served.on)}"


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def annex(case: CaseView, organisation: str, parameters: Sequence[TechnicalParameter], day: date) -> str:
    """Write the annex as Markdown, to be put with a tender."""
    lines = [
        f"# Technical parameters: {_plain(case.title)}",
        "",
        f"{_plain(organisation)}, {case.ref}. In force on {words.short_day(day)}.",
        "",
        "These parameters are part of the tender, and are given to every possible supplier.",
        "",
        "| Parameter | Subject | Requirement | Strength |",
        "| --- | --- | --- | --- |",
        *(
            f"| {each.key} | {_plain(each.subject)} | {_plain(each.requirement)} | {_plain(each.strength)} |"
            for each in parameters
        ),
    ]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Take from words whatever Markdown would read as marks."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|" else sign for sign in " ".join(text.split()))
