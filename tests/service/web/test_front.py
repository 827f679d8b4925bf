"""What every response carries, whatever gave it, and what is refused before any route sees it."""

import contextlib
import http.client
import json
import urllib.error
import urllib.request

import pytest
import structlog

from service.errors import Unavailable
from service.web import front
from tests.service.web.conftest import settings
from tests.service.web.office import BASE, SAME_ORIGIN, Office

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow, noarchive",
}


@pytest.fixture
def link(office: Office) -> str:
    step = office.asked(office.submitted("PROP-01"), "funding-cd-ce")
    return office.link(step, "cd-ce")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/nothing", 404),
        ("GET", "/api/v1/nothing", 404),
        ("PUT", "/sign-in", 405),
        ("GET", "/a/nothing", 404),
        ("GET", "/work", 303),
        ("GET", "/styles/assent.css", 200),
        ("GET", "/api/v1/cases", 401),
        ("POST", "/sign-in", 403),
        ("OPTIONS", "/sign-in", 204),
    ],
)
def test_every_response_carries_the_headers(office: Office, method: str, path: str, status: int) -> None:
    response = office.browser().request(method, path)
    assert response.status_code == status
    assert {name: response.headers[name] for name in ALWAYS} == ALWAYS
    assert "content-security-policy" in response.headers
    assert "server" not in response.headers


def test_a_fault_of_ours_carries_them_too_and_shows_nothing_of_itself(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> bool:
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(office.store, "answers", broken)
    response = office.browser().get("/readyz")
    assert response.status_code == 500
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "42" not in response.text
    assert "Traceback" not in response.text


def test_pages_where_one_decides_or_signs_in_carry_no_script_at_all(office: Office, link: str) -> None:
    browser = office.browser()
    for path in (link, "/sign-in", "/a/nothing"):
        assert "script-src 'none'; " in browser.get(path).headers["content-security-policy"]
        assert "<script" not in browser.get(path).text
    assert "script-src 'self'; " in browser.get("/nothing").headers["content-security-policy"]


def test_pages_are_never_stored(office: Office, link: str) -> None:
    for path in (link, "/sign-in", "/api/v1/cases", "/nothing"):
        assert office.browser().get(path).headers["cache-control"] == "no-store"


def test_over_https_the_cookie_is_guarded_fully_and_https_is_kept_to(office: Office) -> None:
    secure = Office(
        office.store,
        settings(office.settings.data_dir, base_url="https://approvals.example"),
        office.edition,
    )
    browser = secure.browser()
    browser.see("/sign-in")
    response = browser.post(
        "/sign-in",
        data={**browser.form().hidden, "address": "x@y.example"},
        headers={"Origin": "https://approvals.example"},
        follow_redirects=False,
    )
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-sid=")
    assert all(part in cookie for part in ("; Secure", "; HttpOnly", "; SameSite=lax", "; Path=/"))
    assert "strict-transport-security" in response.headers
    assert "upgrade-insecure-requests" in response.headers["content-security-policy"]


def test_over_plain_http_the_cookie_has_its_plain_name(office: Office) -> None:
    browser = office.browser()
    browser.see("/sign-in")
    browser.press(address="x@y.example")
    assert "sid" in browser.cookies
    assert "strict-transport-security" not in browser.get("/healthz").headers


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "a b", "approvals.example.evil.example", ""]
)
def test_another_host_is_not_served(office: Office, host: str) -> None:
    response = office.browser().get("/healthz", headers={"Host": host})
    assert response.status_code == 400
    assert "evil" not in response.text


def test_what_is_too_large_is_refused_before_it_is_read(office: Office) -> None:
    browser = office.browser()
    page = browser.post("/sign-in", content=b"x" * 10_000_000, headers=SAME_ORIGIN)
    problem = browser.post("/api/v1/proposals", content=b"x" * 10_000_000)
    assert (page.status_code, problem.status_code) == (413, 413)
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["code"] == "too_large"


def test_what_turns_out_too_large_while_it_comes_is_refused(office: Office) -> None:
    chunks = (b"x" * 100_000 for _ in range(50))
    headers = {**office.token("cd-ce"), "Content-Type": "application/json"}
    assert office.browser().post("/api/v1/proposals", content=chunks, headers=headers).status_code == 413


@pytest.mark.parametrize("in_chunks", [False, True], ids=["at once", "in chunks"])
def test_a_program_that_sends_all_before_it_listens_hears_that_it_is_too_large(
    office: Office, address: str, in_chunks: bool
) -> None:
    whole = b"x" * 10_000_000
    headers = {**office.token("cd-ce"), "Content-Type": "application/json"}
    body = (whole[begin : begin + 100_000] for begin in range(0, len(whole), 100_000)) if in_chunks else whole
    request = urllib.request.Request(f"{address}/api/v1/proposals", body, headers)
    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(request, timeout=20):
        pass
    with refused.value as answer:
        assert (answer.status, json.load(answer)["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": "10000000", "Expect": "100-continue"},
        {"Content-Length": "100000000000"},
        {"Content-Length": "10000000"},
    ],
    ids=["who asks first", "who would send without end", "who sends nothing more"],
)
def test_nobody_is_listened_to_for_long(
    address: str, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "UNHEARD_SECONDS", 0.2)
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
    connection.request("POST", "/api/v1/proposals", headers=headers)
    with contextlib.closing(connection), connection.getresponse() as answer:
        assert answer.status == 413


def test_the_log_names_the_route_and_never_the_path(office: Office, link: str) -> None:
    with structlog.testing.capture_logs() as lines:
        office.browser().get(link, headers={"Referer": f"{BASE}{link}"})
    assert [line["route"] for line in lines] == ["/a/{token}"]
    assert link.split("/")[-1] not in str(lines)


def test_it_is_ready_when_the_database_the_engine_and_a_worker_answer(office: Office) -> None:
    assert office.browser().get("/readyz").status_code == 200
    office.engine.alive = False
    assert office.browser().get("/readyz").status_code == 503


def test_without_its_database_it_lives_and_is_not_ready(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> bool:
        return False

    monkeypatch.setattr(office.store, "answers", gone)
    monkeypatch.setattr(office.store, "reading", lambda: (_ for _ in ()).throw(Unavailable()))
    browser = office.browser()
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").json() == {"ready": False, "database": False, "engine": True}
    page = browser.get("/sign-in")
    assert (page.status_code, page.headers["retry-after"]) == (503, "60")


def test_no_machine_is_to_index_anything(office: Office) -> None:
    assert office.browser().get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_the_practice_clock_is_on_every_page(office: Office) -> None:
    assert "Practice clock: today is Monday 13 September 2004" in office.browser().get("/sign-in").text


def test_practice_routes_do_not_exist_in_production(office: Office) -> None:
    real = Office(office.store, settings(office.settings.data_dir, mode="production"), office.edition)
    for path in ("/dev/mail", "/dev/mail.json", "/dev/letters", "/dev/clock"):
        assert real.browser().get(path).status_code == 404
    assert real.browser().post("/dev/clock", json={"days": 1}).status_code == 404
