"""Documents on pages: handed in by those who may, refused in words, and given out to be kept."""

import io
import random
import re
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import Iterator
from hashlib import sha256

import pytest
from sqlalchemy import text

from service.documents import MEGABYTE, checked
from service.handbook import AttachmentRules
from service.handbook.delivering import FILE_TYPES
from service.store import canonical, cases, documents, housekeeping, journal, texts
from service.store.documents import Attached
from service.web import attaching, standing
from tests.service.web import delivery
from tests.service.web.delivery import END_STAGE, begun
from tests.service.web.office import SAME_ORIGIN, Browser, Office
from tests.service.web.test_hostile import ODD
from tests.support import files
from tests.support.activities import done
from tests.support.real_time import RealTime
from workflows.model import Ask, Choice, SeatAsk, StepOpening

MANAGER, PMO = "bh-dmh", "corp-projects-manager"
HANDED_IN = "document.attached"
BETTER = b"%PDF-1.4 better\n%%EOF"


@pytest.fixture
def project(office: Office) -> str:
    return office.project(office.submitted("PROP-02"), MANAGER)


def page(office: Office, project: str, post: str = MANAGER) -> Browser:
    """The page of a project's documents."""
    browser = office.signed_in(post)
    assert browser.see(f"/cases/{project}/documents") == 200
    return browser


def mark(browser: Browser) -> str:
    """What every form of a browser's session carries."""
    said = browser.form("/sign-out").fields["csrf"]
    assert isinstance(said, str)
    return said


def attached(office: Office, ref: str) -> tuple[Attached, ...]:
    with office.store.reading() as tx:
        return documents.of_case(tx, ref)


@pytest.mark.parametrize(
    ("post", "may"),
    [(MANAGER, True), ("hoict-rc", True), (PMO, True), ("cd-rc", False), ("internal-audit", False)],
    ids=["its manager", "its lead officer", "the PMO", "its sponsor", "an auditor"],
)
def test_some_hand_in_its_documents_and_all_who_see_it_take_copies(
    office: Office, project: str, post: str, may: bool
) -> None:
    page(office, project).hand_in({"document_1": ("Plan.pdf", files.PDF)})
    browser = page(office, project, post)
    assert "Plan.pdf" in browser.words
    assert ("Hand in documents" in browser.words) is may
    assert browser.get(f"/cases/{project}/documents/1").content == files.PDF
    if not may:
        answer = browser.post(
            f"/cases/{project}/documents",
            data={"csrf": mark(browser)},
            files={"document_1": ("Other.pdf", BETTER)},
            headers=SAME_ORIGIN,
        )
        assert answer.status_code == 403
        assert [one.name for one in attached(office, project)] == ["Plan.pdf"]


def test_several_are_handed_in_together_each_as_what_it_is(office: Office, project: str) -> None:
    browser = page(office, project)
    assert browser.words.count("There are no documents yet") == 1
    handed = {
        "document_1": ("C:\\plans\\Stage plan.DOCX", files.office("docx")),
        "document_3": ("costs.csv", "£,1\n".encode()),
    }
    assert browser.hand_in(handed, kind_1="stage_plan") == 200
    assert browser.at == f"/cases/{project}/documents"
    first, second = attached(office, project)
    assert (first.name, first.kind, first.by, first.by_post) == (
        "Stage plan.docx",
        "stage_plan",
        office.holder(MANAGER),
        MANAGER,
    )
    assert (second.name, second.kind, second.media_type) == ("costs.csv", "", "text/csv; charset=utf-8")
    assert "Plan of the next stage: a Word document, " in browser.words
    assert "A table as CSV, 5 bytes. Handed in by" in browser.words
    assert " ".join(second.hash[at : at + 4] for at in range(0, 16, 4)) in browser.words


def test_what_is_fit_is_kept_whatever_is_wrong_with_another(office: Office, project: str) -> None:
    browser = page(office, project)
    wrong = {
        "document_1": ("plan.pdf", b"<html>"),
        "document_2": ("Good.pdf", files.PDF),
        "document_3": ("Empty.pdf", b""),
    }
    assert browser.hand_in(wrong, kind_2="acceptance") == 422
    assert [one.name for one in attached(office, project)] == ["Good.pdf"]
    assert "plan.pdf is called a PDF, but holds only text" in browser.words
    assert "Empty.pdf is empty" in browser.words
    assert 'id="document_1-error"' in browser.page
    assert 'href="#document_1"' in browser.page


@pytest.mark.parametrize(
    ("handed", "fields", "said"),
    [
        ({}, {}, "Choose a document"),
        ({"document_1": ("a.pdf", files.PDF)}, {"kind_1": "poem"}, "Choose what document 1 is"),
        ({"document_2": ("a.exe", b"MZ\x00")}, {}, "a.exe is not of a type that is taken"),
        ({"document_1": ("x" * 300 + ".exe", b"MZ")}, {}, "x.exe is not of a type"),
        (
            {"document_1": ("a.pdf", files.PDF), "document_2": ("A.pdf", BETTER)},
            {},
            "Two documents are called A.pdf: give one of them another name",
        ),
        (
            {"document_1": ("b.docx", files.office("docx", {"a": bytes(40_000_000)}))},
            {},
            "b.docx would unpack to far more than a document holds",
        ),
        ({"document_1": ("big.pdf", files.PDF + bytes(50 * MEGABYTE))}, {}, "big.pdf is larger than 10 MB"),
        ({"document_1": ('"><script>alert(1)</script>.pdf', b"x")}, {}, "script-.pdf is called a PDF"),
    ],
)
def test_what_cannot_be_handed_in_is_told_beside_its_box(
    office: Office, project: str, handed: dict[str, tuple[str, bytes]], fields: dict[str, str], said: str
) -> None:
    browser = page(office, project)
    assert browser.hand_in(handed, **fields) == 422
    assert said in browser.words
    assert "There is a problem" in browser.words
    assert "<script>alert" not in browser.page


def test_the_same_handed_in_twice_is_handed_in_once_and_a_later_one_takes_its_place(
    office: Office, project: str
) -> None:
    browser = page(office, project)
    for _ in range(2):
        browser.hand_in({"document_1": ("Plan.pdf", files.PDF)})
    assert len(attached(office, project)) == 1
    browser.hand_in({"document_1": ("Plan.pdf", BETTER)})
    assert [(one.number, one.superseded_by) for one in attached(office, project)] == [(1, 2), (2, None)]
    assert browser.words.count("Replaced by a later one.") == 1
    assert browser.get(f"/cases/{project}/documents/1").content == files.PDF
    assert browser.get(f"/cases/{project}/documents/2").content == BETTER


@pytest.mark.parametrize("state", ["closed", "closed_early"])
def test_a_project_that_has_come_to_its_end_takes_no_more(office: Office, project: str, state: str) -> None:
    browser = page(office, project)
    with office.store.writing() as tx:
        tx.run(text(f"UPDATE case_file SET state = '{state}', open = 0 WHERE ref = '{project}'"))
    assert browser.hand_in({"document_1": ("Plan.pdf", files.PDF)}) == 409
    assert "Hand in documents" not in page(office, project).words


def test_a_proposal_shows_its_documents_and_takes_none_here(office: Office) -> None:
    ref = office.submitted("PROP-02")
    browser = page(office, ref, "hoict-rc")
    assert "There are no documents yet" in browser.words
    assert "Hand in" not in browser.words.replace("handed in", "")
    answer = browser.post(f"/cases/{ref}/documents", data={"csrf": mark(browser)}, headers=SAME_ORIGIN)
    assert answer.status_code == 409


# ------------------------------------------------------------------------------ copies


@pytest.mark.parametrize(
    ("name", "body", "kind", "kept_as"),
    [
        (
            "Café – plan.pdf",
            files.PDF,
            "application/pdf",
            "attachment; filename=\"Cafe  plan.pdf\"; filename*=UTF-8''Caf%C3%A9%20%E2%80%93%20plan.pdf",
        ),
        (
            'a";b.txt',
            b"<script>alert(1)</script>",
            "text/plain; charset=utf-8",
            "attachment; filename=\"a-_b.txt\"; filename*=UTF-8''a-%3Bb.txt",
        ),
        (
            "計画.csv",
            b"a,b",
            "text/csv; charset=utf-8",
            "attachment; filename=\".csv\"; filename*=UTF-8''%E8%A8%88%E7%94%BB.csv",
        ),
    ],
)
def test_a_copy_is_kept_and_never_run(
    office: Office, project: str, name: str, body: bytes, kind: str, kept_as: str
) -> None:
    browser = page(office, project)
    browser.hand_in({"document_1": (name, body)})
    answer = browser.get(f"/cases/{project}/documents/1")
    assert (answer.status_code, answer.content) == (200, body)
    assert answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"] == kept_as
    assert answer.headers["content-length"] == str(len(body))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "9" * 400, "²", "1e1"])
def test_a_document_that_is_not_there_is_not_found(office: Office, project: str, number: str) -> None:
    browser = page(office, project)
    browser.hand_in({"document_1": ("Plan.pdf", files.PDF)})
    assert browser.get(f"/cases/{project}/documents/{number}").status_code == 404
    assert browser.get("/cases/PRJ-2004-0099/documents/1").status_code == 404
    assert browser.get("/cases/PRJ-2004-0099/documents").status_code == 404


def test_what_was_erased_or_changed_is_not_given_out(office: Office, project: str) -> None:
    browser = page(office, project)
    browser.hand_in({"document_1": ("Plan.pdf", files.PDF), "document_2": ("Other.pdf", BETTER)})
    first, second = attached(office, project)
    with office.store.writing() as tx:
        documents.erase(tx, first.hash)
        tx.run(text(f"UPDATE stored_document_part SET body = x'00' WHERE hash = '{second.hash}'"))
    gone, changed = (browser.get(f"/cases/{project}/documents/{number}") for number in (1, 2))
    assert gone.status_code == 410
    assert "Plan.pdf was erased, as the law may ask" in gone.text
    assert changed.status_code == 500
    assert "Part of this record has been changed" in changed.text
    browser.see(f"/cases/{project}/documents")
    assert f"/cases/{project}/documents/1" not in browser.page
    assert f"/cases/{project}/documents/2" in browser.page


def test_a_name_that_was_erased_is_not_told_and_what_it_names_is_given_out(
    office: Office, project: str
) -> None:
    browser = page(office, project)
    browser.hand_in({"document_1": ("Letter of A. Patient.pdf", files.PDF)})
    with office.store.writing() as tx:
        assert "Patient" not in journal.export(tx, project)
        texts.erase(tx, canonical.digest("Letter of A. Patient.pdf"))
    for shown in (f"/cases/{project}/documents", f"/cases/{project}"):
        browser.see(shown)
        assert "A document whose name was erased" in browser.words
        assert "Patient" not in browser.page
    answer = browser.get(f"/cases/{project}/documents/1")
    assert answer.content == files.PDF
    kept_as = "attachment; filename=\"document.pdf\"; filename*=UTF-8''document.pdf"
    assert answer.headers["content-disposition"] == kept_as


def test_the_record_tells_of_a_document_with_its_fingerprint(office: Office, project: str) -> None:
    browser = page(office, project)
    browser.hand_in({"document_1": ("Plan.pdf", files.PDF)})
    (one,) = attached(office, project)
    browser.see(f"/cases/{project}/record")
    said = " ".join(one.hash[at : at + 4] for at in range(0, 16, 4))
    assert f"handed in document 1 ({len(files.PDF)} bytes, fingerprint {said})." in browser.words
    with office.store.reading() as tx:
        assert one.hash in journal.export(tx, project)


# ---------------------------------------------------------------------------- of a link


def test_whoever_decides_from_a_link_takes_copies_of_what_it_is_about(office: Office) -> None:
    ref = office.submitted("PROP-01")
    step = office.asked(ref, "funding-cd-ce")
    with office.store.writing() as tx:
        file = io.BytesIO(files.PDF)
        made = checked(file, "Plan.pdf", AttachmentRules())
        documents.put(tx, file, made)
        documents.attached(tx, ref, documents.paper(made), by=office.holder("hoict-rc"))
    browser = office.signed_in("cd-rc")
    browser.see(f"/cases/{ref}")
    assert f'href="/cases/{ref}/documents">1 document<' in browser.page
    stranger, reader = office.browser(), office.browser()
    reader.see(office.link(step, "cd-ce"))
    reader.press()
    id = reader.at.rpartition("/")[2]
    answer = reader.get(f"/a/document/{id}/1")
    assert (answer.status_code, answer.content) == (200, files.PDF)
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert reader.get(f"/a/document/{id}/2").status_code == 404
    assert stranger.get(f"/a/document/{id}/1").status_code == 404
    assert reader.get(f"/a/document/{'0' * 32}/1").status_code == 404
    assert reader.get(f"/cases/{ref}/documents/1").status_code == 303, "a link alone does not sign in"
    office.leaves(office.holder("cd-ce"))
    assert reader.get(f"/a/document/{id}/1").status_code in (403, 410)


# ---------------------------------------------------------------------------- too much


def multipart(parts: Iterator[bytes], boundary: bytes = b"x") -> Iterator[bytes]:
    yield from parts
    yield b"--" + boundary + b"--\r\n"


def box(name: str, filename: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'.encode()
    yield from pieces
    yield b"\r\n"


def typed(name: str, value: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"


FORM = {**SAME_ORIGIN, "Content-Type": "multipart/form-data; boundary=x"}


def test_a_large_one_is_thrown_away_while_it_comes(office: Office, project: str, address: str) -> None:
    browser = page(office, project)
    piece = bytes(MEGABYTE)

    def body() -> Iterator[bytes]:
        yield from box("document_1", "big.pdf", (piece for _ in range(150)))
        yield from box("document_2", "Good.pdf", iter([files.PDF]))
        yield typed("csrf", mark(browser).encode())

    headers = {**FORM, "Cookie": f"sid={browser.cookies['sid']}"}
    request = urllib.request.Request(
        f"{address}/cases/{project}/documents", multipart(body()), headers, method="POST"
    )
    tracemalloc.start()
    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(request, timeout=60):
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    with refused.value as answer:
        assert answer.status == 422
        assert "big.pdf is larger than 10 MB" in answer.read().decode()
    assert [one.name for one in attached(office, project)] == ["Good.pdf"], "nothing else is lost"
    assert most < 16 * MEGABYTE


@pytest.mark.parametrize("in_chunks", [False, True])
def test_without_end_it_is_not_listened_to(
    office: Office, project: str, in_chunks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = page(office, project)
    piece = bytes(MEGABYTE)
    headers = FORM if in_chunks else {**FORM, "Content-Length": str(2_000 * MEGABYTE)}
    pieces = (piece for _ in range(250 if in_chunks else 1))
    answer = browser.post(
        f"/cases/{project}/documents", content=multipart(box("document_1", "a.pdf", pieces)), headers=headers
    )
    assert answer.status_code == 413
    assert "What you sent is larger than 200 MB" in answer.text
    assert attached(office, project) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"".join(typed(f"f{number}", b"x") for number in range(501)),
        typed("reason", bytes(MEGABYTE + 1)),
        typed("a", bytes(700_000)) + typed("b", bytes(700_000)),
        b"".join(b"".join(box(f"document_{n}", "a.pdf", iter([files.PDF]))) for n in range(21)),
        b'--x\r\nContent-Disposition: form-data; filename="a"\r\n\r\nx\r\n',
        b"--x\r\n" + b"".join(f"X-{n}: y\r\n".encode() for n in range(100)) + b"\r\nx\r\n",
        b"--x\r\nContent-Disposition: form-data; name=" + b"n" * 10_000 + b"\r\n\r\nx\r\n",
        b"--y\r\nnothing of it",
        b"",
    ],
    ids=["fields", "field", "typed", "boxes", "nameless", "headers", "header", "boundary", "nothing"],
)
def test_a_form_that_is_none_is_refused(office: Office, project: str, body: bytes) -> None:
    browser = page(office, project)
    content = typed("csrf", mark(browser).encode()) + body + b"--x--\r\n"
    answer = browser.post(f"/cases/{project}/documents", content=content, headers=FORM)
    assert answer.status_code in (400, 403, 413, 422)
    assert attached(office, project) == ()


@pytest.mark.parametrize(
    "set", ["undefined", "punycode", "idna", "utf-7", "unicode_escape", "zlib", "nonsense"]
)
@pytest.mark.parametrize("path", ["/cases/PRJ-2004-0001/documents", "/sign-out"])
def test_whatever_set_of_signs_a_form_names_it_is_read_as_ours(
    office: Office, project: str, set: str, path: str
) -> None:
    browser = page(office, project)
    body = b"".join(
        typed(name, b"+2AA- \\ud800 \xff") for name in ("kind_1", "csrf", "remove_document", "reason")
    )
    headers = {**FORM, "Content-Type": f"multipart/form-data; boundary=x; charset={set}"}
    content = typed("csrf", mark(browser).encode()) + body + b"--x--\r\n"
    assert browser.post(path, content=content, headers=headers).status_code in (303, 403, 404, 422)
    good = typed("csrf", mark(browser).encode()) + typed("kind_1", "£".encode()) + b"--x--\r\n"
    assert browser.post(path, content=good, headers=headers).status_code in (303, 404, 422)


def test_what_is_too_much_is_called_so(office: Office, review: tuple[str, str]) -> None:
    browser = following(office, review[1])
    sent = {"reason": "x" * (MEGABYTE + 1)}
    for form in ({"data": sent}, {"data": sent, "files": {"document": ("", b"")}}):
        answer = browser.post(browser.at, headers=SAME_ORIGIN, **form)
        assert answer.status_code == 413
        assert "This is too large" in answer.text
        assert "Too much was typed into this form" in answer.text


@pytest.mark.parametrize("rounds", [100, pytest.param(20_000, marks=pytest.mark.long)])
def test_whatever_is_handed_in_is_answered(office: Office, project: str, rounds: int) -> None:
    chance = random.Random(2004)
    browser = page(office, project)
    beginnings = [files.good(type) for type in FILE_TYPES] + [files.OLE, b"PK\x03\x04", b""]
    for number in range(rounds):
        body = bytearray(chance.choice(beginnings))
        for _ in range(chance.randrange(4)):
            body[chance.randrange(len(body) + 1) :] = chance.randbytes(chance.randrange(60))
        name = chance.choice(ODD) + chance.choice(["", ".pdf", ".docx", ".csv"])
        answer = browser.post(
            f"/cases/{project}/documents",
            data={"csrf": mark(browser), "kind_1": chance.choice(ODD)},
            files={"document_1": (name, bytes(body))},
            headers=SAME_ORIGIN,
        )
        assert answer.status_code in (303, 400, 422), (number, name, body)
    for one in attached(office, project):
        assert browser.get(f"/cases/{project}/documents/{one.number}").status_code == 200


def test_nowhere_else_may_a_document_be_put(office: Office, project: str) -> None:
    browser = page(office, project)
    handed = {"document_1": ("Plan.pdf", files.PDF)}
    for path in (f"/cases/{project}/withdraw", "/sign-out"):
        answer = browser.post(path, data={"csrf": mark(browser)}, files=handed, headers=SAME_ORIGIN)
        assert answer.status_code == 400
    large = {"document_1": ("Plan.pdf", bytes(2 * MEGABYTE))}
    assert browser.post("/sign-out", files=large, headers=SAME_ORIGIN).status_code == 413


def test_a_form_that_we_did_not_give_hands_nothing_in(office: Office, project: str) -> None:
    browser = page(office, project)
    handed = {"document_1": ("Plan.pdf", files.PDF)}
    path = f"/cases/{project}/documents"
    assert browser.post(path, data={"csrf": "x"}, files=handed, headers=SAME_ORIGIN).status_code == 403
    evil = {**SAME_ORIGIN, "Origin": "https://evil.example"}
    assert browser.post(path, data={"csrf": mark(browser)}, files=handed, headers=evil).status_code == 403
    assert attached(office, project) == ()


# ---------------------------------------------------------------- handed in with an answer


REVIEW = {
    "choice": "report",
    "objectives": "met",
    "benefits": "All of them",
    "users": "They like it",
    "outturn": "As approved",
    "final_cost": "£140,000",
    "lesson_title_1": "Begin early",
    "lesson_1": "Ask the hall first",
}


def put(office: Office, ref: str, kind: str, post: str) -> str:
    """Put a question of delivery to a post; returns the step's id."""
    with office.store.reading() as tx:
        case, at = cases.get(tx, ref), tx.now
    ask = Ask(
        case=ref,
        key=kind,
        round=1,
        version=case.version,
        content_hash=case.content_hash,
        clause=office.edition.delivery_clauses()[kind],
        seats=(SeatAsk(key=post, post=post),),
        terms=office.edition.terms()[kind],
    )
    done(office.register.opened(StepOpening(ask=ask, at=at)))
    return ask.step


@pytest.fixture
def review(office: Office) -> tuple[str, str]:
    """A proposal, and the question by which its lead officer is asked for its review."""
    ref = office.submitted("PROP-02")
    return ref, put(office, ref, "review", "hoict-rc")


@pytest.mark.parametrize(
    ("kind", "named", "kinds"),
    [
        # It says itself which gates the project passes, and one of the ways wants a business case.
        ("mandate", False, ["mandate", "business_case"]),
        ("mandate", True, ["mandate", "business_case"]),
        ("initiation", True, ["initiation"]),
        ("highlight", True, []),
        ("end_project", True, ["acceptance"]),
        ("exception_plan", True, []),
        ("exception_report", True, None),
        ("gate", True, None),
    ],
)
def test_a_report_has_boxes_for_what_its_gate_asks_for(
    office: Office, kind: str, named: bool, kinds: list[str] | None
) -> None:
    ref = office.submitted("PROP-02")
    project = office.project(ref, MANAGER, named=named)
    # Nobody decides a gate on their own report.
    post = "cd-ce" if kind == "gate" else MANAGER
    link = office.link(put(office, project, kind, post), post)
    id = office.links.read(link.rpartition("/")[2])
    with office.store.reading() as tx:
        sight = standing.find(tx, id or "")
        assert sight is not None
        asked = attaching.asked(tx, sight)
        form = attaching.form(tx, sight)
    assert (None if asked is None else [*asked]) == kinds
    assert (form is None) is (kinds is None)


def following(office: Office, step: str) -> Browser:
    """The page on which the lead officer writes the review."""
    browser = office.browser()
    browser.see(office.link(step, "hoict-rc"))
    assert browser.press() == 200
    return browser


def submitted(office: Office, ref: str) -> list[str]:
    with office.store.reading() as tx:
        return [
            line.kind for line in journal.lines(tx, ref) if line.kind in ("decision.submitted", HANDED_IN)
        ]


def test_what_is_uploaded_is_confirmed_together_with_the_answer(
    office: Office, review: tuple[str, str]
) -> None:
    ref, step = review
    browser = following(office, step)
    assert 'enctype="multipart/form-data"' in browser.page
    assert browser.hand_in({"document": ("Lessons.pdf", files.PDF)}, **REVIEW) == 200
    assert browser.at.startswith("/a/check/")
    assert "Lessons.pdf" in browser.words
    assert attached(office, ref) == ()
    check, form = browser.at, browser.page
    assert browser.press() == 200
    (one,) = attached(office, ref)
    assert (one.name, one.step, one.by) == ("Lessons.pdf", step, office.holder("hoict-rc"))
    assert submitted(office, ref) == ["decision.submitted", HANDED_IN]
    browser.at, browser.page = check, form
    assert browser.press() == 200, "confirmed twice is once"
    assert len(attached(office, ref)) == 1
    assert submitted(office, ref) == ["decision.submitted", HANDED_IN]


def test_what_was_uploaded_is_kept_though_another_box_is_wrong(
    office: Office, review: tuple[str, str]
) -> None:
    ref, step = review
    browser = following(office, step)
    assert browser.hand_in({"document": ("Lessons.pdf", files.PDF)}) == 422
    assert "Benefits: say it in words" in browser.words
    assert "Lessons.pdf" in browser.words
    assert browser.hand_in({"document": ("Bad.pdf", b"x")}, **REVIEW) == 422
    assert "Bad.pdf is called a PDF, but holds only text" in browser.words
    assert "Lessons.pdf" in browser.words
    assert browser.see(browser.at) == 200
    assert "Lessons.pdf" in browser.words, "also for whoever comes back"
    assert browser.hand_in({}, **REVIEW) == 200
    assert browser.press() == 200
    assert [made.name for made in attached(office, ref)] == ["Lessons.pdf"]


def test_it_can_be_taken_out_again(office: Office, review: tuple[str, str]) -> None:
    ref, step = review
    browser = following(office, step)
    handed = {"document": ("Wrong.pdf", files.PDF)}
    browser.hand_in(handed)
    id = re.findall(r'name="remove_document" value="([^"]+)"', browser.page)
    assert len(id) == 1
    assert browser.hand_in({"document": ("Right.pdf", BETTER)}, remove_document=id[0], reason="Typed") == 200
    assert "Wrong.pdf" not in browser.words
    assert "Right.pdf" in browser.words
    browser.hand_in({}, **REVIEW)
    browser.press()
    assert [made.name for made in attached(office, ref)] == ["Right.pdf"]


def test_only_what_was_checked_is_confirmed(office: Office, review: tuple[str, str], real: RealTime) -> None:
    ref, step = review
    browser, other = following(office, step), following(office, step)
    browser.hand_in({"document": ("Lessons.pdf", files.PDF)}, **REVIEW)
    other.hand_in({"document": ("Later.pdf", BETTER)})
    assert browser.press() == 200
    assert [made.name for made in attached(office, ref)] == ["Lessons.pdf"]


def test_what_was_replaced_meanwhile_is_not_confirmed(office: Office, review: tuple[str, str]) -> None:
    ref, step = review
    browser, other = following(office, step), following(office, step)
    browser.hand_in({"document": ("Lessons.pdf", files.PDF)}, **REVIEW)
    other.hand_in({"document": ("Lessons.pdf", BETTER)})
    assert browser.press() == 409
    assert "The documents that you uploaded have been changed" in browser.words
    assert (attached(office, ref), submitted(office, ref)) == ((), [])


def test_one_file_under_two_names_is_two_documents(office: Office, review: tuple[str, str]) -> None:
    ref, step = review
    browser = following(office, step)
    browser.hand_in({"document": ("Plan.pdf", files.PDF)})
    browser.hand_in({"document": ("Acceptance.pdf", files.PDF)}, **REVIEW)
    assert browser.press() == 200
    assert {one.name for one in attached(office, ref)} == {"Plan.pdf", "Acceptance.pdf"}


def test_a_file_that_is_called_like_a_fingerprint_is_confirmed(
    office: Office, review: tuple[str, str]
) -> None:
    ref, step = review
    browser = following(office, step)
    browser.hand_in({"document": (f"{sha256(BETTER).hexdigest()}.pdf", files.PDF)}, **REVIEW)
    assert browser.press() == 200
    assert [one.hash for one in attached(office, ref)] == [sha256(files.PDF).hexdigest()]


def test_what_was_typed_stays_where_something_has_come_between(
    office: Office, review: tuple[str, str]
) -> None:
    _, step = review
    browser, other = following(office, step), following(office, step)
    browser.hand_in({"document": ("Lessons.pdf", files.PDF)}, **REVIEW)
    other.hand_in({"document": ("Lessons.pdf", BETTER)})
    assert browser.press() == 409
    fields = browser.form("/a/read/").fields
    assert {name: fields[name] for name in REVIEW} == REVIEW | {"final_cost": "140,000"}


def test_what_was_never_confirmed_is_gone_a_day_after_what_was_typed_with_it(
    office: Office, review: tuple[str, str], real: RealTime
) -> None:
    _, step = review
    following(office, step).hand_in({"document": ("Lessons.pdf", files.PDF)})
    real.passes(days=1, seconds=1)
    with office.store.writing() as tx:
        housekeeping.sweep(tx)
    browser = following(office, step)
    assert "Lessons.pdf" in browser.words
    browser.press(True, "/a/read/", keep="nothing")
    assert "Lessons.pdf" not in browser.words
    with office.store.writing() as tx:
        housekeeping.sweep(tx)
    assert "Lessons.pdf" not in following(office, step).words
    with office.store.reading() as tx:
        assert tx.connection.execute(text("SELECT count(*) FROM stored_document")).scalar_one() == 0


def test_documents_are_shown_where_something_is_decided_and_among_what_was_shown(
    office: Office, review: tuple[str, str]
) -> None:
    ref, step = review
    browser = following(office, step)
    browser.hand_in({"document": ("Lessons.pdf", files.PDF)}, **REVIEW)
    browser.press()
    (one,) = attached(office, ref)
    with office.browser() as decider:
        decider.see(office.link(office.asked(ref, "funding-bh-dmh"), "bh-dmh"))
        decider.press()
    id = decider.at.rpartition("/")[2]
    assert decider.get(f"/a/document/{id}/1").headers["location"] == f"/a/code/{id}", "not without the code"
    decider.press(code=office.mail.code)
    id = decider.at.rpartition("/")[2]
    assert f'href="/a/document/{id}/1"' in decider.page
    assert f"Lessons.pdf A PDF, {len(files.PDF)} bytes. Handed in by" in decider.words
    assert "None are attached" not in decider.words
    shown = re.findall(r'name="shown" value="([^"]+)"', decider.page)[0]
    with office.store.reading() as tx:
        assert one.hash in (texts.get(tx, shown) or "")
    assert decider.get(f"/a/document/{id}/1").content == files.PDF


def test_a_board_sees_at_a_gate_what_came_with_the_report_before_it(office: Office) -> None:
    project = begun(office)
    project.in_stage()
    step = project.put("end_stage", delivery.MANAGER, key="end-stage-1")
    browser = project.reading(step, delivery.MANAGER)
    assert "The gate asks for: Plan of the next stage." in browser.words
    plan = {"document_stage_plan": ("Stage 2.docx", files.office("docx"))}
    assert browser.hand_in(plan, **{**END_STAGE, "choice": "report", "next_cost": "a lot"}) == 422
    assert "Stage 2.docx" in browser.words
    assert browser.hand_in({}, **{**END_STAGE, "choice": "report"}) == 200
    assert "Documents Stage 2.docx (" in browser.words
    browser.press()
    project.closes(step, Choice.REPORT)
    (one,) = [made for made in attached(office, project.ref) if made.step == step]
    assert one.kind == "stage_plan"
    assert done(project.course.reported(project.told(step, stage=1))).variance.over == 12_000
    gate = project.reading(project.put("gate", delivery.USER, key="gate-1"), delivery.USER)
    assert "The handbook asks for these at this gate: Plan of the next stage." in gate.words
    assert "Stage 2.docx Plan of the next stage: a Word document, " in gate.words
    assert "None are attached" not in gate.words
    id = gate.at.rpartition("/")[2]
    assert gate.get(f"/a/document/{id}/{one.number}").content == files.office("docx")


def test_a_question_that_takes_no_documents_has_no_boxes_and_keeps_none(office: Office) -> None:
    ref = office.submitted("PROP-01")
    browser = office.browser()
    browser.see(office.link(office.asked(ref, "funding-cd-ce"), "cd-ce"))
    browser.press()
    assert "multipart" not in browser.page
    assert browser.hand_in({"document": ("Plan.pdf", files.PDF)}, choice="approve") == 200
    browser.press()
    assert attached(office, ref) == ()


def test_a_form_without_documents_is_no_larger_than_any_other(
    office: Office, review: tuple[str, str]
) -> None:
    browser = following(office, review[1])
    sent = {"reason": "x" * 900_000, "choice": "x" * 900_000}
    assert browser.post(browser.at, data=sent, headers=SAME_ORIGIN).status_code in (400, 413)
