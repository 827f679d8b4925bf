"""What projects need of a handbook: gates that can be passed, papers that are known, somebody who decides."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from service.handbook.delivering import (
    FEWEST_OPTIONS,
    FILE_TYPES,
    LARGEST_FILE,
    MOST_STAGES,
    BandEntry,
    DeliveryRules,
    GateRules,
    Template,
)
from service.handbook.sources import Source, Trail
from service.handbook.ways import A_WORD, KEY, Complaint, written_in
from service.handbook.words import listed
from service.handbook.written import Handbook, LadderEntry, StepEntry
from workflows.delivery import Authority, Band
from workflows.model import Choice, Nudge, Silence
from workflows.rules import reports
from workflows.rules.reports import Put

LONGEST_FOLLOWED = 120
"""Months after go-live: for as long the days that are not worked are known."""
LONGEST_CYCLE = 26
"""Weeks from one highlight report to the next: half a year."""
LARGEST_TOLERANCE = 100
"""Percent: whoever may spend twice as much without asking has no tolerance."""
WORKED_IN_A_WEEK = 5
"""Working days, holidays aside."""


# ----------------------------------------------------------------------- gates and papers


def _keys(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """What names a box of a form, or travels with a project, holds no sign that means something there."""
    delivery = handbook.delivery
    if delivery is None:
        return
    for section, named in _named(delivery):
        yield from ((("delivery", *section, key), A_WORD) for key in named if not KEY.fullmatch(key))


def _named(delivery: DeliveryRules) -> Iterator[tuple[Trail, Mapping[str, str]]]:
    """Go through what people choose by its name: where, and the names by their keys."""
    checks = delivery.standards.checks if delivery.standards else {}
    yield ("templates",), {key: one.name for key, one in delivery.templates.items()}
    yield ("documents",), {key: one.name for key, one in delivery.documents.items()}
    yield ("standards", "checks"), {key: one.name for key, one in checks.items()}
    yield ("strategies",), {key: one.name for key, one in delivery.strategies.items()}
    options = delivery.assessment.options if delivery.assessment else {}
    yield ("assessment", "options"), {key: one.name for key, one in options.items()}


def _names(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """What is chosen by its name has one, and no other thing of its kind has the same."""
    for section, named in _named(handbook.delivery) if handbook.delivery else ():
        known: dict[str, str] = {}
        for key, name in named.items():
            trail, said = ("delivery", *section, key, "name"), " ".join(name.split()).casefold()
            # A template without a name is told of where its gates are.
            if not any(sign.isalnum() for sign in name):
                if section != ("templates",) or name.strip():
                    yield trail, "must have words in it"
            elif said in known:
                yield trail, f"is {name}, as that of {known[said]} is: nobody could tell them apart"
            known.setdefault(said, key)


def _templates(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    if handbook.delivery is None:
        return
    if not handbook.delivery.templates:
        yield ("delivery", "templates"), "has none, so that no project could pass a gate"
    for key, template in handbook.delivery.templates.items():
        trail = ("delivery", "templates", key)
        yield from (((*trail, *rest), told) for rest, told in _template(template))
        for rest, gate in _gates(template):
            yield from (((*trail, *rest, *part), told) for part, told in _gate(gate, handbook))


def _template(template: Template) -> Iterator[Complaint]:
    """Complain of stages that no gate or two gates end, or of more than a plan may have."""
    if not template.name.strip():
        yield ("name",), "must say what it is called"
    if template.boundary is None and not template.boundaries:
        yield (), "needs boundary, the gate after each stage, or boundaries, one for each of them"
    if template.boundary is not None and template.boundaries:
        yield ("boundaries",), "must be left out, or boundary must: a stage ends at one gate"
    if template.stages > MOST_STAGES:
        told = f"names {len(template.boundaries)} gates, for {template.stages} stages"
        yield ("boundaries",), f"{told}; a plan has {MOST_STAGES} at most"


def _gates(template: Template) -> Iterator[tuple[Trail, GateRules]]:
    yield ("start_up",), template.start_up
    yield ("initiation",), template.initiation
    if template.boundary:
        yield ("boundary",), template.boundary
    yield from ((("boundaries", number), gate) for number, gate in enumerate(template.boundaries))
    yield ("closure",), template.closure


def _gate(gate: GateRules, handbook: Handbook) -> Iterator[Complaint]:
    known = handbook.delivery.documents if handbook.delivery else {}
    for part in ("name", "authorises"):
        if not getattr(gate, part).strip():
            yield (part,), "must say it in words"
    seen: list[str] = []
    for part in ("documents", "after_pilot"):
        for number, kind in enumerate(getattr(gate, part)):
            if kind not in known:
                yield (part, number), f"there is no kind of document {kind}"
            elif kind in seen:
                yield (part, number), f"{kind} is asked for twice"
            seen.append(kind)


def _attachments(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    if handbook.delivery is None:
        return
    rules, trail = handbook.delivery.attachments, ("delivery", "attachments")
    if rules.megabytes > LARGEST_FILE:
        yield (*trail, "megabytes"), f"is {rules.megabytes}, and may be {LARGEST_FILE} at most"
    if not rules.types:
        yield (*trail, "types"), "names none, so that no document could be handed in"
    for number, kind in enumerate(rules.types):
        if kind not in FILE_TYPES:
            told = f"is {kind}, a type whose content nobody could check; known are {', '.join(FILE_TYPES)}"
            yield (*trail, "types", number), told
        elif kind in rules.types[:number]:
            yield (*trail, "types", number), f"{kind} is named twice"


# -------------------------------------------------------------------- tolerance and time


def _tolerances(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    if handbook.delivery and handbook.delivery.tolerances.cost_percent > LARGEST_TOLERANCE:
        told = f"is more than {LARGEST_TOLERANCE} percent, and tolerates what nobody decided"
        yield ("delivery", "tolerances", "cost_percent"), told


def _matrix(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """Whatever a project misses, one row says who decides, and every row says it of something."""
    if handbook.delivery is None:
        return
    bands, trail = handbook.delivery.matrix, ("delivery", "matrix")
    if not bands:
        yield trail, "has no row, so that nobody would decide past tolerance"
        return
    for limit in ("budget", "over_percent", "late"):
        if getattr(bands[-1], limit) is not None:
            told = "must be left out: the last row has no limits, or nobody would decide beyond them"
            yield (*trail, len(bands) - 1, limit), told
    for number, band in enumerate(bands):
        if band.authority is Authority.SRG and not handbook.route.srg:
            yield (*trail, number, "authority"), "is srg, but no SRG is named in route.srg"
        wider = next((place for place, before in enumerate(bands[:number]) if _covers(before, band)), None)
        if wider is not None:
            yield (*trail, number), f"is never reached: row {wider + 1} holds wherever it would"
    yield from (((*trail, number, "authority"), told) for number, told in _falling(bands))


def _covers(wide: Band, narrow: Band) -> bool:
    """Say whether a band holds wherever another does."""
    return all(
        (limit := getattr(wide, name)) is None
        or ((other := getattr(narrow, name)) is not None and other <= limit)
        for name in ("budget", "over_percent", "late")
    )


def _falling(bands: Sequence[BandEntry]) -> Iterator[tuple[int, str]]:
    """Complain of a row that leaves more to a lesser authority than the row before it."""
    order = [*Authority]
    for number, (before, band) in enumerate(pairwise(bands), start=1):
        if order.index(band.authority) < order.index(before.authority):
            yield number, f"is {band.authority}, less than {before.authority} in the row before, for more"


def _months(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    if handbook.delivery is None:
        return
    months, trail = handbook.delivery.benefits.months, ("delivery", "benefits", "months")
    if not months:
        yield trail, "names none, so that nobody would be asked what has come about"
    for number, (before, month) in enumerate(pairwise(months), start=1):
        if month <= before:
            yield (*trail, number), f"is {month}, and must be more than {before}, the one before"
    each: list[tuple[Trail, int]] = [((*trail, number), month) for number, month in enumerate(months)]
    for place, month in (*each, (("delivery", "review", "months"), handbook.delivery.review.months)):
        if month > LONGEST_FOLLOWED:
            yield place, f"is {month}, and may be {LONGEST_FOLLOWED} at most"


def _cycle(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """A highlight report is asked for until before the next one is."""
    if handbook.delivery is None:
        return
    weeks = handbook.delivery.report_weeks
    if weeks > LONGEST_CYCLE:
        yield ("delivery", "report_weeks"), f"is {weeks}, and may be {LONGEST_CYCLE} at most, half a year"
    step = handbook.steps.get("highlight")
    ladder = handbook.ladders.get(step.ladder) if step else None
    if step and ladder and ladder.rungs and ladder.rungs[-1].day >= weeks * WORKED_IN_A_WEEK:
        every = "every week" if weeks == 1 else f"every {weeks} weeks"
        told = f"{step.ladder} ends on day {ladder.rungs[-1].day}, and reports are asked for {every}"
        before = f"it must end before day {weeks * WORKED_IN_A_WEEK}, when the next is due"
        yield ("steps", "highlight", "ladder"), f"{told}: {before}"


# ------------------------------------------------------------------------- who is asked


def _checked(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """Standards are checked from a day on, and a breach comes to somebody who settles it."""
    if handbook.delivery is None:
        return
    if not handbook.route.reviewer:
        yield ("route", "reviewer"), "is missing: the post that checks reviews of what was delivered"
    standards, trail = handbook.delivery.standards, ("delivery", "standards")
    if standards is None:
        return
    if not handbook.route.srg:
        told = "must be left out: SRG alone settles an exception from them, and route.srg names none"
        yield trail, told
    if not standards.checks:
        yield (*trail, "checks"), "has none, so that there would be nothing to check"
    if not standards.rules:
        yield (*trail, "rules"), "has none, so that no project would be checked"
    for number, rule in enumerate(standards.rules):
        if rule.applies_to in [before.applies_to for before in standards.rules[:number]]:
            told = f"{rule.applies_to} projects have a rule already, which has no end"
            yield (*trail, "rules", number, "applies_to"), told


def _assessed(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """There is a choice between ways of delivery, and each has a name of its own (S0-28)."""
    assessment = handbook.delivery.assessment if handbook.delivery else None
    if assessment is None:
        return
    trail = ("delivery", "assessment", "options")
    if len(assessment.options) < FEWEST_OPTIONS:
        yield trail, f"names {len(assessment.options)}, and there is no choice between fewer than two"
    names: list[str] = []
    for key, option in assessment.options.items():
        name = option.name.strip().lower()
        if not name:
            yield (*trail, key, "name"), "must say what it is called"
        elif name in names:
            yield (*trail, key, "name"), f"another option is called {option.name} already"
        names.append(name)


def _leads(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    posts = written_in(source, "posts")
    for key, strategy in handbook.delivery.strategies.items() if handbook.delivery else ():
        if strategy.lead and strategy.lead not in posts:
            yield ("delivery", "strategies", key, "lead"), f"there is no post {strategy.lead}"


def _terms(handbook: Handbook, source: Source) -> Iterator[Complaint]:
    """There are terms and a clause for all that is asked on the way, and none of it is a dead end."""
    for kind, each in reports.KINDS.items():
        if step := handbook.steps.get(kind):
            trail = ("steps", kind)
            yield from (((*trail, *rest), told) for rest, told in _offers(each, step))
            ladder = handbook.ladders.get(step.ladder)
            above = bool(handbook.route.srg)
            yield from (((*trail, *rest), told) for rest, told in _silent(each, step, ladder, above=above))
            if each.put is Put.BOARD and step.quorum is None:
                yield trail, f"needs a quorum, by which the {reports.BOARD_SEATS} seats of a board decide it"
    if handbook.delivery is None:
        return
    steps, clauses = written_in(source, "steps"), written_in(source, "clauses")
    standards = handbook.delivery.standards is not None
    assesses = handbook.delivery.assessment is not None
    needed = reports.needed(srg=bool(handbook.route.srg), standards=standards, assesses=assesses)
    for kind in needed:
        if kind not in steps:
            who = "an assessment" if reports.KINDS[kind].assesses else "a project"
            yield ("steps",), f"has no terms for {kind}, which {who} may pass"
    for clause in reports.clauses(needed):
        if clause not in clauses:
            yield ("clauses",), f"has no clause for {clause}"


def _offers(kind: reports.Kind, step: StepEntry) -> Iterator[Complaint]:
    for ways in kind.needs if step.choices else ():
        if not {*ways} & {*step.choices}:
            what = "go on" if _goes_on(ways) else "refuse"
            yield ("choices",), f"leaves no way to {what}: it needs {listed(ways, 'or')}"
    if step.deciding and not kind.decides:
        told = "must be false: a report settles nothing, and whoever wrote the proposal may write it"
        yield ("deciding",), told


def _goes_on(ways: Sequence[Choice]) -> bool:
    return any(choice.favourable for choice in ways)


def _silent(
    kind: reports.Kind, step: StepEntry, ladder: LadderEntry | None, *, above: bool
) -> Iterator[Complaint]:
    """Silence ends a question only where the same is asked again, or SRG, above a board, then decides it; and
    no line decides in a board's place.
    """
    goes_up = above and kind.put is Put.BOARD
    nudges = [rung.nudge for rung in ladder.rungs] if ladder else []
    if kind.ends and step.silence is not Silence.EXPIRE:
        yield ("silence",), "must be expire: the next report is asked for all the same"
    if not (kind.ends or goes_up) and Nudge.CLOSE in nudges:
        yield ("ladder",), f"must not end with close, as {step.ladder} does: it stays open"
    if kind.put is not Put.POST and Nudge.LINE in nudges:
        whose = "members'" if kind.put is Put.BOARD else "secretary's"
        told = f"{step.ladder} turns to the {whose} line, who would decide in the place of the members"
        yield ("ladder",), told


CHECKS: tuple[Callable[[Handbook, Source], Iterable[Complaint]], ...] = (
    _keys,
    _names,
    _templates,
    _attachments,
    _tolerances,
    _matrix,
    _months,
    _cycle,
    _checked,
    _assessed,
    _leads,
    _terms,
)
