"""Documents in the record: every version by its hash, in pieces, and none that nobody wants."""

import io
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from service.documents import Document, checked
from service.errors import Altered, Gone
from service.handbook import AttachmentRules
from service.store import (
    Store,
    Tx,
    canonical,
    documents,
    housekeeping,
    journal,
    rebuild,
    report_drafts,
    texts,
    verify,
)
from service.store.documents import PIECE, Attached, Paper
from tests.service.store import samples
from tests.service.store.samples import CASE
from tests.support import files
from tests.support.real_time import RealTime

RULES = AttachmentRules()
PLAN, BETTER = files.PDF, b"%PDF-1.4 better %%EOF"
OWN = {"case": CASE, "key": "highlight", "person": "p-hall"}


def kept(tx: Tx, body: bytes, name: str = "Plan.pdf") -> Paper:
    """A document whose bytes are kept."""
    file = io.BytesIO(body)
    document = checked(file, name, RULES)
    documents.put(tx, file, document)
    return documents.paper(document)


def whole(tx: Tx, hash: str) -> bytes:
    """The bytes of a document."""
    pieces = iter(range(100))
    return b"".join(iter(lambda: documents.piece(tx, hash, next(pieces)) or b"", b""))


@pytest.mark.parametrize("size", [20, PIECE - 5, PIECE, PIECE + 1, 3 * PIECE])
def test_a_document_comes_out_as_it_went_in(store: Store, size: int) -> None:
    body = b"%PDF-" + random.Random(size).randbytes(size - 10) + b"%%EOF"
    with store.writing() as tx:
        paper = kept(tx, body)
        again = kept(tx, body, "Another name.pdf")
    assert (again.hash, paper.size) == (paper.hash, size)
    with store.reading() as tx:
        assert documents.is_kept(tx, paper.hash)
        documents.check(tx, paper.hash)
        assert whole(tx, paper.hash) == body


def test_what_is_not_what_its_hash_says_is_not_kept(store: Store) -> None:
    false = Document(name="Plan.pdf", type="pdf", size=3, hash="0" * 64)
    with pytest.raises(ValueError, match="not what its hash says"), store.writing() as tx:
        documents.put(tx, io.BytesIO(b"abc"), false)
    with store.reading() as tx:
        assert not documents.is_kept(tx, false.hash)


def test_a_document_is_attached_once_and_told_in_the_record(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        first = samples.document(tx, CASE, PLAN, step="s")
    with store.writing() as tx:
        assert samples.document(tx, CASE, PLAN, step="s") == first
        (line,) = (line for line in journal.lines(tx, CASE) if line.kind == "document.attached")
        assert documents.of_case(tx, CASE) == (first,)
        assert documents.get(tx, CASE, 1) == first
        assert documents.get(tx, CASE, 2) is None
        with pytest.raises(LookupError):
            documents.must(tx, CASE, 2)
    assert (line.actor, line.data) == (
        "p-hall",
        {
            "number": 1,
            "step": "s",
            "kind": "business_case",
            "name": canonical.digest("Business case.pdf"),
            "media_type": "application/pdf",
            "size": len(PLAN),
            "hash": first.hash,
            "by_post": "hall_lead",
        },
    )


def test_a_later_one_of_the_same_name_counts_and_both_are_kept(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        for body in (PLAN, BETTER, PLAN):
            samples.document(tx, CASE, body)
        samples.document(tx, CASE, PLAN, "Other.pdf")
        found = documents.of_case(tx, CASE)
        assert [(one.number, one.superseded_by) for one in found] == [(1, 2), (2, 3), (3, None), (4, None)]
        assert [whole(tx, one.hash) for one in found] == [PLAN, BETTER, PLAN, PLAN]
    before = rebuild.dump(store)
    rebuild.rebuild(store)
    assert rebuild.dump(store) == before


def test_two_who_hand_in_the_same_at_once_hand_it_in_once(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)

    def hand_in(_: int) -> Attached:
        with store.writing() as tx:
            return samples.document(tx, CASE)

    with ThreadPoolExecutor(4) as threads:
        assert {one.number for one in threads.map(hand_in, range(4))} == {1}


def test_what_was_erased_by_law_leaves_its_hash(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        made = samples.document(tx, CASE)
        documents.hold(tx, kept(tx, PLAN), **OWN)
        documents.erase(tx, made.hash)
        assert not documents.is_kept(tx, made.hash)
        assert documents.piece(tx, made.hash, 0) is None
        assert documents.held(tx, **OWN) == ()
        assert documents.of_case(tx, CASE) == (made,)
    with store.reading() as tx:
        assert verify.verify(tx).intact


def test_the_name_of_a_document_can_be_erased_and_a_later_one_of_that_name_counts(store: Store) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        for body in (PLAN, BETTER):
            samples.document(tx, CASE, body, "Letter of A. Patient.pdf")
        samples.document(tx, CASE, PLAN, "Other.pdf")
        assert [one.name for one in documents.of_case(tx, CASE)] == [
            "Letter of A. Patient.pdf",
            "Letter of A. Patient.pdf",
            "Other.pdf",
        ]
        assert "Patient" not in journal.export(tx, CASE)
        texts.erase(tx, canonical.digest("Letter of A. Patient.pdf"))
    with store.reading() as tx:
        found = documents.of_case(tx, CASE)
        assert [(one.name, one.superseded_by) for one in found] == [
            (documents.NAMELESS, 2),
            (documents.NAMELESS, None),
            ("Other.pdf", None),
        ]
        assert whole(tx, found[1].hash) == BETTER
        assert documents.get(tx, CASE, 2) == found[1]
        assert verify.verify(tx).intact
    assert rebuild.drift(store) == ()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE stored_document_part SET body = CAST('x' AS {bytes})",
        "DELETE FROM stored_document_part",
        "DELETE FROM stored_document_part WHERE number = 1",
        "UPDATE stored_document_part SET number = number + 10",
    ],
)
def test_bytes_that_somebody_changed_are_found_and_not_given_out(store: Store, change: str) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        made = samples.document(tx, CASE, PLAN + bytes(PIECE) + b"%%EOF")
        assert verify.verify(tx).intact
        kind = "bytea" if tx.connection.dialect.name == "postgresql" else "blob"
        tx.run(text(change.format(bytes=kind)))
        line = journal.lines(tx, CASE)[-1]
        (fault,) = verify.verify(tx).faults
        assert str(fault) == f"{CASE} line {line.seq} names what its hash no longer fits: {made.hash}"
        with pytest.raises(Altered):
            documents.check(tx, made.hash)


# ---------------------------------------------------------------- uploaded, not confirmed


def test_what_is_uploaded_is_held_for_its_person_and_that_question(store: Store) -> None:
    with store.writing() as tx:
        paper = kept(tx, PLAN)
        id = documents.hold(tx, paper, **OWN)
        (held,) = documents.held(tx, **OWN)
        assert (held.id, held.name, held.hash) == (id, "Plan.pdf", paper.hash)
        for other in ({"case": "c"}, {"key": "k"}, {"person": "p"}):
            assert documents.held(tx, **OWN | other) == ()
            assert documents.let_go(tx, [id], **OWN | other) == 0
        assert documents.let_go(tx, [id], **OWN) == 1
        assert documents.held(tx, **OWN) == ()


def test_of_two_that_are_called_the_same_the_later_is_held(store: Store) -> None:
    with store.writing() as tx:
        documents.hold(tx, kept(tx, PLAN), **OWN)
        documents.hold(tx, kept(tx, PLAN, "Other.pdf"), **OWN)
        better = kept(tx, BETTER)
        documents.hold(tx, better, **OWN)
        assert {one.name: one.hash for one in documents.held(tx, **OWN)}["Plan.pdf"] == better.hash
        assert len(documents.held(tx, **OWN)) == 2


def test_what_is_never_confirmed_is_swept_after_a_day(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        confirmed, given_up, left = (kept(tx, body) for body in (PLAN, BETTER, b"%PDF-1.4 left %%EOF"))
        ids = [documents.hold(tx, paper, **OWN) for paper in (confirmed, given_up, left)]
        documents.attached(tx, CASE, confirmed, by="p-hall")
        documents.let_go(tx, ids[:2], **OWN)
        housekeeping.sweep(tx)
        assert all(documents.is_kept(tx, paper.hash) for paper in (confirmed, given_up, left))
    real.passes(days=1, seconds=1)
    with store.writing() as tx:
        assert documents.held(tx, **OWN) == ()
        assert documents.sweep(tx) == 3
        assert documents.sweep(tx) == 0
        assert [documents.is_kept(tx, paper.hash) for paper in (confirmed, given_up, left)] == [
            True,
            False,
            False,
        ]
        assert documents.piece(tx, left.hash, 0) is None
        with pytest.raises(Gone, match=r"Plan\.pdf was uploaded more than a day ago"):
            documents.attached(tx, CASE, left, by="p-hall")


def test_what_was_uploaded_with_a_report_is_held_for_as_long_as_that_is_kept(
    store: Store, real: RealTime
) -> None:
    with store.writing() as tx:
        samples.submit(tx)
        paper = kept(tx, PLAN)
        documents.hold(tx, paper, **OWN)
        documents.hold(tx, kept(tx, BETTER), **OWN | {"person": "p-other"})
        report_drafts.keep(tx, {"done": "The screens"}, **OWN)
    real.passes(days=200)
    with store.writing() as tx:
        assert housekeeping.sweep(tx) == 1
        assert [one.hash for one in documents.held(tx, **OWN)] == [paper.hash]
        assert documents.held(tx, **OWN | {"person": "p-other"}) == ()
        assert whole(tx, paper.hash) == PLAN
        report_drafts.discard(tx, **OWN)
        assert documents.held(tx, **OWN) == ()
        assert documents.sweep(tx) == 1
        assert not documents.is_kept(tx, paper.hash)


def test_what_is_wanted_again_outlives_the_day(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        paper = kept(tx, PLAN)
        documents.hold(tx, paper, **OWN)
    real.passes(hours=23)
    with store.writing() as tx:
        documents.hold(tx, kept(tx, PLAN), **OWN | {"person": "p-other"})
    real.passes(hours=2)
    with store.writing() as tx:
        assert documents.sweep(tx) == 1
        assert whole(tx, paper.hash) == PLAN
