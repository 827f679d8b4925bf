"""A real browser for tests: Chromium as Debian ships it, a phone's size, and an ear for what it refuses."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, async_playwright

PROGRAM = Path("/usr/bin/chromium")
PHONE = (390, 844)
DESK = (1280, 900)
MOST_TABS = 80
"""How often a person presses Tab on one page before they give up."""

UNREADABLE = """() => {
    const found = [];
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide > 0) found.push(`the page is ${wide} pixels wider than the screen`);
    for (const tag of document.querySelectorAll('.govuk-tag'))
        if (tag.scrollWidth > tag.clientWidth) found.push(`“${tag.innerText}” does not fit its tag`);
    for (const cell of document.querySelectorAll('td'))
        if (cell.innerText.length > 30 && cell.clientWidth < 100)
            found.push(`“${cell.innerText}” is squeezed into ${cell.clientWidth} pixels`);
    return found;
}"""
"""What axe does not look at: text that is cut off, overlaps, or stands a few letters to a line."""

needs_chromium = pytest.mark.skipif(
    # Where everything is checked before it is released, a browser that is missing is a failure.
    os.environ.get("CI") != "true" and not PROGRAM.exists(),
    reason=f"there is no Chromium at {PROGRAM}: apt-get install chromium",
)


@dataclass
class Seen:
    """What the browser did besides showing pages."""

    home: str
    refused: list[str] = field(default_factory=list)
    """What a content security policy kept from happening."""
    elsewhere: list[str] = field(default_factory=list)
    """Requests to other hosts than ours."""
    referers: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What axe found, page by page."""

    def said(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.refused.append(message.text)

    def asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc not in ("", urlsplit(self.home).netloc):
            self.elsewhere.append(request.url)
        if urlsplit(request.url).path == "/csp":
            self.refused.append(request.post_data or "a report")
        if referer := request.headers.get("referer"):
            self.referers.append(referer)

    @property
    def links_told(self) -> list[str]:
        """Referers that have a link of a letter in them."""
        return [referer for referer in self.referers if re.search(r"/a/[^/]+\.", referer)]


@dataclass
class Screen:
    """A page in a browser, used by keyboard."""

    page: Page
    seen: Seen
    shots: Path
    axe: Axe = field(default_factory=Axe)

    async def opens(self, url: str) -> None:
        await self.page.goto(url)

    async def tabs_to(self, words: str) -> None:
        """Press Tab until what has the focus is called this."""
        for _ in range(MOST_TABS):
            await self.page.keyboard.press("Tab")
            if words.lower() in (await self._focused()).lower():
                return
        raise AssertionError(f"Tab does not lead to “{words}” on {await self.page.title()}")

    async def follows(self, words: str) -> None:
        """Reach a link or a button with Tab and press Enter."""
        await self.tabs_to(words)
        async with self.page.expect_navigation(timeout=10_000):
            await self.page.keyboard.press("Enter")

    async def chooses(self, words: str) -> None:
        """Reach a group of radios with Tab, and the radio with arrows, as browsers have it."""
        for _ in range(MOST_TABS):
            await self.page.keyboard.press("Tab")
            if await self.page.evaluate("document.activeElement.type === 'radio'"):
                break
        await self.page.keyboard.press("Space")
        for _ in range(MOST_TABS):
            if words.lower() in (await self._focused()).lower():
                assert await self.page.evaluate("document.activeElement.checked"), words
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no radio “{words}” on {await self.page.title()}")

    async def types(self, words: str, text: str) -> None:
        """Reach a box with Tab and type into it."""
        await self.tabs_to(words)
        await self.page.keyboard.type(text)

    async def looks(self, name: str) -> None:
        """Check the page as a reader with a screen reader would need it, and keep a picture of it."""
        number = len(list(self.shots.glob("*.png"))) + 1
        await self.page.screenshot(path=self.shots / f"{number:02}-{name}.png", full_page=True)
        found = await self.axe.run(self.page)
        for violation in found.response["violations"]:
            nodes = "; ".join(node["html"][:200] for node in violation["nodes"][:3])
            self.seen.problems.append(f"{name}: {violation['id']}: {violation['help']}: {nodes}")
        told: list[str] = await self.page.evaluate(UNREADABLE)
        self.seen.problems += [f"{name}: {what}" for what in told]

    async def _focused(self) -> str:
        named = """() => {
            const at = document.activeElement;
            if (!at.matches('a, button, input, select, textarea')) return '';
            const labels = at.labels ? [...at.labels].map(label => label.innerText) : [];
            return [at.innerText || '', ...labels, at.getAttribute('aria-label') || ''].join(' ');
        }"""
        told: str = await self.page.evaluate(named)
        return told


@asynccontextmanager
async def browsing(home: str, shots: Path, size: tuple[int, int] = PHONE) -> AsyncIterator[Screen]:
    """Open a browser of somebody's own."""
    width, height = size
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=str(PROGRAM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context: BrowserContext = await chromium.new_context(viewport={"width": width, "height": height})
        seen = Seen(home)
        context.on("console", seen.said)
        context.on("request", seen.asked)
        try:
            yield Screen(await context.new_page(), seen, shots)
        finally:
            await context.close()
            await chromium.close()
