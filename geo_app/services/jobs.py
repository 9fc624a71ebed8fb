"""What the worker does."""

import logging

from geo_app.errors import GeoAppError
from geo_app.i18n import N_
from geo_app.services import uploads
from geo_app.services.landproof import Landproof

log = logging.getLogger(__name__)


def work(lp: Landproof) -> None:
    """Run jobs until told to stop; jobs that an earlier worker left without an end run again."""
    lp.queue.clear()
    for job_id in lp.store.jobs.unfinished():
        lp.queue.put(job_id)
    lp.queue.work(lambda job_id: run(lp, job_id))


def run(lp: Landproof, job_id: int) -> None:
    """Run one job and note its end; a fault of ours is kept with the upload as well."""
    job = lp.store.jobs.start(job_id)
    if job is None:
        return
    try:
        uploads.read(lp, job.upload_id, lambda share: lp.store.uploads.change(job.upload_id, progress=share))
    except GeoAppError as error:
        log.info("upload %s: %s", job.upload_id, type(error).__name__)
    except BaseException:
        fault = GeoAppError(N_("Reading failed by a fault of ours, not of your file. Nothing was stored."))
        lp.store.uploads.change(job.upload_id, state="refused", message=uploads.message(fault))
        raise
    finally:
        lp.store.jobs.end(job_id)
