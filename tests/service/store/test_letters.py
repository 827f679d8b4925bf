"""Letters: one key, one Message-ID, one link, however often one is queued or sent."""

from datetime import timedelta

import pytest

from service.errors import NotFound
from service.store import Store, Tx, journal, letters, links
from service.store.letters import LedgerRow, QueuedLetter
from service.store.links import LinkRow
from tests.service.store import samples, story
from tests.service.store.samples import CASE, OPENED
from tests.service.store.story import STEP
from tests.support.real_time import RealTime

REQUEST = f"request:{STEP}:hall"


def ledger(tx: Tx, key: str = REQUEST) -> LedgerRow:
    letter = letters.get(tx, key)
    assert letter is not None
    return letter


def link(tx: Tx, key: str = REQUEST) -> LinkRow:
    link_id = ledger(tx, key).link_id
    found = links.get(tx, link_id) if link_id else None
    assert found is not None
    return found


def test_a_letter_is_in_the_ledger_as_it_was_queued(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        letter = ledger(tx)
    queued = samples.request(STEP, "hall")
    assert QueuedLetter(**{name: getattr(letter, name) for name in QueuedLetter.model_fields}) == queued
    assert (letter.state, letter.attempts, letter.sent_real) == ("queued", 0, None)
    assert (letter.queued, letter.queued_real) == (OPENED, real.now)
    assert letter.message_id.endswith("@approvals.example>")


def test_its_link_is_bound_to_step_round_seat_person_and_version(store: Store, keys: object) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        found = link(tx)
    assert len(found.id) == 32
    assert (found.purpose, found.case, found.step, found.round) == ("decide", CASE, STEP, 1)
    assert (found.seat, found.person, found.post, found.address) == (
        "hall",
        "p-hall",
        "hall",
        "hall@council.example",
    )
    assert found.content_hash == "c" * 64
    assert (found.issued, found.expires) == (OPENED, OPENED + timedelta(days=14))
    assert (found.revoked_at, found.superseded_by, found.opened) == (None, None, 0)


def test_every_letter_has_a_link_of_its_own_and_all_of_them_work(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        story.nudged(tx)
        found = [link(tx, key) for key in (REQUEST, f"reminder:{STEP}:hall")]
    assert len({one.id for one in found}) == 2
    assert all(one.revoked_at is None for one in found)


def test_a_sent_letter_is_sent_once(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        letters.attempted(tx, REQUEST, "the mail server is away")
        assert ledger(tx).error == "the mail server is away"
        letters.sent(tx, REQUEST, subject="Decide by Tuesday", body_hash="b" * 64)
        real.passes(hours=1)
    with store.writing() as tx:
        letters.sent(tx, REQUEST, subject="Another", body_hash="0" * 64)
        letters.undeliverable(tx, REQUEST, "no such box")
        letters.attempted(tx, REQUEST, "late")
        letter = ledger(tx)
        assert [found.key for found in letters.unsent(tx)] == [f"request:{STEP}:sports"]
    assert (letter.state, letter.attempts, letter.subject, letter.error) == (
        "accepted",
        2,
        "Decide by Tuesday",
        "",
    )
    assert letter.sent_real == real.now - timedelta(hours=1)


def test_what_was_never_sent_and_what_never_arrived_is_found(store: Store, real: RealTime) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        assert samples.keys(letters.unsent(tx, before=real.now)) == ()
        assert samples.keys(letters.unsent(tx, before=real.now + timedelta(seconds=1))) == (
            REQUEST,
            f"request:{STEP}:sports",
        )
        letters.undeliverable(tx, REQUEST, "no such box")
        assert samples.keys(letters.undelivered(tx)) == (REQUEST,)
        assert samples.keys(letters.unsent(tx)) == (f"request:{STEP}:sports",)
        assert samples.keys(letters.of_step(tx, STEP)) == (REQUEST, f"request:{STEP}:sports")


def test_a_letter_of_no_case_is_in_the_ledger_too(store: Store) -> None:
    code = QueuedLetter(
        key="code:1", case="", person="p-hall", address="hall@council.example", kind="code", props={}
    )
    with store.writing() as tx:
        assert letters.queue_direct(tx, code) == letters.queue_direct(tx, code)
        letters.sent(tx, "code:1", subject="Your code", body_hash="b" * 64)
        assert [line.kind for line in journal.lines(tx, "-")] == ["letter.sent"]
        with pytest.raises(NotFound):
            letters.sent(tx, "code:2", subject="", body_hash="")


def test_the_journal_says_who_was_written_to_and_names_nobody(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        letters.sent(tx, REQUEST, subject="Decide, A. Holder", body_hash="b" * 64)
        written = journal.export(tx, CASE)
    assert '"person":"p-hall"' in written
    assert "A. Holder" not in written
    assert "@council.example" not in written


def test_fetching_a_link_changes_only_how_often_it_was_fetched(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        before, lines = link(tx), journal.lines(tx, CASE)
        for _ in range(3):
            links.opened(tx, before.id)
        assert link(tx) == before.model_copy(update={"opened": 3})
        assert journal.lines(tx, CASE) == lines


def test_following_a_link_is_written_once_for_each_session(store: Store) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        link_id = link(tx).id
        followed = [links.followed(tx, link_id, session=session) for session in ("one", "one", "two")]
        with pytest.raises(NotFound):
            links.followed(tx, "0" * 32, session="one")
    assert followed == [True, False, True]


@pytest.mark.parametrize(
    ("person", "revoked"), [(None, ["hall", "sports"]), ("p-hall", ["hall"]), ("p-cover", [])]
)
def test_a_steps_links_can_be_revoked(store: Store, person: str | None, revoked: list[str]) -> None:
    with store.writing() as tx:
        samples.open_step(tx)
        assert links.revoke_step(tx, STEP, "reassigned", by="p-pmo", person=person) == len(revoked)
        assert links.revoke_step(tx, STEP, "again", by="p-pmo", person=person) == 0
        found = {seat: link(tx, f"request:{STEP}:{seat}") for seat in samples.SEATS}
        lines = [line for line in journal.lines(tx, CASE) if line.kind == "links.revoked"]
    assert [seat for seat, one in found.items() if one.revoked_at] == revoked
    assert {found[seat].why for seat in revoked} <= {"reassigned"}
    assert len(lines) == bool(revoked)


def test_every_link_of_a_leaver_can_be_revoked(store: Store) -> None:
    other = samples.ask("INV-2004-0002")
    with store.writing() as tx:
        samples.open_step(tx)
        samples.open_step(tx, other)
        assert links.revoke_person(tx, "p-hall", "left") == 2
        assert link(tx, f"request:{other.step}:sports").revoked_at is None


def test_a_new_link_takes_the_place_of_the_old_for_the_same_person(store: Store) -> None:
    again = samples.request(STEP, "hall", "again")
    with store.writing() as tx:
        samples.open_step(tx)
        old = link(tx)
        first, second = (links.reissue(tx, old.id, again) for _ in range(2))
        assert first == second
        assert link(tx).superseded_by == first.link_id != old.id
        with pytest.raises(ValueError, match="the person of the old one"):
            links.reissue(tx, old.id, samples.request(STEP, "sports", "again"))


def test_a_link_id_nobody_gave_leads_nowhere(store: Store) -> None:
    with store.reading() as tx:
        assert links.get(tx, "0" * 32) is None
