"""Decode the outlines that the child process sends, and name what is wrong with the others."""

import struct
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import shapely

from geo_app.model import Rejection

_KINDS = {
    0: "Geometry", 1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString",
    6: "MultiPolygon", 7: "GeometryCollection", 8: "CircularString", 9: "CompoundCurve", 10: "CurvePolygon",
    11: "MultiCurve", 12: "MultiSurface", 13: "Curve", 14: "Surface", 15: "PolyhedralSurface", 16: "TIN",
    17: "Triangle",
}  # fmt: skip
_COLLECTION, _FIRST_CURVE = 7, 8
_LINE, _POLYGON = 2, 3
_NESTED = (4, 5, 6, 7)
_GIVES_UP = (NotImplementedError, shapely.errors.GEOSException)
SHALLOW_BYTES, DEEPEST = 1 << 16, 8  # shorter outlines cannot be nested deep enough to do harm


class _Curve(Exception):
    """A part of an outline is a curve."""

    def __init__(self, kind: int) -> None:
        super().__init__(kind)
        self.kind = kind


def decode(outlines: pa.BinaryArray) -> tuple[np.ndarray, np.ndarray]:
    """Decode WKB that nobody vouches for.

    Curves make GEOS give up on all of an array, and multiple shapes nested deep enough overflow its
    stack and end the process; neither gets that far. Nor do collections, which may hold curves and
    which no layer takes.

    Returns
    -------
    wkb, geometries
        Both ndarrays of objects; a geometry is None where there is none or it cannot be decoded.
    """
    wkb = np.asarray(outlines.to_numpy(zero_copy_only=False), object)
    kinds, sizes = _kinds(outlines)
    safe = wkb.copy()
    safe[(kinds < 1) | (kinds >= _COLLECTION)] = None
    for at in np.flatnonzero(np.isin(kinds, _NESTED) & (sizes > SHALLOW_BYTES)):
        if _is_deep(wkb[at]):
            safe[at] = None
    with np.errstate(invalid="ignore"):
        try:
            return wkb, np.asarray(shapely.from_wkb(safe, on_invalid="ignore"), object)
        except _GIVES_UP:  # at a curve inside a multiple shape
            return wkb, np.array([*map(_alone, safe), None], object)[:-1]


def _kinds(outlines: pa.BinaryArray) -> tuple[np.ndarray, np.ndarray]:
    """Read the kind of each outline from its head, 0 where there is none, and its size in bytes."""
    count = len(outlines)
    _, starts, content = outlines.buffers()
    edges = np.frombuffer(starts, np.int32, count + 1, outlines.offset * 4).astype(np.int64)
    data = np.frombuffer(content, np.uint8) if content is not None else np.zeros(0, np.uint8)
    kinds, sizes = np.zeros(count, np.int64), np.diff(edges)
    full = np.flatnonzero(sizes >= 5)
    head = data[edges[full][:, None] + np.arange(5)]
    code = np.where(head[:, 0] == 1, head[:, 1:].copy().view("<u4")[:, 0], head[:, 1:].copy().view(">u4")[:, 0])
    kinds[full] = (code & 0x0FFFFFFF) % 1000
    return kinds, sizes


def _is_deep(outline: bytes) -> bool:
    """Tell whether collections are nested in collections more than a few times; also where it cannot be told."""
    try:
        for _ in _runs(outline, deepest=DEEPEST):
            pass
    except (struct.error, ValueError, IndexError, _Curve):
        return True
    return False


def _alone(outline: bytes | None) -> shapely.Geometry | None:
    try:
        return shapely.from_wkb(outline, on_invalid="ignore")
    except _GIVES_UP:
        return None


def fault(record: int, outline: bytes) -> Rejection:
    """Say why an outline could not be decoded."""
    kind = _head(outline, 0)[0] if len(outline) >= 5 else 0
    name = _KINDS.get(kind, "Geometry")
    if kind >= _COLLECTION and kind in _KINDS:
        return Rejection(record, "wrong_geometry", {"found": name})
    try:
        runs = list(_runs(outline))
    except _Curve as curve:
        if curve.kind not in _KINDS:
            return Rejection(record, "unreadable_geometry", {"reason": name})
        return Rejection(record, "wrong_geometry", {"found": f"{name} ({_KINDS[curve.kind]})"})
    except (struct.error, ValueError, IndexError):
        return Rejection(record, "unreadable_geometry", {"reason": f"{name}, {len(outline)} bytes"})
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


def _runs(outline: bytes, deepest: int = 1 << 30) -> Iterator[tuple[bool, np.ndarray]]:
    """Give each run of positions and whether it is a ring.

    Raises
    ------
    ValueError
        If collections are nested deeper than allowed.
    _Curve
        At a part that is a curve.
    """
    at, todo = 0, [1]  # parts still to come at each depth
    while todo:
        todo[-1] -= 1
        kind, order, size = _head(outline, at)
        at += 5
        if kind >= _FIRST_CURVE:
            raise _Curve(kind)
        if kind in _NESTED:
            todo.append(struct.unpack_from(f"{order}I", outline, at)[0])
            at += 4
        elif kind:
            counts = struct.unpack_from(f"{order}I", outline, at)[0] if kind == _POLYGON else 1
            at += 4 * (kind == _POLYGON)
            for _ in range(counts):
                count = struct.unpack_from(f"{order}I", outline, at)[0] if kind in (_LINE, _POLYGON) else 1
                at += 4 * (kind in (_LINE, _POLYGON))
                yield kind == _POLYGON, np.frombuffer(outline, f"{order}f8", count * size, at).reshape(-1, size)[:, :2]
                at += 8 * count * size
        if len(todo) > deepest:
            raise ValueError("nested too deep")
        while todo and not todo[-1]:
            todo.pop()
