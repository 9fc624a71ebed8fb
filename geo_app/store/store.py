"""Opening the store and the transactions everything else goes through."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from geo_app.store import tables
from geo_app.store.counts import Counts
from geo_app.store.jobs import Jobs
from geo_app.store.sites import Sites
from geo_app.store.uploads import Uploads
from geo_app.store.users import Users

BUSY_SECONDS = 30


class Store:
    """One instance's state in SQLite.

    Parameters
    ----------
    path : Path
        Database file; made, with its folder, where missing.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.engine = _engine(path)
        with self.write() as connection:
            tables.metadata.create_all(connection)
            connection.execute(text(tables.BOXES))
        self.uploads = Uploads(self)
        self.sites = Sites(self)
        self.counts = Counts(self)
        self.jobs = Jobs(self)
        self.users = Users(self)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the store."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open the one writing transaction; it waits for another writer up to 30 s."""
        with self.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            yield connection

    def get(self, key: str) -> str | None:
        """Return a value of the instance itself, None where it was never set."""
        with self.read() as connection:
            return connection.scalar(select(tables.meta.c.value).where(tables.meta.c.key == key))

    def put(self, key: str, value: str) -> None:
        """Set a value of the instance itself."""
        with self.write() as connection:
            changed = connection.execute(update(tables.meta).where(tables.meta.c.key == key).values(value=value))
            if not changed.rowcount:
                connection.execute(insert(tables.meta).values(key=key, value=value))

    def put_first(self, key: str, value: str) -> str:
        """Set a value unless it has one already; return the value that holds."""
        try:
            with self.write() as connection:
                connection.execute(insert(tables.meta).values(key=key, value=value))
        except IntegrityError:
            pass
        return self.get(key) or value

    def close(self) -> None:
        """Let go of the database file."""
        self.engine.dispose()


def _engine(path: Path) -> Engine:
    # NullPool: connections cost 0.2 ms, and none is carried across threads or forks.
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
