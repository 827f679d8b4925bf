"""Forms with documents in them, taken in piece by piece: nobody ever holds a whole document in memory.

A document goes to the disk as far as it may be large. What comes of it after that is counted and thrown away,
so that the rest of its form arrives and the reader is told beside its box.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from fastapi import Request
from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

LIMIT = 200 * 1024 * 1024
"""Bytes of a form with documents, kept or thrown away. A route that takes one has this as its own limit."""
MOST_DOCUMENTS = 20
"""Boxes for documents on a form, those left empty among them."""
MOST_FIELDS = 500
TYPED_LIMIT = 1024 * 1024
"""Bytes of all that is typed into such a form: as much as into any other."""


def takes(request: Request) -> bool:
    """Say whether a request is for a route that takes documents."""
    return getattr(request.scope.get("route"), "max_body_size", None) == LIMIT


async def received(request: Request, largest: int) -> FormData:
    """Return a form that was sent, with no more than so many bytes of each of its documents.

    The `size` of a document is that of all that was sent of it. Whoever asks for the form closes it.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        async with aclosing(request.stream()) as stream:
            if kind == "multipart/form-data":
                return await _Parser(request.headers, stream, largest).parse()
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
            raise MultiPartException("Too much was typed into this form.")
        yield piece


class _Parser(MultiPartParser):
    spool_max_size = 64 * 1024

    def __init__(self, headers: Headers, stream: AsyncGenerator[bytes, None], largest: int) -> None:
        most = {"max_files": MOST_DOCUMENTS, "max_fields": MOST_FIELDS, "max_part_size": TYPED_LIMIT}
        super().__init__(headers, stream, **most)
        self._largest = largest
        self._came = 0
        self._typed = 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._came = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        file = self._current_part.file
        if file is None:
            self._typed += end - start
            if self._typed > TYPED_LIMIT:
                raise MultiPartException("Too much was typed into this form.")
        else:
            self._came += end - start
            if self._came > self._largest:
                file.size = (file.size or 0) + end - start
                return
        super().on_part_data(data, start, end)
