"""The queue between the web server and the worker. It carries job ids only."""

import logging
import signal
import sqlite3
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer

LOOK_SECONDS = 10.0
log = logging.getLogger(__name__)


class JobQueue:
    """A durable queue of job ids in a SQLite file of its own.

    It only saves the worker from looking: what it loses, the worker finds in the store.

    Parameters
    ----------
    path : Path
        The queue's file; made when it is first used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._run: Callable[[int], None] = _nobody

    @cached_property
    def _huey(self) -> SqliteHuey:
        return SqliteHuey("landproof", filename=str(self._path), results=False)

    @cached_property
    def _task(self) -> Callable[[int], Any]:
        def run_job(job_id: int) -> None:
            self._run(job_id)

        return self._huey.task()(run_job)

    def put(self, job_id: int) -> None:
        """Ask a worker to run a job."""
        try:
            self._task(job_id)
        except sqlite3.Error as error:
            log.warning("job %s is not in the queue (%s); a worker will find it in the store", job_id, error)

    def clear(self) -> None:
        """Forget everything that waits; the jobs themselves are in the store."""
        try:
            self._huey.flush()
        except sqlite3.DatabaseError as error:
            log.warning("the queue is made anew: %s", error)
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            for made in ("_huey", "_task"):
                self.__dict__.pop(made, None)

    def work(self, run: Callable[[int], None], look: Callable[[], None]) -> None:
        """Run jobs, one after the other, until SIGINT or SIGTERM.

        Parameters
        ----------
        run : called with each job's id
        look : called every ten seconds, to put what the queue may have lost
        """
        self._run = run
        _ = self._task  # registers it under its name
        consumer = _QuietConsumer(self._huey, workers=1, periodic=False, initial_delay=0.05, max_delay=0.5)
        consumer.start()
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):  # after the start, which sets its own
            signal.signal(number, lambda *_: stop.set())
        while not stop.wait(LOOK_SECONDS):
            look()
        consumer.stop(graceful=False)


class _QuietConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """A consumer that leaves signals and the worker's end to us."""

    def _set_signal_handlers(self) -> None:
        pass


def _nobody(job_id: int) -> None:
    raise RuntimeError(f"job {job_id} was taken by a process that is no worker")
