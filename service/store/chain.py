"""The journal's writer: the head of a case is locked, lines are chained to it, and the tables follow."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from service.config import Keys
from service.store import canonical, fold
from service.store.line import FIRST, PURPOSE, Entry, Line, head_mac, mac
from service.store.tables import HEADS, JOURNAL

# SQLite has no row locks and needs none: its one writer holds the whole database.
_HEAD = select(HEADS.c.seq, HEADS.c.mac).where(HEADS.c.case == bindparam("case")).with_for_update()
_WRITTEN = select(JOURNAL.c.key).where(
    JOURNAL.c.case == bindparam("case"), JOURNAL.c.key.in_(bindparam("keys", expanding=True))
)
_NEW_LINE = insert(JOURNAL)
_MOVE = update(HEADS).where(HEADS.c.case == bindparam("its_case"))


class _Head(NamedTuple):
    seq: int
    mac: str


class Chain:
    """Appends to the journal within one transaction."""

    def __init__(self, connection: Connection, keys: Keys, real: datetime) -> None:
        self._connection = connection
        self.real = real
        self._kid, self._key = keys.current(PURPOSE)
        self._heads: dict[str, _Head] = {}

    def append(
        self, case: str, entries: Sequence[Entry], at: datetime, *, unless: str | None = None
    ) -> tuple[Line, ...]:
        """Write those entries whose key the case does not have yet, and return them.

        Nothing is written if the case has a line with the key `unless`.
        """
        head = self.lock(case)
        written = self._written(case, entries)
        new = () if unless in written else [entry for entry in entries if entry.key not in written]
        lines = []
        for entry in new:
            line = self._line(case, head, entry, at)
            head = _Head(line.seq, line.mac)
            lines.append(line)
        if lines:
            self._write(lines)
            self._move(case, head)
            for line in lines:
                fold.apply(self._connection, line)
        self._heads[case] = head
        return tuple(lines)

    def lock(self, case: str) -> _Head:
        """Take the case's head for the rest of this transaction."""
        return self._heads.setdefault(case, self._heads.get(case) or self._locked(case))

    def _locked(self, case: str) -> _Head:
        """Lock the head's row; the first to come makes it."""
        if head := self._head(case):
            return head
        empty = {"case": case, "seq": 0, "mac": FIRST, "kid": self._kid, "head_mac": ""}
        fold.insert_new(self._connection, HEADS, [empty])
        return self._head(case) or _Head(0, FIRST)

    def _head(self, case: str) -> _Head | None:
        row = self._connection.execute(_HEAD, {"case": case}).first()
        return _Head(row.seq, row.mac) if row else None

    def _written(self, case: str, entries: Sequence[Entry]) -> set[str]:
        keys = [entry.key for entry in entries]
        return set(self._connection.execute(_WRITTEN, {"case": case, "keys": keys}).scalars())

    def _line(self, case: str, head: _Head, entry: Entry, at: datetime) -> Line:
        unsigned = Line(
            case=case,
            seq=head.seq + 1,
            at=entry.at or at,
            recorded=self.real,
            actor=entry.actor,
            on_behalf_of=entry.on_behalf_of,
            kind=entry.kind,
            key=entry.key,
            # As it will be read back, so that folding now and folding later are the same.
            data=canonical.loads(canonical.dumps(entry.data)),
            prev=head.mac,
            kid=self._kid,
            mac="",
        )
        return unsigned.model_copy(update={"mac": mac(self._key, unsigned)})

    def _write(self, lines: Sequence[Line]) -> None:
        rows = [dict(line) | {"data": canonical.dumps(line.data)} for line in lines]
        self._connection.execute(_NEW_LINE, rows)

    def _move(self, case: str, head: _Head) -> None:
        signed = head_mac(self._key, case, head.seq, head.mac)
        moved = {"seq": head.seq, "mac": head.mac, "kid": self._kid, "head_mac": signed}
        self._connection.execute(_MOVE, {"its_case": case} | moved)
