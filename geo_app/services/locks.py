"""Locks between processes. The kernel lets go of them when their holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from geo_app.services.landproof import Landproof


@contextmanager
def held(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
    """Hold a lock on a file, which is made where missing.

    Parameters
    ----------
    shared : bool
        Whether others may hold it as well, if they share it too.
    wait : bool
        Whether to wait for those that hold it.

    Yields
    ------
    bool
        Whether the lock is held; False only without waiting.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
    while True:
        with path.open("ab") as file:
            try:
                fcntl.flock(file, kind)
            except BlockingIOError:
                yield False
                return
            if _is_at(file, path):
                yield True
                return


def worker_lock(lp: Landproof) -> Path:
    """Return the lock that the worker of an instance holds."""
    return lp.settings.home / "worker.lock"


def is_held(path: Path) -> bool:
    """Tell whether some process holds a lock."""
    if not path.is_file():
        return False
    with held(path, wait=False) as free:
        return not free


def _is_at(file: BinaryIO, path: Path) -> bool:
    """Tell whether an opened file still has its name; its last holder may have removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
