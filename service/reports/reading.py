"""Reading a report as it was typed: strict about what it means, kind about how it is written.

Every fault is found at once, each under the name of its own box. What is understood is kept in one form:
money as "84000.00", days as "2005-03-31", posts and options by their keys.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pydantic import TypeAdapter

from service.handbook.delivering import FEWEST_OPTIONS, MOST_STAGES
from service.handbook.words import listed, pounds
from service.proposals import FARTHEST_YEARS, years_after
from service.reports import kinds
from service.reports.boxes import Box, Form, Rows, Type, When
from service.reports.context import Context
from service.reports.facts import AUTHORITIES
from service.store.intents import SAID, Answered
from workflows import days
from workflows.delivery import Authority, Tolerances
from workflows.letters import Text
from workflows.model import Choice
from workflows.rules import matrix

LONGEST_LINE = 200
LONGEST_WORDS = 5_000
"""Characters."""
MOST_POUNDS = Decimal("999999999.99")
MOST_REFERENCES = 20
Sent = Mapping[str, str]
"""Field to what was typed there; a day as "2005-03-31", whatever boxes it was typed into."""

_CLEAN: TypeAdapter[str] = TypeAdapter(Text)
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+"
_POUNDS = re.compile(rf"(?:£ ?|GBP ?)?({_GROUPED})(\.[0-9]{{1,2}})?", re.IGNORECASE)
_PERCENT = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,2})?) ?%?")
_WHOLE = re.compile(rf"({_GROUPED})")
_NUMBER = re.compile(rf"([-−]?)({_GROUPED})(\.[0-9]{{1,4}})?")
_YEARLY = re.compile(rf"([-−]?)(?:£ ?)?({_GROUPED})(\.[0-9]{{1,2}})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REFERENCE = re.compile(r"(?:INV|PRJ)-[0-9]{4}-[0-9]{4,6}")
_BELOW = re.compile(r"[-−] ?(?:£ ?)?[0-9]")

_ENTER = {
    Type.WORDS: "say it in words",
    Type.LINE: "say it in a line",
    Type.POUNDS: "enter an amount in pounds, such as 152,000 or 1,250.50",
    Type.DAY: "enter a day that exists, such as 31 3 2005",
    Type.RATING: "choose green, amber or red",
    Type.POST: "choose a post",
    Type.WHOLE: "enter a whole number, such as 20",
    Type.PERCENT: "enter a percentage, such as 10 or 7.5",
    Type.NUMBER: "enter a number, such as 1,250 or 35.5",
    Type.ONE: "choose one",
    Type.REFERENCES: "enter references with commas between them, such as INV-2004-0002, PRJ-2004-0001",
    Type.TICK: "tick it, or leave it",
}
"""What is to be done with a box, by its type; an example is in it where there are wrong ways to write it."""


@dataclass
class Reading:
    """A report as it is read: what is understood, and what is wrong, box by box."""

    context: Context
    sent: Sent
    answers: dict[str, Answered] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def wrong(self, name: str, told: str) -> None:
        """Say what is wrong with a box, unless something is already."""
        self.errors.setdefault(name, told)

    def value(self, name: str) -> str:
        """Return what was understood of a box; nothing where that is nothing."""
        answer = self.answers.get(name)
        return answer.value if answer else ""

    def day(self, name: str) -> date | None:
        """Return the day that was understood of a box."""
        said = self.value(name)
        return date.fromisoformat(said) if said else None

    def drop(self, name: str) -> None:
        """Ask no more about a box that does not matter."""
        self.answers.pop(name, None)
        self.errors.pop(name, None)


def read(
    form: Form,
    context: Context,
    sent: Sent,
    choice: Choice | None,
    known: Callable[[str], bool] = lambda reference: True,
) -> Reading:
    """Read the boxes of a report as they were sent beside a choice, or before any was made. `known` says
    whether there is another case of a reference. Beside a choice that they are not for nothing is read.
    """
    reading = Reading(context, {name: _CLEAN.validate_python(said) for name, said in sent.items()})
    if choice is not None and choice not in form.choices:
        return reading
    for group in form.groups:
        for part in group.parts:
            if isinstance(part, Rows):
                _rows(reading, part)
            elif not part.only or choice in part.only:
                _box(reading, part)
    for check in _CHECKS.get(form.kind, ()):
        check(reading, choice)
    _referred(reading, known)
    return _in_order(form, reading)


def passed(form: Form, context: Context, drafted: Sent) -> dict[str, str]:
    """Say beside its box which day that was to lie ahead has passed since it was said, so that it cannot be
    said again.
    """
    told: dict[str, str] = {}
    for box in form.boxes:
        said = drafted.get(box.name, "")
        if box.type is Type.DAY and box.when is When.AHEAD and said:
            try:
                _day(context, box, said)
            except Unfit as unfit:
                told[box.name] = f"{box.called}: {unfit}"
    return told


def held(answers: Mapping[str, Answered]) -> dict[str, str]:
    """Return what the boxes hold that were answered so, to be typed over."""
    typed: dict[str, str] = {}
    for name, answer in answers.items():
        typed[name] = answer.text if answer.value == SAID else _as_typed(answer.value)
        if answer.value != SAID and answer.text:
            typed[f"{name}_words"] = answer.text
    return typed


def _as_typed(value: str) -> str:
    """Return an amount as people write it; anything else as it is kept."""
    if not re.fullmatch(r"[0-9]+\.[0-9]{2}", value):
        return value
    return pounds(Decimal(value)).removeprefix("£")


def _in_order(form: Form, reading: Reading) -> Reading:
    """Put faults and answers in the order of the boxes, as a page lists them."""
    places = {name: place for place, name in enumerate(name for box in form.boxes for name in box.names)}

    def place(entry: tuple[str, object]) -> int:
        return places.get(entry[0], -1)

    reading.errors = dict(sorted(reading.errors.items(), key=place))
    reading.answers = dict(sorted(reading.answers.items(), key=place))
    return reading


# ---------------------------------------------------------------------------------- boxes


def _box(reading: Reading, box: Box) -> None:
    """Read one box, with the words beside it."""
    said = _said(reading, box.name)
    beside = _beside(reading, box)
    if not said:
        if box.wanted or beside:
            reading.wrong(box.name, f"{box.called}: {_ENTER[box.type]}")
        return
    try:
        value = _value(reading, box, said)
    except Unfit as unfit:
        reading.wrong(box.name, f"{box.called}: {unfit}")
        return
    if box.type in (Type.WORDS, Type.LINE):
        reading.answers[box.name] = Answered(value=SAID, text=value)
        return
    if box.beside and value not in box.plain and not beside:
        chosen = dict(box.options).get(value, value).lower()
        reading.wrong(f"{box.name}_words", f"{box.called}: you chose {chosen}, so say why")
    reading.answers[box.name] = Answered(value=value, text=beside)


class Unfit(Exception):
    """What was typed will not do; the message says why, after the name of its box."""


def _said(reading: Reading, name: str) -> str:
    """Return what was typed into a box; nothing for a day none of whose parts were."""
    said = reading.sent.get(name, "")
    return said if said.strip("-") else ""


def _beside(reading: Reading, box: Box) -> str:
    """Return the words beside a box."""
    if not box.beside:
        return ""
    said = reading.sent.get(f"{box.name}_words", "")
    try:
        return _line(said) if box.type is Type.RATING else _words(said)
    except Unfit as unfit:
        reading.wrong(f"{box.name}_words", f"{box.called}: {unfit}")
        return said


def _value(reading: Reading, box: Box, said: str) -> str:
    match box.type:
        case Type.WORDS:
            return _words(said)
        case Type.LINE:
            return _line(said)
        case Type.POUNDS:
            return _pounds(said)
        case Type.DAY:
            return _day(reading.context, box, said).isoformat()
        case Type.POST:
            return _post(reading.context, said)
        case Type.WHOLE:
            return _whole(box, said)
        case Type.PERCENT:
            return _percent(box, said)
        case Type.NUMBER:
            return _number(box, said)
        case Type.RATING | Type.ONE:
            return _one(box, said)
        case Type.REFERENCES:
            return _references(said)
        case Type.TICK:
            if said != kinds.YES:
                raise Unfit(_ENTER[Type.TICK])
            return said


def _words(said: str) -> str:
    if len(said) > LONGEST_WORDS:
        raise Unfit(f"use {LONGEST_WORDS:,} characters or fewer; it has {len(said):,}")
    return said


def _line(said: str) -> str:
    if len(said.splitlines()) > 1:
        raise Unfit("use one line")
    if len(said) > LONGEST_LINE:
        raise Unfit(f"use {LONGEST_LINE} characters or fewer; it has {len(said):,}")
    return said


def _pounds(said: str) -> str:
    if _BELOW.match(said):
        raise Unfit("an amount cannot be below nothing")
    found = _POUNDS.fullmatch(said)
    if found is None:
        raise Unfit(_ENTER[Type.POUNDS])
    amount = Decimal(_digits(found[1]) + (found[2] or ""))
    if amount > MOST_POUNDS:
        raise Unfit("enter an amount below £1,000,000,000")
    return f"{amount:.2f}"


def _digits(grouped: str) -> str:
    return grouped.replace(",", "").replace(" ", "")


def _percent(box: Box, said: str) -> str:
    if _BELOW.match(said):
        raise Unfit("a percentage cannot be below nothing")
    found = _PERCENT.fullmatch(said)
    if found is None:
        raise Unfit(_ENTER[Type.PERCENT])
    share = Decimal(found[1])
    if share > box.most:
        raise Unfit(f"enter {box.most}% at most")
    return f"{share.normalize():f}"


def _whole(box: Box, said: str) -> str:
    found = _WHOLE.fullmatch(said)
    if found is None:
        raise Unfit(_ENTER[Type.WHOLE])
    number = Decimal(_digits(found[1]))
    if not box.least <= number <= box.most:
        raise Unfit(f"enter a whole number from {box.least} to {box.most}")
    return f"{number:f}"


def _number(box: Box, said: str) -> str:
    found = (_YEARLY if box.pounds else _NUMBER).fullmatch(said)
    if found is None:
        raise Unfit(_ENTER[Type.POUNDS if box.pounds else Type.NUMBER])
    number = Decimal(_digits(found[2]) + (found[3] or ""))
    if number > MOST_POUNDS:
        raise Unfit("enter a number below 1,000,000,000")
    return f"{'-' if found[1] and number else ''}{number:f}"


def _one(box: Box, said: str) -> str:
    if said not in dict(box.options):
        raise Unfit(_ENTER[box.type])
    return said


def _post(context: Context, said: str) -> str:
    known = next((post for post in context.posts if post.key == said), None)
    if known is None:
        raise Unfit(_ENTER[Type.POST])
    return said


def _references(said: str) -> str:
    asked = [part.upper() for part in re.split(r"[\s,;]+", said) if part]
    for reference in asked:
        if not _REFERENCE.fullmatch(reference):
            raise Unfit(f"{reference[:40]} is none; {_ENTER[Type.REFERENCES]}")
    if len(asked) > MOST_REFERENCES:
        raise Unfit(f"name {MOST_REFERENCES} at most")
    return ", ".join(dict.fromkeys(asked))


def _day(context: Context, box: Box, said: str) -> date:
    if not _DAY.fullmatch(said):
        raise Unfit(_ENTER[Type.DAY])
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise Unfit(_ENTER[Type.DAY]) from None
    today, told = context.today, days.said(day)
    if box.when is When.AHEAD and day < today:
        raise Unfit(f"{told} is in the past; today is {days.said(today)}")
    if box.when is When.BEHIND and day > today:
        raise Unfit(f"{told} is still to come; today is {days.said(today)}")
    if box.earliest and day < box.earliest:
        raise Unfit(f"{told} is before it began, on {days.said(box.earliest)}")
    if day > (latest := years_after(today, FARTHEST_YEARS)):
        raise Unfit(f"{told} is too far ahead; enter {days.said(latest)} or before")
    return day


# ----------------------------------------------------------------------------------- rows


def _rows(reading: Reading, rows: Rows) -> None:
    """Read rows in order: one that is left empty ends them, so that none may be filled in after it."""
    filled = [number for number in rows.numbers if _filled(reading, rows.row(number))]
    last = max(filled, default=0)
    for number in rows.numbers:
        boxes = rows.row(number)
        if number in filled or number <= rows.least:
            for box in boxes:
                if box.default and not _said(reading, box.name):
                    reading.answers[box.name] = Answered(value=box.default)
                else:
                    _box(reading, box)
        elif number < last:
            each = rows.each.lower()
            after = min(other for other in filled if other > number)
            told = f"{rows.each} {after} is filled in and {each} {number} is not"
            reading.wrong(boxes[0].name, f"{told}: fill it in, or move the {each}s after it up")


def _filled(reading: Reading, boxes: tuple[Box, ...]) -> bool:
    """Say whether anything was typed into a row but what it held by itself."""
    return any(
        said != box.default for box in boxes for said in (_said(reading, name) for name in box.names) if said
    )


# --------------------------------------------------------------- what one box says of another


def _board(reading: Reading, choice: Choice | None) -> None:
    """A board of two people at least, and none of them the manager: nobody decides on their own report."""
    people = {post.key: post.person or post.key for post in reading.context.posts}
    titles = reading.context.titles
    manager = reading.value("manager")
    seats = [seat for seat in ("executive", "senior_user", "senior_supplier") if reading.value(seat)]
    for seat in seats:
        post = reading.value(seat)
        if manager and people[post] == people[manager]:
            named = titles[post] if post == manager else f"whoever holds {titles[post]}"
            reading.wrong(
                seat,
                f"{_title(seat)}: {named} is the project manager too, and nobody decides on their own report",
            )
    if len(seats) == 3 and len({people[reading.value(seat)] for seat in seats}) == 1:
        reading.wrong(
            "senior_supplier",
            "Senior supplier: choose somebody else, for one person alone is no board",
        )


def _managed(reading: Reading, choice: Choice | None) -> None:
    """A project that costs nothing to manage says why (S3-16)."""
    cost, why = reading.value("management_cost"), "management_cost_why"
    if cost and not Decimal(cost) and why not in reading.answers:
        reading.wrong(why, "Why managing it costs nothing: you said that it does, so say why")


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _ends(reading: Reading, choice: Choice | None) -> None:
    """Stages that end one after the other, and none before today but those that have ended."""
    context = reading.context
    before: date | None = None
    for number in range(1, MOST_STAGES + 1):
        name = f"stage_ends_{number}"
        ends = reading.day(name)
        if ends is None:
            before = None
            continue
        called, told = f"Stage {number}, ends on", days.said(ends)
        if before is not None and ends <= before:
            after = f"stage {number - 1}, which ends on {days.said(before)}"
            reading.wrong(name, f"{called}: {told} is not after {after}")
        elif ends < context.today and number >= max(context.stage, 1):
            reading.wrong(name, f"{called}: {told} is in the past; today is {days.said(context.today)}")
        before = ends


def _stages(reading: Reading, choice: Choice | None) -> None:
    """As many stages as the gates need, and no fewer than have begun."""
    context = reading.context
    numbers = range(1, MOST_STAGES + 1)
    filled = [number for number in numbers if f"stage_name_{number}" in {**reading.answers, **reading.errors}]
    last = max(filled, default=0)
    if context.stages and last > context.stages:
        reading.wrong(
            f"stage_name_{context.stages + 1}",
            f"The gates of this project need {context.stages} stages, and here are {last}: "
            f"leave stage {context.stages + 1} and those after it empty",
        )
    least = max(context.stages, context.stage)
    if filled and last < least:
        why = (
            f"the gates of this project need {context.stages} stages"
            if least == context.stages
            else f"stage {context.stage} has begun, so it stays in the plan"
        )
        reading.wrong(f"stage_name_{last + 1}", f"Stage {last + 1}: say what it is called, for {why}")


def _after_go_live(reading: Reading, choice: Choice | None) -> None:
    """Stages that end after go-live only where that is said; and a day that is over stays what it was."""
    live, went = reading.day("go_live"), reading.context.went_live
    if live is None:
        return
    if went and live != went:
        reading.wrong("go_live", f"Go-live: it went live on {days.said(went)}, and that stays")
        return
    if reading.value("after_go_live"):
        return
    for number in range(1, MOST_STAGES + 1):
        ends = reading.day(f"stage_ends_{number}")
        if ends and ends > live:
            reading.wrong(
                f"stage_ends_{number}",
                f"Stage {number}, ends on: {days.said(ends)} is after go-live on {days.said(live)}; "
                "change one of them, or tick that stages go on after go-live",
            )


def _next_stage(reading: Reading, choice: Choice | None) -> None:
    """The next stage ends before the one after it, and before go-live as that one did; and what is still to
    be done costs no more than the whole is said to.
    """
    context, ends, cost = reading.context, reading.day("next_ends"), reading.value("next_cost")
    following, plan = context.following, context.baseline
    if following is None or plan is None:
        return
    after = tuple(stage for stage in plan.stages if stage.number > following.number)
    # Where the stage after it was to be over by now, its own gate is to plan that anew.
    ahead = next((stage for stage in after if stage.ends > context.today), None)
    if ends and ahead and ends >= ahead.ends:
        told = f"{days.said(ends)} is not before stage {ahead.number} ends, on {days.said(ahead.ends)}"
        reading.wrong("next_ends", f"Next stage ends on: {told}; ask for an exception plan to move both")
    elif ends and not (context.went_live or reading.value("went_live")):
        live = reading.day("forecast_go_live") or plan.go_live
        if ends > live and following.ends <= plan.go_live:
            told = f"{days.said(ends)} is after go-live, forecast for {days.said(live)}"
            reading.wrong("next_ends", f"Next stage ends on: {told}; change one of them")
    whole = reading.value("forecast_cost")
    to_come = sum((stage.cost for stage in after), Decimal(cost or 0))
    if cost and whole and to_come > Decimal(whole):
        told = f"with what comes after it that is {pounds(to_come)}, more than the whole is forecast to cost"
        reading.wrong("next_cost", f"Next stage costs: {told}, {pounds(Decimal(whole))}; change one of them")


def _live(reading: Reading, choice: Choice | None) -> None:
    """A forecast of go-live, unless it has gone live by now: then that day stands."""
    if reading.value("went_live"):
        reading.drop("forecast_go_live")
    elif "forecast_go_live" not in reading.answers and not reading.context.went_live:
        told = "say when it goes live, or below that it has, such as 31 3 2005"
        if "went_live" not in reading.errors:
            reading.wrong("forecast_go_live", f"Forecast go-live: {told}")


def _more(reading: Reading, choice: Choice | None) -> None:
    """More is more: neither figure falls, and what was past is within it, as far as is theirs to grant."""
    now = reading.context.tolerances
    cost, late = reading.value("tolerance_cost"), reading.value("tolerance_days")
    if cost and Decimal(cost) < now.cost_percent:
        told = f"{cost}% is less than the {now.cost_percent.normalize():f}% that is tolerated now"
        reading.wrong("tolerance_cost", f"Tolerance for cost: {told}")
    if late and int(late) < now.days:
        told = f"{late} working days are fewer than the {now.days} that are tolerated now"
        reading.wrong("tolerance_days", f"Tolerance for time: {told}")
    if reading.errors or not (cost and late):
        return
    more = Tolerances(cost_percent=Decimal(cost), days=int(late))
    _enough(reading, more)
    if not reading.errors:
        _within_authority(reading, more)


def _enough(reading: Reading, more: Tolerances) -> None:
    """What is granted holds what is forecast; of ratings alone nothing has to rise."""
    needed, now = reading.context.needed, reading.context.tolerances
    if needed and more.cost_percent < needed.cost_percent:
        told = f"{more.cost_percent.normalize():f}% is less than the {needed.cost_percent.normalize():f}%"
        reading.wrong("tolerance_cost", f"Tolerance for cost: {told} that is forecast to be over")
    if needed and more.days < needed.days:
        told = f"{more.days} working days are fewer than the {needed.days}"
        reading.wrong("tolerance_days", f"Tolerance for time: {told} that are forecast to be late")
    if needed and more == now:
        reading.wrong(
            "tolerance_cost",
            "Tolerance for cost: that is what is tolerated now; say how much more, or for time",
        )


def _within_authority(reading: Reading, more: Tolerances) -> None:
    """Nobody tolerates more than they would decide on by the handbook's matrix."""
    context, now = reading.context, reading.context.tolerances
    if context.asked in (None, Authority.SRG) or context.baseline is None:
        return
    raised = {
        "tolerance_cost": more.model_copy(update={"days": now.days}),
        "tolerance_days": more.model_copy(update={"cost_percent": now.cost_percent}),
    }
    for name, grant in raised.items():
        above = matrix.over_grant(context.matrix, now, grant, context.baseline.cost)
        if above is not context.asked and matrix.greatest(above, context.asked) is above:
            called = "cost" if name == "tolerance_cost" else "time"
            told = f"by the handbook {AUTHORITIES[above]} decides on as much"
            reading.wrong(name, f"Tolerance for {called}: {told}; tolerate less, or choose another way")


def _standards(reading: Reading, choice: Choice | None) -> None:
    """What is found agrees with what is chosen."""
    found = {name: said.value for name, said in reading.answers.items() if name.startswith("standard_")}
    names = dict(reading.context.standards)
    unmet = [name for name, value in found.items() if value == kinds.NOT_MET]
    if choice is Choice.VERIFY:
        for name in unmet:
            called = names[name.removeprefix("standard_")]
            told = "you said that it is not met, but also that all are; change one of them"
            reading.wrong(name, f"{called}: {told}")
    elif choice and not unmet and len(found) == len(names):
        reading.wrong("choice", "You said that it falls short, but every standard is met: change one of them")


def _options(reading: Reading, choice: Choice | None) -> None:
    """Every option weighed, or left out for a reason, and not both; and enough weighed to choose between."""
    weighed: list[str] = []
    for key, name in reading.context.delivery_options:
        box, cost, out = f"{kinds.WEIGHED}{key}", f"{kinds.COST}{key}", f"{kinds.LEFT_OUT}{key}"
        weighed += [key] if box in reading.answers or box in reading.errors else []
        if box in reading.answers and out in reading.answers:
            told = "it is weighed, and you say why it is not; empty one of the two boxes"
            reading.wrong(out, f"{name}: {told}")
        elif not {box, out} & {*reading.answers, *reading.errors}:
            reading.wrong(box, f"{name}: say what speaks for and against it, or below why you leave it out")
        elif cost in reading.answers and box not in reading.answers:
            reading.wrong(cost, f"{name}: it is left out, so empty its cost, or weigh it")
    names = dict(reading.context.delivery_options)
    recommended = reading.value(kinds.RECOMMENDED)
    if recommended and recommended not in weighed:
        told = f"{names[recommended]} is not weighed; recommend one that is, or weigh it"
        reading.wrong(kinds.RECOMMENDED, f"Recommendation: {told}")
    if not reading.errors and len(weighed) < FEWEST_OPTIONS:
        key = next(key for key in names if key not in weighed)
        told = "weigh it, or another: there is nothing to choose where only one is weighed"
        reading.wrong(f"{kinds.WEIGHED}{key}", f"{names[key]}: {told}")


def _referred(reading: Reading, known: Callable[[str], bool]) -> None:
    """Cases that are named have to be there, and others than the one that is reported on."""
    asked = [reference for reference in reading.value("linked").split(", ") if reference]
    unknown = [reference for reference in asked if not known(reference)]
    if unknown:
        told = f"there is no other proposal or project {listed(unknown, 'or')}"
        reading.wrong("linked", f"Linked proposals or projects: {told}")


_PLAN = (_ends, _stages, _after_go_live)
_CHECKS: Mapping[str, tuple[Callable[[Reading, Choice | None], None], ...]] = {
    "mandate": (_board, _managed),
    "initiation": _PLAN,
    "exception_plan": _PLAN,
    "highlight": (_live,),
    "end_stage": (_live, _next_stage),
    "exception": (_more,),
    "exception_board": (_more,),
    "exception_srg": (_more,),
    "standards_check": (_standards,),
    "assessment": (_options,),
}
"""Kind of report to what is checked across its boxes."""
