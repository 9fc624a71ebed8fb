"""The database file and the transactions everything else goes through."""

import datetime as dt
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from geo_app.store import schema
from geo_app.store.failures import BUSY_SECONDS, told_in_a_sentence

# The log is synced and moved to the file every 64 MB, not at every transaction.
_IN_BATCHES = ("synchronous=NORMAL", "wal_autocheckpoint=16000", "cache_size=-64000")


def now() -> str:
    """Return the present time, UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


class Database:
    """One SQLite file with our tables.

    Parameters
    ----------
    path : Path
        Made, with its folder, where missing; brought up to date where an older version wrote it.

    Raises
    ------
    StoreFailed
        From every transaction: if the disk is full or fails, if another process keeps the file
        busy for too long, if the file is damaged or was written by a newer version.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._engine = _engine(path)
        with self.read() as connection:
            is_current = schema.is_current(connection)
        if not is_current:
            with self.write() as connection:
                schema.bring_up_to_date(connection, path)
        self._let_go = weakref.finalize(self, _hold_open(path).close)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the store."""
        with told_in_a_sentence(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open the one writing transaction; it waits for another writer up to 30 s."""
        immediate = {"immediate": True}
        with (
            told_in_a_sentence(),
            self._engine.connect().execution_options(**immediate) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def batches(self) -> Iterator[Callable[[], AbstractContextManager[Connection]]]:
        """Give what opens one writing transaction after another, for rows that nobody sees yet.

        They are on the disk for certain only when the next transaction of `write` is: the log is
        one sequence. Between them everybody else can write.
        """
        with told_in_a_sentence(), self._engine.connect() as connection:
            connection = connection.execution_options(immediate=True)
            for pragma in _IN_BATCHES:
                connection.connection.cursor().execute(f"PRAGMA {pragma}")

            @contextmanager
            def write() -> Iterator[Connection]:
                with connection.begin():
                    yield connection

            yield write

    def copy_to(self, target: Path) -> None:
        """Write a copy of one state of the store to a file; writers go on meanwhile."""
        with told_in_a_sentence():
            source = sqlite3.connect(self.path, timeout=BUSY_SECONDS)
            copy = sqlite3.connect(target)
            try:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
            finally:
                copy.close()
                source.close()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
        self._let_go()


def _engine(path: Path) -> Engine:
    # NullPool: connections cost 0.2 ms, and none is carried across threads or forks.
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _hold_open(path: Path) -> sqlite3.Connection:
    """Return an idle connection that keeps the log beside the file.

    Without it every connection would be the last one, and at its end SQLite would empty and remove
    the log: four more waits for the disk at each transaction, and no reading at all on a full one.
    """
    with told_in_a_sentence():
        connection = sqlite3.connect(path, check_same_thread=False, timeout=BUSY_SECONDS)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
