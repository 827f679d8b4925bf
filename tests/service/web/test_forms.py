"""Forms: only ours, only from here; and what is typed is only ever shown."""

import re

import pytest
from markupsafe import escape

from service import publishing
from service.web.visits import own_path
from tests.service.web.office import SAME_ORIGIN, Office
from tests.service.web.test_rights import routes

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://approvals.example.evil.example", "Sec-Fetch-Site": "same-origin"},
]


def posts(office: Office) -> list[str]:
    ref = office.submitted("PROP-02")
    draft = office.draft({"title": "A draft"})
    step = office.asked(ref, "notification")
    return [
        office.link(step, "heads-of-ict-secretary"),
        f"{office.link(step, 'heads-of-ict-secretary')}/not-me",
        "/sign-in",
        "/sign-in/code",
        "/sign-out",
        "/proposals",
        f"/proposals/{draft.ref}/edit/why",
        f"/proposals/{draft.ref}/check",
        f"/cases/{ref}/withdraw",
        "/cover",
        "/api/v1/proposals",
        f"/api/v1/cases/{ref}/withdraw",
        "/dev/clock",
    ]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_another_site_sends_is_refused(office: Office, headers: dict[str, str]) -> None:
    browser = office.signed_in("hoict-rc")
    for path in posts(office):
        assert browser.post(path, data={"why": "x"}, headers=headers).status_code == 403, path
    assert office.engine.withdrawn == []


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_no_route_that_changes_anything_takes_it_from_another_site(
    office: Office, headers: dict[str, str]
) -> None:
    ref = office.submitted("PROP-02")
    step = office.asked(ref, "notification")
    link = office.link(step, "heads-of-ict-secretary").rpartition("/")[2]
    filled = {
        "token": link,
        "link_id": link.split(".")[1],
        "draft": "x",
        "forum": "heads-of-ict",
        "day": "2004-10-13",
        "item": "x",
        "ref": ref,
        "other": ref,
        "key": "why",
        "post": "bh-dmh",
        "number": changed_handbook(office),
    }
    changing = [
        (method, re.sub(r"{(\w+)[^}]*}", lambda named: filled[named[1]], path))
        for method, path, _ in routes(office)
        # A browser's own report of what it refused comes from wherever, and changes nothing.
        if method not in ("GET", "HEAD", "OPTIONS") and path != "/csp"
    ]
    assert len(changing) > 18
    browser = office.signed_in("pmo")
    before = office.record()
    for method, path in changing:
        sent = browser.request(method, path, data={"why": "x"}, headers=headers)
        assert sent.status_code == 403, (method, path)
    assert office.record() == before


def changed_handbook(office: Office) -> str:
    """The number of a handbook that waits to be published by another."""
    changed = office.edition.model_copy(update={"title": "Another"})
    by = office.holder("corp-projects-manager")
    with office.store.writing() as tx:
        return str(publishing.put_forward_from(tx, changed, by, office.links.page).number)


@pytest.mark.parametrize("csrf", [None, "", "0" * 64])
def test_a_form_without_our_mark_or_with_anothers_is_refused(office: Office, csrf: str | None) -> None:
    browser = office.signed_in("hoict-rc")
    data = {"why": "x"} | ({} if csrf is None else {"csrf": csrf})
    for path in posts(office):
        if not path.startswith(("/api/", "/dev/")):
            assert browser.post(path, data=data, headers=SAME_ORIGIN).status_code == 403, path


def test_the_mark_of_one_session_is_no_good_in_another(office: Office) -> None:
    draft = office.draft({"title": "A draft"})
    one, other = office.signed_in("hoict-rc"), office.signed_in("hoict-rc")
    one.see(f"/proposals/{draft.ref}/edit/why")
    form = one.form()
    assert other.post(form.action, data=form.hidden, headers=SAME_ORIGIN).status_code == 403


def test_json_sent_as_plain_text_is_refused(office: Office) -> None:
    headers = {**office.token("cd-rc"), "Content-Type": "text/plain"}
    response = office.browser().post("/api/v1/proposals", content=b'{"title": "x"}', headers=headers)
    assert response.status_code == 415


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https:evil.example",
        "https://evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "/%0d%0aSet-Cookie:x",
        "/a\r\nb",
        "javascript:alert(1)",
        "user@evil.example",
        "/@evil.example",
        "",
        "work",
        "/work?x=//evil.example",
    ],
)
def test_after_signing_in_one_only_goes_on_to_a_page_of_ours(path: str) -> None:
    assert own_path(path) == "/work"


@pytest.mark.parametrize("path", ["/cases/INV-2004-0001", "/proposals", "/"])
def test_after_signing_in_one_goes_on_to_where_one_was(path: str) -> None:
    assert own_path(path) == path


NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "</textarea><svg onload=alert(1)>",
    "javascript:alert(1)",
    "' onmouseover='alert(1)",
    "((name)) & ampersand",
]


@pytest.mark.parametrize("text", NASTY)
def test_what_people_type_is_shown_and_never_run(office: Office, text: str) -> None:
    ref = office.submitted("PROP-01", title=text, summary=text, benefits=[text])
    step = office.asked(ref, "funding-cd-ce")
    browser = office.browser()
    browser.see(office.link(step, "cd-ce"))
    browser.press()
    pages = [browser.page]
    browser.press(choice="reject", reason=text)
    pages.append(browser.page)
    browser.press()
    pages.append(browser.page)
    sponsor = office.signed_in("hoict-rc")
    for path in (f"/cases/{ref}", "/cases", f"/cases/{ref}/record", "/work", f"/cases?q={text}"):
        sponsor.see(path)
        pages.append(sponsor.page)
    for page in pages:
        assert "<script" not in page
        assert "<img" not in page
        assert "<svg" not in page
        assert "' onmouseover='" not in page
    assert str(escape(text)) in pages[0]


def test_what_was_typed_stays_in_its_box_when_something_is_wrong(office: Office) -> None:
    step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
    browser = office.browser()
    browser.see(office.link(step, "cd-ce"))
    browser.press()
    browser.press(choice="defer", reason="Because </textarea><b>")
    assert "Because &lt;/textarea&gt;&lt;b&gt;" in browser.page
