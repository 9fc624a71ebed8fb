"""What is put in order at every start, after whatever ended the last run."""

import logging

from geo_app.errors import GeoAppError, StoreFailed, reason
from geo_app.services import backups, files, readings
from geo_app.services.landproof import Landproof

log = logging.getLogger(__name__)


def settle(lp: Landproof) -> list[GeoAppError]:
    """Refuse the uploads whose reading was interrupted, and give the reason of each.

    For commands beside which no worker needs to run; a worker that starts reads them instead.
    """
    try:
        return readings.settle(lp)
    except (OSError, StoreFailed) as error:
        log.warning("what interrupted readings have left could not be settled: %s", reason(error))
        return []


def sweep(lp: Landproof) -> None:
    """Remove what interrupted work has left, and touch nothing that a living process works on.

    That is: parts of received files, files that no upload is about, the scratch folders of
    readings and backups whose process died, and rows staged by uploads that were refused or
    discarded.
    A disk that fails here does not keep anybody from reading; it is logged.
    """
    try:
        files.sweep(lp)
        readings.sweep(lp)
        backups.sweep(lp)
        for upload_id in lp.store.readings.leftovers():
            lp.store.readings.drop(upload_id)
    except (OSError, StoreFailed) as error:
        log.warning("what interrupted work has left could not be removed: %s", reason(error))
