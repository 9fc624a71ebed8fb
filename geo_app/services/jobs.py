"""What the worker does."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from geo_app.errors import GeoAppError, StoreFailed, Superseded, reason
from geo_app.i18n import N_
from geo_app.points import point
from geo_app.services import bridges, keeping, readings, reviews, uploads
from geo_app.services.landproof import Landproof
from geo_app.services.locks import held, is_held, worker_lock

ATTEMPTS = 3
PATIENCE_SECONDS = 5.0
T = TypeVar("T")
log = logging.getLogger(__name__)


class Worker:
    """The one process of an instance that runs jobs; another one waits until it has ended."""

    def __init__(self, lp: Landproof) -> None:
        self._lp = lp
        self._put: set[int] = set()
        self._now: int | None = None

    def work(self) -> None:
        """Run jobs until told to stop, first those that an earlier worker left without an end."""
        with held(worker_lock(self._lp)):
            keeping.sweep(self._lp)
            self._lp.queue.clear()
            self._adopt()
            self._look()
            self._lp.queue.work(self._run, self._look)
            if self._now is not None:
                self._lp.store.jobs.give_back(self._now)

    def _run(self, job_id: int) -> None:
        self._now = job_id
        try:
            run(self._lp, job_id)
        finally:
            self._now = None
            self._put.discard(job_id)  # one that the store could not even begin is found again

    def _adopt(self) -> None:
        """Queue the uploads that somebody began to read and nobody reads now, and the layers that are behind."""
        for upload_id in readings.left(self._lp):
            with suppress(GeoAppError):
                uploads.enqueue(self._lp, upload_id)
        with suppress(GeoAppError):
            reviews.adopt(self._lp)

    def _look(self) -> None:
        """Put jobs without an end into the queue, which may have lost them; ended ones are passed over."""
        with suppress(StoreFailed):
            for job_id in self._lp.store.jobs.unfinished():
                if job_id not in self._put:
                    self._put.add(job_id)
                    self._lp.queue.put(job_id)


def work(lp: Landproof) -> None:
    """Run jobs until told to stop."""
    Worker(lp).work()


def is_working(lp: Landproof) -> bool:
    """Tell whether a worker runs."""
    return is_held(worker_lock(lp))


def run(lp: Landproof, job_id: int) -> None:
    """Run one job and note its end; a fault of ours is kept with the upload as well."""
    job = lp.store.jobs.start(job_id)
    if job is None:
        return
    point("job.started")
    if job.kind in _AFTERWARDS:
        _afterwards(lp, job)
        return
    try:
        if job.attempts > ATTEMPTS:
            raise _given_up()
        uploads.read(lp, job.upload_id, reading_no=job.reading_no)
    except GeoAppError as error:
        log.info("upload %s: %s", job.upload_id, type(error).__name__)
        _settle(lp, job.upload_id, job.reading_no, error)
    except BaseException:
        fault = GeoAppError(N_("Reading failed by a fault of ours, not of your file. Nothing was stored."))
        _settle(lp, job.upload_id, job.reading_no, fault)
        _end(lp, job_id)
        raise
    point("job.read")
    _end(lp, job_id)
    point("job.ended")


def _review(lp: Landproof, job: Any) -> None:
    bridges.count_all(lp)  # somebody may wait for it
    reviews.review_around(lp, lp.store.uploads.find(job.upload_id).layer)


# What is done once an upload is in force, or out of it.
_AFTERWARDS: dict[str, Callable[[Landproof, Any], None]] = {
    bridges.KIND: lambda lp, _job: bridges.count_all(lp),
    reviews.KIND: _review,
}


def _afterwards(lp: Landproof, job: Any) -> None:
    """Do what an upload makes necessary; while the store fails the job stays open, to be tried again."""
    fault: str | None = None
    try:
        if job.attempts <= ATTEMPTS:
            _AFTERWARDS[job.kind](lp, job)
        else:
            fault = f"it has ended the worker {ATTEMPTS} times"
            log.error("the %s for upload %s: %s", job.kind, job.upload_id, fault)
    except StoreFailed as failed:
        log.warning("the %s for upload %s waits: %s", job.kind, job.upload_id, reason(failed))
        return
    except GeoAppError as error:
        fault = str(error)
        log.warning("the %s for upload %s: %s", job.kind, job.upload_id, fault)
    except BaseException as error:
        _end(lp, job.id, f"{type(error).__name__}: {error}")
        raise
    _end(lp, job.id, fault)
    point("job.ended")


def _given_up() -> GeoAppError:
    return GeoAppError(
        N_("Reading this file has ended the worker {count} times, so it is not tried again. Send it in parts."),
        count=ATTEMPTS,
    )


def _settle(lp: Landproof, upload_id: int, reading_no: int, error: GeoAppError) -> None:
    """See to it that a reading that is over is not shown as going on, however long the store refuses."""
    upload = _patiently(lambda: lp.store.uploads.find(upload_id))
    if upload.state == "reading" and upload.reading_no == reading_no:
        told = {"state": "refused", "message": readings.message(error)}
        with suppress(Superseded):
            _patiently(lambda: lp.store.uploads.change(upload_id, reading_no=reading_no, **told))


def _end(lp: Landproof, job_id: int, fault: str | None = None) -> None:
    _patiently(lambda: lp.store.jobs.end(job_id, fault))


def _patiently(act: Callable[[], T]) -> T:
    """Do what has to be done to the store, again and again while the disk is full or fails."""
    while True:
        try:
            return act()
        except StoreFailed as failed:
            log.warning("the store fails, trying again in %s s: %s", PATIENCE_SECONDS, reason(failed))
            time.sleep(PATIENCE_SECONDS)
