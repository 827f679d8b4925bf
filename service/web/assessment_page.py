"""An assessment of a business process: how one is opened, and what its page shows (SYS-67)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from service import assessing, telling
from service.assessing import Option
from service.errors import Conflict
from service.handbook import Edition
from service.store import actions, assessments, cases, documents
from service.store.assessments import AssessmentView, Wanted
from service.store.cases import CaseView
from service.store.engine import Tx
from service.web import days, forms, recounting, seclusion, whereabouts, withdrawing, words
from service.web.visits import Visit
from workflows.rules.assessments import ASSESS

_MARK = re.compile(r"[0-9a-f]{32}")


# ----------------------------------------------------------------------------- opening


def may_open(visit: Visit) -> bool:
    """Say whether the asker may open one: as the programme office, where business processes are assessed."""
    return visit.rules.plays(visit.me.id, "pmo", visit.today) and assessing.assesses(visit.rules)


def owners(visit: Visit) -> list[tuple[str, str]]:
    """Return whom an assessment may be asked of, by their titles: every post for which somebody is asked."""
    rules, today = visit.rules, visit.today
    asked = [key for key in rules.posts if rules.acting(key, today) == key and rules.answering(key, today)]
    return sorted(((key, telling.title(rules, key, today)) for key in asked), key=lambda post: post[1])


def read(visit: Visit, sent: FormData) -> tuple[Wanted | None, dict[str, str]]:
    """Read the form by which one is opened: what is wanted, or what is wrong with it, box by box."""
    if not may_open(visit):
        raise Conflict("Under this handbook business processes are not assessed.")
    errors: dict[str, str] = {}
    title = forms.line(sent, "title", "Say what is assessed, such as desktop support", errors)
    purpose = forms.text(sent, "purpose", "Say what it is assessed for", errors)
    owner = forms.given(sent, "owner")
    if unfit := _unfit_owner(visit, owner):
        errors["owner"] = unfit
    due = _day(sent, "report_due", "Say by when it is to be assessed", visit.today, errors)
    by = _day(sent, "in_place_by", "Say by when what is chosen is to be in place", visit.today, errors)
    if due and by and by <= due:
        told = f"The day must be after {words.day(due)}, by which it is assessed"
        errors["in_place_by"] = told
    wish = mark(sent)
    if errors or due is None or by is None or not wish:
        return None, errors
    wanted = Wanted(wish=wish, title=title, purpose=purpose, owner=owner, report_due=due, in_place_by=by)
    return wanted, {}


def mark(sent: FormData) -> str:
    """Return the mark of a form, by which it opens one assessment however often it is sent; or nothing."""
    given = forms.given(sent, "wish")
    return given if _MARK.fullmatch(given) else ""


def open_it(visit: Visit, wanted: Wanted) -> str:
    """Open an assessment, once for each form, and return its reference."""
    rules = visit.rules
    with visit.desk.store.writing() as tx:
        return assessments.opened(
            tx,
            wanted,
            organisation=rules.organisation,
            department=rules.posts[wanted.owner].department,
            edition=rules.hash,
            by=visit.me.id,
            by_post=rules.roles["pmo"],
        )


def _unfit_owner(visit: Visit, owner: str) -> str:
    rules, today = visit.rules, visit.today
    if owner not in rules.posts:
        return "Choose who is to assess it"
    title = telling.title(rules, owner, today)
    if rules.answering(owner, today) is None:
        return f"Nobody holds {title}, nor any post above it, so nobody would be asked"
    office, holder = rules.roles["pmo"], rules.holder(owner, today)
    if owner == office or (holder is not None and holder == rules.holder(office, today)):
        return "Choose somebody else: the programme office checks that what is chosen is in place"
    return ""


def _day(sent: FormData, name: str, empty: str, today: date, errors: dict[str, str]) -> date | None:
    try:
        return days.later(days.read(sent, name, empty=empty), today)
    except days.Unfit as unfit:
        errors[name] = str(unfit)
        return None


# ---------------------------------------------------------------------------- its page


def of(tx: Tx, visit: Visit, case: CaseView) -> dict[str, Any]:
    """Return what the page of an assessment shows."""
    edition, found = telling.rules_of(tx, case), assessments.must(tx, case.ref)
    made = seclusion.decisions(tx, case.ref, visit.me.id)
    said = {one.key: telling.told(one, edition) for one in made}
    report = next((one for one in reversed(made) if one.step == found.reported_by), None)
    content = cases.content(tx, case.ref) or {}
    return {
        "case": case,
        "assessment": found,
        "now": whereabouts.sentences(tx, case),
        "rows": list(_rows(content, found, edition, visit.today)),
        "options": [
            (one.name, _cost(one), one.words, one.became) for one in assessing.told(tx, found, edition)
        ],
        "report": said[report.key] if report else None,
        "recommended": assessing.name_of(edition, found.recommended) if found.recommended else "",
        "why_recommended": assessing.why_recommended(tx, found),
        "chosen": assessing.name_of(edition, found.chosen) if found.chosen else "",
        "other": bool(found.chosen) and found.chosen != found.recommended,
        "milestones": [(one, words.day(one.due)) for one in actions.of_case(tx, case.ref)],
        "answers": [one for one in made if one.kind != ASSESS or one.step != found.reported_by],
        "said": said,
        "documents": len(documents.of_case(tx, case.ref)),
        "may_withdraw": case.open and case.withdrawal is None and withdrawing.may(visit, case),
        "lines": recounting.recount(
            recounting.gist(seclusion.lines(tx, case.ref, reader=visit.me.id)), edition
        ),
    }


def _rows(
    content: Mapping[str, Any], found: AssessmentView, edition: Edition, today: date
) -> Iterator[tuple[str, str]]:
    yield "What it is for", str(content.get("summary") or "What was written here was erased.")
    yield "Assessed by", telling.title(edition, found.owner, today)
    yield "To be assessed by", words.day(found.report_due)
    yield "To be in place by", words.day(found.in_place_by)
    yield "Opened by", telling.title(edition, found.opened_as, today)


def _cost(option: Option) -> str:
    if not option.weighed:
        return ""
    return words.money(option.cost) if option.cost is not None else "Not given"
