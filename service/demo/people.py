"""People of the demo: they have a mailbox and a browser, and nothing else."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import httpx2 as httpx

from service.demo.browser import Browser, Page, Paper

PATIENCE = 60.0
"""Seconds after which a letter or a page that has not come is not coming."""


RENEW = "Send me a new link"


class NotTrue(Exception):
    """Something that the story tells did not happen."""


@dataclass(frozen=True)
class Received:
    """A letter as its reader has it before them."""

    id: int
    to: str
    subject: str
    text: str
    links: tuple[str, ...]

    @property
    def link(self) -> str:
        """The one link by which the reader may answer."""
        return next(link for link in self.links if "/a/" in link)

    @property
    def code(self) -> str:
        """The code it brings."""
        found = re.search(r"\b(\d{3}) ?(\d{3})\b", self.text)
        if found is None:
            raise NotTrue(f"no code in “{self.subject}”")
        return "".join(found.groups())


class Mail:
    """The mail catcher, as its readers see it."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.AsyncClient(base_url=base_url, timeout=30)
        self._come: dict[int, Received] = {}
        """By their ids, in the order in which they came."""
        self._read: set[int] = set()

    async def all(self) -> list[Received]:
        """Return every letter so far, of which only those are fetched that have come since the last time."""
        answer = await self._client.get("/dev/mail.json", params={"after": max(self._come, default=0)})
        for one in answer.json():
            letter = Received(one["id"], one["to"], one["subject"], one["text"], tuple(one["links"]))
            self._come[letter.id] = letter
        return list(self._come.values())

    async def letter(self, to: str, says: str, ref: str = "") -> Received:
        """Wait for a letter to somebody whose subject says something, and that nobody has read yet.

        If a case is named it is a letter about that.
        """

        async def found() -> Received | None:
            letter = await self.unread(to, says, ref)
            if letter is not None:
                self._read.add(letter.id)
            return letter

        return await until(found, f"a letter to {to} that says “{says}”")

    async def unread(self, to: str, says: str, ref: str = "") -> Received | None:
        """Look for such a letter, and leave it unread."""
        for letter in await self.all():
            meant = letter.to == to and says in letter.subject and ref in letter.subject + letter.text
            if meant and letter.id not in self._read:
                return letter
        return None

    async def scanned(self, letter: Received) -> None:
        """Do what a mail scanner does before the reader comes: open every link, twice."""
        async with httpx.AsyncClient(follow_redirects=True, timeout=30) as scanner:
            for link in letter.links:
                await scanner.get(link)
                await scanner.head(link)

    async def close(self) -> None:
        """Close the mailbox."""
        await self._client.aclose()


class Person:
    """Somebody with an address and a browser of their own."""

    def __init__(self, address: str, base_url: str, mail: Mail) -> None:
        self.address = address
        self._base_url = base_url
        self._mail = mail
        self._browser = Browser(base_url)

    async def sign_in(self) -> Page:
        """Sign in by the code that comes by mail."""
        asked = await self._browser.press(
            await self._browser.open("/sign-in"), "Continue", {"address": self.address}
        )
        letter = await self._mail.letter(self.address, "code")
        page = await self._browser.press(asked, "Sign in", {"code": letter.code})
        if page.status != 200 or "sign-in" in page.url:
            raise NotTrue(f"{self.address} could not sign in: {page.title}")
        return page

    async def open(self, address: str) -> Page:
        """Open a page."""
        return await self._browser.open(address)

    async def press(
        self, page: Page, button: str, answers: Mapping[str, str | Sequence[str]] | None = None
    ) -> Page:
        """Fill in a form and press its button."""
        return await self._browser.press(page, button, answers)

    async def decide(
        self, letter: Received, answers: Mapping[str, str], papers: Mapping[str, Paper] | None = None
    ) -> Page:
        """Follow a letter's link, answer as asked, with documents, check and confirm; return the receipt."""
        checked = await self._browser.press(await self._follow(letter), "Continue", answers, papers)
        if "/a/check/" not in checked.url:
            raise NotTrue(f"{self.address} could not answer “{letter.subject}”: {checked.text[:400]}")
        return self._receipt(letter, await self._browser.press(checked, "Confirm"))

    async def still_asked(self, letter: Received) -> bool:
        """Say whether what a letter asks still waits for an answer: it may have closed without one."""
        page = await self._browser.open(letter.link)
        return page.offers("Continue") or page.offers(RENEW)

    async def nothing_changed(self, letter: Received) -> Page:
        """Follow the link of a letter that asks for a report, and say in one press that nothing changed."""
        page = await self._follow(letter)
        return self._receipt(letter, await self._browser.press(page, "Nothing has changed"))

    async def _follow(self, letter: Received) -> Page:
        """Come by a letter's link to what it asks, with a code where one is needed."""
        await self._mail.scanned(letter)
        page = await self._browser.press(await self._opened(letter), "Continue")
        if "/a/code/" in page.url:
            code = await self._mail.letter(self.address, "code")
            page = await self._browser.press(page, "Continue", {"code": code.code})
        return page

    async def _opened(self, letter: Received) -> Page:
        """Open a letter's link; one that is too old sends a new one, in the same letter as of today."""
        page = await self._browser.open(letter.link)
        if page.offers(RENEW):
            await self._browser.press(page, RENEW)
            says, about = letter.subject.split()[0], letter.subject.rpartition("(")[2].rstrip(")")
            while page.offers(RENEW):
                newer = await self._mail.letter(self.address, says, about)
                page = await self._browser.open(newer.link)
        return page

    def _receipt(self, letter: Received, page: Page) -> Page:
        if page.status not in (200, 202):
            raise NotTrue(f"{self.address} could not answer “{letter.subject}”: {page.text[:200]}")
        return page

    async def close(self) -> None:
        """Close the browser."""
        await self._browser.close()


Found = TypeVar("Found")


async def until(look: Callable[[], Awaitable[Found | None]], what: str) -> Found:
    """Look again and again until something is there."""
    try:
        async with asyncio.timeout(PATIENCE):
            while (found := await look()) is None:  # noqa: ASYNC110 - there is nobody to be told by
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise NotTrue(f"{what} did not come within {PATIENCE:.0f} seconds") from None
    return found
