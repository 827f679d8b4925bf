"""Forms with documents in them, taken in piece by piece: nobody ever holds a whole document in memory.

A document goes to the disk as far as it may be large. What comes of it after that is counted and thrown away,
so that the rest of its form arrives and the reader is told beside its box.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import Request
from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

LIMIT = 200 * 1024 * 1024
"""Bytes of a form with documents, kept or thrown away. A route that takes one has this as its own limit."""
MOST_DOCUMENTS = 20
"""Boxes for documents on a form, those left empty among them."""
MOST_FIELDS = 500
TYPED_LIMIT = 1024 * 1024
"""Bytes of all that is typed into such a form: as much as into any other."""


def takes(request: Request) -> bool:
    """Say whether a request is for a route that takes documents, and brings a form that may have some."""
    route = request.scope.get("route")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return getattr(route, "max_body_size", None) == LIMIT and kind == "multipart/form-data"


async def received(request: Request, largest: int) -> FormData:
    """Return a form that was sent, with no more than so many bytes of each of its documents.

    The `size` of a document is that of all that was sent of it. Whoever asks for the form closes it.
    """
    try:
        async with aclosing(request.stream()) as stream:
            return await _Parser(request.headers, stream, largest).parse()
    except MultiPartException as error:
        raise HTTPException(400, error.message) from None


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
