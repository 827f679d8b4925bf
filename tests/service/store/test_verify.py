"""Whoever can write to the database still cannot rewrite the record unseen."""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from service.config import Keys, generate_keys
from service.errors import Altered
from service.store import Store, anchors, cases, editions, intents, journal, texts
from service.store.line import ORGANISATION
from service.store.verify import Verification, verify
from tests.service.store import samples, story
from tests.service.store.samples import CASE
from tests.support.real_time import RealTime

OTHER = "INV-2004-0002"


@dataclass
class Insider:
    """Somebody with the database's password, who begins by taking the triggers away."""

    url: str

    @contextmanager
    def inside(self) -> Iterator[Connection]:
        engine = create_engine(self.url)
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("ALTER TABLE journal DISABLE TRIGGER ALL"))
            else:
                for trigger in ("update", "delete", "replace"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS journal_{trigger}"))
            yield connection
        engine.dispose()

    def does(self, *statements: str) -> None:
        with self.inside() as connection:
            for statement in statements:
                connection.execute(text(statement))


@pytest.fixture
def insider(database_url: str) -> Insider:
    return Insider(database_url)


@pytest.fixture
def told(store: Store) -> Store:
    """Two cases; a day is closed over both, and the first goes on."""
    with store.writing() as tx:
        samples.submit(tx, OTHER)
        samples.open_step(tx, samples.ask(OTHER))
    for name, fact in story.FACTS.items():
        with store.writing() as tx:
            fact(tx)
            if name == "a step opens":
                anchors.close_day(tx, date(2004, 5, 31))
    return store


def verified(store: Store, witnessed: Sequence[anchors.Anchor] = ()) -> Verification:
    with store.reading() as tx:
        return verify(tx, witnessed)


def test_a_record_that_nobody_touched_is_intact(told: Store) -> None:
    found = verified(told)
    assert found.intact
    assert found.cases == 10
    assert found.lines > len(story.FACTS)


WHERE = f"WHERE \"case\" = '{CASE}' AND seq = 3"
TAMPERING: dict[str, tuple[str, ...]] = {
    "what was written is edited": (f"UPDATE journal SET data = '{{}}' {WHERE}",),
    "its spelling is edited": (f"UPDATE journal SET data = data || ' ' {WHERE}",),
    "it is made unreadable": (f"UPDATE journal SET data = '{{' {WHERE}",),
    "its time is edited": (f"UPDATE journal SET at = '2004-06-01 09:00:01' {WHERE}",),
    "its real time is edited": (f"UPDATE journal SET recorded = '2004-06-01 09:00:01' {WHERE}",),
    "its actor is edited": (f"UPDATE journal SET actor = 'p-other' {WHERE}",),
    "whom it stands for is edited": (f"UPDATE journal SET on_behalf_of = 'p-other' {WHERE}",),
    "its kind is edited": (f"UPDATE journal SET kind = 'case.waiting' {WHERE}",),
    "its key is edited": (f"UPDATE journal SET key = 'other' {WHERE}",),
    "its signature is edited": (f"UPDATE journal SET mac = prev {WHERE}",),
    "its signing key is edited": (f"UPDATE journal SET kid = 'k0' {WHERE}",),
    "its link to the line before is edited": (f"UPDATE journal SET prev = mac {WHERE}",),
    "it is deleted": (f"DELETE FROM journal {WHERE}",),
    "it is deleted and the gap closed": (
        f"DELETE FROM journal {WHERE}",
        f"UPDATE journal SET seq = -seq WHERE \"case\" = '{CASE}' AND seq > 3",
        f"UPDATE journal SET seq = -seq - 1 WHERE \"case\" = '{CASE}' AND seq < 0",
    ),
    "it changes places with the next": (
        f"UPDATE journal SET seq = -4 {WHERE}",
        f"UPDATE journal SET seq = 3 WHERE \"case\" = '{CASE}' AND seq = 4",
        f"UPDATE journal SET seq = 4 WHERE \"case\" = '{CASE}' AND seq = -4",
    ),
    "a line is slipped in before it": (
        f"UPDATE journal SET seq = -seq WHERE \"case\" = '{CASE}' AND seq >= 3",
        f"UPDATE journal SET seq = 1 - seq WHERE \"case\" = '{CASE}' AND seq < 0",
        "INSERT INTO journal SELECT \"case\", 3, at, recorded, actor, on_behalf_of, kind, 'new', data, "
        f"prev, kid, mac FROM journal WHERE \"case\" = '{CASE}' AND seq = 2",
    ),
    "another case's line is put in its place": (
        f"DELETE FROM journal {WHERE}",
        f"INSERT INTO journal SELECT '{CASE}', seq, at, recorded, actor, on_behalf_of, kind, 'new', data, "
        f"prev, kid, mac FROM journal WHERE \"case\" = '{OTHER}' AND seq = 3",
    ),
}


@pytest.mark.parametrize("statements", TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_is_found_and_the_line_named(
    told: Store, insider: Insider, statements: tuple[str, ...]
) -> None:
    insider.does(*statements)
    faults = verified(told).faults
    assert (faults[0].case, faults[0].seq) == (CASE, 3), faults


def test_a_line_that_was_taken_away_is_not_counted(told: Store, insider: Insider) -> None:
    lines = verified(told).lines
    insider.does(f"DELETE FROM journal {WHERE}")
    assert verified(told).lines == lines - 1


def test_a_text_that_was_altered_is_found_and_not_shown(told: Store, insider: Insider) -> None:
    with told.reading() as tx:
        made = next(made for made in intents.decisions_of(tx, CASE) if made.reason)
        digest = tx.connection.execute(
            text("SELECT words_hash FROM decision WHERE key = :key"), {"key": made.key}
        ).scalar_one()
        submitted = next(
            line
            for line in journal.lines(tx, CASE)
            if line.kind == "decision.submitted" and line.data["decision"] == made.key
        )
    insider.does(f"UPDATE stored_text SET body = replace(body, 'e', 'o') WHERE hash = '{digest}'")
    (fault,) = verified(told).faults
    assert str(fault) == f"{CASE} line {submitted.seq} names what its hash no longer fits: {digest}"
    with told.reading() as tx:
        with pytest.raises(Altered):
            texts.get(tx, digest)
        with pytest.raises(Altered):
            intents.decisions_of(tx, CASE)
        with pytest.raises(Altered):
            intents.shown(tx, made.key)
        settled = intents.get(tx, made.key)
    assert settled is not None, "what only settles an answer goes on"
    assert settled.reason == "", "without the words"


def test_a_text_that_no_line_names_is_found_too(told: Store, insider: Insider) -> None:
    with told.writing() as tx:
        digest = texts.put(tx, "Nobody speaks of this.")
    insider.does(f"UPDATE stored_text SET body = 'Somebody does.' WHERE hash = '{digest}'")
    (fault,) = verified(told).faults
    assert str(fault) == f"texts: {digest} was changed: it is not what its hash says"


def test_a_handbook_that_was_altered_is_found_and_not_gone_by(told: Store, insider: Insider) -> None:
    insider.does(f"UPDATE edition SET document = '{{ }}' WHERE hash = '{samples.EDITION}'")
    (fault,) = verified(told).faults
    assert (fault.case, fault.seq) == (ORGANISATION, 1)
    assert fault.what == f"names what its hash no longer fits: {samples.EDITION}"
    with told.reading() as tx, pytest.raises(Altered):
        editions.get(tx, samples.EDITION)


def test_a_text_that_was_erased_is_no_fault(told: Store) -> None:
    with told.writing() as tx:
        hashes = [row.hash for row in tx.connection.execute(text("SELECT hash FROM stored_text"))]
        assert hashes
        for digest in hashes:
            texts.erase(tx, digest)
    assert verified(told).intact


def test_a_tail_that_was_cut_off_is_found(told: Store, insider: Insider) -> None:
    with told.reading() as tx:
        end = tx.connection.execute(text(f"SELECT seq FROM head WHERE \"case\" = '{CASE}'")).scalar_one()
    lines = verified(told).lines
    insider.does(f"DELETE FROM journal WHERE \"case\" = '{CASE}' AND seq = {end}")
    found = verified(told)
    fault = found.faults[0]
    assert (fault.case, fault.seq) == (CASE, end)
    assert fault.what == f"is missing: the chain was signed as ending with line {end}"
    assert found.lines == lines - 1, "the lines that are there are counted"


def test_a_line_added_after_the_end_is_found(told: Store, insider: Insider) -> None:
    insider.does(
        'INSERT INTO journal SELECT "case", seq + 1, at, recorded, actor, on_behalf_of, kind, '
        "'new', data, mac, kid, mac FROM journal WHERE (\"case\", seq) IN "
        f'(SELECT "case", seq FROM head WHERE "case" = \'{OTHER}\')'
    )
    assert {fault.case for fault in verified(told).faults} == {OTHER}


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE head SET seq = seq - 1", "was added"),
        ("UPDATE head SET mac = head_mac", "is not the line that was signed"),
        ("UPDATE head SET head_mac = mac", "ends the chain without our signature"),
        ("UPDATE head SET kid = 'k0'", "ends the chain under key 'k0', which is not at hand"),
        ("DELETE FROM head", "has no signed end after it"),
    ],
)
def test_an_end_that_was_moved_is_found(told: Store, insider: Insider, statement: str, named: str) -> None:
    insider.does(f"{statement} WHERE \"case\" = '{OTHER}'")
    faults = verified(told).faults
    assert {fault.case for fault in faults} == {OTHER}
    assert faults[0].what.startswith(named)


def test_one_case_put_back_to_an_earlier_day_is_found_by_the_anchor(told: Store, insider: Insider) -> None:
    """Its old end was signed by us once, so that only the anchor of a later day tells."""
    with told.reading() as tx:
        old = tx.connection.execute(text(f"SELECT * FROM head WHERE \"case\" = '{OTHER}'")).one()
    with told.writing() as tx:
        cases.became(tx, samples.becoming("rejected", ref=OTHER))
        anchors.close_day(tx, date(2004, 6, 2))
    insider.does(
        f"DELETE FROM journal WHERE \"case\" = '{OTHER}' AND seq > {old.seq}",
        f"UPDATE head SET seq = {old.seq}, mac = '{old.mac}', head_mac = '{old.head_mac}' "
        f"WHERE \"case\" = '{OTHER}'",
    )
    (fault,) = verified(told).faults
    assert (fault.case, fault.seq) == (OTHER, old.seq + 1)


def test_a_case_that_was_taken_out_whole_is_found_by_the_anchor(told: Store, insider: Insider) -> None:
    insider.does(
        f"DELETE FROM journal WHERE \"case\" = '{OTHER}'", f"DELETE FROM head WHERE \"case\" = '{OTHER}'"
    )
    assert {(fault.case, fault.seq) for fault in verified(told).faults} >= {(OTHER, 1)}


def test_a_copy_of_yesterday_is_found_by_an_anchor_that_was_sent_out(
    sqlite_url: str, keys: Keys, tmp_path: Path
) -> None:
    store = Store(sqlite_url, keys, real=RealTime())
    with store.writing() as tx:
        samples.submit(tx)
        kept = [anchors.close_day(tx, date(2004, 6, 1))]
    store.close()
    shutil.copy(sqlite_url.removeprefix("sqlite:///"), tmp_path / "yesterday.db")
    with store.writing() as tx:
        samples.open_step(tx)
        kept.append(anchors.close_day(tx, date(2004, 6, 2)))
    sent = [anchor for anchor in kept if anchor]
    assert verified(store, sent).intact
    store.close()
    yesterday = Store(f"sqlite:///{tmp_path / 'yesterday.db'}", keys)
    assert verified(yesterday).intact, "nothing inside can tell"
    (fault,) = verified(yesterday, sent).faults
    assert (fault.case, str(sent[1].day) in fault.what) == (ORGANISATION, True)
    yesterday.close()


def test_an_anchor_that_was_edited_does_not_hide_a_case(told: Store, insider: Insider) -> None:
    insider.does(
        "UPDATE journal SET data = replace(data, 'INV-2004-0002', 'INV-2004-0003') WHERE kind = 'day.closed'"
    )
    assert {ORGANISATION} <= {fault.case for fault in verified(told).faults}


def test_a_day_is_closed_once(told: Store) -> None:
    with told.writing() as tx:
        assert anchors.close_day(tx, date(2004, 6, 1)) is None
        last = anchors.last(tx)
    assert last is not None
    assert last.day == date(2004, 6, 1)


def test_keys_may_be_rotated_while_the_older_is_kept(database_url: str) -> None:
    old, new = generate_keys(), generate_keys()
    for secret_keys in (old, f"{new},{old}"):
        store = Store(database_url, Keys(secret_keys), real=RealTime())
        with store.writing() as tx:
            tx.append(CASE, "attempt.refused", {}, key=secret_keys[:7], actor="p-hall")
        assert verified(store).intact
        store.close()
    store = Store(database_url, Keys(new))
    assert {fault.what for fault in verified(store).faults} == {
        f"is signed with key {old.partition(':')[0]!r}, which is not at hand"
    }
    store.close()


COLUMNS = ("actor", "on_behalf_of", "kind", "key", "data", "prev", "kid", "mac")
Tamper = Callable[[random.Random, int], tuple[str, ...]]


def _edit(chance: random.Random, end: int) -> tuple[str, ...]:
    column, seq = chance.choice(COLUMNS), chance.randint(1, end)
    return (f"UPDATE journal SET {column} = {column} || '0' WHERE \"case\" = :case AND seq = {seq}",)


def _delete(chance: random.Random, end: int) -> tuple[str, ...]:
    return (f'DELETE FROM journal WHERE "case" = :case AND seq = {chance.randint(1, end)}',)


def _cut(chance: random.Random, end: int) -> tuple[str, ...]:
    return (f'DELETE FROM journal WHERE "case" = :case AND seq > {chance.randint(0, end - 1)}',)


def _swap(chance: random.Random, end: int) -> tuple[str, ...]:
    one, other = chance.sample(range(1, end + 1), 2)
    move = 'UPDATE journal SET seq = {} WHERE "case" = :case AND seq = {}'
    return move.format(-1, one), move.format(one, other), move.format(other, -1)


@pytest.mark.parametrize("rounds", [40, pytest.param(1000, marks=pytest.mark.long)])
def test_every_one_of_many_random_tampers_is_found(sqlite_url: str, keys: Keys, rounds: int) -> None:
    chance = random.Random(2004)
    store = Store(sqlite_url, keys, real=RealTime())
    story.tell(store)
    with Insider(sqlite_url).inside():
        pass
    for number in range(rounds):
        tamper = chance.choice((_edit, _delete, _cut, _swap))
        with store.writing() as tx, tx.connection.begin_nested() as attempt:
            case = chance.choice((CASE, ORGANISATION))
            end = tx.value(text('SELECT seq FROM head WHERE "case" = :case').bindparams(case=case))
            for statement in tamper(chance, end):
                tx.run(text(statement), {"case": case})
            assert {fault.case for fault in verify(tx).faults} >= {case}, (number, tamper)
            attempt.rollback()
    assert verified(store).intact
    store.close()
