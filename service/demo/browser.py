"""A browser without JavaScript: follows links, fills in forms by their labels' names, presses buttons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2 as httpx

Paper = tuple[str, bytes]
"""A document as it is handed in: what it is called, and what it holds."""

_SILENT = ("script", "style", "head")
_VOID = ("input", "br", "hr", "img", "link", "meta")


@dataclass
class Form:
    """A form as it stands on a page: where it goes, and what it holds already."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    """For radios, checkboxes and lists: the values one may choose."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value and words of each button."""
    boxes: list[str] = field(default_factory=list)
    """The names of boxes for documents."""

    @property
    def names(self) -> set[str]:
        """The names of everything that can be filled in."""
        return {name for name, _ in self.fields} | set(self.choices)


@dataclass
class Page:
    """A page as it came, and as its reader takes it in."""

    url: str
    status: int
    html: str
    headers: Mapping[str, str]
    title: str = ""
    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    """Words and address of each link."""
    forms: list[Form] = field(default_factory=list)

    def link(self, words: str) -> str:
        """Return the address of the link with these words in it."""
        for said, address in self.links:
            if words.lower() in said.lower():
                return urljoin(self.url, address)
        raise LookupError(f"no link “{words}” on {self.title or self.url}")

    def offers(self, button: str) -> bool:
        """Say whether there is a button that says this."""
        return any(button.lower() in words.lower() for form in self.forms for _, _, words in form.buttons)

    def form(self, button: str) -> tuple[Form, tuple[str, str, str]]:
        """Return the form with a button that says this, and the button."""
        for form in self.forms:
            for pressed in form.buttons:
                if button.lower() in pressed[2].lower():
                    return form, pressed
        said = ", ".join(words for form in self.forms for _, _, words in form.buttons)
        raise LookupError(f"no button “{button}” on {self.title or self.url}, only: {said or 'none'}")


class Browser:
    """One person's browser, with their cookies."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.AsyncClient(base_url=base_url, follow_redirects=True, timeout=30)

    async def open(self, address: str) -> Page:
        """Open an address."""
        return read(await self._client.get(address, headers=_by_hand("none")))

    async def press(
        self,
        page: Page,
        button: str,
        answers: Mapping[str, str | Sequence[str]] | None = None,
        papers: Mapping[str, Paper] | None = None,
    ) -> Page:
        """Fill in the form that has a button, with documents in boxes for them, and press it. A name the form
        lacks is an error.
        """
        form, pressed = page.form(button)
        unknown = (set(answers or {}) - form.names) | (set(papers or {}) - {*form.boxes})
        if unknown:
            raise LookupError(f"no field {', '.join(sorted(unknown))} on {page.title or page.url}")
        sent = [(name, value) for name, value in form.fields if name not in (answers or {})]
        for name, answer in (answers or {}).items():
            sent += [(name, one) for one in ([answer] if isinstance(answer, str) else answer)]
        if pressed[0]:
            sent.append(pressed[:2])
        data: dict[str, list[str]] = {}
        for name, value in sent:
            data.setdefault(name, []).append(value)
        address = urljoin(page.url, form.action or page.url)
        if form.method == "get":
            return read(await self._client.get(address, params=data, headers=_by_hand("same-origin")))
        headers = {**_by_hand("same-origin"), "Origin": str(self._client.base_url).rstrip("/")}
        return read(await self._client.post(address, data=data, files=papers or None, headers=headers))

    async def follow(self, page: Page, words: str) -> Page:
        """Follow the link with these words."""
        return await self.open(page.link(words))

    async def close(self) -> None:
        """Close the browser."""
        await self._client.aclose()


def _by_hand(site: str) -> dict[str, str]:
    """What a browser says of a navigation that a person began."""
    return {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"}


def read(answer: httpx.Response) -> Page:
    """Take in a page."""
    reader = _Reader()
    reader.feed(answer.text)
    return Page(
        url=str(answer.url),
        status=answer.status_code,
        html=answer.text,
        headers=answer.headers,
        title=" ".join(reader.title.split()),
        text=" ".join("".join(reader.words).split()),
        links=reader.links,
        forms=reader.forms,
    )


class _Reader(HTMLParser):
    """Reads links, forms and words."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._open: list[str] = []
        self._link: tuple[str, list[str]] | None = None
        self._button: tuple[str, str, list[str]] | None = None
        self._area: tuple[str, list[str]] | None = None
        self._list = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._open.append(tag)
        match tag:
            case "a":
                self._link = (said.get("href", ""), [])
            case "form":
                self.forms.append(Form(said.get("action", ""), said.get("method", "get").lower()))
            case "input" if self.forms:
                self._input(self.forms[-1], said)
            case "textarea":
                self._area = (said.get("name", ""), [])
            case "select":
                self._list = said.get("name", "")
                self.forms[-1].choices.setdefault(self._list, [])
            case "option" if self._list:
                self.forms[-1].choices[self._list].append(said.get("value", ""))
                if "selected" in said:
                    self.forms[-1].fields.append((self._list, said.get("value", "")))
            case "button":
                self._button = (said.get("name", ""), said.get("value", ""), [])
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            continue
        self.words.append(" ")
        if tag == "a" and self._link:
            self.links.append((" ".join("".join(self._link[1]).split()), self._link[0]))
            self._link = None
        elif tag == "button" and self._button and self.forms:
            name, value, words = self._button
            self.forms[-1].buttons.append((name, value, " ".join("".join(words).split())))
            self._button = None
        elif tag == "textarea" and self._area:
            # The first line break after the tag is not part of what it holds.
            self.forms[-1].fields.append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
            self._area = None
        elif tag == "select":
            self._list = ""

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self.title += data
        for taking in (self._link, self._button, self._area):
            if taking:
                taking[-1].append(data)
        if not any(tag in _SILENT for tag in self._open):
            self.words.append(data)

    def _input(self, form: Form, said: dict[str, str]) -> None:
        name, value, kind = said.get("name", ""), said.get("value", ""), said.get("type", "text")
        if kind in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(value)
            if "checked" in said:
                form.fields.append((name, value))
        elif kind == "submit":
            form.buttons.append((name, value, value))
        elif kind == "file":
            form.boxes.append(name)
        elif name:
            form.fields.append((name, value))
