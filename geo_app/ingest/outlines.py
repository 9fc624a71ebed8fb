"""What each record's geometry is, whether the layer takes it, where it lies and what it covers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely

from geo_app import geometry
from geo_app.i18n import N_
from geo_app.ingest.crs import Placing, come_back, is_usable
from geo_app.ingest.draft import Draft
from geo_app.ingest.guessing import zones
from geo_app.ingest.shapes import Shapes
from geo_app.methods import FARTHEST_M
from geo_app.tasks import side_by_side
from geo_app.units import MEASURES

CHUNK = 20_000
FEW = 10_000
HALF_GLOBE = 180  # degrees of longitude
SMALLEST_M2 = 0.5 / MEASURES["area"].parts  # what is less is stored as nothing
_NAMES = {each.upper(): each for each in (
    N_("Point"), N_("LineString"), N_("LinearRing"), N_("Polygon"), N_("MultiPoint"), N_("MultiLineString"),
    N_("MultiPolygon"), N_("GeometryCollection"),
)}  # fmt: skip


@dataclass(frozen=True)
class Outlines:
    """The outlines of all rows; None and NaN where there is none or the record is rejected.

    Attributes
    ----------
    lonlat : ndarray of shapely geometries, EPSG:4490
    areas_m2 : ndarray of float
        Of the outline as drawn.
    drawn : ndarray of bytes
        WKB in the file's system, of what was repaired; None elsewhere.
    degrees_2 : ndarray of float or None
        Square degrees, of a file in degrees.
    """

    lonlat: np.ndarray
    areas_m2: np.ndarray
    drawn: np.ndarray
    degrees_2: np.ndarray | None

    def drop(self, rows: np.ndarray) -> None:
        """Forget the outlines of rows that were rejected meanwhile."""
        self.lonlat[rows], self.drawn[rows] = None, None


def check_kinds(draft: Draft, *, may_be_absent: bool) -> None:
    """Reject what is not there, holds nothing, is of a wrong kind or has no numbers.

    Parameters
    ----------
    may_be_absent : bool
        Whether a row without any geometry is a row like others (tables, where the layer allows).
    """
    shapes, kept = draft.part.shapes, draft.kept
    if not may_be_absent:
        for row in np.flatnonzero(shapes.is_missing & kept):
            draft.reject(int(row), "no_geometry")
    for row in np.flatnonzero(shapes.is_empty & kept):
        # a point without numbers decodes as an empty one
        is_point = shapes.types[row] == shapely.GeometryType.POINT
        draft.reject(int(row), "bad_coordinates" if is_point else "empty_geometry")
    taken = [kind for kind in draft.layer.geometry if kind != "none"]
    right = np.isin(geometry.kinds_of(shapes.types).astype(str), taken)
    for row in np.flatnonzero(~shapes.is_missing & ~right & kept):
        name = shapely.GeometryType(int(shapes.types[row])).name
        draft.reject(int(row), "wrong_geometry", found=_NAMES.get(name, name), expected=", ".join(taken) or "-")
    for row in np.flatnonzero(~shapes.is_finite & kept):
        draft.reject(int(row), "bad_coordinates")


def locate(draft: Draft, placing: Placing, progress: Callable[[float], None]) -> Outlines:
    """Bring the outlines to EPSG:4490 and measure them; reject what lies where its system cannot be."""
    size, kept = draft.size, draft.kept
    squares = np.full(size, np.nan) if placing.crs is not None and placing.crs.is_geographic else None
    found = Outlines(np.full(size, None, object), np.full(size, np.nan), np.full(size, None, object), squares)
    far = 0
    pieces = [slice(at, min(at + CHUNK, size)) for at in range(0, size, CHUNK)]
    for rows, piece in zip(
        pieces, side_by_side(partial(_located, draft.part.shapes, kept, placing), pieces), strict=True
    ):
        found.lonlat[rows], found.areas_m2[rows] = piece.lonlat, piece.areas_m2
        if squares is not None:
            squares[rows] = piece.degrees_2
        _reject_lost(draft, placing, rows, piece.lost)
        far += piece.far
        progress(rows.stop / size)
    if far:
        draft.find("far_from_meridian", count=far, crs=placing.name, limit=round(FARTHEST_M[3] / 1000))
    high, measured = (int(each.sum()) for each in (draft.part.shapes.has_z, draft.part.shapes.has_m))
    if high:
        draft.find("heights_dropped", count=high)
    if measured:
        draft.find("measures_dropped", count=measured)
    return found


@dataclass(frozen=True)
class _Located:
    """Some outlines of `Outlines`; which of them have no place, and how many lie far from their meridian."""

    lonlat: np.ndarray
    areas_m2: np.ndarray
    degrees_2: np.ndarray
    lost: np.ndarray
    far: int


def _located(known: Shapes, kept: np.ndarray, placing: Placing, rows: slice) -> _Located:
    shapes = known.some(rows)
    shapes[~kept[rows]] = None
    with np.errstate(invalid="ignore"):
        lonlat = placing.to_lonlat(shapes)
    is_missing = shapely.is_missing(lonlat)
    lost = ~is_missing & ~is_usable(shapely.bounds(lonlat), placing)
    wide = np.flatnonzero(placing.may_wrap(known.bounds[rows]) & ~is_missing & ~lost)
    lost[wide] = ~come_back(placing, shapes[wide], lonlat[wide])
    if lost.any():
        lonlat = lonlat.copy()
        lonlat[lost] = None
    far = int((placing.is_far(known.bounds[rows]) & ~is_missing & ~lost).sum())
    return _Located(lonlat, geometry.areas(lonlat), shapely.area(shapes), np.flatnonzero(lost), far)


def _reject_lost(draft: Draft, placing: Placing, rows: slice, lost: np.ndarray) -> None:
    bounds = draft.part.shapes.bounds[rows]
    numbers = zones(bounds) if len(lost) else lost
    for at in lost.tolist():
        if placing.zone and numbers[at] and numbers[at] != placing.zone:
            draft.reject(rows.start + at, "other_zone", zone=int(numbers[at]), crs=placing.name)
        else:
            x, y = (round(float(each), 3) for each in bounds[at, :2])
            draft.reject(rows.start + at, "not_in_crs", x=x, y=y, crs=placing.name)


def reject_immeasurable(draft: Draft, found: Outlines, areas_m2: np.ndarray) -> None:
    """Reject outlines around the globe, of which nobody can tell the inside, and those that cover nothing.

    Parameters
    ----------
    areas_m2 : ndarray of float
        What each outline covers, repaired where it was broken.
    """
    is_ground = (geometry.kinds(found.lonlat) == geometry.POLYGON) & draft.kept
    bounds = shapely.bounds(found.lonlat)
    for row in np.flatnonzero(is_ground & (bounds[:, 2] - bounds[:, 0] > HALF_GLOBE)).tolist():
        parts = shapely.bounds(shapely.get_parts(found.lonlat[row]))
        widest = float((parts[:, 2] - parts[:, 0]).max())
        if widest > HALF_GLOBE:
            draft.reject(row, "around_globe", degrees=round(widest, 1))
    for row in np.flatnonzero(is_ground & (areas_m2 < SMALLEST_M2) & draft.kept).tolist():
        draft.reject(row, "no_area")


def drawn(placing: Placing, shapes: np.ndarray, lonlat: np.ndarray) -> np.ndarray:
    """Give outlines as drawn, as WKB: flat, easting first, in the file's system, without a shift.

    Parameters
    ----------
    shapes, lonlat : ndarray of shapely geometries
        As they stand in the file, and brought to EPSG:4490.
    """
    if placing.shift and placing.crs is not None:
        return as_wkb(geometry.from_geographic(lonlat, placing.crs))
    return as_wkb(geometry.flat(placing.straight(shapes)))


def as_wkb(shapes: np.ndarray) -> np.ndarray:
    """Write shapes as WKB; a missing one is None."""
    return np.asarray(shapely.to_wkb(shapes), object)
