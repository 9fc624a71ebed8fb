"""Repair outlines that cross or touch themselves.

How long that takes hangs on how often they cross, not on how large they are: a ring of a few
kilobytes can keep GEOS busy for a minute, and no signal handler of Python's is called meanwhile.
So the kernel ends this process where one outline takes too long; the parent goes on with the next.
"""

import signal
import sys
from typing import Any

import pyarrow as pa
import shapely

from geo_app.ingest import frames


def run(job: dict[str, Any]) -> None:
    """Repair the outlines of a job, one after the other, and tell of each what came out.

    Outlines of few points take no time, so they are told of in groups; before any other, all that
    is done is told, so that the parent knows which one this process died of.
    """
    with pa.ipc.open_stream(job["path"]) as stream:
        outlines = stream.read_all().column("wkb")
    done: list[tuple[int, bytes | None]] = []
    for at in range(job["start"], len(outlines)):
        shape = shapely.from_wkb(outlines[at].as_py())
        if done and (len(done) >= job["group"] or shapely.get_num_coordinates(shape) > job["simple"]):
            _tell(done)
        signal.setitimer(signal.ITIMER_PROF, job["seconds"])
        done.append((at, repaired(shape)))
    signal.setitimer(signal.ITIMER_PROF, 0)
    if done:
        _tell(done)
    frames.write_json(sys.stdout.buffer, {"kind": "end"})
    sys.stdout.buffer.flush()


def _tell(done: list[tuple[int, bytes | None]]) -> None:
    places, shapes = zip(*done, strict=True)
    arrays = [pa.array(places, pa.int64()), pa.array(shapes, pa.binary())]
    frames.write_batch(sys.stdout.buffer, pa.RecordBatch.from_arrays(arrays, ["record", "geometry"]))
    sys.stdout.buffer.flush()
    done.clear()


def repaired(shape: shapely.Geometry) -> bytes | None:
    """Give the ground that a broken polygon stands for, as WKB; None where there is none.

    Examples
    --------
    >>> bowtie = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
    >>> shapely.from_wkb(repaired(bowtie)).area
    2.0
    """
    try:
        ground = _ground(shapely.make_valid(shape, method="structure", keep_collapsed=False))
        if ground is not None and not shapely.is_valid(ground):  # GEOS leaves parts that share an edge
            ground = _ground(shapely.union_all(shapely.get_parts(ground)))
    except shapely.errors.GEOSException as error:
        if "bad_alloc" in str(error):
            raise MemoryError from error  # the outline is too complex, and the parent takes that from our death
        return None
    return None if ground is None else bytes(shapely.to_wkb(ground))


def _ground(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Keep what is polygonal of a shape."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    polygons = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]
    if not len(polygons):
        return None
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)
