"""Rules about where a site lies."""

import numpy as np
import pandas as pd
import pyproj
import shapely

from geo_app.bridge import CUT_ACCURACY_M
from geo_app.districts import Districts
from geo_app.quality.parts import Part, metres_a_degree, nothing, rounded

ZONE_DEGREES = (3.0, -3.0, 6.0, -6.0)
BAND = 0.25  # degrees of latitude in which one scale is true to 0.3 percent


def outside(part: Part) -> pd.DataFrame:
    """Find sites that lie outside the place by more than its boundary may be off."""
    metres, accuracy = _metres_outside(part), part.about.scope.districts.accuracy_m
    rows = metres > (accuracy if accuracy > CUT_ACCURACY_M else 0)
    return part.tell(rows, metres, metres=rounded(metres, 0), accuracy=accuracy, place=part.about.scope.place)


def across_boundary(part: Part) -> pd.DataFrame:
    """Find sites that are cut by a boundary which is sure enough to cut."""
    scope = part.about.scope
    shape, percent = scope.districts.shape_of(scope.place), np.full(len(part.ids), np.nan)
    if shape is None or scope.districts.accuracy_m > CUT_ACCURACY_M:
        return nothing()
    rows = _not_inside(part)
    rows = rows[shapely.intersects(part.lonlat[rows], shape) & part.is_ground[rows]]
    outside = shapely.area(shapely.difference(part.lonlat[rows], shape)) / shapely.area(part.lonlat[rows])
    percent[rows] = 100 * outside  # degrees serve: only parts of one site are compared
    return part.tell(percent > 0, percent, percent=rounded(percent), place=scope.place)


def close_to_boundary(part: Part) -> pd.DataFrame:
    """Find sites that a boundary, as unsure as it is, may put inside the place or outside."""
    scope = part.about.scope
    shape, accuracy = scope.districts.shape_of(scope.place), scope.districts.accuracy_m
    if shape is None or accuracy <= CUT_ACCURACY_M:
        return nothing()
    metres = np.full(len(part.ids), np.nan)
    rows = np.flatnonzero(part.placed)
    metres[rows] = metres_to(shapely.boundary(shape), part.lonlat[rows], accuracy)
    near = metres <= accuracy
    return part.tell(near, metres, metres=rounded(metres, 0), accuracy=accuracy, place=scope.place)


def other_district(part: Part) -> pd.DataFrame:
    """Find sites that lie outside the district that they name, by more than its boundary may be off."""
    districts = part.about.scope.districts
    metres, stated = _metres_from_stated(part, _stated(part, districts)), part.texts("stated_district")
    rows = metres > districts.accuracy_m
    return part.tell(rows, metres, metres=rounded(metres, 0), accuracy=districts.accuracy_m, district=stated)


def wrong_zone(part: Part) -> pd.DataFrame:
    """Find sites that would lie in the district that they name, if they were drawn in another zone."""
    districts, codes = part.about.scope.districts, _stated(part, part.about.scope.districts)
    astray = np.flatnonzero((_metres_from_stated(part, codes) > districts.accuracy_m) & _in_a_zone(part))
    degrees = np.full(len(part.ids), np.nan)
    for code in set(codes[astray].tolist()):
        rows = astray[codes[astray] == code]
        for shift in reversed(ZONE_DEGREES):
            there = shapely.contains_xy(districts.shapes[code], part.middles[rows] + (shift, 0.0))
            degrees[rows[there]] = shift
    return part.tell(~np.isnan(degrees), degrees, degrees=rounded(degrees), district=part.texts("stated_district"))


def metres_to(line: shapely.Geometry, lonlat: np.ndarray, most: float) -> np.ndarray:
    """Measure how far geometries are from a line.

    Parameters
    ----------
    line : longitude and latitude
    lonlat : ndarray of geometries, none of them missing
    most : metres; what is farther is not looked for

    Returns
    -------
    ndarray of float, m
        True to 0.3 percent of the distance; NaN for what is farther than `most`, or has no place.
    """
    metres = np.full(len(lonlat), np.nan)
    bounds = shapely.bounds(lonlat)
    bands = np.floor((bounds[:, 1] + bounds[:, 3]) / 2 / BAND)
    pieces = shapely.get_parts(line)
    for band in np.unique(bands[np.isfinite(bands)]).tolist():
        rows = np.flatnonzero(bands == band)
        scale = metres_a_degree(np.array([(band + 0.5) * BAND]))[0]
        tree = shapely.STRtree(_steps(pieces, scale))
        here = shapely.transform(lonlat[rows], lambda lonlat, scale=scale: lonlat * scale)
        (found, _), far = tree.query_nearest(here, max_distance=most, return_distance=True, all_matches=False)
        metres[rows[found]] = far
    return metres


def _steps(lines: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Cut lines into their single steps, in metres."""
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    inside = np.flatnonzero(line[:-1] == line[1:])
    return np.asarray(shapely.linestrings(np.stack([coordinates[inside], coordinates[inside + 1]], axis=1) * scale))


def _not_inside(part: Part) -> np.ndarray:
    """Give the placed sites, by position, whose box is not for sure inside the place."""
    placed = np.flatnonzero(part.placed & ~shapely.is_missing(part.lonlat))
    return placed[~part.about.scope.districts.holds(part.about.scope.place, part.boxes[placed])]


def _metres_outside(part: Part) -> np.ndarray:
    """Measure how far sites lie outside the place; 0 for any that touches it, NaN without a place."""
    scope = part.about.scope
    metres, shape = np.where(part.placed, 0.0, np.nan), scope.districts.shape_of(scope.place)
    if shape is None:
        return metres
    rows = _not_inside(part)
    rows = rows[~shapely.intersects(part.lonlat[rows], shape)]
    metres[rows] = metres_to(shapely.boundary(shape), part.lonlat[rows], np.inf)
    return metres


def _stated(part: Part, districts: Districts) -> np.ndarray:
    """Give the code of the district that each site names; None where it names none that is known."""
    known = {text: districts.resolve(text) for text in set(part.texts("stated_district").tolist())}
    codes = [known[text] if known[text] in districts.shapes else None for text in part.texts("stated_district")]
    return np.array(codes, object)


def _metres_from_stated(part: Part, codes: np.ndarray) -> np.ndarray:
    """Measure how far sites lie outside the district that they name; NaN where they name none."""
    metres, placed = np.full(len(part.ids), np.nan), part.placed & ~shapely.is_missing(part.lonlat)
    elsewhere = np.flatnonzero(placed & (codes != part.texts("district")) & (codes != None))  # noqa: E711 - elementwise
    for code in set(codes[elsewhere].tolist()):
        shape = part.about.scope.districts.shapes[code]
        rows = elsewhere[codes[elsewhere] == code]
        rows = rows[~shapely.intersects(part.lonlat[rows], shape)]
        metres[rows] = metres_to(shapely.boundary(shape), part.lonlat[rows], np.inf)
    return metres


def _in_a_zone(part: Part) -> np.ndarray:
    """Tell which sites were drawn in a plane that has zones."""
    assert part.ground is not None  # noqa: S101 - a rule in the wrong list is a fault of ours
    crs = part.ground.crs
    zoned = {each for each in set(crs.tolist()) if isinstance(each, str) and pyproj.CRS(each).is_projected}
    return np.array([each in zoned for each in crs], bool)
