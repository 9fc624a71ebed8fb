"""What each record's geometry is, whether the layer takes it, and where it lies."""

import numpy as np
import shapely

from geo_app import geometry
from geo_app.ingest.crs import Placing
from geo_app.ingest.draft import Draft

MAX_INVALID = 10_000


def check_kinds(draft: Draft, *, may_be_absent: bool) -> None:
    """Reject what is not there, holds nothing, is of a wrong kind or has no numbers.

    Parameters
    ----------
    may_be_absent : bool
        Whether a row without any geometry is a row like others (tables, where the layer allows).
    """
    shapes = draft.part.geometry
    kinds = geometry.kinds(shapes)
    missing = shapely.is_missing(shapes)
    if not may_be_absent:
        for row in np.flatnonzero(missing & draft.kept):
            draft.reject(int(row), "no_geometry")
    is_point = shapely.get_type_id(shapes) == 0
    for row in np.flatnonzero(shapely.is_empty(shapes) & draft.kept):
        # a point without numbers decodes as an empty one
        draft.reject(int(row), "bad_coordinates" if is_point[row] else "empty_geometry")
    expected = ", ".join(kind for kind in draft.layer.geometry if kind != "none")
    wrong = ~missing & ~np.isin(kinds, [kind for kind in draft.layer.geometry if kind != "none"])
    for row in np.flatnonzero(wrong & draft.kept):
        draft.reject(int(row), "wrong_geometry", found=shapes[row].geom_type, expected=expected or "-")
    for row in np.flatnonzero(~_is_finite(shapes) & draft.kept):
        draft.reject(int(row), "bad_coordinates")


def _is_finite(shapes: np.ndarray) -> np.ndarray:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), bool)
    finite[owner[~np.isfinite(xy).all(axis=1)]] = False
    return finite


def locate(draft: Draft, placing: Placing) -> np.ndarray:
    """Bring the outlines to EPSG:4490; None where there is none or the record is rejected."""
    shapes = draft.part.geometry.copy()
    shapes[~draft.kept] = None
    with np.errstate(invalid="ignore"):
        lonlat = np.asarray(placing.to_lonlat(shapes), object)
    lost = ~shapely.is_missing(lonlat) & ~geometry.has_place(lonlat)
    for row in np.flatnonzero(lost):
        x, y = shapely.get_coordinates(shapes[row])[0]
        draft.reject(int(row), "not_in_crs", x=round(float(x), 3), y=round(float(y), 3), crs=placing.name)
    lonlat[lost] = None
    return lonlat


def look(draft: Draft, lonlat: np.ndarray) -> None:
    """Note outlines that cross themselves, and heights that are not kept."""
    with np.errstate(invalid="ignore"):
        crossed = ~shapely.is_missing(lonlat) & ~shapely.is_valid(lonlat)
    for row in np.flatnonzero(crossed)[:MAX_INVALID]:
        draft.find("invalid_geometry", int(row), reason=shapely.is_valid_reason(lonlat[row]))
    shapes = draft.part.geometry
    high = int((shapely.has_z(shapes) | shapely.has_m(shapes)).sum())
    if high:
        draft.find("heights_dropped", count=high)


def drawn(draft: Draft, placing: Placing, lonlat: np.ndarray) -> np.ndarray:
    """Write the outlines as drawn (WKB), None where longitude and latitude say the same."""
    shapes = shapely.force_2d(placing.straight(draft.part.geometry))
    shapes[shapely.is_missing(lonlat)] = None
    wkb = np.asarray(shapely.to_wkb(shapes), object)
    if placing.crs is None or not placing.crs.is_geographic:
        return wkb
    with np.errstate(invalid="ignore"):
        same = shapely.equals_exact(shapes, lonlat, tolerance=0.0)
    wkb[same] = None
    return wkb
