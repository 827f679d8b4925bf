"""Forms as they come in: those with documents piece by piece, so that nobody ever holds a whole document in
memory.

A document goes to the disk as far as it may be large. What comes of it after that is counted and thrown away,
so that the rest of its form arrives and the reader is told beside its box.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from fastapi import Request
from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from service.errors import TooLarge

LIMIT = 200 * 1024 * 1024
"""Bytes of a form with documents, kept or thrown away. A route that takes one has this as its own limit."""
MOST_DOCUMENTS = 20
"""Boxes for documents on a form, those left empty among them."""
MOST_FIELDS = 500
TYPED_LIMIT = 1024 * 1024
"""Bytes of all that is typed into such a form: as much as into any other."""
_TOO_MUCH = (
    "Too much was typed into this form: it takes a million characters in all. Go back, and make it shorter, "
    "or hand it in as a document."
)


def takes(request: Request) -> bool:
    """Say whether a request is for a route that takes documents."""
    return getattr(request.scope.get("route"), "max_body_size", None) == LIMIT


async def received(request: Request, largest: int, documents: int = MOST_DOCUMENTS) -> FormData:
    """Return a form that was sent, with so many documents at most, and no more than so many bytes of each.

    The `size` of a document is that of all that was sent of it. Whoever asks for the form closes it.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        async with aclosing(request.stream()) as stream:
            if kind == "multipart/form-data":
                return await _Parser(request.headers, stream, largest, documents).parse()
            if kind == "application/x-www-form-urlencoded":
                parser = FormParser(request.headers, _typed(stream), max_fields=MOST_FIELDS)
                return await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, error.message) from None
    return FormData()


async def _typed(stream: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Pass on a form without documents, which is no larger than any other."""
    came = 0
    async for piece in stream:
        came += len(piece)
        if came > TYPED_LIMIT:
            raise TooLarge(_TOO_MUCH)
        yield piece


class _Parser(MultiPartParser):
    spool_max_size = 64 * 1024

    def __init__(
        self, headers: Headers, stream: AsyncGenerator[bytes, None], largest: int, documents: int
    ) -> None:
        most = {"max_files": documents, "max_fields": MOST_FIELDS, "max_part_size": TYPED_LIMIT}
        super().__init__(headers, stream, **most)
        self._largest = largest
        self._came = 0
        self._typed = 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        # Whatever the form says it is written in: we gave it out, and it is UTF-8.
        self._charset = "utf-8"
        self._came = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        file = self._current_part.file
        if file is None:
            self._typed += end - start
            if self._typed > TYPED_LIMIT:
                raise TooLarge(_TOO_MUCH)
        else:
            self._came += end - start
            if self._came > self._largest:
                file.size = (file.size or 0) + end - start
                return
        super().on_part_data(data, start, end)

    def on_part_end(self) -> None:
        part = self._current_part
        if part.file is None:
            self.items.append((part.field_name, part.data.decode("utf-8", "replace")))
        else:
            super().on_part_end()
