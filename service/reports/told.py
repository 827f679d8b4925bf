"""What was reported, in words: each box by its label, each row in one line, the same wherever it is read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from service import appraisal
from service.handbook import Edition
from service.handbook.words import pounds
from service.reports import kinds
from service.reports.boxes import Box, Form, Rows, Type
from service.reports.context import Context
from service.store.intents import ERASED, SAID, Answered
from workflows import days
from workflows.delivery import Baseline, Stage

_NEVER = date(2000, 1, 1)
_OF_A_BENEFIT = re.compile(r"benefit_[a-z_]+_([0-9]{1,4})")


def remarks(
    kind: str, answers: Mapping[str, Answered], rules: Edition, day: date
) -> tuple[tuple[str, str], ...]:
    """Return the answers of a report as others read them: what each is called, and what it says.

    Posts are called what they are called on a day. What no box is known for any more is left out.
    """
    form = whole(kind, rules, answers)
    return tuple(_remarks(form, answers, rules, day)) if form else ()


def labels(kind: str, rules: Edition, answers: Iterable[str] = ()) -> dict[str, str]:
    """Return what each named answer of a kind of report is called, those that `answers` name among them."""
    form = whole(kind, rules, answers)
    return {box.name: box.called for box in form.boxes} if form else {}


def said(box: Box, answer: Answered, rules: Edition, day: date) -> str:
    """Return what an answer says, in words."""
    if answer.value == SAID:
        return answer.text or ERASED
    value = _value(box, answer.value, rules, day)
    return f"{value}: {answer.text}" if answer.text else value


def whole(kind: str, rules: Edition, answers: Iterable[str] = ()) -> Form | None:
    """Return every box that a kind of report may have under a handbook, whatever it was asked about: of
    benefits as many as the names of `answers` are about.
    """
    delivery = rules.delivery
    numbers = {int(found[1]) for name in answers if (found := _OF_A_BENEFIT.fullmatch(name))}
    parts = (appraisal.OWNER, appraisal.MEASURE, appraisal.HOW_REALISED)
    unsaid = (appraisal.Unsaid(number=number, title="", parts=parts) for number in sorted(numbers))
    stages = tuple(Stage(number=number, ends=_NEVER, cost=Decimal(0)) for number in (1, 2))
    every = Context(
        today=_NEVER,
        baseline=Baseline(stages=stages, go_live=_NEVER),
        stage=1,
        rated=True,
        success="what its plan says",
        lacking=appraisal.Lacking(management=True, benefits=tuple(unsaid)),
        templates=tuple((key, one.name) for key, one in delivery.templates.items()) if delivery else (),
        strategies=tuple((key, one.name) for key, one in delivery.strategies.items()) if delivery else (),
        standards=tuple((key, one.name) for key, one in delivery.standards.checks.items())
        if delivery and delivery.standards
        else (),
        delivery_options=tuple((key, one.name) for key, one in delivery.assessment.options.items())
        if delivery and delivery.assessment
        else (),
    )
    return kinds.form(kind, every)


# ------------------------------------------------------------------------------- workings


def _remarks(
    form: Form, answers: Mapping[str, Answered], rules: Edition, day: date
) -> Iterator[tuple[str, str]]:
    for group in form.groups:
        for part in group.parts:
            if isinstance(part, Rows):
                yield from _rows(part, answers, rules, day)
            elif part.name in answers:
                yield part.label, said(part, answers[part.name], rules, day)


def _rows(
    rows: Rows, answers: Mapping[str, Answered], rules: Edition, day: date
) -> Iterator[tuple[str, str]]:
    sums: list[Decimal] = []
    for number in rows.numbers:
        filled = [box for box in rows.row(number) if box.name in answers]
        told = [box.phrase.format(said(box, answers[box.name], rules, day)) for box in filled]
        sums += [Decimal(answers[box.name].value) for box in filled if box.type is Type.POUNDS]
        if told:
            name, *more = told
            # A title, and the words under it, are two things; figures follow after each other.
            apart = "\n" if filled[-1].type is Type.WORDS else ", "
            yield f"{rows.each} {number}", apart.join((name, *more))
    if rows.total and len(sums) > 1:
        yield rows.total, pounds(sum(sums, Decimal(0)))


def _value(box: Box, value: str, rules: Edition, day: date) -> str:
    match box.type:
        case Type.POUNDS:
            return pounds(Decimal(value))
        case Type.DAY:
            return days.in_full(date.fromisoformat(value))
        case Type.PERCENT:
            return f"{value}%"
        case Type.WHOLE:
            return f"{int(value):,} {box.unit[0] if value == '1' else box.unit[1]}".strip()
        case Type.NUMBER:
            return _number(value)
        case Type.POST:
            known = rules.posts.get(value)
            return known.title_on(day) if known else value
        case Type.RATING:
            return value
        case Type.ONE:
            return dict(box.options).get(value, value.replace("_", " "))
        case Type.TICK:
            return "Yes"
        case _:
            return value


def _number(value: str) -> str:
    number = Decimal(value)
    places = max(-int(number.as_tuple().exponent), 0)
    return f"{number:,.{places}f}"
