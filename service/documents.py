"""What may be handed in as a document: its size, what it really is, and its name, whoever hands it in.

A document is looked at by its content, and never unpacked further than the bounds below allow. What a file is
called only has to agree with what it holds.
"""

import codecs
import copy
import os
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, pairwise
from tempfile import SpooledTemporaryFile
from typing import IO

from service.handbook import AttachmentRules
from workflows.model import Frozen

MEGABYTE = 1024 * 1024
PIECE = 64 * 1024
"""Bytes of a file that are looked at together."""
LONGEST_NAME = 120
"""Characters, its ending among them."""
MOST_ENTRIES = 5_000
"""Parts that an office file may have, those of the files within it among them. Large ones have hundreds."""
LARGEST_DIRECTORY = 2 * MEGABYTE
"""Bytes that the list of these parts may take: it is read whole."""
LARGEST_UNPACKED = 256 * MEGABYTE
"""Bytes that an office file may be once all its parts are unpacked."""
HARMLESS = 16 * MEGABYTE
"""Bytes to which any file may be unpacked, however well it was packed."""
MOST_PACKED = 100
"""How many times smaller than what it holds a larger file may be: tables of numbers come to twenty or so."""
DEEPEST = 1
"""How many files deep one file may hold another: a chart on a slide keeps its table in a workbook."""
LARGEST_LIST = MEGABYTE
"""Bytes of the part of an office file that says what the file is; more of it is not read."""
ENDS_WITHIN = 4 * 1024
"""Bytes before its end in which a PDF says that it ends."""
LONGEST_MARK = 128
"""Bytes that what tells of a password may take, blanks within it among them."""


class Unfit(Exception):
    """A file that is not taken. The message says what is the matter with it and what to do, as words that
    follow the file's name.
    """


class Document(Frozen):
    """A file that may be kept, with what is known of it."""

    name: str
    """As it was called, made safe."""
    type: str
    """Its type as a handbook has it: pdf, docx and so on."""
    size: int
    """Bytes."""
    hash: str
    """SHA-256 of its bytes."""


@dataclass(frozen=True)
class _Type:
    name: str
    media: str
    mark: bytes = b""
    """What an Office file has in the list of its parts where this is the main one."""


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_TYPES = {
    "pdf": _Type("a PDF", "application/pdf"),
    "docx": _Type(
        "a Word document",
        f"{_OPEN_XML}wordprocessingml.document",
        b"wordprocessingml.document.main+xml",
    ),
    "xlsx": _Type("an Excel workbook", f"{_OPEN_XML}spreadsheetml.sheet", b"spreadsheetml.sheet.main+xml"),
    "pptx": _Type(
        "a PowerPoint presentation",
        f"{_OPEN_XML}presentationml.presentation",
        b"presentationml.presentation.main+xml",
    ),
    "odt": _Type("an OpenDocument text", f"{_OPEN_DOCUMENT}text"),
    "ods": _Type("an OpenDocument spreadsheet", f"{_OPEN_DOCUMENT}spreadsheet"),
    "odp": _Type("an OpenDocument presentation", f"{_OPEN_DOCUMENT}presentation"),
    "png": _Type("a PNG picture", "image/png"),
    "jpg": _Type("a JPEG picture", "image/jpeg"),
    "txt": _Type("a plain text", "text/plain; charset=utf-8"),
    "csv": _Type("a table as CSV", "text/csv; charset=utf-8"),
}
_OPEN_XML_TYPES, _OPEN_DOCUMENT_TYPES = ("docx", "xlsx", "pptx"), ("odt", "ods", "odp")
_WRITTEN, _TEXT = ("txt", "csv"), "text"
"""Types that only their names tell apart, and what their content is found to be."""
_ENDINGS = {"jpeg": "jpg"}
"""Other endings of the same type."""
_PICTURES = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
_PDF, _ZIP = b"%PDF-", b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a file of an older Office begins, and one of a newer that has a password."""
_PDF_LOCKED = re.compile(rb"/Encrypt[\s\0]*(?:\d+[\s\0]+\d+[\s\0]+R|<<)")
"""What a PDF with a password says of itself where it says what is in it, which is never packed."""
_OFFICE_LOCKED = re.compile(re.escape("EncryptedPackage".encode("utf-16-le")))
"""The part in which a newer Office keeps all that a password locks."""
_PACKED = (_ZIP, b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf\x27\x1c", b"Rar!")
"""How files begin in which others are packed."""
_PROGRAMS = frozenset({"vbaproject.bin", "vbadata.xml"})
_EMPTY_LIBRARIES = frozenset({"script-lb.xml", "script-lc.xml"})
"""What OpenDocument files may have under Basic without any macro."""
_MAIN, _ANNOUNCED, _MANIFEST = "[Content_Types].xml", "mimetype", "META-INF/manifest.xml"
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    OSError,
)
"""What reading a file that is none, or a mutilated one, comes to."""

_MACROS = "holds macros, which are programs: save it without them, and choose that file"
_LOCKED = "has a password, so that nobody else could read it: save it without one, and choose that file"
_OLD = "is of an older Office: save it as docx, xlsx or pptx, and choose that file"
_BOMB = "would unpack to far more than a document holds: save it anew from the program it was made with"
_BROKEN = "is damaged or was cut short: open it in the program it was made with, and save it anew"
_FOREIGN = "is not as office programs write their files: open it in one of them, and save it anew"
_STEERING = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
"""Signs that steer a screen or a printer."""
_NOT_TEXT = "holds more than text in UTF-8: save it anew as UTF-8 (in Excel, choose the type CSV UTF-8)"
_AGAIN = "choose another file, or save it anew from the program it was made with"


def media_type(type: str) -> str:
    """Return how a type of document is called on the web."""
    return _TYPES[type].media


def type_of(media: str) -> str:
    """Return which type of document is called so on the web."""
    return next(type for type, known in _TYPES.items() if known.media == media)


def called(type: str) -> str:
    """Return a type of document in words."""
    return _TYPES[type].name


def checked(file: IO[bytes], given: str, rules: AttachmentRules, *, sent: int | None = None) -> Document:
    """Return what is known of a file that may be handed in. Raises Unfit if it may not.

    `given` is what it was called; `sent` how many bytes were sent, where the file does not hold all of them.
    """
    name = safe_name(given)
    size = _size(file)
    if max(size, sent or 0) > rules.megabytes * MEGABYTE:
        raise Unfit(
            f"is larger than {rules.megabytes} MB: make it smaller, for example with smaller pictures in it"
        )
    if not size:
        raise Unfit("is empty: choose a file that has something in it")
    if sent is not None and sent != size:
        raise Unfit(_BROKEN)
    ending = ending_of(name)
    if ending not in rules.types:
        raise Unfit(f"is not of a type that is taken: choose a file that ends in {_endings(rules.types)}")
    held = _held(file, size)
    if held != ending and not (held == _TEXT and ending in _WRITTEN):
        raise Unfit(_mismatch(ending, held))
    return Document(name=name, type=ending, size=size, hash=_hash(file))


def safe_name(given: str) -> str:
    """Return a file's name without anything that could mislead a reader or a program: no path, no signs that
    are not shown or that turn the direction of reading, and not too long.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    shown = "".join(map(_shown, last))
    stem, _, ending = " ".join(shown.split()).strip(". ").rpartition(".")
    stem, ending = stem.rstrip(". "), ending.strip()
    if not stem:
        stem, ending = ending, ""
    if re.fullmatch(r"(?i)con|prn|aux|nul|com\d|lpt\d", stem):
        stem += "-"
    ending = f".{ending.lower()[:10]}" if ending else ""
    return f"{(stem or 'document')[: LONGEST_NAME - len(ending)].rstrip('. ')}{ending}"


def ending_of(name: str) -> str:
    """Return the type that a name says: pdf, docx and so on; whatever it ends in if it says none."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return _ENDINGS.get(ending, ending)


def _shown(character: str) -> str:
    """Return a character of a name; a blank for one between lines, nothing for one that is not shown."""
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp") or character in "\t\r\n":
        return " "
    if category[0] == "C":
        return ""
    return "-" if character in '<>:"|?*' else character


# ---------------------------------------------------------------------------- content


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Go through a file from its beginning, without holding all of it."""
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _size(file: IO[bytes]) -> int:
    return file.seek(0, os.SEEK_END)


def _hash(file: IO[bytes]) -> str:
    digest = sha256()
    for piece in pieces(file):
        digest.update(piece)
    return digest.hexdigest()


def _endings(types: Sequence[str]) -> str:
    named = [f".{type}" for type in types]
    return " or ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def _mismatch(ending: str, held: str) -> str:
    """Say that a file holds something else than it is called."""
    if ending in _WRITTEN and not held:
        return _NOT_TEXT
    called_so = f"is called {called(ending)}, but"
    if not held:
        return f"{called_so} does not hold one: {_AGAIN}"
    if held == _TEXT:
        return f"{called_so} holds only text: {_AGAIN}"
    return f"{called_so} holds {called(held)}: choose the right file, or end its name in .{held}"


def _held(file: IO[bytes], size: int) -> str:
    """Return the type of what a file holds, or that it is text; nothing if it is none that is known."""
    file.seek(0)
    head = file.read(16)
    if head.startswith(_PDF):
        file.seek(max(0, size - ENDS_WITHIN))
        if b"%%EOF" not in file.read():
            raise Unfit(_BROKEN)
        if _says(file, _PDF_LOCKED):
            raise Unfit(_LOCKED)
        return "pdf"
    if head.startswith(_COMPOUND):
        raise Unfit(_LOCKED if _says(file, _OFFICE_LOCKED) else _OLD)
    if head.startswith(_ZIP):
        return _office(file, size, _Room())
    picture = next((type for type, mark in _PICTURES.items() if head.startswith(mark)), "")
    return picture or (_TEXT if _is_text(file) else "")


def _says(file: IO[bytes], mark: re.Pattern[bytes]) -> bool:
    """Say whether a mark is anywhere in a file, be it across two of its pieces."""
    before = b""
    for piece in pieces(file):
        if mark.search(before + piece):
            return True
        before = (before + piece)[-LONGEST_MARK:]
    return False


def _is_text(file: IO[bytes]) -> bool:
    """Say whether a file is text in UTF-8, without signs that steer a screen or a printer."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        return not any(
            _STEERING.search(decoder.decode(piece, final=not piece)) for piece in chain(pieces(file), (b"",))
        )
    except UnicodeDecodeError:
        return False


# ----------------------------------------------------------------------- office files


@dataclass
class _Room:
    """What is left of the bounds for a file and all that it holds."""

    entries: int = MOST_ENTRIES
    unpacked: int = LARGEST_UNPACKED


def _office(file: IO[bytes], size: int, room: _Room, depth: int = 0) -> str:
    """Return the type of an office file; nothing if files are packed in it that make none.

    Every part of it is unpacked once and thrown away, for the sizes that it states may be lies.
    """
    _bounded(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _plausible(entries, size, room)
            type = _announced(archive)
            for entry in entries:
                _unpacked(archive, entry, room, depth)
    except _UNREADABLE:
        raise Unfit(_BROKEN) from None
    return type


def _bounded(file: IO[bytes], size: int) -> None:
    """Refuse a file whose list of parts is too long to be read at all."""
    file.seek(max(0, size - 22 - 0xFFFF))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise Unfit(_BROKEN)
    if tail[max(0, end - 20) :].startswith(b"PK\x06\x07"):
        # Only files of more than 4 GB need a second list.
        raise Unfit(_FOREIGN)
    if int.from_bytes(tail[end + 12 : end + 16], "little") > LARGEST_DIRECTORY:
        raise Unfit(_BOMB)


def _plausible(entries: Sequence[zipfile.ZipInfo], size: int, room: _Room) -> None:
    """Refuse what its list of parts gives away, before anything is unpacked."""
    room.entries -= len(entries)
    stated = sum(entry.file_size for entry in entries)
    if room.entries < 0 or stated > room.unpacked or stated > max(HARMLESS, MOST_PACKED * size):
        raise Unfit(_BOMB)
    placed = sorted(entries, key=lambda entry: entry.header_offset)
    if any(after.header_offset < _ends(before) for before, after in pairwise(placed)):
        # Parts that lie over each other.
        raise Unfit(_BOMB)
    if any(entry.flag_bits & 0x41 for entry in entries):
        raise Unfit(_LOCKED)
    names = [entry.orig_filename for entry in entries]
    if len({name.casefold() for name in names}) < len(names) or not all(map(_ordinary, entries)):
        raise Unfit(_FOREIGN)
    if any(map(_is_program, names)):
        raise Unfit(_MACROS)


def _ends(entry: zipfile.ZipInfo) -> int:
    """Return where a part ends at the earliest; what else its head says is not counted."""
    return entry.header_offset + 30 + len(entry.orig_filename) + entry.compress_size


def _ordinary(entry: zipfile.ZipInfo) -> bool:
    """Say whether a part is packed and named as office programs do it."""
    name = entry.orig_filename
    known = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    inside = not name.startswith("/") and ".." not in name.split("/")
    return known and inside and not any(sign in name for sign in "\\:\0")


def _is_program(name: str) -> bool:
    folder, _, last = name.rpartition("/")
    if last.casefold() in _PROGRAMS:
        return True
    return bool(last) and folder.startswith(("Basic", "Scripts")) and last not in _EMPTY_LIBRARIES


def _announced(archive: zipfile.ZipFile) -> str:
    """Return the type that an office file says it is. Raises Unfit if it says that nobody can read it."""
    said = _said(archive, _MAIN)
    if b"macroenabled" in said.lower():
        raise Unfit(_MACROS)
    if b"encryption-data" in _said(archive, _MANIFEST):
        raise Unfit(_LOCKED)
    if said:
        return next((type for type in _OPEN_XML_TYPES if _TYPES[type].mark in said), "")
    media = _said(archive, _ANNOUNCED).decode("ascii", "replace").strip()
    return next((type for type in _OPEN_DOCUMENT_TYPES if _TYPES[type].media == media), "")


def _said(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the beginning of a part of an office file; nothing if there is no such part."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(LARGEST_LIST)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: _Room, depth: int) -> None:
    """Unpack a part as far as it says it is large. Raises Unfit if there is more of it."""
    further = copy.copy(entry)
    further.file_size += 1
    # Or what is wrong with a part that goes on would be told as damage.
    del further.CRC
    with archive.open(further) as part, SpooledTemporaryFile(max_size=PIECE) as within:
        piece = part.read(PIECE)
        packed, came, sum_of_it = piece.startswith(_PACKED), 0, 0
        if packed and not (depth < DEEPEST and _is_embedded(entry.orig_filename)):
            name = safe_name(entry.orig_filename)
            raise Unfit(f"has files packed in it ({name}): take them out, and hand them in by themselves")
        while piece:
            came, sum_of_it = came + len(piece), zlib.crc32(piece, sum_of_it)
            if packed:
                within.write(piece)
            piece = part.read(PIECE)
        if came > entry.file_size:
            raise Unfit(_BOMB)
        if came < entry.file_size or sum_of_it != entry.CRC:
            raise Unfit(_BROKEN)
        room.unpacked -= came
        if packed and not _office(within, came, room, depth + 1):
            raise Unfit(_FOREIGN)


def _is_embedded(name: str) -> bool:
    """Say whether a part is a file of its own that an office program has put there: a chart's table."""
    return "/embeddings/" in name and ending_of(name) in _OPEN_XML_TYPES
