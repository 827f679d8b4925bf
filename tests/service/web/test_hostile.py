"""Whatever is sent to whatever address, on either database, is answered, and never with a fault of ours."""

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.config import Keys
from service.handbook import Edition
from service.reports import told
from service.store import Store, benefits
from tests.service.web import delivery
from tests.service.web.conftest import SECRET, settings
from tests.service.web.delivery import MANAGER, SPONSOR
from tests.service.web.office import SAME_ORIGIN, Browser, Office
from tests.service.web.test_forms import changed_handbook
from tests.service.web.test_rights import routes
from tests.support.activities import done
from tests.support.real_time import RealTime
from workflows.model import Choice
from workflows.rules import reports

PMO = "corp-projects-manager"

ODD = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\u2028",
    "\r\nSet-Cookie: a=b",
    "../../etc/passwd",
    "%00",
    "%ff%fe",
    '"><script>alert(1)</script>',
    "{{7*7}}",
    "' OR 1=1 --",
    "9" * 400,
    "9" * 5_000,
    "²",
    "１２",
    "-1",
    "1e309",
    "NaN",
    "2004-02-30",
    "0000-00-00",
    "INV-2004-0001",
    "INV-2004-0001.srg.1",
    "approve",
    "reject",
    "bh-dmh",
    "🙂" * 60,
    "x" * 9_000,
    *(
        base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
        for place in ("9999-12-31T23:59:59-14:00 x", "2004-09-13T09:00:00Z a\x00b", "2004-09-13T09:00:00Z x")
    ),
)
FIELDS = (
    "choice", "reason", "conditions", "condition_owner", "condition_by", "condition_evidence",
    "condition_verifier", "condition_guards", "until", "until-day", "until-month",
    "until-year", "code", "shown", "content", "address", "next", "title", "summary", "why", "cover", "starts",
    "ends", "q", "order", "round", "state", "status", "cursor", "limit", "department", "waiting_on",
    "overdue", "version", "edition", "instead_of", "attempt", "post", "change", "lock", "time", "to",
    "earlier", "later", "in_favour", "funding_parties.².post", "funding_parties.1.post",
)  # fmt: skip
BODIES: tuple[Any, ...] = (
    *ODD,
    None,
    True,
    -1,
    10**400,
    1.5,
    [],
    {},
    [[[[]]]],
    {"a": {"b": {"c": []}}},
    "\ud800",
)


@pytest.fixture
def each_office(database_url: str, edition: Edition, tmp_path: Path, real: RealTime) -> Iterator[Office]:
    """An office on each of the two databases."""
    store = Store(database_url, Keys(SECRET), host="approvals.example", real=real)
    office = Office(store, settings(tmp_path), edition)
    office.opens()
    yield office
    store.close()


@pytest.mark.parametrize("rounds", [600, pytest.param(25_000, marks=pytest.mark.long)])
def test_nothing_that_is_sent_makes_it_fail(each_office: Office, rounds: int) -> None:
    office = each_office
    chance = random.Random(2004)
    ref = office.submitted("PROP-01")
    step = office.asked(ref, "funding-cd-ce")
    draft = office.draft({"title": "A draft"})
    visitors = [_lenient(office), _signed_in(office), _following(office, step), _signed_in(office, "pmo")]
    known = (
        ref,
        office.action(ref),
        step,
        draft.ref,
        changed_handbook(office),
        "about",
        "why",
        "0" * 32,
        visitors[2].at.rpartition("/")[2],
    )
    token = office.token("cd-rc")
    every = [(method, path) for method, path, _ in routes(office) if "sign-out" not in path]
    for number in range(rounds):
        method, path = chance.choice(every)
        visitor = chance.choice(visitors)
        address = _filled(path, chance, known)
        sent: dict[str, Any] = {"params": _some(chance)} if chance.random() < 0.4 else {}
        headers = dict(SAME_ORIGIN)
        if path.startswith("/api/"):
            headers |= token
            if method != "GET":
                sent["content"] = json.dumps({name: chance.choice(BODIES) for name in _some(chance)})
                headers["Content-Type"] = "application/json"
        elif method != "GET":
            sent["data"] = _some(chance) | {"csrf": visitor.mark}
        answer = visitor.request(method, address, headers=headers, **sent)
        assert answer.status_code < 500 or answer.status_code == 503, (number, method, path, address, sent)
        assert "Traceback" not in answer.text
    assert office.engine.decided == [], "chance cannot press Confirm"


@pytest.mark.parametrize("rounds", [400, pytest.param(10_000, marks=pytest.mark.long)])
def test_nothing_that_is_sent_about_a_project_makes_it_fail(each_office: Office, rounds: int) -> None:
    """Nor about its benefit, or an exception from its standards: with the boxes of every kind of report."""
    office, chance = each_office, random.Random(2005)
    one = delivery.begun(office)
    one.in_stage()
    check = one.put("standards_check", PMO, key="standards-1")
    assert office.edition.delivery
    assert office.edition.delivery.standards
    found = {f"standard_{key}": "met" for key in office.edition.delivery.standards.checks}
    short = {"standard_risks": "not_met", "standard_risks_words": "Nobody owns them"}
    one.answers(check, PMO, found | short | {"reason": "Risks"}, Choice.FALL_SHORT)
    exception = done(one.course.standards_checked(one.told(check, stage=1)))
    asked = {
        MANAGER: one.put("end_stage", MANAGER, key="end-stage-1"),
        SPONSOR: one.put("gate", *one.project.board, key="gate-1"),
    }
    with office.store.reading() as tx:
        benefit = benefits.of_proposal(tx, one.parent)[0].ref
    visitors = [*(_following(office, step, post) for post, step in asked.items()), _signed_in(office, PMO)]
    links = [visitor.at.rpartition("/")[2] for visitor in visitors[:2]]
    known = (one.ref, one.parent, benefit, exception, *asked.values(), *links, "1")
    forms = [told.whole(kind, office.edition) for kind in reports.KINDS]
    boxes = tuple(dict.fromkeys(name for form in forms if form for box in form.boxes for name in box.names))
    words = ("cases/{ref}/", "/a/")
    every = [(method, path) for method, path, _ in routes(office) if any(word in path for word in words)]
    before = list(office.engine.decided)
    for number in range(rounds):
        method, path = chance.choice(every)
        visitor = chance.choice(visitors)
        address = _filled(path, chance, known)
        sent: dict[str, Any] = {}
        if method != "GET":
            typed = {name: chance.choice(ODD) for name in chance.sample(boxes, chance.randrange(12))}
            sent["data"] = _some(chance) | typed | {"csrf": visitor.mark}
        answer = visitor.request(method, address, headers=SAME_ORIGIN, **sent)
        assert answer.status_code < 500 or answer.status_code == 503, (number, method, path, address, sent)
        assert "Traceback" not in answer.text
    assert office.engine.decided == before, "chance cannot press Confirm"


@pytest.mark.parametrize("post", ["hoict-rc", "cd-rc", "corp-projects-manager", "internal-audit"])
def test_what_is_there_for_proposals_is_refused_in_words_for_an_action(office: Office, post: str) -> None:
    action = office.action(office.submitted("PROP-02"))
    visitor, token = _signed_in(office, post), office.token(post)
    for method, path, _ in routes(office):
        if "{ref}" not in path:
            continue
        headers = SAME_ORIGIN | (token if path.startswith("/api/") else {})
        address = _filled(path.replace("{ref}", action), random.Random(1), ("about",))
        data: dict[str, Any] = {"data": {"csrf": visitor.mark}}
        if path.startswith("/api/"):
            data = {"json": {}}
        answer = visitor.request(method, address, headers=headers, **({} if method == "GET" else data))
        assert answer.status_code < 500, (method, path)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/a/undo/{link}", "attempt"),
        ("/a/read/{link}", "until-year"),
        ("/proposals/{draft}/edit/payers", "lock"),
    ],
)
@pytest.mark.parametrize("number", ["9" * 5_000, "²", "１２", "-1"])
def test_numbers_that_are_none_are_no_fault_of_ours(
    office: Office, path: str, field: str, number: str
) -> None:
    step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
    link, draft = office.row(step, "cd-ce").id, office.draft({"title": "A draft"}).ref
    visitor = _following(office, step) if "link" in path else _signed_in(office)
    sent = {field: number, f"funding_parties.{number}.post": "cd-ce", "csrf": visitor.mark}
    address = path.format(link=link, draft=draft)
    answer = visitor.post(address, data=sent, headers=SAME_ORIGIN)
    assert answer.status_code < 500, answer.text


class Lenient(Browser):
    """A browser that takes what comes."""

    mark = ""


def _lenient(office: Office) -> Lenient:
    return Lenient(
        office.app, base_url=office.settings.base_url, follow_redirects=False, raise_server_exceptions=False
    )


def _signed_in(office: Office, post: str = "hoict-rc") -> Lenient:
    known, browser = office.signed_in(post), _lenient(office)
    browser.cookies.update(known.cookies)
    known.see("/cover")
    browser.mark = known.form().hidden["csrf"]
    return browser


def _following(office: Office, step: str, post: str = "cd-ce") -> Lenient:
    browser = _lenient(office)
    browser.see(office.link(step, post))
    browser.press()
    browser.mark = browser.form().hidden["csrf"]
    return browser


def _filled(path: str, chance: random.Random, known: tuple[str, ...]) -> str:
    while "{" in path:
        before, _, rest = path.partition("{")
        _, _, after = rest.partition("}")
        word = chance.choice(known if chance.random() < 0.6 else ODD)
        path = f"{before}{_quoted(word)}{after}"
    return path


def _quoted(word: str) -> str:
    return "".join(f"%{byte:02x}" for byte in word.encode()) or "-"


def _some(chance: random.Random) -> dict[str, str]:
    return {name: chance.choice(ODD) for name in chance.sample(FIELDS, chance.randrange(6))}
