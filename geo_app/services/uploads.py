"""Uploads: receive, read, look, decide."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, BinaryIO

import geopandas as gpd

from geo_app.errors import AlreadyAccepted, Refused, StoreFailed, reason
from geo_app.i18n import N_
from geo_app.ingest import Choices, Reading, read_raw, read_sites
from geo_app.layers import Layer
from geo_app.model import Finding
from geo_app.points import point
from geo_app.services import reviews
from geo_app.services.bridges import refresh_later, stage
from geo_app.services.files import keep, open_local
from geo_app.services.landproof import Landproof
from geo_app.services.moved import followed
from geo_app.services.numbered import settled
from geo_app.services.readings import Watch, bytes_of, reading
from geo_app.tasks import Progress, unheard

MODES = ("merge", "replace", "add")

log = logging.getLogger(__name__)


def receive(
    lp: Landproof,
    source: BinaryIO,
    filename: str,
    layer_id: str,
    who: str,
    *,
    choices: Choices | None = None,
    mode: str = "merge",
    synthetic: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Any:
    """Keep a file before anything else is done with it, and return its upload.

    Where the same bytes, read the same way, are in force in the layer and taking them in again would
    change nothing, that upload is returned.

    Parameters
    ----------
    mode : str
        ``merge``: sites with a known code and ordinal are new versions, all others stay.
        ``replace``: the layer is what the file holds. ``add``: every record is a new site.

    progress : called with the number of bytes so far

    Raises
    ------
    NotFound
        If there is no such layer.
    Refused
        If the file is empty or too large, or does not fit into the quota, or there is no such mode.
    """
    _demand_mode(mode)
    layer = lp.layers.find(layer_id)
    answers = choices or Choices()
    with keep(lp, source, progress) as (sha256, size):
        same = lp.store.uploads.same(sha256, layer.id, mode, asdict(answers))
        if same is not None:
            return same
        upload_id = lp.store.uploads.add(
            sha256=sha256,
            filename=filename,
            size=size,
            layer=layer.id,
            received_by=who,
            choices=asdict(answers),
            mode=mode,
            synthetic=synthetic,
        )
    point("receive.noted")
    return lp.store.uploads.find(upload_id)


def enqueue(lp: Landproof, upload_id: int) -> None:
    """Ask the worker to read an upload."""
    job = lp.store.jobs.add("read", upload_id)
    point("job.noted")
    lp.queue.put(job)
    point("job.queued")


def choose(lp: Landproof, upload_id: int, given: Mapping[str, Any], mode: str | None = None) -> None:
    """Keep a person's answers on how to read an upload, and what it does to its layer; read it again.

    Raises
    ------
    Refused
        If `mode` is none of `MODES`.
    """
    upload = lp.store.uploads.find(upload_id)
    mode = mode or upload.mode
    _demand_mode(mode)
    chosen = replace(Choices(**upload.choices), **given)
    lp.store.uploads.change(upload_id, choices=asdict(chosen), mode=mode)
    enqueue(lp, upload_id)


def read(lp: Landproof, upload_id: int, progress: Progress = unheard, reading_no: int | None = None) -> Any:
    """Read an upload and stage its rows where nobody sees them; return the upload.

    The outcome is kept with it: ``ready``, ``needs_input`` or ``refused``, the latter two with
    the message; they are raised as well.

    Parameters
    ----------
    progress : called with 0..1
    reading_no : the reading that was asked for; without it, a new one begins and ends all others

    Raises
    ------
    AnswerNeeded, Refused
    Superseded
        If it was cancelled, or another reading has begun.
    StoreFailed
        If the disk or the store fails.
    """
    with reading(lp, upload_id, progress, reading_no) as watch:
        upload = lp.store.uploads.find(upload_id)
        layer = lp.layers.find(upload.layer)
        lp.store.readings.drop(upload_id)
        point("read.begun")
        found = _read(lp, bytes_of(lp, upload), upload.filename, layer, Choices(**upload.choices), watch)
        state = lp.store.sites.state(layer.id)
        found = _matched(lp, layer, state[0], found, Choices(**upload.choices), upload.mode, upload.filename)
        lp.store.uploads.change(upload_id, reading_no=watch.number, crs=found.crs)  # which the bridge asks for
        watch(0.5)
        told = watch.part(0.5, 0.9)
        compared = stage(lp, upload, found.sites, state=state, told=told, reading_no=watch.number)
        lp.store.uploads.remark(upload_id, found.rejected, found.findings, watch.number)
        point("remark.done")
        read_as = _read_values(lp, found) | compared
        ready = {"state": "ready", "progress": 1.0, "message": None, **read_as}
        lp.store.uploads.change(upload_id, reading_no=watch.number, **ready)
        point("ready.done")
    return lp.store.uploads.find(upload_id)


def look(lp: Landproof, path: Path, layer_id: str, choices: Choices, mode: str = "merge") -> Reading:
    """Read a file without storing anything.

    Raises
    ------
    AnswerNeeded, Refused
    """
    layer = lp.layers.find(layer_id)
    with open_local(path) as (source, name):
        found = _read(lp, Path(source.name), name, layer, choices)
    return _matched(lp, layer, lp.store.sites.frame(layer.id), found, choices, mode, name) if lp.is_made else found


def accept(lp: Landproof, upload_id: int, who: str, reading_no: int | None = None) -> None:
    """Make an upload's sites visible in one short transaction, then count its layer again.

    Parameters
    ----------
    reading_no : the reading that the person looked at; without it, the newest

    Raises
    ------
    Conflict
        If the upload is not ready, or has been read anew.
    Stale
        If its layer has changed since it was read, so that what the person saw is not what it would do.
    AlreadyAccepted
        If the same file, read the same way, is in force; the upload is discarded then.
    """
    upload = lp.store.uploads.find(upload_id)
    point("accept.begun")
    try:
        lp.store.uploads.accept(upload_id, who, reading_no)
    except AlreadyAccepted:
        cancel(lp, upload_id, who)
        raise
    except StoreFailed as failed:
        raise _uncertain(upload_id, failed) from failed
    try:
        point("accept.done")
        refresh_later(lp, lp.layers.find(upload.layer))
    except (OSError, StoreFailed) as error:
        # The upload is in force; its counts are made again when somebody next asks for them.
        log.warning("upload %s is accepted; its layer could not be counted yet: %s", upload_id, reason(error))
    reviews.ask(lp, upload_id)


def _uncertain(upload_id: int, failed: StoreFailed) -> StoreFailed:
    """Say of a disk that fails while a transaction ends that it may have been written all the same."""
    if failed.why != "unusable":
        return failed
    return StoreFailed(
        N_(
            "The disk failed ({found}) just when upload {upload} was accepted. Whether it counts can be told only once "
            "the disk works again: see to the disk, then look at the list of uploads."
        ),
        why=failed.why,
        found=failed.values.get("found", failed.why),
        upload=upload_id,
    )


def cancel(lp: Landproof, upload_id: int, who: str) -> None:
    """Stop the reading of an upload, also one that waits for it, and drop what it has staged.

    The file itself and the record of it stay. A reading that is under way ends at its next report.

    Raises
    ------
    NotFound, Conflict
        If there is no such upload, or it was accepted or discarded.
    """
    lp.store.readings.cancel(upload_id, who)
    lp.store.jobs.end_all(upload_id)
    lp.store.readings.drop(upload_id)


def listing(lp: Landproof) -> list[Any]:
    """Return all uploads, newest first."""
    return lp.store.uploads.all()


def find(lp: Landproof, upload_id: int) -> Any:
    """Return an upload, or raise NotFound."""
    return lp.store.uploads.find(upload_id)


def _read(lp: Landproof, path: Path, name: str, layer: Layer, choices: Choices, watch: Watch | None = None) -> Reading:
    scratch = watch.scratch if watch else None
    opening, looking = (watch.part(0.0, 0.2), watch.part(0.2, 0.45)) if watch else (unheard, unheard)
    raw = read_raw(path, name=name, choices=choices, progress=opening, scratch=scratch)
    point("read.raw")
    found = read_sites(raw, layer, choices, lp.districts, looking)
    point("read.sites")
    return replace(found, findings=[*found.findings, *_near_boundary(lp, found)])


def _matched(
    lp: Landproof, layer: Layer, now: gpd.GeoDataFrame, found: Reading, choices: Choices, mode: str, name: str
) -> Reading:
    """Say which of a layer's sites the codes of a reading stand for."""
    return followed(lp, layer.id, now, settled(now, found, choices, mode, name), mode)


def _near_boundary(lp: Landproof, reading: Reading) -> list[Finding]:
    """Note the sites that lie outside every district by less than its line may be off."""
    accuracy = lp.districts.accuracy_m
    outside = reading.sites["outside_m"]
    close = reading.sites[(outside > 0) & (outside <= accuracy)]
    metres = close["outside_m"].round().astype(int)
    return [
        Finding("near_boundary", int(record), {"metres": int(distance), "accuracy": round(accuracy)})
        for record, distance in zip(close["record"], metres, strict=True)
    ]


def _demand_mode(mode: str) -> None:
    if mode not in MODES:
        raise Refused(N_("{mode!r} is no mode. The modes are: {known}."), mode=mode, known=", ".join(MODES))


def _read_values(lp: Landproof, reading: Reading) -> dict[str, Any]:
    return {
        "format": reading.format,
        "sublayer": ", ".join(reading.sublayers),
        "records": reading.records,
        "accepted": reading.accepted,
        "rejected": len(reading.rejected),
        "crs": reading.crs,
        "crs_source": reading.crs_source,
        "encoding": reading.encoding,
        "encoding_source": reading.encoding_source,
        "columns": [asdict(column) for column in reading.columns],
        "total": reading.total,
        "boundary_set": lp.districts.label,
    }
