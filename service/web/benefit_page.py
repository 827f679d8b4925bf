"""A benefit as its page tells it: what was claimed, what was read, and a reading put right by a later one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from service import delivering, realised, telling
from service.errors import Conflict, Forbidden, Malformed, NotFound, Problem
from service.handbook import Edition
from service.store import benefits, cases
from service.store.benefits import BenefitView, Reading
from service.store.cases import CaseView
from service.store.engine import Tx
from service.web import charts, forms, numbers, recounting, seclusion, twice, whereabouts, words
from service.web.charts import Series
from service.web.visits import Visit
from workflows.delivery import Rag
from workflows.rules import benefits as rules_of_benefits

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")


@dataclass(frozen=True)
class ToldReading:
    """A reading, and whether a later one has taken its place."""

    reading: Reading
    value: str
    who: str
    corrected: bool
    why: str
    """Why it was put in the place of another; empty if it was not."""


@dataclass(frozen=True)
class Correction:
    """A reading to be put in the place of another, and why, as it was checked."""

    month: int
    value: str
    rating: Rag
    reason: str


def of(tx: Tx, visit: Visit, case: CaseView) -> dict[str, Any]:
    """Return what the page of a benefit shows."""
    edition, found = telling.rules_of(tx, case), benefits.must(tx, case.ref)
    read = readings(tx, found, edition)
    standing = [one for one in read if not one.corrected]
    made = seclusion.decisions(tx, case.ref, visit.me.id)
    return {
        "case": case,
        "benefit": found,
        "now": whereabouts.sentences(tx, case),
        "rows": _rows(tx, case, found, edition, standing),
        "chart": _chart(found, read),
        "readings": read,
        "may_correct": bool(standing) and may_correct(visit, found),
        "answers": made,
        "said": {one.key: telling.told(one, edition) for one in made},
        "lines": recounting.recount(
            recounting.gist(seclusion.lines(tx, case.ref, reader=visit.me.id)), edition
        ),
    }


def readings(tx: Tx, benefit: BenefitView, edition: Edition) -> list[ToldReading]:
    """Tell the readings of a benefit, the first month first; of each the last is what holds."""
    known, why = benefits.readings(tx, benefit.ref), benefits.reasons(tx, benefit.ref)
    last = {one.month: one.step for one in known}
    return [
        ToldReading(
            reading=one,
            value=realised.worded(benefit, one.value),
            who=telling.name(edition, one.person),
            corrected=last[one.month] != one.step,
            why=why.get(one.step, ""),
        )
        for one in known
    ]


def _rows(
    tx: Tx,
    case: CaseView,
    benefit: BenefitView,
    edition: Edition,
    standing: Sequence[ToldReading],
) -> list[tuple[str, str]]:
    content = cases.content(tx, case.ref) or {}
    last = standing[-1].reading if standing else None
    rows = [
        ("Claimed", realised.claimed(benefit)),
        ("How it is measured", content.get("summary") or ""),
        ("Who is asked", telling.title(edition, benefit.owner, tx.today)),
        ("When", _when(tx, benefit, edition)),
        ("Come about by the last reading", realised.come_to(benefit, last)),
    ]
    return [(what, which) for what, which in rows if which]


def _when(tx: Tx, benefit: BenefitView, edition: Edition) -> str:
    """Say in which months after go-live it is asked, with their days once one is known."""
    if edition.delivery is None:
        return ""
    months, live = edition.delivery.benefits.months, delivering.go_live(tx, benefit.parent)
    said = f"{words.listed([str(month) for month in months])} months after go-live"
    if live is None:
        return said
    off = edition.non_working
    days = [words.short_day(rules_of_benefits.due(month, live.day, off)) for month in months]
    known = "went live" if live.certain else "is forecast to go live"
    return f"{said}: {words.listed(days)}, as it {known} on {words.short_day(live.day)}"


def _chart(benefit: BenefitView, read: Sequence[ToldReading]) -> Markup:
    standing = [one for one in read if not one.corrected]
    # What is put right later is still of the day on which it was first read.
    first = {one.reading.month: words.local(one.reading.at) for one in reversed(read)}
    points = sorted(
        (first[one.reading.month], number)
        for one in standing
        if (number := realised.number(one.reading.value)) is not None
    )
    if not points:
        return Markup("")
    claimed: tuple[Any, ...] = ()
    if benefit.claimed:
        claimed = ((points[0][0], benefit.claimed), (points[-1][0], benefit.claimed))
    return charts.lines(
        "readings",
        [Series("Read", "reported", tuple(points)), Series("Claimed", "approved", claimed)],
        title="Readings over time",
        desc=f"{words.count(len(points), 'reading')}, last {standing[-1].value}. The table has each.",
        said=lambda value: realised.worded(benefit, f"{value:f}"),
    )


# ---------------------------------------------------------------------------- correcting


def may_correct(visit: Visit, benefit: BenefitView) -> bool:
    """Say whether the asker may put a reading right: as the benefit's owner, or as the PMO."""
    owner = visit.rules.holder(visit.rules.acting(benefit.owner, visit.today), visit.today)
    return visit.rules.plays(visit.me.id, "pmo", visit.today) or (
        owner is not None and owner.id == visit.me.id
    )


def to_correct(tx: Tx, visit: Visit, ref: str) -> tuple[CaseView, BenefitView]:
    """Return a benefit a reading of which the asker may put right."""
    case, found = cases.find(tx, ref), benefits.get(tx, ref)
    if case is None or case.organisation != visit.rules.organisation:
        raise NotFound
    if found is None:
        raise Conflict(f"{ref} is not a benefit.")
    if not may_correct(visit, found):
        raise Forbidden("Only its owner and the programme office may correct a reading.")
    if not benefits.readings(tx, ref):
        raise Conflict("Nothing has been read yet, so there is nothing to correct.")
    return case, found


def checked(tx: Tx, benefit: BenefitView, said: Mapping[str, str]) -> Correction:
    """Return the reading that is put in the place of another. Raises Malformed with all that is wrong."""
    known = benefits.readings(tx, benefit.ref)
    problems = list(_problems(known, said))
    if problems:
        raise Malformed(problems=problems)
    return Correction(
        month=int(said["month"]),
        value=said["value"],
        rating=Rag(said["rating"]),
        reason=forms.clean(said["reason"]),
    )


def _problems(known: Sequence[Reading], said: Mapping[str, str]) -> Iterator[Problem]:
    months = {str(one.month): one for one in known}
    if said["month"] not in months:
        yield Problem(field="month", message="Choose which reading is to be corrected")
    if not _NUMBER.fullmatch(said["value"]):
        message = (
            "Enter a number in digits, such as 1250 or 12.5, without a sign for money and without commas"
        )
        yield Problem(field="value", message=message)
    if said["rating"] not in list(Rag):
        yield Problem(field="rating", message="Choose how it stands")
    if problem := forms.unfit_reason(forms.clean(said["reason"]), "Say why the earlier reading was wrong"):
        yield problem
    last = months.get(said["month"])
    if last and (last.value, last.rating) == (said["value"], said["rating"]):
        yield Problem(field="value", message="That is what the reading says already")


def correct(visit: Visit, ref: str, said: Mapping[str, str]) -> None:
    """Write another reading in the place of an earlier one, which stays in the record."""
    with visit.desk.store.writing() as tx:
        tx.lock(ref)
        _, benefit = to_correct(tx, visit, ref)
        asked = {name: said[name] for name in ("value", "rating")}
        month = numbers.whole(said["month"])
        twice.refuse(
            tx, ref, ("benefit.corrected",), by=visit.me.id, reason=said["reason"], month=month, **asked
        )
        wish = checked(tx, benefit, said)
        pmo = visit.rules.plays(visit.me.id, "pmo", visit.today)
        benefits.corrected(
            tx,
            ref,
            month=wish.month,
            value=wish.value,
            rating=wish.rating,
            reason=wish.reason,
            by=visit.me.id,
            by_post=visit.rules.roles["pmo"] if pmo else benefit.owner,
        )
