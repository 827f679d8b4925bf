"""People who go on when a page does not come, and who remember what they were shown."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2 as httpx

from service.demo.browser import Browser, Page
from service.demo.people import Received
from service.store import links
from tests.chaos.checker import Shown
from tests.support.stack import Town

PATIENCE = 120.0
"""Seconds for which a person tries again before giving up."""
ANSWERS_OF = {200: "recorded", 202: "being recorded"}


@dataclass
class Patient:
    """Somebody with a mailbox who does not give up at once, and a diary of what they saw."""

    town: Town
    address: str
    diary: list[Shown] = field(default_factory=list)

    async def decides(self, letter: Received, answers: Mapping[str, str]) -> Shown:
        """Decide from a letter's link, from the beginning again whenever a page does not come."""
        async with asyncio.timeout(PATIENCE):
            while True:
                browser = Browser(self.town.url)
                try:
                    return await self._decides(browser, letter, answers)
                except (httpx.TransportError, NotNow):
                    await asyncio.sleep(0.3)
                finally:
                    await browser.close()

    async def _decides(self, browser: Browser, letter: Received, answers: Mapping[str, str]) -> Shown:
        page = await self.to_check(browser, letter, answers)
        if "/a/check/" not in page.url:
            # The answer of a try that broke off is there already.
            return self._noted(letter, answers, page)
        try:
            page = await browser.press(page, "Confirm")
        except httpx.TransportError:
            self._noted(letter, answers, page, unknown=True)
            raise
        return self._noted(letter, answers, _there(page))

    async def to_check(self, browser: Browser, letter: Received, answers: Mapping[str, str]) -> Page:
        """Go as far as the page on which one confirms, or to the page that says it is done."""
        page = _there(await browser.press(_there(await browser.open(letter.link)), "Continue"))
        if "/a/code/" in page.url:
            code = await self.town.mail.letter(self.address, "code")
            page = _there(await browser.press(page, "Continue", {"code": code.code}))
        if "choice" not in {name for form in page.forms for name in form.names}:
            return page
        return _there(await browser.press(page, "Continue", answers))

    def _noted(
        self, letter: Received, answers: Mapping[str, str], page: Page, *, unknown: bool = False
    ) -> Shown:
        with self.town.store.reading() as tx:
            link = links.get(tx, urlsplit(letter.link).path.split(".")[1])
        assert link is not None
        told = "unknown" if unknown else ANSWERS_OF.get(page.status, "refused")
        shown = Shown(link.step, link.seat, link.person, answers["choice"], link.content_hash, told)
        self.diary.append(shown)
        return shown


class NotNow(Exception):
    """The page says that the service is not there for the moment."""


def _there(page: Page) -> Page:
    if page.status in (429, 500, 502, 503):
        raise NotNow(page.title)
    return page
