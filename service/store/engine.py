"""The store: transactions on SQLite or PostgreSQL, one writer at a time where there can be but one."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row, create_engine, event, select, text
from sqlalchemy.engine import CursorResult, make_url
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from service.clock import real_now
from service.config import Keys, Settings
from service.errors import Unavailable
from service.store import schema
from service.store.chain import Chain
from service.store.line import ORGANISATION, Entry, Line
from service.store.tables import CLOCK_SEGMENTS, HEADS
from service.store.turns import Turns
from workflows.model import ZONE, Clock, Segment
from workflows.rules import clock

_PATIENCE_SECONDS = 15
"""How long we wait for the database, or for another's lock on it, before we say that it does not answer."""

_EVERY_SQLITE = ("foreign_keys=ON", f"busy_timeout={_PATIENCE_SECONDS * 1000}", "cache_size=-16000")
# FULL: a decision that was shown as recorded survives a power cut.
_SQLITE_WRITER = ("journal_mode=WAL", "synchronous=FULL")
_SQLITE_READER = ("query_only=ON",)

_SEGMENTS = select(CLOCK_SEGMENTS).order_by(CLOCK_SEGMENTS.c.number)

Known = TypeVar("Known")


class Tx:
    """A transaction: everything in it happens, or nothing.

    A statement that runs often is a constant of its module, for building one takes longer than running it.
    What it asks for is given by name when it runs. In an UPDATE those names begin with `its_`, for the name
    of a column alone says what the column is set to; a name that is neither would be passed over in silence.
    """

    def __init__(self, connection: Connection, keys: Keys, look: Callable[[], datetime], host: str) -> None:
        self.connection = connection
        self.keys = keys
        self._look = look
        self.real = look()
        """The real time at which the transaction began, or at which `lock` had the case."""
        self.host = host
        self.outgoing: list[str] = []
        """The keys of the letters that this transaction queues, or queued when it was first done."""
        self.orders: list[str] = []
        """The keys of the orders that are to be sent once it is done."""
        self._chain = Chain(connection, keys, self.real)
        self._known: dict[Hashable, Any] = {}

    @cached_property
    def clock(self) -> Clock:
        """The installation's Clock."""
        rows = self.all(_SEGMENTS)
        return Clock(segments=tuple(Segment(**row._mapping) for row in rows))

    @property
    def now(self) -> datetime:
        """What the Clock shows."""
        return clock.read(self.clock, self.real)

    @property
    def today(self) -> date:
        """The day that the Clock shows, where the organisation is."""
        return self.now.astimezone(ZONE).date()

    def append(
        self,
        case: str,
        kind: str,
        data: Mapping[str, Any],
        *,
        key: str,
        actor: str,
        on_behalf_of: str = "",
        at: datetime | None = None,
    ) -> bool:
        """Write a fact into the journal. If its key is there already nothing is done: False."""
        entry = Entry(kind, dict(data), key, actor, on_behalf_of, at)
        return bool(self.append_all(case, [entry]))

    def append_all(
        self, case: str, entries: Sequence[Entry], *, unless: str | None = None
    ) -> tuple[Line, ...]:
        """Write those of several facts that are not there yet, and return them.

        None is written if there is a line with the key `unless`.
        """
        lines = self._chain.append(case, entries, self.now, unless=unless)
        if any(line.kind == "clock.moved" for line in lines):
            del self.clock
        if case == ORGANISATION:
            self._known.clear()
        return lines

    def once(self, what: Hashable, look: Callable[[], Known]) -> Known:
        """Look something of the organisation up once in this transaction, unless it changes it itself."""
        if what not in self._known:
            self._known[what] = look()
        known: Known = self._known[what]
        return known

    def lock(self, case: str) -> None:
        """Let nobody else write about a case until this transaction ends.

        The time is looked at anew, or what waited here for its turn would be dated before its turn.
        """
        self._chain.lock(case)
        self.real = self._chain.real = self._look()

    def alone(self) -> None:
        """Let nobody else write about anything until this transaction ends."""
        if self.connection.dialect.name == "postgresql":
            self.run(text("LOCK TABLE journal IN SHARE ROW EXCLUSIVE MODE"))

    def in_turn(self, what: str) -> None:
        """Let nobody else do a thing of this name until this transaction ends."""
        if self.connection.dialect.name == "postgresql":
            self.run(text("SELECT pg_advisory_xact_lock(hashtext(:what))").bindparams(what=what))

    def one(self, statement: Executable, **values: Any) -> Row[Any] | None:
        """Return the first row of what a query finds."""
        return self.connection.execute(statement, values).first()

    def all(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        """Return every row that a query finds."""
        return self.connection.execute(statement, values).all()

    def each(self, statement: Executable) -> Iterator[Row[Any]]:
        """Go through what a query finds without holding all of it; nothing else is asked meanwhile."""
        yield from self.connection.execute(statement, execution_options={"yield_per": 500})

    def value(self, statement: Executable, **values: Any) -> Any:
        """Return the first column of the first row, or None."""
        return self.connection.execute(statement, values).scalar()

    def run(self, statement: Executable, rows: Any = None) -> CursorResult[Any]:
        """Carry out a statement, once for each row given."""
        return self.connection.execute(statement, rows)


class Store:
    """The installation's database."""

    def __init__(
        self,
        database_url: str,
        keys: Keys,
        *,
        host: str = "assent.invalid",
        real: Callable[[], datetime] = real_now,
        gives_way: bool = False,
    ) -> None:
        self._keys = keys
        self._host = host
        """The right-hand part of the Message-IDs given to letters."""
        self._real = real
        # PostgreSQL's writers lock rows; SQLite's have turns.
        self._turns: Turns | None = None
        url = make_url(database_url)
        if url.get_backend_name() == "sqlite":
            self._turns = Turns(url.database, _PATIENCE_SECONDS, gives_way=gives_way)
            self._writer = _sqlite(database_url, "BEGIN IMMEDIATE", _SQLITE_WRITER, connections=1)
            self._reader = _sqlite(database_url, "BEGIN", _SQLITE_READER, connections=16)
        else:
            self._writer = _postgresql(database_url)
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @contextmanager
    def writing(self) -> Iterator[Tx]:
        """Begin a transaction that may write. Never wait for anything else inside it."""
        with self._in_turn(), _answering(), self._writer.begin() as connection:
            yield Tx(connection, self._keys, self._real, self._host)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """Begin a transaction that only reads, sees one state, and keeps no writer waiting."""
        with _answering(), self._reader.begin() as connection:
            yield Tx(connection, self._keys, self._real, self._host)

    def migrate(self) -> None:
        """Bring the tables to what this version of the program needs."""
        with self._in_turn(), _answering(), self._writer.begin() as connection:
            schema.upgrade(connection)

    def downgrade(self) -> None:
        """Take every table away again."""
        with self._in_turn(), _answering(), self._writer.begin() as connection:
            schema.downgrade(connection)

    def behind(self) -> bool:
        """Say whether the tables are older than this program."""
        with self.reading() as tx:
            return schema.behind(tx.connection)

    def answers(self) -> bool:
        """Say whether the database answers, and has the tables to answer from."""
        try:
            with self.reading() as tx:
                tx.one(select(HEADS.c.case).limit(1))
        except (Unavailable, ProgrammingError):
            return False
        return True

    def close(self) -> None:
        """Give every connection back."""
        self._reader.dispose()
        self._writer.dispose()
        if self._turns is not None:
            self._turns.close()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self._turns is None:
            yield
        else:
            with self._turns.turn():
                yield


def open_store(settings: Settings, *, gives_way: bool = False) -> Store:
    """Open the store that the settings name; one that gives way lets people's writers go first."""
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Store(settings.database, settings.keys(), host=settings.host, gives_way=gives_way)


@contextmanager
def _answering() -> Iterator[None]:
    """Say plainly that the database does not answer; nothing of the transaction has happened then."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable from error


def _sqlite(url: str, begin: str, pragmas: Sequence[str], connections: int) -> Engine:
    engine = create_engine(
        url, pool_size=connections, connect_args={"timeout": _PATIENCE_SECONDS}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        # Python would otherwise begin transactions by itself, and begin them too late.
        connection.isolation_level = None
        for pragma in (*_EVERY_SQLITE, *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgresql(url: str) -> Engine:
    # A decision that was shown as recorded survives a power cut, whatever the server is set to.
    options = f"-c timezone=UTC -c lock_timeout={_PATIENCE_SECONDS}s -c synchronous_commit=on"
    reached = {"options": options, "connect_timeout": _PATIENCE_SECONDS}
    return create_engine(url, pool_size=10, pool_pre_ping=True, connect_args=reached, hide_parameters=True)
