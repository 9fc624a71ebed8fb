"""Decode the outlines that the child process sends, and name what is wrong with the others."""

import struct
from collections.abc import Iterator

import numpy as np
import shapely

from geo_app.model import Rejection

_KINDS = {
    0: "Geometry", 1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString",
    6: "MultiPolygon", 7: "GeometryCollection", 8: "CircularString", 9: "CompoundCurve", 10: "CurvePolygon",
    11: "MultiCurve", 12: "MultiSurface", 13: "Curve", 14: "Surface", 15: "PolyhedralSurface", 16: "TIN",
    17: "Triangle",
}  # fmt: skip
_FIRST_CURVE = 8
_LINE, _POLYGON = 2, 3
_NESTED = (4, 5, 6, 7)


def decode(records: np.ndarray, outlines: np.ndarray, known: set[int]) -> tuple[np.ndarray, list[Rejection]]:
    """Decode WKB.

    Parameters
    ----------
    records : ndarray of int64
        Number of each record.
    outlines : ndarray of bytes or None
    known : set of int
        Records that are rejected already.

    Returns
    -------
    geometries, rejections
        What cannot be decoded is None and, unless known, rejected with its reason.
    """
    with np.errstate(invalid="ignore"):
        geometry = shapely.from_wkb(outlines, on_invalid="ignore")
    given = np.fromiter((each is not None for each in outlines), bool, len(outlines))
    lost = np.flatnonzero(shapely.is_missing(geometry) & given)
    return geometry, [_fault(int(records[at]), outlines[at]) for at in lost if int(records[at]) not in known]


def _fault(record: int, outline: bytes) -> Rejection:
    kind, _, _ = _head(outline, 0) if len(outline) >= 5 else (0, "<", 0)
    name = _KINDS.get(kind, "Geometry")
    if kind >= _FIRST_CURVE:
        return Rejection(record, "wrong_geometry", {"found": name})
    try:
        runs = list(_runs(outline))
    except (struct.error, ValueError):
        return Rejection(record, "unreadable_geometry", {"reason": name})
    if not all(np.isfinite(run).all() for _, run in runs):
        return Rejection(record, "bad_coordinates", {})
    if any(is_ring and len(run) and (run[0] != run[-1]).any() for is_ring, run in runs):
        return Rejection(record, "open_ring", {})
    return Rejection(record, "unreadable_geometry", {"reason": name})


def _head(outline: bytes, at: int) -> tuple[int, str, int]:
    """Read a WKB head: kind, byte order, numbers in a position; ISO and extended codes alike."""
    order = "<" if outline[at] == 1 else ">"
    (code,) = struct.unpack_from(f"{order}I", outline, at + 1)
    plain = (code & 0x0FFFFFFF) % 1000
    extra = (code & 0x0FFFFFFF) // 1000
    size = 2 + bool(code & 0x80000000) + bool(code & 0x40000000) + (0, 1, 1, 2)[extra % 4]
    return plain, order, size


def _runs(outline: bytes) -> Iterator[tuple[bool, np.ndarray]]:
    """Give each run of positions and whether it is a ring."""
    at, todo = 0, 1
    while todo:
        todo -= 1
        kind, order, size = _head(outline, at)
        at += 5
        if kind in _NESTED:
            todo += struct.unpack_from(f"{order}I", outline, at)[0]
            at += 4
            continue
        runs = struct.unpack_from(f"{order}I", outline, at)[0] if kind == _POLYGON else 1
        at += 4 * (kind == _POLYGON)
        for _ in range(runs):
            count = struct.unpack_from(f"{order}I", outline, at)[0] if kind in (_LINE, _POLYGON) else 1
            at += 4 * (kind in (_LINE, _POLYGON))
            yield kind == _POLYGON, np.frombuffer(outline, f"{order}f8", count * size, at).reshape(-1, size)[:, :2]
            at += 8 * count * size
