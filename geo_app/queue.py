"""The queue between the web server and the worker. It carries job ids only."""

import signal
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer


class JobQueue:
    """A durable queue of job ids in a SQLite file of its own.

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
        self._task(job_id)

    def clear(self) -> None:
        """Forget everything that waits; the jobs themselves are in the store."""
        self._huey.flush()

    def work(self, run: Callable[[int], None]) -> None:
        """Run jobs, one after the other, until SIGINT or SIGTERM."""
        self._run = run
        _ = self._task  # registers it under its name
        consumer = _QuietConsumer(self._huey, workers=1, periodic=False, initial_delay=0.05, max_delay=0.5)
        consumer.start()
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
        consumer.stop(graceful=False)


class _QuietConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """A consumer that leaves signals and the worker's end to us."""

    def _set_signal_handlers(self) -> None:
        pass


def _nobody(job_id: int) -> None:
    raise RuntimeError(f"job {job_id} was taken by a process that is no worker")
