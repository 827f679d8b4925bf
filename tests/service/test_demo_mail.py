"""The mailbox of the demo's people, as it fills."""

import json

import httpx2 as httpx
import pytest

from service.demo.people import Mail


class Catcher:
    """Gives out letters as the mail page does, and remembers how many it gave each time."""

    def __init__(self) -> None:
        self.come = 0
        self.given: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        after = int(request.url.params.get("after", "0"))
        letters = [
            {"id": id, "to": "a@town.example", "subject": f"Letter {id}", "text": "", "links": []}
            for id in range(after + 1, self.come + 1)
        ]
        self.given.append(len(letters))
        return httpx.Response(200, content=json.dumps(letters))


@pytest.mark.asyncio
async def test_each_letter_is_fetched_once_however_often_one_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    catcher, real = Catcher(), httpx.AsyncClient
    monkeypatch.setattr(
        httpx, "AsyncClient", lambda **more: real(**more, transport=httpx.MockTransport(catcher))
    )
    mail = Mail("http://demo.example")
    for come in (2, 2, 3, 3):
        catcher.come = come
        assert [one.id for one in await mail.all()] == list(range(1, come + 1))
    assert catcher.given == [2, 0, 1, 0]
    letter = await mail.letter("a@town.example", "Letter")
    again = await mail.unread("a@town.example", "Letter")
    assert (letter.id, again and again.id) == (1, 2)
    await mail.close()
