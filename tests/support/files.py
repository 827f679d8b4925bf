"""Files as people hand them in, good and bad, made for the tests."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from pypdf import PdfWriter

Parts = Mapping[str, bytes]

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + b"\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    + b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9) + b"\xff\xd9"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)

_MAIN = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}
_MEDIA = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def packed(parts: Parts, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, body in parts.items():
            # As office programs do it: what is packed already is stored as it is.
            stored = body.startswith((b"\x89PNG", b"PK\x03\x04"))
            # With no hour of its own, so that the same parts are the same file.
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_STORED if stored else method)
    return made.getvalue()


def office(type: str, parts: Parts | None = None) -> bytes:
    """A file of Office, with these parts besides."""
    kind = f"application/vnd.openxmlformats-officedocument.{_MAIN[type]}"
    types = f'<Types><Override PartName="/main.xml" ContentType="{kind}"/></Types>'
    return packed({"[Content_Types].xml": types.encode(), "main.xml": b"<main/>", **(parts or {})})


def open_document(type: str, parts: Parts | None = None) -> bytes:
    """An OpenDocument file, with these parts besides."""
    media = f"application/vnd.oasis.opendocument.{_MEDIA[type]}"
    return packed({"mimetype": media.encode(), "content.xml": b"<content/>", **(parts or {})})


def good(type: str) -> bytes:
    """A file of any type that is taken."""
    if type in _MAIN:
        return office(type)
    if type in _MEDIA:
        return open_document(type)
    return {"pdf": PDF, "png": PNG, "jpg": JPG, "txt": "Costs: £84,000\n".encode(), "csv": b"a,b\n1,2\n"}[
        type
    ]


def with_password() -> bytes:
    """A PDF that opens with a password alone."""
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("hall", algorithm="RC4-128")
    writer.write(made)
    return made.getvalue()


def lying(says: int, holds: int) -> bytes:
    """A document with a part that says how large it is and is not."""
    body = bytes(holds)
    honest = office("docx", {"media/picture.bin": body})
    right, wrong = struct.pack("<L", holds), struct.pack("<L", says)
    crc, its = struct.pack("<L", zlib.crc32(body)), struct.pack("<L", zlib.crc32(body[:says]))
    return honest.replace(right, wrong).replace(crc, its)


def locked(made: bytes) -> bytes:
    """A zip file all of whose parts say that a password is needed."""
    flagged = bytearray(made)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begin = flagged.find(mark)
        while begin >= 0:
            flagged[begin + at] |= 1
            begin = flagged.find(mark, begin + 1)
    return bytes(flagged)


def overlapping(times: int, size: int) -> bytes:
    """A document that lists one part many times under other names."""
    made = office("docx", {"media/0000.bin": bytes(size)})
    end = made.rindex(b"PK\x05\x06")
    first = int.from_bytes(made[end + 16 : end + 20], "little")
    at = made.rindex(b"PK\x01\x02")
    entry, listed = made[at:end], made[first:end]
    more = b"".join(entry.replace(b"0000", f"{number:04}".encode()) for number in range(1, times))
    count = struct.pack("<2H", 3 + times - 1, 3 + times - 1)
    return (
        made[:end]
        + more
        + made[end : end + 8]
        + count
        + struct.pack("<L", len(listed + more))
        + made[end + 16 :]
    )
