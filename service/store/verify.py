"""The proof that nobody changed the record: every line, every chain's end, every anchor."""

import hmac
import re
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from service.config import Keys
from service.store import anchors, canonical, documents, editions, journal, texts
from service.store.anchors import Anchor, Witness
from service.store.engine import Tx
from service.store.line import FIRST, ORGANISATION, PURPOSE, Line, head_mac, mac
from service.store.tables import HEADS, JOURNAL
from workflows.model import Frozen

Vouched = dict[str, dict[int, str]]
"""For each case, the lines that anchors name, and their signatures."""


_HASH = re.compile(r"\b[0-9a-f]{64}\b")


class Fault(Frozen):
    """Something that cannot have come about by writing to the record."""

    case: str
    seq: int
    """The line; 0 where it is about what stands beside the lines."""
    what: str

    def __str__(self) -> str:
        return f"{self.case} line {self.seq} {self.what}" if self.seq else f"{self.case}: {self.what}"


class Verification(Frozen):
    """What was looked at, and what is wrong with it."""

    cases: int
    lines: int
    faults: tuple[Fault, ...]
    chained: bool
    """Every line is as it was written, whatever is wrong beside the lines."""

    @property
    def intact(self) -> bool:
        """Nothing is wrong."""
        return not self.faults


class _Walk:
    """One chain, walked from its first line to its end."""

    def __init__(self, keys: Keys, case: str, vouched: dict[int, str]) -> None:
        self._keys = keys
        self._case = case
        self._vouched = vouched
        self.seq = 0
        self.lines = 0
        self.faults: list[Fault] = []
        self._mac = FIRST

    def step(self, line: Line) -> None:
        """Look at the next line."""
        self.lines += 1
        if line.seq != self.seq + 1:
            self._fault(self.seq + 1, "is missing")
        elif line.prev != self._mac:
            self._fault(line.seq, "does not follow from the line before it")
        key = self._keys.named(line.kid, PURPOSE)
        if key is None:
            self._fault(line.seq, f"is signed with key {line.kid!r}, which is not at hand")
        elif not hmac.compare_digest(mac(key, line), line.mac):
            self._fault(line.seq, "was changed or never written by us")
        if self._vouched.get(line.seq, line.mac) != line.mac:
            self._fault(line.seq, "is not the line that the day's anchor vouches for")
        self.seq, self._mac = line.seq, line.mac

    def unreadable(self, seq: int) -> None:
        """Look at a line that cannot be read."""
        self.lines += 1
        self._fault(seq, "cannot be read")
        self.seq = seq

    def end(self, head: tuple[int, str, str, str] | None) -> None:
        """Compare where the chain ends with where it is signed to end, and was when it was anchored."""
        if head is None:
            self._fault(self.seq, "has no signed end after it")
        else:
            self._end(*head)
        if later := [seq for seq in self._vouched if seq > self.seq]:
            self._fault(self.seq + 1, f"is missing, and all after it: an anchor vouches for {max(later)}")

    def _end(self, seq: int, last: str, kid: str, signature: str) -> None:
        if seq > self.seq:
            self._fault(self.seq + 1, f"is missing: the chain was signed as ending with line {seq}")
        elif seq < self.seq:
            self._fault(seq + 1, f"was added: the chain was signed as ending with line {seq}")
        elif last != self._mac:
            self._fault(seq, "is not the line that was signed as the last")
        key = self._keys.named(kid, PURPOSE)
        if key is None:
            self._fault(seq, f"ends the chain under key {kid!r}, which is not at hand")
        elif not hmac.compare_digest(head_mac(key, self._case, seq, last), signature):
            self._fault(seq, "ends the chain without our signature")

    def _fault(self, seq: int, what: str) -> None:
        self.faults.append(Fault(case=self._case, seq=seq, what=what))


def verify(tx: Tx, witnessed: Sequence[Witness] = ()) -> Verification:
    """Walk every chain. `witnessed` are anchors kept outside, which nobody inside can have altered."""
    vouched, faults = _vouched(tx)
    cases = sorted({*journal.cases(tx), *vouched})
    lines = 0
    for case in cases:
        walked = _walk(tx, case, vouched.get(case, {}))
        faults += walked.faults
        lines += walked.lines
    kept = {anchor.day: anchor for anchor in (_kept(tx) if witnessed else ())}
    for sent in witnessed:
        found = kept.get(sent.day)
        if found is None or not hmac.compare_digest(found.digest, sent.digest):
            seq = found.seq if found else 0
            faults.append(
                Fault(case=ORGANISATION, seq=seq, what=f"is not the anchor of {sent.day} that was sent out")
            )
    return Verification(cases=len(cases), lines=lines, faults=(*faults, *_texts(tx)), chained=not faults)


def _texts(tx: Tx) -> Iterator[Fault]:
    """Name every text, handbook and document that was changed, by the first line that has its hash."""
    altered = frozenset((*texts.altered(tx), *editions.altered(tx), *documents.altered(tx)))
    named: dict[str, tuple[str, int]] = {}
    # Only then, for it reads every line once more.
    if altered:
        for row in tx.each(
            select(JOURNAL.c.case, JOURNAL.c.seq, JOURNAL.c.data).order_by(*JOURNAL.primary_key)
        ):
            for hash in altered.intersection(_HASH.findall(row.data)):
                named.setdefault(hash, (row.case, row.seq))
    for hash in sorted(altered):
        if hash in named:
            case, seq = named[hash]
            yield Fault(case=case, seq=seq, what=f"names what its hash no longer fits: {hash}")
        else:
            yield Fault(case="texts", seq=0, what=f"{hash} was changed: it is not what its hash says")


def _walk(tx: Tx, case: str, vouched: dict[int, str]) -> _Walk:
    walk = _Walk(tx.keys, case, vouched)
    for seq, line in _lines(tx, case):
        if line is None:
            walk.unreadable(seq)
        else:
            walk.step(line)
    head = tx.one(select(HEADS.c.seq, HEADS.c.mac, HEADS.c.kid, HEADS.c.head_mac).where(HEADS.c.case == case))
    walk.end((head.seq, head.mac, head.kid, head.head_mac) if head else None)
    return walk


def _lines(tx: Tx, case: str) -> Iterator[tuple[int, Line | None]]:
    """Return a case's lines; one that cannot be read, or is not spelt as we spell, as None."""
    spelt = select(JOURNAL.c.seq, JOURNAL.c.data).where(JOURNAL.c.case == case).order_by(JOURNAL.c.seq)
    rows = tx.all(spelt)
    try:
        lines: Sequence[Line | None] = journal.lines(tx, case)
    except (ValueError, TypeError):
        lines = [_line(tx, case, row.seq) for row in rows]
    for row, line in zip(rows, lines, strict=True):
        yield row.seq, line if line and canonical.dumps(line.data) == row.data else None


def _line(tx: Tx, case: str, seq: int) -> Line | None:
    try:
        return next(iter(journal.lines(tx, case, after=seq - 1, limit=1)), None)
    except (ValueError, TypeError):
        return None


def _vouched(tx: Tx) -> tuple[Vouched, list[Fault]]:
    """Return what the anchors vouch for, and those anchors that do not add up."""
    vouched: Vouched = {}
    faults = []
    heads: dict[str, tuple[int, str]] = {}
    for _, line in _lines(tx, ORGANISATION):
        if line is None or line.kind != anchors.KIND:
            continue
        for case, (seq, signature) in line.data["heads"].items():
            heads[case] = (seq, signature)
            vouched.setdefault(case, {})[seq] = signature
        if anchors.digest(heads) != line.data["digest"]:
            faults.append(Fault(case=ORGANISATION, seq=line.seq, what="does not add up"))
    return vouched, faults


def _kept(tx: Tx) -> tuple[Anchor, ...]:
    lines = (line for _, line in _lines(tx, ORGANISATION))
    return tuple(anchors.anchor(line) for line in lines if line and line.kind == anchors.KIND)
