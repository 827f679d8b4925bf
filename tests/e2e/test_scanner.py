"""Mail scanners open every link before people do, with every method and with scripts. Nothing comes of it."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from playwright.async_api import async_playwright
from sqlalchemy import func, select

from notifications.smtp import Mailer
from service.demo.browser import Browser
from service.stack import HOST
from service.store import links
from service.store.links import LinkRow
from service.store.tables import DECISIONS, INTENTS, SESSION_LINKS, SESSIONS
from tests.browser.chromium import PROGRAM, needs_chromium
from tests.chaos import checker
from tests.support.samples import SAMPLES
from tests.support.stack import Town, leicester, town, until
from workflows.model import State

BEGINS = datetime(2004, 9, 13, 8, tzinfo=UTC)
FUNDERS = ("bh-dmh", "bh-sports", "cd-rc")
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "PATCH")
"""TRACE is not spoken by every client, and is sent all the same."""


COUNTED = (DECISIONS, INTENTS, SESSIONS, SESSION_LINKS)


@dataclass
class Scene:
    """An installation with a case whose three funders are asked, the last of them reminded as well."""

    town: Town
    ref: str
    token: str

    @property
    def urls(self) -> list[str]:
        """Every address in every letter, and in its HTML part too."""
        found = {link for one in self.town.mail.caught() for link in one.links}
        for one in self.town.mail.caught():
            found |= set(re.findall(r'href="(https?://[^"]+)"', one.html))
        return sorted(found)

    @property
    def decide_urls(self) -> list[str]:
        return [url for url in self.urls if "/a/" in url]

    def rows(self) -> list[LinkRow]:
        with self.town.store.reading() as tx:
            found = [links.get(tx, urlsplit(url).path.split(".")[1]) for url in self.decide_urls]
        return [row for row in found if row is not None]

    def counted(self) -> dict[str, int]:
        """How many decisions and sessions there are."""
        with self.town.store.reading() as tx:
            return {
                str(table.name): int(tx.value(select(func.count()).select_from(table))) for table in COUNTED
            }


@pytest.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with town(tmp_path_factory.mktemp("scanned"), BEGINS) as city:
        token = await city.token("pmo")
        parties = [
            {"post": post, "share_percent": share} for post, share in zip(FUNDERS, (60, 20, 20), strict=True)
        ]
        ref = await city.submits(
            token,
            SAMPLES["PROP-02"]
            | {"funding_parties": parties, "decision_needed_by": "2004-10-01", "size": "major"},
        )
        letter = await city.asked("sd-ict-ca", "Reply by", ref)
        noted = {"fit": "no_concern", "infrastructure": "no_concern", "network_security": "no_concern"}
        await city.holder("sd-ict-ca").decide(letter, noted | {"choice": "note"})
        await city.becomes(ref, State.WITH_FUNDERS)
        step = await city.opened(ref, "funding-cd-rc")
        assert step.next is not None
        await city.jumps(step.next.at)
        await city.mail.letter("cd-rc@leicester.example", "eminder", ref)
        await city.settles()
        yield Scene(city, ref, token)


async def fetched(urls: Iterable[str], times: int) -> list[httpx.Response]:
    """Open every address with every method, again and again, as from many places at once."""
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=8)) as scanner:
        asked = [(method, url) for _ in range(times) for url in urls for method in METHODS]
        return await asyncio.gather(*(scanner.request(method, url) for method, url in asked))


# ------------------------------------------------------------------------------- A01 to A05


async def test_every_letter_that_asks_has_one_link_of_ours_and_the_same_in_both_its_parts(
    scene: Scene,
) -> None:
    asking = [one for one in scene.town.mail.caught() if any("/a/" in link for link in one.links)]
    assert len(asking) >= 5
    for one in asking:
        [link] = [link for link in one.links if "/a/" in link]
        assert link.startswith(scene.town.url), link
        assert set(re.findall(r'href="([^"]*/a/[^"]*)"', one.html)) == {link}


async def test_scanners_with_every_method_decide_nothing_and_get_no_rights(scene: Scene) -> None:
    before = scene.counted()
    for answer in await fetched(scene.urls, times=3):
        assert "set-cookie" not in answer.headers, answer.url
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "strict-origin"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert not answer.is_redirect or "/a/" not in str(answer.url)
        match answer.request.method:
            case "HEAD":
                assert answer.content == b""
            case "OPTIONS":
                assert (answer.status_code, answer.content) == (204, b"")
                assert "POST" in answer.headers["allow"] or "/a/" not in str(answer.url)
            case "GET":
                assert (
                    scene.ref not in answer.text or "/a/" not in str(answer.url) or answer.status_code == 200
                )
            case _:
                assert answer.status_code in (405, 501), answer
    assert scene.counted() == before


async def test_the_first_page_of_a_link_says_nothing_of_the_case_but_its_reference(scene: Scene) -> None:
    async with httpx.AsyncClient() as scanner:
        page = (await scanner.get(scene.decide_urls[0])).text
    for secret in ("De Montfort Hall and Sports", "£", "140,000", "Booking at any hour"):
        assert secret not in page, secret


@needs_chromium
async def test_a_scanner_that_runs_scripts_and_clicks_every_link_decides_nothing(scene: Scene) -> None:
    before = scene.counted()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(PROGRAM), args=["--no-sandbox"])
        for url in scene.decide_urls:
            page = await browser.new_page()
            await page.goto(url)
            await page.wait_for_load_state("networkidle")
            for number in range(await page.locator("a[href]").count()):
                await page.goto(url)
                await page.locator("a[href]").nth(number).click(timeout=5_000, force=True)
            await page.close()
        await browser.close()
    assert scene.counted() == before


async def test_a_form_that_a_script_sends_is_told_that_nobody_pressed_the_button(scene: Scene) -> None:
    browser = Browser(scene.town.url)
    link = next(url for url, row in zip(scene.decide_urls, scene.rows(), strict=True) if row.post == "cd-rc")
    page = await browser.press(await browser.open(link), "Continue")
    checked = await browser.press(page, "Continue", {"choice": "approve"})
    form, _ = checked.form("Confirm")
    by_script = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Origin": scene.town.url}
    answer = await browser._client.post(form.action, data=dict(form.fields), headers=by_script)
    assert answer.status_code == 403
    assert scene.counted()[str(INTENTS.name)] == 1, "only the notification"
    await browser.close()


@pytest.mark.parametrize(
    ("words", "headers"),
    [
        ("Approved", {}),
        ("I am away until Monday. Approved.", {"Auto-Submitted": "auto-replied", "Precedence": "bulk"}),
    ],
)
async def test_a_reply_by_mail_decides_nothing_whatever_it_says_and_whoever_it_seems_to_be_from(
    scene: Scene, words: str, headers: dict[str, str]
) -> None:
    city = scene.town
    before = scene.counted()
    asked = city.mail.to("budget-sports@leicester.example", "Decide by")[0]
    reply = EmailMessage()
    reply["From"] = "budget-sports@leicester.example"
    reply["To"] = asked.headers["Reply-To"]
    reply["Subject"] = f"Re: {asked.subject}"
    reply["In-Reply-To"] = asked.headers["Message-ID"]
    for name, value in headers.items():
        reply[name] = value
    reply.set_content(f"{words}\n\n> {asked.text}")
    mailer = Mailer(HOST, city.stack.ports.mail, tls="none")
    await mailer.send(reply)
    await mailer.close()
    await until(lambda: any(words in one.text for one in city.mail.caught()), "the reply has arrived")
    await city.settles()
    assert scene.counted() == before
    assert asked.headers["Auto-Submitted"] == "auto-generated"


async def test_a_link_that_scanners_opened_a_hundred_times_still_works_for_its_reader(scene: Scene) -> None:
    letter = await scene.town.asked("bh-dmh", "Decide by", scene.ref)
    async with httpx.AsyncClient(timeout=60) as scanner:
        statuses = [(await scanner.get(letter.link)).status_code for _ in range(100)]
    assert set(statuses) == {200, 429}
    receipt = await scene.town.holder("bh-dmh").decide(letter, {"choice": "approve"})
    assert "You approved" in receipt.text


async def test_a_person_who_comes_after_the_scanners_decides_with_the_same_link(scene: Scene) -> None:
    letter = await scene.town.asked("bh-sports", "Decide by", scene.ref)
    receipt = await scene.town.holder("bh-sports").decide(letter, {"choice": "approve"})
    assert "You approved" in receipt.text


async def test_request_and_reminder_lead_to_one_question_and_one_decision(scene: Scene) -> None:
    city = scene.town
    person = city.holder("cd-rc")
    letters = [
        one for one in city.mail.to("cd-rc@leicester.example") if any("/a/" in link for link in one.links)
    ]
    request, reminder = [next(link for link in one.links if "/a/" in link) for one in letters]
    assert request != reminder
    first = await person.press(await person.open(request), "Continue")
    second = await person.press(await person.open(reminder), "Continue")
    assert first.status == second.status == 200
    checked = await person.press(second, "Continue", {"choice": "approve"})
    assert (await person.press(checked, "Confirm")).status == 200
    told = await person.press(await person.open(request), "Continue")
    assert "You approved" in told.text
    assert [made.post for made in city.decisions(scene.ref)].count("cd-rc") == 1
    await city.becomes(scene.ref, State.WITH_SRG)


# ------------------------------------------------------------------------------- A08


async def test_after_a_full_run_no_secret_is_anywhere_but_in_the_mails_themselves(scene: Scene) -> None:
    city = scene.town
    await city.settles()
    hidden = {f"the MAC of {url[-40:]}": url.rpartition(".")[2] for url in scene.decide_urls}
    hidden |= {"an API token": scene.token}
    for address, person in city.people.items():
        for name, value in person._browser._client.cookies.items():
            hidden[f"the cookie {name} of {address}"] = value
    assert len([name for name in hidden if "cookie" in name]) >= 4
    patterns = {name: re.compile(re.escape(value.encode())) for name, value in hidden.items()}
    codes = [match.groups() for one in city.mail.caught() if (match := _CODE.search(one.text))]
    assert len(codes) >= 1
    for first, last in codes:
        # Six digits also stand in instants and hashes, and are not a code there.
        alone = rf"(?<![0-9A-Fa-f.]){first}[  ]?{last}(?![0-9A-Fa-f])"
        patterns[f"the code {first} {last}"] = re.compile(alone.encode())
    searched = [file for file in city.folder.rglob("*") if file.is_file() and file.parent.name != "mail"]
    assert {"assent.db", "temporal.db", "web.log", "worker.log", "stack.json"} <= {
        file.name for file in searched
    }
    found = [
        f"{name} in {file.relative_to(city.folder)}"
        for file in searched
        for name, pattern in patterns.items()
        if pattern.search(file.read_bytes())
    ]
    assert found == []


async def test_after_a_full_run_the_engine_knows_nobodys_name_or_address_and_no_words(scene: Scene) -> None:
    await scene.town.settles()
    rules = leicester()
    personal = {person.name for person in rules.people.values()} | {SAMPLES["PROP-02"]["title"]}
    personal |= {person.email for person in rules.people.values()}
    personal |= {post.email for post in rules.posts.values()}
    found = {
        word
        for file in scene.town.folder.glob("temporal.db*")
        for word in personal
        if word.encode() in file.read_bytes()
    }
    assert found == set()


_CODE = re.compile(r"\b(\d{3}) (\d{3}) is your code")


async def test_after_the_scanners_the_record_is_whole(scene: Scene) -> None:
    assert checker.faults(scene.town) == []


# ------------------------------------------------------------------------------- many


@pytest.mark.long
async def test_ten_thousand_fetches_of_every_link_decide_nothing(scene: Scene) -> None:
    before = scene.counted()
    rounds = 10_000 // (len(scene.urls) * len(METHODS)) + 1
    for _ in range(rounds):
        await fetched(scene.urls, times=1)
    assert scene.counted() == before
    assert checker.faults(scene.town) == []
