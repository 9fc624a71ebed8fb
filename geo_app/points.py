"""Named points of an import, at which a test can end the process or fail the disk.

The environment variable ``GEO_APP_FAULT`` says where and how: ``kill@NAME`` ends the process as
`kill -9` does, ``raise@NAME`` fails as a full disk does, ``wait@NAME`` takes three seconds more. Without
it a point does nothing.
"""

import errno
import os
import signal
import time

WAIT_S = 3.0
POINTS = (
    "receive.begun",  # before the first byte is written
    "receive.part",  # some bytes are written
    "receive.whole",  # all bytes are written and synced, the file has no name yet
    "receive.named",  # the file has its name, no upload says so yet
    "receive.noted",  # the upload is noted
    "read.begun",
    "read.raw",  # the child process has told everything
    "read.sites",  # the records are sites
    "stage.inside",  # in the transaction of the first batch
    "stage.first",
    "stage.middle",
    "stage.last",
    "bridge.inside",  # in the transaction that keeps what counts once the upload is accepted
    "bridge.done",
    "remark.inside",
    "remark.done",
    "ready.done",
    "accept.begun",
    "accept.inside",
    "accept.done",
    "review.begun",
    "areas.inside",  # in the transaction that keeps what the first sites cover
    "review.found",  # all rules have looked, nothing is kept yet
    "review.inside",  # in the transaction that keeps what was found
    "review.done",
    "job.noted",  # the job is in the store, not yet in the queue
    "job.queued",
    "job.started",
    "job.read",  # its upload is read, its end not yet noted
    "job.ended",
)


def point(name: str) -> None:
    """Pass a named point.

    Raises
    ------
    OSError
        ENOSPC, where ``GEO_APP_FAULT`` is ``raise@`` and this name.
    """
    fault = os.environ.get("GEO_APP_FAULT")
    if fault is None:
        return
    if fault == f"kill@{name}":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == f"wait@{name}":
        time.sleep(WAIT_S)
    if fault == f"raise@{name}":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
