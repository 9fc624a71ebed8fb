"""What SQLite's errors mean for the user."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from geo_app.errors import StoreFailed, disk_full, disk_unusable
from geo_app.i18n import N_

BUSY_SECONDS = 30
_FULL = {sqlite3.SQLITE_FULL}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNUSABLE = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@contextmanager
def told_in_a_sentence() -> Iterator[None]:
    """Turn what the disk or another process does to SQLite into StoreFailed; our own mistakes stay as they are."""
    try:
        yield
    except DBAPIError as error:
        failed = failure(error.orig)
        if failed is None:
            raise
        raise failed from error
    except sqlite3.Error as error:
        failed = failure(error)
        if failed is None:
            raise
        raise failed from error


def failure(error: BaseException | None) -> StoreFailed | None:
    """Return what an error of SQLite's means, None where it is a mistake of ours."""
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    code &= 0xFF  # without what extends it
    if code in _FULL:
        return disk_full(str(error))
    if code in _BUSY:
        return StoreFailed(
            N_("Another process keeps the store busy for more than {seconds} s. Nothing was changed; try again."),
            why="busy",
            seconds=BUSY_SECONDS,
        )
    if code in _UNUSABLE:
        return disk_unusable(str(error))
    return damaged(str(error)) if code in _DAMAGED else None


def damaged(found: str) -> StoreFailed:
    """Say that the database file is damaged."""
    return StoreFailed(
        N_("The store is damaged ({found}). Nothing was changed. The command check says more; restore a backup."),
        why="damaged",
        found=found,
    )
