"""Who may use what: every route says so, and every visitor is tried on every route."""

import re
from collections.abc import Iterator
from typing import NoReturn

import pytest
from fastapi import Request
from fastapi.routing import APIRoute, iter_route_contexts

from service.errors import Forbidden
from service.store import editions
from service.web import visits
from service.web.roles import Role, declared
from service.web.visits import Visit
from tests.service.web.office import SAME_ORIGIN, Browser, Office

PMO, AUDITOR, ADMINISTRATOR = "corp-projects-manager", "internal-audit", "pmo"
EXAMPLES = {"ref": "INV-2004-0001", "key": "about", "token": "x", "link_id": "0" * 32, "draft": "x"}


def routes(office: Office) -> Iterator[tuple[str, str, frozenset[Role]]]:
    for context in iter_route_contexts(office.app.routes):
        route = context.route
        if isinstance(route, APIRoute):
            for method in sorted(route.methods or ()):
                yield method, context.path or "", declared(route.endpoint)


def test_every_route_says_who_may_use_it(office: Office) -> None:
    found = list(routes(office))
    assert len(found) > 50
    assert [path for _, path, roles in found if not roles] == []


def test_the_routes_that_are_open_to_anybody_are_these(office: Office) -> None:
    open_to_all = {path for _, path, roles in routes(office) if Role.ANYONE in roles}
    assert open_to_all == {
        "/",
        "/a/{token}",
        "/a/{token}/new",
        "/a/{token}/not-me",
        "/api/v1/openapi.json",
        "/csp",
        "/healthz",
        "/readyz",
        "/robots.txt",
        "/sign-in",
        "/sign-in/code",
        "/signed-out",
    }


def test_no_scope_of_a_token_leads_to_a_decision(office: Office) -> None:
    scopes = {Role.READ_CASE, Role.START_CASE, Role.READ_REPORT}
    assert all(path.startswith("/api/") for _, path, roles in routes(office) if roles & scopes)
    assert not any(
        "decid" in path or path.startswith("/a/") for _, path, roles in routes(office) if roles & scopes
    )


VISITORS = (
    "nobody",
    "link",
    "signed_in",
    "pmo",
    "auditor",
    "administrator",
    "read:case",
    "start:case",
    "read:report",
)


def visitor(office: Office, who: str) -> tuple[Browser, dict[str, str], frozenset[Role]]:
    """A browser, the headers it sends, and the roles it has."""
    known = {Role.ANYONE, Role.DEVELOPER}
    if who == "nobody":
        return office.browser(), {}, frozenset(known)
    if who == "link":
        browser = office.browser()
        step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
        browser.see(office.link(step, "cd-ce"))
        browser.press()
        return browser, {}, frozenset({*known, Role.LINK})
    if ":" in who:
        return office.browser(), office.token("cd-rc", who), frozenset({*known, Role(who)})
    post = {"pmo": PMO, "auditor": AUDITOR, "administrator": ADMINISTRATOR}.get(who, "cd-rc")
    mine = {Role(who), Role.SIGNED_IN}
    return office.signed_in(post), {}, frozenset({*known, *mine})


@pytest.mark.parametrize("who", VISITORS)
def test_each_visitor_gets_the_routes_declared_for_them_and_no_other(
    office: Office, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned_away: list[str] = []

    def noted(request: Request, visit: Visit, rule: frozenset[Role]) -> NoReturn:
        turned_away.append(request.scope["route"].path)
        raise Forbidden

    monkeypatch.setattr(visits, "_turn_away", noted)
    browser, headers, roles = visitor(office, who)
    for method, path, allowed in routes(office):
        turned_away.clear()
        concrete = re.sub(r"\{(\w+)\}", lambda name: EXAMPLES.get(name[1], "1"), path)
        response = browser.request(method, concrete, headers={**headers, **SAME_ORIGIN})
        assert bool(turned_away) != bool(roles & allowed), (method, path)
        assert response.status_code != 500


@pytest.mark.parametrize(
    ("path", "status"), [("/work", 303), ("/api/v1/cases", 401), ("/a/read/x", 404), ("/sign-out", 303)]
)
def test_nobody_is_turned_away_as_the_area_does_it(office: Office, path: str, status: int) -> None:
    method = "POST" if path == "/sign-out" else "GET"
    assert office.browser().request(method, path).status_code == status


@pytest.mark.parametrize("path", ["/work", "/cases", "/proposals", "/cover", "/cases/INV-2004-0001"])
def test_a_page_for_known_people_leads_to_signing_in_and_back(office: Office, path: str) -> None:
    assert office.browser().get(path).headers["location"] == f"/sign-in?next={path}"


def test_a_link_alone_does_not_sign_in(office: Office) -> None:
    browser, _, _ = visitor(office, "link")
    assert browser.get("/work").headers["location"] == "/sign-in?next=/work"


def test_a_draft_exists_only_for_those_who_write_it(office: Office) -> None:
    draft = office.draft({"title": "Ours", "co_authors": ["cd-sch"]}, owner="hoict-rc")
    assert office.signed_in("hoict-rc").get(f"/proposals/{draft.ref}").status_code == 200
    assert office.signed_in("cd-sch").get(f"/proposals/{draft.ref}").status_code == 200
    assert office.signed_in("cd-rad").get(f"/proposals/{draft.ref}").status_code == 404
    headers = office.token("cd-rad")
    body = {"title": "Mine"}
    assert (
        office.browser().patch(f"/api/v1/proposals/{draft.ref}", json=body, headers=headers).status_code
        == 404
    )


def test_only_its_own_people_withdraw_a_case(office: Office) -> None:
    ref = office.submitted("PROP-02")
    assert office.signed_in("cd-rad").get(f"/cases/{ref}/withdraw").status_code == 403
    assert office.signed_in("cd-rc").get(f"/cases/{ref}/withdraw").status_code == 200


def test_whoever_leaves_the_handbook_has_no_link_session_or_token_left(office: Office) -> None:
    step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
    browser, headers, link = office.signed_in("cd-ce"), office.token("cd-ce"), office.link(step, "cd-ce")
    leaver = office.holder("cd-ce")
    new = office.edition.model_copy(
        update={
            "people": {id: person for id, person in office.edition.people.items() if id != leaver},
            "holdings": tuple(held for held in office.edition.holdings if held.person != leaver),
        }
    )
    with office.store.writing() as tx:
        editions.put(tx, new.to_json(), organisation=new.organisation, name=new.name)
    assert office.browser().see(link) == 410
    assert browser.get("/work").status_code == 303
    assert office.browser().get("/api/v1/cases", headers=headers).status_code == 401


def test_whoever_has_left_no_longer_reads_what_they_answered(office: Office) -> None:
    step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
    link, browser = office.link(step, "cd-ce"), office.browser()
    browser.see(link)
    browser.press()
    browser.press(choice="approve")
    assert browser.press() == 200
    answered = browser.at
    office.recorded(step)
    office.days_pass(20)
    assert browser.see(link) == 200, "whoever answered reads on, however old the letter"
    office.leaves(office.holder("cd-ce"))
    assert browser.see(answered) == 410
    assert browser.see(answered.replace("/a/done/", "/a/read/")) == 410
    assert "approve" not in browser.words
    begun = office.browser()
    assert begun.see(link) == 410
    assert begun.heading == "This is now for somebody else"
    assert "You no longer answer for the Chief Executive's department sponsor." in begun.words


def test_whoever_has_left_can_no_longer_decide_sign_in_or_use_a_token(office: Office) -> None:
    step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
    path, person = office.link(step, "cd-ce"), office.holder("cd-ce")
    signed_in, token = office.signed_in("cd-ce"), office.token("cd-ce")
    deciding = office.browser()
    deciding.see(path)
    assert deciding.press() == 200
    office.leaves(person)
    assert deciding.press(choice="approve") in (403, 410)
    assert office.browser().see(path) == 410
    assert signed_in.get("/work").status_code == 303
    assert office.browser().get("/api/v1/cases", headers=token).status_code == 401
    assert office.engine.decided == []
