"""What is taken as a document, and what is said of each file that is not."""

import io
import time
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as some

from service import documents
from service.documents import Unfit, checked, safe_name
from service.handbook import AttachmentRules
from service.handbook.delivering import FILE_TYPES
from tests.support import files

RULES = AttachmentRules()
LAX = AttachmentRules(megabytes=50)
CHART = files.office("xlsx", {"sheet.xml": b"<sheet/>"})


def why(body: bytes, name: str, rules: AttachmentRules = RULES) -> str:
    """Why a file is not taken; nothing if it is."""
    try:
        checked(io.BytesIO(body), name, rules)
    except Unfit as unfit:
        return str(unfit)
    return ""


@pytest.mark.parametrize("type", FILE_TYPES)
def test_a_file_of_each_type_is_taken_for_what_it_is(type: str) -> None:
    body = files.good(type)
    made = checked(io.BytesIO(body), f"Business case.{type.upper()}", RULES)
    assert (made.name, made.type, made.size) == (f"Business case.{type}", type, len(body))
    assert len(made.hash) == 64
    assert documents.media_type(type).count("/") == 1


@pytest.mark.parametrize("before", [0, documents.PIECE - 200, documents.PIECE - 93, 3 * documents.PIECE])
def test_a_password_is_seen_wherever_in_a_file_it_is_told_of(before: int) -> None:
    told = files.PDF.replace(b"/Root", b"/Encrypt 1234 0 R/Root")
    begin = len(b"%PDF-1.4\n")
    assert why(told[:begin] + b" " * before + told[begin:], "plan.pdf").startswith("has a password")


def test_a_pdf_that_only_speaks_of_passwords_is_taken() -> None:
    speaks = files.PDF.replace(
        b"trailer", b"(/Encrypt is a word, /Encrypted another, and so is 9 0 R)\ntrailer"
    )
    assert why(speaks, "plan.pdf") == ""


@pytest.mark.parametrize("type", FILE_TYPES)
@pytest.mark.parametrize("called", FILE_TYPES)
def test_a_file_that_is_called_something_else_is_not_taken(type: str, called: str) -> None:
    written = {"txt", "csv"}
    taken = type == called or {type, called} <= written
    assert (why(files.good(type), f"plan.{called}") == "") is taken


@pytest.mark.parametrize(
    ("body", "name", "said"),
    [
        # nothing in it, too much of it, not what is taken
        (b"", "plan.pdf", "is empty"),
        (files.PDF + bytes(10 * documents.MEGABYTE) + b"%%EOF", "plan.pdf", "is larger than 10 MB"),
        (files.PDF, "plan", "is not of a type that is taken: choose a file that ends in .pdf, .docx"),
        (files.PDF, "plan.exe", "is not of a type"),
        (b"<svg onload='alert(1)'/>", "plan.svg", "is not of a type"),
        (files.packed({"a.txt": b"a"}), "all.zip", "is not of a type"),
        (files.office("docx"), "plan.docm", "is not of a type"),
        # called one thing, and another
        (b"<html><script>alert(1)</script>", "plan.pdf", "is called a PDF, but holds only text"),
        (b"MZ\x90\x00" + bytes(60), "plan.pdf", "is called a PDF, but does not hold one"),
        (b"MZ\x90\x00" + bytes(60), "plan.docx", "is called a Word document, but does not hold one"),
        (files.PNG, "plan.jpg", "but holds a PNG picture: choose the right file, or end its name in .png"),
        (files.office("xlsx"), "plan.docx", "but holds an Excel workbook"),
        (files.packed({"a.txt": b"a"}), "plan.docx", "but does not hold one"),
        (files.open_document("odt"), "plan.docx", "but holds an OpenDocument text"),
        # text that is not
        ("£84,000".encode("cp1252"), "costs.csv", "holds more than text in UTF-8: save it anew"),
        ("Costs".encode("utf-16"), "costs.txt", "holds more than text"),
        (b"a\x00b", "costs.txt", "holds more than text"),
        (b"\x1b[2Jgone", "costs.txt", "holds more than text"),
        ("a\x85b".encode(), "costs.txt", "holds more than text"),
        ("half £".encode()[:-1], "costs.txt", "holds more than text"),
        (files.PDF, "costs.txt", "is called a plain text, but holds a PDF"),
        # damaged
        (files.PDF[:-6], "plan.pdf", "is damaged or was cut short"),
        (files.office("docx")[:-30], "plan.docx", "is damaged or was cut short"),
        (files.office("docx", {"a.png": files.PNG}).replace(b"IHDR", b"IDHR"), "plan.docx", "is damaged"),
        (files.lying(says=5_000, holds=4_000), "plan.docx", "is damaged"),
        # locked
        (files.with_password(), "plan.pdf", "has a password, so that nobody else could read it: save it w"),
        (files.PDF.replace(b"/Root", b"/Encrypt\r\n9\t0\nR/Root"), "plan.pdf", "has a password"),
        (files.PDF.replace(b"/Root", b"/Encrypt<</V 2>>/Root"), "plan.pdf", "has a password"),
        (files.OLE + "EncryptedPackage".encode("utf-16-le"), "plan.docx", "has a password"),
        (files.OLE, "plan.docx", "is of an older Office: save it as docx, xlsx or pptx"),
        (files.OLE, "plan.doc", "is not of a type"),
        (files.locked(files.office("docx")), "plan.docx", "has a password"),
        (
            files.open_document("odt", {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
            "plan.odt",
            "has a password",
        ),
        # programs
        (files.office("docx", {"word/vbaProject.bin": b"x"}), "plan.docx", "holds macros"),
        (files.office("xlsx", {"xl/VBAPROJECT.BIN": b"x"}), "plan.xlsx", "holds macros"),
        (files.open_document("ods", {"Basic/Standard/Module1.xml": b"x"}), "plan.ods", "holds macros"),
        (files.open_document("odt", {"Scripts/python/a.py": b"x"}), "plan.odt", "holds macros"),
        (
            files.packed({"[Content_Types].xml": b"ms-word.document.macroEnabled.main+xml"}),
            "plan.docx",
            "holds macros",
        ),
        (
            files.office("pptx", {"ppt/embeddings/a.xlsx": files.office("xlsx", {"vbaProject.bin": b"x"})}),
            "plan.pptx",
            "holds macros",
        ),
        # packed within
        (files.office("docx", {"word/a.zip": files.packed({"a": b"a"})}), "plan.docx", "(a.zip)"),
        (files.office("docx", {"word/a.bin": b"7z\xbc\xaf\x27\x1c"}), "plan.docx", "has files packed in it"),
        (files.office("docx", {"word/a.bin": b"\x1f\x8b\x08"}), "plan.docx", "has files packed in it"),
        (
            files.office("docx", {"word/embeddings/a.xlsx": files.packed({"a": b"a"})}),
            "plan.docx",
            "is not as office programs write",
        ),
        (
            files.office(
                "docx",
                {"word/embeddings/a.xlsx": files.office("xlsx", {"xl/embeddings/b.xlsx": CHART})},
            ),
            "plan.docx",
            "has files packed in it (b.xlsx)",
        ),
        # not as they are written
        (files.office("docx", {"../../etc/passwd": b"x"}), "plan.docx", "is not as office programs"),
        (files.office("docx", {"/etc/passwd": b"x"}), "plan.docx", "is not as office programs"),
        (files.office("docx", {"a\\b": b"x"}), "plan.docx", "is not as office programs"),
        (files.office("docx", {"MAIN.xml": b"x"}), "plan.docx", "is not as office programs"),
        (
            files.packed({"[Content_Types].xml": b"word"}, method=zipfile.ZIP_LZMA),
            "plan.docx",
            "is not as office programs",
        ),
        # bombs
        (files.office("docx", {"a.bin": bytes(30_000_000)}), "plan.docx", "would unpack to far more"),
        (files.lying(says=4_000, holds=40_000_000), "plan.docx", "would unpack to far more"),
        (files.overlapping(times=400, size=30_000), "plan.docx", "would unpack to far more"),
        (files.office("docx", {f"{n}": b"" for n in range(5_001)}), "plan.docx", "would unpack"),
        (files.office("docx", {"n" * 60_000 + str(n): b"" for n in range(40)}), "plan.docx", "would unpack"),
        (
            files.office("pptx", {"ppt/embeddings/a.xlsx": files.office("xlsx", {"a": bytes(30_000_000)})}),
            "plan.pptx",
            "would unpack to far more",
        ),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_told_in_a_sentence_that_says_what_to_do(
    body: bytes, name: str, said: str
) -> None:
    told = why(body, name)
    assert said in told
    assert ": " in told


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (files.office("pptx", {"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": CHART}), "plan.pptx"),
        (files.office("docx", {"word/media/": b"", "word/media/a.png": files.PNG}), "plan.docx"),
        (files.open_document("odt", {"Basic/script-lc.xml": b"<none/>"}), "plan.odt"),
        (files.office("xlsx", {"a": b"1,2,3\n" * 100_000}), "plan.xlsx"),
        (files.JPG, "photo.jpeg"),
        ("\ufeffa,b\r\n£1,2\r\n".encode(), "costs.csv"),
        (("é" * 100_000).encode(), "long.txt"),
    ],
)
def test_what_is_unusual_and_harmless_is_taken(body: bytes, name: str) -> None:
    assert why(body, name) == ""


def test_a_large_text_is_looked_through_at_once() -> None:
    body = ("héllo wörld, 1,2,3\n" * 600_000).encode()[: 10 * documents.MEGABYTE - 1]
    began = time.process_time()
    assert why(body, "long.txt") == ""
    assert time.process_time() - began < 0.25, "seconds of the processor"


def test_what_did_not_come_whole_is_not_taken_for_less() -> None:
    with pytest.raises(Unfit, match="is larger than 10 MB"):
        checked(io.BytesIO(files.PDF), "plan.pdf", RULES, sent=50 * documents.MEGABYTE)
    with pytest.raises(Unfit, match="was cut short"):
        checked(io.BytesIO(files.PDF), "plan.pdf", RULES, sent=len(files.PDF) + 1)


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    body = files.office("docx", {f"{number}.bin": bytes(200_000_000) for number in range(3)})
    tracemalloc.start()
    begun = time.perf_counter()
    told = why(body, "plan.docx", LAX)
    taken, (_, most) = time.perf_counter() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "would unpack" in told
    assert taken < 1
    assert most < 4 * documents.MEGABYTE


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/plan.pdf", "plan.pdf"),
        ("C:\\Users\\me\\My plan.PDF", "My plan.pdf"),
        ("a\r\nb.pdf", "a b.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("pl\x00an\x07\u200b.pdf", "plan.pdf"),
        ('<a href="x">.pdf', "-a href=-x--.pdf"),
        ("  plan   of  work . pdf", "plan of work.pdf"),
        (".htaccess", "htaccess"),
        ("plan.pdf. . ", "plan.pdf"),
        ("con.pdf", "con-.pdf"),
        ("", "document"),
        ("...", "document"),
        ("\u202e.pdf", "pdf"),
        ("x" * 400 + ".docx", "x" * 115 + ".docx"),
        ("x." + "y" * 400, "x.yyyyyyyyyy"),
        ("cafe\u0301.pdf", "café.pdf"),
    ],
)
def test_names_are_made_safe(given: str, name: str) -> None:
    assert safe_name(given) == name


@given(some.text(max_size=300))
def test_whatever_a_file_is_called_its_name_is_safe(given: str) -> None:
    name = safe_name(given)
    assert 0 < len(name) <= documents.LONGEST_NAME
    assert safe_name(name) == name
    assert name.isprintable()
    assert not set(name) & set('/\\<>:"|?*')


@given(some.binary(max_size=2_000), some.sampled_from(FILE_TYPES), some.sampled_from(FILE_TYPES), some.data())
def test_whatever_bytes_come_are_taken_or_refused_in_words(
    body: bytes, type: str, called: str, data: some.DataObject
) -> None:
    good = files.good(type)
    at = data.draw(some.integers(0, len(good)))
    for made in (body, good[:at] + body + good[at:], good[:at] + body + good[at + len(body) :]):
        told = why(made, f"plan.{called}")
        assert told == "" or ": " in told
